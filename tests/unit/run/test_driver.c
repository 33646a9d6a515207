// Drivers with shell scripts in place of the load tools: what they are asked, what
// becomes of their output, and that nothing of them is left, however they end.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/units.h"
#include "run/driver.h"

#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

enum { LOOKS = 2000 }; // 5 ms apart

struct bench {
    struct mb_arena arena;
    char *bin;           // holds the fake tools
    char *temp;          // TMPDIR of the drivers: empty between trials
    const char *log;     // what the fake was asked
    const char *path;    // PATH before
    int64_t patience_ns; // of the drivers
    struct mb_load_driver driver;
    struct mb_header headers[2];
    struct mb_request request;
    struct mb_load_plan plan;
    struct mb_load_observer observer;
    struct mb_part part;
    struct mb_err err;
};

static int set_up(void **state)
{
    struct bench *bench = test_calloc(1, sizeof *bench);
    *state = bench;
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1); // orphans become ours, to be seen
    assert_int_equal(
        mb_file_make_temp_dir(&bench->arena, "driver", &bench->bin, &bench->err), MB_OK);
    assert_int_equal(
        mb_file_make_temp_dir(&bench->arena, "driver", &bench->temp, &bench->err), MB_OK);
    bench->log = mb_file_join(&bench->arena, bench->bin, "log");
    bench->path = mb_arena_copy_string(&bench->arena, getenv("PATH"));
    (void)setenv("PATH", mb_arena_print(&bench->arena, "%s:%s", bench->bin, bench->path),
                 1);
    (void)setenv("TMPDIR", bench->temp, 1);
    (void)setenv("LOG", bench->log, 1);
    (void)setenv("FIXTURES",
                 mb_arena_print(&bench->arena, "%s/fixtures/imports",
                                getcwd(mb_arena_alloc(&bench->arena, 4096, 1), 4096)),
                 1);
    bench->patience_ns = 20 * S;
    bench->headers[0] = (struct mb_header){"X-Test", "a \"b\""};
    bench->headers[1] = (struct mb_header){"Host", "shop"};
    bench->request = (struct mb_request){.method = "GET",
                                         .path = "/a?b=c",
                                         .headers = bench->headers,
                                         .header_count = 2,
                                         .timeout_ns = 5 * S,
                                         .keepalive = true};
    bench->plan = (struct mb_load_plan){.url = "http://127.0.0.1:9",
                                        .request = &bench->request,
                                        .protocol = "http1",
                                        .load_model = MB_LOAD_CLOSED,
                                        .connections = 8,
                                        .rate_micro_rps = -1,
                                        .duration_ns = 2 * S,
                                        .threads = 2,
                                        .first_cpu = -1};
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    (void)setenv("PATH", bench->path, 1);
    (void)unsetenv("TMPDIR");
    mb_part_release(&bench->part);
    assert_int_equal(mb_file_remove_tree(bench->bin, &bench->err), MB_OK);
    assert_int_equal(mb_file_remove_tree(bench->temp, &bench->err), MB_OK);
    mb_arena_release(&bench->arena);
    test_free(bench);
    return 0;
}

// A tool that notes its process id and what it was asked (without the folder of the run),
// then does `body`.
static void fake(struct bench *bench, const char *name, const char *body)
{
    const char *text =
        mb_arena_print(&bench->arena,
                       "#!/bin/sh\n"
                       "case \"$*\" in -v|version|--version|-version) echo \"$0 v1.2.3 "
                       "[x]\"; exit;; esac\n"
                       "echo $$ >\"$LOG.pid\"\n"
                       "for word; do case $word in *meshbench-driver*) word=FILE;; esac\n"
                       "printf '%%s ' \"$word\"; done >>\"$LOG\"; echo >>\"$LOG\"\n"
                       "%s\n",
                       body);
    const char *path = mb_file_join(&bench->arena, bench->bin, name);
    assert_int_equal(mb_file_write(path, text, strlen(text), &bench->err), MB_OK);
    assert_int_equal(chmod(path, 0700), 0);
}

