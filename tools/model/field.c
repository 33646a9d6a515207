#include "model/field.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/units.h"

struct mb_field mb_field_root(const struct mb_node *node, struct mb_err *err)
{
    return (struct mb_field){.node = node, .err = err};
}

struct mb_field mb_field_child(const struct mb_field *parent, const char *key)
{
    const struct mb_node *node = mb_node_find(parent->node, key);
    if (node != NULL && node->type == MB_NODE_NULL) {
        node = NULL;
    }
    return (struct mb_field){
        .parent = parent, .key = key, .node = node, .err = parent->err};
}

struct mb_field mb_field_item(const struct mb_field *list, size_t index)
{
    const struct mb_node *node = NULL;
    if (list->node != NULL && list->node->type == MB_NODE_LIST &&
        index < list->node->as.list.count) {
        node = list->node->as.list.items[index];
    }
    return (struct mb_field){
        .parent = list, .index = index, .node = node, .err = list->err};
}

struct mb_field mb_field_entry(const struct mb_field *map, size_t index)
{
    const struct mb_node_entry *entry = &map->node->as.map.entries[index];
    return (struct mb_field){.parent = map,
                             .key = entry->key->as.string.data,
                             .node = entry->value,
                             .err = map->err};
}

// Escapes as RFC 6901 asks: ~ is ~0, / is ~1.
static void pointer_append(const struct mb_field *field, struct mb_buf *out)
{
    if (field->parent == NULL) {
        return;
    }
    pointer_append(field->parent, out);
    mb_buf_append_char(out, '/');
    if (field->key == NULL) {
        mb_buf_print(out, "%zu", field->index);
        return;
    }
    for (const char *c = field->key; *c != '\0'; c++) {
        if (*c == '~' || *c == '/') {
            mb_buf_append_string(out, *c == '~' ? "~0" : "~1");
        } else {
            mb_buf_append_char(out, *c);
        }
    }
}

static void fault_set(const struct mb_field *field, const char *joint,
                      const char *message)
{
    struct mb_buf pointer;
    mb_buf_init(&pointer, 512);
    pointer_append(field, &pointer);
    (void)mb_err_set(field->err, MB_INVALID, "%s%s%s", mb_buf_string(&pointer), joint,
                     message);
    mb_buf_release(&pointer);
}

