#include "meshbench/commands.h"

#include <string.h>

#include "base/file.h"
#include "check/check.h"
#include "format/emit.h"
#include "meshbench/bundles.h"
#include "meshbench/documents.h"
#include "model/derive.h"
#include "report/verify.h"

struct verify_options {
    const char *format;
    const char *output;
    const char *signer;
};

static const char *const formats[] = {"text", "json", NULL};

static const struct mb_opt options[] = {
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct verify_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json for programs"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct verify_options, output),
     .argument = "FILE",
     .help = "write there instead of standard output"},
    {.name = "signer",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct verify_options, signer),
     .argument = "FILE",
     .help = "a bundle must be signed by somebody in this list of allowed signers, as "
             "ssh-keygen reads it"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench verify sidecar.json", "does every number in it follow from its raw data"},
    {"meshbench verify sidecar/ --signer allowed_signers",
     "a bundle: every file, every number, and who signed it"},
    {0},
};

static void errors_keep(const struct mb_diag *all, struct mb_diag *errors)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].severity == MB_SEVERITY_ERROR) {
            mb_diag_add(errors, &all->items[i]);
        }
    }
}

static void kind_fault(struct mb_doc *doc, struct mb_diag *diag)
{
    const struct mb_finding finding = {
        .code = "MB110",
        .severity = MB_SEVERITY_ERROR,
        .pointer = "/kind",
        .message = "not a result: only results are verified",
        .hint = "other documents: meshbench validate FILE"};
    mb_doc_report(doc, diag, &finding, false);
}

// Checks the document as 'validate' does, recomputation included, and counts what that
// was about.
static void doc_verify(const struct mb_ctx *ctx, struct mb_arena *arena,
                       struct mb_doc *doc, struct mb_report_verify *file)
{
    struct mb_diag all;
    struct mb_diag counted;
    struct mb_result result;
    struct mb_err err = {0};
    mb_diag_init(&all, arena);
    mb_diag_init(&counted, arena);
    mb_digest_text(doc->text, doc->size, file->digest);
    if (strcmp(mb_node_text(mb_node_find(doc->root, "kind"), ""), "result") != 0) {
        kind_fault(doc, &file->faults);
        return;
    }
    file->level = mb_check_document(arena, ctx, doc, MB_LEVEL_VALID, &all);
    errors_keep(&all, &file->faults);
    if (file->faults.count == 0 &&
        mb_result_from_node(arena, doc->root, &result, &err) == MB_OK) {
        file->checked = mb_derive_verify(arena, &result, doc->root, &counted);
        mb_result_release(&result);
    }
}

static enum mb_status file_verify(const struct mb_ctx *ctx, struct mb_arena *arena,
                                  const char *path, struct mb_report_verify *file)
{
    struct mb_doc *doc = mb_arena_alloc(arena, 1, sizeof *doc);
    struct mb_err err = {0};
    *file = (struct mb_report_verify){.path = path};
    mb_diag_init(&file->faults, arena);
    enum mb_status status =
        mb_doc_read(arena, path, ctx->in, MB_DOC_MAX_BYTES, doc, &err);
    if (status == MB_OK) {
        file->doc = doc;
        doc_verify(ctx, arena, doc, file);
    } else if (status == MB_INVALID) {
        mb_check_syntax(&err, path, &file->faults);
    } else {
        file->failure = mb_arena_copy_string(arena, err.message);
    }
    return status == MB_INVALID ? MB_OK : status;
}

