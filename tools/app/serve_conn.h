// One connection of the sample server: reads requests, answers them. App floor.
#ifndef MB_APP_SERVE_CONN_H
#define MB_APP_SERVE_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "app/serve.h"

// Builds the usual answer, once.
void mb_serve_conn_prepare(struct mb_serve *serve);

// Takes over a connected, non-blocking socket. False when epoll does not take it; the
// socket is then still the caller's.
bool mb_serve_conn_add(struct mb_serve *serve, int fd);

// Handles what epoll reported about a connection, or nothing when that was closed before.
void mb_serve_conn_event(struct mb_serve *serve, struct mb_serve_conn *conn,
                         uint32_t events);

// Sends the answers whose delay is over.
void mb_serve_conn_run_timers(struct mb_serve *serve);

// Closes one; it stays in memory until mb_serve_conn_free_closed, since events that were
// already reported may still name it.
void mb_serve_conn_close(struct mb_serve *serve, struct mb_serve_conn *conn);
void mb_serve_conn_free_closed(struct mb_serve *serve);

#endif
