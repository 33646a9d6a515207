#include "meshbench/commands.h"

#include <string.h>

#include "base/file.h"
#include "compare/compare.h"
#include "compare/duel.h"
#include "format/emit.h"
#include "load/load.h"
#include "meshbench/documents.h"
#include "meshbench/duels.h"
#include "meshbench/runs.h"
#include "report/duel.h"
#include "run/run.h"

struct duel_options {
    const char *base;
    const char *head;
    struct mb_opt_list metrics;
    int64_t margin_share;
    int64_t confidence_share;
    int64_t at_most;
    int64_t time_ns;
    int64_t seed;
    const char *format;
    const char *output;
    bool quiet;
};

static const char *const formats[] = {"text", "json", "markdown", NULL};

static const struct mb_opt options[] = {
    {.name = "base",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct duel_options, base),
     .argument = "SIDE",
     .help =
         "what head must not be worse than: a url, a variant of the spec, or another "
         "build of meshbench by its path, which serves the spec's built-in application"},
    {.name = "head",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct duel_options, head),
     .argument = "SIDE",
     .help = "what is judged; likewise"},
    {.name = "metric",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct duel_options, metrics),
     .argument = "METRIC",
     .help =
         "judge by this metric; may be given again (default: those that the spec's "
         "analysis.primary lists, else response_time.p50); error_ratio always counts"},
    {.name = "margin",
     .type = MB_OPT_SHARE,
     .offset = offsetof(struct duel_options, margin_share),
     .argument = "SHARE",
     .min = 1000,
     .max = 1000000000,
     .fallback = "2%",
     .help = "worse by less than this is good enough, where the spec's analysis.margin "
             "says nothing"},
    {.name = "confidence",
     .type = MB_OPT_SHARE,
     .offset = offsetof(struct duel_options, confidence_share),
     .argument = "SHARE",
     .min = 500000000,
     .max = 999999999,
     .fallback = "99%",
     .help = "of the answer, however often the numbers are looked at"},
    {.name = "at-most",
     .type = MB_OPT_INT,
     .offset = offsetof(struct duel_options, at_most),
     .argument = "BLOCKS",
     .min = 2,
     .max = MB_SPEC_MAX_BLOCKS,
     .fallback = "40",
     .help = "go on until it is decided, or this many blocks are measured"},
    {.name = "time",
     .type = MB_OPT_DURATION,
     .offset = offsetof(struct duel_options, time_ns),
     .argument = "DURATION",
     .help = "begin no block after this time (default: no limit)"},
    {.name = "seed",
     .type = MB_OPT_INT,
     .offset = offsetof(struct duel_options, seed),
     .argument = "NUMBER",
     .min = 1,
     .max = MB_UNITS_SAFE_MAX,
     .help = "seed of order and schedules (default: the spec's, else a new one)"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct duel_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json for programs, markdown for pull requests"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct duel_options, output),
     .argument = "FILE",
     .help = "keep the result, for 'compare', 'report' and 'verify'"},
    {.name = "quiet",
     .letter = 'q',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct duel_options, quiet),
     .help = "no progress"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench duel spec.yaml --base ./old/meshbench --head ./new/meshbench",
     "is the new build worse?"},
    {"meshbench duel spec.yaml --base http://10.0.0.5:8080 --head http://10.0.0.6:8080",
     "two endpoints"},
    {"meshbench duel spec.yaml --base istio-1-28 --head istio-1-29 -f markdown",
     "two variants of the spec, for a pull request"},
    {0},
};

// Everything that one call holds.
struct session {
    struct mb_ctx *ctx;
    const struct duel_options *opts;
    struct mb_arena arena;
    struct mb_runs_spec given;
    struct mb_spec spec; // of the duel
    struct mb_duels duel;
    const char **metrics;
    size_t metric_count;
    struct mb_duel_plan plan;
    char *dir; // that the result is in when nobody keeps it
    const char *out_path;
    int64_t begun_ns;
    double spent; // share of the error that earlier looks took
    double share; // that the last look may take
    struct mb_documents_result measured;
};

static int64_t now_ns(const struct session *session)
{
    const struct mb_clock *clock = &session->ctx->clock;
    return clock->monotonic_ns(clock->state);
}

// Those asked for, else those that the spec's text calls primary (its default list has a
// tail percentile, which few duels could decide), else the median; and errors always.
static enum mb_status metrics_choose(struct session *session, struct mb_err *err)
{
    static const char errors[] = "error_ratio";
    const struct mb_opt_list *asked = &session->opts->metrics;
    const struct mb_node *primary =
        mb_node_at(session->given.doc.root, "/analysis/primary");
    size_t most = asked->count + mb_node_count(primary) + 2;
    session->metrics = mb_arena_alloc(&session->arena, most, sizeof *session->metrics);
    for (size_t i = 0; i < asked->count; i++) {
        session->metrics[session->metric_count++] = asked->items[i];
    }
    for (size_t i = 0; asked->count == 0 && i < mb_node_count(primary); i++) {
        session->metrics[session->metric_count++] =
            mb_node_text(primary->as.list.items[i], "");
    }
    if (session->metric_count == 0) {
        session->metrics[session->metric_count++] = "response_time.p50";
    }
    bool listed = false;
    for (size_t i = 0; i < session->metric_count; i++) {
        struct mb_metric metric;
        if (!mb_metric_parse(session->metrics[i], &metric)) {
            return mb_err_set(err, MB_USAGE, "'%s' is not a metric", session->metrics[i]);
        }
        listed = listed || strcmp(session->metrics[i], errors) == 0;
    }
    if (!listed) {
        session->metrics[session->metric_count++] = errors;
    }
    return MB_OK;
}

