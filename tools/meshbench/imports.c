#include "meshbench/imports.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

enum { NAMES_SHOWN = 8 };

static enum mb_status file_add(struct mb_arena *arena, struct mb_imports_list *list,
                               const char *path, bool found, struct mb_err *err)
{
    if (list->count == MB_IMPORTS_MAX) {
        return mb_err_set(err, MB_INVALID, "more than %d files to import",
                          (int)MB_IMPORTS_MAX);
    }
    list->items = mb_arena_grow(arena, list->items, list->count, &list->capacity,
                                sizeof *list->items);
    list->items[list->count++] = (struct mb_imports_file){.path = path, .found = found};
    return MB_OK;
}

static int by_path(const void *left, const void *right)
{
    return strcmp(((const struct mb_imports_file *)left)->path,
                  ((const struct mb_imports_file *)right)->path);
}

static enum mb_status folder_find(struct mb_arena *arena, const char *path, int depth,
                                  struct mb_imports_list *list, struct mb_err *err);

// Pipes and devices are left out like hidden files.
static enum mb_status entry_find(struct mb_arena *arena, const char *path, int depth,
                                 struct mb_imports_list *list, struct mb_err *err)
{
    struct stat itself;
    if (lstat(path, &itself) != 0) {
        return mb_err_system(err, errno, "cannot read '%s'", path);
    }
    if (S_ISDIR(itself.st_mode)) {
        return folder_find(arena, path, depth + 1, list, err);
    }
    struct stat target;
    bool regular = stat(path, &target) == 0 && S_ISREG(target.st_mode);
    return regular ? file_add(arena, list, path, true, err) : MB_OK;
}

static enum mb_status folder_find(struct mb_arena *arena, const char *path, int depth,
                                  struct mb_imports_list *list, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    if (depth == MB_IMPORTS_DEPTH) {
        return mb_err_set(err, MB_INVALID, "'%s': folders are nested more than %d deep",
                          path, (int)MB_IMPORTS_DEPTH);
    }
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return mb_err_system(err, errno, "cannot read '%s'", path);
    }
    for (struct dirent *entry = readdir(folder); status == MB_OK && entry != NULL;
         entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            status = entry_find(arena, mb_file_join(arena, path, entry->d_name), depth,
                                list, err);
        }
    }
    (void)closedir(folder);
    return status;
}

static enum mb_status argument_find(struct mb_arena *arena, const char *path,
                                    struct mb_imports_list *list, struct mb_err *err)
{
    size_t first = list->count;
    if (!mb_file_is_dir(path)) {
        return file_add(arena, list, path, false, err);
    }
    enum mb_status status = folder_find(arena, path, 0, list, err);
    if (status != MB_OK) {
        return status;
    }
    if (list->count == first) {
        return mb_err_set(err, MB_INVALID, "there is no file in '%s'", path);
    }
    qsort(list->items + first, list->count - first, sizeof *list->items, by_path);
    return MB_OK;
}

enum mb_status mb_imports_find(struct mb_arena *arena, const struct mb_args *args,
                               struct mb_imports_list *list, struct mb_err *err)
{
    enum mb_status status = MB_OK;
    bool has_input = false;
    for (size_t i = 0; status == MB_OK && i < args->count; i++) {
        bool is_input = strcmp(args->items[i], "-") == 0;
        if (is_input && has_input) {
            return mb_err_set(err, MB_USAGE, "standard input can be read once only");
        }
        has_input = has_input || is_input;
        status = argument_find(arena, args->items[i], list, err);
    }
    return status;
}

void mb_imports_leave_out(struct mb_arena *arena, struct mb_imports_left_out *left_out,
                          const char *path)
{
    left_out->count++;
    if (left_out->names == NULL) {
        left_out->names = path;
    } else if (left_out->count <= NAMES_SHOWN) {
        left_out->names = mb_arena_print(arena, "%s, %s", left_out->names, path);
    }
}

void mb_imports_note(struct mb_import *import, const struct mb_imports_left_out *left_out)
{
    size_t more = left_out->count > NAMES_SHOWN ? left_out->count - NAMES_SHOWN : 0;
    if (left_out->count == 0) {
        return;
    }
    mb_import_note_add(
        import, MB_IMPORT_DROPPED, "%zu file%s left out, since %s: %s%s", left_out->count,
        left_out->count == 1 ? "" : "s", left_out->why, left_out->names,
        more > 0 ? mb_arena_print(import->arena, " and %zu more", more) : "");
}
