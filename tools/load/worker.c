#include "load/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/wait.h"
#include "load/exchange.h"

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

// How long before a request is due the loop stops sleeping and polls instead. Measured on
// a virtual machine (two cores, 6.18): a sleep ends 15 to 50 us late and costs 30 to 60
// us of CPU by itself, so that polling for 50 us brings the dispatch lag's p99 from 53 us
// to 14 us at 1000 rps for 9% of a core instead of 7%, and from 38 us to 0 at 20,000 rps
// for 97% instead of 89%. Polling for 100 us takes 16% and 97%, and gains nothing.
#define SPIN_NS INT64_C(50000)

// The longest sleep: bounds how late an interruption is noticed.
#define NAP_NS (100 * NS_PER_MS)

// After a failure to connect in the closed and paced models, where nothing else would
// hold a connection back: 10 ms, doubling to 1 s.
#define FIRST_REST_NS (10 * NS_PER_MS)
#define LONGEST_REST_NS NS_PER_S

enum { SCHEDSTAT_BYTES = 128 };

void mb_worker_look(struct mb_worker *worker)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    worker->now_ns = (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

enum mb_status mb_worker_init(struct mb_worker *worker, struct mb_tally_total *total,
                              struct mb_err *err)
{
    const struct mb_load_plan *plan = worker->plan;
    worker->conn_count =
        mb_schedule_share(plan->connections, worker->thread, plan->threads);
    worker->conns = mb_mem_alloc((size_t)worker->conn_count, sizeof *worker->conns);
    for (int i = 0; i < worker->conn_count; i++) {
        worker->conns[i].fd = -1;
        worker->conns[i].reader = mb_http1_new();
        mb_conn_list_append(worker->remote->keepalive ? &worker->opening
                                                      : &worker->closed,
                            &worker->conns[i]);
    }
    worker->bytes = mb_mem_alloc(MB_WORKER_READ_BYTES, 1);
    worker->cpu_start_ns = -1;
    worker->cpu_ns = -1;
    worker->delay_ns = -1;
    worker->next_ns = INT64_MAX;
    worker->end_ns = INT64_MAX;
    mb_tally_init(&worker->tally, total);
    worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (worker->epoll_fd < 0) {
        return mb_err_system(err, errno, "cannot create an epoll instance");
    }
    return MB_OK;
}

void mb_worker_release(struct mb_worker *worker)
{
    for (int i = 0; i < worker->conn_count; i++) {
        mb_exchange_close(&worker->conns[i]);
        mb_http1_free(worker->conns[i].reader);
    }
    if (worker->epoll_fd >= 0) {
        (void)close(worker->epoll_fd);
    }
    mb_tally_release(&worker->tally);
    mb_mem_free(worker->conns);
    mb_mem_free(worker->bytes);
}

static bool is_stopped(const struct mb_worker *worker)
{
    return atomic_load_explicit(worker->stop, memory_order_relaxed);
}

// Whether new requests may leave.
static bool is_sending(const struct mb_worker *worker)
{
    return worker->running && worker->now_ns >= worker->start_ns &&
           worker->now_ns < worker->end_ns && !is_stopped(worker);
}

static void park(struct mb_worker *worker, struct mb_conn *conn)
{
    mb_conn_list_append(conn->state == MB_CONN_IDLE ? &worker->idle : &worker->closed,
                        conn);
}

static void set_next(struct mb_worker *worker)
{
    worker->next_ns = worker->start_ns + mb_schedule_peek(&worker->schedule);
    if (worker->next_ns >= worker->end_ns) {
        worker->next_ns = INT64_MAX;
    }
}

static void step(struct mb_worker *worker)
{
    mb_schedule_step(&worker->schedule);
    set_next(worker);
}

// Open: sends what is due, oldest first, as far as connections are free, and drops what
// has waited for longer than the time-out.
static void serve_open(struct mb_worker *worker)
{
    int64_t timeout_ns = worker->plan->request->timeout_ns;
    while (worker->next_ns <= worker->now_ns) {
        int64_t intended_ns = worker->next_ns;
        struct mb_conn *conn =
            worker->idle.first != NULL ? worker->idle.first : worker->closed.first;
        if (worker->now_ns - intended_ns >= timeout_ns) {
            struct mb_tally_request request;
            mb_tally_intend(&worker->tally, &request, intended_ns);
            mb_tally_fail(&worker->tally, &request, MB_ERROR_TIMEOUT_UNSENT,
                          worker->now_ns);
            step(worker);
        } else if (conn != NULL) {
            step(worker);
            mb_exchange_start(worker, conn, intended_ns, intended_ns);
            mb_worker_look(worker);
        } else {
            return;
        }
    }
}

// Paced: each slot belongs to one connection, which uses it or misses it.
static void serve_paced(struct mb_worker *worker)
{
    while (worker->next_ns <= worker->now_ns) {
        int64_t slot_ns = worker->next_ns;
        struct mb_conn *conn = &worker->conns[worker->schedule.lane];
        step(worker);
        if (conn->list == &worker->idle || conn->list == &worker->closed) {
            mb_exchange_start(worker, conn, slot_ns, slot_ns);
            mb_worker_look(worker);
        } else {
            conn->missed = true;
            conn->missed_ns = slot_ns;
        }
    }
}

static void serve(struct mb_worker *worker)
{
    if (worker->serving || !worker->running) {
        return;
    }
    worker->serving = true; // a connection that is freed inside the loop is found by it
    switch (worker->plan->load_model) {
    case MB_LOAD_OPEN:
        serve_open(worker);
        break;
    case MB_LOAD_PACED:
        serve_paced(worker);
        break;
    case MB_LOAD_CLOSED:
    case MB_LOAD_UNKNOWN:
        break;
    }
    worker->serving = false;
}

static void rest(struct mb_worker *worker, struct mb_conn *conn)
{
    int64_t doubled_ns = 2 * conn->rest_ns;
    conn->rest_ns = doubled_ns == 0                ? FIRST_REST_NS
                    : doubled_ns < LONGEST_REST_NS ? doubled_ns
                                                   : LONGEST_REST_NS;
    conn->deadline_ns = worker->now_ns + conn->rest_ns;
    mb_conn_list_insert(&worker->resting, conn);
}

void mb_worker_release_conn(struct mb_worker *worker, struct mb_conn *conn, bool refused)
{
    bool open = worker->plan->load_model == MB_LOAD_OPEN;
    if (!worker->running && conn->state == MB_CONN_CLOSED) {
        // One failure before the trial is enough: the rest is opened when needed.
        while (worker->opening.first != NULL) {
            struct mb_conn *other = worker->opening.first;
            mb_conn_list_remove(other);
            park(worker, other);
        }
    }
    if (refused && !open && is_sending(worker)) {
        rest(worker, conn);
    } else if (worker->plan->load_model == MB_LOAD_CLOSED && is_sending(worker)) {
        mb_exchange_start(worker, conn, worker->now_ns, worker->batch_ns);
    } else if (conn->missed && is_sending(worker)) {
        mb_exchange_start(worker, conn, worker->now_ns, conn->missed_ns);
    } else {
        park(worker, conn);
        serve(worker);
    }
}

// Closed: the first request of every connection.
static void begin_closed(struct mb_worker *worker)
{
    worker->begun = true;
    for (int i = 0; i < worker->conn_count; i++) {
        struct mb_conn *conn = &worker->conns[i];
        if (conn->list == &worker->idle || conn->list == &worker->closed) {
            mb_exchange_start(worker, conn, worker->now_ns, worker->start_ns);
            mb_worker_look(worker);
        }
    }
}

static void run_timers(struct mb_worker *worker)
{
    while (worker->waiting.first != NULL &&
           worker->waiting.first->deadline_ns <= worker->now_ns) {
        mb_exchange_expire(worker, worker->waiting.first);
    }
    while (worker->resting.first != NULL &&
           worker->resting.first->deadline_ns <= worker->now_ns) {
        struct mb_conn *conn = worker->resting.first;
        mb_conn_list_remove(conn);
        mb_worker_release_conn(worker, conn, false);
    }
}

static int64_t thread_cpu_ns(void)
{
    struct timespec used;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * NS_PER_S + used.tv_nsec;
}

// Second number of /proc/thread-self/schedstat: time spent waiting on a run queue.
static int64_t thread_delay_ns(void)
{
    char text[SCHEDSTAT_BYTES];
    int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    ssize_t size = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[size > 0 ? size : 0] = '\0';
    char *number = strchr(text, ' ');
    if (number == NULL) {
        return -1;
    }
    number++;
    number[strcspn(number, " ")] = '\0';
    int64_t delay_ns = -1;
    struct mb_err err = {0};
    return mb_units_parse_int(number, 0, INT64_MAX, &delay_ns, &err) == MB_OK ? delay_ns
                                                                              : -1;
}

static void mark_window(struct mb_worker *worker)
{
    if (worker->cpu_start_ns < 0 && worker->now_ns >= worker->window_start_ns) {
        worker->delay_start_ns = thread_delay_ns();
        worker->cpu_start_ns = thread_cpu_ns();
    }
    if (worker->cpu_start_ns >= 0 && worker->cpu_ns < 0 &&
        (worker->now_ns >= worker->end_ns || is_stopped(worker))) {
        worker->cpu_ns = thread_cpu_ns() - worker->cpu_start_ns;
        int64_t delay_ns = thread_delay_ns();
        worker->delay_ns = delay_ns >= 0 && worker->delay_start_ns >= 0
                               ? delay_ns - worker->delay_start_ns
                               : -1;
    }
}

static int64_t earlier(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

// The next moment at which there is something to do besides what epoll reports.
static int64_t next_wake_ns(const struct mb_worker *worker)
{
    int64_t wake_ns = worker->now_ns + NAP_NS;
    if (worker->next_ns < INT64_MAX) {
        bool none_free = worker->plan->load_model == MB_LOAD_OPEN &&
                         worker->idle.first == NULL && worker->closed.first == NULL;
        int64_t timeout_ns = worker->plan->request->timeout_ns;
        wake_ns = earlier(wake_ns, none_free ? worker->next_ns + timeout_ns
                                             : worker->next_ns - SPIN_NS);
    }
    if (worker->waiting.first != NULL) {
        wake_ns = earlier(wake_ns, worker->waiting.first->deadline_ns);
    }
    if (worker->resting.first != NULL) {
        wake_ns = earlier(wake_ns, worker->resting.first->deadline_ns);
    }
    if (worker->running && worker->now_ns < worker->start_ns) {
        wake_ns = earlier(wake_ns, worker->start_ns);
    }
    if (worker->running && worker->cpu_start_ns < 0) {
        wake_ns = earlier(wake_ns, worker->window_start_ns);
    } else if (worker->cpu_ns < 0) {
        wake_ns = earlier(wake_ns, worker->end_ns);
    }
    return wake_ns;
}

// One turn of the loop.
static void turn(struct mb_worker *worker)
{
    struct epoll_event events[MB_WORKER_EVENTS];
    int64_t sleep_ns = next_wake_ns(worker) - worker->now_ns;
    int count = mb_wait_events(worker->epoll_fd, events, MB_WORKER_EVENTS, sleep_ns);
    mb_worker_look(worker);
    worker->batch_ns = worker->now_ns;
    for (int i = 0; i < count; i++) {
        struct mb_conn *conn = &worker->conns[(uint32_t)events[i].data.u64];
        // An event of a socket that this very batch has closed is out of date.
        if (conn->generation == (uint32_t)(events[i].data.u64 >> 32)) {
            mb_exchange_event(worker, conn, events[i].events);
        }
    }
    run_timers(worker);
    serve(worker);
}

// Before the trial: opens every connection that keep-alive will use, some at a time, so
// that a server's queue of connections to accept is not overrun.
static void open_all(struct mb_worker *worker)
{
    int opening = 0;
    while (!is_stopped(worker)) {
        mb_worker_look(worker);
        opening = 0;
        for (struct mb_conn *conn = worker->waiting.first; conn != NULL;
             conn = conn->next) {
            opening++;
        }
        while (opening < MB_WORKER_OPENING && worker->opening.first != NULL) {
            struct mb_conn *conn = worker->opening.first;
            mb_conn_list_remove(conn);
            mb_exchange_open(worker, conn);
            opening++;
        }
        if (worker->waiting.first == NULL && worker->opening.first == NULL) {
            return;
        }
        turn(worker);
    }
}

// Tells the caller that the connections are open, and waits for the window.
static void pass_gate(struct mb_worker *worker)
{
    struct mb_worker_gate *gate = worker->gate;
    (void)pthread_mutex_lock(&gate->lock);
    gate->waiting++;
    (void)pthread_cond_broadcast(&gate->changed);
    while (!gate->open) {
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    }
    (void)pthread_mutex_unlock(&gate->lock);
    mb_tally_begin(&worker->tally);
    worker->window_start_ns = worker->tally.start_ns;
    worker->start_ns = worker->window_start_ns - worker->plan->warmup_ns;
    worker->end_ns = worker->tally.end_ns;
    worker->running = true;
    if (worker->plan->load_model != MB_LOAD_CLOSED) {
        mb_schedule_init(&worker->schedule, worker->plan, worker->thread);
        set_next(worker);
    }
}

// Everything that counts has ended, or there is no time left for it.
static bool is_finished(const struct mb_worker *worker)
{
    if (is_stopped(worker)) {
        return true;
    }
    return worker->now_ns >= worker->end_ns && worker->outstanding == 0 &&
           worker->next_ns == INT64_MAX;
}

// An interruption leaves requests without an end: those on their way, and those that were
// due and still waited for a connection.
static void abandon(struct mb_worker *worker)
{
    for (int i = 0; i < worker->conn_count; i++) {
        if (worker->conns[i].carrying) {
            mb_tally_abandon(&worker->tally, &worker->conns[i].request);
        }
    }
    while (worker->plan->load_model == MB_LOAD_OPEN &&
           worker->next_ns <= worker->now_ns) {
        struct mb_tally_request request;
        mb_tally_intend(&worker->tally, &request, worker->next_ns);
        mb_tally_abandon(&worker->tally, &request);
        step(worker);
    }
}

void *mb_worker_run(void *argument)
{
    struct mb_worker *worker = argument;
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    open_all(worker);
    pass_gate(worker);
    mb_worker_look(worker);
    while (!is_finished(worker)) {
        turn(worker);
        if (worker->plan->load_model == MB_LOAD_CLOSED && !worker->begun &&
            worker->now_ns >= worker->start_ns) {
            begin_closed(worker);
        }
        mark_window(worker);
        if (worker->now_ns >= worker->tally.flush_ns) {
            mb_tally_tick(&worker->tally, worker->now_ns);
        }
    }
    abandon(worker);
    mark_window(worker);
    mb_tally_end(&worker->tally);
    return NULL;
}
