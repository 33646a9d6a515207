// What the files of store/ share. Store floor; internal to store/.
#ifndef MB_STORE_PARTS_H
#define MB_STORE_PARTS_H

#include "store/db.h"
#include "store/store.h"

struct mb_store {
    struct mb_db *db;
    char *path;
    enum mb_store_mode mode;
};

// Marks a file as a store: "mesh" in ASCII, as SQLite's application id.
#define MB_STORE_DATE "date" // the tag that gives a result its place in the history
#define MB_STORE_MARK INT32_C(0x6d657368)

// Brings the tables from `version` (0: there are none) to MB_STORE_FORMAT.
MB_MUST_USE enum mb_status mb_migrate(struct mb_db *db, struct mb_err *err);

// A transaction of a store that is open for writing; as mb_db_begin and mb_db_end.
MB_MUST_USE enum mb_status mb_store_begin(struct mb_store *store, struct mb_err *err);
MB_MUST_USE enum mb_status mb_store_end(struct mb_store *store, enum mb_status status,
                                        struct mb_err *err);

// Id of the row of a table whose digest this is; 0: there is none.
MB_MUST_USE enum mb_status mb_store_result_id(struct mb_store *store, const char *digest,
                                              int64_t *id, struct mb_err *err);
MB_MUST_USE enum mb_status mb_store_series_id(struct mb_store *store, const char *digest,
                                              int64_t *id, struct mb_err *err);

// Sets tags within a transaction that is under way. The tag 'date' moves the result to
// that time.
MB_MUST_USE enum mb_status mb_store_tags_set(struct mb_store *store, int64_t result,
                                             const struct mb_label *tags, size_t count,
                                             struct mb_err *err);

#endif
