#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "schema/parts.h"

// RFC 3986, 5.4, as far as schemas need it.
static void test_resolve(void **state)
{
    (void)state;
    static const char base[] = "http://a/b/c/d;p?q";
    const struct {
        const char *base;
        const char *reference;
        const char *uri;
    } cases[] = {
        {base, "g:h", "g:h"},
        {base, "g", "http://a/b/c/g"},
        {base, "./g", "http://a/b/c/g"},
        {base, "g/", "http://a/b/c/g/"},
        {base, "/g", "http://a/g"},
        {base, "g?y", "http://a/b/c/g?y"},
        {base, "#s", "http://a/b/c/d;p?q#s"},
        {base, "g#s", "http://a/b/c/g#s"},
        {base, "", "http://a/b/c/d;p?q"},
        {base, ".", "http://a/b/c/"},
        {base, "..", "http://a/b/"},
        {base, "../g", "http://a/b/g"},
        {base, "../../g", "http://a/g"},
        {base, "../../../g", "http://a/g"},
        {base, "/./g", "http://a/g"},
        {base, "/../g", "http://a/g"},
        {base, "g.", "http://a/b/c/g."},
        {base, "..g", "http://a/b/c/..g"},
        {base, "./g/.", "http://a/b/c/g/"},
        {base, "g/./h", "http://a/b/c/g/h"},
        {base, "g/../h", "http://a/b/c/h"},
        {base, "g?y/../x", "http://a/b/c/g?y/../x"},
        {base, "g#s/../x", "http://a/b/c/g#s/../x"},
        {"benchmark.schema.json", "common.schema.json#/$defs/rate",
         "common.schema.json#/$defs/rate"},
        {"benchmark.schema.json", "#/$defs/x", "benchmark.schema.json#/$defs/x"},
        {"http://a/b.json#old", "#new", "http://a/b.json#new"},
        {"urn:x:y", "#/a", "urn:x:y#/a"},
        {"http://a", "g", "http://a/g"},
        {"dir/one.json", "../two.json", "two.json"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        const char *uri =
            mb_schema_uri_resolve(&arena, cases[i].base, cases[i].reference);
        if (strcmp(uri, cases[i].uri) != 0) {
            fail_msg("'%s' on '%s': expected '%s', got '%s'", cases[i].reference,
                     cases[i].base, cases[i].uri, uri);
        }
        mb_arena_release(&arena);
    }
}

static void test_decode(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    assert_string_equal(mb_schema_uri_decode(&arena, "/a%25b%22%c3%A9"),
                        "/a%b\"\xC3\xA9");
    assert_string_equal(mb_schema_uri_decode(&arena, "%4%zz%"), "%4%zz%");
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_decode),
    };
    return cmocka_run_group_tests_name("schema/uri", tests, NULL, NULL);
}
