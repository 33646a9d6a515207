// HdrHistogram's exchange format: a header, then the counts up to the last one in use.
// V0 and V1 write counts as words of 2, 4 or 8 bytes; V2 writes ZigZag LEB128 (seven bits
// a byte, the ninth byte all eight) with runs of zeros as negative numbers. The
// compressed form wraps the zlib stream of any of them. All big-endian. After
// encodeIntoByteBuffer and decodeFromByteBuffer of the Java implementation.
#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <zlib.h>

#include "base/digest.h"
#include "base/mem.h"
#include "stats/hdr.h"

#define COOKIE_V0 UINT32_C(0x1c849308)
#define COOKIE_V0_ZLIB UINT32_C(0x1c849309)
#define COOKIE_V1 UINT32_C(0x1c849301)
#define COOKIE_V1_ZLIB UINT32_C(0x1c849302)
#define COOKIE_V2 UINT32_C(0x1c849303)
#define COOKIE_V2_ZLIB UINT32_C(0x1c849304)
#define COOKIE_WORD_MASK UINT32_C(0xf0)        // bytes a word, in bits 4 to 7
#define COOKIE_V2_WORD UINT32_C(0x10)          // in V2 they say 1 and mean LEB128
#define RATIO_ONE UINT64_C(0x3ff0000000000000) // 1.0 as IEEE 754 bits

enum {
    HEADER_V0_SIZE = 32,
    HEADER_SIZE = 40, // V1 and V2
    WRAP_SIZE = 8,    // cookie and length around a zlib stream
    LEB_MAX = 9
};

struct payload_header {
    uint32_t cookie_base;
    int word_size; // bytes a count; 0: LEB128
    size_t size;   // of the header
    size_t length; // of the counts
    int64_t lowest;
    int64_t highest;
    int digits;
};

static void put_32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (unsigned char)(value >> (24 - 8 * i));
    }
}

static void put_64(unsigned char *at, uint64_t value)
{
    put_32(at, (uint32_t)(value >> 32));
    put_32(at + 4, (uint32_t)value);
}

