#include "format/node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static struct mb_node *node_new(struct mb_arena *arena, enum mb_node_type type)
{
    struct mb_node *node = mb_arena_alloc(arena, 1, sizeof *node);
    node->type = type;
    return node;
}

struct mb_node *mb_node_null(struct mb_arena *arena)
{
    return node_new(arena, MB_NODE_NULL);
}

struct mb_node *mb_node_bool(struct mb_arena *arena, bool value)
{
    struct mb_node *node = node_new(arena, MB_NODE_BOOL);
    node->as.boolean = value;
    return node;
}

struct mb_node *mb_node_int(struct mb_arena *arena, int64_t value)
{
    struct mb_node *node = node_new(arena, MB_NODE_INT);
    node->as.integer = value;
    return node;
}

struct mb_node *mb_node_float(struct mb_arena *arena, double value)
{
    if (!isfinite(value)) {
        return mb_node_null(arena);
    }
    struct mb_node *node = node_new(arena, MB_NODE_FLOAT);
    node->as.number = value;
    return node;
}

struct mb_node *mb_node_bytes(struct mb_arena *arena, const char *bytes, size_t size)
{
    struct mb_node *node = node_new(arena, MB_NODE_STRING);
    node->as.string.data = mb_arena_copy_bytes(arena, bytes, size);
    node->as.string.size = size;
    return node;
}

struct mb_node *mb_node_string(struct mb_arena *arena, const char *text)
{
    return text == NULL ? mb_node_null(arena) : mb_node_bytes(arena, text, strlen(text));
}

struct mb_node *mb_node_list(struct mb_arena *arena)
{
    return node_new(arena, MB_NODE_LIST);
}

struct mb_node *mb_node_map(struct mb_arena *arena)
{
    return node_new(arena, MB_NODE_MAP);
}

void mb_node_push(struct mb_arena *arena, struct mb_node *list, struct mb_node *item)
{
    list->as.list.items =
        mb_arena_grow(arena, list->as.list.items, list->as.list.count,
                      &list->as.list.capacity, sizeof *list->as.list.items);
    list->as.list.items[list->as.list.count++] = item;
}

void mb_node_put_entry(struct mb_arena *arena, struct mb_node *map, struct mb_node *key,
                       struct mb_node *value)
{
    map->as.map.entries =
        mb_arena_grow(arena, map->as.map.entries, map->as.map.count,
                      &map->as.map.capacity, sizeof *map->as.map.entries);
    map->as.map.entries[map->as.map.count++] = (struct mb_node_entry){key, value};
}

void mb_node_put(struct mb_arena *arena, struct mb_node *map, const char *key,
                 struct mb_node *value)
{
    mb_node_put_entry(arena, map, mb_node_string(arena, key), value);
}

static struct mb_node_entry *entry_find(const struct mb_node *map, const char *key,
                                        size_t size)
{
    if (map == NULL || map->type != MB_NODE_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->as.map.count; i++) {
        const struct mb_node *name = map->as.map.entries[i].key;
        if (name->as.string.size == size && name->as.string.data[0] == key[0] &&
            memcmp(name->as.string.data, key, size) == 0) {
            return &map->as.map.entries[i];
        }
    }
    return NULL;
}

void mb_node_set(struct mb_arena *arena, struct mb_node *map, const char *key,
                 struct mb_node *value)
{
    struct mb_node_entry *entry = entry_find(map, key, strlen(key));
    if (entry != NULL) {
        entry->value = value;
    } else {
        mb_node_put(arena, map, key, value);
    }
}

struct mb_node *mb_node_find(const struct mb_node *map, const char *key)
{
    const struct mb_node_entry *entry = entry_find(map, key, strlen(key));
    return entry != NULL ? entry->value : NULL;
}

const struct mb_node_entry *mb_node_find_entry(const struct mb_node *map, const char *key)
{
    return entry_find(map, key, strlen(key));
}

// Appends the step with ~0 and ~1 resolved.
static void step_unescape(const char *step, size_t size, struct mb_buf *out)
{
    for (size_t i = 0; i < size; i++) {
        if (step[i] == '~' && i + 1 < size &&
            (step[i + 1] == '0' || step[i + 1] == '1')) {
            mb_buf_append_char(out, step[i + 1] == '0' ? '~' : '/');
            i++;
        } else {
            mb_buf_append_char(out, step[i]);
        }
    }
}

// RFC 6901 allows no sign and no leading zero.
static bool step_index(const char *step, size_t size, size_t *index)
{
    if (size == 0 || size > 18 || (size > 1 && step[0] == '0')) {
        return false;
    }
    size_t value = 0;
    for (size_t i = 0; i < size; i++) {
        if (step[i] < '0' || step[i] > '9') {
            return false;
        }
        value = value * 10 + (size_t)(step[i] - '0');
    }
    *index = value;
    return true;
}

