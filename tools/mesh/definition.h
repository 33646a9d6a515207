// An adapter file as structs: schema/adapter.schema.json, spec/adapter.md. Mesh floor:
// may include base, format, model.
#ifndef MB_MESH_DEFINITION_H
#define MB_MESH_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "format/doc.h"
#include "mesh/template.h"
#include "model/result.h"

enum {
    MB_DEFINITION_MAX_BYTES = 1 << 20, // of an adapter file
    MB_DEFINITION_MAX_ITEMS = 64       // of each of its lists
};

// Where the program may be: a name on PATH or a path; with python_package, `path` is
// relative to that package's folder.
struct mb_definition_place {
    const char *name; // NULL with python_package
    const char *python_package;
    const char *path;
};

enum mb_definition_type {
    MB_TYPE_INTEGER,
    MB_TYPE_BOOLEAN,
    MB_TYPE_CHOICE,
    MB_TYPE_TEXT
};

struct mb_definition_parameter {
    const char *name;
    const char *description;
    enum mb_definition_type type;
    const char *fallback; // as text; NULL: has to be given
    int64_t min;
    int64_t max;
    const char **choices; // NULL-terminated; for CHOICE
    const char *pattern;  // extended regular expression for TEXT; NULL: none
};

struct mb_definition_file {
    const char *path; // relative to the instance's folder
    const char *content;
};

struct mb_definition_status { // a range of HTTP statuses
    int first;
    int last;
};

struct mb_definition_install {
    const char *system;
    const char *command;
};

struct mb_adapter {
    const char *origin; // file name for messages
    const char *name;
    const char *description;
    const char *mesh;
    enum mb_role role;
    bool has_program; // without one there is nothing to start
    struct mb_definition_place *places;
    size_t place_count;
    struct mb_definition_install *installs;
    size_t install_count;
    const char **version_args; // NULL-terminated; NULL: the program cannot say
    const char *version_pattern;
    struct mb_definition_parameter *parameters;
    size_t parameter_count;
    const char **folders; // NULL-terminated
    struct mb_definition_file *files;
    size_t file_count;
    const char **start_args;                // NULL-terminated templates
    struct mb_template_variable *start_env; // values are templates
    size_t start_env_count;
    const char *ready_http; // path; NULL: a TCP connection is enough
    struct mb_definition_status *ready_status;
    size_t ready_status_count;
    int64_t ready_timeout_ns;
    int stop_signal;
    int64_t stop_grace_ns;
    const char *log;    // file in the instance's folder; NULL: only the program's output
    const char *url;    // template
    const char **notes; // NULL-terminated
};

// Reads a parsed document: all of it is in the arena of `doc`. Whatever the tree holds,
// the outcome is an adapter or MB_INVALID with file, line and column. Unknown keys are
// errors here too, because an adapter is not always validated before it is used.
MB_MUST_USE enum mb_status mb_definition_read(struct mb_arena *arena, struct mb_doc *doc,
                                              struct mb_adapter *adapter,
                                              struct mb_err *err);

#endif
