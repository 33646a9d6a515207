// One connection of the sample server: reads requests, answers them.
#include "app/serve_conn.h"

#include <errno.h>
#include <llhttp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    PLAIN_BYTES = 65536, // largest usual answer that is kept whole
    HEAD_BYTES = 192
};

enum conn_state { READING, DELAYED, WRITING, CLOSED };

struct mb_serve_conn {
    struct mb_timer timer;      // first: the heap gives it back as the connection
    struct mb_serve_conn *prev; // in serve->conns
    struct mb_serve_conn *next;
    int fd;
    enum conn_state state;
    bool requested; // a request is complete
    bool keepalive;
    bool in_body;  // of a request
    bool ending;   // the client has closed its side
    bool unlogged; // its answer is still to be logged
    llhttp_t parser;
    size_t head_bytes; // of the request that is being read
    size_t url_size;   // may exceed what `url` holds
    char url[MB_SERVE_MAX_URL_BYTES];
    struct mb_buf pending; // bytes behind the request that is being answered
    int status;
    const char *out; // head, or the whole answer
    size_t out_size;
    size_t out_offset;
    int64_t body_left;
    char head[HEAD_BYTES];
    int64_t read_ns; // when the request was complete
    int64_t drawn_ns;
};

// Only this thread writes its counts, so no read-modify-write is needed.
static void count_up(_Atomic int64_t *counter)
{
    int64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + 1, memory_order_relaxed);
}

void mb_serve_conn_close(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    if (conn->state == CLOSED) {
        return;
    }
    if (conn->state == DELAYED) {
        mb_timers_remove(&serve->timers, &conn->timer);
    }
    conn->state = CLOSED;
    (void)close(conn->fd);
    if (conn->prev != NULL) {
        conn->prev->next = conn->next;
    } else {
        serve->conns = conn->next;
    }
    if (conn->next != NULL) {
        conn->next->prev = conn->prev;
    }
    // Events of this turn may still point at it.
    conn->next = serve->dead;
    serve->dead = conn;
}

void mb_serve_conn_free_closed(struct mb_serve *serve)
{
    while (serve->dead != NULL) {
        struct mb_serve_conn *conn = serve->dead;
        serve->dead = conn->next;
        mb_buf_release(&conn->pending);
        mb_mem_free(conn);
    }
}

static int on_message_begin(llhttp_t *parser)
{
    struct mb_serve_conn *conn = parser->data;
    conn->url_size = 0;
    conn->in_body = false;
    return 0;
}

static int on_url(llhttp_t *parser, const char *bytes, size_t size)
{
    struct mb_serve_conn *conn = parser->data;
    if (conn->url_size + size < sizeof conn->url) {
        memcpy(conn->url + conn->url_size, bytes, size);
    }
    conn->url_size += size;
    return 0;
}

static int on_headers_complete(llhttp_t *parser)
{
    struct mb_serve_conn *conn = parser->data;
    conn->in_body = true;
    return 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct mb_serve_conn *conn = parser->data;
    conn->requested = true;
    conn->keepalive = llhttp_should_keep_alive(parser) != 0;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_message_begin,
    .on_url = on_url,
    .on_headers_complete = on_headers_complete,
    .on_message_complete = on_message_complete,
};

static const char *reason_phrase(int status)
{
    switch (status) {
#define NAME_STATUS(code, name, text)                                                    \
    case code:                                                                           \
        return #text;
        HTTP_STATUS_MAP(NAME_STATUS)
#undef NAME_STATUS
    default:
        return "Unknown";
    }
}

// What the Connection field has to say: a client of HTTP/1.0 is told either way.
static const char *connection_field(const struct mb_serve_conn *conn)
{
    if (!conn->keepalive) {
        return "Connection: close\r\n";
    }
    return conn->parser.http_minor == 0 ? "Connection: keep-alive\r\n" : "";
}

static int print_head(char *text, size_t size, int status, int64_t body_size,
                      const char *connection)
{
    if (status == 204 || status == 304) {
        return snprintf(text, size, "HTTP/1.1 %d %s\r\n%s\r\n", status,
                        reason_phrase(status), connection);
    }
    return snprintf(text, size,
                    "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\n"
                    "Content-Length: %lld\r\n%s\r\n",
                    status, reason_phrase(status), (long long)body_size, connection);
}

