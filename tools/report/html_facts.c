// The page's second half: everything that the numbers above rest on.
#include "report/html_parts.h"

#include <inttypes.h>

#include "base/units.h"
#include "format/emit.h"
#include "report/effect.h"
#include "report/escape.h"

static const struct mb_compare_side *side_at(const struct mb_html *html, size_t side)
{
    return &html->page->report->sides[side];
}

void mb_html_findings(const struct mb_html *html)
{
    for (size_t side = 0; side < html->page->report->side_count; side++) {
        const struct mb_result *result = side_at(html, side)->result;
        size_t shown = mb_html_shown(result->finding_count);
        for (size_t i = 0; i < shown; i++) {
            const struct mb_finding *finding = &result->findings[i];
            mb_buf_print(html->out, "%s<li><code>%s</code> %s: ", i == 0 ? "<ul>\n" : "",
                         finding->code, mb_severity_name(finding->severity));
            mb_escape_xml(html->out, finding->message);
            if (finding->hint != NULL) {
                mb_buf_append_string(html->out, " <span class=\"faint\">(");
                mb_escape_xml(html->out, finding->hint);
                mb_buf_append_string(html->out, ")</span>");
            }
            mb_buf_append_string(html->out, "</li>\n");
        }
        mb_buf_append_string(html->out, result->finding_count > 0 ? "</ul>\n" : "");
        mb_html_rest(html, shown, result->finding_count,
                     "findings; all: meshbench validate RESULT");
    }
}

static void node_cell(const struct mb_html *html, const struct mb_node *node)
{
    struct mb_buf text = {0};
    if (node != NULL && node->type == MB_NODE_STRING) {
        mb_buf_append_string(&text, node->as.string.data);
    } else if (node != NULL) {
        mb_emit_json_compact(node, &text);
    }
    mb_html_text_cell(html, node != NULL ? mb_buf_string(&text) : "-");
    mb_buf_release(&text);
}

void mb_html_environment(const struct mb_html *html)
{
    for (size_t side = 0; side < html->page->report->side_count; side++) {
        const struct mb_fact_list *facts = &side_at(html, side)->result->facts;
        if (facts->count == 0) {
            continue;
        }
        mb_html_table_open(
            html, mb_arena_print(html->arena, "Facts of %s", side_at(html, side)->name),
            "fact|found|declared|found in");
        for (size_t i = 0; i < facts->count; i++) {
            const struct mb_fact *fact = &facts->items[i];
            mb_html_row_open(html, fact->path);
            if (fact->redacted) {
                mb_html_text_cell(html, "withheld");
            } else {
                node_cell(html, fact->captured);
            }
            node_cell(html, fact->declared);
            mb_html_text_cell(html, fact->source);
            mb_html_row_close(html);
        }
        mb_html_table_close(html);
    }
}

void mb_html_method(const struct mb_html *html)
{
    const struct mb_compare_report *report = html->page->report;
    mb_buf_append_string(
        html->out,
        "<dl>\n<dt><b>Response time</b></dt><dd>from the moment at which a request was "
        "due "
        "to its last byte, so that a stall counts for every request that it delayed. "
        "Requests that timed out rank above all others.</dd>\n"
        "<dt><b>A percentile</b></dt><dd>is shown where at least 10 requests lie beyond "
        "it; "
        "else it says <i>too few</i>.</dd>\n");
    if (report->count > 0) {
        mb_buf_print(
            html->out,
            "<dt><b>What changes</b></dt><dd>the geometric mean over %s, times the "
            "baseline "
            "of the first row, with its %.3g%% interval: the logarithm of the ratio is "
            "what is "
            "tested. Where a side is zero it is the mean difference.</dd>\n"
            "<dt><b>Worse, better</b></dt><dd>certain at that level after the correction "
            "of "
            "Holm for %zu primary comparisons, and larger than the noise floor: how far "
            "the baseline differs from itself where it was measured twice.</dd>\n"
            "<dt><b>Same</b></dt><dd>two one-sided tests put it within the margin that "
            "the "
            "spec declares. Else it is undecided (<b>~</b>).</dd>\n",
            mb_effect_paired(report)
                ? "blocks of the ratio to the baseline in the same block"
                : "trials of the ratio between the runs, which nothing pairs (Welch)",
            report->confidence * 100.0, report->family);
    }
    mb_buf_append_string(html->out, "</dl>\n");
}

void mb_html_parameters(const struct mb_html *html)
{
    for (size_t side = 0; side < html->page->report->side_count; side++) {
        const struct mb_result *result = side_at(html, side)->result;
        struct mb_buf yaml = {0};
        if (result->spec_resolved == NULL) {
            continue;
        }
        mb_emit_yaml(result->spec_resolved, &yaml);
        mb_buf_append_string(html->out, "<details><summary>");
        mb_escape_xml(html->out, side_at(html, side)->name);
        mb_buf_append_string(html->out,
                             ": the spec with every default written out</summary>\n"
                             "<pre tabindex=\"0\"><code>");
        mb_escape_xml_lines(html->out, mb_buf_string(&yaml));
        mb_buf_append_string(html->out, "</code></pre></details>\n");
        mb_buf_release(&yaml);
    }
}

static void origin_row(const struct mb_html *html, const char *name, const char *text)
{
    if (text != NULL) {
        mb_html_row_open(html, name);
        mb_html_text_cell(html, text);
        mb_html_row_close(html);
    }
}

void mb_html_origin(const struct mb_html *html)
{
    for (size_t side = 0; side < html->page->report->side_count; side++) {
        const struct mb_compare_side *from = side_at(html, side);
        const struct mb_result *result = from->result;
        char started[32] = "not known";
        char finished[32] = "not known";
        if (result->started_unix_ns > 0) {
            mb_units_print_time(result->started_unix_ns, started, sizeof started);
            mb_units_print_time(result->finished_unix_ns, finished, sizeof finished);
        }
        mb_html_table_open(html, from->name, "what|value");
        origin_row(html, "result", result->id);
        origin_row(html, "SHA-256 of the file", from->digest);
        origin_row(html, "conformance level", html->page->levels[side]);
        origin_row(html, "measured by",
                   mb_arena_print(html->arena, "%s %s", result->tool_name,
                                  result->tool_version));
        origin_row(html, "commit", result->tool_commit);
        origin_row(html, "imported from", result->imported ? result->import_tool : NULL);
        origin_row(html, "started", started);
        origin_row(html, "finished", finished);
        origin_row(html, "complete",
                   result->complete ? "yes" : "no: trials that were planned are missing");
        origin_row(html, "seed", mb_arena_print(html->arena, "%" PRIu64, result->seed));
        origin_row(html, "SHA-256 of the spec", result->spec_digest);
        mb_html_table_close(html);
    }
    mb_buf_append_string(html->out,
                         "<p>To check every number from the raw data: <code>meshbench "
                         "verify</code> with the result's file.</p>\n");
}
