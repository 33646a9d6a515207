// Four stages, each with a buffer of its own size: the source's bytes (digested as they
// come), the same inflated, text in UTF-8, and the line that does not end in its buffer.
#include "base/input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/digest.h"
#include "base/mem.h"

enum {
    CHUNK = MB_INPUT_HEAD,
    UTF8_MAX = 4,
    GZIP_WINDOW = 15 + 16 // zlib: largest window, and a gzip header is expected
};

enum encoding { ENCODING_PLAIN, ENCODING_UTF16LE, ENCODING_UTF16BE };

struct window {
    char *data;
    size_t start; // of what was not taken yet
    size_t end;
};

struct mb_input {
    char *name;
    int fd;            // -1: not from a file
    FILE *in;          // NULL: not from a stream
    const char *bytes; // NULL: not from memory
    size_t bytes_left;
    struct mb_digest *digest;         // NULL: not wanted
    char digest_text[MB_DIGEST_TEXT]; // once it is finished
    bool source_ended;
    bool gzip;
    bool member_ended; // between gzip members
    bool zlib_open;
    z_stream zlib;
    enum encoding encoding;
    struct window raw;   // from the source
    struct window plain; // inflated
    struct window text;  // UTF-8; one byte more than CHUNK, for a zero
    struct mb_buf line;  // a line over several windows
    int line_number;
    struct mb_err failure; // met after good bytes, which are given out first
};

static size_t window_size(const struct window *window)
{
    return window->end - window->start;
}

// Makes room behind what is left in it.
static void window_compact(struct window *window)
{
    if (window->start > 0) {
        memmove(window->data, window->data + window->start, window_size(window));
        window->end -= window->start;
        window->start = 0;
    }
}

static enum mb_status fail(struct mb_input *input, const char *what)
{
    return mb_err_at(&input->failure, MB_INVALID, input->name, 0, 0, "%s", what);
}

static enum mb_status failure_give(const struct mb_input *input, struct mb_err *err)
{
    if (err->code == MB_OK) {
        *err = input->failure;
    }
    return err->code;
}

// --- the source ---

static size_t source_read(struct mb_input *input, char *out, size_t size)
{
    if (input->in != NULL) {
        size_t got = fread(out, 1, size, input->in);
        if (got == 0 && ferror(input->in)) {
            (void)mb_err_system(&input->failure, errno, "cannot read standard input");
        }
        return got;
    }
    if (input->fd < 0) {
        size_t got = size < input->bytes_left ? size : input->bytes_left;
        if (got > 0) {
            memcpy(out, input->bytes, got);
            input->bytes += got;
            input->bytes_left -= got;
        }
        return got;
    }
    ssize_t got = read(input->fd, out, size);
    while (got < 0 && errno == EINTR) {
        got = read(input->fd, out, size);
    }
    if (got < 0) {
        (void)mb_err_system(&input->failure, errno, "cannot read '%s'", input->name);
        return 0;
    }
    return (size_t)got;
}

static void raw_fill(struct mb_input *input)
{
    window_compact(&input->raw);
    size_t room = CHUNK - input->raw.end;
    if (input->source_ended || room == 0) {
        return;
    }
    char *at = input->raw.data + input->raw.end;
    size_t got = source_read(input, at, room);
    if (input->digest != NULL) {
        mb_digest_add(input->digest, at, got);
    }
    input->raw.end += got;
    input->source_ended = got == 0;
}

// --- gzip ---

static bool raw_is_gzip(struct mb_input *input)
{
    while (window_size(&input->raw) < 3 && !input->source_ended) {
        raw_fill(input);
    }
    const unsigned char *at = (const unsigned char *)input->raw.data + input->raw.start;
    return window_size(&input->raw) >= 3 && at[0] == 0x1f && at[1] == 0x8b && at[2] == 8;
}

