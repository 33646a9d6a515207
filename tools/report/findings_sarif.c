#include "report/findings.h"

#include "format/emit.h"

#include <ctype.h>
#include <string.h>

// SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/). Rules that were
// used are listed once, in the order of the catalogue; columns count Unicode code points.

#define SARIF_SCHEMA                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"                \
    "sarif-schema-2.1.0.json"

static const char *sarif_level(enum mb_severity severity)
{
    return mb_severity_name(severity); // the same three words
}

static struct mb_node *message_node(struct mb_arena *arena, const char *text)
{
    struct mb_node *node = mb_node_map(arena);
    mb_node_put(arena, node, "text", mb_node_string(arena, text));
    return node;
}

// Position among the rules that are listed; the count when it is not one of them.
static size_t rule_index(const bool *used, size_t count, const struct mb_rule *rules,
                         const char *code)
{
    size_t index = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rules[i].code, code) == 0) {
            return index;
        }
        index += used[i] ? 1 : 0;
    }
    return index;
}

static struct mb_node *rule_node(struct mb_arena *arena, const struct mb_rule *rule)
{
    struct mb_node *node = mb_node_map(arena);
    struct mb_node *configuration = mb_node_map(arena);
    struct mb_node *properties = mb_node_map(arena);
    mb_node_put(arena, node, "id", mb_node_string(arena, rule->code));
    mb_node_put(arena, node, "name", mb_node_string(arena, rule->name));
    mb_node_put(arena, node, "shortDescription", message_node(arena, rule->summary));
    mb_node_put(
        arena, node, "help",
        message_node(arena, mb_arena_print(arena, "meshbench explain %s", rule->code)));
    mb_node_put(arena, configuration, "level",
                mb_node_string(arena, sarif_level(rule->severity)));
    mb_node_put(arena, node, "defaultConfiguration", configuration);
    mb_node_put(arena, properties, "conformanceLevel",
                mb_node_string(arena, mb_level_name(rule->level)));
    mb_node_put(arena, node, "properties", properties);
    return node;
}

// A path as a URI reference (RFC 3986): everything but unreserved characters and '/' is
// escaped, so that blanks, '%' and ':' in a name do not change its meaning.
static const char *path_uri(struct mb_arena *arena, const char *path)
{
    static const char digits[] = "0123456789ABCDEF";
    if (strcmp(path, "-") == 0) {
        return "stdin";
    }
    char *uri = mb_arena_alloc(arena, strlen(path) + 1, 3);
    size_t size = 0;
    for (const char *at = path; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x80 && (isalnum(c) || strchr("/-._~", c) != NULL)) {
            uri[size++] = (char)c;
        } else {
            uri[size++] = '%';
            uri[size++] = digits[c >> 4];
            uri[size++] = digits[c & 15];
        }
    }
    return uri;
}

static struct mb_node *location_node(struct mb_arena *arena, const char *path,
                                     const struct mb_finding *finding)
{
    struct mb_node *artifact = mb_node_map(arena);
    mb_node_put(arena, artifact, "uri", mb_node_string(arena, path_uri(arena, path)));
    struct mb_node *physical = mb_node_map(arena);
    mb_node_put(arena, physical, "artifactLocation", artifact);
    if (finding->line > 0) {
        struct mb_node *region = mb_node_map(arena);
        mb_node_put(arena, region, "startLine", mb_node_int(arena, finding->line));
        mb_node_put(arena, region, "startColumn", mb_node_int(arena, finding->column));
        mb_node_put(arena, region, "endColumn",
                    mb_node_int(arena, finding->column + finding->length));
        mb_node_put(arena, physical, "region", region);
    }
    struct mb_node *logical = mb_node_map(arena);
    mb_node_put(arena, logical, "fullyQualifiedName",
                mb_node_string(arena, finding->pointer));
    struct mb_node *logicals = mb_node_list(arena);
    mb_node_push(arena, logicals, logical);
    struct mb_node *location = mb_node_map(arena);
    mb_node_put(arena, location, "physicalLocation", physical);
    mb_node_put(arena, location, "logicalLocations", logicals);
    return location;
}

