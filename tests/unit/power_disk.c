#include "power_disk.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

enum {
    MAX_FILES = 8,
    MAX_REGIONS = 16, // of shared memory
    MAX_PATH_BYTES = 64,
    SECTOR = 512
};

// What was done to a file and not synced: a write, or (data NULL) a truncation to `at`.
struct change {
    size_t at;
    size_t size;
    unsigned char *data;
};

struct bytes {
    unsigned char *data;
    size_t size;
};

struct content {
    char name[MAX_PATH_BYTES]; // "": free
    bool there;                // for programs
    bool kept;                 // its name is on the disk
    bool again;                // made again: on the disk the name is still the old file's
    struct bytes now;
    struct bytes synced;
    struct change *changes;
    size_t change_count;
    unsigned char *regions[MAX_REGIONS];
};

struct power_disk {
    sqlite3_vfs vfs;
    struct content files[MAX_FILES];
    size_t operations;
    size_t syncs;
    size_t stop_at;
    size_t fail_at;
    size_t limit;
    bool happened;
    bool dead;
    struct mb_rng rng; // seeded, so that runs are alike; logs are told apart by it
};

struct open_file {
    sqlite3_file base;
    struct power_disk *disk;
    struct content *content;
    bool remove;
};

// --- bytes

static void bytes_resize(struct bytes *bytes, size_t size)
{
    bytes->data = mb_mem_resize(bytes->data, size + 1, 1);
    if (size > bytes->size) {
        memset(bytes->data + bytes->size, 0, size - bytes->size);
    }
    bytes->size = size;
}

static void bytes_put(struct bytes *bytes, size_t at, const void *data, size_t size)
{
    if (at + size > bytes->size) {
        bytes_resize(bytes, at + size);
    }
    memcpy(bytes->data + at, data, size);
}

static void bytes_copy(struct bytes *to, const struct bytes *from)
{
    bytes_resize(to, from->size);
    if (from->size > 0) {
        memcpy(to->data, from->data, from->size);
    }
}

static void changes_forget(struct content *content)
{
    for (size_t i = 0; i < content->change_count; i++) {
        mb_mem_free(content->changes[i].data);
    }
    mb_mem_free(content->changes);
    content->changes = NULL;
    content->change_count = 0;
}

static void change_note(struct content *content, size_t at, const void *data, size_t size)
{
    struct change change = {.at = at, .size = size};
    if (data != NULL) {
        change.data = mb_mem_alloc(size + 1, 1);
        memcpy(change.data, data, size);
    }
    content->changes = mb_mem_resize(content->changes, content->change_count + 1,
                                     sizeof *content->changes);
    content->changes[content->change_count++] = change;
}

static void content_forget(struct content *content)
{
    changes_forget(content);
    mb_mem_free(content->now.data);
    mb_mem_free(content->synced.data);
    for (size_t i = 0; i < MAX_REGIONS; i++) {
        mb_mem_free(content->regions[i]);
    }
    *content = (struct content){.there = false};
}

static struct content *content_find(struct power_disk *disk, const char *name)
{
    for (size_t i = 0; i < MAX_FILES; i++) {
        if (disk->files[i].name[0] != '\0' && strcmp(disk->files[i].name, name) == 0) {
            return &disk->files[i];
        }
    }
    return NULL;
}

static struct content *content_make(struct power_disk *disk, const char *name)
{
    struct content *content = content_find(disk, name);
    for (size_t i = 0; content == NULL && i < MAX_FILES; i++) {
        if (disk->files[i].name[0] == '\0') {
            content = &disk->files[i];
        }
    }
    assert(content != NULL && strlen(name) < MAX_PATH_BYTES);
    memcpy(content->name, name, strlen(name) + 1);
    content->again = content->again || (content->kept && !content->there);
    content->there = true;
    return content;
}

// --- faults

// Counts an operation that changes something; false: it fails.
static bool may_go_on(struct power_disk *disk, bool sync)
{
    if (disk->dead) {
        return false;
    }
    disk->operations++;
    disk->syncs += sync;
    if (disk->operations == disk->stop_at) {
        disk->happened = true;
        disk->dead = true;
    }
    if (disk->operations == disk->fail_at) {
        disk->happened = true;
        return false;
    }
    return !disk->dead;
}

size_t power_disk_size(const struct power_disk *disk)
{
    size_t size = 0;
    for (size_t i = 0; i < MAX_FILES; i++) {
        size += disk->files[i].there ? disk->files[i].now.size : 0;
    }
    return size;
}

// --- a file

static struct open_file *file_of(sqlite3_file *base)
{
    return (struct open_file *)base;
}

