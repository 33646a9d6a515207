#include "check/refs.h"

#include <string.h>

#include "base/digest.h"
#include "base/embed.h"
#include "base/file.h"
#include "check/check.h"
#include "model/derive.h"
#include "model/spec.h"

static void names_unique(struct mb_check *check, const char *list_key, const char *word)
{
    const struct mb_node *list = mb_run_list(check, list_key);
    for (size_t i = 1; i < mb_node_count(list); i++) {
        const char *name = mb_node_text(mb_node_find(mb_run_item(list, i), "name"), NULL);
        for (size_t j = 0; name != NULL && j < i; j++) {
            const struct mb_node *earlier = mb_node_find(mb_run_item(list, j), "name");
            if (strcmp(mb_node_text(earlier, ""), name) == 0) {
                mb_run_report(check, mb_run_spec_at(check, "/%s/%zu/name", list_key, i),
                              "names are what results and comparisons refer to",
                              "%s '%s' is named twice, first in line %d", word, name,
                              earlier->line);
                break;
            }
        }
    }
}

void mb_refs_variant_names(struct mb_check *check)
{
    names_unique(check, "variants", "variant");
}

void mb_refs_workload_names(struct mb_check *check)
{
    names_unique(check, "workloads", "workload");
}

// Names of the variants, NULL-terminated.
static const char **variant_names(struct mb_check *check)
{
    const struct mb_node *list = mb_run_list(check, "variants");
    size_t count = 0;
    const char **names =
        mb_arena_alloc(check->arena, mb_node_count(list) + 1, sizeof *names);
    for (size_t i = 0; i < mb_node_count(list); i++) {
        const char *name = mb_node_text(mb_node_find(mb_run_item(list, i), "name"), NULL);
        if (name != NULL) {
            names[count++] = name;
        }
    }
    return names;
}

// In arena: the first few names.
static const char *names_join(struct mb_arena *arena, const char *const *names)
{
    enum { NAMES_SHOWN = 8 };
    const char *all = "";
    for (size_t i = 0; names[i] != NULL; i++) {
        if (i == NAMES_SHOWN) {
            return mb_arena_print(arena, "%s, ...", all);
        }
        all = mb_arena_print(arena, "%s%s%s", all, i > 0 ? ", " : "", names[i]);
    }
    return all;
}

static const char *hint_nearest(struct mb_arena *arena, const char *text,
                                const char *const *names, const char *list_word)
{
    const char *nearest = mb_units_nearest(text, names);
    if (nearest != NULL) {
        return mb_arena_print(arena, "did you mean '%s'?", nearest);
    }
    return mb_arena_print(arena, "%s: %s", list_word, names_join(arena, names));
}

static void variant_known(struct mb_check *check, const struct mb_node *node,
                          const char *const *names, const char *pointer)
{
    const char *text = mb_node_text(node, NULL);
    if (text == NULL) {
        return;
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], text) == 0) {
            return;
        }
    }
    mb_run_report(check, pointer,
                  hint_nearest(check->arena, text, names, "variants of this spec"),
                  "'%s' is not a variant of this spec", text);
}

void mb_refs_variants(struct mb_check *check)
{
    const char *const *names = variant_names(check);
    const struct mb_node *aa = mb_node_find(mb_node_find(check->spec, "trials"), "aa");
    variant_known(check, aa, names, mb_run_spec_at(check, "/trials/aa"));
    const struct mb_node *gates = mb_run_list(check, "gates");
    for (size_t i = 0; i < mb_node_count(gates); i++) {
        const struct mb_node *gate = mb_run_item(gates, i);
        variant_known(check, mb_node_find(gate, "variant"), names,
                      mb_run_spec_at(check, "/gates/%zu/variant", i));
        const struct mb_node *versus = mb_node_find(gate, "versus");
        if (strcmp(mb_node_text(versus, ""), MB_SPEC_FIRST) != 0) {
            variant_known(check, versus, names,
                          mb_run_spec_at(check, "/gates/%zu/versus", i));
        }
    }
}

const char *mb_refs_metric_hint(struct mb_arena *arena, const char *text)
{
    static const char *const metrics[] = {"response_time.p50",
                                          "response_time.p90",
                                          "response_time.p99",
                                          "throughput",
                                          "response_time.p99.9",
                                          "response_time.mean",
                                          "error_ratio",
                                          "service_time.p99",
                                          "memory.application",
                                          "cpu_per_request",
                                          "memory.data_plane",
                                          "cpu_per_request.application",
                                          "connect_time.p99",
                                          "wait_for_connection.p99",
                                          "cpu_per_request.data_plane",
                                          "memory",
                                          "dispatch_lag.p99",
                                          NULL};
    const char *nearest = mb_units_nearest(text, metrics);
    return nearest != NULL ? mb_arena_print(arena, "did you mean '%s'?", nearest)
                           : "for example response_time.p99, throughput, error_ratio, "
                             "cpu_per_request, memory.data_plane";
}

