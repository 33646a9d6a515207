#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "check/check.h"
#include "fake_load.h"
#include "fake_run.h"
#include "faults.h"
#include "format/doc.h"
#include "model/derive.h"
#include "run/run.h"

enum { TRIALS = 18 }; // of fake_run_spec_text: 3 variants x 2 points x 3 blocks

// A folder, a spec, and the fakes; nothing has been run.
struct fixture {
    struct mb_arena arena;
    char *dir;
    const char *out;
    const char *partial;
    struct mb_spec spec;
    struct fake_run fake;
    struct mb_fake_load load;
    struct mb_err err;
    struct mb_run_outcome outcome;
};

// A document read back.
struct document {
    struct mb_doc doc;
    struct mb_result result;
};

static int setup(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
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

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    struct mb_err err = {0};
    (void)!mb_file_remove_tree(fixture->dir, &err);
    mb_arena_release(&fixture->arena);
    return 0;
}

// Runs with fresh fakes, from the start or from `resume`; always takes down what it
// brought up.
static enum mb_status run(struct fixture *fixture, const struct mb_resume *resume)
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

static void document_read(struct fixture *fixture, const char *path,
                          struct document *document)
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

static enum mb_status resume(struct fixture *fixture)
{
    struct document partial;
    struct mb_resume from;
    fixture->load.fail_at = 0;
    fixture->load.interrupt_at = 0;
    fixture->fake.fail_ready_at = 0;
    document_read(fixture, fixture->partial, &partial);
    mb_err_clear(&fixture->err);
    if (mb_resume_init(&from, fixture->partial, partial.doc.root, &partial.result,
                       &fixture->err) != MB_OK) {
        return fixture->err.code;
    }
    return run(fixture, &from);
}

