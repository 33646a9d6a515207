#include "meshbench/stores_text.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "report/table.h"

enum { SHORT_DIGEST = 12, NUMBER_BYTES = 32 };

static void text_show(const struct mb_stores_text *text, const char *from_outside)
{
    mb_text_show(from_outside, strlen(from_outside), "", text->out);
}

static const char *time_print(const struct mb_stores_text *text, int64_t unix_ns)
{
    char time[NUMBER_BYTES];
    mb_units_print_time(unix_ns, time, sizeof time);
    return mb_arena_copy_string(text->arena, time);
}

// "2026-11-23 19:47": short enough for a table.
static const char *minute_print(const struct mb_stores_text *text, int64_t unix_ns)
{
    enum { DAY = 10, MINUTES = 16 }; // characters
    const char *time = time_print(text, unix_ns);
    return mb_arena_print(text->arena, "%.*s %.*s", DAY, time, MINUTES - DAY - 1,
                          time + DAY + 1);
}

static const char *tags_print(const struct mb_stores_text *text,
                              const struct mb_store_result *result)
{
    const char *tags = "";
    for (size_t i = 0; i < result->tag_count; i++) {
        tags = mb_arena_print(text->arena, "%s%s%s=%s", tags, i > 0 ? " " : "",
                              result->tags[i].name, result->tags[i].value);
    }
    return tags;
}

void mb_stores_text_done(const struct mb_stores_text *text, const char *says,
                         const char *digest, const char *name)
{
    mb_buf_print(text->out, "%-13s  %.*s  ", says, SHORT_DIGEST, digest);
    text_show(text, name);
    mb_buf_append_char(text->out, '\n');
}

void mb_stores_text_results(const struct mb_stores_text *text,
                            const struct mb_store_results *results)
{
    static const char *const titles[] = {"result", "time (UTC)", "benchmark", "file",
                                         "tags"};
    enum { COLUMNS = sizeof titles / sizeof titles[0] };
    struct mb_table table;
    mb_table_init(&table, text->arena, COLUMNS);
    table.left = true;
    for (size_t i = 0; i < COLUMNS; i++) {
        mb_table_add(&table, MB_TABLE_FAINT, titles[i]);
    }
    for (size_t i = 0; i < results->count; i++) {
        const struct mb_store_result *result = &results->items[i];
        enum mb_table_style style = result->kept ? MB_TABLE_PLAIN : MB_TABLE_FAINT;
        mb_table_add(&table, style,
                     mb_arena_print(text->arena, "%.*s", SHORT_DIGEST, result->digest));
        mb_table_add(&table, style, minute_print(text, result->time_unix_ns));
        mb_table_add(&table, style, result->spec_name);
        mb_table_add(&table, style,
                     result->kept
                         ? result->name
                         : mb_arena_print(text->arena, "%s (values only)", result->name));
        mb_table_add(&table, style, tags_print(text, result));
    }
    mb_table_print(&table, 0, (size_t)text->ctx->width, text->ctx->color, text->out);
}

static void fact_print(const struct mb_stores_text *text, const char *title,
                       const char *value)
{
    mb_buf_print(text->out, "%-12s ", title);
    text_show(text, value);
    mb_buf_append_char(text->out, '\n');
}

void mb_stores_text_result(const struct mb_stores_text *text,
                           const struct mb_store_result *result)
{
    char size[NUMBER_BYTES];
    mb_units_show(MB_UNIT_SIZE, (double)result->size_bytes, size, sizeof size);
    fact_print(text, "result", result->digest);
    fact_print(text, "file",
               mb_arena_print(text->arena, "%s, %s%s", result->name, size,
                              result->kept ? "" : " (pruned: only its values are left)"));
    fact_print(text, "benchmark", result->spec_name);
    fact_print(text, "time", time_print(text, result->time_unix_ns));
    fact_print(text, "finished", time_print(text, result->finished_unix_ns));
    fact_print(text, "added", time_print(text, result->added_unix_ns));
    fact_print(text, "environment", result->environment);
    fact_print(text, "tags", tags_print(text, result));
}

void mb_stores_text_annotation(const struct mb_stores_text *text,
                               const struct mb_store_annotation *annotation)
{
    mb_buf_print(text->out, "#%lld  %.*s  %s", (long long)annotation->id, SHORT_DIGEST,
                 annotation->result, time_print(text, annotation->at_unix_ns));
    if (annotation->series != NULL) {
        mb_buf_print(text->out, "  series %.*s", SHORT_DIGEST, annotation->series);
    }
    mb_buf_append_string(text->out, "  ");
    text_show(text, annotation->author);
    mb_buf_append_string(text->out, annotation->author[0] != '\0' ? ": " : "");
    text_show(text, annotation->text);
    mb_buf_append_char(text->out, '\n');
}

void mb_stores_text_series(const struct mb_stores_text *text,
                           const struct mb_store_series *series)
{
    mb_buf_print(text->out, "%.*s  ", SHORT_DIGEST, series->digest);
    text_show(text, series->title);
    mb_buf_append_char(text->out, '\n');
}
