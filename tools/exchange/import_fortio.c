// fortio's JSON: HTTP, gRPC, TCP and UDP, of every version since 0.5, and what nighthawk
// writes in the same form. https://github.com/fortio/fortio, periodic/periodic.go.
#include "exchange/import_fortio.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_fortio_histogram.h"
#include "exchange/importers.h"

// A run that took less than this share of what was asked was cut off: a slow rate ends up
// to one interval early.
static const double WHOLE_SHARE = 0.9;
static const double MICRO_PER_ONE = 1e6;

enum { TEAPOT = 418 };

struct reading {
    struct mb_import *import;
    struct mb_import_json *json;
    const struct mb_node *node;
    struct mb_import_run *run;
    bool http;
    bool grpc;
    bool nighthawk;
    bool per_worker; // an early form of nighthawk's: rate and connections of one worker
    struct mb_err *err;
};

static const struct mb_node *key(const struct reading *reading, const char *name)
{
    return mb_node_find(reading->node, name);
}

static const char *text(const struct reading *reading, const char *name)
{
    const char *value = mb_node_text(key(reading, name), "");
    return value[0] != '\0' ? value : NULL;
}

bool mb_import_fortio_is_run(const struct mb_node *node)
{
    const struct mb_node *histogram = mb_node_find(node, "DurationHistogram");
    return histogram != NULL && histogram->type == MB_NODE_MAP &&
           mb_node_find(node, "ActualDuration") != NULL;
}

static int detect(const char *head, size_t size)
{
    (void)size;
    bool histogram = strstr(head, "\"DurationHistogram\"") != NULL;
    bool fields = strstr(head, "\"RequestedQPS\"") != NULL ||
                  strstr(head, "\"ActualDuration\"") != NULL;
    return histogram && fields ? 95 : histogram ? 40 : 0;
}

// --- what was asked ---

static void protocol_read(struct reading *reading)
{
    const char *type = mb_node_text(key(reading, "RunType"), "HTTP");
    // nighthawk writes protobuf's numbers as texts, and a first bucket of 0 per cent.
    const struct mb_node *count = mb_node_at(reading->node, "/DurationHistogram/Count");
    const struct mb_node *share =
        mb_node_at(reading->node, "/DurationHistogram/Data/0/Percent");
    reading->nighthawk =
        (count != NULL && count->type == MB_NODE_STRING) || mb_node_number(share, 1) == 0;
    reading->per_worker =
        reading->nighthawk && mb_node_at(reading->node, "/DurationHistogram/Min") == NULL;
    reading->grpc = strncmp(type, "GRPC", 4) == 0;
    reading->http = strncmp(type, "HTTP", 4) == 0;
    if (reading->nighthawk) {
        reading->run->part.generator_name = "nighthawk";
    }
}

static enum mb_status rate_read(struct reading *reading)
{
    const struct mb_node *node = key(reading, "RequestedQPS");
    double rate = mb_node_number(node, -1);
    struct mb_point *point = &reading->run->point;
    if (node != NULL && node->type == MB_NODE_STRING) {
        struct mb_err ignored = {0};
        if (strcmp(node->as.string.data, "max") == 0) {
            point->load_model = MB_LOAD_CLOSED;
            return MB_OK;
        }
        if (mb_units_parse_double(node->as.string.data, &rate, &ignored) != MB_OK) {
            return mb_import_json_fault(reading->json, node, reading->err,
                                        "'RequestedQPS' is '%.40s', neither a rate nor "
                                        "'max'",
                                        node->as.string.data);
        }
    }
    if (node == NULL || reading->per_worker) {
        return MB_OK;
    }
    // -qps 0 and below is what the command line calls max.
    if (rate <= 0) {
        point->load_model = MB_LOAD_CLOSED;
        return MB_OK;
    }
    if (rate > (double)MB_UNITS_SAFE_MAX / MICRO_PER_ONE) {
        return mb_import_json_fault(reading->json, node, reading->err,
                                    "'RequestedQPS' of %g is out of range", rate);
    }
    point->rate_micro_rps = llround(rate * MICRO_PER_ONE);
    point->load_model = reading->nighthawk ? MB_LOAD_UNKNOWN : MB_LOAD_PACED;
    return MB_OK;
}

