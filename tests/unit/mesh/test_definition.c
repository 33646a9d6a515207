// Adapter files: good ones field by field, bad ones with their message and place, and
// trees that are no adapter at all.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>

#include "mesh/adapter.h"
#include "mesh/definition.h"

#define HEAD                                                                             \
    "meshbench: v1\nkind: adapter\nname: t\ndescription: d\nmesh: m\n" // lines 1 to 5
#define PROGRAM HEAD "program: {find: [x]}\nstart: {args: []}\n"       // lines 6 and 7

static const struct {
    const char *label;
    const char *text;
    int line;
    int column;
    const char *message;
    const char *hint;
} bad[] = {
    {"a list", "- x\n", 1, 1, "adapter is array, not object", ""},
    {"a scalar", "x\n", 1, 1, "adapter is string, not object", ""},
    {"another kind", "meshbench: v1\nkind: result\n", 1, 1,
     "not an adapter: it has to say 'meshbench: v1' and 'kind: adapter'", ""},
    {"kind of another type", "meshbench: v1\nkind: [adapter]\n", 2, 7,
     "kind is array, not string", ""},
    {"no name", "meshbench: v1\nkind: adapter\ndescription: d\nmesh: m\nurl: x\n", 1, 1,
     "missing key 'name'", ""},
    {"name with a path",
     "meshbench: v1\nkind: adapter\nname: ../x\ndescription: d\nmesh: m\n", 3, 7,
     "'../x' is no name for an adapter", ""},
    {"unknown key", PROGRAM "paramters: []\n", 8, 1, "unknown key 'paramters' in adapter",
     "did you mean 'parameters'?"},
    {"unknown role", PROGRAM "role: dataplane\n", 8, 7, "'dataplane' is not a role", ""},
    {"nothing at all", HEAD, 1, 1, "missing key 'program' or 'url'", ""},
    {"program without start", HEAD "program: {find: [x]}\n", 1, 1,
     "missing key 'start': there is a program to start", ""},
    {"start without program", HEAD "url: x\nstart: {args: []}\n", 7, 8,
     "'start' without 'program': there is nothing to start", ""},
    {"nowhere to find it", HEAD "program: {find: []}\nstart: {args: []}\n", 6, 10,
     "'find' names no place to look for the program", ""},
    {"find of another type", HEAD "program: {find: x}\nstart: {args: []}\n", 6, 17,
     "find is string, not array", ""},
    {"place of a package without path",
     HEAD "program: {find: [{python_package: p}]}\nstart: {args: []}\n", 6, 18,
     "missing key 'path'", ""},
    {"place outside its package",
     HEAD "program: {find: [{python_package: p, path: ../x}]}\nstart: {args: []}\n", 6,
     18, "'../x' is not a path inside the adapter's folder", ""},
    {"version without group",
     HEAD "program: {find: [x], version: {args: [-v], pattern: \"[0-9]+\"}}\n"
          "start: {args: []}\n",
     6, 53, "'[0-9]+' has no group in parentheses", ""},
    {"version that is no expression",
     HEAD "program: {find: [x], version: {args: [-v], pattern: \"([0-9\"}}\n"
          "start: {args: []}\n",
     6, 53, "'([0-9' is not a regular expression: Unmatched [, [^, [:, [., or [=", ""},
    {"pattern that would take all memory",
     PROGRAM "parameters:\n  - name: a\n    description: d\n    type: text\n"
             "    pattern: \"((a{32767}){32767}){32767}\"\n",
     12, 14, "pattern has more than one '{'", ""},
    {"parameter of no type",
     PROGRAM "parameters: [{name: a, description: d, type: number}]\n", 8, 46,
     "'number' is not a type: integer, boolean, choice or text", ""},
    {"parameter called program",
     PROGRAM "parameters: [{name: program, description: d, type: text}]\n", 8, 21,
     "'program' is no name for a parameter", ""},
    {"parameter with a bad name",
     PROGRAM "parameters: [{name: a-b, description: d, type: text}]\n", 8, 21,
     "'a-b' is no name for a parameter", ""},
    {"parameter twice",
     PROGRAM "parameters:\n  - {name: a, description: d, type: text}\n"
             "  - {name: a, description: d, type: text}\n",
     10, 5, "parameter 'a' is declared twice", ""},
    {"choice without choices",
     PROGRAM "parameters: [{name: a, description: d, type: choice}]\n", 8, 14,
     "missing key 'choices'", ""},
    {"choice that could leave its place",
     PROGRAM "parameters: [{name: a, description: d, type: choice, choices: [\"a;\"]}]\n",
     8, 63, "choice 'a;' holds a character that is not allowed in values", ""},
    {"key of another type of parameter",
     PROGRAM "parameters: [{name: a, description: d, type: text, min: 1}]\n", 8, 57,
     "'min' does not apply to this type of parameter", ""},
    {"range upside down",
     PROGRAM "parameters: [{name: a, description: d, type: integer, min: 2, max: 1}]\n",
     8, 14, "'min' is above 'max'", ""},
    {"default outside its range",
     PROGRAM
     "parameters: [{name: a, description: d, type: integer, max: 3, default: 4}]\n",
     8, 72, NULL, ""},
    {"default of another type",
     PROGRAM "parameters: [{name: a, description: d, type: text, default: 1.5}]\n", 8, 61,
     "default is number, not integer, boolean or string", ""},
    {"default that does not match",
     PROGRAM "parameters: [{name: a, description: d, type: text, pattern: \"^x$\", "
             "default: y}]\n",
     8, 77, "default of 'a': 'y' does not match '^x$'", ""},
    {"file outside", PROGRAM "files: [{path: /etc/passwd, content: x}]\n", 8, 9,
     "'/etc/passwd' is not a path inside the adapter's folder", ""},
    {"file further outside", PROGRAM "files: [{path: a/../../x, content: x}]\n", 8, 9,
     "'a/../../x' is not a path inside the adapter's folder", ""},
    {"folder outside", PROGRAM "folders: [..]\n", 8, 10,
     "'..' is not a path inside the adapter's folder", ""},
    {"unknown variable in a block",
     PROGRAM "files:\n  - path: a\n    content: |\n      one\n        two ${lisen};\n",
     12, 13, "unknown variable 'lisen'", "did you mean '${listen}'?"},
    {"unknown variable in quotes",
     HEAD "program: {find: [x]}\nstart: {args: [\"-p ${prt}\"]}\n", 7, 20,
     "unknown variable 'prt'", ""},
    {"unknown variable without quotes",
     HEAD "program: {find: [x]}\nstart:\n  args:\n    - a${param.x}\n", 9, 8,
     "unknown variable 'param.x'", ""},
    {"lone dollar", PROGRAM "files: [{path: a, content: \"a $host\"}]\n", 8, 31,
     "'$' starts neither '${name}' nor '$$'", "write '$$' for one '$'"},
    {"unknown variable in the environment",
     HEAD "program: {find: [x]}\nstart: {args: [], env: {A: \"${b}\"}}\n", 7, 29,
     "unknown variable 'b'", ""},
    {"environment that is a list",
     HEAD "program: {find: [x]}\nstart: {args: [], env: [A]}\n", 7, 24,
     "env is array, not object", ""},
    {"status that is none", PROGRAM "ready: {http: /, status: [\"2xx\"]}\n", 8, 27,
     "'2xx' is not an HTTP status or a range such as \"200-499\"", ""},
    {"status as a number", PROGRAM "ready: {http: /, status: [200]}\n", 8, 27,
     "status is integer, not string", ""},
    {"range of statuses upside down", PROGRAM "ready: {http: /, status: [\"300-200\"]}\n",
     8, 27, "'300-200' is not an HTTP status or a range such as \"200-499\"", ""},
    {"path that is none", PROGRAM "ready: {http: \"x y\"}\n", 8, 15,
     "'x y' is not a path", ""},
    {"time-out without unit", PROGRAM "ready: {timeout: \"10\"}\n", 8, 18, NULL, ""},
    {"signal", PROGRAM "stop: {signal: KILL}\n", 8, 16,
     "'KILL' is not a signal: TERM, INT, QUIT or USR1", ""},
    {"log outside", PROGRAM "log: ../x\n", 8, 6,
     "'../x' is not a path inside the adapter's folder", ""},
    {"text with a NUL", PROGRAM "log: \"a\\0b\"\n", 8, 6,
     "a NUL character in a string is not supported", ""},
    {"notes that are none", PROGRAM "notes: {a: b}\n", 8, 8, "notes is object, not array",
     ""},
};

