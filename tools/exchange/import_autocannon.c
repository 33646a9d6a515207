// What autocannon says with --json (https://github.com/mcollina/autocannon): a document a
// run, latencies in whole milliseconds. With a rate (-R, -r; the document does not say
// it) it records beside a latency those of requests that should have been sent meanwhile,
// one each millisecond whatever the rate is: recordValueWithExpectedInterval(took,
// Math.ceil(1 / rate)) in its lib/run.js. Since it counts what it recorded, that is seen.
#include "exchange/import_autocannon.h"

#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/importers.h"

enum { MS_NS = 1000000, CLASSES = 5, LEAST_STATUS = 100, MAX_STATUS = 599 };

static int detect(const char *head, size_t size)
{
    (void)size;
    if (strstr(head, "\"non2xx\"") != NULL && strstr(head, "\"pipelining\"") != NULL) {
        return 95;
    }
    bool running = strstr(head, "Running ") != NULL && strstr(head, " @ ") != NULL;
    bool table = strstr(head, "Req/Sec") != NULL && strstr(head, "Bytes/Sec") != NULL;
    return running && table ? 92 : table ? 80 : 0;
}

// --- what text and JSON have in common ---

void mb_import_autocannon_init(struct mb_import_autocannon *figures)
{
    *figures = (struct mb_import_autocannon){
        .responses = -1,
        .wrong = -1,
        .mismatches = -1,
        .errors = -1,
        .timeouts = -1,
        .pipelining = -1,
        .record = MB_AUTOCANNON_UNSURE,
        .time = {.n = -1, .mean_ns = -1, .min_ns = -1, .max_ns = -1},
    };
}

bool mb_import_autocannon_possible(const struct mb_import_autocannon *figures)
{
    int64_t responses = figures->responses >= 0 ? figures->responses : 0;
    bool errors =
        figures->errors < 0 || (figures->timeouts <= figures->errors &&
                                figures->errors <= MB_UNITS_SAFE_MAX - responses);
    return errors &&
           (figures->responses < 0 || figures->mismatches <= figures->responses);
}

// Answers that failed. A wrong body is found out whatever the status, so that the two
// cannot be told apart.
static int64_t failed_of(const struct mb_import_autocannon *figures)
{
    if (figures->wrong == 0) {
        return figures->mismatches;
    }
    return figures->mismatches == 0 ? figures->wrong : -1;
}

// What is not a timeout is an error of a connection, of whatever kind, which may have
// taken several requests with it.
static void counts_put(const struct mb_import_autocannon *figures,
                       struct mb_counts *counts)
{
    int64_t failed = failed_of(figures);
    bool known = figures->errors >= 0 && figures->timeouts >= 0;
    int64_t rest = known ? figures->errors - figures->timeouts : -1;
    bool one_each = rest == 0 || (rest > 0 && figures->pipelining == 1);
    for (int i = 0; rest == 0 && i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = 0;
    }
    counts->errors_by_kind[MB_ERROR_OTHER] = one_each ? rest : -1;
    counts->errors_by_kind[MB_ERROR_TIMEOUT] = figures->timeouts;
    counts->errors_by_kind[MB_ERROR_STATUS] = failed;
    counts->completed = figures->responses;
    if (figures->responses >= 0 && failed >= 0) {
        counts->ok = figures->responses - failed;
        counts->intended = one_each ? figures->responses + figures->errors : -1;
    }
}

