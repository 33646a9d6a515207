#include "meshbench/bundles.h"

#include <string.h>

#include "base/file.h"
#include "compare/compare.h"
#include "report/compare.h"
#include "report/show.h"

enum { REPORT_COLUMNS = 100 };

const char *mb_bundles_report(struct mb_arena *arena, const struct mb_result *result,
                              const char *digest, enum mb_level level)
{
    const struct mb_compare_side side = {
        .result = result, .digest = digest, .name = "result.json"};
    const struct mb_compare_options options = {0};
    struct mb_compare_report report;
    struct mb_err err = {0};
    struct mb_buf out = {0};
    if (mb_compare(arena, &side, 1, &options, &report, &err) == MB_OK) {
        mb_report_compare_text(arena, &report, REPORT_COLUMNS, false, &out);
    } else {
        const struct mb_report_show show = {.result = result,
                                            .digest = digest,
                                            .level = mb_level_name(level),
                                            .width = REPORT_COLUMNS};
        mb_report_show_text(arena, &show, &out);
    }
    const char *text = mb_arena_copy_string(arena, mb_buf_string(&out));
    mb_buf_release(&out);
    return text;
}

// --- checking

static void findings_keep(const struct mb_diag *all, struct mb_diag *errors)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->items[i].severity == MB_SEVERITY_ERROR) {
            mb_diag_add(errors, &all->items[i]);
        }
    }
}

// Parses and checks result.json as 'validate' does, recomputation included.
static void result_check(const struct mb_ctx *ctx, struct mb_arena *arena,
                         const char *dir, struct mb_bundles_checked *checked)
{
    const struct mb_bundle_file *file = mb_bundle_find(&checked->bundle, "result.json");
    const char *path = mb_file_join(arena, dir, "result.json");
    struct mb_err err = {0};
    struct mb_diag all;
    mb_diag_init(&all, arena);
    if (file == NULL) {
        return;
    }
    if (mb_doc_parse(arena, path, file->bytes, file->size, &checked->doc, &err) !=
        MB_OK) {
        mb_check_syntax(&err, path, &checked->findings);
        return;
    }
    const struct mb_node *kind = mb_node_find(checked->doc.root, "kind");
    if (strcmp(mb_node_text(kind, ""), "result") != 0) {
        mb_bundle_fault(&checked->faults, "result.json", 0, "not a result");
        return;
    }
    checked->level = mb_check_document(arena, ctx, &checked->doc, MB_LEVEL_VALID, &all);
    findings_keep(&all, &checked->findings);
    if (checked->findings.count == 0) {
        enum mb_status status =
            mb_result_from_node(arena, checked->doc.root, &checked->result, &err);
        checked->readable = status == MB_OK;
        if (status != MB_OK) {
            mb_bundle_fault(&checked->faults, "result.json", 0, "%s", err.message);
        }
    }
}

static void content_check(struct mb_arena *arena, struct mb_bundles_checked *checked)
{
    const struct mb_bundle_file *file = mb_bundle_find(&checked->bundle, "result.json");
    const struct mb_bundle_source source = {
        .result = &checked->result,
        .result_bytes = file->bytes,
        .result_size = file->size,
        .level = checked->level,
        .report =
            mb_bundles_report(arena, &checked->result, file->digest, checked->level),
    };
    mb_bundle_check_content(&checked->bundle, &checked->claim, &source,
                            &checked->regenerated, &checked->faults);
}

enum mb_status mb_bundles_check(const struct mb_ctx *ctx, struct mb_arena *arena,
                                const char *dir, const char *signers,
                                struct mb_bundles_checked *checked, struct mb_err *err)
{
    *checked = (struct mb_bundles_checked){.faults = {.arena = arena}};
    mb_diag_init(&checked->findings, arena);
    enum mb_status status =
        mb_bundle_read(arena, dir, &checked->bundle, &checked->faults, err);
    if (status != MB_OK) {
        return status;
    }
    bool claimed =
        mb_bundle_check_files(&checked->bundle, &checked->claim, &checked->faults);
    result_check(ctx, arena, dir, checked);
    if (claimed && checked->readable) {
        content_check(arena, checked);
    }
    if (mb_bundle_find(&checked->bundle, MB_BUNDLE_SUMS) != NULL) {
        status = mb_sign_check(arena, dir, signers, &checked->sign, err);
    }
    if (status == MB_OK && checked->sign.state == MB_SIGN_BAD) {
        mb_bundle_fault(&checked->faults, MB_BUNDLE_SIGNATURE, 0,
                        "not a signature of %s: %s", MB_BUNDLE_SUMS,
                        checked->sign.trouble);
    }
    if (status == MB_OK && signers != NULL && checked->sign.state == MB_SIGN_NONE) {
        mb_bundle_fault(&checked->faults, MB_BUNDLE_SIGNATURE, 0,
                        "missing: a signature by an allowed signer was asked for");
    }
    if (status == MB_OK && checked->sign.state == MB_SIGN_UNKNOWN) {
        mb_bundle_fault(&checked->faults, MB_BUNDLE_SIGNATURE, 0,
                        "signed with %s, which is none of the allowed signers'",
                        checked->sign.key);
    }
    return status;
}

void mb_bundles_release(struct mb_bundles_checked *checked)
{
    if (checked->readable) {
        mb_result_release(&checked->result);
        checked->readable = false;
    }
}

bool mb_bundles_good(const struct mb_bundles_checked *checked)
{
    return checked->faults.count == 0 && checked->findings.count == 0 &&
           checked->readable;
}

enum mb_status mb_bundles_error(const char *dir, const struct mb_bundles_checked *checked,
                                struct mb_err *err)
{
    mb_err_hint(err, "everything that is wrong: meshbench verify %s", dir);
    if (checked->faults.count > 0) {
        const struct mb_bundle_fault *fault = &checked->faults.items[0];
        return mb_err_set(err, MB_INVALID, "bundle '%s' does not verify: %s: %s", dir,
                          fault->file, fault->message);
    }
    const struct mb_finding *finding = &checked->findings.items[0];
    return mb_err_set(err, MB_INVALID,
                      "bundle '%s' does not verify: result.json:%d: %s (%s)", dir,
                      finding->line, finding->message, finding->code);
}
