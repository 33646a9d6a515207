// What spoils a measurement, as predicates: the run that writes findings into its result
// and the rules that look at any result ask the same functions. Model floor: may include
// base, format, stats.
#ifndef MB_MODEL_JUDGE_H
#define MB_MODEL_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/derive.h"
#include "model/result.h"

// Share of its rate that an open or paced cell has to achieve, in 1e-9: below it the cell
// is saturated. An open cell's rate is that of its schedule: with Poisson arrivals the
// number of requests in a window is random, which is nobody's fault.
#define MB_JUDGE_ACHIEVED_SHARE INT64_C(990000000)

// The generator's own lateness (p99) may be this share of the response time (p99), in
// 1e-9: above it the generator is part of what was measured. What is shorter than the
// floor is how long an idle machine takes to wake a thread up, and is never reported. A
// closed cell has no schedule to be late for.
#define MB_JUDGE_LAG_SHARE INT64_C(100000000)
#define MB_JUDGE_LAG_FLOOR_NS INT64_C(100000)

// MB420: the cell did not achieve its rate. *share is what it achieved, 1 being all.
bool mb_judge_saturated(const struct mb_cell *cell, double *share);

// MB421: the generator was late. The values are both p99.
bool mb_judge_late(const struct mb_cell *cell, struct mb_value *lag,
                   struct mb_value *response);

// MB422: requests were sent, and none succeeded.
bool mb_judge_failing(const struct mb_cell *cell);

// Only service times are known of the cell: what imports have of tools that count from
// the actual sending. Where people's output shows response times, it then shows those.
bool mb_judge_service_only(const struct mb_cell *cell);

// MB320: declared and captured contradict each other. A declared text that the captured
// one goes on from ("1.28" and "1.28.1", "6.6" and "6.6.32-generic") is less precise, not
// wrong.
bool mb_judge_contradicts(const struct mb_fact *fact);

#endif
