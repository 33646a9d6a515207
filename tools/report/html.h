// A comparison as a page that stands for itself: one HTML file with its style and its
// pictures inside, no script, nothing from a network. Report floor: may include base,
// format, model, compare.
#ifndef MB_REPORT_HTML_H
#define MB_REPORT_HTML_H

#include "base/arena.h"
#include "base/buf.h"
#include "compare/compare.h"
#include "report/chart.h"

struct mb_html_page {
    const struct mb_compare_report *report; // at least its sides
    const char *no_comparison; // why there are no comparisons; NULL: there are
    const struct mb_charts *charts;
    const char *no_pictures;   // why the charts have none, and what to do; NULL: they do
    const char *const *levels; // conformance level of each side, as a word
    const char *point;         // only load points whose name contains this; NULL: all
};

// Appends the page. Names from input are text in it, whatever they hold.
void mb_html_page(struct mb_arena *arena, const struct mb_html_page *page,
                  struct mb_buf *out);

#endif
