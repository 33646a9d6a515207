// What a store holds, for programs: schema/store.schema.json.
#include "model/field.h"
#include "store/store.h"

struct mb_node *mb_store_result_node(struct mb_arena *arena,
                                     const struct mb_store_result *result)
{
    struct mb_node *node = mb_node_map(arena);
    struct mb_node *tags = mb_node_map(arena);
    for (size_t i = 0; i < result->tag_count; i++) {
        mb_field_put_text(arena, tags, result->tags[i].name, result->tags[i].value);
    }
    mb_field_put_text(arena, node, "result", result->digest);
    mb_field_put_text(arena, node, "file", result->name);
    mb_field_put_text(arena, node, "benchmark",
                      result->spec_name[0] != '\0' ? result->spec_name : NULL);
    mb_field_put_time(arena, node, "time", result->time_unix_ns);
    mb_field_put_time(arena, node, "finished_at", result->finished_unix_ns);
    mb_field_put_time(arena, node, "added_at", result->added_unix_ns);
    mb_field_put_int(arena, node, "size_bytes", result->size_bytes);
    mb_field_put_text(arena, node, "environment",
                      result->environment[0] != '\0' ? result->environment : NULL);
    mb_node_put(arena, node, "complete", mb_node_bool(arena, result->complete));
    mb_node_put(arena, node, "imported", mb_node_bool(arena, result->imported));
    mb_node_put(arena, node, "kept", mb_node_bool(arena, result->kept));
    mb_node_put(arena, node, "tags", tags);
    return node;
}

struct mb_node *mb_store_series_node(struct mb_arena *arena,
                                     const struct mb_store_series *series)
{
    struct mb_node *node = mb_node_map(arena);
    mb_field_put_text(arena, node, "series", series->digest);
    mb_field_put_text(arena, node, "title", series->title);
    mb_field_put_text(arena, node, "variant", series->key.variant_name);
    mb_field_put_text(arena, node, "baseline", series->key.baseline);
    mb_field_put_text(arena, node, "point", series->key.point);
    mb_field_put_text(arena, node, "metric", series->key.metric);
    mb_field_put_text(arena, node, "unit", mb_store_unit_name(series->unit));
    mb_node_put(arena, node, "higher_is_better",
                mb_node_bool(arena, series->higher_is_better));
    return node;
}

struct mb_node *mb_store_annotation_node(struct mb_arena *arena,
                                         const struct mb_store_annotation *annotation)
{
    struct mb_node *node = mb_node_map(arena);
    mb_node_put(arena, node, "number", mb_node_int(arena, annotation->id));
    mb_field_put_text(arena, node, "series", annotation->series);
    mb_field_put_text(arena, node, "result", annotation->result);
    mb_field_put_text(arena, node, "text", annotation->text);
    mb_field_put_text(arena, node, "author",
                      annotation->author[0] != '\0' ? annotation->author : NULL);
    mb_field_put_time(arena, node, "at", annotation->at_unix_ns);
    return node;
}
