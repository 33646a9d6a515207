#include "stats/change.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/edivisive.h"
#include "stats/narrowest.h"

enum {
    BUFFER = MB_NARROWEST_MAX, // values that the default detector looks at together
    SLIDE = BUFFER / 4 * 3,    // and how many leave when it is full
    CONTEXT = 64,              // of the rest, these only serve as what was before
    JITTER = 16,               // how far a point may move when values come or go
    SPREAD_SEGMENT = 16        // shortest stretch of other noise
};

static const double LARGEST = 1e150; // magnitudes beyond it are cut: squares stay finite
static const double OTAVA_P_VALUE = 0.001;
static const double DEFAULT_P_VALUE = 0.25;
static const double SPREAD_SHARE = 0.02; // of the p-value, left to changes of the noise
static const double SPREAD_RATIO = 1.5;  // that changes of the noise reach at least
static const size_t OTAVA_WINDOW = 50;

struct mb_change_state {
    struct mb_change_options options;
    size_t count; // values appended, missing ones included
    // otava: all values, missing ones filled. default: the latest, missing ones left out.
    double *values;
    size_t value_count;
    size_t value_room;
    size_t *places; // default: where they are in the series
    size_t settled; // default: points before this place are final
    struct mb_edivisive *edivisive;
    struct mb_change_point *points;
    size_t point_count;
    size_t point_room;
    size_t final_count; // of points: those that are final
    bool current;       // points are those of all values
};

static double cut(double value)
{
    // Not fmin and fmax: they are calls.
    double most = value > LARGEST ? LARGEST : value;
    return most < -LARGEST ? -LARGEST : most;
}

static bool is_otava(const struct mb_change_state *state)
{
    return state->options.detector == MB_CHANGE_OTAVA;
}

struct mb_change_state *mb_change_state_new(const struct mb_change_options *options)
{
    struct mb_change_state *state = mb_mem_alloc(1, sizeof(*state));
    state->options = *options;
    bool otava = is_otava(state);
    double p_value = options->p_value;
    if (!(p_value > 0.0)) {
        p_value = otava ? OTAVA_P_VALUE : DEFAULT_P_VALUE;
    }
    state->options.p_value = fmin(p_value, 1.0);
    state->options.min_magnitude =
        options->min_magnitude > 0.0 ? options->min_magnitude : 0.0;
    if (otava) {
        size_t window = options->window ? options->window : OTAVA_WINDOW;
        window = window < 2 ? 2 : window;
        window = window > MB_EDIVISIVE_MAX_WINDOW ? MB_EDIVISIVE_MAX_WINDOW : window;
        state->edivisive = mb_edivisive_new(&(struct mb_edivisive_options){
            window, state->options.p_value, state->options.min_magnitude});
    } else {
        state->value_room = BUFFER;
        state->values = mb_mem_alloc(BUFFER, sizeof(double));
        state->places = mb_mem_alloc(BUFFER, sizeof(size_t));
    }
    return state;
}

void mb_change_state_free(struct mb_change_state *state)
{
    if (!state) {
        return;
    }
    mb_edivisive_free(state->edivisive);
    mb_mem_free(state->values);
    mb_mem_free(state->places);
    mb_mem_free(state->points);
    mb_mem_free(state);
}

static void keep_point(struct mb_change_state *state, const struct mb_change_point *point)
{
    if (state->point_count == state->point_room) {
        state->point_room = state->point_room ? state->point_room * 2 : 16;
        state->points =
            mb_mem_resize(state->points, state->point_room, sizeof(*state->points));
    }
    state->points[state->point_count] = *point;
    state->point_count++;
}

// Whether a point of the buffer is one that is not final yet; its place in the series.
static bool is_open(const struct mb_change_state *state, size_t index, size_t *place)
{
    *place = state->places[index];
    return *place >= state->settled;
}

static void search_levels(struct mb_change_state *state, struct mb_narrowest_point *found)
{
    struct mb_narrowest_options options = {.p_value = state->options.p_value,
                                           .min_magnitude = state->options.min_magnitude};
    size_t count = mb_narrowest_find(state->values, state->value_count, &options, found);
    for (size_t i = 0; i < count; i++) {
        struct mb_change_point point = {.before = found[i].before,
                                        .after = found[i].after,
                                        .p_value = found[i].p_value};
        if (is_open(state, found[i].index, &point.index)) {
            keep_point(state, &point);
        }
    }
}

// Standard deviation of values whose differences have this mean square root of their
// magnitude, were they normal: E sqrt|z| = 2^(1/4) gamma(3/4) / sqrt(pi) = 0.8222.
static double spread_of(double root)
{
    double scaled = fmax(root, 0.0) / 0.82217895866;
    return scaled * scaled * M_SQRT1_2;
}

// The noise changed where the magnitude of first differences moved: they know neither
// level nor drift. Their square root is nearly symmetric for normal noise. Neighbours
// share a value: two are one.
static void search_spreads(struct mb_change_state *state,
                           struct mb_narrowest_point *found)
{
    if (state->value_count < 2 * SPREAD_SEGMENT) {
        return;
    }
    size_t pairs = (state->value_count - 1) / 2;
    double *roots = mb_mem_alloc(pairs, sizeof(double));
    for (size_t i = 0; i < pairs; i++) {
        const double *value = state->values + 2 * i;
        roots[i] =
            (sqrt(fabs(value[1] - value[0])) + sqrt(fabs(value[2] - value[1]))) / 2.0;
    }
    struct mb_narrowest_options options = {.p_value =
                                               state->options.p_value * SPREAD_SHARE,
                                           .additive = true,
                                           .segment = SPREAD_SEGMENT / 2};
    size_t count = mb_narrowest_find(roots, pairs, &options, found);
    for (size_t i = 0; i < count; i++) {
        struct mb_change_point point = {.before = spread_of(found[i].before),
                                        .after = spread_of(found[i].after),
                                        .p_value = found[i].p_value,
                                        .spread = true};
        double least = fmin(point.before, point.after);
        double most = fmax(point.before, point.after);
        if (is_open(state, 2 * found[i].index + 1, &point.index) &&
            most > least * SPREAD_RATIO) {
            keep_point(state, &point);
        }
    }
    mb_mem_free(roots);
}

