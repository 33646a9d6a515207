// Files: whole reads with a cap, writes that happen entirely or not at all, and every
// system call in them failing once.
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "faults.h"

// A private folder for each test.
struct place {
    struct mb_arena arena;
    char *folder;
};

static int place_make(void **state)
{
    static struct place place;
    struct mb_err err = {0};
    place = (struct place){0};
    *state = &place;
    return mb_file_make_temp_dir(&place.arena, "test-file", &place.folder, &err) == MB_OK
               ? 0
               : -1;
}

static int place_remove(void **state)
{
    struct place *place = *state;
    struct mb_err err = {0};
    enum mb_status status = mb_file_remove_tree(place->folder, &err);
    mb_arena_release(&place->arena);
    return status == MB_OK ? 0 : -1;
}

static char *in(struct place *place, const char *name)
{
    return mb_file_join(&place->arena, place->folder, name);
}

static void content_is(const char *path, const char *expected)
{
    struct mb_buf bytes = {0};
    struct mb_err err = {0};
    assert_int_equal(mb_file_read(path, stdin, 1 << 20, &bytes, &err), MB_OK);
    assert_string_equal(mb_buf_string(&bytes), expected);
    mb_buf_release(&bytes);
}

// Entries of a folder, dot files included.
static size_t entries(const char *folder)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    assert_int_equal(closedir(dir), 0);
    return count - 2; // "." and ".."
}

static void write_then_read(void **state)
{
    struct place *place = *state;
    char *path = in(place, "a");
    struct mb_err err = {0};
    static const char *const contents[] = {"one", "", "a longer second content"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(mb_file_write(path, contents[i], strlen(contents[i]), &err),
                         MB_OK);
        content_is(path, contents[i]);
        assert_int_equal(entries(place->folder), 1);
    }
}

static void read_has_a_cap(void **state)
{
    struct place *place = *state;
    char *path = in(place, "a");
    struct mb_err err = {0};
    assert_int_equal(mb_file_write(path, "0123456789", 10, &err), MB_OK);
    struct mb_buf bytes = {0};
    assert_int_equal(mb_file_read(path, stdin, 10, &bytes, &err), MB_OK);
    mb_buf_reset(&bytes);
    assert_int_equal(mb_file_read(path, stdin, 9, &bytes, &err), MB_INVALID);
    assert_non_null(strstr(err.message, "larger than 9 bytes"));
    assert_string_equal(mb_buf_string(&bytes), "012345678");
    mb_buf_release(&bytes);
}

static void standard_input_is_a_dash(void **state)
{
    (void)state;
    char text[] = "from a stream";
    for (size_t cap = 12; cap <= 13; cap++) {
        FILE *stream = fmemopen(text, 13, "r");
        assert_non_null(stream);
        struct mb_buf bytes = {0};
        struct mb_err err = {0};
        enum mb_status status = mb_file_read("-", stream, cap, &bytes, &err);
        assert_int_equal(status, cap == 13 ? MB_OK : MB_INVALID);
        assert_int_equal(bytes.size, cap);
        mb_buf_release(&bytes);
        assert_int_equal(fclose(stream), 0);
    }
    // A stream that cannot be read: opened for writing only.
    FILE *broken = fopen("/dev/null", "w");
    assert_non_null(broken);
    struct mb_buf bytes = {0};
    struct mb_err err = {0};
    assert_int_equal(mb_file_read("-", broken, 10, &bytes, &err), MB_FAILED);
    assert_non_null(strstr(err.message, "cannot read standard input: "));
    assert_int_equal(fclose(broken), 0);
    mb_buf_release(&bytes);
}

