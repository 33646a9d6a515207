// Text from outside, made safe for the language that it is printed into. Report floor:
// may include base. All of them first make visible what a terminal could obey
// (base/text).
#ifndef MB_REPORT_ESCAPE_H
#define MB_REPORT_ESCAPE_H

#include "base/buf.h"

// XML and HTML, in text and in attributes with either kind of quotes.
void mb_escape_xml(struct mb_buf *out, const char *text);

// The same; the ends of lines stay.
void mb_escape_xml_lines(struct mb_buf *out, const char *text);

// Markdown (GitHub's), within a line or a table cell: no emphasis, link, image, code,
// HTML, mention (@name) or reference (#12) comes of it, and it ends no cell.
void mb_escape_markdown(struct mb_buf *out, const char *text);

// One field of CSV (RFC 4180). A text that a spreadsheet could take for a formula (it
// starts with = + - @ or a tab) gets an apostrophe before it; numbers are to be printed
// past this function.
void mb_escape_csv(struct mb_buf *out, const char *text);

// A quoted string in a gnuplot data file: no quote, no escape and no comment comes of it.
// Wider than `ems` (heights of a letter, as in usual fonts without serifs), it is broken
// into lines (the \n of gnuplot); the fourth line ends in an ellipsis.
void mb_escape_gnuplot(struct mb_buf *out, const char *text, size_t ems);

#endif
