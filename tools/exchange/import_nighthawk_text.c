// nighthawk's forms for people and for metrics: human, csv, dotted, prometheus. None of
// them has the options, so that neither rate nor connections nor load model are known.
#include <string.h>

#include "base/units.h"
#include "exchange/import_nighthawk.h"
#include "exchange/importers.h"

static const char HEADLINE[] = "Nighthawk - A layer 7 protocol benchmarking tool.";
enum { NAME_MAX = 200 };

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_import_run *run; // NULL between reports
    struct mb_import_nighthawk figures;
    struct mb_import_nighthawk_stat *stat; // whose lines these are; NULL: nobody's
    bool human;                            // has a headline, and counters at its end
    bool counters;                         // lines are counters
    bool summary;                          // of the csv form: the next line is one
    double percentile;                     // of the dotted form's last line
    int line;                              // of the report's beginning
    struct mb_err *err;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    if (strstr(head, HEADLINE) != NULL) {
        return 97;
    }
    bool dotted = strstr(head, ".samples: ") != NULL && strstr(head, ".pstdev: ") != NULL;
    bool metrics = strstr(head, "# TYPE nighthawk_") != NULL;
    return metrics ? 95 : dotted ? 80 : 0;
}

static enum mb_status report_begin(struct reading *reading)
{
    reading->figures = mb_import_nighthawk_begin();
    reading->stat = NULL;
    reading->counters = false;
    reading->summary = false;
    reading->line = mb_input_line_number(reading->input);
    return mb_import_run_add(reading->import, reading->input, &reading->run,
                             reading->err);
}

static enum mb_status report_end(struct reading *reading)
{
    if (reading->run == NULL) {
        return MB_OK;
    }
    if (!reading->figures.stats[MB_NIGHTHAWK_LATENCY].seen) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         reading->line, 0,
                         "the report that begins here has no latencies of requests");
    }
    if (reading->human && !reading->counters) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         reading->line, 0,
                         "the report that begins here ends before its counters");
    }
    mb_import_nighthawk_put(&reading->figures, reading->import, reading->run);
    reading->run = NULL;
    return MB_OK;
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     mb_input_line_number(reading->input), 0, "%s", what);
}

// --- human ---

// "0s 053ms 798us"
static bool human_time(const char **at, int64_t *ns)
{
    int64_t seconds;
    int64_t millis;
    int64_t micros;
    const char *cursor = *at;
    bool good =
        mb_import_text_count(&cursor, &seconds) && mb_import_text_word(&cursor, "s") &&
        mb_import_text_count(&cursor, &millis) && mb_import_text_word(&cursor, "ms") &&
        mb_import_text_count(&cursor, &micros) && mb_import_text_word(&cursor, "us") &&
        seconds <= 9000000 && millis <= 999 && micros <= 999;
    if (good) {
        *ns = seconds * MB_UNITS_NS_PER_S + millis * MB_UNITS_NS_PER_MS +
              micros * MB_UNITS_NS_PER_US;
        *at = cursor;
    }
    return good;
}

// "Request start to response end (53 samples)"; early versions have the samples in a line
// of their own.
static bool human_heading(struct reading *reading, const char *line)
{
    char name[NAME_MAX];
    const char *open = strstr(line, " (");
    const char *at = open != NULL ? open + 2 : NULL;
    size_t size = open != NULL ? (size_t)(open - line) : strlen(line);
    int64_t n = -1;
    bool counted = at != NULL && mb_import_text_count(&at, &n) &&
                   mb_import_text_word(&at, "samples)");
    if (line[0] == ' ' || size >= sizeof name || (open != NULL && !counted)) {
        return false;
    }
    memcpy(name, line, size);
    name[size] = '\0';
    enum mb_import_nighthawk_id id = mb_import_nighthawk_find(name);
    if (id == MB_NIGHTHAWK_STATS && !counted) {
        return false;
    }
    reading->stat = NULL;
    if (id != MB_NIGHTHAWK_STATS) {
        reading->stat = &reading->figures.stats[id];
        reading->stat->seen = true;
        reading->stat->n = n;
    }
    return true;
}

