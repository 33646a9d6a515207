// Runs of other tools become one result: names, cells, trials, facts, notes.
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/version.h"
#include "exchange/import.h"
#include "exchange/import_notes.h"

// A name with the file that gives it. Sorted, equal ones are neighbours: there may be as
// many as there are runs.
struct name {
    const char *text;
    size_t file;
};

struct names {
    struct name *items;
    size_t count;
};

struct assembly {
    struct mb_import *import;
    struct mb_arena *arena;
    const struct mb_import_file *files;
    size_t file_count;
    const struct mb_import_options *options;
    const char **stems;    // of each file
    const char **variants; // of each run
    struct names run_names;
    struct names file_names;
    struct mb_result *result;
    size_t cell_capacity;
    size_t target_capacity;
    struct mb_err *err;
};

// --- names ---

static int by_text(const void *left, const void *right)
{
    const struct name *a = left;
    const struct name *b = right;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : (a->file > b->file) - (a->file < b->file);
}

// What a file calls a run when nobody else names it.
static const char *own_name(const struct assembly *assembly, size_t file, size_t run)
{
    const char *name = assembly->import->runs[run].name;
    return name != NULL ? name : assembly->stems[file];
}

static struct names names_sorted(const struct assembly *assembly)
{
    struct names names = {.items =
                              mb_arena_alloc(assembly->arena, assembly->import->count + 1,
                                             sizeof *names.items)};
    for (size_t i = 0; i < assembly->file_count; i++) {
        const struct mb_import_file *file = &assembly->files[i];
        for (size_t j = file->first; j < file->first + file->count; j++) {
            if (assembly->import->runs[j].variant == NULL) {
                names.items[names.count++] = (struct name){own_name(assembly, i, j), i};
            }
        }
    }
    qsort(names.items, names.count, sizeof *names.items, by_text);
    return names;
}

static struct names stems_sorted(const struct assembly *assembly)
{
    struct names names = {.items =
                              mb_arena_alloc(assembly->arena, assembly->file_count + 1,
                                             sizeof *names.items),
                          .count = assembly->file_count};
    for (size_t i = 0; i < assembly->file_count; i++) {
        names.items[i] = (struct name){assembly->stems[i], i};
    }
    qsort(names.items, names.count, sizeof *names.items, by_text);
    return names;
}

