// The table that istio/tools makes of fortio's results and Prometheus: a row a run, as
// CSV or as JSON documents with the same keys. Latencies are whole microseconds, CPU is
// thousandths of a core, memory MiB (also where a column says MB: prom.py divides by
// 1024^2). https://github.com/istio/tools, perf/benchmark/runner.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"
#include "format/csv.h"

static const double NS_PER_MCPU_S = 1e6; // a thousandth of a core, for a second
static const double MIB = 1048576;
static const double MICRO_PER_ONE = 1e6;
static const double SHARE = 1e9;
enum { SCOPE_MAX = 128, DIGITS_MAX = 12 };

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_import_run *run;
    const char *const *names; // of the columns
    const char *const *values;
    size_t count;
    int line;
    struct mb_import_quantiles quantiles;
    int64_t min_ns; // -1: not known
    int64_t max_ns;
    size_t resource_capacity;
    struct mb_err *err;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool named = strstr(head, "Labels") != NULL && strstr(head, "ActualQPS") != NULL &&
                 strstr(head, "NumThreads") != NULL;
    bool columns = strstr(head, ",p50") != NULL || strstr(head, "\"p50\":") != NULL;
    return named && columns ? 90 : 0;
}

static const char *text(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (strcmp(reading->names[i], name) == 0) {
            return reading->values[i];
        }
    }
    return "";
}

static enum mb_status fault(const struct reading *reading, const char *name,
                            const char *value)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     reading->line, 0, "'%.40s' is no %.60s", value, name);
}

// A number that may be missing: -1. A table has "", "-", "nan" and "n/a" for that.
static enum mb_status number(const struct reading *reading, const char *name,
                             const char *value, double *number)
{
    const char *at = value;
    *number = -1;
    if (value[0] == '\0' || strcmp(value, "-") == 0 || strcmp(value, "nan") == 0 ||
        strcmp(value, "NaN") == 0 || strcmp(value, "n/a") == 0 ||
        strcmp(value, "null") == 0) {
        return MB_OK;
    }
    if (!mb_import_text_field(&at, number) || *at != '\0' ||
        *number > (double)MB_UNITS_SAFE_MAX) {
        return fault(reading, name, value);
    }
    return MB_OK;
}

// --- what was asked ---

// A number between underscores; moves behind it.
static bool label_number(const char **at, const char *word, int64_t *value)
{
    return mb_import_text_word(at, word) && mb_import_text_count(at, value) &&
           **at == '_';
}

// "ff93ac4f_qps_1000_c_16_1024_none_mtls_both": the name of the run, the load, the size
// of the payload; then the mode and where sidecars are.
static void label_read(struct reading *reading)
{
    struct mb_import_run *run = reading->run;
    struct mb_arena *arena = reading->import->arena;
    const char *label = mb_arena_copy_string(arena, text(reading, "Labels"));
    const char *at = strstr(label, "_qps_");
    int64_t rate;
    int64_t connections;
    int64_t bytes;
    run->name = label[0] != '\0' ? label : NULL;
    if (at == NULL || !label_number(&at, "_qps_", &rate) ||
        !label_number(&at, "_c_", &connections) || !label_number(&at, "_", &bytes) ||
        at[1] == '\0' || rate > MB_UNITS_SAFE_MAX / 1000000) {
        return;
    }
    run->variant = at + 1;
    run->workload = mb_arena_print(arena, "payload-%lld", (long long)bytes);
    run->point.connections = connections;
    if (rate > 0) {
        run->point.rate_micro_rps = rate * 1000000;
        run->point.load_model = MB_LOAD_PACED;
    }
}

static enum mb_status load_read(struct reading *reading)
{
    struct mb_point *point = &reading->run->point;
    double threads;
    double rate;
    enum mb_status status =
        number(reading, "NumThreads", text(reading, "NumThreads"), &threads);
    const char *asked = text(reading, "RequestedQPS");
    bool most = strcmp(asked, "max") == 0;
    if (status == MB_OK) {
        status = number(reading, "RequestedQPS", most ? "" : asked, &rate);
    }
    if (status != MB_OK) {
        return status;
    }
    label_read(reading);
    if (most) {
        point->rate_micro_rps = -1;
        point->load_model = MB_LOAD_CLOSED;
    }
    if (threads > 0 && floor(threads) == threads) {
        point->connections = (int64_t)threads;
        reading->run->concurrency = (int64_t)threads;
    }
    if (rate > 0 && rate <= (double)MB_UNITS_SAFE_MAX / MICRO_PER_ONE) {
        point->rate_micro_rps = llround(rate * MICRO_PER_ONE);
        point->load_model = MB_LOAD_PACED;
    }
    return MB_OK;
}

