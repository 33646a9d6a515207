#include "exchange/import_json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_text.h"

enum mb_status mb_import_json_open(struct mb_import *import, struct mb_input *input,
                                   struct mb_import_json *json, struct mb_err *err)
{
    *json = (struct mb_import_json){.import = import, .input = input};
    return mb_input_read_all(input, MB_IMPORT_TEXT_MAX, &json->text, err);
}

void mb_import_json_release(struct mb_import_json *json)
{
    mb_buf_release(&json->text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// Moves to the next line whose first character opens an object or a list. False: there is
// none.
static bool start_find(struct mb_import_json *json)
{
    const char *text = json->text.data;
    size_t size = json->text.size;
    bool at_start = true;
    for (; json->at < size; json->at++) {
        char c = text[json->at];
        if (at_start && (c == '{' || c == '[')) {
            return true;
        }
        json->line += c == '\n';
        at_start = c == '\n' || (at_start && is_blank(c));
    }
    return false;
}

// Bytes up to the bracket that closes the first one; all that is left when none does.
static size_t piece_size(const char *text, size_t size, bool *closed)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            *closed = true;
            return i + 1;
        }
    }
    *closed = false;
    return size;
}

// "[gomax 16]": part of a line of words.
static bool is_noise(const struct mb_import_json *json, size_t size)
{
    const char *start = json->text.data + json->at;
    return start[0] == '[' && memchr(start, '\n', size) == NULL;
}

static void piece_skip(struct mb_import_json *json, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        json->line += json->text.data[json->at + i] == '\n';
    }
    json->at += size;
}

// The next document; *root is NULL at the end.
static enum mb_status document_next(struct mb_import_json *json,
                                    const struct mb_node **root, struct mb_err *err)
{
    const char *name = mb_input_name(json->input);
    *root = NULL;
    while (start_find(json)) {
        bool closed = false;
        const char *start = json->text.data + json->at;
        size_t size = piece_size(start, json->text.size - json->at, &closed);
        bool noise = is_noise(json, size);
        struct mb_err own = {0};
        json->piece_line = json->line;
        enum mb_status status =
            mb_doc_parse(json->import->arena, name, start, size, &json->doc, &own);
        if (status != MB_OK && !noise) {
            if (!closed) {
                mb_err_hint(err, "the file ends within the document that begins here");
                return mb_err_at(err, MB_INVALID, name, json->line + 1, 1,
                                 "the JSON document is cut off");
            }
            own.line += own.line > 0 ? json->line : 0;
            *err = own;
            return status;
        }
        // A line of words that is no document: go on behind its bracket.
        piece_skip(json, status == MB_OK ? size : 1);
        if (status == MB_OK) {
            *root = json->doc.root;
            return MB_OK;
        }
    }
    return MB_OK;
}

enum mb_status mb_import_json_walk(struct mb_import_json *json,
                                   const struct mb_import_json_visitor *visitor,
                                   struct mb_err *err)
{
    const struct mb_node *root = NULL;
    enum mb_status status = document_next(json, &root, err);
    while (status == MB_OK && root != NULL) {
        status = visitor->visit(visitor->state, json, root, err);
        if (status == MB_OK) {
            status = document_next(json, &root, err);
        }
    }
    return status;
}

enum mb_status mb_import_json_each(struct mb_import *import, struct mb_input *input,
                                   const struct mb_import_json_visitor *visitor,
                                   struct mb_err *err)
{
    struct mb_import_json json;
    enum mb_status status = mb_import_json_open(import, input, &json, err);
    if (status == MB_OK) {
        status = mb_import_json_walk(&json, visitor, err);
    }
    mb_import_json_release(&json);
    return status;
}

enum mb_status mb_import_json_fault(struct mb_import_json *json,
                                    const struct mb_node *node, struct mb_err *err,
                                    const char *format, ...)
{
    char message[sizeof err->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    mb_doc_locate(json->import->arena, &json->doc);
    bool placed = node != NULL && node->line > 0;
    return mb_err_at(err, MB_INVALID, mb_input_name(json->input),
                     placed ? node->line + json->piece_line : 0,
                     placed ? node->column : 0, "%s", message);
}

bool mb_import_json_count(const struct mb_node *node, int64_t *value)
{
    struct mb_err ignored = {0};
    int64_t number = -1;
    if (node == NULL) {
        return false;
    }
    if (node->type == MB_NODE_STRING &&
        mb_units_parse_int(node->as.string.data, 0, MB_UNITS_SAFE_MAX, &number,
                           &ignored) != MB_OK) {
        return false;
    }
    if (node->type == MB_NODE_INT) {
        number = node->as.integer;
    } else if (node->type == MB_NODE_FLOAT && node->as.number >= 0 &&
               node->as.number <= (double)MB_UNITS_SAFE_MAX &&
               floor(node->as.number) == node->as.number) {
        number = (int64_t)node->as.number;
    }
    if (number < 0 || number > MB_UNITS_SAFE_MAX) {
        return false;
    }
    *value = number;
    return true;
}

bool mb_import_json_time(const struct mb_node *node, int64_t unit_ns, int64_t *ns)
{
    if (node == NULL || (node->type != MB_NODE_INT && node->type != MB_NODE_FLOAT)) {
        return false;
    }
    // With the 64 bits of a long double the product of a time and 10^9 is exact enough
    // that what was written in whole ns comes out as that.
    long double value = roundl((long double)mb_node_number(node, 0) * unit_ns);
    if (value < 0 || value > (long double)MB_UNITS_SAFE_MAX) {
        return false;
    }
    *ns = (int64_t)value;
    return true;
}

bool mb_import_json_seconds(const struct mb_node *node, int64_t *ns)
{
    return mb_import_json_time(node, MB_UNITS_NS_PER_S, ns);
}

struct line_reading {
    struct mb_input *input;
    enum mb_status (*take)(void *state, const struct mb_node *root, struct mb_err *err);
    void *state;
    struct mb_err *err;
};

static enum mb_status line_read(void *state, const char *line)
{
    const struct line_reading *reading = state;
    struct mb_arena arena = {0};
    struct mb_doc doc;
    struct mb_err own = {0};
    const char *name = mb_input_name(reading->input);
    if (line[strspn(line, " \t\r")] == '\0') {
        return MB_OK;
    }
    enum mb_status status = mb_doc_parse(&arena, name, line, strlen(line), &doc, &own);
    if (status == MB_OK) {
        status = reading->take(reading->state, doc.root, &own);
    }
    if (status != MB_OK) {
        status =
            mb_err_at(reading->err, status, name, mb_input_line_number(reading->input),
                      own.column, "%s", own.message);
    }
    mb_arena_release(&arena);
    return status;
}

enum mb_status mb_import_json_lines(struct mb_input *input,
                                    enum mb_status (*take)(void *state,
                                                           const struct mb_node *root,
                                                           struct mb_err *err),
                                    void *state, struct mb_err *err)
{
    struct line_reading reading = {
        .input = input, .take = take, .state = state, .err = err};
    return mb_import_text_lines(input, line_read, &reading, err);
}
