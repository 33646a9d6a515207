#include "check/disclosure.h"

#include <string.h>

#include "check/refs.h"

// Everything runs on the host that meshbench runs on: its facts are captured by the run,
// so that nobody has to declare them.
static bool is_local(const struct mb_check *check)
{
    const struct mb_node *environment = mb_node_find(check->spec, "environment");
    const char *type =
        mb_node_text(mb_node_find(mb_node_find(environment, "orchestrator"), "type"), "");
    return strcmp(type, "process") == 0 || strcmp(type, "systemd") == 0;
}

void mb_disclosure_orchestrator(struct mb_check *check)
{
    const struct mb_node *environment = mb_node_find(check->spec, "environment");
    if (mb_node_find(environment, "orchestrator") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/environment/orchestrator"),
                      "on one host: 'environment: {orchestrator: {type: process}}'",
                      "the orchestrator is not stated: needed for level 'disclosed'");
    }
}

void mb_disclosure_nodes(struct mb_check *check)
{
    const struct mb_node *environment = mb_node_find(check->spec, "environment");
    if (!is_local(check) && mb_node_find(environment, "nodes") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/environment/nodes"),
                      "nodes: [{count: 3, cpus: 8, memory: 32Gi, kernel: \"6.6\"}]",
                      "the nodes are not stated: needed for level 'disclosed'");
    }
}

// One finding for all nodes that lack a key, at the first of them.
static void node_key(struct mb_check *check, const char *key)
{
    const struct mb_node *nodes =
        mb_node_find(mb_node_find(check->spec, "environment"), "nodes");
    int64_t machines = 0;
    size_t first = 0;
    for (size_t i = 0; !is_local(check) && mb_run_item(nodes, i) != NULL; i++) {
        const struct mb_node *node = mb_run_item(nodes, i);
        int64_t count = mb_node_integer(mb_node_find(node, "count"), 1);
        if (node->type == MB_NODE_MAP && mb_node_find(node, key) == NULL && count > 0) {
            first = machines == 0 ? i : first;
            machines += count < 1000000 ? count : 1000000;
        }
    }
    if (machines > 0) {
        mb_run_report(check,
                      mb_run_spec_at(check, "/environment/nodes/%zu/%s", first, key),
                      NULL, "%lld node%s without '%s': needed for level 'disclosed'",
                      (long long)machines, machines == 1 ? "" : "s", key);
    }
}

void mb_disclosure_node_cpus(struct mb_check *check)
{
    node_key(check, "cpus");
}

void mb_disclosure_node_memory(struct mb_check *check)
{
    node_key(check, "memory");
}

void mb_disclosure_node_kernel(struct mb_check *check)
{
    node_key(check, "kernel");
}

void mb_disclosure_network(struct mb_check *check)
{
    const struct mb_node *network =
        mb_node_find(mb_node_find(check->spec, "environment"), "network");
    if (mb_node_find(network, "medium") == NULL && !is_local(check)) {
        mb_run_report(check, mb_run_spec_at(check, "/environment/network/medium"),
                      "network: {medium: ethernet, rate: 10Gbps, cni: calico}",
                      "the network is not stated: 'medium' is needed for level "
                      "'disclosed'");
    }
}

static bool is_kubernetes(const struct mb_check *check)
{
    const struct mb_node *environment = mb_node_find(check->spec, "environment");
    const struct mb_node *orchestrator = mb_node_find(environment, "orchestrator");
    return strcmp(mb_node_text(mb_node_find(orchestrator, "type"), ""), "kubernetes") ==
           0;
}

void mb_disclosure_cni(struct mb_check *check)
{
    const struct mb_node *network =
        mb_node_find(mb_node_find(check->spec, "environment"), "network");
    if (is_kubernetes(check) && mb_node_find(network, "cni") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/environment/network/cni"),
                      "a CNI that replaces kube-proxy or encrypts changes every number",
                      "the container network is not stated: 'cni' is needed for level "
                      "'disclosed'");
    }
}

void mb_disclosure_orchestrator_version(struct mb_check *check)
{
    const struct mb_node *orchestrator =
        mb_node_find(mb_node_find(check->spec, "environment"), "orchestrator");
    if (orchestrator != NULL && orchestrator->type == MB_NODE_MAP && !is_local(check) &&
        mb_node_find(orchestrator, "version") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/environment/orchestrator/version"),
                      NULL,
                      "the version of the orchestrator is not stated: needed for level "
                      "'disclosed'");
    }
}

void mb_disclosure_application(struct mb_check *check)
{
    const struct mb_node *application = mb_node_find(check->spec, "application");
    if (application == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/application"),
                      "application: {name: bookinfo, version: 1.20.3}",
                      "the application is not stated: needed for level 'disclosed'");
    } else if (mb_node_find(application, "version") == NULL &&
               mb_node_find(application, "builtin") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/application/version"),
                      "a built-in application has the version of meshbench",
                      "the version of the application is not stated: needed for level "
                      "'disclosed'");
    }
}

