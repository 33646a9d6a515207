#include <inttypes.h>
#include <string.h>

#include "collect/host.h"

// A load average above this many thousandths for each CPU, or of the whole where that is
// less than one, is somebody else's work beside ours.
enum {
    BUSY_MILLI_PER_CPU = 100,
    BUSY_MILLI_LEAST = 300,
    CPUS_WANTED_MILLI = 3000, // generator, proxy, application: one each
    STEAL_MILLI = 10          // of the wanted CPU time: 1%
};

struct judge {
    const struct mb_fact_list *facts;
    struct mb_diag *diag;
};

// Index of a captured fact; facts->count when it is absent.
static size_t fact_index(const struct judge *judge, const char *name)
{
    static const char prefix[] = "environment.host.";
    size_t i = 0;
    while (i < judge->facts->count) {
        const struct mb_fact *fact = &judge->facts->items[i];
        if (fact->captured != NULL && !fact->redacted &&
            strncmp(fact->path, prefix, sizeof prefix - 1) == 0 &&
            strcmp(fact->path + sizeof prefix - 1, name) == 0) {
            break;
        }
        i++;
    }
    return i;
}

static const struct mb_node *fact_value(const struct judge *judge, const char *name)
{
    size_t index = fact_index(judge, name);
    return index < judge->facts->count ? judge->facts->items[index].captured : NULL;
}

static void found(const struct judge *judge, const char *name, struct mb_finding finding)
{
    finding.pointer =
        mb_arena_print(judge->diag->arena, "/facts/%zu", fact_index(judge, name));
    mb_diag_add(judge->diag, &finding);
}

// Thousandths of a CPU that this process may use; -1 when not known.
static int64_t cpus_milli(const struct judge *judge, const char **name)
{
    int64_t cpus = mb_node_integer(fact_value(judge, "cpus"), -1);
    int64_t allowed = mb_node_integer(fact_value(judge, "cpus_allowed"), cpus);
    int64_t limit = mb_node_integer(fact_value(judge, "cpu_limit_milli"), INT64_MAX);
    *name = allowed < cpus ? "cpus_allowed" : "cpus";
    if (allowed < 0) {
        return -1;
    }
    if (limit < allowed * 1000) {
        *name = "cpu_limit_milli";
        return limit;
    }
    return allowed * 1000;
}

static void judge_load(const struct judge *judge)
{
    int64_t load = mb_node_integer(fact_value(judge, "load_average_1m_milli"), -1);
    int64_t cpus = mb_node_integer(fact_value(judge, "cpus"), 1);
    int64_t most = cpus * BUSY_MILLI_PER_CPU;
    most = most > BUSY_MILLI_LEAST ? most : BUSY_MILLI_LEAST;
    if (load <= most) {
        return;
    }
    found(judge, "load_average_1m_milli",
          (struct mb_finding){
              .code = "MB401",
              .severity = MB_SEVERITY_WARNING,
              .message = mb_arena_print(
                  judge->diag->arena,
                  "host was busy before the start: load average %.2f on %" PRId64
                  " CPUs, quiet is %.2f or less",
                  (double)load / 1000, cpus, (double)most / 1000),
              .hint = "stop what else runs here and wait a minute "
                      "(docs/how-to/quiet-host.md)",
          });
}

static void judge_frequency(const struct judge *judge)
{
    const char *governor = mb_node_text(fact_value(judge, "governor"), NULL);
    if (governor != NULL && strcmp(governor, "performance") != 0) {
        found(judge, "governor",
              (struct mb_finding){
                  .code = "MB403",
                  .severity = MB_SEVERITY_WARNING,
                  .message = mb_arena_print(
                      judge->diag->arena,
                      "CPU frequency follows the load: governor '%s', not 'performance'",
                      governor),
                  .hint = "cpupower frequency-set -g performance",
              });
    }
    if (mb_node_boolean(fact_value(judge, "turbo"), false)) {
        found(judge, "turbo",
              (struct mb_finding){
                  .code = "MB404",
                  .severity = MB_SEVERITY_NOTE,
                  .message = "turbo is on: CPU frequency depends on temperature and on "
                             "how many cores are busy",
                  .hint = "turn it off to compare across time "
                          "(docs/how-to/quiet-host.md)",
              });
    }
}

static void judge_cpus(const struct judge *judge)
{
    const char *name = NULL;
    int64_t cpus = cpus_milli(judge, &name);
    if (cpus < 0 || cpus >= CPUS_WANTED_MILLI) {
        return;
    }
    found(judge, name,
          (struct mb_finding){
              .code = "MB405",
              .severity = MB_SEVERITY_WARNING,
              .message = mb_arena_print(
                  judge->diag->arena,
                  "%.3g CPUs for generator, proxy and application: they take CPU time "
                  "from each other, 3 or more are wanted",
                  (double)cpus / 1000),
              .hint = "use a larger host, or read differences at low rates only",
          });
}

static void judge_clock(const struct judge *judge)
{
    // Read in user space, without a system call.
    static const char *const fast[] = {"tsc", "kvm-clock", "arch_sys_counter",
                                       "hyperv_clocksource_tsc_page", NULL};
    const char *source = mb_node_text(fact_value(judge, "clocksource"), NULL);
    for (size_t i = 0; source != NULL && fast[i] != NULL; i++) {
        if (strcmp(source, fast[i]) == 0) {
            return;
        }
    }
    if (source != NULL) {
        found(judge, "clocksource",
              (struct mb_finding){
                  .code = "MB406",
                  .severity = MB_SEVERITY_WARNING,
                  .message = mb_arena_print(judge->diag->arena,
                                            "clock source '%s' is slow to read: each "
                                            "time stamp costs a system call",
                                            source),
                  .hint = "see /sys/devices/system/clocksource for others; tsc is wanted",
              });
    }
}

static void judge_machine(const struct judge *judge)
{
    const char *type = mb_node_text(fact_value(judge, "virtualization"), "none");
    if (strcmp(type, "none") != 0) {
        found(judge, "virtualization",
              (struct mb_finding){
                  .code = "MB407",
                  .severity = MB_SEVERITY_NOTE,
                  .message = mb_arena_print(judge->diag->arena,
                                            "this is a virtual machine (%s): neighbours "
                                            "on the same hardware are not visible here",
                                            type),
              });
    }
}

void mb_host_judge(const struct mb_fact_list *facts, struct mb_diag *diag)
{
    struct judge judge = {.facts = facts, .diag = diag};
    judge_load(&judge);
    judge_frequency(&judge);
    judge_cpus(&judge);
    judge_clock(&judge);
    judge_machine(&judge);
}

void mb_host_judge_trial(const struct mb_node *host, const char *pointer,
                         struct mb_diag *diag)
{
    int64_t steal = mb_node_integer(mb_node_find(host, "steal_ns"), 0);
    int64_t busy = mb_node_integer(mb_node_find(host, "busy_ns"), 0);
    double wanted = (double)steal + (double)busy;
    if (wanted <= 0 || (double)steal * 1000 <= wanted * STEAL_MILLI) {
        return;
    }
    mb_diag_add(diag, &(struct mb_finding){
                          .code = "MB402",
                          .severity = MB_SEVERITY_WARNING,
                          .pointer = pointer,
                          .message = mb_arena_print(
                              diag->arena,
                              "the hypervisor took away %.1f%% of the CPU time "
                              "that this host wanted during the trial, more than "
                              "1%% is noise",
                              (double)steal / wanted * 100),
                          .hint = "use a host with dedicated CPUs",
                      });
}
