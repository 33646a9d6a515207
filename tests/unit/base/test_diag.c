// Findings: copies, counts and order.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"

static void finding_is_copied(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_diag diag;
    mb_diag_init(&diag, &arena);
    char code[] = "MB101";
    struct mb_finding *stored =
        mb_diag_add(&diag, &(struct mb_finding){.code = code, .message = "m", .line = 3});
    code[0] = 'X';
    assert_string_equal(stored->code, "MB101");
    assert_string_equal(stored->file, "");
    assert_string_equal(stored->pointer, "");
    assert_null(stored->hint);
    assert_int_equal(stored->line, 3);
    mb_arena_release(&arena);
}

static void severities_are_counted(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_diag diag;
    mb_diag_init(&diag, &arena);
    static const enum mb_severity severities[] = {MB_SEVERITY_ERROR, MB_SEVERITY_NOTE,
                                                  MB_SEVERITY_WARNING, MB_SEVERITY_ERROR};
    for (size_t i = 0; i < 4; i++) {
        (void)mb_diag_add(&diag, &(struct mb_finding){.severity = severities[i]});
    }
    assert_int_equal(diag.count, 4);
    assert_int_equal(diag.errors, 2);
    assert_int_equal(diag.warnings, 1);
    assert_string_equal(mb_severity_name(MB_SEVERITY_NOTE), "note");
    assert_string_equal(mb_severity_name(MB_SEVERITY_WARNING), "warning");
    assert_string_equal(mb_severity_name(MB_SEVERITY_ERROR), "error");
    mb_arena_release(&arena);
}

static void order_is_file_line_column_code(void **state)
{
    (void)state;
    // In order of being found; `message` holds the place that sorting should give.
    static const struct mb_finding found[] = {
        {.file = "z.yaml", .line = 9, .column = 1, .code = "MB2", .message = "4"},
        {.file = "a.yaml", .line = 1, .column = 1, .code = "MB1", .message = "5"},
        {.file = "z.yaml", .line = 2, .column = 5, .code = "MB1", .message = "1"},
        {.file = "z.yaml", .line = 2, .column = 3, .code = "MB9", .message = "0"},
        {.file = "z.yaml", .line = 9, .column = 1, .code = "MB1", .message = "2"},
        {.file = "z.yaml", .line = 9, .column = 1, .code = "MB1", .message = "3"},
        {.file = "a.yaml", .line = 1, .column = 2, .code = "MB1", .message = "6"},
    };
    struct mb_arena arena = {0};
    struct mb_diag diag;
    mb_diag_init(&diag, &arena);
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        (void)mb_diag_add(&diag, &found[i]);
    }
    mb_diag_sort(&diag);
    for (size_t i = 0; i < diag.count; i++) {
        assert_int_equal(diag.items[i].message[0], (int)('0' + i));
    }
    mb_arena_release(&arena);
}

static void large_lists_sort(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_diag diag;
    mb_diag_init(&diag, &arena);
    mb_diag_sort(&diag); // none is fine
    for (int i = 0; i < 5000; i++) {
        (void)mb_diag_add(&diag, &(struct mb_finding){.line = i * 7919 % 5003});
    }
    mb_diag_sort(&diag);
    for (size_t i = 1; i < diag.count; i++) {
        assert_true(diag.items[i - 1].line <= diag.items[i].line);
    }
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finding_is_copied),
        cmocka_unit_test(severities_are_counted),
        cmocka_unit_test(order_is_file_line_column_code),
        cmocka_unit_test(large_lists_sort),
    };
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
