// Charts of bars, a row for each variant: CPU time and memory by role, and what each
// carries at most.
#include "report/chart_rows.h"

#include <math.h>
#include <string.h>

// Bars begin at the left edge.
static const char bars_settings[] = "set xrange [0:*]\n"
                                    "set offsets 0, graph 0.04, 0, 0\n";

struct role_color {
    enum mb_role role;
    const char *color;
    const char *title;
};

// A role is told from a variant by having no colour of theirs.
static const struct role_color role_colors[] = {
    {MB_ROLE_APPLICATION, "#8c8c8c", "application"},
    {MB_ROLE_DATA_PLANE, "#7b3294", "data plane"},
    {MB_ROLE_CONTROL_PLANE, "#b08fc0", "control plane"},
};
enum { ROLE_COLORS = sizeof role_colors / sizeof *role_colors };

// What is shown of each role.
struct measure {
    const char *metric; // without the role
    struct mb_chart_kind kind;
    const char *unit;
    double factor; // from the metric's unit
};

static const struct measure measures[] = {
    {"cpu_per_request", {"cpu", "CPU time per request by role"}, "us", 1e-3},
    {"memory", {"memory", "Largest resident memory by role"}, "MiB", 1.0 / 1048576.0},
};

static struct mb_value role_value(struct mb_arena *arena, const struct mb_cell *cell,
                                  const struct measure *measure, enum mb_role role)
{
    struct mb_metric metric;
    const char *name =
        mb_arena_print(arena, "%s.%s", measure->metric, mb_role_name(role));
    return mb_metric_parse(name, &metric) ? mb_derive_cell(cell, &metric)
                                          : (struct mb_value){.state = MB_VALUE_UNKNOWN};
}

// Puts the roles of a cell side by side; `shown` gets the bits of those that there are.
// False when none is known; then there is no row.
static bool roles_row(struct mb_chart_draft *draft, const struct mb_cell *cell,
                      const struct measure *measure, size_t row, unsigned *shown)
{
    double values[ROLE_COLORS] = {0.0};
    size_t known = 0;
    for (size_t i = 0; i < ROLE_COLORS; i++) {
        struct mb_value value =
            role_value(draft->arena, cell, measure, role_colors[i].role);
        if (value.state == MB_VALUE_KNOWN) {
            values[i] = value.value * measure->factor;
            known++;
        }
    }
    if (known == 0) {
        return false;
    }
    mb_chart_row_cell(draft, cell, NULL, row);
    double at = 0.0;
    for (size_t i = 0; i < ROLE_COLORS; i++) {
        mb_buf_print(&draft->data, "%.6g %.6g %s\n", at, at + values[i],
                     mb_role_name(role_colors[i].role));
        if (values[i] > 0.0) {
            *shown |= 1U << i;
            mb_chart_plot(draft,
                          "every ::%zu::%zu using 1:(M - %zu):1:2:(M - 8 * U - %zu):(M + "
                          "8 * U - %zu) with boxxyerror fs solid 1 noborder fc rgb "
                          "\"%s\" notitle",
                          i + 1, i + 1, row, row, row, role_colors[i].color);
        }
        at += values[i];
    }
    return true;
}

static void roles_chart(const struct mb_chart_atlas *atlas, size_t side,
                        const struct mb_points_item *point, const struct measure *measure)
{
    struct mb_chart_draft draft;
    if (!mb_chart_begin(atlas, &measure->kind, side, mb_chart_point_title(atlas, point),
                        &draft)) {
        return;
    }
    draft.text = mb_arena_print(
        atlas->arena,
        "One bar for each variant, the roles side by side within it: %s in %s. %s.",
        measure->kind.heading, measure->unit, point->title);
    size_t rows = 0;
    unsigned shown = 0;
    for (size_t i = 0; i < point->count; i++) {
        if (rows < MB_CHART_ROWS_MAX) {
            rows += roles_row(&draft, point->cells[i], measure, rows, &shown);
        } else {
            atlas->charts->rows_left++;
        }
    }
    // The key names nothing that is not there.
    size_t entries = 0;
    for (size_t i = 0; i < ROLE_COLORS && rows > 0; i++) {
        if ((shown & 1U << i) != 0) {
            mb_chart_key(&draft, "with points pt 5 ps 1.4 lc rgb \"%s\" title \"%s\"",
                         role_colors[i].color, role_colors[i].title);
            entries++;
        }
    }
    bool memory = strcmp(measure->metric, "memory") == 0;
    mb_chart_rows_end(&draft, rows,
                      mb_arena_print(atlas->arena, "%sset xlabel \"%s [%s]\"\n",
                                     bars_settings,
                                     memory ? "resident memory" : "CPU time per request",
                                     measure->unit),
                      entries);
}

