// One request, to see whether anybody answers.
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "load/http1.h"
#include "load/load.h"
#include "load/remote.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

enum { READ_BYTES = 16384, ADDRESS_BYTES = 64 };

struct probe {
    const struct mb_remote *remote;
    int64_t deadline_ns;
    int fd;
    struct mb_http1 *reader;
    char address[ADDRESS_BYTES]; // for messages
};

static int64_t clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t left_ns(const struct probe *probe)
{
    int64_t left = probe->deadline_ns - clock_ns();
    return left > 0 ? left : 0;
}

static enum mb_status no_answer(const struct probe *probe, const char *why,
                                struct mb_err *err)
{
    return mb_err_set(err, MB_FAILED, "no answer from %s: %s", probe->address, why);
}

// Waits for the socket; false when the time is over.
static bool await(const struct probe *probe, short events)
{
    struct pollfd waiting = {.fd = probe->fd, .events = events};
    return poll(&waiting, 1, (int)(left_ns(probe) / NS_PER_MS) + 1) == 1;
}

static enum mb_status probe_connect(struct probe *probe, struct mb_err *err)
{
    int fd = mb_remote_connect(probe->remote);
    int reason = fd < 0 ? -fd : mb_remote_await(fd, left_ns(probe));
    probe->fd = fd >= 0 ? fd : -1;
    if (reason == 0) {
        return MB_OK;
    }
    return mb_err_system(err, reason, "connect to %s", probe->address);
}

static enum mb_status probe_send(struct probe *probe, struct mb_err *err)
{
    size_t offset = 0;
    while (offset < probe->remote->size) {
        if (!await(probe, POLLOUT)) {
            return no_answer(probe, "it does not take the request in time", err);
        }
        ssize_t size = send(probe->fd, probe->remote->bytes + offset,
                            probe->remote->size - offset, MSG_NOSIGNAL);
        if (size < 0 && errno != EAGAIN && errno != EINTR) {
            return mb_err_system(err, errno, "no answer from %s", probe->address);
        }
        offset += size > 0 ? (size_t)size : 0;
    }
    return MB_OK;
}

static enum mb_status probe_receive(struct probe *probe, char *bytes, struct mb_err *err)
{
    mb_http1_begin(probe->reader, probe->remote->head);
    for (;;) {
        if (!await(probe, POLLIN) || left_ns(probe) == 0) {
            return no_answer(probe, "connected, but no full response in time", err);
        }
        ssize_t size = recv(probe->fd, bytes, READ_BYTES, 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
            continue;
        }
        if (size < 0) {
            return mb_err_system(err, errno, "no answer from %s", probe->address);
        }
        enum mb_http1_state state =
            size > 0 ? mb_http1_feed(probe->reader, bytes, (size_t)size)
                     : mb_http1_finish(probe->reader);
        if (state == MB_HTTP1_DONE) {
            return MB_OK;
        }
        if (state == MB_HTTP1_BAD) {
            return no_answer(probe, mb_http1_reason(probe->reader), err);
        }
        if (size == 0) {
            return no_answer(probe, "it closed the connection before a full response",
                             err);
        }
    }
}

static enum mb_status probe_run(struct probe *probe, int *status, struct mb_err *err)
{
    char *bytes = mb_mem_alloc(READ_BYTES, 1);
    probe->reader = mb_http1_new();
    enum mb_status outcome = probe_connect(probe, err);
    if (outcome == MB_OK) {
        outcome = probe_send(probe, err);
    }
    if (outcome == MB_OK) {
        outcome = probe_receive(probe, bytes, err);
    }
    if (outcome == MB_OK) {
        *status = mb_http1_status(probe->reader);
    }
    if (probe->fd >= 0) {
        (void)close(probe->fd);
    }
    mb_http1_free(probe->reader);
    mb_mem_free(bytes);
    return outcome;
}

enum mb_status mb_load_probe(const char *url, const struct mb_request *request,
                             int64_t timeout_ns, int *status, struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_remote remote = {0};
    enum mb_status outcome = mb_remote_build(&arena, url, request, &remote, err);
    if (outcome == MB_OK) {
        outcome = mb_remote_resolve(&remote, err);
    }
    if (outcome == MB_OK) {
        mb_remote_choose(&remote, timeout_ns / 2);
        struct probe probe = {
            .remote = &remote, .fd = -1, .deadline_ns = clock_ns() + timeout_ns};
        mb_remote_show(&remote, probe.address, sizeof probe.address);
        outcome = probe_run(&probe, status, err);
    }
    mb_arena_release(&arena);
    return outcome;
}
