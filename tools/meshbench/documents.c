#include "meshbench/documents.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/workers.h"
#include "format/doc.h"

// The first error of a document that was found invalid, as an error.
static enum mb_status finding_to_error(const char *path, const struct mb_diag *diag,
                                       struct mb_err *err)
{
    for (size_t i = 0; i < diag->count; i++) {
        const struct mb_finding *finding = &diag->items[i];
        if (finding->severity == MB_SEVERITY_ERROR) {
            enum mb_status status =
                mb_err_at(err, MB_INVALID, path, finding->line, finding->column,
                          "%s (%s)", finding->message, finding->code);
            mb_err_hint(err, "all findings: meshbench validate %s", path);
            return status;
        }
    }
    return mb_err_at(err, MB_INVALID, path, 0, 0, "not a valid result");
}

static enum mb_status kind_check(const struct mb_doc *doc, const char *path,
                                 struct mb_err *err)
{
    const char *kind = mb_node_text(mb_node_find(doc->root, "kind"), "");
    if (strcmp(kind, "result") == 0) {
        return MB_OK;
    }
    enum mb_status status =
        mb_err_at(err, MB_INVALID, path, 0, 0, "not a result: its kind is '%s'", kind);
    mb_err_hint(err, "results come from 'meshbench run' and 'meshbench load -o'");
    return status;
}

enum mb_status mb_documents_read_result(const struct mb_ctx *ctx, struct mb_arena *arena,
                                        const char *path,
                                        struct mb_documents_result *read,
                                        struct mb_err *err)
{
    *read = (struct mb_documents_result){0};
    enum mb_status status =
        mb_doc_read_compact(arena, path, ctx->in, MB_DOC_MAX_BYTES, &read->doc, err);
    if (status == MB_OK) {
        status = kind_check(&read->doc, path, err);
    }
    if (status != MB_OK) {
        return status;
    }
    struct mb_diag diag;
    mb_diag_init(&diag, arena);
    read->level = mb_check_document(arena, ctx, &read->doc, MB_LEVEL_VALID, &diag);
    if (diag.errors > 0) {
        mb_diag_sort(&diag);
        return finding_to_error(path, &diag, err);
    }
    mb_digest_text(read->doc.text, read->doc.size, read->digest);
    status = mb_result_from_node(arena, read->doc.root, &read->result, err);
    if (status != MB_OK) {
        mb_err_prepend(err, "%s", path);
    }
    return status;
}

// What the readers of several results share.
struct reading {
    const struct mb_ctx *ctx;
    const struct mb_schema *schema;
    struct mb_documents_side *sides;
};

static enum mb_status side_check(const struct mb_schema *schema,
                                 struct mb_documents_side *side)
{
    struct mb_diag diag;
    mb_diag_init(&diag, &side->arena);
    enum mb_status status = kind_check(&side->doc, side->path, &side->err);
    if (status == MB_OK &&
        !mb_check_result(&side->arena, schema, &side->doc, &side->result, &diag)) {
        status = finding_to_error(side->path, &diag, &side->err);
    }
    if (status == MB_OK) {
        mb_digest_text(side->doc.text, side->doc.size, side->digest);
    }
    return status;
}

static void side_read(void *state, size_t index)
{
    const struct reading *reading = state;
    struct mb_documents_side *side = &reading->sides[index];
    enum mb_status status =
        mb_doc_read_compact(&side->arena, side->path, reading->ctx->in, MB_DOC_MAX_BYTES,
                            &side->doc, &side->err);
    if (status == MB_OK) {
        status = side_check(reading->schema, side);
    }
    if (status != MB_OK) {
        side->result = (struct mb_result){0};
    }
}

enum mb_status mb_documents_read_sides(const struct mb_ctx *ctx,
                                       struct mb_documents_side *sides, size_t count,
                                       struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct reading reading = {.ctx = ctx, .sides = sides};
    enum mb_status status = mb_check_schema(&arena, &reading.schema, err);
    if (status == MB_OK) {
        mb_workers_run(side_read, &reading, count);
    }
    for (size_t i = 0; i < count && status == MB_OK; i++) {
        if (sides[i].err.code != MB_OK) {
            *err = sides[i].err;
            status = err->code;
        }
    }
    mb_arena_release(&arena);
    return status;
}

enum mb_status mb_documents_check_side(const struct mb_ctx *ctx,
                                       struct mb_documents_side *side, struct mb_err *err)
{
    struct mb_diag diag;
    mb_diag_init(&diag, &side->arena);
    (void)mb_check_document(&side->arena, ctx, &side->doc, MB_LEVEL_VALID, &diag);
    return diag.errors > 0 ? finding_to_error(side->path, &diag, err) : MB_OK;
}

static void side_release(void *state, size_t index)
{
    struct mb_documents_side *sides = state;
    mb_result_release(&sides[index].result);
    mb_arena_release(&sides[index].arena);
}

void mb_documents_release_sides(struct mb_documents_side *sides, size_t count)
{
    mb_workers_run(side_release, sides, count);
}

enum mb_status mb_documents_write(const struct mb_ctx *ctx, const char *path,
                                  const struct mb_buf *out, struct mb_err *err)
{
    if (path != NULL && strcmp(path, "-") != 0) {
        return mb_file_write(path, mb_buf_string(out), out->size, err);
    }
    if (fwrite(mb_buf_string(out), 1, out->size, ctx->out) != out->size) {
        return mb_err_set(err, MB_FAILED, "cannot write to standard output: %s",
                          strerror(errno));
    }
    return MB_OK;
}
