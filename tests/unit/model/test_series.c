// Which values of a result make a history, and what tells series apart.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_result.h"
#include "model/series.h"

struct fixture {
    struct mb_arena arena;
    struct mb_result result;
    struct mb_series_values values;
};

static void fixture_init(struct fixture *fixture)
{
    *fixture = (struct fixture){0};
    mb_fake_result_build(&fixture->arena, &fixture->result);
}

static void fixture_release(struct fixture *fixture)
{
    mb_result_release(&fixture->result);
    mb_arena_release(&fixture->arena);
}

static void extract(struct fixture *fixture, const char *const *metrics, size_t count)
{
    fixture->values = (struct mb_series_values){0};
    mb_series_extract(&fixture->arena, &fixture->result, metrics, count,
                      &fixture->values);
}

// NULL when there is none.
static const struct mb_series_value *value_find(const struct fixture *fixture,
                                                const char *title)
{
    for (size_t i = 0; i < fixture->values.count; i++) {
        if (strcmp(fixture->values.items[i].title, title) == 0) {
            return &fixture->values.items[i];
        }
    }
    return NULL;
}

static const char cpu_baseline[] =
    "baseline · steady · 16 connections · 1000 rps · cpu_per_request";
static const char cpu_proxy[] =
    "proxy · steady · 16 connections · 1000 rps · cpu_per_request";
static const char cpu_overhead[] =
    "proxy over baseline · steady · 16 connections · 1000 rps · cpu_per_request";

static void takes_values_and_overheads(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    extract(&fixture, NULL, 0);
    const struct mb_series_value *plain = value_find(&fixture, cpu_baseline);
    const struct mb_series_value *proxy = value_find(&fixture, cpu_proxy);
    const struct mb_series_value *over = value_find(&fixture, cpu_overhead);
    assert_non_null(plain);
    assert_non_null(proxy);
    assert_non_null(over);
    assert_float_equal(plain->value, 20000.0, 1e-6);
    assert_true(isnan(plain->ratio));
    assert_null(plain->key.baseline);
    assert_null(plain->version); // no mesh has none
    assert_float_equal(over->value, proxy->value - plain->value, 1e-6);
    assert_float_equal(over->ratio, proxy->value / plain->value, 1e-9);
    assert_string_equal(over->key.baseline, "baseline");
    assert_int_equal(over->trials, 2);
    assert_int_equal(over->time_unix_ns, fixture.result.finished_unix_ns);
    assert_string_equal(proxy->key.point, "steady-c16-r1000");
    assert_string_equal(proxy->key.metric, "cpu_per_request");
    assert_string_equal(proxy->key.variant_name, "proxy");
    assert_string_equal(proxy->key.application, fixture.result.keys.application);
    assert_string_equal(proxy->environment, fixture.result.keys.environment);
    assert_int_equal(strlen(proxy->key.workload), 64);
    assert_int_equal(strlen(proxy->key.variant), 64);
    assert_null(value_find(
        &fixture,
        "baseline over baseline · steady · 16 connections · 1000 rps · memory"));
    fixture_release(&fixture);
}

static void takes_what_is_asked_for(void **state)
{
    (void)state;
    static const char *const metrics[] = {"throughput", "response_time.p1e9",
                                          "response_time.p99.9999"};
    struct fixture fixture;
    fixture_init(&fixture);
    extract(&fixture, metrics, 3);
    // Two variants at two points, and the proxy's overheads; one name is no metric, and
    // nothing has samples enough for the last one.
    assert_int_equal(fixture.values.count, 6);
    for (size_t i = 0; i < fixture.values.count; i++) {
        assert_string_equal(fixture.values.items[i].key.metric, "throughput");
        assert_true(fixture.values.items[i].higher_is_better);
        assert_int_equal(fixture.values.items[i].unit, MB_METRIC_RPS);
    }
    fixture_release(&fixture);
}

static void leaves_out_what_is_not_known(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    extract(&fixture, NULL, 0);
    size_t all = fixture.values.count;
    struct mb_cell *cell = &fixture.result.cells[0];
    for (size_t i = 0; i < cell->trial_count; i++) {
        cell->trials[i].resource_count = 0;
    }
    assert_string_equal(cell->variant, "baseline");
    extract(&fixture, NULL, 0);
    // CPU and memory of one cell, and what the proxy adds to them.
    assert_int_equal(fixture.values.count, all - 4);
    cell->aa_of = "baseline";
    extract(&fixture, NULL, 0);
    for (size_t i = 0; i < fixture.values.count; i++) {
        const struct mb_series_key *key = &fixture.values.items[i].key;
        assert_false(key->baseline == NULL &&
                     strcmp(key->variant_name, "baseline") == 0 &&
                     strcmp(key->point, "steady-c16-r1000") == 0);
    }
    fixture_release(&fixture);
}

