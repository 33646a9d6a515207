// Derived numbers as people's tools read them: the keys that `show --format json`
// promises.
#include <stdio.h>
#include <string.h>

#include "model/derive.h"
#include "model/field.h"

static const double NS_PER_MS = 1e6;
static const double NS_PER_US = 1e3;
static const double NS_PER_S = 1e9;
static const double BYTES_PER_MIB = 1048576;
static const double MICRO_PER_ONE = 1e6;

static const struct {
    const char *key;
    char statistic;
    int64_t share;
} statistics[] = {
    {"min", '<', 0},         {"mean", 'm', 0},          {"p50", 'q', 500000000},
    {"p75", 'q', 750000000}, {"p90", 'q', 900000000},   {"p95", 'q', 950000000},
    {"p99", 'q', 990000000}, {"p99.9", 'q', 999000000}, {"max", '>', 0},
};

static const struct {
    const char *key;
    enum mb_dist_metric metric;
} times[] = {
    {"response_time_ms", MB_DIST_RESPONSE},
    {"service_time_ms", MB_DIST_SERVICE},
    {"connect_time_ms", MB_DIST_CONNECT},
    {"wait_for_connection_ms", MB_DIST_WAIT_FOR_CONNECTION},
    {"dispatch_lag_ms", MB_DIST_DISPATCH_LAG},
};

// What the numbers of a map are about: a trial, or (NULL) the cell.
struct subject {
    struct mb_arena *arena;
    const struct mb_cell *cell;
    const struct mb_trial *trial;
};

static struct mb_node *number_node(struct mb_arena *arena, const struct mb_value *value,
                                   double scale)
{
    return value->state == MB_VALUE_KNOWN ? mb_node_float(arena, value->value / scale)
                                          : mb_node_null(arena);
}

static struct mb_value value_of(const struct subject *subject, const char *name)
{
    struct mb_metric metric;
    if (!mb_metric_parse(name, &metric)) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    return subject->trial != NULL
               ? mb_derive_trial(subject->cell, subject->trial, &metric)
               : mb_derive_cell(subject->cell, &metric);
}

// min ... max; a censored one is null, and "at_least" says what it is more than.
static struct mb_node *times_node(const struct subject *subject,
                                  enum mb_dist_metric metric)
{
    struct mb_arena *arena = subject->arena;
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *at_least = NULL;
    struct mb_merged merged;
    struct mb_err ignored = {0}; // verify reports it; here it has no values
    enum mb_status status =
        subject->trial != NULL
            ? mb_merged_trial(subject->cell, subject->trial, metric, &merged, &ignored)
            : mb_merged_cell(subject->cell, metric, &merged, &ignored);
    for (size_t i = 0; i < sizeof statistics / sizeof *statistics; i++) {
        struct mb_value value = {.state = MB_VALUE_UNKNOWN};
        if (status == MB_OK) {
            value =
                mb_merged_value(&merged, statistics[i].statistic, statistics[i].share);
        }
        mb_node_put(arena, map, statistics[i].key, number_node(arena, &value, NS_PER_MS));
        if (value.state == MB_VALUE_CENSORED) {
            at_least = at_least != NULL ? at_least : mb_node_map(arena);
            mb_node_put(arena, at_least, statistics[i].key,
                        mb_node_float(arena, value.value / NS_PER_MS));
        }
    }
    if (at_least != NULL) {
        mb_node_put(arena, map, "at_least", at_least);
    }
    if (status == MB_OK) {
        mb_merged_release(&merged);
    }
    return map;
}

static void counts_put(struct mb_arena *arena, struct mb_node *map,
                       const struct mb_counts *counts)
{
    struct mb_node *kinds = mb_node_map(arena);
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        mb_field_put_int(arena, kinds, mb_error_kind_name((enum mb_error_kind)i),
                         counts->errors_by_kind[i]);
    }
    struct mb_node *statuses = mb_node_map(arena);
    for (size_t i = 0; i < counts->status_count; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "%d", counts->statuses[i].status);
        mb_field_put_int(arena, statuses, key, counts->statuses[i].n);
    }
    mb_field_put_int(arena, map, "intended", counts->intended);
    mb_field_put_int(arena, map, "requests", counts->completed);
    mb_field_put_int(arena, map, "ok", counts->ok);
    mb_field_put_int(arena, map, "errors", mb_counts_errors(counts));
    mb_node_put(arena, map, "errors_by_kind", kinds);
    mb_field_put_int(arena, map, "unfinished", counts->unfinished);
    mb_node_put(arena, map, "status_codes", statuses);
    mb_field_put_int(arena, map, "bytes_sent", counts->bytes_sent);
    mb_field_put_int(arena, map, "bytes_received", counts->bytes_received);
}

// A cost by role, and of what serves requests together; roles without one are left out.
static struct mb_node *roles_node(const struct subject *subject, const char *metric,
                                  double scale)
{
    struct mb_node *map = mb_node_map(subject->arena);
    struct mb_value both = value_of(subject, metric);
    mb_node_put(subject->arena, map, "application_and_data_plane",
                number_node(subject->arena, &both, scale));
    for (int i = 0; i < MB_ROLES; i++) {
        const char *role = mb_role_name((enum mb_role)i);
        struct mb_value value =
            value_of(subject, mb_arena_print(subject->arena, "%s.%s", metric, role));
        if (value.state == MB_VALUE_KNOWN) {
            mb_node_put(subject->arena, map, role,
                        number_node(subject->arena, &value, scale));
        }
    }
    return map;
}

static struct mb_node *share_node(struct mb_arena *arena, double part, double whole)
{
    return part >= 0 && whole > 0 ? mb_node_float(arena, part / whole)
                                  : mb_node_null(arena);
}

