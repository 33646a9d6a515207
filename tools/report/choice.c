#include "report/choice.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "report/effect.h"
#include "report/escape.h"
#include "report/table.h"

// Titles before those of the metrics.
enum { FIXED_COLUMNS = 4 };

static const char *candidate_name(struct mb_arena *arena,
                                  const struct mb_compare_report *report,
                                  const struct mb_choice_candidate *candidate)
{
    const char *again = candidate->is_twin ? " (again)" : "";
    return report->side_count > 1
               ? mb_arena_print(arena, "%s%s, %s", candidate->variant, again,
                                report->sides[candidate->side].name)
               : mb_arena_print(arena, "%s%s", candidate->variant, again);
}

// "x1.31 (1.25 to 1.38)"; a baseline costs what it costs.
static const char *score_text(struct mb_arena *arena,
                              const struct mb_choice_candidate *candidate)
{
    const struct mb_sample_estimate *score = &candidate->score;
    if (candidate->is_baseline) {
        return "1";
    }
    if (score->n == 0 || isnan(score->value)) {
        return "-";
    }
    char value[MB_EFFECT_TEXT];
    char low[MB_EFFECT_TEXT];
    char high[MB_EFFECT_TEXT];
    mb_units_show_number(exp(score->value), value, sizeof value);
    if (score->state == MB_SAMPLE_TOO_FEW) {
        return mb_arena_copy_string(arena, value);
    }
    mb_units_show_number(exp(score->low), low, sizeof low);
    mb_units_show_number(exp(score->high), high, sizeof high);
    return mb_arena_print(arena, "%s (%s to %s)", value, low, high);
}

// With one load point an effect in its unit, the baseline's own value in its row; with
// several in per cent.
static struct mb_effect_scale scale_of(const struct mb_compare_report *report,
                                       const struct mb_comparison *effect)
{
    if (report->choice->point_count == 1) {
        return mb_effect_scale(effect);
    }
    return (struct mb_effect_scale){100.0, "%", true};
}

static const char *cost_text(struct mb_arena *arena,
                             const struct mb_compare_report *report,
                             const struct mb_choice_candidate *candidate,
                             const struct mb_comparison *effect)
{
    char text[MB_EFFECT_TEXT];
    struct mb_effect_scale scale = scale_of(report, effect);
    if (candidate->is_baseline) {
        if (report->choice->point_count != 1) {
            return "";
        }
        mb_effect_value_text(&effect->baseline_value, &scale, text, sizeof text);
    } else if (mb_compare_tested(effect)->state == MB_SAMPLE_TOO_FEW ||
               (scale.relative && effect->log_ratio.n == 0)) {
        return "-"; // no interval, or a share of nothing
    } else {
        mb_effect_size_text(effect, &scale, text, sizeof text);
    }
    return mb_arena_copy_string(arena, text);
}

static const char *rank_text(struct mb_arena *arena,
                             const struct mb_choice_candidate *candidate)
{
    return candidate->rank == 0 ? ""
                                : mb_arena_print(arena, "%zu%s", candidate->rank,
                                                 candidate->tied ? " (tied)" : "");
}

static void titles_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                        const char **cells)
{
    const struct mb_choice *choice = report->choice;
    cells[0] = "variant";
    cells[1] = "rank";
    cells[2] = choice->limit_count > 0 ? "limits" : "";
    cells[3] = "cost";
    for (size_t i = 0; choice->count > 0 && i < choice->metric_count; i++) {
        char text[MB_EFFECT_TEXT];
        const struct mb_comparison *effect = &choice->candidates[0].costs[i].effect;
        mb_effect_metric_label(&effect->metric, text, sizeof text);
        cells[FIXED_COLUMNS + i] =
            mb_arena_print(arena, "%s [%s]", text, scale_of(report, effect).unit);
    }
}