// Compares what there is and judges it. Of a run that goes on, `result` is its journal's.
static enum mb_status judge(const struct session *session, struct mb_arena *arena,
                            const struct mb_compare_side *side, double share,
                            struct mb_duel *duel, struct mb_err *err)
{
    const struct mb_compare_options wanted = {.baseline = MB_DUELS_BASE,
                                              .metrics = session->metrics,
                                              .metric_count = session->metric_count};
    struct mb_compare_report *report = mb_arena_alloc(arena, 1, sizeof *report);
    enum mb_status status = mb_compare(arena, side, 1, &wanted, report, err);
    if (status == MB_OK) {
        double error = (1.0 - (double)session->opts->confidence_share / 1e9) * share;
        mb_duel_judge(arena, report, (double)session->opts->margin_share / 1e9, error,
                      duel);
    }
    return status;
}

// Which look comes after that many blocks; the count of looks when none does.
static size_t look_find(const struct mb_duel_plan *plan, int blocks)
{
    size_t look = 0;
    while (look < plan->count && plan->blocks[look] != blocks) {
        look++;
    }
    return look;
}

static bool wants_more(void *state, const struct mb_plan *plan,
                       const struct mb_result *result)
{
    struct session *session = state;
    int64_t limit_ns = session->opts->time_ns;
    size_t look = look_find(&session->plan, plan->block_count);
    bool late = limit_ns > 0 && now_ns(session) - session->begun_ns >= limit_ns;
    if (look == session->plan.count || late) {
        return !late; // what no look has taken is left for the last one
    }
    struct mb_arena scratch = {0};
    struct mb_duel duel = {.answer = MB_DUEL_OPEN};
    struct mb_err ignored = {0}; // the same comfort fails after the run, and says so
    const struct mb_compare_side side = {.result = result, .digest = "", .name = ""};
    session->share = session->plan.shares[look];
    bool open =
        judge(session, &scratch, &side, session->share, &duel, &ignored) == MB_OK &&
        duel.answer == MB_DUEL_OPEN;
    mb_arena_release(&scratch);
    if (open) {
        session->spent += session->share;
        session->share = 1.0 - session->spent;
    }
    return open;
}

static enum mb_status place_choose(struct session *session, struct mb_err *err)
{
    session->out_path = session->opts->output;
    if (session->out_path == NULL) {
        enum mb_status status =
            mb_file_make_temp_dir(&session->arena, "meshbench-duel", &session->dir, err);
        if (status == MB_OK) {
            session->out_path = mb_file_join(&session->arena, session->dir, "duel.json");
        }
        return status;
    }
    if (mb_file_exists(session->out_path)) {
        return mb_err_set(err, MB_FAILED, "result '%s' exists already",
                          session->out_path);
    }
    return MB_OK;
}

static enum mb_status prepare(struct session *session, const char *path,
                              struct mb_err *err)
{
    const struct duel_options *opts = session->opts;
    const char *const texts[] = {opts->base, opts->head};
    if (opts->base == NULL || opts->head == NULL) {
        return mb_err_set(err, MB_USAGE, "--base and --head say what meets in the duel");
    }
    const struct mb_spec *given = &session->given.spec;
    session->given.quiet = opts->quiet;
    enum mb_status status =
        mb_runs_read_spec(session->ctx, &session->arena, path, &session->given, err);
    if (status == MB_OK) {
        status = metrics_choose(session, err);
    }
    for (size_t i = 0; i < 2 && status == MB_OK; i++) {
        status = mb_duels_choose(given, texts[i], &session->duel.sides[i], err);
    }
    for (size_t i = 0; i < 2 && status == MB_OK; i++) {
        status = mb_duels_up(&session->arena, session->ctx, given,
                             &session->duel.sides[i], err);
    }
    if (status == MB_OK) {
        session->plan = mb_duel_plan((int)opts->at_most);
        session->duel.blocks = session->plan.blocks[0];
        status = mb_duels_spec(&session->arena, session->ctx, given, &session->duel,
                               &session->spec, err);
    }
    return status == MB_OK ? place_choose(session, err) : status;
}

static void seed_settle(struct session *session)
{
    if (session->opts->seed != 0) {
        mb_spec_set_seed(&session->arena, &session->spec, (uint64_t)session->opts->seed);
    } else if (!session->spec.seed_given) {
        mb_spec_set_seed(&session->arena, &session->spec, mb_runs_seed(session->ctx));
    }
}

