// What k6 prints at its end, in all the forms that it has had: the lines of a metric
// ("http_req_duration....: avg=2.89ms min=1.18ms ...") and, where the output was kept
// from its beginning, the executors ("* default: 10 looping VUs for 30s").
#include <string.h>

#include "base/units.h"
#include "exchange/import_k6.h"
#include "exchange/import_text.h"

static const double MICRO_PER_ONE = 1e6;

static const char HEADING[] = "\xe2\x96\x88 "; // "█ "
static const char TOTALS[] = "\xe2\x96\x88 TOTAL RESULTS";

// What the lines of a run said.
struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    bool begun;        // something of a run was seen
    bool totals;       // "TOTAL RESULTS" stood above,
    bool parts;        // and what follows is of a scenario or a group
    bool http;         // http_req_duration was there,
    bool grpc;         // grpc_req_duration
    bool good_follows; // the line before was that of http_req_duration
    struct mb_import_k6_summary summary;
    int64_t iterations;
    int64_t window_ns;
    int scenarios;
    bool mixed_models;
    enum mb_load_model model;
    int64_t rate_micro_rps; // of iterations
};

bool mb_import_k6_is_text(const char *head)
{
    return strstr(head, "http_req_duration..") != NULL ||
           strstr(head, "grpc_req_duration..") != NULL ||
           (strstr(head, "execution: local") != NULL &&
            strstr(head, "scenarios: (") != NULL);
}

// "name....: " with a mark of a threshold before it; *at behind the colon.
static bool metric_take(const char **at, const char *name)
{
    const char *cursor = *at;
    if (!mb_import_text_word(&cursor, "\xe2\x9c\x93")) {    // ✓
        (void)mb_import_text_word(&cursor, "\xe2\x9c\x97"); // ✗
    }
    if (!mb_import_text_word(&cursor, name) || cursor[0] != '.') {
        return false;
    }
    cursor += strspn(cursor, ".");
    if (!mb_import_text_word(&cursor, ":")) {
        return false;
    }
    *at = cursor;
    return true;
}

// "avg=2.89ms min=1.18ms med=2.58ms max=5.91ms p(90)=5.47ms p(95)=5.63ms"
static void trend_read(struct mb_import_k6_trend *trend, struct mb_arena *arena,
                       const char *at)
{
    enum { NAME_MAX_BYTES = 24 }; // "p(99.999999)"
    mb_import_k6_trend_init(trend);
    for (;;) {
        char name[NAME_MAX_BYTES];
        int64_t value_ns;
        at += strspn(at, " \t");
        size_t size = strcspn(at, "= \t");
        if (at[size] != '=' || size >= sizeof name) {
            return;
        }
        memcpy(name, at, size);
        name[size] = '\0';
        at += size + 1;
        if (!mb_import_text_span(&at, &value_ns)) {
            return;
        }
        (void)mb_import_k6_trend_take(trend, arena, name, value_ns);
    }
}

// "39.74% 349 out of 878"; before 0.50 "39.74% ✓ 349      ✗ 529", where ✓ stands for what
// the rate is about, which is the failing.
static void failed_read(struct reading *reading, const char *at)
{
    double percent;
    int64_t failed;
    if (mb_import_text_number(&at, &percent) && mb_import_text_word(&at, "%")) {
        (void)mb_import_text_word(&at, "\xe2\x9c\x93");
        if (mb_import_text_count(&at, &failed)) {
            reading->summary.failed = failed;
        }
    }
}

// "878    35.946349/s"
static void counter_read(struct reading *reading, const char *at, int64_t *counter)
{
    double rate;
    int64_t count;
    // Without its end the line may hold half of a number.
    if (!mb_import_text_count(&at, &count) || !mb_import_text_number(&at, &rate) ||
        !mb_import_text_word(&at, "/s")) {
        return;
    }
    *counter = count;
    if (rate > 0 && count > 0) {
        (void)mb_import_text_scale((double)count / rate, (double)MB_UNITS_NS_PER_S,
                                   &reading->window_ns);
    }
}

// "* default: Up to 10 looping VUs for 30s over 3 stages (gracefulStop: 30s)". What k6
// calls an executor decides when an iteration begins.
static void scenario_read(struct reading *reading, const char *line)
{
    const char *at = line;
    const char *colon = strchr(line, ':');
    double rate;
    if (!mb_import_text_word(&at, "* ") || colon == NULL) {
        return;
    }
    bool closed = strstr(colon, " looping VUs for ") != NULL ||
                  strstr(colon, " iterations shared among ") != NULL ||
                  strstr(colon, " iterations for each of ") != NULL;
    bool open = strstr(colon, " iterations/s ") != NULL;
    if (!closed && !open) {
        return;
    }
    enum mb_load_model model = open ? MB_LOAD_OPEN : MB_LOAD_CLOSED;
    reading->mixed_models =
        reading->mixed_models || (reading->scenarios > 0 && model != reading->model);
    reading->model = model;
    reading->scenarios++;
    at = colon + 1;
    if (open && mb_import_text_number(&at, &rate) &&
        mb_import_text_word(&at, "iterations/s")) {
        (void)mb_import_text_scale(rate, MICRO_PER_ONE, &reading->rate_micro_rps);
    }
}

