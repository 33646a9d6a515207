// The built-in sample application `echo`: an HTTP/1.1 server that answers as it is told
// to, for measurements that need a server of known behaviour. App floor: may include
// base.
#ifndef MB_APP_ECHO_H
#define MB_APP_ECHO_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/behaviour.h"
#include "base/err.h"

enum { MB_ECHO_MAX_THREADS = 256 };

struct mb_echo_options {
    const char *listen; // "127.0.0.1:0": port 0 is any free one; "[::1]:80", ":80"
    struct mb_behaviour behaviour;
    struct mb_stall stall; // not active: none
    int threads;
    int first_cpu; // thread i is pinned to first_cpu + i; -1: not pinned
    uint64_t seed;
    const char *log_path; // stalls and answers are appended there; NULL: no log
    bool log_answers;
};

// Told by mb_echo_run from the calling thread; all may be NULL.
struct mb_echo_observer {
    void (*listening)(void *state, const char *address); // "127.0.0.1:41234"
    // Counts as one line of JSON: whenever SIGUSR1 arrives, and at the end.
    void (*counts)(void *state, const char *json);
    void *state;
    const volatile sig_atomic_t *interrupted; // ends the server
};

// Serves until interrupted. Answers to "/stats" are the counts; any other path is
// answered as the options say, or as its query does: "?delay=5ms&status=503&size=1Ki".
// MB_INVALID for an address that is none, MB_FAILED when it cannot be listened on. Blocks
// SIGUSR1 in the calling thread.
MB_MUST_USE enum mb_status mb_echo_run(const struct mb_echo_options *options,
                                       const struct mb_echo_observer *observer,
                                       struct mb_err *err);

#endif
