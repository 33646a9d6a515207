#include "collect/procfs.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/units.h"

enum { STAT_BYTES = 1024, PATH_BYTES = 512, PID_MAX = 1 << 22 };

static const int64_t NS_PER_S = 1000000000;

// Files of /proc say nothing about their size, so read until they end. Returns the number
// of bytes, -1 when it cannot be read or does not fit. `text` is NUL-terminated.
static ssize_t file_read(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    size_t used = 0;
    ssize_t got = 1;
    while (got > 0 && used < size) {
        got = read(fd, text + used, size - used);
        used += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd);
    if (got < 0 || used >= size) {
        return -1;
    }
    text[used] = '\0';
    return (ssize_t)used;
}

char *mb_procfs_read(struct mb_arena *arena, const char *root, const char *path)
{
    char full[PATH_BYTES];
    int length = snprintf(full, sizeof full, "%s%s", root, path);
    if (length < 0 || (size_t)length >= sizeof full) {
        return NULL;
    }
    char *text = mb_mem_alloc(MB_PROCFS_MAX_BYTES, 1);
    ssize_t size = file_read(full, text, MB_PROCFS_MAX_BYTES);
    while (size > 0 && isspace((unsigned char)text[size - 1])) {
        size--;
    }
    char *copy = size > 0 ? mb_arena_copy_bytes(arena, text, (size_t)size) : NULL;
    mb_mem_free(text);
    return copy;
}

// Fields of /proc/PID/stat by their number in proc(5).
enum {
    FIELD_PARENT = 4,
    FIELD_UTIME = 14,
    FIELD_STIME = 15,
    FIELD_CUTIME = 16,
    FIELD_CSTIME = 17,
    FIELD_START = 22,
    FIELD_RSS = 24,
    FIELDS = 25
};

static bool field_parse(char *text, int64_t *value)
{
    struct mb_err ignored = {0};
    return mb_units_parse_int(text, INT64_MIN, INT64_MAX, value, &ignored) == MB_OK;
}

// Splits what follows the name at blanks: fields[3] is the state. False when there are
// too few.
static bool fields_split(char *text, char *fields[FIELDS])
{
    char *rest = text;
    for (int i = 3; i < FIELDS; i++) {
        fields[i] = strtok_r(i == 3 ? text : NULL, " \n", &rest);
        if (fields[i] == NULL) {
            return false;
        }
    }
    return true;
}

static void name_copy(char *name, const char *text, size_t size)
{
    if (size >= MB_PROCFS_NAME) {
        size = MB_PROCFS_NAME - 1;
    }
    for (size_t i = 0; i < size; i++) {
        name[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    }
    name[size] = '\0';
}

bool mb_procfs_parse_stat(const char *text, int64_t tick_ns, struct mb_procfs_stat *stat)
{
    // The name may hold blanks and parentheses: it ends at the last one.
    const char *open_at = strchr(text, '(');
    const char *close_at = strrchr(text, ')');
    char rest[STAT_BYTES];
    if (open_at == NULL || close_at == NULL || close_at < open_at ||
        strlen(close_at) >= sizeof rest) {
        return false;
    }
    memset(stat, 0, sizeof *stat);
    name_copy(stat->name, open_at + 1, (size_t)(close_at - open_at - 1));
    (void)snprintf(rest, sizeof rest, "%s", close_at + 1);
    char *fields[FIELDS] = {NULL};
    int64_t parent = 0;
    int64_t ticks[4] = {0};
    int64_t pages = 0;
    bool ok = fields_split(rest, fields) && field_parse(fields[FIELD_PARENT], &parent) &&
              field_parse(fields[FIELD_UTIME], &ticks[0]) &&
              field_parse(fields[FIELD_STIME], &ticks[1]) &&
              field_parse(fields[FIELD_CUTIME], &ticks[2]) &&
              field_parse(fields[FIELD_CSTIME], &ticks[3]) &&
              field_parse(fields[FIELD_START], &stat->start_ticks) &&
              field_parse(fields[FIELD_RSS], &pages) && parent >= 0 && parent <= PID_MAX;
    const int64_t most = INT64_MAX / 4 / tick_ns;
    for (int i = 0; i < 4; i++) {
        ok = ok && ticks[i] >= 0 && ticks[i] <= most;
    }
    const int64_t page = sysconf(_SC_PAGESIZE);
    if (!ok || pages < 0 || pages > INT64_MAX / page) {
        return false;
    }
    stat->parent = (pid_t)parent;
    stat->cpu_ns = (ticks[0] + ticks[1]) * tick_ns;
    stat->children_ns = (ticks[2] + ticks[3]) * tick_ns;
    stat->rss_bytes = pages * page;
    return true;
}

bool mb_procfs_stat_read(const char *root, pid_t pid, struct mb_procfs_stat *stat)
{
    char path[PATH_BYTES];
    char text[STAT_BYTES];
    // The clock first: it is the value that has to belong to this very moment.
    clockid_t clock_id;
    struct timespec cpu = {0};
    bool precise = root[0] == '\0' && clock_getcpuclockid(pid, &clock_id) == 0 &&
                   clock_gettime(clock_id, &cpu) == 0;
    (void)snprintf(path, sizeof path, "%s/proc/%d/stat", root, (int)pid);
    if (file_read(path, text, sizeof text) < 0 ||
        !mb_procfs_parse_stat(text, NS_PER_S / sysconf(_SC_CLK_TCK), stat)) {
        return false;
    }
    stat->pid = pid;
    stat->precise = precise;
    if (precise) {
        stat->cpu_ns = (int64_t)cpu.tv_sec * NS_PER_S + cpu.tv_nsec;
    }
    return true;
}

void mb_procfs_each_pid(const char *root, void (*each)(void *state, pid_t pid),
                        void *state)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/proc", root);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int64_t pid = 0;
        struct mb_err ignored = {0};
        if (isdigit((unsigned char)entry->d_name[0]) &&
            mb_units_parse_int(entry->d_name, 1, PID_MAX, &pid, &ignored) == MB_OK) {
            each(state, (pid_t)pid);
        }
    }
    (void)closedir(folder);
}
