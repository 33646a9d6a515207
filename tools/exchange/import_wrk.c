// The reports of wrk and of wrk2 (https://github.com/wg/wrk, .../giltene/wrk2), one after
// another, with whatever stands between them.
//
// wrk sends the next request when the last has returned. wrk2 keeps a schedule for each
// connection and counts from the moment at which a request should have left; its report
// does not say the rate, but a command line above it does.
#include <string.h>

#include "base/units.h"
#include "exchange/import_spectrum.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

// Which of the blocks of a report the lines belong to.
enum section {
    SECTION_OUTSIDE,    // between reports
    SECTION_TOTALS,     // threads, sums, errors
    SECTION_RECORDED,   // percentiles, and spectrum, of what the tool takes as latency
    SECTION_UNCORRECTED // the same, counted from the actual sending (wrk2 --u_latency)
};

struct latencies {
    struct mb_import_quantiles quantiles;
    struct mb_import_spectrum spectrum;
    bool seen;
};

struct report {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    struct mb_import_run *run; // NULL before the first report
    enum section section;
    bool constant;                  // wrk2
    bool totals;                    // seen
    bool over;                      // its last line was seen
    int line;                       // of its beginning
    int64_t command_rate_micro_rps; // of the last command line; -1: none
    int64_t mean_ns;
    int64_t max_ns;
    int64_t wrong_status;
    int64_t socket_errors[MB_ERROR_KINDS];
    struct latencies recorded;
    struct latencies uncorrected;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool threads = strstr(head, " threads and ") != NULL;
    bool stats = strstr(head, "Thread Stats   Avg") != NULL;
    return threads && stats                                 ? 95
           : threads && strstr(head, "test @ http") != NULL ? 60
                                                            : 0;
}

static struct latencies latencies_begin(struct mb_arena *arena)
{
    return (struct latencies){.spectrum =
                                  mb_import_spectrum_begin(arena, MB_UNITS_NS_PER_MS)};
}

static enum mb_status report_begin(struct report *report)
{
    struct mb_arena *arena = report->import->arena;
    int64_t rate = report->command_rate_micro_rps;
    *report = (struct report){.import = report->import,
                              .input = report->input,
                              .err = report->err,
                              .section = SECTION_TOTALS,
                              .constant = rate >= 0,
                              .line = mb_input_line_number(report->input),
                              .command_rate_micro_rps = -1,
                              .mean_ns = -1,
                              .max_ns = -1,
                              .recorded = latencies_begin(arena),
                              .uncorrected = latencies_begin(arena)};
    enum mb_status status =
        mb_import_run_add(report->import, report->input, &report->run, report->err);
    if (status == MB_OK) {
        report->run->point.rate_micro_rps = rate;
        report->run->warmup_ns = 0;
    }
    return status;
}

// --- the end of a report ---

static struct mb_dist latencies_dist(const struct latencies *latencies,
                                     struct mb_import_latency known)
{
    if (latencies->spectrum.count > 0) {
        return mb_import_spectrum_dist(&latencies->spectrum);
    }
    known.quantiles = &latencies->quantiles;
    return mb_import_text_dist(&known);
}

// Latencies of wrk are those of every response, whatever its status, and since 4.0.0 (a
// report does not say its version) of requests that were never sent: for each latency of
// more than two mean intervals of a connection it adds those that would have been
// measured meanwhile (stats_correct in its stats.c). How many that are is not known.
static void closed_put(struct report *report)
{
    struct mb_part *part = &report->run->part;
    report->run->point.load_model = MB_LOAD_CLOSED;
    part->co_handling = MB_CO_BACKFILLED;
    if (part->counts.completed == 0) {
        part->dist[MB_DIST_RESPONSE] = mb_dist_absent("no request completed");
        return;
    }
    struct mb_dist dist = latencies_dist(
        &report->recorded,
        (struct mb_import_latency){
            .n = -1, .mean_ns = -1, .min_ns = -1, .max_ns = report->max_ns});
    dist.mixed = dist.type != MB_DIST_ABSENT && report->wrong_status > 0;
    part->dist[MB_DIST_RESPONSE] = dist;
    part->dist[MB_DIST_SERVICE] =
        mb_dist_absent("wrk adds latencies of requests that it did not send");
    mb_import_note_add(report->import, MB_IMPORT_DROPPED,
                       "wrk adds latencies of requests that it did not send: their "
                       "number is not known, and so their mean is left out");
}

