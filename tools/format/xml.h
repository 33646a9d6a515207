// XML read as a stream of elements, whatever the file's size. Format floor: may include
// base; the home of libxml2.
//
// Made for files of others: a document type (and with it every entity of its own,
// external or not) is refused, the network is never asked, and depth is bounded.
#ifndef MB_FORMAT_XML_H
#define MB_FORMAT_XML_H

#include <stddef.h>

#include "base/err.h"
#include "base/input.h"

enum { MB_XML_MAX_DEPTH = 200 };

// An element that begins. Everything in it lasts as long as the call.
struct mb_xml_element {
    const char *name; // without its prefix
    int depth;        // 0: the root
    int line;
    int attribute_count;
    const void *attributes; // for mb_xml_attribute
};

// Attribute i: its name and its value, of `size` bytes, with character references
// resolved and without a zero byte behind it.
void mb_xml_attribute(const struct mb_xml_element *element, int i, const char **name,
                      const char **value, size_t *size);

struct mb_xml_reader {
    // Another status than MB_OK ends the reading, with *err as it was filled. `end` may
    // be NULL.
    enum mb_status (*start)(void *state, const struct mb_xml_element *element,
                            struct mb_err *err);
    enum mb_status (*end)(void *state, int depth, struct mb_err *err);
    void *state;
};

// Reads the input to its end. What is not well-formed is MB_INVALID with line and column;
// everything before it was given to the reader.
MB_MUST_USE enum mb_status mb_xml_read(struct mb_input *input,
                                       const struct mb_xml_reader *reader,
                                       struct mb_err *err);

#endif
