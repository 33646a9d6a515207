// What a variant costs, block by block. Compare floor, for choice*.c only.
#ifndef MB_COMPARE_CHOICE_SCORE_H
#define MB_COMPARE_CHOICE_SCORE_H

#include "compare/choice.h"

// Fills costs, scores and score of a candidate. A load point at which it or its baseline
// was not measured leaves them without a value.
void mb_choice_score(struct mb_arena *arena, const struct mb_compare_report *report,
                     const struct mb_choice *choice,
                     struct mb_choice_candidate *candidate);

// Orders candidates by cost, and says which cannot be told from the cheapest (Holm over
// those; `noise` is the half width of the twin's score).
void mb_choice_score_rank(struct mb_choice *choice, double noise, double confidence);

#endif
