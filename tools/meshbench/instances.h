// Adapters that 'meshbench mesh up' holds up, noted in small files so that 'mesh status'
// and 'mesh down' find them from another terminal. Meshbench floor.
//
// The folder is $XDG_RUNTIME_DIR/meshbench or /tmp/meshbench-UID, private to the user. A
// process is noted by its id and start time: ids are reused.
#ifndef MB_MESHBENCH_INSTANCES_H
#define MB_MESHBENCH_INSTANCES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"

struct mb_instances_entry {
    const char *name;    // of the adapter
    pid_t pid;           // of the meshbench that holds it up
    int64_t start_ticks; // of that process
    const char *url;
    const char *version;  // NULL: not known
    const char *upstream; // NULL: none
};

struct mb_instances_list {
    struct mb_instances_entry *items;
    size_t count;
    size_t capacity;
};

// In arena: the folder, created when it is missing. MB_FAILED when it is not the user's
// own.
MB_MUST_USE enum mb_status mb_instances_folder(struct mb_arena *arena,
                                               const struct mb_ctx *ctx, char **folder,
                                               struct mb_err *err);

// Notes this process as the one that holds `entry` up (its pid fields are filled in
// here); and forgets it.
MB_MUST_USE enum mb_status mb_instances_note(struct mb_arena *arena, const char *folder,
                                             const struct mb_instances_entry *entry,
                                             struct mb_err *err);
void mb_instances_forget(struct mb_arena *arena, const char *folder, const char *name);

// In arena: those whose process lives, by name. Notes of dead ones are removed.
MB_MUST_USE enum mb_status mb_instances_read(struct mb_arena *arena, const char *folder,
                                             struct mb_instances_list *list,
                                             struct mb_err *err);

const struct mb_instances_entry *mb_instances_find(const struct mb_instances_list *list,
                                                   const char *name);

// True while the very process that was noted lives.
bool mb_instances_alive(const struct mb_instances_entry *entry);

#endif
