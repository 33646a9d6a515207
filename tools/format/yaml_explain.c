// libyaml speaks of tokens and contexts; people look for a tab, a blank or a quote. This
// table puts its words into theirs.
#include "format/syntax.h"

#include <string.h>

struct saying {
    const char *problem; // libyaml's words, or their beginning
    const char *context; // likewise; NULL: any
    bool at_context;     // point to where the construct began
    const char *message;
    const char *hint;
};

static const struct saying sayings[] = {
    {"control characters are not allowed", NULL, false, "a control character in the text",
     "in double quotes it can be written as an escape"},
    {"could not find expected ':'", NULL, true, "no ':' behind a key",
     "write 'key: value', with a blank behind the colon"},
    {"mapping values are not allowed in this context", NULL, false,
     "a ':' where no key can stand",
     "quote a value that holds ': ', and indent the keys of one map alike"},
    {"found unexpected ':'", NULL, false, "a ':' within a value in brackets or braces",
     "quote the value, or put a blank behind the ':' of a key"},
    {"found unexpected end of stream", "while scanning a quoted scalar", true,
     "a quote is not closed", "close the value with the same quote"},
    {"found unexpected document indicator", "while scanning a quoted scalar", true,
     "a quote is not closed", "close the value with the same quote"},
    {"found unknown escape character", NULL, false, "unknown escape in a \"...\" value",
     "write a backslash as \\\\, or use '...' quotes, which know no escapes"},
    {"did not find expected hexdecimal number", NULL, false,
     "an escape needs hexadecimal digits", "as in \\x41 or \\u0041"},
    {"found invalid Unicode character escape code", NULL, false,
     "an escape stands for no Unicode character", NULL},
    {"block sequence entries are not allowed in this context", NULL, false,
     "a list item '- ' where none can stand",
     "start a list on a line of its own, indented alike"},
    {"mapping keys are not allowed in this context", NULL, false,
     "a key '? ' where none can stand", NULL},
    {"found a tab character that violates indentation", NULL, false,
     "a tab where indentation is expected", "indent with blanks"},
    {"found a tab character where an indentation space is expected", NULL, false,
     "a tab where indentation is expected", "indent with blanks"},
    {"did not find expected key", "while parsing a block mapping", false,
     "the indentation fits no map around it, or a value is followed by something else",
     "keys of one map start in the same column"},
    {"did not find expected '-' indicator", NULL, false,
     "the indentation fits no list around it, or an item is followed by something else",
     "items of one list start in the same column"},
    {"did not find expected ',' or ']'", NULL, false, "',' or ']' is expected",
     "lists in brackets: [a, b]; quote what holds '[', ']' or ','"},
    {"did not find expected ',' or '}'", NULL, false, "',' or '}' is expected",
     "maps in braces: {a: 1, b: 2}; quote what holds '{', '}' or ','"},
    {"did not find expected node content", NULL, false, "a value is expected",
     "quote a value that starts with one of , [ ] { } & * ! | > ' \" % @ `"},
    {"did not find expected <document start>", NULL, false,
     "text behind the end of the document",
     "is it indented less than what is before it?"},
    {"found undefined tag handle", NULL, false, "a tag that is not declared",
     "tags are not needed; quote a value that starts with '!'"},
    {"found incompatible YAML document", NULL, false, "a YAML version other than 1.x",
     "use %YAML 1.2, or no such line"},
    {"did not find expected comment or line break", "while scanning a block scalar",
     false, "text behind '|' or '>'", "the text of a block starts on the next line"},
    {"did not find expected alphabetic or numeric character", NULL, false,
     "a '*' or '&' without a name", "quote a value that starts with '*' or '&'"},
};

static bool starts_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static const struct saying *saying_find(const struct mb_yaml_problem *problem)
{
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
        if (starts_with(problem->problem, sayings[i].problem) &&
            (sayings[i].context == NULL ||
             (problem->context != NULL &&
              starts_with(problem->context, sayings[i].context)))) {
            return &sayings[i];
        }
    }
    return NULL;
}

// 'name:value': the commonest slip. Looks at a line, up to a comment, outside of quotes.
static bool lacks_blank(const char *line, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        if (strchr("\"'#{[", line[i]) != NULL) {
            return false;
        }
        if (line[i] == ':') {
            return strchr(" \t/", line[i + 1]) == NULL;
        }
    }
    return false;
}

// The line at fault or, for a ':' that came as a surprise, the one before it.
static int blank_lacks_where(const struct mb_doc *doc,
                             const struct mb_yaml_problem *problem)
{
    int line = problem->context_line > 0 ? problem->context_line : problem->line;
    bool surprise = starts_with(problem->problem, "mapping values");
    if (!surprise && !starts_with(problem->problem, "could not find expected ':'")) {
        return 0;
    }
    for (int at = line; at > 0 && at >= line - (int)surprise; at--) {
        size_t size = 0;
        const char *text = mb_doc_line(doc, at, &size);
        if (lacks_blank(text, size)) {
            return at;
        }
    }
    return 0;
}

static enum mb_status cannot_start(const struct mb_doc *doc,
                                   const struct mb_yaml_problem *problem,
                                   struct mb_err *err)
{
    size_t size = 0;
    const char *line = mb_doc_line(doc, problem->line, &size);
    size_t tab = strspn(line, " ");
    if (tab < size && line[tab] == '\t') {
        enum mb_status status =
            mb_err_at(err, MB_INVALID, doc->name, problem->line, (int)tab + 1,
                      "a tab where indentation is expected");
        mb_err_hint(err, "indent with blanks");
        return status;
    }
    enum mb_status status =
        mb_err_at(err, MB_INVALID, doc->name, problem->line, problem->column,
                  "a value cannot start with this character");
    mb_err_hint(err, "put the value in quotes");
    return status;
}

enum mb_status mb_yaml_explain(const struct mb_doc *doc,
                               const struct mb_yaml_problem *problem, struct mb_err *err)
{
    if (starts_with(problem->problem, "found character that cannot start any token")) {
        return cannot_start(doc, problem, err);
    }
    size_t size = 0;
    const char *line = mb_doc_line(doc, problem->line, &size);
    size_t first = strspn(line, " ");
    if (starts_with(problem->problem, "did not find expected key") && first < size &&
        line[first] == ':') {
        return mb_err_at(err, MB_INVALID, doc->name, problem->line, (int)first + 1,
                         "a key is missing before ':'");
    }
    int blank = blank_lacks_where(doc, problem);
    const struct saying *saying = saying_find(problem);
    bool at_context = saying != NULL && saying->at_context && problem->context_line > 0;
    enum mb_status status = mb_err_at(
        err, MB_INVALID, doc->name, at_context ? problem->context_line : problem->line,
        at_context ? problem->context_column : problem->column, "%s",
        saying != NULL ? saying->message : problem->problem);
    if (blank > 0) {
        mb_err_hint(err, "a blank is missing behind the ':' in line %d", blank);
    } else if (saying != NULL && saying->hint != NULL) {
        mb_err_hint(err, "%s", saying->hint);
    }
    return status;
}
