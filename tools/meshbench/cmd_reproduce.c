#include "meshbench/commands.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "compare/compare.h"
#include "compare/reproduce.h"
#include "format/emit.h"
#include "meshbench/bundles.h"
#include "meshbench/documents.h"
#include "meshbench/runs.h"
#include "model/spec.h"
#include "report/compare.h"
#include "run/run.h"

struct reproduce_options {
    const char *output;
    const char *signer;
    int64_t blocks;
    bool quiet;
};

static const struct mb_opt options[] = {
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct reproduce_options, output),
     .argument = "FILE",
     .help = "the new result (default: the spec's name and the time)"},
    {.name = "signer",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct reproduce_options, signer),
     .argument = "FILE",
     .help = "the bundle must be signed by somebody in this list of allowed signers"},
    {.name = "blocks",
     .type = MB_OPT_INT,
     .offset = offsetof(struct reproduce_options, blocks),
     .argument = "NUMBER",
     .min = 1,
     .max = MB_SPEC_MAX_BLOCKS,
     .help = "measure this many blocks instead of as many as the published result"},
    {.name = "quiet",
     .letter = 'q',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct reproduce_options, quiet),
     .help = "no progress; the answer in one line"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench reproduce sidecar/", "measure here what the bundle says"},
    {0},
};

// Everything that one call holds.
struct session {
    struct mb_ctx *ctx;
    const struct reproduce_options *opts;
    struct mb_arena arena;
    const char *dir;
    struct mb_bundles_checked checked;
    struct mb_doc doc;
    struct mb_spec spec;
    int declared_blocks;
    const char *out_path;
    struct mb_documents_result fresh;
};

static enum mb_status bundle_open(struct session *session, struct mb_err *err)
{
    if (!mb_file_is_dir(session->dir)) {
        mb_err_hint(err, "bundles are made by 'meshbench publish'");
        return mb_err_set(err, MB_FAILED, "no bundle: '%s' is not a folder",
                          session->dir);
    }
    enum mb_status status =
        mb_bundles_check(session->ctx, &session->arena, session->dir,
                         session->opts->signer, &session->checked, err);
    if (status == MB_OK && !mb_bundles_good(&session->checked)) {
        status = mb_bundles_error(session->dir, &session->checked, err);
    }
    return status;
}

// The resolved spec is run, seed included, as a document of its own: it is what was
// measured, whatever the text said and whatever was asked for on the command line then.
static enum mb_status spec_read(struct session *session, struct mb_err *err)
{
    struct mb_arena *arena = &session->arena;
    struct mb_node *resolved = session->checked.result.spec_resolved;
    struct mb_buf text = {0};
    struct mb_diag diag;
    if (resolved == NULL) {
        return mb_err_set(err, MB_INVALID,
                          "cannot reproduce '%s': its result has no resolved spec",
                          session->dir);
    }
    mb_emit_yaml(resolved, &text);
    const char *name = mb_file_join(arena, session->dir, "spec.yaml");
    enum mb_status status =
        mb_doc_parse(arena, name, mb_buf_string(&text), text.size, &session->doc, err);
    mb_buf_release(&text);
    if (status != MB_OK) {
        return status;
    }
    mb_diag_init(&diag, arena);
    (void)mb_check_document(arena, session->ctx, &session->doc, MB_LEVEL_VALID, &diag);
    const struct mb_finding *blocker = mb_check_blocker(&diag);
    if (blocker != NULL) {
        mb_err_hint(err, "%s", blocker->hint != NULL ? blocker->hint : "");
        return mb_err_set(err, MB_INVALID,
                          "cannot run the bundle's spec here: %s: %s (%s)",
                          blocker->pointer, blocker->message, blocker->code);
    }
    status =
        mb_spec_from_doc(arena, &session->doc, session->ctx->env, &session->spec, err);
    session->declared_blocks = status == MB_OK ? session->spec.block_count : 0;
    if (status == MB_OK && session->opts->blocks != 0) {
        mb_run_set_blocks(arena, &session->spec, (int)session->opts->blocks);
    }
    return status;
}

static enum mb_status measure(struct session *session, struct mb_err *err)
{
    struct mb_arena *arena = &session->arena;
    const struct mb_clock *clock = &session->ctx->clock;
    struct mb_runs_progress progress = {.ctx = session->ctx};
    const struct mb_run_observer observer = mb_runs_observer(&progress);
    session->out_path = session->opts->output != NULL
                            ? session->opts->output
                            : mb_run_default_path(arena, session->spec.name,
                                                  clock->wall_ns(clock->state));
    const char *partial = mb_run_partial_path(arena, session->out_path);
    if (mb_file_exists(session->out_path) || mb_file_exists(partial)) {
        return mb_err_set(err, MB_FAILED, "result '%s' exists already",
                          session->out_path);
    }
    struct mb_load_driver driver;
    enum mb_status status = mb_runs_driver(arena, &session->spec, &driver, err);
    if (status != MB_OK) {
        return status;
    }
    struct mb_stage_local *local = mb_stage_local_new(session->ctx);
    const struct mb_run_setup setup = {
        .ctx = session->ctx,
        .spec = &session->spec,
        .declared_blocks = session->declared_blocks,
        .driver = driver,
        .stage = mb_stage_local(local),
        .observer = session->opts->quiet ? NULL : &observer,
        .out_path = session->out_path,
        .partial_path = partial,
    };
    struct mb_run_outcome outcome;
    status = mb_run_execute(arena, &setup, &outcome, err);
    mb_stage_local_free(local);
    mb_runs_progress_close(&progress);
    return status == MB_OK
               ? mb_documents_read_result(session->ctx, arena, session->out_path,
                                          &session->fresh, err)
               : status;
}

