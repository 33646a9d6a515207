#include "report/effect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "compare/attribute.h"

enum { VALUE_TEXT = 64, NUMBER_TEXT = 32 };

// An interval that reaches beyond this ratio says no more than that it does.
enum { BOUNDLESS_RATIO = 1000 };

struct mb_effect_scale mb_effect_scale(const struct mb_comparison *effect)
{
    double size = effect->baseline_value.state == MB_VALUE_KNOWN
                      ? effect->baseline_value.value
                      : effect->value.value;
    // What changed in an overhead is a ratio of ratios: milliseconds of neither run.
    bool relative = effect->log_ratio.n > 0 && (effect->metric.unit == MB_METRIC_RPS ||
                                                effect->design == MB_COMPARE_OVERHEAD);
    switch (effect->metric.unit) {
    case MB_METRIC_NS:
        if (size >= 1e9) {
            return (struct mb_effect_scale){1e-9, "s", relative};
        }
        return size >= 1e6 ? (struct mb_effect_scale){1e-6, "ms", relative}
                           : (struct mb_effect_scale){1e-3, "us", relative};
    case MB_METRIC_NS_PER_REQUEST:
        return size >= 1e6 ? (struct mb_effect_scale){1e-6, "ms", relative}
                           : (struct mb_effect_scale){1e-3, "us", relative};
    case MB_METRIC_RPS:
        return (struct mb_effect_scale){1.0, "rps", relative};
    case MB_METRIC_RATIO:
        return (struct mb_effect_scale){100.0, "%", relative};
    case MB_METRIC_BYTES:
        return (struct mb_effect_scale){1.0 / 1048576.0, "MiB", relative};
    }
    return (struct mb_effect_scale){1.0, "", relative};
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

void mb_effect_value_text(const struct mb_value *value,
                          const struct mb_effect_scale *scale, char *text, size_t size)
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

// Ratios scatter by factors, so their intervals reach further up than down. "±" is said
// where that is under a tenth of the half width, and the verdict can be read off it. Of
// two blocks that differ the upper end may be any number: then it is `boundless`.
static void interval_text(const struct mb_compare_added *shown, const char *unit,
                          bool boundless, char *text, size_t size)
{
    double below = shown->value - shown->low;
    double above = shown->high - shown->value;
    double half = fmax(below, above);
    bool beyond_zero = shown->low > 0.0 || shown->high < 0.0;
    int decimals = decimals_of_error(half);
    if (fabs(above - below) <= 0.1 * half && beyond_zero == (half < fabs(shown->value))) {
        (void)snprintf(text, size, "%+.*f%s ±%.*f%s", decimals, shown->value, unit,
                       decimals, half, unit);
        return;
    }
    char high[VALUE_TEXT];
    (void)snprintf(high, sizeof high, "%.*f", decimals, shown->high);
    (void)snprintf(text, size, "%+.*f%s (%.*f to %s)", decimals, shown->value, unit,
                   decimals, shown->low, boundless ? ">1000x" : high);
}

void mb_effect_size_text(const struct mb_comparison *effect,
                         const struct mb_effect_scale *scale, char *text, size_t size)
{
    const struct mb_sample_estimate *estimate = mb_compare_tested(effect);
    if (estimate->state == MB_SAMPLE_TOO_FEW) {
        mb_effect_value_text(&effect->value, scale, text, size);
        return;
    }
    if (estimate->state == MB_SAMPLE_ZERO_VARIANCE && estimate->value == 0.0) {
        (void)snprintf(text, size, "equal");
        return;
    }
    struct mb_compare_added added = mb_compare_added(effect);
    struct mb_compare_added shown = {.value = added.value * scale->factor,
                                     .low = added.low * scale->factor,
                                     .high = added.high * scale->factor};
    if (scale->relative) {
        shown = (struct mb_compare_added){.value = 100.0 * expm1(estimate->value),
                                          .low = 100.0 * expm1(estimate->low),
                                          .high = 100.0 * expm1(estimate->high)};
    }
    bool boundless = effect->log_ratio.n > 0 && estimate->high > log(BOUNDLESS_RATIO);
    interval_text(&shown, scale->relative ? "%" : "", boundless, text, size);
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

bool mb_effect_paired(const struct mb_compare_report *report)
{
    return report->side_count == 1 || report->by != NULL;
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
        if (effect->aa) {
            return mb_arena_print(arena, "%s again", effect->baseline->variant);
        }
        if (report->by != NULL && !mb_compare_attribute_of_point(report->by)) {
            return effect->heading;
        }
        return effect->cell->variant;
    case MB_COMPARE_RELEASE:
        return report->sides[effect->side].name;
    case MB_COMPARE_OVERHEAD:
        return mb_arena_print(arena, "over %s", effect->reference->variant);
    }
    return effect->cell->variant;
}

const char *mb_effect_subject(struct mb_arena *arena, const struct mb_comparison *effect)
{
    const char *variant = effect->cell->variant;
    if (effect->design == MB_COMPARE_OVERHEAD) {
        return mb_arena_print(arena, "%s over %s", variant, effect->reference->variant);
    }
    bool named = effect->heading == NULL || strcmp(effect->heading, variant) == 0;
    return named ? variant : mb_arena_print(arena, "%s (%s)", variant, effect->heading);
}

// Comparison `metric` of the variant that starts at `at`; NULL when it has fewer.
static const struct mb_comparison *nth_of(const struct mb_compare_report *report,
                                          size_t at, size_t metric)
{
    return metric < mb_effect_run_length(report, at) ? &report->comparisons[at + metric]
                                                     : NULL;
}

// Metrics of one table, and which of them it shows.
struct columns {
    bool *shown; // by position in the run of a variant
    size_t count;
    size_t visible;
};

static bool is_known(const struct mb_comparison *effect)
{
    return effect->value.state != MB_VALUE_UNKNOWN ||
           effect->baseline_value.state != MB_VALUE_UNKNOWN;
}

// Shows each metric of which a row has a value, and the primary ones, which somebody
// chose; with `all`, those without any value as well.
static void columns_mark(const struct mb_compare_report *report, size_t start, bool all,
                         struct columns *columns)
{
    size_t end = mb_effect_table_end(report, start);
    columns->visible = 0;
    for (size_t i = 0; i < columns->count; i++) {
        bool shown = false;
        for (size_t at = start; at < end && !shown;
             at += mb_effect_run_length(report, at)) {
            const struct mb_comparison *effect = nth_of(report, at, i);
            shown = effect != NULL && mb_effect_shown(effect) &&
                    (all || effect->primary || is_known(effect));
        }
        columns->shown[i] = shown;
        columns->visible += shown;
    }
}

// Those of the table that starts at `start`. All of them, where none has a value.
static struct columns columns_choose(struct mb_arena *arena,
                                     const struct mb_compare_report *report, size_t start)
{
    struct columns columns = {0};
    size_t end = mb_effect_table_end(report, start);
    for (size_t at = start; at < end; at += mb_effect_run_length(report, at)) {
        size_t run = mb_effect_run_length(report, at);
        columns.count = run > columns.count ? run : columns.count;
    }
    columns.shown = mb_arena_alloc(arena, columns.count, sizeof *columns.shown);
    columns_mark(report, start, false, &columns);
    if (columns.visible == 0) {
        columns_mark(report, start, true, &columns);
    }
    return columns;
}

// Adds a name to a list, once.
static void name_add(struct mb_arena *arena, const char *name, const char **list)
{
    const char *found = strstr(*list, name);
    size_t length = strlen(name);
    while (found != NULL && !((found == *list || found[-1] == ' ') &&
                              (found[length] == '\0' || found[length] == ','))) {
        found = strstr(found + 1, name);
    }
    if (found == NULL) {
        *list =
            mb_arena_print(arena, "%s%s%s", *list, (*list)[0] != '\0' ? ", " : "", name);
    }
}

const char *mb_effect_left_out(struct mb_arena *arena,
                               const struct mb_compare_report *report)
{
    const char *names = "";
    for (size_t start = 0; start < report->count;
         start = mb_effect_table_end(report, start)) {
        struct columns columns = columns_choose(arena, report, start);
        for (size_t i = 0; i < mb_effect_run_length(report, start); i++) {
            const struct mb_comparison *effect = &report->comparisons[start + i];
            if (!columns.shown[i] && mb_effect_shown(effect)) {
                char label[MB_EFFECT_TEXT];
                mb_effect_metric_label(&effect->metric, label, sizeof label);
                name_add(arena, label, &names);
            }
        }
    }
    return names[0] == '\0'
               ? NULL
               : mb_arena_print(arena, "Left out where no row knows it: %s.", names);
}

static void head_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                      size_t start, const struct columns *shown,
                      struct mb_effect_table *table)
{
    char text[MB_EFFECT_TEXT];
    const struct mb_comparison *effects = &report->comparisons[start];
    size_t run = mb_effect_run_length(report, start);
    table->cells[0].text = "";
    table->cells[table->columns].text = mb_effect_baseline_label(report, effects);
    for (size_t i = 0, column = 1; i < run; i++) {
        if (shown->shown[i]) {
            struct mb_effect_scale scale = mb_effect_scale(&effects[i]);
            mb_effect_metric_label(&effects[i].metric, text, sizeof text);
            table->cells[column].text =
                mb_arena_print(arena, "%s [%s]", text, scale.unit);
            mb_effect_value_text(&effects[i].baseline_value, &scale, text, sizeof text);
            table->cells[table->columns + column].text =
                mb_arena_copy_string(arena, text);
            column++;
        }
    }
}