// A bundle: its result like any other, and around it what else is in the folder.
static enum mb_status bundle_verify(const struct mb_ctx *ctx,
                                    const struct verify_options *opts,
                                    struct mb_arena *arena, const char *path,
                                    struct mb_report_verify *file)
{
    struct mb_bundles_checked *checked = mb_arena_alloc(arena, 1, sizeof *checked);
    struct mb_diag counted;
    struct mb_err err = {0};
    *file = (struct mb_report_verify){.path = path, .is_bundle = true};
    mb_diag_init(&file->faults, arena);
    mb_diag_init(&counted, arena);
    enum mb_status status =
        mb_bundles_check(ctx, arena, path, opts->signer, checked, &err);
    if (status != MB_OK) {
        file->failure = mb_arena_copy_string(arena, err.message);
        mb_bundles_release(checked);
        return status;
    }
    const struct mb_bundle_file *result = mb_bundle_find(&checked->bundle, "result.json");
    file->doc = checked->doc.root != NULL ? &checked->doc : NULL;
    file->faults = checked->findings;
    file->level = checked->level;
    file->regenerated = checked->regenerated;
    file->signature = mb_sign_state_name(checked->sign.state);
    file->key = checked->sign.key;
    file->signer = checked->sign.signer;
    if (result != NULL) {
        memcpy(file->digest, result->digest, sizeof file->digest);
    }
    for (size_t i = 0; i < checked->faults.count; i++) {
        const struct mb_bundle_fault *fault = &checked->faults.items[i];
        mb_report_verify_add(arena, file, fault->file, fault->line, fault->message);
    }
    if (checked->readable) {
        file->checked =
            mb_derive_verify(arena, &checked->result, checked->doc.root, &counted);
    }
    mb_bundles_release(checked);
    return MB_OK;
}

struct outcome {
    size_t unread;
    size_t bad;
};

// One file at a time, so that only one is in memory.
static void files_verify(const struct mb_ctx *ctx, const struct verify_options *opts,
                         const struct mb_args *args, struct mb_buf *out,
                         struct outcome *outcome)
{
    bool json = strcmp(opts->format, "json") == 0;
    struct mb_arena kept;
    mb_arena_init(&kept);
    struct mb_node *files = mb_node_list(&kept);
    for (size_t i = 0; i < args->count; i++) {
        struct mb_arena arena;
        struct mb_report_verify file;
        mb_arena_init(&arena);
        enum mb_status status =
            mb_file_is_dir(args->items[i])
                ? bundle_verify(ctx, opts, &arena, args->items[i], &file)
                : file_verify(ctx, &arena, args->items[i], &file);
        outcome->unread += status != MB_OK;
        outcome->bad += !mb_report_verify_good(&file);
        if (json) {
            mb_node_push(&kept, files,
                         mb_node_copy(&kept, mb_report_verify_node(&arena, &file)));
        } else {
            mb_report_verify_text(&arena, &file, ctx->color && opts->output == NULL, out);
        }
        mb_arena_release(&arena);
    }
    if (json) {
        struct mb_node *root = mb_node_map(&kept);
        mb_node_put(&kept, root, "files", files);
        mb_emit_json(root, out);
    }
    mb_arena_release(&kept);
}

static enum mb_status verify_run(struct mb_ctx *ctx, const void *options_given,
                                 const struct mb_args *args, struct mb_err *err)
{
    const struct verify_options *opts = options_given;
    struct mb_buf out = {0};
    struct outcome outcome = {0};
    files_verify(ctx, opts, args, &out, &outcome);
    enum mb_status status = mb_documents_write(ctx, opts->output, &out, err);
    if (status == MB_OK && outcome.unread > 0) {
        status = mb_err_set(err, MB_FAILED, "%zu of %zu files could not be read",
                            outcome.unread, args->count);
    } else if (status == MB_OK && outcome.bad > 0) {
        status = MB_INVALID;
    }
    mb_buf_release(&out);
    return status;
}

const struct mb_cmd mb_cmd_verify = {
    .name = "verify",
    .group = "Understand",
    .summary = "recompute every derived number of a result, or check a bundle",
    .usage = "verify RESULT|BUNDLE... [options]",
    .description =
        "Reads results and recomputes what their raw data gives: every histogram is "
        "decoded and held against its counts, its sum and its extremes, series are added "
        "up, percentiles, rates and costs derived again, the digest of the spec's text "
        "and the comparability keys computed again. It prints what was checked, or every "
        "place that says something else.\n\n"
        "A folder is a bundle, made by 'meshbench publish'. Then every file in it is "
        "held "
        "against SHA256SUMS, the level that it claims against the one that is computed, "
        "and what was written from the result is written again and compared. Files that "
        "do not belong there are faults. A signature is checked with ssh-keygen; without "
        "--signer it shows that nothing was changed since, and not who signed.\n\n"
        "The SHA-256 that it prints is that of the file's exact bytes: the result's "
        "name. RESULT may be '-' for standard input. The exit status is 1 when a result "
        "does not verify, and 3 when one cannot be read.",
    .options = options,
    .options_size = sizeof(struct verify_options),
    .args_min = 1,
    .args_max = SIZE_MAX,
    .examples = examples,
    .run = verify_run,
};