void mb_import_autocannon_put(struct mb_import *import, struct mb_import_run *run,
                              const struct mb_import_autocannon *figures)
{
    struct mb_counts *counts = &run->part.counts;
    struct mb_import_latency time = figures->time;
    counts_put(figures, counts);
    time.quantiles = &figures->quantiles;
    if (figures->record == MB_AUTOCANNON_CORRECTED) {
        time.n = -1;
        time.mean_ns = -1;
        time.min_ns = -1;
    }
    struct mb_dist dist = mb_import_text_dist(&time);
    dist.mixed = dist.type != MB_DIST_ABSENT && failed_of(figures) != 0 &&
                 !(figures->only_good && figures->mismatches == 0);
    if (!dist.mixed && dist.n >= 0 && dist.n != counts->ok) {
        counts->ok = -1;
    }
    switch (figures->record) {
    case MB_AUTOCANNON_PLAIN:
        mb_import_run_latency(import, run, dist);
        break;
    case MB_AUTOCANNON_CORRECTED:
        run->point.load_model = MB_LOAD_PACED;
        run->part.co_handling = MB_CO_BACKFILLED;
        run->part.dist[MB_DIST_RESPONSE] = dist;
        run->part.dist[MB_DIST_SERVICE] =
            mb_dist_absent("autocannon adds latencies of requests that it did not send");
        break;
    case MB_AUTOCANNON_UNSURE:
        mb_import_run_latency_unsure(import, run, dist);
        break;
    }
}

// --- JSON ---

struct reading {
    struct mb_import_json *json;
    const struct mb_node *root;
    struct mb_import_run *run;
    struct mb_import_autocannon figures;
    int64_t classes[CLASSES]; // answers by the first digit of their status
    struct mb_err *err;
};

static int64_t count(const struct mb_node *map, const char *key)
{
    int64_t n = -1;
    (void)!mb_import_json_count(mb_node_find(map, key), &n);
    return n;
}

static int64_t millis(const struct mb_node *map, const char *key)
{
    int64_t ns = -1;
    (void)!mb_import_json_time(mb_node_find(map, key), MS_NS, &ns);
    return ns;
}

static enum mb_status classes_read(struct reading *reading)
{
    static const char *const keys[CLASSES] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
    struct mb_import_autocannon *figures = &reading->figures;
    figures->responses = 0;
    for (size_t i = 0; i < CLASSES; i++) {
        const struct mb_node *node = mb_node_find(reading->root, keys[i]);
        if (!mb_import_json_count(node, &reading->classes[i]) ||
            reading->classes[i] > MB_UNITS_SAFE_MAX - figures->responses) {
            return mb_import_json_fault(reading->json,
                                        node != NULL ? node : reading->root, reading->err,
                                        "'%s' is not a count", keys[i]);
        }
        figures->responses += reading->classes[i];
    }
    figures->wrong = reading->classes[3] + reading->classes[4];
    return MB_OK;
}

static enum mb_status errors_read(struct reading *reading)
{
    struct mb_import_autocannon *figures = &reading->figures;
    const struct {
        const char *key;
        int64_t *value;
    } known[] = {{"errors", &figures->errors},
                 {"timeouts", &figures->timeouts},
                 {"mismatches", &figures->mismatches}};
    figures->mismatches = 0; // before it could look at bodies, none was wrong
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const struct mb_node *node = mb_node_find(reading->root, known[i].key);
        bool late = known[i].value == &figures->mismatches && node == NULL;
        if (!late && !mb_import_json_count(node, known[i].value)) {
            return mb_import_json_fault(reading->json,
                                        node != NULL ? node : reading->root, reading->err,
                                        "'%s' is not a count", known[i].key);
        }
    }
    if (!mb_import_autocannon_possible(figures)) {
        return mb_import_json_fault(reading->json, reading->root, reading->err,
                                    "more errors than can be");
    }
    return MB_OK;
}

// {"200": {"count": 1357}, ...}, ascending as JavaScript keeps them.
static void statuses_read(struct reading *reading)
{
    const struct mb_node *map = mb_node_find(reading->root, "statusCodeStats");
    size_t entries = map != NULL && map->type == MB_NODE_MAP ? mb_node_count(map) : 0;
    struct mb_status_count *statuses =
        mb_arena_alloc(reading->json->import->arena, entries + 1, sizeof *statuses);
    int64_t before = 0;
    int64_t left = reading->figures.responses;
    for (size_t i = 0; i < entries; i++) {
        const char *at = mb_node_text(map->as.map.entries[i].key, "");
        int64_t status;
        int64_t n;
        if (!mb_import_text_count(&at, &status) || *at != '\0' || status <= before ||
            status < LEAST_STATUS || status > MAX_STATUS ||
            !mb_import_json_count(mb_node_find(map->as.map.entries[i].value, "count"),
                                  &n) ||
            n > left) {
            return;
        }
        left -= n;
        statuses[i] = (struct mb_status_count){.status = (int)status, .n = n};
        before = status;
    }
    if (left == 0) {
        reading->run->part.counts.statuses = statuses;
        reading->run->part.counts.status_count = entries;
    }
}

