#include "exchange/import_spectrum.h"

#include <math.h>

#include "base/units.h"
#include "exchange/import_text.h"

struct mb_import_spectrum mb_import_spectrum_begin(struct mb_arena *arena, double unit_ns)
{
    return (struct mb_import_spectrum){.arena = arena,
                                       .unit_ns = unit_ns,
                                       .last_ns = -1,
                                       .mean = -1,
                                       .max = -1,
                                       .max_total = -1};
}

// "#[Mean    =       50.500, StdDeviation   =       28.900]"
static bool footer_line(struct mb_import_spectrum *spectrum, const char *line)
{
    const char *at = line;
    if (!mb_import_text_word(&at, "#[")) {
        return false;
    }
    const char *total = mb_import_text_after(at, "otal count");
    if (mb_import_text_word(&at, "Mean") && mb_import_text_word(&at, "=")) {
        (void)mb_import_text_number(&at, &spectrum->mean);
    } else if (mb_import_text_word(&at, "Max") && mb_import_text_word(&at, "=")) {
        (void)mb_import_text_number(&at, &spectrum->max);
        if (total != NULL && mb_import_text_word(&total, "=")) {
            (void)mb_import_text_count(&total, &spectrum->max_total);
        }
    }
    return true;
}

static void separator_skip(const char **at)
{
    (void)mb_import_text_word(at, ",");
}

bool mb_import_spectrum_line(struct mb_import_spectrum *spectrum, const char *line)
{
    const char *at = line;
    double value;
    double percentile;
    double count;
    int64_t total;
    int64_t value_ns;
    if (footer_line(spectrum, line)) {
        return true;
    }
    if (!mb_import_text_field(&at, &value)) {
        return false;
    }
    separator_skip(&at);
    if (!mb_import_text_field(&at, &percentile) || percentile > 1) {
        return false;
    }
    separator_skip(&at);
    if (!mb_import_text_field(&at, &count) || !mb_import_text_scale(count, 1, &total) ||
        total < spectrum->total ||
        !mb_import_text_scale(value, spectrum->unit_ns, &value_ns) ||
        value_ns < spectrum->last_ns) {
        return false;
    }
    struct mb_dist_bucket *last =
        spectrum->count > 0 ? &spectrum->buckets[spectrum->count - 1] : NULL;
    int64_t n = total - spectrum->total;
    if (last != NULL && last->high == value_ns) {
        last->n += n;
    } else if (n > 0) {
        spectrum->buckets =
            mb_arena_grow(spectrum->arena, spectrum->buckets, spectrum->count,
                          &spectrum->capacity, sizeof *spectrum->buckets);
        spectrum->buckets[spectrum->count++] = (struct mb_dist_bucket){
            .low = last != NULL ? last->high + 1 : value_ns, .high = value_ns, .n = n};
    }
    spectrum->total = total;
    spectrum->last_ns = value_ns;
    return true;
}

struct mb_dist mb_import_spectrum_dist(const struct mb_import_spectrum *spectrum)
{
    if (spectrum->count == 0) {
        return mb_dist_absent("its histogram is empty");
    }
    struct mb_dist dist = {
        .type = MB_DIST_BUCKETS,
        .n = spectrum->total,
        .sum = -1,
        .min = spectrum->buckets[0].low,
        .max = spectrum->buckets[spectrum->count - 1].high,
        .buckets = spectrum->buckets,
        .count = spectrum->count,
    };
    double sum = spectrum->mean * spectrum->unit_ns * (double)spectrum->total;
    if (sum >= 0 && sum <= (double)MB_UNITS_SAFE_MAX) {
        dist.sum = llround(sum);
    }
    return dist;
}
