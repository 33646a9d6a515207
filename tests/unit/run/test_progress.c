#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "fake_run.h"
#include "run/progress.h"

static const int64_t S = 1000000000;

struct fixture {
    struct mb_arena arena;
    struct mb_spec spec;
    struct mb_plan plan;
    struct mb_run_place place;
    struct mb_buf text;
};

static int setup(void **state)
{
    static struct fixture fixture;
    struct mb_err err = {0};
    fixture = (struct fixture){0};
    fake_run_spec(&fixture.arena, fake_run_spec_text, &fixture.spec);
    assert_int_equal(mb_plan_init(&fixture.arena, &fixture.spec, &fixture.plan, &err),
                     MB_OK);
    fixture.place = (struct mb_run_place){
        .plan = &fixture.plan, .trial = &fixture.plan.trials[1], .done = 1};
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    mb_buf_release(&fixture->text);
    mb_arena_release(&fixture->arena);
    return 0;
}

static void test_running(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        struct mb_load_progress progress;
        int64_t left_s;
        int width;
        const char *text;
    } cases[] = {
        {{.elapsed_ns = 500000000},
         420,
         100,
         "block 1/3 · cell 2/6 · plain · steady · 100 rps · warming up · 7 min left"},
        {{.elapsed_ns = 1500000000, .p50_ns = 1200000, .p99_ns = 3100000, .errors = 2},
         30,
         100,
         "block 1/3 · cell 2/6 · plain · steady · 100 rps · p50 1.20 ms p99 3.10 ms · 2 "
         "errors · 30 s left"},
        {{.elapsed_ns = 1500000000, .p50_ns = 1200000, .p99_ns = 3100000},
         0,
         100,
         "block 1/3 · cell 2/6 · plain · steady · 100 rps · p50 1.20 ms p99 3.10 ms · 0 "
         "errors"},
        {{.elapsed_ns = 1500000000},
         0,
         100,
         "block 1/3 · cell 2/6 · plain · steady · 100 rps · measuring"},
        {{.elapsed_ns = 500000000}, 420, 21, "block 1/3 · cell 2/6"},
        {{.elapsed_ns = 500000000}, 420, 1, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mb_buf_reset(&fixture->text);
        fixture->place.left_ns = cases[i].left_s * S;
        mb_progress_running(&fixture->place, &cases[i].progress, cases[i].width,
                            &fixture->text);
        assert_string_equal(mb_buf_string(&fixture->text), cases[i].text);
    }
}

// A part with `count` responses of 2 ms, and one time-out.
static void part_make(struct mb_arena *arena, struct mb_part *part, int64_t count)
{
    *part = (struct mb_part){.window_ns = 2 * S, .elapsed_ns = 2 * S};
    part->dist = mb_dist_list(arena, "not measured");
    part->counts.intended = count + 1;
    part->counts.sent = count + 1;
    part->counts.completed = count;
    part->counts.ok = count;
    part->counts.errors_by_kind[MB_ERROR_TIMEOUT] = 1;
    struct mb_hdr *hdr = mb_mem_alloc(1, sizeof *hdr);
    mb_hdr_init(hdr);
    mb_hdr_record_count(hdr, 2000000, count);
    part->dist[MB_DIST_RESPONSE] = (struct mb_dist){
        .type = MB_DIST_HDR, .hdr = hdr, .n = count, .min = 2000000, .max = 2000000};
}

static void test_trial(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        int64_t requests;
        enum mb_trial_status status;
        const char *reason;
        int64_t left_s;
        const char *text;
    } cases[] = {
        {2000, MB_TRIAL_COMPLETE, NULL, 90,
         "1/18 b1/steady-c4-r100/plain  1000 rps  p50 2.00 ms  p99 2.00 ms  1 error  "
         "(90 "
         "s left)\n"},
        {200, MB_TRIAL_COMPLETE, NULL, 0,
         "1/18 b1/steady-c4-r100/plain  100 rps  p50 2.00 ms  p99 -  1 error\n"},
        {20, MB_TRIAL_PARTIAL, "interrupted after 1.00 s of 2.00 s", 0,
         "1/18 b1/steady-c4-r100/plain  interrupted after 1.00 s of 2.00 s\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_part part;
        part_make(&fixture->arena, &part, cases[i].requests);
        struct mb_trial trial = {.id = "b1/steady-c4-r100/plain",
                                 .status = cases[i].status,
                                 .reason = cases[i].reason,
                                 .window_ns = 2 * S,
                                 .parts = &part,
                                 .part_count = 1};
        struct mb_cell cell = {.variant = "plain",
                               .point = fixture->plan.cells[0].point,
                               .trials = &trial,
                               .trial_count = 1};
        mb_buf_reset(&fixture->text);
        fixture->place.left_ns = cases[i].left_s * S;
        mb_progress_trial(&fixture->place, &cell, &trial, &fixture->text);
        assert_string_equal(mb_buf_string(&fixture->text), cases[i].text);
        mb_part_release(&part);
    }
}