static enum mb_status times_read(struct reading *reading)
{
    struct mb_import_run *run = reading->run;
    const char *start = text(reading, "StartTime");
    struct mb_err own = {0};
    double seconds;
    if (start[0] != '\0' &&
        mb_units_parse_time_zoned(start, &run->start_unix_ns, &own) != MB_OK) {
        return fault(reading, "StartTime", start);
    }
    const char *took = text(reading, "ActualDuration");
    enum mb_status status = number(reading, "ActualDuration", took, &seconds);
    if (status == MB_OK && seconds >= 0 &&
        !mb_import_text_scale(seconds, MB_UNITS_NS_PER_S, &run->window_ns)) {
        return fault(reading, "ActualDuration", took);
    }
    return status;
}

// --- latencies ---

// "p99" is 0.99, "p999" and "p99.9" are 0.999. False: no percentile.
static bool percentile_name(const char *name, int64_t *share)
{
    char digits[DIGITS_MAX + 3] = "0.";
    size_t size = 2;
    double value;
    const char *at = digits;
    if (name[0] != 'p' || strcmp(name, "p100") == 0 || !isdigit((unsigned char)name[1]) ||
        !isdigit((unsigned char)name[2])) {
        return false;
    }
    for (name++; *name != '\0' && size < DIGITS_MAX; name++) {
        if (isdigit((unsigned char)*name)) {
            digits[size++] = *name;
        } else if (*name != '.') {
            return false;
        }
    }
    digits[size] = '\0';
    if (*name != '\0' || !mb_import_text_field(&at, &value)) {
        return false;
    }
    *share = llround(value * SHARE);
    return *share > 0;
}

static enum mb_status us_read(const struct reading *reading, const char *name,
                              const char *value, int64_t *ns)
{
    double us;
    *ns = -1;
    enum mb_status status = number(reading, name, value, &us);
    if (status == MB_OK && us >= 0 && !mb_import_text_scale(us, MB_UNITS_NS_PER_US, ns)) {
        return fault(reading, name, value);
    }
    return status;
}

// Errors are given as a share of what fortio sent.
static enum mb_status latencies_put(struct reading *reading)
{
    struct mb_import_run *run = reading->run;
    double rate;
    double errors;
    enum mb_status status =
        number(reading, "ActualQPS", text(reading, "ActualQPS"), &rate);
    if (status == MB_OK) {
        const char *share = text(reading, "errorPercent");
        status = number(reading, "errorPercent", share, &errors);
    }
    if (status != MB_OK) {
        return status;
    }
    double requests = rate >= 0 && run->window_ns >= 0
                          ? rate * (double)run->window_ns / MB_UNITS_NS_PER_S
                          : -1;
    bool known = requests >= 0 && requests <= (double)MB_UNITS_SAFE_MAX;
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &reading->quantiles,
        .n = known ? llround(requests) : -1,
        .mean_ns = -1,
        .min_ns = reading->min_ns,
        .max_ns = reading->max_ns,
    });
    run->part.counts.completed = known ? llround(requests) : -1;
    dist.mixed = dist.type != MB_DIST_ABSENT && errors != 0;
    mb_import_run_latency(reading->import, run, dist);
    return MB_OK;
}

// --- resources ---

static enum mb_role role_of(const char *scope)
{
    static const struct {
        const char *word;
        enum mb_role role;
    } roles[] = {
        // Neither of them in the path of these requests.
        {"ingressgateway", MB_ROLE_OTHER},    {"egressgateway", MB_ROLE_OTHER},
        {"telemetry", MB_ROLE_CONTROL_PLANE}, {"policy", MB_ROLE_CONTROL_PLANE},
        {"pilot", MB_ROLE_CONTROL_PLANE},     {"istiod", MB_ROLE_CONTROL_PLANE},
        {"proxy", MB_ROLE_DATA_PLANE},        {"fortioserver", MB_ROLE_APPLICATION},
        {"fortio", MB_ROLE_GENERATOR},
    };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strstr(scope, roles[i].word) != NULL) {
            return roles[i].role;
        }
    }
    return MB_ROLE_OTHER;
}

