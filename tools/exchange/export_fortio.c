// fortio's JSON, a file for each run, as `fortio report` and the importer read it.
// https://github.com/fortio/fortio, periodic/periodic.go and fhttp/http_runner.go.
#include "exchange/export_fortio.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/version.h"
#include "exchange/export_fortio_histogram.h"
#include "exchange/exporters.h"
#include "format/emit.h"
#include "model/dist_join.h"
#include "model/field.h"

struct writing {
    struct mb_export *export;
    const struct mb_export_run *run;
    struct mb_node *map;
    struct mb_export_counts counts;
    struct mb_dist all;    // buckets of every request whose duration is known
    struct mb_dist failed; // of those that failed; n -1: not known
    bool exact;            // sums are
};

// --- durations ---

// Adds buckets to others. False: their bounds do not fit each other.
static bool join(struct mb_arena *arena, struct mb_dist *into, const struct mb_dist *from)
{
    struct mb_dist joined;
    if (from->count == 0) {
        return true;
    }
    if (into->count == 0) {
        *into = *from;
        return true;
    }
    if (!mb_dist_join(into, from, &joined)) {
        return false;
    }
    struct mb_dist whole = joined;
    whole.buckets = mb_arena_alloc(arena, joined.count, sizeof *whole.buckets);
    memcpy(whole.buckets, joined.buckets, joined.count * sizeof *whole.buckets);
    mb_mem_free(joined.buckets);
    bool sums = into->sum >= 0 && from->sum >= 0 && from->sum <= INT64_MAX - into->sum;
    whole.type = MB_DIST_BUCKETS;
    whole.mixed = into->mixed;
    whole.n = into->n + from->n;
    whole.sum = sums ? into->sum + from->sum : -1;
    whole.min = from->min < into->min ? from->min : into->min;
    whole.max = from->max > into->max ? from->max : into->max;
    *into = whole;
    return true;
}

// Another distribution of the run as buckets; count 0 where there are none.
static void other_take(const struct writing *writing, enum mb_dist_metric metric,
                       struct mb_dist *buckets)
{
    const struct mb_export_run *run = writing->run;
    struct mb_merged merged;
    struct mb_err ignored = {0}; // then there are none
    enum mb_status status = mb_export_merge(run, metric, &merged, &ignored);
    *buckets = (struct mb_dist){.type = MB_DIST_BUCKETS, .sum = 0, .min = -1, .max = -1};
    if (status != MB_OK) {
        return;
    }
    struct mb_dist taken;
    bool known = merged.hdr != NULL || merged.only != NULL;
    if (known && mb_export_buckets_take(&writing->export->scratch, &merged, &taken,
                                        &ignored) == MB_OK) {
        *buckets = taken;
    }
    mb_merged_release(&merged);
}

static int64_t known(int64_t n)
{
    return n > 0 ? n : 0;
}

// A request that timed out took the time-out, as fortio counts it.
static void timed_out_take(struct writing *writing)
{
    struct mb_arena *arena = &writing->export->scratch;
    const struct mb_counts *counts = &writing->counts.counts;
    int64_t timeout_ns = writing->run->cell->point.timeout_ns;
    int64_t n = known(counts->errors_by_kind[MB_ERROR_TIMEOUT]) +
                known(counts->errors_by_kind[MB_ERROR_TIMEOUT_UNSENT]);
    if (n == 0 || timeout_ns < 0) {
        return;
    }
    struct mb_dist late = {.type = MB_DIST_BUCKETS,
                           .n = n,
                           .sum = timeout_ns <= INT64_MAX / n ? timeout_ns * n : -1,
                           .min = timeout_ns,
                           .max = timeout_ns,
                           .count = 1};
    late.buckets = mb_arena_alloc(arena, 1, sizeof *late.buckets);
    late.buckets[0] =
        (struct mb_dist_bucket){.low = timeout_ns, .high = timeout_ns, .n = n};
    if (join(arena, &writing->failed, &late)) {
        mb_export_note(writing->export,
                       "a request that timed out counts as one that took "
                       "the time-out");
    }
}

