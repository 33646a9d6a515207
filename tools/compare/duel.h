// A duel: is one build worse than another? Looked at several times while it is measured,
// without paying for the looks with false alarms. Compare floor: may include base,
// format, stats, model.
//
// At each look, each metric at each load point has a lower and an upper bound of how much
// worse head is than base (docs/why/duel.md). Worse: some lower bound is above nothing,
// and its upper bound not within the margin. Good: every upper bound is within the
// margin. Bounds err with a share of the error allowed; the shares of all looks add up to
// it.
#ifndef MB_COMPARE_DUEL_H
#define MB_COMPARE_DUEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "compare/compare.h"

enum { MB_DUEL_FIRST = 5, MB_DUEL_MAX_LOOKS = 24 };

// When a duel of at most so many blocks (2 or more) is looked at: after MB_DUEL_FIRST
// blocks, then each time that they have grown by half, and at the end.
struct mb_duel_plan {
    int blocks[MB_DUEL_MAX_LOOKS];    // ascending; the last is the most
    double shares[MB_DUEL_MAX_LOOKS]; // of the error; they add up to 1
    size_t count;
};
struct mb_duel_plan mb_duel_plan(int at_most);

enum mb_duel_answer { MB_DUEL_GOOD, MB_DUEL_WORSE, MB_DUEL_OPEN };
const char *mb_duel_answer_name(enum mb_duel_answer answer); // "good", "worse", "open"

// One metric at one load point.
struct mb_duel_effect {
    const struct mb_comparison *effect; // base against head
    bool relative; // the numbers below are shares of the base; else in the metric's unit
    double worse;  // how much worse head is; below 0: better; NaN: not known
    double at_least; // bounds of that
    double at_most;
    double margin;
    enum mb_duel_answer answer;
    const char *reason; // why nothing is known; else NULL
};

struct mb_duel {
    enum mb_duel_answer answer;
    struct mb_duel_effect *effects; // in arena
    size_t count;
};

// Judges a comparison of base (the baseline) with head. `margin` is a share; a margin
// that the spec declares for a metric goes before it. `error` is what this look may err
// with on either side.
void mb_duel_judge(struct mb_arena *arena, const struct mb_compare_report *report,
                   double margin, double error, struct mb_duel *duel);

#endif
