#include "check/support.h"

#include <string.h>

#include "model/generator.h"

// Reports a text that is not the one that is supported.
static void only(struct mb_check *check, const struct mb_node *node, const char *pointer,
                 const char *what, const char *supported)
{
    const char *text = mb_node_text(node, NULL);
    if (text != NULL && strcmp(text, supported) != 0) {
        mb_run_report(check, pointer,
                      mb_arena_print(check->arena, "this build does '%s'", supported),
                      "%s '%s' is not supported yet", what, text);
    }
}

static void each_workload(struct mb_check *check, const char *key, const char *what,
                          const char *supported)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        only(check, mb_node_find(mb_run_item(workloads, i), key),
             mb_run_spec_at(check, "/workloads/%zu/%s", i, key), what, supported);
    }
}

void mb_support_protocol(struct mb_check *check)
{
    each_workload(check, "protocol", "protocol", "http1");
}

void mb_support_workload(struct mb_check *check)
{
    each_workload(check, "type", "workload type", "load");
}

static void scheme_check(struct mb_check *check, const struct mb_node *url,
                         const char *pointer)
{
    const char *text = mb_node_text(url, "");
    if (strncmp(text, "https://", 8) == 0) {
        mb_run_report(check, pointer, "this build does 'http'",
                      "https is not supported yet");
    }
}

void mb_support_https(struct mb_check *check)
{
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        scheme_check(check, mb_node_find(mb_run_item(variants, i), "url"),
                     mb_run_spec_at(check, "/variants/%zu/url", i));
    }
    scheme_check(check, mb_node_find(mb_node_find(check->spec, "application"), "url"),
                 mb_run_spec_at(check, "/application/url"));
}

void mb_support_prometheus(struct mb_check *check)
{
    if (mb_node_find(mb_node_find(check->spec, "collect"), "prometheus") != NULL) {
        mb_run_report_key(check, mb_run_spec_at(check, "/collect/prometheus"),
                          "CPU and memory of local processes come from /proc",
                          "resources from Prometheus are not supported yet");
    }
}

// What the workloads ask of the generator is looked at as the run would.
static void workloads_check(struct mb_check *check, const struct mb_generator *generator)
{
    struct mb_spec spec;
    struct mb_err ignored = {0}; // other rules say what is wrong
    struct mb_node *resolved = mb_spec_resolve(check->arena, check->spec);
    if (mb_spec_from_node(check->arena, resolved, NULL, &spec, &ignored) != MB_OK) {
        return;
    }
    for (size_t i = 0; i < spec.workload_count; i++) {
        struct mb_generator_refusal refusal;
        if (mb_generator_refuse(check->arena, generator, &spec.workloads[i], &refusal)) {
            mb_run_report(check,
                          mb_run_spec_at(check, "/workloads/%zu/%s", i, refusal.key),
                          refusal.hint, "%s", refusal.message);
        }
    }
}

void mb_support_generator(struct mb_check *check)
{
    const char *name = mb_node_text(
        mb_node_find(mb_node_find(check->spec, "generator"), "name"), "meshbench");
    const struct mb_generator *generator = mb_generator_find(name);
    if (generator == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/generator/name"),
                      mb_arena_print(check->arena, "this build does %s",
                                     mb_generator_names(check->arena)),
                      "generator '%s' is not supported yet", name);
    } else if (generator->program != NULL) {
        workloads_check(check, generator);
    }
}

void mb_support_workers(struct mb_check *check)
{
    if (mb_node_find(mb_node_find(check->spec, "generator"), "workers") != NULL) {
        mb_run_report_key(check, mb_run_spec_at(check, "/generator/workers"),
                          "this build loads from the machine that it runs on",
                          "several generator machines are not supported yet");
    }
}

void mb_support_builtin(struct mb_check *check)
{
    only(check, mb_node_find(mb_node_find(check->spec, "application"), "builtin"),
         mb_run_spec_at(check, "/application/builtin"), "built-in application", "echo");
}
