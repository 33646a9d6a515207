// Accounting of CPU and memory while processes come, go, get adopted and are reused. Each
// case is a story told in snapshots; the expected total stands beside each.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "collect/proctree.h"

enum { STEPS = 6, PROCESSES = 5 };

struct row {
    pid_t pid; // 0 ends the list
    pid_t parent;
    int64_t start;
    int64_t cpu;
    int64_t children;
};

struct step {
    struct row rows[PROCESSES];
    int64_t total; // of group 0
};

// Process 10 is the root in every story; the outside world is process 1.
static const struct story {
    const char *label;
    struct step steps[STEPS];
} stories[] = {
    {"one process", {{{{10, 1, 5, 100, 0}}, 100}, {{{10, 1, 5, 150, 0}}, 150}}},
    {"time of children before us counts once",
     {{{{10, 1, 5, 100, 40}}, 140}, {{{10, 1, 5, 110, 40}}, 150}}},
    {"grandchildren, listed before their parents",
     {{{{12, 11, 7, 1, 0}, {11, 10, 6, 10, 0}, {10, 1, 5, 100, 0}}, 111}}},
    {"strangers are not counted",
     {{{{10, 1, 5, 100, 0}, {1, 0, 0, 999, 999}, {20, 1, 6, 50, 0}}, 100}}},
    {"child reaped by its parent: the kernel's figure counts, once",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}}, 130},
      {{{10, 1, 5, 105, 33}}, 138},
      {{{10, 1, 5, 110, 33}}, 143}}},
    {"child lived and died between snapshots",
     {{{{10, 1, 5, 100, 0}}, 100}, {{{10, 1, 5, 100, 70}}, 170}}},
    {"parent ignores its children: what was seen last counts",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}}, 130},
      {{{10, 1, 5, 105, 0}}, 135},
      {{{10, 1, 5, 105, 0}, {12, 10, 8, 7, 0}}, 142},
      {{{10, 1, 5, 105, 0}}, 142}}},
    {"many short children, the kernel's figure in ticks: rounding does not add up",
     {{{{10, 1, 5, 0, 0}, {11, 10, 6, 3, 0}}, 3},
      {{{10, 1, 5, 0, 0}, {12, 10, 7, 3, 0}}, 6},
      {{{10, 1, 5, 0, 0}, {13, 10, 8, 3, 0}}, 9},
      {{{10, 1, 5, 0, 0}, {14, 10, 9, 3, 0}}, 12},
      {{{10, 1, 5, 0, 10}}, 12},
      {{{10, 1, 5, 0, 20}}, 20}}},
    {"a zombie still has its time",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}}, 130},
      {{{10, 1, 5, 100, 0}, {11, 10, 6, 35, 0}}, 135},
      {{{10, 1, 5, 100, 35}}, 135}}},
    {"orphan adopted by init stays ours, and its end is kept",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}, {12, 11, 7, 9, 0}}, 139},
      {{{10, 1, 5, 100, 30}, {12, 1, 7, 19, 0}}, 149},
      {{{10, 1, 5, 100, 30}}, 149}}},
    {"child and grandchild end together",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}, {12, 11, 7, 9, 0}}, 139},
      {{{10, 1, 5, 100, 39}}, 139}}},
    {"the root ends: everything keeps its last figure",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}}, 130},
      {{{1, 0, 0, 500, 500}}, 130},
      {{{1, 0, 0, 500, 500}}, 130}}},
    {"the root's number reused by a stranger",
     {{{{10, 1, 5, 100, 0}}, 100}, {{{10, 1, 99, 5000, 0}}, 100}}},
    {"a child's number reused by a new child",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}}, 130},
      {{{10, 1, 5, 100, 30}, {11, 10, 8, 4, 0}}, 134}}},
    {"numbers reused in a circle",
     {{{{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}, {12, 11, 7, 1, 0}}, 131},
      {{{11, 12, 6, 30, 0}, {12, 11, 7, 1, 0}}, 131},
      {{{1, 0, 0, 0, 0}}, 131}}},
    {"a counter that steps back does not take the total with it",
     {{{{10, 1, 5, 100, 0}}, 100}, {{{10, 1, 5, 90, 0}}, 100}}},
};

