// The rule about reference benchmarks. Function of the rule table.
#ifndef MB_CHECK_SUITE_H
#define MB_CHECK_SUITE_H

#include "check/run.h"

void mb_suite_closed(struct mb_check *check); // MB144

#endif
