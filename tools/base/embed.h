// Files of this repository that travel inside the binary: schemas, rule pages, reference
// benchmarks, mesh adapters. tools/embed.sh puts them there when it is built. Base floor.
#ifndef MB_BASE_EMBED_H
#define MB_BASE_EMBED_H

#include <stddef.h>

struct mb_embed {
    const char *name; // path in the repository: "schema/result.schema.json"
    const char *data; // `size` bytes, then a NUL
    size_t size;
};

// The file with this name; NULL when there is none. Lives as long as the process.
const struct mb_embed *mb_embed_find(const char *name);

// The index-th file, ordered by name (bytewise); NULL past the last one.
const struct mb_embed *mb_embed_at(size_t index);

#endif
