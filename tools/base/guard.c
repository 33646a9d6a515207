#include "base/guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/units.h"

static const pid_t DISMISSED = -1;       // message: go without doing anything
static const int64_t STEP_NS = 10000000; // between looks at what is left

static void pause_ns(int64_t ns)
{
    const struct timespec span = {.tv_nsec = ns};
    (void)nanosleep(&span, NULL);
}

// Keeps the pipe only: an inherited stream or socket would stay open as long as we live,
// and somebody may wait for its end.
static void descriptors_close(int keep)
{
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        struct mb_err ignored = {0};
        int64_t fd = -1;
        if (mb_units_parse_int(entry->d_name, 0, INT32_MAX, &fd, &ignored) == MB_OK &&
            fd != keep && fd != dirfd(folder)) {
            (void)close((int)fd);
        }
    }
    (void)closedir(folder);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; nowhere >= 0 && fd <= 2; fd++) {
        if (fd != keep) {
            (void)dup2(nowhere, fd);
        }
    }
}

static void group_end(pid_t group, int64_t grace_ns)
{
    (void)kill(-group, SIGTERM);
    for (int64_t left = grace_ns; left > 0; left -= STEP_NS) {
        if (kill(-group, 0) != 0) {
            return;
        }
        pause_ns(STEP_NS);
    }
    (void)kill(-group, SIGKILL);
}

// The life of a guard: notes what it is told, acts when the other end is gone.
static _Noreturn void guard_run(int fd, const char *dir, int64_t grace_ns)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    struct mb_err removal = {0};
    pid_t group = 0;
    pid_t message = 0;
    (void)setsid();
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) {
        (void)signal(ignored[i], SIG_IGN);
    }
    (void)prctl(PR_SET_NAME, "meshbench-guard");
    descriptors_close(fd);
    for (;;) {
        ssize_t got = read(fd, &message, sizeof message);
        if (got == (ssize_t)sizeof message) {
            if (message == DISMISSED) {
                _exit(0);
            }
            group = message;
        } else if (got >= 0 || errno != EINTR) {
            break;
        }
    }
    if (group > 0) {
        group_end(group, grace_ns);
    }
    (void)!mb_file_remove_tree(dir, &removal);
    _exit(0);
}

enum mb_status mb_guard_start(const char *dir, int64_t grace_ns, struct mb_guard *guard,
                              struct mb_err *err)
{
    int ends[2];
    *guard = (struct mb_guard){0};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return mb_err_system(err, errno, "cannot start a guard");
    }
    pid_t pid = fork();
    if (pid == 0) {
        guard_run(ends[0], dir, grace_ns);
    }
    int reason = errno;
    (void)close(ends[0]);
    if (pid < 0) {
        (void)close(ends[1]);
        return mb_err_system(err, reason, "cannot start a guard");
    }
    *guard = (struct mb_guard){.pid = pid, .fd = ends[1]};
    return MB_OK;
}

static void guard_tell(struct mb_guard *guard, pid_t message)
{
    while (write(guard->fd, &message, sizeof message) < 0 && errno == EINTR) {
    }
}

void mb_guard_watch(struct mb_guard *guard, pid_t group)
{
    if (guard->pid > 0) {
        guard_tell(guard, group);
    }
}

void mb_guard_end(struct mb_guard *guard)
{
    if (guard->pid <= 0) {
        return;
    }
    guard_tell(guard, DISMISSED);
    (void)close(guard->fd);
    while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    *guard = (struct mb_guard){0};
}
