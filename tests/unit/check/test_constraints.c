// Every constraint in schema/ can be violated, and is then reported at its place.
//
// Walks each schema along documents that it accepts, so that every occurrence of a
// constraint is met together with a value that it is about; then breaks that value, and
// asks for a finding at exactly its pointer, with a line. A constraint that no document
// reaches is a failure: add one to the documents below.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "check/check.h"
#include "format/emit.h"
#include "schema/regex.h"
#include "schema/schema.h"

enum { TRIES_MAX = 6 }; // values of one constraint to try

static const char *const documents[] = {
    "fixtures/specs/good/full.yaml",     "fixtures/constraints/benchmark.yaml",
    "tools/mesh/adapters/envoy.yaml",    "tools/mesh/adapters/running.yaml",
    "fixtures/constraints/adapter.yaml", "fixtures/rules/result.json",
    "fixtures/results/small.json",       "fixtures/constraints/result.json",
};
enum { DOCUMENT_COUNT = sizeof documents / sizeof documents[0] };

struct site {             // a constraint and values that it is about
    const char *location; // "benchmark.schema.json#/properties/name"
    const char *keyword;
    const char *name;             // the key, for `required` and `dependentRequired`
    const struct mb_node *schema; // that holds the keyword
    size_t document[TRIES_MAX];
    const char *pointer[TRIES_MAX];
    size_t tries;
};

struct schema_file {
    const char *name;
    const struct mb_node *root;
};

struct walk {
    struct mb_arena arena;
    struct schema_file files[8]; // read so far
    size_t file_count;
    struct mb_schema_set *set; // of all of them
    struct mb_node *roots[DOCUMENT_COUNT];
    size_t document; // being walked
    struct site *sites;
    size_t count;
    size_t capacity;
};

// --- meeting constraints

static const char *const constraints[] = {"type",
                                          "const",
                                          "enum",
                                          "pattern",
                                          "minimum",
                                          "maximum",
                                          "minLength",
                                          "maxLength",
                                          "minItems",
                                          "maxItems",
                                          "required",
                                          "uniqueItems",
                                          "minProperties",
                                          "maxProperties",
                                          "propertyNames",
                                          "oneOf",
                                          "anyOf",
                                          "not",
                                          "dependentRequired",
                                          "multipleOf",
                                          "contains",
                                          "additionalProperties",
                                          "exclusiveMinimum",
                                          NULL};

static bool is_constraint(const char *keyword)
{
    for (size_t i = 0; constraints[i] != NULL; i++) {
        if (strcmp(constraints[i], keyword) == 0) {
            return true;
        }
    }
    return false;
}

static struct site *site_of(struct walk *walk, const char *location, const char *keyword,
                            const char *name)
{
    for (size_t i = 0; i < walk->count; i++) {
        struct site *site = &walk->sites[i];
        if (strcmp(site->location, location) == 0 &&
            strcmp(site->keyword, keyword) == 0 && strcmp(site->name, name) == 0) {
            return site;
        }
    }
    walk->sites = mb_arena_grow(&walk->arena, walk->sites, walk->count, &walk->capacity,
                                sizeof *walk->sites);
    struct site *site = &walk->sites[walk->count++];
    *site = (struct site){.location = location, .keyword = keyword, .name = name};
    return site;
}

static void site_meet(struct walk *walk, struct site *site, const struct mb_node *schema,
                      const char *pointer)
{
    site->schema = schema;
    if (pointer != NULL && site->tries < TRIES_MAX) {
        site->document[site->tries] = walk->document;
        site->pointer[site->tries++] = pointer;
    }
}

// Notes the constraints of one schema; with `pointer` NULL only that they exist.
static void sites_note(struct walk *walk, const struct mb_node *schema,
                       const char *location, const char *pointer)
{
    for (size_t i = 0; i < mb_node_count(schema); i++) {
        const char *keyword = mb_node_text(schema->as.map.entries[i].key, "");
        const struct mb_node *value = schema->as.map.entries[i].value;
        bool closed = strcmp(keyword, "additionalProperties") != 0 ||
                      (value->type == MB_NODE_BOOL && !value->as.boolean);
        if (!is_constraint(keyword) || !closed) {
            continue;
        }
        if (strcmp(keyword, "required") == 0) {
            for (size_t j = 0; j < mb_node_count(value); j++) {
                const char *name = mb_node_text(value->as.list.items[j], "");
                site_meet(walk, site_of(walk, location, keyword, name), schema, pointer);
            }
        } else {
            site_meet(walk, site_of(walk, location, keyword, ""), schema, pointer);
        }
    }
}

