// Pieces that help, manual, reference and completion share. CLI floor, for it alone.
#ifndef MB_CLI_CLI_TEXT_H
#define MB_CLI_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/units.h"
#include "cli/cli.h"

// What the program is, in one line.
#define MB_CLI_TEXT_SAYS "measure service meshes so that the numbers compare"

// What the exit statuses mean, for manual and reference; ends with a NULL.
struct mb_cli_text_status {
    const char *status;
    const char *meaning;
};
extern const struct mb_cli_text_status mb_cli_text_statuses[];

// Columns that `text` takes: its UTF-8 characters.
size_t mb_cli_text_width(const char *text);

// Appends `count` blanks.
void mb_cli_text_pad(struct mb_buf *out, size_t count);

// Appends paragraphs (separated by blank lines) filled to `width` columns, every line
// indented by `indent`; the first line is expected to stand at column `at` already. A
// paragraph that starts with two blanks is kept as it is. Ends with a line feed.
void mb_cli_text_wrap(struct mb_buf *out, const char *text, size_t at, size_t indent,
                      size_t width);

// Appends "-o, --out FILE" or "--resume FILE".
void mb_cli_text_names(struct mb_buf *out, const struct mb_opt *option);

// Appends what limits a value: "text, json or csv; 1 to 16; default: text". Nothing when
// there is nothing to say.
void mb_cli_text_limits(struct mb_buf *out, const struct mb_opt *option);

// The unit of a quantity option; false for other types.
bool mb_cli_text_unit(enum mb_opt_type type, enum mb_unit *unit);

// Prints a number as a user would write it for that option; 32 bytes suffice.
void mb_cli_text_value(enum mb_opt_type type, int64_t value, char *text, size_t size);

// True when this command opens a new group in the list: none before it has the same one.
bool mb_cli_text_opens_group(const struct mb_cmd *const *cmds, size_t index);

#endif
