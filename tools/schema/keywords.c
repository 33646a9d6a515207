#include "schema/parts.h"

#include <string.h>

// Rows are in the order of checking: what counts as evaluated must be known before
// unevaluated... asks for it.
const struct mb_keyword mb_keywords[] = {
    {"$schema", MB_KEYWORD_STRING, false, NULL},
    {"$id", MB_KEYWORD_STRING, false, NULL},
    {"$anchor", MB_KEYWORD_STRING, false, NULL},
    {"$comment", MB_KEYWORD_STRING, false, NULL},
    {"$defs", MB_KEYWORD_SCHEMA_MAP, false, NULL},
    {"title", MB_KEYWORD_STRING, false, NULL},
    {"description", MB_KEYWORD_STRING, false, NULL},
    {"default", MB_KEYWORD_ANY, false, NULL},
    {"examples", MB_KEYWORD_LIST, false, NULL},
    {"deprecated", MB_KEYWORD_BOOLEAN, false, NULL},
    {"readOnly", MB_KEYWORD_BOOLEAN, false, NULL},
    {"writeOnly", MB_KEYWORD_BOOLEAN, false, NULL},
    {"format", MB_KEYWORD_STRING, false, NULL},
    {"contentEncoding", MB_KEYWORD_STRING, false, NULL},
    {"contentMediaType", MB_KEYWORD_STRING, false, NULL},
    {"contentSchema", MB_KEYWORD_SCHEMA, false, NULL},
    {"x-meshbench-code", MB_KEYWORD_STRING, false, NULL},
    {"x-meshbench-form", MB_KEYWORD_STRING, false, NULL},

    {"$ref", MB_KEYWORD_REF, true, mb_keyword_ref},
    {"type", MB_KEYWORD_TYPES, false, mb_keyword_type},
    {"const", MB_KEYWORD_ANY, false, mb_keyword_const},
    {"enum", MB_KEYWORD_LIST, false, mb_keyword_enum},

    {"minimum", MB_KEYWORD_NUMBER, false, mb_keyword_limit},
    {"maximum", MB_KEYWORD_NUMBER, false, mb_keyword_limit},
    {"exclusiveMinimum", MB_KEYWORD_NUMBER, false, mb_keyword_limit},
    {"exclusiveMaximum", MB_KEYWORD_NUMBER, false, mb_keyword_limit},
    {"multipleOf", MB_KEYWORD_NUMBER, false, mb_keyword_multiple},

    {"minLength", MB_KEYWORD_COUNT, false, mb_keyword_text_length},
    {"maxLength", MB_KEYWORD_COUNT, false, mb_keyword_text_length},
    {"pattern", MB_KEYWORD_PATTERN, false, mb_keyword_pattern},
    {"x-meshbench-unit", MB_KEYWORD_UNIT, false, mb_keyword_unit},

    {"prefixItems", MB_KEYWORD_SCHEMAS, false, mb_keyword_prefix_items},
    {"items", MB_KEYWORD_SCHEMA, false, mb_keyword_items},
    {"contains", MB_KEYWORD_SCHEMA, false, mb_keyword_contains},
    {"minContains", MB_KEYWORD_COUNT, false, NULL}, // `contains` looks at these two
    {"maxContains", MB_KEYWORD_COUNT, false, NULL},
    {"minItems", MB_KEYWORD_COUNT, false, mb_keyword_item_count},
    {"maxItems", MB_KEYWORD_COUNT, false, mb_keyword_item_count},
    {"uniqueItems", MB_KEYWORD_BOOLEAN, false, mb_keyword_unique},

    {"required", MB_KEYWORD_STRINGS, false, mb_keyword_required},
    {"properties", MB_KEYWORD_SCHEMA_MAP, false, mb_keyword_properties},
    {"patternProperties", MB_KEYWORD_PATTERN_MAP, false, mb_keyword_pattern_properties},
    {"additionalProperties", MB_KEYWORD_SCHEMA, false, mb_keyword_additional_properties},
    {"propertyNames", MB_KEYWORD_SCHEMA, false, mb_keyword_property_names},
    {"minProperties", MB_KEYWORD_COUNT, false, mb_keyword_key_count},
    {"maxProperties", MB_KEYWORD_COUNT, false, mb_keyword_key_count},
    {"dependentRequired", MB_KEYWORD_STRINGS_MAP, false, mb_keyword_dependent_required},
    {"dependentSchemas", MB_KEYWORD_SCHEMA_MAP, true, mb_keyword_dependent_schemas},

    {"allOf", MB_KEYWORD_SCHEMAS, true, mb_keyword_all_of},
    {"anyOf", MB_KEYWORD_SCHEMAS, true, mb_keyword_any_of},
    {"oneOf", MB_KEYWORD_SCHEMAS, true, mb_keyword_one_of},
    {"not", MB_KEYWORD_SCHEMA, true, mb_keyword_not},
    {"if", MB_KEYWORD_SCHEMA, true, mb_keyword_if},
    {"then", MB_KEYWORD_SCHEMA, true, NULL}, // `if` looks at these two
    {"else", MB_KEYWORD_SCHEMA, true, NULL},

    {"unevaluatedItems", MB_KEYWORD_SCHEMA, false, mb_keyword_unevaluated_items},
    {"unevaluatedProperties", MB_KEYWORD_SCHEMA, false,
     mb_keyword_unevaluated_properties},
    {NULL, MB_KEYWORD_ANY, false, NULL},
};

const struct mb_keyword *mb_keyword_find(const char *name)
{
    for (const struct mb_keyword *row = mb_keywords; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            return row;
        }
    }
    return NULL;
}
