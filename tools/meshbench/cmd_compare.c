#include "meshbench/commands.h"

#include <string.h>

#include "compare/compare.h"
#include "format/emit.h"
#include "meshbench/choices.h"
#include "meshbench/documents.h"
#include "report/compare.h"

struct compare_options {
    struct mb_opt_list gates;
    struct mb_choices_comparison comparison;
    struct mb_choices_asked choice;
    int64_t confidence_share;
    const char *format;
    const char *output;
    struct mb_opt_list fail_on;
};

static const char *const formats[] = {"text", "json", "markdown", "csv", "junit", NULL};

static const char undecided[] = "undecided"; // beside the verdicts: of gates

static const struct mb_opt options[] = {
    MB_CHOICES_COMPARISON_OPTIONS(struct compare_options, comparison),
    {.name = "confidence",
     .type = MB_OPT_SHARE,
     .offset = offsetof(struct compare_options, confidence_share),
     .argument = "SHARE",
     .min = 500000000,
     .max = 999999999,
     .help = "confidence of intervals and verdicts, as 95% (default: the spec's)"},
    {.name = "gate",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct compare_options, gates),
     .argument = "GATE",
     .help = "a limit beside the spec's gates: [VARIANT:]METRIC<=LIMIT[ versus VARIANT], "
             "or >=, as 'response_time.p99<=20ms'; may be given again"},
    MB_CHOICES_ASKED_OPTIONS(struct compare_options, choice),
    {.name = "fail-on",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct compare_options, fail_on),
     .argument = "VERDICT",
     .help =
         "exit with 1 when a primary metric has this verdict: better, worse, same, "
         "inconclusive or incomparable; or when a gate is undecided; may be given again"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct compare_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json for programs, markdown for pull requests, csv for "
             "spreadsheets, junit for pipelines"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct compare_options, output),
     .argument = "FILE",
     .help = "write there instead of standard output"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench compare sidecar.json", "what each variant adds to the baseline"},
    {"meshbench compare sidecar.json --baseline istio --metric response_time.p99",
     "one metric, against another variant"},
    {"meshbench compare release-1.json release-2.json", "what changed since release 1"},
    {"meshbench compare 1.27.json 1.28.json 1.29.json --by version",
     "what each release adds to its own baseline, side by side"},
    {"meshbench compare sidecar.json --fail-on worse -f json -o compare.json",
     "in CI: the file for programs, the exit status for the pipeline"},
    {"meshbench compare old.json new.json --gate 'response_time.p99<=+5% versus @first'",
     "in CI without gates in the spec: no more than 5% over what it was"},
    {"meshbench compare meshes.json --slo 'response_time.p99<=20ms' --weight "
     "cpu_per_request=2",
     "which one to start with, when CPU counts twice"},
    {"meshbench compare sidecar.json -f markdown", "a comment for a pull request"},
    {0},
};

static enum mb_status verdicts_check(const struct mb_opt_list *names, struct mb_err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        enum mb_compare_verdict verdict;
        if (strcmp(names->items[i], undecided) != 0 &&
            !mb_compare_verdict_find(names->items[i], &verdict)) {
            return mb_err_set(err, MB_USAGE,
                              "'%s' is not a verdict: better, worse, same, inconclusive, "
                              "incomparable; or undecided, for gates",
                              names->items[i]);
        }
    }
    return MB_OK;
}

static bool gate_is(const struct mb_compare_report *report,
                    enum mb_compare_gate_state state)
{
    for (size_t i = 0; i < report->gate_count; i++) {
        if (report->gates[i].state == state) {
            return true;
        }
    }
    return false;
}

// A failed gate or what --fail-on names makes the exit status 1.
static enum mb_status verdict_status(const struct mb_compare_report *report,
                                     const struct mb_opt_list *names)
{
    if (gate_is(report, MB_COMPARE_GATE_FAILED)) {
        return MB_INVALID;
    }
    for (size_t i = 0; i < names->count; i++) {
        enum mb_compare_verdict verdict;
        if (mb_compare_verdict_find(names->items[i], &verdict) &&
            mb_compare_has(report, verdict)) {
            return MB_INVALID;
        }
        if (strcmp(names->items[i], undecided) == 0 &&
            gate_is(report, MB_COMPARE_GATE_UNDECIDED)) {
            return MB_INVALID;
        }
    }
    return MB_OK;
}

