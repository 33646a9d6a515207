// k6's measurements one by one, of any size: lines of JSON (--out json) and CSV (--out
// csv). A measurement is stamped when its request ended.
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_k6.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "format/csv.h"

enum { FIRST_GOOD_STATUS = 200 };

static const char CSV_HEADING[] = "metric_name,timestamp,metric_value";

struct reading {
    struct mb_import *import;
    struct mb_import_samples samples;
    double bytes_sent; // -1: none said
    double bytes_received;
    double dropped;  // iterations that found no user free
    const char *url; // of all requests; "" when they differ; NULL: none yet
    bool whole_seconds;
};

// One measurement; texts are NULL when it does not have them.
struct point {
    const char *metric;
    double value;
    int64_t end_ns; // -1: not known
    const char *status;
    const char *error_code;
    const char *expected;
    const char *url;
};

bool mb_import_k6_is_points(const char *head)
{
    const char *end = head + strcspn(head, "\r\n");
    const char *metric = strstr(head, "\"metric\":");
    const char *type = strstr(head, "\"type\":\"");
    const char *data = strstr(head, "\"data\":{");
    return head[0] == '{' && metric != NULL && metric < end && type != NULL &&
           type < end && data != NULL && data < end;
}

bool mb_import_k6_is_csv(const char *head)
{
    return strncmp(head, CSV_HEADING, sizeof CSV_HEADING - 1) == 0;
}

// https://grafana.com/docs/k6/latest/javascript-api/error-codes/
static enum mb_error_kind kind_of(int64_t code)
{
    static const struct {
        int64_t first;
        int64_t last;
        enum mb_error_kind kind;
    } kinds[] = {
        {1050, 1050, MB_ERROR_TIMEOUT},  {1100, 1119, MB_ERROR_CONNECT},
        {1201, 1201, MB_ERROR_RESET},    {1210, 1213, MB_ERROR_CONNECT},
        {1220, 1220, MB_ERROR_RESET},    {1300, 1399, MB_ERROR_CONNECT},
        {1600, 1699, MB_ERROR_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (code >= kinds[i].first && code <= kinds[i].last) {
            return kinds[i].kind;
        }
    }
    return MB_ERROR_OTHER;
}

static int64_t number_of(const char *text)
{
    int64_t number = 0;
    struct mb_err ignored = {0};
    return text != NULL && mb_units_parse_int(text, 0, MB_UNITS_SAFE_MAX, &number,
                                              &ignored) == MB_OK
               ? number
               : 0;
}

static void url_see(struct reading *reading, const char *url)
{
    if (url == NULL || url[0] == '\0') {
        return;
    }
    if (reading->url == NULL) {
        reading->url = mb_arena_copy_string(reading->import->arena, url);
    } else if (strcmp(reading->url, url) != 0) {
        reading->url = "";
    }
}

// Which requests were good, k6 says itself since 0.31.
static enum mb_status request_add(struct reading *reading, const struct point *point,
                                  bool grpc, struct mb_err *err)
{
    struct mb_import_sample sample = {
        .start_ns = -1, .connect_ns = -1, .bytes_sent = -1, .bytes_received = -1};
    int64_t status = number_of(point->status);
    if (!mb_import_text_scale(point->value, MB_UNITS_NS_PER_MS, &sample.latency_ns)) {
        return mb_err_set(err, MB_INVALID, "%g is not a time in ms", point->value);
    }
    sample.status = !grpc && status <= MB_IMPORT_STATUS_MAX ? (int)status : 0;
    sample.ok = grpc ? status == 0
                     : status >= FIRST_GOOD_STATUS && status < MB_IMPORT_STATUS_WRONG;
    if (point->expected != NULL && point->expected[0] != '\0') {
        sample.ok = strcmp(point->expected, "true") == 0;
    }
    sample.kind = status > 0 ? MB_ERROR_STATUS : kind_of(number_of(point->error_code));
    if (point->end_ns >= 0 && sample.latency_ns <= point->end_ns) {
        sample.start_ns = point->end_ns - sample.latency_ns;
    }
    // Without a connection k6 measures nothing, and writes that as 0.
    if (!sample.ok && status == 0 && sample.latency_ns == 0) {
        sample.latency_ns = -1;
    }
    url_see(reading, point->url);
    mb_import_samples_add(&reading->samples, &sample);
    return MB_OK;
}

static void sum_add(double *sum, double value)
{
    *sum = value >= 0 ? (*sum < 0 ? 0 : *sum) + value : *sum;
}

static enum mb_status point_add(struct reading *reading, const struct point *point,
                                struct mb_err *err)
{
    int64_t connect_ns;
    if (strcmp(point->metric, "http_req_duration") == 0) {
        return request_add(reading, point, false, err);
    }
    if (strcmp(point->metric, "grpc_req_duration") == 0) {
        return request_add(reading, point, true, err);
    }
    // 0: the connection stood already.
    if (strcmp(point->metric, "http_req_connecting") == 0 && point->value > 0 &&
        mb_import_text_scale(point->value, MB_UNITS_NS_PER_MS, &connect_ns)) {
        mb_import_samples_connect(&reading->samples, connect_ns);
    }
    if (strcmp(point->metric, "data_sent") == 0) {
        sum_add(&reading->bytes_sent, point->value);
    }
    if (strcmp(point->metric, "dropped_iterations") == 0) {
        sum_add(&reading->dropped, point->value);
    }
    if (strcmp(point->metric, "data_received") == 0) {
        sum_add(&reading->bytes_received, point->value);
    }
    return MB_OK;
}

// --- JSON ---

static const char *tag(const struct mb_node *data, const char *name)
{
    return mb_node_text(mb_node_find(mb_node_find(data, "tags"), name), NULL);
}

static enum mb_status line_take(void *state, const struct mb_node *root,
                                struct mb_err *err)
{
    struct reading *reading = state;
    const struct mb_node *data = mb_node_find(root, "data");
    struct point point = {
        .metric = mb_node_text(mb_node_find(root, "metric"), ""),
        .value = mb_node_number(mb_node_find(data, "value"), -1),
        .end_ns = -1,
        .status = tag(data, "status"),
        .error_code = tag(data, "error_code"),
        .expected = tag(data, "expected_response"),
        .url = tag(data, "url"),
    };
    if (strcmp(mb_node_text(mb_node_find(root, "type"), ""), "Point") != 0) {
        return MB_OK;
    }
    const struct mb_node *time = mb_node_find(data, "time");
    if (time != NULL &&
        mb_units_parse_time_zoned(mb_node_text(time, ""), &point.end_ns, err) != MB_OK) {
        return MB_INVALID;
    }
    return point_add(reading, &point, err);
}

// --- CSV ---

enum column { NAME, TIME, VALUE, STATUS, ERROR_CODE, EXPECTED, URL, COLUMNS };

static void columns_find(const struct mb_csv_record *record, size_t *columns)
{
    static const char *const names[COLUMNS] = {
        "metric_name", "timestamp",         "metric_value", "status",
        "error_code",  "expected_response", "url"};
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = record->count;
        for (size_t j = 0; j < record->count; j++) {
            if (strcmp(record->fields[j], names[i]) == 0) {
                columns[i] = j;
            }
        }
    }
}

