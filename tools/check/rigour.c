#include "check/rigour.h"

#include <inttypes.h>
#include <string.h>

#include "check/check.h"
#include "model/derive.h"
#include "model/judge.h"

static const double SHARE_ONE = 1e9;
static const double MICRO = 1e6;

static const char *cell_title(struct mb_check *check, const struct mb_cell *cell)
{
    return mb_arena_print(check->arena, "'%s' at '%s'", cell->variant,
                          mb_point_title(check->arena, &cell->point));
}

static size_t trials_with(const struct mb_cell *cell, enum mb_trial_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < cell->trial_count; i++) {
        count += cell->trials[i].status == status;
    }
    return count;
}

static const struct mb_node *spec_trials(const struct mb_check *check)
{
    return mb_node_find(check->spec, "trials");
}

// In a result what was measured counts, in a spec what is asked for.
void mb_rigour_blocks(struct mb_check *check)
{
    if (check->document == MB_DOCUMENT_BENCHMARK) {
        const struct mb_node *count = mb_node_find(spec_trials(check), "count");
        int64_t blocks = mb_node_integer(count, MB_CHECK_BLOCKS);
        if (blocks < MB_CHECK_RIGOROUS_BLOCKS) {
            mb_run_report(check, mb_run_spec_at(check, "/trials/count"), NULL,
                          "%" PRId64 " block%s: level 'rigorous' needs %d", blocks,
                          blocks == 1 ? "" : "s", MB_CHECK_RIGOROUS_BLOCKS);
        }
        return;
    }
    for (size_t i = 0; check->result != NULL && i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        size_t blocks = trials_with(cell, MB_TRIAL_COMPLETE);
        if (blocks < MB_CHECK_RIGOROUS_BLOCKS) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu/trials", i), NULL,
                          "%s has %zu complete trial%s: level 'rigorous' needs %d",
                          cell_title(check, cell), blocks, blocks == 1 ? "" : "s",
                          MB_CHECK_RIGOROUS_BLOCKS);
            return; // one cell is enough to say it
        }
    }
}

void mb_rigour_order(struct mb_check *check)
{
    const char *order =
        mb_node_text(mb_node_find(spec_trials(check), "order"), "interleaved");
    if (strcmp(order, "interleaved") != 0) {
        mb_run_report(check, mb_run_spec_at(check, "/trials/order"),
                      "'interleaved' lets drift hit all variants alike",
                      "the order is '%s': level 'rigorous' needs 'interleaved'", order);
    }
}

void mb_rigour_aa(struct mb_check *check)
{
    if (check->document == MB_DOCUMENT_BENCHMARK) {
        if (mb_node_find(spec_trials(check), "aa") == NULL) {
            mb_run_report(check, mb_run_spec_at(check, "/trials/aa"),
                          "trials: {aa: baseline} measures it twice",
                          "no A/A pair: level 'rigorous' needs the noise floor");
        }
        return;
    }
    for (size_t i = 0; check->result != NULL && i < check->result->cell_count; i++) {
        if (check->result->cells[i].aa_of != NULL) {
            return;
        }
    }
    if (check->result != NULL) {
        mb_run_report(check, "/cells", "trials: {aa: baseline} measures it twice",
                      "no A/A pair: level 'rigorous' needs the noise floor");
    }
}

void mb_rigour_warmup(struct mb_check *check)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *workload = mb_run_item(workloads, i);
        int64_t warmup_ns = -1;
        if (mb_run_quantity(mb_node_find(workload, "warmup"), MB_UNIT_DURATION,
                            &warmup_ns) &&
            warmup_ns == 0) {
            mb_run_report(check, mb_run_spec_at(check, "/workloads/%zu/warmup", i),
                          "connections, caches and just-in-time compilers settle first",
                          "workload '%s' has no warm-up: level 'rigorous' needs one",
                          mb_node_text(mb_node_find(workload, "name"), ""));
        }
    }
}

// The primary metrics of the spec that are percentiles. Calls visit for each.
typedef void quantile_visit(struct mb_check *check, const struct mb_metric *metric,
                            const char *pointer);

static void primary_quantiles(struct mb_check *check, quantile_visit *visit)
{
    const struct mb_node *primary =
        mb_node_find(mb_node_find(check->spec, "analysis"), "primary");
    for (size_t i = 0; mb_run_item(primary, i) != NULL; i++) {
        struct mb_metric metric;
        const char *name = mb_node_text(mb_run_item(primary, i), NULL);
        if (name != NULL && mb_metric_parse(name, &metric) &&
            metric.family == MB_METRIC_DIST && metric.statistic == 'q') {
            visit(check, &metric, mb_run_spec_at(check, "/analysis/primary/%zu", i));
        }
    }
}

