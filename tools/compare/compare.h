// Comparison: what a variant adds against its baseline, how sure that is, and what may
// not be concluded. Compare floor: may include base, format, stats, model.
//
// An effect is paired within blocks: a block's ratio is the variant's value over the
// baseline's value of the same block, and the t interval of the mean log-ratio decides
// (spec/comparison.md). Nothing here prints; writers in report/ print what stands here.
#ifndef MB_COMPARE_COMPARE_H
#define MB_COMPARE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/derive.h"
#include "model/result.h"
#include "model/spec.h"
#include "stats/sample.h"

enum mb_compare_verdict {
    MB_COMPARE_BETTER,
    MB_COMPARE_WORSE,
    MB_COMPARE_SAME,
    MB_COMPARE_INCONCLUSIVE,
    MB_COMPARE_INCOMPARABLE
};

// "better", "worse", "same", "inconclusive", "incomparable".
const char *mb_compare_verdict_name(enum mb_compare_verdict verdict);
bool mb_compare_verdict_find(const char *name, enum mb_compare_verdict *verdict);

// What one effect is about, and what was found. Values are in the metric's unit.
struct mb_comparison {
    const struct mb_cell *baseline;
    const struct mb_cell *cell;
    struct mb_metric metric;
    bool primary; // in the family that is corrected; else exploratory
    bool aa;      // the baseline against its own twin: the noise floor, never a change
    struct mb_value baseline_value; // of the cell: all its complete trials merged
    struct mb_value value;
    struct mb_sample_estimate difference; // mean over blocks of value - baseline value
    struct mb_sample_estimate log_ratio;  // mean over blocks of ln(value / baseline
                                          // value); n is 0 when a value is zero
    size_t blocks;                        // blocks in which both sides have a known value
    size_t blocks_lost;   // blocks left out: censored, unsupported or unknown
    double p_value;       // of log_ratio where it exists, else of difference; NaN: none
    double p_adjusted;    // Holm over its family; NaN for exploratory ones
    double p_signed_rank; // beside it
    double margin;        // share that still counts as the same; 0: none declared
    double noise;         // noise floor on the scale that is tested; 0: no A/A twin
    enum mb_compare_verdict verdict;
    size_t blocks_needed; // inconclusive: blocks that would decide an effect of this size
                          // with 80% power; 0: not known
    const char **reasons; // why the verdict is what it is
    size_t reason_count;
    size_t reason_capacity;
};

// Something that a reader has to know, with the code of its rule.
struct mb_compare_note {
    const char *code;
    const char *message;
};

// What became of a gate in one cell. Decided on the interval: passed when all of it keeps
// the limit, failed when none of it does.
enum mb_compare_gate_state {
    MB_COMPARE_GATE_PASSED,
    MB_COMPARE_GATE_FAILED,
    MB_COMPARE_GATE_UNDECIDED
};

struct mb_compare_gate {
    const char *metric;
    struct mb_metric parsed;
    const struct mb_cell *cell;
    const struct mb_cell *versus; // NULL: absolute
    bool at_most;                 // else at least
    bool relative;                // value and limit are shares of `versus`, as 0.05
    double limit;                 // in the metric's unit, or a share
    double value;                 // NaN when not known
    double low;                   // interval; NaN with fewer than two trials
    double high;
    enum mb_compare_gate_state state;
    const char *reason; // why it is undecided; else NULL
};

struct mb_compare_report {
    const struct mb_result *result;
    const char *digest;   // of the result's file
    const char *baseline; // variant
    double confidence;
    size_t family;                     // primary comparisons corrected together
    struct mb_comparison *comparisons; // by point, then variant, then metric
    size_t count;
    size_t capacity;
    struct mb_compare_note *notes;
    size_t note_count;
    size_t note_capacity;
    struct mb_compare_gate *gates; // of the result's spec, one for each cell it holds for
    size_t gate_count;
    size_t gate_capacity;
};

struct mb_compare_options {
    const char *baseline;       // variant; NULL: the first without a mesh
    const char *const *metrics; // NULL: the default ones and the spec's primary ones
    size_t metric_count;
    double confidence; // 0: as the result's spec says, else 95%
};

// Compares every variant of a result with its baseline at every point. The report lives
// in the arena and borrows the result. A baseline or metric that does not exist is
// MB_USAGE with known ones as the hint; a result without a second variant is MB_INVALID.
MB_MUST_USE enum mb_status mb_compare_variants(struct mb_arena *arena,
                                               const struct mb_result *result,
                                               const struct mb_compare_options *options,
                                               struct mb_compare_report *report,
                                               struct mb_err *err);

// Fills in noise floors, adjusted p-values, verdicts, reasons and notes of a report whose
// effects have been measured (mb_compare_variants does so itself). Rules, in this order:
//  1. a side without a value: incomparable;
//  2. fewer than two paired blocks, or blocks without a value: inconclusive;
//  3. a margin is declared and two one-sided tests put the effect inside it: same;
//  4. p (adjusted where the metric is primary) is below 1 - confidence, and the effect is
//     larger than the noise floor: better or worse;
//  5. else inconclusive, with the number of blocks that would decide.
void mb_compare_decide(struct mb_arena *arena, struct mb_compare_report *report);

// Fills in the effect's estimates from its two cells and its metric.
void mb_compare_measure(struct mb_comparison *effect, double confidence);

// Judges the spec's gates (mb_compare_variants does so itself).
void mb_compare_gates(struct mb_arena *arena, const struct mb_spec *spec,
                      struct mb_compare_report *report);

// "passed", "failed", "undecided".
const char *mb_compare_gate_name(enum mb_compare_gate_state state);

// The estimate that is tested: the log-ratio where it exists, else the difference.
const struct mb_sample_estimate *mb_compare_tested(const struct mb_comparison *effect);

// True when some primary comparison has this verdict.
bool mb_compare_has(const struct mb_compare_report *report,
                    enum mb_compare_verdict verdict);

#endif
