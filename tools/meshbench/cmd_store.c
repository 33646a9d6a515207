#include "meshbench/commands.h"

#include <string.h>

#include "base/file.h"
#include "base/units.h"
#include "format/emit.h"
#include "meshbench/documents.h"
#include "meshbench/errors.h"
#include "meshbench/stores.h"
#include "meshbench/stores_text.h"

enum { SHORT_DIGEST = 12 }; // characters

struct store_options {
    const char *store;
    struct mb_opt_list tags;
    const char *release;
    const char *commit;
    const char *branch;
    const char *date;
    const char *since;
    const char *before;
    int64_t keep;
    bool keep_values;
    bool dry_run;
    const char *series;
    const char *author;
    int64_t remove;
    const char *format;
    const char *output;
};

static const char *const formats[] = {"text", "json", NULL};

static const struct mb_opt options[] = {
    {.name = "store",
     .letter = 's',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, store),
     .argument = "FILE",
     .help = "the store (default: $MESHBENCH_STORE, else meshbench.db)"},
    {.name = "tag",
     .letter = 't',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct store_options, tags),
     .argument = "NAME=VALUE",
     .help = "add: give the results this tag; list, export, refresh, prune: only results "
             "that have "
             "it; may be given again"},
    {.name = "release",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, release),
     .argument = "NAME",
     .help = "short for --tag release=NAME"},
    {.name = "commit",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, commit),
     .argument = "ID",
     .help = "short for --tag commit=ID"},
    {.name = "branch",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, branch),
     .argument = "NAME",
     .help = "short for --tag branch=NAME"},
    {.name = "date",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, date),
     .argument = "DATE",
     .help =
         "short for --tag date=DATE: where the results belong in the history, when "
         "that is not the time they were measured; 2026-11-23, or a full time in UTC"},
    {.name = "since",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, since),
     .argument = "DATE",
     .help = "list, export, refresh, prune: only results of this time or later"},
    {.name = "before",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, before),
     .argument = "DATE",
     .help = "list, export, refresh, prune: only results from before this time"},
    {.name = "keep",
     .type = MB_OPT_INT,
     .offset = offsetof(struct store_options, keep),
     .argument = "N",
     .min = 0,
     .max = INT32_MAX,
     .fallback = "0",
     .help = "prune: leave the newest N of them"},
    {.name = "keep-values",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct store_options, keep_values),
     .help = "prune: remove the files only, so that the history stays"},
    {.name = "dry-run",
     .letter = 'n',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct store_options, dry_run),
     .help = "prune: only say what would be removed"},
    {.name = "series",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, series),
     .argument = "ID",
     .help = "annotate: about this series only, by its id or the beginning of it"},
    {.name = "author",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, author),
     .argument = "NAME",
     .help = "annotate: who says so (default: $USER)"},
    {.name = "remove",
     .type = MB_OPT_INT,
     .offset = offsetof(struct store_options, remove),
     .argument = "NUMBER",
     .min = 0,
     .max = MB_UNITS_SAFE_MAX,
     .fallback = "0",
     .help = "annotate: remove the annotation of this number instead"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct store_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "list, show, series, annotations: text for people, json for programs"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct store_options, output),
     .argument = "FILE",
     .help = "list, show, series, annotations, export: write there instead of standard "
             "output; export: a folder takes several "
             "results, named by their digests"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench store add nightly.json --branch main --commit 4f2a91c",
     "put a result into the history"},
    {"meshbench store list --branch main", "what is there"},
    {"meshbench store export 9f16b281 | meshbench show -", "one of them, in full"},
    {"meshbench store annotate 9f16b281 \"new kernel on the test host\"",
     "explain a change, so that it fails no gate any more"},
    {"meshbench store prune --before 2026-01-01 --keep-values",
     "free space, and keep the history"},
    {0},
};

