// The chart of a series: its values, its levels, and where they moved.
#include <math.h>

#include "report/escape.h"
#include "report/history.h"

enum { WIDTH = 720, HEIGHT = 360, NAME_WIDTH = 80 };

#define NS_PER_S 1e9

// One chart while it is made.
struct draft {
    struct mb_arena *arena;
    const struct mb_history *history;
    const struct mb_history_judged *judged;
    bool dated; // the horizontal axis is time
    double low;
    double high;
    struct mb_buf data;
};

static size_t row_of(const struct mb_history_series *series, size_t index)
{
    return series->rows != NULL ? series->rows[index] : index;
}

// Every point has a time, and no time goes back.
static bool is_dated(const struct draft *draft)
{
    int64_t last = MB_HISTORY_NO_TIME;
    for (size_t i = 0; i < draft->judged->series.count; i++) {
        size_t row = row_of(&draft->judged->series, i);
        int64_t time = draft->history->rows[row].time_unix_ns;
        if (time == MB_HISTORY_NO_TIME || time < last) {
            return false;
        }
        last = time;
    }
    return true;
}

static double x_of(const struct draft *draft, size_t index)
{
    size_t row = row_of(&draft->judged->series, index);
    return draft->dated ? (double)draft->history->rows[row].time_unix_ns / NS_PER_S
                        : (double)index;
}

// Overheads in percent, the rest as in the JSON.
static double y_of(const struct draft *draft, double value)
{
    const struct mb_history_series *series = &draft->judged->series;
    return series->scale == MB_HISTORY_RATIO ? (value - 1.0) * 100.0
                                             : value * mb_history_unit_factor(series);
}

static void values_print(struct draft *draft)
{
    const struct mb_history_series *series = &draft->judged->series;
    mb_buf_append_string(&draft->data, "\n\n\"measured\"\n");
    for (size_t i = 0; i < series->count; i++) {
        if (isnan(series->values[i])) {
            mb_buf_append_char(&draft->data, '\n');
            continue;
        }
        double y = y_of(draft, series->values[i]);
        draft->low = fmin(draft->low, y);
        draft->high = fmax(draft->high, y);
        mb_buf_print(&draft->data, "%.0f %.9g\n", x_of(draft, i), y);
    }
}

static void level_print(struct draft *draft, size_t from, size_t to, double level)
{
    if (to > from) {
        mb_buf_print(&draft->data, "%.0f %.9g\n%.0f %.9g\n\n", x_of(draft, from),
                     y_of(draft, level), x_of(draft, to - 1), y_of(draft, level));
    }
}

// The level before each change, and the one after the last of its segment.
static void levels_print(struct draft *draft)
{
    const struct mb_history_judged *judged = draft->judged;
    mb_buf_append_string(&draft->data, "\n\n\"level\"\n");
    for (size_t i = 0; i < judged->change_count; i++) {
        const struct mb_history_change *change = &judged->changes[i];
        bool goes_on =
            i + 1 < judged->change_count && judged->changes[i + 1].from < change->to;
        level_print(draft, change->from, change->index, change->before);
        if (!goes_on) {
            level_print(draft, change->index, change->to, change->after);
        }
    }
}

static void vertical_print(struct draft *draft, size_t index)
{
    mb_buf_print(&draft->data, "%.0f %.9g\n%.0f %.9g\n\n", x_of(draft, index), draft->low,
                 x_of(draft, index), draft->high);
}

// Upright lines: changes of a direction; where the noise changed; new environments.
static size_t changes_print(struct draft *draft, const char *name,
                            enum mb_history_direction direction)
{
    const struct mb_history_judged *judged = draft->judged;
    size_t printed = 0;
    mb_buf_print(&draft->data, "\n\n\"%s\"\n", name);
    for (size_t i = 0; i < judged->change_count; i++) {
        if (judged->changes[i].direction == direction) {
            vertical_print(draft, judged->changes[i].index);
            printed++;
        }
    }
    return printed;
}

static size_t noise_print(struct draft *draft)
{
    mb_buf_append_string(&draft->data, "\n\n\"noise changed\"\n");
    for (size_t i = 0; i < draft->judged->noise_count; i++) {
        vertical_print(draft, draft->judged->noise[i].index);
    }
    return draft->judged->noise_count;
}

static size_t environments_print(struct draft *draft)
{
    mb_buf_append_string(&draft->data, "\n\n\"new environment\"\n");
    for (size_t i = 1; i < draft->judged->segment_count; i++) {
        vertical_print(draft, draft->judged->segments[i].from);
    }
    return draft->judged->segment_count - 1;
}

