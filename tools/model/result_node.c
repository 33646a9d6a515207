// struct mb_result <-> its JSON form, schema/result.schema.json.
#include <limits.h>
#include <string.h>

#include "base/units.h"
#include "model/field.h"
#include "model/result.h"

#define SAFE_MAX MB_UNITS_SAFE_MAX

static const char *const result_keys[] = {
    "meshbench", "kind",       "minor",       "tool",     "id",       "labels",
    "origin",    "started_at", "finished_at", "complete", "spec",     "keys",
    "facts",     "targets",    "cells",       "derived",  "findings", NULL};
static const char *const tool_keys[] = {"name", "version", "commit", NULL};
static const char *const origin_keys[] = {"type",   "tool",     "version",
                                          "sha256", "importer", NULL};
static const char *const spec_keys[] = {"name",     "path", "text", "sha256",
                                        "resolved", "seed", NULL};
static const char *const keys_keys[] = {
    "scheme", "benchmark", "application", "environment", "workloads", "variants", NULL};
static const char *const cell_keys[] = {"variant", "point", "aa_of", "trials", NULL};
static const char *const point_keys[] = {"workload",       "load_model", "connections",
                                         "rate_micro_rps", "timeout_ns", NULL};

// --- writing ---

static struct mb_node *tool_to_node(struct mb_arena *arena,
                                    const struct mb_result *result)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "name", result->tool_name);
    mb_field_put_text(arena, map, "version", result->tool_version);
    mb_field_put_text(arena, map, "commit", result->tool_commit);
    return map;
}

static struct mb_node *labels_to_node(struct mb_arena *arena,
                                      const struct mb_result *result)
{
    struct mb_node *map = mb_node_map(arena);
    for (size_t i = 0; i < result->label_count; i++) {
        mb_field_put_text(arena, map, result->labels[i].name, result->labels[i].value);
    }
    return map;
}

static struct mb_node *origin_to_node(struct mb_arena *arena,
                                      const struct mb_result *result)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "type", result->imported ? "imported" : "measured");
    if (result->imported) {
        mb_field_put_text(arena, map, "tool", result->import_tool);
        mb_field_put_text(arena, map, "version", result->import_version);
        mb_field_put_text(arena, map, "sha256", result->import_digest);
        mb_field_put_text(arena, map, "importer", result->import_importer);
    }
    return map;
}

static struct mb_node *spec_to_node(struct mb_arena *arena,
                                    const struct mb_result *result)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "name", result->spec_name);
    mb_field_put_text(arena, map, "path", result->spec_path);
    mb_field_put_text(arena, map, "text", result->spec_text);
    mb_field_put_text(arena, map, "sha256", result->spec_digest);
    mb_field_put_int(arena, map, "seed", (int64_t)result->seed);
    mb_node_put(arena, map, "resolved",
                result->spec_resolved != NULL ? result->spec_resolved
                                              : mb_node_null(arena));
    return map;
}

static struct mb_node *key_list_to_node(struct mb_arena *arena, const struct mb_key *keys,
                                        size_t count)
{
    struct mb_node *map = mb_node_map(arena);
    for (size_t i = 0; i < count; i++) {
        mb_field_put_text(arena, map, keys[i].name, keys[i].digest);
    }
    return map;
}

static struct mb_node *keys_to_node(struct mb_arena *arena, const struct mb_keys *keys)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_int(arena, map, "scheme", keys->scheme);
    mb_field_put_text(arena, map, "benchmark", keys->benchmark);
    mb_field_put_text(arena, map, "application", keys->application);
    mb_field_put_text(arena, map, "environment", keys->environment);
    mb_node_put(arena, map, "workloads",
                key_list_to_node(arena, keys->workloads, keys->workload_count));
    mb_node_put(arena, map, "variants",
                key_list_to_node(arena, keys->variants, keys->variant_count));
    return map;
}

static struct mb_node *fact_to_node(struct mb_arena *arena, const struct mb_fact *fact)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "path", fact->path);
    mb_node_put(arena, map, "declared",
                fact->declared != NULL ? fact->declared : mb_node_null(arena));
    mb_node_put(arena, map, "captured",
                fact->captured != NULL ? fact->captured : mb_node_null(arena));
    mb_field_put_text(arena, map, "source", fact->source);
    mb_field_put_time(arena, map, "at", fact->at_unix_ns);
    mb_node_put(arena, map, "redacted", mb_node_bool(arena, fact->redacted));
    return map;
}

