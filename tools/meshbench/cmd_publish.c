#include "meshbench/commands.h"

#include <string.h>

#include "base/file.h"
#include "base/version.h"
#include "exchange/bundle.h"
#include "exchange/gallery.h"
#include "exchange/sign.h"
#include "meshbench/bundles.h"
#include "meshbench/documents.h"
#include "meshbench/result_page.h"

struct publish_options {
    const char *bundle;
    struct mb_opt_list configs;
    const char *availability;
    const char *sign;
    const char *to;
    const char *signer;
    const char *withdraw;
    const char *reason;
};

static const char *const availabilities[] = {"available", "preview", "research", NULL};

static const struct mb_opt options[] = {
    {.name = "bundle",
     .letter = 'b',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct publish_options, bundle),
     .argument = "DIR",
     .help = "make a bundle there; of several results, one in DIR/ID for each"},
    {.name = "config",
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct publish_options, configs),
     .argument = "FILE",
     .help = "put this configuration into the bundle; the result must have recorded its "
             "SHA-256; may be given again"},
    {.name = "availability",
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct publish_options, availability),
     .argument = "WORD",
     .choices = availabilities,
     .fallback = "available",
     .help = "whether what was measured is released (available), will be within 140 days "
             "(preview), or neither (research)"},
    {.name = "sign",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct publish_options, sign),
     .argument = "KEY",
     .help = "sign with this SSH key, by ssh-keygen"},
    {.name = "to",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct publish_options, to),
     .argument = "DIR",
     .help = "add bundles to the gallery in this folder"},
    {.name = "signer",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct publish_options, signer),
     .argument = "FILE",
     .help =
         "of --to: bundles must be signed by somebody in this list of allowed signers, "
         "and are shown as verified"},
    {.name = "withdraw",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct publish_options, withdraw),
     .argument = "ID",
     .help = "of --to: mark this bundle as withdrawn; it stays"},
    {.name = "reason",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct publish_options, reason),
     .argument = "TEXT",
     .help = "of --withdraw: why, for the gallery's readers"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench publish sidecar.json --bundle sidecar", "a folder that others can check"},
    {"meshbench publish sidecar.json --bundle sidecar --sign ~/.ssh/id_ed25519",
     "the same, signed"},
    {"meshbench publish --to public/ sidecar/", "a page that a web server can serve"},
    {"meshbench publish --to public/ --withdraw mb-32e95bbfb825729f --reason "
     "\"the proxy was not in the path\"",
     "kept, and marked"},
    {0},
};

// --- making bundles

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static enum mb_status configs_read(struct mb_arena *arena,
                                   const struct mb_opt_list *paths,
                                   struct mb_bundle *configs, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    *configs = (struct mb_bundle){.arena = arena};
    for (size_t i = 0; status == MB_OK && i < paths->count; i++) {
        struct mb_buf bytes = {0};
        status = mb_file_read(paths->items[i], NULL, MB_BUNDLE_MAX_CONFIG, &bytes, err);
        if (status == MB_OK) {
            mb_bundle_add(configs, base_name(paths->items[i]), mb_buf_string(&bytes),
                          bytes.size);
        }
        mb_buf_release(&bytes);
    }
    return status;
}

// Signed before it gets its name, so that nobody sees it unsigned: the signature is made
// over a copy of SHA256SUMS and becomes a file of the bundle.
static enum mb_status bundle_sign(struct mb_bundle *bundle, const char *key,
                                  struct mb_err *err)
{
    struct mb_arena *arena = bundle->arena;
    const struct mb_bundle_file *sums = mb_bundle_find(bundle, MB_BUNDLE_SUMS);
    struct mb_buf signature = {0};
    char *folder = NULL;
    enum mb_status status = mb_file_make_temp_dir(arena, "meshbench-sign", &folder, err);
    if (status != MB_OK) {
        return status;
    }
    status = mb_file_write(mb_file_join(arena, folder, MB_BUNDLE_SUMS), sums->bytes,
                           sums->size, err);
    if (status == MB_OK) {
        status = mb_sign_make(arena, folder, key, err);
    }
    if (status == MB_OK) {
        status = mb_file_read(mb_file_join(arena, folder, MB_BUNDLE_SIGNATURE), NULL,
                              MB_BUNDLE_MAX_TEXT, &signature, err);
    }
    if (status == MB_OK) {
        mb_bundle_add(bundle, MB_BUNDLE_SIGNATURE, mb_buf_string(&signature),
                      signature.size);
    }
    mb_buf_release(&signature);
    struct mb_err ignored = {0};
    (void)!mb_file_remove_tree(folder, &ignored);
    return status;
}

