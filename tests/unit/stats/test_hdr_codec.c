// The exchange format against the PyPI package `hdrhistogram`: data/hdr.txt, made by
// data/make_hdr.py; against HdrHistogram's own logs where the corpus is present; and on
// hostile bytes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "stats/hdr.h"

enum { LINE_MAX_BYTES = 65536 };

static struct mb_hdr made_with(int64_t lowest, int64_t highest, int digits)
{
    struct mb_hdr hdr;
    struct mb_err err = {0};
    assert_int_equal(mb_hdr_init_with(&hdr, lowest, highest, digits, &err), MB_OK);
    return hdr;
}

static struct mb_hdr decoded(const void *bytes, size_t size)
{
    struct mb_hdr hdr;
    struct mb_err err = {0};
    enum mb_status status = mb_hdr_decode(&hdr, bytes, size, &err);
    if (status != MB_OK) {
        fail_msg("%s", err.message);
    }
    return hdr;
}

static void equal_counts(const struct mb_hdr *left, const struct mb_hdr *right)
{
    assert_int_equal(left->counts_size, right->counts_size);
    assert_int_equal(left->count, right->count);
    assert_memory_equal(left->counts, right->counts,
                        (size_t)left->counts_size * sizeof *left->counts);
}

// --- the package's data ---

struct peer {
    FILE *file;
    char line[LINE_MAX_BYTES];
    char name[64];
    struct mb_hdr hdr; // our recording of the case's values
};

static char *peer_line(struct peer *peer)
{
    char *line = fgets(peer->line, sizeof peer->line, peer->file);
    if (line != NULL) {
        line[strcspn(line, "\n")] = '\0';
    }
    return line;
}

static int64_t word_number(char **rest)
{
    char *end = NULL;
    int64_t number = strtoll(*rest, &end, 10);
    assert_ptr_not_equal(end, *rest);
    *rest = end;
    return number;
}

// The rest of the next line, which begins with `word`.
static char *peer_field(struct peer *peer, const char *word)
{
    char *line = peer_line(peer);
    assert_non_null(line);
    assert_memory_equal(line, word, strlen(word));
    return line + strlen(word);
}

static void peer_values(struct peer *peer, char *header)
{
    int64_t lowest = word_number(&header);
    int64_t highest = word_number(&header);
    int64_t digits = word_number(&header);
    int64_t count = word_number(&header);
    peer->hdr = made_with(lowest, highest, (int)digits);
    char *rest = peer_field(peer, "values");
    for (int64_t i = 0; i < count; i++) {
        int64_t value = word_number(&rest);
        int64_t times = word_number(&rest);
        if (times == 1) {
            mb_hdr_record(&peer->hdr, value);
        } else {
            mb_hdr_record_count(&peer->hdr, value, times);
        }
    }
}

static void peer_payload(struct peer *peer)
{
    const char *hex = peer_field(peer, "payload ");
    struct mb_buf ours = {0};
    mb_hdr_encode(&peer->hdr, &ours);
    assert_int_equal(ours.size * 2, strlen(hex));
    for (size_t i = 0; i < ours.size; i++) {
        char byte[3];
        (void)snprintf(byte, sizeof byte, "%02x", (unsigned)(unsigned char)ours.data[i]);
        assert_memory_equal(byte, hex + 2 * i, 2);
    }
    struct mb_hdr back = decoded(ours.data, ours.size);
    equal_counts(&back, &peer->hdr);
    mb_hdr_release(&back);
    mb_buf_release(&ours);
}

static struct mb_hdr peer_base64(struct peer *peer)
{
    const char *text = peer_field(peer, "base64 ");
    struct mb_hdr theirs;
    struct mb_err err = {0};
    assert_int_equal(mb_hdr_decode_base64(&theirs, text, strlen(text), &err), MB_OK);
    equal_counts(&theirs, &peer->hdr);
    struct mb_buf ours = {0};
    mb_hdr_encode_base64(&peer->hdr, &ours);
    struct mb_hdr back;
    assert_int_equal(mb_hdr_decode_base64(&back, ours.data, ours.size, &err), MB_OK);
    equal_counts(&back, &peer->hdr);
    mb_hdr_release(&back);
    mb_buf_release(&ours);
    return theirs;
}

// The package rounds share * n to the nearest rank, we take the next one up: where both
// ranks are the same, so is the percentile; the value at any rank always is.
static size_t peer_percentiles(struct peer *peer)
{
    char *header = peer_field(peer, "percentiles");
    int64_t count = word_number(&header);
    size_t same = 0;
    for (int64_t i = 0; i < count; i++) {
        char *rest = peer_line(peer);
        int64_t share = word_number(&rest);
        int64_t rank = word_number(&rest);
        int64_t value = word_number(&rest);
        assert_int_equal(mb_hdr_value_at_rank(&peer->hdr, rank), value);
        if (mb_hdr_rank(peer->hdr.count, share) == rank) {
            assert_int_equal(mb_hdr_quantile(&peer->hdr, (double)share / 1e9), value);
            same++;
        }
    }
    return same;
}