// --- walking

static const struct mb_node *schema_read(struct walk *walk, const char *name)
{
    for (size_t i = 0; i < walk->file_count; i++) {
        if (strcmp(walk->files[i].name, name) == 0) {
            return walk->files[i].root;
        }
    }
    const char *path = mb_arena_print(&walk->arena, "schema/%s", name);
    const struct mb_embed *file = mb_embed_find(path);
    struct mb_doc doc;
    struct mb_err err = {0};
    if (file == NULL ||
        mb_doc_parse(&walk->arena, path, file->data, file->size, &doc, &err) != MB_OK ||
        mb_schema_set_add(walk->set, name, doc.root, &err) != MB_OK) {
        fail_msg("%s: %s", path, err.message);
    }
    walk->files[walk->file_count++] = (struct schema_file){name, doc.root};
    return doc.root;
}

// "common.schema.json#/$defs/name", or "#/$defs/node" in the file of `location`.
static const struct mb_node *reference_follow(struct walk *walk, const char *reference,
                                              const char *location, const char **target)
{
    const char *from = reference[0] == '#' ? location : reference;
    const char *file = mb_arena_copy_bytes(&walk->arena, from, strcspn(from, "#"));
    const char *fragment = strchr(reference, '#') + 1;
    *target = mb_arena_print(&walk->arena, "%s#%s", file, fragment);
    const struct mb_node *schema = mb_node_at(schema_read(walk, file), fragment);
    if (schema == NULL) {
        fail_msg("%s: '%s' leads nowhere", location, reference);
    }
    return schema;
}

static bool accepts(struct walk *walk, const char *location, const struct mb_node *value)
{
    const struct mb_schema *schema = NULL;
    struct mb_err err = {0};
    if (mb_schema_compile(walk->set, location, &schema, &err) != MB_OK) {
        fail_msg("%s: %s", location, err.message);
    }
    return mb_schema_validate(schema, value, NULL);
}

struct step {
    const struct mb_node *schema;
    const char *location;
    const struct mb_node *value;
    const char *pointer;
};

static void step_walk(struct walk *walk, struct step step);

static void part_walk(struct walk *walk, const struct step *step, const char *keyword,
                      const char *key)
{
    const struct mb_node *part = mb_node_find(step->schema, keyword);
    const char *location = mb_node_pointer_key(&walk->arena, step->location, keyword);
    if (key != NULL) {
        part = mb_node_find(part, key);
        location = mb_node_pointer_key(&walk->arena, location, key);
    }
    step_walk(walk, (struct step){part, location, step->value, step->pointer});
}

static void properties_walk(struct walk *walk, const struct step *step)
{
    const struct mb_node *properties = mb_node_find(step->schema, "properties");
    const struct mb_node *patterns = mb_node_find(step->schema, "patternProperties");
    for (size_t i = 0; i < mb_node_count(step->value); i++) {
        const struct mb_node_entry *entry = &step->value->as.map.entries[i];
        const char *key = mb_node_text(entry->key, "");
        struct step below = *step;
        below.value = entry->value;
        below.pointer = mb_node_pointer_key(&walk->arena, step->pointer, key);
        bool known = mb_node_find(properties, key) != NULL;
        if (known) {
            part_walk(walk, &below, "properties", key);
        }
        for (size_t j = 0; j < mb_node_count(patterns); j++) {
            const char *pattern = mb_node_text(patterns->as.map.entries[j].key, "");
            const struct mb_regex *regex = NULL;
            struct mb_err err = {0};
            assert_int_equal(mb_regex_compile(&walk->arena, pattern, &regex, &err),
                             MB_OK);
            if (mb_regex_search(regex, key, strlen(key))) {
                known = true;
                part_walk(walk, &below, "patternProperties", pattern);
            }
        }
        const struct mb_node *others = mb_node_find(step->schema, "additionalProperties");
        if (!known && others != NULL && others->type == MB_NODE_MAP) {
            part_walk(walk, &below, "additionalProperties", NULL);
        }
    }
}

