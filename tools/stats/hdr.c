#include "stats/hdr.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

#define SHARE_ONE INT64_C(1000000000)

// Bits beyond which a value does not fit: sub-bucket bits and unit together, as in Java.
enum { MAX_MAGNITUDE = 61 };

static int magnitude(int64_t value)
{
    return 63 - __builtin_clzll((uint64_t)value);
}

// Smallest power of two that separates 2 * 10^digits values.
static int sub_bucket_magnitude(int digits)
{
    int64_t largest = 2;
    for (int i = 0; i < digits; i++) {
        largest *= 10;
    }
    return magnitude(largest - 1) + 1;
}

static int32_t buckets_needed(int64_t highest, int64_t sub_bucket_count,
                              int unit_magnitude)
{
    int64_t untrackable = sub_bucket_count << unit_magnitude;
    int32_t count = 1;
    while (untrackable <= highest) {
        if (untrackable > INT64_MAX / 2) {
            return count + 1;
        }
        untrackable *= 2;
        count++;
    }
    return count;
}

enum mb_status mb_hdr_configure(struct mb_hdr *hdr, int64_t lowest, int64_t highest,
                                int digits, struct mb_err *err)
{
    if (digits < 1 || digits > 5) {
        return mb_err_set(err, MB_INVALID,
                          "histogram with %d significant digits: 1 to 5 are possible",
                          digits);
    }
    if (lowest < 1 || lowest > INT64_MAX / 2 || highest < 2 * lowest) {
        return mb_err_set(
            err, MB_INVALID,
            "histogram from %lld to %lld: the lowest value must be at least "
            "1, the highest at least twice that",
            (long long)lowest, (long long)highest);
    }
    int sub_magnitude = sub_bucket_magnitude(digits);
    if (magnitude(lowest) + sub_magnitude - 1 > MAX_MAGNITUDE) {
        return mb_err_set(err, MB_INVALID,
                          "histogram with lowest value %lld cannot have %d digits",
                          (long long)lowest, digits);
    }
    struct mb_hdr made = {.lowest = lowest, .highest = highest, .digits = digits};
    made.unit_magnitude = magnitude(lowest);
    made.sub_bucket_half_magnitude = sub_magnitude - 1;
    made.sub_bucket_count = 1 << sub_magnitude;
    made.sub_bucket_half_count = made.sub_bucket_count / 2;
    made.sub_bucket_mask = (int64_t)(made.sub_bucket_count - 1) << made.unit_magnitude;
    made.bucket_count =
        buckets_needed(highest, made.sub_bucket_count, made.unit_magnitude);
    made.counts_size = (made.bucket_count + 1) * made.sub_bucket_half_count;
    assert(made.counts_size <= MB_HDR_MAX_SLOTS);
    made.min = INT64_MAX;
    *hdr = made;
    return MB_OK;
}

enum mb_status mb_hdr_init_with(struct mb_hdr *hdr, int64_t lowest, int64_t highest,
                                int digits, struct mb_err *err)
{
    enum mb_status status = mb_hdr_configure(hdr, lowest, highest, digits, err);
    if (status == MB_OK) {
        hdr->counts = mb_mem_alloc((size_t)hdr->counts_size, sizeof *hdr->counts);
    }
    return status;
}

void mb_hdr_init(struct mb_hdr *hdr)
{
    struct mb_err err = {0};
    enum mb_status status =
        mb_hdr_init_with(hdr, 1, MB_HDR_HIGHEST_NS, MB_HDR_DIGITS, &err);
    assert(status == MB_OK);
    (void)status;
}

void mb_hdr_release(struct mb_hdr *hdr)
{
    mb_mem_free(hdr->counts);
    *hdr = (struct mb_hdr){0};
}

static int32_t slot_within(const struct mb_hdr *hdr, int64_t value)
{
    int32_t slot = mb_hdr_slot(hdr, value > 0 ? value : 0);
    return slot < hdr->counts_size ? slot : hdr->counts_size - 1;
}

// First slot in use and one past the last; equal when the histogram is empty.
static int32_t slots_begin(const struct mb_hdr *hdr)
{
    return hdr->count > 0 ? slot_within(hdr, hdr->min) : 0;
}

static int32_t slots_end(const struct mb_hdr *hdr)
{
    return hdr->count > 0 ? slot_within(hdr, hdr->max) + 1 : 0;
}

void mb_hdr_copy(struct mb_hdr *hdr, const struct mb_hdr *from)
{
    int32_t begin = slots_begin(from);
    struct mb_hdr made = *from;
    made.counts = mb_mem_alloc((size_t)from->counts_size, sizeof *made.counts);
    memcpy(made.counts + begin, from->counts + begin,
           (size_t)(slots_end(from) - begin) * sizeof *made.counts);
    *hdr = made;
}

void mb_hdr_reset(struct mb_hdr *hdr)
{
    int32_t begin = slots_begin(hdr);
    memset(hdr->counts + begin, 0,
           (size_t)(slots_end(hdr) - begin) * sizeof *hdr->counts);
    hdr->count = 0;
    hdr->sum = 0;
    hdr->min = INT64_MAX;
    hdr->max = 0;
}

static int64_t add_saturated(int64_t left, int64_t right)
{
    return left <= INT64_MAX - right ? left + right : INT64_MAX;
}

static int64_t multiply_saturated(int64_t left, int64_t right)
{
    return right == 0 || left <= INT64_MAX / right ? left * right : INT64_MAX;
}

