// The files that an import is to read: those that were named, and those in folders that
// were. Meshbench floor.
#ifndef MB_MESHBENCH_IMPORTS_H
#define MB_MESHBENCH_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "cli/cli.h"
#include "exchange/import.h"

enum {
    MB_IMPORTS_MAX = 100000, // files
    MB_IMPORTS_DEPTH = 16    // of folders
};

struct mb_imports_file {
    const char *path;
    bool found; // in a folder: nobody said that it is a result
};

// In arena.
struct mb_imports_list {
    struct mb_imports_file *items;
    size_t count;
    size_t capacity;
};

// Puts all files of a folder in its place, by name, those of its folders too. What begins
// with a dot is left out, and symbolic links to folders are not followed. MB_FAILED with
// the system's reason; MB_INVALID over the limits, and when a folder holds nothing;
// MB_USAGE when standard input is named twice.
MB_MUST_USE enum mb_status mb_imports_find(struct mb_arena *arena,
                                           const struct mb_args *args,
                                           struct mb_imports_list *list,
                                           struct mb_err *err);

// Files that were left out for one reason, which become one note.
struct mb_imports_left_out {
    const char *why;
    const char *names; // "a, b and 3 more"; NULL: none yet
    size_t count;
};
void mb_imports_leave_out(struct mb_arena *arena, struct mb_imports_left_out *left_out,
                          const char *path);
void mb_imports_note(struct mb_import *import,
                     const struct mb_imports_left_out *left_out);

#endif
