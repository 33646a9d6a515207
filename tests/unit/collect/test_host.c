// Host facts from recorded and made-up /proc and /sys trees, and what is said about them.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "collect/host.h"

// Recorded with: fixtures/hosts/record.sh fixtures/hosts/vm-2cpu
#define RECORDED "fixtures/hosts/vm-2cpu"

#define CPUS "/sys/devices/system/cpu/"
#define CLOCKS "/sys/devices/system/clocksource/clocksource0/"

static const char *no_env(const char *name)
{
    (void)name;
    return NULL;
}

static struct mb_ctx context_make(void)
{
    struct mb_ctx ctx = {.clock = mb_clock_system(), .env = no_env};
    return ctx;
}

static const struct mb_fact *fact_find(const struct mb_fact_list *facts, const char *name)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (strcmp(strrchr(facts->items[i].path, '.') + 1, name) == 0) {
            return &facts->items[i];
        }
    }
    return NULL;
}

// "absent", or the value as text.
static const char *fact_text(struct mb_arena *arena, const struct mb_fact_list *facts,
                             const char *name)
{
    const struct mb_fact *fact = fact_find(facts, name);
    assert_non_null(fact);
    if (fact->captured == NULL) {
        return "absent";
    }
    switch (fact->captured->type) {
    case MB_NODE_INT:
        return mb_arena_print(arena, "%" PRId64, fact->captured->as.integer);
    case MB_NODE_BOOL:
        return fact->captured->as.boolean ? "true" : "false";
    case MB_NODE_STRING:
        return fact->captured->as.string.data;
    case MB_NODE_NULL:
    case MB_NODE_FLOAT:
    case MB_NODE_LIST:
    case MB_NODE_MAP:
        break;
    }
    return mb_node_type_name(fact->captured->type);
}

static void recorded_host(void **state)
{
    (void)state;
    static const char *const expected[][2] = {
        {"cpu_model", "AMD EPYC"},
        {"cpus", "2"},
        {"cpus_allowed", "2"},
        {"cpu_limit_milli", "absent"},
        {"cpus_isolated", "absent"},
        {"memory_bytes", "25276510208"},
        {"memory_limit_bytes", "absent"},
        {"kernel", "6.18.44-fc-v657"},
        {"os", "Debian GNU/Linux 12 (bookworm)"},
        {"arch", "x86_64"},
        {"governor", "absent"},
        {"turbo", "absent"},
        {"smt", "false"},
        {"virtualization", "kvm"},
        {"machine", "absent"},
        {"container", "docker"},
        {"clocksource", "tsc"},
        {"numa_nodes", "1"},
        {"transparent_hugepage", "madvise"},
        {"mitigations", "auto,no_guest_host,no_guest_guest"},
    };
    struct mb_arena arena = {0};
    struct mb_fact_list facts = {0};
    struct mb_ctx ctx = context_make();
    mb_host_capture(&arena, &ctx, RECORDED, &facts);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        print_message("  %s\n", expected[i][0]);
        assert_string_equal(fact_text(&arena, &facts, expected[i][0]), expected[i][1]);
    }
    for (size_t i = 0; i < facts.count; i++) {
        assert_non_null(facts.items[i].source);
        assert_int_equal(strncmp(facts.items[i].path, "environment.host.", 17), 0);
        assert_true(facts.items[i].at_unix_ns > 0);
    }
    const struct mb_fact *hostname = fact_find(&facts, "hostname");
    assert_non_null(hostname);
    assert_true(hostname->redacted);
    assert_null(hostname->captured);
    mb_arena_release(&arena);
}

struct host_file {
    const char *path;
    const char *text;
};

enum { FILES = 4 };

