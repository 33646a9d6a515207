// What ApacheBench writes: its report; with -e the percentiles, with -g every request.
// Only the report says how many connections there were and what failed.
#include <string.h>

#include "base/units.h"
#include "exchange/import_report.h"
#include "exchange/import_samples.h"
#include "exchange/importers.h"

#define MAX_SECOND INT64_C(9000000000) // year 2255: ns since 1970 fit
static const char PERCENTILES_HEADING[] = "Percentage served,Time in ms";
static const char REQUESTS_HEADING[] = "starttime\tseconds\tctime\tdtime\tttime\twait";

static int detect(const char *head, size_t size)
{
    (void)size;
    if (strncmp(head, PERCENTILES_HEADING, sizeof PERCENTILES_HEADING - 1) == 0 ||
        strncmp(head, REQUESTS_HEADING, sizeof REQUESTS_HEADING - 1) == 0) {
        return 100;
    }
    bool named = strstr(head, "This is ApacheBench") != NULL;
    bool fields = strstr(head, "Concurrency Level:") != NULL &&
                  strstr(head, "Time taken for tests:") != NULL;
    return named || fields ? 95 : 0;
}

// --- the report ---

struct reading {
    struct mb_import_report report; // first: the lines are given to it
    const char *version;
    const char *host;
    int64_t port;
    const char *path;
    bool tls;
    int64_t failed;
    int64_t connect_failed;
    int64_t wrong;    // answers whose status is not 2xx
    bool percentiles; // the table of them has begun
};

// The rest of a line, without the blanks around it. In arena.
static const char *rest_copy(struct mb_arena *arena, const char *at)
{
    size_t size;
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    size = strlen(at);
    while (size > 0 && (at[size - 1] == ' ' || at[size - 1] == '\r')) {
        size--;
    }
    return mb_arena_copy_bytes(arena, at, size);
}

static bool about_read(struct reading *reading, const char *line)
{
    struct mb_arena *arena = reading->report.import->arena;
    if (mb_import_text_word(&line, "Server Hostname:")) {
        reading->host = rest_copy(arena, line);
    } else if (mb_import_text_word(&line, "Server Port:")) {
        (void)mb_import_text_count(&line, &reading->port);
    } else if (mb_import_text_word(&line, "Document Path:")) {
        reading->path = rest_copy(arena, line);
    } else if (mb_import_text_word(&line, "SSL/TLS Protocol:")) {
        reading->tls = true;
    } else {
        return false;
    }
    return true;
}

static bool totals_read(struct reading *reading, const char *line)
{
    struct mb_import_run *run = reading->report.run;
    struct mb_counts *counts = &run->part.counts;
    if (mb_import_text_word(&line, "Concurrency Level:")) {
        (void)mb_import_text_count(&line, &run->point.connections);
    } else if (mb_import_text_word(&line, "Time taken for tests:")) {
        (void)mb_import_text_time(&line, &run->window_ns);
    } else if (mb_import_text_word(&line, "Complete requests:")) {
        (void)mb_import_text_count(&line, &reading->report.requests);
    } else if (mb_import_text_word(&line, "Failed requests:")) {
        (void)mb_import_text_count(&line, &reading->failed);
    } else if (mb_import_text_word(&line, "(Connect:")) {
        (void)mb_import_text_count(&line, &reading->connect_failed);
    } else if (mb_import_text_word(&line, "Non-2xx responses:")) {
        (void)mb_import_text_count(&line, &reading->wrong);
    } else if (mb_import_text_word(&line, "Total transferred:")) {
        (void)mb_import_text_count(&line, &counts->bytes_received);
    } else {
        return false;
    }
    return true;
}

// "Total:          1    2   0.6      2       3": min, mean, deviation, median, max in ms;
// "  50%      2" and "Waiting" likewise.
static void table_read(struct reading *reading, const char *line)
{
    enum { MIN, MEAN, DEVIATION, MEDIAN, MAX, COLUMNS };
    struct mb_import_report *report = &reading->report;
    double values[COLUMNS];
    double percent;
    int64_t share;
    int64_t value_ns;
    if (mb_import_text_word(&line, "Total:")) {
        for (int i = 0; i < COLUMNS; i++) {
            if (!mb_import_text_number(&line, &values[i])) {
                return;
            }
        }
        (void)(mb_import_text_scale(values[MIN], MB_UNITS_NS_PER_MS, &report->min_ns) &&
               mb_import_text_scale(values[MEAN], MB_UNITS_NS_PER_MS, &report->mean_ns) &&
               mb_import_text_scale(values[MAX], MB_UNITS_NS_PER_MS, &report->max_ns));
    } else if (reading->percentiles && mb_import_text_number(&line, &percent) &&
               mb_import_text_word(&line, "%") &&
               mb_import_text_number(&line, &values[0]) &&
               mb_import_text_scale(percent, 1e7, &share) && share <= 1000000000 &&
               mb_import_text_scale(values[0], MB_UNITS_NS_PER_MS, &value_ns)) {
        mb_import_text_quantile(report->import->arena, &report->quantiles, share,
                                value_ns);
    }
}