// Threads hold a connection each; gRPC threads share those that have several streams.
static void connections_read(struct reading *reading)
{
    if (reading->per_worker) {
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "nighthawk gives the rate and the connections of one worker, "
                           "and not how many workers there were");
        return;
    }
    int64_t threads = mb_node_integer(key(reading, "NumThreads"), -1);
    int64_t streams = mb_node_integer(key(reading, "Streams"), 1);
    bool shared = reading->grpc && streams > 1 && threads % streams == 0;
    reading->run->concurrency = threads;
    reading->run->point.connections = shared ? threads / streams : threads;
    if (threads > 0 && threads <= 65536 && !reading->nighthawk) {
        reading->run->part.threads = (int)threads;
    }
}

// Without catch-up, calls that would be late are left out: fewer than asked for, but over
// the whole time that they would take at their rate.
static bool skipped_calls(const struct reading *reading)
{
    double calls = mb_node_number(key(reading, "Exactly"), 0);
    double rate = (double)reading->run->point.rate_micro_rps / MICRO_PER_ONE;
    return mb_node_boolean(key(reading, "NoCatchUp"), false) && rate > 0 &&
           (double)reading->run->window_ns / MB_UNITS_NS_PER_S >=
               WHOLE_SHARE * calls / rate;
}

static enum mb_status times_read(struct reading *reading)
{
    struct mb_import_run *run = reading->run;
    const struct mb_node *start = key(reading, "StartTime");
    const struct mb_node *actual = key(reading, "ActualDuration");
    const char *requested = text(reading, "RequestedDuration");
    struct mb_err own = {0};
    if (!mb_import_json_count(actual, &run->window_ns)) {
        return mb_import_json_fault(reading->json, actual, reading->err,
                                    "'ActualDuration' is not a number of ns");
    }
    if (reading->per_worker) {
        // Whole seconds, cut down.
        mb_import_fact_add(reading->import, run, "actual_duration_s",
                           mb_node_find(reading->node, "ActualDuration"));
        run->window_ns = -1;
    }
    if (start != NULL && start->type != MB_NODE_NULL &&
        mb_units_parse_time_zoned(mb_node_text(start, ""), &run->start_unix_ns, &own) !=
            MB_OK) {
        return mb_import_json_fault(reading->json, start, reading->err, "%s",
                                    own.message);
    }
    int64_t asked_ns = 0;
    bool interrupted =
        requested != NULL && strstr(requested, ", interrupted after") != NULL;
    if (interrupted && !skipped_calls(reading)) {
        run->cut_off = mb_arena_print(reading->import->arena, "asked for %s", requested);
    } else if (requested != NULL && run->window_ns >= 0 &&
               mb_units_parse(MB_UNIT_DURATION, requested, &asked_ns, &own) == MB_OK &&
               (double)run->window_ns < WHOLE_SHARE * (double)asked_ns) {
        char took[32];
        mb_units_show(MB_UNIT_DURATION, (double)run->window_ns, took, sizeof took);
        run->cut_off = mb_arena_print(reading->import->arena, "ended after %s of %s",
                                      took, requested);
    }
    return MB_OK;
}

// --- what came back ---

static bool is_good(const struct reading *reading, const char *code, int64_t number)
{
    if (reading->http) {
        return (number >= 200 && number <= 299) || number == TEAPOT;
    }
    return strcmp(code, "OK") == 0 || strcmp(code, "SERVING") == 0 ||
           (reading->grpc && number == 1);
}

struct codes {
    int64_t all;
    int64_t good;
    int64_t answered; // a status came back
};

static void status_put(struct mb_counts *counts, int64_t status, int64_t n)
{
    size_t at = counts->status_count++;
    while (at > 0 && counts->statuses[at - 1].status > status) {
        counts->statuses[at] = counts->statuses[at - 1];
        at--;
    }
    counts->statuses[at] = (struct mb_status_count){.status = (int)status, .n = n};
}

static enum mb_status codes_read(struct reading *reading, struct codes *codes)
{
    const struct mb_node *map = key(reading, "RetCodes");
    struct mb_counts *counts = &reading->run->part.counts;
    size_t count = map != NULL && map->type == MB_NODE_MAP ? mb_node_count(map) : 0;
    counts->statuses =
        mb_arena_alloc(reading->import->arena, count + 1, sizeof *counts->statuses);
    for (size_t i = 0; i < count; i++) {
        const struct mb_node_entry *entry = &map->as.map.entries[i];
        const char *code = mb_node_text(entry->key, "");
        int64_t number = -1;
        int64_t n = 0;
        struct mb_err ignored = {0};
        (void)!mb_units_parse_int(code, -1000, 1000000, &number, &ignored);
        if (!mb_import_json_count(entry->value, &n) ||
            n > MB_UNITS_SAFE_MAX - codes->all) {
            return mb_import_json_fault(reading->json, entry->value, reading->err,
                                        "'RetCodes' of '%.40s' is not a number", code);
        }
        codes->all += n;
        codes->good += is_good(reading, code, number) ? n : 0;
        if (reading->http && number >= MB_IMPORT_STATUS_MIN &&
            number <= MB_IMPORT_STATUS_MAX) {
            codes->answered += n;
            status_put(counts, number, n);
        }
    }
    return MB_OK;
}