static size_t count_trials(const struct mb_result *result, enum mb_trial_status status)
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
static struct mb_node *complete_trial(const struct document *document, size_t cell,
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
static void expect_equal(struct fixture *fixture, const struct document *left,
                         const struct document *right)
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

static void test_whole_run(void **state)
{
    struct fixture *fixture = *state;
    struct document document;
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_int_equal(fixture->outcome.complete, TRIALS);
    assert_int_equal(fixture->outcome.planned, TRIALS);
    assert_int_equal(fixture->load.calls, TRIALS);
    assert_false(mb_file_exists(fixture->partial));
    document_read(fixture, fixture->out, &document);
    assert_true(document.result.complete);
    assert_int_equal(document.result.seed, 7);
    assert_int_equal(document.result.cell_count, 6);
    assert_int_equal(count_trials(&document.result, MB_TRIAL_COMPLETE), TRIALS);
    assert_non_null(document.result.derived);
    assert_string_equal(document.result.spec_text, fake_run_spec_text);
}

// Interrupted in each of its trials, and resumed: the same as never interrupted.
static void test_interrupted_at_each_trial(void **state)
{
    struct fixture *fixture = *state;
    struct document whole;
    assert_int_equal(run(fixture, NULL), MB_OK);
    document_read(fixture, fixture->out, &whole);
    for (int nth = 1; nth <= TRIALS; nth++) {
        struct document document;
        fixture->load.interrupt_at = nth;
        assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
        assert_int_equal(fixture->outcome.complete, nth - 1);
        document_read(fixture, fixture->partial, &document);
        assert_false(document.result.complete);
        assert_int_equal(count_trials(&document.result, MB_TRIAL_COMPLETE), nth - 1);
        assert_int_equal(count_trials(&document.result, MB_TRIAL_PARTIAL), 1);

        assert_int_equal(resume(fixture), MB_OK);
        assert_int_equal(fixture->load.calls, TRIALS - nth + 1);
        document_read(fixture, fixture->out, &document);
        assert_int_equal(count_trials(&document.result, MB_TRIAL_COMPLETE), TRIALS);
        assert_int_equal(count_trials(&document.result, MB_TRIAL_DISCARDED), 1);
        assert_false(mb_file_exists(fixture->partial));
        expect_equal(fixture, &whole, &document);
    }
}

// A trial that was interrupted in its warm-up has measured nothing, and leaves nothing.
static void test_interrupted_in_warmup(void **state)
{
    struct fixture *fixture = *state;
    struct document document;
    fixture->load.interrupt_at = 2; // at 'steady', which has a warm-up
    fixture->load.interrupt_early = true;
    assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
    document_read(fixture, fixture->partial, &document);
    assert_int_equal(count_trials(&document.result, MB_TRIAL_COMPLETE), 1);
    assert_int_equal(count_trials(&document.result, MB_TRIAL_PARTIAL), 0);
    assert_int_equal(resume(fixture), MB_OK);
    document_read(fixture, fixture->out, &document);
    assert_int_equal(count_trials(&document.result, MB_TRIAL_COMPLETE), TRIALS);
    assert_int_equal(count_trials(&document.result, MB_TRIAL_DISCARDED), 0);
}

// A variant that goes away before each of the trials.
static void test_lost_variant_at_each_trial(void **state)
{
    struct fixture *fixture = *state;
    struct document whole;
    assert_int_equal(run(fixture, NULL), MB_OK);
    document_read(fixture, fixture->out, &whole);
    for (int nth = 1; nth <= TRIALS; nth++) {
        struct document document;
        fixture->fake.fail_ready_at = nth;
        assert_int_equal(run(fixture, NULL), MB_FAILED);
        assert_non_null(strstr(fixture->err.message, "cannot reach variant 'p"));
        assert_int_equal(mb_file_exists(fixture->partial), nth > 1);
        if (nth > 1) {
            assert_non_null(strstr(fixture->err.hint, "--resume"));
            assert_int_equal(resume(fixture), MB_OK);
            document_read(fixture, fixture->out, &document);
            expect_equal(fixture, &whole, &document);
        }
    }
}

// A variant that ends while it is measured: what was measured of it does not count.
static void test_variant_ends_in_each_trial(void **state)
{
    struct fixture *fixture = *state;
    struct document whole;
    assert_int_equal(run(fixture, NULL), MB_OK);
    document_read(fixture, fixture->out, &whole);
    for (int nth = 1; nth <= TRIALS; nth++) {
        struct document document;
        fixture->fake.end_at = nth;
        assert_int_equal(run(fixture, NULL), MB_FAILED);
        assert_non_null(strstr(fixture->err.message, "' went away in trial 'b"));
        assert_int_equal(fixture->outcome.complete, nth - 1);
        fixture->fake.end_at = 0;
        assert_int_equal(resume(fixture), MB_OK);
        document_read(fixture, fixture->out, &document);
        assert_int_equal(count_trials(&document.result, MB_TRIAL_DISCARDED), 1);
        expect_equal(fixture, &whole, &document);
    }
}

// Resumed, and lost again at once: the hint is still there, and so is the partial result.
static void test_lost_again(void **state)
{
    struct fixture *fixture = *state;
    struct document partial;
    struct mb_resume from;
    fixture->fake.fail_ready_at = 4;
    assert_int_equal(run(fixture, NULL), MB_FAILED);
    document_read(fixture, fixture->partial, &partial);
    mb_err_clear(&fixture->err);
    assert_int_equal(mb_resume_init(&from, fixture->partial, partial.doc.root,
                                    &partial.result, &fixture->err),
                     MB_OK);
    fixture->fake.fail_ready_at = 1;
    assert_int_equal(run(fixture, &from), MB_FAILED);
    assert_non_null(strstr(fixture->err.hint, "measured so far: 3 of 18 trials"));
    assert_int_equal(resume(fixture), MB_OK);
}

static void test_driver_fails(void **state)
{
    struct fixture *fixture = *state;
    fixture->load.fail_at = 5;
    assert_int_equal(run(fixture, NULL), MB_FAILED);
    assert_non_null(strstr(fixture->err.message, "could not be run: cannot reach"));
    assert_non_null(strstr(fixture->err.hint, "measured so far: 4 of 18 trials"));
    assert_int_equal(resume(fixture), MB_OK);
}

static void test_stage_fails(void **state)
{
    struct fixture *fixture = *state;
    fixture->fake.fail_up = true;
    assert_int_equal(run(fixture, NULL), MB_FAILED);
    assert_string_equal(fixture->err.message, "cannot start 'proxy': not found on PATH");
    assert_false(mb_file_exists(fixture->out));
    assert_false(mb_file_exists(fixture->partial));
}

// The disk fills up at each write: the run stops at once, and what was saved before can
// be gone on with.
static void test_full_disk_at_each_write(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned nth = 1;; nth += 3) {
        fault_arm(FAULT_WRITE, nth, ENOSPC);
        enum mb_status status = run(fixture, NULL);
        if (!fault_disarm()) {
            assert_int_equal(status, MB_OK);
            break;
        }
        assert_int_equal(status, MB_FAILED);
        assert_non_null(strstr(fixture->err.message, "no space left"));
        if (mb_file_exists(fixture->partial)) {
            assert_int_equal(resume(fixture), MB_OK);
        }
        struct mb_err err = {0};
        assert_int_equal(mb_file_remove_tree(fixture->out, &err), MB_OK);
    }
}

