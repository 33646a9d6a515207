// CSV: long, a row for each number of each trial, and wide, a row for each trial. Texts
// are made safe for spreadsheets.
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"

static const char *const dists[] = {"response_time", "service_time", "dispatch_lag",
                                    "wait_for_connection", "connect_time"};
static const char *const statistics[] = {"min", "mean", "p50",   "p75", "p90",
                                         "p95", "p99",  "p99.9", "max"};
static const char *const others[] = {"throughput",
                                     "error_ratio",
                                     "cpu_per_request",
                                     "cpu_per_request.application",
                                     "cpu_per_request.data_plane",
                                     "cpu_per_request.generator",
                                     "memory",
                                     "memory.application",
                                     "memory.data_plane",
                                     "memory.generator"};
enum {
    DISTS = sizeof dists / sizeof *dists,
    STATISTICS = sizeof statistics / sizeof *statistics,
    OTHERS = sizeof others / sizeof *others,
    METRICS = DISTS * STATISTICS + OTHERS,
    COUNTS = 8
};

struct count {
    const char *name;
    int64_t n; // -1: not known
};

static void metrics_list(struct mb_arena *arena, struct mb_metric *metrics)
{
    size_t count = 0;
    for (size_t i = 0; i < DISTS; i++) {
        for (size_t j = 0; j < STATISTICS; j++) {
            const char *name = mb_arena_print(arena, "%s.%s", dists[i], statistics[j]);
            (void)mb_metric_parse(name, &metrics[count++]);
        }
    }
    for (size_t i = 0; i < OTHERS; i++) {
        (void)mb_metric_parse(others[i], &metrics[count++]);
    }
}

static void counts_list(const struct mb_export_counts *counts, struct count *list)
{
    const struct mb_counts *known = &counts->counts;
    const struct count all[COUNTS] = {
        {"intended", known->intended},     {"sent", known->sent},
        {"completed", known->completed},   {"ok", known->ok},
        {"errors", counts->errors},        {"unfinished", known->unfinished},
        {"bytes_sent", known->bytes_sent}, {"bytes_received", known->bytes_received},
    };
    memcpy(list, all, sizeof all);
}

static const char *unit_of(enum mb_metric_unit unit)
{
    switch (unit) {
    case MB_METRIC_NS:
        return "ns";
    case MB_METRIC_RPS:
        return "rps";
    case MB_METRIC_RATIO:
        return "ratio";
    case MB_METRIC_NS_PER_REQUEST:
        return "ns";
    case MB_METRIC_BYTES:
        return "bytes";
    }
    return "";
}

// --- what both begin a row with ---

static const char run_columns[] = "result,variant,workload,load_model,connections,"
                                  "rate_rps,trial,block,status,start";

static void text_field(const char *text, struct mb_buf *out)
{
    if (text != NULL) {
        mb_text_show_csv(text, out);
    }
    mb_buf_append_char(out, ',');
}

static void run_fields(struct mb_export *export, const struct mb_export_run *run,
                       struct mb_buf *out)
{
    const struct mb_point *point = &run->cell->point;
    char start[32] = "";
    text_field(export->digest, out);
    text_field(run->cell->variant, out);
    text_field(point->workload, out);
    text_field(mb_load_model_name(point->load_model), out);
    if (point->connections >= 0) {
        mb_buf_print(out, "%lld", (long long)point->connections);
    }
    mb_buf_append_char(out, ',');
    text_field(mb_export_rate(&export->scratch, point), out);
    text_field(run->trial->id, out);
    mb_buf_print(out, "%d,", run->trial->block);
    text_field(mb_trial_status_name(run->trial->status), out);
    if (run->trial->start_unix_ns > 0) {
        mb_units_print_time(run->trial->start_unix_ns, start, sizeof start);
    }
    mb_buf_append_string(out, start);
}

// --- long ---

// A number that is not known has no row; one that too few requests support or that is
// among timed-out requests has no value, but the reason.
static void long_metric(const struct mb_metric *metric, const struct mb_value *value,
                        const char *run, struct mb_buf *out)
{
    if (value->state == MB_VALUE_UNKNOWN) {
        return;
    }
    mb_buf_print(out, "%s,%s,%s,", run, metric->name, unit_of(metric->unit));
    if (value->state == MB_VALUE_KNOWN) {
        mb_export_number(value->value, out);
        mb_buf_append_string(out, ",known,\r\n");
    } else if (value->state == MB_VALUE_CENSORED) {
        mb_buf_append_string(out, ",more_than,");
        mb_export_number(value->value, out);
        mb_buf_append_string(out, "\r\n");
    } else {
        mb_buf_append_string(out, ",too_few,\r\n");
    }
}

static void long_count(const char *name, int64_t n, const char *run, struct mb_buf *out)
{
    if (n >= 0) {
        mb_buf_print(out, "%s,%s,requests,%lld,known,\r\n", run, name, (long long)n);
    }
}

