// One connection to a database, and statements on it: the only file of ours that speaks
// to SQLite is db.c. Store floor: may include base. Internal to store/.
//
// Everything else in store/ is written against this header, in SQL that PostgreSQL
// understands as well (parameters as $1, upserts with ON CONFLICT); what only SQLite has
// (pragmas, STRICT, WITHOUT ROWID) stands in db.c and migrate.c.
#ifndef MB_STORE_DB_H
#define MB_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct mb_db;

struct mb_db_options {
    const char *path;
    bool write;
    bool create;     // with `write`: makes the file when there is none
    int64_t wait_ns; // for other writers
    const char *vfs; // NULL: the usual file system layer
    int32_t mark;    // application id: that the file is ours
    int32_t version; // newest version of the tables that is understood
};

// What a file turned out to be.
struct mb_db_state {
    bool fresh;      // nothing is in it yet
    int32_t version; // of the tables
};

// Opens the file and tells what it is. MB_INVALID: not a database, not marked as ours, of
// a newer version, damaged. MB_FAILED: it cannot be opened. On failure *db is NULL.
MB_MUST_USE enum mb_status mb_db_open(const struct mb_db_options *options,
                                      struct mb_db **db, struct mb_db_state *state,
                                      struct mb_err *err);
void mb_db_close(struct mb_db *db); // NULL is fine

// Runs statements that have no parameters and give no rows.
MB_MUST_USE enum mb_status mb_db_run(struct mb_db *db, const char *sql,
                                     struct mb_err *err);

// Writes the mark and the version; within the transaction that makes them true.
MB_MUST_USE enum mb_status mb_db_mark(struct mb_db *db, int32_t mark, int32_t version,
                                      struct mb_err *err);

// The version as it is now.
MB_MUST_USE enum mb_status mb_db_version(struct mb_db *db, int32_t *version,
                                         struct mb_err *err);

// From now on a commit is on the disk when it returns, and readers go on meanwhile.
MB_MUST_USE enum mb_status mb_db_make_durable(struct mb_db *db, struct mb_err *err);

// Looks at every page, index and reference. MB_INVALID names the first fault.
MB_MUST_USE enum mb_status mb_db_check(struct mb_db *db, struct mb_err *err);

// Gives pages that are not used any more back to the file system.
MB_MUST_USE enum mb_status mb_db_shrink(struct mb_db *db, struct mb_err *err);

// A transaction that writes: waits for the one that is under way. mb_db_end commits when
// `status` is MB_OK, else (or when that fails) takes everything back; returns the status
// of the whole.
MB_MUST_USE enum mb_status mb_db_begin(struct mb_db *db, struct mb_err *err);
MB_MUST_USE enum mb_status mb_db_end(struct mb_db *db, enum mb_status status,
                                     struct mb_err *err);

// A statement. The connection keeps it for the next time and frees it; it is not to be
// used within its own rows. One that is left before its last row has to be reset.
struct mb_db_query;

// Borrowed, ready, without parameters. On failure *query is NULL.
MB_MUST_USE enum mb_status mb_db_query(struct mb_db *db, const char *sql,
                                       struct mb_db_query **query, struct mb_err *err);

// Parameters, from 1. Texts and bytes are borrowed until the next reset. A value that
// cannot be bound is told by the next step.
void mb_db_query_bind_int(struct mb_db_query *query, int index, int64_t value);
void mb_db_query_bind_real(struct mb_db_query *query, int index, double value);
void mb_db_query_bind_text(struct mb_db_query *query, int index,
                           const char *text); // NULL: null
void mb_db_query_bind_bytes(struct mb_db_query *query, int index, const void *bytes,
                            size_t size);

// Goes on to the next row; *row is false at the end, and the statement is then ready to
// be used again.
MB_MUST_USE enum mb_status mb_db_query_step(struct mb_db_query *query, bool *row,
                                            struct mb_err *err);

// A statement that gives no rows: runs it and makes it ready again.
MB_MUST_USE enum mb_status mb_db_query_run(struct mb_db_query *query, struct mb_err *err);

// Makes it ready again before its end. Bound values stay.
void mb_db_query_reset(struct mb_db_query *query);

// Columns of the row, from 0. Bytes live until the next step or reset.
int64_t mb_db_query_int(struct mb_db_query *query, int column);
double mb_db_query_real(struct mb_db_query *query, int column);
bool mb_db_query_is_null(struct mb_db_query *query, int column);
// In arena; null: "".
char *mb_db_query_copy(struct mb_arena *arena, struct mb_db_query *query, int column);
const void *mb_db_query_bytes(struct mb_db_query *query, int column, size_t *size);

// Of the last row that was inserted.
int64_t mb_db_last_id(const struct mb_db *db);
// Rows that the last statement changed.
int64_t mb_db_changed(const struct mb_db *db);

#endif
