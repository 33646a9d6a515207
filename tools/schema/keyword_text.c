// Keywords about strings.
#include "schema/parts.h"

#include <string.h>

#include "base/units.h"
#include "format/utf8.h"

// minLength, maxLength: in characters.
bool mb_keyword_text_length(struct mb_schema_frame *frame,
                            const struct mb_schema_step *step)
{
    const struct mb_node *text = frame->instance;
    if (text->type != MB_NODE_STRING) {
        return true;
    }
    double length = (double)mb_utf8_count(text->as.string.data, text->as.string.size);
    double limit = mb_node_number(step->value, 0);
    if (step->keyword->name[1] == 'i' ? length >= limit : length <= limit) {
        return true;
    }
    (void)mb_schema_find(frame, step, MB_SCHEMA_LENGTH);
    return false;
}

// What base/units has against a text; NULL when it reads it.
static const char *unit_fault(struct mb_arena *arena, const char *unit, const char *text)
{
    static const struct {
        const char *name;
        enum mb_unit unit;
    } units[] = {{"duration", MB_UNIT_DURATION},
                 {"size", MB_UNIT_SIZE},
                 {"rate", MB_UNIT_RATE},
                 {"share", MB_UNIT_SHARE}};
    struct mb_err err = {0};
    int64_t value;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].name) == 0 &&
            mb_units_parse(units[i].unit, text, &value, &err) != MB_OK) {
            return arena != NULL ? mb_arena_copy_string(arena, err.message) : "";
        }
    }
    return NULL;
}

bool mb_keyword_pattern(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    const struct mb_node *text = frame->instance;
    if (text->type != MB_NODE_STRING ||
        mb_regex_search(step->patterns[0], text->as.string.data, text->as.string.size)) {
        return true;
    }
    struct mb_schema_finding *finding = mb_schema_find(frame, step, MB_SCHEMA_PATTERN);
    if (finding != NULL && finding->unit != NULL) {
        finding->detail =
            unit_fault(frame->findings->arena, finding->unit, text->as.string.data);
    }
    return false;
}

// x-meshbench-unit: says of the text what the pattern beside it cannot, as a number that
// is too large. A text that fails the pattern has its finding already.
bool mb_keyword_unit(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    const struct mb_node *text = frame->instance;
    const struct mb_schema_step *pattern = mb_schema_step_find(frame->schema, "pattern");
    if (text->type != MB_NODE_STRING ||
        (pattern != NULL && !mb_regex_search(pattern->patterns[0], text->as.string.data,
                                             text->as.string.size))) {
        return true;
    }
    struct mb_arena *arena = frame->findings != NULL ? frame->findings->arena : NULL;
    const char *wrong =
        unit_fault(arena, mb_node_text(step->value, ""), text->as.string.data);
    if (wrong == NULL) {
        return true;
    }
    struct mb_schema_finding *finding = mb_schema_find(frame, step, MB_SCHEMA_UNIT);
    if (finding != NULL) {
        finding->detail = wrong;
    }
    return false;
}