static void long_counts(struct mb_export *export, const struct mb_export_counts *counts,
                        const char *run, struct mb_buf *out)
{
    struct count list[COUNTS];
    counts_list(counts, list);
    for (size_t i = 0; i < COUNTS; i++) {
        bool bytes = strncmp(list[i].name, "bytes", 5) == 0;
        if (bytes && list[i].n >= 0) {
            mb_buf_print(out, "%s,%s,bytes,%lld,known,\r\n", run, list[i].name,
                         (long long)list[i].n);
        } else if (!bytes) {
            long_count(list[i].name, list[i].n, run, out);
        }
    }
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        long_count(mb_arena_print(&export->scratch, "errors.%s",
                                  mb_error_kind_name((enum mb_error_kind)i)),
                   counts->counts.errors_by_kind[i], run, out);
    }
    for (size_t i = 0; i < counts->counts.status_count; i++) {
        const struct mb_status_count *status = &counts->counts.statuses[i];
        long_count(mb_arena_print(&export->scratch, "status.%d", status->status),
                   status->n, run, out);
    }
}

static enum mb_status long_write(struct mb_export *export,
                                 const struct mb_export_run *runs, size_t count,
                                 struct mb_buf *out, struct mb_err *err)
{
    struct mb_metric metrics[METRICS];
    struct mb_value values[METRICS];
    struct mb_buf run = {0};
    enum mb_status status = MB_OK;
    metrics_list(&export->scratch, metrics);
    mb_buf_print(out, "%s,metric,unit,value,state,more_than\r\n", run_columns);
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        struct mb_export_counts counts =
            mb_export_counts_take(&export->scratch, &runs[i]);
        mb_buf_reset(&run);
        run_fields(export, &runs[i], &run);
        status =
            mb_derive_values(runs[i].cell, runs[i].trial, metrics, METRICS, values, err);
        for (size_t j = 0; status == MB_OK && j < METRICS; j++) {
            long_metric(&metrics[j], &values[j], mb_buf_string(&run), out);
        }
        long_counts(export, &counts, mb_buf_string(&run), out);
    }
    mb_buf_release(&run);
    return status;
}

// --- wide ---

static void wide_header(const struct mb_metric *metrics, struct mb_buf *out)
{
    struct count list[COUNTS];
    const struct mb_export_counts none = {.errors = -1};
    counts_list(&none, list);
    mb_buf_append_string(out, run_columns);
    for (size_t i = 0; i < COUNTS; i++) {
        mb_buf_print(out, ",%s", list[i].name);
    }
    for (size_t i = 0; i < METRICS; i++) {
        bool plain = metrics[i].unit == MB_METRIC_RATIO; // error_ratio says it
        mb_buf_print(out, ",%s%s%s", metrics[i].name, plain ? "" : "_",
                     plain ? "" : unit_of(metrics[i].unit));
    }
    mb_buf_append_string(out, "\r\n");
}

static enum mb_status wide_row(struct mb_export *export, const struct mb_export_run *run,
                               const struct mb_metric *metrics, struct mb_buf *out,
                               struct mb_err *err)
{
    struct mb_value values[METRICS];
    struct count list[COUNTS];
    struct mb_export_counts counts = mb_export_counts_take(&export->scratch, run);
    enum mb_status status =
        mb_derive_values(run->cell, run->trial, metrics, METRICS, values, err);
    if (status != MB_OK) {
        return status;
    }
    counts_list(&counts, list);
    run_fields(export, run, out);
    for (size_t i = 0; i < COUNTS; i++) {
        mb_buf_append_char(out, ',');
        if (list[i].n >= 0) {
            mb_buf_print(out, "%lld", (long long)list[i].n);
        }
    }
    for (size_t i = 0; i < METRICS; i++) {
        mb_buf_append_char(out, ',');
        if (values[i].state == MB_VALUE_KNOWN) {
            mb_export_number(values[i].value, out);
        }
    }
    mb_buf_append_string(out, "\r\n");
    return MB_OK;
}

static enum mb_status wide_write(struct mb_export *export,
                                 const struct mb_export_run *runs, size_t count,
                                 struct mb_buf *out, struct mb_err *err)
{
    struct mb_metric metrics[METRICS];
    enum mb_status status = MB_OK;
    metrics_list(&export->scratch, metrics);
    wide_header(metrics, out);
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        status = wide_row(export, &runs[i], metrics, out, err);
    }
    return status;
}

const struct mb_exporter mb_exporter_csv = {
    .name = "csv",
    .title = "CSV, long: a row for each number of each trial, in base units",
    .extension = ".csv",
    .holds = MB_EXPORT_ALL,
    .unit = MB_EXPORT_TRIALS,
    .discarded = true,
    .latency = MB_DIST_RESPONSE,
    .lost = "histograms, series, samples of resources and facts are not in the table",
    .write = long_write,
};

const struct mb_exporter mb_exporter_csv_wide = {
    .name = "csv-wide",
    .title = "CSV, wide: a row for each trial, in base units",
    .extension = ".csv",
    .holds = MB_EXPORT_ALL,
    .unit = MB_EXPORT_TRIALS,
    .discarded = true,
    .latency = MB_DIST_RESPONSE,
    .lost = "an empty field is not known, supported by too few requests or among "
            "timed-out ones (csv tells them apart); histograms, kinds of errors, series "
            "and facts are not in the table",
    .write = wide_write,
};