static void items_walk(struct walk *walk, const struct step *step)
{
    const struct mb_node *prefix = mb_node_find(step->schema, "prefixItems");
    for (size_t i = 0; i < mb_node_count(step->value); i++) {
        struct step below = *step;
        below.value = step->value->as.list.items[i];
        below.pointer = mb_node_pointer_index(&walk->arena, step->pointer, i);
        if (i < mb_node_count(prefix)) {
            below.schema = prefix->as.list.items[i];
            below.location = mb_node_pointer_index(
                &walk->arena,
                mb_node_pointer_key(&walk->arena, step->location, "prefixItems"), i);
            step_walk(walk, below);
        } else if (mb_node_find(step->schema, "items") != NULL) {
            part_walk(walk, &below, "items", NULL);
        }
    }
}

// Branches that the value takes; of oneOf and anyOf those that accept it.
static void branches_walk(struct walk *walk, const struct step *step, const char *keyword)
{
    const struct mb_node *branches = mb_node_find(step->schema, keyword);
    for (size_t i = 0; i < mb_node_count(branches); i++) {
        struct step below = *step;
        below.schema = branches->as.list.items[i];
        below.location = mb_node_pointer_index(
            &walk->arena, mb_node_pointer_key(&walk->arena, step->location, keyword), i);
        if (strcmp(keyword, "allOf") == 0 || accepts(walk, below.location, step->value)) {
            step_walk(walk, below);
        }
    }
}

static void condition_walk(struct walk *walk, const struct step *step)
{
    if (mb_node_find(step->schema, "if") == NULL) {
        return;
    }
    const char *location = mb_node_pointer_key(&walk->arena, step->location, "if");
    const char *taken = accepts(walk, location, step->value) ? "then" : "else";
    if (mb_node_find(step->schema, taken) != NULL) {
        part_walk(walk, step, taken, NULL);
    }
}

static void step_walk(struct walk *walk, struct step step)
{
    if (step.schema == NULL || step.schema->type != MB_NODE_MAP) {
        return;
    }
    sites_note(walk, step.schema, step.location, step.pointer);
    const char *reference = mb_node_text(mb_node_find(step.schema, "$ref"), NULL);
    if (reference != NULL) {
        struct step target = step;
        target.schema =
            reference_follow(walk, reference, step.location, &target.location);
        step_walk(walk, target);
    }
    if (step.value->type == MB_NODE_MAP) {
        properties_walk(walk, &step);
    }
    if (step.value->type == MB_NODE_LIST) {
        items_walk(walk, &step);
    }
    branches_walk(walk, &step, "allOf");
    branches_walk(walk, &step, "anyOf");
    branches_walk(walk, &step, "oneOf");
    condition_walk(walk, &step);
}

// Notes every constraint of a schema file, met or not. What stands in `if` and `not`
// constrains nothing by itself.
static void schema_note(struct walk *walk, const struct mb_node *schema,
                        const char *location, bool is_schema)
{
    if (schema->type == MB_NODE_LIST) {
        for (size_t i = 0; i < mb_node_count(schema); i++) {
            schema_note(walk, schema->as.list.items[i],
                        mb_node_pointer_index(&walk->arena, location, i), true);
        }
        return;
    }
    if (is_schema) {
        sites_note(walk, schema, location, NULL);
    }
    for (size_t i = 0; schema->type == MB_NODE_MAP && i < mb_node_count(schema); i++) {
        const char *key = mb_node_text(schema->as.map.entries[i].key, "");
        const struct mb_node *value = schema->as.map.entries[i].value;
        bool names = is_schema &&
                     (strcmp(key, "properties") == 0 ||
                      strcmp(key, "patternProperties") == 0 || strcmp(key, "$defs") == 0);
        bool data = is_schema &&
                    (strcmp(key, "enum") == 0 || strcmp(key, "const") == 0 ||
                     strcmp(key, "default") == 0 || strcmp(key, "if") == 0 ||
                     strcmp(key, "not") == 0 || strcmp(key, "dependentRequired") == 0 ||
                     strcmp(key, "required") == 0 || strcmp(key, "type") == 0);
        if (!data) {
            schema_note(walk, value, mb_node_pointer_key(&walk->arena, location, key),
                        !names);
        }
    }
}

