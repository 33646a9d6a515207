#include "meshbench/history_page.h"

#include "base/file.h"
#include "meshbench/histories.h"
#include "meshbench/stores.h"
#include "report/history.h"

// What is made on the way to the page.
struct work {
    struct mb_arena arena;
    struct mb_histories_request request;
    struct mb_histories histories;
    struct mb_history_view view;
};

static enum mb_status history_read(const struct mb_ctx *ctx,
                                   const struct mb_history_page *page, struct work *work,
                                   struct mb_err *err)
{
    static const struct mb_opt_list no_tags;
    work->request = (struct mb_histories_request){
        .store = mb_stores_path(ctx, page->store),
        .tags = &no_tags,
        .metrics = mb_histories_split(&work->arena, page->metrics),
        .options.keep_values = page->charts};
    struct mb_histories *histories = &work->histories;
    enum mb_status status = mb_histories_read(ctx, &work->request, histories, err);
    if (status == MB_OK) {
        mb_history_sort(histories->judged, histories->count);
        work->view = (struct mb_history_view){.history = &histories->history,
                                              .judged = histories->judged,
                                              .count = histories->count,
                                              .options = &histories->options};
    }
    return status;
}

// Writes the exact bytes of a result, unless they were pruned or are there already.
static enum mb_status result_export(struct work *work, struct mb_store *store,
                                    const char *dir, struct mb_history_row *row,
                                    struct mb_err *err)
{
    struct mb_store_result result;
    struct mb_buf bytes = {0};
    if (row->page != NULL) {
        return MB_OK;
    }
    enum mb_status status = mb_store_find(&work->arena, store, row->result, &result, err);
    if (status == MB_OK && result.kept) {
        const char *name = mb_arena_print(&work->arena, "results/%s.json", row->result);
        status = mb_store_read(store, &result, &bytes, err);
        if (status == MB_OK) {
            status = mb_file_write(mb_file_join(&work->arena, dir, name), bytes.data,
                                   bytes.size, err);
        }
        row->page = status == MB_OK ? name : NULL;
    }
    mb_buf_release(&bytes);
    return status;
}

// The results that changes lead to.
static enum mb_status results_export(const struct mb_ctx *ctx,
                                     const struct mb_history_page *page,
                                     struct work *work, struct mb_err *err)
{
    struct mb_history_row *rows = work->histories.history.rows;
    struct mb_store *store = NULL;
    enum mb_status status =
        mb_file_make_dirs(mb_file_join(&work->arena, page->output, "results"), err);
    if (status == MB_OK) {
        status = mb_stores_open(ctx, page->store, MB_STORE_READ, &store, err);
    }
    for (size_t i = 0; i < work->view.count && status == MB_OK; i++) {
        const struct mb_history_judged *judged = &work->view.judged[i];
        for (size_t k = 0; k < judged->change_count && status == MB_OK; k++) {
            status = result_export(work, store, page->output,
                                   &rows[judged->changes[k].row], err);
        }
        for (size_t k = 0; k < judged->noise_count && status == MB_OK; k++) {
            status = result_export(work, store, page->output, &rows[judged->noise[k].row],
                                   err);
        }
    }
    mb_store_close(store);
    return status;
}

// Pictures that cannot be drawn make no page fail; *err says why there are none.
static enum mb_status charts_write(const struct mb_history_page *page, struct work *work,
                                   struct mb_err *err)
{
    struct mb_charts charts;
    mb_charts_of_history(&work->arena, &work->view, &charts);
    enum mb_status status = mb_charts_save(&work->arena, &charts, page->output, err);
    if (status == MB_OK && charts.count > 0) {
        (void)!mb_charts_draw(&work->arena, &charts, page->output, MB_CHART_SVG, err);
    }
    return status;
}

static enum mb_status index_write(const struct mb_ctx *ctx,
                                  const struct mb_history_page *page, struct work *work,
                                  struct mb_err *err)
{
    const char *path = page->folder
                           ? mb_file_join(&work->arena, page->output, "index.html")
                           : page->output;
    struct mb_buf out = {0};
    mb_report_history_html(&work->arena, &work->view, &out);
    enum mb_status status = mb_documents_write(ctx, path, &out, err);
    mb_buf_release(&out);
    return status;
}

enum mb_status mb_history_page_write(const struct mb_ctx *ctx,
                                     const struct mb_history_page *page,
                                     struct mb_err *err)
{
    struct work work = {0};
    enum mb_status status = history_read(ctx, page, &work, err);
    if (status == MB_OK && page->folder) {
        status = results_export(ctx, page, &work, err);
    }
    if (status == MB_OK) {
        status = index_write(ctx, page, &work, err);
    }
    if (status == MB_OK && page->folder && page->charts) {
        status = charts_write(page, &work, err);
    }
    mb_histories_release(&work.histories);
    mb_arena_release(&work.arena);
    return status;
}