static void percentiles_read(struct reading *reading, const struct mb_node *latency)
{
    static const struct {
        const char *key;
        const char *old; // before version 3
        int64_t share;
    } known[] = {
        {"p0_001", NULL, 10000},          {"p0_01", NULL, 100000},
        {"p0_1", NULL, 1000000},          {"p1", NULL, 10000000},
        {"p2_5", NULL, 25000000},         {"p10", NULL, 100000000},
        {"p25", NULL, 250000000},         {"p50", NULL, 500000000},
        {"p75", NULL, 750000000},         {"p90", NULL, 900000000},
        {"p97_5", NULL, 975000000},       {"p99", NULL, 990000000},
        {"p99_9", "p999", 999000000},     {"p99_99", "p9999", 999900000},
        {"p99_999", "p99999", 999990000},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int64_t value_ns = millis(latency, known[i].key);
        if (value_ns < 0 && known[i].old != NULL) {
            value_ns = millis(latency, known[i].old);
        }
        if (value_ns >= 0) {
            mb_import_text_quantile(reading->json->import->arena,
                                    &reading->figures.quantiles, known[i].share,
                                    value_ns);
        }
    }
}

// From the number of latencies follows what they are of: all answers, the good ones
// (--excludeErrorStats), or more than there were. Before version 3 nothing was corrected;
// then it did not say the number for a while.
static void record_read(struct reading *reading, const struct mb_node *latency)
{
    struct mb_import_autocannon *figures = &reading->figures;
    int64_t recorded = count(latency, "totalCount");
    if (recorded < 0) {
        bool early = mb_node_find(latency, "p999") != NULL;
        bool same = figures->responses == 0 ||
                    (early && figures->responses == reading->classes[1]);
        figures->record = early ? MB_AUTOCANNON_PLAIN : MB_AUTOCANNON_UNSURE;
        figures->time.n = same ? figures->responses : -1;
        return;
    }
    bool all = recorded == figures->responses;
    figures->only_good = !all && recorded == reading->classes[1];
    figures->record =
        all || figures->only_good ? MB_AUTOCANNON_PLAIN : MB_AUTOCANNON_CORRECTED;
    figures->time.n = recorded;
    if (figures->record == MB_AUTOCANNON_CORRECTED) {
        mb_import_note_add(reading->json->import, MB_IMPORT_IMPLAUSIBLE,
                           "autocannon made up latencies as if a request were due each "
                           "millisecond, whatever the rate: %lld from %lld answers",
                           (long long)recorded, (long long)figures->responses);
    }
}

static enum mb_status latency_read(struct reading *reading)
{
    const struct mb_node *latency = mb_node_find(reading->root, "latency");
    struct mb_import_autocannon *figures = &reading->figures;
    if (latency == NULL || latency->type != MB_NODE_MAP) {
        return mb_import_json_fault(reading->json, reading->root, reading->err,
                                    "a document without 'latency'");
    }
    percentiles_read(reading, latency);
    record_read(reading, latency);
    figures->time.mean_ns = millis(latency, "mean");
    figures->time.min_ns = millis(latency, "min");
    figures->time.max_ns = millis(latency, "max");
    // It leaves zeros out of the least.
    if (figures->quantiles.count > 0 &&
        figures->quantiles.items[0].value < figures->time.min_ns) {
        figures->time.min_ns = -1;
    }
    return MB_OK;
}

