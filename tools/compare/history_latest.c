// The latest value of a series, as far as one value can tell.
#include <math.h>

#include "base/mem.h"
#include "compare/history_parts.h"
#include "stats/sample.h"
#include "stats/special.h"

// Two-sided p that a value of a normal population lies so far from the mean of a sample.
static double prediction_p(const double *values, size_t count, double mean, double value)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    double n = (double)count;
    double error = sqrt(squares / (n - 1.0) * (1.0 + 1.0 / n));
    if (!(error > 0.0)) {
        return value == mean ? 1.0 : 0.0;
    }
    return mb_special_t_two_sided((value - mean) / error, n - 1.0);
}

void mb_history_latest_judge(const struct mb_history_series *series,
                             const struct mb_history_options *options, size_t from,
                             struct mb_history_latest *latest)
{
    size_t last = series->count;
    while (last > from && isnan(series->values[last - 1])) {
        last--;
    }
    double *window = mb_mem_alloc(options->latest_window, sizeof *window);
    double sum = 0.0;
    for (size_t i = last; last > from && i-- > from + 1;) {
        double value = series->values[i - 1];
        if (!isnan(value) && latest->count < options->latest_window) {
            window[latest->count++] = value;
            sum += value;
        }
    }
    if (latest->count >= MB_HISTORY_LATEST_MIN) {
        latest->judged = true;
        latest->index = last - 1;
        latest->row = mb_history_row_of(series, last - 1);
        latest->value = series->values[last - 1];
        latest->reference = sum / (double)latest->count;
        latest->change = mb_history_share(latest->reference, latest->value);
        latest->p_value =
            prediction_p(window, latest->count, latest->reference, latest->value);
        latest->direction =
            mb_history_direction_of(series, latest->reference, latest->value);
    }
    mb_mem_free(window);
}

void mb_history_latest_decide(struct mb_history_judged *judged, size_t count,
                              const struct mb_change_options *options)
{
    double threshold = options->p_value > 0.0 ? options->p_value : MB_HISTORY_LATEST_P;
    double *p_values = mb_mem_alloc(2 * count, sizeof *p_values);
    double *adjusted = p_values + count;
    for (size_t i = 0; i < count; i++) {
        p_values[i] = judged[i].latest.judged ? judged[i].latest.p_value : NAN;
    }
    mb_sample_holm(p_values, count, adjusted);
    for (size_t i = 0; i < count; i++) {
        struct mb_history_latest *latest = &judged[i].latest;
        latest->p_adjusted = adjusted[i];
        latest->outlier = latest->judged && adjusted[i] < threshold &&
                          !(fabs(latest->change) < options->min_magnitude);
    }
    mb_mem_free(p_values);
}