// wrk2 throws away what it measured while it calibrated, so that there are fewer
// latencies than responses.
static void constant_put(struct report *report)
{
    struct mb_part *part = &report->run->part;
    struct mb_import_latency known = {.n = report->recorded.spectrum.max_total,
                                      .mean_ns = report->mean_ns,
                                      .min_ns = -1,
                                      .max_ns = report->max_ns};
    struct mb_dist response = latencies_dist(&report->recorded, known);
    part->generator_name = "wrk2";
    part->co_handling = MB_CO_INTENDED;
    report->run->point.load_model = MB_LOAD_OPEN;
    bool mixed = report->wrong_status > 0;
    response.mixed = response.type != MB_DIST_ABSENT && mixed;
    part->dist[MB_DIST_RESPONSE] = response;
    if (report->uncorrected.seen) {
        known = (struct mb_import_latency){
            .n = known.n, .mean_ns = -1, .min_ns = -1, .max_ns = -1};
        struct mb_dist service = latencies_dist(&report->uncorrected, known);
        service.mixed = service.type != MB_DIST_ABSENT && mixed;
        part->dist[MB_DIST_SERVICE] = service;
    }
    if (response.n >= 0 && response.n != part->counts.ok) {
        part->counts.ok = -1;
        mb_import_note_add(report->import, MB_IMPORT_DROPPED,
                           "wrk2 counts requests from its start, but latencies only "
                           "after it has calibrated");
    }
}

static void counts_put(struct report *report)
{
    struct mb_counts *counts = &report->run->part.counts;
    int64_t errors = report->wrong_status;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = report->socket_errors[i];
        errors += report->socket_errors[i];
    }
    counts->errors_by_kind[MB_ERROR_STATUS] = report->wrong_status;
    counts->ok = counts->completed - report->wrong_status;
    counts->intended = counts->ok + errors;
    counts->unfinished = 0;
}

static enum mb_status fault(const struct report *report, const char *what)
{
    return mb_err_at(report->err, MB_INVALID, mb_input_name(report->input), report->line,
                     0, "%s", what);
}

static enum mb_status report_end(struct report *report)
{
    if (report->run == NULL) {
        return MB_OK;
    }
    if (!report->totals) {
        return fault(report, "the report that begins here ends before its totals "
                             "('N requests in ...')");
    }
    if (report->wrong_status > report->run->part.counts.completed) {
        return fault(report, "more responses with a wrong status than responses");
    }
    counts_put(report);
    if (report->constant) {
        constant_put(report);
    } else {
        closed_put(report);
    }
    report->run = NULL;
    report->section = SECTION_OUTSIDE;
    return MB_OK;
}

// --- its lines ---

// "$ wrk -t2 -c100 -R2000 http://...": the rate of what follows.
static void command_read(struct report *report, const char *line)
{
    const char *rate = mb_import_text_after(line, " -R");
    double value;
    rate = rate != NULL ? rate : mb_import_text_after(line, " --rate");
    if (strstr(line, "wrk") == NULL || rate == NULL) {
        return;
    }
    (void)mb_import_text_word(&rate, "=");
    if (mb_import_text_number(&rate, &value)) {
        value *= *rate == 'k' ? 1e3 : *rate == 'M' ? 1e6 : 1;
        int64_t micro;
        if (mb_import_text_scale(value, 1e6, &micro)) {
            report->command_rate_micro_rps = micro;
        }
    }
}

// "  2 threads and 8 connections"
static bool threads_read(struct report *report, const char *line)
{
    int64_t threads;
    int64_t connections;
    if (!mb_import_text_count(&line, &threads) ||
        !mb_import_text_word(&line, "threads and") ||
        !mb_import_text_count(&line, &connections)) {
        return false;
    }
    if (report->run != NULL) {
        report->run->part.threads = threads <= UINT16_MAX ? (int)threads : 0;
        report->run->point.connections = connections;
        report->run->concurrency = connections;
    }
    return true;
}

// "  Socket errors: connect 0, read 15, write 0, timeout 5"
static bool errors_read(struct report *report, const char *line)
{
    static const struct {
        const char *word;
        enum mb_error_kind kind;
    } words[] = {
        {"connect", MB_ERROR_CONNECT},
        {", read", MB_ERROR_RESET},
        {", write", MB_ERROR_RESET},
        {", timeout", MB_ERROR_TIMEOUT},
    };
    if (!mb_import_text_word(&line, "Socket errors:")) {
        return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        int64_t n;
        if (mb_import_text_word(&line, words[i].word) &&
            mb_import_text_count(&line, &n)) {
            report->socket_errors[words[i].kind] += n;
        }
    }
    return true;
}

// "  7425 requests in 2.00s, 0.91MB read"
static bool totals_read(struct report *report, const char *line)
{
    int64_t requests;
    int64_t window_ns;
    if (!mb_import_text_count(&line, &requests) ||
        !mb_import_text_word(&line, "requests in") ||
        !mb_import_text_time(&line, &window_ns)) {
        return false;
    }
    report->run->part.counts.completed = requests;
    report->run->window_ns = window_ns;
    report->totals = true;
    report->section = SECTION_TOTALS;
    return true;
}

