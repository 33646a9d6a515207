// Writes a tree of nodes as JSON or YAML. Format floor: may include base.
#ifndef MB_FORMAT_EMIT_H
#define MB_FORMAT_EMIT_H

#include "base/buf.h"
#include "format/node.h"

// JSON (RFC 8259), two blanks of indent, a final newline; lists of scalars stay on one
// line while they fit 100 columns. Floats print with the fewest digits that read back the
// same, integers beyond int64_t as they were read. The same tree always gives the same
// bytes.
void mb_emit_json(const struct mb_node *node, struct mb_buf *out);

// The same without any white space: for digests (keys in the order of the tree).
void mb_emit_json_compact(const struct mb_node *node, struct mb_buf *out);

// For digests: compact, keys of every map sorted by bytes.
void mb_emit_json_canonical(const struct mb_node *node, struct mb_buf *out);

// YAML 1.2, block style, strings quoted where a reader could take them for something else
// (readers of YAML 1.1 included: no, on, 1:30).
void mb_emit_yaml(const struct mb_node *node, struct mb_buf *out);

// Appends a JSON string literal, quotes included. Invalid UTF-8 becomes U+FFFD.
void mb_emit_json_string(const char *text, size_t size, struct mb_buf *out);

#endif
