// Results as documents: every field there and back, what newer versions add, hostile
// documents, and the committed fixture.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "fake_result.h"
#include "format/doc.h"
#include "format/emit.h"
#include "model/result.h"

static const char fixture_path[] = "fixtures/results/small.json";

static const char *text_of(struct mb_arena *arena, const struct mb_node *node)
{
    struct mb_buf text = {0};
    mb_emit_json(node, &text);
    const char *copy = mb_arena_copy_bytes(arena, mb_buf_string(&text), text.size);
    mb_buf_release(&text);
    return copy;
}

static struct mb_node *parsed(struct mb_arena *arena, const char *text)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_parse(arena, "test.json", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return doc.root;
}

static struct mb_result read_result(struct mb_arena *arena, const struct mb_node *root)
{
    struct mb_result result;
    struct mb_err err = {0};
    if (mb_result_from_node(arena, root, &result, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return result;
}

// struct -> node -> text -> node -> struct -> node -> text: all the same. Since writing
// is a function of the struct, equal texts mean equal fields, as far as they are written.
static void survives_the_round_trip(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const char *text = mb_fake_result_text(&arena);
    struct mb_result result = read_result(&arena, parsed(&arena, text));
    assert_string_equal(text_of(&arena, mb_result_to_node(&arena, &result)), text);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

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
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        part.dist[i] = mb_dist_absent("not measured");
    }
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
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        part.dist[i] = mb_dist_absent(NULL);
    }
    part.dist[MB_DIST_CONNECT] = (struct mb_dist){
        .type = MB_DIST_SUMMARY, .n = 1, .sum = (INT64_C(1) << 53), .min = 1, .max = 1};
    struct mb_part read = part_read_back(&arena, &part);
    assert_int_equal(read.dist[MB_DIST_CONNECT].sum, -1);
    mb_arena_release(&arena);
}

// Puts a key that this version does not know into every kind of map that keeps them.
static void keeps_unknown_keys(void **state)
{
    (void)state;
    static const char *const places[] = {
        "",
        "/tool",
        "/origin",
        "/spec",
        "/keys",
        "/cells/0",
        "/cells/0/point",
        "/cells/0/trials/0",
        "/cells/0/trials/0/parts/0",
        "/cells/0/trials/0/parts/0/generator",
        "/cells/0/trials/0/parts/0/counts",
        "/cells/0/trials/0/parts/0/counts/errors_by_kind",
        "/cells/0/trials/0/parts/0/dist",
        "/cells/0/trials/0/parts/0/series",
        "/cells/0/trials/0/resources/0",
    };
    struct mb_arena arena = {0};
    struct mb_node *root = parsed(&arena, mb_fake_result_text(&arena));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct mb_node *map = mb_node_at(root, places[i]);
        assert_non_null(map);
        mb_node_put(&arena, map, "from_the_future", mb_node_int(&arena, (int64_t)i));
    }
    struct mb_result result = read_result(&arena, root);
    struct mb_node *written = mb_result_to_node(&arena, &result);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const struct mb_node *map = mb_node_at(written, places[i]);
        if (mb_node_integer(mb_node_find(map, "from_the_future"), -1) != (int64_t)i) {
            fail_msg("lost in '%s'", places[i]);
        }
    }
    assert_true(mb_node_equal(root, written));
    mb_result_release(&result);
    mb_arena_release(&arena);
}

struct hostile {
    const char *pointer; // of a map
    const char *key;
    const char *json; // NULL: the key is taken away
    const char *says; // with the pointer
};

