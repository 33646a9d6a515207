#include <string.h>

#include "cli/cli.h"
#include "cli/cli_text.h"

// Inside single quotes of a shell: a quote ends them, is escaped, and starts them again.
static void quoted(struct mb_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'') {
            mb_buf_append_string(out, "'\\''");
        } else {
            mb_buf_append_char(out, *c);
        }
    }
}

static void words(struct mb_buf *out, const char *const *list)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        mb_buf_print(out, "%s%s", i > 0 ? " " : "", list[i]);
    }
}

static void command_names(struct mb_buf *out, const struct mb_cmd *const *cmds)
{
    for (size_t i = 0; cmds[i] != NULL; i++) {
        mb_buf_print(out, "%s%s", i > 0 ? " " : "", cmds[i]->name);
    }
}

// The names of a command's options, blank-separated; letters too when `letters`.
static void option_names(struct mb_buf *out, const struct mb_cmd *cmd)
{
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        mb_buf_print(out, "--%s ", option->name);
        if (option->letter != '\0') {
            mb_buf_print(out, "-%c ", option->letter);
        }
    }
    mb_buf_append_string(out, "--help");
}

// True when the value of an option names something in the file system.
static bool takes_path(const struct mb_opt *option)
{
    static const char *const names[] = {"FILE", "FOLDER", "RESULT", "SPEC"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (option->argument != NULL && strcmp(option->argument, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

// "PREFIX--name | PREFIX-n" as a case pattern.
static void bash_pattern(struct mb_buf *out, const struct mb_cmd *cmd,
                         const struct mb_opt *option)
{
    mb_buf_print(out, "    '%s --%s'", cmd->name, option->name);
    if (option->letter != '\0') {
        mb_buf_print(out, "|'%s -%c'", cmd->name, option->letter);
    }
    mb_buf_append_string(out, ")\n");
}

static void bash_values(struct mb_buf *out, const struct mb_cmd *cmd)
{
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        if (option->type == MB_OPT_CHOICE) {
            bash_pattern(out, cmd, option);
            mb_buf_append_string(out, "        mapfile -t COMPREPLY < <(compgen -W '");
            words(out, option->choices);
            mb_buf_append_string(out, "' -- \"$word\")\n        return ;;\n");
        } else if (option->argument != NULL && !takes_path(option)) {
            bash_pattern(out, cmd, option);
            mb_buf_append_string(out, "        return ;;\n");
        }
    }
}

static void bash_write(const struct mb_cmd *const *cmds, struct mb_buf *out)
{
    mb_buf_append_string(
        out, "# bash completion for meshbench\n"
             "_meshbench() {\n"
             "    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n"
             "    local before=${COMP_WORDS[COMP_CWORD - 1]} options='' first=''\n"
             "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
             "        mapfile -t COMPREPLY < <(compgen -W '");
    command_names(out, cmds);
    mb_buf_append_string(out, " --help --version' -- \"$word\")\n"
                              "        return\n"
                              "    fi\n"
                              "    case \"$command $before\" in\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        bash_values(out, cmds[i]);
    }
    mb_buf_append_string(out, "    esac\n"
                              "    case $command in\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        mb_buf_print(out, "    %s) options='", cmds[i]->name);
        option_names(out, cmds[i]);
        mb_buf_append_char(out, '\'');
        if (cmds[i]->words != NULL) {
            mb_buf_append_string(out, " first='");
            words(out, cmds[i]->words);
            mb_buf_append_char(out, '\'');
        } else if (strcmp(cmds[i]->name, "help") == 0) {
            mb_buf_append_string(out, " first='");
            command_names(out, cmds);
            mb_buf_append_char(out, '\'');
        }
        mb_buf_append_string(out, " ;;\n");
    }
    mb_buf_append_string(
        out, "    esac\n"
             "    if [[ $word == -* ]]; then\n"
             "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
             "    elif [ \"$COMP_CWORD\" -eq 2 ] && [ -n \"$first\" ]; then\n"
             "        mapfile -t COMPREPLY < <(compgen -W \"$first\" -- \"$word\")\n"
             "    else\n"
             "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
             "    fi\n"
             "}\n"
             "complete -o filenames -F _meshbench meshbench\n");
}

// Text inside what _arguments splits at brackets and colons.
static void zsh_text(struct mb_buf *out, const char *text)
{
    struct mb_buf escaped = {0};
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("[]:\\", *c) != NULL) {
            mb_buf_append_char(&escaped, '\\');
        }
        mb_buf_append_char(&escaped, *c);
    }
    quoted(out, mb_buf_string(&escaped));
    mb_buf_release(&escaped);
}