// True when another file gives the same name. Of equal ones the first and the last are
// of the lowest and the highest file.
static bool is_shared(const struct names *names, const char *text)
{
    size_t low = 0;
    size_t high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(names->items[middle].text, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t last = low;
    size_t end = names->count;
    while (last + 1 < end) {
        size_t middle = last + (end - last) / 2;
        if (strcmp(names->items[middle].text, text) == 0) {
            last = middle;
        } else {
            end = middle;
        }
    }
    return names->items[low].file != names->items[last].file;
}

static const char *unique_file_name(const struct assembly *assembly, size_t file)
{
    const char *stem = assembly->stems[file];
    return is_shared(&assembly->file_names, stem) ? assembly->files[file].name : stem;
}

static const char *variant_name(const struct assembly *assembly, size_t file, size_t run)
{
    const struct mb_import_run *at = &assembly->import->runs[run];
    bool alone = assembly->files[file].count == 1;
    if (assembly->options->variant != NULL) {
        return assembly->options->variant;
    }
    if (at->variant != NULL) {
        return at->variant;
    }
    if (assembly->options->trials && (alone || at->name == NULL)) {
        return own_name(assembly, 0, assembly->files[0].first);
    }
    const char *name = own_name(assembly, file, run);
    if (assembly->options->trials || !is_shared(&assembly->run_names, name)) {
        return name;
    }
    const char *by_file = unique_file_name(assembly, file);
    return alone || at->name == NULL
               ? by_file
               : mb_arena_print(assembly->arena, "%s %s", by_file, at->name);
}

// --- cells ---

static void point_finish(const struct assembly *assembly, struct mb_import_run *run)
{
    struct mb_point *point = &run->point;
    if (assembly->options->workload != NULL) {
        point->workload = assembly->options->workload;
    } else {
        point->workload = run->workload != NULL ? run->workload : "imported";
    }
    point->connections = point->connections > 0 ? point->connections : -1;
    point->rate_micro_rps = point->rate_micro_rps > 0 ? point->rate_micro_rps : -1;
    point->timeout_ns = point->timeout_ns > 0 ? point->timeout_ns : -1;
}

static void part_finish(struct mb_import_run *run, const struct mb_importer *importer)
{
    struct mb_part *part = &run->part;
    part->worker = "imported";
    part->generator_name =
        part->generator_name != NULL ? part->generator_name : importer->tool;
    part->generator_version = run->version;
    part->load_model = run->point.load_model;
    part->interrupted = run->cut_off != NULL;
    part->window_ns = run->window_ns;
    part->elapsed_ns = part->elapsed_ns >= 0 ? part->elapsed_ns : run->window_ns;
}

// Trials of a cell are repetitions of one measurement: what was counted in another way is
// not.
static enum mb_status trial_fits(const struct assembly *assembly,
                                 const struct mb_cell *cell, const struct mb_part *part)
{
    if (cell->trial_count == 0) {
        return MB_OK;
    }
    const struct mb_part *first = &cell->trials[0].parts[0];
    const char *what = NULL;
    if (strcmp(first->generator_name, part->generator_name) != 0) {
        what = mb_arena_print(assembly->arena, "load tools, %s and %s",
                              first->generator_name, part->generator_name);
    } else if (first->co_handling != part->co_handling) {
        what = mb_arena_print(assembly->arena,
                              "ways to handle coordinated omission, '%s' and '%s'",
                              mb_co_handling_name(first->co_handling),
                              mb_co_handling_name(part->co_handling));
    }
    if (what == NULL) {
        return MB_OK;
    }
    mb_err_hint(assembly->err,
                "without --trials and --variant every file is a variant of its own");
    return mb_err_set(assembly->err, MB_INVALID,
                      "'%s' at '%s' would have trials of two %s", cell->variant,
                      mb_point_title(assembly->arena, &cell->point), what);
}

static struct mb_cell *cell_for(struct assembly *assembly, const char *variant,
                                const struct mb_point *point)
{
    struct mb_result *result = assembly->result;
    struct mb_cell *cell = mb_result_find_cell(result, variant, point);
    if (cell != NULL) {
        return cell;
    }
    result->cells = mb_arena_grow(assembly->arena, result->cells, result->cell_count,
                                  &assembly->cell_capacity, sizeof *result->cells);
    cell = &result->cells[result->cell_count++];
    *cell = (struct mb_cell){.variant = variant, .point = *point};
    return cell;
}

static enum mb_status trial_add(struct assembly *assembly, size_t index)
{
    struct mb_import_run *run = &assembly->import->runs[index];
    struct mb_cell *cell = cell_for(assembly, assembly->variants[index], &run->point);
    enum mb_status status = trial_fits(assembly, cell, &run->part);
    if (status != MB_OK) {
        return status;
    }
    cell->trials = mb_arena_grow(assembly->arena, cell->trials, cell->trial_count,
                                 &cell->trial_capacity, sizeof *cell->trials);
    cell->trials[cell->trial_count++] = (struct mb_trial){
        .status = run->cut_off != NULL ? MB_TRIAL_PARTIAL : MB_TRIAL_COMPLETE,
        .reason = run->cut_off,
        .start_unix_ns = run->start_unix_ns,
        .window_ns = run->window_ns,
        .warmup_ns = run->warmup_ns,
        .parts = &run->part,
        .part_count = 1,
        .resources = run->resources,
        .resource_count = run->resource_count,
    };
    return MB_OK;
}

static enum mb_status cells_add(struct assembly *assembly)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < assembly->file_count; i++) {
        const struct mb_import_file *file = &assembly->files[i];
        for (size_t j = file->first; status == MB_OK && j < file->first + file->count;
             j++) {
            assembly->variants[j] = variant_name(assembly, i, j);
            point_finish(assembly, &assembly->import->runs[j]);
            part_finish(&assembly->import->runs[j], file->importer);
            status = trial_add(assembly, j);
        }
    }
    return status;
}

// In what two runs differ that are no trials of one cell.
static const char *difference(const struct mb_import_run *left,
                              const struct mb_import_run *right)
{
    const struct mb_point *a = &left->point;
    const struct mb_point *b = &right->point;
    if (strcmp(a->workload, b->workload) != 0) {
        return "workload";
    }
    if (a->load_model != b->load_model) {
        return "load model";
    }
    if (a->connections != b->connections) {
        return "connections";
    }
    return a->rate_micro_rps != b->rate_micro_rps ? "rate" : "load";
}

// Who says that files are repetitions has to be told when none of them is.
static enum mb_status trials_repeat(const struct assembly *assembly)
{
    const struct mb_result *result = assembly->result;
    const struct mb_import_file *files = assembly->files;
    for (size_t i = 0; i < result->cell_count; i++) {
        if (result->cells[i].trial_count > 1) {
            return MB_OK;
        }
    }
    if (assembly->file_count < 2) {
        return MB_OK;
    }
    const struct mb_import_run *runs = assembly->import->runs;
    mb_err_hint(assembly->err,
                "'%s' and '%s' differ in their %s; without --trials every file is a "
                "variant of its own, with --variant NAME they are load points of one",
                files[0].name, files[1].name,
                difference(&runs[files[0].first], &runs[files[1].first]));
    return mb_err_set(assembly->err, MB_INVALID,
                      "no two of the %zu files are trials of one cell",
                      assembly->file_count);
}

