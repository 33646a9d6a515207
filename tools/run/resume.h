// Going on with an interrupted run. Run floor.
//
// A partial result names its spec by digest, its seed and its environment. Going on needs
// the same spec, build, environment and versions: else one cell would hold two different
// things. Complete trials are kept; a trial that was cut off is kept as discarded, with
// its reason, under the id "<id>~<n>", and is measured again.
#ifndef MB_RUN_RESUME_H
#define MB_RUN_RESUME_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "format/node.h"
#include "load/load.h"
#include "model/result.h"
#include "run/plan.h"
#include "run/journal.h"

struct mb_resume {
    const char *name;               // of the file
    struct mb_node *root;           // its document; trials are taken out of it
    const struct mb_result *result; // the same, read
    int block_count;                // blocks that the interrupted run had planned
};

// Looks at a valid result. Borrows all. MB_INVALID when it is complete already, or not
// from a run.
MB_MUST_USE enum mb_status mb_resume_init(struct mb_resume *resume, const char *name,
                                          struct mb_node *root,
                                          const struct mb_result *result,
                                          struct mb_err *err);

// Compares what stands now (header, keys and facts of journal->result, the generator)
// with what stood then. MB_INVALID names the first difference.
MB_MUST_USE enum mb_status mb_resume_check(const struct mb_resume *resume,
                                           const struct mb_result *now,
                                           const struct mb_load_driver *driver,
                                           struct mb_err *err);

// Moves the trials into the journal, which is empty, and extends the plan by the blocks
// that the interrupted run had begun.
MB_MUST_USE enum mb_status mb_resume_apply(const struct mb_resume *resume,
                                           struct mb_plan *plan,
                                           struct mb_journal *journal,
                                           struct mb_err *err);

// Adds a finding about this interruption, and those about earlier ones.
#define MB_RESUME_CODE "MB423"
void mb_resume_judge(const struct mb_resume *resume, int64_t now_unix_ns,
                     struct mb_diag *diag);

#endif
