#include "mesh/template.h"

#include <string.h>

#include "base/units.h"

enum { NAME_SHOWN = 64, VARIABLES_MAX = 128 };

static const char *value_find(const struct mb_template_variable *variables, size_t count,
                              const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(variables[i].name) == length &&
            memcmp(variables[i].name, name, length) == 0) {
            return variables[i].value;
        }
    }
    return NULL;
}

static enum mb_status unknown_report(const struct mb_template_variable *variables,
                                     size_t count, const char *name, size_t length,
                                     struct mb_err *err)
{
    char shown[NAME_SHOWN + 1] = {0};
    const char *known[VARIABLES_MAX + 1] = {NULL};
    memcpy(shown, name, length < NAME_SHOWN ? length : NAME_SHOWN);
    for (size_t i = 0; i < count && i < VARIABLES_MAX; i++) {
        known[i] = variables[i].name;
    }
    const char *near = mb_units_nearest(shown, known);
    if (near != NULL) {
        mb_err_hint(err, "did you mean '${%s}'?", near);
    }
    return mb_err_set(err, MB_INVALID, "unknown variable '%s'", shown);
}

// Renders the reference at `text` ("${..." or "$$"); *used is its length.
static enum mb_status reference_render(const char *text,
                                       const struct mb_template_variable *variables,
                                       size_t count, struct mb_buf *out, size_t *used,
                                       struct mb_err *err)
{
    if (text[1] == '$') {
        mb_buf_append_char(out, '$');
        *used = 2;
        return MB_OK;
    }
    if (text[1] != '{') {
        mb_err_hint(err, "write '$$' for one '$'");
        return mb_err_set(err, MB_INVALID, "'$' starts neither '${name}' nor '$$'");
    }
    size_t length = strcspn(text + 2, "}\n");
    if (text[2 + length] != '}') {
        return mb_err_set(err, MB_INVALID, "'${' is not closed by '}'");
    }
    const char *value = value_find(variables, count, text + 2, length);
    if (value == NULL) {
        return unknown_report(variables, count, text + 2, length, err);
    }
    mb_buf_append_string(out, value);
    *used = length + 3;
    return MB_OK;
}

enum mb_status mb_template_render(const char *text,
                                  const struct mb_template_variable *variables,
                                  size_t count, struct mb_buf *out, size_t *offset,
                                  struct mb_err *err)
{
    size_t at = 0;
    while (text[at] != '\0') {
        size_t plain = strcspn(text + at, "$");
        mb_buf_append(out, text + at, plain);
        at += plain;
        if (text[at] == '$') {
            size_t used = 0;
            *offset = at;
            enum mb_status status =
                reference_render(text + at, variables, count, out, &used, err);
            if (status != MB_OK) {
                return status;
            }
            at += used;
        }
        if (out->size > MB_TEMPLATE_MAX_BYTES) {
            *offset = at;
            return mb_err_set(err, MB_INVALID, "rendered text is larger than %d bytes",
                              MB_TEMPLATE_MAX_BYTES);
        }
    }
    return MB_OK;
}

void mb_template_place(const char *text, size_t offset, int *line, int *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < offset && text[i] != '\0'; i++) {
        if (text[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            (*column)++;
        }
    }
}
