#include "model/spec.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "model/derive.h"
#include "model/spec_read.h"

#define SHARE_ONE INT64_C(1000000000) // 100% in units of 1e-9

static void read_until(struct mb_spec_read *read, const struct mb_node *trials,
                       struct mb_until *until)
{
    const struct mb_node *node = mb_spec_read_child(read, trials, "until", MB_NODE_MAP);
    if (node == NULL) {
        return;
    }
    until->metric = mb_spec_read_needed(read, node, "metric");
    until->interval_share = mb_spec_read_unit(read, node, "interval", MB_UNIT_SHARE);
    until->at_most = (int)mb_spec_read_int(
        read, node, "at_most", (struct mb_spec_range){1, MB_SPEC_MAX_BLOCKS, 1});
}

static void read_trials(struct mb_spec_read *read, const struct mb_node *root,
                        struct mb_spec *spec)
{
    const struct mb_node *node = mb_spec_read_child(read, root, "trials", MB_NODE_MAP);
    spec->block_count = (int)mb_spec_read_int(
        read, node, "count", (struct mb_spec_range){1, MB_SPEC_MAX_BLOCKS, 1});
    const char *order = mb_spec_read_needed(read, node, "order");
    spec->interleaved = strcmp(order, "interleaved") == 0;
    if (!spec->interleaved && strcmp(order, "sequential") != 0) {
        mb_spec_read_fail(read, MB_INVALID, node,
                          "'order' is '%s', not interleaved or sequential", order);
    }
    const char *discard = mb_spec_read_needed(read, node, "discard");
    if (strcmp(discard, "none") != 0) {
        mb_spec_read_fail(read, MB_INVALID, node, "'discard' is '%s', not none", discard);
    }
    spec->aa = mb_spec_read_text(read, node, "aa");
    spec->pause_ns = mb_spec_read_unit(read, node, "pause", MB_UNIT_DURATION);
    spec->seed_given = mb_node_find(node, "seed") != NULL;
    spec->seed = (uint64_t)mb_spec_read_int(
        read, node, "seed", (struct mb_spec_range){0, MB_UNITS_SAFE_MAX, 0});
    read_until(read, node, &spec->until);
}

static void read_analysis(struct mb_spec_read *read, const struct mb_node *root,
                          struct mb_spec *spec)
{
    const struct mb_node *node = mb_spec_read_child(read, root, "analysis", MB_NODE_MAP);
    spec->confidence_share = mb_spec_read_unit(read, node, "confidence", MB_UNIT_SHARE);
    if (spec->confidence_share <= 0 || spec->confidence_share >= SHARE_ONE) {
        mb_spec_read_fail(read, MB_INVALID, node,
                          "'confidence' is not between 0%% and 100%%");
    }
    spec->primary = mb_spec_read_texts(read, node, "primary", &spec->primary_count);
    const struct mb_node *map = mb_spec_read_child(read, node, "margin", MB_NODE_MAP);
    spec->margin_count = mb_node_count(map);
    spec->margins =
        mb_arena_alloc(read->arena, spec->margin_count, sizeof *spec->margins);
    for (size_t i = 0; i < spec->margin_count; i++) {
        const struct mb_node_entry *entry = &map->as.map.entries[i];
        const char *metric = mb_spec_read_scalar(read, entry->key, "margin");
        spec->margins[i].metric = metric;
        spec->margins[i].share =
            mb_spec_read_quantity(read, entry->value, metric, MB_UNIT_SHARE);
    }
}

// A limit in the unit of its metric, or in per cent of 'versus'.
static void read_limit(struct mb_spec_read *read, const struct mb_node *node,
                       struct mb_gate *gate)
{
    struct mb_metric metric;
    if (!mb_metric_parse(gate->metric, &metric)) {
        mb_spec_read_fail(read, MB_INVALID, node, "'%s' is not a metric", gate->metric);
        return;
    }
    const char *key = gate->at_most ? "at_most" : "at_least";
    const char *text = mb_spec_read_needed(read, node, key);
    struct mb_err err = {0};
    if (!read->failed && mb_spec_gate_limit(text, gate, &err) != MB_OK) {
        mb_spec_read_fail(read, MB_INVALID, mb_node_find(node, key), "'%s': %s", key,
                          err.message);
    }
}

static void read_gates(struct mb_spec_read *read, const struct mb_node *root,
                       struct mb_spec *spec)
{
    const struct mb_node *list = mb_spec_read_child(read, root, "gates", MB_NODE_LIST);
    spec->gate_count = mb_node_count(list);
    spec->gates = mb_arena_alloc(read->arena, spec->gate_count, sizeof *spec->gates);
    for (size_t i = 0; i < spec->gate_count && !read->failed; i++) {
        const struct mb_node *node = list->as.list.items[i];
        struct mb_gate *gate = &spec->gates[i];
        gate->metric = mb_spec_read_needed(read, node, "metric");
        gate->variant = mb_spec_read_text(read, node, "variant");
        gate->versus = mb_spec_read_text(read, node, "versus");
        gate->at_most = mb_node_find(node, "at_most") != NULL;
        read_limit(read, node, gate);
    }
}

