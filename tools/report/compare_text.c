// Terminal form of a comparison.
#include "report/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "format/emit.h"
#include "report/table.h"

// At most this many "cannot tell yet" lines; the rest is counted.
enum { UNDECIDED_MAX = 6, CELL_TEXT = 96 };

// In arena: text from outside that a terminal obeys nothing in.
static const char *shown(struct mb_arena *arena, const char *text)
{
    struct mb_buf safe = {0};
    mb_text_show(text, strlen(text), "", &safe);
    const char *copy = mb_arena_copy_string(arena, mb_buf_string(&safe));
    mb_buf_release(&safe);
    return copy;
}

struct scale {
    double factor; // from the metric's unit to the one shown
    const char *unit;
    bool relative; // effects are shown in percent
};

// One unit for a whole column, so that its numbers can be compared by eye.
static struct scale scale_choose(const struct mb_comparison *effect)
{
    double size = effect->baseline_value.state == MB_VALUE_KNOWN
                      ? effect->baseline_value.value
                      : effect->value.value;
    switch (effect->metric.unit) {
    case MB_METRIC_NS:
        if (size >= 1e9) {
            return (struct scale){1e-9, "s", false};
        }
        return size >= 1e6 ? (struct scale){1e-6, "ms", false}
                           : (struct scale){1e-3, "us", false};
    case MB_METRIC_NS_PER_REQUEST:
        return size >= 1e6 ? (struct scale){1e-6, "ms", false}
                           : (struct scale){1e-3, "us", false};
    case MB_METRIC_RPS:
        return (struct scale){1.0, "rps", true};
    case MB_METRIC_RATIO:
        return (struct scale){100.0, "%", false};
    case MB_METRIC_BYTES:
        return (struct scale){1.0 / 1048576.0, "MiB", false};
    }
    return (struct scale){1.0, "", false};
}

// "p99", "service p99", "throughput", "CPU/request", "memory", "errors".
static void metric_label(const struct mb_metric *metric, char *text, size_t size)
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

