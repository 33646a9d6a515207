// Terminal form of a result.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "model/derive.h"
#include "model/judge.h"
#include "report/show.h"
#include "report/table.h"
#include "stats/quantile.h"

enum { TEXT_BYTES = 64, INDENT = 2 };

static const double MICRO = 1e6;

static const struct {
    const char *title;
    const char *metric;
} columns[] = {
    {"achieved", "throughput"},
    {"p50", "response_time.p50"},
    {"p90", "response_time.p90"},
    {"p99", "response_time.p99"},
    {"p99.9", "response_time.p99.9"},
    {"max", "response_time.max"},
    {"errors", "error_ratio"},
    {"CPU/request", "cpu_per_request"},
    {"memory", "memory"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void safe_append(struct mb_buf *out, const char *text)
{
    mb_text_show(text, strlen(text), "", out);
}

static void number_text(const struct mb_metric *metric, double value, char *text)
{
    switch (metric->unit) {
    case MB_METRIC_NS:
    case MB_METRIC_NS_PER_REQUEST:
        mb_units_show(MB_UNIT_DURATION, value, text, TEXT_BYTES);
        return;
    case MB_METRIC_RPS:
        mb_units_show(MB_UNIT_RATE, value * MICRO, text, TEXT_BYTES);
        return;
    case MB_METRIC_RATIO:
        mb_units_show(MB_UNIT_SHARE, value * 1e9, text, TEXT_BYTES);
        return;
    case MB_METRIC_BYTES:
        mb_units_show(MB_UNIT_SIZE, value, text, TEXT_BYTES);
        return;
    }
}

// "> 5 s": a time-out is a round number, so no zeros after the point.
static void bound_text(double value, char *text)
{
    char number[32];
    mb_units_show(MB_UNIT_DURATION, value, number, sizeof number);
    size_t digits = strcspn(number, " ");
    size_t kept = digits;
    while (memchr(number, '.', kept) != NULL &&
           (number[kept - 1] == '0' || number[kept - 1] == '.')) {
        kept--;
    }
    (void)snprintf(text, TEXT_BYTES, "> %.*s%s", (int)kept, number, number + digits);
}

static void value_text(const struct mb_metric *metric, const struct mb_value *value,
                       char text[TEXT_BYTES])
{
    switch (value->state) {
    case MB_VALUE_KNOWN:
        number_text(metric, value->value, text);
        return;
    case MB_VALUE_CENSORED:
        bound_text(value->value, text);
        return;
    case MB_VALUE_UNSUPPORTED:
        (void)snprintf(text, TEXT_BYTES, "too few");
        return;
    case MB_VALUE_UNKNOWN:
        (void)snprintf(text, TEXT_BYTES, "-");
        return;
    }
}

// What the tables need words for, below them.
struct remarks {
    bool intervals;
    bool apart;             // trials have values that the cell has not
    double fewest[COLUMNS]; // samples where they were too few; 0: nowhere
};

// The metric of a column: response times, or service times where they are all there is.
static const char *column_metric(const struct mb_cell *cell, size_t column, char *name)
{
    static const char response[] = "response_time.";
    size_t length = sizeof response - 1;
    const char *metric = columns[column].metric;
    if (strncmp(metric, response, length) != 0 || !mb_judge_service_only(cell)) {
        return metric;
    }
    (void)snprintf(name, TEXT_BYTES, "service_time.%s", metric + length);
    return name;
}

// Percentiles of several trials do not merge where there is no distribution.
static bool is_apart(const struct mb_cell *cell, const struct mb_metric *metric)
{
    size_t known = 0;
    for (size_t i = 0; i < cell->trial_count; i++) {
        struct mb_value value = mb_derive_trial(cell, &cell->trials[i], metric);
        known += value.state == MB_VALUE_KNOWN;
    }
    return metric->statistic == 'q' && known > 1;
}

static void values_add(struct mb_table *table, const struct mb_cell *cell,
                       const struct mb_trial *trial, struct remarks *remarks)
{
    enum mb_table_style style = trial != NULL ? MB_TABLE_FAINT : MB_TABLE_PLAIN;
    for (size_t i = 0; i < COLUMNS; i++) {
        struct mb_metric metric;
        char text[TEXT_BYTES] = "-";
        char name[TEXT_BYTES];
        if (mb_metric_parse(column_metric(cell, i, name), &metric)) {
            struct mb_value value = trial != NULL ? mb_derive_trial(cell, trial, &metric)
                                                  : mb_derive_cell(cell, &metric);
            value_text(&metric, &value, text);
            double *fewest = &remarks->fewest[i];
            if (value.state == MB_VALUE_UNSUPPORTED &&
                (*fewest == 0.0 || value.value < *fewest)) {
                *fewest = value.value;
            }
            remarks->apart =
                remarks->apart || (trial == NULL && value.state == MB_VALUE_UNKNOWN &&
                                   is_apart(cell, &metric));
        }
        mb_table_add(table, style, text);
    }
}

// "3.19 to 3.23 ms", "over 3.19 ms", "under 3.23 ms"; the unit only once where both have
// the same. Empty without a bound.
static void interval_text(const struct mb_derive_interval *interval,
                          char text[TEXT_BYTES])
{
    char low[TEXT_BYTES / 2];
    char high[TEXT_BYTES / 2];
    bool from = interval->low.state == MB_VALUE_KNOWN;
    bool to = interval->high.state == MB_VALUE_KNOWN;
    mb_units_show(MB_UNIT_DURATION, interval->low.value, low, sizeof low);
    mb_units_show(MB_UNIT_DURATION, interval->high.value, high, sizeof high);
    if (from && to) {
        size_t digits = strcspn(low, " ");
        bool once = strcmp(low + digits, high + strcspn(high, " ")) == 0;
        (void)snprintf(text, TEXT_BYTES, "%.*s to %s", (int)(once ? digits : strlen(low)),
                       low, high);
    } else {
        (void)snprintf(text, TEXT_BYTES, "%s%s",
                       from ? "over "
                       : to ? "under "
                            : "",
                       from ? low
                       : to ? high
                            : "");
    }
}

// Below a cell with one trial: where its percentiles lie.
static void intervals_add(struct mb_table *table, const struct mb_cell *cell,
                          struct remarks *remarks)
{
    char texts[COLUMNS][TEXT_BYTES] = {{0}};
    bool any = false;
    for (size_t i = 0; i < COLUMNS; i++) {
        struct mb_metric metric;
        char name[TEXT_BYTES];
        if (mb_metric_parse(column_metric(cell, i, name), &metric)) {
            struct mb_derive_interval interval = mb_derive_interval(cell, &metric);
            interval_text(&interval, texts[i]);
            any = any || texts[i][0] != '\0';
        }
    }
    remarks->intervals = remarks->intervals || any;
    for (size_t i = 0; any && i <= COLUMNS; i++) {
        mb_table_add(table, MB_TABLE_FAINT, i == 0 ? "  interval" : texts[i - 1]);
    }
}

// What is printed, and what it came upon.
struct page {
    struct mb_arena *arena;
    const struct mb_report_show *show;
    struct remarks remarks;
};

static void cell_add(struct page *page, struct mb_table *table,
                     const struct mb_cell *cell)
{
    struct mb_arena *arena = page->arena;
    bool trials = page->show->trials;
    mb_table_add(table, MB_TABLE_PLAIN, cell->variant);
    values_add(table, cell, NULL, &page->remarks);
    intervals_add(table, cell, &page->remarks);
    for (size_t i = 0; trials && i < cell->trial_count; i++) {
        const struct mb_trial *trial = &cell->trials[i];
        const char *status =
            trial->status == MB_TRIAL_COMPLETE
                ? ""
                : mb_arena_print(arena, " (%s)", mb_trial_status_name(trial->status));
        mb_table_add(table, MB_TABLE_FAINT,
                     mb_arena_print(arena, "  block %d%s", trial->block, status));
        values_add(table, cell, trial, &page->remarks);
    }
}

// All cells of the load point of this one, which is the first of them.
static void point_print(struct page *page, size_t first, struct mb_buf *out)
{
    struct mb_arena *arena = page->arena;
    const struct mb_report_show *show = page->show;
    const struct mb_result *result = show->result;
    const struct mb_point *point = &result->cells[first].point;
    struct mb_table table;
    mb_table_init(&table, arena, COLUMNS + 1);
    mb_table_add(&table, MB_TABLE_FAINT, "");
    for (size_t i = 0; i < COLUMNS; i++) {
        mb_table_add(&table, MB_TABLE_FAINT, columns[i].title);
    }
    bool service = false;
    for (size_t i = first; i < result->cell_count; i++) {
        if (mb_point_equal(&result->cells[i].point, point)) {
            service = service || mb_judge_service_only(&result->cells[i]);
            cell_add(page, &table, &result->cells[i]);
        }
    }
    mb_buf_append_string(out, "\n");
    safe_append(out, mb_point_title(arena, point));
    if (point->load_model == MB_LOAD_UNKNOWN) {
        mb_buf_append_string(out, " · load model not known");
    } else {
        mb_buf_print(out, " · %s loop", mb_load_model_name(point->load_model));
    }
    mb_buf_print(out, "%s\n", service ? " · service times" : "");
    mb_table_print(&table, INDENT, show->width, show->color, out);
}

static bool point_seen(const struct mb_result *result, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (mb_point_equal(&result->cells[i].point, &result->cells[index].point)) {
            return true;
        }
    }
    return false;
}

// The captured value of a fact as text, or NULL.
static const char *fact_text(struct mb_arena *arena, const struct mb_result *result,
                             const char *path)
{
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct mb_fact *fact = &result->facts.items[i];
        if (strcmp(fact->path, path) != 0 || fact->captured == NULL) {
            continue;
        }
        const char *text = mb_node_text(fact->captured, NULL);
        int64_t number = mb_node_integer(fact->captured, -1);
        return text != NULL ? text
               : number < 0 ? NULL
                            : mb_arena_print(arena, "%" PRId64, number);
    }
    return NULL;
}

