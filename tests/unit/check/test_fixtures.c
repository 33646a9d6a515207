// Every rule has documents that break it and documents that do not: fixtures/rules/CODE/
// bad*.yaml and good*.yaml. The first line says what is expected of that code:
//     # expect: MB112 8:69, MB112 9:13      places in the file
//     # expect: MB501 /cells/0              pointers, for a result made by an edit
//     # expect: nothing
// A file with a key `base` is an edit of another document: `set` maps pointers to values,
// `remove` lists pointers.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "check/check.h"
#include "format/emit.h"

#define RULES "fixtures/rules"

// Rules that no document can break: a fault of the build, and what comparisons say of
// several results (tests/unit/compare).
static bool has_no_document(const struct mb_rule *rule)
{
    // MB861 and MB862 are about documents of SMP's; tests/cases/run/smp-config has them.
    static const char *const codes[] = {"MB116", "MB861", "MB862"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(rule->code, codes[i]) == 0) {
            return true;
        }
    }
    return rule->documents == MB_DOCUMENT_COMPARISON;
}

static const char *fake_env(const char *name)
{
    return strcmp(name, "MB_FIXTURE_SET") == 0 ? "value" : NULL;
}

// --- edits

static const char *last_step(const char *pointer)
{
    return strrchr(pointer, '/') + 1;
}

static struct mb_node *parent_of(struct mb_arena *arena, struct mb_node *root,
                                 const char *pointer)
{
    size_t size = (size_t)(last_step(pointer) - pointer - 1);
    struct mb_node *parent = mb_node_at(root, mb_arena_copy_bytes(arena, pointer, size));
    if (parent == NULL) {
        fail_msg("'%s' leads nowhere", pointer);
    }
    return parent;
}

static void node_set(struct mb_arena *arena, struct mb_node *root, const char *pointer,
                     struct mb_node *value)
{
    struct mb_node *parent = parent_of(arena, root, pointer);
    if (parent->type == MB_NODE_MAP) {
        mb_node_set(arena, parent, last_step(pointer), value);
        return;
    }
    size_t index = strtoul(last_step(pointer), NULL, 10);
    if (index == parent->as.list.count) {
        mb_node_push(arena, parent, value);
    } else {
        parent->as.list.items[index] = value;
    }
}

static void node_remove(struct mb_arena *arena, struct mb_node *root, const char *pointer)
{
    struct mb_node *parent = parent_of(arena, root, pointer);
    size_t index = 0;
    if (parent->type == MB_NODE_LIST) {
        index = strtoul(last_step(pointer), NULL, 10);
        memmove(&parent->as.list.items[index], &parent->as.list.items[index + 1],
                (--parent->as.list.count - index) * sizeof *parent->as.list.items);
        return;
    }
    while (strcmp(mb_node_text(parent->as.map.entries[index].key, ""),
                  last_step(pointer)) != 0) {
        index++;
    }
    memmove(&parent->as.map.entries[index], &parent->as.map.entries[index + 1],
            (--parent->as.map.count - index) * sizeof *parent->as.map.entries);
}

static void doc_read(struct mb_arena *arena, const char *path, struct mb_doc *doc,
                     struct mb_err *err)
{
    if (mb_doc_read(arena, path, stdin, MB_DOC_MAX_BYTES, doc, err) == MB_FAILED) {
        fail_msg("%s: %s", path, err->message);
    }
}

// Replaces *doc, an edit, by the document that it makes.
static void edit_apply(struct mb_arena *arena, const char *path, struct mb_doc *doc)
{
    const char *base = mb_node_text(mb_node_find(doc->root, "base"), NULL);
    if (base == NULL) {
        return;
    }
    struct mb_doc based;
    struct mb_err err = {0};
    doc_read(arena, mb_file_join(arena, mb_file_dir(arena, path), base), &based, &err);
    struct mb_node *root = mb_node_copy(arena, based.root);
    const struct mb_node *set = mb_node_find(doc->root, "set");
    for (size_t i = 0; i < mb_node_count(set); i++) {
        node_set(arena, root, mb_node_text(set->as.map.entries[i].key, ""),
                 set->as.map.entries[i].value);
    }
    const struct mb_node *removed = mb_node_find(doc->root, "remove");
    for (size_t i = 0; i < mb_node_count(removed); i++) {
        node_remove(arena, root, mb_node_text(removed->as.list.items[i], ""));
    }
    struct mb_buf text = {0};
    mb_emit_json(root, &text);
    if (mb_doc_parse(arena, "edited.json", text.data, text.size, doc, &err) != MB_OK) {
        fail_msg("%s: edited: %s", path, err.message);
    }
    mb_buf_release(&text);
}

// --- checks

struct fixture {
    const struct mb_rule *rule;
    const char *path;
    bool good;
    struct mb_arena arena;
    struct mb_doc doc;
    struct mb_diag diag;
    enum mb_level level;
    const char *expect; // the rest of the first line
};

static const char *expectation(struct mb_arena *arena, const struct mb_doc *doc,
                               const char *path)
{
    static const char mark[] = "# expect: ";
    if (doc->text == NULL || strncmp(doc->text, mark, strlen(mark)) != 0) {
        fail_msg("%s: the first line is not '%s...'", path, mark);
    }
    const char *start = doc->text + strlen(mark);
    return mb_arena_copy_bytes(arena, start, strcspn(start, "\n"));
}