static void line_print(const struct session *session, const char *line)
{
    struct mb_buf shown = {0};
    mb_text_show(line, strlen(line), "", &shown);
    (void)fprintf(session->ctx->out, "%s\n", mb_buf_string(&shown));
    mb_buf_release(&shown);
}

static void answer_print(struct session *session, const struct mb_compare_report *report,
                         const struct mb_reproduce *reproduce)
{
    struct mb_arena *arena = &session->arena;
    const char *what = reproduce->design == MB_COMPARE_OVERHEAD
                           ? "overheads (the environment differs)"
                           : "values (the environment is the same)";
    const char *detail = "";
    if (reproduce->reason != NULL) {
        detail = mb_arena_print(arena, ": %s", reproduce->reason);
    } else if (reproduce->answer == MB_REPRODUCE_NO) {
        detail = mb_arena_print(arena, ": %zu of %zu %s differ", reproduce->differing,
                                reproduce->effects, what);
    } else {
        char unseen[32];
        mb_units_show_effect(reproduce->unseen, unseen, sizeof unseen);
        detail = mb_arena_print(arena,
                                ": none of %zu %s differs; what is below %s could "
                                "have gone unseen",
                                reproduce->effects, what, unseen);
    }
    line_print(session,
               mb_arena_print(arena, "%s: %s%s", session->dir,
                              mb_reproduce_answer_name(reproduce->answer), detail));
    if (!session->opts->quiet) {
        struct mb_buf text = {0};
        mb_buf_append_char(&text, '\n');
        mb_report_compare_text(arena, report, (size_t)session->ctx->width,
                               session->ctx->color, &text);
        (void)fputs(mb_buf_string(&text), session->ctx->out);
        mb_buf_release(&text);
        line_print(session, mb_arena_print(arena, "new result: %s", session->out_path));
    }
}

static enum mb_status answer(struct session *session, struct mb_err *err)
{
    const struct mb_compare_side sides[] = {
        {.result = &session->checked.result,
         .digest = session->checked.claim.result_digest,
         .name = session->dir},
        {.result = &session->fresh.result,
         .digest = session->fresh.digest,
         .name = session->out_path}};
    const struct mb_compare_options wanted = {0};
    struct mb_compare_report report;
    struct mb_reproduce reproduce;
    enum mb_status status = mb_compare(&session->arena, sides, 2, &wanted, &report, err);
    if (status != MB_OK) {
        return status;
    }
    mb_reproduce_judge(&session->arena, &report, &reproduce);
    answer_print(session, &report, &reproduce);
    return reproduce.answer == MB_REPRODUCE_YES ? MB_OK : MB_INVALID;
}

static enum mb_status reproduce_run(struct mb_ctx *ctx, const void *options_given,
                                    const struct mb_args *args, struct mb_err *err)
{
    struct session session = {.ctx = ctx, .opts = options_given, .dir = args->items[0]};
    enum mb_status status = bundle_open(&session, err);
    if (status == MB_OK) {
        status = spec_read(&session, err);
    }
    if (status == MB_OK) {
        status = measure(&session, err);
    }
    if (status == MB_OK) {
        status = answer(&session, err);
    }
    mb_result_release(&session.fresh.result);
    mb_bundles_release(&session.checked);
    mb_arena_release(&session.arena);
    return status;
}

const struct mb_cmd mb_cmd_reproduce = {
    .name = "reproduce",
    .group = "Publish",
    .summary = "measure a bundle's benchmark here, and say whether it comes out again",
    .usage = "reproduce BUNDLE [options]",
    .description =
        "Verifies the bundle, runs its resolved spec on this machine, seed included, and "
        "compares the new result with the published one.\n\n"
        "Where the environment is the same, the primary metrics of every variant decide. "
        "Where it differs, what each variant adds to its baseline does: a change of "
        "machine cancels as far as it can. 'reproduced' says that none of them differs, "
        "and how large a difference could have gone unseen; 'not reproduced' that one "
        "does for certain; 'incomparable' what is in the way. What differs between the "
        "environments is listed.\n\n"
        "The exit status is 0 for reproduced, else 1.",
    .options = options,
    .options_size = sizeof(struct reproduce_options),
    .args_min = 1,
    .args_max = 1,
    .examples = examples,
    .run = reproduce_run,
};