static void read_rest(struct mb_spec_read *read, const struct mb_node *root,
                      struct mb_spec *spec)
{
    const struct mb_node *collect =
        mb_spec_read_child(read, root, "collect", MB_NODE_MAP);
    spec->sample_ns = mb_spec_read_unit(read, collect, "interval", MB_UNIT_DURATION);
    if (spec->sample_ns <= 0) {
        mb_spec_read_fail(read, MB_INVALID, collect, "'interval' is not above zero");
    }
    const struct mb_node *generator =
        mb_spec_read_child(read, root, "generator", MB_NODE_MAP);
    spec->generator = mb_spec_read_needed(read, generator, "name");
    spec->generator_cpu = (int)mb_spec_read_int(
        read, generator, "cpu", (struct mb_spec_range){0, UINT16_MAX, -1});
}

// Fills everything from `resolved`. spec->path says what the messages are about.
static enum mb_status read_spec(struct mb_spec_read *read, struct mb_spec *spec)
{
    struct mb_node *root = spec->resolved;
    if (root == NULL || root->type != MB_NODE_MAP) {
        mb_spec_read_fail(read, MB_INVALID, root, "a benchmark spec is a map");
        return read->err->code;
    }
    spec->name = mb_spec_read_needed(read, root, "name");
    mb_spec_read_application(read, root, &spec->application);
    read_trials(read, root, spec);
    mb_spec_read_variants(read, root, spec);
    mb_spec_read_workloads(read, root, spec);
    read_analysis(read, root, spec);
    read_gates(read, root, spec);
    read_rest(read, root, spec);
    return read->failed ? read->err->code : MB_OK;
}

enum mb_status mb_spec_from_doc(struct mb_arena *arena, const struct mb_doc *doc,
                                const char *(*env)(const char *name),
                                struct mb_spec *spec, struct mb_err *err)
{
    *spec = (struct mb_spec){.path = doc->name,
                             .text = doc->text,
                             .text_size = doc->size,
                             .root = doc->root,
                             .resolved = mb_spec_resolve(arena, doc->root)};
    bool is_stdin = strcmp(doc->name, "-") == 0;
    struct mb_spec_read read = {
        .arena = arena,
        .file = doc->name,
        .dir = is_stdin ? "." : mb_file_dir(arena, doc->name),
        .env = env,
        .err = err,
    };
    return read_spec(&read, spec);
}

enum mb_status mb_spec_from_node(struct mb_arena *arena, struct mb_node *root,
                                 const char *(*env)(const char *name),
                                 struct mb_spec *spec, struct mb_err *err)
{
    *spec = (struct mb_spec){.root = root, .resolved = mb_spec_resolve(arena, root)};
    struct mb_spec_read read = {.arena = arena, .env = env, .err = err};
    return read_spec(&read, spec);
}

void mb_spec_set_seed(struct mb_arena *arena, struct mb_spec *spec, uint64_t seed)
{
    spec->seed = seed;
    struct mb_node *trials = mb_node_find(spec->resolved, "trials");
    mb_node_set(arena, trials, "seed", mb_node_int(arena, (int64_t)seed));
}

const struct mb_variant *mb_spec_find_variant(const struct mb_spec *spec,
                                              const char *name)
{
    for (size_t i = 0; name != NULL && i < spec->variant_count; i++) {
        if (strcmp(spec->variants[i].name, name) == 0) {
            return &spec->variants[i];
        }
    }
    return NULL;
}

const struct mb_workload *mb_spec_find_workload(const struct mb_spec *spec,
                                                const char *name)
{
    for (size_t i = 0; name != NULL && i < spec->workload_count; i++) {
        if (strcmp(spec->workloads[i].name, name) == 0) {
            return &spec->workloads[i];
        }
    }
    return NULL;
}

static bool header_among(const char *name, const struct mb_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(headers[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

struct mb_request mb_spec_request(struct mb_arena *arena,
                                  const struct mb_workload *workload,
                                  const struct mb_variant *variant)
{
    struct mb_request request = workload->request;
    size_t most = request.header_count + variant->header_count;
    struct mb_header *headers = mb_arena_alloc(arena, most, sizeof *headers);
    size_t count = 0;
    for (size_t i = 0; i < request.header_count; i++) {
        if (!header_among(request.headers[i].name, variant->headers,
                          variant->header_count)) {
            headers[count++] = request.headers[i];
        }
    }
    for (size_t i = 0; i < variant->header_count; i++) {
        headers[count++] = variant->headers[i];
    }
    request.headers = headers;
    request.header_count = count;
    return request;
}