static void unreadable_says_why(void **state)
{
    struct place *place = *state;
    const struct {
        const char *path;
        const char *reason;
    } cases[] = {
        {in(place, "missing"), ": no such file or directory"},
        {place->folder, ": is a directory"},
        {in(place, "a/b"), ": no such file or directory"},
        {"/dev/null/x", ": not a directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf bytes = {0};
        struct mb_err err = {0};
        assert_int_equal(mb_file_read(cases[i].path, stdin, 10, &bytes, &err), MB_FAILED);
        assert_non_null(strstr(err.message, cases[i].path));
        assert_non_null(strstr(err.message, cases[i].reason));
        mb_buf_release(&bytes);
    }
}

static void unwritable_says_why(void **state)
{
    struct place *place = *state;
    const struct {
        const char *path;
        const char *reason;
    } cases[] = {
        {in(place, "missing/x"), ": no such file or directory"},
        {place->folder, ": is a directory"},
        {"/dev/full", ": no space left on device"},
        {"/proc/no-such-file", ": no such file or directory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_err err = {0};
        assert_int_equal(mb_file_write(cases[i].path, "x", 1, &err), MB_FAILED);
        assert_non_null(strstr(err.message, cases[i].path));
        assert_non_null(strstr(err.message, cases[i].reason));
        mb_err_clear(&err);
        assert_int_equal(mb_file_append(cases[i].path, "x", 1, &err), MB_FAILED);
        assert_non_null(strstr(err.message, cases[i].reason));
    }
    assert_int_equal(entries(place->folder), 0);
}

// Root may write anywhere, so that it plays somebody else for a moment.
static void closed_folder_refuses(void **state)
{
    struct place *place = *state;
    char *path = in(place, "a");
    struct mb_err err = {0};
    assert_int_equal(mb_file_write(path, "old", 3, &err), MB_OK);
    bool root = geteuid() == 0;
    assert_int_equal(chmod(place->folder, root ? 0755 : 0500), 0);
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    enum mb_status status = mb_file_write(path, "new", 3, &err);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_int_equal(chmod(place->folder, 0700), 0);
    assert_int_equal(status, MB_FAILED);
    assert_non_null(strstr(err.message, ": permission denied"));
    content_is(path, "old");
}

static void permissions_are_kept(void **state)
{
    struct place *place = *state;
    char *path = in(place, "a");
    struct mb_err err = {0};
    struct stat entry;
    mode_t mask = umask(027);
    assert_int_equal(mb_file_write(path, "x", 1, &err), MB_OK);
    assert_int_equal(stat(path, &entry), 0);
    assert_int_equal(entry.st_mode & 0777, 0640);
    assert_int_equal(chmod(path, 0604), 0);
    assert_int_equal(mb_file_write(path, "y", 1, &err), MB_OK);
    (void)umask(mask);
    assert_int_equal(stat(path, &entry), 0);
    assert_int_equal(entry.st_mode & 0777, 0604);
}

static void links_stay_links(void **state)
{
    struct place *place = *state;
    struct mb_err err = {0};
    assert_int_equal(mb_file_write(in(place, "target"), "old", 3, &err), MB_OK);
    assert_int_equal(symlink("target", in(place, "link")), 0);
    assert_int_equal(mb_file_write(in(place, "link"), "new", 3, &err), MB_OK);
    struct stat entry;
    assert_int_equal(lstat(in(place, "link"), &entry), 0);
    assert_true(S_ISLNK(entry.st_mode));
    content_is(in(place, "target"), "new");
}

static void pipes_are_written_directly(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    char path[64];
    (void)snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    struct mb_err err = {0};
    assert_int_equal(mb_file_write(path, "through", 7, &err), MB_OK);
    char got[16] = {0};
    assert_int_equal(read(ends[0], got, sizeof got), 7);
    assert_string_equal(got, "through");
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void taken_names_are_passed_over(void **state)
{
    struct place *place = *state;
    struct mb_err err = {0};
    // Left by a process of our number that was killed.
    char *left = mb_arena_print(&place->arena, "%s/.meshbench-%ld-0.tmp", place->folder,
                                (long)getpid());
    assert_int_equal(mb_file_append(left, "left", 4, &err), MB_OK);
    assert_int_equal(mb_file_write(in(place, "a"), "x", 1, &err), MB_OK);
    content_is(left, "left");
    assert_int_equal(entries(place->folder), 2);
}

// Each call that a write makes fails once, in turn: the old file stays, nothing is left.
static void failed_write_leaves_the_old_file(void **state)
{
    struct place *place = *state;
    char *path = in(place, "a");
    static const struct {
        const char *name;
        enum fault_call call;
        bool replaced; // the rename is done by then
    } cases[] = {
        {"create", FAULT_OPEN, false}, {"permissions", FAULT_FCHMOD, false},
        {"write", FAULT_WRITE, false}, {"fsync", FAULT_FSYNC, false},
        {"close", FAULT_CLOSE, false}, {"rename", FAULT_RENAME, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned nth = 1;
        for (;; nth++) {
            struct mb_err err = {0};
            assert_int_equal(mb_file_write(path, "old", 3, &err), MB_OK);
            fault_arm(cases[i].call, nth, EIO);
            enum mb_status status = mb_file_write(path, "new", 3, &err);
            if (!fault_disarm()) {
                assert_int_equal(status, MB_OK);
                break;
            }
            // The second open, fsync and close are the folder's, after the rename.
            if (nth == 1) {
                if (status != MB_FAILED) {
                    fail_msg("%s did not fail", cases[i].name);
                }
                assert_non_null(strstr(err.message, "cannot write '"));
                content_is(path, "old");
            } else {
                content_is(path, "new");
            }
            assert_int_equal(entries(place->folder), 1);
        }
        assert_true(nth > 1); // every kind happened
    }
}

static void interrupted_and_short_calls_go_on(void **state)
{
    struct place *place = *state;
    static const int reasons[] = {EINTR, FAULT_SHORT};
    for (size_t i = 0; i < 2; i++) {
        struct mb_err err = {0};
        char *path = in(place, "a");
        fault_arm(FAULT_WRITE, 1, reasons[i]);
        assert_int_equal(mb_file_write(path, "content", 7, &err), MB_OK);
        assert_true(fault_disarm());
        struct mb_buf bytes = {0};
        fault_arm(FAULT_READ, 1, reasons[i]);
        assert_int_equal(mb_file_read(path, stdin, 100, &bytes, &err), MB_OK);
        assert_true(fault_disarm());
        assert_string_equal(mb_buf_string(&bytes), "content");
        mb_buf_release(&bytes);
    }
}

static void failed_read_says_why(void **state)
{
    struct place *place = *state;
    struct mb_err err = {0};
    assert_int_equal(mb_file_write(in(place, "a"), "x", 1, &err), MB_OK);
    for (unsigned nth = 1; nth <= 2; nth++) { // the second one looks for the end
        struct mb_buf bytes = {0};
        mb_err_clear(&err);
        fault_arm(FAULT_READ, nth, EIO);
        assert_int_equal(mb_file_read(in(place, "a"), stdin, 10, &bytes, &err),
                         MB_FAILED);
        assert_true(fault_disarm());
        assert_non_null(strstr(err.message, ": input/output error"));
        mb_buf_release(&bytes);
    }
}

static void appends_add(void **state)
{
    struct place *place = *state;
    char *path = in(place, "journal");
    struct mb_err err = {0};
    assert_int_equal(mb_file_append(path, "one\n", 4, &err), MB_OK);
    assert_int_equal(mb_file_append(path, "two\n", 4, &err), MB_OK);
    content_is(path, "one\ntwo\n");
}

static void failed_append_leaves_no_torn_line(void **state)
{
    struct place *place = *state;
    char *path = in(place, "journal");
    static const enum fault_call calls[] = {FAULT_WRITE, FAULT_FSYNC};
    struct mb_err err = {0};
    assert_int_equal(mb_file_append(path, "one\n", 4, &err), MB_OK);
    for (size_t i = 0; i < 2; i++) {
        fault_arm(calls[i], 1, ENOSPC);
        mb_err_clear(&err);
        assert_int_equal(mb_file_append(path, "two\n", 4, &err), MB_FAILED);
        assert_true(fault_disarm());
        assert_non_null(strstr(err.message, ": no space left on device"));
        content_is(path, "one\n");
    }
}

// A disk that fills in the middle of a line, by a limit on file size.
static void full_disk_in_a_line(void **state)
{
    struct place *place = *state;
    char *path = in(place, "journal");
    struct mb_err err = {0};
    struct rlimit old;
    assert_int_equal(mb_file_append(path, "one\n", 4, &err), MB_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    struct rlimit six = {.rlim_cur = 6, .rlim_max = old.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &six), 0);
    enum mb_status cut = mb_file_append(path, "two\n", 4, &err);
    struct mb_err torn_err = {0};
    fault_arm(FAULT_FTRUNCATE, 1, EIO);
    enum mb_status torn = mb_file_append(path, "two\n", 4, &torn_err);
    bool happened = fault_disarm();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(cut, MB_FAILED);
    assert_non_null(strstr(err.message, "/journal': file too large"));
    assert_int_equal(torn, MB_FAILED);
    assert_true(happened);
    assert_non_null(strstr(torn_err.message, "which is torn now: file too large"));
    content_is(path, "one\ntw");
}

static void folders_are_made_with_parents(void **state)
{
    struct place *place = *state;
    struct mb_err err = {0};
    char *deep = in(place, "a/b//c/");
    for (int round = 0; round < 2; round++) {
        assert_int_equal(mb_file_make_dirs(deep, &err), MB_OK);
        assert_true(mb_file_is_dir(in(place, "a/b/c")));
    }
    assert_int_equal(mb_file_make_dirs("/", &err), MB_OK);
    assert_int_equal(mb_file_make_dirs(".", &err), MB_OK);
    assert_int_equal(mb_file_write(in(place, "file"), "x", 1, &err), MB_OK);
    assert_int_equal(mb_file_make_dirs(in(place, "file/x"), &err), MB_FAILED);
    assert_non_null(strstr(err.message, "/file': not a directory"));
}

static void failed_folder_is_reported(void **state)
{
    struct place *place = *state;
    char *deep = in(place, "new/newer");
    unsigned failed = 0;
    bool happened = true;
    for (unsigned nth = 1; happened; nth++) {
        struct mb_err err = {0};
        fault_arm(FAULT_MKDIR, nth, ENOSPC);
        enum mb_status status = mb_file_make_dirs(deep, &err);
        happened = fault_disarm();
        // Parents that exist already may fail as they like.
        assert_int_equal(status == MB_OK, mb_file_is_dir(deep));
        failed += status == MB_FAILED;
        mb_err_clear(&err);
        assert_int_equal(mb_file_remove_tree(in(place, "new"), &err), MB_OK);
    }
    assert_int_equal(failed, 2);
}

static void trees_are_removed_and_links_not_followed(void **state)
{
    struct place *place = *state;
    struct mb_err err = {0};
    assert_int_equal(mb_file_make_dirs(in(place, "kept/sub"), &err), MB_OK);
    assert_int_equal(mb_file_write(in(place, "kept/file"), "x", 1, &err), MB_OK);
    assert_int_equal(mb_file_make_dirs(in(place, "gone/sub/deep"), &err), MB_OK);
    assert_int_equal(mb_file_write(in(place, "gone/sub/file"), "x", 1, &err), MB_OK);
    assert_int_equal(symlink("../kept", in(place, "gone/link")), 0);
    assert_int_equal(symlink("nowhere", in(place, "gone/dangling")), 0);
    assert_int_equal(mb_file_remove_tree(in(place, "gone"), &err), MB_OK);
    assert_false(mb_file_exists(in(place, "gone")));
    assert_true(mb_file_exists(in(place, "kept/file")));
    assert_int_equal(mb_file_remove_tree(in(place, "gone"), &err), MB_OK);
    assert_int_equal(mb_file_remove_tree("/proc/self/status", &err), MB_FAILED);
}

static void paths_are_joined_and_split(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *path;
        const char *folder;
    } folders[] = {{"a", "."}, {"a/b", "a"}, {"/a", "/"}, {"/a/b", "/a"}, {"a/", "a"}};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        assert_string_equal(mb_file_dir(&place->arena, folders[i].path),
                            folders[i].folder);
    }
    static const struct {
        const char *base;
        const char *path;
        const char *joined;
    } joins[] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a", "/b", "/b"},
        {"", "b", "b"},    {"/", "b", "/b"},   {".", "b", "./b"},
    };
    for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++) {
        assert_string_equal(mb_file_join(&place->arena, joins[i].base, joins[i].path),
                            joins[i].joined);
    }
}

