#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum {
    MAX_VALUE_BYTES = 300 << 20, // of a text or blob in the file: a result and some room
    MAX_SQL_BYTES = 1 << 16,
    RETRY_MS = 10
};

static const int64_t NS_PER_MS = 1000000;

struct mb_db {
    sqlite3 *handle;
    char *path;
    int64_t wait_ns;
    struct mb_db_query *queries; // owned
};

struct mb_db_query {
    struct mb_db *db;
    struct mb_db_query *next;
    sqlite3_stmt *statement;
    int code; // of a parameter that could not be bound
};

// --- errors

static enum mb_status fail(const struct mb_db *db, int code, struct mb_err *err)
{
    const char *reason = sqlite3_errmsg(db->handle);
    int number = sqlite3_system_errno(db->handle);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        mb_err_hint(err, "another meshbench is writing to it, or was stopped meanwhile");
        return mb_err_set(err, MB_FAILED, "store '%s' is in use for more than %lld s",
                          db->path, (long long)(db->wait_ns / 1000 / NS_PER_MS));
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
        mb_err_hint(err, "keep the file, and go on from a copy of it");
        return mb_err_set(err, MB_INVALID, "store '%s' is damaged: %s", db->path, reason);
    case SQLITE_NOTADB:
        return mb_err_set(err, MB_INVALID, "'%s' is not a store: it is no SQLite file",
                          db->path);
    case SQLITE_FULL:
        return mb_err_set(err, MB_FAILED,
                          "cannot write to store '%s': the disk is full (nothing of this "
                          "change was kept)",
                          db->path);
    case SQLITE_READONLY:
        return mb_err_set(err, MB_FAILED, "cannot write to store '%s': it is read-only",
                          db->path);
    default:
        break; // SQLite's codes are an open set
    }
    if (number != 0) {
        return mb_err_set(err, MB_FAILED, "cannot use store '%s': %s (%s)", db->path,
                          reason, strerror(number));
    }
    return mb_err_set(err, MB_FAILED, "cannot use store '%s': %s", db->path, reason);
}

// --- statements

static enum mb_status query_new(struct mb_db *db, const char *sql,
                                struct mb_db_query **query, struct mb_err *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
    if (code != SQLITE_OK) {
        return fail(db, code, err);
    }
    struct mb_db_query *made = mb_mem_alloc(1, sizeof *made);
    made->db = db;
    made->statement = statement;
    made->next = db->queries;
    db->queries = made;
    *query = made;
    return MB_OK;
}

enum mb_status mb_db_query(struct mb_db *db, const char *sql, struct mb_db_query **query,
                           struct mb_err *err)
{
    *query = NULL;
    for (struct mb_db_query *at = db->queries; at != NULL; at = at->next) {
        if (strcmp(sqlite3_sql(at->statement), sql) == 0) {
            (void)sqlite3_reset(at->statement);
            (void)sqlite3_clear_bindings(at->statement);
            at->code = SQLITE_OK;
            *query = at;
            return MB_OK;
        }
    }
    return query_new(db, sql, query, err);
}

static void queries_free(struct mb_db *db)
{
    while (db->queries != NULL) {
        struct mb_db_query *first = db->queries;
        db->queries = first->next;
        (void)sqlite3_finalize(first->statement);
        mb_mem_free(first);
    }
}

static void bound(struct mb_db_query *query, int code)
{
    if (query->code == SQLITE_OK) {
        query->code = code;
    }
}

void mb_db_query_bind_int(struct mb_db_query *query, int index, int64_t value)
{
    bound(query, sqlite3_bind_int64(query->statement, index, value));
}

void mb_db_query_bind_real(struct mb_db_query *query, int index, double value)
{
    // SQLite's word for NaN is NULL.
    bound(query, sqlite3_bind_double(query->statement, index, value));
}

void mb_db_query_bind_text(struct mb_db_query *query, int index, const char *text)
{
    bound(query, sqlite3_bind_text(query->statement, index, text, -1, SQLITE_STATIC));
}

void mb_db_query_bind_bytes(struct mb_db_query *query, int index, const void *bytes,
                            size_t size)
{
    // A NULL pointer would bind NULL, even where there are no bytes to point at.
    bound(query, sqlite3_bind_blob64(query->statement, index, size > 0 ? bytes : "", size,
                                     SQLITE_STATIC));
}

