#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/version.h"
#include "load/remote.h"

static void takes_urls_apart(void **unused)
{
    (void)unused;
    static const struct {
        const char *url;
        const char *host; // NULL: refused, `path` is in the message
        const char *authority;
        const char *path;
        int port;
    } cases[] = {
        {"http://example.org", "example.org", "example.org", "/", 80},
        {"http://example.org/a?b=c", "example.org", "example.org", "/a?b=c", 80},
        {"http://example.org?b=c", "example.org", "example.org", "/?b=c", 80},
        {"HTTP://127.0.0.1:8080/x", "127.0.0.1", "127.0.0.1:8080", "/x", 8080},
        {"http://[::1]:9/", "::1", "[::1]:9", "/", 9},
        {"http://[::1]", "::1", "[::1]", "/", 80},
        {"https://example.org/", NULL, NULL, "'https' is not supported", 0},
        {"ftp://example.org/", NULL, NULL, "should start with 'http://'", 0},
        {"example.org", NULL, NULL, "should start with 'http://'", 0},
        {"http://", NULL, NULL, "names no host", 0},
        {"http://:80/", NULL, NULL, "names no host", 0},
        {"http://h:0/", NULL, NULL, "1 to 65535", 0},
        {"http://h:65536/", NULL, NULL, "1 to 65535", 0},
        {"http://h:/", NULL, NULL, "1 to 65535", 0},
        {"http://::1/", NULL, NULL, "brackets", 0},
        {"http://[::1/", NULL, NULL, "']'", 0},
        {"http://[::1]x/", NULL, NULL, "']'", 0},
        {"http://u:secret@h/", NULL, NULL, "credentials", 0},
        {"http://h/a b", NULL, NULL, "blanks", 0},
        {"http://h/a\r\nX: y", NULL, NULL, "control characters", 0},
        {"http://h/#top", NULL, NULL, "fragment", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_remote_url url;
        enum mb_status status = mb_remote_parse_url(&arena, cases[i].url, &url, &err);
        if (cases[i].host == NULL) {
            if (status != MB_INVALID || strstr(err.message, cases[i].path) == NULL) {
                fail_msg("%s: status %d, '%s'", cases[i].url, (int)status, err.message);
            }
            assert_null(strstr(err.message, "secret"));
        } else {
            assert_int_equal(status, MB_OK);
            assert_string_equal(url.host, cases[i].host);
            assert_string_equal(url.authority, cases[i].authority);
            assert_string_equal(url.path, cases[i].path);
            assert_int_equal(url.port, cases[i].port);
        }
        mb_arena_release(&arena);
    }
}

static void builds_requests(void **unused)
{
    (void)unused;
    struct mb_header headers[] = {{"X-Id", "7"}, {"host", "other"}};
    struct mb_request request = {.method = "POST",
                                 .path = "/v1",
                                 .headers = headers,
                                 .header_count = 2,
                                 .body = "a\0b",
                                 .body_size = 3,
                                 .keepalive = false};
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_remote remote;
    char expected[256];
    int size = snprintf(expected, sizeof expected,
                        "POST /api/v1 HTTP/1.1\r\nUser-Agent: meshbench/%s\r\nX-Id: 7\r\n"
                        "host: other\r\nConnection: close\r\nContent-Length: 3\r\n\r\n",
                        mb_version());
    memcpy(expected + size, "a\0b", 3);
    assert_int_equal(
        mb_remote_build(&arena, "http://h:8080/api/", &request, &remote, &err), MB_OK);
    assert_int_equal(remote.size, size + 3);
    assert_memory_equal(remote.bytes, expected, remote.size);
    assert_false(remote.keepalive);
    assert_false(remote.head);
    request = (struct mb_request){.method = "HEAD", .path = "", .keepalive = true};
    assert_int_equal(mb_remote_build(&arena, "http://h:8080", &request, &remote, &err),
                     MB_OK);
    (void)snprintf(expected, sizeof expected,
                   "HEAD / HTTP/1.1\r\nHost: h:8080\r\nUser-Agent: meshbench/%s\r\n\r\n",
                   mb_version());
    assert_string_equal(remote.bytes, expected);
    assert_true(remote.head);
    mb_arena_release(&arena);
}

static void refuses_requests(void **unused)
{
    (void)unused;
    static const struct {
        const char *method;
        const char *path;
        struct mb_header header;
        const char *message;
    } cases[] = {
        {"", "", {"A", "b"}, "not a request method"},
        {"GE T", "", {"A", "b"}, "not a request method"},
        {"CONNECT", "", {"A", "b"}, "'CONNECT' is not supported"},
        {"GET", "x", {"A", "b"}, "should start with"},
        {"GET", "/a b", {"A", "b"}, "not a path"},
        {"GET", "", {"", "b"}, "not a header field name"},
        {"GET", "", {"A B", "b"}, "not a header field name"},
        {"GET", "", {"A", "b\r\nC: d"}, "control characters"},
        {"GET", "", {"Connection", "close"}, "the engine sets it"},
        {"GET", "", {"content-length", "1"}, "the engine sets it"},
        {"GET", "", {"Transfer-Encoding", "chunked"}, "the engine sets it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_remote remote;
        struct mb_header header = cases[i].header;
        struct mb_request request = {.method = cases[i].method,
                                     .path = cases[i].path,
                                     .headers = &header,
                                     .header_count = 1};
        enum mb_status status =
            mb_remote_build(&arena, "http://h/", &request, &remote, &err);
        if (status != MB_INVALID || strstr(err.message, cases[i].message) == NULL) {
            fail_msg("case %zu: status %d, '%s'", i, (int)status, err.message);
        }
        mb_arena_release(&arena);
    }
}

static void refuses_a_path_behind_a_query(void **unused)
{
    (void)unused;
    struct mb_arena arena = {0};
    struct mb_err err = {0};
    struct mb_remote remote;
    struct mb_request request = {.method = "GET", .path = "/x"};
    assert_int_equal(mb_remote_build(&arena, "http://h/?a=b", &request, &remote, &err),
                     MB_INVALID);
    assert_non_null(strstr(err.message, "has a query"));
    mb_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_urls_apart),
        cmocka_unit_test(builds_requests),
        cmocka_unit_test(refuses_requests),
        cmocka_unit_test(refuses_a_path_behind_a_query),
    };
    return cmocka_run_group_tests_name("load/remote", tests, NULL, NULL);
}
