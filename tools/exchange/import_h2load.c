// The report of h2load (nghttp2), and of weighttp, which it comes from. h2load says
// neither whether --rps or a timing script held the requests to a rate nor how many
// streams a connection had.
#include <string.h>

#include "base/units.h"
#include "exchange/import_report.h"
#include "exchange/importers.h"

static int detect(const char *head, size_t size)
{
    (void)size;
    bool times = strstr(head, "time for request:") != NULL;
    if (times && strstr(head, "time for connect:") != NULL) {
        return 95;
    }
    return strstr(head, "\nfinished in ") != NULL && strstr(head, " req/s") != NULL ? 60
                                                                                    : 0;
}

enum { COLUMNS_MAX = 12 };

// What the columns of its table hold, which differ between versions.
struct columns {
    const char *names[COLUMNS_MAX];
    size_t count;
};

static const char *const COLUMN_WORDS[] = {"min", "max",  "median", "p95",
                                           "p99", "mean", "sd",     "+/- sd"};

// "                     min         max         mean         sd        +/- sd"
static bool heading_read(const char *line, struct columns *columns)
{
    size_t words = sizeof COLUMN_WORDS / sizeof *COLUMN_WORDS;
    struct columns read = {.count = 0};
    for (bool found = true; found && read.count < COLUMNS_MAX;) {
        found = false;
        for (size_t i = 0; i < words && !found; i++) {
            if (mb_import_text_word(&line, COLUMN_WORDS[i])) {
                read.names[read.count++] = COLUMN_WORDS[i];
                found = true;
            }
        }
    }
    if (read.count < 2) {
        return false;
    }
    *columns = read;
    return true;
}

// -1: the table does not have it.
struct times {
    int64_t min_ns;
    int64_t max_ns;
    int64_t mean_ns;
    struct mb_import_quantiles quantiles;
};

static struct times times_read(struct mb_arena *arena, const char *line,
                               const struct columns *columns)
{
    struct times times = {.min_ns = -1, .max_ns = -1, .mean_ns = -1};
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->names[i];
        int64_t value_ns;
        if (!mb_import_text_time(&line, &value_ns)) {
            break;
        }
        if (strcmp(name, "min") == 0) {
            times.min_ns = value_ns;
        } else if (strcmp(name, "max") == 0) {
            times.max_ns = value_ns;
        } else if (strcmp(name, "mean") == 0) {
            times.mean_ns = value_ns;
        } else if (strcmp(name, "median") == 0) {
            mb_import_text_quantile(arena, &times.quantiles, 500000000, value_ns);
        } else if (strcmp(name, "p95") == 0) {
            mb_import_text_quantile(arena, &times.quantiles, 950000000, value_ns);
        } else if (strcmp(name, "p99") == 0) {
            mb_import_text_quantile(arena, &times.quantiles, 990000000, value_ns);
        }
    }
    return times;
}

// --- its lines ---

struct reading {
    struct mb_import_report report; // first: the lines are given to it
    struct columns columns;
    int64_t clients;
    int64_t total;
    int64_t ended;
    int64_t failed;
    int64_t errored;
    int64_t timed_out;
    struct times connect;
    bool done; // "requests:" was seen
};

// "spawning thread #0: 8 total client(s). 400 total requests", a line for each thread;
// weighttp's, which it comes from: "spawning thread #1: 32 concurrent requests, ...".
static bool thread_read(struct reading *reading, const char *line)
{
    const char *at = mb_import_text_after(line, "spawning thread #");
    int64_t clients;
    at = at != NULL ? mb_import_text_after(at, ":") : NULL;
    if (at != NULL && mb_import_text_count(&at, &clients) &&
        (mb_import_text_word(&at, "total client") ||
         mb_import_text_word(&at, "concurrent "))) {
        reading->clients = (reading->clients > 0 ? reading->clients : 0) + clients;
    }
    return at != NULL;
}

// "69 sec, 791 millisec and 699 microsec": weighttp, which keeps as many requests in
// flight as it has connections.
static bool weighttp_read(struct mb_import_run *run, const char *line)
{
    int64_t seconds = 0;
    int64_t millis = 0;
    int64_t micros = 0;
    bool good =
        mb_import_text_count(&line, &seconds) && mb_import_text_word(&line, "sec,") &&
        mb_import_text_count(&line, &millis) &&
        mb_import_text_word(&line, "millisec and") &&
        mb_import_text_count(&line, &micros) && mb_import_text_word(&line, "microsec,") &&
        seconds <= 9000000 && millis <= 999 && micros <= 999;
    if (good) {
        run->window_ns = seconds * MB_UNITS_NS_PER_S + millis * MB_UNITS_NS_PER_MS +
                         micros * MB_UNITS_NS_PER_US;
        run->part.generator_name = "weighttp";
        run->point.load_model = MB_LOAD_CLOSED;
    }
    return good;
}

// "requests: 400 total, 400 started, 400 done, 400 succeeded, 0 failed, 0 errored, 0
// timeout"
static bool requests_read(struct reading *reading, const char *line)
{
    struct {
        const char *word;
        int64_t *value;
    } words[] = {
        {"total", &reading->total},
        {"started", &reading->report.run->part.counts.sent},
        {"done", &reading->ended},
        {"succeeded", NULL},
        {"failed", &reading->failed},
        {"errored", &reading->errored},
        {"timeout", &reading->timed_out},
    };
    if (!mb_import_text_word(&line, "requests:")) {
        return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        int64_t n;
        if (mb_import_text_count(&line, &n) &&
            mb_import_text_word(&line, words[i].word) && words[i].value != NULL) {
            *words[i].value = n;
        }
        (void)mb_import_text_word(&line, ",");
    }
    reading->done = true;
    return true;
}

