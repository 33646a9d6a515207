#include "meshbench/commands.h"

#include <string.h>

#include "base/text.h"
#include "collect/host.h"
#include "format/emit.h"
#include "meshbench/documents.h"

struct env_options {
    const char *format;
    const char *output;
    const char *root;
};

static const char *const formats[] = {"text", "json", "yaml", NULL};

static const struct mb_opt options[] = {
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct env_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json with all facts and findings, yaml for a spec"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct env_options, output),
     .argument = "FILE",
     .help = "writes there instead of to standard output"},
    {.name = "root",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct env_options, root),
     .argument = "FOLDER",
     .fallback = "",
     .help = "reads proc, sys and etc below this folder: a host that was recorded"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench env", "what a run would note about this host, and what disturbs there"},
    {"meshbench env --format yaml", "the same as the 'environment' of a spec"},
    {0},
};

static const char PREFIX[] = "environment.host.";

static const char *short_name(const struct mb_fact *fact)
{
    return fact->path + sizeof PREFIX - 1;
}

static const struct mb_node *fact_value(const struct mb_fact_list *facts,
                                        const char *name)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(short_name(&facts->items[i]), name) == 0) {
            return facts->items[i].captured;
        }
    }
    return NULL;
}

// --- text

static void value_print(const struct mb_fact *fact, struct mb_buf *out)
{
    const char *name = short_name(fact);
    const struct mb_node *value = fact->captured;
    const char *text = mb_node_text(value, NULL);
    size_t length = strlen(name);
    if (fact->redacted) {
        mb_buf_append_string(out, "(withheld)");
    } else if (value == NULL) {
        mb_buf_print(out, "(not offered: %s)", fact->source);
    } else if (text != NULL) {
        mb_text_show(text, strlen(text), "", out);
    } else if (length > 6 && strcmp(name + length - 6, "_bytes") == 0) {
        char shown[32];
        mb_units_show(MB_UNIT_SIZE, mb_node_number(value, 0), shown, sizeof shown);
        mb_buf_append_string(out, shown);
    } else if (length > 6 && strcmp(name + length - 6, "_milli") == 0) {
        mb_buf_print(out, "%.2f", mb_node_number(value, 0) / 1000);
    } else {
        mb_emit_json_compact(value, out);
    }
}

// Names are shown without the unit that their documents carry.
static int name_length(const char *name)
{
    static const char *const units[] = {"_bytes", "_milli"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t unit = strlen(units[i]);
        if (length > unit && strcmp(name + length - unit, units[i]) == 0) {
            return (int)(length - unit);
        }
    }
    return (int)length;
}

static void text_print(const struct mb_fact_list *facts, const struct mb_diag *diag,
                       struct mb_buf *out)
{
    for (size_t i = 0; i < facts->count; i++) {
        const char *name = short_name(&facts->items[i]);
        mb_buf_print(out, "%-22.*s", name_length(name), name);
        value_print(&facts->items[i], out);
        mb_buf_append_char(out, '\n');
    }
    if (diag->count > 0) {
        mb_buf_append_string(out, "\nFor a measurement on this host:\n");
    }
    for (size_t i = 0; i < diag->count; i++) {
        const struct mb_finding *finding = &diag->items[i];
        mb_buf_print(out, "  %s %s: %s\n", mb_severity_name(finding->severity),
                     finding->code, finding->message);
        if (finding->hint != NULL) {
            mb_buf_print(out, "    hint: %s\n", finding->hint);
        }
    }
}

// --- json

static struct mb_node *text_node(struct mb_arena *arena, const char *text)
{
    return text != NULL ? mb_node_string(arena, text) : mb_node_null(arena);
}

static struct mb_node *fact_node(struct mb_arena *arena, const struct mb_fact *fact)
{
    char at[32];
    struct mb_node *map = mb_node_map(arena);
    mb_units_print_time(fact->at_unix_ns, at, sizeof at);
    mb_node_put(arena, map, "path", text_node(arena, fact->path));
    mb_node_put(arena, map, "captured",
                fact->captured != NULL ? fact->captured : mb_node_null(arena));
    mb_node_put(arena, map, "source", text_node(arena, fact->source));
    mb_node_put(arena, map, "at", text_node(arena, at));
    mb_node_put(arena, map, "redacted", mb_node_bool(arena, fact->redacted));
    return map;
}

