// What the sample application is told to do: how long an answer takes, which status and
// size it has, when the whole server stalls. App floor: may include base.
#ifndef MB_APP_BEHAVIOUR_H
#define MB_APP_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/delay.h"
#include "base/err.h"
#include "base/rng.h"

#define MB_BEHAVIOUR_MAX_SIZE INT64_C(1073741824) // of a body, in bytes
enum { MB_BEHAVIOUR_MAX_STATUSES = 16 };

// A status and its share of the answers.
struct mb_behaviour_status {
    int status;
    int64_t share; // 1e-9
};

struct mb_behaviour {
    bool delayed;
    struct mb_delay delay;
    struct mb_behaviour_status statuses[MB_BEHAVIOUR_MAX_STATUSES];
    size_t status_count; // what their shares leave over is 200
    int64_t size_bytes;  // of an answer's body
};

// Reads "503:1%,429:0.5%", or a single "503" for all answers. MB_INVALID otherwise.
MB_MUST_USE enum mb_status mb_behaviour_parse_mix(const char *text,
                                                  struct mb_behaviour *behaviour,
                                                  struct mb_err *err);

// Reads the query of a request, as "delay=5ms&status=503&size=1Ki", into a copy of the
// server's own behaviour. Unknown names are ignored, as servers do; a bad value is
// MB_INVALID.
MB_MUST_USE enum mb_status mb_behaviour_parse_query(const char *query,
                                                    struct mb_behaviour *behaviour,
                                                    struct mb_err *err);

// The status of one answer.
int mb_behaviour_draw_status(const struct mb_behaviour *behaviour, struct mb_rng *rng);

// Stalls: stretches of time in which the server does nothing at all.
struct mb_stall {
    bool active;
    bool random;
    int64_t length_ns; // or its mean
    int64_t every_ns;  // from one start to the next, or the mean time between two stalls
    struct mb_rng rng;
    int64_t next_ns; // monotonic start of the next one
    int64_t next_length_ns;
};

// Reads "200ms/2s" (200 ms long, one every 2 s) or "random:200ms/2s" (exponential lengths
// of that mean, after exponential gaps of that mean). MB_INVALID otherwise.
MB_MUST_USE enum mb_status mb_stall_parse(const char *text, struct mb_stall *stall,
                                          struct mb_err *err);

// Sets the first one, counted from now: after half of `every_ns`, or a random gap.
void mb_stall_begin(struct mb_stall *stall, uint64_t seed, int64_t now_ns);

// Sets the next one. It depends on the seed and the first one only, so that several
// threads stall together.
void mb_stall_advance(struct mb_stall *stall);

#endif
