#include "run/stage_facts.h"

#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/version.h"
#include "model/spec.h"

// A configuration larger than this is none.
enum { RENDERED_BYTES = 16 << 20 };

struct collector {
    struct mb_arena *arena;
    const struct mb_stage_source *source;
    struct mb_fact_list *facts;
    int64_t now_ns;
};

static void add(const struct collector *collector, const char *path,
                struct mb_node *declared, struct mb_node *captured, const char *source)
{
    mb_fact_add(collector->arena, collector->facts,
                (struct mb_fact){
                    .path = path,
                    .declared = declared,
                    .captured = captured,
                    .source = captured != NULL ? source : NULL,
                    .at_unix_ns = captured != NULL ? collector->now_ns : 0,
                });
}

static struct mb_node *text(const struct collector *collector, const char *value)
{
    return value == NULL ? NULL : mb_node_string(collector->arena, value);
}

static const struct mb_fact *find(const struct mb_fact_list *facts, const char *path)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].path, path) == 0) {
            return &facts->items[i];
        }
    }
    return NULL;
}

// What the host says about a key of a node, where both speak of the same thing. Memory is
// not among them: the kernel never has all that was bought.
static const struct mb_fact *host_fact(const struct collector *collector,
                                       const char *path)
{
    static const char *const keys[] = {"cpus", "cpu_model", "kernel", "arch", NULL};
    static const char prefix[] = "environment.nodes.0.";
    if (strncmp(path, prefix, sizeof prefix - 1) != 0) {
        return NULL;
    }
    const char *key = path + sizeof prefix - 1;
    for (size_t i = 0; keys[i] != NULL; i++) {
        if (strcmp(keys[i], key) == 0) {
            return find(collector->facts,
                        mb_arena_print(collector->arena, "environment.host.%s", key));
        }
    }
    return NULL;
}

static void add_declared(const struct collector *collector, const char *path,
                         struct mb_node *node, bool local)
{
    if (node->type == MB_NODE_MAP) {
        for (size_t i = 0; i < node->as.map.count; i++) {
            const struct mb_node_entry *entry = &node->as.map.entries[i];
            add_declared(collector,
                         mb_arena_print(collector->arena, "%s.%s", path,
                                        mb_node_text(entry->key, "")),
                         entry->value, local);
        }
        return;
    }
    if (node->type == MB_NODE_LIST) {
        for (size_t i = 0; i < node->as.list.count; i++) {
            add_declared(collector, mb_arena_print(collector->arena, "%s.%zu", path, i),
                         node->as.list.items[i], local);
        }
        return;
    }
    const struct mb_fact *host = local ? host_fact(collector, path) : NULL;
    if (host != NULL) {
        add(collector, path, node, host->captured, host->source);
    } else {
        add(collector, path, node, NULL, NULL);
    }
}

// Declared nodes are this host when there is one of them and no orchestrator that could
// have placed something elsewhere.
static bool is_local(const struct mb_node *environment)
{
    const struct mb_node *orchestrator = mb_node_find(environment, "orchestrator");
    const char *type = mb_node_text(mb_node_find(orchestrator, "type"), "process");
    const struct mb_node *nodes = mb_node_find(environment, "nodes");
    return mb_node_count(nodes) == 1 && strcmp(type, "process") == 0 &&
           mb_node_integer(mb_node_find(nodes->as.list.items[0], "count"), 1) == 1;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static enum mb_status add_rendered(const struct collector *collector, const char *variant,
                                   const struct mb_adapter_instance *instance,
                                   struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < instance->config_count; i++) {
        struct mb_buf bytes;
        char digest[MB_DIGEST_TEXT];
        mb_buf_init(&bytes, 0);
        status = mb_file_read(instance->configs[i], NULL, RENDERED_BYTES, &bytes, err);
        if (status == MB_OK) {
            mb_digest_text(mb_buf_string(&bytes), bytes.size, digest);
            add(collector,
                mb_arena_print(collector->arena, "variants.%s.rendered.%s", variant,
                               base_name(instance->configs[i])),
                NULL, text(collector, digest),
                "sha256 of the file that the adapter wrote");
        }
        mb_buf_release(&bytes);
    }
    return status;
}

static enum mb_status add_variant(const struct collector *collector, size_t index,
                                  struct mb_err *err)
{
    const struct mb_variant *variant = &collector->source->spec->variants[index];
    const struct mb_adapter_instance *instance = &collector->source->instances[index];
    struct mb_arena *arena = collector->arena;
    if (variant->mesh_version != NULL || instance->version != NULL) {
        add(collector, mb_arena_print(arena, "variants.%s.version", variant->name),
            text(collector, variant->mesh_version), text(collector, instance->version),
            "the program itself");
    }
    for (size_t i = 0; i < variant->config_file_count; i++) {
        add(collector,
            mb_arena_print(arena, "variants.%s.config_files.%s", variant->name,
                           base_name(variant->config_files[i])),
            NULL, text(collector, variant->config_digests[i]), "sha256 of the file");
    }
    return add_rendered(collector, variant->name, instance, err);
}

enum mb_status mb_stage_facts(struct mb_arena *arena,
                              const struct mb_stage_source *source,
                              struct mb_fact_list *facts, struct mb_err *err)
{
    const struct mb_clock *clock = &source->ctx->clock;
    const struct mb_spec *spec = source->spec;
    struct collector collector = {
        .arena = arena,
        .source = source,
        .facts = facts,
        .now_ns = clock->wall_ns(clock->state),
    };
    struct mb_node *environment = mb_node_find(spec->resolved, "environment");
    if (environment != NULL) {
        add_declared(&collector, "environment", environment, is_local(environment));
    }
    const struct mb_application *application = &spec->application;
    if (application->version != NULL || application->builtin != NULL) {
        add(&collector, "application.version", text(&collector, application->version),
            application->builtin != NULL ? text(&collector, mb_version()) : NULL,
            "built-in");
    }
    for (size_t i = 0; i < spec->variant_count; i++) {
        enum mb_status status =
            spec->variants[i].aa_of == NULL ? add_variant(&collector, i, err) : MB_OK;
        if (status != MB_OK) {
            return status;
        }
    }
    add(&collector, "run.idle_variants", NULL, text(&collector, "running"), "run");
    return MB_OK;
}
