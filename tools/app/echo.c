#include "app/echo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/serve.h"
#include "base/mem.h"

#define NS_PER_S INT64_C(1000000000)
#define WATCH_NS (NS_PER_S / 20)

enum { BACKLOG = 4096, HOST_BYTES = 256, ADDRESS_BYTES = 80 };

struct echo {
    const struct mb_echo_options *options;
    const struct mb_echo_observer *observer;
    struct mb_serve *threads;
    const struct mb_serve_counts **counts;
    pthread_t *handles;
    int *listeners;
    int listener_count;
    int ready;   // threads initialised
    int started; // threads running
    int log_fd;
    atomic_bool stop;
    struct sockaddr_storage address;
    socklen_t address_size;
};

// Splits "host:port" at its last colon; brackets around IPv6 are dropped.
static enum mb_status resolve(struct echo *echo, struct mb_err *err)
{
    const char *text = echo->options->listen;
    const char *colon = strrchr(text, ':');
    char host[HOST_BYTES];
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;
    if (colon == NULL || length >= sizeof host) {
        (void)mb_err_set(err, MB_INVALID, "'%.200s' is not an address to listen on",
                         text);
        mb_err_hint(err,
                    "as 127.0.0.1:8080, [::1]:8080 or :8080; port 0 is any free one");
        return MB_INVALID;
    }
    bool bracketed = length >= 2 && text[0] == '[' && text[length - 1] == ']';
    length -= bracketed ? 2 : 0;
    memcpy(host, text + (bracketed ? 1 : 0), length);
    host[length] = '\0';
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(length > 0 ? host : NULL, colon + 1, &hints, &found);
    if (code != 0) {
        return mb_err_set(err, MB_INVALID, "'%.200s' is not an address to listen on: %s",
                          text, gai_strerror(code));
    }
    memcpy(&echo->address, found->ai_addr, found->ai_addrlen);
    echo->address_size = found->ai_addrlen;
    freeaddrinfo(found);
    return MB_OK;
}

// A listener for each thread, all on one address. The first one finds the port.
static enum mb_status add_listener(struct echo *echo, struct mb_err *err)
{
    int on = 1;
    int fd =
        socket(echo->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        echo->listeners[echo->listener_count++] = fd;
    }
    // Shared only where it has to be, or a second server on the port would go unnoticed.
    bool shared = echo->options->threads > 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
        bind(fd, (struct sockaddr *)&echo->address, echo->address_size) != 0 ||
        listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&echo->address, &echo->address_size) != 0) {
        return mb_err_system(err, errno, "cannot listen on '%.200s'",
                             echo->options->listen);
    }
    return MB_OK;
}

static void show_address(const struct echo *echo, char *text, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (echo->address.ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&echo->address;
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
        (void)snprintf(text, size, "[%s]:%d", host, ntohs(v6->sin6_port));
        return;
    }
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&echo->address;
    (void)inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
    (void)snprintf(text, size, "%s:%d", host, ntohs(v4->sin_port));
}

static enum mb_status prepare(struct echo *echo, struct mb_err *err)
{
    const struct mb_echo_options *options = echo->options;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    struct mb_stall stall = options->stall;
    mb_stall_begin(&stall, options->seed, (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec);
    for (int i = 0; i < options->threads; i++) {
        enum mb_status status = add_listener(echo, err);
        if (status != MB_OK) {
            return status;
        }
        struct mb_serve *thread = &echo->threads[i];
        thread->behaviour = &options->behaviour;
        thread->stop = &echo->stop;
        thread->all = echo->counts;
        thread->all_count = options->threads;
        thread->listen_fd = echo->listeners[i];
        thread->thread = i;
        thread->stall = stall;
        thread->log.fd = echo->log_fd;
        thread->log.requests = options->log_answers && echo->log_fd >= 0;
        echo->counts[i] = &thread->counts;
        echo->ready++;
        status = mb_serve_init(thread, options->seed, err);
        if (status != MB_OK) {
            return status;
        }
    }
    return MB_OK;
}

static int start_thread(struct echo *echo, int index)
{
    pthread_attr_t attributes;
    int reason = pthread_attr_init(&attributes);
    if (reason == 0 && echo->options->first_cpu >= 0) {
        cpu_set_t cpus;
        CPU_ZERO(&cpus);
        CPU_SET((size_t)(echo->options->first_cpu + index), &cpus);
        reason = pthread_attr_setaffinity_np(&attributes, sizeof cpus, &cpus);
    }
    if (reason == 0) {
        reason = pthread_create(&echo->handles[index], &attributes, mb_serve_run,
                                &echo->threads[index]);
    }
    (void)pthread_attr_destroy(&attributes);
    return reason;
}

// Signals stay with the calling thread.
static enum mb_status start(struct echo *echo, struct mb_err *err)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int reason = 0;
    while (reason == 0 && echo->started < echo->options->threads) {
        reason = start_thread(echo, echo->started);
        echo->started += reason == 0;
    }
    (void)sigaddset(&before, SIGUSR1); // waited for in watch
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (reason != 0) {
        return mb_err_system(err, reason, "cannot start server thread %d", echo->started);
    }
    return MB_OK;
}

