// Results of Service Mesh Performance: PerformanceTestResult as YAML or JSON in both
// spellings, and the summary that came before the protos. spec/smp-mapping.md.
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/importers.h"
#include "exchange/smp_names.h"

// Below this median no service mesh has ever answered: then ms were seconds, which
// Meshery wrote into this field for years (fortio#463).
enum { LEAST_MEDIAN_NS = 50000 };

struct reading {
    struct mb_import *import;
    struct mb_doc doc;
    const struct mb_node *node; // the result
    struct mb_import_run *run;
    struct mb_err *err;
};

static bool has(const char *head, const char *snake, const char *camel)
{
    return strstr(head, snake) != NULL || strstr(head, camel) != NULL;
}

static int detect(const char *head, size_t size)
{
    (void)size;
    bool times = has(head, "start_time", "startTime") && has(head, "end_time", "endTime");
    if (has(head, "latencies_ms", "latenciesMs")) {
        return times ? 85 : 50;
    }
    bool version = has(head, "smp_version", "smpVersion") ||
                   has(head, "smps_version", "smpsVersion");
    return version ? 60 : 0;
}

static enum mb_status fault(struct reading *reading, const struct mb_node *node,
                            const char *what)
{
    mb_doc_locate(reading->import->arena, &reading->doc);
    return mb_err_at(reading->err, MB_INVALID, reading->doc.name,
                     node != NULL ? node->line : 0, node != NULL ? node->column : 0, "%s",
                     what);
}

static enum mb_status time_read(struct reading *reading, const char *name,
                                int64_t *unix_ns)
{
    const struct mb_node *node = mb_smp_find(reading->node, name);
    struct mb_err own = {0};
    *unix_ns = 0;
    if (node == NULL ||
        mb_units_parse_time_zoned(mb_node_text(node, ""), unix_ns, &own) == MB_OK) {
        return MB_OK;
    }
    return fault(reading, node, own.message);
}

static enum mb_status window_read(struct reading *reading)
{
    int64_t end_ns = 0;
    struct mb_import_run *run = reading->run;
    enum mb_status status = time_read(reading, "start_time", &run->start_unix_ns);
    if (status == MB_OK) {
        status = time_read(reading, "end_time", &end_ns);
    }
    if (status != MB_OK || run->start_unix_ns == 0 || end_ns == 0) {
        return status;
    }
    if (end_ns < run->start_unix_ns) {
        return fault(reading, mb_smp_find(reading->node, "end_time"),
                     "the end is before the start");
    }
    run->window_ns = end_ns - run->start_unix_ns;
    return MB_OK;
}

// Milliseconds, as a number or a text; -1 when they are not there, or zero, which is what
// protobuf makes of nothing.
static enum mb_status latency_read(struct reading *reading, const struct mb_node *map,
                                   const char *name, int64_t *ns)
{
    const struct mb_node *node = mb_smp_find(map, name);
    struct mb_err ignored = {0};
    double ms = mb_node_number(node, -1);
    *ns = -1;
    if (node == NULL) {
        return MB_OK;
    }
    if (node->type == MB_NODE_STRING &&
        mb_units_parse_double(node->as.string.data, &ms, &ignored) != MB_OK) {
        ms = -1;
    }
    if (ms < 0 || ms > (double)MB_UNITS_SAFE_MAX / 1e6) {
        return fault(reading, node, "not a latency in ms");
    }
    *ns = ms > 0 ? (int64_t)llroundl((long double)ms * 1e6L) : -1;
    return MB_OK;
}

// Adds a quantile above the ones that are there.
static enum mb_status quantile_add(struct reading *reading, const struct mb_node *map,
                                   const char *name, struct mb_dist_quantile quantile,
                                   struct mb_dist *dist)
{
    enum mb_status status = latency_read(reading, map, name, &quantile.value);
    if (status != MB_OK || quantile.value < 0) {
        return status;
    }
    if (dist->count > 0 && quantile.value < dist->quantiles[dist->count - 1].value) {
        return fault(reading, mb_smp_find(map, name),
                     "a percentile is below the one before it");
    }
    dist->quantiles[dist->count++] = quantile;
    return MB_OK;
}

static enum mb_status latencies_read(struct reading *reading, struct mb_dist *dist,
                                     int64_t *mean_ns)
{
    static const struct {
        const char *name;
        int64_t share;
    } quantiles[] = {{"p50", 500000000},
                     {"p75", 750000000},
                     {"p90", 900000000},
                     {"p95", 950000000},
                     {"p99", 990000000}};
    const struct mb_node *map = mb_smp_find(reading->node, "latencies_ms");
    if (map == NULL) {
        map = mb_smp_find(mb_smp_find(reading->node, "client"), "latencies_ms");
    }
    if (map == NULL || map->type != MB_NODE_MAP) {
        return fault(reading, reading->node, "there are no 'latencies_ms' in it");
    }
    dist->quantiles = mb_arena_alloc(reading->import->arena, 5, sizeof *dist->quantiles);
    enum mb_status status = latency_read(reading, map, "min", &dist->min);
    if (status == MB_OK) {
        status = latency_read(reading, map, "max", &dist->max);
    }
    if (status == MB_OK) {
        status = latency_read(reading, map, "average", mean_ns);
    }
    for (size_t i = 0; status == MB_OK && i < sizeof quantiles / sizeof *quantiles; i++) {
        status = quantile_add(reading, map, quantiles[i].name,
                              (struct mb_dist_quantile){quantiles[i].share, 0}, dist);
    }
    return status;
}

