// Words and numbers of a history, as every form of it says them.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "report/history.h"

enum {
    DIGEST_SHOWN = 12,
    VALUE_TEXT = 96 // bytes that suffice for a value
};

// "6.99%", "1600%".
static void share_text(double share, char *text, size_t size)
{
    char number[32];
    mb_units_show_number(share * 100.0, number, sizeof number);
    (void)snprintf(text, size, "%s%%", number);
}

static void metric_text(enum mb_metric_unit unit, double value, char *text, size_t size)
{
    switch (unit) {
    case MB_METRIC_NS:
        mb_units_show(MB_UNIT_DURATION, value, text, size);
        return;
    case MB_METRIC_RPS:
        mb_units_show(MB_UNIT_RATE, value * 1e6, text, size);
        return;
    case MB_METRIC_RATIO:
        share_text(value, text, size);
        return;
    case MB_METRIC_NS_PER_REQUEST: {
        char duration[VALUE_TEXT];
        mb_units_show(MB_UNIT_DURATION, value, duration, sizeof duration);
        (void)snprintf(text, size, "%.60s/request", duration);
        return;
    }
    case MB_METRIC_BYTES:
        mb_units_show(MB_UNIT_SIZE, value, text, size);
        return;
    }
}

double mb_history_unit_factor(const struct mb_history_series *series)
{
    if (series->scale != MB_HISTORY_METRIC) {
        return 1.0;
    }
    switch (series->unit) {
    case MB_METRIC_NS:
        return 1e-6;
    case MB_METRIC_NS_PER_REQUEST:
        return 1e-3;
    case MB_METRIC_RPS:
    case MB_METRIC_RATIO:
    case MB_METRIC_BYTES:
        return 1.0;
    }
    return 1.0;
}

const char *mb_history_unit_name(const struct mb_history_series *series)
{
    if (series->scale != MB_HISTORY_METRIC) {
        return series->scale == MB_HISTORY_RATIO ? "ratio" : NULL;
    }
    switch (series->unit) {
    case MB_METRIC_NS:
        return "ms";
    case MB_METRIC_NS_PER_REQUEST:
        return "us/request";
    case MB_METRIC_RPS:
        return "rps";
    case MB_METRIC_RATIO:
        return "ratio";
    case MB_METRIC_BYTES:
        return "bytes";
    }
    return NULL;
}

// "3.02 ms", "+20.0%" for overheads, "12.5".
static void value_text(const struct mb_history_series *series, double value, char *text,
                       size_t size)
{
    switch (series->scale) {
    case MB_HISTORY_PLAIN:
        // Four digits, and all of a whole part.
        (void)snprintf(text, size,
                       fabs(value) >= 1e3 && fabs(value) < 1e15 ? "%.0f" : "%.4g", value);
        return;
    case MB_HISTORY_METRIC:
        metric_text(series->unit, value, text, size);
        return;
    case MB_HISTORY_RATIO:
        (void)snprintf(text, size, "%+.1f%%", (value - 1.0) * 100.0);
        return;
    }
}

const char *mb_history_time_text(struct mb_arena *arena, const struct mb_history *history,
                                 size_t row)
{
    const struct mb_history_row *at = &history->rows[row];
    if (at->time_unix_ns != MB_HISTORY_NO_TIME) {
        enum { DATE = 10, CLOCK = 5 };
        char text[32];
        mb_units_print_time(at->time_unix_ns, text, sizeof text);
        return mb_arena_print(arena, "%.*s %.*s", DATE, text, CLOCK, text + DATE + 1);
    }
    return at->time != NULL ? at->time : mb_arena_print(arena, "row %zu", row);
}

// Below this a probability says no more than "surely".
#define P_SHOWN 1e-12

static void probability_text(double p_value, char *text, size_t size)
{
    if (p_value >= P_SHOWN) {
        (void)snprintf(text, size, "p %.2g", p_value);
    } else {
        (void)snprintf(text, size, "p below %g", P_SHOWN);
    }
}

static const char *direction_word(const struct mb_history_change *change, bool noise)
{
    bool worse = change->direction == MB_HISTORY_WORSE;
    if (noise) {
        return worse ? "noisier" : "calmer";
    }
    return worse ? "worse" : "better";
}

