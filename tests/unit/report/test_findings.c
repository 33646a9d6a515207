// Findings as text, JSON, SARIF and JUnit: the same report through all writers.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "check/check.h"
#include "report/findings.h"
#include "schema/schema.h"

// A report of one document: a finding for each place in `finding`.
struct bench {
    struct mb_arena arena;
    struct mb_findings report;
    struct mb_buf out;
};

static void bench_init(struct bench *bench, enum mb_level wanted)
{
    memset(bench, 0, sizeof *bench);
    mb_arena_init(&bench->arena);
    mb_findings_init(&bench->report, &bench->arena, wanted);
}

static void bench_release(struct bench *bench)
{
    mb_buf_release(&bench->out);
    mb_arena_release(&bench->arena);
}

static void bench_add(struct bench *bench, const char *path, const char *text,
                      enum mb_level level, const struct mb_finding *findings,
                      size_t count)
{
    struct mb_arena arena; // everything is copied: released at once
    struct mb_diag diag;
    struct mb_doc doc = {0};
    struct mb_err err = {0};
    mb_arena_init(&arena);
    mb_diag_init(&diag, &arena);
    if (text != NULL) {
        assert_int_equal(mb_doc_parse(&arena, path, text, strlen(text), &doc, &err),
                         MB_OK);
    }
    for (size_t i = 0; i < count; i++) {
        (void)mb_diag_add(&diag, &findings[i]);
    }
    mb_findings_add(&bench->report, path, text != NULL ? &doc : NULL, level, &diag);
    mb_arena_release(&arena);
}

static const struct mb_finding rate_finding = {
    .code = "MB112",
    .severity = MB_SEVERITY_ERROR,
    .file = "sidecar.yaml",
    .line = 2,
    .column = 16,
    .length = 6,
    .pointer = "/rate/1",
    .message = "'1000rp' is not a rate: unknown unit 'rp', did you mean 'rps'?",
};

// --- text

static void test_text_points_at_the_place(void **state)
{
    (void)state;
    static const struct mb_finding findings[] = {
        {.code = "MB112",
         .severity = MB_SEVERITY_ERROR,
         .line = 2,
         .column = 16,
         .length = 6,
         .message = "'1000rp' is not a rate"},
        {.code = "MB305",
         .severity = MB_SEVERITY_WARNING,
         .line = 1,
         .column = 1,
         .length = 1,
         .message = "the network is not stated",
         .hint = "state it"},
    };
    struct bench bench;
    bench_init(&bench, MB_LEVEL_VALID);
    bench_add(&bench, "sidecar.yaml", "name: x\nrate: [100rps, 1000rp]\n", MB_LEVEL_NONE,
              findings, 2);
    mb_findings_text(&bench.report, false, &bench.out);
    assert_string_equal(
        mb_buf_string(&bench.out),
        "sidecar.yaml:2:16: error MB112: '1000rp' is not a rate\n"
        "    2 | rate: [100rps, 1000rp]\n"
        "      |                ^~~~~~\n"
        "sidecar.yaml:1:1: warning MB305: the network is not stated\n"
        "  hint: state it\n"
        "sidecar.yaml: 1 error, 1 warning; not valid.  More on a code: meshbench explain "
        "MB112\n");
    bench_release(&bench);
}

// The excerpt below a finding at line:column of a text.
static const char *excerpt(struct bench *bench, const char *text, int line, int column,
                           int length)
{
    struct mb_finding finding = rate_finding;
    finding.line = line;
    finding.column = column;
    finding.length = length;
    bench_init(bench, MB_LEVEL_VALID);
    bench_add(bench, "a.yaml", text, MB_LEVEL_NONE, &finding, 1);
    mb_findings_text(&bench->report, false, &bench->out);
    char *start = strchr(bench->out.data, '\n') + 1;
    *strstr(start, "a.yaml: 1 error") = '\0';
    return start;
}

