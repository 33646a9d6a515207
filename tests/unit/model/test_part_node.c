// Parts as documents: every field there and back, also those that only imports have.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "model/result.h"
#include "model/result_fixture.h"

static void equal_text(const char *left, const char *right)
{
    if (left == NULL || right == NULL) {
        assert_ptr_equal(left, right);
    } else {
        assert_string_equal(left, right);
    }
}

static void equal_dist(struct mb_dist *read, const struct mb_dist *made)
{
    struct mb_err err = {0};
    assert_int_equal(read->type, made->type);
    assert_int_equal(read->mixed, made->mixed);
    assert_int_equal(read->n, made->n);
    assert_int_equal(read->sum, made->sum);
    assert_int_equal(read->min, made->min);
    assert_int_equal(read->max, made->max);
    equal_text(read->reason, made->reason);
    assert_int_equal(read->count, made->count);
    if (made->type == MB_DIST_HDR) {
        assert_null(read->hdr);
        assert_int_equal(mb_dist_open(read, &err), MB_OK);
        assert_int_equal(read->hdr->count, made->hdr->count);
        assert_memory_equal(read->hdr->counts, made->hdr->counts,
                            (size_t)made->hdr->counts_size * sizeof(int64_t));
    }
    if (made->type == MB_DIST_BUCKETS) {
        assert_memory_equal(read->buckets, made->buckets,
                            made->count * sizeof *made->buckets);
    }
    if (made->type == MB_DIST_QUANTILES) {
        assert_memory_equal(read->quantiles, made->quantiles,
                            made->count * sizeof *made->quantiles);
    }
}

static void equal_counts(const struct mb_counts *read, const struct mb_counts *made)
{
    assert_int_equal(read->intended, made->intended);
    assert_int_equal(read->sent, made->sent);
    assert_int_equal(read->completed, made->completed);
    assert_int_equal(read->ok, made->ok);
    assert_memory_equal(read->errors_by_kind, made->errors_by_kind,
                        sizeof made->errors_by_kind);
    assert_int_equal(read->unfinished, made->unfinished);
    assert_int_equal(read->bytes_sent, made->bytes_sent);
    assert_int_equal(read->bytes_received, made->bytes_received);
    assert_int_equal(read->connections_opened, made->connections_opened);
    assert_int_equal(read->status_count, made->status_count);
    for (size_t i = 0; i < made->status_count; i++) {
        assert_int_equal(read->statuses[i].status, made->statuses[i].status);
        assert_int_equal(read->statuses[i].n, made->statuses[i].n);
    }
}

static void equal_part(struct mb_part *read, const struct mb_part *made)
{
    equal_text(read->worker, made->worker);
    assert_int_equal(read->clock_offset_ns, made->clock_offset_ns);
    equal_text(read->generator_name, made->generator_name);
    equal_text(read->generator_version, made->generator_version);
    assert_int_equal(read->load_model, made->load_model);
    assert_int_equal(read->co_handling, made->co_handling);
    assert_int_equal(read->threads, made->threads);
    assert_int_equal(read->window_ns, made->window_ns);
    assert_int_equal(read->elapsed_ns, made->elapsed_ns);
    assert_int_equal(read->cpu_ns, made->cpu_ns);
    assert_int_equal(read->run_delay_ns, made->run_delay_ns);
    assert_int_equal(read->interrupted, made->interrupted);
    equal_counts(&read->counts, &made->counts);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        equal_dist(&read->dist[i], &made->dist[i]);
    }
    assert_int_equal(read->interval_ns, made->interval_ns);
    assert_int_equal(read->interval_count, made->interval_count);
    for (size_t i = 0; i < made->interval_count; i++) {
        assert_int_equal(read->intervals[i].intended, made->intervals[i].intended);
        assert_int_equal(read->intervals[i].sent, made->intervals[i].sent);
        assert_int_equal(read->intervals[i].completed, made->intervals[i].completed);
        assert_int_equal(read->intervals[i].errors, made->intervals[i].errors);
        equal_dist(&read->intervals[i].response, &made->intervals[i].response);
    }
}

