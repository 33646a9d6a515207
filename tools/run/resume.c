#include "run/resume.h"

#include <inttypes.h>
#include <string.h>

#include "base/diag.h"
#include "base/units.h"
#include "model/spec.h"

enum mb_status mb_resume_init(struct mb_resume *resume, const char *name,
                              struct mb_node *root, const struct mb_result *result,
                              struct mb_err *err)
{
    if (result->complete) {
        return mb_err_set(err, MB_INVALID, "'%s' is complete: there is nothing to resume",
                          name);
    }
    const struct mb_node *trials = mb_node_find(result->spec_resolved, "trials");
    int64_t count = mb_node_integer(mb_node_find(trials, "count"), 0);
    if (count < 1 || count > MB_SPEC_MAX_BLOCKS) {
        return mb_err_set(err, MB_INVALID,
                          "'%s' does not say how many blocks were planned", name);
    }
    *resume = (struct mb_resume){
        .name = name, .root = root, .result = result, .block_count = (int)count};
    return MB_OK;
}

static bool same_text(const char *left, const char *right)
{
    return strcmp(left == NULL ? "" : left, right == NULL ? "" : right) == 0;
}

static const struct mb_fact *fact_find(const struct mb_fact_list *facts, const char *path)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].path, path) == 0) {
            return &facts->items[i];
        }
    }
    return NULL;
}

static bool is_version(const char *path)
{
    static const char suffix[] = ".version";
    size_t length = strlen(path);
    return length >= sizeof suffix &&
           strcmp(path + length - (sizeof suffix - 1), suffix) == 0;
}

// A proxy that was upgraded in between is another variant.
static enum mb_status check_versions(const struct mb_fact_list *then,
                                     const struct mb_fact_list *now, struct mb_err *err)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct mb_fact *fact = &now->items[i];
        const struct mb_fact *before = fact_find(then, fact->path);
        if (!is_version(fact->path) || before == NULL) {
            continue;
        }
        const char *left = mb_node_text(before->captured, "unknown");
        const char *right = mb_node_text(fact->captured, "unknown");
        if (strcmp(left, right) != 0) {
            return mb_err_set(err, MB_INVALID, "cannot resume: '%s' was %s and is %s now",
                              fact->path, left, right);
        }
    }
    return MB_OK;
}

static const struct mb_part *part_first(const struct mb_result *result)
{
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        if (cell->trial_count > 0 && cell->trials[0].part_count > 0) {
            return &cell->trials[0].parts[0];
        }
    }
    return NULL;
}

// The spec names a generator, but not its version.
static enum mb_status check_generator(const struct mb_result *then,
                                      const struct mb_load_driver *driver,
                                      struct mb_err *err)
{
    const struct mb_part *part = part_first(then);
    if (part == NULL || same_text(part->generator_version, driver->version)) {
        return MB_OK;
    }
    return mb_err_set(err, MB_INVALID,
                      "cannot resume: generator '%s' was %s and is %s now", driver->name,
                      part->generator_version != NULL ? part->generator_version
                                                      : "of unknown version",
                      driver->version != NULL ? driver->version : "of unknown version");
}

enum mb_status mb_resume_check(const struct mb_resume *resume,
                               const struct mb_result *now,
                               const struct mb_load_driver *driver, struct mb_err *err)
{
    const struct mb_result *then = resume->result;
    if (!same_text(then->spec_digest, now->spec_digest)) {
        return mb_err_set(
            err, MB_INVALID,
            "cannot resume: '%s' was measured from another text of the spec "
            "(SHA-256 %.12s, now %.12s)",
            resume->name, then->spec_digest, now->spec_digest);
    }
    if (!same_text(then->tool_version, now->tool_version) ||
        !same_text(then->tool_commit, now->tool_commit)) {
        return mb_err_set(
            err, MB_INVALID,
            "cannot resume: '%s' was measured by meshbench %s (%s), this is "
            "%s (%s)",
            resume->name, then->tool_version,
            then->tool_commit == NULL ? "no commit" : then->tool_commit,
            now->tool_version, now->tool_commit == NULL ? "no commit" : now->tool_commit);
    }
    if (!same_text(then->keys.environment, now->keys.environment)) {
        mb_err_hint(err, "compare its facts with: meshbench env");
        return mb_err_set(err, MB_INVALID,
                          "cannot resume: '%s' was measured in another environment",
                          resume->name);
    }
    enum mb_status status = check_generator(then, driver, err);
    return status == MB_OK ? check_versions(&then->facts, &now->facts, err) : status;
}

