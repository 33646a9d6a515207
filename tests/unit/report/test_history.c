// Forms of a history: the JSON satisfies its schema, and nothing from input gets out of
// its place.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/embed.h"
#include "format/doc.h"
#include "report/history.h"
#include "schema/schema.h"

#define HOSTILE "<b>\"x\" & 'y'|`z` \x1b[31m@me #1"

// One series of each kind, all with hostile names.
struct world {
    struct mb_arena arena;
    const char *names[1];
    const char *attributes[1];
    struct mb_history_row rows[4];
    struct mb_history history;
    struct mb_history_change change;
    struct mb_history_segment segments[2];
    double values[4];
    float spark[4];
    struct mb_history_judged judged[5];
    struct mb_history_options options;
    struct mb_history_view view;
};

static void world_make(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->names[0] = "commit" HOSTILE;
    world->attributes[0] = HOSTILE;
    for (size_t i = 0; i < 4; i++) {
        world->rows[i] = (struct mb_history_row){
            .time_unix_ns = i == 0 ? MB_HISTORY_NO_TIME : (int64_t)i * 1000000000,
            .time = i == 0 ? HOSTILE : NULL,
            .environment = HOSTILE,
            .result = "0123456789abcdef",
            .attributes = world->attributes};
        world->values[i] = (double)i;
        world->spark[i] = i == 2 ? NAN : (float)i;
    }
    world->history = (struct mb_history){.source = HOSTILE,
                                         .attribute_names = world->names,
                                         .attribute_count = 1,
                                         .rows = world->rows,
                                         .row_count = 4};
    world->change = (struct mb_history_change){.index = 2,
                                               .to = 4,
                                               .row = 2,
                                               .version = HOSTILE,
                                               .before = 1.0,
                                               .after = 2.0,
                                               .change = 1.0,
                                               .p_value = 0.0,
                                               .direction = MB_HISTORY_WORSE,
                                               .acknowledged = HOSTILE};
    world->segments[0] = (struct mb_history_segment){.to = 2, .environment = HOSTILE};
    world->segments[1] =
        (struct mb_history_segment){.from = 2, .to = 4, .row = 2, .environment = "b"};
    for (size_t i = 0; i < 5; i++) {
        world->judged[i] =
            (struct mb_history_judged){.series = {.name = HOSTILE,
                                                  .metric = "m",
                                                  .group = HOSTILE,
                                                  .scale = (enum mb_history_scale)(i % 3),
                                                  .count = 4,
                                                  .values = world->values},
                                       .segments = world->segments,
                                       .segment_count = 2,
                                       .spark = world->spark,
                                       .spark_count = 4};
    }
    world->judged[0].changes = &world->change;
    world->judged[0].change_count = 1;
    world->judged[1].changes = &world->change;
    world->judged[1].change_count = 1;
    world->judged[2].noise = &world->change;
    world->judged[2].noise_count = 1;
    world->judged[3].latest = (struct mb_history_latest){.judged = true,
                                                         .index = 3,
                                                         .row = 3,
                                                         .count = 2,
                                                         .value = 3.0,
                                                         .reference = 1.0,
                                                         .change = 2.0,
                                                         .outlier = true,
                                                         .direction = MB_HISTORY_WORSE};
    world->view = (struct mb_history_view){.history = &world->history,
                                           .judged = world->judged,
                                           .count = 5,
                                           .options = &world->options,
                                           .fail_on = MB_HISTORY_FAIL_WORSE,
                                           .all = true,
                                           .link = "https://x/{result}"};
}

