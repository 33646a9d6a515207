// YAML that people edit and that readers of YAML 1.1 and 1.2 agree on: block style,
// strings plain where nothing could misread them.
#include "format/emit.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "format/number.h"
#include "format/scalar.h"

// libyaml reads keys without '?' up to 1024 characters.
enum { INDENT = 2, SIMPLE_KEY_MAX = 512 };

static void value_emit(const struct mb_node *node, int depth, struct mb_buf *out);

static void indent_emit(int depth, struct mb_buf *out)
{
    for (int i = 0; i < depth * INDENT; i++) {
        mb_buf_append_char(out, ' ');
    }
}

// Characters that YAML lets stand in a text and that do not end a line or hide.
static bool is_printable(int32_t character)
{
    if (character < 0xA0) {
        return character >= 0x20 && character < 0x7F;
    }
    return character != 0x2028 && character != 0x2029 && character != 0xFEFF &&
           character != 0xFFFE && character != 0xFFFF;
}

static bool all_printable(const char *text, size_t size)
{
    size_t length = 0;
    for (size_t at = 0; at < size; at += length) {
        int32_t character = mb_text_decode(text + at, size - at, &length);
        if (character < 0 || !is_printable(character)) {
            return false;
        }
    }
    return true;
}

// Strict: only a first character that starts nothing else in YAML, no ': ' and ' #', no
// brackets or commas (a reader may find the text within a flow collection).
static bool is_plain(const char *text, size_t size)
{
    if (mb_scalar_is_ambiguous(text, size) || !all_printable(text, size)) {
        return false;
    }
    bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                  (unsigned char)*text >= 0x80;
    if (!letter && strchr("0123456789_/+$.", *text) == NULL) {
        return false;
    }
    if (text[size - 1] == ' ' || text[size - 1] == ':') {
        return false;
    }
    for (size_t i = 1; i < size; i++) {
        if (strchr(",[]{}", text[i]) != NULL || (text[i] == ' ' && text[i - 1] == ':') ||
            (text[i] == '#' && text[i - 1] == ' ')) {
            return false;
        }
    }
    return true;
}

static void quoted_emit(const char *text, size_t size, struct mb_buf *out)
{
    static const char letters[] = "abtnvfr"; // 0x07 to 0x0D
    size_t length = 0;
    mb_buf_append_char(out, '"');
    for (size_t at = 0; at < size; at += length) {
        int32_t character = mb_text_decode(text + at, size - at, &length);
        if (character < 0) {
            mb_buf_append_string(out, "\xEF\xBF\xBD");
        } else if (character == '"' || character == '\\') {
            mb_buf_append_char(out, '\\');
            mb_buf_append_char(out, (char)character);
        } else if (is_printable(character)) {
            mb_buf_append(out, text + at, length);
        } else if (character >= 0x07 && character <= 0x0D) {
            mb_buf_append_char(out, '\\');
            mb_buf_append_char(out, letters[character - 0x07]);
        } else if (character < 0x100) {
            mb_buf_print(out, "\\x%02X", (unsigned)character);
        } else {
            mb_buf_print(out, "\\u%04X", (unsigned)character);
        }
    }
    mb_buf_append_char(out, '"');
}

static void string_emit(const struct mb_node *node, struct mb_buf *out)
{
    const char *text = node->as.string.data;
    size_t size = node->as.string.size;
    if (is_plain(text, size)) {
        mb_buf_append(out, text, size);
    } else {
        quoted_emit(text, size, out);
    }
}

// Text of several lines that reads back from a '|' block byte by byte: no line starts or
// ends with a blank, none is empty, and at most one line end stands at its end.
static bool is_block(const struct mb_node *node)
{
    const char *text = node->as.string.data;
    const char *end = text + node->as.string.size;
    if (node->as.string.size < 3 || memchr(text, '\n', node->as.string.size) == NULL) {
        return false;
    }
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t size = (size_t)((stop != NULL ? stop : end) - text);
        if (size == 0 || *text == ' ' || text[size - 1] == ' ' ||
            !all_printable(text, size)) {
            return false;
        }
        text += size + 1;
    }
    return true;
}

static void block_emit(const struct mb_node *node, int depth, struct mb_buf *out)
{
    const char *text = node->as.string.data;
    const char *end = text + node->as.string.size;
    mb_buf_append_string(out, end[-1] == '\n' ? "|" : "|-");
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t size = (size_t)((stop != NULL ? stop : end) - text);
        mb_buf_append_char(out, '\n');
        indent_emit(depth, out);
        mb_buf_append(out, text, size);
        text += size + 1;
    }
}

static bool is_nested(const struct mb_node *node)
{
    return mb_node_count(node) > 0;
}

// A list's items: a map or list starts on the line of its dash.
static void list_emit(const struct mb_node *list, int depth, struct mb_buf *out)
{
    for (size_t i = 0; i < list->as.list.count; i++) {
        if (i > 0) {
            mb_buf_append_char(out, '\n');
            indent_emit(depth, out);
        }
        mb_buf_append_string(out, "- ");
        value_emit(list->as.list.items[i], depth + 1, out);
    }
}

static void key_emit(const struct mb_node *key, struct mb_buf *out)
{
    bool simple = key->as.string.size <= SIMPLE_KEY_MAX;
    size_t start = out->size;
    string_emit(key, out);
    if (!simple || out->size - start > 2 * SIMPLE_KEY_MAX) {
        if (!out->overflowed) {
            out->size = start;
        }
        mb_buf_append_string(out, "? ");
        string_emit(key, out);
        mb_buf_append_char(out, '\n');
    }
}

static void map_emit(const struct mb_node *map, int depth, struct mb_buf *out)
{
    for (size_t i = 0; i < map->as.map.count; i++) {
        const struct mb_node_entry *entry = &map->as.map.entries[i];
        if (i > 0) {
            mb_buf_append_char(out, '\n');
            indent_emit(depth, out);
        }
        size_t start = out->size;
        key_emit(entry->key, out);
        if (out->size > start && out->data[out->size - 1] == '\n') {
            indent_emit(depth, out);
        }
        mb_buf_append_char(out, ':');
        if (is_nested(entry->value)) {
            mb_buf_append_char(out, '\n');
            indent_emit(depth + 1, out);
        } else {
            mb_buf_append_char(out, ' ');
        }
        value_emit(entry->value, depth + 1, out);
    }
}

static void value_emit(const struct mb_node *node, int depth, struct mb_buf *out)
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
        if (depth > 0 && is_block(node)) {
            block_emit(node, depth, out);
        } else {
            string_emit(node, out);
        }
        break;
    case MB_NODE_LIST:
        if (node->as.list.count == 0) {
            mb_buf_append_string(out, "[]");
        }
        list_emit(node, depth, out);
        break;
    case MB_NODE_MAP:
        if (node->as.map.count == 0) {
            mb_buf_append_string(out, "{}");
        }
        map_emit(node, depth, out);
        break;
    }
}

void mb_emit_yaml(const struct mb_node *node, struct mb_buf *out)
{
    value_emit(node, 0, out);
    mb_buf_append_char(out, '\n');
}
