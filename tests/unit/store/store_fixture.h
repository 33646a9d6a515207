// A store in a folder of its own, and results to put into it.
#ifndef MB_TESTS_STORE_FIXTURE_H
#define MB_TESTS_STORE_FIXTURE_H

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "fake_result.h"
#include "store/store.h"

#define FIXTURE_NOW INT64_C(1770000000000000000)

struct fixture {
    struct mb_arena arena;
    struct mb_err err;
    char *dir;
    const char *path; // of the store
    struct mb_result result;
    const char *text; // of a result
    struct mb_store *store;
};

static inline void fixture_init(struct fixture *fixture)
{
    *fixture = (struct fixture){0};
    assert_int_equal(
        mb_file_make_temp_dir(&fixture->arena, "store", &fixture->dir, &fixture->err),
        MB_OK);
    fixture->path = mb_file_join(&fixture->arena, fixture->dir, "store.db");
    mb_fake_result_build(&fixture->arena, &fixture->result);
    fixture->text = mb_fake_result_text(&fixture->arena);
}

// OK or the test fails with the message.
static inline void fixture_good(const struct fixture *fixture, enum mb_status status)
{
    if (status != MB_OK) {
        fail_msg("%s", fixture->err.message);
    }
}

static inline enum mb_status fixture_try(struct fixture *fixture, enum mb_store_mode mode)
{
    mb_err_clear(&fixture->err);
    return mb_store_open(fixture->path, &(struct mb_store_options){.mode = mode},
                         &fixture->store, &fixture->err);
}

static inline void fixture_open(struct fixture *fixture, enum mb_store_mode mode)
{
    fixture_good(fixture, fixture_try(fixture, mode));
}

static inline void fixture_close(struct fixture *fixture)
{
    mb_store_close(fixture->store);
    fixture->store = NULL;
}

static inline void fixture_release(struct fixture *fixture)
{
    fixture_close(fixture);
    fixture_good(fixture, mb_file_remove_tree(fixture->dir, &fixture->err));
    mb_result_release(&fixture->result);
    mb_arena_release(&fixture->arena);
}

// Does to the store what only another program would.
static inline void fixture_sql(const struct fixture *fixture, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s", sqlite3_errmsg(db));
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

// The text of result `number`: all are different, and so are their digests.
static inline const char *fixture_text(struct fixture *fixture, int number)
{
    return mb_arena_print(&fixture->arena, "%s%*s\n", fixture->text, number, "");
}

static inline const char *fixture_digest(struct fixture *fixture, int number)
{
    char digest[MB_DIGEST_TEXT];
    const char *text = fixture_text(fixture, number);
    mb_digest_text(text, strlen(text), digest);
    return mb_arena_copy_string(&fixture->arena, digest);
}

// Adds result `number`, finished so many seconds after 1970.
static inline enum mb_status fixture_add(struct fixture *fixture, int number,
                                         const struct mb_label *tags, size_t tag_count,
                                         bool *added)
{
    const char *text = fixture_text(fixture, number);
    fixture->result.finished_unix_ns = number * INT64_C(1000000000);
    const struct mb_store_input input = {
        .name = mb_arena_print(&fixture->arena, "r%d.json", number),
        .bytes = text,
        .size = strlen(text),
        .digest = fixture_digest(fixture, number),
        .result = &fixture->result,
        .tags = tags,
        .tag_count = tag_count,
        .now_unix_ns = FIXTURE_NOW,
    };
    mb_err_clear(&fixture->err);
    return mb_store_add(fixture->store, &input, added, &fixture->err);
}

static inline struct mb_store_results fixture_list(struct fixture *fixture)
{
    struct mb_store_results results = {0};
    fixture_good(fixture,
                 mb_store_list(&fixture->arena, fixture->store,
                               &(struct mb_store_filter){0}, &results, &fixture->err));
    return results;
}

// The first bytes of results in the order of the list, as "1 2 3": their numbers.
static inline const char *fixture_names(struct fixture *fixture,
                                        const struct mb_store_results *results)
{
    const char *names = "";
    for (size_t i = 0; i < results->count; i++) {
        names = mb_arena_print(&fixture->arena, "%s%s%s", names, i > 0 ? " " : "",
                               results->items[i].name);
    }
    return names;
}

#endif
