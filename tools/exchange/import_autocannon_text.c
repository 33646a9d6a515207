// The tables that autocannon prints for people: drawn with lines since version 3, columns
// of blanks before.
#include "exchange/import_autocannon.h"

#include <string.h>

#include "base/units.h"
#include "exchange/import_report.h"

static const char LINE[] = "\xe2\x94\x82"; // U+2502, between cells
static const double MS_NS = 1e6;
static const double PERCENT = 1e7; // in 1e-9
enum { CELLS_MAX = 16, LEAST_STATUS = 100, MAX_STATUS = 599, WHOLE = 1000000000 };

enum section { SECTION_NONE, SECTION_STATS, SECTION_PERCENTILES, SECTION_STATUSES };

struct cells {
    char *items[CELLS_MAX];
    size_t count;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_import_report report; // for its statuses; run NULL between reports
    enum section section;
    struct cells head; // of the table of statistics
    bool total;        // its last line but errors was seen
    struct mb_import_autocannon figures;
    struct mb_err *err;
};

// --- tables ---

// The text between two lines, or between the wide gaps of early versions, without blanks
// around it.
static void cell_add(struct mb_arena *arena, struct cells *cells, const char *start,
                     size_t size)
{
    while (size > 0 && *start == ' ') {
        start++;
        size--;
    }
    while (size > 0 && start[size - 1] == ' ') {
        size--;
    }
    if (cells->count < CELLS_MAX) {
        cells->items[cells->count++] = mb_arena_copy_bytes(arena, start, size);
    }
}

// Empty when the line is no row of a table that is drawn.
static struct cells row_split(struct mb_arena *arena, const char *line)
{
    struct cells cells = {.count = 0};
    const char *at = strstr(line, LINE);
    while (at != NULL) {
        const char *start = at + sizeof LINE - 1;
        at = strstr(start, LINE);
        if (at != NULL) {
            cell_add(arena, &cells, start, (size_t)(at - start));
        }
    }
    return cells;
}

static void percentile_add(struct reading *reading, const char *percent, int64_t value_ns)
{
    double share;
    int64_t billionths;
    if (mb_import_text_field(&percent, &share) && (*percent == '\0' || *percent == '%') &&
        mb_import_text_scale(share, PERCENT, &billionths) && billionths > 0 &&
        billionths <= WHOLE) {
        mb_import_text_quantile(reading->import->arena, &reading->figures.quantiles,
                                billionths, value_ns);
    }
}

// "│ Latency │ 0 ms │ 1 ms │ 0.02 ms │ 16.45 ms │" below "│ Stat │ 2.5% │ 99% │ Avg │ Max
// │"
static void latency_read(struct reading *reading, const struct cells *row)
{
    struct mb_import_latency *time = &reading->figures.time;
    for (size_t i = 1; i < row->count && i < reading->head.count; i++) {
        const char *at = row->items[i];
        const char *name = reading->head.items[i];
        int64_t value_ns;
        if (!mb_import_text_time(&at, &value_ns)) {
            continue;
        }
        if (strcmp(name, "Avg") == 0) {
            time->mean_ns = value_ns;
        } else if (strcmp(name, "Max") == 0) {
            time->max_ns = value_ns;
        } else {
            percentile_add(reading, name, value_ns);
        }
    }
}

// The table of -l has all percentiles, those of the first one too.
static void percentiles_begin(struct reading *reading)
{
    reading->section = SECTION_PERCENTILES;
    reading->figures.quantiles.count = 0;
}

static void percentile_read(struct reading *reading, const char *percent, const char *ms)
{
    double value;
    int64_t value_ns;
    if (mb_import_text_field(&ms, &value) && *ms == '\0' &&
        mb_import_text_scale(value, MS_NS, &value_ns)) {
        percentile_add(reading, percent, value_ns);
    }
}

static void status_read(struct reading *reading, const char *status, const char *n)
{
    int64_t code;
    int64_t times;
    if (mb_import_text_count(&status, &code) && *status == '\0' && code <= MAX_STATUS &&
        code >= LEAST_STATUS && mb_import_text_count(&n, &times) && *n == '\0') {
        mb_import_report_status(&reading->report, (int)code, times);
    }
}

