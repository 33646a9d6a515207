// One descriptor for each command; each is defined in cmd_NAME.c. Meshbench floor.
#ifndef MB_MESHBENCH_COMMANDS_H
#define MB_MESHBENCH_COMMANDS_H

#include "cli/cli.h"

#endif
