// One trial as people read it after `load`: latency, throughput, errors, and whether the
// generator kept its schedule. Report floor: may include base, model.
#ifndef MB_REPORT_LOAD_H
#define MB_REPORT_LOAD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/result.h"

// A dispatch lag over this is called late: at p99.9, or where there are too few requests
// for that at p99, or else the largest.
#define MB_REPORT_LOAD_LATE_NS INT64_C(1000000)

struct mb_report_load {
    const char *url;
    const struct mb_cell *cell; // with one trial of one part
    int width;
    bool color;
};

// Appends the text.
void mb_report_load_print(struct mb_arena *arena, const struct mb_report_load *report,
                          struct mb_buf *out);

#endif
