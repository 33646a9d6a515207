#include "mesh/parameters.h"

#include <inttypes.h>
#include <string.h>

#include "mesh/binding.h"

static enum mb_definition_type type_read(const struct mb_reading *reading,
                                         const struct mb_node *node)
{
    static const char *const names[] = {
        [MB_TYPE_INTEGER] = "integer",
        [MB_TYPE_BOOLEAN] = "boolean",
        [MB_TYPE_CHOICE] = "choice",
        [MB_TYPE_TEXT] = "text",
    };
    const char *name = mb_reading_text_required(reading, node, "type");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return (enum mb_definition_type)i;
        }
    }
    mb_reading_fault(reading, mb_node_find(node, "type"),
                     "'%s' is not a type: integer, boolean, choice or text", name);
    return MB_TYPE_TEXT;
}

// A default as the text that a user would give.
static const char *fallback_read(const struct mb_reading *reading,
                                 const struct mb_node *node)
{
    switch (node->type) {
    case MB_NODE_INT:
        return mb_arena_print(reading->arena, "%" PRId64, node->as.integer);
    case MB_NODE_BOOL:
        return node->as.boolean ? "true" : "false";
    case MB_NODE_STRING:
        return mb_reading_text(reading, node, "default", "");
    case MB_NODE_NULL:
    case MB_NODE_FLOAT:
    case MB_NODE_LIST:
    case MB_NODE_MAP:
        break;
    }
    mb_reading_fault(reading, node, "default is %s, not integer, boolean or string",
                     mb_node_type_name(node->type));
    return NULL;
}

// Keys that would mean nothing for a type are faults, not ignored.
static void parameter_keys_check(const struct mb_reading *reading,
                                 const struct mb_node *node, enum mb_definition_type type)
{
    static const struct {
        const char *key;
        enum mb_definition_type type;
    } owned[] = {{"min", MB_TYPE_INTEGER},
                 {"max", MB_TYPE_INTEGER},
                 {"choices", MB_TYPE_CHOICE},
                 {"pattern", MB_TYPE_TEXT}};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        const struct mb_node *value = mb_node_find(node, owned[i].key);
        if (value != NULL && owned[i].type != type) {
            mb_reading_fault(reading, value,
                             "'%s' does not apply to this type of parameter",
                             owned[i].key);
        }
    }
}

static void range_read(const struct mb_reading *reading, const struct mb_node *node,
                       struct mb_definition_parameter *parameter)
{
    const struct mb_node *min = mb_node_find(node, "min");
    const struct mb_node *max = mb_node_find(node, "max");
    bool ok = (min == NULL || mb_reading_is_type(reading, min, MB_NODE_INT, "min")) &&
              (max == NULL || mb_reading_is_type(reading, max, MB_NODE_INT, "max"));
    parameter->min = mb_node_integer(min, INT64_MIN);
    parameter->max = mb_node_integer(max, INT64_MAX);
    if (ok && parameter->min > parameter->max) {
        mb_reading_fault(reading, node, "'min' is above 'max'");
    }
}

static void parameter_read(const struct mb_reading *reading, const struct mb_node *node,
                           struct mb_definition_parameter *parameter)
{
    static const char *const known[] = {"name",    "description", "type",
                                        "default", "min",         "max",
                                        "choices", "pattern",     NULL};
    static const char *const none[] = {NULL};
    parameter->choices = (const char **)none;
    if (!mb_reading_is_map(reading, node, "parameter", known)) {
        return;
    }
    parameter->name = mb_reading_text_required(reading, node, "name");
    parameter->description = mb_reading_text_required(reading, node, "description");
    parameter->type = type_read(reading, node);
    parameter->pattern = mb_reading_text_key(reading, node, "pattern", NULL);
    parameter_keys_check(reading, node, parameter->type);
    range_read(reading, node, parameter);
    if (!mb_reading_is_word(parameter->name, "_") ||
        strcmp(parameter->name, "program") == 0) {
        mb_reading_fault(reading, mb_node_find(node, "name"),
                         "'%s' is no name for a parameter", parameter->name);
    }
    if (parameter->pattern != NULL) {
        mb_reading_regex_check(reading, mb_node_find(node, "pattern"), parameter->pattern,
                               0);
    }
    if (parameter->type == MB_TYPE_CHOICE) {
        parameter->choices = mb_reading_texts_key(reading, node, "choices");
        for (size_t i = 0; parameter->choices[i] != NULL; i++) {
            if (!mb_binding_is_plain(parameter->choices[i])) {
                mb_reading_fault(
                    reading, mb_node_find(node, "choices"),
                    "choice '%s' holds a character that is not allowed in values",
                    parameter->choices[i]);
            }
        }
        if (parameter->choices[0] == NULL) {
            mb_reading_fault(reading, node, "missing key 'choices'");
        }
    }
    const struct mb_node *fallback = mb_node_find(node, "default");
    struct mb_err why = {0};
    parameter->fallback = fallback != NULL ? fallback_read(reading, fallback) : NULL;
    if (parameter->fallback != NULL && reading->err->code == MB_OK &&
        mb_binding_check(parameter, parameter->fallback, &why) != MB_OK) {
        mb_reading_fault(reading, fallback, "default of '%s': %s", parameter->name,
                         why.message);
    }
}

void mb_parameters_read(const struct mb_reading *reading, const struct mb_node *root,
                        struct mb_adapter *adapter)
{
    struct mb_node **items = NULL;
    size_t count = mb_reading_list_key(reading, root, "parameters", &items);
    adapter->parameters =
        mb_arena_alloc(reading->arena, count, sizeof *adapter->parameters);
    adapter->parameter_count = count;
    for (size_t i = 0; i < count; i++) {
        parameter_read(reading, items[i], &adapter->parameters[i]);
        for (size_t j = 0; j < i && reading->err->code == MB_OK; j++) {
            if (strcmp(adapter->parameters[i].name, adapter->parameters[j].name) == 0) {
                mb_reading_fault(reading, items[i], "parameter '%s' is declared twice",
                                 adapter->parameters[i].name);
            }
        }
    }
}
