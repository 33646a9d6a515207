// Adapters: how to put a mesh or a proxy in front of an application, as data (YAML files
// of `kind: adapter`, schema/adapter.schema.json, spec/adapter.md). Mesh floor: may
// include base, format, model.
#ifndef MB_MESH_ADAPTER_H
#define MB_MESH_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "base/proc.h"
#include "base/guard.h"
#include "model/result.h"
#include "model/spec.h"

struct mb_adapter; // one parsed adapter file; its fields: mesh/definition.h

// Finds a built-in adapter (envoy, haproxy, nginx, running) by name, or reads the file
// when `name` has a '/' or ends in .yaml/.yml/.json. In arena. A name that is none, and a
// file that is no adapter, are MB_INVALID with the place.
MB_MUST_USE enum mb_status mb_adapter_load(struct mb_arena *arena, const char *name,
                                           const struct mb_adapter **adapter,
                                           struct mb_err *err);

// Names of the built-in ones, NULL-terminated.
const char *const *mb_adapter_names(void);

struct mb_adapter_setup {
    const char *upstream; // "127.0.0.1:18080": where the application listens; NULL: none
    const char *listen_host; // "127.0.0.1"
    const struct mb_parameter *parameters;
    size_t parameter_count;
    int cpu;         // pins its processes; -1: not pinned
    int listen_port; // 0: a free one
};

// A started instance. Everything that it made on disk is in `dir`.
struct mb_adapter_instance {
    const struct mb_adapter *adapter; // NULL: never started
    const char *url;                  // where the generator has to go
    const char *version;              // as the program itself says; NULL when it does not
    const char *dir;      // rendered configuration and logs; removed by mb_adapter_down
    const char **configs; // paths of the rendered configuration files
    size_t config_count;
    enum mb_role role; // of its processes
    struct mb_proc proc;
    struct mb_guard guard; // ends and removes all of it should we be killed
};

// Checks the parameters, renders the configuration into a private folder, starts the
// program, waits until it is ready. On failure nothing is left running, and the message
// holds the last lines of the program's log. A parameter that is wrong is MB_INVALID; a
// program that is not here MB_FAILED, with how to get it as the hint.
MB_MUST_USE enum mb_status mb_adapter_up(struct mb_arena *arena, struct mb_ctx *ctx,
                                         const struct mb_adapter *adapter,
                                         const struct mb_adapter_setup *setup,
                                         struct mb_adapter_instance *instance,
                                         struct mb_err *err);

// True while its program runs; also for one that has none.
bool mb_adapter_running(struct mb_adapter_instance *instance);

// In arena: the last lines that its program wrote, for a message; "" when there are none.
char *mb_adapter_last_words(struct mb_arena *arena,
                            const struct mb_adapter_instance *instance);

// Stops it and removes its folder. Fine on one that never started.
void mb_adapter_down(struct mb_adapter_instance *instance);

#endif
