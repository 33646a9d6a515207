#include "report/load.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "model/derive.h"
#include "report/table.h"

enum { TEXT_BYTES = 40, NAME_BYTES = 64, INDENT = 2 };

static const double FULL_SHARE = 0.95;    // of its cores: the generator had no time left
static const double STARVED_SHARE = 0.02; // of the time it waited for a CPU: worth a word
static const double MICRO = 1e6;

static const struct {
    const char *title;
    const char *metric;
} rows[] = {
    {"response time", "response_time"},
    {"service time", "service_time"},
    {"wait for connection", "wait_for_connection"},
    {"dispatch lag", "dispatch_lag"},
    {"connecting", "connect_time"},
};

static const char *const statistics[] = {"mean",  "p50", "p90", "p99",
                                         "p99.9", "max", NULL};

static struct mb_value value_of(const struct mb_report_load *report, const char *family,
                                const char *statistic)
{
    char name[NAME_BYTES];
    struct mb_metric metric;
    (void)snprintf(name, sizeof name, "%s%s%s", family, statistic != NULL ? "." : "",
                   statistic != NULL ? statistic : "");
    if (!mb_metric_parse(name, &metric)) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    return mb_derive_cell(report->cell, &metric);
}

static void show_value(const struct mb_value *value, char text[TEXT_BYTES])
{
    char number[TEXT_BYTES];
    mb_units_show(MB_UNIT_DURATION, value->value, number, sizeof number);
    switch (value->state) {
    case MB_VALUE_KNOWN:
        (void)snprintf(text, TEXT_BYTES, "%s", number);
        return;
    case MB_VALUE_CENSORED:
        (void)snprintf(text, TEXT_BYTES, "> %.30s", number);
        return;
    case MB_VALUE_UNKNOWN:
    case MB_VALUE_UNSUPPORTED:
        (void)snprintf(text, TEXT_BYTES, "-");
        return;
    }
}

static void print_title(const struct mb_report_load *report, struct mb_buf *out)
{
    const struct mb_point *point = &report->cell->point;
    const struct mb_trial *trial = &report->cell->trials[0];
    char text[TEXT_BYTES];
    mb_buf_print(out, "%s · %s loop", report->url, mb_load_model_name(point->load_model));
    if (point->rate_micro_rps >= 0) {
        mb_units_show(MB_UNIT_RATE, (double)point->rate_micro_rps, text, sizeof text);
        mb_buf_print(out, " at %s", text);
    }
    mb_buf_print(out, " · %lld connection%s", (long long)point->connections,
                 point->connections == 1 ? "" : "s");
    mb_units_show(MB_UNIT_DURATION, (double)trial->window_ns, text, sizeof text);
    mb_buf_print(out, " · %s", text);
    if (trial->warmup_ns > 0) {
        mb_units_show(MB_UNIT_DURATION, (double)trial->warmup_ns, text, sizeof text);
        mb_buf_print(out, " after %s of warm-up", text);
    }
    mb_buf_append_string(out,
                         trial->parts[0].interrupted ? " · interrupted\n\n" : "\n\n");
}

static void print_times(struct mb_arena *arena, const struct mb_report_load *report,
                        struct mb_buf *out)
{
    struct mb_table table;
    mb_table_init(&table, arena, sizeof statistics / sizeof statistics[0]);
    mb_table_add(&table, MB_TABLE_FAINT, "");
    for (size_t i = 0; statistics[i] != NULL; i++) {
        mb_table_add(&table, MB_TABLE_FAINT, statistics[i]);
    }
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        mb_table_add(&table, MB_TABLE_PLAIN, rows[row].title);
        for (size_t i = 0; statistics[i] != NULL; i++) {
            char text[TEXT_BYTES];
            struct mb_value value = value_of(report, rows[row].metric, statistics[i]);
            show_value(&value, text);
            mb_table_add(&table, MB_TABLE_PLAIN, text);
        }
    }
    size_t width = report->width > 0 ? (size_t)report->width : 80;
    mb_table_print(&table, INDENT, width, report->color, out);
}

