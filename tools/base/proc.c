#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

enum {
    POLL_MS = 20, // how often an ended or overdue child is looked for
    CAPTURE_CHUNK = 16 * 1024
};

extern char **environ;

// What a child needs between fork and exec, all made before: only async-signal-safe calls
// are allowed there.
struct launch {
    const char *program; // path
    char *const *argv;
    char *const *envp;
    const char *cwd;
    int input;  // becomes 0
    int output; // becomes 1
    int errors; // becomes 2
    int cpu;
    int cpu_count;
    bool detached;
    int report; // close-on-exec; takes a struct trouble when exec is not reached
    pid_t parent;
};

enum step { STEP_FOLDER, STEP_STREAMS, STEP_CPU, STEP_PROGRAM };

struct trouble {
    enum step step;
    int reason; // errno value
};

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void pause_ns(int64_t ns)
{
    struct timespec span = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
    (void)nanosleep(&span, NULL);
}

static bool is_program(const char *path)
{
    struct stat entry;
    return stat(path, &entry) == 0 && S_ISREG(entry.st_mode) && access(path, X_OK) == 0;
}

// Looks through a ':'-separated list of folders.
static char *list_search(struct mb_arena *arena, const char *list, const char *name)
{
    const char *folder = list;
    while (folder != NULL && *folder != '\0') {
        size_t length = strcspn(folder, ":");
        char *path = mb_arena_print(arena, "%.*s/%s", length > 0 ? (int)length : 1,
                                    length > 0 ? folder : ".", name);
        if (is_program(path)) {
            return path;
        }
        folder += length + (folder[length] == ':' ? 1 : 0);
    }
    return NULL;
}

char *mb_proc_find(struct mb_arena *arena, const char *name, const char *also)
{
    if (strchr(name, '/') != NULL) {
        return is_program(name) ? mb_arena_copy_string(arena, name) : NULL;
    }
    char *found = list_search(arena, getenv("PATH"), name);
    return found != NULL ? found : list_search(arena, also, name);
}

// The path as it is from anywhere: the child may change its folder before exec.
static char *path_absolute(struct mb_arena *arena, char *path)
{
    char folder[PATH_MAX];
    if (path[0] == '/' || getcwd(folder, sizeof folder) == NULL) {
        return path;
    }
    return mb_arena_print(arena, "%s/%s", folder, path);
}

static bool same_variable(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return strncmp(a, b, length) == 0 && b[length] == '=';
}

// Our own environment with the extra variables in place of those of the same name.
static char **environment_make(struct mb_arena *arena, const char *const *extra)
{
    size_t count = 0;
    size_t extra_count = 0;
    while (environ[count] != NULL) {
        count++;
    }
    while (extra != NULL && extra[extra_count] != NULL) {
        extra_count++;
    }
    char **envp = mb_arena_alloc(arena, count + extra_count + 1, sizeof *envp);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        bool replaced = false;
        for (size_t j = 0; j < extra_count; j++) {
            replaced = replaced || same_variable(extra[j], environ[i]);
        }
        if (!replaced) {
            envp[used++] = environ[i];
        }
    }
    for (size_t j = 0; j < extra_count; j++) {
        envp[used++] = mb_arena_copy_string(arena, extra[j]);
    }
    return envp;
}

static _Noreturn void child_fail(const struct launch *launch, enum step step)
{
    struct trouble trouble = {.step = step, .reason = errno};
    (void)!write(launch->report, &trouble, sizeof trouble);
    _exit(127);
}

static void child_reset_signals(void)
{
    static const int ours[] = {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGCHLD, SIGQUIT};
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        (void)signal(ours[i], SIG_DFL);
    }
}

// The kernel leaves out CPUs that are not there: then it is not what was asked for.
static bool child_pin(const struct launch *launch)
{
    cpu_set_t wanted;
    cpu_set_t given;
    CPU_ZERO(&wanted);
    for (int i = 0; i == 0 || i < launch->cpu_count; i++) {
        CPU_SET((size_t)(launch->cpu + i), &wanted);
    }
    if (sched_setaffinity(0, sizeof wanted, &wanted) != 0 ||
        sched_getaffinity(0, sizeof given, &given) != 0) {
        return false;
    }
    errno = EINVAL;
    return CPU_EQUAL(&wanted, &given);
}

