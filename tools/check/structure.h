// The structural stage: what a document is, and whether its schema accepts it.
#ifndef MB_CHECK_STRUCTURE_H
#define MB_CHECK_STRUCTURE_H

#include "check/run.h"
#include "schema/schema.h"

// Finds out what the document is and sets check->document. False, with a hit, when it
// does not say it or is of no known kind.
bool mb_structure_identify(struct mb_check *check);

// Validates an identified document against `schema`, or (NULL) against the embedded
// schema of its kind: adds a hit for each fault and sets check->structural.
void mb_structure_check(struct mb_check *check, const struct mb_schema *schema);

// In arena: the embedded schema of a kind, compiled with what it refers to. MB_BUG when
// it is missing or the engine lacks something that it uses.
MB_MUST_USE enum mb_status mb_structure_schema(struct mb_arena *arena, const char *kind,
                                               const struct mb_schema **schema,
                                               struct mb_err *err);

#endif
