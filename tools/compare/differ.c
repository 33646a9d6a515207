// Differences between two results, and what each means for their comparison: compare.h,
// spec/comparison.md. What has to be equal is said in spec/comparability.md.
#include "compare/compare.h"

#include <string.h>

#include "base/mem.h"

// A rule for paths that start with `prefix`, or, with `suffix`, that end so. First match
// wins.
struct class_rule {
    const char *prefix;
    const char *suffix;
    enum mb_compare_class class;
};

static const struct class_rule class_rules[] = {
    {"environment.host.load_average", "", MB_COMPARE_HARMLESS},
    {"environment.host.hostname", "", MB_COMPARE_HARMLESS},
    {"environment.host.cpu_model", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.cpus", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.cpu_limit_milli", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.memory", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.kernel", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.arch", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.governor", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.turbo", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.smt", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.virtualization", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.mitigations", "", MB_COMPARE_DISQUALIFYING},
    {"environment.host.", "", MB_COMPARE_CONFOUNDER},
    {"environment.", "", MB_COMPARE_DISQUALIFYING},
    {"application.", "", MB_COMPARE_DISQUALIFYING},
    {"variants.", ".version", MB_COMPARE_UNDER_STUDY},
    {"variants.", ".proxy_version", MB_COMPARE_UNDER_STUDY},
    {"variants.", ".build", MB_COMPARE_UNDER_STUDY},
    {"variants.", ".revision", MB_COMPARE_UNDER_STUDY},
    {"variants.", ".url", MB_COMPARE_HARMLESS},
    {"variants.", ".description", MB_COMPARE_HARMLESS},
    {"variants.", "", MB_COMPARE_CONFOUNDER},
    {"workloads.", ".description", MB_COMPARE_HARMLESS},
    {"workloads.", ".threads", MB_COMPARE_CONFOUNDER},
    {"workloads.", "", MB_COMPARE_DISQUALIFYING},
    {"generator.co_handling", "", MB_COMPARE_DISQUALIFYING},
    {"generator.name", "", MB_COMPARE_DISQUALIFYING},
    {"generator.", "", MB_COMPARE_CONFOUNDER},
    {"", "", MB_COMPARE_HARMLESS},
};

struct differ {
    struct mb_arena *arena;
    const struct mb_compare_options *options;
    struct mb_compare_report *report;
    size_t side;
};

static bool ends_with(const char *text, const char *suffix)
{
    size_t size = strlen(text);
    size_t tail = strlen(suffix);
    return size >= tail && strcmp(text + size - tail, suffix) == 0;
}

static enum mb_compare_class class_of(const char *path)
{
    const struct class_rule *rule = class_rules;
    while (strncmp(path, rule->prefix, strlen(rule->prefix)) != 0 ||
           !ends_with(path, rule->suffix)) {
        rule++; // the last one matches everything
    }
    return rule->class;
}

const char *mb_compare_class_name(enum mb_compare_class class)
{
    static const char *const names[] = {"under study", "harmless", "confounder",
                                        "disqualifying"};
    return names[class];
}

static bool is_allowed(const struct mb_compare_options *options, const char *path)
{
    for (size_t i = 0; i < options->allowed_count; i++) {
        const char *allowed = options->allowed[i];
        size_t size = strlen(allowed);
        bool whole =
            path[size < strlen(path) ? size : strlen(path)] == '\0' || path[size] == '.';
        if (strncmp(path, allowed, size) == 0 && whole) {
            return true;
        }
    }
    return false;
}

static void difference_add(struct differ *differ, const char *path, const char *scope,
                           const struct mb_node *left, const struct mb_node *right)
{
    bool none = (left == NULL || left->type == MB_NODE_NULL) &&
                (right == NULL || right->type == MB_NODE_NULL);
    if (none || (left != NULL && right != NULL && mb_node_equal(left, right))) {
        return;
    }
    struct mb_compare_report *report = differ->report;
    enum mb_compare_class class = class_of(path);
    report->differences =
        mb_arena_grow(differ->arena, report->differences, report->difference_count,
                      &report->difference_capacity, sizeof *report->differences);
    report->differences[report->difference_count++] = (struct mb_compare_difference){
        .side = differ->side,
        .path = path,
        .scope = scope,
        .left = left,
        .right = right,
        .class = class,
        .environment = strncmp(path, "environment.", 12) == 0,
        .allowed = class == MB_COMPARE_DISQUALIFYING && is_allowed(differ->options, path),
    };
}

