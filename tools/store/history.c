// Histories: the series of a store, and the points of one of them, as arrays.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/parts.h"

enum { FIRST_POINTS = 1024 };

const char *mb_store_unit_name(enum mb_metric_unit unit)
{
    static const char *const names[] = {
        [MB_METRIC_NS] = "ns",       [MB_METRIC_RPS] = "rps",
        [MB_METRIC_RATIO] = "ratio", [MB_METRIC_NS_PER_REQUEST] = "ns_per_request",
        [MB_METRIC_BYTES] = "bytes",
    };
    return names[unit];
}

// --- versions

static enum mb_status versions_read(struct mb_arena *arena, struct mb_store *store,
                                    struct mb_store_history *history, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    size_t capacity = 0;
    enum mb_status status =
        mb_db_query(store->db, "SELECT id, text FROM version ORDER BY id", &query, err);
    if (status == MB_OK) {
        status = mb_db_query_step(query, &row, err);
    }
    while (row && status == MB_OK) {
        history->versions =
            mb_arena_grow(arena, history->versions, history->version_count, &capacity,
                          sizeof *history->versions);
        history->versions[history->version_count++] = (struct mb_store_version){
            .id = mb_db_query_int(query, 0), .text = mb_db_query_copy(arena, query, 1)};
        status = mb_db_query_step(query, &row, err);
    }
    return status;
}

static int version_compare(const void *id, const void *version)
{
    int64_t wanted = *(const int64_t *)id;
    int64_t found = ((const struct mb_store_version *)version)->id;
    return wanted < found ? -1 : wanted > found;
}

static const struct mb_store_version *version_find(const struct mb_store_history *history,
                                                   int64_t id)
{
    if (history->version_count == 0) {
        return NULL;
    }
    return bsearch(&id, history->versions, history->version_count,
                   sizeof *history->versions, version_compare);
}

// --- series

static bool series_passes(const struct mb_store_series *series,
                          const struct mb_store_filter *filter)
{
    return (filter->metric == NULL || strcmp(filter->metric, series->key.metric) == 0) &&
           (filter->variant == NULL ||
            strcmp(filter->variant, series->key.variant_name) == 0) &&
           (filter->series == NULL ||
            strncmp(filter->series, series->digest, strlen(filter->series)) == 0);
}

static struct mb_store_series series_take(struct mb_arena *arena,
                                          struct mb_db_query *query)
{
    return (struct mb_store_series){
        .id = mb_db_query_int(query, 0),
        .digest = mb_db_query_copy(arena, query, 1),
        .key = {.application = mb_db_query_copy(arena, query, 2),
                .workload = mb_db_query_copy(arena, query, 3),
                .variant = mb_db_query_copy(arena, query, 4),
                .variant_name = mb_db_query_copy(arena, query, 5),
                .point = mb_db_query_copy(arena, query, 6),
                .metric = mb_db_query_copy(arena, query, 7),
                .baseline = mb_db_query_is_null(query, 8)
                                ? NULL
                                : mb_db_query_copy(arena, query, 8)},
        .title = mb_db_query_copy(arena, query, 9),
    };
}

static enum mb_status series_read(struct mb_arena *arena, struct mb_store *store,
                                  const struct mb_store_filter *filter,
                                  struct mb_store_history *history, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    size_t capacity = 0;
    enum mb_status status =
        mb_db_query(store->db,
                    "SELECT id, digest, application, workload, variant, variant_name,"
                    " point, metric, baseline, title FROM series ORDER BY title, id",
                    &query, err);
    if (status == MB_OK) {
        status = mb_db_query_step(query, &row, err);
    }
    while (row && status == MB_OK) {
        struct mb_store_series series = series_take(arena, query);
        struct mb_metric metric;
        if (!mb_metric_parse(series.key.metric, &metric)) {
            status = mb_err_set(err, MB_INVALID,
                                "store '%s' is damaged: series %.12s has no metric",
                                store->path, series.digest);
            mb_db_query_reset(query);
            break;
        }
        series.unit = metric.unit;
        series.higher_is_better = metric.higher_is_better;
        if (series_passes(&series, filter)) {
            history->series = mb_arena_grow(arena, history->series, history->series_count,
                                            &capacity, sizeof *history->series);
            history->series[history->series_count++] = series;
        }
        status = mb_db_query_step(query, &row, err);
    }
    return status;
}

struct place {
    int64_t id;
    size_t index;
};

static int place_compare(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    return a->id < b->id ? -1 : a->id > b->id;
}

// In arena: the indexes of the results, by id: points are stored in that order.
static const size_t *order_by_id(struct mb_arena *arena,
                                 const struct mb_store_results *results)
{
    struct place *places = mb_mem_alloc(results->count, sizeof *places);
    size_t *order = mb_arena_alloc(arena, results->count, sizeof *order);
    for (size_t i = 0; i < results->count; i++) {
        places[i] = (struct place){.id = results->items[i].id, .index = i};
    }
    if (results->count > 0) {
        qsort(places, results->count, sizeof *places, place_compare);
    }
    for (size_t i = 0; i < results->count; i++) {
        order[i] = places[i].index;
    }
    mb_mem_free(places);
    return order;
}

