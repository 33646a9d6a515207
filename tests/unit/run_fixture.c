#include "run_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/file.h"
#include "check/check.h"
#include "model/derive.h"

int run_fixture_setup(void **state)
{
    static struct run_fixture fixture;
    fixture = (struct run_fixture){0};
    struct mb_err err = {0};
    assert_int_equal(
        mb_file_make_temp_dir(&fixture.arena, "test-run", &fixture.dir, &err), MB_OK);
    fixture.out = mb_file_join(&fixture.arena, fixture.dir, "out.json");
    fixture.partial = mb_run_partial_path(&fixture.arena, fixture.out);
    fake_run_spec(&fixture.arena, fake_run_spec_text, &fixture.spec);
    fake_run_init(&fixture.fake);
    mb_fake_load_init(&fixture.load);
    mb_fake_load_add(&fixture.load, "http://plain", 1000000)->spread_share = 50000000;
    mb_fake_load_add(&fixture.load, "http://proxy", 1500000)->spread_share = 50000000;
    *state = &fixture;
    return 0;
}

int run_fixture_teardown(void **state)
{
    struct run_fixture *fixture = *state;
    struct mb_err err = {0};
    (void)!mb_file_remove_tree(fixture->dir, &err);
    mb_arena_release(&fixture->arena);
    return 0;
}

// Runs with fresh fakes, from the start or from `resume`; always takes down what it
// brought up.
enum mb_status run_fixture_run(struct run_fixture *fixture,
                               const struct mb_resume *resume)
{
    struct mb_run_setup run_setup = {
        .ctx = &fixture->fake.ctx,
        .spec = &fixture->spec,
        .declared_blocks = 3,
        .driver = mb_fake_load_driver(&fixture->load),
        .stage = fake_run_stage(&fixture->fake),
        .resume = resume,
        .out_path = fixture->out,
        .partial_path = fixture->partial,
    };
    mb_err_clear(&fixture->err);
    fixture->fake.driver_ns = &fixture->load.now_ns;
    fixture->load.calls = 0;
    fixture->fake.ready_calls = 0;
    enum mb_status status =
        mb_run_execute(&fixture->arena, &run_setup, &fixture->outcome, &fixture->err);
    assert_false(fixture->fake.is_up);
    assert_int_equal(fixture->fake.watched, fixture->fake.unwatched);
    return status;
}

void run_fixture_read(struct run_fixture *fixture, const char *path,
                      struct run_document *document)
{
    struct mb_err err = {0};
    struct mb_diag diag;
    mb_diag_init(&diag, &fixture->arena);
    if (mb_doc_read(&fixture->arena, path, NULL, MB_DOC_MAX_BYTES, &document->doc,
                    &err) != MB_OK ||
        mb_result_from_node(&fixture->arena, document->doc.root, &document->result,
                            &err) != MB_OK) {
        fail_msg("%s: %s", path, err.message);
    }
    mb_derive_verify(&fixture->arena, &document->result, document->doc.root, &diag);
    mb_result_release(&document->result);
    (void)mb_check_document(&fixture->arena, NULL, &document->doc, MB_LEVEL_VALID, &diag);
    for (size_t i = 0; i < diag.count; i++) {
        if (diag.items[i].severity == MB_SEVERITY_ERROR) {
            fail_msg("%s: %s %s: %s", path, diag.items[i].code, diag.items[i].pointer,
                     diag.items[i].message);
        }
    }
}

enum mb_status run_fixture_resume(struct run_fixture *fixture)
{
    struct run_document partial;
    struct mb_resume from;
    fixture->load.fail_at = 0;
    fixture->load.interrupt_at = 0;
    fixture->fake.fail_ready_at = 0;
    run_fixture_read(fixture, fixture->partial, &partial);
    mb_err_clear(&fixture->err);
    if (mb_resume_init(&from, fixture->partial, partial.doc.root, &partial.result,
                       &fixture->err) != MB_OK) {
        return fixture->err.code;
    }
    return run_fixture_run(fixture, &from);
}

size_t run_fixture_count(const struct mb_result *result, enum mb_trial_status status)
{
    size_t count = 0;
    for (size_t c = 0; c < result->cell_count; c++) {
        for (size_t t = 0; t < result->cells[c].trial_count; t++) {
            count += result->cells[c].trials[t].status == status;
        }
    }
    return count;
}

// The documents of the complete trials of a cell, in order of their ids' blocks.
static struct mb_node *complete_trial(const struct run_document *document, size_t cell,
                                      int block)
{
    const struct mb_node *cells = mb_node_find(document->doc.root, "cells");
    const struct mb_node *trials = mb_node_find(cells->as.list.items[cell], "trials");
    for (size_t t = 0; t < mb_node_count(trials); t++) {
        struct mb_node *trial = trials->as.list.items[t];
        if (mb_node_integer(mb_node_find(trial, "block"), 0) == block &&
            strcmp(mb_node_text(mb_node_find(trial, "status"), ""), "complete") == 0) {
            return trial;
        }
    }
    fail_msg("cell %zu has no complete trial in block %d", cell, block);
    return NULL;
}

// What was measured is the same; only times differ.
void run_fixture_expect_equal(struct run_fixture *fixture,
                              const struct run_document *left,
                              const struct run_document *right)
{
    static const char *const keys[] = {"id",    "block",     "position", "seed",
                                       "parts", "resources", "host",     NULL};
    assert_int_equal(left->result.cell_count, right->result.cell_count);
    for (size_t c = 0; c < left->result.cell_count; c++) {
        for (int block = 1; block <= 3; block++) {
            const struct mb_node *from = complete_trial(left, c, block);
            const struct mb_node *to = complete_trial(right, c, block);
            for (size_t k = 0; keys[k] != NULL; k++) {
                assert_true(mb_node_equal(mb_node_find(from, keys[k]),
                                          mb_node_find(to, keys[k])));
            }
        }
    }
    // Discarded trials are listed in `derived` as well, so its cells are compared.
    for (size_t c = 0; c < left->result.cell_count; c++) {
        const char *pointer = mb_arena_print(&fixture->arena, "/derived/cells/%zu", c);
        const struct mb_node *from = mb_node_at(left->doc.root, pointer);
        const struct mb_node *to = mb_node_at(right->doc.root, pointer);
        assert_non_null(mb_node_find(from, "response_time_ms"));
        assert_true(mb_node_equal(mb_node_find(from, "response_time_ms"),
                                  mb_node_find(to, "response_time_ms")));
        assert_true(mb_node_equal(mb_node_find(from, "achieved_rps"),
                                  mb_node_find(to, "achieved_rps")));
    }
}

bool run_fixture_has_finding(const struct run_fixture *fixture, const char *code)
{
    for (size_t i = 0; i < fixture->outcome.finding_count; i++) {
        if (strcmp(fixture->outcome.findings[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}
