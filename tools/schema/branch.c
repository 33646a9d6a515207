// Which branch of an anyOf or oneOf a value was meant for. "No branch matches" helps
// nobody: what helps is what is wrong with the one that comes nearest.
#include "schema/parts.h"

#include <string.h>

struct branches {
    struct mb_schema_frame *frame;
    const struct mb_schema_step *step;
    struct mb_schema_findings *lists; // one a branch
    const char *pointer;              // of the instance
};

// How far below the instance a finding is: 0 at it, 1 at an entry or item of it.
static size_t depth_below(const struct branches *branches,
                          const struct mb_schema_finding *finding)
{
    size_t depth = 0;
    for (const char *at = finding->pointer + strlen(branches->pointer); *at != '\0';
         at++) {
        depth += *at == '/';
    }
    return depth;
}

static bool is_value_fault(const struct mb_schema_finding *finding)
{
    return finding->fault == MB_SCHEMA_CONST || finding->fault == MB_SCHEMA_ENUM;
}

// The type that the branch wants is not the instance's: with `const` too, as in
// oneOf: [{const: none}, {type: object}].
static bool is_type_fault(const struct mb_schema_finding *finding)
{
    if (finding->fault == MB_SCHEMA_CONST) {
        return finding->expected->type != finding->instance->type;
    }
    return finding->fault == MB_SCHEMA_TYPE || finding->fault == MB_SCHEMA_FORBIDDEN;
}

// Lower is nearer. The weights only need to be far apart: a wrong type outweighs a wrong
// value of a key that tells branches apart, and that outweighs any missing keys.
static unsigned long distance(const struct branches *branches, size_t index)
{
    const struct mb_schema_findings *list = &branches->lists[index];
    unsigned long sum = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct mb_schema_finding *finding = &list->items[i];
        size_t depth = depth_below(branches, finding);
        if (depth == 0 && is_type_fault(finding)) {
            sum += 100000000;
        } else if (depth <= 1 && is_value_fault(finding)) {
            sum += 1000000;
        } else if (depth <= 1 && finding->fault == MB_SCHEMA_TYPE) {
            sum += 1000;
        } else if (depth <= 1) {
            sum += 100;
        } else {
            sum += 1;
        }
    }
    return sum;
}

// The fault at the instance by which a branch is out of the question; NULL when there is
// none.
static const struct mb_schema_finding *type_fault(const struct branches *branches,
                                                  size_t index)
{
    const struct mb_schema_findings *list = &branches->lists[index];
    for (size_t i = 0; i < list->count; i++) {
        if (depth_below(branches, &list->items[i]) == 0 &&
            is_type_fault(&list->items[i])) {
            return &list->items[i];
        }
    }
    return NULL;
}

static void name_add(const char **names, size_t *count, size_t room, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(names[i], name) == 0) {
            return;
        }
    }
    if (*count < room) {
        names[(*count)++] = name;
    }
}

// No branch takes the type: one finding with all the types that some branch takes.
static bool types_merge(struct branches *branches)
{
    const char *names[8];
    size_t count = 0;
    bool unquoted = false;
    for (size_t i = 0; i < branches->step->count; i++) {
        const struct mb_schema_finding *fault = type_fault(branches, i);
        if (fault == NULL) {
            return false;
        }
        for (size_t k = 0; fault->names != NULL && fault->names[k] != NULL; k++) {
            name_add(names, &count, 7, fault->names[k]);
        }
        if (fault->fault == MB_SCHEMA_CONST) {
            name_add(names, &count, 7, mb_node_type_name(fault->expected->type));
        }
        unquoted = unquoted || fault->unquoted;
    }
    struct mb_schema_finding *finding =
        mb_schema_find(branches->frame, branches->step, MB_SCHEMA_TYPE);
    if (finding != NULL) {
        struct mb_arena *arena = branches->frame->findings->arena;
        finding->names = mb_schema_names_copy(arena, names, count);
        finding->unquoted = unquoted;
    }
    return true;
}

