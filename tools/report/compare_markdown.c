// Markdown form of a comparison, as GitHub and GitLab show it.
#include "report/compare.h"

#include <string.h>

#include "format/emit.h"
#include "report/choice.h"
#include "report/effect.h"
#include "report/escape.h"
#include "report/headline.h"

// At most this many "cannot tell" lines; the rest is counted.
enum { UNDECIDED_MAX = 10 };

static void point_title_print(struct mb_arena *arena, const struct mb_cell *cell,
                              struct mb_buf *out)
{
    mb_escape_markdown(out, mb_point_title(arena, &cell->point));
}

static void row_print(const struct mb_effect_table *table, size_t row, struct mb_buf *out)
{
    mb_buf_append_char(out, '|');
    for (size_t i = 0; i < table->columns; i++) {
        const struct mb_effect_cell *cell = &table->cells[row * table->columns + i];
        bool strong = cell->effect != NULL && i > 0 && !cell->effect->aa &&
                      (cell->effect->verdict == MB_COMPARE_BETTER ||
                       cell->effect->verdict == MB_COMPARE_WORSE);
        mb_buf_append_string(out, strong ? " **" : " ");
        mb_escape_markdown(out, cell->text);
        mb_buf_append_string(out, strong ? "** |" : " |");
    }
    mb_buf_append_char(out, '\n');
}

static size_t table_print(struct mb_arena *arena, const struct mb_compare_report *report,
                          size_t start, struct mb_buf *out)
{
    struct mb_effect_table table;
    size_t next = mb_effect_table_fill(arena, report, start, &table);
    mb_buf_append_string(out, "\n#### ");
    mb_escape_markdown(out, table.title);
    mb_buf_append_string(out, "\n\n");
    row_print(&table, 0, out);
    mb_buf_append_string(out, "|---|");
    for (size_t i = 1; i < table.columns; i++) {
        mb_buf_append_string(out, "---:|");
    }
    mb_buf_append_char(out, '\n');
    for (size_t row = 1; row < table.rows; row++) {
        row_print(&table, row, out);
    }
    return next;
}

static void gates_print(struct mb_arena *arena, const struct mb_compare_report *report,
                        struct mb_buf *out)
{
    for (size_t i = 0; i < report->gate_count; i++) {
        const struct mb_compare_gate *gate = &report->gates[i];
        char text[MB_EFFECT_TEXT];
        mb_effect_gate_text(gate, text, sizeof text);
        mb_buf_print(out, "%s- **%s**: ", i == 0 ? "\n#### Gates\n\n" : "",
                     mb_compare_gate_name(gate->state));
        mb_escape_markdown(out, gate->metric);
        mb_buf_append_string(out, ", ");
        mb_escape_markdown(out, gate->cell->variant);
        if (gate->against != NULL) {
            mb_buf_append_string(out, " against ");
            mb_escape_markdown(out, gate->against);
        }
        mb_buf_append_string(out, ", ");
        point_title_print(arena, gate->cell, out);
        mb_buf_append_string(out, ": ");
        mb_escape_markdown(out, text);
        if (gate->reason != NULL) {
            mb_buf_append_string(out, ": ");
            mb_escape_markdown(out, gate->reason);
        }
        mb_buf_append_char(out, '\n');
    }
}

static void value_print(const struct mb_node *node, struct mb_buf *out)
{
    struct mb_buf text = {0};
    if (node != NULL) {
        mb_emit_json_compact(node, &text);
    }
    mb_escape_markdown(out, node != NULL ? mb_buf_string(&text) : "-");
    mb_buf_release(&text);
}

