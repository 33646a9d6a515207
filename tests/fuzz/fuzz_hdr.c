// Histogram reader: raw bytes, and the same bytes as Base64 text. What decodes must
// encode and decode to the same counts.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/hdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Largest configuration that is walked in full: the bigger ones only slow fuzzing down.
enum { WALKED_SLOTS = 100000 };

static void round_trip(struct mb_hdr *hdr)
{
    if (hdr->counts_size <= WALKED_SLOTS) {
        struct mb_buf bytes = {0};
        struct mb_hdr back;
        struct mb_err err = {0};
        mb_hdr_encode(hdr, &bytes);
        if (mb_hdr_decode(&back, bytes.data, bytes.size, &err) != MB_OK ||
            back.count != hdr->count ||
            memcmp(back.counts, hdr->counts,
                   (size_t)hdr->counts_size * sizeof *hdr->counts) != 0 ||
            mb_hdr_quantile(&back, 1.0) != mb_hdr_quantile(hdr, 1.0)) {
            abort();
        }
        mb_hdr_release(&back);
        mb_buf_release(&bytes);
    }
    mb_hdr_release(hdr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mb_hdr hdr;
    struct mb_err err = {0};
    if (mb_hdr_decode(&hdr, data, size, &err) == MB_OK) {
        round_trip(&hdr);
    }
    mb_err_clear(&err);
    if (mb_hdr_decode_base64(&hdr, (const char *)data, size, &err) == MB_OK) {
        round_trip(&hdr);
    }
    return 0;
}
