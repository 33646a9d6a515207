// What fortio prints for people: `fortio load` since 0.3 and `fortio grpcping`. The
// histogram is printed whole, so nothing but digits is lost against its JSON.
#include <string.h>

#include "base/units.h"
#include "exchange/import_fortio_histogram.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

enum { TEAPOT = 418 };

// Whose rows follow.
enum section { SECTION_NONE, SECTION_ALL, SECTION_ERRORS };

struct histogram {
    bool seen;
    double unit_ns;
    struct mb_dist dist;
    size_t capacity;
};

struct report {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    struct mb_import_run *run; // NULL between reports
    enum section section;
    struct histogram all;
    struct histogram errors;
    bool errors_said; // "no data" says that there were none
    int64_t codes;    // answers that are told apart, and the good ones among them
    int64_t good;
    struct mb_status_count *statuses;
    size_t status_count;
    size_t status_capacity;
};

static enum mb_status fault(const struct report *report, const char *what)
{
    return mb_err_at(report->err, MB_INVALID, mb_input_name(report->input),
                     mb_input_line_number(report->input), 1, "%s", what);
}

// --- a report's end

// The first and the last bucket end where the values do, which is printed with more
// digits.
static enum mb_status histogram_close(const struct report *report,
                                      struct histogram *histogram)
{
    struct mb_dist *dist = &histogram->dist;
    int64_t total = 0;
    for (size_t i = 0; i < dist->count; i++) {
        total += dist->buckets[i].n;
    }
    if (dist->count == 0 && dist->n > 0) {
        dist->type = MB_DIST_SUMMARY;
        return MB_OK;
    }
    if (total != dist->n) {
        return fault(report, "the rows of the histogram before this line hold another "
                             "number of values than its count");
    }
    if (dist->count > 0) {
        dist->buckets[0].low = dist->min;
        dist->buckets[dist->count - 1].high = dist->max;
    }
    for (size_t i = 0; i < dist->count; i++) {
        const struct mb_dist_bucket *at = &dist->buckets[i];
        if (at->low > at->high || (i > 0 && at->low <= at[-1].high)) {
            return fault(report, "the rows of the histogram before this line are not in "
                                 "order");
        }
    }
    return MB_OK;
}

static void counts_put(struct report *report, int64_t errors)
{
    struct mb_counts *counts = &report->run->part.counts;
    int64_t n = report->all.dist.n;
    int64_t answered = n - errors;
    int64_t wrong = 0;
    for (size_t i = 0; i < report->status_count; i++) {
        wrong += report->statuses[i].n;
    }
    if (wrong > 0 && wrong <= n && wrong - report->good <= errors) {
        counts->statuses = report->statuses;
        counts->status_count = report->status_count;
        answered = wrong;
        wrong -= report->good;
    } else {
        wrong = 0;
    }
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = errors == wrong ? 0 : -1;
    }
    counts->errors_by_kind[MB_ERROR_STATUS] = wrong;
    counts->errors_by_kind[MB_ERROR_OTHER] = errors - wrong;
    counts->intended = n;
    counts->ok = n - errors;
    counts->completed = answered;
    counts->sent = errors == wrong ? n : -1;
    counts->unfinished = 0;
}

static void latency_put(struct report *report, int64_t errors)
{
    struct mb_dist latency = report->all.dist;
    struct mb_dist ok;
    bool apart = errors > 0 && report->errors.dist.n == errors &&
                 latency.type == MB_DIST_BUCKETS &&
                 report->errors.dist.type == MB_DIST_BUCKETS &&
                 mb_import_fortio_subtract(report->import->arena, &latency,
                                           &report->errors.dist, &ok);
    latency.mixed = errors > 0 && !apart;
    mb_import_run_latency(report->import, report->run, apart ? ok : latency);
    if (apart) {
        report->run->part.dist[MB_DIST_ERROR_RESPONSE] = report->errors.dist;
    }
}

