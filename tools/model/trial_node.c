// struct mb_trial <-> its JSON form, "trial" in schema/result.schema.json.
#include <limits.h>
#include <string.h>

#include "base/units.h"
#include "model/field.h"
#include "model/result.h"

#define SAFE_MAX MB_UNITS_SAFE_MAX

static const char *const trial_keys[] = {
    "id",        "block",     "position", "seed",  "status",    "reason", "start",
    "window_ns", "warmup_ns", "host",     "parts", "resources", NULL};
static const char *const resource_keys[] = {"role",
                                            "source",
                                            "scope",
                                            "cpu_start_ns",
                                            "cpu_end_ns",
                                            "rss_start_bytes",
                                            "rss_end_bytes",
                                            "rss_max_bytes",
                                            "processes",
                                            "samples",
                                            NULL};

static const char *const statuses[] = {
    [MB_TRIAL_COMPLETE] = "complete",
    [MB_TRIAL_PARTIAL] = "partial",
    [MB_TRIAL_DISCARDED] = "discarded",
};
enum { STATUSES = sizeof statuses / sizeof *statuses };

const char *mb_trial_status_name(enum mb_trial_status status)
{
    return statuses[status];
}

// --- resources ---

static struct mb_node *processes_to_node(struct mb_arena *arena,
                                         const struct mb_resource *resource)
{
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < resource->process_count; i++) {
        struct mb_node *map = mb_node_map(arena);
        mb_field_put_int(arena, map, "pid", resource->processes[i].pid);
        mb_field_put_text(arena, map, "name", resource->processes[i].name);
        mb_node_push(arena, list, map);
    }
    return list;
}

static struct mb_node *samples_to_node(struct mb_arena *arena,
                                       const struct mb_resource *resource)
{
    struct mb_node *at = mb_node_list(arena);
    struct mb_node *cpu = mb_node_list(arena);
    struct mb_node *rss = mb_node_list(arena);
    for (size_t i = 0; i < resource->sample_count; i++) {
        const struct mb_resource_sample *sample = &resource->samples[i];
        mb_node_push(arena, at, mb_node_int(arena, sample->at_ns));
        mb_node_push(arena, cpu, mb_node_int(arena, sample->cpu_ns));
        mb_node_push(arena, rss, mb_node_int(arena, sample->rss_bytes));
    }
    struct mb_node *map = mb_node_map(arena);
    mb_node_put(arena, map, "at_ns", at);
    mb_node_put(arena, map, "cpu_ns", cpu);
    mb_node_put(arena, map, "rss_bytes", rss);
    return map;
}

static struct mb_node *resource_to_node(struct mb_arena *arena,
                                        const struct mb_resource *resource)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "role", mb_role_name(resource->role));
    mb_field_put_text(arena, map, "source", resource->source);
    mb_field_put_text(arena, map, "scope", resource->scope);
    mb_field_put_int(arena, map, "cpu_start_ns", resource->cpu_start_ns);
    mb_field_put_int(arena, map, "cpu_end_ns", resource->cpu_end_ns);
    mb_field_put_int(arena, map, "rss_start_bytes", resource->rss_start_bytes);
    mb_field_put_int(arena, map, "rss_end_bytes", resource->rss_end_bytes);
    mb_field_put_int(arena, map, "rss_max_bytes", resource->rss_max_bytes);
    mb_node_put(arena, map, "processes", processes_to_node(arena, resource));
    mb_node_put(arena, map, "samples", samples_to_node(arena, resource));
    mb_field_restore(arena, map, resource->unknown);
    return map;
}

static void processes_from_node(struct mb_arena *arena, const struct mb_field *list,
                                struct mb_resource *resource)
{
    resource->process_count = mb_field_list(list);
    resource->processes =
        mb_arena_alloc(arena, resource->process_count, sizeof *resource->processes);
    for (size_t i = 0; i < resource->process_count; i++) {
        struct mb_field map = mb_field_item(list, i);
        if (mb_field_is_map(&map)) {
            resource->processes[i].pid = mb_field_int(&map, "pid", 0, INT_MAX);
            resource->processes[i].name = mb_field_text(&map, "name");
        }
    }
}

static void samples_from_node(struct mb_arena *arena, const struct mb_field *map,
                              struct mb_resource *resource)
{
    size_t cpu_count = 0;
    size_t rss_count = 0;
    size_t count = 0;
    const int64_t *at = mb_field_ints(arena, map, "at_ns", &count);
    const int64_t *cpu = mb_field_ints(arena, map, "cpu_ns", &cpu_count);
    const int64_t *rss = mb_field_ints(arena, map, "rss_bytes", &rss_count);
    if (cpu_count != count || rss_count != count) {
        mb_field_fault(map, "lists of %zu, %zu and %zu samples", count, cpu_count,
                       rss_count);
        return;
    }
    resource->sample_count = count;
    resource->samples = mb_arena_alloc(arena, count, sizeof *resource->samples);
    for (size_t i = 0; i < count; i++) {
        resource->samples[i] = (struct mb_resource_sample){
            .at_ns = at[i], .cpu_ns = cpu[i], .rss_bytes = rss[i]};
    }
}

