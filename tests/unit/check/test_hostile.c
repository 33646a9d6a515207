// Documents that were made to break a reader end in a clear finding: none crashes, hangs
// or passes for valid. (100 MB files: tests/live/hostile.sh.)
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/file.h"
#include "check/check.h"

// Parses and checks; returns the level, with the findings in *diag.
static enum mb_level bytes_check(struct mb_arena *arena, const char *name,
                                 const char *bytes, size_t size, struct mb_diag *diag)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    mb_diag_init(diag, arena);
    if (mb_doc_parse(arena, name, bytes, size, &doc, &err) != MB_OK) {
        assert_int_equal(err.code, MB_INVALID);
        mb_check_syntax(&err, name, diag);
        return MB_LEVEL_NONE;
    }
    return mb_check_document(arena, NULL, &doc, MB_LEVEL_PUBLISHABLE, diag);
}

static void refused(const char *what, const char *name, const char *bytes, size_t size)
{
    struct mb_arena arena;
    struct mb_diag diag;
    mb_arena_init(&arena);
    enum mb_level level = bytes_check(&arena, name, bytes, size, &diag);
    if (level != MB_LEVEL_NONE || diag.errors == 0) {
        fail_msg("%s passes for valid", what);
    }
    for (size_t i = 0; i < diag.count; i++) {
        const struct mb_finding *finding = &diag.items[i];
        assert_true(finding->message[0] != '\0' && strlen(finding->message) < 2000);
        assert_true(finding->line >= 0 && finding->column >= 0);
    }
    assert_true(diag.count <= MB_CHECK_MAX_FINDINGS + 1);
    mb_arena_release(&arena);
}

// --- files that are made here

static void nested(struct mb_buf *buf, const char *open, size_t count)
{
    mb_buf_append_string(buf, "meshbench: v1\nkind: benchmark\nname: x\nx-deep: ");
    for (size_t i = 0; i < count; i++) {
        mb_buf_append_string(buf, open);
    }
}

static void aliases(struct mb_buf *buf)
{
    mb_buf_append_string(buf, "meshbench: v1\nkind: benchmark\nname: x\n"
                              "x-0: &a0 [z, z, z, z, z, z, z, z, z, z]\n");
    for (int i = 1; i < 12; i++) {
        mb_buf_print(buf, "x-%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++) {
            mb_buf_print(buf, "%s*a%d", j > 0 ? ", " : "", i - 1);
        }
        mb_buf_append_string(buf, "]\n");
    }
}

static void merges(struct mb_buf *buf)
{
    mb_buf_append_string(buf,
                         "meshbench: v1\nkind: benchmark\nname: x\nx-0: &m0 {k: 1}\n");
    for (int i = 1; i < 2000; i++) {
        mb_buf_print(buf, "x-%d: &m%d {<<: [*m%d, *m%d], k%d: 1}\n", i, i, i - 1, i - 1,
                     i);
    }
}

static void unknown_keys(struct mb_buf *buf)
{
    mb_buf_append_string(buf, "meshbench: v1\nkind: benchmark\n");
    for (int i = 0; i < 50000; i++) {
        mb_buf_print(buf, "key-%d: [1, 2]\n", i);
    }
}

static void many_variants(struct mb_buf *buf)
{
    mb_buf_append_string(buf, "meshbench: v1\nkind: benchmark\nname: x\nvariants:\n");
    for (int i = 0; i < 60000; i++) {
        mb_buf_print(buf, "- {name: v%d, mesh: none, url: \"http://a\"}\n", i);
    }
    mb_buf_append_string(
        buf,
        "workloads: [{name: w, load_model: closed, connections: 1, duration: 1s}]\n");
}

static void large_spec(struct mb_buf *buf)
{
    mb_buf_append_string(buf, "meshbench: v1\nkind: benchmark\nname: x\n# ");
    for (int i = 0; i < 5 << 20; i++) {
        mb_buf_append_char(buf, 'x');
    }
    mb_buf_append_string(
        buf,
        "\nvariants: [{name: v, mesh: none, url: \"http://a\"}]\n"
        "workloads: [{name: w, load_model: closed, connections: 1, duration: 1s}]\n");
}

static void huge_counts(struct mb_buf *buf)
{
    mb_buf_append_string(
        buf, "meshbench: v1\nkind: benchmark\nname: x\n"
             "trials: {count: 9223372036854775807, until: {metric: throughput, "
             "interval: 1%, at_most: 9223372036854775807}}\n"
             "variants: [{name: v, mesh: none, url: \"http://a\"}]\n"
             "workloads: [{name: w, load_model: open, rate: 9223372036854775807rps, "
             "connections: [9223372036854775807, -9223372036854775808], "
             "duration: 9223372036854775807h, threads: 9223372036854775807}]\n");
}