static enum mb_status read_text(struct mb_arena *arena, const char *text,
                                struct mb_adapter *adapter, struct mb_err *err)
{
    struct mb_doc doc = {0};
    enum mb_status status = mb_doc_parse(arena, "a.yaml", text, strlen(text), &doc, err);
    return status == MB_OK ? mb_definition_read(arena, &doc, adapter, err) : status;
}

static void bad_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        print_message("  %s\n", bad[i].label);
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_adapter adapter;
        assert_int_equal(read_text(&arena, bad[i].text, &adapter, &err), MB_INVALID);
        if (bad[i].message != NULL) {
            assert_string_equal(err.message, bad[i].message);
            assert_string_equal(err.hint, bad[i].hint);
        }
        assert_string_equal(err.file, "a.yaml");
        assert_int_equal(err.line, bad[i].line);
        assert_int_equal(err.column, bad[i].column);
        mb_arena_release(&arena);
    }
}

static void too_many_items(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_adapter adapter;
    struct mb_buf text = {0};
    mb_buf_append_string(&text, PROGRAM "notes:\n");
    for (int i = 0; i < 65; i++) {
        mb_buf_append_string(&text, "  - x\n");
    }
    assert_int_equal(read_text(&arena, mb_buf_string(&text), &adapter, &err), MB_INVALID);
    assert_string_equal(err.message, "'notes' has 65 items, at most 64 are allowed");
    mb_buf_release(&text);
    mb_arena_release(&arena);
}

