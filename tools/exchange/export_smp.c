// Service Mesh Performance: a PerformanceTestResult for each trial, in the JSON form of
// its proto (lowerCamelCase, times as RFC 3339). spec/smp-mapping.md.
#include "base/units.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"
#include "format/emit.h"
#include "model/field.h"

// The version of the messages that are written.
static const char version[] = "v0.0.1";

static enum mb_status can(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_err *err)
{
    struct mb_export_latency latency;
    enum mb_status status = mb_export_latency_take(export, run, &latency, err);
    if (status == MB_OK) {
        mb_export_latency_release(&latency);
    }
    return status;
}

// What SMP has no percentile for is not known to its readers, who see 0.
static void latency_put(struct mb_export *export, const struct mb_merged *merged,
                        struct mb_node *map)
{
    static const struct {
        const char *key;
        char statistic;
        int64_t share;
    } kept[] = {
        {"min", '<', 0},         {"average", 'm', 0},     {"p50", 'q', 500000000},
        {"p90", 'q', 900000000}, {"p99", 'q', 990000000}, {"max", '>', 0},
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct mb_value value = mb_merged_value(merged, kept[i].statistic, kept[i].share);
        switch (value.state) {
        case MB_VALUE_KNOWN:
            mb_node_put(
                &export->scratch, map, kept[i].key,
                mb_node_float(&export->scratch, value.value / MB_UNITS_NS_PER_MS));
            break;
        case MB_VALUE_UNKNOWN:
            mb_export_note(export, "'%s' is left out where it is not known", kept[i].key);
            break;
        case MB_VALUE_UNSUPPORTED:
            mb_export_note(export, "'%s' is left out where too few requests support it",
                           kept[i].key);
            break;
        case MB_VALUE_CENSORED:
            mb_export_note(export,
                           "'%s' is left out where it is among timed-out requests",
                           kept[i].key);
            break;
        }
    }
}

// What an import from SMP kept as facts, where there is one run that they can be of.
static const struct mb_node *fact_of(struct mb_export *export,
                                     const struct mb_export_run *run, const char *path)
{
    bool single = export->result->cell_count == 1 && run->cell->trial_count == 1;
    return single ? mb_export_fact(export, run, path) : NULL;
}

static void labels_put(struct mb_export *export, const struct mb_export_run *run,
                       const struct mb_export_latency *latency, struct mb_node *map)
{
    struct mb_arena *arena = &export->scratch;
    struct mb_node *labels = mb_node_map(arena);
    for (size_t i = 0; i < export->result->label_count; i++) {
        const struct mb_label *label = &export->result->labels[i];
        mb_field_put_text(arena, labels, label->name, label->value);
    }
    const struct mb_node *kept = fact_of(export, run, "smp.labels");
    for (size_t i = 0;
         kept != NULL && kept->type == MB_NODE_MAP && i < mb_node_count(kept); i++) {
        const struct mb_node_entry *entry = &kept->as.map.entries[i];
        if (entry->value->type == MB_NODE_STRING) {
            mb_node_set(arena, labels, entry->key->as.string.data, entry->value);
        }
    }
    struct mb_node *own = mb_node_map(arena);
    mb_export_labels_put(export, run, own);
    for (size_t i = 0; i < mb_node_count(own); i++) {
        const struct mb_node_entry *entry = &own->as.map.entries[i];
        mb_node_set(arena, labels,
                    mb_arena_print(arena, "meshbench_%s", entry->key->as.string.data),
                    entry->value);
    }
    mb_node_set(arena, labels, "meshbench_latency",
                mb_node_string(arena, mb_dist_metric_name(latency->metric)));
    mb_node_set(arena, labels, "meshbench_result", mb_node_string(arena, export->digest));
    mb_node_put(arena, map, "labels", labels);
}

static void facts_put(struct mb_export *export, const struct mb_export_run *run,
                      struct mb_node *map)
{
    static const struct {
        const char *fact;
        const char *key;
    } kept[] = {{"smp.id", "id"},
                {"smp.details_uri", "detailsUri"},
                {"smp.test_id", "testId"},
                {"smp.mesh_config_id", "meshConfigId"},
                {"smp.env_id", "envId"}};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct mb_node *value = fact_of(export, run, kept[i].fact);
        if (value != NULL && value->type == MB_NODE_STRING) {
            mb_node_set(&export->scratch, map, kept[i].key,
                        mb_node_copy(&export->scratch, value));
        }
    }
}

static struct mb_node *result_node(struct mb_export *export,
                                   const struct mb_export_run *run,
                                   const struct mb_export_latency *latency)
{
    struct mb_arena *arena = &export->scratch;
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *latencies = mb_node_map(arena);
    struct mb_export_time time = mb_export_time_take(run);
    struct mb_value rate = mb_export_value(run, "throughput");
    mb_field_put_text(arena, map, "smpVersion", version);
    mb_field_put_text(arena, map, "id", mb_export_uuid(export, run));
    labels_put(export, run, latency, map);
    if (time.start_unix_ns > 0 && time.end_unix_ns > 0) {
        mb_field_put_time(arena, map, "startTime", time.start_unix_ns);
        mb_field_put_time(arena, map, "endTime", time.end_unix_ns);
    } else {
        mb_export_note(export, "'startTime' and 'endTime' are left out where it is not "
                               "known when and how long a trial ran");
    }
    latency_put(export, &latency->merged, latencies);
    mb_node_put(arena, map, "latenciesMs", latencies);
    if (rate.state == MB_VALUE_KNOWN) {
        mb_node_put(arena, map, "actualQps", mb_node_float(arena, rate.value));
    }
    facts_put(export, run, map);
    return map;
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct mb_export_latency latency;
        enum mb_status status = mb_export_latency_take(export, &runs[i], &latency, err);
        if (status != MB_OK) {
            return status;
        }
        mb_emit_json(result_node(export, &runs[i], &latency), out);
        mb_export_latency_release(&latency);
    }
    return MB_OK;
}

const struct mb_exporter mb_exporter_smp = {
    .name = "smp",
    .title = "Service Mesh Performance: a PerformanceTestResult in JSON",
    .extension = ".json",
    .holds = MB_EXPORT_ONE,
    .unit = MB_EXPORT_TRIALS,
    .latency = MB_DIST_RESPONSE,
    .lost = "SMP has three percentiles and no errors, load model, warm-up, resources or "
            "histograms; variant and load point stand in labels",
    .can = can,
    .write = write,
};
