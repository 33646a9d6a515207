#include "model/judge.h"

#include <ctype.h>
#include <string.h>

static const double SHARE_ONE = 1e9;
static const double MICRO = 1e6;
static const double NS_PER_S = 1e9;

static struct mb_value value_of(const struct mb_cell *cell, const char *name)
{
    struct mb_metric metric;
    if (!mb_metric_parse(name, &metric)) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    return mb_derive_cell(cell, &metric);
}

// Requests per second that should have left; 0 when there was no schedule, or nothing is
// known of it.
static double scheduled_rps(const struct mb_cell *cell)
{
    double intended = 0;
    double window_ns = 0;
    if (cell->point.load_model != MB_LOAD_OPEN) {
        return (double)cell->point.rate_micro_rps / MICRO;
    }
    for (size_t t = 0; t < cell->trial_count; t++) {
        const struct mb_trial *trial = &cell->trials[t];
        if (trial->status != MB_TRIAL_COMPLETE) {
            continue;
        }
        for (size_t p = 0; p < trial->part_count; p++) {
            intended += (double)trial->parts[p].counts.intended;
        }
        if (trial->window_ns < 0) {
            return 0;
        }
        window_ns += (double)trial->window_ns;
    }
    return window_ns > 0 ? intended / window_ns * NS_PER_S : 0;
}

bool mb_judge_saturated(const struct mb_cell *cell, double *share)
{
    double scheduled = scheduled_rps(cell);
    if (scheduled <= 0) {
        return false;
    }
    struct mb_value achieved = value_of(cell, "throughput");
    if (achieved.state != MB_VALUE_KNOWN) {
        return false;
    }
    *share = achieved.value / scheduled;
    return *share < (double)MB_JUDGE_ACHIEVED_SHARE / SHARE_ONE;
}

bool mb_judge_late(const struct mb_cell *cell, struct mb_value *lag,
                   struct mb_value *response)
{
    *lag = value_of(cell, "dispatch_lag.p99");
    *response = value_of(cell, "response_time.p99");
    return cell->point.load_model != MB_LOAD_CLOSED && lag->state == MB_VALUE_KNOWN &&
           response->state == MB_VALUE_KNOWN &&
           lag->value > (double)MB_JUDGE_LAG_FLOOR_NS &&
           lag->value > response->value * (double)MB_JUDGE_LAG_SHARE / SHARE_ONE;
}

bool mb_judge_failing(const struct mb_cell *cell)
{
    struct mb_value errors = value_of(cell, "error_ratio");
    return errors.state == MB_VALUE_KNOWN && errors.value >= 1;
}

// "1.28" for "1.28.1", but not for "1.280".
static bool goes_on_from(const char *captured, const char *declared)
{
    size_t length = strlen(declared);
    return length > 0 && strncmp(captured, declared, length) == 0 &&
           !isalnum((unsigned char)captured[length]);
}

bool mb_judge_contradicts(const struct mb_fact *fact)
{
    if (fact->declared == NULL || fact->captured == NULL || fact->redacted ||
        fact->captured->type == MB_NODE_NULL ||
        mb_node_equal(fact->declared, fact->captured)) {
        return false;
    }
    const char *declared = mb_node_text(fact->declared, NULL);
    const char *captured = mb_node_text(fact->captured, NULL);
    return declared == NULL || captured == NULL || !goes_on_from(captured, declared);
}

bool mb_judge_service_only(const struct mb_cell *cell)
{
    size_t parts = 0;
    for (size_t t = 0; t < cell->trial_count; t++) {
        for (size_t p = 0; p < cell->trials[t].part_count; p++) {
            const struct mb_dist *dist = cell->trials[t].parts[p].dist;
            if (dist[MB_DIST_RESPONSE].type != MB_DIST_ABSENT ||
                dist[MB_DIST_SERVICE].type == MB_DIST_ABSENT) {
                return false;
            }
            parts++;
        }
    }
    return parts > 0;
}
