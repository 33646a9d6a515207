#include "mesh/binding.h"

#include <inttypes.h>
#include <regex.h>
#include <string.h>

#include "base/units.h"

enum { VALUE_MAX = 1024 };

bool mb_binding_is_plain(const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789._~:/@%+=,-";
    return value[strspn(value, plain)] == '\0';
}

static enum mb_status text_check(const struct mb_definition_parameter *parameter,
                                 const char *value, struct mb_err *err)
{
    if (strlen(value) > VALUE_MAX) {
        return mb_err_set(err, MB_INVALID, "a value of %zu bytes is too long, at most %d",
                          strlen(value), VALUE_MAX);
    }
    if (!mb_binding_is_plain(value)) {
        return mb_err_set(err, MB_INVALID,
                          "'%s' holds a character that could leave its place in a "
                          "configuration: allowed are letters, digits and ._~:/@%%+=,-",
                          value);
    }
    regex_t regex;
    if (parameter->pattern == NULL) {
        return MB_OK;
    }
    if (regcomp(&regex, parameter->pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        return mb_err_set(err, MB_INVALID, "pattern '%s' is not a regular expression",
                          parameter->pattern);
    }
    bool matches = regexec(&regex, value, 0, NULL, 0) == 0;
    regfree(&regex);
    return matches ? MB_OK
                   : mb_err_set(err, MB_INVALID, "'%s' does not match '%s'", value,
                                parameter->pattern);
}

static enum mb_status choice_check(const struct mb_definition_parameter *parameter,
                                   const char *value, struct mb_err *err)
{
    struct mb_buf list = {0};
    for (size_t i = 0; parameter->choices[i] != NULL; i++) {
        if (strcmp(parameter->choices[i], value) == 0) {
            mb_buf_release(&list);
            return MB_OK;
        }
        mb_buf_print(&list, "%s%s", i > 0 ? ", " : "", parameter->choices[i]);
    }
    const char *near = mb_units_nearest(value, parameter->choices);
    if (near != NULL) {
        mb_err_hint(err, "did you mean '%s'?", near);
    }
    enum mb_status status = mb_err_set(err, MB_INVALID, "'%s' is not one of: %s", value,
                                       mb_buf_string(&list));
    mb_buf_release(&list);
    return status;
}

enum mb_status mb_binding_check(const struct mb_definition_parameter *parameter,
                                const char *value, struct mb_err *err)
{
    int64_t ignored = 0;
    switch (parameter->type) {
    case MB_TYPE_INTEGER:
        return mb_units_parse_int(value, parameter->min, parameter->max, &ignored, err);
    case MB_TYPE_BOOLEAN:
        return strcmp(value, "true") == 0 || strcmp(value, "false") == 0
                   ? MB_OK
                   : mb_err_set(err, MB_INVALID, "'%s' is neither true nor false", value);
    case MB_TYPE_CHOICE:
        return choice_check(parameter, value, err);
    case MB_TYPE_TEXT:
        return text_check(parameter, value, err);
    }
    return MB_OK;
}

void mb_binding_add(struct mb_arena *arena, struct mb_binding *binding, const char *name,
                    const char *value)
{
    binding->variables = mb_arena_grow(arena, binding->variables, binding->count,
                                       &binding->capacity, sizeof *binding->variables);
    binding->variables[binding->count++] =
        (struct mb_template_variable){.name = name, .value = value};
}

static const struct mb_definition_parameter *
parameter_find(const struct mb_adapter *adapter, const char *name)
{
    for (size_t i = 0; i < adapter->parameter_count; i++) {
        if (strcmp(adapter->parameters[i].name, name) == 0) {
            return &adapter->parameters[i];
        }
    }
    return NULL;
}

static enum mb_status unknown_report(const struct mb_adapter *adapter, const char *name,
                                     struct mb_err *err)
{
    const char *known[MB_DEFINITION_MAX_ITEMS + 1] = {NULL};
    for (size_t i = 0; i < adapter->parameter_count; i++) {
        known[i] = adapter->parameters[i].name;
    }
    const char *near = mb_units_nearest(name, known);
    if (near != NULL) {
        mb_err_hint(err, "did you mean '%s'?", near);
    }
    return mb_err_set(err, MB_INVALID, "adapter '%s' has no parameter '%s'",
                      adapter->name, name);
}

// Every given one is known, is given once, and has a good value.
static enum mb_status given_check(const struct mb_adapter *adapter,
                                  const struct mb_parameter *given, size_t count,
                                  struct mb_binding *binding, struct mb_err *err)
{
    static const struct mb_definition_parameter path = {.name = "program",
                                                        .type = MB_TYPE_TEXT};
    for (size_t i = 0; i < count; i++) {
        const struct mb_definition_parameter *parameter =
            parameter_find(adapter, given[i].name);
        if (adapter->has_program && strcmp(given[i].name, path.name) == 0) {
            parameter = &path;
            binding->program = given[i].value;
        }
        if (parameter == NULL) {
            return unknown_report(adapter, given[i].name, err);
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(given[i].name, given[j].name) == 0) {
                return mb_err_set(err, MB_INVALID, "parameter '%s' is given twice",
                                  given[i].name);
            }
        }
        enum mb_status status = mb_binding_check(parameter, given[i].value, err);
        if (status != MB_OK) {
            mb_err_prepend(err, "parameter '%s' of adapter '%s'", given[i].name,
                           adapter->name);
            return status;
        }
    }
    return MB_OK;
}

enum mb_status mb_binding_make(struct mb_arena *arena, const struct mb_adapter *adapter,
                               const struct mb_parameter *given, size_t count,
                               struct mb_binding *binding, struct mb_err *err)
{
    *binding = (struct mb_binding){0};
    enum mb_status status = given_check(adapter, given, count, binding, err);
    for (size_t i = 0; status == MB_OK && i < adapter->parameter_count; i++) {
        const struct mb_definition_parameter *parameter = &adapter->parameters[i];
        const char *value = parameter->fallback;
        for (size_t j = 0; j < count; j++) {
            if (strcmp(given[j].name, parameter->name) == 0) {
                value = given[j].value;
            }
        }
        if (value == NULL) {
            mb_err_hint(err, "%s", parameter->description);
            return mb_err_set(err, MB_INVALID,
                              "adapter '%s' needs a value for its parameter '%s'",
                              adapter->name, parameter->name);
        }
        mb_binding_add(arena, binding, mb_arena_print(arena, "param.%s", parameter->name),
                       value);
    }
    return status;
}
