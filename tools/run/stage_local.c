// The stage on this machine. All variants are brought up at the start and stay up: an
// idle proxy costs next to nothing, while starting one before each trial would measure
// cold caches and cold connections. What the idle ones do use is counted under the role
// "other" of every trial.
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/guard.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/units.h"
#include "collect/host.h"
#include "collect/sampler.h"
#include "load/load.h"
#include "run/stage.h"
#include "run/stage_app.h"
#include "run/stage_facts.h"

static const int64_t READY_NS = 30000000000; // to wait until a variant answers
static const int64_t PROBE_NS = 2000000000;  // one attempt
static const int64_t STOP_NS = 5000000000;   // between SIGTERM and SIGKILL
static const int64_t RETRY_NS = 100000000;   // between attempts

struct mb_stage_local {
    struct mb_ctx *ctx;
    struct mb_arena *arena; // that of `up`
    const struct mb_spec *spec;
    struct mb_stage_view *view;
    char *dir;             // private folder
    struct mb_guard guard; // removes it, and ends the application, should we be killed
    struct mb_stage_app app;
    struct mb_adapter_instance *instances; // one for each variant; owned
    size_t instance_count;
    struct mb_sampler *sampler; // while a trial runs
    struct mb_host_state before;
    bool watching;
};

static int64_t now_ns(const struct mb_stage_local *local)
{
    return local->ctx->clock.monotonic_ns(local->ctx->clock.state);
}

static void rest(const struct mb_stage_local *local, int64_t duration_ns)
{
    const struct mb_clock *clock = &local->ctx->clock;
    clock->sleep_until(clock->state, now_ns(local) + duration_ns,
                       local->ctx->interrupted);
}

static bool interrupted(const struct mb_stage_local *local)
{
    return *local->ctx->interrupted != 0;
}

// --- adapters

// "127.0.0.1:43211" from "http://127.0.0.1:43211/path"; NULL when it is not plain HTTP.
static const char *host_port(struct mb_arena *arena, const char *url)
{
    static const char scheme[] = "http://";
    if (url == NULL || strncmp(url, scheme, sizeof scheme - 1) != 0) {
        return NULL;
    }
    const char *start = url + sizeof scheme - 1;
    return mb_arena_copy_bytes(arena, start, strcspn(start, "/?#"));
}

static enum mb_status adapter_up(struct mb_stage_local *local, struct mb_arena *arena,
                                 size_t index, struct mb_err *err)
{
    const struct mb_variant *variant = &local->spec->variants[index];
    struct mb_adapter_setup setup = {
        .upstream = host_port(arena, local->app.url),
        .listen_host = "127.0.0.1",
        .parameters = variant->parameters,
        .parameter_count = variant->parameter_count,
        .cpu = local->spec->application.cpu,
    };
    if (local->app.url != NULL && setup.upstream == NULL) {
        return mb_err_set(
            err, MB_INVALID,
            "adapters speak plain HTTP to the application, and its url is '%s'",
            local->app.url);
    }
    const struct mb_adapter *adapter;
    enum mb_status status = mb_adapter_load(arena, variant->adapter, &adapter, err);
    if (status == MB_OK) {
        status = mb_adapter_up(arena, local->ctx, adapter, &setup,
                               &local->instances[index], err);
    }
    if (status != MB_OK) {
        mb_err_prepend(err, "cannot bring up variant '%s'", variant->name);
    }
    return status;
}

// The variant whose processes serve this one: a twin is measured on those of its
// original.
static size_t served_by(const struct mb_spec *spec, size_t index)
{
    const char *original = spec->variants[index].aa_of;
    for (size_t i = 0; original != NULL && i < spec->variant_count; i++) {
        if (strcmp(spec->variants[i].name, original) == 0) {
            return i;
        }
    }
    return index;
}

static enum mb_status adapters_up(struct mb_stage_local *local, struct mb_arena *arena,
                                  struct mb_err *err)
{
    const struct mb_spec *spec = local->spec;
    local->instances = mb_mem_alloc(spec->variant_count, sizeof *local->instances);
    local->instance_count = spec->variant_count;
    for (size_t i = 0; i < spec->variant_count; i++) {
        if (interrupted(local)) {
            return mb_err_set(err, MB_INTERRUPTED, "interrupted");
        }
        if (spec->variants[i].adapter == NULL || served_by(spec, i) != i) {
            continue;
        }
        enum mb_status status = adapter_up(local, arena, i, err);
        if (status != MB_OK) {
            return status;
        }
    }
    return MB_OK;
}

// --- targets

