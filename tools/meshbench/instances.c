#include "meshbench/instances.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "collect/procfs.h"
#include "format/doc.h"
#include "format/emit.h"

enum { NOTE_BYTES = 1 << 16, FOLDER_MODE = 0700 };

static const char SUFFIX[] = ".json";

enum mb_status mb_instances_folder(struct mb_arena *arena, const struct mb_ctx *ctx,
                                   char **folder, struct mb_err *err)
{
    const char *runtime = ctx->env("XDG_RUNTIME_DIR");
    struct stat entry;
    *folder = runtime != NULL && runtime[0] == '/' && mb_file_is_dir(runtime)
                  ? mb_arena_print(arena, "%s/meshbench", runtime)
                  : mb_arena_print(arena, "/tmp/meshbench-%ld", (long)getuid());
    if (mkdir(*folder, FOLDER_MODE) != 0 && errno != EEXIST) {
        return mb_err_system(err, errno, "cannot create '%s'", *folder);
    }
    // In /tmp anybody could have made it first, or a link in its place.
    if (lstat(*folder, &entry) != 0) {
        return mb_err_system(err, errno, "cannot use '%s'", *folder);
    }
    if (!S_ISDIR(entry.st_mode) || entry.st_uid != getuid() ||
        (entry.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return mb_err_set(err, MB_FAILED, "folder '%s' is not yours alone", *folder);
    }
    return MB_OK;
}

static char *note_path(struct mb_arena *arena, const char *folder, const char *name)
{
    return mb_arena_print(arena, "%s/%s%s", folder, name, SUFFIX);
}

static struct mb_node *text_node(struct mb_arena *arena, const char *text)
{
    return text != NULL ? mb_node_string(arena, text) : mb_node_null(arena);
}

enum mb_status mb_instances_note(struct mb_arena *arena, const char *folder,
                                 const struct mb_instances_entry *entry,
                                 struct mb_err *err)
{
    struct mb_procfs_stat self;
    struct mb_buf out = {0};
    struct mb_node *map = mb_node_map(arena);
    if (!mb_procfs_stat_read("", getpid(), &self)) {
        return mb_err_set(err, MB_FAILED, "cannot read '/proc/self/stat'");
    }
    mb_node_put(arena, map, "name", text_node(arena, entry->name));
    mb_node_put(arena, map, "pid", mb_node_int(arena, getpid()));
    mb_node_put(arena, map, "start_ticks", mb_node_int(arena, self.start_ticks));
    mb_node_put(arena, map, "url", text_node(arena, entry->url));
    mb_node_put(arena, map, "version", text_node(arena, entry->version));
    mb_node_put(arena, map, "upstream", text_node(arena, entry->upstream));
    mb_emit_json(map, &out);
    enum mb_status status =
        mb_file_write(note_path(arena, folder, entry->name), out.data, out.size, err);
    mb_buf_release(&out);
    return status;
}

void mb_instances_forget(struct mb_arena *arena, const char *folder, const char *name)
{
    (void)unlink(note_path(arena, folder, name));
}

bool mb_instances_alive(const struct mb_instances_entry *entry)
{
    struct mb_procfs_stat stat;
    return entry->pid > 0 && mb_procfs_stat_read("", entry->pid, &stat) &&
           stat.start_ticks == entry->start_ticks;
}

// False for a file that is no note of ours.
static bool note_read(struct mb_arena *arena, const char *path,
                      struct mb_instances_entry *entry)
{
    struct mb_doc doc = {0};
    struct mb_err ignored = {0};
    if (mb_doc_read(arena, path, NULL, NOTE_BYTES, &doc, &ignored) != MB_OK) {
        return false;
    }
    *entry = (struct mb_instances_entry){
        .name = mb_node_text(mb_node_find(doc.root, "name"), NULL),
        .pid = (pid_t)mb_node_integer(mb_node_find(doc.root, "pid"), 0),
        .start_ticks = mb_node_integer(mb_node_find(doc.root, "start_ticks"), -1),
        .url = mb_node_text(mb_node_find(doc.root, "url"), ""),
        .version = mb_node_text(mb_node_find(doc.root, "version"), NULL),
        .upstream = mb_node_text(mb_node_find(doc.root, "upstream"), NULL),
    };
    return entry->name != NULL;
}

static int by_name(const void *left, const void *right)
{
    const struct mb_instances_entry *a = left;
    const struct mb_instances_entry *b = right;
    return strcmp(a->name, b->name);
}

enum mb_status mb_instances_read(struct mb_arena *arena, const char *folder,
                                 struct mb_instances_list *list, struct mb_err *err)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return mb_err_system(err, errno, "cannot read '%s'", folder);
    }
    for (struct dirent *file = readdir(dir); file != NULL; file = readdir(dir)) {
        struct mb_instances_entry entry;
        size_t length = strlen(file->d_name);
        size_t suffix = sizeof SUFFIX - 1;
        if (length <= suffix || strcmp(file->d_name + length - suffix, SUFFIX) != 0) {
            continue;
        }
        char *path = mb_file_join(arena, folder, file->d_name);
        if (!note_read(arena, path, &entry) || !mb_instances_alive(&entry)) {
            (void)unlink(path);
            continue;
        }
        list->items = mb_arena_grow(arena, list->items, list->count, &list->capacity,
                                    sizeof *list->items);
        list->items[list->count++] = entry;
    }
    (void)closedir(dir);
    if (list->count > 0) {
        qsort(list->items, list->count, sizeof *list->items, by_name);
    }
    return MB_OK;
}

const struct mb_instances_entry *mb_instances_find(const struct mb_instances_list *list,
                                                   const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}
