#include "report/chart.h"

#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"
#include "report/chart_draft.h"
#include "report/effect.h"
#include "report/escape.h"

// gnuplot takes about 0.1 s for a chart.
#define DRAW_TIMEOUT_NS INT64_C(20000000000)
enum { SVG_MAX_BYTES = 8 << 20, MESSAGE_MAX_BYTES = 1024 };

// Okabe and Ito (2008) without black and yellow, which vanish on a dark or a light page;
// grey is the baseline's. Seven variants; the eighth begins again.
static const char *const palette[] = {"#0072b2", "#e69f00", "#009e73",
                                      "#cc79a7", "#d55e00", "#56b4e9"};
enum { PALETTE = sizeof palette / sizeof *palette };

const char *mb_chart_color(const struct mb_compare_report *report, const char *variant)
{
    const char *baseline = report->baseline != NULL ? report->baseline : "";
    const struct mb_cell *seen[PALETTE * 8];
    size_t count = 0;
    for (size_t side = 0; side < report->side_count; side++) {
        const struct mb_result *result = report->sides[side].result;
        for (size_t i = 0; i < result->cell_count; i++) {
            const struct mb_cell *cell = &result->cells[i];
            const char *name = cell->aa_of != NULL ? cell->aa_of : cell->variant;
            size_t at = 0;
            while (at < count && strcmp(seen[at]->variant, name) != 0) {
                at++;
            }
            if (strcmp(cell->variant, variant) == 0) {
                return strcmp(name, baseline) == 0 ? "#808080" : palette[at % PALETTE];
            }
            if (at == count && cell->aa_of == NULL && strcmp(name, baseline) != 0 &&
                count < sizeof seen / sizeof *seen) {
                seen[count++] = cell;
            }
        }
    }
    return palette[0];
}

// "demo · AMD EPYC · Linux 6.18 · 2026-11-23".
static void environment_print(const struct mb_compare_side *side, struct mb_buf *out)
{
    const struct mb_result *result = side->result;
    const char *cpu = mb_effect_fact(result, "environment.host.cpu_model");
    const char *kernel = mb_effect_fact(result, "environment.host.kernel");
    mb_buf_append_string(out, result->spec_name != NULL ? result->spec_name : side->name);
    if (cpu != NULL) {
        mb_buf_print(out, " · %s", cpu);
    }
    if (kernel != NULL) {
        mb_buf_print(out, " · kernel %s", kernel);
    }
    mb_buf_print(out, " · %s", result->id);
}

struct mb_chart_draft mb_chart_begin(struct mb_charts *charts, struct mb_arena *arena,
                                     const struct mb_compare_report *report,
                                     const char *kind)
{
    size_t number = 1;
    size_t length = strlen(kind);
    for (size_t i = 0; i < charts->count; i++) {
        number += strncmp(charts->items[i].stem, kind, length) == 0;
    }
    struct mb_chart_draft draft = {.arena = arena, .report = report, .charts = charts};
    draft.stem = mb_arena_print(arena, "%s-%zu", kind, number);
    return draft;
}

void mb_chart_title(struct mb_chart_draft *draft, size_t side, const char *title)
{
    struct mb_buf environment = {0};
    draft->title = title;
    environment_print(&draft->report->sides[side], &environment);
    mb_escape_gnuplot(&draft->data, title, MB_CHART_NAME_WIDTH);
    mb_buf_append_char(&draft->data, ' ');
    mb_escape_gnuplot(&draft->data, mb_buf_string(&environment), MB_CHART_NAME_WIDTH);
    mb_buf_append_char(&draft->data, '\n');
    mb_buf_release(&environment);
}

void mb_chart_series(struct mb_chart_draft *draft, const char *name)
{
    mb_buf_append_string(&draft->data, "\n\n");
    size_t before = draft->data.size;
    mb_escape_gnuplot(&draft->data, name, MB_CHART_NAME_WIDTH);
    size_t lines = 1;
    for (const char *at = draft->data.data + before; *at != '\0'; at++) {
        lines += at[0] == '\\';
    }
    draft->lines = lines > draft->lines ? lines : draft->lines;
    mb_buf_append_char(&draft->data, '\n');
    draft->series++;
}

