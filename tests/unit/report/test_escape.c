// Names from input become nothing but text in Markdown, CSV, XML and gnuplot data.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/escape.h"

struct escape_case {
    const char *name;
    const char *text;
    const char *expected;
};

static void gnuplot_narrow(struct mb_buf *out, const char *text)
{
    mb_escape_gnuplot(out, text, 10);
}

static void check(void (*escape)(struct mb_buf *out, const char *text),
                  const struct escape_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mb_buf out = {0};
        escape(&out, cases[i].text);
        if (strcmp(mb_buf_string(&out), cases[i].expected) != 0) {
            fail_msg("%s: expected [%s], got [%s]", cases[i].name, cases[i].expected,
                     mb_buf_string(&out));
        }
        mb_buf_release(&out);
    }
}

static void xml(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"plain", "p99 · ü", "p99 · ü"},
        {"element", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"attribute", "\" onload='x'", "&quot; onload=&#39;x&#39;"},
        {"entity", "&lt;", "&amp;lt;"},
        {"control", "a\x1b[31m\x01", "a\\x1b[31m\\x01"},
        {"not UTF-8", "\xff", "\\xff"},
        {"direction", "\u202e", "\\u202e"},
    };
    check(mb_escape_xml, cases, sizeof cases / sizeof *cases);
}

static void markdown(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"plain", "p99: 3.2 ms (worse)", "p99: 3.2 ms (worse)"},
        {"cell", "a|b", "a&#124;b"},
        {"emphasis", "*a* _b_ ~~c~~", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~"},
        {"link", "[a](b)", "\\[a\\](b)"},
        {"image", "![a](b)", "\\!\\[a\\](b)"},
        {"address", "https://x", "https&#58;//x"},
        {"host", "WWW.x.org", "WWW&#46;x.org"},
        {"code", "`a`", "\\`a\\`"},
        {"HTML", "<b>&amp;", "&#60;b&#62;&#38;amp;"},
        {"mention", "@all #1", "&#64;all &#35;1"},
        {"escape", "\\*", "\\\\\\*"},
        {"line", "a\n# b", "a\\\\x0a&#35; b"},
    };
    check(mb_escape_markdown, cases, sizeof cases / sizeof *cases);
}

static void csv(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"plain", "p 99", "p 99"},
        {"comma", "a,b", "\"a,b\""},
        {"quote", "a\"b", "\"a\"\"b\""},
        {"formula", "=1+1", "\"'=1+1\""},
        {"plus", "+1", "\"'+1\""},
        {"minus", "-1", "\"'-1\""},
        {"at", "@x", "\"'@x\""},
        {"inside", "a=1", "a=1"},
        {"line", "a\r\nb", "a\\x0d\\x0ab"},
    };
    check(mb_escape_csv, cases, sizeof cases / sizeof *cases);
}

static void gnuplot(void **state)
{
    (void)state;
    static const struct escape_case cases[] = {
        {"plain", "nginx", "\"nginx\""},
        {"empty", "", "\"\""},
        {"quote", "a\" b", "\"a' b\""},
        {"escape", "a\\101", "\"a\u2216101\""},
        {"format", "%s", "\"\uff05s\""},
        {"comment", "# a", "\"# a\""},
        {"long", "abcdefghknopq", "\"abcdefghknopq\""},
        {"longer", "abcdefghknopqabcdefg", "\"abcdefghknopqab\\ncdefg\""},
        {"words", "abcdefghk nopqabcdefg", "\"abcdefghk \\nnopqabcdefg\""},
        {"wide letters", "WWWWWWWWWWWW", "\"WWWWWWWWWW\\nWW\""},
        {"wide script", "网格网格网格网格网格网格", "\"网格网格网格网格网格\\n网格\""},
        {"right to left", "\u202egnp.exe", "\"∖u202egnp.exe\""},
        {"too long", "WWWWWWWWWWmmmmmmmmmmWWWWWWWWWWmmmmmmmmmmWWWW",
         "\"WWWWWWWWWW\\nmmmmmmmmmm\\nWWWWWWWWWW\\nmmmmmmmmmm\u2026\""},
    };
    check(gnuplot_narrow, cases, sizeof cases / sizeof *cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml),
        cmocka_unit_test(markdown),
        cmocka_unit_test(csv),
        cmocka_unit_test(gnuplot),
    };
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
