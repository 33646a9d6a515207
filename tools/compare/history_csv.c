// A history from a table: rows are points, columns of numbers are series.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "compare/history.h"
#include "compare/moment.h"
#include "format/csv.h"

enum {
    COLUMN_NONE = -1,
    EXACT_DIGITS = 15, // decimal digits that a double holds exactly
    EXACT_POWER = 22   // largest power of ten that a double holds exactly
};

// What is read of a row, and where it goes.
struct table {
    struct mb_arena *arena;
    const char *file;
    const struct mb_history_columns *columns;
    const char **names; // header
    size_t width;
    int time;        // column; COLUMN_NONE: none
    int environment; // likewise
    int *attributes;
    size_t attribute_count;
    int *metrics;
    size_t metric_count;
    size_t metric_capacity;
    double **values; // of each metric
    size_t capacity; // rows that they have room for
    size_t row_capacity;
    bool moments; // the time column holds moments, not labels
    struct mb_history *history;
};

static bool is_missing(const char *text)
{
    static const char *const words[] = {"",    "nan",  "NaN",  "NAN",  "NA",
                                        "N/A", "null", "NULL", "None", "-"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

// Numbers of few digits, which are almost all, without strtod: whole and power of ten are
// both exact, so one rounding gives the nearest double (Clinger 1990).
static bool number_quick(const char *text, double *value)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *at = text + (*text == '-');
    int64_t whole = 0;
    int digits = 0;
    int decimals = 0;
    bool point = false;
    for (; (*at >= '0' && *at <= '9') || (*at == '.' && !point); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        whole = whole * 10 + (*at - '0');
        decimals += point;
        digits++;
        if (digits > EXACT_DIGITS) {
            return false;
        }
    }
    if (*at != '\0' || digits == 0) {
        return false;
    }
    *value = (double)whole / powers[decimals];
    *value = *text == '-' ? -*value : *value;
    return true;
}

static enum mb_status cell_read(const struct table *table,
                                const struct mb_csv_record *record, int column,
                                double *value, struct mb_err *err)
{
    char *text = record->fields[column];
    if (number_quick(text, value)) {
        return MB_OK;
    }
    while (isblank((unsigned char)*text)) {
        text++;
    }
    size_t size = strlen(text);
    while (size > 0 && isblank((unsigned char)text[size - 1])) {
        text[--size] = '\0';
    }
    if (is_missing(text)) {
        *value = NAN;
        return MB_OK;
    }
    text += *text == '+';
    struct mb_err why = {0};
    if (number_quick(text, value) || mb_units_parse_double(text, value, &why) == MB_OK) {
        return MB_OK;
    }
    return mb_err_at(err, MB_INVALID, table->file, record->line, 0, "column '%s': %s",
                     table->names[column], why.message);
}

// The column of this name; MB_USAGE with the nearest one as the hint.
static enum mb_status column_find(const struct table *table, const char *name,
                                  int *column, struct mb_err *err)
{
    for (size_t i = 0; i < table->width; i++) {
        if (strcmp(table->names[i], name) == 0) {
            *column = (int)i;
            return MB_OK;
        }
    }
    const char *near = mb_units_nearest(name, table->names);
    enum mb_status status =
        mb_err_set(err, MB_USAGE, "no column '%s' in '%s'", name, table->file);
    mb_err_hint(err, near != NULL ? "did you mean '%s'?" : "the first one is '%s'",
                near != NULL ? near : table->names[0]);
    return status;
}

static size_t list_count(const char *const *list)
{
    size_t count = 0;
    while (list != NULL && list[count] != NULL) {
        count++;
    }
    return count;
}

static enum mb_status columns_find(const struct table *table, const char *const *names,
                                   int **columns, size_t *count, struct mb_err *err)
{
    *count = list_count(names);
    *columns = mb_arena_alloc(table->arena, *count, sizeof **columns);
    for (size_t i = 0; i < *count; i++) {
        enum mb_status status = column_find(table, names[i], &(*columns)[i], err);
        if (status != MB_OK) {
            return status;
        }
    }
    return MB_OK;
}

static enum mb_status header_read(struct table *table, const struct mb_csv_record *record,
                                  struct mb_err *err)
{
    const struct mb_history_columns *columns = table->columns;
    table->width = record->count;
    table->names = mb_arena_alloc(table->arena, record->count + 1, sizeof *table->names);
    for (size_t i = 0; i < record->count; i++) {
        table->names[i] = mb_arena_copy_string(table->arena, record->fields[i]);
    }
    table->time = COLUMN_NONE;
    table->environment = COLUMN_NONE;
    enum mb_status status = MB_OK;
    if (columns->time != NULL) {
        status = column_find(table, columns->time, &table->time, err);
    }
    if (status == MB_OK && columns->environment != NULL) {
        status = column_find(table, columns->environment, &table->environment, err);
    }
    if (status == MB_OK) {
        status = columns_find(table, columns->attributes, &table->attributes,
                              &table->attribute_count, err);
    }
    if (status == MB_OK) {
        status = columns_find(table, columns->metrics, &table->metrics,
                              &table->metric_count, err);
    }
    for (size_t i = 0; status == MB_OK && i < list_count(columns->higher_is_better);
         i++) {
        int column = 0;
        status = column_find(table, columns->higher_is_better[i], &column, err);
    }
    return status;
}

static bool is_taken(const struct table *table, int column)
{
    bool taken = column == table->time || column == table->environment;
    for (size_t i = 0; i < table->attribute_count; i++) {
        taken = taken || column == table->attributes[i];
    }
    return taken;
}

// Where no metric is named: every other column whose first value is a number.
static enum mb_status
metrics_guess(struct table *table, const struct mb_csv_record *record, struct mb_err *err)
{
    for (size_t i = 0; i < table->width && i < record->count; i++) {
        struct mb_err ignored = {0};
        double value = 0.0;
        if (is_taken(table, (int)i) ||
            cell_read(table, record, (int)i, &value, &ignored) != MB_OK) {
            continue;
        }
        table->metrics = mb_arena_grow(table->arena, table->metrics, table->metric_count,
                                       &table->metric_capacity, sizeof *table->metrics);
        table->metrics[table->metric_count++] = (int)i;
    }
    if (table->metric_count == 0) {
        return mb_err_at(err, MB_INVALID, table->file, record->line, 0,
                         "no column holds numbers");
    }
    return MB_OK;
}

// Labels that follow one another in a table are often the same.
static const char *text_keep(const struct table *table, const char *text,
                             const char *before)
{
    bool same = before != NULL && strcmp(before, text) == 0;
    return same ? before : mb_arena_copy_string(table->arena, text);
}

static enum mb_status time_read(struct table *table, const struct mb_csv_record *record,
                                struct mb_history_row *row, struct mb_err *err)
{
    const char *text = record->fields[table->time];
    bool moment = mb_moment_parse(text, &row->time_unix_ns);
    bool first = table->history->row_count == 0;
    table->moments = first ? moment : table->moments;
    row->time = mb_arena_copy_string(table->arena, text);
    if (!table->moments) {
        row->time_unix_ns = MB_HISTORY_NO_TIME;
    } else if (!moment) {
        return mb_err_at(err, MB_INVALID, table->file, record->line, 0,
                         "column '%s': '%.60s' is not a time", table->names[table->time],
                         text);
    }
    return MB_OK;
}

static enum mb_status row_add(struct table *table, const struct mb_csv_record *record,
                              struct mb_err *err)
{
    struct mb_history *history = table->history;
    struct mb_history_row row = {.time_unix_ns = MB_HISTORY_NO_TIME};
    const struct mb_history_row *before =
        history->row_count > 0 ? &history->rows[history->row_count - 1] : NULL;
    if (table->time != COLUMN_NONE) {
        enum mb_status status = time_read(table, record, &row, err);
        if (status != MB_OK) {
            return status;
        }
    }
    if (table->environment != COLUMN_NONE) {
        row.environment = text_keep(table, record->fields[table->environment],
                                    before != NULL ? before->environment : NULL);
    }
    row.attributes =
        mb_arena_alloc(table->arena, table->attribute_count, sizeof *row.attributes);
    for (size_t i = 0; i < table->attribute_count; i++) {
        row.attributes[i] = text_keep(table, record->fields[table->attributes[i]],
                                      before != NULL ? before->attributes[i] : NULL);
    }
    history->rows = mb_arena_grow(table->arena, history->rows, history->row_count,
                                  &table->row_capacity, sizeof *history->rows);
    history->rows[history->row_count++] = row;
    return MB_OK;
}

static enum mb_status record_add(struct table *table, const struct mb_csv_record *record,
                                 struct mb_err *err)
{
    size_t at = table->history->row_count;
    if (record->count < table->width) {
        return mb_err_at(err, MB_INVALID, table->file, record->line, 0,
                         "row of %zu fields, but the header has %zu", record->count,
                         table->width);
    }
    if ((at + 1) * table->metric_count > MB_HISTORY_MAX_POINTS) {
        return mb_err_at(err, MB_INVALID, table->file, record->line, 0,
                         "more than %d values", MB_HISTORY_MAX_POINTS);
    }
    if (at == table->capacity) {
        table->capacity = table->capacity == 0 ? 1024 : table->capacity * 2;
        for (size_t i = 0; i < table->metric_count; i++) {
            table->values[i] = mb_mem_resize(table->values[i], table->capacity,
                                             sizeof *table->values[i]);
        }
    }
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < table->metric_count && status == MB_OK; i++) {
        status = cell_read(table, record, table->metrics[i], &table->values[i][at], err);
    }
    return status == MB_OK ? row_add(table, record, err) : status;
}

