#include "fake_result.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "fake_load.h"
#include "format/doc.h"
#include "format/emit.h"
#include "model/derive.h"
#include "model/spec.h"

static const char spec_text[] = "meshbench: v1\n"
                                "kind: benchmark\n"
                                "name: small\n"
                                "question: Is the made-up proxy slower?\n"
                                "application: {name: made-up, version: \"1.0\"}\n"
                                "variants:\n"
                                "  - name: baseline\n"
                                "    mesh: none\n"
                                "    url: http://127.0.0.1:8080\n"
                                "  - name: proxy\n"
                                "    mesh: {type: nginx, version: \"1.22.1\"}\n"
                                "    url: http://127.0.0.1:8081\n"
                                "workloads:\n"
                                "  - name: steady\n"
                                "    type: load\n"
                                "    load_model: open\n"
                                "    connections: [16]\n"
                                "    rate: [1000rps]\n"
                                "    duration: 2s\n"
                                "    warmup: 1s\n"
                                "    request: {timeout: 1s}\n"
                                "  - name: ceiling\n"
                                "    type: load\n"
                                "    load_model: closed\n"
                                "    connections: [4]\n"
                                "    duration: 1s\n"
                                "    request: {timeout: 1s}\n"
                                "trials: {count: 2, seed: 7}\n";

static const int64_t start_unix_ns = INT64_C(1767322800000000000); // 2026-01-02T03:00:00Z
static const int64_t second_ns = INT64_C(1000000000);

enum { BLOCKS = 2, ROLES = 2, SAMPLES = 3 };

static void must(enum mb_status status, const struct mb_err *err)
{
    if (status != MB_OK) {
        (void)fprintf(stderr, "fake_result: %s\n", err->message);
        abort();
    }
}

static void resource_fill(struct mb_arena *arena, struct mb_resource *resource,
                          enum mb_role role, const struct mb_part *part)
{
    int64_t cpu_ns =
        part->counts.completed * (role == MB_ROLE_APPLICATION ? 20000 : 35000);
    *resource = (struct mb_resource){.role = role,
                                     .source = "procfs",
                                     .scope = "process",
                                     .cpu_start_ns = 500000000,
                                     .cpu_end_ns = 500000000 + cpu_ns,
                                     .rss_start_bytes = 8 << 20,
                                     .rss_end_bytes = 9 << 20,
                                     .rss_max_bytes = 10 << 20};
    resource->processes = mb_arena_alloc(arena, 1, sizeof *resource->processes);
    resource->process_count = 1;
    resource->processes[0] = (struct mb_resource_process){
        .pid = role == MB_ROLE_APPLICATION ? 100 : 200,
        .name = role == MB_ROLE_APPLICATION ? "echo" : "nginx"};
    resource->samples = mb_arena_alloc(arena, SAMPLES, sizeof *resource->samples);
    resource->sample_count = SAMPLES;
    for (int i = 0; i < SAMPLES; i++) {
        resource->samples[i] =
            (struct mb_resource_sample){.at_ns = (i - 1) * second_ns / 2,
                                        .cpu_ns = 500000000 + i * cpu_ns / SAMPLES,
                                        .rss_bytes = (8 + i) << 20};
    }
}

static struct mb_node *host_make(struct mb_arena *arena)
{
    struct mb_node *host = mb_node_map(arena);
    mb_node_put(arena, host, "load_average_1m_milli", mb_node_int(arena, 120));
    mb_node_put(arena, host, "steal_ns", mb_node_int(arena, 0));
    return host;
}

static void trial_fill(struct mb_arena *arena, const struct mb_spec *spec,
                       const struct mb_workload *workload, struct mb_load_driver *driver,
                       struct mb_cell *cell, int block)
{
    const struct mb_variant *variant = mb_spec_find_variant(spec, cell->variant);
    struct mb_load_plan plan = {.url = variant->url,
                                .request = &workload->request,
                                .protocol = "http1",
                                .load_model = workload->load_model,
                                .connections = cell->point.connections,
                                .rate_micro_rps = cell->point.rate_micro_rps,
                                .duration_ns = workload->duration_ns,
                                .warmup_ns = workload->warmup_ns,
                                .threads = 1,
                                .seed = (uint64_t)(100 + block),
                                .first_cpu = -1,
                                .series = true};
    struct mb_load_observer observer = {0};
    struct mb_err err = {0};
    struct mb_trial *trial = &cell->trials[block - 1];
    trial->parts = mb_arena_alloc(arena, 1, sizeof *trial->parts);
    trial->part_count = 1;
    must(driver->run(driver->state, arena, &plan, &observer, &trial->parts[0], &err),
         &err);
    trial->id = mb_arena_print(arena, "b%d/%s/%s", block,
                               mb_point_id(arena, &cell->point), cell->variant);
    trial->block = block;
    trial->seed = plan.seed;
    trial->window_ns = plan.duration_ns;
    trial->warmup_ns = plan.warmup_ns;
    trial->host = host_make(arena);
    bool meshed = strcmp(cell->variant, "baseline") != 0;
    trial->resources = mb_arena_alloc(arena, ROLES, sizeof *trial->resources);
    trial->resource_count = meshed ? ROLES : 1;
    resource_fill(arena, &trial->resources[0], MB_ROLE_APPLICATION, &trial->parts[0]);
    resource_fill(arena, &trial->resources[1], MB_ROLE_DATA_PLANE, &trial->parts[0]);
}

