// Result reader: text to tree to structs, everything derived and verified, and back. What
// was read must write a document that reads and writes the same.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "format/doc.h"
#include "format/emit.h"
#include "model/derive.h"
#include "model/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Reads and writes once. False when the text is no result.
static bool rewrite(struct mb_arena *arena, const char *text, size_t size, bool derive,
                    struct mb_buf *out)
{
    struct mb_doc doc;
    struct mb_result result;
    struct mb_err err = {0};
    if (mb_doc_parse(arena, "fuzz.json", text, size, &doc, &err) != MB_OK ||
        mb_result_from_node(arena, doc.root, &result, &err) != MB_OK) {
        if (err.message[0] == '\0') {
            abort(); // a failure without a reason
        }
        return false;
    }
    if (derive) {
        struct mb_diag diag;
        mb_diag_init(&diag, arena);
        (void)mb_derive_verify(arena, &result, doc.root, &diag);
        (void)mb_derive_section(arena, &result);
    }
    mb_emit_json(mb_result_to_node(arena, &result), out);
    mb_result_release(&result);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_buf first = {0};
    struct mb_buf second = {0};
    if (rewrite(&arena, (const char *)data, size, true, &first)) {
        if (!rewrite(&arena, first.data, first.size, false, &second) ||
            strcmp(first.data, second.data) != 0) {
            abort();
        }
    }
    mb_buf_release(&first);
    mb_buf_release(&second);
    mb_arena_release(&arena);
    return 0;
}