// Failures beside those to connect are answers of another length than the first, cut off
// or broken ones; ab measures them like the others.
static enum mb_status reading_end(struct reading *reading)
{
    struct mb_import_report *report = &reading->report;
    struct mb_import_run *run = report->run;
    if (run == NULL) {
        return MB_OK;
    }
    if (run->window_ns < 0 || report->requests < 0) {
        return mb_import_report_fault(report, "ends before 'Complete requests'");
    }
    if (reading->connect_failed > reading->failed || reading->wrong > report->requests) {
        return mb_import_report_fault(report, "counts more errors than requests");
    }
    run->point.load_model = MB_LOAD_CLOSED;
    run->concurrency = run->point.connections;
    run->version = reading->version;
    if (reading->host != NULL && reading->path != NULL && reading->port > 0) {
        run->url = mb_arena_print(report->import->arena, "%s://%s:%d%s",
                                  reading->tls ? "https" : "http", reading->host,
                                  (int)reading->port, reading->path);
    }
    report->errors_known = reading->failed == reading->connect_failed;
    report->errors_by_kind[MB_ERROR_CONNECT] = reading->connect_failed;
    report->errors_by_kind[MB_ERROR_STATUS] = reading->wrong;
    if (!report->errors_known) {
        mb_import_note_add(report->import, MB_IMPORT_DROPPED,
                           "ab calls answers of another length than the first failed; "
                           "whether they were is not known");
    }
    return mb_import_report_end(report);
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    struct mb_import_report *report = &reading->report;
    const char *at = mb_import_text_after(line, "This is ApacheBench, Version ");
    bool software = mb_import_text_after(line, "Server Software:") == line + 16;
    bool begins =
        at != NULL || (report->run == NULL &&
                       (software || strncmp(line, "Concurrency Level:", 18) == 0));
    if (begins) {
        enum mb_status status = reading_end(reading);
        if (status == MB_OK) {
            status = mb_import_report_begin(report);
        }
        if (status != MB_OK) {
            return status;
        }
        *reading = (struct reading){.report = *report, .port = -1};
    }
    if (at != NULL) {
        reading->version =
            mb_arena_copy_bytes(report->import->arena, at, strcspn(at, " <\r"));
        report->run->warmup_ns = 0;
        return MB_OK;
    }
    if (report->run == NULL || about_read(reading, line) || totals_read(reading, line)) {
        return MB_OK;
    }
    if (strstr(line, "Percentage of the requests served within") != NULL) {
        reading->percentiles = true;
    }
    table_read(reading, line);
    return MB_OK;
}

// --- the files beside it ---

static enum mb_status row_fault(struct mb_input *input, const char *line,
                                struct mb_err *err)
{
    return mb_err_at(err, MB_INVALID, mb_input_name(input), mb_input_line_number(input),
                     0, "not a row of ab's: '%.60s'", line);
}

// "50,2.011": percent and ms, from 0 to 99; row 0 is the least latency.
static enum mb_status percentile_row(void *state, const char *line)
{
    struct mb_import_report *report = state;
    const char *at = line;
    double percent;
    double ms;
    int64_t share;
    int64_t value_ns;
    if (line[0] == '\0' || strcmp(line, PERCENTILES_HEADING) == 0) {
        return MB_OK;
    }
    if (!mb_import_text_field(&at, &percent) || !mb_import_text_word(&at, ",") ||
        !mb_import_text_field(&at, &ms) || *at != '\0' || percent > 100 ||
        !mb_import_text_scale(percent, 1e7, &share) ||
        !mb_import_text_scale(ms, MB_UNITS_NS_PER_MS, &value_ns)) {
        return row_fault(report->input, line, report->err);
    }
    if (share == 0) {
        report->min_ns = value_ns;
    } else {
        size_t before = report->quantiles.count;
        mb_import_text_quantile(report->import->arena, &report->quantiles, share,
                                value_ns);
        // With few requests ab reads one past its last for the 99th percentile.
        if (report->quantiles.count == before) {
            mb_import_note_add(report->import, MB_IMPORT_DROPPED,
                               "percentile %g of %g ms lies below the one before it",
                               percent, ms);
        }
    }
    return MB_OK;
}

