#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_parse.h"

// Any field that an option may fill.
union field {
    bool flag;
    int64_t number;
    const char *string;
    struct mb_opt_list list;
};

static size_t field_size(enum mb_opt_type type)
{
    switch (type) {
    case MB_OPT_FLAG:
        return sizeof(bool);
    case MB_OPT_STRING:
    case MB_OPT_CHOICE:
        return sizeof(const char *);
    case MB_OPT_STRINGS:
        return sizeof(struct mb_opt_list);
    case MB_OPT_INT:
    case MB_OPT_DURATION:
    case MB_OPT_RATE:
    case MB_OPT_SIZE:
    case MB_OPT_SHARE:
        break;
    }
    return sizeof(int64_t);
}

static bool is_number(enum mb_opt_type type)
{
    return type != MB_OPT_FLAG && type != MB_OPT_STRING && type != MB_OPT_STRINGS &&
           type != MB_OPT_CHOICE;
}

static bool name_good(const char *name)
{
    return name != NULL && islower((unsigned char)name[0]) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

// A sentence without its full stop.
static bool sentence_good(const char *text)
{
    return text != NULL && text[0] != '\0' && text[strlen(text) - 1] != '.';
}

// What is wrong with the row itself; NULL: nothing.
static const char *row_fault(const struct mb_opt *option)
{
    if (!name_good(option->name) || strcmp(option->name, "help") == 0) {
        return "its name is not lower case, digits and '-', or is 'help'";
    }
    if (option->letter == 'h' ||
        (option->letter != '\0' && !isalnum((unsigned char)option->letter))) {
        return "its letter is 'h', or neither letter nor digit";
    }
    if (!sentence_good(option->help)) {
        return "its help is missing or ends with a full stop";
    }
    if ((option->type == MB_OPT_FLAG) != (option->argument == NULL)) {
        return "flags have no argument name, all others have one";
    }
    if ((option->type == MB_OPT_CHOICE) !=
        (option->choices != NULL && option->choices[0] != NULL)) {
        return "choices belong to options of type choice, and only to them";
    }
    if (option->min > option->max) {
        return "its smallest value is above its largest";
    }
    if ((option->min != 0 || option->max != 0) && !is_number(option->type)) {
        return "only numbers have a range";
    }
    if (option->fallback != NULL &&
        (option->type == MB_OPT_FLAG || option->type == MB_OPT_STRINGS)) {
        return "flags and lists start empty: it cannot have a default";
    }
    return NULL;
}

// What is wrong between it and the rows before it; NULL: nothing.
static const char *row_clash(const struct mb_cmd *cmd, const struct mb_opt *option)
{
    size_t size = field_size(option->type);
    if (option->offset > cmd->options_size || size > cmd->options_size - option->offset) {
        return "its field lies outside the option struct";
    }
    for (const struct mb_opt *other = cmd->options; other < option; other++) {
        if (strcmp(other->name, option->name) == 0) {
            return "its name is taken";
        }
        if (option->letter != '\0' && other->letter == option->letter) {
            return "its letter is taken";
        }
        if (option->offset < other->offset + field_size(other->type) &&
            other->offset < option->offset + size) {
            return "its field is another option's";
        }
    }
    return NULL;
}

static enum mb_status option_check(const struct mb_cmd *cmd, const struct mb_opt *option,
                                   struct mb_err *err)
{
    const char *fault = row_fault(option);
    fault = fault != NULL ? fault : row_clash(cmd, option);
    if (fault != NULL) {
        return mb_err_set(err, MB_BUG, "bad option '--%s' of '%s': %s", option->name,
                          cmd->name, fault);
    }
    if (option->fallback != NULL) {
        union field field = {0};
        struct mb_err why = {0};
        if (mb_cli_parse_value(option, NULL, option->fallback, &field, &why) != MB_OK) {
            return mb_err_set(err, MB_BUG, "bad option '--%s' of '%s': default: %s",
                              option->name, cmd->name, why.message);
        }
    }
    return MB_OK;
}

// What is wrong with a command apart from its options; NULL: nothing.
static const char *command_fault(const struct mb_cmd *cmd)
{
    size_t length = strlen(cmd->name);
    if (!name_good(cmd->name)) {
        return "its name is not lower case, digits and '-'";
    }
    if (cmd->group == NULL || cmd->group[0] == '\0') {
        return "it belongs to no group";
    }
    if (!sentence_good(cmd->summary)) {
        return "its summary is missing or ends with a full stop";
    }
    if (cmd->usage == NULL || strncmp(cmd->usage, cmd->name, length) != 0 ||
        (cmd->usage[length] != '\0' && cmd->usage[length] != ' ')) {
        return "its usage does not start with its name";
    }
    if (cmd->description == NULL || cmd->description[0] == '\0') {
        return "its description is missing";
    }
    if (cmd->args_min > cmd->args_max || (cmd->words != NULL && cmd->args_max == 0)) {
        return "it takes fewer arguments than it needs";
    }
    if (cmd->run == NULL) {
        return "it does nothing";
    }
    for (const struct mb_example *e = cmd->examples; e != NULL && e->command != NULL;
         e++) {
        if (strncmp(e->command, "meshbench ", 10) != 0 || !sentence_good(e->says)) {
            return "an example does not start with 'meshbench', or says nothing";
        }
    }
    return NULL;
}

enum mb_status mb_cli_check(const struct mb_cmd *const *cmds, struct mb_err *err)
{
    for (size_t i = 0; cmds[i] != NULL; i++) {
        const char *fault = command_fault(cmds[i]);
        for (size_t j = 0; j < i && fault == NULL; j++) {
            fault =
                strcmp(cmds[i]->name, cmds[j]->name) == 0 ? "its name is taken" : NULL;
        }
        if (fault != NULL) {
            return mb_err_set(err, MB_BUG, "bad command '%s': %s", cmds[i]->name, fault);
        }
        const struct mb_opt *option = cmds[i]->options;
        for (; option != NULL && option->name != NULL; option++) {
            enum mb_status status = option_check(cmds[i], option, err);
            if (status != MB_OK) {
                return status;
            }
        }
    }
    return MB_OK;
}
