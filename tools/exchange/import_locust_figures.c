#include "exchange/import_locust.h"

#include <string.h>

#include "base/units.h"

static const int64_t MEDIAN_SHARE = 500000000;

void mb_import_locust_init(struct mb_import_locust *figures)
{
    *figures = (struct mb_import_locust){.method = "",
                                         .name = "",
                                         .requests = -1,
                                         .failures = -1,
                                         .timeless = -1,
                                         .median_ns = -1,
                                         .mean_ns = -1,
                                         .sum_ns = -1,
                                         .min_ns = -1,
                                         .max_ns = -1};
}

// To 1 ms below 100 ms, to 10 ms below 1 s, to 100 ms below 10 s, to 1 s above: a value
// that ends one range took in half a step of the finer and half a step of the coarser one
// (bucket_response_time in locust/stats.py).
bool mb_import_locust_bounds(int64_t key_ms, int64_t *low_ns, int64_t *high_ns)
{
    static const struct {
        int64_t from_ms;
        int64_t step_ms;
    } ranges[] = {{0, 1}, {100, 10}, {1000, 100}, {10000, 1000}};
    size_t at = sizeof ranges / sizeof *ranges;
    while (at > 1 && key_ms < ranges[at - 1].from_ms) {
        at--;
    }
    int64_t above_ns = ranges[at - 1].step_ms * MB_UNITS_NS_PER_MS / 2;
    int64_t below_ns = above_ns;
    if (at > 1 && key_ms == ranges[at - 1].from_ms) {
        below_ns = ranges[at - 2].step_ms * MB_UNITS_NS_PER_MS / 2;
    }
    if (key_ms < 0 || key_ms > INT64_MAX / MB_UNITS_NS_PER_MS - ranges[at - 1].step_ms ||
        key_ms % ranges[at - 1].step_ms != 0) {
        return false;
    }
    *low_ns = key_ms > 0 ? key_ms * MB_UNITS_NS_PER_MS - below_ns : 0;
    *high_ns = key_ms * MB_UNITS_NS_PER_MS + above_ns;
    return true;
}

enum mb_error_kind mb_import_locust_error_kind(const char *error)
{
    // The first that fits: a refused connection is wrapped in other exceptions.
    static const struct {
        const char *word;
        enum mb_error_kind kind;
    } words[] = {
        {"code=0", MB_ERROR_OTHER},
        {"StatusCode(", MB_ERROR_STATUS},
        {"HTTPError(", MB_ERROR_STATUS},
        {"Connection refused", MB_ERROR_CONNECT},
        {"ConnectionRefused", MB_ERROR_CONNECT},
        {"NewConnectionError", MB_ERROR_CONNECT},
        {"ConnectTimeout", MB_ERROR_CONNECT},
        {"gaierror", MB_ERROR_CONNECT},
        {"unreachable", MB_ERROR_CONNECT},
        {"No route to host", MB_ERROR_CONNECT},
        {"ReadTimeout", MB_ERROR_TIMEOUT},
        {"timed out", MB_ERROR_TIMEOUT},
        {"reset by peer", MB_ERROR_RESET},
        {"ConnectionReset", MB_ERROR_RESET},
        {"roken pipe", MB_ERROR_RESET},
        {"RemoteDisconnected", MB_ERROR_CLOSED},
        {"HTTPConnectionClosed", MB_ERROR_CLOSED},
        {"IncompleteRead", MB_ERROR_CLOSED},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strstr(error, words[i].word) != NULL) {
            return words[i].kind;
        }
    }
    return MB_ERROR_OTHER;
}

void mb_import_locust_error_add(struct mb_import_locust *figures, const char *error,
                                int64_t n)
{
    int64_t *count = &figures->errors_by_kind[mb_import_locust_error_kind(error)];
    figures->errors_known = true;
    *count = n <= INT64_MAX - *count ? *count + n : INT64_MAX;
}

bool mb_import_locust_is_total(const struct mb_import_locust *figures)
{
    bool no_method = figures->method[0] == '\0' || strcmp(figures->method, "None") == 0;
    return no_method && (strcmp(figures->name, "Aggregated") == 0 ||
                         strcmp(figures->name, "Total") == 0 ||
                         strcmp(figures->name, "None Total") == 0);
}

static int64_t errors_sum(const struct mb_import_locust *figures)
{
    int64_t sum = 0;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        int64_t n = figures->errors_by_kind[i];
        sum = n <= INT64_MAX - sum ? sum + n : INT64_MAX;
    }
    return sum;
}

