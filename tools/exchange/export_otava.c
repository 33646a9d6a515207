// Apache Otava: a CSV file for each cell, a row for each trial in the order of time, and
// the configuration that reads them. https://otava.apache.org.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "exchange/export_values.h"
#include "exchange/exporters.h"
#include "format/emit.h"
#include "model/field.h"

static const double BYTES_PER_MIB = 1048576;

static const struct {
    const char *column;
    const char *metric; // "@": of the latencies that are exported
    double scale;
    int direction; // 1: higher is better
} columns[] = {
    {"p50_ms", "@.p50", MB_UNITS_NS_PER_MS, -1},
    {"p90_ms", "@.p90", MB_UNITS_NS_PER_MS, -1},
    {"p95_ms", "@.p95", MB_UNITS_NS_PER_MS, -1},
    {"p99_ms", "@.p99", MB_UNITS_NS_PER_MS, -1},
    {"p999_ms", "@.p99.9", MB_UNITS_NS_PER_MS, -1},
    {"throughput_rps", "throughput", 1, 1},
    {"error_ratio", "error_ratio", 1, -1},
    {"cpu_us", "cpu_per_request", MB_UNITS_NS_PER_US, -1},
    {"memory_mib", "memory", BYTES_PER_MIB, -1},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

struct row {
    const struct mb_trial *trial;
    struct mb_value values[COLUMNS];
};

// The trials of a cell.
struct table {
    struct row *rows; // in arena, by time
    size_t count;
    bool kept[COLUMNS]; // known in every row: Otava takes no empty field
    size_t kept_count;
};

static enum mb_status row_fill(struct mb_export *export, const struct mb_export_run *run,
                               struct row *row, struct mb_err *err)
{
    struct mb_export_latency latency;
    enum mb_status status = mb_export_latency_take(export, run, &latency, err);
    if (status != MB_OK) {
        return status;
    }
    row->trial = run->trial;
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *name = columns[i].metric;
        row->values[i] = name[0] == '@'
                             ? mb_export_latency_value(export, &latency, name + 2)
                             : mb_export_value(run, name);
    }
    mb_export_latency_release(&latency);
    return MB_OK;
}

static int row_compare(const void *left, const void *right)
{
    const struct row *a = left;
    const struct row *b = right;
    return (a->trial->start_unix_ns > b->trial->start_unix_ns) -
           (a->trial->start_unix_ns < b->trial->start_unix_ns);
}

static void columns_choose(struct mb_export *export, struct table *table)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        table->kept[i] = table->count > 0;
        for (size_t j = 0; j < table->count; j++) {
            bool known = table->rows[j].values[i].state == MB_VALUE_KNOWN;
            table->kept[i] = table->kept[i] && known;
        }
        if (table->kept[i]) {
            table->kept_count++;
        } else {
            mb_export_note(export,
                           "'%s' is left out where some trial of a cell has no value",
                           columns[i].column);
        }
    }
}

static enum mb_status table_make(struct mb_export *export,
                                 const struct mb_export_run *run, struct table *table,
                                 struct mb_err *err)
{
    struct mb_derive_scope scope = mb_derive_scope(run->cell, NULL);
    size_t position = 0;
    enum mb_status status = MB_OK;
    *table = (struct table){0};
    table->rows =
        mb_arena_alloc(&export->scratch, run->cell->trial_count, sizeof *table->rows);
    for (const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
         status == MB_OK && trial != NULL;
         trial = mb_derive_scope_next(&scope, &position)) {
        const struct mb_export_run one = {
            .cell = run->cell, .trial = trial, .id = run->id, .title = run->title};
        if (trial->start_unix_ns == 0) {
            return mb_err_set(err, MB_INVALID,
                              "Otava needs when each trial began, which is not known");
        }
        status = row_fill(export, &one, &table->rows[table->count++], err);
    }
    if (status != MB_OK) {
        return status;
    }
    qsort(table->rows, table->count, sizeof *table->rows, row_compare);
    columns_choose(export, table);
    return table->kept_count > 0
               ? MB_OK
               : mb_err_set(err, MB_INVALID, "no number is known of all its trials");
}

static enum mb_status can(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_err *err)
{
    struct table table;
    return table_make(export, run, &table, err);
}

static void table_print(const struct table *table, struct mb_buf *out)
{
    char time[32];
    mb_buf_append_string(out, "time,trial");
    for (size_t i = 0; i < COLUMNS; i++) {
        if (table->kept[i]) {
            mb_buf_print(out, ",%s", columns[i].column);
        }
    }
    mb_buf_append_char(out, '\n');
    for (size_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        mb_units_print_time(row->trial->start_unix_ns, time, sizeof time);
        mb_buf_print(out, "%s,", time);
        mb_text_show_csv(row->trial->id, out);
        for (size_t j = 0; j < COLUMNS; j++) {
            if (table->kept[j]) {
                mb_buf_append_char(out, ',');
                mb_export_number(row->values[j].value / columns[j].scale, out);
            }
        }
        mb_buf_append_char(out, '\n');
    }
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        struct table table;
        status = table_make(export, &runs[i], &table, err);
        if (status == MB_OK) {
            table_print(&table, out);
        }
    }
    return status;
}

static struct mb_node *test_node(struct mb_export *export,
                                 const struct mb_export_run *run,
                                 const struct table *table)
{
    struct mb_arena *arena = &export->scratch;
    struct mb_node *test = mb_node_map(arena);
    struct mb_node *metrics = mb_node_map(arena);
    struct mb_node *attributes = mb_node_list(arena);
    mb_field_put_text(arena, test, "type", "csv");
    mb_field_put_text(arena, test, "file", mb_arena_print(arena, "%s.csv", run->id));
    mb_field_put_text(arena, test, "time_column", "time");
    mb_node_push(arena, attributes, mb_node_string(arena, "trial"));
    mb_node_put(arena, test, "attributes", attributes);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (table->kept[i]) {
            struct mb_node *metric = mb_node_map(arena);
            mb_node_put(arena, metric, "direction",
                        mb_node_int(arena, columns[i].direction));
            mb_node_put(arena, metric, "scale", mb_node_int(arena, 1));
            mb_field_put_text(arena, metric, "column", columns[i].column);
            mb_node_put(arena, metrics, columns[i].column, metric);
        }
    }
    mb_node_put(arena, test, "metrics", metrics);
    return test;
}

static enum mb_status finish(struct mb_export *export, const struct mb_export_run *runs,
                             size_t count, struct mb_err *err)
{
    struct mb_arena *arena = &export->scratch;
    struct mb_node *root = mb_node_map(arena);
    struct mb_node *tests = mb_node_map(arena);
    for (size_t i = 0; i < count; i++) {
        struct table table;
        enum mb_status status = table_make(export, &runs[i], &table, err);
        if (status != MB_OK) {
            return status;
        }
        mb_node_put(arena, tests, runs[i].id, test_node(export, &runs[i], &table));
    }
    mb_node_put(arena, root, "tests", tests);
    mb_emit_yaml(root, mb_export_file_add(export, "otava.yaml"));
    return MB_OK;
}

const struct mb_exporter mb_exporter_otava = {
    .name = "otava",
    .title = "Apache Otava: a CSV file for each cell, and otava.yaml",
    .extension = ".csv",
    .holds = MB_EXPORT_ONE,
    .unit = MB_EXPORT_SERIES,
    .latency = MB_DIST_RESPONSE,
    .lost = "the points of a series are the trials of one result; for a history of "
            "results see 'store'; Otava opens the files from the folder that it runs in",
    .can = can,
    .write = write,
    .finish = finish,
};
