#include "app/serve.h"

#include <errno.h>
#include <llhttp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define NS_PER_S INT64_C(1000000000)
#define NAP_NS (NS_PER_S / 20)
#define NO_FILES_PAUSE_NS (NS_PER_S / 100)

enum {
    EVENTS = 256,
    READ_BYTES = 65536,
    FILLER_BYTES = 65536,
    PLAIN_BYTES = 65536, // largest usual answer that is kept whole
    HEAD_BYTES = 192,
    LOG_BYTES = 65536
};

enum conn_state { READING, DELAYED, WRITING, CLOSED };

struct mb_serve_conn {
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
    int64_t due_ns;
    size_t timer; // place in the heap
};

static int64_t look(struct mb_serve *serve)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    serve->now_ns = (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
    return serve->now_ns;
}

static int64_t wall_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

// Only this thread writes its counts, so no read-modify-write is needed.
static void count_up(_Atomic int64_t *counter)
{
    int64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + 1, memory_order_relaxed);
}

void mb_serve_print_counts(const struct mb_serve_counts *const *counts, int count,
                           struct mb_buf *out)
{
    int64_t received = 0;
    int64_t served = 0;
    int64_t accepted = 0;
    for (int i = 0; i < count; i++) {
        received += atomic_load(&counts[i]->received);
        served += atomic_load(&counts[i]->served);
        accepted += atomic_load(&counts[i]->accepted);
    }
    mb_buf_print(out,
                 "{\"received\": %lld, \"served\": %lld, \"connections\": %lld, "
                 "\"statuses\": {",
                 (long long)received, (long long)served, (long long)accepted);
    const char *separator = "";
    for (int status = 0; status < MB_SERVE_STATUSES; status++) {
        int64_t n = 0;
        for (int i = 0; i < count; i++) {
            n += atomic_load(&counts[i]->statuses[status]);
        }
        if (n > 0) {
            mb_buf_print(out, "%s\"%d\": %lld", separator, status, (long long)n);
            separator = ", ";
        }
    }
    mb_buf_append_string(out, "}}\n");
}

// The log -----------------------------------------------------------------------------

static void log_flush(struct mb_serve_log *log)
{
    size_t offset = 0;
    while (log->fd >= 0 && offset < log->lines.size) {
        ssize_t size = write(log->fd, log->lines.data + offset, log->lines.size - offset);
        if (size < 0 && errno != EINTR) {
            break;
        }
        offset += size > 0 ? (size_t)size : 0;
    }
    mb_buf_reset(&log->lines);
}

// "stall" or "answer", monotonic and UTC start in ns, length in ns, and for an answer the
// length that was drawn.
static void log_line(struct mb_serve *serve, const char *what, int64_t start_ns,
                     int64_t length_ns, int64_t drawn_ns)
{
    int64_t start_wall_ns = wall_ns() - (serve->now_ns - start_ns);
    mb_buf_print(&serve->log.lines, "%s\t%lld\t%lld\t%lld\t%lld\n", what,
                 (long long)start_ns, (long long)start_wall_ns, (long long)length_ns,
                 (long long)drawn_ns);
    if (serve->log.lines.size >= LOG_BYTES) {
        log_flush(&serve->log);
    }
}

// Timers ------------------------------------------------------------------------------

static void timer_place(struct mb_serve *serve, size_t index, struct mb_serve_conn *conn)
{
    serve->timers[index] = conn;
    conn->timer = index;
}