enum mb_status mb_db_query_step(struct mb_db_query *query, bool *row, struct mb_err *err)
{
    int code = query->code != SQLITE_OK ? query->code : sqlite3_step(query->statement);
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        return MB_OK;
    }
    enum mb_status status = MB_OK;
    if (code != SQLITE_DONE) {
        status = fail(query->db, code, err);
    }
    (void)sqlite3_reset(query->statement);
    return status;
}

enum mb_status mb_db_query_run(struct mb_db_query *query, struct mb_err *err)
{
    bool row = false;
    enum mb_status status = mb_db_query_step(query, &row, err);
    mb_db_query_reset(query);
    return status;
}

void mb_db_query_reset(struct mb_db_query *query)
{
    (void)sqlite3_reset(query->statement);
}

int64_t mb_db_query_int(struct mb_db_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double mb_db_query_real(struct mb_db_query *query, int column)
{
    return sqlite3_column_double(query->statement, column);
}

bool mb_db_query_is_null(struct mb_db_query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

char *mb_db_query_copy(struct mb_arena *arena, struct mb_db_query *query, int column)
{
    const char *text = (const char *)sqlite3_column_text(query->statement, column);
    return mb_arena_copy_string(arena, text != NULL ? text : "");
}

const void *mb_db_query_bytes(struct mb_db_query *query, int column, size_t *size)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);
    *size = (size_t)sqlite3_column_bytes(query->statement, column);
    return bytes;
}

int64_t mb_db_last_id(const struct mb_db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t mb_db_changed(const struct mb_db *db)
{
    return sqlite3_changes64(db->handle);
}

enum mb_status mb_db_run(struct mb_db *db, const char *sql, struct mb_err *err)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? MB_OK : fail(db, code, err);
}

// The first column of the first row: a whole number, or (text not NULL) a text that is
// appended to it.
static enum mb_status ask(struct mb_db *db, const char *sql, int64_t *number,
                          struct mb_buf *text, struct mb_err *err)
{
    struct mb_db_query *query = NULL;
    bool row = false;
    enum mb_status status = mb_db_query(db, sql, &query, err);
    if (query == NULL) {
        return status;
    }
    status = mb_db_query_step(query, &row, err);
    if (row && number != NULL) {
        *number = mb_db_query_int(query, 0);
    }
    if (row && text != NULL) {
        const char *found = (const char *)sqlite3_column_text(query->statement, 0);
        mb_buf_append_string(text, found != NULL ? found : "");
    }
    mb_db_query_reset(query);
    return status;
}

// --- transactions

enum mb_status mb_db_begin(struct mb_db *db, struct mb_err *err)
{
    return mb_db_run(db, "BEGIN IMMEDIATE", err);
}

enum mb_status mb_db_end(struct mb_db *db, enum mb_status status, struct mb_err *err)
{
    if (status == MB_OK) {
        status = mb_db_run(db, "COMMIT", err);
    }
    // Some failures have rolled back already.
    if (status != MB_OK && sqlite3_get_autocommit(db->handle) == 0) {
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

// --- opening

// In place of a name: "file:" with what means something in a URI escaped.
static void uri_print(const char *path, struct mb_buf *uri)
{
    // An absolute path may begin with two slashes: it must not be taken for a host.
    mb_buf_append_string(uri, path[0] == '/' ? "file://" : "file:");
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '?' || *c == '#' || *c == '%') {
            mb_buf_print(uri, "%%%02x", (unsigned)*c);
        } else {
            mb_buf_append_char(uri, *c);
        }
    }
    mb_buf_append_string(uri, "?immutable=1");
}

static enum mb_status handle_open(struct mb_db *db, const struct mb_db_options *options,
                                  bool immutable, struct mb_err *err)
{
    struct mb_buf uri = {0};
    // A reader opens for writing where it may, because only then the log of a writer that
    // died can be worked in; `query_only` sees to it that nothing else is written.
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= immutable ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE;
    flags |= options->create ? SQLITE_OPEN_CREATE : 0;
    uri_print(options->path, &uri);
    int code = sqlite3_open_v2(immutable ? mb_buf_string(&uri) : options->path,
                               &db->handle, flags, options->vfs);
    mb_buf_release(&uri);
    if (code != SQLITE_OK) {
        return fail(db, code, err);
    }
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES);
    (void)sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
    int64_t wait_ms = options->wait_ns / NS_PER_MS;
    (void)sqlite3_busy_timeout(db->handle, wait_ms < INT_MAX ? (int)wait_ms : INT_MAX);
    // Before anything is read: what the file says of itself is not to be trusted.
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return mb_db_run(db,
                     options->write ? "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA foreign_keys = ON;"
                                      "PRAGMA synchronous = FULL"
                                    : "PRAGMA trusted_schema = OFF;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA query_only = ON",
                     err);
}

