// The page's first half: what changes, gates, charts, cautions, differences.
#include "report/html_parts.h"

#include <string.h>

#include "format/emit.h"
#include "report/effect.h"
#include "report/escape.h"

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
    for (size_t at = 0; at < report->count;) {
        at = table_print(html, at);
    }
}

void mb_html_gates(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    if (report->gate_count == 0) {
        return;
    }
    mb_html_table_open(html, "Gates of the spec, decided on intervals",
                       "state|metric|variant|load point|found, limit");
    for (size_t i = 0; i < report->gate_count; i++) {
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
}

// gnuplot gives the same ids to the parts of every picture; a page needs them different.
static void svg_print(const struct mb_html *html, const struct mb_chart *chart)
{
    static const char *const marks[] = {"id='", "id=\"", "href='#", "href=\"#", "url(#"};
    const char *at = strstr(chart->svg, "<svg");
    bool first = true;
    while (at != NULL && *at != '\0') {
        size_t mark = 0;
        while (mark < sizeof marks / sizeof *marks &&
               strncmp(at, marks[mark], strlen(marks[mark])) != 0) {
            mark++;
        }
        if (first) {
            mb_buf_append_string(html->out, "<svg role=\"img\" aria-label=\"");
            mb_escape_xml(html->out, chart->title);
            mb_buf_append_string(html->out, ". ");
            mb_escape_xml(html->out, chart->text);
            mb_buf_append_string(html->out, "\"");
            at += strlen("<svg");
            first = false;
        } else if (mark < sizeof marks / sizeof *marks) {
            mb_buf_print(html->out, "%s%s-", marks[mark], chart->stem);
            at += strlen(marks[mark]);
        } else {
            mb_buf_append_char(html->out, *at++);
        }
    }
}

static void chart_print(const struct mb_html *html, const struct mb_chart *chart)
{
    mb_buf_append_string(html->out, "<figure><div class=\"chart\" tabindex=\"0\" "
                                    "role=\"region\" aria-label=\"");
    mb_escape_xml(html->out, chart->title);
    mb_buf_append_string(html->out, "\">\n");
    if (chart->svg != NULL) {
        svg_print(html, chart);
    } else {
        mb_html_element(html, "p", "gnuplot could not draw this picture.");
    }
    mb_buf_append_string(html->out, "</div>\n");
    mb_html_element(html, "figcaption", chart->text);
    mb_buf_append_string(html->out, "</figure>\n");
}

void mb_html_charts(const struct mb_html *html)
{
    const struct mb_charts *charts = html->page->charts;
    const char *left_out = mb_charts_left_out(html->arena, charts);
    if (html->page->no_pictures != NULL) {
        mb_html_element(html, "p", html->page->no_pictures);
        return;
    }
    if (charts->count > 0) {
        mb_html_element(html, "p",
                        "A variant has the same colour, mark and line in all of them; "
                        "the baseline is grey.");
    }
    if (left_out != NULL) {
        mb_html_element(html, "p", left_out);
    }
    const char *heading = "";
    for (size_t i = 0; i < charts->count; i++) {
        if (charts->items[i].heading != heading) {
            heading = charts->items[i].heading;
            mb_html_element(html, "h3", heading);
        }
        chart_print(html, &charts->items[i]);
    }
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
}

void mb_html_cautions(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    for (size_t i = 0; i < report->note_count; i++) {
        mb_buf_print(html->out, "%s<li><code>%s</code> ", i == 0 ? "<ul>\n" : "",
                     report->notes[i].code);
        mb_escape_xml(html->out, report->notes[i].message);
        mb_buf_append_string(html->out, "</li>\n");
    }
    mb_buf_append_string(html->out, report->note_count > 0 ? "</ul>\n" : "");
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
    for (size_t i = 0; i < report->difference_count; i++) {
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
}
