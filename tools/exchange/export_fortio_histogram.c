#include "exchange/export_fortio_histogram.h"

#include "base/units.h"
#include "exchange/export_values.h"
#include "model/derive.h"

static const double SHARE_ONE = 1e9;
static const double PER_CENT = 100;

static struct mb_node *seconds(struct mb_arena *arena, double ns)
{
    return mb_node_float(arena, ns / MB_UNITS_NS_PER_S);
}

// fortio's buckets hold what is above their start, the first one its start as well. The
// ends are cut to the least and the largest value.
static double start_ns(const struct mb_dist *buckets, size_t index)
{
    int64_t low = buckets->buckets[index].low;
    if (index > 0) {
        return (double)low - 1;
    }
    return (double)(buckets->min > low ? buckets->min : low);
}

static double end_ns(const struct mb_dist *buckets, size_t index)
{
    int64_t high = buckets->buckets[index].high;
    bool last = index + 1 == buckets->count;
    return (double)(last && buckets->max < high ? buckets->max : high);
}

// As fortio's CalcPercentile: linear within a bucket.
static double percentile_ns(const struct mb_dist *buckets, double share)
{
    double before = 0;
    for (size_t i = 0; i < buckets->count; i++) {
        double n = (double)buckets->buckets[i].n;
        double wanted = share * (double)buckets->n;
        if (wanted <= before + n) {
            double start = start_ns(buckets, i);
            return start + (wanted - before) / n * (end_ns(buckets, i) - start);
        }
        before += n;
    }
    return (double)buckets->max;
}

static struct mb_node *percentiles_node(struct mb_arena *arena,
                                        const struct mb_dist *buckets)
{
    static const int64_t shares[] = {500000000, 750000000, 900000000, 950000000,
                                     990000000, 999000000, 999900000};
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        if (!mb_value_supported(buckets->n, shares[i])) {
            continue;
        }
        double share = (double)shares[i] / SHARE_ONE;
        struct mb_node *map = mb_node_map(arena);
        mb_node_put(arena, map, "Percentile", mb_node_float(arena, share * PER_CENT));
        mb_node_put(arena, map, "Value", seconds(arena, percentile_ns(buckets, share)));
        mb_node_push(arena, list, map);
    }
    return list;
}

static struct mb_node *data_node(struct mb_arena *arena, const struct mb_dist *buckets)
{
    struct mb_node *list = mb_node_list(arena);
    int64_t seen = 0;
    for (size_t i = 0; i < buckets->count; i++) {
        struct mb_node *map = mb_node_map(arena);
        seen += buckets->buckets[i].n;
        double share = (double)seen / (double)buckets->n;
        mb_node_put(arena, map, "Start", seconds(arena, start_ns(buckets, i)));
        mb_node_put(arena, map, "End", seconds(arena, end_ns(buckets, i)));
        mb_node_put(arena, map, "Percent", mb_node_float(arena, share * PER_CENT));
        mb_node_put(arena, map, "Count", mb_node_int(arena, buckets->buckets[i].n));
        mb_node_push(arena, list, map);
    }
    return list;
}

struct mb_node *mb_export_fortio_histogram(struct mb_arena *arena,
                                           const struct mb_dist *buckets, bool *exact)
{
    struct mb_node *map = mb_node_map(arena);
    bool own_exact = true;
    bool some = buckets->count > 0;
    double n = some ? (double)buckets->n : 1;
    double sum = mb_export_buckets_sum(buckets, &own_exact);
    *exact = *exact && own_exact;
    mb_node_put(arena, map, "Count", mb_node_int(arena, buckets->n));
    mb_node_put(arena, map, "Min", seconds(arena, some ? (double)buckets->min : 0));
    mb_node_put(arena, map, "Max", seconds(arena, some ? (double)buckets->max : 0));
    mb_node_put(arena, map, "Sum", seconds(arena, some ? sum : 0));
    mb_node_put(arena, map, "Avg", seconds(arena, some ? sum / n : 0));
    mb_node_put(arena, map, "StdDev",
                seconds(arena, mb_export_buckets_deviation(buckets)));
    mb_node_put(arena, map, "Data", data_node(arena, buckets));
    mb_node_put(arena, map, "Percentiles", percentiles_node(arena, buckets));
    return map;
}
