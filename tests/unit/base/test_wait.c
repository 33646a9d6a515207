#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/wait.h"

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void waits_as_long_as_asked(void **unused)
{
    (void)unused;
    struct epoll_event events[2];
    int poller = epoll_create1(0);
    assert_true(poller >= 0);
    assert_int_equal(mb_wait_events(poller, events, 2, 0), 0);
    assert_int_equal(mb_wait_events(poller, events, 2, -5), 0);
    int64_t start_ns = now_ns();
    assert_int_equal(mb_wait_events(poller, events, 2, 2500000), 0);
    assert_true(now_ns() - start_ns >= 2000000);
    (void)close(poller);
}

static void reports_what_is_ready(void **unused)
{
    (void)unused;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = ends[0]};
    assert_int_equal(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    struct epoll_event events[2];
    assert_int_equal(mb_wait_events(poller, events, 2, INT64_MAX), 1);
    assert_int_equal(events[0].data.fd, ends[0]);
    assert_int_equal(mb_wait_events(poller, events, 2, 0), 1);
    (void)close(poller);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_as_long_as_asked),
        cmocka_unit_test(reports_what_is_ready),
    };
    return cmocka_run_group_tests_name("base/wait", tests, NULL, NULL);
}
