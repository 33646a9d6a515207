// Every trial: a table for each load point, each cell and the trials that it is made of.
#include "report/html_parts.h"

#include <inttypes.h>

#include "base/units.h"
#include "report/escape.h"
#include "report/points.h"

// The page's tables are open when they have no more rows together.
enum { OPEN_ROWS = 80 };

static void count_cell(const struct mb_html *html, int64_t count)
{
    mb_html_cell_open(html, "number");
    if (count < 0) {
        mb_buf_append_string(html->out, "-</td>");
    } else {
        mb_buf_print(html->out, "%" PRId64 "</td>", count);
    }
}

static void value_cell(const struct mb_html *html, const struct mb_value *value,
                       enum mb_metric_unit unit)
{
    char text[32];
    bool rate = unit == MB_METRIC_RPS;
    mb_units_show(rate ? MB_UNIT_RATE : MB_UNIT_DURATION,
                  rate ? value->value * 1e6 : value->value, text, sizeof text);
    mb_html_cell_open(html, "number");
    switch (value->state) {
    case MB_VALUE_KNOWN:
        mb_buf_append_string(html->out, text);
        break;
    case MB_VALUE_CENSORED:
        mb_buf_print(html->out, "&gt; %s", text);
        break;
    case MB_VALUE_UNKNOWN:
        mb_buf_append_string(html->out, "-");
        break;
    case MB_VALUE_UNSUPPORTED:
        mb_buf_append_string(html->out, "too few");
        break;
    }
    mb_buf_append_string(html->out, "</td>");
}

// A trial, or (NULL) the cell that its trials make up.
static void trial_row(const struct mb_html *html, const struct mb_cell *cell,
                      const struct mb_trial *trial)
{
    static const char *const metrics[] = {"response_time.p50", "response_time.p90",
                                          "response_time.p99", "throughput",
                                          "cpu_per_request"};
    struct mb_counts counts;
    (void)mb_derive_counts(NULL, cell, trial, &counts);
    mb_html_row_open(
        html, trial != NULL ? trial->id
                            : mb_arena_print(html->arena, "%s · %s", cell->variant,
                                             mb_point_title(html->arena, &cell->point)));
    mb_html_text_cell(html,
                      trial != NULL ? mb_trial_status_name(trial->status) : "together");
    count_cell(html, trial != NULL ? trial->position : -1);
    count_cell(html, counts.intended);
    count_cell(html, counts.ok);
    count_cell(html, mb_counts_errors(&counts));
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        struct mb_metric metric;
        if (mb_metric_parse(metrics[i], &metric)) {
            struct mb_value value = trial != NULL ? mb_derive_trial(cell, trial, &metric)
                                                  : mb_derive_cell(cell, &metric);
            value_cell(html, &value, metric.unit);
        }
    }
    mb_html_text_cell(html, trial != NULL ? trial->reason : NULL);
    mb_html_row_close(html);
}

static size_t trial_count(const struct mb_points_item *point)
{
    size_t count = 0;
    for (size_t i = 0; i < point->count; i++) {
        count += point->cells[i]->trial_count;
    }
    return count;
}

// Lists at most `room` trials; returns how many it did.
static size_t point_print(const struct mb_html *html, const struct mb_points_item *point,
                          bool open, size_t room)
{
    size_t trials = trial_count(point);
    size_t listed = 0;
    mb_buf_print(html->out, "<details%s><summary>", open ? " open" : "");
    mb_escape_xml(html->out, point->title);
    mb_buf_print(html->out, ": %zu cell%s, %zu trial%s</summary>\n", point->count,
                 point->count == 1 ? "" : "s", trials, trials == 1 ? "" : "s");
    mb_html_table_open(html, mb_arena_print(html->arena, "Trials of %s", point->title),
                       "cell, then its trials|status|#place in block|#requests|#ok|"
                       "#errors|#p50|#p90|#p99|#throughput|#CPU/request|why it is not "
                       "complete");
    for (size_t i = 0; i < point->count && listed < room; i++) {
        trial_row(html, point->cells[i], NULL);
        for (size_t j = 0; j < point->cells[i]->trial_count && listed < room; j++) {
            trial_row(html, point->cells[i], &point->cells[i]->trials[j]);
            listed++;
        }
    }
    mb_html_table_close(html);
    mb_buf_append_string(html->out, "</details>\n");
    return listed;
}

void mb_html_trials(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    size_t sides = report->side_count;
    size_t trials = 0;
    size_t listed = 0;
    struct mb_points *points = mb_arena_alloc(html->arena, sides, sizeof *points);
    for (size_t side = 0; side < sides; side++) {
        points[side] =
            mb_points_of(html->arena, report->sides[side].result, html->page->point);
        for (size_t i = 0; i < points[side].count; i++) {
            trials += trial_count(&points[side].items[i]);
        }
    }
    mb_buf_append_string(html->out, "<p>An id names the block and the cell: each block "
                                    "has one trial of each cell.</p>\n");
    for (size_t side = 0; side < sides; side++) {
        if (sides > 1) {
            mb_html_element(html, "h3", report->sides[side].name);
        }
        for (size_t i = 0; i < points[side].count && listed < MB_HTML_TRIALS_MAX; i++) {
            listed += point_print(html, &points[side].items[i], trials <= OPEN_ROWS,
                                  MB_HTML_TRIALS_MAX - listed);
        }
    }
    mb_html_rest(html, listed, trials,
                 "trials; of other load points: --point TEXT; all: meshbench show RESULT "
                 "--format json");
}