// What is not an HTTP status is a socket's error, whose kind fortio does not say.
static void errors_put(struct mb_counts *counts, const struct codes *codes,
                       int64_t errors)
{
    int64_t status = codes->answered - codes->good;
    int64_t other = errors - status;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = other == 0 ? 0 : -1;
    }
    counts->errors_by_kind[MB_ERROR_STATUS] = status;
    counts->errors_by_kind[MB_ERROR_OTHER] = other;
}

static void counts_put(struct reading *reading, const struct codes *codes, int64_t n,
                       int64_t errors)
{
    struct mb_counts *counts = &reading->run->part.counts;
    struct codes known = *codes;
    if (!reading->http || reading->nighthawk || known.all == 0 || known.answered > n ||
        known.answered - known.good > errors) {
        // No statuses, or not all of them: what was answered was good, or failed somehow.
        known.answered = n - errors;
        known.good = n - errors;
        counts->status_count = 0;
    }
    counts->intended = n;
    counts->ok = n - errors;
    counts->unfinished = 0;
    counts->completed = known.answered;
    counts->sent = errors == known.answered - known.good ? n : -1;
    counts->connections_opened = mb_node_integer(key(reading, "SocketCount"), -1);
    errors_put(counts, &known, errors);
}

// --- latencies ---

// fortio's histogram holds all requests. Where it says which ones failed, the good ones
// stand alone; else both stay mixed.
static void dists_put(struct reading *reading, const struct mb_dist *all,
                      const struct mb_dist *failed, int64_t errors)
{
    struct mb_dist latency = *all;
    struct mb_dist ok;
    if (errors > 0 && failed->n == errors &&
        mb_import_fortio_subtract(reading->import->arena, all, failed, &ok)) {
        latency = ok;
        reading->run->part.dist[MB_DIST_ERROR_RESPONSE] = *failed;
    } else {
        latency.mixed = errors > 0;
    }
    if (reading->nighthawk) {
        reading->run->part.dist[MB_DIST_SERVICE] = latency;
        reading->run->part.co_handling = MB_CO_NONE;
    } else {
        mb_import_run_latency(reading->import, reading->run, latency);
    }
}

// How long connecting took: of all connections, since 1.22.
static enum mb_status connect_read(struct reading *reading)
{
    const struct mb_node *node = key(reading, "ConnectionStats");
    if (node == NULL || node->type != MB_NODE_MAP) {
        return MB_OK;
    }
    return mb_import_fortio_histogram(
        reading->json, node, &reading->run->part.dist[MB_DIST_CONNECT], reading->err);
}

static enum mb_status measurements_read(struct reading *reading)
{
    struct mb_dist all;
    struct mb_dist failed = {.n = 0};
    struct codes codes = {0};
    const struct mb_node *errors = key(reading, "ErrorsDurationHistogram");
    enum mb_status status = mb_import_fortio_histogram(
        reading->json, key(reading, "DurationHistogram"), &all, reading->err);
    if (status == MB_OK && errors != NULL && errors->type == MB_NODE_MAP) {
        status = mb_import_fortio_histogram(reading->json, errors, &failed, reading->err);
    }
    if (status == MB_OK) {
        status = connect_read(reading);
    }
    if (status == MB_OK) {
        status = codes_read(reading, &codes);
    }
    if (status != MB_OK) {
        return status;
    }
    if (reading->nighthawk && codes.good > all.n) {
        // It answered more than it timed: how many of them were good is not known.
        reading->run->part.counts.completed = codes.good;
        dists_put(reading, &all, &failed, 0);
        return MB_OK;
    }
    // Old versions say it by the codes only; a run without either has no errors to show.
    bool said = errors != NULL && errors->type == MB_NODE_MAP;
    int64_t good = codes.all == 0 && !reading->nighthawk ? all.n : codes.good;
    int64_t error_count = said ? failed.n : all.n - good;
    if (error_count < 0 || error_count > all.n ||
        (codes.all > all.n && !reading->nighthawk)) {
        return mb_import_json_fault(reading->json, key(reading, "RetCodes"), reading->err,
                                    "%" PRId64 " return codes of %" PRId64
                                    " requests contradict each other",
                                    codes.all, all.n);
    }
    counts_put(reading, &codes, all.n, error_count);
    dists_put(reading, &all, &failed, error_count);
    return MB_OK;
}

