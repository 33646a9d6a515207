#include "mesh/ready.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/units.h"

enum {
    HEAD_BYTES = 256,     // a status line, and more than needed
    REQUEST_BYTES = 2048, // path and host are shorter
    PORT_LOW = 15000,     // above the registered ports that tests like to use
    PORT_HIGH = 32767,    // the usual range for outgoing connections begins at 32768
    PORT_TRIES = 64
};

static const int64_t NS_PER_S = 1000000000;

// Resolves to one address; NULL with *err on failure. To be freed with freeaddrinfo.
static struct addrinfo *resolve(const char *host, int port, struct mb_err *err)
{
    char service[16];
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    (void)snprintf(service, sizeof service, "%d", port);
    int failed = getaddrinfo(host, service, &hints, &found);
    if (failed != 0) {
        (void)mb_err_set(err, MB_FAILED, "cannot resolve '%s': %s", host,
                         gai_strerror(failed));
        return NULL;
    }
    return found;
}

static int connect_within(const struct addrinfo *address, int64_t timeout_ns)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    const struct timeval limit = {.tv_sec = timeout_ns / NS_PER_S,
                                  .tv_usec = timeout_ns % NS_PER_S / 1000};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); // connect too
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        int reason = errno;
        (void)close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

// The three digits of "HTTP/1.1 200 OK"; 0 when it is none.
static int status_parse(const char *head)
{
    struct mb_err ignored = {0};
    char digits[4] = {0};
    int64_t status = 0;
    if (strncmp(head, "HTTP/1.", 7) != 0 || strlen(head) < 12 || head[8] != ' ') {
        return 0;
    }
    memcpy(digits, head + 9, 3);
    return mb_units_parse_int(digits, 100, 599, &status, &ignored) == MB_OK ? (int)status
                                                                            : 0;
}

static enum mb_status status_ask(int fd, const char *host, const char *path, int *status,
                                 struct mb_err *err)
{
    char request[REQUEST_BYTES];
    char head[HEAD_BYTES + 1] = {0};
    size_t size = 0;
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: meshbench\r\n"
                          "Connection: close\r\n\r\n",
                          path, host);
    if (length < 0 || (size_t)length >= sizeof request) {
        return mb_err_set(err, MB_FAILED, "cannot ask for a path of %zu bytes",
                          strlen(path));
    }
    if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) {
        return mb_err_system(err, errno, "cannot send a request");
    }
    while (size < HEAD_BYTES && strchr(head, '\n') == NULL) {
        ssize_t got = recv(fd, head + size, HEAD_BYTES - size, 0);
        if (got < 0 && errno != EINTR) {
            return mb_err_system(err, errno, "no answer");
        }
        if (got == 0) {
            break;
        }
        size += got > 0 ? (size_t)got : 0;
    }
    *status = status_parse(head);
    return *status != 0 ? MB_OK : mb_err_set(err, MB_FAILED, "the answer is not HTTP");
}

enum mb_status mb_ready_probe(const char *host, int port, const char *path,
                              int64_t timeout_ns, int *status, struct mb_err *err)
{
    struct addrinfo *address = resolve(host, port, err);
    if (address == NULL) {
        return MB_FAILED;
    }
    enum mb_status result = MB_OK;
    int fd = connect_within(address, timeout_ns);
    *status = 0;
    if (fd < 0) {
        result = mb_err_system(err, errno, "cannot connect to %s:%d", host, port);
    } else if (path != NULL) {
        result = status_ask(fd, host, path, status, err);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    freeaddrinfo(address);
    return result;
}

static bool address_is_free(const struct addrinfo *address)
{
    const int on = 1;
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); // past TIME_WAIT
    bool ok = bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 1) == 0;
    (void)close(fd);
    return ok;
}

bool mb_ready_port_is_free(const char *host, int port)
{
    struct mb_err ignored = {0};
    struct addrinfo *address = resolve(host, port, &ignored);
    bool is_free = address != NULL && address_is_free(address);
    if (address != NULL) {
        freeaddrinfo(address);
    }
    return is_free;
}

enum mb_status mb_ready_free_port(const char *host, int *port, struct mb_err *err)
{
    struct addrinfo *address = resolve(host, PORT_LOW, err); // a name that is none
    if (address == NULL) {
        return MB_FAILED;
    }
    freeaddrinfo(address);
    for (int i = 0; i < PORT_TRIES; i++) {
        unsigned random = 0;
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random) {
            return mb_err_system(err, errno, "cannot choose a port");
        }
        int candidate = PORT_LOW + (int)(random % (PORT_HIGH - PORT_LOW + 1));
        if (mb_ready_port_is_free(host, candidate)) {
            *port = candidate;
            return MB_OK;
        }
    }
    return mb_err_set(err, MB_FAILED, "no free port on '%s' between %d and %d", host,
                      PORT_LOW, PORT_HIGH);
}
