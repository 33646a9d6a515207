#include "base/buf.h"
#include "meshbench/commands.h"

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

static const struct mb_example examples[] = {
    {"meshbench completion bash > ~/.local/share/bash-completion/completions/meshbench",
     "completion in every new bash"},
    {"meshbench completion zsh > ~/.zfunc/_meshbench",
     "the same for zsh, where ~/.zfunc is in fpath"},
    {"meshbench completion fish > ~/.config/fish/completions/meshbench.fish",
     "the same for fish"},
    {.command = NULL},
};

static enum mb_status completion_run(struct mb_ctx *ctx, const void *options,
                                     const struct mb_args *args, struct mb_err *err)
{
    (void)options;
    struct mb_buf text = {0};
    enum mb_status status = mb_cli_completion(mb_commands, args->items[0], &text, err);
    (void)fputs(mb_buf_string(&text), ctx->out);
    mb_buf_release(&text);
    return status;
}

const struct mb_cmd mb_cmd_completion = {
    .name = "completion",
    .group = "More",
    .summary = "print completion for a shell",
    .usage = "completion bash|zsh|fish",
    .description = "Prints a script that teaches the shell to complete commands, options "
                   "and choices. 'make install' puts all three in their places.",
    .args_min = 1,
    .args_max = 1,
    .words = shells,
    .examples = examples,
    .run = completion_run,
};