// "  min: 0s 000ms 180us | mean: 0s 000ms 195us | max: ...", or each in a line.
static bool human_summary(struct mb_import_nighthawk_stat *stat, const char *line)
{
    const struct {
        const char *word;
        int64_t *value;
    } times[] = {
        {"min: ", &stat->min_ns}, {"mean: ", &stat->mean_ns}, {"max: ", &stat->max_ns}};
    const char *samples = mb_import_text_after(line, "samples: ");
    bool found = samples != NULL && mb_import_text_count(&samples, &stat->n);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const char *at = mb_import_text_after(line, times[i].word);
        found = (at != NULL && human_time(&at, times[i].value)) || found;
    }
    return found;
}

// "0s 000ms 180us,0s 000ms 195us,0s 000ms 210us,0s 000ms 011us"
static void csv_summary(struct mb_import_nighthawk_stat *stat, const char *line)
{
    int64_t *const values[] = {&stat->min_ns, &stat->mean_ns, &stat->max_ns};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (!human_time(&line, values[i])) {
            return;
        }
        (void)mb_import_text_word(&line, ",");
    }
}

// "  0.5         27          0s 065ms 077us": a few of all percentiles. The csv form has
// commas between, and the microseconds before.
static void human_row(struct reading *reading, const char *line)
{
    double percentile;
    double up_to;
    double us;
    int64_t value_ns;
    bool row = mb_import_text_field(&line, &percentile);
    bool csv = row && mb_import_text_word(&line, ",");
    row = row && mb_import_text_field(&line, &up_to);
    if (csv) {
        row = row && mb_import_text_word(&line, ",") &&
              mb_import_text_field(&line, &us) && mb_import_text_word(&line, ",");
    }
    if (row && human_time(&line, &value_ns)) {
        (void)mb_import_nighthawk_row(reading->import->arena, reading->stat, percentile,
                                      -1, value_ns);
    }
}

// "benchmark.http_2xx                      56          28.00", or with commas.
static void human_counter(struct reading *reading, const char *line)
{
    char name[NAME_MAX];
    size_t size = strcspn(line, " ,");
    const char *at = line + size + (line[size] == ',');
    double value;
    int64_t count;
    if (size > 0 && size < sizeof name && mb_import_text_field(&at, &value) &&
        mb_import_text_scale(value, 1, &count)) {
        memcpy(name, line, size);
        name[size] = '\0';
        mb_import_nighthawk_counter(&reading->figures, name, count);
    }
}

static void human_line(struct reading *reading, const char *line)
{
    if (strncmp(line, "Counter ", 8) == 0 || strncmp(line, "Counter,", 8) == 0) {
        reading->counters = true;
    } else if (reading->counters) {
        human_counter(reading, line);
    } else if (human_heading(reading, line) || reading->stat == NULL) {
        return;
    } else if (strncmp(line, "Min,Mean,Max,", 13) == 0) {
        reading->summary = true;
    } else if (reading->summary) {
        csv_summary(reading->stat, line);
        reading->summary = false;
    } else if (!human_summary(reading->stat, line)) {
        human_row(reading, line);
    }
}

// --- dotted ---

// "global.ID.permilles-500.count: 137": the name up to `word`, which is cut off.
static bool dotted_stat(struct reading *reading, const char *line, const char *word)
{
    char name[NAME_MAX];
    size_t size = (size_t)(word - line);
    if (size >= sizeof name) {
        return false;
    }
    memcpy(name, line, size);
    name[size] = '\0';
    enum mb_import_nighthawk_id id = mb_import_nighthawk_find(name);
    reading->stat = id != MB_NIGHTHAWK_STATS ? &reading->figures.stats[id] : NULL;
    return reading->stat != NULL;
}

static bool dotted_value(struct mb_import_nighthawk_stat *stat, const char *line)
{
    const struct {
        const char *word;
        int64_t *value;
    } values[] = {{".mean: ", &stat->mean_ns},
                  {".min: ", &stat->min_ns},
                  {".max: ", &stat->max_ns}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *at = mb_import_text_after(line, values[i].word);
        double us;
        if (at != NULL) {
            return mb_import_text_field(&at, &us) &&
                   mb_import_text_scale(us, MB_UNITS_NS_PER_US, values[i].value);
        }
    }
    return true;
}

