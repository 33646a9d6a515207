// An input read as a stream: a file, or standard input, that may be compressed with gzip.
// Base floor; the home of zlib's inflate.
#ifndef MB_BASE_INPUT_H
#define MB_BASE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

enum { MB_INPUT_HEAD = 65536 }; // bytes that can be looked at before reading

struct mb_input;

// Opens `path` ("-": `in`) and fills the head. Content that begins as gzip is inflated
// (members one after another too); one byte order mark of UTF-8 is dropped, and UTF-16
// with a byte order mark becomes UTF-8. MB_FAILED with the system's reason; MB_INVALID
// when the very first compressed bytes are damaged.
MB_MUST_USE enum mb_status mb_input_open(const char *path, FILE *in,
                                         struct mb_input **input, struct mb_err *err);

// The same for who does not ask for the digest, which takes libcrypto a millisecond.
MB_MUST_USE enum mb_status mb_input_open_undigested(const char *path, FILE *in,
                                                    struct mb_input **input,
                                                    struct mb_err *err);

// The same over bytes in memory, which are borrowed: for tests and fuzzing.
MB_MUST_USE enum mb_status mb_input_open_bytes(const char *name, const void *bytes,
                                               size_t size, struct mb_input **input,
                                               struct mb_err *err);

void mb_input_free(struct mb_input *input); // NULL is fine

const char *mb_input_name(const struct mb_input *input); // as given

// The first bytes, without taking them, ended with a zero byte: all of a short input.
// Borrowed until the first read.
const char *mb_input_head(const struct mb_input *input, size_t *size);

// Takes the next bytes, at most `size`; *got is 0 at the end. A truncated or corrupt gzip
// stream is MB_INVALID after the bytes before it were given out.
MB_MUST_USE enum mb_status mb_input_read(struct mb_input *input, void *bytes, size_t size,
                                         size_t *got, struct mb_err *err);

// Takes all that is left into *buf (initialised by the caller). More than `cap_bytes` is
// MB_INVALID with the cap in the message.
MB_MUST_USE enum mb_status mb_input_read_all(struct mb_input *input, size_t cap_bytes,
                                             struct mb_buf *buf, struct mb_err *err);

// Takes one line without its end (LF or CRLF), ended with a zero byte, borrowed until the
// next call; *line is NULL at the end. A line of over `cap_bytes` is MB_INVALID.
MB_MUST_USE enum mb_status mb_input_line(struct mb_input *input, size_t cap_bytes,
                                         const char **line, size_t *size,
                                         struct mb_err *err);

// SHA-256 in hexadecimal of the file's own bytes (compressed as they are), once all of it
// was read; reads what is left.
MB_MUST_USE enum mb_status mb_input_digest(struct mb_input *input, char *digest,
                                           struct mb_err *err);

// Number of the last line that mb_input_line gave, 1-based; for messages.
int mb_input_line_number(const struct mb_input *input);

#endif
