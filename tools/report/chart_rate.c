// Response time against the offered rate: one line for each variant, with intervals, for
// each workload that has two rates or more.
#include "report/chart_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATES_MAX = 100 };

// Below this share of the requests that were due a cell has not kept up: the last answers
// come after the window, so that short trials stay a little below.
static const double KEPT_UP = 0.95;
// Rates further apart than this get a logarithmic axis.
static const double LOG_SPAN = 20.0;

static const char late_mark[] = "points pt 6 ps 2 lc rgb \"#d00000\"";
static const char censored_mark[] = "points pt 8 ps 2 lw 2 lc rgb"; // of the variant

// Load points that differ in the rate only, by rate.
struct family {
    const struct mb_points_item *points[RATES_MAX];
    size_t count;
};

static bool same_but_rate(const struct mb_point *left, const struct mb_point *right)
{
    return left->rate_micro_rps > 0 && right->rate_micro_rps > 0 &&
           left->load_model == right->load_model &&
           left->connections == right->connections &&
           strcmp(left->workload, right->workload) == 0;
}

static int rate_compare(const void *left, const void *right)
{
    int64_t a = (*(const struct mb_points_item *const *)left)->point->rate_micro_rps;
    int64_t b = (*(const struct mb_points_item *const *)right)->point->rate_micro_rps;
    return (a > b) - (a < b);
}

// The family that a point opens; empty when an earlier one did.
static struct family family_find(const struct mb_points *side, size_t first)
{
    struct family family = {.count = 0};
    for (size_t i = 0; i < side->count; i++) {
        if (!same_but_rate(side->items[i].point, side->items[first].point)) {
            continue;
        }
        if (i < first) {
            return (struct family){.count = 0};
        }
        if (family.count < RATES_MAX) {
            family.points[family.count++] = &side->items[i];
        }
    }
    qsort(family.points, family.count, sizeof *family.points, rate_compare);
    return family;
}

static double rate_of(const struct mb_points_item *point)
{
    return (double)point->point->rate_micro_rps / 1e6;
}

// Against what was to be sent, which a Poisson process makes differ from the rate.
static bool kept_up(const struct mb_cell *cell)
{
    struct mb_metric throughput;
    struct mb_counts counts;
    (void)mb_derive_counts(NULL, cell, NULL, &counts);
    if (counts.intended <= 0 || !mb_metric_parse("throughput", &throughput)) {
        return true;
    }
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    size_t position = 0;
    double window = 0.0;
    const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
    while (trial != NULL) {
        window += (double)trial->window_ns / 1e9;
        trial = mb_derive_scope_next(&scope, &position);
    }
    struct mb_value reached = mb_derive_cell(cell, &throughput);
    return reached.state != MB_VALUE_KNOWN ||
           reached.value * window >= KEPT_UP * (double)counts.intended;
}

// One metric of a family.
struct rate_plot {
    const struct family *family;
    const struct mb_metric *metric;
    struct mb_effect_scale scale;
    size_t late;     // points whose rate was not reached
    size_t longest;  // points of the longest line
    size_t censored; // points among the requests that timed out
};

// Rows: rate, mean, low, high, and the mean again where the rate was not reached, the
// time-out where the metric is among the requests that timed out.
static size_t rows_print(struct mb_chart_draft *draft, struct rate_plot *plot,
                         const char *variant, struct mb_buf *rows)
{
    size_t printed = 0;
    for (size_t i = 0; i < plot->family->count; i++) {
        const struct mb_points_item *point = plot->family->points[i];
        const struct mb_cell *cell = mb_chart_find(point, variant);
        if (cell == NULL) {
            continue;
        }
        struct mb_value value = mb_derive_cell(cell, plot->metric);
        struct mb_chart_estimate mean =
            mb_chart_estimate(cell, plot->metric, draft->atlas->report->confidence);
        double factor = plot->scale.factor;
        if (value.state == MB_VALUE_CENSORED) {
            mb_buf_print(rows, "%.6g NaN NaN NaN NaN %.6g\n", rate_of(point),
                         value.value * factor);
            mb_chart_span(draft, value.value * factor);
            plot->censored++;
            printed++;
        } else if (mean.count > 0) {
            bool late = !kept_up(cell);
            mb_chart_span(draft, mean.low * factor);
            mb_chart_span(draft, mean.high * factor);
            mb_buf_print(rows, "%.6g %.6g %.6g %.6g ", rate_of(point), mean.mean * factor,
                         mean.low * factor, mean.high * factor);
            mb_buf_print(rows, "%.6g NaN\n", late ? mean.mean * factor : NAN);
            plot->late += late;
            printed++;
        }
    }
    return printed;
}

