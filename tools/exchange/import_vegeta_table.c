// `vegeta report -type='hist[0,1ms]'` and `-type=hdrplot`: values only. What failed is
// among them, and not told.
#include <string.h>

#include "base/units.h"
#include "exchange/import_vegeta.h"

#define SHARE_WHOLE INT64_C(1000000000)
static const double MS_NS = 1e6;

static const char HIST_HEADING[] = "Bucket";
static const char PLOT_HEADING[] = "Value(ms)";

struct reading {
    struct mb_import *import;
    struct mb_input *input;
    struct mb_err *err;
    bool plot; // which of the two it is
    bool begun;
    int64_t n;
    int64_t open_ns;     // where the last bar begins, when it holds values; -1
    struct mb_dist dist; // what the lines said so far
    size_t capacity;     // of its buckets
    bool whole;          // the last line of the table was there
    struct mb_import_quantiles quantiles;
};

// "Bucket         #   %       Histogram"
static bool is_hist_heading(const char *line)
{
    return mb_import_text_word(&line, HIST_HEADING) && mb_import_text_word(&line, "#") &&
           mb_import_text_word(&line, "%") && mb_import_text_word(&line, "Histogram");
}

// "Value(ms)  Percentile  TotalCount  1/(1-Percentile)"
static bool is_plot_heading(const char *line)
{
    return mb_import_text_word(&line, PLOT_HEADING) &&
           mb_import_text_word(&line, "Percentile") &&
           mb_import_text_word(&line, "TotalCount") &&
           mb_import_text_word(&line, "1/(1-Percentile)");
}

// Where the first line begins that is one of the two headings; NULL: nowhere.
static const char *heading_find(const char *head)
{
    const char *line = head;
    while (line != NULL && !is_hist_heading(line) && !is_plot_heading(line)) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return line;
}

bool mb_import_vegeta_is_table(const char *head)
{
    return heading_find(head) != NULL;
}

static enum mb_status fault(const struct reading *reading, const char *what)
{
    return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                     mb_input_line_number(reading->input), 0, "%s", what);
}

static bool n_add(struct reading *reading, int64_t n)
{
    if (n > MB_UNITS_SAFE_MAX - reading->n) {
        return false;
    }
    reading->n += n;
    return true;
}

// "[1ms,   2ms]   44  44.00%  ####": from 1 ms, and below 2 ms.
static bool bar_read(struct reading *reading, const char *line)
{
    struct mb_dist *dist = &reading->dist;
    int64_t low_ns;
    int64_t high_ns = -1;
    int64_t n;
    if (!mb_import_text_word(&line, "[") || !mb_import_text_span(&line, &low_ns) ||
        !mb_import_text_word(&line, ",")) {
        return false;
    }
    bool open = mb_import_text_word(&line, "+Inf");
    if ((!open && !mb_import_text_span(&line, &high_ns)) ||
        !mb_import_text_word(&line, "]") || !mb_import_text_count(&line, &n) ||
        !n_add(reading, n) || (!open && high_ns <= low_ns) ||
        (dist->count > 0 && low_ns <= dist->buckets[dist->count - 1].high)) {
        return false;
    }
    reading->whole = open;
    if (n > 0 && open) {
        reading->open_ns = low_ns;
    } else if (n > 0) {
        dist->buckets = mb_arena_grow(reading->import->arena, dist->buckets, dist->count,
                                      &reading->capacity, sizeof *dist->buckets);
        dist->buckets[dist->count++] =
            (struct mb_dist_bucket){.low = low_ns, .high = high_ns - 1, .n = n};
    }
    return true;
}

// "2.990005   0.900000    90          10.000000": the first line is the least value, the
// last one the largest and how many there are.
static bool point_read(struct reading *reading, const char *line)
{
    struct mb_dist *dist = &reading->dist;
    double ms;
    double part;
    int64_t value_ns;
    int64_t share;
    if (!mb_import_text_number(&line, &ms) || !mb_import_text_number(&line, &part) ||
        !mb_import_text_count(&line, &reading->n) ||
        !mb_import_text_scale(ms, MS_NS, &value_ns) ||
        !mb_import_text_scale(part, (double)SHARE_WHOLE, &share) || share > SHARE_WHOLE ||
        value_ns < dist->max) {
        return false;
    }
    if (share == 0) {
        dist->min = value_ns;
    } else if (share < SHARE_WHOLE) {
        mb_import_text_quantile(reading->import->arena, &reading->quantiles, share,
                                value_ns);
    }
    dist->max = value_ns;
    reading->whole = share == SHARE_WHOLE;
    return true;
}

static enum mb_status line_read(void *state, const char *line)
{
    struct reading *reading = state;
    bool hist = is_hist_heading(line);
    if (hist || is_plot_heading(line)) {
        if (reading->begun) {
            return fault(reading, "a second table begins here: one file holds one");
        }
        reading->begun = true;
        reading->plot = !hist;
        return MB_OK;
    }
    if (!reading->begun || reading->whole || line[strspn(line, " \t\r")] == '\0') {
        return MB_OK;
    }
    if (reading->plot ? !point_read(reading, line) : !bar_read(reading, line)) {
        return mb_err_at(reading->err, MB_INVALID, mb_input_name(reading->input),
                         mb_input_line_number(reading->input), 0,
                         "not a line of vegeta's %s, or one that goes back: '%.60s'",
                         reading->plot ? "hdrplot" : "histogram", line);
    }
    return MB_OK;
}

static struct mb_dist plot_dist(const struct reading *reading)
{
    struct mb_dist dist = reading->dist;
    dist.type = MB_DIST_QUANTILES;
    dist.quantiles = reading->quantiles.items;
    dist.count = reading->quantiles.count;
    return dist;
}

static struct mb_dist hist_dist(const struct reading *reading)
{
    struct mb_dist dist = reading->dist;
    if (reading->open_ns >= 0) {
        mb_import_note_add(reading->import, MB_IMPORT_DROPPED,
                           "the histogram's last bar has no end, so that it makes no "
                           "distribution: 'vegeta report -type=json' has percentiles, "
                           "'vegeta encode' every request");
        return mb_dist_absent("the last bar of the source's histogram has no end");
    }
    dist.type = MB_DIST_BUCKETS;
    return dist;
}

static enum mb_status table_put(struct reading *reading)
{
    struct mb_import_run *run = NULL;
    if (!reading->whole) {
        return fault(reading, reading->plot
                                  ? "the hdrplot ends before its largest value"
                                  : "the histogram ends before its last bar, to +Inf");
    }
    enum mb_status status =
        mb_import_run_add(reading->import, reading->input, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    struct mb_dist dist = reading->n == 0 ? mb_dist_absent("there was no request")
                          : reading->plot ? plot_dist(reading)
                                          : hist_dist(reading);
    if (dist.type != MB_DIST_ABSENT) {
        dist.n = reading->n;
        dist.mixed = true;
    }
    run->point.load_model = MB_LOAD_OPEN;
    run->part.counts.intended = reading->n;
    mb_import_run_latency(reading->import, run, dist);
    return MB_OK;
}

enum mb_status mb_import_vegeta_table(struct mb_import *import, struct mb_input *input,
                                      struct mb_err *err)
{
    struct reading reading = {.import = import,
                              .input = input,
                              .err = err,
                              .open_ns = -1,
                              .dist = {.n = -1, .sum = -1, .min = -1, .max = -1}};
    enum mb_status status = mb_import_text_plain_lines(input, line_read, &reading, err);
    return status == MB_OK ? table_put(&reading) : status;
}
