// Results: listing, finding, reading back, removing.
#include <stdlib.h>
#include <string.h>

#include "base/deflate.h"
#include "base/digest.h"
#include "store/parts.h"

enum { PREFIX_MIN = 4 };

struct result_list {
    struct mb_store_result *items;
    size_t count;
    size_t capacity;
};

static enum mb_status rows_read(struct mb_arena *arena, struct mb_store *store,
                                struct result_list *list, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    enum mb_status status = mb_db_query(
        store->db,
        "SELECT r.id, r.digest, r.name, r.spec_name, r.environment, r.time_ns,"
        " r.finished_ns, r.added_ns, r.size, r.complete, r.imported, c.result"
        " FROM result r LEFT JOIN content c ON c.result = r.id ORDER BY r.id",
        &query, err);
    if (status == MB_OK) {
        status = mb_db_query_step(query, &row, err);
    }
    while (row && status == MB_OK) {
        list->items = mb_arena_grow(arena, list->items, list->count, &list->capacity,
                                    sizeof *list->items);
        list->items[list->count++] = (struct mb_store_result){
            .id = mb_db_query_int(query, 0),
            .digest = mb_db_query_copy(arena, query, 1),
            .name = mb_db_query_copy(arena, query, 2),
            .spec_name = mb_db_query_copy(arena, query, 3),
            .environment = mb_db_query_copy(arena, query, 4),
            .time_unix_ns = mb_db_query_int(query, 5),
            .finished_unix_ns = mb_db_query_int(query, 6),
            .added_unix_ns = mb_db_query_int(query, 7),
            .size_bytes = mb_db_query_int(query, 8),
            .complete = mb_db_query_int(query, 9) != 0,
            .imported = mb_db_query_int(query, 10) != 0,
            .kept = !mb_db_query_is_null(query, 11),
        };
        status = mb_db_query_step(query, &row, err);
    }
    return status;
}

static void tag_push(struct mb_arena *arena, struct mb_store_result *result,
                     struct mb_db_query *query, size_t *capacity)
{
    *capacity = result->tag_count == 0 ? 0 : *capacity;
    result->tags = mb_arena_grow(arena, result->tags, result->tag_count, capacity,
                                 sizeof *result->tags);
    result->tags[result->tag_count++] =
        (struct mb_label){.name = mb_db_query_copy(arena, query, 1),
                          .value = mb_db_query_copy(arena, query, 2)};
}

// Both lists are ordered by id.
static enum mb_status tags_read(struct mb_arena *arena, struct mb_store *store,
                                struct result_list *list, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    size_t at = 0;
    size_t capacity = 0;
    enum mb_status status = mb_db_query(
        store->db, "SELECT result, name, value FROM tag ORDER BY result, name", &query,
        err);
    if (status == MB_OK) {
        status = mb_db_query_step(query, &row, err);
    }
    while (row && status == MB_OK) {
        int64_t id = mb_db_query_int(query, 0);
        while (at < list->count && list->items[at].id < id) {
            at++;
        }
        if (at < list->count && list->items[at].id == id) {
            tag_push(arena, &list->items[at], query, &capacity);
        }
        status = mb_db_query_step(query, &row, err);
    }
    return status;
}

static bool passes(const struct mb_store_result *result,
                   const struct mb_store_filter *filter)
{
    for (size_t i = 0; i < filter->tag_count; i++) {
        const char *value = mb_store_tag_find(result, filter->tags[i].name);
        if (value == NULL || strcmp(value, filter->tags[i].value) != 0) {
            return false;
        }
    }
    return result->time_unix_ns >= filter->since_unix_ns &&
           (filter->before_unix_ns == 0 || result->time_unix_ns < filter->before_unix_ns);
}

