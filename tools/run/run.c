#include "run/run.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/digest.h"
#include "base/rng.h"
#include "base/units.h"
#include "base/version.h"
#include "model/derive.h"
#include "run/remarks.h"
#include "run/journal.h"
#include "run/trial.h"
#include "run/until.h"

// Everything that a run holds while it goes on.
struct run {
    struct mb_arena *arena;
    const struct mb_run_setup *setup;
    struct mb_plan plan;
    struct mb_stage_view view;
    struct mb_journal journal;
    struct mb_diag findings;
    struct mb_run_place place;
    int64_t planned_ns; // estimate of the trials measured in this sitting so far
    int64_t taken_ns;   // what they took
    int64_t begun_ns;   // when the trial at hand began, its pause included
    int64_t missing_ns; // estimate of those still to be measured
};

// Length of `text` without `suffix`; all of it when it ends otherwise.
static int stem_length(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t cut = strlen(suffix);
    if (length > cut && strcmp(text + length - cut, suffix) == 0) {
        length -= cut;
    }
    return (int)length;
}

char *mb_run_partial_path(struct mb_arena *arena, const char *out_path)
{
    return mb_arena_print(arena, "%.*s.partial.json", stem_length(out_path, ".json"),
                          out_path);
}

char *mb_run_complete_path(struct mb_arena *arena, const char *partial_path)
{
    int stem = stem_length(partial_path, ".partial.json");
    if ((size_t)stem < strlen(partial_path)) {
        return mb_arena_print(arena, "%.*s.json", stem, partial_path);
    }
    return mb_arena_print(arena, "%.*s.complete.json", stem_length(partial_path, ".json"),
                          partial_path);
}

// "20261123T194700Z" from "2026-11-23T19:47:00.123Z"
static char *compact_time(struct mb_arena *arena, int64_t unix_ns)
{
    char time[32];
    mb_units_print_time(unix_ns, time, sizeof time);
    return mb_arena_print(arena, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", time, time + 5, time + 8,
                          time + 11, time + 14, time + 17);
}

char *mb_run_default_path(struct mb_arena *arena, const char *name, int64_t unix_ns)
{
    return mb_arena_print(arena, "%s-%s.json", name, compact_time(arena, unix_ns));
}

void mb_run_set_blocks(struct mb_arena *arena, struct mb_spec *spec, int blocks)
{
    struct mb_node *trials = mb_node_find(spec->resolved, "trials");
    spec->block_count = blocks;
    mb_node_set(arena, trials, "count", mb_node_int(arena, blocks));
    struct mb_node *until = mb_node_find(trials, "until");
    if (until != NULL) {
        spec->until.at_most = blocks;
        mb_node_set(arena, until, "at_most", mb_node_int(arena, blocks));
    }
}

static int64_t now_ns(const struct run *run)
{
    const struct mb_clock *clock = &run->setup->ctx->clock;
    return clock->monotonic_ns(clock->state);
}

static int64_t wall_ns(const struct run *run)
{
    const struct mb_clock *clock = &run->setup->ctx->clock;
    return clock->wall_ns(clock->state);
}

// The spec's labels are the result's: whoever keeps many results finds them by these.
static void labels_fill(struct run *run)
{
    struct mb_result *result = &run->journal.result;
    const struct mb_node *labels = mb_node_find(run->setup->spec->resolved, "labels");
    result->labels =
        mb_arena_alloc(run->arena, mb_node_count(labels), sizeof *result->labels);
    for (size_t i = 0; i < mb_node_count(labels); i++) {
        const struct mb_node_entry *entry = &labels->as.map.entries[i];
        result->labels[result->label_count++] =
            (struct mb_label){.name = mb_node_text(entry->key, ""),
                              .value = mb_node_text(entry->value, "")};
    }
}