// What one call of the command works on.
struct session {
    struct mb_ctx *ctx;
    const struct store_options *opts;
    const struct mb_args *args; // the action's own
    struct mb_arena arena;
    struct mb_store *store;
    struct mb_stores_tags tags;
    struct mb_store_filter filter;
    struct mb_buf out;
    struct mb_stores_text text; // writes to it
};

static bool wants_json(const struct session *session)
{
    return strcmp(session->opts->format, "json") == 0;
}

// A list as the only key of a document.
static void list_emit(struct session *session, const char *key, struct mb_node *list)
{
    struct mb_node *root = mb_node_map(&session->arena);
    mb_node_put(&session->arena, root, key, list);
    mb_emit_json(root, &session->out);
}

// --- add

// Told as soon as it is true, whatever comes after. (main looks for errors of the
// stream.)
static void lines_flush(struct session *session)
{
    (void)fputs(mb_buf_string(&session->out), session->ctx->out);
    (void)fflush(session->ctx->out);
    mb_buf_reset(&session->out);
}

// A file that cannot be added is told, and the others are; the worst status counts.
static enum mb_status add(struct session *session, struct mb_err *err)
{
    size_t failed = 0;
    enum mb_status worst = MB_OK;
    for (size_t i = 0; i < session->args->count; i++) {
        const char *path = session->args->items[i];
        struct mb_stores_added added = {.added = false};
        struct mb_err own = {0};
        if (*session->ctx->interrupted > 0) {
            return mb_err_set(err, MB_INTERRUPTED,
                              "interrupted: %zu of %zu results were "
                              "not looked at",
                              session->args->count - i, session->args->count);
        }
        enum mb_status status = mb_stores_add(session->ctx, session->store, path,
                                              &session->tags, &added, &own);
        if (status == MB_OK) {
            mb_stores_text_done(&session->text, added.added ? "added" : "already there",
                                added.digest, path);
            lines_flush(session);
            continue;
        }
        worst = status > worst ? status : worst;
        failed++;
        if (session->args->count == 1) {
            *err = own;
        } else {
            mb_errors_print(session->ctx, &own);
        }
    }
    if (failed > 0 && session->args->count > 1) {
        return mb_err_set(err, worst, "%zu of %zu results were not added", failed,
                          session->args->count);
    }
    return worst;
}

// --- list, show, series, annotations

static enum mb_status results_choose(struct session *session,
                                     struct mb_store_results *results, struct mb_err *err)
{
    return mb_store_list(&session->arena, session->store, &session->filter, results, err);
}

static enum mb_status list(struct session *session, struct mb_err *err)
{
    struct mb_store_results results;
    enum mb_status status = results_choose(session, &results, err);
    if (status != MB_OK) {
        return status;
    }
    if (wants_json(session)) {
        struct mb_node *items = mb_node_list(&session->arena);
        for (size_t i = 0; i < results.count; i++) {
            mb_node_push(&session->arena, items,
                         mb_store_result_node(&session->arena, &results.items[i]));
        }
        list_emit(session, "results", items);
    } else if (results.count == 0) {
        mb_buf_append_string(&session->out, "no results\n");
    } else {
        mb_stores_text_results(&session->text, &results);
    }
    return MB_OK;
}

// Those of one result, or (NULL) all: as nodes when `items` is given, else as text.
static enum mb_status annotations_put(struct session *session, const char *digest,
                                      struct mb_node *items, struct mb_err *err)
{
    struct mb_store_annotations all;
    enum mb_status status =
        mb_store_annotations(&session->arena, session->store, &all, err);
    for (size_t i = 0; status == MB_OK && i < all.count; i++) {
        const struct mb_store_annotation *one = &all.items[i];
        if (digest != NULL && strcmp(digest, one->result) != 0) {
            continue;
        }
        if (items != NULL) {
            mb_node_push(&session->arena, items,
                         mb_store_annotation_node(&session->arena, one));
        } else {
            mb_stores_text_annotation(&session->text, one);
        }
    }
    return status;
}