static int by_start(const void *left, const void *right)
{
    int64_t a = ((const struct mb_trial *)left)->start_unix_ns;
    int64_t b = ((const struct mb_trial *)right)->start_unix_ns;
    return (a > b) - (a < b);
}

// Blocks are not known: the first trials of all cells count as the first block, and so
// on, as good a pairing as any.
static void trials_number(struct assembly *assembly)
{
    for (size_t i = 0; i < assembly->result->cell_count; i++) {
        struct mb_cell *cell = &assembly->result->cells[i];
        bool started = true;
        for (size_t j = 0; j < cell->trial_count; j++) {
            started = started && cell->trials[j].start_unix_ns > 0;
        }
        if (started) {
            qsort(cell->trials, cell->trial_count, sizeof *cell->trials, by_start);
        }
        for (size_t j = 0; j < cell->trial_count; j++) {
            struct mb_trial *trial = &cell->trials[j];
            trial->block = (int)j + 1;
            trial->position = (int)i + 1;
            trial->id = mb_arena_print(
                assembly->arena, "b%d/%d/%s/%s", trial->block, trial->position,
                mb_point_id(assembly->arena, &cell->point), cell->variant);
        }
    }
}

// --- facts and targets ---

static const struct mb_fact *fact_find(const struct mb_fact_list *facts, const char *path)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(facts->items[i].path, path) == 0) {
            return &facts->items[i];
        }
    }
    return NULL;
}

// What all runs have in common is said once; what differs is said of the variant, and
// where its own runs differ, of the run.
static void fact_place(struct assembly *assembly, size_t run, const struct mb_fact *fact)
{
    struct mb_fact_list *facts = &assembly->result->facts;
    const char *dot = strchr(fact->path, '.');
    const char *rest = dot != NULL ? dot + 1 : fact->path;
    const char *const paths[] = {
        fact->path,
        mb_arena_print(assembly->arena, "variants.%s.%s", assembly->variants[run], rest),
        mb_arena_print(assembly->arena, "imported.%zu.%s", run, rest)};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct mb_fact *there = fact_find(facts, paths[i]);
        if (there == NULL) {
            struct mb_fact placed = *fact;
            placed.path = paths[i];
            mb_fact_add(assembly->arena, facts, placed);
            return;
        }
        if (mb_node_equal(there->captured, fact->captured)) {
            return;
        }
    }
}

static void facts_add(struct assembly *assembly)
{
    enum { FACT_RUNS = 200 }; // runs whose facts are kept one by one
    for (size_t i = 0; i < assembly->import->count && i < FACT_RUNS; i++) {
        struct mb_fact_list *facts = &assembly->import->runs[i].facts;
        for (size_t j = 0; j < facts->count; j++) {
            facts->items[j].source = "the imported file";
            fact_place(assembly, i, &facts->items[j]);
        }
    }
    for (size_t i = 0; assembly->file_count > 1 && i < assembly->file_count; i++) {
        const char *name = assembly->files[i].name;
        mb_fact_add(
            assembly->arena, &assembly->result->facts,
            (struct mb_fact){
                .path = mb_arena_print(assembly->arena, "origin.files.%s", name),
                .captured = mb_node_string(assembly->arena, assembly->files[i].digest),
                .source = "SHA-256 of the imported file"});
    }
}

// "http://user:secret@host/": what logs in stays out.
static const char *url_safe(struct mb_arena *arena, const char *url)
{
    const char *scheme = url != NULL ? strstr(url, "://") : NULL;
    const char *start = scheme != NULL ? scheme + 3 : url;
    if (start == NULL) {
        return NULL;
    }
    size_t authority = strcspn(start, "/?#");
    const char *host = start;
    for (const char *at = start; at < start + authority; at++) {
        host = *at == '@' ? at + 1 : host;
    }
    return mb_arena_print(arena, "%.*s%s", (int)(start - url), url, host);
}

static void target_add(struct assembly *assembly, const char *variant, const char *url)
{
    struct mb_result *result = assembly->result;
    for (size_t i = 0; i < result->target_count; i++) {
        if (strcmp(result->targets[i].variant, variant) == 0) {
            return;
        }
    }
    result->targets =
        mb_arena_grow(assembly->arena, result->targets, result->target_count,
                      &assembly->target_capacity, sizeof *result->targets);
    result->targets[result->target_count++] =
        (struct mb_target){.variant = variant, .url = url_safe(assembly->arena, url)};
}

// --- the header ---

