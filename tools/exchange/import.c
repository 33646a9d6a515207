#include "exchange/import.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "exchange/importers.h"

const struct mb_importer *const mb_importers[] = {
    &mb_importer_ab,
    &mb_importer_autocannon,
    &mb_importer_bombardier,
    &mb_importer_csv,
    &mb_importer_fortio,
    &mb_importer_fortio_text,
    &mb_importer_gatling,
    &mb_importer_gatling_stats,
    &mb_importer_ghz,
    &mb_importer_ghz_text,
    &mb_importer_gobench,
    &mb_importer_h2load,
    &mb_importer_h2load_log,
    &mb_importer_hey,
    &mb_importer_hgrm,
    &mb_importer_hlog,
    &mb_importer_hyperfine,
    &mb_importer_istio,
    &mb_importer_jtl,
    &mb_importer_k6,
    &mb_importer_locust,
    &mb_importer_locust_csv,
    &mb_importer_locust_text,
    &mb_importer_meshery,
    &mb_importer_nighthawk,
    &mb_importer_nighthawk_text,
    &mb_importer_oha,
    &mb_importer_siege,
    &mb_importer_smp,
    &mb_importer_vegeta,
    &mb_importer_wrk,
    NULL, // the last
};

const struct mb_importer *mb_importer_find(const char *name)
{
    for (size_t i = 0; mb_importers[i] != NULL; i++) {
        if (strcmp(mb_importers[i]->name, name) == 0) {
            return mb_importers[i];
        }
    }
    return NULL;
}

// --- what importers call ---

static void part_init(struct mb_arena *arena, struct mb_part *part)
{
    *part = (struct mb_part){.load_model = MB_LOAD_UNKNOWN,
                             .co_handling = MB_CO_UNKNOWN,
                             .window_ns = -1,
                             .elapsed_ns = -1,
                             .run_delay_ns = -1,
                             .cpu_ns = -1};
    part->counts = (struct mb_counts){.intended = -1,
                                      .sent = -1,
                                      .completed = -1,
                                      .ok = -1,
                                      .unfinished = -1,
                                      .bytes_sent = -1,
                                      .bytes_received = -1,
                                      .connections_opened = -1};
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        part->counts.errors_by_kind[i] = -1;
    }
    part->dist = mb_dist_list(arena, "the source does not have it");
}

enum mb_status mb_import_run_add(struct mb_import *import, const struct mb_input *input,
                                 struct mb_import_run **run, struct mb_err *err)
{
    if (import->count >= MB_IMPORT_RUNS_MAX) {
        *run = NULL;
        return mb_err_at(err, MB_INVALID, mb_input_name(input), 0, 0,
                         "more than %d runs to import", (int)MB_IMPORT_RUNS_MAX);
    }
    import->runs = mb_arena_grow(import->arena, import->runs, import->count,
                                 &import->capacity, sizeof *import->runs);
    *run = &import->runs[import->count++];
    **run = (struct mb_import_run){
        .point = {.load_model = MB_LOAD_UNKNOWN,
                  .connections = -1,
                  .rate_micro_rps = -1,
                  .timeout_ns = -1},
        .window_ns = -1,
        .warmup_ns = -1,
        .concurrency = -1,
    };
    part_init(import->arena, &(*run)->part);
    return MB_OK;
}

// Two distributions never own one histogram.
static struct mb_dist dist_copy(const struct mb_dist *dist)
{
    struct mb_dist copy = *dist;
    if (dist->hdr != NULL) {
        copy.hdr = mb_mem_alloc(1, sizeof *copy.hdr);
        mb_hdr_copy(copy.hdr, dist->hdr);
    }
    return copy;
}

void mb_import_run_latency(struct mb_import *import, struct mb_import_run *run,
                           struct mb_dist dist)
{
    (void)import;
    run->part.co_handling = MB_CO_NONE;
    run->part.dist[MB_DIST_SERVICE] = dist;
    if (run->point.load_model == MB_LOAD_CLOSED) {
        run->part.dist[MB_DIST_RESPONSE] = dist_copy(&dist);
    } else {
        run->part.dist[MB_DIST_RESPONSE] =
            mb_dist_absent("the source counts from the actual sending");
    }
}

