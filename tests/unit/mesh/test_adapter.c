// Bringing adapters up: what is refused before anything starts, and that nothing is left
// when any step fails.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "faults.h"
#include "mesh/adapter.h"
#include "mesh/definition.h"

static const char SHORT_LIVED[] =
    "meshbench: v1\nkind: adapter\nname: short\ndescription: ends at once\nmesh: m\n"
    "program: {find: [/bin/sh]}\n"
    "folders: [a/b]\n"
    "files: [{path: c/d.conf, content: \"listen ${listen}\"}]\n"
    "start: {args: [-c, \"echo some last words; exit 3\"], env: {A: \"${dir}\"}}\n";

struct world {
    struct mb_arena arena;
    struct mb_ctx ctx;
    char *dir; // everything temporary goes there
    char *path;
    const struct mb_adapter *adapter;
};

static const volatile sig_atomic_t calm = 0;

static void world_make(struct world *world)
{
    struct mb_err err = {0};
    memset(world, 0, sizeof *world);
    mb_ctx_init(&world->ctx, "test", &calm);
    assert_int_equal(
        mb_file_make_temp_dir(&world->arena, "mb-adapter", &world->dir, &err), MB_OK);
    world->path = mb_file_join(&world->arena, world->dir, "adapter.yaml");
    assert_int_equal(
        mb_file_write(world->path, SHORT_LIVED, sizeof SHORT_LIVED - 1, &err), MB_OK);
    assert_int_equal(mb_adapter_load(&world->arena, world->path, &world->adapter, &err),
                     MB_OK);
    assert_int_equal(setenv("TMPDIR", world->dir, 1), 0);
}

static void world_end(struct world *world)
{
    struct mb_err err = {0};
    assert_int_equal(unsetenv("TMPDIR"), 0);
    assert_int_equal(mb_file_remove_tree(world->dir, &err), MB_OK);
    mb_arena_release(&world->arena);
}

// The adapter file is all that the folder holds.
static bool nothing_left(const struct world *world)
{
    size_t count = 0;
    DIR *folder = opendir(world->dir);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    (void)closedir(folder);
    return count == 1;
}

static void last_words_are_in_the_message(void **state)
{
    (void)state;
    struct world world;
    struct mb_err err = {0};
    struct mb_adapter_instance instance;
    const struct mb_adapter_setup setup = {
        .upstream = "127.0.0.1:1", .listen_host = "127.0.0.1", .cpu = -1};
    world_make(&world);
    assert_int_equal(
        mb_adapter_up(&world.arena, &world.ctx, world.adapter, &setup, &instance, &err),
        MB_FAILED);
    assert_string_equal(err.message,
                        "adapter 'short' did not come up: it ended before it was ready\n"
                        "  its last words:\nsome last words");
    assert_null(instance.adapter);
    assert_true(nothing_left(&world));
    mb_adapter_down(&instance); // fine on one that never started
    world_end(&world);
}

// However long a log is, its end counts: six lines at most, and none of them cut.
static void long_logs_are_cut_in_front(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        const char *script;
        const char *words;
    } cases[] = {
        {"many lines", "seq 1 100000; exit 1",
         "99995\n99996\n99997\n99998\n99999\n100000"},
        {"a long line before", "printf '%01000d\\nlast\\n' 5", "last"},
        {"blank lines after", "printf 'last\\n\\n\\n'", "last"},
        {"nothing", "true", ""},
        {"what a terminal would obey", "printf 'a\\033[2Jb'", "a\\x1b[2Jb"},
    };
    struct world world;
    world_make(&world);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("  %s\n", cases[i].label);
        const struct mb_adapter_setup setup = {
            .upstream = "127.0.0.1:1", .listen_host = "127.0.0.1", .cpu = -1};
        struct mb_err err = {0};
        struct mb_adapter_instance instance;
        struct mb_adapter adapter = *world.adapter;
        const char *args[] = {"-c", cases[i].script, NULL};
        adapter.start_args = args;
        assert_int_equal(
            mb_adapter_up(&world.arena, &world.ctx, &adapter, &setup, &instance, &err),
            MB_FAILED);
        const char *words = strstr(err.message, "last words:\n");
        assert_string_equal(words != NULL ? words + strlen("last words:\n") : "",
                            cases[i].words);
    }
    assert_true(nothing_left(&world));
    world_end(&world);
}

