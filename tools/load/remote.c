#include "load/remote.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/units.h"
#include "base/version.h"

enum { HTTP_PORT = 80, MAX_PORT = 65535, NS_PER_MS = 1000000 };

// RFC 9110: a method and a field name are tokens.
static bool is_token(const char *text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (const char *p = text; *p != '\0'; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (!letter && !(*p >= '0' && *p <= '9') && strchr(marks, *p) == NULL) {
            return false;
        }
    }
    return text[0] != '\0';
}

// Blanks and control characters would break the request line.
static bool is_printable(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p <= ' ' || *p == 0x7f) {
            return false;
        }
    }
    return true;
}

// A field value: no control characters save tab (obs-text is allowed, as in RFC 9110).
static bool is_field_value(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if ((*p < ' ' && *p != '\t') || *p == 0x7f) {
            return false;
        }
    }
    return true;
}

static enum mb_status bad_url(struct mb_err *err, const char *url, const char *why)
{
    return mb_err_set(err, MB_INVALID, "'%.200s' is not a url to load: %s", url, why);
}

static enum mb_status check_scheme(const char *url, struct mb_err *err)
{
    if (strlen(url) > MB_REMOTE_MAX_URL_BYTES) {
        return bad_url(err, url, "it is longer than 8192 bytes");
    }
    if (strncasecmp(url, "https:", 6) == 0) {
        return mb_err_set(err, MB_INVALID,
                          "'https' is not supported by this build's load engine yet");
    }
    if (strncasecmp(url, "http://", 7) != 0) {
        return bad_url(err, url, "it should start with 'http://'");
    }
    return is_printable(url) ? MB_OK
                             : bad_url(err, url, "it holds blanks or control characters");
}

// Splits "host:port", "[v6]:port", "host" into host and port.
static enum mb_status parse_authority(struct mb_arena *arena, const char *url,
                                      const char *authority, struct mb_remote_url *parsed,
                                      struct mb_err *err)
{
    const char *host = authority;
    const char *host_end = strrchr(authority, ':');
    const char *port = host_end != NULL ? host_end + 1 : NULL;
    if (authority[0] == '[') {
        host = authority + 1;
        host_end = strchr(authority, ']');
        if (host_end == NULL || (host_end[1] != '\0' && host_end[1] != ':')) {
            return bad_url(err, url, "its '[' needs an IPv6 address and a ']'");
        }
        port = host_end[1] == ':' ? host_end + 2 : NULL;
    } else if (host_end == NULL) {
        host_end = authority + strlen(authority);
    } else if (strchr(authority, ':') != host_end) {
        return bad_url(err, url,
                       "an IPv6 address goes into brackets: http://[::1]:8080/");
    }
    if (host_end == host) {
        return bad_url(err, url, "it names no host");
    }
    parsed->host = mb_arena_copy_bytes(arena, host, (size_t)(host_end - host));
    int64_t number = HTTP_PORT;
    struct mb_err why = {0};
    if (port != NULL && mb_units_parse_int(port, 1, MAX_PORT, &number, &why) != MB_OK) {
        return bad_url(err, url, "its port should be a number from 1 to 65535");
    }
    parsed->port = (int)number;
    return MB_OK;
}

enum mb_status mb_remote_parse_url(struct mb_arena *arena, const char *url,
                                   struct mb_remote_url *parsed, struct mb_err *err)
{
    enum mb_status status = check_scheme(url, err);
    if (status != MB_OK) {
        return status;
    }
    const char *authority = url + strlen("http://");
    size_t length = strcspn(authority, "/?#");
    const char *rest = authority + length;
    parsed->authority = mb_arena_copy_bytes(arena, authority, length);
    if (strchr(parsed->authority, '@') != NULL) {
        return bad_url(err, "http://***", "credentials in a url are not supported");
    }
    if (strchr(rest, '#') != NULL) {
        return bad_url(err, url, "a fragment ('#') is never sent to a server");
    }
    parsed->path = rest[0] == '/' ? mb_arena_copy_string(arena, rest)
                                  : mb_arena_print(arena, "/%s", rest);
    return parse_authority(arena, url, parsed->authority, parsed, err);
}

