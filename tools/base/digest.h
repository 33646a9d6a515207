// SHA-256 (by OpenSSL's libcrypto) and Base64 (RFC 4648, with padding). Base floor.
#ifndef MB_BASE_DIGEST_H
#define MB_BASE_DIGEST_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { MB_DIGEST_BYTES = 32, MB_DIGEST_TEXT = 65 };

// Lower-case hexadecimal SHA-256 of the bytes, NUL-terminated.
void mb_digest_text(const void *bytes, size_t size, char text[MB_DIGEST_TEXT]);

// The same over bytes that come one after another. `new` returns owned; `finish` gives
// the text, once, after which only `free` is allowed; NULL is fine there.
struct mb_digest;
struct mb_digest *mb_digest_new(void);
void mb_digest_add(struct mb_digest *digest, const void *bytes, size_t size);
void mb_digest_finish(struct mb_digest *digest, char text[MB_DIGEST_TEXT]);
void mb_digest_free(struct mb_digest *digest);

// Appends the Base64 text of the bytes.
void mb_digest_base64_encode(const void *bytes, size_t size, struct mb_buf *out);

// Appends the bytes of a Base64 text; blanks and missing padding are errors (MB_INVALID).
MB_MUST_USE enum mb_status mb_digest_base64_decode(const char *text, size_t size,
                                                   struct mb_buf *out,
                                                   struct mb_err *err);

#endif