// Each case: a host of a few files, a fact of it, and the findings it gives ("" none).
static const struct made_up {
    const char *label;
    struct host_file files[FILES];
    const char *name;
    const char *value;
    const char *codes;
} hosts[] = {
    {"nothing there", {{NULL, NULL}}, "cpus", "absent", ""},
    {"list of CPUs with holes", {{CPUS "online", "0-3,8,10-11\n"}}, "cpus", "7", ""},
    {"list that is none", {{CPUS "online", "3-0\n"}}, "cpus", "absent", ""},
    {"list with junk", {{CPUS "online", "0-x\n"}}, "cpus", "absent", ""},
    {"governor",
     {{CPUS "cpu0/cpufreq/scaling_governor", "performance\n"}},
     "governor",
     "performance",
     ""},
    {"slow governor",
     {{CPUS "cpu0/cpufreq/scaling_governor", "powersave\n"}},
     "governor",
     "powersave",
     "MB403 "},
    {"governors that differ",
     {{CPUS "cpu0/cpufreq/scaling_governor", "performance\n"},
      {CPUS "cpu1/cpufreq/scaling_governor", "powersave\n"}},
     "governor",
     "mixed",
     "MB403 "},
    {"turbo of Intel off", {{CPUS "intel_pstate/no_turbo", "1\n"}}, "turbo", "false", ""},
    {"turbo of Intel on",
     {{CPUS "intel_pstate/no_turbo", "0\n"}},
     "turbo",
     "true",
     "MB404 "},
    {"boost of AMD on", {{CPUS "cpufreq/boost", "1\n"}}, "turbo", "true", "MB404 "},
    {"boost of AMD off", {{CPUS "cpufreq/boost", "0\n"}}, "turbo", "false", ""},
    {"bare metal",
     {{"/proc/cpuinfo", "model name\t: X\nflags\t\t: fpu vme\n"}},
     "virtualization",
     "none",
     ""},
    {"guest of nobody knows whom",
     {{"/proc/cpuinfo", "flags\t\t: fpu hypervisor\n"}},
     "virtualization",
     "vm",
     "MB407 "},
    {"guest of VMware",
     {{"/proc/cpuinfo", "flags\t\t: fpu hypervisor\n"},
      {"/sys/class/dmi/id/sys_vendor", "VMware, Inc.\n"}},
     "virtualization",
     "vmware",
     "MB407 "},
    {"a cloud's own metal has its vendor, no flag",
     {{"/proc/cpuinfo", "flags\t\t: fpu\n"},
      {"/sys/class/dmi/id/sys_vendor", "Amazon EC2\n"}},
     "virtualization",
     "none",
     ""},
    {"arm guest, by DMI alone",
     {{"/proc/cpuinfo", "Features\t: fp asimd\n"},
      {"/sys/class/dmi/id/sys_vendor", "QEMU\n"}},
     "virtualization",
     "qemu",
     "MB407 "},
    {"machine",
     {{"/sys/class/dmi/id/sys_vendor", "Dell Inc.\n"},
      {"/sys/class/dmi/id/product_name", "PowerEdge R650\n"}},
     "machine",
     "Dell Inc. PowerEdge R650",
     ""},
    {"slow clock",
     {{CLOCKS "current_clocksource", "hpet\n"}},
     "clocksource",
     "hpet",
     "MB406 "},
    {"quota of cgroup 2, of our own group",
     {{"/proc/self/cgroup", "0::/a/b\n"},
      {"/sys/fs/cgroup/a/b/cpu.max", "150000 100000\n"},
      {CPUS "online", "0-7\n"}},
     "cpu_limit_milli",
     "1500",
     "MB405 "},
    {"no quota of cgroup 2",
     {{"/sys/fs/cgroup/cpu.max", "max 100000\n"}},
     "cpu_limit_milli",
     "absent",
     ""},
    {"quota of cgroup 1",
     {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n"},
      {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
     "cpu_limit_milli",
     "4000",
     ""},
    {"quota over a period of zero",
     {{"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n"},
      {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "0\n"}},
     "cpu_limit_milli",
     "absent",
     ""},
    {"memory limit",
     {{"/sys/fs/cgroup/memory.max", "1073741824\n"},
      {"/proc/meminfo", "MemTotal:       24684092 kB\n"}},
     "memory_limit_bytes",
     "1073741824",
     ""},
    {"memory limit above all memory",
     {{"/sys/fs/cgroup/memory.max", "1073741824\n"},
      {"/proc/meminfo", "MemTotal:       1000 kB\n"}},
     "memory_limit_bytes",
     "absent",
     ""},
    {"memory without unit",
     {{"/proc/meminfo", "MemTotal:       24684092\n"}},
     "memory_bytes",
     "absent",
     ""},
    {"few CPUs allowed",
     {{CPUS "online", "0-7\n"}, {"/proc/self/status", "Cpus_allowed_list:\t0,4\n"}},
     "cpus_allowed",
     "2",
     "MB405 "},
    {"enough CPUs",
     {{CPUS "online", "0-7\n"}, {"/proc/self/status", "Cpus_allowed_list:\t0-2\n"}},
     "cpus_allowed",
     "3",
     ""},
    {"busy",
     {{"/proc/loadavg", "1.70 0.07 0.03 1/94 11750\n"}, {CPUS "online", "0-15\n"}},
     "load_average_1m_milli",
     "1700",
     "MB401 "},
    {"quiet",
     {{"/proc/loadavg", "0.30 9.07 9.03 1/94 11750\n"}},
     "load_average_1m_milli",
     "300",
     ""},
    {"load that is none",
     {{"/proc/loadavg", "high\n"}},
     "load_average_1m_milli",
     "absent",
     ""},
    {"container by its group",
     {{"/proc/1/cgroup", "0::/kubepods/besteffort/x\n"}},
     "container",
     "kubernetes",
     ""},
    {"no container", {{"/proc/1/cgroup", "0::/init.scope\n"}}, "container", "none", ""},
    {"mitigations off",
     {{"/proc/cmdline", "quiet mitigations=off secret=x\n"}},
     "mitigations",
     "off",
     ""},
    {"mitigations not named",
     {{"/proc/cmdline", "quiet\n"}},
     "mitigations",
     "default",
     ""},
    {"quoted name of the system",
     {{"/etc/os-release", "ID=x\nPRETTY_NAME=\"A B\"\n"}},
     "os",
     "A B",
     ""},
};

static void file_make(struct mb_arena *arena, const char *root,
                      const struct host_file *file)
{
    struct mb_err err = {0};
    const char *path = mb_arena_print(arena, "%s%s", root, file->path);
    assert_int_equal(mb_file_make_dirs(mb_file_dir(arena, path), &err), MB_OK);
    assert_int_equal(mb_file_write(path, file->text, strlen(file->text), &err), MB_OK);
}

static const char *codes_list(struct mb_arena *arena, const struct mb_diag *diag)
{
    const char *codes = "";
    for (size_t i = 0; i < diag->count; i++) {
        codes = mb_arena_print(arena, "%s%s ", codes, diag->items[i].code);
    }
    return codes;
}

static void made_up_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        print_message("  %s\n", hosts[i].label);
        struct mb_arena arena = {0};
        struct mb_err err = {0};
        struct mb_fact_list facts = {0};
        struct mb_diag diag;
        struct mb_ctx ctx = context_make();
        char *root = NULL;
        assert_int_equal(mb_file_make_temp_dir(&arena, "mb-host", &root, &err), MB_OK);
        for (size_t f = 0; f < FILES && hosts[i].files[f].path != NULL; f++) {
            file_make(&arena, root, &hosts[i].files[f]);
        }
        mb_host_capture(&arena, &ctx, root, &facts);
        assert_string_equal(fact_text(&arena, &facts, hosts[i].name), hosts[i].value);
        mb_diag_init(&diag, &arena);
        mb_host_judge(&facts, &diag);
        assert_string_equal(codes_list(&arena, &diag), hosts[i].codes);
        if (diag.count > 0) {
            const char *index = diag.items[0].pointer + strlen("/facts/");
            const struct mb_fact *fact = fact_find(&facts, hosts[i].name);
            assert_string_equal(index, mb_arena_print(&arena, "%td", fact - facts.items));
        }
        assert_int_equal(mb_file_remove_tree(root, &err), MB_OK);
        mb_arena_release(&arena);
    }
}

