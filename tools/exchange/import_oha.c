// What oha prints (https://github.com/hatoo/oha): its summary as text or JSON, and since
// 1.9 every answer as CSV. None of them says whether -q held requests to a rate, nor
// whether --latency-correction counted latencies from when they were due at that rate.
#include <math.h>
#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_report.h"
#include "exchange/import_samples.h"
#include "exchange/importers.h"
#include "format/csv.h"

static const char CSV_HEADING[] =
    "request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status";

static int detect(const char *head, size_t size)
{
    (void)size;
    if (strstr(head, CSV_HEADING) != NULL) {
        return 100;
    }
    if (strstr(head, "\"successRate\"") != NULL &&
        strstr(head, "\"requestsPerSec\"") != NULL) {
        return 95;
    }
    return strstr(head, "Success rate:") != NULL && strstr(head, "Slowest:") != NULL &&
                   strstr(head, "Requests/sec:") != NULL
               ? 92
               : 0;
}

// --- what text and JSON have in common ---

// Latencies of a part of the answers (--stats-success-breakdown). Times: -1, not known.
struct latencies {
    struct mb_import_quantiles quantiles;
    int64_t min_ns;
    int64_t max_ns;
};

static const struct latencies LATENCIES_NONE = {.min_ns = -1, .max_ns = -1};

// Good are answers with a status from 200 to 299.
struct reading {
    struct mb_import_report report;
    struct latencies good;
    struct latencies others;
};

static enum mb_status report_begin(struct reading *reading)
{
    reading->good = LATENCIES_NONE;
    reading->others = LATENCIES_NONE;
    return mb_import_report_begin(&reading->report);
}

static void error_add(struct mb_import_report *report, const char *message, int64_t n)
{
    // What was under way when the time of -z was over; "deadline" before 1.2. It is no
    // part of the run: other tools with a length do not even tell of it.
    if (strcmp(message, "aborted due to deadline") == 0 ||
        strcmp(message, "deadline") == 0) {
        mb_import_note_add(report->import, MB_IMPORT_DROPPED,
                           "%" PRId64 " requests that were under way when the run ended "
                           "were left out",
                           n);
        return;
    }
    mb_import_report_error(report, mb_import_text_error(message), n);
}

static int64_t count_good(const struct mb_import_report *report)
{
    int64_t good = 0;
    for (size_t i = 0; i < report->status_count; i++) {
        const struct mb_status_count *status = &report->statuses[i];
        good += status->status >= 200 && status->status < 300 ? status->n : 0;
    }
    return good;
}

static struct mb_dist latencies_dist(const struct latencies *latencies, int64_t n)
{
    return mb_import_text_dist(
        &(struct mb_import_latency){.quantiles = &latencies->quantiles,
                                    .n = n,
                                    .mean_ns = -1,
                                    .min_ns = latencies->min_ns,
                                    .max_ns = latencies->max_ns});
}

// Where all that are not good in oha's sense have failed in ours, the parts are better
// than the whole.
static enum mb_status report_end(struct reading *reading)
{
    struct mb_import_report *report = &reading->report;
    struct mb_import_run *run = report->run;
    report->unsure = true;
    enum mb_status status = mb_import_report_end(report);
    if (status != MB_OK) {
        return status;
    }
    int64_t good = count_good(report);
    int64_t wrong = report->errors_by_kind[MB_ERROR_STATUS];
    bool known = reading->good.quantiles.count > 0 || reading->others.quantiles.count > 0;
    if (known && wrong > 0 && run->part.counts.ok == good) {
        run->part.dist[MB_DIST_RESPONSE] = latencies_dist(&reading->good, good);
        run->part.dist[MB_DIST_ERROR_RESPONSE] = latencies_dist(&reading->others, wrong);
    }
    return MB_OK;
}

// --- text ---

