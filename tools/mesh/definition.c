#include "mesh/definition.h"

#include <signal.h>
#include <string.h>

#include "base/units.h"
#include "mesh/binding.h"
#include "mesh/parameters.h"
#include "mesh/reading.h"

static const int64_t READY_NS = 10000000000; // defaults of the schema
static const int64_t GRACE_NS = 5000000000;

// Variables that every template knows, beside param.NAME.
static const char *const variables[] = {
    "listen",        "listen_host",   "listen_port", "upstream",
    "upstream_host", "upstream_port", "dir",         NULL};

static void place_read(const struct mb_reading *reading, const struct mb_node *node,
                       struct mb_definition_place *place)
{
    static const char *const known[] = {"python_package", "path", NULL};
    if (node->type == MB_NODE_STRING) {
        place->name = mb_reading_text(reading, node, "find", "");
        return;
    }
    if (mb_reading_is_map(reading, node, "find", known)) {
        place->python_package = mb_reading_text_required(reading, node, "python_package");
        place->path = mb_reading_text_required(reading, node, "path");
        mb_reading_inside_check(reading, node, place->path);
    }
}

static void version_read(const struct mb_reading *reading, const struct mb_node *program,
                         struct mb_adapter *adapter)
{
    static const char *const known[] = {"args", "pattern", NULL};
    const struct mb_node *version = mb_node_find(program, "version");
    if (version == NULL || !mb_reading_is_map(reading, version, "version", known)) {
        return;
    }
    adapter->version_args = mb_reading_texts_key(reading, version, "args");
    adapter->version_pattern = mb_reading_text_required(reading, version, "pattern");
    mb_reading_regex_check(reading, mb_node_find(version, "pattern"),
                           adapter->version_pattern, 1);
}

static void program_read(const struct mb_reading *reading, const struct mb_node *root,
                         struct mb_adapter *adapter)
{
    static const char *const known[] = {"find", "install", "version", NULL};
    static const char *const install_known[] = {"system", "command", NULL};
    const struct mb_node *program = mb_node_find(root, "program");
    if (program == NULL || !mb_reading_is_map(reading, program, "program", known)) {
        return;
    }
    struct mb_node **items = NULL;
    adapter->has_program = true;
    adapter->place_count = mb_reading_list_key(reading, program, "find", &items);
    adapter->places =
        mb_arena_alloc(reading->arena, adapter->place_count, sizeof *adapter->places);
    for (size_t i = 0; i < adapter->place_count; i++) {
        place_read(reading, items[i], &adapter->places[i]);
    }
    if (adapter->place_count == 0) {
        mb_reading_fault(reading, program,
                         "'find' names no place to look for the program");
    }
    adapter->install_count = mb_reading_list_key(reading, program, "install", &items);
    adapter->installs =
        mb_arena_alloc(reading->arena, adapter->install_count, sizeof *adapter->installs);
    for (size_t i = 0; i < adapter->install_count; i++) {
        if (mb_reading_is_map(reading, items[i], "install", install_known)) {
            adapter->installs[i].system =
                mb_reading_text_required(reading, items[i], "system");
            adapter->installs[i].command =
                mb_reading_text_required(reading, items[i], "command");
        }
    }
    version_read(reading, program, adapter);
}

// --- templates

