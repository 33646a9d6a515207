// What k6 prints at its end, in all the forms that it has had: the lines of a metric
// ("http_req_duration....: avg=2.89ms min=1.18ms ...") and, where the output was kept
// from its beginning, the executors ("* default: 10 looping VUs for 30s").
#include <string.h>

#include "base/units.h"
#include "exchange/import_k6.h"
#include "exchange/import_report.h"

static const double NS_PER_S = 1e9;
static const double MICRO_PER_ONE = 1e6;

// A line of a metric that is looked at, and what it says.
struct summary {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    struct mb_import_run *run;
    struct mb_import_report all;  // latencies of all requests
    struct mb_import_report good; // of those whose answer was expected
    bool good_follows;            // the line before was that of http_req_duration
    int64_t requests;
    int64_t failed;
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

// "avg=2.89ms min=1.18ms med=2.58ms max=5.91ms p(90)=5.47ms p(95)=5.63ms": in ascending
// order only by chance, but percentiles are asked for in that order.
static void trend_read(struct mb_import_report *report, struct mb_arena *arena,
                       const char *line)
{
    const char *median = mb_import_text_after(line, "med=");
    int64_t value_ns;
    double percent;
    int64_t share;
    const char *at = line;
    static const struct {
        const char *name;
        size_t offset;
    } simple[] = {
        {"avg=", offsetof(struct mb_import_report, mean_ns)},
        {"min=", offsetof(struct mb_import_report, min_ns)},
        {"max=", offsetof(struct mb_import_report, max_ns)},
    };
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
        at = mb_import_text_after(line, simple[i].name);
        if (at != NULL && mb_import_text_span(&at, &value_ns)) {
            *(int64_t *)(void *)((char *)report + simple[i].offset) = value_ns;
        }
    }
    for (at = mb_import_text_after(line, "p("); at != NULL;
         at = mb_import_text_after(at, "p(")) {
        const char *cursor = at;
        if (!mb_import_text_number(&cursor, &percent) ||
            !mb_import_text_word(&cursor, ")=") ||
            !mb_import_text_span(&cursor, &value_ns) ||
            !mb_import_text_scale(percent, 1e7, &share) || share > 1000000000) {
            continue;
        }
        int64_t median_ns;
        const char *middle = median;
        if (share > 500000000 && middle != NULL &&
            mb_import_text_span(&middle, &median_ns)) {
            mb_import_text_quantile(arena, &report->quantiles, 500000000, median_ns);
            median = NULL;
        }
        mb_import_text_quantile(arena, &report->quantiles, share, value_ns);
    }
    if (median != NULL && mb_import_text_span(&median, &value_ns)) {
        mb_import_text_quantile(arena, &report->quantiles, 500000000, value_ns);
    }
}

// "39.74% 349 out of 878"; before 0.50 "39.74% ✓ 349      ✗ 529", where ✓ stands for what
// the rate is about, which is the failing.
static void failed_read(struct summary *summary, const char *at)
{
    double percent;
    int64_t failed;
    if (mb_import_text_number(&at, &percent) && mb_import_text_word(&at, "%")) {
        (void)mb_import_text_word(&at, "\xe2\x9c\x93");
        if (mb_import_text_count(&at, &failed)) {
            summary->failed = failed;
        }
    }
}

// "878    35.946349/s"
static void counter_read(struct summary *summary, const char *at, int64_t *counter)
{
    double rate;
    int64_t count;
    if (!mb_import_text_count(&at, &count)) {
        return;
    }
    *counter = count;
    if (mb_import_text_number(&at, &rate) && mb_import_text_word(&at, "/s") && rate > 0 &&
        count > 0) {
        (void)mb_import_text_scale((double)count / rate, NS_PER_S, &summary->window_ns);
    }
}

// "* default: Up to 10 looping VUs for 30s over 3 stages (gracefulStop: 30s)". What k6
// calls an executor decides when an iteration begins.
static void scenario_read(struct summary *summary, const char *line)
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
    summary->mixed_models =
        summary->mixed_models || (summary->scenarios > 0 && model != summary->model);
    summary->model = model;
    summary->scenarios++;
    at = colon + 1;
    if (open && mb_import_text_number(&at, &rate) &&
        mb_import_text_word(&at, "iterations/s")) {
        (void)mb_import_text_scale(rate, MICRO_PER_ONE, &summary->rate_micro_rps);
    }
}

static struct mb_import_report latencies_none(void)
{
    return (struct mb_import_report){.mean_ns = -1, .min_ns = -1, .max_ns = -1};
}

