#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "meshbench/commands.h"

struct options {
    const char *format;
};

static const char *const formats[] = {"text", "man", "markdown", NULL};

static const struct mb_opt rows[] = {
    {.name = "format",
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "what to print: plain text, a manual page, or the whole reference"},
    {.name = NULL},
};

static const struct mb_example examples[] = {
    {"meshbench help run", "what 'run' does and which options it has"},
    {"meshbench help --format man run | man -l -", "the same as a manual page"},
    {.command = NULL},
};

static enum mb_status help_run(struct mb_ctx *ctx, const void *options,
                               const struct mb_args *args, struct mb_err *err)
{
    const struct options *o = options;
    const struct mb_cmd *cmd = NULL;
    if (args->count > 0) {
        cmd = mb_cli_find(mb_commands, args->items[0]);
        if (cmd == NULL) {
            return mb_cli_unknown(mb_commands, args->items[0], err);
        }
    }
    struct mb_buf text = {0};
    if (strcmp(o->format, "man") == 0) {
        mb_cli_man(mb_commands, cmd, MB_VERSION, &text);
    } else if (strcmp(o->format, "markdown") == 0) {
        mb_cli_markdown(mb_commands, &text);
    } else if (cmd != NULL) {
        mb_cli_help_command(cmd, ctx->width, &text);
    } else {
        mb_cli_help(mb_commands, ctx->width, &text);
    }
    (void)fputs(mb_buf_string(&text), ctx->out);
    mb_buf_release(&text);
    return MB_OK;
}

const struct mb_cmd mb_cmd_help = {
    .name = "help",
    .group = "More",
    .summary = "explain a command",
    .usage = "help [COMMAND] [--format FORMAT]",
    .description = "Prints the list of commands, or what one of them does, its options "
                   "and examples. Manual pages and the reference in docs/ come from the "
                   "same tables.",
    .options = rows,
    .options_size = sizeof(struct options),
    .args_max = 1,
    .examples = examples,
    .run = help_run,
};
