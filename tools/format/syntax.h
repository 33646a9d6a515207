// The two readers behind doc.h, and what they share. Internal to the format floor.
#ifndef MB_FORMAT_SYNTAX_H
#define MB_FORMAT_SYNTAX_H

#include "format/doc.h"

// Each reads doc->text into doc->root. The text is valid UTF-8 without NUL bytes.
MB_MUST_USE enum mb_status mb_yaml_parse(struct mb_doc *doc, struct mb_err *err);
MB_MUST_USE enum mb_status mb_json_parse(struct mb_doc *doc, struct mb_err *err);

// What libyaml said.
struct mb_yaml_problem {
    const char *problem; // libyaml's words
    const char *context; // likewise; may be NULL
    int line;            // of the problem, 1-based
    int column;
    int context_line; // 0 when there is no context
    int context_column;
};

// Says it in words for people, with a hint.
enum mb_status mb_yaml_explain(const struct mb_doc *doc,
                               const struct mb_yaml_problem *problem, struct mb_err *err);

// Finds the first fault in a text that mb_json_parse could not read, and says it with its
// place. `duplicate_end` is the offset behind a key that is in its map already; 0 when
// there is none.
enum mb_status mb_json_explain(const struct mb_doc *doc, size_t duplicate_end,
                               struct mb_err *err);

// Length of the escape at `at` (a backslash), whose character is filled in; 0: it is
// none.
size_t mb_json_escape(const char *at, const char *end, uint32_t *character);

// Where the number at `at` ends; NULL when it is none by JSON's grammar.
const char *mb_json_number_end(const char *at, const char *end);

// Fills in places and lexemes of a tree that was read from doc->text.
void mb_json_locate(struct mb_arena *arena, struct mb_doc *doc);

#endif
