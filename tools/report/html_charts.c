// The page's pictures.
#include "report/html_parts.h"

#include <string.h>

#include "report/escape.h"

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
            mb_buf_append_string(html->out, i > 0 ? "</div>\n" : "");
            mb_html_element(html, "h3", heading);
            mb_buf_append_string(html->out, "<div class=\"charts\">\n");
        }
        chart_print(html, &charts->items[i]);
    }
    mb_buf_append_string(html->out, charts->count > 0 ? "</div>\n" : "");
}