// Seconds since 1970, or with K6_CSV_TIME_FORMAT=rfc3339 (and _nano) a time in words.
static bool time_read(struct reading *reading, const char *text, int64_t *ns)
{
    int64_t seconds;
    struct mb_err ignored = {0};
    if (mb_units_parse_int(text, 0, MB_UNITS_SAFE_MAX, &seconds, &ignored) == MB_OK) {
        // 13, 16 and 19 digits are those of unix_milli, unix_micro and unix_nano.
        size_t digits = strlen(text);
        reading->whole_seconds = reading->whole_seconds || digits <= 10;
        int64_t unit_ns = digits <= 10   ? MB_UNITS_NS_PER_S
                          : digits <= 13 ? MB_UNITS_NS_PER_MS
                                         : MB_UNITS_NS_PER_US;
        *ns = seconds <= INT64_MAX / unit_ns ? seconds * unit_ns : -1;
        return *ns >= 0;
    }
    return mb_units_parse_int(text, 0, INT64_MAX, ns, &ignored) == MB_OK ||
           mb_units_parse_time_zoned(text, ns, &ignored) == MB_OK;
}

static enum mb_status record_add(struct reading *reading,
                                 const struct mb_csv_record *record,
                                 const size_t *columns, struct mb_err *err)
{
    const char *fields[COLUMNS];
    struct point point = {.end_ns = -1};
    struct mb_err ignored = {0};
    for (int i = 0; i < COLUMNS; i++) {
        fields[i] = columns[i] < record->count ? record->fields[columns[i]] : NULL;
    }
    if (fields[NAME] == NULL || fields[TIME] == NULL || fields[VALUE] == NULL ||
        !time_read(reading, fields[TIME], &point.end_ns) ||
        mb_units_parse_double(fields[VALUE], &point.value, &ignored) != MB_OK) {
        return mb_err_set(err, MB_INVALID,
                          "not a measurement of k6: it needs 'metric_name', 'timestamp' "
                          "and a number as 'metric_value'");
    }
    point.metric = fields[NAME];
    point.status = fields[STATUS];
    point.error_code = fields[ERROR_CODE];
    point.expected = fields[EXPECTED];
    point.url = fields[URL];
    return point_add(reading, &point, err);
}

