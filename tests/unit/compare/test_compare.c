// Comparisons of results made here: each has known effects, so the verdicts are known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "compare/compare.h"
#include "format/doc.h"
#include "report/compare.h"

enum { REQUESTS = 2000, BLOCKS = 6 };

// A variant to make up: its latency against the baseline's, and how noisy a block is.
struct made_variant {
    const char *name;
    const char *aa_of;
    double factor;
    double noise; // relative, per trial
    int64_t timeouts;
};

struct world {
    struct mb_arena arena;
    struct mb_result result;
    struct mb_compare_side side;
    struct mb_rng rng;
    struct mb_node *analysis;
};

static void trial_make(struct world *world, const struct made_variant *variant, int block,
                       struct mb_trial *trial)
{
    struct mb_part *part = mb_arena_alloc(&world->arena, 1, sizeof *part);
    struct mb_hdr *hdr = mb_mem_alloc(1, sizeof *hdr);
    mb_hdr_init(hdr);
    double drift = 1.0 + 0.2 * block; // hits all variants of a block alike
    double jitter = 1.0 + variant->noise * (2.0 * mb_rng_unit(&world->rng) - 1.0);
    for (int i = 0; i < REQUESTS; i++) {
        double latency = (1.0 + (double)i / REQUESTS) * 1e6 * drift * variant->factor;
        mb_hdr_record(hdr, (int64_t)(latency * jitter));
    }
    part->worker = "local";
    part->load_model = MB_LOAD_OPEN;
    part->window_ns = 2000000000;
    part->elapsed_ns = 2000000000;
    part->counts.intended = REQUESTS + variant->timeouts;
    part->counts.sent = part->counts.intended;
    part->counts.completed = REQUESTS;
    part->counts.ok = REQUESTS;
    part->counts.errors_by_kind[MB_ERROR_TIMEOUT] = variant->timeouts;
    part->dist = mb_dist_list(&world->arena, "test");
    part->dist[MB_DIST_RESPONSE] = (struct mb_dist){.type = MB_DIST_HDR,
                                                    .n = hdr->count,
                                                    .sum = hdr->sum,
                                                    .min = hdr->min,
                                                    .max = hdr->max,
                                                    .hdr = hdr};
    part->cpu_ns = -1;
    part->run_delay_ns = -1;
    *trial = (struct mb_trial){.id = "t",
                               .block = block,
                               .position = 1,
                               .status = MB_TRIAL_COMPLETE,
                               .window_ns = part->window_ns,
                               .parts = part,
                               .part_count = 1};
}

static void world_make(struct world *world, const struct made_variant *variants,
                       size_t count, const char *analysis, const char *gates)
{
    memset(world, 0, sizeof *world);
    mb_rng_init(&world->rng, 7);
    struct mb_doc doc;
    struct mb_err err = {0};
    char text[2048];
    (void)snprintf(text, sizeof text,
                   "meshbench: v1\nkind: benchmark\nname: made\n"
                   "application: {name: echo, builtin: echo}\n"
                   "variants:\n"
                   "  - {name: base, mesh: none}\n"
                   "  - {name: slow, mesh: {type: nginx, version: '1.0'}, "
                   "url: 'http://127.0.0.1:1'}\n"
                   "workloads:\n"
                   "  - {name: steady, type: load, load_model: open, connections: [16], "
                   "rate: [1000rps], duration: 2s}\n"
                   "analysis: %s\n%s",
                   analysis, gates);
    assert_int_equal(
        mb_doc_parse(&world->arena, "t.yaml", text, strlen(text), &doc, &err), MB_OK);
    world->result.spec_resolved = doc.root;
    world->side = (struct mb_compare_side){
        .result = &world->result, .digest = "d1", .name = "made.json"};
    world->result.cells =
        mb_arena_alloc(&world->arena, count, sizeof *world->result.cells);
    world->result.cell_count = count;
    for (size_t i = 0; i < count; i++) {
        struct mb_cell *cell = &world->result.cells[i];
        *cell = (struct mb_cell){.variant = variants[i].name,
                                 .aa_of = variants[i].aa_of,
                                 .point = {.workload = "steady",
                                           .load_model = MB_LOAD_OPEN,
                                           .connections = 16,
                                           .rate_micro_rps = INT64_C(1000000000),
                                           .timeout_ns = INT64_C(5000000000)}};
        cell->trials = mb_arena_alloc(&world->arena, BLOCKS, sizeof *cell->trials);
        cell->trial_count = BLOCKS;
        for (int block = 1; block <= BLOCKS; block++) {
            trial_make(world, &variants[i], block, &cell->trials[block - 1]);
        }
    }
}