static struct mb_node *target_to_node(struct mb_arena *arena,
                                      const struct mb_target *target)
{
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *hops = mb_node_list(arena);
    for (size_t i = 0; i < target->hop_count; i++) {
        struct mb_node *hop = mb_node_map(arena);
        mb_field_put_text(arena, hop, "name", target->hops[i].name);
        mb_field_put_text(arena, hop, "role", mb_role_name(target->hops[i].role));
        mb_field_put_text(arena, hop, "url", target->hops[i].url);
        mb_node_push(arena, hops, hop);
    }
    mb_field_put_text(arena, map, "variant", target->variant);
    mb_field_put_text(arena, map, "url", target->url);
    mb_node_put(arena, map, "hops", hops);
    return map;
}

static struct mb_node *point_to_node(struct mb_arena *arena, const struct mb_point *point)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "workload", point->workload);
    mb_field_put_text(arena, map, "load_model", mb_load_model_name(point->load_model));
    mb_field_put_int(arena, map, "connections", point->connections);
    mb_field_put_int(arena, map, "rate_micro_rps", point->rate_micro_rps);
    mb_field_put_int(arena, map, "timeout_ns", point->timeout_ns);
    return map;
}

static struct mb_node *cell_to_node(struct mb_arena *arena, const struct mb_cell *cell)
{
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *trials = mb_node_list(arena);
    for (size_t i = 0; i < cell->trial_count; i++) {
        mb_node_push(arena, trials, mb_trial_to_node(arena, &cell->trials[i]));
    }
    mb_field_put_text(arena, map, "variant", cell->variant);
    mb_node_put(arena, map, "point", point_to_node(arena, &cell->point));
    mb_field_put_text(arena, map, "aa_of", cell->aa_of);
    mb_node_put(arena, map, "trials", trials);
    mb_field_restore(arena, map, cell->unknown);
    return map;
}

static struct mb_node *finding_to_node(struct mb_arena *arena,
                                       const struct mb_finding *finding)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "code", finding->code);
    mb_field_put_text(arena, map, "severity", mb_severity_name(finding->severity));
    mb_field_put_text(arena, map, "pointer",
                      finding->pointer != NULL ? finding->pointer : "");
    mb_field_put_text(arena, map, "message", finding->message);
    mb_field_put_text(arena, map, "hint", finding->hint);
    return map;
}

static void header_put(struct mb_arena *arena, struct mb_node *map,
                       const struct mb_result *result)
{
    mb_field_put_text(arena, map, "meshbench", "v1");
    mb_field_put_text(arena, map, "kind", "result");
    mb_field_put_int(arena, map, "minor", result->minor);
    mb_node_put(arena, map, "tool", tool_to_node(arena, result));
    mb_field_put_text(arena, map, "id", result->id);
    mb_node_put(arena, map, "labels", labels_to_node(arena, result));
    mb_node_put(arena, map, "origin", origin_to_node(arena, result));
    mb_field_put_time(arena, map, "started_at", result->started_unix_ns);
    mb_field_put_time(arena, map, "finished_at", result->finished_unix_ns);
    mb_node_put(arena, map, "complete", mb_node_bool(arena, result->complete));
    mb_node_put(arena, map, "spec", spec_to_node(arena, result));
    mb_node_put(arena, map, "keys", keys_to_node(arena, &result->keys));
}

struct mb_node *mb_result_to_node(struct mb_arena *arena, const struct mb_result *result)
{
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *facts = mb_node_list(arena);
    struct mb_node *targets = mb_node_list(arena);
    struct mb_node *cells = mb_node_list(arena);
    struct mb_node *findings = mb_node_list(arena);
    for (size_t i = 0; i < result->facts.count; i++) {
        mb_node_push(arena, facts, fact_to_node(arena, &result->facts.items[i]));
    }
    for (size_t i = 0; i < result->target_count; i++) {
        mb_node_push(arena, targets, target_to_node(arena, &result->targets[i]));
    }
    for (size_t i = 0; i < result->cell_count; i++) {
        mb_node_push(arena, cells, cell_to_node(arena, &result->cells[i]));
    }
    for (size_t i = 0; i < result->finding_count; i++) {
        mb_node_push(arena, findings, finding_to_node(arena, &result->findings[i]));
    }
    header_put(arena, map, result);
    mb_node_put(arena, map, "facts", facts);
    mb_node_put(arena, map, "targets", targets);
    mb_node_put(arena, map, "cells", cells);
    if (result->derived != NULL) {
        mb_node_put(arena, map, "derived", result->derived);
    }
    mb_node_put(arena, map, "findings", findings);
    mb_field_restore(arena, map, result->unknown);
    return map;
}