static int by_index(const void *left, const void *right)
{
    const struct mb_change_point *a = left;
    const struct mb_change_point *b = right;
    if (a->index != b->index) {
        return a->index < b->index ? -1 : 1;
    }
    return a->spread - b->spread;
}

// Points of the buffer that are not final.
static void search_buffer(struct mb_change_state *state)
{
    state->point_count = state->final_count;
    struct mb_narrowest_point *found =
        mb_mem_alloc(state->value_count / MB_NARROWEST_SEGMENT + 1, sizeof(*found));
    search_levels(state, found);
    search_spreads(state, found);
    mb_mem_free(found);
    if (state->point_count > state->final_count) {
        qsort(state->points + state->final_count, state->point_count - state->final_count,
              sizeof(*state->points), by_index);
    }
}

// The older half of a full buffer leaves, and what was found there is final. The border
// is put behind a point that is near it, so that the point is counted on one side only.
static void slide(struct mb_change_state *state)
{
    search_buffer(state);
    size_t border = SLIDE + CONTEXT;
    for (size_t i = state->final_count; i < state->point_count; i++) {
        size_t place = state->points[i].index;
        if (place + JITTER > state->places[border] &&
            place < state->places[border] + JITTER) {
            while (border < SLIDE + 2 * CONTEXT &&
                   state->places[border] < place + JITTER) {
                border++;
            }
        }
    }
    state->settled = state->places[border];
    while (state->final_count < state->point_count &&
           state->points[state->final_count].index < state->settled) {
        state->final_count++;
    }
    state->value_count -= SLIDE;
    memmove(state->values, state->values + SLIDE, state->value_count * sizeof(double));
    memmove(state->places, state->places + SLIDE, state->value_count * sizeof(size_t));
}

static void append_default(struct mb_change_state *state, double value)
{
    if (!isfinite(value)) {
        return;
    }
    if (state->value_count == BUFFER) {
        slide(state);
    }
    state->values[state->value_count] = cut(value);
    state->places[state->value_count] = state->count;
    state->value_count++;
}

// Otava fills what is missing with the value before, at the start with the first.
static void append_otava(struct mb_change_state *state, double value)
{
    bool missing = !isfinite(value);
    if (missing && state->value_count == 0) {
        return;
    }
    size_t missed = state->count - state->value_count;
    if (state->count >= state->value_room) {
        state->value_room = state->count < 32 ? 64 : state->count * 2;
        state->values = mb_mem_resize(state->values, state->value_room, sizeof(double));
    }
    double kept = missing ? state->values[state->value_count - 1] : cut(value);
    for (size_t i = 0; i <= missed; i++) {
        state->values[state->value_count] = kept;
        state->value_count++;
    }
}

void mb_change_state_append(struct mb_change_state *state, double value)
{
    if (is_otava(state)) {
        append_otava(state, value);
    } else {
        append_default(state, value);
    }
    state->count++;
    state->current = false;
}

static void search_otava(struct mb_change_state *state)
{
    size_t *indexes = mb_mem_alloc(state->value_count + 1, sizeof(size_t));
    size_t count =
        mb_edivisive_find(state->edivisive, state->values, state->value_count, indexes);
    state->point_count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t from = i > 0 ? indexes[i - 1] : 0;
        size_t to = i + 1 < count ? indexes[i + 1] : state->value_count;
        struct mb_edivisive_test test =
            mb_edivisive_compare(state->values, from, indexes[i], to);
        keep_point(state, &(struct mb_change_point){
                              .index = indexes[i],
                              .before = test.before,
                              .after = test.after,
                              .p_value = isnan(test.p_value) ? 1.0 : test.p_value});
    }
    mb_mem_free(indexes);
}

// Each point lies between its neighbours of the same kind.
static void set_segments(struct mb_change_state *state)
{
    for (int spread = 0; spread < 2; spread++) {
        size_t from = 0;
        struct mb_change_point *last = NULL;
        for (size_t i = 0; i < state->point_count; i++) {
            struct mb_change_point *point = &state->points[i];
            if (point->spread != (spread == 1)) {
                continue;
            }
            if (last) {
                last->to = point->index;
                from = last->index;
            }
            point->from = from;
            point->to = state->count;
            last = point;
        }
    }
}

size_t mb_change_state_points(struct mb_change_state *state,
                              const struct mb_change_point **points)
{
    if (!state->current) {
        if (is_otava(state)) {
            search_otava(state);
        } else {
            search_buffer(state);
        }
        set_segments(state);
        state->current = true;
    }
    *points = state->points;
    return state->point_count;
}

size_t mb_change_find(const double *values, size_t count,
                      const struct mb_change_options *options,
                      struct mb_change_point *points)
{
    struct mb_change_state *state = mb_change_state_new(options);
    for (size_t i = 0; i < count; i++) {
        mb_change_state_append(state, values[i]);
    }
    const struct mb_change_point *found = NULL;
    size_t found_count = mb_change_state_points(state, &found);
    if (found_count) {
        memcpy(points, found, found_count * sizeof(*points));
    }
    mb_change_state_free(state);
    return found_count;
}