static enum mb_status run(struct bench *bench, const char *name)
{
    struct mb_err err = {0};
    bench->err = err;
    assert_int_equal(mb_driver_open(&bench->arena, mb_generator_find(name),
                                    bench->patience_ns, &bench->driver, &bench->err),
                     MB_OK);
    return bench->driver.run(bench->driver.state, &bench->arena, &bench->plan,
                             &bench->observer, &bench->part, &bench->err);
}

static const char *logged(struct bench *bench, const char *suffix)
{
    struct mb_buf text = {0};
    const char *path = mb_arena_print(&bench->arena, "%s%s", bench->log, suffix);
    assert_int_equal(mb_file_read(path, NULL, 1 << 20, &text, &bench->err), MB_OK);
    const char *copy = mb_arena_copy_string(&bench->arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return copy;
}

static bool group_is_gone(pid_t group)
{
    const struct timespec span = {.tv_nsec = 5 * MS};
    for (int i = 0; i < LOOKS; i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
        if (kill(-group, 0) != 0 && errno == ESRCH) {
            return true;
        }
        (void)nanosleep(&span, NULL);
    }
    return false;
}

// Nothing runs any more, and no file is left.
static void expect_nothing_left(struct bench *bench)
{
    const char *text = logged(bench, ".pid");
    struct mb_err err = {0};
    int64_t group = 0;
    assert_int_equal(
        mb_units_parse_int(mb_arena_copy_bytes(&bench->arena, text, strcspn(text, "\n")),
                           1, INT32_MAX, &group, &err),
        MB_OK);
    assert_true(group_is_gone((pid_t)group));
    assert_int_equal(rmdir(bench->temp), 0); // empty
    assert_int_equal(mkdir(bench->temp, 0700), 0);
}

// --- what a trial becomes ---

static void test_wrk(void **state)
{
    struct bench *bench = *state;
    fake(bench, "wrk", "cat \"$FIXTURES/wrk/wrk.txt\"");
    bench->plan.warmup_ns = S;
    assert_int_equal(run(bench, "wrk"), MB_OK);
    assert_string_equal(bench->driver.name, "wrk");
    assert_string_equal(bench->driver.version, "1.2.3");
    const struct mb_part *part = &bench->part;
    assert_string_equal(part->generator_name, "wrk");
    assert_string_equal(part->generator_version, "1.2.3");
    assert_string_equal(part->worker, "local");
    assert_int_equal(part->load_model, MB_LOAD_CLOSED);
    assert_int_equal(part->co_handling, MB_CO_BACKFILLED);
    assert_int_equal(part->threads, 2);
    assert_int_equal(part->window_ns, 2 * S);
    assert_true(part->counts.completed > 0);
    assert_true(part->cpu_ns >= 0);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_QUANTILES);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_string_equal(logged(bench, ""), "-t2 -c8 -d1s --timeout 5s -s FILE "
                                           "http://127.0.0.1:9/a?b=c \n"
                                           "-t2 -c8 -d2s --timeout 5s -s FILE "
                                           "http://127.0.0.1:9/a?b=c \n");
    expect_nothing_left(bench);
}

static void test_wrk2(void **state)
{
    struct bench *bench = *state;
    fake(bench, "wrk2", "cat \"$FIXTURES/wrk/wrk2-both.txt\"");
    bench->plan.load_model = MB_LOAD_OPEN;
    bench->plan.rate_micro_rps = 500000000;
    bench->plan.duration_ns = 3 * S;
    assert_int_equal(run(bench, "wrk2"), MB_OK);
    const struct mb_part *part = &bench->part;
    assert_string_equal(part->generator_name, "wrk2");
    assert_int_equal(part->load_model, MB_LOAD_OPEN);
    assert_int_equal(part->co_handling, MB_CO_INTENDED);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_BUCKETS);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_BUCKETS);
    expect_nothing_left(bench);
}

