#include "meshbench/stores.h"

#include <string.h>

#include "meshbench/documents.h"

const char *mb_stores_path(const struct mb_ctx *ctx, const char *given)
{
    const char *path = given != NULL ? given : ctx->env("MESHBENCH_STORE");
    return path != NULL && path[0] != '\0' ? path : "meshbench.db";
}

enum mb_status mb_stores_open(const struct mb_ctx *ctx, const char *given,
                              enum mb_store_mode mode, struct mb_store **store,
                              struct mb_err *err)
{
    return mb_store_open(mb_stores_path(ctx, given),
                         &(struct mb_store_options){.mode = mode}, store, err);
}

void mb_stores_tag(struct mb_arena *arena, struct mb_stores_tags *tags, const char *name,
                   const char *value)
{
    tags->items = mb_arena_grow(arena, tags->items, tags->count, &tags->capacity,
                                sizeof *tags->items);
    tags->items[tags->count++] = (struct mb_label){.name = name, .value = value};
}

enum mb_status mb_stores_tags(struct mb_arena *arena, const struct mb_opt_list *given,
                              struct mb_stores_tags *tags, struct mb_err *err)
{
    for (size_t i = 0; i < given->count; i++) {
        const char *text = given->items[i];
        const char *equals = strchr(text, '=');
        if (equals == NULL || equals == text) {
            mb_err_hint(err, "for example branch=main");
            return mb_err_set(err, MB_USAGE, "'%s' is not a tag: write NAME=VALUE", text);
        }
        mb_stores_tag(arena, tags,
                      mb_arena_copy_bytes(arena, text, (size_t)(equals - text)),
                      equals + 1);
    }
    return MB_OK;
}

enum mb_status mb_stores_add(const struct mb_ctx *ctx, struct mb_store *store,
                             const char *path, const struct mb_stores_tags *tags,
                             struct mb_stores_added *added, struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_documents_result read;
    enum mb_status status = mb_documents_read_result(ctx, &arena, path, &read, err);
    if (status == MB_OK) {
        const char *slash = strrchr(path, '/');
        const struct mb_store_input input = {
            .name = slash != NULL ? slash + 1 : path,
            .bytes = read.doc.text,
            .size = read.doc.size,
            .digest = read.digest,
            .result = &read.result,
            .tags = tags->items,
            .tag_count = tags->count,
            .now_unix_ns = ctx->clock.wall_ns(ctx->clock.state),
        };
        memcpy(added->digest, read.digest, sizeof added->digest);
        status = mb_store_add(store, &input, &added->added, err);
        mb_result_release(&read.result);
    }
    mb_arena_release(&arena);
    return status;
}

enum mb_status mb_stores_refresh(struct mb_store *store,
                                 const struct mb_store_result *result, size_t *added,
                                 struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_buf bytes = {0};
    struct mb_doc doc;
    struct mb_result read;
    *added = 0;
    enum mb_status status = mb_store_read(store, result, &bytes, err);
    if (status == MB_OK) {
        status = mb_doc_parse(&arena, result->name, mb_buf_string(&bytes), bytes.size,
                              &doc, err);
    }
    if (status == MB_OK) {
        status = mb_result_from_node(&arena, doc.root, &read, err);
    }
    if (status == MB_OK) {
        status = mb_store_refresh(store, result->id, &read, added, err);
        mb_result_release(&read);
    }
    mb_buf_release(&bytes);
    mb_arena_release(&arena);
    return status;
}
