// Joining the buckets of two distributions. Model floor: may include base.
#ifndef MB_MODEL_DIST_JOIN_H
#define MB_MODEL_DIST_JOIN_H

#include <stdbool.h>

#include "model/part.h"

// Buckets of two repetitions of one measurement, as load tools write them: one set of
// bounds, of which the first and the last are cut to the least and the largest value.
// Equal buckets add up, one within another is added to the wider one, and what is cut at
// both sides spans both. False when the bounds do not fit each other: nothing is given
// then. On success joined->buckets comes from mb_mem_alloc and is the caller's;
// n, sum, min and max are left to the caller.
bool mb_dist_join(const struct mb_dist *left, const struct mb_dist *right,
                  struct mb_dist *joined);

#endif
