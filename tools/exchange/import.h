// Other tools' results in. Exchange floor.
//
// An importer is one file import_<tool>.c with one descriptor, listed in import.c. It
// reads its input into runs, says nothing that the source does not say, and leaves what
// it cannot know as not known: -1, 0 where a header of model/ says so, MB_LOAD_UNKNOWN,
// MB_CO_UNKNOWN, an absent distribution with its reason. Assembling runs into a result is
// done here for all of them.
//
// Distributions: raw samples become a histogram; buckets stay buckets, with the bounds of
// the source; percentiles stay exactly those. Which of them are service times and which
// response times follows from the tool: what counts from the actual sending is service
// time (MB_CO_NONE); what counts from the intended moment is response time. In a closed
// load without a rate they are the same (spec/load-models.md): mb_import_run_latency puts
// a distribution where it belongs.
#ifndef MB_EXCHANGE_IMPORT_H
#define MB_EXCHANGE_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/input.h"
#include "model/result.h"

enum {
    MB_IMPORT_TEXT_MAX = 64 << 20, // bytes of an input that is read as a whole
    MB_IMPORT_LINE_MAX = 1 << 20,  // bytes of a line
    MB_IMPORT_RUNS_MAX = 10000,    // of all inputs together
    MB_IMPORT_SURE = 30            // least score of `detect` that counts
};

// Statuses of HTTP (RFC 9110, section 15), and from which on an answer is an error.
enum {
    MB_IMPORT_STATUS_MIN = 100,
    MB_IMPORT_STATUS_MAX = 599,
    MB_IMPORT_STATUS_WRONG = 400
};

// One run of a load tool: what becomes a trial.
struct mb_import_run {
    // What the source calls it: a label, a test's name; NULL: nothing. It names the
    // variant, unless the source says what was measured or the user does.
    const char *name;
    const char *variant;   // what was measured, when the source says so; NULL
    const char *workload;  // what was asked, likewise: a request's name
    const char *version;   // of the load tool, when the source says so; NULL
    struct mb_point point; // `workload` is filled in when the result is assembled
    int64_t start_unix_ns; // UTC; 0: not known
    int64_t window_ns;     // -1: not known
    int64_t warmup_ns;     // cut away before the window; -1: not known
    const char *cut_off;   // why it ended early: the trial is partial; NULL: complete
    const char *url;       // what was asked; NULL
    int64_t concurrency;   // requests in flight at most; -1: not known. Only to judge
                           // whether latencies and rate can be true together
    // Counts, distributions, series, co_handling, threads. The generator, the load model
    // (of the point), the windows (elapsed_ns too where it is -1) and the name of the
    // worker are filled in when the result is assembled.
    struct mb_part part;
    struct mb_resource *resources; // in arena
    size_t resource_count;
    struct mb_fact_list facts; // protocol, keep-alive, host: mb_import_fact_add
};

// Something that the source could not tell, or that had to be left out.
struct mb_import_note {
    const char *code; // "MB801": spec/rules
    const char *message;
};

// Codes of notes. Those marked with * are added for every run that they are true of when
// the result is assembled; an importer adds the others.
#define MB_IMPORT_NO_LOAD_MODEL "MB851" // * load model not known
#define MB_IMPORT_NO_OMISSION "MB852"   // * coordinated omission not known
#define MB_IMPORT_NO_WARMUP "MB853"     // * not known whether a warm-up was cut away
#define MB_IMPORT_NO_TIME "MB854"       // * start or length not known
#define MB_IMPORT_MIXED "MB855"         // * failed requests among the latencies
#define MB_IMPORT_DROPPED "MB856"       // something in the source could not be kept
#define MB_IMPORT_IMPLAUSIBLE "MB857"   // * numbers that cannot be; importers add theirs
#define MB_IMPORT_CUT_OFF "MB858"       // * the trial is partial
#define MB_IMPORT_SERVICE "MB859"       // * service times only: the response is not known

// What importers fill. Everything is in the arena, but histograms, which
// mb_import_release frees.
struct mb_import {
    struct mb_arena *arena;
    int64_t
        unit_ns; // what a value of 1 means where the source does not say; 0: not given
    const char *map; // what the columns of a table mean (import_csv_map.h); NULL
    struct mb_import_run *runs;
    size_t count;
    size_t capacity;
    struct mb_import_note *notes;
    size_t note_count;
    size_t note_capacity;
};

