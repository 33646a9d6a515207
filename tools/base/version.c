#include "base/version.h"

#include <stddef.h>

#include "commit.h"

const char *mb_version(void)
{
    return MB_VERSION;
}

const char *mb_version_commit(void)
{
    static const char commit[] = MB_COMMIT;
    return sizeof commit > 1 ? commit : NULL;
}
