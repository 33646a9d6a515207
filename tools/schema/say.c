// Findings in words. The value is named as it was written, so that "1.20" stays 1.20.
#include "schema/parts.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/units.h"
#include "format/emit.h"

enum { SHOWN_MAX = 60 }; // bytes of a value that a message repeats

static const char *article_name(const char *type)
{
    static const char *const names[][2] = {
        {"null", "null"},       {"boolean", "true or false"}, {"integer", "an integer"},
        {"number", "a number"}, {"string", "a string"},       {"array", "a list"},
        {"object", "a map"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i][0], type) == 0) {
            return names[i][1];
        }
    }
    return type;
}

// A value in quotes; lists, maps and nothing by what they are.
static void value_say(const struct mb_node *node, struct mb_buf *out)
{
    struct mb_buf text = {0};
    if (node->type == MB_NODE_LIST || node->type == MB_NODE_MAP) {
        mb_buf_append_string(out, article_name(mb_node_type_name(node->type)));
        return;
    }
    if (node->type == MB_NODE_NULL) {
        mb_buf_append_string(out, "no value");
        return;
    }
    if (node->type == MB_NODE_STRING) {
        mb_buf_append(&text, node->as.string.data, node->as.string.size);
    } else if (node->lexeme != NULL && node->lexeme[0] != '\0') {
        mb_buf_append_string(&text, node->lexeme);
    } else {
        mb_emit_json_compact(node, &text); // JSON that is not located, or made here
    }
    size_t size = text.size;
    if (size > SHOWN_MAX) {
        for (size = SHOWN_MAX; size > 0 && (text.data[size] & 0xC0) == 0x80; size--) {
        }
    }
    mb_buf_append_char(out, '\'');
    mb_text_show(mb_buf_string(&text), size, "", out);
    mb_buf_append_string(out, size < text.size ? "...'" : "'");
    mb_buf_release(&text);
}

static void values_say(const struct mb_node *list, struct mb_buf *out)
{
    for (size_t i = 0; i < list->as.list.count; i++) {
        mb_buf_append_string(out, i > 0 ? ", " : "");
        value_say(list->as.list.items[i], out);
    }
}

static size_t names_count(const char *const *names)
{
    size_t count = 0;
    while (names != NULL && names[count] != NULL) {
        count++;
    }
    return count;
}

static void keys_say(const char *const *names, const char *last, struct mb_buf *out)
{
    size_t count = names_count(names);
    for (size_t i = 0; i < count; i++) {
        mb_buf_append_string(out, i == 0 ? "" : i + 1 == count ? last : ", ");
        mb_buf_print(out, "'%s'", names[i]);
    }
}

static void type_say(const struct mb_schema_finding *finding, struct mb_buf *out)
{
    enum mb_node_type type = finding->instance->type;
    size_t count = names_count(finding->names);
    value_say(finding->instance, out);
    if (type == MB_NODE_BOOL) {
        mb_buf_append_string(out, " is a boolean");
    } else if (type == MB_NODE_INT || type == MB_NODE_FLOAT || type == MB_NODE_STRING) {
        mb_buf_print(out, " is %s",
                     article_name(type == MB_NODE_STRING ? "string" : "number"));
    }
    mb_buf_append_string(out, ", not ");
    if (finding->form != NULL) {
        mb_buf_append_string(out, finding->form);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        mb_buf_append_string(out, i == 0 ? "" : i + 1 == count ? " or " : ", ");
        mb_buf_append_string(out, article_name(finding->names[i]));
    }
}

static void range_say(const struct mb_schema_finding *finding, struct mb_buf *out)
{
    static const char *const words[][2] = {{"minimum", "less than"},
                                           {"maximum", "more than"},
                                           {"exclusiveMinimum", "not more than"},
                                           {"exclusiveMaximum", "not less than"}};
    value_say(finding->instance, out);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i][0], finding->keyword) == 0) {
            mb_buf_print(out, " is %s ", words[i][1]);
        }
    }
    mb_emit_json_compact(finding->expected, out);
}

static void length_say(const struct mb_schema_finding *finding, struct mb_buf *out)
{
    enum mb_node_type type = finding->instance->type;
    value_say(finding->instance, out);
    mb_buf_append_string(out, finding->keyword[1] == 'i' ? " has fewer than "
                                                         : " has more than ");
    mb_emit_json_compact(finding->expected, out);
    mb_buf_append_string(out, type == MB_NODE_LIST  ? " items"
                              : type == MB_NODE_MAP ? " keys"
                                                    : " characters");
}

static void missing_say(const struct mb_schema_finding *finding, struct mb_buf *out)
{
    if (names_count(finding->names) > 1) {
        mb_buf_append_string(out, "one of the keys ");
        keys_say(finding->names, " and ", out);
    } else {
        mb_buf_print(out, "key '%s'", finding->key);
    }
    mb_buf_append_string(out, " is missing");
}

