// Response time by percentile: one line for each variant.
#include "report/chart_draft.h"

#include <math.h>

#include "base/units.h"

// The axis is the number of nines, -log10(1 - share), so that the tail has as much room
// as it is worth: 0 is the fastest request, 1 is p90, 2 is p99.
enum { STEPS_PER_NINE = 50, STEPS = 5 * STEPS_PER_NINE };

// Points of the curve, as far as the percentile has samples enough. Returns how many.
static size_t curve_print(const struct mb_merged *merged, struct mb_buf *out)
{
    size_t printed = 0;
    for (int step = 1; step <= STEPS; step++) {
        double nines = (double)step / STEPS_PER_NINE;
        int64_t share = 1000000000 - (int64_t)llround(1e9 * pow(10.0, -nines));
        struct mb_value value = mb_merged_value(merged, 'q', share);
        if (value.state != MB_VALUE_KNOWN) {
            break;
        }
        mb_buf_print(out, "%.2f %.6g\n", nines, value.value / 1e6);
        printed++;
    }
    return printed;
}

static void cell_print(struct mb_chart_draft *draft, const struct mb_cell *cell)
{
    struct mb_merged merged;
    struct mb_err err = {0};
    if (mb_merged_cell(cell, MB_DIST_RESPONSE, &merged, &err) != MB_OK) {
        return;
    }
    struct mb_buf curve = {0};
    if (curve_print(&merged, &curve) > 1) {
        mb_chart_series(draft, cell->variant);
        mb_buf_append(&draft->data, mb_buf_string(&curve), curve.size);
        mb_buf_print(&draft->plot,
                     "%s\"%s.dat\" index %zu using 1:2 with lines lw %d%s lc rgb \"%s\" "
                     "title columnheader(1)",
                     draft->series > 1 ? ", \\\n  " : "", draft->stem, draft->series,
                     cell->aa_of != NULL ? 1 : 2, cell->aa_of != NULL ? " dt 2" : "",
                     mb_chart_color(draft->report, cell->variant));
    }
    mb_buf_release(&curve);
    mb_merged_release(&merged);
}

// The first cell of its point, in the order of the result.
static bool opens_point(const struct mb_result *result, size_t cell)
{
    for (size_t i = 0; i < cell; i++) {
        if (mb_point_equal(&result->cells[i].point, &result->cells[cell].point)) {
            return false;
        }
    }
    return true;
}

static void point_chart(struct mb_charts *charts, struct mb_arena *arena,
                        const struct mb_compare_report *report, size_t side,
                        const struct mb_point *point)
{
    const struct mb_result *result = report->sides[side].result;
    struct mb_chart_draft draft = mb_chart_begin(charts, arena, report, "latency");
    const char *title = mb_arena_print(arena, "Response time by percentile · %s",
                                       mb_point_title(arena, point));
    mb_chart_title(&draft, side, title);
    draft.text = mb_arena_print(arena,
                                "One line for each variant: response time in ms on a "
                                "logarithmic axis, from the fastest request to the "
                                "highest percentile that has samples enough. %s.",
                                mb_point_title(arena, point));
    for (size_t i = 0; i < result->cell_count; i++) {
        if (mb_point_equal(&result->cells[i].point, point)) {
            cell_print(&draft, &result->cells[i]);
        }
    }
    mb_chart_end(&draft,
                 mb_arena_print(arena,
                                "set logscale y\n"
                                "set format y \"%%g\"\n"
                                "set ylabel \"response time [ms]\"\n"
                                "set xlabel \"percentile\" offset 0,0.4\n"
                                "set rmargin 4\n"
                                "set xtics (\"min\" 0, \"50\" 0.30103, \"90\" 1, \"99\" "
                                "2, \"99.9\" 3, \"99.99\" 4, \"99.999\" 5)\n"
                                "set key spacing %zu\n",
                                draft.lines),
                 400 + 24 * draft.lines * draft.series);
}

void mb_chart_latency(struct mb_charts *charts, struct mb_arena *arena,
                      const struct mb_compare_report *report, size_t side)
{
    const struct mb_result *result = report->sides[side].result;
    for (size_t i = 0; i < result->cell_count; i++) {
        if (opens_point(result, i)) {
            point_chart(charts, arena, report, side, &result->cells[i].point);
        }
    }
}
