// HdrHistogram's percentile distribution as text, a file for each run: a line for each
// bucket that holds values, so that nothing of the histogram is lost.
// https://github.com/HdrHistogram/HdrHistogram, outputPercentileDistribution.
#include "base/units.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"

static enum mb_status can(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_err *err)
{
    struct mb_export_latency latency;
    struct mb_dist buckets;
    enum mb_status status = mb_export_values_take(export, run, &latency, &buckets, err);
    if (status == MB_OK) {
        mb_export_latency_release(&latency);
    }
    return status;
}

// Six decimals of a ms are a ns. A line says where a bucket ends; where the first one is
// wide, as other tools' are, one of its values is known to be the least.
static void lines_print(const struct mb_dist *buckets, bool wide, struct mb_buf *out)
{
    int64_t seen = 0;
    if (wide && buckets->buckets[0].n > 1 && buckets->min < buckets->buckets[0].high) {
        mb_buf_print(out, "%16.6f %.14f %10d %14.2f\n",
                     (double)buckets->min / MB_UNITS_NS_PER_MS, 0.0, 1, 1.0);
    }
    for (size_t i = 0; i < buckets->count; i++) {
        const struct mb_dist_bucket *bucket = &buckets->buckets[i];
        bool last = i + 1 == buckets->count;
        seen += bucket->n;
        double share = last ? 1 : (double)seen / (double)buckets->n;
        mb_buf_print(out, "%16.6f %.14f %10lld",
                     (double)bucket->high / MB_UNITS_NS_PER_MS, share, (long long)seen);
        if (last) {
            mb_buf_append_char(out, '\n');
        } else {
            mb_buf_print(out, " %14.2f\n", 1 / (1 - share));
        }
    }
}

static void footer_print(const struct mb_dist *buckets, const struct mb_hdr *hdr,
                         struct mb_buf *out)
{
    bool exact = false;
    double mean = mb_export_buckets_sum(buckets, &exact) / (double)buckets->n;
    mb_buf_print(out, "#[Mean    = %16.6f, StdDeviation   = %16.6f]\n",
                 mean / MB_UNITS_NS_PER_MS,
                 mb_export_buckets_deviation(buckets) / MB_UNITS_NS_PER_MS);
    mb_buf_print(out, "#[Max     = %16.6f, Total count    = %16lld]\n",
                 (double)buckets->max / MB_UNITS_NS_PER_MS, (long long)buckets->n);
    if (hdr != NULL) {
        mb_buf_print(out, "#[Buckets = %16d, SubBuckets     = %16d]\n", hdr->bucket_count,
                     hdr->sub_bucket_count);
    }
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct mb_export_latency latency;
        struct mb_dist buckets;
        enum mb_status status =
            mb_export_values_take(export, &runs[i], &latency, &buckets, err);
        if (status != MB_OK) {
            return status;
        }
        if (latency.merged.hdr == NULL) {
            mb_export_note(export,
                           "standard deviations are from the middles of wide buckets");
        }
        mb_buf_print(out, "%16s %16s %10s %14s\n\n", "Value", "Percentile", "TotalCount",
                     "1/(1-Percentile)");
        lines_print(&buckets, latency.merged.hdr == NULL, out);
        footer_print(&buckets, latency.merged.hdr, out);
        mb_export_latency_release(&latency);
    }
    return MB_OK;
}

const struct mb_exporter mb_exporter_hgrm = {
    .name = "hgrm",
    .title = "HdrHistogram's percentile spectrum, in ms",
    .extension = ".hgrm",
    .holds = MB_EXPORT_ONE,
    .unit = MB_EXPORT_CELLS,
    .latency = MB_DIST_RESPONSE,
    .lost = "a spectrum holds values only, and does not say their unit: they are "
            "milliseconds (import --unit ms)",
    .can = can,
    .write = write,
};
