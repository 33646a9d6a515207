// Rules about the inner agreement of a result: every request is accounted for, and what
// is said twice is said alike. Functions of the rule table.
#ifndef MB_CHECK_ACCOUNTING_H
#define MB_CHECK_ACCOUNTING_H

#include "check/run.h"

void mb_accounting_intended(struct mb_check *check);     // MB501
void mb_accounting_completed(struct mb_check *check);    // MB502
void mb_accounting_sent(struct mb_check *check);         // MB503
void mb_accounting_statuses(struct mb_check *check);     // MB504
void mb_accounting_populations(struct mb_check *check);  // MB505
void mb_accounting_distribution(struct mb_check *check); // MB506
void mb_accounting_window(struct mb_check *check);       // MB508

#endif
