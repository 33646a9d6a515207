// What each generator is refused, and that the guide's table says the same.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/file.h"
#include "model/generator.h"

#define S INT64_C(1000000000)
#define RPS INT64_C(1000000)

struct wish {
    enum mb_load_model model;
    int64_t rate_micro_rps;
    int64_t connections;
    enum mb_arrivals arrivals;
    const char *method;
    const char *body;
    bool close;
    bool expect;
    int64_t duration_ns;
    int64_t timeout_ns;
    int64_t warmup_ns;
};

static bool refuse(struct mb_arena *arena, const char *name, struct wish wish,
                   struct mb_generator_refusal *refusal)
{
    static int statuses[] = {200};
    struct mb_workload workload = {
        .name = "w",
        .load_model = wish.model,
        .arrivals = wish.arrivals,
        .connections = &wish.connections,
        .connection_count = 1,
        .rates_micro_rps = &wish.rate_micro_rps,
        .rate_count = 1,
        .duration_ns = wish.duration_ns > 0 ? wish.duration_ns : 10 * S,
        .warmup_ns = wish.warmup_ns,
        .threads = 2,
        .request = {.method = wish.method != NULL ? wish.method : "GET",
                    .path = "",
                    .body = wish.body,
                    .timeout_ns = wish.timeout_ns > 0 ? wish.timeout_ns : 5 * S,
                    .keepalive = !wish.close,
                    .expect_status = statuses,
                    .expect_count = wish.expect ? 1 : 0},
    };
    return mb_generator_refuse(arena, mb_generator_find(name), &workload, refusal);
}

