#include "check/rules.h"

#include <string.h>

#include "check/accounting.h"
#include "check/adapters.h"
#include "check/disclosure.h"
#include "check/gates.h"
#include "check/record.h"
#include "check/refs.h"
#include "check/rigour.h"
#include "check/sense.h"
#include "check/suite.h"
#include "check/support.h"

// Shorthands that keep a rule on two or three lines of the table.
enum {
    B = MB_DOCUMENT_BENCHMARK,
    A = MB_DOCUMENT_ADAPTER,
    R = MB_DOCUMENT_RESULT,
    C = MB_DOCUMENT_COMPARISON,
    ANY = B | A | R
};
#define VALID MB_LEVEL_VALID
#define DISCLOSED MB_LEVEL_DISCLOSED
#define RIGOROUS MB_LEVEL_RIGOROUS
#define PUBLISHABLE MB_LEVEL_PUBLISHABLE
#define ERROR MB_SEVERITY_ERROR
#define WARNING MB_SEVERITY_WARNING
#define NOTE MB_SEVERITY_NOTE

static const struct mb_rule rules[] = {
    {"MB100", "unreadable", VALID, ERROR, ANY,
     "the document is YAML or JSON within the reader's limits", NULL},
    {"MB101", "unknown-key", VALID, ERROR, ANY,
     "every key is a known one, or an extension that starts with x-", NULL},
    {"MB102", "missing-key", VALID, ERROR, ANY, "every required key is present", NULL},
    {"MB103", "wrong-type", VALID, ERROR, ANY, "every value has the type of its key",
     NULL},
    {"MB104", "not-allowed", VALID, ERROR, ANY,
     "a value with a fixed set of choices is one of them", NULL},
    {"MB105", "out-of-range", VALID, ERROR, ANY, "every number is inside its range",
     mb_sense_ranges},
    {"MB106", "malformed", VALID, ERROR, ANY,
     "every name and text has the form that its key asks for", NULL},
    {"MB107", "wrong-size", VALID, ERROR, ANY,
     "lists, maps, texts and documents are neither too short nor too long", NULL},
    {"MB108", "duplicate-item", VALID, ERROR, ANY, "no list names an item twice", NULL},
    {"MB109", "too-many-findings", VALID, ERROR, ANY,
     "a document has no more findings than are listed", NULL},
    {"MB110", "unknown-document", VALID, ERROR, ANY,
     "the document says what it is: 'meshbench: v1' and a known 'kind'", NULL},
    {"MB111", "unquoted-version", VALID, ERROR, B | A,
     "a version is text: 1.20 without quotes is the number 1.2", NULL},
    {"MB112", "not-a-quantity", VALID, ERROR, B | A,
     "durations, sizes, rates and shares carry a unit that is known", NULL},
    {"MB113", "inline-secret", VALID, ERROR, B,
     "secrets are given by reference, never in the document", mb_refs_inline_secrets},
    {"MB114", "newer-minor", VALID, WARNING, R,
     "the result was written by a version that this build knows", mb_record_minor},
    {"MB115", "exclusive-keys", VALID, ERROR, ANY,
     "of keys that exclude each other one is given", NULL},
    {"MB116", "broken-build", VALID, ERROR, ANY, "the schemas in this build can be read",
     NULL},
    {"MB117", "control-character", VALID, ERROR, B,
     "what goes onto the wire or to the system holds no control characters",
     mb_refs_controls},
    {"MB120", "duplicate-variant", VALID, ERROR, B, "every variant has a name of its own",
     mb_refs_variant_names},
    {"MB121", "duplicate-workload", VALID, ERROR, B,
     "every workload has a name of its own", mb_refs_workload_names},
    {"MB122", "unknown-variant", VALID, ERROR, B,
     "A/A pairs and gates name variants of the spec", mb_refs_variants},
    {"MB123", "unknown-metric", VALID, ERROR, B,
     "metrics are named as in the specification", mb_refs_metrics},
    {"MB124", "rate-of-closed-load", VALID, ERROR, B, "a closed load has no rate",
     mb_sense_rate_unused},
    {"MB125", "no-url", VALID, ERROR, B, "every variant says where its requests go",
     mb_sense_url},
    {"MB126", "body-and-size", VALID, ERROR, B, "a request has one body, of at most 16Mi",
     mb_sense_body},
    {"MB127", "unknown-adapter", VALID, ERROR, B,
     "every adapter is a built-in one or a file", mb_refs_adapters},
    {"MB128", "missing-file", VALID, ERROR, B, "files that the spec names exist",
     mb_refs_files},
    {"MB129", "unset-variable", VALID, WARNING, B,
     "environment variables that the spec names are set", mb_refs_variables},
    {"MB130", "repeated-point", VALID, ERROR, B, "no load point is listed twice",
     mb_sense_points},
    {"MB131", "idle-threads", VALID, ERROR, B,
     "every thread of the generator has a connection", mb_sense_threads},
    {"MB132", "timeout-over-window", VALID, WARNING, B,
     "the time-out is not longer than the measured window", mb_sense_timeout},
    {"MB133", "until-below-count", VALID, ERROR, B,
     "'until' stops at 'count' blocks or later", mb_sense_until},
    {"MB134", "too-many-trials", VALID, ERROR, B,
     "a spec plans no more trials than a run can hold", mb_sense_trials},
    {"MB135", "gate-unit", VALID, ERROR, B,
     "the limit of a gate is in the unit of its metric", mb_gates_unit},
    {"MB136", "gate-sign", VALID, ERROR, B,
     "a limit with a sign is a difference to another variant", mb_gates_sign},
    {"MB137", "gate-against-itself", VALID, ERROR, B, "a gate compares two variants",
     mb_gates_self},
    {"MB138", "configured-baseline", VALID, ERROR, B,
     "a variant without mesh has no mesh configuration", mb_sense_baseline},
    {"MB139", "taken-aa-name", VALID, ERROR, B, "no variant is named like the A/A twin",
     mb_sense_aa_name},
    {"MB140", "division", VALID, ERROR, B,
     "the closed division changes nothing, the open one lists its changes",
     mb_sense_division},
    {"MB141", "bad-port", VALID, ERROR, B, "ports are 1 to 65535", mb_sense_port},
    {"MB142", "changed-file", VALID, ERROR, B,
     "a file with a pinned digest has that digest", mb_refs_file_digests},
    {"MB143", "adapter-parameter", VALID, ERROR, B,
     "parameters are ones that the adapter has, with values that fit",
     mb_adapters_spec_parameters},
    {"MB144", "changed-suite", VALID, ERROR, B,
     "a benchmark of the closed division is the reference benchmark", mb_suite_closed},
    {"MB201", "duplicate-parameter", VALID, ERROR, A, "every parameter is declared once",
     mb_adapters_parameter_names},
    {"MB202", "unknown-variable", VALID, ERROR, A,
     "templates use variables that the adapter has", mb_adapters_variables},
    {"MB203", "broken-reference", VALID, ERROR, A,
     "every '$' in a template starts a reference or is written twice",
     mb_adapters_references},
    {"MB204", "unfit-default", VALID, ERROR, A, "defaults fit their parameters",
     mb_adapters_defaults},
    {"MB205", "not-a-pattern", VALID, ERROR, A,
     "patterns are POSIX extended regular expressions", mb_adapters_patterns},
    {"MB206", "path-outside", VALID, ERROR, A,
     "files and folders stay in the folder of the instance", mb_adapters_paths},
    {"MB207", "unused-parameter", VALID, WARNING, A, "every parameter is used",
     mb_adapters_unused},
    {"MB301", "orchestrator", DISCLOSED, WARNING, B | R, "the orchestrator is stated",
     mb_disclosure_orchestrator},
    {"MB302", "nodes", DISCLOSED, WARNING, B | R,
     "the machines are stated, or are the one that the run captures",
     mb_disclosure_nodes},
    {"MB303", "node-cpus", DISCLOSED, WARNING, B | R, "the CPUs of every node are stated",
     mb_disclosure_node_cpus},
    {"MB304", "node-memory", DISCLOSED, WARNING, B | R,
     "the memory of every node is stated", mb_disclosure_node_memory},
    {"MB305", "network", DISCLOSED, WARNING, B | R,
     "the network between the nodes is stated", mb_disclosure_network},
    {"MB306", "node-kernel", DISCLOSED, WARNING, B | R,
     "the kernel of every node is stated", mb_disclosure_node_kernel},
    {"MB307", "cni", DISCLOSED, WARNING, B | R,
     "the container network of a Kubernetes cluster is stated", mb_disclosure_cni},
    {"MB308", "orchestrator-version", DISCLOSED, WARNING, B | R,
     "the version of the orchestrator is stated", mb_disclosure_orchestrator_version},
    {"MB309", "application", DISCLOSED, WARNING, B | R,
     "the application and its version are stated", mb_disclosure_application},
    {"MB310", "mesh-version", DISCLOSED, WARNING, B | R,
     "the version of every mesh is stated, or captured by its adapter",
     mb_disclosure_mesh_version},
    {"MB311", "mesh-configuration", DISCLOSED, WARNING, B | R,
     "the configuration of every mesh is shown, or rendered by its adapter",
     mb_disclosure_mesh_config},
    {"MB312", "mesh-features", DISCLOSED, WARNING, B | R,
     "every mesh states its mutual TLS and telemetry", mb_disclosure_mesh_features},
    {"MB313", "no-baseline", DISCLOSED, WARNING, B | R,
     "a variant without mesh is measured in the same run", mb_disclosure_baseline},
    {"MB314", "warmup-default", DISCLOSED, WARNING, B,
     "every workload states its warm-up", mb_disclosure_warmup},
    {"MB315", "timeout-default", DISCLOSED, WARNING, B,
     "every workload states its time-out", mb_disclosure_timeout},
    {"MB316", "keepalive-default", DISCLOSED, WARNING, B,
     "every workload states whether connections are kept", mb_disclosure_keepalive},
    {"MB317", "outlier-policy", DISCLOSED, WARNING, B,
     "the outlier policy is stated beforehand", mb_disclosure_outliers},
    {"MB318", "no-raw-data", DISCLOSED, WARNING, R,
     "response times are kept as a distribution", mb_record_raw},
    {"MB319", "no-spec", DISCLOSED, WARNING, R,
     "the result holds its spec with every default", mb_record_spec},
    {"MB320", "declared-otherwise", DISCLOSED, WARNING, R,
     "what was declared is what was captured", mb_record_facts},
    {"MB321", "unknown-host", DISCLOSED, WARNING, R,
     "CPU, memory and kernel of the machines are known", mb_record_host},
    {"MB401", "busy-host", PUBLISHABLE, WARNING, R, "the host was quiet before the run",
     mb_record_findings},
    {"MB402", "stolen-time", PUBLISHABLE, WARNING, R,
     "the hypervisor took no time from the host", mb_record_findings},
    {"MB403", "cpu-governor", PUBLISHABLE, WARNING, R,
     "CPU frequency does not follow the load", mb_record_findings},
    {"MB404", "turbo", PUBLISHABLE, NOTE, R,
     "the CPU does not raise its frequency by itself", mb_record_findings},
    {"MB405", "few-cpus", PUBLISHABLE, WARNING, R,
     "generator, data plane and application have CPUs of their own", mb_record_findings},
    {"MB406", "clock-source", PUBLISHABLE, WARNING, R,
     "the clock is read without a system call", mb_record_findings},
    {"MB407", "virtual-machine", VALID, NOTE, R, "the host is not a virtual machine",
     mb_record_findings},
    {"MB420", "saturated", RIGOROUS, WARNING, R,
     "every open or paced cell achieved its rate", mb_rigour_saturated},
    {"MB421", "late-generator", RIGOROUS, WARNING, R, "the generator kept its schedule",
     mb_rigour_late},
    {"MB422", "nothing-succeeded", RIGOROUS, WARNING, R,
     "requests of every cell succeeded", mb_rigour_failing},
    {"MB423", "resumed", VALID, NOTE, R, "the run was not interrupted",
     mb_record_findings},
    {"MB424", "until-not-reached", VALID, NOTE, R,
     "the metric of 'until' is known as well as was asked", mb_record_findings},
    {"MB425", "other-block-count", VALID, NOTE, R,
     "as many blocks were measured as the spec asks for", mb_record_findings},
    {"MB500", "unreadable-raw-data", VALID, ERROR, R,
     "histograms, lists and texts of a result can be read", NULL},
    {"MB501", "intended-requests", VALID, ERROR, R,
     "every intended request is accounted for", mb_accounting_intended},
    {"MB502", "completed-requests", VALID, ERROR, R,
     "complete responses are ok or had an unexpected status", mb_accounting_completed},
    {"MB503", "sent-requests", VALID, ERROR, R,
     "every request that was sent came to an end", mb_accounting_sent},
    {"MB504", "status-codes", VALID, ERROR, R,
     "status codes add up to the complete responses", mb_accounting_statuses},
    {"MB505", "populations", VALID, ERROR, R,
     "distributions hold as many values as the counts say", mb_accounting_populations},
    {"MB506", "distribution", VALID, ERROR, R, "no distribution contradicts itself",
     mb_accounting_distribution},
    {"MB508", "window", VALID, ERROR, R, "the parts of a trial measure its window",
     mb_accounting_window},
    {"MB509", "duplicate-trial", VALID, ERROR, R, "every trial has a name of its own",
     mb_record_trial_ids},
    {"MB510", "duplicate-cell", VALID, ERROR, R,
     "every variant and load point has one cell", mb_record_cells},
    {"MB511", "duplicate-position", VALID, ERROR, R,
     "trials of a block have places of their own", mb_record_positions},
    {"MB512", "times", VALID, ERROR, R, "trials started while the run was going on",
     mb_record_times},
    {"MB513", "no-reason", VALID, ERROR, R, "a trial that is not complete says why",
     mb_record_reason},
    {"MB514", "spec-digest", VALID, ERROR, R, "the spec's digest is that of its text",
     mb_record_digest},
    {"MB515", "resources", VALID, ERROR, R,
     "counters of CPU and memory do not contradict themselves", mb_record_resources},
    {"MB516", "unknown-twin", VALID, ERROR, R,
     "an A/A twin names another variant of the result", mb_record_aa},
    {"MB517", "unknown-cell", VALID, ERROR, R,
     "cells are of variants and workloads of the spec", mb_record_names},
    {"MB518", "not-complete", VALID, ERROR, R,
     "a result that says it is complete has no partial trial", mb_record_complete},
    {"MB519", "histogram", VALID, ERROR, R, "the payload of a histogram can be decoded",
     mb_record_derived},
    {"MB520", "histogram-count", VALID, ERROR, R, "a histogram holds n values",
     mb_record_derived},
    {"MB521", "histogram-range", VALID, ERROR, R,
     "sum, min and max are those of the values", mb_record_derived},
    {"MB522", "series", VALID, ERROR, R,
     "the intervals of a series add up to the part's counts", mb_record_derived},
    {"MB601", "derived-number", VALID, ERROR, R,
     "derived numbers follow from the raw data", mb_record_derived},
    {"MB602", "key", VALID, ERROR, R,
     "comparability keys follow from the spec and the facts", mb_record_derived},
    {"MB701", "few-blocks", RIGOROUS, NOTE, B | R,
     "every cell is measured in six blocks or more", mb_rigour_blocks},
    {"MB702", "not-interleaved", RIGOROUS, NOTE, B | R,
     "variants are interleaved within blocks", mb_rigour_order},
    {"MB703", "no-aa-pair", RIGOROUS, NOTE, B | R,
     "one variant is measured twice, for the noise floor", mb_rigour_aa},
    {"MB704", "no-warmup", RIGOROUS, NOTE, B | R, "every trial warms up first",
     mb_rigour_warmup},
    {"MB705", "unsupported-tail", RIGOROUS, NOTE, B | R,
     "trials hold enough requests for the percentiles that decide", mb_rigour_tail},
    {"MB706", "no-primary-metric", RIGOROUS, NOTE, B,
     "the metrics that decide are named beforehand", mb_rigour_primary},
    {"MB707", "no-seed", RIGOROUS, NOTE, B, "the seed is announced", mb_rigour_seed},
    {"MB708", "missing-trials", RIGOROUS, WARNING, R,
     "every trial that was planned is there and complete", mb_rigour_complete},
    {"MB709", "discarded-trials", RIGOROUS, WARNING, R, "no trial was discarded",
     mb_rigour_discarded},
    {"MB710", "coordinated-omission", RIGOROUS, WARNING, R,
     "response times of an open load count from the intended moment", mb_rigour_omission},
    {"MB750", "no-authors", PUBLISHABLE, NOTE, B | R, "somebody answers for the numbers",
     mb_rigour_authors},
    {"MB751", "no-availability", PUBLISHABLE, NOTE, B | R,
     "it is stated whether others can get what is measured", mb_rigour_available},
    {"MB752", "no-question", PUBLISHABLE, NOTE, B | R, "the question is stated",
     mb_rigour_question},
    {"MB753", "unknown-build", PUBLISHABLE, NOTE, R,
     "the tool that measured is known by its commit", mb_rigour_commit},
    {"MB754", "imported", PUBLISHABLE, NOTE, R, "the result was measured, not imported",
     mb_rigour_imported},
    {"MB801", "compared-saturated", VALID, WARNING, C,
     "compared cells achieved their rate", NULL},
    {"MB802", "biased-setup", VALID, WARNING, C,
     "the A/A twin does not differ from its variant", NULL},
    {"MB803", "compared-unwarmed", VALID, WARNING, C,
     "what is compared was warmed up, and the first block is like the others", NULL},
    {"MB804", "compared-late", VALID, WARNING, C,
     "the generator kept its schedule in what is compared", NULL},
    {"MB805", "compared-noisy", VALID, WARNING, C,
     "nothing else took the CPUs of what is compared", NULL},
    {"MB806", "coarse-values", VALID, WARNING, C,
     "effects are large beside the steps of their values", NULL},
    {"MB807", "below-noise", VALID, NOTE, C,
     "effects are larger than what a variant differs from itself", NULL},
    {"MB808", "faster-with-mesh", VALID, WARNING, C,
     "no variant with a mesh is faster than the one without", NULL},
    {"MB809", "stale-figures", VALID, WARNING, C,
     "figures were measured with the release that they are shown for", NULL},
    {"MB810", "lost-packets", VALID, WARNING, C,
     "no percentile lies where a lost SYN is sent again", NULL},
    {"MB811", "unmatched-cells", VALID, NOTE, C,
     "results that are compared have the same cells", NULL},
    {"MB812", "same-result", VALID, WARNING, C,
     "results that are compared are different ones", NULL},
    {"MB851", "import-load-model", DISCLOSED, WARNING, R,
     "the load model of an imported trial is known", mb_record_findings},
    {"MB852", "import-omission", DISCLOSED, WARNING, R,
     "it is known how an import handled coordinated omission", mb_record_findings},
    {"MB853", "import-warmup", RIGOROUS, NOTE, R,
     "it is known whether an imported trial warmed up", mb_record_findings},
    {"MB854", "import-time", DISCLOSED, NOTE, R,
     "it is known when an imported trial ran and how long", mb_record_findings},
    {"MB855", "import-mixed", DISCLOSED, WARNING, R,
     "latencies of an import are of good requests", mb_record_findings},
    {"MB856", "import-dropped", VALID, NOTE, R, "everything in an imported file was kept",
     mb_record_findings},
    {"MB857", "import-implausible", VALID, WARNING, R, "imported numbers can be true",
     mb_record_findings},
    {"MB858", "import-cut-off", VALID, WARNING, R, "imported trials are whole",
     mb_record_findings},
    {"MB859", "import-service-only", VALID, NOTE, R,
     "response times of an import are known", mb_record_findings},
    {"MB861", "smp-unsaid", VALID, NOTE, B,
     "a configuration of Service Mesh Performance says all that a run needs", NULL},
    {"MB862", "smp-left-out", VALID, NOTE, B,
     "all of a configuration of Service Mesh Performance is taken over", NULL},
    {"MB901", "protocol", VALID, WARNING, B, "the protocol is one that this build speaks",
     mb_support_protocol},
    {"MB902", "https", VALID, WARNING, B, "urls are http", mb_support_https},
    {"MB903", "prometheus", VALID, WARNING, B, "resources come from this machine",
     mb_support_prometheus},
    {"MB904", "workload-type", VALID, WARNING, B, "workloads are of type load",
     mb_support_workload},
    {"MB905", "generator-cannot", VALID, WARNING, B,
     "the generator can do what the workloads ask of it", mb_support_generator},
    {"MB906", "several-generators", VALID, WARNING, B, "the load comes from one machine",
     mb_support_workers},
    {"MB907", "other-application", VALID, WARNING, B, "the built-in application is echo",
     mb_support_builtin},
};

