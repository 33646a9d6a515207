// What people know about changes: annotations, and reports that were made.
#include <string.h>

#include "store/parts.h"

// Ids of what a note is about. `series` may be NULL, which is every one: id 0.
static enum mb_status places_find(struct mb_store *store, const char *series,
                                  const char *result, int64_t ids[2], struct mb_err *err)
{
    ids[0] = 0;
    enum mb_status status =
        series != NULL ? mb_store_series_id(store, series, &ids[0], err) : MB_OK;
    if (status == MB_OK && series != NULL && ids[0] == 0) {
        return mb_err_set(err, MB_INVALID, "no series in the store is '%.64s'", series);
    }
    if (status == MB_OK) {
        status = mb_store_result_id(store, result, &ids[1], err);
    }
    if (status == MB_OK && ids[1] == 0) {
        return mb_err_set(err, MB_INVALID, "no result in the store is '%.64s'", result);
    }
    return status;
}

enum mb_status mb_store_annotations(struct mb_arena *arena, struct mb_store *store,
                                    struct mb_store_annotations *annotations,
                                    struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    size_t capacity = 0;
    *annotations = (struct mb_store_annotations){0};
    enum mb_status status =
        mb_db_query(store->db,
                    "SELECT a.id, s.digest, r.digest, a.text, a.author, a.at_ns"
                    " FROM annotation a JOIN result r ON r.id = a.result"
                    " LEFT JOIN series s ON s.id = a.series ORDER BY a.id",
                    &query, err);
    if (status == MB_OK) {
        status = mb_db_query_step(query, &row, err);
    }
    while (row && status == MB_OK) {
        annotations->items = mb_arena_grow(arena, annotations->items, annotations->count,
                                           &capacity, sizeof *annotations->items);
        annotations->items[annotations->count++] = (struct mb_store_annotation){
            .id = mb_db_query_int(query, 0),
            .series =
                mb_db_query_is_null(query, 1) ? NULL : mb_db_query_copy(arena, query, 1),
            .result = mb_db_query_copy(arena, query, 2),
            .text = mb_db_query_copy(arena, query, 3),
            .author = mb_db_query_copy(arena, query, 4),
            .at_unix_ns = mb_db_query_int(query, 5),
        };
        status = mb_db_query_step(query, &row, err);
    }
    return status;
}

static enum mb_status annotation_insert(struct mb_store *store,
                                        const struct mb_store_annotation *annotation,
                                        struct mb_err *err)
{
    int64_t ids[2];
    struct mb_db_query *query = NULL;
    enum mb_status status =
        places_find(store, annotation->series, annotation->result, ids, err);
    if (status == MB_OK) {
        status =
            mb_db_query(store->db,
                        "INSERT INTO annotation (series, result, text, author, at_ns)"
                        " VALUES ($1, $2, $3, $4, $5)",
                        &query, err);
    }
    if (status != MB_OK) {
        return status;
    }
    if (annotation->series != NULL) {
        mb_db_query_bind_int(query, 1, ids[0]);
    }
    mb_db_query_bind_int(query, 2, ids[1]);
    mb_db_query_bind_text(query, 3, annotation->text);
    mb_db_query_bind_text(query, 4, annotation->author);
    mb_db_query_bind_int(query, 5, annotation->at_unix_ns);
    return mb_db_query_run(query, err);
}

enum mb_status mb_store_annotate(struct mb_store *store,
                                 const struct mb_store_annotation *annotation,
                                 struct mb_err *err)
{
    size_t size = strlen(annotation->text);
    size_t author_size = strlen(annotation->author);
    if (size == 0 || size > MB_STORE_MAX_TEXT_BYTES ||
        author_size > MB_STORE_MAX_TAG_BYTES) {
        return mb_err_set(err, MB_INVALID,
                          "an annotation has 1 to %d bytes, and an author's name %d at "
                          "most: these have %zu and %zu",
                          MB_STORE_MAX_TEXT_BYTES, MB_STORE_MAX_TAG_BYTES, size,
                          author_size);
    }
    enum mb_status status = mb_store_begin(store, err);
    if (status == MB_OK) {
        status = annotation_insert(store, annotation, err);
        status = mb_store_end(store, status, err);
    }
    return status;
}

static enum mb_status annotation_delete(struct mb_store *store, int64_t id,
                                        struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    enum mb_status status =
        mb_db_query(store->db, "DELETE FROM annotation WHERE id = $1", &query, err);
    if (status == MB_OK) {
        mb_db_query_bind_int(query, 1, id);
        status = mb_db_query_run(query, err);
    }
    if (status == MB_OK && mb_db_changed(store->db) == 0) {
        return mb_err_set(err, MB_INVALID, "no annotation in the store has number %lld",
                          (long long)id);
    }
    return status;
}

enum mb_status mb_store_annotation_remove(struct mb_store *store, int64_t id,
                                          struct mb_err *err)
{
    enum mb_status status = mb_store_begin(store, err);
    if (status == MB_OK) {
        status = annotation_delete(store, id, err);
        status = mb_store_end(store, status, err);
    }
    return status;
}

enum mb_status mb_store_reports(struct mb_arena *arena, struct mb_store *store,
                                struct mb_store_reports *reports, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    size_t capacity = 0;
    *reports = (struct mb_store_reports){0};
    enum mb_status status =
        mb_db_query(store->db,
                    "SELECT s.digest, r.digest, p.before_value, p.after_value, p.at_ns"
                    " FROM report p JOIN result r ON r.id = p.result"
                    " JOIN series s ON s.id = p.series"
                    " ORDER BY s.digest, r.time_ns, r.id",
                    &query, err);
    if (status == MB_OK) {
        status = mb_db_query_step(query, &row, err);
    }
    while (row && status == MB_OK) {
        reports->items = mb_arena_grow(arena, reports->items, reports->count, &capacity,
                                       sizeof *reports->items);
        reports->items[reports->count++] = (struct mb_store_report){
            .series = mb_db_query_copy(arena, query, 0),
            .result = mb_db_query_copy(arena, query, 1),
            .before = mb_db_query_real(query, 2),
            .after = mb_db_query_real(query, 3),
            .at_unix_ns = mb_db_query_int(query, 4),
        };
        status = mb_db_query_step(query, &row, err);
    }
    return status;
}

static enum mb_status report_insert(struct mb_store *store,
                                    const struct mb_store_report *report,
                                    struct mb_err *err)
{
    int64_t ids[2];
    struct mb_db_query *query = NULL;
    enum mb_status status = places_find(store, report->series, report->result, ids, err);
    if (status == MB_OK) {
        status = mb_db_query(store->db,
                             "INSERT INTO report (series, result, before_value,"
                             " after_value, at_ns) VALUES ($1, $2, $3, $4, $5)"
                             " ON CONFLICT DO NOTHING",
                             &query, err);
    }
    if (status != MB_OK) {
        return status;
    }
    mb_db_query_bind_int(query, 1, ids[0]);
    mb_db_query_bind_int(query, 2, ids[1]);
    mb_db_query_bind_real(query, 3, report->before);
    mb_db_query_bind_real(query, 4, report->after);
    mb_db_query_bind_int(query, 5, report->at_unix_ns);
    return mb_db_query_run(query, err);
}

enum mb_status mb_store_reports_add(struct mb_store *store,
                                    const struct mb_store_report *reports, size_t count,
                                    struct mb_err *err)
{
    enum mb_status status = mb_store_begin(store, err);
    if (status != MB_OK) {
        return status;
    }
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        status = report_insert(store, &reports[i], err);
    }
    return mb_store_end(store, status, err);
}
