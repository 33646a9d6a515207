#include "meshbench/commands.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/text.h"
#include "meshbench/documents.h"
#include "meshbench/instances.h"
#include "mesh/adapter.h"
#include "mesh/definition.h"
#include "mesh/program.h"

struct mesh_options {
    const char *upstream;
    const char *listen_host;
    int64_t listen_port;
    struct mb_opt_list set;
    int64_t cpu;
    bool detach;
};

static const struct mb_opt options[] = {
    {.name = "upstream",
     .letter = 'u',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct mesh_options, upstream),
     .argument = "HOST:PORT",
     .help = "up: where the application listens"},
    {.name = "listen-host",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct mesh_options, listen_host),
     .argument = "HOST",
     .fallback = "127.0.0.1",
     .help = "up: address to listen on"},
    {.name = "listen-port",
     .letter = 'p',
     .type = MB_OPT_INT,
     .offset = offsetof(struct mesh_options, listen_port),
     .argument = "PORT",
     .min = 0,
     .max = 65535,
     .fallback = "0",
     .help = "up: port to listen on; 0 takes a free one"},
    {.name = "set",
     .letter = 's',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct mesh_options, set),
     .argument = "NAME=VALUE",
     .help = "up: value of a parameter of the adapter ('mesh list NAME' shows them); "
             "program=PATH uses that program"},
    {.name = "cpu",
     .type = MB_OPT_INT,
     .offset = offsetof(struct mesh_options, cpu),
     .argument = "N",
     .min = -1,
     .max = 1023,
     .fallback = "-1",
     .help = "up: pins its processes to CPU N; -1: not pinned"},
    {.name = "detach",
     .letter = 'd',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct mesh_options, detach),
     .help = "up: goes on in the background until 'mesh down'"},
    {0},
};

static const char *const words[] = {"up", "down", "status", "list", NULL};

static const struct mb_example examples[] = {
    {"meshbench mesh list", "which adapters there are, and whether their programs are"},
    {"meshbench mesh up nginx --upstream 127.0.0.1:8080",
     "nginx in front of an application, until Ctrl-C"},
    {"meshbench mesh up envoy -u 127.0.0.1:8080 --set concurrency=2 --detach",
     "in the background; 'mesh down envoy' ends it"},
    {0},
};

static const int64_t LOOK_NS = 100000000;   // between looks at what runs
static const int64_t DOWN_NS = 30000000000; // for one to come down

enum { LOG_BYTES = 1 << 16, OPTION_WORDS = 10 };

// What one call of the command works on.
struct session {
    struct mb_ctx *ctx;
    struct mb_arena arena;
    const struct mesh_options *opts;
    const char *name; // adapter as given; NULL: none
    char *folder;     // of the notes
};

static void rest(const struct mb_ctx *ctx)
{
    const struct mb_clock *clock = &ctx->clock;
    clock->sleep_until(clock->state, clock->monotonic_ns(clock->state) + LOOK_NS,
                       ctx->interrupted);
}

// --- list

static void line_print(struct session *session, const struct mb_adapter *adapter,
                       struct mb_buf *out)
{
    struct mb_err missing = {0};
    char *path = NULL;
    if (!adapter->has_program) {
        mb_buf_print(out, "%-9s %-12s %s\n", adapter->name, "-", "nothing to start");
    } else if (mb_program_find(&session->arena, adapter, NULL, &path, &missing) ==
               MB_OK) {
        const char *version = mb_program_version(&session->arena, adapter, path);
        mb_buf_print(out, "%-9s %-12s %s\n", adapter->name,
                     version != NULL ? version : "unknown", path);
    } else {
        mb_buf_print(out, "%-9s %-12s %s\n", adapter->name, "not found",
                     mb_program_install_hint(&session->arena, adapter));
    }
}

static void parameter_print(const struct mb_definition_parameter *parameter,
                            struct mb_buf *out)
{
    mb_buf_print(out, "  %s%s%s  %s\n", parameter->name,
                 parameter->fallback != NULL ? "=" : " (has to be given)",
                 parameter->fallback != NULL ? parameter->fallback : "",
                 parameter->description);
    if (parameter->type == MB_TYPE_INTEGER && parameter->min != INT64_MIN &&
        parameter->max != INT64_MAX) {
        mb_buf_print(out, "    %" PRId64 " to %" PRId64 "\n", parameter->min,
                     parameter->max);
    }
    for (size_t i = 0; parameter->choices[i] != NULL; i++) {
        mb_buf_print(out, "%s%s", i == 0 ? "    one of: " : ", ", parameter->choices[i]);
    }
    if (parameter->choices[0] != NULL) {
        mb_buf_append_char(out, '\n');
    }
}