static void test_excerpts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        int line;
        int column;
        int length;
        const char *wanted;
    } cases[] = {
        {"first character", "abc: d\n", 1, 1, 3, "    1 | abc: d\n      | ^~~\n"},
        {"no final line end", "abc: d", 1, 6, 1, "    1 | abc: d\n      |      ^\n"},
        {"end of a line", "abc:\nx: y\n", 1, 5, 1, "    1 | abc:\n      |     ^\n"},
        {"past the end", "abc: d\n", 9, 5, 1, "    9 | \n      | ^\n"},
        {"carriage returns", "abc: d\r\nx: y\r\n", 1, 6, 1,
         "    1 | abc: d\n      |      ^\n"},
        {"umlauts are one column", "\xc3\xa4\xc3\xb6: d\n", 1, 5, 1,
         "    1 | \xc3\xa4\xc3\xb6: d\n      |     ^\n"},
        {"large numbers keep the mark in step", "a: 1\n", 123456, 1, 1,
         "123456 | \n       | ^\n"},
        {"longer than the line", "abc: d\n", 1, 6, 40,
         "    1 | abc: d\n      |      ^\n"},
        {"hidden characters are shown",
         "a: \xe2\x80\xae"
         "b\n",
         1, 5, 1, "    1 | a: \\u202eb\n      |          ^\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench bench;
        const char *found = excerpt(&bench, cases[i].text, cases[i].line, cases[i].column,
                                    cases[i].length);
        if (strcmp(found, cases[i].wanted) != 0) {
            fail_msg("%s: expected\n%sgot\n%s", cases[i].name, cases[i].wanted, found);
        }
        bench_release(&bench);
    }
}

static void test_long_lines_are_cut(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    mb_buf_append_string(&text, "x: ");
    for (int i = 0; i < 5000; i++) {
        mb_buf_append_char(&text, (char)('a' + i % 26));
    }
    struct bench bench;
    const char *found = excerpt(&bench, text.data, 1, 3000, 5);
    assert_true(strlen(found) < 250);
    const char *mark = strstr(found, "^~~~~\n");
    assert_non_null(mark);
    // The mark stands below the character that it is about.
    size_t column = (size_t)(mark - (strchr(found, '\n') + 1));
    assert_int_equal(found[column], text.data[2999]);
    assert_int_equal(strncmp(found, "    1 | ...", 11), 0);
    bench_release(&bench);
    mb_buf_release(&text);
}

// Nothing that a document or a file name holds may reach a terminal as a command.
static void test_terminal_sequences_are_shown(void **state)
{
    (void)state;
    struct mb_finding finding = rate_finding;
    finding.message = "unknown key '\x1b]0;owned\x07\xc2\x9b"
                      "2J\xff'";
    finding.hint = "did you mean '\x1b[2J'?";
    struct bench bench;
    bench_init(&bench, MB_LEVEL_VALID);
    bench_add(&bench, "a\x1b[31m.yaml", NULL, MB_LEVEL_NONE, &finding, 1);
    mb_findings_text(&bench.report, false, &bench.out);
    for (size_t i = 0; i < bench.out.size; i++) {
        unsigned char c = (unsigned char)bench.out.data[i];
        assert_true(c == '\n' || (c >= 0x20 && c < 0x7f));
    }
    assert_non_null(strstr(bench.out.data, "a\\x1b[31m.yaml:2:16: error"));
    assert_non_null(strstr(bench.out.data, "'\\x1b]0;owned\\x07\\x9b2J\\xff'"));
    bench_release(&bench);
}

