// JMeter's results, request by request: JTL as XML or as CSV (columns in any order). A
// run for each label, since a label is what was asked.
//
// The requests are the samples below the root. Samples inside them (redirects, embedded
// resources, the steps of a transaction) are parts of theirs and stay out. `elapsed`
// counts from the actual sending; the plan, and with it the load model, is not in the
// file.
#include <string.h>

#include "base/units.h"
#include "exchange/import_samples.h"
#include "exchange/importers.h"
#include "format/csv.h"
#include "format/xml.h"

enum {
    LABELS_MAX = 1000,  // of one file: each costs a histogram
    SLOTS = 4096,       // of the table of labels; a power of two
    LABEL_BYTES = 1024, // longer ones are cut
};

// What a sample says about itself.
enum field {
    FIELD_TIME, // start, ms since 1970
    FIELD_ELAPSED,
    FIELD_LABEL,
    FIELD_CODE,
    FIELD_SUCCESS,
    FIELD_BYTES,
    FIELD_SENT,
    FIELD_CONNECT,
    FIELDS
};

// Its name in CSV, in XML, and in the XML of JMeter 2.0 and before.
static const char *const NAMES[FIELDS][3] = {
    [FIELD_TIME] = {"timeStamp", "ts", "timeStamp"},
    [FIELD_ELAPSED] = {"elapsed", "t", "time"},
    [FIELD_LABEL] = {"label", "lb", "label"},
    [FIELD_CODE] = {"responseCode", "rc", "responseCode"},
    [FIELD_SUCCESS] = {"success", "s", "success"},
    [FIELD_BYTES] = {"bytes", "by", "bytes"},
    [FIELD_SENT] = {"sentBytes", "sby", "sentBytes"},
    [FIELD_CONNECT] = {"Connect", "ct", "connect"},
};

// A value that ends with a zero byte; NULL: absent.
struct row {
    const char *values[FIELDS];
    int line;
};

struct label {
    const char *name;
    struct mb_import_samples samples;
};

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct label *labels;
    size_t label_count;
    uint16_t slots[SLOTS]; // index into labels, plus 1
    int64_t first_ns;      // of all labels, known at the end; -1: no sample says when
    int64_t last_ns;
    int64_t nested;                 // samples inside others
    bool dates;                     // times were written as dates, without a zone
    char text[FIELDS][LABEL_BYTES]; // of an XML element's attributes
};

static int detect(const char *head, size_t size)
{
    (void)size;
    if (strstr(head, "<testResults") != NULL) {
        return 100;
    }
    const char *end = head + strcspn(head, "\r\n");
    const char *elapsed = strstr(head, "elapsed");
    const char *label = strstr(head, "label");
    const char *success = strstr(head, "success");
    const char *code = strstr(head, "responseCode");
    bool first_line = label != NULL && label < end && code != NULL && code < end;
    if (!first_line) {
        return 0;
    }
    return elapsed != NULL && elapsed < end && success != NULL && success < end ? 95 : 60;
}

// --- a sample ---

static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261U; // FNV-1a
    for (; *text != '\0'; text++) {
        value = (value ^ (unsigned char)*text) * 16777619U;
    }
    return value;
}

static enum mb_status label_find(struct reading *reading, const struct row *row,
                                 struct label **label, struct mb_err *err)
{
    const char *name = row->values[FIELD_LABEL];
    name = name != NULL ? name : "";
    uint32_t slot = hash(name) % SLOTS;
    for (; reading->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
        *label = &reading->labels[reading->slots[slot] - 1];
        if (strcmp((*label)->name, name) == 0) {
            return MB_OK;
        }
    }
    if (reading->label_count == LABELS_MAX) {
        mb_err_hint(err, "labels that hold a number of their own, as an order's, have to "
                         "be replaced by one name before the import");
        return mb_err_at(err, MB_INVALID, mb_input_name(reading->input), row->line, 0,
                         "more than %d different labels", (int)LABELS_MAX);
    }
    reading->slots[slot] = (uint16_t)(reading->label_count + 1);
    *label = &reading->labels[reading->label_count++];
    (*label)->name = mb_arena_copy_string(reading->import->arena, name);
    mb_import_samples_init(&(*label)->samples, reading->import->arena);
    return MB_OK;
}

