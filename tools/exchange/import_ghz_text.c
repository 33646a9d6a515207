// What ghz prints for people, and its CSV of single requests.
#include <string.h>

#include "base/units.h"
#include "exchange/import_ghz.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"
#include "format/csv.h"

static const char CSV_HEAD[] = "duration (ms),status,error";
enum { STATUS_MAX = 64 };

enum section { SECTION_SUMMARY, SECTION_LATENCIES, SECTION_STATUSES, SECTION_OTHER };

// A report, line by line; -1: not known.
struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_import_run *run; // NULL between reports
    enum section section;
    int line; // of its beginning
    int64_t count;
    int64_t min_ns;
    int64_t max_ns;
    int64_t mean_ns;
    int64_t good;
    int64_t kinds[MB_ERROR_KINDS];
    struct mb_import_quantiles quantiles;
    struct mb_err *err;
};

// It prints an empty line first.
static bool is_csv(const char *head)
{
    head += strspn(head, "\r\n");
    return strncmp(head, CSV_HEAD, sizeof CSV_HEAD - 1) == 0;
}

static int detect(const char *head, size_t size)
{
    (void)size;
    if (is_csv(head)) {
        return 95;
    }
    bool count = strstr(head, "Summary:") != NULL && strstr(head, "  Count:") != NULL;
    return count && strstr(head, "Requests/sec:") != NULL ? 94 : 0;
}

// --- CSV ---

static enum mb_status row_read(const struct reading *reading,
                               const struct mb_csv_record *record,
                               struct mb_import_samples *samples)
{
    struct mb_import_sample sample = {
        .start_ns = -1, .connect_ns = -1, .bytes_sent = -1, .bytes_received = -1};
    const char *at = record->fields[0];
    double ms;
    if (record->count < 2 || !mb_import_text_field(&at, &ms) || *at != '\0' ||
        !mb_import_text_scale(ms, MB_UNITS_NS_PER_MS, &sample.latency_ns)) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         record->line, 0, "'%.40s' is no duration of a request",
                         record->fields[0]);
    }
    sample.ok = strcmp(record->fields[1], "OK") == 0;
    sample.kind = mb_import_ghz_kind(record->fields[1]);
    mb_import_samples_add(samples, &sample);
    return MB_OK;
}

static enum mb_status csv_read(struct reading *reading)
{
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    struct mb_import_samples samples;
    mb_import_samples_init(&samples, reading->import->arena);
    enum mb_status status = mb_csv_open(reading->input, ',', &csv, reading->err);
    if (status == MB_OK) {
        status = mb_csv_next(csv, &record, reading->err); // the names
    }
    while (status == MB_OK && record != NULL) {
        status = mb_csv_next(csv, &record, reading->err);
        if (status == MB_OK && record != NULL) {
            status = row_read(reading, record, &samples);
        }
    }
    if (status == MB_OK) {
        status = mb_import_run_add(reading->import, reading->input, &reading->run,
                                   reading->err);
    }
    if (status == MB_OK) {
        mb_import_samples_put(&samples, reading->import, reading->run, false);
    }
    mb_import_samples_release(&samples);
    mb_csv_free(csv);
    return status;
}

// --- the report ---

static enum mb_status report_begin(struct reading *reading)
{
    *reading = (struct reading){.import = reading->import,
                                .input = reading->input,
                                .err = reading->err,
                                .line = mb_input_line_number(reading->input),
                                .count = -1,
                                .min_ns = -1,
                                .max_ns = -1,
                                .mean_ns = -1};
    return mb_import_run_add(reading->import, reading->input, &reading->run,
                             reading->err);
}

// Percentiles, least and largest are of the good requests, unless --count-errors was
// given, which the report does not say; the average is of all.
static enum mb_status report_end(struct reading *reading)
{
    int64_t errors = 0;
    struct mb_import_run *run = reading->run;
    if (run == NULL) {
        return MB_OK;
    }
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        errors += reading->kinds[i];
    }
    if (reading->count < 0 || reading->good + errors != reading->count) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         reading->line, 0,
                         "the statuses of the report that begins here are not as many as "
                         "its 'Count'");
    }
    struct mb_counts *counts = &run->part.counts;
    memcpy(counts->errors_by_kind, reading->kinds, sizeof reading->kinds);
    counts->intended = reading->count;
    counts->ok = reading->good;
    counts->completed = reading->good + reading->kinds[MB_ERROR_STATUS];
    counts->unfinished = 0;
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &reading->quantiles,
        .n = errors == 0 || reading->good == 0 ? reading->good : -1,
        .mean_ns = errors == 0 ? reading->mean_ns : -1,
        .min_ns = reading->min_ns,
        .max_ns = reading->max_ns,
    });
    dist.mixed = dist.type != MB_DIST_ABSENT && errors > 0;
    mb_import_run_latency(reading->import, run, dist);
    reading->run = NULL;
    return MB_OK;
}

