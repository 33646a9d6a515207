// Runs the official JSON Schema test suite (draft 2020-12): every case of the keywords
// that the engine has must give the suite's verdict. What is left out stands in the table
// below with its reason, and in docs/json-schema.md; a row that matches no case, or all
// of whose cases pass, fails the test. optional/format/ is not run: `format` is an
// annotation.
//
// The suite is not part of the repository: MB_CORPUS names the folder that holds
// json-schema-test-suite/; the default is ../shared/corpus.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/doc.h"
#include "schema/schema.h"

enum { PATH_MAX_BYTES = 1024, FILES_MAX = 256 };

struct left_out {
    const char *file;
    const char *group; // NULL: the whole file
    const char *reason;
    size_t groups; // seen while the suite runs
    size_t passed;
};

static const char *corpus_path(void)
{
    const char *corpus = getenv("MB_CORPUS");
    return corpus != NULL ? corpus : "../shared/corpus";
}

static int name_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

// Names of the .json files in a folder, sorted; folders get a '/' at the end.
static size_t folder_list(struct mb_arena *arena, const char *path, char **names)
{
    size_t count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return 0;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const char *ending = strrchr(entry->d_name, '.');
        if (ending != NULL && strcmp(ending, ".json") == 0) {
            assert_true(count < FILES_MAX);
            names[count++] = mb_arena_copy_string(arena, entry->d_name);
        } else if (ending == NULL) {
            assert_true(count < FILES_MAX);
            names[count++] = mb_arena_print(arena, "%s/", entry->d_name);
        }
    }
    (void)closedir(folder);
    qsort(names, count, sizeof *names, name_compare);
    return count;
}

// Our reader refuses NUL in strings; the suite's cases about it keep their sense with
// another control character.
static void nul_replace(char *text)
{
    for (char *at = strstr(text, "\\u0000"); at != NULL; at = strstr(at, "\\u0000")) {
        at[5] = '1';
    }
}

static struct mb_node *file_parse(struct mb_arena *arena, const char *path)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    char *text = mb_arena_alloc(arena, (size_t)size + 1, 1);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    (void)fclose(file);
    nul_replace(text);
    if (mb_doc_parse(arena, path, text, strlen(text), &doc, &err) != MB_OK) {
        print_error("%s:%d: %s\n", path, err.line, err.message);
        fail();
    }
    return doc.root;
}

// The suite's own "remote" documents, which its cases expect at localhost:1234.
struct remotes {
    struct mb_node *roots[FILES_MAX];
    const char *uris[FILES_MAX];
    size_t count;
};

static void remotes_load(struct mb_arena *arena, const char *folder, const char *uri,
                         struct remotes *remotes)
{
    char *names[FILES_MAX];
    size_t count = folder_list(arena, folder, names);
    for (size_t i = 0; i < count; i++) {
        char *path = mb_arena_print(arena, "%s/%s", folder, names[i]);
        char *name = mb_arena_print(arena, "%s/%s", uri, names[i]);
        if (names[i][strlen(names[i]) - 1] == '/') {
            path[strlen(path) - 1] = '\0';
            name[strlen(name) - 1] = '\0';
            remotes_load(arena, path, name, remotes);
        } else {
            assert_true(remotes->count < FILES_MAX);
            remotes->uris[remotes->count] = name;
            remotes->roots[remotes->count++] = file_parse(arena, path);
        }
    }
}

struct tally {
    size_t cases;
    size_t failed;
};

static bool group_run(const struct remotes *remotes, const char *file,
                      const struct mb_node *group, bool quiet, struct tally *tally)
{
    const struct mb_schema *schema = NULL;
    const char *name = mb_node_text(mb_node_find(group, "description"), "");
    const struct mb_node *tests = mb_node_find(group, "tests");
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_schema_set *set = mb_schema_set_new(&arena);
    for (size_t i = 0; i < remotes->count; i++) {
        struct mb_err ignored = {0}; // only what a case refers to matters
        (void)!mb_schema_set_add(set, remotes->uris[i], remotes->roots[i], &ignored);
    }
    bool good = mb_schema_set_add(set, "test:suite", mb_node_find(group, "schema"),
                                  &err) == MB_OK &&
                mb_schema_compile(set, "test:suite", &schema, &err) == MB_OK;
    if (!good && !quiet) {
        print_error("%s: %s: %s: %s\n", file, name, err.file, err.message);
    }
    for (size_t i = 0; i < mb_node_count(tests); i++) {
        const struct mb_node *test = tests->as.list.items[i];
        struct mb_schema_findings findings;
        mb_schema_findings_init(&findings, &arena);
        const struct mb_node *data = mb_node_find(test, "data");
        bool wanted = mb_node_boolean(mb_node_find(test, "valid"), false);
        bool ran = schema != NULL;
        bool quick = ran && mb_schema_validate(schema, data, NULL);
        bool full = ran && mb_schema_validate(schema, data, &findings);
        bool right =
            ran && quick == wanted && full == wanted && (findings.count == 0) == wanted;
        tally->cases++;
        tally->failed += !right;
        good = good && right;
        if (!right && !quiet && ran) {
            print_error("%s: %s: %s: expected %s, got %s and %s, %zu findings\n", file,
                        name, mb_node_text(mb_node_find(test, "description"), ""),
                        wanted ? "valid" : "invalid", quick ? "valid" : "invalid",
                        full ? "valid" : "invalid", findings.count);
        }
    }
    mb_arena_release(&arena);
    return good;
}