static enum mb_status report_write(const struct mb_ctx *ctx, struct mb_arena *arena,
                                   const struct compare_options *opts,
                                   const struct mb_compare_report *report,
                                   struct mb_err *err)
{
    struct mb_buf out = {0};
    if (strcmp(opts->format, "json") == 0) {
        mb_emit_json(mb_report_compare_node(arena, report), &out);
    } else if (strcmp(opts->format, "markdown") == 0) {
        mb_report_compare_markdown(arena, report, &out);
    } else if (strcmp(opts->format, "csv") == 0) {
        mb_report_compare_csv(arena, report, &out);
    } else if (strcmp(opts->format, "junit") == 0) {
        mb_report_compare_junit(arena, report, &out);
    } else {
        bool color = ctx->color && opts->output == NULL;
        mb_report_compare_text(arena, report, (size_t)ctx->width, color, &out);
    }
    enum mb_status status = mb_documents_write(ctx, opts->output, &out, err);
    mb_buf_release(&out);
    return status;
}

// Results that are compared, and the sides made of them.
struct sides {
    struct mb_documents_side *read;
    struct mb_compare_side *items;
    size_t count;
};

static struct sides sides_make(struct mb_arena *arena, const struct mb_args *args)
{
    struct sides sides = {.count = args->count};
    sides.read = mb_arena_alloc(arena, args->count, sizeof *sides.read);
    sides.items = mb_arena_alloc(arena, args->count, sizeof *sides.items);
    for (size_t i = 0; i < args->count; i++) {
        sides.read[i].path = args->items[i];
        sides.items[i] = (struct mb_compare_side){.result = &sides.read[i].result,
                                                  .digest = sides.read[i].digest,
                                                  .name = args->items[i]};
    }
    return sides;
}

// Looks for the reason of a failed comparison in the results: the full check finds a
// damaged histogram's place. When nothing is wrong with them the first message stays.
static enum mb_status failure_place(const struct mb_ctx *ctx, const struct sides *sides,
                                    struct mb_err *err)
{
    for (size_t i = 0; i < sides->count; i++) {
        struct mb_err found = {0};
        if (mb_documents_check_side(ctx, &sides->read[i], &found) != MB_OK) {
            *err = found;
            break;
        }
    }
    return err->code;
}

static enum mb_status compare_run(struct mb_ctx *ctx, const void *options_given,
                                  const struct mb_args *args, struct mb_err *err)
{
    const struct compare_options *opts = options_given;
    struct mb_arena arena = {0};
    struct sides sides = sides_make(&arena, args);
    struct mb_compare_report report;
    struct mb_compare_options wanted =
        mb_choices_compared(&opts->comparison, &opts->choice, args->count);
    wanted.confidence = (double)opts->confidence_share / 1e9;
    wanted.gate_count = opts->gates.count;
    struct mb_choice_options choice = {0};
    enum mb_status status = verdicts_check(&opts->fail_on, err);
    if (status == MB_OK) {
        status = mb_choices_gates(&arena, &opts->gates, &wanted.gates, err);
    }
    if (status == MB_OK) {
        status = mb_choices_read(&arena, &opts->choice, &choice, err);
    }
    if (status == MB_OK) {
        status = mb_documents_read_sides(ctx, sides.read, sides.count, err);
    }
    if (status == MB_OK) {
        status = mb_compare(&arena, sides.items, sides.count, &wanted, &report, err);
        if (status == MB_INVALID) {
            status = failure_place(ctx, &sides, err);
        }
    }
    if (status == MB_OK && mb_choices_wanted(&opts->choice)) {
        status = mb_choice_make(&arena, &choice, &report, err);
    }
    if (status == MB_OK) {
        status = report_write(ctx, &arena, opts, &report, err);
    }
    if (status == MB_OK) {
        status = verdict_status(&report, &opts->fail_on);
    }
    mb_documents_release_sides(sides.read, sides.count);
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_compare = {
    .name = "compare",
    .group = "Understand",
    .summary =
        "what each variant adds, or what changed between results, and how sure that is",
    .usage = "compare RESULT... [options]",
    .description = "Compares every variant of a result with its baseline at every load "
                   "point. Effects "
                   "are paired within blocks; the interval of the mean decides; the "
                   "baseline measured "
                   "twice (aa in the spec) gives the noise floor.\n\n"
                   "Verdicts: better and worse are certain at the stated confidence "
                   "after correction "
                   "for the number of primary comparisons, and larger than the noise "
                   "floor; same lies "
                   "within the margin that the spec declares; inconclusive says how many "
                   "blocks would "
                   "decide; incomparable says what is missing.\n\n"
                   "Gates of the spec are judged on intervals; a failed one makes the "
                   "exit status 1.",
    .options = options,
    .options_size = sizeof(struct compare_options),
    .args_min = 1,
    .args_max = SIZE_MAX,
    .examples = examples,
    .run = compare_run,
};
