// Writers of a comparison. They print what compare/ found and compute nothing. Report
// floor: may include base, format, model, compare.
#ifndef MB_REPORT_COMPARE_H
#define MB_REPORT_COMPARE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "compare/compare.h"
#include "format/node.h"

// A table for each load point: what every variant adds, with its interval and verdict;
// then the noise floor, what the reader has to know, and how to read it.
void mb_report_compare_text(struct mb_arena *arena,
                            const struct mb_compare_report *report, size_t width,
                            bool color, struct mb_buf *out);

// Markdown for pull requests: the headline, a table for each load point, gates, what
// differs, what cannot be told, notes, the method.
void mb_report_compare_markdown(struct mb_arena *arena,
                                const struct mb_compare_report *report,
                                struct mb_buf *out);

// CSV (RFC 4180) with a header line: one row for each comparison. Units as in the JSON.
void mb_report_compare_csv(struct mb_arena *arena, const struct mb_compare_report *report,
                           struct mb_buf *out);

// JUnit XML: a test case for each primary comparison (fails when worse, skipped when
// nothing can be told) and each gate (fails when failed, skipped when undecided).
void mb_report_compare_junit(struct mb_arena *arena,
                             const struct mb_compare_report *report, struct mb_buf *out);

// The promised keys (schema/comparison.schema.json). In arena.
struct mb_node *mb_report_compare_node(struct mb_arena *arena,
                                       const struct mb_compare_report *report);

// Units in JSON, whatever the size: times in ms, CPU per request in us, the rest in base
// units. The factor from a metric's own unit, and the unit's name.
double mb_report_compare_scale(enum mb_metric_unit unit);
const char *mb_report_compare_unit(enum mb_metric_unit unit);

#endif
