// Reads lines {"schema": ..., "instances": [...]} and prints a line of verdicts for each:
// 1 valid, 0 not, X when the verdicts with and without findings differ.
#include <stdio.h>
#include <stdlib.h>

#include "format/doc.h"
#include "schema/schema.h"

static char verdict(struct mb_arena *arena, const struct mb_schema *schema,
                    const struct mb_node *instance)
{
    struct mb_schema_findings findings;
    mb_schema_findings_init(&findings, arena);
    bool valid = mb_schema_validate(schema, instance, &findings);
    bool quick = mb_schema_validate(schema, instance, NULL);
    if (valid != quick || valid != (findings.count == 0)) {
        return 'X';
    }
    return valid ? '1' : '0';
}

static void line_run(const char *line, size_t size)
{
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc;
    const struct mb_schema *schema = NULL;
    struct mb_schema_set *set = mb_schema_set_new(&arena);
    if (mb_doc_parse(&arena, "line.json", line, size, &doc, &err) != MB_OK ||
        mb_schema_set_add(set, "s", mb_node_find(doc.root, "schema"), &err) != MB_OK ||
        mb_schema_compile(set, "s", &schema, &err) != MB_OK) {
        (void)printf("%s\n", err.message);
    } else {
        const struct mb_node *instances = mb_node_find(doc.root, "instances");
        for (size_t i = 0; i < mb_node_count(instances); i++) {
            (void)putchar(verdict(&arena, schema, instances->as.list.items[i]));
        }
        (void)putchar('\n');
    }
    mb_arena_release(&arena);
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size = getline(&line, &capacity, stdin);
    while (size > 0) {
        line_run(line, (size_t)size);
        size = getline(&line, &capacity, stdin);
    }
    free(line);
    return 0;
}