enum section {
    SECTION_SUMMARY,
    SECTION_BARS,
    SECTION_LATENCY,
    SECTION_GOOD,
    SECTION_OTHERS,
    SECTION_REST,
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
        {"Response time histogram (", SECTION_REST},
        {"Latency distribution:", SECTION_LATENCY}, // before 0.5.9
        {"Response time distribution:", SECTION_LATENCY},
        {"Response time distribution (2xx", SECTION_GOOD},
        {"Response time distribution (4xx", SECTION_OTHERS},
        {"Details (", SECTION_REST},
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

// "0.0031 secs"; since 1.9 in a unit that fits: "3.1205 ms", "0.9310 10 sec" (which is
// 9.31 s).
static bool time_read(const char **line, int64_t *ns)
{
    static const struct {
        const char *word;
        double unit_ns;
    } units[] = {{"10 sec", 10e9}, {"10 min", 600e9}, {"hr", 3600e9}};
    const char *at = *line;
    double value;
    if (mb_import_text_time(line, ns)) {
        return true;
    }
    if (!mb_import_text_number(&at, &value)) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (mb_import_text_word(&at, units[i].word)) {
            *line = at;
            return mb_import_text_scale(value, units[i].unit_ns, ns);
        }
    }
    return false;
}

static void summary_read(struct mb_import_report *report, const char *line)
{
    int64_t *bytes = &report->run->part.counts.bytes_received;
    int64_t n;
    if (mb_import_text_word(&line, "Total:")) {
        (void)time_read(&line, &report->run->window_ns);
    } else if (mb_import_text_word(&line, "Slowest:")) {
        (void)time_read(&line, &report->max_ns);
    } else if (mb_import_text_word(&line, "Fastest:")) {
        (void)time_read(&line, &report->min_ns);
    } else if (mb_import_text_word(&line, "Average:")) {
        (void)time_read(&line, &report->mean_ns);
    } else if (mb_import_text_word(&line, "Total data:") &&
               mb_import_text_count(&line, &n) && mb_import_text_word(&line, "B")) {
        *bytes = n; // a larger unit is rounded
    }
}

// "  0.002 [96]  |■■■", "  0.931 ms [3]": so many up to there.
static void bar_read(struct mb_import_report *report, const char *line)
{
    double seconds;
    int64_t n;
    int64_t high_ns;
    bool read = time_read(&line, &high_ns) ||
                (mb_import_text_number(&line, &seconds) &&
                 mb_import_text_scale(seconds, MB_UNITS_NS_PER_S, &high_ns));
    if (read && mb_import_text_word(&line, "[") && mb_import_text_count(&line, &n)) {
        mb_import_report_bucket(report, high_ns, n);
    }
}

// "  99.90% in 0.0048 secs"
static void percentile_read(const struct mb_import_report *report,
                            struct mb_import_quantiles *quantiles, const char *line)
{
    double percent;
    int64_t share;
    int64_t value_ns;
    if (mb_import_text_number(&line, &percent) && mb_import_text_word(&line, "% in") &&
        time_read(&line, &value_ns) && mb_import_text_scale(percent, 1e7, &share) &&
        share <= 1000000000) {
        mb_import_text_quantile(report->import->arena, quantiles, share, value_ns);
    }
}

// "  [200] 400 responses"
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

// "  [6] Connection refused (os error 111)"
static void error_read(struct mb_import_report *report, const char *line)
{
    int64_t n;
    if (mb_import_text_word(&line, "[") && mb_import_text_count(&line, &n) &&
        mb_import_text_word(&line, "] ")) {
        error_add(report, line, n);
    }
}

static enum mb_status text_end(struct reading *reading)
{
    struct mb_import_report *report = &reading->report;
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
    if (!report->errors_known) {
        mb_import_note_add(report->import, MB_IMPORT_DROPPED,
                           "a report ends before its status codes: nobody knows which "
                           "requests failed");
    }
    return report_end(reading);
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    struct mb_import_report *report = &reading->report;
    const char *at = line;
    if (mb_import_text_word(&at, "Summary:")) {
        enum mb_status status = text_end(reading);
        return status == MB_OK ? report_begin(reading) : status;
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
        percentile_read(report, &report->quantiles, line);
        break;
    case SECTION_GOOD:
        percentile_read(report, &reading->good.quantiles, line);
        break;
    case SECTION_OTHERS:
        percentile_read(report, &reading->others.quantiles, line);
        break;
    case SECTION_STATUS:
        status_read(report, line);
        break;
    case SECTION_ERRORS:
        error_read(report, line);
        break;
    case SECTION_REST:
        break;
    }
    return MB_OK;
}

// --- JSON ---

static size_t entry_count(const struct mb_node *map)
{
    return map != NULL && map->type == MB_NODE_MAP ? mb_node_count(map) : 0;
}

static int64_t seconds(const struct mb_node *map, const char *key)
{
    int64_t ns = -1;
    (void)!mb_import_json_seconds(mb_node_find(map, key), &ns);
    return ns;
}

