#include "cli/cli_parse.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_text.h"

enum { NAMES_MAX = 64 }; // candidates for a hint; more options than any command has

// Where parsing stands.
struct parse {
    const struct mb_cmd *cmd;
    struct mb_arena *arena;
    char *const *next; // the next word; NULL at the end
    char *options;
    struct mb_args *args;
    size_t args_capacity;
    bool only_args; // "--" was seen
};

static const struct mb_opt *option_find(const struct mb_cmd *cmd, const char *name,
                                        size_t length)
{
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        if (strlen(option->name) == length && strncmp(option->name, name, length) == 0) {
            return option;
        }
    }
    return NULL;
}

static const struct mb_opt *letter_find(const struct mb_cmd *cmd, char letter)
{
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        if (option->letter == letter) {
            return option;
        }
    }
    return NULL;
}

static enum mb_status option_unknown(const struct mb_cmd *cmd, const char *name,
                                     size_t length, struct mb_err *err)
{
    char asked[64];
    (void)snprintf(asked, sizeof asked, "%.*s", length < 60 ? (int)length : 60, name);
    const char *names[NAMES_MAX + 1] = {"help"};
    size_t count = 1;
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL && count < NAMES_MAX; option++) {
        names[count++] = option->name;
    }
    const char *near = mb_units_nearest(asked, names);
    (void)mb_err_set(err, MB_USAGE, "unknown option '--%s'", asked);
    if (near != NULL) {
        mb_err_hint(err, "did you mean '--%s'?", near);
    }
    mb_err_hint(err, "'meshbench help %s' lists the options", cmd->name);
    return MB_USAGE;
}

// Stores a number in the field of its type.
static enum mb_status number_store(const struct mb_opt *option, const char *text,
                                   void *field, struct mb_err *err)
{
    bool limited = option->min != 0 || option->max != 0;
    enum mb_unit unit;
    int64_t value = 0;
    if (!mb_cli_text_unit(option->type, &unit)) {
        int64_t min = limited ? option->min : -MB_UNITS_SAFE_MAX;
        int64_t max = limited ? option->max : MB_UNITS_SAFE_MAX;
        if (mb_units_parse_int(text, min, max, &value, err) != MB_OK) {
            return MB_USAGE;
        }
    } else if (mb_units_parse(unit, text, &value, err) != MB_OK) {
        return MB_USAGE;
    }
    if (limited && (value < option->min || value > option->max)) {
        char low[32];
        char high[32];
        mb_cli_text_value(option->type, option->min, low, sizeof low);
        mb_cli_text_value(option->type, option->max, high, sizeof high);
        return mb_err_set(err, MB_USAGE, "'%.60s' is out of range (%s to %s)", text, low,
                          high);
    }
    memcpy(field, &value, sizeof value);
    return MB_OK;
}

static enum mb_status choice_store(const struct mb_opt *option, const char *text,
                                   void *field, struct mb_err *err)
{
    for (size_t i = 0; option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            memcpy(field, &option->choices[i], sizeof option->choices[i]);
            return MB_OK;
        }
    }
    struct mb_buf known = {0};
    struct mb_opt bare = {.choices = option->choices};
    mb_cli_text_limits(&known, &bare);
    const char *near = mb_units_nearest(text, option->choices);
    (void)mb_err_set(err, MB_USAGE, "'%.60s' is not %s", text, mb_buf_string(&known));
    if (near != NULL) {
        mb_err_hint(err, "did you mean '%s'?", near);
    }
    mb_buf_release(&known);
    return MB_USAGE;
}

enum mb_status mb_cli_parse_value(const struct mb_opt *option, struct mb_arena *arena,
                                  const char *text, void *field, struct mb_err *err)
{
    switch (option->type) {
    case MB_OPT_FLAG: {
        bool on = true;
        memcpy(field, &on, sizeof on);
        return MB_OK;
    }
    case MB_OPT_STRING:
        memcpy(field, &text, sizeof text);
        return MB_OK;
    case MB_OPT_STRINGS: {
        struct mb_opt_list *list = field;
        list->items = mb_arena_grow(arena, list->items, list->count, &list->capacity,
                                    sizeof *list->items);
        list->items[list->count++] = text;
        return MB_OK;
    }
    case MB_OPT_CHOICE:
        return choice_store(option, text, field, err);
    case MB_OPT_INT:
    case MB_OPT_DURATION:
    case MB_OPT_RATE:
    case MB_OPT_SIZE:
    case MB_OPT_SHARE:
        break;
    }
    return number_store(option, text, field, err);
}

static enum mb_status value_store(struct parse *parse, const struct mb_opt *option,
                                  const char *text, struct mb_err *err)
{
    enum mb_status status = mb_cli_parse_value(option, parse->arena, text,
                                               parse->options + option->offset, err);
    if (status != MB_OK) {
        mb_err_prepend(err, "--%s", option->name);
        err->code = MB_USAGE;
        return MB_USAGE;
    }
    return MB_OK;
}

