// fortio's JSON, for the importers of what embeds it. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_FORTIO_H
#define MB_EXCHANGE_IMPORT_FORTIO_H

#include "exchange/import_json.h"

// True for a result of fortio: an object with its histogram of durations.
bool mb_import_fortio_is_run(const struct mb_node *node);

// Adds the run that the node is. *run is borrowed until the next one is added.
MB_MUST_USE enum mb_status mb_import_fortio_run(struct mb_import_json *json,
                                                const struct mb_node *node,
                                                struct mb_import_run **run,
                                                struct mb_err *err);

#endif
