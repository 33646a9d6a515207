#include "exchange/export.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/units.h"
#include "exchange/exporters.h"

const struct mb_exporter *const mb_exporters[] = {
    &mb_exporter_csv,
    &mb_exporter_csv_wide,
    &mb_exporter_fortio,
    &mb_exporter_gobench,
    &mb_exporter_hgrm,
    &mb_exporter_hlog,
    &mb_exporter_junit,
    &mb_exporter_meshery,
    &mb_exporter_openmetrics,
    &mb_exporter_otava,
    &mb_exporter_smp,
    NULL, // the last
};

const struct mb_exporter *mb_exporter_find(const char *name)
{
    for (size_t i = 0; mb_exporters[i] != NULL; i++) {
        if (strcmp(mb_exporters[i]->name, name) == 0) {
            return mb_exporters[i];
        }
    }
    return NULL;
}

// --- what exporters call ---

void mb_export_note(struct mb_export *export, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = mb_arena_print_args(export->arena, format, args);
    va_end(args);
    for (size_t i = 0; i < export->note_count; i++) {
        if (strcmp(export->notes[i], message) == 0) {
            return;
        }
    }
    export->notes = mb_arena_grow(export->arena, export->notes, export->note_count,
                                  &export->note_capacity, sizeof *export->notes);
    export->notes[export->note_count++] = message;
}

struct mb_buf *mb_export_file_add(struct mb_export *export, const char *name)
{
    export->files = mb_arena_grow(export->arena, export->files, export->file_count,
                                  &export->file_capacity, sizeof *export->files);
    struct mb_export_file *file = &export->files[export->file_count++];
    *file = (struct mb_export_file){.name = mb_arena_copy_string(export->arena, name)};
    return &file->text;
}

void mb_export_release(struct mb_export *export)
{
    for (size_t i = 0; i < export->file_count; i++) {
        mb_buf_release(&export->files[i].text);
    }
    export->file_count = 0;
    mb_arena_release(&export->scratch);
}

// --- which runs there are ---

struct runs {
    struct mb_export_run *items;
    size_t count;
    size_t capacity;
};

// A name for files, in arena: nothing in it leads elsewhere or means something to a
// shell.
static char *safe_name(struct mb_arena *arena, const char *text)
{
    char *name = mb_arena_copy_string(arena, text);
    size_t size = 0;
    for (const char *at = text; *at != '\0' && size < MB_EXPORT_MAX_NAME; at++) {
        unsigned char c = (unsigned char)*at;
        bool plain = c < 0x80 && (isalnum(c) != 0 || c == '_');
        if (plain || (size > 0 && c == '.')) {
            name[size++] = (char)c;
        } else if (size > 0 && name[size - 1] != '-') {
            name[size++] = '-';
        }
    }
    while (size > 0 && strchr("-.", name[size - 1]) != NULL) {
        size--;
    }
    name[size] = '\0';
    return size > 0 ? name : mb_arena_copy_string(arena, "run");
}

// File systems that do not tell capitals from small letters count, too.
static bool is_taken(const struct runs *runs, const struct mb_cell *cell, const char *id)
{
    for (size_t i = 0; i < runs->count; i++) {
        const struct mb_export_run *run = &runs->items[i];
        bool other = run->cell != cell && strcasecmp(run->cell_id, id) == 0;
        if (other || strcasecmp(run->id, id) == 0) {
            return true;
        }
    }
    return false;
}

// `base`, or with a number behind it where that is taken.
static const char *id_make(struct mb_export *export, const struct runs *runs,
                           const struct mb_cell *cell, const char *base)
{
    const char *id = base;
    for (int i = 2; is_taken(runs, cell, id); i++) {
        id = mb_arena_print(export->arena, "%s-%d", base, i);
    }
    return id;
}

static void run_add(struct mb_export *export, struct runs *runs,
                    const struct mb_cell *cell, const struct mb_trial *trial)
{
    struct mb_arena *arena = export->arena;
    struct mb_export_run run = {.cell = cell, .trial = trial};
    const struct mb_export_run *last =
        runs->count > 0 ? &runs->items[runs->count - 1] : NULL;
    if (last != NULL && last->cell == cell) {
        run.cell_id = last->cell_id;
    } else {
        const char *name = mb_arena_print(arena, "%s-%s", cell->variant,
                                          mb_point_id(arena, &cell->point));
        run.cell_id = id_make(export, runs, cell, safe_name(arena, name));
    }
    run.id = run.cell_id;
    run.title = mb_arena_print(arena, "'%s', %s", cell->variant,
                               mb_point_title(arena, &cell->point));
    if (trial != NULL) {
        const char *name = mb_arena_print(arena, "%s-b%d", run.cell_id, trial->block);
        run.id = id_make(export, runs, cell, name);
        run.title = mb_arena_print(arena, "%s, block %d", run.title, trial->block);
    }
    runs->items = mb_arena_grow(arena, runs->items, runs->count, &runs->capacity,
                                sizeof *runs->items);
    runs->items[runs->count++] = run;
}

