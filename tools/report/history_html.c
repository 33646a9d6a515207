// A history as a page. A row takes a few hundred bytes, so that thousands of series make
// a page that opens at once; browsers lay out only the rows in sight.
#include <math.h>
#include <string.h>

#include "base/version.h"
#include "report/escape.h"
#include "report/history.h"

enum {
    SPARK_HEIGHT = 20,
    SPARK_SHORT = 32, // parts of the picture of a series that did not move
    ROWS_OPEN = 200   // of a group; the rest is closed
};

// Colours of text have a contrast of at least 4.5 on their background
// (tests/live/history-chromium.sh).
static const char style[] =
    ":root{color-scheme:light dark;--page:#fff;--line:#d0d5db;--text:#1b1f24;"
    "--faint:#57606a;--good:#116329;--bad:#b42318;--link:#0550ae}"
    "@media(prefers-color-scheme:dark){:root{--page:#14171b;--line:#3a4149;"
    "--text:#e6e8ea;--faint:#a3adb8;--good:#56d364;--bad:#ff8a80;--link:#79b8ff}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 4rem;"
    "background:var(--page);color:var(--text);font:1rem/1.5 system-ui,sans-serif;"
    "overflow-wrap:anywhere}h1{font-size:1.5rem;line-height:1.25;margin:0 0 .4rem}"
    "a{color:var(--link)}.f{color:var(--faint)}"
    "summary{font-size:1.15rem;font-weight:600;padding:.5rem 0;cursor:pointer}"
    "details details summary{font-size:1rem}"
    "ul{list-style:none;margin:0;padding:0}"
    "li{display:grid;grid-template-columns:11rem 1fr;gap:.2rem .9rem;padding:.4rem 0;"
    "border-bottom:1px solid var(--line);content-visibility:auto;"
    "contain-intrinsic-size:auto 3rem}"
    "li>svg{width:11rem;height:2rem}li>div>p{margin:.1rem 0;font-size:.9rem}"
    "path{fill:none;stroke:var(--text);stroke-width:1.5;"
    "vector-effect:non-scaling-stroke}"
    ".w{color:var(--bad);stroke:var(--bad)}.b{color:var(--good);stroke:var(--good)}"
    ".n{stroke:var(--faint);stroke-dasharray:2}"
    ":focus-visible{outline:2px solid var(--link);outline-offset:2px}"
    "@media(max-width:40rem){li{grid-template-columns:1fr}li>svg{width:100%}}"
    "@media print{li{content-visibility:visible}}\n";

struct page {
    struct mb_arena *arena;
    const struct mb_history_view *view;
    struct mb_buf *out;
};

// --- the small picture

struct picture {
    size_t parts;
    double low;
    double high;
};

static double part_value(const struct mb_history_judged *judged, size_t parts,
                         size_t part)
{
    double sum = 0.0;
    size_t known = 0;
    size_t end = (part + 1) * judged->spark_count / parts;
    for (size_t i = part * judged->spark_count / parts; i < end; i++) {
        if (!isnan(judged->spark[i])) {
            sum += judged->spark[i];
            known++;
        }
    }
    return known > 0 ? sum / (double)known : NAN;
}

// A line through the parts, in relative steps of whole units; a missing one is a gap.
static void line_print(const struct page *page, const struct mb_history_judged *judged,
                       const struct picture *picture)
{
    bool drawing = false;
    long last = 0;
    for (size_t i = 0; i < picture->parts; i++) {
        double value = part_value(judged, picture->parts, i);
        if (isnan(value)) {
            drawing = false;
            continue;
        }
        double range = picture->high - picture->low;
        double share = range > 0.0 ? (value - picture->low) / range : 0.5;
        long y = lround((1.0 - share) * SPARK_HEIGHT);
        if (!drawing) {
            mb_buf_print(page->out, "M%zu %ldl0 0", i, y);
        } else {
            mb_buf_print(page->out, y - last < 0 ? "%s%ld" : "%s %ld", " 1", y - last);
        }
        drawing = true;
        last = y;
    }
}

static void upright_print(const struct page *page, const struct mb_history_judged *judged,
                          const struct picture *picture, size_t index, const char *class)
{
    double x =
        (double)index * (double)(picture->parts - 1) / (double)judged->series.count;
    mb_buf_print(page->out, "<path class=%s d=\"M%.1f 0v%d\"/>", class, x, SPARK_HEIGHT);
}