static void cells_fill(struct mb_arena *arena, const struct mb_spec *spec,
                       struct mb_result *result)
{
    struct mb_fake_load fake;
    mb_fake_load_init(&fake);
    (void)mb_fake_load_add(&fake, "http://127.0.0.1:8080", 3000000);
    struct mb_fake_level *proxy =
        mb_fake_load_add(&fake, "http://127.0.0.1:8081", 4000000);
    proxy->error_every = 400;
    proxy->timeout_every = 500;
    struct mb_load_driver driver = mb_fake_load_driver(&fake);
    result->cell_count = spec->workload_count * spec->variant_count;
    result->cells = mb_arena_alloc(arena, result->cell_count, sizeof *result->cells);
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_workload *workload = &spec->workloads[i / spec->variant_count];
        struct mb_cell *cell = &result->cells[i];
        cell->variant = spec->variants[i % spec->variant_count].name;
        cell->point = (struct mb_point){.workload = workload->name,
                                        .load_model = workload->load_model,
                                        .connections = workload->connections[0],
                                        .rate_micro_rps = workload->rates_micro_rps[0],
                                        .timeout_ns = workload->request.timeout_ns};
        cell->trials = mb_arena_alloc(arena, BLOCKS, sizeof *cell->trials);
        cell->trial_count = BLOCKS;
        cell->trial_capacity = BLOCKS;
        for (int block = 1; block <= BLOCKS; block++) {
            trial_fill(arena, spec, workload, &driver, cell, block);
            struct mb_trial *trial = &cell->trials[block - 1];
            trial->position = (int)i + 1;
            trial->start_unix_ns = start_unix_ns + (block * 10 + (int64_t)i) * second_ns;
        }
    }
}

static void facts_fill(struct mb_arena *arena, struct mb_result *result)
{
    mb_fact_add(arena, &result->facts,
                (struct mb_fact){.path = "environment.host.cpu_model",
                                 .captured = mb_node_string(arena, "Made-up CPU"),
                                 .source = "/proc/cpuinfo",
                                 .at_unix_ns = start_unix_ns});
    mb_fact_add(arena, &result->facts,
                (struct mb_fact){.path = "application.version",
                                 .declared = mb_node_string(arena, "1.0")});
    mb_fact_add(arena, &result->facts,
                (struct mb_fact){.path = "environment.host.hostname",
                                 .source = "uname",
                                 .at_unix_ns = start_unix_ns,
                                 .redacted = true});
}

static void targets_fill(struct mb_arena *arena, const struct mb_spec *spec,
                         struct mb_result *result)
{
    result->target_count = spec->variant_count;
    result->targets =
        mb_arena_alloc(arena, result->target_count, sizeof *result->targets);
    for (size_t i = 0; i < result->target_count; i++) {
        struct mb_target *target = &result->targets[i];
        target->variant = spec->variants[i].name;
        target->url = spec->variants[i].url;
        target->hop_count = 1;
        target->hops = mb_arena_alloc(arena, 1, sizeof *target->hops);
        target->hops[0] = (struct mb_target_hop){
            .name = "echo", .role = MB_ROLE_APPLICATION, .url = "http://127.0.0.1:8080"};
    }
}

void mb_fake_result_build(struct mb_arena *arena, struct mb_result *result)
{
    struct mb_doc doc;
    struct mb_spec spec;
    struct mb_err err = {0};
    memset(result, 0, sizeof *result);
    must(mb_doc_parse(arena, "small.yaml", spec_text, sizeof spec_text - 1, &doc, &err),
         &err);
    must(mb_spec_from_doc(arena, &doc, NULL, &spec, &err), &err);
    char digest[MB_DIGEST_TEXT];
    mb_digest_text(spec_text, sizeof spec_text - 1, digest);
    result->minor = MB_RESULT_MINOR;
    result->tool_name = "meshbench";
    result->tool_version = "0.1.0";
    result->id = "20260102T030000Z-0000000000000007";
    result->labels = mb_arena_alloc(arena, 1, sizeof *result->labels);
    result->label_count = 1;
    result->labels[0] = (struct mb_label){.name = "made", .value = "by tests"};
    result->started_unix_ns = start_unix_ns;
    result->finished_unix_ns = start_unix_ns + 60 * second_ns;
    result->complete = true;
    result->spec_name = spec.name;
    result->spec_path = "small.yaml";
    result->spec_text = spec_text;
    result->spec_digest = mb_arena_copy_string(arena, digest);
    result->spec_resolved = spec.resolved;
    result->seed = 7;
    facts_fill(arena, result);
    targets_fill(arena, &spec, result);
    cells_fill(arena, &spec, result);
    mb_spec_keys(arena, &spec, &result->facts, &result->keys);
    result->derived = mb_derive_section(arena, result);
}

const char *mb_fake_result_text(struct mb_arena *arena)
{
    struct mb_result result;
    struct mb_buf text = {0};
    mb_fake_result_build(arena, &result);
    mb_emit_json(mb_result_to_node(arena, &result), &text);
    const char *copy = mb_arena_copy_bytes(arena, mb_buf_string(&text), text.size);
    mb_buf_release(&text);
    mb_result_release(&result);
    return copy;
}
