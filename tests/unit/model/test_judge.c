#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/judge.h"

static const int64_t S = 1000000000;

static struct mb_dist dist_make(int64_t value_ns, int64_t count)
{
    struct mb_hdr *hdr = mb_mem_alloc(1, sizeof *hdr);
    mb_hdr_init(hdr);
    mb_hdr_record_count(hdr, value_ns, count);
    return (struct mb_dist){.type = MB_DIST_HDR,
                            .hdr = hdr,
                            .n = count,
                            .sum = -1,
                            .min = value_ns,
                            .max = value_ns};
}

struct cell_case {
    const char *name;
    enum mb_load_model load_model;
    int64_t asked_rps; // -1: unpaced
    int64_t intended;
    int64_t completed;
    int64_t lag_ns;
    bool saturated;
    bool late;
    bool failing;
};

// A window of 2 s with responses of 1 ms.
static void check_cell(const struct cell_case *given)
{
    struct mb_dist dists[MB_DIST_METRICS] = {{0}};
    struct mb_part part = {.load_model = given->load_model,
                           .window_ns = 2 * S,
                           .elapsed_ns = 2 * S,
                           .dist = dists};
    part.counts.intended = given->intended;
    part.counts.sent = given->intended;
    part.counts.completed = given->completed;
    part.counts.ok = given->completed;
    part.counts.errors_by_kind[MB_ERROR_TIMEOUT] = given->intended - given->completed;
    part.dist[MB_DIST_RESPONSE] = dist_make(1000000, given->completed);
    part.dist[MB_DIST_DISPATCH_LAG] = dist_make(given->lag_ns, given->intended);
    struct mb_trial trial = {
        .id = "b1/steady/plain", .window_ns = 2 * S, .parts = &part, .part_count = 1};
    struct mb_cell cell = {.variant = "plain",
                           .point = {.workload = "steady",
                                     .load_model = given->load_model,
                                     .connections = 4,
                                     .rate_micro_rps = given->asked_rps < 0
                                                           ? -1
                                                           : given->asked_rps * 1000000,
                                     .timeout_ns = S},
                           .trials = &trial,
                           .trial_count = 1};
    double share = 0;
    struct mb_value lag;
    struct mb_value response;
    if (mb_judge_saturated(&cell, &share) != given->saturated ||
        mb_judge_late(&cell, &lag, &response) != given->late ||
        mb_judge_failing(&cell) != given->failing) {
        fail_msg("%s", given->name);
    }
    mb_part_release(&part);
}

static void test_cells(void **state)
{
    (void)state;
    static const struct cell_case cases[] = {
        {"as asked", MB_LOAD_OPEN, 1000, 2000, 2000, 2000, false, false, false},
        {"99%", MB_LOAD_OPEN, 1000, 2000, 1980, 2000, false, false, false},
        {"below 99%", MB_LOAD_OPEN, 1000, 2000, 1979, 2000, true, false, false},
        {"few Poisson arrivals", MB_LOAD_OPEN, 1000, 1900, 1900, 2000, false, false,
         false},
        {"paced, slots missed", MB_LOAD_PACED, 1000, 1900, 1900, 2000, true, false,
         false},
        {"closed has no rate", MB_LOAD_CLOSED, -1, 1900, 1000, 2000, false, false, false},
        {"late by a tenth", MB_LOAD_OPEN, 1000, 2000, 2000, 99000, false, false, false},
        {"late", MB_LOAD_OPEN, 1000, 2000, 2000, 120000, false, true, false},
        {"closed is never late", MB_LOAD_CLOSED, -1, 2000, 2000, 120000, false, false,
         false},
        {"nothing succeeded", MB_LOAD_CLOSED, -1, 2000, 0, 2000, false, false, true},
        {"nothing sent", MB_LOAD_CLOSED, -1, 0, 0, 2000, false, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_cell(&cases[i]);
    }
}

static void test_facts(void **state)
{
    (void)state;
    static const struct {
        const char *declared; // NULL: not declared
        const char *captured;
        bool redacted;
        bool contradicts;
    } cases[] = {
        {"1.28.1", "1.28.1", false, false},
        {"1.28", "1.28.1", false, false},
        {"6.6", "6.6-generic", false, false},
        {"1.2", "1.28", false, true},
        {"1.28.1", "1.28", false, true},
        {"1.28.1", "1.29.0", false, true},
        {"", "1.28", false, true},
        {"1.28.1", "1.29.0", true, false},
        {NULL, "1.28", false, false},
        {"1.28", NULL, false, false},
    };
    struct mb_arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_fact fact = {.path = "variants.proxy.version",
                               .redacted = cases[i].redacted};
        if (cases[i].declared != NULL) {
            fact.declared = mb_node_string(&arena, cases[i].declared);
        }
        if (cases[i].captured != NULL) {
            fact.captured = mb_node_string(&arena, cases[i].captured);
        }
        assert_int_equal(mb_judge_contradicts(&fact), cases[i].contradicts);
    }
    struct mb_fact cpus = {.path = "environment.nodes.0.cpus",
                           .declared = mb_node_int(&arena, 8),
                           .captured = mb_node_int(&arena, 2)};
    assert_true(mb_judge_contradicts(&cpus));
    cpus.captured = mb_node_int(&arena, 8);
    assert_false(mb_judge_contradicts(&cpus));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_facts),
    };
    return cmocka_run_group_tests_name("model/judge", tests, NULL, NULL);
}
