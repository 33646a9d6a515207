// Quantities: text to number and back, refusals with their reasons.
#include <stdio.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/units.h"

#define S INT64_C(1000000000)

static void quantities_are_read(void **state)
{
    (void)state;
    static const struct {
        enum mb_unit unit;
        const char *text;
        int64_t value;
        const char *printed; // NULL: as written
    } cases[] = {
        {MB_UNIT_DURATION, "0", 0, "0s"},
        {MB_UNIT_DURATION, "1ns", 1, NULL},
        {MB_UNIT_DURATION, "830us", 830000, NULL},
        {MB_UNIT_DURATION, "830\xc2\xb5s", 830000, "830us"},
        {MB_UNIT_DURATION, "830\xce\xbcs", 830000, "830us"},
        {MB_UNIT_DURATION, "0.5ms", 500000, "500us"},
        {MB_UNIT_DURATION, "30s", 30 * S, NULL},
        {MB_UNIT_DURATION, "1m30s", 90 * S, "90s"},
        {MB_UNIT_DURATION, "1h0.5m", 3630 * S, "3630s"},
        {MB_UNIT_DURATION, "2h", 7200 * S, NULL},
        {MB_UNIT_DURATION, "1.50s", 1500000000, "1500ms"},
        {MB_UNIT_DURATION, "007s", 7 * S, "7s"},
        {MB_UNIT_DURATION, "9007199254740991ns", MB_UNITS_SAFE_MAX, NULL},
        {MB_UNIT_SIZE, "0", 0, "0B"},
        {MB_UNIT_SIZE, "1B", 1, NULL},
        {MB_UNIT_SIZE, "1k", 1000, "1K"},
        {MB_UNIT_SIZE, "512Mi", 512 << 20, NULL},
        {MB_UNIT_SIZE, "1.5Gi", INT64_C(1610612736), "1536Mi"},
        {MB_UNIT_SIZE, "3G", INT64_C(3000000000), NULL},
        {MB_UNIT_SIZE, "2Ti", INT64_C(2) << 40, NULL},
        {MB_UNIT_SIZE, "1T", INT64_C(1000000000000), NULL},
        {MB_UNIT_RATE, "0", 0, "0rps"},
        {MB_UNIT_RATE, "1000rps", INT64_C(1000000000), NULL},
        {MB_UNIT_RATE, "0.5rps", 500000, NULL},
        {MB_UNIT_RATE, "33.333333rps", 33333333, NULL},
        {MB_UNIT_SHARE, "0", 0, "0%"},
        {MB_UNIT_SHARE, "5%", 50000000, NULL},
        {MB_UNIT_SHARE, "0.1%", 1000000, NULL},
        {MB_UNIT_SHARE, "99.9999999%", 999999999, NULL},
        {MB_UNIT_SHARE, "150%", 1500000000, NULL},
        {MB_UNIT_SHARE, "0.10000000000000000000%", 1000000, "0.1%"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_err err = {0};
        int64_t value = -1;
        if (mb_units_parse(cases[i].unit, cases[i].text, &value, &err) != MB_OK) {
            fail_msg("%s: %s", cases[i].text, err.message);
        }
        if (value != cases[i].value) {
            fail_msg("%s: got %lld", cases[i].text, (long long)value);
        }
        char text[32];
        mb_units_print(cases[i].unit, value, text, sizeof text);
        assert_string_equal(text,
                            cases[i].printed != NULL ? cases[i].printed : cases[i].text);
    }
}

static void quantities_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum mb_unit unit;
        const char *text;
        const char *message;
    } cases[] = {
        {MB_UNIT_RATE, "1000rp",
         "'1000rp' is not a rate: unknown unit 'rp', did you mean 'rps'?"},
        {MB_UNIT_RATE, "1000", "'1000' is not a rate: the unit is missing (rps)"},
        {MB_UNIT_RATE, "1.0000001rps",
         "'1.0000001rps' is not a rate: it is finer than the smallest unit can express"},
        {MB_UNIT_RATE, "max", "'max' is not a rate: it does not start with a digit"},
        {MB_UNIT_DURATION, "", "'' is not a duration: it does not start with a digit"},
        {MB_UNIT_DURATION, "-5s", "'-5s' is not a duration: it must not be negative"},
        {MB_UNIT_DURATION, "5s-3ms",
         "'5s-3ms' is not a duration: it must not be negative"},
        {MB_UNIT_DURATION, " 5s",
         "' 5s' is not a duration: it does not start with a digit"},
        {MB_UNIT_DURATION, "5 s",
         "'5 s' is not a duration: unknown unit ' s', did you mean 's'?"},
        {MB_UNIT_DURATION, "5s ",
         "'5s ' is not a duration: unknown unit 's ', did you mean 's'?"},
        {MB_UNIT_DURATION, ".5s",
         "'.5s' is not a duration: it does not start with a digit"},
        {MB_UNIT_DURATION, "5.s",
         "'5.s' is not a duration: digits are missing after the point"},
        {MB_UNIT_DURATION, "1.5.5s",
         "'1.5.5s' is not a duration: the unit is missing (ns, us, ms, s, m, h)"},
        {MB_UNIT_DURATION, "1e3s",
         "'1e3s' is not a duration: unknown unit 'e' (known: ns, us, ms, s, m, h)"},
        {MB_UNIT_DURATION, "30s1m",
         "'30s1m' is not a duration: a sum goes from large units to small ones"},
        {MB_UNIT_DURATION, "1s1s",
         "'1s1s' is not a duration: a sum goes from large units to small ones"},
        {MB_UNIT_DURATION, "0.5ns",
         "'0.5ns' is not a duration: it is finer than the smallest unit can express"},
        {MB_UNIT_DURATION, "9007199254740992ns",
         "'9007199254740992ns' is not a duration: it is too large"},
        {MB_UNIT_DURATION, "2500h2500h",
         "'2500h2500h' is not a duration: a sum goes from large units to small ones"},
        {MB_UNIT_DURATION, "2501h53m",
         NULL}, // 9,007,199 s: the largest that fits is 2501h59m59.25...s
        {MB_UNIT_DURATION, "2502h", "'2502h' is not a duration: it is too large"},
        {MB_UNIT_DURATION, "99999999999999999999s",
         "'99999999999999999999s' is not a duration: it is too large"},
        {MB_UNIT_DURATION, "1.1234567890123456789s",
         "'1.1234567890123456789s' is not a duration: it has too many digits after the "
         "point"},
        {MB_UNIT_SIZE, "1.5B",
         "'1.5B' is not a size: it is finer than the smallest unit can express"},
        {MB_UNIT_SIZE, "1kb",
         "'1kb' is not a size: unknown unit 'kb', did you mean 'Ki'?"},
        {MB_UNIT_SHARE, "5", "'5' is not a share: the unit is missing (%)"},
        {MB_UNIT_SHARE, "5%%",
         "'5%%' is not a share: unknown unit '%%', did you mean "
         "'%'?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_err err = {0};
        int64_t value = -1;
        enum mb_status status =
            mb_units_parse(cases[i].unit, cases[i].text, &value, &err);
        if (cases[i].message == NULL) {
            assert_int_equal(status, MB_OK);
            continue;
        }
        if (status != MB_INVALID || strcmp(err.message, cases[i].message) != 0) {
            fail_msg("'%s': status %d, %s", cases[i].text, (int)status, err.message);
        }
        assert_int_equal(value, -1);
    }
}

