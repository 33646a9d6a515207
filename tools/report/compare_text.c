// Terminal form of a comparison.
#include "report/compare.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "format/emit.h"
#include "report/choice.h"
#include "report/effect.h"
#include "report/table.h"

// At most this many "cannot tell yet" lines; the rest is counted.
enum { UNDECIDED_MAX = 6 };

// In arena: text from outside that a terminal obeys nothing in.
static const char *shown(struct mb_arena *arena, const char *text)
{
    struct mb_buf safe = {0};
    mb_text_show(text, strlen(text), "", &safe);
    const char *copy = mb_arena_copy_string(arena, mb_buf_string(&safe));
    mb_buf_release(&safe);
    return copy;
}

static enum mb_table_style verdict_style(const struct mb_comparison *effect)
{
    if (effect->aa) {
        return MB_TABLE_FAINT;
    }
    switch (effect->verdict) {
    case MB_COMPARE_BETTER:
        return MB_TABLE_GOOD;
    case MB_COMPARE_WORSE:
        return MB_TABLE_BAD;
    case MB_COMPARE_SAME:
    case MB_COMPARE_INCONCLUSIVE:
    case MB_COMPARE_INCOMPARABLE:
        return MB_TABLE_PLAIN;
    }
    return MB_TABLE_PLAIN;
}

static const char *point_shown(struct mb_arena *arena, const struct mb_cell *cell)
{
    return shown(arena, mb_point_title(arena, &cell->point));
}

// Where a comparison is printed to.
struct page {
    struct mb_arena *arena;
    const struct mb_compare_report *report;
    size_t width;
    bool color;
    struct mb_buf *out;
};

// Prints the table of the point that starts at `start`; returns where the next one
// starts.
static size_t point_print(const struct page *page, size_t start)
{
    struct mb_effect_table effects;
    size_t next = mb_effect_table_fill(page->arena, page->report, start, &effects);
    mb_buf_print(page->out, "\n  %s\n", shown(page->arena, effects.title));
    struct mb_table table;
    mb_table_init(&table, page->arena, effects.columns);
    for (size_t i = 0; i < effects.rows * effects.columns; i++) {
        const struct mb_effect_cell *cell = &effects.cells[i];
        enum mb_table_style style = MB_TABLE_PLAIN;
        if (i > 0 && i < effects.columns) {
            style = MB_TABLE_FAINT;
        } else if (cell->effect != NULL) {
            bool label = i % effects.columns == 0 && !cell->effect->aa;
            style = label ? MB_TABLE_PLAIN : verdict_style(cell->effect);
        }
        mb_table_add(&table, style, cell->text);
    }
    mb_table_print(&table, 4, page->width, page->color, page->out);
    return next;
}

static size_t blocks_most(const struct mb_compare_report *report)
{
    size_t most = 0;
    for (size_t i = 0; i < report->count; i++) {
        most =
            report->comparisons[i].blocks > most ? report->comparisons[i].blocks : most;
    }
    return most;
}

static void side_print(struct mb_arena *arena, const struct mb_compare_side *side,
                       struct mb_buf *out)
{
    const struct mb_result *result = side->result;
    char duration[32] = "time not known";
    if (result->started_unix_ns > 0) {
        mb_units_show(MB_UNIT_DURATION,
                      (double)(result->finished_unix_ns - result->started_unix_ns),
                      duration, sizeof duration);
    }
    const char *name = result->spec_name != NULL ? result->spec_name : side->name;
    const char *host = mb_effect_fact(result, "environment.host.cpu_model");
    mb_buf_print(out, "%s  ·  %zu cell%s  ·  %s%s%s%s\n", shown(arena, name),
                 result->cell_count, result->cell_count == 1 ? "" : "s", duration,
                 result->complete ? "" : ", not complete", host != NULL ? "  ·  " : "",
                 host != NULL ? shown(arena, host) : "");
}

static void head_print(const struct page *page)
{
    const struct mb_compare_report *report = page->report;
    for (size_t i = 0; i < report->side_count; i++) {
        if (report->side_count > 1) {
            mb_buf_print(page->out, "%s: ", shown(page->arena, report->sides[i].name));
        }
        side_print(page->arena, &report->sides[i], page->out);
    }
    mb_report_choice_text(page->arena, report, page->width, page->color, page->out);
    const char *baseline = shown(page->arena, report->baseline);
    if (report->by != NULL) {
        mb_buf_print(page->out,
                     "\nWhat each variant adds to the '%s' of its own run, by %s\n",
                     baseline, shown(page->arena, report->by));
    } else if (report->side_count == 1) {
        size_t blocks = blocks_most(report);
        mb_buf_print(page->out,
                     "\nWhat each variant adds to '%s', over %zu block%s of one run\n",
                     baseline, blocks, blocks == 1 ? "" : "s");
    } else {
        mb_buf_print(
            page->out,
            "\nWhat changed since '%s'; below it, what changed in what the variant "
            "adds to '%s'\n",
            shown(page->arena, report->sides[0].name), baseline);
    }
}

static const char *value_show(struct mb_arena *arena, const struct mb_node *node)
{
    struct mb_buf text = {0};
    if (node == NULL) {
        return "-";
    }
    mb_emit_json_compact(node, &text);
    const char *copy = mb_arena_copy_string(arena, mb_buf_string(&text));
    mb_buf_release(&text);
    return copy;
}