static const struct hostile hostiles[] = {
    {"", "kind", "\"benchmark\"", ": not a result"},
    {"", "minor", "-1", "/minor: must be from 0"},
    {"", "cells", "{}", "/cells: must be array"},
    {"", "started_at", "\"yesterday\"", "/started_at: "},
    {"", "facts", "[7]", "/facts/0: must be object"},
    {"/origin", "type", "\"guessed\"", "/origin: type must be"},
    {"/cells/0/point", "rate_micro_rps", "-5", "/cells/0/point/rate_micro_rps: must be"},
    {"/cells/0/point", "load_model", "\"ajar\"", "/cells/0/point: 'ajar' is not"},
    {"/cells/0/point", "connections", "9007199254740992", "connections: must be from 1"},
    {"/cells/0/trials/0", "block", "0", "/cells/0/trials/0/block: must be from 1"},
    {"/cells/0/trials/0", "status", "\"good\"", "/cells/0/trials/0: 'good' is not"},
    {"/cells/0/trials/0", "id", NULL, "/cells/0/trials/0/id: is missing"},
    {"/cells/0/trials/0", "parts", "[[]]", "/cells/0/trials/0/parts/0: must be object"},
    {"/cells/0/trials/0/parts/0/counts", "ok", "-1",
     "/parts/0/counts/ok: must be from 0"},
    {"/cells/0/trials/0/parts/0/counts", "ok", "1.5", "/counts/ok: must be integer"},
    {"/cells/0/trials/0/parts/0/counts", "sent", "1e300", "/counts/sent: must be"},
    {"/cells/0/trials/0/parts/0/counts", "status_codes", "{\"2xx\": 1}", "'2xx' is not"},
    {"/cells/0/trials/0/parts/0/dist/response", "type", "\"guess\"", "'guess' is not"},
    {"/cells/0/trials/0/parts/0/dist/response", "unit", "\"ms\"", "unit must be 'ns'"},
    {"/cells/0/trials/0/parts/0/dist/response", "population", "\"error\"", "population"},
    {"/cells/0/trials/0/parts/0/dist/response", "payload", "7", "payload: must be"},
    {"/cells/0/trials/0/parts/0/dist", "service",
     "{\"type\": \"buckets\", \"unit\": \"ns\", \"population\": \"ok\", \"buckets\": "
     "[[5, 4, 1]]}",
     "/buckets/0: must be [low, high, n]"},
    {"/cells/0/trials/0/parts/0/dist", "service",
     "{\"type\": \"quantiles\", \"unit\": \"ns\", \"population\": \"ok\", \"quantiles\": "
     "[[1, 4], [1, 5]]}",
     "/quantiles/1: must be [share"},
    {"/cells/0/trials/0/parts/0/series", "sent", "[1]", "'sent' has 1 intervals"},
    {"/cells/0/trials/0/parts/0/series", "interval_ns", "0", "interval_ns: must be from"},
    {"/cells/0/trials/0/resources/0", "role", "\"boss\"", "'boss' is not a role"},
    {"/cells/0/trials/0/resources/0/samples", "cpu_ns", "[]", "lists of 3, 0 and 3"},
};

static void refuses_hostile_values(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const char *text = mb_fake_result_text(&arena);
    for (size_t i = 0; i < sizeof hostiles / sizeof *hostiles; i++) {
        const struct hostile *hostile = &hostiles[i];
        struct mb_arena scratch = {0};
        struct mb_node *root = parsed(&scratch, text);
        struct mb_node *value = hostile->json == NULL ? mb_node_null(&scratch)
                                                      : parsed(&scratch, hostile->json);
        mb_node_set(&scratch, mb_node_at(root, hostile->pointer), hostile->key, value);
        struct mb_result result;
        struct mb_err err = {0};
        assert_int_equal(mb_result_from_node(&scratch, root, &result, &err), MB_INVALID);
        if (strstr(err.message, hostile->says) == NULL) {
            fail_msg("case %zu: '%s' lacks '%s'", i, err.message, hostile->says);
        }
        mb_arena_release(&scratch);
    }
    mb_arena_release(&arena);
}

// A payload of another configuration reads as a histogram; one that is none is refused
// when it is opened, not before.
static void opens_payloads_late(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_node *root = parsed(&arena, mb_fake_result_text(&arena));
    struct mb_node *dist = mb_node_at(root, "/cells/0/trials/0/parts/0/dist/response");
    mb_node_set(&arena, dist, "payload", mb_node_string(&arena, "HISTFAAAAA=="));
    struct mb_result result = read_result(&arena, root);
    struct mb_dist *read = &result.cells[0].trials[0].parts[0].dist[MB_DIST_RESPONSE];
    struct mb_err err = {0};
    assert_int_equal(mb_dist_open(read, &err), MB_INVALID);
    assert_non_null(strstr(err.message, "not a histogram"));
    assert_null(read->hdr);
    mb_result_release(&result);
    mb_arena_release(&arena);
}