static int by_time(const void *left, const void *right)
{
    const struct mb_store_result *a = left;
    const struct mb_store_result *b = right;
    if (a->time_unix_ns != b->time_unix_ns) {
        return a->time_unix_ns < b->time_unix_ns ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

enum mb_status mb_store_list(struct mb_arena *arena, struct mb_store *store,
                             const struct mb_store_filter *filter,
                             struct mb_store_results *results, struct mb_err *err)
{
    struct result_list list = {0};
    *results = (struct mb_store_results){0};
    enum mb_status status = rows_read(arena, store, &list, err);
    if (status == MB_OK) {
        status = tags_read(arena, store, &list, err);
    }
    if (status != MB_OK) {
        return status;
    }
    size_t kept = 0;
    for (size_t i = 0; i < list.count; i++) {
        if (passes(&list.items[i], filter)) {
            list.items[kept++] = list.items[i];
        }
    }
    if (kept > 0) {
        qsort(list.items, kept, sizeof *list.items, by_time);
    }
    *results = (struct mb_store_results){.items = list.items, .count = kept};
    return MB_OK;
}

enum mb_status mb_store_find(struct mb_arena *arena, struct mb_store *store,
                             const char *prefix, struct mb_store_result *result,
                             struct mb_err *err)
{
    struct mb_store_results all;
    size_t size = strlen(prefix);
    size_t found = 0;
    if (size < PREFIX_MIN) {
        return mb_err_set(err, MB_INVALID,
                          "'%s' is too short: %d characters of a digest at least", prefix,
                          PREFIX_MIN);
    }
    enum mb_status status =
        mb_store_list(arena, store, &(struct mb_store_filter){0}, &all, err);
    for (size_t i = 0; status == MB_OK && i < all.count; i++) {
        if (strncmp(all.items[i].digest, prefix, size) == 0) {
            *result = all.items[i];
            found++;
        }
    }
    if (status == MB_OK && found == 0) {
        mb_err_hint(err, "digests: meshbench store list");
        return mb_err_set(err, MB_INVALID, "no result in the store begins with '%.64s'",
                          prefix);
    }
    if (status == MB_OK && found > 1) {
        return mb_err_set(err, MB_INVALID,
                          "%zu results in the store begin with '%.64s': give more of the "
                          "digest",
                          found, prefix);
    }
    return status;
}

// `packed` is what the table holds.
static enum mb_status content_unpack(const struct mb_store_result *result,
                                     const void *packed, size_t packed_size,
                                     struct mb_buf *bytes, struct mb_err *err)
{
    size_t size = (size_t)result->size_bytes;
    size_t start = bytes->size;
    char digest[MB_DIGEST_TEXT] = "";
    struct mb_err ignored = {0};
    enum mb_status status = MB_OK;
    if (result->size_bytes < 0 || size > MB_STORE_MAX_RESULT_BYTES) {
        status = MB_INVALID;
    } else if (packed_size < size) {
        status = mb_deflate_unpack(packed, packed_size, size, bytes, &ignored);
    } else {
        mb_buf_append(bytes, packed, packed_size);
    }
    if (status == MB_OK) {
        mb_digest_text(mb_buf_string(bytes) + start, bytes->size - start, digest);
    }
    if (strcmp(digest, result->digest) != 0) {
        return mb_err_set(err, MB_INVALID,
                          "result %.12s is damaged in the store: its bytes are not those "
                          "that its digest names",
                          result->digest);
    }
    return MB_OK;
}

enum mb_status mb_store_read(struct mb_store *store, const struct mb_store_result *result,
                             struct mb_buf *bytes, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    enum mb_status status = mb_db_query(
        store->db, "SELECT bytes FROM content WHERE result = $1", &query, err);
    if (status != MB_OK) {
        return status;
    }
    mb_db_query_bind_int(query, 1, result->id);
    status = mb_db_query_step(query, &row, err);
    if (status == MB_OK && !row) {
        return mb_err_set(err, MB_FAILED,
                          "result %.12s has no bytes in the store any more: they were "
                          "pruned",
                          result->digest);
    }
    if (row) {
        size_t size = 0;
        const void *packed = mb_db_query_bytes(query, 0, &size);
        status = content_unpack(result, packed, size, bytes, err);
    }
    mb_db_query_reset(query);
    return status;
}

static enum mb_status rows_remove(struct mb_store *store, const int64_t *results,
                                  size_t count, bool keep_values, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    enum mb_status status =
        mb_db_query(store->db,
                    keep_values ? "DELETE FROM content WHERE result = $1"
                                : "DELETE FROM result WHERE id = $1",
                    &query, err);
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        mb_db_query_bind_int(query, 1, results[i]);
        status = mb_db_query_run(query, err);
    }
    if (status == MB_OK && !keep_values) {
        status = mb_db_run(store->db,
                           "DELETE FROM series WHERE NOT EXISTS"
                           " (SELECT 1 FROM point WHERE point.series = series.id)",
                           err);
    }
    return status;
}

enum mb_status mb_store_prune(struct mb_store *store, const int64_t *results,
                              size_t count, bool keep_values, struct mb_err *err)
{
    enum mb_status status = mb_store_begin(store, err);
    if (status == MB_OK) {
        status = rows_remove(store, results, count, keep_values, err);
        status = mb_store_end(store, status, err);
    }
    if (status == MB_OK) {
        status = mb_db_shrink(store->db, err);
        if (status != MB_OK) {
            mb_err_prepend(err, "removed, but the file did not get smaller");
        }
    }
    return status;
}
