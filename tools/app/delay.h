// How long the sample applications take to answer: distributions written as text. App
// floor: may include base.
#ifndef MB_APP_DELAY_H
#define MB_APP_DELAY_H

#include <stdint.h>

#include "base/err.h"
#include "base/rng.h"

#define MB_DELAY_MAX_NS INT64_C(3600000000000) // longer draws are cut to this

enum mb_delay_kind {
    MB_DELAY_CONSTANT,
    MB_DELAY_UNIFORM,
    MB_DELAY_EXPONENTIAL,
    MB_DELAY_LOGNORMAL
};

struct mb_delay {
    enum mb_delay_kind kind;
    int64_t first_ns;  // constant; least; mean; median
    int64_t second_ns; // uniform: most
    double sigma;      // lognormal: of the logarithm
};

// Reads "5ms" or "constant:5ms", "uniform:1ms-3ms", "exponential:5ms" (its mean) or
// "lognormal:5ms,0.5" (its median and sigma). MB_INVALID otherwise, *delay untouched.
MB_MUST_USE enum mb_status mb_delay_parse(const char *text, struct mb_delay *delay,
                                          struct mb_err *err);

// One value, from 0 to MB_DELAY_MAX_NS.
int64_t mb_delay_draw(const struct mb_delay *delay, struct mb_rng *rng);

#endif