static void environment_print(struct mb_arena *arena, const struct mb_result *result,
                              struct mb_buf *out)
{
    static const struct {
        const char *path;
        const char *before;
        const char *after;
    } facts[] = {
        {"environment.host.cpu_model", "", ""},
        {"environment.host.cpus", "", " CPUs"},
        {"environment.host.kernel", "kernel ", ""},
        {"environment.host.virtualization", "virtualisation: ", ""},
    };
    const char *separator = "on ";
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        const char *text = fact_text(arena, result, facts[i].path);
        if (text != NULL) {
            mb_buf_print(out, "%s%s", separator, facts[i].before);
            safe_append(out, text);
            mb_buf_append_string(out, facts[i].after);
            separator = " · ";
        }
    }
    mb_buf_append_string(
        out, strcmp(separator, "on ") == 0 ? "on an unknown environment\n" : "\n");
}

static size_t trial_count(const struct mb_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        count += result->cells[i].trial_count;
    }
    return count;
}

static void header_print(struct mb_arena *arena, const struct mb_report_show *show,
                         struct mb_buf *out)
{
    const struct mb_result *result = show->result;
    const char *when = "time not known";
    if (result->started_unix_ns > 0) {
        char started[32];
        char took[TEXT_BYTES];
        int64_t took_ns = result->finished_unix_ns - result->started_unix_ns;
        mb_units_print_time(result->started_unix_ns, started, sizeof started);
        mb_units_show(MB_UNIT_DURATION, (double)took_ns, took, sizeof took);
        // An import may not know how long it took.
        when = mb_arena_print(arena, "%s%s%s", started, took_ns > 0 ? ", " : "",
                              took_ns > 0 ? took : "");
    }
    safe_append(out, result->spec_name != NULL ? result->spec_name : result->id);
    size_t trials = trial_count(result);
    mb_buf_print(out, " · %zu cell%s, %zu trial%s · %s · level: %s%s\n",
                 result->cell_count, result->cell_count == 1 ? "" : "s", trials,
                 trials == 1 ? "" : "s", when, show->level,
                 result->complete ? "" : " · NOT COMPLETE");
    if (result->imported) {
        mb_buf_append_string(out, "imported from ");
        safe_append(out, result->import_tool);
        mb_buf_append_string(out, "\n");
    }
    environment_print(arena, result, out);
}

