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
// time (MB_CO_NONE); what counts from the intended moment is response time.
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
    MB_IMPORT_RUNS_MAX = 10000     // of all inputs together
};

// One run of a load tool: what becomes a trial.
struct mb_import_run {
    const char *name; // what the source calls it: a label, a test's name; NULL: nothing
    const char *variant;   // what was measured, when the source says so; NULL
    const char *workload;  // likewise
    const char *version;   // of the load tool, when the source says so; NULL
    struct mb_point point; // `workload` is filled in when the result is assembled
    int64_t start_unix_ns; // UTC; 0: not known
    int64_t window_ns;     // -1: not known
    int64_t warmup_ns;     // cut away before the window; -1: not known
    const char *cut_off;   // why it ended early: the trial is partial; NULL: complete
    const char *url;       // what was asked; NULL
    struct mb_part part;   // counts, distributions, series
    struct mb_resource *resources; // in arena
    size_t resource_count;
    struct mb_fact_list facts; // protocol, keep-alive, host: paths as in spec/result.md
};

// Something that the source could not tell, or that had to be left out.
struct mb_import_note {
    const char *code; // "MB801": spec/rules
    const char *message;
};

// What importers fill. Everything is in the arena, but histograms, which
// mb_import_release frees.
struct mb_import {
    struct mb_arena *arena;
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
    // its own: 0 not at all, 100 beyond doubt. The surest importer reads it.
    int (*detect)(const char *head, size_t size);
    // Adds the runs of the input. MB_INVALID with line (and column where known) and what
    // is wrong; what was added before then is dropped.
    enum mb_status (*read)(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err);
    // A text for people: what such a file cannot say (load model, coordinated omission,
    // warm-up, ...). Goes into the notes, --help and docs.
    const char *unknown;
};

// The table, ending with NULL; and one of them by name, or NULL.
extern const struct mb_importer *const mb_importers[];
const struct mb_importer *mb_importer_find(const char *name);

// Adds a run in which everything is not known yet: counts -1, distributions absent
// ("the source does not have it"), load model and coordinated omission unknown. Borrowed
// until the next call.
struct mb_import_run *mb_import_run_add(struct mb_import *import);

// Adds a note, once for each message.
void mb_import_note_add(struct mb_import *import, const char *code, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));

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

// One input that was read: which runs are its own.
struct mb_import_file {
    const char *name;
    const char *digest; // SHA-256 of its bytes
    const struct mb_importer *importer;
    size_t first; // index into import->runs
    size_t count;
};

// Makes one result of all runs: cells by variant and point, several runs of a cell as its
// trials; the origin is imported. What may not stand side by side (two load models in one
// cell) becomes a cell of its own or MB_INVALID with the reason.
MB_MUST_USE enum mb_status
mb_import_assemble(struct mb_import *import, const struct mb_import_file *files,
                   size_t file_count, const struct mb_import_options *options,
                   struct mb_result *result, struct mb_err *err);

// Frees the histograms.
void mb_import_release(struct mb_import *import);

#endif
