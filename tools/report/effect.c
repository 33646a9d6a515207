#include "report/effect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_TEXT = 64 };

struct mb_effect_scale mb_effect_scale(const struct mb_comparison *effect)
{
    double size = effect->baseline_value.state == MB_VALUE_KNOWN
                      ? effect->baseline_value.value
                      : effect->value.value;
    switch (effect->metric.unit) {
    case MB_METRIC_NS:
        if (size >= 1e9) {
            return (struct mb_effect_scale){1e-9, "s", false};
        }
        return size >= 1e6 ? (struct mb_effect_scale){1e-6, "ms", false}
                           : (struct mb_effect_scale){1e-3, "us", false};
    case MB_METRIC_NS_PER_REQUEST:
        return size >= 1e6 ? (struct mb_effect_scale){1e-6, "ms", false}
                           : (struct mb_effect_scale){1e-3, "us", false};
    case MB_METRIC_RPS:
        return (struct mb_effect_scale){1.0, "rps", true};
    case MB_METRIC_RATIO:
        return (struct mb_effect_scale){100.0, "%", false};
    case MB_METRIC_BYTES:
        return (struct mb_effect_scale){1.0 / 1048576.0, "MiB", false};
    }
    return (struct mb_effect_scale){1.0, "", false};
}

void mb_effect_metric_label(const struct mb_metric *metric, char *text, size_t size)
{
    const char *name = metric->name;
    const char *dot = strchr(name, '.');
    switch (metric->family) {
    case MB_METRIC_DIST:
        if (dot != NULL && strncmp(name, "response_time.", 14) == 0) {
            (void)snprintf(text, size, "%s", dot + 1);
        } else {
            (void)snprintf(text, size, "%s", name);
        }
        return;
    case MB_METRIC_THROUGHPUT:
        (void)snprintf(text, size, "throughput");
        return;
    case MB_METRIC_ERROR_RATIO:
        (void)snprintf(text, size, "errors");
        return;
    case MB_METRIC_CPU_PER_REQUEST:
        (void)snprintf(text, size, "CPU/request%s", dot != NULL ? dot : "");
        return;
    case MB_METRIC_MEMORY:
        (void)snprintf(text, size, "memory%s", dot != NULL ? dot : "");
        return;
    }
}

// Decimals that show a number of this size with three significant digits, 0 to 4.
static int decimals_for(double size)
{
    if (!(size > 0.0)) {
        return 0;
    }
    int digits = 2 - (int)floor(log10(size));
    return digits < 0 ? 0 : digits > 4 ? 4 : digits;
}

// Decimals that an uncertainty supports: two significant digits of it.
static int decimals_of_error(double half_width)
{
    if (!(half_width > 0.0)) {
        return 1;
    }
    int digits = 1 - (int)floor(log10(half_width));
    return digits < 0 ? 0 : digits > 4 ? 4 : digits;
}

// "3.21", "-" for unknown, "too few" samples, "> 5.0" among timed-out requests.
static void value_text(const struct mb_value *value, const struct mb_effect_scale *scale,
                       char *text, size_t size)
{
    double shown = value->value * scale->factor;
    switch (value->state) {
    case MB_VALUE_KNOWN:
        (void)snprintf(text, size, "%.*f", decimals_for(fabs(shown)), shown);
        return;
    case MB_VALUE_UNKNOWN:
        (void)snprintf(text, size, "-");
        return;
    case MB_VALUE_UNSUPPORTED:
        (void)snprintf(text, size, "too few");
        return;
    case MB_VALUE_CENSORED:
        (void)snprintf(text, size, "> %.*f", decimals_for(shown), shown);
        return;
    }
}

