// Reads a bundle and holds it against what it should be.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/embed.h"
#include "base/file.h"
#include "base/units.h"
#include "base/version.h"
#include "exchange/bundle.h"
#include "format/doc.h"
#include "schema/schema.h"

// --- reading

static const char *const layout[] = {"bundle.json",      "disclosure.md", "report.txt",
                                     "result.json",      "spec.yaml",     MB_BUNDLE_SUMS,
                                     MB_BUNDLE_SIGNATURE};

static bool layout_has(const char *name)
{
    for (size_t i = 0; i < sizeof layout / sizeof layout[0]; i++) {
        if (strcmp(layout[i], name) == 0) {
            return true;
        }
    }
    return strncmp(name, "configs/", 8) == 0;
}

struct reader {
    const char *dir;
    struct mb_bundle *bundle;
    struct mb_bundle_faults *faults;
    size_t seen;
    size_t config_bytes; // read so far
};

static size_t file_cap(const struct reader *reader, const char *name)
{
    size_t left = MB_BUNDLE_MAX_CONFIGS_BYTES - reader->config_bytes;
    if (strcmp(name, "result.json") == 0) {
        return MB_DOC_MAX_BYTES;
    }
    if (strncmp(name, "configs/", 8) != 0) {
        return MB_BUNDLE_MAX_TEXT;
    }
    return left < MB_BUNDLE_MAX_CONFIG ? left : MB_BUNDLE_MAX_CONFIG;
}

static void file_read(struct reader *reader, const char *name)
{
    struct mb_arena *arena = reader->bundle->arena;
    const char *path = mb_file_join(arena, reader->dir, name);
    struct stat entry;
    struct mb_err err = {0};
    struct mb_buf bytes = {0};
    bool config = strncmp(name, "configs/", 8) == 0;
    if (lstat(path, &entry) != 0 || !S_ISREG(entry.st_mode)) {
        mb_bundle_fault(reader->faults, name, 0, "not a regular file");
        return;
    }
    if (mb_file_read(path, NULL, file_cap(reader, name), &bytes, &err) != MB_OK) {
        mb_bundle_fault(reader->faults, name, 0, "%s", err.message);
    } else {
        mb_bundle_add(reader->bundle, name, mb_buf_string(&bytes), bytes.size);
        reader->config_bytes += config ? bytes.size : 0;
    }
    mb_buf_release(&bytes);
}

// One folder of the bundle; `below` is "" or "configs/".
static enum mb_status folder_read(struct reader *reader, const char *below,
                                  struct mb_err *err)
{
    struct mb_arena *arena = reader->bundle->arena;
    DIR *folder = opendir(mb_file_join(arena, reader->dir, below));
    if (folder == NULL) {
        return mb_err_system(err, errno, "cannot read folder '%s'", reader->dir);
    }
    enum mb_status status = MB_OK;
    const struct dirent *entry = readdir(folder);
    for (; entry != NULL && status == MB_OK; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        const char *name = mb_arena_print(arena, "%s%s", below, entry->d_name);
        const char *path = mb_file_join(arena, reader->dir, name);
        struct stat info;
        reader->seen++;
        if (reader->seen > MB_BUNDLE_MAX_FILES) {
            mb_bundle_fault(reader->faults, name, 0, "more than %d files",
                            (int)MB_BUNDLE_MAX_FILES);
            break;
        }
        if (strcmp(name, "configs") == 0 && lstat(path, &info) == 0 &&
            S_ISDIR(info.st_mode)) {
            status = folder_read(reader, "configs/", err);
        } else if (!layout_has(name)) {
            mb_bundle_fault(reader->faults, name, 0, "does not belong into a bundle");
        } else {
            file_read(reader, name);
        }
    }
    (void)closedir(folder);
    return status;
}

enum mb_status mb_bundle_read(struct mb_arena *arena, const char *dir,
                              struct mb_bundle *bundle, struct mb_bundle_faults *faults,
                              struct mb_err *err)
{
    struct reader reader = {.dir = dir, .bundle = bundle, .faults = faults};
    *bundle = (struct mb_bundle){.arena = arena};
    return folder_read(&reader, "", err);
}

// --- SHA256SUMS

// One line as we write it: 64 digits, two blanks, a name.
static bool sum_parse(struct mb_arena *arena, const char *line, size_t size,
                      const char **digest, const char **name)
{
    const size_t digits = MB_DIGEST_TEXT - 1;
    if (size < digits + 3 || strspn(line, "0123456789abcdef") != digits ||
        line[digits] != ' ' || line[digits + 1] != ' ') {
        return false;
    }
    *digest = mb_arena_copy_bytes(arena, line, digits);
    *name = mb_arena_copy_bytes(arena, line + digits + 2, size - digits - 2);
    return strlen(*name) == size - digits - 2;
}

