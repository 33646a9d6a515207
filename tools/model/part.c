#include "model/part.h"

#include <string.h>

#include "base/mem.h"

static const char *const error_kinds[MB_ERROR_KINDS] = {
    [MB_ERROR_CONNECT] = "connect",
    [MB_ERROR_TIMEOUT] = "timeout",
    [MB_ERROR_TIMEOUT_UNSENT] = "timeout_unsent",
    [MB_ERROR_RESET] = "reset",
    [MB_ERROR_CLOSED] = "closed",
    [MB_ERROR_PROTOCOL] = "protocol",
    [MB_ERROR_STATUS] = "status",
    [MB_ERROR_OTHER] = "other",
};

static const char *const load_models[] = {
    [MB_LOAD_OPEN] = "open",
    [MB_LOAD_CLOSED] = "closed",
    [MB_LOAD_PACED] = "paced",
    [MB_LOAD_UNKNOWN] = "unknown",
};

static const char *const arrival_names[] = {
    [MB_ARRIVALS_CONSTANT] = "constant",
    [MB_ARRIVALS_POISSON] = "poisson",
};

static const char *const co_handlings[] = {
    [MB_CO_NONE] = "none",
    [MB_CO_INTENDED] = "intended",
    [MB_CO_BACKFILLED] = "backfilled",
    [MB_CO_UNKNOWN] = "unknown",
};

static const char *const dist_metrics[MB_DIST_METRICS] = {
    [MB_DIST_RESPONSE] = "response",
    [MB_DIST_SERVICE] = "service",
    [MB_DIST_CONNECT] = "connect",
    [MB_DIST_TLS] = "tls",
    [MB_DIST_WAIT_FOR_CONNECTION] = "wait_for_connection",
    [MB_DIST_DISPATCH_LAG] = "dispatch_lag",
    [MB_DIST_ERROR_RESPONSE] = "error_response",
};

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

// Index of a name; -1 when there is none.
static int name_find(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

const char *mb_error_kind_name(enum mb_error_kind kind)
{
    return error_kinds[kind];
}

const char *mb_load_model_name(enum mb_load_model model)
{
    return load_models[model];
}

const char *mb_arrivals_name(enum mb_arrivals arrivals)
{
    return arrival_names[arrivals];
}

const char *mb_co_handling_name(enum mb_co_handling handling)
{
    return co_handlings[handling];
}

const char *mb_dist_metric_name(enum mb_dist_metric metric)
{
    return dist_metrics[metric];
}

bool mb_load_model_find(const char *name, enum mb_load_model *value)
{
    int found = name_find(load_models, LENGTH(load_models), name);
    *value = found >= 0 ? (enum mb_load_model)found : *value;
    return found >= 0;
}

bool mb_arrivals_find(const char *name, enum mb_arrivals *value)
{
    int found = name_find(arrival_names, LENGTH(arrival_names), name);
    *value = found >= 0 ? (enum mb_arrivals)found : *value;
    return found >= 0;
}

bool mb_co_handling_find(const char *name, enum mb_co_handling *value)
{
    int found = name_find(co_handlings, LENGTH(co_handlings), name);
    *value = found >= 0 ? (enum mb_co_handling)found : *value;
    return found >= 0;
}

enum mb_status mb_dist_open(struct mb_dist *dist, struct mb_err *err)
{
    if (dist->type != MB_DIST_HDR || dist->hdr != NULL) {
        return MB_OK;
    }
    if (dist->payload == NULL) {
        return mb_err_set(err, MB_INVALID, "histogram without a payload");
    }
    struct mb_hdr read;
    enum mb_status status =
        mb_hdr_decode_base64(&read, dist->payload, dist->payload_size, err);
    if (status == MB_OK) {
        dist->hdr = mb_mem_alloc(1, sizeof *dist->hdr);
        *dist->hdr = read;
    }
    return status;
}

void mb_dist_close(struct mb_dist *dist)
{
    if (dist->hdr != NULL) {
        mb_hdr_release(dist->hdr);
        mb_mem_free(dist->hdr);
        dist->hdr = NULL;
    }
}

struct mb_dist mb_dist_absent(const char *reason)
{
    return (struct mb_dist){.type = MB_DIST_ABSENT,
                            .reason = reason,
                            .n = -1,
                            .sum = -1,
                            .min = -1,
                            .max = -1};
}

struct mb_dist *mb_dist_list(struct mb_arena *arena, const char *reason)
{
    struct mb_dist *list = mb_arena_alloc(arena, MB_DIST_METRICS, sizeof *list);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        list[i] = mb_dist_absent(reason);
    }
    return list;
}

void mb_part_release(struct mb_part *part)
{
    for (int i = 0; part->dist != NULL && i < MB_DIST_METRICS; i++) {
        mb_dist_close(&part->dist[i]);
    }
    for (size_t i = 0; i < part->interval_count; i++) {
        mb_dist_close(&part->intervals[i].response);
    }
}

int64_t mb_counts_errors(const struct mb_counts *counts)
{
    int64_t errors = -1;
    for (int kind = 0; kind < MB_ERROR_KINDS; kind++) {
        int64_t n = counts->errors_by_kind[kind];
        if (n >= 0) {
            errors = (errors < 0 ? 0 : errors) + n;
        }
    }
    return errors;
}
