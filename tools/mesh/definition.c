#include "mesh/definition.h"

#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "mesh/binding.h"

static const int64_t READY_NS = 10000000000; // defaults of the schema
static const int64_t GRACE_NS = 5000000000;

enum { REGEX_MAX = 200, FAULT_TEXT = 512 };

// Variables that every template knows, beside param.NAME.
static const char *const variables[] = {
    "listen",        "listen_host",   "listen_port", "upstream",
    "upstream_host", "upstream_port", "dir",         NULL};

struct reading {
    struct mb_arena *arena;
    const struct mb_doc *doc;
    struct mb_err *err; // the first fault; reading goes on with fallbacks
};

static void fault(const struct reading *reading, const struct mb_node *node,
                  const char *format, ...) MB_PRINTF(3, 4);

static void fault(const struct reading *reading, const struct mb_node *node,
                  const char *format, ...)
{
    char text[FAULT_TEXT];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)mb_err_at(reading->err, MB_INVALID, reading->doc->name,
                    node != NULL ? node->line : 0, node != NULL ? node->column : 0, "%s",
                    text);
}

// --- values of one kind

static bool is_type(const struct reading *reading, const struct mb_node *node,
                    enum mb_node_type type, const char *what)
{
    if (node->type == type) {
        return true;
    }
    fault(reading, node, "%s is %s, not %s", what, mb_node_type_name(node->type),
          mb_node_type_name(type));
    return false;
}

// All keys are in `known` or start with x-.
static bool is_map(const struct reading *reading, const struct mb_node *node,
                   const char *what, const char *const *known)
{
    if (!is_type(reading, node, MB_NODE_MAP, what)) {
        return false;
    }
    for (size_t i = 0; i < node->as.map.count; i++) {
        const struct mb_node *key = node->as.map.entries[i].key;
        const char *name = mb_node_text(key, "");
        size_t k = 0;
        while (known[k] != NULL && strcmp(known[k], name) != 0) {
            k++;
        }
        if (known[k] != NULL || strncmp(name, "x-", 2) == 0) {
            continue;
        }
        const char *near = mb_units_nearest(name, known);
        if (near != NULL && reading->err->code == MB_OK) {
            mb_err_hint(reading->err, "did you mean '%s'?", near);
        }
        fault(reading, key, "unknown key '%s' in %s", name, what);
        return false;
    }
    return true;
}

// Text without NULs; `fallback` on a fault.
static const char *text_of(const struct reading *reading, const struct mb_node *node,
                           const char *what, const char *fallback)
{
    if (!is_type(reading, node, MB_NODE_STRING, what)) {
        return fallback;
    }
    if (strlen(node->as.string.data) != node->as.string.size) {
        fault(reading, node, "%s holds a NUL character", what);
        return fallback;
    }
    return node->as.string.data;
}

static const char *text_key(const struct reading *reading, const struct mb_node *map,
                            const char *key, const char *fallback)
{
    const struct mb_node *node = mb_node_find(map, key);
    return node != NULL ? text_of(reading, node, key, fallback) : fallback;
}

static const char *text_required(const struct reading *reading, const struct mb_node *map,
                                 const char *key)
{
    const char *text = text_key(reading, map, key, NULL);
    if (text == NULL) {
        fault(reading, map, "missing key '%s'", key);
        return "";
    }
    return text;
}

static int64_t duration_key(const struct reading *reading, const struct mb_node *map,
                            const char *key, int64_t fallback)
{
    struct mb_err why = {0};
    int64_t value = fallback;
    const char *text = text_key(reading, map, key, NULL);
    if (text != NULL && mb_units_parse(MB_UNIT_DURATION, text, &value, &why) != MB_OK) {
        fault(reading, mb_node_find(map, key), "%s", why.message);
    }
    return value;
}

// Items of a list, at most MB_DEFINITION_MAX_ITEMS; 0 when the key is not there.
static size_t list_key(const struct reading *reading, const struct mb_node *map,
                       const char *key, struct mb_node ***items)
{
    struct mb_node *list = mb_node_find(map, key);
    *items = NULL;
    if (list == NULL || !is_type(reading, list, MB_NODE_LIST, key)) {
        return 0;
    }
    if (list->as.list.count > MB_DEFINITION_MAX_ITEMS) {
        fault(reading, list, "'%s' has %zu items, at most %d are allowed", key,
              list->as.list.count, MB_DEFINITION_MAX_ITEMS);
        return 0;
    }
    *items = list->as.list.items;
    return list->as.list.count;
}

