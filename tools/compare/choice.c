#include "compare/choice.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/units.h"
#include "compare/choice_score.h"
#include "model/judge.h"

// What counts when nobody says, and what is shown in any case.
static const struct mb_choice_weight default_weights[] = {
    {"response_time.p99", 1.0}, {"cpu_per_request", 1.0}, {"memory", 1.0}};
static const char *const shown_metrics[] = {"response_time.p50", "response_time.p99",
                                            "cpu_per_request", "memory"};
enum {
    DEFAULTS = sizeof default_weights / sizeof *default_weights,
    SHOWN = sizeof shown_metrics / sizeof *shown_metrics
};

// Of the requests: a variant at which more of them fail than at the baseline is ranked
// only when a limit says how many may. A refused request costs little.
static const double FAILED_UNASKED = 0.01;

struct chooser {
    struct mb_arena *arena;
    const struct mb_choice_options *options;
    struct mb_compare_report *report;
    struct mb_choice *choice;
    const struct mb_gate *limits;
    struct mb_choice_cost *metrics; // with weights, and no effect yet
};

const char *mb_choice_state_name(enum mb_choice_state state)
{
    static const char *const names[] = {"meets", "fails", "undecided"};
    return names[state];
}

static void unknown_add(struct chooser *chooser, const char *format, ...) MB_PRINTF(2, 3);

static void unknown_add(struct chooser *chooser, const char *format, ...)
{
    struct mb_choice *choice = chooser->choice;
    va_list args;
    va_start(args, format);
    choice->unknown =
        mb_arena_grow(chooser->arena, choice->unknown, choice->unknown_count,
                      &choice->unknown_capacity, sizeof *choice->unknown);
    choice->unknown[choice->unknown_count++] =
        mb_arena_print_args(chooser->arena, format, args);
    va_end(args);
}

