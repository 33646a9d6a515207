// nighthawk's JSON and YAML, which hold the same message (api/client/output.proto), of
// every version since 0.1. https://github.com/envoyproxy/nighthawk
#include "exchange/import_nighthawk.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/importers.h"

static const double MICRO_PER_ONE = 1e6;
// A run that took less than this share of what was asked was ended by a predicate.
static const double WHOLE_SHARE = 0.9;
enum { WORKERS_MAX = 65536 };

struct reading {
    struct mb_import *import;
    struct mb_import_json *json;
    const struct mb_node *root;
    const struct mb_node *options; // NULL: none
    const struct mb_node *result;  // of all workers
    struct mb_import_run *run;
    struct mb_err *err;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool json =
        strstr(head, "\"results\"") != NULL && strstr(head, "\"statistics\"") != NULL;
    bool yaml =
        strstr(head, "\nresults:") != NULL && strstr(head, "    statistics:\n") != NULL;
    bool own = strstr(head, "benchmark_http_client.") != NULL ||
               strstr(head, "requests_per_second") != NULL ||
               strstr(head, "termination_predicates") != NULL;
    if (json && strstr(head, "\"percentiles\"") != NULL) {
        return own ? 92 : 82;
    }
    return yaml && strstr(head, "percentiles:") != NULL ? 90 : 0;
}

static enum mb_status fault(const struct reading *reading, const struct mb_node *node,
                            const char *what)
{
    return mb_import_json_fault(reading->json, node, reading->err, "%s", what);
}

// --- statistics ---

// "0.000055253s", as protobuf writes durations.
static bool duration_read(const struct mb_node *node, int64_t *ns)
{
    struct mb_err ignored = {0};
    return node != NULL && node->type == MB_NODE_STRING &&
           mb_units_parse(MB_UNIT_DURATION, node->as.string.data, ns, &ignored) ==
               MB_OK &&
           *ns <= MB_UNITS_SAFE_MAX;
}

static enum mb_status rows_read(struct reading *reading, const struct mb_node *node,
                                struct mb_import_nighthawk_stat *stat)
{
    const struct mb_node *rows = mb_node_find(node, "percentiles");
    size_t count = rows != NULL && rows->type == MB_NODE_LIST ? mb_node_count(rows) : 0;
    for (size_t i = 0; i < count && stat->n > 0; i++) {
        const struct mb_node *row = rows->as.list.items[i];
        int64_t value_ns = -1;
        int64_t up_to = -1;
        // Zero is left out by protobuf.
        double percentile = mb_node_number(mb_node_find(row, "percentile"), 0);
        if (!duration_read(mb_node_find(row, "duration"), &value_ns)) {
            return fault(reading, row, "a percentile has no duration");
        }
        (void)!mb_import_json_count(mb_node_find(row, "count"), &up_to);
        if (!mb_import_nighthawk_row(reading->import->arena, stat, percentile, up_to,
                                     value_ns)) {
            return fault(reading, row, "a percentile goes back behind the one before it");
        }
    }
    return MB_OK;
}

static enum mb_status stat_read(struct reading *reading, const struct mb_node *node,
                                struct mb_import_nighthawk_stat *stat)
{
    static const char *const keys[] = {"mean", "min", "max"};
    int64_t *const values[] = {&stat->mean_ns, &stat->min_ns, &stat->max_ns};
    const struct mb_node *count = mb_node_find(node, "count");
    stat->seen = true;
    if (!mb_import_json_count(count, &stat->n)) {
        return fault(reading, count != NULL ? count : node,
                     "'count' of a statistic is not a number of values");
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys && stat->n > 0; i++) {
        const struct mb_node *value = mb_node_find(node, keys[i]);
        if (value != NULL && !duration_read(value, values[i])) {
            return fault(reading, value, "a statistic is not a duration");
        }
    }
    return rows_read(reading, node, stat);
}

