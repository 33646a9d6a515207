// A cell whose contents are known, for tests of derived numbers.
#ifndef MB_TESTS_DERIVE_FIXTURE_H
#define MB_TESTS_DERIVE_FIXTURE_H

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model/derive.h"

static const int64_t ms = 1000000;
static const int64_t second_ns = INT64_C(1000000000);

enum { TRIALS = 3, PARTS = 2, TIMEOUT_S = 5 };

// A cell of up to three trials with up to two parts each.
struct bench {
    struct mb_cell cell;
    struct mb_trial trials[TRIALS];
    struct mb_part parts[TRIALS][PARTS];
    struct mb_dist dists[TRIALS][PARTS][MB_DIST_METRICS];
};

static inline void bench_init(struct bench *bench, size_t trials, size_t parts)
{
    memset(bench, 0, sizeof *bench);
    bench->cell = (struct mb_cell){.variant = "baseline",
                                   .point = {.workload = "steady",
                                             .connections = 1,
                                             .rate_micro_rps = -1,
                                             .timeout_ns = TIMEOUT_S * second_ns},
                                   .trials = bench->trials,
                                   .trial_count = trials};
    for (size_t i = 0; i < trials; i++) {
        bench->trials[i] =
            (struct mb_trial){.id = "t", .parts = bench->parts[i], .part_count = parts};
        for (size_t j = 0; j < parts; j++) {
            struct mb_part *part = &bench->parts[i][j];
            part->cpu_ns = -1;
            part->elapsed_ns = second_ns;
            part->dist = bench->dists[i][j];
            for (int k = 0; k < MB_DIST_METRICS; k++) {
                part->dist[k] = mb_dist_absent("not measured");
            }
        }
    }
}

// Values low, low + step, ... in ns as a histogram; counts follow.
static inline void record(struct mb_part *part, enum mb_dist_metric metric, int64_t low,
                          int64_t step, int64_t n)
{
    struct mb_dist *dist = &part->dist[metric];
    struct mb_hdr *hdr = mb_mem_alloc(1, sizeof *hdr);
    mb_hdr_init(hdr);
    for (int64_t i = 0; i < n; i++) {
        mb_hdr_record(hdr, low + i * step);
    }
    *dist = (struct mb_dist){.type = MB_DIST_HDR,
                             .hdr = hdr,
                             .n = n,
                             .sum = hdr->sum,
                             .min = n > 0 ? hdr->min : -1,
                             .max = n > 0 ? hdr->max : -1};
    part->counts.intended += n;
    part->counts.completed += n;
    part->counts.ok += n;
}

static inline void bench_release(struct bench *bench)
{
    for (size_t i = 0; i < TRIALS; i++) {
        for (size_t j = 0; j < PARTS; j++) {
            mb_part_release(&bench->parts[i][j]);
        }
    }
}

static inline struct mb_value cell_value(const struct bench *bench, const char *name)
{
    struct mb_metric metric;
    assert_true(mb_metric_parse(name, &metric));
    return mb_derive_cell(&bench->cell, &metric);
}

static inline void is_known(const struct bench *bench, const char *name, double expected)
{
    struct mb_value value = cell_value(bench, name);
    if (value.state != MB_VALUE_KNOWN ||
        fabs(value.value - expected) > 1e-9 * fabs(expected)) {
        fail_msg("%s: state %d, %.17g instead of %.17g", name, (int)value.state,
                 value.value, expected);
    }
}

static inline void is_state(const struct bench *bench, const char *name,
                            enum mb_value_state expected)
{
    struct mb_value value = cell_value(bench, name);
    if (value.state != expected) {
        fail_msg("%s: state %d instead of %d", name, (int)value.state, (int)expected);
    }
}

static inline void is_censored(const struct bench *bench, const char *name, double bound)
{
    is_state(bench, name, MB_VALUE_CENSORED);
    struct mb_value value = cell_value(bench, name);
    assert_true(fabs(value.value - bound) <= 1e-9 * bound);
}

#endif
