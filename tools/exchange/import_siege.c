// What siege prints (https://github.com/JoeDog/siege): its summary, each request as text
// or as csv, its summary as JSON (-j), and the lines of siege.log. Its clock is that of
// times(2): ticks of 10 ms, so that a time of 0.00 s only says that it was shorter.
#include <ctype.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

enum { NAME_MAX = 200 };
static const char LOG_HEADING[] = "Date & Time,";

// One run, from wherever. -1: not known.
struct run {
    bool begun;
    bool headed;  // "** Preparing 4 concurrent users": its summary has to follow
    bool summary; // which has begun
    bool logged;  // in siege.log, which has no least and largest times
    bool aborted;
    int line; // where it begins
    const char *name;
    const char *version;
    int64_t users;
    int64_t transactions; // answers but those that siege counts as failed: 5xx and 408
    int64_t successful;   // of them without the other wrong statuses
    int64_t failed;
    int64_t elapsed_ns;
    int64_t mean_ns;
    int64_t longest_ns;
    int64_t shortest_ns;
    int64_t hits;        // transactions among the samples
    int64_t unconnected; // messages that say so
    struct mb_import_samples samples;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    struct run run;
    const char *mark; // of the next line of siege.log; NULL
};

static void run_begin(struct reading *reading)
{
    reading->run = (struct run){.begun = true,
                                .line = mb_input_line_number(reading->input),
                                .users = -1,
                                .transactions = -1,
                                .successful = -1,
                                .failed = -1,
                                .elapsed_ns = -1,
                                .mean_ns = -1,
                                .longest_ns = -1,
                                .shortest_ns = -1};
    mb_import_samples_init(&reading->run.samples, reading->import->arena);
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     reading->run.line, 0, "the run of siege that begins here %s", what);
}

// --- a run becomes one of the import's ---

// Failed ones are answers of 5xx or 408 as well as requests without one: only where each
// answer was printed can they be told apart.
static void errors_put(const struct run *run, struct mb_counts *counts)
{
    int64_t wrong = run->transactions - run->successful;
    counts->intended = run->transactions + run->failed;
    counts->unfinished = 0;
    if (wrong < 0) { // a redirect that failed counts as successful and as failed
        return;
    }
    counts->ok = run->successful;
    counts->completed = run->failed == 0 ? run->transactions : -1;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = run->failed == 0 ? 0 : -1;
    }
    counts->errors_by_kind[run->failed == 0 ? MB_ERROR_STATUS : MB_ERROR_OTHER] =
        wrong + run->failed;
}

// Samples hold every answer; the summary says how many requests had none.
static void unanswered_put(const struct run *run, struct mb_counts *counts)
{
    int64_t unanswered = run->failed - (run->samples.requests - run->hits);
    bool told = run->unconnected == unanswered;
    counts->intended += unanswered;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        if (i != MB_ERROR_STATUS) {
            counts->errors_by_kind[i] = unanswered == 0 || told ? 0 : -1;
        }
    }
    counts->errors_by_kind[told ? MB_ERROR_CONNECT : MB_ERROR_OTHER] = unanswered;
}

// Without a summary nobody knows of the requests that got no answer.
static void unanswered_forget(struct mb_import *import, struct mb_counts *counts)
{
    counts->intended = -1;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        if (i != MB_ERROR_STATUS) {
            counts->errors_by_kind[i] = -1;
        }
    }
    mb_import_note_add(import, MB_IMPORT_DROPPED,
                       "siege does not print requests that got no answer in these lines");
}

// 0.00: shorter than a tick.
static int64_t tick(int64_t ns)
{
    return ns > 0 ? ns : -1;
}

static struct mb_dist summary_dist(struct mb_import *import, const struct run *run)
{
    bool clean = run->failed == 0;
    int64_t mean_ns = clean ? tick(run->mean_ns) : -1;
    int64_t least_ns = tick(run->shortest_ns);
    if (run->transactions == 0) {
        return mb_dist_absent("no request succeeded");
    }
    if (!clean && run->mean_ns > 0) {
        mb_import_note_add(import, MB_IMPORT_DROPPED,
                           "siege divides the time of all answers by the number of those "
                           "that did not fail: that is no mean");
    }
    // It forgets a least value of 0.
    if (mean_ns >= 0 && least_ns > mean_ns) {
        least_ns = -1;
    }
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .n = clean ? run->transactions : -1,
        .mean_ns = mean_ns,
        .min_ns = least_ns,
        .max_ns = tick(run->longest_ns),
    });
    dist.mixed =
        dist.type != MB_DIST_ABSENT && (!clean || run->successful != run->transactions);
    return dist;
}

