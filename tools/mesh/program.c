#include "mesh/program.h"

#include <regex.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"

enum { OUTPUT_BYTES = 8192, RELEASE_BYTES = 8192 };

static const int64_t ANSWER_NS = 10000000000; // to say a version or a folder

// Where servers are installed, which is not on every user's PATH.
static const char ALSO[] = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/opt/bin";

// Asks Python where a package lives, without importing it. NULL when there is no Python,
// no such package, or no such file in it.
static char *package_search(struct mb_arena *arena, const char *package, const char *path)
{
    static const char script[] =
        "import importlib.util, os, sys\n"
        "spec = importlib.util.find_spec(sys.argv[1])\n"
        "print(os.path.dirname(spec.origin) if spec and spec.origin else '')\n";
    const char *const argv[] = {"python3", "-c", script, package, NULL};
    const struct mb_proc_spec spec = {.argv = argv, .cpu = -1};
    struct mb_buf output;
    struct mb_err ignored = {0};
    int exit_status = -1;
    char *found = NULL;
    mb_buf_init(&output, OUTPUT_BYTES);
    if (mb_proc_capture(&spec, false, ANSWER_NS, &output, &exit_status, &ignored) ==
            MB_OK &&
        exit_status == 0 && output.size > 1) {
        size_t length = strcspn(mb_buf_string(&output), "\n");
        found = mb_proc_find(
            arena,
            mb_arena_print(arena, "%.*s/%s", (int)length, mb_buf_string(&output), path),
            NULL);
    }
    mb_buf_release(&output);
    return found;
}

static char *place_search(struct mb_arena *arena, const struct mb_definition_place *place)
{
    return place->name != NULL
               ? mb_proc_find(arena, place->name, ALSO)
               : package_search(arena, place->python_package, place->path);
}

// "ID" and "ID_LIKE" of /etc/os-release, as one text.
static const char *system_names(struct mb_arena *arena)
{
    struct mb_buf text;
    struct mb_err ignored = {0};
    const char *names = "";
    mb_buf_init(&text, RELEASE_BYTES);
    if (mb_file_read("/etc/os-release", NULL, RELEASE_BYTES, &text, &ignored) == MB_OK) {
        for (const char *line = mb_buf_string(&text); line != NULL && *line != '\0';) {
            if (strncmp(line, "ID=", 3) == 0 || strncmp(line, "ID_LIKE=", 8) == 0) {
                names = mb_arena_print(arena, "%s %.*s", names, (int)strcspn(line, "\n"),
                                       line);
            }
            line = strchr(line, '\n');
            line = line != NULL ? line + 1 : NULL;
        }
    }
    mb_buf_release(&text);
    return names;
}

char *mb_program_install_hint(struct mb_arena *arena, const struct mb_adapter *adapter)
{
    const char *names = system_names(arena);
    char *all = mb_arena_copy_string(arena, "");
    for (size_t i = 0; i < adapter->install_count; i++) {
        const struct mb_definition_install *install = &adapter->installs[i];
        if (strstr(names, install->system) != NULL) {
            return mb_arena_copy_string(arena, install->command);
        }
        all = mb_arena_print(arena, "%s%s%s: %s", all, i > 0 ? "; " : "", install->system,
                             install->command);
    }
    return all;
}

enum mb_status mb_program_find(struct mb_arena *arena, const struct mb_adapter *adapter,
                               const char *given, char **path, struct mb_err *err)
{
    *path = NULL;
    if (given != NULL) {
        *path = mb_proc_find(arena, given, NULL);
        return *path != NULL
                   ? MB_OK
                   : mb_err_set(err, MB_FAILED, "cannot find program '%s'", given);
    }
    for (size_t i = 0; i < adapter->place_count && *path == NULL; i++) {
        *path = place_search(arena, &adapter->places[i]);
    }
    if (*path == NULL) {
        const struct mb_definition_place *first = &adapter->places[0];
        const char *hint = mb_program_install_hint(arena, adapter);
        if (hint[0] != '\0') {
            mb_err_hint(err, "%s", hint);
        }
        return mb_err_set(err, MB_FAILED, "cannot find program '%s' of adapter '%s'",
                          first->name != NULL ? first->name : first->path, adapter->name);
    }
    return MB_OK;
}

static char *version_match(struct mb_arena *arena, const char *pattern, const char *text)
{
    regex_t regex;
    regmatch_t groups[2];
    char *version = NULL;
    if (regcomp(&regex, pattern, REG_EXTENDED) != 0) {
        return NULL;
    }
    if (regexec(&regex, text, 2, groups, 0) == 0 && groups[1].rm_so >= 0) {
        version = mb_arena_copy_bytes(arena, text + groups[1].rm_so,
                                      (size_t)(groups[1].rm_eo - groups[1].rm_so));
    }
    regfree(&regex);
    return version;
}

char *mb_program_version(struct mb_arena *arena, const struct mb_adapter *adapter,
                         const char *path)
{
    struct mb_buf output;
    struct mb_err ignored = {0};
    const char *argv[MB_DEFINITION_MAX_ITEMS + 2] = {path};
    int exit_status = 0;
    char *version = NULL;
    if (adapter->version_args == NULL) {
        return NULL;
    }
    for (size_t i = 0; adapter->version_args[i] != NULL; i++) {
        argv[i + 1] = adapter->version_args[i];
    }
    const struct mb_proc_spec spec = {.argv = argv, .cpu = -1};
    mb_buf_init(&output, OUTPUT_BYTES);
    if (mb_proc_capture(&spec, true, ANSWER_NS, &output, &exit_status, &ignored) ==
        MB_OK) {
        version = version_match(arena, adapter->version_pattern, mb_buf_string(&output));
    }
    mb_buf_release(&output);
    return version;
}
