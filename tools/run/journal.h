// What has been measured so far: the result that grows trial by trial, and its file. Run
// floor.
//
// A trial is turned into its document form as soon as it ends; its histograms are then
// read back from that form without the series, so that memory does not grow by the
// second, and so that whatever is derived comes from what the file says. After each
// trial the whole partial result is written atomically: it is a result document at any
// moment, and kill -9 loses the running trial only. Writing happens between trials.
#ifndef MB_RUN_JOURNAL_H
#define MB_RUN_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "model/result.h"
#include "run/plan.h"

struct mb_journal {
    struct mb_arena *arena;  // borrowed; holds everything but histograms
    struct mb_result result; // header, cells, trials without series
    struct mb_node **trials; // for each cell: the list of its trials as documents
    const char *path;        // where the partial result goes
    size_t written;          // trials in the file on disk
};

// An empty journal with one cell for each of the plan, in its order. Borrows all.
void mb_journal_init(struct mb_journal *journal, struct mb_arena *arena,
                     const struct mb_plan *plan, const char *partial_path);
void mb_journal_release(struct mb_journal *journal);

// Adds a trial to a cell: nothing of it is kept but its document. MB_BUG when that cannot
// be read back.
MB_MUST_USE enum mb_status mb_journal_add(struct mb_journal *journal, size_t cell,
                                          const struct mb_trial *trial,
                                          struct mb_err *err);

// Adds a trial that was read from a file.
MB_MUST_USE enum mb_status mb_journal_add_node(struct mb_journal *journal, size_t cell,
                                               struct mb_node *trial, struct mb_err *err);

// The complete trial with that id in a cell; NULL when there is none.
const struct mb_trial *mb_journal_find(const struct mb_journal *journal, size_t cell,
                                       const char *id);

// Trials of all cells: those of one status, and all.
size_t mb_journal_count(const struct mb_journal *journal, enum mb_trial_status status);
size_t mb_journal_total(const struct mb_journal *journal);

// Writes the partial result atomically. A journal without trials writes nothing.
MB_MUST_USE enum mb_status mb_journal_save(struct mb_journal *journal,
                                           struct mb_err *err);

// Writes the final result to `path` atomically, then removes the partial one.
MB_MUST_USE enum mb_status mb_journal_finish(struct mb_journal *journal, const char *path,
                                             struct mb_err *err);

#endif
