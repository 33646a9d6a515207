// One thread of the engine: its connections, its share of the schedule, its event loop.
// Load floor.
//
// worker.c holds the loop, the timers and the load models (which request leaves when);
// exchange.c what happens on one connection (open, send, read, complete, fail).
#ifndef MB_LOAD_WORKER_H
#define MB_LOAD_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "load/conn.h"
#include "load/load.h"
#include "load/remote.h"
#include "load/schedule.h"
#include "load/tally.h"

enum {
    MB_WORKER_READ_BYTES = 65536,
    MB_WORKER_OPENING = 32, // connections that a thread opens at once before the trial
    MB_WORKER_EVENTS = 256  // taken from epoll at once
};

// The start of a trial, which all threads wait for.
struct mb_worker_gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int waiting; // threads whose connections are open
    bool open;   // the window is set: go
};

struct mb_worker {
    const struct mb_load_plan *plan; // shared, read only
    const struct mb_remote *remote;  // shared, read only
    struct mb_worker_gate *gate;     // shared
    atomic_bool *stop;               // shared: set by the caller when interrupted
    int thread;
    int epoll_fd;
    int64_t start_ns; // of the warm-up
    int64_t window_start_ns;
    int64_t end_ns;   // of the window: nothing new leaves
    int64_t now_ns;   // latest look at the clock
    int64_t batch_ns; // when epoll reported what is being handled
    struct mb_conn *conns;
    int conn_count;
    struct mb_conn_list opening; // not begun yet, before the trial
    struct mb_conn_list idle;    // connected, without a request, longest idle first
    struct mb_conn_list closed;  // not connected, without a request
    struct mb_conn_list waiting; // connecting or busy, by deadline
    struct mb_conn_list resting; // after a failure to connect, by deadline
    struct mb_schedule schedule; // open and paced
    int64_t next_ns;             // open and paced: when its next request is due
    bool serving;                // inside the loop that sends what is due
    bool running;                // the trial has begun
    bool begun;                  // closed: the first requests have left
    int64_t outstanding;         // requests that count and have not ended
    int64_t cpu_start_ns;        // at the start of the window; -1 before
    int64_t cpu_ns;              // in the window; -1 before its end
    int64_t delay_start_ns;
    int64_t delay_ns; // runnable but not running, in the window; -1: not known
    struct mb_tally tally;
    char *bytes; // MB_WORKER_READ_BYTES to read into, for all connections
};

// Fills *worker from plan, remote, gate, stop and thread, which the caller has set.
// MB_FAILED when there is no file descriptor left for it.
MB_MUST_USE enum mb_status mb_worker_init(struct mb_worker *worker,
                                          struct mb_tally_total *total,
                                          struct mb_err *err);
// Closes what is open and frees everything.
void mb_worker_release(struct mb_worker *worker);

// The thread's function; `argument` is the worker. Opens the connections, waits at the
// gate, runs the trial to its end.
void *mb_worker_run(void *argument);

// For exchange.c: a request has ended, or could not begin, and the connection is free
// (idle or closed). `refused`: because it could not connect.
void mb_worker_release_conn(struct mb_worker *worker, struct mb_conn *conn, bool refused);

// Looks at the clock.
void mb_worker_look(struct mb_worker *worker);

#endif