static void times_set(struct assembly *assembly)
{
    struct mb_result *result = assembly->result;
    result->complete = true;
    for (size_t i = 0; i < assembly->import->count; i++) {
        const struct mb_import_run *run = &assembly->import->runs[i];
        result->complete = result->complete && run->cut_off == NULL;
        if (run->start_unix_ns <= 0) {
            continue;
        }
        int64_t length_ns = run->window_ns > 0 ? run->window_ns : 0;
        int64_t end_ns = run->start_unix_ns > INT64_MAX - length_ns
                             ? run->start_unix_ns
                             : run->start_unix_ns + length_ns;
        if (result->started_unix_ns == 0 ||
            run->start_unix_ns < result->started_unix_ns) {
            result->started_unix_ns = run->start_unix_ns;
        }
        if (end_ns > result->finished_unix_ns) {
            result->finished_unix_ns = end_ns;
        }
    }
}

static bool same_text(const char *left, const char *right)
{
    return (left == NULL && right == NULL) ||
           (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static void origin_set(struct assembly *assembly)
{
    struct mb_result *result = assembly->result;
    const struct mb_import_file *files = assembly->files;
    const struct mb_part *first = &assembly->import->runs[0].part;
    result->imported = true;
    result->import_tool = first->generator_name;
    result->import_version = first->generator_version;
    result->import_importer = files[0].importer->name;
    result->import_digest = assembly->file_count == 1 ? files[0].digest : NULL;
    for (size_t i = 1; i < assembly->import->count; i++) {
        const struct mb_part *part = &assembly->import->runs[i].part;
        if (strcmp(part->generator_name, first->generator_name) != 0) {
            result->import_tool = "several";
        }
        if (!same_text(part->generator_version, first->generator_version)) {
            result->import_version = NULL;
        }
    }
    for (size_t i = 1; i < assembly->file_count; i++) {
        if (files[i].importer != files[0].importer) {
            result->import_importer = NULL;
        }
    }
}

// The same files with the same names give the same document, whenever they are imported.
static const char *result_id(const struct assembly *assembly)
{
    struct mb_digest *digest = mb_digest_new();
    char text[MB_DIGEST_TEXT];
    for (size_t i = 0; i < assembly->file_count; i++) {
        const char *file = assembly->files[i].digest;
        mb_digest_add(digest, file, strlen(file));
    }
    for (size_t i = 0; i < assembly->import->count; i++) {
        const char *variant = assembly->variants[i];
        const char *workload = assembly->import->runs[i].point.workload;
        mb_digest_add(digest, variant, strlen(variant) + 1);
        mb_digest_add(digest, workload, strlen(workload) + 1);
    }
    mb_digest_finish(digest, text);
    mb_digest_free(digest);
    return mb_arena_print(assembly->arena, "import-%.16s", text);
}

static enum mb_status files_differ(const struct assembly *assembly)
{
    for (size_t i = 0; i < assembly->file_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(assembly->files[i].digest, assembly->files[j].digest) == 0) {
                mb_err_hint(assembly->err,
                            "a measurement that is counted twice looks surer than it is");
                return mb_err_at(assembly->err, MB_INVALID, assembly->files[i].name, 0, 0,
                                 "the same content as '%s'", assembly->files[j].name);
            }
        }
    }
    return MB_OK;
}

enum mb_status mb_import_assemble(struct mb_import *import,
                                  const struct mb_import_file *files, size_t file_count,
                                  const struct mb_import_options *options,
                                  struct mb_result *result, struct mb_err *err)
{
    struct assembly assembly = {
        .import = import,
        .arena = import->arena,
        .files = files,
        .file_count = file_count,
        .options = options,
        .variants = mb_arena_alloc(import->arena, import->count + 1, sizeof(char *)),
        .result = result,
        .err = err};
    *result = (struct mb_result){.minor = MB_RESULT_MINOR,
                                 .tool_name = "meshbench",
                                 .tool_version = mb_version(),
                                 .tool_commit = mb_version_commit()};
    assembly.stems = mb_arena_alloc(import->arena, file_count + 1, sizeof(char *));
    for (size_t i = 0; i < file_count; i++) {
        assembly.stems[i] = mb_import_stem(import->arena, files[i].name);
    }
    assembly.run_names = names_sorted(&assembly);
    assembly.file_names = stems_sorted(&assembly);
    enum mb_status status = files_differ(&assembly);
    if (status == MB_OK) {
        status = cells_add(&assembly);
    }
    if (status == MB_OK && options->trials) {
        status = trials_repeat(&assembly);
    }
    if (status != MB_OK) {
        return status;
    }
    trials_number(&assembly);
    for (size_t i = 0; i < import->count; i++) {
        target_add(&assembly, assembly.variants[i], import->runs[i].url);
    }
    facts_add(&assembly);
    times_set(&assembly);
    origin_set(&assembly);
    result->id = result_id(&assembly);
    mb_import_notes_to_findings(import, files, file_count, result);
    return MB_OK;
}
