#include "meshbench/duels.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "check/check.h"
#include "format/emit.h"

static const int64_t STOP_NS = 5000000000; // between SIGTERM and SIGKILL

static bool is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

static bool is_program(const char *text)
{
    return strchr(text, '/') != NULL && !mb_file_is_dir(text) && access(text, X_OK) == 0;
}

enum mb_status mb_duels_choose(const struct mb_spec *spec, const char *text,
                               struct mb_duels_side *side, struct mb_err *err)
{
    *side = (struct mb_duels_side){.text = text};
    if (is_url(text)) {
        side->kind = MB_DUELS_URL;
        side->url = text;
        return MB_OK;
    }
    if (mb_spec_find_variant(spec, text) != NULL) {
        side->kind = MB_DUELS_VARIANT;
        return MB_OK;
    }
    if (!is_program(text)) {
        mb_err_hint(err, "a program is named with its folder, as ./build/meshbench");
        return mb_err_set(err, MB_USAGE,
                          "'%s' is not a url, not a variant of the spec and not a "
                          "program that can be run",
                          text);
    }
    side->kind = MB_DUELS_PROGRAM;
    if (spec->application.builtin == NULL) {
        mb_err_hint(err, "start it yourself and give its url");
        return mb_err_set(err, MB_USAGE,
                          "'%s' is a program, but the spec's application is not a "
                          "built-in one that it could serve",
                          text);
    }
    return MB_OK;
}

enum mb_status mb_duels_up(struct mb_arena *arena, struct mb_ctx *ctx,
                           const struct mb_spec *spec, struct mb_duels_side *side,
                           struct mb_err *err)
{
    if (side->kind != MB_DUELS_PROGRAM) {
        return MB_OK;
    }
    struct mb_application application = spec->application;
    application.program = side->text;
    enum mb_status status =
        mb_file_make_temp_dir(arena, "meshbench-duel", &side->dir, err);
    if (status == MB_OK) {
        status = mb_guard_start(side->dir, STOP_NS, &side->guard, err);
    }
    if (status == MB_OK) {
        status = mb_stage_app_up(arena, ctx, &application, side->dir, &side->app, err);
    }
    if (status != MB_OK) {
        mb_err_prepend(err, "'%s'", side->text);
        return status;
    }
    mb_guard_watch(&side->guard, side->app.proc.pid);
    side->url = side->app.url;
    return MB_OK;
}

void mb_duels_down(struct mb_duels_side *side)
{
    mb_stage_app_down(&side->app);
    mb_guard_watch(&side->guard, 0);
    mb_guard_end(&side->guard);
    if (side->dir != NULL) {
        struct mb_err ignored = {0}; // a folder left in /tmp is no reason to fail
        (void)!mb_file_remove_tree(side->dir, &ignored);
        side->dir = NULL;
    }
}

// A copy of a map without some of its keys.
static struct mb_node *map_without(struct mb_arena *arena, const struct mb_node *map,
                                   const char *const *keys)
{
    struct mb_node *copy = mb_node_map(arena);
    for (size_t i = 0; i < mb_node_count(map); i++) {
        const struct mb_node_entry *entry = &map->as.map.entries[i];
        const char *key = mb_node_text(entry->key, "");
        bool kept = true;
        for (size_t k = 0; keys[k] != NULL; k++) {
            kept = kept && strcmp(key, keys[k]) != 0;
        }
        if (kept) {
            mb_node_put(arena, copy, key, mb_node_copy(arena, entry->value));
        }
    }
    return copy;
}

static struct mb_node *variant_named(const struct mb_node *variants, const char *name)
{
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        struct mb_node *variant = variants->as.list.items[i];
        if (strcmp(mb_node_text(mb_node_find(variant, "name"), ""), name) == 0) {
            return variant;
        }
    }
    return NULL;
}

static struct mb_node *variant_make(struct mb_arena *arena,
                                    const struct mb_node *variants,
                                    const struct mb_duels_side *side, const char *name)
{
    static const char *const own[] = {"name", NULL};
    struct mb_node *variant = mb_node_map(arena);
    mb_node_put(arena, variant, "name", mb_node_string(arena, name));
    if (side->kind != MB_DUELS_VARIANT) {
        mb_node_put(arena, variant, "mesh", mb_node_string(arena, "none"));
        mb_node_put(arena, variant, "url", mb_node_string(arena, side->url));
        return variant;
    }
    const struct mb_node *rest =
        map_without(arena, variant_named(variants, side->text), own);
    for (size_t i = 0; i < mb_node_count(rest); i++) {
        const struct mb_node_entry *entry = &rest->as.map.entries[i];
        mb_node_put(arena, variant, mb_node_text(entry->key, ""), entry->value);
    }
    return variant;
}

static struct mb_node *tree_make(struct mb_arena *arena, const struct mb_node *from,
                                 const struct mb_duels_side sides[2], int blocks)
{
    static const char *const not_ours[] = {"gates", "variants", "trials", NULL};
    static const char *const not_counted[] = {"aa", "until", "count", NULL};
    static const char *const not_started[] = {"builtin", "arguments", "cpu", NULL};
    struct mb_node *tree = map_without(arena, from, not_ours);
    struct mb_node *variants = mb_node_list(arena);
    const struct mb_node *given = mb_node_find(from, "variants");
    mb_node_push(arena, variants, variant_make(arena, given, &sides[0], MB_DUELS_BASE));
    mb_node_push(arena, variants, variant_make(arena, given, &sides[1], MB_DUELS_HEAD));
    mb_node_put(arena, tree, "variants", variants);
    struct mb_node *trials =
        map_without(arena, mb_node_find(from, "trials"), not_counted);
    mb_node_put(arena, trials, "count", mb_node_int(arena, blocks));
    mb_node_put(arena, tree, "trials", trials);
    // What nobody asks would only be there to disturb.
    if (sides[0].kind != MB_DUELS_VARIANT && sides[1].kind != MB_DUELS_VARIANT) {
        mb_node_set(arena, tree, "application",
                    map_without(arena, mb_node_find(from, "application"), not_started));
    }
    return tree;
}

enum mb_status mb_duels_spec(struct mb_arena *arena, const struct mb_ctx *ctx,
                             const struct mb_spec *from, const struct mb_duels *duel,
                             struct mb_spec *spec, struct mb_err *err)
{
    struct mb_buf text = {0};
    struct mb_doc *doc = mb_arena_alloc(arena, 1, sizeof *doc);
    struct mb_diag diag;
    const char *ending = strrchr(from->path, '.'); // by which a document's syntax is told
    struct mb_node *tree = tree_make(arena, from->resolved, duel->sides, duel->blocks);
    if (ending != NULL && strcmp(ending, ".json") == 0) {
        mb_emit_json(tree, &text);
    } else {
        mb_emit_yaml(tree, &text);
    }
    enum mb_status status =
        mb_doc_parse(arena, from->path, mb_buf_string(&text), text.size, doc, err);
    mb_buf_release(&text);
    if (status != MB_OK) {
        return status;
    }
    mb_diag_init(&diag, arena);
    (void)mb_check_document(arena, ctx, doc, MB_LEVEL_VALID, &diag);
    const struct mb_finding *blocker = mb_check_blocker(&diag);
    if (blocker != NULL) {
        mb_err_hint(err, "%s", blocker->hint != NULL ? blocker->hint : "");
        return mb_err_set(err, MB_INVALID,
                          "the spec cannot be made into a duel: %s: %s (%s)",
                          blocker->pointer, blocker->message, blocker->code);
    }
    return mb_spec_from_doc(arena, doc, ctx->env, spec, err);
}
