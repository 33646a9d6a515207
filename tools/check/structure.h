// The structural stage: what a document is, and whether its schema accepts it.
#ifndef MB_CHECK_STRUCTURE_H
#define MB_CHECK_STRUCTURE_H

#include "check/run.h"

// Finds out what the document is and sets check->document. False, with a hit, when it
// does not say it or is of no known kind.
bool mb_structure_identify(struct mb_check *check);

// Validates an identified document against the embedded schema of its kind: adds a hit
// for each fault and sets check->structural.
void mb_structure_check(struct mb_check *check);

#endif