static enum mb_status report_end(struct report *report)
{
    if (report->run == NULL) {
        return MB_OK;
    }
    if (!report->all.seen) {
        return fault(report, "the report ends before its 'Aggregated Function Time'");
    }
    enum mb_status status = histogram_close(report, &report->all);
    if (status == MB_OK) {
        status = histogram_close(report, &report->errors);
    }
    if (status != MB_OK) {
        return status;
    }
    int64_t n = report->all.dist.n;
    int64_t errors = report->errors_said || report->codes == 0 ? report->errors.dist.n
                                                               : n - report->good;
    if (errors < 0 || errors > n || report->codes > n) {
        return fault(report, "the return codes before this line are more than the calls");
    }
    counts_put(report, errors);
    latency_put(report, errors);
    report->run = NULL;
    return MB_OK;
}

// --- lines

static enum mb_status report_begin(struct report *report)
{
    enum mb_status status = report_end(report);
    if (status != MB_OK) {
        return status;
    }
    *report = (struct report){
        .import = report->import, .input = report->input, .err = report->err};
    return mb_import_run_add(report->import, report->input, &report->run, report->err);
}

// "-1" and "0" are no rate.
static void rate_put(struct report *report, double rate)
{
    struct mb_point *point = &report->run->point;
    bool paced = rate > 0 && rate <= (double)MB_UNITS_SAFE_MAX / 1e6;
    point->load_model = paced ? MB_LOAD_PACED : MB_LOAD_CLOSED;
    point->rate_micro_rps = paced ? (int64_t)(rate * 1e6 + 0.5) : -1;
}

// "Fortio 1.66.5 running at 100 queries per second, 2->2 procs, for 60 calls: http://h/".
static enum mb_status line_begin(struct report *report, const char *line)
{
    const char *at = mb_import_text_after(line, "Fortio ");
    const char *running = mb_import_text_after(line, "running at ");
    double rate = -1;
    enum mb_status status = report_begin(report);
    if (status != MB_OK) {
        return status;
    }
    size_t version = at != NULL ? strcspn(at, " ") : 0;
    if (at + version < running - strlen("running at ")) {
        report->run->version = mb_arena_copy_bytes(report->import->arena, at, version);
    }
    (void)mb_import_text_number(&running, &rate);
    rate_put(report, rate);
    const char *url = mb_import_text_after(line, "s: ");
    if (url != NULL && url[0] != '\0') {
        report->run->url = mb_arena_copy_string(report->import->arena, url);
    }
    return MB_OK;
}

// "Starting at 8 qps with 8 thread(s) [gomax 8] for 5s : 5 calls each (total 40)", and
// before it for gRPC "... with 4*2 threads at 8.0 qps": streams and connections.
static void threads_read(struct report *report, const char *line)
{
    struct mb_import_run *run = report->run;
    const char *with = mb_import_text_after(line, " with ");
    int64_t threads = -1;
    int64_t connections = -1;
    if (with == NULL || !mb_import_text_count(&with, &threads) || threads < 1) {
        return;
    }
    if (mb_import_text_word(&with, "*") && mb_import_text_count(&with, &connections)) {
        run->point.connections = connections;
        return;
    }
    run->concurrency = threads;
    run->part.threads = threads <= 65536 ? (int)threads : 0;
    run->point.connections =
        run->point.connections > 0 ? run->point.connections : threads;
}

// "Ended after 1m0.00112695s : 300000 calls. qps=4999.9".
static enum mb_status ended_read(struct report *report, const char *at)
{
    char text[64] = {0};
    size_t size = strcspn(at, " ");
    struct mb_err own = {0};
    memcpy(text, at, size < sizeof text ? size : sizeof text - 1);
    if (mb_units_parse(MB_UNIT_DURATION, text, &report->run->window_ns, &own) != MB_OK) {
        return fault(report, own.message);
    }
    return MB_OK;
}