enum mb_status mb_store_history(struct mb_arena *arena, struct mb_store *store,
                                const struct mb_store_filter *filter,
                                struct mb_store_history *history, struct mb_err *err)
{
    *history = (struct mb_store_history){0};
    // Results first: what belongs to them is there by then.
    enum mb_status status = mb_store_list(arena, store, filter, &history->results, err);
    if (status == MB_OK) {
        status = versions_read(arena, store, history, err);
    }
    if (status == MB_OK) {
        status = series_read(arena, store, filter, history, err);
    }
    if (status == MB_OK) {
        history->by_id = order_by_id(arena, &history->results);
    }
    return status;
}

// --- points

static void points_grow(struct mb_store_points *points)
{
    size_t capacity = points->capacity > 0 ? points->capacity * 2 : FIRST_POINTS;
    points->values = mb_mem_resize(points->values, capacity, sizeof *points->values);
    points->ratios = mb_mem_resize(points->ratios, capacity, sizeof *points->ratios);
    points->times_unix_ns =
        mb_mem_resize(points->times_unix_ns, capacity, sizeof *points->times_unix_ns);
    points->results = mb_mem_resize(points->results, capacity, sizeof *points->results);
    points->versions =
        mb_mem_resize(points->versions, capacity, sizeof *points->versions);
    points->trials = mb_mem_resize(points->trials, capacity, sizeof *points->trials);
    points->capacity = capacity;
}

void mb_store_points_release(struct mb_store_points *points)
{
    mb_mem_free(points->values);
    mb_mem_free(points->ratios);
    mb_mem_free(points->times_unix_ns);
    mb_mem_free(points->results);
    mb_mem_free(points->versions);
    mb_mem_free(points->trials);
    *points = (struct mb_store_points){0};
}

// Goes through the rows of a series, both sides ordered by the result's id.
struct point_reader {
    const struct mb_store_history *history;
    struct mb_store_points *points;
    size_t next;                            // in history->by_id
    const struct mb_store_version *version; // of the point before; NULL: none
    bool ordered;                           // by time as well, so far
};

static void point_push(struct point_reader *reader, struct mb_db_query *query,
                       const struct mb_store_result *result)
{
    struct mb_store_points *points = reader->points;
    size_t at = points->count;
    if (at == points->capacity) {
        points_grow(points);
    }
    int64_t version = mb_db_query_int(query, 4);
    if (reader->version == NULL || reader->version->id != version) {
        reader->version = version > 0 ? version_find(reader->history, version) : NULL;
    }
    points->values[at] = mb_db_query_real(query, 1);
    points->ratios[at] = mb_db_query_is_null(query, 2) ? NAN : mb_db_query_real(query, 2);
    points->trials[at] = (uint32_t)mb_db_query_int(query, 3);
    points->versions[at] = reader->version != NULL ? reader->version->text : NULL;
    points->results[at] = result;
    points->times_unix_ns[at] = result->time_unix_ns;
    if (at > 0 && points->times_unix_ns[at - 1] > result->time_unix_ns) {
        reader->ordered = false;
    }
    points->count++;
}

static void row_take(struct point_reader *reader, struct mb_db_query *query)
{
    const struct mb_store_results *results = &reader->history->results;
    const size_t *by_id = reader->history->by_id;
    int64_t id = mb_db_query_int(query, 0);
    while (reader->next < results->count && results->items[by_id[reader->next]].id < id) {
        reader->next++;
    }
    if (reader->next < results->count && results->items[by_id[reader->next]].id == id) {
        point_push(reader, query, &results->items[by_id[reader->next]]);
    }
}

struct point {
    double value;
    double ratio;
    const struct mb_store_result *result;
    const char *version;
    uint32_t trials;
};

static int point_compare(const void *left, const void *right)
{
    const struct mb_store_result *a = ((const struct point *)left)->result;
    const struct mb_store_result *b = ((const struct point *)right)->result;
    return a < b ? -1 : a > b; // the results of a history stand in order
}

// Rarely needed: results are mostly added in the order of their times.
static void points_sort(struct mb_store_points *points)
{
    struct point *sorted = mb_mem_alloc(points->count, sizeof *sorted);
    for (size_t i = 0; i < points->count; i++) {
        sorted[i] =
            (struct point){points->values[i], points->ratios[i], points->results[i],
                           points->versions[i], points->trials[i]};
    }
    qsort(sorted, points->count, sizeof *sorted, point_compare);
    for (size_t i = 0; i < points->count; i++) {
        points->values[i] = sorted[i].value;
        points->ratios[i] = sorted[i].ratio;
        points->results[i] = sorted[i].result;
        points->versions[i] = sorted[i].version;
        points->trials[i] = sorted[i].trials;
        points->times_unix_ns[i] = sorted[i].result->time_unix_ns;
    }
    mb_mem_free(sorted);
}

enum mb_status mb_store_points_read(struct mb_store *store,
                                    const struct mb_store_history *history,
                                    const struct mb_store_series *series,
                                    struct mb_store_points *points, struct mb_err *err)
{
    struct point_reader reader = {.history = history, .points = points, .ordered = true};
    struct mb_db_query *query = NULL;
    bool row = false;
    points->count = 0;
    enum mb_status status =
        mb_db_query(store->db,
                    "SELECT result, value, ratio, trials, version FROM point"
                    " WHERE series = $1 ORDER BY result",
                    &query, err);
    if (status == MB_OK) {
        mb_db_query_bind_int(query, 1, series->id);
        status = mb_db_query_step(query, &row, err);
    }
    while (row && status == MB_OK) {
        row_take(&reader, query);
        status = mb_db_query_step(query, &row, err);
    }
    if (status == MB_OK && !reader.ordered) {
        points_sort(points);
    }
    return status;
}
