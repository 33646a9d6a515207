#include "check/structure.h"

#include <ctype.h>
#include <string.h>

#include "base/embed.h"
#include "check/refs.h"

static const char *const kinds[] = {"benchmark", "adapter", "result", NULL};
static const enum mb_document documents[] = {MB_DOCUMENT_BENCHMARK, MB_DOCUMENT_ADAPTER,
                                             MB_DOCUMENT_RESULT};

static enum mb_status schema_add(struct mb_arena *arena, struct mb_schema_set *set,
                                 const char *name, struct mb_err *err)
{
    const char *path = mb_arena_print(arena, "schema/%s.schema.json", name);
    const struct mb_embed *file = mb_embed_find(path);
    if (file == NULL) {
        return mb_err_set(err, MB_BUG, "schema '%s' is not embedded", path);
    }
    struct mb_doc doc;
    enum mb_status status = mb_doc_parse(arena, path, file->data, file->size, &doc, err);
    if (status != MB_OK) {
        return status;
    }
    return mb_schema_set_add(set, mb_arena_print(arena, "%s.schema.json", name), doc.root,
                             err);
}

enum mb_status mb_structure_schema(struct mb_arena *arena, const char *kind,
                                   const struct mb_schema **schema, struct mb_err *err)
{
    struct mb_schema_set *set = mb_schema_set_new(arena);
    enum mb_status status = schema_add(arena, set, "common", err);
    if (status == MB_OK) {
        status = schema_add(arena, set, kind, err);
    }
    if (status == MB_OK) {
        status = mb_schema_compile(set, mb_arena_print(arena, "%s.schema.json", kind),
                                   schema, err);
    }
    return status == MB_OK ? MB_OK : MB_BUG;
}

static const char *fault_code(enum mb_schema_fault fault)
{
    switch (fault) {
    case MB_SCHEMA_TYPE:
        return "MB103";
    case MB_SCHEMA_ENUM:
    case MB_SCHEMA_CONST:
    case MB_SCHEMA_NOT:
        return "MB104";
    case MB_SCHEMA_UNKNOWN_KEY:
    case MB_SCHEMA_FORBIDDEN:
        return "MB101";
    case MB_SCHEMA_MISSING_KEY:
        return "MB102";
    case MB_SCHEMA_PATTERN:
        return "MB106";
    case MB_SCHEMA_UNIT:
        return "MB112";
    case MB_SCHEMA_RANGE:
    case MB_SCHEMA_MULTIPLE:
        return "MB105";
    case MB_SCHEMA_LENGTH:
    case MB_SCHEMA_CONTAINS:
        return "MB107";
    case MB_SCHEMA_REPEATED:
        return "MB108";
    case MB_SCHEMA_BRANCHES:
        return "MB115";
    }
    return "MB103";
}

// A schema's own code (x-meshbench-code) says what a value that is wrong altogether is
// ("not a quantity"); faults in size, range or number of something that is of the right
// kind keep their own.
static const char *finding_code(const struct mb_schema_finding *finding)
{
    bool about_kind =
        finding->fault == MB_SCHEMA_TYPE || finding->fault == MB_SCHEMA_PATTERN ||
        finding->fault == MB_SCHEMA_UNIT || finding->fault == MB_SCHEMA_ENUM;
    if (about_kind && finding->code != NULL) {
        return finding->code;
    }
    return fault_code(finding->fault);
}

// A missing key is reported at the pointer that it would have, so that nothing else in
// its map counts as touched.
static const char *finding_pointer(struct mb_check *check,
                                   const struct mb_schema_finding *finding)
{
    bool one = finding->fault == MB_SCHEMA_MISSING_KEY && finding->names != NULL &&
               finding->names[0] != NULL && finding->names[1] == NULL;
    return one ? mb_node_pointer_key(check->arena, finding->pointer, finding->names[0])
               : finding->pointer;
}

// The words of a schema's description as a hint: lower case, no final stop.
static const char *hint_from(struct mb_check *check, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;
    if (size < 2) {
        return text;
    }
    char *hint = mb_arena_copy_bytes(check->arena, text, size - (text[size - 1] == '.'));
    if (islower((unsigned char)hint[1]) || hint[1] == ' ') {
        hint[0] = (char)tolower((unsigned char)hint[0]);
    }
    return hint;
}

// The key that a value belongs to; for an item of a list, that of the list.
static const char *key_of(struct mb_check *check, const char *pointer)
{
    size_t end = strlen(pointer);
    while (end > 0) {
        size_t start = end;
        while (start > 0 && pointer[start - 1] != '/') {
            start--;
        }
        if (start < end && !isdigit((unsigned char)pointer[start])) {
            return mb_arena_copy_bytes(check->arena, pointer + start, end - start);
        }
        end = start > 0 ? start - 1 : 0;
    }
    return "document";
}