// In arena, NULL-terminated.
static const char **texts_key(const struct reading *reading, const struct mb_node *map,
                              const char *key)
{
    struct mb_node **items = NULL;
    size_t count = list_key(reading, map, key, &items);
    const char **texts = mb_arena_alloc(reading->arena, count + 1, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        texts[i] = text_of(reading, items[i], key, "");
    }
    return texts;
}

// --- forms

static bool is_word(const char *text, const char *more)
{
    size_t plain = 0;
    size_t length = 0;
    for (; text[length] != '\0'; length += plain) {
        plain = strspn(text + length, "abcdefghijklmnopqrstuvwxyz0123456789");
        plain = plain > 0 ? plain : strspn(text + length, more);
        if (plain == 0) {
            return false;
        }
    }
    return length > 0 && length <= 63 && strchr(more, text[0]) == NULL;
}

// A path inside the instance's folder: no way out of it.
static void inside_check(const struct reading *reading, const struct mb_node *node,
                         const char *path)
{
    if (path[0] == '\0' || path[0] == '/' || !mb_binding_is_plain(path) ||
        strstr(path, "..") != NULL) {
        fault(reading, node, "'%s' is not a path inside the adapter's folder", path);
    }
}

static void regex_check(const struct reading *reading, const struct mb_node *node,
                        const char *pattern, size_t groups)
{
    regex_t regex;
    char why[128];
    if (strlen(pattern) > REGEX_MAX) {
        fault(reading, node, "pattern is longer than %d characters", REGEX_MAX);
        return;
    }
    // regcomp(3) writes intervals out: nested ones take all memory.
    const char *interval = strchr(pattern, '{');
    if (interval != NULL && strchr(interval + 1, '{') != NULL) {
        fault(reading, node, "pattern has more than one '{'");
        return;
    }
    int failed = regcomp(&regex, pattern, REG_EXTENDED);
    if (failed != 0) {
        (void)regerror(failed, &regex, why, sizeof why);
        fault(reading, node, "'%s' is not a regular expression: %s", pattern, why);
        return;
    }
    if (regex.re_nsub < groups) {
        fault(reading, node, "'%s' has no group in parentheses", pattern);
    }
    regfree(&regex);
}

// --- sections

static void place_read(const struct reading *reading, const struct mb_node *node,
                       struct mb_definition_place *place)
{
    static const char *const known[] = {"python_package", "path", NULL};
    if (node->type == MB_NODE_STRING) {
        place->name = text_of(reading, node, "find", "");
        return;
    }
    if (is_map(reading, node, "find", known)) {
        place->python_package = text_required(reading, node, "python_package");
        place->path = text_required(reading, node, "path");
        inside_check(reading, node, place->path);
    }
}

static void version_read(const struct reading *reading, const struct mb_node *program,
                         struct mb_adapter *adapter)
{
    static const char *const known[] = {"args", "pattern", NULL};
    const struct mb_node *version = mb_node_find(program, "version");
    if (version == NULL || !is_map(reading, version, "version", known)) {
        return;
    }
    adapter->version_args = texts_key(reading, version, "args");
    adapter->version_pattern = text_required(reading, version, "pattern");
    regex_check(reading, mb_node_find(version, "pattern"), adapter->version_pattern, 1);
}

static void program_read(const struct reading *reading, const struct mb_node *root,
                         struct mb_adapter *adapter)
{
    static const char *const known[] = {"find", "install", "version", NULL};
    static const char *const install_known[] = {"system", "command", NULL};
    const struct mb_node *program = mb_node_find(root, "program");
    if (program == NULL || !is_map(reading, program, "program", known)) {
        return;
    }
    struct mb_node **items = NULL;
    adapter->has_program = true;
    adapter->place_count = list_key(reading, program, "find", &items);
    adapter->places =
        mb_arena_alloc(reading->arena, adapter->place_count, sizeof *adapter->places);
    for (size_t i = 0; i < adapter->place_count; i++) {
        place_read(reading, items[i], &adapter->places[i]);
    }
    if (adapter->place_count == 0) {
        fault(reading, program, "'find' names no place to look for the program");
    }
    adapter->install_count = list_key(reading, program, "install", &items);
    adapter->installs =
        mb_arena_alloc(reading->arena, adapter->install_count, sizeof *adapter->installs);
    for (size_t i = 0; i < adapter->install_count; i++) {
        if (is_map(reading, items[i], "install", install_known)) {
            adapter->installs[i].system = text_required(reading, items[i], "system");
            adapter->installs[i].command = text_required(reading, items[i], "command");
        }
    }
    version_read(reading, program, adapter);
}

