#include "check/suite.h"

#include <string.h>

#include "base/embed.h"
#include "model/spec.h"

// The reference benchmark that a spec says it is, in the same version; NULL when this
// build does not have it.
static const struct mb_node *reference_find(struct mb_check *check,
                                            const struct mb_node *suite)
{
    const char *name = mb_node_text(mb_node_find(suite, "name"), "");
    const char *version = mb_node_text(mb_node_find(suite, "version"), "");
    const char *path = mb_arena_print(check->arena, "spec/suite/%s.yaml", name);
    const struct mb_embed *file = mb_embed_find(path);
    struct mb_doc doc;
    struct mb_err err = {0};
    if (file == NULL ||
        mb_doc_parse(check->arena, path, file->data, file->size, &doc, &err) != MB_OK) {
        return NULL;
    }
    const struct mb_node *own = mb_node_at(doc.root, "/suite/version");
    return strcmp(mb_node_text(own, ""), version) == 0 ? doc.root : NULL;
}

// What may differ between submitters, and what is only words.
static bool is_free(const char *key)
{
    return strcmp(key, "seed") == 0 || strcmp(key, "description") == 0 ||
           strcmp(key, "labels") == 0 || strncmp(key, "x-", 2) == 0;
}

// In arena: a map or a list of maps without its free keys.
static struct mb_node *bound_part(struct mb_arena *arena, const struct mb_node *node)
{
    if (node->type == MB_NODE_LIST) {
        struct mb_node *list = mb_node_list(arena);
        for (size_t i = 0; i < mb_node_count(node); i++) {
            mb_node_push(arena, list, bound_part(arena, node->as.list.items[i]));
        }
        return list;
    }
    if (node->type != MB_NODE_MAP) {
        return mb_node_copy(arena, node);
    }
    struct mb_node *map = mb_node_map(arena);
    for (size_t i = 0; i < mb_node_count(node); i++) {
        const struct mb_node_entry *entry = &node->as.map.entries[i];
        const char *key = mb_node_text(entry->key, "");
        if (!is_free(key)) {
            mb_node_put(arena, map, key, bound_part(arena, entry->value));
        }
    }
    return map;
}

static bool sections_equal(struct mb_check *check, const struct mb_node *reference,
                           const char *section)
{
    const struct mb_node *wanted =
        mb_node_find(mb_spec_resolve(check->arena, reference), section);
    const struct mb_node *given =
        mb_node_find(mb_spec_resolve(check->arena, check->root), section);
    if (wanted == NULL || given == NULL) {
        return wanted == given;
    }
    return mb_node_equal(bound_part(check->arena, wanted),
                         bound_part(check->arena, given));
}

void mb_suite_closed(struct mb_check *check)
{
    static const char *const sections[] = {"workloads", "trials", "analysis"};
    const struct mb_node *suite = mb_node_find(check->spec, "suite");
    const char *division = mb_node_text(mb_node_find(suite, "division"), "closed");
    const struct mb_node *reference = suite != NULL && strcmp(division, "closed") == 0
                                          ? reference_find(check, suite)
                                          : NULL;
    for (size_t i = 0; reference != NULL && i < sizeof sections / sizeof sections[0];
         i++) {
        if (!sections_equal(check, reference, sections[i])) {
            mb_run_report(check, mb_run_spec_at(check, "/%s", sections[i]),
                          "'division: open' with 'changes' says what is different",
                          "'%s' differs from '%s' version %s, which the closed division "
                          "does not allow",
                          sections[i], mb_node_text(mb_node_find(suite, "name"), ""),
                          mb_node_text(mb_node_find(suite, "version"), ""));
        }
    }
}
