// The machine forms of show and verify satisfy their schemas; CSV quotes what it must.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/embed.h"
#include "fake_result.h"
#include "format/doc.h"
#include "report/show.h"
#include "report/verify.h"
#include "schema/schema.h"

static void satisfies(struct mb_arena *arena, const char *name,
                      const struct mb_node *node)
{
    const struct mb_embed *file = mb_embed_find(mb_arena_print(arena, "schema/%s", name));
    struct mb_schema_set *set = mb_schema_set_new(arena);
    const struct mb_schema *schema = NULL;
    struct mb_schema_findings findings;
    struct mb_err err = {0};
    struct mb_doc doc;
    assert_non_null(file);
    if (mb_doc_parse(arena, name, file->data, file->size, &doc, &err) != MB_OK ||
        mb_schema_set_add(set, name, doc.root, &err) != MB_OK ||
        mb_schema_compile(set, name, &schema, &err) != MB_OK) {
        fail_msg("%s: %s", name, err.message);
    }
    mb_schema_findings_init(&findings, arena);
    if (!mb_schema_validate(schema, node, &findings)) {
        const char *hint = NULL;
        fail_msg("%s: %s", name, mb_schema_say(arena, &findings.items[0], &hint));
    }
}

static void json_satisfies_its_schema(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    mb_fake_result_build(&arena, &result);
    const struct mb_report_show show = {
        .result = &result, .digest = "0", .level = "valid", .width = 80};
    struct mb_node *node = mb_report_show_node(&arena, &show);
    satisfies(&arena, "show.schema.json", node);
    // The schema is no empty promise: without a promised key it is not satisfied.
    assert_non_null(mb_node_at(node, "/cells/3/trials/1/response_time_ms/p99.9"));
    assert_non_null(mb_node_at(node, "/cells/3/response_time_ms/at_least/max"));
    mb_result_release(&result);
    mb_arena_release(&arena);
}

static void verification_satisfies_its_schema(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_report_verify file = {
        .path = "x.json", .digest = "0", .checked = {1, 2, 3}};
    struct mb_node *files = mb_node_list(&arena);
    struct mb_node *root = mb_node_map(&arena);
    mb_diag_init(&file.faults, &arena);
    mb_node_push(&arena, files, mb_report_verify_node(&arena, &file));
    assert_true(mb_report_verify_good(&file));
    mb_diag_add(&file.faults, &(struct mb_finding){.code = "MB601",
                                                   .severity = MB_SEVERITY_ERROR,
                                                   .line = 1,
                                                   .column = 2,
                                                   .pointer = "/derived",
                                                   .message = "it is another"});
    assert_false(mb_report_verify_good(&file));
    mb_node_push(&arena, files, mb_report_verify_node(&arena, &file));
    mb_node_put(&arena, root, "files", files);
    satisfies(&arena, "verification.schema.json", root);
    mb_arena_release(&arena);
}

static void csv_quotes(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_buf out = {0};
    mb_fake_result_build(&arena, &result);
    result.cells[0].variant = "a \"b\", c";
    const struct mb_report_show show = {
        .result = &result, .digest = "0", .level = "valid", .width = 80};
    mb_report_show_csv(&arena, &show, &out);
    assert_non_null(strstr(mb_buf_string(&out), "\r\n\"a \"\"b\"\", c\",steady,16,"));
    mb_buf_release(&out);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

// A bound is the time-out as it was asked for, an unknown value a dash.
static void text_says_what_is_not_known(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    struct mb_buf out = {0};
    mb_fake_result_build(&arena, &result);
    for (size_t i = 0; i < result.cell_count; i++) {
        result.cells[i].point.timeout_ns = INT64_C(2500000000);
        result.cells[i].trials[0].resource_count = 0;
        result.cells[i].trials[1].resource_count = 0;
    }
    const struct mb_report_show show = {
        .result = &result, .digest = "0", .level = "valid", .width = 200};
    mb_report_show_text(&arena, &show, &out);
    const char *text = mb_buf_string(&out);
    assert_non_null(strstr(text, "too few  > 2.5 s  0.400%            -       -"));
    mb_buf_release(&out);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_satisfies_its_schema),
        cmocka_unit_test(verification_satisfies_its_schema),
        cmocka_unit_test(csv_quotes),
        cmocka_unit_test(text_says_what_is_not_known),
    };
    return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