static void world_release(struct world *world)
{
    mb_result_release(&world->result);
    mb_arena_release(&world->arena);
}

static const struct mb_comparison *find(const struct mb_compare_report *report,
                                        const char *variant, const char *metric)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        if (strcmp(effect->cell->variant, variant) == 0 &&
            strcmp(effect->metric.name, metric) == 0) {
            return effect;
        }
    }
    fail_msg("no comparison of %s, %s", variant, metric);
    return NULL;
}

static const struct made_variant variants[] = {
    {.name = "base", .factor = 1.0, .noise = 0.01},
    {.name = "base-aa", .aa_of = "base", .factor = 1.0, .noise = 0.01},
    {.name = "slow", .factor = 1.5, .noise = 0.01},
    {.name = "fast", .factor = 0.7, .noise = 0.01},
    {.name = "alike", .factor = 1.001, .noise = 0.01},
    {.name = "wild", .factor = 1.8, .noise = 0.9},
    {.name = "broken", .factor = 1.0, .noise = 0.01, .timeouts = 100},
};
enum { VARIANTS = sizeof variants / sizeof variants[0] };

static const char analysis_plain[] =
    "{confidence: 95%, primary: [response_time.p50, response_time.p99]}";
static const char analysis_margin[] = "{confidence: 95%, primary: [response_time.p50], "
                                      "margin: {response_time.p50: 5%}}";

static void verdicts_follow_effects(void **state)
{
    (void)state;
    static const struct {
        const char *variant;
        const char *metric;
        enum mb_compare_verdict verdict;
    } cases[] = {
        {"slow", "response_time.p50", MB_COMPARE_WORSE},
        {"slow", "response_time.p99", MB_COMPARE_WORSE},
        {"fast", "response_time.p50", MB_COMPARE_BETTER},
        {"alike", "response_time.p50", MB_COMPARE_INCONCLUSIVE},
        {"wild", "response_time.p50", MB_COMPARE_INCONCLUSIVE},
        {"broken", "response_time.p99", MB_COMPARE_INCONCLUSIVE},
        {"broken", "error_ratio", MB_COMPARE_WORSE},
        {"slow", "cpu_per_request", MB_COMPARE_INCOMPARABLE},
        {"base-aa", "response_time.p50", MB_COMPARE_INCONCLUSIVE},
    };
    struct world world;
    struct mb_compare_report report;
    struct mb_err err = {0};
    world_make(&world, variants, VARIANTS, analysis_plain, "");
    assert_int_equal(mb_compare(&world.arena, &world.side, 1,
                                &(struct mb_compare_options){0}, &report, &err),
                     MB_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mb_comparison *effect =
            find(&report, cases[i].variant, cases[i].metric);
        if (effect->verdict != cases[i].verdict) {
            fail_msg("%s %s: got %s, expected %s", cases[i].variant, cases[i].metric,
                     mb_compare_verdict_name(effect->verdict),
                     mb_compare_verdict_name(cases[i].verdict));
        }
    }
    const struct mb_comparison *slow = find(&report, "slow", "response_time.p50");
    assert_true(exp(slow->log_ratio.low) < 1.5 && exp(slow->log_ratio.high) > 1.5);
    assert_true(exp(slow->log_ratio.high) - exp(slow->log_ratio.low) < 0.05);
    assert_int_equal(slow->blocks, BLOCKS);
    assert_true(slow->primary && slow->p_adjusted >= slow->p_value && slow->noise > 0.0);
    assert_true(find(&report, "wild", "response_time.p50")->blocks_needed > BLOCKS);
    assert_int_equal(find(&report, "broken", "response_time.p99")->blocks_lost, BLOCKS);
    assert_true(report.family == 9);
    assert_true(mb_compare_has(&report, MB_COMPARE_WORSE));
    assert_false(mb_compare_has(&report, MB_COMPARE_SAME));
    world_release(&world);
}

static void margin_gives_same(void **state)
{
    (void)state;
    struct world world;
    struct mb_compare_report report;
    struct mb_err err = {0};
    world_make(&world, variants, VARIANTS, analysis_margin, "");
    assert_int_equal(mb_compare(&world.arena, &world.side, 1,
                                &(struct mb_compare_options){0}, &report, &err),
                     MB_OK);
    assert_int_equal(find(&report, "alike", "response_time.p50")->verdict,
                     MB_COMPARE_SAME);
    assert_int_equal(find(&report, "slow", "response_time.p50")->verdict,
                     MB_COMPARE_WORSE);
    world_release(&world);
}