static struct left_out *left_out_find(struct left_out *rows, size_t count,
                                      const char *file, const char *group)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].file, file) == 0 &&
            (rows[i].group == NULL || strcmp(rows[i].group, group) == 0)) {
            return &rows[i];
        }
    }
    return NULL;
}

#define META "refers to the meta-schema, which is built on $dynamicRef"
#define DYNAMIC "$dynamicRef and $dynamicAnchor are not supported"
#define DIALECT "its $schema is not 2020-12"
#define PROPERTY "\\p{...} in a pattern is not supported"
#define UNKNOWN "an unknown keyword is an error here, not an annotation"
#define OLD "'dependencies' left the standard with draft 2019-09"

static const struct left_out left_out_rows[] = {
    {"defs.json", "validate definition against metaschema", META, 0, 0},
    {"ref.json", "remote ref, containing refs itself", META, 0, 0},
    {"dynamicRef.json", NULL, DYNAMIC, 0, 0},
    {"unevaluatedItems.json", "unevaluatedItems with $dynamicRef", DYNAMIC, 0, 0},
    {"unevaluatedProperties.json", "unevaluatedProperties with $dynamicRef", DYNAMIC, 0,
     0},
    {"optional/dynamicRef.json", NULL, DYNAMIC, 0, 0},
    {"vocabulary.json", NULL, DIALECT, 0, 0},
    {"optional/cross-draft.json", NULL, DIALECT, 0, 0},
    {"optional/format-assertion.json", NULL, DIALECT, 0, 0},
    {"pattern.json", "pattern with Unicode property escape requires unicode mode",
     PROPERTY, 0, 0},
    {"patternProperties.json", "patternProperties with Unicode property escape", PROPERTY,
     0, 0},
    {"optional/ecmascript-regex.json",
     "patterns always use unicode semantics with pattern", PROPERTY, 0, 0},
    {"optional/ecmascript-regex.json", "pattern with non-ASCII digits", PROPERTY, 0, 0},
    {"optional/ecmascript-regex.json",
     "patterns always use unicode semantics with patternProperties", PROPERTY, 0, 0},
    {"optional/ecmascript-regex.json", "patternProperties with non-ASCII digits",
     PROPERTY, 0, 0},
    {"optional/refOfUnknownKeyword.json", NULL, UNKNOWN, 0, 0},
    {"optional/unknownKeyword.json", NULL, UNKNOWN, 0, 0},
    {"optional/dependencies-compatibility.json", NULL, OLD, 0, 0},
};

enum { ROWS = sizeof left_out_rows / sizeof left_out_rows[0] };

struct suite {
    struct mb_arena arena;
    struct remotes remotes;
    struct left_out rows[ROWS];
    struct tally tally;
    size_t left_out;
};

static void group_visit(struct suite *suite, const char *file,
                        const struct mb_node *group)
{
    const char *name = mb_node_text(mb_node_find(group, "description"), "");
    struct left_out *row = left_out_find(suite->rows, ROWS, file, name);
    if (row == NULL) {
        (void)group_run(&suite->remotes, file, group, false, &suite->tally);
        return;
    }
    struct tally ignored = {0};
    row->groups++;
    row->passed += group_run(&suite->remotes, file, group, true, &ignored);
    suite->left_out += mb_node_count(mb_node_find(group, "tests"));
}

static size_t folder_run(struct suite *suite, const char *folder, const char *prefix)
{
    char *names[FILES_MAX];
    const char *path = mb_arena_print(&suite->arena, "%s/%s", folder, prefix);
    size_t count = folder_list(&suite->arena, path, names);
    for (size_t i = 0; i < count; i++) {
        if (names[i][strlen(names[i]) - 1] == '/') {
            continue;
        }
        const char *file = mb_arena_print(&suite->arena, "%s%s", prefix, names[i]);
        const struct mb_node *groups = file_parse(
            &suite->arena, mb_arena_print(&suite->arena, "%s/%s", folder, file));
        for (size_t k = 0; k < groups->as.list.count; k++) {
            group_visit(suite, file, groups->as.list.items[k]);
        }
    }
    return count;
}

// A row must still match a case, and not all that it leaves out may pass.
static void rows_check(struct suite *suite)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct left_out *row = &suite->rows[i];
        if (row->groups == row->passed) {
            print_error("%s: %s: is left out (%s), but %s\n", row->file,
                        row->group != NULL ? row->group : "all", row->reason,
                        row->groups == 0 ? "there is no such case" : "passes");
            suite->tally.failed++;
        }
    }
}

static void test_suite(void **state)
{
    (void)state;
    struct suite suite = {.left_out = 0};
    memcpy(suite.rows, left_out_rows, sizeof suite.rows);
    const char *root =
        mb_arena_print(&suite.arena, "%s/json-schema-test-suite", corpus_path());
    const char *folder = mb_arena_print(&suite.arena, "%s/tests/draft2020-12", root);
    remotes_load(&suite.arena, mb_arena_print(&suite.arena, "%s/remotes", root),
                 "http://localhost:1234", &suite.remotes);
    if (folder_run(&suite, folder, "") == 0) {
        print_message("schema/suite: SKIPPED: no test suite in %s\n", folder);
        mb_arena_release(&suite.arena);
        skip();
    }
    (void)folder_run(&suite, folder, "optional/");
    rows_check(&suite);
    print_message("schema/suite: %zu cases run, %zu left out (docs/json-schema.md)\n",
                  suite.tally.cases, suite.left_out);
    mb_arena_release(&suite.arena);
    assert_int_equal(suite.tally.failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite)};
    return cmocka_run_group_tests_name("schema/suite", tests, NULL, NULL);
}
