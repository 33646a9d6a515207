// Charts of a result, drawn by gnuplot. Report floor: may include base, format, stats,
// model, compare.
//
// A chart is a data file and a script that people can restyle. Names from input are in
// the data file only, as quoted text that gnuplot reads and never runs; the script holds
// numbers and our own words. A variant has the same colour, mark and dash in every chart
// of a report (palette of Okabe and Ito, which colour-blind people can tell apart).
#ifndef MB_REPORT_CHART_H
#define MB_REPORT_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "compare/compare.h"

enum {
    MB_CHARTS_PER_KIND = 12, // that are drawn unless more are asked for
    MB_CHARTS_MOST = 1000    // of a kind that can be asked for
};

struct mb_chart {
    const char *stem;    // "latency-1": STEM.dat, STEM.gp, STEM.svg and STEM.png
    const char *heading; // of its kind: "Response time by percentile"
    const char *title;   // names from input are in it as they are
    const char *text;    // what it shows, for those who do not see it; likewise
    const char *data;    // of STEM.dat
    const char *script;  // of STEM.gp
    const char *svg;     // from gnuplot; NULL: not drawn
};

// Charts of one kind that are left out because there are too many.
struct mb_chart_rest {
    const char *heading;
    size_t count;
};

struct mb_charts {
    struct mb_chart *items; // those of a kind follow one another
    size_t count;
    size_t capacity;
    struct mb_chart_rest *rest;
    size_t rest_count;
    size_t rest_capacity;
    size_t rows_left; // rows that charts left out: they have at most 40
};

struct mb_chart_options {
    const char *point; // only load points whose title or id contains this; NULL: all
    size_t per_kind;   // at most so many charts of a kind; 0: MB_CHARTS_PER_KIND
};

// The charts of a comparison, without pictures. `report` without comparisons (one
// variant) has the charts of its sides only. In arena. Histograms that cannot be read
// leave their line out.
void mb_charts_build(struct mb_arena *arena, const struct mb_compare_report *report,
                     const struct mb_chart_options *options, struct mb_charts *charts);

// What was left out and how to get it, in a sentence; NULL: nothing was. In arena.
const char *mb_charts_left_out(struct mb_arena *arena, const struct mb_charts *charts);

// Kinds of pictures: a bit set.
enum { MB_CHART_SVG = 1, MB_CHART_PNG = 2 };

// Writes every chart's data and script into a folder that exists.
MB_MUST_USE enum mb_status mb_charts_save(struct mb_arena *arena,
                                          const struct mb_charts *charts, const char *dir,
                                          struct mb_err *err);

// Has gnuplot draw what mb_charts_save wrote, in the formats of the bit set, and reads
// SVG pictures back. MB_FAILED when gnuplot is missing (the hint says how to get it) or
// ends badly on some of them, which then have no picture.
MB_MUST_USE enum mb_status mb_charts_draw(struct mb_arena *arena,
                                          struct mb_charts *charts, const char *dir,
                                          int formats, struct mb_err *err);

#endif
