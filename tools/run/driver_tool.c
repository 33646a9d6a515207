#include "run/driver_tool.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/file.h"
#include "exchange/import_k6.h"
#include "format/emit.h"
#include "format/node.h"
#include "model/generator.h"

static const int64_t SECOND_NS = 1000000000;
static const int64_t MS_NS = 1000000;
static const int64_t MICRO = 1000000;

// Appends a word to the command line.
static void word(struct mb_driver_job *job, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void word(struct mb_driver_job *job, const char *format, ...)
{
    if (job->count + 1 >= MB_DRIVER_WORDS_MAX) {
        return; // seen by driver.c
    }
    va_list args;
    va_start(args, format);
    job->words[job->count++] = mb_arena_print_args(job->arena, format, args);
    va_end(args);
    job->words[job->count] = NULL;
}

// --- pieces that they share ---

static int64_t seconds(int64_t ns)
{
    return ns / SECOND_NS;
}

static void word_ns(struct mb_driver_job *job, int64_t ns)
{
    word(job, "%" PRId64 "ns", ns);
}

static void word_ms(struct mb_driver_job *job, int64_t ns)
{
    word(job, "%" PRId64 "ms", ns / MS_NS);
}

// In a millionth of a request: "333.333333".
static void word_rate(struct mb_driver_job *job, int64_t micro_rps)
{
    word(job, "%" PRId64 ".%06" PRId64, micro_rps / MICRO, micro_rps % MICRO);
}

// NULL: the one of the url.
static const char *host_of(const struct mb_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, "Host") == 0) {
            return request->headers[i].value;
        }
    }
    return NULL;
}

// All but the field Host, for which tools have ways of their own.
static void words_headers(struct mb_driver_job *job, const char *option)
{
    const struct mb_request *request = job->plan->request;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct mb_header *header = &request->headers[i];
        if (strcasecmp(header->name, "Host") != 0) {
            word(job, "%s", option);
            word(job, "%s: %s", header->name, header->value);
        }
    }
}

static bool paced(const struct mb_driver_job *job)
{
    return job->plan->rate_micro_rps > 0;
}

static enum mb_status body_file(struct mb_driver_job *job, const char **path,
                                struct mb_err *err)
{
    const struct mb_request *request = job->plan->request;
    *path = mb_file_join(job->arena, job->dir, "body");
    return mb_file_write(*path, request->body, request->body_size, err);
}

// --- fortio ---

// Buckets of 0.1 ms: its own default, 1 ms, says nothing about a fast server. Paced, it
// skips what it missed and spreads the connections evenly over the interval. A warm-up of
// its own, a request on each connection, is not counted.
static enum mb_status fortio_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    const struct mb_load_plan *plan = job->plan;
    const struct mb_request *request = plan->request;
    enum mb_status status = MB_OK;
    word(job, "fortio");
    word(job, "load");
    word(job, "-quiet");
    word(job, "-r");
    word(job, "0.0001");
    word(job, "-allow-initial-errors");
    word(job, "-c");
    word(job, "%" PRId64, plan->connections);
    word(job, "-qps");
    if (paced(job)) {
        word_rate(job, plan->rate_micro_rps);
        word(job, "-nocatchup");
        word(job, "-uniform");
    } else {
        word(job, "0");
    }
    word(job, "-t");
    word_ns(job, job->duration_ns);
    word(job, "-timeout");
    word_ns(job, request->timeout_ns);
    word(job, "-keepalive=%s", request->keepalive ? "true" : "false");
    words_headers(job, "-H");
    if (host_of(request) != NULL) {
        word(job, "-H");
        word(job, "Host: %s", host_of(request));
    }
    if (strcmp(request->method, request->body != NULL ? "POST" : "GET") != 0) {
        word(job, "-X"); // old versions do not have it
        word(job, "%s", request->method);
    }
    if (request->body != NULL) {
        const char *path;
        status = body_file(job, &path, err);
        word(job, "-payload-file");
        word(job, "%s", path);
    }
    word(job, "-json");
    word(job, "%s", job->output);
    word(job, "%s", job->url);
    return status;
}

