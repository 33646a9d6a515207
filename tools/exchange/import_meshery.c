// Meshery's results: pages of them as its API gives them, or one alone, each with what
// fortio wrote and the name of the mesh. https://docs.meshery.io, performance management.
#include <string.h>

#include "exchange/import_fortio.h"
#include "exchange/importers.h"

static int detect(const char *head, size_t size)
{
    (void)size;
    bool wrapped = strstr(head, "\"runner_results\"") != NULL;
    bool named =
        strstr(head, "\"meshery_id\"") != NULL || strstr(head, "\"mesh\"") != NULL;
    return wrapped ? (named ? 98 : 60) : 0;
}

struct reading {
    struct mb_import_json *json;
    struct mb_err *err;
};

static const char *text(const struct mb_node *node, const char *name)
{
    const char *value = mb_node_text(mb_node_find(node, name), "");
    return value[0] != '\0' ? value : NULL;
}

static enum mb_status result_read(struct reading *reading, const struct mb_node *node,
                                  const struct mb_node *runner)
{
    static const char *const facts[] = {"meshery_id", "performance_profile", "created_at",
                                        NULL};
    struct mb_import *import = reading->json->import;
    struct mb_import_run *run = NULL;
    if (runner->type == MB_NODE_NULL) {
        return MB_OK; // a test that failed
    }
    if (!mb_import_fortio_is_run(runner)) {
        return mb_import_json_fault(reading->json, runner, reading->err,
                                    "'runner_results' is not what fortio writes");
    }
    enum mb_status status =
        mb_import_fortio_run(reading->json, runner, &run, reading->err);
    if (status != MB_OK) {
        return status;
    }
    run->name = text(node, "name") != NULL ? text(node, "name") : run->name;
    mb_import_fact_add(import, run, "meshery.mesh", mb_node_find(node, "mesh"));
    mb_import_fact_add(import, run, "generator", mb_node_find(runner, "load-generator"));
    for (size_t i = 0; facts[i] != NULL; i++) {
        mb_import_fact_add(import, run,
                           mb_arena_print(import->arena, "meshery.%s", facts[i]),
                           mb_node_find(node, facts[i]));
    }
    return MB_OK;
}

static enum mb_status results_read(struct reading *reading, const struct mb_node *node)
{
    const struct mb_node *runner = mb_node_find(node, "runner_results");
    enum mb_status status = MB_OK;
    if (runner != NULL && runner->type != MB_NODE_LIST) {
        return result_read(reading, node, runner);
    }
    for (size_t i = 0; runner != NULL && status == MB_OK && i < mb_node_count(runner);
         i++) {
        status = result_read(reading, node, runner->as.list.items[i]);
    }
    bool list = node->type == MB_NODE_LIST;
    bool goes_on = runner == NULL && (list || node->type == MB_NODE_MAP);
    size_t count = goes_on ? mb_node_count(node) : 0;
    for (size_t i = 0; status == MB_OK && i < count; i++) {
        status = results_read(reading, list ? node->as.list.items[i]
                                            : node->as.map.entries[i].value);
    }
    return status;
}

static enum mb_status document_read(void *state, struct mb_import_json *json,
                                    const struct mb_node *root, struct mb_err *err)
{
    struct reading reading = {.json = json, .err = err};
    (void)state;
    return results_read(&reading, root);
}

static enum mb_status read(struct mb_import *import, struct mb_input *input,
                           struct mb_err *err)
{
    return mb_import_json_each(
        import, input, &(struct mb_import_json_visitor){.visit = document_read}, err);
}

const struct mb_importer mb_importer_meshery = {
    .name = "meshery",
    .title = "Meshery performance results (fortio within)",
    .tool = "fortio",
    .detect = detect,
    .read = read,
    .unknown =
        "Meshery keeps what fortio wrote: latencies count from the actual sending, "
        "and nothing says whether connections were warm",
};
