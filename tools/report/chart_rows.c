// Charts of rows: one row for each variant, its name above its marks, so that long names
// have the whole width and never meet. Effects and trials; bars are in chart_bars.c.
#include "report/chart_rows.h"

#include <math.h>
#include <string.h>

// Pixels for the marks of a row, beside the lines of its name.
enum { MARKS_HEIGHT = 40 };

// Rows are counted downwards from the top: the middle of row 0 is at y = 0, that of row 1
// at y = -1. In the script U is a pixel, L the place of a name and M that of the marks.
static const char *const rows_settings = "unset ytics\n"
                                         "set border 1\n"
                                         "set x2range [0:1]\n"
                                         "unset x2tics\n"
                                         "set grid noy\n"
                                         "set lmargin 3\n"
                                         "set rmargin 3\n"
                                         "set offsets graph 0.04, graph 0.04, 0, 0\n";

void mb_chart_rows_end(struct mb_chart_draft *draft, size_t rows, const char *settings,
                       size_t entries)
{
    size_t height = MARKS_HEIGHT + MB_CHART_LINE * draft->lines;
    const char *all =
        mb_arena_print(draft->arena,
                       "%sU = 1.0 / %zu\nL = 0.5 - %zu * U\nM = -0.5 + 18 * U\n"
                       "set yrange [%.1f:0.5]\n%s",
                       rows_settings, height, 2 + MB_CHART_LINE * draft->lines / 2,
                       0.5 - (double)rows, settings);
    mb_chart_end(draft, all, height * rows, entries);
}

static void label_plot(struct mb_chart_draft *draft, size_t row)
{
    mb_chart_plot(draft,
                  "every ::0::0 using (0):(L - %zu):(stringcolumn(1)) axes x2y1 with "
                  "labels left offset 0.5, 0 notitle",
                  row);
}

static void row_begin(struct mb_chart_draft *draft, const char *name, size_t row)
{
    mb_chart_series(draft, name);
    label_plot(draft, row);
}

void mb_chart_row_cell(struct mb_chart_draft *draft, const struct mb_cell *cell,
                       const char *note, size_t row)
{
    mb_chart_series_cell(draft, cell, note);
    label_plot(draft, row);
}

// The unit for all of a chart: that of the largest value.
static struct mb_effect_scale common_scale(const struct mb_metric *metric, double largest)
{
    const struct mb_comparison like = {
        .metric = *metric, .baseline_value = {.state = MB_VALUE_KNOWN, .value = largest}};
    return mb_effect_scale(&like);
}

struct mb_effect_scale mb_chart_point_scale(const struct mb_points_item *point,
                                            const struct mb_metric *metric)
{
    double largest = 0.0;
    for (size_t i = 0; i < point->count; i++) {
        struct mb_value value = mb_derive_cell(point->cells[i], metric);
        largest = value.state == MB_VALUE_KNOWN ? fmax(largest, value.value) : largest;
    }
    return common_scale(metric, largest);
}

// Effects of one baseline: what is plotted in their charts.
struct effect_group {
    const struct mb_comparison *first;
    const struct mb_comparison *end;
};

static bool drawn(const struct mb_comparison *effect, const struct mb_metric *metric)
{
    return strcmp(effect->metric.name, metric->name) == 0 && effect->primary &&
           mb_effect_shown(effect) && effect->difference.state != MB_SAMPLE_TOO_FEW;
}

// Between results the rows of one load point stand in one chart, each with its variant.
static bool together(const struct mb_comparison *effect,
                     const struct mb_comparison *first)
{
    if (effect->design == MB_COMPARE_VARIANT || first->design == MB_COMPARE_VARIANT) {
        return effect->baseline == first->baseline && effect->design == first->design;
    }
    return effect->baseline_side == first->baseline_side &&
           mb_point_equal(&effect->cell->point, &first->cell->point);
}

static const char *row_label(const struct mb_chart_draft *draft,
                             const struct mb_comparison *effect)
{
    const struct mb_compare_report *report = draft->atlas->report;
    const char *label = mb_effect_label(draft->arena, report, effect);
    if (effect->design == MB_COMPARE_VARIANT) {
        return label;
    }
    const char *result =
        report->side_count > 2
            ? mb_arena_print(draft->arena, " · %s", report->sides[effect->side].name)
            : "";
    return effect->design == MB_COMPARE_OVERHEAD
               ? mb_arena_print(draft->arena, "%s %s%s", effect->cell->variant, label,
                                result)
               : mb_arena_print(draft->arena, "%s%s", effect->cell->variant, result);
}

