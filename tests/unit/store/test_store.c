// Opening: what is a store, what is none, and what is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store_fixture.h"

static void put_file(struct fixture *fixture, const char *bytes, size_t size)
{
    fixture_good(fixture, mb_file_write(fixture->path, bytes, size, &fixture->err));
}

static void makes_and_opens(void **state)
{
    (void)state;
    struct fixture fixture;
    bool added = false;
    fixture_init(&fixture);
    assert_int_equal(fixture_try(&fixture, MB_STORE_READ), MB_FAILED);
    assert_non_null(strstr(fixture.err.message, "there is no store"));
    assert_null(fixture.store);
    assert_int_equal(fixture_try(&fixture, MB_STORE_WRITE), MB_FAILED);
    assert_false(mb_file_exists(fixture.path));
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
    assert_true(added);
    fixture_close(&fixture);
    // Nothing is left beside it.
    assert_false(mb_file_exists(mb_arena_print(&fixture.arena, "%s-wal", fixture.path)));
    static const enum mb_store_mode modes[] = {MB_STORE_READ, MB_STORE_WRITE,
                                               MB_STORE_CREATE};
    for (size_t i = 0; i < 3; i++) {
        fixture_open(&fixture, modes[i]);
        assert_int_equal(fixture_list(&fixture).count, 1);
        fixture_good(&fixture, mb_store_check(fixture.store, &fixture.err));
        fixture_close(&fixture);
        assert_false(
            mb_file_exists(mb_arena_print(&fixture.arena, "%s-wal", fixture.path)));
    }
    fixture_release(&fixture);
}

static void takes_an_empty_file_for_a_new_one(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    put_file(&fixture, "", 0);
    assert_int_equal(fixture_try(&fixture, MB_STORE_READ), MB_INVALID);
    assert_int_equal(fixture_try(&fixture, MB_STORE_WRITE), MB_INVALID);
    assert_non_null(strstr(fixture.err.message, "not a store: it is empty"));
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_release(&fixture);
}

static void refuses_what_is_no_store(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text; // of the file; NULL: a database, changed by
        const char *sql;
        const char *says;
    } cases[] = {
        {"text", "meshbench: v1\nkind: result\n", NULL, "it is no SQLite file"},
        {"other program", NULL, "CREATE TABLE a (b)",
         "it is an SQLite file of another program"},
        {"other mark", NULL, "PRAGMA application_id = 7; PRAGMA user_version = 1",
         "it is an SQLite file of another program"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        if (cases[i].text != NULL) {
            put_file(&fixture, cases[i].text, strlen(cases[i].text));
        } else {
            fixture_sql(&fixture, cases[i].sql);
        }
        for (int mode = MB_STORE_READ; mode <= MB_STORE_CREATE; mode++) {
            struct stat before;
            struct stat after;
            assert_int_equal(stat(fixture.path, &before), 0);
            assert_int_equal(fixture_try(&fixture, (enum mb_store_mode)mode), MB_INVALID);
            assert_int_equal(stat(fixture.path, &after), 0);
            assert_int_equal(before.st_size, after.st_size);
            if (strstr(fixture.err.message, cases[i].says) == NULL) {
                fail_msg("%s: %s", cases[i].name, fixture.err.message);
            }
        }
        fixture_release(&fixture);
    }
}

static void refuses_other_versions(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *says;
    } cases[] = {
        {"PRAGMA user_version = 2",
         "was made by a newer meshbench: its format is version "
         "2, this one knows versions up to 1"},
        {"PRAGMA user_version = 0", "is damaged: its tables have version 0"},
        {"PRAGMA user_version = -3", "is damaged: its tables have version -3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        fixture_open(&fixture, MB_STORE_CREATE);
        fixture_close(&fixture);
        fixture_sql(&fixture, cases[i].sql);
        for (int mode = MB_STORE_READ; mode <= MB_STORE_CREATE; mode++) {
            assert_int_equal(fixture_try(&fixture, (enum mb_store_mode)mode), MB_INVALID);
            if (strstr(fixture.err.message, cases[i].says) == NULL) {
                fail_msg("%s: %s", cases[i].sql, fixture.err.message);
            }
        }
        fixture_release(&fixture);
    }
}

static void names_other_places(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    const char *dir = fixture.dir;
    fixture.path = dir;
    assert_int_equal(fixture_try(&fixture, MB_STORE_CREATE), MB_INVALID);
    assert_non_null(strstr(fixture.err.message, "it is not a file"));
    fixture.path = mb_file_join(&fixture.arena, dir, "absent/store.db");
    assert_int_equal(fixture_try(&fixture, MB_STORE_CREATE), MB_FAILED);
    assert_non_null(strstr(fixture.err.message, "is not there"));
    // Names that mean something in a URI are names.
    fixture.path = mb_file_join(&fixture.arena, dir, "a?mode=memory#b%20.db");
    fixture_open(&fixture, MB_STORE_CREATE);
    assert_true(mb_file_exists(fixture.path));
    fixture_release(&fixture);
}

