// Digests and Base64: vectors of FIPS 180-4 and RFC 4648.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/rng.h"

static void sha256_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *digest;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[MB_DIGEST_TEXT];
        mb_digest_text(cases[i].text, strlen(cases[i].text), text);
        assert_string_equal(text, cases[i].digest);
        struct mb_digest *pieces = mb_digest_new();
        for (const char *at = cases[i].text; *at != '\0'; at++) {
            mb_digest_add(pieces, at, 1);
        }
        mb_digest_finish(pieces, text);
        mb_digest_free(pieces);
        assert_string_equal(text, cases[i].digest);
    }
}

static void base64_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *text;
    } cases[] = {{"", ""},
                 {"f", "Zg=="},
                 {"fo", "Zm8="},
                 {"foo", "Zm9v"},
                 {"foob", "Zm9vYg=="},
                 {"fooba", "Zm9vYmE="},
                 {"foobar", "Zm9vYmFy"},
                 {"\xfb\xff\xbf", "+/+/"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf text = {0};
        struct mb_buf bytes = {0};
        struct mb_err err = {0};
        mb_digest_base64_encode(cases[i].bytes, strlen(cases[i].bytes), &text);
        assert_string_equal(mb_buf_string(&text), cases[i].text);
        assert_int_equal(
            mb_digest_base64_decode(mb_buf_string(&text), text.size, &bytes, &err),
            MB_OK);
        assert_string_equal(mb_buf_string(&bytes), cases[i].bytes);
        mb_buf_release(&text);
        mb_buf_release(&bytes);
    }
}

static void base64_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
    } cases[] = {
        {"missing padding", "Zg"},
        {"short", "Zm9vY"},
        {"blank", "Zm9v Zm9v"},
        {"line feed", "Zm9v\nZm8"},
        {"url alphabet", "-_-_"},
        {"padding inside", "Zg==Zm9v"},
        {"padding first", "===="},
        {"padding at third only", "Zm=v"},
        {"stray bits before one '='", "Zm9="},
        {"stray bits before two '='", "Zh=="},
        {"not ASCII", "Zm\xc3\xa9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf bytes = {0};
        struct mb_err err = {0};
        if (mb_digest_base64_decode(cases[i].text, strlen(cases[i].text), &bytes, &err) !=
            MB_INVALID) {
            fail_msg("accepted: %s", cases[i].name);
        }
        assert_int_equal(strncmp(err.message, "not Base64: ", 12), 0);
        mb_buf_release(&bytes);
    }
}

static void base64_round_trips(void **state)
{
    (void)state;
    struct mb_rng rng;
    mb_rng_init(&rng, 1);
    for (size_t size = 0; size < 300; size++) {
        unsigned char raw[300];
        for (size_t i = 0; i < size; i++) {
            raw[i] = (unsigned char)mb_rng_next(&rng);
        }
        struct mb_buf text = {0};
        struct mb_buf bytes = {0};
        struct mb_err err = {0};
        mb_digest_base64_encode(raw, size, &text);
        assert_int_equal(
            mb_digest_base64_decode(mb_buf_string(&text), text.size, &bytes, &err),
            MB_OK);
        assert_int_equal(bytes.size, size);
        assert_memory_equal(mb_buf_string(&bytes), raw, size);
        mb_buf_release(&text);
        mb_buf_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(base64_vectors),
        cmocka_unit_test(base64_refuses),
        cmocka_unit_test(base64_round_trips),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
