// Defaults live here and nowhere else: what reads a resolved spec finds every key. A unit
// test holds this table against the `default`s of schema/benchmark.schema.json.
#include <string.h>

#include "model/spec.h"

enum fallback_type {
    FALLBACK_TEXT,
    FALLBACK_INT,
    FALLBACK_TRUE,
    FALLBACK_TEXTS, // words separated by blanks
    FALLBACK_MAP    // empty
};

struct fallback {
    const char *section;
    const char *key;
    enum fallback_type type;
    const char *text;
    int64_t integer;
};

static const struct fallback FALLBACKS[] = {
    {"root", "trials", FALLBACK_MAP, NULL, 0},
    {"root", "analysis", FALLBACK_MAP, NULL, 0},
    {"root", "collect", FALLBACK_MAP, NULL, 0},
    {"root", "generator", FALLBACK_MAP, NULL, 0},
    {"suite", "division", FALLBACK_TEXT, "closed", 0},
    {"node", "role", FALLBACK_TEXT, "all", 0},
    {"node", "count", FALLBACK_INT, NULL, 1},
    {"component", "role", FALLBACK_TEXT, "other", 0},
    {"application", "arguments", FALLBACK_TEXTS, "", 0},
    {"variant", "config_files", FALLBACK_TEXTS, "", 0},
    {"adapter", "parameters", FALLBACK_MAP, NULL, 0},
    {"workload", "type", FALLBACK_TEXT, "load", 0},
    {"workload", "protocol", FALLBACK_TEXT, "http1", 0},
    {"workload", "arrivals", FALLBACK_TEXT, "constant", 0},
    {"workload", "warmup", FALLBACK_TEXT, "5s", 0},
    {"workload", "threads", FALLBACK_INT, NULL, 1},
    {"workload", "request", FALLBACK_MAP, NULL, 0},
    {"request", "method", FALLBACK_TEXT, "GET", 0},
    {"request", "headers", FALLBACK_MAP, NULL, 0},
    {"request", "timeout", FALLBACK_TEXT, "5s", 0},
    {"request", "keepalive", FALLBACK_TRUE, NULL, 0},
    {"trials", "count", FALLBACK_INT, NULL, 6},
    {"trials", "order", FALLBACK_TEXT, "interleaved", 0},
    {"trials", "pause", FALLBACK_TEXT, "0s", 0},
    {"trials", "discard", FALLBACK_TEXT, "none", 0},
    {"until", "at_most", FALLBACK_INT, NULL, 30},
    {"analysis", "confidence", FALLBACK_TEXT, "95%", 0},
    {"analysis", "primary", FALLBACK_TEXTS, "response_time.p50 response_time.p99", 0},
    {"collect", "interval", FALLBACK_TEXT, "1s", 0},
    {"generator", "name", FALLBACK_TEXT, "meshbench", 0},
};

static struct mb_node *words(struct mb_arena *arena, const char *text)
{
    struct mb_node *list = mb_node_list(arena);
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        mb_node_push(arena, list,
                     mb_node_string(arena, mb_arena_copy_bytes(arena, text, size)));
        text += size;
        text += strspn(text, " ");
    }
    return list;
}

static struct mb_node *fallback_node(struct mb_arena *arena, const struct fallback *row)
{
    switch (row->type) {
    case FALLBACK_TEXT:
        return mb_node_string(arena, row->text);
    case FALLBACK_INT:
        return mb_node_int(arena, row->integer);
    case FALLBACK_TRUE:
        return mb_node_bool(arena, true);
    case FALLBACK_TEXTS:
        return words(arena, row->text);
    case FALLBACK_MAP:
        break;
    }
    return mb_node_map(arena);
}

static bool is_map(const struct mb_node *node)
{
    return node != NULL && node->type == MB_NODE_MAP;
}

static size_t list_count(const struct mb_node *node)
{
    return node != NULL && node->type == MB_NODE_LIST ? node->as.list.count : 0;
}

static void fill(struct mb_arena *arena, struct mb_node *map, const char *section)
{
    if (!is_map(map)) {
        return;
    }
    for (size_t i = 0; i < sizeof FALLBACKS / sizeof FALLBACKS[0]; i++) {
        const struct fallback *row = &FALLBACKS[i];
        if (strcmp(row->section, section) == 0 && mb_node_find(map, row->key) == NULL) {
            mb_node_put(arena, map, row->key, fallback_node(arena, row));
        }
    }
}

