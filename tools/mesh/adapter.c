#include "mesh/adapter.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "mesh/binding.h"
#include "mesh/definition.h"
#include "mesh/program.h"
#include "mesh/ready.h"

enum {
    LOG_BYTES = 700, // of the end of a log: what fits a message
    LOG_LINES = 6,
    FOLDER_MODE = 0711 // a server that drops its rights has to pass through it
};

static const int64_t PROBE_NS = 1000000000; // one attempt to reach it
static const int64_t RETRY_NS = 20000000;

static const char OUTPUT_NAME[] = "output.log"; // what the program prints

static const char *const names[] = {"envoy", "haproxy", "nginx", "running", NULL};

const char *const *mb_adapter_names(void)
{
    return names;
}

// --- loading

static enum mb_status builtin_parse(struct mb_arena *arena, const char *name,
                                    struct mb_doc *doc, struct mb_err *err)
{
    const char *path = mb_arena_print(arena, "tools/mesh/adapters/%s.yaml", name);
    const struct mb_embed *file = mb_embed_find(path);
    if (file != NULL) {
        return mb_doc_parse(arena, path, file->data, file->size, doc, err);
    }
    const char *near = mb_units_nearest(name, names);
    if (near != NULL) {
        mb_err_hint(err, "did you mean '%s'?", near);
    } else {
        mb_err_hint(err, "built-in: envoy, haproxy, nginx, running; or give a file");
    }
    return mb_err_set(err, MB_INVALID, "unknown adapter '%s'", name);
}

enum mb_status mb_adapter_load(struct mb_arena *arena, const char *name,
                               const struct mb_adapter **adapter, struct mb_err *err)
{
    struct mb_doc doc = {0};
    struct mb_adapter *read = mb_arena_alloc(arena, 1, sizeof *read);
    enum mb_status status =
        mb_spec_adapter_is_file(name)
            ? mb_doc_read(arena, name, NULL, MB_DEFINITION_MAX_BYTES, &doc, err)
            : builtin_parse(arena, name, &doc, err);
    if (status == MB_OK) {
        status = mb_definition_read(arena, &doc, read, err);
    }
    if (status == MB_OK) {
        *adapter = read;
    }
    return status;
}

// --- bringing up

// What one call of mb_adapter_up works on.
struct launch {
    struct mb_arena *arena;
    struct mb_ctx *ctx;
    const struct mb_adapter *adapter;
    const struct mb_adapter_setup *setup;
    struct mb_adapter_instance *instance;
    struct mb_binding scope;
    char *program;
    int port;
};

static bool is_host(const char *text)
{
    return text[0] != '\0' &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789._-:")] == '\0';
}

// "host:port", IPv6 in brackets.
static const char *address_text(struct mb_arena *arena, const char *host, int port)
{
    return mb_arena_print(arena, strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host,
                          port);
}

static enum mb_status upstream_bind(struct launch *launch, struct mb_err *err)
{
    struct mb_arena *arena = launch->arena;
    const char *text = launch->setup->upstream;
    const char *colon = text != NULL ? strrchr(text, ':') : NULL;
    struct mb_err why = {0};
    int64_t port = 0;
    if (text == NULL) {
        if (!launch->adapter->has_program) {
            text = "";
        } else {
            return mb_err_set(err, MB_INVALID,
                              "adapter '%s' needs an upstream, the application's "
                              "HOST:PORT",
                              launch->adapter->name);
        }
    }
    char *host =
        mb_arena_copy_bytes(arena, text, colon != NULL ? (size_t)(colon - text) : 0);
    size_t length = strlen(host);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        host++;
    }
    if (text[0] != '\0' &&
        (colon == NULL || !is_host(host) ||
         mb_units_parse_int(colon + 1, 1, 65535, &port, &why) != MB_OK)) {
        return mb_err_set(err, MB_INVALID, "upstream '%s' is not HOST:PORT", text);
    }
    mb_binding_add(arena, &launch->scope, "upstream",
                   text[0] != '\0' ? address_text(arena, host, (int)port) : "");
    mb_binding_add(arena, &launch->scope, "upstream_host", host);
    mb_binding_add(arena, &launch->scope, "upstream_port",
                   mb_arena_print(arena, "%d", (int)port));
    return MB_OK;
}

