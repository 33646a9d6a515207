// Verification: everything in a result that its raw data can contradict.
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "model/derive.h"
#include "model/spec.h"

// Slack for sums of floating-point numbers.
static const double SUM_SLACK = 1e-9;

// Of derived numbers: they are the same sums and quotients of integers on every machine,
// but a compiler may contract a product and a sum.
static const double NUMBER_SLACK = 1e-12;

struct verify {
    struct mb_arena *arena;
    const struct mb_result *result;
    struct mb_diag *diag;
    struct mb_derive_checked checked;
};

static void report(struct verify *verify, const char *code, const char *pointer,
                   const char *format, ...) MB_PRINTF(4, 5);

static void report(struct verify *verify, const char *code, const char *pointer,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = mb_arena_print_args(verify->arena, format, args);
    va_end(args);
    mb_diag_add(verify->diag, &(struct mb_finding){.code = code,
                                                   .severity = MB_SEVERITY_ERROR,
                                                   .pointer = pointer,
                                                   .message = message});
}

// --- distributions ---

// Bounds of the sum that n values between min and max can have.
static void range_verify(struct verify *verify, const struct mb_dist *dist,
                         const char *pointer)
{
    if (dist->n < 0 || dist->sum < 0) {
        return;
    }
    double n = (double)dist->n;
    double sum = (double)dist->sum;
    bool low = dist->min >= 0 && sum < n * (double)dist->min * (1 - SUM_SLACK);
    bool high = dist->max >= 0 && sum > n * (double)dist->max * (1 + SUM_SLACK);
    if (low || high) {
        report(verify, "MB521", mb_node_pointer_key(verify->arena, pointer, "sum"),
               "the sum is %" PRId64 ", which %" PRId64 " values from %" PRId64
               " to %" PRId64 " cannot have",
               dist->sum, dist->n, dist->min, dist->max);
    }
}

// Sums of the lowest and the highest values that the buckets stand for.
static void bucket_sums(const struct mb_hdr *hdr, double *lowest, double *highest)
{
    int32_t position = 0;
    int64_t low = 0;
    int64_t high = 0;
    int64_t count = 0;
    while (mb_hdr_next(hdr, &position, &low, &high, &count)) {
        *lowest += (double)low * (double)count;
        *highest += (double)high * (double)count;
    }
}

static void extremes_verify(struct verify *verify, const struct mb_dist *dist,
                            const struct mb_hdr *hdr, const char *pointer)
{
    if (dist->min >= 0 && mb_hdr_lowest_equivalent(hdr, dist->min) != hdr->min) {
        report(verify, "MB521", mb_node_pointer_key(verify->arena, pointer, "min"),
               "min is %" PRId64 ", the least value of the histogram is from %" PRId64
               " to %" PRId64,
               dist->min, hdr->min, mb_hdr_highest_equivalent(hdr, hdr->min));
    }
    if (dist->max >= 0 && mb_hdr_highest_equivalent(hdr, dist->max) != hdr->max) {
        report(verify, "MB521", mb_node_pointer_key(verify->arena, pointer, "max"),
               "max is %" PRId64 ", the largest value of the histogram is from %" PRId64
               " to %" PRId64,
               dist->max, mb_hdr_lowest_equivalent(hdr, hdr->max), hdr->max);
    }
}

// A value above the last slot is counted in it: then the sum has no upper bound.
static void sum_verify(struct verify *verify, const struct mb_dist *dist,
                       const struct mb_hdr *hdr, const char *pointer)
{
    double lowest = 0;
    double highest = 0;
    bucket_sums(hdr, &lowest, &highest);
    bool bounded = mb_hdr_slot(hdr, dist->max >= 0 ? dist->max : 0) < hdr->counts_size;
    bool low = (double)dist->sum < lowest * (1 - SUM_SLACK);
    bool high = bounded && (double)dist->sum > highest * (1 + SUM_SLACK);
    if (dist->sum >= 0 && (low || high)) {
        report(verify, "MB521", mb_node_pointer_key(verify->arena, pointer, "sum"),
               "the sum is %" PRId64 ", values in these buckets add up to %.17g to %.17g",
               dist->sum, lowest, highest);
    }
}