static enum mb_status show(struct session *session, struct mb_err *err)
{
    struct mb_store_result result;
    enum mb_status status = mb_store_find(&session->arena, session->store,
                                          session->args->items[0], &result, err);
    if (status != MB_OK) {
        return status;
    }
    if (!wants_json(session)) {
        mb_stores_text_result(&session->text, &result);
        return annotations_put(session, result.digest, NULL, err);
    }
    struct mb_arena *arena = &session->arena;
    struct mb_node *root = mb_node_map(arena);
    struct mb_node *results = mb_node_list(arena);
    struct mb_node *annotations = mb_node_list(arena);
    mb_node_push(arena, results, mb_store_result_node(arena, &result));
    mb_node_put(arena, root, "results", results);
    mb_node_put(arena, root, "annotations", annotations);
    status = annotations_put(session, result.digest, annotations, err);
    mb_emit_json(root, &session->out);
    return status;
}

static enum mb_status series(struct session *session, struct mb_err *err)
{
    struct mb_store_history history;
    enum mb_status status = mb_store_history(&session->arena, session->store,
                                             &session->filter, &history, err);
    struct mb_node *items = wants_json(session) ? mb_node_list(&session->arena) : NULL;
    for (size_t i = 0; status == MB_OK && i < history.series_count; i++) {
        const struct mb_store_series *one = &history.series[i];
        if (items != NULL) {
            mb_node_push(&session->arena, items,
                         mb_store_series_node(&session->arena, one));
        } else {
            mb_stores_text_series(&session->text, one);
        }
    }
    if (status == MB_OK && items != NULL) {
        list_emit(session, "series", items);
    }
    return status;
}

static enum mb_status annotations(struct session *session, struct mb_err *err)
{
    struct mb_node *items = wants_json(session) ? mb_node_list(&session->arena) : NULL;
    enum mb_status status = annotations_put(session, NULL, items, err);
    if (status == MB_OK && items != NULL) {
        list_emit(session, "annotations", items);
    }
    return status;
}

// --- export

static enum mb_status export_one(struct session *session,
                                 const struct mb_store_result *result, const char *path,
                                 struct mb_err *err)
{
    struct mb_buf bytes = {0};
    enum mb_status status = mb_store_read(session->store, result, &bytes, err);
    if (status == MB_OK) {
        status = mb_documents_write(session->ctx, path, &bytes, err);
    }
    mb_buf_release(&bytes);
    return status;
}

// The results named as arguments; without any, those that pass the options.
static enum mb_status results_pick(struct session *session,
                                   struct mb_store_results *results, struct mb_err *err)
{
    const struct mb_args *args = session->args;
    if (args->count == 0) {
        return results_choose(session, results, err);
    }
    enum mb_status status = MB_OK;
    results->items = mb_arena_alloc(&session->arena, args->count, sizeof *results->items);
    results->count = args->count;
    for (size_t i = 0; status == MB_OK && i < args->count; i++) {
        status = mb_store_find(&session->arena, session->store, args->items[i],
                               &results->items[i], err);
    }
    return status;
}

static enum mb_status export_run(struct session *session, struct mb_err *err)
{
    const char *output = session->opts->output;
    struct mb_store_results results = {0};
    enum mb_status status = results_pick(session, &results, err);
    if (status != MB_OK) {
        return status;
    }
    bool into_folder = output != NULL && mb_file_is_dir(output);
    if (!into_folder && results.count != 1) {
        mb_err_hint(err, "--output names a folder that exists");
        return mb_err_set(err, MB_USAGE,
                          "%zu results go into a folder, not into one file",
                          results.count);
    }
    for (size_t i = 0; status == MB_OK && i < results.count; i++) {
        const char *name = mb_arena_print(&session->arena, "%.*s.json", SHORT_DIGEST,
                                          results.items[i].digest);
        const char *path =
            into_folder ? mb_file_join(&session->arena, output, name) : output;
        status = export_one(session, &results.items[i], path, err);
    }
    return status;
}