static void row_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                     size_t start, const struct columns *shown,
                     struct mb_effect_cell *cells)
{
    const struct mb_comparison *effects = &report->comparisons[start];
    size_t run = mb_effect_run_length(report, start);
    cells[0] = (struct mb_effect_cell){mb_effect_label(arena, report, effects), effects};
    for (size_t i = 0, column = 1; i < run && column <= shown->visible; i++) {
        if (shown->shown[i]) {
            char text[MB_EFFECT_TEXT];
            struct mb_effect_scale scale = mb_effect_scale(&effects[i]);
            effect_text(&effects[i], &scale, text, sizeof text);
            cells[column++] =
                (struct mb_effect_cell){mb_arena_copy_string(arena, text), &effects[i]};
        }
    }
}

size_t mb_effect_table_end(const struct mb_compare_report *report, size_t start)
{
    const struct mb_comparison *first = &report->comparisons[start];
    size_t end = start;
    while (end < report->count &&
           (report->by != NULL ? report->comparisons[end].table == first->table
                               : report->comparisons[end].baseline == first->baseline)) {
        end++;
    }
    return end;
}

static void cells_make(struct mb_arena *arena, struct mb_effect_table *table)
{
    table->cells =
        mb_arena_alloc(arena, table->rows * table->columns, sizeof *table->cells);
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        table->cells[i].text = "";
    }
}

