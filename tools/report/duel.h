// A duel in words: terminal, Markdown, JSON. Report floor: may include base, format,
// model, compare.
#ifndef MB_REPORT_DUEL_H
#define MB_REPORT_DUEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "compare/duel.h"
#include "format/node.h"

struct mb_report_duel { // all borrowed
    const struct mb_duel *duel;
    const char *base; // as the user named them
    const char *head;
    const char *result; // file that keeps the numbers; NULL: none was asked for
    int blocks;         // measured
    int at_most;
    size_t looks;
    double confidence; // of the answer, all looks together
};

// "head is worse than base" in one line, and a table. `width` as for mb_table_print.
void mb_report_duel_text(struct mb_arena *arena, const struct mb_report_duel *report,
                         size_t width, bool color, struct mb_buf *out);
void mb_report_duel_markdown(struct mb_arena *arena, const struct mb_report_duel *report,
                             struct mb_buf *out);

// In arena: schema/duel.schema.json.
struct mb_node *mb_report_duel_node(struct mb_arena *arena,
                                    const struct mb_report_duel *report);

#endif