static _Noreturn void child_run(const struct launch *launch)
{
    child_reset_signals();
    if (launch->detached) {
        (void)setsid();
    } else {
        (void)setpgid(0, 0);
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != launch->parent) {
            _exit(127); // it died before prctl could tell
        }
    }
    if (launch->cwd != NULL && chdir(launch->cwd) != 0) {
        child_fail(launch, STEP_FOLDER);
    }
    if (dup2(launch->input, 0) < 0 || dup2(launch->output, 1) < 0 ||
        dup2(launch->errors, 2) < 0) {
        child_fail(launch, STEP_STREAMS);
    }
    if (launch->cpu >= 0 && !child_pin(launch)) {
        child_fail(launch, STEP_CPU);
    }
    (void)execve(launch->program, launch->argv, launch->envp);
    child_fail(launch, STEP_PROGRAM);
}

static enum mb_status trouble_explain(const struct mb_proc_spec *spec,
                                      const struct trouble *trouble, struct mb_err *err)
{
    const char *name = spec->argv[0];
    switch (trouble->step) {
    case STEP_FOLDER:
        return mb_err_system(err, trouble->reason, "cannot start '%s': folder '%s'", name,
                             spec->cwd);
    case STEP_CPU:
        return mb_err_system(err, trouble->reason, "cannot start '%s' on CPU %d", name,
                             spec->cpu);
    case STEP_STREAMS:
    case STEP_PROGRAM:
        break;
    }
    return mb_err_system(err, trouble->reason, "cannot start '%s'", name);
}

// Forks and waits until the child has reached exec or told why not.
static enum mb_status launch_fork(const struct mb_proc_spec *spec, struct launch *launch,
                                  struct mb_proc *proc, struct mb_err *err)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        return mb_err_system(err, errno, "cannot start '%s'", spec->argv[0]);
    }
    launch->report = report[1];
    launch->parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        child_run(launch);
    }
    int fork_reason = pid < 0 ? errno : 0;
    (void)close(report[1]);
    struct trouble trouble;
    ssize_t got = -1;
    do {
        got = pid < 0 ? 0 : read(report[0], &trouble, sizeof trouble);
    } while (got < 0 && errno == EINTR);
    int read_reason = got < 0 ? errno : EIO;
    (void)close(report[0]);
    if (pid < 0) {
        return mb_err_system(err, fork_reason, "cannot start '%s'", spec->argv[0]);
    }
    if (got != 0) {
        // It told its trouble, or cannot be heard: either way there is no program.
        trouble = got == (ssize_t)sizeof trouble
                      ? trouble
                      : (struct trouble){.step = STEP_PROGRAM, .reason = read_reason};
        (void)kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        return trouble_explain(spec, &trouble, err);
    }
    *proc = (struct mb_proc){.pid = pid};
    return MB_OK;
}

static char **arguments_copy(struct mb_arena *arena, const char *const *from)
{
    char **argv = NULL;
    size_t count = 0;
    size_t capacity = 0;
    do {
        argv = mb_arena_grow(arena, argv, count, &capacity, sizeof *argv);
        argv[count] =
            from[count] == NULL ? NULL : mb_arena_copy_string(arena, from[count]);
    } while (argv[count++] != NULL);
    return argv;
}

