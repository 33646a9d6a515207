// Adding a result: its bytes, its tags, its values; one transaction.
#include <string.h>

#include "base/deflate.h"
#include "store/parts.h"

// What adding one result carries around.
struct adding {
    struct mb_arena arena;
    struct mb_store *store;
    const struct mb_store_input *input;
    int64_t result; // id
};

static enum mb_status result_insert(struct adding *adding, struct mb_err *err)
{
    const struct mb_store_input *input = adding->input;
    const struct mb_result *result = input->result;
    struct mb_db_query *query = NULL;
    enum mb_status status =
        mb_db_query(adding->store->db,
                    "INSERT INTO result (digest, name, spec_name, environment, time_ns,"
                    " finished_ns, added_ns, size, complete, imported)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    &query, err);
    if (status != MB_OK) {
        return status;
    }
    const char *environment = result->keys.environment;
    mb_db_query_bind_text(query, 1, input->digest);
    mb_db_query_bind_text(query, 2, input->name);
    mb_db_query_bind_text(query, 3, result->spec_name != NULL ? result->spec_name : "");
    mb_db_query_bind_text(query, 4, environment != NULL ? environment : "");
    mb_db_query_bind_int(query, 5, result->finished_unix_ns);
    mb_db_query_bind_int(query, 6, result->finished_unix_ns);
    mb_db_query_bind_int(query, 7, input->now_unix_ns);
    mb_db_query_bind_int(query, 8, (int64_t)input->size);
    mb_db_query_bind_int(query, 9, result->complete);
    mb_db_query_bind_int(query, 10, result->imported);
    status = mb_db_query_run(query, err);
    adding->result = mb_db_last_id(adding->store->db);
    return status;
}

static enum mb_status content_insert(struct adding *adding, struct mb_err *err)
{
    const struct mb_store_input *input = adding->input;
    struct mb_db_query *query = NULL;
    enum mb_status status = mb_db_query(adding->store->db,
                                        "INSERT INTO content (result, bytes)"
                                        " VALUES ($1, $2) ON CONFLICT DO NOTHING",
                                        &query, err);
    if (status != MB_OK) {
        return status;
    }
    struct mb_buf packed = {0};
    mb_deflate_pack(input->bytes, input->size, &packed);
    bool smaller = packed.size < input->size;
    mb_db_query_bind_int(query, 1, adding->result);
    mb_db_query_bind_bytes(query, 2, smaller ? packed.data : input->bytes,
                           smaller ? packed.size : input->size);
    status = mb_db_query_run(query, err);
    mb_buf_release(&packed);
    return status;
}

static enum mb_status series_insert(struct adding *adding,
                                    const struct mb_series_value *value,
                                    const char *digest, int64_t *id, struct mb_err *err)
{
    const struct mb_series_key *key = &value->key;
    struct mb_db_query *query = NULL;
    enum mb_status status =
        mb_db_query(adding->store->db,
                    "INSERT INTO series (digest, application, workload,"
                    " variant, variant_name, point, metric, baseline, title, unit,"
                    " higher_is_better)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                    &query, err);
    if (status != MB_OK) {
        return status;
    }
    const char *const texts[] = {digest,
                                 key->application,
                                 key->workload,
                                 key->variant,
                                 key->variant_name,
                                 key->point,
                                 key->metric,
                                 key->baseline,
                                 value->title,
                                 mb_store_unit_name(value->unit)};
    int count = sizeof texts / sizeof texts[0];
    for (int i = 0; i < count; i++) {
        mb_db_query_bind_text(query, i + 1, texts[i]);
    }
    mb_db_query_bind_int(query, count + 1, value->higher_is_better);
    status = mb_db_query_run(query, err);
    *id = mb_db_last_id(adding->store->db);
    return status;
}

// Id of a version's text; 0 for none.
static enum mb_status version_id(struct adding *adding, const char *text, int64_t *id,
                                 struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    struct mb_db *db = adding->store->db;
    bool row = false;
    *id = 0;
    if (text == NULL) {
        return MB_OK;
    }
    enum mb_status status = mb_db_query(
        db, "INSERT INTO version (text) VALUES ($1) ON CONFLICT DO NOTHING", &query, err);
    if (status == MB_OK) {
        mb_db_query_bind_text(query, 1, text);
        status = mb_db_query_run(query, err);
    }
    if (status == MB_OK) {
        status = mb_db_query(db, "SELECT id FROM version WHERE text = $1", &query, err);
    }
    if (status == MB_OK) {
        mb_db_query_bind_text(query, 1, text);
        status = mb_db_query_step(query, &row, err);
        *id = row ? mb_db_query_int(query, 0) : 0;
        mb_db_query_reset(query);
    }
    return status;
}

static enum mb_status point_insert(struct adding *adding,
                                   const struct mb_series_value *value,
                                   struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    int64_t series = 0;
    int64_t version = 0;
    const char *digest = mb_series_id(&adding->arena, &value->key);
    enum mb_status status = mb_store_series_id(adding->store, digest, &series, err);
    if (status == MB_OK && series == 0) {
        status = series_insert(adding, value, digest, &series, err);
    }
    if (status == MB_OK) {
        status = version_id(adding, value->version, &version, err);
    }
    if (status == MB_OK) {
        // A cell that a result has twice counts once.
        status = mb_db_query(
            adding->store->db,
            "INSERT INTO point (series, result, value, ratio, trials, version)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            &query, err);
    }
    if (status != MB_OK) {
        return status;
    }
    mb_db_query_bind_int(query, 1, series);
    mb_db_query_bind_int(query, 2, adding->result);
    mb_db_query_bind_real(query, 3, value->value);
    mb_db_query_bind_real(query, 4, value->ratio);
    mb_db_query_bind_int(query, 5, (int64_t)value->trials);
    if (version != 0) {
        mb_db_query_bind_int(query, 6, version);
    }
    return mb_db_query_run(query, err);
}

// Adds the values that are not there; *added counts them.
static enum mb_status values_insert(struct adding *adding, const struct mb_result *result,
                                    size_t *added, struct mb_err *err)
{
    struct mb_series_values values = {0};
    mb_series_extract(&adding->arena, result, NULL, 0, &values);
    enum mb_status status = MB_OK;
    *added = 0;
    for (size_t i = 0; status == MB_OK && i < values.count; i++) {
        status = point_insert(adding, &values.items[i], err);
        *added += status == MB_OK && mb_db_changed(adding->store->db) > 0;
    }
    return status;
}

static const char *label_find(const struct mb_label *labels, size_t count,
                              const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(labels[i].name, name) == 0) {
            return labels[i].value;
        }
    }
    return NULL;
}

// A result has its place in the history by its tag 'date', or by when it was finished.
static enum mb_status date_check(const struct mb_store_input *input, struct mb_err *err)
{
    const struct mb_result *result = input->result;
    const char *date = label_find(input->tags, input->tag_count, MB_STORE_DATE);
    if (date == NULL) {
        date = label_find(result->labels, result->label_count, MB_STORE_DATE);
    }
    if (result->finished_unix_ns > 0 || (date != NULL && date[0] != '\0')) {
        return MB_OK;
    }
    mb_err_hint(err, "say where it belongs: --date 2026-11-23");
    return mb_err_set(err, MB_INVALID,
                      "'%.200s' does not say when it was measured, and a history is in "
                      "the order of time",
                      input->name);
}

static bool is_given(const struct mb_store_input *input, const char *name)
{
    return label_find(input->tags, input->tag_count, name) != NULL;
}

// The labels of the result that no tag replaces.
static enum mb_status labels_insert(struct adding *adding, struct mb_err *err)
{
    const struct mb_result *result = adding->input->result;
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < result->label_count; i++) {
        const struct mb_label *label = &result->labels[i];
        if (label->value[0] != '\0' && !is_given(adding->input, label->name)) {
            status = mb_store_tags_set(adding->store, adding->result, label, 1, err);
        }
    }
    return status;
}

