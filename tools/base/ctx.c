#include "base/ctx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const int64_t NS_PER_S = 1000000000;

static int64_t clock_read(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t system_monotonic_ns(void *state)
{
    (void)state;
    return clock_read(CLOCK_MONOTONIC);
}

static int64_t system_wall_ns(void *state)
{
    (void)state;
    return clock_read(CLOCK_REALTIME);
}

static void system_sleep_until(void *state, int64_t monotonic_ns,
                               const volatile sig_atomic_t *interrupted)
{
    (void)state;
    struct timespec until = {.tv_sec = monotonic_ns / NS_PER_S,
                             .tv_nsec = monotonic_ns % NS_PER_S};
    while (*interrupted == 0) {
        if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != EINTR) {
            return;
        }
    }
}

struct mb_clock mb_clock_system(void)
{
    return (struct mb_clock){.monotonic_ns = system_monotonic_ns,
                             .wall_ns = system_wall_ns,
                             .sleep_until = system_sleep_until};
}

static const char *system_env(const char *name)
{
    return getenv(name);
}

static int terminal_width(void)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) {
        return size.ws_col;
    }
    return 80;
}

void mb_ctx_init(struct mb_ctx *ctx, const char *program,
                 const volatile sig_atomic_t *interrupted)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    *ctx = (struct mb_ctx){
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .clock = mb_clock_system(),
        .env = system_env,
        .interrupted = interrupted,
        .program = program,
        .out_terminal = isatty(STDOUT_FILENO) == 1,
        .err_terminal = isatty(STDERR_FILENO) == 1,
        .width = terminal_width(),
    };
    bool plain = (no_color != NULL && no_color[0] != '\0') || term == NULL ||
                 strcmp(term, "dumb") == 0;
    ctx->color = ctx->out_terminal && !plain;
}
