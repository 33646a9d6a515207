// The frame of imports: names, detection, notes, and how runs become a result. Importers
// have tests of their own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exchange/import.h"

static void stems(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a/b/run-1.json.gz", "run-1"},
        {"run.hlog", "run"},
        {"run-0.5.1", "run-0.5.1"},
        {"run-0.5.1.json", "run-0.5.1"},
        {"-", "imported"},
        {".json", ".json"},
        {"a/", "imported"},
        {"x.gz", "x"},
        {"x.verylongextension", "x.verylongextension"},
    };
    struct mb_arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(mb_import_stem(&arena, cases[i][0]), cases[i][1]);
    }
    mb_arena_release(&arena);
}

static struct mb_input *opened(const char *name, const char *text)
{
    struct mb_input *input = NULL;
    struct mb_err err = {0};
    assert_int_equal(mb_input_open_bytes(name, text, strlen(text), &input, &err), MB_OK);
    return input;
}

static void nobody_claims_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *from;
        enum mb_status status;
        const char *message;
        const char *hint;
    } cases[] = {
        {"", NULL, MB_INVALID, "the file is empty", ""},
        {"hello", "auto", MB_INVALID, "not the output of a load tool that is known here",
         "--from NAME says what it is"},
        {"{\"meshbench\": \"v1\", \"kind\": \"result\"}", NULL, MB_INVALID,
         "not the output of a load tool that is known here", "meshbench's own"},
        {"{}", "fortoi", MB_USAGE, "no importer is named 'fortoi'",
         "did you mean 'fortio'?"},
        {"{}", "?", MB_USAGE, "no importer is named '?'", "known: auto, "},
        {"{}", "fortio", MB_INVALID, "there is no run of fortio in it", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_arena arena = {0};
        struct mb_import import = {.arena = &arena};
        struct mb_err err = {0};
        const struct mb_importer *importer = NULL;
        struct mb_input *input = opened("file", cases[i].text);
        assert_int_equal(mb_import_read(&import, input, cases[i].from, &importer, &err),
                         cases[i].status);
        assert_string_equal(err.message, cases[i].message);
        if (strstr(err.hint, cases[i].hint) == NULL) {
            fail_msg("hint of case %zu: %s", i, err.hint);
        }
        mb_input_free(input);
        mb_arena_release(&arena);
    }
}

// The names in the table are those of --from: unique, and found.
static void table(void **state)
{
    (void)state;
    for (size_t i = 0; mb_importers[i] != NULL; i++) {
        assert_ptr_equal(mb_importer_find(mb_importers[i]->name), mb_importers[i]);
        assert_true(mb_importers[i]->title[0] != '\0' &&
                    mb_importers[i]->tool[0] != '\0' &&
                    mb_importers[i]->unknown[0] != '\0');
        assert_int_equal(mb_importers[i]->detect("", 0), 0);
    }
    assert_null(mb_importer_find("auto"));
}

// --- assembling runs made here

struct frame {
    struct mb_arena arena;
    struct mb_import import;
    struct mb_import_file files[4];
    size_t file_count;
    struct mb_input *input;
    struct mb_result result;
    struct mb_err err;
};

static int frame_open(void **state)
{
    struct frame *frame = calloc(1, sizeof *frame);
    assert_non_null(frame);
    frame->import.arena = &frame->arena;
    frame->input = opened("file", "x");
    *state = frame;
    return 0;
}

static int frame_close(void **state)
{
    struct frame *frame = *state;
    mb_input_free(frame->input);
    mb_import_release(&frame->import);
    mb_arena_release(&frame->arena);
    free(frame);
    return 0;
}

static void file_add(struct frame *frame, const char *name, size_t runs)
{
    struct mb_import_file *file = &frame->files[frame->file_count++];
    *file = (struct mb_import_file){.name = name,
                                    .digest = name,
                                    .importer = mb_importer_find("fortio"),
                                    .first = frame->import.count - runs,
                                    .count = runs};
}

static struct mb_import_run *run_add(struct frame *frame, const char *name)
{
    struct mb_import_run *run = NULL;
    assert_int_equal(mb_import_run_add(&frame->import, frame->input, &run, &frame->err),
                     MB_OK);
    run->name = name;
    return run;
}

static enum mb_status assemble(struct frame *frame,
                               const struct mb_import_options *options)
{
    return mb_import_assemble(&frame->import, frame->files, frame->file_count, options,
                              &frame->result, &frame->err);
}