static void this_host(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_fact_list facts = {0};
    struct mb_ctx ctx = context_make();
    mb_host_capture(&arena, &ctx, "", &facts);
    assert_int_equal(mb_node_integer(fact_find(&facts, "cpus")->captured, -1),
                     sysconf(_SC_NPROCESSORS_ONLN));
    mb_arena_release(&arena);
}

static void state_differences(void **state)
{
    (void)state;
    struct mb_arena arena = {0};
    struct mb_host_state before;
    struct mb_host_state missing;
    mb_host_state_read(RECORDED, &before);
    assert_true(before.steal_ns > 0);
    assert_true(before.load_average_1m_milli > 0);
    struct mb_host_state after = before;
    after.steal_ns += 20;
    after.busy_ns += 980;
    after.idle_ns -= 5; // the kernel's counter may step back
    const struct mb_node *node = mb_host_state_node(&arena, &before, &after);
    assert_int_equal(mb_node_integer(mb_node_find(node, "steal_ns"), -1), 20);
    assert_int_equal(mb_node_integer(mb_node_find(node, "busy_ns"), -1), 980);
    assert_int_equal(mb_node_integer(mb_node_find(node, "idle_ns"), -1), 0);
    mb_host_state_read("/nonexistent", &missing);
    assert_int_equal(missing.steal_ns, -1);
    assert_int_equal(mb_node_count(mb_host_state_node(&arena, &missing, &after)), 0);
    mb_arena_release(&arena);
}

static void steal_is_noise(void **state)
{
    (void)state;
    static const struct {
        int64_t steal;
        size_t findings;
    } cases[] = {{0, 0}, {10, 0}, {11, 1}, {1000, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mb_arena arena = {0};
        struct mb_diag diag;
        struct mb_host_state before = {0};
        struct mb_host_state after = {.steal_ns = cases[i].steal,
                                      .busy_ns = 1000 - cases[i].steal};
        mb_diag_init(&diag, &arena);
        mb_host_judge_trial(mb_host_state_node(&arena, &before, &after), "/x", &diag);
        assert_int_equal(diag.count, cases[i].findings);
        if (diag.count > 0) {
            assert_string_equal(diag.items[0].code, "MB402");
            assert_string_equal(diag.items[0].pointer, "/x");
        }
        mb_host_judge_trial(NULL, "/x", &diag);
        assert_int_equal(diag.count, cases[i].findings);
        mb_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_host),  cmocka_unit_test(made_up_hosts),
        cmocka_unit_test(this_host),      cmocka_unit_test(state_differences),
        cmocka_unit_test(steal_is_noise),
    };
    return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