static const char *axis_label(const struct mb_history_series *series)
{
    if (series->scale == MB_HISTORY_RATIO) {
        return "over baseline [%]";
    }
    const char *unit = mb_history_unit_name(series);
    return unit != NULL ? unit : "";
}

static const char *script_make(struct draft *draft, const char *stem,
                               const size_t *uprights)
{
    static const char *const colors[] = {"#d55e00", "#009e73", "#cc79a7", "#808080"};
    struct mb_buf out = {0};
    mb_buf_print(
        &out,
        "# gnuplot %s.gp draws %s.svg from %s.dat; change what you like.\n"
        "set terminal svg size %d,%d dynamic noenhanced font \"sans-serif,14\"\n"
        "set output \"%s.svg\"\n"
        "set datafile commentschars \"\"\n"
        "set encoding utf8\n"
        "T = \"\"; E = \"\"\n"
        "stats \"%s.dat\" index 0 using (T = stringcolumn(1), E = "
        "stringcolumn(2), 0) nooutput\n"
        "set title T.\"\\n\".E\n"
        "set border 3\n"
        "set tics nomirror\n"
        "set grid y lc rgb \"#909090\" lw 0.5 dt 3\n"
        "set key bmargin left horizontal Left reverse maxcols 3\n"
        "set ylabel \"%s\"\n%s",
        stem, stem, stem, WIDTH, HEIGHT, stem, stem, axis_label(&draft->judged->series),
        draft->dated ? "set xdata time\nset timefmt \"%s\"\n"
                       "set format x \"%Y-%m-%d\"\nset xtics rotate by 30 right\n"
                     : "set xlabel \"point\"\n");
    mb_buf_print(&out,
                 "plot \"%s.dat\" index 1 using 1:2 with linespoints lw 1 pt 7 ps 0.3 lc "
                 "rgb \"#0072b2\" title columnheader(1), \\\n"
                 "  \"%s.dat\" index 2 using 1:2 with lines lw 3 lc rgb \"#e69f00\" "
                 "title columnheader(1)",
                 stem, stem);
    for (size_t i = 0; i < sizeof colors / sizeof *colors; i++) {
        if (uprights[i] > 0) {
            mb_buf_print(&out,
                         ", \\\n  \"%s.dat\" index %zu using 1:2 with lines lw 2 dt 2 lc "
                         "rgb \"%s\" title columnheader(1)",
                         stem, 3 + i, colors[i]);
        }
    }
    mb_buf_append_char(&out, '\n');
    const char *script = mb_arena_copy_string(draft->arena, mb_buf_string(&out));
    mb_buf_release(&out);
    return script;
}

static void chart_add(struct mb_arena *arena, const struct mb_history_view *view,
                      const struct mb_history_judged *judged, struct mb_charts *charts)
{
    struct draft draft = {.arena = arena,
                          .history = view->history,
                          .judged = judged,
                          .low = INFINITY,
                          .high = -INFINITY};
    const struct mb_history_series *series = &judged->series;
    const char *stem = mb_arena_print(arena, "history-%zu", charts->count + 1);
    draft.dated = is_dated(&draft);
    mb_escape_gnuplot(&draft.data, series->name, NAME_WIDTH);
    mb_buf_append_char(&draft.data, ' ');
    mb_escape_gnuplot(
        &draft.data,
        mb_arena_print(arena, "%s · %zu points", view->history->source, series->count),
        NAME_WIDTH);
    mb_buf_append_char(&draft.data, '\n');
    values_print(&draft);
    levels_print(&draft);
    const size_t uprights[] = {changes_print(&draft, "worse", MB_HISTORY_WORSE),
                               changes_print(&draft, "better", MB_HISTORY_BETTER),
                               noise_print(&draft), environments_print(&draft)};
    charts->items = mb_arena_grow(arena, charts->items, charts->count, &charts->capacity,
                                  sizeof *charts->items);
    charts->items[charts->count++] = (struct mb_chart){
        .stem = stem,
        .title = series->name,
        .text = mb_arena_print(arena,
                               "%zu values of %s, their levels, and upright lines where "
                               "the level moved.",
                               series->count, series->name),
        .data = mb_arena_copy_string(arena, mb_buf_string(&draft.data)),
        .script = script_make(&draft, stem, uprights)};
    mb_buf_release(&draft.data);
}

void mb_charts_of_history(struct mb_arena *arena, const struct mb_history_view *view,
                          struct mb_charts *charts)
{
    *charts = (struct mb_charts){0};
    for (size_t i = 0; i < view->count && charts->count < MB_HISTORY_CHARTS; i++) {
        const struct mb_history_judged *judged = &view->judged[i];
        if (mb_history_moved(judged) && judged->series.values != NULL) {
            chart_add(arena, view, judged, charts);
        }
    }
}