// The index-th variant when it has a mesh; NULL for baselines and malformed ones.
static const struct mb_node *meshed(const struct mb_check *check, size_t index)
{
    const struct mb_node *variant = mb_run_item(mb_run_list(check, "variants"), index);
    const char *mesh = mb_run_mesh(variant);
    return mesh != NULL && strcmp(mesh, "none") != 0 ? variant : NULL;
}

static const char *variant_name(const struct mb_node *variant)
{
    return mb_node_text(mb_node_find(variant, "name"), "");
}

void mb_disclosure_mesh_version(struct mb_check *check)
{
    for (size_t i = 0; i < mb_node_count(mb_run_list(check, "variants")); i++) {
        const struct mb_node *variant = meshed(check, i);
        if (variant != NULL && mb_refs_adapter(variant) == NULL &&
            mb_node_find(mb_node_find(variant, "mesh"), "version") == NULL) {
            mb_run_report(check, mb_run_spec_at(check, "/variants/%zu/mesh/version", i),
                          "an adapter captures it; without one it has to be written",
                          "variant '%s' states no version of its mesh: needed for level "
                          "'disclosed'",
                          variant_name(variant));
        }
    }
}

void mb_disclosure_mesh_config(struct mb_check *check)
{
    for (size_t i = 0; i < mb_node_count(mb_run_list(check, "variants")); i++) {
        const struct mb_node *variant = meshed(check, i);
        if (variant != NULL && mb_refs_adapter(variant) == NULL &&
            mb_node_count(mb_node_find(variant, "config_files")) == 0) {
            mb_run_report(
                check, mb_run_spec_at(check, "/variants/%zu/config_files", i),
                "config_files: [what you applied]; their digests go into the "
                "result",
                "variant '%s' does not show its configuration: needed for level "
                "'disclosed'",
                variant_name(variant));
        }
    }
}

void mb_disclosure_mesh_features(struct mb_check *check)
{
    static const char *const keys[] = {"mtls", "telemetry"};
    for (size_t i = 0; i < mb_node_count(mb_run_list(check, "variants")); i++) {
        const struct mb_node *variant = meshed(check, i);
        const struct mb_node *config = mb_node_find(variant, "config");
        for (size_t j = 0; variant != NULL && j < sizeof keys / sizeof keys[0]; j++) {
            if (mb_node_find(config, keys[j]) == NULL) {
                mb_run_report(
                    check, mb_run_spec_at(check, "/variants/%zu/config/%s", i, keys[j]),
                    "config: {mtls: strict, telemetry: [metrics]}; off and [] are "
                    "answers",
                    "variant '%s' does not state '%s': needed for level 'disclosed'",
                    variant_name(variant), keys[j]);
            }
        }
    }
}

void mb_disclosure_baseline(struct mb_check *check)
{
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const char *mesh = mb_run_mesh(mb_run_item(variants, i));
        if (mesh == NULL || strcmp(mesh, "none") == 0) {
            return;
        }
    }
    if (variants != NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/variants"),
                      "add a variant with 'mesh: none': overheads count against it",
                      "no baseline: a mesh's cost needs one measured in the same run");
    }
}

// A key of every workload that has a default, and should be stated all the same. One
// finding for all workloads, at the first that leaves it out.
static void workload_key(struct mb_check *check, const char *group, const char *key,
                         const char *hint)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    size_t silent = 0;
    size_t first = 0;
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *workload = mb_run_item(workloads, i);
        const struct mb_node *holder =
            group[0] != '\0' ? mb_node_find(workload, group + 1) : workload;
        if (workload->type == MB_NODE_MAP && mb_node_find(holder, key) == NULL) {
            first = silent == 0 ? i : first;
            silent++;
        }
    }
    if (silent > 0) {
        mb_run_report(
            check, mb_run_spec_at(check, "/workloads/%zu%s/%s", first, group, key), hint,
            "%zu workload%s '%s' to the default: needed for level 'disclosed'", silent,
            silent == 1 ? " leaves" : "s leave", key);
    }
}

void mb_disclosure_warmup(struct mb_check *check)
{
    workload_key(check, "", "warmup", "warmup: 5s is the default");
}

void mb_disclosure_timeout(struct mb_check *check)
{
    workload_key(check, "/request", "timeout", "request: {timeout: 5s} is the default");
}

void mb_disclosure_keepalive(struct mb_check *check)
{
    workload_key(check, "/request", "keepalive",
                 "request: {keepalive: true} is the default");
}

void mb_disclosure_outliers(struct mb_check *check)
{
    const struct mb_node *trials = mb_node_find(check->spec, "trials");
    if (mb_node_find(trials, "discard") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/trials/discard"),
                      "trials: {discard: none}: every complete trial counts",
                      "the outlier policy is not stated: needed for level 'disclosed'");
    }
}
