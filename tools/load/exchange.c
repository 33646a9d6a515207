#include "load/exchange.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void mb_exchange_close(struct mb_conn *conn)
{
    if (conn->fd >= 0) {
        (void)close(conn->fd);
        conn->fd = -1;
    }
    conn->state = MB_CONN_CLOSED;
}

// Ends the request, if there is one, and the connection with it.
static void fail(struct mb_worker *worker, struct mb_conn *conn, enum mb_error_kind kind)
{
    mb_conn_list_remove(conn);
    mb_exchange_close(conn);
    if (conn->carrying) {
        conn->carrying = false;
        worker->outstanding -= conn->request.interval >= 0;
        mb_tally_fail(&worker->tally, &conn->request, kind, worker->now_ns);
    }
    mb_worker_release_conn(worker, conn, kind == MB_ERROR_CONNECT);
}

static bool is_expected(const struct mb_worker *worker, int status)
{
    const struct mb_request *request = worker->plan->request;
    for (size_t i = 0; i < request->expect_count; i++) {
        if (request->expect_status[i] == status) {
            return true;
        }
    }
    return request->expect_count == 0 && status >= 200 && status <= 399;
}

// `closing`: the server has closed its side, as far as we know.
static void complete(struct mb_worker *worker, struct mb_conn *conn, bool closing)
{
    int status = mb_http1_status(conn->reader);
    mb_conn_list_remove(conn);
    // An answer that came before the request was out leaves the rest of it unsent.
    if (closing || !worker->remote->keepalive || !mb_http1_keepalive(conn->reader) ||
        conn->offset < worker->remote->size) {
        mb_exchange_close(conn);
    } else {
        conn->state = MB_CONN_IDLE;
    }
    conn->carrying = false;
    conn->ready_ns = worker->batch_ns;
    worker->outstanding -= conn->request.interval >= 0;
    mb_tally_complete(&worker->tally, &conn->request, status, is_expected(worker, status),
                      worker->now_ns);
    mb_worker_release_conn(worker, conn, false);
}

// Sends what is left. Epoll reports when there is room for more.
static void push(struct mb_worker *worker, struct mb_conn *conn)
{
    const struct mb_remote *remote = worker->remote;
    while (conn->offset < remote->size) {
        ssize_t size = send(conn->fd, remote->bytes + conn->offset,
                            remote->size - conn->offset, MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        }
        if (size < 0) {
            fail(worker, conn, MB_ERROR_RESET);
            return;
        }
        conn->offset += (size_t)size;
        if (conn->request.interval >= 0) {
            worker->tally.counts.bytes_sent += size;
        }
    }
}

static void begin_sending(struct mb_worker *worker, struct mb_conn *conn)
{
    conn->state = MB_CONN_BUSY;
    conn->offset = 0;
    mb_http1_begin(conn->reader, worker->remote->head);
    mb_tally_send(&worker->tally, &conn->request, conn->ready_ns, worker->now_ns);
    push(worker, conn);
}

static bool watch(struct mb_worker *worker, struct mb_conn *conn)
{
    // Edge-triggered and never modified: one system call per connection, not per request.
    uint64_t index = (uint64_t)(conn - worker->conns);
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.u64 = ((uint64_t)conn->generation << 32) | index,
    };
    return epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, conn->fd, &event) == 0;
}

void mb_exchange_open(struct mb_worker *worker, struct mb_conn *conn)
{
    int fd = mb_remote_connect(worker->remote);
    conn->generation++;
    conn->opened_ns = worker->now_ns;
    if (!conn->carrying) {
        conn->deadline_ns = conn->opened_ns + worker->plan->request->timeout_ns;
    }
    conn->state = MB_CONN_CONNECTING;
    conn->fd = fd >= 0 ? fd : -1;
    if (fd < 0 || !watch(worker, conn)) {
        fail(worker, conn, MB_ERROR_CONNECT);
        return;
    }
    mb_conn_list_insert(&worker->waiting, conn);
}