// "status codes: 400 2xx, 0 3xx, 0 4xx, 0 5xx": classes, not codes.
static bool statuses_read(struct reading *reading, const char *line)
{
    static const char *const classes[] = {"2xx", "3xx", "4xx", "5xx"};
    int64_t answers = 0;
    if (!mb_import_text_word(&line, "status codes:")) {
        return false;
    }
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        int64_t n;
        if (mb_import_text_count(&line, &n) && mb_import_text_word(&line, classes[i])) {
            answers += n;
            reading->report.errors_by_kind[MB_ERROR_STATUS] += i >= 2 ? n : 0;
        }
        (void)mb_import_text_word(&line, ",");
    }
    reading->report.requests = answers;
    return true;
}

static void table_read(struct reading *reading, const char *line)
{
    struct mb_arena *arena = reading->report.import->arena;
    if (mb_import_text_word(&line, "time for request:")) {
        struct times times = times_read(arena, line, &reading->columns);
        reading->report.min_ns = times.min_ns;
        reading->report.max_ns = times.max_ns;
        reading->report.mean_ns = times.mean_ns;
        reading->report.quantiles = times.quantiles;
    } else if (mb_import_text_word(&line, "time for connect:")) {
        reading->connect = times_read(arena, line, &reading->columns);
    }
}

// "traffic: 50.39KB (51600) total, ...": the exact number is in the brackets, or alone.
static bool traffic_read(struct reading *reading, const char *line)
{
    int64_t *bytes = &reading->report.run->part.counts.bytes_received;
    if (!mb_import_text_word(&line, "traffic:")) {
        return false;
    }
    const char *bracket = strchr(line, '(');
    const char *comma = strchr(line, ',');
    if (bracket != NULL && (comma == NULL || bracket < comma)) {
        line = bracket + 1;
        (void)mb_import_text_count(&line, bytes);
    } else if (strstr(line, "bytes total") != NULL) {
        (void)mb_import_text_count(&line, bytes);
    }
    return true;
}

static enum mb_status reading_end(struct reading *reading)
{
    struct mb_import_report *report = &reading->report;
    if (report->run == NULL) {
        return MB_OK;
    }
    if (!reading->done || report->run->window_ns < 0) {
        return mb_import_report_fault(report, "ends before its counts of requests");
    }
    if (reading->errored > reading->failed || reading->timed_out > reading->errored) {
        return mb_import_report_fault(report, "counts more errors than failed requests");
    }
    // A run of a given length leaves alone what is under way at its end.
    int64_t sent = report->run->part.counts.sent;
    report->unfinished = sent > reading->ended ? sent - reading->ended : 0;
    report->errors_known = true;
    report->errors_by_kind[MB_ERROR_TIMEOUT] = reading->timed_out;
    report->errors_by_kind[MB_ERROR_OTHER] = reading->errored - reading->timed_out;
    report->run->point.connections = reading->clients;
    if (reading->connect.max_ns >= 0) {
        report->run->part.dist[MB_DIST_CONNECT] =
            mb_import_text_dist(&(struct mb_import_latency){
                .quantiles = &reading->connect.quantiles,
                .n = reading->clients,
                .mean_ns = reading->connect.mean_ns,
                .min_ns = reading->connect.min_ns,
                .max_ns = reading->connect.max_ns,
            });
    }
    return mb_import_report_end(report);
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    struct mb_import_report *report = &reading->report;
    const char *at = line;
    // A second report begins.
    if (report->run != NULL && reading->done &&
        strstr(line, "spawning thread #") != NULL) {
        enum mb_status status = reading_end(reading);
        reading->clients = -1;
        if (status != MB_OK) {
            return status;
        }
    }
    int64_t clients = reading->clients;
    if (thread_read(reading, line)) {
        return MB_OK;
    }
    if (mb_import_text_word(&at, "finished in")) {
        enum mb_status status = reading_end(reading);
        if (status == MB_OK) {
            status = mb_import_report_begin(report);
        }
        if (status != MB_OK) {
            return status;
        }
        *reading = (struct reading){
            .report = *report, .clients = clients, .connect = {.max_ns = -1}};
        if (!weighttp_read(report->run, at)) {
            (void)mb_import_text_time(&at, &report->run->window_ns);
        }
        return MB_OK;
    }
    if (report->run == NULL || requests_read(reading, line) ||
        statuses_read(reading, line) || traffic_read(reading, line) ||
        heading_read(line, &reading->columns)) {
        return MB_OK;
    }
    table_read(reading, line);
    if (mb_import_text_word(&line, "req/s")) {
        enum mb_status status = reading_end(reading);
        reading->clients = -1;
        return status;
    }
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.report = {.import = import, .input = input, .err = err},
                              .clients = -1};
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? reading_end(&reading) : status;
}

const struct mb_importer mb_importer_h2load = {
    .name = "h2load",
    .title = "reports of h2load, and of weighttp",
    .tool = "h2load",
    .detect = detect,
    .read = read,
    .unknown = "h2load does not say when it ran, how many streams a connection had, or "
               "whether a rate held them back; most versions print no percentiles",
};