// A hostile text is not repeated in full.
static void long_texts_are_cut(void **state)
{
    (void)state;
    char text[2001];
    memset(text, 'x', sizeof text - 1);
    text[0] = '1';
    text[sizeof text - 1] = '\0';
    for (int unit = MB_UNIT_DURATION; unit <= MB_UNIT_SHARE; unit++) {
        struct mb_err err = {0};
        int64_t value = 0;
        assert_int_equal(mb_units_parse((enum mb_unit)unit, text, &value, &err),
                         MB_INVALID);
        assert_true(strlen(err.message) < 250);
    }
}

static void printed_values_read_back(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 3);
    for (int i = 0; i < 20000; i++) {
        enum mb_unit unit = (enum mb_unit)mb_rng_below(&rng, 4);
        uint64_t bound = UINT64_C(1) << (1 + mb_rng_below(&rng, 53));
        int64_t value = (int64_t)mb_rng_below(&rng, bound);
        value = value > MB_UNITS_SAFE_MAX ? MB_UNITS_SAFE_MAX : value;
        char text[32];
        mb_units_print(unit, value, text, sizeof text);
        struct mb_err err = {0};
        int64_t back = -1;
        if (mb_units_parse(unit, text, &back, &err) != MB_OK || back != value) {
            fail_msg("%lld became '%s', then %lld", (long long)value, text,
                     (long long)back);
        }
    }
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message; // NULL: good
        int64_t value;
    } cases[] = {
        {"0", NULL, 0},
        {"-10", NULL, -10},
        {"10", NULL, 10},
        {"007", NULL, 7},
        {"11", "'11' is out of range (-10 to 10)", 0},
        {"-11", "'-11' is out of range (-10 to 10)", 0},
        {"99999999999999999999", "'99999999999999999999' is out of range (-10 to 10)", 0},
        {"", "'' is not a whole number", 0},
        {"-", "'-' is not a whole number", 0},
        {"+1", "'+1' is not a whole number", 0},
        {"1.0", "'1.0' is not a whole number", 0},
        {" 1", "' 1' is not a whole number", 0},
        {"1 ", "'1 ' is not a whole number", 0},
        {"0x1", "'0x1' is not a whole number", 0},
        {"--1", "'--1' is not a whole number", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_err err = {0};
        int64_t value = -99;
        enum mb_status status = mb_units_parse_int(cases[i].text, -10, 10, &value, &err);
        assert_string_equal(err.message,
                            cases[i].message != NULL ? cases[i].message : "");
        assert_int_equal(status, cases[i].message != NULL ? MB_INVALID : MB_OK);
        assert_int_equal(value, cases[i].message != NULL ? -99 : cases[i].value);
    }
    struct mb_err err = {0};
    int64_t value = 0;
    assert_int_equal(
        mb_units_parse_int("-9223372036854775808", INT64_MIN, INT64_MAX, &value, &err),
        MB_OK);
    assert_int_equal(value, INT64_MIN);
    assert_int_equal(
        mb_units_parse_int("9223372036854775808", INT64_MIN, INT64_MAX, &value, &err),
        MB_INVALID);
}

