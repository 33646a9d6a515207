// JSON form of a history: schema/history.schema.json.
#include <math.h>
#include <stdio.h>

#include "base/units.h"
#include "report/history.h"

struct target {
    struct mb_arena *arena;
    const struct mb_history_view *view;
    struct mb_node *map;
};

static void number_put(struct target target, const char *key, double value)
{
    mb_node_put(target.arena, target.map, key, mb_node_float(target.arena, value));
}

static void text_put(struct target target, const char *key, const char *text)
{
    mb_node_put(target.arena, target.map, key, mb_node_string(target.arena, text));
}

static void count_put(struct target target, const char *key, size_t count)
{
    mb_node_put(target.arena, target.map, key, mb_node_int(target.arena, (int64_t)count));
}

static void flag_put(struct target target, const char *key, bool flag)
{
    mb_node_put(target.arena, target.map, key, mb_node_bool(target.arena, flag));
}

// What a point belongs to.
static void row_put(struct target target, size_t index)
{
    const struct mb_history *history = target.view->history;
    const struct mb_history_row *row = &history->rows[index];
    char time[32];
    if (row->time_unix_ns != MB_HISTORY_NO_TIME) {
        mb_units_print_time(row->time_unix_ns, time, sizeof time);
        text_put(target, "time", time);
    } else {
        text_put(target, "time", row->time);
    }
    if (row->time != NULL) {
        text_put(target, "time_given", row->time);
    }
    struct mb_node *attributes = mb_node_map(target.arena);
    for (size_t i = 0; i < history->attribute_count; i++) {
        if (row->attributes[i] != NULL) {
            mb_node_put(target.arena, attributes, history->attribute_names[i],
                        mb_node_string(target.arena, row->attributes[i]));
        }
    }
    mb_node_put(target.arena, target.map, "attributes", attributes);
    text_put(target, "environment", row->environment);
    text_put(target, "result", row->result);
}

static struct mb_node *change_node(struct target target,
                                   const struct mb_history_judged *judged,
                                   const struct mb_history_change *change, bool noise)
{
    double scale = mb_history_unit_factor(&judged->series);
    target.map = mb_node_map(target.arena);
    count_put(target, "index", change->index);
    row_put(target, change->row);
    text_put(target, "version", change->version);
    number_put(target, "before", change->before * scale);
    number_put(target, "after", change->after * scale);
    number_put(target, "change_percent", change->change * 100.0);
    number_put(target, "p_value", change->p_value);
    bool worse = change->direction == MB_HISTORY_WORSE;
    text_put(target, "direction", worse ? "worse" : "better");
    count_put(target, "from", change->from);
    count_put(target, "to", change->to);
    flag_put(target, "reported", change->reported);
    text_put(target, "acknowledged", change->acknowledged);
    flag_put(target, "failed",
             mb_history_change_fails(change, noise, target.view->fail_on));
    return target.map;
}

static struct mb_node *changes_node(struct target target,
                                    const struct mb_history_judged *judged, bool noise)
{
    const struct mb_history_change *changes = noise ? judged->noise : judged->changes;
    size_t count = noise ? judged->noise_count : judged->change_count;
    struct mb_node *list = mb_node_list(target.arena);
    for (size_t i = 0; i < count; i++) {
        mb_node_push(target.arena, list, change_node(target, judged, &changes[i], noise));
    }
    return list;
}

static struct mb_node *segments_node(struct target target,
                                     const struct mb_history_judged *judged)
{
    struct mb_node *list = mb_node_list(target.arena);
    for (size_t i = 0; i < judged->segment_count; i++) {
        const struct mb_history_segment *segment = &judged->segments[i];
        target.map = mb_node_map(target.arena);
        count_put(target, "from", segment->from);
        count_put(target, "to", segment->to);
        text_put(target, "environment", segment->environment);
        mb_node_push(target.arena, list, target.map);
    }
    return list;
}

static struct mb_node *latest_node(struct target target,
                                   const struct mb_history_judged *judged)
{
    const struct mb_history_latest *latest = &judged->latest;
    if (!latest->judged) {
        return mb_node_null(target.arena);
    }
    double scale = mb_history_unit_factor(&judged->series);
    target.map = mb_node_map(target.arena);
    count_put(target, "index", latest->index);
    row_put(target, latest->row);
    number_put(target, "value", latest->value * scale);
    number_put(target, "reference", latest->reference * scale);
    count_put(target, "reference_points", latest->count);
    number_put(target, "change_percent", latest->change * 100.0);
    number_put(target, "p_value", latest->p_value);
    number_put(target, "p_adjusted", latest->p_adjusted);
    bool worse = latest->direction == MB_HISTORY_WORSE;
    text_put(target, "verdict", !latest->outlier ? "same" : worse ? "worse" : "better");
    return target.map;
}

static struct mb_node *series_node(struct target target,
                                   const struct mb_history_judged *judged)
{
    const struct mb_history_series *series = &judged->series;
    struct mb_node *map = mb_node_map(target.arena);
    target.map = map;
    text_put(target, "name", series->name);
    text_put(target, "metric", series->metric);
    text_put(target, "id", series->id);
    text_put(target, "baseline", series->baseline);
    text_put(target, "unit", mb_history_unit_name(series));
    flag_put(target, "higher_is_better", series->higher_is_better);
    count_put(target, "points", series->count);
    mb_node_put(target.arena, map, "segments", segments_node(target, judged));
    mb_node_put(target.arena, map, "change_points", changes_node(target, judged, false));
    mb_node_put(target.arena, map, "noise_changes", changes_node(target, judged, true));
    mb_node_put(target.arena, map, "latest", latest_node(target, judged));
    flag_put(target, "failed", mb_history_fails(judged, target.view->fail_on));
    return map;
}

static struct mb_node *detector_node(struct target target)
{
    const struct mb_change_options *change = &target.view->options->change;
    target.map = mb_node_map(target.arena);
    text_put(target, "name", change->detector == MB_CHANGE_OTAVA ? "otava" : "default");
    // What was asked for; null is the detector's own.
    number_put(target, "p_value", change->p_value > 0.0 ? change->p_value : NAN);
    if (change->window > 0) {
        count_put(target, "window", change->window);
    } else {
        text_put(target, "window", NULL);
    }
    number_put(target, "min_magnitude", change->min_magnitude);
    return target.map;
}

struct mb_node *mb_report_history_node(struct mb_arena *arena,
                                       const struct mb_history_view *view)
{
    struct target target = {.arena = arena, .view = view, .map = mb_node_map(arena)};
    struct mb_node *notes = mb_node_list(arena);
    struct mb_node *series = mb_node_list(arena);
    text_put(target, "meshbench", "v1");
    text_put(target, "kind", "history");
    text_put(target, "source", view->history->source);
    count_put(target, "rows", view->history->row_count);
    mb_node_put(arena, target.map, "detector", detector_node(target));
    flag_put(target, "failed", mb_history_tally(view).failed > 0);
    for (size_t i = 0; i < view->history->note_count; i++) {
        mb_node_push(arena, notes, mb_node_string(arena, view->history->notes[i]));
    }
    mb_node_put(arena, target.map, "notes", notes);
    for (size_t i = 0; i < view->count; i++) {
        mb_node_push(arena, series, series_node(target, &view->judged[i]));
    }
    mb_node_put(arena, target.map, "series", series);
    return target.map;
}
