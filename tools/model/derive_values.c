// Several metrics of one trial or cell at once.
#include "model/derive.h"

static enum mb_status merge(const struct mb_cell *cell, const struct mb_trial *trial,
                            enum mb_dist_metric dist, struct mb_merged *merged,
                            struct mb_err *err)
{
    return trial != NULL ? mb_merged_trial(cell, trial, dist, merged, err)
                         : mb_merged_cell(cell, dist, merged, err);
}

// A histogram holds all values that the parts say they have.
static bool holds_all(const struct mb_merged *merged)
{
    return merged->hdr == NULL || merged->n < 0 || merged->hdr->count == merged->n;
}

static bool is_of(const struct mb_metric *metric, enum mb_dist_metric dist)
{
    return metric->family == MB_METRIC_DIST && metric->dist == dist;
}

// True when a part of the trial has a payload that cannot be opened.
static bool is_damaged(const struct mb_trial *trial, enum mb_dist_metric dist)
{
    bool damaged = false;
    for (size_t i = 0; trial != NULL && i < trial->part_count && !damaged; i++) {
        struct mb_dist opened = trial->parts[i].dist[dist];
        struct mb_err ignored = {0};
        if (opened.hdr == NULL && opened.payload != NULL) {
            damaged = mb_dist_open(&opened, &ignored) != MB_OK;
            mb_dist_close(&opened);
        }
    }
    return damaged;
}

// The metrics of one distribution. False when a trial's is damaged.
static bool dist_values(const struct mb_derive_scope *scope, enum mb_dist_metric dist,
                        const struct mb_metric *metrics, size_t count,
                        struct mb_value *values)
{
    struct mb_merged merged;
    struct mb_err ignored = {0}; // what cannot be merged has no value
    enum mb_status merging = merge(scope->cell, scope->one, dist, &merged, &ignored);
    bool sound = merging == MB_OK ? holds_all(&merged) : !is_damaged(scope->one, dist);
    for (size_t i = 0; i < count; i++) {
        if (is_of(&metrics[i], dist)) {
            values[i] =
                merging == MB_OK && sound
                    ? mb_merged_value(&merged, metrics[i].statistic, metrics[i].share)
                    : (struct mb_value){.state = MB_VALUE_UNKNOWN};
        }
    }
    if (merging == MB_OK) {
        mb_merged_release(&merged);
    }
    return sound;
}

enum mb_status mb_derive_values(const struct mb_cell *cell, const struct mb_trial *trial,
                                const struct mb_metric *metrics, size_t count,
                                struct mb_value *values, struct mb_err *err)
{
    struct mb_derive_scope scope = {.cell = cell, .one = trial};
    enum mb_status status = MB_OK;
    unsigned done = 0; // bit set of enum mb_dist_metric
    for (size_t i = 0; i < count; i++) {
        if (metrics[i].family != MB_METRIC_DIST) {
            values[i] = trial != NULL ? mb_derive_trial(cell, trial, &metrics[i])
                                      : mb_derive_cell(cell, &metrics[i]);
        } else if ((done & 1U << metrics[i].dist) == 0) {
            done |= 1U << metrics[i].dist;
            bool sound = dist_values(&scope, metrics[i].dist, metrics, count, values);
            if (!sound && status == MB_OK) {
                status = mb_err_set(
                    err, MB_INVALID, "the histogram '%s' of trial '%s' is damaged",
                    mb_dist_metric_name(metrics[i].dist), trial != NULL ? trial->id : "");
            }
        }
    }
    return status;
}
