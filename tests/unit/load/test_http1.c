// Responses fed whole and one byte at a time: the outcome must be the same.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "load/http1.h"

struct response_case {
    const char *name;
    const char *bytes;
    bool head; // answers a HEAD request
    bool eof;  // the server closes after it
    enum mb_http1_state state;
    int status;
    bool keepalive;
};

#define OK_LINE "HTTP/1.1 200 OK\r\n"

static const struct response_case cases[] = {
    {"content length", OK_LINE "Content-Length: 5\r\n\r\nhello", false, false,
     MB_HTTP1_DONE, 200, true},
    {"empty body", OK_LINE "Content-Length: 0\r\n\r\n", false, false, MB_HTTP1_DONE, 200,
     true},
    {"chunked",
     OK_LINE "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
     false, false, MB_HTTP1_DONE, 200, true},
    {"trailers",
     OK_LINE "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n", false,
     false, MB_HTTP1_DONE, 200, true},
    {"connection close", OK_LINE "Connection: close\r\nContent-Length: 1\r\n\r\nx", false,
     false, MB_HTTP1_DONE, 200, false},
    {"1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", false, false,
     MB_HTTP1_DONE, 200, false},
    {"1.0 keep-alive",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", false,
     false, MB_HTTP1_DONE, 200, true},
    {"until close", OK_LINE "\r\nall the rest", false, true, MB_HTTP1_DONE, 200, false},
    {"until close, open", OK_LINE "\r\nall the rest", false, false, MB_HTTP1_MORE, 0,
     false},
    {"head", OK_LINE "Content-Length: 5\r\n\r\n", true, false, MB_HTTP1_DONE, 200, true},
    {"head, chunked", OK_LINE "Transfer-Encoding: chunked\r\n\r\n", true, false,
     MB_HTTP1_DONE, 200, true},
    {"204", "HTTP/1.1 204 No Content\r\n\r\n", false, false, MB_HTTP1_DONE, 204, true},
    {"304 with length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n", false,
     false, MB_HTTP1_DONE, 304, true},
    {"100 before 200",
     "HTTP/1.1 100 Continue\r\n\r\n" OK_LINE "Content-Length: 1\r\n\r\nx", false, false,
     MB_HTTP1_DONE, 200, true},
    {"103 before 404",
     "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
     "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
     false, false, MB_HTTP1_DONE, 404, true},
    {"100 alone", "HTTP/1.1 100 Continue\r\n\r\n", false, true, MB_HTTP1_MORE, 0, false},
    {"101 ends HTTP",
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
     false, false, MB_HTTP1_DONE, 101, false},
    {"short body", OK_LINE "Content-Length: 5\r\n\r\nhel", false, true, MB_HTTP1_MORE, 0,
     false},
    {"short chunk", OK_LINE "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", false, true,
     MB_HTTP1_MORE, 0, false},
    {"short head", "HTTP/1.1 200 O", false, true, MB_HTTP1_MORE, 0, false},
    {"nothing", "", false, true, MB_HTTP1_MORE, 0, false},
    {"garbage", "SSH-2.0-OpenSSH_9.2\r\n", false, false, MB_HTTP1_BAD, 0, false},
    {"a request", "GET / HTTP/1.1\r\n\r\n", false, false, MB_HTTP1_BAD, 0, false},
    {"bad chunk size", OK_LINE "Transfer-Encoding: chunked\r\n\r\nzz\r\n", false, false,
     MB_HTTP1_BAD, 0, false},
    {"bad length", OK_LINE "Content-Length: 1x\r\n\r\n", false, false, MB_HTTP1_BAD, 0,
     false},
    {"two lengths", OK_LINE "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", false,
     false, MB_HTTP1_BAD, 0, false},
    {"status 99", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", false, true,
     MB_HTTP1_MORE, 0, false},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false, false, MB_HTTP1_BAD, 0,
     false},
};

