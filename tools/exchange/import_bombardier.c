// What bombardier prints (https://github.com/codesenberg/bombardier): JSON, and text for
// people. It times requests from their sending, those that fail like the others, in whole
// microseconds.
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_report.h"
#include "exchange/importers.h"

static const int64_t US_NS = 1000;
enum { CLASSES = 5, MICRO_PER_ONE = 1000000 };

static int detect(const char *head, size_t size)
{
    (void)size;
    if (strstr(head, "\"numberOfConnections\"") != NULL &&
        strstr(head, "\"req2xx\"") != NULL) {
        return 95;
    }
    bool codes = strstr(head, "HTTP codes:") != NULL && strstr(head, "others - ") != NULL;
    return codes && strstr(head, "Reqs/sec") != NULL ? 92 : 0;
}

// --- what text and JSON have in common ---

// -1: not known.
struct figures {
    int64_t classes[CLASSES]; // answers by the first digit of their status
    int64_t others;           // no answer, or a status beyond 599
    int64_t kinds[MB_ERROR_KINDS];
    struct mb_import_quantiles quantiles;
    int64_t mean_ns;
    int64_t max_ns;
};

static const struct figures FIGURES_NONE = {
    .classes = {-1, -1, -1, -1, -1}, .others = -1, .mean_ns = -1, .max_ns = -1};

static int64_t sum_of(const int64_t *items, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum = items[i] > MB_UNITS_SAFE_MAX - sum ? MB_UNITS_SAFE_MAX + 1 : sum + items[i];
    }
    return sum;
}

// What is wrong with the counts; NULL when they can be.
static const char *counts_fault(const struct figures *figures)
{
    int64_t answers = sum_of(figures->classes, CLASSES);
    int64_t errors = sum_of(figures->kinds, MB_ERROR_KINDS);
    if (answers > MB_UNITS_SAFE_MAX - figures->others) {
        return "counts more requests than can be";
    }
    return errors > answers + figures->others ? "counts more errors than requests" : NULL;
}

// Errors without a status are among the others. Where there are more errors than others,
// the body of some answers broke off: bombardier counts those by their status too. Where
// there are fewer, some answers had a strange status.
static void counts_put(const struct figures *figures, struct mb_counts *counts)
{
    int64_t answers = sum_of(figures->classes, CLASSES);
    int64_t wrong = figures->classes[3] + figures->classes[4];
    int64_t extra = sum_of(figures->kinds, MB_ERROR_KINDS) - figures->others;
    memcpy(counts->errors_by_kind, figures->kinds, sizeof figures->kinds);
    counts->intended = answers + figures->others;
    counts->unfinished = 0;
    if (extra > 0 && wrong > 0) {
        // Nobody knows whether the broken ones were good.
        counts->errors_by_kind[MB_ERROR_STATUS] = -1;
        return;
    }
    wrong += extra < 0 ? -extra : 0;
    counts->completed = answers - extra;
    counts->ok = counts->completed - wrong;
    counts->errors_by_kind[MB_ERROR_STATUS] = wrong;
}

static void figures_put(struct mb_import *import, struct mb_import_run *run,
                        const struct figures *figures)
{
    struct mb_counts *counts = &run->part.counts;
    counts_put(figures, counts);
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &figures->quantiles,
        .n = counts->intended,
        .mean_ns = figures->mean_ns,
        .min_ns = -1,
        .max_ns = figures->max_ns,
    });
    if (counts->ok == 0 && dist.type != MB_DIST_ABSENT) {
        // All of them are of failures; those that timed out have no latency.
        if (counts->errors_by_kind[MB_ERROR_TIMEOUT] == 0) {
            run->part.dist[MB_DIST_ERROR_RESPONSE] = dist;
        }
        dist = mb_dist_absent("no request succeeded");
    }
    dist.mixed = dist.type != MB_DIST_ABSENT && counts->ok != counts->intended;
    mb_import_run_latency(import, run, dist);
}

// --- JSON ---

static int64_t micros(const struct mb_node *map, const char *key)
{
    int64_t ns = -1;
    (void)!mb_import_json_time(mb_node_find(map, key), US_NS, &ns);
    return ns;
}

