// Charts become files and pictures: gnuplot is run on what was written.
#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "report/chart.h"

// gnuplot takes about 0.05 s for a chart; one process draws them all.
#define DRAW_TIMEOUT_NS INT64_C(20000000000)
#define CHART_TIMEOUT_NS INT64_C(1000000000)
enum { SVG_MAX_BYTES = 8 << 20, MESSAGE_MAX_BYTES = 1024 };

static enum mb_status part_write(struct mb_arena *arena, const char *dir,
                                 const char *name, const char *text, struct mb_err *err)
{
    return mb_file_write(mb_file_join(arena, dir, name), text, strlen(text), err);
}

enum mb_status mb_charts_save(struct mb_arena *arena, const struct mb_charts *charts,
                              const char *dir, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < charts->count && status == MB_OK; i++) {
        const struct mb_chart *chart = &charts->items[i];
        status = part_write(arena, dir, mb_arena_print(arena, "%s.dat", chart->stem),
                            chart->data, err);
        if (status == MB_OK) {
            status = part_write(arena, dir, mb_arena_print(arena, "%s.gp", chart->stem),
                                chart->script, err);
        }
    }
    return status;
}

// What charts are drawn with, and where.
struct desk {
    struct mb_arena *arena;
    const char *gnuplot;
    const char *dir;
    int formats;
};

// Runs gnuplot on the scripts of `count` charts.
static enum mb_status gnuplot_run(const struct desk *desk, const struct mb_chart *charts,
                                  size_t count, struct mb_err *err)
{
    static const char *const settings[] = {"PNG=0", "PNG=1"};
    static const int formats[] = {MB_CHART_SVG, MB_CHART_PNG};
    const char **argv = mb_arena_alloc(desk->arena, 2 * count + 6, sizeof *argv);
    size_t used = 0;
    argv[used++] = desk->gnuplot;
    for (size_t format = 0; format < 2; format++) {
        if ((desk->formats & formats[format]) == 0) {
            continue;
        }
        argv[used++] = "-e";
        argv[used++] = settings[format];
        for (size_t i = 0; i < count; i++) {
            argv[used++] = mb_arena_print(desk->arena, "%s.gp", charts[i].stem);
        }
    }
    // gnuplot would otherwise open a display, or read settings of the user.
    const char *const env[] = {"GNUTERM=dumb", "HOME=/nonexistent", NULL};
    const struct mb_proc_spec spec = {
        .argv = argv, .env = env, .cwd = desk->dir, .cpu = -1};
    struct mb_buf message = {.cap = MESSAGE_MAX_BYTES};
    int exit_status = 0;
    enum mb_status status =
        mb_proc_capture(&spec, true, DRAW_TIMEOUT_NS + (int64_t)count * CHART_TIMEOUT_NS,
                        &message, &exit_status, err);
    if (status == MB_OK && exit_status != 0) {
        status = mb_err_set(err, MB_FAILED, "gnuplot cannot draw '%s': %s",
                            charts[0].stem, mb_buf_string(&message));
    }
    mb_buf_release(&message);
    return status;
}

static enum mb_status picture_read(const struct desk *desk, struct mb_chart *chart,
                                   struct mb_err *err)
{
    struct mb_buf svg = {0};
    const char *name = mb_arena_print(desk->arena, "%s.svg", chart->stem);
    enum mb_status status = mb_file_read(mb_file_join(desk->arena, desk->dir, name), NULL,
                                         SVG_MAX_BYTES, &svg, err);
    if (status == MB_OK) {
        chart->svg = mb_arena_copy_string(desk->arena, mb_buf_string(&svg));
    }
    mb_buf_release(&svg);
    return status;
}

enum mb_status mb_charts_draw(struct mb_arena *arena, struct mb_charts *charts,
                              const char *dir, int formats, struct mb_err *err)
{
    const struct desk desk = {.arena = arena,
                              .gnuplot = mb_proc_find(arena, "gnuplot", NULL),
                              .dir = dir,
                              .formats = formats};
    if (desk.gnuplot == NULL) {
        enum mb_status status =
            mb_err_set(err, MB_FAILED, "no pictures: gnuplot is not found on PATH");
        mb_err_hint(err, "apt-get install gnuplot-nox, then run this again");
        return status;
    }
    if (charts->count == 0) {
        return MB_OK;
    }
    // gnuplot ends at the first script that it cannot draw. Then each is drawn by itself,
    // so that the others have their pictures all the same; the first error stays.
    struct mb_err together = {0};
    bool all = gnuplot_run(&desk, charts->items, charts->count, &together) == MB_OK;
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < charts->count; i++) {
        struct mb_err *where = status == MB_OK ? err : &together;
        enum mb_status drawn =
            all ? MB_OK : gnuplot_run(&desk, &charts->items[i], 1, where);
        if (drawn == MB_OK && (formats & MB_CHART_SVG) != 0) {
            drawn = picture_read(&desk, &charts->items[i], where);
        }
        status = status == MB_OK ? drawn : status;
    }
    return status;
}