static enum mb_status bundle_write(const struct mb_ctx *ctx,
                                   const struct publish_options *opts,
                                   struct mb_bundle *bundle, bool several,
                                   struct mb_err *err)
{
    const char *id =
        mb_bundle_id(bundle->arena, mb_bundle_find(bundle, "result.json")->digest);
    const char *dir = opts->bundle;
    enum mb_status status = MB_OK;
    if (several) {
        status = mb_file_make_dirs(dir, err);
        dir = mb_file_join(bundle->arena, dir, id);
    }
    if (status == MB_OK && opts->sign != NULL) {
        status = bundle_sign(bundle, opts->sign, err);
    }
    if (status == MB_OK) {
        status = mb_bundle_write(bundle, dir, err);
    }
    if (status == MB_OK) {
        (void)fprintf(ctx->out, "%s: %s, %zu files%s\n", dir, id, bundle->count,
                      opts->sign != NULL ? ", signed" : "");
    }
    return status;
}

static enum mb_status result_publish(const struct mb_ctx *ctx,
                                     const struct publish_options *opts, const char *path,
                                     bool several, struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_documents_result read = {0};
    struct mb_bundle configs;
    struct mb_bundle bundle;
    enum mb_status status = mb_documents_read_result(ctx, &arena, path, &read, err);
    if (status != MB_OK) {
        goto out;
    }
    status = configs_read(&arena, &opts->configs, &configs, err);
    if (status != MB_OK) {
        goto out;
    }
    const struct mb_bundle_source source = {
        .result = &read.result,
        .result_bytes = read.doc.text,
        .result_size = read.doc.size,
        .level = read.level,
        .report = mb_bundles_report(&arena, &read.result, read.digest, read.level),
        .availability = opts->availability,
        .created_unix_ns = ctx->clock.wall_ns(ctx->clock.state),
        .tool_version = mb_version(),
        .tool_commit = mb_version_commit(),
        .configs = configs.files,
        .config_count = configs.count,
    };
    status = mb_bundle_build(&arena, &source, &bundle, err);
    if (status == MB_OK) {
        status = bundle_write(ctx, opts, &bundle, several, err);
    }
out:
    mb_result_release(&read.result);
    mb_arena_release(&arena);
    return status;
}

// --- the gallery

// The page of an entry, of the result that was checked; never of the bundle's own files.
// Where charts cannot be drawn, the page says so, and a warning.
static enum mb_status page_write(const struct mb_ctx *ctx, const char *path,
                                 const struct mb_bundles_checked *checked,
                                 struct mb_err *err)
{
    static const struct mb_compare_options usual;
    const struct mb_compare_side side = {.result = &checked->result,
                                         .digest = checked->claim.result_digest,
                                         .name = checked->claim.id};
    const char *level = mb_level_name(checked->level);
    struct mb_err why = {0};
    struct mb_result_page page = {.arena = checked->bundle.arena,
                                  .levels = &level,
                                  .formats = MB_CHART_SVG,
                                  .output = path};
    enum mb_status status = mb_result_page_compare(&page, &side, 1, &usual, err);
    if (status == MB_OK) {
        status = mb_result_page_write(ctx, &page, &why);
        status = mb_result_page_done(ctx, "publish", status, &why, err);
    }
    return status;
}

// Pages come after the bundle, so that a gallery which was cut off gets them the next
// time.
static enum mb_status report_show(const struct mb_ctx *ctx,
                                  const struct mb_bundles_checked *checked,
                                  struct mb_gallery *gallery, bool *added,
                                  struct mb_err *err)
{
    struct mb_arena *arena = gallery->arena;
    const char *name = mb_gallery_report_missing(gallery, checked->claim.id);
    if (name == NULL) {
        return MB_OK;
    }
    enum mb_status status =
        mb_file_make_dirs(mb_file_join(arena, gallery->dir, "reports"), err);
    if (status == MB_OK) {
        status = page_write(ctx, mb_file_join(arena, gallery->dir, name), checked, err);
    }
    if (status == MB_OK) {
        mb_gallery_report_put(gallery, checked->claim.id, name);
        *added = true;
    }
    return status;
}

