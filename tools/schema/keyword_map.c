// Keywords about maps.
#include "schema/parts.h"

#include <string.h>

static bool is_map(const struct mb_schema_frame *frame)
{
    return frame->instance->type == MB_NODE_MAP;
}

static bool is_key(const struct mb_node *left, const struct mb_node *right)
{
    size_t size = left->as.string.size;
    return size == right->as.string.size &&
           memcmp(left->as.string.data, right->as.string.data, size) == 0;
}

// Index of a key; the number of entries when there is none. Documents have their keys
// mostly in the order of the schema, so that the next one is likely at `hint`.
static size_t key_index(const struct mb_node *map, const struct mb_node *key, size_t hint)
{
    size_t count = map->as.map.count;
    size_t start = hint < count ? hint : 0;
    for (size_t i = start; i < count; i++) {
        if (is_key(map->as.map.entries[i].key, key)) {
            return i;
        }
    }
    for (size_t i = 0; i < start; i++) {
        if (is_key(map->as.map.entries[i].key, key)) {
            return i;
        }
    }
    return count;
}

static bool has_key(const struct mb_node *map, const struct mb_node *key)
{
    return key_index(map, key, 0) < map->as.map.count;
}

// Names that are known through a schema for a map or one that it applies to the same map.
// A cycle was refused when it was compiled.
static void names_collect(const struct mb_schema_frame *frame,
                          const struct mb_schema *schema, struct mb_node *names)
{
    struct mb_arena *arena = frame->findings->arena;
    for (size_t i = 0; i < schema->count; i++) {
        const struct mb_schema_step *step = &schema->steps[i];
        for (size_t k = 0; step->keyword->in_place && k < step->count; k++) {
            names_collect(frame, step->schemas[k], names);
        }
        if (strcmp(step->keyword->name, "properties") != 0) {
            continue;
        }
        for (size_t k = 0; k < step->count; k++) {
            const struct mb_node *key = step->value->as.map.entries[k].key;
            if (!mb_schema_is_false(step->schemas[k]) && !has_key(frame->instance, key) &&
                !has_key(names, key)) {
                mb_node_put_entry(arena, names, (struct mb_node *)key, NULL);
            }
        }
    }
}

// A map with more keys than this gets no hints: nobody wrote it by hand, and to look for
// each known key in it, for each finding, would take too long.
enum { HINTED_KEYS_MAX = 1000 };

// In arena: known keys of a map that the instance does not have yet, for hints.
static const char *const *known_keys(const struct mb_schema_frame *frame)
{
    struct mb_arena *arena = frame->findings->arena;
    struct mb_node *names = mb_node_map(arena);
    if (frame->instance->as.map.count <= HINTED_KEYS_MAX) {
        names_collect(frame, frame->schema, names);
    }
    const char **list = mb_arena_alloc(arena, names->as.map.count + 1, sizeof *list);
    for (size_t i = 0; i < names->as.map.count; i++) {
        list[i] = names->as.map.entries[i].key->as.string.data;
    }
    return list;
}

// Applies a schema to one entry's value. Where it is `false`, the key is at fault.
static bool entry_apply(struct mb_schema_frame *frame, const struct mb_schema_step *step,
                        const struct mb_schema *schema, size_t index)
{
    const struct mb_node_entry *entry = &frame->instance->as.map.entries[index];
    struct mb_schema_path path = {.parent = frame->path,
                                  .key = entry->key->as.string.data};
    mb_schema_mark(frame, index);
    if (!mb_schema_is_false(schema)) {
        return mb_schema_apply_below(frame, schema, entry->value, &path);
    }
    path.is_key = true;
    struct mb_schema_finding *finding =
        mb_schema_find_at(frame, step, MB_SCHEMA_UNKNOWN_KEY, &path);
    if (finding != NULL) {
        finding->instance = entry->key;
        finding->expected = NULL;
        finding->description = NULL; // it is about the map
        finding->names = known_keys(frame);
    }
    return false;
}

bool mb_keyword_properties(struct mb_schema_frame *frame,
                           const struct mb_schema_step *step)
{
    bool valid = true;
    size_t next = 0;
    for (size_t i = 0; is_map(frame) && i < frame->instance->as.map.count; i++) {
        const struct mb_node *key = frame->instance->as.map.entries[i].key;
        size_t k = key_index(step->value, key, next);
        if (k < step->count) {
            valid = entry_apply(frame, step, step->schemas[k], i) && valid;
            next = k + 1;
        }
    }
    return valid;
}

static bool key_matches(const struct mb_schema_step *step, size_t index,
                        const struct mb_node *key)
{
    return mb_regex_search(step->patterns[index], key->as.string.data,
                           key->as.string.size);
}

