#include "compare/index.h"

#include <stdlib.h>
#include <string.h>

struct mb_compare_index_row {
    uint64_t hash; // of the point
    size_t cell;
};

// FNV-1a, 64 bits.
static uint64_t hash_add(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

// Of what mb_point_equal looks at.
static uint64_t point_hash(const struct mb_point *point)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = hash_add(hash, point->workload, strlen(point->workload));
    hash = hash_add(hash, &point->load_model, sizeof point->load_model);
    hash = hash_add(hash, &point->connections, sizeof point->connections);
    return hash_add(hash, &point->rate_micro_rps, sizeof point->rate_micro_rps);
}

static int row_compare(const void *left, const void *right)
{
    const struct mb_compare_index_row *a = left;
    const struct mb_compare_index_row *b = right;
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return (a->cell > b->cell) - (a->cell < b->cell);
}

struct mb_compare_index mb_compare_index_make(struct mb_arena *arena,
                                              const struct mb_result *result)
{
    struct mb_compare_index index = {.result = result};
    index.rows = mb_arena_alloc(arena, result->cell_count, sizeof *index.rows);
    for (size_t i = 0; i < result->cell_count; i++) {
        index.rows[i] =
            (struct mb_compare_index_row){point_hash(&result->cells[i].point), i};
    }
    if (result->cell_count > 1) {
        qsort(index.rows, result->cell_count, sizeof *index.rows, row_compare);
    }
    return index;
}

// The first row of this hash or above.
static size_t row_find(const struct mb_compare_index *index, uint64_t hash)
{
    size_t low = 0;
    size_t high = index->result->cell_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->rows[middle].hash < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct mb_cell *mb_compare_index_next(const struct mb_compare_index *index,
                                            const struct mb_point *point,
                                            size_t *position)
{
    uint64_t hash = point_hash(point);
    size_t at = *position > 0 ? *position : row_find(index, hash);
    for (; at < index->result->cell_count && index->rows[at].hash == hash; at++) {
        const struct mb_cell *cell = &index->result->cells[index->rows[at].cell];
        if (mb_point_equal(&cell->point, point)) {
            *position = at + 1;
            return cell;
        }
    }
    *position = at;
    return NULL;
}

const struct mb_cell *mb_compare_index_find(const struct mb_compare_index *index,
                                            const char *variant,
                                            const struct mb_point *point)
{
    size_t position = 0;
    const struct mb_cell *cell = mb_compare_index_next(index, point, &position);
    while (cell != NULL && strcmp(cell->variant, variant) != 0) {
        cell = mb_compare_index_next(index, point, &position);
    }
    return cell;
}