static void fixture_check(struct fixture *fixture)
{
    static const struct mb_ctx ctx = {.env = fake_env};
    struct mb_err err = {0};
    mb_diag_init(&fixture->diag, &fixture->arena);
    doc_read(&fixture->arena, fixture->path, &fixture->doc, &err);
    fixture->expect = expectation(&fixture->arena, &fixture->doc, fixture->path);
    if (err.code == MB_INVALID) {
        mb_check_syntax(&err, fixture->path, &fixture->diag);
        return;
    }
    edit_apply(&fixture->arena, fixture->path, &fixture->doc);
    fixture->level = mb_check_document(&fixture->arena, &ctx, &fixture->doc,
                                       fixture->rule->level, &fixture->diag);
}

// What was found of the rule, in the words of the first line.
static const char *found_text(struct fixture *fixture)
{
    struct mb_arena *arena = &fixture->arena;
    bool edited = strcmp(fixture->doc.name, "edited.json") == 0;
    const char *text = NULL;
    for (size_t i = 0; i < fixture->diag.count; i++) {
        const struct mb_finding *finding = &fixture->diag.items[i];
        if (strcmp(finding->code, fixture->rule->code) != 0) {
            continue;
        }
        if (finding->line <= 0 || finding->column <= 0 || finding->length <= 0) {
            fail_msg("%s: finding without a place: %s", fixture->path, finding->message);
        }
        const char *place =
            edited ? finding->pointer
                   : mb_arena_print(arena, "%d:%d", finding->line, finding->column);
        text = mb_arena_print(arena, "%s%s%s %s", text != NULL ? text : "",
                              text != NULL ? ", " : "", finding->code, place);
    }
    return text != NULL ? text : "nothing";
}

static void fixture_judge(struct fixture *fixture)
{
    const struct mb_rule *rule = fixture->rule;
    const char *found = found_text(fixture);
    if (strcmp(found, fixture->expect) != 0) {
        fail_msg("%s: expected '%s', found '%s'", fixture->path, fixture->expect, found);
    }
    if (fixture->good != (strcmp(found, "nothing") == 0)) {
        fail_msg("%s: bad ones have findings, good ones have none", fixture->path);
    }
    if (fixture->good && fixture->level < MB_LEVEL_VALID) {
        fail_msg("%s: not valid: %s", fixture->path, fixture->diag.items[0].message);
    }
    bool blocks = rule->level > MB_LEVEL_VALID || rule->severity == MB_SEVERITY_ERROR;
    if (!fixture->good && blocks && fixture->level >= rule->level) {
        fail_msg("%s: reaches level '%s' in spite of %s", fixture->path,
                 mb_level_name(fixture->level), rule->code);
    }
}

static void fixture_run(const struct mb_rule *rule, const char *path, bool good)
{
    struct fixture fixture = {.rule = rule, .path = path, .good = good};
    mb_arena_init(&fixture.arena);
    fixture_check(&fixture);
    fixture_judge(&fixture);
    mb_arena_release(&fixture.arena);
}

static void rule_run(const struct mb_rule *rule)
{
    struct mb_arena arena;
    mb_arena_init(&arena);
    const char *folder = mb_arena_print(&arena, RULES "/%s", rule->code);
    size_t good = 0;
    size_t bad = 0;
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        fail_msg("rule %s has no fixtures: %s", rule->code, folder);
    }
    for (struct dirent *entry = readdir(entries); entry != NULL;
         entry = readdir(entries)) {
        bool is_good = strncmp(entry->d_name, "good", 4) == 0;
        bool is_bad = strncmp(entry->d_name, "bad", 3) == 0;
        if (is_good || is_bad) {
            good += is_good;
            bad += is_bad;
            fixture_run(rule, mb_arena_print(&arena, "%s/%s", folder, entry->d_name),
                        is_good);
        }
    }
    (void)closedir(entries);
    mb_arena_release(&arena);
    if (good == 0 || bad == 0) {
        fail_msg("rule %s has %zu good and %zu bad fixtures", rule->code, good, bad);
    }
}

static void test_every_rule_has_fixtures(void **state)
{
    (void)state;
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (!has_no_document(&rules[i])) {
            rule_run(&rules[i]);
        }
    }
}

// A folder that is named after no rule would never be looked at.
static void test_every_folder_is_a_rule(void **state)
{
    (void)state;
    DIR *entries = opendir(RULES);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry != NULL;
         entry = readdir(entries)) {
        if (strncmp(entry->d_name, "MB", 2) == 0 &&
            mb_rules_find(entry->d_name) == NULL) {
            fail_msg("%s/%s: no such rule", RULES, entry->d_name);
        }
    }
    (void)closedir(entries);
}

// The result that the edits start from satisfies everything.
static void test_base_result_is_publishable(void **state)
{
    (void)state;
    struct mb_arena arena;
    struct mb_doc doc;
    struct mb_err err = {0};
    struct mb_diag diag;
    mb_arena_init(&arena);
    mb_diag_init(&diag, &arena);
    doc_read(&arena, RULES "/result.json", &doc, &err);
    enum mb_level level =
        mb_check_document(&arena, NULL, &doc, MB_LEVEL_PUBLISHABLE, &diag);
    if (diag.count > 0) {
        fail_msg("%s: %s", diag.items[0].pointer, diag.items[0].message);
    }
    assert_int_equal(level, MB_LEVEL_PUBLISHABLE);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule_has_fixtures),
        cmocka_unit_test(test_every_folder_is_a_rule),
        cmocka_unit_test(test_base_result_is_publishable),
    };
    return cmocka_run_group_tests_name("check/fixtures", tests, NULL, NULL);
}