static const struct {
    const char *name;
    struct wish wish;
    const char *key;
    const char *message;
} refused[] = {
    {"wrk",
     {.model = MB_LOAD_OPEN, .rate_micro_rps = RPS, .connections = 8},
     "load_model",
     "wrk makes no open load"},
    {"wrk",
     {.model = MB_LOAD_PACED, .rate_micro_rps = RPS, .connections = 8},
     "load_model",
     "wrk makes no paced load"},
    {"wrk2",
     {.model = MB_LOAD_CLOSED, .rate_micro_rps = -1, .connections = 8},
     "load_model",
     "wrk2 makes no closed load"},
    {"fortio",
     {.model = MB_LOAD_OPEN, .rate_micro_rps = RPS, .connections = 8},
     "load_model",
     "fortio makes no open load"},
    {"hey",
     {.model = MB_LOAD_OPEN, .rate_micro_rps = RPS, .connections = 8},
     "load_model",
     "hey makes no open load"},
    {"h2load",
     {.model = MB_LOAD_PACED, .rate_micro_rps = RPS, .connections = 8},
     "load_model",
     "h2load makes no paced load"},
    {"wrk2",
     {.model = MB_LOAD_OPEN,
      .rate_micro_rps = RPS,
      .connections = 8,
      .arrivals = MB_ARRIVALS_POISSON},
     "arrivals",
     "wrk2 makes no poisson arrivals"},
    {"wrk2",
     {.model = MB_LOAD_OPEN, .rate_micro_rps = RPS / 2, .connections = 8},
     "rate",
     "wrk2 makes no fractions of a request per second"},
    {"hey",
     {.model = MB_LOAD_PACED, .rate_micro_rps = 3000 * RPS, .connections = 8},
     "rate",
     "hey paces each of its 8 connections in whole microseconds, and this rate is none "
     "of those"},
    {"wrk",
     {.model = MB_LOAD_CLOSED, .rate_micro_rps = -1, .connections = 7},
     "connections",
     "wrk gives each thread as many connections, and 7 over 2 threads do not come out "
     "even"},
    {"fortio",
     {.model = MB_LOAD_CLOSED, .rate_micro_rps = -1, .connections = 8, .expect = true},
     "request/expect_status",
     "fortio cannot be told which statuses are good"},
    {"wrk",
     {.model = MB_LOAD_CLOSED, .rate_micro_rps = -1, .connections = 8, .close = true},
     "request/keepalive",
     "wrk cannot do without keep-alive"},
    {"wrk",
     {.model = MB_LOAD_CLOSED, .rate_micro_rps = -1, .connections = 8, .method = "HEAD"},
     "request/method",
     "wrk cannot do HEAD: it waits for a body"},
    {"h2load",
     {.model = MB_LOAD_CLOSED, .rate_micro_rps = -1, .connections = 8, .close = true},
     "request/keepalive",
     "h2load cannot do without keep-alive"},
    {"wrk",
     {.model = MB_LOAD_CLOSED,
      .rate_micro_rps = -1,
      .connections = 8,
      .duration_ns = S / 2},
     "duration",
     "wrk counts 'duration' in whole seconds"},
    {"wrk2",
     {.model = MB_LOAD_OPEN, .rate_micro_rps = RPS, .connections = 8, .warmup_ns = S / 2},
     "warmup",
     "wrk2 counts 'warmup' in whole seconds"},
    {"k6",
     {.model = MB_LOAD_PACED, .rate_micro_rps = RPS, .connections = 8},
     "load_model",
     "k6 makes no paced load"},
    {"nighthawk",
     {.model = MB_LOAD_OPEN, .rate_micro_rps = 3 * RPS, .connections = 8},
     "rate",
     "nighthawk gives each thread as many requests, and 3 per second over 2 threads do "
     "not "
     "come out even"},
    {"nighthawk",
     {.model = MB_LOAD_OPEN, .rate_micro_rps = 4 * RPS, .connections = 8, .body = "x"},
     "request/body",
     "nighthawk cannot be given a body"},
    {"nighthawk",
     {.model = MB_LOAD_PACED, .rate_micro_rps = 4 * RPS, .connections = 8},
     "load_model",
     "nighthawk makes no paced load"},
    {"vegeta",
     {.model = MB_LOAD_CLOSED, .rate_micro_rps = -1, .connections = 8},
     "load_model",
     "vegeta makes no closed load"},
    {"h2load",
     {.model = MB_LOAD_CLOSED,
      .rate_micro_rps = -1,
      .connections = 8,
      .duration_ns = S + 1},
     "duration",
     "h2load counts 'duration' in whole ms"},
    {"hey",
     {.model = MB_LOAD_CLOSED,
      .rate_micro_rps = -1,
      .connections = 8,
      .timeout_ns = S / 2},
     "request/timeout",
     "hey counts 'request/timeout' in whole seconds"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct mb_arena arena = {0};
        struct mb_generator_refusal refusal = {0};
        assert_true(refuse(&arena, refused[i].name, refused[i].wish, &refusal));
        assert_string_equal(refusal.key, refused[i].key);
        assert_string_equal(refusal.message, refused[i].message);
        mb_arena_release(&arena);
    }
}

static const struct {
    const char *name;
    struct wish wish;
} done[] = {
    {"fortio",
     {.model = MB_LOAD_PACED,
      .rate_micro_rps = 333 * RPS + 5,
      .connections = 7,
      .method = "PUT",
      .timeout_ns = 3}},
    {"fortio",
     {.model = MB_LOAD_CLOSED,
      .rate_micro_rps = -1,
      .connections = 7,
      .method = "PUT",
      .body = "x",
      .close = true}},
    {"hey",
     {.model = MB_LOAD_PACED,
      .rate_micro_rps = 1000 * RPS,
      .connections = 8,
      .duration_ns = S / 2,
      .close = true}},
    {"h2load",
     {.model = MB_LOAD_CLOSED,
      .rate_micro_rps = -1,
      .connections = 7,
      .duration_ns = S / 2}},
    {"wrk",
     {.model = MB_LOAD_CLOSED,
      .rate_micro_rps = -1,
      .connections = 8,
      .method = "POST",
      .body = "x"}},
    {"wrk2", {.model = MB_LOAD_OPEN, .rate_micro_rps = 1000 * RPS, .connections = 8}},
    {"k6",
     {.model = MB_LOAD_OPEN,
      .rate_micro_rps = 1000 * RPS,
      .connections = 7,
      .method = "HEAD",
      .close = true,
      .timeout_ns = 3}},
    {"vegeta",
     {.model = MB_LOAD_OPEN,
      .rate_micro_rps = 1000 * RPS,
      .connections = 7,
      .method = "HEAD",
      .close = true,
      .timeout_ns = 3}},
    {"meshbench",
     {.model = MB_LOAD_OPEN,
      .rate_micro_rps = RPS / 3,
      .connections = 7,
      .arrivals = MB_ARRIVALS_POISSON,
      .expect = true,
      .timeout_ns = 3}},
};