static void test_paced_has_service_times(void **state)
{
    struct bench *bench = *state;
    fake(bench, "hey", "cat \"$FIXTURES/hey/hey.csv\"");
    bench->plan.load_model = MB_LOAD_PACED;
    bench->plan.rate_micro_rps = 200000000;
    assert_int_equal(run(bench, "hey"), MB_OK);
    const struct mb_part *part = &bench->part;
    assert_int_equal(part->load_model, MB_LOAD_PACED);
    assert_int_equal(part->co_handling, MB_CO_NONE);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_HDR);
    // It does not say its version.
    assert_non_null(strstr(part->generator_version, "sha256:"));
    expect_nothing_left(bench);
}

static void test_fortio(void **state)
{
    struct bench *bench = *state;
    fake(bench, "fortio",
         "while [ \"$1\" != -json ]; do shift; done; cp \"$FIXTURES/fortio/$COPY\" "
         "\"$2\"");
    (void)setenv("COPY", "http-max.json", 1);
    assert_int_equal(run(bench, "fortio"), MB_OK);
    assert_int_equal(bench->part.dist[MB_DIST_RESPONSE].type, MB_DIST_BUCKETS);
    assert_true(bench->part.counts.ok > 0);
    expect_nothing_left(bench);
    mb_part_release(&bench->part);
    (void)setenv("COPY", "tcp.json.gone", 1);
    assert_int_equal(run(bench, "fortio"), MB_FAILED);
    assert_non_null(strstr(bench->err.message, "fortio failed with status 1"));
    expect_nothing_left(bench);
}

// A request that k6 could not send since all its users were busy is an error.
static void test_k6(void **state)
{
    struct bench *bench = *state;
    fake(bench, "k6",
         "while [ \"$1\" != --out ]; do shift; done\n"
         "{ cat \"$FIXTURES/k6/micro.csv\"\n"
         "echo dropped_iterations,1795490151844838,2.000000,,,,,,,,,,,,,,,,\n"
         "echo dropped_iterations,1795490151844839,1.000000,,,,,,,,,,,,,,,,; } "
         ">\"${2#csv=}\"");
    bench->plan.load_model = MB_LOAD_OPEN;
    bench->plan.rate_micro_rps = 300000000;
    assert_int_equal(run(bench, "k6"), MB_OK);
    const struct mb_part *part = &bench->part;
    assert_int_equal(part->co_handling, MB_CO_NONE);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_ABSENT);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_HDR);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_OTHER], 3);
    assert_int_equal(part->counts.intended, part->counts.ok + 3);
    expect_nothing_left(bench);
}

static void test_k6_script(void **state)
{
    struct bench *bench = *state;
    fake(bench, "k6",
         "for last; do :; done; sed 's/open(.*body/open(\"BODY/' \"$last\" >\"$LOG\"; "
         "exit 1");
    bench->plan.load_model = MB_LOAD_OPEN;
    bench->plan.rate_micro_rps = 300000000;
    bench->request.method = "POST";
    bench->request.body = "x";
    bench->request.body_size = 1;
    assert_int_equal(run(bench, "k6"), MB_FAILED);
    assert_string_equal(
        logged(bench, ""),
        "import http from 'k6/http';\n"
        "const body = open(\"BODY\", 'b');\n"
        "export const options = {\n"
        "  discardResponseBodies: true,\n"
        "  systemTags: ['status', 'error_code', 'expected_response', 'url'],\n"
        "  noConnectionReuse: false,\n"
        "  scenarios: {load: {executor: 'constant-arrival-rate', rate: 300, timeUnit: "
        "'1s', "
        "preAllocatedVUs: 8, maxVUs: 8,\n"
        "    duration: '2000000000ns', gracefulStop: '5000000000ns'}},\n"
        "};\n"
        "const headers = {\"X-Test\": \"a \\\"b\\\"\", \"Host\": \"shop\", };\n"
        "export default function () {\n"
        "  http.request(\"POST\", \"http://127.0.0.1:9/a?b=c\", body, {headers, timeout: "
        "'5000000000ns', redirects: 0});\n"
        "}\n");
}