static void test_resume_refuses_another_environment(void **state)
{
    struct fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
    fixture->fake.kernel = "6.6.0";
    assert_int_equal(resume(fixture), MB_INVALID);
    assert_non_null(strstr(fixture->err.message, "another environment"));
}

static void test_resume_refuses_another_version(void **state)
{
    struct fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
    fixture->fake.proxy = "1.24.0";
    assert_int_equal(resume(fixture), MB_INVALID);
    assert_string_equal(fixture->err.message,
                        "cannot resume: 'variants.proxy.version' was "
                        "1.22.1 and is 1.24.0 now");
}

static void test_resume_refuses_another_spec(void **state)
{
    struct fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
    fake_run_spec(&fixture->arena,
                  mb_arena_print(&fixture->arena, "%s# more\n", fake_run_spec_text),
                  &fixture->spec);
    assert_int_equal(resume(fixture), MB_INVALID);
    assert_non_null(strstr(fixture->err.message, "another text of the spec"));
}

// A partial result that somebody has edited, though it is valid still.
static void test_resume_refuses_edited_trials(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *pointer; // of the map
        const char *key;
        int64_t value;
        const char *message;
    } cases[] = {
        {"/cells/0/trials/0", "seed", 1, "is not in the plan"},
        {"/cells/0/trials/0", "block", 2, "is not in the plan"},
        {"/cells/0/trials/0", "block", 4, "is not in the plan"},
        {"/cells/0/point", "connections", 5, "cell 1 of"},
        {"/spec/resolved/trials", "count", 0, "how many blocks"},
        {"/spec/resolved/trials", "count", 1000000, "how many blocks"},
    };
    fixture->load.interrupt_at = 9;
    assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct document partial;
        struct mb_resume from;
        struct mb_err err = {0};
        document_read(fixture, fixture->partial, &partial);
        mb_node_set(&fixture->arena, mb_node_at(partial.doc.root, cases[i].pointer),
                    cases[i].key, mb_node_int(&fixture->arena, cases[i].value));
        assert_int_equal(
            mb_result_from_node(&fixture->arena, partial.doc.root, &partial.result, &err),
            MB_OK);
        mb_result_release(&partial.result);
        mb_err_clear(&fixture->err);
        if (mb_resume_init(&from, fixture->partial, partial.doc.root, &partial.result,
                           &fixture->err) == MB_OK) {
            assert_int_equal(run(fixture, &from), MB_INVALID);
        }
        if (strstr(fixture->err.message, cases[i].message) == NULL) {
            fail_msg("case %zu: '%s'", i, fixture->err.message);
        }
        assert_true(mb_file_exists(fixture->partial));
    }
}

static void test_resume_refuses_a_complete_result(void **state)
{
    struct fixture *fixture = *state;
    struct document document;
    struct mb_resume from;
    assert_int_equal(run(fixture, NULL), MB_OK);
    document_read(fixture, fixture->out, &document);
    assert_int_equal(mb_resume_init(&from, fixture->out, document.doc.root,
                                    &document.result, &fixture->err),
                     MB_INVALID);
    assert_non_null(strstr(fixture->err.message, "nothing to resume"));
}

