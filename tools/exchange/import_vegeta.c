// vegeta (https://github.com/tsenart/vegeta): which of its forms a file is, and the
// report that it prints.
//
// Vegeta sends at a rate whatever the answers do, and counts latencies from the moment
// that a request was begun, not from the one that it was due. Those of failed requests
// are among them, also of those that got no answer, whose status it writes as 0. A file
// does not say of an attack with -rate 0 that it was a closed loop of its workers.
#include "exchange/import_vegeta.h"

#include <string.h>

#include "base/units.h"
#include "exchange/importers.h"

enum { MAX_STATUS = 999, PERCENT = 10000000, SHARE_WHOLE = 1000000000 };

// The first message of Go's gob defines the type: its name, and then its fields.
static bool is_gob(const char *head, size_t size)
{
    enum { NAME_WITHIN = 24 };
    static const char NAME[] = "\x06Result\x01\xff";
    const char *name = strstr(head, NAME);
    return size > NAME_WITHIN && name != NULL && name - head < NAME_WITHIN;
}

static bool is_text(const char *head)
{
    const char *requests = strstr(head, "Requests ");
    const char *latencies = requests != NULL ? strstr(requests, "Latencies ") : NULL;
    return latencies != NULL && strstr(requests, "[total") != NULL &&
           strstr(requests, "[total") < latencies && strchr(latencies, '[') != NULL;
}

static bool is_json(const char *head)
{
    return strstr(head, "\"latencies\"") != NULL &&
           strstr(head, "\"bytes_in\"") != NULL && strstr(head, "\"bytes_out\"") != NULL;
}

static int detect(const char *head, size_t size)
{
    if (is_gob(head, size) || mb_import_vegeta_is_lines(head) ||
        mb_import_vegeta_is_table(head)) {
        return 100;
    }
    if (is_text(head) || is_json(head)) {
        return 95;
    }
    return mb_import_vegeta_is_csv(head) ? 90 : 0;
}

// --- a report ---

enum mb_status mb_import_vegeta_begin(struct mb_import_vegeta *vegeta)
{
    vegeta->requests = -1;
    vegeta->unanswered = 0;
    vegeta->kinds = 0;
    vegeta->duration_ns = -1;
    vegeta->wait_ns = -1;
    return mb_import_report_begin(&vegeta->report);
}

bool mb_import_vegeta_status(struct mb_import_vegeta *vegeta, int64_t status, int64_t n)
{
    if (status < 0 || status > MAX_STATUS) {
        return false;
    }
    if (status == 0) {
        vegeta->unanswered = n;
    } else {
        mb_import_report_status(&vegeta->report, (int)status, n);
    }
    return true;
}

void mb_import_vegeta_error(struct mb_import_vegeta *vegeta, const char *message)
{
    int64_t status;
    const char *at = message;
    // "503 Service Unavailable" had an answer.
    if (!mb_import_text_count(&at, &status) || *at != ' ') {
        vegeta->kinds |= 1U << mb_import_text_error(message);
    }
}

bool mb_import_vegeta_quantile(struct mb_import_report *report, double percent,
                               int64_t value_ns)
{
    int64_t share;
    size_t before = report->quantiles.count;
    if (!mb_import_text_scale(percent, PERCENT, &share) || share > SHARE_WHOLE) {
        return false;
    }
    mb_import_text_quantile(report->import->arena, &report->quantiles, share, value_ns);
    return report->quantiles.count > before;
}

// The kind of all requests that got no answer, when every message tells the same.
static enum mb_error_kind kind_of(unsigned kinds)
{
    for (int kind = 0; kind < MB_ERROR_KINDS; kind++) {
        if (kinds == 1U << kind) {
            return (enum mb_error_kind)kind;
        }
    }
    return MB_ERROR_OTHER;
}

