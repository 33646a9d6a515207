#include "run/stage_app.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

static const int64_t START_NS = 10000000000; // to wait for its first line
static const int64_t POLL_NS = 5000000;
static const int64_t STOP_NS = 5000000000; // between SIGTERM and SIGKILL

enum { LOG_BYTES = 1 << 16 };

// Our own program, by its path: a process named "exe" would tell nobody what it is.
static char *own_path(struct mb_arena *arena)
{
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    if (size <= 0 || (size_t)size >= sizeof path) {
        return mb_arena_copy_string(arena, "/proc/self/exe");
    }
    return mb_arena_copy_bytes(arena, path, (size_t)size);
}

static const char *const *argv_make(struct mb_arena *arena,
                                    const struct mb_application *application)
{
    const char *program =
        application->program != NULL ? application->program : own_path(arena);
    const char *fixed[] = {program, "app", application->builtin, "--listen",
                           "127.0.0.1:0"};
    size_t count = sizeof fixed / sizeof fixed[0];
    const char **argv =
        mb_arena_alloc(arena, count + application->argument_count + 1, sizeof *argv);
    memcpy(argv, fixed, sizeof fixed);
    for (size_t i = 0; i < application->argument_count; i++) {
        argv[count + i] = application->arguments[i];
    }
    return argv;
}

// The url in "listening on 127.0.0.1:43211"; NULL while there is no whole line.
static const char *listening_url(struct mb_arena *arena, const char *log)
{
    static const char mark[] = "listening on ";
    const char *start = strstr(log, mark);
    if (start == NULL || strchr(start, '\n') == NULL) {
        return NULL;
    }
    start += sizeof mark - 1;
    return mb_arena_print(arena, "http://%.*s", (int)strcspn(start, " \n"), start);
}

// One look at the log: MB_OK with url set or still NULL.
static enum mb_status look(struct mb_arena *arena, const char *log_path,
                           struct mb_stage_app *app, struct mb_err *err)
{
    bool running = mb_proc_running(&app->proc);
    struct mb_buf log = {0};
    enum mb_status status = mb_file_read(log_path, NULL, LOG_BYTES, &log, err);
    if (status == MB_OK) {
        app->url = listening_url(arena, mb_buf_string(&log));
    }
    if (status == MB_OK && app->url == NULL && !running) {
        status = mb_err_set(err, MB_FAILED, "it ended: %.*s",
                            (int)strcspn(mb_buf_string(&log), "\n"), mb_buf_string(&log));
    }
    mb_buf_release(&log);
    return status;
}

static enum mb_status wait(struct mb_arena *arena, struct mb_ctx *ctx,
                           const char *log_path, struct mb_stage_app *app,
                           struct mb_err *err)
{
    const struct mb_clock *clock = &ctx->clock;
    int64_t deadline_ns = clock->monotonic_ns(clock->state) + START_NS;
    for (;;) {
        enum mb_status status = look(arena, log_path, app, err);
        if (status != MB_OK || app->url != NULL) {
            return status;
        }
        int64_t now_ns = clock->monotonic_ns(clock->state);
        if (*ctx->interrupted != 0) {
            return mb_err_set(err, MB_INTERRUPTED, "interrupted");
        }
        if (now_ns >= deadline_ns) {
            return mb_err_set(err, MB_FAILED,
                              "it did not say within 10 s where it listens");
        }
        clock->sleep_until(clock->state, now_ns + POLL_NS, ctx->interrupted);
    }
}

enum mb_status mb_stage_app_up(struct mb_arena *arena, struct mb_ctx *ctx,
                               const struct mb_application *application, const char *dir,
                               struct mb_stage_app *app, struct mb_err *err)
{
    *app = (struct mb_stage_app){.url = application->url};
    if (application->builtin == NULL) {
        return MB_OK;
    }
    const char *log_path = mb_file_join(arena, dir, "application.log");
    struct mb_proc_spec spec = {
        .argv = argv_make(arena, application),
        .output_path = log_path,
        .cpu = application->cpu,
    };
    enum mb_status status = mb_proc_start(&spec, &app->proc, err);
    if (status == MB_OK) {
        status = wait(arena, ctx, log_path, app, err);
    }
    if (status != MB_OK) {
        mb_err_prepend(err, "cannot start application '%s'", application->builtin);
    }
    return status;
}

void mb_stage_app_down(struct mb_stage_app *app)
{
    if (app->proc.pid != 0) {
        mb_proc_stop(&app->proc, STOP_NS);
    }
    *app = (struct mb_stage_app){0};
}
