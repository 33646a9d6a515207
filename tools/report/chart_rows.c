// Charts of rows: one row for each variant at each point, its name above its marks, so
// that long names have the whole width and never meet. Effects, trials, roles.
#include "report/chart_draft.h"

#include <math.h>
#include <string.h>

#include "report/effect.h"
#include "stats/sample.h"

// Room in pixels: for the marks of a row, for a line of its name, for title, axis and
// key.
enum { MARKS_HEIGHT = 40, LINE_HEIGHT = 21, FRAME_HEIGHT = 190, TRIALS_MAX = 1000 };

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

static void rows_end(struct mb_chart_draft *draft, size_t rows, const char *settings)
{
    size_t height = MARKS_HEIGHT + LINE_HEIGHT * draft->lines;
    const char *all =
        mb_arena_print(draft->arena,
                       "%sU = 1.0 / %zu\nL = 0.5 - %zu * U\nM = -0.5 + 18 * U\n"
                       "set yrange [%.1f:0.5]\n%s",
                       rows_settings, height, 2 + LINE_HEIGHT * draft->lines / 2,
                       0.5 - (double)rows, settings);
    mb_chart_end(draft, all, FRAME_HEIGHT + height * rows);
}

static void plot_separate(struct mb_chart_draft *draft)
{
    mb_buf_append_string(&draft->plot, draft->plot.size > 0 ? ", \\\n  " : "");
}

// Begins the series of a row: its name is the label above its marks.
static void row_begin(struct mb_chart_draft *draft, const char *name, size_t row)
{
    mb_chart_series(draft, name);
    plot_separate(draft);
    mb_buf_print(
        &draft->plot,
        "\"%s.dat\" index %zu every ::0::0 using (0):(L - %zu):(stringcolumn(1)) "
        "axes x2y1 with labels left notitle",
        draft->stem, draft->series, row);
}

// Plots rows of the current series: `every` picks them (row 0 is the name).
static void marks_plot(struct mb_chart_draft *draft, const char *every, const char *using,
                       const char *style)
{
    plot_separate(draft);
    mb_buf_print(&draft->plot, "\"%s.dat\" index %zu every %s using %s with %s notitle",
                 draft->stem, draft->series, every, using, style);
}

// The unit for all rows of a chart: that of the largest value.
static struct mb_effect_scale common_scale(const struct mb_metric *metric, double largest)
{
    const struct mb_comparison like = {
        .metric = *metric, .baseline_value = {.state = MB_VALUE_KNOWN, .value = largest}};
    return mb_effect_scale(&like);
}

// Belongs to the chart that `first` opens: the same metric, baseline and kind.
static bool drawn(const struct mb_comparison *effect, const struct mb_comparison *first)
{
    return strcmp(effect->metric.name, first->metric.name) == 0 && effect->primary &&
           effect->baseline == first->baseline && effect->design == first->design &&
           mb_effect_shown(effect) && effect->difference.state != MB_SAMPLE_TOO_FEW;
}

static void effect_row(struct mb_chart_draft *draft, const struct mb_comparison *effect,
                       const struct mb_effect_scale *scale, size_t row)
{
    struct mb_arena *arena = draft->arena;
    row_begin(draft, mb_effect_label(arena, draft->report, effect), row);
    const struct mb_sample_estimate *difference = &effect->difference;
    mb_buf_print(&draft->data, "%.6g %.6g %.6g\n", difference->value * scale->factor,
                 difference->low * scale->factor, difference->high * scale->factor);
    marks_plot(draft, "::1", mb_arena_print(arena, "1:(M - %zu):2:3", row),
               mb_arena_print(arena, "xerrorbars pt 7 ps 0.8 lw 2 lc rgb \"%s\"",
                              mb_chart_color(draft->report, effect->cell->variant)));
}

