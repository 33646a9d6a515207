// Which column of a table means what: "variant=mesh,rate=qps,p99=p99_us:us". Exchange
// floor.
//
// A list of FIELD=COLUMN[:UNIT] with commas between. COLUMN is the name in the first
// line, or "#3" for the third one; a map with numbers only is for tables without names. A
// field stands once, percentiles ("p50", "p99.9") as often as there are.
#ifndef MB_EXCHANGE_IMPORT_CSV_MAP_H
#define MB_EXCHANGE_IMPORT_CSV_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum mb_csv_field {
    MB_CSV_FIELD_VARIANT,
    MB_CSV_FIELD_WORKLOAD,
    MB_CSV_FIELD_LOAD_MODEL, // open, closed, paced
    MB_CSV_FIELD_RATE,       // asked for, in requests per second
    MB_CSV_FIELD_CONNECTIONS,
    MB_CSV_FIELD_TIME,     // start: with a zone, or since 1970 in a unit
    MB_CSV_FIELD_LATENCY,  // a row is a request
    MB_CSV_FIELD_STATUS,   // of HTTP; of a request
    MB_CSV_FIELD_OK,       // true or false; of a request
    MB_CSV_FIELD_BYTES,    // received; of a request
    MB_CSV_FIELD_DURATION, // from here on: a row is a run
    MB_CSV_FIELD_ACHIEVED, // requests per second
    MB_CSV_FIELD_REQUESTS,
    MB_CSV_FIELD_ERRORS,
    MB_CSV_FIELD_MEAN,
    MB_CSV_FIELD_MIN,
    MB_CSV_FIELD_MAX,
    MB_CSV_FIELD_PERCENTILE,
    MB_CSV_FIELDS
};

struct mb_csv_binding {
    enum mb_csv_field field;
    const char *column; // NULL: by number
    size_t index;       // 0-based; of a name: once the first line was seen
    double unit_ns;     // of times; 0: none given
    int64_t share;      // of a percentile, in 1e-9
};

enum { MB_CSV_MAP_MAX = 64 }; // bindings

struct mb_csv_map {
    struct mb_csv_binding items[MB_CSV_MAP_MAX];
    size_t count;
    bool named; // some column is given by its name: the table has a first line of names
    bool requests; // a row is a request
};

// Reads a map. `unit_ns`: of times without a unit; 0: then they have to have one.
// MB_USAGE with the piece that is wrong and what would be right.
MB_MUST_USE enum mb_status mb_csv_map_read(struct mb_arena *arena, const char *text,
                                           double unit_ns, struct mb_csv_map *map,
                                           struct mb_err *err);

// The binding of a field; NULL: there is none.
const struct mb_csv_binding *mb_csv_map_find(const struct mb_csv_map *map,
                                             enum mb_csv_field field);

#endif
