#include "model/spec_template.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "format/emit.h"

static void put(struct mb_buf *out, const char *text)
{
    mb_buf_append_string(out, text);
}

// Text from elsewhere, in double quotes: JSON's escapes are YAML's.
static void put_quoted(struct mb_buf *out, const char *text)
{
    mb_emit_json_string(text, strlen(text), out);
}

static void put_unit(struct mb_buf *out, enum mb_unit unit, int64_t value)
{
    char text[32];
    mb_units_print(unit, value, text, sizeof text);
    put(out, text);
}

static const struct mb_node *host_fact(struct mb_arena *arena,
                                       const struct mb_fact_list *facts, const char *name)
{
    const char *path = mb_arena_print(arena, "environment.host.%s", name);
    for (size_t i = 0; facts != NULL && i < facts->count; i++) {
        if (strcmp(facts->items[i].path, path) == 0) {
            return facts->items[i].captured;
        }
    }
    return NULL;
}

static void put_head(const struct mb_spec_template *template, struct mb_buf *out)
{
    put(out,
        "# A benchmark spec. Every key is explained in spec/documents.md; "
        "'meshbench validate\n"
        "# --level rigorous FILE' says what is missing for numbers that can carry a "
        "conclusion,\n"
        "# 'meshbench run FILE --dry-run' what would be done and how long it takes.\n"
        "meshbench: v1\n"
        "kind: benchmark\n");
    mb_buf_print(out, "name: %s\n", template->name);
    put(out, "# Say what the numbers shall answer:\n"
             "question: What does it add to a request, and what does it cost?\n"
             "# Who answers for them (role: vendor, user or independent):\n"
             "# authors:\n"
             "#   - {name: Your Name, contact: you@example.org, role: user}\n\n");
}

static void put_node(struct mb_arena *arena, const struct mb_fact_list *facts,
                     struct mb_buf *out)
{
    static const char *const texts[] = {"cpu_model", "kernel", "os", "arch"};
    put(out, "    - role: all\n      count: 1\n");
    int64_t cpus = mb_node_integer(host_fact(arena, facts, "cpus"), 0);
    if (cpus > 0) {
        mb_buf_print(out, "      cpus: %" PRId64 "\n", cpus);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *text = mb_node_text(host_fact(arena, facts, texts[i]), NULL);
        if (text != NULL && text[0] != '\0') {
            mb_buf_print(out, "      %s: ", texts[i]);
            put_quoted(out, text);
            put(out, "\n");
        }
    }
    int64_t bytes = mb_node_integer(host_fact(arena, facts, "memory_bytes"), 0);
    if (bytes > 0) {
        mb_buf_print(out, "      memory: %" PRId64 "Mi\n", bytes >> 20);
    }
}

static void put_environment(struct mb_arena *arena,
                            const struct mb_spec_template *template, struct mb_buf *out)
{
    put(out, "# Where it runs. What the run can see is captured and held against this.\n"
             "environment:\n");
    if (template->baseline_url == NULL) {
        put(out, "  orchestrator: {type: process}\n  nodes:\n");
        put_node(arena, template->facts, out);
        put(out, "  network: {cni: none, medium: loopback, topology: everything on one "
                 "host}\n\n");
        return;
    }
    put(out,
        "  # What starts the processes, and its version:\n"
        "  orchestrator: {type: kubernetes}\n"
        "  # The machines, equal ones together:\n"
        "  # nodes:\n"
        "  #   - {role: worker, count: 3, instance: n2-standard-8, cpus: 8, "
        "memory: 32Gi, kernel: \"6.6\"}\n"
        "  # network: {cni: calico, cni_version: 3.29.1, medium: virtual, "
        "rate: 16Gbps}\n"
        "  # cloud: {provider: gcp, region: europe-west3, zone: europe-west3-b}\n\n");
}

static void put_application(const struct mb_spec_template *template, struct mb_buf *out)
{
    put(out, "# What answers the requests, under every variant.\napplication:\n");
    if (template->baseline_url == NULL) {
        put(out,
            "  name: echo\n"
            "  builtin: echo        # the run starts it; 'meshbench app echo --help' "
            "has its options\n"
            "  arguments: [\"--size\", \"1Ki\"]\n\n");
        return;
    }
    put(out, "  name: my-application\n"
             "  # version: \"1.0\"\n\n");
}

