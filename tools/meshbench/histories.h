// Histories as commands need them: read from a CSV file, results or a store, and judged.
// Meshbench floor.
#ifndef MB_MESHBENCH_HISTORIES_H
#define MB_MESHBENCH_HISTORIES_H

#include "base/arena.h"
#include "base/ctx.h"
#include "cli/cli.h"
#include "compare/history.h"
#include "meshbench/documents.h"

// What is asked for; one of `csv`, `store` and `results` is given.
struct mb_histories_request {
    const char *csv;
    struct mb_history_columns columns; // of it
    const char *store;
    const char *series;             // digest of one, or the beginning of it; NULL: all
    const struct mb_opt_list *tags; // "NAME=VALUE": only results that have all of these
    const char *const *results;     // files
    size_t result_count;
    const char *const *metrics; // NULL-terminated; NULL: the default ones
    const char *since;          // moment, attribute or result; NULL: from the beginning
    bool again;                 // changes that were reported before count as new
    struct mb_history_options options;
};

// What was read and found. Filled with zeros it is empty.
struct mb_histories {
    struct mb_arena arena;
    struct mb_documents_result *read; // files of results
    size_t read_count;
    struct mb_arena *arenas; // of the threads that judged
    size_t arena_count;
    struct mb_history history;
    struct mb_history_judged *judged; // in the order of the input
    size_t count;
    struct mb_history_options options; // as they were used
};

// Reads and judges. The request's texts are borrowed. To be released after failure, too.
MB_MUST_USE enum mb_status mb_histories_read(const struct mb_ctx *ctx,
                                             const struct mb_histories_request *request,
                                             struct mb_histories *histories,
                                             struct mb_err *err);
void mb_histories_release(struct mb_histories *histories);

// Adds to what a reader has to know. Borrows the text.
void mb_histories_note(struct mb_histories *histories, const char *note);

// Finds out where options.since_row is, once the rows are known. MB_USAGE: nowhere.
MB_MUST_USE enum mb_status mb_histories_since(const struct mb_histories_request *request,
                                              struct mb_histories *histories,
                                              struct mb_err *err);

// In arena: texts split at commas, NULL-terminated; NULL when there are none.
const char *const *mb_histories_split(struct mb_arena *arena,
                                      const struct mb_opt_list *texts);

#endif
