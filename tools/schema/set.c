// Which schema a URI names: every subschema of every document is known by its node from
// the start, so that `enum` and `const` hold data and are never taken for schemas.
#include "schema/parts.h"

#include <stdint.h>
#include <string.h>

struct mb_schema_set *mb_schema_set_new(struct mb_arena *arena)
{
    struct mb_schema_set *set = mb_arena_alloc(arena, 1, sizeof *set);
    set->arena = arena;
    set->slot_count = 64;
    set->slots = mb_arena_alloc(arena, set->slot_count, sizeof *set->slots);
    return set;
}

static struct mb_schema **slot_find(struct mb_schema **slots, size_t count,
                                    const struct mb_node *node)
{
    // Nodes are aligned to 16 bytes; the factor is that of Fibonacci hashing.
    size_t at =
        (size_t)((uint64_t)((uintptr_t)node >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20);
    for (;; at++) {
        struct mb_schema **slot = &slots[at & (count - 1)];
        if (*slot == NULL || (*slot)->node == node) {
            return slot;
        }
    }
}

struct mb_schema *mb_schema_set_at(const struct mb_schema_set *set,
                                   const struct mb_node *node)
{
    return *slot_find(set->slots, set->slot_count, node);
}

static void slot_put(struct mb_schema_set *set, struct mb_schema *schema)
{
    if (2 * set->slots_used >= set->slot_count) {
        size_t count = 2 * set->slot_count;
        struct mb_schema **slots = mb_arena_alloc(set->arena, count, sizeof *slots);
        for (size_t i = 0; i < set->slot_count; i++) {
            if (set->slots[i] != NULL) {
                *slot_find(slots, count, set->slots[i]->node) = set->slots[i];
            }
        }
        set->slots = slots;
        set->slot_count = count;
    }
    *slot_find(set->slots, set->slot_count, schema->node) = schema;
    set->slots_used++;
}

static enum mb_status name_add(struct mb_schema_set *set, const char *uri,
                               struct mb_schema *schema, struct mb_err *err)
{
    for (size_t i = 0; i < set->name_count; i++) {
        if (strcmp(set->names[i].uri, uri) == 0) {
            if (set->names[i].schema == schema) {
                return MB_OK;
            }
            return mb_err_at(err, MB_INVALID, schema->location, 0, 0,
                             "two schemas are called '%s'", uri);
        }
    }
    set->names = mb_arena_grow(set->arena, set->names, set->name_count,
                               &set->name_capacity, sizeof *set->names);
    set->names[set->name_count++] = (struct mb_schema_named){uri, schema};
    return MB_OK;
}

// Where the walk through a document is.
struct place {
    struct mb_schema_set *set;
    const char *base;
    const char *name; // of the document, for people
};

static enum mb_status schema_enter(struct mb_schema_visit *visit,
                                   const struct mb_node *node, const char *pointer);

static enum mb_status names_add(struct mb_schema_set *set, struct mb_schema *schema,
                                struct mb_err *err)
{
    const struct mb_node *id = mb_node_find(schema->node, "$id");
    const struct mb_node *anchor = mb_node_find(schema->node, "$anchor");
    enum mb_status status = MB_OK;
    if ((id != NULL && id->type != MB_NODE_STRING) ||
        (anchor != NULL && anchor->type != MB_NODE_STRING)) {
        return mb_err_at(err, MB_INVALID, schema->location, 0, 0,
                         "'$id' and '$anchor' must be strings");
    }
    if (id != NULL) {
        char *uri = mb_schema_uri_resolve(set->arena, schema->base, mb_node_text(id, ""));
        uri[strcspn(uri, "#")] = '\0';
        schema->base = uri;
        status = name_add(set, uri, schema, err);
    }
    if (anchor != NULL && status == MB_OK) {
        const char *uri =
            mb_arena_print(set->arena, "%s#%s", schema->base, mb_node_text(anchor, ""));
        status = name_add(set, uri, schema, err);
    }
    return status;
}

static enum mb_status schema_enter(struct mb_schema_visit *visit,
                                   const struct mb_node *node, const char *pointer)
{
    struct place *place = visit->state;
    struct mb_schema_set *set = place->set;
    struct mb_schema *schema = mb_schema_set_at(set, node);
    if (schema == NULL) {
        schema = mb_arena_alloc(set->arena, 1, sizeof *schema);
        schema->node = node;
        schema->base = place->base;
        schema->location = mb_arena_print(set->arena, "%s#%s", place->name, pointer);
        schema->marks_wanted = &set->marks_wanted;
        slot_put(set, schema);
    }
    if (node->type != MB_NODE_MAP) {
        return MB_OK;
    }
    enum mb_status status = names_add(set, schema, visit->err);
    const char *outer = place->base;
    place->base = schema->base;
    for (size_t i = 0; status == MB_OK && i < node->as.map.count; i++) {
        const struct mb_node_entry *entry = &node->as.map.entries[i];
        const char *name = entry->key->as.string.data;
        const struct mb_keyword *keyword = mb_keyword_find(name);
        if (keyword != NULL) {
            status =
                mb_schema_visit_value(visit, keyword, entry->value,
                                      mb_node_pointer_key(set->arena, pointer, name));
        }
    }
    place->base = outer;
    return status;
}

enum mb_status mb_schema_visit_value(struct mb_schema_visit *visit,
                                     const struct mb_keyword *keyword,
                                     const struct mb_node *value, const char *pointer)
{
    enum mb_status status = MB_OK;
    if (keyword->value == MB_KEYWORD_SCHEMA) {
        return visit->visit(visit, value, pointer);
    }
    if (keyword->value == MB_KEYWORD_SCHEMAS && value->type == MB_NODE_LIST) {
        for (size_t i = 0; status == MB_OK && i < value->as.list.count; i++) {
            status = visit->visit(visit, value->as.list.items[i],
                                  mb_node_pointer_index(visit->arena, pointer, i));
        }
    }
    bool map = keyword->value == MB_KEYWORD_SCHEMA_MAP ||
               keyword->value == MB_KEYWORD_PATTERN_MAP;
    for (size_t i = 0; map && status == MB_OK && i < mb_node_count(value); i++) {
        if (value->type == MB_NODE_MAP) {
            const struct mb_node_entry *entry = &value->as.map.entries[i];
            status = visit->visit(
                visit, entry->value,
                mb_node_pointer_key(visit->arena, pointer, entry->key->as.string.data));
        }
    }
    return status;
}

enum mb_status mb_schema_set_add(struct mb_schema_set *set, const char *uri,
                                 const struct mb_node *document, struct mb_err *err)
{
    struct place place = {.set = set,
                          .base = mb_arena_copy_string(set->arena, uri),
                          .name = mb_arena_copy_string(set->arena, uri)};
    struct mb_schema_visit visit = {
        .visit = schema_enter, .arena = set->arena, .state = &place, .err = err};
    const char *name = place.base;
    enum mb_status status = schema_enter(&visit, document, "");
    if (status != MB_OK) {
        return status;
    }
    return name_add(set, name, mb_schema_set_at(set, document), err);
}

static struct mb_schema *name_find(const struct mb_schema_set *set, const char *uri,
                                   size_t size)
{
    for (size_t i = 0; i < set->name_count; i++) {
        if (strlen(set->names[i].uri) == size &&
            memcmp(set->names[i].uri, uri, size) == 0) {
            return set->names[i].schema;
        }
    }
    return NULL;
}

struct mb_schema *mb_schema_set_find(const struct mb_schema_set *set, const char *uri)
{
    size_t size = strcspn(uri, "#");
    const char *fragment = uri[size] == '#' ? uri + size + 1 : "";
    if (*fragment != '\0' && *fragment != '/') {
        return name_find(set, uri, strlen(uri));
    }
    struct mb_schema *root = name_find(set, uri, size);
    if (root == NULL || *fragment == '\0') {
        return root;
    }
    const char *pointer = mb_schema_uri_decode(set->arena, fragment);
    const struct mb_node *node = mb_node_at(root->node, pointer);
    return node != NULL ? mb_schema_set_at(set, node) : NULL;
}
