#include "meshbench/histories_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "meshbench/histories_pool.h"
#include "meshbench/stores.h"
#include "store/store.h"

// What all threads read.
struct shared {
    const char *path;
    const struct mb_store_history *history;
    const size_t *wanted; // of its series
};

// What one thread has: its own connection, and memory that is reused from series to
// series.
struct reader {
    const struct shared *shared;
    struct mb_store *store;
    struct mb_store_points points;
    uint32_t *rows;
    size_t capacity;
};

static enum mb_status reader_open(const void *shared, void **state, struct mb_err *err)
{
    const struct mb_store_options read_only = {.mode = MB_STORE_READ};
    struct reader *reader = mb_mem_alloc(1, sizeof *reader);
    reader->shared = shared;
    *state = reader;
    return mb_store_open(reader->shared->path, &read_only, &reader->store, err);
}

static void reader_close(void *state)
{
    struct reader *reader = state;
    mb_store_close(reader->store);
    mb_store_points_release(&reader->points);
    mb_mem_free(reader->rows);
    mb_mem_free(reader);
}

static enum mb_status series_load(void *state, size_t index,
                                  struct mb_history_series *series, struct mb_err *err)
{
    struct reader *reader = state;
    const struct mb_store_history *history = reader->shared->history;
    const struct mb_store_series *from = &history->series[reader->shared->wanted[index]];
    struct mb_store_points *points = &reader->points;
    enum mb_status status =
        mb_store_points_read(reader->store, history, from, points, err);
    if (status != MB_OK) {
        return status;
    }
    if (reader->capacity < points->count) {
        reader->rows = mb_mem_resize(reader->rows, points->count, sizeof *reader->rows);
        reader->capacity = points->count;
    }
    for (size_t i = 0; i < points->count; i++) {
        reader->rows[i] = (uint32_t)(points->results[i] - history->results.items);
    }
    enum mb_history_scale scale = mb_history_scale(&from->key, from->unit);
    *series = (struct mb_history_series){
        .name = from->title,
        .metric = from->key.metric,
        .id = from->digest,
        .group = from->key.variant_name,
        .baseline = from->key.baseline,
        .scale = scale,
        .unit = from->unit,
        .higher_is_better = from->higher_is_better,
        .count = points->count,
        .values = scale == MB_HISTORY_RATIO ? points->ratios : points->values,
        .rows = reader->rows,
        .versions = points->versions,
    };
    return MB_OK;
}

// --- rows

static void rows_fill(struct mb_histories *histories,
                      const struct mb_store_results *results)
{
    struct mb_arena *arena = &histories->arena;
    struct mb_history *history = &histories->history;
    history->rows = mb_arena_alloc(arena, results->count, sizeof *history->rows);
    history->row_count = results->count;
    for (size_t i = 0; i < results->count; i++) {
        for (size_t k = 0; k < results->items[i].tag_count; k++) {
            (void)mb_history_attribute(arena, history, results->items[i].tags[k].name);
        }
    }
    for (size_t i = 0; i < results->count; i++) {
        const struct mb_store_result *result = &results->items[i];
        struct mb_history_row *row = &history->rows[i];
        // Stores of earlier versions took results that do not say when they were
        // measured.
        bool dated = result->time_unix_ns > 0;
        *row = (struct mb_history_row){.time_unix_ns = dated ? result->time_unix_ns
                                                             : MB_HISTORY_NO_TIME,
                                       .environment = result->environment,
                                       .result = result->digest,
                                       .name = result->name};
        row->attributes =
            mb_arena_alloc(arena, history->attribute_count, sizeof *row->attributes);
        for (size_t k = 0; k < result->tag_count; k++) {
            size_t at = mb_history_attribute(arena, history, result->tags[k].name);
            row->attributes[at] = result->tags[k].value;
        }
    }
}

// --- what is known

struct place {
    const char *digest;
    size_t row;
};

static int place_compare(const void *left, const void *right)
{
    return strcmp(((const struct place *)left)->digest,
                  ((const struct place *)right)->digest);
}

static int mark_compare(const void *left, const void *right)
{
    return strcmp(((const struct mb_history_mark *)left)->series,
                  ((const struct mb_history_mark *)right)->series);
}

struct marks {
    struct mb_history_mark *items;
    size_t count;
    struct place *places; // rows by the digest of their result
    size_t place_count;
};

static void mark_add(struct marks *marks, const char *result, struct mb_history_mark mark)
{
    const struct place wanted = {.digest = result};
    const struct place *found = bsearch(&wanted, marks->places, marks->place_count,
                                        sizeof *marks->places, place_compare);
    if (found != NULL) {
        mark.row = found->row;
        marks->items[marks->count++] = mark;
    }
}