// After a member: another one, or zeros, with which tapes were filled up.
static void member_next(struct mb_input *input)
{
    if (raw_is_gzip(input)) {
        (void)inflateReset(&input->zlib);
        input->member_ended = false;
        return;
    }
    do {
        while (input->raw.start < input->raw.end &&
               input->raw.data[input->raw.start] == '\0') {
            input->raw.start++;
        }
        if (input->raw.start < input->raw.end) {
            (void)fail(input, "bytes that are not gzip follow the gzip stream");
            return;
        }
        raw_fill(input);
    } while (window_size(&input->raw) > 0);
}

static void inflate_some(struct mb_input *input)
{
    if (window_size(&input->raw) == 0) {
        raw_fill(input);
    }
    if (window_size(&input->raw) == 0) {
        if (input->failure.code == MB_OK) {
            (void)fail(input, "the gzip stream is cut off");
        }
        return;
    }
    input->zlib.next_in = (unsigned char *)input->raw.data + input->raw.start;
    input->zlib.avail_in = (unsigned)window_size(&input->raw);
    input->zlib.next_out = (unsigned char *)input->plain.data + input->plain.end;
    input->zlib.avail_out = (unsigned)(CHUNK - input->plain.end);
    int code = inflate(&input->zlib, Z_NO_FLUSH);
    input->raw.start = input->raw.end - input->zlib.avail_in;
    input->plain.end = CHUNK - input->zlib.avail_out;
    input->member_ended = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
        (void)fail(input, "the gzip stream is damaged");
    }
}

static void plain_fill(struct mb_input *input)
{
    window_compact(&input->plain);
    size_t before = input->plain.end;
    if (before == CHUNK) {
        return;
    }
    if (!input->gzip) {
        raw_fill(input);
        size_t room = CHUNK - before;
        size_t size = window_size(&input->raw) < room ? window_size(&input->raw) : room;
        memcpy(input->plain.data + before, input->raw.data + input->raw.start, size);
        input->raw.start += size;
        input->plain.end += size;
        return;
    }
    bool ended = false;
    while (!ended && input->plain.end == before && input->failure.code == MB_OK) {
        if (input->member_ended) {
            member_next(input);
            ended = input->member_ended;
        } else {
            inflate_some(input);
        }
    }
}

// --- text ---

