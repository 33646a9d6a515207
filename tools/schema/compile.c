#include "schema/parts.h"

#include <string.h>

#include "base/units.h"

struct compiler {
    struct mb_schema_set *set;
    struct mb_err *err;
    struct mb_schema_visit visit;
    struct mb_schema_step *step; // whose schemas are being collected
    size_t room;
    const char *const *keywords; // for the nearest one
};

static enum mb_status schema_compile(struct compiler *compiler, struct mb_schema *schema);

static enum mb_status fault(struct compiler *compiler, const struct mb_schema *schema,
                            const char *keyword, const char *what)
{
    return mb_err_at(compiler->err, MB_INVALID, schema->location, 0, 0, "'%s' %s",
                     keyword, what);
}

static bool all_strings(const struct mb_node *node)
{
    bool good = node->type == MB_NODE_LIST;
    for (size_t i = 0; good && i < node->as.list.count; i++) {
        good = node->as.list.items[i]->type == MB_NODE_STRING;
    }
    return good;
}

static bool is_type(const struct mb_node *node)
{
    static const char *const names[] = {"null",   "boolean", "integer", "number",
                                        "string", "array",   "object"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(mb_node_text(node, ""), names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool are_types(const struct mb_node *node)
{
    bool good = all_strings(node) && node->as.list.count > 0;
    for (size_t i = 0; good && i < node->as.list.count; i++) {
        good = is_type(node->as.list.items[i]);
    }
    return good || is_type(node);
}

static bool are_string_lists(const struct mb_node *node)
{
    bool good = node->type == MB_NODE_MAP;
    for (size_t i = 0; good && i < node->as.map.count; i++) {
        good = all_strings(node->as.map.entries[i].value);
    }
    return good;
}

static bool is_count(const struct mb_node *node)
{
    double number = mb_node_number(node, -1);
    return number >= 0 && number < 9007199254740992.0 &&
           number == (double)(int64_t)number;
}

static bool is_schema(const struct mb_node *node)
{
    return node->type == MB_NODE_MAP || node->type == MB_NODE_BOOL;
}

static bool are_schemas(const struct mb_node *node, enum mb_node_type type)
{
    size_t count = mb_node_count(node);
    bool good = node->type == type;
    for (size_t i = 0; good && i < count; i++) {
        good = is_schema(type == MB_NODE_LIST ? node->as.list.items[i]
                                              : node->as.map.entries[i].value);
    }
    return good;
}

static bool is_unit(const struct mb_node *node)
{
    static const char *const names[] = {"duration", "size", "rate", "share"};
    bool good = false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        good = good || strcmp(mb_node_text(node, ""), names[i]) == 0;
    }
    return good;
}

// NULL when the value is what its keyword needs; else what is wrong.
static const char *value_fault(const struct mb_keyword *keyword,
                               const struct mb_node *value)
{
    switch (keyword->value) {
    case MB_KEYWORD_ANY:
        return NULL;
    case MB_KEYWORD_STRING:
    case MB_KEYWORD_PATTERN:
    case MB_KEYWORD_REF:
        return value->type == MB_NODE_STRING ? NULL : "must be a string";
    case MB_KEYWORD_BOOLEAN:
        return value->type == MB_NODE_BOOL ? NULL : "must be true or false";
    case MB_KEYWORD_NUMBER:
        if (strcmp(keyword->name, "multipleOf") == 0) {
            return mb_node_number(value, 0) > 0 ? NULL : "must be a number above 0";
        }
        return value->type == MB_NODE_INT || value->type == MB_NODE_FLOAT
                   ? NULL
                   : "must be a number";
    case MB_KEYWORD_COUNT:
        return is_count(value) ? NULL : "must be an integer of at least 0";
    case MB_KEYWORD_LIST:
        return value->type == MB_NODE_LIST ? NULL : "must be an array";
    case MB_KEYWORD_TYPES:
        return are_types(value) ? NULL : "must be a type's name, or an array of them";
    case MB_KEYWORD_STRINGS:
        return all_strings(value) ? NULL : "must be an array of strings";
    case MB_KEYWORD_STRINGS_MAP:
        return are_string_lists(value) ? NULL : "must be an object of arrays of strings";
    case MB_KEYWORD_UNIT:
        return is_unit(value) ? NULL : "must be duration, size, rate or share";
    case MB_KEYWORD_SCHEMA:
        return is_schema(value) ? NULL : "must be a schema";
    case MB_KEYWORD_SCHEMAS:
        return are_schemas(value, MB_NODE_LIST) && value->as.list.count > 0
                   ? NULL
                   : "must be an array of schemas, not empty";
    case MB_KEYWORD_SCHEMA_MAP:
    case MB_KEYWORD_PATTERN_MAP:
        return are_schemas(value, MB_NODE_MAP) ? NULL : "must be an object of schemas";
    }
    return NULL;
}

// A schema within the keyword being compiled.
static enum mb_status schema_collect(struct mb_schema_visit *visit,
                                     const struct mb_node *node, const char *pointer)
{
    (void)pointer;
    struct compiler *compiler = visit->state;
    struct mb_schema_step *step = compiler->step;
    struct mb_schema *schema = mb_schema_set_at(compiler->set, node);
    step->schemas = mb_arena_grow(compiler->set->arena, step->schemas, step->count,
                                  &compiler->room, sizeof *step->schemas);
    step->schemas[step->count++] = schema;
    return MB_OK;
}

static enum mb_status ref_resolve(struct compiler *compiler,
                                  const struct mb_schema *schema,
                                  struct mb_schema_step *step)
{
    const char *uri = mb_schema_uri_resolve(compiler->set->arena, schema->base,
                                            mb_node_text(step->value, ""));
    struct mb_schema *target = mb_schema_set_find(compiler->set, uri);
    if (target == NULL) {
        return mb_err_at(compiler->err, MB_INVALID, schema->location, 0, 0,
                         "'$ref' leads nowhere: there is no schema '%s'", uri);
    }
    step->schemas = mb_arena_alloc(compiler->set->arena, 1, sizeof *step->schemas);
    step->schemas[0] = target;
    step->count = 1;
    return MB_OK;
}

static enum mb_status patterns_compile(struct compiler *compiler,
                                       const struct mb_schema *schema,
                                       struct mb_schema_step *step)
{
    struct mb_arena *arena = compiler->set->arena;
    bool one = step->value->type == MB_NODE_STRING;
    size_t count = one ? 1 : step->value->as.map.count;
    enum mb_status status = MB_OK;
    step->patterns = mb_arena_alloc(arena, count + 1, sizeof *step->patterns);
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        const struct mb_node *text =
            one ? step->value : step->value->as.map.entries[i].key;
        status = mb_regex_compile(arena, text->as.string.data, &step->patterns[i],
                                  compiler->err);
    }
    if (status != MB_OK) {
        mb_err_prepend(compiler->err, "%s", schema->location);
    }
    return status;
}

static enum mb_status step_compile(struct compiler *compiler,
                                   const struct mb_schema *schema,
                                   struct mb_schema_step *step)
{
    const struct mb_keyword *keyword = step->keyword;
    const char *wrong = value_fault(keyword, step->value);
    if (wrong != NULL) {
        return fault(compiler, schema, keyword->name, wrong);
    }
    enum mb_status status = MB_OK;
    if (keyword->value == MB_KEYWORD_REF) {
        status = ref_resolve(compiler, schema, step);
    } else {
        compiler->step = step;
        compiler->room = 0;
        status = mb_schema_visit_value(&compiler->visit, keyword, step->value, "");
    }
    if (status == MB_OK && (keyword->value == MB_KEYWORD_PATTERN ||
                            keyword->value == MB_KEYWORD_PATTERN_MAP)) {
        status = patterns_compile(compiler, schema, step);
    }
    for (size_t i = 0; status == MB_OK && i < step->count; i++) {
        status = schema_compile(compiler, step->schemas[i]);
    }
    return status;
}

static enum mb_status unknown_fault(struct compiler *compiler,
                                    const struct mb_schema *schema, const char *name)
{
    const char *near = mb_units_nearest(name, compiler->keywords);
    enum mb_status status =
        fault(compiler, schema, name, "is not a keyword that this engine has");
    if (near != NULL) {
        mb_err_hint(compiler->err, "did you mean '%s'?", near);
    } else {
        mb_err_hint(compiler->err, "docs/json-schema.md lists them; annotations start "
                                   "with 'x-'");
    }
    return status;
}

// Annotations of others start with "x-"; what starts with ours must be known.
static bool is_annotation(const char *name)
{
    return strncmp(name, "x-", 2) == 0 && strncmp(name, "x-meshbench-", 12) != 0;
}

static enum mb_status keywords_check(struct compiler *compiler,
                                     const struct mb_schema *schema)
{
    const struct mb_node *node = schema->node;
    for (size_t i = 0; i < node->as.map.count; i++) {
        const char *name = node->as.map.entries[i].key->as.string.data;
        if (mb_keyword_find(name) == NULL && !is_annotation(name)) {
            return unknown_fault(compiler, schema, name);
        }
    }
    const char *dialect = mb_node_text(mb_node_find(node, "$schema"), NULL);
    if (dialect != NULL &&
        strcmp(dialect, "https://json-schema.org/draft/2020-12/schema") != 0) {
        return fault(compiler, schema, "$schema",
                     "must be https://json-schema.org/draft/2020-12/schema");
    }
    return MB_OK;
}

static enum mb_status schema_compile(struct compiler *compiler, struct mb_schema *schema)
{
    const struct mb_node *node = schema->node;
    if (schema->state != MB_SCHEMA_RAW) {
        return MB_OK;
    }
    schema->state = MB_SCHEMA_OPEN;
    if (node->type == MB_NODE_MAP) {
        enum mb_status status = keywords_check(compiler, schema);
        if (status != MB_OK) {
            return status;
        }
        schema->code = mb_node_text(mb_node_find(node, "x-meshbench-code"), NULL);
        schema->unit = mb_node_text(mb_node_find(node, "x-meshbench-unit"), NULL);
        schema->form = mb_node_text(mb_node_find(node, "x-meshbench-form"), NULL);
        schema->description = mb_node_text(mb_node_find(node, "description"), NULL);
        schema->steps = mb_arena_alloc(compiler->set->arena, node->as.map.count + 1,
                                       sizeof *schema->steps);
        for (const struct mb_keyword *row = mb_keywords; row->name != NULL; row++) {
            const struct mb_node *value = mb_node_find(node, row->name);
            if (value == NULL) {
                continue;
            }
            struct mb_schema_step *step = &schema->steps[schema->count++];
            *step = (struct mb_schema_step){.keyword = row, .value = value};
            status = step_compile(compiler, schema, step);
            if (status != MB_OK) {
                return status;
            }
            if (strncmp(row->name, "unevaluated", 11) == 0) {
                compiler->set->marks_wanted = true;
            }
        }
    } else if (node->type != MB_NODE_BOOL) {
        return mb_err_at(compiler->err, MB_INVALID, schema->location, 0, 0,
                         "schema is %s, not an object or a boolean",
                         mb_node_type_name(node->type));
    }
    schema->state = MB_SCHEMA_DONE;
    return MB_OK;
}

// A schema that applies itself to the same instance would never end.
static enum mb_status cycles_check(struct compiler *compiler, struct mb_schema *schema)
{
    if (schema->acyclic) {
        return MB_OK;
    }
    if (schema->in_progress) {
        return mb_err_at(compiler->err, MB_INVALID, schema->location, 0, 0,
                         "schema refers to itself without going deeper");
    }
    schema->in_progress = true;
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < schema->count; i++) {
        const struct mb_schema_step *step = &schema->steps[i];
        for (size_t k = 0; step->keyword->in_place && status == MB_OK && k < step->count;
             k++) {
            status = cycles_check(compiler, step->schemas[k]);
        }
    }
    schema->in_progress = false;
    schema->acyclic = status == MB_OK;
    return status;
}

