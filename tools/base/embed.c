#include "base/embed.h"

#include <stdlib.h>
#include <string.h>

// Defined in the file that tools/embed.sh writes; ordered by name, ends with a NULL name.
extern const struct mb_embed mb_embed_files[];
extern const size_t mb_embed_files_count;

static int name_compare(const void *name, const void *file)
{
    return strcmp(name, ((const struct mb_embed *)file)->name);
}

const struct mb_embed *mb_embed_find(const char *name)
{
    return bsearch(name, mb_embed_files, mb_embed_files_count, sizeof mb_embed_files[0],
                   name_compare);
}

const struct mb_embed *mb_embed_at(size_t index)
{
    return index < mb_embed_files_count ? &mb_embed_files[index] : NULL;
}