static void adapter_print(struct session *session, const struct mb_adapter *adapter,
                          struct mb_buf *out)
{
    mb_buf_print(out, "%s\n", adapter->description);
    line_print(session, adapter, out);
    if (adapter->parameter_count > 0) {
        mb_buf_append_string(out, "\nParameters (--set NAME=VALUE)\n");
    }
    for (size_t i = 0; i < adapter->parameter_count; i++) {
        parameter_print(&adapter->parameters[i], out);
    }
    if (adapter->notes[0] != NULL) {
        mb_buf_append_string(out, "\nNotes\n");
    }
    for (size_t i = 0; adapter->notes[i] != NULL; i++) {
        mb_buf_print(out, "  %s\n", adapter->notes[i]);
    }
}

static enum mb_status list(struct session *session, struct mb_err *err)
{
    struct mb_buf out = {0};
    struct mb_buf shown = {0};
    const struct mb_adapter *adapter = NULL;
    enum mb_status status = MB_OK;
    if (session->name != NULL) {
        status = mb_adapter_load(&session->arena, session->name, &adapter, err);
        if (status == MB_OK) {
            adapter_print(session, adapter, &out);
        }
    }
    for (size_t i = 0; session->name == NULL && mb_adapter_names()[i] != NULL; i++) {
        status = mb_adapter_load(&session->arena, mb_adapter_names()[i], &adapter, err);
        if (status != MB_OK) {
            break;
        }
        line_print(session, adapter, &out);
    }
    if (status == MB_OK) {
        mb_text_show(mb_buf_string(&out), out.size, "\n", &shown);
        status = mb_documents_write(session->ctx, NULL, &shown, err);
    }
    mb_buf_release(&shown);
    mb_buf_release(&out);
    return status;
}

// --- up

// "name=value" as given, split.
static enum mb_status parameters_split(struct session *session,
                                       struct mb_adapter_setup *setup, struct mb_err *err)
{
    const struct mb_opt_list *set = &session->opts->set;
    struct mb_parameter *parameters =
        mb_arena_alloc(&session->arena, set->count, sizeof *parameters);
    for (size_t i = 0; i < set->count; i++) {
        size_t length = strcspn(set->items[i], "=");
        if (set->items[i][length] != '=' || length == 0) {
            return mb_err_set(err, MB_USAGE, "'--set %s' is not NAME=VALUE",
                              set->items[i]);
        }
        parameters[i].name = mb_arena_copy_bytes(&session->arena, set->items[i], length);
        parameters[i].value = set->items[i] + length + 1;
    }
    setup->parameters = parameters;
    setup->parameter_count = set->count;
    return MB_OK;
}

static enum mb_status not_up_check(struct session *session, const char *name,
                                   struct mb_err *err)
{
    struct mb_instances_list up = {0};
    enum mb_status status = mb_instances_read(&session->arena, session->folder, &up, err);
    const struct mb_instances_entry *entry = mb_instances_find(&up, name);
    if (status == MB_OK && entry != NULL) {
        status = mb_err_set(err, MB_FAILED, "adapter '%s' is up already, at %s", name,
                            entry->url);
        mb_err_hint(err, "meshbench mesh down %s", name);
    }
    return status;
}

static enum mb_status hold(struct session *session, struct mb_adapter_instance *instance,
                           struct mb_err *err)
{
    struct mb_ctx *ctx = session->ctx;
    const char *name = instance->adapter->name;
    const struct mb_instances_entry entry = {.name = name,
                                             .url = instance->url,
                                             .version = instance->version,
                                             .upstream = session->opts->upstream};
    enum mb_status status =
        mb_instances_note(&session->arena, session->folder, &entry, err);
    if (status != MB_OK) {
        return status;
    }
    (void)fprintf(ctx->out, "%s %s is up at %s\n", name,
                  instance->version != NULL ? instance->version : "(version unknown)",
                  instance->url);
    (void)fflush(ctx->out);
    while (*ctx->interrupted == 0 && mb_adapter_running(instance)) {
        rest(ctx);
    }
    mb_instances_forget(&session->arena, session->folder, name);
    if (*ctx->interrupted == 0) {
        return mb_err_set(err, MB_FAILED, "adapter '%s' ended by itself:\n%s", name,
                          mb_adapter_last_words(&session->arena, instance));
    }
    return MB_OK;
}

static enum mb_status up(struct session *session, const struct mb_adapter *adapter,
                         struct mb_err *err)
{
    struct mb_adapter_instance instance = {0};
    struct mb_adapter_setup setup = {
        .upstream = session->opts->upstream,
        .listen_host = session->opts->listen_host,
        .listen_port = (int)session->opts->listen_port,
        .cpu = (int)session->opts->cpu,
    };
    enum mb_status status = parameters_split(session, &setup, err);
    if (status == MB_OK) {
        status =
            mb_adapter_up(&session->arena, session->ctx, adapter, &setup, &instance, err);
    }
    if (status == MB_OK) {
        status = hold(session, &instance, err);
    }
    mb_adapter_down(&instance);
    return status;
}