static const char *verdict_word(const struct mb_comparison *effect)
{
    if (effect->aa) {
        return "";
    }
    switch (effect->verdict) {
    case MB_COMPARE_BETTER:
        return " better";
    case MB_COMPARE_WORSE:
        return " worse";
    case MB_COMPARE_SAME:
        return " same";
    case MB_COMPARE_INCONCLUSIVE:
        return " ~";
    case MB_COMPARE_INCOMPARABLE:
        return " incomparable";
    }
    return "";
}

void mb_effect_size_text(const struct mb_comparison *effect,
                         const struct mb_effect_scale *scale, char *text, size_t size)
{
    bool relative = scale->relative && effect->log_ratio.n > 0;
    const struct mb_sample_estimate *estimate =
        relative ? &effect->log_ratio : &effect->difference;
    if (estimate->state == MB_SAMPLE_TOO_FEW) {
        value_text(&effect->value, scale, text, size);
        return;
    }
    if (estimate->state == MB_SAMPLE_ZERO_VARIANCE && estimate->value == 0.0) {
        (void)snprintf(text, size, "equal");
        return;
    }
    const char *unit = relative ? "%" : "";
    double middle =
        relative ? 100.0 * expm1(estimate->value) : estimate->value * scale->factor;
    double high =
        relative ? 100.0 * expm1(estimate->high) : estimate->high * scale->factor;
    double low = relative ? 100.0 * expm1(estimate->low) : estimate->low * scale->factor;
    double half = (high - low) / 2.0;
    int decimals = decimals_of_error(half);
    (void)snprintf(text, size, "%+.*f%s ±%.*f%s", decimals, middle, unit, decimals, half,
                   unit);
}

// The same with the verdict: "+0.93 ±0.04 worse".
static void effect_text(const struct mb_comparison *effect,
                        const struct mb_effect_scale *scale, char *text, size_t size)
{
    char found[VALUE_TEXT];
    mb_effect_size_text(effect, scale, found, sizeof found);
    bool equal = strcmp(found, "equal") == 0;
    (void)snprintf(text, size, "%s%s", found, equal ? "" : verdict_word(effect));
}

size_t mb_effect_run_length(const struct mb_compare_report *report, size_t start)
{
    size_t end = start;
    while (end < report->count &&
           report->comparisons[end].design == report->comparisons[start].design &&
           report->comparisons[end].cell == report->comparisons[start].cell) {
        end++;
    }
    return end - start;
}

bool mb_effect_shown(const struct mb_comparison *effect)
{
    bool fixed_rate = effect->cell->point.load_model == MB_LOAD_OPEN;
    return !(fixed_rate && effect->metric.family == MB_METRIC_THROUGHPUT);
}

const char *mb_effect_baseline_label(const struct mb_compare_report *report,
                                     const struct mb_comparison *effect)
{
    switch (effect->design) {
    case MB_COMPARE_VARIANT:
        return effect->baseline->variant;
    case MB_COMPARE_RELEASE:
    case MB_COMPARE_OVERHEAD:
        break;
    }
    return report->sides[effect->baseline_side].name;
}

const char *mb_effect_label(struct mb_arena *arena,
                            const struct mb_compare_report *report,
                            const struct mb_comparison *effect)
{
    switch (effect->design) {
    case MB_COMPARE_VARIANT:
        return effect->aa ? mb_arena_print(arena, "%s again", effect->baseline->variant)
                          : effect->cell->variant;
    case MB_COMPARE_RELEASE:
        return report->sides[effect->side].name;
    case MB_COMPARE_OVERHEAD:
        return mb_arena_print(arena, "over %s", effect->reference->variant);
    }
    return effect->cell->variant;
}