static void json_satisfies_its_schema(void **state)
{
    (void)state;
    struct world world;
    struct mb_err err = {0};
    struct mb_doc doc;
    struct mb_schema_findings findings;
    const struct mb_schema *schema = NULL;
    world_make(&world);
    const struct mb_embed *file = mb_embed_find("schema/history.schema.json");
    struct mb_schema_set *set = mb_schema_set_new(&world.arena);
    assert_non_null(file);
    assert_int_equal(
        mb_doc_parse(&world.arena, "h.json", file->data, file->size, &doc, &err), MB_OK);
    assert_int_equal(mb_schema_set_add(set, "h.json", doc.root, &err), MB_OK);
    assert_int_equal(mb_schema_compile(set, "h.json", &schema, &err), MB_OK);
    struct mb_node *node = mb_report_history_node(&world.arena, &world.view);
    mb_schema_findings_init(&findings, &world.arena);
    if (!mb_schema_validate(schema, node, &findings)) {
        const char *hint = NULL;
        fail_msg("%s", mb_schema_say(&world.arena, &findings.items[0], &hint));
    }
    assert_non_null(mb_node_at(node, "/series/0/change_points/0/change_percent"));
    assert_non_null(mb_node_at(node, "/series/2/noise_changes/0/p_value"));
    assert_non_null(mb_node_at(node, "/series/3/latest/verdict"));
    mb_arena_release(&world.arena);
}

static void names_stay_text(void **state)
{
    (void)state;
    struct world world;
    world_make(&world);
    const struct {
        const char *name;
        void (*print)(struct mb_arena *arena, const struct mb_history_view *view,
                      struct mb_buf *out);
        const char *absent[4];
    } cases[] = {
        {"text", mb_report_history_text, {"\x1b", NULL}},
        {"markdown", mb_report_history_markdown, {"\x1b", "<b>", "`z`", "@me"}},
        {"junit", mb_report_history_junit, {"\x1b", "<b>", "\"x\"", NULL}},
        {"html", mb_report_history_html, {"\x1b", "<b>\"", "\"x\"", "'y'"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_buf out = {0};
        cases[i].print(&world.arena, &world.view, &out);
        assert_non_null(strstr(mb_buf_string(&out), "x1b"));
        for (size_t k = 0; k < 4 && cases[i].absent[k] != NULL; k++) {
            if (strstr(mb_buf_string(&out), cases[i].absent[k]) != NULL) {
                fail_msg("%s holds '%s'", cases[i].name, cases[i].absent[k]);
            }
        }
        mb_buf_release(&out);
    }
    mb_arena_release(&world.arena);
}

static void links_are_filled_in(void **state)
{
    (void)state;
    const struct {
        const char *link;
        const char *expected; // NULL: no link
    } cases[] = {
        {NULL, NULL},
        {"r/{result}.html", "href=\"r/0123456789abcdef.html\""},
        {"https://x/{commit" HOSTILE "}", "href=\"https://x/%3Cb%3E%22x%22%20%26"},
        {"https://x/{release}", NULL},
        {"https://x/{open", "href=\"https://x/{open\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct mb_buf out = {0};
        world_make(&world);
        world.view.link = cases[i].link;
        mb_report_history_html(&world.arena, &world.view, &out);
        const char *wanted = cases[i].expected != NULL ? cases[i].expected : "href=";
        bool found = strstr(mb_buf_string(&out), wanted) != NULL;
        if (found != (cases[i].expected != NULL)) {
            fail_msg("'%s'", cases[i].link != NULL ? cases[i].link : "");
        }
        mb_buf_release(&out);
        mb_arena_release(&world.arena);
    }
}

// Data of charts: names are quoted, and a series without values has none.
static void charts_are_made(void **state)
{
    (void)state;
    struct world world;
    struct mb_charts charts;
    world_make(&world);
    world.judged[1].series.values = NULL;
    mb_charts_of_history(&world.arena, &world.view, &charts);
    assert_int_equal(charts.count, 3);
    assert_string_equal(charts.items[2].stem, "history-3");
    assert_null(strstr(charts.items[0].data, "\x1b"));
    assert_null(strstr(charts.items[0].script, "<b>"));
    assert_non_null(strstr(charts.items[0].script, "index 3 using"));
    assert_null(strstr(charts.items[0].script, "index 4 using"));
    mb_arena_release(&world.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_satisfies_its_schema),
        cmocka_unit_test(names_stay_text),
        cmocka_unit_test(links_are_filled_in),
        cmocka_unit_test(charts_are_made),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
