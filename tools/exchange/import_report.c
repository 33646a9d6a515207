#include "exchange/import_report.h"

#include <string.h>

#include "base/units.h"

enum mb_status mb_import_report_begin(struct mb_import_report *report)
{
    *report = (struct mb_import_report){
        .import = report->import,
        .input = report->input,
        .err = report->err,
        .line = mb_input_line_number(report->input),
        .requests = -1,
        .answers = -1,
        .mean_ns = -1,
        .min_ns = -1,
        .max_ns = -1,
    };
    return mb_import_run_add(report->import, report->input, &report->run, report->err);
}

void mb_import_report_status(struct mb_import_report *report, int status, int64_t n)
{
    size_t at = report->status_count;
    while (at > 0 && report->statuses[at - 1].status > status) {
        at--;
    }
    if (at > 0 && report->statuses[at - 1].status == status) {
        // What is too much stays too much, which the end of the report refuses.
        int64_t *sum = &report->statuses[at - 1].n;
        *sum = n > MB_UNITS_SAFE_MAX - *sum ? MB_UNITS_SAFE_MAX + 1 : *sum + n;
        return;
    }
    report->statuses =
        mb_arena_grow(report->import->arena, report->statuses, report->status_count,
                      &report->status_capacity, sizeof *report->statuses);
    memmove(report->statuses + at + 1, report->statuses + at,
            (report->status_count - at) * sizeof *report->statuses);
    report->statuses[at] = (struct mb_status_count){.status = status, .n = n};
    report->status_count++;
}

void mb_import_report_error(struct mb_import_report *report, enum mb_error_kind kind,
                            int64_t n)
{
    // One more than may be stays more than may be.
    int64_t *sum = &report->errors_by_kind[kind];
    *sum = n > MB_UNITS_SAFE_MAX - *sum ? MB_UNITS_SAFE_MAX + 1 : *sum + n;
}

void mb_import_report_bucket(struct mb_import_report *report, int64_t high_ns, int64_t n)
{
    struct mb_dist_bucket *last =
        report->bucket_count > 0 ? &report->buckets[report->bucket_count - 1] : NULL;
    if (n == 0 || (last != NULL && high_ns < last->high)) {
        return;
    }
    // Rounded to the same figure, two bars are one.
    if (last != NULL && high_ns == last->high) {
        last->n += n;
        return;
    }
    report->buckets =
        mb_arena_grow(report->import->arena, report->buckets, report->bucket_count,
                      &report->bucket_capacity, sizeof *report->buckets);
    report->buckets[report->bucket_count] = (struct mb_dist_bucket){
        .low = report->bucket_count > 0
                   ? report->buckets[report->bucket_count - 1].high + 1
                   : high_ns,
        .high = high_ns,
        .n = n,
    };
    report->bucket_count++;
}

enum mb_status mb_import_report_fault(const struct mb_import_report *report,
                                      const char *what)
{
    return mb_err_at(report->err, MB_INVALID, mb_input_name(report->input), report->line,
                     0, "the report that begins here %s", what);
}

// All answers, and those with a wrong status. False when they are too many to count.
static bool statuses_sum(const struct mb_import_report *report, int64_t *all,
                         int64_t *wrong)
{
    *all = 0;
    *wrong = 0;
    for (size_t i = 0; i < report->status_count; i++) {
        const struct mb_status_count *status = &report->statuses[i];
        if (status->n > MB_UNITS_SAFE_MAX - *all) {
            return false;
        }
        *all += status->n;
        *wrong += status->status >= MB_IMPORT_STATUS_WRONG ? status->n : 0;
    }
    return true;
}

// Requests that got no answer.
static int64_t unanswered(const struct mb_import_report *report)
{
    int64_t sum = report->unfinished;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        sum += i != MB_ERROR_STATUS ? report->errors_by_kind[i] : 0;
    }
    return sum;
}

