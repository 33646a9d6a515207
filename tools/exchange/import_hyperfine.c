// hyperfine's JSON: how long each run of a command took.
// https://github.com/sharkdp/hyperfine
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

struct reading {
    struct mb_import *import;
    struct mb_import_json *json;
    const struct mb_node *node; // a result
    struct mb_import_run *run;
    struct mb_err *err;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool shape =
        strstr(head, "\"results\"") != NULL && strstr(head, "\"command\"") != NULL;
    bool values =
        strstr(head, "\"stddev\"") != NULL && strstr(head, "\"median\"") != NULL;
    return shape && values ? 88 : 0;
}

static enum mb_status fault(const struct reading *reading, const struct mb_node *node,
                            const char *what)
{
    return mb_import_json_fault(reading->json, node, reading->err, "%s", what);
}

// A command that failed is counted with --ignore-failure; one that a signal ended has no
// code.
static bool succeeded(const struct mb_node *codes, size_t index)
{
    bool there =
        codes != NULL && codes->type == MB_NODE_LIST && index < codes->as.list.count;
    return !there || mb_node_integer(codes->as.list.items[index], -1) == 0;
}

static enum mb_status times_read(struct reading *reading, const struct mb_node *times)
{
    struct mb_import_samples samples;
    const struct mb_node *codes = mb_node_find(reading->node, "exit_codes");
    enum mb_status status = MB_OK;
    mb_import_samples_init(&samples, reading->import->arena);
    for (size_t i = 0; status == MB_OK && i < mb_node_count(times); i++) {
        const struct mb_node *time = times->as.list.items[i];
        struct mb_import_sample sample = {.start_ns = -1,
                                          .connect_ns = -1,
                                          .kind = MB_ERROR_OTHER,
                                          .bytes_sent = -1,
                                          .bytes_received = -1};
        sample.ok = succeeded(codes, i);
        if (!mb_import_json_seconds(time, &sample.latency_ns)) {
            status = fault(reading, time, "a time is no number of seconds");
        } else {
            mb_import_samples_add(&samples, &sample);
        }
    }
    if (status == MB_OK) {
        mb_import_samples_put(&samples, reading->import, reading->run, false);
    }
    mb_import_samples_release(&samples);
    return status;
}

// Without the single times.
static enum mb_status summary_read(struct reading *reading)
{
    struct mb_import_quantiles median = {.count = 0};
    struct mb_import_latency latency = {.quantiles = &median, .n = -1};
    int64_t median_ns = -1;
    const struct {
        const char *key;
        int64_t *value;
    } values[] = {{"mean", &latency.mean_ns},
                  {"min", &latency.min_ns},
                  {"max", &latency.max_ns},
                  {"median", &median_ns}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct mb_node *node = mb_node_find(reading->node, values[i].key);
        if (!mb_import_json_seconds(node, values[i].value)) {
            return fault(reading, node != NULL ? node : reading->node,
                         "neither 'times' nor all of 'mean', 'min', 'max', 'median'");
        }
    }
    mb_import_text_quantile(reading->import->arena, &median, 500000000, median_ns);
    mb_import_run_latency(reading->import, reading->run, mb_import_text_dist(&latency));
    return MB_OK;
}

// CPU is given as the means over all runs; memory, of newer versions, for each of them.
static void resource_put(struct reading *reading, size_t runs)
{
    int64_t user_ns = -1;
    int64_t system_ns = -1;
    const struct mb_node *memory = mb_node_find(reading->node, "memory_usage_byte");
    struct mb_resource *resource =
        mb_arena_alloc(reading->import->arena, 1, sizeof *resource);
    *resource = (struct mb_resource){.role = MB_ROLE_APPLICATION,
                                     .source = "hyperfine",
                                     .scope = "process",
                                     .cpu_start_ns = -1,
                                     .cpu_end_ns = -1,
                                     .rss_start_bytes = -1,
                                     .rss_end_bytes = -1,
                                     .rss_max_bytes = -1};
    bool cpu =
        mb_import_json_seconds(mb_node_find(reading->node, "user"), &user_ns) &&
        mb_import_json_seconds(mb_node_find(reading->node, "system"), &system_ns) &&
        ((double)user_ns + (double)system_ns) * (double)runs <= (double)MB_UNITS_SAFE_MAX;
    if (cpu && runs > 0) {
        resource->cpu_start_ns = 0;
        resource->cpu_end_ns = (user_ns + system_ns) * (int64_t)runs;
    }
    bool list = memory != NULL && memory->type == MB_NODE_LIST;
    for (size_t i = 0; list && i < mb_node_count(memory); i++) {
        int64_t bytes = -1;
        (void)!mb_import_json_count(memory->as.list.items[i], &bytes);
        if (bytes > resource->rss_max_bytes) {
            resource->rss_max_bytes = bytes;
        }
    }
    reading->run->resources = resource;
    reading->run->resource_count = 1;
}

static enum mb_status result_read(struct reading *reading, const struct mb_input *input)
{
    const struct mb_node *times = mb_node_find(reading->node, "times");
    const char *command = mb_node_text(mb_node_find(reading->node, "command"), "");
    enum mb_status status =
        mb_import_run_add(reading->import, input, &reading->run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    reading->run->variant = command[0] != '\0' ? command : NULL;
    reading->run->point.load_model = MB_LOAD_CLOSED;
    reading->run->concurrency = 1;
    mb_import_fact_add(reading->import, reading->run, "parameters",
                       mb_node_find(reading->node, "parameters"));
    if (times != NULL && times->type == MB_NODE_LIST) {
        resource_put(reading, mb_node_count(times));
        return times_read(reading, times);
    }
    return summary_read(reading);
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    (void)state;
    const struct mb_node *results = mb_node_find(root, "results");
    enum mb_status status = MB_OK;
    if (results == NULL || results->type != MB_NODE_LIST) {
        return mb_import_json_fault(json, root, err, "a document without 'results'");
    }
    for (size_t i = 0; status == MB_OK && i < mb_node_count(results); i++) {
        struct reading reading = {.import = json->import,
                                  .json = json,
                                  .node = results->as.list.items[i],
                                  .err = err};
        status = result_read(&reading, json->input);
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    return mb_import_json_each(
        import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
}

const struct mb_importer mb_importer_hyperfine = {
    .name = "hyperfine",
    .title = "hyperfine JSON",
    .tool = "hyperfine",
    .detect = detect,
    .read = read,
    .unknown =
        "hyperfine says neither when a command ran nor how many warm-up runs there "
        "were",
};
