// Series judged by a thread for each processor, wherever they come from. Meshbench floor.
#ifndef MB_MESHBENCH_HISTORIES_POOL_H
#define MB_MESHBENCH_HISTORIES_POOL_H

#include "meshbench/histories.h"

// Where series come from. Every thread opens the source for itself.
struct mb_histories_source {
    size_t count;       // of series
    const void *shared; // what all threads read
    // Makes what a thread needs; *state is its own.
    enum mb_status (*open)(const void *shared, void **state, struct mb_err *err);
    // Series `index`; its arrays live until the next call with the same state.
    enum mb_status (*load)(void *state, size_t index, struct mb_history_series *series,
                           struct mb_err *err);
    void (*close)(void *state); // after a failed `open`, too, if it left a state
};

// Judges all series into histories->judged, in the order of the source. On failure there
// are none, and the first error is told.
MB_MUST_USE enum mb_status mb_histories_judge(const struct mb_histories_source *source,
                                              struct mb_histories *histories,
                                              struct mb_err *err);

#endif