// Reports end up in logs: the line with a secret is not repeated.
static void test_secrets_are_not_repeated(void **state)
{
    (void)state;
    static const struct mb_finding findings[] = {
        {.code = "MB101", .severity = MB_SEVERITY_ERROR, .line = 2, .message = "a"},
        {.code = "MB113", .severity = MB_SEVERITY_ERROR, .line = 2, .message = "b"},
        {.code = "MB101", .severity = MB_SEVERITY_ERROR, .line = 1, .message = "c"},
    };
    struct bench bench;
    bench_init(&bench, MB_LEVEL_VALID);
    bench_add(&bench, "a.yaml", "plain: 1\nAuthorization: hunter2\n", MB_LEVEL_NONE,
              findings, 3);
    mb_findings_text(&bench.report, false, &bench.out);
    assert_null(strstr(bench.out.data, "hunter2"));
    assert_non_null(strstr(bench.out.data, "plain: 1"));
    bench_release(&bench);
}

static void test_color_only_when_asked(void **state)
{
    (void)state;
    struct bench bench;
    bench_init(&bench, MB_LEVEL_VALID);
    bench_add(&bench, "a.yaml", "a: 1\nrate: [100rps, 1000rp]\n", MB_LEVEL_NONE,
              &rate_finding, 1);
    mb_findings_text(&bench.report, false, &bench.out);
    assert_null(strchr(bench.out.data, '\x1b'));
    mb_buf_reset(&bench.out);
    mb_findings_text(&bench.report, true, &bench.out);
    assert_non_null(strstr(bench.out.data, "\x1b[1;31merror MB112:\x1b[0m"));
    bench_release(&bench);
}

static void test_summaries(void **state)
{
    (void)state;
    static const struct mb_finding note = {
        .code = "MB701", .severity = MB_SEVERITY_NOTE, .message = "5 blocks"};
    struct bench bench;
    struct mb_err err = {0};
    bench_init(&bench, MB_LEVEL_RIGOROUS);
    bench_add(&bench, "clean.yaml", NULL, MB_LEVEL_RIGOROUS, NULL, 0);
    bench_add(&bench, "less.yaml", NULL, MB_LEVEL_DISCLOSED, &note, 1);
    (void)mb_err_set(&err, MB_FAILED, "cannot read 'gone.yaml': No such file");
    mb_findings_add_failure(&bench.report, "gone.yaml", &err);
    mb_findings_text(&bench.report, false, &bench.out);
    assert_string_equal(mb_buf_string(&bench.out),
                        "clean.yaml: no findings; rigorous\n"
                        "less.yaml: note MB701: 5 blocks\n"
                        "less.yaml: 1 note; disclosed, not rigorous.  More on a code: "
                        "meshbench explain MB701\n"
                        "gone.yaml: not read: cannot read 'gone.yaml': No such file\n");
    assert_false(mb_findings_failed(&bench.report));
    bench_release(&bench);
}

// --- machines

// A report with everything that needs care: a place, no place, a failure, odd characters.
static void bench_fill(struct bench *bench)
{
    struct mb_finding placeless = {.code = "MB701",
                                   .severity = MB_SEVERITY_NOTE,
                                   .message = "a <note> & a \"hint\" \x1b \x01",
                                   .hint = "]]> 'x' \xff"};
    struct mb_err err = {0};
    struct mb_finding findings[] = {rate_finding, placeless};
    bench_init(bench, MB_LEVEL_VALID);
    bench_add(bench, "dir/a b%.yaml", "kind: benchmark\nrate: [100rps, 1000rp]\n",
              MB_LEVEL_NONE, findings, 2);
    bench_add(bench, "-", NULL, MB_LEVEL_VALID, NULL, 0);
    (void)mb_err_set(&err, MB_FAILED, "cannot read 'gone': No such file");
    mb_findings_add_failure(&bench->report, "gone", &err);
}

static struct mb_node *json_read(struct bench *bench)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_parse(&bench->arena, "out.json", bench->out.data, bench->out.size, &doc,
                     &err) != MB_OK) {
        fail_msg("%s", err.message);
    }
    return doc.root;
}

static const char *text_at(const struct mb_node *root, const char *pointer)
{
    return mb_node_text(mb_node_at(root, pointer), "(none)");
}

