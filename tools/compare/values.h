// The numbers of every cell and trial that a comparison is made of, derived once: an
// effect asks for some of them again and again, and each may cost the opening of a
// histogram. Compare floor: may include base, format, stats, model.
#ifndef MB_COMPARE_VALUES_H
#define MB_COMPARE_VALUES_H

#include <stddef.h>

#include "base/arena.h"
#include "compare/compare.h"

struct mb_compare_values;

// In arena: the values of `count` metrics (borrowed) in all cells of all sides, for cells
// as a whole and for their complete trials. Uses as many threads as there are CPUs.
// MB_INVALID when a histogram that is needed is damaged: the message says which.
MB_MUST_USE enum mb_status
mb_compare_values_make(struct mb_arena *arena, const struct mb_compare_report *report,
                       const struct mb_metric *metrics, size_t count,
                       struct mb_compare_values **values, struct mb_err *err);

// The value of a metric, by its place in the list, in a cell of a side's result and in a
// complete trial of that cell.
struct mb_value mb_compare_values_cell(const struct mb_compare_values *values,
                                       size_t metric, size_t side,
                                       const struct mb_cell *cell);
struct mb_value mb_compare_values_trial(const struct mb_compare_values *values,
                                        size_t metric, size_t side,
                                        const struct mb_cell *cell,
                                        const struct mb_trial *trial);

#endif
