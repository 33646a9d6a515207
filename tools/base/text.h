// Text from outside, made safe to print. Base floor: may include base only.
#ifndef MB_BASE_TEXT_H
#define MB_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

// One character of a text: its code point (-1 when the byte is not part of valid UTF-8)
// and how many bytes it takes (at least 1, never past the end). `size` must not be 0.
int32_t mb_text_decode(const char *text, size_t size, size_t *length);

// Appends the text so that a terminal prints it and obeys nothing in it: control
// characters (C0, DEL, C1) and bytes that are not UTF-8 become \x1b, characters that turn
// the direction of writing or hide (U+200B-200F, U+2028-202E, U+2066-2069, U+FEFF) become
// \u202e. `keep` lists control characters to leave alone ("\n\t"); "" for none.
void mb_text_show(const char *text, size_t size, const char *keep, struct mb_buf *out);

// The same for XML and HTML, in text and in attributes with either kind of quotes: what
// mb_text_show gives, with & < > " ' as entities.
void mb_text_show_xml(const char *text, const char *keep, struct mb_buf *out);

// The same as one field of CSV (RFC 4180). A text that a spreadsheet could take for a
// formula (it starts with = + - @ or a tab) gets an apostrophe before it; numbers are to
// be printed past this function.
void mb_text_show_csv(const char *text, struct mb_buf *out);

#endif
