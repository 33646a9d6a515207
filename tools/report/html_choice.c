// The page's answer to an operator's first question: which one to start with.
#include "report/choice.h"
#include "report/escape.h"
#include "report/html_parts.h"

static const char *state_class(enum mb_choice_state state)
{
    switch (state) {
    case MB_CHOICE_MEETS:
        return "number good";
    case MB_CHOICE_FAILS:
        return "number bad";
    case MB_CHOICE_UNDECIDED:
        return "number";
    }
    return "number";
}

static void table_print(const struct mb_html *html)
{
    struct mb_report_choice_table table;
    struct mb_buf columns = {0};
    mb_report_choice_fill(html->arena, html->page->report, &table);
    for (size_t i = 0; i < table.columns; i++) {
        mb_buf_append_string(&columns, i > 0 ? "|#" : "");
        mb_escape_xml(&columns, table.cells[i]);
    }
    mb_html_table_open(html, "Variants by what they cost", mb_buf_string(&columns));
    mb_buf_release(&columns);
    for (size_t row = 1; row < table.rows; row++) {
        mb_buf_append_string(html->out, "<tr><th scope=\"row\">");
        mb_escape_xml(html->out, table.cells[row * table.columns]);
        mb_buf_append_string(html->out, "</th>");
        for (size_t i = 1; i < table.columns; i++) {
            mb_buf_print(html->out, "<td class=\"%s\">",
                         i == 2 ? state_class(*table.states[row]) : "number");
            mb_escape_xml(html->out, table.cells[row * table.columns + i]);
            mb_buf_append_string(html->out, "</td>");
        }
        mb_buf_append_string(html->out, "</tr>\n");
    }
    mb_html_table_close(html);
}

static void list_print(const struct mb_html *html, const char *title,
                       const char *const *lines, size_t count)
{
    if (count == 0) {
        return;
    }
    mb_html_element(html, "h3", title);
    mb_buf_append_string(html->out, "<ul>\n");
    for (size_t i = 0; i < count; i++) {
        mb_html_element(html, "li", lines[i]);
    }
    mb_buf_append_string(html->out, "</ul>\n");
}

void mb_html_choice(const struct mb_html *html)
{
    const struct mb_choice *choice = html->page->report->choice;
    if (choice == NULL) {
        return;
    }
    mb_buf_append_string(html->out, "<p class=\"answer\">");
    mb_escape_xml(html->out, choice->answer);
    mb_buf_append_string(html->out, "</p>\n");
    table_print(html);
    size_t count = 0;
    const char **lines = mb_report_choice_limits(html->arena, html->page->report, &count);
    list_print(html, "Limits that are not surely kept", lines, count);
    list_print(html, "What the data cannot tell", choice->unknown, choice->unknown_count);
    mb_html_element(html, "p", mb_report_choice_legend(html->arena, html->page->report));
}