static void picture_print(const struct page *page, const struct mb_history_judged *judged,
                          bool small)
{
    struct picture picture = {
        .parts = judged->spark_count, .low = INFINITY, .high = -INFINITY};
    if (small && picture.parts > SPARK_SHORT) {
        picture.parts = SPARK_SHORT;
    }
    for (size_t i = 0; i < picture.parts; i++) {
        double value = part_value(judged, picture.parts, i);
        picture.low = fmin(picture.low, value);
        picture.high = fmax(picture.high, value);
    }
    mb_buf_print(page->out,
                 "<svg viewBox=\"0 -1 %zu %d\" preserveAspectRatio=none aria-hidden=true>"
                 "<path d=\"",
                 picture.parts > 1 ? picture.parts - 1 : 1, SPARK_HEIGHT + 2);
    line_print(page, judged, &picture);
    mb_buf_append_string(page->out, "\"/>");
    for (size_t i = 1; i < judged->segment_count; i++) {
        upright_print(page, judged, &picture, judged->segments[i].from, "n");
    }
    for (size_t i = 0; i < judged->change_count; i++) {
        const struct mb_history_change *change = &judged->changes[i];
        upright_print(page, judged, &picture, change->index,
                      change->direction == MB_HISTORY_WORSE ? "w" : "b");
    }
    mb_buf_append_string(page->out, "</svg>");
}

// --- links

