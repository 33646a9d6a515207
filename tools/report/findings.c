#include "report/findings.h"

#include <string.h>

#include "base/text.h"

// How much of a source line is shown: enough for what people write, while a document on
// one line stays readable.
enum { SHOWN_CHARS = 100, SHOWN_BEFORE = 30 };

// A place in the text that only moves forward (and back to the start of its line), so
// that all findings of a document cost one walk through it.
struct cursor {
    const char *text;
    size_t size;
    size_t line_start; // offset
    int line;          // 1-based
    size_t at;         // offset of the character in `column`
    int column;        // 1-based
};

static void cursor_seek_line(struct cursor *cursor, int line)
{
    while (cursor->line < line) {
        size_t left = cursor->size - cursor->line_start;
        const char *end = memchr(cursor->text + cursor->line_start, '\n', left);
        if (end == NULL) {
            cursor->line_start = cursor->size;
        } else {
            cursor->line_start = (size_t)(end - cursor->text) + 1;
        }
        cursor->line++;
        cursor->at = cursor->line_start;
        cursor->column = 1;
    }
}

static bool line_ends_at(const struct cursor *cursor, size_t at)
{
    return at >= cursor->size || cursor->text[at] == '\n' ||
           (cursor->text[at] == '\r' &&
            (at + 1 == cursor->size || cursor->text[at + 1] == '\n'));
}

static void cursor_seek_column(struct cursor *cursor, int column)
{
    if (column < cursor->column) {
        cursor->at = cursor->line_start;
        cursor->column = 1;
    }
    while (cursor->column < column && !line_ends_at(cursor, cursor->at)) {
        size_t length = 0;
        (void)mb_text_decode(cursor->text + cursor->at, cursor->size - cursor->at,
                             &length);
        cursor->at += length;
        cursor->column++;
    }
}

// Appends one character, returns the columns it takes. Escapes are ASCII, a byte a
// column; a blank stands for a tab, so that the mark below stays in step.
static int char_show(const char *text, size_t length, struct mb_buf *out)
{
    size_t before = out->size;
    if (text[0] == '\t') {
        mb_buf_append_char(out, ' ');
    } else {
        mb_text_show(text, length, "", out);
    }
    bool escaped = length == 1 || out->data[before] == '\\';
    return escaped ? (int)(out->size - before) : 1;
}

static void source_fill(struct cursor *cursor, struct mb_findings_item *item,
                        struct mb_buf *out)
{
    int column = item->finding.column > 0 ? item->finding.column : 1;
    int length = item->finding.length > 0 ? item->finding.length : 1;
    bool whole = column <= SHOWN_CHARS && length <= SHOWN_CHARS - column;
    int first = whole || column <= SHOWN_BEFORE ? 1 : column - SHOWN_BEFORE;
    cursor_seek_line(cursor, item->finding.line);
    cursor_seek_column(cursor, first);
    if (first > 1) {
        mb_buf_append_string(out, "...");
        item->caret = 3;
    }
    size_t at = cursor->at;
    int shown = 0;
    for (; shown < SHOWN_CHARS && !line_ends_at(cursor, at); shown++) {
        size_t bytes = 0;
        (void)mb_text_decode(cursor->text + at, cursor->size - at, &bytes);
        int columns = char_show(cursor->text + at, bytes, out);
        int here = first + shown;
        item->caret += here < column ? columns : 0;
        item->underline += here >= column && here < column + length ? columns : 0;
        at += bytes;
    }
    if (shown == SHOWN_CHARS && !line_ends_at(cursor, at)) {
        mb_buf_append_string(out, "...");
    }
    if (item->underline == 0) { // the place is the end of the line
        item->underline = 1;
    }
}

static void item_copy(struct mb_arena *arena, const struct mb_finding *from,
                      struct mb_findings_item *item)
{
    item->finding = *from;
    item->finding.code = mb_arena_copy_string(arena, from->code);
    item->finding.file = mb_arena_copy_string(arena, from->file);
    item->finding.pointer = mb_arena_copy_string(arena, from->pointer);
    item->finding.message = mb_arena_copy_string(arena, from->message);
    if (from->hint != NULL) {
        item->finding.hint = mb_arena_copy_string(arena, from->hint);
    }
}

// True when something in that line is a secret, or may be one: reports end up in logs.
static bool is_secret_line(const struct mb_diag *diag, int line)
{
    for (size_t i = 0; i < diag->count; i++) {
        const struct mb_finding *finding = &diag->items[i];
        bool secret = strcmp(finding->code, "MB113") == 0 ||
                      strstr(finding->pointer, "/headers/") != NULL;
        if (secret && finding->line == line) {
            return true;
        }
    }
    return false;
}

void mb_findings_init(struct mb_findings *findings, struct mb_arena *arena,
                      enum mb_level wanted)
{
    memset(findings, 0, sizeof *findings);
    findings->arena = arena;
    findings->wanted = wanted;
}

static struct mb_findings_file *file_add(struct mb_findings *findings, const char *path)
{
    findings->files = mb_arena_grow(findings->arena, findings->files, findings->count,
                                    &findings->capacity, sizeof *findings->files);
    struct mb_findings_file *file = &findings->files[findings->count++];
    memset(file, 0, sizeof *file);
    file->path = mb_arena_copy_string(findings->arena, path);
    return file;
}

void mb_findings_add(struct mb_findings *findings, const char *path,
                     const struct mb_doc *doc, enum mb_level level,
                     const struct mb_diag *diag)
{
    struct mb_arena *arena = findings->arena;
    struct mb_findings_file *file = file_add(findings, path);
    struct cursor cursor = {.line = 1, .column = 1};
    struct mb_buf source = {0};
    if (doc != NULL) {
        cursor.text = doc->text;
        cursor.size = doc->size;
        const char *kind = mb_node_text(mb_node_find(doc->root, "kind"), NULL);
        file->kind = kind != NULL ? mb_arena_copy_string(arena, kind) : NULL;
    }
    file->level = level;
    file->count = diag->count;
    file->items = mb_arena_alloc(arena, diag->count, sizeof *file->items);
    for (size_t i = 0; i < diag->count; i++) {
        struct mb_findings_item *item = &file->items[i];
        item_copy(arena, &diag->items[i], item);
        file->errors += item->finding.severity == MB_SEVERITY_ERROR;
        file->warnings += item->finding.severity == MB_SEVERITY_WARNING;
        file->notes += item->finding.severity == MB_SEVERITY_NOTE;
        if (doc != NULL && doc->text != NULL && item->finding.line > 0 &&
            !is_secret_line(diag, item->finding.line)) {
            mb_buf_reset(&source);
            source_fill(&cursor, item, &source);
            item->source = mb_arena_copy_string(arena, mb_buf_string(&source));
        }
    }
    mb_buf_release(&source);
}

void mb_findings_add_failure(struct mb_findings *findings, const char *path,
                             const struct mb_err *err)
{
    struct mb_findings_file *file = file_add(findings, path);
    file->failure = mb_arena_copy_string(findings->arena, err->message);
}

bool mb_findings_failed(const struct mb_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->files[i].errors > 0) {
            return true;
        }
    }
    return false;
}
