// Checks documents: structure by JSON Schema, then the rules that a schema cannot
// express. Check floor: may include base, format, stats, model, schema.
#ifndef MB_CHECK_CHECK_H
#define MB_CHECK_CHECK_H

#include "base/ctx.h"
#include "base/diag.h"
#include "check/rules.h"
#include "format/doc.h"
#include "model/result.h"

struct mb_schema;

// Named limits.
enum {
    MB_CHECK_MAX_FINDINGS = 500, // of one document; MB109 says when there were more
    MB_CHECK_MAX_ITEMS = 1000,   // of a spec's lists, as its schema says
    MB_CHECK_MAX_TRIALS = 100000 // cells times blocks of one spec
};

// Blocks when a spec does not say (`trials.count` of schema/benchmark.schema.json), and
// how many 'rigorous' asks for.
enum { MB_CHECK_BLOCKS = 6, MB_CHECK_RIGOROUS_BLOCKS = 6 };

// Checks one parsed document of any kind and returns the highest level that it satisfies.
// Adds its findings to *diag, ordered by place: those of every level up to `wanted` as
// errors; those of the next level above what is wanted and satisfied as the rule's own
// warning or note; those of later levels not at all. `ctx` may be NULL: then environment
// variables and files that the document names are not looked at.
enum mb_level mb_check_document(struct mb_arena *arena, const struct mb_ctx *ctx,
                                struct mb_doc *doc, enum mb_level wanted,
                                struct mb_diag *diag);

// Checks a result that is going to be used and turns it into a struct, as fast as its
// size allows: its structure, its comparability keys and the errors of level `valid`, but
// nothing is recomputed from its histograms, none of which is opened, and warnings and
// notes are not looked for (spec/result.md, "Reading one"). Fills *result and returns
// true; else the errors are in *diag and nothing has to be released. `schema` is that of
// results (mb_check_schema), which threads may share.
bool mb_check_result(struct mb_arena *arena, const struct mb_schema *schema,
                     struct mb_doc *doc, struct mb_result *result, struct mb_diag *diag);

// In arena: the embedded schema of results, compiled. MB_BUG when it cannot be.
MB_MUST_USE enum mb_status mb_check_schema(struct mb_arena *arena,
                                           const struct mb_schema **schema,
                                           struct mb_err *err);

// The finding (MB100) for a document that cannot be parsed, from mb_doc_read's error. An
// unreadable file is not a finding: call it for MB_INVALID only.
void mb_check_syntax(const struct mb_err *err, const char *name, struct mb_diag *diag);

// The first finding that keeps a spec from being run by this build: an error, or
// something that is not supported yet (MB9xx, of which `validate` only warns). NULL when
// there is none. Borrowed from *diag.
const struct mb_finding *mb_check_blocker(const struct mb_diag *diag);

#endif
