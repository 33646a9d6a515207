// A gallery takes each bundle once, keeps what was withdrawn, and shows texts from input
// as text.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "exchange/gallery.h"
#include "fake_result.h"
#include "format/doc.h"

struct made {
    struct mb_arena arena;
    struct mb_result result;
    struct mb_bundle bundle;
    struct mb_bundle_claim claim;
    struct mb_sign sign;
    struct mb_gallery_item item;
    char *folder;
};

static void made_init(struct made *made)
{
    struct mb_err err = {0};
    struct mb_bundle_faults faults = {.arena = &made->arena};
    *made = (struct made){0};
    mb_fake_result_build(&made->arena, &made->result);
    const char *text = mb_fake_result_text(&made->arena);
    const struct mb_bundle_source source = {.result = &made->result,
                                            .result_bytes = text,
                                            .result_size = strlen(text),
                                            .level = MB_LEVEL_VALID,
                                            .report = "a report\n",
                                            .availability = "available",
                                            .created_unix_ns =
                                                INT64_C(1700000000000000000),
                                            .tool_version = "0"};
    if (mb_bundle_build(&made->arena, &source, &made->bundle, &err) != MB_OK ||
        !mb_bundle_check_files(&made->bundle, &made->claim, &faults) ||
        mb_file_make_temp_dir(&made->arena, "meshbench-test", &made->folder, &err) !=
            MB_OK) {
        fail_msg("%s", err.message);
    }
    made->item = (struct mb_gallery_item){.bundle = &made->bundle,
                                          .claim = &made->claim,
                                          .result = &made->result,
                                          .sign = &made->sign};
}

static void made_release(struct made *made)
{
    struct mb_err err = {0};
    assert_int_equal(mb_file_remove_tree(made->folder, &err), MB_OK);
    mb_result_release(&made->result);
    mb_arena_release(&made->arena);
}

