// What Locust prints for people: a table of the requests every two seconds, which goes on
// counting, and at its end that of the whole run, their percentiles and the errors.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_locust.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

static const double PERCENT_SHARE = 1e7; // in 1e-9
enum { NAMES_MAX = 1000, COLUMNS_MAX = 32 };

enum section { SECTION_NONE, SECTION_REQUESTS, SECTION_PERCENTILES, SECTION_ERRORS };

enum column {
    COLUMN_REQUESTS,
    COLUMN_MEAN,
    COLUMN_MIN,
    COLUMN_MAX,
    COLUMN_MEDIAN,
    COLUMN_RATE,
    COLUMN_FAILURE_RATE,
    COLUMN_PERCENTILE
};

// A name of the table of requests.
struct row {
    struct mb_import_locust figures;
    double percent; // of failures, as printed
    double rate;    // requests per second; below 0: not known
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    bool begun;
    int line; // where the run begins
    const char *version;
    int64_t users; // the most; -1: not known
    enum section section;
    bool has_table;
    bool whole;      // the percentiles follow the last table only
    bool rate_total; // of the last table: of the whole run
    enum column columns[COLUMNS_MAX];
    int64_t shares[COLUMNS_MAX]; // of percentiles, in 1e-9
    size_t column_count;
    struct row *rows; // of the last table
    size_t count;
    size_t capacity;
};

static int detect(const char *head, size_t size)
{
    (void)size;
    bool table = strstr(head, "# reqs") != NULL && strstr(head, "# fails") != NULL;
    bool log = strstr(head, "locust.main: Starting Locust ") != NULL;
    return table ? 93 : log ? 85 : 0;
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     reading->line, 0, "the run of Locust that begins here %s", what);
}

// --- a run ---

// Up to its next point.
static bool number_of_version(const char **at, int64_t *value)
{
    char digits[8] = "";
    struct mb_err ignored = {0};
    size_t size = strspn(*at, "0123456789");
    if (size == 0 || size >= sizeof digits) {
        return false;
    }
    memcpy(digits, *at, size);
    *at += size;
    return mb_units_parse_int(digits, 0, INT32_MAX, value, &ignored) == MB_OK;
}

static bool is_version_before(const char *version, int64_t major, int64_t minor)
{
    int64_t first = 0;
    int64_t second = 0;
    bool read = number_of_version(&version, &first) &&
                mb_import_text_word(&version, ".") &&
                number_of_version(&version, &second);
    return read && (first < major || (first == major && second < minor));
}

// Until 0.11 the percentage was that of good and failed requests together, of which 0.9
// and before counted only the good ones as requests.
static enum mb_import_locust_counting counting_find(const struct reading *reading)
{
    static const double ROUNDED = 0.006;
    enum mb_import_locust_counting counting = MB_IMPORT_LOCUST_ALL;
    if (reading->version != NULL) {
        return is_version_before(reading->version, 0, 10) ? MB_IMPORT_LOCUST_GOOD
                                                          : MB_IMPORT_LOCUST_ALL;
    }
    for (size_t i = 0; i < reading->count; i++) {
        const struct mb_import_locust *figures = &reading->rows[i].figures;
        double requests = (double)figures->requests;
        double failures = (double)figures->failures;
        if (mb_import_locust_is_total(figures) || figures->failures <= 0) {
            continue;
        }
        if (figures->failures > figures->requests) {
            return MB_IMPORT_LOCUST_GOOD;
        }
        if (fabs(100 * failures / requests - reading->rows[i].percent) > ROUNDED) {
            counting = MB_IMPORT_LOCUST_EITHER;
        }
    }
    return counting;
}

static enum mb_status row_put(struct reading *reading, struct row *row)
{
    static const double FEWEST_ROUNDED = 1; // requests per second: they have two decimals
    struct mb_import_run *run = NULL;
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->version = reading->version;
    run->point.connections = reading->users;
    run->cut_off = reading->whole ? NULL : "the output ends before the last table";
    if (reading->whole && reading->rate_total && row->rate >= FEWEST_ROUNDED) {
        (void)mb_import_text_scale((double)row->figures.requests / row->rate,
                                   MB_UNITS_NS_PER_S, &run->window_ns);
    }
    mb_import_locust_put(reading->import, run, &row->figures);
    return MB_OK;
}

