// Nothing that was acknowledged is lost, and nothing is there in part: power lost at
// every write and sync, every operation of the disk failing once, and a disk that is full
// at every size. MB_POWER_EVERY=N looks at every Nth operation only (default 5; 1: all of
// them).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/units.h"
#include "power_disk.h"
#include "store/store_fixture.h"

enum { STEPS = 12, TORN_ROUNDS = 2, LIMIT_STEP = 8192 };

static const char path[] = "s.db";

// One disk with a store on it, and what was acknowledged.
struct trial {
    struct fixture fixture;
    struct power_disk *disk;
    size_t cells; // of the result, of which a part is used
    size_t done;  // steps that returned MB_OK
};

static enum mb_status store_open(struct trial *trial, const char *vfs)
{
    mb_err_clear(&trial->fixture.err);
    return mb_store_open(path,
                         &(struct mb_store_options){.mode = MB_STORE_CREATE, .vfs = vfs},
                         &trial->fixture.store, &trial->fixture.err);
}

static enum mb_status add(struct trial *trial, int number)
{
    bool added = false;
    return fixture_add(&trial->fixture, number, NULL, 0, &added);
}

// Opens it again, which works the log into the file.
static enum mb_status reopen(struct trial *trial)
{
    fixture_close(&trial->fixture);
    return store_open(trial, "disk");
}

static int64_t id_of(struct trial *trial, int number)
{
    struct mb_store_result result = {0};
    struct fixture *fixture = &trial->fixture;
    enum mb_status status =
        mb_store_find(&fixture->arena, fixture->store, fixture_digest(fixture, number),
                      &result, &fixture->err);
    return status == MB_OK ? result.id : 0;
}

static enum mb_status annotate(struct trial *trial)
{
    struct fixture *fixture = &trial->fixture;
    const struct mb_store_annotation annotation = {
        .result = fixture_digest(fixture, 2), .text = "a kernel", .author = ""};
    return mb_store_annotate(fixture->store, &annotation, &fixture->err);
}

static enum mb_status report(struct trial *trial)
{
    struct fixture *fixture = &trial->fixture;
    struct mb_store_history history;
    enum mb_status status =
        mb_store_history(&fixture->arena, fixture->store, &(struct mb_store_filter){0},
                         &history, &fixture->err);
    if (status != MB_OK) {
        return status;
    }
    const struct mb_store_report report = {.series = history.series[0].digest,
                                           .result = fixture_digest(fixture, 2),
                                           .before = 1.0,
                                           .after = 2.0};
    return mb_store_reports_add(fixture->store, &report, 1, &fixture->err);
}

// Removal may have happened, and only the shrinking after it failed.
static enum mb_status prune(struct trial *trial)
{
    struct fixture *fixture = &trial->fixture;
    struct mb_store_results results;
    enum mb_status status =
        mb_store_list(&fixture->arena, fixture->store, &(struct mb_store_filter){0},
                      &results, &fixture->err);
    if (status == MB_OK && strcmp(results.items[0].name, "r1.json") == 0) {
        status =
            mb_store_prune(fixture->store, &results.items[0].id, 1, false, &fixture->err);
    }
    return status;
}

static enum mb_status step_do(struct trial *trial, size_t step)
{
    static const struct mb_label tag = {"branch", "main"};
    struct fixture *fixture = &trial->fixture;
    int64_t id = 0;
    mb_err_clear(&fixture->err);
    switch (step) {
    case 0:
        return reopen(trial);
    case 1:
        return add(trial, 1);
    case 2:
        return add(trial, 2);
    case 3:
        id = id_of(trial, 2);
        return id == 0 ? MB_FAILED
                       : mb_store_tag(fixture->store, id, &tag, 1, &fixture->err);
    case 4:
        return reopen(trial);
    case 5:
        return annotate(trial);
    case 6:
        return add(trial, 3);
    case 7:
        return report(trial);
    case 8:
        return prune(trial);
    case 9:
        return reopen(trial);
    case 10:
        return add(trial, 4);
    default:
        fixture_close(fixture);
        return MB_OK;
    }
}