static void row_read(struct reading *reading, const struct cells *row)
{
    const char *first = row->items[0];
    if (strcmp(first, "Stat") == 0) {
        reading->section = SECTION_STATS;
        reading->head = *row;
    } else if (strcmp(first, "Percentile") == 0) {
        percentiles_begin(reading);
    } else if (strcmp(first, "Code") == 0) {
        reading->section = SECTION_STATUSES;
    } else if (reading->section == SECTION_STATS && strcmp(first, "Latency") == 0) {
        latency_read(reading, row);
    } else if (reading->section == SECTION_PERCENTILES && row->count == 2) {
        percentile_read(reading, row->items[0], row->items[1]);
    } else if (reading->section == SECTION_STATUSES && row->count == 2) {
        status_read(reading, row->items[0], row->items[1]);
    }
}

// "Latency (ms) 0.09    0.32    6", "Percentile   Latency (ms)", "99           1": before
// version 3.
static bool early_read(struct reading *reading, const char *line)
{
    struct mb_import_latency *time = &reading->figures.time;
    const char *at = line;
    double percent;
    double values[3];
    if (mb_import_text_word(&at, "Percentile ")) {
        percentiles_begin(reading);
        return true;
    }
    if (mb_import_text_word(&at, "Latency (ms) ")) {
        for (int i = 0; i < 3; i++) {
            if (!mb_import_text_field(&at, &values[i])) {
                return false;
            }
        }
        reading->figures.record = MB_AUTOCANNON_PLAIN;
        return mb_import_text_scale(values[0], MS_NS, &time->mean_ns) &&
               mb_import_text_scale(values[2], MS_NS, &time->max_ns);
    }
    if (reading->section != SECTION_PERCENTILES || !mb_import_text_field(&at, &percent) ||
        *at != ' ') {
        return false;
    }
    at += strspn(at, " ");
    char *value = mb_arena_copy_bytes(reading->import->arena, at, strcspn(at, " "));
    if (at[strlen(value) + strspn(at + strlen(value), " ")] != '\0') {
        return false; // a sentence
    }
    percentile_read(reading, mb_arena_print(reading->import->arena, "%.9g", percent),
                    value);
    return true;
}

// --- sentences ---

// "251k": rounded, so that it is not known.
static bool count_read(const char **line, int64_t *n)
{
    if (!mb_import_text_count(line, n)) {
        return false;
    }
    if (**line == 'k') {
        (*line)++;
        *n = -1;
    }
    return true;
}

// "10 connections with 4 pipelining factor"
static bool connections_read(struct reading *reading, const char *line)
{
    struct mb_import_run *run = reading->report.run;
    int64_t connections;
    if (!mb_import_text_count(&line, &connections) ||
        !mb_import_text_word(&line, "connections")) {
        return false;
    }
    run->point.connections = connections;
    reading->figures.pipelining = 1;
    if (mb_import_text_word(&line, "with ")) {
        (void)mb_import_text_count(&line, &reading->figures.pipelining);
    }
    int64_t pipelining = reading->figures.pipelining;
    if (connections > 0 && pipelining > 0 &&
        pipelining <= MB_UNITS_SAFE_MAX / connections) {
        run->concurrency = connections * pipelining;
    }
    return true;
}

// "1467 2xx responses, 358 non 2xx responses": of those, nobody knows which failed.
static bool classes_read(struct reading *reading, const char *line)
{
    int64_t good;
    int64_t others;
    if (!mb_import_text_count(&line, &good) ||
        !mb_import_text_word(&line, "2xx responses,") ||
        !mb_import_text_count(&line, &others) || !mb_import_text_word(&line, "non 2xx") ||
        others > MB_UNITS_SAFE_MAX - good) {
        return false;
    }
    reading->figures.responses = good + others;
    reading->figures.wrong = -1;
    return true;
}

// "764 requests in 1.01s, 98.3 kB read": requests that it sent, some without an answer.
// What it prints only of failures was none, then.
static bool total_read(struct reading *reading, const char *line)
{
    struct mb_import_autocannon *figures = &reading->figures;
    int64_t n;
    int64_t window_ns;
    if (!count_read(&line, &n) || !mb_import_text_word(&line, "requests in ") ||
        !mb_import_text_time(&line, &window_ns)) {
        return false;
    }
    reading->total = true;
    reading->report.run->window_ns = window_ns;
    figures->errors = 0;
    figures->timeouts = 0;
    figures->mismatches = 0;
    if (mb_import_text_word(&line, ", 0 B read") && figures->responses < 0) {
        figures->responses = 0;
    }
    return true;
}

