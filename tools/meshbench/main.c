// meshbench: lists the commands, runs one, prints its error. No more.
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/ctx.h"
#include "base/err.h"
#include "cli/cli.h"
#include "meshbench/commands.h"
#include "meshbench/errors.h"

// Commands in the order of `meshbench help`, group by group.
const struct mb_cmd *const mb_commands[] = {
    // Specify
    &mb_cmd_init,
    &mb_cmd_validate,
    &mb_cmd_explain,
    // Measure
    &mb_cmd_run,
    &mb_cmd_duel,
    &mb_cmd_load,
    &mb_cmd_app,
    &mb_cmd_mesh,
    &mb_cmd_env,
    // Exchange
    &mb_cmd_import,
    &mb_cmd_export,
    // Understand
    &mb_cmd_show,
    &mb_cmd_verify,
    &mb_cmd_compare,
    &mb_cmd_regress,
    &mb_cmd_report,
    &mb_cmd_store,
    // Publish
    &mb_cmd_publish,
    &mb_cmd_reproduce,
    // More
    &mb_cmd_help,
    &mb_cmd_completion,
    NULL,
};

static volatile sig_atomic_t interrupts;

// The first interrupt asks for an orderly end, after what was measured is saved; the
// third stops waiting for it.
static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupts++;
    if (interrupts >= 3) {
        (void)signal(SIGINT, SIG_DFL);
        (void)signal(SIGTERM, SIG_DFL);
    }
}

// A reader that has gone (`meshbench help | head -1`) needs no message.
static enum mb_status output_finish(const struct mb_ctx *ctx, enum mb_status status)
{
    bool failed_before = ferror(ctx->out) != 0;
    if (fflush(ctx->out) == 0 && !failed_before) {
        return status;
    }
    if (errno != EPIPE) {
        (void)fprintf(ctx->err, "meshbench: cannot write to standard output\n");
    }
    return status == MB_OK ? MB_FAILED : status;
}

// A standard stream that is closed would be given away to the next file or socket, and a
// program that we start would write into that. The place is filled such that using the
// stream still fails.
static void streams_reserve(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY); // the lowest: fd
        }
    }
}

// Histograms of a quarter of a megabyte come and go by the thousand: without this each
// one is mapped, cleared page by page and unmapped again.
static void heap_keep(void)
{
    enum { MAPPED_FROM = 1 << 20, KEPT = 64 << 20 };
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
}

int main(int argc, char **argv)
{
    streams_reserve();
    heap_keep();
    struct sigaction action = {.sa_handler = on_interrupt};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    struct mb_ctx ctx;
    struct mb_err err = {0};
    mb_ctx_init(&ctx, argv[0], &interrupts);
    enum mb_status status = mb_cli_main(mb_commands, &ctx, argc, argv, &err);
    mb_errors_print(&ctx, &err);
    return (int)output_finish(&ctx, status);
}