static enum mb_status spec_read(struct mb_import_json *json, const struct mb_node *spec,
                                struct mb_import_run *run, struct mb_err *err)
{
    static const char *const kept[] = {"method", "client", "stream"};
    const struct mb_node *rate = mb_node_find(spec, "rate");
    int64_t rps = 0;
    if (rate != NULL && (!mb_import_json_count(rate, &rps) || rps < 1 ||
                         rps > MB_UNITS_SAFE_MAX / MICRO_PER_ONE)) {
        return mb_import_json_fault(json, rate, err, "'rate' is not a rate");
    }
    run->point.load_model = rate != NULL ? MB_LOAD_PACED : MB_LOAD_CLOSED;
    run->point.rate_micro_rps = rate != NULL ? rps * MICRO_PER_ONE : -1;
    (void)!mb_import_json_count(mb_node_find(spec, "numberOfConnections"),
                                &run->point.connections);
    (void)!mb_import_json_seconds(mb_node_find(spec, "timeoutSeconds"),
                                  &run->point.timeout_ns);
    run->concurrency = run->point.connections;
    run->url = mb_node_text(mb_node_find(spec, "url"), NULL);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        mb_import_fact_add(json->import, run, kept[i], mb_node_find(spec, kept[i]));
    }
    return MB_OK;
}

static enum mb_status errors_read(struct mb_import_json *json, const struct mb_node *list,
                                  struct figures *figures, struct mb_err *err)
{
    size_t count = list != NULL && list->type == MB_NODE_LIST ? mb_node_count(list) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct mb_node *row = list->as.list.items[i];
        const char *message = mb_node_text(mb_node_find(row, "description"), "");
        int64_t n;
        if (!mb_import_json_count(mb_node_find(row, "count"), &n)) {
            return mb_import_json_fault(json, row, err, "an error without its count");
        }
        int64_t *sum = &figures->kinds[mb_import_text_error(message)];
        *sum = sum_of((const int64_t[]){*sum, n}, 2);
    }
    return MB_OK;
}

static void latency_read(struct mb_arena *arena, const struct mb_node *latency,
                         struct figures *figures)
{
    static const struct {
        const char *key;
        int64_t share;
    } known[] = {{"50", 500000000},
                 {"75", 750000000},
                 {"90", 900000000},
                 {"95", 950000000},
                 {"99", 990000000}};
    const struct mb_node *percentiles = mb_node_find(latency, "percentiles");
    figures->mean_ns = micros(latency, "mean");
    figures->max_ns = micros(latency, "max");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t value_ns = micros(percentiles, known[i].key);
        if (value_ns >= 0) {
            mb_import_text_quantile(arena, &figures->quantiles, known[i].share, value_ns);
        }
    }
}

static enum mb_status result_read(struct mb_import_json *json,
                                  const struct mb_node *result, struct mb_import_run *run,
                                  struct figures *figures, struct mb_err *err)
{
    static const char *const keys[] = {"req1xx", "req2xx", "req3xx", "req4xx", "req5xx"};
    struct mb_counts *counts = &run->part.counts;
    const struct mb_node *taken = mb_node_find(result, "timeTakenSeconds");
    if (!mb_import_json_seconds(taken, &run->window_ns)) {
        return mb_import_json_fault(json, taken != NULL ? taken : result, err,
                                    "'timeTakenSeconds' is not a number of seconds");
    }
    for (size_t i = 0; i < CLASSES; i++) {
        const struct mb_node *n = mb_node_find(result, keys[i]);
        if (!mb_import_json_count(n, &figures->classes[i])) {
            return mb_import_json_fault(json, n != NULL ? n : result, err,
                                        "'%s' is not a count", keys[i]);
        }
    }
    if (!mb_import_json_count(mb_node_find(result, "others"), &figures->others)) {
        return mb_import_json_fault(json, result, err, "'others' is not a count");
    }
    (void)!mb_import_json_count(mb_node_find(result, "bytesRead"),
                                &counts->bytes_received);
    (void)!mb_import_json_count(mb_node_find(result, "bytesWritten"),
                                &counts->bytes_sent);
    latency_read(json->import->arena, mb_node_find(result, "latency"), figures);
    return errors_read(json, mb_node_find(result, "errors"), figures, err);
}

