// The sampler on processes of this test: a window of some hundredths of a second, wide
// bounds, and exact statements where there are any.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collect/procfs.h"
#include "collect/sampler.h"

#define MS INT64_C(1000000)

static int64_t clock_ns(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 * MS + now.tv_nsec;
}

// Uses this much CPU time, however long that takes.
static void burn(int64_t cpu_ns)
{
    int64_t until = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + cpu_ns;
    while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < until) {
    }
}

static void wait_until(int64_t at_ns)
{
    struct timespec until = {.tv_sec = at_ns / (1000 * MS),
                             .tv_nsec = at_ns % (1000 * MS)};
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void samples_are_in_the_window(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    pid_t self = getpid();
    struct mb_sampler_group group = {
        .role = MB_ROLE_GENERATOR, .pids = &self, .pid_count = 1};
    // Wide margins: what is tested is which samples count, not how fast this host is.
    int64_t start = clock_ns(CLOCK_MONOTONIC) + 150 * MS;
    int64_t cpu_before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    struct mb_sampler *sampler =
        mb_sampler_start(&group, 1, 10 * MS, start, start + 400 * MS, &err);
    assert_non_null(sampler);
    wait_until(start + 2 * MS);
    burn(15 * MS);
    wait_until(start + 450 * MS);
    struct mb_resource *resources = NULL;
    size_t count = 0;
    mb_sampler_stop(sampler, &arena, &resources, &count);
    int64_t cpu_after = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

    assert_int_equal(count, 1);
    const struct mb_resource *mine = &resources[0];
    assert_int_equal(mine->role, MB_ROLE_GENERATOR);
    assert_string_equal(mine->source, "cpuclock");
    assert_string_equal(mine->scope, "process");
    assert_int_equal(mine->process_count, 1);
    assert_int_equal(mine->processes[0].pid, self);
    assert_string_equal(mine->processes[0].name, "test_sampler");
    assert_true(mine->cpu_end_ns - mine->cpu_start_ns >= 10 * MS);
    assert_true(mine->cpu_start_ns >= cpu_before - 10 * MS);
    assert_true(mine->cpu_end_ns <= cpu_after);
    assert_true(mine->rss_max_bytes >= mine->rss_start_bytes);
    assert_true(mine->rss_start_bytes > 0);
    assert_true(mine->samples[0].at_ns < 0);
    assert_true(mine->samples[mine->sample_count - 1].at_ns >= 400 * MS);
    for (size_t i = 1; i < mine->sample_count; i++) {
        assert_true(mine->samples[i].at_ns > mine->samples[i - 1].at_ns);
        assert_true(mine->samples[i].cpu_ns >= mine->samples[i - 1].cpu_ns);
    }
    mb_arena_release(&arena);
}

static pid_t burner_start(void)
{
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0) {
            burn(45 * MS); // shown in ticks: 20 ms at least, whatever the rounding
            _exit(0);
        }
        (void)waitpid(grandchild, NULL, 0);
        for (;;) {
            (void)pause();
        }
    }
    return child;
}

static void grandchild_that_ended_counts(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    pid_t self = getpid();
    int64_t start = clock_ns(CLOCK_MONOTONIC);
    pid_t child = burner_start();
    const struct mb_sampler_group groups[] = {
        {.role = MB_ROLE_GENERATOR, .pids = &self, .pid_count = 1},
        {.role = MB_ROLE_DATA_PLANE, .pids = &child, .pid_count = 1}};
    struct mb_sampler *sampler =
        mb_sampler_start(groups, 2, 5 * MS, start, start + 3600 * 1000 * MS, &err);
    assert_non_null(sampler);
    int64_t burnt = 0;
    // Once the grandchild is done, its time shows in its parent's counters only.
    while (burnt < 20 * MS) {
        wait_until(clock_ns(CLOCK_MONOTONIC) + 5 * MS);
        struct mb_procfs_stat stat;
        assert_true(mb_procfs_stat_read("", child, &stat));
        burnt = stat.children_ns;
    }
    struct mb_resource *resources = NULL;
    size_t count = 0;
    mb_sampler_stop(sampler, &arena, &resources, &count); // before the window's end
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    assert_int_equal(count, 2);
    assert_int_equal(resources[0].role, MB_ROLE_DATA_PLANE);
    assert_true(resources[0].cpu_end_ns >= 20 * MS);
    assert_true(resources[0].cpu_end_ns < 90 * MS);
    assert_int_equal(resources[0].process_count, 2);
    assert_int_equal(resources[1].role, MB_ROLE_GENERATOR);
    assert_int_equal(resources[1].process_count, 1);
    mb_arena_release(&arena);
}

// Found at the next sample, although processes that are not ours are not read each time.
static void child_born_late_counts(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    pid_t self = getpid();
    const struct mb_sampler_group group = {
        .role = MB_ROLE_APPLICATION, .pids = &self, .pid_count = 1};
    int64_t start = clock_ns(CLOCK_MONOTONIC);
    struct mb_sampler *sampler =
        mb_sampler_start(&group, 1, 5 * MS, start, start + 3600 * 1000 * MS, &err);
    assert_non_null(sampler);
    wait_until(start + 20 * MS);
    pid_t child = fork();
    if (child == 0) {
        burn(20 * MS);
        for (;;) {
            (void)pause();
        }
    }
    struct mb_procfs_stat stat = {0};
    while (stat.cpu_ns < 20 * MS) {
        wait_until(clock_ns(CLOCK_MONOTONIC) + 5 * MS);
        assert_true(mb_procfs_stat_read("", child, &stat));
    }
    struct mb_resource *resources = NULL;
    size_t count = 0;
    mb_sampler_stop(sampler, &arena, &resources, &count);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    assert_int_equal(count, 1);
    assert_int_equal(resources[0].process_count, 2);
    assert_true(resources[0].cpu_end_ns - resources[0].cpu_start_ns >= 20 * MS);
    mb_arena_release(&arena);
}

static void nothing_known_is_nothing_said(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    pid_t nobody = (1 << 22) + 1;
    struct mb_sampler_group group = {
        .role = MB_ROLE_APPLICATION, .pids = &nobody, .pid_count = 1};
    struct mb_sampler *sampler = mb_sampler_start(&group, 1, 0, 0, 0, &err);
    assert_non_null(sampler);
    struct mb_resource *resources = NULL;
    size_t count = 7;
    mb_sampler_stop(sampler, &arena, &resources, &count);
    assert_int_equal(count, 0);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_in_the_window),
        cmocka_unit_test(grandchild_that_ended_counts),
        cmocka_unit_test(child_born_late_counts),
        cmocka_unit_test(nothing_known_is_nothing_said),
    };
    return cmocka_run_group_tests_name("sampler", tests, NULL, NULL);
}
