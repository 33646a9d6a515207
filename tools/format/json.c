// JSON by jansson, copied into our tree: one pass for its parser, one for ours. Places
// are not kept by jansson; json_walk.c finds them when somebody asks.
#include "format/syntax.h"

#include <jansson.h>
#include <string.h>

#include "format/utf8.h"

struct reader {
    struct mb_arena *arena;
    bool too_deep;
};

static struct mb_node *value_read(struct reader *reader, const json_t *value, int depth);

static struct mb_node *list_read(struct reader *reader, const json_t *value, int depth)
{
    struct mb_node *node = mb_node_list(reader->arena);
    size_t count = json_array_size(value);
    node->as.list.items =
        mb_arena_alloc(reader->arena, count, sizeof *node->as.list.items);
    node->as.list.capacity = count;
    for (size_t i = 0; i < count; i++) {
        node->as.list.items[i] = value_read(reader, json_array_get(value, i), depth + 1);
    }
    node->as.list.count = count;
    return node;
}

static struct mb_node *map_read(struct reader *reader, json_t *value, int depth)
{
    struct mb_node *node = mb_node_map(reader->arena);
    size_t count = json_object_size(value);
    node->as.map.entries =
        mb_arena_alloc(reader->arena, count, sizeof *node->as.map.entries);
    node->as.map.capacity = count;
    struct mb_node_entry *entry = node->as.map.entries;
    for (void *at = json_object_iter(value); at != NULL;
         at = json_object_iter_next(value, at)) {
        entry->key = mb_node_bytes(reader->arena, json_object_iter_key(at),
                                   json_object_iter_key_len(at));
        entry->key->quoted = true;
        entry->value = value_read(reader, json_object_iter_value(at), depth + 1);
        entry++;
    }
    node->as.map.count = count;
    return node;
}

// On too deep a value the tree is cut off; the caller throws it away.
static struct mb_node *value_read(struct reader *reader, const json_t *value, int depth)
{
    struct mb_node *node;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        if (depth >= MB_DOC_MAX_DEPTH) {
            reader->too_deep = true;
            return mb_node_null(reader->arena);
        }
        return json_is_array(value) ? list_read(reader, value, depth)
                                    : map_read(reader, (json_t *)value, depth);
    case JSON_STRING:
        node = mb_node_bytes(reader->arena, json_string_value(value),
                             json_string_length(value));
        node->quoted = true;
        return node;
    case JSON_INTEGER:
        return mb_node_int(reader->arena, json_integer_value(value));
    case JSON_REAL:
        return mb_node_float(reader->arena, json_real_value(value));
    case JSON_TRUE:
    case JSON_FALSE:
        return mb_node_bool(reader->arena, json_is_true(value));
    case JSON_NULL:
        break;
    }
    return mb_node_null(reader->arena);
}

// jansson has no limit on size, so the text is counted before it is handed over: a value
// needs a separator before it. Separators within strings count too, so the exact count
// is left to the fault that is found by the walk.
static bool may_hold_too_many(const char *text, size_t size)
{
    if (size / 2 < MB_DOC_MAX_NODES) {
        return false;
    }
    size_t count = 1;
    for (size_t i = 0; i < size; i++) {
        count += text[i] == ',' || text[i] == ':' || text[i] == '[';
    }
    return count > MB_DOC_MAX_NODES;
}

static enum mb_status error_say(const struct mb_doc *doc, const json_error_t *error,
                                struct mb_err *err)
{
    bool twice = json_error_code(error) == json_error_duplicate_key;
    size_t bom = mb_utf8_bom(doc->text, doc->size);
    enum mb_status status =
        mb_json_explain(doc, twice ? bom + (size_t)error->position : 0, err);
    if (status != MB_OK) {
        return status;
    }
    return mb_err_at(err, MB_INVALID, doc->name, error->line, error->column, "%s",
                     error->text);
}

enum mb_status mb_json_parse(struct mb_doc *doc, struct mb_err *err)
{
    size_t bom = mb_utf8_bom(doc->text, doc->size);
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
    json_error_t error;
    if (may_hold_too_many(doc->text, doc->size)) {
        enum mb_status status = mb_json_explain(doc, 0, err);
        if (status != MB_OK) {
            return status;
        }
    }
    json_t *value = json_loadb(doc->text + bom, doc->size - bom, flags, &error);
    bool wide = value == NULL && json_error_code(&error) == json_error_numeric_overflow;
    if (wide) { // integers beyond int64_t: the walk tells them apart by their text
        value = json_loadb(doc->text + bom, doc->size - bom,
                           flags | JSON_DECODE_INT_AS_REAL, &error);
    }
    if (value == NULL) {
        return error_say(doc, &error, err);
    }
    struct reader reader = {.arena = doc->arena};
    struct mb_node *root = value_read(&reader, value, 0);
    json_decref(value);
    if (reader.too_deep) {
        return mb_json_explain(doc, 0, err);
    }
    doc->root = root;
    if (wide) {
        mb_doc_locate(doc->arena, doc);
    }
    return MB_OK;
}