// The good and the failed ones together, as fortio has them; the failed ones beside them.
static enum mb_status durations_take(struct writing *writing, struct mb_err *err)
{
    struct mb_export *export = writing->export;
    struct mb_export_latency latency;
    enum mb_status status = mb_export_latency_take(export, writing->run, &latency, err);
    if (status != MB_OK) {
        return status;
    }
    if (latency.merged.hdr == NULL) {
        mb_export_note(export,
                       "standard deviations are from the middles of wide buckets");
    }
    status =
        mb_export_buckets_take(&export->scratch, &latency.merged, &writing->all, err);
    mb_export_latency_release(&latency);
    if (status != MB_OK || writing->all.mixed) {
        writing->failed.n = -1; // among the others
        return status;
    }
    if (latency.metric == MB_DIST_RESPONSE &&
        writing->run->cell->point.load_model != MB_LOAD_CLOSED) {
        mb_export_note(export, "fortio counts from the actual sending; these latencies "
                               "count from the intended moment");
    }
    other_take(writing, MB_DIST_ERROR_RESPONSE, &writing->failed);
    timed_out_take(writing);
    if (!join(&export->scratch, &writing->all, &writing->failed)) {
        writing->failed = (struct mb_dist){.type = MB_DIST_BUCKETS};
    }
    int64_t missing = known(writing->counts.errors) - writing->failed.n +
                      known(writing->counts.counts.unfinished);
    if (missing > 0) {
        mb_export_note(export, "%s: %lld requests without a known duration are left out",
                       writing->run->title, (long long)missing);
    }
    return MB_OK;
}

// --- keys ---

static void point_put(const struct writing *writing)
{
    struct mb_arena *arena = &writing->export->scratch;
    const struct mb_point *point = &writing->run->cell->point;
    const char *rate = mb_export_rate(arena, point);
    mb_field_put_text(arena, writing->map, "RequestedQPS", rate != NULL ? rate : "max");
    if (point->load_model == MB_LOAD_OPEN) {
        mb_export_note(writing->export, "fortio has no open load: its reader takes the "
                                        "rate for one that paces a closed loop");
    }
    if (point->connections > 0) {
        mb_node_put(arena, writing->map, "NumThreads",
                    mb_node_int(arena, point->connections));
    }
    if (point->timeout_ns >= 0) {
        mb_node_put(arena, writing->map, "HTTPReqTimeOut",
                    mb_node_int(arena, point->timeout_ns));
    }
}

// What was to be measured, all trials of a cell together; -1: not known.
static int64_t window_ns(const struct mb_export_run *run)
{
    struct mb_derive_scope scope = mb_derive_scope(run->cell, run->trial);
    size_t position = 0;
    int64_t sum_ns = 0;
    for (const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
         trial != NULL; trial = mb_derive_scope_next(&scope, &position)) {
        bool fits = trial->window_ns >= 0 && sum_ns >= 0 &&
                    trial->window_ns <= INT64_MAX - sum_ns;
        sum_ns = fits ? sum_ns + trial->window_ns : -1;
    }
    return sum_ns;
}

static void times_put(const struct writing *writing)
{
    struct mb_arena *arena = &writing->export->scratch;
    int64_t elapsed_ns = writing->counts.elapsed_ns;
    int64_t asked_ns = window_ns(writing->run);
    struct mb_export_time time = mb_export_time_take(writing->run);
    char text[32];
    if (time.start_unix_ns > 0) {
        mb_field_put_time(arena, writing->map, "StartTime", time.start_unix_ns);
    }
    if (asked_ns >= 0) {
        mb_units_print(MB_UNIT_DURATION, asked_ns, text, sizeof text);
        mb_field_put_text(arena, writing->map, "RequestedDuration", text);
    }
    double rate = elapsed_ns > 0
                      ? (double)writing->all.n * MB_UNITS_NS_PER_S / (double)elapsed_ns
                      : 0;
    mb_node_put(arena, writing->map, "ActualQPS", mb_node_float(arena, rate));
    mb_node_put(arena, writing->map, "ActualDuration", mb_node_int(arena, elapsed_ns));
}

// Statuses, and -1 for what failed without one. Without the durations of all that failed
// they would not add up, which fortio's readers expect.
static void codes_put(const struct writing *writing)
{
    struct mb_arena *arena = &writing->export->scratch;
    const struct mb_counts *counts = &writing->counts.counts;
    struct mb_node *codes = mb_node_map(arena);
    int64_t answered = 0;
    for (size_t i = 0; i < counts->status_count; i++) {
        const struct mb_status_count *status = &counts->statuses[i];
        answered += status->n;
        mb_node_put(arena, codes, mb_arena_print(arena, "%d", status->status),
                    mb_node_int(arena, status->n));
    }
    if (counts->status_count == 0 || answered > writing->all.n) {
        mb_export_note(writing->export,
                       "return codes are left out where they are not known for every "
                       "request with a duration");
        return;
    }
    if (writing->all.n > answered) {
        mb_node_put(arena, codes, "-1", mb_node_int(arena, writing->all.n - answered));
    }
    mb_node_put(arena, writing->map, "RetCodes", codes);
}

