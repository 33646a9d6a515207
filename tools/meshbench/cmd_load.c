#include "meshbench/commands.h"

#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/version.h"
#include "format/emit.h"
#include "load/load.h"
#include "meshbench/documents.h"
#include "model/derive.h"
#include "model/result.h"
#include "report/load.h"

#define PROBE_NS INT64_C(1000000000)
#define MAX_BODY_BYTES INT64_C(67108864)

struct load_options {
    int64_t connections;
    const char *rate;
    const char *model;
    const char *arrivals;
    int64_t duration_ns;
    int64_t warmup_ns;
    int64_t threads;
    int64_t timeout_ns;
    int64_t seed;
    int64_t cpu;
    const char *method;
    struct mb_opt_list headers;
    const char *body;
    const char *body_file;
    bool no_keepalive;
    const char *format;
    const char *output;
};

static const char *const formats[] = {"text", "json", NULL};
static const char *const models[] = {"open", "closed", "paced", NULL};
static const char *const arrivals[] = {"constant", "poisson", NULL};

static const struct mb_opt options[] = {
    {.name = "connections",
     .letter = 'c',
     .type = MB_OPT_INT,
     .offset = offsetof(struct load_options, connections),
     .argument = "N",
     .min = 1,
     .max = MB_LOAD_MAX_CONNECTIONS,
     .fallback = "16",
     .help = "connections, in total; in the open model a cap"},
    {.name = "rate",
     .letter = 'r',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct load_options, rate),
     .argument = "RATE",
     .fallback = "max",
     .help = "requests per second, as 1000rps or 1000; max: as fast as answers come"},
    {.name = "duration",
     .letter = 'd',
     .type = MB_OPT_DURATION,
     .offset = offsetof(struct load_options, duration_ns),
     .argument = "DURATION",
     .min = 1000000,
     .max = MB_LOAD_MAX_DURATION_NS,
     .fallback = "10s",
     .help = "how long to measure"},
    {.name = "warmup",
     .letter = 'w',
     .type = MB_OPT_DURATION,
     .offset = offsetof(struct load_options, warmup_ns),
     .argument = "DURATION",
     .min = 0,
     .max = MB_LOAD_MAX_DURATION_NS,
     .fallback = "0s",
     .help = "load before that, which is not measured"},
    {.name = "model",
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct load_options, model),
     .argument = "MODEL",
     .choices = models,
     .help = "open: on schedule whatever the server does (with a rate); closed: the next "
             "request leaves when one returns (with max); paced: closed, held to a rate"},
    {.name = "arrivals",
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct load_options, arrivals),
     .argument = "ARRIVALS",
     .choices = arrivals,
     .fallback = "constant",
     .help = "open model: evenly spaced, or a Poisson process"},
    {.name = "threads",
     .letter = 't',
     .type = MB_OPT_INT,
     .offset = offsetof(struct load_options, threads),
     .argument = "N",
     .min = 1,
     .max = MB_LOAD_MAX_THREADS,
     .fallback = "1",
     .help = "threads that generate load; each has its share of connections and rate"},
    {.name = "timeout",
     .type = MB_OPT_DURATION,
     .offset = offsetof(struct load_options, timeout_ns),
     .argument = "DURATION",
     .min = 1000000,
     .max = MB_LOAD_MAX_TIMEOUT_NS,
     .fallback = "5s",
     .help = "of a request, from the moment that it was meant to leave"},
    {.name = "no-keepalive",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct load_options, no_keepalive),
     .help = "a new connection for every request"},
    {.name = "method",
     .letter = 'm',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct load_options, method),
     .argument = "METHOD",
     .help = "request method (default: GET, with a body POST)"},
    {.name = "header",
     .letter = 'H',
     .type = MB_OPT_STRINGS,
     .offset = offsetof(struct load_options, headers),
     .argument = "'NAME: VALUE'",
     .help = "a header field"},
    {.name = "body",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct load_options, body),
     .argument = "TEXT",
     .help = "request body"},
    {.name = "body-file",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct load_options, body_file),
     .argument = "FILE",
     .help = "request body from a file"},
    {.name = "seed",
     .type = MB_OPT_INT,
     .offset = offsetof(struct load_options, seed),
     .argument = "N",
     .min = 0,
     .max = MB_UNITS_SAFE_MAX,
     .fallback = "1",
     .help = "seed of random arrivals"},
    {.name = "cpu",
     .type = MB_OPT_INT,
     .offset = offsetof(struct load_options, cpu),
     .argument = "N",
     .min = -1,
     .max = 1023,
     .fallback = "-1",
     .help = "pins the threads to CPU N, N+1, ...; -1: not pinned"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct load_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json for programs"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct load_options, output),
     .argument = "RESULT",
     .help = "writes a result document there as well"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench load http://127.0.0.1:8080/ -c 32 -d 10s", "how fast it goes"},
    {"meshbench load http://127.0.0.1:8080/ -c 50 -r 2000rps -d 20s -w 2s",
     "how long answers take at a rate, stalls included"},
    {"meshbench load http://127.0.0.1:8080/ -r 500rps --arrivals poisson -f json",
     "random arrivals, the same with the same seed"},
    {0},
};

