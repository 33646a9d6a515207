// JSON that load tools print: documents one after another, with other text before,
// between and after them. For importers. Exchange floor.
#ifndef MB_EXCHANGE_IMPORT_JSON_H
#define MB_EXCHANGE_IMPORT_JSON_H

#include "exchange/import.h"
#include "format/doc.h"

struct mb_import_json {
    struct mb_import *import; // borrowed; its arena holds the trees
    struct mb_input *input;   // borrowed
    struct mb_buf text;
    size_t at; // where to go on
    int line;  // lines before `at`
    int piece_line;
    struct mb_doc doc; // the one that is being visited
};

struct mb_import_json_visitor {
    enum mb_status (*visit)(void *state, struct mb_import_json *json,
                            const struct mb_node *root, struct mb_err *err);
    void *state; // handed to it
};

// Reads the whole input (at most MB_IMPORT_TEXT_MAX) and gives the root of each object or
// list that begins a line to `visit`, until it fails or the input ends. Lines that only
// look like one are passed over; a document that is broken or cut off is MB_INVALID with
// its place.
MB_MUST_USE enum mb_status
mb_import_json_each(struct mb_import *import, struct mb_input *input,
                    const struct mb_import_json_visitor *visitor, struct mb_err *err);

// The same in three steps, for who has to see the text first. Release it in any case.
MB_MUST_USE enum mb_status mb_import_json_open(struct mb_import *import,
                                               struct mb_input *input,
                                               struct mb_import_json *json,
                                               struct mb_err *err);
MB_MUST_USE enum mb_status
mb_import_json_walk(struct mb_import_json *json,
                    const struct mb_import_json_visitor *visitor, struct mb_err *err);
void mb_import_json_release(struct mb_import_json *json);

// Something wrong at a node of the document that is visited: MB_INVALID with its place.
enum mb_status mb_import_json_fault(struct mb_import_json *json,
                                    const struct mb_node *node, struct mb_err *err,
                                    const char *format, ...) MB_PRINTF(4, 5);

// Numbers as tools write them: JSON numbers, or texts that hold one (64-bit integers in
// protobuf's JSON). False when there is none, or it is not an integer from 0 to 2^53 - 1.
bool mb_import_json_count(const struct mb_node *node, int64_t *value);

// Seconds as a number, to ns, rounded to the nearest. False when it is none, negative or
// over 2^53 - 1 ns.
bool mb_import_json_seconds(const struct mb_node *node, int64_t *ns);

// The same for a number of whatever unit has this many ns.
bool mb_import_json_time(const struct mb_node *node, int64_t unit_ns, int64_t *ns);

// Reads an input of a document a line, of whatever size, and gives each root to `take`,
// borrowed until it returns. Lines without anything are passed over; one that is no JSON
// is MB_INVALID with its place, and so is one that `take` refuses: its own message is
// placed at the line.
MB_MUST_USE enum mb_status mb_import_json_lines(
    struct mb_input *input,
    enum mb_status (*take)(void *state, const struct mb_node *root, struct mb_err *err),
    void *state, struct mb_err *err);

#endif
