#include "exchange/bundle.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "exchange/disclosure_page.h"
#include "format/emit.h"
#include "model/field.h"

static int fault_order(const struct mb_bundle_fault *fault, const char *file, int line)
{
    int order = strcmp(fault->file, file);
    return order != 0 ? order : fault->line - line;
}

void mb_bundle_fault(struct mb_bundle_faults *faults, const char *file, int line,
                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    faults->items = mb_arena_grow(faults->arena, faults->items, faults->count,
                                  &faults->capacity, sizeof *faults->items);
    // Ordered by file and line, whatever the order in which a folder lists its files.
    size_t at = faults->count++;
    while (at > 0 && fault_order(&faults->items[at - 1], file, line) > 0) {
        faults->items[at] = faults->items[at - 1];
        at--;
    }
    faults->items[at] = (struct mb_bundle_fault){
        .file = mb_arena_copy_string(faults->arena, file),
        .line = line,
        .message = mb_arena_print_args(faults->arena, format, args)};
    va_end(args);
}

const struct mb_bundle_file *mb_bundle_find(const struct mb_bundle *bundle,
                                            const char *name)
{
    for (size_t i = 0; i < bundle->count; i++) {
        if (strcmp(bundle->files[i].name, name) == 0) {
            return &bundle->files[i];
        }
    }
    return NULL;
}

void mb_bundle_add(struct mb_bundle *bundle, const char *name, const char *bytes,
                   size_t size)
{
    bundle->files = mb_arena_grow(bundle->arena, bundle->files, bundle->count,
                                  &bundle->capacity, sizeof *bundle->files);
    size_t at = bundle->count;
    while (at > 0 && strcmp(bundle->files[at - 1].name, name) > 0) {
        bundle->files[at] = bundle->files[at - 1];
        at--;
    }
    struct mb_bundle_file *file = &bundle->files[at];
    *file =
        (struct mb_bundle_file){.name = mb_arena_copy_string(bundle->arena, name),
                                .bytes = mb_arena_copy_bytes(bundle->arena, bytes, size),
                                .size = size};
    mb_digest_text(bytes, size, file->digest);
    bundle->count++;
}

const char *mb_bundle_id(struct mb_arena *arena, const char *result_digest)
{
    return mb_arena_print(arena, "mb-%.16s", result_digest);
}

// --- building

static bool name_plain(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > MB_BUNDLE_MAX_NAME || name[0] == '.') {
        return false;
    }
    // What every file system, web server and sha256sum takes as it stands.
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789._+=@-") == length;
}

// The run recorded the digest of every configuration it used, as a fact.
static bool config_recorded(const struct mb_result *result, const char *digest)
{
    for (size_t i = 0; i < result->facts.count; i++) {
        const char *captured = mb_node_text(result->facts.items[i].captured, "");
        if (strcmp(captured, digest) == 0) {
            return true;
        }
    }
    return false;
}

static enum mb_status configs_add(const struct mb_bundle_source *source,
                                  struct mb_bundle *bundle, struct mb_err *err)
{
    if (source->config_count > MB_BUNDLE_MAX_CONFIGS) {
        return mb_err_set(err, MB_INVALID, "too many configurations: %zu, at most %d",
                          source->config_count, (int)MB_BUNDLE_MAX_CONFIGS);
    }
    size_t total = 0;
    for (size_t i = 0; i < source->config_count; i++) {
        const struct mb_bundle_file *config = &source->configs[i];
        total += config->size;
        if (total > MB_BUNDLE_MAX_CONFIGS_BYTES) {
            return mb_err_set(err, MB_INVALID,
                              "configurations are larger than %d bytes together",
                              (int)MB_BUNDLE_MAX_CONFIGS_BYTES);
        }
        const char *name = mb_arena_print(bundle->arena, "configs/%s", config->name);
        if (!name_plain(config->name)) {
            return mb_err_set(err, MB_INVALID,
                              "'%s' is no name for a configuration: letters, digits and "
                              "._+=@- only, no '.' in front, at most %d bytes",
                              config->name, (int)MB_BUNDLE_MAX_NAME);
        }
        if (mb_bundle_find(bundle, name) != NULL) {
            return mb_err_set(err, MB_INVALID, "two configurations are named '%s'",
                              config->name);
        }
        if (!config_recorded(source->result, config->digest)) {
            mb_err_hint(err,
                        "its SHA-256 is %s; a result records those of config_files "
                        "and of what its adapters rendered",
                        config->digest);
            return mb_err_set(err, MB_INVALID,
                              "configuration '%s' is not one that the result was "
                              "measured with",
                              config->name);
        }
        mb_bundle_add(bundle, name, config->bytes, config->size);
    }
    return MB_OK;
}

