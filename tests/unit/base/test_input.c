// Inputs as streams: plain, compressed, with byte order marks, line by line.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/input.h"
#include "base/mem.h"
#include "faults.h"

// Appends `size` bytes as one gzip member.
static void gzip_append(struct mb_buf *out, const void *bytes, size_t size)
{
    z_stream zlib = {0};
    char chunk[4096];
    assert_int_equal(deflateInit2(&zlib, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    zlib.next_in = (unsigned char *)(uintptr_t)bytes;
    zlib.avail_in = (unsigned)size;
    int code = Z_OK;
    while (code == Z_OK) {
        zlib.next_out = (unsigned char *)chunk;
        zlib.avail_out = sizeof chunk;
        code = deflate(&zlib, Z_FINISH);
        mb_buf_append(out, chunk, sizeof chunk - zlib.avail_out);
    }
    assert_int_equal(code, Z_STREAM_END);
    assert_int_equal(deflateEnd(&zlib), Z_OK);
}

static struct mb_input *opened(const void *bytes, size_t size)
{
    struct mb_input *input = NULL;
    struct mb_err err = {0};
    if (mb_input_open_bytes("test", bytes, size, &input, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return input;
}

struct text_case {
    const char *name;
    const char *bytes;
    size_t size;
    const char *text;
    size_t text_size;
};

#define BYTES(literal) literal, sizeof(literal) - 1

static void encodings(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"empty", BYTES(""), BYTES("")},
        {"plain", BYTES("a\nb"), BYTES("a\nb")},
        {"zero bytes", BYTES("a\0b"), BYTES("a\0b")},
        {"UTF-8 mark", BYTES("\xef\xbb\xbf{}"), BYTES("{}")},
        {"only the mark", BYTES("\xef\xbb\xbf"), BYTES("")},
        {"half a mark", BYTES("\xef\xbb"), BYTES("\xef\xbb")},
        {"mark twice", BYTES("\xef\xbb\xbf\xef\xbb\xbfx"), BYTES("\xef\xbb\xbfx")},
        {"UTF-16 little", BYTES("\xff\xfe{\0}\0"), BYTES("{}")},
        {"UTF-16 big", BYTES("\xfe\xff\0{\0}"), BYTES("{}")},
        {"two bytes", BYTES("\xff\xfe\xb5\0s\0"), BYTES("\xc2\xb5s")},
        {"three bytes", BYTES("\xff\xfe\xac\x20"), BYTES("\xe2\x82\xac")},
        {"a pair", BYTES("\xff\xfe\x3d\xd8\x00\xde"), BYTES("\xf0\x9f\x98\x80")},
        {"half a pair at the end", BYTES("\xff\xfe\x3d\xd8"), BYTES("\xef\xbf\xbd")},
        {"half a pair", BYTES("\xff\xfe\x3d\xd8x\0"), BYTES("\xef\xbf\xbdx")},
        {"the other half", BYTES("\xff\xfe\x00\xdex\0"), BYTES("\xef\xbf\xbdx")},
        {"an odd byte", BYTES("\xff\xfex\0y"), BYTES("x\xef\xbf\xbd")},
        {"looks like gzip", BYTES("\x1f\x8b"), BYTES("\x1f\x8b")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int compressed = 0; compressed < 2; compressed++) {
            struct mb_buf packed = {0};
            struct mb_buf all = {0};
            struct mb_err err = {0};
            if (compressed) {
                gzip_append(&packed, cases[i].bytes, cases[i].size);
            }
            struct mb_input *input = opened(compressed ? packed.data : cases[i].bytes,
                                            compressed ? packed.size : cases[i].size);
            size_t head = 0;
            const char *at = mb_input_head(input, &head);
            if (head != cases[i].text_size || memcmp(at, cases[i].text, head) != 0 ||
                at[head] != '\0') {
                fail_msg("%s (%d): head is '%.*s'", cases[i].name, compressed, (int)head,
                         at);
            }
            assert_int_equal(mb_input_read_all(input, 1000, &all, &err), MB_OK);
            assert_int_equal(all.size, cases[i].text_size);
            assert_memory_equal(mb_buf_string(&all), cases[i].text, all.size);
            char digest[MB_DIGEST_TEXT];
            char expected[MB_DIGEST_TEXT];
            assert_int_equal(mb_input_digest(input, digest, &err), MB_OK);
            mb_digest_text(compressed ? packed.data : cases[i].bytes,
                           compressed ? packed.size : cases[i].size, expected);
            assert_string_equal(digest, expected);
            assert_int_equal(mb_input_digest(input, digest, &err), MB_OK);
            assert_string_equal(digest, expected);
            mb_input_free(input);
            mb_buf_release(&all);
            mb_buf_release(&packed);
        }
    }
}

static void lines(void **state)
{
    (void)state;
    static const char text[] = "one\r\n\ntwo\rhalf\nthree\0zero\n\r\nlast";
    static const struct {
        const char *line;
        size_t size;
    } expected[] = {{BYTES("one")},         {BYTES("")}, {BYTES("two\rhalf")},
                    {BYTES("three\0zero")}, {BYTES("")}, {BYTES("last")}};
    struct mb_input *input = opened(text, sizeof text - 1);
    struct mb_err err = {0};
    const char *line = NULL;
    size_t size = 0;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_int_equal(mb_input_line(input, 100, &line, &size, &err), MB_OK);
        assert_non_null(line);
        assert_int_equal(size, expected[i].size);
        assert_memory_equal(line, expected[i].line, size);
        assert_int_equal(line[size], 0);
        assert_int_equal(mb_input_line_number(input), i + 1);
    }
    assert_int_equal(mb_input_line(input, 100, &line, &size, &err), MB_OK);
    assert_null(line);
    mb_input_free(input);
}

// Lines that end in, at and beyond the buffers' ends.
static void long_lines(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    for (size_t i = 0; i < 40; i++) {
        for (size_t j = 0; j < 3000 * i + i % 7; j++) {
            mb_buf_append_char(&text, (char)('a' + i % 26));
        }
        mb_buf_append_string(&text, i % 3 == 0 ? "\r\n" : "\n");
    }
    for (int compressed = 0; compressed < 2; compressed++) {
        struct mb_buf packed = {0};
        gzip_append(&packed, text.data, text.size);
        struct mb_input *input = opened(compressed ? packed.data : text.data,
                                        compressed ? packed.size : text.size);
        for (size_t i = 0; i < 40; i++) {
            const char *line = NULL;
            size_t size = 0;
            struct mb_err err = {0};
            assert_int_equal(mb_input_line(input, 1 << 20, &line, &size, &err), MB_OK);
            assert_int_equal(size, 3000 * i + i % 7);
            assert_true(size == 0 || (line[0] == (char)('a' + i % 26) &&
                                      line[size - 1] == (char)('a' + i % 26)));
        }
        mb_input_free(input);
        mb_buf_release(&packed);
    }
    mb_buf_release(&text);
}

static void line_cap(void **state)
{
    (void)state;
    struct mb_input *input = opened(BYTES("ab\nabcd\n"));
    struct mb_err err = {0};
    const char *line = NULL;
    size_t size = 0;
    assert_int_equal(mb_input_line(input, 3, &line, &size, &err), MB_OK);
    assert_int_equal(mb_input_line(input, 3, &line, &size, &err), MB_INVALID);
    assert_int_equal(err.line, 2);
    assert_string_equal(err.file, "test");
    assert_string_equal(err.message, "the line is longer than 3 bytes");
    mb_input_free(input);
}

static void members(void **state)
{
    (void)state;
    struct mb_buf packed = {0};
    struct mb_buf all = {0};
    struct mb_err err = {0};
    gzip_append(&packed, "one,", 4);
    gzip_append(&packed, "", 0);
    gzip_append(&packed, "two", 3);
    mb_buf_append(&packed, "\0\0\0", 3); // a tape's filling
    struct mb_input *input = opened(packed.data, packed.size);
    assert_int_equal(mb_input_read_all(input, 100, &all, &err), MB_OK);
    assert_string_equal(mb_buf_string(&all), "one,two");
    mb_input_free(input);
    mb_buf_release(&all);
    mb_buf_release(&packed);
}

// What was good is given out, then the failure, again and again.
static void damaged(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    for (int i = 0; i < 60000; i++) {
        mb_buf_print(&text, "%d,", (i * 7919) % 60000);
    }
    struct mb_buf packed = {0};
    gzip_append(&packed, text.data, text.size);
    static const struct {
        const char *name;
        long cut; // bytes taken off the end
        size_t flip;
        const char *tail;
        const char *message;
    } cases[] = {
        {"cut in the data", 5000, 0, "", "the gzip stream is cut off"},
        {"cut in the checksum", 3, 0, "", "the gzip stream is cut off"},
        {"a wrong checksum", 0, 8, "", "the gzip stream is damaged"},
        {"noise behind it", 0, 0, "noise",
         "bytes that are not gzip follow the gzip stream"},
        {"noise behind zeros", 0, 0, "\0\0\0x",
         "bytes that are not gzip follow the gzip stream"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_buf bytes = {0};
        struct mb_buf all = {0};
        struct mb_err err = {0};
        mb_buf_append(&bytes, packed.data, packed.size - (size_t)cases[i].cut);
        if (cases[i].flip > 0) {
            bytes.data[bytes.size - cases[i].flip] ^= 1;
        }
        mb_buf_append(&bytes, cases[i].tail,
                      cases[i].tail[0] == '\0' && i == 4 ? 4 : strlen(cases[i].tail));
        struct mb_input *input = opened(bytes.data, bytes.size);
        assert_int_equal(mb_input_read_all(input, 1 << 24, &all, &err), MB_INVALID);
        if (strcmp(err.message, cases[i].message) != 0) {
            fail_msg("%s: %s", cases[i].name, err.message);
        }
        assert_true(all.size > 65536);
        assert_memory_equal(all.data, text.data, all.size);
        mb_err_clear(&err);
        assert_int_equal(mb_input_read_all(input, 1 << 24, &all, &err), MB_INVALID);
        char digest[MB_DIGEST_TEXT];
        mb_err_clear(&err);
        assert_int_equal(mb_input_digest(input, digest, &err), MB_OK);
        mb_input_free(input);
        mb_buf_release(&bytes);
        mb_buf_release(&all);
    }
    mb_buf_release(&packed);
    mb_buf_release(&text);
}

// Nothing good in it: the opening fails.
static void damaged_at_once(void **state)
{
    (void)state;
    struct mb_input *input = NULL;
    struct mb_err err = {0};
    assert_int_equal(
        mb_input_open_bytes("x.gz", BYTES("\x1f\x8b\x08\xff\xff\xff"), &input, &err),
        MB_INVALID);
    assert_null(input);
    assert_string_equal(err.file, "x.gz");
}

// A small file that becomes a large one: the reader's cap holds, with little memory.
static void bomb(void **state)
{
    (void)state;
    struct mb_buf zeros = {0};
    struct mb_buf packed = {0};
    struct mb_buf all = {0};
    struct mb_err err = {0};
    char *million = mb_mem_alloc(1 << 20, 1);
    for (int i = 0; i < 64; i++) {
        mb_buf_append(&zeros, million, 1 << 20);
    }
    gzip_append(&packed, zeros.data, zeros.size);
    mb_buf_release(&zeros);
    mb_mem_free(million);
    struct mb_input *input = opened(packed.data, packed.size);
    assert_int_equal(mb_input_read_all(input, 1 << 20, &all, &err), MB_INVALID);
    assert_string_equal(err.message, "larger than 1048576 bytes when it is decompressed");
    assert_true(all.size <= 1 << 20);
    mb_input_free(input);
    mb_err_clear(&err);
    input = opened(packed.data, packed.size);
    const char *line = NULL;
    size_t size = 0;
    assert_int_equal(mb_input_line(input, 1 << 20, &line, &size, &err), MB_INVALID);
    mb_input_free(input);
    mb_buf_release(&all);
    mb_buf_release(&packed);
}

static void read_in_pieces(void **state)
{
    (void)state;
    static const char text[] = "0123456789";
    struct mb_input *input = opened(text, 10);
    struct mb_err err = {0};
    char piece[4];
    size_t got = 0;
    size_t total = 0;
    do {
        assert_int_equal(mb_input_read(input, piece, 3, &got, &err), MB_OK);
        assert_memory_equal(piece, text + total, got);
        total += got;
    } while (got > 0);
    assert_int_equal(total, 10);
    assert_string_equal(mb_input_name(input), "test");
    mb_input_free(input);
}

static void files(void **state)
{
    (void)state;
    struct mb_input *input = NULL;
    struct mb_err err = {0};
    assert_int_equal(mb_input_open("/no/such/file", stdin, &input, &err), MB_FAILED);
    assert_null(input);
    assert_string_equal(err.message,
                        "cannot read '/no/such/file': no such file or directory");
    mb_err_clear(&err);
    assert_int_equal(mb_input_open("/", stdin, &input, &err), MB_FAILED);
    mb_err_clear(&err);
    FILE *in = tmpfile();
    assert_non_null(in);
    assert_int_equal(fwrite("from a stream", 1, 13, in), 13);
    rewind(in);
    assert_int_equal(mb_input_open("-", in, &input, &err), MB_OK);
    size_t size = 0;
    assert_string_equal(mb_input_head(input, &size), "from a stream");
    mb_input_free(input);
    assert_int_equal(fclose(in), 0);
}

// Each read fails once: an error, never a short file that looks whole.
static void failing_reads(void **state)
{
    (void)state;
    char path[] = "/tmp/mb-input-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    for (int i = 0; i < 200000; i++) {
        assert_int_equal(fputc('x', file), 'x');
    }
    assert_int_equal(fclose(file), 0);
    for (int i = 1; i <= 4; i++) {
        struct mb_input *input = NULL;
        struct mb_buf all = {0};
        struct mb_err err = {0};
        fault_arm(FAULT_READ, (unsigned)i, EIO);
        enum mb_status status = mb_input_open(path, stdin, &input, &err);
        if (status == MB_OK) {
            status = mb_input_read_all(input, 1 << 20, &all, &err);
        }
        assert_true(fault_disarm());
        assert_int_equal(status, MB_FAILED);
        char digest[MB_DIGEST_TEXT];
        mb_err_clear(&err);
        if (input != NULL) {
            assert_int_equal(mb_input_digest(input, digest, &err), MB_FAILED);
        }
        mb_input_free(input);
        mb_buf_release(&all);
    }
    assert_int_equal(remove(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings),       cmocka_unit_test(lines),
        cmocka_unit_test(long_lines),      cmocka_unit_test(line_cap),
        cmocka_unit_test(members),         cmocka_unit_test(damaged),
        cmocka_unit_test(damaged_at_once), cmocka_unit_test(bomb),
        cmocka_unit_test(read_in_pieces),  cmocka_unit_test(files),
        cmocka_unit_test(failing_reads),
    };
    return cmocka_run_group_tests_name("base/input", tests, NULL, NULL);
}