static void one_file_is_one_cell(void **state)
{
    struct frame *frame = *state;
    run_add(frame, NULL);
    file_add(frame, "dir/base.json", 1);
    assert_int_equal(assemble(frame, &(struct mb_import_options){0}), MB_OK);
    assert_int_equal(frame->result.cell_count, 1);
    const struct mb_cell *cell = &frame->result.cells[0];
    assert_string_equal(cell->variant, "base");
    assert_string_equal(cell->point.workload, "imported");
    assert_int_equal(cell->trial_count, 1);
    assert_int_equal(cell->trials[0].window_ns, -1);
    assert_int_equal(cell->trials[0].parts[0].elapsed_ns, -1);
    assert_true(frame->result.imported);
    assert_string_equal(frame->result.import_digest, "dir/base.json");
    assert_string_equal(frame->result.import_importer, "fortio");
    assert_int_equal(frame->result.started_unix_ns, 0);
}

static void names(void **state)
{
    struct frame *frame = *state;
    run_add(frame, "same");
    file_add(frame, "a/one.json", 1);
    run_add(frame, "same");
    file_add(frame, "a/two.json", 1);
    run_add(frame, "other");
    run_add(frame, NULL)->variant = "mesh";
    file_add(frame, "b/two.json", 2);
    run_add(frame, "same");
    file_add(frame, "c/four.json", 1);
    assert_int_equal(assemble(frame, &(struct mb_import_options){.workload = "w"}),
                     MB_OK);
    static const char *const expected[] = {"one", "a/two.json", "other", "mesh", "four"};
    assert_int_equal(frame->result.cell_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(frame->result.cells[i].variant, expected[i]);
        assert_string_equal(frame->result.cells[i].point.workload, "w");
    }
    assert_null(frame->result.import_digest);
    assert_int_equal(frame->result.facts.count, 4); // the files' digests
}

// Trials are ordered by their start, whatever the order of the files.
static void trials(void **state)
{
    struct frame *frame = *state;
    static const int64_t starts[] = {3, 1, 2};
    static const char *const files[] = {"r3.json", "r1.json", "r2.json"};
    for (size_t i = 0; i < 3; i++) {
        struct mb_import_run *run = run_add(frame, NULL);
        run->start_unix_ns = starts[i] * 1000000000;
        run->window_ns = 500000000;
        file_add(frame, files[i], 1);
    }
    assert_int_equal(assemble(frame, &(struct mb_import_options){.trials = true}), MB_OK);
    assert_int_equal(frame->result.cell_count, 1);
    const struct mb_cell *cell = &frame->result.cells[0];
    assert_string_equal(cell->variant, "r3");
    assert_int_equal(cell->trial_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(cell->trials[i].block, i + 1);
        assert_int_equal(cell->trials[i].start_unix_ns, (i + 1) * INT64_C(1000000000));
    }
    assert_int_equal(frame->result.started_unix_ns, 1000000000);
    assert_int_equal(frame->result.finished_unix_ns, 3500000000);
}

// Two load models are two cells; two ways to count are refused.
static void what_does_not_fit(void **state)
{
    struct frame *frame = *state;
    run_add(frame, NULL)->point.load_model = MB_LOAD_CLOSED;
    file_add(frame, "a", 1);
    run_add(frame, NULL)->point.load_model = MB_LOAD_OPEN;
    file_add(frame, "b", 1);
    const struct mb_import_options options = {.variant = "v"};
    assert_int_equal(assemble(frame, &options), MB_OK);
    assert_int_equal(frame->result.cell_count, 2);
    frame->import.runs[1].point.load_model = MB_LOAD_CLOSED;
    frame->import.runs[1].part.co_handling = MB_CO_BACKFILLED;
    assert_int_equal(assemble(frame, &options), MB_INVALID);
    assert_non_null(strstr(frame->err.message, "'unknown' and 'backfilled'"));
    mb_err_clear(&frame->err);
    frame->import.runs[1].part.co_handling = MB_CO_UNKNOWN;
    frame->import.runs[1].part.generator_name = "hey";
    assert_int_equal(assemble(frame, &options), MB_INVALID);
    assert_non_null(strstr(frame->err.message, "fortio and hey"));
}

static void same_file_twice(void **state)
{
    struct frame *frame = *state;
    run_add(frame, NULL);
    file_add(frame, "a", 1);
    run_add(frame, NULL);
    file_add(frame, "a", 1);
    assert_int_equal(assemble(frame, &(struct mb_import_options){.trials = true}),
                     MB_INVALID);
    assert_string_equal(frame->err.message, "the same content as 'a'");
}