static enum mb_status figures_read(struct reading *reading,
                                   struct mb_import_nighthawk *figures)
{
    const struct mb_node *stats = mb_node_find(reading->result, "statistics");
    const struct mb_node *counters = mb_node_find(reading->result, "counters");
    enum mb_status status = MB_OK;
    size_t count =
        stats != NULL && stats->type == MB_NODE_LIST ? mb_node_count(stats) : 0;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        const struct mb_node *node = stats->as.list.items[i];
        enum mb_import_nighthawk_id id =
            mb_import_nighthawk_find(mb_node_text(mb_node_find(node, "id"), ""));
        if (id != MB_NIGHTHAWK_STATS && !figures->stats[id].seen) {
            status = stat_read(reading, node, &figures->stats[id]);
        }
    }
    count =
        counters != NULL && counters->type == MB_NODE_LIST ? mb_node_count(counters) : 0;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        const struct mb_node *node = counters->as.list.items[i];
        int64_t value = 0; // left out by protobuf
        const struct mb_node *given = mb_node_find(node, "value");
        if (given != NULL && !mb_import_json_count(given, &value)) {
            return fault(reading, given, "a counter is not a number");
        }
        mb_import_nighthawk_counter(figures, mb_node_text(mb_node_find(node, "name"), ""),
                                    value);
    }
    if (status == MB_OK && !figures->stats[MB_NIGHTHAWK_LATENCY].seen) {
        mb_err_hint(reading->err, "statistics of another program in the same form");
        return fault(reading, reading->result,
                     "it has no 'benchmark_http_client.request_to_response': no request "
                     "was measured");
    }
    return status;
}

// --- what was asked ---

static const struct mb_node *option(const struct reading *reading, const char *name)
{
    return mb_node_find(reading->options, name);
}

// Results are those of each worker, and of all; a single worker has only the latter.
// Where those of the workers were left out, the option says how many there were.
static enum mb_status result_find(struct reading *reading, int64_t *workers)
{
    const struct mb_node *results = mb_node_find(reading->root, "results");
    size_t count =
        results != NULL && results->type == MB_NODE_LIST ? mb_node_count(results) : 0;
    *workers = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mb_node *node = results->as.list.items[i];
        const char *name = mb_node_text(mb_node_find(node, "name"), "");
        *workers += strncmp(name, "worker_", 7) == 0;
        if (strcmp(name, "global") == 0 || count == 1) {
            reading->result = node;
        }
    }
    if (*workers == 0 &&
        (!mb_import_json_count(option(reading, "concurrency"), workers) ||
         *workers == 0)) {
        *workers = 1; // "auto", on one core
    }
    if (reading->result == NULL) {
        return fault(reading, results, "it has no result 'global', that of all workers");
    }
    return MB_OK;
}

// Rate and connections are those of each worker.
static enum mb_status load_read(struct reading *reading, int64_t workers)
{
    struct mb_point *point = &reading->run->point;
    const struct mb_node *open = option(reading, "open_loop");
    int64_t rate = 0;
    int64_t connections = 0;
    const struct mb_node *given = option(reading, "requests_per_second");
    if (given != NULL && !mb_import_json_count(given, &rate)) {
        return fault(reading, given, "'requests_per_second' is not a rate");
    }
    given = option(reading, "connections");
    if (given != NULL && !mb_import_json_count(given, &connections)) {
        return fault(reading, given, "'connections' is not a number");
    }
    double rate_rps = (double)rate * (double)workers;
    if (workers > WORKERS_MAX || rate_rps > (double)MB_UNITS_SAFE_MAX / MICRO_PER_ONE ||
        connections > MB_UNITS_SAFE_MAX / workers) {
        return fault(reading, reading->options, "the load is out of range");
    }
    point->rate_micro_rps = rate > 0 ? llround(rate_rps * MICRO_PER_ONE) : -1;
    point->connections = connections > 0 ? connections * workers : -1;
    (void)!duration_read(option(reading, "timeout"), &point->timeout_ns);
    if (open != NULL && open->type == MB_NODE_BOOL) {
        point->load_model = mb_node_boolean(open, false) ? MB_LOAD_OPEN : MB_LOAD_PACED;
    }
    if (reading->options != NULL) {
        reading->run->part.threads = (int)workers;
    }
    return MB_OK;
}

