// ghz's JSON: requests of gRPC one by one, or only their percentiles.
// https://github.com/bojand/ghz
#include "exchange/import_ghz.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

static const double MICRO_PER_ONE = 1e6;

struct reading {
    struct mb_import *import;
    struct mb_import_json *json;
    const struct mb_node *root;
    const struct mb_node *options; // NULL: none
    struct mb_import_run *run;
    struct mb_err *err;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool shape = strstr(head, "\"endReason\"") != NULL;
    bool options = strstr(head, "\"call\"") != NULL ||
                   strstr(head, "\"statusCodeDistribution\"") != NULL;
    return shape && options ? 92 : 0;
}

static enum mb_status fault(const struct reading *reading, const struct mb_node *node,
                            const char *what)
{
    return mb_import_json_fault(reading->json, node, reading->err, "%s", what);
}

static const struct mb_node *key(const struct reading *reading, const char *name)
{
    return mb_node_find(reading->root, name);
}

// Options of versions before 0.57 are one letter.
static const struct mb_node *option(const struct reading *reading, const char *name,
                                    const char *old)
{
    const struct mb_node *node = mb_node_find(reading->options, name);
    return node != NULL ? node : mb_node_find(reading->options, old);
}

enum mb_error_kind mb_import_ghz_kind(const char *status)
{
    // The first is the client's own, the others may be: nobody knows whether an answer
    // came.
    if (strcmp(status, "DeadlineExceeded") == 0) {
        return MB_ERROR_TIMEOUT;
    }
    if (strcmp(status, "Unavailable") == 0 || strcmp(status, "Canceled") == 0 ||
        strcmp(status, "Cancelled") == 0 || strcmp(status, "Unknown") == 0) {
        return MB_ERROR_OTHER;
    }
    return MB_ERROR_STATUS;
}

// --- what was asked ---

// Workers wait for their answers, unless it runs asynchronously.
static enum mb_status load_read(struct reading *reading)
{
    struct mb_point *point = &reading->run->point;
    const struct mb_node *rate = option(reading, "rps", "qps");
    const char *schedule = mb_node_text(option(reading, "load-schedule", ""), "const");
    bool async = mb_node_boolean(option(reading, "async", ""), false);
    double rps = mb_node_number(rate, 0);
    if (rps < 0 || rps > (double)MB_UNITS_SAFE_MAX / MICRO_PER_ONE) {
        return fault(reading, rate, "the rate is out of range");
    }
    if (reading->options == NULL) {
        return MB_OK;
    }
    point->connections = mb_node_integer(option(reading, "connections", ""), -1);
    point->timeout_ns = mb_node_integer(option(reading, "timeout", ""), -1);
    reading->run->concurrency =
        async ? -1 : mb_node_integer(option(reading, "concurrency", "c"), -1);
    if (strcmp(schedule, "const") != 0) {
        point->load_model = async ? MB_LOAD_OPEN : MB_LOAD_PACED;
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "the rate changed by the schedule '%s'", schedule);
    } else if (rps > 0) {
        point->rate_micro_rps = llround(rps * MICRO_PER_ONE);
        point->load_model = async ? MB_LOAD_OPEN : MB_LOAD_PACED;
    } else if (!async) {
        point->load_model = MB_LOAD_CLOSED;
    }
    return MB_OK;
}

static void facts_add(struct reading *reading)
{
    static const char *const kept[] = {"call",         "concurrency",   "c",
                                       "async",        "load-schedule", "skipFirst",
                                       "count-errors", "insecure",      "CPUs"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *name = strcmp(kept[i], "c") == 0 ? "concurrency" : kept[i];
        mb_import_fact_add(reading->import, reading->run, name,
                           mb_node_find(reading->options, kept[i]));
    }
    mb_import_fact_add(reading->import, reading->run, "protocol",
                       mb_node_string(reading->import->arena, "grpc"));
    mb_import_fact_add(reading->import, reading->run, "tags",
                       mb_node_find(reading->root, "tags"));
}

