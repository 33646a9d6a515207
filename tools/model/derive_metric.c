#include <string.h>

#include "model/derive.h"

#define SHARE_ONE INT64_C(1000000000)

// What the schema allows in a name: p99.9999 at most.
enum { MAX_DECIMALS = 4, MAX_DIGITS = 2 };

static const struct {
    const char *name;
    enum mb_dist_metric dist;
} dists[] = {
    {"response_time", MB_DIST_RESPONSE},
    {"service_time", MB_DIST_SERVICE},
    {"connect_time", MB_DIST_CONNECT},
    {"tls_time", MB_DIST_TLS},
    {"wait_for_connection", MB_DIST_WAIT_FOR_CONNECTION},
    {"dispatch_lag", MB_DIST_DISPATCH_LAG},
};

// "50", "99.9" as a share in 1e-9. False for 0 and for what is no percentile.
static bool share_parse(const char *text, int64_t *share)
{
    size_t digits = strspn(text, "0123456789");
    if (digits < 1 || digits > MAX_DIGITS) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        value = value * 10 + (text[i] - '0');
    }
    const char *rest = text + digits;
    size_t decimals = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
    if (decimals > MAX_DECIMALS || (*rest == '.' && decimals == 0) ||
        (*rest != '\0' && rest[1 + decimals] != '\0') ||
        (*rest != '.' && *rest != '\0')) {
        return false;
    }
    int64_t scale = SHARE_ONE / 100;
    value *= scale;
    for (size_t i = 0; i < decimals; i++) {
        scale /= 10;
        value += scale * (rest[1 + i] - '0');
    }
    *share = value;
    return value > 0;
}

static bool statistic_parse(const char *text, struct mb_metric *metric)
{
    metric->statistic = 'q';
    if (strcmp(text, "mean") == 0) {
        metric->statistic = 'm';
    } else if (strcmp(text, "min") == 0) {
        metric->statistic = '<';
    } else if (strcmp(text, "max") == 0) {
        metric->statistic = '>';
    } else {
        return text[0] == 'p' && share_parse(text + 1, &metric->share);
    }
    return true;
}

// ".data_plane" or nothing, which means application and data plane together.
static bool roles_parse(const char *text, struct mb_metric *metric)
{
    enum mb_role role = MB_ROLE_OTHER;
    metric->roles = 1 << MB_ROLE_APPLICATION | 1 << MB_ROLE_DATA_PLANE;
    if (text[0] == '\0') {
        return true;
    }
    if (text[0] != '.' || !mb_role_find(text + 1, &role)) {
        return false;
    }
    metric->roles = 1 << role;
    return true;
}

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool dist_parse(const char *name, struct mb_metric *metric)
{
    for (size_t i = 0; i < sizeof dists / sizeof *dists; i++) {
        size_t size = strlen(dists[i].name);
        if (begins(name, dists[i].name) && name[size] == '.') {
            metric->dist = dists[i].dist;
            return statistic_parse(name + size + 1, metric);
        }
    }
    return false;
}

bool mb_metric_parse(const char *name, struct mb_metric *metric)
{
    static const char cpu[] = "cpu_per_request";
    static const char memory[] = "memory";
    struct mb_metric parsed = {.name = name};
    bool good = false;
    if (strcmp(name, "throughput") == 0) {
        parsed.family = MB_METRIC_THROUGHPUT;
        parsed.unit = MB_METRIC_RPS;
        parsed.higher_is_better = true;
        good = true;
    } else if (strcmp(name, "error_ratio") == 0) {
        parsed.family = MB_METRIC_ERROR_RATIO;
        parsed.unit = MB_METRIC_RATIO;
        good = true;
    } else if (begins(name, cpu)) {
        parsed.family = MB_METRIC_CPU_PER_REQUEST;
        parsed.unit = MB_METRIC_NS_PER_REQUEST;
        good = roles_parse(name + sizeof cpu - 1, &parsed);
    } else if (begins(name, memory)) {
        parsed.family = MB_METRIC_MEMORY;
        parsed.unit = MB_METRIC_BYTES;
        good = roles_parse(name + sizeof memory - 1, &parsed);
    } else {
        parsed.family = MB_METRIC_DIST;
        parsed.unit = MB_METRIC_NS;
        good = dist_parse(name, &parsed);
    }
    if (good) {
        *metric = parsed;
    }
    return good;
}

const char *const *mb_metric_defaults(size_t *count)
{
    static const char *const names[] = {
        "response_time.p50", "response_time.p90", "response_time.p99",
        "throughput",        "cpu_per_request",   "memory",
        "error_ratio",
    };
    *count = sizeof names / sizeof names[0];
    return names;
}

int64_t mb_value_samples_needed(int64_t share)
{
    int64_t beyond = SHARE_ONE - share;
    int64_t needed = MB_DERIVE_TAIL_SAMPLES * SHARE_ONE;
    return beyond > 0 ? (needed + beyond - 1) / beyond : -1;
}

bool mb_value_supported(int64_t n, int64_t share)
{
    int64_t needed = mb_value_samples_needed(share);
    return needed >= 0 && n >= needed;
}
