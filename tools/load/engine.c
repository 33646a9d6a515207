// The built-in driver: checks the plan, starts the threads, watches over the trial, makes
// the part.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/version.h"
#include "load/load.h"
#include "load/worker.h"

#define NS_PER_S INT64_C(1000000000)
#define PROGRESS_NS (NS_PER_S / 2)
#define WATCH_NS (NS_PER_S / 50) // how often an interruption is looked for
#define LEAD_NS (NS_PER_S / 100) // from the gate's opening to the first request

enum { SPARE_FILES = 64 };

// One trial that is being run.
struct trial {
    const struct mb_load_plan *plan;
    const struct mb_load_observer *observer;
    struct mb_remote remote;
    struct mb_tally_total total;
    struct mb_worker_gate gate;
    atomic_bool stop;
    struct mb_worker *workers;
    pthread_t *threads;
    int worker_count;   // initialised
    int thread_count;   // started
    int ended;          // joined
    int64_t begin_ns;   // start of the warm-up
    int64_t stopped_ns; // when the interruption was seen; 0: it was not
};

static int64_t clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static enum mb_status check_rate(const struct mb_load_plan *plan, struct mb_err *err)
{
    bool closed = plan->load_model == MB_LOAD_CLOSED;
    if (closed && plan->rate_micro_rps >= 0) {
        (void)mb_err_set(err, MB_INVALID, "a closed load model cannot keep to a rate");
        mb_err_hint(err, "'paced' holds a closed loop to a rate, 'open' keeps to it "
                         "whatever the server does");
        return MB_INVALID;
    }
    if (!closed && (plan->rate_micro_rps <= 0 ||
                    plan->rate_micro_rps > MB_SCHEDULE_MAX_RATE_MICRO)) {
        char rate[32] = "max";
        if (plan->rate_micro_rps >= 0) {
            mb_units_print(MB_UNIT_RATE, plan->rate_micro_rps, rate, sizeof rate);
        }
        return mb_err_set(err, MB_INVALID,
                          "the %s load model cannot keep to a rate of '%s': it has to be "
                          "above 0 and at most 1000000000rps",
                          mb_load_model_name(plan->load_model), rate);
    }
    if (plan->load_model != MB_LOAD_OPEN && plan->arrivals != MB_ARRIVALS_CONSTANT) {
        return mb_err_set(
            err, MB_INVALID, "'%s' arrivals need the open load model, not '%s'",
            mb_arrivals_name(plan->arrivals), mb_load_model_name(plan->load_model));
    }
    return MB_OK;
}

static enum mb_status check_count(const char *what, int64_t value, int64_t max,
                                  struct mb_err *err)
{
    if (value >= 1 && value <= max) {
        return MB_OK;
    }
    return mb_err_set(err, MB_INVALID, "%lld %s: 1 to %lld are possible",
                      (long long)value, what, (long long)max);
}

static enum mb_status check_time(const char *what, int64_t value_ns, int64_t min_ns,
                                 int64_t max_ns, struct mb_err *err)
{
    if (value_ns >= min_ns && value_ns <= max_ns) {
        return MB_OK;
    }
    char min[32];
    char max[32];
    mb_units_print(MB_UNIT_DURATION, min_ns, min, sizeof min);
    mb_units_print(MB_UNIT_DURATION, max_ns, max, sizeof max);
    return mb_err_set(err, MB_INVALID, "a %s of %lld ns: %s to %s are possible", what,
                      (long long)value_ns, min, max);
}

static enum mb_status check_plan(const struct mb_load_plan *plan, struct mb_err *err)
{
    if (strcmp(plan->protocol, "http1") != 0) {
        return mb_err_set(err, MB_INVALID,
                          "protocol '%s' is not supported by this build's load engine: "
                          "it has 'http1'",
                          plan->protocol);
    }
    if (plan->load_model == MB_LOAD_UNKNOWN) {
        return mb_err_set(err, MB_INVALID, "load model 'unknown' cannot be run");
    }
    enum mb_status status = check_rate(plan, err);
    if (status == MB_OK) {
        status =
            check_count("connections", plan->connections, MB_LOAD_MAX_CONNECTIONS, err);
    }
    if (status == MB_OK) {
        status = check_count("threads", plan->threads, MB_LOAD_MAX_THREADS, err);
    }
    if (status == MB_OK && plan->threads > plan->connections) {
        status = mb_err_set(err, MB_INVALID,
                            "%d threads for %lld connections: a thread needs at least "
                            "one connection",
                            plan->threads, (long long)plan->connections);
    }
    if (status == MB_OK) {
        status =
            check_time("duration", plan->duration_ns, 1, MB_LOAD_MAX_DURATION_NS, err);
    }
    if (status == MB_OK) {
        status = check_time("warm-up", plan->warmup_ns, 0, MB_LOAD_MAX_DURATION_NS, err);
    }
    if (status == MB_OK) {
        status = check_time("time-out", plan->request->timeout_ns, 1,
                            MB_LOAD_MAX_TIMEOUT_NS, err);
    }
    return status;
}

