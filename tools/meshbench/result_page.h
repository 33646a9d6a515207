// Results and their comparison as a page, or as a folder with the charts beside it.
// Meshbench floor.
#ifndef MB_MESHBENCH_RESULT_PAGE_H
#define MB_MESHBENCH_RESULT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "compare/compare.h"
#include "report/chart.h"

struct mb_result_page {
    struct mb_arena *arena;          // borrowed
    struct mb_compare_report report; // as mb_result_page_compare made it
    const char *no_comparison;       // the same
    const char *const *levels;       // conformance level of each side, as a word
    struct mb_chart_options charts;
    int formats;        // of the charts, as mb_charts_draw has them; 0: no charts
    bool charts_only;   // a folder without a page
    const char *output; // a page when it ends in .html, else a folder
};

// True when the path is one of a page.
bool mb_result_page_is_page(const char *path);

// Compares the sides into page->report. What cannot be compared (one variant) still makes
// a page, which says why: that is MB_OK. Everything else is as mb_compare has it.
MB_MUST_USE enum mb_status
mb_result_page_compare(struct mb_result_page *page, const struct mb_compare_side *sides,
                       size_t count, const struct mb_compare_options *options,
                       struct mb_err *err);

// Writes it. Where pictures cannot be drawn the page says so and how to get them; *err
// holds why, and the status is MB_OK.
MB_MUST_USE enum mb_status mb_result_page_write(const struct mb_ctx *ctx,
                                                const struct mb_result_page *page,
                                                struct mb_err *err);

// What such a write came to: an error goes to *err, and `why` beside MB_OK is printed as
// a warning of the command.
MB_MUST_USE enum mb_status mb_result_page_done(const struct mb_ctx *ctx,
                                               const char *command, enum mb_status status,
                                               const struct mb_err *why,
                                               struct mb_err *err);

#endif
