#include "compare/duel.h"

#include <math.h>

#include "stats/special.h"

// Errors are shares already: one in a thousand requests more is within the margin.
static const double RATIO_MARGIN = 0.001;

struct mb_duel_plan mb_duel_plan(int at_most)
{
    struct mb_duel_plan plan = {0};
    double sum = 0.0;
    int next = MB_DUEL_FIRST;
    while (next < at_most && plan.count + 1 < MB_DUEL_MAX_LOOKS) {
        plan.blocks[plan.count++] = next;
        next += (next + 1) / 2;
    }
    plan.blocks[plan.count++] = at_most;
    for (size_t i = 0; i < plan.count; i++) {
        sum += plan.blocks[i];
    }
    for (size_t i = 0; i < plan.count; i++) {
        plan.shares[i] = plan.blocks[i] / sum;
    }
    return plan;
}

const char *mb_duel_answer_name(enum mb_duel_answer answer)
{
    static const char *const names[] = {"good", "worse", "open"};
    return names[answer];
}

// Mean and standard error of how much worse head is, on the scale that is tested.
struct scaled {
    const struct mb_sample_estimate *estimate;
    double worse;
    double margin;
    bool log;
};

static struct scaled scale(const struct mb_comparison *effect, double margin)
{
    struct scaled scaled = {.estimate = mb_compare_tested(effect)};
    scaled.log = effect->log_ratio.n > 0;
    scaled.worse = effect->metric.higher_is_better ? -scaled.estimate->value
                                                   : scaled.estimate->value;
    double share = effect->margin > 0.0 ? effect->margin : margin;
    // more.
    scaled.margin = scaled.log ? log1p(share) : RATIO_MARGIN;
    return scaled;
}

static const char *obstacle(const struct mb_comparison *effect,
                            const struct scaled *scaled)
{
    if (effect->blocks_lost > 0) {
        return "not known in every block";
    }
    if (scaled->estimate->state == MB_SAMPLE_TOO_FEW) {
        return "fewer than two blocks";
    }
    return scaled->log || effect->metric.unit == MB_METRIC_RATIO
               ? NULL
               : "zero in some block: no ratio";
}

static double shown(const struct scaled *scaled, double value)
{
    return scaled->log ? expm1(value) : value;
}

// `family`: how many effects could raise a false alarm. All of them have to be good, so
// that one needs no correction.
static void effect_judge(const struct mb_comparison *effect, double margin, double error,
                         size_t family, struct mb_duel_effect *judged)
{
    struct scaled scaled = scale(effect, margin);
    *judged = (struct mb_duel_effect){.effect = effect,
                                      .relative = scaled.log,
                                      .worse = NAN,
                                      .at_least = NAN,
                                      .at_most = NAN,
                                      .margin = shown(&scaled, scaled.margin),
                                      .answer = MB_DUEL_OPEN,
                                      .reason = obstacle(effect, &scaled)};
    if (judged->reason != NULL) {
        return;
    }
    const struct mb_sample_estimate *estimate = scaled.estimate;
    double at_least = scaled.worse;
    double at_most = scaled.worse;
    if (estimate->state == MB_SAMPLE_OK) {
        double alarm = mb_special_t_quantile(1.0 - error / (double)family, estimate->df);
        double pass = mb_special_t_quantile(1.0 - error, estimate->df);
        at_least -= alarm * estimate->error;
        at_most += pass * estimate->error;
    }
    judged->worse = shown(&scaled, scaled.worse);
    judged->at_least = shown(&scaled, at_least);
    judged->at_most = shown(&scaled, at_most);
    if (at_most <= scaled.margin) {
        judged->answer = MB_DUEL_GOOD;
    } else if (at_least > 0.0) {
        judged->answer = MB_DUEL_WORSE;
    }
}

void mb_duel_judge(struct mb_arena *arena, const struct mb_compare_report *report,
                   double margin, double error, struct mb_duel *duel)
{
    size_t good = 0;
    *duel = (struct mb_duel){.answer = MB_DUEL_OPEN};
    duel->effects = mb_arena_alloc(arena, report->count, sizeof *duel->effects);
    for (size_t i = 0; i < report->count; i++) {
        struct mb_duel_effect *judged = &duel->effects[duel->count++];
        effect_judge(&report->comparisons[i], margin, error, report->count, judged);
        good += judged->answer == MB_DUEL_GOOD;
        if (judged->answer == MB_DUEL_WORSE) {
            duel->answer = MB_DUEL_WORSE;
        }
    }
    if (duel->answer != MB_DUEL_WORSE && good == duel->count && good > 0) {
        duel->answer = MB_DUEL_GOOD;
    }
}