static size_t plain_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                         size_t start, struct mb_effect_table *table)
{
    const struct mb_comparison *first = &report->comparisons[start];
    struct columns shown = columns_choose(arena, report, start);
    const char *title = mb_point_title(arena, &first->cell->point);
    *table = (struct mb_effect_table){.columns = 1 + shown.visible, .rows = 2};
    table->title = first->design == MB_COMPARE_VARIANT
                       ? title
                       : mb_arena_print(arena, "%s · %s", first->cell->variant, title);
    size_t end = mb_effect_table_end(report, start);
    for (size_t at = start; at < end; at += mb_effect_run_length(report, at)) {
        table->rows++;
    }
    cells_make(arena, table);
    head_fill(arena, report, start, &shown, table);
    size_t at = start;
    for (size_t row = 2; row < table->rows; row++) {
        row_fill(arena, report, at, &shown, &table->cells[row * table->columns]);
        at += mb_effect_run_length(report, at);
    }
    return end;
}

// "steady · 16 connections · 1000 rps"; what the columns differ in is left out of it.
static const char *grouped_title(struct mb_arena *arena,
                                 const struct mb_compare_report *report,
                                 const struct mb_comparison *effect)
{
    if (!mb_compare_attribute_of_point(report->by)) {
        return mb_point_title(arena, &effect->cell->point);
    }
    const struct mb_point *point = &effect->cell->point;
    bool no_rate = strcmp(report->by, "rate") == 0;
    bool no_workload = strcmp(report->by, "workload") == 0;
    char rate[32] = "unpaced";
    char connections[48] = "";
    if (point->rate_micro_rps >= 0) {
        mb_units_show(MB_UNIT_RATE, (double)point->rate_micro_rps, rate, sizeof rate);
    }
    if (point->connections >= 0 && strcmp(report->by, "connections") != 0) {
        (void)snprintf(connections, sizeof connections, " · %lld connections",
                       (long long)point->connections);
    }
    return mb_arena_print(arena, "%s%s%s%s%s%s%s%s", effect->cell->variant,
                          no_workload ? "" : " · ", no_workload ? "" : point->workload,
                          connections, no_rate ? "" : " · ", no_rate ? "" : rate,
                          report->side_count > 1 ? " · " : "",
                          report->side_count > 1 ? report->sides[effect->side].name : "");
}