static bool is_summed(const char *name)
{
    return strcmp(name, MB_BUNDLE_SUMS) != 0 && strcmp(name, MB_BUNDLE_SIGNATURE) != 0;
}

// Marks what is named, so that files without a line are found. Lines are in the order of
// the names, each once.
static void sum_check(const struct mb_bundle *bundle, int number, const char *digest,
                      const char *name, struct mb_bundle_faults *faults)
{
    const struct mb_bundle_file *file = mb_bundle_find(bundle, name);
    if (!is_summed(name)) {
        mb_bundle_fault(faults, MB_BUNDLE_SUMS, number, "'%s' must not be named here",
                        name);
    } else if (file == NULL) {
        mb_bundle_fault(faults, name, 0, "missing, and named in %s:%d", MB_BUNDLE_SUMS,
                        number);
    } else if (strcmp(file->digest, digest) != 0) {
        mb_bundle_fault(faults, name, 0,
                        "its SHA-256 is %.12s..., and %s:%d says %.12s...: one of the "
                        "two was changed",
                        file->digest, MB_BUNDLE_SUMS, number, digest);
    }
}

static void sums_check(const struct mb_bundle *bundle, struct mb_bundle_faults *faults)
{
    const struct mb_bundle_file *sums = mb_bundle_find(bundle, MB_BUNDLE_SUMS);
    bool *named = mb_arena_alloc(faults->arena, bundle->count + 1, sizeof *named);
    const char *last = "";
    int number = 0;
    const char *line = sums->bytes;
    const char *end = sums->bytes + sums->size;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *digest = NULL;
        const char *name = NULL;
        number++;
        if (stop == NULL ||
            !sum_parse(faults->arena, line, (size_t)(stop - line), &digest, &name)) {
            mb_bundle_fault(faults, MB_BUNDLE_SUMS, number,
                            "not a line of 64 digits, two blanks and a name");
        } else if (strcmp(last, name) >= 0) {
            mb_bundle_fault(faults, MB_BUNDLE_SUMS, number,
                            "'%s' is out of order or named twice", name);
        } else {
            const struct mb_bundle_file *file = mb_bundle_find(bundle, name);
            sum_check(bundle, number, digest, name, faults);
            last = name;
            if (file != NULL) {
                named[file - bundle->files] = true;
            }
        }
        line = stop == NULL ? end : stop + 1;
    }
    for (size_t i = 0; i < bundle->count; i++) {
        if (!named[i] && is_summed(bundle->files[i].name)) {
            mb_bundle_fault(faults, bundle->files[i].name, 0, "not named in %s",
                            MB_BUNDLE_SUMS);
        }
    }
}

// --- bundle.json

static bool schema_holds(struct mb_arena *arena, struct mb_doc *doc,
                         struct mb_bundle_faults *faults)
{
    static const char *const name = "schema/bundle.schema.json";
    const struct mb_embed *file = mb_embed_find(name);
    struct mb_schema_set *set = mb_schema_set_new(arena);
    const struct mb_schema *schema = NULL;
    struct mb_schema_findings findings;
    struct mb_doc schema_doc;
    struct mb_err err = {0};
    if (file == NULL ||
        mb_doc_parse(arena, name, file->data, file->size, &schema_doc, &err) != MB_OK ||
        mb_schema_set_add(set, name, schema_doc.root, &err) != MB_OK ||
        mb_schema_compile(set, name, &schema, &err) != MB_OK) {
        mb_bundle_fault(faults, "bundle.json", 0, "its schema cannot be used: %s",
                        err.message);
        return false;
    }
    mb_schema_findings_init(&findings, arena);
    bool good = mb_schema_validate(schema, doc->root, &findings);
    mb_doc_locate(arena, doc);
    for (size_t i = 0; i < findings.count; i++) {
        const struct mb_node *place = mb_node_at(doc->root, findings.items[i].pointer);
        const char *hint = NULL;
        mb_bundle_fault(faults, "bundle.json", place != NULL ? place->line : 0, "%s: %s",
                        findings.items[i].pointer,
                        mb_schema_say(arena, &findings.items[i], &hint));
    }
    return good;
}

