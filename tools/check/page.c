#include "check/page.h"

#include <string.h>

#include "base/embed.h"
#include "check/rules.h"

static const struct mb_embed *page_find(const char *code)
{
    size_t count = 0;
    const struct mb_rule_family *families = mb_rules_families(&count);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(families[i].prefix, code, strlen(families[i].prefix)) == 0) {
            return mb_embed_find(families[i].page);
        }
    }
    return NULL;
}

// A section runs from its "## MB101 name" to the next heading of that rank.
static const char *section_find(const char *page, const char *code, size_t *size)
{
    struct mb_buf heading = {0};
    mb_buf_print(&heading, "\n## %s ", code);
    const char *start = strstr(page, mb_buf_string(&heading));
    mb_buf_release(&heading);
    if (start == NULL) {
        return NULL;
    }
    start++;
    const char *end = strstr(start, "\n## ");
    *size = end != NULL ? (size_t)(end - start) + 1 : strlen(start);
    return start;
}

static size_t line_length(const char *text, size_t size)
{
    const char *end = memchr(text, '\n', size);
    return end != NULL ? (size_t)(end - text) : size;
}

// A line of prose, without the marks that Markdown needs: heading, back quotes, and the
// two blanks at the end that break a line.
static void prose_print(const char *text, size_t length, struct mb_buf *out)
{
    size_t from = strncmp(text, "## ", 3) == 0 ? 3 : 0;
    while (length > from && text[length - 1] == ' ') {
        length--;
    }
    for (size_t i = from; i < length; i++) {
        if (text[i] != '`') {
            mb_buf_append_char(out, text[i]);
        }
    }
    mb_buf_append_char(out, '\n');
}

// Plain text: examples are indented instead of fenced.
static void plain_print(const char *text, size_t size, struct mb_buf *out)
{
    bool example = false;
    bool blank = false;
    while (size > 0) {
        size_t length = line_length(text, size);
        size_t skip = length < size ? length + 1 : length;
        if (length >= 3 && strncmp(text, "```", 3) == 0) {
            example = !example;
        } else if (length == 0) {
            blank = true;
        } else {
            mb_buf_append_string(out, blank ? "\n" : "");
            blank = false;
            if (example) {
                mb_buf_print(out, "    %.*s\n", (int)length, text);
            } else {
                prose_print(text, length, out);
            }
        }
        text += skip;
        size -= skip;
    }
}

bool mb_page_section(const char *code, bool markdown, struct mb_buf *out)
{
    const struct mb_embed *page = mb_rules_find(code) != NULL ? page_find(code) : NULL;
    size_t size = 0;
    const char *section = page != NULL ? section_find(page->data, code, &size) : NULL;
    if (section == NULL) {
        return false;
    }
    if (markdown) {
        mb_buf_append(out, section, size);
    } else {
        plain_print(section, size, out);
    }
    return true;
}
