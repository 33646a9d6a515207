#include <string.h>

#include "cli/cli.h"

enum { COMMANDS_MAX = 64 }; // candidates for a hint

const struct mb_cmd *mb_cli_find(const struct mb_cmd *const *cmds, const char *name)
{
    for (size_t i = 0; cmds[i] != NULL; i++) {
        if (strcmp(cmds[i]->name, name) == 0) {
            return cmds[i];
        }
    }
    return NULL;
}

enum mb_status mb_cli_unknown(const struct mb_cmd *const *cmds, const char *name,
                              struct mb_err *err)
{
    const char *names[COMMANDS_MAX + 1] = {NULL};
    for (size_t i = 0; cmds[i] != NULL && i < COMMANDS_MAX; i++) {
        names[i] = cmds[i]->name;
    }
    (void)mb_err_set(err, MB_USAGE, "unknown command '%.60s'", name);
    const char *near = mb_units_nearest(name, names);
    if (near != NULL) {
        mb_err_hint(err, "did you mean 'meshbench %s'?", near);
    }
    mb_err_hint(err, "'meshbench help' lists the commands");
    return MB_USAGE;
}

// True when help is asked for before any "--".
static bool wants_help(char *const *argv)
{
    for (int i = 0; argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

static void buffer_print(struct mb_ctx *ctx, struct mb_buf *text)
{
    (void)fputs(mb_buf_string(text), ctx->out);
    mb_buf_release(text);
}

static enum mb_status command_run(const struct mb_cmd *cmd, struct mb_ctx *ctx,
                                  char *const *argv, struct mb_err *err)
{
    if (wants_help(argv)) {
        struct mb_buf text = {0};
        mb_cli_help_command(cmd, ctx->width, &text);
        buffer_print(ctx, &text);
        return MB_OK;
    }
    struct mb_arena arena = {0};
    struct mb_args args;
    void *options =
        mb_arena_alloc(&arena, 1, cmd->options_size > 0 ? cmd->options_size : 1);
    enum mb_status status = mb_cli_parse(cmd, &arena, argv, options, &args, err);
    if (status == MB_OK) {
        status = cmd->run(ctx, options, &args, err);
    }
    mb_arena_release(&arena);
    return status;
}

enum mb_status mb_cli_main(const struct mb_cmd *const *cmds, struct mb_ctx *ctx, int argc,
                           char *const *argv, struct mb_err *err)
{
    // Some microseconds: cheap enough to do each time.
    enum mb_status status = mb_cli_check(cmds, err);
    if (status != MB_OK) {
        return status;
    }
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        struct mb_buf text = {0};
        mb_cli_help(cmds, ctx->width, &text);
        buffer_print(ctx, &text);
        return argc > 1 ? MB_OK : MB_USAGE;
    }
    if (strcmp(name, "--version") == 0) {
        (void)fputs("meshbench " MB_VERSION "\n", ctx->out);
        return MB_OK;
    }
    const struct mb_cmd *cmd = mb_cli_find(cmds, name);
    if (cmd == NULL) {
        return mb_cli_unknown(cmds, name, err);
    }
    return command_run(cmd, ctx, argv + 2, err);
}
