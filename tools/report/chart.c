#include "report/chart.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/units.h"
#include "report/chart_draft.h"
#include "report/effect.h"
#include "report/escape.h"

// Pixels: around the texts at the top, for the axis with its label, for a line of the
// key.
enum { ABOVE = 28, AXIS = 66, KEY_LINE = 25 };

// A logarithmic axis with more between its ends is labelled at powers of ten only.
static const double AXIS_SPAN = 20000.0;

// "demo · AMD EPYC · kernel 6.18 · 20261123T194700Z-4f".
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

const char *mb_chart_point_title(const struct mb_chart_atlas *atlas,
                                 const struct mb_points_item *point)
{
    struct mb_buf text = {0};
    const struct mb_cell *cell = point->cells[0];
    char length[32];
    mb_buf_print(&text, "%s · %s", point->title,
                 mb_load_model_name(point->point->load_model));
    if (cell->trial_count > 0 && cell->trials[0].window_ns > 0) {
        mb_units_show(MB_UNIT_DURATION, (double)cell->trials[0].window_ns, length,
                      sizeof length);
        mb_buf_print(&text, " · %zu trial%s of %s", cell->trial_count,
                     cell->trial_count == 1 ? "" : "s", length);
    }
    if (point->point->timeout_ns > 0) {
        mb_units_show(MB_UNIT_DURATION, (double)point->point->timeout_ns, length,
                      sizeof length);
        mb_buf_print(&text, " · time-out %s", length);
    }
    const char *title = mb_arena_copy_string(atlas->arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return title;
}

// The charts of a kind that there are already.
static size_t kind_count(const struct mb_charts *charts, const struct mb_chart_kind *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < charts->count; i++) {
        count += charts->items[i].heading == kind->heading;
    }
    return count;
}

static void rest_count(const struct mb_chart_atlas *atlas,
                       const struct mb_chart_kind *kind)
{
    struct mb_charts *charts = atlas->charts;
    size_t last = charts->rest_count;
    if (last == 0 || charts->rest[last - 1].heading != kind->heading) {
        charts->rest = mb_arena_grow(atlas->arena, charts->rest, last,
                                     &charts->rest_capacity, sizeof *charts->rest);
        charts->rest[charts->rest_count++] =
            (struct mb_chart_rest){.heading = kind->heading};
    }
    charts->rest[charts->rest_count - 1].count++;
}

size_t mb_chart_text(struct mb_chart_draft *draft, const char *text, size_t ems)
{
    size_t lines = 1;
    size_t before = draft->data.size;
    mb_escape_gnuplot(&draft->data, text, ems);
    for (const char *at = draft->data.data + before; *at != '\0'; at++) {
        lines += *at == '\\';
    }
    return lines;
}

bool mb_chart_full(const struct mb_chart_atlas *atlas, const struct mb_chart_kind *kind)
{
    size_t limit = atlas->options->per_kind;
    if (kind_count(atlas->charts, kind) < (limit > 0 ? limit : MB_CHARTS_PER_KIND)) {
        return false;
    }
    rest_count(atlas, kind);
    return true;
}

bool mb_chart_begin(const struct mb_chart_atlas *atlas, const struct mb_chart_kind *kind,
                    size_t side, const char *title, struct mb_chart_draft *draft)
{
    if (mb_chart_full(atlas, kind)) {
        return false;
    }
    *draft = (struct mb_chart_draft){.atlas = atlas, .arena = atlas->arena, .kind = kind};
    draft->stem = mb_arena_print(atlas->arena, "%s-%zu", kind->stem,
                                 kind_count(atlas->charts, kind) + 1);
    draft->title = mb_arena_print(atlas->arena, "%s: %s", kind->heading, title);
    struct mb_buf environment = {0};
    environment_print(&atlas->report->sides[side], &environment);
    draft->top = mb_chart_text(draft, kind->heading, MB_CHART_NAME_EMS);
    mb_buf_append_char(&draft->data, ' ');
    draft->top += mb_chart_text(draft, title, MB_CHART_NAME_EMS);
    mb_buf_append_char(&draft->data, ' ');
    draft->top += mb_chart_text(draft, mb_buf_string(&environment), MB_CHART_NAME_EMS);
    mb_buf_append_char(&draft->data, '\n');
    mb_buf_release(&environment);
    return true;
}

void mb_chart_series(struct mb_chart_draft *draft, const char *name)
{
    mb_buf_append_string(&draft->data, "\n\n");
    size_t lines = mb_chart_text(draft, name, MB_CHART_NAME_EMS);
    size_t length = strlen(name);
    draft->lines = lines > draft->lines ? lines : draft->lines;
    draft->longest = length > draft->longest ? length : draft->longest;
    mb_buf_append_char(&draft->data, '\n');
    draft->series++;
}