// Every byte of the file flipped, one after another: never a crash, and no result is
// given out that is not the one that was put in.
static void survives_damage(void **state)
{
    (void)state;
    enum { STEP = 251 }; // a prime, so that all places within pages are hit
    struct fixture fixture;
    struct mb_buf sound = {0};
    bool added = false;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
    fixture_close(&fixture);
    fixture_good(&fixture,
                 mb_file_read(fixture.path, NULL, 1 << 24, &sound, &fixture.err));
    const char *text = fixture_text(&fixture, 1);
    size_t refused = 0;
    for (size_t at = 0; at < sound.size; at += STEP) {
        sound.data[at] ^= 0x55;
        put_file(&fixture, sound.data, sound.size);
        sound.data[at] ^= 0x55;
        enum mb_status status = fixture_try(&fixture, MB_STORE_READ);
        if (status == MB_OK) {
            status = mb_store_check(fixture.store, &fixture.err);
            refused += status != MB_OK;
            struct mb_store_results results = {0};
            struct mb_buf bytes = {0};
            struct mb_err ignored = {0};
            if (mb_store_list(&fixture.arena, fixture.store, &(struct mb_store_filter){0},
                              &results, &ignored) == MB_OK &&
                results.count == 1 &&
                strcmp(results.items[0].digest, fixture_digest(&fixture, 1)) == 0 &&
                mb_store_read(fixture.store, &results.items[0], &bytes, &ignored) ==
                    MB_OK) {
                assert_string_equal(mb_buf_string(&bytes), text);
            }
            mb_buf_release(&bytes);
        } else {
            assert_true(status == MB_INVALID || status == MB_FAILED);
            refused++;
        }
        fixture_close(&fixture);
    }
    assert_true(refused > 0);
    mb_buf_release(&sound);
    fixture_release(&fixture);
}

// A writer that died leaves its log: it is worked in, and the file is looked at first.
static void recovers_what_a_dead_writer_left(void **state)
{
    (void)state;
    struct fixture fixture;
    bool added = false;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_good(&fixture, fixture_add(&fixture, 1, NULL, 0, &added));
    // What a kill leaves is what is there before the close.
    const char *copy = mb_file_join(&fixture.arena, fixture.dir, "copy.db");
    static const char *const ends[] = {"", "-wal"};
    for (size_t i = 0; i < 2; i++) {
        struct mb_buf bytes = {0};
        fixture_good(&fixture, mb_file_read(mb_arena_print(&fixture.arena, "%s%s",
                                                           fixture.path, ends[i]),
                                            NULL, 1 << 24, &bytes, &fixture.err));
        assert_true(i == 0 || bytes.size > 0);
        fixture_good(&fixture,
                     mb_file_write(mb_arena_print(&fixture.arena, "%s%s", copy, ends[i]),
                                   bytes.data, bytes.size, &fixture.err));
        mb_buf_release(&bytes);
    }
    fixture_close(&fixture);
    fixture.path = copy;
    fixture_open(&fixture, MB_STORE_READ);
    assert_int_equal(fixture_list(&fixture).count, 1);
    fixture_good(&fixture, mb_store_check(fixture.store, &fixture.err));
    fixture_close(&fixture);
    assert_false(mb_file_exists(mb_arena_print(&fixture.arena, "%s-wal", copy)));
    fixture_release(&fixture);
}

static void reads_only_what_it_may_not_write(void **state)
{
    (void)state;
    struct fixture fixture;
    bool added = false;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_close(&fixture);
    fixture_open(&fixture, MB_STORE_READ);
    assert_int_equal(fixture_add(&fixture, 1, NULL, 0, &added), MB_BUG);
    assert_false(added);
    assert_int_equal(fixture_list(&fixture).count, 0);
    fixture_release(&fixture);
}

static void waits_no_longer_than_asked(void **state)
{
    (void)state;
    struct fixture fixture;
    sqlite3 *other = NULL;
    struct mb_store *store = NULL;
    fixture_init(&fixture);
    fixture_open(&fixture, MB_STORE_CREATE);
    fixture_close(&fixture);
    assert_int_equal(sqlite3_open(fixture.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    fixture_good(&fixture, mb_store_open(fixture.path,
                                         &(struct mb_store_options){
                                             .mode = MB_STORE_WRITE, .wait_ns = 1000000},
                                         &store, &fixture.err));
    assert_int_equal(mb_store_annotation_remove(store, 1, &fixture.err), MB_FAILED);
    assert_non_null(strstr(fixture.err.message, "is in use for more than"));
    mb_err_clear(&fixture.err);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(mb_store_annotation_remove(store, 1, &fixture.err), MB_INVALID);
    mb_err_clear(&fixture.err);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    mb_store_close(store);
    fixture_release(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_and_opens),
        cmocka_unit_test(takes_an_empty_file_for_a_new_one),
        cmocka_unit_test(refuses_what_is_no_store),
        cmocka_unit_test(refuses_other_versions),
        cmocka_unit_test(names_other_places),
        cmocka_unit_test(survives_damage),
        cmocka_unit_test(recovers_what_a_dead_writer_left),
        cmocka_unit_test(reads_only_what_it_may_not_write),
        cmocka_unit_test(waits_no_longer_than_asked),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