static void test_json_is_as_promised(void **state)
{
    (void)state;
    struct bench bench;
    bench_fill(&bench);
    mb_findings_json(&bench.report, &bench.out);
    struct mb_node *root = json_read(&bench);
    assert_string_equal(text_at(root, "/files/0/path"), "dir/a b%.yaml");
    assert_string_equal(text_at(root, "/files/0/kind"), "benchmark");
    assert_false(mb_node_boolean(mb_node_at(root, "/files/0/valid"), true));
    assert_string_equal(text_at(root, "/files/0/level"), "none");
    assert_string_equal(text_at(root, "/files/0/findings/0/code"), "MB112");
    assert_string_equal(text_at(root, "/files/0/findings/0/severity"), "error");
    assert_int_equal(mb_node_integer(mb_node_at(root, "/files/0/findings/0/line"), 0), 2);
    assert_int_equal(mb_node_integer(mb_node_at(root, "/files/0/findings/0/column"), 0),
                     16);
    assert_string_equal(text_at(root, "/files/0/findings/0/pointer"), "/rate/1");
    assert_string_equal(text_at(root, "/files/0/findings/0/message"),
                        rate_finding.message);
    assert_int_equal(mb_node_at(root, "/files/0/findings/0/hint")->type, MB_NODE_NULL);
    assert_int_equal(mb_node_at(root, "/files/0/findings/1/line")->type, MB_NODE_NULL);
    assert_true(mb_node_boolean(mb_node_at(root, "/files/1/valid"), false));
    assert_int_equal(mb_node_at(root, "/files/2/level")->type, MB_NODE_NULL);
    assert_string_equal(text_at(root, "/files/2/failure"),
                        "cannot read 'gone': No such file");
    bench_release(&bench);
}

static void test_json_satisfies_its_schema(void **state)
{
    (void)state;
    struct bench bench;
    struct mb_doc document;
    struct mb_err err = {0};
    const struct mb_schema *schema = NULL;
    const struct mb_embed *file = mb_embed_find("schema/validate-report.schema.json");
    assert_non_null(file);
    bench_fill(&bench);
    mb_findings_json(&bench.report, &bench.out);
    assert_int_equal(
        mb_doc_parse(&bench.arena, file->name, file->data, file->size, &document, &err),
        MB_OK);
    struct mb_schema_set *set = mb_schema_set_new(&bench.arena);
    assert_int_equal(mb_schema_set_add(set, "r.json", document.root, &err), MB_OK);
    assert_int_equal(mb_schema_compile(set, "r.json", &schema, &err), MB_OK);
    struct mb_schema_findings findings;
    mb_schema_findings_init(&findings, &bench.arena);
    if (!mb_schema_validate(schema, json_read(&bench), &findings)) {
        fail_msg("%s: %s", findings.items[0].pointer, findings.items[0].keyword);
    }
    bench_release(&bench);
}

