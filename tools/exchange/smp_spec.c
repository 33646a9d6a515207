#include "exchange/smp_spec.h"

#include <ctype.h>
#include <string.h>

#include "exchange/smp_names.h"
#include "model/field.h"
#include "model/generator.h"

enum { NAME_MAX_BYTES = 63 };

// Values of enums in service_mesh.proto and service_mesh_performance.proto; the texts are
// our words for them.
static const char *const meshes[] = {"unknown",
                                     "app-mesh",
                                     "consul",
                                     "istio",
                                     "kuma",
                                     "linkerd",
                                     "traefik-mesh",
                                     "octarine",
                                     "network-service-mesh",
                                     "tanzu",
                                     "open-service-mesh",
                                     "nginx-service-mesh",
                                     NULL};
static const char *const protocols[] = {"invalid", "http", "tcp", "udp", "grpc", NULL};

struct converter {
    struct mb_arena *arena;
    struct mb_doc *doc;
    const struct mb_node *test;
    struct mb_node *spec;
    struct mb_node *variants;
    struct mb_node *workloads;
    struct mb_diag *diag;
    struct mb_err *err;
};

static void note(struct converter *converter, const char *code,
                 const struct mb_node *node, const char *message)
{
    mb_doc_locate(converter->arena, converter->doc);
    const struct mb_node *at = node != NULL ? node : converter->test;
    mb_diag_add(converter->diag, &(struct mb_finding){.code = code,
                                                      .severity = MB_SEVERITY_NOTE,
                                                      .file = converter->doc->name,
                                                      .line = at->line,
                                                      .column = at->column,
                                                      .length = 1,
                                                      .message = message});
}

static enum mb_status fault(struct converter *converter, const struct mb_node *node,
                            const char *message)
{
    mb_doc_locate(converter->arena, converter->doc);
    const struct mb_node *at = node != NULL ? node : converter->test;
    return mb_err_at(converter->err, MB_INVALID, converter->doc->name, at->line,
                     at->column, "%s", message);
}

static size_t entries_of(const struct mb_node *node)
{
    return node != NULL && node->type == MB_NODE_MAP ? mb_node_count(node) : 0;
}

static size_t items_of(const struct mb_node *node)
{
    return node != NULL && node->type == MB_NODE_LIST ? mb_node_count(node) : 0;
}

// A name as specs have them: lower case, letters, digits, '-', '_', '.'.
static char *plain_name(struct converter *converter, const char *text)
{
    char *name = mb_arena_copy_string(converter->arena, text);
    size_t size = 0;
    for (const char *at = text; *at != '\0' && size < NAME_MAX_BYTES; at++) {
        int c = tolower((unsigned char)*at);
        bool good = isalnum(c) != 0 || (size > 0 && strchr("._-", c) != NULL);
        if (good && (unsigned char)*at < 0x80) {
            name[size++] = (char)c;
        } else if (size > 0 && name[size - 1] != '-') {
            name[size++] = '-';
        }
    }
    while (size > 0 && name[size - 1] == '-') {
        size--;
    }
    name[size] = '\0';
    return name;
}

static void head_put(struct converter *converter)
{
    struct mb_arena *arena = converter->arena;
    const char *name = mb_node_text(mb_smp_find(converter->test, "name"), "");
    const char *plain = plain_name(converter, name);
    const struct mb_node *labels = mb_smp_find(converter->test, "labels");
    const struct mb_node *id = mb_smp_find(converter->test, "id");
    struct mb_node *out = mb_node_map(arena);
    mb_field_put_text(arena, converter->spec, "meshbench", "v1");
    mb_field_put_text(arena, converter->spec, "kind", "benchmark");
    mb_field_put_text(arena, converter->spec, "name",
                      plain[0] != '\0' ? plain : "smp-test");
    if (strcmp(plain, name) != 0 && name[0] != '\0') {
        mb_field_put_text(arena, converter->spec, "description", name);
    }
    if (mb_node_text(id, "")[0] != '\0') {
        mb_field_put_text(arena, out, "smp-id", mb_node_text(id, ""));
    }
    for (size_t i = 0; i < entries_of(labels); i++) {
        const struct mb_node_entry *entry = &labels->as.map.entries[i];
        const char *value = mb_node_text(entry->value, NULL);
        if (value != NULL) {
            mb_node_put(arena, out, mb_node_text(entry->key, ""), entry->value);
        }
    }
    if (mb_node_count(out) > 0) {
        mb_node_put(arena, converter->spec, "labels", out);
    }
}

