#include "compare/values.h"

#include <string.h>

#include "base/mem.h"
#include "base/workers.h"
#include "model/derive.h"

// Of one result.
struct side_values {
    const struct mb_result *result;
    size_t *trial_starts;    // of each cell: where its first trial is in `trials`
    struct mb_value *cells;  // cells times metrics
    struct mb_value *trials; // trials times metrics
    struct mb_err err;
};

struct mb_compare_values {
    const struct mb_metric *metrics;
    size_t count;
    struct side_values *sides;
};

// Opens what the metrics need of a part that was copied. What cannot be opened stays
// closed: whoever asks for its values finds out why. False when a histogram does not hold
// what the part says; one that was measured by this process is not doubted.
static bool part_open(struct mb_part *part, unsigned dists)
{
    struct mb_err ignored = {0};
    bool sound = true;
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        struct mb_dist *dist = &part->dist[i];
        if ((dists & 1U << i) == 0 || dist->hdr != NULL) {
            continue;
        }
        if (mb_dist_open(dist, &ignored) != MB_OK) {
            dist->hdr = NULL;
        }
        sound = sound && mb_derive_holds(dist);
    }
    return sound;
}

// Closes what was opened, not what belongs to the original, and frees the copy.
static void part_close(struct mb_part *part, const struct mb_part *original)
{
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        if (original->dist[i].hdr == NULL) {
            mb_dist_close(&part->dist[i]);
        }
    }
    mb_mem_free(part->dist);
}

// A copy of the part with distributions of its own.
static struct mb_part part_copy(const struct mb_part *part)
{
    struct mb_part copy = *part;
    copy.dist = mb_mem_alloc(MB_DIST_METRICS, sizeof *copy.dist);
    memcpy(copy.dist, part->dist, MB_DIST_METRICS * sizeof *copy.dist);
    return copy;
}

// A copy of the cell whose histograms are open, as far as the metrics need them: each is
// read off for its trial and for the cell. The first failure is kept.
static struct mb_cell cell_open(const struct mb_cell *cell, unsigned dists,
                                struct mb_err *err)
{
    struct mb_cell copy = *cell;
    copy.trials = mb_mem_alloc(cell->trial_count, sizeof *copy.trials);
    for (size_t i = 0; i < cell->trial_count; i++) {
        const struct mb_trial *from = &cell->trials[i];
        struct mb_trial *trial = &copy.trials[i];
        *trial = *from;
        trial->parts = mb_mem_alloc(from->part_count, sizeof *trial->parts);
        for (size_t j = 0; j < from->part_count; j++) {
            trial->parts[j] = part_copy(&from->parts[j]);
            if (!part_open(&trial->parts[j], dists) && err->code == MB_OK) {
                (void)mb_err_set(err, MB_INVALID,
                                 "a histogram of trial '%s' does not hold what is said "
                                 "of it",
                                 trial->id);
            }
        }
    }
    return copy;
}

static void cell_close(struct mb_cell *copy, const struct mb_cell *cell)
{
    for (size_t i = 0; i < cell->trial_count; i++) {
        for (size_t j = 0; j < cell->trials[i].part_count; j++) {
            part_close(&copy->trials[i].parts[j], &cell->trials[i].parts[j]);
        }
        mb_mem_free(copy->trials[i].parts);
    }
    mb_mem_free(copy->trials);
}

// Distributions with histograms that the metrics ask for.
static unsigned dists_needed(const struct mb_compare_values *values)
{
    unsigned dists = 0;
    for (size_t i = 0; i < values->count; i++) {
        if (values->metrics[i].family == MB_METRIC_DIST) {
            dists |= 1U << values->metrics[i].dist;
        }
    }
    return dists;
}

// Of one trial, or (NULL) of the cell; the first failure is kept.
static void values_fill(const struct mb_compare_values *values, struct side_values *side,
                        const struct mb_cell *cell, const struct mb_trial *trial,
                        struct mb_value *into)
{
    struct mb_err err = {0};
    enum mb_status status =
        mb_derive_values(cell, trial, values->metrics, values->count, into, &err);
    if (status != MB_OK && side->err.code == MB_OK) {
        side->err = err;
    }
}

static void cell_derive(const struct mb_compare_values *values, struct side_values *side,
                        size_t at)
{
    const struct mb_cell *cell = &side->result->cells[at];
    unsigned dists = dists_needed(values);
    struct mb_cell open = dists != 0 ? cell_open(cell, dists, &side->err) : *cell;
    for (size_t i = 0; i < cell->trial_count; i++) {
        if (cell->trials[i].status == MB_TRIAL_COMPLETE) {
            values_fill(values, side, &open, &open.trials[i],
                        &side->trials[(side->trial_starts[at] + i) * values->count]);
        }
    }
    values_fill(values, side, &open, NULL, &side->cells[at * values->count]);
    if (dists != 0) {
        cell_close(&open, cell);
    }
}

static void side_derive(void *state, size_t index)
{
    const struct mb_compare_values *values = state;
    struct side_values *side = &values->sides[index];
    for (size_t i = 0; i < side->result->cell_count; i++) {
        cell_derive(values, side, i);
    }
}

static void side_init(struct mb_arena *arena, const struct mb_result *result,
                      size_t metrics, struct side_values *side)
{
    size_t trials = 0;
    side->result = result;
    side->trial_starts =
        mb_arena_alloc(arena, result->cell_count, sizeof *side->trial_starts);
    for (size_t i = 0; i < result->cell_count; i++) {
        side->trial_starts[i] = trials;
        trials += result->cells[i].trial_count;
    }
    side->cells =
        mb_arena_alloc(arena, result->cell_count * metrics, sizeof *side->cells);
    side->trials = mb_arena_alloc(arena, trials * metrics, sizeof *side->trials);
}

enum mb_status mb_compare_values_make(struct mb_arena *arena,
                                      const struct mb_compare_report *report,
                                      const struct mb_metric *metrics, size_t count,
                                      struct mb_compare_values **values,
                                      struct mb_err *err)
{
    struct mb_compare_values *made = mb_arena_alloc(arena, 1, sizeof *made);
    *made = (struct mb_compare_values){
        .metrics = metrics,
        .count = count,
        .sides = mb_arena_alloc(arena, report->side_count, sizeof *made->sides)};
    for (size_t i = 0; i < report->side_count; i++) {
        side_init(arena, report->sides[i].result, count, &made->sides[i]);
    }
    mb_workers_run(side_derive, made, report->side_count);
    for (size_t i = 0; i < report->side_count; i++) {
        if (made->sides[i].err.code != MB_OK) {
            return mb_err_set(err, MB_INVALID, "%s: %s", report->sides[i].name,
                              made->sides[i].err.message);
        }
    }
    *values = made;
    return MB_OK;
}

struct mb_value mb_compare_values_cell(const struct mb_compare_values *values,
                                       size_t metric, size_t side,
                                       const struct mb_cell *cell)
{
    const struct side_values *of = &values->sides[side];
    return of->cells[(size_t)(cell - of->result->cells) * values->count + metric];
}

struct mb_value mb_compare_values_trial(const struct mb_compare_values *values,
                                        size_t metric, size_t side,
                                        const struct mb_cell *cell,
                                        const struct mb_trial *trial)
{
    const struct side_values *of = &values->sides[side];
    size_t start = of->trial_starts[cell - of->result->cells];
    return of->trials[(start + (size_t)(trial - cell->trials)) * values->count + metric];
}