static void effect_chart(struct mb_charts *charts, struct mb_arena *arena,
                         const struct mb_compare_report *report,
                         const struct mb_comparison *first)
{
    struct mb_chart_draft draft = mb_chart_begin(charts, arena, report, "effect");
    const struct mb_comparison *end = report->comparisons + report->count;
    double largest = 0.0;
    for (const struct mb_comparison *effect = first; effect < end; effect++) {
        if (drawn(effect, first)) {
            largest = fmax(largest, fabs(effect->difference.low));
            largest = fmax(largest, fabs(effect->difference.high));
        }
    }
    struct mb_effect_scale scale = common_scale(&first->metric, largest);
    const char *point = mb_point_title(arena, &first->cell->point);
    const char *title =
        mb_arena_print(arena, "Difference in %s from %s · %s", first->metric.name,
                       mb_effect_baseline_label(report, first), point);
    mb_chart_title(&draft, first->side, title);
    draft.text = mb_arena_print(
        arena,
        "One row for each variant: the mean difference from the baseline in %s as a dot, "
        "its %.3g%% interval as a line. %s. The tables hold the numbers.",
        scale.unit, report->confidence * 100.0, point);
    size_t rows = 0;
    for (const struct mb_comparison *effect = first;
         effect < end && rows < MB_CHART_ROWS_MAX; effect++) {
        if (drawn(effect, first)) {
            effect_row(&draft, effect, &scale, rows++);
        }
    }
    rows_end(&draft, rows,
             mb_arena_print(arena,
                            "set xlabel \"difference [%s], %.3g%% interval\"\n"
                            "set xrange [* < 0 : 0 < *]\n"
                            "set arrow from first 0, graph 0 to first 0, graph 1 nohead "
                            "lc rgb \"#808080\"\n",
                            scale.unit, report->confidence * 100.0));
}

void mb_chart_effects(struct mb_charts *charts, struct mb_arena *arena,
                      const struct mb_compare_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        bool first = drawn(effect, effect);
        for (size_t j = 0; j < i && first; j++) {
            first = !drawn(&report->comparisons[j], effect);
        }
        if (first) {
            effect_chart(charts, arena, report, effect);
        }
    }
}

// Values of a cell's trials, in the metric's unit. Returns how many are known.
static size_t trial_values(const struct mb_cell *cell, const struct mb_metric *metric,
                           double *values)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    size_t position = 0;
    size_t count = 0;
    const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
    while (trial != NULL && count < TRIALS_MAX) {
        struct mb_value value = mb_derive_trial(cell, trial, metric);
        if (value.state == MB_VALUE_KNOWN) {
            values[count++] = value.value;
        }
        trial = mb_derive_scope_next(&scope, &position);
    }
    return count;
}

static void trials_row(struct mb_chart_draft *draft, const struct mb_cell *cell,
                       const struct mb_metric *metric,
                       const struct mb_effect_scale *scale, size_t row)
{
    double values[TRIALS_MAX];
    size_t count = trial_values(cell, metric, values);
    struct mb_arena *arena = draft->arena;
    const char *color = mb_chart_color(draft->report, cell->variant);
    struct mb_sample_estimate mean =
        mb_sample_paired(values, count, draft->report->confidence);
    row_begin(draft, cell->variant, row);
    for (size_t i = 0; i < count; i++) {
        mb_buf_print(&draft->data, "%.6g", values[i] * scale->factor);
        if (i == 0 && mean.state != MB_SAMPLE_TOO_FEW) {
            mb_buf_print(&draft->data, " %.6g %.6g %.6g", mean.value * scale->factor,
                         mean.low * scale->factor, mean.high * scale->factor);
        }
        mb_buf_append_char(&draft->data, '\n');
    }
    marks_plot(draft, "::1", mb_arena_print(arena, "1:(M + 7 * U - %zu)", row),
               mb_arena_print(arena, "points pt 6 ps 0.8 lc rgb \"%s\"", color));
    if (mean.state != MB_SAMPLE_TOO_FEW) {
        marks_plot(
            draft, "::1::1", mb_arena_print(arena, "2:(M - 6 * U - %zu):3:4", row),
            mb_arena_print(arena, "xerrorbars pt 7 ps 0.7 lw 2 lc rgb \"%s\"", color));
    }
}