// What it wrote is turned into what can be read by a second program.
static void test_vegeta(void **state)
{
    struct bench *bench = *state;
    bench->plan.load_model = MB_LOAD_OPEN;
    bench->plan.rate_micro_rps = 50000000;
    fake(bench, "vegeta",
         "case $1 in\n"
         "encode) grep -q raw \"$4\" && head -n 12 \"$FIXTURES/vegeta/two.csv\" >"
         "\"${3#-output=}\";;\n"
         "*) for word; do case $word in -output=*) echo raw >\"${word#-output=}\";;\n"
         "-targets=*) cp \"${word#-targets=}\" \"$LOG.targets\";; esac; done;;\n"
         "esac");
    assert_int_equal(run(bench, "vegeta"), MB_OK);
    const struct mb_part *part = &bench->part;
    assert_int_equal(part->co_handling, MB_CO_INTENDED);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_HDR);
    assert_int_equal(part->dist[MB_DIST_SERVICE].type, MB_DIST_ABSENT);
    assert_string_equal(logged(bench, ".targets"), "GET http://127.0.0.1:9/a?b=c\n"
                                                   "X-Test: a \"b\"\n"
                                                   "Host: shop\n"
                                                   "Accept-Encoding: identity\n");
    expect_nothing_left(bench);
}

static void test_versions(void **state)
{
    static const struct {
        const char *printed;
        const char *version; // NULL: none
    } cases[] = {
        {"wrk debian/4.1.0-3+b2 [epoll] Copyright (C) 2012", "4.1.0"},
        {"1.66.5", "1.66.5"},
        {"k6 v1.8.1 (go1.26.8, linux/amd64)", "1.8.1"},
        {"h2load nghttp2/1.52.0", "1.52.0"},
        {"Version: \nCommit: \nRuntime: go1.26.8 linux/amd64", NULL},
        {"Version: v12.12.0\nRuntime: go1.26.8", "12.12.0"},
        {"wrk 4. of 2012", NULL},
        {"", NULL},
    };
    struct bench *bench = *state;
    const char *path = mb_file_join(&bench->arena, bench->bin, "wrk");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = mb_arena_print(
            &bench->arena, "#!/bin/sh\ncat <<'END'\n%s\nEND\n", cases[i].printed);
        assert_int_equal(mb_file_write(path, text, strlen(text), &bench->err), MB_OK);
        assert_int_equal(chmod(path, 0700), 0);
        assert_int_equal(mb_driver_open(&bench->arena, mb_generator_find("wrk"), S,
                                        &bench->driver, &bench->err),
                         MB_OK);
        if (cases[i].version != NULL) {
            assert_string_equal(bench->driver.version, cases[i].version);
        } else {
            assert_non_null(strstr(bench->driver.version, "sha256:"));
        }
    }
}

static void test_fortio_other_statuses(void **state)
{
    struct bench *bench = *state;
    fake(bench, "fortio",
         "while [ \"$1\" != -json ]; do shift; done\n"
         "sed 's/\"503\":/\"302\":/' \"$FIXTURES/fortio/http-errors.json\" >\"$2\"");
    assert_int_equal(run(bench, "fortio"), MB_FAILED);
    assert_string_equal(bench->err.message,
                        "fortio takes status 302 for an error, a spec does not");
    expect_nothing_left(bench);
}