// --- reading ---

static void labels_from_node(struct mb_arena *arena, const struct mb_field *map,
                             struct mb_result *result)
{
    if (map->node == NULL || !mb_field_is_map(map)) {
        return;
    }
    result->label_count = map->node->as.map.count;
    result->labels = mb_arena_alloc(arena, result->label_count, sizeof *result->labels);
    for (size_t i = 0; i < result->label_count; i++) {
        struct mb_field entry = mb_field_entry(map, i);
        result->labels[i] =
            (struct mb_label){.name = entry.key, .value = mb_field_own_text(&entry)};
    }
}

static void origin_from_node(const struct mb_field *map, struct mb_result *result)
{
    const char *type = mb_field_text(map, "type");
    result->imported = strcmp(type, "imported") == 0;
    if (result->imported) {
        result->import_tool = mb_field_text(map, "tool");
        result->import_version = mb_field_text_or(map, "version", NULL);
        result->import_digest = mb_field_text_or(map, "sha256", NULL);
        result->import_importer = mb_field_text_or(map, "importer", NULL);
    } else if (strcmp(type, "measured") != 0) {
        mb_field_fault(map, "type must be 'measured' or 'imported', is '%s'", type);
    }
}

static struct mb_node *node_or_null(const struct mb_field *map, const char *key)
{
    struct mb_node *node = mb_node_find(map->node, key);
    return node != NULL && node->type != MB_NODE_NULL ? node : NULL;
}

static void spec_from_node(const struct mb_field *map, struct mb_result *result)
{
    result->spec_name = mb_field_text_or(map, "name", NULL);
    result->spec_path = mb_field_text_or(map, "path", NULL);
    result->spec_text = mb_field_text_or(map, "text", NULL);
    result->spec_digest = mb_field_text_or(map, "sha256", NULL);
    result->seed = (uint64_t)mb_field_int_or(map, "seed", 0, SAFE_MAX, 0);
    result->spec_resolved = node_or_null(map, "resolved");
}

static struct mb_key *key_list_from_node(struct mb_arena *arena,
                                         const struct mb_field *map, size_t *count)
{
    *count = 0;
    if (map->node == NULL || !mb_field_is_map(map)) {
        return NULL;
    }
    *count = map->node->as.map.count;
    struct mb_key *keys = mb_arena_alloc(arena, *count, sizeof *keys);
    for (size_t i = 0; i < *count; i++) {
        struct mb_field entry = mb_field_entry(map, i);
        keys[i] = (struct mb_key){.name = entry.key, .digest = mb_field_own_text(&entry)};
    }
    return keys;
}

static void keys_from_node(struct mb_arena *arena, const struct mb_field *map,
                           struct mb_keys *keys)
{
    keys->scheme = (int)mb_field_int_or(map, "scheme", 0, INT_MAX, 0);
    keys->benchmark = mb_field_text_or(map, "benchmark", NULL);
    keys->application = mb_field_text_or(map, "application", NULL);
    keys->environment = mb_field_text_or(map, "environment", NULL);
    struct mb_field workloads = mb_field_child(map, "workloads");
    keys->workloads = key_list_from_node(arena, &workloads, &keys->workload_count);
    struct mb_field variants = mb_field_child(map, "variants");
    keys->variants = key_list_from_node(arena, &variants, &keys->variant_count);
}

static void facts_from_node(struct mb_arena *arena, const struct mb_field *list,
                            struct mb_fact_list *facts)
{
    facts->count = mb_field_list(list);
    facts->capacity = facts->count;
    facts->items = mb_arena_alloc(arena, facts->count, sizeof *facts->items);
    for (size_t i = 0; i < facts->count; i++) {
        struct mb_field map = mb_field_item(list, i);
        if (!mb_field_is_map(&map)) {
            return;
        }
        facts->items[i] = (struct mb_fact){
            .path = mb_field_text(&map, "path"),
            .declared = node_or_null(&map, "declared"),
            .captured = node_or_null(&map, "captured"),
            .source = mb_field_text_or(&map, "source", NULL),
            .at_unix_ns = mb_field_time_or(&map, "at", 0),
            .redacted = mb_field_bool(&map, "redacted"),
        };
    }
}

