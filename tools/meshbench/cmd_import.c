#include "meshbench/commands.h"

#include <string.h>

#include "base/digest.h"
#include "base/input.h"
#include "base/text.h"
#include "check/check.h"
#include "exchange/import.h"
#include "format/emit.h"
#include "meshbench/documents.h"

struct import_options {
    const char *output;
    const char *from;
    const char *variant;
    const char *workload;
    const char *unit;
    const char *map;
    bool trials;
    bool list;
    bool quiet;
};

static const char *const units[] = {"ns", "us", "ms", "s", NULL};

static const struct mb_opt options[] = {
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct import_options, output),
     .argument = "FILE",
     .help = "write the result there instead of standard output"},
    {.name = "from",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct import_options, from),
     .argument = "NAME",
     .fallback = "auto",
     .help = "what wrote the files; auto: look at their content"},
    {.name = "trials",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct import_options, trials),
     .help = "the files are repetitions of one measurement: trials of one cell"},
    {.name = "variant",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct import_options, variant),
     .argument = "NAME",
     .help = "what was measured; default: as the source says, or the file's name"},
    {.name = "workload",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct import_options, workload),
     .argument = "NAME",
     .help = "what was asked; default: as the source says, or 'imported'"},
    {.name = "unit",
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct import_options, unit),
     .argument = "UNIT",
     .choices = units,
     .help = "of the values, where the files do not say it (hlog, hgrm)"},
    {.name = "map",
     .type = MB_OPT_STRING,
     .offset = offsetof(struct import_options, map),
     .argument = "FIELD=COLUMN[:UNIT],...",
     .help = "read tables (CSV, TSV) of one's own: what their columns mean"},
    {.name = "list",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct import_options, list),
     .help = "print the formats that can be read, and what each cannot say"},
    {.name = "quiet",
     .letter = 'q',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct import_options, quiet),
     .help = "say nothing but errors"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench import before.json after.json -o both.json",
     "two files of any load tool become two variants of one result"},
    {"meshbench import run-*.json --trials --variant sidecar -o sidecar.json",
     "repetitions of one measurement"},
    {"meshbench import requests.csv --map 'variant=mesh,time=at,latency=took:ms,ok=ok'",
     "a table of one's own, a row a request"},
    {"meshbench import --from fortio - -o result.json <fortio.json",
     "from standard input, without looking what it is"},
    {0},
};

static int64_t unit_ns(const char *unit)
{
    static const int64_t each_ns[] = {1, 1000, 1000000, 1000000000};
    for (size_t i = 0; unit != NULL && units[i] != NULL; i++) {
        if (strcmp(units[i], unit) == 0) {
            return each_ns[i];
        }
    }
    return 0;
}

// One import from its files to its document. Filled from the top.
struct job {
    struct mb_ctx *ctx;
    struct mb_arena *arena;
    const struct import_options *opts;
    const struct mb_args *args;
    struct mb_import import;
    struct mb_import_file *files;
    struct mb_result result;
    struct mb_buf out;
    enum mb_level level;
};

static void list_print(struct mb_ctx *ctx)
{
    for (size_t i = 0; mb_importers[i] != NULL; i++) {
        (void)fprintf(ctx->out, "%-16s %s\n%-16s %s\n", mb_importers[i]->name,
                      mb_importers[i]->title, "", mb_importers[i]->unknown);
    }
}

static enum mb_status file_read(struct job *job, size_t index, struct mb_err *err)
{
    struct mb_input *input = NULL;
    struct mb_import_file *file = &job->files[index];
    char digest[MB_DIGEST_TEXT];
    file->name = job->args->items[index];
    file->first = job->import.count;
    enum mb_status status = mb_input_open(file->name, job->ctx->in, &input, err);
    if (status == MB_OK) {
        bool table = job->opts->map != NULL && strcmp(job->opts->from, "auto") == 0;
        status = mb_import_read(&job->import, input, table ? "csv" : job->opts->from,
                                &file->importer, err);
    }
    if (status == MB_OK) {
        status = mb_input_digest(input, digest, err);
    }
    if (status == MB_OK) {
        file->count = job->import.count - file->first;
        file->digest = mb_arena_copy_string(job->arena, digest);
    }
    mb_input_free(input);
    return status;
}