static const struct mb_finding *finding(const struct mb_result *result, const char *code)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        if (strcmp(result->findings[i].code, code) == 0) {
            return &result->findings[i];
        }
    }
    return NULL;
}

static void notes(void **state)
{
    struct frame *frame = *state;
    struct mb_import_run *run = run_add(frame, NULL);
    run->window_ns = 1000000000;
    run->start_unix_ns = 1;
    run->concurrency = 2;
    run->cut_off = "stopped";
    run->part.counts.completed = 663000000;
    const struct mb_dist dist = {.type = MB_DIST_SUMMARY,
                                 .n = 10,
                                 .sum = 3000000000,
                                 .min = -1,
                                 .max = -1,
                                 .mixed = true};
    mb_import_run_latency(&frame->import, run, dist);
    run = run_add(frame, NULL);
    run->part.counts.completed = 10;
    run->part.elapsed_ns = 1000000000;
    run->concurrency = 2;
    run->point.load_model = MB_LOAD_CLOSED;
    mb_import_run_latency(&frame->import, run, dist);
    file_add(frame, "a", 2);
    mb_import_note_add(&frame->import, MB_IMPORT_DROPPED, "%d lines left out", 3);
    mb_import_note_add(&frame->import, MB_IMPORT_DROPPED, "%d lines left out", 3);
    assert_int_equal(assemble(frame, &(struct mb_import_options){0}), MB_OK);
    static const struct {
        const char *code;
        const char *says;
    } expected[] = {
        {MB_IMPORT_NO_LOAD_MODEL, "(1 of 2 trials)"},
        {MB_IMPORT_NO_WARMUP, "warm-up was cut away"},
        {MB_IMPORT_NO_TIME, "(1 of 2 trials)"},
        {MB_IMPORT_MIXED, "failed requests"},
        {MB_IMPORT_CUT_OFF, "(1 of 2 trials)"},
        {MB_IMPORT_SERVICE, "(1 of 2 trials)"},
        {MB_IMPORT_IMPLAUSIBLE, "6.63e+08 requests a second"},
        {MB_IMPORT_DROPPED, "3 lines left out"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct mb_finding *at = finding(&frame->result, expected[i].code);
        if (at == NULL || strstr(at->message, expected[i].says) == NULL) {
            fail_msg("%s: %s", expected[i].code, at != NULL ? at->message : "missing");
        }
    }
    assert_null(finding(&frame->result, MB_IMPORT_NO_OMISSION));
    // The second trial: 3 s in requests, where two in flight had room for 2 s.
    const struct mb_finding *last = finding(&frame->result, MB_IMPORT_IMPLAUSIBLE) + 1;
    assert_non_null(strstr(last->message, "requests took 3.00 s together"));
    assert_false(frame->result.complete);
    assert_int_equal(frame->result.finding_count, 9);
}

// What is equal is said once; what differs, of the variant.
static void facts(void **state)
{
    struct frame *frame = *state;
    for (int64_t i = 0; i < 3; i++) {
        struct mb_import_run *run = run_add(frame, i == 0 ? "v0" : "v1");
        mb_import_fact_add(&frame->import, run, "same", mb_node_int(&frame->arena, 7));
        mb_import_fact_add(&frame->import, run, "other.path",
                           mb_node_int(&frame->arena, i));
        mb_import_fact_add(&frame->import, run, "none", NULL);
    }
    file_add(frame, "a", 3);
    assert_int_equal(assemble(frame, &(struct mb_import_options){0}), MB_OK);
    static const char *const expected[] = {"run.same", "other.path", "variants.v1.path",
                                           "imported.2.path"};
    assert_int_equal(frame->result.facts.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(frame->result.facts.items[i].path, expected[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems),
        cmocka_unit_test(nobody_claims_it),
        cmocka_unit_test(table),
        cmocka_unit_test_setup_teardown(one_file_is_one_cell, frame_open, frame_close),
        cmocka_unit_test_setup_teardown(names, frame_open, frame_close),
        cmocka_unit_test_setup_teardown(trials, frame_open, frame_close),
        cmocka_unit_test_setup_teardown(what_does_not_fit, frame_open, frame_close),
        cmocka_unit_test_setup_teardown(same_file_twice, frame_open, frame_close),
        cmocka_unit_test_setup_teardown(notes, frame_open, frame_close),
        cmocka_unit_test_setup_teardown(facts, frame_open, frame_close),
    };
    return cmocka_run_group_tests_name("exchange/import", tests, NULL, NULL);
}
