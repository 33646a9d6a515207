#include <string.h>

#include "cli/cli.h"
#include "cli/cli_text.h"

// Text inside a table cell or a paragraph: '|' would end a cell, '<' start HTML, '*' and
// '_' emphasis.
static void markdown_text(struct mb_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("|<*_", *c) != NULL) {
            mb_buf_append_char(out, '\\');
        }
        mb_buf_append_char(out, *c);
    }
}

static void option_row(struct mb_buf *out, const struct mb_opt *option)
{
    struct mb_buf names = {0};
    struct mb_buf limits = {0};
    mb_cli_text_names(&names, option);
    mb_cli_text_limits(&limits, option);
    mb_buf_print(out, "| `%s` | ", mb_buf_string(&names));
    markdown_text(out, option->help);
    if (limits.size > 0) {
        mb_buf_append_string(out, " (");
        markdown_text(out, limits.data);
        mb_buf_append_char(out, ')');
    }
    mb_buf_append_string(out, " |\n");
    mb_buf_release(&limits);
    mb_buf_release(&names);
}

// Paragraphs; those that start with two blanks become code.
static void paragraphs(struct mb_buf *out, const char *text)
{
    while (*text != '\0') {
        const char *gap = strstr(text, "\n\n");
        size_t length = gap != NULL ? (size_t)(gap - text) : strlen(text);
        struct mb_buf part = {0};
        mb_buf_append(&part, text, length);
        if (strncmp(text, "  ", 2) == 0) {
            mb_buf_print(out, "```\n%s\n```\n\n", mb_buf_string(&part));
        } else {
            markdown_text(out, mb_buf_string(&part));
            mb_buf_append_string(out, "\n\n");
        }
        mb_buf_release(&part);
        text += length;
        text += strspn(text, "\n");
    }
}

static void command_section(struct mb_buf *out, const struct mb_cmd *cmd)
{
    mb_buf_print(out, "## meshbench %s\n\n", cmd->name);
    markdown_text(out, cmd->summary);
    mb_buf_print(out, ".\n\n```\nmeshbench %s\n```\n\n", cmd->usage);
    paragraphs(out, cmd->description);
    const struct mb_opt *option = cmd->options;
    if (option != NULL && option->name != NULL) {
        mb_buf_append_string(out, "| option | meaning |\n|---|---|\n");
        for (; option->name != NULL; option++) {
            option_row(out, option);
        }
        mb_buf_append_char(out, '\n');
    }
    const struct mb_example *example = cmd->examples;
    for (; example != NULL && example->command != NULL; example++) {
        markdown_text(out, example->says);
        mb_buf_print(out, ":\n\n```\n%s\n```\n\n", example->command);
    }
}

void mb_cli_markdown(const struct mb_cmd *const *cmds, struct mb_buf *out)
{
    mb_buf_append_string(
        out, "<!-- Written by `make docs` from the command tables; edit those. -->\n"
             "# Commands\n\n| command | does |\n|---|---|\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        mb_buf_print(out, "| [`%s`](#meshbench-%s) | ", cmds[i]->name, cmds[i]->name);
        markdown_text(out, cmds[i]->summary);
        mb_buf_append_string(out, " |\n");
    }
    mb_buf_append_string(out, "\nEvery command has `-h, --help`.\n\n"
                              "| exit status | means |\n|---|---|\n");
    const struct mb_cli_text_status *row = mb_cli_text_statuses;
    for (; row->status != NULL; row++) {
        mb_buf_print(out, "| %s | %s |\n", row->status, row->meaning);
    }
    mb_buf_append_char(out, '\n');
    for (size_t i = 0; cmds[i] != NULL; i++) {
        command_section(out, cmds[i]);
    }
    // Sections end with an empty line; the page does not.
    out->size--;
    out->data[out->size] = '\0';
}
