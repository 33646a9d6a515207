// What the kinds of charts share while they are built. Report floor, for chart*.c only.
#ifndef MB_REPORT_CHART_DRAFT_H
#define MB_REPORT_CHART_DRAFT_H

#include "base/buf.h"
#include "report/chart.h"
#include "report/points.h"

enum {
    MB_CHART_WIDTH = 720,   // pixels
    MB_CHART_EM = 14,       // pixels: height of a letter
    MB_CHART_NAME_EMS = 47, // em after which a name is broken into lines
    MB_CHART_ROWS_MAX = 40, // rows or lines of a chart; the tables have the rest
    MB_CHART_PLOT = 300,    // pixels: height of a plot of lines
    MB_CHART_LINE = 21      // pixels: height of a line of text
};

// How a variant is drawn, everywhere. Colours repeat after six variants, marks after
// twelve, dashes after 48: seen together they do not.
struct mb_chart_style {
    const char *color; // "#0072b2"; the baseline's is grey
    int mark;          // gnuplot's point type
    int dash;          // gnuplot's dash type; 1 is solid
    bool twin;         // measured again (A/A): dotted
};

struct mb_chart_variant {
    const char *name;
    size_t order; // in which the sides first mention it
};

// What all charts of a report are made from.
struct mb_chart_atlas {
    struct mb_arena *arena;
    const struct mb_compare_report *report;
    struct mb_charts *charts;
    const struct mb_chart_options *options;
    struct mb_points *sides;           // as many as the report has
    struct mb_chart_variant *variants; // by name, without baseline and twins
    size_t variant_count;
};

void mb_chart_atlas_fill(struct mb_chart_atlas *atlas);
struct mb_chart_style mb_chart_style(const struct mb_chart_atlas *atlas,
                                     const struct mb_cell *cell);
// The cell of a variant at a point; NULL when it has none.
const struct mb_cell *mb_chart_find(const struct mb_points_item *point,
                                    const char *variant);

// A cell's metric as charts show it: the mean of its trials and its interval. On
// logarithms where all are above zero (then it is the geometric mean), as the verdicts.
// Where no single trial has samples enough, the value of all together without interval.
struct mb_chart_estimate {
    size_t count; // trials with a known value; 0: nothing is known
    double mean;
    double low; // equal to the mean without an interval
    double high;
    bool interval; // false with fewer than two trials
};
struct mb_chart_estimate mb_chart_estimate(const struct mb_cell *cell,
                                           const struct mb_metric *metric,
                                           double confidence);
enum { MB_CHART_TRIALS_MAX = 1000 };
// Values of a cell's trials, at most MB_CHART_TRIALS_MAX. Returns how many are known.
size_t mb_chart_values(const struct mb_cell *cell, const struct mb_metric *metric,
                       double *values);

struct mb_chart_kind {
    const char *stem;    // "latency"
    const char *heading; // "Response time by percentile"
};

struct mb_chart_draft {
    const struct mb_chart_atlas *atlas;
    struct mb_arena *arena;
    const struct mb_chart_kind *kind;
    const char *stem;
    const char *title;
    const char *text;
    size_t series;  // written so far: blocks of the data file after the heading
    size_t lines;   // that the longest of their names takes
    size_t longest; // of their names, in characters
    size_t top;     // lines of the heading
    struct mb_buf data;
    struct mb_buf plot; // of the script: what is plotted, comma by comma
    size_t plotted;     // so far in this panel
    double least;       // on the logarithmic axis; 0: nothing yet
    double most;
};

// True when there are enough charts of a kind; then the one that was to come is counted.
bool mb_chart_full(const struct mb_chart_atlas *atlas, const struct mb_chart_kind *kind);
// Begins a chart: `title` after the kind's heading, and the environment of a side. False
// when its kind is full; then nothing has to be ended.
bool mb_chart_begin(const struct mb_chart_atlas *atlas, const struct mb_chart_kind *kind,
                    size_t side, const char *title, struct mb_chart_draft *draft);
// The title of a point's charts: the point and how it was measured. In arena.
const char *mb_chart_point_title(const struct mb_chart_atlas *atlas,
                                 const struct mb_points_item *point);

// Adds a quoted text to the data, broken into lines of `ems`; returns how many it takes.
size_t mb_chart_text(struct mb_chart_draft *draft, const char *text, size_t ems);

// Begins a series with a name; its rows are then printed into draft->data.
void mb_chart_series(struct mb_chart_draft *draft, const char *name);
// The same for a cell: its variant, with `note` (NULL: none) in brackets.
void mb_chart_series_cell(struct mb_chart_draft *draft, const struct mb_cell *cell,
                          const char *note);

// Adds to draft->plot what is plotted of the current series: "every ::1 using 1:2 with
// lines".
void mb_chart_plot(struct mb_chart_draft *draft, const char *format, ...) MB_PRINTF(2, 3);
// Goes on in a panel of its own, after these settings (with `set multiplot` in them).
void mb_chart_panel(struct mb_chart_draft *draft, const char *settings);
// A line of the key that belongs to no series: `format` is "with points pt 5 title ..".
void mb_chart_key(struct mb_chart_draft *draft, const char *format, ...) MB_PRINTF(2, 3);
// The line style of a cell as gnuplot has it: "lw 2 dt 1 lc rgb ...". In arena.
const char *mb_chart_line(const struct mb_chart_draft *draft, const struct mb_cell *cell);

// Takes a value into the range of the chart's logarithmic axis.
void mb_chart_span(struct mb_chart_draft *draft, double value);
// Settings of that axis, 'x' or 'y': steps of 1, 2, 5, no wider than its values. In
// arena.
const char *mb_chart_log_axis(const struct mb_chart_draft *draft, char axis);

// Ends the chart: the script is made of `settings` and of draft->plot. The plot itself is
// `plot` pixels high; texts, axis and a key of `entries` (0: none) come on top. In the
// script H is the height of the picture, B and A are where the plot begins and ends.
// Nothing is added when there are no series.
void mb_chart_end(struct mb_chart_draft *draft, const char *settings, size_t plot,
                  size_t entries);

// The kinds.
void mb_chart_effects(const struct mb_chart_atlas *atlas);
void mb_chart_releases(const struct mb_chart_atlas *atlas);
void mb_chart_percentiles(const struct mb_chart_atlas *atlas);
void mb_chart_distributions(const struct mb_chart_atlas *atlas);
void mb_chart_rates(const struct mb_chart_atlas *atlas);
void mb_chart_ceilings(const struct mb_chart_atlas *atlas);
void mb_chart_trials(const struct mb_chart_atlas *atlas);
void mb_chart_timelines(const struct mb_chart_atlas *atlas);
void mb_chart_roles(const struct mb_chart_atlas *atlas);

#endif