void mb_exchange_start(struct mb_worker *worker, struct mb_conn *conn,
                       int64_t intended_ns, int64_t due_ns)
{
    mb_conn_list_remove(conn);
    mb_tally_intend(&worker->tally, &conn->request, intended_ns);
    conn->request.due_ns = due_ns;
    worker->outstanding += conn->request.interval >= 0;
    conn->carrying = true;
    conn->missed = false;
    conn->deadline_ns = intended_ns + worker->plan->request->timeout_ns;
    if (conn->state == MB_CONN_CLOSED) {
        mb_exchange_open(worker, conn);
        return;
    }
    mb_conn_list_insert(&worker->waiting, conn);
    begin_sending(worker, conn);
}

static void finish_connecting(struct mb_worker *worker, struct mb_conn *conn)
{
    int reason = 0;
    socklen_t size = sizeof reason;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &reason, &size) != 0 || reason != 0) {
        fail(worker, conn, MB_ERROR_CONNECT);
        return;
    }
    conn->rest_ns = 0;
    conn->ready_ns = worker->batch_ns;
    mb_worker_look(worker);
    mb_tally_connect(&worker->tally, worker->now_ns - conn->opened_ns);
    if (conn->carrying) {
        begin_sending(worker, conn);
        return;
    }
    mb_conn_list_remove(conn);
    conn->state = MB_CONN_IDLE;
    mb_worker_release_conn(worker, conn, false);
}

// One piece that was read. True when the connection may have more for us.
static bool digest(struct mb_worker *worker, struct mb_conn *conn, size_t size,
                   bool closing)
{
    if (conn->request.interval >= 0) {
        worker->tally.counts.bytes_received += (int64_t)size;
    }
    switch (mb_http1_feed(conn->reader, worker->bytes, size)) {
    case MB_HTTP1_MORE:
        // A piece that did not fill the buffer has emptied the socket.
        return size == MB_WORKER_READ_BYTES || closing;
    case MB_HTTP1_DONE:
        complete(worker, conn, closing);
        return false;
    case MB_HTTP1_BAD:
        fail(worker, conn, MB_ERROR_PROTOCOL);
        return false;
    }
    return false;
}

static void pull(struct mb_worker *worker, struct mb_conn *conn, bool closing)
{
    bool more = true;
    while (more) {
        ssize_t size = recv(conn->fd, worker->bytes, MB_WORKER_READ_BYTES, 0);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        }
        mb_worker_look(worker);
        if (size > 0) {
            more = digest(worker, conn, (size_t)size, closing);
        } else if (size == 0 && mb_http1_finish(conn->reader) == MB_HTTP1_DONE) {
            complete(worker, conn, true);
            return;
        } else {
            fail(worker, conn, size == 0 ? MB_ERROR_CLOSED : MB_ERROR_RESET);
            return;
        }
    }
}

void mb_exchange_event(struct mb_worker *worker, struct mb_conn *conn, uint32_t events)
{
    static const uint32_t readable = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    uint32_t generation = 0;
    switch (conn->state) {
    case MB_CONN_CLOSED:
        return;
    case MB_CONN_CONNECTING:
        generation = conn->generation;
        finish_connecting(worker, conn);
        // What came along with the connection is not reported again.
        if ((events & readable) != 0 && conn->generation == generation &&
            conn->state != MB_CONN_CONNECTING) {
            mb_exchange_event(worker, conn, events & readable);
        }
        return;
    case MB_CONN_IDLE:
        // Closed by the server between requests, which it may, or speaking unasked, which
        // it may not: neither is any request's failure, and both end the connection.
        if ((events & readable) != 0) {
            mb_conn_list_remove(conn);
            mb_exchange_close(conn);
            mb_worker_release_conn(worker, conn, false);
        }
        return;
    case MB_CONN_BUSY:
        if ((events & EPOLLOUT) != 0 && conn->offset < worker->remote->size) {
            generation = conn->generation;
            push(worker, conn);
            if (conn->state != MB_CONN_BUSY || conn->generation != generation) {
                return;
            }
        }
        if ((events & readable) != 0) {
            pull(worker, conn, (events & EPOLLRDHUP) != 0);
        }
        return;
    }
}

void mb_exchange_expire(struct mb_worker *worker, struct mb_conn *conn)
{
    fail(worker, conn,
         conn->state == MB_CONN_BUSY ? MB_ERROR_TIMEOUT : MB_ERROR_TIMEOUT_UNSENT);
}