// What is written has to be a result that every other command takes. Where the source
// contradicts itself, this is where it shows.
static enum mb_status document_check(struct job *job, struct mb_err *err)
{
    struct mb_doc doc = {0};
    struct mb_diag diag;
    mb_diag_init(&diag, job->arena);
    enum mb_status status =
        mb_doc_parse(job->arena, "result.json", job->out.data, job->out.size, &doc, err);
    if (status != MB_OK) {
        return status;
    }
    job->level = mb_check_document(job->arena, job->ctx, &doc, MB_LEVEL_VALID, &diag);
    for (size_t i = 0; i < diag.count; i++) {
        if (diag.items[i].severity == MB_SEVERITY_ERROR) {
            mb_err_hint(err, "the source contradicts itself there; nothing was written");
            return mb_err_at(err, MB_INVALID, job->files[0].name, 0, 0,
                             "cannot become a result: %s: %s (%s)", diag.items[i].pointer,
                             diag.items[i].message, diag.items[i].code);
        }
    }
    return MB_OK;
}

static void summary_print(const struct job *job)
{
    const struct mb_result *result = &job->result;
    struct mb_buf text = {0};
    struct mb_buf shown = {0};
    mb_buf_print(&text, "imported %zu run%s of %s%s%s: %zu cell%s · level: %s\n",
                 job->import.count, job->import.count == 1 ? "" : "s",
                 result->import_tool, result->import_version != NULL ? " " : "",
                 result->import_version != NULL ? result->import_version : "",
                 result->cell_count, result->cell_count == 1 ? "" : "s",
                 mb_level_name(job->level));
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct mb_finding *finding = &result->findings[i];
        mb_buf_print(&text, "%s %s: %s\n", mb_severity_name(finding->severity),
                     finding->code, finding->message);
        if (finding->hint != NULL) {
            mb_buf_print(&text, "  hint: %s\n", finding->hint);
        }
    }
    mb_text_show(mb_buf_string(&text), text.size, "\n", &shown);
    (void)fputs(mb_buf_string(&shown), job->ctx->err);
    mb_buf_release(&shown);
    mb_buf_release(&text);
}

static enum mb_status job_run(struct job *job, struct mb_err *err)
{
    const struct mb_import_options named = {.variant = job->opts->variant,
                                            .workload = job->opts->workload,
                                            .trials = job->opts->trials};
    enum mb_status status = MB_OK;
    job->files = mb_arena_alloc(job->arena, job->args->count, sizeof *job->files);
    for (size_t i = 0; status == MB_OK && i < job->args->count; i++) {
        status = file_read(job, i, err);
    }
    if (status == MB_OK) {
        status = mb_import_assemble(&job->import, job->files, job->args->count, &named,
                                    &job->result, err);
    }
    if (status != MB_OK) {
        return status;
    }
    mb_emit_json(mb_result_to_node(job->arena, &job->result), &job->out);
    status = document_check(job, err);
    if (status == MB_OK) {
        status = mb_documents_write(job->ctx, job->opts->output, &job->out, err);
    }
    if (status == MB_OK && !job->opts->quiet) {
        summary_print(job);
    }
    return status;
}

static enum mb_status import_run(struct mb_ctx *ctx, const void *given,
                                 const struct mb_args *args, struct mb_err *err)
{
    struct mb_arena arena = {0};
    const struct import_options *opts = given;
    struct job job = {
        .ctx = ctx,
        .arena = &arena,
        .opts = opts,
        .args = args,
        .import = {.arena = &arena, .unit_ns = unit_ns(opts->unit), .map = opts->map}};
    if (job.opts->list) {
        list_print(ctx);
        return MB_OK;
    }
    if (args->count == 0) {
        mb_err_hint(err, "usage: meshbench import FILE... -o OUT; formats: meshbench "
                         "import --list");
        return mb_err_set(err, MB_USAGE, "no file to import");
    }
    enum mb_status status = job_run(&job, err);
    mb_buf_release(&job.out);
    mb_import_release(&job.import);
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_import = {
    .name = "import",
    .group = "Exchange",
    .summary = "other tools' results in",
    .usage = "import FILE... [options]",
    .description =
        "Reads what other load tools wrote and makes one result of it, which 'show', "
        "'compare', 'report' and 'verify' take like a measured one. FILE may be '-' for "
        "standard input, compressed with gzip, or in UTF-16.\n\n"
        "One file becomes one cell, named after the label in it or after the file. "
        "Several files become variants; with --trials they are repetitions of one "
        "measurement. A file with several runs gives several cells.\n\n"
        "Distributions are kept as exact as the source has them: raw samples and buckets "
        "as such, percentiles as exactly those. What the source does not say stays "
        "unknown, and is listed (rules MB851 to MB859): an imported result is therefore "
        "hardly ever more than 'valid'.\n\n"
        "The exit status is 1 when a file is not what it should be; then nothing is "
        "written.",
    .options = options,
    .options_size = sizeof(struct import_options),
    .args_min = 0,
    .args_max = SIZE_MAX,
    .examples = examples,
    .run = import_run,
};
