// Our side of hdr-peer.sh. Reads lines from standard input and answers each with a line:
//   record V V V...   the uncompressed V2 payload of these values, in hexadecimal
//   encode V V V...   the same histogram as Base64
//   ranks TEXT R R... the values at these ranks of a Base64 histogram
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "stats/hdr.h"

static int64_t number(const char *word)
{
    struct mb_err err = {0};
    int64_t value = 0;
    if (mb_units_parse_int(word, 0, INT64_MAX, &value, &err) != MB_OK) {
        (void)fprintf(stderr, "hdr_peer: %s\n", err.message);
        exit(1);
    }
    return value;
}

static void record(bool base64)
{
    struct mb_hdr hdr;
    mb_hdr_init(&hdr);
    for (char *word = strtok(NULL, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        mb_hdr_record(&hdr, number(word));
    }
    struct mb_buf out = {0};
    if (base64) {
        mb_hdr_encode_base64(&hdr, &out);
        puts(mb_buf_string(&out));
    } else {
        mb_hdr_encode(&hdr, &out);
        for (size_t i = 0; i < out.size; i++) {
            printf("%02x", (unsigned)(unsigned char)out.data[i]);
        }
        puts("");
    }
    mb_buf_release(&out);
    mb_hdr_release(&hdr);
}

static void ranks(void)
{
    struct mb_hdr hdr;
    struct mb_err err = {0};
    const char *text = strtok(NULL, " \n");
    if (text == NULL || mb_hdr_decode_base64(&hdr, text, strlen(text), &err) != MB_OK) {
        printf("%s\n", err.message);
        return;
    }
    printf("%lld", (long long)hdr.count);
    for (char *word = strtok(NULL, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        printf(" %lld", (long long)mb_hdr_value_at_rank(&hdr, number(word)));
    }
    puts("");
    mb_hdr_release(&hdr);
}

int main(void)
{
    static char line[1 << 22];
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *verb = strtok(line, " \n");
        if (verb != NULL && strcmp(verb, "ranks") == 0) {
            ranks();
        } else {
            record(verb != NULL && strcmp(verb, "encode") == 0);
        }
        (void)fflush(stdout);
    }
    return 0;
}
