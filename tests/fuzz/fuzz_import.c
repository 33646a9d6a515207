// Imports: whatever the bytes are, an importer reads runs, or refuses them with a
// message; what it read becomes a document that can be read again, or is found invalid.
//
// An input whose first byte is below the number of importers goes to that one, without
// that byte. Any other goes to the importer that claims it, so that recorded files serve
// as they are; MB_FUZZ_IMPORTER=NAME sends all of them to one.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "exchange/import.h"
#include "exchange/smp_names.h"
#include "exchange/smp_spec.h"
#include "format/emit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Larger inputs only slow fuzzing down.
enum { MAX_INPUT = 1 << 16 };

static const char *importer_choose(const uint8_t **data, size_t *size)
{
    const char *forced = getenv("MB_FUZZ_IMPORTER");
    size_t count = 0;
    while (mb_importers[count] != NULL) {
        count++;
    }
    if (forced != NULL || *size == 0 || **data >= count) {
        return forced;
    }
    const char *name = mb_importers[**data]->name;
    (*data)++;
    (*size)--;
    return name;
}

// The document has to be one that a result's reader takes, if the rules find no fault.
static void document_check(struct mb_arena *arena, const struct mb_result *result)
{
    struct mb_buf out = {0};
    struct mb_doc doc = {0};
    struct mb_diag diag;
    struct mb_err err = {0};
    mb_emit_json(mb_result_to_node(arena, result), &out);
    if (mb_doc_parse(arena, "import.json", out.data, out.size, &doc, &err) != MB_OK) {
        abort();
    }
    mb_diag_init(&diag, arena);
    (void)mb_check_document(arena, NULL, &doc, MB_LEVEL_VALID, &diag);
    struct mb_result again;
    if (diag.errors == 0) {
        if (mb_result_from_node(arena, doc.root, &again, &err) != MB_OK) {
            abort();
        }
        mb_result_release(&again);
    }
    mb_buf_release(&out);
}

static void import_all(struct mb_import *import, struct mb_input *input, const char *from)
{
    struct mb_err err = {0};
    struct mb_import_file file = {.name = "fuzz"};
    struct mb_result result;
    char digest[65];
    if (mb_import_read(import, input, from, &file.importer, &err) != MB_OK) {
        if (err.message[0] == '\0' || import->count > 0) {
            abort();
        }
        return;
    }
    file.count = import->count;
    file.digest = digest;
    if (mb_input_digest(input, digest, &err) == MB_OK &&
        mb_import_assemble(import, &file, 1, &(struct mb_import_options){0}, &result,
                           &err) == MB_OK) {
        document_check(import->arena, &result);
    }
}

// A configuration of SMP becomes a spec, or is refused with its place.
static void config_convert(struct mb_arena *arena, const uint8_t *data, size_t size)
{
    struct mb_doc doc;
    struct mb_diag diag;
    struct mb_err err = {0};
    struct mb_node *spec = NULL;
    mb_diag_init(&diag, arena);
    if (mb_doc_parse(arena, "fuzz", (const char *)data, size, &doc, &err) != MB_OK ||
        !mb_smp_is_config(doc.root)) {
        return;
    }
    if (mb_smp_to_spec(arena, &doc, &spec, &diag, &err) != MB_OK && err.line < 1) {
        abort();
    }
}

// A table's first line is the map of its columns.
static const char *map_take(struct mb_arena *arena, const uint8_t **data, size_t *size)
{
    const uint8_t *end = memchr(*data, '\n', *size);
    size_t length = end != NULL ? (size_t)(end - *data) : *size;
    const char *map = mb_arena_copy_bytes(arena, (const char *)*data, length);
    *data += length;
    *size -= length;
    return map;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_import import = {.arena = &arena};
    struct mb_input *input = NULL;
    struct mb_err err = {0};
    if (size > MAX_INPUT) {
        return 0;
    }
    const char *from = importer_choose(&data, &size);
    if (from != NULL && strcmp(from, "csv") == 0 && size > 0) {
        import.map = map_take(&arena, &data, &size);
    }
    if (mb_input_open_bytes("fuzz", data, size, &input, &err) == MB_OK) {
        import_all(&import, input, from);
    }
    config_convert(&arena, data, size);
    mb_input_free(input);
    mb_import_release(&import);
    mb_arena_release(&arena);
    return 0;
}