// A result of one trial, cut after every byte: an error, never a crash.
static void refuses_truncation(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result small;
    mb_fake_result_build(&arena, &small);
    struct mb_result one = small;
    one.cell_count = 1;
    one.cells[0].trial_count = 1;
    one.derived = NULL;
    const char *text = text_of(&arena, mb_result_to_node(&arena, &one));
    one.cells[0].trial_count = one.cells[0].trial_capacity;
    mb_result_release(&small);
    size_t size = strlen(text) - 2; // without the last brace
    for (size_t cut = 0; cut < size; cut++) {
        struct mb_arena scratch = {0};
        struct mb_doc doc;
        struct mb_err err = {0};
        struct mb_result result;
        enum mb_status status = mb_doc_parse(&scratch, "cut.json", text, cut, &doc, &err);
        if (status == MB_OK) {
            status = mb_result_from_node(&scratch, doc.root, &result, &err);
        }
        assert_int_equal(status, MB_INVALID);
        assert_true(err.message[0] != '\0');
        mb_arena_release(&scratch);
    }
    mb_arena_release(&arena);
}

// Rewritten by: MB_BLESS=1 build/unit/model/test_result_node
static void is_the_fixture(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_buf fixture = {0};
    struct mb_err err = {0};
    const char *text = mb_fake_result_text(&arena);
    if (getenv("MB_BLESS") != NULL) {
        assert_int_equal(mb_file_write(fixture_path, text, strlen(text), &err), MB_OK);
    }
    if (mb_file_read(fixture_path, NULL, 1 << 20, &fixture, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    if (strcmp(mb_buf_string(&fixture), text) != 0) {
        fail_msg("'%s' is not what tests/unit/fake_result.c makes; see above how it is "
                 "rewritten",
                 fixture_path);
    }
    mb_buf_release(&fixture);
    mb_arena_release(&arena);
}

static void names_points(void **state)
{
    (void)state;
    static const struct {
        struct mb_point point;
        const char *title;
        const char *id;
    } cases[] = {
        {{"steady", MB_LOAD_OPEN, 16, 100000000, 1},
         "steady · 16 connections · 100 rps",
         "steady-c16-r100"},
        {{"slow", MB_LOAD_OPEN, 1, 500000, 1},
         "slow · 1 connection · 0.5 rps",
         "slow-c1-r0.5"},
        {{"ceiling", MB_LOAD_CLOSED, 64, -1, 1},
         "ceiling · 64 connections · unpaced",
         "ceiling-c64-max"},
        {{"imported", MB_LOAD_UNKNOWN, -1, -1, -1},
         "imported · unpaced",
         "imported-c0-max"},
    };
    struct mb_arena arena = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(mb_point_title(&arena, &cases[i].point), cases[i].title);
        assert_string_equal(mb_point_id(&arena, &cases[i].point), cases[i].id);
    }
    mb_arena_release(&arena);
}

static void finds_cells(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_result result;
    mb_fake_result_build(&arena, &result);
    struct mb_point point = result.cells[1].point;
    assert_ptr_equal(mb_result_find_cell(&result, "proxy", &point), &result.cells[1]);
    point.connections++;
    assert_null(mb_result_find_cell(&result, "proxy", &point));
    mb_result_release(&result);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_the_round_trip),
        cmocka_unit_test(keeps_every_field_of_a_part),
        cmocka_unit_test(keeps_what_imports_have),
        cmocka_unit_test(writes_what_json_cannot_hold_as_unknown),
        cmocka_unit_test(keeps_unknown_keys),
        cmocka_unit_test(refuses_hostile_values),
        cmocka_unit_test(opens_payloads_late),
        cmocka_unit_test(refuses_truncation),
        cmocka_unit_test(is_the_fixture),
        cmocka_unit_test(names_points),
        cmocka_unit_test(finds_cells),
    };
    return cmocka_run_group_tests_name("result_node", tests, NULL, NULL);
}
