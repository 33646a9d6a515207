#include "meshbench/commands.h"

#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "collect/host.h"
#include "meshbench/documents.h"
#include "model/spec.h"
#include "model/spec_template.h"

// Of names in schema/common.schema.json, less what "-aa" or "-99" may add.
enum { MAX_NAME = 60 };

struct init_options {
    const char *name;
    const char *baseline;
    struct mb_opt_list meshes;
    struct mb_opt_list proxies;
    struct mb_opt_list rates;
    int64_t connections;
    int64_t duration_ns;
    const char *output;
    bool force;
};

static const struct mb_opt options[] = {
    {.name = "name",
     .letter = 'n',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct init_options, name),
     .argument = "NAME",
     .fallback = "my-benchmark",
     .help = "name of the benchmark: lower-case letters, digits, '-', '_' and '.'"},
    {.name = "baseline",
     .letter = 'b',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct init_options, baseline),
     .argument = "URL",
     .help = "where the application answers without a mesh (default: the built-in one)"},
    {.name = "mesh",
     .letter = 'm',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct init_options, meshes),
     .argument = "TYPE[@VERSION]=URL",
     .help = "where it answers behind a mesh, as istio@1.28.1=http://...; may be given "
             "again"},
    {.name = "proxy",
     .letter = 'p',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct init_options, proxies),
     .argument = "ADAPTER",
     .help = "a proxy for the run to start in front of the built-in application "
             "(default: those that are installed); may be given again"},
    {.name = "rate",
     .letter = 'r',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct init_options, rates),
     .argument = "RATE",
     .help = "a rate to measure at (default: 1000rps); may be given again"},
    {.name = "connections",
     .letter = 'c',
     .type = MB_OPT_INT,
     .offset = offsetof(struct init_options, connections),
     .argument = "N",
     .min = 1,
     .max = MB_SPEC_MAX_CONNECTIONS,
     .fallback = "64",
     .help = "connections in total"},
    {.name = "duration",
     .letter = 'd',
     .type = MB_OPT_DURATION,
     .offset = offsetof(struct init_options, duration_ns),
     .argument = "DURATION",
     .min = 1,
     .max = INT64_MAX,
     .fallback = "30s",
     .help = "length of one trial's measured window"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct init_options, output),
     .argument = "FILE",
     .help = "write there instead of standard output; an existing file is kept"},
    {.name = "force",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct init_options, force),
     .help = "overwrite an existing file"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench init -o spec.yaml", "the proxies that are installed here"},
    {"meshbench init --proxy envoy --rate 500rps --rate 1000rps", "one proxy, two rates"},
    {"meshbench init -b http://app.plain:80 -m istio@1.28.1=http://app.meshed:80",
     "a mesh that is there already"},
    {0},
};

// The variants as they are gathered.
struct variant_list {
    struct mb_arena *arena;
    struct mb_spec_template_variant *items;
    size_t count;
    size_t capacity;
};

static bool is_name(const char *text)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strlen(text);
    return size > 0 && size <= MAX_NAME && strchr(first, text[0]) != NULL &&
           strspn(text, rest) == size;
}

static enum mb_status check_name(const char *what, const char *text, struct mb_err *err)
{
    if (is_name(text)) {
        return MB_OK;
    }
    return mb_err_set(err, MB_USAGE,
                      "'%s' is not a name for %s: lower-case letters, digits, '-', '_' "
                      "and '.', at most %d",
                      text, what, MAX_NAME);
}

static enum mb_status check_url(const char *option, const char *url, struct mb_err *err)
{
    static const char scheme[] = "http://";
    const char *host =
        strncmp(url, scheme, sizeof scheme - 1) == 0 ? url + sizeof scheme - 1 : "";
    if (host[0] != '\0' && host[0] != '/' && strpbrk(host, " ?#") == NULL) {
        return MB_OK;
    }
    return mb_err_set(err, MB_USAGE,
                      "'%s' for '%s' is not of the form http://host[:port][/path]", url,
                      option);
}

static bool is_taken(const struct variant_list *list, const char *name)
{
    bool taken = strcmp(name, "baseline") == 0 || strcmp(name, "baseline-aa") == 0;
    for (size_t i = 0; i < list->count; i++) {
        taken = taken || strcmp(list->items[i].name, name) == 0;
    }
    return taken;
}

// Adds a variant named as its type, or type-2 and so on when that name is taken.
static void add(struct variant_list *list, struct mb_spec_template_variant variant)
{
    variant.name = variant.type;
    for (int i = 2; is_taken(list, variant.name); i++) {
        variant.name = mb_arena_print(list->arena, "%s-%d", variant.type, i);
    }
    list->items = mb_arena_grow(list->arena, list->items, list->count, &list->capacity,
                                sizeof *list->items);
    list->items[list->count++] = variant;
}

// TYPE[@VERSION]=URL
static enum mb_status add_mesh(struct variant_list *list, const char *text,
                               struct mb_err *err)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL) {
        return mb_err_set(err, MB_USAGE, "'%s' for '--mesh' is not TYPE[@VERSION]=URL",
                          text);
    }
    char *type = mb_arena_copy_bytes(list->arena, text, (size_t)(equals - text));
    char *version = strchr(type, '@');
    if (version != NULL) {
        *version++ = '\0';
    }
    enum mb_status status = check_name("a mesh", type, err);
    if (status == MB_OK && version != NULL && version[0] == '\0') {
        status =
            mb_err_set(err, MB_USAGE, "'%s' for '--mesh' has an empty version", text);
    }
    if (status == MB_OK) {
        status = check_url("--mesh", equals + 1, err);
    }
    if (status == MB_OK) {
        add(list, (struct mb_spec_template_variant){
                      .type = type, .version = version, .url = equals + 1});
    }
    return status;
}

