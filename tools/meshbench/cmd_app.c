#include "meshbench/commands.h"

#include <string.h>

#include "app/echo.h"

struct app_options {
    const char *listen;
    const char *delay;
    const char *status;
    int64_t size_bytes;
    const char *stall;
    int64_t threads;
    int64_t cpu;
    int64_t seed;
    const char *log;
    bool log_answers;
};

static const struct mb_opt options[] = {
    {.name = "listen",
     .letter = 'l',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct app_options, listen),
     .argument = "ADDR:PORT",
     .fallback = "127.0.0.1:8080",
     .help = "where to listen; port 0 is any free one, told on standard output"},
    {.name = "delay",
     .letter = 'd',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct app_options, delay),
     .argument = "DIST",
     .help = "time from request to answer: 5ms, uniform:1ms-3ms, exponential:5ms (mean) "
             "or lognormal:5ms,0.5 (median, sigma)"},
    {.name = "status",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct app_options, status),
     .argument = "MIX",
     .help = "statuses of the answers: 503, or 503:1%,429:0.5% and else 200"},
    {.name = "size",
     .type = MB_OPT_SIZE,
     .offset = offsetof(struct app_options, size_bytes),
     .argument = "SIZE",
     .min = 0,
     .max = MB_BEHAVIOUR_MAX_SIZE,
     .fallback = "64B",
     .help = "bytes of an answer's body"},
    {.name = "stall",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct app_options, stall),
     .argument = "LENGTH/EVERY",
     .help = "does nothing at all for 200 ms every 2 s: 200ms/2s; or at random moments "
             "for random times: random:200ms/2s (means)"},
    {.name = "threads",
     .letter = 't',
     .type = MB_OPT_INT,
     .offset = offsetof(struct app_options, threads),
     .argument = "N",
     .min = 1,
     .max = MB_ECHO_MAX_THREADS,
     .fallback = "1",
     .help = "threads that serve"},
    {.name = "cpu",
     .type = MB_OPT_INT,
     .offset = offsetof(struct app_options, cpu),
     .argument = "N",
     .min = -1,
     .max = 1023,
     .fallback = "-1",
     .help = "pins the threads to CPU N, N+1, ...; -1: not pinned"},
    {.name = "seed",
     .type = MB_OPT_INT,
     .offset = offsetof(struct app_options, seed),
     .argument = "N",
     .min = 0,
     .max = MB_UNITS_SAFE_MAX,
     .fallback = "1",
     .help = "seed of everything that is random"},
    {.name = "log",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct app_options, log),
     .argument = "FILE",
     .help = "appends every stall: tab-separated kind, monotonic and UTC start, length "
             "and planned length, in ns"},
    {.name = "log-answers",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct app_options, log_answers),
     .help = "logs every answer too: when its request was read, how long it took, which "
             "delay was drawn"},
    {0},
};

static const char *const words[] = {"echo", NULL};

static const struct mb_example examples[] = {
    {"meshbench app echo --listen 127.0.0.1:8080 --size 1Ki", "answers with 1 KiB"},
    {"meshbench app echo --delay exponential:5ms --status 503:1%",
     "as slow and as faulty as wanted"},
    {"meshbench app echo --stall 200ms/2s --log stalls.tsv",
     "a server that stands still, and says when"},
    {0},
};

static enum mb_status read_options(const struct app_options *opts,
                                   struct mb_echo_options *echo, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    if (opts->delay != NULL) {
        echo->behaviour.delayed = true;
        status = mb_delay_parse(opts->delay, &echo->behaviour.delay, err);
    }
    if (status == MB_OK && opts->status != NULL) {
        status = mb_behaviour_parse_mix(opts->status, &echo->behaviour, err);
    }
    if (status == MB_OK && opts->stall != NULL) {
        status = mb_stall_parse(opts->stall, &echo->stall, err);
    }
    if (status == MB_OK && opts->log_answers && opts->log == NULL) {
        status = mb_err_set(err, MB_USAGE, "'--log-answers' needs '--log FILE'");
    }
    return status;
}

static void tell_listening(void *state, const char *address)
{
    struct mb_ctx *ctx = state;
    (void)fprintf(ctx->out, "listening on %s\n", address);
    (void)fflush(ctx->out);
}

static void tell_counts(void *state, const char *json)
{
    struct mb_ctx *ctx = state;
    (void)fputs(json, ctx->out);
    (void)fflush(ctx->out);
}

static enum mb_status app_run(struct mb_ctx *ctx, const void *options_given,
                              const struct mb_args *args, struct mb_err *err)
{
    const struct app_options *opts = options_given;
    if (strcmp(args->items[0], "echo") != 0) {
        (void)mb_err_set(err, MB_USAGE, "'%s' is not a sample application of this build",
                         args->items[0]);
        mb_err_hint(err, "there is 'echo'");
        return MB_USAGE;
    }
    struct mb_echo_options echo = {
        .listen = opts->listen,
        .behaviour = {.size_bytes = opts->size_bytes},
        .threads = (int)opts->threads,
        .first_cpu = (int)opts->cpu,
        .seed = (uint64_t)opts->seed,
        .log_path = opts->log,
        .log_answers = opts->log_answers,
    };
    const struct mb_echo_observer observer = {
        .listening = tell_listening,
        .counts = tell_counts,
        .state = ctx,
        .interrupted = ctx->interrupted,
    };
    enum mb_status status = read_options(opts, &echo, err);
    if (status == MB_OK) {
        status = mb_echo_run(&echo, &observer, err);
    }
    if (status == MB_INVALID) {
        err->code = MB_USAGE; // it came from the command line
        status = MB_USAGE;
    }
    return status;
}

const struct mb_cmd mb_cmd_app = {
    .name = "app",
    .group = "Measure",
    .summary = "the built-in sample applications",
    .usage = "app echo [options]",
    .description =
        "Runs a server of known behaviour, to measure what stands in front of it or to "
        "test what measures it.\n\n"
        "echo answers every path over HTTP/1.1 with filler; a query says otherwise for "
        "one request: /?delay=exponential:5ms&status=503&size=1Ki. /stats answers with "
        "the count of requests received and served, as JSON; the same is printed on "
        "SIGUSR1 and at the end. It ends on SIGINT or SIGTERM.",
    .options = options,
    .options_size = sizeof(struct app_options),
    .args_min = 1,
    .args_max = 1,
    .words = words,
    .examples = examples,
    .run = app_run,
};
