// A load driver for tests: parts from a seed and a model, without sockets, threads or
// time. What it records depends on the plan and on the struct below only, so planning,
// blocks, aggregation and resume can be tested exactly.
#ifndef MB_TESTS_FAKE_LOAD_H
#define MB_TESTS_FAKE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "load/load.h"

enum { MB_FAKE_LOAD_LEVELS = 16, MB_FAKE_LOAD_SEEN = 256 };

// How a target answers: the first level whose `url` is the beginning of the plan's.
struct mb_fake_level {
    const char *url;
    int64_t latency_ns;    // least response time; an exponential tail of a tenth is added
    int64_t spread_share;  // 1e-9: trials differ by up to this share, from their seed
    int64_t cpu_ns;        // of the generator, per request
    int64_t lag_ns;        // dispatch lag of every request, within latency_ns
    int64_t error_every;   // every n-th request gets status 503; 0: none
    int64_t timeout_every; // every n-th request times out; 0: none
};

struct mb_fake_load {
    struct mb_fake_level levels[MB_FAKE_LOAD_LEVELS];
    int level_count;
    int fail_at;          // 1-based call that gives MB_FAILED; 0: none
    int interrupt_at;     // 1-based call that is interrupted half way; 0: none
    bool interrupt_early; // that call is interrupted in its warm-up instead
    const char *version;  // that it gives itself; NULL: "1", as its parts say
    int64_t now_ns;       // monotonic time told to the observer; moves on by the trial
    int calls;            // so far
    uint64_t seen[MB_FAKE_LOAD_SEEN];    // seeds of the calls, in order
    const char *urls[MB_FAKE_LOAD_SEEN]; // urls of the calls; borrowed from their plans
};

// Empty: no level (every url answers within 1 ms), nothing fails.
void mb_fake_load_init(struct mb_fake_load *fake);

// Adds a level without spread, errors or time-outs; returns it for more.
struct mb_fake_level *mb_fake_load_add(struct mb_fake_load *fake, const char *url,
                                       int64_t latency_ns);

// A driver named "fake", version "1"; borrows `fake`. A closed plan makes connections *
// duration / latency requests, any other rate * duration; never more than 100,000. The
// part holds every identity of part.h. In an interrupted call half of the requests are
// there, one of them unfinished, and part->interrupted is set.
struct mb_load_driver mb_fake_load_driver(struct mb_fake_load *fake);

#endif
