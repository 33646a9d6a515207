// One thread of the sample server: HTTP/1.1 on an epoll loop. App floor: may include base
// and llhttp (in serve_conn.c).
#ifndef MB_APP_SERVE_H
#define MB_APP_SERVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/behaviour.h"
#include "app/timers.h"
#include "base/buf.h"
#include "base/err.h"

enum {
    MB_SERVE_STATUSES = 600,
    MB_SERVE_PIECE_BYTES = 65536,       // read or written at once
    MB_SERVE_MAX_URL_BYTES = 1024,      // longer ones get status 414
    MB_SERVE_MAX_PENDING_BYTES = 65536, // read ahead of a request that is being answered
    MB_SERVE_MAX_HEAD_BYTES = 65536     // of a request; more gets status 431
};

// Written by one thread, read by others.
struct mb_serve_counts {
    _Atomic int64_t received; // requests read to their end
    _Atomic int64_t served;   // answers handed to the kernel to their end
    _Atomic int64_t accepted; // connections
    _Atomic int64_t statuses[MB_SERVE_STATUSES]; // served, by status
};

struct mb_serve_log {
    int fd;        // -1: no log
    bool requests; // every answer is logged, not only stalls
    struct mb_buf lines;
};

struct mb_serve_conn;

struct mb_serve {
    const struct mb_behaviour *behaviour;     // shared, read only
    const atomic_bool *stop;                  // shared
    const struct mb_serve_counts *const *all; // counts of all threads, for /stats
    int all_count;
    int listen_fd; // borrowed
    int thread;    // 0 writes the stalls to the log
    struct mb_stall stall;
    struct mb_serve_log log;
    struct mb_rng rng;
    struct mb_serve_counts counts;
    int epoll_fd;
    int64_t now_ns;
    struct mb_timers timers;     // of delayed answers
    struct mb_serve_conn *conns; // all open ones, linked
    struct mb_serve_conn *dead;  // closed in this turn, freed after it
    char *plain;                 // the usual answer, whole
    size_t plain_size;           // 0: too large to keep whole
    char *bytes;                 // to read into
    char *filler;                // what bodies are made of
};

// Fills what the caller has not set. MB_FAILED when there is no file descriptor left.
MB_MUST_USE enum mb_status mb_serve_init(struct mb_serve *serve, uint64_t seed,
                                         struct mb_err *err);
// Closes the connections, writes what is left of the log, frees everything.
void mb_serve_release(struct mb_serve *serve);

// The thread's function; serves until *stop. `argument` is the struct.
void *mb_serve_run(void *argument);

// Looks at the clock.
void mb_serve_look(struct mb_serve *serve);

// Adds a line to the log: "stall" or "answer", monotonic and UTC start in ns, length in
// ns, and the length that was planned or drawn.
void mb_serve_log_line(struct mb_serve *serve, const char *what, int64_t start_ns,
                       int64_t length_ns, int64_t drawn_ns);

// Sums the counts of threads and writes them as JSON: {"received": 3, "served": 3,
// "connections": 1, "statuses": {"200": 3}}.
void mb_serve_print_counts(const struct mb_serve_counts *const *counts, int count,
                           struct mb_buf *out);

#endif