static void incomplete_trials_are_left_out(void **state)
{
    (void)state;
    struct world world;
    struct mb_compare_report report;
    struct mb_err err = {0};
    const char *const metrics[] = {"response_time.p50"};
    const struct mb_compare_options options = {.metrics = metrics, .metric_count = 1};
    world_make(&world, variants, 3, analysis_plain, "");
    world.result.cells[2].trials[1].status = MB_TRIAL_PARTIAL;
    world.result.cells[2].trials[4].status = MB_TRIAL_DISCARDED;
    world.result.cells[0].trials[0].status = MB_TRIAL_DISCARDED;
    assert_int_equal(mb_compare(&world.arena, &world.side, 1, &options, &report, &err),
                     MB_OK);
    assert_int_equal(report.count, 2);
    assert_int_equal(find(&report, "slow", "response_time.p50")->blocks, BLOCKS - 3);
    world.result.cells[2].trial_count = 1;
    world.result.cells[2].trials[0].block = BLOCKS;
    assert_int_equal(mb_compare(&world.arena, &world.side, 1, &options, &report, &err),
                     MB_OK);
    const struct mb_comparison *one = find(&report, "slow", "response_time.p50");
    assert_int_equal(one->verdict, MB_COMPARE_INCONCLUSIVE);
    assert_string_equal(one->reasons[0], "1 paired block: an interval needs 2 or more");
    world.result.cells[2].trial_count = BLOCKS;
    world_release(&world);
}

static void wrong_wishes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *baseline;
        const char *metric;
        size_t variants;
        enum mb_status status;
        const char *message;
    } cases[] = {
        {"baseline", "bas", NULL, 3, MB_USAGE, "no variant 'bas' in the result"},
        {"metric", NULL, "p99", 3, MB_USAGE, "'p99' is not a metric"},
        {"alone", NULL, NULL, 1, MB_INVALID,
         "nothing to compare: 'base' is the only variant"},
        {"empty", NULL, NULL, 0, MB_USAGE, "no variant '' in the result"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world world;
        struct mb_compare_report report;
        struct mb_err err = {0};
        const struct mb_compare_options options = {.baseline = cases[i].baseline,
                                                   .metrics = &cases[i].metric,
                                                   .metric_count =
                                                       cases[i].metric != NULL};
        world_make(&world, variants, cases[i].variants, analysis_plain, "");
        assert_int_equal(
            mb_compare(&world.arena, &world.side, 1, &options, &report, &err),
            cases[i].status);
        assert_string_equal(err.message, cases[i].message);
        world_release(&world);
    }
}

static void gates_are_decided_on_intervals(void **state)
{
    (void)state;
    static const char gates[] =
        "gates:\n"
        "  - {metric: response_time.p50, variant: slow, versus: base, at_most: 100us}\n"
        "  - {metric: response_time.p50, variant: slow, versus: base, at_most: 60%}\n"
        "  - {metric: response_time.p50, variant: slow, versus: base, at_most: 49.5%}\n"
        "  - {metric: error_ratio, at_most: 0.1%}\n"
        "  - {metric: cpu_per_request, variant: slow, at_most: 1ms}\n"
        "  - {metric: throughput, variant: slow, at_least: 900rps}\n";
    static const enum mb_compare_gate_state expected[] = {
        MB_COMPARE_GATE_FAILED, MB_COMPARE_GATE_PASSED, MB_COMPARE_GATE_UNDECIDED,
        MB_COMPARE_GATE_PASSED, MB_COMPARE_GATE_PASSED, MB_COMPARE_GATE_UNDECIDED,
        MB_COMPARE_GATE_PASSED,
    };
    struct world world;
    struct mb_compare_report report;
    struct mb_err err = {0};
    const struct made_variant two[] = {variants[0], variants[2]};
    world_make(&world, two, 2, analysis_plain, gates);
    assert_int_equal(mb_compare(&world.arena, &world.side, 1,
                                &(struct mb_compare_options){0}, &report, &err),
                     MB_OK);
    assert_int_equal(report.gate_count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < report.gate_count; i++) {
        if (report.gates[i].state != expected[i]) {
            fail_msg("gate %zu: got %s, expected %s", i,
                     mb_compare_gate_name(report.gates[i].state),
                     mb_compare_gate_name(expected[i]));
        }
    }
    world_release(&world);
}

static void fact_put(struct world *world, const char *path, const char *value)
{
    mb_fact_add(&world->arena, &world->result.facts,
                (struct mb_fact){.path = path,
                                 .captured = mb_node_string(&world->arena, value),
                                 .source = "test"});
}

