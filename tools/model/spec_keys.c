// Comparability keys, scheme 1. What goes in is a promise: spec/comparability.md lists
// it, and a change here is a new scheme.
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/units.h"
#include "format/emit.h"
#include "model/spec.h"

enum { SCHEME = 1 };

// Quantities are compared as values, not as they were written.
static const struct {
    const char *key;
    enum mb_unit unit;
} QUANTITIES[] = {
    {"memory", MB_UNIT_SIZE},
    {"tracing_sample", MB_UNIT_SHARE},
    {"cache_hit_ratio", MB_UNIT_SHARE},
    {"rate", MB_UNIT_RATE},
};

// What names and explains, and therefore is not compared.
static const char *const DROPPED[] = {"labels", "annotations", "description", "address",
                                      "propagation"};

// Captured facts that make an environment another one.
static const char *const HOST_FACTS[] = {
    "cpu_model",       "cpus",         "cpus_allowed",
    "cpu_limit_milli", "memory_bytes", "memory_limit_bytes",
    "kernel",          "arch",         "governor",
    "turbo",           "smt",          "virtualization",
    "mitigations",
};

static const char *canonical_text(struct mb_arena *arena, const struct mb_node *node)
{
    struct mb_buf buf;
    mb_buf_init(&buf, 0);
    mb_emit_json_canonical(node, &buf);
    char *text = mb_arena_copy_bytes(arena, mb_buf_string(&buf), buf.size);
    mb_buf_release(&buf);
    return text;
}

static const char *digest_text(struct mb_arena *arena, const struct mb_node *node)
{
    const char *text = canonical_text(arena, node);
    char digest[MB_DIGEST_TEXT];
    mb_digest_text(text, strlen(text), digest);
    return mb_arena_copy_string(arena, digest);
}

static bool dropped(const char *key)
{
    for (size_t i = 0; i < sizeof DROPPED / sizeof DROPPED[0]; i++) {
        if (strcmp(DROPPED[i], key) == 0) {
            return true;
        }
    }
    return strncmp(key, "x-", 2) == 0;
}