// The next cell of the same point from `from` on; cell_count when there is none.
static size_t next_cell(const struct mb_result *result, const struct mb_point *point,
                        size_t from)
{
    while (from < result->cell_count &&
           !mb_point_equal(&result->cells[from].point, point)) {
        from++;
    }
    return from;
}

static void trials_chart(struct mb_charts *charts, struct mb_arena *arena,
                         const struct mb_compare_report *report, size_t side,
                         const struct mb_cell *first)
{
    const struct mb_result *result = report->sides[side].result;
    struct mb_metric metric;
    double largest = 0.0;
    size_t rows = 0;
    if (!mb_metric_parse("response_time.p99", &metric)) {
        return;
    }
    for (size_t i = 0; i < result->cell_count; i++) {
        struct mb_value value = mb_derive_cell(&result->cells[i], &metric);
        bool counts = mb_point_equal(&result->cells[i].point, &first->point) &&
                      value.state == MB_VALUE_KNOWN;
        largest = counts ? fmax(largest, value.value) : largest;
    }
    struct mb_effect_scale scale = common_scale(&metric, largest);
    struct mb_chart_draft draft = mb_chart_begin(charts, arena, report, "trials");
    const char *point = mb_point_title(arena, &first->point);
    mb_chart_title(&draft, side, mb_arena_print(arena, "p99 of every trial · %s", point));
    draft.text = mb_arena_print(
        arena,
        "One row for each variant: the p99 of each trial as a circle, below it their "
        "mean "
        "with its %.3g%% interval. %s. The table of trials holds the numbers.",
        report->confidence * 100.0, point);
    for (size_t i = next_cell(result, &first->point, 0);
         i < result->cell_count && rows < MB_CHART_ROWS_MAX;
         i = next_cell(result, &first->point, i + 1)) {
        trials_row(&draft, &result->cells[i], &metric, &scale, rows++);
    }
    rows_end(&draft, rows,
             mb_arena_print(arena,
                            "set xlabel \"response time p99 [%s]; circles: trials, dot: "
                            "mean, %.3g%% interval\"\n",
                            scale.unit, report->confidence * 100.0));
}

void mb_chart_trials(struct mb_charts *charts, struct mb_arena *arena,
                     const struct mb_compare_report *report, size_t side)
{
    const struct mb_result *result = report->sides[side].result;
    for (size_t i = 0; i < result->cell_count; i++) {
        if (next_cell(result, &result->cells[i].point, 0) == i) {
            trials_chart(charts, arena, report, side, &result->cells[i]);
        }
    }
}

struct role_color {
    enum mb_role role;
    const char *color;
    const char *title;
};

// A role is told from a variant by having no colour of theirs.
static const struct role_color role_colors[] = {
    {MB_ROLE_APPLICATION, "#8c8c8c", "application"},
    {MB_ROLE_DATA_PLANE, "#7b3294", "data plane"},
    {MB_ROLE_CONTROL_PLANE, "#c2a5cf", "control plane"},
};
enum { ROLE_COLORS = sizeof role_colors / sizeof *role_colors };

// What is shown of each role.
struct measure {
    const char *metric; // without the role
    const char *title;
};

static const struct measure measures[] = {
    {"cpu_per_request", "CPU time per request by role"},
    {"memory", "Largest resident memory by role"},
};

static struct mb_value role_value(struct mb_arena *arena, const struct mb_cell *cell,
                                  const struct measure *measure, enum mb_role role)
{
    struct mb_metric metric;
    const char *name =
        mb_arena_print(arena, "%s.%s", measure->metric, mb_role_name(role));
    return mb_metric_parse(name, &metric) ? mb_derive_cell(cell, &metric)
                                          : (struct mb_value){.state = MB_VALUE_UNKNOWN};
}

// True when some cell of the point has it: a key names nothing that is not there.
static bool role_shown(struct mb_arena *arena, const struct mb_result *result,
                       const struct mb_point *point, const struct measure *measure,
                       enum mb_role role)
{
    for (size_t i = next_cell(result, point, 0); i < result->cell_count;
         i = next_cell(result, point, i + 1)) {
        struct mb_value value = role_value(arena, &result->cells[i], measure, role);
        if (value.state == MB_VALUE_KNOWN && value.value > 0.0) {
            return true;
        }
    }
    return false;
}

