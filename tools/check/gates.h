// Rules about the gates of a spec. Functions of the rule table.
#ifndef MB_CHECK_GATES_H
#define MB_CHECK_GATES_H

#include "check/run.h"

void mb_gates_unit(struct mb_check *check); // MB135
void mb_gates_sign(struct mb_check *check); // MB136
void mb_gates_self(struct mb_check *check); // MB137

#endif