bool mb_node_step(const struct mb_node *node, const char **pointer,
                  struct mb_node_entry *entry)
{
    const char *step = *pointer + 1;
    size_t size = strcspn(step, "/");
    size_t index = 0;
    *entry = (struct mb_node_entry){NULL, NULL};
    if (**pointer != '/') {
        return false;
    }
    if (node->type == MB_NODE_LIST && step_index(step, size, &index) &&
        index < node->as.list.count) {
        entry->value = node->as.list.items[index];
    } else if (node->type == MB_NODE_MAP) {
        struct mb_buf name = {0};
        step_unescape(step, size, &name);
        const struct mb_node_entry *found =
            entry_find(node, mb_buf_string(&name), name.size);
        mb_buf_release(&name);
        if (found != NULL) {
            *entry = *found;
        }
    }
    *pointer = step + size;
    return entry->value != NULL;
}

struct mb_node *mb_node_at(const struct mb_node *root, const char *pointer)
{
    struct mb_node *node = (struct mb_node *)root;
    while (node != NULL && *pointer != '\0') {
        struct mb_node_entry entry;
        node = mb_node_step(node, &pointer, &entry) ? entry.value : NULL;
    }
    return node;
}

char *mb_node_pointer_key(struct mb_arena *arena, const char *pointer, const char *key)
{
    size_t size = strlen(pointer);
    char *text = mb_arena_alloc(arena, size + 2 * strlen(key) + 2, 1);
    memcpy(text, pointer, size);
    text[size++] = '/';
    for (const char *at = key; *at != '\0'; at++) {
        if (*at == '~' || *at == '/') {
            text[size++] = '~';
            text[size++] = *at == '~' ? '0' : '1';
        } else {
            text[size++] = *at;
        }
    }
    return text;
}

char *mb_node_pointer_index(struct mb_arena *arena, const char *pointer, size_t index)
{
    return mb_arena_print(arena, "%s/%zu", pointer, index);
}

const char *mb_node_text(const struct mb_node *node, const char *fallback)
{
    return node != NULL && node->type == MB_NODE_STRING ? node->as.string.data : fallback;
}

int64_t mb_node_integer(const struct mb_node *node, int64_t fallback)
{
    return node != NULL && node->type == MB_NODE_INT ? node->as.integer : fallback;
}

double mb_node_number(const struct mb_node *node, double fallback)
{
    if (node != NULL && node->type == MB_NODE_FLOAT) {
        return node->as.number;
    }
    return node != NULL && node->type == MB_NODE_INT ? (double)node->as.integer
                                                     : fallback;
}

bool mb_node_boolean(const struct mb_node *node, bool fallback)
{
    return node != NULL && node->type == MB_NODE_BOOL ? node->as.boolean : fallback;
}

size_t mb_node_count(const struct mb_node *node)
{
    if (node != NULL && node->type == MB_NODE_LIST) {
        return node->as.list.count;
    }
    return node != NULL && node->type == MB_NODE_MAP ? node->as.map.count : 0;
}

struct mb_node *mb_node_copy(struct mb_arena *arena, const struct mb_node *node)
{
    struct mb_node *copy = mb_arena_alloc(arena, 1, sizeof *copy);
    *copy = *node;
    if (node->lexeme != NULL) {
        copy->lexeme = mb_arena_copy_string(arena, node->lexeme);
    }
    if (node->type == MB_NODE_STRING) {
        copy->as.string.data =
            mb_arena_copy_bytes(arena, node->as.string.data, node->as.string.size);
    } else if (node->type == MB_NODE_LIST) {
        size_t count = node->as.list.count;
        copy->as.list.items = mb_arena_alloc(arena, count, sizeof *copy->as.list.items);
        copy->as.list.capacity = count;
        for (size_t i = 0; i < count; i++) {
            copy->as.list.items[i] = mb_node_copy(arena, node->as.list.items[i]);
        }
    } else if (node->type == MB_NODE_MAP) {
        size_t count = node->as.map.count;
        copy->as.map.entries = mb_arena_alloc(arena, count, sizeof *copy->as.map.entries);
        copy->as.map.capacity = count;
        for (size_t i = 0; i < count; i++) {
            const struct mb_node_entry *entry = &node->as.map.entries[i];
            copy->as.map.entries[i].key = mb_node_copy(arena, entry->key);
            copy->as.map.entries[i].value = mb_node_copy(arena, entry->value);
        }
    }
    return copy;
}

