// A history for people at a terminal.
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "report/history.h"

enum { INDENT = 4 };

static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
enum { BARS = sizeof bars / sizeof *bars };

// Text from input, which a terminal must not obey.
static void line_print(struct mb_buf *out, size_t indent, const char *text)
{
    for (size_t i = 0; i < indent; i++) {
        mb_buf_append_char(out, ' ');
    }
    mb_text_show(text, strlen(text), "", out);
    mb_buf_append_char(out, '\n');
}

// One bar for each part of the series; a stroke where a new environment begins.
static void spark_print(struct mb_buf *out, const struct mb_history_judged *judged)
{
    float low = INFINITY;
    float high = -INFINITY;
    for (size_t i = 0; i < judged->spark_count; i++) {
        low = fminf(low, judged->spark[i]);
        high = fmaxf(high, judged->spark[i]);
    }
    size_t segment = 1;
    mb_buf_append_string(out, "  ");
    for (size_t i = 0; i < judged->spark_count; i++) {
        size_t first = i * judged->series.count / judged->spark_count;
        for (; segment < judged->segment_count && judged->segments[segment].from <= first;
             segment++) {
            mb_buf_append_string(out, "│");
        }
        float value = judged->spark[i];
        float share = high > low ? (value - low) / (high - low) : 0.0F;
        int level = isnan(value) ? 0 : (int)(share * (float)(BARS - 1) + 0.5F);
        mb_buf_append_string(out, isnan(value) ? " " : bars[level]);
    }
    mb_buf_append_char(out, '\n');
}

static void changes_print(struct mb_arena *arena, const struct mb_history_view *view,
                          const struct mb_history_judged *judged, bool noise,
                          struct mb_buf *out)
{
    const struct mb_history_change *changes = noise ? judged->noise : judged->changes;
    size_t count = noise ? judged->noise_count : judged->change_count;
    for (size_t i = 0; i < count; i++) {
        const char *what =
            mb_history_change_text(arena, &judged->series, &changes[i], noise);
        const char *since = mb_history_since_text(arena, view->history, &changes[i]);
        line_print(out, INDENT,
                   mb_arena_print(arena, "%s, since %s%s", what, since,
                                  mb_history_known_text(arena, &changes[i])));
    }
}

static void segments_print(struct mb_arena *arena, const struct mb_history_view *view,
                           const struct mb_history_judged *judged, struct mb_buf *out)
{
    for (size_t i = 1; i < judged->segment_count; i++) {
        const struct mb_history_segment *segment = &judged->segments[i];
        if (judged->series.scale == MB_HISTORY_RATIO ||
            segment->row < view->options->since_row) {
            continue;
        }
        line_print(
            out, INDENT,
            mb_arena_print(
                arena,
                "new environment %.12s since %s: levels are not compared across it",
                segment->environment,
                mb_history_time_text(arena, view->history, segment->row)));
    }
}

static void series_print(struct mb_arena *arena, const struct mb_history_view *view,
                         const struct mb_history_judged *judged, struct mb_buf *out)
{
    const struct mb_history_series *series = &judged->series;
    mb_buf_append_char(out, '\n');
    line_print(out, 0,
               mb_arena_print(arena, "%s  (%zu points, %s is better)", series->name,
                              series->count,
                              series->higher_is_better ? "higher" : "lower"));
    spark_print(out, judged);
    changes_print(arena, view, judged, false, out);
    changes_print(arena, view, judged, true, out);
    if (judged->latest.outlier) {
        line_print(out, INDENT, mb_history_latest_text(arena, view, judged));
    }
    segments_print(arena, view, judged, out);
}

void mb_report_history_text(struct mb_arena *arena, const struct mb_history_view *view,
                            struct mb_buf *out)
{
    const struct mb_history *history = view->history;
    line_print(out, 0,
               mb_arena_print(arena, "%s: %zu point%s in time, %s", history->source,
                              history->row_count, history->row_count == 1 ? "" : "s",
                              mb_history_headline(arena, view)));
    for (size_t i = 0; i < history->note_count; i++) {
        line_print(out, 0, mb_arena_print(arena, "note: %s", history->notes[i]));
    }
    for (size_t i = 0; i < view->count; i++) {
        if (view->all || mb_history_moved(&view->judged[i])) {
            series_print(arena, view, &view->judged[i], out);
        }
    }
}
