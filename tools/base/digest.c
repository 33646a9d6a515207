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

// Returns 0..63, or -1 when it is no Base64 digit.
static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '+') {
        return 62;
    }
    return c == '/' ? 63 : -1;
}

// Decodes four characters of which the last `padding` are '='.
static enum mb_status group_decode(const char *four, size_t padding, size_t offset,
                                   struct mb_buf *out, struct mb_err *err)
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
    char three[3] = {(char)(group >> 16 & 255), (char)(group >> 8 & 255),
                     (char)(group & 255)};
    mb_buf_append(out, three, 3 - padding);
    return MB_OK;
}

enum mb_status mb_digest_base64_decode(const char *text, size_t size, struct mb_buf *out,
                                       struct mb_err *err)
{
    if (size % 4 != 0) {
        return mb_err_set(err, MB_INVALID,
                          "not Base64: length %zu is not a multiple of 4", size);
    }
    for (size_t i = 0; i < size; i += 4) {
        size_t padding = 0;
        if (i + 4 == size) {
            padding = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
        }
        enum mb_status status = group_decode(text + i, padding, i, out, err);
        if (status != MB_OK) {
            return status;
        }
    }
    return MB_OK;
}