// All requests together are a run of their own, unless there is one name only. With
// --json, names lose their requests before the last table is printed.
static enum mb_status run_end(struct reading *reading)
{
    enum mb_status status = MB_OK;
    size_t names = 0;
    enum mb_import_locust_counting counting = counting_find(reading);
    if (!reading->begun) {
        return MB_OK;
    }
    if (!reading->has_table) {
        return fault(reading, "holds no table of requests");
    }
    for (size_t i = 0; i < reading->count; i++) {
        const struct mb_import_locust *figures = &reading->rows[i].figures;
        bool some = figures->requests > 0 || figures->failures > 0;
        names += !mb_import_locust_is_total(figures) && some ? 1 : 0;
    }
    for (size_t i = 0; status == MB_OK && i < reading->count; i++) {
        struct mb_import_locust *figures = &reading->rows[i].figures;
        bool some = figures->requests > 0 || figures->failures > 0;
        figures->counting = counting;
        if (mb_import_locust_is_total(figures) ? names != 1 : some) {
            status = row_put(reading, &reading->rows[i]);
        }
    }
    return status;
}

static void run_begin(struct reading *reading)
{
    *reading = (struct reading){.import = reading->import,
                                .input = reading->input,
                                .err = reading->err,
                                .begun = true,
                                .line = mb_input_line_number(reading->input),
                                .users = -1};
}

// --- headings ---

// "Type Name # reqs # fails | Avg Min Max Med | req/s failures/s", "# reqs 50% 66% 100%":
// what the numbers of a row are, in their order.
static void columns_read(struct reading *reading, const char *line)
{
    static const struct {
        const char *word;
        enum column column;
    } words[] = {
        {"# reqs", COLUMN_REQUESTS}, {"Avg", COLUMN_MEAN},
        {"Min", COLUMN_MIN},         {"Max", COLUMN_MAX},
        {"Median", COLUMN_MEDIAN},   {"Med", COLUMN_MEDIAN},
        {"req/s", COLUMN_RATE},      {"failures/s", COLUMN_FAILURE_RATE},
    };
    reading->column_count = 0;
    while (*line != '\0' && reading->column_count < COLUMNS_MAX) {
        size_t at = reading->column_count;
        double percent;
        const char *next = line;
        if (mb_import_text_field(&next, &percent) && mb_import_text_word(&next, "%") &&
            mb_import_text_scale(percent, PERCENT_SHARE, &reading->shares[at])) {
            reading->columns[at] = COLUMN_PERCENTILE;
            reading->column_count++;
            line = next;
            continue;
        }
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            next = line;
            if (mb_import_text_word(&next, words[i].word)) {
                reading->columns[at] = words[i].column;
                reading->column_count++;
                break;
            }
        }
        line = next > line ? next : line + 1;
    }
}

static enum mb_status run_next(struct reading *reading)
{
    enum mb_status status = run_end(reading);
    run_begin(reading);
    return status;
}

// A table of requests goes on counting, but behind the percentiles of a run.
static enum mb_status requests_heading(struct reading *reading, const char *columns)
{
    enum mb_status status = MB_OK;
    if (!reading->begun || reading->whole) {
        status = run_next(reading);
    }
    reading->section = SECTION_REQUESTS;
    reading->has_table = true;
    reading->count = 0;
    columns_read(reading, columns);
    reading->rate_total = false;
    for (size_t i = 0; i < reading->column_count; i++) {
        // Since 0.13 the last table has the rate of the whole run, and this column.
        if (reading->columns[i] == COLUMN_FAILURE_RATE) {
            reading->rate_total = true;
        }
    }
    return status;
}

