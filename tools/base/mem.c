#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The one place where memory runs out. stdio may need memory, so write(2) it is.
static _Noreturn void out_of_memory(void)
{
    static const char text[] = "meshbench: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(3);
}

void *mb_mem_alloc(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (memory == NULL) {
        out_of_memory();
    }
    return memory;
}

void *mb_mem_resize(void *memory, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        out_of_memory();
    }
    size_t total = count * size;
    void *resized = realloc(memory, total > 0 ? total : 1);
    if (resized == NULL) {
        out_of_memory();
    }
    return resized;
}

char *mb_mem_copy_string(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mb_mem_alloc(size, 1), text, size);
}

void mb_mem_free(void *memory)
{
    free(memory);
}