// One option as _arguments wants it: ''{-o,--out}'[help]:FILE:_files'.
static void zsh_option(struct mb_buf *out, const struct mb_opt *option)
{
    mb_buf_append_string(out, " \\\n            '");
    mb_buf_append_string(out, option->type == MB_OPT_STRINGS ? "*" : "");
    if (option->letter != '\0') {
        mb_buf_print(out, "'{-%c,--%s}'", option->letter, option->name);
    } else {
        mb_buf_print(out, "--%s", option->name);
    }
    mb_buf_append_char(out, '[');
    zsh_text(out, option->help);
    mb_buf_append_char(out, ']');
    if (option->argument != NULL) {
        mb_buf_append_char(out, ':');
        zsh_text(out, option->argument);
        mb_buf_append_char(out, ':');
    }
    if (option->type == MB_OPT_CHOICE) {
        mb_buf_append_char(out, '(');
        words(out, option->choices);
        mb_buf_append_char(out, ')');
    } else if (takes_path(option)) {
        mb_buf_append_string(out, "_files");
    }
    mb_buf_append_char(out, '\'');
}

static void zsh_command(struct mb_buf *out, const struct mb_cmd *const *cmds,
                        const struct mb_cmd *cmd)
{
    mb_buf_print(out, "    %s)\n        _arguments", cmd->name);
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        zsh_option(out, option);
    }
    if (cmd->words != NULL || strcmp(cmd->name, "help") == 0) {
        mb_buf_append_string(out, " \\\n            '1:word:(");
        if (cmd->words != NULL) {
            words(out, cmd->words);
        } else {
            command_names(out, cmds);
        }
        mb_buf_append_string(out, ")'");
    }
    mb_buf_append_string(out, " \\\n            '*:file:_files'\n        ;;\n");
}

static void zsh_write(const struct mb_cmd *const *cmds, struct mb_buf *out)
{
    mb_buf_append_string(out, "#compdef meshbench\n"
                              "# zsh completion for meshbench\n"
                              "_meshbench() {\n"
                              "    local -a commands=(\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        mb_buf_print(out, "        '%s:", cmds[i]->name);
        quoted(out, cmds[i]->summary);
        mb_buf_append_string(out, "'\n");
    }
    mb_buf_append_string(out, "    )\n"
                              "    if (( CURRENT == 2 )); then\n"
                              "        _describe command commands\n"
                              "        return\n"
                              "    fi\n"
                              "    shift words\n"
                              "    (( CURRENT-- ))\n"
                              "    case $words[1] in\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        zsh_command(out, cmds, cmds[i]);
    }
    mb_buf_append_string(out, "    esac\n"
                              "}\n"
                              "_meshbench \"$@\"\n");
}

static void fish_option(struct mb_buf *out, const struct mb_cmd *cmd,
                        const struct mb_opt *option)
{
    mb_buf_print(out, "complete -c meshbench -n '__fish_seen_subcommand_from %s' -l %s",
                 cmd->name, option->name);
    if (option->letter != '\0') {
        mb_buf_print(out, " -s %c", option->letter);
    }
    if (option->type == MB_OPT_CHOICE) {
        mb_buf_append_string(out, " -x -a '");
        words(out, option->choices);
        mb_buf_append_char(out, '\'');
    } else if (option->argument != NULL) {
        mb_buf_append_string(out, takes_path(option) ? " -r" : " -x");
    }
    mb_buf_append_string(out, " -d '");
    // Fish escapes a quote inside quotes by a backslash.
    for (const char *c = option->help; *c != '\0'; c++) {
        mb_buf_append_string(out, *c == '\'' || *c == '\\' ? "\\" : "");
        mb_buf_append_char(out, *c);
    }
    mb_buf_append_string(out, "'\n");
}

static void fish_write(const struct mb_cmd *const *cmds, struct mb_buf *out)
{
    mb_buf_append_string(out, "# fish completion for meshbench\n");
    for (size_t i = 0; cmds[i] != NULL; i++) {
        mb_buf_print(out, "complete -c meshbench -n __fish_use_subcommand -f -a %s -d '",
                     cmds[i]->name);
        for (const char *c = cmds[i]->summary; *c != '\0'; c++) {
            mb_buf_append_string(out, *c == '\'' || *c == '\\' ? "\\" : "");
            mb_buf_append_char(out, *c);
        }
        mb_buf_append_string(out, "'\n");
    }
    for (size_t i = 0; cmds[i] != NULL; i++) {
        const struct mb_opt *option = cmds[i]->options;
        for (; option != NULL && option->name != NULL; option++) {
            fish_option(out, cmds[i], option);
        }
        if (cmds[i]->words != NULL || strcmp(cmds[i]->name, "help") == 0) {
            mb_buf_print(out,
                         "complete -c meshbench -n '__fish_seen_subcommand_from %s' "
                         "-f -a '",
                         cmds[i]->name);
            if (cmds[i]->words != NULL) {
                words(out, cmds[i]->words);
            } else {
                command_names(out, cmds);
            }
            mb_buf_append_string(out, "'\n");
        }
    }
}

enum mb_status mb_cli_completion(const struct mb_cmd *const *cmds, const char *shell,
                                 struct mb_buf *out, struct mb_err *err)
{
    static const struct {
        const char *shell;
        void (*write)(const struct mb_cmd *const *cmds, struct mb_buf *out);
    } shells[] = {{"bash", bash_write}, {"zsh", zsh_write}, {"fish", fish_write}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].shell, shell) == 0) {
            shells[i].write(cmds, out);
            return MB_OK;
        }
    }
    return mb_err_set(err, MB_USAGE, "no completion for shell '%.60s' (bash, zsh, fish)",
                      shell);
}
