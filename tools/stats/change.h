// Change points: the places in a series where the level moved for good. Stats floor: may
// include base. Pure functions; nothing is kept but what the caller holds.
//
// Two detectors. `default`: our own, argued and measured in docs/why/change-points.md.
// `otava`: windowed E-divisive with a t-test, which gives the same indexes as Apache
// Otava 0.8 (Matteson and James 2014; Hunter, arXiv 2301.03034).
#ifndef MB_STATS_CHANGE_H
#define MB_STATS_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

enum mb_change_detector { MB_CHANGE_DEFAULT, MB_CHANGE_OTAVA };

struct mb_change_options {
    enum mb_change_detector detector;
    double p_value;       // 0: the detector's own (otava: 0.001)
    size_t window;        // otava; 0: 50
    double min_magnitude; // share of the old level that counts at least; 0: any
};

struct mb_change_point {
    size_t index;  // 0-based: first value of the new level
    size_t from;   // first value of the segment before it
    size_t to;     // one past the last value of the segment after it
    double before; // level of the segment before
    double after;  // and after
    double p_value;
    bool spread; // not the level moved but the noise: before and after are spreads
};

// Finds the change points of `count` values, ascending by index. `points` has room for
// `count` of them; returns how many there are. NaN among the values is left out of the
// statistics and keeps its index.
size_t mb_change_find(const double *values, size_t count,
                      const struct mb_change_options *options,
                      struct mb_change_point *points);

// The same, value by value, without recomputing the whole history for each.
struct mb_change_state;
struct mb_change_state *mb_change_state_new(const struct mb_change_options *options);
void mb_change_state_free(struct mb_change_state *state);
void mb_change_state_append(struct mb_change_state *state, double value);
// Borrowed until the next append: equal to what mb_change_find gives for all values.
size_t mb_change_state_points(struct mb_change_state *state,
                              const struct mb_change_point **points);

#endif
