#include "exchange/gallery.h"

#include <string.h>

#include "base/embed.h"
#include "base/file.h"
#include "format/doc.h"
#include "format/emit.h"
#include "model/field.h"
#include "schema/schema.h"

// --- reading and writing

static enum mb_status index_check(struct mb_arena *arena, const struct mb_doc *doc,
                                  struct mb_err *err)
{
    static const char *const name = "schema/gallery.schema.json";
    const struct mb_embed *file = mb_embed_find(name);
    struct mb_schema_set *set = mb_schema_set_new(arena);
    const struct mb_schema *schema = NULL;
    struct mb_schema_findings findings;
    struct mb_doc schema_doc;
    if (file == NULL) {
        return mb_err_set(err, MB_BUG, "schema '%s' is not embedded", name);
    }
    enum mb_status status =
        mb_doc_parse(arena, name, file->data, file->size, &schema_doc, err);
    if (status == MB_OK) {
        status = mb_schema_set_add(set, name, schema_doc.root, err);
    }
    if (status == MB_OK) {
        status = mb_schema_compile(set, name, &schema, err);
    }
    if (status != MB_OK) {
        return status;
    }
    mb_schema_findings_init(&findings, arena);
    if (!mb_schema_validate(schema, doc->root, &findings)) {
        const char *hint = NULL;
        status = mb_err_at(
            err, MB_INVALID, doc->name, 0, 0, "not the index of a gallery: %s: %s",
            findings.items[0].pointer, mb_schema_say(arena, &findings.items[0], &hint));
    }
    return status;
}

enum mb_status mb_gallery_read(struct mb_arena *arena, const char *dir,
                               struct mb_gallery *gallery, struct mb_err *err)
{
    const char *path = mb_file_join(arena, dir, "index.json");
    struct mb_doc doc;
    *gallery =
        (struct mb_gallery){.arena = arena, .dir = dir, .entries = mb_node_list(arena)};
    if (!mb_file_exists(path)) {
        return MB_OK;
    }
    enum mb_status status =
        mb_doc_read(arena, path, NULL, MB_GALLERY_MAX_BYTES, &doc, err);
    if (status == MB_OK) {
        status = index_check(arena, &doc, err);
    }
    if (status == MB_OK) {
        gallery->entries = mb_node_find(doc.root, "entries");
    }
    return status;
}

enum mb_status mb_gallery_write(const struct mb_gallery *gallery, struct mb_err *err)
{
    struct mb_arena *arena = gallery->arena;
    struct mb_node *root = mb_node_map(arena);
    struct mb_buf json = {0};
    struct mb_buf page = {0};
    mb_field_put_text(arena, root, "meshbench", "v1");
    mb_field_put_text(arena, root, "kind", "gallery");
    mb_node_put(arena, root, "entries", gallery->entries);
    mb_emit_json(root, &json);
    mb_gallery_page(gallery->entries, &page);
    enum mb_status status = mb_file_make_dirs(gallery->dir, err);
    if (status == MB_OK) {
        status = mb_file_write(mb_file_join(arena, gallery->dir, "index.json"),
                               mb_buf_string(&json), json.size, err);
    }
    if (status == MB_OK) {
        status = mb_file_write(mb_file_join(arena, gallery->dir, "index.html"),
                               mb_buf_string(&page), page.size, err);
    }
    mb_buf_release(&page);
    mb_buf_release(&json);
    return status;
}

// --- entries

static struct mb_node *entry_find(const struct mb_gallery *gallery, const char *id)
{
    for (size_t i = 0; i < mb_node_count(gallery->entries); i++) {
        struct mb_node *entry = gallery->entries->as.list.items[i];
        if (strcmp(mb_node_text(mb_node_find(entry, "id"), ""), id) == 0) {
            return entry;
        }
    }
    return NULL;
}