// --- what came back ---

// A request's time is that of its end.
static enum mb_status detail_read(const struct reading *reading,
                                  const struct mb_node *node,
                                  struct mb_import_samples *samples)
{
    struct mb_import_sample sample = {
        .start_ns = -1, .connect_ns = -1, .bytes_sent = -1, .bytes_received = -1};
    const char *status = mb_node_text(mb_node_find(node, "status"), "");
    const struct mb_node *end = mb_node_find(node, "timestamp");
    int64_t end_ns = 0;
    struct mb_err own = {0};
    if (!mb_import_json_count(mb_node_find(node, "latency"), &sample.latency_ns)) {
        return fault(reading, node, "'latency' of a request is not a number of ns");
    }
    if (end != NULL &&
        mb_units_parse_time_zoned(mb_node_text(end, ""), &end_ns, &own) != MB_OK) {
        return fault(reading, end, own.message);
    }
    sample.start_ns = end_ns > sample.latency_ns ? end_ns - sample.latency_ns : -1;
    sample.ok = strcmp(status, "OK") == 0;
    sample.kind = mb_import_ghz_kind(status);
    mb_import_samples_add(samples, &sample);
    return MB_OK;
}

static enum mb_status details_read(struct reading *reading, const struct mb_node *details)
{
    struct mb_import_samples samples;
    enum mb_status status = MB_OK;
    int64_t skipped = mb_node_integer(option(reading, "skipFirst", ""), 0);
    mb_import_samples_init(&samples, reading->import->arena);
    for (size_t i = 0; status == MB_OK && i < mb_node_count(details); i++) {
        status = detail_read(reading, details->as.list.items[i], &samples);
    }
    if (status == MB_OK) {
        if (samples.first_ns > 0) {
            reading->run->start_unix_ns = samples.first_ns;
        }
        // The whole length holds those that were skipped.
        if (skipped > 0) {
            reading->run->window_ns = -1;
        }
        mb_import_samples_put(&samples, reading->import, reading->run, false);
    }
    mb_import_samples_release(&samples);
    return status;
}

static enum mb_status counts_read(struct reading *reading, int64_t *good, int64_t *all)
{
    const struct mb_node *map = key(reading, "statusCodeDistribution");
    size_t count = map != NULL && map->type == MB_NODE_MAP ? mb_node_count(map) : 0;
    struct mb_counts *counts = &reading->run->part.counts;
    int64_t kinds[MB_ERROR_KINDS] = {0};
    *good = 0;
    *all = 0;
    for (size_t i = 0; i < count; i++) {
        const char *status = mb_node_text(map->as.map.entries[i].key, "");
        const struct mb_node *value = map->as.map.entries[i].value;
        int64_t n = 0;
        if (!mb_import_json_count(value, &n) || n > MB_UNITS_SAFE_MAX - *all) {
            return fault(reading, value, "a count of a status is not a number");
        }
        *all += n;
        if (strcmp(status, "OK") == 0) {
            *good += n;
        } else {
            kinds[mb_import_ghz_kind(status)] += n;
        }
    }
    memcpy(counts->errors_by_kind, kinds, sizeof kinds);
    counts->intended = *all;
    counts->ok = *good;
    counts->completed = *good + kinds[MB_ERROR_STATUS];
    counts->unfinished = 0;
    return MB_OK;
}

// How many requests the latencies are of: early versions lost some. -1: not known.
static int64_t measured(const struct reading *reading)
{
    const struct mb_node *bars = key(reading, "histogram");
    bool list = bars != NULL && bars->type == MB_NODE_LIST;
    int64_t sum = list ? 0 : -1;
    for (size_t i = 0; list && i < mb_node_count(bars); i++) {
        int64_t n = 0;
        if (!mb_import_json_count(mb_node_find(bars->as.list.items[i], "count"), &n) ||
            n > MB_UNITS_SAFE_MAX - sum) {
            return -1;
        }
        sum += n;
    }
    return sum;
}