static struct mb_node *canonical_scalar(struct mb_arena *arena, const char *key,
                                        const struct mb_node *node)
{
    for (size_t i = 0; i < sizeof QUANTITIES / sizeof QUANTITIES[0]; i++) {
        int64_t value = 0;
        struct mb_err err = {0};
        if (strcmp(QUANTITIES[i].key, key) == 0 && node->type == MB_NODE_STRING &&
            mb_units_parse(QUANTITIES[i].unit, node->as.string.data, &value, &err) ==
                MB_OK) {
            return mb_node_int(arena, value);
        }
    }
    return mb_node_copy(arena, node);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static struct mb_node *canonical(struct mb_arena *arena, const char *key,
                                 const struct mb_node *node);

// Lists in what is compared are sets: they become the sorted texts of their items.
static struct mb_node *canonical_set(struct mb_arena *arena, const char *key,
                                     const struct mb_node *list)
{
    size_t count = mb_node_count(list);
    const char **texts = mb_arena_alloc(arena, count, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        texts[i] = canonical_text(arena, canonical(arena, key, list->as.list.items[i]));
    }
    qsort(texts, count, sizeof *texts, compare_texts);
    struct mb_node *set = mb_node_list(arena);
    for (size_t i = 0; i < count; i++) {
        mb_node_push(arena, set, mb_node_string(arena, texts[i]));
    }
    return set;
}

// In arena: `node`, the value of `key`, without what is dropped and with quantities as
// numbers. The depth is that of a parsed document, which is bounded.
static struct mb_node *canonical(struct mb_arena *arena, const char *key,
                                 const struct mb_node *node)
{
    if (node->type == MB_NODE_LIST) {
        return canonical_set(arena, key, node);
    }
    if (node->type != MB_NODE_MAP) {
        return canonical_scalar(arena, key, node);
    }
    // Keys of somebody else: none is dropped, and no value is known to be a quantity.
    if (strcmp(key, "options") == 0 || strcmp(key, "parameters") == 0) {
        return mb_node_copy(arena, node);
    }
    struct mb_node *map = mb_node_map(arena);
    for (size_t i = 0; i < node->as.map.count; i++) {
        const struct mb_node_entry *entry = &node->as.map.entries[i];
        const char *name = entry->key->as.string.data;
        if (!dropped(name)) {
            mb_node_put(arena, map, name, canonical(arena, name, entry->value));
        }
    }
    return map;
}

// An empty section says as much as a missing one.
static void put_canonical(struct mb_arena *arena, struct mb_node *map, const char *key,
                          const struct mb_node *value)
{
    bool nested =
        value != NULL && (value->type == MB_NODE_MAP || value->type == MB_NODE_LIST);
    if (value != NULL && (!nested || mb_node_count(value) > 0)) {
        mb_node_put(arena, map, key, canonical(arena, key, value));
    }
}

static void put_text(struct mb_arena *arena, struct mb_node *map, const char *key,
                     const char *value)
{
    mb_node_put(arena, map, key, mb_node_string(arena, value));
}

static void put_int(struct mb_arena *arena, struct mb_node *map, const char *key,
                    int64_t value)
{
    mb_node_put(arena, map, key, mb_node_int(arena, value));
}

// The kind of key is hashed with its content, so that keys of two kinds never meet.
static struct mb_node *key_map(struct mb_arena *arena, const char *kind)
{
    struct mb_node *map = mb_node_map(arena);
    put_int(arena, map, "scheme", SCHEME);
    put_text(arena, map, "key", kind);
    return map;
}

// Header values as the spec has them: a secret counts by its reference, never by value.
static struct mb_node *headers_node(struct mb_arena *arena, const struct mb_node *headers)
{
    struct mb_node *map = mb_node_map(arena);
    for (size_t i = 0; i < mb_node_count(headers); i++) {
        const struct mb_node_entry *entry = &headers->as.map.entries[i];
        char *name = mb_arena_copy_string(arena, entry->key->as.string.data);
        for (char *c = name; *c != '\0'; c++) {
            *c = (char)tolower((unsigned char)*c);
        }
        mb_node_put(arena, map, name, entry->value);
    }
    return map;
}

static struct mb_node *request_node(struct mb_arena *arena,
                                    const struct mb_request *request,
                                    const struct mb_node *resolved)
{
    struct mb_node *map = mb_node_map(arena);
    put_text(arena, map, "method", request->method);
    put_text(arena, map, "path", request->path);
    mb_node_put(arena, map, "headers",
                headers_node(arena, mb_node_find(resolved, "headers")));
    char digest[MB_DIGEST_TEXT] = "";
    if (request->body != NULL) {
        mb_digest_text(request->body, request->body_size, digest);
    }
    put_text(arena, map, "body_sha256", digest);
    put_int(arena, map, "timeout_ns", request->timeout_ns);
    mb_node_put(arena, map, "keepalive", mb_node_bool(arena, request->keepalive));
    put_canonical(arena, map, "expect_status", mb_node_find(resolved, "expect_status"));
    return map;
}

static const char *workload_key(struct mb_arena *arena, const struct mb_spec *spec,
                                const struct mb_workload *workload,
                                const struct mb_node *resolved)
{
    struct mb_node *map = key_map(arena, "workload");
    put_text(arena, map, "type", workload->type);
    put_text(arena, map, "protocol", workload->protocol);
    put_text(arena, map, "load_model", mb_load_model_name(workload->load_model));
    if (workload->load_model == MB_LOAD_OPEN) {
        put_text(arena, map, "arrivals", mb_arrivals_name(workload->arrivals));
    }
    put_int(arena, map, "duration_ns", workload->duration_ns);
    put_int(arena, map, "warmup_ns", workload->warmup_ns);
    put_canonical(arena, map, "generator", mb_node_at(spec->resolved, "/generator/name"));
    mb_node_put(
        arena, map, "request",
        request_node(arena, &workload->request, mb_node_find(resolved, "request")));
    return digest_text(arena, map);
}

static struct mb_node *adapter_node(struct mb_arena *arena, const struct mb_node *adapter)
{
    struct mb_node *map = mb_node_map(arena);
    put_canonical(arena, map, "use", mb_node_find(adapter, "use"));
    put_canonical(arena, map, "parameters", mb_node_find(adapter, "parameters"));
    return map;
}

// Versions stay out, so that the releases of a mesh share a series.
static struct mb_node *mesh_node(struct mb_arena *arena, const struct mb_variant *variant,
                                 const struct mb_node *mesh)
{
    static const char *const KEPT[] = {"profile", "mode", "distribution"};
    struct mb_node *map = mb_node_map(arena);
    put_text(arena, map, "type", variant->mesh_type);
    for (size_t i = 0; i < sizeof KEPT / sizeof KEPT[0]; i++) {
        put_canonical(arena, map, KEPT[i], mb_node_find(mesh, KEPT[i]));
    }
    return map;
}

static const char *variant_key(struct mb_arena *arena, const struct mb_variant *variant,
                               const struct mb_node *resolved)
{
    struct mb_node *map = key_map(arena, "variant");
    mb_node_put(arena, map, "mesh",
                mesh_node(arena, variant, mb_node_find(resolved, "mesh")));
    put_canonical(arena, map, "config", mb_node_find(resolved, "config"));
    put_canonical(arena, map, "components", mb_node_find(resolved, "components"));
    if (variant->adapter != NULL) {
        mb_node_put(arena, map, "adapter",
                    adapter_node(arena, mb_node_find(resolved, "adapter")));
    }
    if (variant->header_count > 0) {
        mb_node_put(arena, map, "headers",
                    headers_node(arena, mb_node_find(resolved, "headers")));
    }
    bool tls = variant->url != NULL && strncmp(variant->url, "https:", 6) == 0;
    mb_node_put(arena, map, "tls", mb_node_bool(arena, tls));
    struct mb_node *files = mb_node_list(arena);
    for (size_t i = 0; i < variant->config_file_count; i++) {
        mb_node_push(arena, files, mb_node_string(arena, variant->config_digests[i]));
    }
    put_canonical(arena, map, "config_files", files);
    return digest_text(arena, map);
}

static const char *application_key(struct mb_arena *arena, const struct mb_spec *spec)
{
    static const char *const KEPT[] = {"name", "version", "builtin", "packaging"};
    const struct mb_node *node = mb_node_find(spec->resolved, "application");
    struct mb_node *map = key_map(arena, "application");
    for (size_t i = 0; i < sizeof KEPT / sizeof KEPT[0]; i++) {
        put_canonical(arena, map, KEPT[i], mb_node_find(node, KEPT[i]));
    }
    struct mb_node *arguments = mb_node_list(arena); // their order counts
    for (size_t i = 0; i < spec->application.argument_count; i++) {
        mb_node_push(arena, arguments,
                     mb_node_string(arena, spec->application.arguments[i]));
    }
    mb_node_put(arena, map, "arguments", arguments);
    return digest_text(arena, map);
}

// Firmware and kernel keep a changing part of memory for themselves.
static struct mb_node *round_memory(struct mb_arena *arena, const struct mb_node *bytes)
{
    const int64_t gib = INT64_C(1) << 30;
    int64_t value = mb_node_integer(bytes, 0);
    return mb_node_int(arena, value / gib + (value % gib >= gib / 2));
}

static struct mb_node *host_node(struct mb_arena *arena, const struct mb_fact_list *facts)
{
    struct mb_node *map = mb_node_map(arena);
    for (size_t i = 0; i < sizeof HOST_FACTS / sizeof HOST_FACTS[0]; i++) {
        const char *name = HOST_FACTS[i];
        const char *path = mb_arena_print(arena, "environment.host.%s", name);
        for (size_t j = 0; facts != NULL && j < facts->count; j++) {
            const struct mb_fact *fact = &facts->items[j];
            if (strcmp(fact->path, path) != 0 || fact->captured == NULL) {
                continue;
            }
            mb_node_put(arena, map, name,
                        strncmp(name, "memory", 6) == 0
                            ? round_memory(arena, fact->captured)
                            : mb_node_copy(arena, fact->captured));
            break;
        }
    }
    return map;
}

static const char *environment_key(struct mb_arena *arena, const struct mb_spec *spec,
                                   const struct mb_fact_list *facts)
{
    static const char *const KEPT[] = {"orchestrator", "nodes",         "network",
                                       "cloud",        "load_balancer", "neighbours"};
    const struct mb_node *node = mb_node_find(spec->resolved, "environment");
    struct mb_node *map = key_map(arena, "environment");
    for (size_t i = 0; i < sizeof KEPT / sizeof KEPT[0]; i++) {
        put_canonical(arena, map, KEPT[i], mb_node_find(node, KEPT[i]));
    }
    put_int(arena, map, "application_cpu", spec->application.cpu);
    put_int(arena, map, "generator_cpu", spec->generator_cpu);
    put_canonical(arena, map, "placement",
                  mb_node_at(spec->resolved, "/generator/placement"));
    mb_node_put(arena, map, "host", host_node(arena, facts));
    return digest_text(arena, map);
}

// The benchmark: application, suite, and every workload with its matrix, as a set.
static const char *benchmark_key(struct mb_arena *arena, const struct mb_spec *spec,
                                 const struct mb_keys *keys)
{
    struct mb_node *map = key_map(arena, "benchmark");
    put_text(arena, map, "application", keys->application);
    const struct mb_node *suite = mb_node_find(spec->resolved, "suite");
    put_canonical(arena, map, "suite", mb_node_find(suite, "name"));
    put_canonical(arena, map, "suite_version", mb_node_find(suite, "version"));
    put_canonical(arena, map, "division", mb_node_find(suite, "division"));
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < spec->workload_count; i++) {
        const struct mb_workload *workload = &spec->workloads[i];
        struct mb_node *item = mb_node_map(arena);
        put_text(arena, item, "workload", keys->workloads[i].digest);
        struct mb_node *connections = mb_node_list(arena);
        for (size_t j = 0; j < workload->connection_count; j++) {
            mb_node_push(arena, connections,
                         mb_node_int(arena, workload->connections[j]));
        }
        put_canonical(arena, item, "connections", connections);
        struct mb_node *rates = mb_node_list(arena);
        for (size_t j = 0; j < workload->rate_count; j++) {
            mb_node_push(arena, rates, mb_node_int(arena, workload->rates_micro_rps[j]));
        }
        put_canonical(arena, item, "rates", rates);
        mb_node_push(arena, list, item);
    }
    put_canonical(arena, map, "workloads", list);
    return digest_text(arena, map);
}