static enum mb_status bundle_show(const struct mb_ctx *ctx,
                                  const struct publish_options *opts, const char *dir,
                                  struct mb_gallery *gallery, bool *changed,
                                  struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_bundles_checked checked;
    bool added = false;
    enum mb_status status =
        mb_bundles_check(ctx, &arena, dir, opts->signer, &checked, err);
    if (status == MB_OK && !mb_bundles_good(&checked)) {
        status = mb_bundles_error(dir, &checked, err);
    }
    if (status == MB_OK) {
        const struct mb_gallery_item item = {.bundle = &checked.bundle,
                                             .claim = &checked.claim,
                                             .result = &checked.result,
                                             .sign = &checked.sign};
        status = mb_gallery_add(gallery, &item, &added, err);
    }
    if (status == MB_OK) {
        status = report_show(ctx, &checked, gallery, &added, err);
    }
    if (status == MB_OK) {
        *changed = *changed || added;
        (void)fprintf(ctx->out, "%s: %s %s\n", opts->to, checked.claim.id,
                      added ? "added" : "is there already");
    }
    mb_bundles_release(&checked);
    mb_arena_release(&arena);
    return status;
}

// What was added before something failed stays added.
static enum mb_status gallery_publish(const struct mb_ctx *ctx,
                                      const struct publish_options *opts,
                                      const struct mb_args *args, struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_gallery gallery;
    struct mb_err later = {0};
    bool changed = false;
    enum mb_status status = mb_gallery_read(&arena, opts->to, &gallery, err);
    if (status == MB_OK && opts->withdraw != NULL) {
        status = mb_gallery_withdraw(&gallery, opts->withdraw, opts->reason, err);
        changed = status == MB_OK;
    }
    for (size_t i = 0; status == MB_OK && i < args->count; i++) {
        status = bundle_show(ctx, opts, args->items[i], &gallery, &changed, err);
    }
    if (changed) {
        enum mb_status written =
            mb_gallery_write(&gallery, status == MB_OK ? err : &later);
        status = status == MB_OK ? written : status;
    }
    mb_arena_release(&arena);
    return status;
}

// --- the command

static enum mb_status usage_check(const struct publish_options *opts,
                                  const struct mb_args *args, struct mb_err *err)
{
    if ((opts->bundle == NULL) == (opts->to == NULL)) {
        mb_err_hint(err, "meshbench publish RESULT --bundle DIR, then meshbench publish "
                         "--to GALLERY DIR");
        return mb_err_set(err, MB_USAGE, "one of --bundle and --to is needed");
    }
    if ((opts->withdraw == NULL) != (opts->reason == NULL) ||
        (opts->withdraw != NULL && opts->to == NULL)) {
        return mb_err_set(err, MB_USAGE, "--withdraw goes with --reason and --to");
    }
    if (opts->to != NULL && (opts->configs.count > 0 || opts->sign != NULL)) {
        return mb_err_set(err, MB_USAGE, "--config and --sign go with --bundle");
    }
    if (opts->bundle != NULL && opts->signer != NULL) {
        return mb_err_set(err, MB_USAGE, "--signer goes with --to");
    }
    if (args->count == 0 && opts->withdraw == NULL) {
        return mb_err_set(err, MB_USAGE, "nothing to publish: no %s given",
                          opts->to != NULL ? "bundle" : "result");
    }
    return MB_OK;
}

static enum mb_status publish_run(struct mb_ctx *ctx, const void *options_given,
                                  const struct mb_args *args, struct mb_err *err)
{
    const struct publish_options *opts = options_given;
    enum mb_status status = usage_check(opts, args, err);
    if (status == MB_OK && opts->to != NULL) {
        return gallery_publish(ctx, opts, args, err);
    }
    for (size_t i = 0; status == MB_OK && i < args->count; i++) {
        status = result_publish(ctx, opts, args->items[i], args->count > 1, err);
    }
    return status;
}

const struct mb_cmd mb_cmd_publish = {
    .name = "publish",
    .group = "Publish",
    .summary = "make a bundle of a result that others can check, and show bundles",
    .usage = "publish RESULT... --bundle DIR | BUNDLE... --to DIR [options]",
    .description =
        "Makes a folder of fixed layout: the result's exact bytes, the spec's text, "
        "configurations that the result recorded, a disclosure page and a report written "
        "from them, and SHA256SUMS over everything, which 'sha256sum -c' reads. The "
        "folder appears as a whole or not at all.\n\n"
        "A signature is detached and made by ssh-keygen over SHA256SUMS, in namespace "
        "'meshbench'. 'meshbench verify DIR' checks all of it.\n\n"
        "--to adds bundles that verify to a gallery: a folder with index.html, "
        "index.json, a copy of each bundle and a page with charts of it, which any web "
        "server can serve. Adding one again changes nothing. Bundles that nobody known "
        "has signed are marked unverified, "
        "withdrawn ones stay and are marked.",
    .options = options,
    .options_size = sizeof(struct publish_options),
    .args_min = 0,
    .args_max = SIZE_MAX,
    .examples = examples,
    .run = publish_run,
};
