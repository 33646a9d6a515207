// Gatling's stats.json: what its report shows of each request, and of all together.
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

enum { DEPTH_MAX = 32 };

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_import_json *json;
    struct mb_err *err;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    return strstr(head, "\"numberOfRequests\"") != NULL &&
                   strstr(head, "\"minResponseTime\"") != NULL
               ? 92
               : 0;
}

// Numbers as such or as texts; "-" where there is none: -1. False: it is something else.
static bool number_read(const struct mb_node *stats, const char *name, const char *which,
                        int64_t *value)
{
    const struct mb_node *node = mb_node_find(mb_node_find(stats, name), which);
    *value = -1;
    return node == NULL || node->type == MB_NODE_NULL ||
           strcmp(mb_node_text(node, ""), "-") == 0 || mb_import_json_count(node, value);
}

static enum mb_status counts_read(const struct reading *reading,
                                  const struct mb_node *stats, struct mb_counts *counts)
{
    int64_t failed;
    if (!number_read(stats, "numberOfRequests", "total", &counts->intended) ||
        !number_read(stats, "numberOfRequests", "ok", &counts->ok) ||
        !number_read(stats, "numberOfRequests", "ko", &failed) || counts->ok < 0 ||
        failed < 0 || failed > counts->intended ||
        counts->intended - failed != counts->ok) {
        return mb_import_json_fault(reading->json, stats, reading->err,
                                    "'numberOfRequests' does not add up");
    }
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = failed == 0 ? 0 : -1;
    }
    counts->errors_by_kind[MB_ERROR_OTHER] = failed;
    counts->completed = failed == 0 ? counts->ok : -1;
    counts->unfinished = 0;
    return MB_OK;
}

// Which percentiles 1 to 4 are stands in gatling.conf only: they stay facts.
static void percentiles_keep(const struct reading *reading, struct mb_import_run *run,
                             const struct mb_node *stats)
{
    static const char *const names[] = {"percentiles1", "percentiles2", "percentiles3",
                                        "percentiles4"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct mb_node *values = mb_node_find(stats, names[i]);
        mb_import_fact_add(reading->import, run, names[i], mb_node_find(values, "ok"));
    }
    mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                       "which percentiles 'percentiles1' to 'percentiles4' are stands in "
                       "gatling.conf only (by default 50, 75, 95, 99); they are facts");
}

static enum mb_status stats_read(const struct reading *reading,
                                 const struct mb_node *stats, const char *name)
{
    struct mb_import_run *run = NULL;
    int64_t ms[3];
    static const char *const keys[] = {"minResponseTime", "maxResponseTime",
                                       "meanResponseTime"};
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status == MB_OK) {
        status = counts_read(reading, stats, &run->part.counts);
    }
    for (size_t i = 0; status == MB_OK && i < 3; i++) {
        if (!number_read(stats, keys[i], "ok", &ms[i]) ||
            ms[i] > MB_UNITS_SAFE_MAX / MB_UNITS_NS_PER_MS) {
            status = mb_import_json_fault(reading->json, stats, reading->err,
                                          "'%s' is no number of ms", keys[i]);
        }
    }
    if (status != MB_OK) {
        return status;
    }
    run->workload = name;
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .n = run->part.counts.ok,
        .min_ns = ms[0] >= 0 ? ms[0] * MB_UNITS_NS_PER_MS : -1,
        .max_ns = ms[1] >= 0 ? ms[1] * MB_UNITS_NS_PER_MS : -1,
        .mean_ns = ms[2] >= 0 ? ms[2] * MB_UNITS_NS_PER_MS : -1,
    });
    mb_import_run_latency(reading->import, run, dist);
    percentiles_keep(reading, run, stats);
    return MB_OK;
}

// A group holds its requests, by an id of Gatling's; the outermost one is all of them.
static enum mb_status node_read(const struct reading *reading, const struct mb_node *node,
                                int depth)
{
    const struct mb_node *contents = mb_node_find(node, "contents");
    const struct mb_node *stats = mb_node_find(node, "stats");
    const char *name = mb_node_text(mb_node_find(node, "name"), "");
    enum mb_status status = MB_OK;
    if (depth > DEPTH_MAX) {
        return mb_import_json_fault(reading->json, node, reading->err,
                                    "groups nest deeper than %d", (int)DEPTH_MAX);
    }
    // A file of the totals alone is its own statistics.
    if (stats == NULL && mb_node_find(node, "numberOfRequests") != NULL) {
        stats = node;
    }
    bool group = contents != NULL && contents->type == MB_NODE_MAP;
    if (!group && stats == NULL) {
        return mb_import_json_fault(reading->json, node, reading->err,
                                    "neither 'stats' nor 'contents'");
    }
    if (!group) {
        return stats_read(reading, stats, name[0] != '\0' ? name : NULL);
    }
    for (size_t i = 0; status == MB_OK && i < mb_node_count(contents); i++) {
        status = node_read(reading, contents->as.map.entries[i].value, depth + 1);
    }
    return status;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    const struct reading reading = {
        .import = json->import, .input = json->input, .json = json, .err = err};
    (void)state;
    return node_read(&reading, root, 0);
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    return mb_import_json_each(
        import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
}

const struct mb_importer mb_importer_gatling_stats = {
    .name = "gatling-stats",
    .title = "Gatling's stats.json",
    .tool = "gatling",
    .detect = detect,
    .read = read,
    .unknown = "Gatling's statistics hold least, mean and largest times; percentiles "
               "without saying which; not when it ran nor how users were injected",
};
