// HdrHistogram: counts in buckets of bounded relative width, after Gil Tene's
// HdrHistogram (https://hdrhistogram.github.io/HdrHistogram/). Stats floor: may include
// base.
//
// Configuration is fixed for all that meshbench records: unit 1 ns, 3 significant digits,
// lowest discernible value 1, highest trackable value 1 hour. Histograms read from
// elsewhere keep theirs. Merging needs equal configuration.
#ifndef MB_STATS_HDR_H
#define MB_STATS_HDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define MB_HDR_HIGHEST_NS INT64_C(3600000000000)
enum { MB_HDR_DIGITS = 3 };

// Limits on what is read. Five digits over 63 bits need 47 half buckets of 131,072 slots;
// V2 spends at most nine bytes on a slot.
enum {
    MB_HDR_MAX_SLOTS = 47 * 131072,
    MB_HDR_MAX_PAYLOAD_BYTES = 40 + 9 * MB_HDR_MAX_SLOTS
};

struct mb_hdr {
    int64_t lowest;  // lowest discernible value
    int64_t highest; // highest trackable value
    int32_t digits;  // significant decimal digits, 1 to 5
    int32_t unit_magnitude;
    int32_t sub_bucket_half_magnitude;
    int32_t sub_bucket_count;
    int32_t sub_bucket_half_count;
    int64_t sub_bucket_mask;
    int32_t bucket_count;
    int32_t counts_size; // slots in `counts`
    int64_t count;       // values recorded
    int64_t sum;         // exact sum of what was recorded (saturates at INT64_MAX);
                         // after decoding: from bucket middles
    int64_t min;         // exact; INT64_MAX when empty
    int64_t max;         // exact; 0 when empty
    int64_t *counts;     // owned
};

// Fills *hdr. lowest >= 1, highest >= 2 * lowest, digits 1..5, else MB_INVALID.
MB_MUST_USE enum mb_status mb_hdr_init_with(struct mb_hdr *hdr, int64_t lowest,
                                            int64_t highest, int digits,
                                            struct mb_err *err);
// The same without counts: only the configuration is filled in, nothing is allocated.
MB_MUST_USE enum mb_status mb_hdr_configure(struct mb_hdr *hdr, int64_t lowest,
                                            int64_t highest, int digits,
                                            struct mb_err *err);
// With the fixed configuration.
void mb_hdr_init(struct mb_hdr *hdr);
// With the configuration and the values of another.
void mb_hdr_copy(struct mb_hdr *hdr, const struct mb_hdr *from);
void mb_hdr_release(struct mb_hdr *hdr);
void mb_hdr_reset(struct mb_hdr *hdr);

// Slot of a value >= 0; may lie beyond the last one.
static inline int32_t mb_hdr_slot(const struct mb_hdr *hdr, int64_t value)
{
    uint64_t bits = (uint64_t)(value | hdr->sub_bucket_mask);
    int32_t bucket =
        63 - __builtin_clzll(bits) - hdr->sub_bucket_half_magnitude - hdr->unit_magnitude;
    return (bucket << hdr->sub_bucket_half_magnitude) +
           (int32_t)(value >> (bucket + hdr->unit_magnitude));
}

// Values of a slot, 0 to counts_size - 1: the lowest and the highest.
void mb_hdr_slot_range(const struct mb_hdr *hdr, int32_t slot, int64_t *low,
                       int64_t *high);

// Records a value that occurred `count` times (0 and less: does nothing). A value below 0
// counts as 0; one above the last slot, which reaches at least up to `highest`, counts in
// that slot (min, max and sum stay exact).
void mb_hdr_record_count(struct mb_hdr *hdr, int64_t value, int64_t count);

// Records one value, likewise. Here so that the load engine can inline it.
static inline void mb_hdr_record(struct mb_hdr *hdr, int64_t value)
{
    int64_t kept = value > 0 ? value : 0;
    int32_t slot = mb_hdr_slot(hdr, kept);
    hdr->counts[slot < hdr->counts_size ? slot : hdr->counts_size - 1]++;
    hdr->count++;
    hdr->min = kept < hdr->min ? kept : hdr->min;
    hdr->max = kept > hdr->max ? kept : hdr->max;
    hdr->sum = kept <= INT64_MAX - hdr->sum ? hdr->sum + kept : INT64_MAX;
}

// Adds `from` into `into`. Different configurations are MB_INVALID, `into` unchanged.
MB_MUST_USE enum mb_status mb_hdr_merge(struct mb_hdr *into, const struct mb_hdr *from,
                                        struct mb_err *err);

// Nearest rank, ceil(share * n), exactly: share is in 1e-9, 0 to 1,000,000,000; n >= 0.
// At least 1 when n is.
int64_t mb_hdr_rank(int64_t n, int64_t share);

// Value at a share of the values, 0 < share <= 1 (rounded to 1e-9): the one of nearest
// rank, ceil(share * n), as the highest value equivalent to its bucket. Like other
// implementations' it may lie above the exact max by less than a bucket. 0 when empty.
int64_t mb_hdr_quantile(const struct mb_hdr *hdr, double share);

// Value at a rank, likewise; a rank outside 1 to count is taken as the nearest of these.
int64_t mb_hdr_value_at_rank(const struct mb_hdr *hdr, int64_t rank);

// How many recorded values are in buckets at or below that of `value`.
int64_t mb_hdr_count_at_or_below(const struct mb_hdr *hdr, int64_t value);

// sum / count; 0 when empty.
double mb_hdr_mean(const struct mb_hdr *hdr);

// Limits of the bucket that holds a value: its lowest value, and the highest one
// equivalent to it. Values are taken as by mb_hdr_record.
int64_t mb_hdr_lowest_equivalent(const struct mb_hdr *hdr, int64_t value);
int64_t mb_hdr_highest_equivalent(const struct mb_hdr *hdr, int64_t value);

// Walks non-empty buckets upwards: fills low, high (highest equivalent value) and count;
// *position starts at 0. False at the end.
bool mb_hdr_next(const struct mb_hdr *hdr, int32_t *position, int64_t *low, int64_t *high,
                 int64_t *count);

// Appends the V2 encoding: uncompressed payload (cookie 0x1c849313), or the compressed
// form (cookie 0x1c849314) that other implementations exchange as Base64 ("HISTF...").
void mb_hdr_encode(const struct mb_hdr *hdr, struct mb_buf *out);
void mb_hdr_encode_base64(const struct mb_hdr *hdr, struct mb_buf *out);

// Reads either form (V0, V1 and V2 payloads). *hdr is filled on success only (release it
// then). Every length, count and configuration is checked; nothing that is read can make
// it allocate more than the limits above. Histograms of scaled (not integer) values and
// shifted ones are refused by name. Failure is MB_INVALID.
MB_MUST_USE enum mb_status mb_hdr_decode(struct mb_hdr *hdr, const void *bytes,
                                         size_t size, struct mb_err *err);
MB_MUST_USE enum mb_status mb_hdr_decode_base64(struct mb_hdr *hdr, const char *text,
                                                size_t size, struct mb_err *err);

#endif
