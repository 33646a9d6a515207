// The guard: a process of ours is killed without warning, and what it started goes with
// it.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/guard.h"

#define MS INT64_C(1000000)

enum { LOOKS = 2000 }; // 5 ms apart: 10 s, far more than it takes

static void rest(void)
{
    const struct timespec span = {.tv_nsec = 5 * MS};
    (void)nanosleep(&span, NULL);
}

// Reaps what was adopted by this process, so that a dead group is gone for good.
static bool group_is_gone(pid_t group)
{
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
    return kill(-group, 0) != 0 && errno == ESRCH;
}

static pid_t group_start(bool stubborn)
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)setpgid(0, 0);
        if (stubborn) {
            (void)signal(SIGTERM, SIG_IGN);
        }
        for (;;) {
            (void)pause();
        }
    }
    (void)setpgid(pid, pid);
    return pid;
}

// A process that starts a group and a guard for it, then waits to be killed. Tells the
// group through the pipe.
static pid_t owner_start(const char *dir, bool stubborn, int out)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct mb_guard guard = {0};
        struct mb_err err = {0};
        // The group first: it is forked without exec, and would keep the guard's pipe
        // open.
        pid_t group = group_start(stubborn);
        if (mb_guard_start(dir, 50 * MS, &guard, &err) != MB_OK) {
            group = 0;
        }
        mb_guard_watch(&guard, group);
        (void)!write(out, &group, sizeof group);
        for (;;) {
            (void)pause();
        }
    }
    return pid;
}

static char *folder_make(struct mb_arena *arena)
{
    char *dir = NULL;
    struct mb_err err = {0};
    assert_int_equal(mb_file_make_temp_dir(arena, "mb-guard", &dir, &err), MB_OK);
    assert_int_equal(mb_file_make_dirs(mb_file_join(arena, dir, "a/b"), &err), MB_OK);
    return dir;
}

static void owner_killed(bool stubborn)
{
    struct mb_arena arena = {0};
    int ends[2];
    pid_t group = 0;
    int looks = 0;
    char *dir = folder_make(&arena);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(pipe(ends), 0);
    pid_t owner = owner_start(dir, stubborn, ends[1]);
    assert_int_equal(read(ends[0], &group, sizeof group), sizeof group);
    assert_true(group > 0);
    assert_false(group_is_gone(group));
    assert_true(mb_file_exists(dir));
    (void)kill(owner, SIGKILL);
    while ((!group_is_gone(group) || mb_file_exists(dir)) && looks < LOOKS) {
        rest();
        looks++;
    }
    bool gone = group_is_gone(group);
    (void)kill(-group, SIGKILL); // a failed test leaves nothing either
    assert_true(gone);
    assert_false(mb_file_exists(dir));
    (void)close(ends[0]);
    (void)close(ends[1]);
    mb_arena_release(&arena);
}

static void ends_what_its_owner_started(void **state)
{
    (void)state;
    owner_killed(false);
}

static void ends_what_ignores_sigterm(void **state)
{
    (void)state;
    owner_killed(true);
}

static void dismissed_it_does_nothing(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_guard guard = {0};
    struct mb_err err = {0};
    char *dir = folder_make(&arena);
    pid_t group = group_start(false);
    assert_int_equal(mb_guard_start(dir, 50 * MS, &guard, &err), MB_OK);
    assert_true(guard.pid > 0);
    mb_guard_watch(&guard, group);
    mb_guard_end(&guard); // returns when it has ended
    assert_int_equal(guard.pid, 0);
    assert_true(mb_file_exists(dir));
    assert_int_equal(kill(-group, 0), 0);
    (void)kill(-group, SIGKILL);
    (void)waitpid(group, NULL, 0);
    assert_int_equal(mb_file_remove_tree(dir, &err), MB_OK);
    mb_arena_release(&arena);
}

static void none_is_fine(void **state)
{
    (void)state;
    struct mb_guard guard = {0};
    mb_guard_watch(&guard, 1);
    mb_guard_end(&guard);
    assert_int_equal(guard.pid, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_what_its_owner_started),
        cmocka_unit_test(ends_what_ignores_sigterm),
        cmocka_unit_test(dismissed_it_does_nothing),
        cmocka_unit_test(none_is_fine),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
