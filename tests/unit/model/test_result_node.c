// Results as documents: there and back, what newer versions add, hostile documents, and
// the committed fixture.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "fake_result.h"
#include "model/result.h"
#include "model/result_fixture.h"

static const char fixture_path[] = "fixtures/results/small.json";

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
    {"/cells/0/trials/0/parts/0/counts", "status_codes", "{\"1000\": 1}",
     "'1000' is not"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_the_round_trip), cmocka_unit_test(keeps_unknown_keys),
        cmocka_unit_test(refuses_hostile_values),  cmocka_unit_test(opens_payloads_late),
        cmocka_unit_test(refuses_truncation),      cmocka_unit_test(is_the_fixture),
    };
    return cmocka_run_group_tests_name("result_node", tests, NULL, NULL);
}
