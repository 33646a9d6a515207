#include "meshbench/commands.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "compare/compare.h"
#include "exchange/export.h"
#include "meshbench/documents.h"
#include "report/effect.h"

static const double SHARE_ONE = 1e9;

struct export_options {
    const char *to;
    const char *output;
    const char *time;
    bool trials;
    bool timestamps;
    bool list;
    bool quiet;
};

static const char *const times[] = {"response", "service", NULL};

static const struct mb_opt options[] = {
    {.name = "to",
     .letter = 't',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct export_options, to),
     .argument = "FORMAT",
     .help = "what to write; --list names the formats"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct export_options, output),
     .argument = "FILE|DIR",
     .help = "write there instead of standard output; a folder where there are several "
             "files, made when it is missing"},
    {.name = "trials",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct export_options, trials),
     .help = "export every trial by itself, not cells with their trials together"},
    {.name = "time",
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct export_options, time),
     .argument = "KIND",
     .choices = times,
     .help = "which latencies, where a format has one kind (default: what the format "
             "means by it, as --list says)"},
    {.name = "timestamps",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct export_options, timestamps),
     .help = "openmetrics: say when each run ended, to backfill Prometheus"},
    {.name = "list",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct export_options, list),
     .help = "print the formats, and what each cannot say"},
    {.name = "quiet",
     .letter = 'q',
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct export_options, quiet),
     .help = "say nothing but errors"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench export sidecar.json --to fortio -o data/ && fortio report -data-dir data",
     "a file for each cell, in fortio's own report"},
    {"meshbench export sidecar.json --to gobench | benchstat -col /variant -",
     "variants side by side"},
    {"meshbench export sidecar.json --to csv -o sidecar.csv", "one row for each number"},
    {"meshbench export sidecar.json --to otava -o history/",
     "CSV and configuration for Apache Otava"},
    {0},
};

static void list_print(struct mb_ctx *ctx)
{
    for (size_t i = 0; mb_exporters[i] != NULL; i++) {
        const struct mb_exporter *exporter = mb_exporters[i];
        (void)fprintf(ctx->out, "%-16s %s\n%-16s %s\n", exporter->name, exporter->title,
                      "", exporter->lost);
    }
}

static void notes_print(const struct mb_ctx *ctx, const struct mb_export *export,
                        const char *lost)
{
    struct mb_buf text = {0};
    struct mb_buf shown = {0};
    mb_buf_print(&text, "note: %s\n", lost);
    for (size_t i = 0; i < export->note_count; i++) {
        mb_buf_print(&text, "note: %s\n", export->notes[i]);
    }
    mb_text_show(mb_buf_string(&text), text.size, "\n", &shown);
    (void)fputs(mb_buf_string(&shown), ctx->err);
    mb_buf_release(&shown);
    mb_buf_release(&text);
}

static enum mb_export_outcome outcome_of(enum mb_compare_gate_state state)
{
    switch (state) {
    case MB_COMPARE_GATE_PASSED:
        return MB_EXPORT_PASSED;
    case MB_COMPARE_GATE_FAILED:
        return MB_EXPORT_FAILED;
    case MB_COMPARE_GATE_UNDECIDED:
        return MB_EXPORT_UNDECIDED;
    }
    return MB_EXPORT_UNDECIDED;
}

static void gates_put(struct mb_export *export, const struct mb_compare_report *report)
{
    struct mb_arena *arena = export->arena;
    struct mb_export_gate *gates =
        mb_arena_alloc(arena, report->gate_count, sizeof *gates);
    for (size_t i = 0; i < report->gate_count; i++) {
        const struct mb_compare_gate *gate = &report->gates[i];
        char text[MB_EFFECT_TEXT];
        mb_effect_gate_text(gate, text, sizeof text);
        gates[i] = (struct mb_export_gate){
            .cell = gate->cell,
            .name = mb_arena_print(arena, "%s%s%s", gate->metric,
                                   gate->against != NULL ? " against " : "",
                                   gate->against != NULL ? gate->against : ""),
            .message =
                gate->reason != NULL ? gate->reason : mb_arena_copy_string(arena, text),
            .outcome = outcome_of(gate->state)};
    }
    export->gates = gates;
    export->gate_count = report->gate_count;
}

