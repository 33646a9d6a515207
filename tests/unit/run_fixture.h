// Whole runs with fakes: a folder, the spec of fake_run.h, and what is asked of results.
#ifndef MB_TESTS_RUN_FIXTURE_H
#define MB_TESTS_RUN_FIXTURE_H

#include <stdbool.h>

#include "fake_load.h"
#include "fake_run.h"
#include "format/doc.h"
#include "run/run.h"

// 3 variants x 2 points x 3 blocks. Each variant is asked once before the first trial.
enum { RUN_FIXTURE_VARIANTS = 3, RUN_FIXTURE_TRIALS = 18 };

// A folder, a spec, and the fakes; nothing has been run.
struct run_fixture {
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
struct run_document {
    struct mb_doc doc;
    struct mb_result result;
};

// For cmocka: *state becomes a fixture in which nothing has been run.
int run_fixture_setup(void **state);
int run_fixture_teardown(void **state);

// Runs, from the start or from `resume`. Whatever the status, what was brought up has
// been taken down.
enum mb_status run_fixture_run(struct run_fixture *fixture,
                               const struct mb_resume *resume);

// Goes on with the partial result, with fakes that do not fail any more.
enum mb_status run_fixture_resume(struct run_fixture *fixture);

// Reads a result back; one that is not valid, or does not verify, fails the test.
void run_fixture_read(struct run_fixture *fixture, const char *path,
                      struct run_document *document);

size_t run_fixture_count(const struct mb_result *result, enum mb_trial_status status);

// The complete trials of two results are the same, but for their times.
void run_fixture_expect_equal(struct run_fixture *fixture,
                              const struct run_document *left,
                              const struct run_document *right);

// True when the run that ended last has reported that code.
bool run_fixture_has_finding(const struct run_fixture *fixture, const char *code);

#endif