// --- h2load ---

// A connection without a byte for so long is given up: the request's time-out.
// Fields that it sets by itself are given as those of HTTP/2, else they are sent twice.
static enum mb_status h2load_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    const struct mb_load_plan *plan = job->plan;
    const struct mb_request *request = plan->request;
    enum mb_status status = MB_OK;
    word(job, "h2load");
    word(job, "--h1");
    word(job, "-c");
    word(job, "%" PRId64, plan->connections);
    word(job, "-t");
    word(job, "%d", plan->threads);
    word(job, "-D");
    word_ms(job, job->duration_ns);
    word(job, "-N");
    word_ms(job, request->timeout_ns);
    word(job, "-H");
    word(job, ":method: %s", request->method);
    if (host_of(request) != NULL) {
        word(job, "-H");
        word(job, ":authority: %s", host_of(request));
    }
    words_headers(job, "-H");
    word(job, "--log-file=%s", job->output);
    if (request->body != NULL) {
        const char *path;
        status = body_file(job, &path, err);
        word(job, "-d");
        word(job, "%s", path);
    }
    word(job, "%s", job->url);
    return status;
}

// --- hey ---

static enum mb_status hey_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    const struct mb_load_plan *plan = job->plan;
    const struct mb_request *request = plan->request;
    enum mb_status status = MB_OK;
    word(job, "hey");
    word(job, "-o");
    word(job, "csv");
    word(job, "-c");
    word(job, "%" PRId64, plan->connections);
    if (paced(job)) {
        // Its rate is that of one worker. It divides and cuts the interval down to whole
        // us: half of one more keeps it from ending up one short.
        int64_t interval_us =
            mb_generator_interval_us(plan->connections, plan->rate_micro_rps);
        word(job, "-q");
        word(job, "%.17g", 1e6 / ((double)interval_us + 0.5));
    }
    word(job, "-z");
    word_ns(job, job->duration_ns);
    word(job, "-t");
    word(job, "%" PRId64, seconds(request->timeout_ns));
    word(job, "-cpus");
    word(job, "%d", plan->threads);
    word(job, "-disable-redirects");
    word(job, "-disable-compression");
    word(job, "-m");
    word(job, "%s", request->method);
    words_headers(job, "-H");
    if (host_of(request) != NULL) {
        word(job, "-host");
        word(job, "%s", host_of(request));
    }
    if (!request->keepalive) {
        word(job, "-disable-keepalive");
    }
    if (request->body != NULL) {
        const char *path;
        status = body_file(job, &path, err);
        word(job, "-D");
        word(job, "%s", path);
    }
    word(job, "%s", job->url);
    return status;
}

// --- k6 ---

// A text as JavaScript writes it: JSON is a part of JavaScript.
static const char *script_text(struct mb_driver_job *job, const char *text)
{
    struct mb_buf out = {0};
    mb_emit_json(mb_node_string(job->arena, text), &out);
    const char *quoted = // without the line end
        mb_arena_copy_bytes(job->arena, out.data, out.size - 1);
    mb_buf_release(&out);
    return quoted;
}

static void k6_scenario(const struct mb_driver_job *job, struct mb_buf *script)
{
    const struct mb_load_plan *plan = job->plan;
    if (plan->load_model == MB_LOAD_OPEN) {
        mb_buf_print(script,
                     "  scenarios: {load: {executor: 'constant-arrival-rate', rate: "
                     "%" PRId64 ", timeUnit: '1s', preAllocatedVUs: %" PRId64
                     ", maxVUs: %" PRId64 ",\n",
                     plan->rate_micro_rps / MICRO, plan->connections, plan->connections);
    } else {
        mb_buf_print(script,
                     "  scenarios: {load: {executor: 'constant-vus', vus: %" PRId64 ",\n",
                     plan->connections);
    }
    mb_buf_print(script,
                 "    duration: '%" PRId64 "ns', gracefulStop: '%" PRId64 "ns'}},\n",
                 job->duration_ns, plan->request->timeout_ns);
}