// --- breaking values

static struct mb_node *other_type(struct mb_arena *arena, const struct mb_node *types)
{
    static const char *const names[] = {"null", "boolean", "object", "array", "string"};
    struct mb_node *values[] = {mb_node_null(arena), mb_node_bool(arena, true),
                                mb_node_map(arena), mb_node_list(arena),
                                mb_node_string(arena, "zz")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool allowed = strcmp(mb_node_text(types, ""), names[i]) == 0;
        for (size_t j = 0; types->type == MB_NODE_LIST && j < mb_node_count(types); j++) {
            allowed = allowed ||
                      strcmp(mb_node_text(types->as.list.items[j], ""), names[i]) == 0;
        }
        if (!allowed) {
            return values[i];
        }
    }
    return NULL;
}

static struct mb_node *other_text(struct mb_arena *arena, const char *pattern)
{
    static const char *const texts[] = {"!", " ", "", "zz zz", "http://", "\xc3\xa9"};
    const struct mb_regex *regex = NULL;
    struct mb_err err = {0};
    assert_int_equal(mb_regex_compile(arena, pattern, &regex, &err), MB_OK);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!mb_regex_search(regex, texts[i], strlen(texts[i]))) {
            return mb_node_string(arena, texts[i]);
        }
    }
    return NULL;
}

static struct mb_node *longer(struct mb_arena *arena, const struct mb_node *value,
                              int64_t count, bool distinct)
{
    if (value->type == MB_NODE_LIST) {
        struct mb_node *list = mb_node_copy(arena, value);
        for (size_t i = 0; (int64_t)list->as.list.count < count; i++) {
            bool text = list->as.list.items[i]->type == MB_NODE_STRING;
            mb_node_push(arena, list,
                         text && distinct
                             ? mb_node_string(arena, mb_arena_print(arena, "zz%zu", i))
                             : mb_node_copy(arena, list->as.list.items[i]));
        }
        return list;
    }
    if (value->type == MB_NODE_MAP) {
        struct mb_node *map = mb_node_copy(arena, value);
        for (int64_t i = 0; (int64_t)map->as.map.count < count; i++) {
            mb_node_put(arena, map, mb_arena_print(arena, "zz%d", (int)i),
                        mb_node_copy(arena, map->as.map.entries[0].value));
        }
        return map;
    }
    char *text = mb_arena_alloc(arena, (size_t)count + 1, 1);
    memset(text, 'a', (size_t)count);
    return mb_node_string(arena, text);
}

// A value that breaks the constraint, or NULL when a key has to go instead.
static struct mb_node *broken_value(struct mb_arena *arena, const struct site *site,
                                    const struct mb_node *value)
{
    const char *keyword = site->keyword;
    const struct mb_node *limit = mb_node_find(site->schema, keyword);
    int64_t number = mb_node_integer(limit, 0);
    if (strcmp(keyword, "type") == 0) {
        return other_type(arena, limit);
    }
    if (strcmp(keyword, "const") == 0 || strcmp(keyword, "enum") == 0) {
        return mb_node_string(arena, "no-such-choice");
    }
    if (strcmp(keyword, "not") == 0 && mb_node_find(limit, "const") != NULL) {
        return mb_node_copy(arena, mb_node_find(limit, "const"));
    }
    if (strcmp(keyword, "oneOf") == 0 || strcmp(keyword, "anyOf") == 0) {
        return mb_node_null(arena);
    }
    if (strcmp(keyword, "pattern") == 0) {
        return other_text(arena, mb_node_text(limit, ""));
    }
    if (strcmp(keyword, "minimum") == 0) {
        return mb_node_int(arena, number - 1);
    }
    if (strcmp(keyword, "maximum") == 0) {
        return mb_node_int(arena, number + 1);
    }
    if (strcmp(keyword, "minLength") == 0) {
        return mb_node_string(arena, "");
    }
    if (strcmp(keyword, "minItems") == 0) {
        return mb_node_list(arena);
    }
    if (strcmp(keyword, "maxItems") == 0 || strcmp(keyword, "maxLength") == 0 ||
        strcmp(keyword, "maxProperties") == 0) {
        return longer(arena, value, number + 1,
                      mb_node_find(site->schema, "uniqueItems") != NULL);
    }
    if (strcmp(keyword, "minProperties") == 0) {
        return mb_node_map(arena);
    }
    if (strcmp(keyword, "uniqueItems") == 0) {
        return longer(arena, value, (int64_t)mb_node_count(value) + 1, false);
    }
    return NULL;
}