// One run of the command.
struct load {
    struct mb_ctx *ctx;
    struct mb_arena *arena;
    const char *url;
    const struct load_options *opts;
    struct mb_request request;
    struct mb_buf body;
    struct mb_load_plan plan;
    int64_t start_ns; // of the window, monotonic
    bool progress;    // a line of it stands on the terminal
    struct mb_trial trial;
    struct mb_cell cell;
};

static enum mb_status read_rate(struct load *load, struct mb_err *err)
{
    const char *text = load->opts->rate;
    struct mb_load_plan *plan = &load->plan;
    struct mb_err plain = {0};
    int64_t whole = 0;
    plan->rate_micro_rps = -1;
    if (strcmp(text, "max") != 0) {
        if (mb_units_parse_int(text, 1, 1000000000, &whole, &plain) == MB_OK) {
            plan->rate_micro_rps = whole * 1000000;
        } else if (mb_units_parse(MB_UNIT_RATE, text, &plan->rate_micro_rps, err) !=
                   MB_OK) {
            mb_err_hint(err, "a number of requests per second, or max");
            err->code = MB_USAGE;
            return MB_USAGE;
        }
    }
    plan->load_model = plan->rate_micro_rps < 0 ? MB_LOAD_CLOSED : MB_LOAD_OPEN;
    if (load->opts->model != NULL) {
        (void)mb_load_model_find(load->opts->model, &plan->load_model);
    }
    if (plan->load_model != MB_LOAD_CLOSED && plan->rate_micro_rps < 0) {
        return mb_err_set(err, MB_USAGE, "the %s model needs a rate: '--rate RATE'",
                          load->opts->model);
    }
    return MB_OK;
}

static enum mb_status read_headers(struct load *load, struct mb_err *err)
{
    const struct mb_opt_list *given = &load->opts->headers;
    struct mb_request *request = &load->request;
    request->headers =
        mb_arena_alloc(load->arena, given->count + 1, sizeof *request->headers);
    for (size_t i = 0; i < given->count; i++) {
        const char *text = given->items[i];
        const char *colon = strchr(text, ':');
        if (colon == NULL) {
            return mb_err_set(
                err, MB_USAGE,
                "'%.100s' is not a header field: it should be 'Name: value'", text);
        }
        const char *value = colon + 1 + strspn(colon + 1, " \t");
        request->headers[request->header_count++] = (struct mb_header){
            .name = mb_arena_copy_bytes(load->arena, text, (size_t)(colon - text)),
            .value = value};
    }
    return MB_OK;
}

static enum mb_status read_request(struct load *load, struct mb_err *err)
{
    const struct load_options *opts = load->opts;
    struct mb_request *request = &load->request;
    if (opts->body != NULL && opts->body_file != NULL) {
        return mb_err_set(err, MB_USAGE, "'--body' and '--body-file' exclude each other");
    }
    if (opts->body_file != NULL) {
        enum mb_status status = mb_file_read(opts->body_file, load->ctx->in,
                                             MAX_BODY_BYTES, &load->body, err);
        if (status != MB_OK) {
            return status;
        }
        request->body = mb_buf_string(&load->body);
        request->body_size = load->body.size;
    } else if (opts->body != NULL) {
        request->body = opts->body;
        request->body_size = strlen(opts->body);
    }
    request->method = opts->method != NULL    ? opts->method
                      : request->body != NULL ? "POST"
                                              : "GET";
    request->path = "";
    request->timeout_ns = opts->timeout_ns;
    request->keepalive = !opts->no_keepalive;
    return read_headers(load, err);
}

