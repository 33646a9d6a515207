#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void mb_buf_init(struct mb_buf *buf, size_t cap)
{
    memset(buf, 0, sizeof *buf);
    buf->cap = cap;
}

void mb_buf_release(struct mb_buf *buf)
{
    mb_mem_free(buf->data);
    memset(buf, 0, sizeof *buf);
}

void mb_buf_reset(struct mb_buf *buf)
{
    buf->size = 0;
    buf->overflowed = false;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

// Makes room for `more` bytes and the NUL.
static bool room_make(struct mb_buf *buf, size_t more)
{
    if (buf->overflowed || (buf->cap > 0 && more > buf->cap - buf->size)) {
        buf->overflowed = true;
        return false;
    }
    if (buf->capacity - buf->size > more) {
        return true;
    }
    size_t wanted = buf->capacity < 64 ? 128 : buf->capacity * 2;
    if (wanted < buf->size + more + 1) {
        wanted = buf->size + more + 1;
    }
    buf->data = mb_mem_resize(buf->data, wanted, 1);
    buf->capacity = wanted;
    return true;
}

void mb_buf_append(struct mb_buf *buf, const void *bytes, size_t size)
{
    if (size == 0 || !room_make(buf, size)) {
        return;
    }
    memcpy(buf->data + buf->size, bytes, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void mb_buf_append_string(struct mb_buf *buf, const char *text)
{
    mb_buf_append(buf, text, strlen(text));
}

void mb_buf_append_char(struct mb_buf *buf, char c)
{
    mb_buf_append(buf, &c, 1);
}

void mb_buf_print(struct mb_buf *buf, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size > 0 && room_make(buf, (size_t)size)) {
        (void)vsnprintf(buf->data + buf->size, (size_t)size + 1, format, args);
        buf->size += (size_t)size;
    }
    va_end(args);
}

const char *mb_buf_string(const struct mb_buf *buf)
{
    return buf->data != NULL ? buf->data : "";
}
