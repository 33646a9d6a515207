// Which mesh to start with: the variants that keep a service level, what each costs
// beside the baseline, and what the data cannot tell. Compare floor: may include base,
// format, stats, model.
//
// A variant meets the limits when its intervals keep all of them at every load point that
// is looked at, and fails when one interval breaks one. What it costs is, for each block,
// the weighted mean of ln(value / baseline value) over metrics and load points, signed so
// that more is worse; its t interval over blocks says how sure that is
// (spec/comparison.md).
#ifndef MB_COMPARE_CHOICE_H
#define MB_COMPARE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/compare.h"

enum mb_choice_state { MB_CHOICE_MEETS, MB_CHOICE_FAILS, MB_CHOICE_UNDECIDED };
const char *mb_choice_state_name(enum mb_choice_state state); // "meets", "fails", ...

struct mb_choice_weight {
    const char *metric;
    double weight; // above 0
};

struct mb_choice_options {
    const struct mb_gate *limits; // none: the spec's gates
    size_t limit_count;
    const struct mb_choice_weight *weights; // none: p99, CPU and memory alike
    size_t weight_count;
};

// What a metric costs: its effect as a comparison, averaged over the load points.
struct mb_choice_cost {
    double weight;               // 0: shown, and not counted
    struct mb_comparison effect; // metric, log_ratio and difference; baseline_value with
                                 // one load point; verdicts are not filled in
};

struct mb_choice_candidate {
    size_t side;
    const char *variant;
    bool is_baseline;
    bool is_twin; // the baseline's: its score is the noise
    enum mb_choice_state state;
    struct mb_compare_gate *gates; // each limit at each load point
    size_t gate_count;
    size_t gate_capacity;
    struct mb_choice_cost *costs; // as many as the choice has metrics
    double *scores;               // of each block, for `blocks`
    int *blocks;
    size_t block_count;
    struct mb_sample_estimate score; // over blocks; TOO_FEW: no interval
    size_t rank;                     // 1 is cheapest; 0: not ranked
    bool tied;            // cannot be told from the cheapest, which is of its rank
    const char *obstacle; // why it is not to be compared with the others; else NULL
};

struct mb_choice {
    size_t limit_count;
    const struct mb_choice_weight *weights; // those that count
    size_t weight_count;
    size_t metric_count;           // of a candidate's costs
    const struct mb_point *points; // looked at
    size_t point_count;
    struct mb_choice_candidate *candidates; // baselines, then by rank, then the others
    size_t count;
    size_t capacity;
    const char *answer;   // in a sentence
    const char **unknown; // what the data cannot tell, in sentences
    size_t unknown_count;
    size_t unknown_capacity;
};

// Judges the variants of a comparison and puts the choice into the report. Everything in
// arena. A metric that is none, or a spec that cannot be read, fails; without limits
// every variant meets them.
MB_MUST_USE enum mb_status mb_choice_make(struct mb_arena *arena,
                                          const struct mb_choice_options *options,
                                          struct mb_compare_report *report,
                                          struct mb_err *err);

#endif
