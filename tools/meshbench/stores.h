// Stores as commands name them. Meshbench floor.
#ifndef MB_MESHBENCH_STORES_H
#define MB_MESHBENCH_STORES_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/digest.h"
#include "cli/cli.h"
#include "store/store.h"

// The path of the store: `given`, else $MESHBENCH_STORE, else "meshbench.db". Borrowed.
const char *mb_stores_path(const struct mb_ctx *ctx, const char *given);

// Opens it. One that does not exist is MB_FAILED with the way to make it as the hint.
MB_MUST_USE enum mb_status mb_stores_open(const struct mb_ctx *ctx, const char *given,
                                          enum mb_store_mode mode,
                                          struct mb_store **store, struct mb_err *err);

struct mb_stores_tags {
    struct mb_label *items;
    size_t count;
    size_t capacity;
};

// In arena: appends one.
void mb_stores_tag(struct mb_arena *arena, struct mb_stores_tags *tags, const char *name,
                   const char *value);

// What became of a file that was to be added.
struct mb_stores_added {
    char digest[MB_DIGEST_TEXT];
    bool added; // false: it was there already
};

// In arena: appends tags from arguments NAME=VALUE. MB_USAGE names the one that is none.
MB_MUST_USE enum mb_status mb_stores_tags(struct mb_arena *arena,
                                          const struct mb_opt_list *given,
                                          struct mb_stores_tags *tags,
                                          struct mb_err *err);

// Checks a result's file ("-": standard input) as mb_documents_read_result does, and adds
// it with these tags. `digest` holds MB_DIGEST_TEXT bytes.
MB_MUST_USE enum mb_status mb_stores_add(const struct mb_ctx *ctx, struct mb_store *store,
                                         const char *path,
                                         const struct mb_stores_tags *tags,
                                         struct mb_stores_added *added,
                                         struct mb_err *err);

// Reads a result of the store, whose bytes must be there, and adds the values that this
// version finds in it and that the store does not have; *added counts them.
MB_MUST_USE enum mb_status mb_stores_refresh(struct mb_store *store,
                                             const struct mb_store_result *result,
                                             size_t *added, struct mb_err *err);

#endif
