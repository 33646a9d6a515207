// A run as fortio's JSON has it, for what writes it. Exchange floor.
#ifndef MB_EXCHANGE_EXPORT_FORTIO_H
#define MB_EXCHANGE_EXPORT_FORTIO_H

#include "exchange/export_values.h"

// MB_INVALID with what the run lacks for fortio: buckets, how long it took.
MB_MUST_USE enum mb_status mb_export_fortio_can(struct mb_export *export,
                                                const struct mb_export_run *run,
                                                struct mb_err *err);

// In arena: the run as fortio's HTTPRunnerResults.
MB_MUST_USE enum mb_status mb_export_fortio_node(struct mb_export *export,
                                                 const struct mb_export_run *run,
                                                 struct mb_node **node,
                                                 struct mb_err *err);

#endif