// Whatever was written there may be a secret: it is not repeated.
static bool is_header_value(const struct mb_schema_finding *finding)
{
    static const char headers[] = "/headers/";
    const char *at = strstr(finding->pointer, headers);
    return at != NULL && !finding->at_key && finding->fault != MB_SCHEMA_MISSING_KEY &&
           strchr(at + strlen(headers), '/') == NULL;
}

// The engine's words, or better ones where more is known here than in a schema.
static const char *finding_message(struct mb_check *check,
                                   const struct mb_schema_finding *finding,
                                   const char **hint)
{
    const char *message = mb_schema_say(check->arena, finding, hint);
    if (is_header_value(finding)) {
        *hint = "write text, {env: NAME} or {file: PATH}";
        return mb_arena_print(check->arena,
                              "the value of header '%s' is neither text nor a reference",
                              key_of(check, finding->pointer));
    }
    *hint = strstr(message, "did you mean") == NULL ? hint_from(check, *hint) : NULL;
    if (strcmp(finding_code(finding), "MB123") == 0) {
        *hint = mb_refs_metric_hint(check->arena, mb_node_text(finding->instance, ""));
    }
    if (finding->fault == MB_SCHEMA_LENGTH &&
        mb_node_integer(finding->expected, 0) == 1) {
        return mb_arena_print(check->arena, "'%s' is empty",
                              key_of(check, finding->pointer));
    }
    return message;
}

static void finding_take(struct mb_check *check, const struct mb_schema_finding *finding)
{
    struct mb_check_hit hit = {.rule = mb_rules_find(finding_code(finding)),
                               .pointer = finding_pointer(check, finding),
                               .at_key = finding->at_key};
    hit.message = finding_message(check, finding, &hit.hint);
    mb_run_add(check, &hit);
}

static void fault_add(struct mb_check *check, const char *code, const char *pointer,
                      const char *message, const char *hint)
{
    mb_run_add(check, &(struct mb_check_hit){.rule = mb_rules_find(code),
                                             .pointer = pointer,
                                             .message = message,
                                             .hint = hint});
}

// What the document says it is; false when it does not say it.
static bool kind_find(struct mb_check *check, size_t *kind)
{
    static const char hint[] = "a document starts with 'meshbench: v1' and 'kind: "
                               "benchmark' (or adapter, result)";
    const struct mb_node *root = check->root;
    if (root == NULL || root->type != MB_NODE_MAP) {
        fault_add(check, "MB110", "", "the document is not a map of keys", hint);
        return false;
    }
    const char *version = mb_node_text(mb_node_find(root, "meshbench"), NULL);
    const char *name = mb_node_text(mb_node_find(root, "kind"), NULL);
    if (version == NULL || name == NULL) {
        fault_add(check, "MB110", version == NULL ? "/meshbench" : "/kind",
                  version == NULL ? "'meshbench' does not say which version of the "
                                    "specification the document follows"
                                  : "'kind' does not say what the document is",
                  hint);
        return false;
    }
    if (strcmp(version, "v1") != 0) {
        fault_add(check, "MB110", "/meshbench",
                  mb_arena_print(check->arena,
                                 "version '%s' of the specification is "
                                 "unknown: this build knows 'v1'",
                                 version),
                  NULL);
        return false;
    }
    for (*kind = 0; kinds[*kind] != NULL; (*kind)++) {
        if (strcmp(kinds[*kind], name) == 0) {
            return true;
        }
    }
    const char *nearest = mb_units_nearest(name, kinds);
    fault_add(check, "MB110", "/kind",
              mb_arena_print(check->arena, "kind '%s' is unknown", name),
              nearest != NULL
                  ? mb_arena_print(check->arena, "did you mean '%s'?", nearest)
                  : "kinds: benchmark, adapter, result");
    return false;
}

bool mb_structure_identify(struct mb_check *check)
{
    size_t kind = 0;
    if (kind_find(check, &kind)) {
        check->document = documents[kind];
        return true;
    }
    check->structural = check->count;
    return false;
}

void mb_structure_check(struct mb_check *check, const struct mb_schema *schema)
{
    struct mb_err err = {0};
    const char *kind = mb_node_text(mb_node_find(check->root, "kind"), "");
    if (schema == NULL &&
        mb_structure_schema(check->arena, kind, &schema, &err) != MB_OK) {
        fault_add(check, "MB116", "", mb_arena_copy_string(check->arena, err.message),
                  "this is a fault of meshbench, not of the document");
        check->structural = check->count;
        return;
    }
    struct mb_schema_findings findings;
    mb_schema_findings_init(&findings, check->arena);
    if (!mb_schema_validate(schema, check->root, &findings)) {
        mb_doc_locate(check->arena, check->doc); // messages quote numbers as written
    }
    for (size_t i = 0; i < findings.count; i++) {
        // The node that was found was shared: the one with the place and the lexeme is
        // new.
        if (check->doc->compact && !findings.items[i].at_key) {
            findings.items[i].instance =
                mb_node_at(check->root, findings.items[i].pointer);
        }
        finding_take(check, &findings.items[i]);
    }
    check->dropped += findings.dropped;
    check->structural = check->count;
}
