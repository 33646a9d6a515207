// Arena: memory that lives and dies together. Parsed trees, results and reports live in
// one; nothing in it is freed singly. Base floor: may include base only.
#ifndef MB_BASE_ARENA_H
#define MB_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

struct mb_arena_chunk;

struct mb_arena {
    struct mb_arena_chunk *head; // newest chunk
    size_t size_bytes;           // handed out so far, padding included
};

// An arena filled with zeros is ready for use as well.
void mb_arena_init(struct mb_arena *arena);

// Frees everything; the arena is empty and ready again.
void mb_arena_release(struct mb_arena *arena);

// In arena: zeroed memory of count * size bytes, aligned for any type. Never NULL.
void *mb_arena_alloc(struct mb_arena *arena, size_t count, size_t size);

// Takes a block of heap memory (from mb_mem_alloc or mb_mem_resize): it is freed with the
// arena. NULL is allowed.
void mb_arena_take(struct mb_arena *arena, void *memory);

// In arena: copies. mb_arena_copy_bytes adds a NUL after the `size` bytes.
char *mb_arena_copy_string(struct mb_arena *arena, const char *text);
char *mb_arena_copy_bytes(struct mb_arena *arena, const char *bytes, size_t size);

// In arena: a formatted string.
char *mb_arena_print(struct mb_arena *arena, const char *format, ...) MB_PRINTF(2, 3);
char *mb_arena_print_args(struct mb_arena *arena, const char *format, va_list args)
    MB_PRINTF(2, 0);

// Makes room for one more item in an array that lives in the arena. `items` is the array
// (NULL at first), `count` its length, *capacity its room, `size` an item's. Returns the
// array, moved when it grew; new room is zeroed. Use it as
//     list->items = mb_arena_grow(arena, list->items, list->count, &list->capacity,
//                                 sizeof *list->items);
//     list->items[list->count++] = item;
void *mb_arena_grow(struct mb_arena *arena, void *items, size_t count, size_t *capacity,
                    size_t size);

#endif