// Stacks the roles of a cell. False when none is known; then there is no row.
static bool roles_row(struct mb_chart_draft *draft, const struct mb_cell *cell,
                      const struct measure *measure, double factor, size_t row)
{
    struct mb_arena *arena = draft->arena;
    double values[ROLE_COLORS];
    size_t known = 0;
    for (size_t i = 0; i < ROLE_COLORS; i++) {
        struct mb_value value = role_value(arena, cell, measure, role_colors[i].role);
        bool shown = value.state == MB_VALUE_KNOWN;
        values[i] = shown ? value.value * factor : 0.0;
        known += shown;
    }
    if (known == 0) {
        return false;
    }
    row_begin(draft, cell->variant, row);
    double at = 0.0;
    for (size_t i = 0; i < ROLE_COLORS; i++) {
        mb_buf_print(&draft->data, "%.6g %.6g %s\n", at, at + values[i],
                     mb_role_name(role_colors[i].role));
        if (values[i] > 0.0) {
            marks_plot(
                draft, mb_arena_print(arena, "::%zu::%zu", i + 1, i + 1),
                mb_arena_print(arena,
                               "1:(M - %zu):1:2:(M - 8 * U - %zu):(M + 8 * U - %zu)", row,
                               row, row),
                mb_arena_print(arena, "boxxyerror fs solid 1 noborder fc rgb \"%s\"",
                               role_colors[i].color));
        }
        at += values[i];
    }
    return true;
}

static void roles_chart(struct mb_chart_draft *draft, const struct measure *measure,
                        size_t side, const struct mb_cell *first)
{
    struct mb_arena *arena = draft->arena;
    const struct mb_result *result = draft->report->sides[side].result;
    const char *point = mb_point_title(arena, &first->point);
    bool cpu = strcmp(measure->metric, "memory") != 0;
    size_t rows = 0;
    mb_chart_title(draft, side, mb_arena_print(arena, "%s · %s", measure->title, point));
    draft->text = mb_arena_print(
        arena,
        "One bar for each variant, the roles side by side within it: %s in %s. %s.",
        measure->title, cpu ? "us" : "MiB", point);
    for (size_t i = next_cell(result, &first->point, 0);
         i < result->cell_count && rows < MB_CHART_ROWS_MAX;
         i = next_cell(result, &first->point, i + 1)) {
        rows += roles_row(draft, &result->cells[i], measure, cpu ? 1e-3 : 1.0 / 1048576.0,
                          rows);
    }
    for (size_t i = 0; i < ROLE_COLORS; i++) {
        if (role_shown(arena, result, &first->point, measure, role_colors[i].role)) {
            plot_separate(draft);
            mb_buf_print(&draft->plot,
                         "NaN with points pt 5 ps 1.4 lc rgb \"%s\" title \"%s\"",
                         role_colors[i].color, role_colors[i].title);
        }
    }
    rows_end(
        draft, rows,
        cpu ? "set xlabel \"CPU time per request [us]\" offset 0,0.4\nset xrange [0:*]\n"
              "set key bmargin left horizontal maxcols 3\n"
            : "set xlabel \"resident memory [MiB]\" offset 0,0.4\nset xrange [0:*]\n"
              "set key bmargin left horizontal maxcols 3\n");
}

void mb_chart_roles(struct mb_charts *charts, struct mb_arena *arena,
                    const struct mb_compare_report *report, size_t side)
{
    const struct mb_result *result = report->sides[side].result;
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t m = 0; m < sizeof measures / sizeof *measures; m++) {
            if (next_cell(result, &result->cells[i].point, 0) == i) {
                struct mb_chart_draft draft =
                    mb_chart_begin(charts, arena, report, m == 0 ? "cpu" : "memory");
                roles_chart(&draft, &measures[m], side, &result->cells[i]);
            }
        }
    }
}
