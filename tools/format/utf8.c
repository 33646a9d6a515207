#include "format/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

// Eight ASCII bytes at once: results are mostly Base64, so this is where the time goes.
static bool is_ascii8(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

size_t mb_utf8_find_invalid(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size) {
        if (size - at >= 8 && is_ascii8(text + at)) {
            at += 8;
            continue;
        }
        size_t length = 0;
        if (mb_text_decode(text + at, size - at, &length) < 0) {
            return at;
        }
        at += length;
    }
    return size;
}

size_t mb_utf8_count(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        count += ((unsigned char)text[i] & 0xC0U) != 0x80U;
    }
    return count;
}

size_t mb_utf8_bom(const char *text, size_t size)
{
    return size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

size_t mb_utf8_line_end(const char *at, const char *end)
{
    size_t left = (size_t)(end - at);
    if (left == 0) {
        return 0;
    }
    switch ((unsigned char)at[0]) {
    case '\n':
        return 1;
    case '\r':
        return left > 1 && at[1] == '\n' ? 2 : 1;
    case 0xC2:
        return left > 1 && (unsigned char)at[1] == 0x85 ? 2 : 0;
    case 0xE2:
        return left > 2 && (unsigned char)at[1] == 0x80 &&
                       ((unsigned char)at[2] == 0xA8 || (unsigned char)at[2] == 0xA9)
                   ? 3
                   : 0;
    default:
        return 0;
    }
}

void mb_utf8_start(struct mb_utf8_cursor *cursor, const char *text, size_t size)
{
    cursor->at = text + mb_utf8_bom(text, size);
    cursor->end = text + size;
    cursor->line = 1;
    cursor->column = 1;
}

void mb_utf8_advance(struct mb_utf8_cursor *cursor, const char *to)
{
    const char *at = cursor->at;
    while (at < to) {
        unsigned char byte = (unsigned char)*at;
        if (byte >= 0x20 && byte < 0x80) {
            cursor->column++;
            at++;
            continue;
        }
        size_t ending = mb_utf8_line_end(at, cursor->end);
        if (ending > 0) {
            cursor->line++;
            cursor->column = 1;
            at += ending;
            continue;
        }
        cursor->column += (byte & 0xC0U) != 0x80U;
        at++;
    }
    cursor->at = at;
}
