// Notes of compare.h about results: load that was not carried, generators and hosts that
// disturbed, figures that are not of the release they are shown for.
#include "compare/notes.h"

#include <stdarg.h>
#include <string.h>

#include "compare/attribute.h"
#include "model/judge.h"

// Share of the CPU time that a host wanted and did not get (as MB402), and of its time
// that a generator's thread stood ready and did not run, above which figures are noise.
static const double STEAL_SHARE = 0.01;
static const double DELAY_SHARE = 0.05;

void mb_notes_count(struct mb_arena *arena, struct mb_notes_tally *tally,
                    const char *format, ...)
{
    if (tally->count < MB_NOTES_SHOWN) {
        va_list args;
        va_start(args, format);
        tally->messages[tally->count] = mb_arena_print_args(arena, format, args);
        va_end(args);
    }
    tally->count++;
}

static void note_add(struct mb_arena *arena, struct mb_compare_report *report,
                     struct mb_compare_note note)
{
    report->notes = mb_arena_grow(arena, report->notes, report->note_count,
                                  &report->note_capacity, sizeof *report->notes);
    report->notes[report->note_count++] = note;
}

void mb_notes_end(struct mb_arena *arena, const struct mb_notes_tally *tally,
                  struct mb_compare_report *report)
{
    for (size_t i = 0; i < tally->count && i < MB_NOTES_SHOWN; i++) {
        note_add(arena, report,
                 (struct mb_compare_note){
                     .code = tally->code, .message = tally->messages[i], .count = 1});
    }
    if (tally->count > MB_NOTES_SHOWN) {
        size_t others = tally->count - MB_NOTES_SHOWN;
        note_add(arena, report,
                 (struct mb_compare_note){
                     .code = tally->code,
                     .message = mb_arena_print(arena, "the same at %zu other place%s",
                                               others, others == 1 ? "" : "s"),
                     .count = others});
    }
}

const char *mb_notes_side(struct mb_arena *arena, const struct mb_compare_report *report,
                          size_t side)
{
    return report->side_count > 1
               ? mb_arena_print(arena, "%s: ", report->sides[side].name)
               : "";
}

static void saturated_note(struct mb_arena *arena, struct mb_compare_report *report,
                           size_t side)
{
    const struct mb_result *result = report->sides[side].result;
    struct mb_notes_tally tally = {.code = "MB801"};
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        double share;
        if (mb_judge_saturated(cell, &share)) {
            mb_notes_count(arena, &tally,
                           "%s'%s' ran at %.0f%% of the asked rate (%s): the cell is "
                           "saturated, its latency is that of a queue",
                           mb_notes_side(arena, report, side), cell->variant,
                           100.0 * share, mb_point_title(arena, &cell->point));
        }
    }
    mb_notes_end(arena, &tally, report);
}

static void unwarmed_note(struct mb_arena *arena, struct mb_compare_report *report,
                          size_t side)
{
    const struct mb_result *result = report->sides[side].result;
    size_t trials = 0;
    size_t cold = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            trials++;
            cold += result->cells[i].trials[j].warmup_ns == 0;
        }
    }
    if (cold > 0) {
        struct mb_notes_tally tally = {.code = "MB803"};
        mb_notes_count(arena, &tally,
                       "%s%zu of %zu trials had no warm-up, or none that is known: what "
                       "connections, caches and compilers do at first is in the figures",
                       mb_notes_side(arena, report, side), cold, trials);
        mb_notes_end(arena, &tally, report);
    }
}

// What the run itself wrote down, under a code of the comparison.
static void finding_note(struct mb_arena *arena, struct mb_compare_report *report,
                         size_t side, const char *found, const char *code)
{
    const struct mb_result *result = report->sides[side].result;
    struct mb_notes_tally tally = {.code = code};
    for (size_t i = 0; i < result->finding_count; i++) {
        if (strcmp(result->findings[i].code, found) == 0) {
            mb_notes_count(arena, &tally, "%s%s", mb_notes_side(arena, report, side),
                           result->findings[i].message);
        }
    }
    mb_notes_end(arena, &tally, report);
}

struct disturbance {
    double wanted_ns; // CPU time of the host, with what was stolen
    double stolen_ns;
    double threads_ns; // of the generator, all threads
    double delayed_ns;
};

static void trial_disturbance(const struct mb_trial *trial, struct disturbance *sum)
{
    int64_t steal = mb_node_integer(mb_node_find(trial->host, "steal_ns"), -1);
    int64_t busy = mb_node_integer(mb_node_find(trial->host, "busy_ns"), -1);
    if (steal >= 0 && busy >= 0) {
        sum->stolen_ns += (double)steal;
        sum->wanted_ns += (double)steal + (double)busy;
    }
    for (size_t i = 0; i < trial->part_count; i++) {
        const struct mb_part *part = &trial->parts[i];
        if (part->run_delay_ns >= 0) {
            sum->delayed_ns += (double)part->run_delay_ns;
            sum->threads_ns += (double)part->window_ns * part->threads;
        }
    }
}