static const struct mb_fact *fact_find(const struct mb_fact_list *facts, const char *path)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].path, path) == 0) {
            return &facts->items[i];
        }
    }
    return NULL;
}

static const struct mb_node *fact_value(const struct mb_fact *fact)
{
    if (fact == NULL) {
        return NULL;
    }
    return fact->captured != NULL ? fact->captured : fact->declared;
}

// Memory counts in whole GiB: kernels keep a little more or less of it to themselves.
static bool memory_alike(const char *path, const struct mb_node *left,
                         const struct mb_node *right)
{
    static const int64_t gib = INT64_C(1) << 30;
    return strncmp(path, "environment.host.memory", 23) == 0 && left != NULL &&
           right != NULL &&
           mb_node_integer(left, 0) / gib == mb_node_integer(right, 1) / gib;
}

// Second step of a dotted path, "variants.NAME.version": NAME.
static const char *scope_of(struct mb_arena *arena, const char *path)
{
    const char *dot = strchr(path, '.');
    if (strncmp(path, "variants.", 9) != 0 || dot == NULL) {
        return NULL;
    }
    return mb_arena_copy_bytes(arena, dot + 1, strcspn(dot + 1, "."));
}

// Digests of what an adapter rendered hold ports and folders that change with each run;
// what went into them is compared as the variant's own keys.
static bool is_fleeting(const char *path)
{
    return strncmp(path, "variants.", 9) == 0 && strstr(path, ".rendered.") != NULL;
}

static void facts_differ(struct differ *differ, const struct mb_fact_list *left,
                         const struct mb_fact_list *right)
{
    for (size_t i = 0; i < left->count; i++) {
        const char *path = left->items[i].path;
        const struct mb_node *old = fact_value(&left->items[i]);
        const struct mb_node *new = fact_value(fact_find(right, path));
        if (!is_fleeting(path) && !memory_alike(path, old, new)) {
            difference_add(differ, path, scope_of(differ->arena, path), old, new);
        }
    }
    for (size_t i = 0; i < right->count; i++) {
        const char *path = right->items[i].path;
        if (!is_fleeting(path) && fact_find(left, path) == NULL) {
            difference_add(differ, path, scope_of(differ->arena, path), NULL,
                           fact_value(&right->items[i]));
        }
    }
}

struct place {
    const char *path;
    const char *scope;
};

static void trees_differ(struct differ *differ, struct place place,
                         const struct mb_node *left, const struct mb_node *right);

static void entry_differ(struct differ *differ, struct place place, const char *key,
                         const struct mb_node *left, const struct mb_node *right)
{
    // The matrix is the load point's, and only equal points are compared.
    if (strcmp(key, "connections") == 0 || strcmp(key, "rate") == 0 ||
        strcmp(key, "name") == 0) {
        return;
    }
    struct place below = {mb_arena_print(differ->arena, "%s.%s", place.path, key),
                          place.scope};
    trees_differ(differ, below, left, right);
}

static void trees_differ(struct differ *differ, struct place place,
                         const struct mb_node *left, const struct mb_node *right)
{
    bool maps = left != NULL && right != NULL && left->type == MB_NODE_MAP &&
                right->type == MB_NODE_MAP;
    if (!maps) {
        difference_add(differ, place.path, place.scope, left, right);
        return;
    }
    for (size_t i = 0; i < left->as.map.count; i++) {
        const char *key = mb_node_text(left->as.map.entries[i].key, "");
        entry_differ(differ, place, key, left->as.map.entries[i].value,
                     mb_node_find(right, key));
    }
    for (size_t i = 0; i < right->as.map.count; i++) {
        const char *key = mb_node_text(right->as.map.entries[i].key, "");
        if (mb_node_find(left, key) == NULL) {
            entry_differ(differ, place, key, NULL, right->as.map.entries[i].value);
        }
    }
}

