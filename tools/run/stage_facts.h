// The facts of a run on this machine: what the spec declares beside what stands here. Run
// floor.
#ifndef MB_RUN_STAGE_FACTS_H
#define MB_RUN_STAGE_FACTS_H

#include "base/arena.h"
#include "base/ctx.h"
#include "base/err.h"
#include "mesh/adapter.h"
#include "model/result.h"
#include "model/spec.h"

struct mb_stage_source { // all borrowed
    struct mb_ctx *ctx;
    const struct mb_spec *spec;
    const struct mb_adapter_instance *instances; // one for each variant
};

// Adds to facts that mb_host_capture has filled:
//   environment.*                   every scalar that the spec declares; for a single
//   node
//                                   that runs plain processes, with what was captured
//   application.version             captured for the built-in one
//   variants.NAME.version           declared, and as the program itself says
//   variants.NAME.config_files.FILE SHA-256 of a file that the spec names
//   variants.NAME.rendered.FILE     SHA-256 of a configuration that its adapter rendered
//   run.idle_variants               "running": all variants stay up for the whole run
MB_MUST_USE enum mb_status mb_stage_facts(struct mb_arena *arena,
                                          const struct mb_stage_source *source,
                                          struct mb_fact_list *facts, struct mb_err *err);

#endif