static void key_remove(struct mb_node *map, const char *key)
{
    size_t index = 0;
    while (strcmp(mb_node_text(map->as.map.entries[index].key, ""), key) != 0) {
        index++;
    }
    memmove(&map->as.map.entries[index], &map->as.map.entries[index + 1],
            (--map->as.map.count - index) * sizeof *map->as.map.entries);
}

// Breaks the value in place and returns the pointer at which that is to be reported; NULL
// when this value cannot break the constraint.
static const char *value_break(struct mb_arena *arena, const struct site *site,
                               struct mb_node *value, const char *pointer)
{
    bool map = value->type == MB_NODE_MAP;
    if (strcmp(site->keyword, "required") == 0) {
        if (!map || mb_node_find(value, site->name) == NULL) {
            return NULL;
        }
        key_remove(value, site->name);
        return mb_node_pointer_key(arena, pointer, site->name);
    }
    if (strcmp(site->keyword, "dependentRequired") == 0) {
        const struct mb_node *pairs = mb_node_find(site->schema, site->keyword);
        for (size_t i = 0; map && i < mb_node_count(pairs); i++) {
            const struct mb_node_entry *pair = &pairs->as.map.entries[i];
            const char *needed = mb_node_text(pair->value->as.list.items[0], "");
            if (mb_node_find(value, mb_node_text(pair->key, "")) != NULL) {
                key_remove(value, needed);
                return mb_node_pointer_key(arena, pointer, needed);
            }
        }
        return NULL;
    }
    if (strcmp(site->keyword, "additionalProperties") == 0 ||
        strcmp(site->keyword, "propertyNames") == 0) {
        if (!map) {
            return NULL;
        }
        mb_node_put(arena, value, "!", mb_node_null(arena));
        return mb_node_pointer_key(arena, pointer, "!");
    }
    struct mb_node *broken = broken_value(arena, site, value);
    if (broken == NULL) {
        return NULL;
    }
    *value = *broken;
    if (strcmp(site->keyword, "uniqueItems") == 0) {
        return mb_node_pointer_index(arena, pointer, mb_node_count(value) - 1);
    }
    return pointer;
}

// In one of several branches: the value that has the choice, or another key of it, is as
// good a place. Otherwise it is the pointer itself.
static bool is_wanted(const char *pointer, const char *wanted, bool choice)
{
    size_t parent =
        (size_t)(strrchr(wanted, '/') != NULL ? strrchr(wanted, '/') - wanted : 0);
    bool beside = strncmp(pointer, wanted, parent) == 0 &&
                  (pointer[parent] == '\0' || strchr(pointer + parent + 1, '/') == NULL);
    return strcmp(pointer, wanted) == 0 || (choice && beside);
}

// What the check says of a document after a change, as it would be read from a file.
static const char *verdict(struct mb_arena *arena, const struct mb_node *root,
                           const char *wanted, bool choice)
{
    struct mb_buf text = {0};
    struct mb_doc doc;
    struct mb_diag diag;
    struct mb_err err = {0};
    mb_emit_json(root, &text);
    assert_int_equal(mb_doc_parse(arena, "broken.json", text.data, text.size, &doc, &err),
                     MB_OK);
    mb_buf_release(&text);
    mb_diag_init(&diag, arena);
    enum mb_level level = mb_check_document(arena, NULL, &doc, MB_LEVEL_VALID, &diag);
    const char *others = "";
    bool found = false;
    for (size_t i = 0; i < diag.count; i++) {
        const struct mb_finding *finding = &diag.items[i];
        bool structural = strcmp(finding->code, "MB124") < 0;
        if (structural && is_wanted(finding->pointer, wanted, choice)) {
            found = found || (finding->line > 0 && finding->column > 0);
        } else if (structural) {
            others = mb_arena_print(arena, "%s %s %s;", others, finding->code,
                                    finding->pointer);
        }
    }
    if (level != MB_LEVEL_NONE) {
        return "the document is still valid";
    }
    if (!found) {
        return mb_arena_print(arena, "nothing at '%s', but:%s", wanted, others);
    }
    return others[0] != '\0' ? mb_arena_print(arena, "more than one finding:%s", others)
                             : NULL;
}