enum mb_status mb_import_vegeta_end(struct mb_import_vegeta *vegeta)
{
    struct mb_import_report *report = &vegeta->report;
    struct mb_import_run *run = report->run;
    int64_t answers = 0;
    for (size_t i = 0; i < report->status_count; i++) {
        int64_t n = report->statuses[i].n;
        answers = n > MB_UNITS_SAFE_MAX - answers ? MB_UNITS_SAFE_MAX : answers + n;
    }
    if (vegeta->requests != 0 && answers == 0 && vegeta->unanswered == 0) {
        return mb_import_report_fault(report, "ends before its statuses");
    }
    if (vegeta->requests < 0 || vegeta->requests - vegeta->unanswered != answers) {
        return mb_import_report_fault(
            report, "has a number of requests that its statuses do not add up to");
    }
    enum mb_error_kind kind = kind_of(vegeta->kinds);
    report->requests = vegeta->requests;
    report->answers = answers;
    report->all_measured = true;
    report->errors_known = true;
    report->errors_by_kind[kind] = vegeta->unanswered;
    run->point.load_model = MB_LOAD_OPEN;
    if (vegeta->duration_ns >= 0) {
        int64_t wait_ns = vegeta->wait_ns > 0 ? vegeta->wait_ns : 0;
        run->window_ns = vegeta->duration_ns + wait_ns;
    }
    enum mb_status status = mb_import_report_end(report);
    for (int i = 0; status == MB_OK && i < MB_ERROR_KINDS; i++) {
        // Some of MB_ERROR_OTHER may be these; without a message, any.
        bool named = vegeta->kinds == 0 || (vegeta->kinds >> i & 1U) != 0;
        if (vegeta->unanswered > 0 && kind == MB_ERROR_OTHER && named &&
            i != MB_ERROR_OTHER && i != MB_ERROR_STATUS) {
            run->part.counts.errors_by_kind[i] = -1;
        }
    }
    return status;
}

// --- as text ---

struct reading {
    struct mb_import_vegeta vegeta;
    bool errors; // the lines that follow are messages
};

// "Latencies     [min, mean, 50, 90, 95, 99, max]  1.1ms, ...": what the n-th value is
// called stands in the brackets. Goes on to the next name and value; false at the end.
struct pairs {
    const char *name; // not ended
    size_t name_size;
    const char *value;
    bool first;
};

static bool pairs_open(const char *line, const char *heading, struct pairs *pairs)
{
    const char *end = strchr(line, ']');
    if (end == NULL || !mb_import_text_word(&line, heading) ||
        !mb_import_text_word(&line, "[")) {
        return false;
    }
    *pairs = (struct pairs){.name = line, .value = end + 1, .first = true};
    return true;
}

static bool pairs_next(struct pairs *pairs)
{
    if (!pairs->first) {
        pairs->name += pairs->name_size;
        if (!mb_import_text_word(&pairs->name, ",")) {
            return false;
        }
        // Without it there is no value to take either.
        (void)mb_import_text_word(&pairs->value, ",");
    }
    pairs->first = false;
    pairs->name += strspn(pairs->name, " ");
    pairs->name_size = strcspn(pairs->name, ",]");
    return pairs->name_size > 0;
}

static bool is_named(const struct pairs *pairs, const char *name)
{
    return strlen(name) == pairs->name_size &&
           strncmp(pairs->name, name, pairs->name_size) == 0;
}

static bool latencies_read(struct mb_import_report *report, struct pairs *pairs)
{
    while (pairs_next(pairs)) {
        int64_t value_ns;
        double percent;
        const char *digits = pairs->name;
        if (!mb_import_text_span(&pairs->value, &value_ns)) {
            return false;
        }
        if (is_named(pairs, "min")) {
            report->min_ns = value_ns;
        } else if (is_named(pairs, "mean")) {
            report->mean_ns = value_ns;
        } else if (is_named(pairs, "max")) {
            report->max_ns = value_ns;
        } else if (!mb_import_text_field(&digits, &percent) ||
                   !mb_import_vegeta_quantile(report, percent, value_ns)) {
            return false;
        }
    }
    return true;
}

// "Duration      [total, attack, wait]             30.001s, 29.999s, 1.595ms"
static bool duration_read(struct mb_import_vegeta *vegeta, struct pairs *pairs)
{
    return pairs_next(pairs) && is_named(pairs, "total") &&
           mb_import_text_span(&pairs->value, &vegeta->duration_ns);
}

// "Requests      [total, rate, throughput]         30000, 1000.03, 999.98", and bytes.
// No thousands are set apart, and a comma follows.
static bool total_read(struct pairs *pairs, int64_t *count)
{
    double number;
    return pairs_next(pairs) && is_named(pairs, "total") &&
           mb_import_text_field(&pairs->value, &number) &&
           mb_import_text_scale(number, 1, count);
}