// All that can be seen of the store, as text.
static const char *state_of(struct trial *trial)
{
    struct fixture *fixture = &trial->fixture;
    struct mb_store_results results = fixture_list(fixture);
    struct mb_store_annotations annotations;
    struct mb_store_reports reports;
    struct mb_store_history history;
    struct mb_store_points points = {0};
    size_t tags = 0;
    size_t values = 0;
    for (size_t i = 0; i < results.count; i++) {
        tags += results.items[i].tag_count;
    }
    fixture_good(fixture, mb_store_annotations(&fixture->arena, fixture->store,
                                               &annotations, &fixture->err));
    fixture_good(fixture, mb_store_reports(&fixture->arena, fixture->store, &reports,
                                           &fixture->err));
    fixture_good(fixture,
                 mb_store_history(&fixture->arena, fixture->store,
                                  &(struct mb_store_filter){0}, &history, &fixture->err));
    for (size_t i = 0; i < history.series_count; i++) {
        fixture_good(fixture,
                     mb_store_points_read(fixture->store, &history, &history.series[i],
                                          &points, &fixture->err));
        values += points.count;
    }
    mb_store_points_release(&points);
    return mb_arena_print(
        &fixture->arena, "%s: %zu tags %zu values %zu notes %zu reports",
        fixture_names(fixture, &results), tags, values, annotations.count, reports.count);
}

static void trial_init(struct trial *trial)
{
    *trial = (struct trial){.done = 0};
    fixture_init(&trial->fixture);
    trial->cells = trial->fixture.result.cell_count;
    trial->fixture.result.cell_count = 1; // few values are as good as many, and faster
    trial->disk = power_disk_new("disk");
}

// The same again on an empty disk.
static void trial_restart(struct trial *trial)
{
    fixture_close(&trial->fixture);
    power_disk_free(trial->disk);
    trial->disk = power_disk_new("disk");
    trial->done = 0;
}

static void trial_release(struct trial *trial)
{
    fixture_close(&trial->fixture);
    power_disk_free(trial->disk);
    trial->fixture.result.cell_count = trial->cells;
    fixture_release(&trial->fixture);
}

// What is seen after each number of steps when nothing fails.
static void states_expect(struct trial *trial, const char *states[STEPS + 1])
{
    states[0] = ": 0 tags 0 values 0 notes 0 reports";
    for (size_t step = 0; step < STEPS; step++) {
        fixture_good(&trial->fixture, step_do(trial, step));
        states[step + 1] = step + 1 < STEPS ? state_of(trial) : states[step];
    }
    trial_restart(trial);
}

// Goes on until a step fails.
static void steps_do(struct trial *trial)
{
    enum mb_status status = MB_OK;
    while (status == MB_OK && trial->done < STEPS) {
        status = step_do(trial, trial->done);
        trial->done += status == MB_OK;
    }
}

static size_t every(void)
{
    int64_t value = 0;
    struct mb_err err = {0};
    const char *given = getenv("MB_POWER_EVERY");
    return given != NULL && mb_units_parse_int(given, 1, 1000, &value, &err) == MB_OK
               ? (size_t)value
               : 5;
}

// Looks at what is found after the power came back.
static void loss_look(struct trial *trial, const char *const states[STEPS + 1],
                      struct mb_rng *rng, size_t nth)
{
    struct power_disk *after = power_disk_after_loss(trial->disk, "after", rng);
    struct fixture *fixture = &trial->fixture;
    if (store_open(trial, "after") != MB_OK) {
        fail_msg("stopped at %zu: %s", nth, fixture->err.message);
    }
    if (mb_store_check(fixture->store, &fixture->err) != MB_OK) {
        fail_msg("stopped at %zu: %s", nth, fixture->err.message);
    }
    const char *found = state_of(trial);
    // The step that was under way happened, or it did not.
    if (strcmp(found, states[trial->done]) != 0 &&
        (trial->done == STEPS || strcmp(found, states[trial->done + 1]) != 0)) {
        fail_msg("stopped at %zu, %zu steps acknowledged: '%s', expected '%s'", nth,
                 trial->done, found, states[trial->done]);
    }
    fixture_good(fixture, add(trial, 9)); // and it goes on
    fixture_good(fixture, mb_store_check(fixture->store, &fixture->err));
    fixture_close(fixture);
    power_disk_free(after);
}

