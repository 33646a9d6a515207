#include "meshbench/documents.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
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

enum mb_status mb_documents_read_result(const struct mb_ctx *ctx, struct mb_arena *arena,
                                        const char *path,
                                        struct mb_documents_result *read,
                                        struct mb_err *err)
{
    *read = (struct mb_documents_result){0};
    enum mb_status status =
        mb_doc_read(arena, path, ctx->in, MB_DOC_MAX_BYTES, &read->doc, err);
    if (status != MB_OK) {
        return status;
    }
    const char *kind = mb_node_text(mb_node_find(read->doc.root, "kind"), "");
    if (strcmp(kind, "result") != 0) {
        status = mb_err_at(err, MB_INVALID, path, 0, 0, "not a result: its kind is '%s'",
                           kind);
        mb_err_hint(err, "results come from 'meshbench run' and 'meshbench load -o'");
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