// Annotations, and reports unless they are to count again.
static enum mb_status marks_read(const struct mb_histories_request *request,
                                 struct mb_histories *histories, struct mb_store *store,
                                 struct mb_err *err)
{
    struct mb_arena *arena = &histories->arena;
    const struct mb_history *history = &histories->history;
    struct mb_store_annotations notes = {0};
    struct mb_store_reports reports = {0};
    struct marks marks = {.place_count = history->row_count};
    enum mb_status status = mb_store_annotations(arena, store, &notes, err);
    if (status == MB_OK && !request->again) {
        status = mb_store_reports(arena, store, &reports, err);
    }
    if (status != MB_OK || notes.count + reports.count == 0 || history->row_count == 0) {
        return status;
    }
    marks.places = mb_arena_alloc(arena, history->row_count, sizeof *marks.places);
    for (size_t i = 0; i < history->row_count; i++) {
        marks.places[i] = (struct place){.digest = history->rows[i].result, .row = i};
    }
    qsort(marks.places, history->row_count, sizeof *marks.places, place_compare);
    marks.items = mb_arena_alloc(arena, notes.count + reports.count, sizeof *marks.items);
    for (size_t i = 0; i < notes.count; i++) {
        const char *series = notes.items[i].series;
        mark_add(&marks, notes.items[i].result,
                 (struct mb_history_mark){.series = series != NULL ? series : "",
                                          .acknowledged = notes.items[i].text});
    }
    for (size_t i = 0; i < reports.count; i++) {
        mark_add(&marks, reports.items[i].result,
                 (struct mb_history_mark){.series = reports.items[i].series,
                                          .up = reports.items[i].after >
                                                reports.items[i].before});
    }
    if (marks.count > 0) {
        qsort(marks.items, marks.count, sizeof *marks.items, mark_compare);
    }
    histories->options.marks = marks.items;
    histories->options.mark_count = marks.count;
    return MB_OK;
}

// --- all of it

static bool is_wanted(const struct mb_histories_request *request, const char *metric)
{
    bool wanted = request->metrics == NULL;
    for (size_t i = 0; !wanted && request->metrics[i] != NULL; i++) {
        wanted = strcmp(request->metrics[i], metric) == 0;
    }
    return wanted;
}

enum mb_status mb_histories_store_read(const struct mb_histories_request *request,
                                       struct mb_histories *histories, struct mb_err *err)
{
    struct mb_arena *arena = &histories->arena;
    struct mb_store *store = NULL;
    struct mb_store_filter filter = {.series = request->series};
    struct mb_stores_tags tags = {0};
    struct mb_store_history found = {0};
    const struct mb_store_options read_only = {.mode = MB_STORE_READ};
    enum mb_status status = mb_stores_tags(arena, request->tags, &tags, err);
    filter.tags = tags.items;
    filter.tag_count = tags.count;
    if (status == MB_OK) {
        status = mb_store_open(request->store, &read_only, &store, err);
    }
    if (status == MB_OK) {
        status = mb_store_history(arena, store, &filter, &found, err);
    }
    histories->history.source = request->store;
    if (status == MB_OK) {
        rows_fill(histories, &found.results);
        status = marks_read(request, histories, store, err);
    }
    mb_store_close(store);
    if (status == MB_OK) {
        status = mb_histories_since(request, histories, err);
    }
    if (status != MB_OK) {
        return status;
    }
    size_t *wanted = mb_arena_alloc(arena, found.series_count, sizeof *wanted);
    struct shared shared = {.path = request->store, .history = &found, .wanted = wanted};
    struct mb_histories_source source = {.shared = &shared,
                                         .open = reader_open,
                                         .load = series_load,
                                         .close = reader_close};
    for (size_t i = 0; i < found.series_count; i++) {
        if (is_wanted(request, found.series[i].key.metric)) {
            wanted[source.count++] = i;
        }
    }
    return mb_histories_judge(&source, histories, err);
}

// --- remembering

static size_t failures_count(const struct mb_histories *histories)
{
    size_t count = 0;
    for (size_t i = 0; i < histories->count; i++) {
        count += histories->judged[i].change_count + histories->judged[i].noise_count;
    }
    return count;
}

static void failures_add(const struct mb_histories *histories,
                         const struct mb_history_judged *judged, int fail_on, bool noise,
                         struct mb_store_reports *reports)
{
    const struct mb_history_change *changes = noise ? judged->noise : judged->changes;
    size_t count = noise ? judged->noise_count : judged->change_count;
    for (size_t i = 0; i < count; i++) {
        if (mb_history_change_fails(&changes[i], noise, fail_on)) {
            reports->items[reports->count++] = (struct mb_store_report){
                .series = judged->series.id,
                .result = histories->history.rows[changes[i].row].result,
                .before = changes[i].before,
                .after = changes[i].after};
        }
    }
}

enum mb_status mb_histories_store_remember(const struct mb_histories_request *request,
                                           const struct mb_histories *histories,
                                           int fail_on, int64_t now_unix_ns,
                                           struct mb_err *err)
{
    struct mb_store *store = NULL;
    struct mb_store_reports reports = {0};
    const struct mb_store_options writing = {.mode = MB_STORE_WRITE};
    reports.items = mb_mem_alloc(failures_count(histories), sizeof *reports.items);
    for (size_t i = 0; i < histories->count; i++) {
        failures_add(histories, &histories->judged[i], fail_on, false, &reports);
        failures_add(histories, &histories->judged[i], fail_on, true, &reports);
    }
    for (size_t i = 0; i < reports.count; i++) {
        reports.items[i].at_unix_ns = now_unix_ns;
    }
    enum mb_status status = MB_OK;
    if (reports.count > 0) {
        status = mb_store_open(request->store, &writing, &store, err);
        if (status == MB_OK) {
            status = mb_store_reports_add(store, reports.items, reports.count, err);
        }
        if (status != MB_OK) {
            mb_err_prepend(err, "cannot remember what was reported");
            mb_err_hint(err, "--no-remember leaves the store as it is");
        }
    }
    mb_store_close(store);
    mb_mem_free(reports.items);
    return status;
}
