#include "format/doc.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "format/syntax.h"
#include "format/utf8.h"

static bool name_ends(const char *name, const char *ending)
{
    size_t size = strlen(name);
    size_t length = strlen(ending);
    return size >= length && strcmp(name + size - length, ending) == 0;
}

static enum mb_doc_syntax syntax_guess(const struct mb_doc *doc)
{
    if (name_ends(doc->name, ".json")) {
        return MB_DOC_JSON;
    }
    if (name_ends(doc->name, ".yaml") || name_ends(doc->name, ".yml")) {
        return MB_DOC_YAML;
    }
    const char *at = doc->text + mb_utf8_bom(doc->text, doc->size);
    at += strspn(at, " \t\r\n");
    return *at == '{' || *at == '[' ? MB_DOC_JSON : MB_DOC_YAML;
}

// Every other character of ASCII text in UTF-16 is a NUL; a byte order mark tells as
// well.
static bool is_utf16(const char *text, size_t size)
{
    return size >= 2 &&
           (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0 ||
            (text[0] == '\0') != (text[1] == '\0'));
}

static enum mb_status bytes_fault(const struct mb_doc *doc, size_t offset,
                                  const char *what, const char *hint, struct mb_err *err)
{
    struct mb_utf8_cursor place;
    mb_utf8_start(&place, doc->text, doc->size);
    mb_utf8_advance(&place, doc->text + offset);
    enum mb_status status =
        mb_err_at(err, MB_INVALID, doc->name, place.line, place.column, "%s", what);
    mb_err_hint(err, "%s", hint);
    return status;
}

// What neither syntax allows, said once and in the same words.
static enum mb_status bytes_check(const struct mb_doc *doc, struct mb_err *err)
{
    if (is_utf16(doc->text, doc->size)) {
        return bytes_fault(doc, 0, "text is UTF-16", "save the file as UTF-8", err);
    }
    const char *nul = memchr(doc->text, '\0', doc->size);
    if (nul != NULL) {
        return bytes_fault(doc, (size_t)(nul - doc->text), "a NUL byte in the text",
                           "is this a YAML or JSON file?", err);
    }
    size_t invalid = mb_utf8_find_invalid(doc->text, doc->size);
    if (invalid < doc->size) {
        char what[64];
        (void)snprintf(what, sizeof what, "byte 0x%02X is not valid UTF-8",
                       (unsigned char)doc->text[invalid]);
        return bytes_fault(doc, invalid, what, "save the file as UTF-8", err);
    }
    size_t bom = mb_utf8_bom(doc->text, doc->size);
    if (strspn(doc->text + bom, " \t\r\n") == doc->size - bom) {
        return mb_err_at(err, MB_INVALID, doc->name, 1, 1, "file is empty");
    }
    return MB_OK;
}

// doc->text holds the bytes already.
static enum mb_status doc_parse(struct mb_doc *doc, struct mb_err *err)
{
    if (doc->size > MB_DOC_MAX_BYTES) {
        return mb_err_at(err, MB_INVALID, doc->name, 0, 0,
                         "%zu bytes are more than the %d allowed (MB_DOC_MAX_BYTES)",
                         doc->size, MB_DOC_MAX_BYTES);
    }
    enum mb_status status = bytes_check(doc, err);
    if (status != MB_OK) {
        return status;
    }
    doc->syntax = syntax_guess(doc);
    return doc->syntax == MB_DOC_JSON ? mb_json_parse(doc, err) : mb_yaml_parse(doc, err);
}

static void doc_init(struct mb_doc *doc, struct mb_arena *arena, const char *name)
{
    memset(doc, 0, sizeof *doc);
    doc->arena = arena;
    doc->name = mb_arena_copy_string(arena, name);
    doc->text = "";
}

// The document has been begun.
static enum mb_status doc_read(struct mb_doc *doc, const char *path, FILE *in,
                               size_t cap_bytes, struct mb_err *err)
{
    struct mb_buf bytes;
    mb_buf_init(&bytes, 0);
    enum mb_status status = mb_file_read(path, in, cap_bytes, &bytes, err);
    if (status == MB_OK && bytes.size > 0) {
        doc->text = bytes.data;
        doc->size = bytes.size;
        mb_arena_take(doc->arena, bytes.data);
        bytes = (struct mb_buf){0};
    }
    mb_buf_release(&bytes);
    return status == MB_OK ? doc_parse(doc, err) : status;
}

enum mb_status mb_doc_read(struct mb_arena *arena, const char *path, FILE *in,
                           size_t cap_bytes, struct mb_doc *doc, struct mb_err *err)
{
    doc_init(doc, arena, path);
    return doc_read(doc, path, in, cap_bytes, err);
}

enum mb_status mb_doc_read_compact(struct mb_arena *arena, const char *path, FILE *in,
                                   size_t cap_bytes, struct mb_doc *doc,
                                   struct mb_err *err)
{
    doc_init(doc, arena, path);
    doc->compact = true;
    return doc_read(doc, path, in, cap_bytes, err);
}

enum mb_status mb_doc_parse(struct mb_arena *arena, const char *name, const char *text,
                            size_t size, struct mb_doc *doc, struct mb_err *err)
{
    doc_init(doc, arena, name);
    doc->text = mb_arena_copy_bytes(arena, text, size);
    doc->size = size;
    return doc_parse(doc, err);
}

void mb_doc_locate(struct mb_arena *arena, struct mb_doc *doc)
{
    if (doc->syntax == MB_DOC_JSON && !doc->located && doc->root != NULL) {
        mb_json_locate(arena, doc);
    }
    doc->located = true;
}

// The node to point at: the value (or key) that the pointer leads to, else the last one
// on the way that exists.
static const struct mb_node *place_find(const struct mb_doc *doc, const char *pointer,
                                        bool at_key)
{
    const struct mb_node *node = doc->root;
    const struct mb_node *key = NULL;
    while (*pointer != '\0') {
        struct mb_node_entry entry;
        if (!mb_node_step(node, &pointer, &entry)) {
            return node;
        }
        node = entry.value;
        key = entry.key;
    }
    return at_key && key != NULL ? key : node;
}

void mb_doc_report(struct mb_doc *doc, struct mb_diag *diag,
                   const struct mb_finding *finding, bool at_key)
{
    mb_doc_locate(doc->arena, doc);
    struct mb_finding placed = *finding;
    const char *pointer = finding->pointer != NULL ? finding->pointer : "";
    const struct mb_node *node =
        doc->root != NULL ? place_find(doc, pointer, at_key) : NULL;
    placed.file = doc->name;
    if (node != NULL) {
        placed.line = node->line;
        placed.column = node->column;
        placed.length = node->length;
    }
    (void)mb_diag_add(diag, &placed);
}

const char *mb_doc_line(const struct mb_doc *doc, int line, size_t *size)
{
    const char *end = doc->text + doc->size;
    const char *start = doc->text + mb_utf8_bom(doc->text, doc->size);
    for (const char *at = start;; at++) {
        size_t ending = mb_utf8_line_end(at, end);
        if (at < end && ending == 0) {
            continue;
        }
        if (line == 1 || at == end) {
            *size = line == 1 ? (size_t)(at - start) : 0;
            return start;
        }
        line--;
        start = at + ending;
        at = start - 1;
    }
}
