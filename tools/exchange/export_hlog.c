// HdrHistogram's interval log, format 1.3: a line for each trial, tagged with its cell.
// Values are ns, the column of the largest one ms, as jHiccup and others write it.
// https://github.com/HdrHistogram/HdrHistogram, HistogramLogWriter.java.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"

static enum mb_status run_take(struct mb_export *export, const struct mb_export_run *run,
                               struct mb_export_latency *latency, struct mb_err *err)
{
    struct mb_export_time time = mb_export_time_take(run);
    struct mb_dist buckets;
    if (time.start_unix_ns == 0 || time.end_unix_ns == 0) {
        return mb_err_set(err, MB_INVALID,
                          "a log needs when it ran and how long, which is not known");
    }
    enum mb_status status = mb_export_values_take(export, run, latency, &buckets, err);
    if (status == MB_OK && latency->merged.hdr == NULL) {
        mb_export_latency_release(latency);
        return mb_err_set(err, MB_INVALID,
                          "its latencies are buckets that are not HdrHistogram's");
    }
    return status;
}

static enum mb_status can(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_err *err)
{
    struct mb_export_latency latency;
    enum mb_status status = run_take(export, run, &latency, err);
    if (status == MB_OK) {
        mb_export_latency_release(&latency);
    }
    return status;
}

static int start_compare(const void *left, const void *right)
{
    int64_t a = mb_export_time_take(left).start_unix_ns;
    int64_t b = mb_export_time_take(right).start_unix_ns;
    return (a > b) - (a < b);
}

// The tag, made of letters, digits, '.', '_' and '-', holds no comma.
static void line_print(const struct mb_export_run *run, double start_s,
                       const struct mb_merged *merged, struct mb_buf *out)
{
    struct mb_export_time time = mb_export_time_take(run);
    assert(merged->hdr != NULL); // run_take refuses what has none
    struct mb_value largest = mb_merged_value(merged, '>', 0);
    double max_ns =
        largest.state == MB_VALUE_KNOWN
            ? largest.value
            : (double)mb_hdr_highest_equivalent(merged->hdr, merged->hdr->max);
    mb_buf_print(out, "Tag=%s,%.3f,%.3f,%.3f,", run->cell_id,
                 (double)time.start_unix_ns / MB_UNITS_NS_PER_S - start_s,
                 (double)(time.end_unix_ns - time.start_unix_ns) / MB_UNITS_NS_PER_S,
                 max_ns / MB_UNITS_NS_PER_MS);
    mb_hdr_encode_base64(merged->hdr, out);
    mb_buf_append_char(out, '\n');
}

static void head_print(double start_s, struct mb_buf *out)
{
    char text[32];
    mb_units_print_time((int64_t)(start_s * MB_UNITS_NS_PER_S), text, sizeof text);
    mb_buf_append_string(out, "#[Histograms of latencies in nanoseconds, by meshbench]\n"
                              "#[Histogram log format version 1.3]\n");
    mb_buf_print(out, "#[StartTime: %.3f (seconds since epoch), %s]\n", start_s, text);
    mb_buf_append_string(out, "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                              "\"Interval_Compressed_Histogram\"\n");
}

// Lines in the order of time, as a log has them.
static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    struct mb_export_run *ordered =
        mb_arena_alloc(&export->scratch, count, sizeof *ordered);
    memcpy(ordered, runs, count * sizeof *ordered);
    qsort(ordered, count, sizeof *ordered, start_compare);
    double start_s =
        (double)mb_export_time_take(ordered).start_unix_ns / MB_UNITS_NS_PER_S;
    head_print(start_s, out);
    for (size_t i = 0; i < count; i++) {
        struct mb_export_latency latency = {.merged = {.hdr = NULL}};
        enum mb_status status = run_take(export, &ordered[i], &latency, err);
        if (status != MB_OK) {
            return status;
        }
        line_print(&ordered[i], start_s, &latency.merged, out);
        mb_export_latency_release(&latency);
    }
    return MB_OK;
}

const struct mb_exporter mb_exporter_hlog = {
    .name = "hlog",
    .title = "HdrHistogram's interval log: a line for each trial, a tag for each cell",
    .extension = ".hlog",
    .holds = MB_EXPORT_ALL,
    .unit = MB_EXPORT_TRIALS,
    .latency = MB_DIST_RESPONSE,
    .lost = "a log holds values and times only, and does not say the unit of the values: "
            "they are nanoseconds",
    .can = can,
    .write = write,
};