// Generators that count from the sending.
static void test_trial_of_service_times(void **state)
{
    struct fixture *fixture = *state;
    struct mb_part part;
    part_make(&fixture->arena, &part, 2000);
    part.dist[MB_DIST_SERVICE] = part.dist[MB_DIST_RESPONSE];
    part.dist[MB_DIST_RESPONSE] = (struct mb_dist){.type = MB_DIST_ABSENT};
    struct mb_trial trial = {.id = "b1/steady-c4-r100/plain",
                             .status = MB_TRIAL_COMPLETE,
                             .window_ns = 2 * S,
                             .parts = &part,
                             .part_count = 1};
    struct mb_cell cell = {.variant = "plain",
                           .point = fixture->plan.cells[0].point,
                           .trials = &trial,
                           .trial_count = 1};
    mb_progress_trial(&fixture->place, &cell, &trial, &fixture->text);
    assert_string_equal(
        mb_buf_string(&fixture->text),
        "1/18 b1/steady-c4-r100/plain  1000 rps  service p50 2.00 ms  p99 "
        "2.00 ms  1 error\n");
    mb_part_release(&part);
}

static void test_summary(void **state)
{
    struct fixture *fixture = *state;
    struct mb_finding findings[] = {
        {.code = "MB407", .severity = MB_SEVERITY_NOTE, .message = "a virtual machine"},
        {.code = "MB420", .severity = MB_SEVERITY_WARNING, .message = "one is saturated"},
        {.code = "MB420", .severity = MB_SEVERITY_WARNING, .message = "and another"},
        {.code = "MB420", .severity = MB_SEVERITY_WARNING, .message = "and another"},
    };
    struct mb_run_outcome outcome = {
        .complete = 18, .planned = 18, .findings = findings, .finding_count = 4};
    mb_progress_summary(&outcome, "out.json", &fixture->text);
    assert_string_equal(mb_buf_string(&fixture->text),
                        "18 trials measured, result in out.json\n"
                        "  note MB407: a virtual machine\n"
                        "  warning MB420: one is saturated (and 2 more)\n"
                        "next: meshbench compare out.json\n");
}

static void test_plan(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.block_count = 1;
    struct mb_err err = {0};
    assert_int_equal(mb_plan_init(&fixture->arena, &fixture->spec, &fixture->plan, &err),
                     MB_OK);
    mb_plan_print(&fixture->arena, &fixture->plan, &fixture->text);
    assert_string_equal(
        mb_buf_string(&fixture->text),
        "tiny: 3 variants x 2 load points x 1 block = 6 trials, about 12 s\n"
        "seed 7, interleaved\n"
        "\n"
        "variants\n"
        "  plain  http://plain\n"
        "  proxy  http://proxy\n"
        "  plain-aa  'plain' again, for the noise floor\n"
        "\n"
        "workloads\n"
        "  steady  open, 2.00 s after 1.00 s warm-up, 1 load point\n"
        "  ceiling  closed, 1.00 s after no warm-up, 1 load point\n"
        "\n"
        "block 1\n"
        "    1  steady · 4 connections · 100 rps              plain-aa, plain, proxy\n"
        "    4  ceiling · 2 connections · unpaced             proxy, plain, plain-aa\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_running, setup, teardown),
        cmocka_unit_test_setup_teardown(test_trial, setup, teardown),
        cmocka_unit_test_setup_teardown(test_trial_of_service_times, setup, teardown),
        cmocka_unit_test_setup_teardown(test_summary, setup, teardown),
        cmocka_unit_test_setup_teardown(test_plan, setup, teardown),
    };
    return cmocka_run_group_tests_name("run/progress", tests, NULL, NULL);
}