static enum mb_status heading_read(struct reading *reading, const char *line, bool *was)
{
    const char *failures = strstr(line, "# fails");
    bool requests = strstr(line, "# reqs") != NULL;
    bool percentiles = requests && failures == NULL && strchr(line, '%') != NULL;
    *was = true;
    if (requests && failures != NULL) {
        return requests_heading(reading, failures + sizeof "# fails" - 1);
    }
    if (percentiles && reading->begun) {
        reading->section = SECTION_PERCENTILES;
        reading->whole = true;
        columns_read(reading, line);
    } else if (strstr(line, "# occur") != NULL) {
        reading->section = SECTION_ERRORS;
    } else {
        *was = false;
    }
    return MB_OK;
}

// --- rows ---

// A name as it is printed: "GET      /item" is "GET /item". In arena.
static const char *name_copy(struct mb_arena *arena, const char *start, const char *end)
{
    char *name = mb_arena_copy_bytes(arena, start, (size_t)(end - start));
    size_t size = 0;
    for (const char *at = name; *at != '\0'; at++) {
        if (*at != ' ' || (size > 0 && name[size - 1] != ' ')) {
            name[size++] = *at;
        }
    }
    while (size > 0 && name[size - 1] == ' ') {
        size--;
    }
    name[size] = '\0';
    return name;
}

// The start of the last number before `end`; `start` when there is none.
static const char *number_before(const char *start, const char *end)
{
    while (end > start && (end[-1] == ' ' || end[-1] == '|')) {
        end--;
    }
    while (end > start && (isdigit((unsigned char)end[-1]) || end[-1] == '.')) {
        end--;
    }
    return end;
}

// "343  337(98.25%)": the parenthesis is what a name never has behind a number alone.
static const char *failures_find(const char *line)
{
    for (const char *at = strchr(line, '('); at != NULL; at = strchr(at + 1, '(')) {
        const char *next = at + 1;
        double percent;
        if (at > line && isdigit((unsigned char)at[-1]) &&
            mb_import_text_field(&next, &percent) && mb_import_text_word(&next, "%)")) {
            return at;
        }
    }
    return NULL;
}

static struct row *row_add(struct reading *reading, const char *name)
{
    reading->rows = mb_arena_grow(reading->import->arena, reading->rows, reading->count,
                                  &reading->capacity, sizeof *reading->rows);
    struct row *row = &reading->rows[reading->count++];
    *row = (struct row){.rate = -1};
    mb_import_locust_init(&row->figures);
    row->figures.name = name;
    return row;
}

static void cell_put(struct row *row, enum column column, double value)
{
    struct mb_import_locust *figures = &row->figures;
    int64_t ns;
    if (!mb_import_text_scale(value, MB_UNITS_NS_PER_MS, &ns)) {
        return;
    }
    switch (column) {
    case COLUMN_MEAN:
        figures->mean_ns = ns;
        break;
    case COLUMN_MIN:
        figures->min_ns = ns;
        break;
    case COLUMN_MAX:
        figures->max_ns = ns;
        break;
    case COLUMN_MEDIAN:
        figures->median_ns = ns;
        break;
    case COLUMN_RATE:
        row->rate = value;
        break;
    case COLUMN_REQUESTS:
    case COLUMN_FAILURE_RATE:
    case COLUMN_PERCENTILE:
        break;
    }
}

static enum mb_status requests_row(struct reading *reading, const char *line)
{
    struct mb_arena *arena = reading->import->arena;
    const char *open = failures_find(line);
    if (open == NULL) {
        return MB_OK;
    }
    const char *failures = number_before(line, open);
    const char *requests = number_before(line, failures);
    int64_t counts[2];
    double percent = 0;
    const char *at = requests;
    if (!mb_import_text_count(&at, &counts[0]) ||
        !mb_import_text_count(&at, &counts[1]) || at != open) {
        return MB_OK;
    }
    if (reading->count == NAMES_MAX) {
        return fault(reading, "has too many names");
    }
    struct row *row = row_add(reading, name_copy(arena, line, requests));
    row->figures.requests = counts[0];
    row->figures.failures = counts[1];
    at = open + 1;
    (void)(mb_import_text_field(&at, &percent) && mb_import_text_word(&at, "%)"));
    row->percent = percent;
    // Of all requests together early versions print the rate only.
    double values[COLUMNS_MAX];
    size_t count = 0;
    do {
        (void)mb_import_text_word(&at, "|");
    } while (count < COLUMNS_MAX && mb_import_text_field(&at, &values[count]) &&
             ++count < COLUMNS_MAX);
    for (size_t i = 0; count == reading->column_count && i < count; i++) {
        cell_put(row, reading->columns[i], values[i]);
    }
    return MB_OK;
}