static enum mb_status target_fill(struct mb_stage_local *local, struct mb_arena *arena,
                                  size_t index, struct mb_err *err)
{
    const struct mb_variant *variant = &local->spec->variants[index];
    const struct mb_adapter_instance *instance =
        &local->instances[served_by(local->spec, index)];
    struct mb_target *target = &local->view->targets[index];
    target->variant = variant->name;
    target->url = variant->url != NULL    ? variant->url
                  : instance->url != NULL ? instance->url
                                          : local->app.url;
    if (target->url == NULL) {
        mb_err_hint(err, "give it a 'url' or an 'adapter', or 'application.builtin'");
        return mb_err_set(err, MB_INVALID, "variant '%s' has no url", variant->name);
    }
    target->hops = mb_arena_alloc(arena, 2, sizeof *target->hops);
    if (variant->adapter != NULL) {
        target->hops[target->hop_count++] = (struct mb_target_hop){
            .name = variant->adapter, .role = instance->role, .url = instance->url};
    }
    const char *application = local->spec->application.name;
    target->hops[target->hop_count++] =
        (struct mb_target_hop){.name = application != NULL ? application : "application",
                               .role = MB_ROLE_APPLICATION,
                               .url = local->app.url};
    return MB_OK;
}

static enum mb_status targets_fill(struct mb_stage_local *local, struct mb_arena *arena,
                                   struct mb_err *err)
{
    struct mb_stage_view *view = local->view;
    view->target_count = local->spec->variant_count;
    view->targets = mb_arena_alloc(arena, view->target_count, sizeof *view->targets);
    for (size_t i = 0; i < view->target_count; i++) {
        enum mb_status status = target_fill(local, arena, i, err);
        if (status != MB_OK) {
            return status;
        }
    }
    return MB_OK;
}

// --- the interface

static void down(void *state)
{
    struct mb_stage_local *local = state;
    for (size_t i = 0; i < local->instance_count; i++) {
        mb_adapter_down(&local->instances[i]);
    }
    mb_mem_free(local->instances);
    local->instances = NULL;
    local->instance_count = 0;
    mb_stage_app_down(&local->app);
    mb_guard_watch(&local->guard, 0); // that group is gone; its number may be reused
    mb_guard_end(&local->guard);
    if (local->dir != NULL) {
        struct mb_err ignored = {0}; // a folder left in /tmp is no reason to fail a run
        (void)!mb_file_remove_tree(local->dir, &ignored);
        local->dir = NULL;
    }
}

static enum mb_status up(void *state, struct mb_arena *arena, const struct mb_spec *spec,
                         struct mb_stage_view *view, struct mb_err *err)
{
    struct mb_stage_local *local = state;
    local->arena = arena;
    local->spec = spec;
    local->view = view;
    *view = (struct mb_stage_view){0};
    mb_host_capture(arena, local->ctx, "", &view->facts); // the host before we load it
    enum mb_status status =
        mb_file_make_temp_dir(arena, "meshbench-run", &local->dir, err);
    if (status == MB_OK) {
        status = mb_guard_start(local->dir, STOP_NS, &local->guard, err);
    }
    if (status == MB_OK) {
        status = mb_stage_app_up(arena, local->ctx, &spec->application, local->dir,
                                 &local->app, err);
    }
    if (status == MB_OK) {
        mb_guard_watch(&local->guard, local->app.proc.pid);
        status = adapters_up(local, arena, err);
    }
    if (status == MB_OK) {
        status = targets_fill(local, arena, err);
    }
    if (status == MB_OK) {
        status = mb_stage_facts(arena,
                                &(struct mb_stage_source){
                                    .ctx = local->ctx,
                                    .spec = spec,
                                    .instances = local->instances,
                                },
                                &view->facts, err);
    }
    if (status != MB_OK) {
        down(local);
    }
    return status;
}

static bool status_expected(const struct mb_request *request, int status)
{
    for (size_t i = 0; i < request->expect_count; i++) {
        if (request->expect_status[i] == status) {
            return true;
        }
    }
    return request->expect_count == 0 && status >= 200 && status < 400;
}

static enum mb_status probe(const struct mb_stage_local *local, size_t variant,
                            struct mb_err *err)
{
    struct mb_arena arena = {0};
    const struct mb_request request = mb_spec_request(&arena, &local->spec->workloads[0],
                                                      &local->spec->variants[variant]);
    int code = 0;
    enum mb_status status =
        mb_load_probe(local->view->targets[variant].url, &request, PROBE_NS, &code, err);
    if (status == MB_OK && !status_expected(&request, code)) {
        status = mb_err_set(err, MB_FAILED, "it answers with status %d", code);
    }
    mb_arena_release(&arena);
    return status;
}

