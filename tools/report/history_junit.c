// JUnit form of a history, in the dialect that Jenkins, GitLab and GitHub actions read.
#include "report/escape.h"
#include "report/history.h"

// Every change that fails the gate, a line each.
static void failures_print(struct mb_arena *arena, const struct mb_history_view *view,
                           const struct mb_history_judged *judged, bool noise,
                           struct mb_buf *out)
{
    const struct mb_history_change *changes = noise ? judged->noise : judged->changes;
    size_t count = noise ? judged->noise_count : judged->change_count;
    for (size_t i = 0; i < count; i++) {
        if (mb_history_change_fails(&changes[i], noise, view->fail_on)) {
            mb_buf_print(
                out, "%s%s, since %s", out->size > 0 ? "\n" : "",
                mb_history_change_text(arena, &judged->series, &changes[i], noise),
                mb_history_since_text(arena, view->history, &changes[i]));
        }
    }
}

static void case_print(struct mb_arena *arena, const struct mb_history_view *view,
                       const struct mb_history_judged *judged, struct mb_buf *out)
{
    mb_buf_append_string(out, "    <testcase classname=\"meshbench.regress\" name=\"");
    mb_escape_xml(out, judged->series.name);
    if (!mb_history_fails(judged, view->fail_on)) {
        mb_buf_append_string(out, "\"/>\n");
        return;
    }
    struct mb_buf text = {0};
    failures_print(arena, view, judged, false, &text);
    failures_print(arena, view, judged, true, &text);
    if (text.size == 0) {
        mb_buf_append_string(&text, mb_history_latest_text(arena, view, judged));
    }
    mb_buf_append_string(out, "\">\n      <failure type=\"regression\" message=\"");
    mb_escape_xml(out, mb_buf_string(&text));
    mb_buf_append_string(out, "\">");
    mb_escape_xml_lines(out, mb_buf_string(&text));
    mb_buf_append_string(out, "</failure>\n    </testcase>\n");
    mb_buf_release(&text);
}

void mb_report_history_junit(struct mb_arena *arena, const struct mb_history_view *view,
                             struct mb_buf *out)
{
    size_t failed = mb_history_tally(view).failed;
    mb_buf_print(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n"
                 "  <testsuite name=\"meshbench regress\" tests=\"%zu\" failures=\"%zu\" "
                 "errors=\"0\" skipped=\"0\">\n",
                 view->count, failed, view->count, failed);
    for (size_t i = 0; i < view->count; i++) {
        case_print(arena, view, &view->judged[i], out);
    }
    mb_buf_append_string(out, "  </testsuite>\n</testsuites>\n");
}
