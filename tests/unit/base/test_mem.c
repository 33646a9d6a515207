// Memory: zeroed, resizable, and fatal with status 3 when it runs out.
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static void alloc_is_zeroed(void **state)
{
    (void)state;
    unsigned char *bytes = mb_mem_alloc(100, 3);
    for (size_t i = 0; i < 300; i++) {
        assert_int_equal(bytes[i], 0);
    }
    mb_mem_free(bytes);
}

static void nothing_is_something(void **state)
{
    (void)state;
    void *none = mb_mem_alloc(0, 0);
    assert_non_null(none);
    none = mb_mem_resize(none, 0, 8);
    assert_non_null(none);
    mb_mem_free(none);
    mb_mem_free(NULL);
}

static void resize_keeps_content(void **state)
{
    (void)state;
    char *text = mb_mem_copy_string("eight ch");
    text = mb_mem_resize(text, 100000, 1);
    assert_string_equal(text, "eight ch");
    mb_mem_free(text);
}

static void *volatile sink; // so that no compiler drops the call

static void alloc_too_much(void)
{
    sink = mb_mem_alloc(SIZE_MAX / 2, 4);
}

static void resize_too_much(void)
{
    sink = mb_mem_resize(NULL, SIZE_MAX / 2, 4);
}

// Running out must end the process: looked at from outside.
static void running_out_is_fatal(void **state)
{
    (void)state;
    static void (*const cases[])(void) = {alloc_too_much, resize_too_much};
    for (size_t i = 0; i < 2; i++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            (void)dup2(ends[1], STDERR_FILENO);
            cases[i]();
            _exit(0);
        }
        (void)close(ends[1]);
        char said[64] = {0};
        ssize_t got = read(ends[0], said, sizeof said - 1);
        (void)close(ends[0]);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
#ifndef __SANITIZE_ADDRESS__ // ASan ends the process in its own way before we can
        assert_true(got > 0);
        assert_string_equal(said, "meshbench: out of memory\n");
        assert_int_equal(WEXITSTATUS(status), 3);
#else
        (void)got;
        assert_int_not_equal(WEXITSTATUS(status), 0);
#endif
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alloc_is_zeroed),
        cmocka_unit_test(nothing_is_something),
        cmocka_unit_test(resize_keeps_content),
        cmocka_unit_test(running_out_is_fatal),
    };
    return cmocka_run_group_tests_name("mem", tests, NULL, NULL);
}