static void fd_close(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

// Starts with these as stdout and stderr; -1 stands for the spec's output_path.
static enum mb_status start_with(const struct mb_proc_spec *spec, int output, int errors,
                                 struct mb_proc *proc, struct mb_err *err)
{
    struct mb_arena arena = {0};
    enum mb_status status = MB_OK;
    int own = -1;
    int input = -1;
    *proc = (struct mb_proc){0};
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct launch launch = {.cwd = spec->cwd,
                            .cpu = spec->cpu,
                            .cpu_count = spec->cpu_count,
                            .detached = spec->detached,
                            .input = nowhere};
    char *program = mb_proc_find(&arena, spec->argv[0], NULL);
    if (nowhere < 0) {
        status = mb_err_system(err, errno, "cannot open '/dev/null'");
        goto out;
    }
    if (program == NULL) {
        status =
            mb_err_set(err, MB_FAILED, "cannot start '%s': not found%s", spec->argv[0],
                       strchr(spec->argv[0], '/') == NULL ? " on PATH" : "");
        goto out;
    }
    if (spec->input_path != NULL) {
        input = open(spec->input_path, O_RDONLY | O_CLOEXEC);
        if (input < 0) {
            status = mb_err_system(err, errno, "cannot start '%s': input file '%s'",
                                   spec->argv[0], spec->input_path);
            goto out;
        }
        launch.input = input;
    }
    if (spec->output_path != NULL) {
        own = open(spec->output_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (own < 0) {
            status = mb_err_system(err, errno, "cannot start '%s': output file '%s'",
                                   spec->argv[0], spec->output_path);
            goto out;
        }
    }
    launch.program = path_absolute(&arena, program);
    int fallback = own >= 0 ? own : nowhere;
    launch.output = output >= 0 ? output : fallback;
    launch.errors = errors >= 0 ? errors : fallback;
    launch.argv = arguments_copy(&arena, spec->argv);
    launch.envp = environment_make(&arena, spec->env);
    status = launch_fork(spec, &launch, proc, err);
out:
    fd_close(input);
    fd_close(own);
    fd_close(nowhere);
    mb_arena_release(&arena);
    return status;
}

enum mb_status mb_proc_start(const struct mb_proc_spec *spec, struct mb_proc *proc,
                             struct mb_err *err)
{
    return start_with(spec, -1, -1, proc, err);
}

// Kills what is left of an ended leader's group, then reaps the leader. In this order:
// until it is reaped its number cannot belong to anybody else.
static void group_reap(struct mb_proc *proc)
{
    (void)kill(-proc->pid, SIGKILL);
    int wait_status = 0;
    while (waitpid(proc->pid, &wait_status, 0) < 0 && errno == EINTR) {
    }
    proc->wait_status = wait_status;
    proc->exited = true;
    proc->pid = 0;
}

bool mb_proc_running(struct mb_proc *proc)
{
    if (proc->pid <= 0) {
        return false;
    }
    siginfo_t info = {0};
    int waited = waitid(P_PID, (id_t)proc->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    if (waited == 0 && info.si_pid == 0) {
        return true;
    }
    if (waited != 0 && errno == EINTR) {
        return true;
    }
    group_reap(proc);
    return false;
}

void mb_proc_stop(struct mb_proc *proc, int64_t grace_ns)
{
    if (!mb_proc_running(proc)) {
        return;
    }
    (void)kill(-proc->pid, SIGTERM);
    int64_t until = now_ns() + grace_ns;
    while (mb_proc_running(proc)) {
        int64_t left = until - now_ns();
        if (left <= 0) {
            group_reap(proc);
            return;
        }
        pause_ns(left < 2 * NS_PER_MS ? left : 2 * NS_PER_MS);
    }
}

// Reads what is there without waiting; what is over the cap is dropped. Returns 1 at the
// end of the stream, 0 when more may come, or a negative errno value.
static int pipe_drain(int fd, struct mb_buf *output)
{
    for (;;) {
        char chunk[CAPTURE_CHUNK];
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got == 0) {
            return 1;
        }
        if (got < 0 && errno != EINTR) {
            return errno == EAGAIN ? 0 : -errno;
        }
        size_t size = got > 0 ? (size_t)got : 0;
        size_t room = output->cap > 0 ? output->cap - output->size : size;
        if (!output->overflowed) {
            mb_buf_append(output, chunk, size < room ? size : room);
            output->overflowed = size > room;
        }
    }
}

// Collects until the program has ended; MB_FAILED when its time is up first.
static enum mb_status output_collect(struct mb_proc *proc, int fd, int64_t until_ns,
                                     struct mb_buf *output, struct mb_err *err)
{
    bool open = true;
    while (mb_proc_running(proc)) {
        if (now_ns() >= until_ns) {
            return mb_err_set(err, MB_FAILED, "it did not end in time");
        }
        struct pollfd ready = {.fd = open ? fd : -1, .events = POLLIN};
        (void)poll(&ready, 1, POLL_MS);
        int drained = open ? pipe_drain(fd, output) : 0;
        if (drained < 0) {
            return mb_err_system(err, -drained, "cannot read its output");
        }
        open = open && drained == 0;
    }
    // Its last words are in the pipe still.
    int drained = open ? pipe_drain(fd, output) : 0;
    return drained < 0 ? mb_err_system(err, -drained, "cannot read its output") : MB_OK;
}

enum mb_status mb_proc_capture(const struct mb_proc_spec *spec, bool both,
                               int64_t timeout_ns, struct mb_buf *output,
                               int *exit_status, struct mb_err *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return mb_err_system(err, errno, "cannot start '%s'", spec->argv[0]);
    }
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    struct mb_proc proc;
    enum mb_status status = start_with(spec, ends[1], both ? ends[1] : -1, &proc, err);
    (void)close(ends[1]);
    if (status == MB_OK) {
        status = output_collect(&proc, ends[0], now_ns() + timeout_ns, output, err);
        if (status != MB_OK) {
            mb_err_prepend(err, "'%s' failed", spec->argv[0]);
        }
        mb_proc_stop(&proc, 0);
    }
    (void)close(ends[0]);
    if (status == MB_OK) {
        *exit_status = WIFSIGNALED(proc.wait_status) ? 128 + WTERMSIG(proc.wait_status)
                                                     : WEXITSTATUS(proc.wait_status);
    }
    return status;
}
