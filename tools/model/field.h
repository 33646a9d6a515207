// Reads the keys of a map into C values, with type and range checked. Model floor: may
// include base, format.
//
// The first fault is kept in the mb_err that the root was made with; reading goes on with
// fallbacks, so that a caller checks once, at its end. A field knows the way from the
// root, and makes a JSON pointer of it only for a message.
#ifndef MB_MODEL_FIELD_H
#define MB_MODEL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/node.h"

struct mb_field {
    const struct mb_field *parent; // NULL for the root; must outlive this one
    const char *key;               // step from the parent; NULL: `index`
    size_t index;
    const struct mb_node *node; // NULL when there is none
    struct mb_err *err;
};

struct mb_field mb_field_root(const struct mb_node *node, struct mb_err *err);

// A step down: the value of a key (null counts as none), an item of a list, or the value
// of an entry of a map, for maps that are walked: looking each key up takes as long as
// the map is.
struct mb_field mb_field_child(const struct mb_field *parent, const char *key);
struct mb_field mb_field_item(const struct mb_field *list, size_t index);
struct mb_field mb_field_entry(const struct mb_field *map, size_t index);

// Records a fault at this place: "/cells/0/point: " and the message.
void mb_field_fault(const struct mb_field *field, const char *format, ...)
    MB_PRINTF(2, 3);

// Records a fault that another reader found below this place: its message begins with the
// rest of the pointer. Nothing when *inner is no error.
void mb_field_adopt(const struct mb_field *field, const struct mb_err *inner);

// The value of a key. One that is missing, of another type or outside the range is a
// fault; `_or` gives the fallback for one that is missing or null instead. Strings are
// borrowed from the tree.
int64_t mb_field_int(const struct mb_field *map, const char *key, int64_t min,
                     int64_t max);
int64_t mb_field_int_or(const struct mb_field *map, const char *key, int64_t min,
                        int64_t max, int64_t fallback);
bool mb_field_bool(const struct mb_field *map, const char *key);
const char *mb_field_text(const struct mb_field *map, const char *key); // fault: ""
const char *mb_field_text_or(const struct mb_field *map, const char *key,
                             const char *fallback);
// The same for the value at a field itself.
int64_t mb_field_own_int(const struct mb_field *field, int64_t min, int64_t max);
const char *mb_field_own_text(const struct mb_field *field);
// RFC 3339, as ns since 1970.
int64_t mb_field_time(const struct mb_field *map, const char *key);
int64_t mb_field_time_or(const struct mb_field *map, const char *key, int64_t fallback);

// Checks the type; a fault when it is another. 0 items for a list that is not there.
bool mb_field_is_map(const struct mb_field *field);
size_t mb_field_list(const struct mb_field *field);

// Integers of a list, in arena; NULL and *count = 0 when the key is not there.
int64_t *mb_field_ints(struct mb_arena *arena, const struct mb_field *map,
                       const char *key, size_t *count);

// In arena: the entries of a map whose keys are not in `known` (NULL-terminated), or NULL
// when there are none. The values are borrowed.
struct mb_node *mb_field_unknown(struct mb_arena *arena, const struct mb_field *map,
                                 const char *const *known);

// Keeps the unknown keys of an inner map: puts them under `key` into *unknown, which is
// made when needed.
void mb_field_keep(struct mb_arena *arena, const struct mb_field *map, const char *key,
                   const char *const *known, struct mb_node **unknown);

// Writing: adds what mb_field_unknown and mb_field_keep kept to a map. Keys that are
// there already win; maps on both sides are joined.
void mb_field_restore(struct mb_arena *arena, struct mb_node *map,
                      const struct mb_node *unknown);

// Writing: an integer, or null for -1 and for what JSON readers do not keep exact.
void mb_field_put_int(struct mb_arena *arena, struct mb_node *map, const char *key,
                      int64_t value);
void mb_field_put_text(struct mb_arena *arena, struct mb_node *map, const char *key,
                       const char *text); // NULL: null
// RFC 3339 with milliseconds, or null for 0: not known.
void mb_field_put_time(struct mb_arena *arena, struct mb_node *map, const char *key,
                       int64_t unix_ns);

#endif
