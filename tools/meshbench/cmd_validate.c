#include "meshbench/commands.h"

#include <string.h>

#include "base/input.h"
#include "check/check.h"
#include "exchange/import.h"
#include "exchange/smp_names.h"
#include "meshbench/documents.h"
#include "model/spec.h"
#include "report/findings.h"

struct validate_options {
    const char *level;
    const char *format;
    const char *output;
};

static const char *const levels[] = {"valid", "disclosed", "rigorous", "publishable",
                                     NULL};
static const char *const formats[] = {"text", "json", "sarif", "junit", NULL};

static const struct mb_opt options[] = {
    {.name = "level",
     .letter = 'l',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct validate_options, level),
     .argument = "LEVEL",
     .choices = levels,
     .fallback = "valid",
     .help = "conformance level to ask for; what it lacks is an error"},
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct validate_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, json for scripts, sarif for code scanning, junit for CI "
             "servers"},
    {.name = "output",
     .letter = 'o',
     .type = MB_OPT_STRING,
     .offset = offsetof(struct validate_options, output),
     .argument = "FILE",
     .help = "write there instead of standard output"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench validate sidecar.yaml", "every finding of a spec, with its place"},
    {"meshbench validate --level rigorous results/*.json",
     "are these results fit for a conclusion?"},
    {"meshbench validate -f sarif -o findings.sarif specs/*.yaml",
     "findings for a code scanning service"},
    {0},
};

// YAML is written by people: what is larger than a spec may be was not. Results are JSON.
static size_t cap_of(const char *path)
{
    size_t size = strlen(path);
    bool yaml = (size > 5 && strcmp(path + size - 5, ".yaml") == 0) ||
                (size > 4 && strcmp(path + size - 4, ".yml") == 0);
    return yaml ? MB_SPEC_MAX_BYTES : MB_DOC_MAX_BYTES;
}

// What another load tool wrote is no document of ours, but can become one.
static void foreign_hint(const char *path, const struct mb_doc *doc, struct mb_diag *diag)
{
    struct mb_input *input = NULL;
    struct mb_err ignored = {0};
    if (diag->errors == 0 || doc->text == NULL ||
        mb_node_find(doc->root, "meshbench") != NULL ||
        mb_input_open_bytes(path, doc->text, doc->size, &input, &ignored) != MB_OK) {
        return;
    }
    int score = 0;
    const struct mb_importer *importer = mb_import_detect(input, &score);
    if (mb_smp_is_config(doc->root)) {
        diag->items[0].hint = mb_arena_print(
            diag->arena,
            "this looks like a test of Service Mesh Performance: 'meshbench run %s'",
            path);
    } else if (importer != NULL && score >= MB_IMPORT_SURE) {
        diag->items[0].hint = mb_arena_print(
            diag->arena, "this looks like %s: 'meshbench import %s -o result.json'",
            importer->title, path);
    }
    mb_input_free(input);
}

// Reads and checks one file. Everything that the report needs is copied into it, so that
// one document at a time is in memory. A file that cannot be read becomes part of the
// report, and the others are still looked at.
static enum mb_status file_check(const struct mb_ctx *ctx, const char *path,
                                 struct mb_findings *report)
{
    struct mb_arena arena;
    struct mb_diag diag;
    struct mb_doc doc = {0};
    struct mb_err err = {0};
    mb_arena_init(&arena);
    mb_diag_init(&diag, &arena);
    enum mb_level level = MB_LEVEL_NONE;
    enum mb_status status = mb_doc_read(&arena, path, ctx->in, cap_of(path), &doc, &err);
    if (status == MB_OK) {
        level = mb_check_document(&arena, ctx, &doc, report->wanted, &diag);
    } else if (status == MB_INVALID) {
        mb_check_syntax(&err, path, &diag);
    }
    if (status == MB_OK || status == MB_INVALID) {
        foreign_hint(path, &doc, &diag);
        mb_findings_add(report, path, doc.text != NULL ? &doc : NULL, level, &diag);
        status = MB_OK;
    } else {
        mb_findings_add_failure(report, path, &err);
    }
    mb_arena_release(&arena);
    return status;
}

static void report_print(const struct mb_findings *report, const char *format, bool color,
                         struct mb_buf *out)
{
    if (strcmp(format, "json") == 0) {
        mb_findings_json(report, out);
    } else if (strcmp(format, "sarif") == 0) {
        mb_findings_sarif(report, MB_VERSION, out);
    } else if (strcmp(format, "junit") == 0) {
        mb_findings_junit(report, out);
    } else {
        mb_findings_text(report, color, out);
    }
}

static enum mb_status validate_run(struct mb_ctx *ctx, const void *given,
                                   const struct mb_args *args, struct mb_err *err)
{
    const struct validate_options *opts = given;
    struct mb_arena arena;
    struct mb_findings report;
    struct mb_buf out = {0};
    enum mb_level wanted = MB_LEVEL_VALID;
    size_t unread = 0;
    (void)mb_level_find(opts->level, &wanted);
    mb_arena_init(&arena);
    mb_findings_init(&report, &arena, wanted);
    for (size_t i = 0; i < args->count; i++) {
        unread += file_check(ctx, args->items[i], &report) != MB_OK;
    }
    report_print(&report, opts->format, ctx->color && opts->output == NULL, &out);
    enum mb_status status = mb_documents_write(ctx, opts->output, &out, err);
    if (status == MB_OK && unread > 0) {
        status = mb_err_set(err, MB_FAILED, "%zu of %zu files could not be read", unread,
                            args->count);
    } else if (status == MB_OK && mb_findings_failed(&report)) {
        status = MB_INVALID;
    }
    mb_buf_release(&out);
    mb_arena_release(&arena);
    return status;
}

const struct mb_cmd mb_cmd_validate = {
    .name = "validate",
    .group = "Specify",
    .summary = "check specs, results and adapters",
    .usage = "validate FILE... [options]",
    .description =
        "Checks documents against their JSON Schema and against the rules that a schema "
        "cannot express, and prints every finding with its place, its rule and a hint. "
        "'meshbench explain CODE' says more about a rule.\n\n"
        "A document reaches one of four conformance levels: valid, disclosed (a reader "
        "can tell what was measured), rigorous (the numbers can carry a conclusion) and "
        "publishable. --level asks for one of them: what it lacks is then an error; "
        "otherwise it is a warning or a note.\n\n"
        "FILE may be '-' for standard input. The exit status is 1 when a file has an "
        "error, and 3 when one cannot be read.",
    .options = options,
    .options_size = sizeof(struct validate_options),
    .args_min = 1,
    .args_max = SIZE_MAX,
    .examples = examples,
    .run = validate_run,
};
