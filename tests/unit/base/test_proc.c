// Subprocesses: output, limits, endings, and nothing left behind.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/proc.h"
#include "faults.h"

#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * S + now.tv_nsec;
}

// A shell script as a spec.
struct script {
    const char *argv[4];
    struct mb_proc_spec spec;
};

static const struct mb_proc_spec *script(struct script *script, const char *text)
{
    *script = (struct script){.argv = {"sh", "-c", text, NULL}};
    script->spec = (struct mb_proc_spec){.argv = script->argv, .cpu = -1};
    return &script->spec;
}

static void output_and_status_are_captured(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool both;
        const char *output;
        int status;
    } cases[] = {
        {"echo out; echo err >&2; exit 3", true, "out\nerr\n", 3},
        {"echo out; echo err >&2", false, "out\n", 0},
        {"kill -9 $$", false, "", 128 + SIGKILL},
        {"exit 255", false, "", 255},
        {"read line; echo \"[$line]\"", false, "[]\n", 0}, // standard input is empty
        {"exec >&- 2>&-; exit 4", true, "", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script s;
        struct mb_buf output = {0};
        struct mb_err err = {0};
        int status = -1;
        assert_int_equal(mb_proc_capture(script(&s, cases[i].text), cases[i].both, 20 * S,
                                         &output, &status, &err),
                         MB_OK);
        assert_string_equal(mb_buf_string(&output), cases[i].output);
        assert_int_equal(status, cases[i].status);
        mb_buf_release(&output);
    }
}

static void large_output_is_whole(void **state)
{
    (void)state;
    struct script s;
    struct mb_buf output = {0};
    struct mb_err err = {0};
    int status = -1;
    assert_int_equal(mb_proc_capture(script(&s, "head -c 3000000 /dev/zero"), false,
                                     20 * S, &output, &status, &err),
                     MB_OK);
    assert_int_equal(output.size, 3000000);
    mb_buf_release(&output);
}

static void cap_drops_the_rest(void **state)
{
    (void)state;
    struct script s;
    struct mb_buf output;
    struct mb_err err = {0};
    int status = -1;
    mb_buf_init(&output, 1000);
    assert_int_equal(mb_proc_capture(script(&s, "head -c 3000000 /dev/zero; exit 5"),
                                     false, 20 * S, &output, &status, &err),
                     MB_OK);
    assert_int_equal(output.size, 1000);
    assert_true(output.overflowed);
    assert_int_equal(status, 5);
    mb_buf_release(&output);
}

static void late_program_is_killed(void **state)
{
    (void)state;
    struct script s;
    struct mb_buf output = {0};
    struct mb_err err = {0};
    int status = -1;
    int64_t start = now_ns();
    assert_int_equal(
        mb_proc_capture(script(&s, "trap '' TERM; echo early; sleep 60 & wait; sleep 60"),
                        false, 200 * MS, &output, &status, &err),
        MB_FAILED);
    assert_true(now_ns() - start < 10 * S);
    assert_string_equal(err.message, "'sh' failed: it did not end in time");
    assert_string_equal(mb_buf_string(&output), "early\n");
    assert_int_equal(status, -1);
    mb_buf_release(&output);
}

// A grandchild that keeps the pipe open must not keep us.
static void orphan_does_not_hold_us(void **state)
{
    (void)state;
    struct script s;
    struct mb_buf output = {0};
    struct mb_err err = {0};
    int status = -1;
    int64_t start = now_ns();
    assert_int_equal(mb_proc_capture(script(&s, "sleep 60 & echo done"), false, 30 * S,
                                     &output, &status, &err),
                     MB_OK);
    assert_true(now_ns() - start < 10 * S);
    assert_string_equal(mb_buf_string(&output), "done\n");
    mb_buf_release(&output);
}

