// The page's first half: what changes, gates, charts, cautions, differences.
#include "report/html_parts.h"

#include <string.h>

#include "format/emit.h"
#include "report/effect.h"
#include "report/escape.h"
#include "report/points.h"

static const char *cell_class(const struct mb_comparison *effect)
{
    if (effect == NULL || effect->aa) {
        return "number";
    }
    switch (effect->verdict) {
    case MB_COMPARE_BETTER:
        return "number good";
    case MB_COMPARE_WORSE:
        return "number bad";
    case MB_COMPARE_SAME:
    case MB_COMPARE_INCONCLUSIVE:
    case MB_COMPARE_INCOMPARABLE:
        return "number";
    }
    return "number";
}

static void row_print(const struct mb_html *html, const struct mb_effect_table *table,
                      size_t row)
{
    const struct mb_effect_cell *cells = &table->cells[row * table->columns];
    bool twin = cells[0].effect != NULL && cells[0].effect->aa;
    mb_buf_print(html->out, "<tr%s><th scope=\"row\">", twin ? " class=\"twin\"" : "");
    mb_escape_xml(html->out, cells[0].text);
    mb_buf_append_string(html->out, "</th>");
    for (size_t i = 1; i < table->columns; i++) {
        mb_buf_print(html->out, "<td class=\"%s\">", cell_class(cells[i].effect));
        mb_escape_xml(html->out, cells[i].text);
        mb_buf_append_string(html->out, "</td>");
    }
    mb_buf_append_string(html->out, "</tr>\n");
}

static size_t table_print(const struct mb_html *html, size_t start)
{
    struct mb_effect_table table;
    size_t next = mb_effect_table_fill(html->arena, html->page->report, start, &table);
    struct mb_buf columns = {0};
    for (size_t i = 0; i < table.columns; i++) {
        mb_buf_append_string(&columns, i > 0 ? "|#" : "");
        mb_escape_xml(&columns, i > 0 ? table.cells[i].text : "variant");
    }
    mb_html_table_open(html, table.title, mb_buf_string(&columns));
    mb_buf_release(&columns);
    for (size_t row = 1; row < table.rows; row++) {
        row_print(html, &table, row);
    }
    mb_html_table_close(html);
    return next;
}

void mb_html_effects(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    if (report->count == 0) {
        return;
    }
    mb_buf_print(html->out,
                 "<p>First row: the values of the baseline. Rows below: what changes, "
                 "with its %.3g%% interval%s. <b>~</b>: cannot tell.</p>\n",
                 report->confidence * 100.0,
                 mb_effect_paired(report) ? " over blocks, each paired with the baseline "
                                            "of its block"
                                          : " over trials");
    size_t tables = 0;
    size_t at = 0;
    while (at < report->count && tables < MB_HTML_TABLES_MAX) {
        if (mb_points_wants(html->arena, &report->comparisons[at].cell->point,
                            html->page->point)) {
            at = table_print(html, at);
            tables++;
        } else {
            at++;
        }
    }
    const char *left_out = mb_effect_left_out(html->arena, report);
    if (left_out != NULL) {
        mb_buf_append_string(html->out, "<p>");
        mb_escape_xml(html->out, left_out);
        mb_buf_append_string(html->out, "</p>\n");
    }
    mb_html_rest(
        html, at, report->count,
        "comparisons; others: --point TEXT; all: meshbench compare --format csv");
}

void mb_html_gates(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    if (report->gate_count == 0) {
        return;
    }
    mb_html_table_open(html, "Gates of the spec, decided on intervals",
                       "state|metric|variant|load point|found, limit");
    size_t shown = mb_html_shown(report->gate_count);
    for (size_t i = 0; i < shown; i++) {
        const struct mb_compare_gate *gate = &report->gates[i];
        char text[MB_EFFECT_TEXT];
        mb_effect_gate_text(gate, text, sizeof text);
        bool failed = gate->state == MB_COMPARE_GATE_FAILED;
        bool passed = gate->state == MB_COMPARE_GATE_PASSED;
        mb_buf_print(html->out, "<tr><th scope=\"row\" class=\"%s\">%s</th><td>",
                     failed   ? "bad"
                     : passed ? "good"
                              : "open",
                     mb_compare_gate_name(gate->state));
        mb_escape_xml(html->out, gate->metric);
        mb_buf_append_string(html->out, "</td><td class=\"name\">");
        mb_escape_xml(html->out, gate->cell->variant);
        if (gate->against != NULL) {
            mb_buf_append_string(html->out, " against ");
            mb_escape_xml(html->out, gate->against);
        }
        mb_buf_append_string(html->out, "</td><td>");
        mb_escape_xml(html->out, mb_point_title(html->arena, &gate->cell->point));
        mb_buf_append_string(html->out, "</td><td>");
        mb_escape_xml(html->out, text);
        if (gate->reason != NULL) {
            mb_buf_append_string(html->out, ": ");
            mb_escape_xml(html->out, gate->reason);
        }
        mb_buf_append_string(html->out, "</td></tr>\n");
    }
    mb_html_table_close(html);
    mb_html_rest(html, shown, report->gate_count,
                 "gates; all: meshbench compare --format json");
}

