// What happened within a trial, second by second: percentiles, throughput, errors. For
// each variant its slowest trial, because that is the one to ask about.
#include "report/chart_rows.h"

#include <inttypes.h>
#include <math.h>

#include "stats/hdr.h"

enum {
    MOMENTS_MAX = 120, // points of a line
    MOMENTS_MIN = 3,   // fewer show no course
    PANEL_HEIGHT = 190
};

static const struct mb_chart_kind kind = {"timeline",
                                          "Within the slowest trial of each variant"};

// One moment: some intervals of the series, all parts of the trial together.
struct moment {
    struct mb_hdr hdr; // of what was answered; counts NULL: not known
    int64_t completed;
    int64_t errors;
};

struct timeline {
    struct moment moments[MOMENTS_MAX];
    size_t count;
    int64_t length_ns; // of a moment
};

static void timeline_release(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++) {
        mb_hdr_release(&timeline->moments[i].hdr);
    }
}

static void interval_add(struct moment *moment, const struct mb_interval *interval)
{
    // A copy, so that the histogram is freed here and the result stays as it was.
    struct mb_dist dist = interval->response;
    struct mb_err err = {0};
    moment->completed += interval->completed > 0 ? interval->completed : 0;
    moment->errors += interval->errors > 0 ? interval->errors : 0;
    if (dist.type != MB_DIST_HDR || mb_dist_open(&dist, &err) != MB_OK) {
        return;
    }
    if (moment->hdr.counts == NULL) {
        mb_hdr_copy(&moment->hdr, dist.hdr);
    } else if (mb_hdr_merge(&moment->hdr, dist.hdr, &err) != MB_OK) {
        // One of another configuration is missing from this moment's percentiles only.
        err = (struct mb_err){0};
    }
    if (interval->response.hdr == NULL) {
        mb_dist_close(&dist);
    }
}

// A series that is long enough to show a course.
static bool has_course(const struct mb_trial *trial)
{
    return trial->part_count > 0 && trial->parts[0].interval_ns > 0 &&
           trial->window_ns / trial->parts[0].interval_ns >= MOMENTS_MIN;
}

// Of a trial that has a course.
static void timeline_fill(const struct mb_trial *trial, struct timeline *timeline)
{
    *timeline = (struct timeline){.count = 0};
    int64_t interval_ns = trial->parts[0].interval_ns;
    // What began after the window is not of the load that was asked for.
    int64_t intervals = trial->window_ns / interval_ns;
    int64_t together = (intervals + MOMENTS_MAX - 1) / MOMENTS_MAX;
    timeline->length_ns = together * interval_ns;
    timeline->count = (size_t)(intervals / together);
    for (size_t p = 0; p < trial->part_count; p++) {
        const struct mb_part *part = &trial->parts[p];
        if (part->interval_ns != interval_ns) {
            continue;
        }
        for (size_t i = 0; i < part->interval_count; i++) {
            size_t moment = i / (size_t)together;
            if (moment < timeline->count) {
                interval_add(&timeline->moments[moment], &part->intervals[i]);
            }
        }
    }
}

// How slow a trial was: its p99, where that is not known its p50. Among the requests that
// timed out is slower than any.
static double slowness(const struct mb_cell *cell, const struct mb_trial *trial)
{
    static const char *const metrics[] = {"response_time.p99", "response_time.p50"};
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        struct mb_metric metric;
        if (!mb_metric_parse(metrics[i], &metric)) {
            continue;
        }
        struct mb_value value = mb_derive_trial(cell, trial, &metric);
        if (value.state == MB_VALUE_CENSORED) {
            return INFINITY;
        }
        if (value.state == MB_VALUE_KNOWN) {
            return value.value;
        }
    }
    return 0.0;
}

// NULL when no trial has a course.
static const struct mb_trial *slowest_trial(const struct mb_cell *cell)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    size_t position = 0;
    const struct mb_trial *found = NULL;
    double most = -1.0;
    const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
    while (trial != NULL) {
        double slow = has_course(trial) ? slowness(cell, trial) : -1.0;
        if (slow > most) {
            most = slow;
            found = trial;
        }
        trial = mb_derive_scope_next(&scope, &position);
    }
    return found;
}

// In ms; NaN where there are too few answers in this moment.
static double quantile(const struct moment *moment, int64_t share)
{
    if (moment->hdr.counts == NULL || !mb_value_supported(moment->hdr.count, share)) {
        return NAN;
    }
    int64_t rank = mb_hdr_rank(moment->hdr.count, share);
    return (double)mb_hdr_value_at_rank(&moment->hdr, rank) / 1e6;
}

// The tail that most moments have answers enough for.
static int64_t tail_share(const struct timeline *timeline)
{
    static const int64_t shares[] = {990000000, 950000000, 900000000};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        size_t known = 0;
        for (size_t m = 0; m < timeline->count; m++) {
            known += !isnan(quantile(&timeline->moments[m], shares[i]));
        }
        if (2 * known > timeline->count) {
            return shares[i];
        }
    }
    return 0;
}

