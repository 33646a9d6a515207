// Files: whole reads with a cap, and writes that happen entirely or not at all. Base
// floor.
#ifndef MB_BASE_FILE_H
#define MB_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

// Reads a whole file ("-": `in`) into *buf (initialised by the caller). More than
// `cap_bytes` is MB_INVALID with the cap in the message; I/O trouble is MB_FAILED with
// the system's reason. On failure *buf holds what was read.
MB_MUST_USE enum mb_status mb_file_read(const char *path, FILE *in, size_t cap_bytes,
                                        struct mb_buf *buf, struct mb_err *err);

// Replaces `path` with these bytes atomically: a temporary file beside it, fsync, rename,
// fsync of the folder. On failure the old file is as it was and no temporary is left.
// Permissions of an existing file are kept. A path that is not a regular file
// (/dev/stdout, a pipe) is written directly.
MB_MUST_USE enum mb_status mb_file_write(const char *path, const void *bytes, size_t size,
                                         struct mb_err *err);

// Appends and makes durable (fsync) before it returns: for journals. Creates the file. On
// failure a regular file is cut back to the length it had.
MB_MUST_USE enum mb_status mb_file_append(const char *path, const void *bytes,
                                          size_t size, struct mb_err *err);

// True when the path exists. mb_file_is_dir: and is a folder.
bool mb_file_exists(const char *path);
bool mb_file_is_dir(const char *path);

// Creates a folder and its missing parents (mode 0777 & ~umask). Existing ones are fine.
MB_MUST_USE enum mb_status mb_file_make_dirs(const char *path, struct mb_err *err);

// Creates an empty private folder below $TMPDIR or /tmp; returns its path in arena.
MB_MUST_USE enum mb_status mb_file_make_temp_dir(struct mb_arena *arena,
                                                 const char *prefix, char **path,
                                                 struct mb_err *err);

// Removes a folder (or file) and everything in it; follows no symbolic link. What does
// not exist is fine.
MB_MUST_USE enum mb_status mb_file_remove_tree(const char *path, struct mb_err *err);

// In arena: folder of `path` ("." when it has none); `base` joined with `path`, or `path`
// itself when it is absolute.
char *mb_file_dir(struct mb_arena *arena, const char *path);
char *mb_file_join(struct mb_arena *arena, const char *base, const char *path);

#endif
