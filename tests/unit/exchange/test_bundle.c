// A bundle is what it was made from: every other byte, file or claim is a fault with its
// place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/version.h"
#include "exchange/bundle.h"
#include "exchange/disclosure_page.h"
#include "fake_result.h"
#include "faults.h"

static const char config_text[] = "listen: 8080\n";

struct made {
    struct mb_arena arena;
    struct mb_result result;
    struct mb_bundle_source source;
    struct mb_bundle_file config;
    struct mb_bundle bundle;
    char *folder;
};

// A bundle with one configuration, in memory.
static void made_init(struct made *made)
{
    struct mb_err err = {0};
    *made = (struct made){0};
    mb_fake_result_build(&made->arena, &made->result);
    made->config = (struct mb_bundle_file){
        .name = "proxy.yaml", .bytes = config_text, .size = sizeof config_text - 1};
    mb_digest_text(config_text, sizeof config_text - 1, made->config.digest);
    mb_fact_add(
        &made->arena, &made->result.facts,
        (struct mb_fact){.path = "variants.proxy.rendered.proxy.yaml",
                         .captured = mb_node_string(&made->arena, made->config.digest)});
    const char *text = mb_fake_result_text(&made->arena);
    made->source = (struct mb_bundle_source){
        .result = &made->result,
        .result_bytes = text,
        .result_size = strlen(text),
        .level = MB_LEVEL_VALID,
        .report = "a report\n",
        .availability = "available",
        .created_unix_ns = INT64_C(1700000000123000000),
        .tool_version = mb_version(),
        .tool_commit = mb_version_commit(),
        .configs = &made->config,
        .config_count = 1,
    };
    if (mb_bundle_build(&made->arena, &made->source, &made->bundle, &err) != MB_OK ||
        mb_file_make_temp_dir(&made->arena, "meshbench-test", &made->folder, &err) !=
            MB_OK) {
        fail_msg("%s", err.message);
    }
}

static void made_release(struct made *made)
{
    struct mb_err err = {0};
    assert_int_equal(mb_file_remove_tree(made->folder, &err), MB_OK);
    mb_result_release(&made->result);
    mb_arena_release(&made->arena);
}

// Everything that is found in a bundle.
static void look(struct made *made, const struct mb_bundle *bundle,
                 struct mb_bundle_faults *faults)
{
    struct mb_bundle_claim claim;
    bool regenerated = false;
    faults->arena = &made->arena;
    if (mb_bundle_check_files(bundle, &claim, faults)) {
        mb_bundle_check_content(bundle, &claim, &made->source, &regenerated, faults);
    }
}

static bool names(const struct mb_bundle_faults *faults, const char *file)
{
    for (size_t i = 0; i < faults->count; i++) {
        if (strcmp(faults->items[i].file, file) == 0) {
            return true;
        }
    }
    return false;
}

static void written_and_read_it_is_the_same(void **state)
{
    (void)state;
    struct made made;
    struct mb_bundle again;
    struct mb_err err = {0};
    made_init(&made);
    struct mb_bundle_faults faults = {.arena = &made.arena};
    const char *dir = mb_file_join(&made.arena, made.folder, "bundle/");
    assert_int_equal(mb_bundle_write(&made.bundle, dir, &err), MB_OK);
    assert_int_equal(mb_bundle_read(&made.arena, dir, &again, &faults, &err), MB_OK);
    assert_int_equal(again.count, 7);
    for (size_t i = 0; i < again.count; i++) {
        assert_string_equal(again.files[i].name, made.bundle.files[i].name);
        assert_string_equal(again.files[i].digest, made.bundle.files[i].digest);
    }
    look(&made, &again, &faults);
    assert_int_equal(faults.count, 0);
    // Never over what is there.
    assert_int_equal(mb_bundle_write(&made.bundle, dir, &err), MB_FAILED);
    made_release(&made);
}

