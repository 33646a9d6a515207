// Where the requests go and what they look like: a url taken apart, resolved, and the
// bytes of a request, built once. Load floor: may include base, model.
#ifndef MB_LOAD_REMOTE_H
#define MB_LOAD_REMOTE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/spec.h"

enum {
    MB_REMOTE_MAX_URL_BYTES = 8192,
    MB_REMOTE_MAX_HEAD_BYTES = 65536, // of a request
    MB_REMOTE_MAX_ADDRESSES = 16      // kept of what a name resolves to
};

// A url, taken apart. Strings in arena.
struct mb_remote_url {
    const char *host;      // without brackets
    const char *authority; // as the Host field wants it: "[::1]:8080", "example.org"
    const char *path;      // with query; at least "/"
    int port;
};

struct mb_remote_address {
    struct sockaddr_storage storage;
    socklen_t size;
};

struct mb_remote {
    struct mb_remote_url url;
    struct mb_remote_address addresses[MB_REMOTE_MAX_ADDRESSES];
    int address_count; // at least 1
    int chosen;        // the address to use
    const char *bytes; // one request, whole; in arena
    size_t size;
    bool head;      // a HEAD request: its response has no body
    bool keepalive; // else the request says "Connection: close"
};

// Takes "http://host[:port][/path][?query]" apart. MB_INVALID, naming the url and what is
// wrong with it; 'https' is refused by name.
MB_MUST_USE enum mb_status mb_remote_parse_url(struct mb_arena *arena, const char *url,
                                               struct mb_remote_url *parsed,
                                               struct mb_err *err);

// Fills everything but the addresses: the request's path is appended to the url's. Header
// fields that the engine has to set itself (Connection, Content-Length,
// Transfer-Encoding), line breaks in fields, a method that is no token and sizes beyond
// the limits are MB_INVALID.
MB_MUST_USE enum mb_status mb_remote_build(struct mb_arena *arena, const char *url,
                                           const struct mb_request *request,
                                           struct mb_remote *remote, struct mb_err *err);

// Looks the host up. MB_FAILED when it has no address.
MB_MUST_USE enum mb_status mb_remote_resolve(struct mb_remote *remote,
                                             struct mb_err *err);

// Where a name has several addresses, connects to one after the other until one accepts,
// and settles for that (then closes it); for the first when none does. A single address
// is taken without trying it.
void mb_remote_choose(struct mb_remote *remote, int64_t timeout_ns);

// A new non-blocking TCP socket that has begun to connect to the chosen address, without
// Nagle's delay; or -errno. It is connected once it can be written to.
int mb_remote_connect(const struct mb_remote *remote);

// Waits until such a socket is connected: 0, or the errno of why it is not (ETIMEDOUT
// when the time is over).
int mb_remote_await(int fd, int64_t timeout_ns);

// "127.0.0.1:8080" of the chosen address, for messages; `text` holds 64 bytes.
void mb_remote_show(const struct mb_remote *remote, char *text, size_t size);

#endif
