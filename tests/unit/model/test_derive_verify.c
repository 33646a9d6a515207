// Verification: the untouched result has no fault; each change of one number in it has
// the fault with its code at its place.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"
#include "fake_result.h"
#include "format/doc.h"
#include "model/derive.h"

#define PART "/cells/1/trials/0/parts/0"

static struct mb_node *parsed(struct mb_arena *arena, const char *text)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_parse(arena, "test.json", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return doc.root;
}

static struct mb_derive_checked verify(struct mb_arena *arena, struct mb_node *root,
                                       struct mb_diag *diag)
{
    struct mb_result result;
    struct mb_err err = {0};
    if (mb_result_from_node(arena, root, &result, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    mb_diag_init(diag, arena);
    struct mb_derive_checked checked = mb_derive_verify(arena, &result, root, diag);
    mb_result_release(&result);
    return checked;
}

static void finds_nothing_in_the_untouched(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_diag diag;
    struct mb_node *root = parsed(&arena, mb_fake_result_text(&arena));
    struct mb_derive_checked checked = verify(&arena, root, &diag);
    for (size_t i = 0; i < diag.count; i++) {
        print_message("%s: %s\n", diag.items[i].pointer, diag.items[i].message);
    }
    assert_int_equal(diag.count, 0);
    assert_int_equal(checked.histograms, 48); // 8 trials with 6 distributions
    assert_int_equal(checked.keys, 7);
    assert_true(checked.numbers > 500);
    mb_arena_release(&arena);
}

struct change {
    const char *name;
    const char *pointer; // of the map, or of the list with a number as key
    const char *key;
    const char *json;
    const char *code;
    const char *at; // pointer of a finding with that code
};

static const struct change changes[] = {
    {"payload damaged", PART "/dist/response", "payload", "\"HISTFAAAAA==\"", "MB519",
     PART "/dist/response/payload"},
    {"payload of another distribution", PART "/dist/response", "payload",
     "\"HISTFAAAAB14nJNpmSzMgADMUJoRyHQz2LGAwf4DRAAATjkESw==\"", "MB520",
     PART "/dist/response/n"},
    {"n one more", PART "/dist/service", "n", "1993", "MB520", PART "/dist/service/n"},
    {"min in another bucket", PART "/dist/service", "min", "3990000", "MB521",
     PART "/dist/service/min"},
    {"max in another bucket", PART "/dist/service", "max", "99000000", "MB521",
     PART "/dist/service/max"},
    {"sum beyond its buckets", PART "/dist/response", "sum", "9000000000", "MB521",
     PART "/dist/response/sum"},
    {"sum below n times min", PART "/dist/response", "sum", "5", "MB521",
     PART "/dist/response/sum"},
    {"an interval's count", PART "/series", "sent", "[1999, 0]", "MB522",
     PART "/series/sent"},
    {"a derived percentile", "/derived/cells/1/response_time_ms", "p50", "4.2", "MB601",
     "/derived/cells/1/response_time_ms/p50"},
    {"a percentile that is not supported", "/derived/cells/1/response_time_ms", "p99.9",
     "9.5", "MB601", "/derived/cells/1/response_time_ms/p99.9"},
    {"a known number made unknown", "/derived/cells/0", "achieved_rps", "null", "MB601",
     "/derived/cells/0/achieved_rps"},
    {"a trial's number", "/derived/cells/2/trials/1", "errors", "1", "MB601",
     "/derived/cells/2/trials/1/errors"},
    {"a name", "/derived/cells/2", "variant", "\"proxy\"", "MB601",
     "/derived/cells/2/variant"},
    {"fewer cells", "/derived", "cells", "[]", "MB601", "/derived/cells"},
    {"another type", "/derived", "cells", "{}", "MB601", "/derived/cells"},
    {"a key", "/keys", "environment",
     "\"0000000000000000000000000000000000000000000000000000000000000000\"", "MB602",
     "/keys/environment"},
    {"a key of a variant", "/keys/variants", "proxy",
     "\"0000000000000000000000000000000000000000000000000000000000000000\"", "MB602",
     "/keys/variants/proxy"},
    {"a key that is not there", "/keys", "workloads", "{}", "MB602",
     "/keys/workloads/steady"},
    {"the resolved spec", "/spec/resolved/workloads/0", "duration", "\"3s\"", "MB602",
     "/keys/workloads/steady"},
    {"a resolved spec that is none", "/spec/resolved", "workloads", "7", "MB602",
     "/spec/resolved"},
    {"a fact", "/facts/0", "captured", "\"Better CPU\"", "MB602", "/keys/environment"},
    {"raw data under derived numbers", "/cells/0/trials/0/parts/0", "elapsed_ns",
     "1000000000", "MB601", "/derived/cells/0/achieved_rps"},
    {"a resource", "/cells/0/trials/0/resources/0", "cpu_end_ns", "500000001", "MB601",
     "/derived/cells/0/cpu_per_request_us/application"},
};

static bool found(const struct mb_diag *diag, const char *code, const char *pointer)
{
    for (size_t i = 0; i < diag->count; i++) {
        if (strcmp(diag->items[i].code, code) == 0 &&
            strcmp(diag->items[i].pointer, pointer) == 0) {
            assert_int_equal(diag->items[i].severity, MB_SEVERITY_ERROR);
            return true;
        }
    }
    return false;
}

static void finds_each_change(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    const char *text = mb_fake_result_text(&arena);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const struct change *change = &changes[i];
        struct mb_arena scratch = {0};
        struct mb_diag diag;
        struct mb_node *root = parsed(&scratch, text);
        struct mb_node *map = mb_node_at(root, change->pointer);
        assert_non_null(map);
        mb_node_set(
            &scratch, map, change->key,
            change->json[0] == '{' || change->json[0] == '['
                ? parsed(&scratch, change->json)
                : mb_node_find(parsed(&scratch, mb_arena_print(&scratch, "{\"v\": %s}",
                                                               change->json)),
                               "v"));
        (void)verify(&scratch, root, &diag);
        if (!found(&diag, change->code, change->at)) {
            fail_msg("%s: no %s at '%s'; %zu findings, first %s '%s'", change->name,
                     change->code, change->at, diag.count,
                     diag.count > 0 ? diag.items[0].code : "-",
                     diag.count > 0 ? diag.items[0].pointer : "-");
        }
        mb_arena_release(&scratch);
    }
    mb_arena_release(&arena);
}

// Keys that only one side has are another minor version's business.
static void tolerates_other_versions(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_diag diag;
    struct mb_node *root = parsed(&arena, mb_fake_result_text(&arena));
    struct mb_node *cell = mb_node_at(root, "/derived/cells/0");
    mb_node_put(&arena, cell, "from_the_future", mb_node_int(&arena, 1));
    mb_node_set(&arena, mb_node_find(root, "keys"), "scheme", mb_node_int(&arena, 99));
    (void)verify(&arena, root, &diag);
    assert_int_equal(diag.count, 0);
    mb_node_set(&arena, root, "derived", mb_node_null(&arena));
    struct mb_derive_checked checked = verify(&arena, root, &diag);
    assert_int_equal(diag.count, 0);
    assert_int_equal(checked.numbers, 0);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_nothing_in_the_untouched),
        cmocka_unit_test(finds_each_change),
        cmocka_unit_test(tolerates_other_versions),
    };
    return cmocka_run_group_tests_name("derive_verify", tests, NULL, NULL);
}
