#include "run/judge.h"

#include <inttypes.h>

#include "base/units.h"
#include "format/emit.h"
#include "model/derive.h"

static const double SHARE_ONE = 1e9;
static const double MICRO = 1e6;

static void add(struct mb_diag *diag, const char *code, enum mb_severity severity,
                const char *pointer, const char *message)
{
    mb_diag_add(diag, &(struct mb_finding){
                          .code = code,
                          .severity = severity,
                          .pointer = pointer,
                          .message = message,
                      });
}

static struct mb_value value_of(const struct mb_cell *cell, const char *name)
{
    struct mb_metric metric;
    if (!mb_metric_parse(name, &metric)) {
        return (struct mb_value){.state = MB_VALUE_UNKNOWN};
    }
    return mb_derive_cell(cell, &metric);
}

// Requests that ended in the window against those that should have begun in it.
static void judge_rate(const struct mb_cell *cell, const char *pointer,
                       struct mb_diag *diag)
{
    int64_t asked = cell->point.rate_micro_rps;
    struct mb_value achieved = value_of(cell, "throughput");
    if (asked < 0 || achieved.state != MB_VALUE_KNOWN) {
        return;
    }
    double share = achieved.value * MICRO / (double)asked;
    if (share >= (double)MB_JUDGE_ACHIEVED_SHARE / SHARE_ONE) {
        return;
    }
    char rate[32];
    mb_units_show(MB_UNIT_RATE, (double)asked, rate, sizeof rate);
    add(diag, "MB420", MB_SEVERITY_WARNING, pointer,
        mb_arena_print(
            diag->arena,
            "'%s' at '%s' ran at %.1f%% of the asked %s: the cell is saturated",
            cell->variant, mb_point_title(diag->arena, &cell->point), share * 100, rate));
}

static void judge_lag(const struct mb_cell *cell, const char *pointer,
                      struct mb_diag *diag)
{
    struct mb_value lag = value_of(cell, "dispatch_lag.p99");
    struct mb_value response = value_of(cell, "response_time.p99");
    if (lag.state != MB_VALUE_KNOWN || response.state != MB_VALUE_KNOWN ||
        lag.value <= response.value * (double)MB_JUDGE_LAG_SHARE / SHARE_ONE) {
        return;
    }
    char left[32];
    char right[32];
    mb_units_show(MB_UNIT_DURATION, lag.value, left, sizeof left);
    mb_units_show(MB_UNIT_DURATION, response.value, right, sizeof right);
    add(diag, "MB421", MB_SEVERITY_WARNING, pointer,
        mb_arena_print(
            diag->arena,
            "the generator was late at '%s' at '%s': dispatch lag p99 is %s where "
            "response time p99 is %s",
            cell->variant, mb_point_title(diag->arena, &cell->point), left, right));
}

static void judge_errors(const struct mb_cell *cell, const char *pointer,
                         struct mb_diag *diag)
{
    int64_t ok = 0;
    int64_t errors = 0;
    for (size_t t = 0; t < cell->trial_count; t++) {
        for (size_t p = 0; p < cell->trials[t].part_count; p++) {
            ok += cell->trials[t].parts[p].counts.ok;
            errors += mb_counts_errors(&cell->trials[t].parts[p].counts);
        }
    }
    if (ok == 0 && errors > 0) {
        add(diag, "MB422", MB_SEVERITY_WARNING, pointer,
            mb_arena_print(
                diag->arena, "no request of '%s' at '%s' succeeded (%" PRId64 " errors)",
                cell->variant, mb_point_title(diag->arena, &cell->point), errors));
    }
}

void mb_judge_cells(const struct mb_result *result, struct mb_diag *diag)
{
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        const char *pointer = mb_arena_print(diag->arena, "/cells/%zu", i);
        judge_rate(cell, pointer, diag);
        judge_lag(cell, pointer, diag);
        judge_errors(cell, pointer, diag);
    }
}

// A scalar as people write it: without quotes.
static const char *fact_text(struct mb_arena *arena, const struct mb_node *node)
{
    const char *text = mb_node_text(node, NULL);
    if (text != NULL) {
        return text;
    }
    struct mb_buf buf;
    mb_buf_init(&buf, 0);
    mb_emit_json_compact(node, &buf);
    text = mb_arena_copy_string(arena, mb_buf_string(&buf));
    mb_buf_release(&buf);
    return text;
}

void mb_judge_facts(const struct mb_fact_list *facts, struct mb_diag *diag)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct mb_fact *fact = &facts->items[i];
        if (fact->declared == NULL || fact->captured == NULL || fact->redacted ||
            mb_node_equal(fact->declared, fact->captured)) {
            continue;
        }
        add(diag, "MB320", MB_SEVERITY_WARNING,
            mb_arena_print(diag->arena, "/facts/%zu", i),
            mb_arena_print(diag->arena,
                           "'%s' is declared as '%s' and was captured as '%s'",
                           fact->path, fact_text(diag->arena, fact->declared),
                           fact_text(diag->arena, fact->captured)));
    }
}
