#include "import_fixture.h"

#include "exchange/import_text.h"

static void times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns; // -1: refused
    } cases[] = {
        {"2.18ms", 2180000},
        {"872us", 872000},
        {"872\xc2\xb5s", 872000},
        {"872\xce\xbcs", 872000},
        {" 0.0031 secs", 3100000},
        {"1.63m", 97800000000},
        {"2.5 s", 2500000000},
        {"1h", 3600000000000},
        {"12 ns,", 12},
        {"1,234.5us", 1234500},
        {"1.5e-05 s", 15000},
        {"2 milliseconds", 2000000},
        {"0.4ns", 0},
        {"5", -1},
        {"-5ms", -1},
        {"nan ms", -1},
        {"5 msx", -1},
        {"1e30 s", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = cases[i].text;
        int64_t ns = -1;
        bool good = mb_import_text_time(&at, &ns);
        if (good != (cases[i].ns >= 0) || ns != cases[i].ns ||
            (!good && at != cases[i].text)) {
            fail_msg("'%s': %lld", cases[i].text, (long long)ns);
        }
    }
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value; // below 0: refused
        const char *rest;
    } cases[] = {
        {"1234.5", 1234.5, ""}, {"1,234,567", 1234567, ""},
        {"1,23", 1, ",23"},     {"12,345,67", 12345, ",67"},
        {"0012", 12, ""},       {"0.5.1", 0.5, ".1"},
        {"7. ", 7, ". "},       {"3e2k", 300, "k"},
        {"3e", 3, "e"},         {".5", -1, ".5"},
        {"-nan", -1, "-nan"},   {"inf", -1, "inf"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = cases[i].text;
        double value = -1;
        (void)!mb_import_text_number(&at, &value);
        if (value < cases[i].value || value > cases[i].value ||
            strcmp(at, cases[i].rest) != 0) {
            fail_msg("'%s': %g, rest '%s'", cases[i].text, value, at);
        }
    }
    int64_t count;
    const char *whole = "9007199254740991";
    const char *more = "9007199254740992";
    const char *fraction = "1.5";
    assert_true(mb_import_text_count(&whole, &count));
    assert_false(mb_import_text_count(&more, &count));
    assert_false(mb_import_text_count(&fraction, &count));
}

static void plain(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"\x1b[1m\x1b[4mSummary:\x1b[0m", "Summary:"},
        {" 10%\r 20%\rdone", "done"},
        {" 10%\rdone\r\r", "done"},
        {"cut \x1b", "cut "},
        {"cut \x1b[38;5", "cut "},
        {"\x1b"
         "7x",
         "x"},
    };
    struct mb_arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(mb_import_text_plain(&arena, cases[i][0]), cases[i][1]);
    }
    mb_arena_release(&arena);
}

// Of Go, hyper, the system and the tools themselves.
static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        enum mb_error_kind kind;
    } cases[] = {
        {"dial tcp 127.0.0.1:1: i/o timeout", MB_ERROR_CONNECT},
        {"Connection refused (os error 111)", MB_ERROR_CONNECT},
        {"No route to host (os error 113)", MB_ERROR_CONNECT},
        {"No record returned from DNS", MB_ERROR_CONNECT},
        {"error sending request: tcp connect error", MB_ERROR_CONNECT},
        {"timeout", MB_ERROR_TIMEOUT},
        {"context deadline exceeded (Client.Timeout exceeded)", MB_ERROR_TIMEOUT},
        {"Connection reset by peer (os error 104)", MB_ERROR_RESET},
        {"connection closed before message completed", MB_ERROR_CLOSED},
        {"operation was canceled: connection closed", MB_ERROR_CLOSED},
        {"unexpected end of file", MB_ERROR_CLOSED},
        {"invalid HTTP version parsed", MB_ERROR_PROTOCOL},
        {"Redirection limit has reached", MB_ERROR_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(mb_import_text_error(cases[i].message), cases[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),
        cmocka_unit_test(numbers),
        cmocka_unit_test(plain),
        cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests_name("exchange/import_text", tests, NULL, NULL);
}
