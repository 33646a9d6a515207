#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/units.h"
#include "compare/moment.h"

static void test_parse(void **state)
{
    (void)state;
    const struct {
        const char *text;
        const char *expected; // NULL: refused
    } cases[] = {
        {"2026-11-23", "2026-11-23T00:00:00.000Z"},
        {"2026-1-3", "2026-01-03T00:00:00.000Z"},
        {"2024.01.01 3:00:00 +0100", "2024-01-01T02:00:00.000Z"},
        {"2024/12/31 23:59", "2024-12-31T23:59:00.000Z"},
        {"2024-12-31T23:59:00.25Z", "2024-12-31T23:59:00.250Z"},
        {"2024-12-31t23:59:00,5z", "2024-12-31T23:59:00.500Z"},
        {"2024-12-31 23:59:00 UTC", "2024-12-31T23:59:00.000Z"},
        {"2024-12-31 23:59:00-05:30", "2025-01-01T05:29:00.000Z"},
        {"2024-12-31 23:59:00+02", "2024-12-31T21:59:00.000Z"},
        {"1609466400", "2021-01-01T02:00:00.000Z"},
        {"1649352325.178", "2022-04-07T17:25:25.178Z"},
        {"1609466400123", "2021-01-01T02:00:00.123Z"},
        {"1609466400123000", "2021-01-01T02:00:00.123Z"},
        {"1609466400123000000", "2021-01-01T02:00:00.123Z"},
        {"", NULL},
        {"12", NULL},
        {"99999999", NULL},
        {"-1609466400", NULL},
        {"9223372036854775808", NULL},
        {"16094664001230000000", NULL},
        {"1609466400 ", NULL},
        {"1609466400123.5", NULL},
        {"2024-13-01", NULL},
        {"2023-02-29", NULL},
        {"2024-02-30 00:00", NULL},
        {"2024-01/01", NULL},
        {"2024-01-01 24:00", NULL},
        {"2024-01-01 12:60", NULL},
        {"2024-01-01 1200", NULL},
        {"2024-01-01 12:00 CET", NULL},
        {"2024-01-01 12:00:00 +0160", NULL},
        {"2024-01-01 12:00:00Zx", NULL},
        {"2024-01-01Z", NULL},
        {"1970-01-01 00:30 +0100", NULL},
        {"3000-01-01", NULL},
        {"v1.2.3", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t moment = -7;
        char text[32] = "";
        bool read = mb_moment_parse(cases[i].text, &moment);
        if (read) {
            mb_units_print_time(moment, text, sizeof text);
        }
        const char *expected = cases[i].expected != NULL ? cases[i].expected : "";
        if (read != (cases[i].expected != NULL) || strcmp(text, expected) != 0 ||
            (!read && moment != -7)) {
            fail_msg("'%s': expected '%s', got '%s'", cases[i].text, expected, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse)};
    return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}