// "/api" + "/x" is "/api/x"; a url without a path of its own adds nothing.
static enum mb_status join_path(struct mb_arena *arena, const char *url, const char *path,
                                struct mb_remote_url *parsed, struct mb_err *err)
{
    if (path == NULL || path[0] == '\0') {
        return MB_OK;
    }
    if (!is_printable(path) || strchr(path, '#') != NULL) {
        return mb_err_set(err, MB_INVALID,
                          "'%.200s' is not a path: it holds blanks, control characters "
                          "or '#'",
                          path);
    }
    if (path[0] != '/' && path[0] != '?') {
        return mb_err_set(err, MB_INVALID,
                          "'%.200s' is not a path: it should start "
                          "with '/' or '?'",
                          path);
    }
    if (strchr(parsed->path, '?') != NULL) {
        return mb_err_set(err, MB_INVALID,
                          "cannot append path '%.200s' to '%.200s': that has a query",
                          path, url);
    }
    size_t length = strlen(parsed->path);
    if (path[0] == '/' && parsed->path[length - 1] == '/') {
        length--;
    }
    parsed->path = mb_arena_print(arena, "%.*s%s", (int)length, parsed->path, path);
    return MB_OK;
}

static enum mb_status check_header(const struct mb_header *header, struct mb_err *err)
{
    static const char *const ours[] = {"connection", "content-length",
                                       "transfer-encoding", NULL};
    if (!is_token(header->name)) {
        return mb_err_set(err, MB_INVALID, "'%.100s' is not a header field name",
                          header->name);
    }
    for (size_t i = 0; ours[i] != NULL; i++) {
        if (strcasecmp(header->name, ours[i]) == 0) {
            (void)mb_err_set(err, MB_INVALID,
                             "header field '%.100s' cannot be given: the engine sets it",
                             header->name);
            mb_err_hint(err, "it follows from the body and from keep-alive");
            return MB_INVALID;
        }
    }
    if (!is_field_value(header->value)) {
        return mb_err_set(err, MB_INVALID,
                          "the value of header field '%.100s' holds control characters",
                          header->name);
    }
    return MB_OK;
}