// The resolved variant or workload of that name.
static const struct mb_node *find_named(const struct mb_spec *spec, const char *list_key,
                                        const char *name)
{
    const struct mb_node *list = mb_node_find(spec->resolved, list_key);
    for (size_t i = 0; i < mb_node_count(list); i++) {
        const struct mb_node *item = list->as.list.items[i];
        if (strcmp(mb_node_text(mb_node_find(item, "name"), ""), name) == 0) {
            return item;
        }
    }
    return NULL;
}

void mb_spec_keys(struct mb_arena *arena, const struct mb_spec *spec,
                  const struct mb_fact_list *facts, struct mb_keys *keys)
{
    *keys = (struct mb_keys){.scheme = SCHEME};
    keys->workload_count = spec->workload_count;
    keys->workloads =
        mb_arena_alloc(arena, keys->workload_count, sizeof *keys->workloads);
    for (size_t i = 0; i < spec->workload_count; i++) {
        const struct mb_workload *workload = &spec->workloads[i];
        const struct mb_node *node = find_named(spec, "workloads", workload->name);
        keys->workloads[i] =
            (struct mb_key){workload->name, workload_key(arena, spec, workload, node)};
    }
    keys->variant_count = spec->variant_count;
    keys->variants = mb_arena_alloc(arena, keys->variant_count, sizeof *keys->variants);
    for (size_t i = 0; i < spec->variant_count; i++) {
        const struct mb_variant *variant = &spec->variants[i];
        const char *name = variant->aa_of == NULL ? variant->name : variant->aa_of;
        const struct mb_node *node = find_named(spec, "variants", name);
        keys->variants[i] =
            (struct mb_key){variant->name, variant_key(arena, variant, node)};
    }
    keys->application = application_key(arena, spec);
    keys->environment = environment_key(arena, spec, facts);
    keys->benchmark = benchmark_key(arena, spec, keys);
}
