// Does a server answer yet? One attempt over TCP, with HTTP on it if wanted. Mesh floor:
// may include base.
#ifndef MB_MESH_READY_H
#define MB_MESH_READY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

// Connects, and with `path` (not NULL) sends GET and reads the status. MB_FAILED says why
// not, MB_OK sets *status (0 without `path`). No single wait is longer than timeout_ns.
MB_MUST_USE enum mb_status mb_ready_probe(const char *host, int port, const char *path,
                                          int64_t timeout_ns, int *status,
                                          struct mb_err *err);

// A TCP port that `host` has free now. Taken from below the range that the system gives
// to outgoing connections, so that none of those can take it before it is used.
MB_MUST_USE enum mb_status mb_ready_free_port(const char *host, int *port,
                                              struct mb_err *err);

// True when a server could listen there now.
bool mb_ready_port_is_free(const char *host, int port);

#endif
