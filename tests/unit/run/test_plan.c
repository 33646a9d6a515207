#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/units.h"
#include "fake_run.h"
#include "run/plan.h"

// What each test has to hand: the spec of fake_run.h, not planned yet.
struct fixture {
    struct mb_arena arena;
    struct mb_spec spec;
    struct mb_plan plan;
    struct mb_err err;
};

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
    fake_run_spec(&fixture.arena, fake_run_spec_text, &fixture.spec);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    mb_arena_release(&fixture->arena);
    return 0;
}

static void plan(struct fixture *fixture)
{
    assert_int_equal(
        mb_plan_init(&fixture->arena, &fixture->spec, &fixture->plan, &fixture->err),
        MB_OK);
}

static void expect_ids(const struct mb_plan *plan_made, const char *const *ids)
{
    for (size_t i = 0; ids[i] != NULL; i++) {
        assert_string_equal(plan_made->trials[i].id, ids[i]);
    }
}

static void test_cells(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *variant;
        const char *point;
    } expected[] = {
        {"plain", "steady-c4-r100"},    {"proxy", "steady-c4-r100"},
        {"plain-aa", "steady-c4-r100"}, {"plain", "ceiling-c2-max"},
        {"proxy", "ceiling-c2-max"},    {"plain-aa", "ceiling-c2-max"},
    };
    plan(fixture);
    assert_int_equal(fixture->plan.cell_count, 6);
    assert_int_equal(fixture->plan.point_count, 2);
    for (size_t i = 0; i < fixture->plan.cell_count; i++) {
        const struct mb_plan_cell *cell = &fixture->plan.cells[i];
        assert_string_equal(fixture->spec.variants[cell->variant].name,
                            expected[i].variant);
        assert_string_equal(mb_point_id(&fixture->arena, &cell->point),
                            expected[i].point);
    }
}

// The order is a promise: the same spec and seed give the same plan everywhere.
// Computed by a second implementation of base/rng.h, in Python.
static void test_order_of_a_seed(void **state)
{
    struct fixture *fixture = *state;
    static const char *const expected[] = {
        "b1/steady-c4-r100/plain-aa",
        "b1/steady-c4-r100/plain",
        "b1/steady-c4-r100/proxy",
        "b1/ceiling-c2-max/proxy",
        "b1/ceiling-c2-max/plain",
        "b1/ceiling-c2-max/plain-aa",
        "b2/ceiling-c2-max/plain",
        "b2/ceiling-c2-max/proxy",
        "b2/ceiling-c2-max/plain-aa",
        "b2/steady-c4-r100/proxy",
        "b2/steady-c4-r100/plain",
        "b2/steady-c4-r100/plain-aa",
        "b3/ceiling-c2-max/proxy",
        "b3/ceiling-c2-max/plain-aa",
        "b3/ceiling-c2-max/plain",
        "b3/steady-c4-r100/proxy",
        "b3/steady-c4-r100/plain",
        "b3/steady-c4-r100/plain-aa",
        NULL,
    };
    plan(fixture);
    assert_int_equal(fixture->plan.trial_count, 18);
    expect_ids(&fixture->plan, expected);
}

static void test_sequential_is_as_declared(void **state)
{
    struct fixture *fixture = *state;
    static const char *const expected[] = {
        "b1/steady-c4-r100/plain",    "b1/ceiling-c2-max/plain",
        "b1/steady-c4-r100/proxy",    "b1/ceiling-c2-max/proxy",
        "b1/steady-c4-r100/plain-aa", "b1/ceiling-c2-max/plain-aa",
        "b2/steady-c4-r100/plain",    NULL,
    };
    fixture->spec.interleaved = false;
    plan(fixture);
    expect_ids(&fixture->plan, expected);
}

// Each block: every cell once, positions 1 to n, the variants of a point side by side.
static void check_block(const struct mb_plan *made, int block)
{
    const struct mb_plan_trial *trials =
        &made->trials[(size_t)(block - 1) * made->cell_count];
    size_t variants = made->spec->variant_count;
    bool seen[64] = {0};
    for (size_t i = 0; i < made->cell_count; i++) {
        assert_int_equal(trials[i].block, block);
        assert_int_equal(trials[i].position, i + 1);
        assert_false(seen[trials[i].cell]);
        seen[trials[i].cell] = true;
        assert_int_equal(trials[i].cell / variants,
                         trials[i - i % variants].cell / variants);
    }
}

static void test_blocks_are_passes(void **state)
{
    struct fixture *fixture = *state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        fixture->spec.seed = seed;
        plan(fixture);
        for (int block = 1; block <= fixture->plan.block_count; block++) {
            check_block(&fixture->plan, block);
        }
    }
}