// One changed bit in every file, at the first, the last and many places between.
static void every_byte_counts(void **state)
{
    (void)state;
    struct made made;
    made_init(&made);
    size_t flips = 0;
    for (size_t i = 0; i < made.bundle.count; i++) {
        const struct mb_bundle_file *file = &made.bundle.files[i];
        const size_t places = 40;
        for (size_t k = 0; k < places; k++) {
            size_t at = (file->size - 1) * k / (places - 1);
            struct mb_arena arena = {0};
            struct mb_bundle changed = {.arena = &arena};
            struct mb_bundle_faults faults = {0};
            char *bytes = mb_arena_copy_bytes(&arena, file->bytes, file->size);
            bytes[at] = (char)(bytes[at] ^ 1 << flips % 7);
            for (size_t j = 0; j < made.bundle.count; j++) {
                const struct mb_bundle_file *other = &made.bundle.files[j];
                mb_bundle_add(&changed, other->name, j == i ? bytes : other->bytes,
                              other->size);
            }
            look(&made, &changed, &faults);
            bool sums = strcmp(file->name, MB_BUNDLE_SUMS) == 0;
            if (sums ? faults.count == 0 : !names(&faults, file->name)) {
                fail_msg("%s, byte %zu: not found", file->name, at);
            }
            flips++;
            mb_arena_release(&arena);
        }
    }
    assert_true(flips > 200);
    made_release(&made);
}

static void files_missing_and_added(void **state)
{
    (void)state;
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < made.bundle.count; i++) {
        struct mb_bundle_faults faults = {0};
        struct mb_bundle changed = {.arena = &made.arena};
        for (size_t j = 0; j < made.bundle.count; j++) {
            if (j != i) {
                mb_bundle_add(&changed, made.bundle.files[j].name,
                              made.bundle.files[j].bytes, made.bundle.files[j].size);
            }
        }
        look(&made, &changed, &faults);
        if (!names(&faults, made.bundle.files[i].name)) {
            fail_msg("without %s: not found", made.bundle.files[i].name);
        }
    }
    struct mb_bundle_faults faults = {0};
    mb_bundle_add(&made.bundle, "configs/other.yaml", "x", 1);
    look(&made, &made.bundle, &faults);
    assert_true(names(&faults, "configs/other.yaml"));
    made_release(&made);
}

static void folders_hold_nothing_else(void **state)
{
    (void)state;
    static const char *const strangers[] = {"notes.txt", ".hidden", "configs/a/b",
                                            "sub/file"};
    struct made made;
    struct mb_err err = {0};
    made_init(&made);
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        struct mb_bundle again;
        struct mb_bundle_faults faults = {.arena = &made.arena};
        const char *dir = mb_arena_print(&made.arena, "%s/b%zu", made.folder, i);
        const char *path = mb_file_join(&made.arena, dir, strangers[i]);
        assert_int_equal(mb_bundle_write(&made.bundle, dir, &err), MB_OK);
        assert_int_equal(mb_file_make_dirs(mb_file_dir(&made.arena, path), &err), MB_OK);
        assert_int_equal(mb_file_write(path, "x", 1, &err), MB_OK);
        assert_int_equal(mb_bundle_read(&made.arena, dir, &again, &faults, &err), MB_OK);
        assert_int_equal(faults.count, 1);
        assert_memory_equal(strangers[i], faults.items[0].file,
                            strlen(faults.items[0].file));
    }
    made_release(&made);
}

// A level that is claimed and not reached, sealed anew.
static void level_is_computed(void **state)
{
    (void)state;
    struct made made;
    struct mb_bundle claimed;
    struct mb_bundle_faults faults = {0};
    struct mb_err err = {0};
    made_init(&made);
    struct mb_bundle_source boasting = made.source;
    boasting.level = MB_LEVEL_PUBLISHABLE;
    assert_int_equal(mb_bundle_build(&made.arena, &boasting, &claimed, &err), MB_OK);
    look(&made, &claimed, &faults);
    assert_true(faults.count > 0);
    assert_string_equal(faults.items[0].file, "bundle.json");
    assert_string_equal(faults.items[0].message,
                        "level 'publishable' is claimed, and the result has level "
                        "'valid'");
    made_release(&made);
}