static void peer_decoded(struct peer *peer, const struct mb_hdr *theirs)
{
    char *rest = peer_field(peer, "decoded");
    assert_int_equal(word_number(&rest), theirs->count);
    assert_int_equal(word_number(&rest), theirs->count > 0 ? theirs->min : 0);
    assert_int_equal(word_number(&rest), theirs->max);
    double mean = strtod(rest, NULL);
    if (theirs->sum < INT64_MAX) {
        assert_true(mb_hdr_mean(theirs) >= mean * (1 - 1e-12));
        assert_true(mb_hdr_mean(theirs) <= mean * (1 + 1e-12));
    }
}

static void agrees_with_peer(void **state)
{
    (void)state;
    struct peer peer = {.file = fopen("tests/unit/stats/data/hdr.txt", "r")};
    assert_non_null(peer.file);
    size_t cases = 0;
    size_t same = 0;
    for (char *line = peer_line(&peer); line != NULL; line = peer_line(&peer)) {
        assert_memory_equal(line, "case ", 5);
        char *header = strchr(line + 5, ' ');
        assert_non_null(header);
        print_message("  %.*s\n", (int)(header - line - 5), line + 5);
        peer_values(&peer, header);
        peer_payload(&peer);
        struct mb_hdr theirs = peer_base64(&peer);
        same += peer_percentiles(&peer);
        peer_decoded(&peer, &theirs);
        mb_hdr_release(&theirs);
        mb_hdr_release(&peer.hdr);
        cases++;
    }
    (void)fclose(peer.file);
    assert_int_equal(cases, 13);
    assert_true(same > 100);
}

// --- the corpus: logs of other implementations ---

struct corpus_log {
    const char *path;
    const char *encoding;
    int64_t histograms;
    int64_t count;
    int64_t p99_9;
    int64_t max;
};

// expected.json of the corpus, whole logs.
static const struct corpus_log corpus_logs[] = {
    {"jHiccup-2.0.1.logV0.hlog", "V0", 81, 61256, 1510998015, 1569718271},
    {"jHiccup-2.0.6.logV1.hlog", "V1", 88, 65964, 1829765119, 1888485375},
    {"ycsb.logV1.hlog", "V1", 602, 300056, 1214463, 1546239},
    {"jHiccup-2.0.7S.logV2.hlog", "V2", 62, 48761, 1745879039, 1796210687},
};

static FILE *corpus_open(const char *name)
{
    const char *root = getenv("MB_CORPUS");
    char path[512];
    (void)snprintf(path, sizeof path,
                   "%s/hdrhistogram/java/src/test/resources/org/HdrHistogram/%s",
                   root != NULL ? root : "../shared/corpus", name);
    return fopen(path, "r");
}

// Adds up the histograms of a log: the last field of each line that is not a comment.
// Like the test that the expected numbers come from, into three digits, whatever the log
// has, each bucket by its lowest value.
static int64_t log_add_up(FILE *file, struct mb_hdr *total)
{
    char line[LINE_MAX_BYTES];
    int64_t histograms = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char *text = strstr(line, "HIST");
        if (text == NULL) {
            continue;
        }
        struct mb_hdr hdr;
        struct mb_err err = {0};
        size_t size = strcspn(text, "\r\n");
        if (mb_hdr_decode_base64(&hdr, text, size, &err) != MB_OK) {
            fail_msg("histogram %lld: %s", (long long)histograms + 1, err.message);
        }
        int32_t position = 0;
        int64_t row[3];
        while (mb_hdr_next(&hdr, &position, &row[0], &row[1], &row[2])) {
            mb_hdr_record_count(total, row[0], row[2]);
        }
        mb_hdr_release(&hdr);
        histograms++;
    }
    return histograms;
}

static void reads_corpus(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof corpus_logs / sizeof *corpus_logs; i++) {
        const struct corpus_log *log = &corpus_logs[i];
        FILE *file = corpus_open(log->path);
        if (file == NULL) {
            print_message("SKIPPED: no corpus (%s); set MB_CORPUS\n", log->path);
            skip();
        }
        print_message("  %s %s\n", log->encoding, log->path);
        struct mb_hdr total = made_with(1, MB_HDR_HIGHEST_NS, 3);
        assert_int_equal(log_add_up(file, &total), log->histograms);
        assert_int_equal(total.count, log->count);
        assert_int_equal(mb_hdr_quantile(&total, 0.999), log->p99_9);
        assert_int_equal(mb_hdr_highest_equivalent(&total, total.max), log->max);
        mb_hdr_release(&total);
        (void)fclose(file);
    }
}

// --- hostile bytes ---

// A V2 payload of the fixed configuration with these bytes as counts.
static size_t payload_of(unsigned char *out, const unsigned char *counts, size_t size)
{
    static const unsigned char header[40] = {
        0x1c, 0x84, 0x93, 0x13, 0, 0, 0, 0, 0, 0, 0,    0,    0,    0,    0, 3,    0,
        0,    0,    0,    0,    0, 0, 1, 0, 0, 3, 0x46, 0x30, 0xb8, 0xa0, 0, 0x3f, 0xf0};
    memcpy(out, header, sizeof header);
    out[7] = (unsigned char)size;
    if (size > 0) {
        memcpy(out + sizeof header, counts, size);
    }
    return sizeof header + size;
}

