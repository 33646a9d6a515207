// CSV (RFC 4180) read record by record, whatever the file's size. Format floor: may
// include base.
//
// A field may be in double quotes, and then holds delimiters, line ends and doubled
// quotes. Records end with LF, CRLF or CR CR LF. Empty lines are left out, and so are
// lines that begin with '#' before the first record.
#ifndef MB_FORMAT_CSV_H
#define MB_FORMAT_CSV_H

#include <stddef.h>

#include "base/err.h"
#include "base/input.h"

enum {
    MB_CSV_MAX_COLUMNS = 4096,
    MB_CSV_MAX_RECORD_BYTES = 1 << 20 // of one record, line ends in quotes included
};

struct mb_csv;

// One record. Fields end with a zero byte and hold no other one.
struct mb_csv_record {
    char *const *fields;
    size_t count; // at least 1
    int line;     // 1-based: where the record begins
};

// Reads from `input`, which is borrowed, from where it stands. `delimiter` 0: the one of
// comma, semicolon, tab and '|' that the first record has most of outside quotes; comma
// when it has none.
MB_MUST_USE enum mb_status mb_csv_open(struct mb_input *input, char delimiter,
                                       struct mb_csv **csv, struct mb_err *err);
void mb_csv_free(struct mb_csv *csv); // NULL is fine

// The next record, borrowed until the next call; NULL at the end. MB_INVALID with the
// line: a quote that is not closed, text behind a closing quote, a zero byte, a record
// over the limits. Records may have different numbers of fields.
MB_MUST_USE enum mb_status
mb_csv_next(struct mb_csv *csv, const struct mb_csv_record **record, struct mb_err *err);

#endif
