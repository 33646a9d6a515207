// What is exported, an importer reads back; what a result lacks is refused by name; names
// from input never leave the folder or become formulas.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exchange/export.h"
#include "exchange/import.h"
#include "fake_result.h"
#include "format/doc.h"
#include "model/derive.h"

struct bench {
    struct mb_arena arena;
    struct mb_result result;
    struct mb_export export;
    struct mb_import import;
    struct mb_err err;
};

static void bench_init(struct bench *bench)
{
    *bench = (struct bench){.export = {.digest = "0123"}};
    mb_fake_result_build(&bench->arena, &bench->result);
    bench->export.arena = &bench->arena;
    bench->export.result = &bench->result;
    bench->import.arena = &bench->arena;
}

static void bench_release(struct bench *bench)
{
    mb_export_release(&bench->export);
    mb_import_release(&bench->import);
    mb_result_release(&bench->result);
    mb_arena_release(&bench->arena);
}

static void export_ok(struct bench *bench, const char *to, size_t files)
{
    if (mb_export(&bench->export, to, &bench->err) != MB_OK) {
        fail_msg("%s: %s", to, bench->err.message);
    }
    if (bench->export.file_count != files) {
        fail_msg("%s: %zu files, not %zu", to, bench->export.file_count, files);
    }
}

static const char *text_of(const struct bench *bench, size_t file)
{
    return mb_buf_string(&bench->export.files[file].text);
}

// Reads a file back with the importer that claims it, and expects so many runs.
static struct mb_import_run *import_back(struct bench *bench, size_t file, size_t runs)
{
    const struct mb_export_file *from = &bench->export.files[file];
    const struct mb_importer *importer = NULL;
    struct mb_input *input = NULL;
    size_t before = bench->import.count;
    assert_int_equal(mb_input_open_bytes(from->name, from->text.data, from->text.size,
                                         &input, &bench->err),
                     MB_OK);
    enum mb_status status =
        mb_import_read(&bench->import, input, NULL, &importer, &bench->err);
    mb_input_free(input);
    if (status != MB_OK) {
        fail_msg("%s: %s", from->name, bench->err.message);
    }
    assert_int_equal(bench->import.count - before, runs);
    return &bench->import.runs[before];
}

static void has_note(const struct bench *bench, const char *part)
{
    for (size_t i = 0; i < bench->export.note_count; i++) {
        if (strstr(bench->export.notes[i], part) != NULL) {
            return;
        }
    }
    fail_msg("no note says '%s'", part);
}

// 'proxy' at 1000 rps, both blocks: 8 of 4000 timed out, 8 got 503.
enum { PROXY_STEADY = 1 };

static void fortio_round(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    export_ok(&bench, "fortio", 4);
    assert_string_equal(bench.export.files[PROXY_STEADY].name,
                        "proxy-steady-c16-r1000.json");
    has_note(&bench, "no open load");
    has_note(&bench, "timed out");
    const struct mb_import_run *run = import_back(&bench, PROXY_STEADY, 1);
    assert_string_equal(run->name, "proxy");
    assert_int_equal(run->point.connections, 16);
    assert_int_equal(run->point.rate_micro_rps, 1000000000);
    assert_int_equal(run->point.timeout_ns, 1000000000);
    assert_int_equal(run->window_ns, INT64_C(4000000000));
    assert_int_equal(run->part.counts.intended, 4000);
    assert_int_equal(run->part.counts.ok, 3984);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_STATUS], 8);
    assert_int_equal(run->part.counts.errors_by_kind[MB_ERROR_OTHER], 8);
    const struct mb_dist *service = &run->part.dist[MB_DIST_SERVICE];
    struct mb_merged merged;
    assert_int_equal(mb_merged_cell(&bench.result.cells[PROXY_STEADY], MB_DIST_SERVICE,
                                    &merged, &bench.err),
                     MB_OK);
    int32_t position = 0;
    struct mb_dist_bucket bucket;
    for (size_t i = 0; i < service->count; i++) {
        assert_true(
            mb_hdr_next(merged.hdr, &position, &bucket.low, &bucket.high, &bucket.n));
        assert_int_equal(service->buckets[i].n, bucket.n);
        // The first bucket is cut to the least value.
        assert_int_equal(service->buckets[i].low, i > 0 ? bucket.low : merged.min);
        assert_true(service->buckets[i].high == bucket.high || i + 1 == service->count);
    }
    assert_false(
        mb_hdr_next(merged.hdr, &position, &bucket.low, &bucket.high, &bucket.n));
    assert_int_equal(service->n, merged.n);
    assert_int_equal(service->sum, merged.sum);
    mb_merged_release(&merged);
    bench_release(&bench);
}

