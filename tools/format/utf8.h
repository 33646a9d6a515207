// UTF-8 text as bytes: validity, and places (line and column) in it. Format
// floor: may include base.
#ifndef MB_FORMAT_UTF8_H
#define MB_FORMAT_UTF8_H

#include <stddef.h>

// Offset of the first byte that is not part of valid UTF-8; `size` when all is well.
size_t mb_utf8_find_invalid(const char *text, size_t size);

// Number of characters; bytes that are not UTF-8 count as one each.
size_t mb_utf8_count(const char *text, size_t size);

// Length of a byte order mark at the start: 3 or 0.
size_t mb_utf8_bom(const char *text, size_t size);

// A place in a text. Lines end with LF, CR LF or CR, and with U+0085, U+2028 and U+2029
// as libyaml counts them.
struct mb_utf8_cursor {
    const char *at;
    const char *end;
    int line;   // 1-based
    int column; // 1-based, in characters
};

// Starts at the beginning of a text, behind its byte order mark.
void mb_utf8_start(struct mb_utf8_cursor *cursor, const char *text, size_t size);

// Moves forward to `to` (not past the end), counting lines and columns.
void mb_utf8_advance(struct mb_utf8_cursor *cursor, const char *to);

// Length in bytes of the line end at `at`; 0 when there is none.
size_t mb_utf8_line_end(const char *at, const char *end);

#endif
