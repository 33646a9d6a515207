#include "check/sense.h"

#include <inttypes.h>
#include <string.h>

#include "check/check.h"
#include "check/refs.h"
#include "model/derive.h"
#include "model/spec.h"

static void share_check(struct mb_check *check, const struct mb_node *node,
                        const char *pointer, int64_t low, int64_t high)
{
    int64_t share = 0;
    if (mb_run_quantity(node, MB_UNIT_SHARE, &share) && (share < low || share > high)) {
        char least[32];
        char most[32];
        mb_units_print(MB_UNIT_SHARE, low, least, sizeof least);
        mb_units_print(MB_UNIT_SHARE, high, most, sizeof most);
        mb_run_report(check, pointer, NULL, "'%s' is out of range: %s to %s",
                      mb_node_text(node, ""), least, most);
    }
}

void mb_sense_ranges(struct mb_check *check)
{
    // 50% is a coin; past 99.99% an interval over a handful of blocks says nothing.
    const struct mb_node *analysis = mb_node_find(check->spec, "analysis");
    share_check(check, mb_node_find(analysis, "confidence"),
                mb_run_spec_at(check, "/analysis/confidence"), 500000000, 999900000);
    const struct mb_node *until =
        mb_node_find(mb_node_find(check->spec, "trials"), "until");
    share_check(check, mb_node_find(until, "interval"),
                mb_run_spec_at(check, "/trials/until/interval"), 100000, 1000000000);
}

void mb_sense_rate_unused(struct mb_check *check)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *workload = mb_run_item(workloads, i);
        const char *model = mb_node_text(mb_node_find(workload, "load_model"), "");
        if (strcmp(model, "closed") == 0 && mb_node_find(workload, "rate") != NULL) {
            mb_run_report_key(check, mb_run_spec_at(check, "/workloads/%zu/rate", i),
                              "'load_model: paced' is a closed load held to a rate; "
                              "'open' sends on schedule",
                              "a closed load has no rate");
        }
    }
}

void mb_sense_url(struct mb_check *check)
{
    const struct mb_node *application = mb_node_find(check->spec, "application");
    const struct mb_node *variants = mb_run_list(check, "variants");
    bool starts = mb_node_find(application, "builtin") != NULL ||
                  mb_node_find(application, "url") != NULL;
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *variant = mb_run_item(variants, i);
        if (variant->type != MB_NODE_MAP || mb_node_find(variant, "url") != NULL) {
            continue;
        }
        const char *name = mb_node_text(mb_node_find(variant, "name"), "");
        if (!starts) {
            mb_run_report(check, mb_run_spec_at(check, "/variants/%zu/url", i),
                          "give it a 'url', or name what the run can start: "
                          "'application: {builtin: echo}'",
                          "variant '%s' says nowhere where requests go", name);
        } else if (mb_refs_adapter(variant) == NULL &&
                   strcmp(mb_run_mesh(variant) != NULL ? mb_run_mesh(variant) : "none",
                          "none") != 0) {
            mb_run_report(check, mb_run_spec_at(check, "/variants/%zu/url", i),
                          "give it a 'url' or an 'adapter' that brings it up",
                          "variant '%s' has a mesh, but neither url nor adapter", name);
        }
    }
}

void mb_sense_body(struct mb_check *check)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *request =
            mb_node_find(mb_run_item(workloads, i), "request");
        const struct mb_node *size_node = mb_node_find(request, "body_size");
        const char *at = mb_run_spec_at(check, "/workloads/%zu/request/body_size", i);
        int64_t size = 0;
        if (size_node != NULL && mb_node_find(request, "body") != NULL) {
            mb_run_report_key(check, at, "keep one of them",
                              "'body' and 'body_size' are given together");
        } else if (mb_run_quantity(size_node, MB_UNIT_SIZE, &size) &&
                   size > MB_SPEC_MAX_BODY_BYTES) {
            mb_run_report(check, at, NULL, "a body of '%s' is too large: at most 16Mi",
                          mb_node_text(size_node, ""));
        }
    }
}

// A value of a matrix's axis: an integer, or a rate with its unit.
static bool axis_value(const struct mb_node *item, int64_t *value)
{
    if (item->type == MB_NODE_INT) {
        *value = item->as.integer;
        return true;
    }
    return mb_run_quantity(item, MB_UNIT_RATE, value);
}