static enum mb_status listen_bind(struct launch *launch, struct mb_err *err)
{
    struct mb_arena *arena = launch->arena;
    const char *host = launch->setup->listen_host;
    launch->port = launch->setup->listen_port;
    if (!is_host(host)) {
        return mb_err_set(err, MB_INVALID, "'%s' is not a host to listen on", host);
    }
    if (launch->port == 0) {
        enum mb_status status = mb_ready_free_port(host, &launch->port, err);
        if (status != MB_OK) {
            return status;
        }
    } else if (launch->adapter->has_program &&
               !mb_ready_port_is_free(host, launch->port)) {
        return mb_err_set(err, MB_FAILED, "port %d on '%s' is not free", launch->port,
                          host);
    }
    mb_binding_add(arena, &launch->scope, "listen",
                   address_text(arena, host, launch->port));
    mb_binding_add(arena, &launch->scope, "listen_host", host);
    mb_binding_add(arena, &launch->scope, "listen_port",
                   mb_arena_print(arena, "%d", launch->port));
    return MB_OK;
}

// In arena. Templates were checked when the adapter was read: what can fail is the size.
static enum mb_status text_render(struct launch *launch, const char *template,
                                  char **text, struct mb_err *err)
{
    struct mb_buf out = {0};
    size_t offset = 0;
    enum mb_status status = mb_template_render(template, launch->scope.variables,
                                               launch->scope.count, &out, &offset, err);
    if (status == MB_OK) {
        *text = mb_arena_copy_string(launch->arena, mb_buf_string(&out));
    }
    mb_buf_release(&out);
    return status;
}

static enum mb_status folder_make(struct launch *launch, struct mb_err *err)
{
    struct mb_arena *arena = launch->arena;
    const struct mb_adapter *adapter = launch->adapter;
    char *dir = NULL;
    enum mb_status status = mb_file_make_temp_dir(
        arena, mb_arena_print(arena, "meshbench-%s", adapter->name), &dir, err);
    if (status != MB_OK) {
        return status;
    }
    launch->instance->dir = dir;
    (void)chmod(dir, FOLDER_MODE);
    if (!mb_binding_is_plain(dir)) {
        mb_err_hint(err, "set TMPDIR to a path of letters, digits and ._~:/@%%+=,-");
        return mb_err_set(err, MB_FAILED, "folder '%s' cannot stand in a configuration",
                          dir);
    }
    mb_binding_add(arena, &launch->scope, "dir", dir);
    for (size_t i = 0; status == MB_OK && adapter->folders[i] != NULL; i++) {
        status = mb_file_make_dirs(mb_file_join(arena, dir, adapter->folders[i]), err);
    }
    return status;
}

static enum mb_status files_write(struct launch *launch, struct mb_err *err)
{
    struct mb_arena *arena = launch->arena;
    const struct mb_adapter *adapter = launch->adapter;
    struct mb_adapter_instance *instance = launch->instance;
    instance->configs =
        mb_arena_alloc(arena, adapter->file_count, sizeof *instance->configs);
    for (size_t i = 0; i < adapter->file_count; i++) {
        char *text = NULL;
        const char *path = mb_file_join(arena, instance->dir, adapter->files[i].path);
        enum mb_status status =
            text_render(launch, adapter->files[i].content, &text, err);
        if (status == MB_OK) {
            status = mb_file_make_dirs(mb_file_dir(arena, path), err);
        }
        if (status == MB_OK) {
            status = mb_file_write(path, text, strlen(text), err);
        }
        if (status != MB_OK) {
            return status;
        }
        instance->configs[instance->config_count++] = path;
    }
    return MB_OK;
}

static enum mb_status program_start(struct launch *launch, struct mb_err *err)
{
    const struct mb_adapter *adapter = launch->adapter;
    struct mb_adapter_instance *instance = launch->instance;
    const char *argv[MB_DEFINITION_MAX_ITEMS + 2] = {launch->program};
    const char **env =
        mb_arena_alloc(launch->arena, adapter->start_env_count + 1, sizeof *env);
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && adapter->start_args[i] != NULL; i++) {
        char *text = NULL;
        status = text_render(launch, adapter->start_args[i], &text, err);
        argv[i + 1] = text;
    }
    for (size_t i = 0; status == MB_OK && i < adapter->start_env_count; i++) {
        char *text = NULL;
        status = text_render(launch, adapter->start_env[i].value, &text, err);
        env[i] = mb_arena_print(launch->arena, "%s=%s", adapter->start_env[i].name,
                                status == MB_OK ? text : "");
    }
    if (status != MB_OK) {
        return status;
    }
    const struct mb_proc_spec spec = {
        .argv = argv,
        .env = env,
        .cwd = instance->dir,
        .output_path = mb_file_join(launch->arena, instance->dir, OUTPUT_NAME),
        .cpu = launch->setup->cpu,
    };
    status = mb_guard_start(instance->dir, adapter->stop_grace_ns, &instance->guard, err);
    if (status == MB_OK) {
        status = mb_proc_start(&spec, &instance->proc, err);
    }
    if (status == MB_OK) {
        mb_guard_watch(&instance->guard, instance->proc.pid);
    }
    return status;
}

