// Reads the keys of an authored map, with types, limits and unknown keys checked. The
// first fault is kept with its place; reading goes on with fallbacks, so that a caller
// checks once, at its end. Mesh floor: may include base, format.
#ifndef MB_MESH_READING_H
#define MB_MESH_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/doc.h"

struct mb_reading {
    struct mb_arena *arena;   // everything that is read lives there
    const struct mb_doc *doc; // located
    struct mb_err *err;
};

// Keeps a fault at the place of `node` (NULL: of the file).
void mb_reading_fault(const struct mb_reading *reading, const struct mb_node *node,
                      const char *format, ...) MB_PRINTF(3, 4);

// A fault when the node has another type; `what` names it in the message.
bool mb_reading_is_type(const struct mb_reading *reading, const struct mb_node *node,
                        enum mb_node_type type, const char *what);

// A map whose keys are all in `known` (NULL-terminated) or start with x-; else a fault.
bool mb_reading_is_map(const struct mb_reading *reading, const struct mb_node *node,
                       const char *what, const char *const *known);

// Text without NULs, borrowed; `fallback` on a fault.
const char *mb_reading_text(const struct mb_reading *reading, const struct mb_node *node,
                            const char *what, const char *fallback);

// The same of a key, `fallback` when it is not there either; a missing required one is a
// fault, then "".
const char *mb_reading_text_key(const struct mb_reading *reading,
                                const struct mb_node *map, const char *key,
                                const char *fallback);
const char *mb_reading_text_required(const struct mb_reading *reading,
                                     const struct mb_node *map, const char *key);

int64_t mb_reading_duration_key(const struct mb_reading *reading,
                                const struct mb_node *map, const char *key,
                                int64_t fallback);

// Number of items of a list, at most MB_DEFINITION_MAX_ITEMS; 0 when the key is not there
// or on a fault.
size_t mb_reading_list_key(const struct mb_reading *reading, const struct mb_node *map,
                           const char *key, struct mb_node ***items);

// A list of texts. In arena, NULL-terminated; never NULL.
const char **mb_reading_texts_key(const struct mb_reading *reading,
                                  const struct mb_node *map, const char *key);

// Lower-case letters, digits and, but not first, characters of `more`; at most 63.
bool mb_reading_is_word(const char *text, const char *more);

// A fault unless `path` stays inside the folder that it is relative to.
void mb_reading_inside_check(const struct mb_reading *reading, const struct mb_node *node,
                             const char *path);

// A fault unless `pattern` is a POSIX extended regular expression of bearable size with
// at least so many groups.
void mb_reading_regex_check(const struct mb_reading *reading, const struct mb_node *node,
                            const char *pattern, size_t groups);

#endif
