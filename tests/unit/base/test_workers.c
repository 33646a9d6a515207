#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/workers.h"

enum { PIECES = 1000 };

struct seen {
    int times[PIECES]; // a piece writes to its own only
};

static void piece_count(void *state, size_t index)
{
    struct seen *seen = state;
    seen->times[index]++;
}

static void each_piece_is_done_once(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 17, PIECES};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct seen seen = {{0}};
        mb_workers_run(piece_count, &seen, counts[i]);
        for (size_t k = 0; k < PIECES; k++) {
            assert_int_equal(seen.times[k], k < counts[i] ? 1 : 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_piece_is_done_once)};
    return cmocka_run_group_tests_name("base/workers", tests, NULL, NULL);
}
