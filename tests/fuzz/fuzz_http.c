// HTTP response path of the load engine. The first byte chooses (1: answer to HEAD, 2:
// the server closes at the end), the second seeds how the rest is cut into pieces; what
// comes of the pieces must be what comes of the whole.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "load/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 1, CLOSES = 2, LARGEST_PIECE = 64 };

struct outcome {
    enum mb_http1_state state;
    int status;
    bool keepalive;
    bool early; // done before all bytes were fed
};

static struct outcome outcome_of(struct mb_http1 *reader, enum mb_http1_state state,
                                 bool closes, bool early)
{
    struct outcome outcome = {.state = state, .early = early};
    if (state == MB_HTTP1_MORE && closes) {
        outcome.state = mb_http1_finish(reader);
    }
    if (outcome.state == MB_HTTP1_DONE) {
        outcome.status = mb_http1_status(reader);
        outcome.keepalive = mb_http1_keepalive(reader);
        if (outcome.status < 100 || outcome.status > 999) {
            abort();
        }
    }
    if (outcome.state == MB_HTTP1_BAD && mb_http1_reason(reader)[0] == '\0') {
        abort();
    }
    return outcome;
}

static struct outcome feed(struct mb_http1 *reader, const uint8_t *data, size_t size,
                           uint8_t choice, unsigned seed)
{
    enum mb_http1_state state = MB_HTTP1_MORE;
    size_t at = 0;
    mb_http1_begin(reader, (choice & HEAD) != 0);
    while (at < size && state == MB_HTTP1_MORE) {
        size_t piece = size - at;
        if (seed != 0) {
            seed = seed * 1103515245U + 12345U;
            size_t wanted = 1 + (seed >> 16) % LARGEST_PIECE;
            piece = wanted < piece ? wanted : piece;
        }
        // In memory of its own, so that reading beyond a piece is seen.
        char *copy = mb_mem_alloc(piece, 1);
        memcpy(copy, data + at, piece);
        state = mb_http1_feed(reader, copy, piece);
        mb_mem_free(copy);
        at += piece;
    }
    return outcome_of(reader, state, (choice & CLOSES) != 0, at < size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    // One reader for both, as a connection has one for all its responses.
    struct mb_http1 *reader = mb_http1_new();
    struct outcome pieces = feed(reader, data + 2, size - 2, data[0], data[1] + 1U);
    struct outcome whole = feed(reader, data + 2, size - 2, data[0], 0);
    // What follows a complete response is never looked at when it comes in a piece of its
    // own, and makes the whole bad.
    bool same = pieces.state == whole.state && pieces.status == whole.status &&
                pieces.keepalive == whole.keepalive;
    bool followed =
        pieces.state == MB_HTTP1_DONE && pieces.early && whole.state == MB_HTTP1_BAD;
    if (!same && !followed) {
        abort();
    }
    mb_http1_free(reader);
    return 0;
}
