#include "format/emit.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "format/number.h"
#include "format/utf8.h"

enum { INDENT = 2, COLUMNS = 100 };

// What the three forms of JSON differ in.
struct style {
    bool compact; // no white space at all
    bool sorted;  // keys by their bytes
};

static void value_emit(const struct mb_node *node, struct style style, int depth,
                       struct mb_buf *out);

static void escape_emit(unsigned char byte, struct mb_buf *out)
{
    static const char letters[] = "btn\0fr"; // 0x08 to 0x0D; 0x0B has none
    if (byte == '"' || byte == '\\') {
        mb_buf_append_char(out, '\\');
        mb_buf_append_char(out, (char)byte);
    } else if (byte >= 0x08 && byte <= 0x0D && letters[byte - 0x08] != '\0') {
        mb_buf_append_char(out, '\\');
        mb_buf_append_char(out, letters[byte - 0x08]);
    } else {
        mb_buf_print(out, "\\u%04x", byte);
    }
}

static bool stands_for_itself(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

void mb_emit_json_string(const char *text, size_t size, struct mb_buf *out)
{
    size_t at = 0;
    mb_buf_append_char(out, '"');
    while (at < size) {
        size_t run = at;
        while (run < size && stands_for_itself((unsigned char)text[run])) {
            run++;
        }
        mb_buf_append(out, text + at, run - at);
        at = run;
        if (at == size) {
            break;
        }
        size_t length = 0;
        if (mb_text_decode(text + at, size - at, &length) < 0) {
            mb_buf_append_string(out, "\xEF\xBF\xBD");
        } else if (length == 1) {
            escape_emit((unsigned char)text[at], out);
        } else {
            mb_buf_append(out, text + at, length);
        }
        at += length;
    }
    mb_buf_append_char(out, '"');
}

static void line_start(struct style style, int depth, struct mb_buf *out)
{
    static const char blanks[] = "                                ";
    if (style.compact) {
        return;
    }
    mb_buf_append_char(out, '\n');
    for (size_t left = (size_t)depth * INDENT; left > 0;) {
        size_t part = left < sizeof blanks - 1 ? left : sizeof blanks - 1;
        mb_buf_append(out, blanks, part);
        left -= part;
    }
}

static bool is_scalar(const struct mb_node *node)
{
    return node->type != MB_NODE_LIST && node->type != MB_NODE_MAP;
}

// Tries a list of scalars on one line behind what stands there already; takes it back
// when it does not fit.
static bool line_emit(const struct mb_node *list, struct style style, struct mb_buf *out)
{
    size_t start = out->size;
    size_t line = start;
    while (line > 0 && start - line < COLUMNS && out->data[line - 1] != '\n') {
        line--;
    }
    bool fits = !style.compact;
    mb_buf_append_char(out, '[');
    for (size_t i = 0; fits && i < list->as.list.count; i++) {
        const struct mb_node *item = list->as.list.items[i];
        mb_buf_append(out, ", ", i > 0 ? 2 : 0);
        fits = is_scalar(item) &&
               (item->type != MB_NODE_STRING || item->as.string.size < COLUMNS);
        if (fits) {
            value_emit(item, style, 0, out);
            fits = mb_utf8_count(out->data + line, out->size - line) < COLUMNS - 1;
        }
    }
    if (fits && !out->overflowed) { // a full buffer stays as it is
        mb_buf_append_char(out, ']');
        return true;
    }
    if (!out->overflowed) {
        out->size = start;
        out->data[start] = '\0';
    }
    return false;
}

static void list_emit(const struct mb_node *list, struct style style, int depth,
                      struct mb_buf *out)
{
    if (out->overflowed || line_emit(list, style, out)) {
        return;
    }
    mb_buf_append_char(out, '[');
    for (size_t i = 0; i < list->as.list.count; i++) {
        mb_buf_append(out, ",", i > 0);
        line_start(style, depth + 1, out);
        value_emit(list->as.list.items[i], style, depth + 1, out);
    }
    if (list->as.list.count > 0) {
        line_start(style, depth, out);
    }
    mb_buf_append_char(out, ']');
}

static void map_emit(const struct mb_node *map, struct style style, int depth,
                     struct mb_buf *out)
{
    const struct mb_node_entry **sorted = style.sorted ? mb_node_sorted(map) : NULL;
    mb_buf_append_char(out, '{');
    for (size_t i = 0; i < map->as.map.count; i++) {
        const struct mb_node_entry *entry =
            sorted != NULL ? sorted[i] : &map->as.map.entries[i];
        mb_buf_append(out, ",", i > 0);
        line_start(style, depth + 1, out);
        mb_emit_json_string(entry->key->as.string.data, entry->key->as.string.size, out);
        mb_buf_append(out, ": ", style.compact ? 1 : 2);
        value_emit(entry->value, style, depth + 1, out);
    }
    if (map->as.map.count > 0) {
        line_start(style, depth, out);
    }
    mb_buf_append_char(out, '}');
    mb_mem_free(sorted);
}

static void value_emit(const struct mb_node *node, struct style style, int depth,
                       struct mb_buf *out)
{
    switch (node->type) {
    case MB_NODE_NULL:
        mb_buf_append_string(out, "null");
        break;
    case MB_NODE_BOOL:
        mb_buf_append_string(out, node->as.boolean ? "true" : "false");
        break;
    case MB_NODE_INT:
    case MB_NODE_FLOAT:
        mb_number_print(node, out);
        break;
    case MB_NODE_STRING:
        mb_emit_json_string(node->as.string.data, node->as.string.size, out);
        break;
    case MB_NODE_LIST:
        list_emit(node, style, depth, out);
        break;
    case MB_NODE_MAP:
        map_emit(node, style, depth, out);
        break;
    }
}

void mb_emit_json(const struct mb_node *node, struct mb_buf *out)
{
    value_emit(node, (struct style){.compact = false, .sorted = false}, 0, out);
    mb_buf_append_char(out, '\n');
}

void mb_emit_json_compact(const struct mb_node *node, struct mb_buf *out)
{
    value_emit(node, (struct style){.compact = true, .sorted = false}, 0, out);
}

void mb_emit_json_canonical(const struct mb_node *node, struct mb_buf *out)
{
    value_emit(node, (struct style){.compact = true, .sorted = true}, 0, out);
}
