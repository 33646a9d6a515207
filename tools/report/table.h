// Text tables: aligned columns that fit a width. Report floor: may include base.
#ifndef MB_REPORT_TABLE_H
#define MB_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

enum mb_table_style { MB_TABLE_PLAIN, MB_TABLE_GOOD, MB_TABLE_BAD, MB_TABLE_FAINT };

struct mb_table_cell {
    const char *text;
    enum mb_table_style style;
};

// Rows of equally many cells; the first column is aligned left, the others right unless
// `left` is set. Filled with zeros it is empty.
struct mb_table {
    struct mb_arena *arena; // borrowed
    size_t columns;
    bool left; // align every column left
    struct mb_table_cell *cells;
    size_t count;
    size_t capacity;
};

void mb_table_init(struct mb_table *table, struct mb_arena *arena, size_t columns);

// Appends one cell; rows fill up from the left. `text` is copied, with control characters
// made visible, so that names from input cannot steer the terminal.
void mb_table_add(struct mb_table *table, enum mb_table_style style, const char *text);

// Prints with two blanks between columns, each line after `indent` blanks. Where the
// table is wider than `width`, columns are continued in further bands below, each with
// the first column again.
void mb_table_print(const struct mb_table *table, size_t indent, size_t width, bool color,
                    struct mb_buf *out);

#endif
