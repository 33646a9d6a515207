// What one thread counts and times, and how the threads' tallies become a part. Load
// floor: may include base, stats, model.
//
// Threads share one `struct mb_tally_total`; each adds what it recorded to it about once
// a second, under its lock, so that recording itself takes no lock and a second's
// histogram lives only until it was added.
#ifndef MB_LOAD_TALLY_H
#define MB_LOAD_TALLY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "load/load.h"
#include "model/part.h"
#include "stats/hdr.h"

enum {
    MB_TALLY_MAX_INTERVALS = 600, // longer trials get longer intervals
    MB_TALLY_INTERVAL_DIGITS = 2, // of the histogram of an interval
    MB_TALLY_STATUSES = 1000
};

// One request from the moment that it was meant to leave.
struct mb_tally_request {
    int64_t intended_ns; // response time counts from here
    int64_t due_ns;      // earliest moment for which the generator can be blamed
    int64_t sent_ns;
    int interval; // of the intended moment; -1: outside the window, not counted
    bool sent;
};

struct mb_tally_interval {
    int64_t intended;
    int64_t sent;
    int64_t completed;
    int64_t errors;
};

// All threads together.
struct mb_tally_total {
    pthread_mutex_t lock;
    int64_t start_ns; // the window, monotonic
    int64_t end_ns;
    int64_t interval_ns;
    int interval_count;     // room
    struct mb_hdr response; // everything that was added so far
    struct mb_hdr *series;  // per interval; counts NULL while it has none; or NULL
    int64_t completed;      // so far, for progress
    int64_t errors;
};

struct mb_tally {
    struct mb_tally_total *total; // shared
    int64_t start_ns;             // copies of total's
    int64_t end_ns;
    int64_t interval_ns;
    int64_t flush_ns; // when `recent` is added to the total next
    int flush_interval;
    int64_t last_ns; // end of the latest request that was counted
    struct mb_counts counts;
    int64_t statuses[MB_TALLY_STATUSES];
    int64_t no_waits;                    // requests that found a connection ready
    struct mb_hdr recent;                // responses since the last flush
    struct mb_hdr dist[MB_DIST_METRICS]; // counts NULL for response and TLS
    struct mb_tally_interval *intervals;
    int64_t told_completed; // what the total knows of this thread
    int64_t told_errors;
};

// Interval length for a trial that can last so long: the shortest of 1, 2, 5, 10, 20, 50
// s and so on that needs no more than MB_TALLY_MAX_INTERVALS.
int64_t mb_tally_interval_ns(int64_t longest_ns);

void mb_tally_total_init(struct mb_tally_total *total, const struct mb_load_plan *plan,
                         int64_t timeout_ns);
void mb_tally_total_release(struct mb_tally_total *total);

// Sets the window; before any request.
void mb_tally_total_set_window(struct mb_tally_total *total, int64_t start_ns,
                               int64_t end_ns);

// What progress shows; takes the lock.
void mb_tally_total_progress(struct mb_tally_total *total,
                             struct mb_load_progress *progress);

// Borrows the total.
void mb_tally_init(struct mb_tally *tally, struct mb_tally_total *total);
void mb_tally_release(struct mb_tally *tally);
// Takes the window over from the total.
void mb_tally_begin(struct mb_tally *tally);

// A request is meant to leave at intended_ns: fills *request (due as intended).
void mb_tally_intend(struct mb_tally *tally, struct mb_tally_request *request,
                     int64_t intended_ns);

// It leaves now, over a connection that was ready for it at ready_ns.
void mb_tally_send(struct mb_tally *tally, struct mb_tally_request *request,
                   int64_t ready_ns, int64_t now_ns);

// A full response was read: ok, or an error of kind status.
void mb_tally_complete(struct mb_tally *tally, const struct mb_tally_request *request,
                       int status, bool ok, int64_t now_ns);

// It failed in any other way.
void mb_tally_fail(struct mb_tally *tally, const struct mb_tally_request *request,
                   enum mb_error_kind kind, int64_t now_ns);

// It was cut off by an interruption.
void mb_tally_abandon(struct mb_tally *tally, const struct mb_tally_request *request);

// A connection was opened, in so long.
void mb_tally_connect(struct mb_tally *tally, int64_t connect_ns);

// Adds what is recent to the total when that is due.
void mb_tally_tick(struct mb_tally *tally, int64_t now_ns);

// Adds the rest to the total; the thread is done.
void mb_tally_end(struct mb_tally *tally);

// Makes the counts, distributions and series of a part of the ended tallies. Histograms
// are moved into it.
void mb_tally_to_part(struct mb_arena *arena, struct mb_tally_total *total,
                      struct mb_tally *tallies, int count, struct mb_part *part);

#endif