static void power_is_lost(void **state)
{
    (void)state;
    struct trial trial;
    struct mb_rng rng;
    const char *states[STEPS + 1];
    size_t losses = 0;
    size_t syncs = 0;
    trial_init(&trial);
    mb_rng_init(&rng, 1);
    states_expect(&trial, states);
    for (size_t nth = 1;; nth += every()) {
        power_disk_stop(trial.disk, nth);
        steps_do(&trial);
        fixture_close(&trial.fixture);
        if (!power_disk_happened(trial.disk)) {
            syncs = power_disk_syncs(trial.disk);
            break;
        }
        loss_look(&trial, states, NULL, nth);
        for (int round = 0; round < TORN_ROUNDS; round++) {
            loss_look(&trial, states, &rng, nth);
        }
        losses++;
        trial_restart(&trial);
    }
    assert_int_equal(trial.done, STEPS);
    print_message("power lost at %zu moments, each with what was not synced dropped, and "
                  "%d times torn; %zu syncs in a whole pass\n",
                  losses, TORN_ROUNDS, syncs);
    assert_true(losses > 20 && syncs > 10);
    trial_release(&trial);
}

// Without the syncs there would be losses: the disk is no empty promise.
static void the_disk_does_lose(void **state)
{
    (void)state;
    struct trial trial;
    trial_init(&trial);
    for (size_t step = 0; step < 3; step++) {
        fixture_good(&trial.fixture, step_do(&trial, step));
    }
    size_t synced = power_disk_size(trial.disk);
    struct power_disk *after = power_disk_after_loss(trial.disk, "after", NULL);
    assert_int_equal(power_disk_size(after), synced); // a commit has synced all
    power_disk_free(after);
    power_disk_stop(trial.disk, 3); // amid the next one
    assert_int_equal(step_do(&trial, 3), MB_FAILED);
    after = power_disk_after_loss(trial.disk, "after", NULL);
    assert_true(power_disk_size(after) < power_disk_size(trial.disk));
    power_disk_free(after);
    trial_release(&trial);
}

// The failed step is taken back; done again, it works.
static void an_operation_fails(void **state)
{
    (void)state;
    struct trial trial;
    const char *states[STEPS + 1];
    size_t failures = 0;
    trial_init(&trial);
    states_expect(&trial, states);
    for (size_t nth = 1;; nth += every()) {
        power_disk_fail(trial.disk, nth);
        steps_do(&trial);
        if (!power_disk_happened(trial.disk)) {
            break;
        }
        if (trial.done < STEPS) {
            struct mb_err err = trial.fixture.err;
            assert_int_equal(err.code, MB_FAILED);
            failures++;
            if (trial.fixture.store == NULL) {
                fixture_good(&trial.fixture, store_open(&trial, "disk"));
            }
            const char *found = state_of(&trial);
            if (strcmp(found, states[trial.done]) != 0 &&
                strcmp(found, states[trial.done + 1]) != 0) {
                fail_msg("failed at %zu (%s): '%s', expected '%s'", nth, err.message,
                         found, states[trial.done]);
            }
        }
        steps_do(&trial);
        if (trial.done < STEPS) {
            fail_msg("failed at %zu, and again: %s", nth, trial.fixture.err.message);
        }
        fixture_good(&trial.fixture, store_open(&trial, "disk"));
        assert_string_equal(state_of(&trial), states[STEPS]);
        fixture_good(&trial.fixture,
                     mb_store_check(trial.fixture.store, &trial.fixture.err));
        trial_restart(&trial);
    }
    assert_true(failures > 20);
    trial_release(&trial);
}

static void the_disk_is_full(void **state)
{
    (void)state;
    struct trial trial;
    const char *states[STEPS + 1];
    size_t full = 0;
    trial_init(&trial);
    states_expect(&trial, states);
    for (size_t limit = LIMIT_STEP;; limit += LIMIT_STEP) {
        power_disk_limit(trial.disk, limit);
        steps_do(&trial);
        if (!power_disk_happened(trial.disk)) {
            break;
        }
        if (trial.done < STEPS) {
            full++;
            assert_int_equal(trial.fixture.err.code, MB_FAILED);
            if (strstr(trial.fixture.err.message, "the disk is full") == NULL) {
                fail_msg("%zu bytes: %s", limit, trial.fixture.err.message);
            }
        }
        power_disk_limit(trial.disk, 0);
        steps_do(&trial);
        fixture_good(&trial.fixture, store_open(&trial, "disk"));
        assert_string_equal(state_of(&trial), states[STEPS]);
        fixture_good(&trial.fixture,
                     mb_store_check(trial.fixture.store, &trial.fixture.err));
        trial_restart(&trial);
    }
    assert_true(full > 10);
    trial_release(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_lost),
        cmocka_unit_test(the_disk_does_lose),
        cmocka_unit_test(an_operation_fails),
        cmocka_unit_test(the_disk_is_full),
    };
    return cmocka_run_group_tests_name("power", tests, NULL, NULL);
}