// --- refresh, prune, annotate, tag, check

// Of all results, those whose file was pruned are left as they are; one that is named
// must have it.
static enum mb_status refresh(struct session *session, struct mb_err *err)
{
    struct mb_store_results results = {0};
    size_t pruned = 0;
    size_t values = 0;
    enum mb_status status = results_pick(session, &results, err);
    for (size_t i = 0; status == MB_OK && i < results.count; i++) {
        const struct mb_store_result *one = &results.items[i];
        size_t added = 0;
        if (*session->ctx->interrupted > 0) {
            return mb_err_set(err, MB_INTERRUPTED,
                              "interrupted: %zu of %zu results were not looked at",
                              results.count - i, results.count);
        }
        if (!one->kept && session->args->count == 0) {
            pruned++;
            continue;
        }
        status = mb_stores_refresh(session->store, one, &added, err);
        values += added;
        if (added > 0) {
            mb_stores_text_done(&session->text, "refreshed", one->digest, one->name);
            lines_flush(session);
        }
    }
    if (status == MB_OK) {
        mb_buf_print(&session->out, "results: %zu, new values: %zu",
                     results.count - pruned, values);
        if (pruned > 0) {
            mb_buf_print(&session->out, "; not looked at, their files were removed: %zu",
                         pruned);
        }
        mb_buf_append_char(&session->out, '\n');
    }
    return status;
}

static enum mb_status prune(struct session *session, struct mb_err *err)
{
    const struct store_options *opts = session->opts;
    struct mb_store_results results = {0};
    if (session->args->count == 0 && opts->before == NULL && opts->keep == 0) {
        mb_err_hint(err, "for example --before 2026-01-01, or --keep 500");
        return mb_err_set(err, MB_USAGE,
                          "nothing says which results to remove: name them, or give "
                          "--before or --keep");
    }
    enum mb_status status = results_pick(session, &results, err);
    if (status != MB_OK) {
        return status;
    }
    size_t kept = (size_t)opts->keep;
    size_t count = results.count > kept ? results.count - kept : 0;
    int64_t *ids = mb_arena_alloc(&session->arena, count, sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        ids[i] = results.items[i].id;
    }
    if (!opts->dry_run) {
        status = mb_store_prune(session->store, ids, count, opts->keep_values, err);
    }
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        mb_stores_text_done(&session->text, opts->dry_run ? "would remove" : "removed",
                            results.items[i].digest, results.items[i].name);
    }
    return status;
}

// In arena: the digest of the one series that begins with what was given.
static enum mb_status series_find(struct session *session, const char *prefix,
                                  const char **digest, struct mb_err *err)
{
    struct mb_store_history history;
    const struct mb_store_filter filter = {.series = prefix};
    enum mb_status status =
        mb_store_history(&session->arena, session->store, &filter, &history, err);
    if (status == MB_OK && history.series_count != 1) {
        mb_err_hint(err, "ids: meshbench store series");
        return mb_err_set(err, MB_INVALID, "%zu series in the store begin with '%.64s'",
                          history.series_count, prefix);
    }
    *digest = status == MB_OK ? history.series[0].digest : NULL;
    return status;
}

static enum mb_status annotate(struct session *session, struct mb_err *err)
{
    const struct store_options *opts = session->opts;
    const struct mb_ctx *ctx = session->ctx;
    if (opts->remove != 0) {
        return session->args->count == 0
                   ? mb_store_annotation_remove(session->store, opts->remove, err)
                   : mb_err_set(err, MB_USAGE, "--remove takes the place of a result");
    }
    if (session->args->count != 2) {
        return mb_err_set(err, MB_USAGE, "annotate takes a result and a text");
    }
    struct mb_store_result result;
    const char *user = ctx->env("USER");
    const char *author = opts->author != NULL ? opts->author : user;
    struct mb_store_annotation annotation = {
        .text = session->args->items[1],
        .author = author != NULL ? author : "",
        .at_unix_ns = ctx->clock.wall_ns(ctx->clock.state),
    };
    enum mb_status status = mb_store_find(&session->arena, session->store,
                                          session->args->items[0], &result, err);
    if (status == MB_OK && opts->series != NULL) {
        status = series_find(session, opts->series, &annotation.series, err);
    }
    if (status != MB_OK) {
        return status;
    }
    annotation.result = result.digest;
    return mb_store_annotate(session->store, &annotation, err);
}

