// Stores as commands name them. Meshbench floor.
#ifndef MB_MESHBENCH_STORES_H
#define MB_MESHBENCH_STORES_H

#include "base/ctx.h"
#include "cli/cli.h"
#include "store/store.h"

// The path of the store: `given`, else $MESHBENCH_STORE, else "meshbench.db". Borrowed.
const char *mb_stores_path(const struct mb_ctx *ctx, const char *given);

// Opens it. One that does not exist is MB_FAILED with the way to make it as the hint.
MB_MUST_USE enum mb_status mb_stores_open(const struct mb_ctx *ctx, const char *given,
                                          enum mb_store_mode mode,
                                          struct mb_store **store, struct mb_err *err);

// In arena: tags from arguments NAME=VALUE. MB_USAGE names the one that is none.
MB_MUST_USE enum mb_status mb_stores_tags(struct mb_arena *arena,
                                          const struct mb_opt_list *given,
                                          struct mb_label **tags, size_t *count,
                                          struct mb_err *err);

#endif
