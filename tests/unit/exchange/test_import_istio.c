// The table of istio/tools: columns in any order, what may be missing, and what is wrong.
#include "import_fixture.h"

static void table(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "# source: a comment\n"
                    "Labels,StartTime,ActualDuration,NumThreads,ActualQPS,p999,p50,p90,"
                    "cpu_mili_avg_istio_proxy_fortioclient,mem_Mi_avg_istio_proxy_"
                    "fortioclient,mem_MB_max_ingressgateway_proxy\n"
                    "ab_qps_10_c_16_1024_none_mtls_both,2020-08-12T08:44:44.445810184Z,"
                    "240,16,9.5,3000,1000,2000,250.5,70,80\n"
                    "other,,240,16,,,1000,-,,,\n"),
        MB_OK);
    assert_string_equal(fixture.importer->name, "istio");
    assert_int_equal(fixture.import.count, 2);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_SERVICE];
    assert_string_equal(run->variant, "none_mtls_both");
    assert_string_equal(run->workload, "payload-1024");
    assert_int_equal(run->point.rate_micro_rps, 10000000);
    assert_int_equal(run->point.connections, 16);
    assert_int_equal(run->point.load_model, MB_LOAD_PACED);
    assert_int_equal(run->window_ns, INT64_C(240000000000));
    assert_int_equal(run->part.counts.completed, 2280);
    assert_int_equal(dist->count, 3);
    assert_int_equal(import_quantile(dist, 999000000), 3000000);
    assert_true(dist->mixed);
    assert_int_equal(run->resource_count, 2);
    assert_int_equal(run->resources[0].role, MB_ROLE_DATA_PLANE);
    assert_int_equal(run->resources[0].cpu_end_ns, INT64_C(60120000000));
    assert_int_equal(run->resources[0].rss_max_bytes, -1);
    assert_int_equal(run->resources[1].role, MB_ROLE_OTHER);
    assert_int_equal(run->resources[1].rss_max_bytes, INT64_C(80) << 20);
    run++;
    assert_null(run->variant);
    assert_string_equal(run->name, "other");
    assert_int_equal(run->point.load_model, MB_LOAD_UNKNOWN);
    assert_int_equal(run->part.counts.completed, -1);
    assert_int_equal(run->resource_count, 0);
    import_release(&fixture);
}

static void documents(void **state)
{
    (void)state;
    struct import_fixture fixture;
    assert_int_equal(
        import_text(&fixture,
                    "{\"Labels\": \"a_qps_10_c_1_64_both\", \"RequestedQPS\": \"max\", "
                    "\"ActualQPS\": 10, \"NumThreads\": 1, \"ActualDuration\": 2, "
                    "\"min\": 5, \"max\": 9, \"p50\": 7, \"errorPercent\": 0.0}\n"),
        MB_OK);
    const struct mb_import_run *run = fixture.import.runs;
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(run->point.load_model, MB_LOAD_CLOSED);
    assert_int_equal(run->point.rate_micro_rps, -1);
    assert_int_equal(dist->min, 5000);
    assert_int_equal(dist->max, 9000);
    assert_false(dist->mixed);
    import_release(&fixture);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
        int line;
    } cases[] = {
        {"Labels,NumThreads,ActualQPS,p50,p90\na,1,2,-3,4\n", "'-3' is no p50", 2},
        {"Labels,NumThreads,ActualQPS,p50,p90\na,1,2,3\n", "it has 4 columns, not 5", 2},
        {"Labels,NumThreads,ActualQPS,p50,p90,StartTime\na,1,2,3,4,noon\n",
         "'noon' is no StartTime", 2},
        {"Labels,NumThreads,ActualQPS,p50,p90,p75\na,1,2,3,5,6\n",
         "p90 is less than a lower percentile", 2},
        {"Labels,NumThreads,ActualQPS,p50,p90\n\na,1,1e300,3,4\n",
         "'1e300' is no ActualQPS", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_fixture fixture;
        assert_int_equal(import_text(&fixture, cases[i].text), MB_INVALID);
        assert_string_equal(fixture.err.message, cases[i].message);
        assert_int_equal(fixture.err.line, cases[i].line);
        import_release(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(documents),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests_name("exchange/import_istio", tests, NULL, NULL);
}