static bool has_header(const struct mb_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void print_head(struct mb_buf *out, const struct mb_remote *remote,
                       const struct mb_request *request)
{
    mb_buf_print(out, "%s %s HTTP/1.1\r\n", request->method, remote->url.path);
    if (!has_header(request, "host")) {
        mb_buf_print(out, "Host: %s\r\n", remote->url.authority);
    }
    if (!has_header(request, "user-agent")) {
        mb_buf_print(out, "User-Agent: meshbench/%s\r\n", mb_version());
    }
    for (size_t i = 0; i < request->header_count; i++) {
        mb_buf_print(out, "%s: %s\r\n", request->headers[i].name,
                     request->headers[i].value);
    }
    if (!request->keepalive) {
        mb_buf_append_string(out, "Connection: close\r\n");
    }
    if (request->body != NULL) {
        mb_buf_print(out, "Content-Length: %zu\r\n", request->body_size);
    }
    mb_buf_append_string(out, "\r\n");
}

static enum mb_status build_bytes(struct mb_arena *arena, struct mb_remote *remote,
                                  const struct mb_request *request, struct mb_err *err)
{
    struct mb_buf out;
    mb_buf_init(&out, MB_REMOTE_MAX_HEAD_BYTES);
    print_head(&out, remote, request);
    if (out.overflowed) {
        mb_buf_release(&out);
        return mb_err_set(err, MB_INVALID, "the request's head is larger than 64 KiB");
    }
    size_t body_size = request->body != NULL ? request->body_size : 0;
    remote->size = out.size + body_size;
    char *bytes = mb_arena_alloc(arena, remote->size + 1, 1);
    memcpy(bytes, out.data, out.size);
    if (body_size > 0) {
        memcpy(bytes + out.size, request->body, body_size);
    }
    remote->bytes = bytes;
    mb_buf_release(&out);
    return MB_OK;
}

enum mb_status mb_remote_build(struct mb_arena *arena, const char *url,
                               const struct mb_request *request, struct mb_remote *remote,
                               struct mb_err *err)
{
    memset(remote, 0, sizeof *remote);
    enum mb_status status = mb_remote_parse_url(arena, url, &remote->url, err);
    if (status == MB_OK) {
        status = join_path(arena, url, request->path, &remote->url, err);
    }
    if (status == MB_OK && !is_token(request->method)) {
        status = mb_err_set(err, MB_INVALID, "'%.100s' is not a request method",
                            request->method);
    }
    if (status == MB_OK && strcmp(request->method, "CONNECT") == 0) {
        status = mb_err_set(err, MB_INVALID, "method 'CONNECT' is not supported");
    }
    for (size_t i = 0; status == MB_OK && i < request->header_count; i++) {
        status = check_header(&request->headers[i], err);
    }
    if (status != MB_OK) {
        return status;
    }
    remote->head = strcmp(request->method, "HEAD") == 0;
    remote->keepalive = request->keepalive;
    return build_bytes(arena, remote, request, err);
}

enum mb_status mb_remote_resolve(struct mb_remote *remote, struct mb_err *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char port[16];
    (void)snprintf(port, sizeof port, "%d", remote->url.port);
    int code = getaddrinfo(remote->url.host, port, &hints, &found);
    if (code != 0) {
        return mb_err_set(err, MB_FAILED, "cannot resolve '%.200s': %s", remote->url.host,
                          code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
    }
    remote->address_count = 0;
    remote->chosen = 0;
    for (struct addrinfo *item = found;
         item != NULL && remote->address_count < MB_REMOTE_MAX_ADDRESSES;
         item = item->ai_next) {
        struct mb_remote_address *address = &remote->addresses[remote->address_count++];
        memcpy(&address->storage, item->ai_addr, item->ai_addrlen);
        address->size = item->ai_addrlen;
    }
    freeaddrinfo(found);
    return MB_OK;
}

int mb_remote_connect(const struct mb_remote *remote)
{
    const struct mb_remote_address *address = &remote->addresses[remote->chosen];
    int fd = socket(address->storage.ss_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fd < 0) {
        return -errno;
    }
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)&address->storage, address->size) == 0 ||
        errno == EINPROGRESS) {
        return fd;
    }
    int reason = errno;
    (void)close(fd);
    return -reason;
}

int mb_remote_await(int fd, int64_t timeout_ns)
{
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};
    int64_t timeout_ms = timeout_ns / NS_PER_MS;
    int ready = poll(&waiting, 1, timeout_ms < INT_MAX ? (int)timeout_ms : INT_MAX);
    if (ready <= 0) {
        return ready == 0 ? ETIMEDOUT : errno;
    }
    int reason = 0;
    socklen_t size = sizeof reason;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 ? reason : errno;
}

static bool accepts(const struct mb_remote *remote, int64_t timeout_ns)
{
    int fd = mb_remote_connect(remote);
    if (fd < 0) {
        return false;
    }
    bool accepted = mb_remote_await(fd, timeout_ns) == 0;
    (void)close(fd);
    return accepted;
}

void mb_remote_choose(struct mb_remote *remote, int64_t timeout_ns)
{
    for (int i = 0; remote->address_count > 1 && i < remote->address_count; i++) {
        remote->chosen = i;
        if (accepts(remote, timeout_ns / remote->address_count)) {
            return;
        }
    }
    remote->chosen = 0;
}

void mb_remote_show(const struct mb_remote *remote, char *text, size_t size)
{
    const struct mb_remote_address *address = &remote->addresses[remote->chosen];
    char host[INET6_ADDRSTRLEN] = "?";
    if (address->storage.ss_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
        (void)snprintf(text, size, "[%s]:%d", host, remote->url.port);
        return;
    }
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
    (void)inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
    (void)snprintf(text, size, "%s:%d", host, remote->url.port);
}