static void configurations_have_to_be_the_measured_ones(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *bytes;
        const char *says;
    } cases[] = {
        {"proxy.yaml", "listen: 8081\n", "not one that the result was measured with"},
        {"../proxy.yaml", config_text, "no name for a configuration"},
        {".proxy", config_text, "no name for a configuration"},
        {"a b", config_text, "no name for a configuration"},
        {"", config_text, "no name for a configuration"},
        {"a\nb", config_text, "no name for a configuration"},
    };
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_bundle bundle;
        struct mb_err err = {0};
        made.config = (struct mb_bundle_file){.name = cases[i].name,
                                              .bytes = cases[i].bytes,
                                              .size = strlen(cases[i].bytes)};
        mb_digest_text(cases[i].bytes, made.config.size, made.config.digest);
        assert_int_equal(mb_bundle_build(&made.arena, &made.source, &bundle, &err),
                         MB_INVALID);
        if (strstr(err.message, cases[i].says) == NULL) {
            fail_msg("case %zu: %s", i, err.message);
        }
    }
    made_release(&made);
}

// Each system call fails once: the folder is there as a whole, or nothing is left.
static void writing_is_all_or_nothing(void **state)
{
    (void)state;
    static const enum fault_call calls[] = {FAULT_MKDIR, FAULT_OPEN, FAULT_WRITE,
                                            FAULT_FSYNC, FAULT_RENAME};
    struct made made;
    made_init(&made);
    const char *dir = mb_file_join(&made.arena, made.folder, "bundle");
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (unsigned nth = 1;; nth++) {
            struct mb_err err = {0};
            fault_arm(calls[i], nth, 5);
            enum mb_status status = mb_bundle_write(&made.bundle, dir, &err);
            bool failed = fault_disarm();
            // A parent that is there already may fail to be made again.
            assert_int_equal(status == MB_OK, mb_file_exists(dir));
            assert_int_equal(mb_file_remove_tree(dir, &err), MB_OK);
            // Nothing is left beside it: the parent can be removed as an empty folder.
            assert_int_equal(remove(made.folder), 0);
            assert_int_equal(mb_file_make_dirs(made.folder, &err), MB_OK);
            if (!failed) {
                assert_int_equal(status, MB_OK);
                break;
            }
        }
    }
    made_release(&made);
}

static void disclosure_is_no_markup(void **state)
{
    (void)state;
    struct made made;
    struct mb_buf out = {0};
    made_init(&made);
    made.result.labels[0] =
        (struct mb_label){.name = "a|b\n# x", .value = "<img src=x> [a](b) \x1b[31m"};
    mb_disclosure_page(&made.arena, &made.result, MB_LEVEL_VALID, "0", &out);
    assert_null(strstr(mb_buf_string(&out), "<img"));
    assert_null(strstr(mb_buf_string(&out), "\n# x"));
    assert_null(strchr(mb_buf_string(&out), '\x1b'));
    assert_non_null(strstr(mb_buf_string(&out), "\\[a\\]\\(b\\)"));
    mb_buf_release(&out);
    made_release(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read_it_is_the_same),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(files_missing_and_added),
        cmocka_unit_test(folders_hold_nothing_else),
        cmocka_unit_test(level_is_computed),
        cmocka_unit_test(configurations_have_to_be_the_measured_ones),
        cmocka_unit_test(writing_is_all_or_nothing),
        cmocka_unit_test(disclosure_is_no_markup),
    };
    return cmocka_run_group_tests_name("exchange/bundle", tests, NULL, NULL);
}