static bool claim_read(const struct mb_bundle *bundle, struct mb_bundle_claim *claim,
                       struct mb_bundle_faults *faults)
{
    const struct mb_bundle_file *file = mb_bundle_find(bundle, "bundle.json");
    struct mb_arena *arena = faults->arena;
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_parse(arena, "bundle.json", file->bytes, file->size, &doc, &err) !=
        MB_OK) {
        mb_bundle_fault(faults, "bundle.json", err.line, "%s", err.message);
        return false;
    }
    if (!schema_holds(arena, &doc, faults)) {
        return false;
    }
    const struct mb_node *tool = mb_node_find(doc.root, "tool");
    *claim = (struct mb_bundle_claim){
        .id = mb_node_text(mb_node_find(doc.root, "id"), ""),
        .result_digest = mb_node_text(mb_node_find(doc.root, "result_sha256"), ""),
        .level = mb_node_text(mb_node_find(doc.root, "level"), ""),
        .availability = mb_node_text(mb_node_find(doc.root, "availability"), ""),
        .tool_version = mb_node_text(mb_node_find(tool, "version"), ""),
        .tool_commit = mb_node_text(mb_node_find(tool, "commit"), NULL)};
    const char *created = mb_node_text(mb_node_find(doc.root, "created_at"), "");
    if (mb_units_parse_time(created, &claim->created_unix_ns, &err) != MB_OK) {
        mb_bundle_fault(faults, "bundle.json", 0, "/created_at: %s", err.message);
        return false;
    }
    return true;
}

bool mb_bundle_check_files(const struct mb_bundle *bundle, struct mb_bundle_claim *claim,
                           struct mb_bundle_faults *faults)
{
    static const char *const needed[] = {"bundle.json", "disclosure.md", "report.txt",
                                         "result.json", MB_BUNDLE_SUMS};
    *claim = (struct mb_bundle_claim){0};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (mb_bundle_find(bundle, needed[i]) == NULL) {
            mb_bundle_fault(faults, needed[i], 0, "missing");
        }
    }
    if (mb_bundle_find(bundle, MB_BUNDLE_SUMS) != NULL) {
        sums_check(bundle, faults);
    }
    return mb_bundle_find(bundle, "bundle.json") != NULL &&
           claim_read(bundle, claim, faults);
}

// --- content

static int line_differing(const struct mb_bundle_file *left,
                          const struct mb_bundle_file *right)
{
    int line = 1;
    for (size_t i = 0; i < left->size && i < right->size; i++) {
        if (left->bytes[i] != right->bytes[i]) {
            return line;
        }
        line += left->bytes[i] == '\n';
    }
    return line;
}

static void file_compare(const struct mb_bundle *bundle,
                         const struct mb_bundle_file *expected,
                         struct mb_bundle_faults *faults)
{
    const struct mb_bundle_file *file = mb_bundle_find(bundle, expected->name);
    if (file == NULL) {
        mb_bundle_fault(faults, expected->name, 0,
                        "missing: the result has what it is made of");
    } else if (strcmp(file->digest, expected->digest) != 0) {
        mb_bundle_fault(faults, expected->name, line_differing(file, expected),
                        "not what result.json gives");
    }
}

static bool same_text(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

void mb_bundle_check_content(const struct mb_bundle *bundle,
                             const struct mb_bundle_claim *claim,
                             const struct mb_bundle_source *source, bool *regenerated,
                             struct mb_bundle_faults *faults)
{
    struct mb_arena *arena = faults->arena;
    struct mb_bundle_source own = *source;
    struct mb_bundle_file *configs =
        mb_arena_alloc(arena, bundle->count + 1, sizeof *configs);
    struct mb_bundle again;
    struct mb_err err = {0};
    own.configs = configs;
    own.config_count = 0;
    own.availability = claim->availability;
    own.created_unix_ns = claim->created_unix_ns;
    own.tool_version = claim->tool_version;
    own.tool_commit = claim->tool_commit;
    for (size_t i = 0; i < bundle->count; i++) {
        if (strncmp(bundle->files[i].name, "configs/", 8) == 0) {
            configs[own.config_count] = bundle->files[i];
            configs[own.config_count++].name += 8;
        }
    }
    *regenerated = same_text(claim->tool_version, mb_version()) &&
                   same_text(claim->tool_commit, mb_version_commit());
    if (strcmp(claim->level, mb_level_name(source->level)) != 0) {
        mb_bundle_fault(faults, "bundle.json", 0,
                        "level '%s' is claimed, and the result has level '%s'",
                        claim->level, mb_level_name(source->level));
    }
    if (mb_bundle_build(arena, &own, &again, &err) != MB_OK) {
        mb_bundle_fault(faults, "configs", 0, "%s", err.message);
        return;
    }
    for (size_t i = 0; i < again.count; i++) {
        const char *name = again.files[i].name;
        bool page = strcmp(name, "report.txt") == 0 || strcmp(name, "disclosure.md") == 0;
        if (strcmp(name, MB_BUNDLE_SUMS) != 0 && (!page || *regenerated)) {
            file_compare(bundle, &again.files[i], faults);
        }
    }
    if (mb_bundle_find(bundle, "spec.yaml") != NULL &&
        mb_bundle_find(&again, "spec.yaml") == NULL) {
        mb_bundle_fault(faults, "spec.yaml", 0, "the result has no spec's text");
    }
}
