// Window accounting, with times that the test makes up.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/tally.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)

enum { THREADS = 2 };

struct fixture {
    struct mb_load_plan plan;
    struct mb_tally_total total;
    struct mb_tally tallies[THREADS];
    struct mb_arena arena;
    struct mb_part part;
};

// A window from 100 s to 103 s.
static void begin(struct fixture *fixture)
{
    *fixture = (struct fixture){.plan = {.duration_ns = 3 * S, .series = true}};
    mb_tally_total_init(&fixture->total, &fixture->plan, 5 * S);
    mb_tally_total_set_window(&fixture->total, 100 * S, 103 * S);
    for (int i = 0; i < THREADS; i++) {
        mb_tally_init(&fixture->tallies[i], &fixture->total);
        mb_tally_begin(&fixture->tallies[i]);
    }
}

static void end(struct fixture *fixture)
{
    for (int i = 0; i < THREADS; i++) {
        mb_tally_end(&fixture->tallies[i]);
    }
    mb_tally_to_part(&fixture->arena, &fixture->total, fixture->tallies, THREADS,
                     &fixture->part);
}

static void discard(struct fixture *fixture)
{
    mb_part_release(&fixture->part);
    for (int i = 0; i < THREADS; i++) {
        mb_tally_release(&fixture->tallies[i]);
    }
    mb_tally_total_release(&fixture->total);
    mb_arena_release(&fixture->arena);
}

static void identities_hold(const struct mb_part *part)
{
    const struct mb_counts *counts = &part->counts;
    int64_t errors = mb_counts_errors(counts);
    assert_int_equal(counts->intended, counts->ok + errors + counts->unfinished);
    assert_int_equal(counts->completed,
                     counts->ok + counts->errors_by_kind[MB_ERROR_STATUS]);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].n, counts->ok);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, counts->ok);
    assert_int_equal(part->dist[MB_DIST_DISPATCH_LAG].n, counts->sent);
    assert_int_equal(part->dist[MB_DIST_WAIT_FOR_CONNECTION].n, counts->sent);
    struct mb_interval sum = {0};
    int64_t responses = 0;
    for (size_t i = 0; i < part->interval_count; i++) {
        sum.intended += part->intervals[i].intended;
        sum.sent += part->intervals[i].sent;
        sum.completed += part->intervals[i].completed;
        sum.errors += part->intervals[i].errors;
        responses += part->intervals[i].response.n;
    }
    assert_int_equal(sum.intended, counts->intended);
    assert_int_equal(sum.sent, counts->sent);
    assert_int_equal(sum.completed, counts->completed);
    assert_int_equal(sum.errors, errors);
    assert_int_equal(responses, counts->ok);
}

// Intended, ready, sent and ended at these times.
static void ok_request(struct mb_tally *tally, int64_t intended_ns, int64_t ready_ns,
                       int64_t sent_ns, int64_t end_ns)
{
    struct mb_tally_request request;
    mb_tally_intend(tally, &request, intended_ns);
    mb_tally_send(tally, &request, ready_ns, sent_ns);
    mb_tally_complete(tally, &request, 200, true, end_ns);
}

static void counts_what_was_intended_in_the_window(void **unused)
{
    (void)unused;
    struct fixture fixture;
    begin(&fixture);
    struct mb_tally *first = &fixture.tallies[0];
    ok_request(first, 99 * S, 0, 99 * S, 100 * S + MS);   // warm-up
    ok_request(first, 100 * S - 1, 0, 100 * S, 101 * S);  // warm-up, by 1 ns
    ok_request(first, 100 * S, 0, 100 * S, 100 * S + MS); // the first
    ok_request(&fixture.tallies[1], 103 * S - 1, 0, 103 * S, 104 * S + 500 * MS);
    ok_request(&fixture.tallies[1], 103 * S, 0, 103 * S, 103 * S + MS); // after the end
    end(&fixture);
    const struct mb_part *part = &fixture.part;
    identities_hold(part);
    assert_int_equal(part->counts.intended, 2);
    assert_int_equal(part->counts.ok, 2);
    assert_int_equal(part->window_ns, 3 * S);
    assert_int_equal(part->elapsed_ns, 4 * S + 500 * MS);
    assert_int_equal(part->interval_ns, S);
    assert_int_equal(part->interval_count, 5); // the last answer came in the fifth second
    assert_int_equal(part->intervals[0].completed, 1);
    assert_int_equal(part->intervals[2].intended, 1);
    assert_int_equal(part->intervals[2].completed, 0);
    assert_int_equal(part->intervals[4].completed, 1);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].max, S + 500 * MS + 1);
    discard(&fixture);
}

