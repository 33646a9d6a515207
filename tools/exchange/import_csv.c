// Tables of one's own, with a map of their columns: a row a request, or a row a run.
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_csv_map.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"
#include "format/csv.h"

static const double MICRO_PER_ONE = 1e6;
enum { CELLS_MAX = 1000, MAX_STATUS = 999 };

// Requests of one variant and load point.
struct cell {
    const char *variant; // NULL: no column for it
    const char *workload;
    struct mb_point point;
    struct mb_import_samples samples;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_csv_map map;
    const struct mb_csv_record *record;
    struct cell *cells; // CELLS_MAX of them
    size_t cell_count;
    bool zoneless; // times without a zone
    struct mb_err *err;
};

// Nobody's signature: chosen by --map only, or named as a guess.
static int detect(const char *head, size_t size)
{
    (void)size;
    size_t line = strcspn(head, "\r\n");
    size_t plain = strcspn(head, ",;\t|{[<");
    return plain < line && strchr("{[<", head[plain]) == NULL ? 5 : 0;
}

// --- fields ---

// The text of a field; NULL: no column, or nothing in it.
static const char *text(const struct reading *reading, enum mb_csv_field field)
{
    const struct mb_csv_binding *binding = mb_csv_map_find(&reading->map, field);
    const char *value = binding != NULL ? reading->record->fields[binding->index] : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static enum mb_status fault(const struct reading *reading, size_t column,
                            const char *value, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     reading->record->line, 0, "'%.40s' in column %zu is no %s", value,
                     column + 1, what);
}

// A number that is not below zero; -1 when there is none.
static enum mb_status number_read(const struct reading *reading, enum mb_csv_field field,
                                  double most, double *value)
{
    const char *given = text(reading, field);
    const char *at = given;
    *value = -1;
    if (given == NULL) {
        return MB_OK;
    }
    if (!mb_import_text_field(&at, value) || at[strspn(at, " ")] != '\0' ||
        *value > most) {
        return fault(reading, mb_csv_map_find(&reading->map, field)->index, given,
                     "number from 0");
    }
    return MB_OK;
}

static enum mb_status count_read(const struct reading *reading, enum mb_csv_field field,
                                 int64_t *value)
{
    double number;
    enum mb_status status =
        number_read(reading, field, (double)MB_UNITS_SAFE_MAX, &number);
    if (status == MB_OK && floor(number) != number) {
        return fault(reading, mb_csv_map_find(&reading->map, field)->index,
                     text(reading, field), "whole number");
    }
    *value = status == MB_OK ? (int64_t)number : -1;
    return status;
}

static enum mb_status time_of(const struct reading *reading,
                              const struct mb_csv_binding *binding, int64_t *ns)
{
    const char *given = binding != NULL ? reading->record->fields[binding->index] : "";
    const char *at = given;
    double value;
    *ns = -1;
    if (given[0] == '\0') {
        return MB_OK;
    }
    if (!mb_import_text_field(&at, &value) || at[strspn(at, " ")] != '\0' ||
        !mb_import_text_scale(value, binding->unit_ns, ns)) {
        return fault(reading, binding->index, given, "time");
    }
    return MB_OK;
}

static enum mb_status duration_read(const struct reading *reading,
                                    enum mb_csv_field field, int64_t *ns)
{
    return time_of(reading, mb_csv_map_find(&reading->map, field), ns);
}

// Of large whole numbers a double would lose the last digits; of seconds with a fraction
// it keeps a quarter of a microsecond.
static enum mb_status epoch_read(const struct reading *reading,
                                 const struct mb_csv_binding *binding, const char *given,
                                 int64_t *ns)
{
    static const double MOST_NS = 4e18; // year 2096
    int64_t whole;
    const char *at = given;
    double value;
    struct mb_err ignored = {0};
    int64_t most = (int64_t)(MOST_NS / binding->unit_ns);
    if (mb_units_parse_int(given, 0, most, &whole, &ignored) == MB_OK) {
        *ns = whole * (int64_t)binding->unit_ns;
        return MB_OK;
    }
    if (!mb_import_text_field(&at, &value) || *at != '\0' ||
        value * binding->unit_ns > MOST_NS) {
        return fault(reading, binding->index, given, "time since 1970");
    }
    *ns = llround(value * binding->unit_ns);
    return MB_OK;
}

