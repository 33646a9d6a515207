#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/units.h"
#include "format/emit.h"
#include "load/load.h"
#include "meshbench/commands.h"
#include "meshbench/documents.h"
#include "meshbench/runs.h"
#include "meshbench/stores.h"
#include "model/spec.h"
#include "run/progress.h"
#include "run/run.h"

struct run_options {
    const char *output;
    bool force;
    const char *resume;
    bool dry_run;
    const char *format;
    int64_t seed;
    int64_t blocks;
    bool quiet;
    const char *store;
    struct mb_opt_list tags;
};

static const char *const formats[] = {"text", "yaml", "json", NULL};

static const struct mb_opt options[] = {
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct run_options, output),
     .argument = "FILE",
     .help = "the result (default: the spec's name and the time, as sidecar-"
             "20261123T194700Z.json)"},
    {.name = "force",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct run_options, force),
     .help = "overwrite a result that exists"},
    {.name = "resume",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct run_options, resume),
     .argument = "FILE",
     .help = "go on with the partial result of an interrupted run"},
    {.name = "dry-run",
     .letter = 'n',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct run_options, dry_run),
     .help = "print what would be measured, in which order and for how long"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct run_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help =
         "of --dry-run: text for people, yaml or json for the spec with every default "
         "written out"},
    {.name = "seed",
     .type = MB_OPT_INT,
     .offset = offsetof(struct run_options, seed),
     .argument = "NUMBER",
     .min = 1,
     .max = MB_UNITS_SAFE_MAX,
     .help = "seed of order and schedules (default: the spec's, else a new one)"},
    {.name = "blocks",
     .type = MB_OPT_INT,
     .offset = offsetof(struct run_options, blocks),
     .argument = "NUMBER",
     .min = 1,
     .max = MB_SPEC_MAX_BLOCKS,
     .help = "measure this many blocks, whatever the spec says; the result tells so"},
    {.name = "quiet",
     .letter = 'q',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct run_options, quiet),
     .help = "no progress and no summary"},
    {.name = "store",
     .letter = 's',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct run_options, store),
     .argument = "FILE",
     .help = "add the result to this store when it is complete; made when it is not "
             "there"},
    {.name = "tag",
     .letter = 't',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct run_options, tags),
     .argument = "NAME=VALUE",
     .help = "of --store: give the result this tag, as commit=4f2a91c; may be given "
             "again"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench run sidecar.yaml", "measure, and write the result beside you"},
    {"meshbench run sidecar.yaml --dry-run", "what would be measured, and how long"},
    {"meshbench run sidecar.yaml --resume sidecar-20261123T194700Z.partial.json",
     "go on after an interruption"},
    {"meshbench run sidecar.yaml --store nightly.db --tag branch=main",
     "measure, and put the result into a history"},
    {0},
};

// Everything that one call holds.
struct session {
    struct mb_ctx *ctx;
    const struct run_options *opts;
    struct mb_arena arena;
    struct mb_spec spec;
    int declared_blocks;
    struct mb_documents_result partial; // with --resume
    struct mb_resume resume;
    const char *out_path;
    const char *partial_path;
    struct mb_stores_tags tags; // for the store
};

// --- the spec

static void settle(struct session *session)
{
    const struct run_options *opts = session->opts;
    struct mb_spec *spec = &session->spec;
    if (opts->resume != NULL) {
        mb_spec_set_seed(&session->arena, spec, session->resume.result->seed);
        if (session->resume.block_count != spec->block_count) {
            mb_run_set_blocks(&session->arena, spec, session->resume.block_count);
        }
        return;
    }
    if (opts->seed != 0) {
        mb_spec_set_seed(&session->arena, spec, (uint64_t)opts->seed);
    } else if (!spec->seed_given) {
        mb_spec_set_seed(&session->arena, spec, mb_runs_seed(session->ctx));
    }
    if (opts->blocks != 0) {
        mb_run_set_blocks(&session->arena, spec, (int)opts->blocks);
    }
}