static void header_fill(struct run *run)
{
    const struct mb_spec *spec = run->setup->spec;
    struct mb_result *result = &run->journal.result;
    char digest[MB_DIGEST_TEXT];
    mb_digest_text(spec->text, spec->text_size, digest);
    int64_t now = wall_ns(run);
    uint64_t random = mb_rng_derive((uint64_t)now_ns(run), digest);
    result->minor = MB_RESULT_MINOR;
    result->tool_name = "meshbench";
    result->tool_version = mb_version();
    result->tool_commit = mb_version_commit();
    result->id = mb_arena_print(run->arena, "%s-%016" PRIx64,
                                compact_time(run->arena, now), random);
    result->started_unix_ns = now;
    result->finished_unix_ns = now;
    result->spec_name = spec->name;
    result->spec_path = spec->path;
    result->spec_text = spec->text;
    result->spec_digest = mb_arena_copy_string(run->arena, digest);
    result->spec_resolved = spec->resolved;
    result->seed = run->plan.seed;
    labels_fill(run);
    result->facts = run->view.facts;
    result->targets = run->view.targets;
    result->target_count = run->view.target_count;
    mb_spec_keys(run->arena, spec, &run->view.facts, &result->keys);
}

static void findings_store(struct run *run)
{
    run->journal.result.findings = run->findings.items;
    run->journal.result.finding_count = run->findings.count;
}

// What is said before the first trial: the host, and facts that are not as declared.
static void judge_start(struct run *run)
{
    const struct mb_stage *stage = &run->setup->stage;
    stage->judge(stage->state, &run->view, &run->findings);
    mb_remarks_facts(&run->view.facts, &run->findings);
    int measured = run->setup->spec->block_count;
    int declared = run->setup->declared_blocks;
    if (measured != declared) {
        mb_diag_add(&run->findings,
                    &(struct mb_finding){
                        .code = "MB425",
                        .severity = MB_SEVERITY_NOTE,
                        .pointer = "/spec/resolved/trials/count",
                        .message = mb_arena_print(
                            run->arena, "the spec asks for %d blocks, measured were %d",
                            declared, measured),
                    });
    }
    findings_store(run);
}

static bool trial_done(const struct run *run, const struct mb_plan_trial *trial)
{
    return mb_journal_find(&run->journal, trial->cell, trial->id) != NULL;
}

static void missing_count(struct run *run, size_t first)
{
    for (size_t i = first; i < run->plan.trial_count; i++) {
        if (!trial_done(run, &run->plan.trials[i])) {
            run->missing_ns += mb_plan_trial_ns(&run->plan, &run->plan.trials[i]);
        }
    }
}

static enum mb_status reach(const struct run *run, size_t variant, struct mb_err *err)
{
    const struct mb_stage *stage = &run->setup->stage;
    enum mb_status status = stage->ready(stage->state, variant, err);
    if (status == MB_FAILED) {
        mb_err_prepend(err, "cannot reach variant '%s'",
                       run->setup->spec->variants[variant].name);
    }
    return status;
}

// A variant that cannot be reached is better known now than in the middle of a block.
static enum mb_status reach_all(const struct run *run, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t v = 0; status == MB_OK && v < run->setup->spec->variant_count; v++) {
        status = reach(run, v, err);
    }
    return status;
}

static enum mb_status prepare(struct run *run, struct mb_err *err)
{
    const struct mb_run_setup *setup = run->setup;
    enum mb_status status = mb_plan_init(run->arena, setup->spec, &run->plan, err);
    if (status != MB_OK) {
        return status;
    }
    if (setup->wants_more != NULL && setup->block_limit > run->plan.block_limit) {
        run->plan.block_limit = setup->block_limit;
    }
    mb_journal_init(&run->journal, run->arena, &run->plan, setup->partial_path);
    if (setup->observer != NULL && setup->observer->up != NULL) {
        setup->observer->up(setup->observer->state);
    }
    status =
        setup->stage.up(setup->stage.state, run->arena, setup->spec, &run->view, err);
    if (status != MB_OK) {
        return status;
    }
    header_fill(run);
    judge_start(run);
    if (setup->resume != NULL) {
        status =
            mb_resume_check(setup->resume, &run->journal.result, &setup->driver, err);
        if (status == MB_OK) {
            status = mb_resume_apply(setup->resume, &run->plan, &run->journal, err);
        }
        if (status != MB_OK) {
            return status;
        }
        mb_resume_judge(setup->resume, wall_ns(run), &run->findings);
        findings_store(run);
    }
    run->place = (struct mb_run_place){
        .plan = &run->plan, .done = mb_journal_count(&run->journal, MB_TRIAL_COMPLETE)};
    missing_count(run, 0);
    return reach_all(run, err);
}