static size_t utf8_put(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static uint32_t utf16_unit(const struct mb_input *input, size_t offset)
{
    const unsigned char *at =
        (const unsigned char *)input->plain.data + input->plain.start + offset;
    return input->encoding == ENCODING_UTF16LE ? (uint32_t)(at[0] | at[1] << 8)
                                               : (uint32_t)(at[0] << 8 | at[1]);
}

// Takes one character off `plain`; 0 bytes taken: more are needed. What is none becomes
// U+FFFD.
static size_t utf16_take(const struct mb_input *input, bool last, uint32_t *c)
{
    size_t size = window_size(&input->plain);
    *c = 0xfffd;
    if (size < 2) {
        return last ? size : 0;
    }
    uint32_t unit = utf16_unit(input, 0);
    if (unit < 0xd800 || unit > 0xdfff) {
        *c = unit;
        return 2;
    }
    if (unit > 0xdbff) {
        return 2;
    }
    if (size < 4) {
        return last ? 2 : 0;
    }
    uint32_t low = utf16_unit(input, 2);
    if (low < 0xdc00 || low > 0xdfff) {
        return 2;
    }
    *c = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    return 4;
}

static void utf16_convert(struct mb_input *input, bool last)
{
    while (input->text.end + UTF8_MAX <= CHUNK) {
        uint32_t c = 0;
        size_t taken = utf16_take(input, last, &c);
        if (taken == 0) {
            return;
        }
        input->plain.start += taken;
        input->text.end += utf8_put(input->text.data + input->text.end, c);
    }
}

// Adds to the text. False: nothing came, it has ended or failed.
static bool text_fill(struct mb_input *input)
{
    window_compact(&input->text);
    size_t before = input->text.end;
    size_t had = window_size(&input->plain);
    if (input->failure.code == MB_OK) {
        plain_fill(input);
    }
    bool last = had < CHUNK && window_size(&input->plain) == had;
    if (input->encoding != ENCODING_PLAIN) {
        utf16_convert(input, last);
        return input->text.end > before;
    }
    size_t room = CHUNK - before;
    size_t size = window_size(&input->plain) < room ? window_size(&input->plain) : room;
    memcpy(input->text.data + before, input->plain.data + input->plain.start, size);
    input->plain.start += size;
    input->text.end += size;
    return size > 0;
}

static void encoding_detect(struct mb_input *input)
{
    size_t before = 0;
    do {
        before = window_size(&input->plain);
        plain_fill(input);
    } while (window_size(&input->plain) < 3 && window_size(&input->plain) > before);
    const char *at = input->plain.data + input->plain.start;
    size_t size = window_size(&input->plain);
    if (size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        input->plain.start += 3;
    } else if (size >= 2 && memcmp(at, "\xff\xfe", 2) == 0) {
        input->encoding = ENCODING_UTF16LE;
        input->plain.start += 2;
    } else if (size >= 2 && memcmp(at, "\xfe\xff", 2) == 0) {
        input->encoding = ENCODING_UTF16BE;
        input->plain.start += 2;
    }
}

// --- opening ---

static struct mb_input *input_new(const char *name, bool digested)
{
    struct mb_input *input = mb_mem_alloc(1, sizeof *input);
    input->name = mb_mem_copy_string(name);
    input->fd = -1;
    input->digest = digested ? mb_digest_new() : NULL;
    input->raw.data = mb_mem_alloc(CHUNK, 1);
    input->plain.data = mb_mem_alloc(CHUNK, 1);
    input->text.data = mb_mem_alloc(CHUNK + 1, 1);
    return input;
}

void mb_input_free(struct mb_input *input)
{
    if (input == NULL) {
        return;
    }
    if (input->fd >= 0) {
        (void)close(input->fd);
    }
    if (input->zlib_open) {
        (void)inflateEnd(&input->zlib);
    }
    mb_buf_release(&input->line);
    mb_digest_free(input->digest);
    mb_mem_free(input->raw.data);
    mb_mem_free(input->plain.data);
    mb_mem_free(input->text.data);
    mb_mem_free(input->name);
    mb_mem_free(input);
}

// What fails before there is a byte to give out is an error at once.
static enum mb_status head_fill(struct mb_input *input, struct mb_err *err)
{
    input->gzip = raw_is_gzip(input);
    if (input->gzip) {
        input->zlib_open = inflateInit2(&input->zlib, GZIP_WINDOW) == Z_OK;
        if (!input->zlib_open) {
            return mb_err_set(err, MB_FAILED, "zlib cannot be started");
        }
    }
    encoding_detect(input);
    while (input->text.end < CHUNK && text_fill(input)) {
    }
    input->text.data[input->text.end] = '\0';
    if (input->failure.code != MB_OK && window_size(&input->text) == 0) {
        return failure_give(input, err);
    }
    return MB_OK;
}

static enum mb_status input_start(struct mb_input *opened, struct mb_input **input,
                                  struct mb_err *err)
{
    enum mb_status status = head_fill(opened, err);
    if (status != MB_OK) {
        mb_input_free(opened);
        opened = NULL;
    }
    *input = opened;
    return status;
}

static enum mb_status path_open(const char *path, FILE *in, bool digested,
                                struct mb_input **input, struct mb_err *err)
{
    struct mb_input *opened = input_new(path, digested);
    *input = NULL;
    if (strcmp(path, "-") == 0) {
        opened->in = in;
    } else {
        opened->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (opened->fd < 0) {
            int number = errno;
            mb_input_free(opened);
            return mb_err_system(err, number, "cannot read '%s'", path);
        }
    }
    return input_start(opened, input, err);
}

enum mb_status mb_input_open(const char *path, FILE *in, struct mb_input **input,
                             struct mb_err *err)
{
    return path_open(path, in, true, input, err);
}

enum mb_status mb_input_open_undigested(const char *path, FILE *in,
                                        struct mb_input **input, struct mb_err *err)
{
    return path_open(path, in, false, input, err);
}

enum mb_status mb_input_open_bytes(const char *name, const void *bytes, size_t size,
                                   struct mb_input **input, struct mb_err *err)
{
    struct mb_input *opened = input_new(name, true);
    opened->bytes = bytes;
    opened->bytes_left = size;
    return input_start(opened, input, err);
}

// --- reading ---

const char *mb_input_name(const struct mb_input *input)
{
    return input->name;
}

const char *mb_input_head(const struct mb_input *input, size_t *size)
{
    *size = window_size(&input->text);
    return input->text.data + input->text.start;
}

// Sees to it that the text holds something. False at the end; then *status says whether
// it is a good one.
static bool text_ready(struct mb_input *input, enum mb_status *status, struct mb_err *err)
{
    if (window_size(&input->text) > 0 || text_fill(input)) {
        return true;
    }
    *status = input->failure.code == MB_OK ? MB_OK : failure_give(input, err);
    return false;
}

enum mb_status mb_input_read(struct mb_input *input, void *bytes, size_t size,
                             size_t *got, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    *got = 0;
    if (size == 0 || !text_ready(input, &status, err)) {
        return status;
    }
    *got = window_size(&input->text) < size ? window_size(&input->text) : size;
    memcpy(bytes, input->text.data + input->text.start, *got);
    input->text.start += *got;
    return MB_OK;
}

enum mb_status mb_input_read_all(struct mb_input *input, size_t cap_bytes,
                                 struct mb_buf *buf, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    size_t total = 0;
    while (text_ready(input, &status, err)) {
        size_t size = window_size(&input->text);
        if (size > cap_bytes - total) {
            return mb_err_at(err, MB_INVALID, input->name, 0, 0,
                             "larger than %zu bytes%s", cap_bytes,
                             input->gzip ? " when it is decompressed" : "");
        }
        mb_buf_append(buf, input->text.data + input->text.start, size);
        input->text.start += size;
        total += size;
    }
    return status;
}

static enum mb_status line_too_long(struct mb_input *input, size_t cap_bytes,
                                    struct mb_err *err)
{
    return mb_err_at(err, MB_INVALID, input->name, input->line_number + 1, 1,
                     "the line is longer than %zu bytes", cap_bytes);
}

// Ends the line at `data` with a zero byte, after taking off its carriage return.
static enum mb_status line_give(struct mb_input *input, char *data, size_t size,
                                const char **line, size_t *line_size)
{
    if (size > 0 && data[size - 1] == '\r') {
        size--;
    }
    data[size] = '\0';
    *line = data;
    *line_size = size;
    input->line_number++;
    return MB_OK;
}

enum mb_status mb_input_line(struct mb_input *input, size_t cap_bytes, const char **line,
                             size_t *size, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    struct window *text = &input->text;
    *line = NULL;
    *size = 0;
    mb_buf_reset(&input->line);
    while (text_ready(input, &status, err)) {
        char *start = text->data + text->start;
        char *end = memchr(start, '\n', window_size(text));
        size_t length = end != NULL ? (size_t)(end - start) : window_size(text);
        if (length > cap_bytes - input->line.size) {
            return line_too_long(input, cap_bytes, err);
        }
        text->start += length + (end != NULL);
        if (end != NULL && input->line.size == 0) {
            return line_give(input, start, length, line, size);
        }
        mb_buf_append(&input->line, start, length);
        if (end != NULL) {
            return line_give(input, input->line.data, input->line.size, line, size);
        }
    }
    if (status == MB_OK && input->line.size > 0) {
        return line_give(input, input->line.data, input->line.size, line, size);
    }
    return status;
}

enum mb_status mb_input_digest(struct mb_input *input, char *digest, struct mb_err *err)
{
    assert(input->digest != NULL);
    while (!input->source_ended) {
        input->raw.start = input->raw.end; // what is inflated no more
        raw_fill(input);
    }
    if (input->failure.code == MB_FAILED) {
        return failure_give(input, err);
    }
    if (input->digest_text[0] == '\0') {
        mb_digest_finish(input->digest, input->digest_text);
    }
    memcpy(digest, input->digest_text, sizeof input->digest_text);
    return MB_OK;
}

int mb_input_line_number(const struct mb_input *input)
{
    return input->line_number;
}
