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

// Something in a bundle that is not as it should be.
struct mb_report_verify_fault {
    const char *file; // in the bundle
    int line;         // 0: the file as a whole
    const char *message;
};

struct mb_report_verify {
    const char *path;
    const char *failure;         // why it could not be read; NULL when it was
    char digest[MB_DIGEST_TEXT]; // of the file's bytes; empty when it was not parsed
    enum mb_level level;
    struct mb_derive_checked checked;
    struct mb_diag faults;    // errors only; none: verified
    const struct mb_doc *doc; // NULL when it could not be parsed
    // Of a bundle, whose result all above is about:
    bool is_bundle;
    struct mb_report_verify_fault *bundle_faults;
    size_t bundle_fault_count;
    size_t bundle_fault_capacity;
    bool regenerated;      // its generated files were written again and compared
    const char *signature; // "none", "bad", "valid", "trusted", "unknown"
    const char *key;       // NULL when there is none
    const char *signer;    // NULL when nobody vouches for the key
};

// Adds a fault of a bundle; texts are copied.
void mb_report_verify_add(struct mb_arena *arena, struct mb_report_verify *file,
                          const char *name, int line, const char *message);

// True when the file was read and nothing in it contradicts its raw data.
bool mb_report_verify_good(const struct mb_report_verify *file);

// Appends the text of one file: what was checked, or each fault with its place.
void mb_report_verify_text(struct mb_arena *arena, const struct mb_report_verify *file,
                           bool color, struct mb_buf *out);

// In arena: the same as JSON.
struct mb_node *mb_report_verify_node(struct mb_arena *arena,
                                      const struct mb_report_verify *file);

#endif
