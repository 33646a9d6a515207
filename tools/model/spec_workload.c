#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "model/spec_read.h"

// 200 to 399 are good answers when a spec names none; HTTP's range when it does.
enum { STATUS_MIN = 100, STATUS_MAX = 599 };

static const char *secret_from_env(struct mb_spec_read *read, const struct mb_node *node,
                                   const char *key)
{
    const char *name = mb_spec_read_needed(read, node, "env");
    if (read->env == NULL || read->failed) {
        return "";
    }
    const char *value = read->env(name);
    if (value == NULL) {
        mb_spec_read_fail(read, MB_INVALID, node,
                          "'%s' wants environment variable '%s', which is not set", key,
                          name);
        return "";
    }
    return mb_arena_copy_string(read->arena, value);
}

static const char *secret_from_file(struct mb_spec_read *read, const struct mb_node *node,
                                    const char *key)
{
    const char *name = mb_spec_read_needed(read, node, "file");
    if (read->env == NULL || read->failed) {
        return "";
    }
    struct mb_buf buf;
    mb_buf_init(&buf, MB_SPEC_MAX_SECRET_BYTES);
    struct mb_err err = {0};
    const char *path =
        read->dir == NULL ? name : mb_file_join(read->arena, read->dir, name);
    enum mb_status status =
        mb_file_read(path, NULL, MB_SPEC_MAX_SECRET_BYTES, &buf, &err);
    char *value = mb_arena_copy_bytes(read->arena, mb_buf_string(&buf), buf.size);
    if (status != MB_OK) {
        mb_spec_read_fail(read, status, node, "'%s': %s", key, err.message);
    } else if (strlen(value) != buf.size) {
        mb_spec_read_fail(read, MB_INVALID, node, "'%s': '%s' holds a NUL character", key,
                          path);
    }
    mb_buf_release(&buf);
    size_t size = strlen(value);
    size -= size > 0 && value[size - 1] == '\n';
    size -= size > 0 && value[size - 1] == '\r';
    value[size] = '\0';
    return value;
}

static const char *header_value(struct mb_spec_read *read, const struct mb_node *node,
                                const char *key)
{
    const char *value = NULL;
    if (node->type == MB_NODE_STRING) {
        value = mb_spec_read_scalar(read, node, key);
    } else if (mb_node_find(node, "env") != NULL) {
        value = secret_from_env(read, node, key);
    } else {
        value = secret_from_file(read, node, key);
    }
    // A line end would let a value add header fields of its own.
    if (strpbrk(value, "\r\n") != NULL) {
        mb_spec_read_fail(read, MB_INVALID, node, "'%s' holds a line end", key);
        return "";
    }
    return value;
}

struct mb_header *mb_spec_read_headers(struct mb_spec_read *read,
                                       const struct mb_node *map, size_t *count)
{
    const struct mb_node *node = mb_spec_read_child(read, map, "headers", MB_NODE_MAP);
    *count = mb_node_count(node);
    struct mb_header *headers = mb_arena_alloc(read->arena, *count, sizeof *headers);
    for (size_t i = 0; i < *count; i++) {
        const struct mb_node_entry *entry = &node->as.map.entries[i];
        headers[i].name = mb_spec_read_scalar(read, entry->key, "headers");
        headers[i].value = header_value(read, entry->value, headers[i].name);
    }
    return headers;
}

static void read_body(struct mb_spec_read *read, const struct mb_node *node,
                      struct mb_request *request)
{
    const struct mb_node *body = mb_node_find(node, "body");
    const struct mb_node *size = mb_node_find(node, "body_size");
    if (body != NULL && size != NULL) {
        mb_spec_read_fail(read, MB_INVALID, size,
                          "'body' and 'body_size' exclude each other");
    } else if (body != NULL && body->type == MB_NODE_STRING) {
        request->body = body->as.string.data;
        request->body_size = body->as.string.size;
    } else if (body != NULL) {
        (void)mb_spec_read_text(read, node, "body");
    } else if (size != NULL) {
        int64_t bytes = mb_spec_read_quantity(read, size, "body_size", MB_UNIT_SIZE);
        if (bytes > MB_SPEC_MAX_BODY_BYTES) {
            mb_spec_read_fail(read, MB_INVALID, size,
                              "'body_size' is %" PRId64 " bytes, more than %d", bytes,
                              MB_SPEC_MAX_BODY_BYTES);
            return;
        }
        char *filled = mb_arena_alloc(read->arena, (size_t)bytes + 1, 1);
        memset(filled, 'x', (size_t)bytes);
        request->body = filled;
        request->body_size = (size_t)bytes;
    }
}

