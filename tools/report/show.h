// One result as people and scripts read it. Report floor: may include base, format,
// model. Writers compute nothing: every number comes from model/derive.
#ifndef MB_REPORT_SHOW_H
#define MB_REPORT_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "format/node.h"
#include "model/result.h"

struct mb_report_show {
    const struct mb_result *result;
    const char *digest; // of the result's file
    const char *level;  // conformance level, as a word
    bool trials;        // every trial too, not only the cells
    size_t width;
    bool color;
};

// Appends the text: a header, one table for each load point, the result's own findings.
void mb_report_show_text(struct mb_arena *arena, const struct mb_report_show *show,
                         struct mb_buf *out);

// In arena: the JSON form, with the promised cells[].
struct mb_node *mb_report_show_node(struct mb_arena *arena,
                                    const struct mb_report_show *show);

// Appends CSV (RFC 4180) with a header line: one row for each cell, or each trial.
void mb_report_show_csv(struct mb_arena *arena, const struct mb_report_show *show,
                        struct mb_buf *out);

#endif