// Each branch lacks just one key: one of them is needed.
static bool missing_merge(struct branches *branches)
{
    struct mb_arena *arena = branches->frame->findings->arena;
    const char **names = mb_arena_alloc(arena, branches->step->count + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < branches->step->count; i++) {
        const struct mb_schema_findings *list = &branches->lists[i];
        if (list->count != 1 || list->items[0].fault != MB_SCHEMA_MISSING_KEY ||
            depth_below(branches, &list->items[0]) != 0) {
            return false;
        }
        name_add(names, &count, branches->step->count, list->items[0].key);
    }
    struct mb_schema_finding *finding =
        mb_schema_find(branches->frame, branches->step, MB_SCHEMA_MISSING_KEY);
    if (finding != NULL) {
        finding->key = names[0];
        finding->names = names;
        finding->expected = NULL;
    }
    return true;
}

static const struct mb_schema_finding *
value_fault_at(const struct mb_schema_findings *list, const char *pointer)
{
    for (size_t i = 0; i < list->count; i++) {
        if (is_value_fault(&list->items[i]) &&
            (pointer == NULL || strcmp(list->items[i].pointer, pointer) == 0)) {
            return &list->items[i];
        }
    }
    return NULL;
}

static void values_append(struct mb_arena *arena, struct mb_node *all,
                          const struct mb_schema_finding *fault)
{
    struct mb_node *expected = (struct mb_node *)fault->expected;
    if (fault->fault == MB_SCHEMA_CONST) {
        mb_node_push(arena, all, expected);
        return;
    }
    for (size_t i = 0; i < expected->as.list.count; i++) {
        mb_node_push(arena, all, expected->as.list.items[i]);
    }
}

// No branch takes the value of the key that tells them apart: one finding with all the
// values that some branch takes.
static bool values_merge(struct branches *branches)
{
    struct mb_arena *arena = branches->frame->findings->arena;
    const struct mb_schema_finding *first = value_fault_at(&branches->lists[0], NULL);
    if (first == NULL || depth_below(branches, first) > 1) {
        return false;
    }
    struct mb_node *all = mb_node_list(arena);
    bool unquoted = false;
    for (size_t i = 0; i < branches->step->count; i++) {
        const struct mb_schema_finding *fault =
            value_fault_at(&branches->lists[i], first->pointer);
        if (fault == NULL) {
            return false;
        }
        values_append(arena, all, fault);
        unquoted = unquoted || fault->unquoted;
    }
    struct mb_schema_finding *finding =
        mb_schema_find(branches->frame, branches->step, MB_SCHEMA_ENUM);
    if (finding != NULL) {
        const char *keyword = finding->keyword;
        const char *location = finding->location;
        *finding = *first;
        finding->fault = MB_SCHEMA_ENUM;
        finding->keyword = keyword;
        finding->location = location;
        finding->expected = all;
        finding->unquoted = unquoted;
    }
    return true;
}

static void findings_append(struct mb_schema_findings *to,
                            const struct mb_schema_findings *from)
{
    for (size_t i = 0; i < from->count && to->count < MB_SCHEMA_MAX_FINDINGS; i++) {
        to->items = mb_arena_grow(to->arena, to->items, to->count, &to->capacity,
                                  sizeof *to->items);
        to->items[to->count++] = from->items[i];
    }
    to->dropped += from->dropped;
}

void mb_schema_branch_report(struct mb_schema_frame *frame,
                             const struct mb_schema_step *step)
{
    if (frame->findings == NULL) {
        return;
    }
    struct mb_arena *arena = frame->findings->arena;
    struct branches branches = {.frame = frame, .step = step};
    branches.lists = mb_arena_alloc(arena, step->count, sizeof *branches.lists);
    branches.pointer = mb_schema_path_print(arena, frame->path);
    size_t nearest = 0;
    for (size_t i = 0; i < step->count; i++) {
        mb_schema_findings_init(&branches.lists[i], arena);
        (void)mb_schema_apply_aside(frame, step->schemas[i], &branches.lists[i],
                                    MB_SCHEMA_KEEP_ALWAYS);
        if (distance(&branches, i) < distance(&branches, nearest)) {
            nearest = i;
        }
    }
    if (types_merge(&branches) || missing_merge(&branches) || values_merge(&branches)) {
        return;
    }
    findings_append(frame->findings, &branches.lists[nearest]);
}