// What the file says of itself, at one moment: another process may be making it just now.
static enum mb_status head_read(struct mb_db *db, int64_t *mark, int64_t *version,
                                int64_t *objects, struct mb_err *err)
{
    enum mb_status status = mb_db_run(db, "BEGIN", err);
    if (status != MB_OK) {
        return status;
    }
    status = ask(db, "SELECT count(*) FROM sqlite_schema", objects, NULL, err);
    if (status == MB_OK) {
        status = ask(db, "PRAGMA application_id", mark, NULL, err);
    }
    if (status == MB_OK) {
        status = ask(db, "PRAGMA user_version", version, NULL, err);
    }
    return mb_db_end(db, status, err);
}

static enum mb_status state_read(struct mb_db *db, const struct mb_db_options *options,
                                 struct mb_db_state *state, struct mb_err *err)
{
    int64_t mark = 0;
    int64_t version = 0;
    int64_t objects = 0;
    enum mb_status status = head_read(db, &mark, &version, &objects, err);
    if (status != MB_OK) {
        return status;
    }
    state->fresh = mark == 0 && version == 0 && objects == 0;
    state->version = (int32_t)version;
    if (state->fresh && options->create) {
        return MB_OK;
    }
    if (mark != options->mark) {
        return mb_err_set(err, MB_INVALID, "'%s' is not a store: %s", db->path,
                          state->fresh ? "it is empty"
                                       : "it is an SQLite file of another program");
    }
    if (version < 1) {
        return mb_err_set(err, MB_INVALID,
                          "store '%s' is damaged: its tables have version %lld", db->path,
                          (long long)version);
    }
    if (version > options->version) {
        mb_err_hint(err, "use the meshbench that wrote it, or a newer one");
        return mb_err_set(err, MB_INVALID,
                          "store '%s' was made by a newer meshbench: its format is "
                          "version %lld, this one knows versions up to %d",
                          db->path, (long long)version, (int)options->version);
    }
    return MB_OK;
}

// What a writer that died has left in its log is worked in by the first access; then the
// file has to be sound.
static enum mb_status soundness_look(struct mb_db *db, struct mb_err *err)
{
    struct mb_buf verdict = {0};
    enum mb_status status = ask(db, "PRAGMA quick_check(1)", NULL, &verdict, err);
    if (status == MB_OK && strcmp(mb_buf_string(&verdict), "ok") != 0) {
        status = mb_err_set(err, MB_INVALID, "store '%s' is damaged: %s", db->path,
                            mb_buf_string(&verdict));
        mb_err_hint(err, "keep the file, and go on from a copy of it");
    }
    mb_buf_release(&verdict);
    return status;
}

// True when a log beside the file holds something.
static bool log_is_left(const char *path)
{
    struct mb_buf name = {0};
    struct stat info;
    mb_buf_print(&name, "%s-wal", path);
    bool left = stat(mb_buf_string(&name), &info) == 0 && info.st_size > 0;
    mb_buf_release(&name);
    return left;
}

// True when nothing can be made in the folder of the file.
static bool folder_is_closed(const char *path)
{
    struct mb_arena arena = {0};
    bool closed = access(mb_file_dir(&arena, path), W_OK) != 0;
    mb_arena_release(&arena);
    return closed;
}

// What SQLite says then is less clear.
static enum mb_status folder_fail(const struct mb_db_options *options, bool left,
                                  struct mb_err *err)
{
    if (options->write) {
        return mb_err_set(err, MB_FAILED,
                          "cannot write to store '%s': its folder, where its log has to "
                          "be, is not there or may not be written",
                          options->path);
    }
    if (left) {
        mb_err_hint(err, "open it once where its folder may be written");
    }
    return mb_err_set(err, MB_FAILED,
                      "cannot read store '%s': its folder is not there or may not be "
                      "written%s",
                      options->path, left ? ", and what a writer left has to be" : "");
}

static struct mb_db *db_new(const struct mb_db_options *options)
{
    struct mb_db *db = mb_mem_alloc(1, sizeof *db);
    db->path = mb_mem_copy_string(options->path);
    db->wait_ns = options->wait_ns;
    return db;
}

void mb_db_close(struct mb_db *db)
{
    if (db != NULL) {
        queries_free(db);
        int code = sqlite3_close(db->handle);
        assert(code == SQLITE_OK); // else a statement was not freed
        (void)code;
        mb_mem_free(db->path);
        mb_mem_free(db);
    }
}

