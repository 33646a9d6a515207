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

// Finds the first fault in a text that jansson refused, and says it with its place.
// `duplicate_end` is the offset behind a key that jansson found twice; 0 when it found
// none. Returns MB_OK when it sees no fault.
enum mb_status mb_json_explain(const struct mb_doc *doc, size_t duplicate_end,
                               struct mb_err *err);

// Fills in places and lexemes of a tree that was read from doc->text.
void mb_json_locate(struct mb_arena *arena, struct mb_doc *doc);

#endif