void mb_import_run_latency_unsure(struct mb_import *import, struct mb_import_run *run,
                                  struct mb_dist dist)
{
    if (run->point.load_model == MB_LOAD_CLOSED) {
        mb_import_run_latency(import, run, dist);
    } else {
        run->part.co_handling = MB_CO_UNKNOWN;
        run->part.dist[MB_DIST_RESPONSE] = dist;
    }
}

void mb_import_fact_add(struct mb_import *import, struct mb_import_run *run,
                        const char *name, struct mb_node *value)
{
    if (value == NULL || value->type == MB_NODE_NULL) {
        return;
    }
    bool has_path = strchr(name, '.') != NULL;
    mb_fact_add(import->arena, &run->facts,
                (struct mb_fact){.path = mb_arena_print(import->arena, "%s%s",
                                                        has_path ? "" : "run.", name),
                                 .captured = value});
}

void mb_import_note_add(struct mb_import *import, const char *code, const char *format,
                        ...)
{
    va_list args;
    va_start(args, format);
    char *message = mb_arena_print_args(import->arena, format, args);
    va_end(args);
    for (size_t i = 0; i < import->note_count; i++) {
        if (strcmp(import->notes[i].message, message) == 0) {
            return;
        }
    }
    import->notes = mb_arena_grow(import->arena, import->notes, import->note_count,
                                  &import->note_capacity, sizeof *import->notes);
    import->notes[import->note_count++] =
        (struct mb_import_note){.code = code, .message = message};
}

void mb_import_drop(struct mb_import *import, size_t first)
{
    for (size_t i = first; i < import->count; i++) {
        mb_part_release(&import->runs[i].part);
    }
    import->count = first;
}

void mb_import_run_undo(struct mb_import *import)
{
    mb_import_drop(import, import->count - 1);
}

void mb_import_release(struct mb_import *import)
{
    mb_import_drop(import, 0);
}

// --- who reads it ---

// "fortio, wrk, hey": in arena.
static const char *names_list(struct mb_arena *arena)
{
    const char *list = "";
    for (size_t i = 0; mb_importers[i] != NULL; i++) {
        list = mb_arena_print(arena, "%s%s%s", list, i > 0 ? ", " : "",
                              mb_importers[i]->name);
    }
    return list;
}

static const char *nearest_name(const char *name)
{
    const char *names[64] = {NULL};
    for (size_t i = 0; mb_importers[i] != NULL && i + 1 < sizeof names / sizeof *names;
         i++) {
        names[i] = mb_importers[i]->name;
    }
    return mb_units_nearest(name, names);
}

static enum mb_status unknown_name(struct mb_import *import, const char *from,
                                   struct mb_err *err)
{
    const char *nearest = nearest_name(from);
    if (nearest != NULL) {
        mb_err_hint(err, "did you mean '%s'?", nearest);
    } else {
        mb_err_hint(err, "known: auto, %s", names_list(import->arena));
    }
    return mb_err_set(err, MB_USAGE, "no importer is named '%s'", from);
}

// A document of our own, which the other commands read as it is.
static bool head_is_ours(const char *head)
{
    const char *kind = strstr(head, "meshbench");
    return kind != NULL && kind - head < 200 && strstr(head, "kind") != NULL &&
           (strstr(kind, "v1") != NULL);
}