static enum mb_definition_type type_read(const struct reading *reading,
                                         const struct mb_node *node)
{
    static const char *const names[] = {
        [MB_TYPE_INTEGER] = "integer",
        [MB_TYPE_BOOLEAN] = "boolean",
        [MB_TYPE_CHOICE] = "choice",
        [MB_TYPE_TEXT] = "text",
    };
    const char *name = text_required(reading, node, "type");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return (enum mb_definition_type)i;
        }
    }
    fault(reading, mb_node_find(node, "type"),
          "'%s' is not a type: integer, boolean, choice or text", name);
    return MB_TYPE_TEXT;
}

// A default as the text that a user would give.
static const char *fallback_read(const struct reading *reading,
                                 const struct mb_node *node)
{
    switch (node->type) {
    case MB_NODE_INT:
        return mb_arena_print(reading->arena, "%lld", (long long)node->as.integer);
    case MB_NODE_BOOL:
        return node->as.boolean ? "true" : "false";
    case MB_NODE_STRING:
        return text_of(reading, node, "default", "");
    case MB_NODE_NULL:
    case MB_NODE_FLOAT:
    case MB_NODE_LIST:
    case MB_NODE_MAP:
        break;
    }
    fault(reading, node, "default is %s, not integer, boolean or string",
          mb_node_type_name(node->type));
    return NULL;
}

// Keys that would mean nothing for a type are faults, not ignored.
static void parameter_keys_check(const struct reading *reading,
                                 const struct mb_node *node, enum mb_definition_type type)
{
    static const struct {
        const char *key;
        enum mb_definition_type type;
    } owned[] = {{"min", MB_TYPE_INTEGER},
                 {"max", MB_TYPE_INTEGER},
                 {"choices", MB_TYPE_CHOICE},
                 {"pattern", MB_TYPE_TEXT}};
    for (size_t i = 0; i < sizeof owned / sizeof owned[0]; i++) {
        const struct mb_node *value = mb_node_find(node, owned[i].key);
        if (value != NULL && owned[i].type != type) {
            fault(reading, value, "'%s' does not apply to this type of parameter",
                  owned[i].key);
        }
    }
}

static void range_read(const struct reading *reading, const struct mb_node *node,
                       struct mb_definition_parameter *parameter)
{
    const struct mb_node *min = mb_node_find(node, "min");
    const struct mb_node *max = mb_node_find(node, "max");
    bool ok = (min == NULL || is_type(reading, min, MB_NODE_INT, "min")) &&
              (max == NULL || is_type(reading, max, MB_NODE_INT, "max"));
    parameter->min = mb_node_integer(min, INT64_MIN);
    parameter->max = mb_node_integer(max, INT64_MAX);
    if (ok && parameter->min > parameter->max) {
        fault(reading, node, "'min' is above 'max'");
    }
}

static void parameter_read(const struct reading *reading, const struct mb_node *node,
                           struct mb_definition_parameter *parameter)
{
    static const char *const known[] = {"name",    "description", "type",
                                        "default", "min",         "max",
                                        "choices", "pattern",     NULL};
    static const char *const none[] = {NULL};
    parameter->choices = (const char **)none;
    if (!is_map(reading, node, "parameter", known)) {
        return;
    }
    parameter->name = text_required(reading, node, "name");
    parameter->description = text_required(reading, node, "description");
    parameter->type = type_read(reading, node);
    parameter->pattern = text_key(reading, node, "pattern", NULL);
    parameter_keys_check(reading, node, parameter->type);
    range_read(reading, node, parameter);
    if (!is_word(parameter->name, "_") || strcmp(parameter->name, "program") == 0) {
        fault(reading, mb_node_find(node, "name"), "'%s' is no name for a parameter",
              parameter->name);
    }
    if (parameter->pattern != NULL) {
        regex_check(reading, mb_node_find(node, "pattern"), parameter->pattern, 0);
    }
    if (parameter->type == MB_TYPE_CHOICE) {
        parameter->choices = texts_key(reading, node, "choices");
        for (size_t i = 0; parameter->choices[i] != NULL; i++) {
            if (!mb_binding_is_plain(parameter->choices[i])) {
                fault(reading, mb_node_find(node, "choices"),
                      "choice '%s' holds a character that is not allowed in values",
                      parameter->choices[i]);
            }
        }
        if (parameter->choices[0] == NULL) {
            fault(reading, node, "missing key 'choices'");
        }
    }
    const struct mb_node *fallback = mb_node_find(node, "default");
    struct mb_err why = {0};
    parameter->fallback = fallback != NULL ? fallback_read(reading, fallback) : NULL;
    if (parameter->fallback != NULL && reading->err->code == MB_OK &&
        mb_binding_check(parameter, parameter->fallback, &why) != MB_OK) {
        fault(reading, fallback, "default of '%s': %s", parameter->name, why.message);
    }
}

