// Bundles as commands need them: made from results, checked as a whole. Meshbench floor.
#ifndef MB_MESHBENCH_BUNDLES_H
#define MB_MESHBENCH_BUNDLES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "exchange/bundle.h"
#include "exchange/sign.h"
#include "meshbench/documents.h"

// In arena: the text of report.txt: what every variant adds, or, where there is nothing
// to compare, the result's tables.
const char *mb_bundles_report(struct mb_arena *arena, const struct mb_result *result,
                              const char *digest, enum mb_level level);

// A bundle that was looked through.
struct mb_bundles_checked {
    struct mb_bundle bundle;
    struct mb_bundle_claim claim;
    struct mb_bundle_faults faults; // none: nothing in it contradicts the rest
    struct mb_doc doc;              // result.json; root NULL when it was not parsed
    struct mb_diag findings;        // errors in result.json
    enum mb_level level;
    bool regenerated; // report.txt and disclosure.md were compared
    struct mb_sign sign;
    bool readable;           // result is filled in: release it with mb_bundles_release
    struct mb_result result; // valid
};

// Checks everything about the bundle in a folder: layout, digests, signature (`signers`:
// file of allowed signers or NULL), level, every number, every generated file. MB_OK
// whatever is found; MB_FAILED when it cannot be looked at. Release it in any case.
MB_MUST_USE enum mb_status mb_bundles_check(const struct mb_ctx *ctx,
                                            struct mb_arena *arena, const char *dir,
                                            const char *signers,
                                            struct mb_bundles_checked *checked,
                                            struct mb_err *err);
void mb_bundles_release(struct mb_bundles_checked *checked);

// True when nothing was found.
bool mb_bundles_good(const struct mb_bundles_checked *checked);

// The first thing that was found, as an error: "DIR/FILE:LINE: error: ...". Returns
// MB_INVALID.
enum mb_status mb_bundles_error(const char *dir, const struct mb_bundles_checked *checked,
                                struct mb_err *err);

#endif