// Cut after each of its bytes, a good file is read or refused, never worse.
static void cut_anywhere(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_doc doc = {0};
    assert_int_equal(mb_doc_read(&arena, "fixtures/adapters/good/every-key.yaml", NULL,
                                 MB_DEFINITION_MAX_BYTES, &doc, &err),
                     MB_OK);
    for (size_t size = 0; size < doc.size; size++) {
        struct mb_arena part = {0};
        struct mb_doc cut = {0};
        struct mb_err why = {0};
        struct mb_adapter adapter;
        enum mb_status status =
            mb_doc_parse(&part, "cut.yaml", doc.text, size, &cut, &why);
        if (status == MB_OK) {
            status = mb_definition_read(&part, &cut, &adapter, &why);
        }
        assert_true(status == MB_OK || (status == MB_INVALID && why.message[0] != '\0'));
        mb_arena_release(&part);
    }
    mb_arena_release(&arena);
}

static void every_key(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    const struct mb_adapter *a = NULL;
    assert_int_equal(
        mb_adapter_load(&arena, "fixtures/adapters/good/every-key.yaml", &a, &err),
        MB_OK);
    assert_string_equal(a->name, "every-key");
    assert_int_equal(a->role, MB_ROLE_OTHER);
    assert_int_equal(a->place_count, 3);
    assert_string_equal(a->places[0].name, "python3");
    assert_string_equal(a->places[2].python_package, "http");
    assert_string_equal(a->places[2].path, "server.py");
    assert_int_equal(a->install_count, 2);
    assert_string_equal(a->version_args[0], "--version");
    assert_null(a->version_args[1]);
    assert_int_equal(a->parameter_count, 4);
    assert_int_equal(a->parameters[0].max, 9);
    assert_string_equal(a->parameters[0].fallback, "4");
    assert_string_equal(a->parameters[1].fallback, "true");
    assert_string_equal(a->parameters[2].choices[1], "HTTP/1.1");
    assert_string_equal(a->parameters[3].pattern, "^[a-z]+$");
    assert_string_equal(a->folders[0], "www/empty");
    assert_int_equal(a->file_count, 1);
    assert_string_equal(a->start_args[0], "-m");
    assert_int_equal(a->start_env_count, 2);
    assert_string_equal(a->start_env[1].name, "PROTOCOL");
    assert_string_equal(a->ready_http, "/index.html");
    assert_int_equal(a->ready_status_count, 2);
    assert_int_equal(a->ready_status[0].first, 200);
    assert_int_equal(a->ready_status[0].last, 200);
    assert_int_equal(a->ready_status[1].last, 404);
    assert_int_equal(a->ready_timeout_ns, INT64_C(15000000000));
    assert_int_equal(a->stop_signal, SIGINT);
    assert_int_equal(a->stop_grace_ns, INT64_C(3000000000));
    assert_string_equal(a->log, "output.log");
    assert_non_null(a->notes[0]);
    mb_arena_release(&arena);
}