static void keyword_names(struct mb_schema_set *set, const char ***names)
{
    size_t count = 0;
    while (mb_keywords[count].name != NULL) {
        count++;
    }
    *names = mb_arena_alloc(set->arena, count + 1, sizeof **names);
    for (size_t i = 0; i < count; i++) {
        (*names)[i] = mb_keywords[i].name;
    }
}

enum mb_status mb_schema_compile(struct mb_schema_set *set, const char *uri,
                                 const struct mb_schema **schema, struct mb_err *err)
{
    const char **names = NULL;
    keyword_names(set, &names);
    struct compiler compiler = {.set = set, .err = err, .keywords = names};
    compiler.visit = (struct mb_schema_visit){
        .visit = schema_collect, .arena = set->arena, .state = &compiler, .err = err};
    struct mb_schema *found = mb_schema_set_find(set, uri);
    if (found == NULL) {
        return mb_err_set(err, MB_INVALID, "there is no schema '%s'", uri);
    }
    enum mb_status status = schema_compile(&compiler, found);
    for (size_t i = 0; status == MB_OK && i < set->slot_count; i++) {
        if (set->slots[i] != NULL) {
            status = cycles_check(&compiler, set->slots[i]);
        }
    }
    if (status == MB_OK) {
        *schema = found;
    }
    return status;
}
