#include "report/html.h"

#include <stdbool.h>
#include <string.h>

#include "report/escape.h"
#include "report/headline.h"
#include "report/html_parts.h"

// Every colour of text has a contrast of at least 4.5 on its background
// (tests/live/report-chromium.sh).
static const char style[] =
    ":root{color-scheme:light dark;--page:#fff;--box:#f6f7f9;--line:#d0d5db;"
    "--text:#1b1f24;--faint:#57606a;--good:#116329;--bad:#b42318;--link:#0550ae}"
    "@media(prefers-color-scheme:dark){:root{--page:#14171b;--box:#1d2126;"
    "--line:#3a4149;--text:#e6e8ea;--faint:#a3adb8;--good:#56d364;--bad:#ff8a80;"
    "--link:#79b8ff}}\n"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:84rem;padding:1.5rem 1rem 4rem;background:var(--page);"
    "color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}"
    "h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}"
    "h2{font-size:1.25rem;margin:2.6rem 0 .6rem;padding-top:.6rem;"
    "border-top:1px solid var(--line)}h3{font-size:1rem;margin:1.4rem 0 .4rem}"
    "a{color:var(--link)}.faint,caption,figcaption{color:var(--faint)}"
    ".answer{font-size:1.2rem;line-height:1.45;margin:1rem 0;padding:.9rem 1.1rem;"
    "background:var(--box);border-left:4px solid var(--link)}\n"
    ".box{overflow-x:auto;margin:.6rem 0 1.4rem}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.92rem;"
    "min-width:100%}caption{text-align:left;width:min(100%,100vw - 2.5rem);padding:0 0 "
    ".4rem}"
    "th,td{padding:.32rem .7rem;border-bottom:1px solid var(--line);text-align:left;"
    "vertical-align:top;overflow-wrap:normal}"
    "td{max-width:28rem}td.name,tbody th{overflow-wrap:anywhere;min-width:8rem}"
    "tbody th,thead th:first-child{position:sticky;left:0;background:var(--page)}"
    "thead th:first-child{background:var(--box)}"
    "thead th{background:var(--box);white-space:nowrap}"
    "tbody th{font-weight:600}td.number{text-align:right;white-space:nowrap}"
    "th.number{text-align:right}.good{color:var(--good);font-weight:600}"
    ".bad{color:var(--bad);font-weight:600}tr.twin>*{color:var(--faint)}\n"
    "p,li,dd,.answer{max-width:72rem}"
    ".charts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax("
    "min(100%,36rem),1fr));align-items:start}"
    "figure{margin:0;min-width:0;border:1px solid var(--line);padding:.6rem}"
    ".chart{overflow-x:auto}.chart svg{display:block;min-width:30rem;width:100%;"
    "max-width:720px;height:auto;margin:0 auto}"
    ".chart svg [fill=\"black\"]{fill:var(--text)}"
    ".chart svg [color=\"black\"]{color:var(--text)}"
    ".chart svg [stroke=\"black\"]{stroke:var(--text)}"
    "figcaption{font-size:.9rem;padding-top:.4rem}"
    "pre{background:var(--box);padding:.8rem;overflow-x:auto;font-size:.85rem;"
    "overflow-wrap:normal}code{font-size:.9em}nav ul{padding:0;list-style:none;"
    "display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}li{margin:.15rem 0}"
    ":focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
    "details{margin:.6rem 0}summary{cursor:pointer;font-weight:600;padding:.3rem 0}"
    "@media print{details::details-content{content-visibility:visible;display:block}"
    "body{max-width:none;font-size:10pt}nav{display:none}"
    ".box,.chart,pre{overflow:visible}pre{white-space:pre-wrap}"
    "figure,tr,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}"
    ".chart svg{min-width:0}thead{display:table-header-group}}\n";

struct section {
    const char *id;
    const char *title;
    void (*print)(const struct mb_html *html);
};

static const struct section sections[] = {
    {"choice", "Which one to start with", mb_html_choice},
    {"effects", "What changes", mb_html_effects},
    {"gates", "Gates", mb_html_gates},
    {"charts", "Charts", mb_html_charts},
    {"cautions", "Before you conclude", mb_html_cautions},
    {"differences", "What differs between the results", mb_html_differences},
    {"findings", "Findings", mb_html_findings},
    {"trials", "Every trial", mb_html_trials},
    {"environment", "Environment", mb_html_environment},
    {"method", "Method", mb_html_method},
    {"parameters", "Parameters", mb_html_parameters},
    {"origin", "Where the numbers come from", mb_html_origin},
};
enum { SECTIONS = sizeof sections / sizeof *sections };

void mb_html_element(const struct mb_html *html, const char *name, const char *text)
{
    mb_buf_print(html->out, "<%s>", name);
    mb_escape_xml(html->out, text);
    mb_buf_print(html->out, "</%s>\n", name);
}

