#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/file.h"
#include "run_fixture.h"

// Interrupted in each of its trials, and resumed: the same as never interrupted.
static void test_interrupted_at_each_trial(void **state)
{
    struct run_fixture *fixture = *state;
    struct run_document whole;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    run_fixture_read(fixture, fixture->out, &whole);
    for (int nth = 1; nth <= RUN_FIXTURE_TRIALS; nth++) {
        struct run_document document;
        fixture->load.interrupt_at = nth;
        assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
        assert_int_equal(fixture->outcome.complete, nth - 1);
        run_fixture_read(fixture, fixture->partial, &document);
        assert_false(document.result.complete);
        assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_COMPLETE), nth - 1);
        assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_PARTIAL), 1);

        assert_int_equal(run_fixture_resume(fixture), MB_OK);
        assert_int_equal(fixture->load.calls, RUN_FIXTURE_TRIALS - nth + 1);
        run_fixture_read(fixture, fixture->out, &document);
        assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_COMPLETE),
                         RUN_FIXTURE_TRIALS);
        assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_DISCARDED), 1);
        assert_false(mb_file_exists(fixture->partial));
        run_fixture_expect_equal(fixture, &whole, &document);
    }
}

// A trial that was interrupted in its warm-up has measured nothing, and leaves nothing.
static void test_interrupted_in_warmup(void **state)
{
    struct run_fixture *fixture = *state;
    struct run_document document;
    fixture->load.interrupt_at = 2; // at 'steady', which has a warm-up
    fixture->load.interrupt_early = true;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    run_fixture_read(fixture, fixture->partial, &document);
    assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_COMPLETE), 1);
    assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_PARTIAL), 0);
    assert_int_equal(run_fixture_resume(fixture), MB_OK);
    run_fixture_read(fixture, fixture->out, &document);
    assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_COMPLETE),
                     RUN_FIXTURE_TRIALS);
    assert_int_equal(run_fixture_count(&document.result, MB_TRIAL_DISCARDED), 0);
}

// Resumed, and lost again at once: the hint is still there, and so is the partial result.
static void test_lost_again(void **state)
{
    struct run_fixture *fixture = *state;
    struct run_document partial;
    struct mb_resume from;
    fixture->fake.fail_ready_at = RUN_FIXTURE_VARIANTS + 4;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_FAILED);
    run_fixture_read(fixture, fixture->partial, &partial);
    mb_err_clear(&fixture->err);
    assert_int_equal(mb_resume_init(&from, fixture->partial, partial.doc.root,
                                    &partial.result, &fixture->err),
                     MB_OK);
    fixture->fake.fail_ready_at = RUN_FIXTURE_VARIANTS + 1;
    assert_int_equal(run_fixture_run(fixture, &from), MB_FAILED);
    assert_non_null(strstr(fixture->err.hint, "measured so far: 3 of 18 trials"));
    assert_int_equal(run_fixture_resume(fixture), MB_OK);
}

static void test_resume_refuses_another_environment(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    fixture->fake.kernel = "6.6.0";
    assert_int_equal(run_fixture_resume(fixture), MB_INVALID);
    assert_non_null(strstr(fixture->err.message, "another environment"));
}

static void test_resume_refuses_another_version(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    fixture->fake.proxy = "1.24.0";
    assert_int_equal(run_fixture_resume(fixture), MB_INVALID);
    assert_string_equal(fixture->err.message,
                        "cannot resume: 'variants.proxy.version' was "
                        "1.22.1 and is 1.24.0 now");
}

static void test_resume_refuses_another_generator(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    fixture->load.version = "2";
    assert_int_equal(run_fixture_resume(fixture), MB_INVALID);
    assert_string_equal(fixture->err.message,
                        "cannot resume: generator 'fake' was 1 and is 2 now");
}

static void test_resume_refuses_another_spec(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    fake_run_spec(&fixture->arena,
                  mb_arena_print(&fixture->arena, "%s# more\n", fake_run_spec_text),
                  &fixture->spec);
    assert_int_equal(run_fixture_resume(fixture), MB_INVALID);
    assert_non_null(strstr(fixture->err.message, "another text of the spec"));
}

// A partial result that somebody has edited, though it is valid still.
static void test_resume_refuses_edited_trials(void **state)
{
    struct run_fixture *fixture = *state;
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
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run_document partial;
        struct mb_resume from;
        struct mb_err err = {0};
        run_fixture_read(fixture, fixture->partial, &partial);
        mb_node_set(&fixture->arena, mb_node_at(partial.doc.root, cases[i].pointer),
                    cases[i].key, mb_node_int(&fixture->arena, cases[i].value));
        assert_int_equal(
            mb_result_from_node(&fixture->arena, partial.doc.root, &partial.result, &err),
            MB_OK);
        mb_result_release(&partial.result);
        mb_err_clear(&fixture->err);
        if (mb_resume_init(&from, fixture->partial, partial.doc.root, &partial.result,
                           &fixture->err) == MB_OK) {
            assert_int_equal(run_fixture_run(fixture, &from), MB_INVALID);
        }
        if (strstr(fixture->err.message, cases[i].message) == NULL) {
            fail_msg("case %zu: '%s'", i, fixture->err.message);
        }
        assert_true(mb_file_exists(fixture->partial));
    }
}

static void test_resume_refuses_a_complete_result(void **state)
{
    struct run_fixture *fixture = *state;
    struct run_document document;
    struct mb_resume from;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_OK);
    run_fixture_read(fixture, fixture->out, &document);
    assert_int_equal(mb_resume_init(&from, fixture->out, document.doc.root,
                                    &document.result, &fixture->err),
                     MB_INVALID);
    assert_non_null(strstr(fixture->err.message, "nothing to resume"));
}

static void test_interruption_is_a_finding(void **state)
{
    struct run_fixture *fixture = *state;
    fixture->load.interrupt_at = 9;
    assert_int_equal(run_fixture_run(fixture, NULL), MB_INTERRUPTED);
    assert_false(run_fixture_has_finding(fixture, "MB423"));
    assert_int_equal(run_fixture_resume(fixture), MB_OK);
    assert_true(run_fixture_has_finding(fixture, "MB423"));
}

int main(void)
{
#define RUN_TEST(test)                                                                   \
    cmocka_unit_test_setup_teardown(test, run_fixture_setup, run_fixture_teardown)
    const struct CMUnitTest tests[] = {
        RUN_TEST(test_interrupted_at_each_trial),
        RUN_TEST(test_interrupted_in_warmup),
        RUN_TEST(test_lost_again),
        RUN_TEST(test_resume_refuses_another_environment),
        RUN_TEST(test_resume_refuses_another_generator),
        RUN_TEST(test_resume_refuses_another_version),
        RUN_TEST(test_resume_refuses_another_spec),
        RUN_TEST(test_resume_refuses_edited_trials),
        RUN_TEST(test_resume_refuses_a_complete_result),
        RUN_TEST(test_interruption_is_a_finding),
    };
    return cmocka_run_group_tests_name("run/resume", tests, NULL, NULL);
}