void mb_hdr_record_count(struct mb_hdr *hdr, int64_t value, int64_t count)
{
    if (count <= 0) {
        return;
    }
    int64_t kept = value > 0 ? value : 0;
    int32_t slot = slot_within(hdr, kept);
    hdr->counts[slot] = add_saturated(hdr->counts[slot], count);
    hdr->count = add_saturated(hdr->count, count);
    hdr->sum = add_saturated(hdr->sum, multiply_saturated(kept, count));
    hdr->min = kept < hdr->min ? kept : hdr->min;
    hdr->max = kept > hdr->max ? kept : hdr->max;
}

enum mb_status mb_hdr_merge(struct mb_hdr *into, const struct mb_hdr *from,
                            struct mb_err *err)
{
    if (into->lowest != from->lowest || into->highest != from->highest ||
        into->digits != from->digits) {
        return mb_err_set(err, MB_INVALID,
                          "histograms differ: %lld to %lld with %d digits, and %lld to "
                          "%lld with %d; only equal ones can be merged",
                          (long long)into->lowest, (long long)into->highest,
                          (int)into->digits, (long long)from->lowest,
                          (long long)from->highest, (int)from->digits);
    }
    if (from->count > INT64_MAX - into->count) {
        return mb_err_set(err, MB_INVALID,
                          "histograms hold too many values to be merged");
    }
    int32_t end = slots_end(from);
    for (int32_t i = slots_begin(from); i < end; i++) {
        into->counts[i] += from->counts[i];
    }
    into->count += from->count;
    into->sum = add_saturated(into->sum, from->sum);
    into->min = from->min < into->min ? from->min : into->min;
    into->max = from->max > into->max ? from->max : into->max;
    return MB_OK;
}

void mb_hdr_slot_range(const struct mb_hdr *hdr, int32_t slot, int64_t *low,
                       int64_t *high)
{
    int32_t bucket = (slot >> hdr->sub_bucket_half_magnitude) - 1;
    int64_t sub = (slot & (hdr->sub_bucket_half_count - 1)) + hdr->sub_bucket_half_count;
    if (bucket < 0) {
        sub -= hdr->sub_bucket_half_count;
        bucket = 0;
    }
    *low = sub << (bucket + hdr->unit_magnitude);
    *high = *low + ((INT64_C(1) << (bucket + hdr->unit_magnitude)) - 1);
}

static int64_t slot_high(const struct mb_hdr *hdr, int32_t slot)
{
    int64_t low = 0;
    int64_t high = 0;
    mb_hdr_slot_range(hdr, slot, &low, &high);
    return high;
}

int64_t mb_hdr_lowest_equivalent(const struct mb_hdr *hdr, int64_t value)
{
    int64_t low = 0;
    int64_t high = 0;
    mb_hdr_slot_range(hdr, slot_within(hdr, value), &low, &high);
    return low;
}

int64_t mb_hdr_highest_equivalent(const struct mb_hdr *hdr, int64_t value)
{
    return slot_high(hdr, slot_within(hdr, value));
}

int64_t mb_hdr_rank(int64_t n, int64_t share)
{
    assert(n >= 0 && share >= 0 && share <= SHARE_ONE);
    // ceil(n * share / 1e9) in parts, because the product needs more than 63 bits.
    int64_t whole = n / SHARE_ONE;
    int64_t rest = n % SHARE_ONE;
    int64_t rank = whole * share + (rest * share + (SHARE_ONE - 1)) / SHARE_ONE;
    return rank < 1 && n > 0 ? 1 : rank;
}

int64_t mb_hdr_quantile(const struct mb_hdr *hdr, double share)
{
    double bounded = share > 0 ? (share < 1 ? share : 1) : 0;
    int64_t rank = mb_hdr_rank(hdr->count, (int64_t)llround(bounded * (double)SHARE_ONE));
    return mb_hdr_value_at_rank(hdr, rank);
}

int64_t mb_hdr_value_at_rank(const struct mb_hdr *hdr, int64_t rank)
{
    if (hdr->count == 0) {
        return 0;
    }
    int32_t end = slots_end(hdr);
    int64_t seen = 0;
    for (int32_t i = slots_begin(hdr); i < end; i++) {
        seen = add_saturated(seen, hdr->counts[i]);
        if (seen >= rank && seen > 0) {
            return slot_high(hdr, i);
        }
    }
    return slot_high(hdr, end - 1);
}

int64_t mb_hdr_count_at_or_below(const struct mb_hdr *hdr, int64_t value)
{
    if (value < 0) {
        return 0;
    }
    int32_t last = slot_within(hdr, value) + 1;
    int32_t end = slots_end(hdr);
    int64_t count = 0;
    for (int32_t i = slots_begin(hdr); i < end && i < last; i++) {
        count = add_saturated(count, hdr->counts[i]);
    }
    return count;
}

double mb_hdr_mean(const struct mb_hdr *hdr)
{
    return hdr->count > 0 ? (double)hdr->sum / (double)hdr->count : 0;
}

bool mb_hdr_next(const struct mb_hdr *hdr, int32_t *position, int64_t *low, int64_t *high,
                 int64_t *count)
{
    int32_t begin = slots_begin(hdr);
    int32_t end = slots_end(hdr);
    for (int32_t i = *position > begin ? *position : begin; i < end; i++) {
        if (hdr->counts[i] != 0) {
            mb_hdr_slot_range(hdr, i, low, high);
            *count = hdr->counts[i];
            *position = i + 1;
            return true;
        }
    }
    *position = end;
    return false;
}
