// meshbench: lists the commands, runs one, prints its error. No more.
#include <signal.h>
#include <stdio.h>

#include "base/ctx.h"
#include "base/err.h"
#include "cli/cli.h"
#include "meshbench/commands.h"

// Commands in the order of `meshbench help`, group by group.
const struct mb_cmd *const mb_commands[] = {
    // Specify
    &mb_cmd_init,
    &mb_cmd_validate,
    &mb_cmd_explain,
    // Measure
    &mb_cmd_run,
    &mb_cmd_load,
    &mb_cmd_app,
    &mb_cmd_mesh,
    &mb_cmd_env,
    // Understand
    &mb_cmd_show,
    &mb_cmd_verify,
    &mb_cmd_compare,
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

static void error_print(const struct mb_ctx *ctx, const struct mb_err *err)
{
    if (err->message[0] == '\0') {
        return;
    }
    if (err->file[0] != '\0' && err->line > 0) {
        (void)fprintf(ctx->err, "%s:%d:%d: error: %s\n", err->file, err->line,
                      err->column, err->message);
    } else if (err->file[0] != '\0') {
        (void)fprintf(ctx->err, "meshbench: %s: %s\n", err->file, err->message);
    } else {
        (void)fprintf(ctx->err, "meshbench: %s\n", err->message);
    }
    if (err->hint[0] != '\0') {
        (void)fprintf(ctx->err, "  hint: %s\n", err->hint);
    }
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    struct mb_ctx ctx;
    struct mb_err err = {0};
    mb_ctx_init(&ctx, argv[0], &interrupts);
    enum mb_status status = mb_cli_main(mb_commands, &ctx, argc, argv, &err);
    error_print(&ctx, &err);
    if (fflush(ctx.out) != 0 && status == MB_OK) {
        (void)fprintf(ctx.err, "meshbench: cannot write to standard output\n");
        status = MB_FAILED;
    }
    return (int)status;
}