static enum mb_status measure(struct session *session, struct mb_err *err)
{
    struct mb_arena *arena = &session->arena;
    struct mb_runs_progress progress = {.ctx = session->ctx};
    const struct mb_run_observer observer = mb_runs_observer(&progress);
    struct mb_load_driver driver;
    enum mb_status status = mb_runs_driver(arena, &session->spec, &driver, err);
    if (status != MB_OK) {
        return status;
    }
    struct mb_stage_local *local = mb_stage_local_new(session->ctx);
    seed_settle(session);
    session->begun_ns = now_ns(session);
    session->share = 1.0;
    const struct mb_run_setup setup = {
        .ctx = session->ctx,
        .spec = &session->spec,
        .declared_blocks = session->spec.block_count,
        .driver = driver,
        .stage = mb_stage_local(local),
        .observer = session->opts->quiet ? NULL : &observer,
        .out_path = session->out_path,
        .partial_path = mb_run_partial_path(arena, session->out_path),
        .wants_more = wants_more,
        .wants_more_state = session,
        .block_limit = (int)session->opts->at_most,
    };
    struct mb_run_outcome outcome;
    status = mb_run_execute(arena, &setup, &outcome, err);
    mb_stage_local_free(local);
    mb_runs_progress_close(&progress);
    if (status != MB_OK) {
        err->hint[0] = '\0'; // a duel is begun anew: the sides may have changed
        return status;
    }
    return mb_documents_read_result(session->ctx, arena, session->out_path,
                                    &session->measured, err);
}

static size_t looks_taken(const struct session *session, int blocks)
{
    size_t looks = 0;
    while (looks < session->plan.count && session->plan.blocks[looks] <= blocks) {
        looks++;
    }
    return looks;
}

static enum mb_status answer(struct session *session, struct mb_err *err)
{
    struct mb_arena *arena = &session->arena;
    const struct duel_options *opts = session->opts;
    const struct mb_compare_side side = {.result = &session->measured.result,
                                         .digest = session->measured.digest,
                                         .name = session->out_path};
    struct mb_duel duel;
    enum mb_status status = judge(session, arena, &side, session->share, &duel, err);
    if (status != MB_OK) {
        return status;
    }
    int blocks = (int)session->measured.result.cells[0].trial_count;
    const struct mb_report_duel report = {.duel = &duel,
                                          .base = opts->base,
                                          .head = opts->head,
                                          .result = opts->output,
                                          .blocks = blocks,
                                          .at_most = (int)opts->at_most,
                                          .looks = looks_taken(session, blocks),
                                          .confidence =
                                              (double)opts->confidence_share / 1e9};
    struct mb_buf out = {0};
    if (strcmp(opts->format, "json") == 0) {
        mb_emit_json(mb_report_duel_node(arena, &report), &out);
    } else if (strcmp(opts->format, "markdown") == 0) {
        mb_report_duel_markdown(arena, &report, &out);
    } else {
        mb_report_duel_text(arena, &report, (size_t)session->ctx->width,
                            session->ctx->color, &out);
    }
    status = mb_documents_write(session->ctx, NULL, &out, err);
    mb_buf_release(&out);
    static const enum mb_status statuses[] = {MB_OK, MB_INVALID, MB_UNDECIDED};
    return status == MB_OK ? statuses[duel.answer] : status;
}

static enum mb_status duel_run(struct mb_ctx *ctx, const void *options_given,
                               const struct mb_args *args, struct mb_err *err)
{
    struct session session = {.ctx = ctx, .opts = options_given};
    enum mb_status status = prepare(&session, args->items[0], err);
    if (status == MB_OK) {
        status = measure(&session, err);
    }
    if (status == MB_OK) {
        status = answer(&session, err);
    }
    for (size_t i = 0; i < 2; i++) {
        mb_duels_down(&session.duel.sides[i]);
    }
    if (session.dir != NULL) {
        struct mb_err ignored = {0}; // a folder left in /tmp is no reason to fail
        (void)!mb_file_remove_tree(session.dir, &ignored);
    }
    mb_result_release(&session.measured.result);
    mb_arena_release(&session.arena);
    return status;
}

const struct mb_cmd mb_cmd_duel = {
    .name = "duel",
    .group = "Measure",
    .summary = "measure two builds, variants or endpoints in turns: is the second worse?",
    .usage = "duel SPEC --base A --head B [options]",
    .description =
        "Runs the spec's workloads against both sides in one run, block after block in "
        "seeded order, so that what disturbs the machine disturbs both. It goes on until "
        "one of two things is certain: head is worse than base, or head is not worse by "
        "the margin or more. The numbers are looked at after 5 blocks and then each time "
        "that they have grown by half; the error that is allowed is shared out among the "
        "looks.\n\n"
        "Exit status, as 'git bisect run' takes it: 0 head is good, 1 head is worse, 125 "
        "the data cannot tell. Failures of the duel itself have the usual ones: 2, 3, "
        "130.",
    .options = options,
    .options_size = sizeof(struct duel_options),
    .args_min = 1,
    .args_max = 1,
    .examples = examples,
    .run = duel_run,
};