// "9k errors (0 timeouts)", "3 requests with mismatched body"
static void failures_read(struct reading *reading, const char *line)
{
    int64_t n;
    int64_t timeouts;
    if (!count_read(&line, &n)) {
        return;
    }
    if (mb_import_text_word(&line, "errors (") && count_read(&line, &timeouts) &&
        mb_import_text_word(&line, "timeouts)")) {
        reading->figures.errors = n;
        reading->figures.timeouts = timeouts;
    } else if (mb_import_text_word(&line, "requests with mismatched body")) {
        reading->figures.mismatches = n;
    }
}

// --- reports ---

static enum mb_status report_begin(struct reading *reading)
{
    reading->report.import = reading->import;
    reading->report.input = reading->input;
    reading->report.err = reading->err;
    reading->section = SECTION_NONE;
    reading->head.count = 0;
    reading->total = false;
    mb_import_autocannon_init(&reading->figures);
    reading->figures.wrong = 0;
    return mb_import_report_begin(&reading->report);
}

// Of the table of --renderStatusCodes. False when they are too many.
static bool statuses_put(struct reading *reading)
{
    const struct mb_import_report *report = &reading->report;
    struct mb_import_autocannon *figures = &reading->figures;
    struct mb_counts *counts = &report->run->part.counts;
    if (report->status_count == 0) {
        return true;
    }
    figures->responses = 0;
    figures->wrong = 0;
    for (size_t i = 0; i < report->status_count; i++) {
        int64_t n = report->statuses[i].n;
        if (n > MB_UNITS_SAFE_MAX - figures->responses) {
            return false;
        }
        figures->responses += n;
        figures->wrong += report->statuses[i].status >= 400 ? n : 0;
    }
    counts->statuses = report->statuses;
    counts->status_count = report->status_count;
    return true;
}

static enum mb_status report_end(struct reading *reading)
{
    struct mb_import_autocannon *figures = &reading->figures;
    if (reading->report.run == NULL) {
        return MB_OK;
    }
    if (!reading->total) {
        return mb_import_report_fault(&reading->report, "ends before its total time");
    }
    if (!statuses_put(reading) || !mb_import_autocannon_possible(figures)) {
        return mb_import_report_fault(&reading->report, "counts more than can be");
    }
    figures->time.n = figures->responses == 0 ? 0 : -1;
    mb_import_autocannon_put(reading->import, reading->report.run, figures);
    reading->report.run = NULL;
    return MB_OK;
}

// "Running 10s test @ http://localhost:3000"; that of a warm-up has no tables.
static enum mb_status running_read(struct reading *reading, const char *line)
{
    const char *url = mb_import_text_after(line, " @ ");
    enum mb_status status = report_end(reading);
    if (status != MB_OK || strstr(line, " warmup @ ") != NULL) {
        return status;
    }
    status = report_begin(reading);
    if (status == MB_OK) {
        reading->report.run->url =
            mb_arena_copy_bytes(reading->import->arena, url, strcspn(url, " "));
    }
    return status;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    if (strncmp(line, "Running ", 8) == 0 && strstr(line, " @ ") != NULL) {
        return running_read(reading, line);
    }
    struct cells row = row_split(reading->import->arena, line);
    bool begins = row.count > 0 && strcmp(row.items[0], "Stat") == 0;
    if (begins && (reading->report.run == NULL || reading->total)) {
        // With --no-progress, or cut out of it: no "Running" above.
        enum mb_status status = report_end(reading);
        if (status == MB_OK) {
            status = report_begin(reading);
        }
        if (status != MB_OK) {
            return status;
        }
    }
    if (reading->report.run == NULL) {
        return MB_OK;
    }
    if (row.count > 0) {
        row_read(reading, &row);
    } else if (!connections_read(reading, line) && !classes_read(reading, line) &&
               !total_read(reading, line) && !early_read(reading, line)) {
        failures_read(reading, line);
    }
    return MB_OK;
}

enum mb_status mb_import_autocannon_text(struct mb_import *import, struct mb_input *input,
                                         struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input, .err = err};
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? report_end(&reading) : status;
}
