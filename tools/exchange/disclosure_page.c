#include "exchange/disclosure_page.h"

#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "format/emit.h"

// Text from the result, on one line: nothing in it is Markdown or HTML any more.
static void text_add(const char *text, struct mb_buf *out)
{
    struct mb_buf shown = {0};
    mb_text_show(text, strlen(text), "", &shown);
    const char *c = mb_buf_string(&shown);
    for (; *c != '\0'; c++) {
        if (*c == '<') {
            mb_buf_append_string(out, "&lt;");
        } else if (*c == '>') {
            mb_buf_append_string(out, "&gt;");
        } else if (*c == '&') {
            mb_buf_append_string(out, "&amp;");
        } else if (strchr("\\`*_{}[]()#!|~", *c) != NULL) {
            mb_buf_append_char(out, '\\');
            mb_buf_append_char(out, *c);
        } else {
            mb_buf_append_char(out, *c);
        }
    }
    mb_buf_release(&shown);
}

static void row_add(const char *name, const char *value, struct mb_buf *out)
{
    mb_buf_append_string(out, "| ");
    text_add(name, out);
    mb_buf_append_string(out, " | ");
    text_add(value, out);
    mb_buf_append_string(out, " |\n");
}

static void table_begin(const char *left, const char *right, struct mb_buf *out)
{
    mb_buf_print(out, "| %s | %s |\n|---|---|\n", left, right);
}

static const char *value_text(struct mb_arena *arena, const struct mb_node *node)
{
    if (node == NULL) {
        return "";
    }
    if (node->type == MB_NODE_STRING) {
        return mb_node_text(node, "");
    }
    struct mb_buf json = {0};
    mb_emit_json_compact(node, &json);
    const char *text = mb_arena_copy_string(arena, mb_buf_string(&json));
    mb_buf_release(&json);
    return text;
}

static void origin_add(struct mb_arena *arena, const struct mb_result *result,
                       struct mb_buf *out)
{
    const char *when = "time not known";
    if (result->started_unix_ns > 0) {
        char started[32];
        char finished[32];
        mb_units_print_time(result->started_unix_ns, started, sizeof started);
        mb_units_print_time(result->finished_unix_ns, finished, sizeof finished);
        when = mb_arena_print(arena, "%s to %s", started, finished);
    }
    row_add("Measured", when, out);
    row_add("Measured by",
            mb_arena_print(
                arena, "%s %s (commit %s)", result->tool_name, result->tool_version,
                result->tool_commit != NULL ? result->tool_commit : "not known"),
            out);
    if (result->imported) {
        row_add("Origin",
                mb_arena_print(arena, "imported from %s %s", result->import_tool,
                               result->import_version != NULL ? result->import_version
                                                              : "(version not known)"),
                out);
    } else {
        row_add("Origin", "measured", out);
    }
    for (size_t i = 0; i < result->label_count; i++) {
        row_add(mb_arena_print(arena, "Label: %s", result->labels[i].name),
                result->labels[i].value, out);
    }
}

static void head_add(struct mb_arena *arena, const struct mb_result *result,
                     enum mb_level level, const char *digest, struct mb_buf *out)
{
    const char *question =
        mb_node_text(mb_node_find(result->spec_resolved, "question"), "");
    mb_buf_append_string(out, "# Disclosure: ");
    text_add(result->spec_name, out);
    mb_buf_append_string(out, "\n\n");
    if (question[0] != '\0') {
        text_add(question, out);
        mb_buf_append_string(out, "\n\n");
    }
    table_begin("What", "Value", out);
    row_add("Result", result->id, out);
    row_add("SHA-256 of result.json", digest, out);
    row_add("Conformance level", mb_level_name(level), out);
    row_add("Complete", result->complete ? "yes" : "no: trials are missing or cut short",
            out);
    origin_add(arena, result, out);
}

static size_t trials_count(const struct mb_cell *cell, enum mb_trial_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < cell->trial_count; i++) {
        count += cell->trials[i].status == status;
    }
    return count;
}

