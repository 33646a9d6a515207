// What `go test -bench` prints, in the format that benchstat reads
// (golang.org/design/14313-benchmark-format): a line a run.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

static const char WORD[] = "Benchmark";
static const double SHARE_OF_PERCENT = 1e7; // 1 % in 1e-9
enum { UNIT_MAX = 64, KEYS_MAX = 64 };

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    const char *keys[KEYS_MAX]; // "goos", with their last values
    const char *values[KEYS_MAX];
    size_t key_count;
    struct mb_err *err;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool line =
        strncmp(head, WORD, sizeof WORD - 1) == 0 || strstr(head, "\nBenchmark") != NULL;
    return !line ? 0 : strstr(head, " ns/op") != NULL ? 88 : 20;
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     mb_input_line_number(reading->input), 0, "%s", what);
}

// --- configuration ---

// "pkg: example.org/x": a key in small letters, a colon, a value.
static bool key_read(struct reading *reading, const char *line)
{
    struct mb_arena *arena = reading->import->arena;
    const char *colon = strchr(line, ':');
    if (colon == NULL || !islower((unsigned char)line[0]) ||
        (colon[1] != ' ' && colon[1] != '\t')) {
        return false;
    }
    for (const char *at = line; at < colon; at++) {
        if (isspace((unsigned char)*at) || isupper((unsigned char)*at)) {
            return false;
        }
    }
    const char *key = mb_arena_copy_bytes(arena, line, (size_t)(colon - line));
    size_t at = 0;
    while (at < reading->key_count && strcmp(reading->keys[at], key) != 0) {
        at++;
    }
    if (at == KEYS_MAX) {
        return true;
    }
    reading->keys[at] = key;
    reading->values[at] =
        mb_arena_copy_string(arena, colon + 1 + strspn(colon + 1, " \t"));
    reading->key_count += at == reading->key_count;
    return true;
}

static void keys_put(const struct reading *reading, struct mb_import_run *run)
{
    struct mb_arena *arena = reading->import->arena;
    for (size_t i = 0; i < reading->key_count; i++) {
        bool cpu = strcmp(reading->keys[i], "cpu") == 0;
        mb_import_fact_add(reading->import, run,
                           cpu ? "environment.host.cpu_model" : reading->keys[i],
                           mb_node_string(arena, reading->values[i]));
    }
}

// --- a line ---

struct values {
    double ns_per_op; // -1: none
    struct mb_import_quantiles quantiles;
};

// "p99-ns/op", "p99.9-ns": percentiles that a benchmark reports itself.
static bool percentile_read(const char *unit, int64_t *share)
{
    double percent;
    const char *at = unit + 1;
    if (unit[0] != 'p' || !mb_import_text_field(&at, &percent) ||
        (strcmp(at, "-ns/op") != 0 && strcmp(at, "-ns") != 0) || percent <= 0 ||
        percent > 100) {
        return false;
    }
    *share = llround(percent * SHARE_OF_PERCENT);
    return *share > 0;
}

// "1234.5 ns/op": false when a value or its unit is none.
static bool value_take(const struct reading *reading, struct mb_import_run *run,
                       const char **at, struct values *values)
{
    char unit[UNIT_MAX];
    double value;
    int64_t share;
    int64_t value_ns;
    if (!mb_import_text_field(at, &value)) {
        return false;
    }
    *at += strspn(*at, " \t");
    size_t size = strcspn(*at, " \t");
    if (size == 0 || size >= sizeof unit) {
        return false;
    }
    memcpy(unit, *at, size);
    unit[size] = '\0';
    *at += size;
    *at += strspn(*at, " \t");
    if (strcmp(unit, "ns/op") == 0) {
        values->ns_per_op = value;
    } else if (percentile_read(unit, &share) &&
               mb_import_text_scale(value, 1, &value_ns)) {
        mb_import_text_quantile(reading->import->arena, &values->quantiles, share,
                                value_ns);
    } else {
        mb_import_fact_add(reading->import, run, unit,
                           mb_node_float(reading->import->arena, value));
    }
    return true;
}

// One operation after the other, unless the benchmark runs them in parallel, which it
// does not say: then ns/op is no latency, but the reciprocal of a rate.
static enum mb_status run_put(const struct reading *reading, struct mb_import_run *run,
                              int64_t n, const struct values *values)
{
    double total = values->ns_per_op * (double)n;
    if (values->ns_per_op < 0) {
        return fault(reading, "the benchmark has no 'ns/op'");
    }
    if (total > (double)MB_UNITS_SAFE_MAX) {
        return fault(reading, "the benchmark took longer than can be");
    }
    struct mb_counts *counts = &run->part.counts;
    run->point.load_model = MB_LOAD_CLOSED;
    counts->intended = n;
    counts->completed = n;
    counts->ok = n;
    counts->unfinished = 0;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = 0;
    }
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &values->quantiles,
        .n = n,
        .mean_ns = llround(values->ns_per_op),
        .min_ns = -1,
        .max_ns = -1,
    });
    if (dist.type != MB_DIST_ABSENT) {
        dist.sum = llround(total); // the mean is not whole
    }
    mb_import_run_latency(reading->import, run, dist);
    return MB_OK;
}

// "BenchmarkGet/size=64-8   1000000   1234 ns/op   16 B/op"
static enum mb_status benchmark_read(struct reading *reading, const char *line)
{
    struct mb_import_run *run = NULL;
    struct values values = {.ns_per_op = -1};
    size_t size = strcspn(line, " \t");
    const char *at = line + size;
    int64_t n = 0;
    // A name alone begins the line of a benchmark that prints something itself.
    if (size == sizeof WORD - 1 || !mb_import_text_count(&at, &n) ||
        (*at != ' ' && *at != '\t')) {
        return MB_OK;
    }
    at += strspn(at, " \t");
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->workload = mb_arena_copy_bytes(reading->import->arena, line + sizeof WORD - 1,
                                        size - (sizeof WORD - 1));
    while (*at != '\0') {
        if (!value_take(reading, run, &at, &values)) {
            return fault(reading, "a value of the benchmark is no number with a unit");
        }
    }
    keys_put(reading, run);
    return run_put(reading, run, n, &values);
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    if (strncmp(line, WORD, sizeof WORD - 1) == 0) {
        return benchmark_read(reading, line);
    }
    (void)key_read(reading, line);
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading *reading = mb_arena_alloc(import->arena, 1, sizeof *reading);
    *reading = (struct reading){.import = import, .input = input, .err = err};
    return mb_import_text_lines(input, line_read, reading, err);
}

const struct mb_importer mb_importer_gobench = {
    .name = "gobench",
    .title = "Go benchmark text (go test -bench; benchstat's input)",
    .tool = "go test",
    .detect = detect,
    .read = read,
    .unknown = "a Go benchmark says only how long an operation took on average; where it "
               "runs operations in parallel, which it does not say, that is no latency",
};