static uint64_t get_word(const unsigned char *at, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static uint32_t get_32(const unsigned char *at)
{
    return (uint32_t)get_word(at, 4);
}

static size_t put_leb(unsigned char *at, int64_t value)
{
    uint64_t rest = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
    size_t size = 0;
    while (rest > 0x7f && size < LEB_MAX - 1) {
        at[size++] = (unsigned char)(0x80 | (rest & 0x7f));
        rest >>= 7;
    }
    at[size++] = (unsigned char)rest;
    return size;
}

// Moves *at behind the number. False when the bytes end before it does.
static bool get_leb(const unsigned char **at, const unsigned char *end, int64_t *value)
{
    uint64_t bits = 0;
    for (int i = 0; i < LEB_MAX && *at < end; i++) {
        unsigned char byte = *(*at)++;
        bool last = i == LEB_MAX - 1 || (byte & 0x80) == 0;
        uint64_t part = i == LEB_MAX - 1 ? byte : byte & 0x7f;
        bits |= part << (7 * i);
        if (last) {
            *value = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
            return true;
        }
    }
    return false;
}

static void append_counts(const struct mb_hdr *hdr, struct mb_buf *out)
{
    int32_t end = hdr->count > 0 ? mb_hdr_slot(hdr, hdr->max) + 1 : 0;
    end = end < hdr->counts_size ? end : hdr->counts_size;
    int32_t i = 0;
    while (i < end) {
        int64_t value = hdr->counts[i++];
        if (value == 0) {
            int64_t zeros = 1;
            while (i < end && hdr->counts[i] == 0) {
                zeros++;
                i++;
            }
            value = -zeros; // a single one too, as in C and Python (Java writes 0)
        }
        unsigned char bytes[LEB_MAX];
        mb_buf_append(out, bytes, put_leb(bytes, value));
    }
}

void mb_hdr_encode(const struct mb_hdr *hdr, struct mb_buf *out)
{
    size_t start = out->size;
    unsigned char header[HEADER_SIZE];
    put_32(header, COOKIE_V2 | COOKIE_V2_WORD);
    put_32(header + 4, 0); // length: known at the end
    put_32(header + 8, 0); // normalizing index offset
    put_32(header + 12, (uint32_t)hdr->digits);
    put_64(header + 16, (uint64_t)hdr->lowest);
    put_64(header + 24, (uint64_t)hdr->highest);
    put_64(header + 32, RATIO_ONE);
    mb_buf_append(out, header, sizeof header);
    append_counts(hdr, out);
    if (!out->overflowed) {
        put_32((unsigned char *)out->data + start + 4,
               (uint32_t)(out->size - start - HEADER_SIZE));
    }
}

void mb_hdr_encode_base64(const struct mb_hdr *hdr, struct mb_buf *out)
{
    struct mb_buf payload;
    mb_buf_init(&payload, MB_HDR_MAX_PAYLOAD_BYTES);
    mb_hdr_encode(hdr, &payload);
    uLongf size = compressBound((uLong)payload.size);
    unsigned char *wrapped = mb_mem_alloc(WRAP_SIZE + size, 1);
    int code = compress2(wrapped + WRAP_SIZE, &size, (const Bytef *)payload.data,
                         (uLong)payload.size, Z_DEFAULT_COMPRESSION);
    assert(code == Z_OK && !payload.overflowed); // there is room for every input
    (void)code;
    put_32(wrapped, COOKIE_V2_ZLIB | COOKIE_V2_WORD);
    put_32(wrapped + 4, (uint32_t)size);
    mb_digest_base64_encode(wrapped, WRAP_SIZE + size, out);
    mb_mem_free(wrapped);
    mb_buf_release(&payload);
}

static enum mb_status bad(struct mb_err *err, const char *why)
{
    return mb_err_set(err, MB_INVALID, "not a histogram: %s", why);
}

static enum mb_status header_decode(const unsigned char *bytes, size_t size,
                                    struct payload_header *header, struct mb_err *err)
{
    if (size < 4) {
        return bad(err, "too short");
    }
    uint32_t cookie = get_32(bytes);
    *header = (struct payload_header){.cookie_base = cookie & ~COOKIE_WORD_MASK,
                                      .word_size = (int)(cookie & COOKIE_WORD_MASK) >> 4};
    bool old = header->cookie_base == COOKIE_V0;
    header->size = old ? HEADER_V0_SIZE : HEADER_SIZE;
    if (!old && header->cookie_base != COOKIE_V1 && header->cookie_base != COOKIE_V2) {
        return mb_err_set(
            err, MB_INVALID,
            "not a histogram: cookie 0x%08x is not of encoding V0, V1 or V2",
            (unsigned)cookie);
    }
    if (header->cookie_base == COOKIE_V2) {
        header->word_size = 0;
    } else if (header->word_size != 2 && header->word_size != 4 &&
               header->word_size != 8) {
        return bad(err, "counts are not words of 2, 4 or 8 bytes");
    }
    if (size < header->size) {
        return bad(err, "too short");
    }
    const unsigned char *digits = bytes + (old ? 4 : 12);
    if (get_32(digits) > 5) {
        return bad(err, "more than 5 significant digits");
    }
    header->digits = (int)get_32(digits);
    header->lowest = (int64_t)get_word(digits + 4, 8);
    header->highest = (int64_t)get_word(digits + 12, 8);
    header->length = old ? SIZE_MAX : get_32(bytes + 4); // V0: to the end
    if (!old && get_32(bytes + 8) != 0) {
        return mb_err_set(err, MB_INVALID, "shifted histograms are not supported");
    }
    if (!old && get_word(bytes + 32, 8) != RATIO_ONE) {
        return mb_err_set(err, MB_INVALID,
                          "histograms of scaled values are not supported");
    }
    return MB_OK;
}

// Reads one count, or a run of zeros as a negative one.
static bool count_decode(const struct payload_header *header, const unsigned char **at,
                         const unsigned char *end, int64_t *value)
{
    if (header->word_size == 0) {
        return get_leb(at, end, value);
    }
    if (end - *at < header->word_size) {
        return false;
    }
    uint64_t word = get_word(*at, header->word_size);
    *at += header->word_size;
    *value = (int64_t)word;
    return word <= UINT64_MAX >> (65 - 8 * header->word_size); // words are signed
}

// Adds values to the sum as the middle of their bucket: the encoding keeps no better one.
static void sum_add(struct mb_hdr *hdr, int64_t low, int64_t high, int64_t count)
{
    int64_t middle = low + (high - low + 1) / 2;
    bool fits = middle == 0 || count <= (INT64_MAX - hdr->sum) / middle;
    hdr->sum = fits ? hdr->sum + middle * count : INT64_MAX;
}

static enum mb_status counts_decode(struct mb_hdr *hdr,
                                    const struct payload_header *header,
                                    const unsigned char *at, size_t size,
                                    struct mb_err *err)
{
    const unsigned char *end = at + size;
    int64_t slot = 0;
    int64_t low = 0;
    int64_t high = 0;
    while (at < end) {
        int64_t value = 0;
        if (!count_decode(header, &at, end, &value)) {
            return bad(err, "a count is cut off or negative");
        }
        int64_t slots = value < 0 ? -(value + 1) : 0; // one less, so that it cannot wrap
        if (slots >= hdr->counts_size - slot) {
            return bad(err, "more counts than its range has");
        }
        if (value > INT64_MAX - hdr->count) {
            return bad(err, "its counts add up to more than 63 bits");
        }
        if (value > 0) {
            mb_hdr_slot_range(hdr, (int32_t)slot, &low, &high);
            hdr->min = hdr->count == 0 ? low : hdr->min;
            hdr->max = high;
            hdr->counts[slot] = value;
            hdr->count += value;
            sum_add(hdr, low, high, value);
        }
        slot += slots + 1;
    }
    return MB_OK;
}

static enum mb_status payload_decode(struct mb_hdr *hdr, const unsigned char *bytes,
                                     size_t size, struct mb_err *err)
{
    struct payload_header header = {0};
    enum mb_status status = header_decode(bytes, size, &header, err);
    if (status != MB_OK) {
        return status;
    }
    size_t rest = size - header.size;
    if (header.length != SIZE_MAX && header.length != rest) {
        return mb_err_set(err, MB_INVALID,
                          "not a histogram: %zu bytes of counts, its header says %zu",
                          rest, header.length);
    }
    struct mb_hdr made;
    status = mb_hdr_init_with(&made, header.lowest, header.highest, header.digits, err);
    if (status != MB_OK) {
        return status;
    }
    status = counts_decode(&made, &header, bytes + header.size, rest, err);
    if (status != MB_OK) {
        mb_hdr_release(&made);
        return status;
    }
    *hdr = made;
    return MB_OK;
}

// Largest payload that the configuration in a header can need; 0 when there is none.
static size_t payload_limit(const unsigned char *bytes, size_t size)
{
    struct payload_header header;
    struct mb_err err = {0};
    struct mb_hdr hdr;
    if (header_decode(bytes, size, &header, &err) != MB_OK ||
        mb_hdr_configure(&hdr, header.lowest, header.highest, header.digits, &err) !=
            MB_OK) {
        return 0;
    }
    size_t word = header.word_size > 0 ? (size_t)header.word_size : LEB_MAX;
    return header.size + word * (size_t)hdr.counts_size;
}

// Inflates up to `limit` bytes behind what *out holds. MB_INVALID when the stream is
// broken; *ended tells whether all of it was read.
static enum mb_status inflate_some(z_stream *stream, struct mb_buf *out, size_t limit,
                                   bool *ended, struct mb_err *err)
{
    unsigned char chunk[16384];
    int code = Z_OK;
    while (code == Z_OK && out->size < limit) {
        size_t room = limit - out->size < sizeof chunk ? limit - out->size : sizeof chunk;
        stream->next_out = chunk;
        stream->avail_out = (uInt)room;
        code = inflate(stream, Z_NO_FLUSH);
        mb_buf_append(out, chunk, room - stream->avail_out);
    }
    *ended = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END) {
        return bad(err, code == Z_BUF_ERROR ? "its zlib stream is cut off"
                                            : "its zlib stream is damaged");
    }
    return MB_OK;
}

