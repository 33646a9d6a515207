// A test's configuration of Service Mesh Performance as a benchmark spec
// (spec/smp-mapping.md). Exchange floor.
#ifndef MB_EXCHANGE_SMP_SPEC_H
#define MB_EXCHANGE_SMP_SPEC_H

#include "base/diag.h"
#include "base/err.h"
#include "format/doc.h"

// Makes the spec of a document that mb_smp_is_config knows: PerformanceTestConfig, alone
// or below "test" with "mesh" and "env" beside it, in any spelling. In arena. What SMP
// does not say and had to be chosen (MB861), and what has no place in a spec (MB862),
// are notes in *diag, with their places. MB_INVALID with the place when it is not one
// measurement that can be made. The spec still has to be checked like any other.
MB_MUST_USE enum mb_status mb_smp_to_spec(struct mb_arena *arena, struct mb_doc *doc,
                                          struct mb_node **spec, struct mb_diag *diag,
                                          struct mb_err *err);

#endif