static void tell_counts(const struct echo *echo)
{
    if (echo->observer->counts == NULL) {
        return;
    }
    struct mb_buf json = {0};
    mb_serve_print_counts(echo->counts, echo->ready, &json);
    echo->observer->counts(echo->observer->state, mb_buf_string(&json));
    mb_buf_release(&json);
}

static void watch(const struct echo *echo)
{
    sigset_t wanted;
    (void)sigemptyset(&wanted);
    (void)sigaddset(&wanted, SIGUSR1);
    const struct timespec nap = {.tv_nsec = WATCH_NS};
    while (*echo->observer->interrupted == 0) {
        if (sigtimedwait(&wanted, NULL, &nap) == SIGUSR1) {
            tell_counts(echo);
        }
    }
}

static void echo_release(struct echo *echo)
{
    atomic_store(&echo->stop, true);
    for (int i = 0; i < echo->started; i++) {
        (void)pthread_join(echo->handles[i], NULL);
    }
    if (echo->started > 0) {
        tell_counts(echo);
    }
    for (int i = 0; i < echo->ready; i++) {
        mb_serve_release(&echo->threads[i]);
    }
    for (int i = 0; i < echo->listener_count; i++) {
        (void)close(echo->listeners[i]);
    }
    if (echo->log_fd >= 0) {
        (void)close(echo->log_fd);
    }
    mb_mem_free(echo->threads);
    mb_mem_free(echo->counts);
    mb_mem_free(echo->handles);
    mb_mem_free(echo->listeners);
}

static enum mb_status open_log(struct echo *echo, struct mb_err *err)
{
    const char *path = echo->options->log_path;
    if (path == NULL) {
        return MB_OK;
    }
    echo->log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (echo->log_fd < 0) {
        return mb_err_system(err, errno, "cannot write '%.200s'", path);
    }
    return MB_OK;
}

enum mb_status mb_echo_run(const struct mb_echo_options *options,
                           const struct mb_echo_observer *observer, struct mb_err *err)
{
    size_t count = (size_t)options->threads;
    struct echo echo = {.options = options, .observer = observer, .log_fd = -1};
    echo.threads = mb_mem_alloc(count, sizeof *echo.threads);
    echo.counts = mb_mem_alloc(count, sizeof *echo.counts);
    echo.handles = mb_mem_alloc(count, sizeof *echo.handles);
    echo.listeners = mb_mem_alloc(count, sizeof *echo.listeners);
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max; // a connection is a file
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    enum mb_status status = resolve(&echo, err);
    if (status == MB_OK) {
        status = open_log(&echo, err);
    }
    if (status == MB_OK) {
        status = prepare(&echo, err);
    }
    if (status == MB_OK) {
        status = start(&echo, err);
    }
    if (status == MB_OK) {
        char address[ADDRESS_BYTES];
        show_address(&echo, address, sizeof address);
        if (observer->listening != NULL) {
            observer->listening(observer->state, address);
        }
        watch(&echo);
    }
    echo_release(&echo);
    return status;
}
