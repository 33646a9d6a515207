// Waiting for an epoll instance with a time-out in nanoseconds. Base floor.
#ifndef MB_BASE_WAIT_H
#define MB_BASE_WAIT_H

#include <stdint.h>
#include <sys/epoll.h>

// As epoll_wait; a time-out of 0 or less returns at once. A kernel without epoll_pwait2
// (before Linux 5.11) rounds down to whole milliseconds, so a caller that waits for a
// moment is back too early rather than too late, and asks again.
int mb_wait_events(int epoll_fd, struct epoll_event *events, int capacity,
                   int64_t timeout_ns);

#endif