void mb_chart_roles(const struct mb_chart_atlas *atlas)
{
    for (size_t m = 0; m < sizeof measures / sizeof *measures; m++) {
        for (size_t side = 0; side < atlas->report->side_count; side++) {
            for (size_t i = 0; i < atlas->sides[side].count; i++) {
                roles_chart(atlas, side, &atlas->sides[side].items[i], &measures[m]);
            }
        }
    }
}

// Errors as a note at the name: what fails fast is no throughput. NULL when there are
// none. In arena.
static const char *errors_note(struct mb_arena *arena, const struct mb_cell *cell)
{
    struct mb_metric metric;
    if (!mb_metric_parse("error_ratio", &metric)) {
        return NULL;
    }
    struct mb_value value = mb_derive_cell(cell, &metric);
    return value.state == MB_VALUE_KNOWN && value.value > 0.0
               ? mb_arena_print(arena, "%.2g of 100 failed", 100.0 * value.value)
               : NULL;
}

static void ceiling_row(struct mb_chart_draft *draft, const struct mb_cell *cell,
                        const struct mb_chart_estimate *mean, size_t row)
{
    struct mb_chart_style style = mb_chart_style(draft->atlas, cell);
    mb_chart_row_cell(draft, cell, errors_note(draft->arena, cell), row);
    mb_buf_print(&draft->data, "%.6g %.6g %.6g\n", mean->mean, mean->low, mean->high);
    mb_chart_plot(draft,
                  "every ::1 using 1:(M - %zu):(0):1:(M - 8 * U - %zu):(M + 8 * U - %zu) "
                  "with boxxyerror fs solid 1 noborder fc rgb \"%s\" notitle",
                  row, row, row, style.color);
    if (mean->interval) {
        // A light line below a dark one: seen on the bar and beside it.
        mb_chart_plot(draft,
                      "every ::1 using 1:(M - %zu):2:3 with xerrorbars pt 0 lw 5 lc rgb "
                      "\"#ffffff\" notitle",
                      row);
        mb_chart_plot(draft,
                      "every ::1 using 1:(M - %zu):2:3 with xerrorbars pt 0 lw 2 lc rgb "
                      "\"#404040\" notitle",
                      row);
    }
}

static void ceiling_chart(const struct mb_chart_atlas *atlas, size_t side,
                          const struct mb_points_item *point)
{
    static const struct mb_chart_kind kind = {"ceiling", "Requests per second at most"};
    struct mb_metric metric;
    struct mb_chart_draft draft;
    if (!mb_metric_parse("throughput", &metric) ||
        !mb_chart_begin(atlas, &kind, side, mb_chart_point_title(atlas, point), &draft)) {
        return;
    }
    double confidence = atlas->report->confidence;
    draft.text = mb_arena_print(
        atlas->arena,
        "One bar for each variant: completed requests per second when the next one "
        "leaves as soon as one returns, mean of the trials with its %.3g%% interval. %s.",
        confidence * 100.0, point->title);
    size_t rows = 0;
    for (size_t i = 0; i < point->count; i++) {
        struct mb_chart_estimate mean =
            mb_chart_estimate(point->cells[i], &metric, confidence);
        if (mean.count > 0 && rows < MB_CHART_ROWS_MAX) {
            ceiling_row(&draft, point->cells[i], &mean, rows++);
        } else if (mean.count > 0) {
            atlas->charts->rows_left++;
        }
    }
    mb_chart_rows_end(&draft, rows,
                      mb_arena_print(atlas->arena,
                                     "%sset xlabel \"requests per second, mean with "
                                     "%.3g%% interval\"\n",
                                     bars_settings, confidence * 100.0),
                      0);
}

void mb_chart_ceilings(const struct mb_chart_atlas *atlas)
{
    for (size_t side = 0; side < atlas->report->side_count; side++) {
        for (size_t i = 0; i < atlas->sides[side].count; i++) {
            const struct mb_points_item *point = &atlas->sides[side].items[i];
            if (point->point->load_model == MB_LOAD_CLOSED &&
                point->point->rate_micro_rps < 0) {
                ceiling_chart(atlas, side, point);
            }
        }
    }
}
