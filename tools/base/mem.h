// Heap memory. Running out of it is fatal here and nowhere else, so no caller checks.
// Base floor: includes nothing of ours.
#ifndef MB_BASE_MEM_H
#define MB_BASE_MEM_H

#include <stddef.h>

// Returns owned, zeroed memory of count * size bytes, never NULL. A product that
// overflows is fatal, as is running out.
void *mb_mem_alloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

// Resizes memory from mb_mem_alloc (or NULL) to count * size bytes; new bytes are not
// cleared. Returns owned, never NULL.
void *mb_mem_resize(void *memory, size_t count, size_t size)
    __attribute__((returns_nonnull));

// Returns an owned copy of a string.
char *mb_mem_copy_string(const char *text) __attribute__((malloc, returns_nonnull));

// Frees memory from this module; NULL is allowed.
void mb_mem_free(void *memory);

#endif