// Decides what is answered; the body, if any, is filler.
static void choose_answer(struct mb_serve *serve, struct mb_serve_conn *conn, int status,
                          int64_t body_size)
{
    bool head = conn->parser.method == HTTP_HEAD;
    conn->status = status;
    conn->out_offset = 0;
    const char *connection = connection_field(conn);
    if (status == 200 && body_size == serve->behaviour->size_bytes &&
        connection[0] == '\0' && !head && serve->plain_size > 0) {
        conn->out = serve->plain;
        conn->out_size = serve->plain_size;
        conn->body_left = 0;
        return;
    }
    conn->out = conn->head;
    conn->out_size =
        (size_t)print_head(conn->head, sizeof conn->head, status, body_size, connection);
    conn->body_left = head || status == 204 || status == 304 ? 0 : body_size;
}

// Counts of all threads; not itself counted.
static void answer_stats(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    struct mb_buf body = {0};
    mb_serve_print_counts(serve->all, serve->all_count, &body);
    mb_buf_reset(&conn->pending); // whoever asks for the counts does not pipeline
    char head[HEAD_BYTES];
    int head_size =
        print_head(head, sizeof head, 200, (int64_t)body.size, "Connection: close\r\n");
    conn->keepalive = false;
    conn->status = 0;
    mb_buf_append(&conn->pending, head, (size_t)head_size);
    mb_buf_append(&conn->pending, body.data, body.size);
    conn->out = conn->pending.data;
    conn->out_size = conn->pending.size;
    conn->out_offset = 0;
    conn->body_left = 0;
    mb_buf_release(&body);
}

static void refuse(struct mb_serve *serve, struct mb_serve_conn *conn, int status)
{
    conn->keepalive = false;
    conn->state = WRITING;
    choose_answer(serve, conn, status, 0);
}

// A complete request: what is answered, and when.
static void begin_answer(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    conn->requested = false;
    conn->state = WRITING;
    conn->drawn_ns = 0;
    conn->read_ns = serve->now_ns;
    if (conn->url_size >= sizeof conn->url) {
        refuse(serve, conn, HTTP_STATUS_URI_TOO_LONG);
        return;
    }
    conn->url[conn->url_size] = '\0';
    if (strcmp(conn->url, "/stats") == 0) {
        answer_stats(serve, conn);
        return;
    }
    count_up(&serve->counts.received);
    conn->unlogged = serve->log.requests;
    const struct mb_behaviour *behaviour = serve->behaviour;
    struct mb_behaviour asked;
    const char *query = strchr(conn->url, '?');
    if (query != NULL) {
        struct mb_err err = {0};
        asked = *behaviour;
        if (mb_behaviour_parse_query(query + 1, &asked, &err) != MB_OK) {
            refuse(serve, conn, HTTP_STATUS_BAD_REQUEST);
            return;
        }
        behaviour = &asked;
    }
    int status = mb_behaviour_draw_status(behaviour, &serve->rng);
    choose_answer(serve, conn, status, behaviour->size_bytes);
    if (behaviour->delayed) {
        conn->drawn_ns = mb_delay_draw(&behaviour->delay, &serve->rng);
        conn->timer.due_ns = conn->read_ns + conn->drawn_ns;
        conn->state = DELAYED;
        mb_timers_add(&serve->timers, &conn->timer);
    }
}

// Reads bytes up to the end of a request; what is behind it is kept for later.
static void digest(struct mb_serve *serve, struct mb_serve_conn *conn, const char *bytes,
                   size_t size)
{
    llhttp_errno_t code = llhttp_execute(&conn->parser, bytes, size);
    conn->head_bytes += size;
    if (code == HPE_PAUSED && conn->requested) {
        size_t used = (size_t)(llhttp_get_error_pos(&conn->parser) - bytes);
        llhttp_resume(&conn->parser);
        conn->head_bytes = 0;
        mb_buf_append(&conn->pending, bytes + used, size - used);
        if (conn->pending.overflowed) {
            conn->keepalive = false; // it sends far ahead of what it reads
        }
        begin_answer(serve, conn);
        return;
    }
    if (code != HPE_OK) {
        refuse(serve, conn, HTTP_STATUS_BAD_REQUEST);
    } else if (!conn->in_body && conn->head_bytes > MB_SERVE_MAX_HEAD_BYTES) {
        refuse(serve, conn, HTTP_STATUS_REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
}

static void end_answer(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    if (conn->status != 0) {
        count_up(&serve->counts.served);
        count_up(&serve->counts.statuses[conn->status]);
    }
    if (!conn->keepalive) {
        mb_serve_conn_close(serve, conn);
        return;
    }
    conn->state = READING;
}

// Writes what the socket takes. True when the answer is out.
static bool push(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    while (conn->out_offset < conn->out_size || conn->body_left > 0) {
        int64_t body = conn->body_left < MB_SERVE_PIECE_BYTES ? conn->body_left
                                                              : MB_SERVE_PIECE_BYTES;
        struct iovec parts[2] = {
            {(char *)(uintptr_t)conn->out + conn->out_offset,
             conn->out_size - conn->out_offset},
            {serve->filler, (size_t)body},
        };
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = body > 0 ? 2 : 1};
        ssize_t size = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK) {
                mb_serve_conn_close(serve, conn);
            }
            return false;
        }
        size_t head = (size_t)size < parts[0].iov_len ? (size_t)size : parts[0].iov_len;
        conn->out_offset += head;
        conn->body_left -= (int64_t)((size_t)size - head);
    }
    return true;
}

