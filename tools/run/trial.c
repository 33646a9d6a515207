#include "run/trial.h"

#include "base/units.h"

// The driver tells when the window will be; the stage's counters follow it.
struct watcher {
    const struct mb_trial_bench *bench;
    size_t variant;
    int64_t start_ns;
    int64_t end_ns;
};

static void on_window(void *state, int64_t start_ns, int64_t end_ns)
{
    struct watcher *watcher = state;
    const struct mb_stage *stage = watcher->bench->stage;
    watcher->start_ns = start_ns;
    watcher->end_ns = end_ns;
    stage->watch(stage->state, watcher->variant, start_ns, end_ns);
}

static void on_progress(void *state, const struct mb_load_progress *progress)
{
    const struct watcher *watcher = state;
    if (watcher->bench->progress != NULL) {
        watcher->bench->progress(watcher->bench->progress_state, progress);
    }
}

static struct mb_load_plan plan_load(const struct mb_trial_bench *bench,
                                     const struct mb_plan_trial *planned,
                                     const struct mb_request *request)
{
    const struct mb_plan_cell *cell = &bench->plan->cells[planned->cell];
    const struct mb_workload *workload = cell->workload;
    return (struct mb_load_plan){
        .url = bench->view->targets[cell->variant].url,
        .request = request,
        .protocol = workload->protocol,
        .load_model = workload->load_model,
        .arrivals = workload->arrivals,
        .connections = cell->point.connections,
        .rate_micro_rps = cell->point.rate_micro_rps,
        .duration_ns = workload->duration_ns,
        .warmup_ns = workload->warmup_ns,
        .threads = workload->threads,
        .seed = planned->seed,
        .first_cpu = bench->plan->spec->generator_cpu,
        .series = true,
    };
}

static const char *interruption(struct mb_arena *arena, const struct watcher *watcher,
                                int64_t now_ns)
{
    char after[32];
    char whole[32];
    int64_t length_ns = watcher->end_ns - watcher->start_ns;
    if (now_ns >= watcher->end_ns) {
        return "interrupted while its last requests were awaited";
    }
    mb_units_show(MB_UNIT_DURATION, (double)(now_ns - watcher->start_ns), after,
                  sizeof after);
    mb_units_show(MB_UNIT_DURATION, (double)length_ns, whole, sizeof whole);
    return mb_arena_print(arena, "interrupted after %s of %s", after, whole);
}

enum mb_status mb_trial_run(struct mb_arena *arena, const struct mb_trial_bench *bench,
                            const struct mb_plan_trial *planned, struct mb_trial *trial,
                            struct mb_err *err)
{
    const struct mb_clock *clock = &bench->ctx->clock;
    const struct mb_plan_cell *cell = &bench->plan->cells[planned->cell];
    struct watcher watcher = {.bench = bench, .variant = cell->variant};
    struct mb_load_observer observer = {
        .window = on_window,
        .progress = on_progress,
        .state = &watcher,
        .interrupted = bench->ctx->interrupted,
    };
    const struct mb_request request = mb_spec_request(
        arena, cell->workload, &bench->plan->spec->variants[cell->variant]);
    struct mb_load_plan load = plan_load(bench, planned, &request);
    *trial = (struct mb_trial){
        .id = planned->id,
        .block = planned->block,
        .position = planned->position,
        .seed = planned->seed,
        .warmup_ns = load.warmup_ns,
        .parts = mb_arena_alloc(arena, 1, sizeof *trial->parts),
        .part_count = 1,
    };
    // UTC of the window's start: the two clocks are read next to each other, and a step
    // of the wall clock during the trial changes nothing.
    int64_t wall_minus_monotonic_ns =
        clock->wall_ns(clock->state) - clock->monotonic_ns(clock->state);
    enum mb_status status = bench->driver->run(bench->driver->state, arena, &load,
                                               &observer, &trial->parts[0], err);
    int64_t now_ns = clock->monotonic_ns(clock->state);
    bench->stage->unwatch(bench->stage->state, arena, trial);
    if (status == MB_OK && trial->parts[0].interrupted && now_ns < watcher.start_ns) {
        mb_part_release(&trial->parts[0]);
        status = mb_err_set(err, MB_INTERRUPTED, "interrupted");
    }
    if (status != MB_OK) {
        *trial = (struct mb_trial){0};
        return status;
    }
    trial->start_unix_ns = watcher.start_ns + wall_minus_monotonic_ns;
    trial->window_ns = trial->parts[0].window_ns;
    if (trial->parts[0].interrupted) {
        trial->status = MB_TRIAL_PARTIAL;
        trial->reason = interruption(arena, &watcher, now_ns);
        return MB_OK;
    }
    // What answered was not the variant to the end: no measurement of it.
    struct mb_err ended = {0};
    if (bench->stage->alive(bench->stage->state, cell->variant, &ended) != MB_OK) {
        trial->status = MB_TRIAL_PARTIAL;
        trial->reason = mb_arena_copy_string(arena, ended.message);
    }
    return MB_OK;
}