static bool has_finding(const struct fixture *fixture, const char *code)
{
    for (size_t i = 0; i < fixture->outcome.finding_count; i++) {
        if (strcmp(fixture->outcome.findings[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void test_findings(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_int_equal(fixture->outcome.finding_count, 0);

    fixture->fake.proxy = "1.24.0";
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_true(has_finding(fixture, "MB320"));

    fixture->fake.steal_ns = INT64_C(500000000);
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_true(has_finding(fixture, "MB402"));

    mb_fake_load_init(&fixture->load);
    mb_fake_load_add(&fixture->load, "http://proxy", 1000000)->timeout_every = 2;
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_true(has_finding(fixture, "MB420"));

    mb_fake_load_init(&fixture->load);
    mb_fake_load_add(&fixture->load, "http://plain", 2000000)->lag_ns = 300000;
    fixture->spec.workloads[0].rates_micro_rps[0] = INT64_C(1000000000);
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_true(has_finding(fixture, "MB421"));

    mb_fake_load_init(&fixture->load);
    mb_fake_load_add(&fixture->load, "http://proxy", 1000000)->error_every = 1;
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_true(has_finding(fixture, "MB422"));

    mb_fake_load_init(&fixture->load);
    mb_run_set_blocks(&fixture->arena, &fixture->spec, 2);
    assert_int_equal(run(fixture, NULL), MB_OK);
    assert_true(has_finding(fixture, "MB425"));
}

static void test_interruption_is_a_finding(void **state)
{
    struct fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
    assert_false(has_finding(fixture, "MB423"));
    assert_int_equal(resume(fixture), MB_OK);
    assert_true(has_finding(fixture, "MB423"));
}

// Same seed for all variants of a point, so nothing varies but what the fake makes vary.
static void test_until(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *name;
        int64_t spread_share;
        int64_t interval_share;
        int at_most;
        int blocks;
        bool finding;
    } cases[] = {
        {"quiet: two blocks suffice", 0, 300000000, 8, 2, false},
        {"noisy: goes on to the limit", 500000000, 20000000, 8, 8, true},
        {"noisy, limited at once", 500000000, 20000000, 2, 2, true},
    };
    fixture->spec.until.metric = "response_time.mean";
    fixture->spec.block_count = 2;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mb_fake_load_init(&fixture->load);
        mb_fake_load_add(&fixture->load, "http://p", 1000000)->spread_share =
            cases[i].spread_share;
        fixture->spec.until.interval_share = cases[i].interval_share;
        fixture->spec.until.at_most = cases[i].at_most;
        assert_int_equal(run(fixture, NULL), MB_OK);
        assert_int_equal(fixture->outcome.planned, 6 * cases[i].blocks);
        assert_int_equal(has_finding(fixture, "MB424"), cases[i].finding);
    }
}

// Interrupted in a block that only `until` asked for.
static void test_until_resumed(void **state)
{
    struct fixture *fixture = *state;
    fixture->spec.until.metric = "response_time.mean";
    fixture->spec.until.interval_share = 1;
    fixture->spec.until.at_most = 6;
    fixture->load.interrupt_at = 5 * 6 + 3;
    assert_int_equal(run(fixture, NULL), MB_INTERRUPTED);
    assert_int_equal(fixture->outcome.complete, 5 * 6 + 2);
    assert_int_equal(resume(fixture), MB_OK);
    assert_int_equal(fixture->load.calls, 4);
    assert_int_equal(fixture->outcome.complete, 6 * 6);
}

static void test_paths(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *out;
        const char *partial;
        const char *back;
    } cases[] = {
        {"a/out.json", "a/out.partial.json", "a/out.json"},
        {"out", "out.partial.json", "out.json"},
        {".json", ".json.partial.json", ".json.json"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(mb_run_partial_path(&fixture->arena, cases[i].out),
                            cases[i].partial);
        assert_string_equal(mb_run_complete_path(&fixture->arena, cases[i].partial),
                            cases[i].back);
    }
    assert_string_equal(mb_run_complete_path(&fixture->arena, "kept.json"),
                        "kept.complete.json");
    assert_string_equal(
        mb_run_default_path(&fixture->arena, "tiny", INT64_C(1795463220000000000)),
        "tiny-20261123T194700Z.json");
}

int main(void)
{
#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        RUN_TEST(test_whole_run),
        RUN_TEST(test_interrupted_at_each_trial),
        RUN_TEST(test_interrupted_in_warmup),
        RUN_TEST(test_lost_variant_at_each_trial),
        RUN_TEST(test_variant_ends_in_each_trial),
        RUN_TEST(test_lost_again),
        RUN_TEST(test_driver_fails),
        RUN_TEST(test_stage_fails),
        RUN_TEST(test_full_disk_at_each_write),
        RUN_TEST(test_resume_refuses_another_environment),
        RUN_TEST(test_resume_refuses_another_version),
        RUN_TEST(test_resume_refuses_another_spec),
        RUN_TEST(test_resume_refuses_edited_trials),
        RUN_TEST(test_resume_refuses_a_complete_result),
        RUN_TEST(test_findings),
        RUN_TEST(test_interruption_is_a_finding),
        RUN_TEST(test_until),
        RUN_TEST(test_until_resumed),
        RUN_TEST(test_paths),
    };
    return cmocka_run_group_tests_name("run/run", tests, NULL, NULL);
}