enum mb_status mb_db_open(const struct mb_db_options *options, struct mb_db **db,
                          struct mb_db_state *state, struct mb_err *err)
{
    bool left = log_is_left(options->path);
    struct mb_err first = {0};
    struct mb_db *opened = db_new(options);
    *db = NULL;
    *state = (struct mb_db_state){0};
    enum mb_status status = handle_open(opened, options, false, &first);
    if (status == MB_OK) {
        status = state_read(opened, options, state, &first);
    }
    if (status == MB_FAILED && !options->write && !left &&
        folder_is_closed(options->path)) {
        // Locks and log have no place there, and nobody can change the file either.
        mb_db_close(opened);
        opened = db_new(options);
        mb_err_clear(&first);
        status = handle_open(opened, options, true, &first);
        if (status == MB_OK) {
            status = state_read(opened, options, state, &first);
        }
    }
    if (status == MB_OK && state->fresh) {
        // Possible before the first table only: later, mb_db_shrink depends on it.
        status = mb_db_run(opened, "PRAGMA auto_vacuum = INCREMENTAL", &first);
    } else if (status == MB_OK && left) {
        status = soundness_look(opened, &first);
    }
    if (status != MB_OK) {
        mb_db_close(opened);
        if (status == MB_FAILED && folder_is_closed(options->path)) {
            return folder_fail(options, left, err);
        }
        mb_err_hint(err, "%s", first.hint);
        return mb_err_set(err, status, "%s", first.message);
    }
    *db = opened;
    return MB_OK;
}

enum mb_status mb_db_mark(struct mb_db *db, int32_t mark, int32_t version,
                          struct mb_err *err)
{
    char sql[100];
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA application_id = %d; PRAGMA user_version = %d", (int)mark,
                   (int)version);
    return mb_db_run(db, sql, err);
}

enum mb_status mb_db_version(struct mb_db *db, int32_t *version, struct mb_err *err)
{
    int64_t number = 0;
    enum mb_status status = ask(db, "PRAGMA user_version", &number, NULL, err);
    *version = (int32_t)number;
    return status;
}

enum mb_status mb_db_make_durable(struct mb_db *db, struct mb_err *err)
{
    // Changing the mode takes the file for itself, and does not wait for others by
    // itself.
    for (int64_t waited_ns = 0;; waited_ns += RETRY_MS * NS_PER_MS) {
        struct mb_err busy = {0};
        struct mb_buf mode = {0};
        enum mb_status status = ask(db, "PRAGMA journal_mode = WAL", NULL, &mode, &busy);
        bool done = status == MB_OK && strcmp(mb_buf_string(&mode), "wal") == 0;
        mb_buf_release(&mode);
        if (done) {
            return MB_OK;
        }
        int code = sqlite3_errcode(db->handle);
        if ((code & 0xff) != SQLITE_BUSY || waited_ns >= db->wait_ns) {
            return status == MB_OK
                       ? mb_err_set(err, MB_FAILED,
                                    "cannot use store '%s': its file system has no "
                                    "shared memory for a write-ahead log",
                                    db->path)
                       : fail(db, code, err);
        }
        (void)sqlite3_sleep(RETRY_MS);
    }
}

enum mb_status mb_db_shrink(struct mb_db *db, struct mb_err *err)
{
    return mb_db_run(db, "PRAGMA incremental_vacuum", err);
}

enum mb_status mb_db_check(struct mb_db *db, struct mb_err *err)
{
    struct mb_buf verdict = {0};
    struct mb_buf orphan = {0};
    enum mb_status status = ask(db, "PRAGMA integrity_check(1)", NULL, &verdict, err);
    if (status == MB_OK && strcmp(mb_buf_string(&verdict), "ok") != 0) {
        status = mb_err_set(err, MB_INVALID, "store '%s' is damaged: %s", db->path,
                            mb_buf_string(&verdict));
    }
    if (status == MB_OK) {
        status = ask(db, "PRAGMA foreign_key_check", NULL, &orphan, err);
    }
    if (status == MB_OK && orphan.size > 0) {
        status = mb_err_set(err, MB_INVALID,
                            "store '%s' is damaged: a row of table '%s' belongs to "
                            "nothing",
                            db->path, mb_buf_string(&orphan));
    }
    mb_buf_release(&verdict);
    mb_buf_release(&orphan);
    return status;
}
