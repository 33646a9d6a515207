// Finds a result's cells by their load point, without a look at each. Compare floor: may
// include base, format, stats, model.
#ifndef MB_COMPARE_INDEX_H
#define MB_COMPARE_INDEX_H

#include <stddef.h>

#include "base/arena.h"
#include "model/result.h"

struct mb_compare_index {
    const struct mb_result *result;    // borrowed
    struct mb_compare_index_row *rows; // in arena, ordered by hash, then by cell
};

struct mb_compare_index mb_compare_index_make(struct mb_arena *arena,
                                              const struct mb_result *result);

// The cells at a point, in the result's order. *position starts at 0; NULL at the end.
const struct mb_cell *mb_compare_index_next(const struct mb_compare_index *index,
                                            const struct mb_point *point,
                                            size_t *position);

// The first of them that is of this variant; NULL when there is none.
const struct mb_cell *mb_compare_index_find(const struct mb_compare_index *index,
                                            const char *variant,
                                            const struct mb_point *point);

#endif
