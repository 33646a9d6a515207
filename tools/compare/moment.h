// Moments as people and tools write them in tables: more forms than documents allow.
// Compare floor: may include base.
#ifndef MB_COMPARE_MOMENT_H
#define MB_COMPARE_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

// Reads all of `text`:
//   2026-11-23, 2026/11/23 or 2026.11.23, then, after a blank or T, 3:00, 03:00:00 or
//   03:00:00.123, then Z, UTC, GMT, +01:00, +0100 or +01, with or without a blank before;
//   without a zone it is UTC
//   a number of seconds since 1970 (at least 1e8), with or without decimals, or of
//   milli-, micro- or nanoseconds: the unit that puts it before the year 5138
// False when it is none of these, or before 1970 or after 2261.
bool mb_moment_parse(const char *text, int64_t *unix_ns);

#endif
