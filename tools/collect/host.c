#include "collect/host.h"

#include <string.h>
#include <sys/stat.h>

#include "base/units.h"
#include "collect/procfs.h"

struct reader {
    struct mb_arena *arena;
    const struct mb_ctx *ctx;
    const char *root;
};

static char *text_at(const struct reader *reader, const char *path)
{
    return mb_procfs_read(reader->arena, reader->root, path);
}

static struct mb_node *text_node(const struct reader *reader, const char *text)
{
    return text != NULL ? mb_node_string(reader->arena, text) : NULL;
}

// One-line file as it is.
static struct mb_node *line_node(const struct reader *reader, const char *path)
{
    return text_node(reader, text_at(reader, path));
}

static bool number_at(const struct reader *reader, const char *path, int64_t *value)
{
    struct mb_err ignored = {0};
    const char *text = text_at(reader, path);
    return text != NULL &&
           mb_units_parse_int(text, INT64_MIN, INT64_MAX, value, &ignored) == MB_OK;
}

// In arena: what follows "name", blanks and `separator` on a line of its own; NULL when
// there is no such line.
static char *field_of(const struct reader *reader, const char *text, const char *name,
                      char separator)
{
    size_t length = strlen(name);
    for (const char *line = text; line != NULL;) {
        if (strncmp(line, name, length) == 0) {
            const char *value = line + length;
            value += strspn(value, " \t");
            if (*value == separator) {
                value += 1 + strspn(value + 1, " \t");
                return mb_arena_copy_bytes(reader->arena, value, strcspn(value, "\n"));
            }
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return NULL;
}

static char *field_at(const struct reader *reader, const char *path, const char *name,
                      char separator)
{
    const char *text = text_at(reader, path);
    return text != NULL ? field_of(reader, text, name, separator) : NULL;
}

static bool exists(const struct reader *reader, const char *path)
{
    struct stat entry;
    return stat(mb_arena_print(reader->arena, "%s%s", reader->root, path), &entry) == 0;
}

// Number of members of a kernel list such as "0-3,7"; -1 when it is not one.
static int64_t list_count(const struct reader *reader, const char *list)
{
    int64_t count = 0;
    char *rest = NULL;
    char *copy = mb_arena_copy_string(reader->arena, list);
    for (char *range = strtok_r(copy, ",", &rest); range != NULL;
         range = strtok_r(NULL, ",", &rest)) {
        struct mb_err ignored = {0};
        int64_t first = 0;
        char *dash = strchr(range, '-');
        if (dash != NULL) {
            *dash = '\0';
        }
        if (mb_units_parse_int(range, 0, INT32_MAX, &first, &ignored) != MB_OK) {
            return -1;
        }
        int64_t last = first;
        if (dash != NULL &&
            mb_units_parse_int(dash + 1, first, INT32_MAX, &last, &ignored) != MB_OK) {
            return -1;
        }
        count += last - first + 1;
    }
    return count > 0 ? count : -1;
}

static struct mb_node *list_count_node(const struct reader *reader, const char *list)
{
    int64_t count = list != NULL ? list_count(reader, list) : -1;
    return count > 0 ? mb_node_int(reader->arena, count) : NULL;
}

static struct mb_node *list_file_node(const struct reader *reader, const char *path)
{
    return list_count_node(reader, text_at(reader, path));
}

static struct mb_node *cpu_model(const struct reader *reader, const char *path)
{
    return text_node(reader, field_at(reader, path, "model name", ':'));
}

static struct mb_node *cpus_allowed(const struct reader *reader, const char *path)
{
    return list_count_node(reader, field_at(reader, path, "Cpus_allowed_list", ':'));
}

// "24684092 kB", and the kernel means KiB.
static struct mb_node *memory(const struct reader *reader, const char *path)
{
    char *text = field_at(reader, path, "MemTotal", ':');
    char *unit = text != NULL ? strstr(text, " kB") : NULL;
    struct mb_err ignored = {0};
    int64_t kib = 0;
    if (unit == NULL) {
        return NULL;
    }
    *unit = '\0';
    if (mb_units_parse_int(text, 1, INT64_MAX / 1024, &kib, &ignored) != MB_OK) {
        return NULL;
    }
    return mb_node_int(reader->arena, kib * 1024);
}

static struct mb_node *os_name(const struct reader *reader, const char *path)
{
    char *name = field_at(reader, path, "PRETTY_NAME", '=');
    if (name != NULL && name[0] == '"') {
        name++;
        name[strcspn(name, "\"")] = '\0';
    }
    return text_node(reader, name);
}

// Of the first CPU; "mixed" when another one differs, because it is then not one fact.
static struct mb_node *governor(const struct reader *reader, const char *path)
{
    const char *first = text_at(reader, path);
    for (int cpu = 1; first != NULL; cpu++) {
        const char *other = text_at(
            reader, mb_arena_print(
                        reader->arena,
                        "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_governor", cpu));
        if (other == NULL) {
            break;
        }
        if (strcmp(first, other) != 0) {
            return text_node(reader, "mixed");
        }
    }
    return text_node(reader, first);
}

static struct mb_node *turbo(const struct reader *reader, const char *path)
{
    int64_t value = 0;
    if (number_at(reader, path, &value)) {
        return mb_node_bool(reader->arena, value == 0); // it is called no_turbo
    }
    if (number_at(reader, "/sys/devices/system/cpu/cpufreq/boost", &value)) {
        return mb_node_bool(reader->arena, value != 0);
    }
    return NULL;
}

static struct mb_node *smt(const struct reader *reader, const char *path)
{
    int64_t value = 0;
    return number_at(reader, path, &value) ? mb_node_bool(reader->arena, value != 0)
                                           : NULL;
}

// What a hypervisor calls itself in DMI, or offers as a clock.
static const struct {
    const char *path;
    const char *word;
    const char *name;
} hypervisors[] = {
    {"/sys/hypervisor/type", "xen", "xen"},
    {"/sys/class/dmi/id/sys_vendor", "VMware", "vmware"},
    {"/sys/class/dmi/id/sys_vendor", "Microsoft", "hyperv"},
    {"/sys/class/dmi/id/sys_vendor", "innotek", "virtualbox"},
    {"/sys/class/dmi/id/sys_vendor", "Parallels", "parallels"},
    {"/sys/class/dmi/id/sys_vendor", "Apple", "apple"},
    {"/sys/devices/system/clocksource/clocksource0/available_clocksource", "kvm-clock",
     "kvm"},
    {"/sys/devices/system/clocksource/clocksource0/available_clocksource", "hyperv",
     "hyperv"},
    {"/sys/devices/system/clocksource/clocksource0/available_clocksource", "xen", "xen"},
    {"/sys/class/dmi/id/sys_vendor", "QEMU", "qemu"},
    {"/sys/class/dmi/id/sys_vendor", "Amazon EC2", "kvm"},
    {"/sys/class/dmi/id/sys_vendor", "Google", "kvm"},
};

// x86 guests see the flag "hypervisor"; others only have DMI to tell.
static struct mb_node *virtualization(const struct reader *reader, const char *path)
{
    const char *flags = field_at(reader, path, "flags", ':');
    bool guest = flags != NULL && strstr(flags, " hypervisor") != NULL;
    if (flags != NULL && !guest) {
        return text_node(reader, "none");
    }
    for (size_t i = 0; i < sizeof hypervisors / sizeof hypervisors[0]; i++) {
        const char *text = text_at(reader, hypervisors[i].path);
        if (text != NULL && strstr(text, hypervisors[i].word) != NULL) {
            return text_node(reader, hypervisors[i].name);
        }
    }
    return guest ? text_node(reader, "vm") : NULL;
}

static struct mb_node *machine(const struct reader *reader, const char *path)
{
    const char *product = text_at(reader, path);
    const char *vendor = text_at(reader, "/sys/class/dmi/id/sys_vendor");
    if (product == NULL || vendor == NULL) {
        return text_node(reader, product != NULL ? product : vendor);
    }
    return text_node(reader, mb_arena_print(reader->arena, "%s %s", vendor, product));
}

static struct mb_node *container(const struct reader *reader, const char *path)
{
    static const char *const kinds[][2] = {{"kubepods", "kubernetes"},
                                           {"docker", "docker"},
                                           {"libpod", "podman"},
                                           {"lxc", "lxc"}};
    if (reader->root[0] == '\0' && reader->ctx->env("KUBERNETES_SERVICE_HOST") != NULL) {
        return text_node(reader, "kubernetes");
    }
    if (exists(reader, "/.dockerenv")) {
        return text_node(reader, "docker");
    }
    if (exists(reader, "/run/.containerenv")) {
        return text_node(reader, "podman");
    }
    const char *groups = text_at(reader, path);
    for (size_t i = 0; groups != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strstr(groups, kinds[i][0]) != NULL) {
            return text_node(reader, kinds[i][1]);
        }
    }
    return groups != NULL ? text_node(reader, "none") : NULL;
}

// The folder of our own cgroup, version 2; "" when there is none.
static const char *cgroup_folder(const struct reader *reader)
{
    const char *text = field_at(reader, "/proc/self/cgroup", "0::", '/');
    return text == NULL || text[0] == '\0' ? ""
                                           : mb_arena_print(reader->arena, "/%s", text);
}

// cgroup 2: "50000 100000" or "max 100000". A limit of a parent is not looked for: the
// container's own root shows as "/" inside it, with the limit on it.
static struct mb_node *cpu_limit(const struct reader *reader, const char *path)
{
    (void)path;
    struct mb_err ignored = {0};
    int64_t quota = 0;
    int64_t period = 0;
    char *text = text_at(reader, mb_arena_print(reader->arena, "/sys/fs/cgroup%s/cpu.max",
                                                cgroup_folder(reader)));
    if (text != NULL) {
        char *blank = strchr(text, ' ');
        if (blank == NULL) {
            return NULL;
        }
        *blank = '\0';
        if (mb_units_parse_int(text, 1, INT64_MAX / 1000, &quota, &ignored) != MB_OK ||
            mb_units_parse_int(blank + 1, 1, INT64_MAX, &period, &ignored) != MB_OK) {
            return NULL; // "max": no limit
        }
    } else if (!number_at(reader, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", &quota) ||
               !number_at(reader, "/sys/fs/cgroup/cpu/cpu.cfs_period_us", &period)) {
        return NULL;
    }
    if (quota <= 0 || period <= 0 || quota > INT64_MAX / 1000) {
        return NULL;
    }
    return mb_node_int(reader->arena, quota * 1000 / period);
}

// A limit above all of the memory is none (version 1 writes 2^63 less a page for that).
static struct mb_node *memory_limit(const struct reader *reader, const char *path)
{
    int64_t limit = 0;
    const struct mb_node *all = memory(reader, "/proc/meminfo");
    const char *own = mb_arena_print(reader->arena, "/sys/fs/cgroup%s/memory.max",
                                     cgroup_folder(reader));
    if (!number_at(reader, own, &limit) && !number_at(reader, path, &limit)) {
        return NULL;
    }
    bool limits = limit > 0 && limit < mb_node_integer(all, INT64_MAX);
    return limits ? mb_node_int(reader->arena, limit) : NULL;
}

// "always [madvise] never": the one in brackets holds.
static struct mb_node *chosen_word(const struct reader *reader, const char *path)
{
    char *text = text_at(reader, path);
    char *open_at = text != NULL ? strchr(text, '[') : NULL;
    if (open_at == NULL) {
        return text_node(reader, text);
    }
    open_at[strcspn(open_at, "]")] = '\0';
    return text_node(reader, open_at + 1);
}

// Only this word of the command line: the rest may hold secrets.
static struct mb_node *mitigations(const struct reader *reader, const char *path)
{
    static const char word[] = "mitigations=";
    const char *line = text_at(reader, path);
    if (line == NULL) {
        return NULL;
    }
    const char *found = strstr(line, word);
    if (found == NULL) {
        return text_node(reader, "default");
    }
    found += sizeof word - 1;
    return text_node(reader,
                     mb_arena_copy_bytes(reader->arena, found, strcspn(found, " ")));
}

static struct mb_node *load_average(const struct reader *reader, const char *path)
{
    (void)path;
    struct mb_host_state state;
    mb_host_state_read(reader->root, &state);
    return state.load_average_1m_milli >= 0
               ? mb_node_int(reader->arena, state.load_average_1m_milli)
               : NULL;
}

static const struct fact_row {
    const char *name;
    const char *path; // where it is looked for first; the fact's source
    struct mb_node *(*read)(const struct reader *reader, const char *path);
} rows[] = {
    {"cpu_model", "/proc/cpuinfo", cpu_model},
    {"cpus", "/sys/devices/system/cpu/online", list_file_node},
    {"cpus_allowed", "/proc/self/status", cpus_allowed},
    {"cpu_limit_milli", "/sys/fs/cgroup", cpu_limit},
    {"cpus_isolated", "/sys/devices/system/cpu/isolated", list_file_node},
    {"memory_bytes", "/proc/meminfo", memory},
    {"memory_limit_bytes", "/sys/fs/cgroup/memory/memory.limit_in_bytes", memory_limit},
    {"kernel", "/proc/sys/kernel/osrelease", line_node},
    {"os", "/etc/os-release", os_name},
    {"arch", "/proc/sys/kernel/arch", line_node},
    {"governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", governor},
    {"turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo", turbo},
    {"smt", "/sys/devices/system/cpu/smt/active", smt},
    {"virtualization", "/proc/cpuinfo", virtualization},
    {"machine", "/sys/class/dmi/id/product_name", machine},
    {"container", "/proc/1/cgroup", container},
    {"clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource",
     line_node},
    {"numa_nodes", "/sys/devices/system/node/online", list_file_node},
    {"transparent_hugepage", "/sys/kernel/mm/transparent_hugepage/enabled", chosen_word},
    {"mitigations", "/proc/cmdline", mitigations},
    {"load_average_1m_milli", "/proc/loadavg", load_average},
};

void mb_host_capture(struct mb_arena *arena, const struct mb_ctx *ctx, const char *root,
                     struct mb_fact_list *facts)
{
    struct reader reader = {.arena = arena, .ctx = ctx, .root = root};
    int64_t now_ns = ctx->clock.wall_ns(ctx->clock.state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mb_fact_add(
            arena, facts,
            (struct mb_fact){
                .path = mb_arena_print(arena, "environment.host.%s", rows[i].name),
                .captured = rows[i].read(&reader, rows[i].path),
                .source = rows[i].path,
                .at_unix_ns = now_ns,
            });
    }
    mb_fact_add(arena, facts,
                (struct mb_fact){
                    .path = "environment.host.hostname",
                    .source = "/proc/sys/kernel/hostname",
                    .at_unix_ns = now_ns,
                    .redacted = true,
                });
}
