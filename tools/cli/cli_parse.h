// One option value: shared by parsing and by the check of the tables. CLI floor, for it
// alone.
#ifndef MB_CLI_CLI_PARSE_H
#define MB_CLI_CLI_PARSE_H

#include "base/arena.h"
#include "base/err.h"
#include "cli/cli.h"

// Stores `text` as the option's type says in *field, which is of that type. Borrows text
// (a string option points to it). Fails with MB_USAGE or MB_INVALID; *field is then
// untouched.
MB_MUST_USE enum mb_status mb_cli_parse_value(const struct mb_opt *option,
                                              struct mb_arena *arena, const char *text,
                                              void *field, struct mb_err *err);

#endif