static void results_are_compared(void **state)
{
    (void)state;
    static const char allowed[] = "environment.host.kernel";
    const char *const allow[] = {allowed};
    struct world old;
    struct world new;
    struct mb_compare_report report;
    struct mb_err err = {0};
    // The whole machine became 30% slower; what 'slow' adds to 'base' fell from 50% to
    // 20%.
    const struct made_variant before[] = {variants[0], variants[2]};
    const struct made_variant after[] = {{.name = "base", .factor = 1.3, .noise = 0.01},
                                         {.name = "slow", .factor = 1.56, .noise = 0.01}};
    world_make(&old, before, 2, analysis_plain, "");
    world_make(&new, after, 2, analysis_plain, "");
    fact_put(&old, "environment.host.kernel", "6.1");
    fact_put(&new, "environment.host.kernel", "6.6");
    fact_put(&old, "variants.slow.version", "1.22");
    fact_put(&new, "variants.slow.version", "1.26");
    const struct mb_compare_side sides[] = {old.side, new.side};
    const struct mb_compare_options strict = {0};
    const struct mb_compare_options lenient = {.allowed = allow, .allowed_count = 1};
    assert_int_equal(mb_compare(&old.arena, sides, 2, &strict, &report, &err), MB_OK);
    assert_int_equal(report.difference_count, 2);
    assert_string_equal(report.differences[0].path, allowed);
    assert_int_equal(report.differences[0].class, MB_COMPARE_DISQUALIFYING);
    assert_int_equal(report.differences[1].class, MB_COMPARE_UNDER_STUDY);
    enum mb_compare_verdict release = MB_COMPARE_INCOMPARABLE;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < report.count; i++) {
            const struct mb_comparison *effect = &report.comparisons[i];
            if (strcmp(effect->metric.name, "response_time.p50") != 0) {
                continue;
            }
            bool overhead = effect->design == MB_COMPARE_OVERHEAD;
            assert_int_equal(effect->verdict, overhead ? MB_COMPARE_BETTER : release);
            double ratio = exp(effect->log_ratio.value);
            double expected = overhead                                     ? 1.2 / 1.5
                              : strcmp(effect->cell->variant, "slow") == 0 ? 1.04
                                                                           : 1.3;
            assert_true(fabs(ratio / expected - 1.0) < 0.02);
        }
        assert_int_equal(mb_compare(&old.arena, sides, 2, &lenient, &report, &err),
                         MB_OK);
        // Allowed, but blocks drift by 20% each and nothing pairs them here.
        release = MB_COMPARE_INCONCLUSIVE;
    }
    world_release(&old);
    world_release(&new);
}

static void generator_set(struct mb_cell *cell, const char *name, const char *version)
{
    for (size_t i = 0; i < cell->trial_count; i++) {
        cell->trials[i].parts[0].generator_name = name;
        cell->trials[i].parts[0].generator_version = version;
    }
}

static bool all_are(const struct mb_compare_report *report,
                    enum mb_compare_verdict verdict)
{
    size_t same = 0;
    for (size_t i = 0; i < report->count; i++) {
        same += report->comparisons[i].verdict == verdict;
    }
    return same == report->count;
}

static void generators_have_to_be_equal(void **state)
{
    (void)state;
    static const char name[] = "generator.name";
    static const char both[] = "generator";
    const struct made_variant made[] = {variants[0], variants[2]};
    const char *const allow[] = {name};
    const char *const allow_both[] = {both};
    const struct mb_compare_options strict = {0};
    const struct mb_compare_options lenient = {.allowed = allow, .allowed_count = 1};
    const struct mb_compare_options careless = {.allowed = allow_both,
                                                .allowed_count = 1};
    struct world one;
    struct world other;
    struct mb_compare_report report;
    struct mb_err err = {0};
    world_make(&one, made, 2, analysis_plain, "");
    world_make(&other, made, 2, analysis_plain, "");
    for (size_t i = 0; i < 2; i++) {
        generator_set(&one.result.cells[i], "wrk2", "1");
        generator_set(&other.result.cells[i], "fortio", "2");
    }
    const struct mb_compare_side sides[] = {one.side, other.side};

    // Of two results.
    assert_int_equal(mb_compare(&one.arena, sides, 2, &strict, &report, &err), MB_OK);
    assert_int_equal(report.difference_count, 2);
    assert_string_equal(report.differences[0].path, name);
    assert_int_equal(report.differences[0].class, MB_COMPARE_DISQUALIFYING);
    assert_true(all_are(&report, MB_COMPARE_INCOMPARABLE));
    assert_int_equal(mb_compare(&one.arena, sides, 2, &careless, &report, &err), MB_OK);
    assert_true(report.differences[0].allowed);
    assert_int_equal(report.differences[1].class, MB_COMPARE_CONFOUNDER);
    assert_false(report.differences[1].allowed); // nothing that needed it
    assert_false(mb_compare_has(&report, MB_COMPARE_INCOMPARABLE));

    // Of the cells of one, as imports of two tools make them.
    generator_set(&one.result.cells[1], "wrk", NULL);
    assert_int_equal(mb_compare(&one.arena, sides, 1, &strict, &report, &err), MB_OK);
    assert_true(all_are(&report, MB_COMPARE_INCOMPARABLE));
    assert_string_equal(report.comparisons[0].obstacle, name);
    assert_int_equal(mb_compare(&one.arena, sides, 1, &lenient, &report, &err), MB_OK);
    assert_false(mb_compare_has(&report, MB_COMPARE_INCOMPARABLE));
    one.result.cells[1].trials[0].parts[0].co_handling = MB_CO_BACKFILLED;
    assert_int_equal(mb_compare(&one.arena, sides, 1, &lenient, &report, &err), MB_OK);
    assert_true(all_are(&report, MB_COMPARE_INCOMPARABLE));
    assert_string_equal(report.comparisons[0].obstacle, "generator.co_handling");
    world_release(&one);
    world_release(&other);
}