static void k6_request(struct mb_driver_job *job, struct mb_buf *script)
{
    const struct mb_request *request = job->plan->request;
    mb_buf_append_string(script, "};\nconst headers = {");
    for (size_t i = 0; i < request->header_count; i++) {
        const struct mb_header *header = &request->headers[i];
        mb_buf_print(script, "%s: %s, ", script_text(job, header->name),
                     script_text(job, header->value));
    }
    mb_buf_print(script,
                 "};\nexport default function () {\n  http.request(%s, %s, %s, {headers, "
                 "timeout: '%" PRId64 "ns', redirects: 0});\n}\n",
                 script_text(job, request->method), script_text(job, job->url),
                 request->body != NULL ? "body" : "null", request->timeout_ns);
}

// The body is bytes, which no text of a script holds: it is read from a file.
static enum mb_status k6_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    const struct mb_request *request = job->plan->request;
    const char *path = mb_file_join(job->arena, job->dir, "script.js");
    struct mb_buf script = {0};
    enum mb_status status = MB_OK;
    mb_buf_append_string(&script, "import http from 'k6/http';\n");
    if (request->body != NULL) {
        const char *body;
        status = body_file(job, &body, err);
        mb_buf_print(&script, "const body = open(%s, 'b');\n", script_text(job, body));
    }
    mb_buf_print(&script,
                 "export const options = {\n  discardResponseBodies: true,\n"
                 "  systemTags: ['status', 'error_code', 'expected_response', 'url'],\n"
                 "  noConnectionReuse: %s,\n",
                 request->keepalive ? "false" : "true");
    k6_scenario(job, &script);
    k6_request(job, &script);
    if (status == MB_OK) {
        status = mb_file_write(path, script.data, script.size, err);
    }
    mb_buf_release(&script);
    word(job, "k6");
    word(job, "run");
    word(job, "--quiet");
    word(job, "--no-usage-report");
    word(job, "--address");
    word(job, "%s", "");
    word(job, "--out");
    word(job, "csv=%s", job->output);
    word(job, "%s", path);
    return status;
}

// --- nighthawk ---

// Rate and connections are those of each event loop. It would end at the first failed
// request, and drop what finds no connection free, if it were not told otherwise.
static enum mb_status nighthawk_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    static const char *const failures[] = {"benchmark.http_4xx", "benchmark.http_5xx",
                                           "benchmark.pool_connection_failure",
                                           "benchmark.stream_resets"};
    const struct mb_load_plan *plan = job->plan;
    (void)err;
    word(job, "nighthawk_client");
    word(job, "--output-format");
    word(job, "json");
    word(job, "--verbosity");
    word(job, "error");
    word(job, "--concurrency");
    word(job, "%d", plan->threads);
    word(job, "--open-loop");
    word(job, "--rps");
    word(job, "%" PRId64, plan->rate_micro_rps / MICRO / plan->threads);
    word(job, "--connections");
    word(job, "%" PRId64, plan->connections / plan->threads);
    word(job, "--max-pending-requests");
    word(job, "%d", INT32_MAX);
    word(job, "--duration");
    word(job, "%" PRId64, seconds(job->duration_ns));
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        word(job, "--failure-predicate");
        word(job, "%s:%" PRIu32, failures[i], UINT32_MAX);
    }
    if (!plan->request->keepalive) {
        word(job, "--max-requests-per-connection");
        word(job, "1");
    }
    word(job, "--request-method");
    word(job, "%s", plan->request->method);
    words_headers(job, "--request-header");
    if (host_of(plan->request) != NULL) {
        word(job, "--request-header");
        word(job, ":authority: %s", host_of(plan->request));
    }
    word(job, "%s", job->url);
    return MB_OK;
}

