#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum {
    READ_CHUNK = 64 * 1024,
    TEMPORARY_TRIES = 100, // names tried beside the file before giving up
    TREE_FOLDERS_OPEN = 16 // descriptors that removing a tree may hold
};

static enum mb_status too_large(const char *path, size_t cap_bytes, struct mb_err *err)
{
    return mb_err_set(err, MB_INVALID, "cannot read '%s': larger than %zu bytes", path,
                      cap_bytes);
}

// Adds what was just read; one byte over the cap is how a larger file shows.
// False: it is over the cap.
static bool chunk_add(const char *chunk, size_t size, size_t cap_bytes,
                      struct mb_buf *buf, size_t *total)
{
    size_t room = cap_bytes - *total;
    mb_buf_append(buf, chunk, size < room ? size : room);
    *total += size < room ? size : room;
    return size <= room && !buf->overflowed;
}

static enum mb_status stream_read(FILE *in, size_t cap_bytes, struct mb_buf *buf,
                                  struct mb_err *err)
{
    char *chunk = mb_mem_alloc(READ_CHUNK, 1);
    enum mb_status status = MB_OK;
    size_t total = 0;
    size_t got = READ_CHUNK;
    while (got == READ_CHUNK && status == MB_OK) {
        got = fread(chunk, 1, READ_CHUNK, in);
        if (!chunk_add(chunk, got, cap_bytes, buf, &total)) {
            status = too_large("-", cap_bytes, err);
        }
    }
    if (status == MB_OK && ferror(in)) {
        status = mb_err_system(err, errno, "cannot read standard input");
    }
    mb_mem_free(chunk);
    return status;
}

static enum mb_status descriptor_read(const char *path, int fd, size_t cap_bytes,
                                      struct mb_buf *buf, struct mb_err *err)
{
    char *chunk = mb_mem_alloc(READ_CHUNK, 1);
    enum mb_status status = MB_OK;
    size_t total = 0;
    ssize_t got = 1;
    while (got != 0 && status == MB_OK) {
        got = read(fd, chunk, READ_CHUNK);
        if (got < 0 && errno != EINTR) {
            status = mb_err_system(err, errno, "cannot read '%s'", path);
        } else if (got > 0 && !chunk_add(chunk, (size_t)got, cap_bytes, buf, &total)) {
            status = too_large(path, cap_bytes, err);
        }
    }
    mb_mem_free(chunk);
    return status;
}

enum mb_status mb_file_read(const char *path, FILE *in, size_t cap_bytes,
                            struct mb_buf *buf, struct mb_err *err)
{
    if (strcmp(path, "-") == 0) {
        return stream_read(in, cap_bytes, buf, err);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return mb_err_system(err, errno, "cannot read '%s'", path);
    }
    enum mb_status status = descriptor_read(path, fd, cap_bytes, buf, err);
    (void)close(fd);
    return status;
}

// Writes all bytes; returns 0 or an errno value.
static int all_write(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

// Forces a descriptor's content to disk; returns 0 or an errno value. Pipes, devices and
// some file systems have nothing to force.
static int durable_make(int fd)
{
    if (fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS) {
        return 0;
    }
    return errno;
}

// Makes an entry of a folder durable; returns 0 or an errno value.
static int folder_sync(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        // A folder that may be written but not read cannot be opened: nothing to be done.
        return errno == EACCES ? 0 : errno;
    }
    int reason = durable_make(fd);
    (void)close(fd);
    return reason;
}

// Closes; returns `reason` when that is an error already, else what closing says.
static int descriptor_close(int fd, int reason)
{
    int closed = close(fd) == 0 ? 0 : errno;
    return reason != 0 ? reason : closed;
}

static enum mb_status direct_write(const char *path, const void *bytes, size_t size,
                                   struct mb_err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return mb_err_system(err, errno, "cannot write '%s'", path);
    }
    int reason = descriptor_close(fd, all_write(fd, bytes, size));
    return reason == 0 ? MB_OK : mb_err_system(err, reason, "cannot write '%s'", path);
}

// Creates a file of a new name in `folder`: by our own naming instead of mkstemp, because
// only then do the permissions follow the umask. Returns a descriptor or -1 with errno.
static int temporary_create(struct mb_arena *arena, const char *folder, mode_t mode,
                            char **temporary)
{
    int fd = -1;
    for (int i = 0; i < TEMPORARY_TRIES && fd < 0; i++) {
        *temporary =
            mb_arena_print(arena, "%s/.meshbench-%ld-%d.tmp", folder, (long)getpid(), i);
        fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST) {
            return -1;
        }
    }
    return fd;
}