// The value of an option: `attached` or the next word.
static enum mb_status value_take(struct parse *parse, const struct mb_opt *option,
                                 const char *attached, struct mb_err *err)
{
    if (attached == NULL) {
        if (*parse->next == NULL) {
            return mb_err_set(err, MB_USAGE, "--%s needs a value: %s", option->name,
                              option->argument);
        }
        attached = *parse->next++;
    }
    return value_store(parse, option, attached, err);
}

// "--name", "--name=value".
static enum mb_status long_parse(struct parse *parse, const char *name,
                                 struct mb_err *err)
{
    size_t length = strcspn(name, "=");
    const struct mb_opt *option = option_find(parse->cmd, name, length);
    if (option == NULL) {
        return option_unknown(parse->cmd, name, length, err);
    }
    const char *attached = name[length] == '=' ? name + length + 1 : NULL;
    if (option->type != MB_OPT_FLAG) {
        return value_take(parse, option, attached, err);
    }
    if (attached != NULL) {
        return mb_err_set(err, MB_USAGE, "--%s takes no value", option->name);
    }
    return value_store(parse, option, NULL, err);
}

// "-q", "-nVALUE", "-n VALUE", "-qn VALUE".
static enum mb_status letters_parse(struct parse *parse, const char *letters,
                                    struct mb_err *err)
{
    for (const char *c = letters; *c != '\0'; c++) {
        const struct mb_opt *option = letter_find(parse->cmd, *c);
        if (option == NULL) {
            (void)mb_err_set(err, MB_USAGE, "unknown option '-%.40s'", c);
            mb_err_hint(err, "'meshbench help %s' lists the options", parse->cmd->name);
            return MB_USAGE;
        }
        if (option->type != MB_OPT_FLAG) {
            return value_take(parse, option, c[1] != '\0' ? c + 1 : NULL, err);
        }
        (void)value_store(parse, option, NULL, err);
    }
    return MB_OK;
}

static void arg_add(struct parse *parse, const char *word)
{
    struct mb_args *args = parse->args;
    args->items = mb_arena_grow(parse->arena, args->items, args->count,
                                &parse->args_capacity, sizeof *args->items);
    args->items[args->count++] = word;
}

static enum mb_status word_parse(struct parse *parse, const char *word,
                                 struct mb_err *err)
{
    if (!parse->only_args && strcmp(word, "--") == 0) {
        parse->only_args = true;
        return MB_OK;
    }
    if (parse->only_args || word[0] != '-' || word[1] == '\0') {
        arg_add(parse, word);
        return MB_OK;
    }
    return word[1] == '-' ? long_parse(parse, word + 2, err)
                          : letters_parse(parse, word + 1, err);
}

static enum mb_status args_check(const struct mb_cmd *cmd, const struct mb_args *args,
                                 struct mb_err *err)
{
    if (args->count < cmd->args_min || args->count > cmd->args_max) {
        bool few = args->count < cmd->args_min;
        if (few) {
            (void)mb_err_set(err, MB_USAGE, "'%s' lacks an argument", cmd->name);
        } else {
            (void)mb_err_set(err, MB_USAGE, "'%s' takes no argument '%.200s'", cmd->name,
                             args->items[cmd->args_max]);
        }
        mb_err_hint(err, "usage: meshbench %s", cmd->usage);
        return MB_USAGE;
    }
    if (cmd->words != NULL && args->count > 0) {
        struct mb_opt choice = {.type = MB_OPT_CHOICE, .choices = cmd->words};
        const char *word = NULL;
        if (choice_store(&choice, args->items[0], &word, err) != MB_OK) {
            mb_err_prepend(err, "%s", cmd->name);
            return MB_USAGE;
        }
    }
    return MB_OK;
}

enum mb_status mb_cli_parse(const struct mb_cmd *cmd, struct mb_arena *arena,
                            char *const *argv, void *options, struct mb_args *args,
                            struct mb_err *err)
{
    *args = (struct mb_args){0};
    struct parse parse = {
        .cmd = cmd, .arena = arena, .next = argv, .options = options, .args = args};
    if (cmd->options_size > 0) {
        memset(options, 0, cmd->options_size);
    }
    const struct mb_opt *option = cmd->options;
    for (; option != NULL && option->name != NULL; option++) {
        if (option->fallback != NULL) {
            enum mb_status status = value_store(&parse, option, option->fallback, err);
            assert(status == MB_OK); // mb_cli_check has parsed it
            (void)status;
        }
    }
    while (*parse.next != NULL) {
        const char *word = *parse.next++;
        enum mb_status status = word_parse(&parse, word, err);
        if (status != MB_OK) {
            return status;
        }
    }
    return args_check(cmd, args, err);
}
