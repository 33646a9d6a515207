#include "exchange/import_locust.h"

#include "import_fixture.h"

// Against bucket_response_time of locust/stats.py: what rounds to each key.
static void bounds(void **state)
{
    (void)state;
    static const struct {
        int64_t key_ms;
        bool known;
        int64_t low_us;
        int64_t high_us;
    } cases[] = {
        {0, true, 0, 500},
        {1, true, 500, 1500},
        {99, true, 98500, 99500},
        {100, true, 99500, 105000},
        {110, true, 105000, 115000},
        {990, true, 985000, 995000},
        {1000, true, 995000, 1050000},
        {1100, true, 1050000, 1150000},
        {10000, true, 9950000, 10500000},
        {11000, true, 10500000, 11500000},
        {147, false, 0, 0},
        {1050, false, 0, 0},
        {10100, false, 0, 0},
        {-1, false, 0, 0},
        {INT64_MAX, false, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t low_ns = 0;
        int64_t high_ns = 0;
        bool known = mb_import_locust_bounds(cases[i].key_ms, &low_ns, &high_ns);
        if (known != cases[i].known || (known && (low_ns != cases[i].low_us * 1000 ||
                                                  high_ns != cases[i].high_us * 1000))) {
            fail_msg("%lld: %d, %lld to %lld", (long long)cases[i].key_ms, known,
                     (long long)low_ns, (long long)high_ns);
        }
    }
}

static void error_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *error;
        enum mb_error_kind kind;
    } cases[] = {
        {"HTTPError('429 Client Error: Too Many Requests for url: /')", MB_ERROR_STATUS},
        {"LocustBadStatusCode(code=503)", MB_ERROR_STATUS},
        {"BadStatusCode('http://x/', code=0)", MB_ERROR_OTHER},
        {"ConnectionRefusedError(111, 'Connection refused')", MB_ERROR_CONNECT},
        {"ConnectionError(MaxRetryError(\"... NewConnectionError('...: [Errno 111] "
         "Connection refused')\"))",
         MB_ERROR_CONNECT},
        {"gaierror(-2, 'Name or service not known')", MB_ERROR_CONNECT},
        {"ReadTimeout(ReadTimeoutError(\"... Read timed out. (read timeout=1)\"))",
         MB_ERROR_TIMEOUT},
        {"TimeoutError('timed out')", MB_ERROR_TIMEOUT},
        {"ConnectionResetError(104, 'Connection reset by peer')", MB_ERROR_RESET},
        {"ConnectionError(ProtocolError('Connection aborted.', RemoteDisconnected(...)))",
         MB_ERROR_CLOSED},
        {"CatchResponseError('DENIED: wrong data',)", MB_ERROR_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (mb_import_locust_error_kind(cases[i].error) != cases[i].kind) {
            fail_msg("%s: not %s", cases[i].error, mb_error_kind_name(cases[i].kind));
        }
    }
}

static void totals(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        const char *name;
        bool total;
    } cases[] = {{"", "Aggregated", true},     {"None", "Aggregated", true},
                 {"None", "Total", true},      {"", "None Total", true},
                 {"GET", "Aggregated", false}, {"", "/", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_import_locust figures;
        mb_import_locust_init(&figures);
        figures.method = cases[i].method;
        figures.name = cases[i].name;
        assert_int_equal(mb_import_locust_is_total(&figures), cases[i].total);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),
        cmocka_unit_test(error_kinds),
        cmocka_unit_test(totals),
    };
    return cmocka_run_group_tests_name("exchange/import_locust_figures", tests, NULL,
                                       NULL);
}
