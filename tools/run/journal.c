#include "run/journal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "format/doc.h"
#include "format/emit.h"

void mb_journal_init(struct mb_journal *journal, struct mb_arena *arena,
                     const struct mb_plan *plan, const char *partial_path)
{
    *journal = (struct mb_journal){.arena = arena, .path = partial_path};
    struct mb_result *result = &journal->result;
    result->cell_count = plan->cell_count;
    result->cells = mb_arena_alloc(arena, plan->cell_count, sizeof *result->cells);
    journal->trials = mb_arena_alloc(arena, plan->cell_count, sizeof(struct mb_node *));
    for (size_t i = 0; i < plan->cell_count; i++) {
        const struct mb_variant *variant = &plan->spec->variants[plan->cells[i].variant];
        result->cells[i].variant = variant->name;
        result->cells[i].aa_of = variant->aa_of;
        result->cells[i].point = plan->cells[i].point;
        journal->trials[i] = mb_node_list(arena);
    }
}

void mb_journal_release(struct mb_journal *journal)
{
    mb_result_release(&journal->result);
}

// The series is in the document; nothing derived needs it.
static void series_drop(struct mb_trial *trial)
{
    for (size_t p = 0; p < trial->part_count; p++) {
        struct mb_part *part = &trial->parts[p];
        struct mb_part series = {.intervals = part->intervals,
                                 .interval_count = part->interval_count};
        mb_part_release(&series);
        part->intervals = NULL;
        part->interval_count = 0;
        part->interval_ns = 0;
    }
}

enum mb_status mb_journal_add_node(struct mb_journal *journal, size_t cell,
                                   struct mb_node *node, struct mb_err *err)
{
    struct mb_cell *into = &journal->result.cells[cell];
    struct mb_trial trial;
    enum mb_status status = mb_trial_from_node(journal->arena, node, &trial, err);
    if (status != MB_OK) {
        return status;
    }
    series_drop(&trial);
    into->trials = mb_arena_grow(journal->arena, into->trials, into->trial_count,
                                 &into->trial_capacity, sizeof *into->trials);
    into->trials[into->trial_count++] = trial;
    mb_node_push(journal->arena, journal->trials[cell], node);
    return MB_OK;
}

enum mb_status mb_journal_add(struct mb_journal *journal, size_t cell,
                              const struct mb_trial *trial, struct mb_err *err)
{
    struct mb_node *node = mb_trial_to_node(journal->arena, trial);
    if (trial->host != NULL) { // the document would borrow it from the trial's arena
        mb_node_set(journal->arena, node, "host",
                    mb_node_copy(journal->arena, trial->host));
    }
    enum mb_status status = mb_journal_add_node(journal, cell, node, err);
    if (status != MB_OK) {
        err->code = MB_BUG;
        mb_err_prepend(err, "trial '%s' cannot be read back", trial->id);
        return MB_BUG;
    }
    return MB_OK;
}

const struct mb_trial *mb_journal_find(const struct mb_journal *journal, size_t cell,
                                       const char *id)
{
    const struct mb_cell *in = &journal->result.cells[cell];
    for (size_t i = 0; i < in->trial_count; i++) {
        if (in->trials[i].status == MB_TRIAL_COMPLETE &&
            strcmp(in->trials[i].id, id) == 0) {
            return &in->trials[i];
        }
    }
    return NULL;
}

size_t mb_journal_count(const struct mb_journal *journal, enum mb_trial_status status)
{
    size_t count = 0;
    for (size_t c = 0; c < journal->result.cell_count; c++) {
        const struct mb_cell *cell = &journal->result.cells[c];
        for (size_t t = 0; t < cell->trial_count; t++) {
            count += cell->trials[t].status == status;
        }
    }
    return count;
}

size_t mb_journal_total(const struct mb_journal *journal)
{
    return mb_journal_count(journal, MB_TRIAL_COMPLETE) +
           mb_journal_count(journal, MB_TRIAL_PARTIAL) +
           mb_journal_count(journal, MB_TRIAL_DISCARDED);
}

// The result's document: built from empty cells, then the trials' own documents are hung
// in, so that no histogram is encoded twice.
static struct mb_node *document(struct mb_arena *arena, const struct mb_journal *journal)
{
    struct mb_result shell = journal->result;
    shell.cells = mb_arena_alloc(arena, shell.cell_count, sizeof *shell.cells);
    for (size_t i = 0; i < shell.cell_count; i++) {
        shell.cells[i] = journal->result.cells[i];
        shell.cells[i].trials = NULL;
        shell.cells[i].trial_count = 0;
    }
    struct mb_node *root = mb_result_to_node(arena, &shell);
    struct mb_node *cells = mb_node_find(root, "cells");
    for (size_t i = 0; i < shell.cell_count; i++) {
        mb_node_set(arena, cells->as.list.items[i], "trials", journal->trials[i]);
    }
    return root;
}

static enum mb_status write_document(const struct mb_journal *journal, const char *path,
                                     struct mb_err *err)
{
    struct mb_arena scratch;
    struct mb_buf text;
    mb_arena_init(&scratch);
    mb_buf_init(&text, MB_DOC_MAX_BYTES);
    mb_emit_json(document(&scratch, journal), &text);
    enum mb_status status;
    if (text.overflowed) {
        status = mb_err_set(err, MB_FAILED,
                            "result is larger than the %d bytes that can be read back",
                            MB_DOC_MAX_BYTES);
    } else {
        status = mb_file_write(path, text.data, text.size, err);
    }
    mb_buf_release(&text);
    mb_arena_release(&scratch);
    return status;
}

enum mb_status mb_journal_save(struct mb_journal *journal, struct mb_err *err)
{
    size_t count = mb_journal_total(journal);
    if (count == 0) {
        return MB_OK;
    }
    enum mb_status status = write_document(journal, journal->path, err);
    if (status == MB_OK) {
        journal->written = count;
    }
    return status;
}

enum mb_status mb_journal_finish(struct mb_journal *journal, const char *path,
                                 struct mb_err *err)
{
    enum mb_status status = write_document(journal, path, err);
    if (status != MB_OK) {
        return status;
    }
    if (unlink(journal->path) != 0 && errno != ENOENT) {
        return mb_err_set(
            err, MB_FAILED,
            "cannot remove '%s', although the result is complete in '%s': %s",
            journal->path, path, strerror(errno));
    }
    return MB_OK;
}
