#include "check/check.h"

#include <string.h>

#include "check/run.h"
#include "check/structure.h"
#include "model/derive.h"
#include "model/spec.h"

// A rule of the lowest level may only advise; one of a higher level is what that level
// means, whatever severity it has until then.
static bool blocks(const struct mb_rule *rule)
{
    return rule->level > MB_LEVEL_VALID || rule->severity == MB_SEVERITY_ERROR;
}

static enum mb_level level_reached(const struct mb_check *check)
{
    enum mb_level reached = MB_LEVEL_PUBLISHABLE;
    for (size_t i = 0; i < check->count; i++) {
        const struct mb_rule *rule = check->hits[i].rule;
        if (blocks(rule) && rule->level <= reached) {
            reached = rule->level - 1;
        }
    }
    return reached;
}

// Warnings are about something that is wrong and are always said. Notes tell what the
// next level lacks, and no more than the next: they are advice, not a wall.
static bool is_shown(const struct mb_rule *rule, enum mb_level wanted,
                     enum mb_level reached)
{
    enum mb_level held = reached > wanted ? reached : wanted;
    held = held > MB_LEVEL_VALID ? held : MB_LEVEL_VALID;
    return rule->level <= held + 1 || rule->severity != MB_SEVERITY_NOTE;
}

static enum mb_severity severity_of(const struct mb_rule *rule, enum mb_level wanted)
{
    bool asked = rule->level > MB_LEVEL_VALID && rule->level <= wanted;
    return asked ? MB_SEVERITY_ERROR : rule->severity;
}

static void hits_report(const struct mb_check *check, struct mb_doc *doc,
                        enum mb_level wanted, enum mb_level reached, struct mb_diag *diag)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct mb_check_hit *hit = &check->hits[i];
        if (is_shown(hit->rule, wanted, reached)) {
            const struct mb_finding finding = {.code = hit->rule->code,
                                               .severity = severity_of(hit->rule, wanted),
                                               .pointer = hit->pointer,
                                               .message = hit->message,
                                               .hint = hit->hint};
            mb_doc_report(doc, diag, &finding, hit->at_key);
        }
    }
    if (check->dropped > 0) {
        const struct mb_finding finding = {
            .code = "MB109",
            .severity = MB_SEVERITY_ERROR,
            .message = mb_arena_print(check->arena, "%zu more findings are not listed",
                                      check->dropped),
            .hint = "the first ones are often the cause of the others"};
        mb_doc_report(doc, diag, &finding, false);
    }
}

// All rules about such a document; with `which`, those of them that it is true of.
static void rules_run(struct mb_check *check, bool (*which)(const struct mb_rule *rule))
{
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].check != NULL && (rules[i].documents & check->document) != 0 &&
            (which == NULL || which(&rules[i]))) {
            check->rule = &rules[i];
            rules[i].check(check);
        }
    }
}

// A reader's message is "/cells/0/point: what is wrong".
static void unreadable_add(struct mb_check *check, const struct mb_err *err)
{
    const char *colon = strstr(err->message, ": ");
    bool placed = err->message[0] == '/' && colon != NULL;
    struct mb_check_hit hit = {
        .rule = mb_rules_find("MB500"),
        .pointer = placed ? mb_arena_copy_bytes(check->arena, err->message,
                                                (size_t)(colon - err->message))
                          : "",
        .message = mb_arena_copy_string(check->arena, placed ? colon + 2 : err->message),
        .hint =
            err->hint[0] != '\0' ? mb_arena_copy_string(check->arena, err->hint) : NULL,
    };
    mb_run_add(check, &hit);
}

// Rules about a result see it as structs, which only a sound one can become.
static void result_check(struct mb_check *check)
{
    struct mb_result result;
    struct mb_diag derived;
    struct mb_err err = {0};
    check->spec = mb_node_at(check->root, "/spec/resolved");
    check->spec_at = "/spec/resolved";
    if (check->structural > 0) {
        return;
    }
    if (mb_result_from_node(check->arena, check->root, &result, &err) != MB_OK) {
        unreadable_add(check, &err);
        return;
    }
    mb_diag_init(&derived, check->arena);
    mb_derive_verify(check->arena, &result, check->root, &derived);
    check->derived = &derived;
    check->result = &result;
    rules_run(check, NULL);
    check->result = NULL;
    check->derived = NULL;
    mb_result_release(&result);
}