static void head_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                      const struct mb_comparison *effects, struct mb_effect_table *table)
{
    char text[MB_EFFECT_TEXT];
    size_t run = mb_effect_run_length(report, (size_t)(effects - report->comparisons));
    table->cells[0].text = "";
    table->cells[table->columns].text = mb_effect_baseline_label(report, effects);
    for (size_t i = 0, column = 1; i < run; i++) {
        if (mb_effect_shown(&effects[i])) {
            struct mb_effect_scale scale = mb_effect_scale(&effects[i]);
            mb_effect_metric_label(&effects[i].metric, text, sizeof text);
            table->cells[column].text =
                mb_arena_print(arena, "%s [%s]", text, scale.unit);
            value_text(&effects[i].baseline_value, &scale, text, sizeof text);
            table->cells[table->columns + column].text =
                mb_arena_copy_string(arena, text);
            column++;
        }
    }
}

static void row_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                     size_t start, const struct mb_effect_table *table, size_t row)
{
    const struct mb_comparison *effects = &report->comparisons[start];
    size_t run = mb_effect_run_length(report, start);
    struct mb_effect_cell *cells = &table->cells[row * table->columns];
    cells[0] = (struct mb_effect_cell){mb_effect_label(arena, report, effects), effects};
    for (size_t i = 0, column = 1; i < run && column < table->columns; i++) {
        if (mb_effect_shown(&effects[i])) {
            char text[MB_EFFECT_TEXT];
            struct mb_effect_scale scale = mb_effect_scale(&effects[i]);
            effect_text(&effects[i], &scale, text, sizeof text);
            cells[column++] =
                (struct mb_effect_cell){mb_arena_copy_string(arena, text), &effects[i]};
        }
    }
}

size_t mb_effect_table_fill(struct mb_arena *arena,
                            const struct mb_compare_report *report, size_t start,
                            struct mb_effect_table *table)
{
    const struct mb_comparison *first = &report->comparisons[start];
    size_t run = mb_effect_run_length(report, start);
    const char *title = mb_point_title(arena, &first->cell->point);
    *table = (struct mb_effect_table){.columns = 1, .rows = 2};
    table->title = first->design == MB_COMPARE_VARIANT
                       ? title
                       : mb_arena_print(arena, "%s · %s", first->cell->variant, title);
    for (size_t i = 0; i < run; i++) {
        table->columns += mb_effect_shown(&first[i]);
    }
    size_t end = start;
    while (end < report->count && report->comparisons[end].baseline == first->baseline) {
        end += mb_effect_run_length(report, end);
        table->rows++;
    }
    table->cells =
        mb_arena_alloc(arena, table->rows * table->columns, sizeof *table->cells);
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        table->cells[i].text = "";
    }
    head_fill(arena, report, first, table);
    size_t at = start;
    for (size_t row = 2; row < table->rows; row++) {
        row_fill(arena, report, at, table, row);
        at += mb_effect_run_length(report, at);
    }
    return end;
}

void mb_effect_gate_text(const struct mb_compare_gate *gate, char *text, size_t size)
{
    struct mb_comparison like = {.metric = gate->parsed,
                                 .baseline_value = {.value = gate->limit}};
    struct mb_effect_scale scale = mb_effect_scale(&like);
    scale = gate->relative ? (struct mb_effect_scale){100.0, "%", false} : scale;
    char interval[VALUE_TEXT] = "";
    if (!isnan(gate->low) && !isnan(gate->high)) {
        (void)snprintf(interval, sizeof interval, " (%.3g to %.3g)",
                       gate->low * scale.factor, gate->high * scale.factor);
    }
    char value[VALUE_TEXT] = "no value";
    if (!isnan(gate->value)) {
        (void)snprintf(value, sizeof value, "%.3g %s", gate->value * scale.factor,
                       scale.unit);
    }
    (void)snprintf(text, size, "%s%s, %s %.3g %s", value, interval,
                   gate->at_most ? "at most" : "at least", gate->limit * scale.factor,
                   scale.unit);
}

const char *mb_effect_fact(const struct mb_result *result, const char *path)
{
    for (size_t i = 0; i < result->facts.count; i++) {
        if (strcmp(result->facts.items[i].path, path) == 0) {
            return mb_node_text(result->facts.items[i].captured, NULL);
        }
    }
    return NULL;
}
