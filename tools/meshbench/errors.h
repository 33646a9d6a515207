// Errors as people read them. Meshbench floor.
#ifndef MB_MESHBENCH_ERRORS_H
#define MB_MESHBENCH_ERRORS_H

#include "base/ctx.h"
#include "base/err.h"

// Prints the error with its place and hint to the context's error stream; nothing when it
// has no message.
void mb_errors_print(const struct mb_ctx *ctx, const struct mb_err *err);

#endif
