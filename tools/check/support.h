// What a spec may say and this build cannot do yet: each refused by name, none ignored.
// Functions of the rule table.
#ifndef MB_CHECK_SUPPORT_H
#define MB_CHECK_SUPPORT_H

#include "check/run.h"

void mb_support_protocol(struct mb_check *check);   // MB901
void mb_support_https(struct mb_check *check);      // MB902
void mb_support_prometheus(struct mb_check *check); // MB903
void mb_support_workload(struct mb_check *check);   // MB904
void mb_support_generator(struct mb_check *check);  // MB905
void mb_support_workers(struct mb_check *check);    // MB906
void mb_support_builtin(struct mb_check *check);    // MB907

#endif
