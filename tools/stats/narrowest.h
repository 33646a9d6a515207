// Level moves in noise of any colour: narrowest over threshold (Baranowski, Chen and
// Fryzlewicz 2019, https://doi.org/10.1111/rssb.12322) on seeded intervals (Kovacs et al.
// 2023, https://doi.org/10.1093/biomet/asac052), with the noise of a mean measured from
// the series at each length (as the Allan variance does) instead of assumed to fall with
// the square root. Argument and figures: docs/why/change-points.md. Stats floor: may
// include base.
#ifndef MB_STATS_NARROWEST_H
#define MB_STATS_NARROWEST_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/noise.h"

enum {
    MB_NARROWEST_MAX = MB_NOISE_MOST,       // values of one search
    MB_NARROWEST_SEGMENT = MB_NOISE_SEGMENT // shortest level
};

struct mb_narrowest_options {
    double p_value;       // the largest that counts
    double min_magnitude; // the least that counts, relative to the smaller of both levels
    bool additive;        // never look at logarithms
    size_t segment;       // shortest level, 0: MB_NARROWEST_SEGMENT
};

struct mb_narrowest_point {
    size_t index;  // first value of the new level
    double before; // mean of the segments beside it, outliers drawn in
    double after;
    double p_value; // that noise alone gives a point as clear as this in the series
};

// The level moves among `count` <= MB_NARROWEST_MAX finite values of a magnitude below
// 1e150, ascending by index. `points` has room for count / MB_NARROWEST_SEGMENT; returns
// how many there are. O(count log count).
size_t mb_narrowest_find(const double *values, size_t count,
                         const struct mb_narrowest_options *options,
                         struct mb_narrowest_point *points);

#endif
