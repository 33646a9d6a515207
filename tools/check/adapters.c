#include "check/adapters.h"

#include <inttypes.h>
#include <regex.h>
#include <string.h>

#include "base/embed.h"
#include "base/file.h"
#include "check/refs.h"
#include "model/spec.h"
#include "schema/regex.h"

// --- templates

// What is wrong with a reference in a template.
enum reference_fault { REFERENCE_OK, REFERENCE_STRAY, REFERENCE_OPEN };

struct reference {
    enum reference_fault fault;
    const char *name; // in arena; NULL unless OK and not "$$"
};

// Reads the reference at `text`, which starts with '$'; *length is what it takes up.
static struct reference reference_read(struct mb_arena *arena, const char *text,
                                       size_t *length)
{
    *length = 2;
    if (text[1] == '$') {
        return (struct reference){.fault = REFERENCE_OK};
    }
    if (text[1] != '{') {
        *length = 1;
        return (struct reference){.fault = REFERENCE_STRAY};
    }
    size_t size = strcspn(text + 2, "}\n");
    if (text[2 + size] != '}') {
        return (struct reference){.fault = REFERENCE_OPEN};
    }
    *length = size + 3;
    return (struct reference){.name = mb_arena_copy_bytes(arena, text + 2, size)};
}

typedef void reference_visit(struct mb_check *check, const struct reference *reference,
                             const char *pointer);

static void template_visit(struct mb_check *check, const struct mb_node *node,
                           const char *pointer, reference_visit *visit)
{
    const char *at = strchr(mb_node_text(node, ""), '$');
    while (at != NULL) {
        size_t length = 0;
        struct reference reference = reference_read(check->arena, at, &length);
        visit(check, &reference, pointer);
        at = strchr(at + length, '$');
    }
}

// Everything in an adapter that is rendered.
static void templates_visit(struct mb_check *check, reference_visit *visit)
{
    const struct mb_node *files = mb_node_find(check->root, "files");
    for (size_t i = 0; mb_run_item(files, i) != NULL; i++) {
        template_visit(check, mb_node_find(mb_run_item(files, i), "content"),
                       mb_run_at(check, "/files/%zu/content", i), visit);
    }
    const struct mb_node *start = mb_node_find(check->root, "start");
    const struct mb_node *args = mb_node_find(start, "args");
    for (size_t i = 0; mb_run_item(args, i) != NULL; i++) {
        template_visit(check, mb_run_item(args, i),
                       mb_run_at(check, "/start/args/%zu", i), visit);
    }
    const struct mb_node *env = mb_node_find(start, "env");
    for (size_t i = 0; i < mb_node_count(env) && env->type == MB_NODE_MAP; i++) {
        const struct mb_node_entry *entry = &env->as.map.entries[i];
        template_visit(
            check, entry->value,
            mb_node_pointer_key(check->arena, "/start/env", mb_node_text(entry->key, "")),
            visit);
    }
    template_visit(check, mb_node_find(check->root, "url"), "/url", visit);
}

// --- variables

static const char *parameter_name(const struct mb_node *parameters, size_t index)
{
    return mb_node_text(mb_node_find(mb_run_item(parameters, index), "name"), NULL);
}

// Names that a template may use, NULL-terminated (spec/adapter.md).
static const char *const *variables(struct mb_check *check)
{
    static const char *const fixed[] = {"listen",   "listen_host",   "listen_port",
                                        "upstream", "upstream_host", "upstream_port",
                                        "dir"};
    const struct mb_node *parameters = mb_node_find(check->root, "parameters");
    size_t count = sizeof fixed / sizeof fixed[0];
    const char **names = mb_arena_alloc(
        check->arena, count + mb_node_count(parameters) + 1, sizeof *names);
    memcpy(names, fixed, sizeof fixed);
    for (size_t i = 0; mb_run_item(parameters, i) != NULL; i++) {
        const char *name = parameter_name(parameters, i);
        if (name != NULL) {
            names[count++] = mb_arena_print(check->arena, "param.%s", name);
        }
    }
    return names;
}

static void variable_check(struct mb_check *check, const struct reference *reference,
                           const char *pointer)
{
    const char *name = reference->name;
    for (size_t i = 0; name != NULL && check->names[i] != NULL; i++) {
        if (strcmp(check->names[i], name) == 0) {
            return;
        }
    }
    if (name != NULL) {
        const char *nearest = mb_units_nearest(name, check->names);
        mb_run_report(check, pointer,
                      nearest != NULL
                          ? mb_arena_print(check->arena, "did you mean '${%s}'?", nearest)
                          : "declare it under 'parameters' and write ${param.NAME}",
                      "'${%s}' is not a variable of this adapter", name);
    }
}