static enum mb_status nobody(struct mb_import *import, const struct mb_input *input,
                             const struct mb_importer *guess, struct mb_err *err)
{
    size_t size = 0;
    const char *head = mb_input_head(input, &size);
    const char *name = mb_input_name(input);
    if (size == 0) {
        return mb_err_at(err, MB_INVALID, name, 0, 0, "the file is empty");
    }
    if (guess != NULL) {
        mb_err_hint(err, "it may be %s: try --from %s; known: %s", guess->title,
                    guess->name, names_list(import->arena));
    } else if (head_is_ours(head)) {
        mb_err_hint(err, "it looks like a document of meshbench's own: 'meshbench "
                         "validate' and 'meshbench show' read those");
    } else {
        mb_err_hint(err, "--from NAME says what it is; known: %s",
                    names_list(import->arena));
    }
    return mb_err_at(err, MB_INVALID, name, 0, 0,
                     "not the output of a load tool that is known here");
}

const struct mb_importer *mb_import_detect(const struct mb_input *input, int *score)
{
    const struct mb_importer *best = NULL;
    size_t size = 0;
    const char *head = mb_input_head(input, &size);
    *score = 0;
    for (size_t i = 0; mb_importers[i] != NULL; i++) {
        int sure = mb_importers[i]->detect(head, size);
        if (sure > *score) {
            best = mb_importers[i];
            *score = sure;
        }
    }
    return best;
}

// NULL is an error. An importer that was chosen by its name may be the wrong one: then
// there is a hint before anything failed.
static const struct mb_importer *importer_find(struct mb_import *import,
                                               const struct mb_input *input,
                                               const char *from, struct mb_err *err)
{
    int score;
    const struct mb_importer *surest = mb_import_detect(input, &score);
    if (from == NULL || strcmp(from, "auto") == 0) {
        if (score < MB_IMPORT_SURE) {
            (void)nobody(import, input, surest, err);
            return NULL;
        }
        return surest;
    }
    const struct mb_importer *named = mb_importer_find(from);
    if (named == NULL) {
        (void)unknown_name(import, from, err);
    } else if (surest != named && score >= MB_IMPORT_SURE && import->map == NULL) {
        mb_err_hint(err,
                    "it looks like what --from %s reads; without --from that is taken",
                    surest->name);
    }
    return named;
}

enum mb_status mb_import_read(struct mb_import *import, struct mb_input *input,
                              const char *from, const struct mb_importer **importer,
                              struct mb_err *err)
{
    size_t first = import->count;
    size_t first_note = import->note_count;
    struct mb_err own = {0};
    const struct mb_importer *found = importer_find(import, input, from, &own);
    enum mb_status status = own.code;
    if (found != NULL) {
        status = found->read(import, input, &own);
    }
    if (found != NULL && status == MB_OK && import->count == first) {
        status = mb_err_at(&own, MB_INVALID, mb_input_name(input), 0, 0,
                           "there is no run of %s in it", found->tool);
    }
    if (status != MB_OK) {
        mb_import_drop(import, first);
        import->note_count = first_note;
        *err = own;
        return status;
    }
    *importer = found;
    return MB_OK;
}

// --- names ---

// ".json", ".txt", ".hlog": short and begun by a letter, so that "run-0.5.1" stays whole.
static bool is_extension(const char *dot, const char *end)
{
    enum { LONGEST = 8 };
    bool good = end - dot > 1 && end - dot <= LONGEST && isalpha((unsigned char)dot[1]);
    for (const char *at = dot + 1; good && at < end; at++) {
        good = isalnum((unsigned char)*at) != 0;
    }
    return good;
}

char *mb_import_stem(struct mb_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *start = slash != NULL ? slash + 1 : path;
    const char *end = start + strlen(start);
    if (strcmp(path, "-") == 0) {
        return mb_arena_copy_string(arena, "imported");
    }
    if (end - start > 3 && strcmp(end - 3, ".gz") == 0) {
        end -= 3;
    }
    const char *dot = end > start ? end - 1 : start;
    while (dot > start && *dot != '.') {
        dot--;
    }
    if (dot > start && is_extension(dot, end)) {
        end = dot;
    }
    return end > start ? mb_arena_copy_bytes(arena, start, (size_t)(end - start))
                       : mb_arena_copy_string(arena, "imported");
}
