#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "model/spec_read.h"

void mb_spec_read_application(struct mb_spec_read *read, const struct mb_node *root,
                              struct mb_application *application)
{
    const struct mb_node *node =
        mb_spec_read_child(read, root, "application", MB_NODE_MAP);
    application->cpu = -1;
    if (node == NULL) {
        return;
    }
    application->name = mb_spec_read_needed(read, node, "name");
    application->version = mb_spec_read_text(read, node, "version");
    application->url = mb_spec_read_text(read, node, "url");
    application->builtin = mb_spec_read_text(read, node, "builtin");
    application->arguments =
        mb_spec_read_texts(read, node, "arguments", &application->argument_count);
    application->cpu = (int)mb_spec_read_int(read, node, "cpu",
                                             (struct mb_spec_range){0, UINT16_MAX, -1});
}

static void read_mesh(struct mb_spec_read *read, const struct mb_node *node,
                      struct mb_variant *variant)
{
    const struct mb_node *mesh = mb_node_find(node, "mesh");
    if (mesh != NULL && mesh->type == MB_NODE_MAP) {
        variant->mesh_type = mb_spec_read_needed(read, mesh, "type");
        variant->mesh_version = mb_spec_read_text(read, mesh, "version");
        if (strcmp(variant->mesh_type, "none") == 0) {
            mb_spec_read_fail(read, MB_INVALID, mesh,
                              "a mesh of type 'none' is written 'mesh: none'");
        }
        return;
    }
    variant->mesh_type = mb_spec_read_needed(read, node, "mesh");
    if (strcmp(variant->mesh_type, "none") != 0) {
        mb_spec_read_fail(read, MB_INVALID, mesh, "'mesh' is neither 'none' nor a map");
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t size = strlen(end);
    return length > size && strcmp(text + length - size, end) == 0;
}

bool mb_spec_adapter_is_file(const char *name)
{
    return strchr(name, '/') != NULL || ends_with(name, ".yaml") ||
           ends_with(name, ".yml") || ends_with(name, ".json");
}

static void read_adapter(struct mb_spec_read *read, const struct mb_node *node,
                         struct mb_variant *variant)
{
    const struct mb_node *adapter =
        mb_spec_read_child(read, node, "adapter", MB_NODE_MAP);
    if (adapter == NULL) {
        return;
    }
    const char *use = mb_spec_read_needed(read, adapter, "use");
    // A path counts from the spec's folder.
    variant->adapter = mb_spec_adapter_is_file(use) && read->dir != NULL
                           ? mb_file_join(read->arena, read->dir, use)
                           : use;
    const struct mb_node *map =
        mb_spec_read_child(read, adapter, "parameters", MB_NODE_MAP);
    variant->parameter_count = mb_node_count(map);
    variant->parameters = mb_arena_alloc(read->arena, variant->parameter_count,
                                         sizeof *variant->parameters);
    for (size_t i = 0; i < variant->parameter_count; i++) {
        const struct mb_node_entry *entry = &map->as.map.entries[i];
        const char *name = mb_spec_read_scalar(read, entry->key, "parameters");
        variant->parameters[i].name = name;
        variant->parameters[i].value = mb_spec_read_scalar(read, entry->value, name);
    }
}

// Reads the file, and writes its digest into the resolved tree or holds it against the
// one that is pinned there.
static const char *digest_file(struct mb_spec_read *read, struct mb_node *file,
                               const char *path)
{
    const char *pinned = mb_spec_read_text(read, file, "sha256");
    if (read->dir == NULL || read->failed) {
        return pinned;
    }
    struct mb_buf buf;
    mb_buf_init(&buf, MB_SPEC_MAX_CONFIG_BYTES);
    struct mb_err err = {0};
    char digest[MB_DIGEST_TEXT] = "";
    enum mb_status status =
        mb_file_read(path, NULL, MB_SPEC_MAX_CONFIG_BYTES, &buf, &err);
    if (status != MB_OK) {
        mb_spec_read_fail(read, status, file, "'config_files': %s", err.message);
    } else {
        mb_digest_text(buf.data, buf.size, digest);
    }
    mb_buf_release(&buf);
    if (read->failed) {
        return NULL;
    }
    if (pinned != NULL && strcmp(pinned, digest) != 0) {
        mb_spec_read_fail(read, MB_INVALID, file,
                          "'config_files': '%s' has SHA-256 %s, not %s as pinned", path,
                          digest, pinned);
    }
    mb_node_set(read->arena, file, "sha256", mb_node_string(read->arena, digest));
    return mb_arena_copy_string(read->arena, digest);
}

static void read_config_files(struct mb_spec_read *read, const struct mb_node *node,
                              struct mb_variant *variant)
{
    const struct mb_node *list =
        mb_spec_read_child(read, node, "config_files", MB_NODE_LIST);
    size_t count = mb_node_count(list);
    variant->config_files = mb_arena_alloc(read->arena, count, sizeof(char *));
    variant->config_digests = mb_arena_alloc(read->arena, count, sizeof(char *));
    variant->config_file_count = count;
    for (size_t i = 0; i < count && !read->failed; i++) {
        struct mb_node *file = list->as.list.items[i];
        const char *path = mb_spec_read_needed(read, file, "path");
        if (read->dir != NULL) {
            path = mb_file_join(read->arena, read->dir, path);
        }
        variant->config_files[i] = path;
        variant->config_digests[i] = digest_file(read, file, path);
    }
}

static void read_variant(struct mb_spec_read *read, const struct mb_node *node,
                         struct mb_variant *variant)
{
    variant->name = mb_spec_read_needed(read, node, "name");
    variant->url = mb_spec_read_text(read, node, "url");
    read_mesh(read, node, variant);
    read_adapter(read, node, variant);
    read_config_files(read, node, variant);
    variant->headers = mb_spec_read_headers(read, node, &variant->header_count);
}

// The twin is the same variant under another name. It is not written into `resolved`:
// trials.aa is what asks for it there.
static void add_twin(struct mb_spec_read *read, struct mb_spec *spec)
{
    const struct mb_variant *original = mb_spec_find_variant(spec, spec->aa);
    if (original == NULL) {
        mb_spec_read_fail(read, MB_INVALID, spec->resolved,
                          "'trials.aa' names no variant: '%s'", spec->aa);
        return;
    }
    struct mb_variant twin = *original;
    twin.name = mb_arena_print(read->arena, "%s-aa", original->name);
    twin.aa_of = original->name;
    if (mb_spec_find_variant(spec, twin.name) != NULL) {
        mb_spec_read_fail(read, MB_INVALID, spec->resolved,
                          "variant '%s' has the name of the A/A twin of '%s'", twin.name,
                          original->name);
        return;
    }
    spec->variants[spec->variant_count++] = twin;
}

void mb_spec_read_variants(struct mb_spec_read *read, struct mb_node *root,
                           struct mb_spec *spec)
{
    const struct mb_node *list = mb_spec_read_child(read, root, "variants", MB_NODE_LIST);
    size_t count = mb_node_count(list);
    spec->variants = mb_arena_alloc(read->arena, count + 1, sizeof *spec->variants);
    for (size_t i = 0; i < count && !read->failed; i++) {
        struct mb_variant *variant = &spec->variants[i];
        read_variant(read, list->as.list.items[i], variant);
        spec->variant_count++;
        if (spec->baseline == NULL && strcmp(variant->mesh_type, "none") == 0) {
            spec->baseline = variant->name;
        }
    }
    if (count == 0) {
        mb_spec_read_fail(read, MB_INVALID, root, "'variants' is missing or empty");
    }
    if (spec->aa != NULL && !read->failed) {
        add_twin(read, spec);
    }
}