// Its report, and every request in its log.
static void test_h2load(void **state)
{
    struct bench *bench = *state;
    static const char body[] =
        "for word; do case $word in --log-file=*) cp \"$FIXTURES/h2load/%s\" "
        "\"${word#--log-file=}\";; esac; done\n"
        "echo 'spawning thread #0: 3 total client(s). 30 total requests'\n"
        "echo 'finished in 2.00s, 15 req/s, 1KB/s'\n"
        "echo 'requests: 32 total, 32 started, 30 done, 21 succeeded, 11 failed, 2 "
        "errored, 2 timeout'\n"
        "echo 'status codes: 21 2xx, 0 3xx, 0 4xx, 9 5xx'\n"
        "echo 'time for request: 32us 190us 65us 43us 90%%'\n";
    fake(bench, "h2load", mb_arena_print(&bench->arena, body, "log-errors.tsv"));
    assert_int_equal(run(bench, "h2load"), MB_OK);
    const struct mb_part *part = &bench->part;
    assert_int_equal(part->co_handling, MB_CO_NONE);
    assert_int_equal(part->counts.ok, 21);
    assert_int_equal(part->counts.errors_by_kind[MB_ERROR_TIMEOUT], 2);
    assert_int_equal(part->counts.statuses[1].status, 503);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].type, MB_DIST_HDR);
    assert_int_equal(part->dist[MB_DIST_RESPONSE].n, 21);
    assert_int_equal(part->dist[MB_DIST_SERVICE].n, 21);
    assert_int_equal(part->dist[MB_DIST_ERROR_RESPONSE].n, 9);
    expect_nothing_left(bench);
    mb_part_release(&bench->part);
    fake(bench, "h2load", mb_arena_print(&bench->arena, body, "log.tsv"));
    assert_int_equal(run(bench, "h2load"), MB_FAILED);
    assert_string_equal(bench->err.message,
                        "h2load logged 40 answers, 40 of them good, and reports 30 and "
                        "21");
    expect_nothing_left(bench);
}

// --- what they are asked ---

static const struct {
    const char *name;
    enum mb_load_model model;
    int64_t rate_micro_rps;
    const char *method;
    const char *body;
    bool close;
    const char *words;
} asked[] = {
    {"fortio", MB_LOAD_PACED, 333500000, "GET", NULL, false,
     "load -quiet -r 0.0001 -allow-initial-errors -c 8 -qps 333.500000 -nocatchup "
     "-uniform -t 1500000000ns -timeout 5000000000ns -keepalive=true -H X-Test: a \"b\" "
     "-H Host: "
     "shop -json FILE http://127.0.0.1:9/a?b=c "},
    {"fortio", MB_LOAD_CLOSED, -1, "PUT", "x", true,
     "load -quiet -r 0.0001 -allow-initial-errors -c 8 -qps 0 -t 1500000000ns -timeout "
     "5000000000ns "
     "-keepalive=false -H X-Test: a \"b\" -H Host: shop -X PUT -payload-file FILE -json "
     "FILE http://127.0.0.1:9/a?b=c "},
    {"h2load", MB_LOAD_CLOSED, -1, "GET", NULL, false,
     "--h1 -c 8 -t 2 -D 1500ms -N 5000ms -H :method: GET -H :authority: shop -H X-Test: "
     "a \"b\" FILE http://127.0.0.1:9/a?b=c "},
    {"h2load", MB_LOAD_CLOSED, -1, "PUT", "x", false,
     "--h1 -c 8 -t 2 -D 1500ms -N 5000ms -H :method: PUT -H :authority: shop -H X-Test: "
     "a \"b\" FILE -d FILE http://127.0.0.1:9/a?b=c "},
    {"hey", MB_LOAD_PACED, 200000000, "DELETE", "x", true,
     "-o csv -c 8 -q 24.999687503906202 -z 1500000000ns -t 5 -cpus 2 -disable-redirects "
     "-disable-compression -m DELETE -H X-Test: a \"b\" -host shop -disable-keepalive -D "
     "FILE http://127.0.0.1:9/a?b=c "},
    {"k6", MB_LOAD_OPEN, 300000000, "GET", NULL, false,
     "run --quiet --no-usage-report --address  --out FILE FILE "},
    {"nighthawk", MB_LOAD_OPEN, 300000000, "HEAD", NULL, true,
     "--output-format json --verbosity error --concurrency 2 --open-loop --rps 150 "
     "--connections 4 --max-pending-requests 2147483647 --duration 1 --failure-predicate "
     "benchmark.http_4xx:4294967295 --failure-predicate benchmark.http_5xx:4294967295 "
     "--failure-predicate benchmark.pool_connection_failure:4294967295 "
     "--failure-predicate benchmark.stream_resets:4294967295 "
     "--max-requests-per-connection 1 --request-method HEAD --request-header X-Test: a "
     "\"b\" --request-header :authority: shop http://127.0.0.1:9/a?b=c "},
    {"vegeta", MB_LOAD_OPEN, 300000000, "HEAD", NULL, true,
     "-cpus=2 attack FILE -rate=300/1s -duration=1500000000ns -timeout=5000000000ns "
     "-max-connections=8 -connections=8 -keepalive=false -redirects=-1 -max-body=0 "
     "FILE "},
    {"wrk", MB_LOAD_CLOSED, -1, "POST", "x", false,
     "-t2 -c8 -d1s --timeout 5s -s FILE http://127.0.0.1:9/a?b=c "},
    {"wrk2", MB_LOAD_OPEN, 500000000, "GET", NULL, false,
     "-t2 -c8 -d1s --timeout 5s -s FILE -R500 --u_latency http://127.0.0.1:9/a?b=c "},
};