static enum mb_status times_read(struct reading *reading)
{
    struct mb_import_run *run = reading->run;
    const struct mb_node *start = mb_node_find(reading->result, "execution_start");
    const struct mb_node *took = mb_node_find(reading->result, "execution_duration");
    int64_t asked_ns = -1;
    struct mb_err own = {0};
    start = start != NULL ? start : mb_node_find(reading->root, "timestamp");
    if (start != NULL && mb_units_parse_time_zoned(mb_node_text(start, ""),
                                                   &run->start_unix_ns, &own) != MB_OK) {
        return fault(reading, start, own.message);
    }
    if (took != NULL && !duration_read(took, &run->window_ns)) {
        return fault(reading, took, "'execution_duration' is not a duration");
    }
    bool ended = duration_read(option(reading, "duration"), &asked_ns) &&
                 !mb_node_boolean(option(reading, "no_duration"), false) &&
                 run->window_ns >= 0 &&
                 (double)run->window_ns < WHOLE_SHARE * (double)asked_ns;
    if (ended) {
        char text[32];
        mb_units_show(MB_UNIT_DURATION, (double)run->window_ns, text, sizeof text);
        run->cut_off =
            mb_arena_print(reading->import->arena, "ended after %s of %s", text,
                           mb_node_text(option(reading, "duration"), ""));
    }
    return MB_OK;
}

static void names_read(struct reading *reading)
{
    const struct mb_node *labels = option(reading, "labels");
    const struct mb_node *version = mb_node_at(reading->root, "/version/version");
    const char *url = mb_node_text(option(reading, "uri"), "");
    if (labels != NULL && labels->type == MB_NODE_LIST && mb_node_count(labels) == 1) {
        reading->run->name = mb_node_text(labels->as.list.items[0], NULL);
    }
    reading->run->url = url[0] != '\0' ? url : NULL;
    if (version != NULL) {
        reading->run->version =
            mb_arena_print(reading->import->arena, "%" PRId64 ".%" PRId64 ".%" PRId64,
                           mb_node_integer(mb_node_find(version, "major_number"), 0),
                           mb_node_integer(mb_node_find(version, "minor_number"), 0),
                           mb_node_integer(mb_node_find(version, "patch"), 0));
    }
}

static void facts_add(struct reading *reading)
{
    static const char *const kept[] = {"duration",       "h2",
                                       "protocol",       "concurrency",
                                       "burst_size",     "max_pending_requests",
                                       "simple_warmup",  "prefetch_connections",
                                       "jitter_uniform", "max_active_requests",
                                       "labels",         "max_requests_per_connection"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct mb_node *value = mb_node_find(reading->options, kept[i]);
        bool list = value != NULL && value->type == MB_NODE_LIST;
        const char *name =
            strcmp(kept[i], "duration") == 0 ? "requested_duration" : kept[i];
        if (!list || mb_node_count(value) > 0) {
            mb_import_fact_add(reading->import, reading->run, name, value);
        }
    }
}

static enum mb_status run_read(struct reading *reading, const struct mb_input *input)
{
    int64_t workers = 1;
    struct mb_import_nighthawk figures = mb_import_nighthawk_begin();
    enum mb_status status = result_find(reading, &workers);
    if (status == MB_OK) {
        status = mb_import_run_add(reading->import, input, &reading->run, reading->err);
    }
    if (status == MB_OK) {
        status = figures_read(reading, &figures);
    }
    if (status == MB_OK) {
        status = load_read(reading, workers);
    }
    if (status == MB_OK) {
        status = times_read(reading);
    }
    if (status == MB_OK) {
        names_read(reading);
        facts_add(reading);
        mb_import_nighthawk_put(&figures, reading->import, reading->run);
    }
    return status;
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

// YAML is one document; of JSON several may follow each other.
static enum mb_status yaml_read(struct mb_import_json *json, struct mb_err *err)
{
    if (json->text.size == 0) {
        return MB_OK;
    }
    enum mb_status status =
        mb_doc_parse(json->import->arena, mb_input_name(json->input),
                     mb_buf_string(&json->text), json->text.size, &json->doc, err);
    return status == MB_OK && json->doc.root != NULL
               ? document_read(NULL, json, json->doc.root, err)
               : status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    const struct mb_import_json_visitor visitor = {.visit = document_read};
    struct mb_import_json json;
    enum mb_status status = mb_import_json_open(import, input, &json, err);
    bool yaml =
        status == MB_OK && strstr(mb_buf_string(&json.text), "\"results\"") == NULL;
    if (status == MB_OK) {
        status = yaml ? yaml_read(&json, err) : mb_import_json_walk(&json, &visitor, err);
    }
    mb_import_json_release(&json);
    return status;
}

const struct mb_importer mb_importer_nighthawk = {
    .name = "nighthawk",
    .title = "nighthawk JSON and YAML",
    .tool = "nighthawk",
    .detect = detect,
    .read = read,
    .unknown = "nighthawk counts latencies from the actual sending, and does not say "
               "whether connections were warm; early versions do not say whether the "
               "loop was open",
};
