// What a YAML scalar without quotes means: the core schema of YAML 1.2 (10.3.2).
// Internal to the format floor.
#ifndef MB_FORMAT_SCALAR_H
#define MB_FORMAT_SCALAR_H

#include <stdbool.h>
#include <stddef.h>

#include "format/node.h"

enum mb_scalar_fault {
    MB_SCALAR_GOOD,
    MB_SCALAR_NOT_FINITE, // .inf, .nan, or beyond a double
    MB_SCALAR_TOO_WIDE    // 0x or 0o number beyond int64_t
};

// Sets type and value of *node (lexeme too unless it is a string, which is not copied:
// `text` must live as long as the node). Integers beyond int64_t become floats.
enum mb_scalar_fault mb_scalar_resolve(const char *text, size_t size,
                                       struct mb_node *node);

// True when a reader of YAML 1.2 or 1.1 could take the text, without quotes, for
// something else than a string: null, boolean, number, date, sexagesimal, merge key.
bool mb_scalar_is_ambiguous(const char *text, size_t size);

#endif