static bool variant_exists(const struct mb_compare_report *report, const char *name)
{
    for (size_t side = 0; side < report->side_count; side++) {
        const struct mb_result *result = report->sides[side].result;
        for (size_t i = 0; i < result->cell_count; i++) {
            if (strcmp(result->cells[i].variant, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

// A limit for a variant that is not there would silently be kept.
static enum mb_status limits_check(const struct chooser *chooser, struct mb_err *err)
{
    for (size_t i = 0; i < chooser->options->limit_count; i++) {
        const struct mb_gate *limit = &chooser->options->limits[i];
        const char *const names[] = {limit->variant, limit->versus};
        for (size_t j = 0; j < 2; j++) {
            if (names[j] != NULL && strcmp(names[j], MB_SPEC_FIRST) != 0 &&
                !variant_exists(chooser->report, names[j])) {
                return mb_err_set(err, MB_USAGE, "no variant '%s' for the limit of '%s'",
                                  names[j], limit->metric);
            }
        }
    }
    return MB_OK;
}

static enum mb_status limits_find(struct chooser *chooser, struct mb_err *err)
{
    enum mb_status status = limits_check(chooser, err);
    const struct mb_result *first = chooser->report->sides[0].result;
    chooser->limits = chooser->options->limits;
    chooser->choice->limit_count = chooser->options->limit_count;
    if (status != MB_OK || chooser->choice->limit_count > 0 ||
        first->spec_resolved == NULL) {
        return status;
    }
    struct mb_spec spec;
    status = mb_spec_from_node(chooser->arena, first->spec_resolved, NULL, &spec, err);
    chooser->limits = spec.gates;
    chooser->choice->limit_count = status == MB_OK ? spec.gate_count : 0;
    return status;
}

// Load points of the baseline in the first result: those with a rate, if there are any.
// At full load every latency is that of a queue.
static void points_find(struct chooser *chooser)
{
    struct mb_choice *choice = chooser->choice;
    const struct mb_result *result = chooser->report->sides[0].result;
    struct mb_point *points =
        mb_arena_alloc(chooser->arena, result->cell_count, sizeof *points);
    size_t paced = 0;
    size_t unpaced = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        if (strcmp(result->cells[i].variant, chooser->report->baseline) == 0) {
            bool rate = result->cells[i].point.load_model != MB_LOAD_CLOSED;
            paced += rate;
            unpaced += !rate;
        }
    }
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        bool rate = cell->point.load_model != MB_LOAD_CLOSED;
        if (strcmp(cell->variant, chooser->report->baseline) == 0 &&
            (rate || paced == 0)) {
            points[choice->point_count++] = cell->point;
        }
    }
    choice->points = points;
    if (paced > 0 && unpaced > 0) {
        unknown_add(chooser,
                    "%zu load point%s at full load %s left out: a latency there is that "
                    "of a queue",
                    unpaced, unpaced == 1 ? "" : "s", unpaced == 1 ? "is" : "are");
    }
}

static enum mb_status metric_add(struct chooser *chooser, const char *name, double weight,
                                 struct mb_err *err)
{
    struct mb_choice_cost cost = {.weight = weight};
    for (size_t i = 0; i < chooser->choice->metric_count; i++) {
        if (strcmp(chooser->metrics[i].effect.metric.name, name) == 0) {
            return MB_OK;
        }
    }
    if (!mb_metric_parse(name, &cost.effect.metric)) {
        return mb_err_set(err, MB_USAGE, "'%s' is not a metric", name);
    }
    chooser->metrics[chooser->choice->metric_count++] = cost;
    return MB_OK;
}

// Metrics that count, then those that are only shown.
static enum mb_status metrics_find(struct chooser *chooser, struct mb_err *err)
{
    const struct mb_choice_options *options = chooser->options;
    struct mb_choice *choice = chooser->choice;
    choice->weights = options->weight_count > 0 ? options->weights : default_weights;
    choice->weight_count = options->weight_count > 0 ? options->weight_count : DEFAULTS;
    chooser->metrics = mb_arena_alloc(chooser->arena, choice->weight_count + SHOWN,
                                      sizeof *chooser->metrics);
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < choice->weight_count && status == MB_OK; i++) {
        status = metric_add(chooser, choice->weights[i].metric, choice->weights[i].weight,
                            err);
    }
    for (size_t i = 0; i < SHOWN && status == MB_OK; i++) {
        status = metric_add(chooser, shown_metrics[i], 0.0, err);
    }
    return status;
}

// What makes the figures of a side others than those of the first one; on another machine
// a limit means something else, and the costs, which are ratios, hardly do.
static const char *obstacle_of(const struct chooser *chooser, size_t side,
                               const char *variant)
{
    const struct mb_compare_report *report = chooser->report;
    for (size_t i = 0; i < report->difference_count; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        bool of_variant = strncmp(difference->path, "variants.", 9) == 0;
        if (difference->side == side && !difference->environment &&
            !difference->allowed && difference->class == MB_COMPARE_DISQUALIFYING &&
            (!of_variant || difference->scope == NULL ||
             strcmp(difference->scope, variant) == 0)) {
            return difference->path;
        }
    }
    return NULL;
}

static void gate_add(struct chooser *chooser, const struct mb_gate *limit,
                     const struct mb_cell *cell, struct mb_choice_candidate *candidate)
{
    struct mb_compare_gate gate = {.side = candidate->side, .cell = cell};
    bool own = limit->versus != NULL && strcmp(limit->versus, candidate->variant) == 0;
    bool other =
        limit->variant != NULL && strcmp(limit->variant, candidate->variant) != 0;
    if (own || other || !mb_compare_gate_judge(chooser->report, limit, &gate)) {
        return;
    }
    candidate->gates =
        mb_arena_grow(chooser->arena, candidate->gates, candidate->gate_count,
                      &candidate->gate_capacity, sizeof *candidate->gates);
    candidate->gates[candidate->gate_count++] = gate;
    if (gate.state == MB_COMPARE_GATE_FAILED) {
        candidate->state = MB_CHOICE_FAILS;
    } else if (gate.state == MB_COMPARE_GATE_UNDECIDED &&
               candidate->state == MB_CHOICE_MEETS) {
        candidate->state = MB_CHOICE_UNDECIDED;
    }
}

static bool limits_errors(const struct chooser *chooser, const char *variant)
{
    for (size_t i = 0; i < chooser->choice->limit_count; i++) {
        const struct mb_gate *limit = &chooser->limits[i];
        if (strcmp(limit->metric, "error_ratio") == 0 &&
            (limit->variant == NULL || strcmp(limit->variant, variant) == 0)) {
            return true;
        }
    }
    return false;
}

static double failed_share(const struct mb_cell *cell)
{
    struct mb_metric metric;
    struct mb_value value = {.state = MB_VALUE_UNKNOWN};
    if (cell != NULL && mb_metric_parse("error_ratio", &metric)) {
        value = mb_derive_cell(cell, &metric);
    }
    return value.state == MB_VALUE_KNOWN ? value.value : 0.0;
}

// Keeps a variant that fails out of the ranking, where no limit speaks of failures.
static void errors_judge(struct chooser *chooser, const struct mb_cell *cell,
                         struct mb_choice_candidate *candidate)
{
    const struct mb_result *result = chooser->report->sides[candidate->side].result;
    double failed = failed_share(cell);
    double usual = failed_share(
        mb_result_find_cell(result, chooser->report->baseline, &cell->point));
    if (failed <= FAILED_UNASKED || failed <= usual ||
        limits_errors(chooser, candidate->variant)) {
        return;
    }
    if (candidate->state == MB_CHOICE_MEETS) {
        candidate->state = MB_CHOICE_UNDECIDED;
    }
    unknown_add(chooser,
                "'%s' fails %.3g%% of the requests at %s: whether that will do is not "
                "known (--slo 'error_ratio<=1%%')",
                candidate->variant, 100.0 * failed,
                mb_point_title(chooser->arena, &cell->point));
}

static void limits_judge(struct chooser *chooser, struct mb_choice_candidate *candidate)
{
    const struct mb_choice *choice = chooser->choice;
    const struct mb_result *result = chooser->report->sides[candidate->side].result;
    for (size_t i = 0; i < choice->point_count; i++) {
        const struct mb_cell *cell =
            mb_result_find_cell(result, candidate->variant, &choice->points[i]);
        if (cell == NULL) {
            candidate->state = candidate->state == MB_CHOICE_FAILS ? MB_CHOICE_FAILS
                                                                   : MB_CHOICE_UNDECIDED;
            unknown_add(chooser, "'%s' was not measured at %s", candidate->variant,
                        mb_point_title(chooser->arena, &choice->points[i]));
            continue;
        }
        double share;
        if (mb_judge_saturated(cell, &share)) {
            unknown_add(chooser,
                        "'%s' carried %.0f%% of the rate at %s: its latency there is "
                        "that of a queue",
                        candidate->variant, 100.0 * share,
                        mb_point_title(chooser->arena, &cell->point));
        }
        errors_judge(chooser, cell, candidate);
        for (size_t j = 0; j < choice->limit_count; j++) {
            gate_add(chooser, &chooser->limits[j], cell, candidate);
        }
    }
    if (candidate->obstacle != NULL && candidate->state == MB_CHOICE_MEETS) {
        candidate->state = MB_CHOICE_UNDECIDED;
    }
}

static void candidate_add(struct chooser *chooser, size_t side,
                          const struct mb_cell *cell)
{
    struct mb_choice *choice = chooser->choice;
    const char *baseline = chooser->report->baseline;
    for (size_t i = 0; i < choice->count; i++) {
        if (choice->candidates[i].side == side &&
            strcmp(choice->candidates[i].variant, cell->variant) == 0) {
            return;
        }
    }
    struct mb_choice_candidate candidate = {
        .side = side,
        .variant = cell->variant,
        .is_baseline = strcmp(cell->variant, baseline) == 0,
        .is_twin = cell->aa_of != NULL && strcmp(cell->aa_of, baseline) == 0,
        .obstacle = side > 0 ? obstacle_of(chooser, side, cell->variant) : NULL,
        .costs = mb_arena_alloc(chooser->arena, choice->metric_count,
                                sizeof *candidate.costs)};
    if (cell->aa_of != NULL && !candidate.is_twin) {
        return;
    }
    memcpy(candidate.costs, chooser->metrics,
           choice->metric_count * sizeof *candidate.costs);
    limits_judge(chooser, &candidate);
    choice->candidates = mb_arena_grow(chooser->arena, choice->candidates, choice->count,
                                       &choice->capacity, sizeof *choice->candidates);
    choice->candidates[choice->count++] = candidate;
}

// Without weights that were asked for, a metric that some variant lacks does not count.
static void weights_settle(struct chooser *chooser)
{
    struct mb_choice *choice = chooser->choice;
    for (size_t i = 0; i < choice->metric_count; i++) {
        const char *missing = NULL;
        for (size_t j = 0; j < choice->count && missing == NULL; j++) {
            const struct mb_choice_candidate *candidate = &choice->candidates[j];
            bool known = candidate->costs[i].effect.log_ratio.n > 0;
            missing = known || candidate->is_baseline ? NULL : candidate->variant;
        }
        if (missing == NULL || !(chooser->metrics[i].weight > 0.0)) {
            continue;
        }
        bool dropped = chooser->options->weight_count == 0;
        unknown_add(chooser, "%s of '%s' is not known in every block%s",
                    chooser->metrics[i].effect.metric.name, missing,
                    dropped ? ": it does not count" : ": nor is its cost");
        for (size_t j = 0; dropped && j < choice->count; j++) {
            choice->candidates[j].costs[i].weight = 0.0;
        }
    }
}

// The twin's cost says how far a cost moves without a cause; 0 when there is none.
static double noise_find(const struct mb_choice *choice)
{
    for (size_t i = 0; i < choice->count; i++) {
        const struct mb_choice_candidate *candidate = &choice->candidates[i];
        if (candidate->is_twin && candidate->score.state != MB_SAMPLE_TOO_FEW) {
            return (candidate->score.high - candidate->score.low) / 2.0;
        }
    }
    return 0.0;
}

static void scores_measure(struct chooser *chooser)
{
    struct mb_choice *choice = chooser->choice;
    for (size_t pass = 0; pass < 2; pass++) { // the second one with settled weights
        for (size_t i = 0; i < choice->count; i++) {
            choice->candidates[i].block_count = 0;
            mb_choice_score(chooser->arena, chooser->report, choice,
                            &choice->candidates[i]);
        }
        if (pass == 0) {
            weights_settle(chooser);
        }
    }
    double noise = noise_find(choice);
    if (!(noise > 0.0)) {
        unknown_add(chooser, "no A/A pair says how far a cost moves without a cause "
                             "(trials: {aa: BASELINE})");
    }
    mb_choice_score_rank(choice, noise, chooser->report->confidence);
}

static size_t state_count(const struct mb_choice *choice, enum mb_choice_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < choice->count; i++) {
        const struct mb_choice_candidate *candidate = &choice->candidates[i];
        count +=
            !candidate->is_baseline && !candidate->is_twin && candidate->state == state;
    }
    return count;
}

static bool baseline_fails(const struct mb_choice *choice)
{
    for (size_t i = 0; i < choice->count; i++) {
        if (choice->candidates[i].is_baseline &&
            choice->candidates[i].state == MB_CHOICE_FAILS) {
            return true;
        }
    }
    return false;
}

static const char *score_text(struct mb_arena *arena,
                              const struct mb_sample_estimate *score)
{
    char value[32];
    char low[32];
    char high[32];
    mb_units_show_number(exp(score->value), value, sizeof value);
    if (score->state == MB_SAMPLE_TOO_FEW) {
        return mb_arena_print(arena, "%s times the baseline, in one block", value);
    }
    mb_units_show_number(exp(score->low), low, sizeof low);
    mb_units_show_number(exp(score->high), high, sizeof high);
    return mb_arena_print(arena, "%s times the baseline (%s to %s)", value, low, high);
}

// Those that share the first rank: one is the answer, several are all that can be said.
static const char *ranked_answer(struct chooser *chooser)
{
    const struct mb_choice *choice = chooser->choice;
    const char *kept = choice->limit_count > 0 ? "keeps the limits and " : "";
    const struct mb_choice_candidate *first = NULL;
    struct mb_buf names = {0};
    size_t best = 0;
    size_t meeting = 0;
    for (size_t i = 0; i < choice->count; i++) {
        const struct mb_choice_candidate *candidate = &choice->candidates[i];
        meeting += candidate->rank > 0;
        if (candidate->rank == 1) {
            first = first == NULL ? candidate : first;
            mb_buf_print(&names, "%s'%s'", best++ > 0 ? ", " : "", candidate->variant);
        }
    }
    const char *answer;
    if (best == 1) {
        answer = mb_arena_print(chooser->arena, "Start with '%s': it %s%s, %s.",
                                first->variant, kept,
                                meeting > 1 ? "costs least"
                                            : "is the only one that can "
                                              "be ranked",
                                score_text(chooser->arena, &first->score));
    } else {
        answer = mb_arena_print(
            chooser->arena, "%s: %s the data cannot tell which of them costs less.",
            mb_buf_string(&names),
            choice->limit_count > 0 ? "all keep the limits, and" : "");
    }
    mb_buf_release(&names);
    return answer;
}

static const char *answer_find(struct chooser *chooser)
{
    const struct mb_choice *choice = chooser->choice;
    for (size_t i = 0; i < choice->count; i++) {
        if (choice->candidates[i].rank == 1) {
            return ranked_answer(chooser);
        }
    }
    if (choice->limit_count == 0 &&
        state_count(choice, MB_CHOICE_MEETS) + state_count(choice, MB_CHOICE_UNDECIDED) >
            0) {
        return "No variant can be ranked: the data does not tell what one costs.";
    }
    if (state_count(choice, MB_CHOICE_MEETS) > 0) {
        return "Some variants keep the limits; what they cost is not known.";
    }
    if (state_count(choice, MB_CHOICE_UNDECIDED) > 0) {
        return "The data cannot tell whether a variant keeps the limits.";
    }
    if (state_count(choice, MB_CHOICE_FAILS) == 0) {
        return "There is no variant to start with beside the baseline.";
    }
    return baseline_fails(choice)
               ? "No variant keeps the limits, and the baseline does not either: it is "
                 "not a mesh that is in the way."
               : "No variant keeps the limits.";
}

static void undecided_tell(struct chooser *chooser)
{
    const struct mb_choice *choice = chooser->choice;
    for (size_t i = 0; i < choice->count; i++) {
        const struct mb_choice_candidate *candidate = &choice->candidates[i];
        if (candidate->obstacle != NULL) {
            unknown_add(chooser, "'%s' of %s is not to be compared: %s differs",
                        candidate->variant, chooser->report->sides[candidate->side].name,
                        candidate->obstacle);
        }
        if (candidate->score.state == MB_SAMPLE_TOO_FEW && candidate->score.n > 0 &&
            !candidate->is_baseline) {
            unknown_add(chooser, "'%s' has %zu block%s: an interval needs 2 or more",
                        candidate->variant, candidate->score.n,
                        candidate->score.n == 1 ? "" : "s");
        }
    }
    if (choice->limit_count == 0) {
        unknown_add(chooser, "no limit was given: what is fast enough is not known "
                             "(--slo 'response_time.p99<=20ms')");
    }
    for (size_t i = 0; i < chooser->report->difference_count; i++) {
        const struct mb_compare_difference *difference = &chooser->report->differences[i];
        if (difference->environment && difference->class == MB_COMPARE_DISQUALIFYING) {
            unknown_add(chooser,
                        "the results come from different machines (%s): costs "
                        "are ratios to each one's own baseline, limits hold for "
                        "each machine alone",
                        difference->path);
            return;
        }
    }
}

enum mb_status mb_choice_make(struct mb_arena *arena,
                              const struct mb_choice_options *options,
                              struct mb_compare_report *report, struct mb_err *err)
{
    struct mb_choice *choice = mb_arena_alloc(arena, 1, sizeof *choice);
    *choice = (struct mb_choice){0};
    struct chooser chooser = {
        .arena = arena, .options = options, .report = report, .choice = choice};
    enum mb_status status = metrics_find(&chooser, err);
    if (status == MB_OK) {
        status = limits_find(&chooser, err);
    }
    if (status != MB_OK) {
        return status;
    }
    points_find(&chooser);
    for (size_t side = 0; side < report->side_count; side++) {
        const struct mb_result *result = report->sides[side].result;
        for (size_t i = 0; i < result->cell_count; i++) {
            candidate_add(&chooser, side, &result->cells[i]);
        }
    }
    scores_measure(&chooser);
    choice->answer = answer_find(&chooser);
    undecided_tell(&chooser);
    report->choice = choice;
    return MB_OK;
}