static void timer_rise(struct mb_serve *serve, size_t index)
{
    struct mb_serve_conn *conn = serve->timers[index];
    while (index > 0 && serve->timers[(index - 1) / 2]->due_ns > conn->due_ns) {
        timer_place(serve, index, serve->timers[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    timer_place(serve, index, conn);
}

static void timer_sink(struct mb_serve *serve, size_t index)
{
    struct mb_serve_conn *conn = serve->timers[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child + 1 < serve->timer_count &&
            serve->timers[child + 1]->due_ns < serve->timers[child]->due_ns) {
            child++;
        }
        if (child >= serve->timer_count || serve->timers[child]->due_ns >= conn->due_ns) {
            break;
        }
        timer_place(serve, index, serve->timers[child]);
        index = child;
    }
    timer_place(serve, index, conn);
}

static void timer_add(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    if (serve->timer_count == serve->timer_capacity) {
        serve->timer_capacity = serve->timer_capacity * 2 + 64;
        serve->timers =
            mb_mem_resize(serve->timers, serve->timer_capacity, sizeof *serve->timers);
    }
    timer_place(serve, serve->timer_count, conn);
    serve->timer_count++;
    timer_rise(serve, conn->timer);
}

static void timer_remove(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    size_t index = conn->timer;
    serve->timer_count--;
    struct mb_serve_conn *last = serve->timers[serve->timer_count];
    if (last != conn) {
        timer_place(serve, index, last);
        timer_rise(serve, index);
        timer_sink(serve, last->timer);
    }
}

// Connections -------------------------------------------------------------------------

static void conn_close(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    if (conn->state == CLOSED) {
        return;
    }
    if (conn->state == DELAYED) {
        timer_remove(serve, conn);
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

static void free_dead(struct mb_serve *serve)
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
        conn->due_ns = conn->read_ns + conn->drawn_ns;
        conn->state = DELAYED;
        timer_add(serve, conn);
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
        conn_close(serve, conn);
        return;
    }
    conn->state = READING;
}

// Writes what the socket takes. True when the answer is out.
static bool push(struct mb_serve *serve, struct mb_serve_conn *conn)
{
    while (conn->out_offset < conn->out_size || conn->body_left > 0) {
        int64_t body = conn->body_left < FILLER_BYTES ? conn->body_left : FILLER_BYTES;
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
                conn_close(serve, conn);
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
        (void)look(serve);
        log_line(serve, "answer", conn->read_ns, serve->now_ns - conn->read_ns,
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
        ssize_t size = recv(conn->fd, serve->bytes, READ_BYTES, 0);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        }
        if (size <= 0) {
            conn_close(serve, conn);
            return;
        }
        digest(serve, conn, serve->bytes, (size_t)size);
        answer(serve, conn);
        if (size < READ_BYTES && conn->pending.size == 0 && !conn->ending) {
            return; // the socket was emptied; news come as an event
        }
    }
}

static void conn_event(struct mb_serve *serve, struct mb_serve_conn *conn,
                       uint32_t events)
{
    if (conn->state == CLOSED) {
        return;
    }
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
        conn_close(serve, conn);
        return;
    }
    conn->ending = conn->ending || (events & EPOLLRDHUP) != 0;
    proceed(serve, conn);
}

static void accept_all(struct mb_serve *serve)
{
    for (;;) {
        int fd = accept4(serve->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE) {
                struct timespec pause = {.tv_nsec = NO_FILES_PAUSE_NS};
                (void)nanosleep(&pause, NULL); // or the loop would spin
            }
            return;
        }
        int on = 1;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct mb_serve_conn *conn = mb_mem_alloc(1, sizeof *conn);
        conn->fd = fd;
        conn->pending.cap = MB_SERVE_MAX_PENDING_BYTES;
        llhttp_init(&conn->parser, HTTP_REQUEST, &settings);
        conn->parser.data = conn;
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                    .data.ptr = conn};
        if (epoll_ctl(serve->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
            (void)close(fd);
            mb_mem_free(conn);
            continue;
        }
        count_up(&serve->counts.accepted);
        conn->next = serve->conns;
        if (serve->conns != NULL) {
            serve->conns->prev = conn;
        }
        serve->conns = conn;
    }
}

// The thread --------------------------------------------------------------------------