static int file_close(sqlite3_file *base)
{
    struct open_file *file = file_of(base);
    if (file->remove) {
        content_forget(file->content);
    }
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *to, int amount, sqlite3_int64 offset)
{
    const struct bytes *bytes = &file_of(base)->content->now;
    size_t at = (size_t)offset;
    size_t size = (size_t)amount;
    size_t there = at < bytes->size ? bytes->size - at : 0;
    size_t got = there < size ? there : size;
    if (file_of(base)->disk->dead) {
        return SQLITE_IOERR_READ;
    }
    memset(to, 0, size);
    if (got > 0) {
        memcpy(to, bytes->data + at, got);
    }
    return got == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *from, int amount,
                      sqlite3_int64 offset)
{
    struct open_file *file = file_of(base);
    struct bytes *now = &file->content->now;
    size_t at = (size_t)offset;
    size_t size = (size_t)amount;
    if (!may_go_on(file->disk, false)) {
        return SQLITE_IOERR_WRITE;
    }
    size_t more = at + size > now->size ? at + size - now->size : 0;
    if (file->disk->limit > 0 && power_disk_size(file->disk) + more > file->disk->limit) {
        file->disk->happened = true;
        return SQLITE_FULL;
    }
    bytes_put(now, at, from, size);
    change_note(file->content, at, from, size);
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct open_file *file = file_of(base);
    if (!may_go_on(file->disk, false)) {
        return SQLITE_IOERR_TRUNCATE;
    }
    bytes_resize(&file->content->now, (size_t)size);
    change_note(file->content, (size_t)size, NULL, 0);
    return SQLITE_OK;
}

// SQLite on Unix does so with the first sync of a file that it has made.
static void folder_sync(struct power_disk *disk)
{
    for (size_t i = 0; i < MAX_FILES; i++) {
        if (disk->files[i].there) {
            if (disk->files[i].again) {
                bytes_resize(&disk->files[i].synced, 0);
            }
            disk->files[i].kept = true;
            disk->files[i].again = false;
        } else {
            content_forget(&disk->files[i]);
        }
    }
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct open_file *file = file_of(base);
    (void)flags;
    if (!may_go_on(file->disk, true)) {
        return SQLITE_IOERR_FSYNC;
    }
    if (!file->content->kept || file->content->again) {
        folder_sync(file->disk);
    }
    bytes_copy(&file->content->synced, &file->content->now);
    changes_forget(file->content);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)file_of(base)->content->now.size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *base, int *held)
{
    (void)base;
    *held = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
    (void)base;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return SECTOR;
}

// As SQLite assumes of every file on Unix.
static int file_traits(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *base, int page, int page_size, int extend,
                   void volatile **region)
{
    struct content *content = file_of(base)->content;
    assert(page < MAX_REGIONS);
    if (content->regions[page] == NULL && extend) {
        content->regions[page] = mb_mem_alloc((size_t)page_size, 1);
    }
    *region = content->regions[page];
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
    (void)base;
    (void)offset;
    (void)n;
    (void)flags;
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *base)
{
    (void)base;
}

