#include "meshbench/errors.h"

#include "base/buf.h"
#include "base/text.h"

// Names and texts in it may come from a hostile document: a terminal must not obey them.
void mb_errors_print(const struct mb_ctx *ctx, const struct mb_err *err)
{
    if (err->message[0] == '\0') {
        return;
    }
    struct mb_buf text = {0};
    if (err->file[0] != '\0' && err->line > 0 && err->column == 0) {
        mb_buf_print(&text, "%s:%d: error: ", err->file, err->line);
    } else if (err->file[0] != '\0' && err->line > 0) {
        mb_buf_print(&text, "%s:%d:%d: error: ", err->file, err->line, err->column);
    } else if (err->file[0] != '\0') {
        mb_buf_print(&text, "meshbench: %s: ", err->file);
    } else {
        mb_buf_append_string(&text, "meshbench: ");
    }
    mb_buf_print(&text, "%s\n", err->message);
    if (err->hint[0] != '\0') {
        mb_buf_print(&text, "  hint: %s\n", err->hint);
    }
    struct mb_buf shown = {0};
    mb_text_show(text.data, text.size, "\n", &shown);
    (void)fputs(mb_buf_string(&shown), ctx->err);
    mb_buf_release(&shown);
    mb_buf_release(&text);
}