// --- vegeta ---

// Without a field of its own Go asks for compressed answers.
static enum mb_status vegeta_targets(struct mb_driver_job *job, const char *path,
                                     struct mb_err *err)
{
    const struct mb_request *request = job->plan->request;
    struct mb_buf text = {0};
    enum mb_status status = MB_OK;
    bool encoding = false;
    mb_buf_print(&text, "%s %s\n", request->method, job->url);
    for (size_t i = 0; i < request->header_count; i++) {
        const struct mb_header *header = &request->headers[i];
        encoding = encoding || strcasecmp(header->name, "Accept-Encoding") == 0;
        mb_buf_print(&text, "%s: %s\n", header->name, header->value);
    }
    if (!encoding) {
        mb_buf_append_string(&text, "Accept-Encoding: identity\n");
    }
    if (request->body != NULL) {
        const char *body;
        status = body_file(job, &body, err);
        mb_buf_print(&text, "@%s\n", body);
    }
    if (status == MB_OK) {
        status = mb_file_write(path, text.data, text.size, err);
    }
    mb_buf_release(&text);
    return status;
}

static const char *vegeta_results(const struct mb_driver_job *job)
{
    return mb_file_join(job->arena, job->dir, "attack.bin");
}

// As many workers as it takes: then a request waits for nothing but a connection.
static enum mb_status vegeta_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    const struct mb_load_plan *plan = job->plan;
    const char *targets = mb_file_join(job->arena, job->dir, "targets");
    word(job, "vegeta");
    word(job, "-cpus=%d", plan->threads);
    word(job, "attack");
    word(job, "-targets=%s", targets);
    word(job, "-rate=%" PRId64 "/1s", plan->rate_micro_rps / MICRO);
    word(job, "-duration=%" PRId64 "ns", job->duration_ns);
    word(job, "-timeout=%" PRId64 "ns", plan->request->timeout_ns);
    word(job, "-max-connections=%" PRId64, plan->connections);
    word(job, "-connections=%" PRId64, plan->connections);
    word(job, "-keepalive=%s", plan->request->keepalive ? "true" : "false");
    word(job, "-redirects=-1");
    word(job, "-max-body=0");
    word(job, "-output=%s", vegeta_results(job));
    return vegeta_targets(job, targets, err);
}

static void vegeta_convert(struct mb_driver_job *job)
{
    word(job, "vegeta");
    word(job, "encode");
    word(job, "-to=csv");
    word(job, "-output=%s", job->output);
    word(job, "%s", vegeta_results(job));
}

// --- wrk and wrk2 ---

// A text as Lua writes it, every byte but letters and digits as its number.
static void lua_text(const char *text, size_t size, struct mb_buf *out)
{
    mb_buf_append_string(out, "\"");
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        mb_buf_print(out, byte < 128 && isalnum(byte) ? "%c" : "\\%03d", byte);
    }
    mb_buf_append_string(out, "\"");
}

// wrk's --latency prints four percentiles. These are printed in its own way, behind its
// report.
static const char WRK_PERCENTILES[] =
    "function done(summary, latency, requests)\n"
    "  io.write('  Latency Distribution\\n')\n"
    "  for _, p in ipairs({50, 75, 90, 95, 99, 99.9, 99.99}) do\n"
    "    io.write(string.format('  %g%%  %dus\\n', p, latency:percentile(p)))\n"
    "  end\n"
    "end\n";