static enum mb_status records_read(struct reading *reading, struct mb_input *input,
                                   struct mb_err *err)
{
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    size_t columns[COLUMNS];
    enum mb_status status = mb_csv_open(input, ',', &csv, err);
    if (status == MB_OK) {
        status = mb_csv_next(csv, &record, err);
    }
    if (status == MB_OK && record != NULL) {
        columns_find(record, columns);
    }
    size_t count = record != NULL ? record->count : 0;
    while (status == MB_OK && record != NULL) {
        struct mb_err own = {0};
        status = mb_csv_next(csv, &record, err);
        if (status != MB_OK || record == NULL) {
            continue;
        }
        if (record->count != count) {
            status = mb_err_at(err, MB_INVALID, mb_input_name(input), record->line, 0,
                               "%zu columns, where the first line names %zu: cut off?",
                               record->count, count);
        } else if (record_add(reading, record, columns, &own) != MB_OK) {
            status = mb_err_at(err, MB_INVALID, mb_input_name(input), record->line, 0,
                               "%s", own.message);
        }
    }
    mb_csv_free(csv);
    return status;
}

// --- the run ---

static struct reading begin(struct mb_import *import)
{
    struct reading reading = {.import = import, .bytes_sent = -1, .bytes_received = -1};
    mb_import_samples_init(&reading.samples, import->arena);
    return reading;
}

static enum mb_status run_put(struct reading *reading, struct mb_input *input,
                              struct mb_err *err)
{
    struct mb_import_run *run = NULL;
    if (reading->samples.requests == 0) {
        return mb_err_at(err, MB_INVALID, mb_input_name(input), 0, 0,
                         "there is neither 'http_req_duration' nor 'grpc_req_duration' "
                         "in it: no request was measured");
    }
    enum mb_status status = mb_import_run_add(reading->import, input, &run, err);
    if (status != MB_OK) {
        return status;
    }
    run->url = reading->url != NULL && reading->url[0] != '\0' ? reading->url : NULL;
    if (reading->samples.first_ns > 0) {
        run->start_unix_ns = reading->samples.first_ns;
    }
    if (reading->whole_seconds) {
        run->start_unix_ns -= run->start_unix_ns % MB_UNITS_NS_PER_S;
        reading->samples.first_ns = -1;
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "the csv's times are whole seconds, which are no measure of "
                           "the run's length; K6_CSV_TIME_FORMAT=unix_micro makes them "
                           "one");
    }
    mb_import_samples_put(&reading->samples, reading->import, run, false);
    struct mb_counts *counts = &run->part.counts;
    (void)mb_import_text_scale(reading->bytes_sent, 1, &counts->bytes_sent);
    (void)mb_import_text_scale(reading->bytes_received, 1, &counts->bytes_received);
    int64_t dropped = 0;
    (void)mb_import_text_scale(reading->dropped, 1, &dropped);
    mb_import_k6_dropped(reading->import, run, dropped);
    return MB_OK;
}

enum mb_status mb_import_k6_points(struct mb_import *import, struct mb_input *input,
                                   struct mb_err *err)
{
    struct reading reading = begin(import);
    enum mb_status status = mb_import_json_lines(input, line_take, &reading, err);
    if (status == MB_OK) {
        status = run_put(&reading, input, err);
    }
    mb_import_samples_release(&reading.samples);
    return status;
}

enum mb_status mb_import_k6_csv(struct mb_import *import, struct mb_input *input,
                                struct mb_err *err)
{
    struct reading reading = begin(import);
    enum mb_status status = records_read(&reading, input, err);
    if (status == MB_OK) {
        status = run_put(&reading, input, err);
    }
    mb_import_samples_release(&reading.samples);
    return status;
}
