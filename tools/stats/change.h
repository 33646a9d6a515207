// Change points: the places in a series where the level moved for good. Stats floor: may
// include base. Pure functions; nothing is kept but what the caller holds.
//
// Two detectors. `default`: our own (stats/narrowest.h), argued and measured in
// docs/why/change-points.md. `otava`: windowed E-divisive with a t-test
// (stats/edivisive.h), which gives the same indexes as Apache Otava 0.8.
#ifndef MB_STATS_CHANGE_H
#define MB_STATS_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

enum mb_change_detector { MB_CHANGE_DEFAULT, MB_CHANGE_OTAVA };

struct mb_change_options {
    enum mb_change_detector detector;
    // 0: the detector's own. default (0.25): of all series of some 200 values that hold
    // nothing but independent noise, the share in which a point is found; of 50 values a
    // half of it and of 2,000 twice as many (of longer ones in each 1,536), and in
    // correlated noise two to three times as many. otava (0.001): of each t-test, taken
    // as if the place had not been chosen, so that it says little about false alarms.
    double p_value;
    size_t window;        // otava; 0: 50; cut to 2..500
    double min_magnitude; // relative to the smaller of both levels; 0: any
};

struct mb_change_point {
    size_t index;  // 0-based: first value of the new level
    size_t from;   // first value of the segment before it
    size_t to;     // one past the last value of the segment after it
    double before; // mean of the segment before; default: outliers drawn in, geometric if
                   // levels of positive values lie more than threefold apart
    double after;  // and after
    double p_value; // as in the options; of this point
    bool spread;    // not the level moved but the noise: before and after are standard
                    // deviations. default only; min_magnitude does not apply to them
};

// Finds the change points of `count` values, ascending by index; `from` and `to` are
// neighbours of the same kind. `points` has room for `count` of them; returns how many
// there are. A value that is not finite is missing: default leaves it out and otava
// repeats the one before, as Otava does; indexes count it. Magnitudes over 1e150 count as
// 1e150. default: O(count), at most 2,048 values are looked at together; otava: O(count *
// window), and O(count * points) at worst.
size_t mb_change_find(const double *values, size_t count,
                      const struct mb_change_options *options,
                      struct mb_change_point *points);

// The same, value by value. default: memory for 2,048 values and the points; asking for
// points looks at these values only, those found before are final. otava: memory for all
// values; asking searches the windows that got new values, and merges all points.
struct mb_change_state;
// Returns owned; freed with mb_change_state_free.
struct mb_change_state *mb_change_state_new(const struct mb_change_options *options);
void mb_change_state_free(struct mb_change_state *state);
void mb_change_state_append(struct mb_change_state *state, double value);
// Borrowed until the next append: equal to what mb_change_find gives for all values.
size_t mb_change_state_points(struct mb_change_state *state,
                              const struct mb_change_point **points);

#endif