static bool is_listed(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

static void series_add(struct table *table, struct mb_history_series_list *series)
{
    size_t count = table->history->row_count;
    series->items =
        mb_arena_alloc(table->arena, table->metric_count, sizeof *series->items);
    series->count = table->metric_count;
    for (size_t i = 0; i < table->metric_count; i++) {
        const char *name = table->names[table->metrics[i]];
        double *values = mb_arena_alloc(table->arena, count, sizeof *values);
        if (count > 0) {
            memcpy(values, table->values[i], count * sizeof *values);
        }
        series->items[i] = (struct mb_history_series){
            .name = name,
            .metric = name,
            .scale = MB_HISTORY_PLAIN,
            .higher_is_better = is_listed(table->columns->higher_is_better, name),
            .count = count,
            .values = values};
    }
}

static enum mb_status rows_read(struct table *table, struct mb_csv *csv,
                                struct mb_err *err)
{
    const struct mb_csv_record *record = NULL;
    enum mb_status status = mb_csv_next(csv, &record, err);
    if (status == MB_OK && record == NULL) {
        return mb_err_at(err, MB_INVALID, table->file, 0, 0,
                         "empty: a header line and rows are needed");
    }
    status = status == MB_OK ? header_read(table, record, err) : status;
    status = status == MB_OK ? mb_csv_next(csv, &record, err) : status;
    if (status == MB_OK && record != NULL && table->metric_count == 0) {
        status = metrics_guess(table, record, err);
    }
    table->values = mb_mem_alloc(table->metric_count, sizeof *table->values);
    while (status == MB_OK && record != NULL) {
        status = record_add(table, record, err);
        status = status == MB_OK ? mb_csv_next(csv, &record, err) : status;
    }
    return status;
}

enum mb_status mb_history_read_csv(struct mb_arena *arena, struct mb_input *input,
                                   const struct mb_history_columns *columns,
                                   struct mb_history *history,
                                   struct mb_history_series_list *series,
                                   struct mb_err *err)
{
    struct table table = {.arena = arena,
                          .file = mb_input_name(input),
                          .columns = columns,
                          .history = history};
    struct mb_csv *csv = NULL;
    *history = (struct mb_history){.source = table.file};
    *series = (struct mb_history_series_list){0};
    enum mb_status status = mb_csv_open(input, columns->delimiter, &csv, err);
    if (status == MB_OK) {
        status = rows_read(&table, csv, err);
    }
    if (status == MB_OK) {
        history->attribute_count = table.attribute_count;
        history->attribute_names = mb_arena_alloc(arena, table.attribute_count,
                                                  sizeof *history->attribute_names);
        for (size_t i = 0; i < table.attribute_count; i++) {
            history->attribute_names[i] = table.names[table.attributes[i]];
        }
        series_add(&table, series);
        mb_history_note_order(table.arena, table.history, "rows", "of the file");
    }
    for (size_t i = 0; table.values != NULL && i < table.metric_count; i++) {
        mb_mem_free(table.values[i]);
    }
    mb_mem_free(table.values);
    mb_csv_free(csv);
    return status;
}