static void effect_row(struct mb_chart_draft *draft, const struct mb_comparison *effect,
                       const struct mb_effect_scale *scale, size_t row)
{
    row_begin(draft, row_label(draft, effect), row);
    struct mb_compare_added added = mb_compare_added(effect);
    struct mb_chart_style style = mb_chart_style(draft->atlas, effect->cell);
    mb_buf_print(&draft->data, "%.6g %.6g %.6g\n", added.value * scale->factor,
                 added.low * scale->factor, added.high * scale->factor);
    mb_chart_plot(draft,
                  "every ::1 using 1:(M - %zu):2:3 with xerrorbars pt %d ps 0.9 lw 2 lc "
                  "rgb \"%s\" notitle",
                  row, style.mark, style.color);
}

static struct mb_effect_scale effect_scale(const struct effect_group *group,
                                           const struct mb_metric *metric)
{
    double largest = 0.0;
    for (const struct mb_comparison *at = group->first; at < group->end; at++) {
        if (drawn(at, metric)) {
            struct mb_compare_added added = mb_compare_added(at);
            largest = fmax(largest, fmax(fabs(added.low), fabs(added.high)));
        }
    }
    return common_scale(metric, largest);
}

static void effect_chart(const struct mb_chart_atlas *atlas,
                         const struct effect_group *group, const struct mb_metric *metric)
{
    static const struct mb_chart_kind kind = {"effect", "What each variant changes"};
    struct mb_arena *arena = atlas->arena;
    const struct mb_comparison *first = group->first;
    struct mb_chart_draft draft;
    char label[MB_EFFECT_TEXT];
    mb_effect_metric_label(metric, label, sizeof label);
    const char *point = mb_point_title(arena, &first->cell->point);
    const char *title =
        mb_arena_print(arena, "%s against %s · %s", label,
                       mb_effect_baseline_label(atlas->report, first), point);
    if (!mb_chart_begin(atlas, &kind, first->side, title, &draft)) {
        return;
    }
    struct mb_effect_scale scale = effect_scale(group, metric);
    draft.text = mb_arena_print(
        arena,
        "One row for each variant: its difference from the baseline in %s as a "
        "mark, the %.3g%% interval as a line; the grey line is no difference. %s, %s. "
        "The tables hold the numbers.",
        scale.unit, atlas->report->confidence * 100.0, label, point);
    size_t rows = 0;
    for (const struct mb_comparison *at = first; at < group->end; at++) {
        if (drawn(at, metric) && rows < MB_CHART_ROWS_MAX) {
            effect_row(&draft, at, &scale, rows++);
        } else if (drawn(at, metric)) {
            atlas->charts->rows_left++;
        }
    }
    mb_chart_rows_end(
        &draft, rows,
        mb_arena_print(arena,
                       "set xlabel \"difference [%s] with %.3g%% interval\"\n"
                       "set xrange [* < 0 : 0 < *]\n"
                       "set arrow from first 0, graph 0 to first 0, graph 1 nohead "
                       "lc rgb \"#808080\"\n",
                       scale.unit, atlas->report->confidence * 100.0),
        0);
}

void mb_chart_effects(const struct mb_chart_atlas *atlas)
{
    const struct mb_compare_report *report = atlas->report;
    const struct mb_comparison *end = report->comparisons + report->count;
    for (const struct mb_comparison *first = report->comparisons; first < end;) {
        struct effect_group group = {first, first};
        while (group.end < end && together(group.end, first)) {
            group.end++;
        }
        // Every variant of a group has the metrics of the first one.
        size_t metrics =
            mb_effect_run_length(report, (size_t)(first - report->comparisons));
        bool wanted =
            mb_points_wants(atlas->arena, &first->cell->point, atlas->options->point);
        for (size_t i = 0; i < metrics && wanted; i++) {
            if (drawn(&first[i], &first[i].metric)) {
                effect_chart(atlas, &group, &first[i].metric);
            }
        }
        first = group.end;
    }
}

