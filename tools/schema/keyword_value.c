// Keywords about any value, and about numbers.
#include "schema/parts.h"

#include <math.h>
#include <string.h>

// An integer of JSON Schema is any number without a fraction.
static bool is_of_type(const struct mb_node *instance, const char *type)
{
    if (strcmp(type, mb_node_type_name(instance->type)) == 0) {
        return true;
    }
    bool whole = instance->type == MB_NODE_FLOAT &&
                 instance->as.number == floor(instance->as.number);
    return (whole && strcmp(type, "integer") == 0) ||
           (instance->type == MB_NODE_INT && strcmp(type, "number") == 0);
}

static size_t types_count(const struct mb_node *types)
{
    return types->type == MB_NODE_LIST ? types->as.list.count : 1;
}

static const char *type_at(const struct mb_node *types, size_t index)
{
    return mb_node_text(types->type == MB_NODE_LIST ? types->as.list.items[index] : types,
                        "");
}

static bool is_plain_scalar(const struct mb_node *node)
{
    return node->type == MB_NODE_NULL || node->type == MB_NODE_BOOL ||
           node->type == MB_NODE_INT || node->type == MB_NODE_FLOAT;
}

// Quotes would help: the text as written is a string that the schema takes. Where there
// is a pattern the number lacks something else, as a unit.
static bool quotes_help(const struct mb_schema_frame *frame)
{
    const struct mb_node *instance = frame->instance;
    const struct mb_schema_step *pattern = mb_schema_step_find(frame->schema, "pattern");
    if (!is_plain_scalar(instance) || pattern == NULL) {
        return is_plain_scalar(instance);
    }
    return instance->lexeme != NULL &&
           mb_regex_search(pattern->patterns[0], instance->lexeme,
                           strlen(instance->lexeme));
}

bool mb_keyword_type(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    const char *names[8];
    size_t count = types_count(step->value);
    bool text = false;
    for (size_t i = 0; i < count; i++) {
        const char *type = type_at(step->value, i);
        if (is_of_type(frame->instance, type)) {
            return true;
        }
        text = text || strcmp(type, "string") == 0;
        names[i < 7 ? i : 7] = type;
    }
    struct mb_schema_finding *finding = mb_schema_find(frame, step, MB_SCHEMA_TYPE);
    if (finding != NULL) {
        finding->names =
            mb_schema_names_copy(frame->findings->arena, names, count < 8 ? count : 8);
        finding->unquoted = text && quotes_help(frame);
    }
    return false;
}

// `no` for 'no' and 1.20 for '1.20': the text would have been allowed.
static bool text_is_allowed(const struct mb_node *instance, const struct mb_node *allowed)
{
    return is_plain_scalar(instance) && instance->lexeme != NULL &&
           strcmp(instance->lexeme, mb_node_text(allowed, "")) == 0;
}

bool mb_keyword_const(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    if (mb_node_equal(frame->instance, step->value)) {
        return true;
    }
    struct mb_schema_finding *finding = mb_schema_find(frame, step, MB_SCHEMA_CONST);
    if (finding != NULL) {
        finding->unquoted = text_is_allowed(frame->instance, step->value);
    }
    return false;
}

bool mb_keyword_enum(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    bool unquoted = false;
    for (size_t i = 0; i < step->value->as.list.count; i++) {
        const struct mb_node *allowed = step->value->as.list.items[i];
        if (mb_node_equal(frame->instance, allowed)) {
            return true;
        }
        unquoted = unquoted || text_is_allowed(frame->instance, allowed);
    }
    struct mb_schema_finding *finding = mb_schema_find(frame, step, MB_SCHEMA_ENUM);
    if (finding != NULL) {
        finding->unquoted = unquoted;
    }
    return false;
}

static bool is_number(const struct mb_node *node)
{
    return node->type == MB_NODE_INT || node->type == MB_NODE_FLOAT;
}

// minimum, maximum and their exclusive forms.
bool mb_keyword_limit(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    const char *name = step->keyword->name;
    if (!is_number(frame->instance)) {
        return true;
    }
    int order = mb_node_compare(frame->instance, step->value);
    bool exclusive = name[0] == 'e';
    bool lower = name[exclusive ? sizeof "exclusive" : 1] == 'i';
    bool inside = lower ? order > 0 : order < 0;
    if (inside || (order == 0 && !exclusive)) {
        return true;
    }
    (void)mb_schema_find(frame, step, MB_SCHEMA_RANGE);
    return false;
}

// Decimal divisors have no exact double, so a quotient counts as whole when it is within
// rounding of it: 0.0075 is a multiple of 0.0001.
static bool is_multiple(const struct mb_node *node, const struct mb_node *divisor)
{
    if (node->type == MB_NODE_INT && divisor->type == MB_NODE_INT) {
        return node->as.integer % divisor->as.integer == 0;
    }
    double value = mb_node_number(node, 0);
    double step = mb_node_number(divisor, 1);
    double quotient = value / step;
    if (!isfinite(quotient)) {
        return fmod(value, step) == 0;
    }
    double off = fabs(quotient - round(quotient));
    return off <= fabs(quotient) * 4e-16;
}

bool mb_keyword_multiple(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    if (!is_number(frame->instance) || is_multiple(frame->instance, step->value)) {
        return true;
    }
    (void)mb_schema_find(frame, step, MB_SCHEMA_MULTIPLE);
    return false;
}
