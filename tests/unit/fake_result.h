// A small result for tests, as a run would write it: two variants at two load points, two
// blocks, from the fake load driver. The same every time.
#ifndef MB_TESTS_FAKE_RESULT_H
#define MB_TESTS_FAKE_RESULT_H

#include "base/arena.h"
#include "model/result.h"

// 'baseline' and 'proxy' (slower, 1 of 500 requests times out, 1 of 400 gets 503), open
// at 1000 rps and closed with 4 connections. `derived` is filled in. Everything in arena
// except the histograms: mb_result_release.
void mb_fake_result_build(struct mb_arena *arena, struct mb_result *result);

// The same as a document's text; in arena.
const char *mb_fake_result_text(struct mb_arena *arena);

#endif
