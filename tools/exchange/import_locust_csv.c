// Locust's csv files (--csv): _stats.csv, _stats_history.csv, _failures.csv; the names of
// their columns changed over the years.
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/units.h"
#include "exchange/import_locust.h"
#include "exchange/importers.h"
#include "format/csv.h"

static const double PERCENT_SHARE = 1e7;       // in 1e-9
static const int64_t MOST_UNIX_S = 4000000000; // year 2096
enum { NAMES_MAX = 1000 };

enum field {
    FIELD_METHOD,
    FIELD_NAME,
    FIELD_REQUESTS,
    FIELD_FAILURES,
    FIELD_MEDIAN,
    FIELD_MEAN,
    FIELD_MIN,
    FIELD_MAX,
    FIELD_RATE,
    FIELD_TIMESTAMP,
    FIELD_USERS,
    FIELD_ERROR,
    FIELD_OCCURRENCES,
    FIELDS
};

// Capitals changed, and a history says "Total " before some.
static const char *const NAMES[FIELDS][2] = {
    [FIELD_METHOD] = {"Type", "Method"},
    [FIELD_NAME] = {"Name", NULL},
    [FIELD_REQUESTS] = {"Request Count", "# requests"},
    [FIELD_FAILURES] = {"Failure Count", "# failures"},
    [FIELD_MEDIAN] = {"Median Response Time", NULL},
    [FIELD_MEAN] = {"Average Response Time", NULL},
    [FIELD_MIN] = {"Min Response Time", NULL},
    [FIELD_MAX] = {"Max Response Time", NULL},
    [FIELD_RATE] = {"Requests/s", NULL},
    [FIELD_TIMESTAMP] = {"Timestamp", NULL},
    [FIELD_USERS] = {"User Count", NULL},
    [FIELD_ERROR] = {"Error", NULL},
    [FIELD_OCCURRENCES] = {"Occurrences", NULL},
};

// A row's figures, and of a history what came before.
struct entry {
    struct mb_import_locust figures;
    int64_t window_ns;
    int64_t first_s; // before the first request; -1: not known
    int64_t last_s;  // of the last change
    int64_t seen_s;  // of the last row
    int64_t users;   // the most
    int64_t users_last;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    int columns[FIELDS]; // -1: none
    bool old;            // "Method", until 0.12: failures may be counted apart
    int64_t *shares;     // of each column, in 1e-9; -1: no percentile
    size_t column_count;
    const struct mb_csv_record *record;
    struct entry *entries;
    size_t count;
    size_t capacity;
};

static int detect(const char *head, size_t size)
{
    static const char *const headings[] = {
        "Type,Name,Request Count,",      "Timestamp,User Count,Type,Name,",
        "Method,Name,Error,Occurrences", "Count,Message,Traceback,Nodes",
        "\"Type\",\"Name\",\"",          "\"Method\",\"Name\",\"",
        "\"Name\",\"# requests\"",       "\"Timestamp\",\"User Count\",",
    };
    (void)size;
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        if (strncmp(head, headings[i], strlen(headings[i])) == 0) {
            return 95;
        }
    }
    return 0;
}

// --- columns ---

// "99.9%"; of "99.999" 0.14 forgot the sign. -1: no percentile.
static int64_t share_read(const char *name)
{
    double percent;
    int64_t share;
    if (!mb_import_text_field(&name, &percent) || percent > 100) {
        return -1;
    }
    (void)mb_import_text_word(&name, "%");
    return *name == '\0' && mb_import_text_scale(percent, PERCENT_SHARE, &share) ? share
                                                                                 : -1;
}

static bool is_named(const char *name, enum field field)
{
    static const char total[] = "Total ";
    if (strncmp(name, total, sizeof total - 1) == 0) {
        name += sizeof total - 1;
    }
    return strcasecmp(name, NAMES[field][0]) == 0 ||
           (NAMES[field][1] != NULL && strcasecmp(name, NAMES[field][1]) == 0);
}

static void columns_read(struct reading *reading)
{
    const struct mb_csv_record *record = reading->record;
    reading->column_count = record->count;
    reading->shares =
        mb_arena_alloc(reading->import->arena, record->count, sizeof *reading->shares);
    for (enum field i = 0; i < FIELDS; i++) {
        reading->columns[i] = -1;
    }
    for (size_t j = 0; j < record->count; j++) {
        const char *name = record->fields[j];
        reading->shares[j] = share_read(name);
        for (enum field i = 0; i < FIELDS; i++) {
            if (reading->columns[i] < 0 && is_named(name, i)) {
                reading->columns[i] = (int)j;
            }
        }
    }
    int method = reading->columns[FIELD_METHOD];
    reading->old = method < 0 || strcmp(record->fields[method], "Method") == 0;
}

