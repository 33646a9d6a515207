// Rates, ratios and costs of trials and cells.
#include "model/derive.h"

#include <string.h>

struct mb_derive_scope mb_derive_scope(const struct mb_cell *cell,
                                       const struct mb_trial *one)
{
    struct mb_derive_scope scope = {.cell = cell, .one = one, .status = MB_TRIAL_PARTIAL};
    for (size_t i = 0; one == NULL && i < cell->trial_count; i++) {
        if (cell->trials[i].status == MB_TRIAL_COMPLETE) {
            scope.status = MB_TRIAL_COMPLETE;
            break;
        }
    }
    return scope;
}

// `one` need not be in the cell's own list: it is visited by itself.
const struct mb_trial *mb_derive_scope_next(const struct mb_derive_scope *scope,
                                            size_t *position)
{
    if (scope->one != NULL) {
        return (*position)++ == 0 ? scope->one : NULL;
    }
    while (*position < scope->cell->trial_count) {
        const struct mb_trial *trial = &scope->cell->trials[(*position)++];
        if (trial->status == scope->status) {
            return trial;
        }
    }
    return NULL;
}

static void add(int64_t *into, int64_t n)
{
    *into = *into < 0 || n < 0 || n > INT64_MAX - *into ? -1 : *into + n;
}

// Counts that grow: room for more statuses than there are.
struct sum {
    struct mb_arena *arena; // NULL: statuses are left out
    struct mb_counts *counts;
    size_t capacity;
};

static void status_add(struct sum *sum, struct mb_status_count status)
{
    struct mb_counts *into = sum->counts;
    size_t at = 0;
    while (at < into->status_count && into->statuses[at].status < status.status) {
        at++;
    }
    if (at < into->status_count && into->statuses[at].status == status.status) {
        add(&into->statuses[at].n, status.n);
        return;
    }
    into->statuses = mb_arena_grow(sum->arena, into->statuses, into->status_count,
                                   &sum->capacity, sizeof *into->statuses);
    memmove(into->statuses + at + 1, into->statuses + at,
            (into->status_count - at) * sizeof *into->statuses);
    into->statuses[at] = status;
    into->status_count++;
}

static void counts_add(struct sum *sum, const struct mb_counts *counts)
{
    struct mb_counts *into = sum->counts;
    add(&into->intended, counts->intended);
    add(&into->sent, counts->sent);
    add(&into->completed, counts->completed);
    add(&into->ok, counts->ok);
    add(&into->unfinished, counts->unfinished);
    add(&into->bytes_sent, counts->bytes_sent);
    add(&into->bytes_received, counts->bytes_received);
    add(&into->connections_opened, counts->connections_opened);
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        add(&into->errors_by_kind[i], counts->errors_by_kind[i]);
    }
    for (size_t i = 0; sum->arena != NULL && i < counts->status_count; i++) {
        status_add(sum, counts->statuses[i]);
    }
}

// Counts and elapsed time of a scope; -1 in what one of its parts does not know.
static int64_t scope_counts(struct mb_arena *arena, const struct mb_derive_scope *scope,
                            struct mb_counts *counts)
{
    struct sum sum = {.arena = arena, .counts = counts};
    memset(counts, 0, sizeof *counts);
    int64_t elapsed_ns = 0;
    size_t position = 0;
    for (const struct mb_trial *trial = mb_derive_scope_next(scope, &position);
         trial != NULL; trial = mb_derive_scope_next(scope, &position)) {
        int64_t longest = 0;
        for (size_t i = 0; i < trial->part_count; i++) {
            counts_add(&sum, &trial->parts[i].counts);
            int64_t part_ns = trial->parts[i].elapsed_ns;
            bool known = part_ns >= 0 && longest >= 0;
            longest = known ? (part_ns > longest ? part_ns : longest) : -1;
        }
        add(&elapsed_ns, longest);
    }
    return elapsed_ns;
}

int64_t mb_derive_counts(struct mb_arena *arena, const struct mb_cell *cell,
                         const struct mb_trial *trial, struct mb_counts *counts)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, trial);
    return scope_counts(arena, &scope, counts);
}

static struct mb_value unknown(void)
{
    return (struct mb_value){.state = MB_VALUE_UNKNOWN};
}

static struct mb_value quotient(double above, double below)
{
    if (above < 0 || below <= 0) {
        return unknown();
    }
    return (struct mb_value){.state = MB_VALUE_KNOWN, .value = above / below};
}

enum { NO_RESOURCE = -1, NOT_KNOWN = -2 };