static bool latency_read(struct report *report, const char *line)
{
    double ignored;
    const char *at = line;
    if (!mb_import_text_word(&at, "Latency")) {
        return false;
    }
    int64_t deviation_ns;
    if (mb_import_text_time(&at, &report->mean_ns) &&
        mb_import_text_time(&at, &deviation_ns) &&
        mb_import_text_time(&at, &report->max_ns) &&
        mb_import_text_number(&at, &ignored)) {
        return true;
    }
    return false;
}

static void section_read(struct report *report, const char *line)
{
    if (strstr(line, "Uncorrected Latency") != NULL) {
        report->section = SECTION_UNCORRECTED;
        report->uncorrected.seen = true;
    } else if (strstr(line, "Latency Distribution") != NULL) {
        report->section = SECTION_RECORDED;
        report->recorded.seen = true;
    }
    if (strstr(line, "HdrHistogram") != NULL ||
        strstr(line, "Thread calibration") != NULL) {
        report->constant = true;
    }
}

// "     50%    2.11ms"
static bool percent_read(struct report *report, struct latencies *latencies,
                         const char *line)
{
    double percent;
    int64_t value_ns;
    int64_t share;
    if (!mb_import_text_number(&line, &percent) || !mb_import_text_word(&line, "%")) {
        return false;
    }
    if (mb_import_text_time(&line, &value_ns) &&
        mb_import_text_scale(percent, 1e7, &share) && share <= 1000000000) {
        mb_import_text_quantile(report->import->arena, &latencies->quantiles, share,
                                value_ns);
    }
    return true;
}

// A percentile, or a line of the spectrum.
static void percentile_read(struct report *report, struct latencies *latencies,
                            const char *line)
{
    if (!percent_read(report, latencies, line)) {
        (void)mb_import_spectrum_line(&latencies->spectrum, line);
    }
}

static void line_read(struct report *report, const char *line)
{
    const char *wrong = mb_import_text_after(line, "Non-2xx or 3xx responses:");
    if (threads_read(report, line) || errors_read(report, line) ||
        totals_read(report, line) || latency_read(report, line)) {
        return;
    }
    if (wrong != NULL) {
        (void)mb_import_text_count(&wrong, &report->wrong_status);
        return;
    }
    section_read(report, line);
    if (report->section == SECTION_RECORDED) {
        percentile_read(report, &report->recorded, line);
    } else if (report->section == SECTION_UNCORRECTED) {
        percentile_read(report, &report->uncorrected, line);
    }
}

// Behind a report: percentiles that the done() of a script printed as wrk does, or the
// command of the next one.
static void rest_read(struct report *report, const char *line)
{
    const char *at = line;
    if (report->run != NULL && mb_import_text_word(&at, "Latency Distribution")) {
        report->section = SECTION_RECORDED;
    } else if (report->run != NULL && report->section == SECTION_RECORDED &&
               !percent_read(report, &report->recorded, line)) {
        report->section = SECTION_TOTALS;
    }
    command_read(report, line);
}

static bool begins(const struct report *report, const char *line, const char **url)
{
    const char *at = line; // in a document, reports are indented
    *url = mb_import_text_word(&at, "Running ") ? mb_import_text_after(at, " test @ ")
                                                : NULL;
    // Cut out of a longer text, a report may lack its first line.
    struct report probe = {.run = NULL};
    bool between = report->run == NULL || report->over;
    return *url != NULL || (between && threads_read(&probe, line));
}

static enum mb_status one_line(void *state, const char *line)
{
    struct report *report = state;
    const char *url;
    enum mb_status status = MB_OK;
    if (begins(report, line, &url)) {
        status = report_end(report);
        if (status == MB_OK) {
            status = report_begin(report);
        }
        if (status == MB_OK && url != NULL) {
            report->run->url = mb_arena_copy_string(report->import->arena, url);
        }
    }
    if (status == MB_OK && report->run != NULL && !report->over) {
        const char *at = line;
        line_read(report, line);
        report->over = report->totals && mb_import_text_word(&at, "Transfer/sec:");
    } else if (status == MB_OK) {
        rest_read(report, line);
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct report report = {
        .import = import, .input = input, .err = err, .command_rate_micro_rps = -1};
    enum mb_status status = mb_import_text_plain_lines(input, one_line, &report, err);
    return status == MB_OK ? report_end(&report) : status;
}

const struct mb_importer mb_importer_wrk = {
    .name = "wrk",
    .title = "reports of wrk and wrk2",
    .tool = "wrk",
    .detect = detect,
    .read = read,
    .unknown =
        "wrk does not say when it ran, nor which statuses came back; wrk2 says its rate "
        "only in a command line above the report; figures are rounded to three digits",
};
