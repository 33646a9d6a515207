// Results out, in formats that other tools read. Exchange floor.
//
// An exporter is one file export_<format>.c with one descriptor, listed in export.c. It
// writes what the result holds and nothing else: what the format needs and the result
// lacks is a reason to leave a run out, by name; what the result holds and the format
// cannot say is a note. Which runs there are, what the files are called and what becomes
// of the notes is decided here for all of them.
//
// A run is what a format takes for one measurement: a cell, its complete trials together
// (mb_derive_scope), or one trial.
#ifndef MB_EXCHANGE_EXPORT_H
#define MB_EXCHANGE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/result.h"

enum {
    MB_EXPORT_MAX_RUNS = 10000, // of one result
    MB_EXPORT_MAX_NAME = 120    // bytes of a file's name, without extension
};

struct mb_export_run {
    const struct mb_cell *cell;
    const struct mb_trial *trial; // NULL: the cell
    const char *cell_id; // "proxy-steady-c16-r1000": letters, digits, '.', '_', '-'; no
                         // other cell has it
    const char *id;      // the same, of a trial with "-b1" behind it; unique likewise
    const char *title;   // for messages: "'proxy', steady · 16 connections, block 1"
};

// What became of a gate in one cell, as the caller judged it. For JUnit.
enum mb_export_outcome { MB_EXPORT_PASSED, MB_EXPORT_FAILED, MB_EXPORT_UNDECIDED };

struct mb_export_gate {
    const struct mb_cell *cell;
    const char *name;    // "response_time.p99 <= 20 ms"
    const char *message; // what was found, or why it is undecided
    enum mb_export_outcome outcome;
};

// A file to be written. The text is freed by mb_export_release.
struct mb_export_file {
    const char *name; // "proxy-steady-c16-r1000.json"; in arena
    struct mb_buf text;
};

struct mb_export_options {
    bool trials;                 // a run for each trial, not for each cell
    bool timestamps;             // openmetrics: say when each run was
    bool given;                  // `latency` was asked for by name
    enum mb_dist_metric latency; // RESPONSE or SERVICE
};

// One export. The first members, to `options`, are the caller's, the others are filled
// in.
struct mb_export {
    struct mb_arena *arena;
    const struct mb_result *result;
    const char *digest; // of the result's file
    const struct mb_export_gate *gates;
    size_t gate_count;
    struct mb_export_options options;
    struct mb_arena scratch; // for exporters: emptied after each file and each `can`
    struct mb_export_file *files;
    size_t file_count;
    size_t file_capacity;
    const char **notes; // what was left out or could not be said; each once
    size_t note_count;
    size_t note_capacity;
};

// What one file holds.
enum mb_export_holds {
    MB_EXPORT_ALL, // every run
    MB_EXPORT_ONE  // one run: a file for each
};

// What a run is for a format.
enum mb_export_unit {
    MB_EXPORT_CELLS,  // a cell, with --trials a trial
    MB_EXPORT_TRIALS, // always a trial
    MB_EXPORT_SERIES  // always a cell: the format repeats its trials within
};

struct mb_exporter {
    const char *name;      // for --to: "fortio"
    const char *title;     // "fortio JSON"
    const char *extension; // ".json"
    enum mb_export_holds holds;
    enum mb_export_unit unit;
    bool discarded;              // discarded trials are exported, too
    bool gates;                  // wants the caller's gates
    enum mb_dist_metric latency; // what the format's latencies count from, unless asked
    // A sentence for people: what the format cannot say.
    const char *lost;
    // Whether the format can say a run: MB_INVALID with what the result lacks for it.
    // NULL: any run.
    enum mb_status (*can)(struct mb_export *export, const struct mb_export_run *run,
                          struct mb_err *err);
    // Appends the runs (of which there is one where a file holds one) to `out`; all of
    // them can be said. Notes what gets lost (mb_export_note). MB_INVALID when the result
    // is damaged.
    enum mb_status (*write)(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err);
    // Adds a file that goes with the others (mb_export_file_add); NULL: none.
    enum mb_status (*finish)(struct mb_export *export, const struct mb_export_run *runs,
                             size_t count, struct mb_err *err);
};

// The table, ending with NULL; and one of them by name, or NULL.
extern const struct mb_exporter *const mb_exporters[];
const struct mb_exporter *mb_exporter_find(const char *name);

// Writes a result with the exporter `to` into export->files, in memory. A name that is
// none is MB_USAGE with the nearest one as the hint. Runs that the format cannot say are
// left out with a note; when no run is left that is MB_INVALID with the first reason.
// Release whatever is returned.
MB_MUST_USE enum mb_status mb_export(struct mb_export *export, const char *to,
                                     struct mb_err *err);
void mb_export_release(struct mb_export *export);

// --- what exporters call ---

// Adds a note, once for each text.
void mb_export_note(struct mb_export *export, const char *format, ...) MB_PRINTF(2, 3);

// Adds a file with a safe name of its own, and gives its text to be filled: borrowed
// until the next call.
struct mb_buf *mb_export_file_add(struct mb_export *export, const char *name);

#endif