// CPU time of one role in a trial's window.
static int64_t role_cpu_ns(const struct mb_trial *trial, enum mb_role role)
{
    int64_t cpu_ns = NO_RESOURCE;
    for (size_t i = 0; i < trial->resource_count; i++) {
        const struct mb_resource *resource = &trial->resources[i];
        if (resource->role != role) {
            continue;
        }
        if (resource->cpu_start_ns < 0 || resource->cpu_end_ns < resource->cpu_start_ns) {
            return NOT_KNOWN;
        }
        cpu_ns = cpu_ns < 0 ? 0 : cpu_ns;
        add(&cpu_ns, resource->cpu_end_ns - resource->cpu_start_ns);
    }
    if (role != MB_ROLE_GENERATOR || cpu_ns >= 0 || trial->part_count == 0) {
        return cpu_ns;
    }
    cpu_ns = 0;
    for (size_t i = 0; i < trial->part_count; i++) {
        add(&cpu_ns, trial->parts[i].cpu_ns);
    }
    return cpu_ns < 0 ? NOT_KNOWN : cpu_ns;
}

static int64_t role_memory_bytes(const struct mb_trial *trial, enum mb_role role)
{
    int64_t bytes = NO_RESOURCE;
    for (size_t i = 0; i < trial->resource_count; i++) {
        const struct mb_resource *resource = &trial->resources[i];
        if (resource->role == role && resource->rss_max_bytes < 0) {
            return NOT_KNOWN;
        }
        if (resource->role == role) {
            bytes = bytes < 0 ? 0 : bytes;
            add(&bytes, resource->rss_max_bytes);
        }
    }
    return bytes;
}

// Sum over the roles of a set; -1: not known.
static int64_t roles_sum(const struct mb_trial *trial, int roles,
                         int64_t (*of)(const struct mb_trial *trial, enum mb_role role))
{
    int64_t sum = -1;
    for (int i = 0; i < MB_ROLES; i++) {
        if ((roles & 1 << i) == 0) {
            continue;
        }
        int64_t n = of(trial, (enum mb_role)i);
        if (n == NOT_KNOWN) {
            return -1;
        }
        if (n != NO_RESOURCE) {
            sum = sum < 0 ? 0 : sum;
            add(&sum, n);
        }
    }
    return sum;
}

static struct mb_value cpu_per_request(const struct mb_derive_scope *scope, int roles)
{
    struct mb_counts counts;
    (void)scope_counts(NULL, scope, &counts);
    int64_t cpu_ns = 0;
    size_t position = 0;
    for (const struct mb_trial *trial = mb_derive_scope_next(scope, &position);
         trial != NULL; trial = mb_derive_scope_next(scope, &position)) {
        add(&cpu_ns, roles_sum(trial, roles, role_cpu_ns));
    }
    return quotient((double)cpu_ns, (double)counts.completed);
}

static struct mb_value memory(const struct mb_derive_scope *scope, int roles)
{
    int64_t bytes = -1;
    size_t position = 0;
    for (const struct mb_trial *trial = mb_derive_scope_next(scope, &position);
         trial != NULL; trial = mb_derive_scope_next(scope, &position)) {
        int64_t sum = roles_sum(trial, roles, role_memory_bytes);
        bytes = sum > bytes ? sum : bytes;
    }
    return bytes < 0 ? unknown()
                     : (struct mb_value){.state = MB_VALUE_KNOWN, .value = (double)bytes};
}

static struct mb_value dist_value(const struct mb_derive_scope *scope,
                                  const struct mb_metric *metric)
{
    struct mb_merged merged;
    struct mb_err ignored = {0}; // a distribution that is none has no value
    enum mb_status status =
        scope->one != NULL
            ? mb_merged_trial(scope->cell, scope->one, metric->dist, &merged, &ignored)
            : mb_merged_cell(scope->cell, metric->dist, &merged, &ignored);
    if (status != MB_OK) {
        return unknown();
    }
    struct mb_value value = mb_merged_value(&merged, metric->statistic, metric->share);
    mb_merged_release(&merged);
    return value;
}

static struct mb_value derive(const struct mb_derive_scope *scope,
                              const struct mb_metric *metric)
{
    struct mb_counts counts;
    switch (metric->family) {
    case MB_METRIC_DIST:
        return dist_value(scope, metric);
    case MB_METRIC_THROUGHPUT: {
        int64_t elapsed_ns = scope_counts(NULL, scope, &counts);
        return quotient((double)counts.completed, (double)elapsed_ns / 1e9);
    }
    case MB_METRIC_ERROR_RATIO:
        (void)scope_counts(NULL, scope, &counts);
        return quotient((double)mb_counts_errors(&counts), (double)counts.intended);
    case MB_METRIC_CPU_PER_REQUEST:
        return cpu_per_request(scope, metric->roles);
    case MB_METRIC_MEMORY:
        return memory(scope, metric->roles);
    }
    return unknown();
}

struct mb_value mb_derive_trial(const struct mb_cell *cell, const struct mb_trial *trial,
                                const struct mb_metric *metric)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, trial);
    return derive(&scope, metric);
}

struct mb_value mb_derive_cell(const struct mb_cell *cell, const struct mb_metric *metric)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    return derive(&scope, metric);
}
