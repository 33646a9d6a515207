#include "collect/sampler.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "collect/procfs.h"
#include "collect/proctree.h"

enum { MAX_SAMPLES = 100000 }; // at one a second, more than a day

static const int64_t NS_PER_S = 1000000000;

// A process that is not ours is not read again before this has passed: reading all of a
// host's processes costs about 10 us each. Its number can hardly be reused by one of ours
// in that time, and if it is, that one is found a second late with all its CPU time.
static const int64_t STRANGERS_NS = 1000000000;

struct sample {
    int64_t at_ns; // since the start of the window
    struct mb_proctree_total totals[MB_ROLES];
};

struct mb_sampler {
    pthread_t thread;
    pthread_mutex_t lock; // guards `stop`
    pthread_cond_t wake;
    bool stop;
    int64_t interval_ns;
    int64_t window_start_ns;
    int64_t window_end_ns;
    // What follows is the thread's own until it has been joined.
    struct mb_proctree tree; // a group for each role
    struct mb_procfs_stat *stats;
    size_t stat_count;
    size_t stat_capacity;
    pid_t *strangers; // ascending
    size_t stranger_count;
    size_t stranger_capacity;
    int64_t strangers_until_ns;
    struct sample *samples;
    size_t sample_count;
    size_t sample_capacity;
};

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void stat_add(struct mb_sampler *sampler, pid_t pid)
{
    if (sampler->stat_count == sampler->stat_capacity) {
        sampler->stat_capacity =
            sampler->stat_capacity > 0 ? sampler->stat_capacity * 2 : 64;
        sampler->stats =
            mb_mem_resize(sampler->stats, sampler->stat_capacity, sizeof *sampler->stats);
    }
    if (mb_procfs_stat_read("", pid, &sampler->stats[sampler->stat_count])) {
        sampler->stat_count++;
    }
}

static int pid_compare(const void *left, const void *right)
{
    pid_t a = *(const pid_t *)left;
    pid_t b = *(const pid_t *)right;
    return (a > b) - (a < b);
}

static bool is_known(const struct mb_sampler *sampler, pid_t pid)
{
    for (size_t i = 0; i < sampler->tree.count; i++) {
        if (sampler->tree.items[i].last.pid == pid) {
            return true;
        }
    }
    return false;
}

static void stat_add_unknown(void *state, pid_t pid)
{
    struct mb_sampler *sampler = state;
    bool stranger = sampler->stranger_count > 0 &&
                    bsearch(&pid, sampler->strangers, sampler->stranger_count, sizeof pid,
                            pid_compare) != NULL;
    if (!stranger && !is_known(sampler, pid)) {
        stat_add(sampler, pid);
    }
}

// Notes what was read and turned out not to be ours.
static void strangers_note(struct mb_sampler *sampler)
{
    size_t before = sampler->stranger_count;
    for (size_t i = 0; i < sampler->stat_count; i++) {
        if (is_known(sampler, sampler->stats[i].pid)) {
            continue;
        }
        if (sampler->stranger_count == sampler->stranger_capacity) {
            sampler->stranger_capacity =
                sampler->stranger_capacity > 0 ? sampler->stranger_capacity * 2 : 256;
            sampler->strangers =
                mb_mem_resize(sampler->strangers, sampler->stranger_capacity,
                              sizeof *sampler->strangers);
        }
        sampler->strangers[sampler->stranger_count++] = sampler->stats[i].pid;
    }
    if (sampler->stranger_count > before) {
        qsort(sampler->strangers, sampler->stranger_count, sizeof *sampler->strangers,
              pid_compare);
    }
}