// Replaces a regular file (or creates it). `old` is what is there, or NULL.
static enum mb_status atomic_write(const char *path, const struct stat *old,
                                   const void *bytes, size_t size, struct mb_err *err)
{
    struct mb_arena arena = {0};
    char *temporary = NULL;
    char *folder = mb_file_dir(&arena, path);
    mode_t mode = old != NULL ? old->st_mode & 07777 : 0666;
    int reason = 0;
    int fd = temporary_create(&arena, folder, mode, &temporary);
    if (fd < 0) {
        reason = errno;
        goto out;
    }
    if (old != NULL && fchmod(fd, mode) != 0) {
        reason = errno;
    }
    reason = reason != 0 ? reason : all_write(fd, bytes, size);
    reason = reason != 0 ? reason : durable_make(fd);
    reason = descriptor_close(fd, reason);
    if (reason == 0 && rename(temporary, path) != 0) {
        reason = errno;
    }
    if (reason != 0) {
        (void)unlink(temporary);
        goto out;
    }
    reason = folder_sync(folder);
out:
    mb_arena_release(&arena);
    return reason == 0 ? MB_OK : mb_err_system(err, reason, "cannot write '%s'", path);
}

enum mb_status mb_file_write(const char *path, const void *bytes, size_t size,
                             struct mb_err *err)
{
    struct stat old;
    if (stat(path, &old) != 0) {
        return atomic_write(path, NULL, bytes, size, err);
    }
    if (!S_ISREG(old.st_mode)) {
        return direct_write(path, bytes, size, err);
    }
    // A symbolic link stays one: the file that it leads to is replaced.
    char *target = realpath(path, NULL);
    if (target == NULL) {
        return mb_err_system(err, errno, "cannot write '%s'", path);
    }
    enum mb_status status = atomic_write(target, &old, bytes, size, err);
    free(target);
    return status;
}

enum mb_status mb_file_append(const char *path, const void *bytes, size_t size,
                              struct mb_err *err)
{
    bool existed = mb_file_exists(path);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0) {
        return mb_err_system(err, errno, "cannot append to '%s'", path);
    }
    struct stat before = {0};
    int reason = fstat(fd, &before) == 0 ? 0 : errno;
    if (reason == 0) {
        reason = all_write(fd, bytes, size);
        reason = reason != 0 ? reason : durable_make(fd);
        if (reason != 0 && S_ISREG(before.st_mode) &&
            ftruncate(fd, before.st_size) != 0) {
            (void)mb_err_system(err, reason, "cannot append to '%s', which is torn now",
                                path);
        }
    }
    reason = descriptor_close(fd, reason);
    if (reason == 0 && !existed) {
        struct mb_arena arena = {0};
        reason = folder_sync(mb_file_dir(&arena, path));
        mb_arena_release(&arena);
    }
    return reason == 0 ? MB_OK
                       : mb_err_system(err, reason, "cannot append to '%s'", path);
}

bool mb_file_exists(const char *path)
{
    struct stat entry;
    return stat(path, &entry) == 0;
}

bool mb_file_is_dir(const char *path)
{
    struct stat entry;
    return stat(path, &entry) == 0 && S_ISDIR(entry.st_mode);
}

enum mb_status mb_file_make_dirs(const char *path, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    char *part = mb_mem_copy_string(path);
    size_t length = strlen(part);
    for (size_t i = 1; i <= length && status == MB_OK; i++) {
        if (part[i] != '/' && part[i] != '\0') {
            continue;
        }
        part[i] = '\0';
        int reason = mkdir(part, 0777) == 0 ? 0 : errno;
        if (reason == EEXIST && !mb_file_is_dir(part)) {
            status = mb_err_system(err, ENOTDIR, "cannot create folder '%s'", part);
        } else if (reason != 0 && reason != EEXIST && !mb_file_is_dir(part)) {
            // A parent that exists may answer EACCES or EROFS instead of EEXIST.
            status = mb_err_system(err, reason, "cannot create folder '%s'", part);
        }
        part[i] = i < length ? '/' : '\0';
    }
    mb_mem_free(part);
    return status;
}

enum mb_status mb_file_make_temp_dir(struct mb_arena *arena, const char *prefix,
                                     char **path, struct mb_err *err)
{
    const char *root = getenv("TMPDIR");
    if (root == NULL || root[0] == '\0') {
        root = "/tmp";
    }
    char *name = mb_arena_print(arena, "%s/%s-XXXXXX", root, prefix);
    if (mkdtemp(name) == NULL) {
        return mb_err_system(err, errno, "cannot create a temporary folder in '%s'",
                             root);
    }
    *path = name;
    return MB_OK;
}

static int entry_remove(const char *path, const struct stat *entry, int type,
                        struct FTW *place)
{
    (void)entry;
    (void)type;
    (void)place;
    return remove(path) == 0 ? 0 : -1;
}

enum mb_status mb_file_remove_tree(const char *path, struct mb_err *err)
{
    if (nftw(path, entry_remove, TREE_FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0 &&
        errno != ENOENT) {
        return mb_err_system(err, errno, "cannot remove '%s'", path);
    }
    return MB_OK;
}

char *mb_file_dir(struct mb_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return mb_arena_copy_string(arena, ".");
    }
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    return mb_arena_copy_bytes(arena, path, length);
}

char *mb_file_join(struct mb_arena *arena, const char *base, const char *path)
{
    if (path[0] == '/' || base[0] == '\0') {
        return mb_arena_copy_string(arena, path);
    }
    const char *between = base[strlen(base) - 1] == '/' ? "" : "/";
    return mb_arena_print(arena, "%s%s%s", base, between, path);
}