// The same command line without --detach.
static const char *const *background_argv(struct session *session, const char *program)
{
    const struct mesh_options *opts = session->opts;
    struct mb_arena *arena = &session->arena;
    const char **argv =
        mb_arena_alloc(arena, OPTION_WORDS + opts->set.count, sizeof *argv);
    size_t count = 0;
    argv[count++] = program;
    argv[count++] = "mesh";
    argv[count++] = "up";
    argv[count++] = mb_arena_print(arena, "--listen-host=%s", opts->listen_host);
    argv[count++] = mb_arena_print(arena, "--listen-port=%" PRId64, opts->listen_port);
    argv[count++] = mb_arena_print(arena, "--cpu=%" PRId64, opts->cpu);
    if (opts->upstream != NULL) {
        argv[count++] = mb_arena_print(arena, "--upstream=%s", opts->upstream);
    }
    for (size_t i = 0; i < opts->set.count; i++) {
        argv[count++] = mb_arena_print(arena, "--set=%s", opts->set.items[i]);
    }
    argv[count++] = "--";
    argv[count++] = session->name;
    return argv;
}

// The reason why the one in the background has ended is the last thing that it said.
static enum mb_status background_explain(const char *log, struct mb_err *err)
{
    struct mb_buf text;
    struct mb_err ignored = {0};
    mb_buf_init(&text, LOG_BYTES);
    (void)!mb_file_read(log, NULL, LOG_BYTES, &text, &ignored);
    while (text.size > 0 && text.data[text.size - 1] == '\n') {
        text.data[--text.size] = '\0';
    }
    static const char own[] = "meshbench: "; // as main starts every error
    const char *words_said = mb_buf_string(&text);
    words_said += strncmp(words_said, own, sizeof own - 1) == 0 ? sizeof own - 1 : 0;
    enum mb_status status = mb_err_set(err, MB_FAILED, "%s", words_said);
    mb_buf_release(&text);
    (void)unlink(log);
    return status;
}

static enum mb_status detach(struct session *session, const char *name,
                             struct mb_err *err)
{
    struct mb_arena *arena = &session->arena;
    const char *log = mb_arena_print(arena, "%s/%s.log", session->folder, name);
    char program[4096] = {0};
    struct mb_proc proc = {0};
    if (readlink("/proc/self/exe", program, sizeof program - 1) <= 0) {
        return mb_err_set(err, MB_FAILED, "cannot find this program itself");
    }
    (void)unlink(log);
    const struct mb_proc_spec spec = {.argv = background_argv(session, program),
                                      .output_path = log,
                                      .cpu = -1,
                                      .detached = true};
    enum mb_status status = mb_proc_start(&spec, &proc, err);
    if (status != MB_OK) {
        return status;
    }
    for (;;) {
        struct mb_instances_list list_up = {0};
        bool running = mb_proc_running(&proc);
        status = mb_instances_read(arena, session->folder, &list_up, err);
        const struct mb_instances_entry *entry = mb_instances_find(&list_up, name);
        if (status != MB_OK || entry != NULL) {
            (void)fprintf(session->ctx->out, "%s %s is up at %s\n", name,
                          entry != NULL && entry->version != NULL ? entry->version
                                                                  : "(version unknown)",
                          entry != NULL ? entry->url : "");
            return status;
        }
        if (!running) {
            return background_explain(log, err);
        }
        if (*session->ctx->interrupted != 0) {
            mb_proc_stop(&proc, DOWN_NS);
            return mb_err_set(err, MB_INTERRUPTED, "interrupted");
        }
        rest(session->ctx);
    }
}

static enum mb_status up_or_detach(struct session *session, struct mb_err *err)
{
    const struct mb_adapter *adapter = NULL;
    if (session->name == NULL) {
        return mb_err_set(err, MB_USAGE, "'mesh up' needs the name of an adapter");
    }
    enum mb_status status =
        mb_adapter_load(&session->arena, session->name, &adapter, err);
    if (status == MB_OK) {
        status = not_up_check(session, adapter->name, err);
    }
    if (status != MB_OK) {
        return status;
    }
    return session->opts->detach ? detach(session, adapter->name, err)
                                 : up(session, adapter, err);
}

// --- status and down

