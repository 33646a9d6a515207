// A connection of the engine and the lists that connections stand in. Load floor.
#ifndef MB_LOAD_CONN_H
#define MB_LOAD_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "load/http1.h"
#include "load/tally.h"

enum mb_conn_state {
    MB_CONN_CLOSED,     // no socket
    MB_CONN_CONNECTING, // with or without a request that waits for it
    MB_CONN_IDLE,       // connected, no request
    MB_CONN_BUSY        // a request is being sent, or its response awaited
};

struct mb_conn_list;

struct mb_conn {
    enum mb_conn_state state;
    int fd;                  // -1 when closed
    uint32_t generation;     // of the socket: tells events of an earlier one apart
    bool carrying;           // `request` is on its way, or waits for the connection
    bool missed;             // paced: a slot passed while the request before was out
    int64_t missed_ns;       // the latest such slot
    size_t offset;           // bytes of the request that were sent
    struct mb_http1 *reader; // owned
    struct mb_tally_request request;
    int64_t opened_ns;    // when connecting began
    int64_t ready_ns;     // when it was last reported ready for a request
    int64_t deadline_ns;  // of the request, of connecting, or of the rest; see `list`
    int64_t rest_ns;      // how long it rested last, after a failure to connect
    struct mb_conn *prev; // in `list`
    struct mb_conn *next;
    struct mb_conn_list *list; // the one that it is in, or NULL
};

// Doubly linked, through the connections themselves: each is in one list at most.
struct mb_conn_list {
    struct mb_conn *first;
    struct mb_conn *last;
};

// Puts it at the end. It must not be in a list.
void mb_conn_list_append(struct mb_conn_list *list, struct mb_conn *conn);

// Puts it before all with a later deadline, searching from the end: deadlines come in
// nearly ascending order, so this is short.
void mb_conn_list_insert(struct mb_conn_list *list, struct mb_conn *conn);

// Takes it out of the list that it is in, if any.
void mb_conn_list_remove(struct mb_conn *conn);

#endif
