#include "collect/proctree.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void mb_proctree_init(struct mb_proctree *tree)
{
    memset(tree, 0, sizeof *tree);
}

void mb_proctree_release(struct mb_proctree *tree)
{
    mb_mem_free(tree->items);
    memset(tree, 0, sizeof *tree);
}

static struct mb_proctree_process *process_find(struct mb_proctree *tree, pid_t pid)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->items[i].last.pid == pid) {
            return &tree->items[i];
        }
    }
    return NULL;
}

static void process_add(struct mb_proctree *tree, int group,
                        const struct mb_procfs_stat *stat)
{
    if (tree->count == tree->capacity) {
        tree->capacity = tree->capacity > 0 ? tree->capacity * 2 : 16;
        tree->items = mb_mem_resize(tree->items, tree->capacity, sizeof *tree->items);
    }
    tree->items[tree->count++] = (struct mb_proctree_process){
        .last = *stat,
        .group = group,
        .children_first_ns = stat->children_ns,
        .seen = true,
    };
}

void mb_proctree_add_root(struct mb_proctree *tree, int group,
                          const struct mb_procfs_stat *stat)
{
    if (process_find(tree, stat->pid) == NULL) {
        process_add(tree, group, stat);
    }
}

static int64_t larger(int64_t left, int64_t right)
{
    return left > right ? left : right;
}

// Everything that a process stands for: its own time and that of its ended children.
static int64_t process_cpu_ns(const struct mb_proctree_process *process)
{
    int64_t added =
        process->last.children_ns - process->children_first_ns - process->foreign_ns;
    return process->last.cpu_ns + process->children_first_ns +
           larger(process->credit_ns, added);
}

static void process_settle(struct mb_proctree *tree, size_t index)
{
    struct mb_proctree_process gone = tree->items[index];
    tree->items[index] = tree->items[--tree->count];
    if (tree->ended_count < MB_PROCTREE_ENDED) {
        struct mb_proctree_ended *ended = &tree->ended[tree->ended_count++];
        ended->pid = gone.last.pid;
        ended->group = gone.group;
        (void)snprintf(ended->name, sizeof ended->name, "%s", gone.last.name);
    }
    struct mb_proctree_process *parent = process_find(tree, gone.last.parent);
    int64_t cpu_ns = process_cpu_ns(&gone);
    if (parent != NULL && parent->group == gone.group) {
        parent->credit_ns += cpu_ns;
        return;
    }
    if (parent != NULL) {
        parent->foreign_ns += cpu_ns;
    }
    tree->ended_ns[gone.group] += cpu_ns;
}

static bool has_vanished_child(const struct mb_proctree *tree, pid_t pid)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (!tree->items[i].seen && tree->items[i].last.parent == pid) {
            return true;
        }
    }
    return false;
}

// Children before parents, so that a credit climbs all the way up. Reused ids could make
// a circle: what is left when a pass settles nothing is settled in any order.
static void vanished_settle(struct mb_proctree *tree)
{
    bool forced = false;
    bool left = true;
    while (left) {
        bool settled = false;
        left = false;
        for (size_t i = tree->count; i > 0; i--) {
            const struct mb_proctree_process *process = &tree->items[i - 1];
            if (process->seen) {
                continue;
            }
            if (forced || !has_vanished_child(tree, process->last.pid)) {
                process_settle(tree, i - 1);
                settled = true;
            } else {
                left = true;
            }
        }
        forced = !settled;
    }
}

static void known_refresh(struct mb_proctree *tree, const struct mb_procfs_stat *stats,
                          size_t count)
{
    for (size_t i = 0; i < tree->count; i++) {
        tree->items[i].seen = false;
    }
    for (size_t i = 0; i < count; i++) {
        struct mb_proctree_process *known = process_find(tree, stats[i].pid);
        if (known != NULL && known->last.start_ticks == stats[i].start_ticks) {
            known->last = stats[i];
            known->seen = true;
        }
    }
}

// A child may come before its parent in the snapshot, so go on until nothing is added.
static void descendants_add(struct mb_proctree *tree, const struct mb_procfs_stat *stats,
                            size_t count)
{
    bool added = true;
    while (added) {
        added = false;
        for (size_t i = 0; i < count; i++) {
            const struct mb_proctree_process *parent =
                process_find(tree, stats[i].parent);
            if (parent != NULL && process_find(tree, stats[i].pid) == NULL) {
                process_add(tree, parent->group, &stats[i]);
                added = true;
            }
        }
    }
}

static void totals_compute(struct mb_proctree *tree)
{
    struct mb_proctree_total now[MB_PROCTREE_GROUPS] = {0};
    for (int g = 0; g < MB_PROCTREE_GROUPS; g++) {
        now[g].cpu_ns = tree->ended_ns[g];
        now[g].known = tree->totals[g].known;
        now[g].precise = !now[g].known || tree->totals[g].precise;
    }
    for (size_t i = 0; i < tree->count; i++) {
        const struct mb_proctree_process *process = &tree->items[i];
        struct mb_proctree_total *total = &now[process->group];
        total->cpu_ns += process_cpu_ns(process);
        total->rss_bytes += process->last.rss_bytes;
        total->known = true;
        total->precise = total->precise && process->last.precise;
    }
    for (int g = 0; g < MB_PROCTREE_GROUPS; g++) {
        now[g].cpu_ns = larger(now[g].cpu_ns, tree->totals[g].cpu_ns);
        tree->totals[g] = now[g];
    }
}

void mb_proctree_update(struct mb_proctree *tree, const struct mb_procfs_stat *stats,
                        size_t count)
{
    known_refresh(tree, stats, count);
    vanished_settle(tree);
    descendants_add(tree, stats, count);
    totals_compute(tree);
}
