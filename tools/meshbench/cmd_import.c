#include "meshbench/commands.h"

#include <string.h>

#include "base/digest.h"
#include "base/input.h"
#include "base/text.h"
#include "check/check.h"
#include "exchange/import.h"
#include "exchange/import_text.h"
#include "format/emit.h"
#include "meshbench/documents.h"
#include "meshbench/imports.h"

struct import_options {
    const char *output;
    const char *from;
    const char *variant;
    const char *workload;
    const char *unit;
    const char *map;
    bool trials;
    bool skip;
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
    {.name = "skip",
     .type = MB_OPT_FLAG,
     .offset = offsetof(struct import_options, skip),
     .help = "leave out files that are damaged or there twice, and say which"},
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
    {"meshbench import results/ --skip -o all.json",
     "all that load tools wrote in a folder, but what is damaged"},
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

// What is made of files that were read. Filled from the top.
struct document {
    struct mb_import *import;
    const struct mb_import_file *files;
    size_t file_count;
    struct mb_result result;
    struct mb_buf out;
    enum mb_level level;
};

// One import from its files to its document. Filled from the top.
struct job {
    struct mb_ctx *ctx;
    struct mb_arena *arena;
    const struct import_options *opts;
    const struct mb_args *args;
    struct mb_import import;
    struct mb_imports_list list;
    struct mb_import_file *files; // of the list, those that were read
    size_t file_count;
    struct mb_imports_left_out unclaimed;
    struct mb_imports_left_out twice;
    struct document document;
};

static void list_print(struct mb_ctx *ctx)
{
    for (size_t i = 0; mb_importers[i] != NULL; i++) {
        (void)fprintf(ctx->out, "%-16s %s\n%-16s %s\n", mb_importers[i]->name,
                      mb_importers[i]->title, "", mb_importers[i]->unknown);
    }
}

// --- a document ---

// The file that a finding's place is from: "/cells/3/trials/0/parts/0/dist".
static const char *file_of(const struct document *document, const char *pointer)
{
    const struct mb_import *import = document->import;
    int64_t cell;
    int64_t trial;
    const struct mb_part *part = NULL;
    if (mb_import_text_word(&pointer, "/cells/") &&
        mb_import_text_count(&pointer, &cell) &&
        mb_import_text_word(&pointer, "/trials/") &&
        mb_import_text_count(&pointer, &trial) &&
        (size_t)cell < document->result.cell_count &&
        (size_t)trial < document->result.cells[cell].trial_count) {
        part = document->result.cells[cell].trials[trial].parts;
    }
    for (size_t i = 0; i < document->file_count; i++) {
        const struct mb_import_file *file = &document->files[i];
        for (size_t j = file->first; j < file->first + file->count; j++) {
            if (&import->runs[j].part == part) {
                return file->name;
            }
        }
    }
    return document->files[0].name;
}

// What is written has to be a result that every other command takes. Where the source
// contradicts itself, this is where it shows.
static enum mb_status document_check(const struct job *job, struct document *document,
                                     struct mb_err *err)
{
    struct mb_arena *arena = document->import->arena;
    struct mb_doc doc = {0};
    struct mb_diag diag;
    mb_diag_init(&diag, arena);
    enum mb_status status = mb_doc_parse(arena, "result.json", document->out.data,
                                         document->out.size, &doc, err);
    if (status != MB_OK) {
        return status;
    }
    document->level = mb_check_document(arena, job->ctx, &doc, MB_LEVEL_VALID, &diag);
    for (size_t i = 0; i < diag.count; i++) {
        const struct mb_finding *finding = &diag.items[i];
        if (finding->severity == MB_SEVERITY_ERROR) {
            mb_err_hint(err, "the source contradicts itself there; nothing was written");
            return mb_err_at(err, MB_INVALID, file_of(document, finding->pointer), 0, 0,
                             "cannot become a result: %s: %s (%s)", finding->pointer,
                             finding->message, finding->code);
        }
    }
    return MB_OK;
}

static enum mb_status document_make(const struct job *job, struct document *document,
                                    struct mb_err *err)
{
    const struct mb_import_options named = {.variant = job->opts->variant,
                                            .workload = job->opts->workload,
                                            .trials = job->opts->trials};
    enum mb_status status =
        mb_import_assemble(document->import, document->files, document->file_count,
                           &named, &document->result, err);
    if (status != MB_OK) {
        return status;
    }
    mb_emit_json(mb_result_to_node(document->import->arena, &document->result),
                 &document->out);
    return document_check(job, document, err);
}

// Whether a file alone makes a result: one that contradicts itself is damaged as well.
static enum mb_status file_check(const struct job *job, const struct mb_import_file *file,
                                 struct mb_err *err)
{
    struct mb_arena arena = {0};
    struct mb_import_file itself = *file;
    itself.first = 0;
    struct mb_import alone = {
        .arena = &arena, .runs = job->import.runs + file->first, .count = file->count};
    struct document document = {.import = &alone, .files = &itself, .file_count = 1};
    enum mb_status status = document_make(job, &document, err);
    mb_buf_release(&document.out);
    mb_arena_release(&arena);
    return status;
}

// --- files ---

static enum mb_status input_read(struct job *job, struct mb_input *input,
                                 struct mb_import_file *file, struct mb_err *err)
{
    char digest[MB_DIGEST_TEXT];
    bool table = job->opts->map != NULL && strcmp(job->opts->from, "auto") == 0;
    enum mb_status status = mb_import_read(
        &job->import, input, table ? "csv" : job->opts->from, &file->importer, err);
    if (status == MB_OK) {
        status = mb_input_digest(input, digest, err);
    }
    if (status == MB_OK) {
        file->count = job->import.count - file->first;
        file->digest = mb_arena_copy_string(job->arena, digest);
    }
    if (status == MB_OK && job->opts->skip) {
        status = file_check(job, file, err);
        if (status != MB_OK) {
            mb_import_drop(&job->import, file->first);
        }
    }
    return status;
}

// What is in a folder may be anything; what was named is meant to be a result.
static bool is_unclaimed(const struct job *job, const struct mb_imports_file *listed,
                         const struct mb_input *input)
{
    int score;
    bool open = job->opts->map == NULL && strcmp(job->opts->from, "auto") == 0;
    (void)mb_import_detect(input, &score);
    return listed->found && open && score < MB_IMPORT_SURE;
}

static bool is_twice(const struct job *job, const struct mb_import_file *file)
{
    for (size_t i = 0; i < job->file_count; i++) {
        if (strcmp(job->files[i].digest, file->digest) == 0) {
            return true;
        }
    }
    return false;
}

static void file_skip(struct job *job, const char *path, const struct mb_err *own)
{
    const char *line =
        own->line > 0 ? mb_arena_print(job->arena, ", line %d", own->line) : "";
    mb_import_note_add(&job->import, MB_IMPORT_DROPPED, "left out: %s%s: %s", path, line,
                       own->message);
}

static enum mb_status file_read(struct job *job, const struct mb_imports_file *listed,
                                struct mb_err *err)
{
    struct mb_input *input = NULL;
    struct mb_err own = {0};
    struct mb_import_file *file = &job->files[job->file_count];
    *file = (struct mb_import_file){.name = listed->path, .first = job->import.count};
    enum mb_status status = mb_input_open(file->name, job->ctx->in, &input, &own);
    if (status == MB_OK && is_unclaimed(job, listed, input)) {
        mb_imports_leave_out(job->arena, &job->unclaimed, listed->path);
    } else if (status == MB_OK) {
        status = input_read(job, input, file, &own);
        bool twice = status == MB_OK && job->opts->skip && is_twice(job, file);
        if (twice) {
            mb_import_drop(&job->import, file->first);
            mb_imports_leave_out(job->arena, &job->twice, listed->path);
        }
        job->file_count += status == MB_OK && !twice ? 1 : 0;
    }
    mb_input_free(input);
    if (job->opts->skip && (status == MB_INVALID || (status != MB_OK && listed->found))) {
        file_skip(job, listed->path, &own);
        return MB_OK;
    }
    if (status != MB_OK) {
        *err = own;
        if (job->list.count > 1 && status == MB_INVALID) {
            err->hint[0] = '\0';
            mb_err_hint(err, "%s%s--skip leaves such files out", own.hint,
                        own.hint[0] != '\0' ? "; " : "");
        }
    }
    return status;
}

static enum mb_status files_read(struct job *job, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    job->files = mb_arena_alloc(job->arena, job->list.count, sizeof *job->files);
    for (size_t i = 0; status == MB_OK && i < job->list.count; i++) {
        status = file_read(job, &job->list.items[i], err);
    }
    mb_imports_note(&job->import, &job->unclaimed);
    mb_imports_note(&job->import, &job->twice);
    if (status == MB_OK && job->file_count == 0) {
        mb_err_hint(err, "%s", job->import.notes[0].message);
        return mb_err_set(err, MB_INVALID, "none of %zu file%s is of a load tool",
                          job->list.count, job->list.count == 1 ? "" : "s");
    }
    return status;
}

static void summary_print(const struct job *job)
{
    const struct mb_result *result = &job->document.result;
    struct mb_buf text = {0};
    struct mb_buf shown = {0};
    bool several = strcmp(result->import_tool, "several") == 0;
    mb_buf_print(&text, "imported %zu run%s of %s%s%s: %zu cell%s · level: %s\n",
                 job->import.count, job->import.count == 1 ? "" : "s",
                 several ? "several tools" : result->import_tool,
                 result->import_version != NULL ? " " : "",
                 result->import_version != NULL ? result->import_version : "",
                 result->cell_count, result->cell_count == 1 ? "" : "s",
                 mb_level_name(job->document.level));
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
    struct document *document = &job->document;
    enum mb_status status = mb_imports_find(job->arena, job->args, &job->list, err);
    if (status == MB_OK) {
        status = files_read(job, err);
    }
    if (status != MB_OK) {
        return status;
    }
    document->import = &job->import;
    document->files = job->files;
    document->file_count = job->file_count;
    status = document_make(job, document, err);
    if (status == MB_OK) {
        status = mb_documents_write(job->ctx, job->opts->output, &document->out, err);
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
        .import = {.arena = &arena, .unit_ns = unit_ns(opts->unit), .map = opts->map},
        .unclaimed = {.why = "no load tool that is known here wrote them"},
        .twice = {.why = "other files have the same content"}};
    if (job.opts->list) {
        list_print(ctx);
        return MB_OK;
    }
    if (args->count == 0) {
        mb_err_hint(err,
                    "usage: meshbench import FILE|FOLDER... -o OUT; formats: meshbench "
                    "import --list");
        return mb_err_set(err, MB_USAGE, "no file to import");
    }
    enum mb_status status = job_run(&job, err);
    mb_buf_release(&job.document.out);
    mb_import_release(&job.import);
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_import = {
    .name = "import",
    .group = "Exchange",
    .summary = "other tools' results in",
    .usage = "import FILE|FOLDER... [options]",
    .description =
        "Reads what other load tools wrote and makes one result of it, which 'show', "
        "'compare', 'report' and 'verify' take like a measured one. FILE may be '-' for "
        "standard input, compressed with gzip, or in UTF-16. FOLDER stands for all files "
        "in it, those of its folders too; what no load tool wrote is left out, and "
        "noted. "
        "A damaged file ends the import, unless --skip leaves it out.\n\n"
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
