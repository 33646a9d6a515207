#include "report/escape.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { GNUPLOT_LINES = 4 };

static void shown(struct mb_buf *out, const char *text)
{
    mb_text_show(text, strlen(text), "", out);
}

void mb_escape_xml(struct mb_buf *out, const char *text)
{
    mb_text_show_xml(text, "", out);
}

void mb_escape_xml_lines(struct mb_buf *out, const char *text)
{
    mb_text_show_xml(text, "\n", out);
}

// '@', '#' and what could become HTML or an address turn into entities, which GitHub
// shows but does not follow; the rest gets a backslash. "://" and "www." would become
// links.
void mb_escape_markdown(struct mb_buf *out, const char *text)
{
    struct mb_buf safe = {0};
    shown(&safe, text);
    for (const char *at = mb_buf_string(&safe); *at != '\0'; at++) {
        bool host = *at == '.' && at >= mb_buf_string(&safe) + 3 &&
                    strncasecmp(at - 3, "www", 3) == 0;
        bool link = host || (*at == ':' && at[1] == '/');
        if (strchr("&<>@#|", *at) != NULL || link) {
            mb_buf_print(out, "&#%d;", *at);
        } else if (strchr("\\`*_{}[]!~$=^", *at) != NULL) {
            mb_buf_append_char(out, '\\');
            mb_buf_append_char(out, *at);
        } else {
            mb_buf_append_char(out, *at);
        }
    }
    mb_buf_release(&safe);
}

void mb_escape_csv(struct mb_buf *out, const char *text)
{
    mb_text_show_csv(text, out);
}

// Widths in hundredths of an em, no less than those of DejaVu Sans, which is wider than
// most.
enum { EM = 100, NARROW = 42, WIDE = 100, CAPITAL = 78, USUAL = 64 };

// East Asian characters and emoji are as wide as they are high.
static bool is_square(int32_t code)
{
    return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
           (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
           (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xffe6) ||
           code >= 0x1f000;
}

static size_t character_width(int32_t code)
{
    if (code < 0x80) {
        if (strchr(" .,:;'|!ijlI()[]-/ftr`", code) != NULL) {
            return NARROW;
        }
        if (strchr("mwMW@%#&+<>=_~", code) != NULL) {
            return WIDE;
        }
    }
    bool capital = (code >= 'A' && code <= 'Z') || code >= 0x80;
    return is_square(code) ? EM : capital ? CAPITAL : USUAL;
}

// Where the line that starts at `from` ends: after `ems`, or in its second half at the
// last " · ", which parts what belongs together, else at the last blank or hyphen.
static size_t line_end(const char *text, size_t size, size_t from, size_t ems)
{
    size_t at = from;
    size_t good = 0;
    size_t best = 0;
    size_t width = 0;
    while (at < size) {
        size_t length;
        width += character_width(mb_text_decode(text + at, size - at, &length));
        if (width > ems * EM) {
            break;
        }
        at += length;
        if (width > ems * EM / 2 && strchr(" -/.,", text[at - 1]) != NULL) {
            good = at;
            best = at >= 4 && strncmp(text + at - 4, " · ", 4) == 0 ? at : best;
        }
    }
    good = best > 0 ? best : good;
    if (at == from && at < size) { // not even one fits: it stands alone
        size_t length;
        (void)mb_text_decode(text + at, size - at, &length);
        return at + length;
    }
    return at < size && good > 0 ? good : at;
}

void mb_escape_gnuplot(struct mb_buf *out, const char *text, size_t ems)
{
    struct mb_buf safe = {0};
    shown(&safe, text);
    const char *line = mb_buf_string(&safe);
    mb_buf_append_char(out, '"');
    size_t from = 0;
    for (int lines = 1; from < safe.size; lines++) {
        size_t end = line_end(line, safe.size, from, ems);
        for (size_t i = from; i < end; i++) {
            // gnuplot knows no escape for these in a data file: the nearest characters.
            mb_buf_append_string(out, line[i] == '"'    ? "'"
                                      : line[i] == '\\' ? "\u2216"
                                      : line[i] == '%'  ? "\uff05"
                                                        : "");
            if (strchr("\"\\%", line[i]) == NULL) {
                mb_buf_append_char(out, line[i]);
            }
        }
        if (end < safe.size) {
            mb_buf_append_string(out, lines == GNUPLOT_LINES ? "\u2026" : "\\n");
        }
        from = lines == GNUPLOT_LINES ? safe.size : end;
    }
    mb_buf_append_char(out, '"');
    mb_buf_release(&safe);
}
