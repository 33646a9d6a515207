// A gallery: a folder of bundles that any web server can serve. index.json lists them,
// index.html shows the list, bundles/ID holds each, reports/ID.html is the page that the
// gallery made of it. Exchange floor: may include base,
// format, model, check, schema.
#ifndef MB_EXCHANGE_GALLERY_H
#define MB_EXCHANGE_GALLERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "exchange/bundle.h"
#include "exchange/sign.h"
#include "format/node.h"

enum {
    MB_GALLERY_MAX_BYTES = 64 << 20, // of index.json
    MB_GALLERY_MAX_ENTRIES = 100000
};

struct mb_gallery {
    struct mb_arena *arena;  // borrowed
    const char *dir;         // borrowed
    struct mb_node *entries; // list, as in schema/gallery.schema.json; newest first
};

// Reads DIR/index.json; a folder without one is an empty gallery. What is no gallery's
// index is MB_INVALID.
MB_MUST_USE enum mb_status mb_gallery_read(struct mb_arena *arena, const char *dir,
                                           struct mb_gallery *gallery,
                                           struct mb_err *err);

// A bundle that was checked and may be shown.
struct mb_gallery_item { // all borrowed
    const struct mb_bundle *bundle;
    const struct mb_bundle_claim *claim;
    const struct mb_result *result;
    const struct mb_sign *sign;
};

// Copies a bundle below DIR and adds its entry. One that is there with the same bytes is
// left alone (*added is false); with the same result and other bytes it is MB_INVALID,
// unless all that is new is a signature. `verified` when an allowed signer signed it,
// else `unverified`.
MB_MUST_USE enum mb_status mb_gallery_add(struct mb_gallery *gallery,
                                          const struct mb_gallery_item *item, bool *added,
                                          struct mb_err *err);

// Where the page of an entry belongs, below DIR: "reports/ID.html", in the gallery's
// arena. NULL when it is there, and for what was withdrawn. The page is no part of the
// bundle: whoever keeps the gallery makes it of the result that was checked.
const char *mb_gallery_report_missing(const struct mb_gallery *gallery, const char *id);

// Says in the entry that its page is there now.
void mb_gallery_report_put(struct mb_gallery *gallery, const char *id, const char *path);

// Marks an entry as withdrawn, for good, and takes its page away: a reader who was sent
// there would not learn of it. An id that is not there is MB_INVALID.
MB_MUST_USE enum mb_status mb_gallery_withdraw(struct mb_gallery *gallery, const char *id,
                                               const char *reason, struct mb_err *err);

// Writes index.json and index.html, each atomically.
MB_MUST_USE enum mb_status mb_gallery_write(const struct mb_gallery *gallery,
                                            struct mb_err *err);

// Appends index.html: no script, nothing from elsewhere. Texts are escaped.
void mb_gallery_page(const struct mb_node *entries, struct mb_buf *out);

#endif