static enum mb_status tag(struct session *session, struct mb_err *err)
{
    const struct mb_args *args = session->args;
    struct mb_store_result result;
    struct mb_opt_list given = {.items = args->items + 1, .count = args->count - 1};
    enum mb_status status = mb_stores_tags(&session->arena, &given, &session->tags, err);
    if (status == MB_OK && session->tags.count == 0) {
        return mb_err_set(err, MB_USAGE,
                          "tag takes a result and tags: NAME=VALUE, or "
                          "NAME= to take one away");
    }
    if (status == MB_OK) {
        status =
            mb_store_find(&session->arena, session->store, args->items[0], &result, err);
    }
    if (status == MB_OK) {
        status = mb_store_tag(session->store, result.id, session->tags.items,
                              session->tags.count, err);
    }
    return status;
}

static enum mb_status check(struct session *session, struct mb_err *err)
{
    struct mb_store_results results;
    enum mb_status status = mb_store_check(session->store, err);
    if (status == MB_OK) {
        status = results_choose(session, &results, err);
    }
    if (status == MB_OK) {
        mb_buf_print(&session->out, "%s: sound, %zu result%s\n",
                     mb_stores_path(session->ctx, session->opts->store), results.count,
                     results.count == 1 ? "" : "s");
    }
    return status;
}

// --- the command

static const struct action {
    const char *name;
    enum mb_store_mode mode;
    size_t args_min;
    size_t args_max;
    const char *takes;
    enum mb_status (*run)(struct session *session, struct mb_err *err);
} actions[] = {
    {"add", MB_STORE_CREATE, 1, SIZE_MAX, "at least one result's file", add},
    {"list", MB_STORE_READ, 0, 0, "no arguments", list},
    {"show", MB_STORE_READ, 1, 1, "one result, by the beginning of its digest", show},
    {"series", MB_STORE_READ, 0, 0, "no arguments", series},
    {"annotations", MB_STORE_READ, 0, 0, "no arguments", annotations},
    {"export", MB_STORE_READ, 0, SIZE_MAX, "results", export_run},
    {"refresh", MB_STORE_WRITE, 0, SIZE_MAX, "results", refresh},
    {"prune", MB_STORE_WRITE, 0, SIZE_MAX, "results", prune},
    {"annotate", MB_STORE_WRITE, 0, 2, "a result and a text", annotate},
    {"tag", MB_STORE_WRITE, 1, SIZE_MAX, "a result and tags", tag},
    {"check", MB_STORE_READ, 0, 0, "no arguments", check},
};

static const char *const words[] = {"add",         "list",   "show",    "series",
                                    "annotations", "export", "refresh", "prune",
                                    "annotate",    "tag",    "check",   NULL};

// The command line knows its words: the first argument is one of them.
static enum mb_status action_find(const struct mb_args *args,
                                  const struct action **action, struct mb_err *err)
{
    size_t given = args->count - 1;
    size_t i = 0;
    while (strcmp(actions[i].name, args->items[0]) != 0) {
        i++;
    }
    *action = &actions[i];
    if (given < actions[i].args_min || given > actions[i].args_max) {
        return mb_err_set(err, MB_USAGE, "'store %s' takes %s", actions[i].name,
                          actions[i].takes);
    }
    return MB_OK;
}