const char *mb_history_change_text(struct mb_arena *arena,
                                   const struct mb_history_series *series,
                                   const struct mb_history_change *change, bool noise)
{
    char before[VALUE_TEXT];
    char after[VALUE_TEXT];
    char probability[32];
    char by[VALUE_TEXT];
    char share[VALUE_TEXT + 4] = "";
    struct mb_history_series scale = *series;
    // A spread of ratios is no overhead: "0.05", not "-95%".
    scale.scale =
        noise && series->scale == MB_HISTORY_RATIO ? MB_HISTORY_PLAIN : series->scale;
    value_text(&scale, change->before, before, sizeof before);
    value_text(&scale, change->after, after, sizeof after);
    probability_text(change->p_value, probability, sizeof probability);
    if (!isnan(change->change)) {
        share_text(fabs(change->change), by, sizeof by);
        (void)snprintf(share, sizeof share, " by %s", by);
    }
    return mb_arena_print(
        arena, "%s%s: %s%s -> %s%s, %s", direction_word(change, noise), share,
        noise ? "spread " : "", before, after,
        series->scale == MB_HISTORY_RATIO && !noise ? " over baseline" : "", probability);
}

const char *mb_history_since_text(struct mb_arena *arena,
                                  const struct mb_history *history,
                                  const struct mb_history_change *change)
{
    const struct mb_history_row *row = &history->rows[change->row];
    struct mb_buf out = {0};
    mb_buf_append_string(&out, mb_history_time_text(arena, history, change->row));
    if (change->version != NULL) {
        mb_buf_print(&out, ", version %s", change->version);
    }
    for (size_t i = 0; i < history->attribute_count; i++) {
        if (row->attributes[i] != NULL) {
            mb_buf_print(&out, ", %s %s", history->attribute_names[i],
                         row->attributes[i]);
        }
    }
    if (row->result != NULL) {
        mb_buf_print(&out, ", result %.*s", DIGEST_SHOWN, row->result);
    }
    const char *text = mb_arena_copy_string(arena, mb_buf_string(&out));
    mb_buf_release(&out);
    return text;
}

const char *mb_history_latest_text(struct mb_arena *arena,
                                   const struct mb_history_view *view,
                                   const struct mb_history_judged *judged)
{
    const struct mb_history_latest *latest = &judged->latest;
    char value[VALUE_TEXT];
    char reference[VALUE_TEXT];
    char probability[32];
    value_text(&judged->series, latest->value, value, sizeof value);
    value_text(&judged->series, latest->reference, reference, sizeof reference);
    probability_text(latest->p_adjusted, probability, sizeof probability);
    return mb_arena_print(
        arena, "latest is %s: %s, against %s in the %zu before it, adjusted %s, %s",
        latest->direction == MB_HISTORY_WORSE ? "worse" : "better", value, reference,
        latest->count, probability,
        mb_history_time_text(arena, view->history, latest->row));
}

const char *mb_history_known_text(struct mb_arena *arena,
                                  const struct mb_history_change *change)
{
    if (change->acknowledged != NULL) {
        return mb_arena_print(arena, " [acknowledged: %s]", change->acknowledged);
    }
    return change->reported ? " [reported before]" : "";
}

struct mb_history_tally mb_history_tally(const struct mb_history_view *view)
{
    struct mb_history_tally tally = {0};
    for (size_t i = 0; i < view->count; i++) {
        const struct mb_history_judged *judged = &view->judged[i];
        const struct mb_history_change *worst = mb_history_worst(judged);
        if (worst != NULL) {
            tally.worse += worst->direction == MB_HISTORY_WORSE;
            tally.better += worst->direction == MB_HISTORY_BETTER;
        } else if (judged->noise_count > 0) {
            tally.noise++;
        } else if (judged->latest.outlier) {
            tally.latest++;
        } else {
            tally.unchanged++;
        }
        tally.failed += mb_history_fails(judged, view->fail_on);
    }
    return tally;
}

const char *mb_history_headline(struct mb_arena *arena,
                                const struct mb_history_view *view)
{
    struct mb_history_tally tally = mb_history_tally(view);
    const struct {
        size_t count;
        const char *says;
    } parts[] = {{tally.worse, "got worse"},
                 {tally.better, "got better"},
                 {tally.noise, "changed in noise only"},
                 {tally.latest, "with a latest value that is far off"},
                 {tally.unchanged, "did not change"}};
    struct mb_buf out = {0};
    const char *separator = ":";
    mb_buf_print(&out, "%zu series", view->count);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count > 0) {
            mb_buf_print(&out, "%s %zu %s", separator, parts[i].count, parts[i].says);
            separator = ",";
        }
    }
    const char *text = mb_arena_copy_string(arena, mb_buf_string(&out));
    mb_buf_release(&out);
    return text;
}
