#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/timers.h"
#include "base/rng.h"

enum { TIMERS = 500 };

// Adds and removes at random; what comes out first must be the least of what is in.
static void gives_the_earliest(void **unused)
{
    (void)unused;
    struct mb_timer timers[TIMERS] = {{0}};
    int in[TIMERS] = {0};
    struct mb_timers heap = {0};
    struct mb_rng rng;
    mb_rng_init(&rng, 4);
    for (int round = 0; round < 20000; round++) {
        size_t i = mb_rng_below(&rng, TIMERS);
        if (in[i]) {
            mb_timers_remove(&heap, &timers[i]);
        } else {
            timers[i].due_ns = (int64_t)mb_rng_below(&rng, 1000);
            mb_timers_add(&heap, &timers[i]);
        }
        in[i] = !in[i];
        int64_t least_ns = INT64_MAX;
        for (size_t k = 0; k < TIMERS; k++) {
            least_ns = in[k] && timers[k].due_ns < least_ns ? timers[k].due_ns : least_ns;
        }
        struct mb_timer *first = mb_timers_first(&heap);
        assert_int_equal(first == NULL ? INT64_MAX : first->due_ns, least_ns);
    }
    mb_timers_release(&heap);
    assert_null(mb_timers_first(&heap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gives_the_earliest)};
    return cmocka_run_group_tests_name("app/timers", tests, NULL, NULL);
}
