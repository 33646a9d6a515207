// A small command table that the tests of the CLI floor share.
#ifndef MB_TESTS_CLI_SAMPLE_H
#define MB_TESTS_CLI_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

struct sample_options {
    bool quiet;
    bool force;
    const char *out;
    struct mb_opt_list variants;
    int64_t connections;
    int64_t duration_ns;
    int64_t rate;
    int64_t size_bytes;
    int64_t share;
    const char *format;
};

static const char *const sample_formats[] = {"text", "json", "csv", NULL};

#define FIELD(name) .offset = offsetof(struct sample_options, name)
static const struct mb_opt sample_rows[] = {
    {.name = "quiet",
     .letter = 'q',
     .type = MB_OPT_FLAG,
     FIELD(quiet),
     .help = "say less"},
    {.name = "force", .type = MB_OPT_FLAG, FIELD(force), .help = "go on anyway"},
    {.name = "out",
     .letter = 'o',
     .type = MB_OPT_STRING,
     FIELD(out),
     .argument = "FILE",
     .help = "where the result goes"},
    {.name = "variant",
     .type = MB_OPT_STRINGS,
     FIELD(variants),
     .argument = "NAME",
     .help = "only this one"},
    {.name = "connections",
     .letter = 'c',
     .type = MB_OPT_INT,
     FIELD(connections),
     .argument = "N",
     .min = 1,
     .max = 65536,
     .fallback = "32",
     .help = "connections to keep"},
    {.name = "duration",
     .letter = 'd',
     .type = MB_OPT_DURATION,
     FIELD(duration_ns),
     .argument = "DURATION",
     .min = 1000000,
     .max = INT64_C(3600000000000),
     .fallback = "10s",
     .help = "how long, for example 1m30s"},
    {.name = "rate",
     .type = MB_OPT_RATE,
     FIELD(rate),
     .argument = "RATE",
     .help = "requests per second"},
    {.name = "size",
     .type = MB_OPT_SIZE,
     FIELD(size_bytes),
     .argument = "SIZE",
     .help = "size of a body"},
    {.name = "share",
     .type = MB_OPT_SHARE,
     FIELD(share),
     .argument = "SHARE",
     .help = "share of it's errors: [0%] \\ more | less"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     FIELD(format),
     .argument = "FORMAT",
     .choices = sample_formats,
     .fallback = "text",
     .help = "how to print it"},
    {.name = NULL},
};

static const struct mb_example sample_examples[] = {
    {"meshbench measure a.yaml -d 1m", "a minute's worth"},
    {.command = NULL},
};

// Prints what it got, so that tests see that it ran.
static enum mb_status sample_run(struct mb_ctx *ctx, const void *options,
                                 const struct mb_args *args, struct mb_err *err)
{
    const struct sample_options *o = options;
    (void)fprintf(ctx->out, "%s %s %d\n", args->items[0], o->format, (int)o->connections);
    if (strcmp(args->items[0], "broken") == 0) {
        return mb_err_set(err, MB_FAILED, "cannot measure '%s'", args->items[0]);
    }
    return MB_OK;
}

static const char *const sample_words[] = {"up", "down", NULL};

static enum mb_status sample_nothing(struct mb_ctx *ctx, const void *options,
                                     const struct mb_args *args, struct mb_err *err)
{
    (void)ctx;
    (void)options;
    (void)args;
    (void)err;
    return MB_INVALID;
}

static const struct mb_cmd sample_measure = {
    .name = "measure",
    .group = "Measure",
    .summary = "measure something",
    .usage = "measure SPEC... [options]",
    .description =
        "Measures.\n\n  a line that stays\n\n.It is a second paragraph, with a "
        "backslash \\ and a dash-word, long enough to be filled over several "
        "lines of the help text.",
    .options = sample_rows,
    .options_size = sizeof(struct sample_options),
    .args_min = 1,
    .args_max = 2,
    .examples = sample_examples,
    .run = sample_run,
};

static const struct mb_cmd sample_switch = {
    .name = "switch",
    .group = "Other",
    .summary = "bring something up or down",
    .usage = "switch up|down",
    .description = "Switches.",
    .args_min = 1,
    .args_max = 1,
    .words = sample_words,
    .run = sample_nothing,
};

static const struct mb_cmd sample_again = {
    .name = "again",
    .group = "Measure",
    .summary = "measure again",
    .usage = "again",
    .description = "Again.",
    .run = sample_nothing,
};

static const struct mb_cmd *const sample_cmds[] = {&sample_measure, &sample_switch,
                                                   &sample_again, NULL};

#endif
