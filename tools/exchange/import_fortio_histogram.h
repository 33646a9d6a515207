// fortio's histogram as a distribution. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_FORTIO_HISTOGRAM_H
#define MB_EXCHANGE_IMPORT_FORTIO_HISTOGRAM_H

#include "exchange/import_json.h"

// Reads a histogram in seconds: buckets with fortio's own bounds, in ns. A bucket from
// Start to End holds what is above Start and at most End; the first one begins with the
// least value itself. MB_INVALID with the place when it contradicts itself.
MB_MUST_USE enum mb_status mb_import_fortio_histogram(struct mb_import_json *json,
                                                      const struct mb_node *node,
                                                      struct mb_dist *dist,
                                                      struct mb_err *err);

// What is left of `all` without `errors`, which fortio counts in both. False when they do
// not fit each other; then nothing is given.
bool mb_import_fortio_subtract(struct mb_arena *arena, const struct mb_dist *all,
                               const struct mb_dist *errors, struct mb_dist *ok);

#endif