// The rest is expected to take as much longer than planned as the trials so far did.
static int64_t left_ns(const struct run *run)
{
    if (run->planned_ns == 0) {
        return run->missing_ns;
    }
    return (int64_t)((double)run->missing_ns * (double)run->taken_ns /
                     (double)run->planned_ns);
}

static void on_progress(void *state, const struct mb_load_progress *progress)
{
    struct run *run = state;
    const struct mb_run_observer *observer = run->setup->observer;
    run->place.left_ns = left_ns(run) - progress->elapsed_ns;
    if (observer != NULL && observer->trial_progress != NULL) {
        observer->trial_progress(observer->state, &run->place, progress);
    }
}

static void tell_begin(struct run *run, const struct mb_plan_trial *planned)
{
    const struct mb_run_observer *observer = run->setup->observer;
    run->place.trial = planned;
    run->place.left_ns = left_ns(run);
    if (observer != NULL && observer->trial_begin != NULL) {
        observer->trial_begin(observer->state, &run->place);
    }
}

static void tell_end(struct run *run, const struct mb_trial *trial)
{
    const struct mb_run_observer *observer = run->setup->observer;
    run->place.left_ns = left_ns(run);
    if (observer != NULL && observer->trial_end != NULL) {
        observer->trial_end(observer->state, &run->place,
                            &run->journal.result.cells[run->place.trial->cell], trial);
    }
}

static bool interrupted(const struct run *run)
{
    return *run->setup->ctx->interrupted != 0;
}

// Rest, and wait until the variant answers.
static enum mb_status approach(struct run *run, const struct mb_plan_trial *planned,
                               struct mb_err *err)
{
    struct mb_ctx *ctx = run->setup->ctx;
    size_t variant = run->plan.cells[planned->cell].variant;
    if (run->setup->spec->pause_ns > 0 && run->planned_ns > 0) {
        ctx->clock.sleep_until(ctx->clock.state, now_ns(run) + run->setup->spec->pause_ns,
                               ctx->interrupted);
    }
    if (interrupted(run)) {
        return mb_err_set(err, MB_INTERRUPTED, "interrupted");
    }
    return reach(run, variant, err);
}

// The trial lives in an arena of its own: the journal keeps its document only.
static enum mb_status measure(struct run *run, const struct mb_plan_trial *planned,
                              struct mb_err *err)
{
    struct mb_trial_bench bench = {
        .ctx = run->setup->ctx,
        .plan = &run->plan,
        .stage = &run->setup->stage,
        .view = &run->view,
        .driver = &run->setup->driver,
        .progress = on_progress,
        .progress_state = run,
    };
    struct mb_arena scratch;
    struct mb_trial trial = {0};
    mb_arena_init(&scratch);
    enum mb_status status = mb_trial_run(&scratch, &bench, planned, &trial, err);
    if (status == MB_FAILED || status == MB_INVALID) {
        mb_err_prepend(err, "trial '%s' could not be run", planned->id);
    }
    if (status != MB_OK) {
        goto out;
    }
    status = mb_journal_add(&run->journal, planned->cell, &trial, err);
    if (status != MB_OK) {
        goto out;
    }
    if (trial.status == MB_TRIAL_COMPLETE) {
        run->place.done++;
    }
    run->missing_ns -= mb_plan_trial_ns(&run->plan, planned);
    run->planned_ns += mb_plan_trial_ns(&run->plan, planned);
    run->taken_ns += now_ns(run) - run->begun_ns;
    tell_end(run, &trial);
    if (trial.status == MB_TRIAL_PARTIAL && trial.parts[0].interrupted) {
        status = mb_err_set(err, MB_INTERRUPTED, "interrupted");
    } else if (trial.status == MB_TRIAL_PARTIAL) {
        status = mb_err_set(err, MB_FAILED, "variant '%s' went away in trial '%s': %s",
                            run->journal.result.cells[planned->cell].variant, planned->id,
                            trial.reason);
    }
out:
    for (size_t i = 0; i < trial.part_count; i++) {
        mb_part_release(&trial.parts[i]);
    }
    mb_arena_release(&scratch);
    return status;
}

