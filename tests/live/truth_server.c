// A server whose own log is the truth that `meshbench load` is held against. One thread,
// HTTP/1.1 GET with keep-alive, no code of meshbench.
//
// usage: truth_server LOG [stall LENGTH_MS EVERY_MS | random LENGTH_MS EVERY_MS SEED |
//                          exponential MEAN_MS SEED]
// Prints its port, and at SIGTERM "served N". The log holds a line for each stall
// ("stall UTC_START_NS LENGTH_NS") or answer ("answer DELAY_NS", from the read of the
// request to the write of the answer).
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FDS = 65536, EVENTS = 512, PIECE = 16384 };

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

struct waiting {
    int64_t due_ns;
    int64_t read_ns;
    int fd;
};

static struct waiting heap[MAX_FDS];
static size_t heap_size;
static volatile sig_atomic_t stopped;

static void on_term(int number)
{
    (void)number;
    stopped = 1;
}

static int64_t clock_ns(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double exponential(double mean)
{
    return -mean * log(1.0 - drand48());
}

static void heap_push(struct waiting item)
{
    size_t i = heap_size++;
    while (i > 0 && heap[(i - 1) / 2].due_ns > item.due_ns) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = item;
}

static struct waiting heap_pop(void)
{
    struct waiting top = heap[0];
    struct waiting last = heap[--heap_size];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < heap_size && heap[child + 1].due_ns < heap[child].due_ns) {
            child++;
        }
        if (child >= heap_size || heap[child].due_ns >= last.due_ns) {
            break;
        }
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}

static int64_t served;

static void reply(int fd)
{
    if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) == sizeof answer - 1) {
        served++;
    }
}

// Requests of the load generator fit one piece, and it never sends two at once.
static void handle(int fd, double mean_ns)
{
    static char bytes[PIECE];
    ssize_t size = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN)) {
        close(fd);
        return;
    }
    if (size < 4 || memcmp(bytes + size - 4, "\r\n\r\n", 4) != 0) {
        return;
    }
    if (mean_ns <= 0) {
        reply(fd);
        return;
    }
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    heap_push((struct waiting){now + (int64_t)exponential(mean_ns), now, fd});
}

// What the command line asks for.
struct plan {
    bool stalls;
    bool random_stalls;
    double length_ns;
    double every_ns;
    double delay_mean_ns;
    int64_t stall_ns; // when the next one begins
};

static struct plan plan_read(int argc, char **argv)
{
    struct plan plan = {0};
    plan.random_stalls = argc > 2 && strcmp(argv[2], "random") == 0;
    plan.stalls = plan.random_stalls || (argc > 2 && strcmp(argv[2], "stall") == 0);
    srand48(argc > 4 ? atol(argv[argc - 1]) : 1);
    if (!plan.stalls) {
        plan.delay_mean_ns = argc > 3 ? atof(argv[3]) * 1e6 : 0;
        return plan;
    }
    plan.length_ns = atof(argv[3]) * 1e6;
    plan.every_ns = atof(argv[4]) * 1e6;
    plan.stall_ns = clock_ns(CLOCK_MONOTONIC) + (int64_t)(plan.every_ns / 2);
    return plan;
}

static int listen_anywhere(void)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 4096) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        perror("truth_server");
        exit(1);
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void stall(struct plan *plan, FILE *file)
{
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    int64_t wall = clock_ns(CLOCK_REALTIME);
    double planned = plan->random_stalls ? exponential(plan->length_ns) : plan->length_ns;
    int64_t end = now + (int64_t)planned;
    struct timespec until = {end / 1000000000, end % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
    int64_t ended = clock_ns(CLOCK_MONOTONIC);
    fprintf(file, "stall %lld %lld\n", (long long)wall, (long long)(ended - now));
    plan->stall_ns = plan->random_stalls ? ended + (int64_t)exponential(plan->every_ns)
                                         : plan->stall_ns + (int64_t)plan->every_ns;
}

static void accept_all(int poller, int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    while (fd >= 0) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
        fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    }
}

static void answer_due(FILE *file)
{
    while (heap_size > 0 && heap[0].due_ns <= clock_ns(CLOCK_MONOTONIC)) {
        struct waiting item = heap_pop();
        int64_t took_ns = clock_ns(CLOCK_MONOTONIC) - item.read_ns;
        fprintf(file, "answer %lld\n", (long long)took_ns);
        reply(item.fd);
    }
}

static void turn(struct plan *plan, int poller, int listener, FILE *file)
{
    struct epoll_event events[EVENTS];
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    int64_t wake = now + 50000000;
    wake = heap_size > 0 && heap[0].due_ns < wake ? heap[0].due_ns : wake;
    wake = plan->stalls && plan->stall_ns < wake ? plan->stall_ns : wake;
    // With delays it polls: a sleep would end late, outside of what it logs.
    bool polls = plan->delay_mean_ns > 0 || wake <= now;
    struct timespec sleep = {.tv_nsec = polls ? 0 : wake - now};
    int count = epoll_pwait2(poller, events, EVENTS, &sleep, NULL);
    if (plan->stalls && clock_ns(CLOCK_MONOTONIC) >= plan->stall_ns) {
        stall(plan, file);
    }
    for (int i = 0; i < count; i++) {
        if (events[i].data.fd == listener) {
            accept_all(poller, listener);
        } else {
            handle(events[i].data.fd, plan->delay_mean_ns);
        }
    }
    answer_due(file);
}

int main(int argc, char **argv)
{
    struct plan plan = plan_read(argc, argv);
    FILE *file = fopen(argv[1], "w");
    if (file == NULL) {
        perror("truth_server");
        return 1;
    }
    struct sigaction action = {.sa_handler = on_term};
    sigaction(SIGTERM, &action, NULL);
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    int listener = listen_anywhere();
    int poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    while (!stopped) {
        turn(&plan, poller, listener, file);
    }
    fclose(file);
    printf("served %lld\n", (long long)served);
    return 0;
}