static void print_counts(const struct mb_report_load *report, struct mb_buf *out)
{
    const struct mb_part *part = &report->cell->trials[0].parts[0];
    const struct mb_counts *counts = &part->counts;
    char text[TEXT_BYTES];
    struct mb_value rate = value_of(report, "throughput", NULL);
    mb_units_show(MB_UNIT_RATE, rate.value * MICRO, text, sizeof text);
    mb_buf_print(out, "\n  %lld requests completed, %s", (long long)counts->completed,
                 rate.state == MB_VALUE_KNOWN ? text : "-");
    if (report->cell->point.rate_micro_rps >= 0) {
        mb_buf_print(out, "; %lld were meant to leave", (long long)counts->intended);
    }
    mb_buf_append_string(out, "\n  status");
    for (size_t i = 0; i < counts->status_count; i++) {
        mb_buf_print(out, "%s %d: %lld", i > 0 ? "," : "", counts->statuses[i].status,
                     (long long)counts->statuses[i].n);
    }
    mb_buf_append_string(out, counts->status_count > 0 ? "\n  " : " codes: none\n  ");
    int64_t errors = mb_counts_errors(counts);
    mb_buf_print(out, "%lld error%s", (long long)errors, errors == 1 ? "" : "s");
    const char *separator = ": ";
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        if (counts->errors_by_kind[i] > 0) {
            mb_buf_print(out, "%s%s %lld", separator,
                         mb_error_kind_name((enum mb_error_kind)i),
                         (long long)counts->errors_by_kind[i]);
            separator = ", ";
        }
    }
    if (counts->unfinished > 0) {
        mb_buf_print(out, "; %lld cut off", (long long)counts->unfinished);
    }
    mb_buf_append_string(out, "\n");
}

// Its own share of the blame, if any.
static void print_generator(const struct mb_report_load *report, struct mb_buf *out)
{
    const struct mb_part *part = &report->cell->trials[0].parts[0];
    static const char *const tails[] = {"p99.9", "p99", "max"};
    struct mb_value lag = {.state = MB_VALUE_UNKNOWN};
    const char *most = NULL;
    for (size_t i = 0; i < 3 && lag.state != MB_VALUE_KNOWN; i++) {
        most = tails[i];
        lag = value_of(report, "dispatch_lag", most);
    }
    char text[TEXT_BYTES];
    show_value(&lag, text);
    double cores = part->cpu_ns >= 0 && part->window_ns > 0
                       ? (double)part->cpu_ns / (double)part->window_ns
                       : -1.0;
    // Polling before a request is due takes CPU as well, but not while all connections
    // are busy: full and waiting together mean that answers were left lying.
    struct mb_value wait = value_of(report, "wait_for_connection", "p99");
    bool full = cores > FULL_SHARE * part->threads && wait.state == MB_VALUE_KNOWN &&
                wait.value > (double)MB_REPORT_LOAD_LATE_NS;
    if (lag.state != MB_VALUE_KNOWN) {
        mb_buf_append_string(out, "  generator: sent nothing");
    } else if (lag.value > (double)MB_REPORT_LOAD_LATE_NS) {
        mb_buf_print(out,
                     "  generator: LATE by its own fault (dispatch lag %s %s): response "
                     "times are too long by that",
                     most, text);
    } else if (full && part->load_model == MB_LOAD_OPEN) {
        mb_buf_print(out,
                     "  generator: FULL: its threads had no time left, so waits may be "
                     "its own fault (dispatch lag %s %s)",
                     most, text);
    } else {
        mb_buf_print(out, "  generator: kept its schedule (dispatch lag %s %s)", most,
                     text);
    }
    if (cores >= 0.0) {
        mb_buf_print(out, ", %.2f of %d core%s", cores, part->threads,
                     part->threads == 1 ? "" : "s");
    }
    double starved = part->run_delay_ns >= 0 && part->window_ns > 0
                         ? (double)part->run_delay_ns / (double)part->window_ns
                         : 0.0;
    if (starved > STARVED_SHARE * part->threads) {
        mb_buf_print(out, "; waited for a CPU %.0f%% of the time",
                     100.0 * starved / part->threads);
    }
    mb_buf_append_string(out, "\n");
}

void mb_report_load_print(struct mb_arena *arena, const struct mb_report_load *report,
                          struct mb_buf *out)
{
    print_title(report, out);
    print_times(arena, report, out);
    print_counts(report, out);
    print_generator(report, out);
}
