// The two sides of a duel: what they are, how they are brought up, and the spec that sets
// them against each other. Meshbench floor.
#ifndef MB_MESHBENCH_DUELS_H
#define MB_MESHBENCH_DUELS_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "base/guard.h"
#include "format/doc.h"
#include "model/spec.h"
#include "run/stage_app.h"

#define MB_DUELS_BASE "base"
#define MB_DUELS_HEAD "head"

enum mb_duels_kind {
    MB_DUELS_URL,     // an endpoint that is there already
    MB_DUELS_PROGRAM, // another build of this tool, which serves the built-in application
    MB_DUELS_VARIANT  // one of the spec
};

struct mb_duels_side {
    const char *text; // as the user named it
    enum mb_duels_kind kind;
    const char *url; // where it is asked; NULL for a variant
    char *dir;       // private folder of a program; NULL: none
    struct mb_guard guard;
    struct mb_stage_app app;
};

struct mb_duels {
    struct mb_duels_side sides[2]; // base and head
    int blocks;                    // to begin with
};

// Tells what `text` names: a url, a variant of the spec, or (with a '/' in it) a program.
// MB_USAGE when it is none of them, or a program though the spec has no built-in
// application.
MB_MUST_USE enum mb_status mb_duels_choose(const struct mb_spec *spec, const char *text,
                                           struct mb_duels_side *side,
                                           struct mb_err *err);

// Starts a program; nothing to do for the others. Call mb_duels_down whatever comes back.
MB_MUST_USE enum mb_status mb_duels_up(struct mb_arena *arena, struct mb_ctx *ctx,
                                       const struct mb_spec *spec,
                                       struct mb_duels_side *side, struct mb_err *err);
void mb_duels_down(struct mb_duels_side *side);

// The spec of the duel: the given one with these two variants, that many blocks, and
// neither twin nor gates nor `until`. Everything in arena.
MB_MUST_USE enum mb_status mb_duels_spec(struct mb_arena *arena, const struct mb_ctx *ctx,
                                         const struct mb_spec *from,
                                         const struct mb_duels *duel,
                                         struct mb_spec *spec, struct mb_err *err);

#endif