static void parameters_read(const struct reading *reading, const struct mb_node *root,
                            struct mb_adapter *adapter)
{
    struct mb_node **items = NULL;
    size_t count = list_key(reading, root, "parameters", &items);
    adapter->parameters =
        mb_arena_alloc(reading->arena, count, sizeof *adapter->parameters);
    adapter->parameter_count = count;
    for (size_t i = 0; i < count; i++) {
        parameter_read(reading, items[i], &adapter->parameters[i]);
        for (size_t j = 0; j < i && reading->err->code == MB_OK; j++) {
            if (strcmp(adapter->parameters[i].name, adapter->parameters[j].name) == 0) {
                fault(reading, items[i], "parameter '%s' is declared twice",
                      adapter->parameters[i].name);
            }
        }
    }
}

// --- templates

// The place of a byte of a template's text in the file. A block scalar starts on the line
// after its key, with an indentation that only the file shows.
static void template_fault(const struct reading *reading, const struct mb_node *node,
                           size_t offset, const struct mb_err *why)
{
    const char *text = node->as.string.data;
    int line = 1;
    int column = 1;
    mb_template_place(text, offset, &line, &column);
    bool block = strchr(text, '\n') != NULL;
    int at_line = node->line + line - (block ? 0 : 1);
    int at_column = node->column + column - (node->quoted && !block ? 0 : 1);
    if (block) {
        size_t size = 0;
        const char *start = mb_doc_line(reading->doc, at_line, &size);
        size_t blank = 0;
        while (start != NULL && blank < size && start[blank] == ' ') {
            blank++;
        }
        size_t first = offset;
        while (first > 0 && text[first - 1] != '\n') {
            first--;
        }
        at_column = column + (int)blank - (int)strspn(text + first, " ");
    }
    if (reading->err->code == MB_OK && why->hint[0] != '\0') {
        mb_err_hint(reading->err, "%s", why->hint);
    }
    (void)mb_err_at(reading->err, MB_INVALID, reading->doc->name, at_line, at_column,
                    "%s", why->message);
}

// Renders with empty values, to find what is wrong before anything is started.
static void template_check(const struct reading *reading,
                           const struct mb_adapter *adapter, const struct mb_node *node)
{
    struct mb_binding scope = {0};
    struct mb_buf out = {0};
    struct mb_err why = {0};
    size_t offset = 0;
    if (node == NULL || node->type != MB_NODE_STRING || reading->err->code != MB_OK) {
        return; // is a fault already
    }
    for (size_t i = 0; variables[i] != NULL; i++) {
        mb_binding_add(reading->arena, &scope, variables[i], "");
    }
    for (size_t i = 0; i < adapter->parameter_count; i++) {
        mb_binding_add(
            reading->arena, &scope,
            mb_arena_print(reading->arena, "param.%s", adapter->parameters[i].name), "");
    }
    if (mb_template_render(node->as.string.data, scope.variables, scope.count, &out,
                           &offset, &why) != MB_OK) {
        template_fault(reading, node, offset, &why);
    }
    mb_buf_release(&out);
}