// The place of a byte of a template's text in the file. A block scalar starts on the line
// after its key, with an indentation that only the file shows.
static void template_fault(const struct mb_reading *reading, const struct mb_node *node,
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
static void template_check(const struct mb_reading *reading,
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

static void files_read(const struct mb_reading *reading, const struct mb_node *root,
                       struct mb_adapter *adapter)
{
    static const char *const known[] = {"path", "content", NULL};
    struct mb_node **items = NULL;
    size_t count = mb_reading_list_key(reading, root, "files", &items);
    adapter->files = mb_arena_alloc(reading->arena, count, sizeof *adapter->files);
    adapter->file_count = count;
    for (size_t i = 0; i < count; i++) {
        if (mb_reading_is_map(reading, items[i], "file", known)) {
            adapter->files[i].path = mb_reading_text_required(reading, items[i], "path");
            adapter->files[i].content =
                mb_reading_text_required(reading, items[i], "content");
            mb_reading_inside_check(reading, items[i], adapter->files[i].path);
            template_check(reading, adapter, mb_node_find(items[i], "content"));
        }
    }
    adapter->folders = mb_reading_texts_key(reading, root, "folders");
    for (size_t i = 0; adapter->folders[i] != NULL; i++) {
        mb_reading_inside_check(reading, mb_node_find(root, "folders"),
                                adapter->folders[i]);
    }
}

static void environment_read(const struct mb_reading *reading,
                             const struct mb_node *start, struct mb_adapter *adapter)
{
    const struct mb_node *env = mb_node_find(start, "env");
    if (env == NULL || !mb_reading_is_type(reading, env, MB_NODE_MAP, "env")) {
        return;
    }
    adapter->start_env =
        mb_arena_alloc(reading->arena, env->as.map.count, sizeof *adapter->start_env);
    for (size_t i = 0; i < env->as.map.count; i++) {
        const struct mb_node_entry *entry = &env->as.map.entries[i];
        struct mb_template_variable *variable =
            &adapter->start_env[adapter->start_env_count++];
        variable->name = mb_reading_text(reading, entry->key, "env", "");
        variable->value = mb_reading_text(reading, entry->value, "env", "");
        if (variable->name[0] == '\0' || strchr(variable->name, '=') != NULL) {
            mb_reading_fault(reading, entry->key,
                             "'%s' is no name for an environment variable",
                             variable->name);
        }
        template_check(reading, adapter, entry->value);
    }
}

static void start_read(const struct mb_reading *reading, const struct mb_node *root,
                       struct mb_adapter *adapter)
{
    static const char *const known[] = {"args", "env", NULL};
    const struct mb_node *start = mb_node_find(root, "start");
    if (start == NULL) {
        if (adapter->has_program) {
            mb_reading_fault(reading, root,
                             "missing key 'start': there is a program to start");
        } else if (mb_node_find(root, "url") == NULL) {
            mb_reading_fault(reading, root, "missing key 'program' or 'url'");
        }
        return;
    }
    if (!adapter->has_program) {
        mb_reading_fault(reading, start,
                         "'start' without 'program': there is nothing to start");
        return;
    }
    if (mb_reading_is_map(reading, start, "start", known)) {
        struct mb_node **items = NULL;
        size_t count = mb_reading_list_key(reading, start, "args", &items);
        adapter->start_args = mb_reading_texts_key(reading, start, "args");
        for (size_t i = 0; i < count; i++) {
            template_check(reading, adapter, items[i]);
        }
        environment_read(reading, start, adapter);
    }
}

// "200" or "200-499".
static void status_read(const struct mb_reading *reading, const struct mb_node *node,
                        struct mb_definition_status *range)
{
    struct mb_err ignored = {0};
    int64_t first = 0;
    int64_t last = 0;
    const char *text = mb_reading_text(reading, node, "status", "");
    size_t length = strcspn(text, "-");
    const char *left = mb_arena_copy_bytes(reading->arena, text, length);
    const char *right = text[length] == '-' ? text + length + 1 : left;
    if (mb_units_parse_int(left, 100, 599, &first, &ignored) != MB_OK ||
        mb_units_parse_int(right, first, 599, &last, &ignored) != MB_OK) {
        mb_reading_fault(reading, node,
                         "'%s' is not an HTTP status or a range such as \"200-499\"",
                         text);
        return;
    }
    *range = (struct mb_definition_status){.first = (int)first, .last = (int)last};
}

static void ready_read(const struct mb_reading *reading, const struct mb_node *root,
                       struct mb_adapter *adapter)
{
    static const char *const known[] = {"http", "status", "timeout", NULL};
    const struct mb_node *ready = mb_node_find(root, "ready");
    adapter->ready_timeout_ns = READY_NS;
    adapter->ready_status = mb_arena_alloc(reading->arena, MB_DEFINITION_MAX_ITEMS,
                                           sizeof *adapter->ready_status);
    adapter->ready_status[0] = (struct mb_definition_status){.first = 200, .last = 499};
    adapter->ready_status_count = 1;
    if (ready == NULL || !mb_reading_is_map(reading, ready, "ready", known)) {
        return;
    }
    struct mb_node **items = NULL;
    size_t count = mb_reading_list_key(reading, ready, "status", &items);
    adapter->ready_http = mb_reading_text_key(reading, ready, "http", NULL);
    adapter->ready_timeout_ns =
        mb_reading_duration_key(reading, ready, "timeout", READY_NS);
    if (adapter->ready_http != NULL &&
        (adapter->ready_http[0] != '/' || !mb_binding_is_plain(adapter->ready_http))) {
        mb_reading_fault(reading, mb_node_find(ready, "http"), "'%s' is not a path",
                         adapter->ready_http);
    }
    adapter->ready_status_count = count > 0 ? count : 1;
    for (size_t i = 0; i < count; i++) {
        status_read(reading, items[i], &adapter->ready_status[i]);
    }
}

static void stop_read(const struct mb_reading *reading, const struct mb_node *root,
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
    if (stop == NULL || !mb_reading_is_map(reading, stop, "stop", known)) {
        return;
    }
    adapter->stop_grace_ns = mb_reading_duration_key(reading, stop, "grace", GRACE_NS);
    const char *name = mb_reading_text_key(reading, stop, "signal", "TERM");
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (strcmp(signals[i].name, name) == 0) {
            adapter->stop_signal = signals[i].number;
            return;
        }
    }
    mb_reading_fault(reading, mb_node_find(stop, "signal"),
                     "'%s' is not a signal: TERM, INT, QUIT or USR1", name);
}

static void head_read(const struct mb_reading *reading, const struct mb_node *root,
                      struct mb_adapter *adapter)
{
    if (strcmp(mb_reading_text_key(reading, root, "meshbench", ""), "v1") != 0 ||
        strcmp(mb_reading_text_key(reading, root, "kind", ""), "adapter") != 0) {
        mb_reading_fault(reading, root,
                         "not an adapter: it has to say 'meshbench: v1' and 'kind: "
                         "adapter'");
    }
    adapter->name = mb_reading_text_required(reading, root, "name");
    adapter->description = mb_reading_text_required(reading, root, "description");
    adapter->mesh = mb_reading_text_required(reading, root, "mesh");
    if (!mb_reading_is_word(adapter->name, "._-")) {
        mb_reading_fault(reading, mb_node_find(root, "name"),
                         "'%s' is no name for an adapter", adapter->name);
    }
    const char *role = mb_reading_text_key(reading, root, "role", "data_plane");
    if (!mb_role_find(role, &adapter->role)) {
        mb_reading_fault(reading, mb_node_find(root, "role"), "'%s' is not a role", role);
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
    struct mb_reading reading = {.arena = arena, .doc = doc, .err = &first};
    *adapter = (struct mb_adapter){.origin = doc->name};
    mb_doc_locate(arena, doc);
    if (mb_reading_is_map(&reading, doc->root, "adapter", known)) {
        head_read(&reading, doc->root, adapter);
        program_read(&reading, doc->root, adapter);
        mb_parameters_read(&reading, doc->root, adapter);
        files_read(&reading, doc->root, adapter);
        start_read(&reading, doc->root, adapter);
        ready_read(&reading, doc->root, adapter);
        stop_read(&reading, doc->root, adapter);
        adapter->log = mb_reading_text_key(&reading, doc->root, "log", NULL);
        adapter->notes = mb_reading_texts_key(&reading, doc->root, "notes");
        adapter->url =
            mb_reading_text_key(&reading, doc->root, "url", "http://${listen}");
        template_check(&reading, adapter, mb_node_find(doc->root, "url"));
        if (adapter->log != NULL) {
            mb_reading_inside_check(&reading, mb_node_find(doc->root, "log"),
                                    adapter->log);
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
