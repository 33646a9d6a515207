#include "meshbench/runs.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "check/check.h"
#include "exchange/smp_names.h"
#include "exchange/smp_spec.h"
#include "format/emit.h"
#include "model/generator.h"
#include "report/findings.h"
#include "run/driver.h"
#include "run/progress.h"

// Findings that stop a run are shown as `validate` shows them, and so is what this build
// does not do yet.
static enum mb_status spec_check(struct mb_ctx *ctx, struct mb_arena *arena,
                                 struct mb_doc *doc, struct mb_err *err)
{
    struct mb_diag diag;
    mb_diag_init(&diag, arena);
    enum mb_level level = mb_check_document(arena, ctx, doc, MB_LEVEL_VALID, &diag);
    const struct mb_finding *blocker = mb_check_blocker(&diag);
    if (blocker == NULL) {
        return MB_OK;
    }
    if (blocker->severity != MB_SEVERITY_ERROR) {
        mb_err_hint(err, "%s", blocker->hint != NULL ? blocker->hint : "");
        return mb_err_at(err, MB_INVALID, doc->name, blocker->line, blocker->column,
                         "%s (%s)", blocker->message, blocker->code);
    }
    // What a level above 'valid' lacks is the business of `validate`.
    struct mb_diag errors;
    mb_diag_init(&errors, arena);
    for (size_t i = 0; i < diag.count; i++) {
        if (diag.items[i].severity == MB_SEVERITY_ERROR) {
            mb_diag_add(&errors, &diag.items[i]);
        }
    }
    struct mb_findings findings;
    struct mb_buf text = {0};
    mb_findings_init(&findings, arena, MB_LEVEL_VALID);
    mb_findings_add(&findings, doc->name, doc, level, &errors);
    mb_findings_text(&findings, false, &text);
    (void)fputs(mb_buf_string(&text), ctx->err);
    mb_buf_release(&text);
    return MB_INVALID;
}

static void notes_print(const struct mb_ctx *ctx, const struct mb_diag *diag)
{
    for (size_t i = 0; i < diag->count; i++) {
        const struct mb_finding *finding = &diag->items[i];
        struct mb_buf shown = {0};
        mb_text_show(finding->message, strlen(finding->message), "", &shown);
        (void)fprintf(ctx->err, "%s:%d:%d: %s %s: %s\n", finding->file, finding->line,
                      finding->column, mb_severity_name(finding->severity), finding->code,
                      mb_buf_string(&shown));
        mb_buf_release(&shown);
    }
}

// A test's configuration of SMP becomes the spec that says the same, and that spec is
// what is checked, measured and kept.
static enum mb_status smp_convert(struct mb_ctx *ctx, struct mb_arena *arena,
                                  struct mb_doc *doc, bool quiet, struct mb_err *err)
{
    struct mb_diag notes;
    struct mb_node *spec = NULL;
    struct mb_buf text = {0};
    mb_diag_init(&notes, arena);
    enum mb_status status = mb_smp_to_spec(arena, doc, &spec, &notes, err);
    if (status == MB_OK) {
        mb_diag_sort(&notes);
        if (!quiet) {
            notes_print(ctx, &notes);
        }
        mb_emit_yaml(spec, &text);
        status = mb_doc_parse(arena, mb_arena_print(arena, "%s (as a spec)", doc->name),
                              mb_buf_string(&text), text.size, doc, err);
    }
    mb_buf_release(&text);
    return status;
}

enum mb_status mb_runs_read_spec(struct mb_ctx *ctx, struct mb_arena *arena,
                                 const char *path, struct mb_runs_spec *read,
                                 struct mb_err *err)
{
    struct mb_doc *doc = &read->doc;
    enum mb_status status =
        mb_doc_read(arena, path, ctx->in, MB_SPEC_MAX_BYTES, doc, err);
    if (status == MB_OK && mb_smp_is_config(doc->root)) {
        status = smp_convert(ctx, arena, doc, read->quiet, err);
    }
    if (status != MB_OK) {
        return status;
    }
    const char *kind = mb_node_text(mb_node_find(doc->root, "kind"), "benchmark");
    if (strcmp(kind, "benchmark") != 0) {
        return mb_err_at(err, MB_INVALID, path, 0, 0,
                         "not a benchmark spec: its kind is '%s'", kind);
    }
    status = spec_check(ctx, arena, doc, err);
    return status == MB_OK ? mb_spec_from_doc(arena, doc, ctx->env, &read->spec, err)
                           : status;
}

enum mb_status mb_runs_driver(struct mb_arena *arena, const struct mb_spec *spec,
                              struct mb_load_driver *driver, struct mb_err *err)
{
    const struct mb_generator *generator = mb_generator_find(spec->generator);
    if (generator == NULL) {
        return mb_err_set(err, MB_INVALID, "generator '%s' is not supported yet",
                          spec->generator);
    }
    return mb_driver_open(arena, generator, MB_DRIVER_PATIENCE_NS, driver, err);
}

uint64_t mb_runs_seed(const struct mb_ctx *ctx)
{
    int64_t wall_ns = ctx->clock.wall_ns(ctx->clock.state);
    return mb_rng_derive((uint64_t)wall_ns, "seed") % 1000000000 + 1;
}

static void show_line(struct mb_runs_progress *shown, const struct mb_buf *line)
{
    (void)fprintf(shown->ctx->err, "\r%s\033[K", mb_buf_string(line));
    (void)fflush(shown->ctx->err);
    shown->line_open = true;
}

void mb_runs_progress_close(struct mb_runs_progress *shown)
{
    if (shown->line_open) {
        (void)fputs("\r\033[K", shown->ctx->err);
        shown->line_open = false;
    }
}

static void on_up(void *state)
{
    struct mb_runs_progress *shown = state;
    struct mb_buf line = {0};
    mb_buf_append_string(&line, "starting application and variants");
    if (shown->ctx->err_terminal) {
        show_line(shown, &line);
    }
    mb_buf_release(&line);
}

static void on_trial_progress(void *state, const struct mb_run_place *place,
                              const struct mb_load_progress *progress)
{
    struct mb_runs_progress *shown = state;
    struct mb_buf line = {0};
    if (shown->ctx->err_terminal) {
        mb_progress_running(place, progress, shown->ctx->width, &line);
        show_line(shown, &line);
    }
    mb_buf_release(&line);
}

static void on_trial_end(void *state, const struct mb_run_place *place,
                         const struct mb_cell *cell, const struct mb_trial *trial)
{
    struct mb_runs_progress *shown = state;
    struct mb_buf line = {0};
    if (!shown->ctx->err_terminal) {
        mb_progress_trial(place, cell, trial, &line);
        (void)fputs(mb_buf_string(&line), shown->ctx->err);
        (void)fflush(shown->ctx->err);
    }
    mb_buf_release(&line);
}

struct mb_run_observer mb_runs_observer(struct mb_runs_progress *progress)
{
    return (struct mb_run_observer){
        .up = on_up,
        .trial_progress = on_trial_progress,
        .trial_end = on_trial_end,
        .state = progress,
    };
}