// The known processes are read first, because their counters have to belong to the moment
// that the sample is dated with; looking for new descendants takes a walk through /proc.
static void sample_take(struct mb_sampler *sampler)
{
    struct sample sample = {.at_ns = now_ns() - sampler->window_start_ns};
    sampler->stat_count = 0;
    for (size_t i = 0; i < sampler->tree.count; i++) {
        stat_add(sampler, sampler->tree.items[i].last.pid);
    }
    int64_t now = sample.at_ns + sampler->window_start_ns;
    if (now >= sampler->strangers_until_ns) {
        sampler->stranger_count = 0;
        sampler->strangers_until_ns = now + STRANGERS_NS;
    }
    mb_procfs_each_pid("", stat_add_unknown, sampler);
    mb_proctree_update(&sampler->tree, sampler->stats, sampler->stat_count);
    strangers_note(sampler);
    memcpy(sample.totals, sampler->tree.totals, sizeof sample.totals);
    if (sampler->sample_count == MAX_SAMPLES) {
        sampler->sample_count--; // the end of the window has to be there
    }
    if (sampler->sample_count == sampler->sample_capacity) {
        sampler->sample_capacity =
            sampler->sample_capacity > 0 ? sampler->sample_capacity * 2 : 64;
        sampler->samples = mb_mem_resize(sampler->samples, sampler->sample_capacity,
                                         sizeof *sampler->samples);
    }
    sampler->samples[sampler->sample_count++] = sample;
}

// The next moment of the grid that the start of the window lies on, or the end of the
// window if that is earlier. A moment that was missed is not made up for.
static int64_t next_ns(const struct mb_sampler *sampler, int64_t after_ns)
{
    int64_t offset = after_ns - sampler->window_start_ns;
    int64_t step = sampler->interval_ns;
    int64_t next = sampler->window_end_ns;
    if (step > 0) {
        int64_t whole = offset / step - (offset % step < 0);
        next = sampler->window_start_ns + (whole + 1) * step;
    } else if (offset < 0) {
        next = sampler->window_start_ns;
    }
    return next < sampler->window_end_ns ? next : sampler->window_end_ns;
}

// Returns false as soon as the sampler is to stop.
static bool wait_until(struct mb_sampler *sampler, int64_t at_ns)
{
    struct timespec until = {.tv_sec = at_ns / NS_PER_S, .tv_nsec = at_ns % NS_PER_S};
    (void)pthread_mutex_lock(&sampler->lock);
    int waited = 0;
    while (!sampler->stop && waited == 0) {
        waited = pthread_cond_timedwait(&sampler->wake, &sampler->lock, &until);
    }
    bool stop = sampler->stop;
    (void)pthread_mutex_unlock(&sampler->lock);
    return !stop;
}

static void *sampler_main(void *state)
{
    struct mb_sampler *sampler = state;
    int64_t at_ns = now_ns();
    bool going = true;
    while (going) {
        sample_take(sampler);
        going = at_ns < sampler->window_end_ns;
        if (going) {
            int64_t next = next_ns(sampler, at_ns);
            // Stopped early: one last sample closes what was measured.
            going = wait_until(sampler, next);
            if (!going) {
                sample_take(sampler);
            }
            at_ns = now_ns();
        }
    }
    return NULL;
}

static void sampler_free(struct mb_sampler *sampler)
{
    mb_proctree_release(&sampler->tree);
    mb_mem_free(sampler->stats);
    mb_mem_free(sampler->strangers);
    mb_mem_free(sampler->samples);
    (void)pthread_cond_destroy(&sampler->wake);
    (void)pthread_mutex_destroy(&sampler->lock);
    mb_mem_free(sampler);
}

static void roots_add(struct mb_sampler *sampler, const struct mb_sampler_group *groups,
                      size_t count)
{
    for (size_t g = 0; g < count; g++) {
        for (size_t i = 0; i < groups[g].pid_count; i++) {
            struct mb_procfs_stat stat;
            if (mb_procfs_stat_read("", groups[g].pids[i], &stat)) {
                mb_proctree_add_root(&sampler->tree, (int)groups[g].role, &stat);
            }
        }
    }
}

// The thread takes no signals: an interrupt has to wake the thread that waits for it.
static int thread_start(struct mb_sampler *sampler)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&sampler->thread, NULL, sampler_main, sampler);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

