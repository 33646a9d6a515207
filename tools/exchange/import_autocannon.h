// What the two forms of autocannon have in common: JSON (import_autocannon.c) and the
// tables that it prints (import_autocannon_text.c). Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_AUTOCANNON_H
#define MB_EXCHANGE_IMPORT_AUTOCANNON_H

#include <stdbool.h>
#include <stdint.h>

#include "exchange/import.h"
#include "exchange/import_text.h"

// How it recorded latencies.
enum mb_import_autocannon_record {
    MB_AUTOCANNON_PLAIN,     // as measured, from the sending
    MB_AUTOCANNON_CORRECTED, // others made up beside them
    MB_AUTOCANNON_UNSURE     // nobody knows
};

// -1: not known.
struct mb_import_autocannon {
    int64_t responses;
    int64_t wrong; // of them with a status of 400 and more
    int64_t mismatches;
    int64_t errors; // requests, or with pipelining connections, that failed; timeouts too
    int64_t timeouts;
    int64_t pipelining;
    enum mb_import_autocannon_record record;
    bool only_good;                // --excludeErrorStats
    struct mb_import_latency time; // without its quantiles
    struct mb_import_quantiles quantiles;
};

// Everything not known.
void mb_import_autocannon_init(struct mb_import_autocannon *figures);

// That there are no more errors of a kind than what they are part of, nor more than can
// be counted.
bool mb_import_autocannon_possible(const struct mb_import_autocannon *figures);

// Fills the counts of the run, its load model where it follows, and its latencies.
void mb_import_autocannon_put(struct mb_import *import, struct mb_import_run *run,
                              const struct mb_import_autocannon *figures);

// The tables. MB_INVALID as mb_importer.read.
MB_MUST_USE enum mb_status mb_import_autocannon_text(struct mb_import *import,
                                                     struct mb_input *input,
                                                     struct mb_err *err);

#endif