static void test_asked(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        print_message("case %zu: %s\n", i, asked[i].name);
        (void)unlink(bench->log);
        fake(bench, mb_generator_find(asked[i].name)->program, "exit 9");
        bench->plan.load_model = asked[i].model;
        bench->plan.rate_micro_rps = asked[i].rate_micro_rps;
        bench->plan.duration_ns = 1500 * MS;
        bench->request.method = asked[i].method;
        bench->request.body = asked[i].body;
        bench->request.body_size = asked[i].body != NULL ? strlen(asked[i].body) : 0;
        bench->request.keepalive = !asked[i].close;
        assert_int_equal(run(bench, asked[i].name), MB_FAILED);
        const char *words = logged(bench, "");
        assert_string_equal(mb_arena_copy_bytes(&bench->arena, words, strlen(words) - 1),
                            asked[i].words);
        expect_nothing_left(bench);
    }
}

static void test_lua(void **state)
{
    struct bench *bench = *state;
    fake(bench, "wrk",
         "while [ \"$1\" != -s ]; do shift; done; cp \"$2\" \"$LOG\"; exit 1");
    bench->request.method = "POST";
    bench->request.body = "a\"\n";
    bench->request.body_size = 4; // its NUL too
    assert_int_equal(run(bench, "wrk"), MB_FAILED);
    assert_string_equal(logged(bench, ""),
                        "wrk.method = \"POST\"\n"
                        "wrk.body = \"a\\034\\010\\000\"\n"
                        "wrk.headers[\"X\\045Test\"] = \"a\\032\\034b\\034\"\n"
                        "wrk.headers[\"Host\"] = \"shop\"\n"
                        "function done(summary, latency, requests)\n"
                        "  io.write('  Latency Distribution\\n')\n"
                        "  for _, p in ipairs({50, 75, 90, 95, 99, 99.9, 99.99}) do\n"
                        "    io.write(string.format('  %g%%  %dus\\n', p, "
                        "latency:percentile(p)))\n"
                        "  end\n"
                        "end\n");
}

// --- how they end ---