// Every variant comes first at a point equally often: 600 of 1800 are expected, with a
// standard deviation of 20.
static void test_order_is_fair(void **state)
{
    struct fixture *fixture = *state;
    size_t first[3] = {0};
    fixture->spec.block_count = 900;
    plan(fixture);
    for (size_t i = 0; i < fixture->plan.trial_count; i += 3) {
        first[fixture->plan.trials[i].cell % 3]++;
    }
    for (size_t v = 0; v < 3; v++) {
        assert_in_range(first[v], 500, 700);
    }
}

// Variants of a point share their seed in a block; nothing else does.
static void test_seeds(void **state)
{
    struct fixture *fixture = *state;
    plan(fixture);
    const struct mb_plan_trial *trials = fixture->plan.trials;
    for (size_t i = 0; i < fixture->plan.trial_count; i++) {
        assert_true(trials[i].seed <= (uint64_t)MB_UNITS_SAFE_MAX);
        for (size_t j = 0; j < i; j++) {
            bool same = trials[i].block == trials[j].block &&
                        trials[i].cell / 3 == trials[j].cell / 3;
            assert_int_equal(trials[i].seed == trials[j].seed, same);
        }
    }
}

static void test_extension_changes_nothing_before(void **state)
{
    struct fixture *fixture = *state;
    plan(fixture);
    struct mb_plan whole = fixture->plan;
    fixture->spec.block_count = 1;
    fixture->spec.until.metric = "response_time.p50";
    fixture->spec.until.at_most = 3;
    plan(fixture);
    struct mb_plan *grown = &fixture->plan;
    assert_int_equal(grown->block_limit, 3);
    mb_plan_extend(&fixture->arena, grown);
    mb_plan_extend(&fixture->arena, grown);
    assert_int_equal(grown->trial_count, whole.trial_count);
    for (size_t i = 0; i < whole.trial_count; i++) {
        assert_string_equal(grown->trials[i].id, whole.trials[i].id);
        assert_int_equal(grown->trials[i].seed, whole.trials[i].seed);
    }
}

// Warm-up, window and pause of each trial, and 50 ms for what lies between.
static void test_estimate(void **state)
{
    struct fixture *fixture = *state;
    plan(fixture);
    int64_t block_ns = 3 * (INT64_C(3050000000) + INT64_C(1050000000));
    assert_int_equal(mb_plan_estimate_ns(&fixture->plan, 0), 3 * block_ns);
    assert_int_equal(mb_plan_estimate_ns(&fixture->plan, 12), block_ns);
    assert_int_equal(mb_plan_estimate_ns(&fixture->plan, 18), 0);
}

static void test_limits_are_named(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        int blocks;
        size_t variants; // claimed, never looked at: the limit comes first
        const char *message;
    } cases[] = {
        {0, 3, "0 blocks x 6 cells: at most 100000 trials"},
        {20000, 3, "20000 blocks x 6 cells: at most 100000 trials"},
        {1, 5001, "the spec has 5001 variants x 2 load points; at most 10000 cells"},
        {1, 0, "the spec has nothing to measure"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture->spec.block_count = cases[i].blocks;
        fixture->spec.variant_count = cases[i].variants;
        struct mb_err err = {0};
        assert_int_equal(
            mb_plan_init(&fixture->arena, &fixture->spec, &fixture->plan, &err),
            MB_INVALID);
        assert_string_equal(err.message, cases[i].message);
    }
}

static void test_twice_the_same_point(void **state)
{
    struct fixture *fixture = *state;
    int64_t twice[] = {4, 4};
    fixture->spec.workloads[0].connections = twice;
    fixture->spec.workloads[0].connection_count = 2;
    assert_int_equal(
        mb_plan_init(&fixture->arena, &fixture->spec, &fixture->plan, &fixture->err),
        MB_INVALID);
    assert_string_equal(fixture->err.message,
                        "load point 'steady · 4 connections · 100 rps' occurs twice");
}

static void test_span(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        {0, "0 s"},        {45, "45 s"},        {99, "99 s"},         {100, "2 min"},
        {7140, "119 min"}, {7200, "2 h 0 min"}, {9000, "2 h 30 min"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        mb_plan_print_span(cases[i].seconds * INT64_C(1000000000), text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order_of_a_seed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sequential_is_as_declared, setup, teardown),
        cmocka_unit_test_setup_teardown(test_blocks_are_passes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order_is_fair, setup, teardown),
        cmocka_unit_test_setup_teardown(test_seeds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_extension_changes_nothing_before, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_estimate, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limits_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_twice_the_same_point, setup, teardown),
        cmocka_unit_test(test_span),
    };
    return cmocka_run_group_tests_name("run/plan", tests, NULL, NULL);
}