static bool status_expected(const struct mb_adapter *adapter, int status)
{
    for (size_t i = 0; i < adapter->ready_status_count; i++) {
        if (status >= adapter->ready_status[i].first &&
            status <= adapter->ready_status[i].last) {
            return true;
        }
    }
    return false;
}

// One attempt; the message of a failure is what the last attempt said.
static enum mb_status ready_try(const struct launch *launch, struct mb_err *err)
{
    const struct mb_adapter *adapter = launch->adapter;
    int code = 0;
    enum mb_status status = mb_ready_probe(launch->setup->listen_host, launch->port,
                                           adapter->ready_http, PROBE_NS, &code, err);
    if (status == MB_OK && adapter->ready_http != NULL &&
        !status_expected(adapter, code)) {
        return mb_err_set(err, MB_FAILED, "'GET %s' is answered with status %d",
                          adapter->ready_http, code);
    }
    return status;
}

static enum mb_status ready_wait(struct launch *launch, struct mb_err *err)
{
    const struct mb_clock *clock = &launch->ctx->clock;
    int64_t until = clock->monotonic_ns(clock->state) + launch->adapter->ready_timeout_ns;
    for (;;) {
        struct mb_err attempt = {0};
        // Looked at before the attempt: an answer counts only from a program that runs.
        bool running = mb_proc_running(&launch->instance->proc);
        if (!running) {
            return mb_err_set(err, MB_FAILED, "it ended before it was ready");
        }
        if (ready_try(launch, &attempt) == MB_OK) {
            return MB_OK;
        }
        if (*launch->ctx->interrupted != 0) {
            return mb_err_set(err, MB_INTERRUPTED, "interrupted");
        }
        int64_t now = clock->monotonic_ns(clock->state);
        if (now >= until) {
            char span[32];
            mb_units_print(MB_UNIT_DURATION, launch->adapter->ready_timeout_ns, span,
                           sizeof span);
            return mb_err_set(err, MB_FAILED, "it was not ready after %s: %s", span,
                              attempt.message);
        }
        clock->sleep_until(clock->state, now + RETRY_NS, launch->ctx->interrupted);
    }
}

// Drops all but the last LOG_LINES lines of a text, and the line ends after them.
static const char *lines_keep(char *text, size_t size)
{
    size_t end = size;
    while (end > 0 && text[end - 1] == '\n') {
        end--;
    }
    text[end] = '\0';
    int lines = 0;
    for (size_t start = end; start > 0; start--) {
        lines += text[start - 1] == '\n';
        if (lines == LOG_LINES) {
            return text + start;
        }
    }
    return text;
}

// In arena: the end of a file; "" when there is none. A line that begins before what is
// read is left out.
static char *log_tail(struct mb_arena *arena, const char *path)
{
    char text[LOG_BYTES + 1];
    struct mb_buf shown = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return mb_arena_copy_string(arena, "");
    }
    off_t size = lseek(fd, 0, SEEK_END);
    off_t from = size > LOG_BYTES ? size - LOG_BYTES : 0;
    ssize_t got = pread(fd, text, LOG_BYTES, from);
    (void)close(fd);
    size_t used = got > 0 ? (size_t)got : 0;
    text[used] = '\0';
    const char *whole = from > 0 ? strchr(text, '\n') : NULL;
    size_t skipped = whole != NULL ? (size_t)(whole + 1 - text) : 0;
    const char *tail = lines_keep(text + skipped, used - skipped);
    mb_text_show(tail, strlen(tail), "\n\t", &shown);
    char *copy = mb_arena_copy_string(arena, mb_buf_string(&shown));
    mb_buf_release(&shown);
    return copy;
}