// Reads the gallery, adds the bundle, writes: one call of the command.
static bool add(struct made *made)
{
    struct mb_gallery gallery;
    struct mb_err err = {0};
    bool added = false;
    if (mb_gallery_read(&made->arena, made->folder, &gallery, &err) != MB_OK ||
        mb_gallery_add(&gallery, &made->item, &added, &err) != MB_OK ||
        mb_gallery_write(&gallery, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(mb_node_count(gallery.entries), 1);
    return added;
}

static const char *entry_text(struct made *made, const char *key)
{
    struct mb_gallery gallery;
    struct mb_err err = {0};
    assert_int_equal(mb_gallery_read(&made->arena, made->folder, &gallery, &err), MB_OK);
    return mb_node_text(mb_node_find(gallery.entries->as.list.items[0], key), "");
}

static void adding_again_changes_nothing(void **state)
{
    (void)state;
    struct made made;
    made_init(&made);
    assert_true(add(&made));
    assert_false(add(&made));
    assert_string_equal(entry_text(&made, "status"), "unverified");
    assert_string_equal(entry_text(&made, "level"), "valid");
    const char *copy = mb_arena_print(&made.arena, "%s/bundles/%s/result.json",
                                      made.folder, made.claim.id);
    assert_true(mb_file_exists(copy));
    // Somebody whom the gallery allows vouches for it.
    made.sign = (struct mb_sign){.state = MB_SIGN_TRUSTED, .signer = "alice"};
    mb_bundle_add(&made.bundle, MB_BUNDLE_SIGNATURE, "signature", 9);
    assert_true(add(&made));
    assert_false(add(&made));
    assert_string_equal(entry_text(&made, "status"), "verified");
    assert_string_equal(entry_text(&made, "signer"), "alice");
    made_release(&made);
}

static void other_bytes_are_refused(void **state)
{
    (void)state;
    struct made made;
    struct mb_gallery gallery;
    struct mb_err err = {0};
    bool added = true;
    made_init(&made);
    assert_true(add(&made));
    for (size_t i = 0; i < made.bundle.count; i++) {
        if (strcmp(made.bundle.files[i].name, MB_BUNDLE_SUMS) == 0) {
            made.bundle.files[i].digest[0] ^= 1;
        }
    }
    assert_int_equal(mb_gallery_read(&made.arena, made.folder, &gallery, &err), MB_OK);
    assert_int_equal(mb_gallery_add(&gallery, &made.item, &added, &err), MB_INVALID);
    assert_false(added);
    assert_non_null(strstr(err.message, "with other files around the same result"));
    made_release(&made);
}

static void withdrawn_stays(void **state)
{
    (void)state;
    struct made made;
    struct mb_gallery gallery;
    struct mb_err err = {0};
    made_init(&made);
    assert_true(add(&made));
    assert_int_equal(mb_gallery_read(&made.arena, made.folder, &gallery, &err), MB_OK);
    assert_int_equal(mb_gallery_withdraw(&gallery, "mb-0000000000000000", "x", &err),
                     MB_INVALID);
    mb_err_clear(&err);
    assert_int_equal(mb_gallery_withdraw(&gallery, made.claim.id,
                                         "the proxy was not in the path", &err),
                     MB_OK);
    assert_int_equal(mb_gallery_write(&gallery, &err), MB_OK);
    // Not even a signature makes it good again.
    made.sign = (struct mb_sign){.state = MB_SIGN_TRUSTED, .signer = "alice"};
    assert_false(add(&made));
    assert_string_equal(entry_text(&made, "status"), "withdrawn");
    assert_string_equal(entry_text(&made, "reason"), "the proxy was not in the path");
    made_release(&made);
}

static void page_comes_once_and_goes_with_the_withdrawn(void **state)
{
    (void)state;
    struct made made;
    struct mb_gallery gallery;
    struct mb_err err = {0};
    made_init(&made);
    assert_true(add(&made));
    assert_int_equal(mb_gallery_read(&made.arena, made.folder, &gallery, &err), MB_OK);
    const char *name = mb_gallery_report_missing(&gallery, made.claim.id);
    assert_string_equal(name,
                        mb_arena_print(&made.arena, "reports/%s.html", made.claim.id));
    const char *page = mb_file_join(&made.arena, made.folder, name);
    const char *reports = mb_file_join(&made.arena, made.folder, "reports");
    assert_int_equal(mb_file_make_dirs(reports, &err), MB_OK);
    assert_int_equal(mb_file_write(page, "page", 4, &err), MB_OK);
    mb_gallery_report_put(&gallery, made.claim.id, name);
    assert_null(mb_gallery_report_missing(&gallery, made.claim.id));
    assert_int_equal(mb_gallery_write(&gallery, &err), MB_OK);
    assert_string_equal(entry_text(&made, "report"), name);
    assert_int_equal(mb_gallery_withdraw(&gallery, made.claim.id, "x", &err), MB_OK);
    assert_false(mb_file_exists(page));
    assert_null(mb_gallery_report_missing(&gallery, made.claim.id));
    assert_int_equal(mb_gallery_write(&gallery, &err), MB_OK);
    assert_string_equal(entry_text(&made, "report"), "");
    made_release(&made);
}

static void what_is_no_index_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "{", "[]", "{\"meshbench\": \"v1\", \"kind\": \"gallery\"}",
        "{\"meshbench\": \"v1\", \"kind\": \"gallery\", \"entries\": [{\"id\": \"x\"}]}"};
    struct made made;
    made_init(&made);
    const char *path = mb_file_join(&made.arena, made.folder, "index.json");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mb_gallery gallery;
        struct mb_err err = {0};
        assert_int_equal(mb_file_write(path, texts[i], strlen(texts[i]), &err), MB_OK);
        if (mb_gallery_read(&made.arena, made.folder, &gallery, &err) != MB_INVALID) {
            fail_msg("'%s' is taken for an index", texts[i]);
        }
    }
    made_release(&made);
}

static void page_shows_texts_as_text(void **state)
{
    (void)state;
    static const char json[] =
        "[{\"id\": \"mb-0\", \"path\": \"\\\"><script>\", \"benchmark\": \"<b>&'x'\","
        " \"meshes\": [\"<i>\"], \"level\": \"valid\", \"availability\": \"research\","
        " \"measured_at\": \"2026\", \"status\": \"withdrawn\", \"signer\": \"<u>\","
        " \"reason\": \"</table>\\u202e\"}]";
    struct mb_arena arena = {0};
    struct mb_buf out = {0};
    struct mb_doc doc;
    struct mb_err err = {0};
    assert_int_equal(mb_doc_parse(&arena, "x.json", json, sizeof json - 1, &doc, &err),
                     MB_OK);
    mb_gallery_page(doc.root, &out);
    const char *page = mb_buf_string(&out);
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "<b>"));
    assert_null(strstr(page, "<i>"));
    assert_null(strstr(page, "<u>"));
    assert_null(strstr(page, "\xe2\x80\xae"));
    assert_non_null(strstr(page, "&lt;b&gt;&amp;&#39;x&#39;"));
    assert_non_null(strstr(page, "<strong class=\"withdrawn\">withdrawn</strong>"));
    assert_string_equal(strstr(page, "</table>"), "</table>\n</body>\n</html>\n");
    mb_buf_release(&out);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding_again_changes_nothing),
        cmocka_unit_test(other_bytes_are_refused),
        cmocka_unit_test(withdrawn_stays),
        cmocka_unit_test(page_comes_once_and_goes_with_the_withdrawn),
        cmocka_unit_test(what_is_no_index_is_refused),
        cmocka_unit_test(page_shows_texts_as_text),
    };
    return cmocka_run_group_tests_name("exchange/gallery", tests, NULL, NULL);
}
