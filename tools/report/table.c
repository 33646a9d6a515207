#include "report/table.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const size_t GAP = 2;

void mb_table_init(struct mb_table *table, struct mb_arena *arena, size_t columns)
{
    *table = (struct mb_table){.arena = arena, .columns = columns};
}

// Columns that the text takes on a terminal: one for each UTF-8 character.
static size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

void mb_table_add(struct mb_table *table, enum mb_table_style style, const char *text)
{
    struct mb_buf safe = {0};
    mb_text_show(text, strlen(text), "", &safe);
    const char *copy = mb_arena_copy_string(table->arena, mb_buf_string(&safe));
    mb_buf_release(&safe);
    table->cells = mb_arena_grow(table->arena, table->cells, table->count,
                                 &table->capacity, sizeof *table->cells);
    table->cells[table->count++] = (struct mb_table_cell){.text = copy, .style = style};
}

static const char *style_start(enum mb_table_style style)
{
    switch (style) {
    case MB_TABLE_PLAIN:
        return "";
    case MB_TABLE_GOOD:
        return "\x1b[32m";
    case MB_TABLE_BAD:
        return "\x1b[31m";
    case MB_TABLE_FAINT:
        return "\x1b[2m";
    }
    return "";
}

static void blanks_append(struct mb_buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mb_buf_append_char(out, ' ');
    }
}

static void cell_print(const struct mb_table_cell *cell, size_t width, bool left,
                       bool color, struct mb_buf *out)
{
    size_t used = text_width(cell->text);
    bool styled = color && cell->style != MB_TABLE_PLAIN;
    if (!left) {
        blanks_append(out, width - used);
    }
    mb_buf_append_string(out, styled ? style_start(cell->style) : "");
    mb_buf_append_string(out, cell->text);
    mb_buf_append_string(out, styled ? "\x1b[0m" : "");
    if (left) {
        blanks_append(out, width - used);
    }
}

static void line_trim(struct mb_buf *out)
{
    while (out->size > 0 && out->data[out->size - 1] == ' ') {
        out->data[--out->size] = '\0';
    }
    mb_buf_append_char(out, '\n');
}

// Columns [first, end) beside column 0, and how they are printed.
struct band {
    const struct mb_table *table;
    const size_t *widths;
    size_t first;
    size_t end;
    size_t indent;
    bool color;
};

static void band_print(const struct band *band, struct mb_buf *out)
{
    const struct mb_table *table = band->table;
    for (size_t row = 0; row + table->columns <= table->count; row += table->columns) {
        blanks_append(out, band->indent);
        cell_print(&table->cells[row], band->widths[0], true, band->color, out);
        for (size_t column = band->first; column < band->end; column++) {
            blanks_append(out, GAP);
            cell_print(&table->cells[row + column], band->widths[column], table->left,
                       band->color, out);
        }
        line_trim(out);
    }
}

void mb_table_print(const struct mb_table *table, size_t indent, size_t width, bool color,
                    struct mb_buf *out)
{
    size_t *widths = mb_mem_alloc(table->columns, sizeof *widths);
    for (size_t i = 0; i < table->count; i++) {
        size_t used = text_width(table->cells[i].text);
        size_t column = i % table->columns;
        widths[column] = used > widths[column] ? used : widths[column];
    }
    struct band band = {.table = table,
                        .widths = widths,
                        .first = 1,
                        .end = 1,
                        .indent = indent,
                        .color = color};
    while (band.first < table->columns || band.first == 1) {
        size_t used = indent + widths[0];
        while (band.end < table->columns &&
               (used + GAP + widths[band.end] <= width || band.end == band.first)) {
            used += GAP + widths[band.end++];
        }
        if (band.first > 1) {
            mb_buf_append_char(out, '\n');
        }
        band_print(&band, out);
        if (band.end >= table->columns) {
            break;
        }
        band.first = band.end;
    }
    mb_mem_free(widths);
}
