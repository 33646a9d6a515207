// The tree that every document is read into and written from, whatever its syntax.
// Format floor: may include base. Third-party parsers stay behind this header.
//
// Nodes live in an arena. They keep the place and, for numbers, the text they were
// written as ("1.20" is not 1.2), so that a finding can point at the input.
#ifndef MB_FORMAT_NODE_H
#define MB_FORMAT_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum mb_node_type {
    MB_NODE_NULL,
    MB_NODE_BOOL,
    MB_NODE_INT,   // fits int64_t
    MB_NODE_FLOAT, // anything else that is a number; finite
    MB_NODE_STRING,
    MB_NODE_LIST,
    MB_NODE_MAP
};

struct mb_node;

struct mb_node_entry {
    struct mb_node *key; // MB_NODE_STRING, with its own place
    struct mb_node *value;
};

struct mb_node {
    enum mb_node_type type;
    int line;   // 1-based; 0: not known (made here, or JSON not located yet)
    int column; // 1-based, in characters
    // Characters of the scalar as written; 1 for lists, maps, several lines. A large
    // result has millions of nodes: bits save an eighth of each.
    unsigned length : 31;
    bool quoted : 1; // a scalar that was written in quotes or as a block
    union {
        bool boolean;
        int64_t integer;
        double number; // MB_NODE_FLOAT
        struct {
            const char *data; // NUL-terminated, UTF-8; may hold NULs before `size`
            size_t size;      // in bytes
        } string;
        struct {
            struct mb_node **items;
            size_t count;
            size_t capacity;
        } list;
        struct {
            struct mb_node_entry *entries; // in document order
            size_t count;
            size_t capacity;
        } map;
    } as;
    const char *lexeme; // numbers, booleans, nulls: as written; NULL when made here, and
                        // in JSON until located
};

// In arena: new nodes without a place. Text is copied.
struct mb_node *mb_node_null(struct mb_arena *arena);
struct mb_node *mb_node_bool(struct mb_arena *arena, bool value);
struct mb_node *mb_node_int(struct mb_arena *arena, int64_t value);
struct mb_node *mb_node_float(struct mb_arena *arena, double value); // not finite: null
struct mb_node *mb_node_string(struct mb_arena *arena, const char *text); // NULL: null
struct mb_node *mb_node_bytes(struct mb_arena *arena, const char *bytes, size_t size);
struct mb_node *mb_node_list(struct mb_arena *arena);
struct mb_node *mb_node_map(struct mb_arena *arena);

// Appends to a list, or to a map (no look for duplicates; `key` is copied).
void mb_node_push(struct mb_arena *arena, struct mb_node *list, struct mb_node *item);
void mb_node_put(struct mb_arena *arena, struct mb_node *map, const char *key,
                 struct mb_node *value);
// The same with a key that is a node already (MB_NODE_STRING; borrowed by the map).
void mb_node_put_entry(struct mb_arena *arena, struct mb_node *map, struct mb_node *key,
                       struct mb_node *value);
// Replaces the value of a key, or appends it.
void mb_node_set(struct mb_arena *arena, struct mb_node *map, const char *key,
                 struct mb_node *value);

// Value or entry of a key: borrowed; NULL when `map` is NULL, not a map, or has no such
// key.
struct mb_node *mb_node_find(const struct mb_node *map, const char *key);
const struct mb_node_entry *mb_node_find_entry(const struct mb_node *map,
                                               const char *key);

// Follows a JSON pointer (RFC 6901); NULL when it leads nowhere.
struct mb_node *mb_node_at(const struct mb_node *root, const char *pointer);

// One step of that: takes the first step off *pointer (which starts with '/') and gives
// what it leads to; entry->key is NULL for an item of a list. False when it leads
// nowhere.
bool mb_node_step(const struct mb_node *node, const char **pointer,
                  struct mb_node_entry *entry);

// In arena: `pointer` with one more step, escaped as RFC 6901 asks.
char *mb_node_pointer_key(struct mb_arena *arena, const char *pointer, const char *key);
char *mb_node_pointer_index(struct mb_arena *arena, const char *pointer, size_t index);

// Shorthands that tolerate NULL and other types by giving the fallback.
const char *mb_node_text(const struct mb_node *node, const char *fallback);
int64_t mb_node_integer(const struct mb_node *node, int64_t fallback); // INT only
double mb_node_number(const struct mb_node *node, double fallback);    // INT and FLOAT
bool mb_node_boolean(const struct mb_node *node, bool fallback);

// Number of items or entries; 0 for NULL and scalars.
size_t mb_node_count(const struct mb_node *node);

// In arena: a deep copy.
struct mb_node *mb_node_copy(struct mb_arena *arena, const struct mb_node *node);

// JSON equality: 1 equals 1.0, maps regardless of order.
bool mb_node_equal(const struct mb_node *left, const struct mb_node *right);

// A total order of which that is the equality: by type (null, boolean, number, string,
// array, object), numbers by value, strings by bytes, lists and maps by size first.
int mb_node_compare(const struct mb_node *left, const struct mb_node *right);

// Order of two strings by their bytes: below, equal to or above 0.
int mb_node_key_compare(const struct mb_node *left, const struct mb_node *right);

// Returns owned (mb_mem_free): the entries of a map, ordered by key, equal keys in
// document order.
const struct mb_node_entry **mb_node_sorted(const struct mb_node *map);

// "null", "boolean", "integer", "number", "string", "array", "object".
const char *mb_node_type_name(enum mb_node_type type);

#endif
