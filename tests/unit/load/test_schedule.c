#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/schedule.h"

#define NS_PER_S INT64_C(1000000000)

static struct mb_load_plan plan_of(enum mb_load_model model, int64_t rate_micro_rps,
                                   int64_t connections, int threads)
{
    return (struct mb_load_plan){.load_model = model,
                                 .connections = connections,
                                 .rate_micro_rps = rate_micro_rps,
                                 .threads = threads,
                                 .seed = 7};
}

static void times_are_exact(void **unused)
{
    (void)unused;
    static const struct {
        int64_t index;
        int64_t rate_micro_rps;
        int64_t time_ns;
    } cases[] = {
        {0, 1000000, 0},
        {1, 1000000, NS_PER_S},
        {1, 3000000, 333333333},
        {2, 3000000, 666666666},
        {3, 3000000, NS_PER_S},
        // A week at 3 rps: no error has piled up.
        {1814400, 3000000, INT64_C(604800000000000)},
        {1, 500, INT64_C(2000000000000)}, // one request in 2000 s
        {INT64_C(1000000000000), MB_SCHEDULE_MAX_RATE_MICRO, INT64_C(1000000000000)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(mb_schedule_time(cases[i].index, cases[i].rate_micro_rps),
                         cases[i].time_ns);
    }
}

// All threads' requests together, in order, are the one even schedule.
static void threads_interleave(void **unused)
{
    (void)unused;
    enum { THREADS = 3, REQUESTS = 3000 };
    struct mb_schedule schedules[THREADS];
    struct mb_load_plan plan = plan_of(MB_LOAD_OPEN, INT64_C(7777777777), 9, THREADS);
    for (int t = 0; t < THREADS; t++) {
        mb_schedule_init(&schedules[t], &plan, t);
    }
    for (int64_t i = 0; i < REQUESTS; i++) {
        struct mb_schedule *schedule = &schedules[i % THREADS];
        assert_int_equal(mb_schedule_peek(schedule),
                         mb_schedule_time(i, plan.rate_micro_rps));
        mb_schedule_step(schedule);
    }
}

// Slot i belongs to connection i mod N, whichever thread has it.
static void slots_belong_to_connections(void **unused)
{
    (void)unused;
    enum { THREADS = 3, CONNECTIONS = 8, ROUNDS = 50 };
    int seen[CONNECTIONS * ROUNDS] = {0};
    struct mb_load_plan plan =
        plan_of(MB_LOAD_PACED, 1000 * INT64_C(1000000), CONNECTIONS, THREADS);
    for (int t = 0; t < THREADS; t++) {
        struct mb_schedule schedule;
        mb_schedule_init(&schedule, &plan, t);
        int lanes = mb_schedule_share(CONNECTIONS, t, THREADS);
        int64_t last_ns = -1;
        for (int i = 0; i < lanes * ROUNDS; i++) {
            int64_t time_ns = mb_schedule_peek(&schedule);
            int64_t slot = time_ns / 1000000; // 1000 rps: one each ms
            assert_true(time_ns > last_ns);
            assert_int_equal(slot % CONNECTIONS, t + schedule.lane * THREADS);
            seen[slot]++;
            last_ns = time_ns;
            mb_schedule_step(&schedule);
        }
    }
    for (int i = 0; i < CONNECTIONS * ROUNDS; i++) {
        assert_int_equal(seen[i], 1);
    }
}

static void shares_add_up(void **unused)
{
    (void)unused;
    for (int threads = 1; threads <= 7; threads++) {
        int total = 0;
        for (int t = 0; t < threads; t++) {
            total += mb_schedule_share(20, t, threads);
        }
        assert_int_equal(total, 20);
    }
}

// Mean and variance of the gaps, and the same stream again from the same seed.
static void poisson_is_poisson(void **unused)
{
    (void)unused;
    enum { REQUESTS = 200000 };
    struct mb_load_plan plan = plan_of(MB_LOAD_OPEN, INT64_C(2000000000), 4, 2);
    plan.arrivals = MB_ARRIVALS_POISSON;
    struct mb_schedule first;
    struct mb_schedule again;
    struct mb_schedule other;
    mb_schedule_init(&first, &plan, 0);
    mb_schedule_init(&again, &plan, 0);
    mb_schedule_init(&other, &plan, 1);
    double sum = 0;
    double squares = 0;
    int64_t last_ns = 0;
    int equal = 0;
    for (int i = 0; i < REQUESTS; i++) {
        int64_t time_ns = mb_schedule_peek(&first);
        assert_true(time_ns >= last_ns);
        assert_int_equal(time_ns, mb_schedule_peek(&again));
        equal += time_ns == mb_schedule_peek(&other);
        double gap_ms = (double)(time_ns - last_ns) / 1e6;
        sum += gap_ms;
        squares += gap_ms * gap_ms;
        last_ns = time_ns;
        mb_schedule_step(&first);
        mb_schedule_step(&again);
        mb_schedule_step(&other);
    }
    double mean = sum / REQUESTS; // two threads of 2000 rps: 1 ms each
    double variance = squares / REQUESTS - mean * mean;
    assert_true(fabs(mean - 1.0) < 0.01);
    assert_true(fabs(variance - 1.0) < 0.03);
    assert_true(equal < 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_exact),
        cmocka_unit_test(threads_interleave),
        cmocka_unit_test(slots_belong_to_connections),
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(poisson_is_poisson),
    };
    return cmocka_run_group_tests_name("load/schedule", tests, NULL, NULL);
}