static size_t snapshot_make(const struct step *step, struct mb_procfs_stat *stats)
{
    size_t count = 0;
    while (count < PROCESSES && step->rows[count].pid != 0) {
        const struct row *row = &step->rows[count];
        stats[count] = (struct mb_procfs_stat){.pid = row->pid,
                                               .parent = row->parent,
                                               .start_ticks = row->start,
                                               .cpu_ns = row->cpu,
                                               .children_ns = row->children,
                                               .rss_bytes = 1000,
                                               .precise = true};
        (void)snprintf(stats[count].name, sizeof stats[count].name, "p%d", row->pid);
        count++;
    }
    return count;
}

static void root_add(struct mb_proctree *tree, int group, pid_t pid,
                     const struct mb_procfs_stat *stats, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (stats[i].pid == pid) {
            mb_proctree_add_root(tree, group, &stats[i]);
        }
    }
}

static void stories_add_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
        print_message("  %s\n", stories[i].label);
        struct mb_proctree tree;
        mb_proctree_init(&tree);
        for (size_t s = 0; s < STEPS && stories[i].steps[s].rows[0].pid != 0; s++) {
            struct mb_procfs_stat stats[PROCESSES];
            size_t count = snapshot_make(&stories[i].steps[s], stats);
            if (s == 0) {
                root_add(&tree, 0, 10, stats, count);
            }
            mb_proctree_update(&tree, stats, count);
            assert_true(tree.totals[0].known);
            assert_int_equal(tree.totals[0].cpu_ns, stories[i].steps[s].total);
        }
        mb_proctree_release(&tree);
    }
}

// The generator starts the application: its own descendants, but another role.
static void groups_nest(void **state)
{
    (void)state;
    static const struct step before = {
        .rows = {{10, 1, 5, 100, 0}, {20, 10, 6, 30, 0}, {21, 20, 7, 5, 0}}};
    static const struct step after = {.rows = {{10, 1, 5, 100, 36}}};
    struct mb_procfs_stat stats[PROCESSES];
    struct mb_proctree tree;
    mb_proctree_init(&tree);
    size_t count = snapshot_make(&before, stats);
    root_add(&tree, 0, 10, stats, count);
    root_add(&tree, 1, 20, stats, count);
    mb_proctree_update(&tree, stats, count);
    assert_int_equal(tree.totals[0].cpu_ns, 100);
    assert_int_equal(tree.totals[0].rss_bytes, 1000);
    assert_int_equal(tree.totals[1].cpu_ns, 35);
    assert_int_equal(tree.totals[1].rss_bytes, 2000);
    assert_false(tree.totals[2].known);
    count = snapshot_make(&after, stats);
    mb_proctree_update(&tree, stats, count);
    assert_int_equal(tree.totals[0].cpu_ns, 101); // the 1 that nobody saw
    assert_int_equal(tree.totals[1].cpu_ns, 35);
    assert_int_equal(tree.totals[1].rss_bytes, 0);
    assert_int_equal(tree.ended_count, 2);
    mb_proctree_release(&tree);
}

static void coarse_counters_show(void **state)
{
    (void)state;
    struct mb_procfs_stat stats[PROCESSES];
    struct mb_proctree tree;
    mb_proctree_init(&tree);
    size_t count = snapshot_make(
        &(struct step){.rows = {{10, 1, 5, 100, 0}, {11, 10, 6, 30, 0}}}, stats);
    root_add(&tree, 0, 10, stats, count);
    mb_proctree_update(&tree, stats, count);
    assert_true(tree.totals[0].precise);
    stats[1].precise = false;
    mb_proctree_update(&tree, stats, count);
    assert_false(tree.totals[0].precise);
    stats[1].precise = true;
    mb_proctree_update(&tree, stats, count);
    assert_false(tree.totals[0].precise); // once coarse, the difference is
    mb_proctree_release(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_add_up),
        cmocka_unit_test(groups_nest),
        cmocka_unit_test(coarse_counters_show),
    };
    return cmocka_run_group_tests_name("proctree", tests, NULL, NULL);
}