static enum mb_status show(struct session *session, struct mb_err *err)
{
    struct mb_instances_list up_now = {0};
    struct mb_buf out = {0};
    enum mb_status status =
        mb_instances_read(&session->arena, session->folder, &up_now, err);
    for (size_t i = 0; i < up_now.count; i++) {
        const struct mb_instances_entry *entry = &up_now.items[i];
        if (session->name == NULL || strcmp(session->name, entry->name) == 0) {
            mb_buf_print(&out, "%-9s %-12s %s  upstream %s, held up by process %d\n",
                         entry->name, entry->version != NULL ? entry->version : "unknown",
                         entry->url, entry->upstream != NULL ? entry->upstream : "none",
                         (int)entry->pid);
        }
    }
    if (status == MB_OK && out.size == 0) {
        mb_buf_print(&out, "nothing is up\n");
    }
    if (status == MB_OK) {
        status = mb_documents_write(session->ctx, NULL, &out, err);
    }
    mb_buf_release(&out);
    return status;
}

// Asks the process that holds it up, and waits until that has ended.
static enum mb_status one_down(struct session *session,
                               const struct mb_instances_entry *entry, struct mb_err *err)
{
    const struct mb_clock *clock = &session->ctx->clock;
    int64_t until = clock->monotonic_ns(clock->state) + DOWN_NS;
    (void)kill(entry->pid, SIGTERM);
    while (mb_instances_alive(entry)) {
        if (clock->monotonic_ns(clock->state) >= until) {
            return mb_err_set(err, MB_FAILED,
                              "adapter '%s' does not come down: process %d", entry->name,
                              (int)entry->pid);
        }
        if (*session->ctx->interrupted != 0) {
            return mb_err_set(err, MB_INTERRUPTED, "interrupted");
        }
        rest(session->ctx);
    }
    mb_instances_forget(&session->arena, session->folder, entry->name);
    (void)unlink(
        mb_arena_print(&session->arena, "%s/%s.log", session->folder, entry->name));
    (void)fprintf(session->ctx->out, "%s is down\n", entry->name);
    return MB_OK;
}

static enum mb_status down(struct session *session, struct mb_err *err)
{
    struct mb_instances_list up_now = {0};
    bool found = session->name == NULL;
    enum mb_status status =
        mb_instances_read(&session->arena, session->folder, &up_now, err);
    for (size_t i = 0; status == MB_OK && i < up_now.count; i++) {
        if (session->name == NULL || strcmp(session->name, up_now.items[i].name) == 0) {
            found = true;
            status = one_down(session, &up_now.items[i], err);
        }
    }
    if (status == MB_OK && !found) {
        mb_err_hint(err, "'meshbench mesh status' shows what is up");
        return mb_err_set(err, MB_FAILED, "adapter '%s' is not up", session->name);
    }
    return status;
}

static enum mb_status mesh_run(struct mb_ctx *ctx, const void *given,
                               const struct mb_args *args, struct mb_err *err)
{
    static const struct {
        const char *name;
        enum mb_status (*run)(struct session *session, struct mb_err *err);
    } actions[] = {
        {"up", up_or_detach}, {"down", down}, {"status", show}, {"list", list}};
    struct session session = {
        .ctx = ctx, .opts = given, .name = args->count > 1 ? args->items[1] : NULL};
    enum mb_status status = MB_OK;
    bool noted = strcmp(args->items[0], "list") != 0;
    if (noted) {
        status = mb_instances_folder(&session.arena, ctx, &session.folder, err);
        noted = status == MB_OK;
    }
    for (size_t i = 0; status == MB_OK && i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, args->items[0]) == 0) {
            status = actions[i].run(&session, err);
            break;
        }
    }
    if (noted && session.folder != NULL) {
        (void)rmdir(session.folder); // fails while there are notes in it
    }
    mb_arena_release(&session.arena);
    return status;
}

const struct mb_cmd mb_cmd_mesh = {
    .name = "mesh",
    .group = "Measure",
    .summary = "bring a mesh or proxy up in front of an application, and down",
    .usage = "mesh up|down|status|list [NAME] [options]",
    .description =
        "An adapter says how to start a mesh or proxy, when it is ready and how to stop "
        "it (spec/adapter.md). NAME is a built-in one (envoy, haproxy, nginx, running) "
        "or "
        "a file.\n\n"
        "'up' stays in the foreground until it is interrupted; with --detach it goes on "
        "in the background. 'status' and 'down' find both. 'list' says which adapters "
        "there are, whether their programs are here, and how to get them; 'list NAME' "
        "shows the parameters of one.\n\n"
        "Nothing is left running, nor any file, when meshbench ends, not even when it is "
        "killed.",
    .options = options,
    .options_size = sizeof(struct mesh_options),
    .args_min = 1,
    .args_max = 2,
    .words = words,
    .examples = examples,
    .run = mesh_run,
};
