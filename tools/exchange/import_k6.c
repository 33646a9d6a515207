// k6 (https://github.com/grafana/k6): which of its forms a file is, and its summary as
// JSON in three shapes: of handleSummary, of --summary-export (flat, without the length)
// and of --new-machine-readable-summary (lists).
//
// http_req_duration counts from the sending of a request whose connection stands to its
// last byte. What k6 takes as a failed request (http_req_failed) is not only an error of
// its connection: statuses that were not expected, 400 and more unless told otherwise,
// are among them.
#include "exchange/import_k6.h"

#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/importers.h"

static int detect(const char *head, size_t size)
{
    (void)size;
    if (mb_import_k6_is_csv(head) || mb_import_k6_is_points(head)) {
        return 100;
    }
    bool trend = strstr(head, "_req_duration\"") != NULL ||
                 strstr(head, "\"http_req") != NULL || strstr(head, "\"iterations\"");
    bool summary = strstr(head, "\"metrics\"") != NULL &&
                   (trend || strstr(head, "\"testRunDurationMs\"") != NULL ||
                    strstr(head, "\"k6_version\"") != NULL);
    if (summary) {
        return 90;
    }
    return mb_import_k6_is_text(head) ? 85 : 0;
}

// --- a summary as JSON ---

struct reading {
    struct mb_import *import;
    struct mb_import_json *json;
    const struct mb_node *root;
    struct mb_import_run *run;
    struct mb_err *err;
};

// What a metric measured; NULL: there is no such metric.
static const struct mb_node *metric(const struct reading *reading, const char *name)
{
    const struct mb_node *metrics = mb_node_find(reading->root, "metrics");
    const struct mb_node *found = mb_node_find(metrics, name);
    const struct mb_node *list = mb_node_at(reading->root, "/results/metrics");
    for (size_t i = 0;
         list != NULL && list->type == MB_NODE_LIST && i < list->as.list.count; i++) {
        const struct mb_node *item = list->as.list.items[i];
        if (strcmp(mb_node_text(mb_node_find(item, "name"), ""), name) == 0) {
            found = item;
        }
    }
    const struct mb_node *values = mb_node_find(found, "values");
    return values != NULL ? values : found;
}

static enum mb_status trend_read(const struct reading *reading,
                                 const struct mb_node *values,
                                 struct mb_import_k6_trend *trend)
{
    struct mb_arena *arena = reading->import->arena;
    size_t stats =
        values != NULL && values->type == MB_NODE_MAP ? mb_node_count(values) : 0;
    mb_import_k6_trend_init(trend);
    for (size_t i = 0; i < stats; i++) {
        const char *name = mb_node_text(values->as.map.entries[i].key, "");
        const struct mb_node *value = values->as.map.entries[i].value;
        int64_t value_ns;
        bool time = mb_import_json_time(value, MB_UNITS_NS_PER_MS, &value_ns);
        bool known = mb_import_k6_trend_take(trend, arena, name, time ? value_ns : 0);
        if (known && !time) {
            return mb_import_json_fault(reading->json, value, reading->err,
                                        "'%.40s' is not a time in ms", name);
        }
    }
    return MB_OK;
}

// Requests and how many of them failed; -1: not known.
static enum mb_status requests_read(const struct reading *reading, int64_t *requests,
                                    int64_t *failed)
{
    const struct mb_node *reqs = metric(reading, "http_reqs");
    const struct mb_node *rate = metric(reading, "http_req_failed");
    // A rate counts as "passes" what it was true for.
    const struct mb_node *hits = mb_node_find(rate, "passes");
    hits = hits != NULL ? hits : mb_node_find(rate, "matches");
    const struct mb_node *count = mb_node_find(reqs, "count");
    *requests = -1;
    *failed = -1;
    if (count != NULL && !mb_import_json_count(count, requests)) {
        return mb_import_json_fault(reading->json, count, reading->err,
                                    "the number of requests is none");
    }
    if (hits != NULL && !mb_import_json_count(hits, failed)) {
        return mb_import_json_fault(reading->json, hits, reading->err,
                                    "the number of failed requests is none");
    }
    return MB_OK;
}