static void fill_each(struct mb_arena *arena, struct mb_node *list, const char *section)
{
    for (size_t i = 0; i < list_count(list); i++) {
        fill(arena, list->as.list.items[i], section);
    }
}

// A single value becomes a list of one.
static void widen(struct mb_arena *arena, struct mb_node *map, const char *key)
{
    struct mb_node *value = mb_node_find(map, key);
    if (value == NULL || value->type == MB_NODE_LIST) {
        return;
    }
    struct mb_node *list = mb_node_list(arena);
    mb_node_push(arena, list, value);
    mb_node_set(arena, map, key, list);
}

static void resolve_adapter(struct mb_arena *arena, struct mb_node *variant)
{
    struct mb_node *adapter = mb_node_find(variant, "adapter");
    if (adapter != NULL && adapter->type == MB_NODE_STRING) {
        struct mb_node *map = mb_node_map(arena);
        mb_node_put(arena, map, "use", adapter);
        mb_node_set(arena, variant, "adapter", map);
    }
    fill(arena, mb_node_find(variant, "adapter"), "adapter");
}

static void resolve_config_files(struct mb_arena *arena, struct mb_node *variant)
{
    struct mb_node *files = mb_node_find(variant, "config_files");
    for (size_t i = 0; i < list_count(files); i++) {
        struct mb_node *file = files->as.list.items[i];
        if (file->type == MB_NODE_STRING) {
            struct mb_node *map = mb_node_map(arena);
            mb_node_put(arena, map, "path", file);
            files->as.list.items[i] = map;
        }
    }
}

static void resolve_variants(struct mb_arena *arena, struct mb_node *variants)
{
    fill_each(arena, variants, "variant");
    for (size_t i = 0; i < list_count(variants); i++) {
        struct mb_node *variant = variants->as.list.items[i];
        if (is_map(variant)) {
            resolve_adapter(arena, variant);
            resolve_config_files(arena, variant);
            fill_each(arena, mb_node_find(variant, "components"), "component");
        }
    }
}

static void resolve_workloads(struct mb_arena *arena, struct mb_node *workloads,
                              struct mb_node *application)
{
    fill_each(arena, workloads, "workload");
    struct mb_node *path = mb_node_find(application, "path");
    for (size_t i = 0; i < list_count(workloads); i++) {
        struct mb_node *workload = workloads->as.list.items[i];
        if (!is_map(workload)) {
            continue;
        }
        widen(arena, workload, "connections");
        widen(arena, workload, "rate");
        struct mb_node *request = mb_node_find(workload, "request");
        if (is_map(request) && path != NULL && mb_node_find(request, "path") == NULL) {
            mb_node_put(arena, request, "path", mb_node_copy(arena, path));
        }
        fill(arena, request, "request");
    }
}

struct mb_node *mb_spec_resolve(struct mb_arena *arena, const struct mb_node *root)
{
    struct mb_node *copy = root == NULL ? NULL : mb_node_copy(arena, root);
    if (!is_map(copy)) {
        return copy;
    }
    fill(arena, copy, "root");
    fill(arena, mb_node_find(copy, "suite"), "suite");
    fill(arena, mb_node_find(copy, "application"), "application");
    fill(arena, mb_node_find(copy, "trials"), "trials");
    fill(arena, mb_node_find(mb_node_find(copy, "trials"), "until"), "until");
    fill(arena, mb_node_find(copy, "analysis"), "analysis");
    fill(arena, mb_node_find(copy, "collect"), "collect");
    fill(arena, mb_node_find(copy, "generator"), "generator");
    struct mb_node *environment = mb_node_find(copy, "environment");
    fill_each(arena, mb_node_find(environment, "nodes"), "node");
    fill_each(arena, mb_node_find(environment, "neighbours"), "component");
    resolve_variants(arena, mb_node_find(copy, "variants"));
    resolve_workloads(arena, mb_node_find(copy, "workloads"),
                      mb_node_find(copy, "application"));
    return copy;
}
