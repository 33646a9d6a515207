#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/behaviour.h"

#define MS INT64_C(1000000)

static void reads_mixes(void **unused)
{
    (void)unused;
    struct mb_behaviour behaviour = {0};
    struct mb_err err = {0};
    assert_int_equal(mb_behaviour_parse_mix("503:25%,404:0.5%", &behaviour, &err), MB_OK);
    assert_int_equal(behaviour.status_count, 2);
    assert_int_equal(behaviour.statuses[1].status, 404);
    assert_int_equal(behaviour.statuses[1].share, 5000000);
    struct mb_rng rng;
    int counts[600] = {0};
    mb_rng_init(&rng, 5);
    for (int i = 0; i < 100000; i++) {
        counts[mb_behaviour_draw_status(&behaviour, &rng)]++;
    }
    assert_in_range(counts[503], 24500, 25500);
    assert_in_range(counts[404], 400, 600);
    assert_int_equal(counts[200], 100000 - counts[503] - counts[404]);
}

static void refuses_bad_mixes(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "",        "abc",      "100",    "600", "503:", "503:1", "503:60%,404:60%",
        "503,404", "503:1%,,", "503:-1%"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mb_behaviour behaviour = {.status_count = 7};
        struct mb_err err = {0};
        if (mb_behaviour_parse_mix(texts[i], &behaviour, &err) != MB_INVALID) {
            fail_msg("'%s' was accepted", texts[i]);
        }
        assert_int_equal(behaviour.status_count, 7);
    }
}

static void reads_queries(void **unused)
{
    (void)unused;
    static const struct {
        const char *query;
        enum mb_status status;
        int64_t delay_ns;
        int64_t size_bytes;
        size_t statuses;
    } cases[] = {
        {"", MB_OK, 0, 64, 0},
        {"delay=5ms&status=503&size=1Ki", MB_OK, 5 * MS, 1024, 1},
        {"size=10&&x&y=z", MB_OK, 0, 10, 0},
        {"delay=often", MB_INVALID, 0, 64, 0},
        {"size=2Gi", MB_INVALID, 0, 64, 0},
        {"status=1000", MB_INVALID, 0, 64, 0},
        {"x=0123456789012345678901234567890123456789012345678901234567890123456789012345"
         "6789012345678901234567890",
         MB_INVALID, 0, 64, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_behaviour behaviour = {.size_bytes = 64};
        struct mb_err err = {0};
        assert_int_equal(mb_behaviour_parse_query(cases[i].query, &behaviour, &err),
                         cases[i].status);
        if (cases[i].status == MB_OK) {
            assert_int_equal(behaviour.delay.first_ns, cases[i].delay_ns);
            assert_int_equal(behaviour.size_bytes, cases[i].size_bytes);
            assert_int_equal(behaviour.status_count, cases[i].statuses);
        }
    }
}

static void stalls_on_time(void **unused)
{
    (void)unused;
    struct mb_stall stall;
    struct mb_err err = {0};
    assert_int_equal(mb_stall_parse("200ms/2s", &stall, &err), MB_OK);
    mb_stall_begin(&stall, 1, 1000 * MS);
    for (int64_t i = 1; i < 5; i++) {
        assert_int_equal(stall.next_ns, 2000 * i * MS);
        assert_int_equal(stall.next_length_ns, 200 * MS);
        mb_stall_advance(&stall);
    }
}

// Two threads with one seed stall together; means are as asked.
static void random_stalls_are_shared(void **unused)
{
    (void)unused;
    enum { STALLS = 20000 };
    struct mb_stall first;
    struct mb_stall second;
    struct mb_err err = {0};
    assert_int_equal(mb_stall_parse("random:100ms/1s", &first, &err), MB_OK);
    second = first;
    mb_stall_begin(&first, 9, 0);
    mb_stall_begin(&second, 9, 0);
    int64_t length_ns = 0;
    int64_t end_ns = 0;
    for (int i = 0; i < STALLS; i++) {
        assert_int_equal(first.next_ns, second.next_ns);
        assert_true(first.next_ns >= end_ns);
        length_ns += first.next_length_ns;
        end_ns = first.next_ns + first.next_length_ns;
        mb_stall_advance(&first);
        mb_stall_advance(&second);
    }
    assert_in_range(length_ns / STALLS, 97 * MS, 103 * MS);
    assert_in_range((end_ns - length_ns) / STALLS, 970 * MS, 1030 * MS);
}

static void refuses_bad_stalls(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"",         "200ms",  "200ms/",         "/2s",
                                        "2s/200ms", "0/2s",   "random:1s",      "1s/1s",
                                        "1s/9h",    "200/2s", "sometimes:1s/2s"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mb_stall stall = {0};
        struct mb_err err = {0};
        if (mb_stall_parse(texts[i], &stall, &err) != MB_INVALID) {
            fail_msg("'%s' was accepted", texts[i]);
        }
        assert_false(stall.active);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_mixes),
        cmocka_unit_test(refuses_bad_mixes),
        cmocka_unit_test(reads_queries),
        cmocka_unit_test(stalls_on_time),
        cmocka_unit_test(random_stalls_are_shared),
        cmocka_unit_test(refuses_bad_stalls),
    };
    return cmocka_run_group_tests_name("app/behaviour", tests, NULL, NULL);
}
