#include "compare/attribute.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

static const char unknown[] = "unknown";
static const char label_prefix[] = "label:";

typedef const char *attribute_read(struct mb_arena *arena,
                                   const struct mb_compare_side *side,
                                   const struct mb_cell *cell);

// Variant of the spec that a cell measures; an A/A twin measures another one's.
static const char *variant_of(const struct mb_cell *cell)
{
    return cell->aa_of != NULL ? cell->aa_of : cell->variant;
}

static const struct mb_node *spec_variant(const struct mb_result *result,
                                          const char *variant)
{
    const struct mb_node *list = mb_node_find(result->spec_resolved, "variants");
    for (size_t i = 0;
         list != NULL && list->type == MB_NODE_LIST && i < mb_node_count(list); i++) {
        const struct mb_node *item = list->as.list.items[i];
        if (strcmp(mb_node_text(mb_node_find(item, "name"), ""), variant) == 0) {
            return item;
        }
    }
    return NULL;
}

// Fact variants.NAME.WHAT: captured, else declared.
static const char *variant_fact(const struct mb_result *result, const char *variant,
                                const char *what)
{
    static const char prefix[] = "variants.";
    size_t length = strlen(variant);
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct mb_fact *fact = &result->facts.items[i];
        const char *path = fact->path;
        if (strncmp(path, prefix, sizeof prefix - 1) != 0) {
            continue;
        }
        path += sizeof prefix - 1;
        if (strncmp(path, variant, length) == 0 && path[length] == '.' &&
            strcmp(path + length + 1, what) == 0) {
            return mb_node_text(fact->captured, mb_node_text(fact->declared, NULL));
        }
    }
    return NULL;
}

const char *mb_compare_attribute_version(const struct mb_compare_side *side,
                                         const char *variant)
{
    const char *found = variant_fact(side->result, variant, "version");
    const struct mb_node *mesh =
        mb_node_find(spec_variant(side->result, variant), "mesh");
    return found != NULL ? found : mb_node_text(mb_node_find(mesh, "version"), NULL);
}

// "istio"; "none"; NULL when the result does not say.
static const char *mesh_type(const struct mb_result *result, const char *variant)
{
    const char *found = variant_fact(result, variant, "mesh");
    const struct mb_node *mesh = mb_node_find(spec_variant(result, variant), "mesh");
    found = mb_node_text(mesh, found);
    return mb_node_text(mb_node_find(mesh, "type"), found);
}

bool mb_compare_attribute_meshed(const struct mb_compare_side *side,
                                 const struct mb_cell *cell, const char *baseline)
{
    const char *variant = variant_of(cell);
    const char *type = mesh_type(side->result, variant);
    return type != NULL ? strcmp(type, "none") != 0 : strcmp(variant, baseline) != 0;
}

bool mb_compare_attribute_mesh_said(const struct mb_compare_side *side,
                                    const struct mb_cell *cell)
{
    return mesh_type(side->result, variant_of(cell)) != NULL;
}

static const char *read_variant(struct mb_arena *arena,
                                const struct mb_compare_side *side,
                                const struct mb_cell *cell)
{
    (void)arena;
    (void)side;
    return cell->variant;
}

// Imported results may not say what a variant is; then its name has to do.
static const char *read_mesh(struct mb_arena *arena, const struct mb_compare_side *side,
                             const struct mb_cell *cell)
{
    (void)arena;
    const char *type = mesh_type(side->result, variant_of(cell));
    return type != NULL ? type : variant_of(cell);
}

static const char *read_version(struct mb_arena *arena,
                                const struct mb_compare_side *side,
                                const struct mb_cell *cell)
{
    (void)arena;
    return mb_compare_attribute_version(side, variant_of(cell));
}

static const char *read_node(struct mb_arena *arena, const struct mb_compare_side *side,
                             const struct mb_cell *cell)
{
    (void)arena;
    (void)cell;
    const struct mb_fact_list *facts = &side->result->facts;
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].path, "environment.host.hostname") == 0) {
            return mb_node_text(facts->items[i].captured, NULL);
        }
    }
    return NULL;
}

static const char *read_result(struct mb_arena *arena, const struct mb_compare_side *side,
                               const struct mb_cell *cell)
{
    (void)arena;
    (void)cell;
    return side->name;
}

static const char *read_workload(struct mb_arena *arena,
                                 const struct mb_compare_side *side,
                                 const struct mb_cell *cell)
{
    (void)arena;
    (void)side;
    return cell->point.workload;
}

static const char *read_load_model(struct mb_arena *arena,
                                   const struct mb_compare_side *side,
                                   const struct mb_cell *cell)
{
    (void)arena;
    (void)side;
    return mb_load_model_name(cell->point.load_model);
}

static const char *read_connections(struct mb_arena *arena,
                                    const struct mb_compare_side *side,
                                    const struct mb_cell *cell)
{
    (void)side;
    int64_t count = cell->point.connections;
    return count < 0 ? NULL : mb_arena_print(arena, "%lld connections", (long long)count);
}

static const char *read_rate(struct mb_arena *arena, const struct mb_compare_side *side,
                             const struct mb_cell *cell)
{
    (void)side;
    char text[32] = "unpaced";
    if (cell->point.rate_micro_rps >= 0) {
        mb_units_show(MB_UNIT_RATE, (double)cell->point.rate_micro_rps, text,
                      sizeof text);
    }
    return mb_arena_copy_string(arena, text);
}

static const struct attribute {
    const char *name;
    bool of_point;
    attribute_read *read;
} attributes[] = {
    {"mesh", false, read_mesh},
    {"version", false, read_version},
    {"variant", false, read_variant},
    {"node", false, read_node},
    {"result", false, read_result},
    {"workload", true, read_workload},
    {"load_model", true, read_load_model},
    {"connections", true, read_connections},
    {"rate", true, read_rate},
};
enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

static const struct attribute *attribute_find(const char *name)
{
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        if (strcmp(attributes[i].name, name) == 0) {
            return &attributes[i];
        }
    }
    return NULL;
}

const char *mb_compare_attribute_names(void)
{
    return "mesh, version, variant, node, result, workload, load_model, connections, "
           "rate or label:NAME";
}

static bool is_label(const char *attribute)
{
    return strncmp(attribute, label_prefix, sizeof label_prefix - 1) == 0 &&
           attribute[sizeof label_prefix - 1] != '\0';
}

bool mb_compare_attribute_known(const char *attribute)
{
    return is_label(attribute) || attribute_find(attribute) != NULL;
}

bool mb_compare_attribute_of_point(const char *attribute)
{
    const struct attribute *found = attribute_find(attribute);
    return found != NULL && found->of_point;
}

static const char *label_value(const struct mb_result *result, const char *name)
{
    for (size_t i = 0; i < result->label_count; i++) {
        if (strcmp(result->labels[i].name, name) == 0) {
            return result->labels[i].value;
        }
    }
    return NULL;
}

const char *mb_compare_attribute(struct mb_arena *arena,
                                 const struct mb_compare_side *side,
                                 const struct mb_cell *cell, const char *attribute)
{
    const struct attribute *found = attribute_find(attribute);
    const char *value = NULL;
    if (found != NULL) {
        value = found->read(arena, side, cell);
    } else if (is_label(attribute)) {
        value = label_value(side->result, attribute + sizeof label_prefix - 1);
    }
    return value != NULL ? value : unknown;
}