static const struct {
    const char *name;
    const char *body;
    const char *message;
} ends[] = {
    {"fails", "echo no such option; exit 3", "wrk failed with status 3: no such option"},
    {"fails in silence", "exit 3", "wrk failed with status 3: it printed nothing"},
    {"is killed", "kill -SEGV $$", "wrk was ended by signal 11"},
    {"prints nothing", "exit 0", "what wrk wrote cannot be read"},
    {"prints garbage", "head -c 100000 /dev/urandom", "what wrk wrote cannot be read"},
    {"prints half a report", "head -n 4 \"$FIXTURES/wrk/wrk.txt\"",
     "what wrk wrote cannot be read"},
    {"prints two reports", "cat \"$FIXTURES/wrk/wrk.txt\"; cat \"$FIXTURES/wrk/wrk.txt\"",
     "it holds 2 runs"},
    {"hangs", "sleep 300", "wrk did not end within"},
    {"hangs and ignores SIGTERM", "trap '' TERM; sleep 300; sleep 300",
     "wrk did not end within"},
    {"writes too much", "truncate -s 17G big; sleep 300", "wrk wrote more than 16.0 GiB"},
    {"leaves a child that hangs", "sleep 300 & exit 4", "wrk failed with status 4"},
    {"leaves a child that ignores SIGTERM",
     "(trap '' TERM; sleep 300; sleep 300) & exit 4", "wrk failed with status 4"},
};

static void test_ends(void **state)
{
    struct bench *bench = *state;
    bench->plan.duration_ns = 100 * MS;
    bench->request.timeout_ns = 100 * MS;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        print_message("case %zu: %s\n", i, ends[i].name);
        bench->patience_ns = strncmp(ends[i].name, "hangs", 5) == 0 ? 300 * MS : 20 * S;
        fake(bench, "wrk", ends[i].body);
        assert_int_equal(run(bench, "wrk"), MB_FAILED);
        if (strstr(bench->err.message, ends[i].message) == NULL) {
            fail_msg("%s", bench->err.message);
        }
        expect_nothing_left(bench);
    }
}

static void test_interrupted(void **state)
{
    struct bench *bench = *state;
    static volatile sig_atomic_t interrupted = 1;
    bench->observer.interrupted = &interrupted;
    fake(bench, "wrk", "sleep 300");
    assert_int_equal(run(bench, "wrk"), MB_INTERRUPTED);
}

static void test_missing(void **state)
{
    struct bench *bench = *state;
    (void)setenv("PATH", bench->bin, 1);
    for (size_t i = 0; mb_generators[i].name != NULL; i++) {
        struct mb_err err = {0};
        if (mb_generators[i].program == NULL) {
            continue;
        }
        assert_int_equal(
            mb_driver_open(&bench->arena, &mb_generators[i], S, &bench->driver, &err),
            MB_FAILED);
        assert_non_null(strstr(err.message, "is not found on PATH"));
        assert_true(err.hint[0] != '\0');
    }
}

static void test_too_many_words(void **state)
{
    struct bench *bench = *state;
    static struct mb_header many[200];
    for (size_t i = 0; i < 200; i++) {
        many[i] = (struct mb_header){"X-Many", "x"};
    }
    bench->request.headers = many;
    bench->request.header_count = 200;
    fake(bench, "hey", "exit 0");
    assert_int_equal(run(bench, "hey"), MB_INVALID);
    assert_non_null(strstr(bench->err.message, "more header fields"));
}

static void test_built_in(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(mb_driver_open(&bench->arena, mb_generator_find("meshbench"), S,
                                    &bench->driver, &bench->err),
                     MB_OK);
    assert_string_equal(bench->driver.name, "meshbench");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wrk),
        TEST(test_wrk2),
        TEST(test_h2load),
        TEST(test_paced_has_service_times),
        TEST(test_fortio),
        TEST(test_asked),
        TEST(test_fortio_other_statuses),
        TEST(test_lua),
        TEST(test_ends),
        TEST(test_interrupted),
        TEST(test_missing),
        TEST(test_k6),
        TEST(test_k6_script),
        TEST(test_vegeta),
        TEST(test_versions),
        TEST(test_built_in),
        TEST(test_too_many_words),
    };
    return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
