// Buckets as fortio's HistogramData. Exchange floor.
#ifndef MB_EXCHANGE_EXPORT_FORTIO_HISTOGRAM_H
#define MB_EXCHANGE_EXPORT_FORTIO_HISTOGRAM_H

#include "base/arena.h"
#include "format/node.h"
#include "model/part.h"

// In arena: seconds, and the percentiles that fortio computes from these buckets, where
// enough values support them. *exact becomes false where the sum is from the middles of
// the buckets, and stays as it is else.
struct mb_node *mb_export_fortio_histogram(struct mb_arena *arena,
                                           const struct mb_dist *buckets, bool *exact);

#endif