static enum mb_status save(struct run *run, struct mb_err *err)
{
    run->journal.result.finished_unix_ns = wall_ns(run);
    struct mb_err save_err = {0};
    enum mb_status status = mb_journal_save(&run->journal, &save_err);
    if (status != MB_OK) {
        // Measuring on without being able to save would waste the user's time; this
        // outweighs an interruption.
        *err = save_err;
        mb_err_prepend(err, "cannot save what was measured");
    }
    return status;
}

static enum mb_status
measure_and_save(struct run *run, const struct mb_plan_trial *planned, struct mb_err *err)
{
    run->begun_ns = now_ns(run);
    tell_begin(run, planned);
    enum mb_status status = approach(run, planned, err);
    if (status != MB_OK) {
        return status;
    }
    size_t before = mb_journal_total(&run->journal);
    status = measure(run, planned, err);
    if (mb_journal_total(&run->journal) == before) {
        return status;
    }
    enum mb_status saved = save(run, err);
    return saved != MB_OK ? saved : status;
}

static bool wants_more(const struct run *run)
{
    const struct mb_run_setup *setup = run->setup;
    if (setup->wants_more == NULL) {
        return mb_until_wants_more(&run->plan, &run->journal.result);
    }
    return run->plan.block_count < run->plan.block_limit &&
           setup->wants_more(setup->wants_more_state, &run->plan, &run->journal.result);
}

static enum mb_status measure_all(struct run *run, struct mb_err *err)
{
    size_t next = 0;
    for (;;) {
        if (next == run->plan.trial_count) {
            if (!wants_more(run)) {
                return MB_OK;
            }
            mb_plan_extend(run->arena, &run->plan);
            missing_count(run, next);
        }
        const struct mb_plan_trial *planned = &run->plan.trials[next++];
        if (trial_done(run, planned)) {
            continue;
        }
        enum mb_status status = measure_and_save(run, planned, err);
        if (status != MB_OK) {
            return status;
        }
    }
}

static enum mb_status finish(struct run *run, struct mb_err *err)
{
    struct mb_result *result = &run->journal.result;
    mb_remarks_hosts(result, &run->findings);
    mb_remarks_cells(result, &run->findings);
    mb_until_judge(&run->plan, result, &run->findings);
    findings_store(run);
    result->complete = true;
    result->finished_unix_ns = wall_ns(run);
    result->derived = mb_derive_section(run->arena, result);
    enum mb_status status = mb_journal_finish(&run->journal, run->setup->out_path, err);
    if (status != MB_OK) {
        mb_err_prepend(err, "cannot write the result");
    }
    return status;
}

static void explain(struct run *run, struct mb_err *err)
{
    const struct mb_run_setup *setup = run->setup;
    if (run->journal.written == 0) {
        return;
    }
    mb_err_hint(err,
                "measured so far: %zu of %zu trials, saved in %s\n"
                "  go on with: meshbench run %s --resume %s",
                run->place.done, run->plan.trial_count, setup->partial_path,
                setup->spec->path, setup->partial_path);
}

enum mb_status mb_run_execute(struct mb_arena *arena, const struct mb_run_setup *setup,
                              struct mb_run_outcome *outcome, struct mb_err *err)
{
    struct run run = {.arena = arena, .setup = setup};
    mb_diag_init(&run.findings, arena);
    enum mb_status status = prepare(&run, err);
    if (status == MB_OK) {
        status = measure_all(&run, err);
    }
    if (status == MB_OK) {
        status = finish(&run, err);
    }
    if (status == MB_FAILED || status == MB_INTERRUPTED) {
        explain(&run, err);
    }
    setup->stage.down(setup->stage.state);
    *outcome = (struct mb_run_outcome){
        .complete = run.place.done,
        .planned = run.plan.trial_count,
        .findings = run.findings.items,
        .finding_count = run.findings.count,
    };
    mb_journal_release(&run.journal);
    return status;
}
