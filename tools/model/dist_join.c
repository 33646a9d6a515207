#include "model/dist_join.h"

#include "base/mem.h"

// Buckets of both sides that overlap each other, one after another.
struct cluster {
    struct mb_dist_bucket span;
    size_t count[2]; // of each side
    bool spanned;    // one bucket is as wide as the cluster
    bool at_end[2];  // of each side: it holds the first or the last bucket
};

struct join {
    const struct mb_dist *sides[2];
    size_t at[2];
    struct mb_dist *out;
};

// The side whose next bucket begins lower; of equal ones the wider.
static int next_side(const struct join *join)
{
    const struct mb_dist_bucket *next[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        if (join->at[i] < join->sides[i]->count) {
            next[i] = &join->sides[i]->buckets[join->at[i]];
        }
    }
    if (next[0] == NULL || next[1] == NULL) {
        return next[0] == NULL ? 1 : 0;
    }
    if (next[0]->low != next[1]->low) {
        return next[0]->low < next[1]->low ? 0 : 1;
    }
    return next[0]->high >= next[1]->high ? 0 : 1;
}

// Adds the next bucket of a side. False: the numbers of values are too large together.
static bool cluster_add(struct join *join, struct cluster *cluster, int side)
{
    const struct mb_dist *from = join->sides[side];
    size_t index = join->at[side]++;
    const struct mb_dist_bucket *bucket = &from->buckets[index];
    bool first = cluster->count[0] + cluster->count[1] == 0;
    if (first) {
        cluster->span = (struct mb_dist_bucket){bucket->low, bucket->high, 0};
        cluster->spanned = true;
    } else if (bucket->high > cluster->span.high) {
        cluster->spanned = bucket->low == cluster->span.low;
        cluster->span.high = bucket->high;
    }
    cluster->count[side]++;
    cluster->at_end[side] =
        cluster->at_end[side] || index == 0 || index + 1 == from->count;
    if (bucket->n > INT64_MAX - cluster->span.n) {
        return false;
    }
    cluster->span.n += bucket->n;
    return true;
}

static bool cluster_fits(const struct cluster *cluster)
{
    bool cut = cluster->count[0] == 1 && cluster->count[1] == 1 && cluster->at_end[0] &&
               cluster->at_end[1];
    return cluster->spanned || cut;
}

static bool overlaps(const struct join *join, const struct cluster *cluster)
{
    int side = next_side(join);
    return join->at[side] < join->sides[side]->count &&
           join->sides[side]->buckets[join->at[side]].low <= cluster->span.high;
}

static bool clusters_join(struct join *join)
{
    while (join->at[0] < join->sides[0]->count || join->at[1] < join->sides[1]->count) {
        struct cluster cluster = {.count = {0, 0}};
        do {
            if (!cluster_add(join, &cluster, next_side(join))) {
                return false;
            }
        } while (overlaps(join, &cluster));
        if (!cluster_fits(&cluster)) {
            return false;
        }
        join->out->buckets[join->out->count++] = cluster.span;
    }
    return true;
}

bool mb_dist_join(const struct mb_dist *left, const struct mb_dist *right,
                  struct mb_dist *joined)
{
    struct mb_dist out = {.type = MB_DIST_BUCKETS, .mixed = left->mixed || right->mixed};
    struct join join = {.sides = {left, right}, .out = &out};
    out.buckets = mb_mem_alloc(left->count + right->count + 1, sizeof *out.buckets);
    if (!clusters_join(&join)) {
        mb_mem_free(out.buckets);
        return false;
    }
    *joined = out;
    return true;
}