// An enum's value as our word: a number, or its name with or without a prefix.
static const char *word_of(const struct mb_node *node, const char *const *words,
                           const char *prefix)
{
    int64_t number = mb_node_integer(node, -1);
    const char *text = mb_node_text(node, NULL);
    if (text != NULL && strncmp(text, prefix, strlen(prefix)) == 0) {
        text += strlen(prefix);
    }
    for (size_t i = 0; words[i] != NULL; i++) {
        bool named = text != NULL && strlen(text) == strlen(words[i]);
        for (size_t j = 0; named && words[i][j] != '\0'; j++) {
            int c = text[j] == '_' ? '-' : tolower((unsigned char)text[j]);
            named = c == words[i][j];
        }
        if (named || number == (int64_t)i) {
            return words[i];
        }
    }
    return NULL;
}

// The mesh, alone or within a ServiceMeshConfig.
static struct mb_node *mesh_make(struct converter *converter, const char **type)
{
    struct mb_arena *arena = converter->arena;
    const struct mb_node *config = mb_smp_find(converter->doc->root, "mesh");
    const struct mb_node *mesh = mb_smp_find(config, "mesh_type");
    struct mb_node *out = mb_node_map(arena);
    mesh = mesh != NULL && mesh->type == MB_NODE_MAP ? mesh : config;
    const struct mb_node *node = mb_smp_find(mesh, "type");
    *type = word_of(node, meshes, "");
    if (*type == NULL && node != NULL && mb_node_text(node, NULL) != NULL) {
        *type = plain_name(converter, mb_node_text(node, ""));
    }
    if (*type == NULL || (*type)[0] == '\0' || strcmp(*type, "unknown") == 0 ||
        strcmp(*type, "invalid-mesh") == 0) {
        *type = "unknown";
        note(converter, "MB861", node,
             "which mesh is measured is not said: it is 'unknown'");
    }
    mb_field_put_text(arena, out, "type", *type);
    if (mb_node_text(mb_smp_find(mesh, "version"), "")[0] != '\0') {
        mb_field_put_text(arena, out, "version",
                          mb_node_text(mb_smp_find(mesh, "version"), ""));
    }
    return out;
}

// --- urls

// The place where an url's path begins; its end when it has none.
static size_t origin_size(const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme != NULL ? scheme + 3 : url;
    return (size_t)(host - url) + strcspn(host, "/?#");
}

static bool same_origin(const char *left, const char *right)
{
    size_t size = origin_size(left);
    return size == origin_size(right) && strncmp(left, right, size) == 0;
}

// All urls of all clients have to be of one server: several would be variants, with a
// matrix of paths that SMP cannot draw.
static enum mb_status variant_put(struct converter *converter)
{
    const struct mb_node *clients = mb_smp_find(converter->test, "clients");
    struct mb_arena *arena = converter->arena;
    const char *first = NULL;
    for (size_t i = 0; i < mb_node_count(clients); i++) {
        const struct mb_node *urls =
            mb_smp_find(clients->as.list.items[i], "endpoint_urls");
        size_t count =
            urls != NULL && urls->type == MB_NODE_LIST ? mb_node_count(urls) : 0;
        for (size_t j = 0; j < count; j++) {
            const char *url = mb_node_text(urls->as.list.items[j], "");
            first = first != NULL ? first : url;
            if (!same_origin(first, url)) {
                mb_err_hint(converter->err, "make a variant of each: 'meshbench init'");
                return fault(converter, urls->as.list.items[j],
                             "endpoint_urls of several servers: which of them are to be "
                             "compared is not said");
            }
        }
    }
    if (first == NULL || first[0] == '\0') {
        return fault(converter, clients, "no client has 'endpoint_urls'");
    }
    const char *type = NULL;
    struct mb_node *mesh = mesh_make(converter, &type);
    struct mb_node *variant = mb_node_map(arena);
    mb_field_put_text(arena, variant, "name", type);
    mb_node_put(arena, variant, "mesh", mesh);
    mb_node_put(arena, variant, "url", mb_node_bytes(arena, first, origin_size(first)));
    mb_node_push(arena, converter->variants, variant);
    note(converter, "MB861", NULL,
         "there is no baseline: what the mesh adds cannot be told from one variant");
    return MB_OK;
}

// --- workloads

// Headers, cookies as one, and the type of the body. Secrets among them are refused by
// the spec's own rules.
static struct mb_node *headers_make(struct converter *converter,
                                    const struct mb_node *client)
{
    struct mb_arena *arena = converter->arena;
    struct mb_node *out = mb_node_map(arena);
    const struct mb_node *headers = mb_smp_find(client, "headers");
    const struct mb_node *cookies = mb_smp_find(client, "cookies");
    const char *type = mb_node_text(mb_smp_find(client, "content_type"), "");
    const char *joined = "";
    for (size_t i = 0; i < entries_of(headers); i++) {
        const struct mb_node_entry *entry = &headers->as.map.entries[i];
        mb_node_put(arena, out, mb_node_text(entry->key, ""), entry->value);
    }
    for (size_t i = 0; i < entries_of(cookies); i++) {
        const struct mb_node_entry *entry = &cookies->as.map.entries[i];
        joined =
            mb_arena_print(arena, "%s%s%s=%s", joined, i > 0 ? "; " : "",
                           mb_node_text(entry->key, ""), mb_node_text(entry->value, ""));
    }
    if (joined[0] != '\0') {
        mb_field_put_text(arena, out, "Cookie", joined);
    }
    if (type[0] != '\0') {
        mb_field_put_text(arena, out, "Content-Type", type);
    }
    return out;
}

