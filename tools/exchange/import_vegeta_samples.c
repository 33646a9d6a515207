// `vegeta encode`: every request, as lines of JSON and as CSV without a heading, in files
// of any size. Times in ns. Attacks that were given names are runs of their own.
#include <string.h>

#include "base/units.h"
#include "exchange/import_json.h"
#include "exchange/import_samples.h"
#include "exchange/import_vegeta.h"
#include "format/csv.h"

enum { ATTACKS_MAX = 1000, FIRST_GOOD_STATUS = 200, MAX_STATUS = 999 };

struct attack {
    const char *name;
    const char *url; // of all requests; "" when they differ; NULL: none yet
    struct mb_import_samples samples;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    struct attack *attacks; // room for ATTACKS_MAX
    size_t count;
    size_t last;    // the attack of the last request
    size_t columns; // of a row; 0: none yet
};

// One request as the source has it.
struct hit {
    const char *attack;
    const char *url;
    const char *error;
    int64_t status;
    struct mb_import_sample sample;
};

// --- attacks ---

static struct attack *attack_find(struct reading *reading, const char *name)
{
    if (reading->count > 0 && strcmp(reading->attacks[reading->last].name, name) == 0) {
        return &reading->attacks[reading->last];
    }
    for (size_t i = 0; i < reading->count; i++) {
        if (strcmp(reading->attacks[i].name, name) == 0) {
            reading->last = i;
            return &reading->attacks[i];
        }
    }
    if (reading->count == ATTACKS_MAX) {
        return NULL;
    }
    reading->last = reading->count++;
    struct attack *attack = &reading->attacks[reading->last];
    *attack = (struct attack){.name = mb_arena_copy_string(reading->import->arena, name)};
    mb_import_samples_init(&attack->samples, reading->import->arena);
    return attack;
}

static void url_see(struct reading *reading, struct attack *attack, const char *url)
{
    if (attack->url == NULL) {
        attack->url = mb_arena_copy_string(reading->import->arena, url);
    } else if (strcmp(attack->url, url) != 0) {
        attack->url = "";
    }
}

static enum mb_status hit_add(struct reading *reading, struct hit *hit,
                              struct mb_err *err)
{
    struct mb_import_sample *sample = &hit->sample;
    if (hit->status < 0 || hit->status > MAX_STATUS) {
        return mb_err_set(err, MB_INVALID, "%lld is not a status",
                          (long long)hit->status);
    }
    struct attack *attack = attack_find(reading, hit->attack);
    if (attack == NULL) {
        return mb_err_set(err, MB_INVALID, "more than %d different names of attacks",
                          (int)ATTACKS_MAX);
    }
    sample->status = (int)hit->status;
    sample->ok = hit->status >= FIRST_GOOD_STATUS && hit->status < MB_IMPORT_STATUS_WRONG;
    sample->kind = hit->status > 0 ? MB_ERROR_STATUS : mb_import_text_error(hit->error);
    sample->connect_ns = -1;
    url_see(reading, attack, hit->url);
    mb_import_samples_add(&attack->samples, sample);
    return MB_OK;
}

static enum mb_status attack_put(struct reading *reading, struct attack *attack)
{
    struct mb_import_run *run = NULL;
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->name = attack->name[0] != '\0' ? attack->name : NULL;
    run->url = attack->url != NULL && attack->url[0] != '\0' ? attack->url : NULL;
    run->start_unix_ns = attack->samples.first_ns > 0 ? attack->samples.first_ns : 0;
    run->point.load_model = MB_LOAD_OPEN;
    mb_import_samples_put(&attack->samples, reading->import, run, false);
    return MB_OK;
}

static struct reading begin(struct mb_import *import, struct mb_input *input,
                            struct mb_err *err)
{
    return (struct reading){
        .import = import,
        .input = input,
        .err = err,
        .attacks = mb_arena_alloc(import->arena, ATTACKS_MAX, sizeof(struct attack))};
}

static enum mb_status end(struct reading *reading, enum mb_status status)
{
    for (size_t i = 0; status == MB_OK && i < reading->count; i++) {
        status = attack_put(reading, &reading->attacks[i]);
    }
    for (size_t i = 0; i < reading->count; i++) {
        mb_import_samples_release(&reading->attacks[i].samples);
    }
    return status;
}

// --- JSON ---

// {"attack":"","seq":0,"code":200,"timestamp":"...","latency":1885613, ...
bool mb_import_vegeta_is_lines(const char *head)
{
    static const char *const keys[] = {
        "\"attack\":", "\"seq\":", "\"code\":", "\"timestamp\":", "\"latency\":"};
    const char *end = head + strcspn(head, "\r\n");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *key = strstr(head, keys[i]);
        if (key == NULL || key >= end) {
            return false;
        }
    }
    return true;
}

static const char *text_of(const struct mb_node *root, const char *name)
{
    return mb_node_text(mb_node_find(root, name), "");
}