// What the part says of its values, against the histogram that holds them.
static void held_verify(struct verify *verify, const struct mb_dist *dist,
                        const struct mb_hdr *hdr, const char *pointer)
{
    if (dist->n >= 0 && hdr->count != dist->n) {
        report(verify, "MB520", mb_node_pointer_key(verify->arena, pointer, "n"),
               "n is %" PRId64 ", the histogram holds %" PRId64 " values", dist->n,
               hdr->count);
    } else if (hdr->count > 0) {
        extremes_verify(verify, dist, hdr, pointer);
        sum_verify(verify, dist, hdr, pointer);
    }
}

static void hdr_verify(struct verify *verify, const struct mb_dist *dist,
                       const char *pointer)
{
    struct mb_dist opened = *dist;
    struct mb_err err = {0};
    opened.hdr = NULL; // what stands in the document counts, not what was measured
    if (dist->payload == NULL) {
        return;
    }
    verify->checked.histograms++;
    if (mb_dist_open(&opened, &err) != MB_OK) {
        report(verify, "MB519", mb_node_pointer_key(verify->arena, pointer, "payload"),
               "%s", err.message);
        return;
    }
    held_verify(verify, dist, opened.hdr, pointer);
    mb_dist_close(&opened);
}

static void dist_verify(struct verify *verify, const struct mb_dist *dist,
                        const char *pointer)
{
    if (dist->type == MB_DIST_ABSENT) {
        return;
    }
    range_verify(verify, dist, pointer);
    if (dist->type == MB_DIST_HDR) {
        hdr_verify(verify, dist, pointer);
    }
}

// --- series ---

// Counts of a measured part's intervals add up to the part's; an imported series may
// leave the edges out.
static void column_verify(struct verify *verify, const char *pointer, const char *column,
                          int64_t sum, int64_t total)
{
    bool wrong = verify->result->imported ? sum > total : sum != total;
    if (sum >= 0 && total >= 0 && wrong) {
        const char *series = mb_arena_print(verify->arena, "%s/series", pointer);
        report(verify, "MB522", mb_node_pointer_key(verify->arena, series, column),
               "the intervals add up to %" PRId64 ", the part has %" PRId64, sum, total);
    }
}

static void sum_add(int64_t *sum, int64_t n)
{
    *sum = *sum < 0 || n < 0 || n > INT64_MAX - *sum ? -1 : *sum + n;
}

static void series_verify(struct verify *verify, const struct mb_part *part,
                          const char *pointer)
{
    int64_t sums[5] = {0};
    for (size_t i = 0; i < part->interval_count; i++) {
        const struct mb_interval *interval = &part->intervals[i];
        sum_add(&sums[0], interval->intended);
        sum_add(&sums[1], interval->sent);
        sum_add(&sums[2], interval->completed);
        sum_add(&sums[3], interval->errors);
        bool known = interval->response.type != MB_DIST_ABSENT;
        sum_add(&sums[4], known ? interval->response.n : -1);
        dist_verify(verify, &interval->response,
                    mb_arena_print(verify->arena, "%s/series/response/%zu", pointer, i));
    }
    if (part->interval_count == 0) {
        return;
    }
    const struct mb_counts *counts = &part->counts;
    column_verify(verify, pointer, "intended", sums[0], counts->intended);
    column_verify(verify, pointer, "sent", sums[1], counts->sent);
    column_verify(verify, pointer, "completed", sums[2], counts->completed);
    column_verify(verify, pointer, "errors", sums[3], mb_counts_errors(counts));
    column_verify(verify, pointer, "response", sums[4], part->dist[MB_DIST_RESPONSE].n);
}

