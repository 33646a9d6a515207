// Quantities with units: the one place where text becomes a number and back. Base floor.
//
// Authored documents and command lines write durations, sizes, rates and shares with
// their unit ("30s", "512Mi", "1000rps", "0.1%"); inside and in produced documents they
// are integers in base units (ns, bytes). Nothing else in the tree calls strtol, atoi,
// sscanf.
#ifndef MB_BASE_UNITS_H
#define MB_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

// Largest integer that every JSON reader keeps exact: 2^53 - 1.
#define MB_UNITS_SAFE_MAX INT64_C(9007199254740991)

#define MB_UNITS_NS_PER_S INT64_C(1000000000)
#define MB_UNITS_NS_PER_MS INT64_C(1000000)
#define MB_UNITS_NS_PER_US INT64_C(1000)

enum mb_unit {
    MB_UNIT_DURATION, // ns us µs ms s m h; also sums such as "1m30s"; base unit ns
    MB_UNIT_SIZE,     // B K M G T (powers of 1000, k as K), Ki Mi Gi Ti; base unit byte
    MB_UNIT_RATE, // rps (1/s); base unit 1e-6 requests per second, so "0.5rps" is exact
    MB_UNIT_SHARE // % ; base unit 1e-9, so that 5% is 50,000,000
};

// Parses all of `text` (decimal point allowed, no exponent, no blanks) into base units.
// Negative values are errors, and so is a missing or unknown unit: the message names the
// text, what it should be, and the nearest known unit ("'1000rp' is not a rate: unknown
// unit 'rp', did you mean 'rps'?"). Returns MB_INVALID on failure; *value is then
// untouched. "0" alone is accepted for every unit.
MB_MUST_USE enum mb_status mb_units_parse(enum mb_unit unit, const char *text,
                                          int64_t *value, struct mb_err *err);

// Parses a plain decimal integer, optional '-', in [min, max].
MB_MUST_USE enum mb_status mb_units_parse_int(const char *text, int64_t min, int64_t max,
                                              int64_t *value, struct mb_err *err);

// Parses a finite decimal number (JSON grammar).
MB_MUST_USE enum mb_status mb_units_parse_double(const char *text, double *value,
                                                 struct mb_err *err);

// Prints a value so that mb_units_parse reads the same number back ("30s", "1m30s" prints
// as "90s", "512Mi", "1000rps", "5%"): the largest unit that needs no fraction where
// there is one. `text` holds the result, NUL-terminated; 32 bytes always suffice.
void mb_units_print(enum mb_unit unit, int64_t value, char *text, size_t size);

// For people: three significant digits and a unit: "1.21 ms", "830 us", "12.0 s"; sizes
// as "23.4 MiB"; rates as "1000 rps"; shares as "4.97%". May round; never parsed back.
void mb_units_show(enum mb_unit unit, double value, char *text, size_t size);

// For people, a number without a unit: three significant digits, or the whole part, and
// never an exponent: "0.0123", "20", "1230000"; from 10^15 on "over 10^15".
void mb_units_show_number(double value, char *text, size_t size);

// For people, the size of an effect of this log ratio, whatever its sign: "3.4%", from
// about twofold on "a factor of 2.4", from a thousandfold on "a factor of over 1000"; at
// least "0.01%".
void mb_units_show_effect(double log_ratio, char *text, size_t size);

// The candidate nearest to `text` by edit distance, if near enough to be what was meant;
// else NULL. Borrowed from the list, which ends with NULL.
const char *mb_units_nearest(const char *text, const char *const *candidates);

// "2026-11-23T19:47:00.123Z" from ns since 1970; `text` holds 32 bytes.
void mb_units_print_time(int64_t unix_ns, char *text, size_t size);
MB_MUST_USE enum mb_status mb_units_parse_time(const char *text, int64_t *unix_ns,
                                               struct mb_err *err);

// The same as other tools write it: with a blank for the 'T', an offset for the 'Z'
// ("2022-03-19T15:34:23.279389-07:00", "+0200"), but never without either.
MB_MUST_USE enum mb_status mb_units_parse_time_zoned(const char *text, int64_t *unix_ns,
                                                     struct mb_err *err);

#endif