void mb_report_choice_fill(struct mb_arena *arena, const struct mb_compare_report *report,
                           struct mb_report_choice_table *table)
{
    const struct mb_choice *choice = report->choice;
    *table = (struct mb_report_choice_table){
        .rows = choice->count + 1, .columns = FIXED_COLUMNS + choice->metric_count};
    table->cells =
        mb_arena_alloc(arena, table->rows * table->columns, sizeof *table->cells);
    table->states = mb_arena_alloc(arena, table->rows, sizeof *table->states);
    table->states[0] = NULL;
    titles_fill(arena, report, table->cells);
    for (size_t i = 0; i < choice->count; i++) {
        const struct mb_choice_candidate *candidate = &choice->candidates[i];
        const char **cells = &table->cells[(i + 1) * table->columns];
        table->states[i + 1] = &candidate->state;
        cells[0] = candidate_name(arena, report, candidate);
        cells[1] = rank_text(arena, candidate);
        cells[2] = choice->limit_count > 0 ? mb_choice_state_name(candidate->state) : "";
        cells[3] = score_text(arena, candidate);
        for (size_t j = 0; j < choice->metric_count; j++) {
            cells[FIXED_COLUMNS + j] =
                cost_text(arena, report, candidate, &candidate->costs[j].effect);
        }
    }
}

const char **mb_report_choice_limits(struct mb_arena *arena,
                                     const struct mb_compare_report *report,
                                     size_t *count)
{
    const struct mb_choice *choice = report->choice;
    const char **lines = NULL;
    size_t capacity = 0;
    *count = 0;
    for (size_t i = 0; i < choice->count; i++) {
        const struct mb_choice_candidate *candidate = &choice->candidates[i];
        for (size_t j = 0; j < candidate->gate_count; j++) {
            const struct mb_compare_gate *gate = &candidate->gates[j];
            char text[MB_EFFECT_TEXT];
            if (gate->state == MB_COMPARE_GATE_PASSED) {
                continue;
            }
            mb_effect_gate_text(gate, text, sizeof text);
            lines = mb_arena_grow(arena, lines, *count, &capacity, sizeof *lines);
            lines[(*count)++] = mb_arena_print(
                arena, "%s, %s%s%s, %s: %s: %s%s%s",
                candidate_name(arena, report, candidate), gate->metric,
                gate->against != NULL ? " against " : "",
                gate->against != NULL ? gate->against : "",
                mb_point_title(arena, &gate->cell->point),
                mb_compare_gate_name(gate->state), text, gate->reason != NULL ? "; " : "",
                gate->reason != NULL ? gate->reason : "");
        }
    }
    return lines;
}

