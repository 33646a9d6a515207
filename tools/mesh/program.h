// The program of an adapter on this host: where it is and which version. Mesh floor.
#ifndef MB_MESH_PROGRAM_H
#define MB_MESH_PROGRAM_H

#include "base/arena.h"
#include "base/err.h"
#include "mesh/definition.h"

// In arena: the path of the program. `given` (or NULL) is used instead of looking.
// MB_FAILED says what is missing; the hint how to get it.
MB_MUST_USE enum mb_status mb_program_find(struct mb_arena *arena,
                                           const struct mb_adapter *adapter,
                                           const char *given, char **path,
                                           struct mb_err *err);

// In arena: the version as the program itself says it; NULL when it does not.
char *mb_program_version(struct mb_arena *arena, const struct mb_adapter *adapter,
                         const char *path);

// In arena: how to get it, e.g. "debian: apt-get install nginx"; "" when the adapter does
// not say. A hint for this host's system (/etc/os-release) alone where there is one.
char *mb_program_install_hint(struct mb_arena *arena, const struct mb_adapter *adapter);

#endif