// The length: said in ms or in seconds, or what a counter and its rate come to.
static void window_read(const struct reading *reading)
{
    int64_t *window_ns = &reading->run->window_ns;
    const struct mb_node *reqs = metric(reading, "http_reqs");
    reqs = reqs != NULL ? reqs : metric(reading, "iterations");
    double count = mb_node_number(mb_node_find(reqs, "count"), 0);
    double rate = mb_node_number(mb_node_find(reqs, "rate"), 0);
    if (mb_import_json_time(mb_node_at(reading->root, "/state/testRunDurationMs"),
                            MB_UNITS_NS_PER_MS, window_ns) ||
        mb_import_json_seconds(mb_node_at(reading->root, "/config/duration"),
                               window_ns)) {
        return;
    }
    if (count > 0 && rate > 0) {
        (void)mb_import_text_scale(count / rate, MB_UNITS_NS_PER_S, window_ns);
    }
}

static enum mb_status trends_read(const struct reading *reading,
                                  struct mb_import_k6_summary *summary)
{
    static const char GOOD[] = "http_req_duration{expected_response:true}";
    const struct mb_node *all = metric(reading, "http_req_duration");
    all = all != NULL ? all : metric(reading, "grpc_req_duration");
    if (all == NULL) {
        return mb_import_json_fault(reading->json, reading->root, reading->err,
                                    "the summary has neither 'http_req_duration' nor "
                                    "'grpc_req_duration': no request was measured");
    }
    enum mb_status status = trend_read(reading, all, &summary->all);
    return status == MB_OK ? trend_read(reading, metric(reading, GOOD), &summary->good)
                           : status;
}

static void facts_add(const struct reading *reading)
{
    mb_import_fact_add(reading->import, reading->run, "vus_max",
                       mb_node_find(metric(reading, "vus_max"), "max"));
    mb_import_fact_add(reading->import, reading->run, "iterations",
                       mb_node_find(metric(reading, "iterations"), "count"));
    mb_import_fact_add(reading->import, reading->run, "checks_failed",
                       mb_node_find(metric(reading, "checks"), "fails"));
}

static enum mb_status summary_put(struct reading *reading)
{
    struct mb_import_k6_summary summary = {.requests = -1};
    struct mb_counts *counts = &reading->run->part.counts;
    struct mb_err own = {0};
    enum mb_status status = requests_read(reading, &summary.requests, &summary.failed);
    if (status == MB_OK) {
        status = trends_read(reading, &summary);
    }
    if (status != MB_OK) {
        return status;
    }
    (void)mb_import_json_count(
        mb_node_find(metric(reading, "dropped_iterations"), "count"), &summary.dropped);
    reading->run->version =
        mb_node_text(mb_node_at(reading->root, "/metadata/k6_version"), NULL);
    window_read(reading);
    (void)mb_import_json_count(mb_node_find(metric(reading, "data_sent"), "count"),
                               &counts->bytes_sent);
    (void)mb_import_json_count(mb_node_find(metric(reading, "data_received"), "count"),
                               &counts->bytes_received);
    facts_add(reading);
    if (mb_import_k6_summary_put(reading->import, reading->run, &summary, &own) !=
        MB_OK) {
        return mb_import_json_fault(reading->json, reading->root, reading->err, "%s",
                                    own.message);
    }
    return MB_OK;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    (void)state;
    struct reading reading = {
        .import = json->import, .json = json, .root = root, .err = err};
    if (mb_node_find(root, "metrics") == NULL &&
        mb_node_at(root, "/results/metrics") == NULL) {
        return MB_OK;
    }
    enum mb_status status =
        mb_import_run_add(json->import, json->input, &reading.run, err);
    return status == MB_OK ? summary_put(&reading) : status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    const char *head = mb_input_head(input, &size);
    if (mb_import_k6_is_csv(head)) {
        return mb_import_k6_csv(import, input, err);
    }
    if (mb_import_k6_is_points(head)) {
        return mb_import_k6_points(import, input, err);
    }
    if (mb_import_k6_is_text(head)) {
        return mb_import_k6_text(import, input, err);
    }
    return mb_import_json_each(
        import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
}

const struct mb_importer mb_importer_k6 = {
    .name = "k6",
    .title = "k6's summary (JSON, text) and measurements (JSON, CSV)",
    .tool = "k6",
    .detect = detect,
    .read = read,
    .unknown =
        "k6 names its executor only in the text above its summary: elsewhere the load "
        "model is not known; summaries do not tell failed requests apart by kind",
};