// Without statuses nothing is said of them, and the importer does not take that for none.
static void fortio_without_statuses(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    for (size_t i = 0; i < bench.result.cells[0].trial_count; i++) {
        bench.result.cells[0].trials[i].parts[0].counts.status_count = 0;
    }
    export_ok(&bench, "fortio", 4);
    has_note(&bench, "return codes are left out");
    assert_null(strstr(text_of(&bench, 0), "RetCodes"));
    assert_null(strstr(text_of(&bench, 0), "RunType"));
    const struct mb_import_run *run = import_back(&bench, 0, 1);
    assert_int_equal(run->part.counts.completed, 4000);
    assert_int_equal(run->part.counts.ok, 4000);
    bench_release(&bench);
}

static void meshery_round(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    export_ok(&bench, "meshery", 1);
    const struct mb_import_run *runs = import_back(&bench, 0, 4);
    assert_string_equal(runs[PROXY_STEADY].name, "proxy");
    assert_int_equal(runs[PROXY_STEADY].part.counts.ok, 3984);
    assert_non_null(strstr(text_of(&bench, 0), "\"mesh\": \"nginx\""));
    bench_release(&bench);
}

static void smp_round(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    export_ok(&bench, "smp", 8);
    const struct mb_cell *cell = &bench.result.cells[PROXY_STEADY];
    const struct mb_import_run *run = import_back(&bench, 2, 1);
    assert_string_equal(bench.export.files[2].name, "proxy-steady-c16-r1000-b1.json");
    assert_int_equal(run->start_unix_ns, cell->trials[0].start_unix_ns);
    assert_int_equal(run->window_ns, cell->trials[0].window_ns);
    assert_int_equal(run->part.counts.completed, 1996);
    static const char *const names[] = {"response_time.p50", "response_time.p90",
                                        "response_time.p99"};
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    assert_int_equal(dist->count, 3);
    for (size_t i = 0; i < 3; i++) {
        struct mb_metric metric;
        assert_true(mb_metric_parse(names[i], &metric));
        struct mb_value value = mb_derive_trial(cell, &cell->trials[0], &metric);
        assert_int_equal(value.state, MB_VALUE_KNOWN);
        assert_int_equal(dist->quantiles[i].value, (int64_t)value.value);
    }
    assert_int_equal(dist->max, -1); // among timed-out requests
    has_note(&bench, "'max' is left out");
    bench_release(&bench);
}

static void hgrm_round(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    export_ok(&bench, "hgrm", 4);
    has_note(&bench, "8 requests that timed out");
    bench.import.unit_ns = 1000000;
    const struct mb_import_run *run = import_back(&bench, PROXY_STEADY, 1);
    const struct mb_dist *dist = &run->part.dist[MB_DIST_RESPONSE];
    struct mb_merged merged;
    assert_int_equal(mb_merged_cell(&bench.result.cells[PROXY_STEADY], MB_DIST_RESPONSE,
                                    &merged, &bench.err),
                     MB_OK);
    int32_t position = 0;
    struct mb_dist_bucket bucket;
    for (size_t i = 0; i < dist->count; i++) {
        assert_true(
            mb_hdr_next(merged.hdr, &position, &bucket.low, &bucket.high, &bucket.n));
        assert_int_equal(dist->buckets[i].n, bucket.n);
        assert_int_equal(dist->buckets[i].high, bucket.high);
    }
    assert_int_equal(dist->n, merged.n);
    mb_merged_release(&merged);
    bench_release(&bench);
}

