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

// What is set against what.
enum mb_compare_design {
    MB_COMPARE_VARIANT, // a variant against the baseline of its own run, paired in blocks
    MB_COMPARE_RELEASE, // a variant in one result against the same variant in another
    MB_COMPARE_OVERHEAD // what a variant adds in one result against what it adds in
                        // another: a change of machine cancels as far as it can
};
const char *mb_compare_design_name(enum mb_compare_design design); // "variant", ...

// What a difference between two results means for their comparison.
enum mb_compare_class {
    MB_COMPARE_UNDER_STUDY,  // what the comparison is about: a mesh's version
    MB_COMPARE_HARMLESS,     // names, times, counts
    MB_COMPARE_CONFOUNDER,   // could explain an effect
    MB_COMPARE_DISQUALIFYING // the numbers do not measure the same thing
};
const char *mb_compare_class_name(enum mb_compare_class class);

struct mb_compare_difference {
    size_t side;       // the result that differs from the first one
    const char *path;  // "environment.host.kernel", "workloads.steady.request.timeout"
    const char *scope; // workload or variant that it is about; NULL: everything
    const struct mb_node *left; // of the first result; NULL: it has none
    const struct mb_node *right;
    enum mb_compare_class class;
    bool environment; // of the environment: absolute values suffer, overheads less
    bool allowed;     // disqualifying, but allowed by name
};

struct mb_compare_values;

// One effect: what it is about, and what was found. Values are in the metric's unit.
struct mb_comparison {
    enum mb_compare_design design;
    size_t baseline_side; // result that `baseline` is of: index into the report's sides
    size_t side;          // result that `cell` is of
    const struct mb_cell *baseline_reference; // for OVERHEAD: the baseline in each run
    const struct mb_cell *reference;
    const struct mb_cell *baseline;
    const struct mb_cell *cell;
    struct mb_metric metric;
    const struct mb_compare_values *known; // numbers derived before, in which the metric
    size_t known_metric;                   // has this place; NULL: derive them
    bool primary; // in the family that is corrected; else exploratory
    bool aa;      // the baseline against its own twin: the noise floor, never a change
    struct mb_value baseline_value; // of the cell: all its complete trials merged
    struct mb_value value;
    struct mb_sample_estimate difference; // mean over blocks of value - baseline value
    struct mb_sample_estimate log_ratio;  // mean over blocks of ln(value / baseline
                                          // value); n is 0 when a value is zero
    size_t blocks;                        // blocks in which both sides have a known value
    size_t blocks_lost; // blocks left out: censored, unsupported or unknown
    double p_value;     // of log_ratio where it exists, else of difference; NaN: none
    double p_adjusted;  // Holm over its family; NaN for exploratory ones
    double p_rank;      // beside it: signed-rank test within a run, rank-sum across runs
    double shift;       // and the estimate of Hodges and Lehmann, on the scale that is
                        // tested; it means nothing with `blocks` 0
    double margin;      // share that still counts as the same; 0: none declared
    double noise;       // noise floor on the scale that is tested; 0: no A/A twin
    double detectable;  // smallest effect, on the scale that is tested, that a comparison
                        // as noisy as this one finds with 80% power; NaN: not known
    double first_p;     // that block 1 is one like the others; NaN with fewer than four
    double grid;        // step that every value is a multiple of, in the metric's unit;
                        // 0: none that can be seen
    const char *obstacle; // what the generators of the two cells of one result differ
                          // in, unless it is allowed: "generator.name"; NULL: nothing
    const char *group;    // value of the attribute that tables are grouped by; NULL: none
    const char *heading;  // of its column then: the value, made unique
    size_t table;         // which table and column then, from 0, and its place before
    size_t column;
    size_t order;
    enum mb_compare_verdict verdict;
    size_t blocks_needed; // inconclusive: blocks that would decide an effect of this size
                          // with 80% power, noise floor included; 0: not known
    const char *notes;    // codes of the notes about it, "MB801 MB806"; NULL: none
    const char **reasons; // why the verdict is what it is
    size_t reason_count;
    size_t reason_capacity;
};

// Something that a reader has to know, with the code of its rule.
struct mb_compare_note {
    const char *code;
    const char *message; // of the first place
    size_t count;        // places that it holds for
};

// What became of a gate in one cell. Decided on the interval: passed when all of it keeps
// the limit, failed when none of it does.
enum mb_compare_gate_state {
    MB_COMPARE_GATE_PASSED,
    MB_COMPARE_GATE_FAILED,
    MB_COMPARE_GATE_UNDECIDED
};

struct mb_compare_gate {
    size_t side; // that `cell` is of
    const char *metric;
    struct mb_metric parsed;
    const struct mb_cell *cell;
    const char *against;          // what it is held against, in words; NULL: absolute
    const struct mb_cell *versus; // NULL: absolute, or not measured
    bool at_most;                 // else at least
    bool relative;                // value and limit are shares of `versus`, as 0.05
    double limit;                 // in the metric's unit, or a share
    double value;                 // NaN when not known
    double low;                   // interval; NaN with fewer than two trials
    double high;
    enum mb_compare_gate_state state;
    const char *reason; // why it is undecided; else NULL
};

// One result that takes part.
struct mb_compare_side {
    const struct mb_result *result;
    const char *digest; // of its file
    const char *name;   // as the user named the file
};

struct mb_choice;