static void line_read(struct summary *summary, const char *line)
{
    struct mb_arena *arena = summary->import->arena;
    const char *at = line;
    bool good_follows = summary->good_follows;
    summary->good_follows = false;
    if (metric_take(&at, "http_req_duration") || metric_take(&at, "grpc_req_duration")) {
        summary->all = latencies_none();
        trend_read(&summary->all, arena, at);
        summary->good_follows = true;
    } else if (good_follows && strstr(line, "{ expected_response:true }") != NULL) {
        summary->good = latencies_none();
        trend_read(&summary->good, arena, at);
    } else if (metric_take(&at, "http_req_failed")) {
        failed_read(summary, at);
    } else if (metric_take(&at, "http_reqs")) {
        counter_read(summary, at, &summary->requests);
    } else if (metric_take(&at, "iterations")) {
        int64_t window_ns = summary->window_ns;
        counter_read(summary, at, &summary->iterations);
        summary->window_ns = window_ns >= 0 ? window_ns : summary->window_ns;
    } else {
        scenario_read(summary, line);
    }
}

static enum mb_status lines_read(struct summary *summary)
{
    const char *text = NULL;
    size_t size;
    enum mb_status status;
    do {
        struct mb_arena arena = {0};
        status =
            mb_input_line(summary->input, MB_IMPORT_LINE_MAX, &text, &size, summary->err);
        if (status == MB_OK && text != NULL) {
            line_read(summary, mb_import_text_plain(&arena, text));
        }
        mb_arena_release(&arena);
    } while (status == MB_OK && text != NULL);
    return status;
}

// Iterations come at a rate; where each makes one request, so do requests.
static void point_put(struct summary *summary)
{
    if (summary->scenarios == 0 || summary->mixed_models) {
        return;
    }
    summary->run->point.load_model = summary->model;
    if (summary->scenarios == 1 && summary->model == MB_LOAD_OPEN &&
        summary->requests == summary->iterations) {
        summary->run->point.rate_micro_rps = summary->rate_micro_rps;
    }
}

static void latency_put(struct summary *summary)
{
    int64_t failed = summary->failed;
    bool apart =
        failed > 0 && (summary->good.quantiles.count > 0 || summary->good.max_ns >= 0);
    const struct mb_import_report *from = apart ? &summary->good : &summary->all;
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &from->quantiles,
        .n = summary->requests >= 0 && apart ? summary->requests - failed
                                             : summary->requests,
        .mean_ns = from->mean_ns,
        .min_ns = from->min_ns,
        .max_ns = from->max_ns,
    });
    if (failed >= 0 && failed == summary->requests) {
        dist = mb_dist_absent("no request succeeded");
    }
    dist.mixed = dist.type != MB_DIST_ABSENT && !apart && failed != 0;
    mb_import_run_latency(summary->import, summary->run, dist);
}

static enum mb_status summary_end(struct summary *summary)
{
    if (summary->all.max_ns < 0 && summary->all.mean_ns < 0 &&
        summary->all.quantiles.count == 0) {
        return mb_err_at(summary->err, MB_INVALID, mb_input_name(summary->input),
                         mb_input_line_number(summary->input), 0,
                         "the output of k6 ends before its summary");
    }
    if (summary->requests >= 0 && summary->failed > summary->requests) {
        return mb_err_at(summary->err, MB_INVALID, mb_input_name(summary->input), 0, 0,
                         "more requests failed than there were");
    }
    enum mb_status status =
        mb_import_run_add(summary->import, summary->input, &summary->run, summary->err);
    if (status != MB_OK) {
        return status;
    }
    summary->run->window_ns = summary->window_ns;
    if (summary->requests >= 0 && summary->failed >= 0) {
        mb_import_report_failures(summary->run, summary->requests, summary->failed);
    } else {
        summary->run->part.counts.intended = summary->requests;
    }
    point_put(summary);
    latency_put(summary);
    return MB_OK;
}

enum mb_status mb_import_k6_text(struct mb_import *import, struct mb_input *input,
                                 struct mb_err *err)
{
    struct summary summary = {.import = import,
                              .input = input,
                              .err = err,
                              .all = latencies_none(),
                              .good = latencies_none(),
                              .requests = -1,
                              .failed = -1,
                              .iterations = -1,
                              .window_ns = -1,
                              .rate_micro_rps = -1};
    enum mb_status status = lines_read(&summary);
    return status == MB_OK ? summary_end(&summary) : status;
}