// "count 60 avg 0.0023 +/- 0.0006 min 0.0012 max 0.0045 sum 0.138".
static enum mb_status histogram_begin(struct report *report, struct histogram *histogram,
                                      const char *at, double unit_ns)
{
    double values[3] = {0};
    static const char *const words[] = {" min ", " max ", " sum "};
    int64_t ns[3] = {-1, -1, -1};
    *histogram = (struct histogram){
        .seen = true,
        .unit_ns = unit_ns,
        .dist = {.type = MB_DIST_BUCKETS, .sum = 0, .min = -1, .max = -1}};
    if (!mb_import_text_word(&at, "count") ||
        !mb_import_text_count(&at, &histogram->dist.n)) {
        return MB_OK; // "no data"
    }
    for (size_t i = 0; i < 3 && histogram->dist.n > 0; i++) {
        const char *value = mb_import_text_after(at, words[i]);
        if (value == NULL || !mb_import_text_number(&value, &values[i]) ||
            (!mb_import_text_scale(values[i], unit_ns, &ns[i]) && i < 2)) {
            return fault(report, "min, max or sum of the histogram is not a duration");
        }
    }
    if (histogram->dist.n > 0) {
        histogram->dist.min = ns[0];
        histogram->dist.max = ns[1];
        histogram->dist.sum = ns[2];
    }
    return MB_OK;
}

// "> 0.002 <= 0.003 , 0.0025 , 83.33, 30", and of old ">= 0.0005 < 0.0006 , ...".
static enum mb_status row_read(struct report *report, struct histogram *histogram,
                               const char *at)
{
    double low = 0;
    double high = 0;
    struct mb_dist_bucket bucket;
    bool from = mb_import_text_word(&at, ">=");
    if (!from && !mb_import_text_word(&at, ">")) {
        return MB_OK;
    }
    bool good = mb_import_text_number(&at, &low);
    bool to = good && mb_import_text_word(&at, "<=");
    good = good && (to || mb_import_text_word(&at, "<")) &&
           mb_import_text_number(&at, &high);
    const char *last = strrchr(at, ',');
    at = last != NULL ? last + 1 : at;
    good = good && mb_import_text_count(&at, &bucket.n) &&
           mb_import_text_scale(low, histogram->unit_ns, &bucket.low) &&
           mb_import_text_scale(high, histogram->unit_ns, &bucket.high);
    if (!good || bucket.n > MB_UNITS_SAFE_MAX / 2) {
        return fault(report, "a row of the histogram cannot be read");
    }
    bucket.low += from ? 0 : 1;
    bucket.high -= to ? 0 : 1;
    struct mb_dist *dist = &histogram->dist;
    dist->buckets = mb_arena_grow(report->import->arena, dist->buckets, dist->count,
                                  &histogram->capacity, sizeof *dist->buckets);
    dist->buckets[dist->count++] = bucket;
    return MB_OK;
}

static void status_add(struct report *report, int64_t status, int64_t n)
{
    report->statuses =
        mb_arena_grow(report->import->arena, report->statuses, report->status_count,
                      &report->status_capacity, sizeof *report->statuses);
    size_t at = report->status_count++;
    while (at > 0 && report->statuses[at - 1].status > status) {
        report->statuses[at] = report->statuses[at - 1];
        at--;
    }
    report->statuses[at] = (struct mb_status_count){.status = (int)status, .n = n};
}

// "Code 200 : 60 (100.0 %)", "tcp OK : 400 (100.0 %)", "Ping SERVING : 40".
static void code_read(struct report *report, const char *line)
{
    const char *at = line;
    int64_t status = -1;
    int64_t n = 0;
    bool http = mb_import_text_word(&at, "Code ");
    bool other =
        !http &&
        (mb_import_text_word(&at, "tcp ") || mb_import_text_word(&at, "udp ") ||
         mb_import_text_word(&at, "Ping ") || mb_import_text_word(&at, "Health "));
    if (!http && !other) {
        return;
    }
    bool good = strncmp(at, "OK :", 4) == 0 || strncmp(at, "SERVING :", 9) == 0;
    if (http && mb_import_text_count(&at, &status)) {
        good = (status >= 200 && status <= 299) || status == TEAPOT;
    }
    const char *count = strstr(line, " : ");
    while (count != NULL && strstr(count + 3, " : ") != NULL) {
        count = strstr(count + 3, " : "); // an error's text may hold colons
    }
    count = count != NULL ? count + 3 : "";
    if (!mb_import_text_count(&count, &n) || n > MB_UNITS_SAFE_MAX - report->codes) {
        return;
    }
    report->codes += n;
    report->good += good ? n : 0;
    if (http && status >= MB_IMPORT_STATUS_MIN && status <= MB_IMPORT_STATUS_MAX) {
        status_add(report, status, n);
    }
}