// The meshes that take part, as "istio 1.28.1", each once, in the order of the variants.
static struct mb_node *meshes_node(struct mb_arena *arena, const struct mb_result *result)
{
    const struct mb_node *variants = mb_node_find(result->spec_resolved, "variants");
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *mesh = mb_node_find(variants->as.list.items[i], "mesh");
        const char *type =
            mb_node_text(mb_node_find(mesh, "type"), mb_node_text(mesh, ""));
        const char *version = mb_node_text(mb_node_find(mesh, "version"), "");
        const char *title =
            mb_arena_print(arena, "%s%s%s", type, version[0] != '\0' ? " " : "", version);
        bool known = type[0] == '\0' || strcmp(type, "none") == 0;
        for (size_t j = 0; j < mb_node_count(list); j++) {
            known = known || strcmp(mb_node_text(list->as.list.items[j], ""), title) == 0;
        }
        if (!known) {
            mb_node_push(arena, list, mb_node_string(arena, title));
        }
    }
    return list;
}

static struct mb_node *entry_node(struct mb_arena *arena,
                                  const struct mb_gallery_item *item)
{
    struct mb_node *entry = mb_node_map(arena);
    bool trusted = item->sign->state == MB_SIGN_TRUSTED;
    const char *id = item->claim->id;
    mb_field_put_text(arena, entry, "id", id);
    mb_field_put_text(arena, entry, "path", mb_arena_print(arena, "bundles/%s/", id));
    mb_field_put_text(arena, entry, "report", NULL);
    mb_field_put_text(arena, entry, "benchmark", item->result->spec_name);
    mb_node_put(arena, entry, "meshes", meshes_node(arena, item->result));
    mb_field_put_text(arena, entry, "level", item->claim->level);
    mb_field_put_text(arena, entry, "availability", item->claim->availability);
    mb_field_put_time(arena, entry, "measured_at", item->result->started_unix_ns);
    mb_field_put_text(arena, entry, "status", trusted ? "verified" : "unverified");
    mb_field_put_text(arena, entry, "signer", item->sign->signer);
    mb_field_put_text(arena, entry, "reason", NULL);
    mb_field_put_text(arena, entry, "result_sha256", item->claim->result_digest);
    mb_field_put_text(arena, entry, "sums_sha256",
                      mb_bundle_find(item->bundle, MB_BUNDLE_SUMS)->digest);
    return entry;
}

static const char *entry_text(const struct mb_node *entry, const char *key)
{
    return mb_node_text(mb_node_find(entry, key), "");
}

// Newest first; equal times by id.
static int entry_compare(const struct mb_node *left, const struct mb_node *right)
{
    int order = strcmp(entry_text(right, "measured_at"), entry_text(left, "measured_at"));
    return order != 0 ? order : strcmp(entry_text(left, "id"), entry_text(right, "id"));
}

static void entry_insert(struct mb_gallery *gallery, struct mb_node *entry)
{
    mb_node_push(gallery->arena, gallery->entries, entry);
    struct mb_node **items = gallery->entries->as.list.items;
    size_t at = gallery->entries->as.list.count - 1;
    while (at > 0 && entry_compare(items[at - 1], entry) > 0) {
        items[at] = items[at - 1];
        at--;
    }
    items[at] = entry;
}

// An entry that is there: the same bundle, perhaps with what is known of its signer by
// now; never a withdrawn one made good again.
static enum mb_status entry_renew(struct mb_gallery *gallery, struct mb_node *entry,
                                  const struct mb_gallery_item *item, bool *changed,
                                  struct mb_err *err)
{
    struct mb_arena *arena = gallery->arena;
    const char *sums = mb_bundle_find(item->bundle, MB_BUNDLE_SUMS)->digest;
    if (strcmp(entry_text(entry, "sums_sha256"), sums) != 0) {
        mb_err_hint(err, "add the very bundle that is there, or withdraw that one");
        return mb_err_set(err, MB_INVALID,
                          "'%s' is in the gallery already, with other files around the "
                          "same result",
                          item->claim->id);
    }
    if (item->sign->state == MB_SIGN_TRUSTED &&
        strcmp(entry_text(entry, "status"), "unverified") == 0) {
        mb_node_set(arena, entry, "status", mb_node_string(arena, "verified"));
        mb_node_set(arena, entry, "signer", mb_node_string(arena, item->sign->signer));
        *changed = true;
    }
    return MB_OK;
}