// A trial that was cut off gives its id away: "<id>~1", "<id>~2", ...
static void discard(struct mb_arena *arena, struct mb_node *trial, int number)
{
    const char *id = mb_node_text(mb_node_find(trial, "id"), "");
    const char *reason = mb_node_text(mb_node_find(trial, "reason"), "cut off");
    mb_node_set(
        arena, trial, "reason",
        mb_node_string(arena, mb_arena_print(arena, "%s; measured again", reason)));
    mb_node_set(arena, trial, "id",
                mb_node_string(arena, mb_arena_print(arena, "%s~%d", id, number)));
    mb_node_set(arena, trial, "status", mb_node_string(arena, "discarded"));
}

// Blocks are of equal length, so a trial is looked for in its own.
static const struct mb_plan_trial *planned_find(const struct mb_plan *plan, size_t cell,
                                                int64_t block, const char *id)
{
    if (block < 1 || block > plan->block_count) {
        return NULL;
    }
    const struct mb_plan_trial *trials =
        &plan->trials[(size_t)(block - 1) * plan->cell_count];
    for (size_t i = 0; i < plan->cell_count; i++) {
        if (trials[i].cell == cell && strcmp(trials[i].id, id) == 0) {
            return &trials[i];
        }
    }
    return NULL;
}

// Begun blocks beyond the planned ones come from `trials.until`.
static void extend_to(struct mb_arena *arena, struct mb_plan *plan, int64_t block)
{
    while (plan->block_count < block && plan->block_count < plan->block_limit) {
        mb_plan_extend(arena, plan);
    }
}

static enum mb_status move_trial(const struct mb_resume *resume, struct mb_plan *plan,
                                 struct mb_journal *journal, struct mb_node *trial,
                                 size_t cell, struct mb_err *err)
{
    const char *id = mb_node_text(mb_node_find(trial, "id"), "");
    const char *status = mb_node_text(mb_node_find(trial, "status"), "");
    if (strcmp(status, "partial") == 0) {
        const struct mb_cell *into = &journal->result.cells[cell];
        discard(journal->arena, trial, (int)into->trial_count + 1);
    } else if (strcmp(status, "complete") == 0) {
        int64_t block = mb_node_integer(mb_node_find(trial, "block"), 0);
        extend_to(journal->arena, plan, block);
        const struct mb_plan_trial *planned = planned_find(plan, cell, block, id);
        int64_t seed = mb_node_integer(mb_node_find(trial, "seed"), -1);
        if (planned == NULL || seed != (int64_t)planned->seed) {
            return mb_err_set(err, MB_INVALID,
                              "cannot resume: trial '%s' of '%s' is not in the plan", id,
                              resume->name);
        }
    }
    return mb_journal_add_node(journal, cell, trial, err);
}

enum mb_status mb_resume_apply(const struct mb_resume *resume, struct mb_plan *plan,
                               struct mb_journal *journal, struct mb_err *err)
{
    const struct mb_result *then = resume->result;
    const struct mb_node *cells = mb_node_find(resume->root, "cells");
    struct mb_result *now = &journal->result;
    if (then->cell_count != now->cell_count) {
        return mb_err_set(err, MB_INVALID, "cannot resume: '%s' has %zu cells, not %zu",
                          resume->name, then->cell_count, now->cell_count);
    }
    now->id = then->id;
    now->started_unix_ns = then->started_unix_ns;
    for (size_t c = 0; c < now->cell_count; c++) {
        if (strcmp(then->cells[c].variant, now->cells[c].variant) != 0 ||
            !mb_point_equal(&then->cells[c].point, &now->cells[c].point)) {
            return mb_err_set(err, MB_INVALID,
                              "cannot resume: cell %zu of '%s' is not that of the plan",
                              c + 1, resume->name);
        }
        const struct mb_node *trials = mb_node_find(cells->as.list.items[c], "trials");
        for (size_t t = 0; t < mb_node_count(trials); t++) {
            enum mb_status status =
                move_trial(resume, plan, journal, trials->as.list.items[t], c, err);
            if (status != MB_OK) {
                return status;
            }
        }
    }
    journal->written = mb_journal_total(journal);
    return MB_OK;
}

void mb_resume_judge(const struct mb_resume *resume, int64_t now_unix_ns,
                     struct mb_diag *diag)
{
    const struct mb_result *then = resume->result;
    for (size_t i = 0; i < then->finding_count; i++) {
        if (strcmp(then->findings[i].code, MB_RESUME_CODE) == 0) {
            mb_diag_add(diag, &then->findings[i]);
        }
    }
    char span[32];
    char when[32];
    mb_units_show(MB_UNIT_DURATION, (double)(now_unix_ns - then->finished_unix_ns), span,
                  sizeof span);
    mb_units_print_time(now_unix_ns, when, sizeof when);
    mb_diag_add(diag, &(struct mb_finding){
                          .code = MB_RESUME_CODE,
                          .severity = MB_SEVERITY_NOTE,
                          .pointer = "",
                          .message = mb_arena_print(
                              diag->arena,
                              "the run was interrupted and resumed at %s, %s after the "
                              "last trial before",
                              when, span),
                      });
}