static enum mb_status read_partial(struct session *session, struct mb_err *err)
{
    const struct run_options *opts = session->opts;
    const char *path = opts->resume;
    if (path == NULL) {
        return MB_OK;
    }
    if (opts->seed != 0 || opts->blocks != 0 || opts->dry_run) {
        return mb_err_set(err, MB_USAGE,
                          "--resume takes seed and blocks from the partial result, and "
                          "goes with none of --seed, --blocks, --dry-run");
    }
    enum mb_status status = mb_documents_read_result(session->ctx, &session->arena, path,
                                                     &session->partial, err);
    if (status == MB_OK) {
        status = mb_resume_init(&session->resume, path, session->partial.doc.root,
                                &session->partial.result, err);
    }
    return status;
}

// --- places

// A measurement of hours must not end in "cannot write": look first.
static enum mb_status check_places(const struct session *session, struct mb_err *err)
{
    bool force = session->opts->force;
    if (strcmp(session->out_path, "-") == 0) {
        return mb_err_set(err, MB_USAGE,
                          "a result is written to a file, and saved beside it meanwhile: "
                          "'-' is not possible");
    }
    struct mb_arena scratch = {0};
    const char *dir = mb_file_dir(&scratch, session->out_path);
    if (access(dir, W_OK | X_OK) != 0) {
        (void)mb_err_system(err, errno, "cannot write into folder '%s'", dir);
    }
    mb_arena_release(&scratch);
    if (err->code != MB_OK) {
        return err->code;
    }
    if (!force && mb_file_exists(session->out_path)) {
        mb_err_hint(err, "--force overwrites it");
        return mb_err_set(err, MB_FAILED, "result '%s' exists already",
                          session->out_path);
    }
    if (!force && session->opts->resume == NULL &&
        mb_file_exists(session->partial_path)) {
        mb_err_hint(err, "go on with it: --resume %s; or overwrite it: --force",
                    session->partial_path);
        return mb_err_set(err, MB_FAILED, "partial result '%s' of an earlier run exists",
                          session->partial_path);
    }
    return MB_OK;
}

static void choose_places(struct session *session)
{
    const struct mb_clock *clock = &session->ctx->clock;
    session->out_path = session->opts->output;
    if (session->out_path == NULL && session->opts->resume != NULL) {
        session->out_path = mb_run_complete_path(&session->arena, session->opts->resume);
    } else if (session->out_path == NULL) {
        session->out_path = mb_run_default_path(&session->arena, session->spec.name,
                                                clock->wall_ns(clock->state));
    }
    session->partial_path = session->opts->resume != NULL
                                ? session->opts->resume
                                : mb_run_partial_path(&session->arena, session->out_path);
}

// --- the store

// Looked at first, too: a store that cannot be used, or a tag that is none.
static enum mb_status check_store(struct session *session, struct mb_err *err)
{
    struct mb_store *store = NULL;
    if (session->opts->store == NULL) {
        return session->opts->tags.count == 0
                   ? MB_OK
                   : mb_err_set(err, MB_USAGE, "--tag is for --store");
    }
    enum mb_status status =
        mb_stores_tags(&session->arena, &session->opts->tags, &session->tags, err);
    if (status == MB_OK) {
        status = mb_store_tags_check(session->tags.items, session->tags.count, err);
    }
    if (status == MB_OK) {
        status = mb_stores_open(session->ctx, session->opts->store, MB_STORE_CREATE,
                                &store, err);
    }
    mb_store_close(store);
    return status;
}

static enum mb_status add_to_store(struct session *session, struct mb_err *err)
{
    struct mb_store *store = NULL;
    struct mb_stores_added added;
    enum mb_status status =
        mb_stores_open(session->ctx, session->opts->store, MB_STORE_CREATE, &store, err);
    if (status == MB_OK) {
        status = mb_stores_add(session->ctx, store, session->out_path, &session->tags,
                               &added, err);
    }
    mb_store_close(store);
    if (status != MB_OK) {
        mb_err_prepend(err, "measured, but not added");
        mb_err_hint(err, "the result is whole: meshbench store add %s --store %s",
                    session->out_path, session->opts->store);
    }
    return status;
}

// --- the two ways

