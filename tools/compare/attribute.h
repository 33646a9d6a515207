// What a cell is of, in words: the mesh, its version, the machine, the load point. Tables
// are grouped by it. Compare floor: may include base, format, model.
#ifndef MB_COMPARE_ATTRIBUTE_H
#define MB_COMPARE_ATTRIBUTE_H

#include <stdbool.h>

#include "base/arena.h"
#include "compare/compare.h"

// "variant, workload, ...": the names that mb_compare_attribute knows, for messages.
const char *mb_compare_attribute_names(void);

// True for one of them, and for "label:NAME", a label of the result.
bool mb_compare_attribute_known(const char *attribute);

// True for those of the load point; the others are of the variant or its result.
bool mb_compare_attribute_of_point(const char *attribute);

// Value of a known attribute; "unknown" where the result does not have it. Borrowed from
// the side's result, or in arena.
const char *mb_compare_attribute(struct mb_arena *arena,
                                 const struct mb_compare_side *side,
                                 const struct mb_cell *cell, const char *attribute);

// Release of a variant's mesh: as captured, else as declared. NULL when not known.
const char *mb_compare_attribute_version(const struct mb_compare_side *side,
                                         const char *variant);

// False when the spec says that the variant is without a mesh, or, without a spec, when
// `baseline` is its name.
bool mb_compare_attribute_meshed(const struct mb_compare_side *side,
                                 const struct mb_cell *cell, const char *baseline);

// Spec or facts say what mesh the cell's variant has, be it none.
bool mb_compare_attribute_mesh_said(const struct mb_compare_side *side,
                                    const struct mb_cell *cell);

#endif
