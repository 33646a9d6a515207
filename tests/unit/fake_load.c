#include "fake_load.h"

#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

enum { MAX_REQUESTS = 100000, SHARE_ONE = 1000000000, REQUEST_BYTES = 100 };

static const int64_t second_ns = INT64_C(1000000000);

void mb_fake_load_init(struct mb_fake_load *fake)
{
    memset(fake, 0, sizeof *fake);
}

struct mb_fake_level *mb_fake_load_add(struct mb_fake_load *fake, const char *url,
                                       int64_t latency_ns)
{
    struct mb_fake_level *level = &fake->levels[fake->level_count++];
    *level = (struct mb_fake_level){
        .url = url, .latency_ns = latency_ns, .cpu_ns = 5000, .lag_ns = 2000};
    return level;
}

static struct mb_fake_level level_find(const struct mb_fake_load *fake, const char *url)
{
    for (int i = 0; i < fake->level_count; i++) {
        if (strncmp(fake->levels[i].url, url, strlen(fake->levels[i].url)) == 0) {
            return fake->levels[i];
        }
    }
    return (struct mb_fake_level){.latency_ns = 1000000, .cpu_ns = 5000, .lag_ns = 2000};
}

static int64_t request_count(const struct mb_load_plan *plan,
                             const struct mb_fake_level *level)
{
    double seconds = (double)plan->duration_ns / 1e9;
    double count =
        plan->load_model == MB_LOAD_CLOSED
            ? (double)plan->connections * seconds * 1e9 / (double)level->latency_ns
            : (double)plan->rate_micro_rps / 1e6 * seconds;
    return count > MAX_REQUESTS ? MAX_REQUESTS : (int64_t)(count + 0.5);
}

static struct mb_hdr *hdr_make(void)
{
    struct mb_hdr *hdr = mb_mem_alloc(1, sizeof *hdr);
    mb_hdr_init(hdr);
    return hdr;
}

static void part_init(struct mb_arena *arena, struct mb_part *part,
                      const struct mb_load_plan *plan)
{
    memset(part, 0, sizeof *part);
    part->worker = "local";
    part->generator_name = "fake";
    part->generator_version = "1";
    part->load_model = plan->load_model;
    part->co_handling = plan->load_model == MB_LOAD_OPEN ? MB_CO_INTENDED : MB_CO_NONE;
    part->threads = plan->threads;
    part->window_ns = plan->duration_ns;
    part->elapsed_ns = plan->duration_ns;
    part->dist = mb_dist_list(arena, "not used");
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        if (i != MB_DIST_TLS) {
            part->dist[i] = (struct mb_dist){.type = MB_DIST_HDR, .hdr = hdr_make()};
        }
    }
}

static void dist_close(struct mb_dist *dist)
{
    if (dist->type != MB_DIST_HDR) {
        return;
    }
    dist->n = dist->hdr->count;
    dist->sum = dist->hdr->sum;
    dist->min = dist->n > 0 ? dist->hdr->min : -1;
    dist->max = dist->n > 0 ? dist->hdr->max : -1;
}

static void request_record(struct mb_part *part, const struct mb_fake_level *level,
                           int64_t index, int64_t latency_ns)
{
    struct mb_counts *counts = &part->counts;
    counts->intended++;
    counts->sent++;
    counts->bytes_sent += REQUEST_BYTES;
    mb_hdr_record(part->dist[MB_DIST_WAIT_FOR_CONNECTION].hdr, 0);
    mb_hdr_record(part->dist[MB_DIST_DISPATCH_LAG].hdr, level->lag_ns);
    if (level->timeout_every > 0 && (index + 1) % level->timeout_every == 0) {
        counts->errors_by_kind[MB_ERROR_TIMEOUT]++;
        return;
    }
    counts->completed++;
    counts->bytes_received += REQUEST_BYTES;
    if (level->error_every > 0 && (index + 1) % level->error_every == 0) {
        counts->errors_by_kind[MB_ERROR_STATUS]++;
        counts->statuses[1].n++;
        mb_hdr_record(part->dist[MB_DIST_ERROR_RESPONSE].hdr, latency_ns);
        return;
    }
    counts->ok++;
    counts->statuses[0].n++;
    mb_hdr_record(part->dist[MB_DIST_RESPONSE].hdr, latency_ns);
    mb_hdr_record(part->dist[MB_DIST_SERVICE].hdr, latency_ns - level->lag_ns);
}

