#include "exchange/import_notes.h"

#include <string.h>

#include "base/units.h"
#include "check/rules.h"

// More requests a second than any one machine sends, and how much more time requests may
// have taken than connections had, because clocks and windows are not exact.
static const double RATE_MAX_RPS = 1e8;
static const double BUSY_SLACK = 1.2;

struct notes {
    struct mb_import *import;
    const char *hint; // what such files cannot say; NULL when they are of several kinds
    struct mb_result *result;
    size_t capacity;
};

static void finding_add(struct notes *notes, const char *code, const char *pointer,
                        const char *message, const char *hint)
{
    struct mb_result *result = notes->result;
    const struct mb_rule *rule = mb_rules_find(code);
    result->findings =
        mb_arena_grow(notes->import->arena, result->findings, result->finding_count,
                      &notes->capacity, sizeof *result->findings);
    result->findings[result->finding_count++] =
        (struct mb_finding){.code = code,
                            .severity = rule != NULL ? rule->severity : MB_SEVERITY_NOTE,
                            .pointer = pointer,
                            .message = message,
                            .hint = hint};
}

// A trial with one part, as imports have them.
typedef bool trial_test(const struct mb_trial *trial, const struct mb_part *part);

static bool no_load_model(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)trial;
    return part->load_model == MB_LOAD_UNKNOWN;
}

static bool no_omission(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)trial;
    return part->co_handling == MB_CO_UNKNOWN;
}

static bool no_warmup(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)part;
    return trial->warmup_ns < 0;
}

static bool no_start(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)part;
    return trial->start_unix_ns <= 0 && trial->window_ns >= 0;
}

static bool no_length(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)part;
    return trial->start_unix_ns > 0 && trial->window_ns < 0;
}

static bool no_time(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)part;
    return trial->start_unix_ns <= 0 && trial->window_ns < 0;
}

static bool is_mixed(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)trial;
    return part->dist[MB_DIST_RESPONSE].mixed || part->dist[MB_DIST_SERVICE].mixed;
}

static bool service_only(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)trial;
    return part->dist[MB_DIST_RESPONSE].type == MB_DIST_ABSENT &&
           part->dist[MB_DIST_SERVICE].type != MB_DIST_ABSENT;
}

static int64_t known(int64_t n)
{
    return n > 0 ? n : 0;
}

// The result model ranks a request that has no latency above the others (derive_merge.c),
// which percentiles alone do not allow.
static bool is_short(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)trial;
    const struct mb_counts *counts = &part->counts;
    return (part->dist[MB_DIST_RESPONSE].type == MB_DIST_QUANTILES ||
            part->dist[MB_DIST_SERVICE].type == MB_DIST_QUANTILES) &&
           known(counts->errors_by_kind[MB_ERROR_TIMEOUT]) +
                   known(counts->errors_by_kind[MB_ERROR_TIMEOUT_UNSENT]) +
                   known(counts->unfinished) >
               0;
}

static bool is_cut_off(const struct mb_trial *trial, const struct mb_part *part)
{
    (void)part;
    return trial->status == MB_TRIAL_PARTIAL;
}

static const struct {
    const char *code;
    trial_test *test;
    const char *place; // below the trial
    const char *says;
    bool hint; // the importer's text says more
} tests[] = {
    {MB_IMPORT_NO_LOAD_MODEL, no_load_model, "parts/0/load_model",
     "the load model is not known", true},
    {MB_IMPORT_NO_OMISSION, no_omission, "parts/0/co_handling",
     "it is not known how coordinated omission was handled", true},
    {MB_IMPORT_NO_WARMUP, no_warmup, "warmup_ns",
     "it is not known whether a warm-up was cut away", true},
    {MB_IMPORT_NO_TIME, no_start, "start", "it is not known when the trial started",
     false},
    {MB_IMPORT_NO_TIME, no_length, "window_ns", "it is not known how long the trial took",
     false},
    {MB_IMPORT_NO_TIME, no_time, "start",
     "it is not known when the trial started, nor how long it took", false},
    {MB_IMPORT_MIXED, is_mixed, "parts/0/dist",
     "failed requests are among the latencies, which fast failures improve", false},
    {MB_IMPORT_DROPPED, is_short, "parts/0/dist",
     "requests timed out or were cut off, and percentiles alone do not rank them: no "
     "percentile of all requests is known",
     false},
    {MB_IMPORT_CUT_OFF, is_cut_off, "reason", "the trial is not whole", false},
    {MB_IMPORT_SERVICE, service_only, "parts/0/dist/response",
     "latencies count from the actual sending: a server that stalls delays requests that "
     "are not among them",
     false},
};