static void claim_add(const struct mb_bundle_source *source, struct mb_bundle *bundle)
{
    struct mb_arena *arena = bundle->arena;
    struct mb_node *root = mb_node_map(arena);
    struct mb_node *tool = mb_node_map(arena);
    struct mb_buf out = {0};
    const char *digest = mb_bundle_find(bundle, "result.json")->digest;
    mb_field_put_text(arena, tool, "name", "meshbench");
    mb_field_put_text(arena, tool, "version", source->tool_version);
    mb_field_put_text(arena, tool, "commit", source->tool_commit);
    mb_field_put_text(arena, root, "meshbench", "v1");
    mb_field_put_text(arena, root, "kind", "bundle");
    mb_field_put_text(arena, root, "id", mb_bundle_id(arena, digest));
    mb_field_put_text(arena, root, "result_sha256", digest);
    mb_field_put_text(arena, root, "level", mb_level_name(source->level));
    mb_field_put_text(arena, root, "status", "unverified");
    mb_field_put_text(arena, root, "availability", source->availability);
    mb_field_put_time(arena, root, "created_at", source->created_unix_ns);
    mb_node_put(arena, root, "tool", tool);
    mb_emit_json(root, &out);
    mb_bundle_add(bundle, "bundle.json", mb_buf_string(&out), out.size);
    mb_buf_release(&out);
}

static void sums_add(struct mb_bundle *bundle)
{
    struct mb_buf out = {0};
    for (size_t i = 0; i < bundle->count; i++) {
        mb_buf_print(&out, "%s  %s\n", bundle->files[i].digest, bundle->files[i].name);
    }
    mb_bundle_add(bundle, MB_BUNDLE_SUMS, mb_buf_string(&out), out.size);
    mb_buf_release(&out);
}

enum mb_status mb_bundle_build(struct mb_arena *arena,
                               const struct mb_bundle_source *source,
                               struct mb_bundle *bundle, struct mb_err *err)
{
    struct mb_buf page = {0};
    *bundle = (struct mb_bundle){.arena = arena};
    mb_bundle_add(bundle, "result.json", source->result_bytes, source->result_size);
    if (source->result->spec_text != NULL) {
        mb_bundle_add(bundle, "spec.yaml", source->result->spec_text,
                      strlen(source->result->spec_text));
    }
    enum mb_status status = configs_add(source, bundle, err);
    if (status != MB_OK) {
        return status;
    }
    mb_disclosure_page(arena, source->result, source->level,
                       mb_bundle_find(bundle, "result.json")->digest, &page);
    mb_bundle_add(bundle, "disclosure.md", mb_buf_string(&page), page.size);
    mb_buf_release(&page);
    mb_bundle_add(bundle, "report.txt", source->report, strlen(source->report));
    claim_add(source, bundle);
    sums_add(bundle);
    return MB_OK;
}

// --- writing

static enum mb_status files_write(const struct mb_bundle *bundle, const char *folder,
                                  struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < bundle->count; i++) {
        const struct mb_bundle_file *file = &bundle->files[i];
        char *path = mb_file_join(bundle->arena, folder, file->name);
        if (strchr(file->name, '/') != NULL) {
            status = mb_file_make_dirs(mb_file_dir(bundle->arena, path), err);
        }
        if (status == MB_OK) {
            status = mb_file_write(path, file->bytes, file->size, err);
        }
    }
    return status;
}

enum mb_status mb_bundle_write(const struct mb_bundle *bundle, const char *dir,
                               struct mb_err *err)
{
    if (mb_file_exists(dir)) {
        return mb_err_set(err, MB_FAILED, "'%s' exists already", dir);
    }
    size_t length = strlen(dir);
    while (length > 1 && dir[length - 1] == '/') {
        length--;
    }
    char *temporary = mb_arena_print(bundle->arena, "%.*s.%ld.partial", (int)length, dir,
                                     (long)getpid());
    // Left by a process of the same number that was killed.
    enum mb_status status = mb_file_remove_tree(temporary, err);
    if (status == MB_OK) {
        status = mb_file_make_dirs(temporary, err);
    }
    if (status == MB_OK) {
        status = files_write(bundle, temporary, err);
    }
    if (status == MB_OK && rename(temporary, dir) != 0) {
        status = mb_err_system(err, errno, "cannot create '%s'", dir);
    }
    if (status != MB_OK) {
        struct mb_err ignored = {0};
        (void)!mb_file_remove_tree(temporary, &ignored);
    }
    return status;
}