static enum mb_status options_read(struct session *session, struct mb_err *err)
{
    const struct store_options *opts = session->opts;
    const struct {
        const char *name;
        const char *value;
    } shorts[] = {{"release", opts->release},
                  {"commit", opts->commit},
                  {"branch", opts->branch},
                  {"date", opts->date}};
    enum mb_status status =
        mb_stores_tags(&session->arena, &opts->tags, &session->tags, err);
    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++) {
        if (shorts[i].value != NULL) {
            mb_stores_tag(&session->arena, &session->tags, shorts[i].name,
                          shorts[i].value);
        }
    }
    if (status == MB_OK && opts->since != NULL) {
        status = mb_store_time_parse(opts->since, &session->filter.since_unix_ns, err);
    }
    if (status == MB_OK && opts->before != NULL) {
        status = mb_store_time_parse(opts->before, &session->filter.before_unix_ns, err);
    }
    session->filter.tags = session->tags.items;
    session->filter.tag_count = session->tags.count;
    if (status == MB_INVALID) {
        err->code = MB_USAGE; // it was not read from a document
    }
    return err->code;
}

static enum mb_status store_run(struct mb_ctx *ctx, const void *options_given,
                                const struct mb_args *args, struct mb_err *err)
{
    const struct action *action = NULL;
    const struct mb_args rest = {.items = args->items + 1, .count = args->count - 1};
    struct session session = {.ctx = ctx, .opts = options_given, .args = &rest};
    session.text =
        (struct mb_stores_text){.arena = &session.arena, .ctx = ctx, .out = &session.out};
    enum mb_status status = action_find(args, &action, err);
    if (status == MB_OK) {
        status = options_read(&session, err);
    }
    if (status == MB_OK) {
        status =
            mb_stores_open(ctx, session.opts->store, action->mode, &session.store, err);
    }
    if (status == MB_OK) {
        status = action->run(&session, err);
    }
    // What was done is told, also when something after it failed.
    if (session.out.size > 0) {
        bool export = action->run == export_run;
        struct mb_err own = {0};
        enum mb_status written = mb_documents_write(
            ctx, export ? NULL : session.opts->output, &session.out, &own);
        if (status == MB_OK && written != MB_OK) {
            *err = own;
            status = written;
        }
    }
    mb_store_close(session.store);
    mb_buf_release(&session.out);
    mb_arena_release(&session.arena);
    return status;
}

const struct mb_cmd mb_cmd_store = {
    .name = "store",
    .group = "Understand",
    .summary = "keep a history of results in one file",
    .usage = "store ACTION [RESULT]... [options]",
    .description =
        "A store keeps the exact bytes of every result, and the values that a history is "
        "made of, in one SQLite file. 'regress' reads it; 'run --store' adds to it.\n\n"
        "  add FILE...           add results; those that are there already stay\n"
        "  list                  which results there are, by their time\n"
        "  show RESULT           what is known about one, with its annotations\n"
        "  series                which series there are: a metric of a variant at a load "
        "point\n"
        "  export [RESULT]...    the exact bytes of results\n"
        "  tag RESULT NAME=VALUE...  set tags; NAME= takes one away\n"
        "  annotate RESULT TEXT  explain what happened there\n"
        "  annotations           every explanation, with its number\n"
        "  refresh [RESULT]...   add values that this version finds in stored results\n"
        "  prune [RESULT]...     remove results, or only their files\n"
        "  check                 look at every page, reference and digest\n\n"
        "RESULT is a digest as 'list' prints it, or its beginning. Each file is added in "
        "a "
        "transaction of its own: what 'added' is printed for is on the disk. Several may "
        "write at the same time; they wait for one another. Reading needs no right to "
        "write.\n\n"
        "The tags release, commit, branch and date have options; others are given with "
        "--tag. Labels of a result become tags as well. The tag date moves a result to "
        "its "
        "place in the history, as for an old release that is measured today.",
    .options = options,
    .options_size = sizeof(struct store_options),
    .args_min = 1,
    .args_max = SIZE_MAX,
    .words = words,
    .examples = examples,
    .run = store_run,
};
