// Points in time: known dates, leap years, refusals.
#include <time.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/units.h"

static void known_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_ns;
    } cases[] = {
        {"1970-01-01T00:00:00.000Z", 0},
        {"2000-02-29T12:34:56.789Z", INT64_C(951827696789000000)},
        {"2026-11-23T19:47:00.123Z", INT64_C(1795463220123000000)},
        {"2100-03-01T00:00:00.000Z", INT64_C(4107542400000000000)},
        {"2261-12-31T23:59:59.999Z", INT64_C(9214646399999000000)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        int64_t unix_ns = -1;
        struct mb_err err = {0};
        mb_units_print_time(cases[i].unix_ns, text, sizeof text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(mb_units_parse_time(cases[i].text, &unix_ns, &err), MB_OK);
        assert_int_equal(unix_ns, cases[i].unix_ns);
    }
}

// The C library is the peer.
static void random_times_agree_with_libc(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 1);
    for (int i = 0; i < 20000; i++) {
        int64_t seconds = (int64_t)mb_rng_below(&rng, UINT64_C(9214646400));
        time_t when = (time_t)seconds;
        struct tm parts;
        assert_non_null(gmtime_r(&when, &parts));
        char expected[64];
        char text[32];
        (void)strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
        mb_units_print_time(seconds * INT64_C(1000000000), text, sizeof text);
        assert_string_equal(text, expected);
        int64_t back = -1;
        struct mb_err err = {0};
        assert_int_equal(mb_units_parse_time(text, &back, &err), MB_OK);
        assert_int_equal(back, seconds * INT64_C(1000000000));
    }
}

static void fractions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_ns;
    } cases[] = {
        {"1970-01-01T00:00:01Z", INT64_C(1000000000)},
        {"1970-01-01T00:00:00.5Z", 500000000},
        {"1970-01-01T00:00:00.000000001Z", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t unix_ns = -1;
        struct mb_err err = {0};
        assert_int_equal(mb_units_parse_time(cases[i].text, &unix_ns, &err), MB_OK);
        assert_int_equal(unix_ns, cases[i].unix_ns);
    }
}

static void times_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026",
        "2026-11-23",
        "2026-11-23 19:47:00Z",
        "2026-11-23T19:47:00",
        "2026-11-23T19:47:00+01:00",
        "2026-11-23T19:47:00.Z",
        "2026-11-23T19:47:00.1234567890Z",
        "2026-11-23T19:47:00.123Z ",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "1969-12-31T23:59:59Z",
        "2262-01-01T00:00:00Z",
        "-026-01-01T00:00:00Z",
        "2026-1-01T00:00:00Z",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t unix_ns = -1;
        struct mb_err err = {0};
        if (mb_units_parse_time(cases[i], &unix_ns, &err) != MB_INVALID) {
            fail_msg("accepted '%s'", cases[i]);
        }
        assert_int_equal(unix_ns, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_times),
        cmocka_unit_test(random_times_agree_with_libc),
        cmocka_unit_test(fractions),
        cmocka_unit_test(times_are_refused),
    };
    return cmocka_run_group_tests_name("units_time", tests, NULL, NULL);
}