static bool by_trial(const struct mb_export *export, const struct mb_exporter *exporter)
{
    switch (exporter->unit) {
    case MB_EXPORT_CELLS:
        return export->options.trials;
    case MB_EXPORT_TRIALS:
        return true;
    case MB_EXPORT_SERIES:
        return false;
    }
    return false;
}

static enum mb_status runs_list(struct mb_export *export,
                                const struct mb_exporter *exporter, struct runs *runs,
                                struct mb_err *err)
{
    bool trials = by_trial(export, exporter);
    size_t discarded = 0;
    for (size_t i = 0; i < export->result->cell_count; i++) {
        const struct mb_cell *cell = &export->result->cells[i];
        for (size_t j = 0; j < (trials ? cell->trial_count : 1); j++) {
            const struct mb_trial *trial = trials ? &cell->trials[j] : NULL;
            if (runs->count == MB_EXPORT_MAX_RUNS) {
                return mb_err_set(err, MB_INVALID, "more than %d runs to export",
                                  (int)MB_EXPORT_MAX_RUNS);
            }
            if (trial != NULL && trial->status == MB_TRIAL_DISCARDED &&
                !exporter->discarded) {
                discarded++;
            } else {
                run_add(export, runs, cell, trial);
            }
        }
    }
    if (discarded > 0) {
        mb_export_note(export, "left out %zu discarded trial%s", discarded,
                       discarded == 1 ? "" : "s");
    }
    return MB_OK;
}

// Keeps the runs that the format can say.
static enum mb_status runs_choose(struct mb_export *export,
                                  const struct mb_exporter *exporter, struct runs *runs,
                                  struct mb_err *err)
{
    size_t kept = 0;
    struct mb_err first = {0};
    for (size_t i = 0; exporter->can != NULL && i < runs->count; i++) {
        struct mb_err own = {0};
        enum mb_status status = exporter->can(export, &runs->items[i], &own);
        mb_arena_release(&export->scratch);
        if (status == MB_OK) {
            runs->items[kept++] = runs->items[i];
            continue;
        }
        mb_export_note(export, "left out %s: %s", runs->items[i].title, own.message);
        mb_err_prepend(&own, "cannot export %s", runs->items[i].title);
        first = first.code == MB_OK ? own : first;
    }
    runs->count = exporter->can != NULL ? kept : runs->count;
    if (runs->count > 0) {
        return MB_OK;
    }
    if (first.code == MB_OK) {
        return mb_err_set(err, MB_INVALID, "there is no run in the result to export");
    }
    *err = first;
    return first.code;
}

// --- writing them ---

static enum mb_status files_write(struct mb_export *export,
                                  const struct mb_exporter *exporter,
                                  const struct runs *runs, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    struct mb_arena *arena = export->arena;
    if (exporter->holds == MB_EXPORT_ALL) {
        const char *name =
            export->result->spec_name != NULL ? export->result->spec_name : "result";
        struct mb_buf *out = mb_export_file_add(
            export,
            mb_arena_print(arena, "%s%s", safe_name(arena, name), exporter->extension));
        return exporter->write(export, runs->items, runs->count, out, err);
    }
    for (size_t i = 0; status == MB_OK && i < runs->count; i++) {
        struct mb_buf *out =
            mb_export_file_add(export, mb_arena_print(arena, "%s%s", runs->items[i].id,
                                                      exporter->extension));
        status = exporter->write(export, &runs->items[i], 1, out, err);
        mb_arena_release(&export->scratch);
    }
    return status;
}

static enum mb_status unknown_name(struct mb_export *export, const char *to,
                                   struct mb_err *err)
{
    const char *names[64] = {NULL};
    const char *list = "";
    for (size_t i = 0; mb_exporters[i] != NULL && i + 1 < sizeof names / sizeof *names;
         i++) {
        names[i] = mb_exporters[i]->name;
        list = mb_arena_print(export->arena, "%s%s%s", list, i > 0 ? ", " : "", names[i]);
    }
    const char *nearest = mb_units_nearest(to, names);
    if (nearest != NULL) {
        mb_err_hint(err, "did you mean '%s'?", nearest);
    } else {
        mb_err_hint(err, "known: %s", list);
    }
    return mb_err_set(err, MB_USAGE, "no format is named '%s'", to);
}

enum mb_status mb_export(struct mb_export *export, const char *to, struct mb_err *err)
{
    const struct mb_exporter *exporter = mb_exporter_find(to);
    struct runs runs = {0};
    if (exporter == NULL) {
        return unknown_name(export, to, err);
    }
    if (!export->options.given) {
        export->options.latency = exporter->latency;
    }
    enum mb_status status = runs_list(export, exporter, &runs, err);
    if (status == MB_OK) {
        status = runs_choose(export, exporter, &runs, err);
    }
    if (status == MB_OK) {
        status = files_write(export, exporter, &runs, err);
    }
    if (status == MB_OK && exporter->finish != NULL) {
        status = exporter->finish(export, runs.items, runs.count, err);
    }
    return status;
}
