// A byte buffer that grows up to a cap. Base floor: may include base only.
//
// A buffer filled with zeros is empty and without a cap. Past its cap it stops growing
// and remembers that (`overflowed`), so that a chain of appends is checked once, at its
// end.
#ifndef MB_BASE_BUF_H
#define MB_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct mb_buf {
    char *data;      // NUL-terminated whenever non-NULL
    size_t size;     // bytes in use, without the NUL
    size_t capacity; // bytes allocated
    size_t cap;      // largest size allowed; 0: none
    bool overflowed; // something did not fit
};

void mb_buf_init(struct mb_buf *buf, size_t cap);
void mb_buf_release(struct mb_buf *buf);

// Empties, keeps the capacity, forgets an overflow.
void mb_buf_reset(struct mb_buf *buf);

void mb_buf_append(struct mb_buf *buf, const void *bytes, size_t size);
void mb_buf_append_string(struct mb_buf *buf, const char *text);
void mb_buf_append_char(struct mb_buf *buf, char c);
void mb_buf_print(struct mb_buf *buf, const char *format, ...) MB_PRINTF(2, 3);

// The content as a string: never NULL, valid until the next change.
const char *mb_buf_string(const struct mb_buf *buf);

#endif
