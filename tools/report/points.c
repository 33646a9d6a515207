#include "report/points.h"

#include <stdlib.h>
#include <string.h>

bool mb_points_wants(struct mb_arena *arena, const struct mb_point *point,
                     const char *wanted)
{
    return wanted == NULL || strstr(mb_point_title(arena, point), wanted) != NULL ||
           strstr(mb_point_id(arena, point), wanted) != NULL;
}

// Equal for points that mb_point_equal calls equal.
static int point_compare(const struct mb_point *left, const struct mb_point *right)
{
    int order = strcmp(left->workload, right->workload);
    if (order == 0 && left->load_model != right->load_model) {
        order = left->load_model < right->load_model ? -1 : 1;
    }
    if (order == 0 && left->connections != right->connections) {
        order = left->connections < right->connections ? -1 : 1;
    }
    if (order == 0 && left->rate_micro_rps != right->rate_micro_rps) {
        order = left->rate_micro_rps < right->rate_micro_rps ? -1 : 1;
    }
    return order;
}

// Cells of one result: by point, then in the order of the result, which is that of their
// addresses.
static int cell_compare(const void *left, const void *right)
{
    const struct mb_cell *a = *(const struct mb_cell *const *)left;
    const struct mb_cell *b = *(const struct mb_cell *const *)right;
    int order = point_compare(&a->point, &b->point);
    return order != 0 ? order : (a > b) - (a < b);
}

static int first_cell_compare(const void *left, const void *right)
{
    const struct mb_cell *a = ((const struct mb_points_item *)left)->cells[0];
    const struct mb_cell *b = ((const struct mb_points_item *)right)->cells[0];
    return (a > b) - (a < b);
}

struct mb_points mb_points_of(struct mb_arena *arena, const struct mb_result *result,
                              const char *wanted)
{
    struct mb_points points = {.count = 0};
    const struct mb_cell **cells =
        mb_arena_alloc(arena, result->cell_count, sizeof *cells);
    size_t count = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        if (mb_points_wants(arena, &cell->point, wanted)) {
            cells[count++] = cell;
        }
    }
    if (count == 0) {
        return points;
    }
    qsort(cells, count, sizeof *cells, cell_compare);
    points.items = mb_arena_alloc(arena, count, sizeof *points.items);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !mb_point_equal(&cells[i]->point, &cells[i - 1]->point)) {
            points.items[points.count++] =
                (struct mb_points_item){.point = &cells[i]->point,
                                        .title = mb_point_title(arena, &cells[i]->point),
                                        .cells = &cells[i]};
        }
        points.items[points.count - 1].count++;
    }
    qsort(points.items, points.count, sizeof *points.items, first_cell_compare);
    return points;
}