static enum mb_status parts_insert(struct adding *adding, bool *added, struct mb_err *err)
{
    enum mb_status status =
        mb_store_result_id(adding->store, adding->input->digest, &adding->result, err);
    bool known = adding->result != 0;
    if (status == MB_OK && !known) {
        status = date_check(adding->input, err);
    }
    if (status == MB_OK && !known) {
        status = result_insert(adding, err);
    }
    if (status == MB_OK) {
        status = content_insert(adding, err);
    }
    if (status == MB_OK && !known) {
        size_t values = 0;
        status = values_insert(adding, adding->input->result, &values, err);
    }
    if (status == MB_OK && !known) {
        status = labels_insert(adding, err);
    }
    if (status == MB_OK) {
        status = mb_store_tags_set(adding->store, adding->result, adding->input->tags,
                                   adding->input->tag_count, err);
    }
    *added = !known;
    return status;
}

enum mb_status mb_store_add(struct mb_store *store, const struct mb_store_input *input,
                            bool *added, struct mb_err *err)
{
    *added = false;
    if (input->size == 0 || input->size > MB_STORE_MAX_RESULT_BYTES) {
        return mb_err_set(err, MB_INVALID,
                          "'%s' has %zu bytes: a store takes 1 to %d for one result",
                          input->name, input->size, MB_STORE_MAX_RESULT_BYTES);
    }
    struct adding adding = {.store = store, .input = input};
    bool made = false;
    enum mb_status status = mb_store_begin(store, err);
    if (status == MB_OK) {
        status = parts_insert(&adding, &made, err);
        status = mb_store_end(store, status, err);
    }
    mb_arena_release(&adding.arena);
    *added = status == MB_OK && made;
    return status;
}

enum mb_status mb_store_refresh(struct mb_store *store, int64_t result,
                                const struct mb_result *read, size_t *added,
                                struct mb_err *err)
{
    struct adding adding = {.store = store, .result = result};
    *added = 0;
    enum mb_status status = mb_store_begin(store, err);
    if (status == MB_OK) {
        status = values_insert(&adding, read, added, err);
        status = mb_store_end(store, status, err);
    }
    mb_arena_release(&adding.arena);
    return status;
}
