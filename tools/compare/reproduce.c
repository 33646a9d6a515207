#include "compare/reproduce.h"

#include <string.h>

const char *mb_reproduce_answer_name(enum mb_reproduce_answer answer)
{
    static const char *const names[] = {"reproduced", "not reproduced", "incomparable"};
    return names[answer];
}

static bool counts(const struct mb_reproduce *reproduce,
                   const struct mb_comparison *effect)
{
    return effect->primary && !effect->aa && effect->design == reproduce->design;
}

static bool environment_differs(const struct mb_compare_report *report)
{
    for (size_t i = 0; i < report->difference_count; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        if (difference->environment && (difference->class == MB_COMPARE_CONFOUNDER ||
                                        difference->class == MB_COMPARE_DISQUALIFYING)) {
            return true;
        }
    }
    return false;
}

static bool answered(const struct mb_comparison *effect)
{
    return effect->verdict != MB_COMPARE_INCOMPARABLE && effect->blocks_lost == 0 &&
           mb_compare_tested(effect)->state != MB_SAMPLE_TOO_FEW;
}

static void effect_count(struct mb_arena *arena, const struct mb_comparison *effect,
                         struct mb_reproduce *reproduce)
{
    reproduce->effects++;
    if (!answered(effect)) {
        reproduce->unanswered++;
        if (reproduce->reason == NULL) {
            reproduce->reason = mb_arena_print(
                arena, "%s of '%s' at %s: %s", effect->metric.name, effect->cell->variant,
                mb_point_title(arena, &effect->cell->point),
                effect->reason_count > 0 ? effect->reasons[0] : "no interval");
        }
        return;
    }
    reproduce->differing +=
        effect->verdict == MB_COMPARE_BETTER || effect->verdict == MB_COMPARE_WORSE;
    if (effect->log_ratio.n > 0) {
        double half = (effect->log_ratio.high - effect->log_ratio.low) / 2.0;
        reproduce->unseen = half > reproduce->unseen ? half : reproduce->unseen;
    }
}

void mb_reproduce_judge(struct mb_arena *arena, const struct mb_compare_report *report,
                        struct mb_reproduce *reproduce)
{
    *reproduce =
        (struct mb_reproduce){.environment_differs = environment_differs(report)};
    reproduce->design =
        reproduce->environment_differs ? MB_COMPARE_OVERHEAD : MB_COMPARE_RELEASE;
    for (size_t i = 0; i < report->count; i++) {
        if (counts(reproduce, &report->comparisons[i])) {
            effect_count(arena, &report->comparisons[i], reproduce);
        }
    }
    if (reproduce->differing > 0) {
        reproduce->answer = MB_REPRODUCE_NO;
        reproduce->reason = NULL;
        return;
    }
    if (reproduce->effects == 0) {
        reproduce->reason =
            reproduce->environment_differs
                ? "the environment differs, and there is no baseline that overheads "
                  "could be taken against"
                : "no primary metric is there in both results";
    }
    bool open = reproduce->effects == 0 || reproduce->unanswered > 0;
    reproduce->answer = open ? MB_REPRODUCE_INCOMPARABLE : MB_REPRODUCE_YES;
}
