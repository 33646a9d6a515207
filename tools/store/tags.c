// Tags: what a result is about, as name and value.
#include <string.h>

#include "base/units.h"
#include "store/parts.h"

const char *mb_store_tag_find(const struct mb_store_result *result, const char *name)
{
    for (size_t i = 0; i < result->tag_count; i++) {
        if (strcmp(result->tags[i].name, name) == 0) {
            return result->tags[i].value;
        }
    }
    return NULL;
}

enum mb_status mb_store_time_parse(const char *text, int64_t *unix_ns, struct mb_err *err)
{
    enum { DAY_CHARACTERS = 10 }; // "2026-11-23"
    struct mb_arena arena = {0};
    const char *full = strlen(text) == DAY_CHARACTERS
                           ? mb_arena_print(&arena, "%sT00:00:00Z", text)
                           : text;
    struct mb_err ignored = {0};
    enum mb_status status = mb_units_parse_time(full, unix_ns, &ignored);
    mb_arena_release(&arena);
    if (status != MB_OK) {
        return mb_err_set(err, MB_INVALID,
                          "'%.60s' is no date: write '2026-11-23', or in UTC "
                          "'2026-11-23T19:47:00Z'",
                          text);
    }
    return MB_OK;
}

static enum mb_status tag_check(const struct mb_label *tag, struct mb_err *err)
{
    size_t name_size = strlen(tag->name);
    size_t value_size = strlen(tag->value);
    size_t size = name_size > value_size ? name_size : value_size;
    int64_t unix_ns = 0;
    if (name_size == 0 || strchr(tag->name, '=') != NULL) {
        return mb_err_set(err, MB_INVALID,
                          "'%.100s' is no name of a tag: one character at least, and no "
                          "'='",
                          tag->name);
    }
    if (size > MB_STORE_MAX_TAG_BYTES) {
        return mb_err_set(err, MB_INVALID,
                          "tag '%.100s' has %zu bytes: %d at most for name or value",
                          tag->name, size, MB_STORE_MAX_TAG_BYTES);
    }
    if (strcmp(tag->name, MB_STORE_DATE) == 0 && value_size > 0 &&
        mb_store_time_parse(tag->value, &unix_ns, err) != MB_OK) {
        mb_err_prepend(err, "tag '%s'", tag->name);
        return MB_INVALID;
    }
    return MB_OK;
}

enum mb_status mb_store_tags_check(const struct mb_label *tags, size_t count,
                                   struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        status = tag_check(&tags[i], err);
    }
    return status;
}

// Moves a result to the time of its tag 'date'; back to when it was finished without one,
// where that is known.
static enum mb_status time_set(struct mb_store *store, int64_t result,
                               const struct mb_label *tag, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    int64_t unix_ns = 0;
    bool dated = tag->value[0] != '\0';
    enum mb_status status =
        dated ? mb_store_time_parse(tag->value, &unix_ns, err) : MB_OK;
    if (status == MB_OK) {
        status = mb_db_query(store->db,
                             dated ? "UPDATE result SET time_ns = $1 WHERE id = $2"
                                   : "UPDATE result SET time_ns = finished_ns + $1"
                                     " WHERE id = $2 AND finished_ns > 0",
                             &query, err);
    }
    if (status == MB_OK) {
        mb_db_query_bind_int(query, 1, unix_ns);
        mb_db_query_bind_int(query, 2, result);
        status = mb_db_query_run(query, err);
    }
    if (status == MB_OK && mb_db_changed(store->db) == 0) {
        status = mb_err_set(err, MB_INVALID,
                            "tag '%s' cannot be taken away: the result does not say when "
                            "it was measured",
                            MB_STORE_DATE);
    }
    return status;
}

static enum mb_status tag_set(struct mb_store *store, int64_t result,
                              const struct mb_label *tag, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    enum mb_status status = tag_check(tag, err);
    if (status == MB_OK && strcmp(tag->name, MB_STORE_DATE) == 0) {
        status = time_set(store, result, tag, err);
    }
    bool taken_away = tag->value[0] == '\0';
    if (status == MB_OK) {
        status =
            mb_db_query(store->db,
                        taken_away ? "DELETE FROM tag WHERE result = $1 AND name = $2"
                                   : "INSERT INTO tag (result, name, value)"
                                     " VALUES ($1, $2, $3)"
                                     " ON CONFLICT (result, name)"
                                     " DO UPDATE SET value = excluded.value",
                        &query, err);
    }
    if (status != MB_OK) {
        return status;
    }
    mb_db_query_bind_int(query, 1, result);
    mb_db_query_bind_text(query, 2, tag->name);
    if (!taken_away) {
        mb_db_query_bind_text(query, 3, tag->value);
    }
    return mb_db_query_run(query, err);
}

static enum mb_status count_check(struct mb_store *store, int64_t result,
                                  struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    enum mb_status status =
        mb_db_query(store->db, "SELECT count(*) FROM tag WHERE result = $1", &query, err);
    if (status == MB_OK) {
        mb_db_query_bind_int(query, 1, result);
        status = mb_db_query_step(query, &row, err);
    }
    if (row && mb_db_query_int(query, 0) > MB_STORE_MAX_TAGS) {
        status = mb_err_set(err, MB_INVALID, "a result has %d tags at most",
                            MB_STORE_MAX_TAGS);
    }
    if (query != NULL) {
        mb_db_query_reset(query);
    }
    return status;
}

enum mb_status mb_store_tags_set(struct mb_store *store, int64_t result,
                                 const struct mb_label *tags, size_t count,
                                 struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        status = tag_set(store, result, &tags[i], err);
    }
    return status == MB_OK && count > 0 ? count_check(store, result, err) : status;
}

enum mb_status mb_store_tag(struct mb_store *store, int64_t result,
                            const struct mb_label *tags, size_t tag_count,
                            struct mb_err *err)
{
    enum mb_status status = mb_store_begin(store, err);
    if (status == MB_OK) {
        status = mb_store_tags_set(store, result, tags, tag_count, err);
        status = mb_store_end(store, status, err);
    }
    return status;
}
