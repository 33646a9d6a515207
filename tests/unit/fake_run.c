#include "fake_run.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "format/doc.h"

const char fake_run_spec_text[] =
    "meshbench: v1\n"
    "kind: benchmark\n"
    "name: tiny\n"
    "labels: {team: edge}\n"
    "application: {name: app, version: 1.0.0}\n"
    "variants:\n"
    "  - {name: plain, mesh: none, url: 'http://plain'}\n"
    "  - {name: proxy, mesh: {type: nginx, version: 1.22.1}, url: 'http://proxy'}\n"
    "workloads:\n"
    "  - {name: steady, load_model: open, connections: 4, rate: 100rps, duration: 2s,\n"
    "     warmup: 1s}\n"
    "  - {name: ceiling, load_model: closed, connections: 2, duration: 1s, warmup: 0s}\n"
    "trials: {count: 3, aa: plain, seed: 7}\n";

void fake_run_spec(struct mb_arena *arena, const char *text, struct mb_spec *spec)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_parse(arena, "tiny.yaml", text, strlen(text), &doc, &err) != MB_OK ||
        mb_spec_from_doc(arena, &doc, NULL, spec, &err) != MB_OK) {
        fail_msg("%d:%d: %s", err.line, err.column, err.message);
    }
}

static int64_t fake_monotonic(void *state)
{
    struct fake_run *fake = state;
    if (fake->driver_ns != NULL && *fake->driver_ns > fake->now_ns) {
        fake->now_ns = *fake->driver_ns;
    }
    fake->now_ns += fake->tick_ns;
    if (fake->driver_ns != NULL) {
        *fake->driver_ns = fake->now_ns;
    }
    return fake->now_ns;
}

static int64_t fake_wall(void *state)
{
    const struct fake_run *fake = state;
    return fake->now_ns + INT64_C(1795463220000000000) - INT64_C(1000000000000);
}

static void fake_sleep(void *state, int64_t monotonic_ns,
                       const volatile sig_atomic_t *interrupted)
{
    struct fake_run *fake = state;
    (void)interrupted;
    if (monotonic_ns > fake->now_ns) {
        fake->now_ns = monotonic_ns;
    }
}

static const char *fake_env(const char *name)
{
    (void)name;
    return NULL;
}

void fake_run_init(struct fake_run *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->now_ns = INT64_C(1000000000000);
    fake->tick_ns = 1000;
    fake->kernel = "6.1.0";
    fake->proxy = "1.22.1";
    fake->ctx = (struct mb_ctx){
        .in = stdin,
        .out = stdout,
        .err = stderr,
        .clock = {.monotonic_ns = fake_monotonic,
                  .wall_ns = fake_wall,
                  .sleep_until = fake_sleep,
                  .state = fake},
        .env = fake_env,
        .interrupted = &fake->interrupted,
        .width = 80,
    };
}

static void fact_add(struct mb_arena *arena, struct mb_fact_list *facts, const char *path,
                     const char *declared, const char *captured)
{
    mb_fact_add(arena, facts,
                (struct mb_fact){
                    .path = path,
                    .declared = declared == NULL ? NULL : mb_node_string(arena, declared),
                    .captured = mb_node_string(arena, captured),
                    .source = "fake",
                    .at_unix_ns = 1,
                });
}

static enum mb_status fake_up(void *state, struct mb_arena *arena,
                              const struct mb_spec *spec, struct mb_stage_view *view,
                              struct mb_err *err)
{
    struct fake_run *fake = state;
    fake->ups++;
    if (fake->fail_up) {
        return mb_err_set(err, MB_FAILED, "cannot start 'proxy': not found on PATH");
    }
    fake->is_up = true;
    *view = (struct mb_stage_view){.target_count = spec->variant_count};
    view->targets = mb_arena_alloc(arena, spec->variant_count, sizeof *view->targets);
    for (size_t i = 0; i < spec->variant_count; i++) {
        view->targets[i].variant = spec->variants[i].name;
        view->targets[i].url =
            mb_arena_print(arena, "http://%s/", spec->variants[i].name);
    }
    fact_add(arena, &view->facts, "environment.host.kernel", NULL, fake->kernel);
    fact_add(arena, &view->facts, "variants.proxy.version", "1.22.1", fake->proxy);
    return MB_OK;
}

static enum mb_status fake_ready(void *state, size_t variant, struct mb_err *err)
{
    struct fake_run *fake = state;
    (void)variant;
    fake->ready_calls++;
    if (fake->ready_calls == fake->fail_ready_at) {
        return mb_err_set(err, MB_FAILED,
                          "connect to 127.0.0.1:9: connection refused (after 30 s)");
    }
    return MB_OK;
}

static enum mb_status fake_alive(void *state, size_t variant, struct mb_err *err)
{
    const struct fake_run *fake = state;
    (void)variant;
    if (fake->ready_calls == fake->end_at) {
        return mb_err_set(err, MB_FAILED, "its program has ended");
    }
    return MB_OK;
}

static void fake_watch(void *state, size_t variant, int64_t start_ns, int64_t end_ns)
{
    struct fake_run *fake = state;
    (void)variant;
    assert_true(start_ns < end_ns);
    fake->watched++;
}

static void fake_unwatch(void *state, struct mb_arena *arena, struct mb_trial *trial)
{
    struct fake_run *fake = state;
    if (fake->watched == fake->unwatched) {
        return;
    }
    fake->unwatched++;
    trial->host = mb_node_map(arena);
    mb_node_put(arena, trial->host, "load_average_1m_milli", mb_node_int(arena, 120));
    mb_node_put(arena, trial->host, "steal_ns", mb_node_int(arena, fake->steal_ns));
    mb_node_put(arena, trial->host, "busy_ns", mb_node_int(arena, 900000000));
    mb_node_put(arena, trial->host, "idle_ns", mb_node_int(arena, 100000000));
    trial->resources = mb_arena_alloc(arena, 1, sizeof *trial->resources);
    trial->resource_count = 1;
    trial->resources[0] = (struct mb_resource){
        .role = MB_ROLE_APPLICATION,
        .source = "procfs",
        .scope = "process",
        .cpu_start_ns = 1000000,
        .cpu_end_ns = 9000000,
        .rss_start_bytes = 4096,
        .rss_end_bytes = 8192,
        .rss_max_bytes = 8192,
    };
}

static void fake_judge(void *state, const struct mb_stage_view *view,
                       struct mb_diag *diag)
{
    (void)state;
    (void)view;
    (void)diag;
}

static void fake_down(void *state)
{
    struct fake_run *fake = state;
    fake->downs += fake->is_up;
    fake->is_up = false;
}

struct mb_stage fake_run_stage(struct fake_run *fake)
{
    return (struct mb_stage){
        .up = fake_up,
        .ready = fake_ready,
        .alive = fake_alive,
        .watch = fake_watch,
        .unwatch = fake_unwatch,
        .judge = fake_judge,
        .down = fake_down,
        .state = fake,
    };
}
