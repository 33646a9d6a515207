// Options of a comparison, and those that ask which mesh to start with, as several
// commands have them. Meshbench floor.
#ifndef MB_MESHBENCH_CHOICES_H
#define MB_MESHBENCH_CHOICES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "cli/cli.h"
#include "compare/choice.h"
#include "compare/compare.h"

struct mb_choices_asked {
    struct mb_opt_list slo;     // limits, as mb_spec_gate_parse reads them
    struct mb_opt_list weights; // METRIC=NUMBER
    bool asked;                 // --decide; limits or weights ask as well
};

struct mb_choices_comparison {
    const char *baseline; // NULL: not given
    const char *by;       // NULL: not given
    struct mb_opt_list metrics;
    struct mb_opt_list allow;
};

// The rows of these options for the table of a command, whose option struct `owner` has
// them as the member `field`.
// NOLINTBEGIN(bugprone-macro-parentheses): the name of a member takes none
// clang-format off
#define MB_CHOICES_COMPARISON_OPTIONS(owner, field)                                       \
    {.name = "baseline",                                                                  \
     .type = MB_OPT_STRING,                                                               \
     .offset = offsetof(owner, field.baseline),                                           \
     .argument = "VARIANT",                                                               \
     .help = "variant that the others are compared with (default: the one without a "     \
             "mesh)"},                                                                    \
    {.name = "by",                                                                        \
     .type = MB_OPT_STRING,                                                               \
     .offset = offsetof(owner, field.by),                                                 \
     .argument = "ATTRIBUTE",                                                             \
     .help = "a column for each mesh, version, variant, node, result, workload, "         \
             "load_model, connections, rate or label:NAME, each with the baseline of "    \
             "its own result"},                                                           \
    {.name = "metric",                                                                    \
     .type = MB_OPT_STRINGS,                                                              \
     .offset = offsetof(owner, field.metrics),                                            \
     .argument = "METRIC",                                                                \
     .help = "compare this metric only, as response_time.p99; may be given again"},       \
    {.name = "allow",                                                                     \
     .type = MB_OPT_STRINGS,                                                              \
     .offset = offsetof(owner, field.allow),                                              \
     .argument = "PATH",                                                                  \
     .help = "compare although this differs between the results, as "                     \
             "environment.host.kernel; may be given again"}

#define MB_CHOICES_ASKED_OPTIONS(owner, field)                                            \
    {.name = "decide",                                                                    \
     .type = MB_OPT_FLAG,                                                                 \
     .offset = offsetof(owner, field.asked),                                              \
     .help = "say which variant to start with: those that keep the limits (--slo, else "  \
             "the spec's gates), by what they cost"},                                     \
    {.name = "slo",                                                                       \
     .type = MB_OPT_STRINGS,                                                              \
     .offset = offsetof(owner, field.slo),                                                \
     .argument = "LIMIT",                                                                 \
     .help = "a limit that a variant has to keep to be chosen, with the grammar of "      \
             "gates, as 'response_time.p99<=20ms'; may be given again"},                  \
    {.name = "weight",                                                                    \
     .type = MB_OPT_STRINGS,                                                              \
     .offset = offsetof(owner, field.weights),                                            \
     .argument = "METRIC=NUMBER",                                                         \
     .help = "how much a metric counts in what a variant costs (default: "                \
             "response_time.p99, cpu_per_request and memory alike); may be given again"}
// clang-format on
// NOLINTEND(bugprone-macro-parentheses)

// True when one of the options is given.
bool mb_choices_wanted(const struct mb_choices_asked *asked);

// What to compare, borrowing the lists. Several results that are to be chosen from stand
// side by side, by their meshes, where no attribute is given.
struct mb_compare_options
mb_choices_compared(const struct mb_choices_comparison *comparison,
                    const struct mb_choices_asked *asked, size_t results);

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