static const char *text(const struct reading *reading, enum field field)
{
    int column = reading->columns[field];
    return column >= 0 ? reading->record->fields[column] : "";
}

static enum mb_status fault(const struct reading *reading, const char *value,
                            const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     reading->record->line, 0, "'%.40s' is no %s", value, what);
}

// A number that may be missing: -1.
static enum mb_status number_read(const struct reading *reading, const char *value,
                                  const char *what, double *number)
{
    const char *at = value;
    *number = -1;
    if (value[0] == '\0' || strcmp(value, "N/A") == 0) {
        return MB_OK;
    }
    if (!mb_import_text_field(&at, number) || *at != '\0' ||
        *number > (double)MB_UNITS_SAFE_MAX) {
        return fault(reading, value, what);
    }
    return MB_OK;
}

static enum mb_status count_read(const struct reading *reading, enum field field,
                                 int64_t *value)
{
    double number;
    enum mb_status status =
        number_read(reading, text(reading, field), NAMES[field][0], &number);
    if (status == MB_OK && floor(number) != number) {
        status = fault(reading, text(reading, field), NAMES[field][0]);
    }
    *value = status == MB_OK ? (int64_t)number : -1;
    return status;
}

static enum mb_status time_read(const struct reading *reading, const char *value,
                                const char *what, int64_t *ns)
{
    double ms;
    enum mb_status status = number_read(reading, value, what, &ms);
    *ns = -1;
    if (status == MB_OK && ms >= 0 && !mb_import_text_scale(ms, MB_UNITS_NS_PER_MS, ns)) {
        status = fault(reading, value, what);
    }
    return status;
}

// --- a row ---

static enum mb_status times_read(const struct reading *reading,
                                 struct mb_import_locust *figures)
{
    static const enum field fields[] = {FIELD_MEDIAN, FIELD_MEAN, FIELD_MIN, FIELD_MAX};
    int64_t *const times[] = {&figures->median_ns, &figures->mean_ns, &figures->min_ns,
                              &figures->max_ns};
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < sizeof fields / sizeof *fields; i++) {
        status =
            time_read(reading, text(reading, fields[i]), NAMES[fields[i]][0], times[i]);
    }
    return status;
}

// The columns are in ascending order.
static enum mb_status percentiles_read(const struct reading *reading,
                                       struct mb_import_locust *figures)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < reading->column_count; i++) {
        int64_t value_ns = -1;
        if (reading->shares[i] >= 0) {
            status = time_read(reading, reading->record->fields[i], "response time",
                               &value_ns);
        }
        if (value_ns >= 0) {
            mb_import_text_quantile(reading->import->arena, &figures->quantiles,
                                    reading->shares[i], value_ns);
        }
    }
    return status;
}

static enum mb_status figures_read(const struct reading *reading,
                                   struct mb_import_locust *figures)
{
    enum mb_status status = count_read(reading, FIELD_REQUESTS, &figures->requests);
    if (status == MB_OK) {
        status = count_read(reading, FIELD_FAILURES, &figures->failures);
    }
    if (status == MB_OK) {
        status = times_read(reading, figures);
    }
    return status;
}

static bool is_of(const struct entry *entry, const struct reading *reading)
{
    return strcmp(entry->figures.name, text(reading, FIELD_NAME)) == 0 &&
           strcmp(entry->figures.method, text(reading, FIELD_METHOD)) == 0;
}

// The last entry of the row's name; NULL: there is none.
static struct entry *entry_find(const struct reading *reading)
{
    for (size_t i = reading->count; i > 0; i--) {
        if (is_of(&reading->entries[i - 1], reading)) {
            return &reading->entries[i - 1];
        }
    }
    return NULL;
}

// NULL when there are too many, which is MB_INVALID.
static struct entry *entry_add(struct reading *reading)
{
    struct mb_arena *arena = reading->import->arena;
    if (reading->count == NAMES_MAX) {
        (void)mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                        reading->record->line, 0, "more than %d names", (int)NAMES_MAX);
        return NULL;
    }
    reading->entries = mb_arena_grow(arena, reading->entries, reading->count,
                                     &reading->capacity, sizeof *reading->entries);
    struct entry *entry = &reading->entries[reading->count++];
    *entry = (struct entry){.window_ns = -1,
                            .first_s = -1,
                            .last_s = -1,
                            .seen_s = -1,
                            .users = -1,
                            .users_last = -1};
    mb_import_locust_init(&entry->figures);
    entry->figures.name = mb_arena_copy_string(arena, text(reading, FIELD_NAME));
    entry->figures.method = mb_arena_copy_string(arena, text(reading, FIELD_METHOD));
    return entry;
}

