// Works in place: a record is looked for in a window of the input, then its fields are
// unquoted and ended with zero bytes where they stand.
#include "format/csv.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

enum { CHUNK = 1 << 16 };

struct mb_csv {
    struct mb_input *input;
    char delimiter;
    char *data; // capacity + 1 bytes: the last field may need its zero byte
    size_t capacity;
    size_t start; // of what was not given out yet
    size_t end;
    bool ended; // the input
    bool begun; // a record was given out
    int line;   // of `start`
    char **fields;
    size_t field_capacity;
    struct mb_csv_record record;
};

static enum mb_status fail(const struct mb_csv *csv, struct mb_err *err, const char *what)
{
    return mb_err_at(err, MB_INVALID, mb_input_name(csv->input), csv->line, 0, "%s",
                     what);
}

// Moves what is left to the front and fills up behind it; grows when that is all there
// is.
static enum mb_status window_fill(struct mb_csv *csv, struct mb_err *err)
{
    if (csv->start > 0) {
        memmove(csv->data, csv->data + csv->start, csv->end - csv->start);
        csv->end -= csv->start;
        csv->start = 0;
    }
    if (csv->end == csv->capacity) {
        if (csv->capacity >= MB_CSV_MAX_RECORD_BYTES) {
            return fail(csv, err, "record of over 1 MiB: is a quote not closed?");
        }
        csv->capacity *= 2;
        csv->data = mb_mem_resize(csv->data, csv->capacity + 1, 1);
    }
    while (csv->end < csv->capacity && !csv->ended) {
        size_t got = 0;
        enum mb_status status = mb_input_read(csv->input, csv->data + csv->end,
                                              csv->capacity - csv->end, &got, err);
        if (status != MB_OK) {
            return status;
        }
        csv->end += got;
        csv->ended = got == 0;
    }
    return MB_OK;
}

// Finds one past the LF that ends the record at the window's start, or the window's end
// where the input ends. False when the window does not hold all of the record. A quote
// opens a quoted field only where a field begins.
static bool record_end(const struct mb_csv *csv, size_t *end)
{
    const char *data = csv->data;
    const char *first = data + csv->start;
    size_t size = csv->end - csv->start;
    const char *newline = memchr(first, '\n', size);
    size_t plain = newline != NULL ? (size_t)(newline - first) + 1 : size;
    *end = csv->start + plain;
    if (memchr(first, '"', plain) == NULL) {
        return newline != NULL || csv->ended;
    }
    bool quoted = false;
    bool may_open = true; // a field begins, or one was closed: a doubled quote goes on
    for (size_t i = csv->start; i < csv->end; i++) {
        if (quoted) {
            quoted = data[i] != '"';
            may_open = !quoted;
        } else if (data[i] == '\n') {
            *end = i + 1;
            return true;
        } else {
            quoted = may_open && data[i] == '"';
            may_open = data[i] == csv->delimiter;
        }
    }
    *end = csv->end;
    return csv->ended;
}

// Takes a quoted field's quotes away. *at stands on the opening one, and then behind the
// closing one.
static enum mb_status field_unquote(const struct mb_csv *csv, size_t *at, size_t end,
                                    char **past, struct mb_err *err)
{
    char *data = csv->data;
    char *out = data + *at;
    size_t in = *at + 1;
    while (in < end && (data[in] != '"' || (in + 1 < end && data[in + 1] == '"'))) {
        in += data[in] == '"';
        *out++ = data[in++];
    }
    if (in == end) {
        return fail(csv, err, "quote that is not closed");
    }
    if (in + 1 < end && data[in + 1] != csv->delimiter) {
        return fail(csv, err, "text behind a closing quote");
    }
    *at = in + 1;
    *past = out;
    return MB_OK;
}

static enum mb_status field_add(struct mb_csv *csv, char *field, struct mb_err *err)
{
    struct mb_csv_record *record = &csv->record;
    if (record->count == MB_CSV_MAX_COLUMNS) {
        return fail(csv, err, "record of over 4096 fields");
    }
    if (record->count == csv->field_capacity) {
        csv->field_capacity = csv->field_capacity == 0 ? 16 : csv->field_capacity * 2;
        csv->fields =
            mb_mem_resize(csv->fields, csv->field_capacity, sizeof *csv->fields);
        record->fields = csv->fields;
    }
    csv->fields[record->count++] = field;
    return MB_OK;
}

