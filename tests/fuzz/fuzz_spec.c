// Spec reader. What the rules accept must be read; what is read must be the same when its
// resolved form is read again, comparability keys included.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "model/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Larger inputs only slow fuzzing down.
enum { MAX_INPUT = 1 << 14 };

static bool is_benchmark(const struct mb_node *root)
{
    return strcmp(mb_node_text(mb_node_find(root, "kind"), ""), "benchmark") == 0;
}

static bool is_accepted(struct mb_arena *arena, struct mb_doc *doc)
{
    struct mb_diag diag;
    mb_diag_init(&diag, arena);
    return mb_check_document(arena, NULL, doc, MB_LEVEL_VALID, &diag) >= MB_LEVEL_VALID;
}

static void read_again(struct mb_arena *arena, const struct mb_spec *spec)
{
    struct mb_spec again;
    struct mb_err err = {0};
    struct mb_keys keys;
    struct mb_keys keys_again;
    if (mb_spec_from_node(arena, spec->resolved, NULL, &again, &err) != MB_OK ||
        !mb_node_equal(spec->resolved, again.resolved)) {
        abort();
    }
    mb_spec_keys(arena, spec, NULL, &keys);
    mb_spec_keys(arena, &again, NULL, &keys_again);
    if (strcmp(keys.benchmark, keys_again.benchmark) != 0 ||
        strcmp(keys.environment, keys_again.environment) != 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_doc doc;
    struct mb_err err = {0};
    if (size <= MAX_INPUT &&
        mb_doc_parse(&arena, "fuzz", (const char *)data, size, &doc, &err) == MB_OK) {
        struct mb_spec spec;
        bool read = mb_spec_from_node(&arena, doc.root, NULL, &spec, &err) == MB_OK;
        if (read) {
            read_again(&arena, &spec);
        } else if (is_benchmark(doc.root) && is_accepted(&arena, &doc)) {
            abort();
        }
    }
    mb_arena_release(&arena);
    return 0;
}