// Every connection is a file, and every thread has an epoll instance.
static enum mb_status raise_file_limit(const struct mb_load_plan *plan,
                                       struct mb_err *err)
{
    struct rlimit limit;
    rlim_t needed = (rlim_t)plan->connections + (rlim_t)plan->threads + SPARE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) {
        return MB_OK;
    }
    if (limit.rlim_max < needed) {
        (void)mb_err_set(err, MB_FAILED,
                         "%lld connections need %llu open files, and the limit is %llu",
                         (long long)plan->connections, (unsigned long long)needed,
                         (unsigned long long)limit.rlim_max);
        mb_err_hint(err, "raise it (ulimit -Hn %llu) or use fewer connections",
                    (unsigned long long)needed);
        return MB_FAILED;
    }
    limit.rlim_cur = needed;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return mb_err_system(err, errno, "cannot raise the limit of open files");
    }
    return MB_OK;
}

static enum mb_status trial_prepare(struct trial *trial, struct mb_err *err)
{
    const struct mb_load_plan *plan = trial->plan;
    trial->workers = mb_mem_alloc((size_t)plan->threads, sizeof *trial->workers);
    trial->threads = mb_mem_alloc((size_t)plan->threads, sizeof *trial->threads);
    for (int i = 0; i < plan->threads; i++) {
        struct mb_worker *worker = &trial->workers[i];
        worker->plan = plan;
        worker->remote = &trial->remote;
        worker->gate = &trial->gate;
        worker->stop = &trial->stop;
        worker->thread = i;
        trial->worker_count++;
        enum mb_status status = mb_worker_init(worker, &trial->total, err);
        if (status != MB_OK) {
            return status;
        }
    }
    return MB_OK;
}

static int start_thread(struct trial *trial, int index)
{
    pthread_attr_t attributes;
    int reason = pthread_attr_init(&attributes);
    if (reason != 0) {
        return reason;
    }
    if (trial->plan->first_cpu >= 0) {
        cpu_set_t cpus;
        CPU_ZERO(&cpus);
        CPU_SET((size_t)(trial->plan->first_cpu + index), &cpus);
        reason = pthread_attr_setaffinity_np(&attributes, sizeof cpus, &cpus);
    }
    if (reason == 0) {
        reason = pthread_create(&trial->threads[index], &attributes, mb_worker_run,
                                &trial->workers[index]);
    }
    (void)pthread_attr_destroy(&attributes);
    return reason;
}

// Signals stay with the caller's thread.
static enum mb_status trial_start(struct trial *trial, struct mb_err *err)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int reason = 0;
    while (reason == 0 && trial->thread_count < trial->worker_count) {
        reason = start_thread(trial, trial->thread_count);
        trial->thread_count += reason == 0;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (reason == 0) {
        return MB_OK;
    }
    if (trial->plan->first_cpu >= 0 && reason == EINVAL) {
        return mb_err_set(err, MB_FAILED,
                          "cannot pin generator thread %d to CPU %d: there is no such "
                          "CPU for us",
                          trial->thread_count,
                          trial->plan->first_cpu + trial->thread_count);
    }
    return mb_err_system(err, reason, "cannot start generator thread %d",
                         trial->thread_count);
}

static void notice_interrupt(struct trial *trial)
{
    const volatile sig_atomic_t *interrupted = trial->observer->interrupted;
    if (trial->stopped_ns == 0 && interrupted != NULL && *interrupted > 0) {
        trial->stopped_ns = clock_ns();
        atomic_store(&trial->stop, true);
    }
}

static void nap(void)
{
    struct timespec time = {.tv_nsec = WATCH_NS};
    (void)nanosleep(&time, NULL);
}

static int waiting_at_gate(struct mb_worker_gate *gate)
{
    (void)pthread_mutex_lock(&gate->lock);
    int waiting = gate->waiting;
    (void)pthread_mutex_unlock(&gate->lock);
    return waiting;
}

// Waits until the connections are open, announces the window and lets the threads go.
static void open_gate(struct trial *trial)
{
    while (waiting_at_gate(&trial->gate) < trial->thread_count) {
        notice_interrupt(trial);
        nap();
    }
    trial->begin_ns = clock_ns() + LEAD_NS;
    int64_t start_ns = trial->begin_ns + trial->plan->warmup_ns;
    int64_t end_ns = start_ns + trial->plan->duration_ns;
    bool whole = trial->thread_count == trial->worker_count;
    if (whole && trial->observer->window != NULL) {
        trial->observer->window(trial->observer->state, start_ns, end_ns);
    }
    mb_tally_total_set_window(&trial->total, start_ns, end_ns);
    (void)pthread_mutex_lock(&trial->gate.lock);
    trial->gate.open = true;
    (void)pthread_cond_broadcast(&trial->gate.changed);
    (void)pthread_mutex_unlock(&trial->gate.lock);
}