// Why the constraint is not reported as it should; NULL when it is.
static const char *site_fault(struct walk *walk, struct mb_arena *arena,
                              const struct site *site)
{
    const char *fault = "no value of it can be broken";
    for (size_t i = 0; i < site->tries; i++) {
        struct mb_node *root = mb_node_copy(arena, walk->roots[site->document[i]]);
        struct mb_node *value = mb_node_at(root, site->pointer[i]);
        const char *wanted = value_break(arena, site, value, site->pointer[i]);
        if (wanted != NULL) {
            bool choice = strstr(site->location, "/oneOf/") != NULL ||
                          strstr(site->location, "/anyOf/") != NULL;
            fault = verdict(arena, root, wanted, choice);
        }
        if (wanted != NULL && fault == NULL) {
            return NULL;
        }
    }
    return fault;
}

// --- tests

static void walk_fill(struct walk *walk)
{
    mb_arena_init(&walk->arena);
    walk->set = mb_schema_set_new(&walk->arena);
    (void)schema_read(walk, "common.schema.json");
    for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
        struct mb_doc doc;
        struct mb_err err = {0};
        if (mb_doc_read(&walk->arena, documents[i], NULL, MB_DOC_MAX_BYTES, &doc, &err) !=
            MB_OK) {
            fail_msg("%s: %s", documents[i], err.message);
        }
        const char *kind = mb_node_text(mb_node_find(doc.root, "kind"), "");
        const char *name = mb_arena_print(&walk->arena, "%s.schema.json", kind);
        walk->document = i;
        walk->roots[i] = doc.root;
        step_walk(walk,
                  (struct step){schema_read(walk, name),
                                mb_arena_print(&walk->arena, "%s#", name), doc.root, ""});
    }
}

static void test_every_constraint_is_reported(void **state)
{
    (void)state;
    static const char *const files[] = {"benchmark.schema.json", "adapter.schema.json",
                                        "result.schema.json", "common.schema.json"};
    struct walk walk = {0};
    walk_fill(&walk);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        schema_note(&walk, schema_read(&walk, files[i]),
                    mb_arena_print(&walk.arena, "%s#", files[i]), true);
    }
    size_t faults = 0;
    for (size_t i = 0; i < walk.count; i++) {
        struct mb_arena arena;
        mb_arena_init(&arena);
        const struct site *site = &walk.sites[i];
        const char *fault =
            site->tries == 0 ? "no document reaches it" : site_fault(&walk, &arena, site);
        if (fault != NULL) {
            print_message("%s %s %s: %s\n", site->location, site->keyword, site->name,
                          fault);
            faults++;
        }
        mb_arena_release(&arena);
    }
    print_message("%zu constraints\n", walk.count);
    assert_true(walk.count > 300);
    mb_arena_release(&walk.arena);
    assert_int_equal(faults, 0);
}

// What the walk starts from satisfies its schema.
static void test_documents_are_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
        struct mb_arena arena;
        struct mb_doc doc;
        struct mb_diag diag;
        struct mb_err err = {0};
        mb_arena_init(&arena);
        mb_diag_init(&diag, &arena);
        assert_int_equal(
            mb_doc_read(&arena, documents[i], NULL, MB_DOC_MAX_BYTES, &doc, &err), MB_OK);
        if (mb_check_document(&arena, NULL, &doc, MB_LEVEL_VALID, &diag) ==
            MB_LEVEL_NONE) {
            fail_msg("%s: %s: %s", documents[i], diag.items[0].pointer,
                     diag.items[0].message);
        }
        mb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents_are_valid),
        cmocka_unit_test(test_every_constraint_is_reported),
    };
    return cmocka_run_group_tests_name("check/constraints", tests, NULL, NULL);
}
