// Reading processes from /proc: the line format, its traps, and broken lines.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "collect/procfs.h"

#define TICK_NS INT64_C(10000000)

// Recorded from this machine: cat /proc/PID/stat of a burning two-thread process.
#define REAL_TAIL                                                                        \
    "S 13801 13785 6613 0 -1 4194368 40 0 0 0 4 3 2 1 20 0 1 0 223728 10928128 282 "     \
    "18446744073709551615 94688356253696 94688356254749 140735410990656 0 0 0 0 0 0 1 "  \
    "0 0 17 1 0 0 0 0 0 94688356265424 94688356266104 94689095614464 140735410993676\n"

static const struct {
    const char *label;
    const char *text;
    bool ok;
    const char *name;
} lines[] = {
    {"recorded", "13802 (t) " REAL_TAIL, true, "t"},
    {"blank in the name", "1 (Web Content) " REAL_TAIL, true, "Web Content"},
    {"parenthesis in the name", "1 (a) b) " REAL_TAIL, true, "a) b"},
    {"unprintable name", "1 (a\n\x80) " REAL_TAIL, true, "a??"},
    {"long name", "1 (0123456789012345678901234567890123456789) " REAL_TAIL, true,
     "0123456789012345678901234567890"},
    {"empty", "", false, NULL},
    {"no name", "13802 S 1 2 3", false, NULL},
    {"parentheses reversed", "1 )t( " REAL_TAIL, false, NULL},
    {"cut in the fields", "1 (t) S 13801 13785 6613 0 -1 4194368 40 0 0 0 4 0 0 0 20",
     false, NULL},
    {"not a number", "1 (t) S x 1 1 0 -1 4 4 0 0 0 4 0 0 0 20 0 1 0 2 1 282 1", false,
     NULL},
    {"negative time", "1 (t) S 1 1 1 0 -1 4 4 0 0 0 -4 0 0 0 20 0 1 0 2 1 282 1", false,
     NULL},
    {"overflowing time",
     "1 (t) S 1 1 1 0 -1 4 4 0 0 0 9223372036854775807 0 0 0 20 0 1 0 2 1 282 1", false,
     NULL},
    {"overflowing memory",
     "1 (t) S 1 1 1 0 -1 4 4 0 0 0 4 0 0 0 20 0 1 0 2 1 9223372036854775807 1", false,
     NULL},
    {"absurd parent", "1 (t) S 99999999999 1 1 0 -1 4 4 0 0 0 4 0 0 0 20 0 1 0 2 1 2 1",
     false, NULL},
};

static void parses_the_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct mb_procfs_stat stat;
        print_message("  %s\n", lines[i].label);
        assert_int_equal(mb_procfs_parse_stat(lines[i].text, TICK_NS, &stat),
                         lines[i].ok);
        if (lines[i].ok) {
            assert_string_equal(stat.name, lines[i].name);
            assert_int_equal(stat.parent, 13801);
            assert_int_equal(stat.cpu_ns, 7 * TICK_NS);
            assert_int_equal(stat.children_ns, 3 * TICK_NS);
            assert_int_equal(stat.start_ticks, 223728);
            assert_int_equal(stat.rss_bytes, 282 * sysconf(_SC_PAGESIZE));
        }
    }
}

static void reads_itself(void **state)
{
    (void)state;
    struct mb_procfs_stat stat;
    assert_true(mb_procfs_stat_read("", getpid(), &stat));
    assert_int_equal(stat.pid, getpid());
    assert_int_equal(stat.parent, getppid());
    assert_true(stat.rss_bytes > 0);
    assert_true(stat.precise);
}

static void reads_no_such_process(void **state)
{
    (void)state;
    struct mb_procfs_stat stat;
    assert_false(mb_procfs_stat_read("", (1 << 22) + 1, &stat));
    assert_false(mb_procfs_stat_read("/nonexistent", 1, &stat));
}

static void pid_seen(void *state, pid_t pid)
{
    bool *seen = state;
    *seen = *seen || pid == getpid();
}

static void lists_processes(void **state)
{
    (void)state;
    bool seen = false;
    mb_procfs_each_pid("", pid_seen, &seen);
    assert_true(seen);
    seen = false;
    mb_procfs_each_pid("/nonexistent", pid_seen, &seen);
    assert_false(seen);
}

static void reads_small_files(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const char *text = mb_procfs_read(&arena, "", "/proc/self/comm");
    assert_non_null(text);
    assert_null(strchr(text, '\n'));
    assert_null(mb_procfs_read(&arena, "", "/proc/nonexistent"));
    assert_null(mb_procfs_read(&arena, "", "/proc"));
    assert_null(mb_procfs_read(&arena, "", "/dev/null"));
    assert_null(mb_procfs_read(&arena, "", "/dev/zero"));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_the_line),       cmocka_unit_test(reads_itself),
        cmocka_unit_test(reads_no_such_process), cmocka_unit_test(lists_processes),
        cmocka_unit_test(reads_small_files),
    };
    return cmocka_run_group_tests_name("procfs", tests, NULL, NULL);
}
