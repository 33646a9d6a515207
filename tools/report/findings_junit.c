#include "report/findings.h"

#include "base/text.h"

#include <string.h>

// One test case a file: it fails when it has an error, and carries everything else as its
// output. The dialect is the one that Jenkins, GitLab and GitHub actions read:
// testsuites, testsuite, testcase, failure, error, system-out.

// Escapes for XML 1.0, in which most control characters cannot appear at all: they are
// shown as \x1b, and so are bytes that are not UTF-8.
static void xml_text(struct mb_buf *out, const char *text)
{
    struct mb_buf shown = {0};
    mb_text_show(text, strlen(text), "\n", &shown);
    for (const char *at = mb_buf_string(&shown); *at != '\0'; at++) {
        if (*at == '&') {
            mb_buf_append_string(out, "&amp;");
        } else if (*at == '<') {
            mb_buf_append_string(out, "&lt;");
        } else if (*at == '>') {
            mb_buf_append_string(out, "&gt;");
        } else if (*at == '"') {
            mb_buf_append_string(out, "&quot;");
        } else if (*at == '\n') {
            mb_buf_append_string(out, "&#10;");
        } else {
            mb_buf_append_char(out, *at);
        }
    }
    mb_buf_release(&shown);
}

static void finding_line(struct mb_buf *out, const struct mb_findings_file *file,
                         const struct mb_finding *finding)
{
    xml_text(out, file->path);
    if (finding->line > 0) {
        mb_buf_print(out, ":%d:%d", finding->line, finding->column);
    }
    mb_buf_print(out, ": %s %s: ", mb_severity_name(finding->severity), finding->code);
    xml_text(out, finding->message);
    if (finding->hint != NULL) {
        mb_buf_append_string(out, "; hint: ");
        xml_text(out, finding->hint);
    }
    mb_buf_append_char(out, '\n');
}

// The findings of one side: the errors, or all the others.
static void finding_lines(struct mb_buf *out, const struct mb_findings_file *file,
                          bool errors)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct mb_finding *finding = &file->items[i].finding;
        if ((finding->severity == MB_SEVERITY_ERROR) == errors) {
            finding_line(out, file, finding);
        }
    }
}

static void failure_print(struct mb_buf *out, const struct mb_findings_file *file)
{
    size_t first = 0;
    while (file->items[first].finding.severity != MB_SEVERITY_ERROR) {
        first++;
    }
    const struct mb_finding *finding = &file->items[first].finding;
    mb_buf_print(out, "      <failure type=\"%s\" message=\"", finding->code);
    xml_text(out, finding->message);
    if (file->errors > 1) {
        mb_buf_print(out, " (and %zu more)", file->errors - 1);
    }
    mb_buf_append_string(out, "\">");
    finding_lines(out, file, true);
    mb_buf_append_string(out, "</failure>\n");
}

static void case_print(struct mb_buf *out, const struct mb_findings_file *file)
{
    mb_buf_append_string(out, "    <testcase classname=\"meshbench.validate\" name=\"");
    xml_text(out, file->path);
    bool empty = file->failure == NULL && file->count == 0;
    mb_buf_append_string(out, empty ? "\"/>\n" : "\">\n");
    if (empty) {
        return;
    }
    if (file->failure != NULL) {
        mb_buf_append_string(out, "      <error type=\"unreadable\" message=\"");
        xml_text(out, file->failure);
        mb_buf_append_string(out, "\"/>\n");
    }
    if (file->errors > 0) {
        failure_print(out, file);
    }
    if (file->count > file->errors) {
        mb_buf_append_string(out, "      <system-out>");
        finding_lines(out, file, false);
        mb_buf_append_string(out, "</system-out>\n");
    }
    mb_buf_append_string(out, "    </testcase>\n");
}

void mb_findings_junit(const struct mb_findings *findings, struct mb_buf *out)
{
    size_t failures = 0;
    size_t errors = 0;
    for (size_t i = 0; i < findings->count; i++) {
        failures += findings->files[i].errors > 0;
        errors += findings->files[i].failure != NULL;
    }
    mb_buf_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    mb_buf_print(out, "<testsuites tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n",
                 findings->count, failures, errors);
    mb_buf_print(
        out,
        "  <testsuite name=\"meshbench validate\" tests=\"%zu\" failures=\"%zu\" "
        "errors=\"%zu\" skipped=\"0\">\n",
        findings->count, failures, errors);
    for (size_t i = 0; i < findings->count; i++) {
        case_print(out, &findings->files[i]);
    }
    mb_buf_append_string(out, "  </testsuite>\n</testsuites>\n");
}
