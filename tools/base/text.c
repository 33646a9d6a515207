#include "base/text.h"

#include <stdbool.h>
#include <string.h>

// Smallest code point that needs a sequence of that many bytes: anything below it is an
// overlong form.
static const int32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};

static size_t sequence_length(unsigned char first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        return 2;
    }
    if ((first & 0xf0) == 0xe0) {
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        return 4;
    }
    return 0;
}

int32_t mb_text_decode(const char *text, size_t size, size_t *length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t wanted = sequence_length(bytes[0]);
    *length = 1;
    if (wanted == 1) {
        return bytes[0];
    }
    if (wanted == 0 || wanted > size) {
        return -1;
    }
    int32_t point = bytes[0] & (0xff >> (wanted + 1));
    for (size_t i = 1; i < wanted; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return -1;
        }
        point = point << 6 | (bytes[i] & 0x3f);
    }
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < smallest[wanted] || surrogate || point > 0x10ffff) {
        return -1;
    }
    *length = wanted;
    return point;
}

static bool is_control(int32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

// Unicode's directional and zero-width characters: what is seen would not be what is
// there (CVE-2021-42574).
static bool is_deceptive(int32_t point)
{
    return (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

void mb_text_show(const char *text, size_t size, const char *keep, struct mb_buf *out)
{
    size_t length = 0;
    for (size_t at = 0; at < size; at += length) {
        int32_t point = mb_text_decode(text + at, size - at, &length);
        if (point < 0) {
            mb_buf_print(out, "\\x%02x", (unsigned)(unsigned char)text[at]);
        } else if (is_control(point)) {
            if (point > 0 && point < 0x80 && strchr(keep, (int)point) != NULL) {
                mb_buf_append_char(out, (char)point);
            } else {
                mb_buf_print(out, "\\x%02x", (unsigned)point);
            }
        } else if (is_deceptive(point)) {
            mb_buf_print(out, "\\u%04x", (unsigned)point);
        } else {
            mb_buf_append(out, text + at, length);
        }
    }
}

void mb_text_show_xml(const char *text, const char *keep, struct mb_buf *out)
{
    struct mb_buf safe = {0};
    mb_text_show(text, strlen(text), keep, &safe);
    for (const char *at = mb_buf_string(&safe); *at != '\0'; at++) {
        switch (*at) {
        case '&':
            mb_buf_append_string(out, "&amp;");
            break;
        case '<':
            mb_buf_append_string(out, "&lt;");
            break;
        case '>':
            mb_buf_append_string(out, "&gt;");
            break;
        case '"':
            mb_buf_append_string(out, "&quot;");
            break;
        case '\'':
            mb_buf_append_string(out, "&#39;");
            break;
        default:
            mb_buf_append_char(out, *at);
        }
    }
    mb_buf_release(&safe);
}

void mb_text_show_csv(const char *text, struct mb_buf *out)
{
    struct mb_buf safe = {0};
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    if (formula) {
        mb_buf_append_char(&safe, '\'');
    }
    mb_text_show(text, strlen(text), "", &safe);
    const char *field = mb_buf_string(&safe);
    bool quoted = formula || strpbrk(field, ",\";") != NULL;
    if (!quoted) {
        mb_buf_append_string(out, field);
    } else {
        mb_buf_append_char(out, '"');
        for (const char *at = field; *at != '\0'; at++) {
            mb_buf_append_string(out, *at == '"' ? "\"" : "");
            mb_buf_append_char(out, *at);
        }
        mb_buf_append_char(out, '"');
    }
    mb_buf_release(&safe);
}