struct mb_importer {
    const char *name;  // for --from: "fortio"
    const char *title; // "fortio JSON (HTTP, gRPC, TCP, UDP)"
    const char *tool;  // who wrote such files: "fortio"
    // How sure it is, from the first bytes (a zero byte follows them), that the input is
    // its own: 0 not at all, 100 beyond doubt. The surest importer reads it; below
    // MB_IMPORT_SURE it is only named as a guess. Tools own signatures ("fortio") score
    // 80 and more, a plain shape (a CSV header) 50.
    int (*detect)(const char *head, size_t size);
    // Adds the runs of the input. MB_INVALID with line (and column where known) and what
    // is wrong; what was added before then is dropped.
    enum mb_status (*read)(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err);
    // A sentence for people: what such a file cannot say (load model, coordinated
    // omission, warm-up, ...). Goes into the notes as a hint, and into `import --list`.
    const char *unknown;
};

// The table, ending with NULL; and one of them by name, or NULL.
extern const struct mb_importer *const mb_importers[];
const struct mb_importer *mb_importer_find(const char *name);

// Adds a run in which everything is not known yet: counts -1, distributions absent
// ("the source does not have it"), load model and coordinated omission unknown. Borrowed
// until the next call. More than MB_IMPORT_RUNS_MAX is MB_INVALID.
MB_MUST_USE enum mb_status mb_import_run_add(struct mb_import *import,
                                             const struct mb_input *input,
                                             struct mb_import_run **run,
                                             struct mb_err *err);

// Takes back the run that was added last: it turned out to be none of its own.
void mb_import_run_undo(struct mb_import *import);

// Takes the latencies that the tool counts from the actual sending: service times, and in
// a closed load without a rate response times as well. Sets co_handling to MB_CO_NONE.
// Call it once the point is filled in.
void mb_import_run_latency(struct mb_import *import, struct mb_import_run *run,
                           struct mb_dist dist);

// Takes latencies of which the source does not say whether they count from the actual
// sending or from the intended moment: response times of unknown handling. In a closed
// load without a rate it makes no difference, and they are taken as above.
void mb_import_run_latency_unsure(struct mb_import *import, struct mb_import_run *run,
                                  struct mb_dist dist);

// Adds a fact that the source states about its run: "protocol", "keepalive",
// "environment.host.cpus". A name without a dot becomes "run.NAME". `value` NULL: nothing
// is added.
void mb_import_fact_add(struct mb_import *import, struct mb_import_run *run,
                        const char *name, struct mb_node *value);

// Adds a note, once for each message.
void mb_import_note_add(struct mb_import *import, const char *code, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));

// The surest importer for an input, and how sure it is; NULL and 0: nobody is.
const struct mb_importer *mb_import_detect(const struct mb_input *input, int *score);

// Reads one input with the importer `from` ("auto", NULL: the surest one). An input that
// nobody claims is MB_INVALID, with the nearest guess and the list of names as the hint.
// Says in *importer who read it.
MB_MUST_USE enum mb_status mb_import_read(struct mb_import *import,
                                          struct mb_input *input, const char *from,
                                          const struct mb_importer **importer,
                                          struct mb_err *err);

struct mb_import_options {
    const char *variant;  // name for what was measured; NULL: from the source or the file
    const char *workload; // likewise; NULL: "imported"
    bool trials;          // all inputs are trials of the same cells
};

// The name that a file gives: "a/b/run-1.json.gz" is "run-1", "-" is "imported". In
// arena.
char *mb_import_stem(struct mb_arena *arena, const char *path);

// One input that was read: which runs are its own.
struct mb_import_file {
    const char *name;
    const char *digest; // SHA-256 of its bytes
    const struct mb_importer *importer;
    size_t first; // index into import->runs
    size_t count;
};

// Makes one result of all runs: cells by variant and point, several runs of a cell as its
// trials, in the order of their start where all know it; the origin is imported. The
// variant is named by the options, else by the source, else by the run's name, else by
// the file; two files that would share a name by chance are told apart by theirs. What
// may not stand side by side (two load models, two tools, two ways to count latencies)
// makes cells of its own or is MB_INVALID with the reason. The result borrows from the
// arena and from `import`, which keeps its histograms.
MB_MUST_USE enum mb_status
mb_import_assemble(struct mb_import *import, const struct mb_import_file *files,
                   size_t file_count, const struct mb_import_options *options,
                   struct mb_result *result, struct mb_err *err);

// Drops the runs from `first` on, as if their file had not been read.
void mb_import_drop(struct mb_import *import, size_t first);

// Frees the histograms.
void mb_import_release(struct mb_import *import);

#endif
