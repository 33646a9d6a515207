// Plans that the engine refuses, before it opens a socket.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "load/load.h"
#include "load/schedule.h"

#define S INT64_C(1000000000)

static struct mb_request good_request(void)
{
    return (struct mb_request){
        .method = "GET", .path = "", .timeout_ns = S, .keepalive = true};
}

static struct mb_load_plan good_plan(const struct mb_request *request)
{
    return (struct mb_load_plan){.url = "http://127.0.0.1:9/",
                                 .request = request,
                                 .protocol = "http1",
                                 .load_model = MB_LOAD_OPEN,
                                 .connections = 4,
                                 .rate_micro_rps = 1000000,
                                 .duration_ns = S,
                                 .threads = 2,
                                 .first_cpu = -1};
}

static void refused(const char *name, const struct mb_load_plan *plan,
                    const char *message)
{
    struct mb_load_driver driver = mb_load_engine();
    struct mb_load_observer observer = {0};
    struct mb_arena arena = {0};
    struct mb_part part;
    struct mb_err err = {0};
    enum mb_status status =
        driver.run(driver.state, &arena, plan, &observer, &part, &err);
    if (status != MB_INVALID || strstr(err.message, message) == NULL) {
        fail_msg("%s: status %d, '%s'", name, (int)status, err.message);
    }
    mb_arena_release(&arena);
}

static void refuses_plans(void **unused)
{
    (void)unused;
    struct mb_request request = good_request();
    struct mb_load_plan plan = good_plan(&request);
    plan.protocol = "http2";
    refused("protocol", &plan, "'http2' is not supported");
    plan = good_plan(&request);
    plan.load_model = MB_LOAD_UNKNOWN;
    refused("load model", &plan, "'unknown' cannot be run");
    plan = good_plan(&request);
    plan.load_model = MB_LOAD_CLOSED;
    refused("closed with a rate", &plan, "cannot keep to a rate");
    plan = good_plan(&request);
    plan.load_model = MB_LOAD_PACED;
    plan.arrivals = MB_ARRIVALS_POISSON;
    refused("paced and Poisson", &plan, "need the open load model");
    plan = good_plan(&request);
    plan.rate_micro_rps = -1;
    refused("open without a rate", &plan, "cannot keep to a rate of 'max'");
    plan.rate_micro_rps = MB_SCHEDULE_MAX_RATE_MICRO + 1;
    refused("rate beyond the limit", &plan, "at most 1000000000rps");
    plan = good_plan(&request);
    plan.url = "https://127.0.0.1/";
    refused("https", &plan, "'https' is not supported");
}

static void refuses_ranges(void **unused)
{
    (void)unused;
    struct mb_request request = good_request();
    struct mb_load_plan plan = good_plan(&request);
    plan.connections = 0;
    refused("no connection", &plan, "0 connections: 1 to 1000000");
    plan.connections = MB_LOAD_MAX_CONNECTIONS + 1;
    refused("connections", &plan, "1000001 connections");
    plan = good_plan(&request);
    plan.threads = 0;
    refused("no thread", &plan, "0 threads: 1 to 1024");
    plan.threads = MB_LOAD_MAX_THREADS + 1;
    refused("threads", &plan, "1025 threads");
    plan.threads = 5;
    refused("more threads than connections", &plan, "at least one connection");
    plan = good_plan(&request);
    plan.duration_ns = 0;
    refused("no duration", &plan, "a duration of 0 ns: 1ns to 168h are possible");
    plan.duration_ns = MB_LOAD_MAX_DURATION_NS + 1;
    refused("duration", &plan, "duration");
    plan = good_plan(&request);
    plan.warmup_ns = -1;
    refused("warm-up", &plan, "warm-up");
    plan = good_plan(&request);
    request.timeout_ns = 0;
    refused("no time-out", &plan, "time-out");
    request.timeout_ns = MB_LOAD_MAX_TIMEOUT_NS + 1;
    refused("time-out", &plan, "time-out");
}

static void probe_refuses_urls(void **unused)
{
    (void)unused;
    struct mb_request request = good_request();
    struct mb_err err = {0};
    int status = 42;
    assert_int_equal(mb_load_probe("ftp://127.0.0.1/", &request, S, &status, &err),
                     MB_INVALID);
    assert_int_equal(status, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_plans),
        cmocka_unit_test(refuses_ranges),
        cmocka_unit_test(probe_refuses_urls),
    };
    return cmocka_run_group_tests_name("load/engine", tests, NULL, NULL);
}
