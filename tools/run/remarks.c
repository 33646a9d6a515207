#include "run/remarks.h"

#include "base/units.h"
#include "collect/host.h"
#include "format/emit.h"
#include "model/judge.h"

static void add(struct mb_diag *diag, const char *code, const char *pointer,
                const char *message)
{
    mb_diag_add(diag, &(struct mb_finding){
                          .code = code,
                          .severity = MB_SEVERITY_WARNING,
                          .pointer = pointer,
                          .message = message,
                      });
}

static const char *title(const struct mb_cell *cell, struct mb_diag *diag)
{
    return mb_arena_print(diag->arena, "'%s' at '%s'", cell->variant,
                          mb_point_title(diag->arena, &cell->point));
}

static void judge_rate(const struct mb_cell *cell, const char *pointer,
                       struct mb_diag *diag)
{
    double share;
    if (mb_judge_saturated(cell, &share)) {
        add(diag, "MB420", pointer,
            mb_arena_print(diag->arena,
                           "%s ran at %.1f%% of the asked rate: the cell is saturated",
                           title(cell, diag), share * 100));
    }
}

static void judge_lag(const struct mb_cell *cell, const char *pointer,
                      struct mb_diag *diag)
{
    struct mb_value lag;
    struct mb_value response;
    if (!mb_judge_late(cell, &lag, &response)) {
        return;
    }
    char left[32];
    char right[32];
    mb_units_show(MB_UNIT_DURATION, lag.value, left, sizeof left);
    mb_units_show(MB_UNIT_DURATION, response.value, right, sizeof right);
    add(diag, "MB421", pointer,
        mb_arena_print(
            diag->arena,
            "the generator was late at %s: dispatch lag p99 is %s where response "
            "time p99 is %s",
            title(cell, diag), left, right));
}

static void judge_errors(const struct mb_cell *cell, const char *pointer,
                         struct mb_diag *diag)
{
    if (mb_judge_failing(cell)) {
        add(diag, "MB422", pointer,
            mb_arena_print(diag->arena, "no request of %s succeeded", title(cell, diag)));
    }
}

// One kind of remark after the other, so that equal ones stand together.
void mb_remarks_cells(const struct mb_result *result, struct mb_diag *diag)
{
    void (*const judges[])(const struct mb_cell *cell, const char *pointer,
                           struct mb_diag *diag) = {judge_rate, judge_lag, judge_errors};
    for (size_t j = 0; j < sizeof judges / sizeof judges[0]; j++) {
        for (size_t i = 0; i < result->cell_count; i++) {
            judges[j](&result->cells[i], mb_arena_print(diag->arena, "/cells/%zu", i),
                      diag);
        }
    }
}

void mb_remarks_hosts(const struct mb_result *result, struct mb_diag *diag)
{
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            mb_host_judge_trial(
                result->cells[i].trials[j].host,
                mb_arena_print(diag->arena, "/cells/%zu/trials/%zu/host", i, j), diag);
        }
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

void mb_remarks_facts(const struct mb_fact_list *facts, struct mb_diag *diag)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct mb_fact *fact = &facts->items[i];
        if (!mb_judge_contradicts(fact)) {
            continue;
        }
        add(diag, "MB320", mb_arena_print(diag->arena, "/facts/%zu", i),
            mb_arena_print(diag->arena,
                           "'%s' is declared as '%s' and was captured as '%s'",
                           fact->path, fact_text(diag->arena, fact->declared),
                           fact_text(diag->arena, fact->captured)));
    }
}