struct mb_compare_report {
    const struct mb_compare_side *sides;
    size_t side_count;
    const char *baseline; // variant
    const char *by;       // attribute that tables are grouped by; NULL: none
    double confidence;
    size_t family;                     // primary comparisons corrected together
    struct mb_comparison *comparisons; // by point, then variant, then metric
    size_t count;
    size_t capacity;
    struct mb_compare_note *notes;
    size_t note_count;
    size_t note_capacity;
    struct mb_compare_difference *differences; // of each later result from the first
    size_t difference_count;
    size_t difference_capacity;
    const struct mb_choice *choice; // compare/choice.h; NULL: not asked for
    struct mb_compare_gate *gates;  // of the spec and the options, one for each cell that
                                    // they hold for
    size_t gate_count;
    size_t gate_capacity;
};

struct mb_compare_options {
    const char *baseline;       // variant; NULL: the first without a mesh
    const char *by;             // attribute (compare/attribute.h) to group by; NULL: none
    const char *const *metrics; // NULL: the default ones and the spec's primary ones
    size_t metric_count;
    double confidence;          // 0: as the first result's spec says, else 95%
    const char *const *allowed; // paths of disqualifying differences to let pass
    size_t allowed_count;
    const struct mb_gate *gates; // beside the spec's
    size_t gate_count;
};

// One side: compares every variant with its baseline at every point. More sides: compares
// every variant of each later result, and what it adds to its baseline, with the first
// result. Grouped by an attribute: compares every variant of every side with its baseline
// in the same result, whatever the number of sides. The report lives in the arena and
// borrows the sides. A baseline, metric or attribute that does not exist is MB_USAGE with
// known ones as the hint; nothing to compare, and a histogram that is needed and damaged,
// are MB_INVALID.
MB_MUST_USE enum mb_status mb_compare(struct mb_arena *arena,
                                      const struct mb_compare_side *sides, size_t count,
                                      const struct mb_compare_options *options,
                                      struct mb_compare_report *report,
                                      struct mb_err *err);

// Gives each effect of a report that has `by` its table and column, and orders them so
// (mb_compare does so itself).
void mb_compare_group(struct mb_arena *arena, struct mb_compare_report *report);

// Lists what differs between the first side and another one (mb_compare does so itself).
void mb_compare_differ(struct mb_arena *arena, const struct mb_compare_options *options,
                       size_t side, struct mb_compare_report *report);

// What generators that measured two cells differ in, so that their figures are not of the
// same thing: "generator.name", "generator.co_handling"; NULL: nothing, or it is allowed.
const char *mb_compare_generators_differ(const struct mb_compare_options *options,
                                         const struct mb_cell *left,
                                         const struct mb_cell *right);

// Fills in noise floors, adjusted p-values, verdicts and reasons of a report whose
// effects have been measured (mb_compare does so itself). Rules, in this order:
//  1. a difference that disqualifies and is not allowed, or a side without any value, in
//     no trial: incomparable;
//  2. fewer than two paired blocks, or blocks without a value: inconclusive;
//  3. a margin is declared and two one-sided tests put the effect inside it: same;
//  4. p (adjusted where the metric is primary) is below 1 - confidence, and the effect is
//     larger than the noise floor: better or worse;
//  5. else inconclusive, with the number of blocks that would decide.
void mb_compare_decide(struct mb_arena *arena, struct mb_compare_report *report);

// Points out in words what spoils the results or their comparison (MB801 and following,
// spec/rules/mb8xx.md), after the verdicts (mb_compare does so itself).
void mb_compare_notes(struct mb_arena *arena, struct mb_compare_report *report);

// The effect's metric in a complete trial of one of its cells, whose result is of `side`:
// what is known already, else derived.
struct mb_value mb_compare_trial_value(const struct mb_comparison *effect, size_t side,
                                       const struct mb_cell *cell,
                                       const struct mb_trial *trial);

// Fills in the effect's estimates from its two cells and its metric.
void mb_compare_measure(struct mb_comparison *effect, double confidence);

// Judges a gate at every cell that it holds for, and adds it to the report: of the newest
// side, grouped by an attribute of every side (mb_compare does so itself for the spec's
// gates and those of the options). Returns how many cells there are.
size_t mb_compare_gate_add(struct mb_arena *arena, const struct mb_gate *wanted,
                           struct mb_compare_report *report);

// Judges a gate at one cell: gate->side and gate->cell are given, the rest is filled in.
// False when its metric is none.
bool mb_compare_gate_judge(const struct mb_compare_report *report,
                           const struct mb_gate *wanted, struct mb_compare_gate *gate);

// "passed", "failed", "undecided".
const char *mb_compare_gate_name(enum mb_compare_gate_state state);

// The estimate that is tested: the log-ratio where it exists, else the difference.
const struct mb_sample_estimate *mb_compare_tested(const struct mb_comparison *effect);

// An effect in the metric's unit as it was decided, so that the interval shown excludes 0
// exactly where that of the test excludes no effect.
struct mb_compare_added {
    double value;
    double low; // NaN without an interval
    double high;
};

// Where the log-ratio is tested: the baseline's value times the ratio less one, and so
// for the ends of the ratio's interval. Else, or where the baseline has no value, the
// mean difference.
struct mb_compare_added mb_compare_added(const struct mb_comparison *effect);

// True when some primary comparison has this verdict.
bool mb_compare_has(const struct mb_compare_report *report,
                    enum mb_compare_verdict verdict);

#endif
