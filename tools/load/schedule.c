#include "load/schedule.h"

#include <stdio.h>

// 10^9 ns in a second times 10^6 micro-requests in a request.
#define NS_MICRO INT64_C(1000000000000000)

__extension__ typedef unsigned __int128 wide;

int64_t mb_schedule_time(int64_t index, int64_t rate_micro_rps)
{
    return (int64_t)((wide)(uint64_t)index * NS_MICRO / (uint64_t)rate_micro_rps);
}

int mb_schedule_share(int64_t count, int thread, int threads)
{
    return (int)(count / threads + (thread < count % threads));
}

void mb_schedule_init(struct mb_schedule *schedule, const struct mb_load_plan *plan,
                      int thread)
{
    *schedule = (struct mb_schedule){
        .arrivals = plan->arrivals,
        .rate_micro_rps = plan->rate_micro_rps,
        .first = thread,
        .round = plan->threads,
        .lanes = 1,
    };
    if (plan->load_model == MB_LOAD_PACED) {
        schedule->round = plan->connections;
        schedule->stride = plan->threads;
        schedule->lanes = mb_schedule_share(plan->connections, thread, plan->threads);
    }
    if (plan->arrivals == MB_ARRIVALS_POISSON) {
        char label[48];
        (void)snprintf(label, sizeof label, "arrivals/thread/%d", thread);
        mb_rng_init(&schedule->rng, mb_rng_derive(plan->seed, label));
        schedule->mean_gap_ns =
            (double)NS_MICRO / (double)plan->rate_micro_rps * (double)plan->threads;
        mb_schedule_step(schedule);
    }
}

int64_t mb_schedule_peek(const struct mb_schedule *schedule)
{
    if (schedule->arrivals == MB_ARRIVALS_POISSON) {
        return (int64_t)schedule->at_ns;
    }
    return mb_schedule_time(schedule->first + schedule->lane * schedule->stride,
                            schedule->rate_micro_rps);
}

void mb_schedule_step(struct mb_schedule *schedule)
{
    if (schedule->arrivals == MB_ARRIVALS_POISSON) {
        schedule->at_ns += schedule->mean_gap_ns * mb_rng_exponential(&schedule->rng);
        return;
    }
    schedule->lane++;
    if (schedule->lane == schedule->lanes) {
        schedule->lane = 0;
        schedule->first += schedule->round;
    }
}