int mb_node_key_compare(const struct mb_node *left, const struct mb_node *right)
{
    size_t size = left->as.string.size;
    if (right->as.string.size < size) {
        size = right->as.string.size;
    }
    int order = memcmp(left->as.string.data, right->as.string.data, size);
    if (order != 0 || left->as.string.size == right->as.string.size) {
        return order;
    }
    return left->as.string.size < right->as.string.size ? -1 : 1;
}

static int entry_compare(const void *left, const void *right)
{
    const struct mb_node_entry *const *a = left;
    const struct mb_node_entry *const *b = right;
    int order = mb_node_key_compare((*a)->key, (*b)->key);
    if (order != 0) {
        return order;
    }
    return *a < *b ? -1 : *a > *b;
}

const struct mb_node_entry **mb_node_sorted(const struct mb_node *map)
{
    size_t count = map->as.map.count;
    const struct mb_node_entry **sorted = mb_mem_alloc(count + 1, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &map->as.map.entries[i];
    }
    if (count > 1) {
        qsort(sorted, count, sizeof *sorted, entry_compare);
    }
    return sorted;
}

// 2^63 is the first double beyond int64_t; below it the whole part converts exactly, so
// that 2^53 + 1 and the double next to it stay different.
static int integer_compare_number(int64_t integer, double number)
{
    if (number >= 9223372036854775808.0) {
        return -1;
    }
    if (number < -9223372036854775808.0) {
        return 1;
    }
    double whole = floor(number);
    if (integer != (int64_t)whole) {
        return integer < (int64_t)whole ? -1 : 1;
    }
    return number > whole ? -1 : 0;
}

static int number_compare(const struct mb_node *left, const struct mb_node *right)
{
    if (left->type == MB_NODE_INT && right->type == MB_NODE_INT) {
        return (left->as.integer > right->as.integer) -
               (left->as.integer < right->as.integer);
    }
    if (left->type == MB_NODE_INT) {
        return integer_compare_number(left->as.integer, right->as.number);
    }
    if (right->type == MB_NODE_INT) {
        return -integer_compare_number(right->as.integer, left->as.number);
    }
    return (left->as.number > right->as.number) - (left->as.number < right->as.number);
}

static int list_compare(const struct mb_node *left, const struct mb_node *right)
{
    size_t a = left->as.list.count;
    size_t b = right->as.list.count;
    int order = (a > b) - (a < b);
    for (size_t i = 0; order == 0 && i < a; i++) {
        order = mb_node_compare(left->as.list.items[i], right->as.list.items[i]);
    }
    return order;
}

// Both sorted: thousands of keys cost n log n, not n squared.
static int map_compare(const struct mb_node *left, const struct mb_node *right)
{
    size_t a = left->as.map.count;
    size_t b = right->as.map.count;
    int order = (a > b) - (a < b);
    if (order != 0) {
        return order;
    }
    const struct mb_node_entry **ours = mb_node_sorted(left);
    const struct mb_node_entry **theirs = mb_node_sorted(right);
    for (size_t i = 0; order == 0 && i < a; i++) {
        order = mb_node_key_compare(ours[i]->key, theirs[i]->key);
        if (order == 0) {
            order = mb_node_compare(ours[i]->value, theirs[i]->value);
        }
    }
    mb_mem_free(ours);
    mb_mem_free(theirs);
    return order;
}

// Integers and floats are one type here.
static int type_rank(enum mb_node_type type)
{
    return type == MB_NODE_FLOAT ? (int)MB_NODE_INT : (int)type;
}

int mb_node_compare(const struct mb_node *left, const struct mb_node *right)
{
    int a = type_rank(left->type);
    int b = type_rank(right->type);
    if (a != b) {
        return a < b ? -1 : 1;
    }
    switch (left->type) {
    case MB_NODE_NULL:
        return 0;
    case MB_NODE_BOOL:
        return (int)left->as.boolean - (int)right->as.boolean;
    case MB_NODE_INT:
    case MB_NODE_FLOAT:
        return number_compare(left, right);
    case MB_NODE_STRING:
        return mb_node_key_compare(left, right);
    case MB_NODE_LIST:
        return list_compare(left, right);
    case MB_NODE_MAP:
        return map_compare(left, right);
    }
    return 0;
}

bool mb_node_equal(const struct mb_node *left, const struct mb_node *right)
{
    if (left == NULL || right == NULL) {
        return left == right;
    }
    return mb_node_compare(left, right) == 0;
}

const char *mb_node_type_name(enum mb_node_type type)
{
    switch (type) {
    case MB_NODE_NULL:
        return "null";
    case MB_NODE_BOOL:
        return "boolean";
    case MB_NODE_INT:
        return "integer";
    case MB_NODE_FLOAT:
        return "number";
    case MB_NODE_STRING:
        return "string";
    case MB_NODE_LIST:
        return "array";
    case MB_NODE_MAP:
        return "object";
    }
    return "unknown";
}