static void what_cannot_start_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *program;
        const char *cwd;
        const char *output_path;
        int cpu;
        const char *message;
    } cases[] = {
        {"no-such-program-x", NULL, NULL, -1,
         "cannot start 'no-such-program-x': not found on PATH"},
        {"/no/such/program", NULL, NULL, -1,
         "cannot start '/no/such/program': not found"},
        {"/etc/passwd", NULL, NULL, -1, "cannot start '/etc/passwd': not found"},
        {"sh", "/no/such/folder", NULL, -1,
         "cannot start 'sh': folder '/no/such/folder': no such file or directory"},
        {"sh", NULL, "/no/such/log", -1,
         "cannot start 'sh': output file '/no/such/log': no such file or directory"},
        {"sh", NULL, NULL, 1000, "cannot start 'sh' on CPU 1000: invalid argument"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *argv[] = {cases[i].program, NULL};
        struct mb_proc_spec spec = {.argv = argv,
                                    .cwd = cases[i].cwd,
                                    .output_path = cases[i].output_path,
                                    .cpu = cases[i].cpu};
        struct mb_proc proc;
        struct mb_err err = {0};
        assert_int_equal(mb_proc_start(&spec, &proc, &err), MB_FAILED);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(proc.pid, 0);
        assert_false(mb_proc_running(&proc));
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); // no child is left unreaped
}

static void text_file_cannot_start(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    char *folder = NULL;
    assert_int_equal(mb_file_make_temp_dir(&arena, "test-proc", &folder, &err), MB_OK);
    char *path = mb_file_join(&arena, folder, "text");
    assert_int_equal(mb_file_write(path, "no program\n", 11, &err), MB_OK);
    assert_int_equal(chmod(path, 0755), 0);
    const char *argv[] = {path, NULL};
    struct mb_proc_spec spec = {.argv = argv, .cpu = -1};
    struct mb_proc proc;
    assert_int_equal(mb_proc_start(&spec, &proc, &err), MB_FAILED);
    assert_non_null(strstr(err.message, "': exec format error"));
    mb_err_clear(&err);
    assert_int_equal(mb_file_remove_tree(folder, &err), MB_OK);
    mb_arena_release(&arena);
}

static void surroundings_are_passed(void **state)
{
    (void)state;
    assert_int_equal(setenv("MB_TEST_KEPT", "kept", 1), 0);
    assert_int_equal(setenv("MB_TEST_CHANGED", "old", 1), 0);
    struct script s;
    static const char *const env[] = {"MB_TEST_CHANGED=new", "MB_TEST_NEW=extra", NULL};
    script(&s, "pwd; echo $MB_TEST_KEPT $MB_TEST_CHANGED $MB_TEST_NEW");
    s.spec.env = env;
    s.spec.cwd = "/";
    struct mb_buf output = {0};
    struct mb_err err = {0};
    int status = -1;
    assert_int_equal(mb_proc_capture(&s.spec, false, 20 * S, &output, &status, &err),
                     MB_OK);
    assert_string_equal(mb_buf_string(&output), "/\nkept new extra\n");
    mb_buf_release(&output);
}

static void cpu_is_pinned(void **state)
{
    (void)state;
    struct script s;
    script(&s, "grep Cpus_allowed_list /proc/self/status");
    s.spec.cpu = 0;
    struct mb_buf output = {0};
    struct mb_err err = {0};
    int status = -1;
    assert_int_equal(mb_proc_capture(&s.spec, false, 20 * S, &output, &status, &err),
                     MB_OK);
    assert_string_equal(mb_buf_string(&output), "Cpus_allowed_list:\t0\n");
    mb_buf_release(&output);
}

// The kernel would take the rest in silence.
static void cpus_that_are_not_there(void **state)
{
    (void)state;
    struct script s;
    script(&s, "exit 0");
    s.spec.cpu = 0;
    s.spec.cpu_count = 1000;
    struct mb_proc proc;
    struct mb_err err = {0};
    assert_int_equal(mb_proc_start(&s.spec, &proc, &err), MB_FAILED);
    assert_non_null(strstr(err.message, "on CPU 0"));
}

static void wait_until_ended(struct mb_proc *proc)
{
    int64_t until = now_ns() + 20 * S;
    while (mb_proc_running(proc) && now_ns() < until) {
        (void)usleep(1000);
    }
    assert_true(proc->exited);
}