static void files_read(const struct reading *reading, const struct mb_node *root,
                       struct mb_adapter *adapter)
{
    static const char *const known[] = {"path", "content", NULL};
    struct mb_node **items = NULL;
    size_t count = list_key(reading, root, "files", &items);
    adapter->files = mb_arena_alloc(reading->arena, count, sizeof *adapter->files);
    adapter->file_count = count;
    for (size_t i = 0; i < count; i++) {
        if (is_map(reading, items[i], "file", known)) {
            adapter->files[i].path = text_required(reading, items[i], "path");
            adapter->files[i].content = text_required(reading, items[i], "content");
            inside_check(reading, items[i], adapter->files[i].path);
            template_check(reading, adapter, mb_node_find(items[i], "content"));
        }
    }
    adapter->folders = texts_key(reading, root, "folders");
    for (size_t i = 0; adapter->folders[i] != NULL; i++) {
        inside_check(reading, mb_node_find(root, "folders"), adapter->folders[i]);
    }
}

static void environment_read(const struct reading *reading, const struct mb_node *start,
                             struct mb_adapter *adapter)
{
    const struct mb_node *env = mb_node_find(start, "env");
    if (env == NULL || !is_type(reading, env, MB_NODE_MAP, "env")) {
        return;
    }
    adapter->start_env =
        mb_arena_alloc(reading->arena, env->as.map.count, sizeof *adapter->start_env);
    for (size_t i = 0; i < env->as.map.count; i++) {
        const struct mb_node_entry *entry = &env->as.map.entries[i];
        struct mb_template_variable *variable =
            &adapter->start_env[adapter->start_env_count++];
        variable->name = text_of(reading, entry->key, "env", "");
        variable->value = text_of(reading, entry->value, "env", "");
        if (variable->name[0] == '\0' || strchr(variable->name, '=') != NULL) {
            fault(reading, entry->key, "'%s' is no name for an environment variable",
                  variable->name);
        }
        template_check(reading, adapter, entry->value);
    }
}

static void start_read(const struct reading *reading, const struct mb_node *root,
                       struct mb_adapter *adapter)
{
    static const char *const known[] = {"args", "env", NULL};
    const struct mb_node *start = mb_node_find(root, "start");
    if (start == NULL) {
        if (adapter->has_program) {
            fault(reading, root, "missing key 'start': there is a program to start");
        } else if (mb_node_find(root, "url") == NULL) {
            fault(reading, root, "missing key 'program' or 'url'");
        }
        return;
    }
    if (!adapter->has_program) {
        fault(reading, start, "'start' without 'program': there is nothing to start");
        return;
    }
    if (is_map(reading, start, "start", known)) {
        struct mb_node **items = NULL;
        size_t count = list_key(reading, start, "args", &items);
        adapter->start_args = texts_key(reading, start, "args");
        for (size_t i = 0; i < count; i++) {
            template_check(reading, adapter, items[i]);
        }
        environment_read(reading, start, adapter);
    }
}

// "200" or "200-499".
static void status_read(const struct reading *reading, const struct mb_node *node,
                        struct mb_definition_status *range)
{
    struct mb_err ignored = {0};
    int64_t first = 0;
    int64_t last = 0;
    const char *text = text_of(reading, node, "status", "");
    size_t length = strcspn(text, "-");
    const char *left = mb_arena_copy_bytes(reading->arena, text, length);
    const char *right = text[length] == '-' ? text + length + 1 : left;
    if (mb_units_parse_int(left, 100, 599, &first, &ignored) != MB_OK ||
        mb_units_parse_int(right, first, 599, &last, &ignored) != MB_OK) {
        fault(reading, node, "'%s' is not an HTTP status or a range such as \"200-499\"",
              text);
        return;
    }
    *range = (struct mb_definition_status){.first = (int)first, .last = (int)last};
}

static void ready_read(const struct reading *reading, const struct mb_node *root,
                       struct mb_adapter *adapter)
{
    static const char *const known[] = {"http", "status", "timeout", NULL};
    const struct mb_node *ready = mb_node_find(root, "ready");
    adapter->ready_timeout_ns = READY_NS;
    adapter->ready_status = mb_arena_alloc(reading->arena, MB_DEFINITION_MAX_ITEMS,
                                           sizeof *adapter->ready_status);
    adapter->ready_status[0] = (struct mb_definition_status){.first = 200, .last = 499};
    adapter->ready_status_count = 1;
    if (ready == NULL || !is_map(reading, ready, "ready", known)) {
        return;
    }
    struct mb_node **items = NULL;
    size_t count = list_key(reading, ready, "status", &items);
    adapter->ready_http = text_key(reading, ready, "http", NULL);
    adapter->ready_timeout_ns = duration_key(reading, ready, "timeout", READY_NS);
    if (adapter->ready_http != NULL &&
        (adapter->ready_http[0] != '/' || !mb_binding_is_plain(adapter->ready_http))) {
        fault(reading, mb_node_find(ready, "http"), "'%s' is not a path",
              adapter->ready_http);
    }
    adapter->ready_status_count = count > 0 ? count : 1;
    for (size_t i = 0; i < count; i++) {
        status_read(reading, items[i], &adapter->ready_status[i]);
    }
}