// "Status Codes  [code:count]                      0:535  200:665"
static bool statuses_read(struct mb_import_vegeta *vegeta, struct pairs *pairs)
{
    const char *at = pairs->value;
    int64_t status;
    int64_t n;
    while (mb_import_text_count(&at, &status)) {
        if (!mb_import_text_word(&at, ":") || !mb_import_text_count(&at, &n) ||
            !mb_import_vegeta_status(vegeta, status, n)) {
            return false;
        }
    }
    return at[strspn(at, " \t\r")] == '\0';
}

// False: the line is one of the report's own, and broken.
static bool figure_read(struct mb_import_vegeta *vegeta, const char *line)
{
    struct pairs pairs;
    struct mb_counts *counts = &vegeta->report.run->part.counts;
    if (pairs_open(line, "Requests", &pairs)) {
        return total_read(&pairs, &vegeta->requests);
    }
    if (pairs_open(line, "Duration", &pairs)) {
        return duration_read(vegeta, &pairs);
    }
    if (pairs_open(line, "Latencies", &pairs)) {
        return latencies_read(&vegeta->report, &pairs);
    }
    if (pairs_open(line, "Bytes In", &pairs)) {
        return total_read(&pairs, &counts->bytes_received);
    }
    if (pairs_open(line, "Bytes Out", &pairs)) {
        return total_read(&pairs, &counts->bytes_sent);
    }
    return !pairs_open(line, "Status Codes", &pairs) || statuses_read(vegeta, &pairs);
}

static enum mb_status report_end(struct reading *reading)
{
    reading->errors = false;
    return reading->vegeta.report.run != NULL ? mb_import_vegeta_end(&reading->vegeta)
                                              : MB_OK;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    struct mb_import_report *report = &reading->vegeta.report;
    struct pairs pairs;
    const char *at = line;
    if (pairs_open(line, "Requests", &pairs)) {
        enum mb_status status = report_end(reading);
        status = status == MB_OK ? mb_import_vegeta_begin(&reading->vegeta) : status;
        if (status != MB_OK) {
            return status;
        }
    }
    if (report->run == NULL) {
        return MB_OK;
    }
    if (mb_import_text_word(&at, "Error Set:")) {
        reading->errors = true;
    } else if (line[strspn(line, " \t\r")] == '\0' || strncmp(line, "```", 3) == 0) {
        reading->errors = false;
    } else if (reading->errors) {
        mb_import_vegeta_error(&reading->vegeta, line);
    } else if (!figure_read(&reading->vegeta, line)) {
        return mb_err_at(report->err, MB_INVALID, mb_input_name(report->input),
                         mb_input_line_number(report->input), 0,
                         "not a line of vegeta's report: '%.60s'", line);
    }
    return MB_OK;
}

static enum mb_status text_read(struct mb_import *import, struct mb_input *input,
                                struct mb_err *err)
{
    struct reading reading = {
        .vegeta.report = {.import = import, .input = input, .err = err}};
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? report_end(&reading) : status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    const char *head = mb_input_head(input, &size);
    if (is_gob(head, size)) {
        mb_err_hint(err,
                    "'vegeta encode -to csv FILE' writes every request as text, which "
                    "is imported");
        return mb_err_at(err, MB_INVALID, mb_input_name(input), 0, 0,
                         "vegeta's binary results (gob) are not read");
    }
    if (mb_import_vegeta_is_lines(head)) {
        return mb_import_vegeta_lines(import, input, err);
    }
    if (mb_import_vegeta_is_table(head)) {
        return mb_import_vegeta_table(import, input, err);
    }
    if (is_json(head)) {
        return mb_import_vegeta_json(import, input, err);
    }
    return mb_import_vegeta_is_csv(head) ? mb_import_vegeta_csv(import, input, err)
                                         : text_read(import, input, err);
}

const struct mb_importer mb_importer_vegeta = {
    .name = "vegeta",
    .title =
        "vegeta's reports (text, JSON, hist, hdrplot) and encoded results (JSON, CSV)",
    .tool = "vegeta",
    .detect = detect,
    .read = read,
    .unknown = "vegeta does not say the rate that was asked for, nor that -rate 0 or a "
               "-max-workers that was reached held requests back; its text does not say "
               "when it ran",
};