static void metric_known(struct mb_check *check, const struct mb_node *node,
                         const char *pointer)
{
    struct mb_metric metric;
    const char *text = mb_node_text(node, NULL);
    if (text != NULL && !mb_metric_parse(text, &metric)) {
        mb_run_report(check, pointer, mb_refs_metric_hint(check->arena, text),
                      "'%s' is not a metric", text);
    }
}

void mb_refs_metrics(struct mb_check *check)
{
    const struct mb_node *analysis = mb_node_find(check->spec, "analysis");
    const struct mb_node *primary = mb_node_find(analysis, "primary");
    for (size_t i = 0; mb_run_item(primary, i) != NULL; i++) {
        metric_known(check, mb_run_item(primary, i),
                     mb_run_spec_at(check, "/analysis/primary/%zu", i));
    }
    const struct mb_node *trials = mb_node_find(check->spec, "trials");
    metric_known(check, mb_node_find(mb_node_find(trials, "until"), "metric"),
                 mb_run_spec_at(check, "/trials/until/metric"));
    const struct mb_node *gates = mb_run_list(check, "gates");
    for (size_t i = 0; i < mb_node_count(gates); i++) {
        metric_known(check, mb_node_find(mb_run_item(gates, i), "metric"),
                     mb_run_spec_at(check, "/gates/%zu/metric", i));
    }
}

// In arena: a path of the document as seen from here: it is relative to the document's
// folder.
static const char *path_here(struct mb_check *check, const char *path)
{
    const char *folder = mb_file_dir(check->arena, check->doc->name);
    return mb_file_join(check->arena, folder, path);
}

// Reports a path that does not exist.
static bool file_exists(struct mb_check *check, const struct mb_node *node,
                        const char *pointer)
{
    const char *path = mb_node_text(node, NULL);
    if (path == NULL || mb_file_exists(path_here(check, path))) {
        return path != NULL;
    }
    mb_run_report(check, pointer, "paths are relative to the folder of the document",
                  "file '%s' does not exist", path);
    return false;
}

const struct mb_node *mb_refs_adapter(const struct mb_node *variant)
{
    const struct mb_node *adapter = mb_node_find(variant, "adapter");
    if (adapter != NULL && adapter->type == MB_NODE_MAP) {
        adapter = mb_node_find(adapter, "use");
    }
    return adapter != NULL && adapter->type == MB_NODE_STRING ? adapter : NULL;
}

// A header field of the spec, wherever it stands.
typedef void header_visit(struct mb_check *check, const struct mb_node_entry *header,
                          const char *pointer);

static void headers_visit(struct mb_check *check, const struct mb_node *headers,
                          const char *pointer, header_visit *visit)
{
    for (size_t i = 0; i < mb_node_count(headers) && headers->type == MB_NODE_MAP; i++) {
        const struct mb_node_entry *entry = &headers->as.map.entries[i];
        visit(check, entry,
              mb_node_pointer_key(check->arena, pointer, mb_node_text(entry->key, "")));
    }
}

static void all_headers_visit(struct mb_check *check, header_visit *visit)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *request =
            mb_node_find(mb_run_item(workloads, i), "request");
        headers_visit(check, mb_node_find(request, "headers"),
                      mb_run_spec_at(check, "/workloads/%zu/request/headers", i), visit);
    }
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        headers_visit(check, mb_node_find(mb_run_item(variants, i), "headers"),
                      mb_run_spec_at(check, "/variants/%zu/headers", i), visit);
    }
    const struct mb_node *prometheus =
        mb_node_find(mb_node_find(check->spec, "collect"), "prometheus");
    headers_visit(check, mb_node_find(prometheus, "headers"),
                  mb_run_spec_at(check, "/collect/prometheus/headers"), visit);
}

static void header_file_exists(struct mb_check *check, const struct mb_node_entry *header,
                               const char *pointer)
{
    (void)file_exists(check, mb_node_find(header->value, "file"),
                      mb_node_pointer_key(check->arena, pointer, "file"));
}