static enum mb_status fault(const struct reading *reading, const struct row *row,
                            enum field field, struct mb_err *err)
{
    return mb_err_at(err, MB_INVALID, mb_input_name(reading->input), row->line, 0,
                     "'%.40s' is no %s", row->values[field], NAMES[field][0]);
}

// A number that may be absent; JMeter writes "null" and "" too. -1: absent.
static enum mb_status number_read(const struct reading *reading, const struct row *row,
                                  enum field field, int64_t *value, struct mb_err *err)
{
    const char *text = row->values[field];
    struct mb_err ignored = {0};
    *value = -1;
    if (text == NULL || text[0] == '\0' || strcmp(text, "null") == 0) {
        return MB_OK;
    }
    if (mb_units_parse_int(text, 0, MB_UNITS_SAFE_MAX, value, &ignored) != MB_OK) {
        return fault(reading, row, field, err);
    }
    return MB_OK;
}

static enum mb_status ms_read(const struct reading *reading, const struct row *row,
                              enum field field, int64_t *ns, struct mb_err *err)
{
    int64_t ms;
    enum mb_status status = number_read(reading, row, field, &ms, err);
    if (status == MB_OK && ms > INT64_MAX / MB_UNITS_NS_PER_MS) {
        return fault(reading, row, field, err);
    }
    *ns = status == MB_OK && ms >= 0 ? ms * MB_UNITS_NS_PER_MS : -1;
    return status;
}

// Dates are in the zone of the machine that wrote them, and in a form of its own.
static void start_read(struct reading *reading, const struct row *row, int64_t *start_ns)
{
    const char *text = row->values[FIELD_TIME];
    int64_t ms;
    struct mb_err ignored = {0};
    *start_ns = -1;
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (mb_units_parse_int(text, 0, INT64_MAX / MB_UNITS_NS_PER_MS, &ms, &ignored) ==
        MB_OK) {
        *start_ns = ms * MB_UNITS_NS_PER_MS;
    } else {
        reading->dates = true;
    }
}

// "200", or "Non HTTP response code: java.net.SocketTimeoutException".
static int status_read(const char *code)
{
    int64_t status = 0;
    struct mb_err ignored = {0};
    if (code == NULL ||
        mb_units_parse_int(code, MB_IMPORT_STATUS_MIN, MB_IMPORT_STATUS_MAX, &status,
                           &ignored) != MB_OK) {
        return 0;
    }
    return (int)status;
}

static enum mb_error_kind kind_read(const char *code, int status)
{
    static const struct {
        const char *word;
        enum mb_error_kind kind;
    } words[] = {
        {"ConnectException", MB_ERROR_CONNECT},
        {"ConnectTimeoutException", MB_ERROR_CONNECT},
        {"UnknownHostException", MB_ERROR_CONNECT},
        {"NoRouteToHostException", MB_ERROR_CONNECT},
        {"BindException", MB_ERROR_CONNECT},
        {"SocketTimeoutException", MB_ERROR_TIMEOUT},
        {"NoHttpResponseException", MB_ERROR_CLOSED},
        {"ConnectionClosedException", MB_ERROR_CLOSED},
        {"SocketException", MB_ERROR_RESET},
    };
    if (status > 0) {
        return MB_ERROR_STATUS;
    }
    for (size_t i = 0; code != NULL && i < sizeof words / sizeof *words; i++) {
        if (strstr(code, words[i].word) != NULL) {
            return words[i].kind;
        }
    }
    return MB_ERROR_OTHER;
}

static enum mb_status success_read(const struct reading *reading, const struct row *row,
                                   int status, bool *ok, struct mb_err *err)
{
    const char *text = row->values[FIELD_SUCCESS];
    if (text == NULL) {
        *ok = status > 0 && status < MB_IMPORT_STATUS_WRONG;
        return MB_OK;
    }
    *ok = strcmp(text, "true") == 0 || strcmp(text, "TRUE") == 0;
    if (!*ok && strcmp(text, "false") != 0 && strcmp(text, "FALSE") != 0) {
        return fault(reading, row, FIELD_SUCCESS, err);
    }
    return MB_OK;
}

