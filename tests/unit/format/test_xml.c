#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "format/xml.h"

// Writes "name(a=1,b=2)" for each start and ")" for each end.
struct trace {
    struct mb_buf text;
    enum mb_status answer; // of every start
};

static enum mb_status on_start(void *state, const struct mb_xml_element *element,
                               struct mb_err *err)
{
    struct trace *trace = state;
    mb_buf_print(&trace->text, "%d%s(", element->depth, element->name);
    for (int i = 0; i < element->attribute_count; i++) {
        const char *name;
        const char *value;
        size_t size;
        mb_xml_attribute(element, i, &name, &value, &size);
        mb_buf_print(&trace->text, "%s=%.*s,", name, (int)size, value);
    }
    if (trace->answer != MB_OK) {
        return mb_err_set(err, trace->answer, "enough");
    }
    return MB_OK;
}

static enum mb_status on_end(void *state, int depth, struct mb_err *err)
{
    struct trace *trace = state;
    (void)err;
    mb_buf_print(&trace->text, ")%d", depth);
    return MB_OK;
}

static enum mb_status read(struct trace *trace, const char *text, struct mb_err *err)
{
    struct mb_input *input = NULL;
    const struct mb_xml_reader reader = {
        .start = on_start, .end = on_end, .state = trace};
    mb_buf_init(&trace->text, 0);
    assert_int_equal(mb_input_open_bytes("in.xml", text, strlen(text), &input, err),
                     MB_OK);
    enum mb_status status = mb_xml_read(input, &reader, err);
    mb_input_free(input);
    return status;
}

static void reads(void **state)
{
    (void)state;
    struct trace trace = {.answer = MB_OK};
    struct mb_err err = {0};
    assert_int_equal(read(&trace,
                          "<?xml version=\"1.0\"?>\n<r a='1'><p:x b=\"&lt;&#x41;&amp;\"/>"
                          "text<y/></r>",
                          &err),
                     MB_OK);
    assert_string_equal(mb_buf_string(&trace.text), "0r(a=1,1x(b=<A&,)11y()1)0");
    mb_buf_release(&trace.text);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *message;
        int line;
    } cases[] = {
        {"entity bomb",
         "<?xml version=\"1.0\"?>\n<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b "
         "\"&a;&a;\">]>\n<r>&b;</r>",
         "a document type is not accepted", 2},
        {"external entity",
         "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r>&x;</r>",
         "a document type is not accepted", 1},
        {"external subset", "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/x.dtd\"><r/>",
         "a document type is not accepted", 1},
        {"cut off", "<r>\n<a>\n", "not well-formed XML", 2},
        {"not closed", "<r><a></r>", "not well-formed XML", 1},
        {"unknown entity", "<r a='&x;'/>", "not well-formed XML", 1},
        {"nothing", "", "not well-formed XML", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct trace trace = {.answer = MB_OK};
        struct mb_err err = {0};
        enum mb_status status = read(&trace, cases[i].text, &err);
        if (status != MB_INVALID || err.line != cases[i].line ||
            strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s: status %d, line %d: %s", cases[i].name, (int)status, err.line,
                     err.message);
        }
        mb_buf_release(&trace.text);
    }
}

static void bounds_depth(void **state)
{
    (void)state;
    struct mb_buf text;
    struct trace trace = {.answer = MB_OK};
    struct mb_err err = {0};
    mb_buf_init(&text, 0);
    for (int i = 0; i < 100000; i++) {
        mb_buf_append_string(&text, "<a>");
    }
    assert_int_equal(read(&trace, mb_buf_string(&text), &err), MB_INVALID);
    assert_string_equal(err.message, "elements are nested more than 200 deep");
    mb_buf_release(&trace.text);
    mb_buf_release(&text);
}

static void ends_when_told(void **state)
{
    (void)state;
    struct trace trace = {.answer = MB_FAILED};
    struct mb_err err = {0};
    assert_int_equal(read(&trace, "<r><a/><b/></r>", &err), MB_FAILED);
    assert_string_equal(err.message, "enough");
    assert_string_equal(mb_buf_string(&trace.text), "0r(");
    mb_buf_release(&trace.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(refuses),
        cmocka_unit_test(bounds_depth),
        cmocka_unit_test(ends_when_told),
    };
    return cmocka_run_group_tests_name("format/xml", tests, NULL, NULL);
}