// The smallest number of requests that a trial of a workload will hold; -1 when the
// server decides it.
static double planned_requests(const struct mb_node *workload)
{
    int64_t duration_ns = 0;
    if (!mb_run_quantity(mb_node_find(workload, "duration"), MB_UNIT_DURATION,
                         &duration_ns)) {
        return -1;
    }
    const struct mb_node *rates = mb_node_find(workload, "rate");
    double least = -1;
    int64_t rate = 0;
    if (mb_run_quantity(rates, MB_UNIT_RATE, &rate)) {
        least = (double)rate;
    }
    for (size_t i = 0; mb_run_item(rates, i) != NULL; i++) {
        if (mb_run_quantity(mb_run_item(rates, i), MB_UNIT_RATE, &rate)) {
            least = least < 0 || (double)rate < least ? (double)rate : least;
        }
    }
    return least < 0 ? -1 : least / MICRO * (double)duration_ns / SHARE_ONE;
}

static void tail_planned(struct mb_check *check, const struct mb_metric *metric,
                         const char *pointer)
{
    const struct mb_node *workloads = mb_run_list(check, "workloads");
    for (size_t i = 0; i < mb_node_count(workloads); i++) {
        const struct mb_node *workload = mb_run_item(workloads, i);
        double requests = planned_requests(workload);
        if (requests >= 0 && requests < 1e15 &&
            !mb_value_supported((int64_t)requests, metric->share)) {
            mb_run_report(check, pointer, "a longer duration, or a lower percentile",
                          "a trial of workload '%s' holds %.0f requests: too few for %s",
                          mb_node_text(mb_node_find(workload, "name"), ""), requests,
                          metric->name);
            return;
        }
    }
}

static void tail_measured(struct mb_check *check, const struct mb_metric *metric,
                          const char *pointer)
{
    (void)pointer;
    for (size_t i = 0; i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        for (size_t j = 0; j < cell->trial_count; j++) {
            struct mb_value value = mb_derive_trial(cell, &cell->trials[j], metric);
            if (value.state == MB_VALUE_UNSUPPORTED) {
                mb_run_report(check, mb_run_at(check, "/cells/%zu/trials/%zu", i, j),
                              "a longer duration, or a lower percentile",
                              "%s has too few requests for %s", cell_title(check, cell),
                              metric->name);
                return;
            }
        }
    }
}

void mb_rigour_tail(struct mb_check *check)
{
    if (check->document == MB_DOCUMENT_BENCHMARK) {
        primary_quantiles(check, tail_planned);
    } else if (check->result != NULL) {
        primary_quantiles(check, tail_measured);
    }
}

void mb_rigour_primary(struct mb_check *check)
{
    if (mb_node_find(mb_node_find(check->spec, "analysis"), "primary") == NULL) {
        mb_run_report(
            check, mb_run_spec_at(check, "/analysis/primary"),
            "analysis: {primary: [response_time.p50, response_time.p99]}",
            "the metrics that decide are not named beforehand: needed for level "
            "'rigorous'");
    }
}

void mb_rigour_seed(struct mb_check *check)
{
    if (mb_node_find(spec_trials(check), "seed") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/trials/seed"), "trials: {seed: 1}",
                      "the seed is not announced: needed for level 'rigorous'");
    }
}

void mb_rigour_complete(struct mb_check *check)
{
    if (check->result == NULL) {
        return;
    }
    for (size_t i = 0; i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        size_t partial = trials_with(cell, MB_TRIAL_PARTIAL);
        if (partial > 0) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu/trials", i),
                          "'meshbench run --resume' measures what is missing",
                          "%s has %zu partial trial%s: level 'rigorous' needs all that "
                          "were planned",
                          cell_title(check, cell), partial, partial == 1 ? "" : "s");
            return;
        }
    }
    if (!check->result->complete) {
        mb_run_report(check, "/complete",
                      "'meshbench run --resume' measures what is missing",
                      "trials are missing: level 'rigorous' needs all that were planned");
    }
}

