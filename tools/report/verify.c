#include "report/verify.h"

#include <string.h>

#include "base/text.h"
#include "model/field.h"
#include "report/findings.h"

bool mb_report_verify_good(const struct mb_report_verify *file)
{
    return file->failure == NULL && file->faults.count == 0 &&
           file->bundle_fault_count == 0;
}

void mb_report_verify_add(struct mb_arena *arena, struct mb_report_verify *file,
                          const char *name, int line, const char *message)
{
    file->bundle_faults =
        mb_arena_grow(arena, file->bundle_faults, file->bundle_fault_count,
                      &file->bundle_fault_capacity, sizeof *file->bundle_faults);
    file->bundle_faults[file->bundle_fault_count++] =
        (struct mb_report_verify_fault){.file = mb_arena_copy_string(arena, name),
                                        .line = line,
                                        .message = mb_arena_copy_string(arena, message)};
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void checked_print(const struct mb_derive_checked *checked, struct mb_buf *out)
{
    mb_buf_print(out, "recomputed %zu number%s from %zu histogram%s", checked->numbers,
                 plural(checked->numbers), checked->histograms,
                 plural(checked->histograms));
    mb_buf_print(out, ", and %zu comparability key%s", checked->keys,
                 plural(checked->keys));
}

static void bundle_faults_print(struct mb_arena *arena,
                                const struct mb_report_verify *file, struct mb_buf *out)
{
    for (size_t i = 0; i < file->bundle_fault_count; i++) {
        const struct mb_report_verify_fault *fault = &file->bundle_faults[i];
        size_t length = strlen(file->path);
        const char *slash = length > 0 && file->path[length - 1] == '/' ? "" : "/";
        const char *place =
            fault->line > 0
                ? mb_arena_print(arena, "%s%s%s:%d", file->path, slash, fault->file,
                                 fault->line)
                : mb_arena_print(arena, "%s%s%s", file->path, slash, fault->file);
        const char *line = mb_arena_print(arena, "%s: error: %s", place, fault->message);
        mb_text_show(line, strlen(line), "", out);
        mb_buf_append_char(out, '\n');
    }
}

static void bundle_print(const struct mb_report_verify *file, struct mb_buf *out)
{
    if (strcmp(file->signature, "trusted") == 0) {
        mb_buf_append_string(out, "\n  signed by ");
        mb_text_show(file->signer, strlen(file->signer), "", out);
        mb_buf_print(out, ", %s", file->key);
    } else if (file->key != NULL) {
        mb_buf_print(out, "\n  signed with %s; --signer says whose it is", file->key);
    } else if (strcmp(file->signature, "none") == 0) {
        mb_buf_append_string(out, "\n  not signed");
    }
    if (!file->regenerated) {
        mb_buf_append_string(out, "\n  made by another meshbench: report.txt and "
                                  "disclosure.md were not written again");
    }
}

void mb_report_verify_text(struct mb_arena *arena, const struct mb_report_verify *file,
                           bool color, struct mb_buf *out)
{
    if (file->failure == NULL && file->faults.count > 0) {
        struct mb_findings findings;
        mb_findings_init(&findings, arena, MB_LEVEL_VALID);
        mb_findings_add(&findings, file->doc != NULL ? file->doc->name : file->path,
                        file->doc, file->level, &file->faults);
        mb_findings_text(&findings, color, out);
    }
    bundle_faults_print(arena, file, out);
    mb_text_show(file->path, strlen(file->path), "", out);
    if (file->failure != NULL) {
        mb_buf_append_string(out, ": NOT READ: ");
        mb_text_show(file->failure, strlen(file->failure), "", out);
        mb_buf_append_char(out, '\n');
        return;
    }
    bool good = mb_report_verify_good(file);
    mb_buf_append_string(out, good ? ": verified: " : ": NOT VERIFIED");
    if (good) {
        checked_print(&file->checked, out);
        mb_buf_print(out, "; level: %s", mb_level_name(file->level));
    }
    if (good && file->is_bundle) {
        bundle_print(file, out);
    }
    if (file->digest[0] != '\0') {
        mb_buf_print(out, "\n  sha256 %s", file->digest);
    }
    mb_buf_append_char(out, '\n');
}

static struct mb_node *fault_node(struct mb_arena *arena,
                                  const struct mb_finding *finding)
{
    struct mb_node *map = mb_node_map(arena);
    mb_field_put_text(arena, map, "code", finding->code);
    mb_field_put_text(arena, map, "severity", mb_severity_name(finding->severity));
    mb_node_put(arena, map, "line", mb_node_int(arena, finding->line));
    mb_node_put(arena, map, "column", mb_node_int(arena, finding->column));
    mb_field_put_text(arena, map, "pointer", finding->pointer);
    mb_field_put_text(arena, map, "message", finding->message);
    mb_field_put_text(arena, map, "hint", finding->hint);
    return map;
}

static struct mb_node *count_node(struct mb_arena *arena, size_t count)
{
    return mb_node_int(arena, (int64_t)count);
}

static struct mb_node *bundle_node(struct mb_arena *arena,
                                   const struct mb_report_verify *file)
{
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *faults = mb_node_list(arena);
    for (size_t i = 0; i < file->bundle_fault_count; i++) {
        const struct mb_report_verify_fault *fault = &file->bundle_faults[i];
        struct mb_node *item = mb_node_map(arena);
        mb_field_put_text(arena, item, "file", fault->file);
        mb_node_put(arena, item, "line", mb_node_int(arena, fault->line));
        mb_field_put_text(arena, item, "message", fault->message);
        mb_node_push(arena, faults, item);
    }
    mb_field_put_text(arena, map, "signature", file->signature);
    mb_field_put_text(arena, map, "key", file->key);
    mb_field_put_text(arena, map, "signer", file->signer);
    mb_node_put(arena, map, "regenerated", mb_node_bool(arena, file->regenerated));
    mb_node_put(arena, map, "faults", faults);
    return map;
}

struct mb_node *mb_report_verify_node(struct mb_arena *arena,
                                      const struct mb_report_verify *file)
{
    struct mb_node *map = mb_node_map(arena);
    struct mb_node *recomputed = mb_node_map(arena);
    struct mb_node *findings = mb_node_list(arena);
    mb_node_put(arena, recomputed, "numbers", count_node(arena, file->checked.numbers));
    mb_node_put(arena, recomputed, "histograms",
                count_node(arena, file->checked.histograms));
    mb_node_put(arena, recomputed, "keys", count_node(arena, file->checked.keys));
    for (size_t i = 0; i < file->faults.count; i++) {
        mb_node_push(arena, findings, fault_node(arena, &file->faults.items[i]));
    }
    mb_field_put_text(arena, map, "path", file->path);
    mb_field_put_text(arena, map, "failure", file->failure);
    mb_field_put_text(arena, map, "sha256",
                      file->digest[0] != '\0' ? file->digest : NULL);
    mb_node_put(arena, map, "verified", mb_node_bool(arena, mb_report_verify_good(file)));
    mb_field_put_text(arena, map, "level", mb_level_name(file->level));
    mb_node_put(arena, map, "recomputed", recomputed);
    mb_node_put(arena, map, "findings", findings);
    if (file->is_bundle) {
        mb_node_put(arena, map, "bundle", bundle_node(arena, file));
    }
    return map;
}