static enum mb_status dry_run(struct session *session, struct mb_err *err)
{
    struct mb_plan plan;
    struct mb_buf out = {0};
    enum mb_status status = mb_plan_init(&session->arena, &session->spec, &plan, err);
    if (status != MB_OK) {
        return status;
    }
    const char *format = session->opts->format;
    if (strcmp(format, "yaml") == 0) {
        mb_emit_yaml(session->spec.resolved, &out);
    } else if (strcmp(format, "json") == 0) {
        mb_emit_json(session->spec.resolved, &out);
    } else {
        mb_plan_print(&session->arena, &plan, &out);
    }
    status = mb_documents_write(session->ctx, session->opts->output, &out, err);
    mb_buf_release(&out);
    return status;
}

static enum mb_status measure(struct session *session, struct mb_err *err)
{
    if (strcmp(session->opts->format, "text") != 0) {
        return mb_err_set(err, MB_USAGE, "--format is for --dry-run; a result is JSON");
    }
    choose_places(session);
    enum mb_status status = check_places(session, err);
    if (status == MB_OK) {
        status = check_store(session, err);
    }
    struct mb_load_driver driver;
    if (status == MB_OK) {
        status = mb_runs_driver(&session->arena, &session->spec, &driver, err);
    }
    if (status != MB_OK) {
        return status;
    }
    struct mb_runs_progress progress = {.ctx = session->ctx};
    const struct mb_run_observer observer = mb_runs_observer(&progress);
    struct mb_stage_local *local = mb_stage_local_new(session->ctx);
    struct mb_run_setup setup = {
        .ctx = session->ctx,
        .spec = &session->spec,
        .declared_blocks = session->declared_blocks,
        .driver = driver,
        .stage = mb_stage_local(local),
        .observer = session->opts->quiet ? NULL : &observer,
        .resume = session->opts->resume != NULL ? &session->resume : NULL,
        .out_path = session->out_path,
        .partial_path = session->partial_path,
    };
    struct mb_run_outcome outcome;
    status = mb_run_execute(&session->arena, &setup, &outcome, err);
    mb_stage_local_free(local);
    mb_runs_progress_close(&progress);
    if (status == MB_OK && session->opts->store != NULL) {
        status = add_to_store(session, err);
    }
    if (status == MB_OK && !session->opts->quiet) {
        struct mb_buf text = {0};
        mb_progress_summary(&outcome, session->out_path, &text);
        status = mb_documents_write(session->ctx, NULL, &text, err);
        mb_buf_release(&text);
    }
    return status;
}

static enum mb_status run_run(struct mb_ctx *ctx, const void *options_given,
                              const struct mb_args *args, struct mb_err *err)
{
    struct session session = {.ctx = ctx, .opts = options_given};
    struct mb_runs_spec read = {.quiet = session.opts->quiet};
    enum mb_status status =
        mb_runs_read_spec(ctx, &session.arena, args->items[0], &read, err);
    session.spec = read.spec;
    session.declared_blocks = status == MB_OK ? session.spec.block_count : 0;
    if (status == MB_OK) {
        status = read_partial(&session, err);
    }
    if (status == MB_OK) {
        settle(&session);
        status = session.opts->dry_run ? dry_run(&session, err) : measure(&session, err);
    }
    mb_result_release(&session.partial.result);
    mb_arena_release(&session.arena);
    return status;
}

const struct mb_cmd mb_cmd_run = {
    .name = "run",
    .group = "Measure",
    .summary = "measure what a spec describes, and write the result",
    .usage = "run SPEC [options]",
    .description =
        "Brings up the application and every variant, then measures each cell (variant x "
        "load point) once a block, in interleaved, seeded order. Everything stays up for "
        "the whole run and is taken down at its end, whatever the end.\n\n"
        "What was measured is saved after every trial in NAME.partial.json, which is a "
        "result as well. Interrupt the run and it is kept; --resume goes on with it: "
        "complete trials stay, cut ones are measured again and kept as discarded.\n\n"
        "The load is made by the built-in generator, or by the one that the spec names "
        "(`generator: {name: wrk2}`), which has to be on PATH.\n\n"
        "Without --output the result gets the spec's name and the time. An existing file "
        "is not overwritten without --force.",
    .options = options,
    .options_size = sizeof(struct run_options),
    .args_min = 1,
    .args_max = 1,
    .examples = examples,
    .run = run_run,
};
