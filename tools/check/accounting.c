#include "check/accounting.h"

#include <inttypes.h>

// A part and where it stands; rules look at one at a time.
struct place {
    const struct mb_part *part;
    const struct mb_trial *trial;
    size_t at[3]; // indices of cell, trial and part
};

typedef void part_visit(struct mb_check *check, const struct place *place);

static void parts_visit(struct mb_check *check, part_visit *visit)
{
    const struct mb_result *result = check->result;
    for (size_t i = 0; result != NULL && i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        for (size_t j = 0; j < cell->trial_count; j++) {
            const struct mb_trial *trial = &cell->trials[j];
            for (size_t k = 0; k < trial->part_count; k++) {
                struct place place = {&trial->parts[k], trial, {i, j, k}};
                visit(check, &place);
            }
        }
    }
}

static const char *below(struct mb_check *check, const struct place *place,
                         const char *rest)
{
    return mb_run_at(check, "/cells/%zu/trials/%zu/parts/%zu/%s", place->at[0],
                     place->at[1], place->at[2], rest);
}

// A count below zero is one that is not known: then nothing is claimed.
static void intended_check(struct mb_check *check, const struct place *place)
{
    const struct mb_counts *counts = &place->part->counts;
    int64_t errors = mb_counts_errors(counts);
    if (counts->intended < 0 || counts->ok < 0 || counts->unfinished < 0 || errors < 0) {
        return;
    }
    int64_t accounted = counts->ok + errors + counts->unfinished;
    if (counts->intended != accounted) {
        mb_run_report(check, below(check, place, "counts/intended"), NULL,
                      "%" PRId64 " requests were intended, but %" PRId64
                      " are accounted for (%" PRId64 " ok, %" PRId64 " errors, %" PRId64
                      " unfinished)",
                      counts->intended, accounted, counts->ok, errors,
                      counts->unfinished);
    }
}

void mb_accounting_intended(struct mb_check *check)
{
    parts_visit(check, intended_check);
}

static void completed_check(struct mb_check *check, const struct place *place)
{
    const struct mb_counts *counts = &place->part->counts;
    int64_t wrong = counts->errors_by_kind[MB_ERROR_STATUS];
    if (counts->completed < 0 || counts->ok < 0 || wrong < 0) {
        return;
    }
    if (counts->completed != counts->ok + wrong) {
        mb_run_report(check, below(check, place, "counts/completed"), NULL,
                      "%" PRId64 " responses were complete, but %" PRId64
                      " were ok and %" PRId64 " had an unexpected status",
                      counts->completed, counts->ok, wrong);
    }
}

void mb_accounting_completed(struct mb_check *check)
{
    parts_visit(check, completed_check);
}

// What was sent and neither completed nor failed can only be unfinished; errors of kind
// 'other' may have come before or after sending.
static void sent_check(struct mb_check *check, const struct place *place)
{
    const struct mb_counts *counts = &place->part->counts;
    const int64_t *kinds = counts->errors_by_kind;
    for (int i = 0; i < MB_ERROR_KINDS; i++) {
        if (kinds[i] < 0) {
            return;
        }
    }
    if (counts->sent < 0 || counts->completed < 0 || counts->unfinished < 0) {
        return;
    }
    int64_t least = counts->completed + kinds[MB_ERROR_TIMEOUT] + kinds[MB_ERROR_RESET] +
                    kinds[MB_ERROR_CLOSED] + kinds[MB_ERROR_PROTOCOL];
    int64_t most = least + kinds[MB_ERROR_OTHER] + counts->unfinished;
    if (counts->sent < least || counts->sent > most) {
        mb_run_report(check, below(check, place, "counts/sent"), NULL,
                      "%" PRId64 " requests were sent, but %" PRId64 " to %" PRId64
                      " follow from what became of them",
                      counts->sent, least, most);
    }
}

void mb_accounting_sent(struct mb_check *check)
{
    parts_visit(check, sent_check);
}

