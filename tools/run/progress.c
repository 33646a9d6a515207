#include "run/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "model/derive.h"

static const char separator[] = " \xc2\xb7 "; // U+00B7

static const double MICRO = 1e6;

// Cuts a UTF-8 text to that many characters.
static void cut_columns(struct mb_buf *text, size_t width)
{
    size_t columns = 0;
    for (size_t i = 0; i < text->size; i++) {
        columns += ((unsigned char)text->data[i] & 0xc0) != 0x80;
        if (columns > width) {
            text->size = i;
            text->data[i] = '\0';
            return;
        }
    }
}

static void append_duration(struct mb_buf *out, const char *name, int64_t duration_ns)
{
    char text[32];
    mb_units_show(MB_UNIT_DURATION, (double)duration_ns, text, sizeof text);
    mb_buf_print(out, "%s %s", name, text);
}

static void append_errors(struct mb_buf *out, int64_t count)
{
    mb_buf_print(out, "%" PRId64 " error%s", count, count == 1 ? "" : "s");
}

static void append_point(struct mb_buf *out, const struct mb_point *point)
{
    mb_buf_append_string(out, point->workload);
    mb_buf_append_string(out, separator);
    if (point->rate_micro_rps >= 0) {
        char rate[32];
        mb_units_show(MB_UNIT_RATE, (double)point->rate_micro_rps, rate, sizeof rate);
        mb_buf_append_string(out, rate);
    } else {
        mb_buf_print(out, "%" PRId64 " connections", point->connections);
    }
}

void mb_progress_running(const struct mb_run_place *place,
                         const struct mb_load_progress *progress, int width,
                         struct mb_buf *out)
{
    const struct mb_plan *plan = place->plan;
    const struct mb_plan_cell *cell = &plan->cells[place->trial->cell];
    char left[32];
    mb_buf_print(out, "block %d/%d%scell %d/%zu%s%s%s", place->trial->block,
                 plan->block_count, separator, place->trial->position, plan->cell_count,
                 separator, plan->spec->variants[cell->variant].name, separator);
    append_point(out, &cell->point);
    mb_buf_append_string(out, separator);
    if (progress->elapsed_ns < cell->workload->warmup_ns) {
        mb_buf_append_string(out, "warming up");
    } else if (progress->p50_ns == 0) {
        // No answer yet, or a generator that says nothing before its end.
        mb_buf_append_string(out, "measuring");
    } else {
        append_duration(out, "p50", progress->p50_ns);
        append_duration(out, " p99", progress->p99_ns);
        mb_buf_append_string(out, separator);
        append_errors(out, progress->errors);
    }
    if (place->left_ns > 0) {
        mb_plan_print_span(place->left_ns, left, sizeof left);
        mb_buf_print(out, "%s%s left", separator, left);
    }
    cut_columns(out, width > 1 ? (size_t)width - 1 : 0);
}

static void append_metric(struct mb_buf *out, const struct mb_cell *cell,
                          const struct mb_trial *trial, const char *metric_name,
                          const char *label)
{
    struct mb_metric metric;
    if (!mb_metric_parse(metric_name, &metric)) {
        return;
    }
    struct mb_value value = mb_derive_trial(cell, trial, &metric);
    if (value.state == MB_VALUE_UNKNOWN || value.state == MB_VALUE_UNSUPPORTED) {
        mb_buf_print(out, "  %s -", label);
        return;
    }
    char text[32];
    bool rate = metric.unit == MB_METRIC_RPS;
    mb_units_show(rate ? MB_UNIT_RATE : MB_UNIT_DURATION,
                  rate ? value.value * MICRO : value.value, text, sizeof text);
    mb_buf_print(out, "  %s%s%s%s", label, label[0] == '\0' ? "" : " ",
                 value.state == MB_VALUE_CENSORED ? "> " : "", text);
}

static bool has_dist(const struct mb_trial *trial, enum mb_dist_metric metric)
{
    for (size_t i = 0; i < trial->part_count; i++) {
        if (trial->parts[i].dist[metric].type == MB_DIST_ABSENT) {
            return false;
        }
    }
    return trial->part_count > 0;
}

// Generators that count from the sending know no response time of a paced load.
static void append_latencies(struct mb_buf *out, const struct mb_cell *cell,
                             const struct mb_trial *trial)
{
    bool service = !has_dist(trial, MB_DIST_RESPONSE) && has_dist(trial, MB_DIST_SERVICE);
    append_metric(out, cell, trial, service ? "service_time.p50" : "response_time.p50",
                  service ? "service p50" : "p50");
    append_metric(out, cell, trial, service ? "service_time.p99" : "response_time.p99",
                  "p99");
}

void mb_progress_trial(const struct mb_run_place *place, const struct mb_cell *cell,
                       const struct mb_trial *trial, struct mb_buf *out)
{
    int64_t errors = 0;
    for (size_t i = 0; i < trial->part_count; i++) {
        errors += mb_counts_errors(&trial->parts[i].counts);
    }
    mb_buf_print(out, "%zu/%zu %s", place->done, place->plan->trial_count, trial->id);
    if (trial->status != MB_TRIAL_COMPLETE) {
        mb_buf_print(out, "  %s\n", trial->reason);
        return;
    }
    append_metric(out, cell, trial, "throughput", "");
    append_latencies(out, cell, trial);
    mb_buf_append_string(out, "  ");
    append_errors(out, errors);
    if (place->left_ns > 0) {
        char left[32];
        mb_plan_print_span(place->left_ns, left, sizeof left);
        mb_buf_print(out, "  (%s left)", left);
    }
    mb_buf_append_char(out, '\n');
}

// Many cells may have the same to say: the first says it, the others are counted.
static size_t print_findings(const struct mb_run_outcome *outcome, size_t first,
                             struct mb_buf *out)
{
    const struct mb_finding *finding = &outcome->findings[first];
    size_t next = first + 1;
    while (next < outcome->finding_count &&
           strcmp(outcome->findings[next].code, finding->code) == 0) {
        next++;
    }
    mb_buf_print(out, "  %s %s: %s", mb_severity_name(finding->severity), finding->code,
                 finding->message);
    if (next - first > 1) {
        mb_buf_print(out, " (and %zu more)", next - first - 1);
    }
    mb_buf_append_char(out, '\n');
    return next;
}

void mb_progress_summary(const struct mb_run_outcome *outcome, const char *path,
                         struct mb_buf *out)
{
    mb_buf_print(out, "%zu trials measured, result in %s\n", outcome->complete, path);
    size_t next = 0;
    while (next < outcome->finding_count) {
        next = print_findings(outcome, next, out);
    }
    mb_buf_print(out, "next: meshbench compare %s\n", path);
}
