#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "faults.h"
#include "run_fixture.h"

static void test_whole_run(void **state)
{
    struct run_fixture *fixture = *state;
    struct run_document document;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_int_equal(fixture->outcome.complete, RUN_FIXTURE_TRIALS);
    assert_int_equal(fixture->outcome.planned, RUN_FIXTURE_TRIALS);
    assert_int_equal(fixture->load.calls, RUN_FIXTURE_TRIALS);
    assert_false(mb_file_exists(fixture->partial));
    run_fixture_read(fixture, fixture->out, &document);
    assert_true(document.result.complete);
    assert_int_equal(document.result.seed, 7);
    assert_int_equal(document.result.cell_count, 6);
    assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_COMPLETE),
                     RUN_FIXTURE_TRIALS);
    assert_non_null(document.result.derived);
    assert_string_equal(document.result.spec_text, fake_run_spec_text);
    assert_int_equal(document.result.label_count, 1);
    assert_string_equal(document.result.labels[0].name, "team");
    assert_string_equal(document.result.labels[0].value, "edge");
}

// A variant that goes away before each of the trials.
static void test_lost_variant_at_each_trial(void **state)
{
    struct run_fixture *fixture = *state;
    struct run_document whole;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    run_fixture_read(fixture, fixture->out, &whole);
    for (int nth = 1; nth <= RUN_FIXTURE_TRIALS; nth++) {
        struct run_document document;
        fixture->fake.fail_ready_at = RUN_FIXTURE_VARIANTS + nth;
        assert_int_equal(run_fixture_run(fixture, NULL), MB_FAILED);
        assert_non_null(strstr(fixture->err.message, "cannot reach variant 'p"));
        assert_int_equal(mb_file_exists(fixture->partial), nth > 1);
        if (nth > 1) {
            assert_non_null(strstr(fixture->err.hint, "--resume"));
            assert_int_equal(run_fixture_resume(fixture), MB_OK);
            run_fixture_read(fixture, fixture->out, &document);
            run_fixture_expect_equal(fixture, &whole, &document);
        }
    }
}

// A variant that ends while it is measured: what was measured of it does not count.
static void test_variant_ends_in_each_trial(void **state)
{
    struct run_fixture *fixture = *state;
    struct run_document whole;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    run_fixture_read(fixture, fixture->out, &whole);
    for (int nth = 1; nth <= RUN_FIXTURE_TRIALS; nth++) {
        struct run_document document;
        fixture->fake.end_at = RUN_FIXTURE_VARIANTS + nth;
        assert_int_equal(run_fixture_run(fixture, NULL), MB_FAILED);
        assert_non_null(strstr(fixture->err.message, "' went away in trial 'b"));
        assert_int_equal(fixture->outcome.complete, nth - 1);
        fixture->fake.end_at = 0;
        assert_int_equal(run_fixture_resume(fixture), MB_OK);
        run_fixture_read(fixture, fixture->out, &document);
        assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_DISCARDED), 1);
        run_fixture_expect_equal(fixture, &whole, &document);
    }
}

// All variants are asked before the first trial.
static void test_unreachable_at_the_start(void **state)
{
    struct run_fixture *fixture = *state;
    for (int nth = 1; nth <= RUN_FIXTURE_VARIANTS; nth++) {
        fixture->fake.fail_ready_at = nth;
        assert_int_equal(run_fixture_run(fixture, NULL), MB_FAILED);
        assert_non_null(strstr(fixture->err.message, "cannot reach variant 'p"));
        assert_int_equal(fixture->load.calls, 0);
        assert_string_equal(fixture->err.hint, "");
        assert_false(mb_file_exists(fixture->partial));
    }
}

static void test_driver_fails(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->load.fail_at = 5;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_FAILED);
    assert_non_null(strstr(fixture->err.message, "could not be run: cannot reach"));
    assert_non_null(strstr(fixture->err.hint, "measured so far: 4 of 18 trials"));
    assert_int_equal(run_fixture_resume(fixture), MB_OK);
}

static void test_stage_fails(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->fake.fail_up = true;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_FAILED);
    assert_string_equal(fixture->err.message, "cannot start 'proxy': not found on PATH");
    assert_false(mb_file_exists(fixture->out));
    assert_false(mb_file_exists(fixture->partial));
}

// The disk fills up: the run stops at once, and what was saved before can be gone on
// with.
static void test_full_disk_at_each_write(void **state)
{
    struct run_fixture *fixture = *state;
    for (unsigned nth = 1;; nth += 3) {
        fault_arm(FAULT_WRITE, nth, ENOSPC);
        enum mb_status status = run_fixture_run(fixture, NULL);
        if (!fault_disarm()) {
            assert_int_equal(status, MB_OK);
            break;
        }
        assert_int_equal(status, MB_FAILED);
        assert_non_null(strstr(fixture->err.message, "no space left"));
        if (mb_file_exists(fixture->partial)) {
            assert_int_equal(run_fixture_resume(fixture), MB_OK);
        }
        struct mb_err err = {0};
        assert_int_equal(mb_file_remove_tree(fixture->out, &err), MB_OK);
    }
}

static void test_findings(void **state)
{
    struct run_fixture *fixture = *state;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_int_equal(fixture->outcome.finding_count, 0);

    fixture->fake.proxy = "1.24.0";
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_true(run_fixture_has_finding(fixture, "MB320"));

    fixture->fake.steal_ns = INT64_C(500000000);
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_true(run_fixture_has_finding(fixture, "MB402"));

    mb_fake_load_init(&fixture->load);
    mb_fake_load_add(&fixture->load, "http://proxy", 1000000)->timeout_every = 2;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_true(run_fixture_has_finding(fixture, "MB420"));

    mb_fake_load_init(&fixture->load);
    mb_fake_load_add(&fixture->load, "http://plain", 2000000)->lag_ns = 300000;
    fixture->spec.workloads[0].rates_micro_rps[0] = INT64_C(1000000000);
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_true(run_fixture_has_finding(fixture, "MB421"));

    mb_fake_load_init(&fixture->load);
    mb_fake_load_add(&fixture->load, "http://proxy", 1000000)->error_every = 1;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_true(run_fixture_has_finding(fixture, "MB422"));

    mb_fake_load_init(&fixture->load);
    mb_run_set_blocks(&fixture->arena, &fixture->spec, 2);
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    assert_true(run_fixture_has_finding(fixture, "MB425"));
}

static void test_paths(void **state)
{
    struct run_fixture *fixture = *state;
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
#define RUN_TEST(test)                                                                   \
    cmocka_unit_test_setup_teardown(test, run_fixture_setup, run_fixture_teardown)
    const struct CMUnitTest tests[] = {
        RUN_TEST(test_whole_run),
        RUN_TEST(test_lost_variant_at_each_trial),
        RUN_TEST(test_variant_ends_in_each_trial),
        RUN_TEST(test_unreachable_at_the_start),
        RUN_TEST(test_driver_fails),
        RUN_TEST(test_stage_fails),
        RUN_TEST(test_full_disk_at_each_write),
        RUN_TEST(test_findings),
        RUN_TEST(test_paths),
    };
    return cmocka_run_group_tests_name("run/run", tests, NULL, NULL);
}
