// The parts of the page. Report floor, for html*.c only.
#ifndef MB_REPORT_HTML_PARTS_H
#define MB_REPORT_HTML_PARTS_H

#include "report/html.h"

// What is printed, where.
struct mb_html {
    struct mb_arena *arena;
    const struct mb_html_page *page;
    struct mb_buf *out;
};

// An element with text from anywhere, escaped: <p>text</p>.
void mb_html_element(const struct mb_html *html, const char *name, const char *text);

// A table in a box of its own that scrolls where the page is too narrow. `caption` is
// text from anywhere; `columns` are HTML without '|', which separates them, a '#' before
// those of numbers.
void mb_html_table_open(const struct mb_html *html, const char *caption,
                        const char *columns);
void mb_html_table_close(const struct mb_html *html);

// Parts of a table: <tr> with its row header, a <td> that is left open, one with text
// from anywhere (NULL: "-"), </tr>.
void mb_html_row_open(const struct mb_html *html, const char *head);
void mb_html_cell_open(const struct mb_html *html, const char *class);
void mb_html_text_cell(const struct mb_html *html, const char *text);
void mb_html_row_close(const struct mb_html *html);

// What a huge comparison shows of each thing, so that a browser can still open the page.
enum { MB_HTML_ROWS_MAX = 300, MB_HTML_TABLES_MAX = 100, MB_HTML_TRIALS_MAX = 2000 };

// How many of `count` rows are listed.
size_t mb_html_shown(size_t count);
// Says how many are not, and how to get them: `what` is HTML, "gates; all: ...". Nothing
// when all are shown.
void mb_html_rest(const struct mb_html *html, size_t shown, size_t count,
                  const char *what);

// Sections, each with its heading, nothing where there is nothing to say.
void mb_html_choice(const struct mb_html *html);
void mb_html_effects(const struct mb_html *html);
void mb_html_gates(const struct mb_html *html);
void mb_html_charts(const struct mb_html *html);
void mb_html_cautions(const struct mb_html *html);
void mb_html_differences(const struct mb_html *html);
void mb_html_findings(const struct mb_html *html);
void mb_html_trials(const struct mb_html *html);
void mb_html_environment(const struct mb_html *html);
void mb_html_method(const struct mb_html *html);
void mb_html_parameters(const struct mb_html *html);
void mb_html_origin(const struct mb_html *html);

#endif
