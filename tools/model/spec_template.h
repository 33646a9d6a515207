// Writes a commented benchmark spec for somebody to begin with. Model floor: may include
// base, format.
#ifndef MB_MODEL_SPEC_TEMPLATE_H
#define MB_MODEL_SPEC_TEMPLATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/result.h"

// A variant besides the baseline: a mesh that is there already, with a url, or a proxy
// that an adapter brings up, without.
struct mb_spec_template_variant {
    const char *name;    // a valid name, unique
    const char *type;    // of the mesh
    const char *version; // NULL: to be captured
    const char *url;     // NULL: `type` is also the adapter's name
};

struct mb_spec_template {
    const char *name;         // a valid name
    const char *baseline_url; // NULL: the built-in application is measured
    const struct mb_spec_template_variant *variants;
    size_t variant_count;
    const int64_t *rates_micro_rps;
    size_t rate_count;
    int64_t connections;
    int64_t duration_ns;
    const struct mb_fact_list *facts; // of this host; fills the environment when the
                                      // built-in application is measured
};

// Appends the YAML text. What it writes is a valid spec; what only its reader can know is
// a comment that asks for it.
void mb_spec_template_write(struct mb_arena *arena,
                            const struct mb_spec_template *template, struct mb_buf *out);

#endif