static struct mb_node *result_node(struct mb_arena *arena, const char *path,
                                   const struct mb_finding *finding, size_t index)
{
    struct mb_node *node = mb_node_map(arena);
    const char *text = finding->message;
    if (finding->hint != NULL) {
        text = mb_arena_print(arena, "%s; hint: %s", text, finding->hint);
    }
    struct mb_node *locations = mb_node_list(arena);
    mb_node_push(arena, locations, location_node(arena, path, finding));
    mb_node_put(arena, node, "ruleId", mb_node_string(arena, finding->code));
    mb_node_put(arena, node, "ruleIndex", mb_node_int(arena, (int64_t)index));
    mb_node_put(arena, node, "level",
                mb_node_string(arena, sarif_level(finding->severity)));
    mb_node_put(arena, node, "message", message_node(arena, text));
    mb_node_put(arena, node, "locations", locations);
    return node;
}

static void used_mark(const struct mb_findings *findings, const struct mb_rule *rules,
                      size_t count, bool *used)
{
    for (size_t i = 0; i < findings->count; i++) {
        for (size_t j = 0; j < findings->files[i].count; j++) {
            const char *code = findings->files[i].items[j].finding.code;
            for (size_t k = 0; k < count; k++) {
                used[k] = used[k] || strcmp(rules[k].code, code) == 0;
            }
        }
    }
}

static struct mb_node *driver_node(struct mb_arena *arena, const char *version,
                                   const bool *used)
{
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < count; i++) {
        if (used[i]) {
            mb_node_push(arena, list, rule_node(arena, &rules[i]));
        }
    }
    struct mb_node *driver = mb_node_map(arena);
    mb_node_put(arena, driver, "name", mb_node_string(arena, "meshbench"));
    mb_node_put(arena, driver, "version", mb_node_string(arena, version));
    mb_node_put(arena, driver, "rules", list);
    struct mb_node *tool = mb_node_map(arena);
    mb_node_put(arena, tool, "driver", driver);
    return tool;
}

// What could not be read is the tool's trouble, not a result.
static struct mb_node *invocations_node(const struct mb_findings *findings)
{
    struct mb_arena *arena = findings->arena;
    struct mb_node *notifications = mb_node_list(arena);
    for (size_t i = 0; i < findings->count; i++) {
        const struct mb_findings_file *file = &findings->files[i];
        if (file->failure == NULL) {
            continue;
        }
        struct mb_node *node = mb_node_map(arena);
        mb_node_put(arena, node, "level", mb_node_string(arena, "error"));
        mb_node_put(arena, node, "message",
                    message_node(arena, mb_arena_print(arena, "%s: %s", file->path,
                                                       file->failure)));
        mb_node_push(arena, notifications, node);
    }
    struct mb_node *invocation = mb_node_map(arena);
    mb_node_put(arena, invocation, "executionSuccessful",
                mb_node_bool(arena, mb_node_count(notifications) == 0));
    mb_node_put(arena, invocation, "toolExecutionNotifications", notifications);
    struct mb_node *invocations = mb_node_list(arena);
    mb_node_push(arena, invocations, invocation);
    return invocations;
}

static struct mb_node *results_node(const struct mb_findings *findings, const bool *used)
{
    struct mb_arena *arena = findings->arena;
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    struct mb_node *results = mb_node_list(arena);
    for (size_t i = 0; i < findings->count; i++) {
        const struct mb_findings_file *file = &findings->files[i];
        for (size_t j = 0; j < file->count; j++) {
            const struct mb_finding *finding = &file->items[j].finding;
            size_t index = rule_index(used, count, rules, finding->code);
            mb_node_push(arena, results, result_node(arena, file->path, finding, index));
        }
    }
    return results;
}

void mb_findings_sarif(const struct mb_findings *findings, const char *version,
                       struct mb_buf *out)
{
    struct mb_arena *arena = findings->arena;
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    bool *used = mb_arena_alloc(arena, count, sizeof *used);
    used_mark(findings, rules, count, used);
    struct mb_node *run = mb_node_map(arena);
    mb_node_put(arena, run, "tool", driver_node(arena, version, used));
    mb_node_put(arena, run, "invocations", invocations_node(findings));
    mb_node_put(arena, run, "columnKind", mb_node_string(arena, "unicodeCodePoints"));
    mb_node_put(arena, run, "results", results_node(findings, used));
    struct mb_node *runs = mb_node_list(arena);
    mb_node_push(arena, runs, run);
    struct mb_node *root = mb_node_map(arena);
    mb_node_put(arena, root, "$schema", mb_node_string(arena, SARIF_SCHEMA));
    mb_node_put(arena, root, "version", mb_node_string(arena, "2.1.0"));
    mb_node_put(arena, root, "runs", runs);
    mb_emit_json(root, out);
}
