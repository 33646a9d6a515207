// Results as documents, for tests.
#ifndef MB_TESTS_RESULT_FIXTURE_H
#define MB_TESTS_RESULT_FIXTURE_H

#include <string.h>

#include "base/buf.h"
#include "format/doc.h"
#include "format/emit.h"

static inline const char *text_of(struct mb_arena *arena, const struct mb_node *node)
{
    struct mb_buf text = {0};
    mb_emit_json(node, &text);
    const char *copy = mb_arena_copy_bytes(arena, mb_buf_string(&text), text.size);
    mb_buf_release(&text);
    return copy;
}

static inline struct mb_node *parsed(struct mb_arena *arena, const char *text)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_parse(arena, "test.json", text, strlen(text), &doc, &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return doc.root;
}

#endif