static void refuses_payloads(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned char counts[24];
        size_t size;
        int patch_at; // byte of the header to change; 0: none
        unsigned char patch;
        const char *says;
    } cases[] = {
        {"cut varint", {0x80}, 1, 0, 0, "cut off"},
        {"past the end", {0xff, 0xff, 0xff, 0x7f, 2}, 5, 0, 0, "more counts"},
        {"largest run",
         {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
         9,
         0,
         0,
         "more counts"},
        {"sum overflow",
         {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2},
         10,
         0,
         0,
         "63 bits"},
        {"length", {2}, 1, 7, 9, "its header says"},
        {"cookie", {2}, 1, 3, 0x15, "cookie"},
        {"shifted", {2}, 1, 11, 1, "shifted"},
        {"scaled", {2}, 1, 33, 0, "scaled"},
        {"digits", {2}, 1, 15, 6, "digits"},
        {"no digits", {2}, 1, 15, 0, "digits"},
        {"lowest", {2}, 1, 23, 0, "lowest"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char bytes[64];
        size_t size = payload_of(bytes, cases[i].counts, cases[i].size);
        if (cases[i].patch_at != 0) {
            bytes[cases[i].patch_at] = cases[i].patch;
        }
        struct mb_hdr hdr;
        struct mb_err err = {0};
        print_message("  %s\n", cases[i].name);
        assert_int_equal(mb_hdr_decode(&hdr, bytes, size, &err), MB_INVALID);
        assert_non_null(strstr(err.message, cases[i].says));
    }
}

static void reads_words(void **state)
{
    (void)state;
    // V1 with counts of two bytes: three values of 1; a negative one is refused.
    unsigned char bytes[64];
    static const unsigned char counts[] = {0, 0, 0, 3};
    size_t size = payload_of(bytes, counts, sizeof counts);
    bytes[3] = 0x21;
    struct mb_hdr hdr = decoded(bytes, size);
    assert_int_equal(hdr.count, 3);
    assert_int_equal(hdr.min, 1);
    mb_hdr_release(&hdr);
    struct mb_err err = {0};
    bytes[size - 2] = 0x80;
    assert_int_equal(mb_hdr_decode(&hdr, bytes, size, &err), MB_INVALID);
    bytes[3] = 0x31; // words of three bytes
    mb_err_clear(&err);
    assert_int_equal(mb_hdr_decode(&hdr, bytes, size, &err), MB_INVALID);
}

static void refuses_truncation(void **state)
{
    (void)state;
    struct mb_hdr hdr = made_with(1, MB_HDR_HIGHEST_NS, 3);
    for (int64_t value = 1; value < 1000000; value = value * 3 + 1) {
        mb_hdr_record(&hdr, value);
    }
    struct mb_buf text = {0};
    mb_hdr_encode_base64(&hdr, &text);
    struct mb_hdr read;
    for (size_t size = 0; size < text.size; size++) {
        struct mb_err err = {0};
        assert_int_equal(mb_hdr_decode_base64(&read, text.data, size, &err), MB_INVALID);
        assert_true(err.message[0] != '\0');
    }
    mb_buf_release(&text);
    mb_hdr_release(&hdr);
}

// 100 MB of zeros behind a good header deflate to some 100 KB: refused after no more than
// the configuration can need.
static void refuses_bomb(void **state)
{
    (void)state;
    enum { BOMB = 100 << 20 };
    unsigned char *bytes = mb_mem_alloc(BOMB, 1);
    (void)payload_of(bytes, NULL, 0);
    uLongf size = compressBound(BOMB);
    unsigned char *wrapped = mb_mem_alloc(8 + size, 1);
    assert_int_equal(compress2(wrapped + 8, &size, bytes, BOMB, 1), Z_OK);
    static const unsigned char cookie[4] = {0x1c, 0x84, 0x93, 0x14};
    memcpy(wrapped, cookie, 4);
    for (int i = 0; i < 4; i++) {
        wrapped[4 + i] = (unsigned char)(size >> (24 - 8 * i));
    }
    struct mb_hdr hdr;
    struct mb_err err = {0};
    assert_int_equal(mb_hdr_decode(&hdr, wrapped, 8 + size, &err), MB_INVALID);
    assert_non_null(strstr(err.message, "304168 bytes"));
    mb_mem_free(bytes);
    mb_mem_free(wrapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_peer),   cmocka_unit_test(reads_corpus),
        cmocka_unit_test(refuses_payloads),   cmocka_unit_test(reads_words),
        cmocka_unit_test(refuses_truncation), cmocka_unit_test(refuses_bomb),
    };
    return cmocka_run_group_tests_name("hdr_codec", tests, NULL, NULL);
}