struct mb_sampler *mb_sampler_start(const struct mb_sampler_group *groups, size_t count,
                                    int64_t interval_ns, int64_t window_start_ns,
                                    int64_t window_end_ns, struct mb_err *err)
{
    _Static_assert((int)MB_ROLES <= (int)MB_PROCTREE_GROUPS, "a group for each role");
    struct mb_sampler *sampler = mb_mem_alloc(1, sizeof *sampler);
    sampler->interval_ns = interval_ns;
    sampler->window_start_ns = window_start_ns;
    sampler->window_end_ns = window_end_ns;
    (void)pthread_mutex_init(&sampler->lock, NULL);
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&sampler->wake, &attr);
    (void)pthread_condattr_destroy(&attr);
    mb_proctree_init(&sampler->tree);
    roots_add(sampler, groups, count);
    int failed = thread_start(sampler);
    if (failed != 0) {
        (void)mb_err_set(err, MB_FAILED, "cannot start the resource sampler: %s",
                         strerror(failed));
        sampler_free(sampler);
        return NULL;
    }
    return sampler;
}

// Everything that was seen of a role, living first.
static void processes_copy(const struct mb_sampler *sampler, struct mb_arena *arena,
                           struct mb_resource *resource)
{
    const struct mb_proctree *tree = &sampler->tree;
    int group = (int)resource->role;
    resource->processes = mb_arena_alloc(arena, tree->count + tree->ended_count,
                                         sizeof *resource->processes);
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->items[i].group == group) {
            resource->processes[resource->process_count++] = (struct mb_resource_process){
                .pid = tree->items[i].last.pid,
                .name = mb_arena_copy_string(arena, tree->items[i].last.name)};
        }
    }
    for (size_t i = 0; i < tree->ended_count; i++) {
        if (tree->ended[i].group == group) {
            resource->processes[resource->process_count++] = (struct mb_resource_process){
                .pid = tree->ended[i].pid,
                .name = mb_arena_copy_string(arena, tree->ended[i].name)};
        }
    }
}

// The start of the window is the first sample in it; of a trial that ended in its warm-up
// the last one.
static size_t start_find(const struct mb_sampler *sampler)
{
    size_t first = 0;
    while (first + 1 < sampler->sample_count && sampler->samples[first].at_ns < 0) {
        first++;
    }
    return first;
}

static void resource_fill(const struct mb_sampler *sampler, struct mb_arena *arena,
                          struct mb_resource *resource)
{
    size_t first = start_find(sampler);
    size_t count = sampler->sample_count;
    const enum mb_role role = resource->role;
    const struct mb_proctree_total *start = &sampler->samples[first].totals[role];
    const struct mb_proctree_total *end = &sampler->samples[count - 1].totals[role];
    resource->source = end->precise ? "cpuclock" : "procfs";
    resource->scope = "process";
    resource->cpu_start_ns = start->cpu_ns;
    resource->cpu_end_ns = end->cpu_ns;
    resource->rss_start_bytes = start->rss_bytes;
    resource->rss_end_bytes = end->rss_bytes;
    resource->samples = mb_arena_alloc(arena, count, sizeof *resource->samples);
    resource->sample_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct mb_proctree_total *total = &sampler->samples[i].totals[role];
        resource->samples[i] =
            (struct mb_resource_sample){.at_ns = sampler->samples[i].at_ns,
                                        .cpu_ns = total->cpu_ns,
                                        .rss_bytes = total->rss_bytes};
        if (i >= first && total->rss_bytes > resource->rss_max_bytes) {
            resource->rss_max_bytes = total->rss_bytes;
        }
    }
    processes_copy(sampler, arena, resource);
}

void mb_sampler_stop(struct mb_sampler *sampler, struct mb_arena *arena,
                     struct mb_resource **resources, size_t *count)
{
    (void)pthread_mutex_lock(&sampler->lock);
    sampler->stop = true;
    (void)pthread_cond_signal(&sampler->wake);
    (void)pthread_mutex_unlock(&sampler->lock);
    (void)pthread_join(sampler->thread, NULL);
    *resources = mb_arena_alloc(arena, MB_ROLES, sizeof **resources);
    *count = 0;
    for (int role = 0; role < MB_ROLES; role++) {
        if (sampler->tree.totals[role].known) {
            struct mb_resource *resource = &(*resources)[(*count)++];
            resource->role = (enum mb_role)role;
            resource_fill(sampler, arena, resource);
        }
    }
    sampler_free(sampler);
}
