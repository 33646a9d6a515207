#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

// Tests run one after the other in one thread, so that one record suffices.
static struct {
    enum fault_call call;
    unsigned left; // calls until the one that fails, itself included
    int reason;
    bool happened;
} armed;

void fault_arm(enum fault_call call, unsigned nth, int reason)
{
    armed.call = call;
    armed.left = nth;
    armed.reason = reason;
    armed.happened = false;
}

bool fault_disarm(void)
{
    bool happened = armed.happened;
    fault_arm(FAULT_NONE, 0, 0);
    return happened;
}

// True when this very call is to fail; sets errno then.
static bool fails(enum fault_call call)
{
    if (armed.call != call || armed.left == 0 || --armed.left > 0) {
        return false;
    }
    armed.happened = true;
    errno = armed.reason;
    return true;
}

// What the linker calls the real ones and ours.
int __real_open(const char *path, int flags, ...);
ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __real_write(int fd, const void *bytes, size_t size);
int __real_fsync(int fd);
int __real_close(int fd);
int __real_rename(const char *from, const char *to);
int __real_fchmod(int fd, mode_t mode);
int __real_ftruncate(int fd, off_t size);
int __real_mkdir(const char *path, mode_t mode);
int __real_pipe2(int ends[2], int flags);
pid_t __real_fork(void);
int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_pipe2(int ends[2], int flags);
pid_t __wrap_fork(void);

int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list args;
        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    return fails(FAULT_OPEN) ? -1 : __real_open(path, flags, mode);
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
    if (!fails(FAULT_READ)) {
        return __real_read(fd, bytes, size);
    }
    return armed.reason == FAULT_SHORT && size > 0 ? __real_read(fd, bytes, 1) : -1;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    if (!fails(FAULT_WRITE)) {
        return __real_write(fd, bytes, size);
    }
    return armed.reason == FAULT_SHORT && size > 0 ? __real_write(fd, bytes, 1) : -1;
}

int __wrap_fsync(int fd)
{
    return fails(FAULT_FSYNC) ? -1 : __real_fsync(fd);
}

int __wrap_close(int fd)
{
    bool failed = fails(FAULT_CLOSE);
    int reason = errno;
    int closed = __real_close(fd);
    errno = failed ? reason : errno;
    return failed ? -1 : closed;
}

int __wrap_rename(const char *from, const char *to)
{
    return fails(FAULT_RENAME) ? -1 : __real_rename(from, to);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails(FAULT_FCHMOD) ? -1 : __real_fchmod(fd, mode);
}

int __wrap_ftruncate(int fd, off_t size)
{
    return fails(FAULT_FTRUNCATE) ? -1 : __real_ftruncate(fd, size);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    return fails(FAULT_MKDIR) ? -1 : __real_mkdir(path, mode);
}

int __wrap_pipe2(int ends[2], int flags)
{
    return fails(FAULT_PIPE) ? -1 : __real_pipe2(ends, flags);
}

pid_t __wrap_fork(void)
{
    return fails(FAULT_FORK) ? -1 : __real_fork();
}
