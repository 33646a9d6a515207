// Reads an input with one importer and gives its runs to a test.
#ifndef MB_TESTS_IMPORT_FIXTURE_H
#define MB_TESTS_IMPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exchange/import.h"

struct import_fixture {
    struct mb_arena arena;
    struct mb_import import;
    const struct mb_importer *importer;
    struct mb_err err;
};

// What the command line may say about an input; zeros: nothing.
struct import_as {
    const char *from;
    const char *map;
    int64_t unit_ns;
};

// Takes the input.
static inline enum mb_status import_read_as(struct import_fixture *fixture,
                                            struct mb_input *input, struct import_as as)
{
    fixture->import = (struct mb_import){
        .arena = &fixture->arena, .map = as.map, .unit_ns = as.unit_ns};
    enum mb_status status = mb_import_read(&fixture->import, input, as.from,
                                           &fixture->importer, &fixture->err);
    mb_input_free(input);
    return status;
}

static inline enum mb_status import_read(struct import_fixture *fixture,
                                         struct mb_input *input)
{
    return import_read_as(fixture, input, (struct import_as){.from = NULL});
}

// Of a text in memory.
static inline enum mb_status import_text_as(struct import_fixture *fixture,
                                            const char *text, struct import_as as)
{
    struct mb_input *input = NULL;
    *fixture = (struct import_fixture){.importer = NULL};
    assert_int_equal(
        mb_input_open_bytes("input", text, strlen(text), &input, &fixture->err), MB_OK);
    return import_read_as(fixture, input, as);
}

static inline enum mb_status import_text(struct import_fixture *fixture, const char *text)
{
    return import_text_as(fixture, text, (struct import_as){.from = NULL});
}

// Of a file below fixtures/imports/.
static inline enum mb_status import_file_as(struct import_fixture *fixture,
                                            const char *name, struct import_as as)
{
    struct mb_input *input = NULL;
    *fixture = (struct import_fixture){.importer = NULL};
    const char *path = mb_arena_print(&fixture->arena, "fixtures/imports/%s", name);
    if (mb_input_open(path, NULL, &input, &fixture->err) != MB_OK) {
        fail_msg("%s: %s", name, fixture->err.message);
    }
    return import_read_as(fixture, input, as);
}

// The same, which has to succeed and to hold `runs` runs.
static inline struct mb_import_run *import_file(struct import_fixture *fixture,
                                                const char *name, size_t runs)
{
    if (import_file_as(fixture, name, (struct import_as){.from = NULL}) != MB_OK) {
        fail_msg("%s: %s", name, fixture->err.message);
    }
    if (fixture->import.count != runs) {
        fail_msg("%s: %zu runs, not %zu", name, fixture->import.count, runs);
    }
    return fixture->import.runs;
}

static inline void import_release(struct import_fixture *fixture)
{
    mb_import_release(&fixture->import);
    mb_arena_release(&fixture->arena);
}

// The value of a percentile; -1 when the distribution does not have it.
static inline int64_t import_quantile(const struct mb_dist *dist, int64_t share)
{
    for (size_t i = 0; dist->type == MB_DIST_QUANTILES && i < dist->count; i++) {
        if (dist->quantiles[i].share == share) {
            return dist->quantiles[i].value;
        }
    }
    return -1;
}

#endif