static const struct mb_rule_family families[] = {
    {"MB1", "Structure and sense of documents", "spec/rules/mb1xx.md"},
    {"MB2", "Adapters", "spec/rules/mb2xx.md"},
    {"MB3", "Disclosure", "spec/rules/mb3xx.md"},
    {"MB4", "What a run notes about itself", "spec/rules/mb4xx.md"},
    {"MB5", "Structure and accounting of results", "spec/rules/mb5xx.md"},
    {"MB6", "Derived numbers", "spec/rules/mb6xx.md"},
    {"MB7", "Rigour", "spec/rules/mb7xx.md"},
    {"MB8", "Comparison and import", "spec/rules/mb8xx.md"},
    {"MB9", "Not supported yet", "spec/rules/mb9xx.md"},
};

const struct mb_rule *mb_rules_list(size_t *count)
{
    *count = sizeof rules / sizeof rules[0];
    return rules;
}

const struct mb_rule *mb_rules_find(const char *code)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rules[i].code, code) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

const struct mb_rule_family *mb_rules_families(size_t *count)
{
    *count = sizeof families / sizeof families[0];
    return families;
}

const char *mb_level_name(enum mb_level level)
{
    switch (level) {
    case MB_LEVEL_NONE:
        return "none";
    case MB_LEVEL_VALID:
        return "valid";
    case MB_LEVEL_DISCLOSED:
        return "disclosed";
    case MB_LEVEL_RIGOROUS:
        return "rigorous";
    case MB_LEVEL_PUBLISHABLE:
        return "publishable";
    }
    return "none";
}

bool mb_level_find(const char *name, enum mb_level *level)
{
    for (enum mb_level i = MB_LEVEL_VALID; i <= MB_LEVEL_PUBLISHABLE; i++) {
        if (strcmp(mb_level_name(i), name) == 0) {
            *level = i;
            return true;
        }
    }
    return false;
}
