// Schema engine: a YAML document {schema, instance}. The schema is refused or gives the
// same verdict with findings and without; every finding can be said and points to a place
// in the instance.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "format/doc.h"
#include "schema/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void findings_check(struct mb_arena *arena, const struct mb_node *instance,
                           const struct mb_schema_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct mb_schema_finding *finding = &findings->items[i];
        const char *hint = NULL;
        if (mb_schema_say(arena, finding, &hint)[0] == '\0' ||
            mb_node_at(instance, finding->pointer) == NULL) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    const struct mb_schema *schema = NULL;
    struct mb_schema_set *set = mb_schema_set_new(&arena);
    if (mb_doc_parse(&arena, "x.yaml", (const char *)data, size, &doc, &err) == MB_OK &&
        mb_node_find(doc.root, "schema") != NULL &&
        mb_node_find(doc.root, "instance") != NULL &&
        mb_schema_set_add(set, "s", mb_node_find(doc.root, "schema"), &err) == MB_OK &&
        mb_schema_compile(set, "s", &schema, &err) == MB_OK) {
        const struct mb_node *instance = mb_node_find(doc.root, "instance");
        struct mb_schema_findings findings;
        mb_schema_findings_init(&findings, &arena);
        bool valid = mb_schema_validate(schema, instance, &findings);
        if (valid != mb_schema_validate(schema, instance, NULL) ||
            valid != (findings.count == 0)) {
            abort();
        }
        findings_check(&arena, instance, &findings);
    }
    mb_arena_release(&arena);
    return 0;
}