static void every_call_fails_once(void **state)
{
    (void)state;
    static const enum fault_call calls[] = {FAULT_OPEN,   FAULT_WRITE, FAULT_FSYNC,
                                            FAULT_RENAME, FAULT_MKDIR, FAULT_PIPE,
                                            FAULT_FORK};
    const struct mb_adapter_setup setup = {
        .upstream = "127.0.0.1:1", .listen_host = "127.0.0.1", .cpu = -1};
    struct world world;
    world_make(&world);
    for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++) {
        bool happened = true;
        for (unsigned nth = 1; happened; nth++) {
            struct mb_err err = {0};
            struct mb_adapter_instance instance;
            fault_arm(calls[c], nth, EIO);
            enum mb_status status = mb_adapter_up(&world.arena, &world.ctx, world.adapter,
                                                  &setup, &instance, &err);
            happened = fault_disarm();
            assert_int_equal(status, MB_FAILED);
            assert_true(err.message[0] != '\0');
            assert_null(instance.adapter);
            assert_true(nothing_left(&world));
        }
    }
    world_end(&world);
}

static void refused_before_anything_starts(void **state)
{
    (void)state;
    static const struct {
        const char *upstream;
        const char *host;
        int port;
        const char *message;
    } cases[] = {
        {NULL, "127.0.0.1", 0,
         "adapter 'short' did not come up: adapter 'short' needs an upstream, the "
         "application's HOST:PORT"},
        {"127.0.0.1", "127.0.0.1", 0,
         "adapter 'short' did not come up: upstream '127.0.0.1' is not HOST:PORT"},
        {"127.0.0.1:0", "127.0.0.1", 0,
         "adapter 'short' did not come up: upstream '127.0.0.1:0' is not HOST:PORT"},
        {"a;b:1", "127.0.0.1", 0,
         "adapter 'short' did not come up: upstream 'a;b:1' is not HOST:PORT"},
        {":1", "127.0.0.1", 0,
         "adapter 'short' did not come up: upstream ':1' is not HOST:PORT"},
        {"127.0.0.1:1", "a b", 0,
         "adapter 'short' did not come up: 'a b' is not a host to listen on"},
    };
    struct world world;
    world_make(&world);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_err err = {0};
        struct mb_adapter_instance instance;
        const struct mb_adapter_setup setup = {.upstream = cases[i].upstream,
                                               .listen_host = cases[i].host,
                                               .listen_port = cases[i].port,
                                               .cpu = -1};
        assert_int_equal(mb_adapter_up(&world.arena, &world.ctx, world.adapter, &setup,
                                       &instance, &err),
                         MB_INVALID);
        assert_string_equal(err.message, cases[i].message);
        assert_true(nothing_left(&world));
    }
    world_end(&world);
}

// A folder name from outside stands in configurations too.
static void odd_folder_is_refused(void **state)
{
    (void)state;
    struct world world;
    struct mb_err err = {0};
    struct mb_adapter_instance instance;
    const struct mb_adapter_setup setup = {
        .upstream = "127.0.0.1:1", .listen_host = "127.0.0.1", .cpu = -1};
    world_make(&world);
    const char *odd = mb_file_join(&world.arena, world.dir, "a;b");
    assert_int_equal(mb_file_make_dirs(odd, &err), MB_OK);
    assert_int_equal(setenv("TMPDIR", odd, 1), 0);
    assert_int_equal(
        mb_adapter_up(&world.arena, &world.ctx, world.adapter, &setup, &instance, &err),
        MB_FAILED);
    assert_non_null(strstr(err.message, "cannot stand in a configuration"));
    assert_string_equal(err.hint,
                        "set TMPDIR to a path of letters, digits and ._~:/@%+=,-");
    world_end(&world);
}

static void running_starts_nothing(void **state)
{
    (void)state;
    struct world world;
    struct mb_err err = {0};
    struct mb_adapter_instance instance;
    const struct mb_adapter *running = NULL;
    const struct mb_parameter url = {.name = "url", .value = "http://10.0.0.1:80/x"};
    const struct mb_adapter_setup setup = {
        .listen_host = "127.0.0.1", .parameters = &url, .parameter_count = 1, .cpu = -1};
    world_make(&world);
    assert_int_equal(mb_adapter_load(&world.arena, "running", &running, &err), MB_OK);
    assert_int_equal(
        mb_adapter_up(&world.arena, &world.ctx, running, &setup, &instance, &err), MB_OK);
    assert_string_equal(instance.url, "http://10.0.0.1:80/x");
    assert_null(instance.version);
    assert_null(instance.dir);
    assert_int_equal(instance.proc.pid, 0);
    assert_true(mb_adapter_running(&instance));
    assert_string_equal(mb_adapter_last_words(&world.arena, &instance), "");
    mb_adapter_down(&instance);
    assert_false(mb_adapter_running(&instance));
    assert_true(nothing_left(&world));
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_words_are_in_the_message),
        cmocka_unit_test(long_logs_are_cut_in_front),
        cmocka_unit_test(every_call_fails_once),
        cmocka_unit_test(refused_before_anything_starts),
        cmocka_unit_test(odd_folder_is_refused),
        cmocka_unit_test(running_starts_nothing),
    };
    return cmocka_run_group_tests_name("adapter", tests, NULL, NULL);
}