static void reading_begin(struct reading *reading)
{
    *reading = (struct reading){.import = reading->import,
                                .input = reading->input,
                                .err = reading->err,
                                .summary = {.requests = -1, .failed = -1},
                                .iterations = -1,
                                .window_ns = -1,
                                .rate_micro_rps = -1};
    mb_import_k6_trend_init(&reading->summary.all);
    mb_import_k6_trend_init(&reading->summary.good);
}

// A line that only the output of another run can have.
static bool is_next(const struct reading *reading, const char *line)
{
    const char *at = line;
    bool http = metric_take(&at, "http_req_duration");
    bool grpc = metric_take(&at, "grpc_req_duration");
    return (reading->begun && strstr(line, "execution: local") != NULL) ||
           (reading->totals && strstr(line, TOTALS) != NULL) ||
           (!reading->parts && ((http && reading->http) || (grpc && reading->grpc)));
}

// Where a test has both, its requests are those of HTTP, which k6 counts.
static void latencies_read(struct reading *reading, const char *at, bool http)
{
    reading->good_follows = http;
    reading->http = reading->http || http;
    reading->grpc = reading->grpc || !http;
    if (http || !reading->http) {
        trend_read(&reading->summary.all, reading->import->arena, at);
    }
}

static void metric_read(struct reading *reading, const char *line)
{
    const char *at = line;
    bool good_follows = reading->good_follows;
    reading->good_follows = false;
    if (metric_take(&at, "http_req_duration")) {
        latencies_read(reading, at, true);
    } else if (metric_take(&at, "grpc_req_duration")) {
        latencies_read(reading, at, false);
    } else if (good_follows && strstr(line, "{ expected_response:true }") != NULL) {
        const char *colon = strchr(line, ':'); // of the tag's name
        colon = colon != NULL ? strchr(colon + 1, ':') : NULL;
        if (colon != NULL) {
            trend_read(&reading->summary.good, reading->import->arena, colon + 1);
        }
    } else if (metric_take(&at, "http_req_failed")) {
        failed_read(reading, at);
    } else if (metric_take(&at, "http_reqs")) {
        counter_read(reading, at, &reading->summary.requests);
    } else if (metric_take(&at, "dropped_iterations")) {
        (void)mb_import_text_count(&at, &reading->summary.dropped);
    } else if (metric_take(&at, "iterations")) {
        int64_t window_ns = reading->window_ns;
        counter_read(reading, at, &reading->iterations);
        reading->window_ns = window_ns >= 0 ? window_ns : reading->window_ns;
    } else {
        scenario_read(reading, line);
    }
}

// Iterations come at a rate; where each makes one request, so do requests.
static void point_put(const struct reading *reading, struct mb_import_run *run)
{
    if (reading->scenarios == 0 || reading->mixed_models) {
        return;
    }
    run->point.load_model = reading->model;
    if (reading->scenarios == 1 && reading->model == MB_LOAD_OPEN &&
        reading->summary.requests == reading->iterations) {
        run->point.rate_micro_rps = reading->rate_micro_rps;
    }
}

static enum mb_status reading_end(struct reading *reading)
{
    struct mb_err own = {0};
    struct mb_import_run *run = NULL;
    const char *name = mb_input_name(reading->input);
    int line = mb_input_line_number(reading->input);
    if (!mb_import_k6_trend_some(&reading->summary.all)) {
        return mb_err_at(reading->err, MB_INVALID, name, line, 0,
                         "the output of k6 ends before its summary");
    }
    if (reading->http && reading->summary.requests < 0) {
        return mb_err_at(reading->err, MB_INVALID, name, line, 0,
                         "the summary of k6 is cut off before 'http_reqs'");
    }
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->window_ns = reading->window_ns;
    point_put(reading, run);
    status = mb_import_k6_summary_put(reading->import, run, &reading->summary, &own);
    return status == MB_OK
               ? status
               : mb_err_at(reading->err, status, name, line, 0, "%s", own.message);
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    if (is_next(reading, line)) {
        enum mb_status status = reading_end(reading);
        if (status != MB_OK) {
            return status;
        }
        reading_begin(reading);
    }
    bool heading = strstr(line, HEADING) != NULL;
    reading->begun = reading->begun || strstr(line, "execution: local") != NULL;
    reading->parts = reading->parts || (heading && reading->totals);
    reading->totals = reading->totals || strstr(line, TOTALS) != NULL;
    if (!reading->parts) {
        metric_read(reading, line);
    }
    return MB_OK;
}

enum mb_status mb_import_k6_text(struct mb_import *import, struct mb_input *input,
                                 struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input, .err = err};
    reading_begin(&reading);
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? reading_end(&reading) : status;
}