static void pattern_say(const struct mb_schema_finding *finding, struct mb_buf *out)
{
    if (finding->detail != NULL) {
        mb_text_show(finding->detail, strlen(finding->detail), "", out);
        return;
    }
    value_say(finding->instance, out);
    if (finding->form != NULL) {
        mb_buf_print(out, " is not %s", finding->form);
    } else {
        mb_buf_print(out, " does not match %s",
                     mb_node_text(finding->expected, "its pattern"));
    }
}

static void branches_say(const struct mb_schema_finding *finding, struct mb_buf *out)
{
    if (finding->names == NULL) {
        value_say(finding->instance, out);
        mb_buf_append_string(out, " fits more than one of the forms allowed here");
        return;
    }
    mb_buf_append_string(out, "only one of the keys ");
    keys_say(finding->names, " and ", out);
    mb_buf_append_string(out, " can be given");
}

static void fault_say(const struct mb_schema_finding *finding, struct mb_buf *out)
{
    switch (finding->fault) {
    case MB_SCHEMA_TYPE:
        type_say(finding, out);
        return;
    case MB_SCHEMA_ENUM:
        value_say(finding->instance, out);
        mb_buf_append_string(out, " is not one of ");
        values_say(finding->expected, out);
        return;
    case MB_SCHEMA_CONST:
        value_say(finding->instance, out);
        mb_buf_append_string(out, " is not ");
        value_say(finding->expected, out);
        return;
    case MB_SCHEMA_UNKNOWN_KEY:
        mb_buf_append_string(out, "unknown key ");
        value_say(finding->instance, out);
        return;
    case MB_SCHEMA_MISSING_KEY:
        missing_say(finding, out);
        return;
    case MB_SCHEMA_PATTERN:
    case MB_SCHEMA_UNIT:
        pattern_say(finding, out);
        return;
    case MB_SCHEMA_RANGE:
        range_say(finding, out);
        return;
    case MB_SCHEMA_MULTIPLE:
        value_say(finding->instance, out);
        mb_buf_append_string(out, " is not a multiple of ");
        mb_emit_json_compact(finding->expected, out);
        return;
    case MB_SCHEMA_LENGTH:
        length_say(finding, out);
        return;
    case MB_SCHEMA_REPEATED:
        value_say(finding->instance, out);
        mb_buf_print(out, " stands in the list already, as item %zu", finding->other + 1);
        return;
    case MB_SCHEMA_CONTAINS:
        mb_buf_print(out, "a list with too %s items of the kind it must hold",
                     strcmp(finding->keyword, "maxContains") == 0 ? "many" : "few");
        return;
    case MB_SCHEMA_FORBIDDEN:
    case MB_SCHEMA_NOT:
        value_say(finding->instance, out);
        mb_buf_append_string(out, " is not allowed here");
        return;
    case MB_SCHEMA_BRANCHES:
        branches_say(finding, out);
        return;
    }
}

static const char *nearest_value(struct mb_arena *arena,
                                 const struct mb_schema_finding *finding)
{
    size_t count = 0;
    const struct mb_node *list = finding->expected;
    const char **names = mb_arena_alloc(arena, list->as.list.count + 1, sizeof *names);
    for (size_t i = 0; i < list->as.list.count; i++) {
        if (list->as.list.items[i]->type == MB_NODE_STRING) {
            names[count++] = list->as.list.items[i]->as.string.data;
        }
    }
    return mb_units_nearest(mb_node_text(finding->instance, ""), names);
}

// Descriptions are sentences, hints have no final stop.
static const char *description_hint(struct mb_arena *arena, const char *description)
{
    size_t size = description != NULL ? strlen(description) : 0;
    if (size == 0) {
        return NULL;
    }
    return mb_arena_copy_bytes(arena, description, size - (description[size - 1] == '.'));
}

const char *mb_schema_say(struct mb_arena *arena, const struct mb_schema_finding *finding,
                          const char **hint)
{
    struct mb_buf text = {0};
    const char *near = NULL;
    if (finding->at_key && finding->fault != MB_SCHEMA_UNKNOWN_KEY) {
        mb_buf_append_string(&text, "key ");
    }
    fault_say(finding, &text);
    const char *message = mb_arena_copy_bytes(arena, mb_buf_string(&text), text.size);
    mb_buf_release(&text);
    *hint = description_hint(arena, finding->description);
    if (finding->fault == MB_SCHEMA_UNKNOWN_KEY) {
        near = mb_units_nearest(finding->key, finding->names);
        *hint = NULL;
    } else if (finding->fault == MB_SCHEMA_ENUM) {
        near = nearest_value(arena, finding);
    } else if (finding->fault == MB_SCHEMA_MISSING_KEY) {
        *hint = NULL;
    }
    if (near != NULL) {
        *hint = mb_arena_print(arena, "did you mean '%s'?", near);
    } else if (finding->unquoted) {
        *hint = finding->instance->lexeme != NULL
                    ? mb_arena_print(arena, "put it in quotes: \"%s\"",
                                     finding->instance->lexeme)
                    : "put it in quotes";
    }
    return message;
}