void mb_field_fault(const struct mb_field *field, const char *format, ...)
{
    if (field->err->code != MB_OK) {
        return;
    }
    char message[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fault_set(field, ": ", message);
}

void mb_field_adopt(const struct mb_field *field, const struct mb_err *inner)
{
    if (inner->code != MB_OK) {
        fault_set(field, "", inner->message);
    }
}

// True when the field has the wanted type. A fault when it has another, or is missing
// though it is required.
static bool is_wanted(const struct mb_field *field, enum mb_node_type type, bool required)
{
    if (field->node == NULL) {
        if (required) {
            mb_field_fault(field, "is missing");
        }
        return false;
    }
    if (field->node->type != type) {
        mb_field_fault(field, "must be %s, is %s", mb_node_type_name(type),
                       mb_node_type_name(field->node->type));
        return false;
    }
    return true;
}

static int64_t int_in_range(const struct mb_field *field, int64_t min, int64_t max,
                            int64_t fallback)
{
    int64_t value = field->node->as.integer;
    if (value < min || value > max) {
        mb_field_fault(field, "must be from %lld to %lld, is %lld", (long long)min,
                       (long long)max, (long long)value);
        return fallback;
    }
    return value;
}

int64_t mb_field_own_int(const struct mb_field *field, int64_t min, int64_t max)
{
    return is_wanted(field, MB_NODE_INT, true) ? int_in_range(field, min, max, min) : min;
}

int64_t mb_field_int(const struct mb_field *map, const char *key, int64_t min,
                     int64_t max)
{
    struct mb_field field = mb_field_child(map, key);
    return mb_field_own_int(&field, min, max);
}

int64_t mb_field_int_or(const struct mb_field *map, const char *key, int64_t min,
                        int64_t max, int64_t fallback)
{
    struct mb_field field = mb_field_child(map, key);
    return is_wanted(&field, MB_NODE_INT, false)
               ? int_in_range(&field, min, max, fallback)
               : fallback;
}

bool mb_field_bool(const struct mb_field *map, const char *key)
{
    struct mb_field field = mb_field_child(map, key);
    return is_wanted(&field, MB_NODE_BOOL, true) && field.node->as.boolean;
}

const char *mb_field_own_text(const struct mb_field *field)
{
    return is_wanted(field, MB_NODE_STRING, true) ? field->node->as.string.data : "";
}

const char *mb_field_text(const struct mb_field *map, const char *key)
{
    struct mb_field field = mb_field_child(map, key);
    return mb_field_own_text(&field);
}

const char *mb_field_text_or(const struct mb_field *map, const char *key,
                             const char *fallback)
{
    struct mb_field field = mb_field_child(map, key);
    return is_wanted(&field, MB_NODE_STRING, false) ? field.node->as.string.data
                                                    : fallback;
}

static int64_t time_read(const struct mb_field *map, const char *key, bool required,
                         int64_t fallback)
{
    struct mb_field field = mb_field_child(map, key);
    int64_t unix_ns = fallback;
    struct mb_err err = {0};
    if (is_wanted(&field, MB_NODE_STRING, required) &&
        mb_units_parse_time(field.node->as.string.data, &unix_ns, &err) != MB_OK) {
        mb_field_fault(&field, "%s", err.message);
    }
    return unix_ns;
}

int64_t mb_field_time(const struct mb_field *map, const char *key)
{
    return time_read(map, key, true, 0);
}

int64_t mb_field_time_or(const struct mb_field *map, const char *key, int64_t fallback)
{
    return time_read(map, key, false, fallback);
}

static bool is_type(const struct mb_field *field, enum mb_node_type type)
{
    if (field->node != NULL && field->node->type == type) {
        return true;
    }
    mb_field_fault(field, "must be %s, is %s", mb_node_type_name(type),
                   field->node != NULL ? mb_node_type_name(field->node->type)
                                       : "missing");
    return false;
}

bool mb_field_is_map(const struct mb_field *field)
{
    return is_type(field, MB_NODE_MAP);
}

size_t mb_field_list(const struct mb_field *field)
{
    return field->node != NULL && is_type(field, MB_NODE_LIST)
               ? field->node->as.list.count
               : 0;
}

int64_t *mb_field_ints(struct mb_arena *arena, const struct mb_field *map,
                       const char *key, size_t *count)
{
    struct mb_field list = mb_field_child(map, key);
    *count = mb_field_list(&list);
    if (*count == 0) {
        return NULL;
    }
    int64_t *values = mb_arena_alloc(arena, *count, sizeof *values);
    for (size_t i = 0; i < *count; i++) {
        const struct mb_node *node = list.node->as.list.items[i];
        if (node->type != MB_NODE_INT || node->as.integer > MB_UNITS_SAFE_MAX ||
            node->as.integer < -MB_UNITS_SAFE_MAX) {
            struct mb_field item = mb_field_item(&list, i);
            mb_field_fault(&item, "must be an integer below 2^53");
            continue;
        }
        values[i] = node->as.integer;
    }
    return values;
}

// Documents have their keys mostly in the order of such a list, so that the next one is
// likely at *next.
static bool is_known(const char *key, const char *const *known, size_t *next)
{
    size_t start = *next;
    for (size_t i = start; known[i] != NULL; i++) {
        if (strcmp(key, known[i]) == 0) {
            *next = i + 1;
            return true;
        }
    }
    for (size_t i = 0; i < start; i++) {
        if (strcmp(key, known[i]) == 0) {
            *next = i + 1;
            return true;
        }
    }
    return false;
}

struct mb_node *mb_field_unknown(struct mb_arena *arena, const struct mb_field *map,
                                 const char *const *known)
{
    struct mb_node *unknown = NULL;
    size_t next = 0;
    if (map->node == NULL || map->node->type != MB_NODE_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->node->as.map.count; i++) {
        const struct mb_node_entry *entry = &map->node->as.map.entries[i];
        if (is_known(entry->key->as.string.data, known, &next)) {
            continue;
        }
        if (unknown == NULL) {
            unknown = mb_node_map(arena);
        }
        mb_node_put(arena, unknown, entry->key->as.string.data, entry->value);
    }
    return unknown;
}

void mb_field_keep(struct mb_arena *arena, const struct mb_field *map, const char *key,
                   const char *const *known, struct mb_node **unknown)
{
    struct mb_node *inner = mb_field_unknown(arena, map, known);
    if (inner == NULL) {
        return;
    }
    if (*unknown == NULL) {
        *unknown = mb_node_map(arena);
    }
    mb_node_put(arena, *unknown, key, inner);
}

// The value of a key among the first `count` entries.
static struct mb_node *find_among(const struct mb_node *map, size_t count,
                                  const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(map->as.map.entries[i].key->as.string.data, key) == 0) {
            return map->as.map.entries[i].value;
        }
    }
    return NULL;
}

void mb_field_restore(struct mb_arena *arena, struct mb_node *map,
                      const struct mb_node *unknown)
{
    if (unknown == NULL || unknown->type != MB_NODE_MAP) {
        return;
    }
    size_t written = map->as.map.count; // unknown keys differ from each other
    for (size_t i = 0; i < unknown->as.map.count; i++) {
        const struct mb_node_entry *entry = &unknown->as.map.entries[i];
        struct mb_node *mine = find_among(map, written, entry->key->as.string.data);
        if (mine == NULL) {
            mb_node_put(arena, map, entry->key->as.string.data, entry->value);
        } else if (mine->type == MB_NODE_MAP) {
            mb_field_restore(arena, mine, entry->value);
        }
    }
}

void mb_field_put_int(struct mb_arena *arena, struct mb_node *map, const char *key,
                      int64_t value)
{
    bool exact = value != -1 && value <= MB_UNITS_SAFE_MAX && value >= -MB_UNITS_SAFE_MAX;
    mb_node_put(arena, map, key, exact ? mb_node_int(arena, value) : mb_node_null(arena));
}

void mb_field_put_text(struct mb_arena *arena, struct mb_node *map, const char *key,
                       const char *text)
{
    mb_node_put(arena, map, key, mb_node_string(arena, text));
}

void mb_field_put_time(struct mb_arena *arena, struct mb_node *map, const char *key,
                       int64_t unix_ns)
{
    char text[32];
    if (unix_ns <= 0) {
        mb_node_put(arena, map, key, mb_node_null(arena));
        return;
    }
    mb_units_print_time(unix_ns, text, sizeof text);
    mb_node_put(arena, map, key, mb_node_string(arena, text));
}