char *mb_adapter_last_words(struct mb_arena *arena,
                            const struct mb_adapter_instance *instance)
{
    char *words = mb_arena_copy_string(arena, "");
    if (instance->dir == NULL) {
        return words;
    }
    if (instance->adapter->log != NULL) {
        words =
            log_tail(arena, mb_file_join(arena, instance->dir, instance->adapter->log));
    }
    return words[0] != '\0'
               ? words
               : log_tail(arena, mb_file_join(arena, instance->dir, OUTPUT_NAME));
}

static enum mb_status launch_run(struct launch *launch, struct mb_err *err)
{
    char *url = NULL;
    const struct mb_adapter *adapter = launch->adapter;
    enum mb_status status = upstream_bind(launch, err);
    if (status == MB_OK) {
        status = listen_bind(launch, err);
    }
    if (status == MB_OK && adapter->has_program) {
        status = mb_program_find(launch->arena, adapter, launch->scope.program,
                                 &launch->program, err);
    }
    if (status == MB_OK && adapter->has_program) {
        status = folder_make(launch, err);
    }
    if (status == MB_OK && adapter->has_program) {
        status = files_write(launch, err);
    }
    if (status == MB_OK) {
        status = text_render(launch, adapter->url, &url, err);
        launch->instance->url = url;
    }
    if (status != MB_OK || !adapter->has_program) {
        return status;
    }
    status = program_start(launch, err);
    if (status == MB_OK) {
        status = ready_wait(launch, err);
    }
    if (status == MB_OK) {
        launch->instance->version =
            mb_program_version(launch->arena, adapter, launch->program);
    }
    return status;
}

enum mb_status mb_adapter_up(struct mb_arena *arena, struct mb_ctx *ctx,
                             const struct mb_adapter *adapter,
                             const struct mb_adapter_setup *setup,
                             struct mb_adapter_instance *instance, struct mb_err *err)
{
    struct launch launch = {.arena = arena,
                            .ctx = ctx,
                            .adapter = adapter,
                            .setup = setup,
                            .instance = instance};
    *instance = (struct mb_adapter_instance){.adapter = adapter, .role = adapter->role};
    enum mb_status status = mb_binding_make(arena, adapter, setup->parameters,
                                            setup->parameter_count, &launch.scope, err);
    if (status != MB_OK) {
        *instance = (struct mb_adapter_instance){0};
        return status;
    }
    status = launch_run(&launch, err);
    if (status != MB_OK) {
        const char *words = mb_adapter_last_words(arena, instance);
        mb_err_prepend(err, "adapter '%s' did not come up", adapter->name);
        if (words[0] != '\0') {
            size_t used = strlen(err->message);
            (void)snprintf(err->message + used, sizeof err->message - used,
                           "\n  its last words:\n%s", words);
        }
        mb_adapter_down(instance);
    }
    return status;
}

bool mb_adapter_running(struct mb_adapter_instance *instance)
{
    return instance->adapter != NULL &&
           (!instance->adapter->has_program || mb_proc_running(&instance->proc));
}

// --- taking down

// For a program whose own signal is another than the SIGTERM of mb_proc_stop.
static void stop_politely(struct mb_adapter_instance *instance)
{
    const struct mb_adapter *adapter = instance->adapter;
    if (adapter->stop_signal == SIGTERM || !mb_proc_running(&instance->proc)) {
        return;
    }
    const struct mb_clock clock = mb_clock_system();
    const volatile sig_atomic_t never = 0;
    int64_t until = clock.monotonic_ns(clock.state) + adapter->stop_grace_ns;
    (void)kill(instance->proc.pid, adapter->stop_signal);
    while (mb_proc_running(&instance->proc) && clock.monotonic_ns(clock.state) < until) {
        clock.sleep_until(clock.state, clock.monotonic_ns(clock.state) + RETRY_NS,
                          &never);
    }
}

void mb_adapter_down(struct mb_adapter_instance *instance)
{
    if (instance->adapter == NULL) {
        return;
    }
    if (instance->proc.pid > 0) {
        stop_politely(instance);
        mb_proc_stop(&instance->proc, instance->adapter->stop_grace_ns);
    }
    mb_guard_watch(&instance->guard, 0); // that group is gone; its number may be reused
    if (instance->dir != NULL) {
        struct mb_err ignored = {0}; // a folder left in /tmp stops nobody
        (void)!mb_file_remove_tree(instance->dir, &ignored);
    }
    mb_guard_end(&instance->guard);
    *instance = (struct mb_adapter_instance){0};
}