// SMP has a rate and no number of requests: that follows where the time is known. The
// older form has one key for the rate that was asked for and the one that came out; what
// is no whole number was not asked for.
static void rate_read(struct reading *reading, int64_t *requests)
{
    const struct mb_node *client = mb_smp_find(reading->node, "client");
    double rate = mb_node_number(mb_smp_find(reading->node, "actual_qps"), -1);
    double asked = mb_node_number(mb_smp_find(client, "rps"), -1);
    if (rate < 0 && asked > 0 && floor(asked) != asked) {
        rate = asked;
    } else if (asked > 0 && asked < (double)MB_UNITS_SAFE_MAX / 1e6) {
        reading->run->point.rate_micro_rps = llround(asked * 1e6);
    }
    double count = rate * (double)reading->run->window_ns / MB_UNITS_NS_PER_S;
    bool known =
        rate >= 0 && reading->run->window_ns > 0 && count <= (double)MB_UNITS_SAFE_MAX;
    *requests = known ? llround(count) : -1;
    reading->run->part.counts.completed = *requests;
    reading->run->point.connections =
        mb_node_integer(mb_smp_find(client, "connections"), -1);
}

static void latencies_put(struct reading *reading, struct mb_dist *dist, int64_t mean_ns,
                          int64_t requests)
{
    bool summed = requests > 0 && mean_ns >= 0 &&
                  mean_ns <= MB_UNITS_SAFE_MAX / (requests > 0 ? requests : 1);
    dist->n = requests;
    dist->sum = summed ? mean_ns * requests : -1;
    if (mean_ns >= 0 && !summed) {
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "'%s': the average has no place without a number of requests",
                           reading->doc.name);
    }
    if (dist->count > 0 && dist->quantiles[0].share == 500000000 &&
        dist->quantiles[0].value < LEAST_MEDIAN_NS) {
        mb_import_note_add(reading->import, MB_IMPORT_IMPLAUSIBLE,
                           "'%s': a median below 0.05 ms; Meshery long wrote seconds "
                           "where ms are meant, and the numbers are kept as they stand",
                           reading->doc.name);
    }
    reading->run->part.dist[MB_DIST_RESPONSE] = *dist;
}

static void facts_add(struct reading *reading)
{
    static const char *const kept[] = {
        "id",          "exp_uuid",    "exp_group_uuid", "test_id", "mesh_config_id",
        "env_id",      "smp_version", "details_uri",    "labels",  "mesh_build",
        "proxy_build", "profile",     "config",         "env",     "metrics"};
    struct mb_import *import = reading->import;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct mb_node *value = mb_smp_find(reading->node, kept[i]);
        bool holds =
            value != NULL && (value->type == MB_NODE_MAP || value->type == MB_NODE_LIST);
        bool empty = holds && mb_node_count(value) == 0;
        if (!empty) {
            mb_import_fact_add(import, reading->run,
                               mb_arena_print(import->arena, "smp.%s", kept[i]), value);
        }
    }
    mb_import_fact_add(import, reading->run, "environment.orchestrator.version",
                       mb_smp_find(mb_smp_find(reading->node, "env"), "kubernetes"));
    const char *url = mb_node_text(mb_smp_find(reading->node, "endpoint_url"), NULL);
    reading->run->url = url;
}

static enum mb_status result_read(struct reading *reading, const struct mb_input *input)
{
    struct mb_dist dist = {.type = MB_DIST_QUANTILES, .n = -1, .sum = -1};
    int64_t mean_ns = -1;
    int64_t requests = -1;
    enum mb_status status =
        mb_import_run_add(reading->import, input, &reading->run, reading->err);
    if (status == MB_OK) {
        status = window_read(reading);
    }
    if (status == MB_OK) {
        status = latencies_read(reading, &dist, &mean_ns);
    }
    if (status != MB_OK) {
        return status;
    }
    rate_read(reading, &requests);
    latencies_put(reading, &dist, mean_ns, requests);
    facts_add(reading);
    return MB_OK;
}

static enum mb_status document_read(struct reading *reading, const struct mb_input *input)
{
    const struct mb_node *root = reading->doc.root;
    if (mb_smp_is_config(root)) {
        mb_err_hint(reading->err, "measure it: meshbench run %s", reading->doc.name);
        return fault(reading, root, "the configuration of a test, not its result");
    }
    bool list = root->type == MB_NODE_LIST;
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < (list ? mb_node_count(root) : 1); i++) {
        reading->node = list ? root->as.list.items[i] : root;
        status = result_read(reading, input);
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.import = import, .err = err};
    struct mb_buf text = {0};
    enum mb_status status = mb_input_read_all(input, MB_IMPORT_TEXT_MAX, &text, err);
    if (status == MB_OK) {
        status = mb_doc_parse(import->arena, mb_input_name(input), mb_buf_string(&text),
                              text.size, &reading.doc, err);
    }
    if (status == MB_OK) {
        status = document_read(&reading, input);
    }
    mb_buf_release(&text);
    return status;
}

const struct mb_importer mb_importer_smp = {
    .name = "smp",
    .title = "Service Mesh Performance results (YAML, JSON)",
    .tool = "SMP",
    .detect = detect,
    .read = read,
    .unknown = "SMP has no load model, no errors, no warm-up, and percentiles only; what "
               "latencies count from depends on the tool behind it",
};