static void stop_read(const struct reading *reading, const struct mb_node *root,
                      struct mb_adapter *adapter)
{
    static const char *const known[] = {"signal", "grace", NULL};
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"TERM", SIGTERM}, {"INT", SIGINT}, {"QUIT", SIGQUIT}, {"USR1", SIGUSR1}};
    const struct mb_node *stop = mb_node_find(root, "stop");
    adapter->stop_signal = SIGTERM;
    adapter->stop_grace_ns = GRACE_NS;
    if (stop == NULL || !is_map(reading, stop, "stop", known)) {
        return;
    }
    adapter->stop_grace_ns = duration_key(reading, stop, "grace", GRACE_NS);
    const char *name = text_key(reading, stop, "signal", "TERM");
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (strcmp(signals[i].name, name) == 0) {
            adapter->stop_signal = signals[i].number;
            return;
        }
    }
    fault(reading, mb_node_find(stop, "signal"),
          "'%s' is not a signal: TERM, INT, QUIT or USR1", name);
}

static void head_read(const struct reading *reading, const struct mb_node *root,
                      struct mb_adapter *adapter)
{
    if (strcmp(text_key(reading, root, "meshbench", ""), "v1") != 0 ||
        strcmp(text_key(reading, root, "kind", ""), "adapter") != 0) {
        fault(reading, root,
              "not an adapter: it has to say 'meshbench: v1' and 'kind: "
              "adapter'");
    }
    adapter->name = text_required(reading, root, "name");
    adapter->description = text_required(reading, root, "description");
    adapter->mesh = text_required(reading, root, "mesh");
    if (!is_word(adapter->name, "._-")) {
        fault(reading, mb_node_find(root, "name"), "'%s' is no name for an adapter",
              adapter->name);
    }
    const char *role = text_key(reading, root, "role", "data_plane");
    if (!mb_role_find(role, &adapter->role)) {
        fault(reading, mb_node_find(root, "role"), "'%s' is not a role", role);
    }
}

enum mb_status mb_definition_read(struct mb_arena *arena, struct mb_doc *doc,
                                  struct mb_adapter *adapter, struct mb_err *err)
{
    static const char *const known[] = {
        "meshbench", "kind",       "name",  "description", "mesh",  "role",
        "program",   "parameters", "files", "folders",     "start", "ready",
        "stop",      "log",        "url",   "notes",       NULL};
    struct mb_err first = {0};
    struct reading reading = {.arena = arena, .doc = doc, .err = &first};
    *adapter = (struct mb_adapter){.origin = doc->name};
    mb_doc_locate(arena, doc);
    if (is_map(&reading, doc->root, "adapter", known)) {
        head_read(&reading, doc->root, adapter);
        program_read(&reading, doc->root, adapter);
        parameters_read(&reading, doc->root, adapter);
        files_read(&reading, doc->root, adapter);
        start_read(&reading, doc->root, adapter);
        ready_read(&reading, doc->root, adapter);
        stop_read(&reading, doc->root, adapter);
        adapter->log = text_key(&reading, doc->root, "log", NULL);
        adapter->notes = texts_key(&reading, doc->root, "notes");
        adapter->url = text_key(&reading, doc->root, "url", "http://${listen}");
        template_check(&reading, adapter, mb_node_find(doc->root, "url"));
        if (adapter->log != NULL) {
            inside_check(&reading, mb_node_find(doc->root, "log"), adapter->log);
        }
    }
    if (first.code != MB_OK) {
        (void)mb_err_at(err, MB_INVALID, first.file, first.line, first.column, "%s",
                        first.message);
        if (first.hint[0] != '\0') {
            mb_err_hint(err, "%s", first.hint);
        }
        return MB_INVALID;
    }
    return MB_OK;
}
