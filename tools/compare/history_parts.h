// What the files of a history share. Compare floor, for history*.c only.
#ifndef MB_COMPARE_HISTORY_PARTS_H
#define MB_COMPARE_HISTORY_PARTS_H

#include "compare/history.h"

// Row of a point.
size_t mb_history_row_of(const struct mb_history_series *series, size_t index);

// (after - before) / |before|; NaN where that is 0.
double mb_history_share(double before, double after);

enum mb_history_direction mb_history_direction_of(const struct mb_history_series *series,
                                                  double before, double after);

// Sets the latest value against up to `latest_window` of those before it that are on the
// same level: behind the last change point, and of the same environment.
void mb_history_latest_judge(const struct mb_history_series *series,
                             const struct mb_history_options *options, size_t from,
                             struct mb_history_latest *latest);

#endif
