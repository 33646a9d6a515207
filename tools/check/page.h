// The pages of the rules: sections of spec/rules/mbNxx.md, which travel in the binary.
// Check floor.
#ifndef MB_CHECK_PAGE_H
#define MB_CHECK_PAGE_H

#include <stdbool.h>

#include "base/buf.h"

// Appends the section of a code: as Markdown, or as plain text with indented examples.
// False, with nothing appended, when there is no such rule or it has no section.
bool mb_page_section(const char *code, bool markdown, struct mb_buf *out);

#endif