static void part_verify(struct verify *verify, const struct mb_part *part,
                        const char *pointer)
{
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        const char *name = mb_dist_metric_name((enum mb_dist_metric)i);
        dist_verify(verify, &part->dist[i],
                    mb_arena_print(verify->arena, "%s/dist/%s", pointer, name));
    }
    series_verify(verify, part, pointer);
}

// --- derived numbers ---

static bool same_number(double left, double right)
{
    return fabs(left - right) <= NUMBER_SLACK * fmax(fabs(left), fabs(right));
}

static const char *number_text(struct verify *verify, const struct mb_node *node)
{
    return node->type == MB_NODE_NULL
               ? "null"
               : mb_arena_print(verify->arena, "%.15g", mb_node_number(node, 0));
}

static bool is_number(const struct mb_node *node)
{
    return node->type == MB_NODE_INT || node->type == MB_NODE_FLOAT;
}

static void scalar_verify(struct verify *verify, const struct mb_node *claimed,
                          const struct mb_node *recomputed, const char *pointer)
{
    verify->checked.numbers += is_number(recomputed);
    if (is_number(claimed) && is_number(recomputed)) {
        if (!same_number(mb_node_number(claimed, 0), mb_node_number(recomputed, 0))) {
            report(verify, "MB601", pointer, "it is %s, the raw data gives %s",
                   number_text(verify, claimed), number_text(verify, recomputed));
        }
    } else if (!mb_node_equal(claimed, recomputed)) {
        bool numbers = (is_number(claimed) || claimed->type == MB_NODE_NULL) &&
                       (is_number(recomputed) || recomputed->type == MB_NODE_NULL);
        report(verify, "MB601", pointer, "it is %s, the raw data gives %s",
               numbers ? number_text(verify, claimed) : "something else",
               numbers ? number_text(verify, recomputed) : "another value");
    }
}

// Keys that only one side has belong to another minor version. The depth is that of what
// was recomputed, which is fixed.
static void tree_verify(struct verify *verify, const struct mb_node *claimed,
                        const struct mb_node *recomputed, const char *pointer)
{
    if (recomputed->type == MB_NODE_MAP && claimed->type == MB_NODE_MAP) {
        for (size_t i = 0; i < recomputed->as.map.count; i++) {
            const struct mb_node_entry *entry = &recomputed->as.map.entries[i];
            const char *key = entry->key->as.string.data;
            const struct mb_node *value = mb_node_find(claimed, key);
            if (value != NULL) {
                tree_verify(verify, value, entry->value,
                            mb_node_pointer_key(verify->arena, pointer, key));
            }
        }
    } else if (recomputed->type == MB_NODE_LIST && claimed->type == MB_NODE_LIST) {
        size_t count = mb_node_count(recomputed);
        if (mb_node_count(claimed) != count) {
            report(verify, "MB601", pointer, "it has %zu items, the result %zu",
                   mb_node_count(claimed), count);
            return;
        }
        for (size_t i = 0; i < count; i++) {
            tree_verify(verify, claimed->as.list.items[i], recomputed->as.list.items[i],
                        mb_node_pointer_index(verify->arena, pointer, i));
        }
    } else {
        scalar_verify(verify, claimed, recomputed, pointer);
    }
}

static void derived_verify(struct verify *verify, const struct mb_node *root)
{
    const struct mb_node *claimed = mb_node_find(root, "derived");
    if (claimed != NULL && claimed->type != MB_NODE_NULL) {
        tree_verify(verify, claimed, mb_derive_section(verify->arena, verify->result),
                    "/derived");
    }
}

// --- keys ---

static void key_verify(struct verify *verify, const char *pointer, const char *claimed,
                       const char *recomputed)
{
    verify->checked.keys++;
    if (claimed == NULL || strcmp(claimed, recomputed) != 0) {
        report(verify, "MB602", pointer,
               "the key is %s, the resolved spec and the facts give %s",
               claimed != NULL ? claimed : "missing", recomputed);
    }
}

