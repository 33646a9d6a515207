// The answer in one sentence, computed from a comparison. Report floor: may include base,
// model, compare.
#ifndef MB_REPORT_HEADLINE_H
#define MB_REPORT_HEADLINE_H

#include "base/arena.h"
#include "compare/compare.h"

// In arena: what the variants add at the first load point at which something is decided
// ("At 1000 rps over 16 connections (steady): envoy adds 0.93 ms at p50 and 2.6 ms at
// p99."), or that the data cannot tell; then a caution where cells were saturated or a
// disqualifying difference was allowed. Says nothing that a verdict does not bear. Names
// from input are in it as they are.
const char *mb_headline(struct mb_arena *arena, const struct mb_compare_report *report);

#endif
