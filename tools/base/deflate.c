#include "base/deflate.h"

#include <assert.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK_BYTES = 1 << 16 };

// zlib counts in unsigned int.
static uInt portion(size_t size)
{
    return size < UINT_MAX ? (uInt)size : UINT_MAX;
}

void mb_deflate_pack(const void *bytes, size_t size, struct mb_buf *out)
{
    unsigned char chunk[CHUNK_BYTES];
    z_stream stream = {0};
    int code = deflateInit(&stream, Z_DEFAULT_COMPRESSION);
    assert(code == Z_OK);
    stream.next_in = (Bytef *)bytes; // zlib's type lacks a const; it is only read
    size_t left = size;
    while (code != Z_STREAM_END) {
        stream.avail_in = portion(left);
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        uInt given = stream.avail_in;
        code = deflate(&stream, left <= UINT_MAX ? Z_FINISH : Z_NO_FLUSH);
        assert(code == Z_OK || code == Z_STREAM_END);
        left -= given - stream.avail_in;
        mb_buf_append(out, chunk, sizeof chunk - stream.avail_out);
    }
    (void)deflateEnd(&stream);
}

enum mb_status mb_deflate_unpack(const void *packed, size_t packed_size, size_t size,
                                 struct mb_buf *out, struct mb_err *err)
{
    unsigned char chunk[CHUNK_BYTES];
    z_stream stream = {0};
    int code = inflateInit(&stream);
    assert(code == Z_OK);
    stream.next_in = (Bytef *)packed; // as above
    size_t left = packed_size;
    size_t total = 0;
    // Past `size` there is nothing to wait for: a small stream may hold a lot.
    while (code == Z_OK && total <= size) {
        stream.avail_in = portion(left);
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        uInt given = stream.avail_in;
        code = inflate(&stream, Z_NO_FLUSH);
        left -= given - stream.avail_in;
        size_t got = sizeof chunk - stream.avail_out;
        mb_buf_append(out, chunk, got);
        total += got;
    }
    (void)inflateEnd(&stream);
    if (code != Z_STREAM_END || left != 0 || total != size) {
        return mb_err_set(err, MB_INVALID, "not a zlib stream of %zu bytes", size);
    }
    return MB_OK;
}
