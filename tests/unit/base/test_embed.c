// Embedded files: equal to those of the repository, findable, in order.
#include <stdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/embed.h"
#include "base/file.h"

static void files_are_in_order_and_found(void **state)
{
    (void)state;
    const struct mb_embed *last = NULL;
    for (size_t i = 0; mb_embed_at(i) != NULL; i++) {
        const struct mb_embed *file = mb_embed_at(i);
        assert_ptr_equal(mb_embed_find(file->name), file);
        assert_int_equal(file->data[file->size], '\0');
        assert_true(last == NULL || strcmp(last->name, file->name) < 0);
        last = file;
    }
    assert_non_null(last); // there are schemas
}

static void unknown_is_null(void **state)
{
    (void)state;
    assert_null(mb_embed_find("no/such.file"));
    assert_null(mb_embed_find(""));
    assert_null(mb_embed_at(SIZE_MAX));
}

// Unit tests run from the top of the repository.
static void content_is_the_repository_s(void **state)
{
    (void)state;
    for (size_t i = 0; mb_embed_at(i) != NULL; i++) {
        const struct mb_embed *file = mb_embed_at(i);
        struct mb_buf bytes = {0};
        struct mb_err err = {0};
        assert_int_equal(mb_file_read(file->name, stdin, 1 << 24, &bytes, &err), MB_OK);
        assert_int_equal(bytes.size, file->size);
        assert_memory_equal(mb_buf_string(&bytes), file->data, file->size);
        mb_buf_release(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_in_order_and_found),
        cmocka_unit_test(unknown_is_null),
        cmocka_unit_test(content_is_the_repository_s),
    };
    return cmocka_run_group_tests_name("embed", tests, NULL, NULL);
}
