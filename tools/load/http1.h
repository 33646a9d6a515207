// HTTP/1.1 responses read incrementally, by llhttp. Load floor: may include base.
//
// One reader per connection, used for one response after another. Bodies are counted by
// the caller and discarded here, so their size has no cap; heads have one.
#ifndef MB_LOAD_HTTP1_H
#define MB_LOAD_HTTP1_H

#include <stdbool.h>
#include <stddef.h>

// Bytes of status line, header fields and trailers of one response (1xx ones before it
// included) after which it is refused. Checked after each piece that is fed, so a piece
// more than this may have been looked at.
enum { MB_HTTP1_MAX_HEAD_BYTES = 256 * 1024 };

enum mb_http1_state {
    MB_HTTP1_MORE, // the response is not complete
    MB_HTTP1_DONE, // complete, and nothing came after it
    MB_HTTP1_BAD   // not HTTP, a head beyond its cap, or bytes after the response
};

struct mb_http1;

// Returns owned; mb_http1_free takes NULL too.
struct mb_http1 *mb_http1_new(void);
void mb_http1_free(struct mb_http1 *reader);

// Gets ready for the response to the next request. `head`: that was a HEAD request, so
// the response has no body whatever its header says.
void mb_http1_begin(struct mb_http1 *reader, bool head);

// Reads the next bytes. After DONE or BAD only mb_http1_begin may follow. Interim
// responses (1xx, save 101) are skipped.
enum mb_http1_state mb_http1_feed(struct mb_http1 *reader, const char *bytes,
                                  size_t size);

// The server closed its side: DONE for a body that ends with the connection, MORE when
// the response is cut short.
enum mb_http1_state mb_http1_finish(struct mb_http1 *reader);

// After DONE: the status, 100 to 999, and whether the connection can be used again.
int mb_http1_status(const struct mb_http1 *reader);
bool mb_http1_keepalive(const struct mb_http1 *reader);

// After BAD: why, as a phrase ("invalid character in status line"). Static.
const char *mb_http1_reason(const struct mb_http1 *reader);

#endif
