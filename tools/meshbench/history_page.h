// The history of a store as a page, or as a folder with the results that changes lead to.
// Meshbench floor.
#ifndef MB_MESHBENCH_HISTORY_PAGE_H
#define MB_MESHBENCH_HISTORY_PAGE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/err.h"
#include "cli/cli.h"

struct mb_history_page {
    const char *store;                 // as in mb_stores_path; NULL: the usual one
    const struct mb_opt_list *metrics; // only these
    const char *output;                // a page, or (`folder`) a folder
    bool folder;
    bool charts; // of series that moved, into the folder
};

// Writes it. A folder gets index.html, results/DIGEST.json for every result that a change
// leads to, and charts with their data and scripts; where gnuplot is missing, *err holds
// why there are no pictures, and the status is MB_OK.
MB_MUST_USE enum mb_status mb_history_page_write(const struct mb_ctx *ctx,
                                                 const struct mb_history_page *page,
                                                 struct mb_err *err);

#endif
