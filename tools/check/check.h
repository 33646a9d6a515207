// Checks documents: structure by JSON Schema, then the rules that a schema cannot
// express. Check floor: may include base, format, stats, model, schema.
#ifndef MB_CHECK_CHECK_H
#define MB_CHECK_CHECK_H

#include "base/ctx.h"
#include "base/diag.h"
#include "format/doc.h"

enum mb_level { // conformance levels, each includes the ones before it
    MB_LEVEL_NONE,
    MB_LEVEL_VALID,
    MB_LEVEL_DISCLOSED,
    MB_LEVEL_RIGOROUS,
    MB_LEVEL_PUBLISHABLE
};
const char *mb_level_name(enum mb_level level);
bool mb_level_find(const char *name, enum mb_level *level);

// Checks one parsed document of any kind; adds every finding to *diag (also those of
// levels above `wanted`, as notes or warnings) and returns the highest level it
// satisfies. `ctx` may be NULL: then environment variables and files that the document
// names are not looked at.
enum mb_level mb_check_document(struct mb_arena *arena, const struct mb_ctx *ctx,
                                struct mb_doc *doc, enum mb_level wanted,
                                struct mb_diag *diag);

#endif