static enum mb_status read_plan(struct load *load, struct mb_err *err)
{
    const struct load_options *opts = load->opts;
    load->plan = (struct mb_load_plan){
        .url = load->url,
        .request = &load->request,
        .protocol = "http1",
        .connections = opts->connections,
        .duration_ns = opts->duration_ns,
        .warmup_ns = opts->warmup_ns,
        .threads = (int)opts->threads,
        .seed = (uint64_t)opts->seed,
        .first_cpu = (int)opts->cpu,
        .series = true,
    };
    (void)mb_arrivals_find(opts->arrivals, &load->plan.arrivals);
    enum mb_status status = read_rate(load, err);
    return status == MB_OK ? read_request(load, err) : status;
}

static void note_window(void *state, int64_t start_ns, int64_t end_ns)
{
    struct load *load = state;
    (void)end_ns;
    load->start_ns = start_ns;
}

static void show_progress(void *state, const struct mb_load_progress *progress)
{
    struct load *load = state;
    char p50[32];
    char p99[32];
    mb_units_show(MB_UNIT_DURATION, (double)progress->p50_ns, p50, sizeof p50);
    mb_units_show(MB_UNIT_DURATION, (double)progress->p99_ns, p99, sizeof p99);
    int64_t whole_ns = load->plan.warmup_ns + load->plan.duration_ns;
    bool warming = progress->elapsed_ns < load->plan.warmup_ns;
    (void)fprintf(
        load->ctx->err,
        "\r\033[K%s%.0f of %.0f s · %lld requests · p50 %s p99 %s · %lld errors",
        warming ? "warm-up · " : "", (double)progress->elapsed_ns / 1e9,
        (double)whole_ns / 1e9, (long long)progress->completed, p50, p99,
        (long long)progress->errors);
    (void)fflush(load->ctx->err);
    load->progress = true;
}

static enum mb_status run_trial(struct load *load, struct mb_err *err)
{
    struct mb_ctx *ctx = load->ctx;
    const struct mb_load_observer observer = {
        .window = note_window,
        .progress = ctx->err_terminal ? show_progress : NULL,
        .state = load,
        .interrupted = ctx->interrupted,
    };
    struct mb_trial *trial = &load->trial;
    *trial =
        (struct mb_trial){.id = "b1/load",
                          .block = 1,
                          .position = 1,
                          .seed = load->plan.seed,
                          .warmup_ns = load->plan.warmup_ns,
                          .parts = mb_arena_alloc(load->arena, 1, sizeof *trial->parts)};
    int64_t wall_minus_monotonic_ns =
        ctx->clock.wall_ns(ctx->clock.state) - ctx->clock.monotonic_ns(ctx->clock.state);
    struct mb_load_driver driver = mb_load_engine();
    enum mb_status status = driver.run(driver.state, load->arena, &load->plan, &observer,
                                       &trial->parts[0], err);
    if (load->progress) {
        (void)fputs("\r\033[K", ctx->err);
    }
    if (status != MB_OK) {
        return status;
    }
    trial->part_count = 1;
    trial->start_unix_ns = load->start_ns + wall_minus_monotonic_ns;
    trial->window_ns = trial->parts[0].window_ns;
    if (trial->parts[0].interrupted) {
        trial->status = MB_TRIAL_PARTIAL;
        trial->reason = "interrupted";
    }
    load->cell = (struct mb_cell){
        .variant = "target",
        .point = {.workload = "load",
                  .load_model = load->plan.load_model,
                  .connections = load->plan.connections,
                  .rate_micro_rps = load->plan.rate_micro_rps,
                  .timeout_ns = load->request.timeout_ns},
        .trials = trial,
        .trial_count = 1,
        .trial_capacity = 1,
    };
    return MB_OK;
}