static enum mb_status lua_script(struct mb_driver_job *job, const char **path,
                                 struct mb_err *err)
{
    const struct mb_request *request = job->plan->request;
    struct mb_buf script = {0};
    *path = mb_file_join(job->arena, job->dir, "request.lua");
    mb_buf_append_string(&script, "wrk.method = ");
    lua_text(request->method, strlen(request->method), &script);
    if (request->body != NULL) {
        mb_buf_append_string(&script, "\nwrk.body = ");
        lua_text(request->body, request->body_size, &script);
    }
    for (size_t i = 0; i < request->header_count; i++) {
        mb_buf_append_string(&script, "\nwrk.headers[");
        lua_text(request->headers[i].name, strlen(request->headers[i].name), &script);
        mb_buf_append_string(&script, "] = ");
        lua_text(request->headers[i].value, strlen(request->headers[i].value), &script);
    }
    mb_buf_append_string(&script, "\n");
    if (!paced(job)) {
        mb_buf_append_string(&script, WRK_PERCENTILES);
    }
    enum mb_status status = mb_file_write(*path, script.data, script.size, err);
    mb_buf_release(&script);
    return status;
}

static enum mb_status wrk_words(struct mb_driver_job *job, const char *program,
                                struct mb_err *err)
{
    const struct mb_load_plan *plan = job->plan;
    const char *script;
    enum mb_status status = lua_script(job, &script, err);
    word(job, "%s", program);
    word(job, "-t%d", plan->threads);
    word(job, "-c%" PRId64, plan->connections);
    word(job, "-d%" PRId64 "s", seconds(job->duration_ns));
    word(job, "--timeout");
    word(job, "%" PRId64 "s", seconds(plan->request->timeout_ns));
    word(job, "-s");
    word(job, "%s", script);
    if (paced(job)) {
        word(job, "-R%" PRId64, plan->rate_micro_rps / MICRO);
        word(job, "--u_latency");
    }
    word(job, "%s", job->url);
    return status;
}

static enum mb_status wrk_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    return wrk_words(job, "wrk", err);
}

static enum mb_status wrk2_prepare(struct mb_driver_job *job, struct mb_err *err)
{
    return wrk_words(job, "wrk2", err);
}

static const struct mb_driver_tool tools[] = {
    {.name = "fortio",
     .importer = "fortio",
     .version_words = "version",
     .package = "go install fortio.org/fortio@latest",
     .success_only = true,
     .prepare = fortio_prepare},
    {.name = "h2load",
     .importer = "h2load",
     .version_words = "--version",
     .package = "apt-get install nghttp2-client",
     .prints_result = true,
     .log_importer = "h2load-log",
     .prepare = h2load_prepare},
    {.name = "hey",
     .importer = "hey",
     .package = "apt-get install hey",
     .prints_result = true,
     .most_results = 1000000,
     .prepare = hey_prepare},
    {.name = "k6",
     .importer = "k6",
     .version_words = "version",
     .package = "go install go.k6.io/k6@latest",
     .dropped_fact = "run." MB_IMPORT_K6_DROPPED,
     .prepare = k6_prepare},
    {.name = "nighthawk",
     .importer = "nighthawk",
     .version_words = "--version",
     .package = "build https://github.com/envoyproxy/nighthawk",
     .prints_result = true,
     .prepare = nighthawk_prepare},
    {.name = "vegeta",
     .importer = "vegeta",
     .version_words = "-version",
     .package = "go install github.com/tsenart/vegeta/v12@latest",
     .from_schedule = true,
     .prepare = vegeta_prepare,
     .convert = vegeta_convert},
    {.name = "wrk",
     .importer = "wrk",
     .version_words = "-v",
     .package = "apt-get install wrk",
     .prints_result = true,
     .prepare = wrk_prepare},
    {.name = "wrk2",
     .importer = "wrk",
     .version_words = "-v",
     .package = "build https://github.com/giltene/wrk2 and name the program wrk2",
     .prints_result = true,
     .prepare = wrk2_prepare},
};

const struct mb_driver_tool *mb_driver_tool_find(const char *name)
{
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (strcmp(tools[i].name, name) == 0) {
            return &tools[i];
        }
    }
    return NULL;
}
