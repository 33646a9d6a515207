#include "meshbench/histories.h"

#include <string.h>

#include "base/input.h"
#include "base/mem.h"
#include "meshbench/histories_pool.h"
#include "meshbench/histories_store.h"

const char *const *mb_histories_split(struct mb_arena *arena,
                                      const struct mb_opt_list *texts)
{
    size_t most = texts->count;
    size_t count = 0;
    for (size_t i = 0; i < texts->count; i++) {
        for (const char *at = texts->items[i]; *at != '\0'; at++) {
            most += *at == ',';
        }
    }
    const char **list = mb_arena_alloc(arena, most + 1, sizeof *list);
    for (size_t i = 0; i < texts->count; i++) {
        const char *at = texts->items[i];
        while (*at != '\0') {
            size_t size = strcspn(at, ",");
            list[count] = mb_arena_copy_bytes(arena, at, size);
            count += size > 0;
            at += size + (at[size] == ',');
        }
    }
    list[count] = NULL;
    return count > 0 ? list : NULL;
}

enum mb_status mb_histories_since(const struct mb_histories_request *request,
                                  struct mb_histories *histories, struct mb_err *err)
{
    if (request->since == NULL || mb_history_find(&histories->history, request->since,
                                                  &histories->options.since_row)) {
        return MB_OK;
    }
    enum mb_status status = mb_err_set(err, MB_USAGE, "--since: nothing in '%s' is '%s'",
                                       histories->history.source, request->since);
    mb_err_hint(err,
                "a time as 2026-11-01%s, a value of an attribute or a result's digest",
                request->csv != NULL ? " (then --time names the column)" : "");
    return status;
}

static enum mb_status csv_read(const struct mb_ctx *ctx,
                               const struct mb_histories_request *request,
                               struct mb_histories *histories,
                               struct mb_history_series_list *series, struct mb_err *err)
{
    struct mb_input *input = NULL;
    enum mb_status status = mb_input_open_undigested(request->csv, ctx->in, &input, err);
    if (status == MB_OK) {
        status = mb_history_read_csv(&histories->arena, input, &request->columns,
                                     &histories->history, series, err);
    }
    histories->history.source = request->csv;
    mb_input_free(input);
    return status;
}

// The same bytes are one point in time, whatever the files are called.
static bool is_listed(const struct mb_history_result *items, size_t count,
                      const char *digest)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].digest, digest) == 0) {
            return true;
        }
    }
    return false;
}

static enum mb_status results_read(const struct mb_ctx *ctx,
                                   const struct mb_histories_request *request,
                                   struct mb_histories *histories,
                                   struct mb_history_series_list *series,
                                   struct mb_err *err)
{
    struct mb_arena *arena = &histories->arena;
    size_t count = request->result_count;
    size_t kept = 0;
    struct mb_history_result *items = mb_arena_alloc(arena, count, sizeof *items);
    histories->read = mb_arena_alloc(arena, count, sizeof *histories->read);
    for (size_t i = 0; i < count; i++) {
        struct mb_documents_result *read = &histories->read[i];
        enum mb_status status =
            mb_documents_read_result(ctx, arena, request->results[i], read, err);
        if (status != MB_OK) {
            return status;
        }
        histories->read_count++;
        if (!is_listed(items, kept, read->digest)) {
            items[kept++] = (struct mb_history_result){.result = &read->result,
                                                       .digest = read->digest,
                                                       .name = request->results[i]};
        }
    }
    struct mb_history_results results = {
        .items = items, .count = kept, .metrics = request->metrics};
    while (request->metrics != NULL && request->metrics[results.metric_count] != NULL) {
        results.metric_count++;
    }
    mb_history_of_results(arena, &results, &histories->history, series);
    if (kept < count) {
        mb_histories_note(histories,
                          mb_arena_print(arena,
                                         "%zu of %zu results were given before: the same "
                                         "bytes count once",
                                         count - kept, count));
    }
    return MB_OK;
}

// Series that are in memory already: nothing is a thread's own.
static enum mb_status list_open(const void *shared, void **state, struct mb_err *err)
{
    (void)err;
    const void **list = mb_mem_alloc(1, sizeof *list);
    *list = shared;
    *state = list;
    return MB_OK;
}

static enum mb_status list_load(void *state, size_t index,
                                struct mb_history_series *series, struct mb_err *err)
{
    (void)err;
    const struct mb_history_series *const *list = state;
    *series = (*list)[index];
    return MB_OK;
}

static void list_close(void *state)
{
    mb_mem_free(state);
}

// A CSV file or results: all series are read at once.
static enum mb_status series_read(const struct mb_ctx *ctx,
                                  const struct mb_histories_request *request,
                                  struct mb_histories *histories, struct mb_err *err)
{
    struct mb_history_series_list series = {0};
    enum mb_status status = request->csv != NULL
                                ? csv_read(ctx, request, histories, &series, err)
                                : results_read(ctx, request, histories, &series, err);
    if (status == MB_OK) {
        status = mb_histories_since(request, histories, err);
    }
    if (status != MB_OK) {
        return status;
    }
    const struct mb_histories_source source = {.count = series.count,
                                               .shared = series.items,
                                               .open = list_open,
                                               .load = list_load,
                                               .close = list_close};
    return mb_histories_judge(&source, histories, err);
}

void mb_histories_note(struct mb_histories *histories, const char *note)
{
    mb_history_note(&histories->arena, &histories->history, note);
}

enum mb_status mb_histories_read(const struct mb_ctx *ctx,
                                 const struct mb_histories_request *request,
                                 struct mb_histories *histories, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    *histories = (struct mb_histories){.options = request->options};
    if (request->store != NULL) {
        status = mb_histories_store_read(request, histories, err);
    } else {
        status = series_read(ctx, request, histories, err);
    }
    if (status == MB_OK && histories->count == 0) {
        // A gate that looks at nothing passes, which somebody has to be told.
        mb_histories_note(histories, "no series is like that: nothing was judged");
    }
    if (status == MB_OK) {
        mb_history_latest_decide(histories->judged, histories->count,
                                 &histories->options.change);
    }
    return status;
}

void mb_histories_release(struct mb_histories *histories)
{
    for (size_t i = 0; i < histories->read_count; i++) {
        mb_result_release(&histories->read[i].result);
    }
    for (size_t i = 0; i < histories->arena_count; i++) {
        mb_arena_release(&histories->arenas[i]);
    }
    mb_arena_release(&histories->arena);
}