static void axis_check(struct mb_check *check, size_t workload, const char *key)
{
    const struct mb_node *list =
        mb_node_find(mb_run_item(mb_run_list(check, "workloads"), workload), key);
    for (size_t i = 1; mb_run_item(list, i) != NULL; i++) {
        int64_t value = 0;
        bool known = axis_value(mb_run_item(list, i), &value);
        for (size_t j = 0; known && j < i; j++) {
            int64_t earlier = 0;
            if (axis_value(mb_run_item(list, j), &earlier) && earlier == value) {
                mb_run_report(
                    check,
                    mb_run_spec_at(check, "/workloads/%zu/%s/%zu", workload, key, i),
                    "every value is a load point of its own",
                    "the same load point is listed twice");
                break;
            }
        }
    }
}

void mb_sense_points(struct mb_check *check)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        axis_check(check, i, "connections");
        axis_check(check, i, "rate");
    }
}

// The smallest number of connections of a workload; -1 when it cannot be told.
static int64_t connections_least(const struct mb_node *workload)
{
    const struct mb_node *node = mb_node_find(workload, "connections");
    int64_t least = mb_node_integer(node, -1);
    for (size_t i = 0; mb_run_item(node, i) != NULL; i++) {
        int64_t value = mb_node_integer(mb_run_item(node, i), -1);
        least = least < 0 || (value >= 0 && value < least) ? value : least;
    }
    return least;
}

void mb_sense_threads(struct mb_check *check)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *workload = mb_run_item(workloads, i);
        int64_t threads = mb_node_integer(mb_node_find(workload, "threads"), 1);
        int64_t least = connections_least(workload);
        if (least > 0 && threads > least) {
            mb_run_report(check, mb_run_spec_at(check, "/workloads/%zu/threads", i),
                          "connections are shared out among the threads",
                          "%" PRId64 " threads for %" PRId64 " connection%s: some would "
                          "have none",
                          threads, least, least == 1 ? "" : "s");
        }
    }
}

void mb_sense_timeout(struct mb_check *check)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *workload = mb_run_item(workloads, i);
        const struct mb_node *timeout =
            mb_node_find(mb_node_find(workload, "request"), "timeout");
        int64_t timeout_ns = 0;
        int64_t duration_ns = 0;
        if (mb_run_quantity(timeout, MB_UNIT_DURATION, &timeout_ns) &&
            mb_run_quantity(mb_node_find(workload, "duration"), MB_UNIT_DURATION,
                            &duration_ns) &&
            timeout_ns > duration_ns) {
            mb_run_report(check,
                          mb_run_spec_at(check, "/workloads/%zu/request/timeout", i),
                          "each trial may take up to the time-out longer",
                          "the time-out '%s' is longer than the window '%s'",
                          mb_node_text(timeout, ""),
                          mb_node_text(mb_node_find(workload, "duration"), ""));
        }
    }
}

void mb_sense_until(struct mb_check *check)
{
    const struct mb_node *trials = mb_node_find(check->spec, "trials");
    const struct mb_node *at_most =
        mb_node_find(mb_node_find(trials, "until"), "at_most");
    int64_t count = mb_node_integer(mb_node_find(trials, "count"), MB_CHECK_BLOCKS);
    int64_t most = mb_node_integer(at_most, INT64_MAX);
    if (most < count) {
        mb_run_report(check, mb_run_spec_at(check, "/trials/until/at_most"), NULL,
                      "'until' stops at %" PRId64 " blocks, before the %" PRId64
                      " of 'count'",
                      most, count);
    }
}

static int64_t axis_count(const struct mb_node *node)
{
    return node != NULL && node->type == MB_NODE_LIST ? (int64_t)mb_node_count(node) : 1;
}

void mb_sense_trials(struct mb_check *check)
{
    const struct mb_node *trials = mb_node_find(check->spec, "trials");
    const struct mb_node *until = mb_node_find(trials, "until");
    int64_t blocks = mb_node_integer(mb_node_find(trials, "count"), MB_CHECK_BLOCKS);
    int64_t most = mb_node_integer(mb_node_find(until, "at_most"), blocks);
    blocks = most > blocks ? most : blocks;
    if (blocks < 1 || blocks > MB_SPEC_MAX_BLOCKS) {
        return; // refused by the schema
    }
    int64_t variants = (int64_t)mb_node_count(mb_run_list(check, "variants")) +
                       (mb_node_find(trials, "aa") != NULL ? 1 : 0);
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *workload = mb_run_item(workloads, i);
        // Lists and counts are bounded by the size of a spec: no product overflows.
        int64_t points = axis_count(mb_node_find(workload, "connections")) *
                         axis_count(mb_node_find(workload, "rate"));
        if (points > MB_SPEC_MAX_POINTS ||
            points * variants * blocks > MB_CHECK_MAX_TRIALS) {
            mb_run_report(check, mb_run_spec_at(check, "/workloads/%zu", i),
                          "fewer connections, rates or blocks",
                          "%" PRId64 " load points x %" PRId64 " variants x %" PRId64
                          " blocks are too many: at most %d points and %d trials",
                          points, variants, blocks, MB_SPEC_MAX_POINTS,
                          MB_CHECK_MAX_TRIALS);
        }
    }
}

