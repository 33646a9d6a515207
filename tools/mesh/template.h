// Text with ${variables}. Mesh floor: may include base.
//
// ${name} is replaced by the variable's value, $$ by one $; any other $ is an error, and
// so is a variable that is not there: nothing is left in by accident.
#ifndef MB_MESH_TEMPLATE_H
#define MB_MESH_TEMPLATE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum { MB_TEMPLATE_MAX_BYTES = 1 << 20 }; // of a rendered text

struct mb_template_variable {
    const char *name;
    const char *value;
};

// Appends the rendered text to *out. MB_INVALID: *offset is the byte in `text` that the
// message is about, and *out holds what came before it.
MB_MUST_USE enum mb_status
mb_template_render(const char *text, const struct mb_template_variable *variables,
                   size_t count, struct mb_buf *out, size_t *offset, struct mb_err *err);

// Line and column, both 1-based, of a byte in a text.
void mb_template_place(const char *text, size_t offset, int *line, int *column);

#endif