void mb_rigour_discarded(struct mb_check *check)
{
    for (size_t i = 0; check->result != NULL && i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        for (size_t j = 0; j < cell->trial_count; j++) {
            if (cell->trials[j].status == MB_TRIAL_DISCARDED) {
                mb_run_report(check,
                              mb_run_at(check, "/cells/%zu/trials/%zu/status", i, j),
                              "the outlier policy of a spec is 'none'",
                              "a trial of %s was discarded: level 'rigorous' needs all "
                              "that were planned",
                              cell_title(check, cell));
                return;
            }
        }
    }
}

void mb_rigour_omission(struct mb_check *check)
{
    for (size_t i = 0; check->result != NULL && i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        bool scheduled = cell->point.load_model == MB_LOAD_OPEN;
        for (size_t j = 0; scheduled && j < cell->trial_count; j++) {
            const struct mb_trial *trial = &cell->trials[j];
            for (size_t k = 0; k < trial->part_count; k++) {
                enum mb_co_handling handling = trial->parts[k].co_handling;
                if (handling != MB_CO_INTENDED) {
                    mb_run_report(
                        check,
                        mb_run_at(check, "/cells/%zu/trials/%zu/parts/%zu/co_handling", i,
                                  j, k),
                        "a stalled server would look faster than it is",
                        "response times of %s are not counted from the intended moment "
                        "(co_handling is '%s')",
                        cell_title(check, cell), mb_co_handling_name(handling));
                    return;
                }
            }
        }
    }
}

void mb_rigour_saturated(struct mb_check *check)
{
    for (size_t i = 0; check->result != NULL && i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        double share;
        if (mb_judge_saturated(cell, &share)) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu", i),
                          "its latency is that of a queue; ask for less",
                          "%s ran at %.1f%% of the asked rate: the cell is saturated",
                          cell_title(check, cell), share * 100);
        }
    }
}

void mb_rigour_late(struct mb_check *check)
{
    for (size_t i = 0; check->result != NULL && i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        struct mb_value lag;
        struct mb_value response;
        if (!mb_judge_late(cell, &lag, &response)) {
            continue;
        }
        char left[32];
        char right[32];
        mb_units_show(MB_UNIT_DURATION, lag.value, left, sizeof left);
        mb_units_show(MB_UNIT_DURATION, response.value, right, sizeof right);
        mb_run_report(
            check, mb_run_at(check, "/cells/%zu", i),
            "give the generator a CPU of its own, or more threads",
            "the generator was late at %s: dispatch lag p99 is %s where response "
            "time p99 is %s",
            cell_title(check, cell), left, right);
    }
}

void mb_rigour_failing(struct mb_check *check)
{
    for (size_t i = 0; check->result != NULL && i < check->result->cell_count; i++) {
        const struct mb_cell *cell = &check->result->cells[i];
        if (mb_judge_failing(cell)) {
            mb_run_report(check, mb_run_at(check, "/cells/%zu", i),
                          "'meshbench show' lists the errors by kind",
                          "no request of %s succeeded", cell_title(check, cell));
        }
    }
}

void mb_rigour_authors(struct mb_check *check)
{
    if (mb_node_count(mb_node_find(check->spec, "authors")) == 0) {
        mb_run_report(check, mb_run_spec_at(check, "/authors"),
                      "authors: [{name: ..., role: user}]",
                      "nobody answers for the numbers: 'authors' is needed for level "
                      "'publishable'");
    }
}

void mb_rigour_available(struct mb_check *check)
{
    if (mb_node_find(check->spec, "availability") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/availability"),
                      "availability: available, preview or research",
                      "it is not stated whether others can get what is measured: "
                      "'availability' is needed for level 'publishable'");
    }
}

void mb_rigour_question(struct mb_check *check)
{
    if (mb_node_find(check->spec, "question") == NULL) {
        mb_run_report(check, mb_run_spec_at(check, "/question"),
                      "question: What does a sidecar add to one request?",
                      "the question is not stated: needed for level 'publishable'");
    }
}

void mb_rigour_commit(struct mb_check *check)
{
    if (check->result != NULL && check->result->tool_commit == NULL) {
        mb_run_report(check, "/tool/commit",
                      "build from a commit, so that others can build the same",
                      "the commit of the tool is not known: needed for level "
                      "'publishable'");
    }
}

void mb_rigour_imported(struct mb_check *check)
{
    if (check->result != NULL && check->result->imported) {
        mb_run_report(check, "/origin",
                      "only a result with raw data of its own can be verified",
                      "imported from '%s': level 'publishable' needs a measured result",
                      check->result->import_tool);
    }
}
