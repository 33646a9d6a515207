#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "format/csv.h"

// Everything that is read, as "LINE:field|field" with a blank between records; and the
// error, if any.
static enum mb_status all_read(const char *bytes, size_t size, char delimiter,
                               struct mb_buf *out, struct mb_err *err)
{
    struct mb_input *input = NULL;
    struct mb_csv *csv = NULL;
    const struct mb_csv_record *record = NULL;
    enum mb_status status = mb_input_open_bytes("x.csv", bytes, size, &input, err);
    assert_int_equal(status, MB_OK);
    status = mb_csv_open(input, delimiter, &csv, err);
    while (status == MB_OK) {
        status = mb_csv_next(csv, &record, err);
        if (status != MB_OK || record == NULL) {
            break;
        }
        mb_buf_print(out, "%s%d:", out->size > 0 ? " " : "", record->line);
        for (size_t i = 0; i < record->count; i++) {
            mb_buf_print(out, "%s%s", i > 0 ? "|" : "", record->fields[i]);
        }
    }
    mb_csv_free(csv);
    mb_input_free(input);
    return status;
}

static void test_records(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *text;
        char delimiter;
        const char *expected;
    } cases[] = {
        {"empty", "", 0, ""},
        {"plain", "a,b\n1,2\n", 0, "1:a|b 2:1|2"},
        {"without the last line end", "a,b\n1,2", 0, "1:a|b 2:1|2"},
        {"CRLF", "a,b\r\n1,2\r\n", 0, "1:a|b 2:1|2"},
        {"CR CR LF", "a,b\r\r\n1,2\r\r\n", 0, "1:a|b 2:1|2"},
        {"byte order mark",
         "\xEF\xBB\xBF"
         "a,b\n",
         0, "1:a|b"},
        {"byte order mark before a quote", "\xEF\xBB\xBF\"a\",b\n", 0, "1:a|b"},
        {"empty fields", ",\n,,\n", 0, "1:| 2:||"},
        {"one empty quoted field", "\"\"\n", 0, "1:"},
        {"quotes", "\"a,b\",\"say \"\"hi\"\"\"\n", 0, "1:a,b|say \"hi\""},
        {"line end in quotes", "\"a\nb\",c\nd,e\n", 0, "1:a\nb|c 3:d|e"},
        {"quotes to the end of the file", "\"a\",\"b\"", 0, "1:a|b"},
        {"only quotes in quotes", "\"\"\"\"\"\",x\n", 0, "1:\"\"|x"},
        {"a quote inside a plain field", "a\"\"b,5\"\nc,d\n", 0, "1:a\"\"b|5\" 2:c|d"},
        {"empty lines", "\n\na,b\n\r\n1,2\n\n", 0, "3:a|b 5:1|2"},
        {"comments before the header", "# it's, a \"note\n\n#x\na;b\n#1;2\n", 0,
         "4:a|b 5:#1|2"},
        {"semicolons", "a;b,c;d\n1;2;3\n", 0, "1:a|b,c|d 2:1|2|3"},
        {"tabs", "a\tb\n", 0, "1:a|b"},
        {"bars", "a|b\n", 0, "1:a|b"},
        {"delimiters in quotes do not count", "\";;;\",b\n", 0, "1:;;;|b"},
        {"one column", "a\n1\n2\n", 0, "1:a 2:1 3:2"},
        {"as told", "a;b,c\n", ',', "1:a;b|c"},
        {"different numbers of fields", "a,b\n1\n1,2,3\n", 0, "1:a|b 2:1 3:1|2|3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_buf out = {0};
        struct mb_err err = {0};
        enum mb_status status = all_read(cases[i].text, strlen(cases[i].text),
                                         cases[i].delimiter, &out, &err);
        if (status != MB_OK || strcmp(mb_buf_string(&out), cases[i].expected) != 0) {
            fail_msg("%s: expected '%s', got '%s' (%s)", cases[i].name, cases[i].expected,
                     mb_buf_string(&out), err.message);
        }
        mb_buf_release(&out);
    }
}

static void test_faults(void **state)
{
    (void)state;
    const struct {
        const char *name;
        const char *bytes;
        size_t size;
        char delimiter;
        enum mb_status status;
        int line;
        const char *message;
    } cases[] = {
        {"quote not closed", "a,b\n1,\"2\n3\n", 10, 0, MB_INVALID, 2,
         "quote that is not closed"},
        {"text behind a quote", "\"a\"b,c\n", 7, 0, MB_INVALID, 1,
         "text behind a closing quote"},
        {"zero byte",
         "a,b\n1,\0"
         "2\n",
         9, 0, MB_INVALID, 2, "zero byte: this is no CSV"},
        {"a quote as delimiter", "a\n", 2, '"', MB_USAGE, 0,
         "a quote or a line end cannot be the delimiter of CSV"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mb_buf out = {0};
        struct mb_err err = {0};
        enum mb_status status =
            all_read(cases[i].bytes, cases[i].size, cases[i].delimiter, &out, &err);
        if (status != cases[i].status || err.line != cases[i].line ||
            strcmp(err.message, cases[i].message) != 0) {
            fail_msg("%s: got %d, line %d, '%s'", cases[i].name, status, err.line,
                     err.message);
        }
        mb_buf_release(&out);
    }
}

// Records that do not end where the window does, and one that fills it.
static void test_windows(void **state)
{
    (void)state;
    struct mb_buf text = {0};
    struct mb_buf out = {0};
    struct mb_err err = {0};
    enum { ROWS = 30000 };
    for (int i = 0; i < ROWS; i++) {
        mb_buf_print(&text, "%d,\"a \"\"b\"\"\n%d\"\n", i, i);
    }
    assert_int_equal(all_read(text.data, text.size, 0, &out, &err), MB_OK);
    struct mb_buf expected = {0};
    for (int i = 0; i < ROWS; i++) {
        mb_buf_print(&expected, "%s%d:%d|a \"b\"\n%d", i > 0 ? " " : "", 2 * i + 1, i, i);
    }
    assert_string_equal(mb_buf_string(&out), mb_buf_string(&expected));

    mb_buf_reset(&text);
    mb_buf_append_char(&text, '"');
    for (int i = 0; i < MB_CSV_MAX_RECORD_BYTES; i++) {
        mb_buf_append_char(&text, 'x');
    }
    assert_int_equal(all_read(text.data, text.size, 0, &out, &err), MB_INVALID);
    assert_string_equal(err.message, "record of over 1 MiB: is a quote not closed?");

    mb_err_clear(&err);
    mb_buf_reset(&text);
    for (int i = 0; i < MB_CSV_MAX_COLUMNS; i++) {
        mb_buf_append_char(&text, ',');
    }
    assert_int_equal(all_read(text.data, text.size, 0, &out, &err), MB_INVALID);
    assert_string_equal(err.message, "record of over 4096 fields");
    mb_buf_release(&expected);
    mb_buf_release(&text);
    mb_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_windows),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
