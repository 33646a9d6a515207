// What the kinds of charts share while they are built. Report floor, for chart*.c only.
#ifndef MB_REPORT_CHART_DRAFT_H
#define MB_REPORT_CHART_DRAFT_H

#include "base/buf.h"
#include "report/chart.h"

enum {
    MB_CHART_WIDTH = 720,     // pixels
    MB_CHART_NAME_WIDTH = 90, // characters in which a name is broken into lines
    MB_CHART_ROWS_MAX = 40    // rows of a chart; the tables have the rest
};

struct mb_chart_draft {
    struct mb_arena *arena;
    const struct mb_compare_report *report;
    struct mb_charts *charts;
    const char *stem;
    const char *title;
    const char *text;
    size_t series; // written so far: blocks of the data file after the heading
    size_t lines;  // that the longest of their names takes
    struct mb_buf data;
    struct mb_buf plot; // of the script: what is plotted, comma by comma
};

// Begins a chart. `kind` and how many there are of it make the stem.
struct mb_chart_draft mb_chart_begin(struct mb_charts *charts, struct mb_arena *arena,
                                     const struct mb_compare_report *report,
                                     const char *kind);
// The heading of the data file: the title, with the parameters, and the environment of a
// side. To be called before the first series.
void mb_chart_title(struct mb_chart_draft *draft, size_t side, const char *title);

// Begins a series with a name; its rows are then printed into draft->data.
void mb_chart_series(struct mb_chart_draft *draft, const char *name);

// Ends the chart: the script is made of `settings` and of draft->plot, the picture is
// `height` pixels high. Nothing is added when there are no series.
void mb_chart_end(struct mb_chart_draft *draft, const char *settings, size_t height);

// The kinds.
void mb_chart_latency(struct mb_charts *charts, struct mb_arena *arena,
                      const struct mb_compare_report *report, size_t side);
void mb_chart_effects(struct mb_charts *charts, struct mb_arena *arena,
                      const struct mb_compare_report *report);
void mb_chart_trials(struct mb_charts *charts, struct mb_arena *arena,
                     const struct mb_compare_report *report, size_t side);
void mb_chart_roles(struct mb_charts *charts, struct mb_arena *arena,
                    const struct mb_compare_report *report, size_t side);

#endif
