// Release over release: a metric of each variant in each of the results, in the order in
// which they were given, with intervals.
#include "report/chart_rows.h"

#include <math.h>
#include <string.h>

// More results than this are numbered below the axis instead of named.
enum { NAMED_MAX = 8 };

static const struct mb_chart_kind kind = {"release", "From result to result"};

// The same load point in every result; NULL where one does not have it.
struct release_point {
    const struct mb_points_item *first; // in the first result
    const struct mb_points_item **sides;
    size_t count; // of results that have it
};

static const struct mb_points_item *point_find(const struct mb_points *side,
                                               const struct mb_point *point)
{
    for (size_t i = 0; i < side->count; i++) {
        if (mb_point_equal(side->items[i].point, point)) {
            return &side->items[i];
        }
    }
    return NULL;
}

// "release-1.28" of "results/release-1.28.json".
static const char *release_name(const struct mb_chart_atlas *atlas, size_t side)
{
    const char *name = atlas->report->sides[side].name;
    const char *slash = strrchr(name, '/');
    char *base = mb_arena_copy_string(atlas->arena, slash != NULL ? slash + 1 : name);
    char *end = strrchr(base, '.');
    if (end != NULL && end != base && strcmp(end, ".json") == 0) {
        *end = '\0';
    }
    return base;
}

// The names below the axis are a series of their own, so that they stay data.
static void names_plot(struct mb_chart_draft *draft)
{
    const struct mb_chart_atlas *atlas = draft->atlas;
    size_t count = atlas->report->side_count;
    mb_chart_series(draft, "results");
    draft->longest = 0; // it is not in the key
    for (size_t side = 0; side < count; side++) {
        mb_buf_print(&draft->data, "%zu ", side + 1);
        if (count <= NAMED_MAX) {
            mb_chart_text(draft, release_name(atlas, side), MB_CHART_NAME_EMS / count);
        } else {
            mb_buf_print(&draft->data, "\"%zu\"", side + 1);
        }
        mb_buf_append_char(&draft->data, '\n');
    }
    mb_chart_plot(draft, "every ::1 using 1:(NaN):xtic(2) with points notitle");
}

// Lines stand a little beside each other, so that their intervals are seen.
static void variant_plot(struct mb_chart_draft *draft, const struct release_point *point,
                         const struct mb_cell *first, const struct mb_metric *metric,
                         const struct mb_effect_scale *scale)
{
    const struct mb_compare_report *report = draft->atlas->report;
    struct mb_buf rows = {0};
    size_t place = draft->series;
    for (size_t side = 0; side < report->side_count; side++) {
        const struct mb_cell *cell =
            point->sides[side] != NULL ? mb_chart_find(point->sides[side], first->variant)
                                       : NULL;
        struct mb_chart_estimate mean = {0};
        if (cell != NULL) {
            mean = mb_chart_estimate(cell, metric, report->confidence);
        }
        if (mean.count > 0) {
            mb_buf_print(&rows, "%zu %.6g %.6g %.6g\n", side + 1,
                         mean.mean * scale->factor, mean.low * scale->factor,
                         mean.high * scale->factor);
        }
    }
    if (rows.size > 0) {
        const char *line = mb_chart_line(draft, first);
        mb_chart_series_cell(draft, first, NULL);
        mb_buf_append(&draft->data, mb_buf_string(&rows), rows.size);
        mb_chart_plot(draft,
                      "using ($1 + (%zu - C) * S):2 with linespoints ps 0.9 %s title "
                      "columnheader(1)",
                      place, line);
        mb_chart_plot(
            draft,
            "every ::1 using ($1 + (%zu - C) * S):2:3:4 with yerrorbars ps 0.9 %s "
            "notitle",
            place, line);
    }
    mb_buf_release(&rows);
}

static const char *settings_print(const struct mb_chart_draft *draft, const char *label,
                                  const char *unit, size_t lines)
{
    size_t count = draft->atlas->report->side_count;
    return mb_arena_print(draft->arena,
                          "S = %.6g\nC = %.1f\n"
                          "set xrange [0.5:%zu.5]\n"
                          "set yrange [0:*]\n"
                          "set ylabel \"%s%s%s%s, mean with %.3g%% interval\"\n"
                          "set rmargin 4\n",
                          lines > 1 ? 0.3 / (double)(lines - 1) : 0.0,
                          ((double)lines + 1.0) / 2.0, count, label,
                          unit[0] != '\0' ? " [" : "", unit, unit[0] != '\0' ? "]" : "",
                          draft->atlas->report->confidence * 100.0);
}

static void release_chart(const struct mb_chart_atlas *atlas,
                          const struct release_point *point,
                          const struct mb_metric *metric)
{
    struct mb_chart_draft draft;
    char label[MB_EFFECT_TEXT];
    mb_effect_metric_label(metric, label, sizeof label);
    const struct mb_points_item *first = point->first;
    const char *title = mb_arena_print(atlas->arena, "%s · %s", label,
                                       mb_chart_point_title(atlas, first));
    if (!mb_chart_begin(atlas, &kind, 0, title, &draft)) {
        return;
    }
    struct mb_effect_scale scale = mb_chart_point_scale(first, metric);
    draft.text = mb_arena_print(
        atlas->arena,
        "One line for each variant: the mean %s of the trials in %s with its %.3g%% "
        "interval, in each of %zu results in the order in which they were given. %s.",
        label, scale.unit, atlas->report->confidence * 100.0, atlas->report->side_count,
        first->title);
    names_plot(&draft);
    size_t lines = first->count < MB_CHART_ROWS_MAX ? first->count : MB_CHART_ROWS_MAX;
    for (size_t i = 0; i < lines; i++) {
        variant_plot(&draft, point, first->cells[i], metric, &scale);
    }
    atlas->charts->rows_left += first->count - lines;
    size_t drawn = draft.series - 1;
    draft.series = drawn > 0 ? draft.series : 0; // names alone are no chart
    draft.lines = draft.lines > 0 ? draft.lines : 1;
    mb_chart_end(&draft, settings_print(&draft, label, scale.unit, lines), MB_CHART_PLOT,
                 drawn);
}

static void point_charts(const struct mb_chart_atlas *atlas,
                         const struct release_point *point)
{
    static const char *const metrics[] = {"response_time.p50", "response_time.p99",
                                          "throughput", "cpu_per_request"};
    bool closed = point->first->point->load_model == MB_LOAD_CLOSED;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        struct mb_metric metric;
        // At a fixed rate the throughput is that rate.
        if (mb_metric_parse(metrics[i], &metric) &&
            (closed || metric.family != MB_METRIC_THROUGHPUT)) {
            release_chart(atlas, point, &metric);
        }
    }
}

void mb_chart_releases(const struct mb_chart_atlas *atlas)
{
    size_t sides = atlas->report->side_count;
    if (sides < 2) {
        return;
    }
    for (size_t i = 0; i < atlas->sides[0].count; i++) {
        if (mb_chart_full(atlas, &kind)) {
            continue;
        }
        struct release_point point = {.first = &atlas->sides[0].items[i]};
        point.sides = mb_arena_alloc(atlas->arena, sides, sizeof *point.sides);
        for (size_t side = 0; side < sides; side++) {
            point.sides[side] = point_find(&atlas->sides[side], point.first->point);
            point.count += point.sides[side] != NULL;
        }
        if (point.count > 1) {
            point_charts(atlas, &point);
        }
    }
}