// A value inside a URL (RFC 3986: all but unreserved characters in percent form).
static void url_append(struct mb_buf *out, const char *text)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text != '\0'; text++) {
        if (strchr(unreserved, *text) != NULL) {
            mb_buf_append_char(out, *text);
        } else {
            mb_buf_print(out, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
}

static const char *placeholder_find(const struct mb_history *history,
                                    const struct mb_history_row *row, const char *name,
                                    size_t size)
{
    if (size == strlen("result") && strncmp(name, "result", size) == 0) {
        return row->result;
    }
    for (size_t i = 0; i < history->attribute_count; i++) {
        if (strlen(history->attribute_names[i]) == size &&
            strncmp(history->attribute_names[i], name, size) == 0) {
            return row->attributes[i];
        }
    }
    return NULL;
}

// The link of a row; false when there is none, or the row lacks what it is made of.
static bool link_make(const struct page *page, size_t row, struct mb_buf *out)
{
    const struct mb_history *history = page->view->history;
    if (page->view->link == NULL && history->rows[row].page != NULL) {
        mb_buf_append_string(out, history->rows[row].page);
        return true;
    }
    const char *at = page->view->link;
    while (at != NULL && *at != '\0') {
        const char *open = strchr(at, '{');
        const char *close = open != NULL ? strchr(open, '}') : NULL;
        if (close == NULL) {
            mb_buf_append_string(out, at);
            return true;
        }
        const char *value = placeholder_find(history, &history->rows[row], open + 1,
                                             (size_t)(close - open) - 1);
        if (value == NULL) {
            return false;
        }
        mb_buf_append(out, at, (size_t)(open - at));
        url_append(out, value);
        at = close + 1;
    }
    return page->view->link != NULL;
}

// --- rows

static void change_print(const struct page *page, const struct mb_history_judged *judged,
                         const struct mb_history_change *change, bool noise)
{
    const char *class = noise ? "f" : change->direction == MB_HISTORY_WORSE ? "w" : "b";
    struct mb_buf link = {0};
    bool linked = link_make(page, change->row, &link);
    mb_buf_print(page->out, "<p><b class=%s>", class);
    mb_escape_xml(page->out,
                  mb_history_change_text(page->arena, &judged->series, change, noise));
    mb_buf_append_string(page->out, "</b>, since ");
    if (linked) {
        mb_buf_append_string(page->out, "<a href=\"");
        mb_escape_xml(page->out, mb_buf_string(&link));
        mb_buf_append_string(page->out, "\">");
    }
    mb_escape_xml(page->out,
                  mb_history_since_text(page->arena, page->view->history, change));
    mb_buf_append_string(page->out, linked ? "</a>" : "");
    mb_escape_xml(page->out, mb_history_known_text(page->arena, change));
    mb_buf_append_string(page->out, "</p>");
    mb_buf_release(&link);
}

static void row_print(const struct page *page, const struct mb_history_judged *judged)
{
    mb_buf_append_string(page->out, "<li>");
    picture_print(page, judged, !mb_history_moved(judged));
    mb_buf_append_string(page->out, "<div>");
    mb_escape_xml(page->out, judged->series.name);
    for (size_t i = 0; i < judged->change_count; i++) {
        change_print(page, judged, &judged->changes[i], false);
    }
    for (size_t i = 0; i < judged->noise_count; i++) {
        change_print(page, judged, &judged->noise[i], true);
    }
    if (judged->latest.outlier) {
        mb_buf_append_string(page->out, "<p>");
        mb_escape_xml(page->out, mb_history_latest_text(page->arena, page->view, judged));
        mb_buf_append_string(page->out, "</p>");
    }
    mb_buf_append_string(page->out, "</div></li>\n");
}

// Rows of [from, to); what is over ROWS_OPEN comes in a part that is closed.
static void group_print(const struct page *page, const char *title, size_t from,
                        size_t to, bool open)
{
    if (to == from) {
        return;
    }
    mb_buf_print(page->out, "<details%s><summary>", open ? " open" : "");
    mb_escape_xml(page->out, title);
    mb_buf_print(page->out, " (%zu)</summary>\n<ul>\n", to - from);
    bool closed = false;
    for (size_t i = from; i < to; i++) {
        if (open && i - from == ROWS_OPEN) {
            mb_buf_print(page->out, "</ul>\n<details><summary>%zu more</summary>\n<ul>\n",
                         to - i);
            closed = true;
        }
        row_print(page, &page->view->judged[i]);
    }
    mb_buf_append_string(page->out, closed ? "</ul></details>" : "</ul>");
    mb_buf_append_string(page->out, "</details>\n");
}

static const char *group_of(const struct mb_history_judged *judged)
{
    return judged->series.group != NULL ? judged->series.group : "Series";
}

// Those that did not change, by group; they are ordered by name, which begins with it.
static void unchanged_print(const struct page *page, size_t from)
{
    const struct mb_history_view *view = page->view;
    if (from == view->count) {
        return;
    }
    mb_buf_print(page->out, "<details%s><summary>Did not change (%zu)</summary>\n",
                 from == 0 ? " open" : "", view->count - from);
    while (from < view->count) {
        size_t to = from + 1;
        while (to < view->count &&
               strcmp(group_of(&view->judged[from]), group_of(&view->judged[to])) == 0) {
            to++;
        }
        group_print(page, group_of(&view->judged[from]), from, to, false);
        from = to;
    }
    mb_buf_append_string(page->out, "</details>\n");
}

static void method_print(const struct page *page)
{
    const struct mb_change_options *change = &page->view->options->change;
    mb_buf_print(page->out,
                 "<p class=f>Change points by the detector '%s'; small pictures run from "
                 "the least to the largest value of their series, upright lines are "
                 "changes (solid) and new environments (dashed), across which levels are "
                 "not compared. Overheads are against the baseline of the same run. "
                 "meshbench %s</p>\n",
                 change->detector == MB_CHANGE_OTAVA ? "otava" : "default", mb_version());
}

void mb_report_history_html(struct mb_arena *arena, const struct mb_history_view *view,
                            struct mb_buf *out)
{
    const struct page page = {.arena = arena, .view = view, .out = out};
    struct mb_history_tally tally = mb_history_tally(view);
    size_t better = tally.worse;
    size_t other = better + tally.better;
    size_t rest = other + tally.noise + tally.latest;
    mb_buf_append_string(
        out, "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
             "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
             "style-src 'unsafe-inline'\">\n<meta name=viewport "
             "content=\"width=device-width\">\n<title>");
    mb_escape_xml(out, view->history->source);
    mb_buf_print(out, " · history</title>\n<style>%s</style>\n</head>\n<body>\n<h1>",
                 style);
    mb_escape_xml(out, mb_history_headline(arena, view));
    mb_buf_append_string(out, "</h1>\n<p class=f>");
    mb_escape_xml(out, view->history->source);
    mb_buf_print(out, " · %zu points in time</p>\n", view->history->row_count);
    for (size_t i = 0; i < view->history->note_count; i++) {
        mb_buf_append_string(out, "<p>Note: ");
        mb_escape_xml(out, view->history->notes[i]);
        mb_buf_append_string(out, "</p>\n");
    }
    mb_buf_append_string(out, "<main>\n");
    group_print(&page, "Got worse", 0, better, true);
    group_print(&page, "Got better", better, other, true);
    group_print(&page, "Noise or latest value only", other, rest, true);
    unchanged_print(&page, rest);
    mb_buf_append_string(out, "</main>\n");
    method_print(&page);
    mb_buf_append_string(out, "</body>\n</html>\n");
}
