// Options that ask which mesh to start with, as several commands have them. Meshbench
// floor.
#ifndef MB_MESHBENCH_CHOICES_H
#define MB_MESHBENCH_CHOICES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "cli/cli.h"
#include "compare/choice.h"

struct mb_choices_asked {
    struct mb_opt_list slo;     // limits, as mb_spec_gate_parse reads them
    struct mb_opt_list weights; // METRIC=NUMBER
    bool asked;                 // --decide; limits or weights ask as well
};

// True when one of the options is given.
bool mb_choices_wanted(const struct mb_choices_asked *asked);

// The attribute to group by: what was asked for; several results that are to be chosen
// from stand side by side, by their meshes.
const char *mb_choices_by(const struct mb_choices_asked *asked, const char *by,
                          size_t results);

// Reads the options into *options, in arena. MB_USAGE when a text is no limit, or no
// weight.
MB_MUST_USE enum mb_status mb_choices_read(struct mb_arena *arena,
                                           const struct mb_choices_asked *asked,
                                           struct mb_choice_options *options,
                                           struct mb_err *err);

// Gates in one line each, in arena.
MB_MUST_USE enum mb_status mb_choices_gates(struct mb_arena *arena,
                                            const struct mb_opt_list *texts,
                                            const struct mb_gate **gates,
                                            struct mb_err *err);

#endif
