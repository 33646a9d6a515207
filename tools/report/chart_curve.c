// Response time by percentile, and its cumulative distribution: one line for each
// variant, from the merged histogram of its trials.
#include "report/chart_draft.h"

#include <math.h>

// The axis of percentiles is the number of nines, -log10(1 - share), so that the tail has
// as much room as it is worth: 0 is the fastest request, 1 is p90, 2 is p99.
enum { STEPS_PER_NINE = 50, STEPS = 5 * STEPS_PER_NINE, SHARE_STEPS = 200 };
static const int64_t share_one = 1000000000;

// A curve: what is at its `step` (1 is the first). False past its end.
typedef bool (*curve_at)(int step, double *position, int64_t *share);

static bool nines_at(int step, double *position, int64_t *share)
{
    *position = (double)step / STEPS_PER_NINE;
    *share = share_one - (int64_t)llround(1e9 * pow(10.0, -*position));
    return step <= STEPS;
}

static bool shares_at(int step, double *position, int64_t *share)
{
    *share = share_one / SHARE_STEPS * step;
    *position = 100.0 * (double)step / SHARE_STEPS;
    return step <= SHARE_STEPS;
}

// Points of the curve, as far as the percentile has samples enough. Returns how many.
static size_t curve_print(struct mb_chart_draft *draft, const struct mb_merged *merged,
                          curve_at at, struct mb_buf *out)
{
    double position;
    int64_t share;
    int step = 1;
    for (; at(step, &position, &share); step++) {
        struct mb_value value = mb_merged_value(merged, 'q', share);
        if (value.state != MB_VALUE_KNOWN) {
            break;
        }
        mb_chart_span(draft, value.value / 1e6);
        mb_buf_print(out, "%.2f %.6g\n", position, value.value / 1e6);
    }
    return (size_t)step - 1;
}

static void cell_print(struct mb_chart_draft *draft, const struct mb_cell *cell,
                       curve_at at, const char *columns)
{
    struct mb_merged merged;
    struct mb_err err = {0};
    if (mb_merged_cell(cell, MB_DIST_RESPONSE, &merged, &err) != MB_OK) {
        return;
    }
    struct mb_buf curve = {0};
    size_t points = curve_print(draft, &merged, at, &curve);
    if (points > 1) {
        mb_chart_series_cell(draft, cell, NULL);
        mb_buf_append(&draft->data, mb_buf_string(&curve), curve.size);
        // A mark now and then tells lines apart without colour.
        size_t between = points / 5 + 1;
        mb_chart_plot(draft,
                      "using %s with linespoints pi %zu ps 0.7 %s title columnheader(1)",
                      columns, cell->aa_of != NULL ? points + 1 : between,
                      mb_chart_line(draft, cell));
    }
    mb_buf_release(&curve);
    mb_merged_release(&merged);
}

// Adds the lines of a point's cells.
static void lines_print(struct mb_chart_draft *draft, const struct mb_points_item *point,
                        curve_at at, const char *columns)
{
    for (size_t i = 0; i < point->count; i++) {
        if (draft->series < MB_CHART_ROWS_MAX) {
            cell_print(draft, point->cells[i], at, columns);
        } else {
            draft->atlas->charts->rows_left++;
        }
    }
}

static void percentile_chart(const struct mb_chart_atlas *atlas, size_t side,
                             const struct mb_points_item *point)
{
    static const struct mb_chart_kind kind = {"latency", "Response time by percentile"};
    struct mb_chart_draft draft;
    if (!mb_chart_begin(atlas, &kind, side, mb_chart_point_title(atlas, point), &draft)) {
        return;
    }
    draft.text = mb_arena_print(atlas->arena,
                                "One line for each variant: response time in ms on a "
                                "logarithmic axis, from the fastest request to the "
                                "highest percentile that has samples enough. %s.",
                                point->title);
    lines_print(&draft, point, nines_at, "1:2");
    mb_chart_end(&draft,
                 mb_arena_print(atlas->arena,
                                "%s"
                                "set ylabel \"response time [ms]\"\n"
                                "set xlabel \"percentile\"\n"
                                "set xrange [0:*]\n"
                                "set rmargin 4\n"
                                "set xtics (\"min\" 0, \"50\" 0.30103, \"90\" 1, \"99\" "
                                "2, \"99.9\" 3, \"99.99\" 4, \"99.999\" 5)\n",
                                mb_chart_log_axis(&draft, 'y')),
                 MB_CHART_PLOT, draft.series);
}

static void distribution_chart(const struct mb_chart_atlas *atlas, size_t side,
                               const struct mb_points_item *point)
{
    static const struct mb_chart_kind kind = {"cumulative",
                                              "Share of requests answered within a time"};
    struct mb_chart_draft draft;
    if (!mb_chart_begin(atlas, &kind, side, mb_chart_point_title(atlas, point), &draft)) {
        return;
    }
    draft.text = mb_arena_print(atlas->arena,
                                "One line for each variant: the share of requests, in "
                                "percent, answered within a response time in ms on a "
                                "logarithmic axis. A line that ends below 100 %% has "
                                "too few samples there, or the others timed out. %s.",
                                point->title);
    lines_print(&draft, point, shares_at, "2:1");
    mb_chart_end(&draft,
                 mb_arena_print(atlas->arena,
                                "%s"
                                "set xlabel \"response time [ms]\"\n"
                                "set ylabel \"requests answered [%%]\"\n"
                                "set yrange [0:100]\n"
                                "set rmargin 4\n",
                                mb_chart_log_axis(&draft, 'x')),
                 MB_CHART_PLOT, draft.series);
}

void mb_chart_percentiles(const struct mb_chart_atlas *atlas)
{
    for (size_t side = 0; side < atlas->report->side_count; side++) {
        for (size_t i = 0; i < atlas->sides[side].count; i++) {
            percentile_chart(atlas, side, &atlas->sides[side].items[i]);
        }
    }
}

void mb_chart_distributions(const struct mb_chart_atlas *atlas)
{
    for (size_t side = 0; side < atlas->report->side_count; side++) {
        for (size_t i = 0; i < atlas->sides[side].count; i++) {
            distribution_chart(atlas, side, &atlas->sides[side].items[i]);
        }
    }
}