// The parts of SARIF 2.1.0 that code scanning services need.
static void test_sarif_has_its_shape(void **state)
{
    (void)state;
    struct bench bench;
    bench_fill(&bench);
    mb_findings_sarif(&bench.report, "1.2.3", &bench.out);
    struct mb_node *root = json_read(&bench);
    static const char *const wanted[][2] = {
        {"/version", "2.1.0"},
        {"/runs/0/tool/driver/name", "meshbench"},
        {"/runs/0/tool/driver/version", "1.2.3"},
        {"/runs/0/columnKind", "unicodeCodePoints"},
        {"/runs/0/tool/driver/rules/0/id", "MB112"},
        {"/runs/0/tool/driver/rules/0/name", "not-a-quantity"},
        {"/runs/0/tool/driver/rules/0/help/text", "meshbench explain MB112"},
        {"/runs/0/tool/driver/rules/0/defaultConfiguration/level", "error"},
        {"/runs/0/tool/driver/rules/1/id", "MB701"},
        {"/runs/0/results/0/ruleId", "MB112"},
        {"/runs/0/results/0/level", "error"},
        {"/runs/0/results/1/level", "note"},
        {"/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri",
         "dir/a%20b%25.yaml"},
        {"/runs/0/results/0/locations/0/logicalLocations/0/fullyQualifiedName",
         "/rate/1"},
        {"/runs/0/invocations/0/toolExecutionNotifications/0/message/text",
         "gone: cannot read 'gone': No such file"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (strcmp(text_at(root, wanted[i][0]), wanted[i][1]) != 0) {
            fail_msg("%s: expected '%s', got '%s'", wanted[i][0], wanted[i][1],
                     text_at(root, wanted[i][0]));
        }
    }
    const struct mb_node *region =
        mb_node_at(root, "/runs/0/results/0/locations/0/physicalLocation/region");
    assert_int_equal(mb_node_integer(mb_node_find(region, "startLine"), 0), 2);
    assert_int_equal(mb_node_integer(mb_node_find(region, "startColumn"), 0), 16);
    assert_int_equal(mb_node_integer(mb_node_find(region, "endColumn"), 0), 22);
    assert_int_equal(mb_node_integer(mb_node_at(root, "/runs/0/results/1/ruleIndex"), -1),
                     1);
    assert_null(
        mb_node_at(root, "/runs/0/results/1/locations/0/physicalLocation/region"));
    assert_false(mb_node_boolean(
        mb_node_at(root, "/runs/0/invocations/0/executionSuccessful"), true));
    bench_release(&bench);
}

static void test_junit_escapes_and_counts(void **state)
{
    (void)state;
    struct bench bench;
    bench_fill(&bench);
    mb_findings_junit(&bench.report, &bench.out);
    assert_string_equal(
        mb_buf_string(&bench.out),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites tests=\"3\" failures=\"1\" errors=\"1\">\n"
        "  <testsuite name=\"meshbench validate\" tests=\"3\" failures=\"1\" "
        "errors=\"1\" "
        "skipped=\"0\">\n"
        "    <testcase classname=\"meshbench.validate\" name=\"dir/a b%.yaml\">\n"
        "      <failure type=\"MB112\" message=\"'1000rp' is not a rate: unknown unit "
        "'rp', "
        "did you mean 'rps'?\">dir/a b%.yaml:2:16: error MB112: '1000rp' is not a rate: "
        "unknown unit 'rp', did you mean 'rps'?\n</failure>\n"
        "      <system-out>dir/a b%.yaml: note MB701: a &lt;note&gt; &amp; a "
        "&quot;hint&quot; \\x1b \\x01; hint: ]]&gt; 'x' \\xff\n</system-out>\n"
        "    </testcase>\n"
        "    <testcase classname=\"meshbench.validate\" name=\"-\"/>\n"
        "    <testcase classname=\"meshbench.validate\" name=\"gone\">\n"
        "      <error type=\"unreadable\" message=\"cannot read 'gone': No such "
        "file\"/>\n"
        "    </testcase>\n"
        "  </testsuite>\n</testsuites>\n");
    bench_release(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_points_at_the_place),
        cmocka_unit_test(test_excerpts),
        cmocka_unit_test(test_long_lines_are_cut),
        cmocka_unit_test(test_terminal_sequences_are_shown),
        cmocka_unit_test(test_secrets_are_not_repeated),
        cmocka_unit_test(test_color_only_when_asked),
        cmocka_unit_test(test_summaries),
        cmocka_unit_test(test_json_is_as_promised),
        cmocka_unit_test(test_json_satisfies_its_schema),
        cmocka_unit_test(test_sarif_has_its_shape),
        cmocka_unit_test(test_junit_escapes_and_counts),
    };
    return cmocka_run_group_tests_name("report/findings", tests, NULL, NULL);
}