// A percentile has two lines, how many values are up to it and its value.
static bool dotted_row(struct reading *reading, const char *permilles)
{
    static const double PERMILLE = 1000;
    const char *at = permilles;
    double permille;
    double us;
    int64_t value_ns;
    if (!mb_import_text_field(&at, &permille)) {
        return false;
    }
    if (mb_import_text_word(&at, ".count: ")) {
        reading->percentile = permille / PERMILLE;
        return true;
    }
    return mb_import_text_word(&at, ".microseconds: ") &&
           mb_import_text_field(&at, &us) &&
           mb_import_text_scale(us, MB_UNITS_NS_PER_US, &value_ns) &&
           mb_import_nighthawk_row(reading->import->arena, reading->stat,
                                   reading->percentile, -1, value_ns);
}

static enum mb_status dotted_line(struct reading *reading, const char *line)
{
    const char *at = line;
    int64_t value;
    if (!mb_import_text_word(&at, "global.")) {
        return MB_OK;
    }
    const char *name = at;
    const char *samples = strstr(name, ".samples: ");
    const char *permilles = strstr(name, ".permilles-");
    const char *colon = strchr(name, ':');
    if (samples != NULL) {
        at = samples + strlen(".samples: ");
        if (dotted_stat(reading, name, samples)) {
            reading->stat->seen = true;
            return mb_import_text_count(&at, &reading->stat->n)
                       ? MB_OK
                       : fault(reading, "a number of samples is none");
        }
        return MB_OK;
    }
    if (reading->stat != NULL && permilles != NULL) {
        return dotted_row(reading, permilles + strlen(".permilles-"))
                   ? MB_OK
                   : fault(reading, "a percentile is none, or goes back");
    }
    if (reading->stat != NULL && colon != NULL && colon[1] == ' ') {
        return dotted_value(reading->stat, line) ? MB_OK
                                                 : fault(reading, "a value is no time");
    }
    // "global.benchmark.http_2xx:56"
    at = colon != NULL ? colon + 1 : name;
    if (colon != NULL && (size_t)(colon - name) < NAME_MAX &&
        mb_import_text_count(&at, &value)) {
        char counter[NAME_MAX];
        memcpy(counter, name, (size_t)(colon - name));
        counter[colon - name] = '\0';
        mb_import_nighthawk_counter(&reading->figures, counter, value);
    }
    return MB_OK;
}

// --- all ---

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    enum mb_status status = MB_OK;
    bool headline = strstr(line, HEADLINE) != NULL;
    bool dotted = strstr(line, ".samples: ") != NULL;
    if (strncmp(line, "# TYPE nighthawk_", 17) == 0) {
        mb_err_hint(reading->err, "import what nighthawk wrote with --output-format json "
                                  "or yaml");
        return fault(reading, "nighthawk's metrics for Prometheus are not read");
    }
    if (headline) {
        status = report_end(reading);
    }
    if (status == MB_OK && (headline || (dotted && reading->run == NULL))) {
        status = report_begin(reading);
        reading->human = headline;
    }
    if (status != MB_OK || reading->run == NULL || headline) {
        return status;
    }
    if (strncmp(line, "global.", 7) == 0 || strncmp(line, "worker_", 7) == 0) {
        return dotted_line(reading, line);
    }
    human_line(reading, line);
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input, .err = err};
    enum mb_status status = mb_import_text_lines(input, line_read, &reading, err);
    return status == MB_OK ? report_end(&reading) : status;
}

const struct mb_importer mb_importer_nighthawk_text = {
    .name = "nighthawk-text",
    .title = "nighthawk's report for people, its csv and dotted forms",
    .tool = "nighthawk",
    .detect = detect,
    .read = read,
    .unknown = "these forms of nighthawk do not hold its options: rate, connections, "
               "open or closed loop, when it ran",
};
