// A history for a pull request or an issue.
#include "report/escape.h"
#include "report/history.h"

// Lines of changes at most; the rest is counted.
enum { ROWS_MAX = 100 };

// Rows that were printed, and those for which there was no room.
struct rows {
    size_t printed;
    size_t left;
};

static bool row_begin(const struct mb_history_series *series, struct rows *rows,
                      struct mb_buf *out)
{
    if (rows->printed == ROWS_MAX) {
        rows->left++;
        return false;
    }
    rows->printed++;
    mb_buf_append_string(out, "| ");
    mb_escape_markdown(out, series->name);
    mb_buf_append_string(out, " | ");
    return true;
}

static void changes_print(struct mb_arena *arena, const struct mb_history_view *view,
                          const struct mb_history_judged *judged, bool noise,
                          struct rows *rows, struct mb_buf *out)
{
    const struct mb_history_change *changes = noise ? judged->noise : judged->changes;
    size_t count = noise ? judged->noise_count : judged->change_count;
    for (size_t i = 0; i < count; i++) {
        bool strong = mb_history_change_fails(&changes[i], noise, view->fail_on);
        if (!row_begin(&judged->series, rows, out)) {
            continue;
        }
        mb_buf_append_string(out, strong ? "**" : "");
        mb_escape_markdown(
            out, mb_history_change_text(arena, &judged->series, &changes[i], noise));
        mb_buf_append_string(out, strong ? "** | " : " | ");
        mb_escape_markdown(out, mb_history_since_text(arena, view->history, &changes[i]));
        mb_escape_markdown(out, mb_history_known_text(arena, &changes[i]));
        mb_buf_append_string(out, " |\n");
    }
}

void mb_report_history_markdown(struct mb_arena *arena,
                                const struct mb_history_view *view, struct mb_buf *out)
{
    struct rows rows = {0};
    mb_buf_append_string(out, "### ");
    mb_escape_markdown(out, mb_history_headline(arena, view));
    mb_buf_append_string(out, "\n\n");
    for (size_t i = 0; i < view->history->note_count; i++) {
        mb_buf_append_string(out, "Note: ");
        mb_escape_markdown(out, view->history->notes[i]);
        mb_buf_append_string(out, "\n\n");
    }
    struct mb_buf table = {0};
    for (size_t i = 0; i < view->count; i++) {
        const struct mb_history_judged *judged = &view->judged[i];
        changes_print(arena, view, judged, false, &rows, &table);
        changes_print(arena, view, judged, true, &rows, &table);
        if (judged->latest.outlier && row_begin(&judged->series, &rows, &table)) {
            mb_escape_markdown(&table, mb_history_latest_text(arena, view, judged));
            mb_buf_append_string(&table, " | latest |\n");
        }
    }
    if (rows.printed > 0) {
        mb_buf_append_string(out, "| series | change | since |\n|---|---|---|\n");
        mb_buf_append(out, mb_buf_string(&table), table.size);
    }
    if (rows.left > 0) {
        mb_buf_print(out, "\n%zu more changes.\n", rows.left);
    }
    mb_buf_release(&table);
}