void mb_adapters_variables(struct mb_check *check)
{
    check->names = variables(check);
    templates_visit(check, variable_check);
}

static void reference_check(struct mb_check *check, const struct reference *reference,
                            const char *pointer)
{
    switch (reference->fault) {
    case REFERENCE_OK:
        break;
    case REFERENCE_STRAY:
        mb_run_report(check, pointer, "write '$$' for one '$'",
                      "'$' starts neither '${name}' nor '$$'");
        break;
    case REFERENCE_OPEN:
        mb_run_report(check, pointer, NULL, "'${' is not closed by '}' in its line");
        break;
    }
}

void mb_adapters_references(struct mb_check *check)
{
    templates_visit(check, reference_check);
}

void mb_adapters_unused(struct mb_check *check)
{
    const struct mb_node *parameters = mb_node_find(check->root, "parameters");
    for (size_t i = 0; mb_run_item(parameters, i) != NULL; i++) {
        const char *name = parameter_name(parameters, i);
        if (name == NULL) {
            continue;
        }
        // Contents are searched as text: a reference is always written out.
        const char *wanted = mb_arena_print(check->arena, "${param.%s}", name);
        if (strstr(check->doc->text, wanted) == NULL) {
            mb_run_report(
                check, mb_run_at(check, "/parameters/%zu/name", i),
                mb_arena_print(check->arena, "use it as %s, or drop it", wanted),
                "parameter '%s' is used nowhere", name);
        }
    }
}

// --- parameters

void mb_adapters_parameter_names(struct mb_check *check)
{
    const struct mb_node *parameters = mb_node_find(check->root, "parameters");
    for (size_t i = 1; mb_run_item(parameters, i) != NULL; i++) {
        const char *name = parameter_name(parameters, i);
        for (size_t j = 0; name != NULL && j < i; j++) {
            const char *earlier = parameter_name(parameters, j);
            if (earlier != NULL && strcmp(earlier, name) == 0) {
                mb_run_report(check, mb_run_at(check, "/parameters/%zu/name", i), NULL,
                              "parameter '%s' is declared twice", name);
                break;
            }
        }
    }
}

// Patterns are for regcomp(3), whose time and memory grow with {n,m} without bound: the
// schema engine's, which has limits, goes first.
static bool regex_fits(struct mb_arena *arena, const char *pattern, const char *text)
{
    const struct mb_regex *regex = NULL;
    struct mb_err err = {0};
    if (mb_regex_compile(arena, pattern, &regex, &err) != MB_OK) {
        return true; // MB205 says so
    }
    return mb_regex_search(regex, text, strlen(text));
}

// What the value of a text may hold: nothing that leaves its place in a configuration.
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:/@%+=,-"

// A value as the text that ends up in a template; NULL when it is none.
static const char *scalar_text(struct mb_arena *arena, const struct mb_node *value)
{
    if (value->type == MB_NODE_INT) {
        return mb_arena_print(arena, "%" PRId64, value->as.integer);
    }
    if (value->type == MB_NODE_BOOL) {
        return value->as.boolean ? "true" : "false";
    }
    return mb_node_text(value, NULL);
}

static const char *integer_fault(struct mb_arena *arena, const struct mb_node *parameter,
                                 const char *text)
{
    int64_t min = mb_node_integer(mb_node_find(parameter, "min"), INT64_MIN);
    int64_t max = mb_node_integer(mb_node_find(parameter, "max"), INT64_MAX);
    int64_t value = 0;
    struct mb_err err = {0};
    if (mb_units_parse_int(text, INT64_MIN, INT64_MAX, &value, &err) != MB_OK) {
        return "it is not an integer";
    }
    if (value < min) {
        return mb_arena_print(arena, "it is below %" PRId64, min);
    }
    return value > max ? mb_arena_print(arena, "it is above %" PRId64, max) : NULL;
}

static bool is_choice(const struct mb_node *parameter, const char *text)
{
    const struct mb_node *choices = mb_node_find(parameter, "choices");
    for (size_t i = 0; mb_run_item(choices, i) != NULL; i++) {
        if (strcmp(mb_node_text(mb_run_item(choices, i), ""), text) == 0) {
            return true;
        }
    }
    return false;
}