// The signature is all that may come later: where there was none, or one by somebody whom
// the gallery allows in place of one by anybody.
static enum mb_status signature_renew(const char *dir, const struct mb_gallery_item *item,
                                      bool *changed, struct mb_err *err)
{
    struct mb_arena *arena = item->bundle->arena;
    const struct mb_bundle_file *signature =
        mb_bundle_find(item->bundle, MB_BUNDLE_SIGNATURE);
    const char *path = mb_file_join(arena, dir, MB_BUNDLE_SIGNATURE);
    bool there = mb_file_exists(path);
    struct mb_buf old = {0};
    enum mb_status status = MB_OK;
    if (signature == NULL || (there && item->sign->state != MB_SIGN_TRUSTED)) {
        return MB_OK;
    }
    if (there) {
        status = mb_file_read(path, NULL, MB_BUNDLE_MAX_TEXT, &old, err);
    }
    bool same = there && old.size == signature->size &&
                memcmp(mb_buf_string(&old), signature->bytes, old.size) == 0;
    if (status == MB_OK && !same) {
        *changed = true;
        status = mb_file_write(path, signature->bytes, signature->size, err);
    }
    mb_buf_release(&old);
    return status;
}

enum mb_status mb_gallery_add(struct mb_gallery *gallery,
                              const struct mb_gallery_item *item, bool *added,
                              struct mb_err *err)
{
    struct mb_arena *arena = gallery->arena;
    struct mb_node *entry = entry_find(gallery, item->claim->id);
    const char *bundles = mb_file_join(arena, gallery->dir, "bundles");
    const char *dir = mb_file_join(arena, bundles, item->claim->id);
    enum mb_status status = MB_OK;
    *added = false;
    if (entry != NULL) {
        status = entry_renew(gallery, entry, item, added, err);
    }
    if (status == MB_OK && mb_file_exists(dir)) {
        if (entry != NULL) {
            return signature_renew(dir, item, added, err);
        }
        // Left by an attempt that was cut off before its entry was written.
        status = mb_file_remove_tree(dir, err);
    }
    if (status == MB_OK && mb_node_count(gallery->entries) >= MB_GALLERY_MAX_ENTRIES) {
        status = mb_err_set(err, MB_INVALID, "a gallery has at most %d entries",
                            (int)MB_GALLERY_MAX_ENTRIES);
    }
    if (status == MB_OK) {
        status = mb_file_make_dirs(bundles, err);
    }
    if (status == MB_OK) {
        status = mb_bundle_write(item->bundle, dir, err);
    }
    if (status == MB_OK && entry == NULL) {
        entry_insert(gallery, entry_node(arena, item));
    }
    *added = *added || status == MB_OK;
    return status;
}

enum mb_status mb_gallery_withdraw(struct mb_gallery *gallery, const char *id,
                                   const char *reason, struct mb_err *err)
{
    struct mb_node *entry = entry_find(gallery, id);
    if (entry == NULL) {
        mb_err_hint(err, "ids are those of index.json, as mb-32e95bbfb825729f");
        return mb_err_set(err, MB_INVALID, "no bundle '%s' in the gallery '%s'", id,
                          gallery->dir);
    }
    struct mb_arena *arena = gallery->arena;
    const char *report = entry_text(entry, "report");
    if (report[0] != '\0') {
        enum mb_status status =
            mb_file_remove_tree(mb_file_join(arena, gallery->dir, report), err);
        if (status != MB_OK) {
            return status;
        }
    }
    mb_node_set(arena, entry, "report", mb_node_null(arena));
    mb_node_set(arena, entry, "status", mb_node_string(arena, "withdrawn"));
    mb_node_set(arena, entry, "reason", mb_node_string(arena, reason));
    return MB_OK;
}

const char *mb_gallery_report_missing(const struct mb_gallery *gallery, const char *id)
{
    const struct mb_node *entry = entry_find(gallery, id);
    if (entry == NULL || entry_text(entry, "report")[0] != '\0' ||
        strcmp(entry_text(entry, "status"), "withdrawn") == 0) {
        return NULL;
    }
    return mb_arena_print(gallery->arena, "reports/%s.html", id);
}

void mb_gallery_report_put(struct mb_gallery *gallery, const char *id, const char *path)
{
    mb_node_set(gallery->arena, entry_find(gallery, id), "report",
                mb_node_string(gallery->arena, path));
}
