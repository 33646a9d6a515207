// Reads YAML and JSON documents into a tree of nodes. Format floor: may include base.
//
// YAML: 1.2 core schema (true/false/null and numbers only; `no` and `on` are strings),
// one document a file. Duplicate keys, non-string keys that do not read as scalars, tags
// other than the core ones, recursive aliases are errors. Merge keys (`<<`) are read as
// the declared extension: explicit keys win, then earlier merges. JSON: RFC 8259, UTF-8,
// no duplicate keys.
#ifndef MB_FORMAT_DOC_H
#define MB_FORMAT_DOC_H

#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "format/node.h"

// Named limits; each refuses with its name and value in the message.
enum {
    MB_DOC_MAX_BYTES =
        1 << 30,           // a result with many cells; specs are capped by the caller
    MB_DOC_MAX_DEPTH = 64, // nesting
    MB_DOC_MAX_NODES = 10000000, // after aliases are expanded; about 2 GiB while read
    MB_DOC_MAX_ALIASED = 100000, // nodes that aliases may add
    MB_DOC_MAX_ANCHORS = 1000
};

enum mb_doc_syntax { MB_DOC_YAML, MB_DOC_JSON };

struct mb_doc {
    struct mb_arena *arena; // borrowed; holds the document and everything in it
    const char *name;       // as the user named it; "-" for standard input
    enum mb_doc_syntax syntax;
    const char *text; // the exact bytes, NUL-terminated
    size_t size;
    struct mb_node *root;
    bool located; // JSON: places and lexemes have been filled in
    bool compact; // JSON: scalars that repeat are one node until then
};

// Reads the file ("-": `in`) and parses it. A name that ends in .json is JSON, one in
// .yaml or .yml YAML; else a first character '{' or '[' means JSON. Everything lives in
// the arena. A syntax error is MB_INVALID with file:line:column; a file that cannot be
// read MB_FAILED. On failure *doc holds name, text and size (when it could be read), so
// that the line can be shown; root is NULL.
MB_MUST_USE enum mb_status mb_doc_read(struct mb_arena *arena, const char *path, FILE *in,
                                       size_t cap_bytes, struct mb_doc *doc,
                                       struct mb_err *err);

// The same in less memory: in JSON, scalars that repeat share a node, as keys always do,
// until places are filled in. Then each gets its own, so that one found before has none:
// look it up again.
MB_MUST_USE enum mb_status mb_doc_read_compact(struct mb_arena *arena, const char *path,
                                               FILE *in, size_t cap_bytes,
                                               struct mb_doc *doc, struct mb_err *err);

// Same as mb_doc_read for bytes in memory, which are copied.
MB_MUST_USE enum mb_status mb_doc_parse(struct mb_arena *arena, const char *name,
                                        const char *text, size_t size, struct mb_doc *doc,
                                        struct mb_err *err);

// Fills in the places of all nodes (JSON: on first use, by scanning the text beside the
// tree). Call it before reading `line` of a node of a document that may be JSON.
void mb_doc_locate(struct mb_arena *arena, struct mb_doc *doc);

// Adds *finding with file and place filled in: those of the node that its pointer leads
// to or, with `at_key`, of that node's key. A pointer that leads nowhere is placed at its
// nearest existing parent.
void mb_doc_report(struct mb_doc *doc, struct mb_diag *diag,
                   const struct mb_finding *finding, bool at_key);

// The source line with this number (1-based), without its end: borrowed start, *size
// bytes.
const char *mb_doc_line(const struct mb_doc *doc, int line, size_t *size);

#endif
