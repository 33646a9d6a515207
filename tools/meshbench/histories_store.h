// Histories of a store, and the changes that were reported, which it remembers. Meshbench
// floor.
#ifndef MB_MESHBENCH_HISTORIES_STORE_H
#define MB_MESHBENCH_HISTORIES_STORE_H

#include "meshbench/histories.h"

// The store's part of mb_histories_read: fills rows and marks, then judges.
MB_MUST_USE enum mb_status
mb_histories_store_read(const struct mb_histories_request *request,
                        struct mb_histories *histories, struct mb_err *err);

// Remembers in the store every change that fails a gate, so that it fails once.
MB_MUST_USE enum mb_status
mb_histories_store_remember(const struct mb_histories_request *request,
                            const struct mb_histories *histories, int fail_on,
                            int64_t now_unix_ns, struct mb_err *err);

#endif
