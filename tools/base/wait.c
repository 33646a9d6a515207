#include "base/wait.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

int mb_wait_events(int epoll_fd, struct epoll_event *events, int capacity,
                   int64_t timeout_ns)
{
    if (timeout_ns <= 0) {
        return epoll_wait(epoll_fd, events, capacity, 0);
    }
    struct timespec timeout = {.tv_sec = timeout_ns / NS_PER_S,
                               .tv_nsec = timeout_ns % NS_PER_S};
    int count = epoll_pwait2(epoll_fd, events, capacity, &timeout, NULL);
    if (count >= 0 || errno != ENOSYS) {
        return count;
    }
    int64_t timeout_ms = timeout_ns / NS_PER_MS;
    return epoll_wait(epoll_fd, events, capacity,
                      timeout_ms < INT_MAX ? (int)timeout_ms : INT_MAX);
}