void mb_chart_series_cell(struct mb_chart_draft *draft, const struct mb_cell *cell,
                          const char *note)
{
    const char *name = cell->aa_of != NULL
                           ? mb_arena_print(draft->arena, "%s again", cell->aa_of)
                           : cell->variant;
    mb_chart_series(
        draft, note == NULL ? name : mb_arena_print(draft->arena, "%s (%s)", name, note));
}

static void separate(struct mb_chart_draft *draft)
{
    mb_buf_append_string(&draft->plot, draft->plotted++ > 0 ? ", \\\n  " : "plot ");
}

void mb_chart_panel(struct mb_chart_draft *draft, const char *settings)
{
    mb_buf_print(&draft->plot, "%s%s", draft->plotted > 0 ? "\n" : "", settings);
    draft->plotted = 0;
}

void mb_chart_plot(struct mb_chart_draft *draft, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    separate(draft);
    mb_buf_print(&draft->plot, "\"%s.dat\" index %zu %s", draft->stem, draft->series,
                 mb_arena_print_args(draft->arena, format, args));
    va_end(args);
}

void mb_chart_key(struct mb_chart_draft *draft, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    separate(draft);
    mb_buf_print(&draft->plot, "NaN %s", mb_arena_print_args(draft->arena, format, args));
    va_end(args);
}

const char *mb_chart_line(const struct mb_chart_draft *draft, const struct mb_cell *cell)
{
    struct mb_chart_style style = mb_chart_style(draft->atlas, cell);
    return mb_arena_print(draft->arena, "lw 2 dt %d pt %d lc rgb \"%s\"", style.dash,
                          style.mark, style.color);
}

// Steps of an axis: 1, 2, 5, 10, ...
static double step_down(double value)
{
    double decade = pow(10.0, floor(log10(value) + 1e-9));
    double share = value / decade * (1.0 + 1e-9);
    return decade * (share >= 5.0 ? 5.0 : share >= 2.0 ? 2.0 : 1.0);
}

static double step_up(double step)
{
    double decade = pow(10.0, floor(log10(step) + 1e-9));
    double next = step / decade < 1.5 ? 2.0 : step / decade < 3.0 ? 5.0 : 10.0;
    return decade * next;
}

void mb_chart_span(struct mb_chart_draft *draft, double value)
{
    if (value > 0.0 && isfinite(value)) {
        draft->least = draft->least > 0.0 ? fmin(draft->least, value) : value;
        draft->most = fmax(draft->most, value);
    }
}

const char *mb_chart_log_axis(const struct mb_chart_draft *draft, char axis)
{
    if (draft->least <= 0.0) {
        return "";
    }
    struct mb_buf tics = {0};
    double low = step_down(draft->least);
    double high = step_up(step_down(draft->most));
    bool decades = high / low > AXIS_SPAN;
    double at = low;
    while (at < high * 1.01) {
        bool decade = fabs(log10(at) - round(log10(at))) < 1e-6;
        if (!decades || decade) {
            mb_buf_print(&tics, "%s%g", tics.size > 0 ? ", " : "", at);
        }
        at = step_up(at);
    }
    const char *settings = mb_arena_print(
        draft->arena, "set logscale %c\nset %crange [%g:%g]\nset %ctics (%s)\n", axis,
        axis, low, high, axis, mb_buf_string(&tics));
    mb_buf_release(&tics);
    return settings;
}

// Pixels of a picture, from its top: texts, plot, axis, key.
struct layout {
    size_t above;
    size_t below;
    size_t key;
    size_t columns; // of the key
    size_t height;  // of all
};

static struct layout layout_make(const struct mb_chart_draft *draft, size_t plot,
                                 size_t entries)
{
    struct layout layout = {.above = ABOVE + MB_CHART_LINE * draft->top};
    size_t lines = draft->lines > 0 ? draft->lines : 1;
    // Short names stand side by side.
    layout.columns = draft->longest <= 14 ? 3 : draft->longest <= 26 ? 2 : 1;
    layout.key = KEY_LINE * lines * ((entries + layout.columns - 1) / layout.columns);
    layout.below = AXIS + layout.key;
    layout.height = layout.above + plot + layout.below;
    return layout;
}

static void head_print(const struct mb_chart_draft *draft, const struct layout *layout,
                       struct mb_buf *out)
{
    const char *stem = draft->stem;
    mb_buf_print(
        out,
        "# gnuplot %s.gp draws %s.svg from %s.dat; change what you like.\n"
        "# gnuplot -e PNG=1 %s.gp draws %s.png.\n"
        "reset\n"
        "if (!exists(\"PNG\")) { PNG = 0 }\n"
        "if (PNG) {\n"
        "  set terminal pngcairo noenhanced size %d,%zu font \"sans-serif,10.5\" "
        "fontscale 2 linewidth 2 pointscale 2\n"
        "  set output \"%s.png\"\n"
        "  F = \",13.5\"\n"
        "} else {\n"
        "  set terminal svg size %d,%zu dynamic noenhanced font \"sans-serif,%d\"\n"
        "  set output \"%s.svg\"\n"
        "  F = \",18\"\n"
        "}\n"
        "set datafile commentschars \"\"\n"
        "set encoding utf8\n",
        stem, stem, stem, stem, stem, MB_CHART_WIDTH * 2, layout->height * 2, stem,
        MB_CHART_WIDTH, layout->height, MB_CHART_EM, stem);
}