// Since 1970 in a unit, or a date with a zone. Without one nobody knows when it was.
static enum mb_status start_read(struct reading *reading, int64_t *start_ns)
{
    const struct mb_csv_binding *binding =
        mb_csv_map_find(&reading->map, MB_CSV_FIELD_TIME);
    const char *given = text(reading, MB_CSV_FIELD_TIME);
    struct mb_err own = {0};
    *start_ns = -1;
    if (given == NULL) {
        return MB_OK;
    }
    if (binding->unit_ns > 0) {
        return epoch_read(reading, binding, given, start_ns);
    }
    if (mb_units_parse_time_zoned(given, start_ns, &own) != MB_OK) {
        *start_ns = -1;
        reading->zoneless = true;
    }
    return MB_OK;
}

static enum mb_status point_read(const struct reading *reading, struct mb_point *point)
{
    double rate;
    const char *model = text(reading, MB_CSV_FIELD_LOAD_MODEL);
    *point = (struct mb_point){.load_model = MB_LOAD_UNKNOWN, .timeout_ns = -1};
    enum mb_status status = number_read(reading, MB_CSV_FIELD_RATE,
                                        (double)MB_UNITS_SAFE_MAX / MICRO_PER_ONE, &rate);
    if (status == MB_OK) {
        status = count_read(reading, MB_CSV_FIELD_CONNECTIONS, &point->connections);
    }
    if (status == MB_OK && model != NULL &&
        !mb_load_model_find(model, &point->load_model)) {
        return fault(reading,
                     mb_csv_map_find(&reading->map, MB_CSV_FIELD_LOAD_MODEL)->index,
                     model, "load model: open, closed, paced, unknown");
    }
    point->rate_micro_rps = rate > 0 ? llround(rate * MICRO_PER_ONE) : -1;
    return status;
}

// --- a row is a request ---

static bool same(const char *left, const char *right)
{
    return strcmp(left != NULL ? left : "", right != NULL ? right : "") == 0;
}

static enum mb_status cell_find(struct reading *reading, struct cell **found)
{
    struct mb_arena *arena = reading->import->arena;
    const char *variant = text(reading, MB_CSV_FIELD_VARIANT);
    const char *workload = text(reading, MB_CSV_FIELD_WORKLOAD);
    struct mb_point point;
    enum mb_status status = point_read(reading, &point);
    if (status != MB_OK) {
        return status;
    }
    for (size_t i = 0; i < reading->cell_count; i++) {
        struct cell *cell = &reading->cells[i];
        if (cell->point.rate_micro_rps == point.rate_micro_rps &&
            cell->point.connections == point.connections &&
            cell->point.load_model == point.load_model && same(cell->variant, variant) &&
            same(cell->workload, workload)) {
            *found = cell;
            return MB_OK;
        }
    }
    if (reading->cell_count == CELLS_MAX) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         reading->record->line, 0,
                         "more than %d different variants and load points",
                         (int)CELLS_MAX);
    }
    *found = &reading->cells[reading->cell_count++];
    **found = (struct cell){
        .variant = variant != NULL ? mb_arena_copy_string(arena, variant) : NULL,
        .workload = workload != NULL ? mb_arena_copy_string(arena, workload) : NULL,
        .point = point};
    mb_import_samples_init(&(*found)->samples, arena);
    return MB_OK;
}