static void read_expect(struct mb_spec_read *read, const struct mb_node *node,
                        struct mb_request *request)
{
    const struct mb_node *list =
        mb_spec_read_child(read, node, "expect_status", MB_NODE_LIST);
    request->expect_count = mb_node_count(list);
    request->expect_status = mb_arena_alloc(read->arena, request->expect_count,
                                            sizeof *request->expect_status);
    for (size_t i = 0; i < request->expect_count; i++) {
        const struct mb_node *item = list->as.list.items[i];
        int64_t status = mb_node_integer(item, 0);
        if (status < STATUS_MIN || status > STATUS_MAX) {
            mb_spec_read_fail(read, MB_INVALID, item,
                              "'expect_status' wants integers from %d to %d", STATUS_MIN,
                              STATUS_MAX);
            return;
        }
        request->expect_status[i] = (int)status;
    }
}

static void read_request(struct mb_spec_read *read, const struct mb_node *workload,
                         struct mb_request *request)
{
    const struct mb_node *node =
        mb_spec_read_child(read, workload, "request", MB_NODE_MAP);
    request->method = mb_spec_read_needed(read, node, "method");
    const char *path = mb_spec_read_text(read, node, "path");
    request->path = path == NULL ? "" : path;
    request->timeout_ns = mb_spec_read_unit(read, node, "timeout", MB_UNIT_DURATION);
    if (request->timeout_ns <= 0) {
        mb_spec_read_fail(read, MB_INVALID, node, "'timeout' is not above zero");
    }
    request->keepalive = mb_spec_read_bool(read, node, "keepalive", true);
    request->headers = mb_spec_read_headers(read, node, &request->header_count);
    read_body(read, node, request);
    read_expect(read, node, request);
}

static void read_connections(struct mb_spec_read *read, const struct mb_node *node,
                             struct mb_workload *workload)
{
    const struct mb_node *list =
        mb_spec_read_child(read, node, "connections", MB_NODE_LIST);
    workload->connection_count = mb_node_count(list);
    workload->connections = mb_arena_alloc(read->arena, workload->connection_count,
                                           sizeof *workload->connections);
    for (size_t i = 0; i < workload->connection_count; i++) {
        const struct mb_node *item = list->as.list.items[i];
        workload->connections[i] = mb_node_integer(item, 0);
        if (workload->connections[i] < 1 ||
            workload->connections[i] > MB_SPEC_MAX_CONNECTIONS) {
            mb_spec_read_fail(read, MB_INVALID, item,
                              "'connections' wants integers from 1 to %d",
                              MB_SPEC_MAX_CONNECTIONS);
            return;
        }
    }
    if (workload->connection_count == 0) {
        mb_spec_read_fail(read, MB_INVALID, node, "'connections' is missing or empty");
    }
}

static void read_rates(struct mb_spec_read *read, const struct mb_node *node,
                       struct mb_workload *workload)
{
    const struct mb_node *list = mb_spec_read_child(read, node, "rate", MB_NODE_LIST);
    size_t given = mb_node_count(list);
    bool unpaced = workload->load_model == MB_LOAD_CLOSED;
    if (unpaced == (given > 0)) {
        mb_spec_read_fail(read, MB_INVALID, node, "load model '%s' %s",
                          mb_load_model_name(workload->load_model),
                          unpaced ? "takes no 'rate'; 'paced' does" : "wants a 'rate'");
        return;
    }
    workload->rate_count = unpaced ? 1 : given;
    workload->rates_micro_rps = mb_arena_alloc(read->arena, workload->rate_count,
                                               sizeof *workload->rates_micro_rps);
    if (unpaced) {
        workload->rates_micro_rps[0] = -1;
    }
    for (size_t i = 0; i < given; i++) {
        const struct mb_node *item = list->as.list.items[i];
        int64_t rate = mb_spec_read_quantity(read, item, "rate", MB_UNIT_RATE);
        if (rate <= 0 && !read->failed) {
            mb_spec_read_fail(read, MB_INVALID, item, "'rate' is not above zero");
        }
        workload->rates_micro_rps[i] = rate;
    }
}

