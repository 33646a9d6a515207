// A history for a pull request or an issue.
#include "report/escape.h"
#include "report/history.h"

// Lines of changes at most; the rest is counted.
enum { ROWS_MAX = 100 };

// The table while it grows.
struct rows {
    struct mb_arena *arena;
    const struct mb_history_view *view;
    size_t printed;
    size_t left; // for which there was no room
    struct mb_buf out;
};

static bool row_begin(struct rows *rows, const struct mb_history_series *series)
{
    if (rows->printed == ROWS_MAX) {
        rows->left++;
        return false;
    }
    rows->printed++;
    mb_buf_append_string(&rows->out, "| ");
    mb_escape_markdown(&rows->out, series->name);
    mb_buf_append_string(&rows->out, " | ");
    return true;
}

static void changes_print(struct rows *rows, const struct mb_history_judged *judged,
                          bool noise)
{
    const struct mb_history_change *changes = noise ? judged->noise : judged->changes;
    size_t count = noise ? judged->noise_count : judged->change_count;
    for (size_t i = 0; i < count; i++) {
        if (!row_begin(rows, &judged->series)) {
            continue;
        }
        bool strong = mb_history_change_fails(&changes[i], noise, rows->view->fail_on);
        mb_buf_append_string(&rows->out, strong ? "**" : "");
        mb_escape_markdown(
            &rows->out,
            mb_history_change_text(rows->arena, &judged->series, &changes[i], noise));
        mb_buf_append_string(&rows->out, strong ? "** | " : " | ");
        mb_escape_markdown(
            &rows->out,
            mb_history_since_text(rows->arena, rows->view->history, &changes[i]));
        mb_escape_markdown(&rows->out, mb_history_known_text(rows->arena, &changes[i]));
        mb_buf_append_string(&rows->out, " |\n");
    }
}

void mb_report_history_markdown(struct mb_arena *arena,
                                const struct mb_history_view *view, struct mb_buf *out)
{
    struct rows rows = {.arena = arena, .view = view};
    mb_buf_append_string(out, "### ");
    mb_escape_markdown(out, mb_history_headline(arena, view));
    mb_buf_append_string(out, "\n\n");
    for (size_t i = 0; i < view->history->note_count; i++) {
        mb_buf_append_string(out, "Note: ");
        mb_escape_markdown(out, view->history->notes[i]);
        mb_buf_append_string(out, "\n\n");
    }
    for (size_t i = 0; i < view->count; i++) {
        const struct mb_history_judged *judged = &view->judged[i];
        changes_print(&rows, judged, false);
        changes_print(&rows, judged, true);
        if (judged->latest.outlier && row_begin(&rows, &judged->series)) {
            mb_escape_markdown(&rows.out, mb_history_latest_text(arena, view, judged));
            mb_buf_append_string(&rows.out, " | latest |\n");
        }
    }
    if (rows.printed > 0) {
        mb_buf_append_string(out, "| series | change | since |\n|---|---|---|\n");
        mb_buf_append(out, mb_buf_string(&rows.out), rows.out.size);
    }
    if (rows.left > 0) {
        mb_buf_print(out, "\n%zu more changes.\n", rows.left);
    }
    mb_buf_release(&rows.out);
}