// --- facts ---

static void facts_add(struct reading *reading)
{
    static const struct {
        const char *key;
        const char *fact;
    } kept[] = {
        {"RunType", "run_type"},
        {"RequestedDuration", "requested_duration"},
        {"Jitter", "jitter"},
        {"Uniform", "uniform"},
        {"NoCatchUp", "no_catch_up"},
        {"Exactly", "exact_calls"},
        {"DisableKeepAlive", "keepalive_disabled"},
        {"Compression", "compression"},
        {"HTTP10", "http10"},
        {"H2", "h2"},
        {"FollowRedirects", "follow_redirects"},
        {"DisableFastClient", "standard_client"},
        {"SequentialWarmup", "sequential_warmup"},
        {"Streams", "streams"},
        {"Ping", "ping"},
        {"ContentType", "content_type"},
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct mb_node *value = mb_node_find(reading->node, kept[i].key);
        bool empty =
            value != NULL && value->type == MB_NODE_STRING && value->as.string.size == 0;
        bool zero = value != NULL && mb_node_integer(value, 1) == 0;
        if (!empty && !zero) {
            mb_import_fact_add(reading->import, reading->run, kept[i].fact, value);
        }
    }
}

// Without a label fortio makes one of the url and its own host's name, which is nobody's
// business.
static const char *label_read(struct reading *reading)
{
    const char *label = text(reading, "Labels");
    if (label == NULL || strstr(label, " , ") != NULL) {
        return NULL;
    }
    mb_import_fact_add(reading->import, reading->run, "label",
                       mb_node_find(reading->node, "Labels"));
    return label;
}

static void totals_read(struct reading *reading)
{
    struct mb_counts *counts = &reading->run->part.counts;
    (void)!mb_import_json_count(key(reading, "BytesSent"), &counts->bytes_sent);
    (void)!mb_import_json_count(key(reading, "BytesReceived"), &counts->bytes_received);
    int64_t timeout_ns = mb_node_integer(key(reading, "HTTPReqTimeOut"), -1);
    reading->run->point.timeout_ns = timeout_ns;
}

enum mb_status mb_import_fortio_run(struct mb_import_json *json,
                                    const struct mb_node *node,
                                    struct mb_import_run **run, struct mb_err *err)
{
    struct reading reading = {
        .import = json->import, .json = json, .node = node, .err = err};
    enum mb_status status =
        mb_import_run_add(json->import, json->input, &reading.run, err);
    if (status != MB_OK) {
        return status;
    }
    *run = reading.run;
    reading.run->name = label_read(&reading);
    reading.run->version = text(&reading, "Version");
    reading.run->url = text(&reading, "URL");
    if (reading.run->url == NULL) {
        reading.run->url = text(&reading, "Destination");
    }
    protocol_read(&reading);
    connections_read(&reading);
    status = rate_read(&reading);
    if (status == MB_OK) {
        status = times_read(&reading);
    }
    if (status == MB_OK) {
        status = measurements_read(&reading);
    }
    totals_read(&reading);
    facts_add(&reading);
    return status;
}

// --- the file ---

// A run, or what holds some: Meshery wraps them, fortio's server lists them.
static enum mb_status runs_read(struct mb_import_json *json, const struct mb_node *node,
                                struct mb_err *err)
{
    struct mb_import_run *run = NULL;
    enum mb_status status = MB_OK;
    if (mb_import_fortio_is_run(node)) {
        return mb_import_fortio_run(json, node, &run, err);
    }
    bool list = node->type == MB_NODE_LIST;
    size_t count = list || node->type == MB_NODE_MAP ? mb_node_count(node) : 0;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        status = runs_read(
            json, list ? node->as.list.items[i] : node->as.map.entries[i].value, err);
    }
    return status;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    (void)state;
    return runs_read(json, root, err);
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    return mb_import_json_each(
        import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
}

const struct mb_importer mb_importer_fortio = {
    .name = "fortio",
    .title = "fortio JSON (HTTP, gRPC, TCP, UDP)",
    .tool = "fortio",
    .detect = detect,
    .read = read,
    .unknown =
        "fortio counts latencies from the actual sending, and does not say whether "
        "its connections were warm; paced runs catch up on missed calls unless "
        "no_catch_up is set",
};
