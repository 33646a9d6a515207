// Which meshbench this is. Base floor: includes nothing of ours.
#ifndef MB_BASE_VERSION_H
#define MB_BASE_VERSION_H

// "0.1.0".
const char *mb_version(void);

// Commit that it was built from, with "-dirty" when files differed; NULL when it was not
// built from a repository.
const char *mb_version_commit(void);

#endif
