// OpenMetrics text: the numbers of each cell as gauges and summaries in base units.
// https://github.com/prometheus/OpenMetrics. Types are those that Prometheus' older text
// format knows as well: a finished run counts nothing further, so its counts are gauges.
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"

struct writing {
    struct mb_export *export;
    const struct mb_export_run *runs;
    size_t count;
    const char **labels; // of each run, without braces
    struct mb_buf *out;
};

struct family {
    const char *name;
    const char *unit; // suffix of the name; NULL: none
    const char *type;
    const char *help;
};

static void family_begin(const struct writing *writing, const struct family *family)
{
    struct mb_buf *out = writing->out;
    mb_buf_print(out, "# TYPE %s %s\n", family->name, family->type);
    if (family->unit != NULL) {
        mb_buf_print(out, "# UNIT %s %s\n", family->name, family->unit);
    }
    mb_buf_print(out, "# HELP %s %s\n", family->name, family->help);
}

static void label_print(const char *name, const char *value, struct mb_buf *out)
{
    struct mb_buf safe = {0};
    mb_text_show(value, strlen(value), "", &safe);
    mb_buf_print(out, "%s=\"", name);
    for (const char *at = mb_buf_string(&safe); *at != '\0'; at++) {
        mb_buf_append_string(out, *at == '"' || *at == '\\' ? "\\" : "");
        mb_buf_append_char(out, *at);
    }
    mb_buf_append_char(out, '"');
    mb_buf_release(&safe);
}

// In arena: what tells a run from others, as text.
static const char *labels_text(struct mb_export *export, const struct mb_export_run *run)
{
    struct mb_buf text = {0};
    struct mb_node *labels = mb_node_map(&export->scratch);
    mb_export_labels_put(export, run, labels);
    for (size_t i = 0; i < mb_node_count(labels); i++) {
        const struct mb_node_entry *entry = &labels->as.map.entries[i];
        mb_buf_append_string(&text, i > 0 ? "," : "");
        label_print(entry->key->as.string.data, entry->value->as.string.data, &text);
    }
    const char *copy = mb_arena_copy_string(&export->scratch, mb_buf_string(&text));
    mb_buf_release(&text);
    return copy;
}

// A label more than those of the run; name NULL: none.
struct label {
    const char *name;
    const char *value;
};

static void sample_print(const struct writing *writing, size_t index, const char *name,
                         struct label more, double value)
{
    struct mb_buf *out = writing->out;
    mb_buf_print(out, "%s{%s", name, writing->labels[index]);
    if (more.name != NULL) {
        mb_buf_append_char(out, ',');
        label_print(more.name, more.value, out);
    }
    mb_buf_append_string(out, "} ");
    mb_export_number(value, out);
    struct mb_export_time time = mb_export_time_take(&writing->runs[index]);
    if (writing->export->options.timestamps && time.end_unix_ns > 0) {
        mb_buf_print(out, " %lld.%03lld",
                     (long long)(time.end_unix_ns / MB_UNITS_NS_PER_S),
                     (long long)(time.end_unix_ns / MB_UNITS_NS_PER_MS % 1000));
    }
    mb_buf_append_char(out, '\n');
}

// --- families ---

static void quantiles_print(const struct writing *writing, size_t run, const char *name,
                            const struct mb_merged *merged)
{
    static const struct {
        const char *quantile;
        int64_t share;
    } shares[] = {{"0.5", 500000000},  {"0.75", 750000000}, {"0.9", 900000000},
                  {"0.95", 950000000}, {"0.99", 990000000}, {"0.999", 999000000}};
    struct mb_arena *arena = &writing->export->scratch;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        struct mb_value value = mb_merged_value(merged, 'q', shares[i].share);
        if (value.state == MB_VALUE_KNOWN) {
            sample_print(writing, run, name,
                         (struct label){"quantile", shares[i].quantile},
                         value.value / MB_UNITS_NS_PER_S);
        } else if (value.state != MB_VALUE_UNKNOWN) {
            mb_export_note(writing->export, "quantiles of %s are left out where %s", name,
                           value.state == MB_VALUE_CENSORED
                               ? "they are among timed-out requests"
                               : "too few requests support them");
        }
    }
    if (merged->sum >= 0) {
        sample_print(writing, run, mb_arena_print(arena, "%s_sum", name),
                     (struct label){NULL, NULL}, (double)merged->sum / MB_UNITS_NS_PER_S);
    }
    if (merged->n >= 0) {
        sample_print(writing, run, mb_arena_print(arena, "%s_count", name),
                     (struct label){NULL, NULL}, (double)merged->n);
    }
}

static void times_print(const struct writing *writing)
{
    static const struct {
        enum mb_dist_metric metric;
        struct family family;
    } times[] = {
        {MB_DIST_RESPONSE,
         {"meshbench_response_time_seconds", "seconds", "summary",
          "From the moment a request should have left to its last byte, of good ones."}},
        {MB_DIST_SERVICE,
         {"meshbench_service_time_seconds", "seconds", "summary",
          "From the moment a request did leave to its last byte, of good ones."}},
        {MB_DIST_CONNECT,
         {"meshbench_connect_time_seconds", "seconds", "summary",
          "What opening a connection took."}},
        {MB_DIST_WAIT_FOR_CONNECTION,
         {"meshbench_wait_for_connection_seconds", "seconds", "summary",
          "How long requests waited for a free connection."}},
        {MB_DIST_DISPATCH_LAG,
         {"meshbench_dispatch_lag_seconds", "seconds", "summary",
          "How late the generator itself sent requests."}},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        bool begun = false;
        for (size_t j = 0; j < writing->count; j++) {
            const struct mb_export_run *run = &writing->runs[j];
            struct mb_merged merged;
            struct mb_err own = {0};
            if (mb_export_merge(run, times[i].metric, &merged, &own) != MB_OK) {
                mb_export_note(writing->export, "%s of %s is left out: %s",
                               times[i].family.name, run->title, own.message);
                continue;
            }
            if (merged.hdr != NULL || merged.only != NULL) {
                if (!begun) {
                    family_begin(writing, &times[i].family);
                }
                begun = true;
                quantiles_print(writing, j, times[i].family.name, &merged);
            }
            mb_merged_release(&merged);
        }
    }
}