// Without details: percentiles, least and largest are of the good requests, unless errors
// are to count; the average is of all.
static enum mb_status summary_read(struct reading *reading)
{
    struct mb_import_quantiles quantiles = {.count = 0};
    struct mb_import_latency latency = {.quantiles = &quantiles, .mean_ns = -1};
    const struct mb_node *rows = key(reading, "latencyDistribution");
    bool list = rows != NULL && rows->type == MB_NODE_LIST;
    int64_t good = 0;
    int64_t all = 0;
    enum mb_status status = counts_read(reading, &good, &all);
    if (status != MB_OK) {
        return status;
    }
    for (size_t i = 0; list && i < mb_node_count(rows); i++) {
        const struct mb_node *row = rows->as.list.items[i];
        int64_t percentage = 0;
        int64_t value_ns = 0;
        if (!mb_import_json_count(mb_node_find(row, "percentage"), &percentage) ||
            percentage < 1 || percentage > 100 ||
            !mb_import_json_count(mb_node_find(row, "latency"), &value_ns)) {
            return fault(reading, row, "a percentile is none");
        }
        mb_import_text_quantile(reading->import->arena, &quantiles, percentage * 10000000,
                                value_ns);
    }
    bool errors = mb_node_boolean(option(reading, "count-errors", ""), false);
    latency.n = errors ? all : good;
    latency.n = latency.n == measured(reading) || latency.n == 0 ? latency.n : -1;
    latency.min_ns = mb_node_integer(key(reading, "fastest"), -1);
    latency.max_ns = mb_node_integer(key(reading, "slowest"), -1);
    if (errors || good == all) {
        latency.mean_ns = mb_node_integer(key(reading, "average"), -1);
    }
    struct mb_dist dist = mb_import_text_dist(&latency);
    dist.mixed = dist.type != MB_DIST_ABSENT && errors && good != all;
    mb_import_run_latency(reading->import, reading->run, dist);
    return MB_OK;
}

static enum mb_status run_read(struct reading *reading, const struct mb_input *input)
{
    const struct mb_node *details = key(reading, "details");
    const char *name = mb_node_text(key(reading, "name"), "");
    const char *call = mb_node_text(option(reading, "call", ""), "");
    const char *reason = mb_node_text(key(reading, "endReason"), "");
    enum mb_status status =
        mb_import_run_add(reading->import, input, &reading->run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    struct mb_import_run *run = reading->run;
    if (!mb_import_json_count(key(reading, "total"), &run->window_ns)) {
        const struct mb_node *total = key(reading, "total");
        return fault(reading, total != NULL ? total : reading->root,
                     "'total' is not a number of ns");
    }
    run->name = name[0] != '\0' ? name : NULL;
    run->workload = call[0] != '\0' ? call : NULL;
    run->url = mb_node_text(option(reading, "host", ""), NULL);
    // "timeout" is how a run of a given length ends.
    run->cut_off = strcmp(reason, "cancel") == 0 ? "it was cancelled" : NULL;
    status = load_read(reading);
    facts_add(reading);
    if (status != MB_OK) {
        return status;
    }
    bool full =
        details != NULL && details->type == MB_NODE_LIST && mb_node_count(details) > 0 &&
        (int64_t)mb_node_count(details) == mb_node_integer(key(reading, "count"), -1);
    return full ? details_read(reading, details) : summary_read(reading);
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    struct reading reading = {.import = json->import,
                              .json = json,
                              .root = root,
                              .options = mb_node_find(root, "options"),
                              .err = err};
    (void)state;
    return run_read(&reading, json->input);
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    return mb_import_json_each(
        import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
}

const struct mb_importer mb_importer_ghz = {
    .name = "ghz",
    .title = "ghz JSON",
    .tool = "ghz",
    .detect = detect,
    .read = read,
    .unknown = "ghz counts latencies from the actual sending, and does not say whether "
               "its connections were warm",
};