// {"p10": 0.001, ..., "p99.99": 0.005}; null where there is none. The order of the keys
// is not that of their numbers.
static void percentiles_read(struct mb_arena *arena, const struct mb_node *map,
                             struct mb_import_quantiles *quantiles)
{
    static const struct {
        const char *key;
        int64_t share;
    } known[] = {
        {"p10", 100000000}, {"p25", 250000000},   {"p50", 500000000},
        {"p75", 750000000}, {"p90", 900000000},   {"p95", 950000000},
        {"p99", 990000000}, {"p99.9", 999000000}, {"p99.99", 999900000},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t value_ns = seconds(map, known[i].key);
        if (value_ns >= 0) {
            mb_import_text_quantile(arena, quantiles, known[i].share, value_ns);
        }
    }
}

// Of the parts the least and largest are the first and the last bar.
static void part_read(struct mb_arena *arena, const struct mb_node *percentiles,
                      const struct mb_node *bars, struct latencies *latencies)
{
    percentiles_read(arena, percentiles, &latencies->quantiles);
    for (size_t i = 0; i < entry_count(bars); i++) {
        const char *at = mb_node_text(bars->as.map.entries[i].key, "");
        double high;
        int64_t high_ns;
        if (!mb_import_text_field(&at, &high) ||
            !mb_import_text_scale(high, MB_UNITS_NS_PER_S, &high_ns)) {
            continue; // "NaN", when there was no answer
        }
        if (latencies->min_ns < 0 || high_ns < latencies->min_ns) {
            latencies->min_ns = high_ns;
        }
        if (high_ns > latencies->max_ns) {
            latencies->max_ns = high_ns;
        }
    }
}

static enum mb_status statuses_read(struct mb_import_report *report,
                                    struct mb_import_json *json,
                                    const struct mb_node *map)
{
    for (size_t i = 0; i < entry_count(map); i++) {
        const struct mb_node *value = map->as.map.entries[i].value;
        const char *key = mb_node_text(map->as.map.entries[i].key, "");
        int64_t status;
        int64_t n;
        if (!mb_import_text_count(&key, &status) || *key != '\0' ||
            status > MB_IMPORT_STATUS_MAX || status < MB_IMPORT_STATUS_MIN ||
            !mb_import_json_count(value, &n)) {
            return mb_import_json_fault(json, value, report->err,
                                        "not a status and how many answers had it");
        }
        mb_import_report_status(report, (int)status, n);
    }
    return MB_OK;
}

static enum mb_status errors_read(struct mb_import_report *report,
                                  struct mb_import_json *json, const struct mb_node *map)
{
    for (size_t i = 0; i < entry_count(map); i++) {
        const struct mb_node *value = map->as.map.entries[i].value;
        int64_t n;
        if (!mb_import_json_count(value, &n)) {
            return mb_import_json_fault(json, value, report->err,
                                        "the count of an error is not a number");
        }
        error_add(report, mb_node_text(map->as.map.entries[i].key, ""), n);
    }
    return MB_OK;
}

static enum mb_status figures_read(struct reading *reading, struct mb_import_json *json,
                                   const struct mb_node *root)
{
    struct mb_import_report *report = &reading->report;
    struct mb_arena *arena = report->import->arena;
    const struct mb_node *summary = mb_node_find(root, "summary");
    const struct mb_node *total = mb_node_find(summary, "total");
    if (!mb_import_json_seconds(total, &report->run->window_ns)) {
        return mb_import_json_fault(json, total != NULL ? total : root, report->err,
                                    "'total' of 'summary' is not a number of seconds");
    }
    (void)!mb_import_json_count(mb_node_find(summary, "totalData"),
                                &report->run->part.counts.bytes_received);
    report->max_ns = seconds(summary, "slowest");
    report->min_ns = seconds(summary, "fastest");
    report->mean_ns = seconds(summary, "average");
    percentiles_read(arena, mb_node_find(root, "latencyPercentiles"), &report->quantiles);
    part_read(arena, mb_node_find(root, "latencyPercentilesSuccessful"),
              mb_node_find(root, "responseTimeHistogramSuccessful"), &reading->good);
    part_read(arena, mb_node_find(root, "latencyPercentilesNotSuccessful"),
              mb_node_find(root, "responseTimeHistogramNotSuccessful"), &reading->others);
    return MB_OK;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    struct reading *reading = state;
    struct mb_import_report *report = &reading->report;
    const struct mb_node *statuses = mb_node_find(root, "statusCodeDistribution");
    if (statuses == NULL) {
        return mb_import_json_fault(json, root, err,
                                    "a document without 'statusCodeDistribution'");
    }
    enum mb_status status = report_begin(reading);
    if (status == MB_OK) {
        report->line = json->piece_line + 1;
        status = figures_read(reading, json, root);
    }
    if (status == MB_OK) {
        status = statuses_read(report, json, statuses);
    }
    if (status == MB_OK) {
        status = errors_read(report, json, mb_node_find(root, "errorDistribution"));
    }
    if (status != MB_OK) {
        return status;
    }
    report->requests = report->status_count == 0 ? 0 : -1;
    report->errors_known = true;
    return report_end(reading);
}