static void summary_line(struct reading *reading, const char *line)
{
    const struct {
        const char *word;
        int64_t *value;
    } times[] = {{"Total:", &reading->run->window_ns},
                 {"Slowest:", &reading->max_ns},
                 {"Fastest:", &reading->min_ns},
                 {"Average:", &reading->mean_ns}};
    if (mb_import_text_word(&line, "Count:")) {
        (void)mb_import_text_count(&line, &reading->count);
    } else if (mb_import_text_word(&line, "Name:")) {
        line += strspn(line, " \t");
        reading->run->name = mb_arena_copy_string(reading->import->arena, line);
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const char *at = line;
        if (mb_import_text_word(&at, times[i].word)) {
            (void)mb_import_text_time(&at, times[i].value);
        }
    }
}

// "  10 % in 0.10 ms", without the first blank in older versions.
static void latency_line(struct reading *reading, const char *line)
{
    int64_t percentage;
    int64_t value_ns;
    if (mb_import_text_count(&line, &percentage) && mb_import_text_word(&line, "%") &&
        mb_import_text_word(&line, "in") && mb_import_text_time(&line, &value_ns) &&
        percentage >= 1 && percentage <= 100) {
        mb_import_text_quantile(reading->import->arena, &reading->quantiles,
                                percentage * 10000000, value_ns);
    }
}

// "  [Unavailable]        3 responses"
static enum mb_status status_line(struct reading *reading, const char *line)
{
    char status[STATUS_MAX];
    int64_t n;
    if (!mb_import_text_word(&line, "[")) {
        return MB_OK;
    }
    size_t size = strcspn(line, "]");
    const char *at = line + size + (line[size] == ']');
    if (size >= sizeof status || !mb_import_text_count(&at, &n) ||
        !mb_import_text_word(&at, "responses")) {
        return MB_OK;
    }
    memcpy(status, line, size);
    status[size] = '\0';
    int64_t *sum = strcmp(status, "OK") == 0
                       ? &reading->good
                       : &reading->kinds[mb_import_ghz_kind(status)];
    if (n > (MB_UNITS_SAFE_MAX - *sum) / MB_ERROR_KINDS) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         mb_input_line_number(reading->input), 0,
                         "more responses than can be");
    }
    *sum += n;
    return MB_OK;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    static const struct {
        const char *heading;
        enum section section;
    } headings[] = {{"Response time histogram:", SECTION_OTHER},
                    {"Latency distribution:", SECTION_LATENCIES},
                    {"Status code distribution:", SECTION_STATUSES},
                    {"Error distribution:", SECTION_OTHER}};
    if (strncmp(line, "Summary:", 8) == 0) {
        enum mb_status status = report_end(reading);
        return status == MB_OK ? report_begin(reading) : status;
    }
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        if (strncmp(line, headings[i].heading, strlen(headings[i].heading)) == 0) {
            reading->section = headings[i].section;
            return MB_OK;
        }
    }
    if (reading->run == NULL) {
        return MB_OK;
    }
    switch (reading->section) {
    case SECTION_SUMMARY:
        summary_line(reading, line);
        return MB_OK;
    case SECTION_LATENCIES:
        latency_line(reading, line);
        return MB_OK;
    case SECTION_STATUSES:
        return status_line(reading, line);
    case SECTION_OTHER:
        return MB_OK;
    }
    return MB_OK;
}

static enum mb_status report_read(struct reading *reading)
{
    enum mb_status status =
        mb_import_text_lines(reading->input, line_read, reading, reading->err);
    return status == MB_OK ? report_end(reading) : status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input, .err = err};
    size_t size;
    return is_csv(mb_input_head(input, &size)) ? csv_read(&reading)
                                               : report_read(&reading);
}

const struct mb_importer mb_importer_ghz_text = {
    .name = "ghz-text",
    .title = "ghz's report for people, and its CSV",
    .tool = "ghz",
    .detect = detect,
    .read = read,
    .unknown = "these forms of ghz do not hold its options: call, workers, connections, "
               "rate, when it ran",
};
