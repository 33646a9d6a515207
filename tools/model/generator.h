// Load generators that a spec can name, and what each can do: what one cannot do is
// refused, not approximated. Model floor: may include base, format, stats.
#ifndef MB_MODEL_GENERATOR_H
#define MB_MODEL_GENERATOR_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/spec.h"

struct mb_generator {
    const char *name;         // in specs: "wrk2"
    const char *program;      // looked up on PATH; NULL: the built-in one
    int64_t duration_unit_ns; // multiples of it only, warm-up included; 0: any
    int64_t timeout_unit_ns;  // likewise
    unsigned models;          // bit set of 1 << enum mb_load_model
    bool head;                // the method HEAD; others all can
    bool no_body;             // sends none
    bool close;               // can use a connection for one request only
    bool whole_rate;          // whole requests per second only
    bool whole_interval;      // between two requests of a connection: whole us only
    bool threads_divide;      // connections have to be a multiple of the threads
    bool rate_divides;        // and so has the rate
};

// The table, ending with a row without a name.
extern const struct mb_generator mb_generators[];

// Borrowed; NULL when there is none of this name.
const struct mb_generator *mb_generator_find(const char *name);

// In arena: all names, as "fortio, hey, meshbench".
const char *mb_generator_names(struct mb_arena *arena);

// Between two requests of a connection at that rate in total, rounded.
int64_t mb_generator_interval_us(int64_t connections, int64_t rate_micro_rps);

// Something that a generator cannot do.
struct mb_generator_refusal {
    const char *key;     // of the workload: "load_model", "request/keepalive"
    const char *message; // "wrk makes no open load"
    const char *hint;    // "it makes closed load"
};

// The first thing of the workload that this generator cannot do, in arena; false: it can
// do all of it.
bool mb_generator_refuse(struct mb_arena *arena, const struct mb_generator *generator,
                         const struct mb_workload *workload,
                         struct mb_generator_refusal *refusal);

#endif
