// Names of the enumerations there and back, sums of errors, and opening distributions.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/part.h"

static void names_go_there_and_back(void **state)
{
    (void)state;
    for (int i = MB_LOAD_OPEN; i <= MB_LOAD_UNKNOWN; i++) {
        enum mb_load_model model = MB_LOAD_UNKNOWN;
        assert_true(
            mb_load_model_find(mb_load_model_name((enum mb_load_model)i), &model));
        assert_int_equal(model, i);
    }
    for (int i = MB_ARRIVALS_CONSTANT; i <= MB_ARRIVALS_POISSON; i++) {
        enum mb_arrivals arrivals = MB_ARRIVALS_CONSTANT;
        assert_true(mb_arrivals_find(mb_arrivals_name((enum mb_arrivals)i), &arrivals));
        assert_int_equal(arrivals, i);
    }
    for (int i = MB_CO_NONE; i <= MB_CO_UNKNOWN; i++) {
        enum mb_co_handling handling = MB_CO_NONE;
        assert_true(
            mb_co_handling_find(mb_co_handling_name((enum mb_co_handling)i), &handling));
        assert_int_equal(handling, i);
    }
}

static void unknown_names_change_nothing(void **state)
{
    (void)state;
    enum mb_load_model model = MB_LOAD_PACED;
    enum mb_arrivals arrivals = MB_ARRIVALS_POISSON;
    enum mb_co_handling handling = MB_CO_BACKFILLED;
    assert_false(mb_load_model_find("Open", &model));
    assert_false(mb_arrivals_find("", &arrivals));
    assert_false(mb_co_handling_find("intended ", &handling));
    assert_int_equal(model, MB_LOAD_PACED);
    assert_int_equal(arrivals, MB_ARRIVALS_POISSON);
    assert_int_equal(handling, MB_CO_BACKFILLED);
}

static void adds_errors_up(void **state)
{
    (void)state;
    struct mb_counts counts = {0};
    assert_int_equal(mb_counts_errors(&counts), 0);
    counts.errors_by_kind[MB_ERROR_RESET] = 2;
    counts.errors_by_kind[MB_ERROR_OTHER] = 3;
    assert_int_equal(mb_counts_errors(&counts), 5);
    counts.errors_by_kind[MB_ERROR_CONNECT] = -1; // not known: the others are
    assert_int_equal(mb_counts_errors(&counts), 5);
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts.errors_by_kind[i] = -1;
    }
    assert_int_equal(mb_counts_errors(&counts), -1);
}

static void opens_and_closes(void **state)
{
    (void)state;
    struct mb_hdr hdr;
    struct mb_buf text = {0};
    struct mb_err err = {0};
    mb_hdr_init(&hdr);
    mb_hdr_record_count(&hdr, 1000, 5);
    mb_hdr_encode_base64(&hdr, &text);
    struct mb_dist dist = {
        .type = MB_DIST_HDR, .payload = text.data, .payload_size = text.size};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mb_dist_open(&dist, &err), MB_OK);
        const struct mb_hdr *opened = dist.hdr;
        assert_int_equal(opened->count, 5);
        assert_int_equal(mb_dist_open(&dist, &err), MB_OK);
        assert_ptr_equal(dist.hdr, opened); // open already
        mb_dist_close(&dist);
        assert_null(dist.hdr);
    }
    dist.payload = NULL;
    assert_int_equal(mb_dist_open(&dist, &err), MB_INVALID);
    struct mb_dist absent = mb_dist_absent("not measured");
    mb_err_clear(&err);
    assert_int_equal(mb_dist_open(&absent, &err), MB_OK);
    assert_null(absent.hdr);
    mb_dist_close(&absent);
    mb_buf_release(&text);
    mb_hdr_release(&hdr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_there_and_back),
        cmocka_unit_test(unknown_names_change_nothing),
        cmocka_unit_test(adds_errors_up),
        cmocka_unit_test(opens_and_closes),
    };
    return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