static void tell_progress(struct trial *trial)
{
    if (trial->observer->progress == NULL) {
        return;
    }
    struct mb_load_progress progress = {.elapsed_ns = clock_ns() - trial->begin_ns};
    mb_tally_total_progress(&trial->total, &progress);
    trial->observer->progress(trial->observer->state, &progress);
}

static void watch_threads(struct trial *trial)
{
    int64_t told_ns = clock_ns();
    while (trial->ended < trial->thread_count) {
        notice_interrupt(trial);
        int64_t now_ns = clock_ns();
        if (now_ns - told_ns >= PROGRESS_NS) {
            told_ns = now_ns;
            tell_progress(trial);
        }
        if (pthread_tryjoin_np(trial->threads[trial->ended], NULL) == 0) {
            trial->ended++;
        } else {
            nap();
        }
    }
}

static void fill_part(struct mb_arena *arena, struct trial *trial, struct mb_part *part)
{
    struct mb_tally *tallies = mb_mem_alloc((size_t)trial->worker_count, sizeof *tallies);
    part->cpu_ns = 0;
    part->run_delay_ns = 0;
    for (int i = 0; i < trial->worker_count; i++) {
        const struct mb_worker *worker = &trial->workers[i];
        // One thread that does not know makes the sum unknown.
        part->cpu_ns =
            part->cpu_ns >= 0 && worker->cpu_ns >= 0 ? part->cpu_ns + worker->cpu_ns : -1;
        part->run_delay_ns = part->run_delay_ns >= 0 && worker->delay_ns >= 0
                                 ? part->run_delay_ns + worker->delay_ns
                                 : -1;
        tallies[i] = worker->tally;
        memset(&trial->workers[i].tally, 0, sizeof trial->workers[i].tally);
    }
    mb_tally_to_part(arena, &trial->total, tallies, trial->worker_count, part);
    for (int i = 0; i < trial->worker_count; i++) {
        mb_tally_release(&tallies[i]);
    }
    mb_mem_free(tallies);
}

static void describe_part(const struct trial *trial, struct mb_part *part)
{
    memset(part, 0, sizeof *part);
    part->worker = "local";
    part->generator_name = "meshbench";
    part->generator_version = mb_version();
    part->load_model = trial->plan->load_model;
    part->co_handling =
        trial->plan->load_model == MB_LOAD_OPEN ? MB_CO_INTENDED : MB_CO_NONE;
    part->threads = trial->plan->threads;
    part->interrupted = trial->stopped_ns != 0;
}

// An interrupted window ends when the interruption was seen.
static void cut_window(struct trial *trial)
{
    struct mb_tally_total *total = &trial->total;
    if (trial->stopped_ns != 0 && trial->stopped_ns < total->end_ns) {
        total->end_ns =
            trial->stopped_ns > total->start_ns ? trial->stopped_ns : total->start_ns;
    }
}

static void trial_release(struct trial *trial)
{
    for (int i = 0; i < trial->worker_count; i++) {
        mb_worker_release(&trial->workers[i]);
    }
    mb_mem_free(trial->workers);
    mb_mem_free(trial->threads);
    mb_tally_total_release(&trial->total);
    (void)pthread_cond_destroy(&trial->gate.changed);
    (void)pthread_mutex_destroy(&trial->gate.lock);
}

static enum mb_status trial_run(struct mb_arena *arena, struct trial *trial,
                                struct mb_part *part, struct mb_err *err)
{
    (void)pthread_mutex_init(&trial->gate.lock, NULL);
    (void)pthread_cond_init(&trial->gate.changed, NULL);
    mb_tally_total_init(&trial->total, trial->plan, trial->plan->request->timeout_ns);
    enum mb_status status = trial_prepare(trial, err);
    if (status == MB_OK) {
        status = trial_start(trial, err);
        if (status != MB_OK) {
            atomic_store(&trial->stop, true);
        }
        open_gate(trial);
        watch_threads(trial);
    }
    if (status == MB_OK) {
        cut_window(trial);
        describe_part(trial, part);
        fill_part(arena, trial, part);
    }
    trial_release(trial);
    return status;
}

static enum mb_status engine_run(void *state, struct mb_arena *arena,
                                 const struct mb_load_plan *plan,
                                 const struct mb_load_observer *observer,
                                 struct mb_part *part, struct mb_err *err)
{
    (void)state;
    struct trial trial = {.plan = plan, .observer = observer};
    enum mb_status status = check_plan(plan, err);
    if (status == MB_OK) {
        status = mb_remote_build(arena, plan->url, plan->request, &trial.remote, err);
    }
    if (status == MB_OK) {
        status = raise_file_limit(plan, err);
    }
    if (status == MB_OK) {
        status = mb_remote_resolve(&trial.remote, err);
    }
    if (status != MB_OK) {
        return status;
    }
    mb_remote_choose(&trial.remote, plan->request->timeout_ns);
    return trial_run(arena, &trial, part, err);
}

struct mb_load_driver mb_load_engine(void)
{
    return (struct mb_load_driver){
        .name = "meshbench", .version = mb_version(), .run = engine_run};
}
