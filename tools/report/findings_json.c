#include "report/findings.h"

#include "format/emit.h"

// The keys are promised; schema/validate-report.schema.json describes them.

static struct mb_node *finding_node(struct mb_arena *arena,
                                    const struct mb_finding *finding)
{
    const struct mb_rule *rule = mb_rules_find(finding->code);
    struct mb_node *node = mb_node_map(arena);
    mb_node_put(arena, node, "code", mb_node_string(arena, finding->code));
    mb_node_put(arena, node, "rule",
                mb_node_string(arena, rule != NULL ? rule->name : NULL));
    mb_node_put(arena, node, "severity",
                mb_node_string(arena, mb_severity_name(finding->severity)));
    bool placed = finding->line > 0;
    mb_node_put(arena, node, "line",
                placed ? mb_node_int(arena, finding->line) : mb_node_null(arena));
    mb_node_put(arena, node, "column",
                placed ? mb_node_int(arena, finding->column) : mb_node_null(arena));
    mb_node_put(arena, node, "length",
                placed ? mb_node_int(arena, finding->length) : mb_node_null(arena));
    mb_node_put(arena, node, "pointer", mb_node_string(arena, finding->pointer));
    mb_node_put(arena, node, "message", mb_node_string(arena, finding->message));
    mb_node_put(arena, node, "hint", mb_node_string(arena, finding->hint));
    return node;
}

static struct mb_node *file_node(struct mb_arena *arena,
                                 const struct mb_findings_file *file)
{
    struct mb_node *node = mb_node_map(arena);
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < file->count; i++) {
        mb_node_push(arena, list, finding_node(arena, &file->items[i].finding));
    }
    bool valid = file->failure == NULL && file->level >= MB_LEVEL_VALID;
    mb_node_put(arena, node, "path", mb_node_string(arena, file->path));
    mb_node_put(arena, node, "kind", mb_node_string(arena, file->kind));
    mb_node_put(arena, node, "valid", mb_node_bool(arena, valid));
    mb_node_put(
        arena, node, "level",
        mb_node_string(arena, file->failure == NULL ? mb_level_name(file->level) : NULL));
    mb_node_put(arena, node, "failure", mb_node_string(arena, file->failure));
    mb_node_put(arena, node, "errors", mb_node_int(arena, (int64_t)file->errors));
    mb_node_put(arena, node, "warnings", mb_node_int(arena, (int64_t)file->warnings));
    mb_node_put(arena, node, "notes", mb_node_int(arena, (int64_t)file->notes));
    mb_node_put(arena, node, "findings", list);
    return node;
}

void mb_findings_json(const struct mb_findings *findings, struct mb_buf *out)
{
    struct mb_arena *arena = findings->arena;
    struct mb_node *files = mb_node_list(arena);
    for (size_t i = 0; i < findings->count; i++) {
        mb_node_push(arena, files, file_node(arena, &findings->files[i]));
    }
    struct mb_node *root = mb_node_map(arena);
    mb_node_put(arena, root, "wanted_level",
                mb_node_string(arena, mb_level_name(findings->wanted)));
    mb_node_put(arena, root, "files", files);
    mb_emit_json(root, out);
}