static void temporary_folder_is_private(void **state)
{
    struct place *place = *state;
    struct stat entry;
    assert_int_equal(stat(place->folder, &entry), 0);
    assert_int_equal(entry.st_mode & 0777, 0700);
    assert_int_equal(entries(place->folder), 0);
    struct mb_err err = {0};
    char *path = NULL;
    const char *old = getenv("TMPDIR");
    assert_int_equal(setenv("TMPDIR", in(place, "missing"), 1), 0);
    assert_int_equal(mb_file_make_temp_dir(&place->arena, "x", &path, &err), MB_FAILED);
    assert_non_null(strstr(err.message, "cannot create a temporary folder in '"));
    assert_null(path);
    if (old != NULL) {
        assert_int_equal(setenv("TMPDIR", old, 1), 0);
    } else {
        assert_int_equal(unsetenv("TMPDIR"), 0);
    }
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(write_then_read),
        WITH_PLACE(read_has_a_cap),
        WITH_PLACE(standard_input_is_a_dash),
        WITH_PLACE(unreadable_says_why),
        WITH_PLACE(unwritable_says_why),
        WITH_PLACE(closed_folder_refuses),
        WITH_PLACE(permissions_are_kept),
        WITH_PLACE(links_stay_links),
        WITH_PLACE(pipes_are_written_directly),
        WITH_PLACE(taken_names_are_passed_over),
        WITH_PLACE(failed_write_leaves_the_old_file),
        WITH_PLACE(interrupted_and_short_calls_go_on),
        WITH_PLACE(failed_read_says_why),
        WITH_PLACE(appends_add),
        WITH_PLACE(failed_append_leaves_no_torn_line),
        WITH_PLACE(full_disk_in_a_line),
        WITH_PLACE(folders_are_made_with_parents),
        WITH_PLACE(failed_folder_is_reported),
        WITH_PLACE(trees_are_removed_and_links_not_followed),
        WITH_PLACE(paths_are_joined_and_split),
        WITH_PLACE(temporary_folder_is_private),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
