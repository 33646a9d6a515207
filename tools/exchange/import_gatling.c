// Gatling's simulation.log as text, of 2.0 to 3.10 or so: tabs between the fields, whose
// number grew and shrank; the times before "OK" or "KO" are found from there. A cell for
// each request's name. https://gatling.io
#include <ctype.h>
#include <string.h>

#include "base/units.h"
#include "exchange/import_samples.h"
#include "exchange/import_text.h"
#include "exchange/importers.h"

enum {
    FIELDS_MAX = 16,
    LABELS_MAX = 1000,
    TIME_DIGITS = 13, // ms since 1970, from 2001 to 2286
};

// A piece of a line.
struct field {
    const char *start;
    size_t size;
};

struct label {
    char *name;
    struct mb_import_samples samples;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct label *labels; // LABELS_MAX of them
    size_t label_count;
    struct field fields[FIELDS_MAX];
    size_t count;
    const char *simulation; // NULL: not said
    const char *version;
    int64_t first_ns; // -1: no request yet
    int64_t last_ns;
    struct mb_err *err;
};

// Newer versions write a binary log: an empty kind, and the version with its length.
static bool is_binary(const char *head, size_t size)
{
    return size > 8 && memcmp(head, "\0\0\0\0", 4) == 0 && head[4] >= 5 &&
           head[4] <= 16 && isdigit((unsigned char)head[5]) && head[6] == '.';
}

static int detect(const char *head, size_t size)
{
    if (is_binary(head, size)) {
        return 85;
    }
    bool run = strncmp(head, "RUN\t", 4) == 0 || strstr(head, "\nRUN\t") != NULL ||
               strstr(head, "\tRUN\t") != NULL;
    bool body = strstr(head, "REQUEST\t") != NULL || strstr(head, "\nUSER\t") != NULL;
    return run && body ? 93 : run ? 60 : 0;
}

// --- fields ---

static void fields_split(struct reading *reading, const char *line)
{
    reading->count = 0;
    while (reading->count < FIELDS_MAX) {
        size_t size = strcspn(line, "\t");
        reading->fields[reading->count++] = (struct field){.start = line, .size = size};
        if (line[size] == '\0') {
            return;
        }
        line += size + 1;
    }
}

static bool is_word(const struct field *field, const char *word)
{
    return field->size == strlen(word) && memcmp(field->start, word, field->size) == 0;
}

// What a line is: its first field, or of 2.0 its third.
static bool has_kind(const struct reading *reading, const char *kind)
{
    static const char *const kinds[] = {"RUN",       "REQUEST", "USER", "GROUP",
                                        "ASSERTION", "ERROR",   NULL};
    for (size_t i = 0; kinds[i] != NULL; i++) {
        if (is_word(&reading->fields[0], kinds[i])) {
            return strcmp(kinds[i], kind) == 0;
        }
    }
    return reading->count > 2 && is_word(&reading->fields[2], kind);
}

static bool time_read(const struct field *field, int64_t *ns)
{
    char digits[TIME_DIGITS + 1];
    int64_t ms;
    struct mb_err ignored = {0};
    if (field->size != TIME_DIGITS) {
        return false;
    }
    memcpy(digits, field->start, TIME_DIGITS);
    digits[TIME_DIGITS] = '\0';
    // 13 digits of nines in ns are below INT64_MAX.
    if (mb_units_parse_int(digits, 0, INT64_C(9200000000000), &ms, &ignored) != MB_OK) {
        return false;
    }
    *ns = ms * MB_UNITS_NS_PER_MS;
    return true;
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     mb_input_line_number(reading->input), 0, "%s", what);
}

// --- lines ---

// "RUN  class  id  1509787166682  description  3.5.1"
static void run_read(struct reading *reading)
{
    struct mb_arena *arena = reading->import->arena;
    const struct field *version = &reading->fields[reading->count - 1];
    const struct field *name = is_word(&reading->fields[0], "RUN") && reading->count > 1
                                   ? &reading->fields[1]
                                   : &reading->fields[0];
    if (version->size > 0 && isdigit((unsigned char)version->start[0]) &&
        memchr(version->start, '.', version->size) != NULL) {
        reading->version = mb_arena_copy_bytes(arena, version->start, version->size);
    }
    if (name->size > 0) {
        reading->simulation = mb_arena_copy_bytes(arena, name->start, name->size);
    }
}

static const char *label_name(const struct reading *reading, const struct field *groups,
                              const struct field *name)
{
    struct mb_arena *arena = reading->import->arena;
    const char *own = mb_arena_copy_bytes(arena, name->start, name->size);
    return groups == NULL || groups->size == 0
               ? own
               : mb_arena_print(arena, "%.*s / %s", (int)groups->size, groups->start,
                                own);
}

static bool is_label(const struct label *label, const struct field *groups,
                     const struct field *name)
{
    const char *own = label->name;
    size_t size = strlen(own);
    size_t head = groups != NULL && groups->size > 0 ? groups->size + 3 : 0;
    return size == head + name->size &&
           (head == 0 || (memcmp(own, groups->start, groups->size) == 0 &&
                          memcmp(own + groups->size, " / ", 3) == 0)) &&
           memcmp(own + head, name->start, name->size) == 0;
}

static struct label *label_find(struct reading *reading, const struct field *groups,
                                const struct field *name)
{
    for (size_t i = 0; i < reading->label_count; i++) {
        if (is_label(&reading->labels[i], groups, name)) {
            return &reading->labels[i];
        }
    }
    if (reading->label_count == LABELS_MAX) {
        return NULL;
    }
    struct label *label = &reading->labels[reading->label_count++];
    *label =
        (struct label){.name = mb_arena_copy_string(reading->import->arena,
                                                    label_name(reading, groups, name))};
    mb_import_samples_init(&label->samples, reading->import->arena);
    return label;
}