// The two rows of one metric: what the baseline has, and what is added to it.
static void grouped_rows(struct mb_arena *arena, const struct mb_effect_table *table,
                         size_t row, size_t column, const struct mb_comparison *effect)
{
    char text[MB_EFFECT_TEXT];
    struct mb_effect_cell *above = &table->cells[row * table->columns];
    struct mb_effect_cell *below = &table->cells[(row + 1) * table->columns];
    struct mb_effect_scale scale = mb_effect_scale(
        below[0].effect != NULL ? below[0].effect : effect); // one for the whole row
    if (below[0].effect == NULL) {
        mb_effect_metric_label(&effect->metric, text, sizeof text);
        above[0].text = mb_arena_print(arena, "%s [%s]: baseline", text, scale.unit);
        below[0] =
            (struct mb_effect_cell){mb_arena_print(arena, "  %s adds", text), effect};
    }
    mb_effect_value_text(&effect->baseline_value, &scale, text, sizeof text);
    above[column].text = mb_arena_copy_string(arena, text);
    effect_text(effect, &scale, text, sizeof text);
    below[column] = (struct mb_effect_cell){mb_arena_copy_string(arena, text), effect};
}

// Adds the rows of one metric.
static void grouped_metric(struct mb_arena *arena, const struct mb_compare_report *report,
                           size_t start, size_t metric, struct mb_effect_table *table)
{
    size_t end = mb_effect_table_end(report, start);
    size_t column = 1;
    for (size_t at = start; at < end; at += mb_effect_run_length(report, at)) {
        const struct mb_comparison *effect = nth_of(report, at, metric);
        if (effect != NULL && mb_effect_shown(effect)) {
            grouped_rows(arena, table, table->rows, column, effect);
        }
        column++;
    }
    table->rows += 2;
}

// A column for each value of the attribute, two rows for each metric.
static size_t grouped_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                           size_t start, struct mb_effect_table *table)
{
    size_t end = mb_effect_table_end(report, start);
    struct columns shown = columns_choose(arena, report, start);
    *table = (struct mb_effect_table){.columns = 1};
    table->title = grouped_title(arena, report, &report->comparisons[start]);
    for (size_t at = start; at < end; at += mb_effect_run_length(report, at)) {
        table->columns++;
    }
    table->rows = 1 + 2 * shown.visible;
    cells_make(arena, table);
    size_t column = 1;
    for (size_t at = start; at < end; at += mb_effect_run_length(report, at)) {
        const struct mb_comparison *first = &report->comparisons[at];
        table->cells[column++].text =
            first->aa ? mb_effect_label(arena, report, first) : first->heading;
    }
    table->rows = 1;
    for (size_t metric = 0; metric < shown.count; metric++) {
        if (shown.shown[metric]) {
            grouped_metric(arena, report, start, metric, table);
        }
    }
    return end;
}

size_t mb_effect_table_fill(struct mb_arena *arena,
                            const struct mb_compare_report *report, size_t start,
                            struct mb_effect_table *table)
{
    return report->by != NULL ? grouped_fill(arena, report, start, table)
                              : plain_fill(arena, report, start, table);
}

void mb_effect_gate_text(const struct mb_compare_gate *gate, char *text, size_t size)
{
    struct mb_comparison like = {.metric = gate->parsed,
                                 .baseline_value = {.value = gate->limit}};
    struct mb_effect_scale scale = mb_effect_scale(&like);
    scale = gate->relative ? (struct mb_effect_scale){100.0, "%", false} : scale;
    char interval[2 * VALUE_TEXT] = "";
    char low[NUMBER_TEXT];
    char high[NUMBER_TEXT];
    if (!isnan(gate->low) && !isnan(gate->high)) {
        mb_units_show_number(gate->low * scale.factor, low, sizeof low);
        mb_units_show_number(gate->high * scale.factor, high, sizeof high);
        (void)snprintf(interval, sizeof interval, " (%s to %s)", low, high);
    }
    char value[VALUE_TEXT] = "no value";
    if (!isnan(gate->value)) {
        mb_units_show_number(gate->value * scale.factor, low, sizeof low);
        (void)snprintf(value, sizeof value, "%s %s", low, scale.unit);
    }
    mb_units_show_number(gate->limit * scale.factor, high, sizeof high);
    (void)snprintf(text, size, "%s%s, %s %s %s", value, interval,
                   gate->at_most ? "at most" : "at least", high, scale.unit);
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