static void key_list_verify(struct verify *verify, const char *list,
                            const struct mb_key *recomputed, size_t count)
{
    const struct mb_key *claimed = verify->result->keys.workloads;
    size_t claimed_count = verify->result->keys.workload_count;
    if (strcmp(list, "variants") == 0) {
        claimed = verify->result->keys.variants;
        claimed_count = verify->result->keys.variant_count;
    }
    const char *parent = mb_arena_print(verify->arena, "/keys/%s", list);
    for (size_t i = 0; i < count; i++) {
        const char *digest = NULL;
        for (size_t j = 0; j < claimed_count; j++) {
            if (strcmp(claimed[j].name, recomputed[i].name) == 0) {
                digest = claimed[j].digest;
            }
        }
        key_verify(verify, mb_node_pointer_key(verify->arena, parent, recomputed[i].name),
                   digest, recomputed[i].digest);
    }
}

// More names than a result can have cells: not worth comparing each with each.
static bool has_too_many_names(const struct mb_node *resolved)
{
    return mb_node_count(mb_node_find(resolved, "variants")) > MB_RESULT_MAX_CELLS ||
           mb_node_count(mb_node_find(resolved, "workloads")) > MB_RESULT_MAX_CELLS;
}

// Imports and single trials have no resolved spec, and so no keys to recompute.
static void keys_verify(struct verify *verify)
{
    const struct mb_result *result = verify->result;
    struct mb_spec spec;
    struct mb_keys keys;
    struct mb_err err = {0};
    if (result->spec_resolved == NULL || result->imported) {
        return;
    }
    if (has_too_many_names(result->spec_resolved)) {
        report(verify, "MB602", "/spec/resolved",
               "the resolved spec has more than %d variants or workloads",
               MB_RESULT_MAX_CELLS);
        return;
    }
    if (mb_spec_from_node(verify->arena, result->spec_resolved, NULL, &spec, &err) !=
        MB_OK) {
        report(verify, "MB602", "/spec/resolved", "the resolved spec cannot be read: %s",
               err.message);
        return;
    }
    mb_spec_keys(verify->arena, &spec, &result->facts, &keys);
    if (keys.scheme != result->keys.scheme) {
        return; // another version's keys
    }
    key_verify(verify, "/keys/benchmark", result->keys.benchmark, keys.benchmark);
    key_verify(verify, "/keys/application", result->keys.application, keys.application);
    key_verify(verify, "/keys/environment", result->keys.environment, keys.environment);
    key_list_verify(verify, "workloads", keys.workloads, keys.workload_count);
    key_list_verify(verify, "variants", keys.variants, keys.variant_count);
}

bool mb_derive_holds(const struct mb_dist *open)
{
    struct mb_arena arena = {0};
    struct mb_diag found;
    mb_diag_init(&found, &arena);
    struct verify verify = {.arena = &arena, .diag = &found};
    if (open->hdr != NULL) {
        held_verify(&verify, open, open->hdr, "");
    }
    bool holds = found.errors == 0;
    mb_arena_release(&arena);
    return holds;
}

void mb_derive_verify_keys(struct mb_arena *arena, const struct mb_result *result,
                           struct mb_diag *diag)
{
    struct verify verify = {.arena = arena, .result = result, .diag = diag};
    keys_verify(&verify);
}

struct mb_derive_checked mb_derive_verify(struct mb_arena *arena,
                                          const struct mb_result *result,
                                          const struct mb_node *root,
                                          struct mb_diag *diag)
{
    struct verify verify = {.arena = arena, .result = result, .diag = diag};
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        for (size_t j = 0; j < cell->trial_count; j++) {
            const struct mb_trial *trial = &cell->trials[j];
            for (size_t k = 0; k < trial->part_count; k++) {
                part_verify(
                    &verify, &trial->parts[k],
                    mb_arena_print(arena, "/cells/%zu/trials/%zu/parts/%zu", i, j, k));
            }
        }
    }
    derived_verify(&verify, root);
    keys_verify(&verify);
    return verify.checked;
}