// The path of an item of config_files, which is a text or {path, sha256}.
static const struct mb_node *config_path(const struct mb_node *item)
{
    return item->type == MB_NODE_MAP ? mb_node_find(item, "path") : item;
}

// A result carries digests of its files; the files themselves may be elsewhere by now.
static bool looks_outside(const struct mb_check *check)
{
    return check->ctx != NULL && check->document == MB_DOCUMENT_BENCHMARK;
}

void mb_refs_files(struct mb_check *check)
{
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; looks_outside(check) && i < mb_node_count(variants); i++) {
        const struct mb_node *variant = mb_run_item(variants, i);
        const struct mb_node *files = mb_node_find(variant, "config_files");
        for (size_t j = 0; mb_run_item(files, j) != NULL; j++) {
            (void)file_exists(
                check, config_path(mb_run_item(files, j)),
                mb_run_spec_at(check, "/variants/%zu/config_files/%zu", i, j));
        }
        const struct mb_node *adapter = mb_refs_adapter(variant);
        if (adapter != NULL && mb_spec_adapter_is_file(mb_node_text(adapter, ""))) {
            (void)file_exists(check, adapter,
                              mb_run_spec_at(check, "/variants/%zu/adapter", i));
        }
    }
    if (looks_outside(check)) {
        all_headers_visit(check, header_file_exists);
    }
}

// Reports a file whose bytes are not those that its pinned digest names.
static void digest_check(struct mb_check *check, const struct mb_node *item,
                         const char *pointer)
{
    const char *path = mb_node_text(mb_node_find(item, "path"), NULL);
    const char *wanted = mb_node_text(mb_node_find(item, "sha256"), NULL);
    struct mb_buf bytes;
    struct mb_err err = {0};
    mb_buf_init(&bytes, 0);
    if (path != NULL && wanted != NULL &&
        mb_file_read(path_here(check, path), NULL, MB_SPEC_MAX_CONFIG_BYTES, &bytes,
                     &err) == MB_OK) {
        char digest[MB_DIGEST_TEXT];
        mb_digest_text(bytes.data, bytes.size, digest);
        if (strcmp(digest, wanted) != 0) {
            mb_run_report(check, pointer,
                          mb_arena_print(check->arena, "it is %s", digest),
                          "file '%s' does not have this SHA-256", path);
        }
    }
    mb_buf_release(&bytes);
}

void mb_refs_file_digests(struct mb_check *check)
{
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; looks_outside(check) && i < mb_node_count(variants); i++) {
        const struct mb_node *files =
            mb_node_find(mb_run_item(variants, i), "config_files");
        for (size_t j = 0; mb_run_item(files, j) != NULL; j++) {
            digest_check(
                check, mb_run_item(files, j),
                mb_run_spec_at(check, "/variants/%zu/config_files/%zu/sha256", i, j));
        }
    }
}

static void header_variable_set(struct mb_check *check,
                                const struct mb_node_entry *header, const char *pointer)
{
    const char *name = mb_node_text(mb_node_find(header->value, "env"), NULL);
    if (name != NULL && check->ctx->env(name) == NULL) {
        mb_run_report(check, mb_node_pointer_key(check->arena, pointer, "env"),
                      "set it before the run", "environment variable '%s' is not set",
                      name);
    }
}

void mb_refs_variables(struct mb_check *check)
{
    if (looks_outside(check)) {
        all_headers_visit(check, header_variable_set);
    }
}

