// Every constraint of schema/result.schema.json: fixtures/results/shapes.json satisfies
// all of them, and each edit in constraints.txt breaks one, with the expected finding at
// the expected place. Both files are made by make_constraints.py, which asks Python's
// jsonschema.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "check/check.h"
#include "format/doc.h"
#include "format/emit.h"

#define FOLDER "fixtures/results/"

enum { LINE_MAX_BYTES = 4096, LEAST_EDITS = 350 };

struct edit {
    const char *code;
    char *pointer;
    const char *json; // "-": take the key away
};

// "CODE POINTER JSON"
static struct edit edit_read(char *line)
{
    struct edit edit = {.code = strtok(line, " "), .pointer = strtok(NULL, " ")};
    edit.json = strtok(NULL, "\n");
    assert_non_null(edit.json);
    return edit;
}

static struct mb_node *value_of(struct mb_arena *arena, const char *json)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    const char *text = mb_arena_print(arena, "{\"v\": %s}", json);
    if (mb_doc_parse(arena, "edit.json", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%s: %s", json, err.message);
    }
    return mb_node_find(doc.root, "v");
}

static void key_remove(struct mb_node *map, const char *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < map->as.map.count; i++) {
        if (strcmp(map->as.map.entries[i].key->as.string.data, key) != 0) {
            map->as.map.entries[kept++] = map->as.map.entries[i];
        }
    }
    assert_int_equal(kept + 1, map->as.map.count);
    map->as.map.count = kept;
}

// The pointers of these fixtures need no escapes.
static void edit_apply(struct mb_arena *arena, struct mb_node *root, struct edit *edit)
{
    char *last = strrchr(edit->pointer, '/');
    assert_non_null(last);
    *last = '\0';
    struct mb_node *parent = mb_node_at(root, edit->pointer);
    assert_non_null(parent);
    *last = '/';
    if (strcmp(edit->json, "-") == 0) {
        key_remove(parent, last + 1);
    } else if (parent->type == MB_NODE_LIST) {
        struct mb_node *item = mb_node_at(root, edit->pointer);
        *item = *value_of(arena, edit->json);
    } else {
        mb_node_set(arena, parent, last + 1, value_of(arena, edit->json));
    }
}

static struct mb_doc base_read(struct mb_arena *arena)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_read(arena, FOLDER "shapes.json", NULL, 1 << 20, &doc, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return doc;
}

static void print_findings(const struct mb_diag *diag)
{
    for (size_t i = 0; i < diag->count; i++) {
        print_message("  %s %s: %s\n", diag->items[i].code, diag->items[i].pointer,
                      diag->items[i].message);
    }
}

static void accepts_the_shapes(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_diag diag;
    struct mb_doc doc = base_read(&arena);
    mb_diag_init(&diag, &arena);
    (void)mb_check_document(&arena, NULL, &doc, MB_LEVEL_VALID, &diag);
    if (diag.errors > 0) {
        print_findings(&diag);
    }
    assert_int_equal(diag.errors, 0);
    mb_arena_release(&arena);
}

// The line of a pointer: of its nearest parent when it leads nowhere.
static int line_of(struct mb_arena *arena, const struct mb_doc *doc, const char *pointer)
{
    char *way = mb_arena_copy_string(arena, pointer);
    const struct mb_node *node = mb_node_at(doc->root, way);
    while (node == NULL) {
        *strrchr(way, '/') = '\0';
        node = mb_node_at(doc->root, way);
    }
    return node->line;
}

// The edited document as text, so that the finding has a line.
static void edit_check(struct edit *edit)
{
    struct mb_arena arena = {0};
    struct mb_diag diag;
    struct mb_err err = {0};
    struct mb_buf text = {0};
    struct mb_doc doc = base_read(&arena);
    edit_apply(&arena, doc.root, edit);
    mb_emit_json(doc.root, &text);
    assert_int_equal(
        mb_doc_parse(&arena, "edited.json", text.data, text.size, &doc, &err), MB_OK);
    mb_diag_init(&diag, &arena);
    (void)mb_check_document(&arena, NULL, &doc, MB_LEVEL_VALID, &diag);
    mb_doc_locate(&arena, &doc);
    int line = line_of(&arena, &doc, edit->pointer);
    bool found = false;
    for (size_t i = 0; i < diag.count; i++) {
        const struct mb_finding *finding = &diag.items[i];
        found = found ||
                (strcmp(finding->code, edit->code) == 0 &&
                 strcmp(finding->pointer, edit->pointer) == 0 && finding->line == line);
    }
    if (!found) {
        print_findings(&diag);
        fail_msg("no %s at '%s' after it became %s", edit->code, edit->pointer,
                 edit->json);
    }
    mb_buf_release(&text);
    mb_arena_release(&arena);
}

static void finds_every_broken_constraint(void **state)
{
    (void)state;
    char line[LINE_MAX_BYTES];
    int edits = 0;
    FILE *file = fopen(FOLDER "constraints.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        struct edit edit = edit_read(line);
        edit_check(&edit);
        edits++;
    }
    (void)fclose(file);
    assert_true(edits >= LEAST_EDITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_the_shapes),
        cmocka_unit_test(finds_every_broken_constraint),
    };
    return cmocka_run_group_tests_name("result_schema", tests, NULL, NULL);
}
