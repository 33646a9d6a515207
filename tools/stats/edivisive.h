// Change points as Apache Otava 0.8 finds them: E-divisive (Matteson and James 2014,
// https://doi.org/10.1080/01621459.2013.849605) in sliding windows with Student's t as
// the test, then a merge of the weak points (Fleming et al. 2023, arXiv 2301.03034).
// Written from the papers and from what Otava answers; sums are taken in NumPy's order,
// so that ties between candidates fall the same way. Stats floor: may include base.
#ifndef MB_STATS_EDIVISIVE_H
#define MB_STATS_EDIVISIVE_H

#include <stddef.h>

enum { MB_EDIVISIVE_MAX_WINDOW = 500 }; // memory grows with its square: 4 MB

struct mb_edivisive_options {
    size_t window;  // 2..MB_EDIVISIVE_MAX_WINDOW
    double p_value; // a point counts below it; the first pass takes ten times as much
    double min_magnitude; // and above this relative change, forward or backward
};

// The two means beside a point, and the t-test between them.
struct mb_edivisive_test {
    double before;
    double after;
    double p_value; // NaN: two constant segments of the same value
};

// The weak points of a series that grows at its end.
struct mb_edivisive;

// Returns owned; freed with mb_edivisive_free.
struct mb_edivisive *mb_edivisive_new(const struct mb_edivisive_options *options);
void mb_edivisive_free(struct mb_edivisive *finder);

// The change points of `count` finite values of a magnitude below 1e150, ascending.
// `indexes` has room for `count`; returns how many there are. Values that were there at
// an earlier call with the same finder must be the same: windows that were complete are
// not searched again, so that a call costs O(window^2) for each half window of new
// values, and O(count) additions (typical) for the merge. Worst case of the merge: O(weak
// points * count).
size_t mb_edivisive_find(struct mb_edivisive *finder, const double *values, size_t count,
                         size_t *indexes);

// Otava's test at `index` between the segments values[from..index) and values[index..to).
struct mb_edivisive_test mb_edivisive_compare(const double *values, size_t from,
                                              size_t index, size_t to);

#endif