// Stopped by hand, it has asked less, or for less long, than it was to. The time that it
// is to run begins a little before the requests do.
static bool is_cut_off(const struct mb_node *spec, const struct mb_import_run *run)
{
    int64_t asked;
    if (mb_import_json_count(mb_node_find(spec, "numberOfRequests"), &asked)) {
        return run->part.counts.intended < asked;
    }
    return mb_import_json_seconds(mb_node_find(spec, "testDurationSeconds"), &asked) &&
           run->window_ns < asked - asked / 100;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    (void)state;
    const struct mb_node *spec = mb_node_find(root, "spec");
    const struct mb_node *result = mb_node_find(root, "result");
    struct figures figures = FIGURES_NONE;
    struct mb_import_run *run = NULL;
    if (spec == NULL || result == NULL) {
        return mb_import_json_fault(json, root, err,
                                    "a document without 'spec' and 'result'");
    }
    enum mb_status status = mb_import_run_add(json->import, json->input, &run, err);
    if (status == MB_OK) {
        status = spec_read(json, spec, run, err);
    }
    if (status == MB_OK) {
        status = result_read(json, result, run, &figures, err);
    }
    if (status != MB_OK) {
        return status;
    }
    const char *fault = counts_fault(&figures);
    if (fault != NULL) {
        return mb_import_json_fault(json, result, err, "the result %s", fault);
    }
    figures_put(json->import, run, &figures);
    run->cut_off = is_cut_off(spec, run) ? "it was stopped before its end" : NULL;
    return MB_OK;
}

// --- text ---

enum section { SECTION_INTRO, SECTION_STATISTICS, SECTION_ERRORS, SECTION_END };

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_import_run *run; // NULL between reports
    enum section section;
    int line;         // of its beginning
    int64_t asked;    // requests; -1: it ran for a time
    int64_t asked_ns; // or so long; -1: a number of requests
    struct figures figures;
    struct mb_err *err;
};

// Of Go: "1m30s".
static bool duration_read(const char **line, int64_t *ns)
{
    int64_t piece_ns;
    const char *at = *line;
    if (!mb_import_text_time(&at, ns)) {
        return false;
    }
    while (*at >= '0' && *at <= '9' && mb_import_text_time(&at, &piece_ns) &&
           piece_ns <= MB_UNITS_SAFE_MAX - *ns) {
        *ns += piece_ns;
    }
    *line = at;
    return true;
}

static enum mb_status report_begin(struct reading *reading)
{
    reading->section = SECTION_INTRO;
    reading->line = mb_input_line_number(reading->input);
    reading->asked = -1;
    reading->asked_ns = -1;
    reading->figures = FIGURES_NONE;
    return mb_import_run_add(reading->import, reading->input, &reading->run,
                             reading->err);
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     reading->line, 0, "the report that begins here %s", what);
}

static enum mb_status report_end(struct reading *reading)
{
    struct mb_import_run *run = reading->run;
    if (run == NULL) {
        return MB_OK;
    }
    if (reading->figures.others < 0) {
        return fault(reading, "ends before its HTTP codes");
    }
    if (reading->section != SECTION_END) {
        return fault(reading, "ends before its throughput, maybe within its errors");
    }
    const char *what = counts_fault(&reading->figures);
    if (what != NULL) {
        return fault(reading, what);
    }
    figures_put(reading->import, run, &reading->figures);
    if (run->part.counts.intended < reading->asked) {
        run->cut_off = "it was stopped before its end";
    }
    run->window_ns = run->cut_off == NULL ? reading->asked_ns : -1;
    reading->run = NULL;
    return MB_OK;
}

// "Bombarding http://localhost:8080 with 400 request(s) using 4 connection(s)", or "for
// 10s" instead.
static void intro_read(struct reading *reading, const char *line)
{
    struct mb_import_run *run = reading->run;
    size_t size = strcspn(line, " ");
    run->url = mb_arena_copy_bytes(reading->import->arena, line, size);
    line += size;
    if (mb_import_text_word(&line, "with ")) {
        (void)(mb_import_text_count(&line, &reading->asked) &&
               (mb_import_text_word(&line, "request(s)") ||
                mb_import_text_word(&line, "requests")));
    } else if (mb_import_text_word(&line, "for ")) {
        (void)duration_read(&line, &reading->asked_ns);
    }
    if (mb_import_text_word(&line, "using ")) {
        (void)mb_import_text_count(&line, &run->point.connections);
        run->concurrency = run->point.connections;
    }
}

// "[====] 10s Done!", and in later versions " 10s" on a line of its own: whole seconds
// that it took.
static void progress_read(struct reading *reading, const char *line)
{
    enum { SLACK_NS = 1000000000 };
    const char *bar = strrchr(line, ']');
    int64_t took_ns;
    line = bar != NULL ? bar + 1 : line;
    if (reading->asked_ns >= 0 && duration_read(&line, &took_ns) &&
        took_ns < reading->asked_ns - SLACK_NS) {
        reading->run->cut_off = "it was stopped before its end";
    }
}

