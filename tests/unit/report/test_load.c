// The text of `load`, from parts of the fake driver.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_load.h"
#include "report/load.h"

#define S INT64_C(1000000000)

struct fixture {
    struct mb_arena arena;
    struct mb_fake_load fake;
    struct mb_part part;
    struct mb_trial trial;
    struct mb_cell cell;
    struct mb_buf out;
};

static void make(struct fixture *fixture, int64_t rate_rps, int64_t seconds)
{
    struct mb_request request = {.method = "GET", .path = "", .timeout_ns = 5 * S};
    struct mb_load_plan plan = {.url = "http://x/",
                                .request = &request,
                                .protocol = "http1",
                                .load_model = MB_LOAD_OPEN,
                                .connections = 8,
                                .rate_micro_rps = rate_rps * 1000000,
                                .duration_ns = seconds * S,
                                .threads = 1,
                                .seed = 1};
    struct mb_load_observer observer = {0};
    struct mb_err err = {0};
    struct mb_load_driver driver = mb_fake_load_driver(&fixture->fake);
    assert_int_equal(
        driver.run(driver.state, &fixture->arena, &plan, &observer, &fixture->part, &err),
        MB_OK);
    fixture->trial = (struct mb_trial){.id = "b1/load",
                                       .parts = &fixture->part,
                                       .part_count = 1,
                                       .warmup_ns = 2 * S,
                                       .window_ns = fixture->part.window_ns};
    fixture->cell = (struct mb_cell){.variant = "target",
                                     .point = {.workload = "load",
                                               .load_model = MB_LOAD_OPEN,
                                               .connections = 8,
                                               .rate_micro_rps = plan.rate_micro_rps,
                                               .timeout_ns = 5 * S},
                                     .trials = &fixture->trial,
                                     .trial_count = 1};
}

static const char *text_of(struct fixture *fixture)
{
    const struct mb_report_load report = {
        .url = "http://x/", .cell = &fixture->cell, .width = 100};
    mb_report_load_print(&fixture->arena, &report, &fixture->out);
    return mb_buf_string(&fixture->out);
}

static void release(struct fixture *fixture)
{
    mb_part_release(&fixture->part);
    mb_buf_release(&fixture->out);
    mb_arena_release(&fixture->arena);
}

static void has(const char *text, const char *piece)
{
    if (strstr(text, piece) == NULL) {
        fail_msg("no '%s' in:\n%s", piece, text);
    }
}

static void says_what_was_measured(void **unused)
{
    (void)unused;
    struct fixture fixture = {0};
    mb_fake_load_add(&fixture.fake, "http://x/", 2000000)->error_every = 100;
    make(&fixture, 2000, 10);
    const char *text = text_of(&fixture);
    has(text,
        "http://x/ · open loop at 2000 rps · 8 connections · 10.0 s after 2.00 s of "
        "warm-up\n");
    has(text, "20000 requests completed, 2000 rps; 20000 were meant to leave\n");
    has(text, "status 200: 19800, 503: 200\n");
    has(text, "200 errors: status 200\n");
    has(text,
        "generator: kept its schedule (dispatch lag p99.9 2.00 us), 0.01 of 1 core\n");
    release(&fixture);
}

static void shows_censored_and_unsupported_values(void **unused)
{
    (void)unused;
    struct fixture fixture = {0};
    mb_fake_load_add(&fixture.fake, "http://x/", 2000000)->timeout_every = 20;
    make(&fixture, 200, 10);
    const char *text = text_of(&fixture);
    has(text, "100 errors: timeout 100\n");
    has(text, "> 5.00 s"); // p99 falls among the time-outs
    has(text, " -");       // p99.9 of 2000 requests is not shown
    release(&fixture);
}

static void blames_the_generator(void **unused)
{
    (void)unused;
    struct fixture fixture = {0};
    make(&fixture, 2000, 10);
    struct mb_dist *lag = &fixture.part.dist[MB_DIST_DISPATCH_LAG];
    mb_hdr_reset(lag->hdr);
    mb_hdr_record_count(lag->hdr, 3000000, 20000);
    lag->min = lag->hdr->min;
    lag->max = lag->hdr->max;
    lag->sum = lag->hdr->sum;
    fixture.part.run_delay_ns = 2 * S;
    const char *text = text_of(&fixture);
    has(text, "generator: LATE by its own fault (dispatch lag p99.9 3.00 ms)");
    has(text, "waited for a CPU 20% of the time\n");
    release(&fixture);
}

static void says_when_it_had_no_time_left(void **unused)
{
    (void)unused;
    struct fixture fixture = {0};
    make(&fixture, 2000, 10);
    struct mb_dist *wait = &fixture.part.dist[MB_DIST_WAIT_FOR_CONNECTION];
    mb_hdr_reset(wait->hdr);
    mb_hdr_record_count(wait->hdr, 30000000, 20000);
    wait->max = wait->hdr->max;
    wait->sum = wait->hdr->sum;
    fixture.part.cpu_ns = 10 * S;
    has(text_of(&fixture), "generator: FULL");
    release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_measured),
        cmocka_unit_test(shows_censored_and_unsupported_values),
        cmocka_unit_test(blames_the_generator),
        cmocka_unit_test(says_when_it_had_no_time_left),
    };
    return cmocka_run_group_tests_name("report/load", tests, NULL, NULL);
}
