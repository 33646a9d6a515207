#include "load/http1.h"

#include <llhttp.h>

#include "base/mem.h"

enum { SWITCHING_PROTOCOLS = 101, FIRST_FINAL_STATUS = 200, SKIP_BODY = 1 };

struct mb_http1 {
    llhttp_t parser;
    size_t head_bytes;
    int status;
    bool head;      // response to a HEAD request
    bool in_body;   // headers are complete, trailers not begun
    bool done;      // the final response is complete
    bool keepalive; // decided when it was
    const char *reason;
};

static int on_headers_complete(llhttp_t *parser)
{
    struct mb_http1 *reader = parser->data;
    reader->in_body = true;
    return reader->head ? SKIP_BODY : 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct mb_http1 *reader = parser->data;
    reader->in_body = false;
    int status = parser->status_code;
    if (status < FIRST_FINAL_STATUS && status != SWITCHING_PROTOCOLS) {
        return 0;
    }
    reader->status = status;
    reader->keepalive =
        status != SWITCHING_PROTOCOLS && llhttp_should_keep_alive(parser) != 0;
    reader->done = true;
    return HPE_PAUSED;
}

// Trailers count as head; the last chunk's own line is in this too, and too small to
// matter.
static int on_chunk_header(llhttp_t *parser)
{
    struct mb_http1 *reader = parser->data;
    reader->in_body = parser->content_length > 0;
    return 0;
}

static const llhttp_settings_t settings = {
    .on_headers_complete = on_headers_complete,
    .on_message_complete = on_message_complete,
    .on_chunk_header = on_chunk_header,
};

struct mb_http1 *mb_http1_new(void)
{
    struct mb_http1 *reader = mb_mem_alloc(1, sizeof *reader);
    llhttp_init(&reader->parser, HTTP_RESPONSE, &settings);
    reader->parser.data = reader;
    return reader;
}

void mb_http1_free(struct mb_http1 *reader)
{
    mb_mem_free(reader);
}

void mb_http1_begin(struct mb_http1 *reader, bool head)
{
    llhttp_reset(&reader->parser);
    reader->head_bytes = 0;
    reader->status = 0;
    reader->head = head;
    reader->in_body = false;
    reader->done = false;
    reader->keepalive = false;
    reader->reason = NULL;
}

static enum mb_http1_state refuse(struct mb_http1 *reader, const char *reason)
{
    reader->reason = reason != NULL && reason[0] != '\0' ? reason : "not HTTP/1.x";
    return MB_HTTP1_BAD;
}

static enum mb_http1_state conclude(struct mb_http1 *reader)
{
    if (reader->status < 100 || reader->status > 999) {
        return refuse(reader, "status outside 100 to 999");
    }
    return MB_HTTP1_DONE;
}

enum mb_http1_state mb_http1_feed(struct mb_http1 *reader, const char *bytes, size_t size)
{
    bool was_in_body = reader->in_body;
    llhttp_errno_t code = llhttp_execute(&reader->parser, bytes, size);
    if (reader->done) {
        // A response that switches protocols owns what follows it; any other does not.
        const char *end = llhttp_get_error_pos(&reader->parser);
        if (reader->status != SWITCHING_PROTOCOLS && end != bytes + size) {
            return refuse(reader, "bytes after the end of the response");
        }
        return conclude(reader);
    }
    if (code != HPE_OK) {
        return refuse(reader, llhttp_get_error_reason(&reader->parser));
    }
    if (!was_in_body || !reader->in_body) {
        reader->head_bytes += size;
        if (reader->head_bytes > MB_HTTP1_MAX_HEAD_BYTES) {
            return refuse(reader, "header fields beyond the cap of 256 KiB");
        }
    }
    return MB_HTTP1_MORE;
}

enum mb_http1_state mb_http1_finish(struct mb_http1 *reader)
{
    (void)llhttp_finish(&reader->parser);
    return reader->done ? conclude(reader) : MB_HTTP1_MORE;
}

int mb_http1_status(const struct mb_http1 *reader)
{
    return reader->status;
}

bool mb_http1_keepalive(const struct mb_http1 *reader)
{
    return reader->keepalive;
}

const char *mb_http1_reason(const struct mb_http1 *reader)
{
    return reader->reason;
}
