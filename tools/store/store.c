#include "store/store.h"

#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/mem.h"
#include "store/parts.h"

// What SQLite would say about a folder or a missing file is less clear.
static enum mb_status file_look(const char *path, enum mb_store_mode mode,
                                struct mb_err *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (mode == MB_STORE_CREATE) {
            return MB_OK; // or SQLite says why it cannot be made
        }
        mb_err_hint(err, "'meshbench store add' makes one");
        return mb_err_set(err, MB_FAILED, "there is no store '%s'", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return mb_err_set(err, MB_INVALID, "'%s' is not a store: it is not a file", path);
    }
    return MB_OK;
}

static enum mb_status tables_make(struct mb_store *store, const struct mb_db_state *state,
                                  struct mb_err *err)
{
    if (store->mode == MB_STORE_READ) {
        if (state->version == MB_STORE_FORMAT) {
            return MB_OK;
        }
        mb_err_hint(err, "any command that writes to it brings it up to date");
        return mb_err_set(err, MB_FAILED,
                          "store '%s' has tables of version %d, and may not be written",
                          store->path, (int)state->version);
    }
    if (state->version < MB_STORE_FORMAT) {
        enum mb_status status = mb_migrate(store->db, err);
        if (status != MB_OK) {
            return status;
        }
    }
    return mb_db_make_durable(store->db, err);
}

enum mb_status mb_store_open(const char *path, const struct mb_store_options *options,
                             struct mb_store **store, struct mb_err *err)
{
    struct mb_db_state state;
    const struct mb_db_options db_options = {
        .path = path,
        .write = options->mode != MB_STORE_READ,
        .create = options->mode == MB_STORE_CREATE,
        .wait_ns = options->wait_ns > 0 ? options->wait_ns : MB_STORE_WAIT_NS,
        .vfs = options->vfs,
        .mark = MB_STORE_MARK,
        .version = MB_STORE_FORMAT,
    };
    *store = NULL;
    enum mb_status status =
        options->vfs == NULL ? file_look(path, options->mode, err) : MB_OK;
    if (status != MB_OK) {
        return status;
    }
    struct mb_store *opened = mb_mem_alloc(1, sizeof *opened);
    opened->path = mb_mem_copy_string(path);
    opened->mode = options->mode;
    status = mb_db_open(&db_options, &opened->db, &state, err);
    if (status == MB_OK) {
        status = tables_make(opened, &state, err);
    }
    if (status != MB_OK) {
        mb_store_close(opened);
        return status;
    }
    *store = opened;
    return MB_OK;
}

void mb_store_close(struct mb_store *store)
{
    if (store != NULL) {
        mb_db_close(store->db);
        mb_mem_free(store->path);
        mb_mem_free(store);
    }
}

enum mb_status mb_store_begin(struct mb_store *store, struct mb_err *err)
{
    if (store->mode == MB_STORE_READ) {
        return mb_err_set(err, MB_BUG, "store '%s' was opened to read it only",
                          store->path);
    }
    return mb_db_begin(store->db, err);
}

enum mb_status mb_store_end(struct mb_store *store, enum mb_status status,
                            struct mb_err *err)
{
    return mb_db_end(store->db, status, err);
}

enum mb_status mb_store_check(struct mb_store *store, struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_store_results results = {0};
    enum mb_status status = mb_db_check(store->db, err);
    if (status == MB_OK) {
        status =
            mb_store_list(&arena, store, &(struct mb_store_filter){0}, &results, err);
    }
    for (size_t i = 0; status == MB_OK && i < results.count; i++) {
        if (results.items[i].kept) {
            struct mb_buf bytes = {0};
            status = mb_store_read(store, &results.items[i], &bytes, err);
            mb_buf_release(&bytes);
        }
    }
    mb_arena_release(&arena);
    return status;
}

static enum mb_status id_find(struct mb_store *store, const char *sql, const char *digest,
                              int64_t *id, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    *id = 0;
    enum mb_status status = mb_db_query(store->db, sql, &query, err);
    if (status != MB_OK) {
        return status;
    }
    mb_db_query_bind_text(query, 1, digest);
    status = mb_db_query_step(query, &row, err);
    *id = row ? mb_db_query_int(query, 0) : 0;
    mb_db_query_reset(query);
    return status;
}

enum mb_status mb_store_result_id(struct mb_store *store, const char *digest, int64_t *id,
                                  struct mb_err *err)
{
    return id_find(store, "SELECT id FROM result WHERE digest = $1", digest, id, err);
}

enum mb_status mb_store_series_id(struct mb_store *store, const char *digest, int64_t *id,
                                  struct mb_err *err)
{
    return id_find(store, "SELECT id FROM series WHERE digest = $1", digest, id, err);
}
