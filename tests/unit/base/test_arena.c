// Arena: aligned, zeroed, growing, reusable.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"

static void memory_is_aligned_and_zeroed(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 3, 16, 17, 4096, 5000, 1 << 20, 3 << 20};
    struct mb_arena arena;
    mb_arena_init(&arena);
    size_t total = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char *bytes = mb_arena_alloc(&arena, sizes[i], 1);
        assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < sizes[i]; j++) {
            assert_int_equal(bytes[j], 0);
        }
        memset(bytes, 0xA5, sizes[i]); // must not reach its neighbours
        total += sizes[i];
    }
    assert_true(arena.size_bytes >= total);
    mb_arena_release(&arena);
    assert_int_equal(arena.size_bytes, 0);
    assert_null(arena.head);
}

static void released_arena_works_again(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    for (int round = 0; round < 3; round++) {
        assert_string_equal(mb_arena_copy_string(&arena, "again"), "again");
        mb_arena_release(&arena);
    }
}

static void copies_end_with_nul(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    char *bytes = mb_arena_copy_bytes(&arena, "abcdef", 3);
    assert_string_equal(bytes, "abc");
    assert_string_equal(mb_arena_copy_bytes(&arena, NULL, 0), "");
    assert_string_equal(mb_arena_print(&arena, "%d-%s", 7, "x"), "7-x");
    mb_arena_release(&arena);
}

static void print_has_no_limit(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    char *text = mb_arena_print(&arena, "%*d", 100000, 5);
    assert_int_equal(strlen(text), 100000);
    mb_arena_release(&arena);
}

static void arrays_grow(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    int *items = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (int i = 0; i < 10000; i++) {
        items = mb_arena_grow(&arena, items, count, &capacity, sizeof *items);
        assert_true(capacity > count);
        assert_int_equal(items[count], 0);
        items[count++] = i;
    }
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(items[i], i);
    }
    mb_arena_release(&arena);
}

// Under the sanitizers: what was taken is freed once, and the arena goes on being filled.
static void taken_memory_goes_with_the_arena(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    char *text = mb_mem_copy_string("taken");
    mb_arena_take(&arena, text);
    mb_arena_take(&arena, NULL);
    for (int i = 0; i < 1000; i++) {
        assert_string_equal(mb_arena_copy_string(&arena, "own"), "own");
        mb_arena_take(&arena, mb_mem_copy_string("more"));
    }
    assert_string_equal(text, "taken");
    mb_arena_release(&arena);
    assert_null(arena.head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_zeroed),
        cmocka_unit_test(released_arena_works_again),
        cmocka_unit_test(copies_end_with_nul),
        cmocka_unit_test(print_has_no_limit),
        cmocka_unit_test(arrays_grow),
        cmocka_unit_test(taken_memory_goes_with_the_arena),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
