// Rules of the levels 'rigorous' and 'publishable' (spec/levels.md), about specs and
// results. Functions of the rule table.
#ifndef MB_CHECK_RIGOUR_H
#define MB_CHECK_RIGOUR_H

#include "check/run.h"

void mb_rigour_blocks(struct mb_check *check);    // MB701
void mb_rigour_order(struct mb_check *check);     // MB702
void mb_rigour_aa(struct mb_check *check);        // MB703
void mb_rigour_warmup(struct mb_check *check);    // MB704
void mb_rigour_tail(struct mb_check *check);      // MB705
void mb_rigour_primary(struct mb_check *check);   // MB706
void mb_rigour_seed(struct mb_check *check);      // MB707
void mb_rigour_complete(struct mb_check *check);  // MB708
void mb_rigour_discarded(struct mb_check *check); // MB709
void mb_rigour_omission(struct mb_check *check);  // MB710
void mb_rigour_saturated(struct mb_check *check); // MB420
void mb_rigour_late(struct mb_check *check);      // MB421
void mb_rigour_failing(struct mb_check *check);   // MB422
void mb_rigour_authors(struct mb_check *check);   // MB750
void mb_rigour_available(struct mb_check *check); // MB751
void mb_rigour_question(struct mb_check *check);  // MB752
void mb_rigour_commit(struct mb_check *check);    // MB753
void mb_rigour_imported(struct mb_check *check);  // MB754

#endif