static void knows_no_baseline_without_a_spec(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_init(&fixture);
    fixture.result.spec_resolved = NULL;
    fixture.result.keys = (struct mb_keys){0}; // as an import has them
    extract(&fixture, NULL, 0);
    assert_true(fixture.values.count > 0);
    for (size_t i = 0; i < fixture.values.count; i++) {
        assert_null(fixture.values.items[i].key.baseline);
        assert_string_equal(fixture.values.items[i].key.application, "");
        assert_string_equal(fixture.values.items[i].key.variant, "");
        assert_string_equal(fixture.values.items[i].environment, "");
    }
    fixture_release(&fixture);
}

static void prefers_the_captured_version(void **state)
{
    (void)state;
    static const struct {
        const char *declared;
        const char *captured;
        const char *expected;
    } cases[] = {
        {"1.22", "1.22.1", "1.22.1"},
        {"1.22", NULL, "1.22"},
        {NULL, "1.22.1", "1.22.1"},
        {NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;
        fixture_init(&fixture);
        struct mb_arena *arena = &fixture.arena;
        struct mb_fact fact = {.path = "variants.proxy.version"};
        if (cases[i].declared != NULL) {
            fact.declared = mb_node_string(arena, cases[i].declared);
        }
        if (cases[i].captured != NULL) {
            fact.captured = mb_node_string(arena, cases[i].captured);
        }
        fixture.result.facts = (struct mb_fact_list){0};
        mb_fact_add(arena, &fixture.result.facts, fact);
        extract(&fixture, NULL, 0);
        const struct mb_series_value *value = value_find(&fixture, cpu_proxy);
        assert_non_null(value);
        if (cases[i].expected == NULL) {
            assert_null(value->version);
        } else {
            assert_string_equal(value->version, cases[i].expected);
        }
        fixture_release(&fixture);
    }
}

static void tells_series_apart(void **state)
{
    (void)state;
    static const struct mb_series_key same = {"a", "w", "v", "proxy", "p", "m", NULL};
    static const struct {
        const char *name;
        struct mb_series_key key;
        bool equal;
    } cases[] = {
        {"equal", {"a", "w", "v", "proxy", "p", "m", NULL}, true},
        {"application", {"x", "w", "v", "proxy", "p", "m", NULL}, false},
        {"workload", {"a", "x", "v", "proxy", "p", "m", NULL}, false},
        {"variant", {"a", "w", "x", "proxy", "p", "m", NULL}, false},
        {"name", {"a", "w", "v", "x", "p", "m", NULL}, false},
        {"point", {"a", "w", "v", "proxy", "x", "m", NULL}, false},
        {"metric", {"a", "w", "v", "proxy", "p", "x", NULL}, false},
        {"overhead", {"a", "w", "v", "proxy", "p", "m", "base"}, false},
        {"no name", {"a", "w", "v", "proxy", "p", "m", ""}, false},
        {"moved bytes", {"aw", "", "v", "proxy", "p", "m", NULL}, false},
        {"quotes", {"a\",\"w", "", "v", "proxy", "p", "m", NULL}, false},
    };
    struct mb_arena arena = {0};
    const char *id = mb_series_id(&arena, &same);
    // Stores and links hold it: another one is another scheme.
    assert_string_equal(
        id, "ba4436acc4de80e6950a9244d0f11597665049f261c9e179987032cc82d447fb");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool equal = mb_series_key_equal(&same, &cases[i].key);
        bool named = strcmp(mb_series_id(&arena, &cases[i].key), id) == 0;
        if (equal != cases[i].equal || named != cases[i].equal) {
            fail_msg("%s: equal %d, same id %d", cases[i].name, equal, named);
        }
    }
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_values_and_overheads),
        cmocka_unit_test(takes_what_is_asked_for),
        cmocka_unit_test(leaves_out_what_is_not_known),
        cmocka_unit_test(knows_no_baseline_without_a_spec),
        cmocka_unit_test(prefers_the_captured_version),
        cmocka_unit_test(tells_series_apart),
    };
    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
