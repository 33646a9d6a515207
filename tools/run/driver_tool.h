// How each of the load generators is asked: for driver.c only. Run floor.
#ifndef MB_RUN_DRIVER_TOOL_H
#define MB_RUN_DRIVER_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "load/load.h"

enum { MB_DRIVER_WORDS_MAX = 256 };

// One run of a generator. `words` is its command line, ended with NULL.
struct mb_driver_job {
    struct mb_arena *arena;
    const struct mb_load_plan *plan;
    const char *url;    // with the request's path
    const char *dir;    // for files of this run; made and removed by driver.c
    const char *output; // file that the importer will read
    int64_t duration_ns;
    const char *words[MB_DRIVER_WORDS_MAX];
    size_t count;
};

struct mb_driver_tool {
    const char *name;          // as in mb_generators
    const char *importer;      // that reads its output
    const char *version_words; // asks for its version; NULL: it does not say
    const char *package;       // how to get it
    const char *dropped_fact;  // of its import: requests that were due and were not sent
    int64_t most_results;      // it keeps so many at most, in silence; 0: no limit
    const char *log_importer;  // of `output` when it prints its result: every request, of
                               // which the result has sums only; NULL: it logs none
    bool prints_result;        // on standard output; else into `output`
    bool success_only;         // takes no status but 2xx and 418 for a good one
    bool from_schedule; // what it calls latency begins when the request is due: nothing
                        // keeps it from beginning then
    // Fills the command line, and writes files that it needs.
    enum mb_status (*prepare)(struct mb_driver_job *job, struct mb_err *err);
    // The same for the program that makes `output` of what it wrote; NULL: no need.
    void (*convert)(struct mb_driver_job *job);
};

// NULL when there is none of this name.
const struct mb_driver_tool *mb_driver_tool_find(const char *name);

#endif