// Harmless differences are left to the JSON.
static void differences_print(const struct mb_compare_report *report, struct mb_buf *out)
{
    size_t seen = 0;
    for (size_t i = 0; i < report->difference_count; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        if (difference->class == MB_COMPARE_HARMLESS) {
            continue;
        }
        mb_buf_append_string(
            out, seen++ == 0 ? "\n#### What differs between the results\n"
                               "\n| what | first | later | class | later result |\n"
                               "|---|---|---|---|---|\n| "
                             : "| ");
        mb_escape_markdown(out, difference->path);
        mb_buf_append_string(out, " | ");
        value_print(difference->left, out);
        mb_buf_append_string(out, " | ");
        value_print(difference->right, out);
        mb_buf_print(out, " | %s%s | ", mb_compare_class_name(difference->class),
                     difference->allowed ? ", allowed" : "");
        mb_escape_markdown(out, report->sides[difference->side].name);
        mb_buf_append_string(out, " |\n");
    }
    if (seen == 0 && report->side_count > 1) {
        mb_buf_append_string(out,
                             "\nNothing that matters differs between these results.\n");
    }
}

static void undecided_print(struct mb_arena *arena,
                            const struct mb_compare_report *report, struct mb_buf *out)
{
    size_t seen = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        bool open = effect->verdict == MB_COMPARE_INCONCLUSIVE ||
                    effect->verdict == MB_COMPARE_INCOMPARABLE;
        if (!effect->primary || !open || effect->reason_count == 0) {
            continue;
        }
        mb_buf_append_string(out, seen == 0 ? "\n#### Cannot tell\n\n" : "");
        if (seen++ < UNDECIDED_MAX) {
            mb_buf_append_string(out, "- ");
            mb_escape_markdown(out, mb_effect_subject(arena, effect));
            mb_buf_append_string(out, ", ");
            mb_escape_markdown(out, effect->metric.name);
            mb_buf_append_string(out, ", ");
            point_title_print(arena, effect->cell, out);
            mb_buf_append_string(out, ": ");
            mb_escape_markdown(out, effect->reasons[0]);
            mb_buf_append_char(out, '\n');
        }
    }
    if (seen > UNDECIDED_MAX) {
        mb_buf_print(out, "- and %zu more\n", seen - UNDECIDED_MAX);
    }
}

static void foot_print(const struct mb_compare_report *report, struct mb_buf *out)
{
    for (size_t i = 0; i < report->note_count; i++) {
        mb_buf_print(out, "%s- %s: ", i == 0 ? "\n#### Worth knowing\n\n" : "",
                     report->notes[i].code);
        mb_escape_markdown(out, report->notes[i].message);
        mb_buf_append_char(out, '\n');
    }
    mb_buf_print(
        out,
        "\n±, or (low to high): %.3g%% interval over %s. Worse, better: certain at that "
        "level "
        "(%zu primary comparison%s, corrected by Holm) and larger than the noise floor. "
        "~: cannot tell.\n\n",
        report->confidence * 100.0,
        mb_effect_paired(report) ? "blocks, each paired with the baseline of its block"
                                 : "trials (Welch); runs are not paired",
        report->family, report->family == 1 ? "" : "s");
    for (size_t i = 0; i < report->side_count; i++) {
        mb_buf_append_string(out, "- ");
        mb_escape_markdown(out, report->sides[i].name);
        mb_buf_print(out, ", SHA-256 `%s`\n", report->sides[i].digest);
    }
}

void mb_report_compare_markdown(struct mb_arena *arena,
                                const struct mb_compare_report *report,
                                struct mb_buf *out)
{
    const struct mb_result *first = report->sides[0].result;
    mb_buf_append_string(out, "### ");
    mb_escape_markdown(out, first->spec_name != NULL ? first->spec_name
                                                     : report->sides[0].name);
    mb_buf_append_string(out, "\n\n");
    mb_escape_markdown(out, mb_headline(arena, report));
    mb_buf_append_char(out, '\n');
    mb_report_choice_markdown(arena, report, out);
    for (size_t at = 0; at < report->count;) {
        at = table_print(arena, report, at, out);
    }
    const char *left_out = mb_effect_left_out(arena, report);
    if (left_out != NULL) {
        mb_buf_append_char(out, '\n');
        mb_escape_markdown(out, left_out);
        mb_buf_append_char(out, '\n');
    }
    gates_print(arena, report, out);
    differences_print(report, out);
    undecided_print(arena, report, out);
    foot_print(report, out);
}
