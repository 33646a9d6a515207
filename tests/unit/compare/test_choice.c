// Which variant to start with: limits, costs, ranks and what is said of them.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "compare/choice.h"
#include "made.h"

#define US(n) ((n)*INT64_C(1000))
#define MS(n) ((n)*INT64_C(1000000))

// Four trials with a little noise around a middle, in microseconds.
#define AROUND(n)                                                                        \
    {                                                                                    \
        US((n)*1000 - 3), US((n)*1000 + 2), US((n)*1000 + 4), US((n)*1000 - 1)           \
    }

struct fixture {
    struct mb_arena arena;
    struct mb_result results[2];
    struct mb_compare_side sides[2];
    struct mb_compare_report report;
    struct mb_err err;
};

static const struct mb_choice *choose(struct fixture *fixture,
                                      const struct made_cell *cells, size_t count,
                                      const char *limit)
{
    struct mb_gate gate;
    const struct mb_choice_weight weight = {"response_time.p99", 1.0};
    const struct mb_compare_options options = {0};
    struct mb_choice_options wanted = {.weights = &weight, .weight_count = 1};
    *fixture = (struct fixture){0};
    made_result(&fixture->arena, cells, count, &fixture->results[0]);
    fixture->sides[0] = (struct mb_compare_side){
        .result = &fixture->results[0], .digest = "d", .name = "a.json"};
    if (limit != NULL) {
        assert_int_equal(mb_spec_gate_parse(&fixture->arena, limit, &gate, &fixture->err),
                         MB_OK);
        wanted.limits = &gate;
        wanted.limit_count = 1;
    }
    assert_int_equal(mb_compare(&fixture->arena, fixture->sides, 1, &options,
                                &fixture->report, &fixture->err),
                     MB_OK);
    assert_int_equal(
        mb_choice_make(&fixture->arena, &wanted, &fixture->report, &fixture->err), MB_OK);
    return fixture->report.choice;
}

static const struct mb_choice_candidate *candidate(const struct mb_choice *choice,
                                                   const char *variant)
{
    for (size_t i = 0; i < choice->count; i++) {
        if (strcmp(choice->candidates[i].variant, variant) == 0) {
            return &choice->candidates[i];
        }
    }
    fail_msg("no candidate '%s'", variant);
    return NULL;
}

static const struct made_cell three[] = {
    {.variant = "base", .p50 = AROUND(1), .p99 = AROUND(2)},
    {.variant = "dear",
     .p50 = AROUND(3),
     .p99 = {US(8003), US(7998), US(8010), US(7993)}},
    {.variant = "cheap", .p50 = AROUND(2), .p99 = AROUND(4)},
};

static void test_cheapest_comes_first(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct mb_choice *choice =
        choose(&fixture, three, 3, "response_time.p99<=20ms");
    assert_string_equal(choice->candidates[0].variant, "base");
    assert_string_equal(choice->candidates[1].variant, "cheap");
    assert_int_equal(candidate(choice, "cheap")->rank, 1);
    assert_false(candidate(choice, "cheap")->tied);
    assert_int_equal(candidate(choice, "dear")->rank, 2);
    assert_true(candidate(choice, "dear")->score.low > 1.38); // ln 4
    assert_true(candidate(choice, "dear")->score.high < 1.39);
    assert_non_null(strstr(choice->answer, "Start with 'cheap': it keeps the limits"));
    mb_arena_release(&fixture.arena);
}

static void test_a_limit_decides_before_cost(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct mb_choice *choice = choose(&fixture, three, 3, "response_time.p50<=2ms");
    assert_int_equal(candidate(choice, "base")->state, MB_CHOICE_MEETS);
    assert_int_equal(candidate(choice, "cheap")->state, MB_CHOICE_UNDECIDED);
    assert_int_equal(candidate(choice, "dear")->state, MB_CHOICE_FAILS);
    assert_int_equal(candidate(choice, "cheap")->rank, 0);
    assert_string_equal(choice->answer,
                        "The data cannot tell whether a variant keeps the limits.");
    mb_arena_release(&fixture.arena);
}

static void test_nobody_keeps_what_the_baseline_breaks(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct mb_choice *choice = choose(&fixture, three, 3, "response_time.p99<=1ms");
    assert_int_equal(candidate(choice, "base")->state, MB_CHOICE_FAILS);
    assert_non_null(strstr(choice->answer, "and the baseline does not either"));
    mb_arena_release(&fixture.arena);
}

static void test_alike_are_tied(void **state)
{
    (void)state;
    static const struct made_cell cells[] = {
        {.variant = "base", .p50 = AROUND(1), .p99 = AROUND(2)},
        {.variant = "a",
         .p50 = AROUND(2),
         .p99 = {US(4100), US(3900), US(4050), US(3960)}},
        {.variant = "b",
         .p50 = AROUND(2),
         .p99 = {US(3910), US(4080), US(3980), US(4060)}},
    };
    struct fixture fixture;
    const struct mb_choice *choice = choose(&fixture, cells, 3, NULL);
    assert_int_equal(candidate(choice, "a")->rank, 1);
    assert_int_equal(candidate(choice, "b")->rank, 1);
    assert_true(candidate(choice, "a")->tied && candidate(choice, "b")->tied);
    assert_non_null(strstr(choice->answer, "the data cannot tell which of them"));
    mb_arena_release(&fixture.arena);
}