// Requests divided by the time from the start to the last of them. A rate that was
// rounded to hundredths is no more exact than that.
static int64_t window_of(int64_t requests, double rate, const char *written)
{
    static const double FEWEST_ROUNDED = 1;
    const char *point = strchr(written, '.');
    bool exact = point != NULL && strlen(point) > sizeof ".00" - 1;
    int64_t ns = -1;
    if (requests > 0 && rate > 0 && (exact || rate >= FEWEST_ROUNDED)) {
        (void)mb_import_text_scale((double)requests / rate, MB_UNITS_NS_PER_S, &ns);
    }
    return ns;
}

static enum mb_status statistics_row(struct reading *reading)
{
    struct entry *entry = entry_add(reading);
    double rate;
    if (entry == NULL) {
        return MB_INVALID;
    }
    enum mb_status status = figures_read(reading, &entry->figures);
    if (status == MB_OK) {
        status = percentiles_read(reading, &entry->figures);
    }
    if (status == MB_OK) {
        status = number_read(reading, text(reading, FIELD_RATE), "Requests/s", &rate);
    }
    if (status == MB_OK) {
        entry->window_ns =
            window_of(entry->figures.requests, rate, text(reading, FIELD_RATE));
    }
    return status;
}

// --- a history: totals at a second ---

// Fewer requests than before: another test, or statistics that were reset when all users
// had been spawned.
static struct entry *history_entry(struct reading *reading,
                                   const struct mb_import_locust *figures)
{
    struct entry *entry = entry_find(reading);
    if (entry == NULL) {
        return entry_add(reading);
    }
    if (figures->requests >= entry->figures.requests) {
        return entry;
    }
    if (entry->users_last > 0) {
        entry->first_s = entry->seen_s;
        return entry;
    }
    return entry_add(reading);
}

static void history_put(struct entry *entry, const struct mb_import_locust *figures,
                        int64_t now_s, int64_t users)
{
    if (entry->first_s < 0 || figures->requests <= 0) {
        entry->first_s = now_s;
    }
    if (entry->last_s < 0 || figures->requests != entry->figures.requests) {
        entry->last_s = now_s;
    }
    entry->seen_s = now_s;
    entry->users = users > entry->users ? users : entry->users;
    entry->users_last = users;
    const char *name = entry->figures.name;
    const char *method = entry->figures.method;
    entry->figures = *figures;
    entry->figures.name = name;
    entry->figures.method = method;
}

// Percentiles are those of the last ten seconds, in most versions: they stay out.
static enum mb_status history_row(struct reading *reading)
{
    struct mb_import_locust figures;
    int64_t now_s;
    int64_t users;
    mb_import_locust_init(&figures);
    enum mb_status status = figures_read(reading, &figures);
    if (status == MB_OK) {
        status = count_read(reading, FIELD_TIMESTAMP, &now_s);
    }
    if (status == MB_OK) {
        status = count_read(reading, FIELD_USERS, &users);
    }
    if (status == MB_OK && (now_s <= 0 || now_s > MOST_UNIX_S)) {
        status = fault(reading, text(reading, FIELD_TIMESTAMP), "Timestamp");
    }
    if (status != MB_OK) {
        return status;
    }
    struct entry *entry = history_entry(reading, &figures);
    if (entry == NULL) {
        return MB_INVALID;
    }
    history_put(entry, &figures, now_s, users);
    return MB_OK;
}

// --- failures ---

static enum mb_status failure_row(struct reading *reading)
{
    struct entry *entry = entry_find(reading);
    int64_t n;
    enum mb_status status = count_read(reading, FIELD_OCCURRENCES, &n);
    if (status == MB_OK && n < 0) {
        status = fault(reading, "", "Occurrences");
    }
    if (status != MB_OK) {
        return status;
    }
    entry = entry != NULL ? entry : entry_add(reading);
    if (entry == NULL) {
        return MB_INVALID;
    }
    mb_import_locust_error_add(&entry->figures, text(reading, FIELD_ERROR), n);
    return MB_OK;
}

// --- the file ---

static enum mb_status row_read(struct reading *reading)
{
    if (reading->record->count != reading->column_count) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         reading->record->line, 0,
                         "it has %zu columns, the first line names %zu",
                         reading->record->count, reading->column_count);
    }
    if (reading->columns[FIELD_OCCURRENCES] >= 0) {
        return failure_row(reading);
    }
    return reading->columns[FIELD_TIMESTAMP] >= 0 ? history_row(reading)
                                                  : statistics_row(reading);
}

