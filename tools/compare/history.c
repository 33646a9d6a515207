#include "compare/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compare/history_parts.h"
#include "compare/moment.h"

enum { DIGEST_PREFIX_MIN = 8 };

void mb_history_judge_release(struct mb_history_judge *judge)
{
    mb_mem_free(judge->points);
    judge->points = NULL;
    judge->capacity = 0;
}

size_t mb_history_row_of(const struct mb_history_series *series, size_t index)
{
    return series->rows != NULL ? series->rows[index] : index;
}

double mb_history_share(double before, double after)
{
    return before != 0.0 ? (after - before) / fabs(before) : NAN;
}

enum mb_history_direction mb_history_direction_of(const struct mb_history_series *series,
                                                  double before, double after)
{
    bool better = series->higher_is_better ? after > before : after < before;
    return better ? MB_HISTORY_BETTER : MB_HISTORY_WORSE;
}

static bool text_equal(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

// A new environment begins a new segment; one that is not known goes with its neighbours.
static void segments_find(struct mb_arena *arena, const struct mb_history *history,
                          const struct mb_history_series *series,
                          struct mb_history_judged *judged)
{
    size_t capacity = 0;
    struct mb_history_segment current = {0};
    for (size_t i = 0; i < series->count; i++) {
        const char *environment = history->rows[mb_history_row_of(series, i)].environment;
        if (environment == NULL || text_equal(environment, current.environment)) {
            continue;
        }
        if (current.environment != NULL) {
            current.to = i;
            judged->segments =
                mb_arena_grow(arena, judged->segments, judged->segment_count, &capacity,
                              sizeof *judged->segments);
            judged->segments[judged->segment_count++] = current;
            current.from = i;
            current.row = mb_history_row_of(series, i);
        }
        current.environment = environment;
    }
    current.to = series->count;
    judged->segments = mb_arena_grow(arena, judged->segments, judged->segment_count,
                                     &capacity, sizeof *judged->segments);
    judged->segments[judged->segment_count++] = current;
}

// Where the marks of a series begin in the ordered list.
static size_t marks_begin(const struct mb_history_options *options, const char *series)
{
    size_t low = 0;
    size_t high = options->mark_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(options->marks[middle].series, series) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// Index of the first point at or after a row.
static size_t point_at(const struct mb_history_series *series, size_t row)
{
    size_t low = 0;
    size_t high = series->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (mb_history_row_of(series, middle) < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// Applies what is known under one name: the series' own, or that of every series.
static void marks_apply(const struct mb_history_options *options, const char *name,
                        const struct mb_history_series *series,
                        struct mb_history_change *change)
{
    for (size_t i = marks_begin(options, name);
         i < options->mark_count && strcmp(options->marks[i].series, name) == 0; i++) {
        const struct mb_history_mark *mark = &options->marks[i];
        size_t at = point_at(series, mark->row);
        size_t apart = at > change->index ? at - change->index : change->index - at;
        if (apart > MB_HISTORY_SLACK) {
            continue;
        }
        if (mark->acknowledged != NULL) {
            change->acknowledged = mark->acknowledged;
        } else if (mark->up == (change->after > change->before)) {
            change->reported = true;
        }
    }
}

static struct mb_history_change change_make(const struct mb_history_series *series,
                                            const struct mb_change_point *point,
                                            size_t offset)
{
    struct mb_history_change change = {
        .index = point->index + offset,
        .from = point->from + offset,
        .to = point->to + offset,
        .before = point->before,
        .after = point->after,
        .change = mb_history_share(point->before, point->after),
        .p_value = point->p_value,
        .direction = mb_history_direction_of(series, point->before, point->after),
    };
    if (point->spread) {
        change.direction =
            point->after < point->before ? MB_HISTORY_BETTER : MB_HISTORY_WORSE;
    }
    change.row = mb_history_row_of(series, change.index);
    change.version = series->versions != NULL ? series->versions[change.index] : NULL;
    return change;
}

// What is needed while one series is searched.
struct search {
    struct mb_history_judge *judge;
    const struct mb_history_series *series;
    struct mb_history_judged *judged;
    size_t change_capacity;
    size_t noise_capacity;
};

static void change_add(struct search *search, const struct mb_history_change *change,
                       bool noise)
{
    struct mb_history_judged *judged = search->judged;
    if (noise) {
        judged->noise =
            mb_arena_grow(search->judge->arena, judged->noise, judged->noise_count,
                          &search->noise_capacity, sizeof *judged->noise);
        judged->noise[judged->noise_count++] = *change;
    } else {
        judged->changes =
            mb_arena_grow(search->judge->arena, judged->changes, judged->change_count,
                          &search->change_capacity, sizeof *judged->changes);
        judged->changes[judged->change_count++] = *change;
    }
}

// Finds the change points of [from, to) and adds those that count. Returns where the last
// level begins, change points of every time considered.
static size_t part_search(struct search *search, size_t from, size_t to)
{
    const struct mb_history_series *series = search->series;
    const struct mb_change_point *points = search->judge->points;
    size_t found = mb_change_find(series->values + from, to - from,
                                  &search->judge->options->change, search->judge->points);
    size_t level = from;
    for (size_t i = 0; i < found; i++) {
        struct mb_history_change change = change_make(series, &points[i], from);
        level = points[i].spread ? level : change.index;
        if (change.row < search->judge->options->since_row) {
            continue;
        }
        marks_apply(search->judge->options, "", series, &change);
        if (series->id != NULL) {
            marks_apply(search->judge->options, series->id, series, &change);
        }
        change_add(search, &change, points[i].spread);
    }
    return level;
}

static void spark_make(struct mb_arena *arena, const struct mb_history_series *series,
                       struct mb_history_judged *judged)
{
    size_t count = series->count < MB_HISTORY_SPARK ? series->count : MB_HISTORY_SPARK;
    judged->spark = mb_arena_alloc(arena, count, sizeof *judged->spark);
    judged->spark_count = count;
    for (size_t part = 0; part < count; part++) {
        double sum = 0.0;
        size_t known = 0;
        size_t end = (part + 1) * series->count / count;
        for (size_t i = part * series->count / count; i < end; i++) {
            if (!isnan(series->values[i])) {
                sum += series->values[i];
                known++;
            }
        }
        judged->spark[part] = known > 0 ? (float)(sum / (double)known) : NAN;
    }
}

static const void *array_copy(struct mb_arena *arena, const void *items, size_t count,
                              size_t size)
{
    void *copy = mb_arena_alloc(arena, count, size);
    if (count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

static void arrays_keep(struct mb_arena *arena, const struct mb_history_series *from,
                        bool keep, struct mb_history_series *series)
{
    *series = *from;
    series->values = NULL;
    series->rows = NULL;
    series->versions = NULL;
    if (!keep) {
        return;
    }
    series->values = array_copy(arena, from->values, from->count, sizeof *from->values);
    if (from->rows != NULL) {
        series->rows = array_copy(arena, from->rows, from->count, sizeof *from->rows);
    }
    if (from->versions != NULL) {
        series->versions =
            array_copy(arena, from->versions, from->count, sizeof *from->versions);
    }
}

void mb_history_judge_series(struct mb_history_judge *judge,
                             const struct mb_history_series *series,
                             struct mb_history_judged *judged)
{
    const struct mb_history_options *options = judge->options;
    *judged = (struct mb_history_judged){0};
    struct search search = {.judge = judge, .series = series, .judged = judged};
    if (judge->capacity < series->count) {
        judge->points =
            mb_mem_resize(judge->points, series->count, sizeof *judge->points);
        judge->capacity = series->count;
    }
    segments_find(judge->arena, judge->history, series, judged);
    size_t level = 0; // where that of the latest value begins
    if (series->scale == MB_HISTORY_RATIO) {
        level = part_search(&search, 0, series->count);
    } else {
        for (size_t i = 0; i < judged->segment_count; i++) {
            level =
                part_search(&search, judged->segments[i].from, judged->segments[i].to);
        }
    }
    if (options->latest_window > 0) {
        mb_history_latest_judge(series, options, level, &judged->latest);
    }
    spark_make(judge->arena, series, judged);
    bool found = judged->change_count > 0 || judged->noise_count > 0;
    arrays_keep(judge->arena, series, options->keep_values && found, &judged->series);
}

bool mb_history_moved(const struct mb_history_judged *judged)
{
    return judged->change_count > 0 || judged->noise_count > 0 || judged->latest.outlier;
}

// Size by which changes are ordered; from zero to anything counts as endless.
static double change_size(const struct mb_history_change *change)
{
    return isnan(change->change) ? INFINITY : fabs(change->change);
}

const struct mb_history_change *mb_history_worst(const struct mb_history_judged *judged)
{
    const struct mb_history_change *worst = NULL;
    for (size_t i = 0; i < judged->change_count; i++) {
        const struct mb_history_change *change = &judged->changes[i];
        if (worst == NULL) {
            worst = change;
            continue;
        }
        bool known = change->acknowledged != NULL;
        bool worst_known = worst->acknowledged != NULL;
        bool larger = change_size(change) > change_size(worst);
        if (known != worst_known) {
            worst = known ? worst : change;
        } else if (change->direction != worst->direction) {
            worst = change->direction == MB_HISTORY_WORSE ? change : worst;
        } else {
            worst = larger ? change : worst;
        }
    }
    return worst;
}

// 0: worse, 1: better, 2: the latest value or the noise only, 3: nothing.
static int rank_of(const struct mb_history_judged *judged,
                   const struct mb_history_change *worst)
{
    if (worst != NULL) {
        return worst->direction == MB_HISTORY_WORSE ? 0 : 1;
    }
    return mb_history_moved(judged) ? 2 : 3;
}

static int judged_compare(const void *left_item, const void *right_item)
{
    const struct mb_history_judged *left = left_item;
    const struct mb_history_judged *right = right_item;
    const struct mb_history_change *left_worst = mb_history_worst(left);
    const struct mb_history_change *right_worst = mb_history_worst(right);
    int left_rank = rank_of(left, left_worst);
    int right_rank = rank_of(right, right_worst);
    if (left_rank != right_rank) {
        return left_rank < right_rank ? -1 : 1;
    }
    if (left_worst != NULL && right_worst != NULL &&
        change_size(left_worst) != change_size(right_worst)) {
        return change_size(left_worst) > change_size(right_worst) ? -1 : 1;
    }
    int order = strcmp(left->series.name, right->series.name);
    return order != 0 ? order : strcmp(left->series.metric, right->series.metric);
}

void mb_history_sort(struct mb_history_judged *judged, size_t count)
{
    if (count > 1) {
        qsort(judged, count, sizeof *judged, judged_compare);
    }
}

static bool row_has(const struct mb_history *history, const struct mb_history_row *row,
                    const char *text)
{
    size_t size = strlen(text);
    if (row->result != NULL && size >= DIGEST_PREFIX_MIN &&
        strncmp(row->result, text, size) == 0) {
        return true;
    }
    for (size_t i = 0; i < history->attribute_count; i++) {
        if (row->attributes[i] != NULL && strcmp(row->attributes[i], text) == 0) {
            return true;
        }
    }
    return row->time != NULL && strcmp(row->time, text) == 0;
}

void mb_history_note(struct mb_arena *arena, struct mb_history *history, const char *note)
{
    history->notes = mb_arena_grow(arena, history->notes, history->note_count,
                                   &history->note_capacity, sizeof *history->notes);
    history->notes[history->note_count++] = note;
}

void mb_history_note_order(struct mb_arena *arena, struct mb_history *history,
                           const char *things, const char *order)
{
    size_t back = 0;
    int64_t last = MB_HISTORY_NO_TIME;
    for (size_t i = 0; i < history->row_count; i++) {
        int64_t time = history->rows[i].time_unix_ns;
        back += time != MB_HISTORY_NO_TIME && time < last;
        last = time != MB_HISTORY_NO_TIME ? time : last;
    }
    if (back > 0) {
        mb_history_note(arena, history,
                        mb_arena_print(arena,
                                       "time goes back in %zu of %zu %s: %s are taken in "
                                       "the order %s, the oldest first",
                                       back, history->row_count, things, things, order));
    }
}

bool mb_history_find(const struct mb_history *history, const char *text, size_t *row)
{
    for (*row = 0; *row < history->row_count; (*row)++) {
        if (row_has(history, &history->rows[*row], text)) {
            return true;
        }
    }
    int64_t moment = 0;
    if (!mb_moment_parse(text, &moment)) {
        return false;
    }
    bool dated = false;
    for (*row = 0; *row < history->row_count; (*row)++) {
        int64_t time = history->rows[*row].time_unix_ns;
        if (time != MB_HISTORY_NO_TIME && time >= moment) {
            return true;
        }
        dated = dated || time != MB_HISTORY_NO_TIME;
    }
    return dated || history->row_count == 0; // all of it is older: nothing counts
}

enum mb_history_scale mb_history_scale(const struct mb_series_key *key,
                                       enum mb_metric_unit unit)
{
    return key->baseline != NULL && unit != MB_METRIC_RATIO ? MB_HISTORY_RATIO
                                                            : MB_HISTORY_METRIC;
}

size_t mb_history_attribute(struct mb_arena *arena, struct mb_history *history,
                            const char *name)
{
    for (size_t i = 0; i < history->attribute_count; i++) {
        if (strcmp(history->attribute_names[i], name) == 0) {
            return i;
        }
    }
    history->attribute_names =
        mb_arena_grow(arena, history->attribute_names, history->attribute_count,
                      &history->attribute_capacity, sizeof *history->attribute_names);
    history->attribute_names[history->attribute_count] = name;
    return history->attribute_count++;
}

bool mb_history_change_fails(const struct mb_history_change *change, bool noise,
                             int fail_on)
{
    if (change->acknowledged != NULL || change->reported) {
        return false;
    }
    bool worse = change->direction == MB_HISTORY_WORSE;
    if (noise) {
        return worse && (fail_on & MB_HISTORY_FAIL_NOISE) != 0;
    }
    return (fail_on & (worse ? MB_HISTORY_FAIL_WORSE : MB_HISTORY_FAIL_BETTER)) != 0;
}

bool mb_history_fails(const struct mb_history_judged *judged, int fail_on)
{
    bool fails = false;
    for (size_t i = 0; i < judged->change_count; i++) {
        fails = fails || mb_history_change_fails(&judged->changes[i], false, fail_on);
    }
    for (size_t i = 0; i < judged->noise_count; i++) {
        fails = fails || mb_history_change_fails(&judged->noise[i], true, fail_on);
    }
    bool worse = judged->latest.direction == MB_HISTORY_WORSE;
    int needed = worse ? MB_HISTORY_FAIL_WORSE : MB_HISTORY_FAIL_BETTER;
    return fails || (judged->latest.outlier && (fail_on & needed) != 0);
}
