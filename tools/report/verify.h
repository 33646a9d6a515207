// What verification found, for people and scripts. Report floor: may include base,
// format, model, check.
#ifndef MB_REPORT_VERIFY_H
#define MB_REPORT_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/diag.h"
#include "check/rules.h"
#include "format/doc.h"
#include "format/node.h"
#include "model/derive.h"

struct mb_report_verify {
    const char *path;
    const char *failure;         // why it could not be read; NULL when it was
    char digest[MB_DIGEST_TEXT]; // of the file's bytes; empty when it was not parsed
    enum mb_level level;
    struct mb_derive_checked checked;
    struct mb_diag faults;    // errors only; none: verified
    const struct mb_doc *doc; // NULL when it could not be parsed
};

// True when the file was read and nothing in it contradicts its raw data.
bool mb_report_verify_good(const struct mb_report_verify *file);

// Appends the text of one file: what was checked, or each fault with its place.
void mb_report_verify_text(struct mb_arena *arena, const struct mb_report_verify *file,
                           bool color, struct mb_buf *out);

// In arena: the same as JSON.
struct mb_node *mb_report_verify_node(struct mb_arena *arena,
                                      const struct mb_report_verify *file);

#endif