static enum mb_http1_state feed_in(struct mb_http1 *reader,
                                   const struct response_case *given, size_t piece)
{
    size_t size = strlen(given->bytes);
    enum mb_http1_state state = MB_HTTP1_MORE;
    mb_http1_begin(reader, given->head);
    for (size_t at = 0; at < size && state == MB_HTTP1_MORE; at += piece) {
        size_t left = size - at < piece ? size - at : piece;
        // A copy of its own, so that a sanitiser sees a read beyond it.
        char *bytes = mb_mem_alloc(left, 1);
        memcpy(bytes, given->bytes + at, left);
        state = mb_http1_feed(reader, bytes, left);
        mb_mem_free(bytes);
    }
    if (state == MB_HTTP1_MORE && given->eof) {
        state = mb_http1_finish(reader);
    }
    return state;
}

static void reads_responses(void **unused)
{
    (void)unused;
    struct mb_http1 *reader = mb_http1_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct response_case *given = &cases[i];
        static const size_t pieces[] = {1, 2, 7, 4096};
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            enum mb_http1_state state = feed_in(reader, given, pieces[k]);
            if (state != given->state) {
                fail_msg("%s, in pieces of %zu: state %d, expected %d", given->name,
                         pieces[k], (int)state, (int)given->state);
            }
            if (state == MB_HTTP1_DONE &&
                (mb_http1_status(reader) != given->status ||
                 mb_http1_keepalive(reader) != given->keepalive)) {
                fail_msg("%s, in pieces of %zu: status %d, keep-alive %d", given->name,
                         pieces[k], mb_http1_status(reader), mb_http1_keepalive(reader));
            }
            if (state == MB_HTTP1_BAD && mb_http1_reason(reader)[0] == '\0') {
                fail_msg("%s: refused without a reason", given->name);
            }
        }
    }
    mb_http1_free(reader);
}

static void refuses_bytes_behind_a_response(void **unused)
{
    (void)unused;
    static const char bytes[] = OK_LINE "Content-Length: 1\r\n\r\nxHTTP/1.1 200";
    struct mb_http1 *reader = mb_http1_new();
    mb_http1_begin(reader, false);
    assert_int_equal(mb_http1_feed(reader, bytes, sizeof bytes - 1), MB_HTTP1_BAD);
    assert_string_equal(mb_http1_reason(reader), "bytes after the end of the response");
    mb_http1_free(reader);
}

static void caps_heads_not_bodies(void **unused)
{
    (void)unused;
    enum { PIECE = 65536 };
    static const char start[] = OK_LINE "X-Long: ";
    static const char body[] = OK_LINE "Content-Length: 1048576\r\n\r\n";
    char *piece = mb_mem_alloc(PIECE, 1);
    memset(piece, 'a', PIECE);
    struct mb_http1 *reader = mb_http1_new();
    mb_http1_begin(reader, false);
    enum mb_http1_state state = mb_http1_feed(reader, start, sizeof start - 1);
    int fed = 0;
    while (state == MB_HTTP1_MORE && fed < 16) {
        state = mb_http1_feed(reader, piece, PIECE);
        fed++;
    }
    assert_int_equal(state, MB_HTTP1_BAD);
    assert_int_equal(fed, MB_HTTP1_MAX_HEAD_BYTES / PIECE);
    mb_http1_begin(reader, false);
    state = mb_http1_feed(reader, body, sizeof body - 1);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(state, MB_HTTP1_MORE);
        state = mb_http1_feed(reader, piece, PIECE);
    }
    assert_int_equal(state, MB_HTTP1_DONE);
    mb_http1_free(reader);
    mb_mem_free(piece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_responses),
        cmocka_unit_test(refuses_bytes_behind_a_response),
        cmocka_unit_test(caps_heads_not_bodies),
    };
    return cmocka_run_group_tests_name("load/http1", tests, NULL, NULL);
}
