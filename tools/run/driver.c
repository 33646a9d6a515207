#include "run/driver.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/guard.h"
#include "base/proc.h"
#include "base/units.h"
#include "exchange/import.h"
#include "load/remote.h"
#include "run/driver_tool.h"

#define NS_PER_S INT64_C(1000000000)

static const int64_t POLL_NS = 50000000;
static const int64_t PROGRESS_NS = 500000000;
static const int64_t GRACE_NS = 2 * NS_PER_S; // to end after it was asked to
static const int64_t VERSION_NS = 20 * NS_PER_S;
enum {
    VERSION_BYTES = 65536,
    VERSION_DIGITS = 16,     // of a digest that stands for a version
    PROGRAM_MAX = 512 << 20, // bytes of a program whose digest is taken
    OUTPUT_TAIL = 200,
    TEAPOT = 418
};

struct driver {
    const struct mb_driver_tool *tool;
    const char *version;
    int64_t patience_ns;
};

// One trial. Filled from the top.
struct trial {
    const struct driver *driver;
    struct mb_arena *arena; // of the part
    const struct mb_load_plan *plan;
    const struct mb_load_observer *observer;
    const char *url;
    const char *dir;
    const char *printed; // file with what it printed
    struct mb_guard guard;
    int64_t elapsed_before_ns; // spent on the warm-up
};

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t children_cpu_ns(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_CHILDREN, &usage) != 0) {
        return -1;
    }
    return ((int64_t)usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_S +
           ((int64_t)usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

// --- processes ---

// The end of what it printed, for messages, on one line.
static const char *printed_tail(const struct trial *trial)
{
    struct mb_buf text;
    struct mb_err ignored = {0};
    mb_buf_init(&text, 0);
    (void)!mb_file_read(trial->printed, NULL, MB_IMPORT_TEXT_MAX, &text, &ignored);
    while (text.size > 0 && isspace((unsigned char)text.data[text.size - 1])) {
        text.size--;
    }
    size_t start = text.size > OUTPUT_TAIL ? text.size - OUTPUT_TAIL : 0;
    char *tail = text.size > 0 ? mb_arena_copy_bytes(trial->arena, text.data + start,
                                                     text.size - start)
                               : mb_arena_copy_string(trial->arena, "it printed nothing");
    for (char *c = tail; *c != '\0'; c++) {
        *c = iscntrl((unsigned char)*c) ? ' ' : *c;
    }
    mb_buf_release(&text);
    return tail;
}

static int64_t grace_ns(const struct trial *trial)
{
    int64_t patience_ns = trial->driver->patience_ns;
    return patience_ns < GRACE_NS ? patience_ns : GRACE_NS;
}

static bool interrupted(const struct trial *trial)
{
    return trial->observer->interrupted != NULL && *trial->observer->interrupted;
}

static void progress(const struct trial *trial, int64_t spent_ns)
{
    const struct mb_load_progress now = {.elapsed_ns =
                                             trial->elapsed_before_ns + spent_ns};
    if (trial->observer->progress != NULL) {
        trial->observer->progress(trial->observer->state, &now);
    }
}

// Of the files that the run has written so far.
static int64_t written_bytes(const struct trial *trial)
{
    int64_t bytes = 0;
    DIR *folder = opendir(trial->dir);
    if (folder == NULL) {
        return 0;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        struct stat file;
        if (fstatat(dirfd(folder), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(file.st_mode)) {
            bytes += file.st_size;
        }
    }
    (void)closedir(folder);
    return bytes;
}

static const char *shown(const struct trial *trial, enum mb_unit unit, int64_t value)
{
    char text[32];
    mb_units_show(unit, (double)value, text, sizeof text);
    return mb_arena_copy_string(trial->arena, text);
}

// Waits for its end; over the limits of time and of bytes, or interrupted, it is ended.
static enum mb_status await(const struct trial *trial, struct mb_proc *proc,
                            int64_t limit_ns, struct mb_err *err)
{
    const struct timespec pause = {.tv_nsec = (long)POLL_NS};
    int64_t start_ns = now_ns();
    int64_t told_ns = start_ns;
    while (mb_proc_running(proc)) {
        int64_t at_ns = now_ns();
        if (interrupted(trial)) {
            mb_proc_stop(proc, grace_ns(trial));
            return mb_err_set(err, MB_INTERRUPTED, "interrupted");
        }
        if (at_ns - start_ns > limit_ns) {
            mb_proc_stop(proc, grace_ns(trial));
            return mb_err_set(err, MB_FAILED, "%s did not end within %s and was killed",
                              trial->driver->tool->name,
                              shown(trial, MB_UNIT_DURATION, limit_ns));
        }
        if (at_ns - told_ns >= PROGRESS_NS) {
            if (written_bytes(trial) > MB_DRIVER_BYTES_MAX) {
                mb_proc_stop(proc, grace_ns(trial));
                return mb_err_set(err, MB_FAILED, "%s wrote more than %s and was killed",
                                  trial->driver->tool->name,
                                  shown(trial, MB_UNIT_SIZE, MB_DRIVER_BYTES_MAX));
            }
            progress(trial, at_ns - start_ns);
            told_ns = at_ns;
        }
        (void)nanosleep(&pause, NULL);
    }
    return MB_OK;
}

static enum mb_status exit_check(const struct trial *trial, int wait_status,
                                 struct mb_err *err)
{
    const char *name = trial->driver->tool->name;
    if (WIFSIGNALED(wait_status)) {
        return mb_err_set(err, MB_FAILED, "%s was ended by signal %d: %s", name,
                          WTERMSIG(wait_status), printed_tail(trial));
    }
    if (WEXITSTATUS(wait_status) != 0) {
        return mb_err_set(err, MB_FAILED, "%s failed with status %d: %s", name,
                          WEXITSTATUS(wait_status), printed_tail(trial));
    }
    return MB_OK;
}

// Runs a command line to its end.
static enum mb_status words_run(struct trial *trial, const struct mb_driver_job *job,
                                int64_t limit_ns, struct mb_err *err)
{
    const char *const env[] = {
        mb_arena_print(trial->arena, "GOMAXPROCS=%d", trial->plan->threads),
        "NO_PROXY=*", // nothing stands between it and the target
        "K6_CSV_TIME_FORMAT=unix_micro",
        NULL,
    };
    const struct mb_proc_spec spec = {
        .argv = job->words,
        .env = env,
        .cwd = trial->dir,
        .output_path = trial->printed,
        .cpu = trial->plan->first_cpu,
        .cpu_count = trial->plan->threads,
    };
    struct mb_proc proc = {0};
    if (job->count + 1 >= MB_DRIVER_WORDS_MAX) {
        return mb_err_set(err, MB_INVALID, "more header fields than %s can be given",
                          trial->driver->tool->name);
    }
    // What was printed before is of no interest any more.
    enum mb_status status = mb_file_remove_tree(trial->printed, err);
    if (status == MB_OK) {
        status = mb_proc_start(&spec, &proc, err);
    }
    if (status != MB_OK) {
        return status;
    }
    mb_guard_watch(&trial->guard, proc.pid);
    status = await(trial, &proc, limit_ns, err);
    mb_guard_watch(&trial->guard, 0);
    return status == MB_OK ? exit_check(trial, proc.wait_status, err) : status;
}

// --- its output ---

// The load model is that of the plan: the output seldom says it. In a closed load without
// a rate a request is due when its connection is free.
static void latencies_settle(const struct trial *trial, struct mb_import *import,
                             struct mb_import_run *run)
{
    struct mb_part *part = &run->part;
    struct mb_dist *response = &part->dist[MB_DIST_RESPONSE];
    struct mb_dist *service = &part->dist[MB_DIST_SERVICE];
    run->point.load_model = trial->plan->load_model;
    run->point.rate_micro_rps = trial->plan->rate_micro_rps;
    if (response->type != MB_DIST_ABSENT || service->type == MB_DIST_ABSENT) {
        return;
    }
    if (trial->driver->tool->from_schedule) {
        *response = *service;
        *service = mb_dist_absent("the generator counts from its schedule");
        part->co_handling = MB_CO_INTENDED;
    } else {
        mb_import_run_latency(import, run, *service);
    }
}

// What was due and never sent is an error: else a server that stalls would be asked less,
// and nobody would see it.
static void dropped_settle(const struct trial *trial, struct mb_import_run *run)
{
    struct mb_counts *counts = &run->part.counts;
    const char *path = trial->driver->tool->dropped_fact;
    for (size_t i = 0; path != NULL && i < run->facts.count; i++) {
        if (strcmp(run->facts.items[i].path, path) == 0) {
            int64_t dropped = mb_node_integer(run->facts.items[i].captured, 0);
            int64_t *other = &counts->errors_by_kind[MB_ERROR_OTHER];
            counts->intended += counts->intended >= 0 ? dropped : 0;
            *other += *other >= 0 ? dropped : 0;
        }
    }
}

static void part_settle(const struct trial *trial, const struct mb_import_run *run,
                        int64_t cpu_ns, struct mb_part *part)
{
    *part = run->part;
    part->worker = "local";
    part->generator_name = trial->driver->tool->name;
    part->generator_version = trial->driver->version;
    part->load_model = trial->plan->load_model;
    part->threads = trial->plan->threads;
    part->window_ns = trial->plan->duration_ns;
    part->elapsed_ns =
        run->window_ns > part->window_ns ? run->window_ns : trial->plan->duration_ns;
    part->run_delay_ns = -1;
    part->cpu_ns = cpu_ns;
}

// What the tool counts otherwise than the spec says, or did not keep.
static enum mb_status counts_check(const struct trial *trial,
                                   const struct mb_counts *counts, struct mb_err *err)
{
    const struct mb_driver_tool *tool = trial->driver->tool;
    if (tool->most_results > 0 && counts->completed >= tool->most_results) {
        mb_err_hint(err, "choose a shorter duration");
        return mb_err_set(err, MB_FAILED,
                          "%s keeps no more than %" PRId64 " answers, and has them",
                          tool->name, tool->most_results);
    }
    for (size_t i = 0; tool->success_only && i < counts->status_count; i++) {
        int status = counts->statuses[i].status;
        if ((status >= 300 && status <= 399) || status == TEAPOT) {
            return mb_err_set(err, MB_FAILED,
                              "%s takes status %d for %s, a spec does not", tool->name,
                              status, status == TEAPOT ? "good" : "an error");
        }
    }
    return MB_OK;
}

// The only run of a file. It has to be released.
static enum mb_status run_read(const struct trial *trial, const char *path,
                               const char *name, struct mb_import *import,
                               struct mb_err *err)
{
    struct mb_input *input = NULL;
    const struct mb_importer *importer = NULL;
    struct mb_err own = {0};
    enum mb_status status = mb_input_open(path, NULL, &input, &own);
    if (status == MB_OK) {
        status = mb_import_read(import, input, name, &importer, &own);
    }
    mb_input_free(input);
    if (status == MB_OK && import->count != 1) {
        status = mb_err_set(&own, MB_FAILED, "it holds %zu runs", import->count);
    }
    if (status != MB_OK) {
        (void)mb_err_set(err, MB_FAILED, "what %s wrote cannot be read: %s (%s)",
                         trial->driver->tool->name, own.message, printed_tail(trial));
        mb_import_release(import);
        return err->code;
    }
    return MB_OK;
}

static struct mb_dist dist_take(struct mb_dist *from)
{
    struct mb_dist dist = *from;
    *from = mb_dist_absent("taken");
    return dist;
}

// Latencies and statuses of single requests, for a report that has only their sums. What
// got no answer is in the report alone.
static enum mb_status log_read(const struct trial *trial, const char *path,
                               struct mb_part *part, struct mb_err *err)
{
    struct mb_import import = {.arena = trial->arena};
    if (trial->driver->tool->log_importer == NULL || part->counts.completed == 0) {
        return MB_OK;
    }
    enum mb_status status =
        run_read(trial, path, trial->driver->tool->log_importer, &import, err);
    if (status != MB_OK) {
        return status;
    }
    struct mb_part *log = &import.runs[0].part;
    if (log->counts.ok != part->counts.ok ||
        log->counts.completed != part->counts.completed) {
        status = mb_err_set(err, MB_FAILED,
                            "%s logged %" PRId64 " answers, %" PRId64
                            " of them good, and reports %" PRId64 " and %" PRId64,
                            trial->driver->tool->name, log->counts.completed,
                            log->counts.ok, part->counts.completed, part->counts.ok);
    } else {
        part->counts.statuses = log->counts.statuses;
        part->counts.status_count = log->counts.status_count;
        part->dist[MB_DIST_SERVICE] = dist_take(&log->dist[MB_DIST_SERVICE]);
        part->dist[MB_DIST_RESPONSE] = dist_take(&log->dist[MB_DIST_RESPONSE]);
        part->dist[MB_DIST_ERROR_RESPONSE] =
            dist_take(&log->dist[MB_DIST_ERROR_RESPONSE]);
    }
    mb_import_release(&import);
    return status;
}

static enum mb_status output_read(const struct trial *trial, const char *output,
                                  int64_t cpu_ns, struct mb_part *part,
                                  struct mb_err *err)
{
    const struct mb_driver_tool *tool = trial->driver->tool;
    struct mb_import import = {.arena = trial->arena};
    enum mb_status status = run_read(trial, tool->prints_result ? trial->printed : output,
                                     tool->importer, &import, err);
    if (status != MB_OK) {
        return status;
    }
    struct mb_import_run *run = &import.runs[0];
    status = counts_check(trial, &run->part.counts, err);
    if (status == MB_OK) {
        status = log_read(trial, output, &run->part, err);
    }
    if (status != MB_OK) {
        mb_import_release(&import);
        return status;
    }
    latencies_settle(trial, &import, run);
    dropped_settle(trial, run);
    part_settle(trial, run, cpu_ns, part);
    return MB_OK;
}

// --- the trial ---

static struct mb_driver_job job_begin(const struct trial *trial, int64_t duration_ns,
                                      const char *output)
{
    return (struct mb_driver_job){
        .arena = trial->arena,
        .plan = trial->plan,
        .url = trial->url,
        .dir = trial->dir,
        .output = mb_file_join(trial->arena, trial->dir, output),
        .duration_ns = duration_ns,
    };
}

static enum mb_status generate(struct trial *trial, struct mb_driver_job *job,
                               struct mb_err *err)
{
    enum mb_status status = trial->driver->tool->prepare(job, err);
    int64_t limit_ns =
        job->duration_ns + trial->plan->request->timeout_ns + trial->driver->patience_ns;
    return status == MB_OK ? words_run(trial, job, limit_ns, err) : status;
}

static enum mb_status warm_up(struct trial *trial, struct mb_err *err)
{
    if (trial->plan->warmup_ns == 0) {
        return MB_OK;
    }
    int64_t begun_ns = now_ns();
    struct mb_driver_job job = job_begin(trial, trial->plan->warmup_ns, "warmup");
    enum mb_status status = generate(trial, &job, err);
    trial->elapsed_before_ns = now_ns() - begun_ns;
    return status;
}

static enum mb_status measure(struct trial *trial, struct mb_part *part,
                              struct mb_err *err)
{
    const struct mb_driver_tool *tool = trial->driver->tool;
    struct mb_driver_job job = job_begin(trial, trial->plan->duration_ns, "output");
    int64_t start_ns = now_ns();
    int64_t cpu_ns = children_cpu_ns();
    if (trial->observer->window != NULL) {
        trial->observer->window(trial->observer->state, start_ns,
                                start_ns + trial->plan->duration_ns);
    }
    enum mb_status status = generate(trial, &job, err);
    cpu_ns = cpu_ns >= 0 ? children_cpu_ns() - cpu_ns : -1;
    if (status == MB_OK && tool->convert != NULL) {
        struct mb_driver_job convert = job_begin(trial, 0, "output");
        tool->convert(&convert);
        status = words_run(trial, &convert, trial->driver->patience_ns, err);
    }
    return status == MB_OK ? output_read(trial, job.output, cpu_ns, part, err) : status;
}

static enum mb_status run(void *state, struct mb_arena *arena,
                          const struct mb_load_plan *plan,
                          const struct mb_load_observer *observer, struct mb_part *part,
                          struct mb_err *err)
{
    struct trial trial = {
        .driver = state, .arena = arena, .plan = plan, .observer = observer};
    struct mb_remote remote;
    char *dir = NULL;
    enum mb_status status =
        mb_remote_build(arena, plan->url, plan->request, &remote, err);
    if (status == MB_OK) {
        trial.url =
            mb_arena_print(arena, "http://%s%s", remote.url.authority, remote.url.path);
        status = mb_file_make_temp_dir(arena, "meshbench-driver", &dir, err);
    }
    if (status == MB_OK) {
        trial.dir = dir;
        trial.printed = mb_file_join(arena, dir, "printed");
        status = mb_guard_start(dir, GRACE_NS, &trial.guard, err);
    }
    if (status == MB_OK) {
        status = warm_up(&trial, err);
    }
    if (status == MB_OK) {
        status = measure(&trial, part, err);
    }
    mb_guard_end(&trial.guard);
    if (dir != NULL) {
        struct mb_err ignored = {0};
        (void)!mb_file_remove_tree(dir, &ignored);
    }
    return status;
}

// --- opening ---

// The first number with points that stands alone: "wrk 4.1.0 [epoll]", "v1.66.5"; not
// that of "go1.26.8".
static const char *version_find(struct mb_arena *arena, const char *text)
{
    char before = ' ';
    for (const char *at = text; *at != '\0'; at++) {
        size_t size = strspn(at, "0123456789.");
        bool alone = !isalnum((unsigned char)before) || before == 'v';
        if (alone && isdigit((unsigned char)*at) && memchr(at, '.', size) != NULL &&
            at[size - 1] != '.') {
            return mb_arena_copy_bytes(arena, at, size);
        }
        at += size > 0 ? size - 1 : 0;
        before = *at;
    }
    return NULL;
}

static const char *version_ask(struct mb_arena *arena, const struct mb_driver_tool *tool,
                               const char *program)
{
    const char *const argv[] = {program, tool->version_words, NULL};
    const struct mb_proc_spec spec = {.argv = argv, .cpu = -1};
    struct mb_buf text;
    struct mb_err ignored = {0};
    int exit_status;
    const char *version = NULL;
    mb_buf_init(&text, VERSION_BYTES);
    if (tool->version_words != NULL && mb_proc_capture(&spec, true, VERSION_NS, &text,
                                                       &exit_status, &ignored) == MB_OK) {
        version = version_find(arena, mb_buf_string(&text));
    }
    mb_buf_release(&text);
    return version;
}

// Stands for the version of a program that does not say it.
static const char *program_digest(struct mb_arena *arena, const char *program)
{
    struct mb_buf bytes;
    struct mb_err ignored = {0};
    char digest[MB_DIGEST_TEXT];
    const char *version = NULL;
    mb_buf_init(&bytes, PROGRAM_MAX);
    if (mb_file_read(program, NULL, PROGRAM_MAX, &bytes, &ignored) == MB_OK) {
        mb_digest_text(bytes.data, bytes.size, digest);
        version = mb_arena_print(arena, "sha256:%.*s", (int)VERSION_DIGITS, digest);
    }
    mb_buf_release(&bytes);
    return version;
}

enum mb_status mb_driver_open(struct mb_arena *arena,
                              const struct mb_generator *generator, int64_t patience_ns,
                              struct mb_load_driver *driver, struct mb_err *err)
{
    if (generator->program == NULL) {
        *driver = mb_load_engine();
        return MB_OK;
    }
    const struct mb_driver_tool *tool = mb_driver_tool_find(generator->name);
    if (tool == NULL) {
        return mb_err_set(err, MB_BUG, "generator '%s' has no driver", generator->name);
    }
    const char *program = mb_proc_find(arena, generator->program, NULL);
    if (program == NULL) {
        mb_err_hint(err, "get it: %s", tool->package);
        return mb_err_set(err, MB_FAILED, "generator '%s' is not found on PATH",
                          generator->name);
    }
    struct driver *own = mb_arena_alloc(arena, 1, sizeof *own);
    *own = (struct driver){.tool = tool, .patience_ns = patience_ns};
    own->version = version_ask(arena, tool, program);
    if (own->version == NULL) {
        own->version = program_digest(arena, program);
    }
    *driver = (struct mb_load_driver){
        .name = generator->name,
        .version = own->version,
        .run = run,
        .state = own,
    };
    return MB_OK;
}
