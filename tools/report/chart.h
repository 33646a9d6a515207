// Charts of a result, drawn by gnuplot. Report floor: may include base, format, stats,
// model, compare.
//
// A chart is a data file and a script that people can restyle. Names from input are in
// the data file only, as quoted text that gnuplot reads and never runs; the script holds
// numbers and our own words. A variant has the same colour and its role in every chart
// of a report (palette of Okabe and Ito, which colour-blind people can tell apart).
#ifndef MB_REPORT_CHART_H
#define MB_REPORT_CHART_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "compare/compare.h"

struct mb_chart {
    const char *stem;   // "latency-1": STEM.dat, STEM.gp and STEM.svg
    const char *title;  // names from input are in it as they are
    const char *text;   // what it shows, for those who do not see it; likewise
    const char *data;   // of STEM.dat
    const char *script; // of STEM.gp
    const char *svg;    // from gnuplot; NULL: not drawn
};

struct mb_charts {
    struct mb_chart *items;
    size_t count;
    size_t capacity;
};

// The charts of a comparison, without pictures: latency by percentile for each load point
// of each side; effects with intervals for each primary metric; trials with intervals,
// and CPU time and memory by role, for each load point. `report` without comparisons
// (one variant) has the charts of its sides only. In arena. Histograms that cannot be
// read leave their line out.
void mb_charts_build(struct mb_arena *arena, const struct mb_compare_report *report,
                     struct mb_charts *charts);

// Colour of a variant as "#0072b2"; the baseline's is grey. Variants are counted in the
// order in which the sides first mention them.
const char *mb_chart_color(const struct mb_compare_report *report, const char *variant);

// Writes every chart's data and script into a folder that exists.
MB_MUST_USE enum mb_status mb_charts_save(struct mb_arena *arena,
                                          const struct mb_charts *charts, const char *dir,
                                          struct mb_err *err);

// Has gnuplot draw what mb_charts_save wrote and reads the pictures. MB_FAILED when
// gnuplot is missing (the hint says how to get it) or ends badly on some of them, which
// then have no picture.
MB_MUST_USE enum mb_status mb_charts_draw(struct mb_arena *arena,
                                          struct mb_charts *charts, const char *dir,
                                          struct mb_err *err);

#endif