static enum mb_status write_result(struct load *load, struct mb_err *err)
{
    struct mb_ctx *ctx = load->ctx;
    struct mb_trial *trial = &load->trial;
    uint64_t random = mb_rng_derive((uint64_t)load->start_ns, load->url);
    struct mb_target target = {.variant = load->cell.variant, .url = load->url};
    struct mb_result result = {
        .minor = MB_RESULT_MINOR,
        .tool_name = "meshbench",
        .tool_version = mb_version(),
        .tool_commit = mb_version_commit(),
        .id = mb_arena_print(load->arena, "load-%" PRId64 "-%016" PRIx64,
                             trial->start_unix_ns, random),
        .started_unix_ns = trial->start_unix_ns - trial->warmup_ns,
        .finished_unix_ns = ctx->clock.wall_ns(ctx->clock.state),
        .complete = trial->status == MB_TRIAL_COMPLETE,
        .spec_name = "load",
        .seed = trial->seed,
        .targets = &target,
        .target_count = 1,
        .cells = &load->cell,
        .cell_count = 1,
    };
    struct mb_buf out = {0};
    mb_emit_json(mb_result_to_node(load->arena, &result), &out);
    enum mb_status status = mb_documents_write(ctx, load->opts->output, &out, err);
    mb_buf_release(&out);
    return status;
}

static enum mb_status print_trial(struct load *load, struct mb_err *err)
{
    struct mb_buf out = {0};
    if (strcmp(load->opts->format, "json") == 0) {
        struct mb_node *root = mb_node_map(load->arena);
        struct mb_node *cells = mb_node_list(load->arena);
        mb_node_put(load->arena, root, "cells", cells);
        struct mb_node *cell = mb_derive_cell_node(load->arena, &load->cell);
        mb_derive_interval_put(load->arena, &load->cell, cell);
        mb_node_push(load->arena, cells, cell);
        mb_emit_json(root, &out);
    } else {
        const struct mb_report_load report = {.url = load->url,
                                              .cell = &load->cell,
                                              .width = load->ctx->width,
                                              .color = load->ctx->color};
        mb_report_load_print(load->arena, &report, &out);
    }
    enum mb_status status = mb_documents_write(load->ctx, NULL, &out, err);
    mb_buf_release(&out);
    return status;
}

// What the exit status says beyond the report.
static enum mb_status conclude(const struct load *load, struct mb_err *err)
{
    const struct mb_part *part = &load->trial.parts[0];
    if (part->interrupted) {
        return mb_err_set(err, MB_INTERRUPTED, "interrupted");
    }
    if (part->counts.connections_opened > 0) {
        return MB_OK;
    }
    // Once more, for the reason.
    int status = 0;
    if (mb_load_probe(load->url, &load->request, PROBE_NS, &status, err) == MB_OK) {
        return mb_err_set(err, MB_FAILED,
                          "no connection could be opened (now it answers with status %d)",
                          status);
    }
    mb_err_prepend(err, "no connection could be opened");
    return MB_FAILED;
}

static enum mb_status load_run(struct mb_ctx *ctx, const void *options_given,
                               const struct mb_args *args, struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct load load = {
        .ctx = ctx, .arena = &arena, .url = args->items[0], .opts = options_given};
    enum mb_status status = read_plan(&load, err);
    if (status == MB_OK) {
        status = run_trial(&load, err);
    }
    if (status == MB_INVALID) {
        err->code = MB_USAGE; // the plan came from the command line
        status = MB_USAGE;
    }
    if (status == MB_OK) {
        status = print_trial(&load, err);
    }
    if (status == MB_OK && load.opts->output != NULL) {
        status = write_result(&load, err);
    }
    if (status == MB_OK) {
        status = conclude(&load, err);
    }
    if (load.trial.part_count > 0) {
        mb_part_release(&load.trial.parts[0]);
    }
    mb_buf_release(&load.body);
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_load = {
    .name = "load",
    .group = "Measure",
    .summary = "one trial without a spec, for a quick look",
    .usage = "load URL [options]",
    .description =
        "Loads an HTTP/1.1 server and prints how long answers took.\n\n"
        "With a rate the model is open: requests leave on schedule whatever the server "
        "does, and response time counts from the moment that a request should have left. "
        "Connections are a cap, and waiting for a free one counts. Service time counts "
        "from the moment that it did leave. Dispatch lag is the generator's own "
        "delay.\n\n"
        "Requests that were meant to leave within the duration count; they are awaited "
        "after its end. A failed request is counted by kind and never retried.",
    .options = options,
    .options_size = sizeof(struct load_options),
    .args_min = 1,
    .args_max = 1,
    .examples = examples,
    .run = load_run,
};
