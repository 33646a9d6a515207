#include <string.h>

#include "cli/cli.h"
#include "cli/cli_text.h"

enum {
    WIDTH_MIN = 40,
    WIDTH_MAX = 100, // longer lines read badly
    LABEL_MAX = 26   // wider option names get a line of their own
};

static size_t width_usable(int width)
{
    size_t columns = width < WIDTH_MIN ? WIDTH_MIN : (size_t)width;
    return columns > WIDTH_MAX ? WIDTH_MAX : columns;
}

static void command_line(struct mb_buf *out, const struct mb_cmd *cmd, size_t column,
                         size_t width)
{
    mb_buf_print(out, "  %s", cmd->name);
    mb_cli_text_pad(out, column - 2 - strlen(cmd->name));
    mb_cli_text_wrap(out, cmd->summary, column, column, width);
}

void mb_cli_help(const struct mb_cmd *const *cmds, int width, struct mb_buf *out)
{
    size_t columns = width_usable(width);
    size_t column = 0;
    for (size_t i = 0; cmds[i] != NULL; i++) {
        size_t needed = strlen(cmds[i]->name) + 4;
        column = needed > column ? needed : column;
    }
    mb_buf_append_string(out, "meshbench: " MB_CLI_TEXT_SAYS "\n"
                              "usage: meshbench COMMAND [ARGUMENTS] [OPTIONS]\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        if (!mb_cli_text_opens_group(cmds, i)) {
            continue;
        }
        mb_buf_print(out, "\n%s\n", cmds[i]->group);
        for (size_t j = i; cmds[j] != NULL; j++) {
            if (strcmp(cmds[j]->group, cmds[i]->group) == 0) {
                command_line(out, cmds[j], column, columns);
            }
        }
    }
    mb_buf_append_string(out, "\n'meshbench help COMMAND' explains one command; "
                              "'meshbench --version' names this one.\n");
}

// Two columns: names, and what they mean.
static void option_print(struct mb_buf *out, const struct mb_opt *option, size_t width)
{
    size_t start = out->size;
    mb_cli_text_pad(out, option->letter == '\0' ? 6 : 2);
    mb_cli_text_names(out, option);
    size_t column = mb_cli_text_width(out->data + start);
    size_t indent = LABEL_MAX + 2;
    if (column > LABEL_MAX) {
        mb_buf_append_char(out, '\n');
        column = 0;
    }
    struct mb_buf text = {0};
    mb_buf_append_string(&text, option->help);
    struct mb_buf limits = {0};
    mb_cli_text_limits(&limits, option);
    if (limits.size > 0) {
        mb_buf_print(&text, " (%s)", limits.data);
    }
    mb_cli_text_wrap(out, mb_buf_string(&text), column, indent, width);
    mb_buf_release(&limits);
    mb_buf_release(&text);
}

void mb_cli_help_command(const struct mb_cmd *cmd, int width, struct mb_buf *out)
{
    size_t columns = width_usable(width);
    mb_buf_print(out, "meshbench %s: %s\nusage: meshbench %s\n\n", cmd->name,
                 cmd->summary, cmd->usage);
    mb_cli_text_wrap(out, cmd->description, 0, 0, columns);
    mb_buf_append_string(out, "\nOptions\n");
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        option_print(out, option, columns);
    }
    const struct mb_opt help = {.name = "help", .letter = 'h', .help = "print this"};
    option_print(out, &help, columns);
    const struct mb_example *example = cmd->examples;
    if (example != NULL && example->command != NULL) {
        mb_buf_append_string(out, "\nExamples\n");
    }
    for (; example != NULL && example->command != NULL; example++) {
        mb_buf_print(out, "  %s\n", example->command);
        mb_cli_text_wrap(out, example->says, 0, 6, columns);
    }
}