static void blames_the_right_side(void **unused)
{
    (void)unused;
    static const struct {
        int64_t ready_ns;
        int64_t sent_ns;
        int64_t wait_ns;
        int64_t lag_ns;
    } cases[] = {
        {50 * S, 101 * S, 0, 0},                          // free and on time
        {50 * S, 101 * S + 3 * MS, 0, 3 * MS},            // free, and we were late
        {101 * S + 7 * MS, 101 * S + 7 * MS, 7 * MS, 0},  // none was free
        {101 * S + 7 * MS, 101 * S + 8 * MS, 7 * MS, MS}, // both
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;
        begin(&fixture);
        ok_request(&fixture.tallies[0], 101 * S, cases[i].ready_ns, cases[i].sent_ns,
                   102 * S);
        end(&fixture);
        identities_hold(&fixture.part);
        assert_int_equal(fixture.part.dist[MB_DIST_WAIT_FOR_CONNECTION].max,
                         cases[i].wait_ns);
        assert_int_equal(fixture.part.dist[MB_DIST_DISPATCH_LAG].max, cases[i].lag_ns);
        assert_int_equal(fixture.part.dist[MB_DIST_RESPONSE].max, S);
        assert_int_equal(fixture.part.dist[MB_DIST_SERVICE].max,
                         102 * S - cases[i].sent_ns);
        discard(&fixture);
    }
}

static void counts_every_kind(void **unused)
{
    (void)unused;
    struct fixture fixture;
    begin(&fixture);
    struct mb_tally *tally = &fixture.tallies[1];
    struct mb_tally_request request;
    for (int kind = 0; kind < MB_ERROR_KINDS; kind++) {
        mb_tally_intend(tally, &request, 101 * S);
        if (kind != MB_ERROR_CONNECT && kind != MB_ERROR_TIMEOUT_UNSENT) {
            mb_tally_send(tally, &request, 0, 101 * S);
        }
        if (kind == MB_ERROR_STATUS) {
            mb_tally_complete(tally, &request, 503, false, 101 * S + MS);
        } else {
            mb_tally_fail(tally, &request, (enum mb_error_kind)kind, 101 * S + MS);
        }
    }
    mb_tally_intend(tally, &request, 101 * S);
    mb_tally_abandon(tally, &request);
    mb_tally_intend(tally, &request, 99 * S); // warm-up: abandoned, but not counted
    mb_tally_abandon(tally, &request);
    end(&fixture);
    const struct mb_counts *counts = &fixture.part.counts;
    identities_hold(&fixture.part);
    for (int kind = 0; kind < MB_ERROR_KINDS; kind++) {
        assert_int_equal(counts->errors_by_kind[kind], 1);
    }
    assert_int_equal(counts->unfinished, 1);
    assert_int_equal(counts->sent, MB_ERROR_KINDS - 2);
    // All but the two time-outs ended before their time.
    assert_int_equal(fixture.part.dist[MB_DIST_ERROR_RESPONSE].n, MB_ERROR_KINDS - 2);
    assert_int_equal(counts->status_count, 1);
    assert_int_equal(counts->statuses[0].status, 503);
    discard(&fixture);
}

static void long_trials_get_longer_intervals(void **unused)
{
    (void)unused;
    static const struct {
        int64_t longest_s;
        int64_t interval_s;
    } cases[] = {{0, 1},    {65, 1},    {599, 1},   {600, 2},     {1199, 2},
                 {1200, 5}, {3605, 10}, {6000, 20}, {86400, 200}, {604800, 2000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(mb_tally_interval_ns(cases[i].longest_s * S),
                         cases[i].interval_s * S);
    }
}

static void progress_follows(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct mb_load_progress progress = {0};
    begin(&fixture);
    ok_request(&fixture.tallies[0], 100 * S, 0, 100 * S, 100 * S + 20 * MS);
    mb_tally_tick(&fixture.tallies[0], 100 * S + 500 * MS); // not yet a second
    mb_tally_total_progress(&fixture.total, &progress);
    assert_int_equal(progress.completed, 0);
    mb_tally_tick(&fixture.tallies[0], 101 * S);
    mb_tally_total_progress(&fixture.total, &progress);
    assert_int_equal(progress.completed, 1);
    assert_in_range(progress.p50_ns, 20 * MS, 20 * MS + 20 * MS / 1000);
    end(&fixture);
    identities_hold(&fixture.part);
    discard(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_was_intended_in_the_window),
        cmocka_unit_test(blames_the_right_side),
        cmocka_unit_test(counts_every_kind),
        cmocka_unit_test(long_trials_get_longer_intervals),
        cmocka_unit_test(progress_follows),
    };
    return cmocka_run_group_tests_name("load/tally", tests, NULL, NULL);
}