static void undecided_print(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    size_t seen = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct mb_comparison *effect = &report->comparisons[i];
        bool open = effect->verdict == MB_COMPARE_INCONCLUSIVE ||
                    effect->verdict == MB_COMPARE_INCOMPARABLE;
        if (!effect->primary || !open || effect->reason_count == 0) {
            continue;
        }
        if (seen >= MB_HTML_ROWS_MAX) {
            seen++;
            continue;
        }
        mb_buf_append_string(
            html->out, seen++ == 0 ? "<h3>What the data cannot tell</h3>\n<ul>\n" : "");
        struct mb_buf text = {0};
        mb_buf_print(&text, "%s, %s, %s: %s", mb_effect_subject(html->arena, effect),
                     effect->metric.name,
                     mb_point_title(html->arena, &effect->cell->point),
                     effect->reasons[0]);
        mb_html_element(html, "li", mb_buf_string(&text));
        mb_buf_release(&text);
    }
    mb_buf_append_string(html->out, seen > 0 ? "</ul>\n" : "");
    mb_html_rest(html, mb_html_shown(seen), seen,
                 "undecided comparisons; all: meshbench compare --format json");
}

void mb_html_cautions(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    size_t shown = mb_html_shown(report->note_count);
    for (size_t i = 0; i < shown; i++) {
        mb_buf_print(html->out, "%s<li><code>%s</code> ", i == 0 ? "<ul>\n" : "",
                     report->notes[i].code);
        mb_escape_xml(html->out, report->notes[i].message);
        mb_buf_append_string(html->out, "</li>\n");
    }
    mb_buf_append_string(html->out, report->note_count > 0 ? "</ul>\n" : "");
    mb_html_rest(html, shown, report->note_count,
                 "notes; all: meshbench compare --format json");
    undecided_print(html);
}

static void value_print(const struct mb_html *html, const struct mb_node *node)
{
    struct mb_buf text = {0};
    if (node != NULL) {
        mb_emit_json_compact(node, &text);
    }
    mb_buf_append_string(html->out, "</td><td>");
    mb_escape_xml(html->out, node != NULL ? mb_buf_string(&text) : "-");
    mb_buf_release(&text);
}

void mb_html_differences(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    if (report->side_count < 2) {
        return;
    }
    if (report->difference_count == 0) {
        mb_html_element(html, "p", "Nothing differs between these results.");
        return;
    }
    mb_html_table_open(html, "Each later result against the first one",
                       "what|class|first|later|later result");
    size_t shown = mb_html_shown(report->difference_count);
    for (size_t i = 0; i < shown; i++) {
        const struct mb_compare_difference *difference = &report->differences[i];
        mb_buf_append_string(html->out, "<tr><th scope=\"row\">");
        mb_escape_xml(html->out, difference->path);
        mb_buf_print(html->out, "</th><td%s>%s%s",
                     difference->class == MB_COMPARE_DISQUALIFYING ? " class=\"bad\""
                                                                   : "",
                     mb_compare_class_name(difference->class),
                     difference->allowed ? ", allowed" : "");
        value_print(html, difference->left);
        value_print(html, difference->right);
        mb_buf_append_string(html->out, "</td><td class=\"name\">");
        mb_escape_xml(html->out, report->sides[difference->side].name);
        mb_buf_append_string(html->out, "</td></tr>\n");
    }
    mb_html_table_close(html);
    mb_html_rest(html, shown, report->difference_count,
                 "differences; all: meshbench compare --format json");
}