static void part_fill(struct mb_part *part, const struct mb_load_plan *plan,
                      const struct mb_fake_level *level, int64_t count)
{
    struct mb_rng rng;
    mb_rng_init(&rng, mb_rng_derive(plan->seed, plan->url));
    double spread = (double)level->spread_share / SHARE_ONE;
    double factor = 1.0 + spread * (2.0 * mb_rng_unit(&rng) - 1.0);
    for (int64_t i = 0; i < count; i++) {
        double tail = 1.0 + 0.1 * mb_rng_exponential(&rng);
        double latency_ns = (double)level->latency_ns * factor * tail;
        request_record(part, level, i, (int64_t)latency_ns);
    }
}

static void part_close(struct mb_arena *arena, struct mb_part *part,
                       const struct mb_load_plan *plan)
{
    struct mb_counts *counts = &part->counts;
    counts->connections_opened = plan->connections;
    mb_hdr_record_count(part->dist[MB_DIST_CONNECT].hdr, 50000, plan->connections);
    if (counts->statuses[0].n == 0) {
        counts->statuses[0] = counts->statuses[1];
        counts->statuses[1].n = 0;
    }
    counts->status_count =
        (size_t)(counts->statuses[0].n > 0) + (counts->statuses[1].n > 0);
    for (int i = 0; i < MB_DIST_METRICS; i++) {
        dist_close(&part->dist[i]);
    }
    if (!plan->series) {
        return;
    }
    part->interval_ns = second_ns;
    part->interval_count = (size_t)((plan->duration_ns + second_ns - 1) / second_ns);
    part->intervals =
        mb_arena_alloc(arena, part->interval_count, sizeof *part->intervals);
    for (size_t i = 0; i < part->interval_count; i++) {
        part->intervals[i].response = (struct mb_dist){.type = MB_DIST_ABSENT,
                                                       .reason = "fake",
                                                       .n = -1,
                                                       .sum = -1,
                                                       .min = -1,
                                                       .max = -1};
    }
    // Everything in the first interval: sums over the series equal the counts.
    part->intervals[0].intended = counts->intended;
    part->intervals[0].sent = counts->sent;
    part->intervals[0].completed = counts->completed;
    part->intervals[0].errors = mb_counts_errors(counts);
}

static enum mb_status fake_run(void *state, struct mb_arena *arena,
                               const struct mb_load_plan *plan,
                               const struct mb_load_observer *observer,
                               struct mb_part *part, struct mb_err *err)
{
    struct mb_fake_load *fake = state;
    if (fake->calls < MB_FAKE_LOAD_SEEN) {
        fake->seen[fake->calls] = plan->seed;
        fake->urls[fake->calls] = plan->url;
    }
    fake->calls++;
    if (fake->calls == fake->fail_at) {
        return mb_err_set(err, MB_FAILED, "cannot reach '%s': told to fail", plan->url);
    }
    int64_t start_ns = fake->now_ns + plan->warmup_ns;
    if (observer->window != NULL) {
        observer->window(observer->state, start_ns, start_ns + plan->duration_ns);
    }
    fake->now_ns = start_ns + plan->duration_ns;
    struct mb_fake_level level = level_find(fake, plan->url);
    part_init(arena, part, plan);
    part->counts.statuses = mb_arena_alloc(arena, 2, sizeof *part->counts.statuses);
    part->counts.statuses[0].status = 200;
    part->counts.statuses[1].status = 503;
    bool interrupted = fake->calls == fake->interrupt_at;
    bool early = interrupted && fake->interrupt_early;
    int64_t count = request_count(plan, &level);
    if (early) {
        fake->now_ns = start_ns - plan->warmup_ns / 2;
    }
    part_fill(part, plan, &level, early ? 0 : interrupted ? count / 2 : count);
    part->cpu_ns = part->counts.sent * level.cpu_ns;
    part->run_delay_ns = 0;
    if (interrupted) {
        part->interrupted = true;
        part->counts.intended++;
        part->counts.unfinished = 1;
    }
    part_close(arena, part, plan);
    return MB_OK;
}

struct mb_load_driver mb_fake_load_driver(struct mb_fake_load *fake)
{
    return (struct mb_load_driver){.name = "fake",
                                   .version = fake->version != NULL ? fake->version : "1",
                                   .run = fake_run,
                                   .state = fake};
}
