#include "check/run.h"

#include <string.h>

#include "check/check.h"

// True when `inner` is `outer` or lies below it.
static bool pointer_covers(const char *outer, const char *inner)
{
    size_t size = strlen(outer);
    return strncmp(outer, inner, size) == 0 &&
           (inner[size] == '\0' || inner[size] == '/');
}

static bool is_cascade(const struct mb_check *check, const char *pointer)
{
    // A result without its spec is one finding (MB319), not one for each thing that a
    // spec would have said.
    size_t size = strlen(check->spec_at);
    if (check->spec == NULL && size > 0 && pointer_covers(check->spec_at, pointer) &&
        pointer[size] != '\0') {
        return true;
    }
    for (size_t i = 0; i < check->structural; i++) {
        const char *known = check->hits[i].pointer;
        if (pointer_covers(known, pointer) || pointer_covers(pointer, known)) {
            return true;
        }
    }
    return false;
}

void mb_run_add(struct mb_check *check, const struct mb_check_hit *hit)
{
    if (check->count >= MB_CHECK_MAX_FINDINGS) {
        check->dropped++;
        return;
    }
    check->hits = mb_arena_grow(check->arena, check->hits, check->count, &check->capacity,
                                sizeof *check->hits);
    check->hits[check->count++] = *hit;
}

static void hit_add(struct mb_check *check, struct mb_check_hit hit, const char *format,
                    va_list args) MB_PRINTF(3, 0);

static void hit_add(struct mb_check *check, struct mb_check_hit hit, const char *format,
                    va_list args)
{
    if (is_cascade(check, hit.pointer)) {
        return;
    }
    hit.rule = check->rule;
    hit.message = mb_arena_print_args(check->arena, format, args);
    mb_run_add(check, &hit);
}

void mb_run_report(struct mb_check *check, const char *pointer, const char *hint,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    hit_add(check, (struct mb_check_hit){.pointer = pointer, .hint = hint}, format, args);
    va_end(args);
}

void mb_run_report_key(struct mb_check *check, const char *pointer, const char *hint,
                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    hit_add(check,
            (struct mb_check_hit){.pointer = pointer, .hint = hint, .at_key = true},
            format, args);
    va_end(args);
}

const char *mb_run_at(struct mb_check *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *pointer = mb_arena_print_args(check->arena, format, args);
    va_end(args);
    return pointer;
}

const char *mb_run_spec_at(struct mb_check *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *rest = mb_arena_print_args(check->arena, format, args);
    va_end(args);
    return mb_arena_print(check->arena, "%s%s", check->spec_at, rest);
}

const struct mb_node *mb_run_list(const struct mb_check *check, const char *key)
{
    const struct mb_node *node = mb_node_find(check->spec, key);
    bool usable = node != NULL && node->type == MB_NODE_LIST &&
                  node->as.list.count <= MB_CHECK_MAX_ITEMS;
    return usable ? node : NULL;
}

const struct mb_node *mb_run_item(const struct mb_node *list, size_t index)
{
    if (list == NULL || list->type != MB_NODE_LIST || index >= list->as.list.count) {
        return NULL;
    }
    return list->as.list.items[index];
}

bool mb_run_quantity(const struct mb_node *node, enum mb_unit unit, int64_t *value)
{
    const char *text = mb_node_text(node, NULL);
    struct mb_err err = {0};
    return text != NULL && mb_units_parse(unit, text, value, &err) == MB_OK;
}

const char *mb_run_mesh(const struct mb_node *variant)
{
    const struct mb_node *mesh = mb_node_find(variant, "mesh");
    if (mesh != NULL && mesh->type == MB_NODE_STRING) {
        return mb_node_text(mesh, NULL);
    }
    return mb_node_text(mb_node_find(mesh, "type"), NULL);
}