static struct row *row_find(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (strcmp(reading->rows[i].figures.name, name) == 0) {
            return &reading->rows[i];
        }
    }
    return NULL;
}

// As many numbers as there are columns, and before them the name.
static void percentiles_row(struct reading *reading, const char *line)
{
    const char *at = line + strlen(line);
    for (size_t i = 0; i < reading->column_count; i++) {
        at = number_before(line, at);
    }
    struct row *row = row_find(reading, name_copy(reading->import->arena, line, at));
    for (size_t i = 0; row != NULL && i < reading->column_count; i++) {
        double value;
        int64_t ns;
        if (!mb_import_text_field(&at, &value)) {
            return;
        }
        if (reading->columns[i] == COLUMN_PERCENTILE &&
            mb_import_text_scale(value, MB_UNITS_NS_PER_MS, &ns)) {
            mb_import_text_quantile(reading->import->arena, &row->figures.quantiles,
                                    reading->shares[i], ns);
        }
    }
}

// "113                GET /item: ConnectionRefusedError(111, 'Connection refused')"
static void error_row(struct reading *reading, const char *line)
{
    int64_t n;
    if (!mb_import_text_count(&line, &n)) {
        return;
    }
    line += strspn(line, " ");
    for (size_t i = 0; i < reading->count; i++) {
        struct mb_import_locust *figures = &reading->rows[i].figures;
        size_t size = strlen(figures->name);
        bool same = strncmp(line, figures->name, size) == 0 && line[size] == ':';
        if (same || mb_import_locust_is_total(figures)) {
            mb_import_locust_error_add(figures, line, n);
        }
    }
}

// --- lines ---

// "[2026-11-24 02:50:53,606] vm/INFO/locust.runners: Ramping to 4 users at a rate of
// 4.00 per second"; the time has no zone.
static enum mb_status log_read(struct reading *reading, const char *line)
{
    static const char *const ramps[] = {"Ramping to ", "Spawning ",
                                        "Hatching and swarming "};
    const char *version = mb_import_text_after(line, "locust.main: Starting Locust ");
    int64_t users;
    if (version != NULL) {
        enum mb_status status = run_next(reading);
        reading->version =
            mb_arena_copy_bytes(reading->import->arena, version, strcspn(version, " \r"));
        return status;
    }
    for (size_t i = 0; strstr(line, "locust.runners: ") != NULL && reading->begun &&
                       i < sizeof ramps / sizeof *ramps;
         i++) {
        const char *at = mb_import_text_after(line, ramps[i]);
        if (at != NULL && mb_import_text_count(&at, &users) && users > reading->users) {
            reading->users = users;
        }
    }
    return MB_OK;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    char first = line[strspn(line, " ")];
    bool heading;
    if (first == '[') {
        return log_read(reading, line);
    }
    if (first == '\0') {
        reading->section = SECTION_NONE;
        return MB_OK;
    }
    enum mb_status status = heading_read(reading, line, &heading);
    if (status != MB_OK || heading) {
        return status;
    }
    switch (reading->section) {
    case SECTION_REQUESTS:
        return requests_row(reading, line);
    case SECTION_PERCENTILES:
        percentiles_row(reading, line);
        break;
    case SECTION_ERRORS:
        error_row(reading, line);
        break;
    case SECTION_NONE:
        break;
    }
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    struct reading reading = {.import = import, .input = input, .err = err, .users = -1};
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? run_end(&reading) : status;
}

const struct mb_importer mb_importer_locust_text = {
    .name = "locust-text",
    .title = "Locust's tables for people, in its log or without it",
    .tool = "locust",
    .detect = detect,
    .read = read,
    .unknown =
        "Locust's tables do not say how long users waited between requests, or when "
        "it ran; times are whole milliseconds, and percentiles are rounded to two "
        "digits",
};
