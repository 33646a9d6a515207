// Effects ordered into tables with a column for each value of an attribute: compare.h.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compare/attribute.h"
#include "compare/compare.h"

// What all effects of one table have in common. For an attribute of the load point the
// variant of one result stays the same and the point does, but for that attribute; for
// the others the point stays the same.
struct table_key {
    struct mb_point point;
    const char *variant; // NULL: any
    size_t side;
};

// What makes a column, beside the attribute's value.
struct column_key {
    const char *group;
    const char *variant; // NULL: any
    size_t side;
};

struct grouping {
    struct mb_arena *arena;
    struct mb_compare_report *report;
    bool of_point;
    struct table_key *tables;
    size_t table_count;
    size_t table_capacity;
    size_t table_last; // found before: the next one is likely here or after
    struct column_key *columns;
    size_t column_count;
    size_t column_capacity;
};

static struct table_key table_key_of(const struct grouping *grouping,
                                     const struct mb_comparison *effect)
{
    const char *by = grouping->report->by;
    struct table_key key = {.point = effect->cell->point};
    if (!grouping->of_point) {
        return key;
    }
    key.variant = effect->cell->variant;
    key.side = effect->side;
    if (strcmp(by, "workload") == 0) {
        key.point.workload = "every workload";
    } else if (strcmp(by, "connections") == 0) {
        key.point.connections = -1;
    } else if (strcmp(by, "rate") == 0) {
        key.point.rate_micro_rps = -1;
    } else {
        key.point.load_model = MB_LOAD_UNKNOWN;
    }
    return key;
}

static bool same_text(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static bool same_table(const struct table_key *left, const struct table_key *right)
{
    return left->side == right->side && same_text(left->variant, right->variant) &&
           mb_point_equal(&left->point, &right->point);
}

static size_t table_index(struct grouping *grouping, const struct mb_comparison *effect)
{
    struct table_key key = table_key_of(grouping, effect);
    for (size_t i = 0; i < grouping->table_count; i++) {
        size_t at = (grouping->table_last + i) % grouping->table_count;
        if (same_table(&grouping->tables[at], &key)) {
            grouping->table_last = at;
            return at;
        }
    }
    grouping->tables =
        mb_arena_grow(grouping->arena, grouping->tables, grouping->table_count,
                      &grouping->table_capacity, sizeof *grouping->tables);
    grouping->tables[grouping->table_count] = key;
    grouping->table_last = grouping->table_count;
    return grouping->table_count++;
}

static size_t column_index(struct grouping *grouping, const struct mb_comparison *effect)
{
    struct column_key key = {.group = effect->group};
    if (!grouping->of_point) {
        key.variant = effect->cell->variant;
        key.side = effect->side;
    }
    for (size_t i = 0; i < grouping->column_count; i++) {
        const struct column_key *column = &grouping->columns[i];
        if (column->side == key.side && same_text(column->variant, key.variant) &&
            strcmp(column->group, key.group) == 0) {
            return i;
        }
    }
    grouping->columns =
        mb_arena_grow(grouping->arena, grouping->columns, grouping->column_count,
                      &grouping->column_capacity, sizeof *grouping->columns);
    grouping->columns[grouping->column_count] = key;
    return grouping->column_count++;
}

// "istio"; where that is not the only one, "istio istio-mtls", "istio istio-mtls a.json".
static const char *column_label(const struct grouping *grouping, size_t index)
{
    const struct column_key *column = &grouping->columns[index];
    bool variants = false;
    bool sides = false;
    for (size_t i = 0; i < grouping->column_count; i++) {
        const struct column_key *other = &grouping->columns[i];
        if (i != index && strcmp(other->group, column->group) == 0) {
            variants = variants || !same_text(other->variant, column->variant);
            sides = sides || other->side != column->side;
        }
    }
    bool named = variants && strcmp(column->variant, column->group) != 0;
    const char *side = grouping->report->sides[column->side].name;
    sides = sides && strcmp(side, column->group) != 0;
    return mb_arena_print(grouping->arena, "%s%s%s%s%s", column->group, named ? " " : "",
                          named ? column->variant : "", sides ? " " : "",
                          sides ? side : "");
}

static int effect_order(const void *left, const void *right)
{
    const struct mb_comparison *a = left;
    const struct mb_comparison *b = right;
    if (a->table != b->table) {
        return a->table < b->table ? -1 : 1;
    }
    if (a->column != b->column) {
        return a->column < b->column ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

void mb_compare_group(struct mb_arena *arena, struct mb_compare_report *report)
{
    struct grouping grouping = {.arena = arena,
                                .report = report,
                                .of_point = mb_compare_attribute_of_point(report->by)};
    for (size_t i = 0; i < report->count; i++) {
        struct mb_comparison *effect = &report->comparisons[i];
        effect->group = mb_compare_attribute(arena, &report->sides[effect->side],
                                             effect->cell, report->by);
        effect->table = table_index(&grouping, effect);
        effect->column = column_index(&grouping, effect);
        effect->order = i;
    }
    const char **labels = mb_mem_alloc(
        grouping.column_count > 0 ? grouping.column_count : 1, sizeof *labels);
    for (size_t i = 0; i < grouping.column_count; i++) {
        labels[i] = column_label(&grouping, i);
    }
    for (size_t i = 0; i < report->count; i++) {
        report->comparisons[i].heading = labels[report->comparisons[i].column];
    }
    mb_mem_free(labels);
    if (report->count > 0) {
        qsort(report->comparisons, report->count, sizeof *report->comparisons,
              effect_order);
    }
}