static void defaults(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_adapter a;
    assert_int_equal(read_text(&arena, PROGRAM, &a, &err), MB_OK);
    assert_int_equal(a.role, MB_ROLE_DATA_PLANE);
    assert_null(a.version_args);
    assert_null(a.ready_http);
    assert_int_equal(a.ready_status_count, 1);
    assert_int_equal(a.ready_status[0].first, 200);
    assert_int_equal(a.ready_status[0].last, 499);
    assert_int_equal(a.ready_timeout_ns, INT64_C(10000000000));
    assert_int_equal(a.stop_signal, SIGTERM);
    assert_int_equal(a.stop_grace_ns, INT64_C(5000000000));
    assert_string_equal(a.url, "http://${listen}");
    assert_null(a.log);
    assert_null(a.notes[0]);
    mb_arena_release(&arena);
}

static void built_in_ones(void **state)
{
    (void)state;
    for (size_t i = 0; mb_adapter_names()[i] != NULL; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        const struct mb_adapter *adapter = NULL;
        print_message("  %s\n", mb_adapter_names()[i]);
        assert_int_equal(mb_adapter_load(&arena, mb_adapter_names()[i], &adapter, &err),
                         MB_OK);
        assert_string_equal(adapter->name, mb_adapter_names()[i]);
        assert_int_equal(adapter->role, MB_ROLE_DATA_PLANE);
        mb_arena_release(&arena);
    }
}

static void unknown_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum mb_status status;
        const char *message;
        const char *hint;
    } cases[] = {
        {"nginxx", MB_INVALID, "unknown adapter 'nginxx'", "did you mean 'nginx'?"},
        {"", MB_INVALID, "unknown adapter ''",
         "built-in: envoy, haproxy, nginx, running; or give a file"},
        {"nothing.yaml", MB_FAILED,
         "cannot read 'nothing.yaml': no such file or directory", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        const struct mb_adapter *adapter = NULL;
        assert_int_equal(mb_adapter_load(&arena, cases[i].name, &adapter, &err),
                         cases[i].status);
        assert_string_equal(err.message, cases[i].message);
        assert_string_equal(err.hint, cases[i].hint);
        mb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_ones),      cmocka_unit_test(too_many_items),
        cmocka_unit_test(cut_anywhere),  cmocka_unit_test(every_key),
        cmocka_unit_test(defaults),      cmocka_unit_test(built_in_ones),
        cmocka_unit_test(unknown_names),
    };
    return cmocka_run_group_tests_name("definition", tests, NULL, NULL);
}