// Lines stand a little beside each other, so that their intervals are seen: the script's
// X(rate, line).
static void variant_plot(struct mb_chart_draft *draft, struct rate_plot *plot,
                         const struct mb_cell *cell)
{
    struct mb_buf rows = {0};
    size_t late = plot->late;
    size_t censored = plot->censored;
    size_t points = rows_print(draft, plot, cell->variant, &rows);
    plot->longest = points > plot->longest ? points : plot->longest;
    if (points > 0) {
        const char *line = mb_chart_line(draft, cell);
        mb_chart_series_cell(draft, cell, NULL);
        size_t place = draft->series;
        mb_buf_append(&draft->data, mb_buf_string(&rows), rows.size);
        mb_chart_plot(draft,
                      "using (X($1, %zu)):2 with linespoints ps 0.9 %s title "
                      "columnheader(1)",
                      place, line);
        mb_chart_plot(draft,
                      "every ::1 using (X($1, %zu)):2:3:4 with yerrorbars ps 0.9 %s "
                      "notitle",
                      place, line);
        if (plot->late > late) {
            mb_chart_plot(draft, "every ::1 using (X($1, %zu)):5 with %s notitle", place,
                          late_mark);
        }
        if (plot->censored > censored) {
            mb_chart_plot(draft, "every ::1 using (X($1, %zu)):6 with %s \"%s\" notitle",
                          place, censored_mark, mb_chart_style(draft->atlas, cell).color);
        }
    }
    mb_buf_release(&rows);
}

static const char *settings_print(const struct mb_chart_draft *draft,
                                  const struct rate_plot *plot, const char *label)
{
    const struct family *family = plot->family;
    double least = rate_of(family->points[0]);
    double most = rate_of(family->points[family->count - 1]);
    bool logarithmic = most > LOG_SPAN * least;
    double lines = (double)draft->series;
    double shift = lines > 1.0 ? (logarithmic ? 0.06 : 0.03 * most) / (lines - 1.0) : 0.0;
    const char *axis = logarithmic ? "set logscale x\nset format x \"%g\"\n"
                                     "X(x, k) = x * (1 + (k - C) * S)\n"
                                   : "X(x, k) = x + (k - C) * S\n";
    return mb_arena_print(draft->arena,
                          "%sS = %.6g\nC = %.1f\n%s"
                          "set xrange [%.6g:%.6g]\n"
                          "set xlabel \"offered rate [requests per second]\"\n"
                          "set ylabel \"%s [%s], mean with %.3g%% interval\"\n"
                          "set rmargin 4\n",
                          mb_chart_log_axis(draft, 'y'), shift, (lines + 1.0) / 2.0, axis,
                          logarithmic ? least / 1.15 : 0.0,
                          logarithmic ? most * 1.15 : most * 1.05, label,
                          plot->scale.unit, draft->atlas->report->confidence * 100.0);
}

static void rate_chart(const struct mb_chart_atlas *atlas, size_t side,
                       const struct family *family, const struct mb_metric *metric)
{
    static const struct mb_chart_kind kind = {"rate", "Response time by offered rate"};
    struct mb_chart_draft draft;
    char label[MB_EFFECT_TEXT];
    mb_effect_metric_label(metric, label, sizeof label);
    const struct mb_points_item *last = family->points[family->count - 1];
    const struct mb_point *point = last->point;
    const char *title = mb_arena_print(
        atlas->arena, "%s · %s · %lld connections · %s", label, point->workload,
        (long long)point->connections, mb_load_model_name(point->load_model));
    if (!mb_chart_begin(atlas, &kind, side, title, &draft)) {
        return;
    }
    struct rate_plot plot = {
        .family = family, .metric = metric, .scale = mb_chart_point_scale(last, metric)};
    draft.text = mb_arena_print(
        atlas->arena,
        "One line for each variant: the mean %s of the trials in %s on a logarithmic "
        "axis, with its %.3g%% interval, at each of %zu offered rates of '%s'.",
        label, plot.scale.unit, atlas->report->confidence * 100.0, family->count,
        point->workload);
    size_t lines = last->count < MB_CHART_ROWS_MAX ? last->count : MB_CHART_ROWS_MAX;
    for (size_t i = 0; i < lines; i++) {
        variant_plot(&draft, &plot, last->cells[i]);
    }
    atlas->charts->rows_left += last->count - lines;
    draft.series = plot.longest > 1 ? draft.series : 0; // one rate has no course
    size_t entries = draft.series;
    if (plot.late > 0) {
        mb_chart_key(&draft, "with %s title \"did not reach the rate\"", late_mark);
        entries++;
    }
    if (plot.censored > 0) {
        mb_chart_key(&draft, "with %s \"#808080\" title \"more than the time-out\"",
                     censored_mark);
        entries++;
    }
    mb_chart_end(&draft, settings_print(&draft, &plot, label), MB_CHART_PLOT, entries);
}

void mb_chart_rates(const struct mb_chart_atlas *atlas)
{
    static const char *const metrics[] = {"response_time.p50", "response_time.p99"};
    for (size_t side = 0; side < atlas->report->side_count; side++) {
        for (size_t i = 0; i < atlas->sides[side].count; i++) {
            struct family family = family_find(&atlas->sides[side], i);
            for (size_t m = 0; m < 2 && family.count > 1; m++) {
                struct mb_metric metric;
                if (mb_metric_parse(metrics[m], &metric)) {
                    rate_chart(atlas, side, &family, &metric);
                }
            }
        }
    }
}