static void read_load_model(struct mb_spec_read *read, const struct mb_node *node,
                            struct mb_workload *workload)
{
    const char *model = mb_spec_read_needed(read, node, "load_model");
    if (!mb_load_model_find(model, &workload->load_model) ||
        workload->load_model == MB_LOAD_UNKNOWN) {
        mb_spec_read_fail(read, MB_INVALID, node,
                          "'load_model' is '%s', not open, closed or paced", model);
    }
    const char *arrivals = mb_spec_read_needed(read, node, "arrivals");
    if (!mb_arrivals_find(arrivals, &workload->arrivals)) {
        mb_spec_read_fail(read, MB_INVALID, node,
                          "'arrivals' is '%s', not constant or poisson", arrivals);
    }
}

static void read_workload(struct mb_spec_read *read, const struct mb_node *node,
                          struct mb_workload *workload)
{
    workload->name = mb_spec_read_needed(read, node, "name");
    workload->type = mb_spec_read_needed(read, node, "type");
    workload->protocol = mb_spec_read_needed(read, node, "protocol");
    workload->duration_ns = mb_spec_read_unit(read, node, "duration", MB_UNIT_DURATION);
    workload->warmup_ns = mb_spec_read_unit(read, node, "warmup", MB_UNIT_DURATION);
    workload->threads = (int)mb_spec_read_int(
        read, node, "threads", (struct mb_spec_range){1, MB_SPEC_MAX_THREADS, 1});
    if (workload->duration_ns <= 0) {
        mb_spec_read_fail(read, MB_INVALID, node, "'duration' is missing or zero");
    }
    read_load_model(read, node, workload);
    read_connections(read, node, workload);
    read_rates(read, node, workload);
    if (workload->rate_count > 0 &&
        workload->connection_count > MB_SPEC_MAX_POINTS / workload->rate_count) {
        mb_spec_read_fail(read, MB_INVALID, node,
                          "workload '%s' has more than %d load points", workload->name,
                          MB_SPEC_MAX_POINTS);
    }
    read_request(read, node, &workload->request);
}

void mb_spec_read_workloads(struct mb_spec_read *read, const struct mb_node *root,
                            struct mb_spec *spec)
{
    const struct mb_node *list =
        mb_spec_read_child(read, root, "workloads", MB_NODE_LIST);
    spec->workload_count = mb_node_count(list);
    spec->workloads =
        mb_arena_alloc(read->arena, spec->workload_count, sizeof *spec->workloads);
    for (size_t i = 0; i < spec->workload_count && !read->failed; i++) {
        read_workload(read, list->as.list.items[i], &spec->workloads[i]);
    }
    if (spec->workload_count == 0) {
        mb_spec_read_fail(read, MB_INVALID, root, "'workloads' is missing or empty");
    }
}

struct mb_point *mb_spec_points(struct mb_arena *arena,
                                const struct mb_workload *workload, size_t *count)
{
    *count = workload->connection_count * workload->rate_count;
    struct mb_point *points = mb_arena_alloc(arena, *count, sizeof *points);
    for (size_t i = 0; i < *count; i++) {
        points[i] = (struct mb_point){
            .workload = workload->name,
            .load_model = workload->load_model,
            .connections = workload->connections[i / workload->rate_count],
            .rate_micro_rps = workload->rates_micro_rps[i % workload->rate_count],
            .timeout_ns = workload->request.timeout_ns,
        };
    }
    return points;
}
