#include "base/digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/mem.h"

_Static_assert(MB_DIGEST_BYTES == SHA256_DIGEST_LENGTH, "SHA-256 gives 32 bytes");

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void sum_print(const unsigned char sum[MB_DIGEST_BYTES], char text[MB_DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < MB_DIGEST_BYTES; i++) {
        text[2 * i] = digits[sum[i] >> 4];
        text[2 * i + 1] = digits[sum[i] & 15];
    }
    text[MB_DIGEST_TEXT - 1] = '\0';
}

void mb_digest_text(const void *bytes, size_t size, char text[MB_DIGEST_TEXT])
{
    unsigned char sum[MB_DIGEST_BYTES];
    (void)SHA256(bytes, size, sum);
    sum_print(sum, text);
}

struct mb_digest {
    EVP_MD_CTX *context;
};

// libcrypto fails here only when it is out of memory, which is fatal elsewhere too, or
// when it was built without SHA-256.
struct mb_digest *mb_digest_new(void)
{
    struct mb_digest *digest = mb_mem_alloc(1, sizeof *digest);
    digest->context = EVP_MD_CTX_new();
    int good =
        digest->context != NULL && EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL);
    assert(good);
    (void)good;
    return digest;
}

void mb_digest_add(struct mb_digest *digest, const void *bytes, size_t size)
{
    (void)EVP_DigestUpdate(digest->context, bytes, size);
}

void mb_digest_finish(struct mb_digest *digest, char text[MB_DIGEST_TEXT])
{
    unsigned char sum[MB_DIGEST_BYTES] = {0};
    (void)EVP_DigestFinal_ex(digest->context, sum, NULL);
    sum_print(sum, text);
}

void mb_digest_free(struct mb_digest *digest)
{
    if (digest != NULL) {
        EVP_MD_CTX_free(digest->context);
        mb_mem_free(digest);
    }
}

void mb_digest_base64_encode(const void *bytes, size_t size, struct mb_buf *out)
{
    const unsigned char *in = bytes;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        unsigned group = (unsigned)in[i] << 16;
        group |= left > 1 ? (unsigned)in[i + 1] << 8 : 0;
        group |= left > 2 ? (unsigned)in[i + 2] : 0;
        char four[4] = {base64_digits[group >> 18], base64_digits[group >> 12 & 63],
                        left > 1 ? base64_digits[group >> 6 & 63] : '=',
                        left > 2 ? base64_digits[group & 63] : '='};
        mb_buf_append(out, four, sizeof four);
    }
}

// One more than the value of each digit; 0: it is none.
static const unsigned char digits[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,
    ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
    ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
    ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
    ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
    ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
    ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
    ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
    ['/'] = 64};

static int digit_value(char c)
{
    return digits[(unsigned char)c] - 1;
}

// Decodes four characters, of which the last `padding` are '=', to three bytes.
static enum mb_status group_decode(const char *four, size_t padding, size_t offset,
                                   char *three, struct mb_err *err)
{
    unsigned group = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? digit_value(four[i]) : 0;
        if (value < 0) {
            return mb_err_set(err, MB_INVALID,
                              "not Base64: unexpected character at offset %zu",
                              offset + i);
        }
        group = group << 6 | (unsigned)value;
    }
    // Bits that the padding cuts off must be zero, or two texts would mean the same.
    if ((group & ((1U << 8 * padding) - 1)) != 0) {
        return mb_err_set(err, MB_INVALID, "not Base64: stray bits before the padding");
    }
    three[0] = (char)(group >> 16 & 255);
    three[1] = (char)(group >> 8 & 255);
    three[2] = (char)(group & 255);
    return MB_OK;
}

enum { GROUPS_TOGETHER = 256 };

enum mb_status mb_digest_base64_decode(const char *text, size_t size, struct mb_buf *out,
                                       struct mb_err *err)
{
    if (size % 4 != 0) {
        return mb_err_set(err, MB_INVALID,
                          "not Base64: length %zu is not a multiple of 4", size);
    }
    char bytes[3 * GROUPS_TOGETHER];
    size_t count = 0;
    for (size_t i = 0; i < size; i += 4) {
        size_t padding = 0;
        if (i + 4 == size) {
            padding = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
        }
        enum mb_status status = group_decode(text + i, padding, i, bytes + count, err);
        if (status != MB_OK) {
            return status;
        }
        count += 3 - padding;
        if (count == sizeof bytes) {
            mb_buf_append(out, bytes, count);
            count = 0;
        }
    }
    mb_buf_append(out, bytes, count);
    return MB_OK;
}
