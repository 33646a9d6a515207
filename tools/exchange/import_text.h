// Pieces of the reports that load tools print for people: lines, and numbers with unit
// words behind a cursor that moves on. For importers. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_TEXT_H
#define MB_EXCHANGE_IMPORT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/input.h"
#include "model/part.h"

// Gives each line (of at most MB_IMPORT_LINE_MAX bytes) to `visit`, until it fails or the
// input ends. The line is borrowed for the visit.
MB_MUST_USE enum mb_status mb_import_text_lines(struct mb_input *input,
                                                enum mb_status (*visit)(void *state,
                                                                        const char *line),
                                                void *state, struct mb_err *err);

// The same of what a terminal shows of each line: mb_import_text_plain.
MB_MUST_USE enum mb_status
mb_import_text_plain_lines(struct mb_input *input,
                           enum mb_status (*visit)(void *state, const char *line),
                           void *state, struct mb_err *err);

// Each takes what it names from *at, blanks before it too, and moves *at behind it. False
// leaves *at and the value alone.

// These very characters.
bool mb_import_text_word(const char **at, const char *word);

// A number not below zero: "1234.5", "1,234.5", "1.5e-05". Not "nan", not "inf".
bool mb_import_text_number(const char **at, double *value);

// The same without separators of thousands, as between the commas of a CSV.
bool mb_import_text_field(const char **at, double *value);

// A whole number from 0 to 2^53 - 1: "1234", "1,234".
bool mb_import_text_count(const char **at, int64_t *value);

// A time with its unit, as "2.18ms", "872us", "872µs" (both encodings of the sign),
// "0.0031 secs", "1.63m", "2.5 s", "1h", to the nearest ns; at most 2^53 - 1.
bool mb_import_text_time(const char **at, int64_t *ns);

// A time as Go prints them, with one unit or several: "532.506µs", "1h2m0.5s", "0s".
bool mb_import_text_span(const char **at, int64_t *ns);

// `value` units of `unit_ns`, to the nearest ns. False below 0 and over 2^53 - 1 ns.
bool mb_import_text_scale(double value, double unit_ns, int64_t *ns);

// The text behind `word` anywhere in the line; NULL when it is not there.
const char *mb_import_text_after(const char *line, const char *word);

// What became of a request that got no answer, by the words in which Go's net/http,
// hyper, the system or a tool tell it; MB_ERROR_OTHER when they are none that are known
// here.
enum mb_error_kind mb_import_text_error(const char *message);

// In arena: the line without escape sequences of terminals, and of what a carriage return
// has written over only the last.
char *mb_import_text_plain(struct mb_arena *arena, const char *line);

// Percentiles as they come. `share` in 1e-9; one that is not above the last is left out.
struct mb_import_quantiles {
    struct mb_dist_quantile *items;
    size_t count;
    size_t capacity;
};
void mb_import_text_quantile(struct mb_arena *arena,
                             struct mb_import_quantiles *quantiles, int64_t share,
                             int64_t value_ns);

// A distribution of these percentiles, or only of the other values when there are none:
// each -1 when not known, `mean_ns` too. The sum is the mean times n.
struct mb_import_latency {
    const struct mb_import_quantiles *quantiles; // NULL: none
    int64_t n;
    int64_t mean_ns;
    int64_t min_ns;
    int64_t max_ns;
};
struct mb_dist mb_import_text_dist(const struct mb_import_latency *latency);

#endif
