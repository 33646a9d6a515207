#include "report/headline.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/units.h"
#include "report/effect.h"

// Variants that a sentence can hold; the table has the rest.
enum { VARIANTS_MAX = 5 };

static bool decided(const struct mb_comparison *effect)
{
    return effect->verdict == MB_COMPARE_BETTER || effect->verdict == MB_COMPARE_WORSE ||
           effect->verdict == MB_COMPARE_SAME;
}

// What an operator asks first; a spec's other primary metrics are in the table.
static bool spoken(const struct mb_comparison *effect)
{
    static const char *const names[] = {"response_time.p50", "response_time.p99",
                                        "throughput", "cpu_per_request"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(effect->metric.name, names[i]) == 0) {
            return effect->primary && !effect->aa && mb_effect_shown(effect);
        }
    }
    return false;
}

// "p50", "CPU a request".
static void place_print(const struct mb_comparison *effect, struct mb_buf *out)
{
    char label[MB_EFFECT_TEXT];
    mb_effect_metric_label(&effect->metric, label, sizeof label);
    bool cpu = effect->metric.family == MB_METRIC_CPU_PER_REQUEST;
    mb_buf_append_string(out, cpu ? "CPU a request" : label);
}

// "adds ", "costs "; what an effect does.
static const char *verb(const struct mb_comparison *effect)
{
    bool more = mb_compare_tested(effect)->value > 0.0;
    if (effect->verdict == MB_COMPARE_SAME) {
        return "is the same in ";
    }
    switch (effect->metric.family) {
    case MB_METRIC_DIST:
        return more ? "adds " : "saves ";
    case MB_METRIC_THROUGHPUT:
        return more ? "gains " : "loses ";
    case MB_METRIC_CPU_PER_REQUEST:
    case MB_METRIC_ERROR_RATIO:
    case MB_METRIC_MEMORY:
        return more ? "costs " : "spares ";
    }
    return "";
}

// "0.93 ms at p50", "33 us of CPU a request", "25% of throughput".
static void size_print(const struct mb_comparison *effect, struct mb_buf *out)
{
    char size[MB_EFFECT_TEXT];
    if (effect->verdict == MB_COMPARE_SAME) {
        place_print(effect, out);
        return;
    }
    bool relative = mb_effect_scale(effect).relative;
    double share = fabs(expm1(effect->log_ratio.value));
    mb_units_show(relative ? MB_UNIT_SHARE : MB_UNIT_DURATION,
                  relative ? share * 1e9 : fabs(mb_compare_added(effect).value), size,
                  sizeof size);
    mb_buf_print(out, "%s %s ", size,
                 effect->metric.family == MB_METRIC_DIST ? "at" : "of");
    place_print(effect, out);
}

// The clause of one variant; its comparisons start at `start`. False when nothing about
// it is decided.
static bool variant_print(struct mb_arena *arena, const struct mb_compare_report *report,
                          size_t start, struct mb_buf *out)
{
    const struct mb_comparison *effects = &report->comparisons[start];
    size_t run = mb_effect_run_length(report, start);
    const char *last = NULL;
    size_t open = 0;
    for (size_t i = 0; i < run; i++) {
        if (spoken(&effects[i]) && decided(&effects[i])) {
            const char *now = verb(&effects[i]);
            if (last == NULL) {
                mb_buf_print(out, "%s ", mb_effect_label(arena, report, effects));
            }
            mb_buf_append_string(out, last != NULL ? " and " : "");
            mb_buf_append_string(out, last != NULL && strcmp(last, now) == 0 ? "" : now);
            size_print(&effects[i], out);
            last = now;
        }
    }
    for (size_t i = 0; i < run && last != NULL; i++) {
        if (spoken(&effects[i]) && !decided(&effects[i])) {
            mb_buf_append_string(out, open++ > 0 ? " and " : " (undecided: ");
            place_print(&effects[i], out);
        }
    }
    mb_buf_append_string(out, open > 0 ? ")" : "");
    return last != NULL;
}

static void place_say(const struct mb_compare_report *report,
                      const struct mb_comparison *effect, struct mb_buf *out)
{
    const struct mb_point *point = &effect->cell->point;
    char rate[32];
    mb_units_show(MB_UNIT_RATE, (double)point->rate_micro_rps, rate, sizeof rate);
    mb_buf_print(out, "At %s", point->rate_micro_rps >= 0 ? rate : "full load");
    if (point->connections >= 0) {
        mb_buf_print(out, " over %lld connections", (long long)point->connections);
    }
    mb_buf_print(out, " (%s)", point->workload);
    if (effect->design != MB_COMPARE_VARIANT) {
        mb_buf_print(out, ", variant '%s'", effect->cell->variant);
    }
    mb_buf_print(out, ", against '%s': ", mb_effect_baseline_label(report, effect));
}