static void hlog_round(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    export_ok(&bench, "hlog", 1);
    bench.import.unit_ns = 1;
    const struct mb_import_run *runs = import_back(&bench, 0, 4);
    assert_string_equal(runs[PROXY_STEADY].name, "proxy-steady-c16-r1000");
    const struct mb_cell *cell = &bench.result.cells[PROXY_STEADY];
    assert_int_equal(runs[PROXY_STEADY].start_unix_ns, cell->trials[0].start_unix_ns);
    const struct mb_hdr *hdr = runs[PROXY_STEADY].part.dist[MB_DIST_RESPONSE].hdr;
    struct mb_merged merged;
    assert_int_equal(mb_merged_cell(cell, MB_DIST_RESPONSE, &merged, &bench.err), MB_OK);
    assert_int_equal(hdr->count, merged.hdr->count);
    assert_memory_equal(hdr->counts, merged.hdr->counts,
                        (size_t)hdr->counts_size * sizeof *hdr->counts);
    mb_merged_release(&merged);
    bench_release(&bench);
}

static void several(void **state)
{
    (void)state;
    static const struct {
        const char *to;
        size_t files;
        const char *part; // of the last file
    } cases[] = {
        {"csv", 1, ",response_time.max,ns,,more_than,1000000000.0\r\n"},
        {"csv", 1, ",response_time.p99.9,ns,,too_few,\r\n"},
        {"csv-wide", 1, ",throughput_rps,error_ratio,"},
        {"gobench", 1,
         "BenchmarkLoad/variant=proxy/workload=steady/model=open/rate=1000/"
         "connections=16 "
         "1996 "},
        {"openmetrics", 1, "\n# EOF\n"},
        {"openmetrics", 1,
         "meshbench_requests{variant=\"proxy\",workload=\"steady\",connections=\"16\","
         "load_model=\"open\",rate_rps=\"1000\",state=\"failed\"} 16.0\n"},
        {"otava", 5, "file: proxy-steady-c16-r1000.csv\n"},
        {"junit", 1, "tests=\"8\" failures=\"0\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        bench_init(&bench);
        export_ok(&bench, cases[i].to, cases[i].files);
        const char *text = text_of(&bench, cases[i].files - 1);
        if (strstr(text, cases[i].part) == NULL) {
            fail_msg("%s: no '%s' in it:\n%.2000s", cases[i].to, cases[i].part, text);
        }
        bench_release(&bench);
    }
}

static void hostile_names(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    bench.result.cells[0].variant = "../../etc/=x";
    bench.result.cells[1].variant = "..\\..\\ETC/\"=x";
    export_ok(&bench, "fortio", 4);
    assert_string_equal(bench.export.files[0].name, "etc-x-steady-c16-r1000.json");
    assert_string_equal(bench.export.files[1].name, "ETC-x-steady-c16-r1000-2.json");
    bench_release(&bench);

    static const struct {
        const char *to;
        const char *variant;
        const char *part;
    } cases[] = {
        {"csv", "=cmd|' /C calc'!A0,x", ",\"'=cmd|' /C calc'!A0,x\",steady,"},
        {"csv-wide", "@SUM(1)\n2", ",\"'@SUM(1)\\x0a2\",steady,"},
        {"openmetrics", "a\"b\\c\nd", "variant=\"a\\\"b\\\\c\\\\x0ad\""},
        {"gobench", "a b/c=d\n", "/variant=a_b_c_d_/workload="},
        {"junit", "<a>&", "&#39;&lt;a&gt;&amp;&#39;"},
        {"hlog", "a,b c", "\nTag=a-b-c-steady-c16-r1000,"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench_init(&bench);
        bench.result.cells[0].variant = cases[i].variant;
        export_ok(&bench, cases[i].to, 1);
        if (strstr(text_of(&bench, 0), cases[i].part) == NULL) {
            fail_msg("%s: no '%s' in it:\n%.2000s", cases[i].to, cases[i].part,
                     text_of(&bench, 0));
        }
        bench_release(&bench);
    }
}

// Every distribution of the result becomes three percentiles, and every time unknown.
static void impoverish(struct bench *bench, size_t cells)
{
    for (size_t i = 0; i < cells; i++) {
        struct mb_cell *cell = &bench->result.cells[i];
        for (size_t j = 0; j < cell->trial_count; j++) {
            struct mb_part *part = &cell->trials[j].parts[0];
            cell->trials[j].start_unix_ns = 0;
            part->counts.errors_by_kind[MB_ERROR_TIMEOUT] = 0;
            for (int k = 0; k < MB_DIST_METRICS; k++) {
                mb_dist_close(&part->dist[k]);
                part->dist[k] = mb_dist_absent("not known");
            }
            struct mb_dist few = {
                .type = MB_DIST_QUANTILES, .n = -1, .sum = -1, .min = -1, .max = -1};
            few.quantiles = mb_arena_alloc(&bench->arena, 1, sizeof *few.quantiles);
            few.quantiles[few.count++] = (struct mb_dist_quantile){990000000, 5000000};
            part->dist[MB_DIST_SERVICE] = few;
        }
    }
}

static void lacking(void **state)
{
    (void)state;
    static const struct {
        const char *to;
        const char *says; // NULL: can say it
    } cases[] = {
        {"fortio", "percentiles only"},
        {"meshery", "percentiles only"},
        {"hgrm", "percentiles only"},
        {"hlog", "when it ran"},
        {"otava", "when each trial"},
        {"smp", NULL},
        {"csv", NULL},
        {"csv-wide", NULL},
        {"gobench", NULL},
        {"openmetrics", NULL},
        {"junit", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t cells = 1; cells <= 4; cells += 3) {
            struct bench bench;
            bench_init(&bench);
            bench.export.options.trials = true;
            impoverish(&bench, cells);
            enum mb_status status = mb_export(&bench.export, cases[i].to, &bench.err);
            bool all = cells == 4;
            enum mb_status expected = all && cases[i].says != NULL ? MB_INVALID : MB_OK;
            if (status != expected) {
                fail_msg("%s, %zu cells: status %d: %s", cases[i].to, cells, status,
                         bench.err.message);
            }
            if (cases[i].says != NULL && all) {
                assert_non_null(strstr(bench.err.message, cases[i].says));
            } else if (cases[i].says != NULL) {
                has_note(&bench, cases[i].says);
            }
            bench_release(&bench);
        }
    }
}

static void outcomes(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    const struct mb_export_gate gates[] = {
        {&bench.result.cells[0], "response_time.p99", "3 ms, at most 5 ms",
         MB_EXPORT_PASSED},
        {&bench.result.cells[1], "response_time.p99", "6 ms, at most 5 ms",
         MB_EXPORT_FAILED},
    };
    bench.export.gates = gates;
    bench.export.gate_count = 2;
    bench.result.cells[0].trials[0].status = MB_TRIAL_PARTIAL;
    bench.result.cells[0].trials[0].reason = "interrupted";
    bench.result.cells[0].trials[1].status = MB_TRIAL_DISCARDED;
    bench.result.cells[0].trials[1].reason = "noisy";
    bench.result.cells[1].trials[0].parts[0].counts.ok = 0;
    export_ok(&bench, "junit", 1);
    static const char *const parts[] = {
        "tests=\"10\" failures=\"3\" errors=\"0\" skipped=\"1\"",
        "<failure type=\"partial\" message=\"interrupted\"/>",
        "<failure type=\"errors\" message=\"no request succeeded\"/>",
        "<skipped message=\"noisy\"/>",
        "<failure type=\"gate\" message=\"6 ms, at most 5 ms\"/>"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strstr(text_of(&bench, 0), parts[i]) == NULL) {
            fail_msg("no '%s' in it:\n%s", parts[i], text_of(&bench, 0));
        }
    }
    bench_release(&bench);
}

static void names(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench);
    assert_int_equal(mb_export(&bench.export, "fortoi", &bench.err), MB_USAGE);
    assert_non_null(strstr(bench.err.hint, "fortio"));
    assert_null(mb_exporter_find("nothing"));
    for (size_t i = 0; mb_exporters[i] != NULL; i++) {
        assert_ptr_equal(mb_exporter_find(mb_exporters[i]->name), mb_exporters[i]);
        assert_non_null(mb_exporters[i]->lost);
    }
    bench_release(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fortio_round),  cmocka_unit_test(fortio_without_statuses),
        cmocka_unit_test(meshery_round), cmocka_unit_test(smp_round),
        cmocka_unit_test(hgrm_round),    cmocka_unit_test(hlog_round),
        cmocka_unit_test(several),       cmocka_unit_test(hostile_names),
        cmocka_unit_test(lacking),       cmocka_unit_test(outcomes),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests_name("exchange/export", tests, NULL, NULL);
}