static void noisy_note(struct mb_arena *arena, struct mb_compare_report *report,
                       size_t side)
{
    const struct mb_result *result = report->sides[side].result;
    struct mb_notes_tally tally = {.code = "MB805"};
    struct disturbance sum = {0};
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            trial_disturbance(&result->cells[i].trials[j], &sum);
        }
    }
    const char *name = mb_notes_side(arena, report, side);
    if (sum.stolen_ns > STEAL_SHARE * sum.wanted_ns) {
        mb_notes_count(arena, &tally,
                       "%sthe hypervisor took %.1f%% of the CPU time that the host "
                       "wanted during the trials",
                       name, 100.0 * sum.stolen_ns / sum.wanted_ns);
    }
    if (sum.delayed_ns > DELAY_SHARE * sum.threads_ns) {
        mb_notes_count(arena, &tally,
                       "%sthe generator stood ready and did not run for %.0f%% of its "
                       "time: something else had its CPU",
                       name, 100.0 * sum.delayed_ns / sum.threads_ns);
    }
    mb_notes_end(arena, &tally, report);
}

// NAME of a fact's path "variants.NAME.version"; NULL for other facts.
static const char *version_of(struct mb_arena *arena, const struct mb_fact *fact)
{
    static const char prefix[] = "variants.";
    static const char suffix[] = ".version";
    size_t head = sizeof prefix - 1;
    size_t tail = sizeof suffix - 1;
    size_t length = strlen(fact->path);
    if (length <= head + tail || strncmp(fact->path, prefix, head) != 0 ||
        strcmp(fact->path + length - tail, suffix) != 0) {
        return NULL;
    }
    return mb_arena_copy_bytes(arena, fact->path + head, length - head - tail);
}

static void declared_stale(struct mb_arena *arena, struct mb_compare_report *report,
                           size_t side, struct mb_notes_tally *tally)
{
    const struct mb_fact_list *facts = &report->sides[side].result->facts;
    for (size_t i = 0; i < facts->count; i++) {
        const char *variant = version_of(arena, &facts->items[i]);
        if (variant != NULL && mb_judge_contradicts(&facts->items[i])) {
            mb_notes_count(arena, tally,
                           "%sthe figures of '%s' are shown for release %s and were "
                           "measured with %s",
                           mb_notes_side(arena, report, side), variant,
                           mb_node_text(facts->items[i].declared, "another"),
                           mb_node_text(facts->items[i].captured, "another"));
        }
    }
}

// What two measurements have in common to the last digit.
struct likeness {
    size_t same;
    size_t other;
};

static void figure_match(int64_t left, int64_t right, struct likeness *likeness)
{
    if (left > 0 && right > 0) {
        likeness->same += left == right;
        likeness->other += left != right;
    }
}

static void quantiles_match(const struct mb_dist *left, const struct mb_dist *right,
                            struct likeness *likeness)
{
    for (size_t i = 0; i < left->count; i++) {
        for (size_t j = 0; j < right->count; j++) {
            if (left->quantiles[i].share == right->quantiles[j].share) {
                figure_match(left->quantiles[i].value, right->quantiles[j].value,
                             likeness);
            }
        }
    }
}

static void trials_match(const struct mb_trial *left, const struct mb_trial *right,
                         struct likeness *likeness)
{
    if (left->part_count > 0 && right->part_count > 0) {
        const struct mb_dist *old = &left->parts[0].dist[MB_DIST_RESPONSE];
        const struct mb_dist *new = &right->parts[0].dist[MB_DIST_RESPONSE];
        figure_match(old->sum, new->sum, likeness);
        figure_match(old->max, new->max, likeness);
        if (old->type == MB_DIST_QUANTILES && new->type == MB_DIST_QUANTILES) {
            quantiles_match(old, new, likeness);
        }
    }
    for (size_t i = 0; i < left->resource_count; i++) {
        for (size_t j = 0; j < right->resource_count; j++) {
            const struct mb_resource *old = &left->resources[i];
            const struct mb_resource *new = &right->resources[j];
            if (old->role == new->role) {
                figure_match(old->cpu_end_ns - old->cpu_start_ns,
                             new->cpu_end_ns - new->cpu_start_ns, likeness);
                figure_match(old->rss_max_bytes, new->rss_max_bytes, likeness);
            }
        }
    }
}