static void hops_from_node(struct mb_arena *arena, const struct mb_field *list,
                           struct mb_target *target)
{
    target->hop_count = mb_field_list(list);
    target->hops = mb_arena_alloc(arena, target->hop_count, sizeof *target->hops);
    for (size_t i = 0; i < target->hop_count; i++) {
        struct mb_field map = mb_field_item(list, i);
        if (!mb_field_is_map(&map)) {
            return;
        }
        struct mb_target_hop *hop = &target->hops[i];
        hop->name = mb_field_text(&map, "name");
        hop->url = mb_field_text_or(&map, "url", NULL);
        const char *role = mb_field_text(&map, "role");
        if (!mb_role_find(role, &hop->role)) {
            mb_field_fault(&map, "'%s' is not a role", role);
        }
    }
}

static void targets_from_node(struct mb_arena *arena, const struct mb_field *list,
                              struct mb_result *result)
{
    result->target_count = mb_field_list(list);
    result->targets =
        mb_arena_alloc(arena, result->target_count, sizeof *result->targets);
    for (size_t i = 0; i < result->target_count; i++) {
        struct mb_field map = mb_field_item(list, i);
        if (!mb_field_is_map(&map)) {
            return;
        }
        result->targets[i].variant = mb_field_text(&map, "variant");
        result->targets[i].url = mb_field_text_or(&map, "url", NULL);
        struct mb_field hops = mb_field_child(&map, "hops");
        hops_from_node(arena, &hops, &result->targets[i]);
    }
}

static void point_from_node(const struct mb_field *map, struct mb_point *point)
{
    const char *load_model = mb_field_text(map, "load_model");
    point->workload = mb_field_text(map, "workload");
    point->connections = mb_field_int_or(map, "connections", 1, SAFE_MAX, -1);
    point->rate_micro_rps = mb_field_int_or(map, "rate_micro_rps", 1, SAFE_MAX, -1);
    point->timeout_ns = mb_field_int_or(map, "timeout_ns", 1, SAFE_MAX, -1);
    if (!mb_load_model_find(load_model, &point->load_model)) {
        mb_field_fault(map, "'%s' is not a load model", load_model);
    }
}

static void cell_from_node(struct mb_arena *arena, const struct mb_field *map,
                           struct mb_cell *cell)
{
    struct mb_field point = mb_field_child(map, "point");
    struct mb_field trials = mb_field_child(map, "trials");
    cell->variant = mb_field_text(map, "variant");
    cell->aa_of = mb_field_text_or(map, "aa_of", NULL);
    point_from_node(&point, &cell->point);
    cell->trial_count = mb_field_list(&trials);
    cell->trial_capacity = cell->trial_count;
    cell->trials = mb_arena_alloc(arena, cell->trial_count, sizeof *cell->trials);
    for (size_t i = 0; i < cell->trial_count; i++) {
        struct mb_field item = mb_field_item(&trials, i);
        struct mb_err err = {0};
        if (mb_trial_from_node(arena, item.node, &cell->trials[i], &err) != MB_OK) {
            mb_field_adopt(&item, &err);
        }
    }
    cell->unknown = mb_field_unknown(arena, map, cell_keys);
    mb_field_keep(arena, &point, "point", point_keys, &cell->unknown);
}

static void cells_from_node(struct mb_arena *arena, const struct mb_field *list,
                            struct mb_result *result)
{
    result->cell_count = mb_field_list(list);
    if (result->cell_count > MB_RESULT_MAX_CELLS) {
        mb_field_fault(list, "has %zu cells, at most %d are possible", result->cell_count,
                       MB_RESULT_MAX_CELLS);
        result->cell_count = 0;
    }
    result->cells = mb_arena_alloc(arena, result->cell_count, sizeof *result->cells);
    for (size_t i = 0; i < result->cell_count; i++) {
        struct mb_field item = mb_field_item(list, i);
        if (mb_field_is_map(&item)) {
            cell_from_node(arena, &item, &result->cells[i]);
        }
    }
}

