// The summary of a run that load tools print for people, whatever its layout: figures
// collected line by line, made into counts and a distribution at its end. For importers.
// Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_REPORT_H
#define MB_EXCHANGE_IMPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/import.h"
#include "exchange/import_text.h"

// -1: not known.
struct mb_import_report {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    struct mb_import_run *run; // NULL between reports
    int line;                  // of its beginning
    int section;               // of the tool's own
    int64_t requests;          // with latencies among those below; usually answers
    int64_t answers;           // where neither statuses nor `requests` tell them
    bool all_measured;         // requests without an answer have latencies below, too
    int64_t mean_ns;
    int64_t min_ns;
    int64_t max_ns;
    struct mb_import_quantiles quantiles;
    struct mb_dist_bucket *buckets;
    size_t bucket_count;
    size_t bucket_capacity;
    struct mb_status_count *statuses; // ascending
    size_t status_count;
    size_t status_capacity;
    bool unsure; // the source does not say what latencies count from
    bool errors_known;
    int64_t unfinished;                     // with errors_known
    int64_t errors_by_kind[MB_ERROR_KINDS]; // STATUS too, where the tool counts it
};

// Begins a report at the current line; MB_INVALID when there are too many.
MB_MUST_USE enum mb_status mb_import_report_begin(struct mb_import_report *report);

// "[200] 400": so many answers had this status. What comes twice is added.
void mb_import_report_status(struct mb_import_report *report, int status, int64_t n);

// So many requests failed like this.
void mb_import_report_error(struct mb_import_report *report, enum mb_error_kind kind,
                            int64_t n);

// A bar of a histogram: n values above the last bar's end, up to this one.
void mb_import_report_bucket(struct mb_import_report *report, int64_t high_ns, int64_t n);

// Fills the run: counts that follow from what was seen, and the latencies (percentiles
// before bars, since bars are coarser) through mb_import_run_latency or its unsure
// sister. Answers with statuses of 400 and more are errors; the tools here measure them
// like the others.
MB_MUST_USE enum mb_status mb_import_report_end(struct mb_import_report *report);

// The counts of a tool that only knows how many requests failed, whatever failed.
void mb_import_report_failures(struct mb_import_run *run, int64_t requests,
                               int64_t failed);

// MB_INVALID with the line where the report begins.
enum mb_status mb_import_report_fault(const struct mb_import_report *report,
                                      const char *what);

#endif