static enum mb_status percentiles_read(struct mb_import_report *report)
{
    enum mb_status status = mb_import_report_begin(report);
    if (status == MB_OK) {
        report->run->point.load_model = MB_LOAD_CLOSED;
        status = mb_import_text_plain_lines(report->input, percentile_row, report,
                                            report->err);
    }
    if (status == MB_OK && report->quantiles.count == 0) {
        return mb_import_report_fault(report, "holds no percentile");
    }
    return status == MB_OK ? mb_import_report_end(report) : status;
}

// "Mon Nov 23 23:32:18 2026\t1795476738\t0\t1\t1\t1": the second in which it began, then
// the times to connect, of processing, of both and to the first byte, in ms. Whole
// seconds tell no window.
static bool request_read(const char *line, struct mb_import_sample *sample,
                         int64_t *begun_s)
{
    const char *at = strchr(line, '\t');
    double connect_ms;
    double ignored;
    double total_ms;
    *sample = (struct mb_import_sample){
        .start_ns = -1, .ok = true, .bytes_sent = -1, .bytes_received = -1};
    return at != NULL && mb_import_text_count(&at, begun_s) && *begun_s <= MAX_SECOND &&
           mb_import_text_number(&at, &connect_ms) &&
           mb_import_text_number(&at, &ignored) &&
           mb_import_text_number(&at, &total_ms) &&
           mb_import_text_scale(connect_ms, MB_UNITS_NS_PER_MS, &sample->connect_ns) &&
           mb_import_text_scale(total_ms, MB_UNITS_NS_PER_MS, &sample->latency_ns);
}

struct requests {
    struct mb_input *input;
    struct mb_import_samples samples;
    int64_t first_s; // the earliest; 0: there is no request
    struct mb_err *err;
};

static enum mb_status request_line(void *state, const char *line)
{
    struct requests *requests = state;
    struct mb_import_sample sample;
    int64_t begun_s;
    if (request_read(line, &sample, &begun_s)) {
        mb_import_samples_add(&requests->samples, &sample);
        requests->first_s = requests->first_s == 0 || begun_s < requests->first_s
                                ? begun_s
                                : requests->first_s;
    } else if (line[0] != '\0' && strcmp(line, REQUESTS_HEADING) != 0) {
        return row_fault(requests->input, line, requests->err);
    }
    return MB_OK;
}

static enum mb_status samples_read(struct mb_import *import, struct mb_input *input,
                                   struct mb_err *err)
{
    struct requests requests = {.input = input, .err = err};
    struct mb_import_run *run;
    mb_import_samples_init(&requests.samples, import->arena);
    enum mb_status status = mb_import_text_lines(input, request_line, &requests, err);
    if (status == MB_OK) {
        status = mb_import_run_add(import, input, &run, err);
    }
    if (status == MB_OK) {
        run->point.load_model = MB_LOAD_CLOSED;
        run->start_unix_ns = requests.first_s * MB_UNITS_NS_PER_S;
        mb_import_samples_put(&requests.samples, import, run, false);
        // It says of no request what became of it.
        struct mb_counts *counts = &run->part.counts;
        counts->ok = -1;
        counts->intended = -1;
        for (int i = 0; i < MB_ERROR_KINDS; i++) {
            counts->errors_by_kind[i] = -1;
        }
        run->part.dist[MB_DIST_RESPONSE].mixed = true;
        run->part.dist[MB_DIST_SERVICE].mixed = true;
    }
    mb_import_samples_release(&requests.samples);
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    const char *head = mb_input_head(input, &size);
    struct reading reading = {.report = {.import = import, .input = input, .err = err}};
    if (strncmp(head, PERCENTILES_HEADING, sizeof PERCENTILES_HEADING - 1) == 0) {
        return percentiles_read(&reading.report);
    }
    if (strncmp(head, REQUESTS_HEADING, sizeof REQUESTS_HEADING - 1) == 0) {
        return samples_read(import, input, err);
    }
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? reading_end(&reading) : status;
}

const struct mb_importer mb_importer_ab = {
    .name = "ab",
    .title = "ApacheBench's report, its -e csv and its -g tsv",
    .tool = "ab",
    .detect = detect,
    .read = read,
    .unknown =
        "when it ran, and which statuses came back; the report is rounded to 1 ms, "
        "the files beside it do not say how many connections there were",
};