// The sentence about the point that starts at `start`. False when nothing is decided.
static bool point_print(struct mb_arena *arena, const struct mb_compare_report *report,
                        size_t start, struct mb_buf *out)
{
    struct mb_buf silent = {0};
    size_t said = 0;
    size_t end = mb_effect_table_end(report, start);
    for (size_t at = start; at < end; at += mb_effect_run_length(report, at)) {
        const struct mb_comparison *effect = &report->comparisons[at];
        struct mb_buf clause = {0};
        if (effect->aa) {
            continue;
        }
        if (variant_print(arena, report, at, &clause)) {
            if (said == 0) {
                place_say(report, effect, out);
            }
            if (said < VARIANTS_MAX) {
                mb_buf_print(out, "%s%s", said > 0 ? "; " : "", mb_buf_string(&clause));
            }
            said++;
        } else {
            mb_buf_print(&silent, "%s%s", silent.size > 0 ? ", " : "; undecided: ",
                         mb_effect_label(arena, report, effect));
        }
        mb_buf_release(&clause);
    }
    if (said > VARIANTS_MAX) {
        mb_buf_print(out, "; %zu more in the tables", said - VARIANTS_MAX);
    }
    mb_buf_append_string(out, said > 0 ? mb_buf_string(&silent) : "");
    mb_buf_append_string(out, said > 0 ? "." : "");
    mb_buf_release(&silent);
    return said > 0;
}

static const char *first_reason(const struct mb_compare_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        if (effect->primary && !effect->aa && !decided(effect) &&
            effect->reason_count > 0) {
            return effect->reasons[0];
        }
    }
    return "nothing was measured on both sides";
}

// Side by side each result stands on its own baseline: another machine does no harm.
static bool disqualifies(const struct mb_compare_report *report,
                         const struct mb_compare_difference *difference)
{
    return difference->class == MB_COMPARE_DISQUALIFYING &&
           !(report->by != NULL && difference->environment);
}

// The cell that surely fails more requests than its baseline, and most of them; NULL when
// none does. *others: how many more there are.
static const struct mb_comparison *failing_find(const struct mb_compare_report *report,
                                                size_t *others)
{
    const struct mb_comparison *worst = NULL;
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        if (effect->metric.family == MB_METRIC_ERROR_RATIO && !effect->aa &&
            effect->design != MB_COMPARE_OVERHEAD &&
            effect->verdict == MB_COMPARE_WORSE) {
            count++;
            bool more = worst == NULL || effect->value.value > worst->value.value;
            worst = more ? effect : worst;
        }
    }
    *others = count > 0 ? count - 1 : 0;
    return worst;
}

static void failing_print(struct mb_arena *arena, const struct mb_compare_report *report,
                          struct mb_buf *out)
{
    size_t others = 0;
    const struct mb_comparison *effect = failing_find(report, &others);
    if (effect == NULL) {
        return;
    }
    char share[32];
    char usual[32];
    mb_units_show_number(effect->value.value * 100.0, share, sizeof share);
    mb_units_show_number(effect->baseline_value.value * 100.0, usual, sizeof usual);
    mb_buf_print(out, " Errors: %s fails %s%% of the requests at %s, where %s fails %s%%",
                 effect->cell->variant, share,
                 mb_point_title(arena, &effect->cell->point),
                 mb_effect_baseline_label(report, effect), usual);
    if (others > 0) {
        mb_buf_print(out, "; %zu other %s more than the baseline, too", others,
                     others == 1 ? "cell fails" : "cells fail");
    }
    mb_buf_append_char(out, '.');
}

static void caution_print(const struct mb_compare_report *report, struct mb_buf *out)
{
    size_t saturated = 0;
    for (size_t i = 0; i < report->note_count; i++) {
        if (strcmp(report->notes[i].code, "MB801") == 0) {
            saturated += report->notes[i].count;
        }
    }
    if (saturated > 0) {
        mb_buf_print(out,
                     " Caution: %zu %s not carry the rate that was asked; their latency "
                     "is that of a queue.",
                     saturated, saturated == 1 ? "cell could" : "cells could");
    }
    for (size_t i = 0; i < report->difference_count; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        if (disqualifies(report, difference)) {
            mb_buf_print(out, " %s: '%s' differs between the results.",
                         difference->allowed ? "Compared although not comparable"
                                             : "Not comparable",
                         difference->path);
        }
    }
}

// Its caution says all that can be said.
static bool disqualified(const struct mb_compare_report *report)
{
    for (size_t i = 0; i < report->difference_count; i++) {
        if (disqualifies(report, &report->differences[i]) &&
            !report->differences[i].allowed) {
            return true;
        }
    }
    return false;
}

const char *mb_headline(struct mb_arena *arena, const struct mb_compare_report *report)
{
    struct mb_buf out = {0};
    bool said = false;
    for (size_t at = 0; at < report->count && !said;
         at = mb_effect_table_end(report, at)) {
        said = point_print(arena, report, at, &out);
    }
    size_t others = 0;
    if (!said && !disqualified(report)) {
        mb_buf_print(&out, "%she data cannot tell a difference: %s.",
                     failing_find(report, &others) != NULL ? "Errors aside, t" : "T",
                     first_reason(report));
    }
    failing_print(arena, report, &out);
    caution_print(report, &out);
    const char *text = mb_arena_copy_string(
        arena, mb_buf_string(&out) + (mb_buf_string(&out)[0] == ' ' ? 1 : 0));
    mb_buf_release(&out);
    return text;
}
