// JSON reader, locator and writer: every node of what is read has a place within the
// text, and its text there; writing and reading gives the same tree; what is refused has
// a place and a message.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/doc.h"
#include "format/emit.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void places_check(const struct mb_doc *doc, const struct mb_node *node)
{
    size_t size = 0;
    const char *line = mb_doc_line(doc, node->line, &size);
    if (node->line < 1 || node->column < 1 || (size_t)node->column > size + 1) {
        abort();
    }
    // Where all is ASCII, columns are bytes and the lexeme stands there.
    size_t ascii = 0;
    while (ascii < size && (unsigned char)line[ascii] < 0x80) {
        ascii++;
    }
    size_t at = (size_t)node->column - 1;
    if (node->lexeme != NULL && ascii == size &&
        (at + strlen(node->lexeme) > size ||
         memcmp(line + at, node->lexeme, strlen(node->lexeme)) != 0)) {
        abort();
    }
    for (size_t i = 0; i < mb_node_count(node); i++) {
        if (node->type == MB_NODE_LIST) {
            places_check(doc, node->as.list.items[i]);
        } else {
            places_check(doc, node->as.map.entries[i].key);
            places_check(doc, node->as.map.entries[i].value);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    enum mb_status status =
        mb_doc_parse(&arena, "x.json", (const char *)data, size, &doc, &err);
    if (status == MB_OK) {
        mb_doc_locate(&arena, &doc);
        places_check(&doc, doc.root);
        round_trip(doc.root, "x.json", mb_emit_json);
        round_trip(doc.root, "x.json", mb_emit_json_canonical);
        round_trip(doc.root, "x.yaml", mb_emit_yaml);
    } else if (err.line < 1 || err.column < 1 || err.message[0] == '\0') {
        abort();
    }
    mb_arena_release(&arena);
    return 0;
}
