// Parameter values for an adapter: given ones checked, the others by default. Mesh floor.
//
// Values end up in the configuration of a program. So that none can end a line, a string
// or a block there and go on with text of its own, a value of type text consists of
// letters, digits and . _ ~ : / @ % + = , - only, whatever pattern the adapter gives; the
// other types are narrower still.
#ifndef MB_MESH_BINDING_H
#define MB_MESH_BINDING_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "mesh/definition.h"
#include "mesh/template.h"
#include "model/spec.h"

struct mb_binding {
    struct mb_template_variable *variables; // "param.NAME"
    size_t count;
    size_t capacity;
    const char *program; // value of the parameter `program`, which every adapter that
                         // starts one has; NULL: to be looked for
};

// In arena. MB_INVALID names the parameter, the value and what would be allowed.
MB_MUST_USE enum mb_status mb_binding_make(struct mb_arena *arena,
                                           const struct mb_adapter *adapter,
                                           const struct mb_parameter *given, size_t count,
                                           struct mb_binding *binding,
                                           struct mb_err *err);

// Adds a variable; its text is borrowed.
void mb_binding_add(struct mb_arena *arena, struct mb_binding *binding, const char *name,
                    const char *value);

// Checks one value. MB_INVALID: "'x' is not ...".
MB_MUST_USE enum mb_status
mb_binding_check(const struct mb_definition_parameter *parameter, const char *value,
                 struct mb_err *err);

// True when every character is one of those above.
bool mb_binding_is_plain(const char *value);

#endif