enum mb_status mb_serve_init(struct mb_serve *serve, uint64_t seed, struct mb_err *err)
{
    char label[32];
    char head[HEAD_BYTES];
    (void)snprintf(label, sizeof label, "serve/thread/%d", serve->thread);
    mb_rng_init(&serve->rng, mb_rng_derive(seed, label));
    int64_t size = serve->behaviour->size_bytes;
    int head_size = print_head(head, sizeof head, 200, size, "");
    if (head_size + size <= PLAIN_BYTES) {
        serve->plain_size = (size_t)(head_size + size);
        serve->plain = mb_mem_alloc(serve->plain_size, 1);
        memset(serve->plain, 'x', serve->plain_size);
        memcpy(serve->plain, head, (size_t)head_size);
    }
    serve->bytes = mb_mem_alloc(READ_BYTES, 1);
    serve->filler = mb_mem_alloc(FILLER_BYTES, 1);
    memset(serve->filler, 'x', FILLER_BYTES);
    serve->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (serve->epoll_fd < 0 ||
        epoll_ctl(serve->epoll_fd, EPOLL_CTL_ADD, serve->listen_fd, &event) != 0) {
        return mb_err_set(err, MB_FAILED, "cannot create an epoll instance: %s",
                          strerror(errno));
    }
    return MB_OK;
}

void mb_serve_release(struct mb_serve *serve)
{
    while (serve->conns != NULL) {
        conn_close(serve, serve->conns);
    }
    free_dead(serve);
    log_flush(&serve->log);
    mb_buf_release(&serve->log.lines);
    if (serve->epoll_fd >= 0) {
        (void)close(serve->epoll_fd);
    }
    mb_mem_free(serve->timers);
    mb_mem_free(serve->plain);
    mb_mem_free(serve->bytes);
    mb_mem_free(serve->filler);
}

static void stall_if_due(struct mb_serve *serve)
{
    struct mb_stall *stall = &serve->stall;
    if (!stall->active || serve->now_ns < stall->next_ns) {
        return;
    }
    int64_t start_ns = serve->now_ns;
    int64_t end_ns = stall->next_ns + stall->next_length_ns;
    struct timespec end = {.tv_sec = end_ns / NS_PER_S, .tv_nsec = end_ns % NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR) {
    }
    (void)look(serve);
    if (serve->thread == 0 && serve->log.fd >= 0) {
        log_line(serve, "stall", start_ns, serve->now_ns - start_ns,
                 stall->next_length_ns);
    }
    mb_stall_advance(stall);
}

static int wait_events(struct mb_serve *serve, struct epoll_event *events)
{
    int64_t wake_ns = serve->now_ns + NAP_NS;
    if (serve->timer_count > 0 && serve->timers[0]->due_ns < wake_ns) {
        wake_ns = serve->timers[0]->due_ns;
    }
    if (serve->stall.active && serve->stall.next_ns < wake_ns) {
        wake_ns = serve->stall.next_ns;
    }
    int64_t left_ns = wake_ns > serve->now_ns ? wake_ns - serve->now_ns : 0;
    struct timespec sleep = {.tv_sec = left_ns / NS_PER_S, .tv_nsec = left_ns % NS_PER_S};
    return epoll_pwait2(serve->epoll_fd, events, EVENTS, &sleep, NULL);
}

static void answer_delayed(struct mb_serve *serve)
{
    while (serve->timer_count > 0 && serve->timers[0]->due_ns <= serve->now_ns) {
        struct mb_serve_conn *conn = serve->timers[0];
        timer_remove(serve, conn);
        conn->state = WRITING;
        proceed(serve, conn);
    }
}

void *mb_serve_run(void *argument)
{
    struct mb_serve *serve = argument;
    struct epoll_event events[EVENTS];
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    (void)look(serve);
    while (!atomic_load_explicit(serve->stop, memory_order_relaxed)) {
        int count = wait_events(serve, events);
        (void)look(serve);
        stall_if_due(serve);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == NULL) {
                accept_all(serve);
            } else {
                conn_event(serve, events[i].data.ptr, events[i].events);
            }
        }
        if (serve->timer_count > 0) {
            (void)look(serve);
            answer_delayed(serve);
        }
        free_dead(serve);
    }
    return NULL;
}