static enum mb_status samples_put(struct reading *reading, struct mb_import_run *to)
{
    struct run *run = &reading->run;
    int64_t answered = run->samples.requests;
    mb_import_samples_put(&run->samples, reading->import, to, false);
    if (!run->summary) {
        unanswered_forget(reading->import, &to->part.counts);
    } else if (answered - run->hits > run->failed) {
        return fault(reading, "prints more failed requests than it counts");
    } else {
        unanswered_put(run, &to->part.counts);
    }
    return MB_OK;
}

static enum mb_status run_check(const struct reading *reading)
{
    const struct run *run = &reading->run;
    bool counted = run->transactions >= 0 && run->successful >= 0 && run->failed >= 0 &&
                   run->elapsed_ns >= 0;
    if (run->summary && (!counted || (!run->logged && run->shortest_ns < 0))) {
        return fault(reading, "ends before 'Shortest transaction'");
    }
    if (!run->summary && run->samples.requests == 0) {
        return fault(reading, "ends before its summary");
    }
    return MB_OK;
}

static enum mb_status run_put(struct reading *reading)
{
    struct mb_import *import = reading->import;
    struct run *run = &reading->run;
    struct mb_import_run *to = NULL;
    enum mb_status status = run_check(reading);
    if (status == MB_OK) {
        status = mb_import_run_add(import, reading->input, &to, reading->err);
    }
    if (status != MB_OK) {
        return status;
    }
    to->name = run->name;
    to->version = run->version;
    to->point.load_model = MB_LOAD_CLOSED;
    to->point.connections = run->users;
    to->concurrency = run->users;
    to->window_ns = tick(run->elapsed_ns);
    if (run->aborted) {
        to->cut_off = "siege stopped because of too many failures";
    } else if (run->headed && !run->summary) {
        to->cut_off = "the output ends before the summary";
    }
    bool whole = !run->summary || run->hits == run->transactions;
    if (run->samples.requests > 0 && whole) {
        return samples_put(reading, to);
    }
    if (run->samples.requests > 0) {
        mb_import_note_add(import, MB_IMPORT_DROPPED,
                           "%lld transactions are printed one by one, the summary counts "
                           "%lld: the summary stands",
                           (long long)run->hits, (long long)run->transactions);
    }
    errors_put(run, &to->part.counts);
    mb_import_run_latency(import, to, summary_dist(import, run));
    return MB_OK;
}

static enum mb_status run_end(struct reading *reading)
{
    enum mb_status status = reading->run.begun ? run_put(reading) : MB_OK;
    mb_import_samples_release(&reading->run.samples);
    reading->run.begun = false;
    return status;
}

// --- requests one by one ---

// siege's own rule: 401 and 407 are its answers to a challenge.
static bool is_good(int64_t status)
{
    return status < 400 || status == 401 || status == 407;
}

static bool is_failed(int64_t status)
{
    return status == 408 || status >= 500;
}

// Behind "HTTP/1.1": "200", and in csv commas between. An answer from siege's own cache
// is "200(C)": nothing was asked.
static bool answer_read(const char *at, struct mb_import_sample *sample, int64_t *status)
{
    double seconds;
    bool csv = *at == ',';
    bool read =
        mb_import_text_word(&at, csv ? "," : "") && mb_import_text_count(&at, status) &&
        *status >= MB_IMPORT_STATUS_MIN && *status <= MB_IMPORT_STATUS_MAX &&
        mb_import_text_word(&at, csv ? "," : "") && mb_import_text_field(&at, &seconds) &&
        mb_import_text_word(&at, csv ? "," : "secs:") &&
        mb_import_text_count(&at, &sample->bytes_received) &&
        mb_import_text_word(&at, csv ? "," : "bytes ==>");
    return read && mb_import_text_scale(seconds, MB_UNITS_NS_PER_S, &sample->latency_ns);
}

