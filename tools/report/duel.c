#include "report/duel.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "report/compare.h"
#include "report/effect.h"
#include "report/escape.h"
#include "report/table.h"

enum { COLUMNS = 6 };

static const char *const titles[COLUMNS] = {"", "base", "head", "worse by", "bounds", ""};

static const char *answer_words(const struct mb_report_duel *report)
{
    switch (report->duel->answer) {
    case MB_DUEL_GOOD:
        return "good: head is not worse than base";
    case MB_DUEL_WORSE:
        return "bad: head is worse than base";
    case MB_DUEL_OPEN:
        return "cannot tell whether head is worse than base";
    }
    return "";
}

static const char *headline(struct mb_arena *arena, const struct mb_report_duel *report)
{
    return mb_arena_print(arena, "%s (%d of at most %d blocks, %.3g%% confidence)",
                          answer_words(report), report->blocks, report->at_most,
                          report->confidence * 100.0);
}

static const char *label(struct mb_arena *arena, const struct mb_duel_effect *effect)
{
    char metric[MB_EFFECT_TEXT];
    mb_effect_metric_label(&effect->effect->metric, metric, sizeof metric);
    return mb_arena_copy_string(arena, metric);
}

// Where the effects of another load point begin.
static size_t point_end(const struct mb_duel *duel, size_t start)
{
    const struct mb_point *point = &duel->effects[start].effect->cell->point;
    size_t end = start + 1;
    while (end < duel->count &&
           mb_point_equal(&duel->effects[end].effect->cell->point, point)) {
        end++;
    }
    return end;
}

static const char *value_text(struct mb_arena *arena, const struct mb_duel_effect *effect,
                              const struct mb_value *value)
{
    struct mb_effect_scale scale = mb_effect_scale(effect->effect);
    char text[MB_EFFECT_TEXT];
    mb_effect_value_text(value, &scale, text, sizeof text);
    return value->state == MB_VALUE_KNOWN
               ? mb_arena_print(arena, "%s %s", text, scale.unit)
               : mb_arena_copy_string(arena, text);
}

// Percent: of the base, or (error ratio) of all requests.
static const char *share_text(struct mb_arena *arena, double value)
{
    return isnan(value) ? "-" : mb_arena_print(arena, "%+.2f%%", value * 100.0);
}

static const char *bounds_text(struct mb_arena *arena,
                               const struct mb_duel_effect *effect)
{
    return isnan(effect->at_least)
               ? "-"
               : mb_arena_print(arena, "%s to %s", share_text(arena, effect->at_least),
                                share_text(arena, effect->at_most));
}

static const char *verdict_text(struct mb_arena *arena,
                                const struct mb_duel_effect *effect)
{
    switch (effect->answer) {
    case MB_DUEL_GOOD:
        return effect->at_most < 0.0
                   ? "better"
                   : mb_arena_print(arena, "within %.3g%%", effect->margin * 100.0);
    case MB_DUEL_WORSE:
        return "worse";
    case MB_DUEL_OPEN:
        return effect->reason != NULL ? effect->reason : "open";
    }
    return "";
}

static void row_fill(struct mb_arena *arena, const struct mb_duel_effect *effect,
                     const char *row[COLUMNS])
{
    row[0] = label(arena, effect);
    row[1] = value_text(arena, effect, &effect->effect->baseline_value);
    row[2] = value_text(arena, effect, &effect->effect->value);
    row[3] = share_text(arena, effect->worse);
    row[4] = bounds_text(arena, effect);
    row[5] = verdict_text(arena, effect);
}

static enum mb_table_style style_of(enum mb_duel_answer answer)
{
    switch (answer) {
    case MB_DUEL_GOOD:
        return MB_TABLE_GOOD;
    case MB_DUEL_WORSE:
        return MB_TABLE_BAD;
    case MB_DUEL_OPEN:
        return MB_TABLE_PLAIN;
    }
    return MB_TABLE_PLAIN;
}

static void point_fill(struct mb_arena *arena, const struct mb_duel *duel, size_t start,
                       size_t end, struct mb_table *table)
{
    mb_table_init(table, arena, COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++) {
        mb_table_add(table, MB_TABLE_FAINT, titles[i]);
    }
    for (size_t i = start; i < end; i++) {
        const struct mb_duel_effect *effect = &duel->effects[i];
        const char *row[COLUMNS];
        row_fill(arena, effect, row);
        for (size_t k = 0; k < COLUMNS; k++) {
            mb_table_add(table, k < 3 ? MB_TABLE_PLAIN : style_of(effect->answer),
                         row[k]);
        }
    }
}

static void side_print(const char *label_text, const char *text, struct mb_buf *out)
{
    if (text != NULL) {
        mb_buf_print(out, "%s: ", label_text);
        mb_text_show(text, strlen(text), "", out);
        mb_buf_append_char(out, '\n');
    }
}

