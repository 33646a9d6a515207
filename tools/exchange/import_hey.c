// What hey prints (https://github.com/rakyll/hey): its summary, and with -o csv every
// request. Neither says how many workers there were, nor whether -q held them to a rate.
#include <string.h>

#include "base/units.h"
#include "exchange/import_report.h"
#include "exchange/import_samples.h"
#include "exchange/importers.h"

static const char CSV_HEADING[] =
    "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code";

static int detect(const char *head, size_t size)
{
    (void)size;
    bool summary = strstr(head, "Summary:") != NULL && strstr(head, "Slowest:") != NULL;
    bool oha = strstr(head, "Success rate:") != NULL;
    if (strstr(head, CSV_HEADING) != NULL) {
        return 100;
    }
    return summary && !oha && strstr(head, "Requests/sec:") != NULL ? 90 : 0;
}

// --- the summary ---

enum section {
    SECTION_SUMMARY,
    SECTION_BARS,
    SECTION_LATENCY,
    SECTION_STATUS,
    SECTION_ERRORS
};

static bool section_read(struct mb_import_report *report, const char *line)
{
    static const struct {
        const char *heading;
        enum section section;
    } headings[] = {
        {"Response time histogram:", SECTION_BARS},
        {"Latency distribution:", SECTION_LATENCY},
        {"Details (", SECTION_SUMMARY},
        {"Status code distribution:", SECTION_STATUS},
        {"Error distribution:", SECTION_ERRORS},
    };
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        if (mb_import_text_word(&line, headings[i].heading)) {
            report->section = (int)headings[i].section;
            return true;
        }
    }
    return false;
}

static void summary_read(struct mb_import_report *report, const char *line)
{
    struct mb_counts *counts = &report->run->part.counts;
    if (mb_import_text_word(&line, "Total:")) {
        (void)mb_import_text_time(&line, &report->run->window_ns);
    } else if (mb_import_text_word(&line, "Slowest:")) {
        (void)mb_import_text_time(&line, &report->max_ns);
    } else if (mb_import_text_word(&line, "Fastest:")) {
        (void)mb_import_text_time(&line, &report->min_ns);
    } else if (mb_import_text_word(&line, "Average:")) {
        (void)mb_import_text_time(&line, &report->mean_ns);
    } else if (mb_import_text_word(&line, "Total data:")) {
        (void)mb_import_text_count(&line, &counts->bytes_received);
    }
}

// "  0.001 [31]	|■■■": so many up to there.
static void bar_read(struct mb_import_report *report, const char *line)
{
    double seconds;
    int64_t n;
    int64_t high_ns;
    if (mb_import_text_number(&line, &seconds) && mb_import_text_word(&line, "[") &&
        mb_import_text_count(&line, &n) &&
        mb_import_text_scale(seconds, MB_UNITS_NS_PER_S, &high_ns)) {
        mb_import_report_bucket(report, high_ns, n);
    }
}

// "  50% in 0.0020 secs"
static void percentile_read(struct mb_import_report *report, const char *line)
{
    double percent;
    int64_t share;
    int64_t value_ns;
    // A percentile that no request reached is printed as 0.
    if (mb_import_text_number(&line, &percent) && mb_import_text_word(&line, "% in") &&
        mb_import_text_time(&line, &value_ns) && value_ns > 0 &&
        mb_import_text_scale(percent, 1e7, &share) && share <= 1000000000) {
        mb_import_text_quantile(report->import->arena, &report->quantiles, share,
                                value_ns);
    }
}

// "  [200]	400 responses"
static void status_read(struct mb_import_report *report, const char *line)
{
    int64_t status;
    int64_t n;
    if (mb_import_text_word(&line, "[") && mb_import_text_count(&line, &status) &&
        mb_import_text_word(&line, "]") && mb_import_text_count(&line, &n) &&
        status >= MB_IMPORT_STATUS_MIN && status <= MB_IMPORT_STATUS_MAX) {
        mb_import_report_status(report, (int)status, n);
    }
}

// "  [5]	Get \"http://...\": dial tcp 127.0.0.1:1: connect: connection refused"
static void error_read(struct mb_import_report *report, const char *line)
{
    int64_t n;
    if (mb_import_text_word(&line, "[") && mb_import_text_count(&line, &n)) {
        mb_import_report_error(report, mb_import_text_error(line), n);
    }
}

