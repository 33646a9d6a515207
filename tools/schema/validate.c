#include "schema/parts.h"

#include <string.h>

#include "base/mem.h"

void mb_schema_findings_init(struct mb_schema_findings *findings, struct mb_arena *arena)
{
    memset(findings, 0, sizeof *findings);
    findings->arena = arena;
}

bool mb_schema_is_false(const struct mb_schema *schema)
{
    return schema->node->type == MB_NODE_BOOL && !schema->node->as.boolean;
}

const struct mb_schema_step *mb_schema_step_find(const struct mb_schema *schema,
                                                 const char *name)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (strcmp(schema->steps[i].keyword->name, name) == 0) {
            return &schema->steps[i];
        }
    }
    return NULL;
}

void mb_schema_mark(struct mb_schema_frame *frame, size_t index)
{
    if (frame->marks != NULL) {
        frame->marks[index] = true;
    }
}

// All keywords are checked when findings are wanted, else only up to the first fault.
static bool frame_run(struct mb_schema_frame *frame)
{
    const struct mb_schema *schema = frame->schema;
    bool valid = true;
    if (mb_schema_is_false(schema)) {
        (void)mb_schema_find(frame, NULL, MB_SCHEMA_FORBIDDEN);
        return false;
    }
    for (size_t i = 0; i < schema->count && (valid || frame->findings != NULL); i++) {
        const struct mb_schema_step *step = &schema->steps[i];
        if (step->keyword->check != NULL && !step->keyword->check(frame, step)) {
            valid = false;
        }
    }
    return valid;
}

// Runs a frame, with marks of its own where they are kept; those go into *keep_in (NULL:
// nowhere).
static bool frame_run_marked(struct mb_schema_frame *frame, bool *keep_in, bool always)
{
    size_t count = mb_node_count(frame->instance);
    if (!*frame->schema->marks_wanted || count == 0) {
        return frame_run(frame);
    }
    frame->marks = mb_mem_alloc(count, sizeof *frame->marks);
    bool valid = frame_run(frame);
    for (size_t i = 0; keep_in != NULL && (valid || always) && i < count; i++) {
        keep_in[i] = keep_in[i] || frame->marks[i];
    }
    mb_mem_free(frame->marks);
    frame->marks = NULL;
    return valid;
}

bool mb_schema_apply_aside(struct mb_schema_frame *frame, const struct mb_schema *schema,
                           struct mb_schema_findings *findings, enum mb_schema_keep keep)
{
    struct mb_schema_frame inner = {.parent = frame,
                                    .schema = schema,
                                    .instance = frame->instance,
                                    .path = frame->path,
                                    .findings = findings};
    return frame_run_marked(&inner, keep == MB_SCHEMA_DROP ? NULL : frame->marks,
                            keep == MB_SCHEMA_KEEP_ALWAYS);
}

bool mb_schema_apply_here(struct mb_schema_frame *frame, const struct mb_schema *schema,
                          enum mb_schema_keep keep)
{
    return mb_schema_apply_aside(frame, schema, frame->findings, keep);
}

bool mb_schema_apply_below(struct mb_schema_frame *frame, const struct mb_schema *schema,
                           const struct mb_node *instance,
                           const struct mb_schema_path *path)
{
    struct mb_schema_frame inner = {.parent = frame,
                                    .schema = schema,
                                    .instance = instance,
                                    .path = path,
                                    .findings = frame->findings};
    return frame_run_marked(&inner, NULL, false);
}

char *mb_schema_path_print(struct mb_arena *arena, const struct mb_schema_path *path)
{
    if (path == NULL) {
        return mb_arena_copy_string(arena, "");
    }
    const char *before = mb_schema_path_print(arena, path->parent);
    return path->key != NULL ? mb_node_pointer_key(arena, before, path->key)
                             : mb_node_pointer_index(arena, before, path->index);
}

// Code, description, unit and form come from the nearest schema that speaks of the same
// value: a $ref's target first, then the schema that refers to it.
static void annotations_fill(const struct mb_schema_frame *frame,
                             struct mb_schema_finding *finding)
{
    const struct mb_schema_path *path = frame->path;
    for (; frame != NULL && frame->path == path; frame = frame->parent) {
        const struct mb_schema *schema = frame->schema;
        if (finding->code == NULL) {
            finding->code = schema->code;
        }
        if (finding->description == NULL) {
            finding->description = schema->description;
        }
        if (finding->unit == NULL) {
            finding->unit = schema->unit;
        }
        if (finding->form == NULL) {
            finding->form = schema->form;
        }
    }
}

// Room for one more; NULL when there are enough.
static struct mb_schema_finding *finding_add(struct mb_schema_findings *findings)
{
    if (findings->count >= MB_SCHEMA_MAX_FINDINGS) {
        findings->dropped++;
        return NULL;
    }
    findings->items = mb_arena_grow(findings->arena, findings->items, findings->count,
                                    &findings->capacity, sizeof *findings->items);
    struct mb_schema_finding *finding = &findings->items[findings->count++];
    memset(finding, 0, sizeof *finding);
    return finding;
}

struct mb_schema_finding *mb_schema_find_at(const struct mb_schema_frame *frame,
                                            const struct mb_schema_step *step,
                                            enum mb_schema_fault fault,
                                            const struct mb_schema_path *path)
{
    struct mb_schema_finding *finding =
        frame->findings != NULL ? finding_add(frame->findings) : NULL;
    if (finding == NULL) {
        return NULL;
    }
    struct mb_arena *arena = frame->findings->arena;
    finding->fault = fault;
    finding->pointer = mb_schema_path_print(arena, path);
    finding->at_key = path != NULL && path->is_key;
    finding->key = finding->at_key ? path->key : NULL;
    finding->instance = frame->instance;
    finding->keyword = step != NULL ? step->keyword->name : "false";
    finding->location =
        step != NULL
            ? mb_arena_print(arena, "%s/%s", frame->schema->location, step->keyword->name)
            : frame->schema->location;
    finding->expected = step != NULL ? step->value : NULL;
    annotations_fill(frame, finding);
    return finding;
}

struct mb_schema_finding *mb_schema_find(const struct mb_schema_frame *frame,
                                         const struct mb_schema_step *step,
                                         enum mb_schema_fault fault)
{
    return mb_schema_find_at(frame, step, fault, frame->path);
}

const char *const *mb_schema_names_copy(struct mb_arena *arena, const char *const *names,
                                        size_t count)
{
    const char **copy = mb_arena_alloc(arena, count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        copy[i] = names[i];
    }
    return copy;
}

bool mb_schema_validate(const struct mb_schema *schema, const struct mb_node *instance,
                        struct mb_schema_findings *findings)
{
    struct mb_schema_frame frame = {
        .schema = schema, .instance = instance, .findings = findings};
    return frame_run_marked(&frame, NULL, false);
}
