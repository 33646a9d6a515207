// Bytes come back as they were, and what is no stream of them is refused.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/deflate.h"
#include "base/mem.h"
#include "base/rng.h"

enum { LARGE_BYTES = 300000 };

static void brings_bytes_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 100, 65535, 65536, 65537, LARGE_BYTES};
    char *bytes = mb_mem_alloc(LARGE_BYTES, 1);
    struct mb_rng rng;
    mb_rng_init(&rng, 7);
    for (size_t i = 0; i < LARGE_BYTES; i++) {
        // Half of it hardly gets smaller, half of it hardly stays.
        bytes[i] = i < LARGE_BYTES / 2 ? (char)mb_rng_below(&rng, 256) : 'x';
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct mb_buf packed = {0};
        struct mb_buf back = {0};
        struct mb_err err = {0};
        mb_deflate_pack(bytes, sizes[i], &packed);
        mb_buf_append_string(&back, "before ");
        assert_int_equal(
            mb_deflate_unpack(packed.data, packed.size, sizes[i], &back, &err), MB_OK);
        assert_int_equal(back.size, sizes[i] + 7);
        assert_memory_equal(mb_buf_string(&back) + 7, bytes, sizes[i]);
        mb_buf_release(&packed);
        mb_buf_release(&back);
    }
    mb_mem_free(bytes);
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    static const char text[] = "the same and the same and the same and the same";
    struct mb_buf packed = {0};
    mb_deflate_pack(text, sizeof text, &packed);
    assert_true(packed.size < sizeof text);
    static const struct {
        const char *name;
        int cut;      // bytes taken off its end
        size_t claim; // size that it is said to have
        int flip;     // place of a byte that is changed; -1: none
    } cases[] = {
        {"short", 1, sizeof text, -1},       {"empty", 1000, sizeof text, -1},
        {"smaller", 0, sizeof text - 1, -1}, {"larger", 0, sizeof text + 1, -1},
        {"header", 0, sizeof text, 0},       {"middle", 0, sizeof text, 10},
        {"longer", -1, sizeof text, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf damaged = {0};
        struct mb_buf out = {0};
        struct mb_err err = {0};
        mb_buf_append(&damaged, packed.data, packed.size);
        mb_buf_append(&damaged, "!", 1);
        size_t size = cases[i].cut > (int)packed.size
                          ? 0
                          : (size_t)((int)packed.size - cases[i].cut);
        if (cases[i].flip >= 0) {
            damaged.data[cases[i].flip] ^= 1;
        }
        if (mb_deflate_unpack(damaged.data, size, cases[i].claim, &out, &err) !=
            MB_INVALID) {
            fail_msg("%s: accepted", cases[i].name);
        }
        mb_buf_release(&damaged);
        mb_buf_release(&out);
    }
    mb_buf_release(&packed);
}

// A megabyte of nothing packs into a kilobyte: whoever says it is ten bytes long gets no
// megabyte.
static void stops_at_the_size(void **state)
{
    (void)state;
    enum { BOMB_BYTES = 1 << 22 };
    char *zeros = mb_mem_alloc(BOMB_BYTES, 1);
    struct mb_buf packed = {0};
    struct mb_buf out = {0};
    struct mb_err err = {0};
    mb_deflate_pack(zeros, BOMB_BYTES, &packed);
    assert_int_equal(mb_deflate_unpack(packed.data, packed.size, 10, &out, &err),
                     MB_INVALID);
    assert_true(out.size <= 1 << 16);
    mb_buf_release(&packed);
    mb_buf_release(&out);
    mb_mem_free(zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_bytes_back),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(stops_at_the_size),
    };
    return cmocka_run_group_tests_name("deflate", tests, NULL, NULL);
}