// What differs between these results? Harmless differences are left to the JSON.
static void differences_print(const struct page *page)
{
    const struct mb_compare_report *report = page->report;
    struct mb_arena *arena = page->arena;
    struct mb_buf *out = page->out;
    struct mb_table table;
    bool several = report->side_count > 2; // then it has to be said which one
    const char *const titles[] = {"what", "first", "later", "class", "later result"};
    mb_table_init(&table, arena, several ? 5 : 4);
    table.left = true;
    size_t seen = 0;
    for (size_t i = 0; i < report->difference_count; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        if (difference->class == MB_COMPARE_HARMLESS) {
            continue;
        }
        bool bad = difference->class == MB_COMPARE_DISQUALIFYING;
        for (size_t j = 0; seen == 0 && j < table.columns; j++) {
            mb_table_add(&table, MB_TABLE_FAINT, titles[j]);
        }
        seen++;
        mb_table_add(&table, MB_TABLE_PLAIN, difference->path);
        mb_table_add(&table, MB_TABLE_PLAIN, value_show(arena, difference->left));
        mb_table_add(&table, MB_TABLE_PLAIN, value_show(arena, difference->right));
        mb_table_add(&table, bad ? MB_TABLE_BAD : MB_TABLE_PLAIN,
                     difference->allowed ? "disqualifying, allowed"
                                         : mb_compare_class_name(difference->class));
        if (several) {
            mb_table_add(&table, MB_TABLE_PLAIN, report->sides[difference->side].name);
        }
    }
    if (seen > 0) {
        mb_buf_append_string(out, "\nWhat differs between these results:\n");
        mb_table_print(&table, 2, page->width, page->color, out);
    } else if (report->side_count > 1) {
        mb_buf_append_string(out,
                             "\nNothing that matters differs between these results.\n");
    }
}

static void undecided_print(const struct mb_compare_report *report,
                            struct mb_arena *arena, struct mb_buf *out)
{
    size_t seen = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        bool open = effect->verdict == MB_COMPARE_INCONCLUSIVE ||
                    effect->verdict == MB_COMPARE_INCOMPARABLE;
        if (!effect->primary || !open || effect->reason_count == 0) {
            continue;
        }
        if (seen++ == 0) {
            mb_buf_append_string(out, "\nCannot tell:\n");
        }
        if (seen <= UNDECIDED_MAX) {
            mb_buf_print(out, "  %s, %s, %s: %s\n",
                         shown(arena, mb_effect_subject(arena, effect)),
                         effect->metric.name, point_shown(arena, effect->cell),
                         shown(arena, effect->reasons[0]));
        }
    }
    if (seen > UNDECIDED_MAX) {
        mb_buf_print(out, "  and %zu more (--format json has all)\n",
                     seen - UNDECIDED_MAX);
    }
}

// One line for each gate that did not pass, and a count.
static void gates_print(const struct mb_compare_report *report, struct mb_arena *arena,
                        bool color, struct mb_buf *out)
{
    size_t states[3] = {0};
    for (size_t i = 0; i < report->gate_count; i++) {
        states[report->gates[i].state]++;
    }
    if (report->gate_count > 0) {
        mb_buf_print(out, "\nGates: %zu passed, %zu failed, %zu undecided\n", states[0],
                     states[1], states[2]);
    }
    for (size_t i = 0; i < report->gate_count; i++) {
        const struct mb_compare_gate *gate = &report->gates[i];
        if (gate->state == MB_COMPARE_GATE_PASSED) {
            continue;
        }
        bool failed = gate->state == MB_COMPARE_GATE_FAILED;
        char text[MB_EFFECT_TEXT];
        mb_effect_gate_text(gate, text, sizeof text);
        mb_buf_print(
            out, "  %s%s%s  %s, %s%s%s, %s: %s%s%s\n", failed && color ? "\x1b[31m" : "",
            mb_compare_gate_name(gate->state), failed && color ? "\x1b[0m" : "",
            gate->metric, shown(arena, gate->cell->variant),
            gate->against != NULL ? " against " : "",
            gate->against != NULL ? shown(arena, gate->against) : "",
            point_shown(arena, gate->cell), text, gate->reason != NULL ? ": " : "",
            gate->reason != NULL ? gate->reason : "");
    }
}

static void foot_print(const struct mb_compare_report *report, struct mb_arena *arena,
                       struct mb_buf *out)
{
    for (size_t i = 0; i < report->note_count; i++) {
        mb_buf_print(out, "%s  %s: %s\n", i == 0 ? "\nWorth knowing:\n" : "",
                     report->notes[i].code, shown(arena, report->notes[i].message));
    }
    mb_buf_print(out, "\n±, or (low to high): %.3g%% interval over %s\n",
                 report->confidence * 100.0,
                 mb_effect_paired(report)
                     ? "blocks, each paired with the baseline of its block."
                     : "trials (Welch); runs are not paired.");
    mb_buf_print(
        out,
        "worse, better: certain at that level (%zu primary comparison%s, corrected "
        "by Holm) and\nlarger than the noise floor, which is how far '%s' differs "
        "from itself. ~: cannot tell.\n",
        report->family, report->family == 1 ? "" : "s", shown(arena, report->baseline));
}

void mb_report_compare_text(struct mb_arena *arena,
                            const struct mb_compare_report *report, size_t width,
                            bool color, struct mb_buf *out)
{
    const struct page page = {
        .arena = arena, .report = report, .width = width, .color = color, .out = out};
    head_print(&page);
    for (size_t at = 0; at < report->count;) {
        at = point_print(&page, at);
    }
    const char *left_out = mb_effect_left_out(arena, report);
    if (left_out != NULL) {
        mb_buf_print(out, "\n  %s\n", left_out);
    }
    differences_print(&page);
    gates_print(report, arena, color, out);
    undecided_print(report, arena, out);
    foot_print(report, arena, out);
}