// When it began and how long it took; from the two times, which have three digits.
static enum mb_status times_read(struct reading *reading, const struct mb_node *root,
                                 int64_t *start_unix_ns, int64_t *window_ns)
{
    const struct mb_node *duration = mb_node_find(root, "duration");
    struct mb_err own = {0};
    int64_t start;
    int64_t finish;
    if (!mb_import_json_seconds(duration, window_ns)) {
        return mb_import_json_fault(reading->json, duration != NULL ? duration : root,
                                    reading->err,
                                    "'duration' is not a number of seconds");
    }
    const char *first = mb_node_text(mb_node_find(root, "start"), "");
    const char *last = mb_node_text(mb_node_find(root, "finish"), "");
    if (mb_units_parse_time_zoned(first, &start, &own) != MB_OK) {
        return MB_OK;
    }
    *start_unix_ns = start;
    if (mb_units_parse_time_zoned(last, &finish, &own) == MB_OK && finish > start &&
        finish - start <= MB_UNITS_SAFE_MAX) {
        *window_ns = finish - start;
    }
    return MB_OK;
}

static void point_read(struct reading *reading)
{
    static const char *const kept[] = {"pipelining", "workers"};
    struct mb_import_run *run = reading->run;
    int64_t *pipelining = &reading->figures.pipelining;
    const struct mb_node *root = reading->root;
    const char *title = mb_node_text(mb_node_find(root, "title"), "");
    run->name = title[0] != '\0' ? title : NULL;
    run->url = mb_node_text(mb_node_find(root, "url"), NULL);
    run->point.connections = count(root, "connections");
    *pipelining = count(root, "pipelining");
    if (run->point.connections > 0 && *pipelining > 0 &&
        *pipelining <= MB_UNITS_SAFE_MAX / run->point.connections) {
        run->concurrency = run->point.connections * *pipelining;
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        mb_import_fact_add(reading->json->import, run, kept[i],
                           mb_node_find(root, kept[i]));
    }
}

// With -W a document of the warm-up comes first, and again within that of the test.
// `first` is the first run of this input.
static enum mb_status warmup_read(struct reading *reading, size_t first,
                                  int64_t *warmup_ns)
{
    struct mb_import *import = reading->json->import;
    const struct mb_node *warmup = mb_node_find(reading->root, "warmup");
    int64_t start_unix_ns = 0;
    if (warmup == NULL) {
        return MB_OK;
    }
    enum mb_status status = times_read(reading, warmup, &start_unix_ns, warmup_ns);
    if (status == MB_OK && start_unix_ns > 0 && import->count > first &&
        import->runs[import->count - 1].start_unix_ns == start_unix_ns) {
        mb_import_run_undo(import);
    }
    return status;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    const size_t *first = state;
    struct reading reading = {.json = json, .root = root, .err = err};
    int64_t warmup_ns = -1;
    mb_import_autocannon_init(&reading.figures);
    enum mb_status status = warmup_read(&reading, *first, &warmup_ns);
    if (status == MB_OK) {
        status = mb_import_run_add(json->import, json->input, &reading.run, err);
    }
    if (status == MB_OK) {
        reading.run->warmup_ns = warmup_ns;
        status = times_read(&reading, root, &reading.run->start_unix_ns,
                            &reading.run->window_ns);
    }
    if (status == MB_OK) {
        status = classes_read(&reading);
    }
    if (status == MB_OK) {
        status = errors_read(&reading);
    }
    if (status == MB_OK) {
        status = latency_read(&reading);
    }
    if (status == MB_OK) {
        point_read(&reading);
        statuses_read(&reading);
        if (!reading.figures.only_good) {
            reading.run->part.counts.bytes_received =
                count(mb_node_find(root, "throughput"), "total");
        }
        mb_import_autocannon_put(json->import, reading.run, &reading.figures);
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    if (strstr(mb_input_head(input, &size), "\"non2xx\"") == NULL) {
        return mb_import_autocannon_text(import, input, err);
    }
    size_t first = import->count;
    return mb_import_json_each(
        import, input,
        &(struct mb_import_json_visitor){.visit = document_read, .state = &first}, err);
}

const struct mb_importer mb_importer_autocannon = {
    .name = "autocannon",
    .title = "autocannon's JSON and tables",
    .tool = "autocannon",
    .detect = detect,
    .read = read,
    .unknown = "autocannon does not say whether a rate held it back, what its errors "
               "were, nor which requests were under way at its end; its latencies are "
               "whole milliseconds, and its tables round counts to thousands",
};