static int shm_unmap(sqlite3_file *base, int remove)
{
    struct content *content = file_of(base)->content;
    for (size_t i = 0; remove && i < MAX_REGIONS; i++) {
        mb_mem_free(content->regions[i]);
        content->regions[i] = NULL;
    }
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

// --- the disk

static struct power_disk *disk_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags,
                     int *flags_out)
{
    struct open_file *file = file_of(base);
    struct power_disk *disk = disk_of(vfs);
    const char *known = name != NULL ? name : "temporary";
    struct content *content = content_find(disk, known);
    base->pMethods = NULL;
    if (disk->dead) {
        return SQLITE_IOERR;
    }
    if ((content == NULL || !content->there) && (flags & SQLITE_OPEN_CREATE) == 0) {
        return SQLITE_CANTOPEN;
    }
    *file = (struct open_file){.disk = disk,
                               .content = content_make(disk, known),
                               .remove = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
    file->base.pMethods = &methods;
    if (flags_out != NULL) {
        *flags_out = flags;
    }
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct power_disk *disk = disk_of(vfs);
    struct content *content = content_find(disk, name);
    if (content == NULL || !content->there) {
        return SQLITE_IOERR_DELETE_NOENT;
    }
    if (!may_go_on(disk, sync != 0)) {
        return SQLITE_IOERR_DELETE;
    }
    content->there = false;
    if (sync != 0 || !content->kept) {
        content_forget(content);
    } else {
        bytes_resize(&content->now, 0);
        changes_forget(content);
    }
    return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
    const struct content *content = content_find(disk_of(vfs), name);
    (void)flags;
    *result = content != NULL && content->there;
    return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *vfs, const char *name, int size, char *path)
{
    (void)vfs;
    assert(strlen(name) < (size_t)size);
    memcpy(path, name, strlen(name) + 1);
    return SQLITE_OK;
}

static int disk_randomness(sqlite3_vfs *vfs, int size, char *bytes)
{
    struct power_disk *disk = disk_of(vfs);
    for (int i = 0; i < size; i++) {
        bytes[i] = (char)mb_rng_below(&disk->rng, 256);
    }
    return size;
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int disk_time(sqlite3_vfs *vfs, sqlite3_int64 *time)
{
    (void)vfs;
    *time = INT64_C(212000000000000);
    return SQLITE_OK;
}

static int disk_error(sqlite3_vfs *vfs, int size, char *text)
{
    (void)vfs;
    (void)size;
    (void)text;
    return 0;
}

struct power_disk *power_disk_new(const char *name)
{
    struct power_disk *disk = mb_mem_alloc(1, sizeof *disk);
    disk->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(struct open_file),
        .mxPathname = MAX_PATH_BYTES,
        .zName = mb_mem_copy_string(name),
        .pAppData = disk,
        .xOpen = disk_open,
        .xDelete = disk_delete,
        .xAccess = disk_access,
        .xFullPathname = disk_path,
        .xRandomness = disk_randomness,
        .xSleep = disk_sleep,
        .xGetLastError = disk_error,
        .xCurrentTimeInt64 = disk_time,
    };
    mb_rng_init(&disk->rng, mb_rng_derive(1, name));
    int code = sqlite3_vfs_register(&disk->vfs, 0);
    assert(code == SQLITE_OK);
    (void)code;
    return disk;
}

void power_disk_free(struct power_disk *disk)
{
    (void)sqlite3_vfs_unregister(&disk->vfs);
    for (size_t i = 0; i < MAX_FILES; i++) {
        content_forget(&disk->files[i]);
    }
    mb_mem_free((char *)disk->vfs.zName);
    mb_mem_free(disk);
}

// As it falls: a write sector by sector, a truncation as a whole.
static void changes_apply(const struct content *from, struct bytes *to,
                          struct mb_rng *rng)
{
    for (size_t i = 0; i < from->change_count; i++) {
        const struct change *change = &from->changes[i];
        if (change->data == NULL && mb_rng_below(rng, 2) == 0) {
            bytes_resize(to, change->at);
        }
        for (size_t at = 0; change->data != NULL && at < change->size;) {
            size_t left = SECTOR - (change->at + at) % SECTOR;
            size_t size = left < change->size - at ? left : change->size - at;
            if (mb_rng_below(rng, 2) == 0) {
                bytes_put(to, change->at + at, change->data + at, size);
            }
            at += size;
        }
    }
}

struct power_disk *power_disk_after_loss(const struct power_disk *disk, const char *name,
                                         struct mb_rng *rng)
{
    struct power_disk *after = power_disk_new(name);
    for (size_t i = 0; i < MAX_FILES; i++) {
        const struct content *from = &disk->files[i];
        bool named = from->kept || (rng != NULL && mb_rng_below(rng, 2) == 0);
        bool removed = !from->there && rng != NULL && mb_rng_below(rng, 2) == 0;
        if (from->name[0] == '\0' || !named || removed) {
            continue;
        }
        struct content *to = content_make(after, from->name);
        bool old =
            !from->there || (from->again && (rng == NULL || mb_rng_below(rng, 2) == 0));
        if (old || !from->again) {
            bytes_copy(&to->synced, &from->synced);
        }
        if (rng != NULL && !old) {
            changes_apply(from, &to->synced, rng);
        }
        bytes_copy(&to->now, &to->synced);
        to->kept = true;
    }
    return after;
}

static void faults_set(struct power_disk *disk, size_t stop_at, size_t fail_at,
                       size_t limit)
{
    disk->operations = 0;
    disk->syncs = 0;
    disk->stop_at = stop_at;
    disk->fail_at = fail_at;
    disk->limit = limit;
    disk->happened = false;
}

void power_disk_stop(struct power_disk *disk, size_t nth)
{
    faults_set(disk, nth, 0, 0);
}

void power_disk_fail(struct power_disk *disk, size_t nth)
{
    faults_set(disk, 0, nth, 0);
}

void power_disk_limit(struct power_disk *disk, size_t bytes)
{
    faults_set(disk, 0, 0, bytes);
}

size_t power_disk_operations(const struct power_disk *disk)
{
    return disk->operations;
}

size_t power_disk_syncs(const struct power_disk *disk)
{
    return disk->syncs;
}

bool power_disk_happened(const struct power_disk *disk)
{
    return disk->happened;
}