static enum mb_status alive(void *state, size_t variant, struct mb_err *err)
{
    struct mb_stage_local *local = state;
    struct mb_adapter_instance *instance =
        &local->instances[served_by(local->spec, variant)];
    if (local->app.proc.pid != 0 && !mb_proc_running(&local->app.proc)) {
        return mb_err_set(err, MB_FAILED, "application '%s' has ended",
                          local->spec->application.builtin);
    }
    if (instance->adapter == NULL || mb_adapter_running(instance)) {
        return MB_OK;
    }
    const char *words = mb_adapter_last_words(local->arena, instance);
    return mb_err_set(err, MB_FAILED, "its program has ended%s%s",
                      words[0] == '\0' ? "" : ": ", words);
}

static enum mb_status ready(void *state, size_t variant, struct mb_err *err)
{
    struct mb_stage_local *local = state;
    int64_t start_ns = now_ns(local);
    for (;;) {
        struct mb_err attempt = {0};
        enum mb_status status = probe(local, variant, &attempt);
        if (status == MB_OK) {
            return MB_OK;
        }
        if (interrupted(local)) {
            return mb_err_set(err, MB_INTERRUPTED, "interrupted");
        }
        if (status != MB_FAILED) { // a url that nobody could ask
            *err = attempt;
            return status;
        }
        if (alive(local, variant, err) != MB_OK) {
            return err->code;
        }
        int64_t waited_ns = now_ns(local) - start_ns;
        if (waited_ns >= READY_NS) {
            char span[32];
            mb_units_show(MB_UNIT_DURATION, (double)waited_ns, span, sizeof span);
            return mb_err_set(err, MB_FAILED, "%s (after %s)", attempt.message, span);
        }
        rest(local, RETRY_NS);
    }
}

// Idle variants are counted as well, so that nobody has to believe that they idle.
static size_t groups_fill(const struct mb_stage_local *local, size_t variant,
                          const pid_t *self, struct mb_sampler_group *groups)
{
    size_t serving = served_by(local->spec, variant);
    size_t count = 0;
    groups[count++] = (struct mb_sampler_group){
        .role = MB_ROLE_GENERATOR, .pids = self, .pid_count = 1};
    if (local->app.proc.pid != 0) {
        groups[count++] = (struct mb_sampler_group){
            .role = MB_ROLE_APPLICATION, .pids = &local->app.proc.pid, .pid_count = 1};
    }
    for (size_t i = 0; i < local->instance_count; i++) {
        const struct mb_adapter_instance *instance = &local->instances[i];
        if (instance->proc.pid != 0) {
            groups[count++] = (struct mb_sampler_group){
                .role = i == serving ? instance->role : MB_ROLE_OTHER,
                .pids = &instance->proc.pid,
                .pid_count = 1};
        }
    }
    return count;
}

static void watch(void *state, size_t variant, int64_t start_ns, int64_t end_ns)
{
    struct mb_stage_local *local = state;
    struct mb_sampler_group *groups =
        mb_mem_alloc(local->instance_count + 2, sizeof *groups);
    pid_t self = getpid();
    size_t count = groups_fill(local, variant, &self, groups);
    struct mb_err ignored = {0}; // no thread: the trial says that it has no resources
    mb_host_state_read("", &local->before);
    local->sampler = mb_sampler_start(groups, count, local->spec->sample_ns, start_ns,
                                      end_ns, &ignored);
    local->watching = true;
    mb_mem_free(groups);
}

static void unwatch(void *state, struct mb_arena *arena, struct mb_trial *trial)
{
    struct mb_stage_local *local = state;
    if (!local->watching) {
        return;
    }
    struct mb_host_state after;
    mb_host_state_read("", &after);
    trial->host = mb_host_state_node(arena, &local->before, &after);
    if (local->sampler != NULL) {
        mb_sampler_stop(local->sampler, arena, &trial->resources, &trial->resource_count);
        local->sampler = NULL;
    }
    local->watching = false;
}

static void judge(void *state, const struct mb_stage_view *view, struct mb_diag *diag)
{
    (void)state;
    mb_host_judge(&view->facts, diag);
}

struct mb_stage_local *mb_stage_local_new(struct mb_ctx *ctx)
{
    struct mb_stage_local *local = mb_mem_alloc(1, sizeof *local);
    local->ctx = ctx;
    return local;
}

void mb_stage_local_free(struct mb_stage_local *local)
{
    down(local);
    mb_mem_free(local);
}

struct mb_stage mb_stage_local(struct mb_stage_local *local)
{
    return (struct mb_stage){
        .up = up,
        .ready = ready,
        .alive = alive,
        .watch = watch,
        .unwatch = unwatch,
        .judge = judge,
        .down = down,
        .state = local,
    };
}