// One gauge, of every run that knows it; `metrics` are its samples, each with its label.
struct gauge {
    struct family family;
    const char *label; // NULL: none
    double scale;
    struct label samples[4]; // metric and the label's value
};

static void gauge_print(const struct writing *writing, const struct gauge *gauge)
{
    bool begun = false;
    for (size_t i = 0; i < writing->count; i++) {
        for (size_t j = 0; j < 4 && gauge->samples[j].name != NULL; j++) {
            struct mb_value value =
                mb_export_value(&writing->runs[i], gauge->samples[j].name);
            if (value.state != MB_VALUE_KNOWN) {
                continue;
            }
            if (!begun) {
                family_begin(writing, &gauge->family);
            }
            begun = true;
            sample_print(writing, i, gauge->family.name,
                         (struct label){gauge->label, gauge->samples[j].value},
                         value.value / gauge->scale);
        }
    }
}

static void gauges_print(const struct writing *writing)
{
    static const struct gauge gauges[] = {
        {.family = {"meshbench_requests_per_second", NULL, "gauge",
                    "Requests that were answered, per second."},
         .scale = 1,
         .samples = {{"throughput", NULL}}},
        {.family = {"meshbench_error_ratio", "ratio", "gauge",
                    "Share of the requests that failed."},
         .scale = 1,
         .samples = {{"error_ratio", NULL}}},
        {.family = {"meshbench_cpu_per_request_seconds", "seconds", "gauge",
                    "CPU time that a request cost, by role."},
         .label = "role",
         .scale = MB_UNITS_NS_PER_S,
         .samples = {{"cpu_per_request.application", "application"},
                     {"cpu_per_request.data_plane", "data_plane"},
                     {"cpu_per_request.control_plane", "control_plane"},
                     {"cpu_per_request.generator", "generator"}}},
        {.family = {"meshbench_resident_memory_max_bytes", "bytes", "gauge",
                    "Largest resident memory, by role."},
         .label = "role",
         .scale = 1,
         .samples = {{"memory.application", "application"},
                     {"memory.data_plane", "data_plane"},
                     {"memory.control_plane", "control_plane"},
                     {"memory.generator", "generator"}}},
    };
    for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++) {
        gauge_print(writing, &gauges[i]);
    }
}

static void count_print(const struct writing *writing, size_t run, const char *name,
                        struct label more, int64_t n)
{
    if (n >= 0) {
        sample_print(writing, run, name, more, (double)n);
    }
}

static void requests_print(const struct writing *writing)
{
    static const struct family family = {"meshbench_requests", NULL, "gauge",
                                         "Requests of the run, by what became of them."};
    family_begin(writing, &family);
    for (size_t i = 0; i < writing->count; i++) {
        const struct mb_export_run *run = &writing->runs[i];
        struct mb_export_counts counts =
            mb_export_counts_take(&writing->export->scratch, run);
        const struct {
            const char *state;
            int64_t n;
        } states[] = {{"intended", counts.counts.intended},
                      {"sent", counts.counts.sent},
                      {"completed", counts.counts.completed},
                      {"ok", counts.counts.ok},
                      {"failed", counts.errors},
                      {"unfinished", counts.counts.unfinished}};
        for (size_t j = 0; j < sizeof states / sizeof *states; j++) {
            count_print(writing, i, family.name, (struct label){"state", states[j].state},
                        states[j].n);
        }
    }
}

static void errors_print(const struct writing *writing)
{
    static const struct family family = {"meshbench_errors", NULL, "gauge",
                                         "Requests that failed, by kind."};
    family_begin(writing, &family);
    for (size_t i = 0; i < writing->count; i++) {
        const struct mb_export_run *run = &writing->runs[i];
        struct mb_export_counts counts =
            mb_export_counts_take(&writing->export->scratch, run);
        for (int j = 0; j < MB_ERROR_KINDS; j++) {
            const char *kind = mb_error_kind_name((enum mb_error_kind)j);
            count_print(writing, i, family.name, (struct label){"kind", kind},
                        counts.counts.errors_by_kind[j]);
        }
    }
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    const char **labels = mb_arena_alloc(&export->scratch, count, sizeof *labels);
    const struct writing writing = {
        .export = export, .runs = runs, .count = count, .labels = labels, .out = out};
    for (size_t i = 0; i < count; i++) {
        labels[i] = labels_text(export, &runs[i]);
    }
    (void)err;
    times_print(&writing);
    gauges_print(&writing);
    requests_print(&writing);
    errors_print(&writing);
    mb_buf_append_string(out, "# EOF\n");
    return MB_OK;
}

const struct mb_exporter mb_exporter_openmetrics = {
    .name = "openmetrics",
    .title = "OpenMetrics text, in base units",
    .extension = ".txt",
    .holds = MB_EXPORT_ALL,
    .unit = MB_EXPORT_CELLS,
    .latency = MB_DIST_RESPONSE,
    .lost = "histograms, series and facts are not in it, and a percentile of two cells "
            "together cannot be had from quantiles; without --timestamps it says what, "
            "not when",
    .write = write,
};