// Why a value cannot be one of a parameter; NULL when it can.
static const char *value_fault(struct mb_arena *arena, const struct mb_node *parameter,
                               const struct mb_node *value)
{
    const char *type = mb_node_text(mb_node_find(parameter, "type"), "");
    const char *text = scalar_text(arena, value);
    const char *pattern = mb_node_text(mb_node_find(parameter, "pattern"), NULL);
    if (text == NULL) {
        return "it is not a text, an integer or a boolean";
    }
    if (strcmp(type, "integer") == 0) {
        return integer_fault(arena, parameter, text);
    }
    if (strcmp(type, "boolean") == 0) {
        bool known = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
        return known ? NULL : "it is neither true nor false";
    }
    if (strcmp(type, "choice") == 0) {
        return is_choice(parameter, text) ? NULL : "it is not one of the choices";
    }
    if (text[strspn(text, PLAIN)] != '\0') {
        return "it holds a character that is not a letter, a digit or one of ._~:/@%+=,-";
    }
    return pattern == NULL || regex_fits(arena, pattern, text)
               ? NULL
               : "it does not match the pattern";
}

void mb_adapters_defaults(struct mb_check *check)
{
    const struct mb_node *parameters = mb_node_find(check->root, "parameters");
    for (size_t i = 0; mb_run_item(parameters, i) != NULL; i++) {
        const struct mb_node *parameter = mb_run_item(parameters, i);
        const struct mb_node *value = mb_node_find(parameter, "default");
        int64_t min = mb_node_integer(mb_node_find(parameter, "min"), INT64_MIN);
        int64_t max = mb_node_integer(mb_node_find(parameter, "max"), INT64_MAX);
        const char *fault =
            value != NULL ? value_fault(check->arena, parameter, value) : NULL;
        if (min > max) {
            mb_run_report(check, mb_run_at(check, "/parameters/%zu/min", i), NULL,
                          "'min' is above 'max'");
        } else if (fault != NULL) {
            mb_run_report(check, mb_run_at(check, "/parameters/%zu/default", i), NULL,
                          "the default of '%s' does not fit: %s",
                          mb_node_text(mb_node_find(parameter, "name"), ""), fault);
        }
    }
}

static void pattern_check(struct mb_check *check, const struct mb_node *node,
                          const char *pointer, size_t groups)
{
    const char *pattern = mb_node_text(node, NULL);
    const struct mb_regex *limited = NULL;
    regex_t regex;
    struct mb_err err = {0};
    if (pattern == NULL) {
        return;
    }
    if (mb_regex_compile(check->arena, pattern, &limited, &err) != MB_OK) {
        mb_run_report(check, pointer, "POSIX extended regular expressions",
                      "'%s' is not a regular expression: %s", pattern, err.message);
        return;
    }
    int failed = regcomp(&regex, pattern, REG_EXTENDED);
    if (failed != 0) {
        char why[128];
        (void)regerror(failed, &regex, why, sizeof why);
        mb_run_report(check, pointer, "POSIX extended regular expressions",
                      "'%s' is not a regular expression: %s", pattern, why);
        return;
    }
    if (regex.re_nsub < groups) {
        mb_run_report(check, pointer, "for example nginx/([0-9.]+)",
                      "'%s' has no group in parentheses", pattern);
    }
    regfree(&regex);
}

void mb_adapters_patterns(struct mb_check *check)
{
    const struct mb_node *version =
        mb_node_find(mb_node_find(check->root, "program"), "version");
    pattern_check(check, mb_node_find(version, "pattern"), "/program/version/pattern", 1);
    const struct mb_node *parameters = mb_node_find(check->root, "parameters");
    for (size_t i = 0; mb_run_item(parameters, i) != NULL; i++) {
        pattern_check(check, mb_node_find(mb_run_item(parameters, i), "pattern"),
                      mb_run_at(check, "/parameters/%zu/pattern", i), 0);
    }
}

// --- the rest

static void path_check(struct mb_check *check, const struct mb_node *node,
                       const char *pointer)
{
    const char *path = mb_node_text(node, NULL);
    if (path != NULL && (path[0] == '/' || strstr(path, "..") != NULL)) {
        mb_run_report(check, pointer, "paths are relative to the folder of the instance",
                      "'%s' leads out of the adapter's folder", path);
    }
}

void mb_adapters_paths(struct mb_check *check)
{
    const struct mb_node *files = mb_node_find(check->root, "files");
    for (size_t i = 0; mb_run_item(files, i) != NULL; i++) {
        path_check(check, mb_node_find(mb_run_item(files, i), "path"),
                   mb_run_at(check, "/files/%zu/path", i));
    }
    const struct mb_node *folders = mb_node_find(check->root, "folders");
    for (size_t i = 0; mb_run_item(folders, i) != NULL; i++) {
        path_check(check, mb_run_item(folders, i), mb_run_at(check, "/folders/%zu", i));
    }
    path_check(check, mb_node_find(check->root, "log"), "/log");
}