// "HTTP/1.1 200     0.02 secs:      64 bytes ==> GET  /"
// "   4,HTTP/1.1,200,  0.36,   3372,/,0,2015-12-20 21:30:13", of which the date is local
static bool sample_read(const char *line, struct mb_import_sample *sample,
                        int64_t *status)
{
    const char *at = mb_import_text_after(line, "HTTP/");
    *sample = (struct mb_import_sample){
        .start_ns = -1, .connect_ns = -1, .kind = MB_ERROR_STATUS, .bytes_sent = -1};
    if (at == NULL || !isdigit((unsigned char)*at)) {
        return false;
    }
    at += strspn(at, "0123456789.");
    if (!answer_read(at, sample, status)) {
        return false;
    }
    sample->status = (int)*status;
    sample->ok = is_good(*status);
    return true;
}

// --- the text ---

static enum mb_status no_number(const struct reading *reading, const char *label)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     mb_input_line_number(reading->input), 0, "no number behind '%s'",
                     label);
}

// Until 4.1 the extremes have no unit: seconds.
static bool time_take(const char **at, int64_t *ns)
{
    double seconds;
    return mb_import_text_time(at, ns) ||
           (mb_import_text_number(at, &seconds) &&
            mb_import_text_scale(seconds, MB_UNITS_NS_PER_S, ns));
}

static enum mb_status summary_read(struct reading *reading, const char *line)
{
    static const char *const counts[] = {
        "Transactions:", "Successful transactions:", "Failed transactions:"};
    static const char *const times[] = {"Elapsed time:", "Response time:",
                                        "Longest transaction:", "Shortest transaction:"};
    struct run *run = &reading->run;
    int64_t *const count_fields[] = {&run->transactions, &run->successful, &run->failed};
    int64_t *const time_fields[] = {&run->elapsed_ns, &run->mean_ns, &run->longest_ns,
                                    &run->shortest_ns};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (mb_import_text_word(&line, counts[i])) {
            return mb_import_text_count(&line, count_fields[i])
                       ? MB_OK
                       : no_number(reading, counts[i]);
        }
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (mb_import_text_word(&line, times[i])) {
            return time_take(&line, time_fields[i]) ? MB_OK
                                                    : no_number(reading, times[i]);
        }
    }
    return MB_OK;
}

static enum mb_status begin_after(struct reading *reading, bool ended)
{
    enum mb_status status = MB_OK;
    if (ended) {
        status = run_end(reading);
    }
    if (!reading->run.begun) {
        run_begin(reading);
    }
    return status;
}

// "** SIEGE 4.0.7", "** Preparing 4 concurrent users for battle."
static enum mb_status heading_read(struct reading *reading, const char *line, bool *was)
{
    struct mb_arena *arena = reading->import->arena;
    const char *version = mb_import_text_after(line, "** SIEGE ");
    const char *users = mb_import_text_after(line, "** Preparing ");
    *was = version != NULL || users != NULL;
    if (!*was) {
        return MB_OK;
    }
    const struct run *run = &reading->run;
    bool filled = run->users >= 0 || run->summary || run->samples.requests > 0;
    enum mb_status status = begin_after(reading, filled);
    reading->run.headed = true;
    if (version != NULL) {
        reading->run.version =
            mb_arena_copy_bytes(arena, version, strcspn(version, " \r"));
    } else {
        (void)mb_import_text_count(&users, &reading->run.users);
    }
    return status;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    struct run *run = &reading->run;
    struct mb_import_sample sample;
    int64_t http;
    bool heading;
    enum mb_status status = heading_read(reading, line, &heading);
    if (status != MB_OK || heading) {
        return status;
    }
    if (sample_read(line, &sample, &http)) {
        status = begin_after(reading, false);
        mb_import_samples_add(&run->samples, &sample);
        run->hits += is_failed(http) ? 0 : 1;
        return status;
    }
    const char *at = line;
    if (mb_import_text_word(&at, "Transactions:")) {
        status = begin_after(reading, run->summary);
        run->summary = true;
    }
    if (run->begun) {
        run->unconnected += strstr(line, "unable to connect") != NULL ? 1 : 0;
        run->aborted =
            run->aborted || strstr(line, "due to excessive socket failure") != NULL;
        status = status == MB_OK ? summary_read(reading, line) : status;
    }
    return status;
}