static void totals_read(struct report *report, const char *line)
{
    struct mb_counts *counts = &report->run->part.counts;
    const char *at = line;
    if (mb_import_text_word(&at, "Sockets used:")) {
        (void)mb_import_text_count(&at, &counts->connections_opened);
    } else if (mb_import_text_word(&at, "Total Bytes sent:")) {
        (void)mb_import_text_count(&at, &counts->bytes_sent);
        at = mb_import_text_after(line, "received:");
        if (at != NULL) {
            (void)mb_import_text_count(&at, &counts->bytes_received);
        }
    }
}

// A heading says whose rows follow. *known: the line is one.
static enum mb_status heading_read(struct report *report, const char *line, bool *known)
{
    static const struct {
        const char *words;
        enum section section;
        double unit_ns;
    } headings[] = {{"Aggregated Function Time :", SECTION_ALL, 1e9},
                    {"Error cases :", SECTION_ERRORS, 1e9},
                    {"RTT histogram usec :", SECTION_ALL, 1e3}};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        const char *at = line;
        if (!mb_import_text_word(&at, headings[i].words)) {
            continue;
        }
        *known = true;
        report->section = headings[i].section;
        bool errors = report->section == SECTION_ERRORS;
        report->errors_said = report->errors_said || errors;
        return histogram_begin(report, errors ? &report->errors : &report->all, at,
                               headings[i].unit_ns);
    }
    return MB_OK;
}

// Pings go one after another over one connection.
static enum mb_status pings_begin(struct report *report)
{
    enum mb_status status = report_begin(report);
    if (status == MB_OK) {
        report->run->point.load_model = MB_LOAD_CLOSED;
        report->run->point.connections = 1;
        report->run->workload = "grpcping";
    }
    return status;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct report *report = state;
    bool known = false;
    if (strncmp(line, "Fortio ", 7) == 0 && strstr(line, "running at ") != NULL) {
        return line_begin(report, line);
    }
    if (strncmp(line, "RTT histogram usec :", 20) == 0) {
        enum mb_status status = pings_begin(report);
        return status == MB_OK ? heading_read(report, line, &known) : status;
    }
    if (report->run == NULL) {
        return MB_OK;
    }
    if (strstr(line, "Starting") != NULL) {
        threads_read(report, line);
        return MB_OK;
    }
    if (strncmp(line, "Ended after ", 12) == 0) {
        return ended_read(report, line + 12);
    }
    enum mb_status status = heading_read(report, line, &known);
    if (status != MB_OK || known) {
        return status;
    }
    if (line[0] == '>' && report->section != SECTION_NONE) {
        return row_read(report,
                        report->section == SECTION_ALL ? &report->all : &report->errors,
                        line);
    }
    if (strncmp(line, "# ", 2) != 0) {
        report->section = SECTION_NONE; // rows of something else may follow
    }
    code_read(report, line);
    totals_read(report, line);
    return MB_OK;
}

static int detect(const char *head, size_t size)
{
    (void)size;
    bool load = strstr(head, "queries per second") != NULL &&
                (strstr(head, "Fortio ") != NULL || strstr(head, "fortio ") != NULL);
    bool pings = strstr(head, "RTT histogram usec :") != NULL;
    return load || pings ? 85 : 0;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct report report = {.import = import, .input = input, .err = err};
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &report, err);
    return status == MB_OK ? report_end(&report) : status;
}

const struct mb_importer mb_importer_fortio_text = {
    .name = "fortio-text",
    .title = "fortio's text (load, grpcping)",
    .tool = "fortio",
    .detect = detect,
    .read = read,
    .unknown = "fortio's text does not say when it ran or whether its connections were "
               "warm, and counts latencies from the actual sending",
};
