// Documents as commands need them: read, checked, turned into structs. Meshbench floor.
#ifndef MB_MESHBENCH_DOCUMENTS_H
#define MB_MESHBENCH_DOCUMENTS_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/digest.h"
#include "check/check.h"
#include "model/result.h"

struct mb_documents_result {
    struct mb_doc doc;
    char digest[MB_DIGEST_TEXT]; // of the file's exact bytes
    enum mb_level level;         // conformance level that it satisfies
    struct mb_result result;     // release with mb_result_release
};

// Reads a result ("-": standard input), checks it and turns it into a struct. A document
// that is not a valid result is MB_INVALID, with the first finding as the message and
// 'meshbench validate' as the hint; then nothing has to be released.
MB_MUST_USE enum mb_status mb_documents_read_result(const struct mb_ctx *ctx,
                                                    struct mb_arena *arena,
                                                    const char *path,
                                                    struct mb_documents_result *read,
                                                    struct mb_err *err);

// One of several results that are read together.
struct mb_documents_side {
    const char *path; // as the user named it; "-": standard input
    struct mb_doc doc;
    char digest[MB_DIGEST_TEXT];
    struct mb_result result;
    struct mb_arena arena; // that holds doc and result
    struct mb_err err;     // of reading this one
};

// Reads `count` results at the same time, as fast as their sizes allow: what is wrong
// with their structure, counts and keys is found, but histograms are not opened and no
// number is recomputed (mb_check_result). The first failure, in the order of the paths,
// is the error. Release with mb_documents_release_sides whatever is returned; `sides` is
// filled with zeros by the caller, but for `path`.
MB_MUST_USE enum mb_status mb_documents_read_sides(const struct mb_ctx *ctx,
                                                   struct mb_documents_side *sides,
                                                   size_t count, struct mb_err *err);
// Checks one of them in full: MB_INVALID with its first finding when it is not sound.
MB_MUST_USE enum mb_status mb_documents_check_side(const struct mb_ctx *ctx,
                                                   struct mb_documents_side *side,
                                                   struct mb_err *err);
void mb_documents_release_sides(struct mb_documents_side *sides, size_t count);

// Writes `out` to `path`, or to the context's output when path is NULL.
MB_MUST_USE enum mb_status mb_documents_write(const struct mb_ctx *ctx, const char *path,
                                              const struct mb_buf *out,
                                              struct mb_err *err);

#endif