static void trials_row(struct mb_chart_draft *draft, const struct mb_cell *cell,
                       const struct mb_metric *metric,
                       const struct mb_effect_scale *scale, size_t row)
{
    double values[MB_CHART_TRIALS_MAX];
    size_t count = mb_chart_values(cell, metric, values);
    struct mb_chart_style style = mb_chart_style(draft->atlas, cell);
    struct mb_chart_estimate mean =
        mb_chart_estimate(cell, metric, draft->atlas->report->confidence);
    mb_chart_row_cell(draft, cell, count == 0 ? "not known" : NULL, row);
    for (size_t i = 0; i < count; i++) {
        mb_buf_print(&draft->data, "%.6g", values[i] * scale->factor);
        if (i == 0) {
            mb_buf_print(&draft->data, " %.6g %.6g %.6g", mean.mean * scale->factor,
                         mean.low * scale->factor, mean.high * scale->factor);
        }
        mb_buf_append_char(&draft->data, '\n');
    }
    if (count > 0) {
        mb_chart_plot(draft,
                      "every ::1 using 1:(M + 7 * U - %zu) with points pt 6 ps 0.8 lc "
                      "rgb \"%s\" notitle",
                      row, style.color);
    }
    if (mean.interval) {
        mb_chart_plot(draft,
                      "every ::1::1 using 2:(M - 6 * U - %zu):3:4 with xerrorbars pt %d "
                      "ps 0.8 lw 2 lc rgb \"%s\" notitle",
                      row, style.mark, style.color);
    }
}

// The highest percentile that some trial has samples enough for. False when there is
// none.
static bool trials_metric(const struct mb_points_item *point, struct mb_metric *metric)
{
    static const char *const names[] = {"response_time.p99", "response_time.p95",
                                        "response_time.p90", "response_time.p50"};
    double values[MB_CHART_TRIALS_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t cell = 0; cell < point->count; cell++) {
            if (mb_metric_parse(names[i], metric) &&
                mb_chart_values(point->cells[cell], metric, values) > 0) {
                return true;
            }
        }
    }
    return false;
}

static void trials_chart(const struct mb_chart_atlas *atlas, size_t side,
                         const struct mb_points_item *point)
{
    static const struct mb_chart_kind kind = {"trials", "Every trial"};
    struct mb_metric metric;
    struct mb_chart_draft draft;
    char label[MB_EFFECT_TEXT];
    if (mb_chart_full(atlas, &kind) || !trials_metric(point, &metric)) {
        return;
    }
    mb_effect_metric_label(&metric, label, sizeof label);
    const char *title = mb_arena_print(atlas->arena, "%s · %s", label,
                                       mb_chart_point_title(atlas, point));
    if (!mb_chart_begin(atlas, &kind, side, title, &draft)) {
        return;
    }
    struct mb_effect_scale scale = mb_chart_point_scale(point, &metric);
    double confidence = atlas->report->confidence * 100.0;
    draft.text = mb_arena_print(
        atlas->arena,
        "One row for each variant: the %s of each trial as a circle, below it their "
        "mean with its %.3g%% interval. %s. The table of trials holds the numbers.",
        label, confidence, point->title);
    size_t rows = point->count < MB_CHART_ROWS_MAX ? point->count : MB_CHART_ROWS_MAX;
    for (size_t i = 0; i < rows; i++) {
        trials_row(&draft, point->cells[i], &metric, &scale, i);
    }
    atlas->charts->rows_left += point->count - rows;
    mb_chart_rows_end(
        &draft, rows,
        mb_arena_print(atlas->arena,
                       "set xrange [0 < *:*]\n"
                       "set xlabel \"%s [%s]; circles: trials, mark: mean with %.3g%% "
                       "interval\"\n",
                       label, scale.unit, confidence),
        0);
}

void mb_chart_trials(const struct mb_chart_atlas *atlas)
{
    for (size_t side = 0; side < atlas->report->side_count; side++) {
        for (size_t i = 0; i < atlas->sides[side].count; i++) {
            trials_chart(atlas, side, &atlas->sides[side].items[i]);
        }
    }
}
