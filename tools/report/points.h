// The load points of a result, each with its cells: what charts and tables go through.
// Report floor: may include base, model.
#ifndef MB_REPORT_POINTS_H
#define MB_REPORT_POINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/result.h"

struct mb_points_item {
    const struct mb_point *point;
    const char *title; // "steady · 16 connections · 100 rps"
    const struct mb_cell **cells;
    size_t count;
};

struct mb_points {
    struct mb_points_item *items; // in the order in which the result first mentions them
    size_t count;
};

// True when `wanted` (NULL: all) is part of a load point's title or id.
bool mb_points_wants(struct mb_arena *arena, const struct mb_point *point,
                     const char *wanted);

// The load points that are wanted. In arena; cells are borrowed from the result.
struct mb_points mb_points_of(struct mb_arena *arena, const struct mb_result *result,
                              const char *wanted);

#endif