// --- parameters that a spec gives

// The document of a built-in adapter, or of one beside the spec; NULL when it cannot be
// read, which other rules say.
static const struct mb_node *adapter_read(struct mb_check *check, const char *name)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_spec_adapter_is_file(name)) {
        const char *path =
            mb_file_join(check->arena, mb_file_dir(check->arena, check->doc->name), name);
        bool read =
            check->ctx != NULL &&
            mb_doc_read(check->arena, path, NULL, MB_SPEC_MAX_BYTES, &doc, &err) == MB_OK;
        return read ? doc.root : NULL;
    }
    const char *path = mb_arena_print(check->arena, "tools/mesh/adapters/%s.yaml", name);
    const struct mb_embed *file = mb_embed_find(path);
    bool read = file != NULL && mb_doc_parse(check->arena, path, file->data, file->size,
                                             &doc, &err) == MB_OK;
    return read ? doc.root : NULL;
}

static const struct mb_node *parameter_find(const struct mb_node *parameters,
                                            const char *name)
{
    for (size_t i = 0; mb_run_item(parameters, i) != NULL; i++) {
        const char *known = parameter_name(parameters, i);
        if (known != NULL && strcmp(known, name) == 0) {
            return mb_run_item(parameters, i);
        }
    }
    return NULL;
}

// The nearest known parameter as a hint, or NULL.
static const char *parameter_hint(struct mb_check *check,
                                  const struct mb_node *parameters, const char *name)
{
    const char **names =
        mb_arena_alloc(check->arena, mb_node_count(parameters) + 1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; mb_run_item(parameters, i) != NULL; i++) {
        names[count] = parameter_name(parameters, i);
        count += names[count] != NULL;
    }
    const char *nearest = mb_units_nearest(name, names);
    return nearest != NULL ? mb_arena_print(check->arena, "did you mean '%s'?", nearest)
                           : NULL;
}

// 'program' is known to every adapter that starts one: where to find it.
static void given_check(struct mb_check *check, const struct mb_node *adapter,
                        const struct mb_node_entry *given, const char *pointer)
{
    const struct mb_node *parameters = mb_node_find(adapter, "parameters");
    const char *name = mb_node_text(given->key, "");
    const struct mb_node *parameter = parameter_find(parameters, name);
    const char *at = mb_node_pointer_key(check->arena, pointer, name);
    if (parameter == NULL && strcmp(name, "program") == 0 &&
        mb_node_find(adapter, "program") != NULL) {
        return;
    }
    if (parameter == NULL) {
        mb_run_report_key(check, at, parameter_hint(check, parameters, name),
                          "the adapter has no parameter '%s'", name);
        return;
    }
    const char *fault = value_fault(check->arena, parameter, given->value);
    if (fault != NULL) {
        mb_run_report(check, at, NULL, "the value of parameter '%s' does not fit: %s",
                      name, fault);
    }
}

// Parameters without a default have to be given.
static void missing_check(struct mb_check *check, const struct mb_node *parameters,
                          const struct mb_node *given, const char *pointer)
{
    for (size_t i = 0; mb_run_item(parameters, i) != NULL; i++) {
        const char *name = parameter_name(parameters, i);
        if (name != NULL && mb_node_find(given, name) == NULL &&
            mb_node_find(mb_run_item(parameters, i), "default") == NULL) {
            mb_run_report(check, mb_node_pointer_key(check->arena, pointer, name),
                          "adapter: {use: NAME, parameters: {...}}",
                          "the adapter needs its parameter '%s'", name);
        }
    }
}

void mb_adapters_spec_parameters(struct mb_check *check)
{
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *variant = mb_run_item(variants, i);
        const char *name = mb_node_text(mb_refs_adapter(variant), NULL);
        const struct mb_node *adapter = name != NULL ? adapter_read(check, name) : NULL;
        if (adapter == NULL) {
            continue;
        }
        const struct mb_node *parameters = mb_node_find(adapter, "parameters");
        const struct mb_node *given =
            mb_node_find(mb_node_find(variant, "adapter"), "parameters");
        const char *at = mb_run_spec_at(check, "/variants/%zu/adapter/parameters", i);
        for (size_t j = 0; j < mb_node_count(given) && given->type == MB_NODE_MAP; j++) {
            given_check(check, adapter, &given->as.map.entries[j], at);
        }
        missing_check(check, parameters, given, at);
    }
}