static void findings_print(const struct mb_result *result, struct mb_buf *out)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct mb_finding *finding = &result->findings[i];
        mb_buf_print(out, "%s%s %s: ", i == 0 ? "\n" : "",
                     mb_severity_name(finding->severity), finding->code);
        safe_append(out, finding->message);
        mb_buf_append_string(out, "\n");
    }
}

// How many requests a percentile wants that had too few, and what an interval is worth.
static void remarks_print(const struct remarks *remarks, bool trials, struct mb_buf *out)
{
    const double tail = 0.5 + MB_DERIVE_INTERVAL_CONFIDENCE / 2.0;
    const char *before = "\n";
    for (size_t i = 0; i < COLUMNS; i++) {
        struct mb_metric metric;
        if (remarks->fewest[i] > 0.0 && mb_metric_parse(columns[i].metric, &metric)) {
            mb_buf_print(out,
                         "%stoo few: %s needs %" PRId64 " requests, and %" PRId64
                         " for an upper bound; the fewest here are %.0f\n",
                         before, columns[i].title, mb_value_samples_needed(metric.share),
                         mb_quantile_samples_needed(metric.share, tail, 0),
                         remarks->fewest[i]);
            before = "";
        }
    }
    if (remarks->intervals) {
        mb_buf_print(out,
                     "%sinterval: %.3g%%, from the requests of one trial as if they were "
                     "independent;\nanother trial can differ by more, and only more "
                     "trials tell by how much\n",
                     before, 100.0 * MB_DERIVE_INTERVAL_CONFIDENCE);
        before = "";
    }
    if (remarks->apart) {
        mb_buf_print(
            out,
            "%s-: each trial has its own percentiles, which do not merge without "
            "the distributions%s\n",
            before, trials ? "" : ": --trials shows them");
    }
}

void mb_report_show_text(struct mb_arena *arena, const struct mb_report_show *show,
                         struct mb_buf *out)
{
    struct page page = {.arena = arena, .show = show};
    header_print(arena, show, out);
    for (size_t i = 0; i < show->result->cell_count; i++) {
        if (!point_seen(show->result, i)) {
            point_print(&page, i, out);
        }
    }
    remarks_print(&page.remarks, show->trials, out);
    findings_print(show->result, out);
}