static enum mb_status ok_read(const struct reading *reading,
                              struct mb_import_sample *sample)
{
    static const char *const yes[] = {"true", "TRUE", "True", "1", "ok", "OK", "yes"};
    static const char *const no[] = {"false", "FALSE", "False", "0", "ko", "KO", "no"};
    const char *given = text(reading, MB_CSV_FIELD_OK);
    sample->ok = sample->status < MB_IMPORT_STATUS_WRONG;
    for (size_t i = 0; given != NULL && i < sizeof yes / sizeof *yes; i++) {
        if (strcmp(given, yes[i]) == 0 || strcmp(given, no[i]) == 0) {
            sample->ok = strcmp(given, yes[i]) == 0;
            return MB_OK;
        }
    }
    return given == NULL
               ? MB_OK
               : fault(reading, mb_csv_map_find(&reading->map, MB_CSV_FIELD_OK)->index,
                       given, "'true' or 'false'");
}

static enum mb_status request_read(struct reading *reading)
{
    struct cell *cell = NULL;
    int64_t http = -1;
    struct mb_import_sample sample = {.connect_ns = -1, .bytes_sent = -1};
    enum mb_status status = cell_find(reading, &cell);
    if (status == MB_OK) {
        status = start_read(reading, &sample.start_ns);
    }
    if (status == MB_OK) {
        status = duration_read(reading, MB_CSV_FIELD_LATENCY, &sample.latency_ns);
    }
    if (status == MB_OK) {
        status = count_read(reading, MB_CSV_FIELD_BYTES, &sample.bytes_received);
    }
    if (status == MB_OK) {
        status = count_read(reading, MB_CSV_FIELD_STATUS, &http);
    }
    if (status == MB_OK && http > MAX_STATUS) {
        status =
            fault(reading, mb_csv_map_find(&reading->map, MB_CSV_FIELD_STATUS)->index,
                  text(reading, MB_CSV_FIELD_STATUS), "status");
    }
    if (status == MB_OK) {
        sample.status = http > 0 ? (int)http : 0;
        sample.kind = http > 0 ? MB_ERROR_STATUS : MB_ERROR_OTHER;
        status = ok_read(reading, &sample);
    }
    if (status == MB_OK) {
        mb_import_samples_add(&cell->samples, &sample);
    }
    return status;
}

// Without a column that says so, nobody knows which of the requests failed.
static void outcomes_forget(struct mb_part *part)
{
    part->counts.ok = -1;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        part->counts.errors_by_kind[i] = -1;
    }
    part->counts.completed = -1;
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        part->dist[i].mixed = part->dist[i].type == MB_DIST_HDR;
    }
    part->dist[MB_DIST_ERROR_RESPONSE] =
        mb_dist_absent("the source does not say which requests failed");
}

static enum mb_status cell_put(struct reading *reading, struct cell *cell)
{
    struct mb_import_run *run = NULL;
    bool said = mb_csv_map_find(&reading->map, MB_CSV_FIELD_STATUS) != NULL ||
                mb_csv_map_find(&reading->map, MB_CSV_FIELD_OK) != NULL;
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->variant = cell->variant;
    run->workload = cell->workload;
    run->point = cell->point;
    if (cell->samples.first_ns > 0) {
        run->start_unix_ns = cell->samples.first_ns;
    }
    bool closed = run->point.load_model == MB_LOAD_CLOSED;
    mb_import_samples_put(&cell->samples, reading->import, run, !closed);
    if (!said) {
        outcomes_forget(&run->part);
    }
    if (!closed) {
        run->part.co_handling = MB_CO_UNKNOWN;
    }
    return MB_OK;
}

// --- a row is a run ---

// The percentile above `below` that comes next, whatever the order of the map.
static const struct mb_csv_binding *percentile_next(const struct mb_csv_map *map,
                                                    int64_t below)
{
    const struct mb_csv_binding *next = NULL;
    for (size_t i = 0; i < map->count; i++) {
        const struct mb_csv_binding *binding = &map->items[i];
        if (binding->share > below && (next == NULL || binding->share < next->share)) {
            next = binding;
        }
    }
    return next;
}

