// Go's benchmark format, as benchstat reads it: a line for each trial, so that trials are
// the samples. https://go.dev/design/14313-benchmark-format.
#include <string.h>

#include "base/text.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"

// benchstat knows "ns" within a unit and shows seconds; it has to be told what is better.
static const struct {
    const char *unit;
    const char *metric; // "@": of the latencies that are exported
    bool higher;
} units[] = {
    {"ns/op", "@.mean", false},
    {"p50-ns", "@.p50", false},
    {"p90-ns", "@.p90", false},
    {"p95-ns", "@.p95", false},
    {"p99-ns", "@.p99", false},
    {"p99.9-ns", "@.p99.9", false},
    {"req/s", "throughput", true},
    {"errors/req", "error_ratio", false},
    {"cpu-ns/req", "cpu_per_request", false},
    {"resident-B", "memory", false},
};

// What Go takes for a blank (unicode.IsSpace) beyond ASCII.
static bool is_wide_blank(int32_t point)
{
    return point == 0x85 || point == 0xa0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
           point == 0x202f || point == 0x205f || point == 0x3000;
}

// Within a name, '/' and '=' part its keys, and a blank ends it.
static void word_print(const char *text, struct mb_buf *out)
{
    size_t size = strlen(text);
    size_t length = 0;
    for (size_t at = 0; at < size; at += length) {
        int32_t point = mb_text_decode(text + at, size - at, &length);
        if (point <= ' ' || point == 0x7f || point == '/' || point == '=' ||
            is_wide_blank(point)) {
            mb_buf_append_char(out, '_');
        } else {
            mb_buf_append(out, text + at, length);
        }
    }
}

static void name_print(struct mb_export *export, const struct mb_export_run *run,
                       struct mb_buf *out)
{
    const struct mb_point *point = &run->cell->point;
    const char *rate = mb_export_rate(&export->scratch, point);
    mb_buf_append_string(out, "BenchmarkLoad/variant=");
    word_print(run->cell->variant, out);
    mb_buf_append_string(out, "/workload=");
    word_print(point->workload, out);
    mb_buf_print(out, "/model=%s", mb_load_model_name(point->load_model));
    mb_buf_print(out, "/rate=%s", rate != NULL ? rate : "max");
    if (point->connections >= 0) {
        mb_buf_print(out, "/connections=%lld", (long long)point->connections);
    }
}

static enum mb_status can(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_err *err)
{
    struct mb_export_latency latency;
    struct mb_export_counts counts = mb_export_counts_take(&export->scratch, run);
    enum mb_status status = mb_export_latency_take(export, run, &latency, err);
    if (status == MB_OK) {
        mb_export_latency_release(&latency);
    }
    if (status == MB_OK && counts.counts.completed <= 0) {
        status = mb_err_set(err, MB_INVALID,
                            "a line needs how many requests there were, which is %s",
                            counts.counts.completed < 0 ? "not known" : "none");
    }
    return status;
}

static enum mb_status run_write(struct mb_export *export, const struct mb_export_run *run,
                                struct mb_buf *out, struct mb_err *err)
{
    struct mb_export_latency latency;
    struct mb_export_counts counts = mb_export_counts_take(&export->scratch, run);
    enum mb_status status = mb_export_latency_take(export, run, &latency, err);
    if (status != MB_OK) {
        return status;
    }
    name_print(export, run, out);
    mb_buf_print(out, " %lld", (long long)counts.counts.completed);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        const char *name = units[i].metric;
        struct mb_value value = name[0] == '@'
                                    ? mb_export_latency_value(export, &latency, name + 2)
                                    : mb_export_value(run, name);
        if (value.state == MB_VALUE_KNOWN) {
            mb_buf_append_char(out, ' ');
            mb_export_number(value.value, out);
            mb_buf_print(out, " %s", units[i].unit);
        } else if (value.state != MB_VALUE_UNKNOWN) {
            mb_export_note(export, "'%s' is left out where %s", units[i].unit,
                           value.state == MB_VALUE_CENSORED
                               ? "it is among timed-out requests"
                               : "too few requests support it");
        }
    }
    mb_buf_append_char(out, '\n');
    mb_export_latency_release(&latency);
    return MB_OK;
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        mb_buf_print(out, "Unit %s better=%s\n", units[i].unit,
                     units[i].higher ? "higher" : "lower");
    }
    mb_buf_print(out, "meshbench-result: %s\n\n", export->digest);
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        status = run_write(export, &runs[i], out, err);
    }
    return status;
}

const struct mb_exporter mb_exporter_gobench = {
    .name = "gobench",
    .title = "Go's benchmark format, for benchstat: a line for each trial",
    .extension = ".txt",
    .holds = MB_EXPORT_ALL,
    .unit = MB_EXPORT_TRIALS,
    .latency = MB_DIST_RESPONSE,
    .lost =
        "benchstat compares medians of trials by rank: blocks are no pairs to it, and "
        "histograms, kinds of errors and the environment are not in the format",
    .can = can,
    .write = write,
};
