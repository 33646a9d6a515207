// What happens on one connection: connect, send, read, complete, fail. Load floor.
//
// Whatever ends a request gives the connection back through mb_worker_release_conn, which
// may begin the next request on it at once.
#ifndef MB_LOAD_EXCHANGE_H
#define MB_LOAD_EXCHANGE_H

#include <stdint.h>

#include "load/worker.h"

// Begins a request that is meant to leave at intended_ns, and for which the generator can
// be blamed from due_ns on, on a free connection: sends it, or connects first.
void mb_exchange_start(struct mb_worker *worker, struct mb_conn *conn,
                       int64_t intended_ns, int64_t due_ns);

// Begins to connect, without a request.
void mb_exchange_open(struct mb_worker *worker, struct mb_conn *conn);

// Handles what epoll reported.
void mb_exchange_event(struct mb_worker *worker, struct mb_conn *conn, uint32_t events);

// The deadline of a waiting connection has passed.
void mb_exchange_expire(struct mb_worker *worker, struct mb_conn *conn);

// Closes its socket.
void mb_exchange_close(struct mb_conn *conn);

#endif