// Splits the record of [start, end), without its line end.
static enum mb_status record_split(struct mb_csv *csv, size_t end, struct mb_err *err)
{
    char *data = csv->data;
    csv->record.count = 0;
    csv->record.line = csv->line;
    for (size_t at = csv->start;; at++) {
        char *field = data + at;
        char *past = field;
        enum mb_status status = MB_OK;
        if (at < end && data[at] == '"') {
            status = field_unquote(csv, &at, end, &past, err);
        } else {
            past = at < end ? memchr(field, csv->delimiter, end - at) : NULL;
            past = past != NULL ? past : data + end;
            at = (size_t)(past - data);
        }
        if (status == MB_OK) {
            status = field_add(csv, field, err);
        }
        if (status != MB_OK) {
            return status;
        }
        *past = '\0';
        if (at >= end) {
            return MB_OK;
        }
    }
}

static int lines_count(const char *data, size_t size)
{
    int count = 0;
    const char *end = data + size;
    for (const char *at = memchr(data, '\n', size); at != NULL;
         at = memchr(at + 1, '\n', (size_t)(end - at - 1))) {
        count++;
    }
    return count;
}

// Of a line's bytes: those without its end. Python's csv writes CR CR LF on Windows.
static size_t line_content(const char *line, size_t size)
{
    size -= size > 0 && line[size - 1] == '\n';
    while (size > 0 && line[size - 1] == '\r') {
        size--;
    }
    return size;
}

enum mb_status mb_csv_next(struct mb_csv *csv, const struct mb_csv_record **record,
                           struct mb_err *err)
{
    *record = NULL;
    for (;;) {
        size_t end = 0;
        while (!record_end(csv, &end)) {
            enum mb_status status = window_fill(csv, err);
            if (status != MB_OK) {
                return status;
            }
        }
        if (end == csv->start) {
            return MB_OK;
        }
        const char *first = csv->data + csv->start;
        size_t size = end - csv->start;
        if (memchr(first, '\0', size) != NULL) {
            return fail(csv, err, "zero byte: this is no CSV");
        }
        int lines = lines_count(first, size);
        size_t content = line_content(first, size);
        enum mb_status status = MB_OK;
        bool wanted = content > 0 && (csv->begun || *first != '#');
        if (wanted) {
            status = record_split(csv, csv->start + content, err);
            csv->begun = true;
            *record = status == MB_OK ? &csv->record : NULL;
        }
        csv->start = end;
        csv->line += lines;
        if (wanted) {
            return status;
        }
    }
}

// The delimiter that the first line with content has most of.
static char delimiter_guess(const char *head, size_t size)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    size_t counts[sizeof candidates] = {0};
    bool quoted = false;
    bool comment = false;
    bool content = false;
    for (size_t i = 0; i < size; i++) {
        if (!quoted && head[i] == '\n') {
            if (content) {
                break;
            }
            comment = false;
            continue;
        }
        comment = comment || (!content && head[i] == '#');
        if (comment) {
            continue;
        }
        content = content || head[i] != '\r';
        quoted = quoted != (head[i] == '"');
        for (size_t c = 0; c < sizeof candidates && !quoted; c++) {
            counts[c] += head[i] == candidates[c];
        }
    }
    size_t best = 0;
    for (size_t c = 1; c < sizeof candidates; c++) {
        best = counts[c] > counts[best] ? c : best;
    }
    return candidates[best];
}

enum mb_status mb_csv_open(struct mb_input *input, char delimiter, struct mb_csv **csv,
                           struct mb_err *err)
{
    *csv = NULL;
    if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
        return mb_err_set(err, MB_USAGE,
                          "a quote or a line end cannot be the delimiter of CSV");
    }
    size_t size = 0;
    const char *head = mb_input_head(input, &size);
    struct mb_csv *made = mb_mem_alloc(1, sizeof *made);
    made->input = input;
    made->delimiter = delimiter != '\0' ? delimiter : delimiter_guess(head, size);
    made->capacity = CHUNK;
    made->data = mb_mem_alloc(made->capacity + 1, 1);
    made->line = 1;
    *csv = made;
    return MB_OK;
}

void mb_csv_free(struct mb_csv *csv)
{
    if (csv != NULL) {
        mb_mem_free(csv->fields);
        mb_mem_free(csv->data);
        mb_mem_free(csv);
    }
}