static enum mb_status percentiles_read(const struct reading *reading,
                                       struct mb_import_quantiles *quantiles)
{
    enum mb_status status = MB_OK;
    const struct mb_csv_binding *next = percentile_next(&reading->map, 0);
    for (; status == MB_OK && next != NULL;
         next = percentile_next(&reading->map, next->share)) {
        size_t before = quantiles->count;
        int64_t value_ns;
        status = time_of(reading, next, &value_ns);
        if (status != MB_OK || value_ns < 0) {
            continue;
        }
        mb_import_text_quantile(reading->import->arena, quantiles, next->share, value_ns);
        if (quantiles->count == before) {
            status = fault(reading, next->index, reading->record->fields[next->index],
                           "percentile: it is less than a lower one");
        }
    }
    return status;
}

static enum mb_status latency_read(struct reading *reading, struct mb_import_run *run,
                                   int64_t requests)
{
    struct mb_import_quantiles quantiles = {.count = 0};
    struct mb_import_latency latency = {.quantiles = &quantiles, .n = requests};
    enum mb_status status = duration_read(reading, MB_CSV_FIELD_MEAN, &latency.mean_ns);
    if (status == MB_OK) {
        status = duration_read(reading, MB_CSV_FIELD_MIN, &latency.min_ns);
    }
    if (status == MB_OK) {
        status = duration_read(reading, MB_CSV_FIELD_MAX, &latency.max_ns);
    }
    if (status == MB_OK) {
        status = percentiles_read(reading, &quantiles);
    }
    if (status == MB_OK) {
        struct mb_dist dist = mb_import_text_dist(&latency);
        dist.mixed =
            dist.type != MB_DIST_ABSENT && mb_counts_errors(&run->part.counts) != 0;
        mb_import_run_latency_unsure(reading->import, run, dist);
    }
    return status;
}

// `requests` are all that ended; those that failed are of a kind that is not said.
static enum mb_status counts_read(struct reading *reading, struct mb_import_run *run,
                                  int64_t *requests)
{
    struct mb_counts *counts = &run->part.counts;
    int64_t errors = -1;
    double achieved;
    enum mb_status status = count_read(reading, MB_CSV_FIELD_REQUESTS, requests);
    if (status == MB_OK) {
        status = count_read(reading, MB_CSV_FIELD_ERRORS, &errors);
    }
    if (status == MB_OK) {
        status = number_read(reading, MB_CSV_FIELD_ACHIEVED, 1e12, &achieved);
    }
    if (status != MB_OK) {
        return status;
    }
    double passed = achieved * (double)run->window_ns / MB_UNITS_NS_PER_S;
    if (*requests < 0 && achieved >= 0 && run->window_ns >= 0 &&
        passed <= (double)MB_UNITS_SAFE_MAX) {
        *requests = llround(passed);
    }
    if (errors > *requests) {
        const struct mb_csv_binding *binding =
            mb_csv_map_find(&reading->map, MB_CSV_FIELD_ERRORS);
        return fault(reading, binding->index, text(reading, MB_CSV_FIELD_ERRORS),
                     "number of errors: there are fewer requests");
    }
    if (errors < 0) {
        counts->completed = *requests;
        return MB_OK;
    }
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = errors == 0 ? 0 : -1;
    }
    counts->errors_by_kind[MB_ERROR_OTHER] = errors;
    counts->intended = *requests;
    counts->ok = *requests - errors;
    counts->completed = errors == 0 ? *requests : -1;
    counts->unfinished = 0;
    return MB_OK;
}

static enum mb_status run_read(struct reading *reading)
{
    struct mb_arena *arena = reading->import->arena;
    struct mb_import_run *run = NULL;
    int64_t requests = -1;
    int64_t start_ns = -1;
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status == MB_OK) {
        status = point_read(reading, &run->point);
    }
    if (status == MB_OK) {
        status = start_read(reading, &start_ns);
    }
    if (status == MB_OK) {
        status = duration_read(reading, MB_CSV_FIELD_DURATION, &run->window_ns);
    }
    if (status == MB_OK) {
        status = counts_read(reading, run, &requests);
    }
    if (status != MB_OK) {
        return status;
    }
    const char *variant = text(reading, MB_CSV_FIELD_VARIANT);
    const char *workload = text(reading, MB_CSV_FIELD_WORKLOAD);
    run->variant = variant != NULL ? mb_arena_copy_string(arena, variant) : NULL;
    run->workload = workload != NULL ? mb_arena_copy_string(arena, workload) : NULL;
    run->start_unix_ns = start_ns > 0 ? start_ns : 0;
    return latency_read(reading, run, requests);
}