static void statuses_check(struct mb_check *check, const struct place *place)
{
    const struct mb_counts *counts = &place->part->counts;
    int64_t sum = 0;
    for (size_t i = 0; i < counts->status_count; i++) {
        sum += counts->statuses[i].n;
    }
    if (counts->completed >= 0 && counts->status_count > 0 && sum != counts->completed) {
        mb_run_report(check, below(check, place, "counts/status_codes"), NULL,
                      "the status codes add up to %" PRId64 ", but %" PRId64
                      " responses were complete",
                      sum, counts->completed);
    }
}

void mb_accounting_statuses(struct mb_check *check)
{
    parts_visit(check, statuses_check);
}

static const char *dist_at(struct mb_check *check, const struct place *place,
                           enum mb_dist_metric metric)
{
    return below(check, place,
                 mb_arena_print(check->arena, "dist/%s", mb_dist_metric_name(metric)));
}

static void population_check(struct mb_check *check, const struct place *place,
                             enum mb_dist_metric metric)
{
    const struct mb_dist *dist = &place->part->dist[metric];
    int64_t ok = place->part->counts.ok;
    if (dist->type != MB_DIST_ABSENT && !dist->mixed && dist->n >= 0 && ok >= 0 &&
        dist->n != ok) {
        mb_run_report(check, dist_at(check, place, metric), NULL,
                      "it holds %" PRId64 " values, but %" PRId64 " requests were ok",
                      dist->n, ok);
    }
}

static void populations_check(struct mb_check *check, const struct place *place)
{
    population_check(check, place, MB_DIST_RESPONSE);
    population_check(check, place, MB_DIST_SERVICE);
    const struct mb_dist *failed = &place->part->dist[MB_DIST_ERROR_RESPONSE];
    int64_t errors = mb_counts_errors(&place->part->counts);
    if (failed->type != MB_DIST_ABSENT && errors >= 0 && failed->n > errors) {
        mb_run_report(check, dist_at(check, place, MB_DIST_ERROR_RESPONSE), NULL,
                      "it holds %" PRId64 " values, but %" PRId64 " requests failed",
                      failed->n, errors);
    }
}

void mb_accounting_populations(struct mb_check *check)
{
    parts_visit(check, populations_check);
}

static bool buckets_add_up(const struct mb_dist *dist)
{
    int64_t sum = 0;
    for (size_t i = 0; i < dist->count; i++) {
        if (dist->buckets[i].n > INT64_MAX - sum) {
            return false;
        }
        sum += dist->buckets[i].n;
    }
    return dist->n < 0 || sum == dist->n;
}

static const char *dist_fault(const struct mb_dist *dist)
{
    if (dist->type == MB_DIST_ABSENT) {
        return NULL;
    }
    if (dist->min >= 0 && dist->max >= 0 && dist->n > 0 && dist->min > dist->max) {
        return "its min is above its max";
    }
    if (dist->type == MB_DIST_BUCKETS && !buckets_add_up(dist)) {
        return "its buckets do not add up to n";
    }
    return NULL;
}

static void distribution_check(struct mb_check *check, const struct place *place)
{
    for (enum mb_dist_metric metric = 0; metric < MB_DIST_METRICS; metric++) {
        const char *fault = dist_fault(&place->part->dist[metric]);
        if (fault != NULL) {
            mb_run_report(check, dist_at(check, place, metric), NULL,
                          "the distribution '%s' contradicts itself: %s",
                          mb_dist_metric_name(metric), fault);
        }
    }
}

void mb_accounting_distribution(struct mb_check *check)
{
    parts_visit(check, distribution_check);
}

static void window_check(struct mb_check *check, const struct place *place)
{
    if (place->trial->window_ns >= 0 &&
        place->part->window_ns != place->trial->window_ns) {
        mb_run_report(check, below(check, place, "window_ns"),
                      "parts of a trial measure the same window",
                      "the part's window is %" PRId64 " ns, the trial's %" PRId64 " ns",
                      place->part->window_ns, place->trial->window_ns);
    }
}

void mb_accounting_window(struct mb_check *check)
{
    parts_visit(check, window_check);
}
