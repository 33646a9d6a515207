#include "meshbench/result_page.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "meshbench/documents.h"
#include "report/html.h"

bool mb_result_page_is_page(const char *path)
{
    static const char suffix[] = ".html";
    size_t size = sizeof suffix - 1;
    size_t length = strlen(path);
    return length > size && strcmp(path + length - size, suffix) == 0;
}

enum mb_status mb_result_page_compare(struct mb_result_page *page,
                                      const struct mb_compare_side *sides, size_t count,
                                      const struct mb_compare_options *options,
                                      struct mb_err *err)
{
    struct mb_err why = {0};
    enum mb_status status =
        mb_compare(page->arena, sides, count, options, &page->report, &why);
    if (status == MB_INVALID) {
        page->no_comparison = mb_arena_copy_string(page->arena, why.message);
        page->report = (struct mb_compare_report){
            .sides = sides, .side_count = count, .confidence = 0.95};
        return MB_OK;
    }
    if (status != MB_OK) {
        *err = why;
    }
    return status;
}

// Why there are no pictures at all, for the readers of the page; NULL: there are some.
static const char *pictures_missing(const struct mb_result_page *page,
                                    const struct mb_charts *charts,
                                    const struct mb_err *why)
{
    for (size_t i = 0; i < charts->count; i++) {
        if (charts->items[i].svg != NULL) {
            return NULL;
        }
    }
    return mb_arena_print(page->arena, "%s%s%s.", why->message,
                          why->hint[0] != '\0' ? ". To get them: " : "", why->hint);
}

static enum mb_status html_write(const struct mb_ctx *ctx,
                                 const struct mb_result_page *page,
                                 const struct mb_charts *charts, const char *no_pictures,
                                 const char *path, struct mb_err *err)
{
    const struct mb_html_page html = {.report = &page->report,
                                      .no_comparison = page->no_comparison,
                                      .charts = charts,
                                      .no_pictures = no_pictures,
                                      .levels = page->levels,
                                      .point = page->charts.point};
    struct mb_buf out = {0};
    mb_html_page(page->arena, &html, &out);
    enum mb_status status = mb_documents_write(ctx, path, &out, err);
    mb_buf_release(&out);
    return status;
}

// Draws the charts in `dir`, and writes the page there or to its own path.
static enum mb_status page_write(const struct mb_ctx *ctx,
                                 const struct mb_result_page *page, const char *dir,
                                 struct mb_err *why, struct mb_err *err)
{
    struct mb_charts charts;
    const char *no_pictures = "Written without pictures, as asked (--no-charts).";
    enum mb_status status = MB_OK;
    mb_charts_build(page->arena, &page->report, &page->charts, &charts);
    if (page->formats != 0) {
        status = mb_charts_save(page->arena, &charts, dir, err);
        no_pictures = NULL;
    }
    if (status == MB_OK && page->formats != 0 &&
        mb_charts_draw(page->arena, &charts, dir, page->formats, why) != MB_OK) {
        no_pictures = pictures_missing(page, &charts, why);
    }
    if (status == MB_OK && !page->charts_only) {
        const char *path = mb_result_page_is_page(page->output)
                               ? page->output
                               : mb_file_join(page->arena, dir, "index.html");
        status = html_write(ctx, page, &charts, no_pictures, path, err);
    }
    return status;
}

enum mb_status mb_result_page_write(const struct mb_ctx *ctx,
                                    const struct mb_result_page *page, struct mb_err *err)
{
    struct mb_err why = {0};
    struct mb_err kept = {0};
    bool single = mb_result_page_is_page(page->output);
    // The charts of a page go to a folder of their own that does not stay.
    bool passing = single && page->formats != 0;
    char *dir = mb_arena_copy_string(page->arena, page->output);
    enum mb_status status = MB_OK;
    if (passing) {
        status = mb_file_make_temp_dir(page->arena, "meshbench-charts", &dir, err);
    } else if (!single) {
        status = mb_file_make_dirs(dir, err);
    }
    if (status != MB_OK) {
        return status;
    }
    status = page_write(ctx, page, dir, &why, err);
    if (passing) {
        enum mb_status removed = mb_file_remove_tree(dir, &kept);
        if (status == MB_OK && removed != MB_OK) {
            status = removed;
            why = kept;
        }
    }
    if (status == MB_OK || err->message[0] == '\0') {
        *err = why;
    }
    return status;
}

// What gnuplot says may hold names from a result: a terminal must not obey them.
static void warning_print(const struct mb_ctx *ctx, const char *command,
                          const struct mb_err *why)
{
    struct mb_buf text = {0};
    mb_text_show(why->message, strlen(why->message), "", &text);
    (void)fprintf(ctx->err, "meshbench %s: %s\n", command, mb_buf_string(&text));
    if (why->hint[0] != '\0') {
        (void)fprintf(ctx->err, "  hint: %s\n", why->hint);
    }
    mb_buf_release(&text);
}

enum mb_status mb_result_page_done(const struct mb_ctx *ctx, const char *command,
                                   enum mb_status status, const struct mb_err *why,
                                   struct mb_err *err)
{
    if (status != MB_OK) {
        *err = *why;
    } else if (why->message[0] != '\0') {
        warning_print(ctx, command, why);
    }
    return status;
}