void mb_report_duel_text(struct mb_arena *arena, const struct mb_report_duel *report,
                         size_t width, bool color, struct mb_buf *out)
{
    mb_buf_print(out, "%s\n", headline(arena, report));
    for (size_t start = 0; start < report->duel->count;) {
        const struct mb_cell *cell = report->duel->effects[start].effect->cell;
        const char *title = mb_point_title(arena, &cell->point);
        size_t end = point_end(report->duel, start);
        struct mb_table table;
        mb_buf_append_string(out, "\n  ");
        mb_text_show(title, strlen(title), "", out);
        mb_buf_append_char(out, '\n');
        point_fill(arena, report->duel, start, end, &table);
        mb_table_print(&table, 4, width, color, out);
        start = end;
    }
    mb_buf_append_char(out, '\n');
    side_print("base", report->base, out);
    side_print("head", report->head, out);
    side_print("result", report->result, out);
}

static void markdown_row(const char *const row[COLUMNS], bool strong, struct mb_buf *out)
{
    mb_buf_append_char(out, '|');
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *mark = strong && i >= 3 ? "**" : "";
        mb_buf_print(out, " %s", mark);
        mb_escape_markdown(out, row[i]);
        mb_buf_print(out, "%s |", mark);
    }
    mb_buf_append_char(out, '\n');
}

void mb_report_duel_markdown(struct mb_arena *arena, const struct mb_report_duel *report,
                             struct mb_buf *out)
{
    const struct mb_duel *duel = report->duel;
    mb_buf_append_string(out, "### ");
    mb_escape_markdown(out, headline(arena, report));
    mb_buf_append_char(out, '\n');
    for (size_t start = 0; start < duel->count;) {
        size_t end = point_end(duel, start);
        mb_buf_append_string(out, "\n#### ");
        mb_escape_markdown(
            out, mb_point_title(arena, &duel->effects[start].effect->cell->point));
        mb_buf_append_string(out, "\n\n");
        markdown_row(titles, false, out);
        mb_buf_append_string(out, "|---|---:|---:|---:|---:|---|\n");
        for (; start < end; start++) {
            const char *row[COLUMNS];
            row_fill(arena, &duel->effects[start], row);
            markdown_row(row, duel->effects[start].answer == MB_DUEL_WORSE, out);
        }
    }
    mb_buf_append_string(out, "\nbase: ");
    mb_escape_markdown(out, report->base);
    mb_buf_append_string(out, ", head: ");
    mb_escape_markdown(out, report->head);
    mb_buf_append_char(out, '\n');
}

static struct mb_node *effect_node(struct mb_arena *arena,
                                   const struct mb_duel_effect *effect)
{
    const struct mb_comparison *from = effect->effect;
    double scale = mb_report_compare_scale(from->metric.unit);
    struct mb_node *map = mb_node_map(arena);
    const struct mb_value *values[] = {&from->baseline_value, &from->value};
    static const char *const keys[] = {"base_value", "head_value"};
    mb_node_put(arena, map, "metric", mb_node_string(arena, from->metric.name));
    mb_node_put(arena, map, "point",
                mb_node_string(arena, mb_point_id(arena, &from->cell->point)));
    mb_node_put(arena, map, "unit",
                mb_node_string(arena, mb_report_compare_unit(from->metric.unit)));
    for (size_t i = 0; i < 2; i++) {
        bool known = values[i]->state == MB_VALUE_KNOWN;
        mb_node_put(arena, map, keys[i],
                    known ? mb_node_float(arena, values[i]->value * scale)
                          : mb_node_null(arena));
    }
    mb_node_put(arena, map, "relative", mb_node_bool(arena, effect->relative));
    mb_node_put(arena, map, "worse", mb_node_float(arena, effect->worse));
    mb_node_put(arena, map, "worse_at_least", mb_node_float(arena, effect->at_least));
    mb_node_put(arena, map, "worse_at_most", mb_node_float(arena, effect->at_most));
    mb_node_put(arena, map, "margin", mb_node_float(arena, effect->margin));
    mb_node_put(arena, map, "answer",
                mb_node_string(arena, mb_duel_answer_name(effect->answer)));
    mb_node_put(arena, map, "reason", mb_node_string(arena, effect->reason));
    return map;
}

struct mb_node *mb_report_duel_node(struct mb_arena *arena,
                                    const struct mb_report_duel *report)
{
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *effects = mb_node_list(arena);
    for (size_t i = 0; i < report->duel->count; i++) {
        mb_node_push(arena, effects, effect_node(arena, &report->duel->effects[i]));
    }
    mb_node_put(arena, map, "meshbench", mb_node_string(arena, "v1"));
    mb_node_put(arena, map, "kind", mb_node_string(arena, "duel"));
    mb_node_put(arena, map, "answer",
                mb_node_string(arena, mb_duel_answer_name(report->duel->answer)));
    mb_node_put(arena, map, "base", mb_node_string(arena, report->base));
    mb_node_put(arena, map, "head", mb_node_string(arena, report->head));
    mb_node_put(arena, map, "result", mb_node_string(arena, report->result));
    mb_node_put(arena, map, "blocks", mb_node_int(arena, report->blocks));
    mb_node_put(arena, map, "blocks_at_most", mb_node_int(arena, report->at_most));
    mb_node_put(arena, map, "looks", mb_node_int(arena, (int64_t)report->looks));
    mb_node_put(arena, map, "confidence", mb_node_float(arena, report->confidence));
    mb_node_put(arena, map, "effects", effects);
    return map;
}
