// One descriptor for each command; each is defined in cmd_NAME.c. Meshbench floor.
#ifndef MB_MESHBENCH_COMMANDS_H
#define MB_MESHBENCH_COMMANDS_H

#include "cli/cli.h"

extern const struct mb_cmd mb_cmd_app;
extern const struct mb_cmd mb_cmd_compare;
extern const struct mb_cmd mb_cmd_duel;
extern const struct mb_cmd mb_cmd_export;
extern const struct mb_cmd mb_cmd_import;
extern const struct mb_cmd mb_cmd_init;
extern const struct mb_cmd mb_cmd_env;
extern const struct mb_cmd mb_cmd_load;
extern const struct mb_cmd mb_cmd_mesh;
extern const struct mb_cmd mb_cmd_explain;
extern const struct mb_cmd mb_cmd_publish;
extern const struct mb_cmd mb_cmd_regress;
extern const struct mb_cmd mb_cmd_reproduce;
extern const struct mb_cmd mb_cmd_show;
extern const struct mb_cmd mb_cmd_store;
extern const struct mb_cmd mb_cmd_validate;
extern const struct mb_cmd mb_cmd_verify;

// All of them, NULL-terminated, in the order of `meshbench help`. Defined in main.c.
extern const struct mb_cmd *const mb_commands[];

extern const struct mb_cmd mb_cmd_completion;
extern const struct mb_cmd mb_cmd_help;
extern const struct mb_cmd mb_cmd_report;
extern const struct mb_cmd mb_cmd_run;

#endif