// Header fields that carry credentials: those of RFC 9110 and RFC 6265, and names that
// contain one of the usual words.
static bool is_secret_header(const char *name)
{
    static const char *const words[] = {"authorization", "cookie", "token",  "secret",
                                        "password",      "apikey", "api-key"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasestr(name, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void header_inline(struct mb_check *check, const struct mb_node_entry *header,
                          const char *pointer)
{
    const char *name = mb_node_text(header->key, "");
    if (header->value->type == MB_NODE_STRING && is_secret_header(name)) {
        mb_run_report(check, pointer,
                      "write {env: NAME} or {file: PATH}; the value then reaches no "
                      "result, log or report",
                      "the value of header '%s' looks like a secret in the document",
                      name);
    }
}

// User information in an URL (RFC 3986, 3.2.1).
static void url_inline(struct mb_check *check, const struct mb_node *url,
                       const char *pointer)
{
    const char *text = mb_node_text(url, NULL);
    const char *host = text != NULL ? strstr(text, "://") : NULL;
    if (host != NULL && memchr(host + 3, '@', strcspn(host + 3, "/?#")) != NULL) {
        mb_run_report(check, pointer, "send an Authorization header by reference instead",
                      "the url carries a user name or password");
    }
}

void mb_refs_inline_secrets(struct mb_check *check)
{
    all_headers_visit(check, header_inline);
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        url_inline(check, mb_node_find(mb_run_item(variants, i), "url"),
                   mb_run_spec_at(check, "/variants/%zu/url", i));
    }
    url_inline(check, mb_node_find(mb_node_find(check->spec, "application"), "url"),
               mb_run_spec_at(check, "/application/url"));
    const struct mb_node *prometheus =
        mb_node_find(mb_node_find(check->spec, "collect"), "prometheus");
    url_inline(check, mb_node_find(prometheus, "url"),
               mb_run_spec_at(check, "/collect/prometheus/url"));
}

// Built-in adapters travel in the binary as tools/mesh/adapters/NAME.yaml.
#define ADAPTERS "tools/mesh/adapters/"

// Names of the embedded adapters, NULL-terminated.
static const char **adapter_names(struct mb_arena *arena)
{
    const char **names = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (size_t i = 0; mb_embed_at(i) != NULL; i++) {
        const char *path = mb_embed_at(i)->name;
        const char *dot = strrchr(path, '.');
        if (strncmp(path, ADAPTERS, strlen(ADAPTERS)) == 0 && dot != NULL) {
            const char *name = path + strlen(ADAPTERS);
            names = mb_arena_grow(arena, names, count, &capacity, sizeof *names);
            names[count++] = mb_arena_copy_bytes(arena, name, (size_t)(dot - name));
        }
    }
    names = mb_arena_grow(arena, names, count, &capacity, sizeof *names);
    names[count] = NULL;
    return names;
}

void mb_refs_adapters(struct mb_check *check)
{
    const char *const *names = adapter_names(check->arena);
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const char *name = mb_node_text(mb_refs_adapter(mb_run_item(variants, i)), NULL);
        if (name == NULL || mb_spec_adapter_is_file(name)) {
            continue;
        }
        size_t known = 0;
        while (names[known] != NULL && strcmp(names[known], name) != 0) {
            known++;
        }
        if (names[known] == NULL) {
            mb_run_report(check, mb_run_spec_at(check, "/variants/%zu/adapter", i),
                          hint_nearest(check->arena, name, names, "built-in adapters"),
                          "'%s' is not a built-in adapter", name);
        }
    }
}

// A text with a line end could add a header field or a request of its own (CWE-93); one
// with a NUL would be cut short by the system.
static void text_check(struct mb_check *check, const struct mb_node *node,
                       const char *pointer)
{
    if (node == NULL || node->type != MB_NODE_STRING) {
        return;
    }
    for (size_t i = 0; i < node->as.string.size; i++) {
        unsigned char c = (unsigned char)node->as.string.data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            mb_run_report(check, pointer, NULL,
                          "the text holds the control character 0x%02x", c);
            return;
        }
    }
}

static void header_controls(struct mb_check *check, const struct mb_node_entry *header,
                            const char *pointer)
{
    text_check(check, header->value, pointer);
}

void mb_refs_controls(struct mb_check *check)
{
    all_headers_visit(check, header_controls);
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *variant = mb_run_item(variants, i);
        text_check(check, mb_node_find(variant, "url"),
                   mb_run_spec_at(check, "/variants/%zu/url", i));
        const struct mb_node *files = mb_node_find(variant, "config_files");
        for (size_t j = 0; mb_run_item(files, j) != NULL; j++) {
            text_check(check, config_path(mb_run_item(files, j)),
                       mb_run_spec_at(check, "/variants/%zu/config_files/%zu", i, j));
        }
    }
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *request =
            mb_node_find(mb_run_item(workloads, i), "request");
        text_check(check, mb_node_find(request, "path"),
                   mb_run_spec_at(check, "/workloads/%zu/request/path", i));
    }
    const struct mb_node *application = mb_node_find(check->spec, "application");
    const struct mb_node *arguments = mb_node_find(application, "arguments");
    text_check(check, mb_node_find(application, "url"),
               mb_run_spec_at(check, "/application/url"));
    text_check(check, mb_node_find(application, "path"),
               mb_run_spec_at(check, "/application/path"));
    for (size_t i = 0; mb_run_item(arguments, i) != NULL; i++) {
        text_check(check, mb_run_item(arguments, i),
                   mb_run_spec_at(check, "/application/arguments/%zu", i));
    }
}
