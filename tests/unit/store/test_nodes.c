// What programs get satisfies its schema, filled and empty.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/embed.h"
#include "format/doc.h"
#include "schema/schema.h"
#include "store/store_fixture.h"

static const struct mb_schema *schema_get(struct mb_arena *arena)
{
    static const char name[] = "store.schema.json";
    const struct mb_embed *file = mb_embed_find("schema/store.schema.json");
    struct mb_schema_set *set = mb_schema_set_new(arena);
    const struct mb_schema *schema = NULL;
    struct mb_err err = {0};
    struct mb_doc doc;
    assert_non_null(file);
    if (mb_doc_parse(arena, name, file->data, file->size, &doc, &err) != MB_OK ||
        mb_schema_set_add(set, name, doc.root, &err) != MB_OK ||
        mb_schema_compile(set, name, &schema, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return schema;
}

// A document with one list of one item.
static void satisfies(struct mb_arena *arena, const char *key, struct mb_node *item)
{
    struct mb_schema_findings findings;
    struct mb_node *root = mb_node_map(arena);
    struct mb_node *list = mb_node_list(arena);
    mb_node_push(arena, list, item);
    mb_node_put(arena, root, key, list);
    mb_schema_findings_init(&findings, arena);
    if (!mb_schema_validate(schema_get(arena), root, &findings)) {
        const char *hint = NULL;
        fail_msg("%s: %s", key, mb_schema_say(arena, &findings.items[0], &hint));
    }
}

static void nodes_satisfy_their_schema(void **state)
{
    (void)state;
    struct fixture fixture;
    struct mb_store_history history;
    bool added = false;
    fixture_init(&fixture);
    struct mb_arena *arena = &fixture.arena;
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
    fixture_good(&fixture,
                 mb_store_history(arena, fixture.store, &(struct mb_store_filter){0},
                                  &history, &fixture.err));
    struct mb_store_result result = history.results.items[0];
    struct mb_node *node = mb_store_result_node(arena, &result);
    assert_string_equal(mb_node_text(mb_node_at(node, "/tags/made"), ""), "by tests");
    satisfies(arena, "results", node);
    result.spec_name = "";
    result.environment = "";
    result.tag_count = 0;
    result.finished_unix_ns = 0;
    satisfies(arena, "results", mb_store_result_node(arena, &result));
    for (size_t i = 0; i < history.series_count; i++) {
        satisfies(arena, "series", mb_store_series_node(arena, &history.series[i]));
    }
    struct mb_store_annotation annotation = {
        .id = 1, .result = result.digest, .text = "moved", .author = ""};
    satisfies(arena, "annotations", mb_store_annotation_node(arena, &annotation));
    annotation.series = history.series[0].digest;
    annotation.author = "ann";
    annotation.at_unix_ns = FIXTURE_NOW;
    satisfies(arena, "annotations", mb_store_annotation_node(arena, &annotation));
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nodes_satisfy_their_schema)};
    return cmocka_run_group_tests_name("nodes", tests, NULL, NULL);
}
