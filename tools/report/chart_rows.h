// Charts with a row for each variant. Report floor, for chart*.c only.
#ifndef MB_REPORT_CHART_ROWS_H
#define MB_REPORT_CHART_ROWS_H

#include "report/chart_draft.h"
#include "report/effect.h"

// Begins a row with a new series, whose name is the label above its marks. The marks of
// row r are plotted at y = (M - r), in pixels from there as M + 7 * U.
void mb_chart_row_cell(struct mb_chart_draft *draft, const struct mb_cell *cell,
                       const char *note, size_t row);

// Ends the chart of `rows` rows; `settings` come after those of all such charts,
// `entries` are those of the key.
void mb_chart_rows_end(struct mb_chart_draft *draft, size_t rows, const char *settings,
                       size_t entries);

// The unit for all of a chart: that of the largest value of its cells.
struct mb_effect_scale mb_chart_point_scale(const struct mb_points_item *point,
                                            const struct mb_metric *metric);

#endif