static enum mb_severity severity_find(const struct mb_field *map)
{
    const char *name = mb_field_text(map, "severity");
    for (int i = MB_SEVERITY_NOTE; i <= MB_SEVERITY_ERROR; i++) {
        if (strcmp(mb_severity_name((enum mb_severity)i), name) == 0) {
            return (enum mb_severity)i;
        }
    }
    mb_field_fault(map, "'%s' is not a severity", name);
    return MB_SEVERITY_ERROR;
}

static void findings_from_node(struct mb_arena *arena, const struct mb_field *list,
                               struct mb_result *result)
{
    result->finding_count = mb_field_list(list);
    result->findings =
        mb_arena_alloc(arena, result->finding_count, sizeof *result->findings);
    for (size_t i = 0; i < result->finding_count; i++) {
        struct mb_field map = mb_field_item(list, i);
        if (!mb_field_is_map(&map)) {
            return;
        }
        result->findings[i] = (struct mb_finding){
            .code = mb_field_text(&map, "code"),
            .severity = severity_find(&map),
            .file = "",
            .pointer = mb_field_text_or(&map, "pointer", ""),
            .message = mb_field_text(&map, "message"),
            .hint = mb_field_text_or(&map, "hint", NULL),
        };
    }
}

static void header_from_node(struct mb_arena *arena, const struct mb_field *map,
                             struct mb_result *result)
{
    struct mb_field tool = mb_field_child(map, "tool");
    struct mb_field origin = mb_field_child(map, "origin");
    struct mb_field spec = mb_field_child(map, "spec");
    struct mb_field keys = mb_field_child(map, "keys");
    struct mb_field labels = mb_field_child(map, "labels");
    result->unknown = mb_field_unknown(arena, map, result_keys);
    result->minor = (int)mb_field_int(map, "minor", 0, INT_MAX);
    result->tool_name = mb_field_text(&tool, "name");
    result->tool_version = mb_field_text(&tool, "version");
    result->tool_commit = mb_field_text_or(&tool, "commit", NULL);
    result->id = mb_field_text(map, "id");
    labels_from_node(arena, &labels, result);
    origin_from_node(&origin, result);
    result->started_unix_ns = mb_field_time_or(map, "started_at", 0);
    result->finished_unix_ns = mb_field_time_or(map, "finished_at", 0);
    result->complete = mb_field_bool(map, "complete");
    spec_from_node(&spec, result);
    keys_from_node(arena, &keys, &result->keys);
    mb_field_keep(arena, &tool, "tool", tool_keys, &result->unknown);
    mb_field_keep(arena, &origin, "origin", origin_keys, &result->unknown);
    mb_field_keep(arena, &spec, "spec", spec_keys, &result->unknown);
    mb_field_keep(arena, &keys, "keys", keys_keys, &result->unknown);
}

static void kind_check(const struct mb_field *map)
{
    const char *version = mb_node_text(mb_node_find(map->node, "meshbench"), "");
    const char *kind = mb_node_text(mb_node_find(map->node, "kind"), "");
    if (strcmp(version, "v1") != 0 || strcmp(kind, "result") != 0) {
        mb_field_fault(map, "not a result: it must begin with meshbench: v1 and "
                            "kind: result");
    }
}

enum mb_status mb_result_from_node(struct mb_arena *arena, const struct mb_node *node,
                                   struct mb_result *result, struct mb_err *err)
{
    memset(result, 0, sizeof *result);
    struct mb_err own = {0};
    struct mb_field map = mb_field_root(node, &own);
    if (mb_field_is_map(&map)) {
        kind_check(&map);
    }
    if (own.code == MB_OK) {
        struct mb_field facts = mb_field_child(&map, "facts");
        struct mb_field targets = mb_field_child(&map, "targets");
        struct mb_field cells = mb_field_child(&map, "cells");
        struct mb_field findings = mb_field_child(&map, "findings");
        header_from_node(arena, &map, result);
        facts_from_node(arena, &facts, &result->facts);
        targets_from_node(arena, &targets, result);
        cells_from_node(arena, &cells, result);
        result->derived = node_or_null(&map, "derived");
        findings_from_node(arena, &findings, result);
    }
    return own.code == MB_OK ? MB_OK : mb_err_set(err, own.code, "%s", own.message);
}