// --- JSON ---

static enum mb_status object_read(void *state, struct mb_import_json *json,
                                  const struct mb_node *root, struct mb_err *err)
{
    struct reading *reading = state;
    struct run *run = &reading->run;
    static const char *const counts[] = {"transactions", "successful_transactions",
                                         "failed_transactions"};
    static const char *const times[] = {"elapsed_time", "response_time",
                                        "longest_transaction", "shortest_transaction"};
    int64_t *const count_fields[] = {&run->transactions, &run->successful, &run->failed};
    int64_t *const time_fields[] = {&run->elapsed_ns, &run->mean_ns, &run->longest_ns,
                                    &run->shortest_ns};
    run_begin(reading);
    run->summary = true;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (!mb_import_json_count(mb_node_find(root, counts[i]), count_fields[i])) {
            return mb_import_json_fault(json, root, err, "'%s' is no number of requests",
                                        counts[i]);
        }
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (!mb_import_json_seconds(mb_node_find(root, times[i]), time_fields[i])) {
            return mb_import_json_fault(json, root, err, "'%s' is no number of seconds",
                                        times[i]);
        }
    }
    return run_end(reading);
}

// --- siege.log ---

// "2026-11-24 02:50:52,": when it ended, on the clock of that machine.
static bool date_take(const char **at, const char **date, size_t *size)
{
    static const char form[] = "0000-00-00 00:00:00";
    const char *start = *at + strspn(*at, " ");
    for (size_t i = 0; i < sizeof form - 1; i++) {
        bool fits =
            form[i] == '0' ? isdigit((unsigned char)start[i]) != 0 : start[i] == form[i];
        if (!fits) {
            return false;
        }
    }
    *date = start;
    *size = sizeof form - 1;
    *at = start + *size;
    return mb_import_text_word(at, ",");
}

static bool seconds_take(const char **at, int64_t *ns)
{
    double seconds;
    return mb_import_text_field(at, &seconds) &&
           mb_import_text_scale(seconds, MB_UNITS_NS_PER_S, ns) &&
           mb_import_text_word(at, ",");
}

// "-nan" and "inf", where siege divided by nothing, too.
static bool field_skip(const char **at)
{
    const char *comma = strchr(*at, ',');
    *at = comma != NULL ? comma + 1 : *at;
    return comma != NULL;
}

// Trans, Elap Time, Data Trans, Resp Time, Trans Rate, Throughput, Concurrent, OKAY,
// Failed
static bool row_read(const char *at, struct run *run)
{
    const char *mean;
    bool read = mb_import_text_count(&at, &run->transactions) &&
                mb_import_text_word(&at, ",") && seconds_take(&at, &run->elapsed_ns) &&
                field_skip(&at);
    mean = at;
    read = read && field_skip(&at) && field_skip(&at) && field_skip(&at) &&
           field_skip(&at) && mb_import_text_count(&at, &run->successful) &&
           mb_import_text_word(&at, ",") && mb_import_text_count(&at, &run->failed) &&
           *at == '\0';
    if (read) {
        (void)!seconds_take(&mean, &run->mean_ns);
    }
    return read;
}

// "**** mesh on ****"
static enum mb_status mark_read(struct reading *reading, const char *line)
{
    const char *at = line;
    const char *end = line + strlen(line);
    if (!mb_import_text_word(&at, "**** ") || end - at < 5 ||
        strcmp(end - 5, " ****") != 0) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         mb_input_line_number(reading->input), 0,
                         "not a line of siege.log: '%.60s'", line);
    }
    if (strstr(at, "due to excessive socket failure") != NULL) {
        reading->run.aborted = true; // it is written behind the run's line
        return MB_OK;
    }
    size_t size = (size_t)(end - 5 - at);
    reading->mark = mb_arena_copy_bytes(reading->import->arena, at,
                                        size < NAME_MAX ? size : NAME_MAX);
    return MB_OK;
}