void mb_sense_baseline(struct mb_check *check)
{
    static const char *const keys[] = {"config", "config_files", "components"};
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *variant = mb_run_item(variants, i);
        const char *mesh = mb_run_mesh(variant);
        if (mesh == NULL || strcmp(mesh, "none") != 0) {
            continue;
        }
        for (size_t j = 0; j < sizeof keys / sizeof keys[0]; j++) {
            if (mb_node_count(mb_node_find(variant, keys[j])) > 0) {
                mb_run_report_key(
                    check, mb_run_spec_at(check, "/variants/%zu/%s", i, keys[j]),
                    "name the mesh, or drop it",
                    "'%s' describes a mesh, but variant '%s' has 'mesh: none'", keys[j],
                    mb_node_text(mb_node_find(variant, "name"), ""));
            }
        }
    }
}

void mb_sense_aa_name(struct mb_check *check)
{
    const char *aa =
        mb_node_text(mb_node_find(mb_node_find(check->spec, "trials"), "aa"), NULL);
    if (aa == NULL) {
        return;
    }
    const char *twin = mb_arena_print(check->arena, "%s-aa", aa);
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *name = mb_node_find(mb_run_item(variants, i), "name");
        if (strcmp(mb_node_text(name, ""), twin) == 0) {
            mb_run_report(check, mb_run_spec_at(check, "/variants/%zu/name", i), NULL,
                          "'%s' is the name of the A/A twin of '%s'", twin, aa);
        }
    }
}

void mb_sense_division(struct mb_check *check)
{
    const struct mb_node *suite = mb_node_find(check->spec, "suite");
    const struct mb_node *changes = mb_node_find(suite, "changes");
    const char *division = mb_node_text(mb_node_find(suite, "division"), "closed");
    if (suite == NULL || suite->type != MB_NODE_MAP) {
        return;
    }
    if (strcmp(division, "closed") == 0 && mb_node_count(changes) > 0) {
        mb_run_report_key(check, mb_run_spec_at(check, "/suite/changes"),
                          "'division: open' allows changes, and lists them",
                          "the closed division allows no changes");
    } else if (strcmp(division, "open") == 0 && mb_node_count(changes) == 0) {
        mb_run_report(check, mb_run_spec_at(check, "/suite/changes"),
                      "list what differs from the suite, or be in the closed division",
                      "the open division lists its changes: 'changes' is missing");
    }
}

// The port of an URL with a host; "" when there is none.
static const char *url_port(const char *url)
{
    const char *host = strstr(url, "://");
    host = host != NULL ? host + 3 : url;
    size_t size = strcspn(host, "/?#");
    const char *end = host + size;
    const char *at = memchr(host, '@', size);    // user:password@host
    const char *after = memchr(host, ']', size); // [::1]:80
    const char *from = after != NULL ? after : at != NULL ? at : host;
    const char *colon = memchr(from, ':', (size_t)(end - from));
    return colon != NULL ? colon + 1 : "";
}

static void port_check(struct mb_check *check, const struct mb_node *node,
                       const char *pointer)
{
    const char *url = mb_node_text(node, NULL);
    if (url == NULL) {
        return;
    }
    const char *port = url_port(url);
    const char *text = mb_arena_copy_bytes(check->arena, port, strcspn(port, "/?#"));
    struct mb_err err = {0};
    int64_t value = 0;
    if (text[0] != '\0' && mb_units_parse_int(text, 1, 65535, &value, &err) != MB_OK) {
        mb_run_report(check, pointer, NULL, "'%s' is not a port: 1 to 65535", text);
    }
}

void mb_sense_port(struct mb_check *check)
{
    const struct mb_node *variants = mb_run_list(check, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        port_check(check, mb_node_find(mb_run_item(variants, i), "url"),
                   mb_run_spec_at(check, "/variants/%zu/url", i));
    }
    port_check(check, mb_node_find(mb_node_find(check->spec, "application"), "url"),
               mb_run_spec_at(check, "/application/url"));
}