// What the baseline differs from itself by decides nothing between two variants.
static void test_twin_is_the_noise(void **state)
{
    (void)state;
    static const struct made_cell cells[] = {
        {.variant = "base", .p50 = AROUND(1), .p99 = AROUND(2)},
        {.variant = "base-aa",
         .aa_of = "base",
         .p50 = AROUND(1),
         .p99 = {US(2800), US(1500), US(2700), US(1400)}},
        {.variant = "a", .p50 = AROUND(2), .p99 = AROUND(4)},
        {.variant = "b",
         .p50 = AROUND(2),
         .p99 = {US(4203), US(4202), US(4201), US(4200)}},
    };
    struct fixture fixture;
    const struct mb_choice *choice = choose(&fixture, cells, 4, NULL);
    assert_true(candidate(choice, "base-aa")->is_twin);
    assert_int_equal(candidate(choice, "base-aa")->rank, 0);
    assert_true(candidate(choice, "b")->tied);
    mb_arena_release(&fixture.arena);
}

static void test_one_trial_decides_nothing(void **state)
{
    (void)state;
    static const struct made_cell cells[] = {
        {.variant = "base", .p50 = {MS(1)}, .p99 = {MS(2)}},
        {.variant = "a", .p50 = {MS(2)}, .p99 = {MS(4)}},
    };
    struct fixture fixture;
    const struct mb_choice *choice =
        choose(&fixture, cells, 2, "response_time.p99<=20ms");
    assert_int_equal(candidate(choice, "a")->state, MB_CHOICE_UNDECIDED);
    assert_int_equal(candidate(choice, "a")->rank, 0);
    assert_true(choice->unknown_count > 0);
    mb_arena_release(&fixture.arena);
}

static void test_unknown_costs_are_said(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct mb_choice_options wanted = {0}; // CPU and memory are not known
    (void)choose(&fixture, three, 3, NULL);
    assert_int_equal(
        mb_choice_make(&fixture.arena, &wanted, &fixture.report, &fixture.err), MB_OK);
    const struct mb_choice *choice = fixture.report.choice;
    assert_int_equal(candidate(choice, "cheap")->rank, 1); // by p99 alone
    size_t said = 0;
    for (size_t i = 0; i < choice->unknown_count; i++) {
        said += strstr(choice->unknown[i], "it does not count") != NULL;
    }
    assert_int_equal(said, 2);
    mb_arena_release(&fixture.arena);
}

static bool is_said(const struct mb_choice *choice, const char *text)
{
    for (size_t i = 0; i < choice->unknown_count; i++) {
        if (strstr(choice->unknown[i], text) != NULL) {
            return true;
        }
    }
    return false;
}

// A refused request costs little: that is no reason to start with who refuses it.
static void test_who_fails_is_not_ranked(void **state)
{
    (void)state;
    static const struct {
        const char *limit;
        int rank;
    } cases[] = {{NULL, 0}, {"response_time.p99<=20ms", 0}, {"error_ratio<=50%", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;
        const struct mb_choice_weight weight = {"response_time.p99", 1.0};
        struct mb_choice_options wanted = {.weights = &weight, .weight_count = 1};
        struct mb_gate gate;
        (void)choose(&fixture, three, 3, NULL);
        struct mb_cell *cheap = &fixture.results[0].cells[2];
        assert_string_equal(cheap->variant, "cheap");
        for (size_t j = 0; j < cheap->trial_count; j++) {
            struct mb_counts *counts = &cheap->trials[j].parts[0].counts;
            counts->errors_by_kind[MB_ERROR_STATUS] = counts->completed / 10;
            counts->ok -= counts->completed / 10;
        }
        if (cases[i].limit != NULL) {
            assert_int_equal(
                mb_spec_gate_parse(&fixture.arena, cases[i].limit, &gate, &fixture.err),
                MB_OK);
            wanted.limits = &gate;
            wanted.limit_count = 1;
        }
        assert_int_equal(
            mb_choice_make(&fixture.arena, &wanted, &fixture.report, &fixture.err),
            MB_OK);
        const struct mb_choice *choice = fixture.report.choice;
        assert_int_equal(candidate(choice, "cheap")->rank, cases[i].rank);
        assert_int_equal(is_said(choice, "'cheap' fails 10% of the requests"),
                         cases[i].rank == 0);
        mb_arena_release(&fixture.arena);
    }
}

static void test_nothing_known_has_no_rank(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct mb_choice_options wanted = {0};
    (void)choose(&fixture, three, 3, NULL);
    struct mb_result *result = &fixture.results[0];
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            struct mb_part *part = &result->cells[i].trials[j].parts[0];
            part->dist[MB_DIST_RESPONSE] = mb_dist_absent("not kept");
        }
    }
    assert_int_equal(
        mb_choice_make(&fixture.arena, &wanted, &fixture.report, &fixture.err), MB_OK);
    const struct mb_choice *choice = fixture.report.choice;
    assert_int_equal(candidate(choice, "cheap")->rank, 0);
    assert_int_equal(candidate(choice, "cheap")->score.n, 0);
    assert_string_equal(choice->answer,
                        "No variant can be ranked: the data does not tell what one "
                        "costs.");
    mb_arena_release(&fixture.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cheapest_comes_first),
        cmocka_unit_test(test_a_limit_decides_before_cost),
        cmocka_unit_test(test_nobody_keeps_what_the_baseline_breaks),
        cmocka_unit_test(test_alike_are_tied),
        cmocka_unit_test(test_twin_is_the_noise),
        cmocka_unit_test(test_one_trial_decides_nothing),
        cmocka_unit_test(test_unknown_costs_are_said),
        cmocka_unit_test(test_who_fails_is_not_ranked),
        cmocka_unit_test(test_nothing_known_has_no_rank),
    };
    return cmocka_run_group_tests_name("compare/choice", tests, NULL, NULL);
}