static void output_file_is_appended(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    char *folder = NULL;
    assert_int_equal(mb_file_make_temp_dir(&arena, "test-proc", &folder, &err), MB_OK);
    char *log = mb_file_join(&arena, folder, "log");
    for (int round = 0; round < 2; round++) {
        struct script s;
        script(&s, "echo out; echo err >&2");
        s.spec.output_path = log;
        struct mb_proc proc;
        assert_int_equal(mb_proc_start(&s.spec, &proc, &err), MB_OK);
        wait_until_ended(&proc);
        assert_int_equal(WEXITSTATUS(proc.wait_status), 0);
    }
    struct mb_buf bytes = {0};
    assert_int_equal(mb_file_read(log, stdin, 100, &bytes, &err), MB_OK);
    assert_string_equal(mb_buf_string(&bytes), "out\nerr\nout\nerr\n");
    mb_buf_release(&bytes);
    assert_int_equal(mb_file_remove_tree(folder, &err), MB_OK);
    mb_arena_release(&arena);
}

static bool group_exists(pid_t group)
{
    return kill(-group, 0) == 0;
}

static void stop_ends_the_whole_group(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        int64_t grace_ns;
        int signal;
    } cases[] = {
        {"ends at once", "sleep 60 & sleep 60", 10 * S, SIGTERM},
        {"ignores SIGTERM", "trap '' TERM; sleep 60 & while :; do sleep 60; done",
         200 * MS, SIGKILL},
        {"no grace", "trap '' TERM; while :; do sleep 60; done", 0, SIGKILL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script s;
        struct mb_proc proc;
        struct mb_err err = {0};
        assert_int_equal(mb_proc_start(script(&s, cases[i].text), &proc, &err), MB_OK);
        assert_true(mb_proc_running(&proc));
        (void)usleep(100000); // let the shell set its trap
        pid_t group = proc.pid;
        assert_true(group_exists(group));
        int64_t start = now_ns();
        mb_proc_stop(&proc, cases[i].grace_ns);
        assert_true(now_ns() - start < 8 * S);
        assert_true(proc.exited);
        assert_int_equal(proc.pid, 0);
        assert_true(WIFSIGNALED(proc.wait_status));
        if (WTERMSIG(proc.wait_status) != cases[i].signal) {
            fail_msg("%s: signal %d", cases[i].name, WTERMSIG(proc.wait_status));
        }
        // Its members are dead; init may need a moment to reap them.
        for (int wait = 0; wait < 2000 && group_exists(group); wait++) {
            (void)usleep(1000);
        }
        assert_false(group_exists(group));
        mb_proc_stop(&proc, S); // once more is fine
    }
}

static void every_failing_call_is_reported(void **state)
{
    (void)state;
    static const struct {
        enum fault_call call;
        int reason;
    } cases[] = {{FAULT_FORK, EAGAIN}, {FAULT_PIPE, EMFILE}, {FAULT_READ, EIO}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned nth = 1;
        for (;; nth++) {
            struct script s;
            struct mb_buf output = {0};
            struct mb_err err = {0};
            int status = -1;
            fault_arm(cases[i].call, nth, cases[i].reason);
            enum mb_status got = mb_proc_capture(script(&s, "echo x"), false, 20 * S,
                                                 &output, &status, &err);
            bool happened = fault_disarm();
            mb_buf_release(&output);
            // How often the pipe is read depends on time: the first two are certain.
            if (!happened || (cases[i].call == FAULT_READ && nth > 2)) {
                break;
            }
            assert_int_equal(got, MB_FAILED);
            assert_non_null(strstr(err.message, "'sh'"));
            assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        }
        assert_true(nth > 1);
    }
}

static void interrupted_calls_go_on(void **state)
{
    (void)state;
    for (unsigned nth = 1; nth <= 2; nth++) {
        struct script s;
        struct mb_buf output = {0};
        struct mb_err err = {0};
        int status = -1;
        fault_arm(FAULT_READ, nth, EINTR);
        assert_int_equal(
            mb_proc_capture(script(&s, "echo x"), false, 20 * S, &output, &status, &err),
            MB_OK);
        assert_true(fault_disarm());
        assert_string_equal(mb_buf_string(&output), "x\n");
        mb_buf_release(&output);
    }
}

