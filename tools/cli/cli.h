// The command line as tables: a command is one const descriptor, an option one row. Help,
// manual pages and shell completion are printed from them. CLI floor: may include base.
#ifndef MB_CLI_CLI_H
#define MB_CLI_CLI_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "base/err.h"
#include "base/units.h"

enum mb_opt_type {
    MB_OPT_FLAG,     // bool
    MB_OPT_STRING,   // const char *
    MB_OPT_STRINGS,  // struct mb_opt_list: may be given more than once
    MB_OPT_INT,      // int64_t, in [min, max]
    MB_OPT_DURATION, // int64_t ns
    MB_OPT_RATE,     // int64_t micro-requests per second
    MB_OPT_SIZE,     // int64_t bytes
    MB_OPT_SHARE,    // int64_t, 1e-9
    MB_OPT_CHOICE    // const char *, one of `choices`
};

struct mb_opt_list {
    const char **items;
    size_t count;
    size_t capacity;
};

// Ends with a row whose name is NULL.
struct mb_opt {
    const char *name; // long name, without dashes
    char letter;      // short name; 0: none
    enum mb_opt_type type;
    size_t offset;        // of the field in the command's option struct
    const char *argument; // "FILE", "DURATION"; NULL for flags
    int64_t min;          // in base units; both 0: not limited
    int64_t max;
    const char *const *choices; // NULL-terminated; for CHOICE
    const char *fallback;       // default as text, NULL: none (0, NULL, false, empty)
    const char *help;           // one sentence, no final stop
};

struct mb_example {
    const char *command; // starts with "meshbench"
    const char *says;    // what it does
};

struct mb_args {
    const char **items; // what is left after the options
    size_t count;
};

// One command. `run` gets its options filled in (defaults included) and the arguments.
// Its status is the exit status; an error that it sets is printed by main.
struct mb_cmd {
    const char *name;
    const char *group;       // heading in `meshbench help`: "Measure", "Compare", ...
    const char *summary;     // one line, no final stop
    const char *usage;       // "run SPEC [options]", without "meshbench"
    const char *description; // paragraphs, separated by blank lines; those that start
                             // with two blanks are printed as they are
    const struct mb_opt *options;
    size_t options_size; // sizeof the option struct; 0 when there are no options
    size_t args_min;
    size_t args_max;          // SIZE_MAX: any number
    const char *const *words; // choices of the first argument (`app echo`), or NULL
    const struct mb_example *examples; // ends with NULL command; or NULL
    enum mb_status (*run)(struct mb_ctx *ctx, const void *options,
                          const struct mb_args *args, struct mb_err *err);
};

// Parses argv (without program and command names, NULL-terminated) against a command's
// table into `options` (options_size bytes, zeroed here). "--" ends options; "-" is an
// argument;
// --name=value,
// --name value, -nVALUE, -n value; unknown names are MB_USAGE with the nearest known one
// as the hint. `--help`/-h is recognised by the caller, before this.
MB_MUST_USE enum mb_status mb_cli_parse(const struct mb_cmd *cmd, struct mb_arena *arena,
                                        char *const *argv, void *options,
                                        struct mb_args *args, struct mb_err *err);

// Checks all tables: unique names and letters, sorted choices not needed, ranges in
// order, fallbacks that parse, help present, fields inside options_size. MB_BUG names the
// row.
MB_MUST_USE enum mb_status mb_cli_check(const struct mb_cmd *const *cmds,
                                        struct mb_err *err);

// The command with this name in a NULL-terminated list; NULL when there is none.
const struct mb_cmd *mb_cli_find(const struct mb_cmd *const *cmds, const char *name);

// Says in *err that there is no such command, with the nearest one as the hint. Returns
// MB_USAGE.
enum mb_status mb_cli_unknown(const struct mb_cmd *const *cmds, const char *name,
                              struct mb_err *err);

// Print, all from the tables: the overview, one command's help (wrapped to `width`), the
// manual page (mdoc-free, man(7)) of the program (cmd NULL) or of one command, the
// reference page in Markdown, completion for "bash", "zsh" or "fish".
void mb_cli_help(const struct mb_cmd *const *cmds, int width, struct mb_buf *out);
void mb_cli_help_command(const struct mb_cmd *cmd, int width, struct mb_buf *out);
void mb_cli_man(const struct mb_cmd *const *cmds, const struct mb_cmd *cmd,
                const char *version, struct mb_buf *out);
void mb_cli_markdown(const struct mb_cmd *const *cmds, struct mb_buf *out);
MB_MUST_USE enum mb_status mb_cli_completion(const struct mb_cmd *const *cmds,
                                             const char *shell, struct mb_buf *out,
                                             struct mb_err *err);

// Runs the program: picks the command, answers help and --version, parses, runs. Returns
// the exit status; the caller prints *err.
enum mb_status mb_cli_main(const struct mb_cmd *const *cmds, struct mb_ctx *ctx, int argc,
                           char *const *argv, struct mb_err *err);

#endif
