// Numbers as text, for the emitters. Internal to the format floor.
#ifndef MB_FORMAT_NUMBER_H
#define MB_FORMAT_NUMBER_H

#include "base/buf.h"
#include "format/node.h"

// Appends an MB_NODE_INT or MB_NODE_FLOAT. A float gets the fewest digits that read back
// the same, and always a point, so that it stays a float in JSON and in YAML 1.1 and 1.2.
void mb_number_print(const struct mb_node *node, struct mb_buf *out);

#endif
