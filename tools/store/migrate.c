// The tables, version by version. A version that was released is never edited: a change
// is a new entry, which turns the one before it into itself.
#include <assert.h>

#include "store/parts.h"

// content.bytes: a zlib stream when it is shorter than result.size, else the bytes as
// they are; the convention of SQLite's own archives, so that its shell can read them.
// point: clustered by series, because that is how they are read; the index serves
// pruning.
static const char version_1[] =
    "CREATE TABLE result ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),"
    "  name TEXT NOT NULL,"
    "  spec_name TEXT NOT NULL,"
    "  environment TEXT NOT NULL,"
    "  time_ns INTEGER NOT NULL,"
    "  finished_ns INTEGER NOT NULL,"
    "  added_ns INTEGER NOT NULL,"
    "  size INTEGER NOT NULL CHECK (size > 0),"
    "  complete INTEGER NOT NULL CHECK (complete IN (0, 1)),"
    "  imported INTEGER NOT NULL CHECK (imported IN (0, 1))"
    ") STRICT;"
    "CREATE TABLE content ("
    "  result INTEGER PRIMARY KEY REFERENCES result (id) ON DELETE CASCADE,"
    "  bytes BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE tag ("
    "  result INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,"
    "  name TEXT NOT NULL CHECK (name <> ''),"
    "  value TEXT NOT NULL CHECK (value <> ''),"
    "  PRIMARY KEY (result, name)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE series ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),"
    "  application TEXT NOT NULL,"
    "  workload TEXT NOT NULL,"
    "  variant TEXT NOT NULL,"
    "  variant_name TEXT NOT NULL,"
    "  point TEXT NOT NULL,"
    "  metric TEXT NOT NULL,"
    "  baseline TEXT,"
    "  title TEXT NOT NULL,"
    "  unit TEXT NOT NULL,"
    "  higher_is_better INTEGER NOT NULL CHECK (higher_is_better IN (0, 1))"
    ") STRICT;"
    "CREATE TABLE version ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  text TEXT NOT NULL UNIQUE"
    ") STRICT;"
    "CREATE TABLE point ("
    "  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,"
    "  result INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,"
    "  value REAL NOT NULL,"
    "  ratio REAL,"
    "  trials INTEGER NOT NULL,"
    "  version INTEGER REFERENCES version (id),"
    "  PRIMARY KEY (series, result)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX point_result ON point (result);"
    "CREATE TABLE annotation ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  series INTEGER REFERENCES series (id) ON DELETE CASCADE,"
    "  result INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,"
    "  text TEXT NOT NULL,"
    "  author TEXT NOT NULL,"
    "  at_ns INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX annotation_series ON annotation (series);"
    "CREATE INDEX annotation_result ON annotation (result);"
    "CREATE TABLE report ("
    "  series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,"
    "  result INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,"
    "  before_value REAL NOT NULL,"
    "  after_value REAL NOT NULL,"
    "  at_ns INTEGER NOT NULL,"
    "  PRIMARY KEY (series, result)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX report_result ON report (result);";

// migrations[n] makes version n + 1 of version n.
static const char *const migrations[] = {version_1};

static_assert(sizeof migrations / sizeof migrations[0] == MB_STORE_FORMAT,
              "a format needs its migration");

enum mb_status mb_migrate(struct mb_db *db, struct mb_err *err)
{
    // Others may be at the same: who comes second finds it done.
    enum mb_status status = mb_db_begin(db, err);
    if (status != MB_OK) {
        return status;
    }
    int32_t version = 0;
    status = mb_db_version(db, &version, err);
    for (int32_t next = version; status == MB_OK && next < MB_STORE_FORMAT; next++) {
        status = mb_db_run(db, migrations[next], err);
    }
    if (status == MB_OK && version < MB_STORE_FORMAT) {
        status = mb_db_mark(db, MB_STORE_MARK, MB_STORE_FORMAT, err);
    }
    return mb_db_end(db, status, err);
}