static void resource_from_node(struct mb_arena *arena, const struct mb_field *map,
                               struct mb_resource *resource)
{
    const char *role = mb_field_text(map, "role");
    if (!mb_role_find(role, &resource->role)) {
        mb_field_fault(map, "'%s' is not a role", role);
    }
    resource->source = mb_field_text(map, "source");
    resource->scope = mb_field_text(map, "scope");
    resource->cpu_start_ns = mb_field_int_or(map, "cpu_start_ns", 0, SAFE_MAX, -1);
    resource->cpu_end_ns = mb_field_int_or(map, "cpu_end_ns", 0, SAFE_MAX, -1);
    resource->rss_start_bytes = mb_field_int_or(map, "rss_start_bytes", 0, SAFE_MAX, -1);
    resource->rss_end_bytes = mb_field_int_or(map, "rss_end_bytes", 0, SAFE_MAX, -1);
    resource->rss_max_bytes = mb_field_int_or(map, "rss_max_bytes", 0, SAFE_MAX, -1);
    struct mb_field processes = mb_field_child(map, "processes");
    processes_from_node(arena, &processes, resource);
    struct mb_field samples = mb_field_child(map, "samples");
    samples_from_node(arena, &samples, resource);
    resource->unknown = mb_field_unknown(arena, map, resource_keys);
}

// --- the trial ---

struct mb_node *mb_trial_to_node(struct mb_arena *arena, const struct mb_trial *trial)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "id", trial->id);
    mb_field_put_int(arena, map, "block", trial->block);
    mb_field_put_int(arena, map, "position", trial->position);
    mb_field_put_int(arena, map, "seed", (int64_t)trial->seed);
    mb_field_put_text(arena, map, "status", statuses[trial->status]);
    mb_field_put_text(arena, map, "reason", trial->reason);
    mb_field_put_time(arena, map, "start", trial->start_unix_ns);
    mb_field_put_int(arena, map, "window_ns", trial->window_ns);
    mb_field_put_int(arena, map, "warmup_ns", trial->warmup_ns);
    mb_node_put(arena, map, "host",
                trial->host != NULL ? trial->host : mb_node_null(arena));
    struct mb_node *parts = mb_node_list(arena);
    for (size_t i = 0; i < trial->part_count; i++) {
        mb_node_push(arena, parts, mb_part_to_node(arena, &trial->parts[i]));
    }
    mb_node_put(arena, map, "parts", parts);
    struct mb_node *resources = mb_node_list(arena);
    for (size_t i = 0; i < trial->resource_count; i++) {
        mb_node_push(arena, resources, resource_to_node(arena, &trial->resources[i]));
    }
    mb_node_put(arena, map, "resources", resources);
    mb_field_restore(arena, map, trial->unknown);
    return map;
}

static void parts_from_node(struct mb_arena *arena, const struct mb_field *list,
                            struct mb_trial *trial)
{
    trial->part_count = mb_field_list(list);
    trial->parts = mb_arena_alloc(arena, trial->part_count, sizeof *trial->parts);
    for (size_t i = 0; i < trial->part_count; i++) {
        struct mb_field item = mb_field_item(list, i);
        struct mb_err err = {0};
        if (mb_part_from_node(arena, item.node, &trial->parts[i], &err) != MB_OK) {
            mb_field_adopt(&item, &err);
        }
    }
}

static void resources_from_node(struct mb_arena *arena, const struct mb_field *list,
                                struct mb_trial *trial)
{
    trial->resource_count = mb_field_list(list);
    trial->resources =
        mb_arena_alloc(arena, trial->resource_count, sizeof *trial->resources);
    for (size_t i = 0; i < trial->resource_count; i++) {
        struct mb_field item = mb_field_item(list, i);
        if (mb_field_is_map(&item)) {
            resource_from_node(arena, &item, &trial->resources[i]);
        }
    }
}

static void status_from_node(const struct mb_field *map, struct mb_trial *trial)
{
    const char *name = mb_field_text(map, "status");
    for (int i = 0; i < STATUSES; i++) {
        if (strcmp(statuses[i], name) == 0) {
            trial->status = (enum mb_trial_status)i;
            return;
        }
    }
    mb_field_fault(map, "'%s' is not a status of a trial", name);
}

enum mb_status mb_trial_from_node(struct mb_arena *arena, const struct mb_node *node,
                                  struct mb_trial *trial, struct mb_err *err)
{
    memset(trial, 0, sizeof *trial);
    struct mb_err own = {0};
    struct mb_field map = mb_field_root(node, &own);
    if (mb_field_is_map(&map)) {
        trial->id = mb_field_text(&map, "id");
        trial->block = (int)mb_field_int(&map, "block", 1, INT_MAX);
        trial->position = (int)mb_field_int(&map, "position", 1, INT_MAX);
        trial->seed = (uint64_t)mb_field_int_or(&map, "seed", 0, SAFE_MAX, 0);
        status_from_node(&map, trial);
        trial->reason = mb_field_text_or(&map, "reason", NULL);
        trial->start_unix_ns = mb_field_time_or(&map, "start", 0);
        trial->window_ns = mb_field_int_or(&map, "window_ns", 0, SAFE_MAX, -1);
        trial->warmup_ns = mb_field_int_or(&map, "warmup_ns", 0, SAFE_MAX, -1);
        trial->host = mb_node_find(node, "host");
        if (trial->host != NULL && trial->host->type == MB_NODE_NULL) {
            trial->host = NULL;
        }
        struct mb_field parts = mb_field_child(&map, "parts");
        parts_from_node(arena, &parts, trial);
        struct mb_field resources = mb_field_child(&map, "resources");
        resources_from_node(arena, &resources, trial);
        trial->unknown = mb_field_unknown(arena, &map, trial_keys);
    }
    return own.code == MB_OK ? MB_OK : mb_err_set(err, own.code, "%s", own.message);
}
