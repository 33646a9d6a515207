// YAML reader and writer: what is read must be written and read back the same, as YAML
// and as JSON; what is refused must have a place and a message.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "format/doc.h"
#include "format/emit.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    enum mb_status status =
        mb_doc_parse(&arena, "x.yaml", (const char *)data, size, &doc, &err);
    if (status == MB_OK) {
        if (doc.root->line < 1 || doc.root->column < 1) {
            abort();
        }
        round_trip(doc.root, "x.yaml", mb_emit_yaml);
        round_trip(doc.root, "x.json", mb_emit_json);
    } else if (err.line < 1 || err.column < 1 || err.message[0] == '\0') {
        abort();
    }
    mb_arena_release(&arena);
    return 0;
}