static void put_variant(const struct mb_spec_template_variant *variant,
                        struct mb_buf *out)
{
    mb_buf_print(out, "  - name: %s\n    mesh:\n      type: %s\n", variant->name,
                 variant->type);
    if (variant->version != NULL) {
        put(out, "      version: ");
        put_quoted(out, variant->version);
        put(out, "\n");
    } else if (variant->url != NULL) {
        put(out, "      # version: \"1.2.3\"\n");
    }
    if (variant->url == NULL) {
        mb_buf_print(out,
                     "      mode: proxy\n"
                     "    config: {mtls: \"off\", telemetry: []}\n"
                     "    adapter: %s\n",
                     variant->type);
        return;
    }
    put(out, "    # What costs something: mtls, telemetry, policy, routing_rules, ...\n"
             "    # config: {mtls: strict, proxy_concurrency: 2, telemetry: [metrics]}\n"
             "    # Files that configure it; their digests go into the result:\n"
             "    # config_files: [mesh.yaml]\n"
             "    url: ");
    put_quoted(out, variant->url);
    put(out, "\n");
}

static void put_variants(const struct mb_spec_template *template, struct mb_buf *out)
{
    put(out, "variants:\n"
             "  - name: baseline       # every overhead is against this one\n"
             "    mesh: none\n");
    if (template->baseline_url != NULL) {
        put(out, "    url: ");
        put_quoted(out, template->baseline_url);
        put(out, "\n");
    }
    for (size_t i = 0; i < template->variant_count; i++) {
        put_variant(&template->variants[i], out);
    }
    put(out, "\n");
}

// A url that was given has its path; the built-in application answers any.
static void put_request(const struct mb_spec_template *template, struct mb_buf *out)
{
    mb_buf_print(out, "    request: {method: GET, %stimeout: 5s, keepalive: true}\n",
                 template->baseline_url == NULL ? "path: /, " : "");
}

static void put_workloads(const struct mb_spec_template *template, struct mb_buf *out)
{
    put(out, "workloads:\n"
             "  - name: steady         # latency at rates that people run at\n"
             "    load_model: open     # requests leave on schedule, whatever the server "
             "does\n"
             "    arrivals: constant\n");
    mb_buf_print(out,
                 "    connections: %" PRId64
                 "      # a cap: waiting for a free one counts in response time\n"
                 "    rate: [",
                 template->connections);
    for (size_t i = 0; i < template->rate_count; i++) {
        put(out, i > 0 ? ", " : "");
        put_unit(out, MB_UNIT_RATE, template->rates_micro_rps[i]);
    }
    put(out, "]\n    duration: ");
    put_unit(out, MB_UNIT_DURATION, template->duration_ns);
    put(out, "\n    warmup: 5s\n");
    put_request(template, out);
    put(out, "  - name: ceiling        # throughput: the next request leaves when one "
             "returns\n"
             "    load_model: closed\n");
    mb_buf_print(out,
                 "    connections: %" PRId64 "\n    duration: ", template->connections);
    put_unit(out, MB_UNIT_DURATION, template->duration_ns);
    put(out, "\n    warmup: 5s\n");
    put_request(template, out);
    put(out, "\n");
}

void mb_spec_template_write(struct mb_arena *arena,
                            const struct mb_spec_template *template, struct mb_buf *out)
{
    put_head(template, out);
    put_environment(arena, template, out);
    put_application(template, out);
    put_variants(template, out);
    put_workloads(template, out);
    put(out, "trials:\n"
             "  count: 6               # blocks; each measures every cell once\n"
             "  order: interleaved     # drift hits all variants alike\n"
             "  seed: 1\n"
             "  aa: baseline           # measured twice: the noise floor\n"
             "  discard: none          # no trial is left out afterwards\n\n"
             "analysis:\n"
             "  confidence: 95%\n");
    // CPU can be read of processes on this machine only.
    mb_buf_print(out, "  primary: [response_time.p50, response_time.p99%s]\n",
                 template->baseline_url == NULL ? ", cpu_per_request" : "");
    put(out, "  # Changes that do not matter; smaller ones are 'same':\n"
             "  # margin: {response_time.p99: 2%}\n\n"
             "# Rules whose failure makes the exit status 1:\n"
             "gates:\n"
             "  - {metric: error_ratio, at_most: 0.1%}\n");
}
