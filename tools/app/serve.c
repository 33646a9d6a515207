#include "app/serve.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/serve_conn.h"
#include "base/mem.h"
#include "base/wait.h"

#define NS_PER_S INT64_C(1000000000)
#define NAP_NS (NS_PER_S / 20)
#define NO_FILES_PAUSE_NS (NS_PER_S / 100)

enum { EVENTS = 256, LOG_BYTES = 65536 };

void mb_serve_look(struct mb_serve *serve)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    serve->now_ns = (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t wall_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void mb_serve_print_counts(const struct mb_serve_counts *const *counts, int count,
                           struct mb_buf *out)
{
    int64_t received = 0;
    int64_t served = 0;
    int64_t accepted = 0;
    for (int i = 0; i < count; i++) {
        received += atomic_load(&counts[i]->received);
        served += atomic_load(&counts[i]->served);
        accepted += atomic_load(&counts[i]->accepted);
    }
    mb_buf_print(out,
                 "{\"received\": %lld, \"served\": %lld, \"connections\": %lld, "
                 "\"statuses\": {",
                 (long long)received, (long long)served, (long long)accepted);
    const char *separator = "";
    for (int status = 0; status < MB_SERVE_STATUSES; status++) {
        int64_t n = 0;
        for (int i = 0; i < count; i++) {
            n += atomic_load(&counts[i]->statuses[status]);
        }
        if (n > 0) {
            mb_buf_print(out, "%s\"%d\": %lld", separator, status, (long long)n);
            separator = ", ";
        }
    }
    mb_buf_append_string(out, "}}\n");
}

static void log_flush(struct mb_serve_log *log)
{
    size_t offset = 0;
    while (log->fd >= 0 && offset < log->lines.size) {
        ssize_t size = write(log->fd, log->lines.data + offset, log->lines.size - offset);
        if (size < 0 && errno != EINTR) {
            break;
        }
        offset += size > 0 ? (size_t)size : 0;
    }
    mb_buf_reset(&log->lines);
}

void mb_serve_log_line(struct mb_serve *serve, const char *what, int64_t start_ns,
                       int64_t length_ns, int64_t drawn_ns)
{
    int64_t start_wall_ns = wall_ns() - (serve->now_ns - start_ns);
    mb_buf_print(&serve->log.lines, "%s\t%lld\t%lld\t%lld\t%lld\n", what,
                 (long long)start_ns, (long long)start_wall_ns, (long long)length_ns,
                 (long long)drawn_ns);
    if (serve->log.lines.size >= LOG_BYTES) {
        log_flush(&serve->log);
    }
}

static void accept_all(struct mb_serve *serve)
{
    for (;;) {
        int fd = accept4(serve->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) {
                struct timespec pause = {.tv_nsec = NO_FILES_PAUSE_NS};
                (void)nanosleep(&pause, NULL); // or the loop would spin
            }
            return;
        }
        int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (!mb_serve_conn_add(serve, fd)) {
            (void)close(fd);
        }
    }
}

enum mb_status mb_serve_init(struct mb_serve *serve, uint64_t seed, struct mb_err *err)
{
    char label[32];
    (void)snprintf(label, sizeof label, "serve/thread/%d", serve->thread);
    mb_rng_init(&serve->rng, mb_rng_derive(seed, label));
    mb_serve_conn_prepare(serve);
    serve->bytes = mb_mem_alloc(MB_SERVE_PIECE_BYTES, 1);
    serve->filler = mb_mem_alloc(MB_SERVE_PIECE_BYTES, 1);
    memset(serve->filler, 'x', MB_SERVE_PIECE_BYTES);
    serve->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (serve->epoll_fd < 0 ||
        epoll_ctl(serve->epoll_fd, EPOLL_CTL_ADD, serve->listen_fd, &event) != 0) {
        return mb_err_system(err, errno, "cannot create an epoll instance");
    }
    return MB_OK;
}

void mb_serve_release(struct mb_serve *serve)
{
    while (serve->conns != NULL) {
        mb_serve_conn_close(serve, serve->conns);
    }
    mb_serve_conn_free_closed(serve);
    log_flush(&serve->log);
    mb_buf_release(&serve->log.lines);
    if (serve->epoll_fd >= 0) {
        (void)close(serve->epoll_fd);
    }
    mb_timers_release(&serve->timers);
    mb_mem_free(serve->plain);
    mb_mem_free(serve->bytes);
    mb_mem_free(serve->filler);
}

static void stall_if_due(struct mb_serve *serve)
{
    struct mb_stall *stall = &serve->stall;
    if (!stall->active || serve->now_ns < stall->next_ns) {
        return;
    }
    int64_t start_ns = serve->now_ns;
    int64_t end_ns = stall->next_ns + stall->next_length_ns;
    struct timespec end = {.tv_sec = end_ns / NS_PER_S, .tv_nsec = end_ns % NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR) {
    }
    mb_serve_look(serve);
    if (serve->thread == 0 && serve->log.fd >= 0) {
        mb_serve_log_line(serve, "stall", start_ns, serve->now_ns - start_ns,
                          stall->next_length_ns);
    }
    mb_stall_advance(stall);
}

static int wait_events(struct mb_serve *serve, struct epoll_event *events)
{
    int64_t wake_ns = serve->now_ns + NAP_NS;
    const struct mb_timer *first = mb_timers_first(&serve->timers);
    if (first != NULL && first->due_ns < wake_ns) {
        wake_ns = first->due_ns;
    }
    if (serve->stall.active && serve->stall.next_ns < wake_ns) {
        wake_ns = serve->stall.next_ns;
    }
    return mb_wait_events(serve->epoll_fd, events, EVENTS, wake_ns - serve->now_ns);
}

void *mb_serve_run(void *argument)
{
    struct mb_serve *serve = argument;
    struct epoll_event events[EVENTS];
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    mb_serve_look(serve);
    while (!atomic_load_explicit(serve->stop, memory_order_relaxed)) {
        int count = wait_events(serve, events);
        mb_serve_look(serve);
        stall_if_due(serve);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == NULL) {
                accept_all(serve);
            } else {
                mb_serve_conn_event(serve, events[i].data.ptr, events[i].events);
            }
        }
        if (mb_timers_first(&serve->timers) != NULL) {
            mb_serve_look(serve);
            mb_serve_conn_run_timers(serve);
        }
        mb_serve_conn_free_closed(serve);
    }
    return NULL;
}
