// Requests one by one, as some tools log them, gathered into a run: exact counts, real
// distributions, bounded memory. For importers. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_SAMPLES_H
#define MB_EXCHANGE_IMPORT_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "exchange/import.h"

// One request. Times in ns; -1: not known.
struct mb_import_sample {
    int64_t start_ns;   // when it began, on a clock that all samples of the run share
    int64_t latency_ns; // -1: the source does not say (the request counts all the same)
    int64_t connect_ns; // until the connection stood; -1 too when there was none to make
    int status;         // of the answer; 0: none came, or not known
    bool ok;
    enum mb_error_kind kind; // when it is not ok
    int64_t bytes_sent;
    int64_t bytes_received;
};

struct mb_import_samples {
    struct mb_arena *arena;
    struct mb_hdr *ok;     // latencies of good requests; NULL while there is none
    struct mb_hdr *failed; // of the others that did not run into their time-out
    struct mb_hdr *connect;
    struct mb_status_count *statuses;
    size_t status_count;
    size_t status_capacity;
    int64_t requests;
    int64_t good;
    int64_t answered; // had a status
    int64_t errors_by_kind[MB_ERROR_KINDS];
    int64_t bytes_sent; // -1 once one did not say
    int64_t bytes_received;
    int64_t first_ns; // earliest start; -1: none said
    int64_t last_ns;  // latest end
};

void mb_import_samples_init(struct mb_import_samples *samples, struct mb_arena *arena);
void mb_import_samples_release(struct mb_import_samples *samples);

void mb_import_samples_add(struct mb_import_samples *samples,
                           const struct mb_import_sample *sample);

// A connection that was made, where the source tells it apart from its request.
void mb_import_samples_connect(struct mb_import_samples *samples, int64_t connect_ns);

// Widens *first_ns (-1: nothing yet) and *last_ns to take in these samples, for samples
// of several names that ran at the same time.
void mb_import_samples_span(const struct mb_import_samples *samples, int64_t *first_ns,
                            int64_t *last_ns);

// Fills the run's counts, its window where the samples tell it and it is not known yet,
// and its distributions: the latencies through mb_import_run_latency, so that the point
// has to be filled in; with `intended` they are response times, counted from the intended
// moment. The histograms go over to the run.
void mb_import_samples_put(struct mb_import_samples *samples, struct mb_import *import,
                           struct mb_import_run *run, bool intended);

// Afterwards, for a log that holds answers only: nobody knows how many requests there
// were besides.
void mb_import_samples_answers_only(struct mb_counts *counts);

#endif
