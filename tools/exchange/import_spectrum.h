// The percentile spectrum that HdrHistogram prints: lines of value, percentile and how
// many values are at or below it (.hgrm files, and inside wrk2's report). For importers.
// Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_SPECTRUM_H
#define MB_EXCHANGE_IMPORT_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/part.h"

struct mb_import_spectrum {
    struct mb_arena *arena;
    double unit_ns; // what a value of 1 means
    struct mb_dist_bucket *buckets;
    size_t count;
    size_t capacity;
    int64_t total;     // values so far
    int64_t last_ns;   // of the last line; -1: none yet
    double mean;       // of the line "#[Mean"; below 0: none
    double max;        // of the line "#[Max"
    int64_t max_total; // its total count; -1: none
};

struct mb_import_spectrum mb_import_spectrum_begin(struct mb_arena *arena,
                                                   double unit_ns);

// Takes a line in. False when it is none of a spectrum's, or its values go back.
bool mb_import_spectrum_line(struct mb_import_spectrum *spectrum, const char *line);

// Buckets between the values of the lines: a real distribution, as fine as the spectrum.
// The sum is the printed mean times n. ABSENT when it held no value.
struct mb_dist mb_import_spectrum_dist(const struct mb_import_spectrum *spectrum);

#endif