bool mb_keyword_pattern_properties(struct mb_schema_frame *frame,
                                   const struct mb_schema_step *step)
{
    bool valid = true;
    for (size_t i = 0; is_map(frame) && i < frame->instance->as.map.count; i++) {
        const struct mb_node *key = frame->instance->as.map.entries[i].key;
        for (size_t k = 0; k < step->count; k++) {
            if (key_matches(step, k, key)) {
                valid = entry_apply(frame, step, step->schemas[k], i) && valid;
            }
        }
    }
    return valid;
}

// Known to `properties` or `patternProperties` beside.
static bool is_covered(const struct mb_schema *schema, const struct mb_node *key)
{
    const struct mb_schema_step *named = mb_schema_step_find(schema, "properties");
    const struct mb_schema_step *patterned =
        mb_schema_step_find(schema, "patternProperties");
    if (named != NULL && has_key(named->value, key)) {
        return true;
    }
    for (size_t i = 0; patterned != NULL && i < patterned->count; i++) {
        if (key_matches(patterned, i, key)) {
            return true;
        }
    }
    return false;
}

bool mb_keyword_additional_properties(struct mb_schema_frame *frame,
                                      const struct mb_schema_step *step)
{
    bool valid = true;
    for (size_t i = 0; is_map(frame) && i < frame->instance->as.map.count; i++) {
        if (!is_covered(frame->schema, frame->instance->as.map.entries[i].key)) {
            valid = entry_apply(frame, step, step->schemas[0], i) && valid;
        }
    }
    return valid;
}

bool mb_keyword_unevaluated_properties(struct mb_schema_frame *frame,
                                       const struct mb_schema_step *step)
{
    bool valid = true;
    for (size_t i = 0; is_map(frame) && i < frame->instance->as.map.count; i++) {
        if (!frame->marks[i]) {
            valid = entry_apply(frame, step, step->schemas[0], i) && valid;
        }
    }
    return valid;
}

bool mb_keyword_property_names(struct mb_schema_frame *frame,
                               const struct mb_schema_step *step)
{
    bool valid = true;
    for (size_t i = 0; is_map(frame) && i < frame->instance->as.map.count; i++) {
        const struct mb_node *key = frame->instance->as.map.entries[i].key;
        struct mb_schema_path path = {
            .parent = frame->path, .key = key->as.string.data, .is_key = true};
        valid = mb_schema_apply_below(frame, step->schemas[0], key, &path) && valid;
    }
    return valid;
}

static void missing_report(struct mb_schema_frame *frame,
                           const struct mb_schema_step *step, const struct mb_node *key)
{
    struct mb_schema_finding *finding =
        mb_schema_find(frame, step, MB_SCHEMA_MISSING_KEY);
    if (finding != NULL) {
        const char *name = key->as.string.data;
        finding->key = name;
        finding->expected = NULL;
        finding->names = mb_schema_names_copy(frame->findings->arena, &name, 1);
    }
}

static bool keys_require(struct mb_schema_frame *frame, const struct mb_schema_step *step,
                         const struct mb_node *keys)
{
    bool valid = true;
    size_t next = 0;
    for (size_t i = 0; i < keys->as.list.count; i++) {
        size_t at = key_index(frame->instance, keys->as.list.items[i], next);
        if (at == frame->instance->as.map.count) {
            missing_report(frame, step, keys->as.list.items[i]);
            valid = false;
        }
        next = at + 1;
    }
    return valid;
}

bool mb_keyword_required(struct mb_schema_frame *frame, const struct mb_schema_step *step)
{
    return !is_map(frame) || keys_require(frame, step, step->value);
}

bool mb_keyword_dependent_required(struct mb_schema_frame *frame,
                                   const struct mb_schema_step *step)
{
    bool valid = true;
    for (size_t i = 0; is_map(frame) && i < step->value->as.map.count; i++) {
        const struct mb_node_entry *entry = &step->value->as.map.entries[i];
        if (has_key(frame->instance, entry->key)) {
            valid = keys_require(frame, step, entry->value) && valid;
        }
    }
    return valid;
}

bool mb_keyword_dependent_schemas(struct mb_schema_frame *frame,
                                  const struct mb_schema_step *step)
{
    bool valid = true;
    for (size_t i = 0; is_map(frame) && i < step->count; i++) {
        if (has_key(frame->instance, step->value->as.map.entries[i].key)) {
            valid =
                mb_schema_apply_here(frame, step->schemas[i], MB_SCHEMA_KEEP_ALWAYS) &&
                valid;
        }
    }
    return valid;
}

// minProperties, maxProperties.
bool mb_keyword_key_count(struct mb_schema_frame *frame,
                          const struct mb_schema_step *step)
{
    double count = (double)mb_node_count(frame->instance);
    double limit = mb_node_number(step->value, 0);
    if (!is_map(frame) ||
        (step->keyword->name[1] == 'i' ? count >= limit : count <= limit)) {
        return true;
    }
    (void)mb_schema_find(frame, step, MB_SCHEMA_LENGTH);
    return false;
}
