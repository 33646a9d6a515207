// What the tests of tools/model/spec*.c share: specs from fixtures and from text.
#ifndef MB_TEST_SPEC_FIXTURE_H
#define MB_TEST_SPEC_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "format/emit.h"
#include "model/spec.h"

#define GOOD "fixtures/specs/good/"

static const char *const GOOD_SPECS[] = {
    GOOD "minimal.yaml",       GOOD "sidecar-overhead.yaml", GOOD "full.yaml",
    GOOD "local-proxies.yaml", GOOD "hundred-lines.yaml",    GOOD "from-smp.yaml",
};
enum { GOOD_COUNT = sizeof GOOD_SPECS / sizeof GOOD_SPECS[0] };

// The least that a spec needs; tests append to it.
#define HEAD "meshbench: v1\nkind: benchmark\nname: t\n"
#define VARIANT "variants:\n  - {name: plain, mesh: none, url: http://a}\n"
#define WORKLOAD                                                                         \
    "workloads:\n  - {name: w, load_model: closed, connections: 1, duration: 1s}\n"

static inline const char *fake_env(const char *name)
{
    return strcmp(name, "MESHBENCH_EXAMPLE_TOKEN") == 0 ? "s3cret" : NULL;
}

static inline struct mb_doc parse_text(struct mb_arena *arena, const char *text)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    enum mb_status status = mb_doc_parse(arena, "t.yaml", text, strlen(text), &doc, &err);
    if (status != MB_OK) {
        fail_msg("%d:%d: %s", err.line, err.column, err.message);
    }
    return doc;
}

static inline struct mb_spec load_doc(struct mb_arena *arena, const struct mb_doc *doc)
{
    struct mb_spec spec;
    struct mb_err err = {0};
    if (mb_spec_from_doc(arena, doc, fake_env, &spec, &err) != MB_OK) {
        fail_msg("%s:%d:%d: %s", err.file, err.line, err.column, err.message);
    }
    return spec;
}

static inline struct mb_spec load_text(struct mb_arena *arena, const char *text)
{
    struct mb_doc doc = parse_text(arena, text);
    return load_doc(arena, &doc);
}

static inline struct mb_doc read_fixture(struct mb_arena *arena, const char *path)
{
    struct mb_doc doc;
    struct mb_err err = {0};
    if (mb_doc_read(arena, path, NULL, MB_SPEC_MAX_BYTES, &doc, &err) != MB_OK) {
        fail_msg("%s: %d:%d: %s", path, err.line, err.column, err.message);
    }
    return doc;
}

static inline struct mb_spec load_fixture(struct mb_arena *arena, const char *path)
{
    struct mb_doc doc = read_fixture(arena, path);
    return load_doc(arena, &doc);
}

// In arena: the tree as canonical JSON, to compare trees by eye and by strcmp.
static inline const char *json_of(struct mb_arena *arena, const struct mb_node *node)
{
    struct mb_buf buf;
    mb_buf_init(&buf, 0);
    mb_emit_json_canonical(node, &buf);
    const char *text = mb_arena_copy_string(arena, mb_buf_string(&buf));
    mb_buf_release(&buf);
    return text;
}

#endif
