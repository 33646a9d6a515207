// Load generators of others as drivers: found on PATH, run with the plan's workload,
// their output read by the importer of the same name. Run floor.
//
// A generator is run once for the warm-up, whose output is thrown away, and once for the
// window, which begins when the program is started. What it cannot do was refused before
// (model/generator.h).
#ifndef MB_RUN_DRIVER_H
#define MB_RUN_DRIVER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "load/load.h"
#include "model/generator.h"

// How long a program may take beyond its window and the time-out of a request: to start,
// to open its connections, to write what it has to say.
#define MB_DRIVER_PATIENCE_NS INT64_C(30000000000)

// What it may write: k6 takes about 2 KiB for a request.
#define MB_DRIVER_BYTES_MAX (INT64_C(16) << 30)

// Fills *driver: the built-in engine, or the program, whose version is asked for; one
// that does not say is told apart by its SHA-256. In arena, which has to live as long. A
// program that is missing is MB_FAILED with a hint how to get it.
//
// A trial ends in MB_FAILED when the program cannot be started, fails, does not end
// within `patience_ns` or writes what cannot be read; whatever the end, nothing of it is
// left running, and its files are gone.
MB_MUST_USE enum mb_status
mb_driver_open(struct mb_arena *arena, const struct mb_generator *generator,
               int64_t patience_ns, struct mb_load_driver *driver, struct mb_err *err);

#endif