// "status.find.in(200,304), but actually unexpectedly found 503": only failures of that
// check say what the status was.
static void failure_read(const char *message, struct mb_import_sample *sample)
{
    static const struct {
        const char *word;
        enum mb_error_kind kind;
    } words[] = {
        {"ConnectException", MB_ERROR_CONNECT},
        {"Connection refused", MB_ERROR_CONNECT},
        {"UnknownHostException", MB_ERROR_CONNECT},
        {"connection timed out", MB_ERROR_CONNECT},
        {"TimeoutException", MB_ERROR_TIMEOUT},
        {"Request timeout", MB_ERROR_TIMEOUT},
        {"Premature close", MB_ERROR_CLOSED},
        {"Remotely closed", MB_ERROR_CLOSED},
        {"Connection reset", MB_ERROR_RESET},
    };
    const char *check = strstr(message, "status.find");
    const char *found = check != NULL ? strstr(check, "found ") : NULL;
    sample->kind = MB_ERROR_OTHER;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(message, words[i].word) != NULL) {
            sample->kind = words[i].kind;
            return;
        }
    }
    if (found != NULL) {
        char digits[4] = {0};
        int64_t status = 0;
        struct mb_err ignored = {0};
        size_t size = strspn(found + 6, "0123456789");
        memcpy(digits, found + 6, size < 3 ? size : 3);
        sample->kind = MB_ERROR_STATUS;
        if (size == 3 &&
            mb_units_parse_int(digits, MB_IMPORT_STATUS_MIN, MB_IMPORT_STATUS_MAX,
                               &status, &ignored) == MB_OK) {
            sample->status = (int)status;
        }
    }
}

// Where "OK" or "KO" stands; 0: nowhere.
static size_t outcome_find(const struct reading *reading)
{
    for (size_t i = reading->count; i-- > 4;) {
        if (is_word(&reading->fields[i], "OK") || is_word(&reading->fields[i], "KO")) {
            return i;
        }
    }
    return 0;
}

// "REQUEST [user] groups name start end OK [message]"; of 2.0 with four times.
static enum mb_status request_read(struct reading *reading)
{
    struct mb_import_sample sample = {
        .connect_ns = -1, .bytes_sent = -1, .bytes_received = -1};
    size_t outcome = outcome_find(reading);
    const struct field *fields = reading->fields;
    int64_t end_ns;
    int64_t early_ns;
    if (outcome == 0 || !time_read(&fields[outcome - 1], &end_ns) ||
        !time_read(&fields[outcome - 2], &sample.start_ns)) {
        return fault(reading, "a request without its times and 'OK' or 'KO'");
    }
    size_t name = outcome - 3;
    if (outcome > 5 && time_read(&fields[outcome - 3], &early_ns) &&
        time_read(&fields[outcome - 4], &early_ns)) {
        sample.start_ns = early_ns;
        name = outcome - 5;
    }
    if (end_ns < sample.start_ns) {
        return fault(reading, "a request that ends before it starts");
    }
    const struct field *groups = name > 1 ? &fields[name - 1] : NULL;
    struct label *label = label_find(reading, groups, &fields[name]);
    if (label == NULL) {
        return fault(reading, "more than 1000 different names of requests");
    }
    sample.latency_ns = end_ns - sample.start_ns;
    sample.ok = is_word(&fields[outcome], "OK");
    if (!sample.ok) {
        failure_read(outcome + 1 < reading->count ? fields[outcome + 1].start : "",
                     &sample);
    }
    mb_import_samples_add(&label->samples, &sample);
    return MB_OK;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    fields_split(reading, line);
    if (has_kind(reading, "RUN")) {
        run_read(reading);
    } else if (has_kind(reading, "REQUEST")) {
        return request_read(reading);
    }
    return MB_OK;
}

static enum mb_status label_put(struct reading *reading, struct label *label)
{
    struct mb_import_run *run = NULL;
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->name = reading->simulation;
    run->version = reading->version;
    run->workload = label->name[0] != '\0' ? label->name : NULL;
    run->start_unix_ns = reading->first_ns;
    run->window_ns = reading->last_ns - reading->first_ns;
    mb_import_samples_put(&label->samples, reading->import, run, false);
    return MB_OK;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    const char *head = mb_input_head(input, &size);
    if (is_binary(head, size)) {
        mb_err_hint(err, "import the stats.json of its report");
        return mb_err_at(err, MB_INVALID, mb_input_name(input), 0, 0,
                         "the binary log of a newer Gatling is not read");
    }
    struct reading *reading = mb_arena_alloc(import->arena, 1, sizeof *reading);
    *reading =
        (struct reading){.import = import, .input = input, .first_ns = -1, .err = err};
    reading->labels = mb_arena_alloc(import->arena, LABELS_MAX, sizeof *reading->labels);
    enum mb_status status = mb_import_text_lines(input, line_read, reading, err);
    for (size_t i = 0; status == MB_OK && i < reading->label_count; i++) {
        mb_import_samples_span(&reading->labels[i].samples, &reading->first_ns,
                               &reading->last_ns);
    }
    for (size_t i = 0; status == MB_OK && i < reading->label_count; i++) {
        status = label_put(reading, &reading->labels[i]);
    }
    for (size_t i = 0; i < reading->label_count; i++) {
        mb_import_samples_release(&reading->labels[i].samples);
    }
    return status;
}

const struct mb_importer mb_importer_gatling = {
    .name = "gatling",
    .title = "Gatling's simulation.log (text)",
    .tool = "gatling",
    .detect = detect,
    .read = read,
    .unknown =
        "Gatling's log does not hold how users were injected, whether the loop was "
        "open or closed, nor a warm-up; times are whole milliseconds",
};
