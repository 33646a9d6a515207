// JSON and CSV forms of a result.
#include <string.h>

#include "base/units.h"
#include "format/emit.h"
#include "report/escape.h"
#include "model/derive.h"
#include "model/field.h"
#include "report/show.h"

static struct mb_node *findings_node(struct mb_arena *arena,
                                     const struct mb_result *result)
{
    struct mb_node *list = mb_node_list(arena);
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct mb_finding *finding = &result->findings[i];
        struct mb_node *map = mb_node_map(arena);
        mb_field_put_text(arena, map, "code", finding->code);
        mb_field_put_text(arena, map, "severity", mb_severity_name(finding->severity));
        mb_field_put_text(arena, map, "pointer", finding->pointer);
        mb_field_put_text(arena, map, "message", finding->message);
        mb_field_put_text(arena, map, "hint", finding->hint);
        mb_node_push(arena, list, map);
    }
    return list;
}

struct mb_node *mb_report_show_node(struct mb_arena *arena,
                                    const struct mb_report_show *show)
{
    const struct mb_result *result = show->result;
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "result", show->digest);
    mb_field_put_text(arena, map, "id", result->id);
    mb_field_put_text(arena, map, "name", result->spec_name);
    mb_field_put_time(arena, map, "started_at", result->started_unix_ns);
    mb_field_put_time(arena, map, "finished_at", result->finished_unix_ns);
    mb_node_put(arena, map, "complete", mb_node_bool(arena, result->complete));
    mb_field_put_text(arena, map, "level", show->level);
    struct mb_node *cells = mb_node_list(arena);
    for (size_t i = 0; i < result->cell_count; i++) {
        struct mb_node *cell = mb_derive_cell_node(arena, &result->cells[i]);
        mb_derive_interval_put(arena, &result->cells[i], cell);
        mb_node_push(arena, cells, cell);
    }
    mb_node_put(arena, map, "cells", cells);
    mb_node_put(arena, map, "findings", findings_node(arena, result));
    return map;
}

// Columns by their way into a cell's or trial's map; the title is that way with dots.
static const char *const csv_columns[] = {
    "/variant",
    "/workload",
    "/connections",
    "/load_model",
    "/asked_rps",
    "/achieved_rps",
    "/requests",
    "/errors",
    "/error_ratio",
    "/response_time_ms/min",
    "/response_time_ms/mean",
    "/response_time_ms/p50",
    "/response_time_ms/p75",
    "/response_time_ms/p90",
    "/response_time_ms/p95",
    "/response_time_ms/p99",
    "/response_time_ms/p99.9",
    "/response_time_ms/max",
    "/service_time_ms/p50",
    "/service_time_ms/p99",
    "/dispatch_lag_ms/p99",
    "/cpu_per_request_us/application_and_data_plane",
    "/cpu_per_request_us/application",
    "/cpu_per_request_us/data_plane",
    "/cpu_per_request_us/generator",
    "/memory_mib/application_and_data_plane",
};
enum { CSV_COLUMNS = sizeof csv_columns / sizeof *csv_columns };

// Unknown is an empty field.
static void csv_value(struct mb_buf *out, const struct mb_node *node)
{
    if (node == NULL || node->type == MB_NODE_NULL) {
        return;
    }
    if (node->type == MB_NODE_STRING) {
        mb_escape_csv(out, node->as.string.data);
        return;
    }
    mb_emit_json_compact(node, out);
}

static void csv_row(struct mb_buf *out, const struct mb_node *map)
{
    for (size_t i = 0; i < CSV_COLUMNS; i++) {
        mb_buf_append_string(out, i > 0 ? "," : "");
        csv_value(out, mb_node_at(map, csv_columns[i]));
    }
}

static void csv_header(struct mb_buf *out, bool trials)
{
    for (size_t i = 0; i < CSV_COLUMNS; i++) {
        mb_buf_append_string(out, i > 0 ? "," : "");
        for (const char *c = csv_columns[i] + 1; *c != '\0'; c++) {
            mb_buf_append_char(out, *c == '/' ? '.' : *c);
        }
    }
    mb_buf_append_string(out, trials ? ",block,status,id\r\n" : "\r\n");
}

void mb_report_show_csv(struct mb_arena *arena, const struct mb_report_show *show,
                        struct mb_buf *out)
{
    csv_header(out, show->trials);
    for (size_t i = 0; i < show->result->cell_count; i++) {
        const struct mb_node *cell = mb_derive_cell_node(arena, &show->result->cells[i]);
        if (!show->trials) {
            csv_row(out, cell);
            mb_buf_append_string(out, "\r\n");
            continue;
        }
        const struct mb_node *trials = mb_node_find(cell, "trials");
        for (size_t j = 0; j < mb_node_count(trials); j++) {
            const struct mb_node *trial = trials->as.list.items[j];
            csv_row(out, trial);
            mb_buf_append_string(out, ",");
            csv_value(out, mb_node_find(trial, "block"));
            mb_buf_append_string(out, ",");
            csv_value(out, mb_node_find(trial, "status"));
            mb_buf_append_string(out, ",");
            csv_value(out, mb_node_find(trial, "id"));
            mb_buf_append_string(out, "\r\n");
        }
    }
}
