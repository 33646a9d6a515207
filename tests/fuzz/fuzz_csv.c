// CSV reader: records lie within the limits, their lines grow, and what is refused has a
// place; written again with every field in quotes, the same is read.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "format/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Reads all and writes it in quotes. False when it was refused.
static bool again(const void *bytes, size_t size, struct mb_buf *out)
{
    struct mb_input *input = NULL;
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    struct mb_err err = {0};
    int line = 0;
    enum mb_status status = mb_input_open_bytes("x.csv", bytes, size, &input, &err);
    if (status == MB_OK) {
        status = mb_csv_open(input, out->size == 0 ? 0 : ',', &csv, &err);
    }
    mb_buf_reset(out);
    while (status == MB_OK) {
        status = mb_csv_next(csv, &record, &err);
        if (status != MB_OK || record == NULL) {
            break;
        }
        if (record->count < 1 || record->count > MB_CSV_MAX_COLUMNS ||
            record->line <= line) {
            abort();
        }
        line = record->line;
        for (size_t i = 0; i < record->count; i++) {
            mb_buf_append_string(out, i > 0 ? ",\"" : "\"");
            for (const char *at = record->fields[i]; *at != '\0'; at++) {
                mb_buf_append_string(out, *at == '"' ? "\"" : "");
                mb_buf_append_char(out, *at);
            }
            mb_buf_append_char(out, '"');
        }
        mb_buf_append_char(out, '\n');
    }
    if (status != MB_OK && err.message[0] == '\0') {
        abort();
    }
    mb_csv_free(csv);
    mb_input_free(input);
    return status == MB_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_buf first = {0};
    struct mb_buf second = {0};
    // Quotes around every field may take a record over its limit.
    if (size < MB_CSV_MAX_RECORD_BYTES / 4 && again(data, size, &first)) {
        mb_buf_append_char(&second, ' ');
        if (!again(mb_buf_string(&first), first.size, &second) ||
            strcmp(mb_buf_string(&first), mb_buf_string(&second)) != 0) {
            abort();
        }
    }
    mb_buf_release(&first);
    mb_buf_release(&second);
    return 0;
}
