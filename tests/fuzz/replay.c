// Feeds files to a fuzz entry: corpora are replayed without libFuzzer, by any compiler.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/file.h"

enum { INPUT_MAX = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct mb_buf bytes = {0};
        struct mb_err err = {0};
        if (mb_file_read(argv[i], stdin, INPUT_MAX, &bytes, &err) != MB_OK) {
            (void)fprintf(stderr, "replay: %s\n", err.message);
            return 3;
        }
        // The name first: it is the last thing printed when the entry crashes.
        (void)printf("%s\n", argv[i]);
        (void)fflush(stdout);
        (void)LLVMFuzzerTestOneInput((const uint8_t *)mb_buf_string(&bytes), bytes.size);
        mb_buf_release(&bytes);
    }
    return 0;
}