void mb_html_table_open(const struct mb_html *html, const char *caption,
                        const char *columns)
{
    mb_buf_append_string(html->out, "<div class=\"box\" tabindex=\"0\" role=\"region\" "
                                    "aria-label=\"");
    mb_escape_xml(html->out, caption);
    mb_buf_append_string(html->out, "\"><table><caption>");
    mb_escape_xml(html->out, caption);
    mb_buf_append_string(html->out, "</caption>\n<thead><tr>");
    for (const char *at = columns; *at != '\0';) {
        size_t length = strcspn(at, "|");
        bool number = *at == '#';
        mb_buf_append_string(html->out, number ? "<th scope=\"col\" class=\"number\">"
                                               : "<th scope=\"col\">");
        mb_buf_append(html->out, at + number, length - number);
        mb_buf_append_string(html->out, "</th>");
        at += length + (at[length] == '|');
    }
    mb_buf_append_string(html->out, "</tr></thead>\n<tbody>\n");
}

void mb_html_table_close(const struct mb_html *html)
{
    mb_buf_append_string(html->out, "</tbody></table></div>\n");
}

void mb_html_cell_open(const struct mb_html *html, const char *class)
{
    mb_buf_print(html->out, "<td%s%s%s>", class != NULL ? " class=\"" : "",
                 class != NULL ? class : "", class != NULL ? "\"" : "");
}

void mb_html_text_cell(const struct mb_html *html, const char *text)
{
    mb_html_cell_open(html, "name");
    mb_escape_xml(html->out, text != NULL ? text : "-");
    mb_buf_append_string(html->out, "</td>");
}

void mb_html_row_open(const struct mb_html *html, const char *head)
{
    mb_buf_append_string(html->out, "<tr><th scope=\"row\">");
    mb_escape_xml(html->out, head);
    mb_buf_append_string(html->out, "</th>");
}

void mb_html_row_close(const struct mb_html *html)
{
    mb_buf_append_string(html->out, "</tr>\n");
}

size_t mb_html_shown(size_t count)
{
    return count < MB_HTML_ROWS_MAX ? count : MB_HTML_ROWS_MAX;
}

void mb_html_rest(const struct mb_html *html, size_t shown, size_t count,
                  const char *what)
{
    if (shown < count) {
        mb_buf_print(html->out, "<p>Listed here are the first %zu of %zu %s.</p>\n",
                     shown, count, what);
    }
}

static void top_print(const struct mb_html *html, const char *name)
{
    const struct mb_compare_report *report = html->page->report;
    const struct mb_result *result = report->sides[0].result;
    const char *question =
        mb_node_text(mb_node_find(result->spec_resolved, "question"), NULL);
    mb_buf_append_string(html->out, "<header>\n");
    mb_html_element(html, "h1", name);
    if (question != NULL) {
        mb_buf_append_string(html->out, "<p class=\"faint\">");
        mb_escape_xml(html->out, question);
        mb_buf_append_string(html->out, "</p>\n");
    }
    mb_buf_append_string(html->out, "<p class=\"answer\" id=\"answer\">");
    if (html->page->no_comparison != NULL) {
        mb_buf_append_string(html->out, "No comparison: ");
    }
    mb_escape_xml(html->out, html->page->no_comparison != NULL
                                 ? html->page->no_comparison
                                 : mb_headline(html->arena, report));
    mb_buf_append_string(html->out, "</p>\n");
    if (html->page->point != NULL) {
        mb_buf_append_string(html->out,
                             "<p>Tables of what changes, charts and trials are "
                             "of load points with <b>");
        mb_escape_xml(html->out, html->page->point);
        mb_buf_append_string(html->out, "</b> in their name only; verdicts rest on all "
                                        "load points.</p>\n");
    }
    mb_buf_append_string(html->out, "</header>\n");
}

void mb_html_page(struct mb_arena *arena, const struct mb_html_page *page,
                  struct mb_buf *out)
{
    const struct mb_compare_side *side = &page->report->sides[0];
    const char *name =
        side->result->spec_name != NULL ? side->result->spec_name : side->name;
    struct mb_buf bodies[SECTIONS] = {{0}};
    const struct mb_html html = {.arena = arena, .page = page, .out = out};
    mb_buf_append_string(out,
                         "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                         "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                         "content=\"width=device-width,initial-scale=1\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" "
                         "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    mb_html_element(&html, "title", name);
    mb_buf_print(out, "<style>\n%s</style>\n</head>\n<body>\n", style);
    top_print(&html, name);
    for (size_t i = 0; i < SECTIONS; i++) {
        const struct mb_html part = {.arena = arena, .page = page, .out = &bodies[i]};
        sections[i].print(&part);
    }
    mb_buf_append_string(out, "<nav aria-label=\"Contents\"><ul>\n");
    for (size_t i = 0; i < SECTIONS; i++) {
        if (bodies[i].size > 0) {
            mb_buf_print(out, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id,
                         sections[i].title);
        }
    }
    mb_buf_append_string(out, "</ul></nav>\n<main>\n");
    for (size_t i = 0; i < SECTIONS; i++) {
        if (bodies[i].size > 0) {
            mb_buf_print(out,
                         "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n%s"
                         "</section>\n",
                         sections[i].id, sections[i].id, sections[i].title,
                         mb_buf_string(&bodies[i]));
        }
        mb_buf_release(&bodies[i]);
    }
    mb_buf_append_string(out, "</main>\n</body>\n</html>\n");
}