static const char *script_print(const struct mb_chart_draft *draft, const char *settings,
                                const struct layout *layout, size_t entries)
{
    struct mb_buf out = {0};
    head_print(draft, layout, &out);
    mb_buf_print(
        &out,
        "H = %zu.0 # pixels of the picture; B and A: where the plot begins, ends\n"
        "B = %zu / H\n"
        "A = 1 - %zu / H\n"
        "T = \"\"\n"
        "P = \"\"\n"
        "stats \"%s.dat\" index 0 using (T = stringcolumn(1), P = "
        "stringcolumn(2).\"\\n\".stringcolumn(3), 0) nooutput\n"
        "set label 1 T at screen 0.02, screen 1 - 20 / H left font F\n"
        "set label 2 P at screen 0.02, screen 1 - 45 / H left\n"
        "set tmargin at screen A\n"
        "set bmargin at screen B\n"
        "set border 3\n"
        "set tics nomirror\n"
        "set grid lc rgb \"#909090\" lw 0.5 dt 3\n"
        "set xlabel offset 0, 0.3\n",
        layout->height, layout->below, layout->above, draft->stem);
    if (entries == 0) {
        mb_buf_append_string(&out, "unset key\n");
    } else {
        mb_buf_print(&out,
                     "set key at screen 0.02, screen %zu / H left top horizontal Left "
                     "reverse maxcols %zu spacing %.2f\n",
                     layout->key + 4, layout->columns,
                     (double)(draft->lines > 0 ? draft->lines : 1) * 1.15);
    }
    mb_buf_print(&out, "%s%s\nunset output\n", settings, mb_buf_string(&draft->plot));
    const char *script = mb_arena_copy_string(draft->arena, mb_buf_string(&out));
    mb_buf_release(&out);
    return script;
}

void mb_chart_end(struct mb_chart_draft *draft, const char *settings, size_t plot,
                  size_t entries)
{
    struct mb_arena *arena = draft->arena;
    struct mb_charts *charts = draft->atlas->charts;
    if (draft->series > 0) {
        struct layout layout = layout_make(draft, plot, entries);
        charts->items = mb_arena_grow(arena, charts->items, charts->count,
                                      &charts->capacity, sizeof *charts->items);
        charts->items[charts->count++] = (struct mb_chart){
            .stem = draft->stem,
            .heading = draft->kind->heading,
            .title = draft->title,
            .text = draft->text,
            .data = mb_arena_copy_string(arena, mb_buf_string(&draft->data)),
            .script = script_print(draft, settings, &layout, entries)};
    }
    mb_buf_release(&draft->data);
    mb_buf_release(&draft->plot);
}

void mb_charts_build(struct mb_arena *arena, const struct mb_compare_report *report,
                     const struct mb_chart_options *options, struct mb_charts *charts)
{
    struct mb_chart_atlas atlas = {
        .arena = arena, .report = report, .charts = charts, .options = options};
    *charts = (struct mb_charts){0};
    mb_chart_atlas_fill(&atlas);
    mb_chart_effects(&atlas);
    mb_chart_releases(&atlas);
    mb_chart_percentiles(&atlas);
    mb_chart_distributions(&atlas);
    mb_chart_rates(&atlas);
    mb_chart_ceilings(&atlas);
    mb_chart_trials(&atlas);
    mb_chart_timelines(&atlas);
    mb_chart_roles(&atlas);
}

const char *mb_charts_left_out(struct mb_arena *arena, const struct mb_charts *charts)
{
    struct mb_buf text = {0};
    for (size_t i = 0; i < charts->rest_count; i++) {
        mb_buf_print(&text, "%s%zu of '%s'", i == 0 ? "Not drawn: " : ", ",
                     charts->rest[i].count, charts->rest[i].heading);
    }
    if (charts->rest_count > 0) {
        mb_buf_append_string(&text, ". --charts N draws more of each kind, --point TEXT "
                                    "those of other load points.");
    }
    if (charts->rows_left > 0) {
        mb_buf_print(&text,
                     "%sCharts have at most %d rows or lines: %zu are left out; the "
                     "tables have them.",
                     text.size > 0 ? " " : "", MB_CHART_ROWS_MAX, charts->rows_left);
    }
    const char *sentence =
        text.size > 0 ? mb_arena_copy_string(arena, mb_buf_string(&text)) : NULL;
    mb_buf_release(&text);
    return sentence;
}