static size_t trials_count(const struct mb_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        count += result->cells[i].trial_count;
    }
    return count;
}

static void test_run(struct notes *notes, size_t index)
{
    const struct mb_result *result = notes->result;
    const char *pointer = NULL;
    size_t hits = 0;
    for (size_t i = 0; i < result->cell_count; i++) {
        for (size_t j = 0; j < result->cells[i].trial_count; j++) {
            const struct mb_trial *trial = &result->cells[i].trials[j];
            if (!tests[index].test(trial, &trial->parts[0])) {
                continue;
            }
            if (hits++ == 0) {
                pointer = mb_arena_print(notes->import->arena, "/cells/%zu/trials/%zu/%s",
                                         i, j, tests[index].place);
            }
        }
    }
    size_t all = trials_count(result);
    if (hits > 0) {
        const char *of = hits == all ? ""
                                     : mb_arena_print(notes->import->arena,
                                                      " (%zu of %zu trials)", hits, all);
        finding_add(notes, tests[index].code, pointer,
                    mb_arena_print(notes->import->arena, "%s%s", tests[index].says, of),
                    tests[index].hint ? notes->hint : NULL);
        notes->hint = tests[index].hint ? NULL : notes->hint; // once is enough
    }
}

// --- numbers that cannot be ---

static const char *rate_fault(struct mb_arena *arena, const struct mb_part *part)
{
    double requests = (double)part->counts.completed;
    if (part->counts.completed <= 0 || part->elapsed_ns < 0) {
        return NULL;
    }
    if (part->elapsed_ns == 0) {
        return "requests were completed in no time";
    }
    double rate = requests / ((double)part->elapsed_ns / MB_UNITS_NS_PER_S);
    return rate > RATE_MAX_RPS
               ? mb_arena_print(arena,
                                "%.3g requests a second are more than any machine "
                                "sends",
                                rate)
               : NULL;
}

// All requests together take no longer than those in flight have room for (Little's
// law).
static const char *busy_fault(struct mb_arena *arena, int64_t concurrency,
                              const struct mb_part *part)
{
    const struct mb_dist *service = &part->dist[MB_DIST_SERVICE];
    bool known = service->type != MB_DIST_ABSENT && service->sum >= 0 &&
                 concurrency > 0 && part->elapsed_ns > 0;
    double room = (double)concurrency * (double)part->elapsed_ns;
    if (!known || (double)service->sum <= BUSY_SLACK * room) {
        return NULL;
    }
    char took[32];
    char there[32];
    mb_units_show(MB_UNIT_DURATION, (double)service->sum, took, sizeof took);
    mb_units_show(MB_UNIT_DURATION, room, there, sizeof there);
    return mb_arena_print(arena,
                          "requests took %s together, more than the %s that there "
                          "was room for",
                          took, there);
}

// Trials point at the parts of the runs that they were made of.
static int64_t concurrency_of(const struct mb_part *part)
{
    const char *run = (const char *)part - offsetof(struct mb_import_run, part);
    return ((const struct mb_import_run *)(const void *)run)->concurrency;
}

static void plausible_check(struct notes *notes)
{
    struct mb_arena *arena = notes->import->arena;
    for (size_t i = 0; i < notes->result->cell_count; i++) {
        const struct mb_cell *cell = &notes->result->cells[i];
        for (size_t j = 0; j < cell->trial_count; j++) {
            const struct mb_part *part = &cell->trials[j].parts[0];
            const char *fault = rate_fault(arena, part);
            fault = fault != NULL ? fault : busy_fault(arena, concurrency_of(part), part);
            if (fault != NULL) {
                finding_add(notes, MB_IMPORT_IMPLAUSIBLE,
                            mb_arena_print(arena, "/cells/%zu/trials/%zu", i, j),
                            mb_arena_print(arena, "the numbers of '%s' cannot be: %s",
                                           cell->variant, fault),
                            "they are kept as they stand: look at what wrote them");
            }
        }
    }
}

void mb_import_notes_to_findings(struct mb_import *import,
                                 const struct mb_import_file *files, size_t file_count,
                                 struct mb_result *result)
{
    struct notes notes = {
        .import = import, .hint = files[0].importer->unknown, .result = result};
    for (size_t i = 1; i < file_count; i++) {
        if (files[i].importer != files[0].importer) {
            notes.hint = NULL;
        }
    }
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        test_run(&notes, i);
    }
    plausible_check(&notes);
    for (size_t i = 0; i < import->note_count; i++) {
        finding_add(&notes, import->notes[i].code, "", import->notes[i].message, NULL);
    }
}
