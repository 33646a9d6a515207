// Bytes made smaller and back: zlib streams in memory (RFC 1950). Base floor.
#ifndef MB_BASE_DEFLATE_H
#define MB_BASE_DEFLATE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

// Appends the bytes as one zlib stream.
void mb_deflate_pack(const void *bytes, size_t size, struct mb_buf *out);

// Appends what a zlib stream holds, which is exactly `size` bytes: anything else, and
// anything after it, is MB_INVALID. On failure *out may hold some of it.
MB_MUST_USE enum mb_status mb_deflate_unpack(const void *packed, size_t packed_size,
                                             size_t size, struct mb_buf *out,
                                             struct mb_err *err);

#endif
