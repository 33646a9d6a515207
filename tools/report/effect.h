// Words and numbers of a comparison as every form of it says them: terminal, Markdown,
// HTML. Report floor: may include base, format, model, compare.
//
// Texts hold names from input as they are: whoever prints them escapes them.
#ifndef MB_REPORT_EFFECT_H
#define MB_REPORT_EFFECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "compare/compare.h"

enum { MB_EFFECT_TEXT = 128 }; // bytes that suffice for each text below

struct mb_effect_scale {
    double factor;    // from the metric's unit to the one shown
    const char *unit; // "ms"
    bool relative;    // the effect is shown in percent of the baseline
};

// One unit for a whole column, so that its numbers can be compared by eye.
struct mb_effect_scale mb_effect_scale(const struct mb_comparison *effect);

// "p99", "service_time.p99", "throughput", "CPU/request", "memory", "errors".
void mb_effect_metric_label(const struct mb_metric *metric, char *text, size_t size);

// "3.21", "-" for unknown, "too few" samples, "> 5.0" among timed-out requests.
void mb_effect_value_text(const struct mb_value *value,
                          const struct mb_effect_scale *scale, char *text, size_t size);

// "+0.93 ±0.04", "-34.1% ±1.2%", "+0.73 (0.02 to 2.10)" where the interval is far
// from symmetric, "equal"; without an interval the bare value. The interval is that of
// what is tested (mb_compare_added).
void mb_effect_size_text(const struct mb_comparison *effect,
                         const struct mb_effect_scale *scale, char *text, size_t size);

// True when every effect is paired within the blocks of its own run.
bool mb_effect_paired(const struct mb_compare_report *report);

// Consecutive comparisons of one variant at one point, from `start` on.
size_t mb_effect_run_length(const struct mb_compare_report *report, size_t start);

// False for the throughput at a fixed rate: it is that rate, unless the cell is
// saturated, which a note says.
bool mb_effect_shown(const struct mb_comparison *effect);

// What the first row of a table is called, and what the others are. The latter in arena.
const char *mb_effect_baseline_label(const struct mb_compare_report *report,
                                     const struct mb_comparison *effect);
const char *mb_effect_label(struct mb_arena *arena,
                            const struct mb_compare_report *report,
                            const struct mb_comparison *effect);

// "istio"; grouped by an attribute with the value beside it, "istio (1.28)"; of what it
// adds to the baseline of its own run, "istio over none". In arena.
const char *mb_effect_subject(struct mb_arena *arena, const struct mb_comparison *effect);

struct mb_effect_cell {
    const char *text;
    const struct mb_comparison *effect; // that it shows or labels; NULL in the first rows
};

// What the variants add at one load point: a row of column titles ("p99 [ms]"), the
// baseline, then a row for each variant. The first column is labels. Grouped by an
// attribute: a column for each of its values, two rows for each metric, the baseline's
// and what is added to it.
struct mb_effect_table {
    const char *title; // "steady · 16 connections · 100 rps"
    size_t columns;
    size_t rows;
    struct mb_effect_cell *cells; // rows * columns
};

// Where the table ends that starts with the comparison `start`.
size_t mb_effect_table_end(const struct mb_compare_report *report, size_t start);

// Fills the table of the point that the comparison `start` is of; returns where the next
// one starts.
size_t mb_effect_table_fill(struct mb_arena *arena,
                            const struct mb_compare_report *report, size_t start,
                            struct mb_effect_table *table);

// "Left out where no row knows it: CPU/request, memory.": metrics that a table has no
// column for because none of its rows has a value, primary ones excepted; NULL when there
// are none. In arena.
const char *mb_effect_left_out(struct mb_arena *arena,
                               const struct mb_compare_report *report);

// "1.2 % (0.9 to 1.5), at most 1 %".
void mb_effect_gate_text(const struct mb_compare_gate *gate, char *text, size_t size);

// Text of a captured fact; NULL when there is none. Borrowed.
const char *mb_effect_fact(const struct mb_result *result, const char *path);

#endif