static struct mb_resource *resource_for(struct reading *reading, const char *scope)
{
    struct mb_import_run *run = reading->run;
    for (size_t i = 0; i < run->resource_count; i++) {
        if (strcmp(run->resources[i].scope, scope) == 0) {
            return &run->resources[i];
        }
    }
    run->resources =
        mb_arena_grow(reading->import->arena, run->resources, run->resource_count,
                      &reading->resource_capacity, sizeof *run->resources);
    run->resources[run->resource_count] = (struct mb_resource){
        .role = role_of(scope),
        .source = "Prometheus, by istio/tools",
        .scope = mb_arena_copy_string(reading->import->arena, scope),
        .cpu_start_ns = -1,
        .cpu_end_ns = -1,
        .rss_start_bytes = -1,
        .rss_end_bytes = -1,
        .rss_max_bytes = -1,
    };
    return &run->resources[run->resource_count++];
}

// "cpu_mili_avg_fortioserver_deployment_proxy": over the whole window the average is the
// time used. "mem_MB_max_...": the largest. An average of memory is neither that nor what
// it had at the window's ends; it stays as a fact.
static enum mb_status usage_read(struct reading *reading, size_t column)
{
    const char *name = reading->names[column];
    const char *cpu = name;
    const char *memory = name;
    double value;
    bool is_cpu = mb_import_text_word(&cpu, "cpu_mili_");
    bool is_memory = mb_import_text_word(&memory, "mem_MB_") ||
                     mb_import_text_word(&memory, "mem_Mi_");
    if (!is_cpu && !is_memory) {
        return MB_OK;
    }
    enum mb_status status = number(reading, name, reading->values[column], &value);
    if (status != MB_OK || value < 0) {
        return status;
    }
    double ns =
        value * NS_PER_MCPU_S * (double)reading->run->window_ns / MB_UNITS_NS_PER_S;
    if (is_cpu && mb_import_text_word(&cpu, "avg_") && reading->run->window_ns >= 0 &&
        ns <= (double)MB_UNITS_SAFE_MAX) {
        struct mb_resource *resource = resource_for(reading, cpu);
        resource->cpu_start_ns = 0;
        resource->cpu_end_ns = llround(ns);
    } else if (is_memory && mb_import_text_word(&memory, "max_") &&
               value * MIB <= (double)MB_UNITS_SAFE_MAX) {
        resource_for(reading, memory)->rss_max_bytes = llround(value * MIB);
    } else if (is_memory && mb_import_text_word(&memory, "avg_")) {
        mb_import_fact_add(reading->import, reading->run, name,
                           mb_node_float(reading->import->arena, value));
    } else {
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "the least and the largest CPU, and the least memory");
    }
    return MB_OK;
}

// The percentile above `below` that comes next, whatever the order of the columns. False:
// there is none.
static bool percentile_next(const struct reading *reading, int64_t below, size_t *column,
                            int64_t *share)
{
    bool found = false;
    for (size_t i = 0; i < reading->count; i++) {
        int64_t own;
        if (percentile_name(reading->names[i], &own) && own > below &&
            (!found || own < *share)) {
            found = true;
            *column = i;
            *share = own;
        }
    }
    return found;
}

static enum mb_status percentiles_read(struct reading *reading)
{
    size_t column = 0;
    int64_t share = 0;
    enum mb_status status = MB_OK;
    while (status == MB_OK && percentile_next(reading, share, &column, &share)) {
        const char *name = reading->names[column];
        size_t before = reading->quantiles.count;
        int64_t ns;
        status = us_read(reading, name, reading->values[column], &ns);
        if (status != MB_OK || ns < 0) {
            continue;
        }
        mb_import_text_quantile(reading->import->arena, &reading->quantiles, share, ns);
        if (reading->quantiles.count == before) {
            status = mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                               reading->line, 0, "%.20s is less than a lower percentile",
                               name);
        }
    }
    return status;
}