const char *mb_report_choice_legend(struct mb_arena *arena,
                                    const struct mb_compare_report *report)
{
    const struct mb_choice *choice = report->choice;
    struct mb_buf text = {0};
    mb_buf_append_string(&text, "Cost: what a request takes beside the baseline, the "
                                "weighted geometric mean of");
    bool any = false;
    for (size_t i = 0; choice->count > 0 && i < choice->metric_count; i++) {
        char label[MB_EFFECT_TEXT];
        const struct mb_choice_cost *cost = &choice->candidates[0].costs[i];
        if (!(cost->weight > 0.0)) {
            continue;
        }
        mb_effect_metric_label(&cost->effect.metric, label, sizeof label);
        mb_buf_print(&text, "%s %s", any ? "," : "", label);
        if (cost->weight != 1.0) {
            mb_buf_print(&text, " (weight %.3g)", cost->weight);
        }
        any = true;
    }
    mb_buf_print(
        &text,
        "%s over %zu load point%s, with its %.3g%% interval over blocks, each "
        "paired with the baseline of its block. Tied: not surely dearer than the "
        "cheapest.",
        any ? "" : " nothing that is known", choice->point_count,
        choice->point_count == 1 ? "" : "s", report->confidence * 100.0);
    const char *copy = mb_arena_copy_string(arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return copy;
}

static void line_print(const char *text, struct mb_buf *out)
{
    mb_text_show(text, strlen(text), "", out);
    mb_buf_append_char(out, '\n');
}

void mb_report_choice_text(struct mb_arena *arena, const struct mb_compare_report *report,
                           size_t width, bool color, struct mb_buf *out)
{
    const struct mb_choice *choice = report->choice;
    if (choice == NULL) {
        return;
    }
    struct mb_report_choice_table cells;
    mb_report_choice_fill(arena, report, &cells);
    mb_buf_append_string(out, "\nWhich one to start with\n\n  ");
    line_print(choice->answer, out);
    mb_buf_append_char(out, '\n');
    struct mb_table table;
    mb_table_init(&table, arena, cells.columns);
    for (size_t i = 0; i < cells.rows * cells.columns; i++) {
        const enum mb_choice_state *state = cells.states[i / cells.columns];
        bool limits = i % cells.columns == 2 && state != NULL;
        enum mb_table_style style = i < cells.columns ? MB_TABLE_FAINT : MB_TABLE_PLAIN;
        if (limits && *state != MB_CHOICE_UNDECIDED) {
            style = *state == MB_CHOICE_MEETS ? MB_TABLE_GOOD : MB_TABLE_BAD;
        }
        mb_table_add(&table, style, cells.cells[i]);
    }
    mb_table_print(&table, 4, width, color, out);
    size_t count = 0;
    const char **lines = mb_report_choice_limits(arena, report, &count);
    for (size_t i = 0; i < count; i++) {
        mb_buf_append_string(out, i == 0 ? "\n  Limits that are not surely kept:\n" : "");
        mb_buf_append_string(out, "    ");
        line_print(lines[i], out);
    }
    for (size_t i = 0; i < choice->unknown_count; i++) {
        mb_buf_append_string(out, i == 0 ? "\n  What the data cannot tell:\n" : "");
        mb_buf_append_string(out, "    ");
        line_print(choice->unknown[i], out);
    }
    mb_buf_append_string(out, "\n  ");
    line_print(mb_report_choice_legend(arena, report), out);
}

static void list_print(const char *title, const char *const *lines, size_t count,
                       struct mb_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        mb_buf_print(out, "%s%s%s- ", i == 0 ? "\n" : "", i == 0 ? title : "",
                     i == 0 ? "\n\n" : "");
        mb_escape_markdown(out, lines[i]);
        mb_buf_append_char(out, '\n');
    }
}

void mb_report_choice_markdown(struct mb_arena *arena,
                               const struct mb_compare_report *report, struct mb_buf *out)
{
    const struct mb_choice *choice = report->choice;
    if (choice == NULL) {
        return;
    }
    struct mb_report_choice_table table;
    mb_report_choice_fill(arena, report, &table);
    mb_buf_append_string(out, "\n#### Which one to start with\n\n**");
    mb_escape_markdown(out, choice->answer);
    mb_buf_append_string(out, "**\n\n");
    for (size_t row = 0; row < table.rows; row++) {
        mb_buf_append_char(out, '|');
        for (size_t i = 0; i < table.columns; i++) {
            mb_buf_append_char(out, ' ');
            mb_escape_markdown(out, table.cells[row * table.columns + i]);
            mb_buf_append_string(out, " |");
        }
        mb_buf_append_string(out, "\n");
        for (size_t i = 0; row == 0 && i < table.columns; i++) {
            mb_buf_append_string(out, i == 0 ? "|---|" : "---:|");
        }
        mb_buf_append_string(out, row == 0 ? "\n" : "");
    }
    size_t count = 0;
    const char **lines = mb_report_choice_limits(arena, report, &count);
    list_print("Limits that are not surely kept:", lines, count, out);
    list_print("What the data cannot tell:", choice->unknown, choice->unknown_count, out);
    mb_buf_append_char(out, '\n');
    mb_escape_markdown(out, mb_report_choice_legend(arena, report));
    mb_buf_append_char(out, '\n');
}