static void counts_put(struct mb_import_report *report, int64_t answers)
{
    struct mb_counts *counts = &report->run->part.counts;
    counts->statuses = report->statuses;
    counts->status_count = report->status_count;
    counts->completed = answers;
    if (!report->errors_known || answers < 0) {
        return;
    }
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = report->errors_by_kind[i];
    }
    counts->ok = answers - report->errors_by_kind[MB_ERROR_STATUS];
    counts->intended = answers + unanswered(report);
    counts->unfinished = report->unfinished;
}

void mb_import_report_failures(struct mb_import_run *run, int64_t requests,
                               int64_t failed)
{
    struct mb_counts *counts = &run->part.counts;
    counts->intended = requests;
    counts->ok = requests - failed;
    counts->unfinished = 0;
    counts->completed = failed == 0 ? requests : -1;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = failed == 0 ? 0 : -1;
    }
    counts->errors_by_kind[MB_ERROR_OTHER] = failed;
}

static int64_t buckets_sum(const struct mb_import_report *report)
{
    int64_t sum = 0;
    for (size_t i = 0; i < report->bucket_count; i++) {
        sum += report->buckets[i].n;
    }
    return sum;
}

static struct mb_dist latencies_dist(const struct mb_import_report *report,
                                     int64_t answers)
{
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &report->quantiles,
        .n = report->requests >= 0 ? report->requests : answers,
        .mean_ns = report->mean_ns,
        .min_ns = report->min_ns,
        .max_ns = report->max_ns,
    });
    if (dist.type == MB_DIST_SUMMARY && report->bucket_count > 0) {
        dist.type = MB_DIST_BUCKETS;
        dist.n = buckets_sum(report);
        dist.buckets = report->buckets;
        dist.count = report->bucket_count;
        dist.min = report->buckets[0].low;
        dist.max = report->buckets[report->bucket_count - 1].high;
        dist.sum = -1;
    }
    return dist;
}

// Failed requests are among the latencies.
static bool failures_measured(const struct mb_import_report *report)
{
    bool some = !report->errors_known || report->errors_by_kind[MB_ERROR_STATUS] > 0;
    for (int i = 0; report->all_measured && i < MB_ERROR_KINDS; i++) {
        some = some || report->errors_by_kind[i] > 0;
    }
    return some;
}

enum mb_status mb_import_report_end(struct mb_import_report *report)
{
    int64_t answers;
    int64_t wrong;
    if (!statuses_sum(report, &answers, &wrong)) {
        return mb_import_report_fault(report, "counts more answers than can be");
    }
    if (report->status_count == 0) {
        answers = report->answers >= 0 ? report->answers : report->requests;
    } else if (report->errors_by_kind[MB_ERROR_STATUS] == 0) {
        report->errors_by_kind[MB_ERROR_STATUS] = wrong;
    }
    if (answers >= 0 && report->errors_by_kind[MB_ERROR_STATUS] > answers) {
        return mb_import_report_fault(report, "counts more wrong answers than answers");
    }
    if (unanswered(report) > MB_UNITS_SAFE_MAX - (answers > 0 ? answers : 0)) {
        return mb_import_report_fault(report, "counts more requests than can be");
    }
    counts_put(report, answers);
    // What only failed requests took is no time of service.
    bool none_good = report->errors_known && report->run->part.counts.ok == 0;
    struct mb_dist dist = none_good ? mb_dist_absent("no request succeeded")
                                    : latencies_dist(report, answers);
    dist.mixed = dist.type != MB_DIST_ABSENT && failures_measured(report);
    if (!dist.mixed && dist.n >= 0 && dist.n != report->run->part.counts.ok) {
        report->run->part.counts.ok = -1;
    }
    if (report->unsure) {
        mb_import_run_latency_unsure(report->import, report->run, dist);
    } else {
        mb_import_run_latency(report->import, report->run, dist);
    }
    report->run = NULL;
    return MB_OK;
}
