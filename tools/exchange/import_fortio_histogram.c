#include "exchange/import_fortio_histogram.h"

#include <inttypes.h>

#include "base/units.h"

// Reads a key in seconds. A histogram without values leaves some out, or has zeros.
static enum mb_status seconds_read(struct mb_import_json *json,
                                   const struct mb_node *histogram, const char *key,
                                   int64_t *ns, struct mb_err *err)
{
    const struct mb_node *node = mb_node_find(histogram, key);
    if (!mb_import_json_seconds(node, ns)) {
        mb_err_hint(err, "fortio gives seconds from 0 to 9007199");
        return mb_import_json_fault(json, node != NULL ? node : histogram, err,
                                    "'%s' of the histogram is not a duration", key);
    }
    return MB_OK;
}

// Adds a bucket above the ones that are there. False: it does not lie above them.
static bool bucket_add(struct mb_dist *dist, struct mb_dist_bucket bucket)
{
    if (dist->count > 0) {
        struct mb_dist_bucket *last = &dist->buckets[dist->count - 1];
        if (bucket.low <= last->high) {
            bucket.low = last->high + 1;
        }
        if (bucket.high == last->high) {
            last->n += bucket.n; // narrower than a ns, or a single value
            return true;
        }
    }
    if (bucket.low > bucket.high) {
        return false;
    }
    dist->buckets[dist->count++] = bucket;
    return true;
}

static enum mb_status bucket_read(struct mb_import_json *json, const struct mb_node *node,
                                  struct mb_dist *dist, int64_t *total,
                                  struct mb_err *err)
{
    int64_t start = 0;
    int64_t end = 0;
    int64_t n = 0;
    enum mb_status status = seconds_read(json, node, "Start", &start, err);
    if (status == MB_OK) {
        status = seconds_read(json, node, "End", &end, err);
    }
    if (status == MB_OK && !mb_import_json_count(mb_node_find(node, "Count"), &n)) {
        status = mb_import_json_fault(json, node, err,
                                      "'Count' of a bucket is not a number of values");
    }
    if (status != MB_OK || n == 0) {
        return status;
    }
    bool first = dist->count == 0;
    struct mb_dist_bucket bucket = {
        .low = first || start == end ? start : start + 1, .high = end, .n = n};
    if (n > MB_UNITS_SAFE_MAX - *total || !bucket_add(dist, bucket)) {
        return mb_import_json_fault(json, node, err,
                                    "a bucket does not lie above the one before it");
    }
    *total += n;
    return MB_OK;
}

static enum mb_status buckets_read(struct mb_import_json *json,
                                   const struct mb_node *node, struct mb_dist *dist,
                                   struct mb_err *err)
{
    const struct mb_node *data = mb_node_find(node, "Data");
    size_t rows = data != NULL && data->type == MB_NODE_LIST ? mb_node_count(data) : 0;
    enum mb_status status = MB_OK;
    int64_t total = 0;
    dist->buckets = mb_arena_alloc(json->import->arena, rows + 1, sizeof *dist->buckets);
    for (size_t i = 0; status == MB_OK && i < rows; i++) {
        status = bucket_read(json, data->as.list.items[i], dist, &total, err);
    }
    if (status == MB_OK && total != dist->n) {
        return mb_import_json_fault(json, node, err,
                                    "the buckets of the histogram hold %" PRId64
                                    " values, 'Count' says %" PRId64,
                                    total, dist->n);
    }
    return status;
}

enum mb_status mb_import_fortio_histogram(struct mb_import_json *json,
                                          const struct mb_node *node,
                                          struct mb_dist *dist, struct mb_err *err)
{
    *dist = (struct mb_dist){.type = MB_DIST_BUCKETS, .sum = -1, .min = -1, .max = -1};
    if (!mb_import_json_count(mb_node_find(node, "Count"), &dist->n)) {
        return mb_import_json_fault(json, node, err,
                                    "'Count' of the histogram is not a number of values");
    }
    if (dist->n == 0) {
        dist->sum = 0;
        return MB_OK;
    }
    enum mb_status status = MB_OK;
    bool bounds = mb_node_find(node, "Min") != NULL || mb_node_find(node, "Max") != NULL;
    if (bounds) {
        status = seconds_read(json, node, "Min", &dist->min, err);
    }
    if (bounds && status == MB_OK) {
        status = seconds_read(json, node, "Max", &dist->max, err);
    }
    if (status == MB_OK && dist->min > dist->max) {
        status = mb_import_json_fault(json, node, err,
                                      "'Min' of the histogram is above its 'Max'");
    }
    if (status == MB_OK) {
        // A sum over 2^53 - 1 ns is not known exactly; all else that is none is wrong.
        const struct mb_node *sum = mb_node_find(node, "Sum");
        if (sum != NULL && !mb_import_json_seconds(sum, &dist->sum) &&
            mb_node_number(sum, -1) < 0) {
            status = mb_import_json_fault(json, sum, err,
                                          "'Sum' of the histogram is not a duration");
        }
    }
    if (status == MB_OK) {
        status = buckets_read(json, node, dist, err);
    }
    if (status == MB_OK && !bounds && dist->count > 0) { // early nighthawk
        dist->min = dist->buckets[0].low;
        dist->max = dist->buckets[dist->count - 1].high;
    }
    return status;
}

// The bucket of `all` that a bucket of the errors lies in: both come from one set of
// bounds, but ends are cut to the least and the largest value. NULL: there is none.
static struct mb_dist_bucket *home_find(const struct mb_dist *all,
                                        const struct mb_dist_bucket *bucket)
{
    for (size_t i = 0; i < all->count; i++) {
        struct mb_dist_bucket *home = &all->buckets[i];
        if (bucket->low >= home->low && bucket->high <= home->high) {
            return home;
        }
    }
    return NULL;
}

bool mb_import_fortio_subtract(struct mb_arena *arena, const struct mb_dist *all,
                               const struct mb_dist *errors, struct mb_dist *ok)
{
    struct mb_dist left = *all;
    left.buckets = mb_arena_alloc(arena, all->count + 1, sizeof *left.buckets);
    for (size_t i = 0; i < all->count; i++) {
        left.buckets[i] = all->buckets[i];
    }
    for (size_t i = 0; i < errors->count; i++) {
        struct mb_dist_bucket *home = home_find(&left, &errors->buckets[i]);
        if (home == NULL || home->n < errors->buckets[i].n) {
            return false;
        }
        home->n -= errors->buckets[i].n;
    }
    left.count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (left.buckets[i].n > 0) {
            left.buckets[left.count++] = left.buckets[i];
        }
    }
    left.n = all->n - errors->n;
    bool sums = all->sum >= 0 && errors->sum >= 0 && errors->sum <= all->sum;
    left.sum = sums ? all->sum - errors->sum : -1;
    // The least of all is that of the good ones, unless it may be an error's.
    left.min = left.n > 0 && errors->n > 0 && errors->min <= all->min ? -1 : all->min;
    left.max = left.n > 0 && errors->n > 0 && errors->max >= all->max ? -1 : all->max;
    if (left.n == 0) {
        left.sum = 0;
        left.min = -1;
        left.max = -1;
    }
    *ok = left;
    return true;
}