static void test_done(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof done / sizeof *done; i++) {
        struct mb_arena arena = {0};
        struct mb_generator_refusal refusal = {0};
        assert_false(refuse(&arena, done[i].name, done[i].wish, &refusal));
        mb_arena_release(&arena);
    }
}

// The rate that is offered instead is one that is accepted.
static void test_near_rate(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_generator_refusal refusal = {0};
    assert_true(refuse(&arena, "hey",
                       (struct wish){.model = MB_LOAD_PACED,
                                     .rate_micro_rps = 7001 * RPS,
                                     .connections = 8},
                       &refusal));
    assert_string_equal(refusal.hint, "near it is 6999.13rps, every 1143us");
    assert_true(refuse(&arena, "hey",
                       (struct wish){.model = MB_LOAD_PACED,
                                     .rate_micro_rps = 7000000 * RPS,
                                     .connections = 1},
                       &refusal));
    assert_string_equal(refusal.hint, "near it is 1e+06rps, every 1us");
    assert_false(refuse(&arena, "hey",
                        (struct wish){.model = MB_LOAD_PACED,
                                      .rate_micro_rps = 6999130000,
                                      .connections = 8},
                        &refusal));
    mb_arena_release(&arena);
}

static void test_names(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    assert_string_equal(
        mb_generator_names(&arena),
        "fortio, h2load, hey, k6, meshbench, nighthawk, vegeta, wrk, wrk2");
    assert_null(mb_generator_find("ab"));
    mb_arena_release(&arena);
}

static const char *yes(bool can)
{
    return can ? "yes" : "no";
}

static const char *models(struct mb_arena *arena, unsigned set)
{
    const char *list = "";
    for (enum mb_load_model model = MB_LOAD_OPEN; model < MB_LOAD_UNKNOWN; model++) {
        if ((set & 1U << model) != 0) {
            list = mb_arena_print(arena, "%s%s%s", list, list[0] != '\0' ? ", " : "",
                                  mb_load_model_name(model));
        }
    }
    return list;
}

static const char *rates(const struct mb_generator *generator)
{
    if ((generator->models & ~(1U << MB_LOAD_CLOSED)) == 0) {
        return "-";
    }
    return generator->rate_divides     ? "whole rps, a multiple of the threads"
           : generator->whole_rate     ? "whole rps"
           : generator->whole_interval ? "whole us between requests"
                                       : "any";
}

static const char *times(const struct mb_generator *generator)
{
    return generator->duration_unit_ns == S  ? "whole seconds"
           : generator->duration_unit_ns > 0 ? "whole ms"
           : generator->timeout_unit_ns > 0  ? "time-out in whole seconds"
                                             : "any";
}

// docs/how-to/use-another-generator.md has a row for each, made of the table.
static void test_guide(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_buf guide = {0};
    struct mb_err err = {0};
    assert_int_equal(
        mb_file_read("docs/how-to/use-another-generator.md", NULL, 1 << 20, &guide, &err),
        MB_OK);
    for (const struct mb_generator *row = mb_generators; row->name != NULL; row++) {
        const char *requests = row->no_body ? "all, without a body"
                               : row->head  ? "all"
                                            : "all but HEAD";
        const char *line = mb_arena_print(
            &arena, "| `%s` | %s | %s | %s | %s | %s | %s |\n", row->name,
            models(&arena, row->models), rates(row), requests, yes(row->close),
            times(row), row->threads_divide ? "a multiple of the threads" : "any");
        if (strstr(mb_buf_string(&guide), line) == NULL) {
            print_error("the guide lacks: %s", line);
            fail();
        }
    }
    mb_buf_release(&guide);
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_done),
        cmocka_unit_test(test_near_rate), cmocka_unit_test(test_names),
        cmocka_unit_test(test_guide),
    };
    return cmocka_run_group_tests_name("generator", tests, NULL, NULL);
}