static enum mb_status line_take(void *state, const struct mb_node *root,
                                struct mb_err *err)
{
    struct hit hit = {.attack = text_of(root, "attack"),
                      .url = text_of(root, "url"),
                      .error = text_of(root, "error"),
                      .status = -1,
                      .sample = {.bytes_sent = -1, .bytes_received = -1}};
    struct mb_import_sample *sample = &hit.sample;
    struct mb_err ignored = {0};
    if (!mb_import_json_count(mb_node_find(root, "latency"), &sample->latency_ns) ||
        !mb_import_json_count(mb_node_find(root, "code"), &hit.status) ||
        mb_units_parse_time_zoned(text_of(root, "timestamp"), &sample->start_ns,
                                  &ignored) != MB_OK) {
        return mb_err_set(err, MB_INVALID,
                          "not a request of vegeta: it needs 'code', 'timestamp' and "
                          "'latency'");
    }
    (void)mb_import_json_count(mb_node_find(root, "bytes_out"), &sample->bytes_sent);
    (void)mb_import_json_count(mb_node_find(root, "bytes_in"), &sample->bytes_received);
    return hit_add(state, &hit, err);
}

enum mb_status mb_import_vegeta_lines(struct mb_import *import, struct mb_input *input,
                                      struct mb_err *err)
{
    struct reading reading = begin(import, input, err);
    return end(&reading, mb_import_json_lines(input, line_take, &reading, err));
}

// --- CSV ---

enum column {
    TIMESTAMP,
    CODE,
    LATENCY,
    BYTES_OUT,
    BYTES_IN,
    ERROR,
    BODY,
    ATTACK,
    SEQ,
    METHOD,
    URL,
    HEADERS,
    LEAST_COLUMNS = ATTACK // before version 8 an attack had no name
};

// "1795488894523031982,200,1885613,0,64,..."
bool mb_import_vegeta_is_csv(const char *head)
{
    enum { TIME_DIGITS = 19 };
    size_t digits = strspn(head, "0123456789");
    if (digits != TIME_DIGITS) {
        return false;
    }
    for (int column = CODE; column <= BYTES_IN; column++) {
        if (head[digits] != ',') {
            return false;
        }
        head += digits + 1;
        digits = strspn(head, "0123456789");
        if (digits == 0 || (column == CODE && digits > 3)) {
            return false;
        }
    }
    return head[digits] == ',';
}

static const char *field(const struct mb_csv_record *record, enum column column)
{
    return (size_t)column < record->count ? record->fields[column] : "";
}

static bool number_read(const struct mb_csv_record *record, enum column column,
                        int64_t max, int64_t *value)
{
    struct mb_err ignored = {0};
    return mb_units_parse_int(field(record, column), 0, max, value, &ignored) == MB_OK;
}

static enum mb_status record_read(struct reading *reading,
                                  const struct mb_csv_record *record)
{
    struct mb_err own = {0};
    const char *name = mb_input_name(reading->input);
    struct hit hit = {.attack = field(record, ATTACK),
                      .url = field(record, URL),
                      .error = field(record, ERROR)};
    struct mb_import_sample *sample = &hit.sample;
    reading->columns = reading->columns > 0 ? reading->columns : record->count;
    if (record->count != reading->columns) {
        return mb_err_at(reading->err, MB_INVALID, name, record->line, 0,
                         "%zu columns, where the first row has %zu: cut off?",
                         record->count, reading->columns);
    }
    if (record->count < LEAST_COLUMNS ||
        !number_read(record, TIMESTAMP, INT64_MAX, &sample->start_ns) ||
        !number_read(record, CODE, MAX_STATUS, &hit.status) ||
        !number_read(record, LATENCY, MB_UNITS_SAFE_MAX, &sample->latency_ns) ||
        !number_read(record, BYTES_OUT, MB_UNITS_SAFE_MAX, &sample->bytes_sent) ||
        !number_read(record, BYTES_IN, MB_UNITS_SAFE_MAX, &sample->bytes_received)) {
        return mb_err_at(reading->err, MB_INVALID, name, record->line, 0,
                         "not a request of vegeta: time in ns, status, latency in ns, "
                         "bytes out, bytes in, error, body, ...");
    }
    enum mb_status status = hit_add(reading, &hit, &own);
    return status == MB_OK ? status
                           : mb_err_at(reading->err, status, name, record->line, 0, "%s",
                                       own.message);
}

enum mb_status mb_import_vegeta_csv(struct mb_import *import, struct mb_input *input,
                                    struct mb_err *err)
{
    struct reading reading = begin(import, input, err);
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    enum mb_status status = mb_csv_open(input, ',', &csv, err);
    do {
        status = status == MB_OK ? mb_csv_next(csv, &record, err) : status;
        if (status == MB_OK && record != NULL) {
            status = record_read(&reading, record);
        }
    } while (status == MB_OK && record != NULL);
    mb_csv_free(csv);
    return end(&reading, status);
}