static void cells_add(struct mb_arena *arena, const struct mb_result *result,
                      struct mb_buf *out)
{
    mb_buf_append_string(out, "\n## What was measured\n\n");
    table_begin("Cell", "Trials", out);
    for (size_t i = 0; i < result->cell_count; i++) {
        const struct mb_cell *cell = &result->cells[i];
        row_add(mb_arena_print(arena, "%s · %s%s%s", cell->variant,
                               mb_point_title(arena, &cell->point),
                               cell->aa_of != NULL ? " · again: " : "",
                               cell->aa_of != NULL ? cell->aa_of : ""),
                mb_arena_print(arena, "%zu complete, %zu partial, %zu discarded",
                               trials_count(cell, MB_TRIAL_COMPLETE),
                               trials_count(cell, MB_TRIAL_PARTIAL),
                               trials_count(cell, MB_TRIAL_DISCARDED)),
                out);
    }
}

static void facts_add(struct mb_arena *arena, const struct mb_result *result,
                      struct mb_buf *out)
{
    mb_buf_append_string(out, "\n## On what\n\n"
                              "Captured values were read by the tool during the run; "
                              "declared ones are what the author wrote.\n\n");
    table_begin("Fact", "Value", out);
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct mb_fact *fact = &result->facts.items[i];
        const char *value = fact->redacted ? "withheld"
                            : fact->captured != NULL
                                ? mb_arena_print(arena, "%s (captured)",
                                                 value_text(arena, fact->captured))
                                : mb_arena_print(arena, "%s (declared only)",
                                                 value_text(arena, fact->declared));
        if (!fact->redacted && fact->captured != NULL && fact->declared != NULL &&
            !mb_node_equal(fact->captured, fact->declared)) {
            value = mb_arena_print(arena, "%s (captured); %s (declared)",
                                   value_text(arena, fact->captured),
                                   value_text(arena, fact->declared));
        }
        row_add(fact->path, value, out);
    }
}

// Facts that a reader would look for; what is not among the result's is said to be so.
static const struct {
    const char *path;
    const char *what;
} expected[] = {
    {"environment.host.cpu_model", "the processor"},
    {"environment.host.cpus", "the number of processors"},
    {"environment.host.memory", "the memory"},
    {"environment.host.kernel", "the kernel"},
    {"environment.orchestrator", "the orchestrator"},
    {"environment.network", "the network"},
    {"application.version", "the application's version"},
};

static bool fact_known(const struct mb_result *result, const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct mb_fact *fact = &result->facts.items[i];
        if (strncmp(fact->path, path, length) == 0 && !fact->redacted) {
            return true;
        }
    }
    return false;
}

static size_t missing_add(const char *text, const char *detail, struct mb_buf *out)
{
    mb_buf_append_string(out, "- ");
    text_add(text, out);
    text_add(detail, out);
    mb_buf_append_char(out, '\n');
    return 1;
}

static void missing_list(const struct mb_result *result, struct mb_buf *out)
{
    size_t count = 0;
    mb_buf_append_string(out, "\n## What is not disclosed\n\n");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (!fact_known(result, expected[i].path)) {
            count += missing_add(expected[i].what, " is not stated", out);
        }
    }
    for (size_t i = 0; i < result->facts.count; i++) {
        if (result->facts.items[i].redacted) {
            count += missing_add(result->facts.items[i].path, " is withheld", out);
        }
    }
    if (result->spec_text == NULL) {
        count += missing_add("the spec's text is not part of the result", "", out);
    }
    if (count == 0) {
        mb_buf_append_string(out, "Nothing of what this page looks for is missing.\n");
    }
}

static void findings_add(const struct mb_result *result, struct mb_buf *out)
{
    mb_buf_append_string(out, "\n## What the run found about itself\n\n");
    for (size_t i = 0; i < result->finding_count; i++) {
        mb_buf_print(out, "- %s ", mb_severity_name(result->findings[i].severity));
        text_add(result->findings[i].code, out);
        mb_buf_append_string(out, ": ");
        text_add(result->findings[i].message, out);
        mb_buf_append_char(out, '\n');
    }
    if (result->finding_count == 0) {
        mb_buf_append_string(out, "Nothing.\n");
    }
}

void mb_disclosure_page(struct mb_arena *arena, const struct mb_result *result,
                        enum mb_level level, const char *digest, struct mb_buf *out)
{
    head_add(arena, result, level, digest, out);
    cells_add(arena, result, out);
    facts_add(arena, result, out);
    missing_list(result, out);
    findings_add(result, out);
    mb_buf_append_string(out, "\nWritten by meshbench from result.json; `meshbench "
                              "verify` of the bundle writes it again and compares.\n");
}
