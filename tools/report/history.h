// Writers of a history: what moved, since when, how sure and how large. They print what
// compare/history found and compute nothing. Report floor: may include base, format,
// model, compare.
//
// Names and attributes come from input; each writer escapes them for its form.
#ifndef MB_REPORT_HISTORY_H
#define MB_REPORT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "compare/history.h"
#include "format/node.h"
#include "report/chart.h"

enum { MB_HISTORY_CHARTS = 100 }; // series that get a chart, at most

struct mb_history_view {
    const struct mb_history *history;
    const struct mb_history_judged *judged; // sorted (mb_history_sort)
    size_t count;
    const struct mb_history_options *options;
    int fail_on; // bit set of MB_HISTORY_FAIL_
    bool all;    // text: series that did not move, too
    // Pages: where a result or row leads, with {result} and {ATTRIBUTE} to be filled in;
    // NULL: to the row's page, if it has one.
    const char *link;
};

// How many series are what, by their largest change.
struct mb_history_tally {
    size_t worse;
    size_t better;
    size_t noise;
    size_t latest;
    size_t unchanged;
    size_t failed;
};
struct mb_history_tally mb_history_tally(const struct mb_history_view *view);

// As in a comparison: times are written in ms, CPU per request in us, the rest in base
// units. The name is NULL for plain numbers, "ratio" for overheads.
double mb_history_unit_factor(const struct mb_history_series *series);
const char *mb_history_unit_name(const struct mb_history_series *series);

// In arena: "2026-11-23 03:00" (UTC), the text of a CSV file, or "row 12".
const char *mb_history_time_text(struct mb_arena *arena, const struct mb_history *history,
                                 size_t row);

// In arena, one line each: what happened, how large, how sure; and since when: time,
// version, attributes, result.
const char *mb_history_change_text(struct mb_arena *arena,
                                   const struct mb_history_series *series,
                                   const struct mb_history_change *change, bool noise);
const char *mb_history_since_text(struct mb_arena *arena,
                                  const struct mb_history *history,
                                  const struct mb_history_change *change);
const char *mb_history_latest_text(struct mb_arena *arena,
                                   const struct mb_history_view *view,
                                   const struct mb_history_judged *judged);
// " [reported before]", " [acknowledged: ...]" or "".
const char *mb_history_known_text(struct mb_arena *arena,
                                  const struct mb_history_change *change);
// In arena: "2 of 40 series got worse, 1 better; 37 did not change".
const char *mb_history_headline(struct mb_arena *arena,
                                const struct mb_history_view *view);

// The forms of `meshbench regress`.
void mb_report_history_text(struct mb_arena *arena, const struct mb_history_view *view,
                            struct mb_buf *out);
void mb_report_history_markdown(struct mb_arena *arena,
                                const struct mb_history_view *view, struct mb_buf *out);
// A test case for each series; it fails when it has a change that the gate fails for.
void mb_report_history_junit(struct mb_arena *arena, const struct mb_history_view *view,
                             struct mb_buf *out);
// The promised keys (schema/history.schema.json). In arena.
struct mb_node *mb_report_history_node(struct mb_arena *arena,
                                       const struct mb_history_view *view);
// A page that stands for itself, like that of a comparison: a row with a small picture
// for each series, those that moved first; the rest in groups that are closed.
void mb_report_history_html(struct mb_arena *arena, const struct mb_history_view *view,
                            struct mb_buf *out);

// A chart for each series that moved and whose values were kept, MB_HISTORY_CHARTS at
// most, to be saved and drawn like those of a comparison (report/chart.h). In arena.
void mb_charts_of_history(struct mb_arena *arena, const struct mb_history_view *view,
                          struct mb_charts *charts);

#endif