static struct mb_part part_read_back(struct mb_arena *arena, const struct mb_part *part)
{
    struct mb_part read;
    struct mb_err err = {0};
    const char *text = text_of(arena, mb_part_to_node(arena, part));
    if (mb_part_from_node(arena, parsed(arena, text), &read, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return read;
}

static void keeps_every_field_of_a_part(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    mb_fake_result_build(&arena, &result);
    struct mb_part *part = &result.cells[1].trials[0].parts[0];
    part->clock_offset_ns = -1;
    part->interrupted = true;
    part->intervals[1].response = part->dist[MB_DIST_RESPONSE];
    struct mb_part read = part_read_back(&arena, part);
    equal_part(&read, part);
    mb_part_release(&read);
    part->intervals[1].response = mb_dist_absent("shared with the part above");
    mb_result_release(&result);
    mb_arena_release(&arena);
}

// What only imports have: unknown counts, other kinds of distributions, mixed ones.
static void keeps_what_imports_have(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_dist_bucket buckets[] = {{0, 10, 5}, {11, 20, 0}, {30, 40, 7}};
    struct mb_dist_quantile quantiles[] = {{500000000, 20}, {990000000, 20}};
    struct mb_interval intervals[] = {{-1, -1, 5, -1, {0}}, {-1, -1, 6, -1, {0}}};
    struct mb_part part = {.worker = "local",
                           .generator_name = "other",
                           .load_model = MB_LOAD_UNKNOWN,
                           .co_handling = MB_CO_UNKNOWN,
                           .cpu_ns = -1,
                           .run_delay_ns = -1,
                           .interval_ns = 1000,
                           .intervals = intervals,
                           .interval_count = 2};
    memset(&part.counts, 0xff, sizeof part.counts); // everything is -1
    part.counts.statuses = NULL;
    part.counts.status_count = 0;
    part.counts.completed = 12;
    part.dist = mb_dist_list(&arena, "not measured");
    for (size_t i = 0; i < 2; i++) {
        intervals[i].response = mb_dist_absent("not measured");
    }
    part.dist[MB_DIST_RESPONSE] = (struct mb_dist){.type = MB_DIST_BUCKETS,
                                                   .mixed = true,
                                                   .n = 12,
                                                   .sum = -1,
                                                   .min = 0,
                                                   .max = 40,
                                                   .buckets = buckets,
                                                   .count = 3};
    part.dist[MB_DIST_SERVICE] = (struct mb_dist){.type = MB_DIST_QUANTILES,
                                                  .n = -1,
                                                  .sum = -1,
                                                  .min = -1,
                                                  .max = -1,
                                                  .quantiles = quantiles,
                                                  .count = 2};
    part.dist[MB_DIST_CONNECT] =
        (struct mb_dist){.type = MB_DIST_SUMMARY, .n = 3, .sum = 30, .min = 5, .max = 15};
    struct mb_part read = part_read_back(&arena, &part);
    equal_part(&read, &part);
    mb_arena_release(&arena);
}

static void writes_what_json_cannot_hold_as_unknown(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_part part = {.worker = "w", .generator_name = "g"};
    part.dist = mb_dist_list(&arena, NULL);
    part.dist[MB_DIST_CONNECT] = (struct mb_dist){
        .type = MB_DIST_SUMMARY, .n = 1, .sum = (INT64_C(1) << 53), .min = 1, .max = 1};
    struct mb_part read = part_read_back(&arena, &part);
    assert_int_equal(read.dist[MB_DIST_CONNECT].sum, -1);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_field_of_a_part),
        cmocka_unit_test(keeps_what_imports_have),
        cmocka_unit_test(writes_what_json_cannot_hold_as_unknown),
    };
    return cmocka_run_group_tests_name("part_node", tests, NULL, NULL);
}