static void value_text(const struct mb_value *value, const struct scale *scale,
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

static enum mb_table_style verdict_style(const struct mb_comparison *effect)
{
    if (effect->aa) {
        return MB_TABLE_FAINT;
    }
    switch (effect->verdict) {
    case MB_COMPARE_BETTER:
        return MB_TABLE_GOOD;
    case MB_COMPARE_WORSE:
        return MB_TABLE_BAD;
    case MB_COMPARE_SAME:
    case MB_COMPARE_INCONCLUSIVE:
    case MB_COMPARE_INCOMPARABLE:
        return MB_TABLE_PLAIN;
    }
    return MB_TABLE_PLAIN;
}

// "+0.93 ±0.04 worse", "-34.1% ±1.2% worse"; without an interval the bare value.
static void effect_text(const struct mb_comparison *effect, const struct scale *scale,
                        char *text, size_t size)
{
    bool relative = scale->relative && effect->log_ratio.n > 0;
    const struct mb_sample_estimate *estimate =
        relative ? &effect->log_ratio : &effect->difference;
    if (estimate->state == MB_SAMPLE_TOO_FEW) {
        char value[CELL_TEXT / 2];
        value_text(&effect->value, scale, value, sizeof value);
        (void)snprintf(text, size, "%s%s", value, verdict_word(effect));
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
    (void)snprintf(text, size, "%+.*f%s ±%.*f%s%s", decimals, middle, unit, decimals,
                   half, unit, verdict_word(effect));
}

static const char *point_shown(struct mb_arena *arena, const struct mb_cell *cell)
{
    return shown(arena, mb_point_title(arena, &cell->point));
}

// Consecutive comparisons of one variant at one point.
static size_t run_length(const struct mb_compare_report *report, size_t start)
{
    size_t end = start;
    while (end < report->count &&
           report->comparisons[end].design == report->comparisons[start].design &&
           report->comparisons[end].cell == report->comparisons[start].cell) {
        end++;
    }
    return end - start;
}

// At a fixed rate the throughput is that rate, unless the cell is saturated, which a note
// says.
static bool column_shown(const struct mb_comparison *effect)
{
    bool fixed_rate = effect->cell->point.load_model == MB_LOAD_OPEN;
    return !(fixed_rate && effect->metric.family == MB_METRIC_THROUGHPUT);
}

// What the first row of a table is called, and what the others are.
static const char *baseline_label(const struct mb_compare_report *report,
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

static const char *effect_label(struct mb_arena *arena,
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

static void head_rows(struct mb_table *table, const struct mb_compare_report *report,
                      const struct mb_comparison *effects, size_t count)
{
    char text[CELL_TEXT];
    char label[CELL_TEXT];
    mb_table_add(table, MB_TABLE_PLAIN, "");
    for (size_t i = 0; i < count; i++) {
        if (column_shown(&effects[i])) {
            metric_label(&effects[i].metric, label, sizeof label);
            (void)snprintf(text, sizeof text, "%.60s [%s]", label,
                           scale_choose(&effects[i]).unit);
            mb_table_add(table, MB_TABLE_FAINT, text);
        }
    }
    mb_table_add(table, MB_TABLE_PLAIN, baseline_label(report, &effects[0]));
    for (size_t i = 0; i < count; i++) {
        if (column_shown(&effects[i])) {
            struct scale scale = scale_choose(&effects[i]);
            value_text(&effects[i].baseline_value, &scale, text, sizeof text);
            mb_table_add(table, MB_TABLE_PLAIN, text);
        }
    }
}

static void effect_row(struct mb_table *table, const struct mb_compare_report *report,
                       const struct mb_comparison *effects, size_t count)
{
    char text[CELL_TEXT];
    mb_table_add(table, effects[0].aa ? MB_TABLE_FAINT : MB_TABLE_PLAIN,
                 effect_label(table->arena, report, &effects[0]));
    for (size_t i = 0; i < count; i++) {
        if (column_shown(&effects[i])) {
            struct scale scale = scale_choose(&effects[i]);
            effect_text(&effects[i], &scale, text, sizeof text);
            mb_table_add(table, verdict_style(&effects[i]), text);
        }
    }
}

// Where a comparison is printed to.
struct page {
    struct mb_arena *arena;
    const struct mb_compare_report *report;
    size_t width;
    bool color;
    struct mb_buf *out;
};

// Prints the table of the point that starts at `start`; returns where the next one
// starts.
static size_t point_print(const struct page *page, size_t start)
{
    const struct mb_compare_report *report = page->report;
    const struct mb_comparison *first = &report->comparisons[start];
    size_t run = run_length(report, start);
    size_t columns = 1;
    for (size_t i = 0; i < run; i++) {
        columns += column_shown(&first[i]);
    }
    bool within = first->design == MB_COMPARE_VARIANT;
    mb_buf_print(page->out, "\n  %s%s%s\n",
                 within ? "" : shown(page->arena, first->cell->variant),
                 within ? "" : " · ", point_shown(page->arena, first->cell));
    struct mb_table table;
    mb_table_init(&table, page->arena, columns);
    head_rows(&table, report, first, run);
    size_t at = start;
    while (at < report->count && report->comparisons[at].baseline == first->baseline) {
        effect_row(&table, report, &report->comparisons[at], run_length(report, at));
        at += run_length(report, at);
    }
    mb_table_print(&table, 4, page->width, page->color, page->out);
    return at;
}

static const char *fact_text(const struct mb_result *result, const char *path)
{
    for (size_t i = 0; i < result->facts.count; i++) {
        if (strcmp(result->facts.items[i].path, path) == 0) {
            return mb_node_text(result->facts.items[i].captured, NULL);
        }
    }
    return NULL;
}

static size_t blocks_most(const struct mb_compare_report *report)
{
    size_t most = 0;
    for (size_t i = 0; i < report->count; i++) {
        most =
            report->comparisons[i].blocks > most ? report->comparisons[i].blocks : most;
    }
    return most;
}

static void side_print(struct mb_arena *arena, const struct mb_compare_side *side,
                       struct mb_buf *out)
{
    const struct mb_result *result = side->result;
    char duration[32];
    mb_units_show(MB_UNIT_DURATION,
                  (double)(result->finished_unix_ns - result->started_unix_ns), duration,
                  sizeof duration);
    const char *name = result->spec_name != NULL ? result->spec_name : side->name;
    const char *host = fact_text(result, "environment.host.cpu_model");
    mb_buf_print(out, "%s  ·  %zu cells  ·  %s%s%s\n", shown(arena, name),
                 result->cell_count, duration, host != NULL ? "  ·  " : "",
                 host != NULL ? shown(arena, host) : "");
}

static void head_print(const struct page *page)
{
    const struct mb_compare_report *report = page->report;
    for (size_t i = 0; i < report->side_count; i++) {
        if (report->side_count > 1) {
            mb_buf_print(page->out, "%s: ", shown(page->arena, report->sides[i].name));
        }
        side_print(page->arena, &report->sides[i], page->out);
    }
    const char *baseline = shown(page->arena, report->baseline);
    if (report->side_count == 1) {
        mb_buf_print(page->out,
                     "\nWhat each variant adds to '%s', over %zu blocks of one run\n",
                     baseline, blocks_most(report));
    } else {
        mb_buf_print(
            page->out,
            "\nWhat changed since '%s'; below it, what changed in what the variant "
            "adds to '%s'\n",
            shown(page->arena, report->sides[0].name), baseline);
    }
}

static const char *value_show(struct mb_arena *arena, const struct mb_node *node)
{
    struct mb_buf text = {0};
    if (node == NULL) {
        return "-";
    }
    mb_emit_json_compact(node, &text);
    const char *copy = mb_arena_copy_string(arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return copy;
}

// What differs between these results? Harmless differences are left to the JSON.
static void differences_print(const struct page *page)
{
    const struct mb_compare_report *report = page->report;
    struct mb_arena *arena = page->arena;
    struct mb_buf *out = page->out;
    struct mb_table table;
    mb_table_init(&table, arena, 4);
    table.left = true;
    for (size_t i = 0; i < report->difference_count; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        if (difference->class == MB_COMPARE_HARMLESS) {
            continue;
        }
        bool bad = difference->class == MB_COMPARE_DISQUALIFYING;
        mb_table_add(&table, MB_TABLE_PLAIN, difference->path);
        mb_table_add(&table, MB_TABLE_PLAIN, value_show(arena, difference->left));
        mb_table_add(&table, MB_TABLE_PLAIN, value_show(arena, difference->right));
        mb_table_add(&table, bad ? MB_TABLE_BAD : MB_TABLE_PLAIN,
                     difference->allowed ? "disqualifying, allowed"
                                         : mb_compare_class_name(difference->class));
    }
    if (table.count > 0) {
        mb_buf_append_string(out, "\nWhat differs between these results:\n");
        mb_table_print(&table, 2, page->width, page->color, out);
    } else if (report->side_count > 1) {
        mb_buf_append_string(out,
                             "\nNothing that matters differs between these results.\n");
    }
}

static void undecided_print(const struct mb_compare_report *report,
                            struct mb_arena *arena, struct mb_buf *out)
{
    size_t seen = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        bool open = effect->verdict == MB_COMPARE_INCONCLUSIVE ||
                    effect->verdict == MB_COMPARE_INCOMPARABLE;
        if (!effect->primary || !open || effect->reason_count == 0) {
            continue;
        }
        if (seen++ == 0) {
            mb_buf_append_string(out, "\nCannot tell:\n");
        }
        if (seen <= UNDECIDED_MAX) {
            mb_buf_print(out, "  %s, %s, %s: %s\n", shown(arena, effect->cell->variant),
                         effect->metric.name, point_shown(arena, effect->cell),
                         shown(arena, effect->reasons[0]));
        }
    }
    if (seen > UNDECIDED_MAX) {
        mb_buf_print(out, "  and %zu more (--format json has all)\n",
                     seen - UNDECIDED_MAX);
    }
}

// One line for each gate that did not pass, and a count.
static void gates_print(const struct mb_compare_report *report, struct mb_arena *arena,
                        bool color, struct mb_buf *out)
{
    size_t states[3] = {0};
    for (size_t i = 0; i < report->gate_count; i++) {
        states[report->gates[i].state]++;
    }
    if (report->gate_count > 0) {
        mb_buf_print(out, "\nGates: %zu passed, %zu failed, %zu undecided\n", states[0],
                     states[1], states[2]);
    }
    for (size_t i = 0; i < report->gate_count; i++) {
        const struct mb_compare_gate *gate = &report->gates[i];
        if (gate->state == MB_COMPARE_GATE_PASSED) {
            continue;
        }
        bool failed = gate->state == MB_COMPARE_GATE_FAILED;
        struct mb_comparison like = {.metric = gate->parsed,
                                     .baseline_value = {.value = gate->limit}};
        struct scale scale = scale_choose(&like);
        scale = gate->relative ? (struct scale){100.0, "%", false} : scale;
        mb_buf_print(
            out, "  %s%s%s  %s, %s%s%s, %s: %.3g %s (%.3g to %.3g), %s %.3g %s%s%s\n",
            failed && color ? "\x1b[31m" : "", mb_compare_gate_name(gate->state),
            failed && color ? "\x1b[0m" : "", gate->metric,
            shown(arena, gate->cell->variant), gate->versus != NULL ? " against " : "",
            gate->versus != NULL ? shown(arena, gate->versus->variant) : "",
            point_shown(arena, gate->cell), gate->value * scale.factor, scale.unit,
            gate->low * scale.factor, gate->high * scale.factor,
            gate->at_most ? "at most" : "at least", gate->limit * scale.factor,
            scale.unit, gate->reason != NULL ? ": " : "",
            gate->reason != NULL ? gate->reason : "");
    }
}

static void foot_print(const struct mb_compare_report *report, struct mb_arena *arena,
                       struct mb_buf *out)
{
    for (size_t i = 0; i < report->note_count; i++) {
        mb_buf_print(out, "%s  %s: %s\n", i == 0 ? "\nWorth knowing:\n" : "",
                     report->notes[i].code, shown(arena, report->notes[i].message));
    }
    mb_buf_print(
        out, "\n±: %.3g%% interval of the mean over %s\n", report->confidence * 100.0,
        report->side_count == 1 ? "blocks, each paired with the baseline of its block."
                                : "trials (Welch); runs are not paired.");
    mb_buf_print(
        out,
        "worse, better: certain at that level (%zu primary comparisons, corrected "
        "by Holm) and\nlarger than the noise floor, which is how far '%s' differs "
        "from itself. ~: cannot tell.\n",
        report->family, shown(arena, report->baseline));
}

void mb_report_compare_text(struct mb_arena *arena,
                            const struct mb_compare_report *report, size_t width,
                            bool color, struct mb_buf *out)
{
    const struct page page = {
        .arena = arena, .report = report, .width = width, .color = color, .out = out};
    head_print(&page);
    for (size_t at = 0; at < report->count;) {
        at = point_print(&page, at);
    }
    differences_print(&page);
    gates_print(report, arena, color, out);
    undecided_print(report, arena, out);
    foot_print(report, arena, out);
}
