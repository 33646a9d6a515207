// Regular expressions for the keywords `pattern` and `patternProperties`: the part of
// ECMA-262 that POSIX extended expressions share, plus its class escapes. Schema floor:
// may include base.
//
// Characters, not bytes; search, not match; time is proportional to text times pattern,
// whatever they are, so that a hostile text cannot hang a check.
//   has     . [..] [^..] (..) (?:..) | * + ? {n} {n,} {n,m} ^ $ \d \D \w \W \s \S
//           \t \n \v \f \r \0 \xHH \uHHHH \u{H..} \cX and escaped punctuation
//   refuses look-around, back references, \b \B, named groups, \p{..}, flags
// A lazy quantifier is read as its greedy twin: whether there is a match is the same.
#ifndef MB_SCHEMA_REGEX_H
#define MB_SCHEMA_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum {
    MB_REGEX_MAX_STEPS = 10000, // of a compiled expression, after {n,m} is written out
    MB_REGEX_MAX_DEPTH = 50     // of groups
};

struct mb_regex;

// In arena. MB_INVALID: the message says what is not understood.
MB_MUST_USE enum mb_status mb_regex_compile(struct mb_arena *arena, const char *pattern,
                                            const struct mb_regex **regex,
                                            struct mb_err *err);

// True when the expression matches somewhere in the text (UTF-8, `size` bytes).
bool mb_regex_search(const struct mb_regex *regex, const char *text, size_t size);

#endif
