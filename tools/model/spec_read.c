#include "model/spec_read.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void mb_spec_read_fail(struct mb_spec_read *read, enum mb_status code,
                       const struct mb_node *node, const char *format, ...)
{
    char message[sizeof read->err->message];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    read->failed = true;
    if (read->file == NULL) {
        (void)mb_err_set(read->err, code, "%s", message);
        return;
    }
    (void)mb_err_at(read->err, code, read->file, node == NULL ? 0 : node->line,
                    node == NULL ? 0 : node->column, "%s", message);
}

static void fail_type(struct mb_spec_read *read, const struct mb_node *node,
                      const char *key, const char *wanted)
{
    mb_spec_read_fail(read, MB_INVALID, node, "'%s' is of type %s, not %s", key,
                      mb_node_type_name(node->type), wanted);
}

// Text of a string node that holds no NUL: it goes to system calls and onto the wire.
static const char *text_of(struct mb_spec_read *read, const struct mb_node *node,
                           const char *key)
{
    if (node->type != MB_NODE_STRING) {
        fail_type(read, node, key, "string");
        return "";
    }
    if (memchr(node->as.string.data, '\0', node->as.string.size) != NULL) {
        mb_spec_read_fail(read, MB_INVALID, node, "'%s' holds a NUL character", key);
        return "";
    }
    return node->as.string.data;
}

const char *mb_spec_read_text(struct mb_spec_read *read, const struct mb_node *map,
                              const char *key)
{
    const struct mb_node *node = mb_node_find(map, key);
    return node == NULL ? NULL : text_of(read, node, key);
}

const char *mb_spec_read_needed(struct mb_spec_read *read, const struct mb_node *map,
                                const char *key)
{
    const char *text = mb_spec_read_text(read, map, key);
    if (text == NULL) {
        mb_spec_read_fail(read, MB_INVALID, map, "'%s' is missing", key);
        return "";
    }
    return text;
}

int64_t mb_spec_read_int(struct mb_spec_read *read, const struct mb_node *map,
                         const char *key, struct mb_spec_range range)
{
    const struct mb_node *node = mb_node_find(map, key);
    if (node == NULL) {
        return range.fallback;
    }
    if (node->type != MB_NODE_INT) {
        fail_type(read, node, key, "integer");
        return range.fallback;
    }
    if (node->as.integer < range.min || node->as.integer > range.max) {
        mb_spec_read_fail(read, MB_INVALID, node,
                          "'%s' is %" PRId64 ", outside %" PRId64 " to %" PRId64, key,
                          node->as.integer, range.min, range.max);
        return range.fallback;
    }
    return node->as.integer;
}

int64_t mb_spec_read_quantity(struct mb_spec_read *read, const struct mb_node *node,
                              const char *key, enum mb_unit unit)
{
    const char *text = text_of(read, node, key);
    if (read->failed) {
        return 0;
    }
    int64_t value = 0;
    struct mb_err err = {0};
    if (mb_units_parse(unit, text, &value, &err) != MB_OK) {
        mb_spec_read_fail(read, MB_INVALID, node, "'%s': %s", key, err.message);
    }
    return value;
}

int64_t mb_spec_read_unit(struct mb_spec_read *read, const struct mb_node *map,
                          const char *key, enum mb_unit unit)
{
    const struct mb_node *node = mb_node_find(map, key);
    return node == NULL ? 0 : mb_spec_read_quantity(read, node, key, unit);
}

bool mb_spec_read_bool(struct mb_spec_read *read, const struct mb_node *map,
                       const char *key, bool fallback)
{
    const struct mb_node *node = mb_node_find(map, key);
    if (node != NULL && node->type != MB_NODE_BOOL) {
        fail_type(read, node, key, "boolean");
    }
    return mb_node_boolean(node, fallback);
}

const struct mb_node *mb_spec_read_child(struct mb_spec_read *read,
                                         const struct mb_node *map, const char *key,
                                         enum mb_node_type type)
{
    const struct mb_node *node = mb_node_find(map, key);
    if (node != NULL && node->type != type) {
        fail_type(read, node, key, mb_node_type_name(type));
        return NULL;
    }
    return node;
}

const char **mb_spec_read_texts(struct mb_spec_read *read, const struct mb_node *map,
                                const char *key, size_t *count)
{
    const struct mb_node *list = mb_spec_read_child(read, map, key, MB_NODE_LIST);
    *count = mb_node_count(list);
    const char **texts = mb_arena_alloc(read->arena, *count, sizeof *texts);
    for (size_t i = 0; i < *count; i++) {
        texts[i] = text_of(read, list->as.list.items[i], key);
    }
    return texts;
}

const char *mb_spec_read_scalar(struct mb_spec_read *read, const struct mb_node *node,
                                const char *key)
{
    switch (node->type) {
    case MB_NODE_STRING:
        return text_of(read, node, key);
    case MB_NODE_INT:
        return mb_arena_print(read->arena, "%" PRId64, node->as.integer);
    case MB_NODE_BOOL:
        return node->as.boolean ? "true" : "false";
    case MB_NODE_NULL:
    case MB_NODE_FLOAT:
    case MB_NODE_LIST:
    case MB_NODE_MAP:
        break;
    }
    fail_type(read, node, key, "string, integer or boolean");
    return "";
}