static const struct mb_node *named_find(const struct mb_node *list, const char *name)
{
    for (size_t i = 0; i < mb_node_count(list); i++) {
        const struct mb_node *item = list->as.list.items[i];
        if (strcmp(mb_node_text(mb_node_find(item, "name"), ""), name) == 0) {
            return item;
        }
    }
    return NULL;
}

// Workloads and variants that both resolved specs have, key by key.
static void named_differ(struct differ *differ, const char *what,
                         const struct mb_node *left, const struct mb_node *right)
{
    const struct mb_node *list = mb_node_find(left, what);
    for (size_t i = 0;
         list != NULL && list->type == MB_NODE_LIST && i < mb_node_count(list); i++) {
        const struct mb_node *item = list->as.list.items[i];
        const char *name = mb_node_text(mb_node_find(item, "name"), "");
        const struct mb_node *other = named_find(mb_node_find(right, what), name);
        if (other != NULL) {
            struct place place = {mb_arena_print(differ->arena, "%s.%s", what, name),
                                  name};
            trees_differ(differ, place, item, other);
        }
    }
}

static const struct mb_part *cell_part(const struct mb_cell *cell)
{
    bool measured = cell->trial_count > 0 && cell->trials[0].part_count > 0;
    return measured ? &cell->trials[0].parts[0] : NULL;
}

static const struct mb_part *part_first(const struct mb_result *result)
{
    const struct mb_part *part = NULL;
    for (size_t i = 0; i < result->cell_count && part == NULL; i++) {
        part = cell_part(&result->cells[i]);
    }
    return part;
}

const char *mb_compare_generators_differ(const struct mb_compare_options *options,
                                         const struct mb_cell *left,
                                         const struct mb_cell *right)
{
    static const char name[] = "generator.name";
    static const char co_handling[] = "generator.co_handling";
    const struct mb_part *one = cell_part(left);
    const struct mb_part *other = cell_part(right);
    if (one == NULL || other == NULL) {
        return NULL;
    }
    bool known = one->generator_name != NULL && other->generator_name != NULL;
    if (known && strcmp(one->generator_name, other->generator_name) != 0 &&
        !is_allowed(options, name)) {
        return name;
    }
    return one->co_handling != other->co_handling && !is_allowed(options, co_handling)
               ? co_handling
               : NULL;
}

static void generators_differ(struct differ *differ, const struct mb_part *left,
                              const struct mb_part *right)
{
    struct mb_arena *arena = differ->arena;
    if (left == NULL || right == NULL) {
        return;
    }
    difference_add(differ, "generator.name", NULL,
                   mb_node_string(arena, left->generator_name),
                   mb_node_string(arena, right->generator_name));
    difference_add(differ, "generator.version", NULL,
                   mb_node_string(arena, left->generator_version),
                   mb_node_string(arena, right->generator_version));
    difference_add(differ, "generator.co_handling", NULL,
                   mb_node_string(arena, mb_co_handling_name(left->co_handling)),
                   mb_node_string(arena, mb_co_handling_name(right->co_handling)));
}

void mb_compare_differ(struct mb_arena *arena, const struct mb_compare_options *options,
                       size_t side, struct mb_compare_report *report)
{
    const struct mb_result *left = report->sides[0].result;
    const struct mb_result *right = report->sides[side].result;
    struct differ differ = {
        .arena = arena, .options = options, .report = report, .side = side};
    facts_differ(&differ, &left->facts, &right->facts);
    named_differ(&differ, "workloads", left->spec_resolved, right->spec_resolved);
    named_differ(&differ, "variants", left->spec_resolved, right->spec_resolved);
    generators_differ(&differ, part_first(left), part_first(right));
}