static enum mb_status columns_read(struct reading *reading)
{
    enum mb_status status =
        us_read(reading, "min", text(reading, "min"), &reading->min_ns);
    if (status == MB_OK) {
        status = us_read(reading, "max", text(reading, "max"), &reading->max_ns);
    }
    if (status == MB_OK) {
        status = percentiles_read(reading);
    }
    for (size_t i = 0; status == MB_OK && i < reading->count; i++) {
        status = usage_read(reading, i);
    }
    return status;
}

static enum mb_status row_read(struct reading *reading)
{
    reading->quantiles = (struct mb_import_quantiles){.count = 0};
    reading->resource_capacity = 0;
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &reading->run, reading->err);
    if (status == MB_OK) {
        reading->run->part.generator_name = "fortio";
        status = load_read(reading);
    }
    if (status == MB_OK) {
        status = times_read(reading);
    }
    if (status == MB_OK) {
        status = columns_read(reading);
    }
    return status == MB_OK ? latencies_put(reading) : status;
}

// --- the file ---

static enum mb_status csv_read(struct reading *reading)
{
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    struct mb_arena *arena = reading->import->arena;
    enum mb_status status = mb_csv_open(reading->input, ',', &csv, reading->err);
    if (status == MB_OK) {
        status = mb_csv_next(csv, &record, reading->err);
    }
    size_t columns = status == MB_OK && record != NULL ? record->count : 0;
    const char **names = mb_arena_alloc(arena, columns + 1, sizeof *names);
    for (size_t i = 0; i < columns; i++) {
        names[i] = mb_arena_copy_string(arena, record->fields[i]);
    }
    reading->names = names;
    while (status == MB_OK && record != NULL) {
        status = mb_csv_next(csv, &record, reading->err);
        if (status != MB_OK || record == NULL) {
            break;
        }
        if (record->count != columns) {
            status = mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                               record->line, 0, "it has %zu columns, not %zu",
                               record->count, columns);
            break;
        }
        reading->values = (const char *const *)record->fields;
        reading->count = columns;
        reading->line = record->line;
        status = row_read(reading);
    }
    mb_csv_free(csv);
    return status;
}

static const char *scalar_text(struct mb_arena *arena, const struct mb_node *node)
{
    if (node->type == MB_NODE_INT || node->type == MB_NODE_FLOAT) {
        return mb_arena_print(arena, "%.17g", mb_node_number(node, -1));
    }
    return mb_node_text(node, "");
}

static enum mb_status object_read(void *state, struct mb_import_json *json,
                                  const struct mb_node *node, struct mb_err *err)
{
    struct reading *reading = state;
    struct mb_arena *arena = reading->import->arena;
    size_t count = node->type == MB_NODE_MAP ? mb_node_count(node) : 0;
    const char **names = mb_arena_alloc(arena, count + 1, sizeof *names);
    const char **values = mb_arena_alloc(arena, count + 1, sizeof *values);
    if (mb_node_find(node, "Labels") == NULL || mb_node_find(node, "p50") == NULL) {
        return mb_import_json_fault(json, node, err,
                                    "a document without 'Labels' and 'p50'");
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = mb_node_text(node->as.map.entries[i].key, "");
        values[i] = scalar_text(arena, node->as.map.entries[i].value);
    }
    reading->names = names;
    reading->values = values;
    reading->count = count;
    reading->line = json->piece_line + 1;
    return row_read(reading);
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input, .err = err};
    size_t size;
    const char *head = mb_input_head(input, &size);
    const struct mb_import_json_visitor visitor = {.visit = object_read,
                                                   .state = &reading};
    return head[0] == '{' ? mb_import_json_each(import, input, &visitor, err)
                          : csv_read(&reading);
}

const struct mb_importer mb_importer_istio = {
    .name = "istio",
    .title = "istio/tools benchmark table (CSV, JSON documents)",
    .tool = "fortio",
    .detect = detect,
    .read = read,
    .unknown = "the table has no numbers of requests (rate times length stands for it), "
               "and mostly no errors; its CPU and memory come from Prometheus every 15 s",
};