static void child_dies_with_us(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t middle = fork();
    assert_true(middle >= 0);
    if (middle == 0) {
        struct script s;
        struct mb_proc proc;
        struct mb_err err = {0};
        if (mb_proc_start(script(&s, "exec sleep 60"), &proc, &err) == MB_OK) {
            (void)!write(ends[1], &proc.pid, sizeof proc.pid);
        }
        (void)kill(getpid(), SIGKILL);
    }
    pid_t child = 0;
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(waitpid(middle, NULL, 0), middle);
    for (int wait = 0; wait < 5000 && group_exists(child); wait++) {
        (void)usleep(1000);
    }
    assert_false(group_exists(child));
}

// Its starter is gone when it answers: a line comes through the pipe that only it holds.
static void detached_child_outlives_us(void **state)
{
    (void)state;
    int ends[2];
    pid_t child = 0;
    char line[8] = {0};
    assert_int_equal(pipe(ends), 0);
    pid_t middle = fork();
    assert_true(middle >= 0);
    if (middle == 0) {
        struct script s;
        struct mb_proc proc;
        struct mb_err err = {0};
        char text[128];
        // Answers as soon as it has another parent.
        (void)snprintf(text, sizeof text,
                       "while kill -0 %d 2>/dev/null; do sleep 0.01; done; "
                       "echo alive >&%d; exec sleep 60",
                       (int)getpid(), ends[1]);
        (void)script(&s, text);
        s.spec.detached = true;
        if (mb_proc_start(&s.spec, &proc, &err) == MB_OK) {
            (void)!write(ends[1], &proc.pid, sizeof proc.pid);
        }
        (void)kill(getpid(), SIGKILL);
    }
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    assert_int_equal(waitpid(middle, NULL, 0), middle);
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], line, sizeof line), 6);
    assert_string_equal(line, "alive\n");
    assert_int_equal(getsid(child), child);
    (void)kill(-child, SIGKILL);
    (void)close(ends[0]);
}

static void programs_are_found(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const char *old = getenv("PATH");
    char *saved = mb_arena_copy_string(&arena, old != NULL ? old : "");
    assert_non_null(mb_proc_find(&arena, "sh", NULL));
    assert_null(mb_proc_find(&arena, "no-such-program-x", "/usr/sbin:/bin"));
    assert_null(mb_proc_find(&arena, "/etc/passwd", NULL)); // not executable
    assert_null(mb_proc_find(&arena, "/etc", NULL));        // a folder
    assert_string_equal(mb_proc_find(&arena, "/bin/sh", NULL), "/bin/sh");
    assert_int_equal(setenv("PATH", "/nowhere::/none", 1), 0);
    assert_null(mb_proc_find(&arena, "sh", NULL));
    assert_string_equal(mb_proc_find(&arena, "sh", "/nowhere:/bin"), "/bin/sh");
    assert_int_equal(unsetenv("PATH"), 0);
    assert_null(mb_proc_find(&arena, "sh", NULL));
    assert_int_equal(setenv("PATH", saved, 1), 0);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_status_are_captured),
        cmocka_unit_test(large_output_is_whole),
        cmocka_unit_test(cap_drops_the_rest),
        cmocka_unit_test(late_program_is_killed),
        cmocka_unit_test(orphan_does_not_hold_us),
        cmocka_unit_test(what_cannot_start_says_why),
        cmocka_unit_test(text_file_cannot_start),
        cmocka_unit_test(surroundings_are_passed),
        cmocka_unit_test(cpu_is_pinned),
        cmocka_unit_test(cpus_that_are_not_there),
        cmocka_unit_test(output_file_is_appended),
        cmocka_unit_test(stop_ends_the_whole_group),
        cmocka_unit_test(every_failing_call_is_reported),
        cmocka_unit_test(interrupted_calls_go_on),
        cmocka_unit_test(child_dies_with_us),
        cmocka_unit_test(detached_child_outlives_us),
        cmocka_unit_test(programs_are_found),
    };
    return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
