// Adapter reader: any text that parses is an adapter or an error with its place; what was
// accepted renders, parameters by default; and what the rules accept is read.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "format/doc.h"
#include "mesh/binding.h"
#include "mesh/definition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES = 1 << 16 };

// Templates were checked with the same names, so that only their size can stop them.
static void render(const struct mb_adapter *adapter, struct mb_binding *scope)
{
    for (size_t i = 0; i < adapter->file_count; i++) {
        struct mb_buf out = {0};
        struct mb_err err = {0};
        size_t offset = 0;
        if (mb_template_render(adapter->files[i].content, scope->variables, scope->count,
                               &out, &offset, &err) != MB_OK &&
            out.size < MB_TEMPLATE_MAX_BYTES) {
            abort();
        }
        mb_buf_release(&out);
    }
}

// The reader is stricter in one thing only: regcomp(3) has no limit of its own.
static bool is_stricter(const struct mb_err *err)
{
    return strncmp(err->message, "pattern has more than one", 25) == 0;
}

static bool is_accepted(struct mb_arena *arena, struct mb_doc *doc)
{
    struct mb_diag diag;
    mb_diag_init(&diag, arena);
    return strcmp(mb_node_text(mb_node_find(doc->root, "kind"), ""), "adapter") == 0 &&
           mb_check_document(arena, NULL, doc, MB_LEVEL_VALID, &diag) >= MB_LEVEL_VALID;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"listen",   "listen_host",   "listen_port",
                                        "upstream", "upstream_host", "upstream_port",
                                        "dir"};
    struct mb_arena arena = {0};
    struct mb_doc doc = {0};
    struct mb_err err = {0};
    struct mb_adapter adapter;
    struct mb_binding scope;
    if (size > INPUT_BYTES || mb_doc_parse(&arena, "fuzz.yaml", (const char *)data, size,
                                           &doc, &err) != MB_OK) {
        mb_arena_release(&arena);
        return 0;
    }
    if (mb_definition_read(&arena, &doc, &adapter, &err) != MB_OK) {
        bool faulty = err.message[0] == '\0' || err.line < 1;
        if (faulty || (!is_stricter(&err) && is_accepted(&arena, &doc))) {
            abort();
        }
    } else if (mb_binding_make(&arena, &adapter, NULL, 0, &scope, &err) == MB_OK) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            mb_binding_add(&arena, &scope, names[i], "x");
        }
        render(&adapter, &scope);
    }
    mb_arena_release(&arena);
    return 0;
}