// "    1xx - 0, 2xx - 400, 3xx - 0, 4xx - 0, 5xx - 0"
static void codes_read(struct reading *reading, const char *line)
{
    static const char *const words[] = {"1xx - ", ", 2xx - ", ", 3xx - ", ", 4xx - ",
                                        ", 5xx - "};
    int64_t classes[CLASSES];
    for (size_t i = 0; i < CLASSES; i++) {
        if (!mb_import_text_word(&line, words[i]) ||
            !mb_import_text_count(&line, &classes[i])) {
            return;
        }
    }
    memcpy(reading->figures.classes, classes, sizeof classes);
}

// "     99%     4.24ms"
static void percentile_read(struct reading *reading, const char *line)
{
    int64_t percent;
    int64_t value_ns;
    if (mb_import_text_count(&line, &percent) && mb_import_text_word(&line, "%") &&
        mb_import_text_time(&line, &value_ns) && percent >= 1 && percent <= 100) {
        mb_import_text_quantile(reading->import->arena, &reading->figures.quantiles,
                                percent * 10000000, value_ns);
    }
}

static void statistics_read(struct reading *reading, const char *line)
{
    struct figures *figures = &reading->figures;
    const char *at = line;
    int64_t stdev_ns;
    if (mb_import_text_word(&at, "Latency Distribution")) {
        return;
    }
    if (mb_import_text_word(&at, "Latency ")) {
        (void)(mb_import_text_time(&at, &figures->mean_ns) &&
               mb_import_text_time(&at, &stdev_ns) &&
               mb_import_text_time(&at, &figures->max_ns));
    } else if (mb_import_text_word(&at, "1xx - ")) {
        codes_read(reading, line);
    } else if (mb_import_text_word(&at, "others - ") && figures->classes[0] >= 0) {
        (void)mb_import_text_count(&at, &figures->others);
    } else if (mb_import_text_word(&at, "Errors:")) {
        reading->section = SECTION_ERRORS;
    } else {
        percentile_read(reading, line);
    }
}

// "    dial tcp 127.0.0.1:1: connect: connection refused - 6"
static void error_read(struct reading *reading, const char *line)
{
    const char *end = NULL;
    int64_t n;
    for (const char *at = strstr(line, " - "); at != NULL; at = strstr(at + 1, " - ")) {
        end = at + 3;
    }
    if (end == NULL || !mb_import_text_count(&end, &n) || *end != '\0') {
        return;
    }
    int64_t *sum = &reading->figures.kinds[mb_import_text_error(line)];
    *sum = sum_of((const int64_t[]){*sum, n}, 2);
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    const char *at = line;
    bool intro = mb_import_text_word(&at, "Bombarding ");
    bool table = !intro && mb_import_text_word(&at, "Statistics ");
    bool end = mb_import_text_word(&at, "Throughput:");
    enum mb_status status = MB_OK;
    if (intro || (table && (reading->run == NULL || reading->section != SECTION_INTRO))) {
        status = report_end(reading);
        if (status == MB_OK) {
            status = report_begin(reading);
        }
    }
    if (status != MB_OK || reading->run == NULL) {
        return status;
    }
    if (intro) {
        intro_read(reading, at);
    } else if (table) {
        reading->section = SECTION_STATISTICS;
    } else if (end && reading->section != SECTION_INTRO) {
        reading->section = SECTION_END;
    } else {
        switch (reading->section) {
        case SECTION_INTRO:
            progress_read(reading, line);
            break;
        case SECTION_STATISTICS:
            statistics_read(reading, line);
            break;
        case SECTION_ERRORS:
            error_read(reading, line);
            break;
        case SECTION_END:
            break;
        }
    }
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    if (strstr(mb_input_head(input, &size), "\"numberOfConnections\"") != NULL) {
        return mb_import_json_each(
            import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
    }
    struct reading reading = {.import = import, .input = input, .err = err};
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? report_end(&reading) : status;
}

const struct mb_importer mb_importer_bombardier = {
    .name = "bombardier",
    .title = "bombardier's JSON and text",
    .tool = "bombardier",
    .detect = detect,
    .read = read,
    .unknown = "bombardier does not say when it ran, nor which statuses came back but "
               "their first digit; its text neither says whether a rate held it back nor "
               "how long it took, and is rounded to two digits behind the point",
};
