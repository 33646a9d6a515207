#include "cli/cli_text.h"

#include <stdio.h>
#include <string.h>

const struct mb_cli_text_status mb_cli_text_statuses[] = {
    {"0", "all good"},
    {"1",
     "an error-level finding, an invalid document, a failed gate, or a verdict named "
     "by --fail-on"},
    {"2", "the command line is wrong"},
    {"3", "the operation could not be done: I/O, network, a tool that is missing"},
    {"70", "a bug in meshbench"},
    {"125", "duel only: the data cannot tell; git bisect run skips such a commit"},
    {"130", "interrupted, after saving what was measured"},
    {NULL, NULL},
};

size_t mb_cli_text_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80 ? 1 : 0;
    }
    return width;
}

void mb_cli_text_pad(struct mb_buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mb_buf_append_char(out, ' ');
    }
}

// Columns of the first `length` bytes.
static size_t word_width(const char *word, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++) {
        width += ((unsigned char)word[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return width;
}

struct layout {
    size_t at; // column that is reached already
    size_t indent;
    size_t width;
};

// Fills one paragraph of `length` bytes.
static void paragraph_fill(struct mb_buf *out, const char *text, size_t length,
                           const struct layout *layout)
{
    const char *end = text + length;
    size_t column = layout->at;
    size_t indent = layout->indent;
    bool line_empty = true;
    while (text < end) {
        size_t blanks = strspn(text, " \n");
        text += blanks;
        size_t word = strcspn(text, " \n");
        word = word > (size_t)(end - text) ? (size_t)(end - text) : word;
        if (text >= end || word == 0) {
            break;
        }
        size_t needed = word_width(text, word) + (line_empty ? 0 : 1);
        if (!line_empty && column + needed > layout->width) {
            mb_buf_append_char(out, '\n');
            column = 0;
            line_empty = true;
            needed--;
        }
        if (line_empty) {
            mb_cli_text_pad(out, indent > column ? indent - column : 0);
            column = indent > column ? indent : column;
        } else {
            mb_buf_append_char(out, ' ');
        }
        mb_buf_append(out, text, word);
        column += needed;
        line_empty = false;
        text += word;
    }
    mb_buf_append_char(out, '\n');
}

// Copies one paragraph line by line, indented.
static void paragraph_keep(struct mb_buf *out, const char *text, size_t length,
                           size_t indent)
{
    const char *end = text + length;
    while (text < end) {
        size_t line = strcspn(text, "\n");
        line = line > (size_t)(end - text) ? (size_t)(end - text) : line;
        mb_cli_text_pad(out, indent);
        mb_buf_append(out, text, line);
        mb_buf_append_char(out, '\n');
        text += line + 1;
    }
}

void mb_cli_text_wrap(struct mb_buf *out, const char *text, size_t at, size_t indent,
                      size_t width)
{
    struct layout layout = {.at = at, .indent = indent, .width = width};
    while (*text != '\0') {
        const char *gap = strstr(text, "\n\n");
        size_t length = gap != NULL ? (size_t)(gap - text) : strlen(text);
        if (strncmp(text, "  ", 2) == 0) {
            paragraph_keep(out, text, length, indent);
        } else {
            paragraph_fill(out, text, length, &layout);
        }
        layout.at = 0;
        text += length;
        if (gap != NULL) {
            mb_buf_append_char(out, '\n');
            text += strspn(text, "\n");
        }
    }
}

void mb_cli_text_names(struct mb_buf *out, const struct mb_opt *option)
{
    if (option->letter != '\0') {
        mb_buf_print(out, "-%c, ", option->letter);
    }
    mb_buf_print(out, "--%s", option->name);
    if (option->argument != NULL) {
        mb_buf_print(out, " %s", option->argument);
    }
}

bool mb_cli_text_unit(enum mb_opt_type type, enum mb_unit *unit)
{
    switch (type) {
    case MB_OPT_DURATION:
        *unit = MB_UNIT_DURATION;
        return true;
    case MB_OPT_RATE:
        *unit = MB_UNIT_RATE;
        return true;
    case MB_OPT_SIZE:
        *unit = MB_UNIT_SIZE;
        return true;
    case MB_OPT_SHARE:
        *unit = MB_UNIT_SHARE;
        return true;
    case MB_OPT_FLAG:
    case MB_OPT_STRING:
    case MB_OPT_STRINGS:
    case MB_OPT_INT:
    case MB_OPT_CHOICE:
        break;
    }
    return false;
}

void mb_cli_text_value(enum mb_opt_type type, int64_t value, char *text, size_t size)
{
    enum mb_unit unit;
    if (mb_cli_text_unit(type, &unit)) {
        mb_units_print(unit, value, text, size);
    } else {
        (void)snprintf(text, size, "%lld", (long long)value);
    }
}

static void separate(struct mb_buf *out, size_t start)
{
    if (out->size > start) {
        mb_buf_append_string(out, "; ");
    }
}

void mb_cli_text_limits(struct mb_buf *out, const struct mb_opt *option)
{
    size_t start = out->size;
    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++) {
        const char *before = i == 0 ? "" : option->choices[i + 1] == NULL ? " or " : ", ";
        mb_buf_print(out, "%s%s", before, option->choices[i]);
    }
    if (option->min != 0 || option->max != 0) {
        char low[32];
        char high[32];
        mb_cli_text_value(option->type, option->min, low, sizeof low);
        mb_cli_text_value(option->type, option->max, high, sizeof high);
        separate(out, start);
        mb_buf_print(out, "%s to %s", low, high);
    }
    if (option->type == MB_OPT_STRINGS) {
        separate(out, start);
        mb_buf_append_string(out, "may be given more than once");
    }
    if (option->fallback != NULL) {
        separate(out, start);
        mb_buf_print(out, "default: %s", option->fallback);
    }
}

bool mb_cli_text_opens_group(const struct mb_cmd *const *cmds, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(cmds[i]->group, cmds[index]->group) == 0) {
            return false;
        }
    }
    return true;
}
