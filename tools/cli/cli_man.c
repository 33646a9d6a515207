#include <string.h>

#include "cli/cli.h"
#include "cli/cli_text.h"

// Text as roff: what would be a request or an escape is made harmless.
static void roff_text(struct mb_buf *out, const char *text)
{
    bool line_start = true;
    for (const char *c = text; *c != '\0'; c++) {
        if (line_start && (*c == '.' || *c == '\'')) {
            mb_buf_append_string(out, "\\&");
        }
        if (*c == '\\') {
            mb_buf_append_string(out, "\\e");
        } else if (*c == '-') {
            mb_buf_append_string(out, "\\-");
        } else {
            mb_buf_append_char(out, *c);
        }
        line_start = *c == '\n';
    }
}

// Paragraphs; those that start with two blanks are kept as they are.
static void roff_paragraphs(struct mb_buf *out, const char *text)
{
    while (*text != '\0') {
        const char *gap = strstr(text, "\n\n");
        size_t length = gap != NULL ? (size_t)(gap - text) : strlen(text);
        bool kept = strncmp(text, "  ", 2) == 0;
        struct mb_buf part = {0};
        mb_buf_append(&part, text, length);
        mb_buf_append_string(out, kept ? ".PP\n.EX\n" : ".PP\n");
        roff_text(out, mb_buf_string(&part));
        mb_buf_append_string(out, kept ? "\n.EE\n" : "\n");
        mb_buf_release(&part);
        text += length;
        text += strspn(text, "\n");
    }
}

// Appends one line of roff text after a request that the caller has written.
static void roff_line(struct mb_buf *out, const char *text)
{
    roff_text(out, text);
    mb_buf_append_char(out, '\n');
}

static void header(struct mb_buf *out, const char *title, const char *version)
{
    mb_buf_print(out, ".TH \"%s\" 1 \"\" \"meshbench %s\" \"meshbench\"\n", title,
                 version);
}

static void exit_status(struct mb_buf *out)
{
    mb_buf_append_string(out, ".SH EXIT STATUS\n");
    const struct mb_cli_text_status *row = mb_cli_text_statuses;
    for (; row->status != NULL; row++) {
        mb_buf_print(out, ".TP\n%s\n", row->status);
        roff_line(out, row->meaning);
    }
}

static void option_man(struct mb_buf *out, const struct mb_opt *option)
{
    mb_buf_append_string(out, ".TP\n.B ");
    struct mb_buf names = {0};
    mb_cli_text_names(&names, option);
    roff_line(out, mb_buf_string(&names));
    mb_buf_release(&names);
    struct mb_buf limits = {0};
    mb_cli_text_limits(&limits, option);
    roff_text(out, option->help);
    if (limits.size > 0) {
        mb_buf_append_string(out, " (");
        roff_text(out, limits.data);
        mb_buf_append_char(out, ')');
    }
    mb_buf_append_char(out, '\n');
    mb_buf_release(&limits);
}

static void command_man(const struct mb_cmd *cmd, const char *version, struct mb_buf *out)
{
    struct mb_buf title = {0};
    mb_buf_print(&title, "meshbench-%s", cmd->name);
    header(out, title.data, version);
    mb_buf_append_string(out, ".SH NAME\n");
    roff_text(out, title.data);
    mb_buf_append_string(out, " \\- ");
    roff_line(out, cmd->summary);
    mb_buf_append_string(out, ".SH SYNOPSIS\n.B meshbench\n");
    roff_line(out, cmd->usage);
    mb_buf_append_string(out, ".SH DESCRIPTION\n");
    roff_paragraphs(out, cmd->description);
    mb_buf_append_string(out, ".SH OPTIONS\n");
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        option_man(out, option);
    }
    const struct mb_opt help = {.name = "help", .letter = 'h', .help = "print a summary"};
    option_man(out, &help);
    const struct mb_example *example = cmd->examples;
    if (example != NULL && example->command != NULL) {
        mb_buf_append_string(out, ".SH EXAMPLES\n");
    }
    for (; example != NULL && example->command != NULL; example++) {
        mb_buf_append_string(out, ".TP\n.B ");
        roff_line(out, example->command);
        roff_line(out, example->says);
    }
    exit_status(out);
    mb_buf_append_string(out, ".SH SEE ALSO\n.BR meshbench (1)\n");
    mb_buf_release(&title);
}

static void program_man(const struct mb_cmd *const *cmds, const char *version,
                        struct mb_buf *out)
{
    header(out, "meshbench", version);
    mb_buf_append_string(out, ".SH NAME\nmeshbench \\- " MB_CLI_TEXT_SAYS
                              "\n.SH SYNOPSIS\n.B meshbench\n"
                              "COMMAND [ARGUMENTS] [OPTIONS]\n.SH COMMANDS\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        if (!mb_cli_text_opens_group(cmds, i)) {
            continue;
        }
        mb_buf_print(out, ".SS %s\n", cmds[i]->group);
        for (size_t j = i; cmds[j] != NULL; j++) {
            if (strcmp(cmds[j]->group, cmds[i]->group) == 0) {
                mb_buf_append_string(out, ".TP\n.BR meshbench\\-");
                roff_text(out, cmds[j]->name);
                mb_buf_append_string(out, " (1)\n");
                roff_line(out, cmds[j]->summary);
            }
        }
    }
    exit_status(out);
    mb_buf_append_string(out, ".SH ENVIRONMENT\n.TP\nNO_COLOR\n"
                              "When set and not empty, output carries no colour.\n");
}

void mb_cli_man(const struct mb_cmd *const *cmds, const struct mb_cmd *cmd,
                const char *version, struct mb_buf *out)
{
    if (cmd != NULL) {
        command_man(cmd, version, out);
    } else {
        program_man(cmds, version, out);
    }
}