static enum mb_status row_add(struct reading *reading, const struct row *row,
                              struct mb_err *err)
{
    struct label *label = NULL;
    struct mb_import_sample sample = {.latency_ns = -1};
    const char *code = row->values[FIELD_CODE];
    start_read(reading, row, &sample.start_ns);
    sample.status = status_read(code);
    sample.kind = kind_read(code, sample.status);
    enum mb_status status = ms_read(reading, row, FIELD_ELAPSED, &sample.latency_ns, err);
    if (status == MB_OK) {
        status = ms_read(reading, row, FIELD_CONNECT, &sample.connect_ns, err);
    }
    if (status == MB_OK) {
        status = number_read(reading, row, FIELD_BYTES, &sample.bytes_received, err);
    }
    if (status == MB_OK) {
        status = number_read(reading, row, FIELD_SENT, &sample.bytes_sent, err);
    }
    if (status == MB_OK) {
        status = success_read(reading, row, sample.status, &sample.ok, err);
    }
    if (status == MB_OK) {
        status = label_find(reading, row, &label, err);
    }
    if (status != MB_OK) {
        return status;
    }
    // 0 means that the connection stood already.
    sample.connect_ns = sample.connect_ns == 0 ? -1 : sample.connect_ns;
    mb_import_samples_add(&label->samples, &sample);
    return MB_OK;
}

// --- XML ---

// Most names differ in their first character, and a call for each would take a quarter of
// all time.
static bool is_equal(const char *name, const char *other)
{
    return name[0] == other[0] && strcmp(name, other) == 0;
}

static bool field_find(const char *name, enum field *field)
{
    for (enum field i = 0; i < FIELDS; i++) {
        if (is_equal(name, NAMES[i][1]) || is_equal(name, NAMES[i][2])) {
            *field = i;
            return true;
        }
    }
    return false;
}

// The elements of a sample; of those inside it, the ones that are no sample have other
// names.
static bool is_sample(const char *name)
{
    return strcmp(name, "httpSample") == 0 || strcmp(name, "sample") == 0 ||
           strcmp(name, "sampleResult") == 0;
}

static bool has_label(const struct mb_xml_element *element)
{
    for (int i = 0; i < element->attribute_count; i++) {
        const char *name;
        const char *value;
        size_t size;
        enum field field;
        mb_xml_attribute(element, i, &name, &value, &size);
        if (field_find(name, &field) && field == FIELD_LABEL) {
            return true;
        }
    }
    return false;
}

// Cuts at a whole character.
static void value_copy(char *text, const char *value, size_t size)
{
    size_t most = LABEL_BYTES - 1;
    if (size > most) {
        size = most;
        while (size > 0 && ((unsigned char)value[size] & 0xC0) == 0x80) {
            size--;
        }
    }
    memcpy(text, value, size);
    text[size] = '\0';
}

static enum mb_status on_element(void *state, const struct mb_xml_element *element,
                                 struct mb_err *err)
{
    struct reading *reading = state;
    struct row row = {.line = element->line};
    if (element->depth == 0 && strcmp(element->name, "testResults") != 0) {
        return mb_err_at(err, MB_INVALID, mb_input_name(reading->input), element->line, 0,
                         "the root is '%.40s', not 'testResults'", element->name);
    }
    if (element->depth != 1) {
        reading->nested += is_sample(element->name) ? 1 : 0;
        return MB_OK;
    }
    // Plugins have elements of their own for their samples.
    if (!is_sample(element->name) && !has_label(element)) {
        return MB_OK;
    }
    for (int i = 0; i < element->attribute_count; i++) {
        const char *name;
        const char *value;
        size_t size;
        enum field field;
        mb_xml_attribute(element, i, &name, &value, &size);
        if (field_find(name, &field)) {
            value_copy(reading->text[field], value, size);
            row.values[field] = reading->text[field];
        }
    }
    return row_add(reading, &row, err);
}

// --- CSV ---

// Which column holds which field; -1: none.
struct columns {
    int index[FIELDS];
};

static enum mb_status columns_read(const struct reading *reading,
                                   const struct mb_csv_record *record,
                                   struct columns *columns, struct mb_err *err)
{
    for (enum field i = 0; i < FIELDS; i++) {
        columns->index[i] = -1;
        for (size_t j = 0; j < record->count; j++) {
            if (strcmp(record->fields[j], NAMES[i][0]) == 0) {
                columns->index[i] = (int)j;
            }
        }
    }
    if (columns->index[FIELD_LABEL] < 0 ||
        (columns->index[FIELD_SUCCESS] < 0 && columns->index[FIELD_CODE] < 0)) {
        mb_err_hint(err, "JMeter writes them with "
                         "jmeter.save.saveservice.print_field_names=true");
        return mb_err_at(
            err, MB_INVALID, mb_input_name(reading->input), record->line, 0,
            "the first line does not name the columns 'label' and 'success'");
    }
    return MB_OK;
}