static enum mb_status rows_read(struct reading *reading)
{
    struct mb_csv *csv = NULL;
    enum mb_status status = mb_csv_open(reading->input, ',', &csv, reading->err);
    if (status == MB_OK) {
        status = mb_csv_next(csv, &reading->record, reading->err);
    }
    if (status == MB_OK && reading->record != NULL) {
        columns_read(reading);
    }
    if (status == MB_OK && reading->record != NULL && reading->columns[FIELD_NAME] < 0) {
        mb_err_hint(reading->err,
                    "the requests are in the file '..._stats.csv' beside it");
        status = mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                           reading->record->line, 0,
                           "it lists exceptions of the test's own code, no requests");
    }
    if (status == MB_OK && reading->record != NULL &&
        reading->columns[FIELD_REQUESTS] < 0 && reading->columns[FIELD_OCCURRENCES] < 0) {
        status = mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                           reading->record->line, 0, "the first line names no '%s'",
                           NAMES[FIELD_REQUESTS][0]);
    }
    while (status == MB_OK && reading->record != NULL) {
        status = mb_csv_next(csv, &reading->record, reading->err);
        if (status == MB_OK && reading->record != NULL) {
            status = row_read(reading);
        }
    }
    mb_csv_free(csv);
    return status;
}

// Old files do not say whether failed requests are among the others.
static enum mb_import_locust_counting counting_find(const struct reading *reading)
{
    enum mb_import_locust_counting counting =
        reading->old ? MB_IMPORT_LOCUST_EITHER : MB_IMPORT_LOCUST_ALL;
    for (size_t i = 0; reading->old && i < reading->count; i++) {
        const struct mb_import_locust *figures = &reading->entries[i].figures;
        if (figures->requests >= 0 && figures->failures > figures->requests) {
            counting = MB_IMPORT_LOCUST_GOOD;
        }
    }
    return counting;
}

static enum mb_status entry_put(struct reading *reading, struct entry *entry)
{
    struct mb_import_run *run = NULL;
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->window_ns = entry->window_ns;
    run->point.connections = entry->users;
    if (entry->first_s > 0 && entry->last_s > entry->first_s) {
        run->start_unix_ns = entry->first_s * INT64_C(1000000000);
        run->window_ns = (entry->last_s - entry->first_s) * INT64_C(1000000000);
    }
    entry->figures.counting = counting_find(reading);
    mb_import_locust_put(reading->import, run, &entry->figures);
    run->concurrency = -1; // whole seconds are too coarse to judge by
    return MB_OK;
}

// All requests together are a run of their own, unless there is one name only. Names
// without requests are left over from a reset.
static enum mb_status entries_put(struct reading *reading)
{
    enum mb_status status = MB_OK;
    size_t names = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const struct mb_import_locust *figures = &reading->entries[i].figures;
        names += !mb_import_locust_is_total(figures) && figures->requests != 0 ? 1 : 0;
    }
    for (size_t i = 0; status == MB_OK && i < reading->count; i++) {
        struct entry *entry = &reading->entries[i];
        bool total = mb_import_locust_is_total(&entry->figures);
        if (total ? names != 1 : entry->figures.requests != 0) {
            status = entry_put(reading, entry);
        }
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input, .err = err};
    enum mb_status status = rows_read(&reading);
    bool failures = reading.column_count > 0 && reading.columns[FIELD_OCCURRENCES] >= 0;
    if (status == MB_OK && failures && reading.count == 0) {
        mb_err_hint(err, "the requests are in the file '..._stats.csv' beside it");
        return mb_err_at(err, MB_INVALID, mb_input_name(input), 0, 0,
                         "it lists failures, and there was none");
    }
    if (status == MB_OK && failures) {
        mb_import_note_add(
            import, MB_IMPORT_DROPPED,
            "Locust's list of failures counts no requests: they are in the "
            "file '..._stats.csv' beside it");
    }
    return status == MB_OK ? entries_put(&reading) : status;
}

const struct mb_importer mb_importer_locust_csv = {
    .name = "locust-csv",
    .title = "Locust's csv: _stats, _stats_history, _failures",
    .tool = "locust",
    .detect = detect,
    .read = read,
    .unknown =
        "Locust's csv does not say how long users waited between requests, or what "
        "the ramp was; its statistics do not say when, its history has no "
        "percentiles of the whole; they are rounded to two digits",
};