static void json_print(struct mb_arena *arena, const struct mb_fact_list *facts,
                       const struct mb_diag *diag, struct mb_buf *out)
{
    struct mb_node *root = mb_node_map(arena);
    struct mb_node *list = mb_node_list(arena);
    struct mb_node *findings = mb_node_list(arena);
    for (size_t i = 0; i < facts->count; i++) {
        mb_node_push(arena, list, fact_node(arena, &facts->items[i]));
    }
    for (size_t i = 0; i < diag->count; i++) {
        const struct mb_finding *finding = &diag->items[i];
        struct mb_node *map = mb_node_map(arena);
        mb_node_put(arena, map, "code", text_node(arena, finding->code));
        mb_node_put(arena, map, "severity",
                    text_node(arena, mb_severity_name(finding->severity)));
        mb_node_put(arena, map, "pointer", text_node(arena, finding->pointer));
        mb_node_put(arena, map, "message", text_node(arena, finding->message));
        mb_node_put(arena, map, "hint", text_node(arena, finding->hint));
        mb_node_push(arena, findings, map);
    }
    mb_node_put(arena, root, "facts", list);
    mb_node_put(arena, root, "findings", findings);
    mb_emit_json(root, out);
}

// --- yaml

// To the next Mi: the kernel keeps an odd part for itself.
static struct mb_node *memory_node(struct mb_arena *arena, const struct mb_node *bytes)
{
    const int64_t mebi = INT64_C(1) << 20;
    char text[32];
    int64_t value = mb_node_integer(bytes, 0) / mebi * mebi;
    mb_units_print(MB_UNIT_SIZE, value, text, sizeof text);
    return mb_node_string(arena, text);
}

static void copy_fact(struct mb_arena *arena, const struct mb_fact_list *facts,
                      const char *name, struct mb_node *map)
{
    const struct mb_node *value = fact_value(facts, name);
    if (value != NULL) {
        mb_node_put(arena, map, name, mb_node_copy(arena, value));
    }
}

static void yaml_print(struct mb_arena *arena, const struct mb_fact_list *facts,
                       struct mb_buf *out)
{
    static const char *const before[] = {"cpus", "cpu_model"};
    static const char *const after[] = {"kernel", "os", "arch"};
    struct mb_node *node = mb_node_map(arena);
    mb_node_put(arena, node, "role", mb_node_string(arena, "all"));
    mb_node_put(arena, node, "count", mb_node_int(arena, 1));
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        copy_fact(arena, facts, before[i], node);
    }
    const struct mb_node *memory = fact_value(facts, "memory_bytes");
    if (memory != NULL) {
        mb_node_put(arena, node, "memory", memory_node(arena, memory));
    }
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
        copy_fact(arena, facts, after[i], node);
    }
    struct mb_node *orchestrator = mb_node_map(arena);
    mb_node_put(arena, orchestrator, "type", mb_node_string(arena, "process"));
    struct mb_node *nodes = mb_node_list(arena);
    mb_node_push(arena, nodes, node);
    struct mb_node *environment = mb_node_map(arena);
    mb_node_put(arena, environment, "orchestrator", orchestrator);
    mb_node_put(arena, environment, "nodes", nodes);
    struct mb_node *root = mb_node_map(arena);
    mb_node_put(arena, root, "environment", environment);
    mb_emit_yaml(root, out);
}

static enum mb_status env_run(struct mb_ctx *ctx, const void *given,
                              const struct mb_args *args, struct mb_err *err)
{
    const struct env_options *opts = given;
    struct mb_arena arena = {0};
    struct mb_fact_list facts = {0};
    struct mb_diag diag;
    struct mb_buf out = {0};
    (void)args;
    mb_diag_init(&diag, &arena);
    mb_host_capture(&arena, ctx, opts->root, &facts);
    mb_host_judge(&facts, &diag);
    if (strcmp(opts->format, "yaml") == 0) {
        yaml_print(&arena, &facts, &out);
    } else if (strcmp(opts->format, "json") == 0) {
        json_print(&arena, &facts, &diag, &out);
    } else {
        text_print(&facts, &diag, &out);
    }
    enum mb_status status = mb_documents_write(ctx, opts->output, &out, err);
    mb_buf_release(&out);
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_env = {
    .name = "env",
    .group = "Measure",
    .summary = "capture and print the environment",
    .usage = "env [options]",
    .description =
        "Reads what a run notes about this host: CPU, memory, limits, kernel, frequency "
        "governor, turbo, virtualisation, container, clock source, load. The host's name "
        "is withheld.\n\n"
        "What would disturb a measurement is said below; the codes are those that a "
        "result carries (meshbench explain CODE).",
    .options = options,
    .options_size = sizeof(struct env_options),
    .args_min = 0,
    .args_max = 0,
    .examples = examples,
    .run = env_run,
};
