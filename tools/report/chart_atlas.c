// What all charts of a report share: its load points, the styles of its variants, and
// what a cell's trials say.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart_draft.h"

// Okabe and Ito (2008) without black and yellow, which vanish on a dark or a light page;
// grey is the baseline's.
static const char *const palette[] = {"#0072b2", "#e69f00", "#009e73",
                                      "#cc79a7", "#d55e00", "#56b4e9"};
static const char baseline_color[] = "#808080";
enum { PALETTE = sizeof palette / sizeof *palette };

// gnuplot's point types: filled circle, square, triangles, diamond, pentagon; then the
// hollow ones.
static const int marks[] = {7, 5, 9, 11, 13, 15, 6, 4, 8, 10, 12, 14};
static const int dashes[] = {1, 2, 4, 5};
enum {
    MARKS = sizeof marks / sizeof *marks,
    DASHES = sizeof dashes / sizeof *dashes,
    TWIN_DASH = 3,
    BASELINE_MARK = 4
};

static int variant_by_name(const void *left, const void *right)
{
    const struct mb_chart_variant *a = left;
    const struct mb_chart_variant *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int variant_by_order(const void *left, const void *right)
{
    const struct mb_chart_variant *a = left;
    const struct mb_chart_variant *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

// Whatever is wanted: a variant looks the same in every report of these results.
static void variants_fill(struct mb_chart_atlas *atlas)
{
    const struct mb_compare_report *report = atlas->report;
    const char *baseline = report->baseline != NULL ? report->baseline : "";
    size_t cells = 0;
    size_t seen = 0;
    for (size_t side = 0; side < report->side_count; side++) {
        cells += report->sides[side].result->cell_count;
    }
    struct mb_chart_variant *variants =
        mb_arena_alloc(atlas->arena, cells, sizeof *variants);
    for (size_t side = 0; side < report->side_count; side++) {
        const struct mb_result *result = report->sides[side].result;
        for (size_t i = 0; i < result->cell_count; i++) {
            const struct mb_cell *cell = &result->cells[i];
            if (cell->aa_of == NULL && strcmp(cell->variant, baseline) != 0) {
                variants[seen] = (struct mb_chart_variant){cell->variant, seen};
                seen++;
            }
        }
    }
    qsort(variants, seen, sizeof *variants, variant_by_name);
    size_t count = 0;
    for (size_t i = 0; i < seen; i++) {
        if (count == 0 || strcmp(variants[i].name, variants[count - 1].name) != 0) {
            variants[count++] = variants[i];
        }
    }
    // From places among the cells to places among the variants.
    qsort(variants, count, sizeof *variants, variant_by_order);
    for (size_t i = 0; i < count; i++) {
        variants[i].order = i;
    }
    qsort(variants, count, sizeof *variants, variant_by_name);
    atlas->variants = variants;
    atlas->variant_count = count;
}

void mb_chart_atlas_fill(struct mb_chart_atlas *atlas)
{
    const struct mb_compare_report *report = atlas->report;
    atlas->sides = mb_arena_alloc(atlas->arena, report->side_count, sizeof *atlas->sides);
    for (size_t side = 0; side < report->side_count; side++) {
        atlas->sides[side] =
            mb_points_of(atlas->arena, report->sides[side].result, atlas->options->point);
    }
    variants_fill(atlas);
}

static int name_compare(const void *name, const void *variant)
{
    return strcmp(name, ((const struct mb_chart_variant *)variant)->name);
}

struct mb_chart_style mb_chart_style(const struct mb_chart_atlas *atlas,
                                     const struct mb_cell *cell)
{
    bool twin = cell->aa_of != NULL;
    const struct mb_chart_variant *found =
        atlas->variant_count == 0
            ? NULL
            : bsearch(twin ? cell->aa_of : cell->variant, atlas->variants,
                      atlas->variant_count, sizeof *atlas->variants, name_compare);
    if (found == NULL) {
        return (struct mb_chart_style){baseline_color, BASELINE_MARK,
                                       twin ? TWIN_DASH : 1, twin};
    }
    int dash = dashes[found->order / MARKS % DASHES];
    return (struct mb_chart_style){palette[found->order % PALETTE],
                                   marks[found->order % MARKS], twin ? TWIN_DASH : dash,
                                   twin};
}

const struct mb_cell *mb_chart_find(const struct mb_points_item *point,
                                    const char *variant)
{
    for (size_t i = 0; i < point->count; i++) {
        if (strcmp(point->cells[i]->variant, variant) == 0) {
            return point->cells[i];
        }
    }
    return NULL;
}

size_t mb_chart_values(const struct mb_cell *cell, const struct mb_metric *metric,
                       double *values)
{
    struct mb_derive_scope scope = mb_derive_scope(cell, NULL);
    size_t position = 0;
    size_t count = 0;
    const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
    while (trial != NULL && count < MB_CHART_TRIALS_MAX) {
        struct mb_value value = mb_derive_trial(cell, trial, metric);
        if (value.state == MB_VALUE_KNOWN) {
            values[count++] = value.value;
        }
        trial = mb_derive_scope_next(&scope, &position);
    }
    return count;
}

struct mb_chart_estimate mb_chart_estimate(const struct mb_cell *cell,
                                           const struct mb_metric *metric,
                                           double confidence)
{
    double values[MB_CHART_TRIALS_MAX];
    struct mb_chart_estimate estimate = {.count = mb_chart_values(cell, metric, values)};
    bool logs = estimate.count > 0;
    for (size_t i = 0; i < estimate.count; i++) {
        logs = logs && values[i] > 0.0;
    }
    for (size_t i = 0; i < estimate.count && logs; i++) {
        values[i] = log(values[i]);
    }
    if (estimate.count == 0) {
        struct mb_value value = mb_derive_cell(cell, metric);
        estimate.count = value.state == MB_VALUE_KNOWN;
        estimate.mean = estimate.low = estimate.high = value.value;
        return estimate;
    }
    struct mb_sample_estimate mean = mb_sample_paired(values, estimate.count, confidence);
    estimate.interval = mean.state != MB_SAMPLE_TOO_FEW;
    double low = estimate.interval ? mean.low : values[0];
    double high = estimate.interval ? mean.high : values[0];
    double middle = estimate.interval ? mean.value : values[0];
    estimate.mean = logs ? exp(middle) : middle;
    estimate.low = logs ? exp(low) : low;
    estimate.high = logs ? exp(high) : high;
    return estimate;
}
