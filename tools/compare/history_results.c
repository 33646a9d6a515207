// A history from results: values of the same series are gathered from all of them.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compare/history.h"

struct entry {
    const struct mb_series_value *value;
    size_t row;
};

static int text_compare(const char *left, const char *right)
{
    return strcmp(left != NULL ? left : "", right != NULL ? right : "");
}

static int key_compare(const struct mb_series_key *left,
                       const struct mb_series_key *right)
{
    const char *const lefts[] = {left->application,  left->workload, left->variant,
                                 left->variant_name, left->point,    left->metric,
                                 left->baseline};
    const char *const rights[] = {right->application,  right->workload, right->variant,
                                  right->variant_name, right->point,    right->metric,
                                  right->baseline};
    int order = 0;
    for (size_t i = 0; i < sizeof lefts / sizeof *lefts && order == 0; i++) {
        order = text_compare(lefts[i], rights[i]);
    }
    return order;
}

static int entry_compare(const void *left_item, const void *right_item)
{
    const struct entry *left = left_item;
    const struct entry *right = right_item;
    int order = key_compare(&left->value->key, &right->value->key);
    if (order != 0) {
        return order;
    }
    return left->row < right->row ? -1 : left->row > right->row ? 1 : 0;
}

static struct mb_history_row row_make(const struct mb_history_result *one)
{
    const struct mb_result *result = one->result;
    return (struct mb_history_row){
        .time_unix_ns =
            result->finished_unix_ns > 0 ? result->finished_unix_ns : MB_HISTORY_NO_TIME,
        .environment = result->keys.environment,
        .result = one->digest,
        .name = one->name,
    };
}

// Labels become attributes; rows are filled once all names are known.
static void attributes_fill(struct mb_arena *arena,
                            const struct mb_history_results *results,
                            struct mb_history *history)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct mb_result *result = results->items[i].result;
        for (size_t k = 0; k < result->label_count; k++) {
            (void)mb_history_attribute(arena, history, result->labels[k].name);
        }
    }
    for (size_t i = 0; i < results->count; i++) {
        const struct mb_result *result = results->items[i].result;
        struct mb_history_row *row = &history->rows[i];
        row->attributes =
            mb_arena_alloc(arena, history->attribute_count, sizeof *row->attributes);
        for (size_t k = 0; k < result->label_count; k++) {
            size_t at = mb_history_attribute(arena, history, result->labels[k].name);
            row->attributes[at] = result->labels[k].value;
        }
    }
}

// One series from entries of one key.
static struct mb_history_series series_make(struct mb_arena *arena,
                                            const struct entry *entries, size_t count)
{
    const struct mb_series_value *first = entries[0].value;
    struct mb_history_series series = {
        .name = first->title,
        .metric = first->key.metric,
        .id = mb_series_id(arena, &first->key),
        .group = first->key.variant_name,
        .baseline = first->key.baseline,
        .scale = mb_history_scale(&first->key, first->unit),
        .unit = first->unit,
        .higher_is_better = first->higher_is_better,
        .count = count,
    };
    double *values = mb_arena_alloc(arena, count, sizeof *values);
    uint32_t *rows = mb_arena_alloc(arena, count, sizeof *rows);
    const char **versions = mb_arena_alloc(arena, count, sizeof *versions);
    for (size_t i = 0; i < count; i++) {
        const struct mb_series_value *value = entries[i].value;
        values[i] = series.scale == MB_HISTORY_RATIO ? value->ratio : value->value;
        rows[i] = (uint32_t)entries[i].row;
        versions[i] = value->version;
    }
    series.values = values;
    series.rows = rows;
    series.versions = versions;
    return series;
}

void mb_history_of_results(struct mb_arena *arena,
                           const struct mb_history_results *results,
                           struct mb_history *history,
                           struct mb_history_series_list *series)
{
    struct mb_series_values values = {0};
    *history = (struct mb_history){.source = "results"};
    *series = (struct mb_history_series_list){0};
    history->rows = mb_arena_alloc(arena, results->count, sizeof *history->rows);
    history->row_count = results->count;
    size_t *ends = mb_mem_alloc(results->count, sizeof *ends);
    for (size_t i = 0; i < results->count; i++) {
        history->rows[i] = row_make(&results->items[i]);
        mb_series_extract(arena, results->items[i].result, results->metrics,
                          results->metric_count, &values);
        ends[i] = values.count;
    }
    attributes_fill(arena, results, history);
    mb_history_note_order(arena, history, "results", "in which they are given");
    struct entry *entries = mb_mem_alloc(values.count, sizeof *entries);
    size_t row = 0;
    for (size_t i = 0; i < values.count; i++) {
        while (i >= ends[row]) {
            row++;
        }
        entries[i] = (struct entry){.value = &values.items[i], .row = row};
    }
    if (values.count > 1) {
        qsort(entries, values.count, sizeof *entries, entry_compare);
    }
    for (size_t from = 0, to = 0; from < values.count; from = to) {
        to = from + 1;
        while (to < values.count &&
               key_compare(&entries[from].value->key, &entries[to].value->key) == 0) {
            to++;
        }
        series->items = mb_arena_grow(arena, series->items, series->count,
                                      &series->capacity, sizeof *series->items);
        series->items[series->count++] = series_make(arena, entries + from, to - from);
    }
    mb_mem_free(entries);
    mb_mem_free(ends);
}