// --- the table ---

static enum mb_status columns_find(struct reading *reading)
{
    const struct mb_csv_record *record = reading->record;
    for (size_t i = 0; i < reading->map.count; i++) {
        struct mb_csv_binding *binding = &reading->map.items[i];
        size_t at = 0;
        while (binding->column != NULL && at < record->count &&
               strcmp(record->fields[at], binding->column) != 0) {
            at++;
        }
        if (binding->column != NULL && at == record->count) {
            mb_err_hint(reading->err, "columns of tables without names go by '#1', '#2'");
            return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                             record->line, 0, "there is no column '%.60s'",
                             binding->column);
        }
        binding->index = binding->column != NULL ? at : binding->index;
    }
    return MB_OK;
}

static enum mb_status record_read(struct reading *reading)
{
    for (size_t i = 0; i < reading->map.count; i++) {
        if (reading->map.items[i].index >= reading->record->count) {
            return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                             reading->record->line, 0,
                             "it has %zu columns, the map wants column %zu",
                             reading->record->count, reading->map.items[i].index + 1);
        }
    }
    return reading->map.requests ? request_read(reading) : run_read(reading);
}

static enum mb_status table_read(struct reading *reading)
{
    struct mb_csv *csv = NULL;
    enum mb_status status = mb_csv_open(reading->input, 0, &csv, reading->err);
    if (status == MB_OK && reading->map.named) {
        status = mb_csv_next(csv, &reading->record, reading->err);
        if (status == MB_OK && reading->record != NULL) {
            status = columns_find(reading);
        }
    }
    while (status == MB_OK) {
        status = mb_csv_next(csv, &reading->record, reading->err);
        if (status != MB_OK || reading->record == NULL) {
            break;
        }
        status = record_read(reading);
    }
    mb_csv_free(csv);
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    if (import->map == NULL) {
        mb_err_hint(err, "as in --map 'variant=mesh,latency=took:ms', or 'rate=qps,"
                         "duration=#4:s,p99=p99_us:us'");
        return mb_err_at(err, MB_USAGE, mb_input_name(input), 0, 0,
                         "a table wants --map, which says what its columns mean");
    }
    struct reading *reading = mb_arena_alloc(import->arena, 1, sizeof *reading);
    *reading = (struct reading){.import = import, .input = input, .err = err};
    enum mb_status status = mb_csv_map_read(import->arena, import->map,
                                            (double)import->unit_ns, &reading->map, err);
    if (status != MB_OK) {
        return status;
    }
    reading->cells = mb_arena_alloc(import->arena, CELLS_MAX, sizeof *reading->cells);
    status = table_read(reading);
    for (size_t i = 0; status == MB_OK && i < reading->cell_count; i++) {
        status = cell_put(reading, &reading->cells[i]);
    }
    for (size_t i = 0; i < reading->cell_count; i++) {
        mb_import_samples_release(&reading->cells[i].samples);
    }
    if (status == MB_OK && reading->zoneless) {
        mb_import_note_add(import, MB_IMPORT_DROPPED,
                           "times are no dates with a zone: when it ran is not known");
    }
    return status;
}

const struct mb_importer mb_importer_csv = {
    .name = "csv",
    .title = "any table, with --map for its columns",
    .tool = "table",
    .detect = detect,
    .read = read,
    .unknown = "a table says what its columns say: mostly neither what its latencies "
               "count from nor whether a warm-up was cut away",
};
