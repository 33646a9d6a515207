// When requests should leave. Load floor: may include base, model.
//
// A schedule belongs to one thread and gives its requests' times, in ns since the start
// of the trial's warm-up, in ascending order. It never looks at a clock: what the server
// does cannot move it.
#ifndef MB_LOAD_SCHEDULE_H
#define MB_LOAD_SCHEDULE_H

#include <stdint.h>

#include "base/rng.h"
#include "load/load.h"

// Rates up to 10^9 requests per second.
#define MB_SCHEDULE_MAX_RATE_MICRO INT64_C(1000000000000000)

struct mb_schedule {
    enum mb_arrivals arrivals;
    int64_t rate_micro_rps; // of all threads together
    int64_t first;          // constant: index of lane 0's request in this round
    int64_t round;          // constant: from one round to the next
    int64_t stride;         // constant: from one lane to the next
    int lanes;              // requests of this thread in a round
    int lane;               // of the next request; paced: which of the connections
    double mean_gap_ns;     // Poisson: of this thread
    double at_ns;           // Poisson: time of the next request
    struct mb_rng rng;
};

// Time of request `index` (from 0) at a constant rate: floor(index * 10^15 / rate), so
// that no rounding adds up. rate_micro_rps > 0; index >= 0.
int64_t mb_schedule_time(int64_t index, int64_t rate_micro_rps);

// How many of `count` things thread `thread` of `threads` gets: all of them are dealt in
// turn, so thread t has t, t + threads, t + 2 * threads, ...
int mb_schedule_share(int64_t count, int thread, int threads);

// The share of one thread in an open or paced plan with a rate.
//   open, constant: requests t, t + n, t + 2n, ... for thread t of n: together they are
//     evenly spaced
//   open, Poisson: a process of rate / n with a random stream of its own for each thread:
//     together they are one Poisson process of the whole rate
//   paced: request i is the slot of connection i mod connections; the thread has the
//     slots of the connections that mb_schedule_share deals to it, lane after lane
void mb_schedule_init(struct mb_schedule *schedule, const struct mb_load_plan *plan,
                      int thread);

// Time of the next request, and the step to the one after it.
int64_t mb_schedule_peek(const struct mb_schedule *schedule);
void mb_schedule_step(struct mb_schedule *schedule);

#endif