static void put_known(const struct writing *writing, const char *key, int64_t value)
{
    if (value >= 0) {
        mb_field_put_int(&writing->export->scratch, writing->map, key, value);
    }
}

static void durations_put(struct writing *writing)
{
    struct mb_arena *arena = &writing->export->scratch;
    struct mb_dist connect;
    mb_node_put(arena, writing->map, "DurationHistogram",
                mb_export_fortio_histogram(arena, &writing->all, &writing->exact));
    if (writing->failed.n >= 0) {
        mb_node_put(arena, writing->map, "ErrorsDurationHistogram",
                    mb_export_fortio_histogram(arena, &writing->failed, &writing->exact));
    }
    other_take(writing, MB_DIST_CONNECT, &connect);
    if (connect.count > 0) {
        mb_node_put(arena, writing->map, "ConnectionStats",
                    mb_export_fortio_histogram(arena, &connect, &writing->exact));
    }
    if (!writing->exact) {
        mb_export_note(writing->export, "sums and averages are from the middles of the "
                                        "buckets where the exact ones are not known");
    }
}

static void head_put(const struct writing *writing)
{
    struct mb_arena *arena = &writing->export->scratch;
    const struct mb_node *type =
        mb_export_fact(writing->export, writing->run, "run.run_type");
    bool http = writing->counts.counts.status_count > 0;
    if (type != NULL || http) {
        mb_field_put_text(arena, writing->map, "RunType", mb_node_text(type, "HTTP"));
    }
    mb_field_put_text(arena, writing->map, "Labels", writing->run->cell->variant);
    mb_field_put_text(arena, writing->map, "ID", writing->run->id);
    mb_field_put_text(arena, writing->map, "Version",
                      mb_arena_print(arena, "meshbench %s", mb_version()));
    mb_field_put_text(arena, writing->map, "URL",
                      mb_export_url(writing->export, writing->run));
}

enum mb_status mb_export_fortio_can(struct mb_export *export,
                                    const struct mb_export_run *run, struct mb_err *err)
{
    struct mb_node *node = NULL;
    struct mb_export_counts counts = mb_export_counts_take(&export->scratch, run);
    if (counts.elapsed_ns <= 0) {
        return mb_err_set(err, MB_INVALID,
                          "fortio needs how long it took, which is not known");
    }
    return mb_export_fortio_node(export, run, &node, err);
}

enum mb_status mb_export_fortio_node(struct mb_export *export,
                                     const struct mb_export_run *run,
                                     struct mb_node **node, struct mb_err *err)
{
    struct writing writing = {.export = export,
                              .run = run,
                              .map = mb_node_map(&export->scratch),
                              .counts = mb_export_counts_take(&export->scratch, run),
                              .exact = true};
    enum mb_status status = durations_take(&writing, err);
    if (status != MB_OK) {
        return status;
    }
    head_put(&writing);
    point_put(&writing);
    times_put(&writing);
    durations_put(&writing);
    codes_put(&writing);
    put_known(&writing, "SocketCount", writing.counts.counts.connections_opened);
    put_known(&writing, "BytesSent", writing.counts.counts.bytes_sent);
    put_known(&writing, "BytesReceived", writing.counts.counts.bytes_received);
    *node = writing.map;
    return MB_OK;
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        struct mb_node *node = NULL;
        status = mb_export_fortio_node(export, &runs[i], &node, err);
        if (status == MB_OK) {
            mb_emit_json(node, out);
        }
    }
    return status;
}

const struct mb_exporter mb_exporter_fortio = {
    .name = "fortio",
    .title = "fortio JSON, for fortio report",
    .extension = ".json",
    .holds = MB_EXPORT_ONE,
    .unit = MB_EXPORT_CELLS,
    .latency = MB_DIST_SERVICE,
    .lost = "fortio has no trials, kinds of errors, warm-up or resources; its latencies "
            "count from the actual sending, so these are service times",
    .can = mb_export_fortio_can,
    .write = write,
};
