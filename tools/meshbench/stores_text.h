// What a store holds, as people read it. Meshbench floor.
#ifndef MB_MESHBENCH_STORES_TEXT_H
#define MB_MESHBENCH_STORES_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/ctx.h"
#include "store/store.h"

// Where texts go. Names that came from outside are made safe to print.
struct mb_stores_text {
    struct mb_arena *arena;
    const struct mb_ctx *ctx; // width and colour of tables
    struct mb_buf *out;
};

// What was done with a result: "added          9f16b2811646  small.json".
void mb_stores_text_done(const struct mb_stores_text *text, const char *says,
                         const char *digest, const char *name);

// A table of results; all that is known about one; an annotation and a series on a line.
void mb_stores_text_results(const struct mb_stores_text *text,
                            const struct mb_store_results *results);
void mb_stores_text_result(const struct mb_stores_text *text,
                           const struct mb_store_result *result);
void mb_stores_text_annotation(const struct mb_stores_text *text,
                               const struct mb_store_annotation *annotation);
void mb_stores_text_series(const struct mb_stores_text *text,
                           const struct mb_store_series *series);

#endif