// Judges the gates of the result's own spec, as `compare` does.
static enum mb_status gates_judge(struct mb_export *export, const char *path,
                                  struct mb_err *err)
{
    const struct mb_compare_side side = {
        .result = export->result, .digest = export->digest, .name = path};
    struct mb_compare_report report = {.sides = &side, .side_count = 1};
    struct mb_spec spec = {0};
    if (export->result->spec_resolved == NULL) {
        return MB_OK;
    }
    enum mb_status status =
        mb_spec_from_node(export->arena, export->result->spec_resolved, NULL, &spec, err);
    if (status != MB_OK) {
        return status;
    }
    report.confidence = (double)spec.confidence_share / SHARE_ONE;
    for (size_t i = 0; i < spec.gate_count; i++) {
        (void)mb_compare_gate_add(export->arena, &spec.gates[i], &report);
    }
    gates_put(export, &report);
    return MB_OK;
}

// True when the output is to be a folder: it is one, or it is written like one.
static bool names_folder(const char *path)
{
    size_t size = path != NULL ? strlen(path) : 0;
    return size > 0 && (path[size - 1] == '/' || mb_file_is_dir(path));
}

static enum mb_status files_write(const struct mb_ctx *ctx,
                                  const struct mb_export *export, const char *output,
                                  struct mb_err *err)
{
    bool folder = names_folder(output) || export->file_count > 1;
    if (!folder) {
        return mb_documents_write(ctx, output, &export->files[0].text, err);
    }
    if (output == NULL || strcmp(output, "-") == 0) {
        mb_err_hint(err, "-o DIR writes them into a folder");
        return mb_err_set(err, MB_USAGE, "%zu files do not fit standard output",
                          export->file_count);
    }
    enum mb_status status = mb_file_make_dirs(output, err);
    for (size_t i = 0; status == MB_OK && i < export->file_count; i++) {
        const struct mb_export_file *file = &export->files[i];
        const char *path = mb_file_join(export->arena, output, file->name);
        status = mb_documents_write(ctx, path, &file->text, err);
    }
    return status;
}

static enum mb_status export_write(struct mb_ctx *ctx, const struct export_options *opts,
                                   struct mb_export *export, const char *path,
                                   struct mb_err *err)
{
    const struct mb_exporter *exporter = mb_exporter_find(opts->to);
    enum mb_status status = MB_OK;
    if (exporter != NULL && exporter->gates) {
        status = gates_judge(export, path, err);
    }
    if (status == MB_OK) {
        status = mb_export(export, opts->to, err);
    }
    if (status == MB_OK) {
        status = files_write(ctx, export, opts->output, err);
    }
    if (status == MB_OK && exporter != NULL && !opts->quiet) {
        notes_print(ctx, export, exporter->lost);
    }
    mb_export_release(export);
    return status;
}

static enum mb_status export_run(struct mb_ctx *ctx, const void *given,
                                 const struct mb_args *args, struct mb_err *err)
{
    const struct export_options *opts = given;
    struct mb_arena arena = {0};
    struct mb_documents_result read;
    if (opts->list) {
        list_print(ctx);
        return MB_OK;
    }
    if (opts->to == NULL || args->count == 0) {
        mb_err_hint(err, "usage: meshbench export RESULT --to FORMAT; formats: meshbench "
                         "export --list");
        return mb_err_set(err, MB_USAGE, "no %s given",
                          args->count == 0 ? "result is" : "format is");
    }
    enum mb_status status =
        mb_documents_read_result(ctx, &arena, args->items[0], &read, err);
    if (status == MB_OK) {
        bool service = opts->time != NULL && strcmp(opts->time, "service") == 0;
        struct mb_export export = {
            .arena = &arena,
            .result = &read.result,
            .digest = read.digest,
            .options = {.trials = opts->trials,
                        .timestamps = opts->timestamps,
                        .given = opts->time != NULL,
                        .latency = service ? MB_DIST_SERVICE : MB_DIST_RESPONSE}};
        status = export_write(ctx, opts, &export, args->items[0], err);
        mb_result_release(&read.result);
    }
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_export = {
    .name = "export",
    .group = "Exchange",
    .summary = "results in the formats of other tools",
    .usage = "export RESULT --to FORMAT [options]",
    .description =
        "Writes a result, measured or imported, for other tools to read. FORMAT is one "
        "of those that --list prints.\n\n"
        "Where a format holds one run, each cell becomes a file of its own, its trials "
        "together; with --trials each trial. Several files go into a folder (-o DIR), "
        "with names made of the variant and the load point.\n\n"
        "Nothing is made up: what the result lacks is left out, and so is a run without "
        "what the format cannot do without. Both are noted on standard error, and so is "
        "what the format cannot say.\n\n"
        "RESULT may be '-' for standard input. The exit status is 1 when the format can "
        "say none of the result's runs.",
    .options = options,
    .options_size = sizeof(struct export_options),
    .args_min = 0,
    .args_max = 1,
    .examples = examples,
    .run = export_run,
};