// The kinds, when the listed errors are all that failed.
static void errors_put(const struct mb_import_locust *figures, struct mb_counts *counts)
{
    int64_t failures = figures->failures;
    bool listed =
        figures->errors_known && (failures < 0 || errors_sum(figures) == failures);
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        counts->errors_by_kind[i] = listed          ? figures->errors_by_kind[i]
                                    : failures == 0 ? 0
                                                    : -1;
    }
    if (!listed && failures > 0) {
        counts->errors_by_kind[MB_ERROR_OTHER] = failures;
    }
}

static void counts_put(const struct mb_import_locust *figures, struct mb_counts *counts)
{
    int64_t requests = figures->requests;
    int64_t failures = figures->failures;
    bool told = figures->counting != MB_IMPORT_LOCUST_EITHER || failures == 0;
    errors_put(figures, counts);
    if (requests < 0 || failures < 0 || !told) {
        return;
    }
    if (figures->counting == MB_IMPORT_LOCUST_GOOD) {
        counts->ok = requests;
        counts->intended = requests + failures;
    } else if (failures <= requests) {
        counts->ok = requests - failures;
        counts->intended = requests;
    }
    int64_t wrong = counts->errors_by_kind[MB_ERROR_STATUS];
    counts->completed = counts->ok >= 0 && wrong >= 0 ? counts->ok + wrong : -1;
    counts->unfinished = 0;
}

// Percentiles are rounded, the extremes are not: one beyond them is the extreme itself.
static void quantiles_clamp(struct mb_import_quantiles *quantiles, int64_t min_ns,
                            int64_t max_ns)
{
    for (size_t i = 0; i < quantiles->count; i++) {
        int64_t *value = &quantiles->items[i].value;
        *value = max_ns >= 0 && *value > max_ns ? max_ns : *value;
        *value = *value < min_ns ? min_ns : *value;
    }
}

static struct mb_dist dist_make(struct mb_import *import,
                                const struct mb_import_locust *figures, int64_t n)
{
    struct mb_import_quantiles quantiles = figures->quantiles;
    if (quantiles.count == 0 && figures->median_ns >= 0) {
        mb_import_text_quantile(import->arena, &quantiles, MEDIAN_SHARE,
                                figures->median_ns);
    }
    bool ordered = figures->max_ns < 0 || figures->min_ns <= figures->max_ns;
    if (ordered) {
        quantiles_clamp(&quantiles, figures->min_ns, figures->max_ns);
    }
    struct mb_dist dist = mb_import_text_dist(&(struct mb_import_latency){
        .quantiles = &quantiles,
        .n = n,
        .mean_ns = figures->mean_ns,
        .min_ns = figures->min_ns,
        .max_ns = figures->max_ns,
    });
    if (figures->sum_ns >= 0 && dist.type != MB_DIST_ABSENT) {
        dist.sum = figures->sum_ns;
    }
    if (figures->buckets != NULL && dist.type != MB_DIST_ABSENT) {
        dist.type = MB_DIST_BUCKETS;
        dist.buckets = figures->buckets;
        dist.count = figures->bucket_count;
    }
    return dist;
}

void mb_import_locust_put(struct mb_import *import, struct mb_import_run *run,
                          const struct mb_import_locust *figures)
{
    struct mb_counts *counts = &run->part.counts;
    bool method = figures->method[0] != '\0' && !mb_import_locust_is_total(figures);
    run->workload = mb_arena_print(import->arena, "%s%s%s", method ? figures->method : "",
                                   method ? " " : "", figures->name);
    run->point.load_model = MB_LOAD_CLOSED;
    run->concurrency = run->point.connections;
    counts_put(figures, counts);
    int64_t timeless = figures->timeless > 0 ? figures->timeless : 0;
    int64_t n = figures->requests >= timeless ? figures->requests - timeless : -1;
    struct mb_dist dist = dist_make(import, figures, n);
    // Until 0.9 the failed ones were not measured.
    dist.mixed = dist.type != MB_DIST_ABSENT && figures->failures != 0 &&
                 figures->counting != MB_IMPORT_LOCUST_GOOD;
    if (!dist.mixed && dist.n >= 0 && dist.n != counts->ok) {
        counts->ok = -1;
    }
    mb_import_run_latency(import, run, dist);
}