static void control_names(struct mb_buf *buf)
{
    mb_buf_append_string(buf, "meshbench: v1\nkind: \"\\e[2J\\e]0;owned\\a\"\n");
}

static void many_lists(struct mb_buf *buf)
{
    nested(buf, "[", 100000);
}

static void many_maps(struct mb_buf *buf)
{
    nested(buf, "{a: ", 100000);
}

static void many_indents(struct mb_buf *buf)
{
    nested(buf, "\n", 1);
    for (int i = 0; i < 500; i++) {
        mb_buf_print(buf, "%*sa:\n", i + 1, "");
    }
}

static void test_made_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        void (*make)(struct mb_buf *buf);
    } cases[] = {{"100,000 lists in each other", many_lists},
                 {"100,000 maps in each other", many_maps},
                 {"500 indented levels", many_indents},
                 {"aliases of aliases", aliases},
                 {"merges of merges", merges},
                 {"50,000 unknown keys", unknown_keys},
                 {"60,000 variants", many_variants},
                 {"a spec of 5 MiB", large_spec},
                 {"numbers at the ends of int64_t", huge_counts},
                 {"terminal sequences", control_names}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_buf buf = {0};
        cases[i].make(&buf);
        refused(cases[i].name, "made.yaml", buf.data, buf.size);
        mb_buf_release(&buf);
    }
}

static void test_odd_bytes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *name;
        const char *bytes;
        size_t size;
    } cases[] = {
        {"an empty file", "a.yaml", "", 0},
        {"an empty JSON file", "a.json", "", 0},
        {"blanks", "a.yaml", " \n\t\n", 4},
        {"one NUL", "a.yaml", "\0", 1},
        {"a NUL in a key", "a.yaml", "mesh\0bench: v1\n", 15},
        {"a NUL in JSON", "a.json", "{\"meshbench\": \"v1\0\"}", 20},
        {"an escaped NUL in JSON", "a.json", "{\"meshbench\": \"v1\\u0000\"}", 25},
        {"a lone surrogate", "a.json", "{\"meshbench\": \"\\ud800\"}", 24},
        {"bytes that are not UTF-8", "a.yaml", "meshbench: \xff\xfe\n", 14},
        {"an overlong slash", "a.json", "{\"a\": \"\xc0\xaf\"}", 11},
        {"a cut sequence", "a.yaml", "name: \xe2\x82", 8},
        {"UTF-16", "a.yaml", "m\0e\0s\0h\0", 8},
        {"a tag", "a.yaml", "!!python/object:os.system x\n", 28},
        {"two documents", "a.yaml", "meshbench: v1\n---\nkind: benchmark\n", 34},
        {"text", "a.yaml", "hello\n", 6},
        {"a number", "a.json", "1e400", 5},
        {"a list", "a.json", "[]", 2},
        {"a trailing comma", "a.json", "{\"meshbench\": \"v1\",}", 20},
        {"two values", "a.json", "{} {}", 5},
        {"a kind that is a map", "a.yaml", "meshbench: v1\nkind: {a: b}\n", 27},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        refused(cases[i].what, cases[i].name, cases[i].bytes, cases[i].size);
    }
}

// --- damaged results

static void small_result_read(struct mb_buf *buf)
{
    struct mb_err err = {0};
    if (mb_file_read("fixtures/constraints/result.json", NULL, 1 << 20, buf, &err) !=
        MB_OK) {
        fail_msg("%s", err.message);
    }
    while (buf->size > 0 && buf->data[buf->size - 1] == '\n') {
        buf->size--;
    }
}

static void test_truncated_at_every_byte(void **state)
{
    (void)state;
    struct mb_buf buf = {0};
    small_result_read(&buf);
    for (size_t size = 0; size < buf.size; size++) {
        refused("a truncated result", "cut.json", buf.data, size);
    }
    mb_buf_release(&buf);
}

// Whatever a byte becomes, the check ends; often the document is still valid.
static void test_damaged_bytes_end(void **state)
{
    (void)state;
    static const char values[] = {'0', '9', '-', '"', '{', '}', '[', '\\', '\0', '\xff'};
    struct mb_buf buf = {0};
    small_result_read(&buf);
    for (size_t at = 0; at < buf.size; at++) {
        char original = buf.data[at];
        buf.data[at] = values[at % sizeof values];
        struct mb_arena arena;
        struct mb_diag diag;
        mb_arena_init(&arena);
        enum mb_level level =
            bytes_check(&arena, "damaged.json", buf.data, buf.size, &diag);
        assert_int_equal(level<MB_LEVEL_PUBLISHABLE, diag.errors> 0);
        mb_arena_release(&arena);
        buf.data[at] = original;
    }
    mb_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_made_files_are_refused),
        cmocka_unit_test(test_odd_bytes_are_refused),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_damaged_bytes_end),
    };
    return cmocka_run_group_tests_name("check/hostile", tests, NULL, NULL);
}