// Proxies that are on PATH; nginx, which every distribution has, when none is.
static void add_installed(struct variant_list *list)
{
    static const char *const known[] = {"envoy", "nginx", "haproxy"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (mb_proc_find(list->arena, known[i], "/usr/sbin:/usr/local/sbin") != NULL) {
            add(list, (struct mb_spec_template_variant){.type = known[i]});
        }
    }
    if (list->count == 0) {
        add(list, (struct mb_spec_template_variant){.type = "nginx"});
    }
}

static enum mb_status gather(const struct init_options *opts, struct variant_list *list,
                             struct mb_err *err)
{
    enum mb_status status = check_name("a benchmark", opts->name, err);
    if (status == MB_OK && opts->baseline != NULL) {
        status = check_url("--baseline", opts->baseline, err);
    }
    if (status == MB_OK && (opts->baseline == NULL) != (opts->meshes.count == 0)) {
        status = mb_err_set(err, MB_USAGE, "'%s' without '%s'",
                            opts->baseline == NULL ? "--mesh" : "--baseline",
                            opts->baseline == NULL ? "--baseline" : "--mesh");
        mb_err_hint(err, "overhead is a mesh against a baseline: give both urls");
    }
    if (status == MB_OK && opts->baseline != NULL && opts->proxies.count > 0) {
        status = mb_err_set(err, MB_USAGE,
                            "'--proxy' goes with the built-in application, "
                            "not with '--baseline'");
    }
    for (size_t i = 0; status == MB_OK && i < opts->meshes.count; i++) {
        status = add_mesh(list, opts->meshes.items[i], err);
    }
    for (size_t i = 0; status == MB_OK && i < opts->proxies.count; i++) {
        status = check_name("an adapter", opts->proxies.items[i], err);
        add(list, (struct mb_spec_template_variant){.type = opts->proxies.items[i]});
    }
    if (status == MB_OK && list->count == 0) {
        add_installed(list);
    }
    return status;
}

static enum mb_status read_rates(struct mb_arena *arena, const struct mb_opt_list *given,
                                 struct mb_spec_template *template, struct mb_err *err)
{
    static const int64_t usual_micro_rps = INT64_C(1000000000);
    size_t count = given->count > 0 ? given->count : 1;
    int64_t *rates = mb_arena_alloc(arena, count, sizeof *rates);
    rates[0] = usual_micro_rps;
    for (size_t i = 0; i < given->count; i++) {
        struct mb_err reason = {0};
        rates[i] = 0;
        if (mb_units_parse(MB_UNIT_RATE, given->items[i], &rates[i], &reason) != MB_OK) {
            return mb_err_set(err, MB_USAGE, "--rate: %s", reason.message);
        }
        if (rates[i] == 0) {
            return mb_err_set(err, MB_USAGE, "'%s' for '--rate' is not above zero",
                              given->items[i]);
        }
        for (size_t j = 0; j < i; j++) {
            if (rates[j] == rates[i]) {
                return mb_err_set(err, MB_USAGE, "'%s' for '--rate' is given twice",
                                  given->items[i]);
            }
        }
    }
    template->rates_micro_rps = rates;
    template->rate_count = count;
    return MB_OK;
}

static enum mb_status write_spec(struct mb_ctx *ctx, struct mb_arena *arena,
                                 const struct init_options *opts, struct mb_err *err)
{
    struct variant_list list = {.arena = arena};
    struct mb_fact_list facts = {0};
    struct mb_spec_template template = {
        .name = opts->name,
        .baseline_url = opts->baseline,
        .connections = opts->connections,
        .duration_ns = opts->duration_ns,
        .facts = &facts,
    };
    enum mb_status status = gather(opts, &list, err);
    if (status == MB_OK) {
        status = read_rates(arena, &opts->rates, &template, err);
    }
    if (status != MB_OK) {
        return status;
    }
    template.variants = list.items;
    template.variant_count = list.count;
    mb_host_capture(arena, ctx, "", &facts);
    struct mb_buf out;
    mb_buf_init(&out, MB_SPEC_MAX_BYTES);
    mb_spec_template_write(arena, &template, &out);
    status = mb_documents_write(ctx, opts->output, &out, err);
    mb_buf_release(&out);
    return status;
}

static enum mb_status init_run(struct mb_ctx *ctx, const void *options_given,
                               const struct mb_args *args, struct mb_err *err)
{
    (void)args;
    const struct init_options *opts = options_given;
    if (opts->output != NULL && !opts->force && mb_file_exists(opts->output)) {
        (void)mb_err_set(err, MB_FAILED, "'%s' exists already", opts->output);
        mb_err_hint(err, "'--force' overwrites it");
        return MB_FAILED;
    }
    struct mb_arena arena;
    mb_arena_init(&arena);
    enum mb_status status = write_spec(ctx, &arena, opts, err);
    mb_arena_release(&arena);
    if (status == MB_OK && opts->output != NULL) {
        (void)fprintf(ctx->err, "wrote %s; next: meshbench run %s --dry-run\n",
                      opts->output, opts->output);
    }
    return status;
}

const struct mb_cmd mb_cmd_init = {
    .name = "init",
    .group = "Specify",
    .summary = "write a commented spec to begin with",
    .usage = "init [options]",
    .description =
        "Writes a benchmark spec whose comments say what each part is for and what only "
        "you can fill in.\n\n"
        "Without urls it measures proxies on this machine in front of the built-in "
        "application, and fills in this machine's facts. With --baseline and --mesh it "
        "measures an application that is there already, with and without a mesh.",
    .options = options,
    .options_size = sizeof(struct init_options),
    .args_min = 0,
    .args_max = 0,
    .examples = examples,
    .run = init_run,
};
