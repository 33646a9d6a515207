// Shared by the fuzz entries of the readers.
#ifndef MB_FUZZ_ROUND_TRIP_H
#define MB_FUZZ_ROUND_TRIP_H

#include <stdlib.h>

#include "format/doc.h"
#include "format/emit.h"

// Writes a tree and reads it back under a name that tells the syntax: it must be equal.
static inline void round_trip(const struct mb_node *root, const char *name,
                              void (*form)(const struct mb_node *, struct mb_buf *))
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_buf text = {0};
    struct mb_doc doc;
    form(root, &text);
    if (mb_doc_parse(&arena, name, mb_buf_string(&text), text.size, &doc, &err) !=
            MB_OK ||
        !mb_node_equal(root, doc.root)) {
        abort();
    }
    mb_buf_release(&text);
    mb_arena_release(&arena);
}

#endif