// --- every answer ---

// "0.0001,0,0.0000049,0.0017,0.0018,64,200"
static bool row_read(const struct mb_csv_record *record, struct mb_import_sample *sample)
{
    enum { START, DURATION = 4, BYTES, STATUS, COLUMNS };
    double values[COLUMNS];
    if (record->count != COLUMNS) {
        return false;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *at = record->fields[i];
        if (!mb_import_text_field(&at, &values[i]) || *at != '\0') {
            return false;
        }
    }
    *sample = (struct mb_import_sample){
        .connect_ns = -1, .kind = MB_ERROR_STATUS, .bytes_sent = -1};
    if (!(values[STATUS] >= MB_IMPORT_STATUS_MIN &&
          values[STATUS] <= MB_IMPORT_STATUS_MAX)) {
        return false;
    }
    sample->status = (int)values[STATUS];
    sample->ok = sample->status < MB_IMPORT_STATUS_WRONG;
    return mb_import_text_scale(values[START], MB_UNITS_NS_PER_S, &sample->start_ns) &&
           mb_import_text_scale(values[DURATION], MB_UNITS_NS_PER_S,
                                &sample->latency_ns) &&
           mb_import_text_scale(values[BYTES], 1, &sample->bytes_received);
}

static enum mb_status rows_read(struct mb_input *input, struct mb_import_samples *samples,
                                struct mb_err *err)
{
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    enum mb_status status = mb_csv_open(input, ',', &csv, err);
    if (status == MB_OK) {
        status = mb_csv_next(csv, &record, err); // the names
    }
    while (status == MB_OK && record != NULL) {
        status = mb_csv_next(csv, &record, err);
        if (status == MB_OK && record != NULL) {
            struct mb_import_sample sample;
            if (row_read(record, &sample)) {
                mb_import_samples_add(samples, &sample);
            } else {
                status = mb_err_at(err, MB_INVALID, mb_input_name(input), record->line, 0,
                                   "not a row of oha's csv");
            }
        }
    }
    mb_csv_free(csv);
    return status;
}

static enum mb_status csv_read(struct mb_import *import, struct mb_input *input,
                               struct mb_err *err)
{
    struct mb_import_samples samples;
    struct mb_import_run *run = NULL;
    mb_import_samples_init(&samples, import->arena);
    enum mb_status status = rows_read(input, &samples, err);
    if (status == MB_OK) {
        status = mb_import_run_add(import, input, &run, err);
    }
    if (status == MB_OK) {
        mb_import_samples_put(&samples, import, run, true);
        mb_import_samples_answers_only(&run->part.counts);
        run->part.co_handling = MB_CO_UNKNOWN;
        mb_import_note_add(import, MB_IMPORT_DROPPED,
                           "oha's csv leaves out the requests that got no answer");
    }
    mb_import_samples_release(&samples);
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    const char *head = mb_input_head(input, &size);
    struct reading reading = {.report = {.import = import, .input = input, .err = err}};
    if (strstr(head, CSV_HEADING) != NULL) {
        return csv_read(import, input, err);
    }
    if (strstr(head, "\"successRate\"") != NULL) {
        return mb_import_json_each(
            import, input,
            &(struct mb_import_json_visitor){.visit = document_read, .state = &reading},
            err);
    }
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? text_end(&reading) : status;
}

const struct mb_importer mb_importer_oha = {
    .name = "oha",
    .title = "oha's summary, JSON and csv",
    .tool = "oha",
    .detect = detect,
    .read = read,
    .unknown = "oha does not say when it ran, how many connections there were, whether "
               "-q held them to a rate, nor whether --latency-correction counted from "
               "the intended moment; its text has four digits behind the point",
};