// One result has response times, the other service times only.
static void service_times_are_pointed_at(void **state)
{
    (void)state;
    const struct mb_compare_options options = {0};
    struct world old;
    struct world new;
    struct mb_compare_report report;
    struct mb_err err = {0};
    world_make(&old, variants, 1, analysis_plain, "");
    world_make(&new, variants, 1, analysis_plain, "");
    for (int i = 0; i < BLOCKS; i++) {
        struct mb_dist *dist = new.result.cells[0].trials[i].parts[0].dist;
        dist[MB_DIST_SERVICE] = dist[MB_DIST_RESPONSE];
        dist[MB_DIST_RESPONSE] = mb_dist_absent("test");
    }
    const struct mb_compare_side sides[] = {old.side, new.side};
    assert_int_equal(mb_compare(&old.arena, sides, 2, &options, &report, &err), MB_OK);
    for (size_t i = 0; i < report.count; i++) {
        const struct mb_comparison *effect = &report.comparisons[i];
        if (strcmp(effect->metric.name, "response_time.p50") == 0) {
            assert_int_equal(effect->verdict, MB_COMPARE_INCOMPARABLE);
            assert_string_equal(effect->reasons[0],
                                "response_time.p50 of 'base' is not known, its service "
                                "times are: '--metric service_time.p50'");
        } else if (strcmp(effect->metric.name, "throughput") == 0) {
            assert_int_not_equal(effect->verdict, MB_COMPARE_INCOMPARABLE);
        }
    }
    world_release(&old);
    world_release(&new);
}

static void text_fits_its_width(void **state)
{
    (void)state;
    struct world world;
    struct mb_compare_report report;
    struct mb_err err = {0};
    struct mb_buf out = {0};
    world_make(&world, variants, VARIANTS, analysis_plain, "");
    world.result.id = "made";
    assert_int_equal(mb_compare(&world.arena, &world.side, 1,
                                &(struct mb_compare_options){0}, &report, &err),
                     MB_OK);
    mb_report_compare_text(&world.arena, &report, 80, false, &out);
    const char *tables_end = strstr(mb_buf_string(&out), "Cannot tell:");
    assert_non_null(tables_end);
    size_t column = 0;
    for (const char *at = mb_buf_string(&out); at < tables_end; at++) {
        column = *at == '\n' ? 0 : column + (((unsigned char)*at & 0xC0) != 0x80);
        assert_true(column <= 80);
    }
    assert_non_null(strstr(mb_buf_string(&out), "base again"));
    assert_non_null(strstr(mb_buf_string(&out), "worse"));
    assert_null(strstr(mb_buf_string(&out), "\x1b"));
    mb_buf_release(&out);
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_follow_effects),
        cmocka_unit_test(margin_gives_same),
        cmocka_unit_test(incomplete_trials_are_left_out),
        cmocka_unit_test(wrong_wishes_are_refused),
        cmocka_unit_test(gates_are_decided_on_intervals),
        cmocka_unit_test(results_are_compared),
        cmocka_unit_test(generators_have_to_be_equal),
        cmocka_unit_test(service_times_are_pointed_at),
        cmocka_unit_test(text_fits_its_width),
    };
    return cmocka_run_group_tests_name("compare/compare", tests, NULL, NULL);
}