static enum mb_status report_end(struct mb_import_report *report)
{
    if (report->run == NULL) {
        return MB_OK;
    }
    if (report->run->window_ns < 0) {
        return mb_import_report_fault(report, "ends before its total time");
    }
    if (report->status_count == 0 && report->section == SECTION_ERRORS) {
        report->requests = 0;
    }
    // Without its tail a report is silent about errors, not free of them.
    report->errors_known = report->status_count > 0 || report->section == SECTION_ERRORS;
    return mb_import_report_end(report);
}

static enum mb_status line_read(void *state, const char *line)
{
    struct mb_import_report *report = state;
    const char *at = line;
    if (mb_import_text_word(&at, "Summary:")) {
        enum mb_status status = report_end(report);
        return status == MB_OK ? mb_import_report_begin(report) : status;
    }
    if (report->run == NULL || section_read(report, line)) {
        return MB_OK;
    }
    switch ((enum section)report->section) {
    case SECTION_SUMMARY:
        summary_read(report, line);
        break;
    case SECTION_BARS:
        bar_read(report, line);
        break;
    case SECTION_LATENCY:
        percentile_read(report, line);
        break;
    case SECTION_STATUS:
        status_read(report, line);
        break;
    case SECTION_ERRORS:
        error_read(report, line);
        break;
    }
    return MB_OK;
}

// --- every request ---

// "0.0015,0.0002,0.0000,0.0001,0.0011,0.0000,200,0.0007"
static bool row_read(const char *line, struct mb_import_sample *sample)
{
    enum { RESPONSE, CONNECT, STATUS = 6, OFFSET, COLUMNS };
    double values[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        if ((i > 0 && !mb_import_text_word(&line, ",")) ||
            !mb_import_text_field(&line, &values[i])) {
            return false;
        }
    }
    if (!(values[STATUS] >= 0 && values[STATUS] <= MB_IMPORT_STATUS_MAX)) {
        return false;
    }
    *sample = (struct mb_import_sample){.connect_ns = -1,
                                        .status = (int)values[STATUS],
                                        .ok = values[STATUS] < MB_IMPORT_STATUS_WRONG,
                                        .kind = MB_ERROR_STATUS,
                                        .bytes_sent = -1,
                                        .bytes_received = -1};
    return *line == '\0' &&
           mb_import_text_scale(values[RESPONSE], MB_UNITS_NS_PER_S,
                                &sample->latency_ns) &&
           mb_import_text_scale(values[OFFSET], MB_UNITS_NS_PER_S, &sample->start_ns);
}

struct rows {
    struct mb_input *input;
    struct mb_import_samples samples;
    struct mb_err *err;
};

static enum mb_status row_line(void *state, const char *line)
{
    struct rows *rows = state;
    struct mb_import_sample sample;
    if (row_read(line, &sample)) {
        mb_import_samples_add(&rows->samples, &sample);
    } else if (line[0] != '\0' &&
               strncmp(line, CSV_HEADING, sizeof CSV_HEADING - 1) != 0) {
        return mb_err_at(rows->err, MB_INVALID, mb_input_name(rows->input),
                         mb_input_line_number(rows->input), 0,
                         "not a row of hey's csv: '%.60s'", line);
    }
    return MB_OK;
}

static enum mb_status csv_read(struct mb_import *import, struct mb_input *input,
                               struct mb_err *err)
{
    struct rows rows = {.input = input, .err = err};
    struct mb_import_run *run;
    mb_import_samples_init(&rows.samples, import->arena);
    enum mb_status status = mb_import_text_lines(input, row_line, &rows, err);
    if (status == MB_OK) {
        status = mb_import_run_add(import, input, &run, err);
    }
    if (status == MB_OK) {
        mb_import_note_add(import, MB_IMPORT_DROPPED,
                           "hey's csv leaves out the requests that got no answer");
        mb_import_samples_put(&rows.samples, import, run, false);
        mb_import_samples_answers_only(&run->part.counts);
    }
    mb_import_samples_release(&rows.samples);
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    struct mb_import_report report = {.import = import, .input = input, .err = err};
    if (strstr(mb_input_head(input, &size), CSV_HEADING) != NULL) {
        return csv_read(import, input, err);
    }
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &report, err);
    return status == MB_OK ? report_end(&report) : status;
}

const struct mb_importer mb_importer_hey = {
    .name = "hey",
    .title = "hey's summary and csv",
    .tool = "hey",
    .detect = detect,
    .read = read,
    .unknown = "hey does not say when it ran, how many workers there were, or whether a "
               "rate held them back; its summary is rounded to 0.1 ms",
};
