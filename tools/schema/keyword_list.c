// Keywords about lists.
#include "schema/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool item_apply(struct mb_schema_frame *frame, const struct mb_schema *schema,
                       size_t index)
{
    struct mb_schema_path path = {.parent = frame->path, .index = index};
    mb_schema_mark(frame, index);
    return mb_schema_apply_below(frame, schema, frame->instance->as.list.items[index],
                                 &path);
}

bool mb_keyword_prefix_items(struct mb_schema_frame *frame,
                             const struct mb_schema_step *step)
{
    bool valid = true;
    if (frame->instance->type != MB_NODE_LIST) {
        return true;
    }
    for (size_t i = 0; i < step->count && i < frame->instance->as.list.count; i++) {
        valid = item_apply(frame, step->schemas[i], i) && valid;
    }
    return valid;
}

bool mb_keyword_items(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    const struct mb_schema_step *prefix =
        mb_schema_step_find(frame->schema, "prefixItems");
    bool valid = true;
    if (frame->instance->type != MB_NODE_LIST) {
        return true;
    }
    size_t first = prefix != NULL ? prefix->count : 0;
    for (size_t i = first;
         i < frame->instance->as.list.count && (valid || frame->findings != NULL); i++) {
        valid = item_apply(frame, step->schemas[0], i) && valid;
    }
    return valid;
}

bool mb_keyword_contains(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    const struct mb_schema_step *least =
        mb_schema_step_find(frame->schema, "minContains");
    const struct mb_schema_step *most = mb_schema_step_find(frame->schema, "maxContains");
    struct mb_schema_findings *findings = frame->findings;
    size_t count = 0;
    if (frame->instance->type != MB_NODE_LIST) {
        return true;
    }
    frame->findings = NULL; // an item that does not match is no fault
    for (size_t i = 0; i < frame->instance->as.list.count; i++) {
        struct mb_schema_path path = {.parent = frame->path, .index = i};
        if (mb_schema_apply_below(frame, step->schemas[0],
                                  frame->instance->as.list.items[i], &path)) {
            mb_schema_mark(frame, i);
            count++;
        }
    }
    frame->findings = findings;
    bool enough =
        least != NULL ? (double)count >= mb_node_number(least->value, 0) : count > 0;
    bool too_many = most != NULL && (double)count > mb_node_number(most->value, 0);
    if (enough && !too_many) {
        return true;
    }
    const struct mb_schema_step *limit = enough ? most : least;
    struct mb_schema_finding *finding =
        mb_schema_find(frame, limit != NULL ? limit : step, MB_SCHEMA_CONTAINS);
    if (finding != NULL && limit == NULL) {
        finding->expected = NULL;
    }
    return false;
}

// minItems, maxItems.
bool mb_keyword_item_count(struct mb_schema_frame *frame,
                           const struct mb_schema_step *step)
{
    double count = (double)mb_node_count(frame->instance);
    double limit = mb_node_number(step->value, 0);
    if (frame->instance->type != MB_NODE_LIST ||
        (step->keyword->name[1] == 'i' ? count >= limit : count <= limit)) {
        return true;
    }
    (void)mb_schema_find(frame, step, MB_SCHEMA_LENGTH);
    return false;
}

struct ranked {
    const struct mb_node *item;
    size_t index;
};

static int ranked_compare(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    int order = mb_node_compare(a->item, b->item);
    if (order != 0) {
        return order;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}

// Sorted, so that a long list costs n log n comparisons.
bool mb_keyword_unique(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    const struct mb_node *list = frame->instance;
    if (list->type != MB_NODE_LIST || list->as.list.count < 2 ||
        !step->value->as.boolean) {
        return true;
    }
    size_t count = list->as.list.count;
    bool valid = true;
    struct ranked *ranked = mb_mem_alloc(count, sizeof *ranked);
    for (size_t i = 0; i < count; i++) {
        ranked[i] = (struct ranked){list->as.list.items[i], i};
    }
    qsort(ranked, count, sizeof *ranked, ranked_compare);
    size_t first = 0;
    for (size_t i = 1; i < count; i++) {
        if (mb_node_compare(ranked[first].item, ranked[i].item) != 0) {
            first = i;
            continue;
        }
        struct mb_schema_path path = {.parent = frame->path, .index = ranked[i].index};
        struct mb_schema_finding *finding =
            mb_schema_find_at(frame, step, MB_SCHEMA_REPEATED, &path);
        if (finding != NULL) {
            finding->instance = ranked[i].item;
            finding->other = ranked[first].index;
        }
        valid = false;
    }
    mb_mem_free(ranked);
    return valid;
}

bool mb_keyword_unevaluated_items(struct mb_schema_frame *frame,
                                  const struct mb_schema_step *step)
{
    bool valid = true;
    if (frame->instance->type != MB_NODE_LIST) {
        return true;
    }
    for (size_t i = 0; i < frame->instance->as.list.count; i++) {
        if (!frame->marks[i]) {
            valid = item_apply(frame, step->schemas[0], i) && valid;
        }
    }
    return valid;
}
