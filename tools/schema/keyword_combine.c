// Keywords that apply schemas to the same instance.
#include "schema/parts.h"

#include "base/mem.h"

bool mb_keyword_ref(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    return mb_schema_apply_here(frame, step->schemas[0], MB_SCHEMA_KEEP_ALWAYS);
}

bool mb_keyword_all_of(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    bool valid = true;
    for (size_t i = 0; i < step->count; i++) {
        valid =
            mb_schema_apply_here(frame, step->schemas[i], MB_SCHEMA_KEEP_ALWAYS) && valid;
    }
    return valid;
}

// First without findings: they would be garbage whenever some branch matches.
static size_t matches_count(struct mb_schema_frame *frame,
                            const struct mb_schema_step *step, bool *matches)
{
    size_t count = 0;
    for (size_t i = 0; i < step->count; i++) {
        bool match = mb_schema_apply_aside(frame, step->schemas[i], NULL, MB_SCHEMA_KEEP);
        count += match;
        if (matches != NULL) {
            matches[i] = match;
        }
    }
    return count;
}

// All branches are tried: each that matches says what it evaluated.
bool mb_keyword_any_of(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    if (matches_count(frame, step, NULL) > 0) {
        return true;
    }
    mb_schema_branch_report(frame, step);
    return false;
}

// oneOf: [{required: [a]}, {required: [b]}]: the keys that made two branches match.
static const char *const *keys_between(struct mb_schema_frame *frame,
                                       const struct mb_schema_step *step,
                                       const bool *matches)
{
    struct mb_arena *arena = frame->findings->arena;
    const char **names = mb_arena_alloc(arena, step->count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < step->count; i++) {
        const struct mb_schema_step *required =
            mb_schema_step_find(step->schemas[i], "required");
        if (!matches[i]) {
            continue;
        }
        if (required == NULL || required->value->as.list.count != 1) {
            return NULL;
        }
        names[count++] = mb_node_text(required->value->as.list.items[0], "");
    }
    return names;
}

bool mb_keyword_one_of(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    bool *matches = mb_mem_alloc(step->count, sizeof *matches);
    size_t count = matches_count(frame, step, matches);
    if (count == 0) {
        mb_schema_branch_report(frame, step);
    } else if (count > 1) {
        struct mb_schema_finding *finding =
            mb_schema_find(frame, step, MB_SCHEMA_BRANCHES);
        if (finding != NULL) {
            finding->names = keys_between(frame, step, matches);
        }
    }
    mb_mem_free(matches);
    return count == 1;
}

bool mb_keyword_not(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    if (!mb_schema_apply_aside(frame, step->schemas[0], NULL, MB_SCHEMA_DROP)) {
        return true;
    }
    (void)mb_schema_find(frame, step, MB_SCHEMA_NOT);
    return false;
}

bool mb_keyword_if(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    bool met = mb_schema_apply_aside(frame, step->schemas[0], NULL, MB_SCHEMA_KEEP);
    const struct mb_schema_step *next =
        mb_schema_step_find(frame->schema, met ? "then" : "else");
    return next == NULL ||
           mb_schema_apply_here(frame, next->schemas[0], MB_SCHEMA_KEEP_ALWAYS);
}