// What is drawn of a variant: rows of the middle of each moment in s, tail and p50 in ms,
// completed requests per second, and the same where there were errors.
static size_t rows_print(struct mb_chart_draft *draft, const struct timeline *timeline,
                         int64_t tail)
{
    size_t errors = 0;
    double seconds = (double)timeline->length_ns / 1e9;
    for (size_t i = 0; i < timeline->count; i++) {
        const struct moment *moment = &timeline->moments[i];
        double rate = (double)moment->completed / seconds;
        mb_buf_print(&draft->data, "%.6g %.6g %.6g %.6g %.6g\n",
                     ((double)i + 0.5) * seconds, quantile(moment, tail),
                     quantile(moment, 500000000), rate, moment->errors > 0 ? rate : NAN);
        errors += moment->errors > 0;
    }
    return errors;
}

struct panel {
    const char *settings; // before its plot
    int column;
    bool key; // its lines have names: in one panel only
};

// The lines of one panel; the series have been written.
static void panel_plot(struct mb_chart_draft *draft, const struct mb_cell *const *cells,
                       size_t count, const struct panel *panel)
{
    mb_chart_panel(draft, panel->settings);
    for (size_t i = 0; i < count; i++) {
        const char *line = mb_chart_line(draft, cells[i]);
        draft->series = i + 1;
        if (panel->key) {
            mb_chart_plot(draft,
                          "using 1:%d with linespoints ps 0.6 %s title "
                          "columnheader(1)",
                          panel->column, line);
        } else {
            mb_chart_plot(draft,
                          "every ::1 using 1:%d with linespoints ps 0.6 %s notitle",
                          panel->column, line);
        }
    }
}

struct course {
    const struct mb_cell *cells[MB_CHART_ROWS_MAX];
    size_t count;
    size_t errors; // moments with errors
    int64_t tail;  // share that the first panel shows; 0: none yet
};

static void cell_add(struct mb_chart_draft *draft, const struct mb_cell *cell,
                     struct course *course)
{
    struct timeline timeline;
    const struct mb_trial *trial = slowest_trial(cell);
    if (trial == NULL) {
        return;
    }
    timeline_fill(trial, &timeline);
    course->tail = course->tail > 0 ? course->tail : tail_share(&timeline);
    const char *block = mb_arena_print(draft->arena, "block %d", trial->block);
    mb_chart_series_cell(draft, cell, block);
    course->errors += rows_print(draft, &timeline, course->tail);
    course->cells[course->count++] = cell;
    timeline_release(&timeline);
}

static void panels_plot(struct mb_chart_draft *draft, const struct course *course)
{
    double tail = (double)course->tail / 1e7;
    const struct panel panels[] = {
        {mb_arena_print(draft->arena,
                        "set logscale y\nset format y \"%%g\"\nset format x \"\"\n"
                        "unset key\nset ylabel \"p%.3g [ms]\"\n",
                        tail),
         2, false},
        {"unset key\nset ylabel \"p50 [ms]\"\n", 3, false},
        {"unset logscale y\nset format x \"%g\"\nset yrange [0:*]\n"
         "set key\n"
         "set ylabel \"completed [1/s]\"\nset xlabel \"seconds since the window "
         "began\"\n",
         4, true},
    };
    size_t first = course->tail > 0 ? 0 : 1;
    for (size_t i = first; i < 3; i++) {
        if (i > first) {
            mb_chart_panel(draft, "unset label\n"); // the heading is drawn once
        }
        panel_plot(draft, course->cells, course->count, &panels[i]);
    }
    for (size_t i = 0; i < course->count && course->errors > 0; i++) {
        draft->series = i + 1;
        mb_chart_plot(draft, "every ::1 using 1:5 with points pt 2 ps 1.2 lw 2 lc rgb "
                             "\"#d00000\" notitle");
    }
    if (course->errors > 0) {
        mb_chart_key(draft, "with points pt 2 ps 1.2 lw 2 lc rgb \"#d00000\" title "
                            "\"errors\"");
    }
}

static void timeline_chart(const struct mb_chart_atlas *atlas, size_t side,
                           const struct mb_points_item *point)
{
    struct mb_chart_draft draft;
    struct course course = {.count = 0};
    if (!mb_chart_begin(atlas, &kind, side, mb_chart_point_title(atlas, point), &draft)) {
        return;
    }
    for (size_t i = 0; i < point->count; i++) {
        if (course.count < MB_CHART_ROWS_MAX) {
            cell_add(&draft, point->cells[i], &course);
        } else {
            atlas->charts->rows_left++;
        }
    }
    draft.text = mb_arena_print(
        atlas->arena,
        "One line for each variant, moment by moment in its slowest trial: a tail "
        "percentile where there are answers enough for one, the median, and completed "
        "requests per second, with a cross where there were errors. %s.",
        point->title);
    size_t panels = course.tail > 0 ? 3 : 2;
    panels_plot(&draft, &course);
    mb_chart_panel(&draft, "unset multiplot");
    draft.series = course.count;
    const char *settings =
        mb_arena_print(atlas->arena,
                       "set multiplot layout %zu,1 margins 0.105,0.965,B,A spacing 0, 16 "
                       "/ H\n",
                       panels);
    mb_chart_end(&draft, settings, panels * PANEL_HEIGHT,
                 course.count + (course.errors > 0));
}

void mb_chart_timelines(const struct mb_chart_atlas *atlas)
{
    for (size_t side = 0; side < atlas->report->side_count; side++) {
        for (size_t i = 0; i < atlas->sides[side].count; i++) {
            timeline_chart(atlas, side, &atlas->sides[side].items[i]);
        }
    }
}
