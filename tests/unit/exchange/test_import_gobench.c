#include "import_fixture.h"

static void recorded(void **state)
{
    (void)state;
    struct import_fixture fixture;
    const struct mb_import_run *run = import_file(&fixture, "gobench/gobench.txt", 4);
    assert_string_equal(run[0].workload, "Format/digits=1-2");
    assert_string_equal(run[1].workload, "Format/digits=1-2");
    assert_string_equal(run[3].workload, "Format/digits=9-2");
    assert_int_equal(run->part.counts.ok, 20000);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_SUMMARY);
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].n, 20000);
    assert_string_equal(run->facts.items[2].path, "run.goos");
    assert_string_equal(run->facts.items[5].path, "environment.host.cpu_model");
    import_release(&fixture);
}

// Metrics of its own, output between, values in exponents, a later configuration.
static void metrics(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "BenchmarkGet-8  100  2.5e+03 ns/op  1500 p50-ns/op  9000 p99.9-ns  "
                    "7 req/s\nsome noise\nBenchmarkAlone\nBenchmark 1 2 ns/op\n"
                    "commit: abc\nBenchmarkNone-8  0  0 ns/op\n"),
        MB_OK);
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(run->workload, "Get-8");
    assert_int_equal(dist->type, MB_DIST_QUANTILES);
    assert_int_equal(dist->sum, 250000);
    assert_int_equal(import_quantile(dist, 500000000), 1500);
    assert_int_equal(import_quantile(dist, 999000000), 9000);
    assert_int_equal(run->facts.count, 1);
    run++;
    assert_int_equal(run->part.dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_string_equal(run->facts.items[0].path, "run.commit");
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"BenchmarkA 1 5 ns/op\nBenchmarkB 1 NaN ns/op\n",
         "a value of the benchmark is no number with a unit"},
        {"BenchmarkA 1 5 ns/op\nBenchmarkB 1 5\n",
         "a value of the benchmark is no number with a unit"},
        {"BenchmarkA 1 5 ns/op\nBenchmarkB 1 5 B/op\n", "the benchmark has no 'ns/op'"},
        {"BenchmarkA 1 5 ns/op\nBenchmarkB 1000 1e15 ns/op\n",
         "the benchmark took longer than can be"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        assert_string_equal(fixture.err.message, cases[i].message);
        assert_int_equal(fixture.err.line, 2);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
        cmocka_unit_test(metrics),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_gobench", tests, NULL, NULL);
}
