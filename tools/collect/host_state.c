#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "collect/host.h"
#include "collect/procfs.h"

static const int64_t NS_PER_S = 1000000000;

// Columns of the line "cpu" in /proc/stat, proc(5). Time of guests is in user and nice.
enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, COLUMNS };

// "0.03 0.07 0.03 1/94 11750": two digits after the point.
static int64_t load_read(struct mb_arena *arena, const char *root)
{
    double load = 0;
    struct mb_err ignored = {0};
    char *text = mb_procfs_read(arena, root, "/proc/loadavg");
    if (text == NULL) {
        return -1;
    }
    text[strcspn(text, " ")] = '\0';
    if (mb_units_parse_double(text, &load, &ignored) != MB_OK || load < 0 || load > 1e6) {
        return -1;
    }
    return (int64_t)(load * 1000 + 0.5);
}

static bool columns_read(char *text, int64_t columns[COLUMNS])
{
    char *rest = NULL;
    struct mb_err ignored = {0};
    text[strcspn(text, "\n")] = '\0';
    const char *name = strtok_r(text, " ", &rest);
    if (name == NULL || strcmp(name, "cpu") != 0) {
        return false;
    }
    for (int i = 0; i < COLUMNS; i++) {
        const char *field = strtok_r(NULL, " ", &rest);
        if (field == NULL || mb_units_parse_int(field, 0, INT64_MAX / NS_PER_S,
                                                &columns[i], &ignored) != MB_OK) {
            return false;
        }
    }
    return true;
}

void mb_host_state_read(const char *root, struct mb_host_state *state)
{
    struct mb_arena arena = {0};
    int64_t ticks[COLUMNS];
    char *text = mb_procfs_read(&arena, root, "/proc/stat");
    *state = (struct mb_host_state){.load_average_1m_milli = load_read(&arena, root),
                                    .steal_ns = -1,
                                    .busy_ns = -1,
                                    .idle_ns = -1};
    if (text != NULL && columns_read(text, ticks)) {
        const int64_t tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
        state->steal_ns = ticks[STEAL] * tick_ns;
        state->idle_ns = (ticks[IDLE] + ticks[IOWAIT]) * tick_ns;
        state->busy_ns =
            (ticks[USER] + ticks[NICE] + ticks[SYSTEM] + ticks[IRQ] + ticks[SOFTIRQ]) *
            tick_ns;
    }
    mb_arena_release(&arena);
}

// The counters of idle time can step back a little (proc(5)): that is no time.
static void difference_put(struct mb_arena *arena, struct mb_node *map, const char *key,
                           int64_t before, int64_t after)
{
    if (before >= 0 && after >= 0) {
        mb_node_put(arena, map, key,
                    mb_node_int(arena, after > before ? after - before : 0));
    }
}

struct mb_node *mb_host_state_node(struct mb_arena *arena,
                                   const struct mb_host_state *before,
                                   const struct mb_host_state *after)
{
    struct mb_node *map = mb_node_map(arena);
    if (before->load_average_1m_milli >= 0) {
        mb_node_put(arena, map, "load_average_1m_milli",
                    mb_node_int(arena, before->load_average_1m_milli));
    }
    difference_put(arena, map, "steal_ns", before->steal_ns, after->steal_ns);
    difference_put(arena, map, "busy_ns", before->busy_ns, after->busy_ns);
    difference_put(arena, map, "idle_ns", before->idle_ns, after->idle_ns);
    return map;
}