static enum mb_status record_add(struct reading *reading, const struct columns *columns,
                                 const struct mb_csv_record *record, struct mb_err *err)
{
    struct row row = {.line = record->line};
    for (enum field i = 0; i < FIELDS; i++) {
        int index = columns->index[i];
        if (index >= (int)record->count) {
            return mb_err_at(err, MB_INVALID, mb_input_name(reading->input), record->line,
                             0, "it has %zu columns, '%s' is column %d", record->count,
                             NAMES[i][0], index + 1);
        }
        row.values[i] = index >= 0 ? record->fields[index] : NULL;
    }
    return row_add(reading, &row, err);
}

static enum mb_status csv_read(struct reading *reading, struct mb_err *err)
{
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    struct columns columns = {.index = {0}};
    enum mb_status status = mb_csv_open(reading->input, 0, &csv, err);
    if (status == MB_OK) {
        status = mb_csv_next(csv, &record, err);
    }
    if (status == MB_OK && record != NULL) {
        status = columns_read(reading, record, &columns, err);
    }
    while (status == MB_OK && record != NULL) {
        status = mb_csv_next(csv, &record, err);
        // Files that were appended to have the names again.
        if (status == MB_OK && record != NULL &&
            strcmp(record->fields[0], NAMES[FIELD_TIME][0]) != 0) {
            status = record_add(reading, &columns, record, err);
        }
    }
    mb_csv_free(csv);
    return status;
}

// --- the runs ---

static enum mb_status label_put(struct reading *reading, struct label *label,
                                struct mb_err *err)
{
    struct mb_import_run *run = NULL;
    enum mb_status status = mb_import_run_add(reading->import, reading->input, &run, err);
    if (status != MB_OK) {
        return status;
    }
    run->workload = label->name[0] != '\0' ? label->name : NULL;
    if (reading->first_ns >= 0 && !reading->dates) {
        run->start_unix_ns = reading->first_ns;
        run->window_ns = reading->last_ns - reading->first_ns;
    }
    mb_import_samples_put(&label->samples, reading->import, run, false);
    return MB_OK;
}

static enum mb_status labels_put(struct reading *reading, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < reading->label_count; i++) {
        mb_import_samples_span(&reading->labels[i].samples, &reading->first_ns,
                               &reading->last_ns);
    }
    for (size_t i = 0; status == MB_OK && i < reading->label_count; i++) {
        status = label_put(reading, &reading->labels[i], err);
    }
    if (reading->nested > 0) {
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "%lld samples inside others (redirects, embedded resources, "
                           "steps of transactions) are parts of theirs",
                           (long long)reading->nested);
    }
    if (reading->dates) {
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "times are written as dates without a zone");
    }
    return status;
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    size_t size;
    enum mb_status status;
    struct reading *reading = mb_arena_alloc(import->arena, 1, sizeof *reading);
    *reading =
        (struct reading){.import = import, .input = input, .first_ns = -1, .last_ns = -1};
    reading->labels = mb_arena_alloc(import->arena, LABELS_MAX, sizeof *reading->labels);
    const struct mb_xml_reader reader = {.start = on_element, .state = reading};
    bool xml = strstr(mb_input_head(input, &size), "<testResults") != NULL;
    status = xml ? mb_xml_read(input, &reader, err) : csv_read(reading, err);
    if (status == MB_OK) {
        status = labels_put(reading, err);
    }
    for (size_t i = 0; i < reading->label_count; i++) {
        mb_import_samples_release(&reading->labels[i].samples);
    }
    return status;
}

const struct mb_importer mb_importer_jtl = {
    .name = "jtl",
    .title = "JMeter's JTL, XML and CSV",
    .tool = "jmeter",
    .detect = detect,
    .read = read,
    .unknown = "JMeter's results do not hold the plan: threads, timers and warm-up are "
               "not known; times are whole milliseconds",
};