// What the generator's threads did in the window, all parts together; -1: not known.
struct generator_time {
    double thread_ns; // threads times window
    double cpu_ns;
    double delay_ns; // ready to run, but not running
};

static void known_add(double *sum, int64_t n)
{
    *sum = *sum < 0 || n < 0 ? -1 : *sum + (double)n;
}

static struct generator_time generator_time(const struct subject *subject)
{
    struct generator_time time = {0};
    struct mb_derive_scope scope = mb_derive_scope(subject->cell, subject->trial);
    size_t position = 0;
    for (const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
         trial != NULL; trial = mb_derive_scope_next(&scope, &position)) {
        for (size_t i = 0; i < trial->part_count; i++) {
            const struct mb_part *part = &trial->parts[i];
            time.thread_ns += (double)part->window_ns * part->threads;
            known_add(&time.cpu_ns, part->cpu_ns);
            known_add(&time.delay_ns, part->run_delay_ns);
        }
    }
    return time;
}

// Whether the generator kept its schedule; dispatch_lag_ms beside it says how late it
// was.
static struct mb_node *schedule_node(const struct subject *subject,
                                     const struct mb_counts *counts,
                                     const struct mb_value *achieved)
{
    double asked_rps = (double)subject->cell->point.rate_micro_rps / MICRO_PER_ONE;
    double achieved_rps = achieved->state == MB_VALUE_KNOWN ? achieved->value : -1;
    struct generator_time time = generator_time(subject);
    struct mb_arena *arena = subject->arena;
    struct mb_node *map = mb_node_map(arena);
    mb_node_put(arena, map, "achieved_share", share_node(arena, achieved_rps, asked_rps));
    mb_node_put(arena, map, "sent_share",
                share_node(arena, (double)counts->sent, (double)counts->intended));
    mb_node_put(arena, map, "generator_cpu_share",
                share_node(arena, time.cpu_ns, time.thread_ns));
    mb_node_put(arena, map, "generator_run_delay_share",
                share_node(arena, time.delay_ns, time.thread_ns));
    return map;
}

static void point_put(const struct subject *subject, struct mb_node *map)
{
    const struct mb_point *point = &subject->cell->point;
    struct mb_arena *arena = subject->arena;
    mb_field_put_text(arena, map, "variant", subject->cell->variant);
    mb_field_put_text(arena, map, "workload", point->workload);
    mb_field_put_int(arena, map, "connections", point->connections);
    mb_field_put_text(arena, map, "load_model", mb_load_model_name(point->load_model));
    mb_node_put(
        arena, map, "asked_rps",
        point->rate_micro_rps < 0
            ? mb_node_null(arena)
            : mb_node_float(arena, (double)point->rate_micro_rps / MICRO_PER_ONE));
    mb_node_put(arena, map, "timeout_ms",
                point->timeout_ns < 0
                    ? mb_node_null(arena)
                    : mb_node_float(arena, (double)point->timeout_ns / NS_PER_MS));
}

static void numbers_put(const struct subject *subject, struct mb_node *map)
{
    struct mb_arena *arena = subject->arena;
    struct mb_counts counts;
    int64_t elapsed_ns = mb_derive_counts(arena, subject->cell, subject->trial, &counts);
    struct mb_value achieved = value_of(subject, "throughput");
    struct mb_value error_ratio = value_of(subject, "error_ratio");
    mb_node_put(arena, map, "achieved_rps", number_node(arena, &achieved, 1));
    counts_put(arena, map, &counts);
    mb_node_put(arena, map, "error_ratio", number_node(arena, &error_ratio, 1));
    mb_node_put(arena, map, "elapsed_s",
                elapsed_ns < 0 ? mb_node_null(arena)
                               : mb_node_float(arena, (double)elapsed_ns / NS_PER_S));
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        mb_node_put(arena, map, times[i].key, times_node(subject, times[i].metric));
    }
    mb_node_put(arena, map, "cpu_per_request_us",
                roles_node(subject, "cpu_per_request", NS_PER_US));
    mb_node_put(arena, map, "memory_mib", roles_node(subject, "memory", BYTES_PER_MIB));
    mb_node_put(arena, map, "schedule", schedule_node(subject, &counts, &achieved));
}

static struct mb_node *trial_node(const struct subject *subject)
{
    struct mb_arena *arena = subject->arena;
    const struct mb_trial *trial = subject->trial;
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "id", trial->id);
    mb_field_put_int(arena, map, "block", trial->block);
    mb_field_put_text(arena, map, "status", mb_trial_status_name(trial->status));
    point_put(subject, map);
    numbers_put(subject, map);
    return map;
}

struct mb_node *mb_derive_cell_node(struct mb_arena *arena, const struct mb_cell *cell)
{
    struct subject subject = {.arena = arena, .cell = cell};
    struct mb_node *map = mb_node_map(arena);
    point_put(&subject, map);
    mb_field_put_text(arena, map, "aa_of", cell->aa_of);
    numbers_put(&subject, map);
    struct mb_node *trials = mb_node_list(arena);
    for (size_t i = 0; i < cell->trial_count; i++) {
        subject.trial = &cell->trials[i];
        mb_node_push(arena, trials, trial_node(&subject));
    }
    mb_node_put(arena, map, "trials", trials);
    return map;
}

struct mb_node *mb_derive_section(struct mb_arena *arena, const struct mb_result *result)
{
    struct mb_node *cells = mb_node_list(arena);
    for (size_t i = 0; i < result->cell_count; i++) {
        mb_node_push(arena, cells, mb_derive_cell_node(arena, &result->cells[i]));
    }
    struct mb_node *map = mb_node_map(arena);
    mb_node_put(arena, map, "cells", cells);
    return map;
}
