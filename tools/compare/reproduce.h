// Was a result reproduced? The answer that a comparison of the published result with a
// new measurement gives. Compare floor: may include base, format, stats, model.
#ifndef MB_COMPARE_REPRODUCE_H
#define MB_COMPARE_REPRODUCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "compare/compare.h"

enum mb_reproduce_answer {
    MB_REPRODUCE_YES,         // no effect that counts differs
    MB_REPRODUCE_NO,          // one does, for certain
    MB_REPRODUCE_INCOMPARABLE // the data cannot answer
};
// "reproduced", "not reproduced", "incomparable".
const char *mb_reproduce_answer_name(enum mb_reproduce_answer answer);

struct mb_reproduce {
    enum mb_reproduce_answer answer;
    bool environment_differs;
    enum mb_compare_design
        design;        // what decides: overheads where the environment differs
    size_t effects;    // that count
    size_t differing;  // better or worse
    size_t unanswered; // without an interval, or incomparable
    double unseen; // widest half interval on the log scale: a ratio of up to exp(unseen)
                   // could have gone unseen; 0 where only differences were tested
    const char *reason; // why it is incomparable; else NULL
};

// Judges a comparison of exactly two sides, the published one first. The primary effects
// of one design count: releases (a variant then and now) where the environment is the
// same, overheads (what it adds to its baseline) where it differs. A metric that one
// effect cannot answer leaves the whole unanswered, unless another one differs.
void mb_reproduce_judge(struct mb_arena *arena, const struct mb_compare_report *report,
                        struct mb_reproduce *reproduce);

#endif
