// Which mesh to start with, as every form of a comparison says it. Report floor: may
// include base, format, model, compare. Nothing is printed for a report without a choice.
//
// Texts hold names from input as they are; each form escapes them.
#ifndef MB_REPORT_CHOICE_H
#define MB_REPORT_CHOICE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "compare/choice.h"

// Rows of text, the first one titles: variant, rank, limits, cost, then each metric.
struct mb_report_choice_table {
    size_t rows;
    size_t columns;
    const char **cells;                  // rows * columns
    const enum mb_choice_state **states; // of each row's candidate; NULL for the titles
};

// In arena.
void mb_report_choice_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                           struct mb_report_choice_table *table);

// In arena: a sentence for each limit that is not surely kept; *count of them.
const char **mb_report_choice_limits(struct mb_arena *arena,
                                     const struct mb_compare_report *report,
                                     size_t *count);

// In arena: how to read the table.
const char *mb_report_choice_legend(struct mb_arena *arena,
                                    const struct mb_compare_report *report);

// The forms. Text is at most `width` wide where names allow it.
void mb_report_choice_text(struct mb_arena *arena, const struct mb_compare_report *report,
                           size_t width, bool color, struct mb_buf *out);
void mb_report_choice_markdown(struct mb_arena *arena,
                               const struct mb_compare_report *report,
                               struct mb_buf *out);

#endif