static void doubles(void **state)
{
    (void)state;
    static const char *const good[] = {"0",    "-0",      "1.5",   "-1.5e3",
                                       "1E+2", "0.1e-10", "1e-400"};
    static const char *const bad[] = {"",    ".5",  "5.",    "+1",   "01", "1e",
                                      "1e+", "nan", "inf",   "0x10", "1 ", " 1",
                                      "1,5", "-",   "1e999", "1f"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct mb_err err = {0};
        double value = NAN;
        assert_int_equal(mb_units_parse_double(good[i], &value, &err), MB_OK);
        assert_true(isfinite(value));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mb_err err = {0};
        double value = 0;
        if (mb_units_parse_double(bad[i], &value, &err) != MB_INVALID) {
            fail_msg("accepted '%s'", bad[i]);
        }
    }
}

static void shown_to_people(void **state)
{
    (void)state;
    static const struct {
        enum mb_unit unit;
        double value;
        const char *text;
    } cases[] = {
        {MB_UNIT_DURATION, 0, "0 ns"},
        {MB_UNIT_DURATION, -0.0, "0 ns"},
        {MB_UNIT_DURATION, 1, "1.00 ns"},
        {MB_UNIT_DURATION, 830e3, "830 us"},
        {MB_UNIT_DURATION, 1.2149e6, "1.21 ms"},
        {MB_UNIT_DURATION, 12e9, "12.0 s"},
        {MB_UNIT_DURATION, 999.4, "999 ns"},
        {MB_UNIT_DURATION, 999.6, "1.00 us"},
        {MB_UNIT_DURATION, 9.996e3, "10.0 us"},
        {MB_UNIT_DURATION, 99.96e3, "100 us"},
        {MB_UNIT_DURATION, 3600e9, "3600 s"},
        {MB_UNIT_DURATION, -0.93e6, "-930 us"},
        {MB_UNIT_DURATION, 0.0123, "0.0123 ns"},
        {MB_UNIT_SIZE, 0, "0 B"},
        {MB_UNIT_SIZE, 512, "512 B"},
        {MB_UNIT_SIZE, 1023, "1023 B"},
        {MB_UNIT_SIZE, 1024, "1.00 KiB"},
        {MB_UNIT_SIZE, 24536678, "23.4 MiB"},
        {MB_UNIT_SIZE, 0x1p50, "1024 TiB"},
        {MB_UNIT_RATE, 1000e6, "1000 rps"},
        {MB_UNIT_RATE, 12.34e6, "12.3 rps"},
        {MB_UNIT_RATE, 0.5e6, "0.500 rps"},
        {MB_UNIT_SHARE, 4.97e7, "4.97%"},
        {MB_UNIT_SHARE, 1e9, "100%"},
        {MB_UNIT_SHARE, 1e5, "0.0100%"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        mb_units_show(cases[i].unit, cases[i].value, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void numbers_for_people_have_no_exponent(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {20, "20"},
        {0.01234, "0.0123"},
        {-2.345, "-2.35"},
        {999.4, "999"},
        {999.6, "1000"},
        {1234567, "1234567"},
        {0.0000123, "0.0000123"},
        {1e-12, "0.000000000"},
        {1e15, "over 10^15"},
        {-1e300, "under -10^15"},
        {INFINITY, "over 10^15"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        mb_units_show_number(cases[i].value, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void effects_for_people_are_shares_or_factors(void **state)
{
    (void)state;
    static const struct {
        double ratio;
        const char *text;
    } cases[] = {
        {1.034, "3.4%"},
        {0.966, "3.4%"},
        {1.00001, "0.01%"},
        {1, "0.01%"},
        {1.949, "95%"},
        {2.4, "a factor of 2.4"},
        {0.25, "a factor of 4"},
        {17, "a factor of 17"},
        {1e5, "a factor of over 1000"},
        {INFINITY, "a factor of over 1000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        mb_units_show_effect(log(cases[i].ratio), text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void nearest_names(void **state)
{
    (void)state;
    static const char *const names[] = {"validate", "init",    "run", "compare",
                                        "report",   "regress", NULL};
    static const struct {
        const char *asked;
        const char *near;
    } cases[] = {
        {"run", "run"},
        {"rnu", "run"},
        {"RUN", "run"},
        {"rum", "run"},
        {"compar", "compare"},
        {"valdiate", "validate"},
        {"vaildtae", "validate"},
        {"repotr", "report"},
        {"xyz", NULL},
        {"r", NULL},
        {"", NULL},
        {"completely", NULL},
        {"ru", "run"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *near = mb_units_nearest(cases[i].asked, names);
        if (cases[i].near == NULL ? near != NULL
                                  : near == NULL || strcmp(near, cases[i].near) != 0) {
            fail_msg("'%s': got '%s'", cases[i].asked, near != NULL ? near : "(none)");
        }
    }
    char hostile[5000];
    memset(hostile, 'r', sizeof hostile - 1);
    hostile[sizeof hostile - 1] = '\0';
    assert_null(mb_units_nearest(hostile, names));
    const char *const long_names[] = {hostile, NULL};
    assert_null(mb_units_nearest("rrr", long_names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_are_read),
        cmocka_unit_test(quantities_are_refused),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(printed_values_read_back),
        cmocka_unit_test(integers),
        cmocka_unit_test(doubles),
        cmocka_unit_test(shown_to_people),
        cmocka_unit_test(numbers_for_people_have_no_exponent),
        cmocka_unit_test(effects_for_people_are_shares_or_factors),
        cmocka_unit_test(nearest_names),
    };
    return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