static struct mb_node *request_make(struct converter *converter,
                                    const struct mb_node *client, const char *url)
{
    struct mb_arena *arena = converter->arena;
    struct mb_node *out = mb_node_map(arena);
    struct mb_node *headers = headers_make(converter, client);
    const char *body = mb_node_text(mb_smp_find(client, "body"), "");
    const char *path = url + origin_size(url);
    mb_field_put_text(arena, out, "method", body[0] != '\0' ? "POST" : "GET");
    if (path[0] == '/') {
        mb_node_put(arena, out, "path", mb_node_bytes(arena, path, strcspn(path, "#")));
    }
    if (mb_node_count(headers) > 0) {
        mb_node_put(arena, out, "headers", headers);
    }
    if (body[0] != '\0') {
        mb_field_put_text(arena, out, "body", body);
    }
    return out;
}

static enum mb_status protocol_put(struct converter *converter,
                                   const struct mb_node *client, struct mb_node *workload)
{
    const struct mb_node *node = mb_smp_find(client, "protocol");
    const char *word = node == NULL ? "http" : word_of(node, protocols, "PROTOCOL_");
    if (word == NULL || strcmp(word, "invalid") == 0) {
        return fault(converter, node,
                     "'protocol' is none of SMP's: 1 HTTP, 2 TCP, 3 UDP, 4 GRPC");
    }
    mb_field_put_text(converter->arena, workload, "protocol",
                      strcmp(word, "http") == 0 ? "http1" : word);
    return MB_OK;
}

// fortio and wrk hold a closed load to a rate; a rate of 0 is none.
// A load at a rate as the client's generator makes it.
static const char *rated_model(struct converter *converter, const struct mb_node *client)
{
    const char *name = mb_node_text(mb_smp_find(client, "load_generator"), "");
    const struct mb_generator *generator = mb_generator_find(plain_name(converter, name));
    bool paced = generator == NULL || (generator->models & 1U << MB_LOAD_PACED) != 0 ||
                 (generator->models & 1U << MB_LOAD_OPEN) == 0;
    return paced ? "paced" : "open";
}

static enum mb_status load_put(struct converter *converter, const struct mb_node *client,
                               struct mb_node *workload)
{
    struct mb_arena *arena = converter->arena;
    const struct mb_node *rps = mb_smp_find(client, "rps");
    const struct mb_node *connections = mb_smp_find(client, "connections");
    int64_t rate = mb_node_integer(rps, 0);
    const char *rated = rated_model(converter, client);
    if (rate < 0 || (rps != NULL && rps->type != MB_NODE_INT)) {
        return fault(converter, rps, "'rps' is not a whole number of requests a second");
    }
    if (mb_node_integer(connections, 0) <= 0) {
        note(converter, "MB861", connections,
             "the number of connections is not said: it is 1");
    }
    mb_field_put_text(arena, workload, "load_model", rate > 0 ? rated : "closed");
    mb_field_put_int(arena, workload, "connections",
                     mb_node_integer(connections, 0) > 0 ? mb_node_integer(connections, 0)
                                                         : 1);
    if (rate > 0) {
        mb_field_put_text(arena, workload, "rate",
                          mb_arena_print(arena, "%lldrps", (long long)rate));
        note(converter, "MB861", rps,
             strcmp(rated, "paced") == 0
                 ? "the load model is not said: it is paced, as fortio's is, and not open"
                 : "the load model is not said: it is open, since its generator makes no "
                   "paced load");
    }
    return MB_OK;
}

static enum mb_status workload_put(struct converter *converter,
                                   const struct mb_node *client, const char *url)
{
    struct mb_arena *arena = converter->arena;
    struct mb_node *workload = mb_node_map(arena);
    const struct mb_node *duration = mb_smp_find(converter->test, "duration");
    if (duration == NULL || mb_node_text(duration, "")[0] == '\0') {
        return fault(converter, duration, "'duration' is missing, or no text like '60s'");
    }
    mb_field_put_text(
        arena, workload, "name",
        mb_arena_print(arena, "client-%zu", mb_node_count(converter->workloads) + 1));
    enum mb_status status = protocol_put(converter, client, workload);
    if (status == MB_OK) {
        status = load_put(converter, client, workload);
    }
    mb_field_put_text(arena, workload, "duration", mb_node_text(duration, ""));
    mb_field_put_text(arena, workload, "warmup", "0s");
    mb_node_put(arena, workload, "request", request_make(converter, client, url));
    mb_node_push(arena, converter->workloads, workload);
    return status;
}

