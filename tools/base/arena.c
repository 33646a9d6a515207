#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

enum { CHUNK_MIN = 4096, CHUNK_MAX = 1 << 20 };

// An arena that has grown to LARGE goes on in chunks of huge pages where the kernel has
// them: filling a few hundred megabytes page by page takes as long as reading what goes
// into them.
enum { LARGE = 8 << 20, HUGE_PAGE = 2 << 20, HUGE_CHUNK = 4 * HUGE_PAGE };

struct mb_arena_chunk {
    struct mb_arena_chunk *next;
    size_t used;
    size_t capacity;
    void *mapping; // what to unmap, and its size; NULL: memory from the heap
    size_t mapping_size;
    void *taken; // a block that goes with this one; NULL: none
    alignas(max_align_t) unsigned char bytes[];
};

void mb_arena_init(struct mb_arena *arena)
{
    arena->head = NULL;
    arena->size_bytes = 0;
}

void mb_arena_release(struct mb_arena *arena)
{
    struct mb_arena_chunk *chunk = arena->head;
    while (chunk != NULL) {
        struct mb_arena_chunk *next = chunk->next;
        mb_mem_free(chunk->taken);
        if (chunk->mapping != NULL) {
            (void)munmap(chunk->mapping, chunk->mapping_size);
        } else {
            mb_mem_free(chunk);
        }
        chunk = next;
    }
    mb_arena_init(arena);
}

// A chunk at the start of a huge page; NULL when there is no mapping to be had.
static struct mb_arena_chunk *chunk_map(void)
{
    const size_t size = HUGE_CHUNK + HUGE_PAGE;
    unsigned char *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) {
        return NULL;
    }
    size_t offset = (HUGE_PAGE - (uintptr_t)mapping % HUGE_PAGE) % HUGE_PAGE;
    (void)madvise(mapping + offset, HUGE_CHUNK, MADV_HUGEPAGE); // a wish
    struct mb_arena_chunk *chunk = (struct mb_arena_chunk *)(void *)(mapping + offset);
    chunk->mapping = mapping;
    chunk->mapping_size = size;
    chunk->capacity = HUGE_CHUNK - sizeof *chunk;
    return chunk;
}

// Chunks double up to CHUNK_MAX, so that small documents cost one page and large ones few
// calls. A request larger than that gets a chunk of its own size.
static struct mb_arena_chunk *chunk_add(struct mb_arena *arena, size_t size)
{
    size_t capacity = arena->head == NULL ? CHUNK_MIN : arena->head->capacity * 2;
    if (capacity > CHUNK_MAX) {
        capacity = CHUNK_MAX;
    }
    if (capacity < size) {
        capacity = size;
    }
    bool large = arena->size_bytes >= LARGE && size <= HUGE_CHUNK / 2;
    struct mb_arena_chunk *chunk = large ? chunk_map() : NULL;
    if (chunk == NULL) {
        chunk = mb_mem_alloc(1, sizeof *chunk + capacity);
        chunk->capacity = capacity;
    }
    chunk->next = arena->head;
    arena->head = chunk;
    return chunk;
}

void *mb_arena_alloc(struct mb_arena *arena, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    size_t total = size > 0 && count > (SIZE_MAX / 2) / size ? SIZE_MAX : count * size;
    if (total == SIZE_MAX) {
        return mb_mem_alloc(SIZE_MAX, 2); // overflow: fatal there
    }
    total = (total + align - 1) / align * align;
    struct mb_arena_chunk *chunk = arena->head;
    if (chunk == NULL || chunk->capacity - chunk->used < total) {
        chunk = chunk_add(arena, total);
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += total;
    arena->size_bytes += total;
    return memory;
}

// A chunk without room of its own, behind the one that is being filled.
void mb_arena_take(struct mb_arena *arena, void *memory)
{
    if (memory == NULL) {
        return;
    }
    if (arena->head == NULL) {
        (void)chunk_add(arena, 1);
    }
    struct mb_arena_chunk *chunk = mb_mem_alloc(1, sizeof *chunk);
    chunk->taken = memory;
    chunk->next = arena->head->next;
    arena->head->next = chunk;
}

char *mb_arena_copy_bytes(struct mb_arena *arena, const char *bytes, size_t size)
{
    char *copy = mb_arena_alloc(arena, size + 1, 1);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

char *mb_arena_copy_string(struct mb_arena *arena, const char *text)
{
    return mb_arena_copy_bytes(arena, text, strlen(text));
}

char *mb_arena_print_args(struct mb_arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = mb_arena_alloc(arena, (size_t)(size > 0 ? size : 0) + 1, 1);
    (void)vsnprintf(text, (size_t)(size > 0 ? size : 0) + 1, format, args);
    return text;
}

char *mb_arena_print(struct mb_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = mb_arena_print_args(arena, format, args);
    va_end(args);
    return text;
}

void *mb_arena_grow(struct mb_arena *arena, void *items, size_t count, size_t *capacity,
                    size_t size)
{
    if (count < *capacity) {
        return items;
    }
    size_t wanted = *capacity > 0 ? *capacity * 2 : 4;
    void *grown = mb_arena_alloc(arena, wanted, size);
    if (count > 0) {
        memcpy(grown, items, count * size);
    }
    *capacity = wanted;
    return grown;
}
