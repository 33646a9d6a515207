#include "report/findings.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct palette {
    const char *error;
    const char *warning;
    const char *note;
    const char *strong;
    const char *faint;
    const char *reset;
};

static const struct palette plain = {"", "", "", "", "", ""};
static const struct palette colors = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m",
                                      "\x1b[1m",    "\x1b[2m",    "\x1b[0m"};

static const char *severity_color(const struct palette *palette,
                                  enum mb_severity severity)
{
    switch (severity) {
    case MB_SEVERITY_ERROR:
        return palette->error;
    case MB_SEVERITY_WARNING:
        return palette->warning;
    case MB_SEVERITY_NOTE:
        return palette->note;
    }
    return palette->note;
}

static void show(struct mb_buf *out, const char *text)
{
    mb_text_show(text, strlen(text), "", out);
}

static void source_print(const struct mb_findings_item *item,
                         const struct palette *palette, struct mb_buf *out)
{
    char number[16];
    int width = snprintf(number, sizeof number, "%5d", item->finding.line);
    mb_buf_print(out, "%s | %s\n%*s | %*s", number, item->source, width, "", item->caret,
                 "");
    mb_buf_print(out, "%s^", severity_color(palette, item->finding.severity));
    for (int i = 1; i < item->underline; i++) {
        mb_buf_append_char(out, '~');
    }
    mb_buf_print(out, "%s\n", palette->reset);
}

static void item_print(const struct mb_findings_file *file,
                       const struct mb_findings_item *item, const struct palette *palette,
                       struct mb_buf *out)
{
    const struct mb_finding *finding = &item->finding;
    mb_buf_append_string(out, palette->strong);
    show(out, file->path);
    if (finding->line > 0) {
        mb_buf_print(out, ":%d:%d", finding->line, finding->column);
    }
    mb_buf_print(out, ":%s %s%s %s:%s ", palette->reset,
                 severity_color(palette, finding->severity),
                 mb_severity_name(finding->severity), finding->code, palette->reset);
    show(out, finding->message);
    mb_buf_append_char(out, '\n');
    if (item->source != NULL && finding->severity == MB_SEVERITY_ERROR) {
        source_print(item, palette, out);
    }
    if (finding->hint != NULL) {
        mb_buf_append_string(out, "  hint: ");
        show(out, finding->hint);
        mb_buf_append_char(out, '\n');
    }
}

static void count_print(struct mb_buf *out, size_t count, const char *word, bool *first)
{
    if (count == 0) {
        return;
    }
    mb_buf_print(out, "%s%zu %s%s", *first ? "" : ", ", count, word,
                 count == 1 ? "" : "s");
    *first = false;
}

// The worst finding's code, the first of those.
static const char *code_to_explain(const struct mb_findings_file *file)
{
    const struct mb_finding *worst = &file->items[0].finding;
    for (size_t i = 1; i < file->count; i++) {
        if (file->items[i].finding.severity > worst->severity) {
            worst = &file->items[i].finding;
        }
    }
    return worst->code;
}

// "x.yaml: 1 error, 1 warning; not valid"
static void summary_print(const struct mb_findings *findings,
                          const struct mb_findings_file *file,
                          const struct palette *palette, struct mb_buf *out)
{
    mb_buf_append_string(out, palette->strong);
    show(out, file->path);
    mb_buf_print(out, ":%s ", palette->reset);
    if (file->failure != NULL) {
        mb_buf_print(out, "%snot read:%s ", palette->error, palette->reset);
        show(out, file->failure);
        mb_buf_append_char(out, '\n');
        return;
    }
    bool first = true;
    count_print(out, file->errors, "error", &first);
    count_print(out, file->warnings, "warning", &first);
    count_print(out, file->notes, "note", &first);
    mb_buf_append_string(out, first ? "no findings; " : "; ");
    if (file->level == MB_LEVEL_NONE) {
        mb_buf_append_string(out, "not valid");
    } else if (file->level < findings->wanted) {
        mb_buf_print(out, "%s, not %s", mb_level_name(file->level),
                     mb_level_name(findings->wanted));
    } else {
        mb_buf_append_string(out, mb_level_name(file->level));
    }
    if (file->count > 0) {
        mb_buf_print(out, ".  More on a code: meshbench explain %s",
                     code_to_explain(file));
    }
    mb_buf_append_char(out, '\n');
}

void mb_findings_text(const struct mb_findings *findings, bool color, struct mb_buf *out)
{
    const struct palette *palette = color ? &colors : &plain;
    for (size_t i = 0; i < findings->count; i++) {
        const struct mb_findings_file *file = &findings->files[i];
        for (size_t j = 0; j < file->count; j++) {
            item_print(file, &file->items[j], palette, out);
        }
        summary_print(findings, file, palette, out);
    }
}