// Nothing that is known of both differs. Clocks and counters never repeat themselves.
static bool cells_repeat(const struct mb_cell *left, const struct mb_cell *right)
{
    struct likeness likeness = {0};
    if (left->trial_count != right->trial_count) {
        return false;
    }
    for (size_t i = 0; i < left->trial_count && likeness.other == 0; i++) {
        trials_match(&left->trials[i], &right->trials[i], &likeness);
    }
    return likeness.same > 0 && likeness.other == 0;
}

// The same cell of another result: at the same place, as a rule.
static const struct mb_cell *cell_before(const struct mb_result *result, size_t place,
                                         const struct mb_cell *cell)
{
    if (place < result->cell_count &&
        strcmp(result->cells[place].variant, cell->variant) == 0 &&
        mb_point_equal(&result->cells[place].point, &cell->point)) {
        return &result->cells[place];
    }
    return mb_result_find_cell(result, cell->variant, &cell->point);
}

// Figures of this result that are those of the one before it, for another release.
static void repeated_stale(struct mb_arena *arena, struct mb_compare_report *report,
                           size_t side, struct mb_notes_tally *tally)
{
    const struct mb_compare_side *left = &report->sides[side - 1];
    const struct mb_compare_side *right = &report->sides[side];
    for (size_t i = 0; i < right->result->cell_count; i++) {
        const struct mb_cell *cell = &right->result->cells[i];
        const char *old = mb_compare_attribute_version(left, cell->variant);
        const char *new = mb_compare_attribute_version(right, cell->variant);
        if (old == NULL || new == NULL || strcmp(old, new) == 0) {
            continue;
        }
        const struct mb_cell *before = cell_before(left->result, i, cell);
        if (before != NULL && cells_repeat(before, cell)) {
            mb_notes_count(arena, tally,
                           "%s: the figures of '%s' for release %s are those of %s to "
                           "the last digit: carried over, not measured again",
                           right->name, cell->variant, new, old);
        }
    }
}

static void stale_note(struct mb_arena *arena, struct mb_compare_report *report,
                       size_t side)
{
    struct mb_notes_tally tally = {.code = "MB809"};
    declared_stale(arena, report, side, &tally);
    if (side > 0) {
        repeated_stale(arena, report, side, &tally);
    }
    mb_notes_end(arena, &tally, report);
}

// Looks from *at on, where the one after the last match stands: results that are compared
// mostly have their cells in the same order.
static bool has_cell(const struct mb_result *result, const struct mb_cell *cell,
                     size_t *at)
{
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *other = &result->cells[(*at + i) % result->cell_count];
        if (strcmp(other->variant, cell->variant) == 0 &&
            mb_point_equal(&other->point, &cell->point)) {
            *at += i + 1;
            return true;
        }
    }
    return false;
}

// Cells of one result that another does not have: they are in no comparison.
static void unmatched_note(struct mb_arena *arena, struct mb_compare_report *report,
                           size_t from, size_t other)
{
    const struct mb_result *result = report->sides[from].result;
    struct mb_notes_tally tally = {.code = "MB811"};
    size_t at = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        if (!has_cell(report->sides[other].result, cell, &at)) {
            mb_notes_count(arena, &tally,
                           "'%s' (%s) of %s is not in %s: it is compared with nothing",
                           cell->variant, mb_point_title(arena, &cell->point),
                           report->sides[from].name, report->sides[other].name);
        }
    }
    mb_notes_end(arena, &tally, report);
}

// The same bytes given twice: a comparison with itself finds nothing, and counts as many
// trials as there are not.
static void repeated_note(struct mb_arena *arena, struct mb_compare_report *report,
                          size_t side)
{
    struct mb_notes_tally tally = {.code = "MB812"};
    const struct mb_compare_side *sides = report->sides;
    for (size_t i = 0; i < side && sides[side].digest != NULL; i++) {
        if (sides[i].digest != NULL && strcmp(sides[i].digest, sides[side].digest) == 0) {
            mb_notes_count(arena, &tally,
                           "%s is the same result as %s: what is compared with itself "
                           "says nothing",
                           sides[side].name, sides[i].name);
            break;
        }
    }
    mb_notes_end(arena, &tally, report);
}

void mb_compare_notes(struct mb_arena *arena, struct mb_compare_report *report)
{
    mb_notes_effects(arena, report);
    for (size_t side = 0; side < report->side_count; side++) {
        saturated_note(arena, report, side);
        unwarmed_note(arena, report, side);
        finding_note(arena, report, side, "MB421", "MB804");
        finding_note(arena, report, side, "MB401", "MB805");
        noisy_note(arena, report, side);
        stale_note(arena, report, side);
        repeated_note(arena, report, side);
        if (side > 0 && report->by == NULL) { // groups are of different cells by design
            unmatched_note(arena, report, 0, side);
            unmatched_note(arena, report, side, 0);
        }
    }
}