static enum mb_status log_line(void *state, const char *line)
{
    struct reading *reading = state;
    const char *at = line;
    const char *date;
    size_t size;
    if (line[strspn(line, " \t")] == '\0' || strstr(line, LOG_HEADING) != NULL) {
        return MB_OK;
    }
    if (!date_take(&at, &date, &size)) {
        return mark_read(reading, line);
    }
    enum mb_status status = run_end(reading);
    if (status != MB_OK) {
        return status;
    }
    run_begin(reading);
    reading->run.summary = true;
    reading->run.logged = true;
    if (!row_read(at, &reading->run)) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         reading->run.line, 0, "not a line of siege.log: '%.60s'", line);
    }
    // Nothing says that two lines repeat one measurement, unless -m marked them so.
    reading->run.name = reading->mark != NULL
                            ? reading->mark
                            : mb_arena_copy_bytes(reading->import->arena, date, size);
    reading->mark = NULL;
    return MB_OK;
}

static enum mb_status log_read(struct reading *reading)
{
    mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                       "siege.log has times without a zone, of when runs ended");
    return mb_import_text_lines(reading->input, log_line, reading, reading->err);
}

// --- which of them ---

enum form { FORM_NONE, FORM_TEXT, FORM_SAMPLES, FORM_JSON, FORM_LOG, FORM_LOG_ROWS };

// The first line that is not empty, without colours.
static enum form first_line_form(const char *head)
{
    struct mb_arena arena = {0};
    struct mb_import_sample sample;
    struct run run;
    int64_t status;
    size_t size;
    const char *date;
    enum form form = FORM_NONE;
    head += strspn(head, " \t\r\n");
    const char *line = mb_arena_copy_bytes(&arena, head, strcspn(head, "\r\n"));
    line = mb_import_text_plain(&arena, line);
    if (sample_read(line, &sample, &status)) {
        form = FORM_SAMPLES;
    } else if (date_take(&line, &date, &size) && row_read(line, &run)) {
        form = FORM_LOG_ROWS;
    }
    mb_arena_release(&arena);
    return form;
}

static enum form form_find(const char *head)
{
    if (strstr(head, "\"transactions\"") != NULL &&
        strstr(head, "\"longest_transaction\"") != NULL) {
        return FORM_JSON;
    }
    if (strstr(head, LOG_HEADING) != NULL && strstr(head, "Elap Time,") != NULL) {
        return FORM_LOG;
    }
    bool summary =
        strstr(head, "Transactions:") != NULL && strstr(head, "Availability:") != NULL;
    if (summary || strstr(head, "** SIEGE ") != NULL ||
        strstr(head, "The server is now under siege") != NULL) {
        return FORM_TEXT;
    }
    return first_line_form(head);
}

static int detect(const char *head, size_t size)
{
    static const int sure[] = {[FORM_NONE] = 0,  [FORM_TEXT] = 92, [FORM_SAMPLES] = 85,
                               [FORM_JSON] = 95, [FORM_LOG] = 100, [FORM_LOG_ROWS] = 60};
    (void)size;
    return sure[form_find(head)];
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    enum mb_status status = MB_OK;
    struct reading reading = {.import = import, .input = input, .err = err};
    switch (form_find(mb_input_head(input, &size))) {
    case FORM_JSON:
        status = mb_import_json_each(
            import, input,
            &(struct mb_import_json_visitor){.visit = object_read, .state = &reading},
            err);
        break;
    case FORM_LOG:
    case FORM_LOG_ROWS:
        status = log_read(&reading);
        break;
    case FORM_NONE:
    case FORM_TEXT:
    case FORM_SAMPLES:
        status = mb_import_text_plain_lines(input, line_read, &reading, err);
        break;
    }
    if (status == MB_OK) {
        status = run_end(&reading);
    }
    mb_import_samples_release(&reading.run.samples);
    return status;
}

const struct mb_importer mb_importer_siege = {
    .name = "siege",
    .title = "siege's summary, its requests as text and csv, -j and siege.log",
    .tool = "siege",
    .detect = detect,
    .read = read,
    .unknown = "siege does not say when it ran, what it asked or how long its users "
               "thought; its times are ticks of 10 ms, and its summary has least, mean "
               "and largest only",
};
