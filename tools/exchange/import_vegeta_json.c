// `vegeta report -type=json`: times in ns; percentiles, and the start besides.
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_vegeta.h"

struct reading {
    struct mb_import_vegeta vegeta;
    struct mb_import_json *json;
    int64_t sum_ns; // of all latencies; -1: not said
    struct mb_err *err;
};

// A whole number that may be absent; `value` stays then.
static enum mb_status count_read(struct reading *reading, const struct mb_node *node,
                                 const char *name, int64_t *value)
{
    const struct mb_node *found = mb_node_find(node, name);
    if (found == NULL || found->type == MB_NODE_NULL ||
        mb_import_json_count(found, value)) {
        return MB_OK;
    }
    return mb_import_json_fault(reading->json, found, reading->err,
                                "'%s' is not a whole number from 0 to 2^53 - 1", name);
}

// "50th"; "99.9th" would do as well.
static enum mb_status quantile_read(struct reading *reading, const char *name,
                                    const struct mb_node *value)
{
    double percent;
    int64_t value_ns;
    const char *at = name;
    if (!mb_import_text_field(&at, &percent) || strcmp(at, "th") != 0) {
        return MB_OK;
    }
    if (!mb_import_json_count(value, &value_ns) ||
        !mb_import_vegeta_quantile(&reading->vegeta.report, percent, value_ns)) {
        return mb_import_json_fault(
            reading->json, value, reading->err,
            "'%.40s' is not a time in ns, or less than the percentile before it", name);
    }
    return MB_OK;
}

static enum mb_status latencies_read(struct reading *reading,
                                     const struct mb_node *latencies)
{
    struct mb_import_report *report = &reading->vegeta.report;
    size_t count = latencies != NULL && latencies->type == MB_NODE_MAP
                       ? mb_node_count(latencies)
                       : 0;
    enum mb_status status = count_read(reading, latencies, "mean", &report->mean_ns);
    if (status == MB_OK) {
        status = count_read(reading, latencies, "min", &report->min_ns);
    }
    if (status == MB_OK) {
        status = count_read(reading, latencies, "max", &report->max_ns);
    }
    // Where many long ones add up to more than can be kept, the sum is not known.
    (void)mb_import_json_count(mb_node_find(latencies, "total"), &reading->sum_ns);
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        const struct mb_node_entry *entry = &latencies->as.map.entries[i];
        status = quantile_read(reading, mb_node_text(entry->key, ""), entry->value);
    }
    return status;
}

static enum mb_status statuses_read(struct reading *reading,
                                    const struct mb_node *statuses)
{
    size_t count =
        statuses != NULL && statuses->type == MB_NODE_MAP ? mb_node_count(statuses) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct mb_node_entry *entry = &statuses->as.map.entries[i];
        const char *at = mb_node_text(entry->key, "");
        int64_t status;
        int64_t n;
        if (!mb_import_text_count(&at, &status) || *at != '\0' ||
            !mb_import_json_count(entry->value, &n) ||
            !mb_import_vegeta_status(&reading->vegeta, status, n)) {
            return mb_import_json_fault(reading->json, entry->value, reading->err,
                                        "not a status with its number of answers");
        }
    }
    return MB_OK;
}

static void errors_read(struct reading *reading, const struct mb_node *errors)
{
    size_t count =
        errors != NULL && errors->type == MB_NODE_LIST ? errors->as.list.count : 0;
    for (size_t i = 0; i < count; i++) {
        mb_import_vegeta_error(&reading->vegeta,
                               mb_node_text(errors->as.list.items[i], ""));
    }
}

// Without requests there is a date of the year 1.
static enum mb_status start_read(struct reading *reading, const struct mb_node *earliest)
{
    struct mb_err ignored = {0};
    if (earliest == NULL || reading->vegeta.requests <= 0 ||
        mb_units_parse_time_zoned(mb_node_text(earliest, ""),
                                  &reading->vegeta.report.run->start_unix_ns,
                                  &ignored) == MB_OK) {
        return MB_OK;
    }
    return mb_import_json_fault(reading->json, earliest, reading->err,
                                "'earliest' is not a time");
}

static enum mb_status figures_read(struct reading *reading, const struct mb_node *root)
{
    struct mb_import_vegeta *vegeta = &reading->vegeta;
    struct mb_counts *counts = &vegeta->report.run->part.counts;
    const struct {
        const struct mb_node *node;
        const char *name;
        int64_t *value;
    } figures[] = {
        {root, "requests", &vegeta->requests},
        {root, "duration", &vegeta->duration_ns},
        {root, "wait", &vegeta->wait_ns},
        {mb_node_find(root, "bytes_in"), "total", &counts->bytes_received},
        {mb_node_find(root, "bytes_out"), "total", &counts->bytes_sent},
    };
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < sizeof figures / sizeof *figures; i++) {
        status = count_read(reading, figures[i].node, figures[i].name, figures[i].value);
    }
    if (status == MB_OK) {
        status = latencies_read(reading, mb_node_find(root, "latencies"));
    }
    if (status == MB_OK) {
        status = statuses_read(reading, mb_node_find(root, "status_codes"));
    }
    errors_read(reading, mb_node_find(root, "errors"));
    return status == MB_OK ? start_read(reading, mb_node_find(root, "earliest")) : status;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    (void)state;
    struct reading reading = {
        .vegeta.report = {.import = json->import, .input = json->input, .err = err},
        .json = json,
        .sum_ns = -1,
        .err = err};
    if (mb_node_find(root, "latencies") == NULL) {
        return MB_OK;
    }
    enum mb_status status = mb_import_vegeta_begin(&reading.vegeta);
    struct mb_import_run *run = reading.vegeta.report.run;
    if (status == MB_OK) {
        reading.vegeta.report.line = json->piece_line + 1;
        status = figures_read(&reading, root);
    }
    if (status == MB_OK) {
        status = mb_import_vegeta_end(&reading.vegeta);
    }
    if (status == MB_OK && run->part.dist[MB_DIST_SERVICE].type != MB_DIST_ABSENT) {
        run->part.dist[MB_DIST_SERVICE].sum = reading.sum_ns;
    }
    return status;
}

enum mb_status mb_import_vegeta_json(struct mb_import *import, struct mb_input *input,
                                     struct mb_err *err)
{
    return mb_import_json_each(
        import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
}
