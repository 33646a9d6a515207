#include "meshbench/commands.h"

#include <string.h>

#include "format/emit.h"
#include "meshbench/documents.h"
#include "report/show.h"

struct show_options {
    bool trials;
    const char *format;
    const char *output;
};

static const char *const formats[] = {"text", "json", "csv", NULL};

static const struct mb_opt options[] = {
    {.name = "trials",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct show_options, trials),
     .help = "show every trial, not only the cells (json always has both)"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct show_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json or csv for programs"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct show_options, output),
     .argument = "FILE",
     .help = "write there instead of standard output"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench show sidecar.json", "what was measured"},
    {"meshbench show sidecar.json --trials", "and every trial of it"},
    {"meshbench show sidecar.json -f json | jq '.cells[].response_time_ms.\"p99\"'",
     "a number for a script"},
    {0},
};

static enum mb_status show_run(struct mb_ctx *ctx, const void *options_given,
                               const struct mb_args *args, struct mb_err *err)
{
    const struct show_options *opts = options_given;
    struct mb_arena arena;
    struct mb_documents_result read;
    struct mb_buf out = {0};
    mb_arena_init(&arena);
    enum mb_status status =
        mb_documents_read_result(ctx, &arena, args->items[0], &read, err);
    if (status != MB_OK) {
        goto out;
    }
    const struct mb_report_show show = {
        .result = &read.result,
        .digest = read.digest,
        .level = mb_level_name(read.level),
        .trials = opts->trials,
        .width = (size_t)ctx->width,
        .color = ctx->color && opts->output == NULL,
    };
    if (strcmp(opts->format, "json") == 0) {
        mb_emit_json(mb_report_show_node(&arena, &show), &out);
    } else if (strcmp(opts->format, "csv") == 0) {
        mb_report_show_csv(&arena, &show, &out);
    } else {
        mb_report_show_text(&arena, &show, &out);
    }
    mb_result_release(&read.result);
    status = mb_documents_write(ctx, opts->output, &out, err);
out:
    mb_buf_release(&out);
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_show = {
    .name = "show",
    .group = "Understand",
    .summary = "print one result, readable",
    .usage = "show RESULT [options]",
    .description =
        "Prints the numbers of a result, one table for each load point: rate, response "
        "time, errors, and what serving a request cost the application and the data "
        "plane together. Every number is derived from the raw data in the file.\n\n"
        "'-' is a number that is not known, 'too few' a percentile with fewer than ten "
        "samples beyond it, and '> 5 s' one that falls among the requests that timed "
        "out: in JSON and CSV these are null and empty. Times in JSON are in "
        "milliseconds, rates in requests per second.\n\n"
        "RESULT may be '-' for standard input. To see what a variant adds to another, "
        "use 'meshbench compare'.",
    .options = options,
    .options_size = sizeof(struct show_options),
    .args_min = 1,
    .args_max = 1,
    .examples = examples,
    .run = show_run,
};