// Authored documents are read whole into memory and walked by rules that compare every
// name with every other: they are small, or refused here.
static bool is_too_large(struct mb_check *check)
{
    bool authored = check->document != MB_DOCUMENT_RESULT;
    if (!authored || check->doc->size <= MB_SPEC_MAX_BYTES) {
        return false;
    }
    mb_run_add(check, &(struct mb_check_hit){
                          .rule = mb_rules_find("MB107"),
                          .pointer = "",
                          .message = mb_arena_print(
                              check->arena,
                              "the document has %zu bytes: at most %d are read of a spec "
                              "or an adapter",
                              check->doc->size, MB_SPEC_MAX_BYTES),
                      });
    return true;
}

enum mb_level mb_check_document(struct mb_arena *arena, const struct mb_ctx *ctx,
                                struct mb_doc *doc, enum mb_level wanted,
                                struct mb_diag *diag)
{
    struct mb_check check = {
        .arena = arena, .ctx = ctx, .doc = doc, .root = doc->root, .spec_at = ""};
    if (mb_structure_identify(&check) && !is_too_large(&check)) {
        mb_structure_check(&check, NULL);
        if (check.document == MB_DOCUMENT_RESULT) {
            result_check(&check);
        } else {
            check.spec = check.document == MB_DOCUMENT_BENCHMARK ? check.root : NULL;
            rules_run(&check, NULL);
        }
    }
    enum mb_level reached = check.dropped > 0 ? MB_LEVEL_NONE : level_reached(&check);
    if (check.document == MB_DOCUMENT_ADAPTER && reached == MB_LEVEL_PUBLISHABLE) {
        reached = wanted; // the levels ask nothing of an adapter
    }
    hits_report(&check, doc, wanted, reached, diag);
    mb_diag_sort(diag);
    return reached;
}

enum mb_status mb_check_schema(struct mb_arena *arena, const struct mb_schema **schema,
                               struct mb_err *err)
{
    return mb_structure_schema(arena, "result", schema, err);
}

static bool keeps_from_use(const struct mb_rule *rule)
{
    return rule->severity == MB_SEVERITY_ERROR;
}

// The errors among the hits, placed.
static void errors_report(const struct mb_check *check, struct mb_diag *diag)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct mb_check_hit *hit = &check->hits[i];
        const struct mb_finding finding = {.code = hit->rule->code,
                                           .severity = hit->rule->severity,
                                           .pointer = hit->pointer,
                                           .message = hit->message,
                                           .hint = hit->hint};
        if (keeps_from_use(hit->rule)) {
            mb_doc_report(check->doc, diag, &finding, hit->at_key);
        }
    }
    mb_diag_sort(diag);
}

bool mb_check_result(struct mb_arena *arena, const struct mb_schema *schema,
                     struct mb_doc *doc, struct mb_result *result, struct mb_diag *diag)
{
    struct mb_err err = {0};
    struct mb_check check = {.arena = arena,
                             .doc = doc,
                             .root = doc->root,
                             .document = MB_DOCUMENT_RESULT,
                             .spec = mb_node_at(doc->root, "/spec/resolved"),
                             .spec_at = "/spec/resolved"};
    bool read = false;
    mb_structure_check(&check, schema);
    if (check.structural == 0) {
        read = mb_result_from_node(arena, doc->root, result, &err) == MB_OK;
        if (!read) {
            unreadable_add(&check, &err);
        }
    }
    if (read) {
        struct mb_diag keys;
        mb_diag_init(&keys, arena);
        mb_derive_verify_keys(arena, result, &keys);
        check.derived = &keys;
        check.result = result;
        rules_run(&check, keeps_from_use);
    }
    errors_report(&check, diag);
    if (read && diag->errors > 0) {
        mb_result_release(result);
    }
    return read && diag->errors == 0;
}

void mb_check_syntax(const struct mb_err *err, const char *name, struct mb_diag *diag)
{
    mb_diag_add(diag, &(struct mb_finding){
                          .code = "MB100",
                          .severity = MB_SEVERITY_ERROR,
                          .file = name,
                          .line = err->line,
                          .column = err->column,
                          .length = 1,
                          .message = err->message,
                          .hint = err->hint[0] != '\0' ? err->hint : NULL,
                      });
}

const struct mb_finding *mb_check_blocker(const struct mb_diag *diag)
{
    for (size_t i = 0; i < diag->count; i++) {
        const struct mb_finding *finding = &diag->items[i];
        if (finding->severity == MB_SEVERITY_ERROR ||
            strncmp(finding->code, "MB9", 3) == 0) {
            return finding;
        }
    }
    return NULL;
}