// Inflates in two steps: the header says how much may follow, so that a bomb is refused
// after as many bytes as an honest histogram of that configuration has.
static enum mb_status unwrap_stream(z_stream *stream, struct mb_buf *payload,
                                    struct mb_err *err)
{
    bool ended = false;
    enum mb_status status = inflate_some(stream, payload, HEADER_SIZE, &ended, err);
    if (status != MB_OK || ended) {
        return status;
    }
    size_t limit = payload_limit((const unsigned char *)payload->data, payload->size);
    if (limit == 0) {
        return MB_OK; // the header alone is enough for the message
    }
    status = inflate_some(stream, payload, limit + 1, &ended, err);
    if (status == MB_OK && payload->size > limit) {
        return mb_err_set(err, MB_INVALID,
                          "not a histogram: inflates to more than the %zu bytes that its "
                          "configuration can need",
                          limit);
    }
    return status;
}

static enum mb_status wrapped_decode(struct mb_hdr *hdr, const unsigned char *bytes,
                                     size_t size, struct mb_err *err)
{
    if (size < WRAP_SIZE || get_32(bytes + 4) != size - WRAP_SIZE) {
        return bad(err, "its length is not the one that it states");
    }
    z_stream stream = {.next_in = (z_const Bytef *)(bytes + WRAP_SIZE),
                       .avail_in = (uInt)(size - WRAP_SIZE)};
    if (inflateInit(&stream) != Z_OK) {
        return mb_err_set(err, MB_FAILED, "zlib cannot be started");
    }
    struct mb_buf payload;
    mb_buf_init(&payload, MB_HDR_MAX_PAYLOAD_BYTES);
    enum mb_status status = unwrap_stream(&stream, &payload, err);
    if (status == MB_OK) {
        status =
            payload_decode(hdr, (const unsigned char *)payload.data, payload.size, err);
    }
    (void)inflateEnd(&stream);
    mb_buf_release(&payload);
    return status;
}

enum mb_status mb_hdr_decode(struct mb_hdr *hdr, const void *bytes, size_t size,
                             struct mb_err *err)
{
    if (size < 4 || size > UINT32_MAX) {
        return bad(err, size < 4 ? "too short" : "longer than 4 GiB");
    }
    uint32_t base = get_32(bytes) & ~COOKIE_WORD_MASK;
    if (base == COOKIE_V0_ZLIB || base == COOKIE_V1_ZLIB || base == COOKIE_V2_ZLIB) {
        return wrapped_decode(hdr, bytes, size, err);
    }
    return payload_decode(hdr, bytes, size, err);
}

enum mb_status mb_hdr_decode_base64(struct mb_hdr *hdr, const char *text, size_t size,
                                    struct mb_err *err)
{
    struct mb_buf bytes;
    mb_buf_init(&bytes, 0); // no longer than the text
    enum mb_status status = mb_digest_base64_decode(text, size, &bytes, err);
    if (status == MB_OK) {
        status = mb_hdr_decode(hdr, bytes.data, bytes.size, err);
    }
    mb_buf_release(&bytes);
    return status;
}