void mb_chart_end(struct mb_chart_draft *draft, const char *settings, size_t height)
{
    struct mb_arena *arena = draft->arena;
    if (draft->series > 0) {
        const char *script = mb_arena_print(
            arena,
            "# gnuplot %s.gp draws %s.svg from %s.dat; change what you like.\n"
            "set terminal svg size %d,%zu dynamic noenhanced font \"sans-serif,14\"\n"
            "set output \"%s.svg\"\n"
            "set datafile commentschars \"\"\n"
            "set encoding utf8\n"
            "T = \"\"; E = \"\"\n"
            "stats \"%s.dat\" index 0 using (T = stringcolumn(1), E = stringcolumn(2), "
            "0) "
            "nooutput\n"
            "set title T.\"\\n\".E\n"
            "set border 3\n"
            "set tics nomirror\n"
            "set grid lc rgb \"#909090\" lw 0.5 dt 3\n"
            "set key bmargin left horizontal Left reverse maxcols 1\n"
            "%s"
            "plot %s\n",
            draft->stem, draft->stem, draft->stem, MB_CHART_WIDTH, height, draft->stem,
            draft->stem, settings, mb_buf_string(&draft->plot));
        struct mb_charts *charts = draft->charts;
        charts->items = mb_arena_grow(arena, charts->items, charts->count,
                                      &charts->capacity, sizeof *charts->items);
        charts->items[charts->count++] = (struct mb_chart){
            .stem = draft->stem,
            .title = draft->title,
            .text = draft->text,
            .data = mb_arena_copy_string(arena, mb_buf_string(&draft->data)),
            .script = script};
    }
    mb_buf_release(&draft->data);
    mb_buf_release(&draft->plot);
}

void mb_charts_build(struct mb_arena *arena, const struct mb_compare_report *report,
                     struct mb_charts *charts)
{
    *charts = (struct mb_charts){0};
    mb_chart_effects(charts, arena, report);
    for (size_t side = 0; side < report->side_count; side++) {
        mb_chart_latency(charts, arena, report, side);
    }
    for (size_t side = 0; side < report->side_count; side++) {
        mb_chart_trials(charts, arena, report, side);
        mb_chart_roles(charts, arena, report, side);
    }
}

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

static enum mb_status chart_draw(struct mb_arena *arena, const char *gnuplot,
                                 const char *dir, struct mb_chart *chart,
                                 struct mb_err *err)
{
    const char *script = mb_arena_print(arena, "%s.gp", chart->stem);
    const char *const argv[] = {gnuplot, script, NULL};
    // gnuplot would otherwise open a display, or read settings of the user.
    const char *const env[] = {"GNUTERM=dumb", "HOME=/nonexistent", NULL};
    const struct mb_proc_spec spec = {.argv = argv, .env = env, .cwd = dir, .cpu = -1};
    struct mb_buf message = {.cap = MESSAGE_MAX_BYTES};
    struct mb_buf svg = {0};
    int exit_status = 0;
    enum mb_status status =
        mb_proc_capture(&spec, true, DRAW_TIMEOUT_NS, &message, &exit_status, err);
    if (status == MB_OK && exit_status != 0) {
        status = mb_err_set(err, MB_FAILED, "gnuplot cannot draw '%s': %s", script,
                            mb_buf_string(&message));
    }
    if (status == MB_OK) {
        const char *path =
            mb_file_join(arena, dir, mb_arena_print(arena, "%s.svg", chart->stem));
        status = mb_file_read(path, NULL, SVG_MAX_BYTES, &svg, err);
    }
    if (status == MB_OK) {
        chart->svg = mb_arena_copy_string(arena, mb_buf_string(&svg));
    }
    mb_buf_release(&message);
    mb_buf_release(&svg);
    return status;
}

enum mb_status mb_charts_draw(struct mb_arena *arena, struct mb_charts *charts,
                              const char *dir, struct mb_err *err)
{
    const char *gnuplot = mb_proc_find(arena, "gnuplot", NULL);
    if (gnuplot == NULL) {
        enum mb_status status =
            mb_err_set(err, MB_FAILED, "no pictures: gnuplot is not found on PATH");
        mb_err_hint(err, "apt-get install gnuplot-nox, then run this again");
        return status;
    }
    // The first error stays; the other pictures are drawn all the same.
    enum mb_status status = MB_OK;
    for (size_t i = 0; i < charts->count; i++) {
        enum mb_status drawn = chart_draw(arena, gnuplot, dir, &charts->items[i], err);
        status = status == MB_OK ? drawn : status;
    }
    return status;
}