static enum mb_status workloads_put(struct converter *converter)
{
    const struct mb_node *clients = mb_smp_find(converter->test, "clients");
    enum mb_status status = MB_OK;
    for (size_t i = 0; status == MB_OK && i < mb_node_count(clients); i++) {
        const struct mb_node *client = clients->as.list.items[i];
        const struct mb_node *urls = mb_smp_find(client, "endpoint_urls");
        for (size_t j = 0; status == MB_OK && j < items_of(urls); j++) {
            status =
                workload_put(converter, client, mb_node_text(urls->as.list.items[j], ""));
        }
    }
    if (mb_node_count(clients) > 1) {
        note(converter, "MB862", clients,
             "clients run one after another here, not at the same time");
    }
    return status;
}

// One generator makes all loads.
static enum mb_status generator_put(struct converter *converter)
{
    const struct mb_node *clients = mb_smp_find(converter->test, "clients");
    struct mb_arena *arena = converter->arena;
    struct mb_node *out = mb_node_map(arena);
    const struct mb_node *first = clients->as.list.items[0];
    const char *name = mb_node_text(mb_smp_find(first, "load_generator"), "");
    for (size_t i = 1; i < mb_node_count(clients); i++) {
        const struct mb_node *node =
            mb_smp_find(clients->as.list.items[i], "load_generator");
        if (strcmp(mb_node_text(node, ""), name) != 0) {
            return fault(converter, node, "clients with different load generators");
        }
    }
    if (name[0] != '\0') {
        mb_field_put_text(arena, out, "name", plain_name(converter, name));
    }
    if (mb_smp_find(first, "internal") != NULL) {
        bool internal = mb_node_boolean(mb_smp_find(first, "internal"), false);
        mb_field_put_text(arena, out, "placement", internal ? "inside" : "outside");
    }
    if (mb_node_count(out) > 0) {
        mb_node_put(arena, converter->spec, "generator", out);
    }
    return MB_OK;
}

// Keys of the whole that no part of this looked at.
static void rest_note(struct converter *converter)
{
    static const char *const known[] = {"test",    "mesh",     "smp_version",
                                        "id",      "name",     "labels",
                                        "clients", "duration", "smps_version"};
    const struct mb_node *root = converter->doc->root;
    for (size_t i = 0; i < mb_node_count(root); i++) {
        const struct mb_node_entry *entry = &root->as.map.entries[i];
        bool found = false;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++) {
            found = found || mb_smp_is(entry->key, known[j]);
        }
        if (!found) {
            note(converter, "MB862", entry->key,
                 mb_arena_print(converter->arena, "'%s' is not taken over",
                                mb_node_text(entry->key, "")));
        }
    }
}

static void trials_put(struct converter *converter)
{
    struct mb_node *trials = mb_node_map(converter->arena);
    mb_field_put_int(converter->arena, trials, "count", 1);
    mb_node_put(converter->arena, converter->spec, "trials", trials);
    note(converter, "MB861", NULL,
         "repetitions and a warm-up are not said: one trial without a warm-up; --blocks "
         "repeats it");
}

enum mb_status mb_smp_to_spec(struct mb_arena *arena, struct mb_doc *doc,
                              struct mb_node **spec, struct mb_diag *diag,
                              struct mb_err *err)
{
    struct converter converter = {.arena = arena,
                                  .doc = doc,
                                  .test = mb_smp_find(doc->root, "test"),
                                  .spec = mb_node_map(arena),
                                  .variants = mb_node_list(arena),
                                  .workloads = mb_node_list(arena),
                                  .diag = diag,
                                  .err = err};
    converter.test = converter.test != NULL ? converter.test : doc->root;
    const struct mb_node *clients = mb_smp_find(converter.test, "clients");
    if (mb_node_count(clients) == 0) {
        return fault(&converter, clients, "there is no client in 'clients'");
    }
    head_put(&converter);
    enum mb_status status = variant_put(&converter);
    if (status == MB_OK) {
        status = workloads_put(&converter);
    }
    if (status == MB_OK) {
        mb_node_put(arena, converter.spec, "variants", converter.variants);
        mb_node_put(arena, converter.spec, "workloads", converter.workloads);
        trials_put(&converter);
        status = generator_put(&converter);
    }
    rest_note(&converter);
    *spec = converter.spec;
    return status;
}