// Writes the answer if its time has come.
static void answer(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    if (conn->state != WRITING) {
        return;
    }
    if (conn->unlogged) {
        conn->unlogged = false;
        mb_serve_look(serve);
        mb_serve_log_line(serve, "answer", conn->read_ns, serve->now_ns - conn->read_ns,
                          conn->drawn_ns);
    }
    if (push(serve, conn)) {
        end_answer(serve, conn);
    }
}

// Goes on reading and answering until the socket has no more, or an answer has to wait.
static void proceed(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    answer(serve, conn);
    while (conn->state == READING) {
        if (conn->pending.size > 0) {
            struct mb_buf pending = conn->pending;
            conn->pending = (struct mb_buf){.cap = MB_SERVE_MAX_PENDING_BYTES};
            digest(serve, conn, pending.data, pending.size);
            mb_buf_release(&pending);
            answer(serve, conn);
            continue;
        }
        ssize_t size = recv(conn->fd, serve->bytes, MB_SERVE_PIECE_BYTES, 0);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        }
        if (size <= 0) {
            mb_serve_conn_close(serve, conn);
            return;
        }
        digest(serve, conn, serve->bytes, (size_t)size);
        answer(serve, conn);
        if (size < MB_SERVE_PIECE_BYTES && conn->pending.size == 0 && !conn->ending) {
            return; // the socket was emptied; news come as an event
        }
    }
}

void mb_serve_conn_event(struct mb_serve *serve, struct mb_serve_conn *conn,
                         uint32_t events)
{
    if (conn->state == CLOSED) {
        return;
    }
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
        mb_serve_conn_close(serve, conn);
        return;
    }
    conn->ending = conn->ending || (events & EPOLLRDHUP) != 0;
    proceed(serve, conn);
}

bool mb_serve_conn_add(struct mb_serve *serve, int fd)
{
    struct mb_serve_conn *conn = mb_mem_alloc(1, sizeof *conn);
    conn->fd = fd;
    conn->pending.cap = MB_SERVE_MAX_PENDING_BYTES;
    llhttp_init(&conn->parser, HTTP_REQUEST, &settings);
    conn->parser.data = conn;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = conn};
    if (epoll_ctl(serve->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        mb_mem_free(conn);
        return false;
    }
    count_up(&serve->counts.accepted);
    conn->next = serve->conns;
    if (serve->conns != NULL) {
        serve->conns->prev = conn;
    }
    serve->conns = conn;
    return true;
}

void mb_serve_conn_run_timers(struct mb_serve *serve)
{
    struct mb_timer *first = mb_timers_first(&serve->timers);
    while (first != NULL && first->due_ns <= serve->now_ns) {
        struct mb_serve_conn *conn = (struct mb_serve_conn *)first;
        mb_timers_remove(&serve->timers, first);
        conn->state = WRITING;
        proceed(serve, conn);
        first = mb_timers_first(&serve->timers);
    }
}

void mb_serve_conn_prepare(struct mb_serve *serve)
{
    char head[HEAD_BYTES];
    int64_t size = serve->behaviour->size_bytes;
    int head_size = print_head(head, sizeof head, 200, size, "");
    if (head_size + size <= PLAIN_BYTES) {
        serve->plain_size = (size_t)(head_size + size);
        serve->plain = mb_mem_alloc(serve->plain_size, 1);
        memset(serve->plain, 'x', serve->plain_size);
        memcpy(serve->plain, head, (size_t)head_size);
    }
}
