// index.html of a gallery.
#include <string.h>

#include "base/text.h"
#include "exchange/gallery.h"

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Published benchmark results</title>\n<style>\n"
    ":root{color-scheme:light "
    "dark;--page:#fff;--text:#1b1f24;--line:#c9ced6;--faint:#59636e;--bad:#a40e26;"
    "--good:#116329;--link:#0550ae}\n"
    "@media(prefers-color-scheme:dark){:root{--page:#14171b;--text:#e6e8ea;--line:#"
    "3d444d;--faint:#9aa4af;"
    "--bad:#ff9492;--good:#56d364;--link:#79c0ff}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;"
    "padding:1rem;overflow-wrap:anywhere;background:var(--page);color:var(--text)}\n"
    "h1{font-size:1.7rem;line-height:1.2}"
    "th,[data-name=Level],[data-name=Measured],[data-name=Status]{overflow-wrap:normal}"
    ":focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
    "a{color:var(--link)}table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;"
    "border-bottom:1px solid var(--line)}\n"
    "th{color:var(--faint);font-weight:600}.verified{color:var(--good)}"
    ".unverified{color:var(--faint)}.withdrawn{color:var(--bad)}\n"
    "tr.gone td{opacity:.85}tr.gone td:first-child a{text-decoration:line-through}\n"
    "@media(max-width:56rem){thead{position:absolute;left:-999rem}"
    "tr{display:block;padding:.6rem 0;border-bottom:1px solid var(--line)}"
    "td{display:block;border:0;padding:0}"
    "td::before{content:attr(data-name) \": \";color:var(--faint)}}\n"
    "</style>\n</head>\n<body>\n<h1>Published benchmark results</h1>\n"
    "<p>Every bundle holds raw data, spec, disclosure and report. Check one with "
    "<code>meshbench verify</code>, measure it again with <code>meshbench "
    "reproduce</code>. <strong>Unverified</strong>: its numbers follow from its raw "
    "data, and nobody known to this gallery vouches for them. "
    "<a href=\"index.json\">index.json</a> lists the same for programs.</p>\n";

static void text_add(const char *text, struct mb_buf *out)
{
    mb_text_show_xml(text, "", out);
}

static const char *text_of(const struct mb_node *entry, const char *key)
{
    return mb_node_text(mb_node_find(entry, key), "");
}

static void cell_begin(const char *name, struct mb_buf *out)
{
    mb_buf_print(out, "<td data-name=\"%s\">", name);
}

static void meshes_add(const struct mb_node *meshes, struct mb_buf *out)
{
    for (size_t i = 0; i < mb_node_count(meshes); i++) {
        mb_buf_append_string(out, i > 0 ? ", " : "");
        text_add(mb_node_text(meshes->as.list.items[i], ""), out);
    }
    if (mb_node_count(meshes) == 0) {
        mb_buf_append_string(out, "none");
    }
}

static void status_add(const struct mb_node *entry, struct mb_buf *out)
{
    const char *status = text_of(entry, "status");
    const char *signer = text_of(entry, "signer");
    const char *reason = text_of(entry, "reason");
    mb_buf_append_string(out, "<strong class=\"");
    text_add(status, out);
    mb_buf_append_string(out, "\">");
    text_add(status, out);
    mb_buf_append_string(out, "</strong>");
    if (signer[0] != '\0') {
        mb_buf_append_string(out, ", signed by ");
        text_add(signer, out);
    }
    if (reason[0] != '\0') {
        mb_buf_append_string(out, ": ");
        text_add(reason, out);
    }
}

static void entry_add(const struct mb_node *entry, struct mb_buf *out)
{
    bool gone = strcmp(text_of(entry, "status"), "withdrawn") == 0;
    mb_buf_print(out, "<tr%s>", gone ? " class=\"gone\"" : "");
    cell_begin("Benchmark", out);
    const char *report = text_of(entry, "report");
    mb_buf_append_string(out, "<a href=\"");
    text_add(report[0] != '\0' ? report : text_of(entry, "path"), out);
    mb_buf_append_string(out, report[0] != '\0' ? "\">" : "report.txt\">");
    text_add(text_of(entry, "benchmark"), out);
    mb_buf_append_string(out, "</a></td>");
    cell_begin("Meshes", out);
    meshes_add(mb_node_find(entry, "meshes"), out);
    mb_buf_append_string(out, "</td>");
    cell_begin("Level", out);
    text_add(text_of(entry, "level"), out);
    mb_buf_append_string(out, ", ");
    text_add(text_of(entry, "availability"), out);
    mb_buf_append_string(out, "</td>");
    cell_begin("Measured", out);
    text_add(text_of(entry, "measured_at"), out);
    mb_buf_append_string(out, "</td>");
    cell_begin("Status", out);
    status_add(entry, out);
    mb_buf_append_string(out, "</td>");
    cell_begin("Files", out);
    static const char *const files[] = {"bundle.json", "disclosure.md", "report.txt",
                                        "result.json", MB_BUNDLE_SUMS};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        mb_buf_append_string(out, i > 0 ? ", <a href=\"" : "<a href=\"");
        text_add(text_of(entry, "path"), out);
        mb_buf_print(out, "%s\">%s</a>", files[i], files[i]);
    }
    mb_buf_append_string(out, "</td></tr>\n");
}

void mb_gallery_page(const struct mb_node *entries, struct mb_buf *out)
{
    mb_buf_append_string(out, head);
    static const char *const columns[] = {"Benchmark", "Meshes", "Level",
                                          "Measured",  "Status", "Files"};
    mb_buf_append_string(out, "<table>\n<thead><tr>");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        mb_buf_print(out, "<th scope=\"col\">%s</th>", columns[i]);
    }
    mb_buf_append_string(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < mb_node_count(entries); i++) {
        entry_add(entries->as.list.items[i], out);
    }
    mb_buf_append_string(out, "</tbody>\n</table>\n</body>\n</html>\n");
}
