// Meshery's results: a page as its API gives it, each with fortio's document.
// https://docs.meshery.io, performance management.
#include <string.h>

#include "exchange/export_fortio.h"
#include "exchange/exporters.h"
#include "format/emit.h"
#include "model/field.h"

// The type of a variant's mesh as the spec has it; NULL: none, or not known.
static const char *mesh_of(const struct mb_export *export,
                           const struct mb_export_run *run)
{
    const struct mb_node *variants =
        mb_node_find(export->result->spec_resolved, "variants");
    for (size_t i = 0; i < mb_node_count(variants); i++) {
        const struct mb_node *variant = variants->as.list.items[i];
        const char *name = mb_node_text(mb_node_find(variant, "name"), "");
        if (strcmp(name, run->cell->variant) == 0) {
            return mb_node_text(mb_node_at(variant, "/mesh/type"), NULL);
        }
    }
    return NULL;
}

static const char *generator_of(const struct mb_export_run *run)
{
    struct mb_derive_scope scope = mb_derive_scope(run->cell, run->trial);
    size_t position = 0;
    const struct mb_trial *trial = mb_derive_scope_next(&scope, &position);
    return trial != NULL && trial->part_count > 0 ? trial->parts[0].generator_name : NULL;
}

static enum mb_status result_node(struct mb_export *export,
                                  const struct mb_export_run *run, struct mb_node **node,
                                  struct mb_err *err)
{
    struct mb_arena *arena = &export->scratch;
    struct mb_node *runner = NULL;
    struct mb_export_time time = mb_export_time_take(run);
    enum mb_status status = mb_export_fortio_node(export, run, &runner, err);
    if (status != MB_OK) {
        return status;
    }
    mb_field_put_text(arena, runner, "load-generator", generator_of(run));
    *node = mb_node_map(arena);
    mb_field_put_text(arena, *node, "meshery_id", mb_export_uuid(export, run));
    mb_field_put_text(arena, *node, "name", run->cell->variant);
    mb_field_put_text(arena, *node, "mesh", mesh_of(export, run));
    mb_field_put_time(arena, *node, "test_start_time", time.start_unix_ns);
    mb_node_put(arena, *node, "runner_results", runner);
    return MB_OK;
}

static enum mb_status write(struct mb_export *export, const struct mb_export_run *runs,
                            size_t count, struct mb_buf *out, struct mb_err *err)
{
    struct mb_arena *arena = &export->scratch;
    struct mb_node *page = mb_node_map(arena);
    struct mb_node *results = mb_node_list(arena);
    mb_field_put_int(arena, page, "page", 0);
    mb_field_put_int(arena, page, "page_size", (int64_t)count);
    mb_field_put_int(arena, page, "total_count", (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        struct mb_node *node = NULL;
        enum mb_status status = result_node(export, &runs[i], &node, err);
        if (status != MB_OK) {
            return status;
        }
        mb_node_push(arena, results, node);
    }
    mb_node_put(arena, page, "results", results);
    mb_emit_json(page, out);
    return MB_OK;
}

const struct mb_exporter mb_exporter_meshery = {
    .name = "meshery",
    .title = "Meshery performance results: a page, with fortio's documents within",
    .extension = ".json",
    .holds = MB_EXPORT_ALL,
    .unit = MB_EXPORT_CELLS,
    .latency = MB_DIST_SERVICE,
    .lost = "Meshery keeps what fortio writes: no trials, kinds of errors, warm-up or "
            "resources; service times",
    .can = mb_export_fortio_can,
    .write = write,
};
